/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests/unit/test_fxo_clear.c: a call that is up on an FXO line: every way in which it is noticed that it is over, and what is none. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "tests/support/fxo_rig.h"

static struct rig_leg *up_in(struct rig *r)
{
	fx_ring(r, 1, 1000);
	fx_callerid(r, 1, "5551230100", "");
	assert_int_equal(leg_answer(fx_last(r)->leg, NULL), 0);
	fx_run(r, 10000);
	assert_int_equal(fx_state(r, 1), FXO_UP);
	return fx_last(r);
}

/* By reversal where it is listed, else by the timer. */
static struct rig_leg *up_out(struct rig *r, bool reversal)
{
	struct rig_leg *l = fx_call_sent(r, "100", 1);

	fx_run(r, 2000);
	if (reversal)
		fx_card(r, 1, HW_EV_POLARITY);
	else
		fx_run(r, 60000);
	assert_non_null(fx_event(l, LEG_ANSWERED));
	fx_run(r, 10000);
	return l;
}

enum sign { BATTERY, NO_BATTERY, POLARITY, BUSY, CONGESTION, DIALTONE, IDLE, CEILING, NONE };

static void give(struct rig *r, enum sign s)
{
	switch (s) {
	case BATTERY:
		fx_card(r, 1, HW_EV_DISCONNECT);
		break;
	case NO_BATTERY:
		fx_card(r, 1, HW_EV_NO_BATTERY);
		break;
	case POLARITY:
		fx_card(r, 1, HW_EV_POLARITY);
		break;
	case BUSY:
	case CONGESTION:
		for (unsigned n = 1; n <= 2; n++)
			fx_tone(r, 1, s == BUSY ? TONE_BUSY : TONE_CONGESTION, n, n * 750);
		break;
	case DIALTONE:
		fx_tone(r, 1, TONE_DIAL, 0, 300);
		fx_run(r, 2000);
		fx_tone(r, 1, TONE_DIAL, 2, 2300);
		break;
	case IDLE:
		fx_heard(r, 1, HEARD_SILENCE, 500);
		fake_audio_rtp(fx_audio(r, 1), true);
		fx_run(r, 30000);
		break;
	case CEILING:
		for (int m = 0; m < 360 && fx_state(r, 1) == FXO_UP; m++) { /* they talk all the time */
			fx_heard(r, 1, HEARD_SPEECH, 0);
			fx_run(r, 10000);
		}
		break;
	case NONE:
		fx_run(r, 60000);
		break;
	}
}

static const struct {
	const char *why;
	enum sign sign;
	bool in, reversal;
	unsigned watched;	/* 0: all */
	int cause;		/* 0: the call stays up */
	enum fxo_clear how;
	const char *text;
} rows[] = {
	{"battery drop, called", BATTERY, true, false, 0, 16, CLEARED_BATTERY, "the exchange took the battery away"},
	{"battery drop, calling", BATTERY, false, false, 0, 16, CLEARED_BATTERY, "the exchange took the battery away"},
	{"battery is not watched", BATTERY, true, false, 1U << CLEARED_TONE, 0, 0, ""},
	{"the wire is cut", NO_BATTERY, true, false, 0, 16, CLEARED_BATTERY, "no battery"},
	{"polarity turned back", POLARITY, false, true, 0, 16, CLEARED_POLARITY, "the exchange turned the polarity back"},
	{"the first reversal says answered, late", POLARITY, false, false, 0, 0, 0, ""},
	{"polarity, called", POLARITY, true, false, 0, 16, CLEARED_POLARITY, "the exchange turned the polarity back"},
	{"polarity is not watched", POLARITY, true, false, 1U << CLEARED_TONE, 0, 0, ""},
	{"busy tone", BUSY, true, false, 0, 16, CLEARED_TONE, "busy"},
	{"congestion tone", CONGESTION, false, false, 0, 16, CLEARED_TONE, "congestion"},
	{"tones are not watched", BUSY, true, false, 1U << CLEARED_BATTERY, 0, 0, ""},
	{"dial tone", DIALTONE, true, false, 0, 16, CLEARED_DIALTONE, "dial tone came back"},
	{"dial tone is not watched", DIALTONE, true, false, 1U << CLEARED_TONE, 0, 0, ""},
	{"silence and no RTP", IDLE, true, false, 0, 16, CLEARED_IDLE, "the line was silent and no RTP came"},
	{"silence is not watched", IDLE, true, false, 1U << CLEARED_TONE, 0, 0, ""},
	{"the ceiling, which is always there", CEILING, true, false, 1U << CLEARED_TONE, 102, CLEARED_CEILING,
	 "the line was held for as long as it may be"},
	{"nothing", NONE, true, false, 0, 0, 0, ""},
};

static void test_cleared_by(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fxo_conf c = fx_conf();
		struct rig *r;
		struct rig_leg *l;

		if (rows[i].watched)
			c.clear = rows[i].watched;
		r = fx_open(&c);
		l = rows[i].in ? up_in(r) : up_out(r, rows[i].reversal);
		give(r, rows[i].sign);
		if (l->cleared != (rows[i].cause != 0))
			fail_msg("%s: cleared %d", rows[i].why, l->cleared);
		if (l->cleared) {
			fx_assert_cleared(l, rows[i].cause, true, fxo_clear_name(rows[i].how));
			assert_string_equal(fx_event(l, LEG_CLEARED)->cause.text, rows[i].text);
			assert_int_equal(fx_line(r, 1).cleared[rows[i].how], 1);
			assert_false(r->ports[0].offhook);
			assert_int_equal(fx_audio(r, 1)->listen, 0);
			fx_run(r, 1999);
			assert_int_equal(fx_state(r, 1), FXO_GUARD);
			fx_run(r, 1);
			assert_int_equal(fx_state(r, 1), rows[i].sign == NO_BATTERY ? FXO_OUT : FXO_IDLE);
		}
		fx_close(r);
	}
}

static struct rig *fresh(void)
{
	struct fxo_conf c = fx_conf();

	return fx_open(&c);
}

/* A tone over which somebody speaks is in a recording, or comes back from our own side. */
static void test_tone_with_speech_over_it(void **state)
{
	struct rig *r = fresh();
	struct rig_leg *l = up_in(r);

	(void)state;
	fx_heard(r, 1, HEARD_SPEECH, 0);
	fx_run(r, 500);
	fx_tone(r, 1, TONE_BUSY, 2, 1500); /* began before that */
	assert_false(l->cleared);
	for (unsigned n = 3; n < 20; n++) {
		fx_run(r, 300);
		fx_heard(r, 1, HEARD_SPEECH, 0);
		fx_run(r, 450);
		fx_tone(r, 1, TONE_BUSY, n, n * 750);
	}
	assert_false(l->cleared);
	fx_run(r, 750);
	fx_tone(r, 1, TONE_BUSY, 20, 20 * 750); /* silence at last: two cycles since */
	fx_assert_cleared(l, 16, true, "tone");
	fx_close(r);
}

static void test_sounds_of_talking(void **state)
{
	struct rig *r = fresh();
	struct rig_leg *l = up_in(r);

	(void)state;
	for (int i = 0; i < 600; i++) {
		fx_heard(r, 1, HEARD_SPEECH, 0);
		if (i % 7 == 0)
			fx_tone(r, 1, TONE_BUSY, 1, 700); /* a beep in music */
		if (i % 7 == 1)
			fake_audio_heard(fx_audio(r, 1), &(struct heard){.kind = HEARD_TONE_END, .tone = TONE_BUSY});
		if (i % 11 == 0)
			fx_tone(r, 1, TONE_RINGBACK, 3, 9000); /* a ringback is not the end of a call */
		if (i % 5 == 0)
			fx_heard(r, 1, HEARD_SILENCE, 500);
		fx_run(r, 1000);
	}
	assert_false(l->cleared);
	fx_close(r);
}

static void test_idle_needs_both(void **state)
{
	struct rig *r = fresh();
	struct rig_leg *l = up_in(r);

	(void)state;
	fx_heard(r, 1, HEARD_SILENCE, 500);
	fx_run(r, 120000); /* RTP flows: somebody listens to silence */
	assert_false(l->cleared);
	fake_audio_rtp(fx_audio(r, 1), true);
	fx_run(r, 20000);
	fx_heard(r, 1, HEARD_SPEECH, 0); /* the line is alive */
	fx_run(r, 60000);
	assert_false(l->cleared);
	fx_heard(r, 1, HEARD_SILENCE, 500);
	fx_run(r, 20000);
	fake_audio_rtp(fx_audio(r, 1), false); /* RTP is back */
	fx_run(r, 60000);
	assert_false(l->cleared);
	fake_audio_rtp(fx_audio(r, 1), true);
	fx_run(r, 29000);
	assert_false(l->cleared);
	fx_run(r, 1000);
	fx_assert_cleared(l, 16, true, "idle");
	assert_string_equal(fx_audio(r, 1)->kept[0], "idle");
	fx_close(r);
}

static void test_flash(void **state)
{
	struct rig *r = fresh();
	struct rig_leg *l = up_in(r);

	(void)state;
	assert_int_equal(leg_digit(l->leg, '!', 0), 0);
	fx_run(r, 50);
	assert_int_equal(r->ports[0].flashes, 1);
	fx_card(r, 1, HW_EV_DISCONNECT); /* our own opening seen by the card */
	fx_card(r, 1, HW_EV_POLARITY);
	fx_card(r, 1, HW_EV_HOOK_DONE);
	fx_run(r, 500);
	give(r, DIALTONE); /* of the exchange: for the second call */
	assert_false(l->cleared);
	fx_run(r, 30000);
	fx_tone(r, 1, TONE_DIAL, 35, 35000); /* nobody wanted it */
	fx_assert_cleared(l, 16, true, "dialtone");
	fx_close(r);
}

static void test_digits(void **state)
{
	struct rig *r = fresh();
	struct rig_leg *l = up_in(r);

	(void)state;
	for (const char *d = "12a#"; *d; d++)
		assert_int_equal(leg_digit(l->leg, *d, 0), 0);
	assert_int_equal(leg_digit(l->leg, 'x', 0), -EINVAL);
	fx_run(r, 1000);
	assert_string_equal(fx_audio(r, 1)->log, "digits 1\ndigits 2A#\n"); /* none cuts another short */
	assert_int_equal(leg_digit(l->leg, '5', 0), 0);
	fx_run(r, 1000);
	assert_string_equal(fx_audio(r, 1)->log, "digits 1\ndigits 2A#\ndigits 5\n");
	fx_close(r);
}

static void test_call_waiting(void **state)
{
	struct rig *r = fresh();
	struct rig_leg *l = up_in(r);

	(void)state;
	fx_heard(r, 1, HEARD_CAS, 0);
	assert_string_equal(fake_audio_text(fx_audio(r, 1)), "digits D, silence 1500");
	assert_true(fx_audio(r, 1)->listen & LISTEN_CALLERID);
	fx_run(r, 1000);
	fx_callerid(r, 1, "02079460888", "");
	assert_non_null(strstr(l->trace, "< call waiting 02079460888\n"));
	assert_false(l->cleared);
	fx_run(r, 3000);
	assert_false(fx_audio(r, 1)->listen & LISTEN_CALLERID);
	assert_string_equal(fake_audio_text(fx_audio(r, 1)), "");
	fx_close(r);
}

static void test_answer_settles(void **state)
{
	struct rig *r = fresh();
	struct rig_leg *l;

	(void)state;
	fx_ring(r, 1, 1000);
	fx_callerid(r, 1, "1", "");
	l = fx_last(r);
	leg_answer(l->leg, NULL);
	fx_run(r, 200);
	fx_card(r, 1, HW_EV_POLARITY); /* turned back from the reversal before the ring */
	fx_card(r, 1, HW_EV_DISCONNECT); /* the exchange's relay */
	fx_run(r, 2000);
	assert_false(l->cleared);
	fx_card(r, 1, HW_EV_POLARITY);
	fx_assert_cleared(l, 16, true, "polarity");
	fx_close(r);
}

static void test_both_ends_at_once(void **state)
{
	struct rig *r = fresh();
	struct rig_leg *l = up_in(r);

	(void)state;
	fx_clear(l, 16); /* and in the same turn of the loop */
	fx_card(r, 1, HW_EV_DISCONNECT);
	assert_true(l->cleared);
	assert_int_equal(l->events[l->n_events - 1].kind, LEG_CLEARED);
	assert_int_equal(fx_state(r, 1), FXO_GUARD);
	fx_close(r);
}

static void test_closed_with_calls_up(void **state)
{
	struct rig *r = fresh();
	struct rig_leg *l = up_in(r), *out = fx_call(r, "1");

	(void)state;
	assert_false(fxo_trunk_quiet(r->trunk));
	fx_assert_cleared(l, 41, true, NULL);
	fx_assert_cleared(out, 41, true, NULL);
	fx_close(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cleared_by),
		cmocka_unit_test(test_tone_with_speech_over_it),
		cmocka_unit_test(test_sounds_of_talking),
		cmocka_unit_test(test_idle_needs_both),
		cmocka_unit_test(test_flash),
		cmocka_unit_test(test_digits),
		cmocka_unit_test(test_call_waiting),
		cmocka_unit_test(test_answer_settles),
		cmocka_unit_test(test_both_ends_at_once),
		cmocka_unit_test(test_closed_with_calls_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
