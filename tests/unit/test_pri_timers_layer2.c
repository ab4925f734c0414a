/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Timers of Q.921 and its window, as a trunk sets them: each is seen to act at its time, on a clock that the test turns,
 * at the default and at a value that was set.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "tests/support/pri_watch.h"

/* Idle for T203: an RR that asks. */
static void t203(unsigned value)
{
	struct bench *b = watch_open(PT_T203, value);

	bench_run(b, 2000);
	watch_see(1, WATCH_POLL);
	bench_run(b, 3 * watch_in_force(PT_T203, value) + 1000);
	assert_in_range(watch.count, 2, 8);
	watch_assert_ms(watch_ms(0), watch_in_force(PT_T203, value));
	bench_close(b);
}

/* With no answer to it: N200 times more, T200 apart, and then SABME. */
static void t200(unsigned value, unsigned n200)
{
	struct bench_conf c = { .dialect = PRI_EUROISDN_E1, .tap = watch_tap, .timers = { [PT_T200] = value, [PT_N200] = n200 } };
	struct bench *b;
	unsigned polls;

	watch_see(0, WATCH_NOTHING);
	b = bench_open(&c);
	watch_see(1, WATCH_POLL);
	watch.deaf = true;
	bench_until(b, 60000, bench_span(b, USER).l2_losses == 1);
	polls = watch.count;
	assert_int_equal(polls, watch_in_force(PT_N200, n200) + 1 < 16 ? watch_in_force(PT_N200, n200) + 1 : 16);
	watch_assert_ms(watch_ms(0), watch_in_force(PT_T200, value));
	watch_assert_ms(watch_ms(1), watch_in_force(PT_T200, value));
	bench_close(b);
}

/* No more than K frames under way: calls are placed while the far end says nothing. */
static void window(unsigned value)
{
	struct bench *b = watch_open(PT_K, value);

	watch_see(1, WATCH_SETUP);
	watch.deaf = true;
	for (int i = 0; i < 14; i++)
		assert_non_null(bench_call(b, USER, "1"));
	bench_run(b, 500);
	assert_int_equal(watch.count, watch_in_force(PT_K, value));
	bench_close(b);
}

static void test_layer_2(void **state)
{
	(void)state;
	t203(0);
	t203(3000);
	t200(0, 0);
	t200(400, 5);
	window(0);
	window(3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_layer_2),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
