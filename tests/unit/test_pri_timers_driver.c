/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Timers of Q.931 that the driver runs itself, as a trunk sets them: each is seen to act at its time, on a clock that the
 * test turns, at the default and at a value that was set.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "tests/support/pri_tap.h"
#include "tests/support/pri_watch.h"

static void proceed(struct bench_leg *l)
{
	assert_int_equal(leg_proceed(l->leg), 0);
}

static void t310(unsigned value)
{
	struct bench *b = watch_open(PT_T310, value);

	for (int caller = 0; caller < 2; caller++) {
		struct bench_leg *out;
		int64_t begun;

		b->end[!caller].offered = proceed;
		out = bench_call(b, caller, "1");
		bench_until(b, 1000, bench_event(out, LEG_PROCEEDING));
		begun = b->now_us;
		bench_until(b, watch_in_force(PT_T310, value) + 1000, out->cleared);
		watch_assert_ms((unsigned)((b->now_us - begun) / 1000), watch_in_force(PT_T310, value));
		assert_int_equal(bench_event(out, LEG_CLEARED)->cause.q850, 102);
		bench_run(b, 100);
		assert_int_equal(bench_event(b->end[!caller].legs, LEG_CLEARED)->cause.q850, 102);
	}
	bench_assert_idle(b);
	bench_close(b);
}

/* CALL PROCEEDING in the place of PROGRESS: too late. */
static bool late(struct bench *b, int span, uint8_t *frame, size_t *len)
{
	uint8_t *e;

	(void)b;
	if (span == 2 && *len > 9 && !(frame[2] & 1) && frame[8] == 0x03 && (e = pri_tap_element(frame, *len, 0x1e))) {
		frame[8] = 0x02;
		e[0] = 0x7d;	/* a high layer compatibility, as it were */
	}
	return true;
}

/* ALERTING, and an announcement, end it; CALL PROCEEDING after them does not begin it again. */
static void t310_ends(void)
{
	struct bench *b = watch_open(PT_T310, 2000);
	struct bench_leg *out;

	b->end[NET].offered = bench_ring;
	out = bench_call(b, USER, "1");
	bench_run(b, 10000);
	assert_false(out->cleared);
	bench_clear(out, 16);
	b->end[NET].offered = proceed;
	out = bench_call(b, USER, "1");
	bench_run(b, 1000);
	assert_int_equal(leg_progress(b->end[NET].legs->leg, true, NULL), 0);
	bench_run(b, 10000);
	assert_false(out->cleared);
	bench_clear(out, 16);
	b->end[NET].offered = bench_ring;
	b->tap = late;
	out = bench_call(b, USER, "1");
	bench_run(b, 1000);
	assert_int_equal(leg_progress(b->end[NET].legs->leg, true, NULL), 0);
	bench_run(b, 10000);
	assert_non_null(strstr(strstr(out->ladder, "ALERTING"), "CALL PROCEEDING"));
	assert_false(out->cleared);
	bench_clear(out, 16);
	bench_assert_idle(b);
	bench_close(b);
}

static void announce(struct bench_leg *l)
{
	proceed(l);
	assert_int_equal(leg_progress(l->leg, true, NULL), 0);
}

/* A call that rings, or is told something, and is not answered: cleared as any other, there with 102; to the caller nobody answered. */
static void t301(unsigned value, void (*offered)(struct bench_leg *l))
{
	struct bench *b = watch_open(PT_T301, value);

	for (int caller = 0; caller < 2; caller++) {
		struct bench_leg *out;
		int64_t begun = b->now_us;

		b->end[!caller].offered = offered;
		out = bench_call(b, caller, "1");
		watch_see(caller + 1, WATCH_DISCONNECT);
		bench_until(b, watch_in_force(PT_T301, value) + 1000, out->cleared);
		assert_int_equal(watch.count, 1);
		assert_in_range((unsigned)((watch.at[0] - begun) / 1000), watch_in_force(PT_T301, value) - 2, watch_in_force(PT_T301, value) + 250);
		assert_int_equal(bench_event(out, LEG_CLEARED)->cause.q850, 19);
		bench_run(b, 100);
		assert_int_equal(bench_event(b->end[!caller].legs, LEG_CLEARED)->cause.q850, 102);
		assert_null(strstr(b->end[caller].log, "audit"));
	}
	bench_assert_idle(b);
	bench_close(b);
}

/* The answer ends it; what is said while it rings does not. */
static void t301_ends(void)
{
	struct bench *b = watch_open(PT_T301, 20000);
	struct bench_leg *out;
	int64_t begun;

	b->end[NET].offered = bench_ring;
	out = bench_call(b, USER, "1");
	bench_run(b, 15000);
	assert_int_equal(leg_answer(b->end[NET].legs->leg, NULL), 0);
	bench_run(b, 60000);
	assert_false(out->cleared);
	bench_clear(out, 16);
	begun = b->now_us;
	out = bench_call(b, USER, "1");
	bench_run(b, 15000);
	assert_int_equal(leg_progress(b->end[NET].legs->leg, true, NULL), 0);
	bench_until(b, 6000, out->cleared);
	assert_in_range(b->now_us - begun, 19900000, 20500000);
	bench_assert_idle(b);
	bench_close(b);
}

/* SETUP ACKNOWLEDGE for a number that is whole, and then nothing. */
static bool no_more(struct bench *b, int span, uint8_t *frame, size_t *len)
{
	(void)b;
	if (span == 2 && watch_kind(frame, *len) == WATCH_ANSWERS)
		frame[8] = 0x0d;	/* SETUP ACKNOWLEDGE in the place of CALL PROCEEDING */
	return true;
}

static void t304_whole(void)
{
	struct bench *b = bench_open(&(struct bench_conf){ .dialect = PRI_EUROISDN_E1 });
	struct bench_leg *out;
	int64_t begun = b->now_us;

	b->end[NET].offered = proceed;
	b->tap = no_more;
	out = bench_call(b, USER, "1");
	bench_until(b, watch_in_force(PT_T304, 0) + 1000, out->cleared);
	assert_in_range(b->now_us - begun, 29900000, 30500000);
	assert_int_equal(bench_event(out, LEG_CLEARED)->cause.q850, 102);
	bench_assert_idle(b);
	bench_close(b);
}

/* RESTART without an answer: N316 times more, T316 apart. */
static void t316(unsigned value, unsigned n316)
{
	struct bench_conf c = { .dialect = PRI_EUROISDN_E1, .tap = watch_tap, .no_wait = true,
				.timers = { [PT_T316] = value, [PT_N316] = n316 } };
	struct bench *b;

	watch_see(1, WATCH_RESTART);
	watch.mute = WATCH_ANSWERS;	/* RESTART ACKNOWLEDGE is one */
	b = bench_open(&c);
	bench_until(b, 200000, bench_span(b, USER).restart_timeouts == watch_in_force(PT_N316, n316) + 1);
	assert_int_equal(watch.count, watch_in_force(PT_N316, n316) + 1);
	watch_assert_ms(watch_ms(0), watch_in_force(PT_T316, value));
	bench_run(b, 1000);
	assert_int_equal(bench_count(b, USER, PRI_LINE_IDLE), 30);	/* taken as idle: it answers none at all */
	bench_close(b);
}

static enum pri_digits never_complete(const char *called)
{
	(void)called;
	return PRI_DIGITS_COMPLETE_OR_MORE;
}

/* Overlap: the called end waits T302 for more digits, then the calling end T304 for an answer to those it sent. */
static void t302_t304(unsigned t302, unsigned t304)
{
	struct bench_conf c = { .dialect = PRI_EUROISDN_E1, .overlap = true, .digits = never_complete,
				.timers = { [PT_T302] = t302, [PT_T304] = t304 } };
	struct leg_offer o = { .called = { "5", TON_UNKNOWN, NPI_E164, 0, 0 } };
	struct bench *b = bench_open(&c);
	struct bench_leg *out = bench_offer(b, USER, &o);
	int64_t sent;

	bench_until(b, 1000, strstr(out->ladder, "< SETUP ACKNOWLEDGE"));
	assert_int_equal(leg_more(out->leg, "1", false), 0);
	sent = b->now_us;
	bench_until(b, watch_in_force(PT_T302, t302) + 1000, b->end[NET].n_offered == 1);
	watch_assert_ms((unsigned)((b->now_us - sent) / 1000), watch_in_force(PT_T302, t302));
	bench_until(b, watch_in_force(PT_T304, t304) + 1000, out->cleared);
	watch_assert_ms((unsigned)((b->now_us - sent) / 1000), watch_in_force(PT_T304, t304));
	assert_int_equal(bench_event(out, LEG_CLEARED)->cause.q850, 102);
	bench_assert_idle(b);
	bench_close(b);
}

static void test_driver(void **state)
{
	(void)state;
	t310(0);
	t310(3000);
	t310_ends();
	t301(0, bench_ring);
	t301(20000, bench_ring);
	t301(20000, announce);
	t301_ends();
	t302_t304(0, 0);
	t304_whole();
	t302_t304(3000, 8000);
	t316(0, 0);
	t316(5000, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_driver),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
