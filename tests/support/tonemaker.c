/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/tonemaker.h"

#include <math.h>

#include "channels/sound/g711.h"

#define CHOPPED_MS 60	/* shorter pauses only chop a tone that goes on */

/* Of deviation 1. */
static double gauss(uint32_t *seed)
{
	double sum = -2;

	for (int i = 0; i < 4; i++) {
		*seed = *seed * 1664525u + 1013904223u;
		sum += (*seed >> 8) / 16777216.0;
	}
	return sum * sqrt(3);
}

/* Of one frequency DB below the others' level; levels in a definition are as sent, only their relation counts. */
static void begin_part(struct tonemaker *t, unsigned part)
{
	const struct tone_part *p = &t->def->parts[part];
	double power = 0, all = law_sine_peak(t->law, t->dbm0);

	t->part = part;
	t->left += p->ms ? p->ms * 8 * t->stretch : INFINITY;
	for (int i = 0; i < TONE_FREQS_MAX; i++)
		power += p->hz[i] ? pow(10, t->def->dbm0[i] / 10) : 0;
	for (int i = 0; i < TONE_FREQS_MAX; i++)
		t->peak[i] = p->hz[i] ? all * sqrt(pow(10, t->def->dbm0[i] / 10) / power) : 0;
}

static void start(struct tonemaker *t)
{
	t->started = true;
	if (t->snr_db != 0)
		t->noise = law_sine_peak(t->law, t->dbm0 - t->snr_db) / sqrt(2);
	if (!t->def)
		return;
	begin_part(t, 0);
	t->left -= t->skip_ms * 8 * t->stretch;
}

static double next_sample(struct tonemaker *t)
{
	double v = 0;

	while (t->left < 1)
		begin_part(t, t->part + 1 == t->def->n_parts ? t->def->repeat_from : t->part + 1);
	t->left -= 1;
	for (int i = 0; i < TONE_FREQS_MAX && t->def->parts[t->part].hz[i]; i++) {
		double tune = i % 2 && t->tune_odd != 0 ? t->tune_odd : t->tune;

		v += t->peak[i] * sin(t->phase[i]);
		t->phase[i] = fmod(t->phase[i] + 2 * M_PI * t->def->parts[t->part].hz[i] * tune / 8000, 2 * M_PI);
	}
	return v;
}

void tonemaker_octets(struct tonemaker *t, uint8_t *buf, unsigned n)
{
	if (!t->started)
		start(t);
	for (unsigned i = 0; i < n; i++) {
		double v = t->noise * gauss(&t->seed);

		if (t->def)
			v += next_sample(t);
		buf[i] = law_encode(t->law, (int16_t)lrint(fmax(-32768, fmin(32767, v))));
	}
}

double tonemaker_cycle_ms(const struct tone_def *def)
{
	double sum = 0;
	unsigned changes = 0;

	for (unsigned i = def->repeat_from; i < def->n_parts; i++) {
		const struct tone_part *p = &def->parts[i];

		if (!p->ms)
			return 0;
		sum += p->ms;
		changes += i > def->repeat_from && (p->hz[0] ? p->hz[0] != p[-1].hz[0] && p[-1].hz[0] : p->ms >= CHOPPED_MS);
	}
	return changes ? sum : 0;
}
