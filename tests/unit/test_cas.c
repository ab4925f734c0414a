/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The alerting signal: heard at every level and length it may have, and nothing else is. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "channels/sound/callerid.h"
#include "channels/sound/g711.h"
#include "tests/support/cidline.h"

#define LEAD 1200
#define MAX (4 * 8000)

struct signal {
	enum hw_law law;
	double low_dbm0, high_dbm0, hz_off, snr_db;	/* noise against the weaker tone */
	unsigned ms, seed;
};

static size_t make(const struct signal *s, double low_hz, double high_hz, int16_t *x)
{
	double sigma = law_sine_peak(s->law, fmin(s->low_dbm0, s->high_dbm0) - s->snr_db) / sqrt(2);
	size_t on = s->ms * 8, n = LEAD * 2 + on;
	unsigned seed = s->seed;

	for (size_t i = 0; i < n; i++) {
		double t = 2 * M_PI * (1 + s->hz_off) * (double)i / 8000, v = sigma * cid_line_noise(&seed);

		if (i >= LEAD && i < LEAD + on)
			v += law_sine_peak(s->law, s->low_dbm0) * sin(low_hz * t) +
			     law_sine_peak(s->law, s->high_dbm0) * sin(high_hz * t + s->seed);
		v = fmax(-32768, fmin(32767, v));
		x[i] = law_linear[s->law][law_encode(s->law, (int16_t)lrint(v))];
	}
	return n;
}

static int listen(enum hw_law law, const int16_t *x, size_t n)
{
	struct cas_rx *r;
	int heard = 0;

	assert_int_equal(cas_rx_open(&r, law), 0);
	for (size_t at = 0; at < n; at += 160)
		heard += cas_rx_feed(r, x + at, n - at < 160 ? n - at : 160);
	cas_rx_close(r);
	return heard;
}

/* GR-30: 75 to 85 ms, -32 to -14 dBm0 each, 6 dB between them, 0.5 % off; SIN 227: 88 to 110 ms, 1.1 % off. */
static void heard_each_time(void **state)
{
	static const double low[] = { -32, -23, -14 }, twist[] = { -6, 0, 6 }, off[] = { -0.011, 0, 0.011 };
	static const unsigned ms[] = { 75, 80, 85, 88, 110 };
	static int16_t x[MAX];
	struct signal s = { .snr_db = 20 };

	(void)state;
	law_init();
	for (int i = 0; i < 2 * 3 * 3 * 3 * 5 * 2; i++) {
		s.law = i % 2 ? HW_MULAW : HW_ALAW;
		s.low_dbm0 = low[i / 2 % 3];
		s.high_dbm0 = fmin(-14, fmax(-32, s.low_dbm0 + twist[i / 6 % 3]));
		s.hz_off = off[i / 18 % 3];
		s.ms = ms[i / 54 % 5];
		s.seed = (unsigned)i;
		if (listen(s.law, x, make(&s, 2130, 2750, x)) != 1)
			fail_msg("%u ms at %g and %g dBm0, %+g: not heard once", s.ms, s.low_dbm0, s.high_dbm0, s.hz_off);
	}
}

static void made_by_us(void **state)
{
	(void)state;
	for (unsigned ms = 80; ms <= 100; ms += 20) {
		struct cid_line l = { .law = HW_MULAW, .level_dbm0 = -15, .snr_db = 20 };
		int16_t *tone, *x;
		size_t n, count;

		assert_int_equal(callerid_alert_sound(ms, HW_MULAW, -15, &tone, &count), 0);
		assert_int_equal(count, ms * 8);
		x = cid_line_carry(&l, tone, count, &n);
		assert_int_equal(listen(HW_MULAW, x, n), 1);
		free(tone);
		free(x);
	}
}

static void other_things(void **state)
{
	static const struct { const char *why; double low_hz, high_hz, low_dbm0, high_dbm0; unsigned ms; } rows[] = {
		{ "40 ms", 2130, 2750, -20, -20, 40 },
		{ "half a second", 2130, 2750, -20, -20, 500 },
		{ "the lower alone", 2130, 2750, -20, -70, 80 },
		{ "the higher alone", 2130, 2750, -70, -20, 80 },
		{ "too soft", 2130, 2750, -45, -45, 80 },
		{ "5 % high", 2236, 2887, -20, -20, 80 },
		{ "5 % low", 2023, 2612, -20, -20, 80 },
		{ "DTMF D", 941, 1633, -10, -10, 80 },
		{ "a modem's answer tone", 2100, 2250, -12, -20, 80 },
		{ "15 dB apart", 2130, 2750, -14, -29, 80 },
	};
	static int16_t x[MAX];

	(void)state;
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct signal s = { .law = HW_ALAW, .low_dbm0 = rows[i].low_dbm0, .high_dbm0 = rows[i].high_dbm0,
				    .ms = rows[i].ms, .snr_db = 10, .seed = i };

		if (listen(HW_ALAW, x, make(&s, rows[i].low_hz, rows[i].high_hz, x)))
			fail_msg("heard: %s", rows[i].why);
	}
}

/* Our own caller ID must not alert, nor noise. */
static void bursts(void **state)
{
	static const struct callerid c = { .number = "02071838750", .name = "Front desk", .month = 1, .day = 1 };
	struct cid_line l = { .law = HW_ALAW, .level_dbm0 = -14, .snr_db = 30 };

	(void)state;
	for (int m = CID_BELL202; m <= CID_NTT; m++) {
		size_t n;
		int16_t *x = cid_line_send(&l, &c, (enum cid_method)m, false, &n);

		assert_non_null(x);
		assert_int_equal(listen(HW_ALAW, x, n), 0);
		free(x);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(heard_each_time),
		cmocka_unit_test(made_by_us),
		cmocka_unit_test(other_things),
		cmocka_unit_test(bursts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
