/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests/unit/test_pri_takeout.c: lines taken out of service by people, put back, and RESTART of some. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "tests/support/pri_calls.h"

static struct bench *start(bool exclusive)
{
	struct bench *b = bench_open(&(struct bench_conf){ .dialect = PRI_EUROISDN_E1, .exclusive = exclusive });

	b->end[NET].offered = b->end[USER].offered = bench_answer;
	return b;
}

static void test_not_hunted(void **state)
{
	struct bench *b = start(false);
	struct bench_leg *l;

	(void)state;
	assert_int_equal(bench_take_out(b, USER, 1, true), 1);
	assert_int_equal(pri_trunk_take_out(b->end[USER].trunk, 2, 0, true), 0);	/* no span of this trunk */
	assert_int_equal(bench_take_out(b, USER, 16, true), 0);	/* the D channel */
	assert_int_equal(bench_line(b, USER, 1), PRI_LINE_TAKEN_OUT);
	l = bench_call(b, USER, "1");
	assert_int_equal(bench_pos(l), 2);
	bench_run(b, 50);
	bench_clear(l, 16);
	bench_run(b, 20000);	/* the audit has no quarrel with it */
	assert_int_equal(bench_line(b, USER, 1), PRI_LINE_TAKEN_OUT);
	assert_null(strstr(b->end[USER].log, "audit"));
	assert_int_equal(bench_take_out(b, USER, 1, false), 1);
	assert_int_equal(bench_line(b, USER, 1), PRI_LINE_RESTARTING);
	bench_over(b);
}

/* The far end asks for a line that is taken out: another when it lets us choose, else cause 44. */
static void test_not_given(void **state)
{
	static const struct { bool exclusive; int pos, cause; } rows[] = { { false, 2, 0 }, { true, 0, 44 } };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct bench *b = start(rows[i].exclusive);
		struct bench_leg *l;

		for (int pos = 1; pos <= 31; pos++)
			if (pos == 1 || rows[i].exclusive)
				bench_take_out(b, USER, pos, true);
		l = bench_call(b, NET, "1");
		bench_run(b, 300);
		assert_int_equal(bench_pos(l), rows[i].pos);
		assert_int_equal(b->end[USER].n_offered, rows[i].pos != 0);
		if (rows[i].cause) {
			assert_int_equal(b->end[USER].n_refused, 2);	/* tried again on another one */
			assert_int_equal(bench_refused(b, USER)->offer.refused, 44);
			assert_non_null(strstr(bench_refused(b, USER)->offer.refused_why, "is taken out of service here"));
			assert_string_equal(bench_refused(b, USER)->offer.called.digits, "1");
			assert_int_equal(bench_event(l, LEG_CLEARED)->cause.q850, rows[i].cause);
		} else {
			assert_non_null(bench_event(l, LEG_ANSWERED));
			bench_end_all(b);
		}
		assert_int_equal(bench_line(b, USER, 1), PRI_LINE_TAKEN_OUT);
		pri_trunk_take_out(b->end[USER].trunk, 0, 0, false);
		bench_over(b);
	}
}

/* A switch that refuses one channel again and again, and says nothing of it: the calls go on others, the channel is set aside after the
 * third, and RESTART brings it back. A taken call between two refusals starts the count again. */
static void test_refused_again(void **state)
{
	struct bench *b = start(true);
	struct bench_leg *l;

	(void)state;
	for (int i = 0; i < 7; i++) {
		bool sound = i == 2;	/* once it is taken */

		bench_take_out(b, NET, 1, !sound);
		bench_run(b, 300);
		assert_int_equal(bench_line(b, USER, 1), i < 6 ? PRI_LINE_IDLE : PRI_LINE_SET_ASIDE);
		l = bench_call(b, USER, "1");
		assert_int_equal(bench_pos(l), i < 6 ? 1 : 2);
		bench_until(b, 500, bench_event(l, LEG_ANSWERED));
		assert_int_equal(bench_pos(l), sound ? 1 : 2);
		assert_int_equal(strstr(l->ladder, "cause 44") != NULL, !sound && i < 6);
		bench_clear(l, 16);
		bench_run(b, 300);
	}
	assert_non_null(strstr(b->end[USER].log, "chan 1: refused 3 times in a row with cause 44, others are taken: set aside"));
	bench_run(b, 200000);
	assert_int_equal(bench_line(b, USER, 1), PRI_LINE_SET_ASIDE);
	bench_until(b, 101000, bench_line(b, USER, 1) == PRI_LINE_IDLE);
	bench_take_out(b, NET, 1, false);
	bench_over(b);
}

/* A switch that refuses everything with cause 44 has nothing against one channel: none is set aside. Nor is one that it
 * calls us on meanwhile. */
static void test_refused_all(void **state)
{
	struct bench *b = start(true);
	struct bench_leg *l;

	(void)state;
	b->end[NET].offered = bench_refuse_44;
	for (int i = 0; i < 5; i++) {
		l = bench_call(b, USER, "1");
		bench_until(b, 500, l->cleared);
		assert_int_equal(bench_event(l, LEG_CLEARED)->cause.q850, 44);
	}
	b->end[NET].offered = bench_answer;
	for (int i = 0; i < 6; i++) {
		bench_take_out(b, NET, 1, true);
		l = bench_call_up(b, USER, "1");
		bench_clear(l, 16);
		bench_take_out(b, NET, 1, false);
		bench_run(b, 500);
		if (i & 1)
			continue;
		l = bench_call_up(b, NET, "1");
		assert_int_equal(bench_pos(l), 1);
		bench_end_all(b);
	}
	assert_int_equal(bench_count(b, USER, PRI_LINE_IDLE), 30);
	bench_over(b);
}

/* A call that is up stays; the line is out when it ends. */
static void test_drains(void **state)
{
	struct bench *b = start(false);
	struct leg_offer o = { .called = { "1", 0, 0, 0, 0 } };
	struct bench_leg *l = bench_call_up(b, USER, "1");
	struct leg *none = NULL;

	(void)state;
	assert_int_equal(pri_trunk_take_out(b->end[USER].trunk, 1, 0, true), 30);
	assert_int_equal(bench_line(b, USER, 1), PRI_LINE_UP);
	assert_int_equal(bench_count(b, USER, PRI_LINE_TAKEN_OUT), 29);
	assert_int_equal(pri_trunk_call(b->end[USER].trunk, &o, NULL, NULL, &none), -EAGAIN);
	bench_run(b, 10000);
	assert_false(l->cleared);
	bench_clear(l, 16);
	bench_run(b, 200);
	assert_int_equal(bench_count(b, USER, PRI_LINE_TAKEN_OUT), 30);
	pri_trunk_take_out(b->end[USER].trunk, 1, 0, false);
	bench_over(b);
}

/* RESTART, from either end, and a D channel that goes and comes do not put a line back. */
static void test_stays_out(void **state)
{
	struct bench *b = start(false);

	(void)state;
	bench_take_out(b, USER, 7, true);
	assert_int_equal(pri_trunk_restart_at(b->end[USER].trunk, 1, 7), 1);
	assert_int_equal(bench_line(b, USER, 7), PRI_LINE_RESTARTING);
	bench_run(b, 1000);
	assert_int_equal(bench_line(b, USER, 7), PRI_LINE_TAKEN_OUT);
	assert_int_equal(bench_span(b, USER).restarts, 31);
	pri_trunk_restart(b->end[NET].trunk);
	bench_run(b, 3000);
	assert_int_equal(bench_line(b, USER, 7), PRI_LINE_TAKEN_OUT);
	bench_reopen(b, NET);
	bench_run(b, 10000);
	assert_int_equal(bench_line(b, USER, 7), PRI_LINE_TAKEN_OUT);
	assert_int_equal(bench_count(b, USER, PRI_LINE_IDLE), 29);
	bench_take_out(b, USER, 7, false);
	bench_over(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_not_hunted), cmocka_unit_test(test_not_given), cmocka_unit_test(test_drains),
		cmocka_unit_test(test_stays_out), cmocka_unit_test(test_refused_again), cmocka_unit_test(test_refused_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
