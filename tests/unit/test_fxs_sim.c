/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests/unit/test_fxs_sim.c: the driver of telephones on the simulated card, whose ports have the times of a real loop: the events
 * of test_fxs_dial.c and the others as they come there. Audio is the fake one; time is invented.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <cmocka.h>

#include "hw/sim.h"
#include "tests/support/fake_line_audio.h"
#include "channels/fxs.h"

enum { PORTS = 2 };

struct leg_seen {
	struct leg *leg;
	char story[256];
	char called[LEG_DIGITS_MAX];
};
static struct rig {
	struct hw *hw;
	struct hw_line *phone[PORTS];
	struct fxs_trunk *trunk;
	struct fake_audio audio;
	struct leg_seen legs[8];
	unsigned n_legs;
	int64_t now_us;
	char phone_heard[PORTS][512];	/* of the line, as a telephone feels it */
	char log[4096];
} rig;
static struct rig *const r = &rig;

static void add(char *to, size_t size, const char *what)
{
	size_t n = strlen(to);

	snprintf(to + n, size - n, "%s%s", n ? " " : "", what);
}

static void on_leg(void *arg, struct leg *leg, const struct leg_event *ev)
{
	static const char *const names[] = {
		[LEG_ALERTING] = "alerting", [LEG_ANSWERED] = "answered", [LEG_HELD] = "held",
		[LEG_RESUMED] = "resumed",   [LEG_JOIN] = "join",	  [LEG_CLEARED] = "cleared",
	};
	struct leg_seen *s = arg;

	assert_ptr_equal(leg, s->leg);
	if (ev->kind != LEG_AUDIO)
		add(s->story, sizeof(s->story), names[ev->kind]);
	if (ev->kind == LEG_CLEARED)
		s->leg = NULL;
}

static void on_offered(void *arg, struct leg *leg, const struct leg_offer *offer)
{
	struct leg_seen *s = &r->legs[r->n_legs++];

	(void)arg;
	s->leg = leg;
	snprintf(s->called, sizeof(s->called), "%s", offer->called.digits);
	leg_attach(leg, on_leg, s);
}

static enum fxs_digits on_digits(void *arg, const char *digits)
{
	(void)arg;
	return strlen(digits) < 3 ? FXS_MORE : FXS_COMPLETE;
}

static void on_log(void *arg, int level, const char *text)
{
	(void)arg;
	if (level <= LOG_WARNING)
		add(r->log, sizeof(r->log), text);
}

static void on_phone(void *arg, enum hw_event ev)
{
	char *heard = arg;
	const char *what = ev == HW_EV_RING_BEGIN   ? "ring"
			   : ev == HW_EV_RING_END   ? "silence"
			   : ev == HW_EV_POLARITY   ? "polarity"
			   : ev == HW_EV_DISCONNECT ? "disconnect"
						    : NULL;

	if (what)
		add(heard, sizeof(r->phone_heard[0]), what);
}

static void run(unsigned ms)
{
	struct timeval wall = { .tv_sec = 1790000000 };

	while (ms--) {
		r->now_us += 1000;
		hw_service(r->hw, r->now_us);
		fake_audio_run(&r->audio, r->now_us);
		fxs_trunk_service(r->trunk, r->now_us, &wall);
	}
}

static void phone_open(void)
{
	for (int i = 0; i < PORTS; i++) {
		const struct hw_timing t = { .flash_out_ms = 90, .pulse_break_ms = 67, .pulse_make_ms = 33 };

		assert_int_equal(hw_sim_phone_open(r->hw, i + 1, on_phone, r->phone_heard[i], &r->phone[i]), 0);
		assert_int_equal(hw_set_timing(r->phone[i], &t), 0);	/* a British telephone */
	}
}

static void open_rig(const struct fxs_conf *conf)
{
	static const struct fxs_line_conf lines[PORTS] = { { .chan = 1 }, { .chan = 2 } };
	const struct sim_span span = { .no = 1, .type = HW_SPAN_ANALOG, .fxs = PORTS, .fxo = 0, .law = HW_ALAW };
	const struct sim_conf sc = { .spans = &span, .n_spans = 1 };
	struct fxs_handlers h = { .offered = on_offered, .digits = on_digits, .log = on_log,
				  .audio = &fake_audio_ops, .audio_arg = &r->audio };
	struct fxs_conf c = *conf;

	memset(r, 0, sizeof(*r));
	r->now_us = 1000000;
	assert_int_equal(hw_sim_open(&r->hw, &sc), 0);
	phone_open();
	c.name = "phones";
	c.lines = lines;
	c.n_lines = PORTS;
	c.country = c.country ? c.country : country_find("uk");
	assert_int_equal(fxs_trunk_open(&r->trunk, r->hw, &c, &h), 0);
	run(2500);	/* what the card has to say of a line just opened */
}

static struct fxs_line_info info(int port)
{
	struct fxs_line_info i[PORTS];

	assert_int_equal(fxs_trunk_lines(r->trunk, i, PORTS), PORTS);
	return i[port - 1];
}

static void close_rig(void)
{
	for (int i = 1; i <= PORTS; i++)
		assert_string_equal(fxs_line_state_name(info(i).state), "idle");
	for (unsigned i = 0; i < r->n_legs; i++)
		assert_null(r->legs[i].leg);
	assert_string_equal(r->log, "");
	for (int i = 0; i < 5 && !fxs_trunk_quiet(r->trunk); i++)
		run(1);
	fxs_trunk_close(r->trunk);
	for (int i = 0; i < PORTS; i++)
		hw_line_close(r->phone[i]);
	hw_close(r->hw);
	fake_audio_clear(&r->audio);
}

static void phone(int port, enum hw_hook what)
{
	assert_int_equal(hw_hook(r->phone[port - 1], what), 0);
}

static struct line_audio *audio(int port)
{
	return fake_audio_line(&r->audio, port);
}

static struct leg_seen *ring(int port)
{
	struct leg_offer o = { .calling.digits = "02079460100", .complete = true };
	struct leg_seen *s = &r->legs[r->n_legs++];

	snprintf(o.called.digits, sizeof(o.called.digits), "%d", port);
	assert_int_equal(fxs_trunk_call(r->trunk, &o, on_leg, s, &s->leg), 0);
	return s;
}

static void clear(struct leg_seen *s)
{
	struct leg_cause cause = { .q850 = 16 };

	assert_int_equal(leg_clear(s->leg, &cause), 0);
}

static struct leg_seen *call_up(int port)
{
	phone(port, HW_OFFHOOK);
	run(50);
	fake_audio_digits(audio(port), "123");
	run(20);
	assert_int_equal(leg_answer(r->legs[r->n_legs - 1].leg, NULL), 0);
	run(1000);
	return &r->legs[r->n_legs - 1];
}

static void test_dial_tone_and_pulses(void **state)
{
	static const struct fxs_conf conf = { 0 };

	(void)state;
	open_rig(&conf);
	phone(1, HW_OFFHOOK);
	run(100);
	assert_true(fake_audio_is(audio(1), TONE_DIAL));
	run(1000);
	assert_int_equal(hw_dial_pulse(r->phone[0], "250"), 0);
	run(300);
	assert_false(audio(1)->playing);
	run(5000);
	assert_int_equal(r->n_legs, 1);
	assert_string_equal(r->legs[0].called, "250");
	phone(1, HW_ONHOOK);
	run(1500);
	assert_string_equal(r->legs[0].story, "cleared");
	close_rig();
}

static void test_ring_answer_flash(void **state)
{
	static const struct fxs_conf conf = { .three_way = true, .call_waiting = true };
	struct leg_seen *s, *w;

	(void)state;
	open_rig(&conf);
	s = ring(1);
	run(10000);
	assert_string_equal(s->story, "alerting");
	assert_true(!strncmp(r->phone_heard[0], "ring silence ring silence", 25));
	phone(1, HW_OFFHOOK);
	run(20);
	assert_string_equal(s->story, "alerting answered");
	run(1000);
	phone(1, HW_FLASH);
	run(1200);
	assert_string_equal(s->story, "alerting answered held");
	assert_true(fake_audio_is(audio(1), TONE_DIAL));
	phone(1, HW_FLASH);
	run(1200);
	assert_string_equal(s->story, "alerting answered held resumed");
	w = ring(1);
	run(1000);
	phone(1, HW_FLASH);
	run(1200);
	assert_string_equal(w->story, "alerting answered");
	phone(1, HW_ONHOOK);
	run(4000);	/* the held one rings back */
	assert_string_equal(w->story, "alerting answered cleared");
	assert_int_equal(info(1).state, FXS_RINGING);
	phone(1, HW_OFFHOOK);
	run(1000);
	assert_string_equal(s->story, "alerting answered held resumed held resumed");
	phone(1, HW_ONHOOK);
	run(1500);
	close_rig();
}

static void test_polarity_and_drop(void **state)
{
	static const struct fxs_conf conf = { .start = FXS_KEWL, .polarity_answer = true };
	struct leg_seen *s;

	(void)state;
	open_rig(&conf);
	s = call_up(1);
	assert_string_equal(r->phone_heard[0], "polarity");
	clear(s);
	run(450);
	assert_false(audio(1)->playing);
	run(200);
	assert_non_null(strstr(r->phone_heard[0], "disconnect"));
	assert_true(fake_audio_is(audio(1), TONE_CONGESTION));
	assert_int_equal(info(1).state, FXS_TONE);
	run(5000);
	assert_true(fake_audio_is(audio(1), TONE_CONGESTION));
	phone(1, HW_ONHOOK);
	run(1500);
	close_rig();
}

static void test_caller_id_times(void **state)
{
	static const struct fxs_conf uk = { .cid = CID_V23, .cid_when = CID_AFTER_REVERSAL, .cid_dtas = true };
	struct fxs_conf us = { .cid = CID_BELL202, .cid_when = CID_AFTER_RING, .country = country_find("us") };
	struct leg_seen *s;

	(void)state;
	open_rig(&uk);
	s = ring(2);
	run(50);
	assert_string_equal(r->phone_heard[1], "polarity");
	run(4000);
	assert_true(!strncmp(r->phone_heard[1], "polarity ring silence ring", 26));
	assert_int_equal(audio(2)->plays, 2);
	clear(s);
	run(100);
	assert_non_null(strstr(r->phone_heard[1], "silence polarity"));
	close_rig();
	open_rig(&us);
	s = ring(2);
	run(2500);
	assert_false(audio(2)->playing);
	run(200);
	assert_true(audio(2)->playing);
	assert_string_equal(r->phone_heard[1], "ring silence");
	phone(2, HW_OFFHOOK);	/* in the middle of it */
	run(50);
	assert_false(audio(2)->playing);
	assert_string_equal(s->story, "alerting answered");
	run(1000);
	phone(2, HW_ONHOOK);
	run(1500);
	close_rig();
}

static void test_ntt(void **state)
{
	static const struct fxs_conf conf = { .cid = CID_NTT };
	struct leg_seen *s;

	(void)state;
	open_rig(&conf);
	s = ring(1);
	run(1000);
	assert_true(!strncmp(r->phone_heard[0], "polarity ring silence", 21));
	phone(1, HW_OFFHOOK);
	run(400);
	assert_true(audio(1)->playing);
	run(1500);
	assert_false(audio(1)->playing);
	phone(1, HW_ONHOOK);
	run(3000);
	assert_string_equal(s->story, "alerting");
	phone(1, HW_OFFHOOK);
	run(100);
	assert_string_equal(s->story, "alerting answered");
	run(1000);
	phone(1, HW_ONHOOK);
	run(1500);
	close_rig();
}

static void test_card_leaves(void **state)
{
	static const struct fxs_conf conf = { 0 };
	struct leg_seen *s;

	(void)state;
	open_rig(&conf);
	s = call_up(1);
	assert_int_equal(hw_sim_fault(r->hw, 1, SIM_FAULT_REMOVED, 1), 0);
	run(3000);
	assert_string_equal(s->story, "cleared");
	assert_int_equal(info(1).state, FXS_OUT);
	assert_non_null(strstr(r->log, "out of service"));
	r->log[0] = 0;
	assert_int_equal(hw_sim_fault(r->hw, 1, SIM_FAULT_REMOVED, 0), 0);
	for (int i = 0; i < PORTS; i++)
		hw_line_close(r->phone[i]);
	phone_open();
	run(4000);
	assert_int_equal(info(1).state, FXS_IDLE);
	phone(1, HW_OFFHOOK);
	run(100);
	assert_true(fake_audio_is(audio(1), TONE_DIAL));
	phone(1, HW_ONHOOK);
	run(1500);
	close_rig();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dial_tone_and_pulses),
		cmocka_unit_test(test_ring_answer_flash),
		cmocka_unit_test(test_polarity_and_drop),
		cmocka_unit_test(test_caller_id_times),
		cmocka_unit_test(test_ntt),
		cmocka_unit_test(test_card_leaves),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
