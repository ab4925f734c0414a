/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/sound/tone.h: tones made sample by sample: the cadences of a country (country.h), the pairs of DTMF, the test
 * line's milliwatt. One object on one thread; after tones_init(), which any thread may call, and again.
 */
#ifndef CHANNELS_SOUND_TONE_H
#define CHANNELS_SOUND_TONE_H

#include <stdbool.h>
#include <stdint.h>

#include "hw/hw.h"

#define TONE_PARTS_MAX 24
#define TONE_FREQS_MAX 4

struct tone_part {
	uint16_t hz[TONE_FREQS_MAX];	/* frequencies sounding together; all 0: silence. "f x m" of a table is f-m and f+m */
	uint16_t ms;			/* 0: for ever */
};
struct tone_def {
	const char *name;
	float dbm0[TONE_FREQS_MAX];	/* level of each frequency of a part, as sent: below 0 */
	uint8_t n_parts;
	uint8_t repeat_from;		/* the part that follows the last one; parts before it sound once */
	struct tone_part parts[TONE_PARTS_MAX];
};
struct tone {
	const struct tone_def *def;	/* NULL: off */
	uint32_t phase[TONE_FREQS_MAX], step[TONE_FREQS_MAX];
	int32_t peak[TONE_FREQS_MAX];
	bool sounds;			/* the part is no silence */
	unsigned part, left;		/* part of the cadence, samples left in it */
};

void tones_init(void);
const struct tone_def *tone_dtmf(char digit);		/* ITU-T Q.23; NULL: no such digit */
void tone_start(struct tone *t, const struct tone_def *def, enum hw_law law);	/* DEF NULL: off */
void tone_start_gain(struct tone *t, const struct tone_def *def, enum hw_law law, double gain_db);
void tone_samples(struct tone *t, enum hw_law law, uint8_t *buf, unsigned n);	/* off: silence */

/* 1004 Hz at 0 dBm0 (ITU-T O.133, and the trade's milliwatt line), N octets from position *POS on. */
void tone_milliwatt(enum hw_law law, unsigned *pos, uint8_t *buf, unsigned n);

#endif
