/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests/unit/test_pri_service.c: layer 2 lost and back, alarms short and long, a span that leaves the machine
 * and returns, and the audit: which calls stay, which end with what cause, and that every line comes back.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "tests/support/pri_calls.h"

struct calls {
	struct bench_leg *up[2], *ringing[2];	/* by end */
};

/* A call that is up and one that rings, from the user side. */
static struct bench *with_calls(struct calls *c)
{
	struct bench *b = bench_open(&(struct bench_conf){ .dialect = PRI_EUROISDN_E1 });

	b->end[NET].offered = bench_answer;
	c->up[USER] = bench_call(b, USER, "1");
	bench_until(b, 500, bench_event(c->up[USER], LEG_ANSWERED));
	c->up[NET] = b->end[NET].legs;
	b->end[NET].offered = bench_ring;
	c->ringing[USER] = bench_call(b, USER, "2");
	bench_until(b, 500, bench_event(c->ringing[USER], LEG_ALERTING));
	c->ringing[NET] = b->end[NET].legs;
	bench_run(b, 100);
	return b;
}

static void assert_cleared(const struct bench_leg *l, int cause)
{
	assert_true(l->cleared);
	assert_int_equal(bench_event(l, LEG_CLEARED)->cause.q850, cause);
	assert_true(bench_event(l, LEG_CLEARED)->by_far_end);
}

static void in_service_again(struct bench *b, unsigned ms)
{
	bench_until(b, ms, bench_span(b, USER).in_service && bench_span(b, NET).in_service);
	bench_run(b, 2000);
}

/* --- Layer 2 ----------------------------------------------------------------------------------- */

static void test_layer2_back_in_time(void **state)
{
	struct leg_offer o = { .called = { "1", 0, 0, 0, 0 } };
	struct leg *leg;
	struct calls c;
	struct bench *b = with_calls(&c);

	(void)state;
	bench_fault(b, 1, SIM_FAULT_D_LOSS, 1000);
	bench_run(b, 30000);		/* T203 and T200 three times */
	assert_false(bench_span(b, USER).layer2 || bench_span(b, NET).layer2);
	assert_false(bench_span(b, USER).in_service);
	assert_int_equal(bench_span(b, USER).l2_losses, 1);
	assert_cleared(c.ringing[USER], 27);
	assert_cleared(c.ringing[NET], 27);
	assert_false(c.up[USER]->cleared || c.up[NET]->cleared);	/* T309 runs */
	assert_int_equal(pri_trunk_call(b->end[USER].trunk, &o, NULL, NULL, &leg), -ENETDOWN);
	assert_int_equal(bench_count(b, USER, PRI_LINE_OUT), 29);
	bench_run(b, 30000);
	bench_fault(b, 1, SIM_FAULT_D_LOSS, 0);
	in_service_again(b, 10000);
	assert_false(c.up[USER]->cleared || c.up[NET]->cleared);
	assert_int_equal(bench_count(b, USER, PRI_LINE_IDLE), 29);
	assert_int_equal(bench_line(b, USER, 1), PRI_LINE_UP);
	bench_run(b, 100000);
	bench_clear(c.up[NET], 16);
	bench_run(b, 200);
	assert_cleared(c.up[USER], 16);
	bench_assert_idle(b);
	bench_close(b);
}

static void test_layer2_back_too_late(void **state)
{
	struct calls c;
	struct bench *b = with_calls(&c);

	(void)state;
	bench_fault(b, 1, SIM_FAULT_D_LOSS, 1000);
	bench_run(b, 130000);		/* T309 is 90 s from the moment that layer 2 is found lost */
	assert_cleared(c.up[USER], 27);
	assert_cleared(c.up[NET], 27);
	assert_int_equal(bench_count(b, USER, PRI_LINE_OUT), 30);
	bench_fault(b, 1, SIM_FAULT_D_LOSS, 0);
	in_service_again(b, 10000);
	bench_assert_idle(b);
	bench_close(b);
}

/* SETUP goes unanswered and layer 2 with it, before anything was sent back: both legs end. */
static void test_layer2_lost_in_setup(void **state)
{
	struct bench *b = bench_open(&(struct bench_conf){ .dialect = PRI_EUROISDN_E1 });
	struct bench_leg *out;

	(void)state;
	out = bench_call(b, USER, "1");		/* offered there, and left alone */
	bench_run(b, 100);
	assert_int_equal(b->end[NET].n_offered, 1);
	bench_fault(b, 1, SIM_FAULT_D_LOSS, 1000);
	bench_run(b, 60000);
	assert_true(out->cleared);
	assert_cleared(b->end[NET].legs, 27);
	bench_fault(b, 1, SIM_FAULT_D_LOSS, 0);
	in_service_again(b, 10000);
	bench_assert_idle(b);
	bench_close(b);
}

/* One frame in twenty is lost: layer 2 repeats, calls go through, and each message is in the ladder once. */
static void test_lossy(void **state)
{
	struct bench *b = bench_open(&(struct bench_conf){ .dialect = PRI_EUROISDN_E1 });

	(void)state;
	b->end[NET].offered = bench_answer;
	bench_fault(b, 1, SIM_FAULT_D_LOSS, 50);
	for (int i = 0; i < 20; i++) {
		struct bench_leg *out = bench_call(b, USER, "1");
		const char *at;

		if (!out) {	/* layer 2 may fall over it */
			bench_run(b, 5000);
			continue;
		}
		bench_run(b, 10000);
		if (!out->cleared)
			bench_clear(out, 16);
		bench_run(b, 10000);
		at = strstr(out->ladder, "> SETUP");
		assert_non_null(at);
		assert_null(strstr(at + 1, "> SETUP"));
	}
	bench_fault(b, 1, SIM_FAULT_D_LOSS, 0);
	bench_run(b, 60000);
	in_service_again(b, 20000);
	bench_assert_idle(b);
	bench_close(b);
}

/* --- Alarms ------------------------------------------------------------------------------------ */

static void down(struct bench *b, int value)
{
	assert_int_equal(hw_sim_fault(b->card, 1, SIM_FAULT_DOWN, value), 0);
}

static void test_short_alarm(void **state)
{
	struct leg_offer o = { .called = { "1", 0, 0, 0, 0 } };
	struct leg *leg;
	struct calls c;
	struct bench *b = with_calls(&c);

	(void)state;
	down(b, 1);
	bench_run(b, 2000);
	assert_true(bench_span(b, USER).alarms & HW_ALARM_RED);
	assert_true(bench_span(b, NET).alarms & HW_ALARM_YELLOW);
	assert_int_equal(pri_trunk_call(b->end[USER].trunk, &o, NULL, NULL, &leg), -ENETDOWN);
	down(b, 0);
	bench_run(b, 500);
	assert_int_equal(bench_span(b, USER).alarms, 0);
	assert_true(bench_span(b, USER).in_service);
	bench_run(b, 20000);
	for (int i = 0; i < 2; i++)
		assert_false(c.up[i]->cleared || c.ringing[i]->cleared);
	bench_clear(c.up[USER], 16);
	bench_clear(c.ringing[USER], 16);
	bench_run(b, 500);
	bench_assert_idle(b);
	bench_close(b);
}

static void test_long_alarm(void **state)
{
	struct leg_offer o = { .called = { "1", 0, 0, 0, 0 } };
	struct leg *leg;
	struct calls c;
	struct bench *b = with_calls(&c);

	(void)state;
	down(b, 1);
	bench_run(b, 2400);
	assert_false(c.up[USER]->cleared || c.ringing[USER]->cleared);
	bench_run(b, 200);
	for (int i = 0; i < 2; i++) {
		assert_cleared(c.up[i], 41);
		assert_cleared(c.ringing[i], 41);
		assert_false(bench_span(b, i).in_service);
		assert_int_equal(bench_count(b, i, PRI_LINE_OUT), 30);
	}
	bench_run(b, 60000);
	down(b, 0);
	bench_run(b, 3000);
	down(b, 1);			/* it comes again before alarm_clear_ms is over */
	bench_run(b, 500);
	down(b, 0);
	bench_run(b, 4500);
	assert_false(bench_span(b, USER).in_service);
	assert_int_equal(pri_trunk_call(b->end[USER].trunk, &o, NULL, NULL, &leg), -ENETDOWN);
	in_service_again(b, 10000);
	bench_assert_idle(b);
	b->end[NET].offered = bench_answer;
	assert_non_null(bench_call(b, USER, "1"));
	bench_run(b, 200);
	assert_non_null(bench_event(b->end[USER].legs, LEG_ANSWERED));
	bench_close(b);
}

/* The new lengths hold for an alarm that is there already. */
static void test_alarm_times_changed(void **state)
{
	struct calls c;
	struct bench *b = with_calls(&c);

	(void)state;
	down(b, 1);
	bench_run(b, 1000);
	pri_trunk_alarm_times(b->end[USER].trunk, 9000, 60000);
	pri_trunk_alarm_times(b->end[NET].trunk, 9000, 0);
	bench_run(b, 7900);
	assert_false(c.up[USER]->cleared || c.up[NET]->cleared);
	bench_run(b, 200);
	assert_cleared(c.up[USER], 41);
	assert_cleared(c.up[NET], 41);
	bench_run(b, 1000);
	down(b, 0);
	bench_run(b, 30000);
	assert_true(bench_span(b, NET).in_service);
	assert_true(bench_span(b, USER).layer2 && !bench_span(b, USER).in_service);
	pri_trunk_alarm_times(b->end[USER].trunk, 9000, 1000);
	bench_run(b, 100);
	assert_true(bench_span(b, USER).in_service);
	bench_assert_idle(b);
	bench_close(b);
}

/* --- The span leaves --------------------------------------------------------------------------- */

static void removed(unsigned away_ms)
{
	struct leg_offer o = { .called = { "1", 0, 0, 0, 0 } };
	struct leg *leg;
	struct calls c;
	struct bench *b = with_calls(&c);

	assert_int_equal(hw_sim_fault(b->card, 1, SIM_FAULT_REMOVED, 1), 0);
	bench_run(b, 100);
	assert_cleared(c.up[USER], 41);
	assert_cleared(c.ringing[USER], 41);
	assert_int_equal(bench_span(b, USER).alarms, HW_ALARM_NOTOPEN);
	assert_int_equal(pri_trunk_call(b->end[USER].trunk, &o, NULL, NULL, &leg), -ENETDOWN);
	bench_run(b, away_ms);
	assert_int_equal(hw_sim_fault(b->card, 1, SIM_FAULT_REMOVED, 0), 0);
	bench_run(b, 1100);
	assert_int_equal(bench_span(b, USER).alarms, 0);
	in_service_again(b, 30000);
	assert_non_null(strstr(b->end[USER].log, "the span is back"));
	bench_run(b, 10000);
	for (int i = 0; i < 2; i++)
		assert_true(c.up[i]->cleared && c.ringing[i]->cleared);
	bench_assert_idle(b);
	b->end[NET].offered = bench_answer;
	assert_non_null(bench_call(b, USER, "1"));
	bench_run(b, 200);
	assert_non_null(bench_event(b->end[USER].legs, LEG_ANSWERED));
	bench_close(b);
}

static void test_removed(void **state)
{
	(void)state;
	removed(1000);		/* layer 2 has not noticed */
	removed(60000);
}

/* Another program has a channel of the span: said once, tried each second, and the span comes when it lets go. */
static void test_channel_taken(void **state)
{
	static const char said[] = "channel 5: Device or resource busy";
	struct bench *b = bench_open(&(struct bench_conf){ .dialect = PRI_EUROISDN_E1 });
	struct bench_end *user = &b->end[USER];
	struct hw_line *other = NULL;
	char *at;

	(void)state;
	pri_trunk_close(user->trunk);
	user->trunk = NULL;
	assert_int_equal(hw_line_open(b->card, 5, NULL, NULL, &other), 0);
	bench_reopen(b, USER);
	bench_run(b, 10000);
	assert_int_equal(bench_span(b, USER).alarms, HW_ALARM_NOTOPEN);
	at = strstr(user->log, said);
	assert_non_null(at);
	assert_null(strstr(at + 1, said));
	hw_line_close(other);
	bench_run(b, 1100);
	assert_non_null(strstr(user->log, "the span is back"));
	in_service_again(b, 40000);
	bench_run(b, 10000);
	bench_assert_idle(b);
	bench_close(b);
}

/* --- The audit --------------------------------------------------------------------------------- */

static void announce(struct bench_leg *l)
{
	assert_int_equal(leg_progress(l->leg, true, NULL), 0);
}

/* A call that rings, or hears an announcement, for longer than anything: it is T301's to end, and while that is long it stays, at
 * both ends. The audit takes what layer 3 has lost only. */
static void test_rings_long(void **state)
{
	struct bench *b = bench_open(&(struct bench_conf){ .dialect = PRI_EUROISDN_E1, .timers = { [PT_T301] = 7200000 } });

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct bench_leg *out;

		b->end[NET].offered = i ? announce : bench_ring;
		out = bench_call(b, USER, "1");
		bench_run(b, 3000000);
		assert_false(out->cleared);
		assert_int_equal(leg_answer(b->end[NET].legs->leg, NULL), 0);
		bench_until(b, 1000, bench_event(out, LEG_ANSWERED));
	}
	bench_end_all(b);
	assert_null(strstr(b->end[USER].log, "audit"));
	assert_null(strstr(b->end[NET].log, "audit"));
	bench_assert_idle(b);
	bench_close(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_layer2_back_in_time), cmocka_unit_test(test_layer2_back_too_late),
		cmocka_unit_test(test_layer2_lost_in_setup), cmocka_unit_test(test_lossy),
		cmocka_unit_test(test_short_alarm), cmocka_unit_test(test_long_alarm), cmocka_unit_test(test_alarm_times_changed),
		cmocka_unit_test(test_removed), cmocka_unit_test(test_channel_taken), cmocka_unit_test(test_rings_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
