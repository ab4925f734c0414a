/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests/unit/test_hw_sim_ports.c: analog ports of the simulated card: what is refused, what can be seen, settings,
 * opening and closing, spans that leave. In invented time, but for the card's own descriptor. */
#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "hw/sim.h"
#include "tests/support/analog_rig.h"

/* --- What hw_hook() refuses, and what can be seen --------------------------------------------------------------- */

static void test_refusals(void **state)
{
	static const uint16_t zero[] = {400, 0}, fine[] = {400, 200};
	struct arig r;

	(void)state;
	arig_open(&r, &(struct sim_pair){.fxs = ARIG_FXS, .fxo = ARIG_FXO});
	assert_int_equal(hw_hook(r.o.l, HW_RING), -EINVAL);
	assert_int_equal(hw_hook(r.o.l, HW_DROP), -EINVAL);
	assert_int_equal(hw_hook(r.s.l, HW_FLASH), -EINVAL);
	assert_int_equal(hw_hook(r.o.l, HW_FLASH), -EBUSY); /* on hook */
	assert_int_equal(hw_dial_pulse(r.o.l, "1"), -EINVAL);
	assert_int_equal(hw_dial_pulse(r.s.l, "1"), -EINVAL);
	assert_int_equal(hw_polarity(r.o.l, true), -EINVAL);
	assert_int_equal(hw_message_lamp(r.p.l, true), -EINVAL);
	assert_int_equal(hw_onhook_transfer(r.o.l, 100), -EINVAL);
	assert_int_equal(hw_set_cadence(r.o.l, fine, 2, 0), -EINVAL);
	assert_int_equal(hw_set_cadence(r.s.l, zero, 2, 0), -EINVAL);
	assert_int_equal(hw_set_cadence(r.s.l, fine, 2, 1), -EINVAL);
	assert_int_equal(hw_hook(r.o.l, HW_OFFHOOK), 0);
	arig_run(&r, 100);
	assert_int_equal(hw_hook(r.o.l, HW_FLASH), -EBUSY); /* within 600 ms */
	assert_int_equal(hw_hook(r.s.l, HW_RING), -EBUSY);  /* somebody is off hook */
	arig_run(&r, 600);
	assert_int_equal(hw_dial_pulse(r.o.l, "1x"), -EINVAL);
	assert_int_equal(hw_dial_pulse(r.o.l, ""), -EINVAL);
	assert_int_equal(hw_dial_pulse(r.o.l, "12"), 0);
	assert_int_equal(hw_dial_pulse(r.o.l, "3"), -EBUSY);
	assert_int_equal(hw_hook(r.o.l, HW_FLASH), -EBUSY);
	assert_int_equal(hw_hook(r.s.l, HW_DROP), 0);
	assert_int_equal(hw_hook(r.s.l, HW_OFFHOOK), -EBUSY);
	arig_run(&r, 501);
	assert_int_equal(hw_hook(r.s.l, HW_OFFHOOK), 0);
	arig_close(&r);
}

static void seen(const struct arig *r, const char *why, const struct arig_ear *e, const struct hw_analog *want)
{
	struct hw_analog got;

	(void)r;
	assert_int_equal(hw_analog(e->l, &got), 0);
	if (memcmp(&got, want, sizeof(got)))
		fail_msg("%s, %c: offhook %d ringing %d battery %d reversed %d %d mV %d uA", why, e->name, got.offhook,
			 got.ringing, got.battery, got.reversed, got.voltage_mv, got.current_ua);
}

static void test_seen(void **state)
{
	struct arig r;

	(void)state;
	arig_open(&r, &(struct sim_pair){.fxs = ARIG_FXS, .fxo = ARIG_FXO});
	seen(&r, "idle", &r.s, &(struct hw_analog){.battery = 1, .voltage_mv = -48000});
	seen(&r, "idle", &r.o, &(struct hw_analog){.battery = 1, .voltage_mv = -48000});
	hw_message_lamp(r.s.l, true);
	seen(&r, "lamp", &r.o, &(struct hw_analog){.battery = 1, .voltage_mv = -95000});
	hw_message_lamp(r.s.l, false);
	hw_polarity(r.s.l, true);
	arig_run(&r, 1);
	seen(&r, "reversed", &r.o, &(struct hw_analog){.battery = 1, .reversed = 1, .voltage_mv = 48000});
	hw_polarity(r.s.l, false);
	hw_hook(r.s.l, HW_RING);
	arig_run(&r, 10);
	seen(&r, "rings", &r.o, &(struct hw_analog){.ringing = 1, .battery = 1, .voltage_mv = -48000});
	seen(&r, "rings", &r.s, &(struct hw_analog){.ringing = 1, .battery = 1, .voltage_mv = -48000});
	arig_run(&r, 2100);
	seen(&r, "pause", &r.o, &(struct hw_analog){.battery = 1, .voltage_mv = -48000});
	seen(&r, "pause", &r.s, &(struct hw_analog){.ringing = 1, .battery = 1, .voltage_mv = -48000});
	hw_hook(r.o.l, HW_OFFHOOK);
	arig_run(&r, 1);
	seen(&r, "up", &r.s,
	     &(struct hw_analog){.offhook = 1, .battery = 1, .voltage_mv = -8000, .current_ua = 25000});
	seen(&r, "up", &r.o,
	     &(struct hw_analog){.offhook = 1, .battery = 1, .voltage_mv = -8000, .current_ua = 25000});
	seen(&r, "beside", &r.p, &(struct hw_analog){.battery = 1, .voltage_mv = -8000});
	hw_hook(r.s.l, HW_DROP);
	arig_run(&r, 1);
	seen(&r, "drop", &r.s, &(struct hw_analog){.offhook = 1});
	seen(&r, "drop", &r.o, &(struct hw_analog){.offhook = 1});
	arig_run(&r, 600);
	hw_sim_pair(r.hw, &(struct sim_pair){.fxs = ARIG_FXS, .fxo = ARIG_FXO, .dead = true});
	arig_run(&r, 1);
	seen(&r, "cut", &r.o, &(struct hw_analog){.offhook = 1});
	seen(&r, "cut", &r.s, &(struct hw_analog){.battery = 1, .voltage_mv = -48000});
	arig_close(&r);
}

/* --- Settings ------------------------------------------------------------------------------------------------- */

static void test_cadence(void **state)
{
	static const uint16_t ms[] = {300, 500, 400, 200, 400, 2000};
	struct arig r;

	(void)state;
	arig_open(&r, &(struct sim_pair){.fxs = ARIG_FXS, .fxo = ARIG_FXO});
	hw_line_close(r.p.l);
	r.p.l = NULL;
	assert_int_equal(hw_set_cadence(r.s.l, ms, 6, 2), 0);
	hw_hook(r.s.l, HW_RING);
	arig_run(&r, 5000);
	assert_true(arig_heard(&r, "a short ring, then two by two",
			       "S:RINGER_ON@1 O:RING_BEGIN@6 S:RINGER_OFF@301 O:RING_END@357 S:RINGER_ON@801 O:RING_BEGIN@806 "
			       "S:RINGER_OFF@1201 O:RING_END@1257 S:RINGER_ON@1401 O:RING_BEGIN@1406 "
			       "S:RINGER_OFF@1801 O:RING_END@1857 S:RINGER_ON@3801 O:RING_BEGIN@3806 "
			       "S:RINGER_OFF@4201 O:RING_END@4257 S:RINGER_ON@4401 O:RING_BEGIN@4406 "
			       "S:RINGER_OFF@4801 O:RING_END@4857",
			       1));
	arig_close(&r);
}

static void test_timing(void **state)
{
	struct arig r;

	(void)state;
	arig_open(&r, &(struct sim_pair){.fxs = ARIG_FXS, .fxo = ARIG_FXO});
	assert_int_equal(hw_set_timing(r.s.l, &(struct hw_timing){.flash_min_ms = 80}), -EOPNOTSUPP); /* 200, as on DAHDI */
	assert_int_equal(hw_set_timing(r.s.l, &(struct hw_timing){.flash_max_ms = 300, .drop_ms = 250}), 0);
	hw_set_timing(r.o.l, &(struct hw_timing){.flash_out_ms = 220,
						 .debounce_ms = 20,
						 .pulse_break_ms = 60,
						 .pulse_make_ms = 40,
						 .pulse_gap_ms = 400});
	hw_hook(r.o.l, HW_OFFHOOK);
	arig_run(&r, 100);
	hw_hook(r.o.l, HW_FLASH);
	arig_run(&r, 900);
	hw_dial_pulse(r.o.l, "2");
	arig_run(&r, 1000);
	hw_hook(r.s.l, HW_DROP);
	arig_run(&r, 1000);
	hw_hook(r.o.l, HW_ONHOOK);
	arig_run(&r, 1000);
	assert_true(arig_heard(&r, "times as set",
			       "S:OFFHOOK@1 S:FLASH@371 O:HOOK_DONE@371 S:PULSE_START@1061 S:PULSE2@1411 "
			       "O:DIAL_DONE@1601 O:DISCONNECT@2001 S:HOOK_DONE@2251 S:ONHOOK@3301",
			       1));
	arig_close(&r);
}

/* --- Opening, closing, leaving ------------------------------------------------------------------------------------ */

static void ignore(void *arg, enum hw_event ev)
{
	(void)arg;
	(void)ev;
}

/* Closing a port in a call drops battery, as DAHDI does; what was set is forgotten. */
static void test_close(void **state)
{
	struct arig r;

	(void)state;
	arig_open(&r, &(struct sim_pair){.fxs = ARIG_FXS, .fxo = ARIG_FXO});
	hw_hook(r.o.l, HW_OFFHOOK);
	arig_run(&r, 1);
	hw_hook(r.s.l, HW_OFFHOOK);
	hw_polarity(r.s.l, true);
	arig_run(&r, 999);
	hw_line_close(r.s.l);
	arig_run(&r, 1000);
	assert_int_equal(hw_line_open(r.hw, ARIG_FXS, ignore, NULL, &r.s.l), 0);
	assert_true(arig_heard(&r, "closed in a call",
			       "S:OFFHOOK@1 O:POLARITY@2 P:POLARITY@2 O:DISCONNECT@1001 O:POLARITY@1501 P:POLARITY@1501", 1));
	hw_line_close(r.o.l); /* and this end goes on hook */
	arig_run(&r, 1);
	seen(&r, "closed", &r.s, &(struct hw_analog){.battery = 1, .voltage_mv = -48000});
	assert_int_equal(hw_line_open(r.hw, ARIG_FXO, ignore, NULL, &r.o.l), 0);
	arig_close(&r);
}

static void test_phone(void **state)
{
	struct hw_line *l = NULL;
	struct arig r;

	(void)state;
	arig_open(&r, &(struct sim_pair){.fxs = ARIG_FXS, .fxo = ARIG_FXO});
	assert_int_equal(r.s.l->kind, HW_CHAN_FXS);
	assert_int_equal(r.o.l->kind, HW_CHAN_FXO);
	assert_int_equal(r.p.l->kind, HW_CHAN_FXO);
	assert_int_equal(r.p.l->chan, ARIG_FXS);
	assert_int_equal(hw_sim_phone_open(r.hw, ARIG_FXS, ignore, NULL, &l), -EBUSY);
	assert_int_equal(hw_sim_phone_open(r.hw, ARIG_FXO, ignore, NULL, &l), -EINVAL);
	assert_int_equal(hw_sim_phone_open(r.hw, 99, ignore, NULL, &l), -ENOENT);
	hw_hook(r.p.l, HW_OFFHOOK);
	arig_run(&r, 100);
	hw_line_close(r.p.l); /* unplugged */
	arig_run(&r, 2000);
	assert_true(arig_heard(&r, "unplugged in a call", "S:OFFHOOK@1 S:ONHOOK@1351", 1));
	assert_int_equal(hw_sim_phone_open(r.hw, ARIG_FXS, ignore, NULL, &r.p.l), 0);
	arig_close(&r);
}

static void test_removed(void **state)
{
	struct hw_analog a;
	struct hw_chan c[8];
	struct arig r;

	(void)state;
	arig_open(&r, &(struct sim_pair){.fxs = ARIG_FXS, .fxo = ARIG_FXO});
	assert_int_equal(hw_chans(r.hw, 0, c, 8), 4);
	assert_true(c[0].kind == HW_CHAN_FXS && c[1].kind == HW_CHAN_FXS && c[2].kind == HW_CHAN_FXO &&
		    c[3].kind == HW_CHAN_FXO && c[3].no == 4 && c[3].law == HW_ALAW);
	hw_hook(r.o.l, HW_OFFHOOK);
	arig_run(&r, 100);
	assert_int_equal(hw_sim_fault(r.hw, 1, SIM_FAULT_REMOVED, 1), 0);
	assert_int_equal(hw_hook(r.o.l, HW_ONHOOK), -ENODEV);
	assert_int_equal(hw_hook(r.s.l, HW_ONHOOK), -ENODEV);
	assert_int_equal(hw_analog(r.s.l, &a), -ENODEV);
	assert_int_equal(hw_gain(r.s.l, 1, 1), -ENODEV);
	assert_int_equal(hw_dial_pulse(r.o.l, "1"), -ENODEV);
	arig_run(&r, 3000);
	assert_true(arig_heard(&r, "left", "S:OFFHOOK@1 S:REMOVED@101 O:REMOVED@101 P:NO_BATTERY@1601", 1));
	assert_int_equal(hw_sim_fault(r.hw, 1, SIM_FAULT_REMOVED, 0), 0);
	hw_line_close(r.s.l); /* the old handles are closed when the new are open, or before */
	assert_int_equal(hw_line_open(r.hw, ARIG_FXS, ignore, NULL, &r.s.l), 0);
	arig_run(&r, 100);
	hw_line_close(r.o.l);
	assert_int_equal(hw_line_open(r.hw, ARIG_FXO, ignore, NULL, &r.o.l), 0);
	assert_int_equal(hw_hook(r.o.l, HW_OFFHOOK), 0);
	arig_run(&r, 1);
	seen(&r, "back", &r.s,
	     &(struct hw_analog){.offhook = 1, .battery = 1, .voltage_mv = -8000, .current_ua = 25000});
	assert_int_equal(hw_sim_fault(r.hw, 1, SIM_FAULT_DOWN, 1), -EINVAL);
	arig_close(&r);
}

/* Ports that lead nowhere. */
static void count(void *arg, enum hw_event ev)
{
	(void)ev;
	++*(int *)arg;
}

static void test_loose(void **state)
{
	int rings = 0, seen_by_fxo = 0;
	struct hw_line *s, *o;
	struct arig r;

	(void)state;
	arig_open(&r, &(struct sim_pair){.fxs = ARIG_FXS, .fxo = ARIG_FXO});
	hw_line_close(r.s.l);
	hw_line_close(r.o.l);
	assert_int_equal(hw_line_open(r.hw, ARIG_LOOSE_FXS, count, &rings, &s), 0);
	assert_int_equal(hw_line_open(r.hw, ARIG_LOOSE_FXO, count, &seen_by_fxo, &o), 0);
	r.s.l = s;
	r.o.l = o;
	hw_hook(s, HW_RING);
	hw_hook(o, HW_OFFHOOK);
	arig_run(&r, 1000);
	seen(&r, "nothing on it", &r.s, &(struct hw_analog){.ringing = 1, .battery = 1, .voltage_mv = -48000});
	seen(&r, "no exchange", &r.o, &(struct hw_analog){.offhook = 1});
	hw_hook(s, HW_ONHOOK);
	assert_int_equal(rings, 1); /* its own */
	assert_int_equal(seen_by_fxo, 0);
	arig_close(&r);
}

/* --- The card -------------------------------------------------------------------------------------------------- */

static void test_conf(void **state)
{
	static const struct sim_span four[] = {{.no = 1, .type = HW_SPAN_ANALOG, .fxs = 2, .fxo = 2}},
				     empty[] = {{.no = 1, .type = HW_SPAN_ANALOG}},
				     ports[] = {{.no = 1, .type = HW_SPAN_E1, .fxs = 1}},
				     laws[] = {{.no = 1, .type = HW_SPAN_ANALOG, .fxs = 1, .law = HW_ALAW},
					       {.no = 2, .type = HW_SPAN_ANALOG, .fxo = 1, .law = HW_MULAW}},
				     starts[] = {{.no = 1, .type = HW_SPAN_ANALOG, .fxs = 1},
						 {.no = 2, .type = HW_SPAN_ANALOG, .fxo = 1, .ground_start = true}},
				     e1[] = {{.no = 1, .type = HW_SPAN_E1},
					     {.no = 2, .type = HW_SPAN_ANALOG, .fxs = 1, .fxo = 1}};
	static const struct {
		const char *why;
		const struct sim_span *spans;
		int n_spans;
		struct sim_pair pairs[2];
		int n_pairs, want;
	} rows[] = {
		{"two pairs", four, 1, {{.fxs = 1, .fxo = 3}, {.fxs = 2, .fxo = 4}}, 2, 0},
		{"a pair for a telephone alone", four, 1, {{.fxs = 1, .noise_dbm0 = -50}}, 1, 0},
		{"after a digital span the numbers go on", e1, 2, {{.fxs = 32, .fxo = 33}}, 1, 0},
		{"a span without a port", empty, 1, {{0}}, 0, -EINVAL},
		{"a digital span with ports", ports, 1, {{0}}, 0, -EINVAL},
		{"a port twice", four, 1, {{.fxs = 1, .fxo = 3}, {.fxs = 2, .fxo = 3}}, 2, -EINVAL},
		{"the other port twice", four, 1, {{.fxs = 1, .fxo = 3}, {.fxs = 1, .fxo = 4}}, 2, -EINVAL},
		{"ends mixed up", four, 1, {{.fxs = 3, .fxo = 1}}, 1, -EINVAL},
		{"to a B channel", e1, 2, {{.fxs = 32, .fxo = 1}}, 1, -EINVAL},
		{"no such port", four, 1, {{.fxs = 1, .fxo = 5}}, 1, -EINVAL},
		{"pairs on no analog span", e1, 1, {{.fxs = 1, .fxo = 2}}, 1, -EINVAL},
		{"two laws", laws, 2, {{.fxs = 1, .fxo = 2}}, 1, -EINVAL},
		{"two kinds of start", starts, 2, {{.fxs = 1, .fxo = 2}}, 1, -EINVAL},
		{"too much loss", four, 1, {{.fxs = 1, .fxo = 3, .loss_db = 21}}, 1, -EINVAL},
		{"an echo that comes late", four, 1, {{.fxs = 1, .fxo = 3, .echo_db = 10, .echo_ms = 33}}, 1, -EINVAL},
		{"an echo that is louder than what was said", four, 1, {{.fxs = 1, .fxo = 3, .echo_db = -1}}, 1, -EINVAL},
		{"noise over everything", four, 1, {{.fxs = 1, .fxo = 3, .noise_dbm0 = 1}}, 1, -EINVAL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct sim_conf c = {.spans = rows[i].spans,
					   .n_spans = rows[i].n_spans,
					   .pairs = rows[i].pairs,
					   .n_pairs = rows[i].n_pairs};
		struct hw *hw = NULL;
		int err = hw_sim_open(&hw, &c);

		if (err != rows[i].want)
			fail_msg("%s: %d, not %d", rows[i].why, err, rows[i].want);
		if (!err) {
			assert_int_equal(hw_sim_pair(hw, &rows[i].pairs[0]), 0);
			assert_int_equal(hw_sim_pair(hw, &(struct sim_pair){.fxs = 77, .fxo = 3}), -ENOENT);
			assert_int_equal(hw_sim_line_fault(hw, 77, SIM_RING_NOISE, 5), -ENOENT);
			assert_int_equal(hw_sim_line_fault(hw, rows[i].pairs[0].fxs, SIM_RING_NOISE, 0), -EINVAL);
		}
		hw_close(hw);
	}
}

/* The card's own descriptor: nothing for an idle line, and ready when a timer of a line falls due. */
static void test_descriptor(void **state)
{
	struct pollfd p = {.events = POLLIN};
	struct arig r;

	(void)state;
	arig_open(&r, &(struct sim_pair){.fxs = ARIG_FXS, .fxo = ARIG_FXO});
	arig_now(&r);
	hw_service(r.hw, r.now_us);
	p.fd = hw_fd(r.hw);
	assert_int_equal(poll(&p, 1, 30), 0);
	hw_set_timing(r.s.l, &(struct hw_timing){.drop_ms = 30});
	hw_hook(r.s.l, HW_DROP);
	assert_int_equal(poll(&p, 1, 0), 1); /* a command is worked out at once */
	hw_service(r.hw, r.now_us);
	assert_int_equal(poll(&p, 1, 5000), 1);
	arig_now(&r);
	hw_service(r.hw, r.now_us);
	assert_non_null(strstr(r.heard, "S:HOOK_DONE"));
	arig_close(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_seen),	cmocka_unit_test(test_cadence), cmocka_unit_test(test_timing),
		cmocka_unit_test(test_close),	cmocka_unit_test(test_phone),  cmocka_unit_test(test_removed),
		cmocka_unit_test(test_loose),	cmocka_unit_test(test_conf),   cmocka_unit_test(test_descriptor),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
