/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests/unit/test_pri_hold.c: HOLD, RETRIEVE and NOTIFY between two ends of libpri: from each side, on each dialect; a held call
 * has no channel and another call gets it; refusals; calls that end in the middle of it.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "channels/pri_dialect.h"
#include "tests/support/pri_services.h"

enum { HOLD = SERVICE(HOLD) };

struct up {
	struct bench *b;
	struct bench_leg *out, *in;
};

static struct up call_up(struct bench *b, int from)
{
	struct up u = { .b = b };

	u.out = services_call(b, from, &u.in);
	return u;
}

static unsigned count(const struct bench_leg *l, enum leg_event_kind kind)
{
	unsigned n = 0;

	for (unsigned i = 0; i < l->n_events; i++)
		n += l->events[i].kind == kind;
	return n;
}

/* A held call has no line; its channel carries another call; it comes back on a channel of its own. */
static void held_and_back(enum pri_dialect dialect, int from, bool by_caller)
{
	struct up u = call_up(services_open(dialect, HOLD, HOLD), from), second;
	struct bench_leg *holder = by_caller ? u.out : u.in, *held = by_caller ? u.in : u.out;
	int pos = bench_pos(u.out);

	assert_int_equal(leg_hold(holder->leg), 0);
	bench_until(u.b, 500, bench_event(held, LEG_HELD) && !bench_pos(holder));
	assert_null(holder->leg->line);
	assert_null(held->leg->line);
	assert_int_equal(bench_count(u.b, USER, PRI_LINE_UP), 0);
	assert_int_equal(bench_line(u.b, NET, pos), PRI_LINE_IDLE);
	assert_int_equal(count(held, LEG_AUDIO), 1);

	second = call_up(u.b, from);
	assert_int_equal(bench_pos(second.out), pos);
	assert_int_equal(leg_resume(holder->leg), 0);
	bench_until(u.b, 500, bench_event(held, LEG_RESUMED) && holder->leg->line);
	assert_int_not_equal(bench_pos(holder), pos);
	assert_int_equal(bench_pos(holder), bench_pos(held));
	assert_non_null(holder->leg->line);
	assert_non_null(held->leg->line);
	bench_run(u.b, 50);
	assert_int_equal(bench_count(u.b, USER, PRI_LINE_UP), 2);
	assert_int_equal(bench_count(u.b, NET, PRI_LINE_UP), 2);
	assert_int_equal(count(holder, LEG_AUDIO), 2);
	bench_clear(second.out, 16);
	bench_over(u.b);
}

static void test_held_and_back(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++)
		for (int d = 0; d < PRI_DIALECTS; d++)
			held_and_back((enum pri_dialect)d, i & 1, i & 2);
}

/* The far end is told by NOTIFY where there is no HOLD: the trunk has none, or the far end refuses it. The channel stays. */
static void notified(unsigned user, int from)
{
	struct up u = call_up(services_open(PRI_EUROISDN_E1, user, 0), from);
	struct bench_leg *holder = from == USER ? u.out : u.in, *held = from == USER ? u.in : u.out;
	int pos = bench_pos(holder);

	for (unsigned i = 1; i <= 2; i++) {
		assert_int_equal(leg_hold(holder->leg), 0);
		bench_until(u.b, 6000, count(held, LEG_HELD) == i);
		assert_int_equal(leg_resume(holder->leg), 0);
		bench_until(u.b, 500, count(held, LEG_RESUMED) == i);
	}
	assert_int_equal(bench_pos(holder), pos);
	assert_int_equal(bench_pos(held), pos);
	assert_int_equal(!!strstr(holder->ladder, "HOLD REJECT"), user != 0);
	bench_over(u.b);
}

static void test_notified(void **state)
{
	(void)state;
	notified(0, USER);
	notified(0, NET);
	notified(HOLD, USER);
	notified(HOLD, NET);
}

/* Without HOLD on either end: NOTIFY where libpri sends it, else the far end knows nothing, and the call goes on. */
static void test_without_service(void **state)
{
	(void)state;
	for (int d = 0; d < PRI_DIALECTS; d++) {
		bool told = pri_dialect_def((enum pri_dialect)d)->hold_notify;
		struct up u = call_up(services_open((enum pri_dialect)d, 0, 0), d & 1 ? USER : NET);

		assert_int_equal(leg_hold(u.in->leg), 0);
		bench_run(u.b, 1000);
		assert_int_equal(count(u.out, LEG_HELD), told);
		assert_int_equal(leg_resume(u.in->leg), 0);
		bench_run(u.b, 1000);
		assert_int_equal(count(u.out, LEG_RESUMED), told);
		assert_int_not_equal(bench_pos(u.in), 0);
		assert_int_equal(strstr(u.in->ladder, "NOTIFY") != NULL, told);
		bench_over(u.b);
	}
}

/* What is wanted last counts, whatever is under way. */
static void test_quick_hands(void **state)
{
	struct up u = call_up(services_open(PRI_EUROISDN_E1, HOLD, HOLD), USER);

	(void)state;
	assert_int_equal(leg_hold(u.out->leg), 0);
	assert_int_equal(leg_resume(u.out->leg), 0);
	assert_int_equal(leg_hold(u.out->leg), 0);
	assert_int_equal(leg_resume(u.out->leg), 0);
	bench_until(u.b, 1000, bench_event(u.in, LEG_RESUMED));
	bench_run(u.b, 200);
	assert_int_equal(bench_count(u.b, USER, PRI_LINE_UP), 1);
	assert_int_equal(bench_count(u.b, NET, PRI_LINE_UP), 1);
	bench_over(u.b);
}

/* Both ends hold: each takes back what it held. */
static void test_both(void **state)
{
	struct up u = call_up(services_open(PRI_EUROISDN_E1, HOLD, HOLD), USER);

	(void)state;
	assert_int_equal(leg_hold(u.out->leg), 0);
	bench_until(u.b, 500, bench_event(u.in, LEG_HELD));
	assert_int_equal(leg_hold(u.in->leg), 0);	/* kept until the call has a channel again */
	bench_run(u.b, 200);
	assert_null(bench_event(u.out, LEG_HELD));
	assert_int_equal(leg_resume(u.out->leg), 0);
	bench_until(u.b, 500, bench_event(u.out, LEG_HELD));
	assert_int_equal(leg_resume(u.in->leg), 0);
	bench_until(u.b, 500, bench_event(u.out, LEG_RESUMED));
	bench_over(u.b);
}

/* --- No channel for the retrieval -------------------------------------------------------------- */

/* Some of them may be clearing already: their channel went to the call that came back. */
static void clear_all_but(struct bench *b, const struct bench_leg *keep)
{
	struct leg_cause c = { .q850 = 16 };

	for (struct bench_leg *l = b->end[NET].legs; l; l = l->next)
		if (l != keep && l->leg && !l->incoming)
			leg_clear(l->leg, &c);
}

/* The call stays held while every channel is busy, and comes back when one is free. */
static void test_no_channel(void **state)
{
	struct up u = call_up(services_open(PRI_EUROISDN_E1, HOLD, HOLD), USER);

	(void)state;
	assert_int_equal(leg_hold(u.out->leg), 0);
	bench_until(u.b, 500, bench_event(u.in, LEG_HELD));
	u.b->end[USER].offered = bench_answer;
	for (int i = 0; i < 30; i++) {
		assert_non_null(bench_call(u.b, NET, "1"));
		bench_run(u.b, 100);
	}
	assert_int_equal(bench_count(u.b, USER, PRI_LINE_UP), 30);
	assert_int_equal(leg_resume(u.out->leg), 0);
	bench_run(u.b, 6000);
	assert_null(bench_event(u.in, LEG_RESUMED));
	assert_false(u.out->cleared);
	clear_all_but(u.b, u.in);
	bench_until(u.b, 6000, bench_event(u.in, LEG_RESUMED));
	assert_int_not_equal(bench_pos(u.out), 0);
	bench_over(u.b);
}

static bool net_is_mute;
static bool mute_net(struct bench *b, int span, uint8_t *frame, size_t *len)
{
	(void)b;
	(void)frame;
	(void)len;
	return span != 2 || !net_is_mute;
}

/* The network has given away its last channel when RETRIEVE comes: RETRIEVE REJECT with cause 34, and the call stays held. */
static void test_rejected(void **state)
{
	struct up u = call_up(services_open(PRI_EUROISDN_E1, HOLD, HOLD), USER);

	(void)state;
	assert_int_equal(leg_hold(u.out->leg), 0);
	bench_until(u.b, 500, bench_event(u.in, LEG_HELD));
	u.b->tap = mute_net;
	net_is_mute = true;	/* its SETUPs are on their way */
	for (int i = 0; i < 30; i++)
		assert_non_null(bench_call(u.b, NET, "1"));
	assert_int_equal(leg_resume(u.out->leg), 0);
	bench_run(u.b, 100);
	net_is_mute = false;
	u.b->end[USER].offered = bench_answer;
	bench_until(u.b, 4000, strstr(u.out->ladder, "< RETRIEVE REJECT"));
	assert_non_null(strstr(u.out->ladder, "cause 34"));
	assert_null(u.out->leg->line);
	assert_false(u.out->cleared);
	clear_all_but(u.b, u.in);
	bench_until(u.b, 7000, bench_event(u.in, LEG_RESUMED));
	assert_int_equal(bench_pos(u.out), bench_pos(u.in));
	bench_over(u.b);
}

/* --- No answer --------------------------------------------------------------------------------- */

static uint8_t deaf_to;	/* a message type that becomes an empty FACILITY on the way */
static bool make_deaf(struct bench *b, int span, uint8_t *frame, size_t *len)
{
	(void)b;
	if (span == 1 && *len > 8 && !(frame[2] & 1) && frame[4] == 8 && frame[6 + frame[5]] == deaf_to) {
		frame[6 + frame[5]] = 0x62;
		*len = 7 + (size_t)frame[5];
	}
	return true;
}

/* HOLD without an answer: NOTIFY in its place after T-HOLD. RETRIEVE without one: it is asked again after T-RETRIEVE. */
static void no_answer(unsigned t_hold, unsigned t_retrieve)
{
	struct bench_conf conf = { .dialect = PRI_EUROISDN_E1, .services = { HOLD, HOLD },
				   .timers = { [PT_HOLD] = t_hold, [PT_RETRIEVE] = t_retrieve } };
	unsigned hold_ms = t_hold ? t_hold : 4000, retrieve_ms = t_retrieve ? t_retrieve : 4000;
	struct up u = call_up(bench_open(&conf), USER);

	u.b->tap = make_deaf;
	deaf_to = 0x24;
	assert_int_equal(leg_hold(u.out->leg), 0);
	bench_run(u.b, hold_ms - 100);
	assert_null(bench_event(u.in, LEG_HELD));
	bench_until(u.b, 200, bench_event(u.in, LEG_HELD));
	assert_int_not_equal(bench_pos(u.out), 0);
	assert_int_equal(leg_resume(u.out->leg), 0);
	bench_until(u.b, 500, count(u.in, LEG_RESUMED) == 1);
	deaf_to = 0x31;
	assert_int_equal(leg_hold(u.out->leg), 0);
	bench_until(u.b, 500, !u.out->leg->line);
	assert_int_equal(leg_resume(u.out->leg), 0);
	bench_run(u.b, retrieve_ms - 100);
	assert_int_not_equal(bench_pos(u.out), 0);	/* kept for the answer */
	bench_until(u.b, 200, !bench_pos(u.out));	/* nothing is taken for what was not agreed */
	deaf_to = 0;
	bench_until(u.b, 6000 + retrieve_ms, count(u.in, LEG_RESUMED) == 2);
	assert_int_equal(bench_pos(u.out), bench_pos(u.in));
	bench_over(u.b);
}

static void test_no_answer(void **state)
{
	static const unsigned rows[][2] = { { 0, 0 }, { 1000, 6000 }, { 8000, 2000 } };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		no_answer(rows[i][0], rows[i][1]);
}

/* --- The call ends in the middle of it --------------------------------------------------------- */

static void test_cleared_in_the_middle(void **state)
{
	(void)state;
	for (int i = 0; i < 12; i++) {
		struct up u = call_up(services_open(i & 1 ? PRI_NATIONAL2 : PRI_EUROISDN_E1, HOLD, HOLD), USER);
		struct bench_leg *who = i & 2 ? u.in : u.out;

		assert_int_equal(leg_hold(u.out->leg), 0);	/* HOLD is on its way */
		if (i >= 4)					/* held */
			bench_until(u.b, 500, bench_event(u.in, LEG_HELD) && !u.out->leg->line);
		if (i >= 8)					/* RETRIEVE is on its way */
			assert_int_equal(leg_resume(u.out->leg), 0);
		bench_clear(who, 16);
		bench_until(u.b, 5000, u.out->cleared && u.in->cleared);
		assert_int_equal(bench_event(u.out, LEG_CLEARED)->cause.q850, 16);
		bench_over(u.b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_held_and_back),
		cmocka_unit_test(test_notified),
		cmocka_unit_test(test_without_service),
		cmocka_unit_test(test_quick_hands),
		cmocka_unit_test(test_both),
		cmocka_unit_test(test_no_channel),
		cmocka_unit_test(test_rejected),
		cmocka_unit_test(test_no_answer),
		cmocka_unit_test(test_cleared_in_the_middle),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
