/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests/unit/test_fxs_walk.c: a person who plays with the hook while far ends ring, answer, clear and hang: whatever happens, the
 * state table is never left, no line has more than its two calls, no two legs have one port, and put down, it comes to rest.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "tests/support/fxs_bench.h"

static struct fxs_bench bench;
static struct fxs_bench *const b = &bench;
static unsigned seed;

static unsigned pick(unsigned n)
{
	seed = seed * 1103515245u + 12345u;
	return (seed >> 16) % n;
}

static struct fxs_call *some_call(void)
{
	struct fxs_call *c = b->n_calls ? &b->calls[pick(b->n_calls)] : NULL;

	return c && c->leg && !c->asked ? c : NULL;
}

/* What the gateway may do with a call at any time. */
static void far_end(void)
{
	static const int causes[] = { 16, 17, 1, 34, 41, 19, 28 };
	struct fxs_call *c = some_call();

	if (!c)
		return;
	switch (pick(10)) {
	case 0:
		fxs_clear(c, causes[pick(7)]);
		return;
	case 1:
		leg_alert(c->leg, pick(2));
		return;
	case 2:
		leg_progress(c->leg, pick(2), NULL);
		return;
	case 3:
		leg_digit(c->leg, '5', 100);
		return;
	default:
		for (unsigned i = 0; i < b->n_calls; i++)
			if (b->calls[i].leg && !b->calls[i].asked && b->calls[i].incoming)
				leg_answer(b->calls[i].leg, NULL);
	}
}

static void person(int port)
{
	static const char *const numbers[] = { "1234", "911", "1234", "911", "555#", "7", "20", "D", "#" };
	bool off_hook = b->ports[port - 1].off_hook;

	switch (pick(10)) {
	case 0:
		if (off_hook)
			fxs_onhook(b, port);
		return;
	case 1:
	case 2:
		if (!off_hook)
			fxs_offhook(b, port);
		return;
	case 3:
	case 4:
		if (off_hook)
			fxs_flash(b, port);
		return;
	case 5:
		if (off_hook && fxs_audio(b, port))
			fxs_pulses(b, port, pick(2) ? "5" : "911");
		return;
	default:
		if (off_hook && fxs_audio(b, port))
			fxs_dial(b, port, numbers[pick(9)]);
	}
}

static void caller(int port)
{
	struct leg_offer o = { .called.digits = { (char)('0' + port) }, .calling.digits = "911" };
	int err;

	if (pick(3) == 0)
		o.called.digits[0] = 0;
	if (!fxs_call_to(b, &o, &err))
		assert_true(err == -EBUSY || err == -ENETDOWN || err == -ESHUTDOWN);
}

/* The card leaves and comes back; a repeated event; the drain. */
static void rarely(int port)
{
	if (pick(20))
		return;
	switch (pick(4)) {
	case 0:
		fxs_remove(b, port, !b->ports[port - 1].removed);
		return;
	case 1:
		fxs_say(b, port, b->ports[port - 1].off_hook ? HW_EV_OFFHOOK : HW_EV_ONHOOK);
		return;
	case 2:
		fxs_trunk_drain(b->trunk, pick(2));
		return;
	default:
		fxs_trunk_messages(b->trunk, port, pick(2));
	}
}

static void check(void)
{
	struct media_port *seen[FXS_LEGS];
	unsigned n = 0, on[FXS_PORTS] = { 0 };

	for (int port = 1; port <= FXS_PORTS; port++) {
		struct fxs_line_info info = fxs_info(b, port);

		assert_true(info.leg[0] != info.leg[1] || !info.leg[0]);
		for (int i = 0; i < 2; i++)
			on[port - 1] += info.leg[i] != NULL;
		if (info.state == FXS_IDLE || info.state == FXS_OUT)
			assert_int_equal(on[port - 1], 0);
		if (info.state == FXS_IDLE)
			assert_false(b->ports[port - 1].ringing);
	}
	for (unsigned i = 0; i < b->n_calls; i++) {
		struct fxs_call *c = &b->calls[i];

		if (!c->leg || c->asked || !c->leg->port)
			continue;
		for (unsigned j = 0; j < n; j++)
			assert_ptr_not_equal(seen[j], c->leg->port);
		seen[n++] = c->leg->port;
	}
	if (strstr(b->log, "illegal"))
		fail_msg("%s", b->log);
}

static void come_to_rest(void)
{
	fxs_trunk_drain(b->trunk, false);
	for (int port = 1; port <= FXS_PORTS; port++) {
		if (b->ports[port - 1].removed)
			fxs_remove(b, port, false);
		if (b->ports[port - 1].off_hook)
			fxs_onhook(b, port);
	}
	/* Calls that ring are the callers' to end; those held ring back for a minute and end by themselves. */
	for (unsigned i = 0; i < b->n_calls; i++)
		if (b->calls[i].leg && !b->calls[i].asked && !b->calls[i].incoming && !strstr(b->calls[i].story, "answered"))
			fxs_clear(&b->calls[i], 16);
	fxs_bench_run(b, 70000);
	fxs_assert_idle(b);
	b->n_calls = 0;
	b->log[0] = 0;
}

static const struct fxs_conf confs[] = {
	{ .call_waiting = true, .three_way = true, .transfer = true, .cid = CID_BELL202, .start = FXS_KEWL },
	{ .call_waiting = true, .three_way = true, .cid = CID_V23, .cid_when = CID_AFTER_REVERSAL, .cid_dtas = true,
	  .polarity_answer = true, .drop_ms = 250, .mwi_fsk = true, .lamp = true },
	{ .call_waiting = true, .transfer = true, .cid = CID_NTT, .cid_when = CID_AFTER_REVERSAL },
	{ .cid = CID_DTMF, .cid_when = CID_BEFORE_RING },
	{ .call_waiting = true, .cid = CID_V23, .cid_when = CID_AFTER_SHORT_RING, .first_digit_ms = 500, .busy_ms = 300,
	  .howler_ms = 300 },
};

static void walk(const struct fxs_conf *conf, unsigned events)
{
	fxs_bench_open(b, conf);
	b->reuse = true;
	for (unsigned i = 0; i < events; i++) {
		int port = 1 + (int)pick(FXS_PORTS);

		switch (pick(4)) {
		case 0:
			person(port);
			break;
		case 1:
			far_end();
			break;
		case 2:
			if (pick(4) == 0)
				caller(port);
			rarely(port);
			break;
		default:
			fxs_bench_run(b, pick(10) ? pick(60) : pick(2500));
		}
		check();
		if (i % 100 == 99)
			come_to_rest();
	}
	come_to_rest();
	fxs_bench_close(b);
}

static void test_walk(void **state)
{
	const char *n = getenv("FXS_WALK_EVENTS"), *from = getenv("FXS_WALK_SEED");
	unsigned events = n ? (unsigned)atoi(n) : 2000;

	(void)state;
	seed = from ? (unsigned)atoi(from) : 1;
	for (size_t i = 0; i < sizeof(confs) / sizeof(confs[0]); i++)
		walk(&confs[i], events);
}

/* Closed at any moment: every call hears of it once, nothing is left. */
static void test_closed_at_any_moment(void **state)
{
	(void)state;
	for (seed = 7; seed < 7 * 60; seed += 7) {
		unsigned at = seed;

		fxs_bench_open(b, &confs[seed % 5]);
		b->reuse = true;
		for (unsigned i = 0; i < 30 + at % 40; i++) {
			int port = 1 + (int)pick(FXS_PORTS);

			person(port);
			far_end();
			if (pick(4) == 0)
				caller(port);
			fxs_bench_run(b, pick(100));
		}
		fxs_bench_close(b);
		seed = at;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_walk),
		cmocka_unit_test(test_closed_at_any_moment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
