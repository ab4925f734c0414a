/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hold and retrieve towards a SIP far end, by re-INVITE, between two user agents. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define FAKE_MEDIA
#include "tests/support/fake_media.c"
#include "tests/support/sip_pair.c"

static void up(struct pair *w)
{
	pair_world_open(w, pair_conf_b);
	w->on_offered = pair_answer_at_once;
	pair_call(w, "b");
	pair_until_seen(w, &w->from, "answered");
	pair_for_ms(w, 30);	/* ACK */
}

static void down(struct pair *w)
{
	pair_clear(&w->from, 16, "");
	pair_both_cleared(w);
	pair_world_close(w);
}

static void test_hold_and_resume(void **state)
{
	struct pair w;

	(void)state;
	up(&w);
	for (int i = 0; i < 2; i++) {		/* the caller holds, then the called side */
		struct pair_end *us = i ? &w.to : &w.from, *they = i ? &w.from : &w.to;

		they->events[0] = 0;
		assert_int_equal(leg_hold(us->leg), 0);
		pair_until_seen(&w, they, "held");
		pair_for_ms(&w, 30);
		assert_int_equal(us->leg->port->remote.dir, MEDIA_SEND);
		assert_int_equal(they->leg->port->remote.dir, MEDIA_RECV);
		assert_int_equal(leg_resume(us->leg), 0);
		pair_until_seen(&w, they, "resumed");
		pair_for_ms(&w, 30);
		assert_int_equal(us->leg->port->remote.dir, MEDIA_SENDRECV);
		assert_int_equal(they->leg->port->remote.dir, MEDIA_SENDRECV);
	}
	down(&w);
}

/* What was wanted last counts, however fast it changed. */
static void test_hold_in_haste(void **state)
{
	struct pair w;

	(void)state;
	up(&w);
	assert_int_equal(leg_hold(w.from.leg), 0);
	assert_int_equal(leg_resume(w.from.leg), 0);
	assert_int_equal(leg_hold(w.from.leg), 0);
	assert_int_equal(leg_resume(w.from.leg), 0);
	pair_for_ms(&w, 100);
	assert_int_equal(w.to.leg->port->remote.dir, MEDIA_SENDRECV);
	assert_int_equal(leg_hold(w.from.leg), 0);
	assert_int_equal(leg_clear(w.from.leg, &(struct leg_cause){ .q850 = 16 }), 0);	/* its answer finds the leg clearing */
	pair_both_cleared(&w);
	pair_world_close(&w);
}

/* Wanted before the call is up: it goes out when it is. */
static void test_hold_before_answer(void **state)
{
	struct pair w;

	(void)state;
	pair_world_open(&w, pair_conf_b);
	w.on_offered = pair_ring;
	pair_call(&w, "b");
	pair_until_seen(&w, &w.from, "alerting");
	assert_int_equal(leg_hold(w.from.leg), 0);
	assert_int_equal(leg_answer(w.to.leg, NULL), 0);
	pair_until_seen(&w, &w.to, "held");
	down(&w);
}

/* Both at once: each gets 491 and tries again after a time of its own (RFC 3261 14.1). */
static void test_glare(void **state)
{
	struct pair w;

	(void)state;
	up(&w);
	assert_int_equal(leg_hold(w.from.leg), 0);
	assert_int_equal(leg_hold(w.to.leg), 0);
	pair_until_seen(&w, &w.from, "held");
	pair_until_seen(&w, &w.to, "held");
	pair_for_ms(&w, 50);
	assert_non_null(strstr(w.to.trace, "491"));
	assert_int_equal(w.from.leg->port->remote.dir & MEDIA_RECV, 0);
	assert_int_equal(w.to.leg->port->remote.dir & MEDIA_RECV, 0);
	down(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hold_and_resume),
		cmocka_unit_test(test_hold_in_haste),
		cmocka_unit_test(test_hold_before_answer),
		cmocka_unit_test(test_glare),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
