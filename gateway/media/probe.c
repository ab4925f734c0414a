/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gateway/media/probe.h"

#include <math.h>

#include "channels/sound/g711.h"

#define LOW_HZ 150.0
#define HIGH_HZ 3600.0
#define STEP_HZ 8.0		/* a filter over 1024 samples with a Hann window is some 16 Hz wide */
#define SHARE 0.5
#define FAINT 1000.0		/* mean square below which nothing counts as a tone, some -63 dBm0 */

void probe_hear(struct probe *p, enum hw_law law, const uint8_t *buf, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		int16_t v = law_linear[law][buf[i]];

		p->ring[p->n++ % PROBE_SAMPLES] = v;
		p->power += (double)v * v;
	}
	p->power_n += n;
}

float probe_level(struct probe *p, enum hw_law law)
{
	double level = p->power_n ? law_dbm0(law, p->power / (double)p->power_n) : -99;

	p->power = 0;
	p->power_n = 0;
	return (float)level;
}

float probe_level_now(const struct probe *p, enum hw_law law)
{
	unsigned n = p->n < PROBE_SAMPLES ? (unsigned)p->n & ~7u : PROBE_SAMPLES;	/* whole milliseconds */
	double power = 0;

	for (unsigned i = 1; i <= n; i++) {
		double v = p->ring[(p->n - i) % PROBE_SAMPLES];

		power += v * v;
	}
	return n ? (float)law_dbm0(law, power / n) : -99;
}

/* Power of a sine of that frequency in X, as its mean square; Goertzel's recursion. */
static double power_at(const float *x, double hz)
{
	double c = 2 * cos(2 * M_PI * hz / 8000), s1 = 0, s2 = 0;

	for (int i = 0; i < PROBE_SAMPLES; i++) {
		double s = x[i] + c * s1 - s2;

		s2 = s1;
		s1 = s;
	}
	/* The window halves the amplitude: |X| = A * N / 4, mean square A * A / 2. */
	return (s1 * s1 + s2 * s2 - c * s1 * s2) * 8 / ((double)PROBE_SAMPLES * PROBE_SAMPLES);
}

float probe_tone(const struct probe *p)
{
	float x[PROBE_SAMPLES];
	double total = 0, best = 0, best_hz = 0;

	if (p->n < PROBE_SAMPLES)
		return 0;
	for (unsigned i = 0; i < PROBE_SAMPLES; i++) {
		double v = p->ring[(p->n + i) % PROBE_SAMPLES];

		total += v * v / PROBE_SAMPLES;
		x[i] = (float)(v * (0.5 - 0.5 * cos(2 * M_PI * i / PROBE_SAMPLES)));
	}
	if (total < FAINT)
		return 0;
	for (double hz = LOW_HZ; hz <= HIGH_HZ; hz += STEP_HZ) {
		double v = power_at(x, hz);

		if (v > best) {
			best = v;
			best_hz = hz;
		}
	}
	for (double step = STEP_HZ / 2; step > 0.05; step /= 2) {
		double up = power_at(x, best_hz + step), down = power_at(x, best_hz - step);

		if (up > best || down > best) {
			best_hz += up > down ? step : -step;
			best = up > down ? up : down;
		}
	}
	return best > SHARE * total ? (float)best_hz : 0;
}
