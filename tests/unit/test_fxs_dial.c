/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests/unit/test_fxs_dial.c: a telephone is lifted: dial tone, digits, the digit map, the timers, what is heard before answer
 * and when the call ends, and what becomes of one that is left off hook.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "tests/support/fxs_bench.h"

static struct fxs_bench bench;

static struct fxs_bench *open_bench(const struct fxs_conf *conf)
{
	static const struct fxs_conf plain = { .first_digit_ms = 15000 };

	fxs_bench_open(&bench, conf ? conf : &plain);
	return &bench;
}

static void test_dial_tone(void **state)
{
	struct fxs_bench *b = open_bench(NULL);

	(void)state;
	fxs_offhook(b, 1);
	assert_true(fake_audio_is(fxs_audio(b, 1), TONE_DIAL));	/* at once: no turn of the clock */
	fxs_assert_state(b, 1, FXS_DIALLING);
	fxs_onhook(b, 1);
	assert_int_equal(fxs_trunk_messages(b->trunk, 1, 3), 0);
	assert_int_equal(fxs_trunk_messages(b->trunk, 9, 3), -ENOENT);
	fxs_offhook(b, 1);
	assert_true(fake_audio_is(fxs_audio(b, 1), TONE_STUTTER));
	assert_int_equal(fxs_info(b, 1).messages, 3);
	fxs_onhook(b, 1);
	fxs_assert_idle(b);
	fxs_bench_close(b);
}

static void test_tone_stops_at_first_sound(void **state)
{
	struct fxs_bench *b = open_bench(NULL);
	struct heard h = { .kind = HEARD_DIGIT_BEGIN, .digit = '1' };

	(void)state;
	fxs_offhook(b, 1);
	fake_audio_heard(fxs_audio(b, 1), &h);
	assert_false(fxs_audio(b, 1)->playing);
	fxs_onhook(b, 1);
	fxs_offhook(b, 1);
	fxs_say(b, 1, HW_EV_PULSE_START);
	assert_false(fxs_audio(b, 1)->playing);
	fxs_onhook(b, 1);
	fxs_assert_idle(b);
	fxs_bench_close(b);
}

/* The plan: 1234, 911, 5 and any digits after it, *57, *6#, 20, 201. */
static const struct {
	const char *why, *dial;
	const char *number;		/* offered; NULL: reorder tone */
	unsigned after_ms;		/* of silence */
	bool pulse;
} numbers[] = {
	{ "complete: no waiting", "1234", "1234", 0, false },
	{ "by pulses", "911", "911", 0, true },
	{ "may go on: the timer ends it", "555", "555", 4000, false },
	{ "may go on: # ends it, and is no part of it", "555#", "555", 0, false },
	{ "# that the plan has to the letter", "*6#", "*6#", 0, false },
	{ "a service code", "*57", "*57", 0, false },
	{ "a longer one exists: the timer", "20", "20", 4000, false },
	{ "the longer one: no waiting", "201", "201", 0, false },
	{ "no row begins so", "7", NULL, 0, false },
	{ "wrong at its third digit", "129", NULL, 0, false },
	{ "too short when the timer runs out", "12", NULL, 4000, false },
	{ "too short when ended", "12#", NULL, 0, false },
	{ "an end and no number", "#", NULL, 0, false },
	{ "no digit in time", "", NULL, 15000, false },
};

static void test_digit_map(void **state)
{
	struct fxs_bench *b = open_bench(NULL);

	(void)state;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		unsigned n = b->n_calls;

		fxs_offhook(b, 1);
		if (numbers[i].pulse)
			fxs_pulses(b, 1, numbers[i].dial);
		else
			fxs_dial(b, 1, numbers[i].dial);
		if (numbers[i].after_ms) {
			fxs_bench_run(b, numbers[i].after_ms - 100);
			fxs_assert_state(b, 1, FXS_DIALLING);
			fxs_bench_run(b, 110);
		}
		if (numbers[i].number) {
			if (b->n_calls != n + 1)
				fail_msg("%s: no call", numbers[i].why);
			assert_string_equal(fxs_last(b)->offer.called.digits, numbers[i].number);
			assert_false(fxs_audio(b, 1)->playing);
		} else {
			assert_int_equal(b->n_calls, n);
			assert_true(fake_audio_is(fxs_audio(b, 1), TONE_CONGESTION));
		}
		fxs_onhook(b, 1);
		fxs_assert_idle(b);
	}
	fxs_bench_close(b);
}

static void test_offer(void **state)
{
	struct fxs_bench *b = open_bench(NULL);
	struct fxs_call *c;

	(void)state;
	fxs_offhook(b, 2);
	fxs_dial(b, 2, "1234");
	c = fxs_last(b);
	assert_string_equal(c->offer.calling.digits, "2071838762");
	assert_int_equal(c->offer.calling.presentation, PRES_ALLOWED);
	assert_string_equal(c->offer.calling_name, "Desk 2");
	assert_string_equal(c->offer.source, "chan 64");
	assert_string_equal(c->offer.id, "phones/2/1");
	assert_int_equal(c->offer.bearer, BEARER_3K1);
	assert_ptr_equal(c->leg->port, fake_audio_port(fxs_audio(b, 2)));
	assert_int_equal(c->leg->line->chan, 64);
	assert_string_equal(c->leg->ops->name, "fxs");
	assert_string_equal(c->ladder, "< off hook \n< digits 1234\n");
	fxs_assert_state(b, 2, FXS_CALLING);
	assert_int_equal(fxs_info(b, 2).calls, 1);
	fxs_onhook(b, 2);
	assert_string_equal(c->story, "cleared:16");
	assert_string_equal(c->ladder, "< off hook \n< digits 1234\n< on hook \n");
	fxs_assert_idle(b);
	fxs_bench_close(b);
}

/* --- Before answer ------------------------------------------------------------------------------- */

static void test_ringback(void **state)
{
	struct fxs_bench *b = open_bench(NULL);
	struct fxs_call *c;

	(void)state;
	fxs_offhook(b, 1);
	fxs_dial(b, 1, "1234");
	c = fxs_last(b);
	assert_int_equal(leg_proceed(c->leg), 0);
	assert_false(fxs_audio(b, 1)->playing);
	assert_int_equal(leg_alert(c->leg, false), 0);
	assert_true(fake_audio_is(fxs_audio(b, 1), TONE_RINGBACK));
	assert_int_equal(leg_progress(c->leg, true, NULL), 0);
	assert_false(fxs_audio(b, 1)->playing);
	assert_int_equal(leg_alert(c->leg, false), 0);	/* the far end's audio stays */
	assert_false(fxs_audio(b, 1)->playing);
	assert_int_equal(leg_answer(c->leg, NULL), 0);
	assert_int_equal(leg_answer(c->leg, NULL), -EALREADY);
	assert_int_equal(leg_alert(c->leg, false), -EALREADY);
	fxs_assert_state(b, 1, FXS_UP);
	assert_false(b->ports[0].reversed);
	fxs_onhook(b, 1);
	fxs_assert_idle(b);
	fxs_bench_close(b);
}

static const struct { int cause; enum tone_id tone; } refusals[] = {
	{ 17, TONE_BUSY }, { 34, TONE_CONGESTION }, { 42, TONE_CONGESTION }, { 1, TONE_SIT },
	{ 28, TONE_SIT },  { 41, TONE_CONGESTION }, { 19, TONE_BUSY },	     { 127, TONE_CONGESTION },
};

static void test_refused(void **state)
{
	struct fxs_bench *b = open_bench(NULL);

	(void)state;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		fxs_offhook(b, 1);
		fxs_dial(b, 1, "1234");
		leg_alert(fxs_last(b)->leg, false);
		fxs_clear(fxs_last(b), refusals[i].cause);
		assert_true(fake_audio_is(fxs_audio(b, 1), refusals[i].tone));
		fxs_bench_run(b, 1);
		assert_true(fxs_last(b)->cleared);
		assert_int_equal(fxs_last(b)->events[0].cause.q850, refusals[i].cause);
		fxs_assert_state(b, 1, FXS_TONE);
		assert_null(strstr(b->ports[0].log, "drop"));
		fxs_onhook(b, 1);
		fxs_assert_idle(b);
	}
	fxs_bench_close(b);
}

/* --- The end of a call ------------------------------------------------------------------------------- */

static void test_polarity_and_drop(void **state)
{
	struct fxs_conf conf = { .start = FXS_KEWL, .polarity_answer = true };
	struct fxs_bench *b = open_bench(&conf);
	struct fxs_call *c = fxs_up(b, 1, "1234");

	(void)state;
	assert_true(b->ports[0].reversed);
	assert_int_equal(b->ports[0].timing.drop_ms, 500);
	fxs_clear(c, 16);
	fxs_bench_run(b, 1);
	assert_false(b->ports[0].reversed);
	assert_non_null(strstr(b->ports[0].log, "normal drop "));
	fxs_bench_run(b, 490);
	assert_false(fxs_audio(b, 1)->playing);
	fxs_say(b, 1, HW_EV_ONHOOK);	/* the loop has no current now, whatever the hook does */
	fxs_say(b, 1, HW_EV_OFFHOOK);
	fxs_bench_run(b, 20);
	assert_non_null(strstr(b->ports[0].log, "drop offhook"));
	assert_true(fake_audio_is(fxs_audio(b, 1), TONE_CONGESTION));	/* and no dial tone */
	fxs_onhook(b, 1);
	fxs_assert_idle(b);
	c = fxs_up(b, 1, "1234");	/* a modem hangs up in the drop */
	fxs_clear(c, 16);
	fxs_onhook(b, 1);
	fxs_bench_run(b, 600);
	fxs_assert_idle(b);
	fxs_bench_close(b);
}

static void test_loop_start_has_a_tone_only(void **state)
{
	struct fxs_bench *b = open_bench(NULL);
	struct fxs_call *c = fxs_up(b, 1, "1234");

	(void)state;
	fxs_clear(c, 16);
	fxs_bench_run(b, 1);
	assert_null(strstr(b->ports[0].log, "drop"));
	assert_true(fake_audio_is(fxs_audio(b, 1), TONE_BUSY));
	fxs_onhook(b, 1);
	fxs_assert_idle(b);
	fxs_bench_close(b);
}

static void test_left_off_hook(void **state)
{
	struct fxs_conf conf = { .first_digit_ms = 10000, .busy_ms = 20000, .howler_ms = 30000 };
	struct fxs_bench *b = open_bench(&conf);

	(void)state;
	fxs_offhook(b, 1);
	fxs_bench_run(b, 9999);
	assert_true(fake_audio_is(fxs_audio(b, 1), TONE_DIAL));
	fxs_bench_run(b, 2);
	assert_true(fake_audio_is(fxs_audio(b, 1), TONE_CONGESTION));
	fxs_bench_run(b, 20000);
	assert_true(fake_audio_is(fxs_audio(b, 1), TONE_HOWLER));
	fxs_assert_state(b, 1, FXS_LEFT_OFF_HOOK);
	fxs_bench_run(b, 30000);
	assert_false(fxs_audio(b, 1)->playing);
	assert_int_equal(b->next_us, -1);	/* nothing runs any more */
	fxs_bench_run(b, 100000);
	fxs_assert_state(b, 1, FXS_LEFT_OFF_HOOK);
	fxs_onhook(b, 1);
	fxs_assert_idle(b);
	fxs_bench_close(b);
}

static void test_no_howler(void **state)
{
	struct fxs_conf conf = { .first_digit_ms = 1000, .busy_ms = 2000 };
	struct fxs_bench *b = open_bench(&conf);

	(void)state;
	fxs_offhook(b, 1);
	fxs_bench_run(b, 2900);
	assert_true(fake_audio_is(fxs_audio(b, 1), TONE_CONGESTION));
	fxs_bench_run(b, 200);
	assert_false(fxs_audio(b, 1)->playing);
	fxs_assert_state(b, 1, FXS_LEFT_OFF_HOOK);
	fxs_onhook(b, 1);
	fxs_assert_idle(b);
	fxs_bench_close(b);
}

/* --- Lines with a number of their own ---------------------------------------------------------------- */

static void test_hotline(void **state)
{
	struct fxs_line_conf lines[3] = { { .chan = 63, .hotline = "999" },
					  { .chan = 64, .hotline = "1234", .hotline_ms = 5000 },
					  { .chan = 65 } };
	struct fxs_conf conf = { .lines = lines, .n_lines = 3 };
	struct fxs_bench *b = open_bench(&conf);

	(void)state;
	fxs_offhook(b, 1);
	assert_string_equal(fxs_last(b)->offer.called.digits, "999");
	assert_int_equal(fxs_audio(b, 1)->plays, 0);
	assert_int_equal(fxs_last(b)->offer.calling.presentation, PRES_UNAVAILABLE);
	fxs_onhook(b, 1);
	fxs_offhook(b, 2);
	assert_true(fake_audio_is(fxs_audio(b, 2), TONE_DIAL));
	fxs_bench_run(b, 4990);
	fxs_assert_state(b, 2, FXS_DIALLING);
	fxs_bench_run(b, 20);
	assert_string_equal(fxs_last(b)->offer.called.digits, "1234");
	fxs_onhook(b, 2);
	fxs_offhook(b, 2);
	fxs_dial(b, 2, "911");
	assert_string_equal(fxs_last(b)->offer.called.digits, "911");
	fxs_onhook(b, 2);
	fxs_assert_idle(b);
	fxs_bench_close(b);
}

static void test_digits_in_a_call(void **state)
{
	struct fxs_bench *b = open_bench(NULL);
	struct fxs_call *c = fxs_up(b, 1, "1234");

	(void)state;
	fxs_dial(b, 1, "5");	/* tones pass in the audio */
	assert_string_equal(c->story, "");
	fxs_pulses(b, 1, "5");
	assert_string_equal(c->story, "digit");
	assert_int_equal(c->events[0].digit, '5');
	assert_int_equal(leg_digit(c->leg, '7', 120), 0);
	assert_string_equal(fake_audio_text(fxs_audio(b, 1)), "digits 7");
	fxs_bench_run(b, 500);
	assert_false(fxs_audio(b, 1)->playing);
	fxs_onhook(b, 1);
	fxs_assert_idle(b);
	fxs_bench_close(b);
}

static void test_gains_and_timing(void **state)
{
	struct fxs_conf conf = { .rx_gain_db = -2, .tx_gain_db = 1.5, .flash_max_ms = 700, .drop_ms = 800, .echo_taps = 256 };
	struct fxs_bench *b = open_bench(&conf);

	(void)state;
	assert_true(b->ports[0].rx_db == -2 && b->ports[0].tx_db == 1.5);
	assert_int_equal(b->ports[0].timing.flash_max_ms, 700);
	assert_int_equal(b->ports[0].timing.flash_min_ms, 75);	/* the country's 50 ms would take pulses for flashes */
	assert_int_equal(b->ports[0].timing.drop_ms, 800);
	assert_int_equal(fxs_audio(b, 1)->echo_taps, 256);
	fxs_bench_close(b);
}

static void test_drained(void **state)
{
	struct fxs_bench *b = open_bench(NULL);
	struct fxs_call *c = fxs_up(b, 1, "1234");
	struct leg_offer o = { .called.digits = "2" };
	int err;

	(void)state;
	fxs_trunk_drain(b->trunk, true);
	assert_null(fxs_call_to(b, &o, &err));
	assert_int_equal(err, -ESHUTDOWN);
	assert_int_equal(fxs_call_error_cause(err), 41);
	fxs_offhook(b, 2);
	assert_true(fake_audio_is(fxs_audio(b, 2), TONE_CONGESTION));
	fxs_onhook(b, 2);
	fxs_assert_state(b, 1, FXS_UP);	/* what is up stays */
	assert_false(c->cleared);
	fxs_trunk_drain(b->trunk, false);
	fxs_offhook(b, 2);
	assert_true(fake_audio_is(fxs_audio(b, 2), TONE_DIAL));
	fxs_onhook(b, 2);
	fxs_onhook(b, 1);
	fxs_assert_idle(b);
	fxs_bench_close(b);
}

static void test_port_leaves_and_comes_back(void **state)
{
	struct fxs_bench *b = open_bench(NULL);
	struct fxs_call *c = fxs_up(b, 1, "1234");
	struct leg_offer o = { .called.digits = "1" };
	int err;

	(void)state;
	fxs_remove(b, 1, true);
	fxs_assert_state(b, 1, FXS_OUT);
	assert_string_equal(c->story, "cleared:41");
	assert_null(fxs_call_to(b, &o, &err));
	assert_int_equal(err, -ENETDOWN);
	fxs_bench_run(b, 5000);
	assert_false(b->ports[0].open);
	fxs_assert_state(b, 1, FXS_OUT);
	b->ports[0].removed = false;
	fxs_bench_run(b, 1100);
	fxs_assert_state(b, 1, FXS_DIALLING);	/* it was left lifted */
	fxs_onhook(b, 1);
	fxs_assert_idle(b);
	fxs_bench_close(b);
}

static void test_no_lines(void **state)
{
	struct fxs_conf conf = { .name = "x", .country = country_find("uk") };
	struct fxs_handlers h = { 0 };
	struct fxs_trunk *t;

	(void)state;
	assert_int_equal(fxs_trunk_open(&t, NULL, &conf, &h), -EINVAL);
	assert_string_equal(fxs_line_state_name((enum fxs_line_state)99), "?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dial_tone),
		cmocka_unit_test(test_tone_stops_at_first_sound),
		cmocka_unit_test(test_digit_map),
		cmocka_unit_test(test_offer),
		cmocka_unit_test(test_ringback),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_polarity_and_drop),
		cmocka_unit_test(test_loop_start_has_a_tone_only),
		cmocka_unit_test(test_left_off_hook),
		cmocka_unit_test(test_no_howler),
		cmocka_unit_test(test_hotline),
		cmocka_unit_test(test_digits_in_a_call),
		cmocka_unit_test(test_gains_and_timing),
		cmocka_unit_test(test_drained),
		cmocka_unit_test(test_port_leaves_and_comes_back),
		cmocka_unit_test(test_no_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
