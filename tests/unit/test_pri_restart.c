/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests/unit/test_pri_restart.c: RESTART (Q.931 5.5): of every line at the start, with the answer lost, with
 * a far end that has not the procedure, on a channel in use, and what brings back a line set aside.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "tests/support/pri_bench.h"

#define RESTART 0x46
#define RESTART_ACK 0x4e

static int deaf;	/* the channel whose RESTART ACKNOWLEDGE from span 2 gets lost, -1 for all */
static bool late;	/* RESTART from span 2 becomes the RESTART ACKNOWLEDGE that was lost before */
static bool mute;	/* RESTART from span 2 gets lost: it would prove lines idle at span 1 */

/* Layer 2 must see the frame, so the message becomes STATUS ENQUIRY for a call that does not exist. */
static bool lose_ack(struct bench *b, int span, uint8_t *frame, size_t *len)
{
	bool ack, restart;

	if (span != 2 || *len < 14 || (frame[2] & 1) || frame[4] != 8)
		return true;
	if (late && frame[8] == RESTART) {
		frame[6] |= 0x80;
		frame[8] = RESTART_ACK;
		return true;
	}
	ack = frame[8] == RESTART_ACK && (deaf < 0 || (frame[13] & 0x7f) == deaf);
	restart = frame[8] == RESTART && mute;
	if (!(ack && deaf) && !restart)
		return true;
	b->n += ack;
	frame[6] = 0x7f;
	frame[7] = 0xff;
	frame[8] = 0x75;
	return true;
}

static void test_at_start(void **state)
{
	struct bench *b = bench_open(&(struct bench_conf){ .dialect = PRI_EUROISDN_E1, .no_wait = true });
	struct leg_offer o = { .called = { "1", 0, 0, 0, 0 } };
	struct leg *leg;

	(void)state;
	/* Out of service, or restarting already when an instance of an earlier test took over. */
	assert_int_equal(bench_count(b, USER, PRI_LINE_IDLE), 0);
	assert_true(pri_trunk_call(b->end[USER].trunk, &o, NULL, NULL, &leg) < 0);
	bench_until(b, 5000, bench_count(b, USER, PRI_LINE_IDLE) == 30 &&
		    bench_count(b, NET, PRI_LINE_IDLE) == 30);
	assert_int_equal(bench_span(b, USER).restarts, 30);
	assert_int_equal(bench_span(b, NET).restarts, 30);
	assert_int_equal(bench_span(b, USER).restart_timeouts, 0);
	assert_true(bench_span(b, USER).in_service && bench_span(b, USER).layer2);
	assert_true(b->end[USER].n_changed > 0);
	bench_close(b);
}

static void start_deaf(struct bench **out, int chan)
{
	deaf = chan;
	*out = bench_open(&(struct bench_conf){ .dialect = PRI_EUROISDN_E1, .no_wait = true, .tap = lose_ack });
}

static void test_ack_lost_once(void **state)
{
	struct bench *b;

	(void)state;
	mute = true;
	start_deaf(&b, 5);
	bench_until(b, 5000, b->n == 1);
	deaf = 0;
	bench_run(b, 19000);
	assert_int_equal(bench_line(b, USER, 5), PRI_LINE_RESTARTING);
	assert_int_equal(bench_line(b, USER, 4), PRI_LINE_IDLE);
	assert_int_equal(bench_line(b, USER, 6), PRI_LINE_RESTARTING);	/* one at a time */
	bench_run(b, 5000);
	assert_int_equal(bench_count(b, USER, PRI_LINE_IDLE), 30);
	assert_int_equal(bench_span(b, USER).restart_timeouts, 1);
	assert_int_equal(bench_span(b, USER).restarts, 31);
	mute = false;
	bench_close(b);
}

/* Three times without an answer: set aside, and not hunted; DESCENDING shows it on channel 31. */
static struct bench *set_aside(int chan)
{
	struct bench *b;

	mute = true;
	start_deaf(&b, chan);
	bench_run(b, 30000);
	assert_int_equal(bench_count(b, USER, PRI_LINE_IDLE), 29);	/* the others do not wait for it */
	bench_run(b, 35000);
	mute = false;
	bench_run(b, 120000);
	assert_int_equal(bench_line(b, USER, chan), PRI_LINE_SET_ASIDE);
	assert_int_equal(bench_count(b, USER, PRI_LINE_IDLE), 29);
	assert_int_equal(b->n, 3);
	assert_int_equal(bench_span(b, USER).restart_timeouts, 3);
	assert_non_null(strstr(b->end[USER].log, "chan 5: RESTART sent 3 times, no answer: set aside"));
	deaf = 0;
	return b;
}

static void test_set_aside_then_setup(void **state)
{
	struct bench *b = set_aside(5);
	struct bench_leg *l;

	(void)state;
	for (int i = 0; i < 5; i++)
		l = bench_call(b, USER, "1");
	assert_int_equal(bench_pos(l), 6);	/* 5 is passed over */
	for (l = b->end[USER].legs; l; l = l->next)
		bench_clear(l, 16);
	bench_run(b, 500);
	b->end[USER].offered = bench_answer;
	for (int i = 0; i < 5; i++)
		l = bench_call(b, NET, "1");
	bench_run(b, 200);
	assert_int_equal(bench_pos(l), 5);
	assert_int_equal(bench_line(b, USER, 5), PRI_LINE_UP);
	assert_non_null(strstr(b->end[USER].log, "proves it idle"));
	bench_clear(l, 16);
	bench_run(b, 200);
	assert_int_equal(bench_line(b, USER, 5), PRI_LINE_IDLE);
	bench_close(b);
}

static void test_set_aside_then_restart(void **state)
{
	struct bench *b = set_aside(5);

	(void)state;
	pri_trunk_restart(b->end[NET].trunk);	/* the switch restarts its channels */
	bench_run(b, 2000);
	assert_int_equal(bench_count(b, USER, PRI_LINE_IDLE), 30);
	assert_int_equal(bench_count(b, NET, PRI_LINE_IDLE), 30);
	bench_close(b);
}

static void test_set_aside_then_command(void **state)
{
	struct bench *b = set_aside(5);

	(void)state;
	pri_trunk_restart(b->end[USER].trunk);
	bench_run(b, 2000);
	bench_assert_idle(b);
	bench_close(b);
}

static void test_set_aside_then_late_ack(void **state)
{
	struct bench *b = set_aside(5);

	(void)state;
	late = true;
	pri_trunk_restart_at(b->end[NET].trunk, 2, 5);
	bench_run(b, 200);
	late = false;
	assert_int_equal(bench_line(b, USER, 5), PRI_LINE_IDLE);
	assert_int_equal(bench_count(b, USER, PRI_LINE_IDLE), 30);
	assert_non_null(strstr(b->end[USER].log, "chan 5: a late RESTART ACKNOWLEDGE proves it idle"));
	bench_close(b);
}

/* One RESTART every five minutes; the line stays aside until one is answered. */
static void test_set_aside_then_retried(void **state)
{
	struct bench *b = set_aside(5);

	(void)state;
	deaf = 5;
	bench_run(b, 190000);
	assert_int_equal(b->n, 4);	/* once, at 300 s, not three times */
	assert_int_equal(bench_line(b, USER, 5), PRI_LINE_SET_ASIDE);
	bench_run(b, 60000);
	assert_int_equal(b->n, 4);
	assert_int_equal(bench_line(b, USER, 5), PRI_LINE_SET_ASIDE);
	assert_non_null(strstr(b->end[USER].log, "chan 5: again no answer to RESTART"));
	deaf = 0;
	bench_until(b, 320000, bench_line(b, USER, 5) == PRI_LINE_IDLE);
	bench_assert_idle(b);
	bench_close(b);
}

/* A far end that answers no RESTART at all has not the procedure: the lines are used. */
static void test_no_restart_there(void **state)
{
	struct bench *b;

	(void)state;
	mute = true;
	start_deaf(&b, -1);
	bench_run(b, 55000);
	assert_int_equal(bench_count(b, USER, PRI_LINE_IDLE), 0);
	bench_run(b, 10000);
	assert_int_equal(bench_count(b, USER, PRI_LINE_IDLE), 30);
	assert_non_null(strstr(b->end[USER].log, "answers no RESTART"));
	deaf = 0;
	mute = false;
	bench_close(b);
}

/* RESTART from the far end for a channel with a call: the call is over at once (Q.931 5.5.2). */
static void test_in_use(void **state)
{
	struct bench *b = bench_open(&(struct bench_conf){ .dialect = PRI_EUROISDN_E1 });
	struct bench_leg *out, *in;

	(void)state;
	b->end[NET].offered = bench_answer;
	out = bench_call(b, USER, "1");
	bench_until(b, 500, bench_event(out, LEG_ANSWERED));
	in = b->end[NET].legs;
	pri_trunk_restart(b->end[USER].trunk);	/* idle lines only: the call stays */
	bench_run(b, 2000);
	assert_false(out->cleared || in->cleared);
	bench_reopen(b, USER);	/* the far end's program starts again, and restarts all its lines */
	assert_true(out->cleared);
	assert_int_equal(bench_event(out, LEG_CLEARED)->cause.q850, 41);
	bench_run(b, 5000);
	assert_true(in->cleared);
	bench_assert_idle(b);
	bench_close(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_at_start), cmocka_unit_test(test_ack_lost_once),
		cmocka_unit_test(test_set_aside_then_setup), cmocka_unit_test(test_set_aside_then_restart),
		cmocka_unit_test(test_set_aside_then_command),
		cmocka_unit_test(test_set_aside_then_late_ack),
		cmocka_unit_test(test_set_aside_then_retried), cmocka_unit_test(test_no_restart_there),
		cmocka_unit_test(test_in_use),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
