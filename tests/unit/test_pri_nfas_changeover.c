/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests/unit/test_pri_nfas_changeover.c: three T1 spans under a primary D channel and a backup: calls outlive the D channel
 * that they were set up on.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "tests/support/pri_nfas.h"

static void assert_up(struct bench *b, int n)
{
	assert_int_equal(bench_count(b, USER, PRI_LINE_UP), n);
	assert_int_equal(bench_count(b, NET, PRI_LINE_UP), n);
}

/* Six calls, by turns from either end. */
static struct bench *with_two(struct bench_leg *l[6])
{
	struct bench *b = nfas_open(2, PRI_NATIONAL2, PRI_ASCENDING);

	nfas_assert_active(b, PRIMARY);
	assert_true(nfas_span(b, USER, BACKUP).layer2 && !nfas_span(b, USER, BACKUP).active);
	assert_int_equal(nfas_span(b, USER, PRIMARY).switchovers, 0);
	for (int i = 0; i < 6; i++)
		l[i] = bench_call_up(b, i & 1 ? NET : USER, "2125553001");
	return b;
}

/* Layer 2 of the primary is lost: calls stay, are cleared and placed on the backup, and on the primary again when
 * it is back and the backup is lost in its turn. */
static void test_switchover(void **state)
{
	struct bench_leg *l[6];
	struct bench *b = with_two(l);

	(void)state;
	nfas_layer2_lost(b, PRIMARY);
	bench_run(b, 500);
	nfas_assert_active(b, BACKUP);
	assert_int_equal(nfas_span(b, USER, PRIMARY).switchovers, 1);
	assert_true(nfas_span(b, USER, PRIMARY).in_service && nfas_span(b, USER, 3).in_service);
	assert_up(b, 6);
	bench_clear(l[0], 16);		/* each end ends one that it placed */
	bench_clear(l[1], 17);
	bench_run(b, 500);
	assert_true(l[0]->cleared && l[1]->cleared);
	assert_up(b, 4);
	l[0] = bench_call_up(b, USER, "2125553002");
	l[1] = bench_call_up(b, NET, "2125553002");
	bench_run(b, 150000);		/* longer than T309: nothing is lost, and the audit finds nothing */
	assert_int_equal(bench_count(b, USER, PRI_LINE_UP), 6);
	assert_null(strstr(b->end[USER].log, "audit"));
	nfas_layer2_passes(b, PRIMARY);
	bench_until(b, 20000, nfas_span(b, USER, PRIMARY).layer2 && nfas_span(b, NET, PRIMARY).layer2);
	bench_run(b, 1000);
	assert_true(nfas_span(b, USER, BACKUP).active);		/* it stays where it is */
	nfas_layer2_lost(b, BACKUP);
	bench_run(b, 500);
	nfas_assert_active(b, PRIMARY);
	assert_int_equal(nfas_span(b, NET, PRIMARY).switchovers, 2);
	assert_int_equal(bench_count(b, NET, PRI_LINE_UP), 6);
	nfas_layer2_passes(b, BACKUP);
	bench_run(b, 20000);
	bench_over(b);
}

/* Calls that are not up when their D channel goes cannot be completed: the end that sees the failure first drops
 * them, and its RESTART of their channels on the backup ends them at the other. */
static void test_switchover_in_setup(void **state)
{
	struct bench_leg *l[6], *ringing;
	struct bench *b = with_two(l);

	(void)state;
	b->end[NET].offered = bench_ring;
	ringing = bench_call(b, USER, "2125553003");
	bench_until(b, 500, bench_event(ringing, LEG_ALERTING));
	nfas_layer2_lost(b, PRIMARY);
	bench_run(b, 500);
	assert_true(ringing->cleared && b->end[NET].legs->cleared);
	assert_int_equal(bench_event(b->end[NET].legs, LEG_CLEARED)->cause.q850, 27);
	assert_int_equal(bench_event(ringing, LEG_CLEARED)->cause.q850, 41);
	assert_int_equal(bench_count(b, USER, PRI_LINE_UP), 6);
	assert_int_equal(bench_count(b, USER, PRI_LINE_IDLE), 70 - 6);
	assert_int_equal(bench_count(b, NET, PRI_LINE_IDLE), 70 - 6);
	nfas_layer2_passes(b, PRIMARY);
	bench_run(b, 20000);
	bench_over(b);
}

/* The primary's span is in alarm: its own calls end with 41, those on other spans stay, on the backup. */
static void test_primary_span_in_alarm(void **state)
{
	struct bench *b = nfas_open(2, PRI_4ESS, PRI_ROUND_ROBIN);
	struct bench_leg *l[40];
	unsigned left = 0;

	(void)state;
	for (int i = 0; i < 40; i++)
		l[i] = bench_call_up(b, USER, "2125553001");
	bench_fault(b, PRIMARY, SIM_FAULT_DOWN, 1);
	bench_run(b, 3000);
	nfas_assert_active(b, BACKUP);
	assert_false(nfas_span(b, USER, PRIMARY).in_service);
	assert_true(nfas_span(b, USER, BACKUP).in_service && nfas_span(b, USER, 3).in_service);
	for (int i = 0; i < 40; i++) {
		assert_int_equal(l[i]->cleared, i < 23);
		left += !l[i]->cleared;
	}
	assert_int_equal(bench_count(b, NET, PRI_LINE_UP), left);
	bench_end_all(b);
	assert_int_equal(bench_count(b, NET, PRI_LINE_UP), 0);
	bench_fault(b, PRIMARY, SIM_FAULT_DOWN, 0);
	bench_until(b, 20000, nfas_span(b, USER, PRIMARY).in_service && nfas_span(b, NET, PRIMARY).in_service);
	bench_run(b, 3000);
	bench_over(b);
}

/* Both D channels are away: T309 runs, and calls stay when one is back in time. */
static void both_lost(bool in_time)
{
	struct bench_leg *l[6];
	struct bench *b = with_two(l);

	nfas_layer2_lost(b, PRIMARY);
	nfas_layer2_lost(b, BACKUP);
	assert_false(nfas_span(b, USER, 3).in_service);
	assert_int_equal(bench_count(b, USER, PRI_LINE_UP), 6);
	bench_run(b, in_time ? 60000 : 95000);
	assert_int_equal(bench_count(b, USER, PRI_LINE_UP), in_time ? 6 : 0);
	nfas_layer2_passes(b, PRIMARY);
	bench_until(b, 20000, nfas_span(b, USER, 3).in_service && nfas_span(b, NET, 3).in_service);
	bench_run(b, 3000);
	assert_true(nfas_span(b, USER, PRIMARY).active);
	assert_up(b, in_time ? 6 : 0);
	for (int i = 0; i < 6 && !in_time; i++)
		assert_int_equal(bench_event(l[i], LEG_CLEARED)->cause.q850, 27);
	nfas_layer2_passes(b, BACKUP);
	bench_run(b, 100000);
	bench_over(b);
}

static void test_both_lost_in_time(void **state)
{
	(void)state;
	both_lost(true);
}

static void test_both_lost_too_late(void **state)
{
	(void)state;
	both_lost(false);
}

/* The primary never comes up: the backup serves after a while. */
static void test_starts_on_backup(void **state)
{
	struct bench *b = bench_open(&(struct bench_conf){
		.type = HW_SPAN_T1, .dialect = PRI_5ESS, .spans = SPANS, .nfas = 2, .no_wait = true });

	(void)state;
	bench_fault(b, PRIMARY, SIM_FAULT_D_LOSS, 1000);
	bench_run(b, 3000);
	assert_true(nfas_span(b, USER, BACKUP).layer2 && !nfas_span(b, USER, BACKUP).in_service);
	bench_run(b, 10000);
	assert_true(nfas_span(b, USER, BACKUP).active && nfas_span(b, USER, BACKUP).in_service);
	bench_call_up(b, NET, "2125553001");
	bench_end_all(b);
	nfas_layer2_passes(b, PRIMARY);
	bench_run(b, 20000);
	bench_over(b);
}

/* The far end has changed over and this end has seen no failure: its messages are followed. */
static void test_far_end_changes(void **state)
{
	struct bench_leg *l[6];
	struct bench *b = with_two(l);

	(void)state;
	/* Only what the network sends on the primary is lost, for as long as it alone notices: then it is back. */
	assert_int_equal(hw_sim_fault(b->card, SPANS + PRIMARY, SIM_FAULT_D_LOSS, 1000), 0);
	bench_until(b, 60000, nfas_span(b, NET, BACKUP).active);
	assert_int_equal(hw_sim_fault(b->card, SPANS + PRIMARY, SIM_FAULT_D_LOSS, 0), 0);
	bench_run(b, 200);
	bench_clear(l[0], 16);
	bench_clear(l[1], 16);
	bench_run(b, 1000);
	assert_true(l[0]->cleared && l[1]->cleared);
	assert_up(b, 4);
	assert_true(nfas_span(b, USER, BACKUP).active);
	bench_run(b, 20000);
	bench_over(b);
}

/* The other program starts again in mid-call: its instances are taken over as a pair, calls end, lines come back. */
static void test_reopened(void **state)
{
	struct bench_leg *l[6];
	struct bench *b = with_two(l);

	(void)state;
	for (int i = 0; i < 3; i++) {
		bench_reopen(b, USER);
		bench_run(b, 20000);
		assert_true(nfas_span(b, USER, PRIMARY).in_service && nfas_span(b, NET, PRIMARY).in_service);
		assert_int_equal(bench_count(b, USER, PRI_LINE_IDLE), 70);
		assert_int_equal(bench_count(b, NET, PRI_LINE_IDLE), 70);
		l[0] = bench_call_up(b, USER, "2125553001");
		nfas_layer2_lost(b, i & 1 ? BACKUP : PRIMARY);
		bench_run(b, 500);
		assert_int_equal(bench_count(b, NET, PRI_LINE_UP), 1);
		nfas_layer2_passes(b, i & 1 ? BACKUP : PRIMARY);
		bench_run(b, 20000);
	}
	bench_over(b);
}

/* By command, there and back: calls stay, also one that rings meanwhile, whose messages do not take signalling back with them. */
static void test_by_command(void **state)
{
	struct bench *b = nfas_open(2, PRI_4ESS, PRI_ASCENDING);
	struct bench_leg *up[2], *ringing;
	struct pri_trunk *t = b->end[USER].trunk;

	(void)state;
	for (int i = 0; i < 2; i++)
		up[i] = bench_call_up(b, i ? NET : USER, "2125553001");
	b->end[NET].offered = bench_ring;
	ringing = bench_call(b, USER, "2125553002");
	bench_until(b, 500, bench_event(ringing, LEG_ALERTING));
	assert_int_equal(pri_trunk_changeover(t), BACKUP);
	bench_run(b, 500);
	nfas_assert_active(b, BACKUP);
	assert_up(b, 2);
	assert_int_equal(leg_answer(b->end[NET].legs->leg, NULL), 0);
	bench_run(b, 500);
	assert_non_null(bench_event(ringing, LEG_ANSWERED));
	nfas_assert_active(b, BACKUP);
	assert_int_equal(nfas_span(b, USER, PRIMARY).switchovers, 1);
	assert_int_equal(nfas_span(b, NET, PRIMARY).switchovers, 1);
	bench_clear(up[0], 16);
	bench_clear(ringing, 16);
	bench_run(b, 500);
	assert_true(up[0]->cleared && ringing->cleared);
	assert_up(b, 1);
	nfas_assert_active(b, BACKUP);
	assert_int_equal(pri_trunk_changeover(t), PRIMARY);
	bench_run(b, 500);
	nfas_assert_active(b, PRIMARY);
	nfas_layer2_lost(b, BACKUP);
	assert_int_equal(pri_trunk_changeover(t), -ENETDOWN);
	nfas_layer2_passes(b, BACKUP);
	bench_run(b, 20000);
	nfas_assert_active(b, PRIMARY);
	assert_up(b, 1);
	bench_over(b);
}

/* Where the far end would not hear of it, or there is nowhere to go. */
static void test_not_by_command(void **state)
{
	struct bench *b = nfas_open(2, PRI_NATIONAL2, PRI_ASCENDING);

	(void)state;
	assert_int_equal(pri_trunk_changeover(b->end[USER].trunk), -ENOTSUP);
	bench_over(b);
	b = nfas_open(1, PRI_4ESS, PRI_ASCENDING);
	assert_int_equal(pri_trunk_changeover(b->end[USER].trunk), -EINVAL);
	bench_over(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_switchover),
		cmocka_unit_test(test_switchover_in_setup),
		cmocka_unit_test(test_primary_span_in_alarm),
		cmocka_unit_test(test_both_lost_in_time),
		cmocka_unit_test(test_both_lost_too_late),
		cmocka_unit_test(test_starts_on_backup),
		cmocka_unit_test(test_far_end_changes),
		cmocka_unit_test(test_reopened),
		cmocka_unit_test(test_by_command),
		cmocka_unit_test(test_not_by_command),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
