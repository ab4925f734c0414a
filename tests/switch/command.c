/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests/switch/command.c: the words of standard input, a command a line:
 *
 *   incoming STEP... [then STEP...]   what becomes of the calls that come in from now on, the first apart
 *   call [INTERFACE/]CHANNEL[!] CALLED CALLING [overlap] [bearer:N] [name:TEXT] [from:NUMBER] [EDIT]
 *   do CALL STEP...              steps of a call, now
 *   message CR TYPE [ELEMENTS]   a whole message, all in hexadecimal; CR with its flag
 *   restart [INTERFACE/]CHANNEL | all        RESTART of a channel, of the interface
 *   service [INTERFACE/]CHANNEL | all STATUS   SERVICE: 0 in service, 1 maintenance, 2 out of service
 *   mute on|off [N]              a D channel (the first) is dead: nothing is read or sent
 *   use N                        of two D channels (NFAS): messages go there from now on
 *   hold on|off                  what comes in waits, so that messages cross
 *   deaf TYPE...                 these messages (hexadecimal) are not heard; none: all are
 *   has-hold on|off              HOLD is acknowledged, or refused as at the start
 *   timer NAME MS                a timer of libpri's by its name
 *   load COUNT AT-A-TIME CALLED  calls one after another, cleared when answered
 *   level CALL                   level of what was heard on its channel since the last time
 *   report                       calls that are left, here and in libpri
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/switch/switch.h"

bool steps_parse(struct steps *s, int argc, char **argv)
{
	s->n = 0;
	for (int i = 0; i < argc; i++) {
		if (s->n == STEPS_MAX || strlen(argv[i]) >= STEP_MAX)
			return false;
		strcpy(s->word[s->n++], argv[i]);
	}
	return true;
}

static int incoming(struct sw *sw, int argc, char **argv)
{
	int first = 0, rest;

	while (first < argc && strcmp(argv[first], "then"))
		first++;
	rest = first < argc ? first + 1 : 0;
	return steps_parse(&sw->answer, first, argv) && steps_parse(&sw->next_answer, argc - rest, argv + rest) ? 0 : -1;
}

static int steps_of_call(struct sw *sw, int argc, char **argv)
{
	struct call *c = argc > 1 ? call_by_id(sw, atoi(argv[0])) : NULL;

	if (!c || !steps_parse(&c->steps, argc - 1, argv + 1))
		return -1;
	c->at = 0;
	c->due = 0;
	return 0;
}

static int message(struct sw *sw, int argc, char **argv)
{
	if (argc < 2)
		return -1;
	return alter_send(sw, (unsigned)strtoul(argv[0], NULL, 16), (uint8_t)strtoul(argv[1], NULL, 16),
			  argc > 2 ? argv[2] : "");
}

/* The whole interface: restart indicator, class "all interfaces" being a PRI with more than one. */
static int restart(struct sw *sw, int argc, char **argv)
{
	if (argc < 1)
		return -1;
	return strcmp(argv[0], "all") ? pri_reset(sw->pri, channel_parse(argv[0])) : alter_send(sw, 0, 0x46, "790186");
}

static int service(struct sw *sw, int argc, char **argv)
{
	int channel;

	if (argc != 2)
		return -1;
	channel = strcmp(argv[0], "all") ? channel_parse(argv[0]) : -1;
	return pri_maintenance_service(sw->pri, channel < 0 ? 0 : channel >> 8 & 0x7f, channel < 0 ? -1 : channel & 0xff,
				       atoi(argv[1]));
}

static int on_off(bool *what, int argc, char **argv)
{
	*what = argc > 0 && !strcmp(argv[0], "on");
	return argc == 1 ? 0 : -1;
}

static int mute(struct sw *sw, int argc, char **argv)
{
	int no = argc > 1 ? atoi(argv[1]) : 0;

	return no >= 0 && no < sw->n_d ? on_off(&sw->d[no].mute, argc > 1 ? 1 : argc, argv) : -1;
}

static int use(struct sw *sw, int argc, char **argv)
{
	if (argc != 1 || atoi(argv[0]) >= sw->n_d)
		return -1;
	dchan_use(sw, atoi(argv[0]));
	return 0;
}

static int hold(struct sw *sw, int argc, char **argv)
{
	return on_off(&sw->hold, argc, argv);
}

static int has_hold(struct sw *sw, int argc, char **argv)
{
	bool on = false;

	if (on_off(&on, argc, argv))
		return -1;
	pri_hold_enable(sw->pri, on);
	return 0;
}

static int deaf(struct sw *sw, int argc, char **argv)
{
	sw->n_deaf = 0;
	for (int i = 0; i < argc && i < (int)sizeof(sw->deaf); i++)
		sw->deaf[sw->n_deaf++] = (uint8_t)strtoul(argv[i], NULL, 16);
	return 0;
}

static int timer(struct sw *sw, int argc, char **argv)
{
	int res = argc == 2 ? 0 : -1;

	for (int i = 0; !res && i < sw->n_d; i++)
		res = pri_set_timer(sw->d[i].pri, pri_timer2idx(argv[0]), atoi(argv[1]));
	return res;
}

static int load(struct sw *sw, int argc, char **argv)
{
	int now = argc == 3 ? atoi(argv[1]) : 0;

	if (now < 1 || now > CALLS_MAX / 2)
		return -1;
	snprintf(sw->auto_called, sizeof(sw->auto_called), "%s", argv[2]);
	sw->auto_calls = atoi(argv[0]);
	while (now-- > 0)
		call_auto(sw);
	return 0;
}

static int level(struct sw *sw, int argc, char **argv)
{
	struct call *c = argc == 1 ? call_by_id(sw, atoi(argv[0])) : NULL;

	unsigned samples;

	if (!c || c->b.fd < 0)
		return -1;
	samples = c->b.samples;
	event(sw, "level", ",\"call\":%d,\"samples\":%u,\"dbm0\":%.1f", c->id, samples, bchan_level(c));
	return 0;
}

static int report(struct sw *sw, int argc, char **argv)
{
	int calls = 0;

	(void)argc;
	(void)argv;
	for (int i = 0; i < CALLS_MAX; i++)
		calls += sw->calls[i].id != 0;
	event(sw, "report", ",\"calls\":%d,\"layer3\":%u,\"setups\":%u,\"ended\":%u,\"frames\":%u", calls,
	      call_layer3(sw), sw->setups, sw->ended, capture_count());
	return 0;
}

static const struct {
	const char *name;
	int (*run)(struct sw *sw, int argc, char **argv);
} commands[] = {
	{"incoming", incoming}, {"call", call_place}, {"do", steps_of_call}, {"message", message},
	{"restart", restart},   {"mute", mute}, {"use", use},       {"hold", hold},        {"deaf", deaf},
	{"timer", timer},       {"load", load},       {"level", level},      {"report", report},
	{"service", service}, {"has-hold", has_hold},
};

void command(struct sw *sw, char *line)
{
	char *argv[STEPS_MAX + 4], *save, copy[LINE_MAX];
	int argc = 0;

	snprintf(copy, sizeof(copy), "%s", line);
	for (char *w = strtok_r(line, " \t\r", &save); w && argc < STEPS_MAX + 4; w = strtok_r(NULL, " \t\r", &save))
		argv[argc++] = w;
	for (size_t i = 0; argc && i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (strcmp(commands[i].name, argv[0]))
			continue;
		if (commands[i].run(sw, argc - 1, argv + 1))
			event(sw, "failed", ",\"command\":%s", quoted(copy));
		return;
	}
	if (argc)
		event(sw, "unknown", ",\"command\":%s", quoted(copy));
}
