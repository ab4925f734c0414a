/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests/support/pri_services.h: the bench of two trunks with supplementary services, and what their owners heard of them. */
#ifndef TESTS_SUPPORT_PRI_SERVICES_H
#define TESTS_SUPPORT_PRI_SERVICES_H

#include "tests/support/pri_calls.h"

#define SERVICE(s) (1u << PRI_SERVICE_##s)
enum { ALL_SERVICES = SERVICE(HOLD) | SERVICE(TRANSFER) | SERVICE(REROUTE) | SERVICE(AOC) | SERVICE(MCID) };

/* Of the bench that was opened last. */
struct services_heard {
	struct leg_divert diverted;	/* of the last LEG_DIVERT */
	bool take;			/* for the test: what becomes of it; taken by default */
	struct leg_divert sent_on;	/* of the last LEG_DIVERTED */
	unsigned n_sent_on;
	struct leg_charge charges[8];
	unsigned n_charges;
	struct leg *joined_with;
	const char *malicious[2];	/* by end */
};
extern struct services_heard heard;

/* E1 for EuroISDN, T1 for the others. */
struct bench *services_open(enum pri_dialect dialect, unsigned user, unsigned net);
struct bench *services_open_as(const struct bench_conf *conf);
/* A call from END that is up: its leg, the other one in *IN. */
struct bench_leg *services_call(struct bench *b, int end, struct bench_leg **in);

#endif
