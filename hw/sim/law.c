/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hw/sim/law.c: ITU-T G.711 to linear samples of 16 bits and back, for what the simulated wires mix. Any
 * thread. Decoding what was encoded gives the nearest value of the law; encoding what was decoded the same
 * octet (but mu-law's second zero).
 */
#include "hw/sim/analog.h"

enum { MU_BIAS = 132, MU_TOP = 32767 - MU_BIAS };

int16_t sim_law_decode(enum hw_law law, uint8_t octet)
{
	int v, seg;

	if (law == HW_MULAW) {
		octet = (uint8_t)~octet;
		v = (((octet & 0x0f) << 3) + MU_BIAS) << ((octet >> 4) & 7);
		return (int16_t)(octet & 0x80 ? MU_BIAS - v : v - MU_BIAS);
	}
	octet ^= 0x55;
	seg = (octet >> 4) & 7;
	v = ((octet & 0x0f) << 4) + 8;
	if (seg)
		v = (v + 256) << (seg - 1);
	return (int16_t)(octet & 0x80 ? v : -v);
}

/* The number of the segment is that of the highest bit. */
static int top_bit(int v)
{
	return 31 - __builtin_clz((unsigned)v | 1);
}

uint8_t sim_law_encode(enum hw_law law, int v)
{
	bool negative = v < 0;
	int seg, octet;

	if (law == HW_MULAW) {
		v = negative ? -v : v;
		v = (v > MU_TOP ? MU_TOP : v) + MU_BIAS;
		seg = top_bit(v) - 7;
		octet = seg << 4 | ((v >> (seg + 3)) & 0x0f);
		return (uint8_t)~(octet | (negative ? 0x80 : 0));
	}
	v = negative ? ~v : v; /* no zero: -1 is the first below it */
	v = v > 32767 ? 32767 : v;
	seg = v < 256 ? 0 : top_bit(v) - 7;
	octet = seg << 4 | ((v >> (seg ? seg + 3 : 4)) & 0x0f);
	return (uint8_t)((octet | (negative ? 0 : 0x80)) ^ 0x55);
}
