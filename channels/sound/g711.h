/* SPDX-License-Identifier: GPL-2.0-or-later */
/* channels/sound/g711.h: ITU-T G.711: both laws, their conversion, linear. Pure after law_init(); any thread. */
#ifndef CHANNELS_SOUND_G711_H
#define CHANNELS_SOUND_G711_H

#include <stdint.h>

#include "hw/hw.h"

#define LAW_ALAW_SILENCE 0xd5
#define LAW_MULAW_SILENCE 0xff

void law_init(void);	/* fills the tables; again is harmless */

extern int16_t law_linear[2][256];	/* [enum hw_law][octet]: 16-bit linear, A-law x8 and mu-law x4 of G.711's scale */

uint8_t law_encode(enum hw_law law, int16_t linear);
/* 256 octets that turn FROM into TO (G.711 tables 3 and 4), or NULL when the two are the same. */
const uint8_t *law_table(enum hw_law from, enum hw_law to);
void law_apply(const uint8_t *table, uint8_t *buf, unsigned n);

static inline uint8_t law_silence(enum hw_law law)
{
	return law == HW_ALAW ? LAW_ALAW_SILENCE : LAW_MULAW_SILENCE;
}

/* Levels. 0 dBm0 is defined by G.711 tables 5 and 6: the overload point of a sine is +3.14 dBm0 in A-law, +3.17 in mu-law. */
double law_sine_peak(enum hw_law law, double dbm0);	/* linear peak of a sine of that level */
double law_dbm0(enum hw_law law, double mean_square);	/* level of that mean square; -99 at least */

#endif
