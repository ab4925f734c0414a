/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hw/dahdi/gain.c: gains of an analog port, as the tables from octet to octet that DAHDI applies in the
 * kernel. Loop thread. A table of 0 dB is the octets themselves: DAHDI then applies none.
 */
#include <math.h>
#include <stdlib.h>

#include "hw/dahdi/card.h"

static int decode_mulaw(uint8_t octet) /* ITU-T G.711, table 2; 14 bits */
{
	int v = ~octet & 0x7f, exp = v >> 4, mag = (((v & 15) * 2 + 33) << exp) - 33;

	return octet & 0x80 ? mag : -mag;
}

static int decode_alaw(uint8_t octet) /* table 1; 13 bits */
{
	int v = (octet ^ 0x55) & 0x7f, exp = v >> 4, mag = (v & 15) * 2 + 1;

	if (exp)
		mag = (mag + 32) << (exp - 1);
	return octet & 0x80 ? mag : -mag;
}

/* The octet of the same sign that is nearest to what OCTET becomes. */
static uint8_t scale(enum hw_law law, double factor, int octet)
{
	int (*decode)(uint8_t) = law == HW_ALAW ? decode_alaw : decode_mulaw;
	double want = decode((uint8_t)octet) * factor, best = HUGE_VAL;
	uint8_t found = (uint8_t)octet;

	for (int i = octet & 0x80; i < (octet & 0x80) + 0x80; i++) {
		double off = fabs(decode((uint8_t)i) - want);

		if (off < best || (off == best && i == octet)) {
			best = off;
			found = (uint8_t)i;
		}
	}
	return found;
}

int dahdi_gain(struct hw_line *base, double rx_db, double tx_db)
{
	struct dahdi_gains g = {.chan = 0};

	for (int i = 0; i < 256; i++) {
		g.rxgain[i] = scale(base->law, pow(10, rx_db / 20), i);
		g.txgain[i] = scale(base->law, pow(10, tx_db / 20), i);
	}
	return dahdi_port_ioctl((struct dahdi_line *)base, DAHDI_SETGAINS, &g);
}
