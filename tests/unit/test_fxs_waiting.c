/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests/unit/test_fxs_waiting.c: a call waits for a telephone that talks: tone, caller ID, swapped, refused. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "tests/support/fxs_callerid.h"
#include "tests/support/fxs_services.h"

static struct fxs_bench *const b = &fxs_services;

#define LINE_PORT fake_audio_port(fxs_audio(b, 1))

static void test_waiting_tone(void **state)
{
	struct fxs_call *first = fxs_up(b, 1, "1234"), *second = fxs_ring_port(b, 1);

	(void)state;
	fxs_bench_run(b, 1);
	assert_string_equal(second->story, "alerting");
	assert_true(fxs_audio(b, 1)->playing);
	assert_ptr_equal(fxs_audio(b, 1)->items[0].tone, tone_of(country_find("uk"), TONE_CALL_WAITING));
	fxs_bench_run(b, 2500);
	assert_false(fxs_audio(b, 1)->playing);	/* the first call again */
	assert_ptr_equal(fxs_info(b, 1).leg[0], first->leg);
	assert_ptr_equal(fxs_info(b, 1).leg[1], second->leg);
	fxs_bench_run(b, 10000);
	assert_int_equal(fxs_audio(b, 1)->plays, 3);	/* dial tone, and twice this */
	fxs_clear(second, 16);
	fxs_bench_run(b, 30000);
	assert_int_equal(fxs_audio(b, 1)->plays, 3);
	fxs_assert_state(b, 1, FXS_UP);
	fxs_onhook(b, 1);
}

static void test_waiting_swap(void **state)
{
	struct fxs_call *first = fxs_up(b, 1, "1234"), *second = fxs_ring_port(b, 1);

	(void)state;
	fxs_flash(b, 1);
	assert_false(fxs_audio(b, 1)->playing);
	assert_string_equal(first->story, "audio held");
	assert_string_equal(second->story, "alerting audio answered");
	assert_null(first->leg->port);
	assert_ptr_equal(second->leg->port, LINE_PORT);
	fxs_flash(b, 1);
	assert_string_equal(first->story, "audio held audio resumed");
	assert_string_equal(second->story, "alerting audio answered audio held");
	assert_ptr_equal(first->leg->port, LINE_PORT);
	assert_null(second->leg->port);
	fxs_clear(first, 16);	/* the held one stays */
	fxs_bench_run(b, 1);
	assert_true(fake_audio_is(fxs_audio(b, 1), TONE_BUSY));
	fxs_flash(b, 1);
	assert_string_equal(second->story, "alerting audio answered audio held audio resumed");
	assert_false(fxs_audio(b, 1)->playing);
	fxs_onhook(b, 1);
	assert_true(second->cleared);
}

static void test_no_third_call(void **state)
{
	struct leg_offer o = { .called.digits = "1" };
	int err;

	(void)state;
	fxs_up(b, 1, "1234");
	fxs_ring_port(b, 1);
	assert_null(fxs_call_to(b, &o, &err));
	assert_int_equal(err, -EBUSY);
	fxs_clear(fxs_last(b), 16);
	fxs_bench_run(b, 1);
	fxs_onhook(b, 1);
}

static void test_waiting_is_off(void **state)
{
	struct fxs_conf conf = { .three_way = true };
	struct leg_offer o = { .called.digits = "1" };
	int err;

	(void)state;
	fxs_services_conf(&conf);
	fxs_up(b, 1, "1234");
	assert_null(fxs_call_to(b, &o, &err));
	assert_int_equal(err, -EBUSY);
	fxs_onhook(b, 1);
}

static void test_put_down_with_one_waiting(void **state)
{
	struct fxs_call *first = fxs_up(b, 1, "1234"), *second = fxs_ring_port(b, 1);

	(void)state;
	fxs_onhook(b, 1);
	assert_string_equal(first->story, "cleared:16");
	fxs_assert_state(b, 1, FXS_RINGING);
	assert_true(b->ports[0].ringing);
	fxs_bench_run(b, 100);
	fxs_offhook(b, 1);
	assert_string_equal(second->story, "alerting audio answered");
	fxs_onhook(b, 1);
}

static void test_first_ends_while_one_waits(void **state)
{
	struct fxs_call *first = fxs_up(b, 1, "1234"), *second = fxs_ring_port(b, 1);

	(void)state;
	fxs_clear(first, 16);
	fxs_bench_run(b, 100);
	fxs_assert_state(b, 1, FXS_TONE);
	fxs_flash(b, 1);
	assert_string_equal(second->story, "alerting audio answered");
	fxs_onhook(b, 1);
}

/* CAS is played, the phone says DTMF D, the data follows; the far end is not heard meanwhile. */
static void waiting_caller_id(char ack, unsigned after_ms, bool told)
{
	struct fxs_conf conf = { .call_waiting = true, .cid = CID_BELL202, .country = country_find("us") };
	struct fxs_call *second;
	struct line_audio *a;

	fxs_services_conf(&conf);
	fxs_up(b, 1, "1234");
	second = fxs_ring_port(b, 1);
	a = fxs_audio(b, 1);
	for (int i = 0; i < 3000 && !(a->playing && a->items[0].kind == PLAY_SAMPLES); i++)
		fxs_bench_run(b, 1);
	assert_string_equal(fake_audio_text(a), "samples 640");	/* 80 ms of CAS */
	assert_true(a->listen & LISTEN_DTMF);
	fxs_bench_run(b, 81);
	assert_int_equal(a->items[0].kind, PLAY_SILENCE);
	fxs_bench_run(b, after_ms);
	if (ack)
		fake_audio_digit(a, ack);
	if (told) {
		struct callerid c = fxs_read_back(a);

		assert_int_equal(a->n_items, 2);
		assert_true(c.call_waiting);
		assert_string_equal(c.number, "02079460100");
		assert_string_equal(c.name, "Jane Roe");
	}
	fxs_bench_run(b, 2000);
	assert_false(a->playing);
	assert_int_equal(strstr(second->ladder, "caller ID 02079460100") != NULL, told);
	fxs_bench_run(b, 9000);	/* the tone again, the data not */
	assert_int_equal(a->plays, told ? 6 : 5);
	fxs_bench_run(b, 1000);
	fxs_clear(second, 16);
	fxs_onhook(b, 1);
	fxs_assert_idle(b);
}

static void test_waiting_caller_id(void **state)
{
	(void)state;
	waiting_caller_id('D', 160, true);
	waiting_caller_id('A', 100, true);
	waiting_caller_id('5', 100, false);
	waiting_caller_id(0, 0, false);
	waiting_caller_id('D', 400, false);	/* too late: it was no answer to this */
}

static void test_flash_cuts_waiting_caller_id(void **state)
{
	struct fxs_conf conf = { .call_waiting = true, .cid = CID_V23 };

	(void)state;
	fxs_services_conf(&conf);
	for (unsigned ms = 0; ms < 2000; ms += 130) {
		struct fxs_call *second;

		fxs_up(b, 1, "1234");
		second = fxs_ring_port(b, 1);
		fxs_bench_run(b, ms);
		fxs_flash(b, 1);
		assert_string_equal(second->story, "alerting audio answered");
		assert_false(fxs_audio(b, 1)->playing);
		fxs_bench_run(b, 3000);
		assert_false(fxs_audio(b, 1)->playing);
		fxs_onhook(b, 1);	/* the first rings back */
		fxs_offhook(b, 1);
		fxs_onhook(b, 1);
		fxs_assert_idle(b);
		b->n_calls = 0;
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, fxs_services_setup, fxs_services_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_waiting_tone),
		TEST(test_waiting_swap),
		TEST(test_no_third_call),
		TEST(test_waiting_is_off),
		TEST(test_put_down_with_one_waiting),
		TEST(test_first_ends_while_one_waits),
		TEST(test_waiting_caller_id),
		TEST(test_flash_cuts_waiting_caller_id),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
