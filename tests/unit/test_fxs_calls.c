/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests/unit/test_fxs_calls.c: a telephone with a second call of its own: held, swapped, three that talk, transferred; whoever is left
 * when it is put down rings back.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "tests/support/fxs_services.h"

static struct fxs_bench *const b = &fxs_services;

#define LINE_PORT fake_audio_port(fxs_audio(b, 1))

/* --- A second call of one's own -------------------------------------------------------------------- */

static struct fxs_call *first, *second;

/* The first call held, the second dialled; ANSWERED or still ringing. */
static void consult(bool answered)
{
	first = fxs_up(b, 1, "1234");
	fxs_flash(b, 1);
	assert_string_equal(first->story, "audio held");
	assert_null(first->leg->port);
	fxs_assert_state(b, 1, FXS_HELD);
	assert_true(fake_audio_is(fxs_audio(b, 1), TONE_DIAL));
	if (answered) {
		second = fxs_up(b, 1, "911");
		return;
	}
	fxs_dial(b, 1, "911");
	second = fxs_last(b);
	leg_alert(second->leg, false);
	assert_true(fake_audio_is(fxs_audio(b, 1), TONE_RINGBACK));
}

static void test_back_from_dial_tone(void **state)
{
	(void)state;
	first = fxs_up(b, 1, "1234");
	fxs_flash(b, 1);
	fxs_dial(b, 1, "9");
	fxs_flash(b, 1);
	assert_string_equal(first->story, "audio held audio resumed");
	assert_ptr_equal(first->leg->port, LINE_PORT);
	fxs_assert_state(b, 1, FXS_UP);
	fxs_onhook(b, 1);
}

static void test_back_from_ringing(void **state)
{
	(void)state;
	consult(false);
	fxs_flash(b, 1);
	assert_string_equal(second->story, "cleared:16");
	assert_string_equal(first->story, "audio held audio resumed");
	assert_false(fxs_audio(b, 1)->playing);
	fxs_onhook(b, 1);
}

static void test_three_way(void **state)
{
	(void)state;
	consult(true);
	fxs_flash(b, 1);
	fxs_assert_state(b, 1, FXS_THREE_WAY);
	assert_true(fxs_audio(b, 1)->conference);
	assert_string_equal(first->story, "audio held audio resumed");
	assert_string_equal(second->story, "audio");
	assert_ptr_equal(second->leg->port, fake_audio_party(fxs_audio(b, 1), 0));
	assert_ptr_equal(first->leg->port, fake_audio_party(fxs_audio(b, 1), 1));
	fxs_flash(b, 1);	/* the last that came goes */
	assert_string_equal(second->story, "audio audio cleared:16");
	assert_ptr_equal(first->leg->port, LINE_PORT);
	assert_false(fxs_audio(b, 1)->conference);
	fxs_assert_state(b, 1, FXS_UP);
	fxs_onhook(b, 1);
	assert_true(first->cleared);
}

static void test_three_way_one_leaves(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		struct fxs_call *goes, *stays;

		consult(true);
		fxs_flash(b, 1);
		goes = i ? first : second;
		stays = i ? second : first;
		fxs_clear(goes, 16);
		fxs_bench_run(b, 1);
		assert_true(goes->cleared);
		assert_false(stays->cleared);
		assert_ptr_equal(stays->leg->port, LINE_PORT);
		assert_false(fxs_audio(b, 1)->conference);
		fxs_assert_state(b, 1, FXS_UP);
		fxs_onhook(b, 1);
		assert_true(stays->cleared);
		fxs_assert_idle(b);
	}
}

static void test_three_way_put_down(void **state)
{
	struct fxs_conf conf = { .three_way = true };

	(void)state;
	consult(true);
	fxs_flash(b, 1);
	fxs_onhook(b, 1);	/* with transfer: the two others go on */
	assert_ptr_equal(first->events[first->n_events - 1].other, second->leg);
	assert_false(fxs_audio(b, 1)->conference);
	fxs_clear(first, 16);
	fxs_clear(second, 16);
	fxs_bench_run(b, 1);
	fxs_assert_idle(b);
	fxs_services_conf(&conf);
	consult(true);
	fxs_flash(b, 1);
	fxs_onhook(b, 1);	/* without: both end */
	assert_true(first->cleared && second->cleared);
	assert_false(fxs_audio(b, 1)->conference);
}

static void test_no_three_way_swaps(void **state)
{
	struct fxs_conf conf = { .transfer = true };

	(void)state;
	fxs_services_conf(&conf);
	consult(true);
	fxs_flash(b, 1);
	assert_string_equal(second->story, "audio held");
	assert_string_equal(first->story, "audio held audio resumed");
	fxs_flash(b, 1);
	assert_ptr_equal(second->leg->port, LINE_PORT);
	fxs_onhook(b, 1);
	assert_non_null(strstr(first->story, "join") ? first->story : strstr(second->story, "join"));
	fxs_clear(first, 16);
	fxs_clear(second, 16);
	fxs_bench_run(b, 1);
}

/* --- Transfer -------------------------------------------------------------------------------------- */

static void transfer(bool attended)
{
	consult(attended);
	fxs_onhook(b, 1);
	assert_string_equal(second->story, "audio");
	assert_string_equal(first->story, "audio held join");
	assert_ptr_equal(first->events[2].other, second->leg);
	assert_null(second->leg->port);
	fxs_assert_state(b, 1, FXS_IDLE);	/* the telephone is free at once */
	assert_non_null(strstr(second->ladder, "< transfer"));
	fxs_bench_run(b, 100);
	fxs_clear(first, 16);
	fxs_clear(second, 16);
	fxs_bench_run(b, 1);
	fxs_assert_idle(b);
}

static void test_transfer(void **state)
{
	(void)state;
	transfer(true);
	transfer(false);	/* blind */
}

static void test_transfer_not_taken(void **state)
{
	(void)state;
	consult(true);
	fxs_onhook(b, 1);
	fxs_bench_run(b, 4900);
	assert_false(first->cleared || second->cleared);
	fxs_bench_run(b, 200);
	assert_true(first->cleared && second->cleared);
}

static void test_line_is_free_while_the_transfer_lasts(void **state)
{
	struct fxs_call *third;

	(void)state;
	consult(true);
	fxs_onhook(b, 1);
	third = fxs_up(b, 1, "1234");
	fxs_clear(first, 16);
	fxs_clear(second, 16);
	fxs_bench_run(b, 10);
	fxs_assert_state(b, 1, FXS_UP);
	assert_false(third->cleared);
	assert_ptr_equal(third->leg->port, LINE_PORT);
	fxs_onhook(b, 1);
}

static void test_no_transfer_rings_back(void **state)
{
	struct fxs_conf conf = { .three_way = true };

	(void)state;
	fxs_services_conf(&conf);
	consult(true);
	fxs_onhook(b, 1);
	assert_true(second->cleared);
	assert_false(first->cleared);
	assert_true(b->ports[0].ringing);
	fxs_bench_run(b, 3000);
	fxs_offhook(b, 1);
	assert_string_equal(first->story, "audio held audio resumed");
	assert_ptr_equal(first->leg->port, LINE_PORT);
	fxs_onhook(b, 1);
	consult(true);
	fxs_onhook(b, 1);
	fxs_bench_run(b, 59000);
	assert_false(first->cleared);
	fxs_bench_run(b, 1100);	/* nobody comes */
	assert_non_null(strstr(first->story, "cleared:19"));
	assert_false(b->ports[0].ringing);
}

static void test_put_down_at_dial_tone_rings_back(void **state)
{
	(void)state;
	first = fxs_up(b, 1, "1234");
	fxs_flash(b, 1);
	fxs_onhook(b, 1);
	fxs_assert_state(b, 1, FXS_RINGING);
	fxs_clear(first, 16);	/* the held one gives up */
	fxs_bench_run(b, 1);
}

static void test_second_call_fails(void **state)
{
	(void)state;
	consult(false);
	fxs_clear(second, 17);
	fxs_bench_run(b, 1);
	assert_true(fake_audio_is(fxs_audio(b, 1), TONE_BUSY));
	assert_false(first->cleared);
	fxs_flash(b, 1);
	assert_ptr_equal(first->leg->port, LINE_PORT);
	fxs_clear(first, 16);
	fxs_bench_run(b, 1);
	fxs_onhook(b, 1);
}

static void test_held_one_ends(void **state)
{
	(void)state;
	consult(true);
	fxs_clear(first, 16);
	fxs_bench_run(b, 1);
	fxs_assert_state(b, 1, FXS_UP);
	assert_ptr_equal(second->leg->port, LINE_PORT);
	fxs_onhook(b, 1);	/* and no transfer of one call */
	assert_string_equal(second->story, "cleared:16");
}

static void test_flash_with_nothing_allowed(void **state)
{
	struct fxs_conf conf = { 0 };

	(void)state;
	fxs_services_conf(&conf);
	first = fxs_up(b, 1, "1234");
	fxs_flash(b, 1);
	assert_string_equal(first->story, "");
	fxs_assert_state(b, 1, FXS_UP);
	fxs_onhook(b, 1);
}

static void test_flash_at_other_times(void **state)
{
	(void)state;
	fxs_flash(b, 1);	/* on hook: nothing */
	fxs_assert_state(b, 1, FXS_IDLE);
	fxs_offhook(b, 1);
	fxs_dial(b, 1, "7");
	assert_true(fake_audio_is(fxs_audio(b, 1), TONE_CONGESTION));
	fxs_flash(b, 1);	/* dial tone again, as after a moment on hook */
	assert_true(fake_audio_is(fxs_audio(b, 1), TONE_DIAL));
	fxs_dial(b, 1, "1234");
	fxs_flash(b, 1);	/* a call that rings: nothing */
	fxs_assert_state(b, 1, FXS_CALLING);
	fxs_onhook(b, 1);
}

/* The British recall of 90 ms reaches us as the pulse digit 1 from a card that cannot tell. */
static void test_short_flash(void **state)
{
	struct fxs_conf none = { 0 }, us = { .three_way = true, .country = country_find("us") };

	(void)state;
	first = fxs_up(b, 1, "1234");
	fxs_pulses(b, 1, "1");
	assert_string_equal(first->story, "audio held");
	fxs_pulses(b, 1, "911");	/* a number is awaited: these are digits */
	second = fxs_last(b);
	assert_string_equal(second->offer.called.digits, "911");
	fxs_pulses(b, 1, "1");
	assert_true(second->cleared);
	assert_string_equal(first->story, "audio held audio resumed");
	fxs_pulses(b, 1, "2");
	assert_string_equal(first->story, "audio held audio resumed digit");
	fxs_pulses(b, 1, "1");
	fxs_pulses(b, 1, "1");	/* before any digit: back to the call that is held */
	assert_string_equal(first->story, "audio held audio resumed digit audio held audio resumed");
	fxs_onhook(b, 1);
	fxs_services_conf(&none);	/* no services: a digit */
	first = fxs_up(b, 1, "1234");
	fxs_pulses(b, 1, "1");
	assert_string_equal(first->story, "digit");
	fxs_onhook(b, 1);
	fxs_services_conf(&us);	/* a flash is 300 ms and more there */
	first = fxs_up(b, 1, "1234");
	fxs_pulses(b, 1, "1");
	assert_string_equal(first->story, "digit");
	fxs_onhook(b, 1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, fxs_services_setup, fxs_services_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_back_from_dial_tone),
		TEST(test_back_from_ringing),
		TEST(test_three_way),
		TEST(test_three_way_one_leaves),
		TEST(test_three_way_put_down),
		TEST(test_no_three_way_swaps),
		TEST(test_transfer),
		TEST(test_transfer_not_taken),
		TEST(test_line_is_free_while_the_transfer_lasts),
		TEST(test_no_transfer_rings_back),
		TEST(test_put_down_at_dial_tone_rings_back),
		TEST(test_second_call_fails),
		TEST(test_held_one_ends),
		TEST(test_flash_with_nothing_allowed),
		TEST(test_flash_at_other_times),
		TEST(test_short_flash),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
