/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "channels/sound/tone_bank.h"

#include <math.h>
#include <string.h>

#include "channels/sound/g711.h"

#define WAVE 2047.0f		/* peak of the waves that the audio is multiplied with */
#define LOW_HZ 800		/* from here on frequencies of a set stand far apart */
#define QUIET_DBM0 -40.0	/* a tone of -30 dBm0 with 10 dB in hand */
#define SHARE 0.60f		/* of the power in a window that a set explains, at least */
#define SHARE_WEAKEST 0.04f	/* in the weakest frequency of a set */
#define WINDOW (BANK_BLOCK * BANK_WINDOW)

void bank_init(struct tone_bank *b, enum hw_law law)
{
	memset(b, 0, sizeof(*b));
	b->law = law;
	law_init();
	b->quiet = bank_power(b, QUIET_DBM0);
}

float bank_power(const struct tone_bank *b, double dbm0)
{
	double peak = law_sine_peak(b->law, dbm0) / 4;

	return (float)(peak * peak / 2);
}

/* A tone 1.5 % off must not lose more than a quarter of its power over the blocks added by phase. */
static unsigned span_of(unsigned hz)
{
	return hz < LOW_HZ ? BANK_WINDOW : hz < 1100 ? 3 : hz < 1600 ? 2 : 1;
}

static int find_freq(struct tone_bank *b, unsigned hz)
{
	struct bank_freq *f = b->freq;
	double w = 2 * M_PI * hz / 8000;

	for (unsigned i = 0; i < b->n_freqs; i++)
		if (f[i].hz == hz)
			return (int)i;
	if (b->n_freqs == BANK_FREQS)
		return -1;
	f += b->n_freqs;
	f->hz = hz;
	f->span = span_of(hz);
	for (int i = 0; i < BANK_BLOCK; i++) {
		f->wave[0][i] = (int16_t)lrint(WAVE * cos(w * i));
		f->wave[1][i] = (int16_t)lrint(-WAVE * sin(w * i));
	}
	for (int i = 0; i < BANK_WINDOW; i++)
		f->turn[i] = (float)cos(w * i * BANK_BLOCK) - I * (float)sin(w * i * BANK_BLOCK);
	return (int)b->n_freqs++;
}

int bank_set(struct tone_bank *b, const uint16_t hz[TONE_FREQS_MAX])
{
	struct bank_set s = { .low = true };

	for (; s.n < TONE_FREQS_MAX && hz[s.n]; s.n++) {
		int f = find_freq(b, hz[s.n]);

		if (f < 0)
			return -1;
		s.freq[s.n] = (uint8_t)f;
		s.low &= hz[s.n] < LOW_HZ;
	}
	for (unsigned i = 0; i < b->n_sets; i++)
		if (b->set[i].n == s.n && !memcmp(b->set[i].freq, s.freq, s.n))
			return (int)i;
	if (!s.n || b->n_sets == BANK_SETS)
		return -1;
	b->set[b->n_sets] = s;
	return (int)b->n_sets++;
}

/* The products of the window's waves with one another, and the inverse of that matrix by elimination. */
static void invert(const struct tone_bank *b, struct bank_set *s)
{
	double complex m[TONE_FREQS_MAX][2 * TONE_FREQS_MAX] = { { 0 } };
	unsigned n = s->n;

	for (unsigned i = 0; i < n; i++) {
		for (unsigned j = 0; j < n; j++) {
			double w = 2 * M_PI * ((double)b->freq[s->freq[j]].hz - b->freq[s->freq[i]].hz) / 8000;

			for (int k = 0; k < WINDOW; k++)
				m[i][j] += cos(w * k) + I * sin(w * k);
		}
		m[i][n + i] = 1;
	}
	for (unsigned i = 0; i < n; i++) {
		double complex pivot = m[i][i];

		for (unsigned j = 0; j < 2 * n; j++)
			m[i][j] /= pivot;
		for (unsigned r = 0; r < n; r++) {
			double complex by = m[r][i];

			for (unsigned j = 0; r != i && j < 2 * n; j++)
				m[r][j] -= by * m[i][j];
		}
	}
	for (unsigned i = 0; i < n; i++)
		for (unsigned j = 0; j < n; j++)
			s->inverse[i][j] = (float complex)m[i][n + j];
}

void bank_ready(struct tone_bank *b)
{
	for (unsigned i = 0; i < b->n_sets; i++)
		if (b->set[i].low)
			invert(b, &b->set[i]);
	bank_reset(b);
}

void bank_reset(struct tone_bank *b)
{
	b->at = 0;
	memset(b->energy, 0, sizeof(b->energy));
	for (unsigned i = 0; i < b->n_freqs; i++) {
		memset(b->freq[i].z, 0, sizeof(b->freq[i].z));
		b->freq[i].all = b->freq[i].before = 0;
	}
}

static float norm(float complex z)
{
	return crealf(z) * crealf(z) + cimagf(z) * cimagf(z);
}

static int32_t correlate(const int16_t *a, const int16_t *b)
{
	int32_t sum = 0;

	for (int i = 0; i < BANK_BLOCK; i++)
		sum += a[i] * b[i];
	return sum;
}

/* Power of frequencies that are fitted together; 0 when one of them is hardly there. */
static float fitted(const struct tone_bank *b, const struct bank_set *s)
{
	float sum = 0, weakest = INFINITY;

	if (s->n == 1)
		return 2 * norm(b->freq[s->freq[0]].all) / WINDOW;
	for (unsigned i = 0; i < s->n; i++) {
		float complex a = 0, z = b->freq[s->freq[i]].all;
		float own;

		for (unsigned j = 0; j < s->n; j++)
			a += s->inverse[i][j] * b->freq[s->freq[j]].all;
		own = 2 * norm(a) * WINDOW;
		weakest = own < weakest ? own : weakest;
		sum += 2 * crealf(conjf(z) * a);
	}
	return weakest > SHARE_WEAKEST * sum ? sum : 0;
}

/* Power of frequencies far apart, each added over as many blocks as its tolerance allows. */
static float apart(const struct tone_bank *b, const struct bank_set *s)
{
	float sum = 0, weakest = INFINITY;

	for (unsigned i = 0; i < s->n; i++) {
		const struct bank_freq *f = &b->freq[s->freq[i]];
		float own = 0;

		for (unsigned k = 0; k < BANK_WINDOW; k += f->span) {
			float complex z = 0;

			for (unsigned m = 0; m < f->span; m++)
				z += f->z[(b->at + k + m) % BANK_WINDOW] * f->turn[m];
			own += 2 * norm(z) / (float)(BANK_BLOCK * f->span);
		}
		weakest = own < weakest ? own : weakest;
		sum += own;
	}
	return weakest > SHARE_WEAKEST * sum ? sum : 0;
}

static void take(struct tone_bank *b, const int16_t *x)
{
	uint32_t energy = 0;

	for (int i = 0; i < BANK_BLOCK; i++)
		energy += (uint32_t)(x[i] * x[i]);
	b->energy[b->at] = energy;
	for (unsigned i = 0; i < b->n_freqs; i++) {
		struct bank_freq *f = &b->freq[i];

		f->z[b->at] = ((float)correlate(x, f->wave[0]) + I * (float)correlate(x, f->wave[1])) / WAVE;
	}
	b->at = (b->at + 1) % BANK_WINDOW;
	for (unsigned i = 0; i < b->n_freqs; i++) {
		struct bank_freq *f = &b->freq[i];
		float complex z = 0;

		for (unsigned k = 0; k < BANK_WINDOW; k++)
			z += f->z[(b->at + k) % BANK_WINDOW] * f->turn[k];
		f->before = f->all;
		f->all = z;
	}
}

void bank_step(struct tone_bank *b, const int16_t *x, struct bank_look *out)
{
	float total = 0;

	take(b, x);
	for (int i = 0; i < BANK_WINDOW; i++)
		total += (float)b->energy[i];
	out->power = total / WINDOW;
	out->oldest = (float)b->energy[b->at] / BANK_BLOCK;
	out->newest = (float)b->energy[(b->at + BANK_WINDOW - 1) % BANK_WINDOW] / BANK_BLOCK;
	out->sets = 0;
	if (out->power < b->quiet)
		return;
	for (unsigned i = 0; i < b->n_sets; i++) {
		const struct bank_set *s = &b->set[i];

		out->share[i] = (s->low ? fitted(b, s) : apart(b, s)) / total;
		if (out->share[i] >= SHARE)
			out->sets |= 1u << i;
	}
}

float complex bank_drift(const struct bank_freq *f)
{
	return f->all * conjf(f->before * conjf(f->turn[1]));
}
