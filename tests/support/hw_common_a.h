/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests/support/hw_common_a.h: between the files of the common driver test's analog part: two ports that are
 * wired to each other, each with a log of what it reported. */
#ifndef TESTS_SUPPORT_HW_COMMON_A_H
#define TESTS_SUPPORT_HW_COMMON_A_H

#include "tests/support/hw_common_priv.h"

enum { HWA_LOG = 256 };
struct hwa_port {
	struct hwc_end e; /* the line, and its audio */
	struct hw_common *t;
	const char *name;
	struct {
		enum hw_event ev;
		int64_t us;
	} log[HWA_LOG];
	int n, seen;  /* events reported; events that the test has looked at */
	int64_t when; /* time of the last event looked at, in us */
};
struct hwa {
	struct hw_common *t;
	struct hwa_port fxs, fxo;
	int64_t from;    /* what hwa_next() counts its times from, in us */
	const char *bad; /* the first thing that went wrong */
};

void hwa_open(struct hwa *a, struct hw_common *t);
void hwa_open_to_ring(struct hwa *a, struct hw_common *t); /* and waits until a ring would be believed */
const char *hwa_close(struct hwa *a); /* returns what went wrong */

/* Each of these does nothing once something has gone wrong. */
void hwa_want(struct hwa *a, bool good, const char *what);
void hwa_hook(struct hwa *a, struct hwa_port *p, enum hw_hook what); /* times count from here */
/* The next event of P must be EV, and come MIN to MAX ms after FROM. */
void hwa_next(struct hwa *a, struct hwa_port *p, enum hw_event ev, int min, int max);
void hwa_quiet(struct hwa *a, int ms); /* no event of either port for so long */
struct hw_analog hwa_look(struct hwa *a, struct hwa_port *p);
void hwa_talk(struct hwa *a); /* the FXO port seizes, the FXS port gives battery, both settle */

const char *hwa_check_kinds(struct hw_common *t);
const char *hwa_check_ring(struct hw_common *t);
const char *hwa_check_first_ring(struct hw_common *t);
const char *hwa_check_answer(struct hw_common *t);
const char *hwa_check_answer_silence(struct hw_common *t);
const char *hwa_check_hang_up(struct hw_common *t);
const char *hwa_check_flash(struct hw_common *t);
const char *hwa_check_pulses(struct hw_common *t);
const char *hwa_check_drop(struct hw_common *t);
const char *hwa_check_drop_early(struct hw_common *t);
const char *hwa_check_drop_late(struct hw_common *t);
const char *hwa_check_drop_ring(struct hw_common *t);
const char *hwa_check_drop_idle(struct hw_common *t);
const char *hwa_check_audio(struct hw_common *t);
const char *hwa_check_onhook_audio(struct hw_common *t);
const char *hwa_check_gains(struct hw_common *t);
const char *hwa_check_caller_id(struct hw_common *t);
const char *hwa_check_echo(struct hw_common *t);
const char *hwa_check_copper(struct hw_common *t);

#endif
