/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests/unit/test_fxo_out.c: calls that go out on an FXO line: hunting, dial tone, glare, dialling. */
#include <errno.h>
#include <limits.h>
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

static void tone_end(struct rig *r, int chan, enum tone_id tone)
{
	fake_audio_heard(fx_audio(r, chan), &(struct heard){.kind = HEARD_TONE_END, .tone = tone});
	fx_run(r, 0);
}

/* --- Seizing and dialling ----------------------------------------------------------------------------- */

static void test_dialled_after_dial_tone(void **state)
{
	struct fxo_conf c = fx_conf();
	struct rig *r;
	struct rig_leg *l;

	(void)state;
	c.prefix = "9,";
	r = fx_open(&c);
	l = fx_call(r, "2079460001");
	assert_true(r->ports[0].offhook);
	assert_int_equal(fx_state(r, 1), FXO_SEIZED);
	assert_int_equal(fx_audio(r, 1)->plays, 0); /* nothing before dial tone */
	assert_true(fx_audio(r, 1)->listen & LISTEN_DIAL);
	assert_int_equal(l->events[0].kind, LEG_AUDIO);
	assert_ptr_equal(l->leg->port, fake_audio_port(fx_audio(r, 1)));
	fx_run(r, 1100);
	fx_tone(r, 1, TONE_DIAL, 0, 300);
	assert_string_equal(fake_audio_text(fx_audio(r, 1)), "digits 9,2079460001");
	assert_int_equal(fx_state(r, 1), FXO_DIALLING);
	fx_run(r, 300);
	tone_end(r, 1, TONE_DIAL);
	assert_int_equal(l->n_events, 1);
	fx_run(r, 12 * 200 + 1000);
	assert_int_equal(fx_state(r, 1), FXO_SENT);
	assert_int_equal(l->events[1].kind, LEG_PROCEEDING);
	assert_false(fx_audio(r, 1)->listen & LISTEN_DIAL);
	assert_int_equal(l->events[2].kind, LEG_PROGRESS);
	assert_true(l->events[2].inband);
	assert_non_null(strstr(l->trace, "> seized line 1\n< dial tone after 1100 ms\n> DTMF 9,2079460001\n"));
	fx_clear(l, 16);
	fx_run(r, 0);
	fx_assert_cleared(l, 16, false, NULL);
	assert_false(r->ports[0].offhook);
	fx_close(r);
}

static void test_no_dial_tone(void **state)
{
	struct fxo_conf c = fx_conf();
	struct rig *r = fx_open(&c);
	struct rig_leg *l = fx_call(r, "100");

	(void)state;
	fx_run(r, 5000); /* the next line is tried, to the last */
	assert_int_equal(fx_state(r, 1), FXO_GUARD);
	assert_false(r->ports[0].offhook);
	assert_int_equal(fx_state(r, 2), FXO_SEIZED);
	fx_run(r, 15000);
	fx_assert_cleared(l, 27, true, NULL);
	assert_string_equal(fx_event(l, LEG_CLEARED)->cause.text, "no dial tone");
	for (int i = 0; i < RIG_LINES; i++) {
		assert_int_equal(r->ports[i].seizures, 1);
		assert_int_equal(fx_audio(r, i + 1)->plays, 0);
		assert_string_equal(fx_audio(r, i + 1)->kept[0], "dialtone");
	}
	fx_close(r);

	c.no_dialtone = NO_DIALTONE_DIAL;
	r = fx_open(&c);
	l = fx_call(r, "100");
	fx_run(r, 5000);
	assert_string_equal(fake_audio_text(fx_audio(r, 1)), "digits 100");
	fx_run(r, 600);
	assert_int_equal(fx_state(r, 1), FXO_SENT);
	fx_run(r, 60000);
	assert_string_equal(fx_event(l, LEG_ANSWERED)->how, "timer");
	fx_close(r);
}

static void test_dial_tone_does_not_break(void **state)
{
	struct rig *r = fresh();
	struct rig_leg *l = fx_call(r, "2079460001");

	(void)state;
	fx_tone(r, 1, TONE_DIAL, 0, 300);
	fx_run(r, 1000);
	fx_tone(r, 1, TONE_DIAL, 1, 1300);
	assert_int_equal(fx_audio(r, 1)->plays, 1);
	fx_run(r, 1500);
	assert_non_null(strstr(fx_audio(r, 1)->log, "digits 2079460001\nsilence 3600000\ndigits 2079460001\n"));
	assert_non_null(strstr(l->trace, "< dial tone goes on after the first digit\n"));
	fx_run(r, 2500);
	assert_int_equal(fx_state(r, 1), FXO_GUARD);
	assert_int_equal(fx_state(r, 2), FXO_SEIZED); /* and elsewhere */
	fx_tone(r, 2, TONE_STUTTER, 0, 300);
	fx_run(r, 200);
	tone_end(r, 2, TONE_STUTTER);
	fx_run(r, 3000);
	assert_int_equal(fx_state(r, 2), FXO_SENT);
	fx_close(r);
}

static void test_short_number_and_dial_tone_goes_on(void **state)
{
	struct rig *r = fresh();

	(void)state;
	fx_call(r, "1");
	fx_tone(r, 1, TONE_DIAL, 0, 300);
	fx_run(r, 250);
	assert_int_equal(fx_state(r, 1), FXO_SENT);
	fx_run(r, 2100);
	assert_int_equal(fx_audio(r, 1)->n_items, 1);
	assert_non_null(strstr(fx_audio(r, 1)->log, "digits 1\nsilence 3600000\ndigits 1\n"));
	fx_close(r);
}

static void test_pulses(void **state)
{
	struct fxo_conf c = fx_conf();
	struct leg_offer o = {.called = {.digits = "12#"}};
	struct leg *leg;
	struct rig *r;

	(void)state;
	c.pulse = true;
	c.prefix = "0,w";
	r = fx_open(&c);
	assert_int_equal(fxo_trunk_call(r->trunk, &o, NULL, NULL, &leg), -EINVAL); /* no pulses make a "#" */
	assert_int_equal(fxo_call_error_cause(-EINVAL), 28);
	assert_non_null(fx_call(r, "2079"));
	fx_tone(r, 1, TONE_DIAL, 0, 300);
	fx_run(r, 499); /* an exchange does not believe in openings so soon after the line was seized */
	assert_string_equal(r->ports[0].pulses, "");
	fx_run(r, 1);
	assert_string_equal(r->ports[0].pulses, "0/");
	tone_end(r, 1, TONE_DIAL);
	fx_run(r, 1000);
	fx_card(r, 1, HW_EV_DIAL_DONE);
	fx_run(r, 1499);
	assert_string_equal(r->ports[0].pulses, "0/");
	fx_run(r, 1);
	assert_string_equal(r->ports[0].pulses, "0/2079/");
	assert_int_equal(fx_state(r, 1), FXO_DIALLING);
	fx_run(r, 4000);
	fx_card(r, 1, HW_EV_DIAL_DONE);
	assert_int_equal(fx_state(r, 1), FXO_SENT);
	assert_null(strstr(fx_audio(r, 1)->log, "digits"));
	fx_close(r);
}

static void test_dialling_never_ends(void **state)
{
	struct fxo_conf c = fx_conf();
	struct rig *r;

	(void)state;
	c.pulse = true;
	c.n_lines = 1;
	r = fx_open(&c);
	fx_call(r, "123");
	fx_tone(r, 1, TONE_DIAL, 0, 300);
	tone_end(r, 1, TONE_DIAL);
	fx_run(r, 30000); /* the card never says that it is done */
	fx_assert_cleared(fx_last(r), 41, true, NULL);
	fx_close(r);
}

/* --- Hunting ------------------------------------------------------------------------------------------ */

static void test_hunting(void **state)
{
	static const struct {
		enum fxo_hunt hunt;
		int want[4];
		unsigned one_by_one[2]; /* of two calls one after the other, on ports 1 and 2 */
	} rows[] = {
		{FXO_ASCENDING, {1, 2, 3, 4}, {2, 0}},
		{FXO_DESCENDING, {4, 3, 2, 1}, {0, 0}},
		{FXO_ROUND_ROBIN, {1, 2, 3, 4}, {1, 1}},
		{FXO_LEAST_USED, {1, 2, 3, 4}, {1, 1}},
		{FXO_LEAST_RECENT, {1, 2, 3, 4}, {1, 1}},
		{FXO_ODD, {1, 3, 2, 4}, {2, 0}},
		{FXO_EVEN, {2, 4, 1, 3}, {0, 2}},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fxo_conf c = fx_conf();
		struct leg_offer o = {.called = {.digits = "1"}};
		struct leg *leg;
		struct rig *r;

		c.hunt = rows[i].hunt;
		r = fx_open(&c);
		for (int n = 0; n < 4; n++) {
			fx_call(r, "1");
			assert_int_equal(fx_state(r, rows[i].want[n]), FXO_SEIZED);
		}
		assert_int_equal(fxo_trunk_call(r->trunk, &o, NULL, NULL, &leg), -EAGAIN);
		assert_int_equal(fxo_call_error_cause(-EAGAIN), 34);
		fx_close(r);
		r = fx_open(&c); /* one after the other */
		for (int n = 0; n < 2; n++) {
			struct rig_leg *l = fx_call(r, "1");

			fx_clear(l, 16);
			fx_run(r, 3000);
		}
		assert_int_equal(r->ports[0].seizures, rows[i].one_by_one[0]);
		assert_int_equal(r->ports[1].seizures, rows[i].one_by_one[1]);
		fx_close(r);
	}
}

static void test_out_of_service(void **state)
{
	struct fxo_conf c = fx_conf();
	struct leg_offer o = {.called = {.digits = "1"}};
	struct leg *leg;
	struct rig *r;

	(void)state;
	c.n_lines = 1;
	r = fx_open(&c);
	fx_card(r, 1, HW_EV_NO_BATTERY);
	assert_int_equal(fx_state(r, 1), FXO_OUT);
	assert_string_equal(fx_line(r, 1).why, "no battery");
	assert_non_null(strstr(r->log, "out of service: no battery"));
	assert_int_equal(fxo_trunk_call(r->trunk, &o, NULL, NULL, &leg), -ENETDOWN);
	assert_int_equal(fxo_call_error_cause(-ENETDOWN), 27);
	fx_card(r, 1, HW_EV_BATTERY);
	assert_int_equal(fx_state(r, 1), FXO_IDLE);
	assert_string_equal(fx_line(r, 1).why, "");
	fx_card(r, 1, HW_EV_NO_BATTERY);
	r->ports[0].battery = 0;
	fx_run(r, 10000);
	assert_int_equal(fx_state(r, 1), FXO_OUT);
	r->ports[0].battery = 1; /* its event was lost */
	fx_run(r, 2000);
	assert_int_equal(fx_state(r, 1), FXO_IDLE);
	fx_close(r);
}

static void test_card_leaves_and_comes_back(void **state)
{
	struct fxo_conf c = fx_conf();
	struct rig *r = fx_open(&c);
	struct rig_leg *l = fx_call_sent(r, "100", 1);

	(void)state;
	r->ports[0].away = true;
	fx_card(r, 1, HW_EV_REMOVED);
	fx_assert_cleared(l, 41, true, NULL);
	assert_int_equal(fx_state(r, 1), FXO_OUT);
	assert_string_equal(fx_line(r, 1).why, "the card has left");
	fx_run(r, 3000);
	assert_false(r->ports[0].open);
	assert_string_equal(fx_line(r, 1).why, "no such port");
	r->ports[0].away = r->ports[0].offhook = false;
	fx_run(r, 2000);
	assert_int_equal(fx_state(r, 1), FXO_IDLE);
	fx_call_sent(r, "100", 1);
	fx_close(r);
}

static void test_gains_and_timing(void **state)
{
	struct fxo_conf c = fx_conf();
	struct rig *r;

	(void)state;
	c.rx_gain_db = 3;
	c.tx_gain_db = -2;
	c.echo_taps = 256;
	r = fx_open(&c);
	assert_true(r->ports[0].rx_db == 3 && r->ports[0].tx_db == -2);
	assert_int_equal(r->ports[0].timing.flash_out_ms, country_find("uk")->flash_out_ms);
	assert_int_equal(r->ports[0].timing.pulse_break_ms, country_find("uk")->pulse_break_ms);
	assert_int_equal(fx_audio(r, 1)->echo_taps, 256);
	fx_close(r);
}

/* --- Glare -------------------------------------------------------------------------------------------- */

static void test_glare_before_going_off_hook(void **state)
{
	struct rig *r = fresh();
	struct rig_leg *l;

	(void)state;
	r->ports[0].ringing = 1; /* its event is still on its way */
	l = fx_call(r, "100");
	assert_int_equal(r->ports[0].seizures, 0);
	assert_int_equal(fx_state(r, 2), FXO_SEIZED);
	assert_ptr_equal(l->leg->port, fake_audio_port(fx_audio(r, 2)));
	assert_int_equal(fx_line(r, 1).glare, 1);
	fx_card(r, 1, HW_EV_RING_BEGIN);
	fx_run(r, 1000);
	fx_card(r, 1, HW_EV_RING_END);
	fx_run(r, 2000);
	fx_ring(r, 1, 1000);
	assert_int_equal(r->offered, 1); /* and that call is not lost */
	fx_close(r);
}

static void test_glare_after_going_off_hook(void **state)
{
	struct rig *r = fresh();
	struct rig_leg *out, *in;

	(void)state;
	out = fx_call(r, "100");
	fx_run(r, 100);
	fx_card(r, 1, HW_EV_RING_BEGIN);
	fx_run(r, 1600); /* and no dial tone */
	assert_int_equal(r->offered, 1);
	in = fx_last(r);
	assert_true(in->incoming);
	assert_string_equal(in->offer.called.digits, "2079460001");
	assert_int_equal(in->offer.no_number, 'O');
	assert_int_equal(fx_state(r, 2), FXO_SEIZED); /* ours goes on elsewhere */
	assert_false(out->cleared);
	leg_alert(in->leg, false);
	fx_run(r, 0);
	assert_true(fake_audio_is(fx_audio(r, 1), TONE_RINGBACK));
	leg_answer(in->leg, NULL);
	fx_run(r, 0);
	assert_int_equal(fx_state(r, 1), FXO_UP);
	assert_int_equal(fx_line(r, 1).glare, 1);
	fx_close(r);
}

static void test_glare_with_one_line(void **state)
{
	struct fxo_conf c = fx_conf();
	struct rig *r;
	struct rig_leg *out;

	(void)state;
	c.n_lines = 1;
	r = fx_open(&c);
	out = fx_call(r, "100");
	fx_run(r, 1000);
	fx_heard(r, 1, HEARD_SPEECH, 0); /* "hello?" instead of dial tone */
	assert_int_equal(r->offered, 0);
	fx_run(r, 800);
	fx_heard(r, 1, HEARD_SILENCE, 500);
	assert_int_equal(r->offered, 1);
	fx_assert_cleared(out, 44, true, NULL);
	assert_int_equal(fx_state(r, 1), FXO_ACCEPTED);
	fx_close(r);
}

static void test_click_at_seizure_is_no_glare(void **state)
{
	struct rig *r = fresh();

	(void)state;
	fx_call(r, "100");
	fx_run(r, 50);
	fx_card(r, 1, HW_EV_RING_BEGIN);
	fx_card(r, 1, HW_EV_RING_END);
	fx_run(r, 800);
	fx_tone(r, 1, TONE_DIAL, 0, 300);
	fx_run(r, 5000);
	assert_int_equal(r->offered, 0);
	assert_int_equal(fx_line(r, 1).glare, 0);
	fx_close(r);
}

static void test_unknown_sound_is_no_glare(void **state)
{
	struct rig *r = fresh();

	(void)state;
	fx_call(r, "100");
	for (int i = 0; i < 4; i++) { /* the dial tone of another country: it has no end */
		fx_heard(r, 1, HEARD_SPEECH, 0);
		fx_run(r, 1000);
	}
	assert_int_equal(r->offered, 0);
	fx_run(r, 1500);
	assert_int_equal(fx_state(r, 2), FXO_SEIZED);
	assert_int_equal(r->offered, 0);
	fx_close(r);
}

static void test_line_in_use_by_a_telephone(void **state)
{
	static const struct {
		int mv;
		bool taken;
	} volts[] = {{-48000, true}, {24000, true}, {-8000, false}, {7000, false}, {0, true}, {INT_MIN, true}};

	(void)state;
	for (size_t i = 0; i < sizeof(volts) / sizeof(volts[0]); i++) {
		struct rig *r = fresh();

		r->ports[0].voltage_mv = volts[i].mv;
		fx_call(r, "100");
		assert_int_equal(r->ports[0].seizures, volts[i].taken);
		assert_int_equal(fx_state(r, volts[i].taken ? 1 : 2), FXO_SEIZED);
		fx_clear(fx_last(r), 16);
		fx_run(r, 10000);
		assert_int_equal(fx_state(r, 1), FXO_IDLE);
		fx_close(r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dialled_after_dial_tone),
		cmocka_unit_test(test_no_dial_tone),
		cmocka_unit_test(test_dial_tone_does_not_break),
		cmocka_unit_test(test_short_number_and_dial_tone_goes_on),
		cmocka_unit_test(test_pulses),
		cmocka_unit_test(test_dialling_never_ends),
		cmocka_unit_test(test_hunting),
		cmocka_unit_test(test_out_of_service),
		cmocka_unit_test(test_card_leaves_and_comes_back),
		cmocka_unit_test(test_gains_and_timing),
		cmocka_unit_test(test_glare_before_going_off_hook),
		cmocka_unit_test(test_glare_after_going_off_hook),
		cmocka_unit_test(test_glare_with_one_line),
		cmocka_unit_test(test_click_at_seizure_is_no_glare),
		cmocka_unit_test(test_unknown_sound_is_no_glare),
		cmocka_unit_test(test_line_in_use_by_a_telephone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
