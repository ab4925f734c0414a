/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests/unit/test_pri_maintenance.c: SERVICE, both ways: in which dialects; channels taken out by one end and what the
 * other makes of it, in mid-call too; RESTART, the next run, and a D channel that is set up anew.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "channels/pri_dialect.h"
#include "tests/support/pri_maintenance.h"

/* --- Which dialects ---------------------------------------------------------------------------- */

static void one_dialect(enum pri_dialect d, enum hw_span_type type, enum pri_service_messages how, bool told)
{
	struct bench *b;
	unsigned n = told ? LINES : 0;

	maintenance_forget();
	b = bench_open(&(struct bench_conf){ .type = type, .dialect = d, .service_messages = how, .tap = maintenance_tap });
	bench_run(b, 1000);
	for (int end = 0; end < 2; end++) {
		assert_int_equal(seen.service[end + 1], n);
		assert_int_equal(seen.ack[end + 1], n);
		assert_int_equal(seen.out[end + 1], 0);
		assert_int_equal(bench_span(b, end).service_sent, n);
		assert_int_equal(bench_span(b, end).service_received, n);
	}
	bench_take_out(b, USER, 7, true);
	bench_run(b, 1000);
	assert_int_equal(seen.out[1], told);
	assert_int_equal(bench_line(b, NET, 7), told ? PRI_LINE_FAR_OUT : PRI_LINE_IDLE);
	if (told) {
		assert_int_equal(seen.pd, d == PRI_NATIONAL2 ? 0x43 : 0x03);
		assert_int_equal(seen.n, 8);
		assert_memory_equal(seen.at, "\x01\x01\xc2\x18\x03\xa9\x83\x87", 8);
	}
	bench_take_out(b, USER, 7, false);
	bench_run(b, SERVICE_TWICE_MS);
	assert_int_equal(bench_span(b, USER).service_timeouts, 0);
	bench_over(b);
}

static void test_dialects(void **state)
{
	static const enum hw_span_type types[] = { HW_SPAN_E1, HW_SPAN_T1, HW_SPAN_J1 };

	(void)state;
	for (int d = 0; d < PRI_DIALECTS; d++)
		for (size_t i = 0; i < 3; i++) {
			bool has = d == PRI_4ESS || d == PRI_5ESS || d == PRI_DMS100 || d == PRI_NATIONAL2;
			const struct pri_dialect_def *def = pri_dialect_def((enum pri_dialect)d);

			if (!(types[i] == HW_SPAN_E1 ? def->e1 : def->t1))
				continue;
			one_dialect((enum pri_dialect)d, types[i], PRI_SERVICE_AUTO, d == PRI_4ESS || d == PRI_5ESS);
			one_dialect((enum pri_dialect)d, types[i], PRI_SERVICE_SEND, has);
			one_dialect((enum pri_dialect)d, types[i], PRI_SERVICE_NONE, false);
		}
}

/* --- Out and in -------------------------------------------------------------------------------- */

static void test_out_and_in(void **state)
{
	struct bench *b = maintenance_open_4ess();
	struct bench_leg *l;

	(void)state;
	bench_take_out(b, NET, 1, true);
	bench_run(b, 500);
	assert_int_equal(bench_line(b, NET, 1), PRI_LINE_TAKEN_OUT);
	assert_int_equal(bench_line(b, USER, 1), PRI_LINE_FAR_OUT);
	assert_non_null(strstr(b->end[USER].log, "chan 1: the far end takes it out of service"));
	l = bench_call_up(b, USER, "1");
	assert_int_equal(bench_pos(l), 2);
	bench_clear(l, 16);
	bench_run(b, 20000);	/* the audit has no quarrel with it */
	assert_int_equal(bench_line(b, USER, 1), PRI_LINE_FAR_OUT);
	assert_null(strstr(b->end[USER].log, "audit"));
	bench_take_out(b, NET, 1, false);
	bench_run(b, 500);
	assert_int_equal(bench_line(b, USER, 1), PRI_LINE_IDLE);
	assert_non_null(strstr(b->end[USER].log, "chan 1: the far end puts it back"));
	bench_over(b);
}

/* Each end has a word of its own: the line is idle when both have it in service, in whatever order. */
static void test_both_words(void **state)
{
	struct bench *b = maintenance_open_4ess();

	(void)state;
	for (int first = 0; first < 2; first++) {
		for (int end = 0; end < 2; end++)
			bench_take_out(b, end, 9, true);
		bench_run(b, 500);
		for (int end = 0; end < 2; end++)
			assert_int_equal(bench_line(b, end, 9), PRI_LINE_TAKEN_OUT);
		bench_take_out(b, first, 9, false);
		bench_run(b, 1000);
		assert_int_equal(bench_line(b, first, 9), PRI_LINE_FAR_OUT);
		assert_int_equal(bench_line(b, !first, 9), PRI_LINE_TAKEN_OUT);
		bench_take_out(b, !first, 9, false);
		bench_run(b, 1000);
		assert_int_equal(bench_count(b, USER, PRI_LINE_IDLE) + bench_count(b, NET, PRI_LINE_IDLE), 2 * LINES);
	}
	bench_over(b);
}

/* The call that is up stays, at both ends; the far end hears of it when it is over. */
static void test_in_mid_call(void **state)
{
	struct bench *b = maintenance_open_4ess();
	struct bench_leg *l = bench_call_up(b, USER, "1"), *second;

	(void)state;
	bench_take_out(b, NET, 1, true);
	bench_run(b, 10000);
	assert_int_equal(seen.out[2], 0);
	assert_false(l->cleared);
	bench_clear(l, 16);
	bench_run(b, 300);
	assert_int_equal(seen.out[2], 1);
	assert_int_equal(bench_line(b, USER, 1), PRI_LINE_FAR_OUT);
	assert_int_equal(bench_line(b, NET, 1), PRI_LINE_TAKEN_OUT);
	second = bench_call_up(b, USER, "1");
	assert_int_equal(bench_pos(second), 2);
	bench_clear(second, 16);
	bench_take_out(b, NET, 1, false);
	bench_over(b);
}

/* A far end that says so in the middle of a call, and then calls on that channel itself. */
static void test_far_out_and_calls(void **state)
{
	struct bench *b = maintenance_open_4ess();
	struct bench_leg *l = bench_call_up(b, USER, "1");

	(void)state;
	service_becomes(1, "\x01\x01\xc2\x18\x03\xa9\x83\x81", 8);
	bench_take_out(b, NET, 1, false);	/* tells it again */
	bench_run(b, 500);
	alter.chan = 0;
	assert_int_equal(bench_line(b, USER, 1), PRI_LINE_UP);
	assert_false(l->cleared);
	bench_clear(l, 16);
	bench_run(b, 300);
	assert_int_equal(bench_line(b, USER, 1), PRI_LINE_FAR_OUT);
	l = bench_call_up(b, NET, "2");
	assert_int_equal(bench_pos(l), 1);
	assert_int_equal(bench_line(b, USER, 1), PRI_LINE_UP);
	assert_non_null(strstr(b->end[USER].log, "chan 1: a call from the far end, which has taken it out"));
	bench_clear(l, 16);
	bench_run(b, 300);
	assert_int_equal(bench_line(b, USER, 1), PRI_LINE_FAR_OUT);
	bench_take_out(b, NET, 1, false);
	bench_over(b);
}

/* --- RESTART, and D channels that are set up anew ---------------------------------------------- */

static void test_restart(void **state)
{
	struct bench *b = maintenance_open_4ess();

	(void)state;
	service_becomes(4, "\x01\x01\xc2\x18\x03\xa9\x83\x84", 8);
	bench_take_out(b, NET, 4, false);
	bench_take_out(b, USER, 5, true);
	bench_run(b, 500);
	alter.chan = 0;
	assert_int_equal(bench_line(b, USER, 4), PRI_LINE_FAR_OUT);
	assert_int_equal(seen.out[1], 1);
	pri_trunk_restart_at(b->end[USER].trunk, 1, 4);	/* ours says nothing of the far end's word */
	bench_run(b, 500);
	assert_int_equal(bench_line(b, USER, 4), PRI_LINE_FAR_OUT);
	pri_trunk_restart_at(b->end[NET].trunk, 2, 4);
	pri_trunk_restart_at(b->end[NET].trunk, 2, 5);
	bench_run(b, 1000);
	assert_int_equal(bench_line(b, USER, 4), PRI_LINE_IDLE);
	assert_int_equal(bench_line(b, USER, 5), PRI_LINE_TAKEN_OUT);
	assert_int_equal(seen.out[1], 2);	/* ours was told again */
	assert_int_equal(bench_line(b, NET, 5), PRI_LINE_FAR_OUT);
	bench_take_out(b, USER, 5, false);
	bench_over(b);
}

/* What the last run left out comes back; what the far end has out stays so over a reload, and is not restarted. */
static void test_next_run(void **state)
{
	struct bench *b = maintenance_open_4ess();

	(void)state;
	bench_take_out(b, USER, 3, true);
	bench_take_out(b, NET, 6, true);
	bench_run(b, 500);
	assert_int_equal(bench_line(b, NET, 3), PRI_LINE_FAR_OUT);
	maintenance_forget();
	bench_reopen(b, USER);
	bench_run(b, 3000);
	assert_int_equal(seen.service[1], LINES);
	assert_int_equal(seen.out[1], 0);
	assert_int_equal(seen.restart[1], LINES - 1);
	assert_int_equal(bench_line(b, NET, 3), PRI_LINE_IDLE);
	assert_int_equal(bench_line(b, USER, 6), PRI_LINE_FAR_OUT);
	bench_take_out(b, NET, 6, false);
	bench_over(b);
}

static void test_layer2_anew(void **state)
{
	struct bench *b = maintenance_open_4ess();

	(void)state;
	bench_take_out(b, NET, 6, true);
	bench_run(b, 500);
	maintenance_forget();
	alter.cut = true;
	bench_run(b, 30000);
	assert_false(bench_span(b, USER).layer2);
	assert_int_equal(bench_line(b, USER, 6), PRI_LINE_OUT);
	alter.cut = false;
	bench_until(b, 30000, bench_span(b, USER).in_service && bench_span(b, NET).in_service);
	bench_run(b, 3000);
	assert_in_range(seen.out[2], 1, 2);	/* twice when both ends set it up at once: the first may be lost by that */
	assert_int_equal(seen.out[1], 0);
	assert_true(seen.service[1] >= LINES);
	assert_int_equal(bench_line(b, USER, 6), PRI_LINE_FAR_OUT);
	assert_int_equal(bench_count(b, USER, PRI_LINE_IDLE), LINES - 1);
	bench_take_out(b, NET, 6, false);
	bench_over(b);
}

/* --- Told or not, by a reload ------------------------------------------------------------------- */

/* In NI2, which by itself tells nothing. */
static void test_changed(void **state)
{
	struct bench *b;
	struct bench_leg *l;

	(void)state;
	maintenance_forget();
	b = maintenance_open(PRI_NATIONAL2, PRI_SERVICE_AUTO);
	l = bench_call_up(b, USER, "1");
	bench_take_out(b, USER, 3, true);
	bench_run(b, 500);
	assert_int_equal(seen.service[1], 0);
	pri_trunk_service_messages(b->end[USER].trunk, PRI_SERVICE_SEND);
	bench_run(b, 500);
	assert_int_equal(seen.service[1], LINES);
	assert_int_equal(seen.out[1], 1);
	assert_int_equal(bench_line(b, NET, 3), PRI_LINE_FAR_OUT);
	assert_false(l->cleared);
	bench_take_out(b, USER, 4, true);
	bench_run(b, 500);
	alter.lose_acks = true;		/* none is awaited any more, nor sent again */
	pri_trunk_service_messages(b->end[USER].trunk, PRI_SERVICE_NONE);
	assert_int_equal(bench_line(b, USER, 3), PRI_LINE_TAKEN_OUT);
	bench_run(b, SERVICE_TWICE_MS);
	assert_int_equal(seen.service[1], LINES + 3);
	assert_int_equal(bench_span(b, USER).service_timeouts, 0);
	assert_int_equal(bench_line(b, NET, 3), PRI_LINE_IDLE);
	assert_int_equal(bench_line(b, NET, 4), PRI_LINE_IDLE);
	bench_take_out(b, USER, 0, false);
	bench_run(b, 1000);
	assert_int_equal(seen.service[1], LINES + 3);
	assert_false(l->cleared);
	bench_clear(l, 16);
	bench_over(b);
}

/* By itself or because it was told to: what is out stays out, and the far end hears nothing new. */
static void test_changed_alike(void **state)
{
	static const enum pri_service_messages to[] = { PRI_SERVICE_SEND, PRI_SERVICE_AUTO };
	struct bench *b = maintenance_open_4ess();
	unsigned said;

	(void)state;
	bench_take_out(b, USER, 3, true);
	bench_run(b, 500);
	assert_int_equal(bench_line(b, NET, 3), PRI_LINE_FAR_OUT);
	said = seen.service[1];
	for (size_t i = 0; i < sizeof(to) / sizeof(to[0]); i++) {
		pri_trunk_service_messages(b->end[USER].trunk, to[i]);
		bench_run(b, 500);
		assert_int_equal(seen.service[1], said);
		assert_int_equal(bench_line(b, NET, 3), PRI_LINE_FAR_OUT);
	}
	bench_take_out(b, USER, 3, false);
	bench_run(b, 500);
	bench_over(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dialects),
		cmocka_unit_test(test_out_and_in),
		cmocka_unit_test(test_both_words),
		cmocka_unit_test(test_in_mid_call),
		cmocka_unit_test(test_far_out_and_calls),
		cmocka_unit_test(test_restart),
		cmocka_unit_test(test_next_run),
		cmocka_unit_test(test_layer2_anew),
		cmocka_unit_test(test_changed),
		cmocka_unit_test(test_changed_alike),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
