/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests/unit/test_pri_refused.c: a SETUP that no call comes of because of what is in it: more than one channel of 64 kbit/s is asked
 * for, or an element cannot be read. It is refused at once with the right cause, takes no line, and is told for its record.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "tests/support/pri_calls.h"
#include "tests/support/pri_tap.h"

enum what { AS_IT_IS, H0_CHANNEL, NO_BEARER };
#define B(s) { sizeof(s) - 1, s }
static const struct row {
	const char *why;
	struct leg_capability bearer;
	enum what what;
	int cause, told;		/* told: the bearer in the offer */
	const char *words;
} rows[] = {
	{ "H0", B("\x88\x93"), AS_IT_IS, 65, 8, "384 kbit/s" },
	{ "H0, and the channel is one of H0 units", B("\x88\x93"), H0_CHANNEL, 65, 8, "384 kbit/s" },
	{ "2 x 64", B("\x88\x91"), AS_IT_IS, 65, 8, "2 x 64 kbit/s" },
	{ "H11", B("\x88\x95"), AS_IT_IS, 65, 8, "1536 kbit/s" },
	{ "H12", B("\x88\x97"), AS_IT_IS, 65, 8, "1920 kbit/s" },
	{ "multirate", B("\x88\x98\x86"), AS_IT_IS, 65, 8, "6 x 64 kbit/s" },
	{ "video at multirate", B("\x98\x98\x82"), AS_IT_IS, 65, 24, "2 x 64 kbit/s" },
	{ "packet mode", B("\x88\xc0\xc6\xe6"), AS_IT_IS, 65, 8, "packet mode" },
	{ "a national coding", B("\xc8\x90"), AS_IT_IS, 96, 0, "mandatory information element missing" },
	{ "no bearer capability", B("\x88\x90"), NO_BEARER, 96, 0, "mandatory information element missing" },
};

static const struct row *now;

static bool change(struct bench *b, int span, uint8_t *frame, size_t *len)
{
	uint8_t *e;

	(void)b, (void)span;
	if (*len < 10 || (frame[2] & 1) || frame[4] != 8 || frame[8] != 0x05)
		return true;
	if (now->what == H0_CHANNEL && (e = pri_tap_element(frame, *len, 0x18)))
		e[3] = (uint8_t)((e[3] & 0xf0) | 6);
	if (now->what == NO_BEARER && (e = pri_tap_element(frame, *len, 0x04)))
		e[0] = 0x7d;	/* a high layer compatibility, as it were */
	return true;
}

static int free_lines;

static void look(struct bench_leg *l)
{
	free_lines = bench_count(l->end->bench, l->end == l->end->bench->end ? USER : NET, PRI_LINE_IDLE);
	assert_null(l->leg->line);
	assert_int_equal(leg_proceed(l->leg), -EALREADY);
	assert_int_equal(leg_answer(l->leg, NULL), -EALREADY);
	assert_int_equal(leg_clear(l->leg, &(struct leg_cause){ .q850 = 16 }), -EALREADY);
}

static void refused(struct bench *b, int caller, int lines)
{
	unsigned before = bench_span(b, !caller).calls_in;
	struct leg_offer o = { .bearer = now->bearer.octets[0] & 0x1f, .complete = true, .bearer_ie = now->bearer,
			       .called = { .digits = "2079460100", .ton = TON_NATIONAL, .npi = NPI_E164 },
			       .calling = { .digits = "2079460999", .ton = TON_NATIONAL, .npi = NPI_E164 } };
	struct bench_leg *out = bench_offer(b, caller, &o), *in;
	const struct leg_event *ev;
	unsigned n = b->end[!caller].n_refused;

	bench_run(b, 60);
	assert_true(out->cleared);
	ev = bench_event(out, LEG_CLEARED);
	if (ev->cause.q850 != now->cause)
		fail_msg("%s: cause %d", now->why, ev->cause.q850);
	assert_null(strstr(out->ladder, "CALL PROCEEDING"));
	assert_null(strstr(out->ladder, "DISCONNECT"));
	assert_int_equal(b->end[!caller].n_refused, n + 1);
	assert_int_equal(b->end[!caller].n_offered, 0);
	assert_int_equal(bench_span(b, !caller).calls_in, before + 1);
	in = b->end[!caller].legs;
	assert_true(in->cleared);
	ev = bench_event(in, LEG_CLEARED);
	assert_int_equal(ev->cause.q850, now->cause);
	assert_false(ev->by_far_end);
	assert_int_equal(in->offer.refused, now->cause);
	if (!strstr(in->offer.refused_why, now->words))
		fail_msg("%s: %s", now->why, in->offer.refused_why);
	assert_int_equal(in->offer.bearer, now->told);
	assert_string_equal(in->offer.called.digits, "2079460100");
	assert_string_equal(in->offer.calling.digits, "2079460999");
	assert_non_null(strstr(in->ladder, "< SETUP "));
	assert_non_null(strstr(in->ladder, "> RELEASE COMPLETE "));
	assert_int_equal(free_lines, lines);	/* it has never had one */
}

static void test_refused(void **state)
{
	static const struct { enum hw_span_type type; enum pri_dialect dialect; int lines; } trunks[] = {
		{ HW_SPAN_E1, PRI_EUROISDN_E1, 30 }, { HW_SPAN_T1, PRI_NATIONAL2, 23 }, { HW_SPAN_E1, PRI_QSIG, 30 } };

	(void)state;
	for (size_t t = 0; t < sizeof(trunks) / sizeof(trunks[0]); t++) {
		struct bench *b = bench_open(&(struct bench_conf){ .type = trunks[t].type, .dialect = trunks[t].dialect, .tap = change });

		for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
			for (int caller = 0; caller < 2; caller++) {
				now = &rows[i];
				b->end[!caller].refused = look;
				refused(b, caller, trunks[t].lines);
			}
		bench_assert_idle(b);
		assert_null(strstr(b->end[USER].log, "audit"));
		assert_null(strstr(b->end[NET].log, "audit"));
		bench_close(b);
	}
}

/* A call of 64 kbit/s on the same reference after it is a call like any other. */
static void test_next(void **state)
{
	struct bench *b = bench_open(&(struct bench_conf){ .dialect = PRI_EUROISDN_E1, .tap = change });
	struct leg_offer o = { .bearer = 8, .complete = true, .bearer_ie = B("\x88\x93"), .called = { .digits = "1" } };
	struct bench_leg *out;

	(void)state;
	now = &rows[0];
	b->end[NET].refused = look;
	out = bench_offer(b, USER, &o);
	bench_until(b, 100, out->cleared);
	b->end[NET].offered = bench_answer;
	out = bench_call(b, USER, "1");
	bench_until(b, 500, bench_event(out, LEG_ANSWERED));
	assert_int_equal(b->end[NET].legs->offer.refused, 0);
	bench_clear(out, 16);
	bench_until(b, 500, out->cleared && b->end[NET].legs->cleared);
	assert_int_equal(bench_event(b->end[NET].legs, LEG_CLEARED)->cause.q850, 16);
	bench_over(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_refused), cmocka_unit_test(test_next) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
