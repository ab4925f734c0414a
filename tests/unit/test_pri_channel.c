/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests/unit/test_pri_channel.c: which B channel two ends agree on: SETUP on a busy channel or on none, another channel
 * in the answer, and glare (Q.931 5.1.2, 5.2.3, 5.7).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "tests/support/pri_calls.h"
#include "tests/support/pri_tap.h"

/* --- Elements changed on the way --------------------------------------------------------------- */

static uint8_t in_type;		/* message type to be changed; its first channel element becomes: */
static int from_span, new_pos, new_octet3;
static bool once;

static bool rewrite(struct bench *b, int span, uint8_t *frame, size_t *len)
{
	uint8_t *ie;

	(void)b;
	if (!in_type || span != from_span || *len < 10 || (frame[2] & 1) || frame[4] != 8 || frame[8] != in_type)
		return true;
	ie = pri_tap_element(frame, *len, 0x18);
	if (!ie || ie[1] != 3)
		return true;
	if (new_pos)
		ie[4] = (uint8_t)(0x80 | new_pos);
	if (new_octet3)
		ie[2] = (uint8_t)new_octet3;
	if (once)
		in_type = 0;
	return true;
}

static void set_rewrite(uint8_t type, int span, int octet3, int pos)
{
	in_type = type;
	from_span = span;
	new_octet3 = octet3;
	new_pos = pos;
	once = true;
}

/* The SETUP's channel is busy here: another one when ours is a preference, refused when it is not. */
static void test_setup_on_busy(void **state)
{
	struct bench *b = bench_open(&(struct bench_conf){ .dialect = PRI_EUROISDN_E1, .tap = rewrite });
	struct bench_leg *first, *out;

	(void)state;
	b->end[NET].offered = b->end[USER].offered = bench_answer;
	first = bench_call_up(b, USER, "1");
	assert_int_equal(bench_pos(first), 1);
	for (int caller = 0; caller < 2; caller++) {
		set_rewrite(0x05, caller + 1, 0xa1, 1);		/* preferred: chan 1 */
		out = bench_call(b, caller, "2");
		assert_int_equal(bench_pos(out), 2);
		bench_until(b, 500, bench_event(out, LEG_ANSWERED));
		assert_int_equal(bench_pos(b->end[!caller].legs), 2);	/* the first idle one there */
		assert_int_equal(bench_pos(out), 2);
		bench_clear(out, 16);
		bench_run(b, 100);

		set_rewrite(0x05, caller + 1, 0xa9, 1);		/* exclusive */
		out = bench_call(b, caller, "3");
		bench_run(b, 200);	/* refused with 44, tried again on another one, which works */
		assert_non_null(strstr(out->ladder, "cause 44"));
		assert_non_null(strstr(bench_refused(b, !caller)->offer.refused_why, "channel 1, which alone the far end asks for, has a call"));
		assert_non_null(bench_event(out, LEG_AUDIO));
		assert_non_null(bench_event(out, LEG_ANSWERED));
		assert_int_equal(bench_pos(out), bench_pos(b->end[!caller].legs));
		bench_clear(out, 16);
		bench_run(b, 100);
	}
	assert_false(first->cleared);
	bench_over(b);
}

/* "Any channel": the other end must choose, and its answer names the channel. */
static void test_any_channel(void **state)
{
	struct bench *b = bench_open(&(struct bench_conf){ .dialect = PRI_EUROISDN_E1, .tap = rewrite,
							   .hunt = PRI_DESCENDING });
	struct bench_leg *out;

	(void)state;
	b->end[NET].offered = b->end[USER].offered = bench_answer;
	for (int caller = 0; caller < 2; caller++) {
		bench_call_up(b, !caller, "0");	/* occupies 31 at both ends */
		set_rewrite(0x05, caller + 1, 0xa3, 0);
		out = bench_call_up(b, caller, "1");
		assert_int_equal(bench_pos(out), bench_pos(b->end[!caller].legs));
		assert_int_equal(bench_count(b, USER, PRI_LINE_UP), 2);
		bench_end_all(b);
	}
	bench_over(b);
}

/* No channel element at all, from the user side: the network chooses (Q.931 5.1.2). */
static bool no_channel(struct bench *b, int span, uint8_t *frame, size_t *len)
{
	uint8_t *ie = NULL;

	(void)b;
	if (span == 1 && *len > 10 && !(frame[2] & 1) && frame[4] == 8 && frame[8] == 0x05)
		ie = pri_tap_element(frame, *len, 0x18);
	if (ie) {
		size_t n = 2U + ie[1];

		memmove(ie, ie + n, (size_t)(frame + *len - ie) - n);
		*len -= n;
	}
	return true;
}

static void test_no_channel(void **state)
{
	struct bench *b = bench_open(&(struct bench_conf){ .dialect = PRI_EUROISDN_E1, .tap = no_channel });
	struct bench_leg *out, *held;

	(void)state;
	held = bench_call(b, NET, "0");		/* the network's own call has chan 1 */
	bench_run(b, 50);
	b->end[NET].offered = bench_answer;
	out = bench_call(b, USER, "1");
	bench_until(b, 500, bench_event(out, LEG_ANSWERED));
	assert_int_equal(bench_pos(b->end[NET].legs), 2);
	assert_int_equal(bench_pos(out), 2);
	assert_non_null(strstr(b->end[NET].legs->ladder, "< SETUP"));
	assert_non_null(strstr(b->end[NET].legs->ladder, " speech called 1"));	/* no channel between them */
	bench_clear(held, 16);
	bench_close(b);
}

static void connect_only(struct bench_leg *l)
{
	assert_int_equal(leg_answer(l->leg, NULL), 0);
}

/* The answer to SETUP names another channel: in each message that may be the first. */
static void test_other_channel_in_answer(void **state)
{
	static const struct { const char *why; uint8_t type; void (*offered)(struct bench_leg *); } rows[] = {
		{ "CALL PROCEEDING", 0x02, bench_ring },
		{ "CALL PROCEEDING, then the rest at once", 0x02, bench_answer },
		{ "CONNECT", 0x07, connect_only },
	};
	struct bench *b = bench_open(&(struct bench_conf){ .dialect = PRI_EUROISDN_E1, .tap = rewrite });

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct bench_leg *out;

		b->end[NET].offered = rows[i].offered;
		set_rewrite(rows[i].type, 2, 0xa9, 7);
		out = bench_call(b, USER, "1");
		bench_run(b, 100);
		assert_int_equal(bench_pos(out), 7);
		assert_non_null(bench_event(out, LEG_AUDIO));
		assert_int_equal(out->leg->line->chan, 7);
		assert_int_equal(bench_line(b, USER, 1), PRI_LINE_IDLE);
		bench_clear(out, 16);
		bench_run(b, 100);
	}
	bench_over(b);
}

/* ... a channel that this end has in use, or has not: cleared with cause 6 (Q.931 5.2.3.1) and tried once more elsewhere. */
static void test_bad_channel_in_answer(void **state)
{
	struct bench *b = bench_open(&(struct bench_conf){ .dialect = PRI_EUROISDN_E1, .tap = rewrite });
	struct bench_leg *first, *out;

	(void)state;
	b->end[NET].offered = bench_answer;
	first = bench_call(b, USER, "1");
	bench_run(b, 100);
	for (int pos = 1; pos < 17; pos += 15) {
		set_rewrite(0x02, 2, 0xa9, pos);	/* 1 is busy, 16 is the D channel */
		out = bench_call(b, USER, "2");
		bench_run(b, 200);
		assert_int_equal(bench_event(b->end[NET].legs->next, LEG_CLEARED)->cause.q850, 6);
		assert_non_null(bench_event(out, LEG_ANSWERED));
		assert_int_equal(bench_pos(out), bench_pos(b->end[NET].legs));
		bench_clear(out, 16);
		bench_run(b, 100);

		set_rewrite(0x02, 2, 0xa9, pos);
		once = false;				/* and again: that is all */
		out = bench_call(b, USER, "2");
		bench_run(b, 300);
		in_type = 0;
		assert_true(out->cleared);
		assert_int_equal(bench_event(out, LEG_CLEARED)->cause.q850, 6);
		assert_int_equal(bench_event(b->end[NET].legs, LEG_CLEARED)->cause.q850, 6);
		assert_false(first->cleared);
	}
	bench_over(b);
}

/* ... though ours was asked for exclusively: not taken, and once more elsewhere; then cleared with cause 6. */
static void test_other_than_exclusive(void **state)
{
	static const struct { uint8_t type; void (*offered)(struct bench_leg *); } rows[] = {
		{ 0x02, bench_ring }, { 0x02, bench_answer }, { 0x07, connect_only } };
	struct bench *b = bench_open(&(struct bench_conf){ .dialect = PRI_EUROISDN_E1, .tap = rewrite, .exclusive = true });

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]) * 2; i++) {
		struct bench_leg *out;

		b->end[NET].offered = rows[i / 2].offered;
		set_rewrite(rows[i / 2].type, 2, 0xa9, 7);
		once = !(i & 1);
		out = bench_call(b, USER, "1");
		bench_run(b, 300);
		in_type = 0;
		assert_int_equal(bench_line(b, USER, 7), PRI_LINE_IDLE);
		assert_non_null(strstr(b->end[USER].log, "asked for exclusively"));
		assert_non_null(strstr(out->ladder, "channel not taken"));
		if (i & 1) {
			assert_true(out->cleared);
			assert_int_equal(bench_event(out, LEG_CLEARED)->cause.q850, 6);
			assert_int_equal(bench_event(b->end[NET].legs, LEG_CLEARED)->cause.q850, 6);
			continue;
		}
		assert_int_equal(bench_event(b->end[NET].legs->next, LEG_CLEARED)->cause.q850, 6);
		assert_int_equal(bench_pos(out), bench_pos(b->end[NET].legs));
		assert_int_equal(out->cleared, false);
		bench_clear(out, 16);
		bench_run(b, 100);
	}
	bench_over(b);
}

/* --- Glare ------------------------------------------------------------------------------------- */

static void glare(bool exclusive)
{
	struct bench *b = bench_open(&(struct bench_conf){ .dialect = PRI_EUROISDN_E1, .exclusive = exclusive });
	struct bench_leg *user, *net;

	b->end[NET].offered = b->end[USER].offered = bench_answer;
	user = bench_call(b, USER, "1");
	net = bench_call(b, NET, "2");
	assert_int_equal(bench_pos(user), 1);
	assert_int_equal(bench_pos(net), 1);
	bench_until(b, 1000, bench_event(user, LEG_ANSWERED) && bench_event(net, LEG_ANSWERED));
	assert_int_equal(bench_pos(net), 1);		/* the network wins (Q.931 5.7) */
	assert_int_equal(bench_pos(user), 2);
	assert_int_equal(bench_pos(b->end[USER].legs), 1);	/* newest: the incoming one */
	assert_int_equal(bench_pos(b->end[NET].legs), 2);
	assert_int_equal(bench_span(b, USER).glare, 1);
	assert_int_equal(bench_span(b, NET).glare, 1);
	assert_int_equal(user->leg->line->chan, 2);
	assert_int_equal(strstr(user->ladder, "cause 44") != NULL, exclusive);
	assert_int_equal(b->end[NET].n_refused, exclusive);
	if (exclusive)
		assert_non_null(strstr(bench_refused(b, NET)->offer.refused_why, "channel 1, which alone the far end asks for, was "
											 "called on by both ends"));
	bench_over(b);
}

static void test_glare(void **state)
{
	(void)state;
	glare(false);
	glare(true);
}

/* One free channel for two calls: the network's goes through, the user's gets cause 34. */
static void test_glare_on_the_last(void **state)
{
	struct bench *b = bench_open(&(struct bench_conf){ .dialect = PRI_EUROISDN_E1 });
	struct bench_leg *user, *net;

	(void)state;
	b->end[NET].offered = b->end[USER].offered = bench_answer;
	for (int i = 0; i < 29; i++)
		bench_call(b, USER, "0");
	bench_run(b, 1000);
	assert_int_equal(bench_count(b, NET, PRI_LINE_UP), 29);
	user = bench_call(b, USER, "1");
	net = bench_call(b, NET, "2");
	bench_run(b, 500);
	assert_non_null(bench_event(net, LEG_ANSWERED));
	assert_true(user->cleared);
	assert_int_equal(bench_event(user, LEG_CLEARED)->cause.q850, 34);
	assert_string_equal(bench_refused(b, NET)->offer.refused_why, "no channel is free");
	assert_int_equal(bench_event(bench_refused(b, NET), LEG_CLEARED)->cause.q850, 34);
	bench_over(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_setup_on_busy),
		cmocka_unit_test(test_any_channel),
		cmocka_unit_test(test_no_channel),
		cmocka_unit_test(test_other_channel_in_answer),
		cmocka_unit_test(test_bad_channel_in_answer),
		cmocka_unit_test(test_other_than_exclusive),
		cmocka_unit_test(test_glare),
		cmocka_unit_test(test_glare_on_the_last),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
