/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DTMF heard and made, and the cheap test before the detector: it must not change what is heard. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/media/digits.h"
#include "channels/sound/dtmf_in.h"
#include "channels/sound/g711.h"

#define N 160

struct ear {
	struct dtmf_in *in;
	enum hw_law law;
	char heard[64];
	unsigned n, begun;
	uint32_t lasted[64];
};

static void hear(struct ear *e, const uint8_t *buf, unsigned n)
{
	struct dtmf_heard h = dtmf_in_feed(e->in, buf, n);

	e->begun += h.first;
	if (h.end && e->n < sizeof(e->heard) - 1) {
		e->lasted[e->n] = h.samples;
		e->heard[e->n++] = h.digit;
	}
}

static void quiet(struct ear *e, unsigned n)
{
	uint8_t buf[N];

	memset(buf, law_silence(e->law), sizeof(buf));
	for (; n > N; n -= N)
		hear(e, buf, N);
	hear(e, buf, n);
}

static void all_digits(void **state)
{
	static const char digits[] = "1234567890*#ABCD";

	(void)state;
	for (int law = HW_ALAW; law <= HW_MULAW; law++) {
		struct ear e = { .law = (enum hw_law)law };
		struct digits d = { 0 };
		uint8_t buf[N];

		assert_int_equal(dtmf_in_open(&e.in, e.law), 0);
		for (const char *c = digits; *c; c++)
			assert_true(digits_add(&d, *c, 60));
		assert_false(digits_add(&d, 'E', 60));
		while (digits_samples(&d, e.law, buf, N))
			hear(&e, buf, N);
		quiet(&e, 800);
		assert_string_equal(e.heard, digits);
		assert_int_equal(e.begun, 16);
		dtmf_in_close(e.in);
	}
}

/* Lengths on the line are exact: of queued digits with the pause after them, and of events. */
static void exact_lengths(void **state)
{
	static const struct { const char *why; unsigned first, end, want; } rows[] = {
		{ "100 ms, told while it sounds", 160, 800, 800 },
		{ "end before we are done", 160, 400, 400 },
	};
	struct digits d = { 0 };
	uint8_t buf[80];

	(void)state;
	digits_add(&d, '5', 45);
	digits_add(&d, '6', 45);
	for (unsigned i = 0, loud; i < 2 * (45 + 70) * 8 / 40; i++) {
		assert_int_equal(digits_samples(&d, HW_ALAW, buf, 40), 40);
		loud = 0;
		for (int k = 0; k < 40; k++)
			loud += buf[k] != LAW_ALAW_SILENCE;
		assert_int_equal(loud > 20, i % 23 < 9);
	}
	assert_int_equal(digits_samples(&d, HW_ALAW, buf, 40), 0);
	for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
		unsigned total = 0;

		memset(&d, 0, sizeof(d));
		digits_event(&d, '7', rows[r].first, true, false, HW_ALAW);
		digits_samples(&d, HW_ALAW, buf, 80);
		digits_event(&d, '7', rows[r].end, false, true, HW_ALAW);
		for (total = 80; digits_active(&d); total += 8)
			digits_samples(&d, HW_ALAW, buf, 8);
		if (total != rows[r].want)
			fail_msg("%s: %u", rows[r].why, total);
	}
	/* The end packets are lost: the tone does not go on for ever. */
	memset(&d, 0, sizeof(d));
	digits_event(&d, '7', 160, true, false, HW_ALAW);
	for (unsigned i = 0; i < 100; i++)
		digits_samples(&d, HW_ALAW, buf, 80);
	assert_false(digits_active(&d));
}

/* Levels, twist and off frequencies of Q.24's middle ground, at every alignment with the pieces looked at. */
static void tones_made_elsewhere(void **state)
{
	static const struct { const char *why; double low, high, off; unsigned ms; unsigned heard; } rows[] = {
		{ "strong", -3, -3, 0, 50, 1 },
		{ "weak", -24, -24, 0, 50, 1 },
		{ "high group 6 dB down", -10, -16, 0, 50, 1 },
		{ "high group 3 dB up", -13, -10, 0, 50, 1 },
		{ "1.4 % up", -10, -10, 0.014, 50, 1 },
		{ "1.4 % down", -10, -10, -0.014, 50, 1 },
		{ "6 % off", -10, -10, 0.06, 50, 0 },
		{ "too short", -10, -10, 0, 15, 0 },
		{ "one group alone", -10, -99, 0, 50, 0 },
	};
	struct ear e = { .law = HW_ALAW };

	(void)state;
	assert_int_equal(dtmf_in_open(&e.in, e.law), 0);
	for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++)
		for (unsigned shift = 0; shift < 160; shift += 20) {
			double a = law_sine_peak(HW_ALAW, rows[r].low), b = law_sine_peak(HW_ALAW, rows[r].high);
			uint8_t buf[8 * 50];

			e.n = 0;
			dtmf_in_reset(e.in);
			quiet(&e, 400 + shift);
			for (unsigned i = 0; i < rows[r].ms * 8; i++)
				buf[i] = law_encode(HW_ALAW, (int16_t)(a * sin(2 * M_PI * 770 * (1 + rows[r].off) * i / 8000) +
								       b * sin(2 * M_PI * 1336 * (1 + rows[r].off) * i / 8000)));
			for (unsigned i = 0; i < rows[r].ms * 8; i += 40)
				hear(&e, buf + i, 40);
			quiet(&e, 800);
			if (e.n != rows[r].heard)
				fail_msg("%s, shifted by %u: heard %u", rows[r].why, shift, e.n);
		}
	dtmf_in_close(e.in);
}

static void level(void **state)
{
	struct ear e = { .law = HW_MULAW };
	unsigned at = 0;
	uint8_t buf[N];

	(void)state;
	assert_int_equal(dtmf_in_open(&e.in, e.law), 0);
	for (int i = 0; i < 50; i++) {
		tone_milliwatt(HW_MULAW, &at, buf, N);
		hear(&e, buf, N);
	}
	assert_true(fabsf(dtmf_in_level(e.in)) < 0.1f);
	quiet(&e, 8000);
	assert_true(dtmf_in_level(e.in) < -80);
	assert_int_equal(e.begun, 0);
	dtmf_in_close(e.in);
}

static int prepare(void **state)
{
	(void)state;
	tones_init();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_digits),
		cmocka_unit_test(exact_lengths),
		cmocka_unit_test(tones_made_elsewhere),
		cmocka_unit_test(level),
	};

	return cmocka_run_group_tests(tests, prepare, NULL);
}
