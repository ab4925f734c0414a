/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/sound/callerid_digits.h: the DTMF digits of a caller ID string, from tones up to 2.5 % off. For callerid_rx.c; calls
 * and their digits have dtmf_in.h, which keeps to Q.24 and is harder on speech: here the string's form tells speech from digits.
 */
#ifndef CHANNELS_SOUND_CALLERID_DIGITS_H
#define CHANNELS_SOUND_CALLERID_DIGITS_H

#include <stdbool.h>
#include <stdint.h>

#include "hw/hw.h"

#define CALLERID_DIGITS_BLOCK 80	/* samples of one call */

struct callerid_digits {
	float quiet;			/* power below which there is no digit */
	char candidate, sounding;	/* digit of the last block; the one that has been believed, 0 for none */
	unsigned run, misses;		/* blocks with the candidate; blocks without the one that sounds */
};
void callerid_digits_init(struct callerid_digits *d, enum hw_law law);
/* Returns a digit once, when its tone has lasted 30 ms; else 0. */
char callerid_digits_feed(struct callerid_digits *d, const int16_t x[CALLERID_DIGITS_BLOCK]);

#endif
