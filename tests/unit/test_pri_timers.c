/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Timers of Q.921 and Q.931 as a trunk sets them: each is seen to act at its time, on a clock that the test turns, at
 * the default and at a value that was set; and the trunk file knows the same names, defaults and ranges.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "channels/pri_timers.h"
#include "conf/trunks.h"
#include "tests/support/pri_bench.h"
#include "tests/support/pri_tap.h"

/* --- What goes out, and when ------------------------------------------------------------------- */

enum what { NOTHING, SABME = 1, POLL = 2, SETUP = 4, CONNECT = 8, DISCONNECT = 16, RELEASE = 32, RESTART = 64, REL_COMP = 128,
	    ANSWERS = 256 };

static struct watch {
	int span;			/* whose frames */
	bool deaf;			/* the far span's frames vanish */
	unsigned mute, drop;		/* the far span's messages of these kinds, and ours, become some other protocol's */
	unsigned count, outstanding;
	uint8_t cause;			/* of the last RELEASE of SPAN's owner */
	int64_t at[16];			/* times of those that are WANTED */
	enum what wanted;
} watch;

static enum what kind_of(const uint8_t *f, size_t len)
{
	if (len < 3)
		return NOTHING;
	if ((f[2] & 0xef) == 0x6f)
		return SABME;
	if (f[2] == 0x01)	/* RR: a command of the user side, with its P bit */
		return len >= 4 && f[3] & 1 && !(f[0] & 2) ? POLL : NOTHING;
	if (f[2] & 1 || len < 7 || f[4] != 8)
		return NOTHING;
	switch (f[5 + (f[5] & 0x0f) + 1]) {
	case 0x05: return SETUP;
	case 0x07: return CONNECT;
	case 0x45: return DISCONNECT;
	case 0x4d: return RELEASE;
	case 0x5a: return REL_COMP;
	case 0x46: return RESTART;
	case 0x02: case 0x01: case 0x03: case 0x0f: case 0x4e: return ANSWERS;
	default: return NOTHING;
	}
}

/* Layer 2 must not miss a frame, or it would send it again: a message that is to be lost gets another protocol
 * discriminator (Q.931 4.2), and layer 3 ignores it. */
static bool tap(struct bench *b, int span, uint8_t *frame, size_t *len)
{
	enum what kind = kind_of(frame, *len);

	if (span == watch.span && kind & watch.wanted && watch.count < 16)
		watch.at[watch.count++] = b->now_us;
	if (span == watch.span && kind == RELEASE)
		watch.cause = frame[12] & 0x7f;	/* the element is the first */
	if (kind >= SETUP && kind & (span == watch.span ? watch.drop : watch.mute))
		frame[4] = 0x7f;
	return span == watch.span || !watch.deaf;
}

/* From now on: frames of KIND that SPAN's owner sends. */
static void see(int span, enum what kind)
{
	watch = (struct watch){ .span = span, .wanted = kind };
}

static unsigned ms_between(unsigned i)
{
	assert_true(watch.count > i + 1);
	return (unsigned)((watch.at[i + 1] - watch.at[i]) / 1000);
}

/* Within the turn of the clock after it. */
static void assert_ms(unsigned got, unsigned want)
{
	if (got + 2 < want || got > want + 25)
		fail_msg("%u ms, not %u", got, want);
}

static struct bench *open_with(enum pri_timer t, unsigned value)
{
	struct bench_conf c = { .dialect = PRI_EUROISDN_E1, .tap = tap };

	see(0, NOTHING);
	c.timers[t] = value;
	return bench_open(&c);
}

static unsigned in_force(enum pri_timer t, unsigned value)
{
	return value ? value : pri_timer_def(t)->def;
}

/* --- Layer 2 ----------------------------------------------------------------------------------- */

/* Idle for T203: an RR that asks. */
static void t203(unsigned value)
{
	struct bench *b = open_with(PT_T203, value);

	bench_run(b, 2000);
	see(1, POLL);
	bench_run(b, 3 * in_force(PT_T203, value) + 1000);
	assert_in_range(watch.count, 2, 8);
	assert_ms(ms_between(0), in_force(PT_T203, value));
	bench_close(b);
}

/* With no answer to it: N200 times more, T200 apart, and then SABME. */
static void t200(unsigned value, unsigned n200)
{
	struct bench_conf c = { .dialect = PRI_EUROISDN_E1, .tap = tap, .timers = { [PT_T200] = value, [PT_N200] = n200 } };
	struct bench *b;
	unsigned polls;

	see(0, NOTHING);
	b = bench_open(&c);
	see(1, POLL);
	watch.deaf = true;
	bench_until(b, 60000, bench_span(b, USER).l2_losses == 1);
	polls = watch.count;
	assert_int_equal(polls, in_force(PT_N200, n200) + 1 < 16 ? in_force(PT_N200, n200) + 1 : 16);
	assert_ms(ms_between(0), in_force(PT_T200, value));
	assert_ms(ms_between(1), in_force(PT_T200, value));
	bench_close(b);
}

/* No more than K frames under way: calls are placed while the far end says nothing. */
static void window(unsigned value)
{
	struct bench *b = open_with(PT_K, value);

	see(1, SETUP);
	watch.deaf = true;
	for (int i = 0; i < 14; i++)
		assert_non_null(bench_call(b, USER, "1"));
	bench_run(b, 500);
	assert_int_equal(watch.count, in_force(PT_K, value));
	bench_close(b);
}

static void test_layer_2(void **state)
{
	(void)state;
	t203(0);
	t203(3000);
	t200(0, 0);
	t200(400, 5);
	window(0);
	window(3);
}

/* --- Layer 3, by libpri ------------------------------------------------------------------------ */

static void t303(unsigned value)
{
	struct bench *b = open_with(PT_T303, value);
	struct bench_leg *out;

	see(1, SETUP);
	watch.mute = ANSWERS | REL_COMP | RELEASE;
	b->end[NET].offered = bench_ring;
	out = bench_call(b, USER, "1");
	bench_run(b, 2 * in_force(PT_T303, value) + 500);
	assert_int_equal(watch.count, 2);
	assert_ms(ms_between(0), in_force(PT_T303, value));
	bench_until(b, 30000, out->cleared);
	bench_close(b);
}

static struct bench_leg *up(struct bench *b)
{
	struct bench_leg *out;

	b->end[NET].offered = bench_answer;
	out = bench_call(b, USER, "1");
	bench_until(b, 1000, bench_event(out, LEG_ANSWERED));
	bench_run(b, 200);
	return out;
}

/* DISCONNECT, T305, RELEASE, T308, RELEASE, T308, forgotten. */
static void t305_t308(unsigned t305, unsigned t308)
{
	struct bench_conf c = { .dialect = PRI_EUROISDN_E1, .tap = tap, .timers = { [PT_T305] = t305, [PT_T308] = t308 } };
	struct bench_leg *out;
	unsigned restarts;
	struct bench *b;
	int64_t gone;

	see(0, NOTHING);
	b = bench_open(&c);
	out = up(b);
	restarts = bench_span(b, USER).restarts;
	see(1, DISCONNECT | RELEASE);
	watch.drop = DISCONNECT | RELEASE;	/* the far end hears nothing of it */
	bench_clear(out, 41);
	bench_until(b, 200000, out->cleared);
	assert_int_equal(watch.cause, 41);	/* that of the DISCONNECT */
	gone = b->now_us;
	assert_int_equal(watch.count, 3);
	assert_ms(ms_between(0), in_force(PT_T305, t305));
	assert_ms(ms_between(1), in_force(PT_T308, t308));
	assert_ms((unsigned)((gone - watch.at[2]) / 1000), in_force(PT_T308, t308));
	/* 5.3.3: the far end may still have the channel, RESTART takes it back. */
	assert_int_equal(bench_span(b, USER).restarts, restarts + 1);
	bench_until(b, 500, bench_count(b, USER, PRI_LINE_IDLE) == 30);
	assert_true(b->end[NET].legs->cleared);
	bench_close(b);
}

/* The same when they have cleared: their DISCONNECT is no answer to our RELEASE. */
static void t308_they_clear(void)
{
	struct bench *b = open_with(PT_T308, 2000);
	struct bench_leg *out = up(b);
	unsigned restarts = bench_span(b, USER).restarts;

	see(1, RELEASE);
	watch.drop = RELEASE;
	bench_clear(b->end[NET].legs, 16);
	bench_until(b, 8000, out->cleared);
	assert_int_equal(watch.count, 2);
	assert_int_equal(bench_span(b, USER).restarts, restarts + 1);
	bench_until(b, 500, bench_count(b, USER, PRI_LINE_IDLE) == 30);
	bench_close(b);
}

/* It begins when layer 2 has tried in vain to come up again: N200 + 1 SABMEs, T200 apart. */
static void t309(unsigned value)
{
	struct bench *b = open_with(PT_T309, value);
	struct bench_leg *out = up(b);
	int64_t lost;

	see(1, NOTHING);
	watch.deaf = true;
	bench_until(b, 60000, !bench_span(b, USER).layer2);
	lost = b->now_us;
	bench_until(b, in_force(PT_T309, value) + 5000, out->cleared);
	assert_ms((unsigned)((b->now_us - lost) / 1000), in_force(PT_T309, value) + 4000);
	assert_int_equal(bench_event(out, LEG_CLEARED)->cause.q850, 27);
	bench_close(b);
}

/* The user side's CONNECT without CONNECT ACKNOWLEDGE. */
static void t313(unsigned value)
{
	struct bench *b = open_with(PT_T313, value);

	see(1, CONNECT | DISCONNECT | RELEASE);
	watch.drop = CONNECT;
	b->end[USER].offered = bench_answer;
	assert_non_null(bench_call(b, NET, "1"));
	bench_until(b, in_force(PT_T313, value) + 1000, watch.count == 2);
	assert_ms(ms_between(0), in_force(PT_T313, value));
	watch.drop = NOTHING;
	bench_until(b, 10000, b->end[USER].legs->cleared && b->end[NET].legs->cleared);
	bench_close(b);
}

static void test_layer_3(void **state)
{
	(void)state;
	t303(0);
	t303(1500);
	t305_t308(0, 0);
	t305_t308(5000, 2000);
	t308_they_clear();
	t309(0);
	t309(20000);
	t313(0);
	t313(9000);
}

/* --- Layer 3, by this driver ------------------------------------------------------------------- */

static void proceed(struct bench_leg *l)
{
	assert_int_equal(leg_proceed(l->leg), 0);
}

static void t310(unsigned value)
{
	struct bench *b = open_with(PT_T310, value);

	for (int caller = 0; caller < 2; caller++) {
		struct bench_leg *out;
		int64_t begun;

		b->end[!caller].offered = proceed;
		out = bench_call(b, caller, "1");
		bench_until(b, 1000, bench_event(out, LEG_PROCEEDING));
		begun = b->now_us;
		bench_until(b, in_force(PT_T310, value) + 1000, out->cleared);
		assert_ms((unsigned)((b->now_us - begun) / 1000), in_force(PT_T310, value));
		assert_int_equal(bench_event(out, LEG_CLEARED)->cause.q850, 102);
		bench_run(b, 100);
		assert_int_equal(bench_event(b->end[!caller].legs, LEG_CLEARED)->cause.q850, 102);
	}
	bench_assert_idle(b);
	bench_close(b);
}

/* CALL PROCEEDING in the place of PROGRESS: too late. */
static bool late(struct bench *b, int span, uint8_t *frame, size_t *len)
{
	uint8_t *e;

	(void)b;
	if (span == 2 && *len > 9 && !(frame[2] & 1) && frame[8] == 0x03 && (e = pri_tap_element(frame, *len, 0x1e))) {
		frame[8] = 0x02;
		e[0] = 0x7d;	/* a high layer compatibility, as it were */
	}
	return true;
}

/* ALERTING, and an announcement, end it; CALL PROCEEDING after them does not begin it again. */
static void t310_ends(void)
{
	struct bench *b = open_with(PT_T310, 2000);
	struct bench_leg *out;

	b->end[NET].offered = bench_ring;
	out = bench_call(b, USER, "1");
	bench_run(b, 10000);
	assert_false(out->cleared);
	bench_clear(out, 16);
	b->end[NET].offered = proceed;
	out = bench_call(b, USER, "1");
	bench_run(b, 1000);
	assert_int_equal(leg_progress(b->end[NET].legs->leg, true, NULL), 0);
	bench_run(b, 10000);
	assert_false(out->cleared);
	bench_clear(out, 16);
	b->end[NET].offered = bench_ring;
	b->tap = late;
	out = bench_call(b, USER, "1");
	bench_run(b, 1000);
	assert_int_equal(leg_progress(b->end[NET].legs->leg, true, NULL), 0);
	bench_run(b, 10000);
	assert_non_null(strstr(strstr(out->ladder, "ALERTING"), "CALL PROCEEDING"));
	assert_false(out->cleared);
	bench_clear(out, 16);
	bench_assert_idle(b);
	bench_close(b);
}

static void announce(struct bench_leg *l)
{
	proceed(l);
	assert_int_equal(leg_progress(l->leg, true, NULL), 0);
}

/* A call that rings, or is told something, and is not answered: cleared as any other, there with 102; to the caller nobody answered. */
static void t301(unsigned value, void (*offered)(struct bench_leg *l))
{
	struct bench *b = open_with(PT_T301, value);

	for (int caller = 0; caller < 2; caller++) {
		struct bench_leg *out;
		int64_t begun = b->now_us;

		b->end[!caller].offered = offered;
		out = bench_call(b, caller, "1");
		see(caller + 1, DISCONNECT);
		bench_until(b, in_force(PT_T301, value) + 1000, out->cleared);
		assert_int_equal(watch.count, 1);
		assert_in_range((unsigned)((watch.at[0] - begun) / 1000), in_force(PT_T301, value) - 2, in_force(PT_T301, value) + 250);
		assert_int_equal(bench_event(out, LEG_CLEARED)->cause.q850, 19);
		bench_run(b, 100);
		assert_int_equal(bench_event(b->end[!caller].legs, LEG_CLEARED)->cause.q850, 102);
		assert_null(strstr(b->end[caller].log, "audit"));
	}
	bench_assert_idle(b);
	bench_close(b);
}

/* The answer ends it; what is said while it rings does not. */
static void t301_ends(void)
{
	struct bench *b = open_with(PT_T301, 20000);
	struct bench_leg *out;
	int64_t begun;

	b->end[NET].offered = bench_ring;
	out = bench_call(b, USER, "1");
	bench_run(b, 15000);
	assert_int_equal(leg_answer(b->end[NET].legs->leg, NULL), 0);
	bench_run(b, 60000);
	assert_false(out->cleared);
	bench_clear(out, 16);
	begun = b->now_us;
	out = bench_call(b, USER, "1");
	bench_run(b, 15000);
	assert_int_equal(leg_progress(b->end[NET].legs->leg, true, NULL), 0);
	bench_until(b, 6000, out->cleared);
	assert_in_range(b->now_us - begun, 19900000, 20500000);
	bench_assert_idle(b);
	bench_close(b);
}

/* SETUP ACKNOWLEDGE for a number that is whole, and then nothing. */
static bool no_more(struct bench *b, int span, uint8_t *frame, size_t *len)
{
	(void)b;
	if (span == 2 && kind_of(frame, *len) == ANSWERS)
		frame[8] = 0x0d;	/* SETUP ACKNOWLEDGE in the place of CALL PROCEEDING */
	return true;
}

static void t304_whole(void)
{
	struct bench *b = bench_open(&(struct bench_conf){ .dialect = PRI_EUROISDN_E1 });
	struct bench_leg *out;
	int64_t begun = b->now_us;

	b->end[NET].offered = proceed;
	b->tap = no_more;
	out = bench_call(b, USER, "1");
	bench_until(b, in_force(PT_T304, 0) + 1000, out->cleared);
	assert_in_range(b->now_us - begun, 29900000, 30500000);
	assert_int_equal(bench_event(out, LEG_CLEARED)->cause.q850, 102);
	bench_assert_idle(b);
	bench_close(b);
}

/* RESTART without an answer: N316 times more, T316 apart. */
static void t316(unsigned value, unsigned n316)
{
	struct bench_conf c = { .dialect = PRI_EUROISDN_E1, .tap = tap, .no_wait = true,
				.timers = { [PT_T316] = value, [PT_N316] = n316 } };
	struct bench *b;

	see(1, RESTART);
	watch.mute = ANSWERS;	/* RESTART ACKNOWLEDGE is one */
	b = bench_open(&c);
	bench_until(b, 200000, bench_span(b, USER).restart_timeouts == in_force(PT_N316, n316) + 1);
	assert_int_equal(watch.count, in_force(PT_N316, n316) + 1);
	assert_ms(ms_between(0), in_force(PT_T316, value));
	bench_run(b, 1000);
	assert_int_equal(bench_count(b, USER, PRI_LINE_IDLE), 30);	/* taken as idle: it answers none at all */
	bench_close(b);
}

static enum pri_digits never_complete(const char *called)
{
	(void)called;
	return PRI_DIGITS_COMPLETE_OR_MORE;
}

/* Overlap: the called end waits T302 for more digits, then the calling end T304 for an answer to those it sent. */
static void t302_t304(unsigned t302, unsigned t304)
{
	struct bench_conf c = { .dialect = PRI_EUROISDN_E1, .overlap = true, .digits = never_complete,
				.timers = { [PT_T302] = t302, [PT_T304] = t304 } };
	struct leg_offer o = { .called = { "5", TON_UNKNOWN, NPI_E164, 0, 0 } };
	struct bench *b = bench_open(&c);
	struct bench_leg *out = bench_offer(b, USER, &o);
	int64_t sent;

	bench_until(b, 1000, strstr(out->ladder, "< SETUP ACKNOWLEDGE"));
	assert_int_equal(leg_more(out->leg, "1", false), 0);
	sent = b->now_us;
	bench_until(b, in_force(PT_T302, t302) + 1000, b->end[NET].n_offered == 1);
	assert_ms((unsigned)((b->now_us - sent) / 1000), in_force(PT_T302, t302));
	bench_until(b, in_force(PT_T304, t304) + 1000, out->cleared);
	assert_ms((unsigned)((b->now_us - sent) / 1000), in_force(PT_T304, t304));
	assert_int_equal(bench_event(out, LEG_CLEARED)->cause.q850, 102);
	bench_assert_idle(b);
	bench_close(b);
}

static void test_driver(void **state)
{
	(void)state;
	t310(0);
	t310(3000);
	t310_ends();
	t301(0, bench_ring);
	t301(20000, bench_ring);
	t301(20000, announce);
	t301_ends();
	t302_t304(0, 0);
	t304_whole();
	t302_t304(3000, 8000);
	t316(0, 0);
	t316(5000, 4);
}

/* --- While it runs ----------------------------------------------------------------------------- */

static void test_live(void **state)
{
	unsigned values[PRI_TIMERS] = { [PT_T203] = 2000 }, now[PRI_TIMERS];
	struct bench *b = open_with(PT_T203, 0);

	(void)state;
	pri_trunk_timers_now(b->end[USER].trunk, now);
	assert_int_equal(now[PT_T203], 10000);
	pri_trunk_timers(b->end[USER].trunk, values);
	pri_trunk_timers_now(b->end[USER].trunk, now);
	assert_int_equal(now[PT_T203], 2000);
	assert_int_equal(now[PT_T305], 30000);
	bench_run(b, 12000);	/* the one that ran was of the old time */
	see(1, POLL);
	bench_run(b, 7000);
	assert_ms(ms_between(0), 2000);
	bench_close(b);
	b = open_with(PT_T203, 0);	/* the same instances of libpri: the default is back */
	bench_run(b, 1000);
	see(1, POLL);
	bench_run(b, 9000);
	assert_in_range(watch.count, 0, 1);
	bench_close(b);
}

/* --- The trunk file ---------------------------------------------------------------------------- */

static void on_error(void *arg, const struct conf_error *e)
{
	(void)arg;
	print_message("%s\n", e->message);
}

static void test_one_table(void **state)
{
	static const char text[] = "site: {country: 44}\nsip: {listen: [\"0.0.0.0:5060\"]}\n"
				   "trunks: {telco: {isdn: {spans: 1}}}\n";
	struct conf *c = NULL;
	struct conf_timer_range r;

	(void)state;
	assert_int_equal(conf_parse(&c, "trunks.yaml", text, strlen(text), on_error, NULL), 0);
	for (int i = 0; i < PRI_TIMERS; i++) {
		const struct pri_timer_def *d = pri_timer_def((enum pri_timer)i);

		assert_true(conf_timer((enum conf_timer)i, &r));
		assert_string_equal(r.name, d->name);
		assert_int_equal(r.min, d->min);
		assert_int_equal(r.max, d->max);
		assert_int_equal(conf_trunk(c, "telco")->isdn.timers[i], d->def);
	}
	assert_false(conf_timer((enum conf_timer)PRI_TIMERS, &r));
	conf_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_layer_2), cmocka_unit_test(test_layer_3), cmocka_unit_test(test_driver),
		cmocka_unit_test(test_live), cmocka_unit_test(test_one_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
