/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests/support/analog_rig.h: an analog pair on the simulated card with all its three parties, and an ear for what
 * each is told and when. Time is invented. */
#ifndef TESTS_SUPPORT_ANALOG_RIG_H
#define TESTS_SUPPORT_ANALOG_RIG_H

#include "hw/sim.h"

enum { ARIG_FXS = 1, ARIG_FXO = 3, ARIG_LOOSE_FXS = 2, ARIG_LOOSE_FXO = 4 }; /* channels */

struct arig_ear {
	struct arig *rig;
	char name; /* S, O or P */
	struct hw_line *l;
};
struct arig {
	struct hw *hw;
	struct sim_pair pair;
	struct arig_ear s, o, p; /* FXS, FXO, telephone */
	int64_t now_us, start_us;
	char heard[4000]; /* "S:OFFHOOK@10 ..." */
};

/* One span of 2 FXS and 2 FXO ports, PAIR on it, a telephone beside. Fails the test when it does not open. */
void arig_open(struct arig *r, const struct sim_pair *pair);
void arig_close(struct arig *r);
/* Calls hw_service() and the clock's tick each ms. */
void arig_run(struct arig *r, int ms);
void arig_now(struct arig *r); /* now_us becomes the time of CLOCK_MONOTONIC */
/* What was heard so far is WANT, in any order, each event up to TOLERANCE ms after its time. Prints both when not. */
bool arig_heard(struct arig *r, const char *why, const char *want, int tolerance);

#endif
