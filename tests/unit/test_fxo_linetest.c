/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests/unit/test_fxo_linetest.c: a line is measured: what each step makes of it, and all that can come in between. */
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "channels/fxo_test.h"
#include "tests/support/fxo_rig.h"

static struct fxo_test_result got;
static int told;

static void on_tested(void *arg, const struct fxo_test_result *r)
{
	assert_null(arg);
	got = *r;
	told++;
}

static struct rig *begun(bool pulse)
{
	struct fxo_conf c = fx_conf();
	struct rig *r;

	c.pulse = pulse;
	r = fx_open(&c);
	told = 0;
	fx_audio(r, 1)->level_dbm0 = -70;
	assert_int_equal(fxo_line_test(r->trunk, 1, on_tested, NULL), 0);
	fx_run(r, 0);
	assert_int_equal(fx_state(r, 1), FXO_TEST);
	assert_int_equal(told, 0);
	assert_false(r->ports[0].offhook);
	return r;
}

static void tone_end(struct rig *r, enum tone_id tone)
{
	fake_audio_heard(fx_audio(r, 1), &(struct heard){.kind = HEARD_TONE_END, .tone = tone});
	fx_run(r, 0);
}

/* To the moment at which the digit has gone out. */
static void to_digit(struct rig *r)
{
	fx_run(r, 2600);
	assert_true(r->ports[0].offhook);
	fx_run(r, 900);
	fx_tone(r, 1, TONE_DIAL, 0, 400);
	fx_audio(r, 1)->level_dbm0 = -13;
	fx_run(r, 2600);
}

/* From the end of dial tone to the end. */
static void echo_of(struct rig *r, double noise, double echo)
{
	fx_audio(r, 1)->level_dbm0 = noise;
	fx_run(r, 2600);
	assert_string_equal(fake_audio_text(fx_audio(r, 1)), "1004 Hz");
	fx_audio(r, 1)->level_dbm0 = echo;
	fx_run(r, 2600);
}

static void assert_over(struct rig *r, const char *aborted)
{
	assert_int_equal(told, 1);
	assert_string_equal(got.aborted, aborted);
	assert_false(r->ports[0].offhook);
	assert_false(fx_audio(r, 1)->playing);
	assert_int_equal(fx_state(r, 1), FXO_GUARD);
	fx_run(r, 2000);
	assert_int_equal(fx_state(r, 1), FXO_IDLE);
	fx_run(r, 60000);
	assert_int_equal(told, 1);
	fx_close(r);
}

/* --- A line in order ---------------------------------------------------------------------------------- */

static void test_all_steps(void **state)
{
	struct rig *r = begun(false);

	(void)state;
	to_digit(r);
	assert_string_equal(fake_audio_text(fx_audio(r, 1)), "digits 1");
	fx_run(r, 120);
	tone_end(r, TONE_DIAL);
	fx_run(r, 80);
	echo_of(r, -60, -24);
	assert_int_equal(got.dialtone, FXO_TEST_YES);
	assert_int_equal(got.dialtone_ms, 500);
	assert_float_equal(got.idle_dbm0, -70, 0.01);
	assert_float_equal(got.dialtone_dbm0, -13, 0.01);
	assert_int_equal(got.broke, FXO_TEST_YES);
	assert_int_equal(got.broke_ms, 120);
	assert_int_equal(got.tone, TONE_NONE);
	assert_float_equal(got.noise_dbm0, -60, 0.01);
	assert_float_equal(got.erl_db, 14, 0.05);
	assert_false(got.erl_least);
	assert_int_equal(got.on_hook.battery, 1);
	assert_int_equal(got.on_hook.voltage_mv, INT_MIN); /* the card cannot tell */
	assert_over(r, "");
}

static void test_echo_and_noise(void **state)
{
	static const struct {
		double noise, echo, erl;
		bool least;
		const char *why;
	} rows[] = {
		{-90, -24, 14, false, "noise far below"},
		{-40, -37.1, 0, true, "nearly as much echo as noise"},
		{-40, -36.5, 29.08, false, "a little more, without the noise's own part"},
		{-40, -40, 0, true, "nothing but noise"},
		{-99, -99, 0, true, "silence"},
		{-70, -10, 0, false, "all comes back: an open pair"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rig *r = begun(false);
		double erl = rows[i].least ? -10 - rows[i].echo : rows[i].erl; /* at least what was heard says */

		to_digit(r);
		tone_end(r, TONE_DIAL);
		echo_of(r, rows[i].noise, rows[i].echo);
		if (got.erl_least != rows[i].least || fabs(got.erl_db - erl) > 0.1)
			fail_msg("%s: %.2f dB%s", rows[i].why, got.erl_db, got.erl_least ? " or more" : "");
		assert_over(r, "");
	}
}

static void test_dials_pulses(void **state)
{
	struct rig *r = begun(true);

	(void)state;
	to_digit(r);
	assert_string_equal(r->ports[0].pulses, "1/");
	tone_end(r, TONE_DIAL);
	echo_of(r, -60, -24);
	assert_int_equal(got.broke, FXO_TEST_YES);
	assert_over(r, "");
}

/* --- A line that is not ------------------------------------------------------------------------------- */

static void test_no_dial_tone(void **state)
{
	struct rig *r = begun(false);

	(void)state;
	fx_run(r, 2600 + 5000);
	assert_int_equal(fx_audio(r, 1)->plays, 0);
	echo_of(r, -60, -24);
	assert_int_equal(got.dialtone, FXO_TEST_NO);
	assert_int_equal(got.broke, FXO_TEST_NOT_MADE);
	assert_true(isnan(got.dialtone_dbm0));
	assert_float_equal(got.erl_db, 14, 0.05);
	assert_over(r, "");
}

static void test_digit_not_heard(void **state)
{
	struct rig *r = begun(false);

	(void)state;
	to_digit(r);
	fx_run(r, 1500);
	assert_int_equal(got.broke, FXO_TEST_NO);
	assert_int_equal(got.tone, TONE_DIAL);
	assert_true(isnan(got.noise_dbm0) && isnan(got.erl_db));
	assert_over(r, "");
}

static void test_tone_in_the_quiet(void **state)
{
	struct rig *r = begun(false);

	(void)state;
	to_digit(r);
	tone_end(r, TONE_DIAL);
	fx_run(r, 1000);
	fx_tone(r, 1, TONE_CONGESTION, 1, 900);
	fx_run(r, 1600);
	assert_int_equal(got.tone, TONE_CONGESTION);
	assert_true(isnan(got.noise_dbm0) && isnan(got.erl_db));
	assert_over(r, "");
}

static void test_dead_pair(void **state)
{
	struct fxo_conf c = fx_conf();
	struct rig *r = fx_open(&c);

	(void)state;
	told = 0;
	r->ports[0].battery = 0;
	fx_card(r, 1, HW_EV_NO_BATTERY);
	assert_int_equal(fx_state(r, 1), FXO_OUT);
	assert_int_equal(fxo_line_test(r->trunk, 1, on_tested, NULL), 0);
	fx_run(r, 2600);
	assert_int_equal(told, 1);
	assert_int_equal(got.on_hook.battery, 0);
	assert_false(got.seized);
	assert_int_equal(r->ports[0].seizures, 0);
	fx_run(r, 2000);
	assert_int_equal(fx_state(r, 1), FXO_OUT);
	r->ports[0].battery = 1;
	fx_run(r, 2000); /* looked at again, as before the test */
	assert_int_equal(fx_state(r, 1), FXO_IDLE);
	fx_close(r);
}

static void test_card_refuses(void **state)
{
	struct rig *r = begun(false);

	(void)state;
	r->ports[0].hook_err = -EIO;
	fx_run(r, 2600);
	assert_over(r, "the card refuses to go off hook");
}

static void test_battery_goes(void **state)
{
	struct rig *r = begun(false);

	(void)state;
	to_digit(r);
	fx_card(r, 1, HW_EV_DISCONNECT);
	assert_over(r, "the exchange took the battery away");
}

/* --- What comes in between ---------------------------------------------------------------------------- */

static void test_busy(void **state)
{
	struct rig *r = begun(false);
	struct rig_leg *l;

	(void)state;
	assert_int_equal(fxo_line_test(r->trunk, 1, on_tested, NULL), -EBUSY);
	assert_int_equal(fxo_line_test(r->trunk, 0, on_tested, NULL), -EINVAL);
	assert_int_equal(fxo_line_test(r->trunk, RIG_LINES + 1, on_tested, NULL), -EINVAL);
	l = fx_call(r, "2079460001"); /* hunts past the line under test */
	assert_int_equal(fx_state(r, 2), FXO_SEIZED);
	assert_int_equal(fxo_line_test(r->trunk, 2, on_tested, NULL), -EBUSY);
	r->ports[2].away = true;
	fx_card(r, 3, HW_EV_REMOVED);
	assert_int_equal(fxo_line_test(r->trunk, 3, on_tested, NULL), -ENODEV);
	fx_clear(l, 16);
	fx_run(r, 30000);
	assert_int_equal(told, 1);
	fx_close(r);
}

static void test_ring_ends_it(void **state)
{
	struct rig *r = begun(false);

	(void)state;
	fx_run(r, 1000);
	fx_ring(r, 1, 1000);
	assert_int_equal(told, 1);
	assert_string_equal(got.aborted, "the line rings");
	assert_int_equal(fx_state(r, 1), FXO_RINGING);
	fx_run(r, 2000);
	fx_ring(r, 1, 1000);
	assert_int_equal(r->offered, 1); /* as if there had been no test */
	fx_run(r, 10000);
	assert_true(fx_last(r)->cleared);
	fx_run(r, 5000);
	fx_close(r);
}

static void test_card_leaves(void **state)
{
	struct rig *r = begun(false);

	(void)state;
	to_digit(r);
	r->ports[0].away = true;
	fx_card(r, 1, HW_EV_REMOVED);
	assert_int_equal(told, 1);
	assert_string_equal(got.aborted, "the card has left");
	fx_run(r, 30000);
	assert_int_equal(told, 1);
	fx_close(r);
}

static void test_trunk_closes(void **state)
{
	struct rig *r = begun(false);

	(void)state;
	to_digit(r);
	fx_close(r);
	assert_int_equal(told, 1);
	assert_string_equal(got.aborted, "the trunk is being closed");
}

static void test_dialtone_on_and_off(void **state)
{
	struct rig *r = begun(false);

	(void)state;
	fx_run(r, 2600 + 500);
	fx_tone(r, 1, TONE_DIAL, 0, 400);
	fx_run(r, 1000);
	tone_end(r, TONE_DIAL);
	echo_of(r, -60, -24);
	assert_int_equal(got.dialtone, FXO_TEST_YES);
	assert_true(isnan(got.dialtone_dbm0)); /* it was not there for long enough */
	assert_int_equal(got.broke, FXO_TEST_NOT_MADE);
	assert_over(r, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_steps),	 cmocka_unit_test(test_echo_and_noise),
		cmocka_unit_test(test_dials_pulses),	 cmocka_unit_test(test_no_dial_tone),
		cmocka_unit_test(test_digit_not_heard),	 cmocka_unit_test(test_tone_in_the_quiet),
		cmocka_unit_test(test_dead_pair),	 cmocka_unit_test(test_card_refuses),
		cmocka_unit_test(test_battery_goes),	 cmocka_unit_test(test_busy),
		cmocka_unit_test(test_ring_ends_it),	 cmocka_unit_test(test_card_leaves),
		cmocka_unit_test(test_trunk_closes),	 cmocka_unit_test(test_dialtone_on_and_off),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
