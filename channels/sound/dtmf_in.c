/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "channels/sound/dtmf_in.h"

#include <errno.h>
#include <math.h>
#include <spandsp.h>
#include <stdlib.h>
#include <string.h>

#include "channels/sound/g711.h"

/* The test before the detector looks at 10 ms at a time, so at least one such piece lies wholly in the
 * shortest digit (40 ms, Q.24), and a filter of 10 ms is wide enough for a tone 1.8 % off. */
#define PIECE 80
#define TONES 8
#define RUN_ON 6		/* pieces that go to the detector after the last that may hold a digit */
#define QUIET_DBM0 -45.0	/* below this no detector would answer */
#define SHARE_BOTH 0.40f	/* of a piece's power in one row and one column together, at least */
#define SHARE_ONE 0.03f		/* in the weaker of the two: twist and tolerance of frequency */

struct dtmf_in {
	dtmf_rx_state_t *rx;
	enum hw_law law;
	unsigned have;			/* samples in piece */
	unsigned run_on;		/* pieces that the detector still gets */
	int16_t piece[2][PIECE];	/* the present one and the one before */
	unsigned at;			/* which is the present one */
	bool fed_last;			/* the one before has been given to the detector */
	uint64_t position;		/* samples since reset */
	uint64_t began;
	char digit;			/* sounding now */
	bool first, end;
	char ended;
	uint32_t lasted;
	double power_sum;
	uint64_t power_n;
};

static int16_t kernel[TONES][2][PIECE] __attribute__((aligned(32)));
static double quiet[2];

static void on_change(void *arg, int code, int level, int delay)
{
	struct dtmf_in *d = arg;

	(void)level, (void)delay;
	if (d->digit) {
		d->ended = d->digit;
		d->lasted = (uint32_t)(d->position - d->began);
		d->end = true;
	}
	d->digit = (char)code;
	if (code) {
		d->began = d->position;
		d->first = true;
	}
}

static void fill_kernel(void)
{
	static const double hz[TONES] = { 697, 770, 852, 941, 1209, 1336, 1477, 1633 };

	for (int t = 0; t < TONES; t++)
		for (int i = 0; i < PIECE; i++) {
			kernel[t][0][i] = (int16_t)lrint(2047 * cos(2 * M_PI * hz[t] * i / 8000));
			kernel[t][1][i] = (int16_t)lrint(2047 * sin(2 * M_PI * hz[t] * i / 8000));
		}
	for (int law = HW_ALAW; law <= HW_MULAW; law++) {
		double peak = law_sine_peak((enum hw_law)law, QUIET_DBM0);

		quiet[law] = peak * peak / 2;
	}
}

int dtmf_in_open(struct dtmf_in **out, enum hw_law law)
{
	struct dtmf_in *d = calloc(1, sizeof(*d));

	if (!d)
		return -ENOMEM;
	law_init();
	if (!kernel[0][0][0])
		fill_kernel();
	d->law = law;
	d->rx = dtmf_rx_init(NULL, NULL, NULL);
	if (!d->rx) {
		free(d);
		return -ENOMEM;
	}
	dtmf_rx_set_realtime_callback(d->rx, on_change, d);
	*out = d;
	return 0;
}

void dtmf_in_close(struct dtmf_in *d)
{
	if (!d)
		return;
	dtmf_rx_free(d->rx);
	free(d);
}

void dtmf_in_reset(struct dtmf_in *d)
{
	dtmf_rx_init(d->rx, NULL, NULL);
	dtmf_rx_set_realtime_callback(d->rx, on_change, d);
	d->have = d->run_on = 0;
	d->digit = 0;
	d->fed_last = true;
}

static int32_t correlate(const int16_t *a, const int16_t *b)
{
	int32_t sum = 0;

	for (int i = 0; i < PIECE; i++)
		sum += a[i] * b[i];
	return sum;
}

/* Can this piece be part of a digit? Samples are taken at 1/4, so that 80 products fit in 32 bits. */
static bool may_be_digit(struct dtmf_in *d, const int16_t *x)
{
	float best[2] = { 0, 0 }, total;
	int64_t power = 0;

	for (int i = 0; i < PIECE; i++)
		power += x[i] * x[i];
	d->power_sum += 16.0 * (double)power;
	d->power_n += PIECE;
	if (16.0 * (double)power < quiet[d->law] * PIECE)
		return false;
	for (int t = 0; t < TONES; t++) {
		float c = (float)correlate(x, kernel[t][0]), s = (float)correlate(x, kernel[t][1]);
		float p = c * c + s * s;

		if (p > best[t >= TONES / 2])
			best[t >= TONES / 2] = p;
	}
	total = (float)power * (2047.0f * 2047.0f * PIECE / 2);
	return best[0] + best[1] > SHARE_BOTH * total && best[0] > SHARE_ONE * total && best[1] > SHARE_ONE * total;
}

static void detect(struct dtmf_in *d, const int16_t *x)
{
	int16_t full[PIECE];

	for (int i = 0; i < PIECE; i++)
		full[i] = (int16_t)(x[i] * 4);
	dtmf_rx(d->rx, full, PIECE);
}

static void piece_done(struct dtmf_in *d)
{
	const int16_t *x = d->piece[d->at], *before = d->piece[!d->at];

	if (may_be_digit(d, x))
		d->run_on = RUN_ON;
	if (d->run_on) {
		if (!d->fed_last)
			detect(d, before);
		d->position += PIECE;
		detect(d, x);
		d->run_on--;
		d->fed_last = true;
	} else {
		d->position += PIECE;
		d->fed_last = false;
	}
	d->at = !d->at;
	d->have = 0;
}

struct dtmf_heard dtmf_in_feed(struct dtmf_in *d, const uint8_t *buf, unsigned n)
{
	const int16_t *linear = law_linear[d->law];

	d->first = d->end = false;
	while (n) {
		unsigned part = n < PIECE - d->have ? n : PIECE - d->have;
		int16_t *x = d->piece[d->at] + d->have;

		for (unsigned i = 0; i < part; i++)
			x[i] = (int16_t)(linear[buf[i]] >> 2);
		d->have += part;
		buf += part;
		n -= part;
		if (d->have == PIECE)
			piece_done(d);
	}
	if (d->end)
		return (struct dtmf_heard){ .digit = d->ended, .samples = d->lasted, .end = true };
	if (d->digit)
		return (struct dtmf_heard){ d->digit, (uint32_t)(d->position - d->began), d->first, false };
	return (struct dtmf_heard){ 0 };
}

float dtmf_in_level(struct dtmf_in *d)
{
	double mean = d->power_n ? d->power_sum / (double)d->power_n : 0;

	d->power_sum = 0;
	d->power_n = 0;
	return (float)law_dbm0(d->law, mean);
}
