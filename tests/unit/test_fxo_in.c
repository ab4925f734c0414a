/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests/unit/test_fxo_in.c: calls that come in on an FXO line: rings, caller ID, giving up, two-stage dialling. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "tests/support/fxo_rig.h"

static struct rig *fresh(void)
{
	struct fxo_conf c = fx_conf();

	return fx_open(&c);
}

/* One UK ring: 400 ms, 200, 400; and its pause. */
static void uk_ring(struct rig *r, int chan)
{
	fx_ring(r, chan, 400);
	fx_run(r, 200);
	fx_ring(r, chan, 400);
	fx_run(r, 2000);
}

static const struct {
	const char *why;
	unsigned on[4], off[4];	/* bursts of ring voltage */
	unsigned min_ms;
	int offered;
} ring_rows[] = {
	{"two rings", {1000, 1000}, {4000, 10}, 0, 1},
	{"one ring: caller ID may still come", {1000}, {4000}, 0, 0},
	{"a pulse is no ring", {100, 100, 100}, {1000, 1000, 1000}, 0, 0},
	{"just too short", {149, 149}, {3000, 3000}, 0, 0},
	{"just long enough", {150, 150}, {3000, 10}, 0, 1},
	{"a noisy line whose owner asks for more", {250, 250, 250}, {3000, 3000, 3000}, 300, 0},
	{"the two bursts of a UK ring are one", {400, 400}, {200, 1000}, 0, 0},
	{"UK: offered with the second ring", {400, 400, 400}, {200, 2000, 10}, 0, 1},
	{"noise between rings counts for nothing", {1000, 40, 40}, {1500, 1500, 1000}, 0, 0},
};

static void test_rings(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(ring_rows) / sizeof(ring_rows[0]); i++) {
		struct fxo_conf c = fx_conf();
		struct rig *r;

		c.ring_min_ms = ring_rows[i].min_ms;
		r = fx_open(&c);
		for (int b = 0; b < 4 && ring_rows[i].on[b]; b++) {
			fx_ring(r, 2, ring_rows[i].on[b]);
			fx_run(r, ring_rows[i].off[b]);
		}
		if (r->offered != ring_rows[i].offered)
			fail_msg("%s: offered %d", ring_rows[i].why, r->offered);
		fx_run(r, 30000);
		assert_int_equal(fx_state(r, 2), FXO_IDLE);
		assert_int_equal(r->ports[1].seizures, 0);
		fx_close(r);
	}
}

static void test_offered_with_callerid(void **state)
{
	struct rig *r = fresh();
	struct rig_leg *l;

	(void)state;
	fx_ring(r, 1, 400);
	assert_true(fx_audio(r, 1)->listen & LISTEN_CALLERID);
	fx_run(r, 700);
	fx_callerid(r, 1, "02079460999", "Alice");
	assert_int_equal(r->offered, 1); /* at once, not at the second ring */
	l = fx_last(r);
	assert_string_equal(l->offer.calling.digits, "02079460999");
	assert_string_equal(l->offer.calling_name, "Alice");
	assert_int_equal(l->offer.calling.presentation, PRES_ALLOWED);
	assert_int_equal(l->offer.no_number, 0);
	assert_string_equal(l->offer.called.digits, "2079460001");
	assert_true(l->offer.complete);
	assert_ptr_equal(l->leg->port, fake_audio_port(fx_audio(r, 1)));
	assert_non_null(strstr(l->trace, "< ring 1\n"));
	assert_non_null(strstr(l->trace, "< caller ID V.23: 02079460999\n"));
	assert_int_equal(fx_state(r, 1), FXO_RINGING);
	assert_int_equal(leg_alert(l->leg, false), 0);
	assert_int_equal(leg_answer(l->leg, NULL), 0);
	assert_int_equal(leg_answer(l->leg, NULL), -EALREADY);
	fx_run(r, 0);
	assert_true(r->ports[0].offhook);
	assert_int_equal(fx_state(r, 1), FXO_UP);
	fx_clear(l, 16);
	assert_int_equal(leg_clear(l->leg, &(struct leg_cause){.q850 = 16}), -EALREADY);
	fx_run(r, 0);
	fx_assert_cleared(l, 16, false, NULL);
	assert_false(r->ports[0].offhook);
	assert_int_equal(fx_state(r, 1), FXO_GUARD);
	fx_run(r, 2000);
	assert_int_equal(fx_state(r, 1), FXO_IDLE);
	fx_close(r);
}

static const struct {
	const char *why, *number, *name, *want, *want_name;
	enum leg_presentation presentation;
	char no_number;
} cid_rows[] = {
	{"withheld", "P", "", "", "", PRES_RESTRICTED, 'P'},
	{"not available", "O", "", "", "", PRES_UNAVAILABLE, 'O'},
	{"with a plus", "+442079460999", "", "442079460999", "", PRES_ALLOWED, 0},
	{"number and name", "5551230100", "Bob", "5551230100", "Bob", PRES_ALLOWED, 0},
	{"a name alone", "O", "PAYPHONE", "", "PAYPHONE", PRES_UNAVAILABLE, 'O'},
};

static void test_callerid_kinds(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cid_rows) / sizeof(cid_rows[0]); i++) {
		struct rig *r = fresh();
		const struct leg_offer *o;

		fx_ring(r, 1, 1000);
		fx_callerid(r, 1, cid_rows[i].number, cid_rows[i].name);
		assert_int_equal(r->offered, 1);
		o = &fx_last(r)->offer;
		assert_string_equal(o->calling.digits, cid_rows[i].want);
		assert_string_equal(o->calling_name, cid_rows[i].want_name);
		assert_int_equal(o->calling.presentation, cid_rows[i].presentation);
		assert_int_equal(o->no_number, cid_rows[i].no_number);
		assert_int_equal(o->calling.ton, cid_rows[i].number[0] == '+' ? TON_INTERNATIONAL : TON_UNKNOWN);
		fx_close(r);
	}
}

static void test_callerid_before_ring(void **state)
{
	struct fxo_conf c = fx_conf();
	struct rig *r;
	struct country k = *country_find("uk");

	(void)state;
	r = fx_open(&c); /* after a reversal */
	assert_int_equal(fx_audio(r, 1)->listen, 0);
	fx_card(r, 1, HW_EV_POLARITY);
	assert_int_equal(fx_audio(r, 1)->listen, LISTEN_CALLERID);
	fx_run(r, 900);
	fx_callerid(r, 1, "02079460999", "");
	assert_int_equal(r->offered, 0);
	fx_run(r, 300);
	fx_ring(r, 1, 400);
	assert_int_equal(r->offered, 1);
	assert_string_equal(fx_last(r)->offer.calling.digits, "02079460999");
	fx_card(r, 2, HW_EV_POLARITY); /* a reversal and nothing after it */
	fx_run(r, 7000);
	assert_int_equal(fx_audio(r, 2)->listen, 0);
	r->ports[1].reversed = -1; /* a card that does not tell of reversals: always listened for */
	fx_card(r, 2, HW_EV_NO_BATTERY);
	fx_card(r, 2, HW_EV_BATTERY);
	assert_int_equal(fx_audio(r, 2)->listen, LISTEN_CALLERID);
	fx_close(r);

	k.cid_when = CID_BEFORE_RING; /* with nothing before it: always listened for */
	c.country = &k;
	r = fx_open(&c);
	assert_int_equal(fx_audio(r, 1)->listen, LISTEN_CALLERID);
	fx_callerid(r, 1, "02079460999", "");
	fx_run(r, 60000); /* nobody rings: it is nobody's */
	fx_ring(r, 1, 1000);
	assert_int_equal(r->offered, 0);
	fx_run(r, 2000);
	fx_ring(r, 1, 1000);
	assert_int_equal(r->offered, 1);
	assert_string_equal(fx_last(r)->offer.calling.digits, "");
	fx_close(r);
}

static void test_callerid_broken(void **state)
{
	struct rig *r = fresh();

	(void)state;
	fx_heard(r, 1, HEARD_CALLERID_BAD, 0); /* on an idle line: noise */
	assert_int_equal(fx_audio(r, 1)->n_kept, 0);
	fx_ring(r, 1, 400);
	fx_run(r, 500);
	fx_heard(r, 1, HEARD_CALLERID_BAD, 0);
	fx_heard(r, 1, HEARD_CALLERID_BAD, 0);
	assert_int_equal(fx_audio(r, 1)->n_kept, 1);
	assert_string_equal(fx_audio(r, 1)->kept[0], "callerid");
	assert_non_null(strstr(r->log, "caller ID came broken"));
	assert_int_equal(r->offered, 0);
	fx_run(r, 1500);
	fx_ring(r, 1, 400);
	assert_int_equal(r->offered, 1);
	assert_string_equal(fx_last(r)->offer.calling.digits, "");
	assert_int_equal(fx_last(r)->offer.no_number, 'O');
	assert_non_null(strstr(fx_last(r)->trace, "caller ID broken"));
	fx_close(r);
}

static void test_message_waiting_is_no_call(void **state)
{
	struct rig *r = fresh();
	struct heard h = {.kind = HEARD_CALLERID,
			  .callerid = {.message = CALLERID_MESSAGE_WAITING, .waiting = true}};

	(void)state;
	fx_ring(r, 1, 200);
	fake_audio_heard(fx_audio(r, 1), &h);
	fx_run(r, 20000);
	assert_int_equal(r->offered, 0);
	assert_non_null(strstr(r->log, "messages wait"));
	assert_int_equal(fx_state(r, 1), FXO_IDLE);
	fx_close(r);
}

static void test_without_callerid(void **state)
{
	struct fxo_conf c = fx_conf();
	struct rig *r;

	(void)state;
	c.cid = false;
	c.answer_rings = 1;
	r = fx_open(&c);
	r->ports[0].ringing = 1;
	fx_card(r, 1, HW_EV_RING_BEGIN);
	assert_int_equal(fx_audio(r, 1)->listen, 0);
	fx_run(r, 149);
	assert_int_equal(r->offered, 0);
	fx_run(r, 1);
	assert_int_equal(r->offered, 1); /* while it still rings */
	fx_close(r);
}

static void test_caller_gives_up(void **state)
{
	struct rig *r = fresh();
	struct rig_leg *l;
	int64_t from;

	(void)state;
	for (int i = 0; i < 5; i++)
		uk_ring(r, 1);
	assert_int_equal(r->offered, 1);
	l = fx_last(r);
	from = r->now_us;
	while (!l->cleared && r->now_us < from + 10000000)
		fx_run(r, 100);
	assert_in_range((r->now_us - from) / 1000, 3500, 6500); /* 2 s of its pause had passed */
	fx_assert_cleared(l, 16, true, "ring");
	assert_string_equal(fx_event(l, LEG_CLEARED)->cause.text, "the caller gave up");
	assert_int_equal(r->ports[0].seizures, 0);
	fx_run(r, 2000);
	assert_int_equal(fx_state(r, 1), FXO_IDLE);
	fx_close(r);
}

static void test_ring_for_ever(void **state)
{
	struct rig *r = fresh();

	(void)state;
	fx_card(r, 1, HW_EV_RING_BEGIN); /* its end never comes */
	fx_run(r, 60000);
	assert_int_equal(fx_state(r, 1), FXO_IDLE);
	assert_true(fx_last(r)->cleared);
	fx_close(r);
}

static void test_refused_rings_on(void **state)
{
	struct rig *r = fresh();
	struct rig_leg *l;

	(void)state;
	uk_ring(r, 1);
	uk_ring(r, 1);
	l = fx_last(r);
	fx_clear(l, 17);
	fx_run(r, 0);
	fx_assert_cleared(l, 17, false, NULL);
	for (int i = 0; i < 4; i++)
		uk_ring(r, 1);
	assert_int_equal(r->offered, 1); /* the same call */
	assert_int_equal(fx_state(r, 1), FXO_RINGING);
	assert_null(fx_line(r, 1).leg);
	assert_int_equal(r->ports[0].seizures, 0);
	fx_run(r, 10000);
	assert_int_equal(fx_state(r, 1), FXO_IDLE);
	uk_ring(r, 1);
	uk_ring(r, 1);
	assert_int_equal(r->offered, 2);
	fx_close(r);
}

static void refuse(struct rig *r, struct rig_leg *l)
{
	(void)r;
	fx_clear(l, 21);
}

static void answer_at_once(struct rig *r, struct rig_leg *l)
{
	(void)r;
	assert_int_equal(leg_answer(l->leg, NULL), 0);
}

static void test_from_inside_the_offer(void **state)
{
	struct rig *r = fresh();

	(void)state;
	r->on_offered = refuse;
	fx_ring(r, 1, 1000);
	fx_callerid(r, 1, "1", "");
	assert_int_equal(r->offered, 1);
	fx_assert_cleared(fx_last(r), 21, false, NULL);
	r->on_offered = answer_at_once;
	fx_ring(r, 2, 1000);
	fx_callerid(r, 2, "1", "");
	assert_int_equal(fx_state(r, 2), FXO_UP);
	fx_close(r);
}

static void test_drain(void **state)
{
	struct rig *r = fresh();
	struct leg_offer o = {.called = {.digits = "1"}};
	struct leg *leg;

	(void)state;
	fxo_trunk_drain(r->trunk, true);
	assert_int_equal(fxo_trunk_call(r->trunk, &o, NULL, NULL, &leg), -ESHUTDOWN);
	for (int i = 0; i < 4; i++)
		uk_ring(r, 1);
	assert_int_equal(r->offered, 0);
	fxo_trunk_drain(r->trunk, false);
	fx_run(r, 10000);
	uk_ring(r, 1);
	uk_ring(r, 1);
	assert_int_equal(r->offered, 1);
	fx_close(r);
}

static void test_ring_in_guard_time(void **state)
{
	struct rig *r = fresh();
	struct rig_leg *l;

	(void)state;
	uk_ring(r, 1);
	uk_ring(r, 1);
	l = fx_last(r);
	leg_answer(l->leg, NULL);
	fx_run(r, 5000);
	fx_clear(l, 16);
	fx_run(r, 100);
	assert_int_equal(fx_state(r, 1), FXO_GUARD);
	uk_ring(r, 1); /* the next caller does not wait */
	assert_int_equal(fx_state(r, 1), FXO_RINGING);
	uk_ring(r, 1);
	assert_int_equal(r->offered, 2);
	fx_close(r);
}

/* --- Two-stage dialling ------------------------------------------------------------------------------- */

static struct rig *two_stage(void)
{
	struct fxo_conf c = fx_conf();
	struct rig *r;

	c.two_stage = true;
	r = fx_open(&c);
	fx_ring(r, 1, 1000);
	fx_callerid(r, 1, "5551230100", "");
	assert_int_equal(r->offered, 0);
	assert_true(r->ports[0].offhook);
	assert_int_equal(fx_state(r, 1), FXO_ACCEPTED);
	assert_true(fake_audio_is(fx_audio(r, 1), TONE_DIAL));
	return r;
}

static void test_two_stage(void **state)
{
	static const struct {
		const char *dialled, *want;
		unsigned wait_ms;
	} rows[] = {
		{"203", "203", 4000},
		{"203#", "203", 0},
		{"*57", "*57", 4000},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rig *r = two_stage();
		struct rig_leg *l;

		fake_audio_digits(fx_audio(r, 1), rows[i].dialled);
		fx_run(r, 0);
		assert_string_equal(fake_audio_text(fx_audio(r, 1)), "");
		fx_run(r, rows[i].wait_ms);
		assert_int_equal(r->offered, 1);
		l = fx_last(r);
		assert_string_equal(l->offer.called.digits, rows[i].want);
		assert_string_equal(l->offer.calling.digits, "5551230100");
		leg_alert(l->leg, false);
		fx_run(r, 0);
		assert_true(fake_audio_is(fx_audio(r, 1), TONE_RINGBACK)); /* nobody else makes it */
		leg_answer(l->leg, NULL);
		fx_run(r, 0);
		assert_string_equal(fake_audio_text(fx_audio(r, 1)), "");
		assert_int_equal(fx_state(r, 1), FXO_UP);
		assert_int_equal(r->ports[0].seizures, 1);
		fx_close(r);
	}
}

static void test_two_stage_in_vain(void **state)
{
	struct rig *r = two_stage();

	(void)state;
	fx_run(r, 10000); /* not a digit */
	assert_true(fake_audio_is(fx_audio(r, 1), TONE_CONGESTION));
	fx_run(r, 6000);
	assert_false(r->ports[0].offhook);
	fx_close(r);
	r = two_stage(); /* refused by whoever it is offered to */
	fake_audio_digits(fx_audio(r, 1), "203#");
	fx_run(r, 0);
	fx_clear(fx_last(r), 17);
	fx_run(r, 0);
	assert_true(fake_audio_is(fx_audio(r, 1), TONE_BUSY));
	fx_run(r, 8000);
	assert_int_equal(fx_state(r, 1), FXO_IDLE);
	fx_close(r);
	r = two_stage(); /* the caller hangs up meanwhile */
	fx_run(r, 3000);
	fx_card(r, 1, HW_EV_DISCONNECT);
	assert_false(r->ports[0].offhook);
	fx_close(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rings),
		cmocka_unit_test(test_offered_with_callerid),
		cmocka_unit_test(test_callerid_kinds),
		cmocka_unit_test(test_callerid_before_ring),
		cmocka_unit_test(test_callerid_broken),
		cmocka_unit_test(test_message_waiting_is_no_call),
		cmocka_unit_test(test_without_callerid),
		cmocka_unit_test(test_caller_gives_up),
		cmocka_unit_test(test_ring_for_ever),
		cmocka_unit_test(test_refused_rings_on),
		cmocka_unit_test(test_from_inside_the_offer),
		cmocka_unit_test(test_drain),
		cmocka_unit_test(test_ring_in_guard_time),
		cmocka_unit_test(test_two_stage),
		cmocka_unit_test(test_two_stage_in_vain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
