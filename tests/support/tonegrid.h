/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests/support/tonegrid.h: one tone of one country through one bad line into the receiver, and what came of it. For
 * tests/unit/test_tone_rx.c, a few of them, and tests/tools/supervision.c, all.
 */
#ifndef TESTS_SUPPORT_TONEGRID_H
#define TESTS_SUPPORT_TONEGRID_H

#include "channels/sound/country.h"

struct tonegrid_line {
	enum hw_law law;
	double dbm0, snr_db, tune, tune_odd, stretch;
	unsigned skip_ms;	/* the tone is heard from here on */
};
struct tonegrid_result {
	enum tone_id first;	/* TONE_NONE: nothing was recognised */
	enum tone_id confused;	/* another tone that was told at any time, or TONE_NONE */
	unsigned ms;		/* from the first sound to the report */
	unsigned own_ms;	/* two cycles; or 1 s, of a tone that goes on */
	unsigned allowed_ms;	/* the same, or where another tone has such bursts, what it takes to know that it is not that one */
	unsigned speech;	/* times that it was taken for a voice */
};

struct tonegrid_result tonegrid_run(const struct country *c, enum tone_id id, const struct tonegrid_line *line);
/* What country C's receiver calls 20 s of DEF: the first tone that it tells, or TONE_NONE. */
enum tone_id tonegrid_heard(const struct country *c, const struct tone_def *def, const struct tonegrid_line *line);

#endif
