/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Caller ID from end to end: every method over lines that are off and noisy, spandsp's ADSI as a judge both ways, bursts that
 * are cut, and what is no burst at all. The long grid is make check-callerid.
 */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <spandsp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "channels/sound/callerid_message.h"
#include "channels/sound/g711.h"
#include "tests/support/cidline.h"

#define CALL(...) { .number = "02071838750", .month = 11, .day = 22, .hour = 23, .minute = 5, __VA_ARGS__ }

static const struct {
	const char *why;
	enum cid_method method;
	bool type2;
	struct callerid c;
} rows[] = {
	{ "name, number, date", CID_BELL202, false, CALL(.name = "FRONT DESK") },
	{ "off hook", CID_BELL202, true, CALL(.name = "FRONT DESK") },
	{ "single data message", CID_BELL202, false, CALL(.single = true) },
	{ "single, withheld", CID_BELL202, false, { .no_number = 'P', .month = 1, .day = 31, .hour = 0, .minute = 59, .single = true } },
	{ "longest of GR-1188", CID_BELL202, false, { .number = "12345678901234567890", .name = "ABCDEFGHIJKLMNO" } },
	{ "lamp on", CID_BELL202, false, { .message = CALLERID_MESSAGE_WAITING, .waiting = true } },
	{ "lamp off, single", CID_BELL202, false, { .message = CALLERID_MESSAGE_WAITING, .single = true } },
	{ "lamp on, single", CID_BELL202, false, { .message = CALLERID_MESSAGE_WAITING, .single = true, .waiting = true } },
	{ "name in ISO 8859-1", CID_V23, false, CALL(.name = "Caf\303\251 \303\234ber", .redirecting = "+4930123") },
	{ "off hook", CID_V23, true, CALL(.name = "Caf\303\251") },
	{ "one digit, one letter", CID_V23, false, { .number = "1", .name = "x" } },
	{ "longest of EN 300 659-3", CID_V23, false,
	  { .number = "+1234567890123456789", .name = "A name that is just as long as it may be: 50 of it" } },
	{ "nothing known", CID_V23, false, { .no_number = 'O', .no_name = 'O' } },
	{ "withheld", CID_V23, false, { .no_number = 'P', .no_name = 'P', .month = 2, .day = 29, .hour = 12 } },
	{ "three messages", CID_V23, false, { .message = CALLERID_MESSAGE_WAITING, .waiting = true, .messages = 3 } },
	{ "no message", CID_V23, false, { .message = CALLERID_MESSAGE_WAITING } },
	{ "number and name", CID_NTT, false, CALL(.name = "TOKYO") },
	{ "its length is a DLE", CID_NTT, false, { .number = "12345678901234" } },
	{ "a number as long as a DLE says", CID_NTT, false, { .number = "1234567890123456" } },
	{ "withheld", CID_NTT, false, { .no_number = 'P' } },
	{ "EN 300 659-1", CID_DTMF, false, { .number = "4512345678", .redirecting = "80203040" } },
	{ "one digit", CID_DTMF, false, { .number = "7" } },
	{ "all digits, twice", CID_DTMF, false, { .number = "11223344556677889900" } },
	{ "not available", CID_DTMF, false, { .no_number = 'O' } },
	{ "withheld, but sent on", CID_DTMF, false, { .no_number = 'P', .redirecting = "80203040" } },
	{ "Denmark", CID_DTMF, false, { .number = "4512345678", .dtmf_end = '#' } },
	{ "Denmark, withheld", CID_DTMF, false, { .no_number = 'P', .dtmf_end = '#' } },
	{ "Taiwan", CID_DTMF, false, { .number = "0223456789", .dtmf_start = 'D', .dtmf_end = 'C' } },
};
#define N_ROWS (sizeof(rows) / sizeof(rows[0]))

static struct callerid_rx *rx[2];

static int setup(void **state)
{
	(void)state;
	law_init();
	return callerid_rx_open(&rx[HW_ALAW], HW_ALAW) || callerid_rx_open(&rx[HW_MULAW], HW_MULAW);
}

static int teardown(void **state)
{
	(void)state;
	callerid_rx_close(rx[HW_ALAW]);
	callerid_rx_close(rx[HW_MULAW]);
	callerid_rx_close(NULL);
	return 0;
}

static void want(const char *why, const struct callerid *c, enum cid_method method, bool type2, enum hw_law law,
		 const int16_t *x, size_t n)
{
	struct callerid got[2];
	const char *wrong;
	int bad, count;

	callerid_rx_reset(rx[law]);
	count = cid_line_receive(rx[law], x, n, got, 2, &bad);
	if (count != 1 || bad)
		fail_msg("method %d, %s: %d messages, %d bad", method, why, count, bad);
	wrong = cid_line_differs(c, &got[0], method, type2);
	if (wrong)
		fail_msg("method %d, %s: %s is wrong", method, why, wrong);
}

/* The encoder's own sound, on a clean line and on a noisy one. */
static void there_and_back(void **state)
{
	(void)state;
	for (unsigned i = 0; i < N_ROWS; i++)
		for (int law = HW_ALAW; law <= HW_MULAW; law++)
			for (int quiet = 0; quiet < 2; quiet++) {
				struct cid_line l = { .law = (enum hw_law)law, .level_dbm0 = quiet ? -30 : -13,
						      .snr_db = quiet ? 20 : 0, .seed = i };
				int16_t *burst, *x;
				size_t n, count;

				assert_int_equal(callerid_sound(&rows[i].c, rows[i].method, rows[i].type2, l.law, l.level_dbm0,
								&burst, &count), 0);
				x = cid_line_carry(&l, burst, count, &n);
				want(rows[i].why, &rows[i].c, rows[i].method, rows[i].type2, l.law, x, n);
				free(burst);
				free(x);
			}
}

/* Frequencies off by 2 %, the bit rate by 1 %, space 8 dB above or below mark. */
static void lines_that_are_off(void **state)
{
	static const double off[][3] = { { 0.02, 0.01, 0 }, { -0.02, 0.01, -4 }, { 0.02, -0.01, 4 }, { -0.02, -0.01, 0 },
					 { 0, 0, 8 }, { 0, 0, -8 } };

	(void)state;
	for (unsigned i = 0; i < N_ROWS; i++)
		for (unsigned k = 0; k < sizeof(off) / sizeof(off[0]); k++) {
			struct cid_line l = { .law = k & 1 ? HW_MULAW : HW_ALAW, .level_dbm0 = k & 2 ? -24 : -13, .snr_db = 20,
					      .hz_off = off[k][0], .baud_off = off[k][1], .space_db = off[k][2], .seed = i };
			size_t n;
			int16_t *x = cid_line_send(&l, &rows[i].c, rows[i].method, rows[i].type2, &n);

			assert_non_null(x);
			want(rows[i].why, &rows[i].c, rows[i].method, rows[i].type2, l.law, x, n);
			free(x);
		}
}

/* What a level means: that of a sine with the same power. */
static void levels(void **state)
{
	static const struct callerid c = CALL(.name = "x");

	(void)state;
	for (int law = HW_ALAW; law <= HW_MULAW; law++)
		for (int m = CID_BELL202; m <= CID_NTT; m++) {
			double sum = 0, want_dbm0 = m == CID_DTMF ? -17 + 10 * log10(2) : -17;
			size_t n, count = 0;
			int16_t *x;

			assert_int_equal(callerid_sound(&c, (enum cid_method)m, false, (enum hw_law)law, -17, &x, &n), 0);
			for (size_t i = 0; i < n; i++) {
				if (m == CID_DTMF && i % 1120 >= 560)
					continue;	/* a pause */
				sum += (double)x[i] * x[i];
				count++;
			}
			assert_float_equal(law_dbm0((enum hw_law)law, sum / (double)count), want_dbm0, 0.3);
			free(x);
		}
}

static void refused(void **state)
{
	struct callerid waiting = { .message = CALLERID_MESSAGE_WAITING }, star = { .number = "12*3" }, call = CALL(.name = "");
	int16_t *x;
	size_t n;

	(void)state;
	assert_int_equal(callerid_sound(&call, CID_NONE, false, HW_ALAW, -13, &x, &n), -EINVAL);
	assert_int_equal(callerid_sound(&call, CID_DTMF, true, HW_ALAW, -13, &x, &n), -EINVAL);
	assert_int_equal(callerid_sound(&call, CID_NTT, true, HW_ALAW, -13, &x, &n), -EINVAL);
	assert_int_equal(callerid_sound(&waiting, CID_DTMF, false, HW_ALAW, -13, &x, &n), -EINVAL);
	assert_int_equal(callerid_sound(&waiting, CID_NTT, false, HW_ALAW, -13, &x, &n), -EINVAL);
	assert_int_equal(callerid_sound(&star, CID_DTMF, false, HW_ALAW, -13, &x, &n), -EINVAL);
}

static const struct {
	enum cid_method method;
	int standard;
} judges[] = {
	{ CID_BELL202, ADSI_STANDARD_CLASS }, { CID_V23, ADSI_STANDARD_CLIP }, { CID_NTT, ADSI_STANDARD_JCLIP },
	{ CID_DTMF, ADSI_STANDARD_CLIP_DTMF },
};

/* spandsp's transmitter, its fields by its own hand. */
static void made_by_spandsp(void **state)
{
	static const struct callerid c = { .number = "12345678", .month = 9, .day = 8, .hour = 7, .minute = 6, .name = "Joe" };
	static const struct callerid dtmf = { .number = "12345678" };

	(void)state;
	for (unsigned i = 0; i < sizeof(judges) / sizeof(judges[0]); i++) {
		adsi_tx_state_t *tx = adsi_tx_init(NULL, judges[i].standard);
		bool ntt = judges[i].method == CID_NTT, is_dtmf = judges[i].method == CID_DTMF;
		struct cid_line l = { .law = HW_ALAW };
		uint8_t msg[256];
		int16_t burst[16000], *x;
		size_t n;
		int len;

		len = adsi_add_field(tx, msg, -1, (uint8_t)(ntt ? JCLIP_MDMF_CALLERID : is_dtmf ? 'C' : 0x80), NULL, 0);
		if (is_dtmf) {
			len = adsi_add_field(tx, msg, len, 'A', (const uint8_t *)"12345678", 8);
		} else {
			len = adsi_add_field(tx, msg, len, 0x01, (const uint8_t *)"09080706", 8);
			len = adsi_add_field(tx, msg, len, 0x02, (const uint8_t *)"12345678", 8);
			len = adsi_add_field(tx, msg, len, 0x07, (const uint8_t *)"Joe", 3);
		}
		assert_true(adsi_tx_put_message(tx, msg, len) > 0 || is_dtmf);
		memset(burst, 0, sizeof(burst));
		len = adsi_tx(tx, burst, 16000);
		assert_in_range(len, 3000, 15999);
		x = cid_line_carry(&l, burst, (size_t)len, &n);
		want("made by spandsp", is_dtmf ? &dtmf : &c, judges[i].method, false, HW_ALAW, x, n);
		free(x);
		adsi_tx_free(tx);
	}
}

struct heard {
	uint8_t msg[300];
	int len, count;
};

static void hear(void *arg, const uint8_t *msg, int len)
{
	struct heard *h = arg;

	h->count++;
	h->len = len;
	memcpy(h->msg, msg, (size_t)len);
}

/* The number and name that spandsp's own parser finds in what its receiver heard. */
static void fields(adsi_rx_state_t *r, const struct heard *h, bool ntt, char number[64], char name[64])
{
	uint8_t type;
	const uint8_t *body;
	int len, at = -1;

	*number = *name = 0;
	while ((at = adsi_next_field(r, h->msg, h->len, at, &type, &body, &len)) > 0) {
		char *to = !body || len <= 0 || len > 63 ? NULL : type == 0x02 || type == 'A' ? number : type == 0x07 ? name : NULL;

		(void)ntt;
		if (to) {
			memcpy(to, body, (size_t)len);
			to[len] = 0;
		}
	}
}

static void read_by_spandsp(void **state)
{
	(void)state;
	for (unsigned i = 0; i < sizeof(judges) / sizeof(judges[0]); i++) {
		struct callerid c = CALL(.name = "Front desk");
		struct cid_line l = { .law = HW_MULAW, .level_dbm0 = -18, .snr_db = 25, .seed = i };
		struct heard h = { .count = 0 };
		adsi_rx_state_t *r = adsi_rx_init(NULL, judges[i].standard, hear, &h);
		char number[64], name[64];
		int16_t *burst, *x;
		size_t n, count;

		assert_int_equal(callerid_sound(&c, judges[i].method, false, HW_MULAW, -18, &burst, &count), 0);
		x = cid_line_carry(&l, burst, count, &n);
		adsi_rx(r, x, (int)n);
		assert_int_equal(h.count, 1);
		fields(r, &h, judges[i].method == CID_NTT, number, name);
		assert_string_equal(number, "02071838750");
		assert_string_equal(name, judges[i].method == CID_DTMF ? "" : "Front desk");
		free(burst);
		free(x);
		adsi_rx_free(r);
	}
}

/* Answered while it comes: noise from any moment on. Only when all of it has come is there anything but bad. */
static void cut_anywhere(void **state)
{
	static const unsigned picked[] = { 0, 1, 2, 8, 16, 20 };
	unsigned told = 0;

	(void)state;
	for (unsigned i = 0; i < sizeof(picked) / sizeof(picked[0]); i++) {
		struct cid_line l = { .law = HW_ALAW, .level_dbm0 = -20, .snr_db = 20, .seed = i };
		int16_t *burst, *x;
		size_t n, count, whole;

		assert_int_equal(callerid_sound(&rows[picked[i]].c, rows[picked[i]].method, rows[picked[i]].type2, HW_ALAW, -20,
						&burst, &count), 0);
		/* Marks after the last stop bit, or the last digit's end. */
		whole = count - (rows[picked[i]].method == CID_DTMF ? 560 + 400 : 60);
		for (size_t cut = 0; cut < whole; cut += count / 60 + i) {
			struct callerid got;
			int bad;

			l.seed++;
			x = cid_line_carry(&l, burst, cut, &n);
			callerid_rx_reset(rx[0]);
			if (cid_line_receive(rx[0], x, n, &got, 1, &bad))
				fail_msg("%s cut at %zu of %zu: number \"%s\"", rows[picked[i]].why, cut, count, got.number);
			told += (unsigned)bad;
			free(x);
		}
		free(burst);
	}
	assert_in_range(told, 100, 250);	/* those cut within the message; not those in seizure and mark */
}

/* One octet wrong: the checksum says so. */
static void broken(void **state)
{
	static const struct callerid c = CALL(.name = "FRONT DESK");
	struct cid_line l = { .law = HW_ALAW, .level_dbm0 = -20, .snr_db = 20 };
	uint8_t octets[CALLERID_OCTETS_MAX];

	(void)state;
	for (int m = CID_BELL202; m <= CID_NTT; m++) {
		int len = m == CID_NTT ? callerid_ntt_octets(&c, octets, sizeof(octets))
				       : callerid_fsk_octets(&c, (enum cid_method)m, octets, sizeof(octets));

		for (int at = m == CID_NTT ? 3 : 1; at < len; at += 5) {
			struct callerid got;
			int16_t *burst, *x;
			size_t n, count;
			int bad;

			octets[at] ^= 0x11;
			burst = cid_line_fsk(&l, (enum cid_method)m, false, octets, (size_t)len, &count);
			octets[at] ^= 0x11;
			x = cid_line_carry(&l, burst, count, &n);
			callerid_rx_reset(rx[0]);
			assert_int_equal(cid_line_receive(rx[0], x, n, &got, 1, &bad), 0);
			assert_int_equal(bad, 1);
			free(burst);
			free(x);
		}
	}
}

static void hum(int16_t *x, size_t n, int kind, unsigned seed)
{
	for (size_t i = 0; i < n; i++) {
		double t = (double)i / 8000, v;

		switch (kind) {
		case 0:		/* noise */
			v = 8000 * cid_line_noise(&seed);
			break;
		case 1:		/* ring voltage as a codec has it, clipped, with what its edges leave */
			v = 60000 * sin(2 * M_PI * 25 * t) + 300 * cid_line_noise(&seed);
			v = fmod(t, 1) < 0.5 ? fmax(-32000, fmin(32000, v)) : 3000 * exp(-40 * (fmod(t, 1) - 0.5));
			break;
		case 2:		/* dial tone */
			v = 3000 * (sin(2 * M_PI * 350 * t) + sin(2 * M_PI * 440 * t));
			break;
		case 3:		/* a mark signal that never says anything */
			v = 5000 * sin(2 * M_PI * 1300 * t);
			break;
		case 4:		/* sweeping over the band */
			v = 6000 * sin(2 * M_PI * (300 * t + 400 * t * t));
			break;
		default:	/* clicks */
			v = i % 700 < 3 ? 30000 : 100 * cid_line_noise(&seed);
		}
		x[i] = (int16_t)lrint(fmax(-32767, fmin(32767, v)));
	}
}

static void nothing_there(void **state)
{
	static int16_t x[8 * 8000];

	(void)state;
	for (int kind = 0; kind < 6; kind++) {
		struct callerid got;
		int bad;

		hum(x, sizeof(x) / sizeof(x[0]), kind, 7);
		callerid_rx_reset(rx[1]);
		if (cid_line_receive(rx[1], x, sizeof(x) / sizeof(x[0]), &got, 1, &bad) || bad)
			fail_msg("kind %d: something was heard", kind);
	}
}

/* A burst after another, and pieces of any size, come to the same. */
static void pieces(void **state)
{
	struct cid_line l = { .law = HW_MULAW, .level_dbm0 = -20, .snr_db = 20 };
	size_t n, at = 0;
	int16_t *x = cid_line_send(&l, &rows[0].c, CID_BELL202, false, &n);
	struct callerid got;
	int count = 0;

	(void)state;
	callerid_rx_reset(rx[1]);
	for (int round = 0; round < 3; round++)
		for (at = 0; at < n;) {
			size_t part = 1 + at % 311 < n - at ? 1 + at % 311 : n - at;

			count += callerid_rx_feed(rx[1], x + at, part, &got, NULL);
			at += part;
		}
	assert_int_equal(count, 3);
	assert_null(cid_line_differs(&rows[0].c, &got, CID_BELL202, false));
	free(x);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(there_and_back),  cmocka_unit_test(lines_that_are_off), cmocka_unit_test(levels),
		cmocka_unit_test(refused),	   cmocka_unit_test(made_by_spandsp),	 cmocka_unit_test(read_by_spandsp),
		cmocka_unit_test(cut_anywhere),	   cmocka_unit_test(broken),		 cmocka_unit_test(nothing_there),
		cmocka_unit_test(pieces),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
