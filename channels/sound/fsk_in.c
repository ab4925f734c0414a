/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/sound/fsk_in.c: Bell 202 and V.23 both lie about 1700 Hz, so one discriminator serves: the signal is moved down by
 * 1700 Hz, filtered, and the turn of its phase from sample to sample is its frequency: below is mark, above is space,
 * whatever their levels. Octets are cut out from the edge of each start bit, so that a bit rate 1 % off does not add up.
 * spandsp's receiver compares the power of two correlations and loses octets where a line has mark and space 6 dB apart, which
 * EN 300 659-1 and GR-30 allow.
 *
 * Speech has bits too, so octets are looked for only after a mark signal: 30 ms at least of one tone of the right frequency
 * and little else, which also tells the two modems apart. While a message lasts its level is watched, as a burst that is cut
 * leaves noise.
 */
#include "channels/sound/fsk_in.h"

#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "channels/sound/g711.h"

#define RATE 8000.0
#define CENTRE_HZ 1700.0	/* 17/80 of the rate: the carrier repeats with each block */
#define PER_BIT (8000.0f / 1200)
#define TAPS 15
#define CUTOFF_HZ 950.0
#define SMOOTH 5		/* samples of frequency that are averaged: three quarters of a bit */
#define PART 16			/* samples between two looks at the level: 2.4 bits */
#define QUIET_DBM0 -45.0	/* no signal below this */
#define DROP 20.0f		/* a part this much lower in power than the mark signal (13 dB): the carrier has gone */
#define MARK_HZ_MIN 1150.0	/* Bell 202 less 2 %, and what noise does to the measurement */
#define MARK_HZ_MAX 1350.0	/* V.23 and 2 %, the same */
#define MARK_SHARE 0.80f	/* of a block's power in the one tone; noise 12 dB below leaves 0.94 */
#define MARK_BLOCKS 3
#define ARMED_BLOCKS 3		/* the first start bit comes this soon after the mark signal */
#define SEIZURE_BITS 48		/* SIN 227: 96 at least */
#define SEIZED_BLOCKS 8
#define PAUSE_BITS 24		/* mark between two octets at most; GR-30: 10 */

struct cf {
	float re, im;
};

struct fsk_in {
	const struct fsk_in_calls *calls;
	void *arg;
	float quiet;			/* power below which there is nothing */
	struct cf down[TAPS - 1 + FSK_IN_BLOCK];	/* moved down, the end of the last block before it */
	struct cf base;			/* filtered: the last sample */
	float turn[SMOOTH];		/* radians a sample, a ring */
	unsigned turn_at;
	float sum;			/* of the ring; the sign is the bit */
	float part_power;

	float mark_power;
	double mark_hz;
	unsigned marks;			/* blocks of mark in a row */
	unsigned armed;			/* blocks in which the first octet may begin */
	unsigned seized;		/* blocks for which channel seizure is remembered while there is no mark */
	bool in_message;

	unsigned alternate;		/* edges a bit apart in a row */
	float since_edge;		/* samples */
	bool in_octet;
	float time, next;		/* samples since the start bit's edge; when the next bit is looked at */
	unsigned bit, octet;		/* 0: start, 1 to 8, 9: stop */
};

static float taps[TAPS];
static struct cf carrier[FSK_IN_BLOCK];

static void fill(void)
{
	double sum = 0;

	for (int i = 0; i < TAPS; i++) {
		double t = i - (TAPS - 1) / 2.0, w = 2 * M_PI * CUTOFF_HZ / RATE;
		double h = (t == 0 ? w : sin(w * t) / t) * (0.54 + 0.46 * cos(2 * M_PI * t / TAPS));

		taps[i] = (float)h;
		sum += h;
	}
	for (int i = 0; i < TAPS; i++)
		taps[i] /= (float)sum;
	for (int i = 0; i < FSK_IN_BLOCK; i++) {
		carrier[i].re = (float)cos(2 * M_PI * CENTRE_HZ * i / RATE);
		carrier[i].im = (float)-sin(2 * M_PI * CENTRE_HZ * i / RATE);
	}
}

static void forget(struct fsk_in *f)
{
	f->in_message = f->in_octet = false;
	f->marks = f->armed = f->alternate = f->seized = 0;
}

static void broken(struct fsk_in *f)
{
	bool tell = f->in_message;

	forget(f);
	if (tell)
		f->calls->broken(f->arg);
}

static void octet_done(struct fsk_in *f, bool stop)
{
	f->in_octet = false;
	if (!stop) {
		broken(f);
		return;
	}
	if (f->calls->octet(f->arg, (uint8_t)f->octet, !f->in_message, f->seized > 0, f->mark_hz) == FSK_MORE)
		f->in_message = true;
	else
		forget(f);
}

/* The middle of a bit has come. */
static void on_bit(struct fsk_in *f, bool mark)
{
	f->next += PER_BIT;
	if (f->bit == 0 && mark)
		f->in_octet = false;	/* no start bit, but a click */
	else if (f->bit == 9)
		octet_done(f, mark);
	else if (f->bit > 0)
		f->octet = f->octet >> 1 | (mark ? 0x80 : 0);
	f->bit++;
}

/* BEFORE and NOW have different signs: the edge lay between them. */
static void on_edge(struct fsk_in *f, float before, float now)
{
	float ago = now / (now - before), length = f->since_edge - ago;

	f->alternate = fabsf(length - PER_BIT) < 2.2f ? f->alternate + 1 : 0;
	f->since_edge = ago;
	if (f->alternate >= SEIZURE_BITS)
		f->seized = SEIZED_BLOCKS;
	if (now > 0 && !f->in_octet && (f->in_message || f->armed)) {
		f->in_octet = true;
		f->time = ago;
		f->next = PER_BIT / 2;
		f->bit = f->octet = 0;
	}
}

static void on_sample(struct fsk_in *f, struct cf z)
{
	float before = f->sum, turn;

	turn = atan2f(z.im * f->base.re - z.re * f->base.im, z.re * f->base.re + z.im * f->base.im);
	f->base = z;
	f->sum += turn - f->turn[f->turn_at];
	f->turn[f->turn_at] = turn;
	f->turn_at = (f->turn_at + 1) % SMOOTH;
	f->since_edge += 1;
	f->time += 1;
	if ((before > 0) != (f->sum > 0))
		on_edge(f, before, f->sum);
	if (f->in_octet && f->time >= f->next) {
		float ago = f->time - f->next;

		on_bit(f, f->sum - ago * (f->sum - before) < 0);
	} else if (f->in_message && !f->in_octet && f->since_edge > PAUSE_BITS * PER_BIT) {
		broken(f);
	}
}

/* Is the block one tone of a mark's frequency? TURN is the sum of its turns, as a vector. */
static bool is_mark(const struct fsk_in *f, const int16_t *x, struct cf turn, double *hz)
{
	double w = 2 * M_PI * CENTRE_HZ / RATE + atan2(turn.im, turn.re);
	float total = 0, re, im, back = (float)(2 * cos(w)), s1 = 0, s2 = 0;

	*hz = w * RATE / (2 * M_PI);
	if (*hz < MARK_HZ_MIN || *hz > MARK_HZ_MAX)
		return false;
	for (int i = 0; i < FSK_IN_BLOCK; i++) {	/* Goertzel */
		float s = x[i] + back * s1 - s2;

		total += (float)x[i] * x[i];
		s2 = s1;
		s1 = s;
	}
	re = s1 - s2 * back / 2;
	im = s2 * (float)sin(w);
	return total > f->quiet * FSK_IN_BLOCK && (re * re + im * im) * 2 / FSK_IN_BLOCK > MARK_SHARE * total;
}

static void look_for_mark(struct fsk_in *f, const int16_t *x, struct cf turn, float power)
{
	double hz;

	if (!is_mark(f, x, turn, &hz)) {
		f->marks = 0;
		f->armed -= f->armed > 0;
		f->seized -= f->seized > 0;
		return;
	}
	f->marks++;
	f->mark_hz = f->marks == 1 ? hz : f->mark_hz + (hz - f->mark_hz) / f->marks;
	f->mark_power = power;
	if (f->marks >= MARK_BLOCKS)
		f->armed = ARMED_BLOCKS;
}

static void filter(struct fsk_in *f, const int16_t *x, struct cf z[FSK_IN_BLOCK])
{
	struct cf *down = f->down + TAPS - 1;

	for (int i = 0; i < FSK_IN_BLOCK; i++) {
		down[i].re = x[i] * carrier[i].re;
		down[i].im = x[i] * carrier[i].im;
	}
	for (int i = 0; i < FSK_IN_BLOCK; i++) {
		z[i] = (struct cf){ 0, 0 };
		for (int k = 0; k < TAPS; k++) {
			z[i].re += taps[k] * f->down[i + k].re;
			z[i].im += taps[k] * f->down[i + k].im;
		}
	}
	memcpy(f->down, f->down + FSK_IN_BLOCK, (TAPS - 1) * sizeof(f->down[0]));
}

void fsk_in_feed(struct fsk_in *f, const int16_t x[FSK_IN_BLOCK])
{
	struct cf z[FSK_IN_BLOCK], turn = { 0, 0 }, last = f->base;
	float power = 0;

	filter(f, x, z);
	for (int i = 0; i < FSK_IN_BLOCK; i++) {
		turn.re += z[i].re * last.re + z[i].im * last.im;
		turn.im += z[i].im * last.re - z[i].re * last.im;
		power += z[i].re * z[i].re + z[i].im * z[i].im;
		last = z[i];
	}
	if (!f->in_message)
		look_for_mark(f, x, turn, power / FSK_IN_BLOCK);
	for (int i = 0; i < FSK_IN_BLOCK; i++) {
		f->part_power += z[i].re * z[i].re + z[i].im * z[i].im;
		if (i % PART == PART - 1) {
			if (f->in_message && f->part_power * DROP < f->mark_power * PART)
				broken(f);
			f->part_power = 0;
		}
		on_sample(f, z[i]);
	}
}

void fsk_in_reset(struct fsk_in *f)
{
	forget(f);
	memset(f->down, 0, sizeof(f->down));
	memset(f->turn, 0, sizeof(f->turn));
	f->base = (struct cf){ 0, 0 };
	f->sum = f->part_power = f->since_edge = 0;
}

int fsk_in_open(struct fsk_in **out, enum hw_law law, const struct fsk_in_calls *calls, void *arg)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct fsk_in *f = calloc(1, sizeof(*f));
	double peak = law_sine_peak(law, QUIET_DBM0);

	if (!f)
		return -ENOMEM;
	pthread_once(&once, fill);
	f->calls = calls;
	f->arg = arg;
	f->quiet = (float)(peak * peak / 2);
	*out = f;
	return 0;
}

void fsk_in_close(struct fsk_in *f)
{
	free(f);
}
