/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/sound/cas.c: hears the alerting signal, 2130 and 2750 Hz together (GR-30: CAS, 80 ms; EN 300 659-2: DT-AS, 75 to 85
 * ms off hook, 88 to 110 ms on hook). Every 5 ms it looks at the last 10 ms: nearly all of the power must be in the two tones, at
 * levels near each other, and from one look to the next their phases must turn as those frequencies do. That for 60 ms on end and
 * then no more is the signal: no voice holds two inharmonic tones that high and nothing else for as long.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "channels/sound/callerid.h"
#include "channels/sound/g711.h"

#define RATE 8000.0
#define HOP 40
#define WINDOW (2 * HOP)
#define QUIET_DBM0 -38.0	/* of each tone; GR-30: -32 and up */
#define SHARE 0.70f		/* of the window's power in the two */
#define TWIST 8.0f		/* in power: 9 dB; GR-30: 6 dB */
#define HZ_OFF 45.0f		/* on average over the signal; GR-30: 0.5 %, SIN 227 1.1 %: 30 Hz */
#define LOOKS_MIN 11		/* 75 ms hold 13 whole windows */
#define LOOKS_MAX 40		/* a tone of more than 200 ms is another thing */
#define GAP 1			/* looks that may fail within */

static const double hz[2] = { 2130, 2750 };

struct cas_rx {
	float quiet;
	float kernel[2][2][WINDOW];
	float advance[2];		/* radians that a tone's phase turns in a hop, to -pi .. pi */
	int16_t window[WINDOW];
	unsigned have;			/* new samples in the second half */
	float phase[2], turned[2];	/* at the last look; sum of what they turned too far */
	unsigned looks, turns, gap;
};

struct look {
	float power[2], phase[2];
};

int cas_rx_open(struct cas_rx **out, enum hw_law law)
{
	struct cas_rx *r = calloc(1, sizeof(*r));
	double peak = law_sine_peak(law, QUIET_DBM0);

	if (!r)
		return -ENOMEM;
	r->quiet = (float)(peak * peak / 2);
	for (int t = 0; t < 2; t++) {
		r->advance[t] = (float)remainder(2 * M_PI * hz[t] * HOP / RATE, 2 * M_PI);
		for (int i = 0; i < WINDOW; i++) {
			r->kernel[t][0][i] = (float)cos(2 * M_PI * hz[t] * i / RATE);
			r->kernel[t][1][i] = (float)-sin(2 * M_PI * hz[t] * i / RATE);
		}
	}
	*out = r;
	return 0;
}

void cas_rx_close(struct cas_rx *r)
{
	free(r);
}

static bool both_tones(const struct cas_rx *r, struct look *k)
{
	float total = 0;

	for (int i = 0; i < WINDOW; i++)
		total += (float)r->window[i] * r->window[i];
	if (total < 2 * r->quiet * WINDOW)
		return false;
	for (int t = 0; t < 2; t++) {
		float re = 0, im = 0;

		for (int i = 0; i < WINDOW; i++) {
			re += r->window[i] * r->kernel[t][0][i];
			im += r->window[i] * r->kernel[t][1][i];
		}
		k->power[t] = (re * re + im * im) * 2 / WINDOW;
		k->phase[t] = atan2f(im, re);
		if (k->power[t] < r->quiet * WINDOW)
			return false;
	}
	return k->power[0] + k->power[1] > SHARE * total && k->power[0] < TWIST * k->power[1] &&
	       k->power[1] < TWIST * k->power[0];
}

/* Was what has ended the signal? */
static bool was_signal(const struct cas_rx *r)
{
	float most = HZ_OFF * (float)(2 * M_PI * HOP / RATE) * (float)r->turns;

	return r->looks >= LOOKS_MIN && r->looks <= LOOKS_MAX && fabsf(r->turned[0]) < most && fabsf(r->turned[1]) < most;
}

static bool look(struct cas_rx *r)
{
	struct look k;
	bool ended = false;

	if (both_tones(r, &k)) {
		for (int t = 0; t < 2 && r->looks; t++)
			if (!r->gap)
				r->turned[t] += (float)remainder(k.phase[t] - r->phase[t] - r->advance[t], 2 * M_PI);
		r->turns += r->looks && !r->gap;
		r->looks++;
		r->gap = 0;
		memcpy(r->phase, k.phase, sizeof(r->phase));
	} else if (r->looks && ++r->gap > GAP) {
		ended = was_signal(r);
		r->looks = r->turns = r->gap = 0;
		r->turned[0] = r->turned[1] = 0;
	}
	return ended;
}

bool cas_rx_feed(struct cas_rx *r, const int16_t *x, size_t n)
{
	bool heard = false;

	while (n) {
		size_t part = n < HOP - r->have ? n : HOP - r->have;

		memcpy(r->window + HOP + r->have, x, part * sizeof(*x));
		r->have += (unsigned)part;
		x += part;
		n -= part;
		if (r->have < HOP)
			break;
		r->have = 0;
		heard = look(r) || heard;
		memcpy(r->window, r->window + HOP, HOP * sizeof(*x));
	}
	return heard;
}
