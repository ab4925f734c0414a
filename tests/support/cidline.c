/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/cidline.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "channels/sound/callerid_message.h"
#include "channels/sound/g711.h"

#define RATE 8000.0

double cid_line_noise(unsigned *seed)
{
	double sum = -6;

	for (int i = 0; i < 12; i++) {
		*seed = *seed * 1664525u + 1013904223u;
		sum += (double)(*seed >> 8) / (1 << 24);
	}
	return sum;
}

static unsigned bit_at(const uint8_t *octets, int at, int length)
{
	int in = at % length;

	return in == 0 ? 0 : in > 8 ? 1 : octets[at / length] >> (in - 1) & 1;
}

int16_t *cid_line_fsk(const struct cid_line *l, enum cid_method method, bool type2, const uint8_t *octets, size_t count,
		      size_t *n)
{
	int seizure = type2 || method == CID_NTT ? 0 : 300;
	int mark = type2 ? 80 : method == CID_BELL202 ? 180 : method == CID_NTT ? 75 : 80;
	int length = method == CID_NTT ? 13 : 10;
	int data = (int)count * length, total = seizure + mark + data + 8;
	double per_bit = RATE / (1200 * (1 + l->baud_off)), phase = 0.3;
	double hz[2] = { method == CID_BELL202 ? 2200 : 2100, method == CID_BELL202 ? 1200 : 1300 };
	double peak[2] = { law_sine_peak(l->law, l->level_dbm0 + l->space_db), law_sine_peak(l->law, l->level_dbm0) };
	int16_t *x = malloc(((size_t)(total * per_bit) + 1) * sizeof(*x));

	*n = (size_t)(total * per_bit);
	for (size_t i = 0; x && i < *n; i++) {
		int at = (int)((double)i / per_bit);
		unsigned bit = at < seizure ? at & 1
			       : at - seizure < mark || at - seizure - mark >= data ? 1
			       : bit_at(octets, at - seizure - mark, length);

		x[i] = (int16_t)lrint(peak[bit] * sin(phase));
		phase += 2 * M_PI * hz[bit] * (1 + l->hz_off) / RATE;
	}
	return x;
}

int16_t *cid_line_dtmf(const struct cid_line *l, const char *digits, size_t *n)
{
	static const char keys[] = "123A456B789C*0#D";
	static const double low[] = { 697, 770, 852, 941 }, high[] = { 1209, 1336, 1477, 1633 };
	const size_t on = 70 * 8, off = 70 * 8;
	double peak = law_sine_peak(l->law, l->level_dbm0), peak2 = law_sine_peak(l->law, l->level_dbm0 + l->space_db);
	int16_t *x = calloc(strlen(digits) * (on + off) + 1, sizeof(*x));

	*n = strlen(digits) * (on + off);
	for (size_t d = 0; x && digits[d]; d++) {
		long key = strchr(keys, digits[d]) - keys;

		for (size_t i = 0; i < on; i++) {
			double t = 2 * M_PI * (1 + l->hz_off) * (double)i / RATE;

			x[d * (on + off) + i] =
				(int16_t)lrint(peak * sin(low[key / 4] * t) + peak2 * sin(high[key % 4] * t));
		}
	}
	return x;
}

int16_t *cid_line_carry(const struct cid_line *l, const int16_t *burst, size_t count, size_t *n)
{
	double sigma = l->snr_db != 0 ? law_sine_peak(l->law, l->level_dbm0 - l->snr_db) / sqrt(2) : 0;
	unsigned seed = l->seed;
	int16_t *y;

	*n = CID_LINE_LEAD * 3 + count;
	y = malloc(*n * sizeof(*y));
	for (size_t i = 0; y && i < *n; i++) {
		double v = i >= CID_LINE_LEAD && i - CID_LINE_LEAD < count ? burst[i - CID_LINE_LEAD] : 0;

		if (sigma > 0)
			v += sigma * cid_line_noise(&seed);
		v = fmax(-32768, fmin(32767, v));
		y[i] = law_linear[l->law][law_encode(l->law, (int16_t)lrint(v))];
	}
	return y;
}

int16_t *cid_line_send(const struct cid_line *l, const struct callerid *c, enum cid_method method, bool type2, size_t *n)
{
	uint8_t octets[CALLERID_OCTETS_MAX + 64];
	char digits[CALLERID_DTMF_MAX + 1];
	int16_t *burst, *carried;
	size_t count;
	int len;

	if (method == CID_DTMF) {
		if (callerid_dtmf_string(c, digits, sizeof(digits)) < 0)
			return NULL;
		burst = cid_line_dtmf(l, digits, &count);
	} else {
		len = method == CID_NTT ? callerid_ntt_octets(c, octets, sizeof(octets))
					: callerid_fsk_octets(c, method, octets, sizeof(octets));
		if (len < 0)
			return NULL;
		burst = cid_line_fsk(l, method, type2, octets, (size_t)len, &count);
	}
	carried = burst ? cid_line_carry(l, burst, count, n) : NULL;
	free(burst);
	return carried;
}

int cid_line_receive(struct callerid_rx *r, const int16_t *x, size_t n, struct callerid *out, int max, int *bad)
{
	struct callerid c;
	int count = 0;

	*bad = 0;
	for (size_t at = 0; at < n; at += 160) {
		bool b = false;

		if (callerid_rx_feed(r, x + at, n - at < 160 ? n - at : 160, &c, &b) && count++ < max)
			out[count - 1] = c;
		*bad += b;
	}
	return count;
}

const char *cid_line_differs(const struct callerid *sent, const struct callerid *got, enum cid_method method, bool type2)
{
	bool fsk = method == CID_BELL202 || method == CID_V23;
	char none = *sent->number ? 0 : sent->no_number ? sent->no_number : 'O';

	if (got->message != sent->message)
		return "message";
	if (got->method != method)
		return "method";
	if (got->call_waiting != type2)
		return "call_waiting";
	if (method != CID_DTMF && !(sent->single && sent->message) &&
	    (got->month != sent->month || got->day != sent->day || got->hour != sent->hour || got->minute != sent->minute))
		return "date";
	if (sent->message == CALLERID_MESSAGE_WAITING)
		return got->waiting != sent->waiting ? "waiting"
		       : !sent->single && got->messages != sent->messages ? "messages" : NULL;
	if (strcmp(got->number, sent->no_number ? "" : sent->number))
		return "number";
	if (got->no_number != (sent->no_number ? sent->no_number : none))
		return "no_number";
	if (method != CID_DTMF && !sent->single && (strcmp(got->name, sent->name) || got->no_name != sent->no_name))
		return "name";
	if ((method == CID_V23 || (method == CID_DTMF && !sent->dtmf_end)) && strcmp(got->redirecting, sent->redirecting))
		return "redirecting";
	if (fsk && got->single != sent->single)
		return "single";
	return NULL;
}
