/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/sound/callerid_digits.c: each block of 10 ms is correlated with the eight frequencies of DTMF. A window as short as
 * that is 100 Hz wide to either side, so that a tone 2 % off still has most of its power in it; spandsp's detector, with its
 * 12.75 ms and a stricter share, misses such tones. EN 300 659-1 annex: digits of 70 ms, pauses of 70 ms.
 */
#include "channels/sound/callerid_digits.h"

#include <math.h>
#include <pthread.h>

#include "channels/sound/g711.h"

#define BLOCK CALLERID_DIGITS_BLOCK
#define QUIET_DBM0 -42.0	/* of one tone */
#define SHARE 0.55f		/* of the block's power in the two tones; 2 % off at 1633 Hz leaves 0.69 of it */
#define TWIST 16.0f		/* between the two in power, either way: 12 dB; a short line has little, a cable 6 dB */
#define BELIEVE 3		/* blocks */
#define FORGET 2

static float kernel[8][2][BLOCK];

static void fill(void)
{
	static const double hz[8] = { 697, 770, 852, 941, 1209, 1336, 1477, 1633 };

	for (int t = 0; t < 8; t++)
		for (int i = 0; i < BLOCK; i++) {
			kernel[t][0][i] = (float)cos(2 * M_PI * hz[t] * i / 8000);
			kernel[t][1][i] = (float)sin(2 * M_PI * hz[t] * i / 8000);
		}
}

void callerid_digits_init(struct callerid_digits *d, enum hw_law law)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	double peak = law_sine_peak(law, QUIET_DBM0);

	pthread_once(&once, fill);
	*d = (struct callerid_digits){ .quiet = (float)(peak * peak / 2) };
}

/* Power of a tone, as if it filled the block. */
static float tone_power(const int16_t *x, int t)
{
	float c = 0, s = 0;

	for (int i = 0; i < BLOCK; i++) {
		c += x[i] * kernel[t][0][i];
		s += x[i] * kernel[t][1][i];
	}
	return (c * c + s * s) * 2 / ((float)BLOCK * BLOCK);
}

static char block_digit(const struct callerid_digits *d, const int16_t *x)
{
	static const char keys[] = "123A456B789C*0#D";
	float total = 0, best[2] = { 0, 0 };
	int at[2] = { 0, 0 };

	for (int i = 0; i < BLOCK; i++)
		total += (float)x[i] * x[i];
	total /= BLOCK;
	if (total < 2 * d->quiet)
		return 0;
	for (int t = 0; t < 8; t++) {
		float p = tone_power(x, t);

		if (p > best[t / 4]) {
			best[t / 4] = p;
			at[t / 4] = t % 4;
		}
	}
	if (best[0] + best[1] < SHARE * total || best[0] > TWIST * best[1] || best[1] > TWIST * best[0])
		return 0;
	return keys[at[0] * 4 + at[1]];
}

char callerid_digits_feed(struct callerid_digits *d, const int16_t x[BLOCK])
{
	char digit = block_digit(d, x);

	d->run = digit == d->candidate ? d->run + 1 : 1;
	d->candidate = digit;
	if (d->sounding) {
		d->misses = digit == d->sounding ? 0 : d->misses + 1;
		if (d->misses >= FORGET)
			d->sounding = 0;
	}
	if (!digit || d->run != BELIEVE || digit == d->sounding)
		return 0;
	d->sounding = digit;
	d->misses = 0;
	return digit;
}
