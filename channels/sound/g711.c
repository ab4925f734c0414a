/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/sound/g711.c: ITU-T G.711. The decoders follow tables 1 and 2, the encoders the decision values
 * there with 1's complement magnitudes as in ITU-T G.191, the conversions tables 3 and 4, which are not the
 * same as decoding and encoding again: they make A-mu-A and mu-A-mu lose as little as can be.
 */
#include "channels/sound/g711.h"

#include <math.h>
#include <pthread.h>

int16_t law_linear[2][256];
static uint8_t mu_to_a[256], a_to_mu[256];

/* G.711 table 3: mu-law decoder output number 0..127 to A-law decoder output number 1..128. */
static const uint8_t table3[128] = {
	1,   1,	  2,   2,   3,	 3,   4,   4,	5,   5,	  6,   6,   7,	 7,   8,   8,	9,   10,  11,  12,  13,	 14,
	15,  16,  17,  18,  19,	 20,  21,  22,	23,  24,  25,  27,  29,	 31,  33,  34,	35,  36,  37,  38,  39,	 40,
	41,  42,  43,  44,  46,	 48,  49,  50,	51,  52,  53,  54,  55,	 56,  57,  58,	59,  60,  61,  62,  64,	 65,
	66,  67,  68,  69,  70,	 71,  72,  73,	74,  75,  76,  77,  78,	 79,  80,  82,	83,  84,  85,  86,  87,	 88,
	89,  90,  91,  92,  93,	 94,  95,  96,	97,  98,  99,  100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110,
	111, 112, 113, 114, 115, 116, 117, 118, 119, 120, 121, 122, 123, 124, 125, 126, 127, 128,
};

/* G.711 table 4: A-law decoder output number 1..128 to mu-law decoder output number 0..127. */
static const uint8_t table4[128] = {
	1,   3,	  5,   7,   9,	 11,  13,  15,	16,  17,  18,  19,  20,	 21,  22,  23,	24,  25,  26,  27,  28,	 29,
	30,  31,  32,  32,  33,	 33,  34,  34,	35,  35,  36,  37,  38,	 39,  40,  41,	42,  43,  44,  45,  46,	 47,
	48,  48,  49,  49,  50,	 51,  52,  53,	54,  55,  56,  57,  58,	 59,  60,  61,	62,  63,  64,  64,  65,	 66,
	67,  68,  69,  70,  71,	 72,  73,  74,	75,  76,  77,  78,  79,	 80,  80,  81,	82,  83,  84,  85,  86,	 87,
	88,  89,  90,  91,  92,	 93,  94,  95,	96,  97,  98,  99,  100, 101, 102, 103, 104, 105, 106, 107, 108, 109,
	110, 111, 112, 113, 114, 115, 116, 117, 118, 119, 120, 121, 122, 123, 124, 125, 126, 127,
};

static int16_t decode_alaw(uint8_t octet)
{
	unsigned v = octet ^ 0x55u;
	unsigned chord = v >> 4 & 7;
	int mag = (int)((v & 15) << 4) + 8;

	if (chord)
		mag = (mag + 0x100) << (chord - 1);
	return (int16_t)(v & 0x80 ? mag : -mag);
}

static int16_t decode_mulaw(uint8_t octet)
{
	unsigned v = octet ^ 0xffu;
	int mag = (((int)((v & 15) << 3) + 0x84) << (v >> 4 & 7)) - 0x84;

	return (int16_t)(v & 0x80 ? -mag : mag);
}

static unsigned chord_of(unsigned v)	/* v >= 1 */
{
	return 31u - (unsigned)__builtin_clz(v);
}

uint8_t law_encode(enum hw_law law, int16_t linear)
{
	unsigned mag = (unsigned)(linear < 0 ? ~linear : linear);

	if (law == HW_ALAW) {
		unsigned v = mag >> 4;		/* 11 bits: G.711 counts decision values to 4096 in steps of 2 */
		unsigned chord = v < 16 ? 0 : chord_of(v) - 3;
		unsigned code = chord ? chord << 4 | (v >> (chord - 1) & 15) : v;

		return (uint8_t)((code | (linear < 0 ? 0 : 0x80)) ^ 0x55);
	}
	unsigned v = (mag >> 2) + 33;
	unsigned chord, code;

	if (v > 0x1fff)
		v = 0x1fff;
	chord = chord_of(v) - 5;
	code = chord << 4 | (v >> (chord + 1) & 15);
	return (uint8_t)((code | (linear < 0 ? 0x80 : 0)) ^ 0xff);
}

static void fill_tables(void)
{
	for (unsigned i = 0; i < 256; i++) {
		law_linear[HW_ALAW][i] = decode_alaw((uint8_t)i);
		law_linear[HW_MULAW][i] = decode_mulaw((uint8_t)i);
	}
	for (unsigned n = 0; n < 128; n++) {	/* the octet of mu-law value n is 0xff - n, negative 0x7f - n */
		mu_to_a[0xff - n] = (uint8_t)((0x80 | (table3[n] - 1)) ^ 0x55);
		mu_to_a[0x7f - n] = (uint8_t)((table3[n] - 1) ^ 0x55);
		a_to_mu[(0x80 | n) ^ 0x55] = (uint8_t)(0xff - table4[n]);
		a_to_mu[n ^ 0x55] = (uint8_t)(0x7f - table4[n]);
	}
}

void law_init(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, fill_tables);
}

const uint8_t *law_table(enum hw_law from, enum hw_law to)
{
	if (from == to)
		return NULL;
	return from == HW_ALAW ? a_to_mu : mu_to_a;
}

void law_apply(const uint8_t *table, uint8_t *buf, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		buf[i] = table[buf[i]];
}

/* The overload point: A-law's virtual decision value 4096 (x8), mu-law's 8159 (x4). */
static double overload(enum hw_law law)
{
	return law == HW_ALAW ? 4096.0 * 8 : 8159.0 * 4;
}

static double overload_dbm0(enum hw_law law)
{
	return law == HW_ALAW ? 3.14 : 3.17;
}

double law_sine_peak(enum hw_law law, double dbm0)
{
	return overload(law) * pow(10, (dbm0 - overload_dbm0(law)) / 20);
}

double law_dbm0(enum hw_law law, double mean_square)
{
	double level;

	if (mean_square < 1e-3)
		return -99;
	level = 10 * log10(2 * mean_square) - 20 * log10(overload(law)) + overload_dbm0(law);
	return level < -99 ? -99 : level;
}
