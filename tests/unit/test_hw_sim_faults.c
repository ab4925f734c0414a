/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests/unit/test_hw_sim_faults.c: what only the simulated card can do: refusals of a bad card, faults,
 * slips, its clock. All in invented time, but for one test that waits for the card's own descriptor. */
#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "hw/sim.h"

enum { A = 16, B = 47 }; /* the D channels of a pair of E1 spans */

struct ear {
	struct hw_dchan *d;
	struct hw_line *l;
	int events[HW_EV_REMOVED + 1], frames;
	struct hw_dchan **victim; /* closed by the first event */
};

static void hear(void *arg, enum hw_event ev)
{
	struct ear *e = arg;
	uint8_t buf[1024];

	e->events[ev]++;
	if (e->victim) {
		hw_dchan_close(*e->victim);
		*e->victim = NULL;
		e->victim = NULL;
		return;
	}
	while (ev == HW_EV_READABLE && hw_dchan_read(e->d, buf, sizeof(buf)) > 0)
		e->frames++;
}

static struct hw *pair(enum hw_span_type type, double ppm)
{
	const struct sim_span spans[] = {{.no = 1, .type = type}, {.no = 2, .type = type}};
	const struct sim_wire wire = {1, 2, ppm};
	const struct sim_conf conf = {.spans = spans, .n_spans = 2, .wires = &wire, .n_wires = 1};
	struct hw *hw = NULL;

	assert_int_equal(hw_sim_open(&hw, &conf), 0);
	return hw;
}

static unsigned alarms(struct hw *hw, int span)
{
	struct hw_span s[8];
	int n = hw_spans(hw, s, 8);

	for (int i = 0; i < n; i++)
		if (s[i].no == span)
			return s[i].alarms;
	return 0xffff;
}

static void test_refusals(void **state)
{
	static const struct sim_span e1[] = {{.no = 1, .type = HW_SPAN_E1}, {.no = 2, .type = HW_SPAN_E1}},
				     twice[] = {{.no = 1, .type = HW_SPAN_E1}, {.no = 1, .type = HW_SPAN_E1}},
				     hole[] = {{.no = 1, .type = HW_SPAN_E1}, {.no = 3, .type = HW_SPAN_E1}},
				     mixed[] = {{.no = 1, .type = HW_SPAN_E1}, {.no = 2, .type = HW_SPAN_T1}},
				     analog[] = {{.no = 1, .type = HW_SPAN_ANALOG}, {.no = 2, .type = HW_SPAN_E1}},
				     nat[] = {{.no = 1, .type = HW_SPAN_T1}, {.no = 2, .type = HW_SPAN_J1}};
	static const struct sim_wire none[] = {{0}}, w12[] = {{1, 2, 0}}, self[] = {{1, 1, 0}},
				     far[] = {{1, 3, 0}}, two[] = {{1, 2, 0}, {2, 1, 0}},
				     fast[] = {{1, 2, 1001}};
	static const struct {
		const char *why;
		const struct sim_span *spans;
		const struct sim_wire *wires;
		int n_spans, n_wires, want;
	} rows[] = {
		{"two spans, wired", e1, w12, 2, 1, 0},
		{"two spans without a wire", e1, none, 2, 0, 0},
		{"T1 and J1 have the same law and length", nat, w12, 2, 1, 0},
		{"no span", e1, none, 0, 0, -EINVAL},
		{"a span number twice", twice, none, 2, 0, -EINVAL},
		{"a hole in the numbers", hole, none, 2, 0, -EINVAL},
		{"a type that it does not simulate", analog, none, 2, 0, -EINVAL},
		{"a wire between A-law and mu-law", mixed, w12, 2, 1, -EINVAL},
		{"a wire to itself", e1, self, 2, 1, -EINVAL},
		{"a wire to no span", e1, far, 2, 1, -EINVAL},
		{"two wires on a span", e1, two, 2, 2, -EINVAL},
		{"a clock that no network has", e1, fast, 2, 1, -EINVAL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct sim_conf c = {.spans = rows[i].spans, .n_spans = rows[i].n_spans, .wires = rows[i].wires, .n_wires = rows[i].n_wires};
		struct hw *hw = NULL;
		int err = hw_sim_open(&hw, &c);

		if (err != rows[i].want)
			fail_msg("%s: %d, not %d", rows[i].why, err, rows[i].want);
		hw_close(hw);
	}
}

static void test_alarms(void **state)
{
	struct hw *hw = pair(HW_SPAN_E1, 0);
	struct ear d = {0}, l = {0}, far = {0};

	(void)state;
	assert_int_equal(hw_dchan_open(hw, A, hear, &d, &d.d), 0);
	assert_int_equal(hw_line_open(hw, 1, hear, &l, &l.l), 0);
	assert_int_equal(hw_line_open(hw, 32, hear, &far, &far.l), 0);
	hw_sim_fault(hw, 1, SIM_FAULT_DOWN, 1);
	hw_sim_fault(hw, 1, SIM_FAULT_DOWN, 1);
	hw_service(hw, 1);
	assert_int_equal(alarms(hw, 1), HW_ALARM_RED);
	assert_int_equal(alarms(hw, 2), HW_ALARM_YELLOW);
	assert_int_equal(d.events[HW_EV_ALARM], 1);
	assert_int_equal(l.events[HW_EV_ALARM], 1);
	assert_int_equal(far.events[HW_EV_ALARM], 1);
	hw_sim_fault(hw, 2, SIM_FAULT_DOWN, 1); /* yellow turns red: no change between none and any */
	hw_sim_fault(hw, 2, SIM_FAULT_DOWN, 0);
	hw_service(hw, 2);
	assert_int_equal(far.events[HW_EV_ALARM], 1);
	assert_int_equal(far.events[HW_EV_NOALARM], 0);
	hw_sim_fault(hw, 1, SIM_FAULT_DOWN, 0);
	hw_service(hw, 3);
	assert_int_equal(d.events[HW_EV_NOALARM] + l.events[HW_EV_NOALARM] + far.events[HW_EV_NOALARM], 3);
	assert_int_equal(alarms(hw, 1) | alarms(hw, 2), 0);
	assert_int_equal(hw_sim_fault(hw, 3, SIM_FAULT_DOWN, 1), -ENOENT);
	assert_int_equal(hw_sim_fault(hw, 1, SIM_FAULT_DOWN, 2), -EINVAL);
	assert_int_equal(hw_sim_fault(hw, 1, SIM_FAULT_D_LOSS, 1001), -EINVAL);
	hw_close(hw); /* with all that is open */
}

/* Sends N frames from A to B and turns the clock until all have crossed. */
static void send(struct hw *hw, struct ear *from, int n)
{
	static int64_t now;
	uint8_t frame[] = {2, 1, 0, 0};

	for (int i = 0; i < n; i++) {
		assert_int_equal(hw_dchan_write(from->d, frame, sizeof(frame)), sizeof(frame));
		for (int k = 0; k < 3; k++)
			hw_service(hw, now += 1000);
	}
}

static void test_d_faults(void **state)
{
	static const struct {
		const char *why;
		enum sim_fault fault;
		int value, min, max; /* frames of 300 that come */
	} rows[] = {
		{"a good line", SIM_FAULT_D_LOSS, 0, 300, 300},
		{"all lost", SIM_FAULT_D_LOSS, 1000, 0, 0},
		{"a third lost", SIM_FAULT_D_LOSS, 333, 160, 240},
		{"all with a wrong check sequence", SIM_FAULT_D_ERROR, 1000, 0, 0},
		{"half of them", SIM_FAULT_D_ERROR, 500, 110, 190},
		{"no signal", SIM_FAULT_DOWN, 1, 0, 0},
	};
	struct hw *hw = pair(HW_SPAN_E1, 0);

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct ear a = {0}, b = {0};
		struct sim_counters before, after;
		int lost;

		assert_int_equal(hw_dchan_open(hw, A, hear, &a, &a.d), 0);
		assert_int_equal(hw_dchan_open(hw, B, hear, &b, &b.d), 0);
		hw_sim_fault(hw, 2, rows[i].fault, rows[i].value);
		hw_sim_counters(hw, 2, &before);
		send(hw, &a, 300);
		hw_sim_counters(hw, 2, &after);
		if (b.frames < rows[i].min || b.frames > rows[i].max)
			fail_msg("%s: %d frames", rows[i].why, b.frames);
		lost = (int)(after.d_lost - before.d_lost + after.d_errored - before.d_errored);
		assert_int_equal(after.d_frames - before.d_frames, b.frames);
		assert_int_equal(b.events[HW_EV_BADFCS], after.d_errored - before.d_errored);
		if (rows[i].fault != SIM_FAULT_DOWN)
			assert_int_equal(lost + b.frames, 300);
		hw_sim_fault(hw, 2, rows[i].fault, 0);
		hw_dchan_close(a.d);
		hw_dchan_close(b.d);
	}
	hw_close(hw);
}

/* Frames that nobody reads: 32 are kept, the rest is told as OVERRUN. */
static void no_reader(void *arg, enum hw_event ev)
{
	((struct ear *)arg)->events[ev]++;
}

static void test_overrun(void **state)
{
	struct hw *hw = pair(HW_SPAN_E1, 0);
	struct ear a = {0}, b = {0};
	uint8_t buf[1024];
	int n = 0;

	(void)state;
	assert_int_equal(hw_dchan_open(hw, A, hear, &a, &a.d), 0);
	assert_int_equal(hw_dchan_open(hw, B, no_reader, &b, &b.d), 0);
	send(hw, &a, 40);
	assert_int_equal(b.events[HW_EV_OVERRUN], 8);
	assert_true(b.events[HW_EV_READABLE] > 40); /* told again while frames stay */
	assert_int_equal(hw_dchan_read(b.d, buf, 3), -EMSGSIZE);
	while (hw_dchan_read(b.d, buf, sizeof(buf)) > 0)
		n++;
	assert_int_equal(n, 31);
	hw_close(hw);
}

static void test_callbacks_close(void **state)
{
	struct hw *hw = pair(HW_SPAN_E1, 0);
	struct ear a = {0}, b = {0};

	(void)state;
	assert_int_equal(hw_dchan_open(hw, A, hear, &a, &a.d), 0);
	assert_int_equal(hw_dchan_open(hw, B, hear, &b, &b.d), 0);
	a.victim = &b.d; /* A's callback closes B before B was told */
	b.victim = &a.d;
	hw_sim_fault(hw, 1, SIM_FAULT_DOWN, 1);
	hw_service(hw, 1);
	assert_int_equal(a.events[HW_EV_ALARM] + b.events[HW_EV_ALARM], 1);
	assert_true(!a.d != !b.d);
	assert_int_equal(hw_dchan_open(hw, b.d ? A : B, hear, &a, &a.d), 0);
	hw_close(hw);
}

static void test_own_descriptor(void **state)
{
	struct hw *hw = pair(HW_SPAN_T1, 0);
	struct ear a = {0}, b = {0};
	uint8_t frame[260] = {2, 1};
	struct pollfd p = {.fd = hw_fd(hw), .events = POLLIN};
	struct timespec t0, t;
	int wakes = 0;

	(void)state;
	assert_int_equal(hw_dchan_open(hw, 24, hear, &a, &a.d), 0);
	assert_int_equal(hw_dchan_open(hw, 48, hear, &b, &b.d), 0);
	assert_int_equal(poll(&p, 1, 0), 0); /* nothing to do: it sleeps */
	clock_gettime(CLOCK_MONOTONIC, &t0);
	assert_int_equal(hw_dchan_write(a.d, frame, sizeof(frame)), sizeof(frame));
	while (!b.frames && wakes < 10) {
		assert_int_equal(poll(&p, 1, 2000), 1);
		wakes++;
		clock_gettime(CLOCK_MONOTONIC, &t);
		hw_service(hw, (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000);
	}
	assert_int_equal(b.frames, 1);
	assert_int_equal(wakes, 2); /* once to put it on the line, once at its end */
	assert_true((t.tv_sec - t0.tv_sec) * 1000 + (t.tv_nsec - t0.tv_nsec) / 1000000 >= 32);
	assert_int_equal(poll(&p, 1, 0), 0);
	hw_close(hw);
}

/* --- audio ------------------------------------------------------------------------------------ */

static const struct hw_audio audio = {.block = 80, .buffers = 8};

static void start_pair(struct hw *hw, struct ear e[2])
{
	memset(e, 0, 2 * sizeof(*e));
	assert_int_equal(hw_line_open(hw, 1, hear, &e[0], &e[0].l), 0);
	assert_int_equal(hw_line_open(hw, 32, hear, &e[1], &e[1].l), 0);
	assert_int_equal(hw_line_start(e[0].l, &audio), 0);
	assert_int_equal(hw_line_start(e[1].l, &audio), 0);
}

static void stop_pair(struct ear e[2])
{
	for (int i = 0; i < 2; i++) {
		hw_line_stop(e[i].l);
		hw_line_close(e[i].l);
	}
}

/* Line 0 sends a count, a block for each that it reads; how far line 1's count jumps or stands is summed up.
 */
struct drift {
	int64_t now;
	uint8_t tx, rx;
	bool begun;
	int missing, twice, octets, errored;
};

static void run_count(struct hw *hw, struct ear e[2], struct drift *s, int ms)
{
	uint8_t buf[160];

	for (; ms > 0; ms--) {
		hw_clock_tick(hw, s->now += 1000);
		while (hw_line_read(e[0].l, buf, sizeof(buf)) > 0) {
			for (int i = 0; i < 80; i++)
				buf[i] = s->tx++ & 0x3f;
			hw_line_write(e[0].l, buf, 80);
		}
		while (hw_line_read(e[1].l, buf, sizeof(buf)) > 0)
			for (int i = 0; i < 80; i++) {
				if (!s->begun && buf[i] == 0xd5)
					continue;
				s->begun = true;
				s->octets++;
				s->missing += buf[i] == ((s->rx + 1) & 0x3f);
				s->twice += buf[i] == ((s->rx - 1) & 0x3f);
				s->errored += buf[i] != (s->rx & 0x3f);
				s->rx = (uint8_t)(buf[i] + 1);
			}
	}
}

static void test_slips(void **state)
{
	static const struct {
		const char *why;
		double wire;
		int fault_on, ppm, slips; /* in 60 s */
	} rows[] = {
		{"one clock", 0, 1, 0, 0},
		{"far end 50 ppm ahead, by its wire", 50, 1, 0, 24},
		{"far end 50 ppm ahead, by a fault", 0, 1, 50, 24},
		{"far end 100 ppm behind", 0, 1, -100, 48},
		{"the same seen from the other side", 0, 2, 100, 48},
		{"wire and fault add up to nothing", 50, 1, -50, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct hw *hw = pair(HW_SPAN_E1, rows[i].wire);
		struct drift s = {.now = 5000000};
		struct sim_counters a, b;
		struct ear e[2];

		hw_sim_fault(hw, rows[i].fault_on, SIM_FAULT_PPM, rows[i].ppm);
		hw_clock_start(hw, 8);
		start_pair(hw, e);
		run_count(hw, e, &s, 60000);
		hw_sim_counters(hw, 1, &a);
		hw_sim_counters(hw, 2, &b);
		if (abs((int)a.slips - rows[i].slips) > 1 || a.slips != b.slips)
			fail_msg("%s: %d and %d slips", rows[i].why, (int)a.slips, (int)b.slips);
		if (!rows[i].slips)
			assert_int_equal(s.missing + s.twice + s.errored, 0);
		stop_pair(e);
		hw_close(hw);
	}
}

/* Each slip is one octet, left out or sent again, and nothing else is touched. */
static void test_slip_is_one_octet(void **state)
{
	static const struct {
		double ppm; /* of the receiving end's clock */
		int missing, twice;
	} rows[] = {{-100, 48, 0}, {100, 0, 48}};

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct hw *hw = pair(HW_SPAN_E1, rows[i].ppm);
		struct drift s = {.now = 5000000};
		struct ear e[2];

		hw_clock_start(hw, 8);
		start_pair(hw, e);
		run_count(hw, e, &s, 60000);
		assert_in_range(s.missing, rows[i].missing ? 47 : 0, rows[i].missing);
		assert_in_range(s.twice, rows[i].twice ? 47 : 0, rows[i].twice);
		assert_int_equal(s.errored, s.missing + s.twice);
		assert_in_range(s.octets, 479000, 481000);
		stop_pair(e);
		hw_close(hw);
	}
}

static void test_audio_faults(void **state)
{
	struct hw *hw = pair(HW_SPAN_E1, 0);
	struct drift s = {.now = 5000000};
	struct sim_counters c;
	struct ear e[2];

	(void)state;
	hw_clock_start(hw, 8);
	start_pair(hw, e);
	run_count(hw, e, &s, 1000);
	assert_int_equal(s.errored, 0);
	hw_sim_fault(hw, 2, SIM_FAULT_BIT_ERROR, 1000); /* 10^-3 of 80,000 octets: 80 */
	run_count(hw, e, &s, 10000);
	hw_sim_counters(hw, 2, &c);
	assert_in_range(c.bit_errors, 50, 110);
	assert_true(s.errored >= (int)c.bit_errors); /* and the octet after is counted here too */
	hw_sim_fault(hw, 2, SIM_FAULT_BIT_ERROR, 0);
	hw_sim_fault(hw, 2, SIM_FAULT_DOWN, 1);
	s = (struct drift){.now = s.now};
	run_count(hw, e, &s, 20); /* what had come before the fault */
	s = (struct drift){.now = s.now};
	run_count(hw, e, &s, 1000);
	assert_int_equal(s.octets, 0); /* silence alone */
	stop_pair(e);
	hw_close(hw);
}

static void test_clock(void **state)
{
	struct hw *hw = pair(HW_SPAN_E1, 0);
	int64_t now = 123456789, end = now + INT64_C(3600) * 1000000, periods = 0;
	struct sim_counters c;
	unsigned x = 1;

	(void)state;
	assert_int_equal(hw_clock_tick(hw, now), 0); /* not started */
	assert_int_equal(hw_clock_start(hw, 8), 0);
	assert_int_equal(hw_clock_tick(hw, now), 1);
	assert_int_equal(hw_clock_tick(hw, now), 0);
	for (; now < end; now += x % 1700) { /* wakes early and late */
		x = x * 1103515245 + 12345;
		periods += hw_clock_tick(hw, now);
	}
	assert_in_range(periods, 3600000 - 2, 3600000 + 2);
	assert_int_equal(hw_clock_tick(hw, now - 1000000), 0); /* a clock that steps back */
	hw_clock_tick(hw, now);
	hw_sim_counters(hw, 1, &c);
	assert_int_equal(c.stalls, 0);
	assert_int_equal(hw_clock_tick(hw, now + 10000000), 600);
	hw_sim_counters(hw, 1, &c);
	assert_int_equal(c.stalls, 1);
	assert_int_equal(hw_clock_tick(hw, now + 10001000), 1);
	hw_clock_start(hw, 0);
	assert_int_equal(hw_clock_tick(hw, now + 10002000), 0);
	assert_int_equal(hw_clock_start(hw, 9000), -EINVAL);
	hw_close(hw);
}

/* The span comes back and its channel is opened anew before media has let go of the old handle. */
static void test_two_lives(void **state)
{
	struct hw *hw = pair(HW_SPAN_E1, 0);
	struct drift s = {.now = 5000000};
	struct ear e[2], again = {0};
	struct hw_line *old;
	uint8_t buf[160];

	(void)state;
	hw_clock_start(hw, 8);
	start_pair(hw, e);
	run_count(hw, e, &s, 100);
	hw_sim_fault(hw, 2, SIM_FAULT_REMOVED, 1);
	hw_sim_fault(hw, 2, SIM_FAULT_REMOVED, 0);
	hw_service(hw, 1);
	assert_int_equal(e[1].events[HW_EV_REMOVED], 1);
	old = e[1].l;
	assert_int_equal(hw_line_open(hw, 32, hear, &again, &e[1].l), 0);
	assert_int_equal(hw_line_start(e[1].l, &audio), 0);
	assert_int_equal(hw_line_read(old, buf, sizeof(buf)), -ENODEV);
	assert_int_equal(hw_line_start(old, &audio), -ENODEV);
	hw_line_stop(old);
	hw_line_close(old);
	s = (struct drift){.now = s.now, .rx = s.tx, .tx = s.tx};
	run_count(hw, e, &s, 1000);
	assert_true(s.octets > 7000);
	stop_pair(e);
	hw_close(hw);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refusals),        cmocka_unit_test(test_alarms),
		cmocka_unit_test(test_d_faults),        cmocka_unit_test(test_overrun),
		cmocka_unit_test(test_callbacks_close), cmocka_unit_test(test_own_descriptor),
		cmocka_unit_test(test_slips),           cmocka_unit_test(test_slip_is_one_octet),
		cmocka_unit_test(test_audio_faults),    cmocka_unit_test(test_clock),
		cmocka_unit_test(test_two_lives),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
