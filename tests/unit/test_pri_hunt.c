/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests/unit/test_pri_hunt.c: which B channel a call of ours gets: hunting orders, a full trunk, two spans of which one may be lost,
 * and once more elsewhere after a refusal.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "tests/support/pri_calls.h"

static const struct {
	const char *why;
	enum pri_hunt hunt;
	int order[6];	/* of calls made one after another, the third one ended before the fourth */
} hunts[] = {
	{ "ascending", PRI_ASCENDING, { 1, 2, 3, 3, 4, 5 } },
	{ "descending", PRI_DESCENDING, { 31, 30, 29, 29, 28, 27 } },
	{ "round robin", PRI_ROUND_ROBIN, { 1, 2, 3, 4, 5, 6 } },
	{ "least used", PRI_LEAST_USED, { 1, 2, 3, 4, 5, 6 } },
	{ "least recent", PRI_LEAST_RECENT, { 1, 2, 3, 4, 5, 6 } },
	{ "odd", PRI_ODD, { 1, 3, 5, 5, 7, 9 } },
	{ "even", PRI_EVEN, { 2, 4, 6, 6, 8, 10 } },
};

static void test_hunting(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(hunts) / sizeof(hunts[0]); i++) {
		struct bench *b = bench_open(&(struct bench_conf){ .dialect = PRI_EUROISDN_E1, .hunt = hunts[i].hunt });
		struct bench_leg *l;

		b->end[NET].offered = bench_answer;
		for (int n = 0; n < 6; n++) {
			l = bench_call(b, USER, "1");
			assert_int_equal(bench_pos(l), hunts[i].order[n]);
			bench_run(b, 50);
			assert_int_equal(bench_pos(b->end[NET].legs), hunts[i].order[n]);
			if (n == 2) {
				bench_clear(l, 16);
				bench_run(b, 50);
			}
		}
		bench_close(b);
	}
}

/* One call after another: the line idle for the longest, not the one with the fewest calls. A call from the far end uses
 * a line too. */
static void test_least_recent(void **state)
{
	struct bench *b = bench_open(&(struct bench_conf){ .dialect = PRI_EUROISDN_E1, .hunt = PRI_LEAST_RECENT });
	struct bench_leg *l;

	(void)state;
	b->end[NET].offered = b->end[USER].offered = bench_answer;
	for (int n = 0; n < 31; n++) {
		l = bench_call(b, USER, "1");
		assert_int_equal(bench_pos(l), n == 30 ? 1 : n < 15 ? n + 1 : n + 2);
		bench_run(b, 50);
		bench_clear(l, 16);
		bench_run(b, 50);
	}
	pri_trunk_hunt(b->end[NET].trunk, PRI_EVEN);
	l = bench_call(b, NET, "1");
	assert_int_equal(bench_pos(l), 2);
	bench_run(b, 50);
	bench_clear(l, 16);
	bench_run(b, 50);
	l = bench_call(b, USER, "1");
	assert_int_equal(bench_pos(l), 3);
	bench_clear(l, 16);
	bench_over(b);
}

/* 16 odd ones, then the even ones from below. */
static void test_odd_falls_back(void **state)
{
	struct bench *b = bench_open(&(struct bench_conf){ .dialect = PRI_EUROISDN_E1, .hunt = PRI_ODD });

	(void)state;
	b->end[NET].offered = bench_answer;
	for (int n = 0; n < 16; n++)
		assert_int_equal(bench_pos(bench_call(b, USER, "1")), 2 * n + 1);
	assert_int_equal(bench_pos(bench_call(b, USER, "1")), 2);
	assert_int_equal(bench_pos(bench_call(b, USER, "1")), 4);
	bench_close(b);
}

/* Timeslot 16 is the D channel: no call gets it; the 31st call gets cause 34. */
static void test_full(void **state)
{
	struct bench *b = bench_open(&(struct bench_conf){ .dialect = PRI_EUROISDN_E1 });
	struct leg_offer o = { .called = { "1", 0, 0, 0, 0 } };
	struct leg *leg = NULL;
	int seen[32] = { 0 };

	(void)state;
	b->end[NET].offered = bench_answer;
	for (int i = 0; i < 30; i++) {
		struct bench_leg *l = bench_call(b, USER, "1");

		assert_non_null(l);
		seen[bench_pos(l)]++;
	}
	assert_int_equal(pri_trunk_call(b->end[USER].trunk, &o, NULL, NULL, &leg), -EAGAIN);
	for (int i = 1; i < 32; i++)
		assert_int_equal(seen[i], i != 16);
	bench_run(b, 1000);
	assert_int_equal(bench_count(b, USER, PRI_LINE_UP), 30);
	assert_int_equal(bench_count(b, NET, PRI_LINE_UP), 30);
	assert_int_equal(b->end[USER].n_cleared, 0);
	bench_clear(b->end[NET].legs, 16);
	bench_run(b, 100);
	assert_non_null(bench_call(b, USER, "1"));
	bench_close(b);
}

/* --- Two spans --------------------------------------------------------------------------------- */

static int span_of(const struct bench_leg *l)
{
	return l->leg && l->leg->line ? l->leg->line->span : 0;
}

static void test_two_spans(void **state)
{
	static const struct { enum pri_hunt hunt; int span, pos, last_span, last_pos; } rows[] = {
		{ PRI_ASCENDING, 1, 1, 2, 31 }, { PRI_DESCENDING, 2, 31, 1, 1 },
		{ PRI_ROUND_ROBIN, 1, 1, 2, 31 }, { PRI_LEAST_USED, 1, 1, 2, 31 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct bench *b = bench_open(&(struct bench_conf){ .dialect = PRI_EUROISDN_E1, .spans = 2,
								   .hunt = rows[i].hunt });
		struct bench_leg *l = NULL;

		b->end[NET].offered = bench_answer;
		for (int n = 0; n < 60; n++) {
			l = bench_call(b, USER, "1");
			assert_non_null(l);
			if (!n) {
				assert_int_equal(span_of(l), rows[i].span);
				assert_int_equal(bench_pos(l), rows[i].pos);
			}
		}
		assert_int_equal(span_of(l), rows[i].last_span);
		assert_int_equal(bench_pos(l), rows[i].last_pos);
		assert_null(bench_call(b, USER, "1"));
		bench_run(b, 1000);
		assert_int_equal(bench_count(b, NET, PRI_LINE_UP), 60);
		bench_over(b);
	}
}

/* One span is lost: its calls end, those of the other stay, and new calls take the other. */
static void test_one_of_two_lost(void **state)
{
	struct bench *b = bench_open(&(struct bench_conf){ .dialect = PRI_EUROISDN_E1, .spans = 2 });
	struct bench_leg *first, *l;

	(void)state;
	b->end[NET].offered = bench_answer;
	first = bench_call(b, USER, "1");
	bench_run(b, 100);
	hw_sim_fault(b->card, 1, SIM_FAULT_DOWN, 1);
	bench_run(b, 100);
	l = bench_call(b, USER, "2");	/* at once, before the alarm has lasted */
	assert_int_equal(span_of(l), 2);
	bench_run(b, 5000);
	assert_true(first->cleared);
	assert_non_null(bench_event(l, LEG_ANSWERED));
	assert_false(l->cleared);
	hw_sim_fault(b->card, 1, SIM_FAULT_DOWN, 0);
	bench_run(b, 30000);
	assert_false(l->cleared);
	assert_int_equal(span_of(bench_call(b, USER, "3")), 1);
	bench_close(b);
}

/* Refused on the channel, tried again: the other span will do as well. */
static void test_again_elsewhere(void **state)
{
	struct bench *b = bench_open(&(struct bench_conf){ .dialect = PRI_EUROISDN_E1, .spans = 2,
							   .hunt = PRI_ROUND_ROBIN });
	struct bench_leg *l;
	unsigned offered;

	(void)state;
	b->end[NET].offered = bench_answer;
	for (int i = 0; i < 29; i++)
		bench_call(b, USER, "0");
	bench_run(b, 1000);
	b->end[NET].offered = bench_refuse_44;
	offered = b->end[NET].n_offered;
	l = bench_call(b, USER, "1");
	assert_int_equal(span_of(l), 1);
	assert_int_equal(bench_pos(l), 31);
	bench_run(b, 200);
	assert_true(l->cleared);	/* the second one was refused too, and that is enough */
	assert_int_equal(bench_event(l, LEG_CLEARED)->cause.q850, 44);
	assert_int_equal(b->end[NET].n_offered, offered + 2);
	assert_non_null(strstr(b->end[USER].log, "again on span 2 chan 1"));
	bench_close(b);
}

static void test_t1(void **state)
{
	struct bench *b = bench_open(&(struct bench_conf){ .type = HW_SPAN_T1, .dialect = PRI_NATIONAL2,
							   .hunt = PRI_DESCENDING });
	struct bench_leg *l = bench_call(b, NET, "1");

	(void)state;
	assert_int_equal(bench_pos(l), 23);	/* 24 is the D channel */
	assert_int_equal(l->leg->line->law, HW_MULAW);
	bench_close(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hunting),
		cmocka_unit_test(test_least_recent),
		cmocka_unit_test(test_odd_falls_back),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_t1),
		cmocka_unit_test(test_two_spans),
		cmocka_unit_test(test_one_of_two_lost),
		cmocka_unit_test(test_again_elsewhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
