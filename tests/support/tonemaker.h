/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests/support/tonemaker.h: a country's tone as a bad line brings it: at a level of its own, its frequencies and its
 * cadence off, noise all the time. Made from the definition alone, by none of the code that plays tones.
 */
#ifndef TESTS_SUPPORT_TONEMAKER_H
#define TESTS_SUPPORT_TONEMAKER_H

#include "channels/sound/country.h"

struct tonemaker {
	const struct tone_def *def;
	enum hw_law law;
	double dbm0;		/* of all frequencies together */
	double snr_db;		/* 0: no noise */
	double tune, stretch;	/* factors of frequency and of time; 1 for none */
	double tune_odd;	/* of the second and the fourth frequency; 0: as the others */
	unsigned skip_ms;	/* begins this far into the cadence */
	uint32_t seed;
	/* its own */
	double phase[TONE_FREQS_MAX], peak[TONE_FREQS_MAX], noise;
	unsigned part;
	double left;	/* samples */
	bool started;
};

/* N octets more; DEF NULL: noise alone. */
void tonemaker_octets(struct tonemaker *t, uint8_t *buf, unsigned n);
double tonemaker_cycle_ms(const struct tone_def *def);	/* of what comes round; 0: the tone goes on */

#endif
