/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests/unit/test_fxo_answer.c: a number was dialled on an FXO line: was it answered, and how did it fail? */
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

static void tone_end(struct rig *r, int chan, enum tone_id tone)
{
	fake_audio_heard(fx_audio(r, chan), &(struct heard){.kind = HEARD_TONE_END, .tone = tone});
	fx_run(r, 0);
}

static void ringback(struct rig *r, int chan, unsigned cycle)
{
	fx_tone(r, chan, TONE_RINGBACK, cycle, 3000 * cycle);
}

enum hint { H_POLARITY, H_WINK, H_RINGBACK_STOPS, H_RINGBACK_THEN_SPEECH, H_HELLO_IN_PAUSE, H_SPEECH, H_NOTHING, H_BOTH };

static const struct leg_event *answered(struct rig *r)
{
	return fx_event(fx_last(r), LEG_ANSWERED);
}

static void give(struct rig *r, enum hint h)
{
	switch (h) {
	case H_POLARITY:
		fx_card(r, 1, HW_EV_POLARITY);
		break;
	case H_WINK:
		fx_card(r, 1, HW_EV_DISCONNECT);
		break;
	case H_RINGBACK_STOPS:
		ringback(r, 1, 1);
		fx_run(r, 3000);
		ringback(r, 1, 2);
		fx_run(r, 3500);
		tone_end(r, 1, TONE_RINGBACK);
		fx_run(r, 2500);
		break;
	case H_RINGBACK_THEN_SPEECH:
		ringback(r, 1, 1);
		fx_run(r, 2000);
		tone_end(r, 1, TONE_RINGBACK);
		fx_heard(r, 1, HEARD_SPEECH, 0);
		break;
	case H_HELLO_IN_PAUSE: /* known as no tone at once, as no part of ringback when it ends */
		ringback(r, 1, 1);
		fx_run(r, 1000);
		fx_heard(r, 1, HEARD_SPEECH, 0);
		assert_null(answered(r));
		fx_run(r, 300);
		tone_end(r, 1, TONE_RINGBACK);
		break;
	case H_SPEECH:
		fx_heard(r, 1, HEARD_SPEECH, 0);
		break;
	case H_BOTH: /* in one turn of the loop */
		fake_audio_heard(fx_audio(r, 1), &(struct heard){.kind = HEARD_SPEECH});
		fx_card(r, 1, HW_EV_POLARITY);
		break;
	case H_NOTHING:
		fx_run(r, 30000);
		break;
	}
}

static const struct {
	const char *why;
	enum fxo_answer order[4];
	int n;
	enum hint hint;
	const char *how;	/* NULL: not answered */
} ladder[] = {
	{"polarity", {ANSWER_POLARITY, ANSWER_SPEECH}, 2, H_POLARITY, "polarity"},
	{"polarity first, and an exchange without", {ANSWER_POLARITY, ANSWER_SPEECH}, 2, H_SPEECH, "speech"},
	{"a wink", {ANSWER_BATTERY}, 1, H_WINK, "battery"},
	{"ringback stops", {ANSWER_POLARITY, ANSWER_RINGBACK_STOPPED}, 2, H_RINGBACK_STOPS, "ringback"},
	{"a voice after ringback", {ANSWER_RINGBACK_STOPPED, ANSWER_SPEECH}, 2, H_RINGBACK_THEN_SPEECH, "speech"},
	{"one word in a pause of ringback", {ANSWER_RINGBACK_STOPPED, ANSWER_SPEECH}, 2, H_HELLO_IN_PAUSE, "speech"},
	{"speech is not listed", {ANSWER_POLARITY, ANSWER_RINGBACK_STOPPED}, 2, H_SPEECH, NULL},
	{"polarity is not listed", {ANSWER_SPEECH}, 1, H_POLARITY, NULL},
	{"the timer", {ANSWER_POLARITY, ANSWER_TIMER}, 2, H_NOTHING, "timer"},
	{"two at once: the first listed", {ANSWER_POLARITY, ANSWER_SPEECH}, 2, H_BOTH, "polarity"},
	{"two at once: the other order", {ANSWER_SPEECH, ANSWER_POLARITY}, 2, H_BOTH, "speech"},
	{"no sign of an answer", {ANSWER_POLARITY, ANSWER_SPEECH}, 2, H_NOTHING, NULL},
};

static void test_ladder(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(ladder) / sizeof(ladder[0]); i++) {
		struct fxo_conf c = fx_conf();
		struct rig *r;
		struct rig_leg *l;
		const struct leg_event *ev;

		memcpy(c.answer, ladder[i].order, sizeof(ladder[i].order));
		c.n_answer = ladder[i].n;
		c.answer_timer_ms = 30000;
		r = fx_open(&c);
		l = fx_call_sent(r, "100", 1);
		fx_run(r, 3000);
		give(r, ladder[i].hint);
		ev = fx_event(l, LEG_ANSWERED);
		if (!ev != !ladder[i].how || (ev && strcmp(ev->how, ladder[i].how)))
			fail_msg("%s: answered by %s", ladder[i].why, ev ? ev->how : "nothing");
		assert_int_equal(fx_state(r, 1), ladder[i].how ? FXO_UP : FXO_SENT);
		if (ev)
			assert_string_equal(fake_audio_text(fx_audio(r, 1)), ""); /* the caller is let through */
		fx_close(r);
	}
}

/* An exchange that answers at the last digit does so before we know that the digit is out. */
static void test_reversal_while_dialling(void **state)
{
	static const struct {
		unsigned at_ms;
		bool answered;
	} when[] = {{300, false}, {1700, true}, {1990, true}};

	(void)state;
	for (size_t i = 0; i < sizeof(when) / sizeof(when[0]); i++) {
		struct rig *r = fresh();
		struct rig_leg *l = fx_call(r, "2079460001");

		fx_tone(r, 1, TONE_DIAL, 0, 300);
		tone_end(r, 1, TONE_DIAL);
		fx_run(r, when[i].at_ms);
		fx_card(r, 1, HW_EV_POLARITY);
		assert_null(fx_event(l, LEG_ANSWERED));
		fx_run(r, 2000 - when[i].at_ms + 1);
		assert_int_equal(fx_event(l, LEG_ANSWERED) != NULL, when[i].answered);
		fx_run(r, 5000);
		fx_card(r, 1, HW_EV_POLARITY);
		if (when[i].answered)
			fx_assert_cleared(l, 16, true, "polarity");
		else
			assert_non_null(fx_event(l, LEG_ANSWERED)); /* that was it: the one before only said that it listens */
		fx_close(r);
	}
}

/* The sounds of a call that nobody has answered yet must not answer it. */
static void test_not_answered(void **state)
{
	struct fxo_conf c = fx_conf();
	struct rig *r;
	struct rig_leg *l;

	(void)state;
	c.n_answer = 3;
	r = fx_open(&c);
	l = fx_call_sent(r, "100", 1);
	assert_string_equal(fake_audio_text(fx_audio(r, 1)), "silence 3600000"); /* our caller's echo is no answer */
	fx_run(r, 100);
	fx_heard(r, 1, HEARD_SPEECH, 0); /* the exchange switches through: a crackle */
	fx_run(r, 2000);
	for (unsigned n = 1; n <= 20; n++) { /* it rings for a minute */
		ringback(r, 1, n);
		fx_run(r, 1000);
		fx_heard(r, 1, HEARD_SILENCE, 500);
		if (n == 3)
			fx_heard(r, 1, HEARD_SPEECH, 0); /* one crackle in a pause */
		fx_run(r, 2000);
	}
	assert_null(fx_event(l, LEG_ANSWERED));
	assert_non_null(fx_event(l, LEG_ALERTING));
	assert_true(fx_event(l, LEG_ALERTING)->inband);
	tone_end(r, 1, TONE_RINGBACK); /* then the exchange has had enough */
	fx_run(r, 1500);
	fx_tone(r, 1, TONE_BUSY, 1, 800);
	fx_run(r, 1500);
	fx_tone(r, 1, TONE_BUSY, 2, 1500);
	fx_assert_cleared(l, 17, true, "tone");
	assert_null(fx_event(l, LEG_ANSWERED));
	fx_close(r);
}

static void test_nobody_answers(void **state)
{
	struct fxo_conf c = fx_conf();
	struct rig *r;
	struct rig_leg *l;

	(void)state;
	c.n_answer = 1;
	r = fx_open(&c);
	l = fx_call_sent(r, "100", 1);
	fx_run(r, 179000);
	assert_false(l->cleared);
	fx_run(r, 1000);
	fx_assert_cleared(l, 19, true, NULL);
	fx_close(r);
}

static const struct {
	enum tone_id tone;
	unsigned cycles;
	int cause;
	const char *text;
} tones[] = {
	{TONE_BUSY, 1, 0, ""},
	{TONE_BUSY, 2, 17, "busy tone"},
	{TONE_CONGESTION, 2, 34, "congestion tone"},
	{TONE_SIT, 1, 1, "special information tone"},
	{TONE_CONFIRM, 5, 0, ""},
	{TONE_DIAL, 2, 41, "dial tone again after the number was dialled"},
};

static void test_failure_tones(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(tones) / sizeof(tones[0]); i++) {
		struct rig *r = fresh();
		struct rig_leg *l = fx_call_sent(r, "100", 1);

		fx_run(r, 2000);
		fx_tone(r, 1, tones[i].tone, tones[i].cycles, 2000);
		assert_int_equal(l->cleared, tones[i].cause != 0);
		if (tones[i].cause) {
			fx_assert_cleared(l, tones[i].cause, true, tones[i].tone == TONE_DIAL ? "dialtone" : "tone");
			assert_string_equal(fx_event(l, LEG_CLEARED)->cause.text, tones[i].text);
			assert_false(r->ports[0].offhook);
		}
		fx_close(r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ladder),
		cmocka_unit_test(test_reversal_while_dialling),
		cmocka_unit_test(test_not_answered),
		cmocka_unit_test(test_nobody_answers),
		cmocka_unit_test(test_failure_tones),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
