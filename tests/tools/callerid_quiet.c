/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests/tools/callerid_quiet.c: what has no caller ID and no alerting signal in it, signed 16 bit at 8 kHz on stdin, is heard by all
 * receivers at line levels in both laws. Prints what they took for something; exits 1 when there was any.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "channels/sound/callerid.h"
#include "channels/sound/g711.h"

#define N 160

struct ears {
	enum hw_law law;
	double gain_db;
	struct callerid_rx *cid;
	struct cas_rx *cas;
};

static unsigned messages, bad, alerts;

static void hear(struct ears *e, const int16_t *x, size_t n, double at)
{
	int16_t y[N];
	struct callerid c;
	bool b = false;

	for (size_t i = 0; i < n; i++) {
		double v = fmax(-32768, fmin(32767, x[i] * pow(10, e->gain_db / 20)));

		y[i] = law_linear[e->law][law_encode(e->law, (int16_t)lrint(v))];
	}
	if (callerid_rx_feed(e->cid, y, n, &c, &b)) {
		messages++;
		printf("  %.2f s: a message by method %d, number \"%s\"\n", at, c.method, c.number);
	}
	bad += b;
	if (b)
		printf("  %.2f s: told as bad, %+g dB\n", at, e->gain_db);
	if (cas_rx_feed(e->cas, y, n)) {
		alerts++;
		printf("  %.2f s: an alerting signal, %+g dB\n", at, e->gain_db);
	}
}

int main(void)
{
	struct ears ears[] = { { .law = HW_ALAW, .gain_db = 0 }, { .law = HW_MULAW, .gain_db = -12 }, { .law = HW_ALAW, .gain_db = 10 } };
	const unsigned n_ears = sizeof(ears) / sizeof(ears[0]);
	int16_t x[N];
	double power = 0;
	size_t n, total = 0;

	law_init();
	for (unsigned i = 0; i < n_ears; i++)
		if (callerid_rx_open(&ears[i].cid, ears[i].law) || cas_rx_open(&ears[i].cas, ears[i].law))
			return 2;
	while ((n = fread(x, sizeof(*x), N, stdin)) > 0) {
		for (size_t i = 0; i < n; i++)
			power += (double)x[i] * x[i];
		for (unsigned i = 0; i < n_ears; i++)
			hear(&ears[i], x, n, (double)total / 8000);
		total += n;
	}
	printf("%.1f min of sound at %.1f dBm0, 12 dB below and 10 above: %u messages, %u told as bad, %u alerting signals\n",
	       (double)total / 480000, law_dbm0(HW_ALAW, total ? power / (double)total : 0), messages, bad, alerts);
	for (unsigned i = 0; i < n_ears; i++) {
		callerid_rx_close(ears[i].cid);
		cas_rx_close(ears[i].cas);
	}
	return total == 0 || messages || bad || alerts;
}
