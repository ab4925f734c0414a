/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * spanctl: makes and takes away DAHDI's dynamic spans under a running gateway, as pulling and plugging a card
 * would. Used by the tests on the real driver, in their virtual machine.
 *
 *   spanctl create DRIVER ADDRESS CHANNELS      prints the span's number
 *   spanctl destroy DRIVER ADDRESS
 *   spanctl signalling FIRST LAST clear|hdlcfcs alaw|mulaw
 *   spanctl alarms SPAN                         prints the alarm bits
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <dahdi/user.h>

static int failed(const char *what)
{
	fprintf(stderr, "spanctl: %s: %s\n", what, strerror(errno));
	return 1;
}

static int dynamic(int ctl, char **argv)
{
	struct dahdi_dynamic_span d = { 0 };
	int create = !strcmp(argv[1], "create");

	snprintf(d.driver, sizeof(d.driver), "%s", argv[2]);
	snprintf(d.addr, sizeof(d.addr), "%s", argv[3]);
	d.numchans = create ? atoi(argv[4]) : 1;
	if (ioctl(ctl, create ? DAHDI_DYNAMIC_CREATE : DAHDI_DYNAMIC_DESTROY, &d) < 0)
		return failed(argv[1]);
	if (create)
		printf("%d\n", d.spanno);
	return 0;
}

static int signalling(int ctl, char **argv)
{
	int last = atoi(argv[3]);

	for (int chan = atoi(argv[2]); chan <= last; chan++) {
		struct dahdi_chanconfig cc = { .chan = chan };

		cc.sigtype = strcmp(argv[4], "hdlcfcs") ? DAHDI_SIG_CLEAR : DAHDI_SIG_HDLCFCS;
		cc.deflaw = strcmp(argv[5], "alaw") ? DAHDI_LAW_MULAW : DAHDI_LAW_ALAW;
		if (ioctl(ctl, DAHDI_CHANCONFIG, &cc) < 0)
			return failed("signalling");
	}
	return 0;
}

static int alarms(int ctl, char **argv)
{
	struct dahdi_spaninfo si = { .spanno = atoi(argv[2]) };

	if (ioctl(ctl, DAHDI_SPANSTAT, &si) < 0)
		return failed("alarms");
	printf("%d\n", si.alarms);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int args;
		int (*fn)(int ctl, char **argv);
	} commands[] = {
		{ "create", 5, dynamic },
		{ "destroy", 4, dynamic },
		{ "signalling", 6, signalling },
		{ "alarms", 3, alarms },
	};
	int ctl = open("/dev/dahdi/ctl", O_RDWR);

	if (ctl < 0)
		return failed("/dev/dahdi/ctl");
	for (size_t i = 0; argc > 1 && i < sizeof(commands) / sizeof(commands[0]); i++)
		if (!strcmp(argv[1], commands[i].name) && argc == commands[i].args)
			return commands[i].fn(ctl, argv);
	fprintf(stderr, "usage: spanctl create|destroy|signalling|alarms ..., see the head of its source\n");
	return 2;
}
