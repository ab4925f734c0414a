/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests/tools/hw_dahdi_test.c: the common driver test on the real DAHDI driver. Runs as root in a virtual
 * machine whose spans NEAR and FAR are joined back to back: it takes the far span out of the machine and puts
 * it back.
 *
 *   hw_dahdi_test [NEAR FAR]		1 and 2 unless told
 *   hw_dahdi_test -a FXS FXO		two analog ports over robbed-bit spans, by channel number
 *   hw_dahdi_test -g FXS FXO		two of ground start
 *
 * The last line says "N passed, M failed"; exit status 0 when nothing failed.
 */
#include <dahdi/user.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "tests/support/hw_common.h"

static char device[PATH_MAX];    /* sysfs folder of the far span's device */
static struct hw_chan chans[32]; /* its channels as they were */
static int n_chans;

static int put(const char *file, const char *text)
{
	char path[PATH_MAX + 32];
	int fd, err = 0;

	snprintf(path, sizeof(path), "%s/%s", device, file);
	fd = open(path, O_WRONLY);
	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		err = -errno;
	if (fd >= 0)
		close(fd);
	return err;
}

static int take_away(struct hw_common *t)
{
	char link[64];

	n_chans = hw_chans(t->hw, t->far, chans, 32);
	snprintf(link, sizeof(link), "/sys/bus/dahdi_spans/devices/span-%d/..", t->far);
	if (n_chans < 1 || n_chans > 32 || !realpath(link, device))
		return -ENOENT;
	return put("unassign_span", "1");
}

/* A channel that is new to DAHDI carries nothing until it is configured again. */
static int put_back(struct hw_common *t)
{
	char where[64];
	int ctl, err;

	snprintf(where, sizeof(where), "1:%d:%d", t->far, chans[0].no);
	err = put("assign_span", where);
	if (err)
		return err;
	ctl = open("/dev/dahdi/ctl", O_RDWR | O_CLOEXEC);
	for (int i = 0; i < n_chans && !err; i++) {
		struct dahdi_chanconfig cc = {.chan = chans[i].no};

		cc.sigtype = chans[i].kind == HW_CHAN_D ? DAHDI_SIG_HDLCFCS : DAHDI_SIG_CLEAR;
		cc.deflaw = chans[i].law == HW_ALAW ? DAHDI_LAW_ALAW : DAHDI_LAW_MULAW;
		if (ioctl(ctl, DAHDI_CHANCONFIG, &cc) < 0)
			err = -errno;
	}
	close(ctl);
	return err;
}

static int lose(struct hw_common *t, bool lost)
{
	int err = lost ? take_away(t) : put_back(t);

	if (err)
		printf("%s span %d: %s\n", lost ? "taking away" : "putting back", t->far, strerror(-err));
	return err;
}

int main(int argc, char **argv)
{
	bool ground = argc > 3 && !strcmp(argv[1], "-g");
	bool analog = ground || (argc > 3 && !strcmp(argv[1], "-a"));
	struct hw_common t = {.near = 1, .far = 2, .lose = lose};
	struct hw_span s[16];
	int n;

	if (!analog && argc > 2) {
		t.near = atoi(argv[1]);
		t.far = atoi(argv[2]);
	}
	if (hw_dahdi_open(&t.hw) < 0)
		return 2;
	n = hw_spans(t.hw, s, 16);
	for (int i = 0; i < n && i < 16; i++)
		printf("span %d: type %d, channels %d-%d, alarms %#x, %s, %s\n", s[i].no, s[i].type,
		       s[i].first_chan, s[i].first_chan + s[i].chans - 1, s[i].alarms, s[i].name, s[i].desc);
	if (analog) {
		t.fxs = atoi(argv[2]);
		t.fxo = atoi(argv[3]);
		t.robbed_bit = t.canceller = true;
		if (ground)
			hw_common_run_ground(&t);
		else
			hw_common_run_analog(&t);
	} else {
		hw_common_run(&t);
	}
	hw_close(t.hw);
	printf("%d passed, %d failed\n", t.passed, t.failed);
	return t.failed || !t.passed;
}
