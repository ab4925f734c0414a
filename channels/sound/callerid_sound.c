/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/sound/callerid_sound.c: the sound of caller ID. FSK and DTMF are spandsp's generators; what is ours is the bits
 * around the message: channel seizure and mark, which GR-30 and EN 300 659-1 have before it, and NTT's.
 */
#include <errno.h>
#include <math.h>
#include <spandsp.h>
#include <stdlib.h>
#include <string.h>

#include "channels/sound/callerid_message.h"
#include "channels/sound/g711.h"

#define RATE 8000
#define SEIZURE_BITS 300	/* of 0 and 1 in turn; EN 300 659-1, GR-30 */
#define MARK_BELL 180		/* GR-30: 180 +- 25 */
#define MARK_V23 80		/* EN 300 659-1: 80 +- 25, which SIN 227's 55 to 90 agrees with */
#define MARK_TYPE2 80
#define MARK_NTT 75		/* 60 ms at least */
#define MARK_AFTER 8		/* the checksum's stop bit has at least two marks (EN 300 659-1: up to 10) */
#define STOP_BITS_NTT 4
#define DTMF_ON_MS 70		/* EN 300 659-1 annex: 70 +- 5, both */
#define DTMF_OFF_MS 70
#define FADE 8			/* samples at either end of an alerting signal, so that it does not click */

struct bits {
	uint8_t octets[CALLERID_OCTETS_MAX + 64];
	int n;
	int seizure, mark, after, stop;
	int at;				/* bits sent so far */
};

static int next_bit(void *arg)
{
	struct bits *b = arg;
	int at = b->at++, length = 9 + b->stop;

	if (at < b->seizure)
		return at & 1;
	at -= b->seizure;
	if (at < b->mark)
		return 1;
	at -= b->mark;
	if (at < b->n * length) {
		int bit = at % length;

		return bit == 0 ? 0 : bit > 8 ? 1 : b->octets[at / length] >> (bit - 1) & 1;
	}
	return at - b->n * length < b->after ? 1 : SIG_STATUS_END_OF_DATA;
}

/* spandsp's 0 dBm0 is A-law's. */
static double spandsp_level(enum hw_law law, double dbm0)
{
	return 3.14 + 20 * log10(law_sine_peak(law, dbm0) / 32768);
}

static int fsk_sound(struct bits *b, enum cid_method method, double level, int16_t **out, size_t *n)
{
	int total = b->seizure + b->mark + b->n * (9 + b->stop) + b->after;
	size_t max = (size_t)total * RATE / 1200 + 160;
	int16_t *x = calloc(max, sizeof(*x));
	fsk_tx_state_t *tx = fsk_tx_init(NULL, &preset_fsk_specs[method == CID_BELL202 ? FSK_BELL202 : FSK_V23CH1],
					 next_bit, b);

	if (!x || !tx) {
		free(x);
		if (tx)
			fsk_tx_free(tx);
		return -ENOMEM;
	}
	fsk_tx_power(tx, (float)level);
	*n = (size_t)fsk_tx(tx, x, (int)max);
	*out = x;
	fsk_tx_free(tx);
	return 0;
}

static int dtmf_sound(const char *digits, int count, double level, int16_t **out, size_t *n)
{
	size_t max = (size_t)count * (DTMF_ON_MS + DTMF_OFF_MS) * (RATE / 1000);
	int16_t *x = calloc(max, sizeof(*x));
	dtmf_tx_state_t *tx = dtmf_tx_init(NULL);

	if (!x || !tx) {
		free(x);
		if (tx)
			dtmf_tx_free(tx);
		return -ENOMEM;
	}
	dtmf_tx_set_timing(tx, DTMF_ON_MS, DTMF_OFF_MS);
	dtmf_tx_set_level(tx, (int)lrint(level), 0);
	dtmf_tx_put(tx, digits, count);
	*n = (size_t)dtmf_tx(tx, x, (int)max);
	*out = x;
	dtmf_tx_free(tx);
	return 0;
}

int callerid_sound(const struct callerid *c, enum cid_method method, bool type2, enum hw_law law, double level_dbm0,
		   int16_t **out, size_t *n)
{
	struct bits b = { .seizure = type2 ? 0 : SEIZURE_BITS, .after = MARK_AFTER, .stop = 1 };
	double level = spandsp_level(law, level_dbm0);
	char digits[CALLERID_DTMF_MAX + 1];

	if ((method == CID_DTMF || method == CID_NTT) && type2)
		return -EINVAL;
	switch (method) {
	case CID_DTMF:
		b.n = callerid_dtmf_string(c, digits, sizeof(digits));
		return b.n < 0 ? b.n : dtmf_sound(digits, b.n, level, out, n);
	case CID_NTT:
		b.seizure = 0;
		b.mark = MARK_NTT;
		b.stop = STOP_BITS_NTT;
		b.n = callerid_ntt_octets(c, b.octets, sizeof(b.octets));
		break;
	case CID_BELL202:
	case CID_V23:
		b.mark = type2 ? MARK_TYPE2 : method == CID_BELL202 ? MARK_BELL : MARK_V23;
		b.n = callerid_fsk_octets(c, method, b.octets, sizeof(b.octets));
		break;
	default:
		return -EINVAL;
	}
	return b.n < 0 ? b.n : fsk_sound(&b, method, level, out, n);
}

int callerid_alert_sound(unsigned ms, enum hw_law law, double level_dbm0, int16_t **out, size_t *n)
{
	double peak = law_sine_peak(law, level_dbm0);
	size_t count = (size_t)ms * (RATE / 1000);
	int16_t *x = calloc(count ? count : 1, sizeof(*x));

	if (!x)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		size_t edge = i < count - 1 - i ? i : count - 1 - i;
		double v = peak * (sin(2 * M_PI * 2130 * (double)i / RATE) + sin(2 * M_PI * 2750 * (double)i / RATE));

		if (edge < FADE)
			v *= (double)(edge + 1) / (FADE + 1);
		x[i] = (int16_t)lrint(fmax(-32767, fmin(32767, v)));
	}
	*out = x;
	*n = count;
	return 0;
}
