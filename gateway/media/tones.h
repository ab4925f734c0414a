/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gateway/media/tones.h: tones made sample by sample: the cadences of a country, the pairs of DTMF, the test
 * line's milliwatt. Media thread only, after tones_init().
 */
#ifndef GATEWAY_MEDIA_TONES_H
#define GATEWAY_MEDIA_TONES_H

#include <stdbool.h>
#include <stdint.h>

#include "hw/hw.h"

struct tone_def {
	const char *name;
	unsigned hz[2];			/* one or two frequencies; 0 for none */
	double dbm0[2];			/* level of each */
	unsigned cadence_ms[6];		/* on, off, on, off ... repeated; all 0: continuous */
};
struct tone {
	const struct tone_def *def;	/* NULL: off */
	uint32_t phase[2], step[2];
	int32_t peak[2];
	unsigned part, left;		/* part of the cadence, samples left in it */
};

void tones_init(void);
const struct tone_def *tone_find(const char *name);	/* NULL: no such tone */
const struct tone_def *tone_dtmf(char digit);		/* ITU-T Q.23; NULL: no such digit */
void tone_start(struct tone *t, const struct tone_def *def, enum hw_law law);	/* DEF NULL: off */
void tone_samples(struct tone *t, enum hw_law law, uint8_t *buf, unsigned n);

/* 1004 Hz at 0 dBm0 (ITU-T O.133, and the trade's milliwatt line), N octets from position *POS on. */
void tone_milliwatt(enum hw_law law, unsigned *pos, uint8_t *buf, unsigned n);

#endif
