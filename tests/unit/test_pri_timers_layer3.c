/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Timers of Q.931 that libpri runs, as a trunk sets them: each is seen to act at its time, on a clock that the test turns,
 * at the default and at a value that was set.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "tests/support/pri_watch.h"

static void t303(unsigned value)
{
	struct bench *b = watch_open(PT_T303, value);
	struct bench_leg *out;

	watch_see(1, WATCH_SETUP);
	watch.mute = WATCH_ANSWERS | WATCH_REL_COMP | WATCH_RELEASE;
	b->end[NET].offered = bench_ring;
	out = bench_call(b, USER, "1");
	bench_run(b, 2 * watch_in_force(PT_T303, value) + 500);
	assert_int_equal(watch.count, 2);
	watch_assert_ms(watch_ms(0), watch_in_force(PT_T303, value));
	bench_until(b, 30000, out->cleared);
	bench_close(b);
}

static struct bench_leg *up(struct bench *b)
{
	struct bench_leg *out;

	b->end[NET].offered = bench_answer;
	out = bench_call(b, USER, "1");
	bench_until(b, 1000, bench_event(out, LEG_ANSWERED));
	bench_run(b, 200);
	return out;
}

/* DISCONNECT, T305, RELEASE, T308, RELEASE, T308, forgotten. */
static void t305_t308(unsigned t305, unsigned t308)
{
	struct bench_conf c = { .dialect = PRI_EUROISDN_E1, .tap = watch_tap, .timers = { [PT_T305] = t305, [PT_T308] = t308 } };
	struct bench_leg *out;
	unsigned restarts;
	struct bench *b;
	int64_t gone;

	watch_see(0, WATCH_NOTHING);
	b = bench_open(&c);
	out = up(b);
	restarts = bench_span(b, USER).restarts;
	watch_see(1, WATCH_DISCONNECT | WATCH_RELEASE);
	watch.drop = WATCH_DISCONNECT | WATCH_RELEASE;	/* the far end hears nothing of it */
	bench_clear(out, 41);
	bench_until(b, 200000, out->cleared);
	assert_int_equal(watch.cause, 41);	/* that of the DISCONNECT */
	gone = b->now_us;
	assert_int_equal(watch.count, 3);
	watch_assert_ms(watch_ms(0), watch_in_force(PT_T305, t305));
	watch_assert_ms(watch_ms(1), watch_in_force(PT_T308, t308));
	watch_assert_ms((unsigned)((gone - watch.at[2]) / 1000), watch_in_force(PT_T308, t308));
	/* 5.3.3: the far end may still have the channel, RESTART takes it back. */
	assert_int_equal(bench_span(b, USER).restarts, restarts + 1);
	bench_until(b, 500, bench_count(b, USER, PRI_LINE_IDLE) == 30);
	assert_true(b->end[NET].legs->cleared);
	bench_close(b);
}

/* It begins when layer 2 has tried in vain to come up again: N200 + 1 SABMEs, T200 apart. */
static void t309(unsigned value)
{
	struct bench *b = watch_open(PT_T309, value);
	struct bench_leg *out = up(b);
	int64_t lost;

	watch_see(1, WATCH_NOTHING);
	watch.deaf = true;
	bench_until(b, 60000, !bench_span(b, USER).layer2);
	lost = b->now_us;
	bench_until(b, watch_in_force(PT_T309, value) + 5000, out->cleared);
	watch_assert_ms((unsigned)((b->now_us - lost) / 1000), watch_in_force(PT_T309, value) + 4000);
	assert_int_equal(bench_event(out, LEG_CLEARED)->cause.q850, 27);
	bench_close(b);
}

/* The user side's CONNECT without CONNECT ACKNOWLEDGE. */
static void t313(unsigned value)
{
	struct bench *b = watch_open(PT_T313, value);

	watch_see(1, WATCH_CONNECT | WATCH_DISCONNECT | WATCH_RELEASE);
	watch.drop = WATCH_CONNECT;
	b->end[USER].offered = bench_answer;
	assert_non_null(bench_call(b, NET, "1"));
	bench_until(b, watch_in_force(PT_T313, value) + 1000, watch.count == 2);
	watch_assert_ms(watch_ms(0), watch_in_force(PT_T313, value));
	watch.drop = WATCH_NOTHING;
	bench_until(b, 10000, b->end[USER].legs->cleared && b->end[NET].legs->cleared);
	bench_close(b);
}

static void test_layer_3(void **state)
{
	(void)state;
	t303(0);
	t303(1500);
	t305_t308(0, 0);
	t305_t308(5000, 2000);
	t309(0);
	t309(20000);
	t313(0);
	t313(9000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_layer_3),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
