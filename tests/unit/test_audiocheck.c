/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tracker of test audio says what really became of the octets: a table of things done to a stream. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <spandsp.h>

#include "tests/support/audiocheck.h"

#define TOTAL 8000

static const struct {
	const char *why;
	int at, lose, insert, change;	/* at octet AT: LOSE octets left out, INSERT put in, CHANGE altered */
	int lead;			/* octets of silence first */
	unsigned lost, inserted, errors, breaks, before;
} rows[] = {
	{ "a clean stream", 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 },
	{ "silence before it is no fault", 0, 0, 0, 0, 320, 0, 0, 0, 0, 320 },
	{ "one octet changed", 4000, 0, 0, 1, 0, 0, 0, 1, 0, 0 },
	{ "seven octets changed in a row", 4000, 0, 0, 7, 0, 0, 0, 7, 0, 0 },
	{ "one octet lost", 4000, 1, 0, 0, 0, 1, 0, 0, 1, 0 },
	{ "a packet lost", 4000, 160, 0, 0, 0, 160, 0, 0, 1, 0 },
	{ "a packet of silence inserted", 4000, 0, 160, 0, 0, 0, 160, 0, 1, 0 },
};

static void test_tracker(void **state)
{
	struct audio_source src;

	(void)state;
	assert_int_equal(audio_source_random(&src, 1, 1 << 16), 0);
	for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
		struct audio_track t;
		uint8_t idle = 0xd5, o;

		print_message("  %s\n", rows[r].why);
		audio_track_init(&t, &src, 500, NULL);
		for (int i = 0; i < rows[r].lead; i++)
			audio_track_feed(&t, &idle, 1, TOTAL);
		for (int n = 0; n < TOTAL; n++) {
			if (rows[r].at && n == rows[r].at) {
				for (int i = 0; i < rows[r].insert; i++)
					audio_track_feed(&t, &idle, 1, TOTAL);
				n += rows[r].lose;
			}
			o = audio_source_at(&src, 500, (uint64_t)n);
			if (n >= rows[r].at && n < rows[r].at + rows[r].change)
				o ^= 0x40;
			audio_track_feed(&t, &o, 1, TOTAL);
		}
		assert_true(t.locked);
		assert_int_equal(t.lost, rows[r].lost);
		assert_int_equal(t.inserted, rows[r].inserted);
		assert_int_equal(t.breaks, rows[r].breaks);
		/* Of eight wrong octets after a jump one may be right by chance, and the rest count as changed. */
		assert_in_range(t.errors, rows[r].errors, rows[r].errors + (rows[r].breaks ? 7 : 0));
		assert_in_range(t.before, rows[r].before, rows[r].before + 7);
	}
	audio_source_free(&src);
}

static void test_cut_off_at_the_end_is_no_fault(void **state)
{
	struct audio_source src;
	struct audio_track t;
	uint8_t idle = 0xd5;

	(void)state;
	assert_int_equal(audio_source_random(&src, 1, 1 << 16), 0);
	for (int silence = 160; silence <= 1600; silence += 1440) {
		audio_track_init(&t, &src, 0, NULL);
		for (unsigned n = 0; n < TOTAL; n++) {
			uint8_t o = audio_source_at(&src, 0, n);

			audio_track_feed(&t, &o, 1, 2 * TOTAL);
		}
		for (int i = 0; i < silence; i++)
			audio_track_feed(&t, &idle, 1, 2 * TOTAL);
		audio_track_finish(&t, 800);
		assert_int_equal(t.breaks, silence > 800);
		assert_in_range(t.verified, TOTAL, TOTAL + 2);	/* one more may be right by chance */
	}
	audio_source_free(&src);
}

static void test_other_call_is_not_taken_for_ours(void **state)
{
	struct audio_source src;
	struct audio_track t;

	(void)state;
	assert_int_equal(audio_source_random(&src, 1, 1 << 18), 0);
	audio_track_init(&t, &src, 0, NULL);
	for (unsigned n = 0; n < TOTAL; n++) {
		uint8_t o = audio_source_at(&src, 100000, n);

		audio_track_feed(&t, &o, 1, TOTAL);
	}
	assert_int_equal(t.verified, 0);
	audio_source_free(&src);
}

/* Two tables typed in by different people agree on all 512 entries. */
static void test_g711_tables(void **state)
{
	(void)state;
	for (int o = 0; o < 256; o++) {
		assert_int_equal(g711_mu_to_a((uint8_t)o), ulaw_to_alaw((uint8_t)o));
		assert_int_equal(g711_a_to_mu((uint8_t)o), alaw_to_ulaw((uint8_t)o));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tracker),
		cmocka_unit_test(test_cut_off_at_the_end_is_no_fault),
		cmocka_unit_test(test_other_call_is_not_taken_for_ours),
		cmocka_unit_test(test_g711_tables),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
