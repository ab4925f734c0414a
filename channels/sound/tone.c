/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "channels/sound/tone.h"

#include <math.h>
#include <pthread.h>
#include <stddef.h>
#include <string.h>

#include "channels/sound/g711.h"

#define RATE 8000
#define SINE_BITS 10
#define MILLIWATT_PERIOD 2000	/* samples: 251 whole waves of 1004 Hz */
#define MILLIWATT_WAVES 251

static int16_t sine[1 << SINE_BITS];
static uint8_t milliwatt[2][MILLIWATT_PERIOD];

/* ITU-T Q.23: rows 697 770 852 941, columns 1209 1336 1477 1633; the columns 2 dB up as telephones send them. */
#define D(name, row, col) { name, { -9, -7 }, 1, 0, { { { row, col }, 0 } } }
static const struct tone_def dtmf[] = {
	D("1", 697, 1209), D("2", 697, 1336), D("3", 697, 1477), D("A", 697, 1633), D("4", 770, 1209),
	D("5", 770, 1336), D("6", 770, 1477), D("B", 770, 1633), D("7", 852, 1209), D("8", 852, 1336),
	D("9", 852, 1477), D("C", 852, 1633), D("*", 941, 1209), D("0", 941, 1336), D("#", 941, 1477),
	D("D", 941, 1633),
};
#undef D

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void fill_tables(void)
{
	law_init();
	for (int i = 0; i < 1 << SINE_BITS; i++)
		sine[i] = (int16_t)lrint(32767 * sin(2 * M_PI * i / (1 << SINE_BITS)));
	for (int law = HW_ALAW; law <= HW_MULAW; law++) {
		double peak = law_sine_peak((enum hw_law)law, 0);

		for (int i = 0; i < MILLIWATT_PERIOD; i++) {
			double v = peak * sin(2 * M_PI * MILLIWATT_WAVES * i / MILLIWATT_PERIOD);

			milliwatt[law][i] = law_encode((enum hw_law)law, (int16_t)lrint(v));
		}
	}
}

void tones_init(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, fill_tables);
}

const struct tone_def *tone_dtmf(char digit)
{
	if (digit >= 'a' && digit <= 'd')
		digit = (char)(digit - 'a' + 'A');
	for (size_t i = 0; i < COUNT(dtmf); i++)
		if (dtmf[i].name[0] == digit)
			return &dtmf[i];
	return NULL;
}

static void begin_part(struct tone *t, unsigned part)
{
	const struct tone_part *p = &t->def->parts[part];

	t->part = part;
	t->left = p->ms * (RATE / 1000);
	t->sounds = false;
	for (int i = 0; i < TONE_FREQS_MAX; i++) {
		t->sounds = t->sounds || p->hz[i];
		t->step[i] = (uint32_t)(((uint64_t)p->hz[i] << 32) / RATE);
	}
}

void tone_start_gain(struct tone *t, const struct tone_def *def, enum hw_law law, double gain_db)
{
	*t = (struct tone){ .def = def };
	if (!def)
		return;
	for (int i = 0; i < TONE_FREQS_MAX; i++)
		t->peak[i] = def->dbm0[i] < 0 ? (int32_t)lrint(law_sine_peak(law, def->dbm0[i] + gain_db)) : 0;
	begin_part(t, 0);
}

void tone_start(struct tone *t, const struct tone_def *def, enum hw_law law)
{
	tone_start_gain(t, def, law, 0);
}

static int16_t next_sample(struct tone *t)
{
	int32_t v = 0;

	for (int i = 0; i < TONE_FREQS_MAX; i++) {
		if (!t->step[i])
			continue;
		v += t->peak[i] * sine[t->phase[i] >> (32 - SINE_BITS)] / 32768;
		t->phase[i] += t->step[i];
	}
	return (int16_t)(v > INT16_MAX ? INT16_MAX : v < INT16_MIN ? INT16_MIN : v);
}

static void next_part(struct tone *t)
{
	unsigned part = t->part + 1;

	begin_part(t, part == t->def->n_parts ? t->def->repeat_from : part);
}

void tone_samples(struct tone *t, enum hw_law law, uint8_t *buf, unsigned n)
{
	if (!t->def) {
		memset(buf, law_silence(law), n);
		return;
	}
	for (unsigned i = 0; i < n; i++) {
		if (!t->left && t->def->parts[t->part].ms)
			next_part(t);
		buf[i] = t->sounds ? law_encode(law, next_sample(t)) : law_silence(law);
		t->left -= t->left > 0;
	}
}

void tone_milliwatt(enum hw_law law, unsigned *pos, uint8_t *buf, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		buf[i] = milliwatt[law][*pos];
		*pos = *pos + 1 == MILLIWATT_PERIOD ? 0 : *pos + 1;
	}
}
