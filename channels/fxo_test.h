/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/fxo_test.h: what can be measured of an idle FXO line from this end: battery, noise, dial tone, whether a digit breaks
 * it, and the echo of a tone. Loop thread only. No call can use the line meanwhile; it is back after its guard time.
 */
#ifndef CHANNELS_FXO_TEST_H
#define CHANNELS_FXO_TEST_H

#include "channels/fxo.h"

#define FXO_TEST_MAX_MS 25000	/* no test lasts longer */
#define FXO_TEST_SENT_DBM0 (-10)	/* 1004 Hz, for the echo */

enum fxo_test_answer { FXO_TEST_NOT_MADE, FXO_TEST_NO, FXO_TEST_YES };

struct fxo_test_result {		/* levels in dBm0, -99 for silence; NAN: not measured */
	char aborted[80];		/* why the test ended before its time; "": it did not */
	struct hw_analog on_hook, off_hook;	/* as hw_analog() told: -1 and INT_MIN where the card cannot */
	bool seized;			/* off_hook and what follows means something */
	double idle_dbm0;		/* on hook */
	enum fxo_test_answer dialtone;
	unsigned dialtone_ms;		/* from seizing to its first sound */
	double dialtone_dbm0;
	enum fxo_test_answer broke;	/* a digit ended dial tone */
	unsigned broke_ms;
	enum tone_id tone;		/* heard while the line was to be quiet: no noise and no echo then */
	double noise_dbm0;		/* off hook */
	double echo_dbm0;		/* heard while 1004 Hz at FXO_TEST_SENT_DBM0 went out */
	double erl_db;			/* echo return loss, without the noise's part in it */
	bool erl_least;			/* the echo is lost in the noise: the loss is erl_db or more */
};
typedef void fxo_test_fn(void *arg, const struct fxo_test_result *r);

/* PORT: from 1. FN is called once, always later. -EBUSY: a call is on the line, or about to be; -ENODEV: out of service (but for
 * want of battery, which is what a test tells); -EINVAL: no such port; -ESHUTDOWN; -ENOMEM. */
int fxo_line_test(struct fxo_trunk *t, int port, fxo_test_fn *fn, void *arg);

#endif
