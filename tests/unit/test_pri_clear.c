/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests/unit/test_pri_clear.c: every cause from 1 to 127 as refusal of a call and as the end of one, each
 * way, through libpri at the other end; clearing at each stage; callers who give up; far ends that are
 * silent.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "tests/support/pri_bench.h"

static int cause_now, location_now;

static void clear_with(struct bench_leg *l, int cause)
{
	struct leg_cause c = { .q850 = (uint8_t)cause, .location = (uint8_t)location_now };

	assert_int_equal(leg_clear(l->leg, &c), 0);
	assert_int_equal(leg_clear(l->leg, &c), -EALREADY);
	assert_false(l->cleared);
}

static void refuse(struct bench_leg *l)
{
	clear_with(l, cause_now);
}

static void proceed_and_refuse(struct bench_leg *l)
{
	assert_int_equal(leg_proceed(l->leg), 0);
	clear_with(l, cause_now);
}

static void ring_and_refuse(struct bench_leg *l)
{
	bench_ring(l);
	clear_with(l, cause_now);
}

static void assert_cause(const struct bench_leg *l, bool by_far_end)
{
	const struct leg_event *ev = bench_event(l, LEG_CLEARED);

	assert_non_null(ev);
	assert_int_equal(ev->cause.q850, cause_now);
	assert_int_equal(ev->cause.location, location_now);
	assert_int_equal(ev->by_far_end, by_far_end);
}

static void refused(struct bench *b, int caller, void (*how)(struct bench_leg *l))
{
	struct bench_leg *out, *in;

	b->end[!caller].offered = how;
	for (cause_now = 1; cause_now <= 127; cause_now++) {
		location_now = cause_now % 11;
		out = bench_call(b, caller, "1");
		assert_non_null(out);
		bench_run(b, 60);
		in = b->end[!caller].legs;
		/* A channel that is refused before any answer is tried once more on another one. */
		if (how == refuse)
			assert_int_equal(b->end[!caller].n_offered, cause_now < 44 ? cause_now : cause_now + 1);
		assert_true(out->cleared && in->cleared);
		assert_cause(out, true);
		assert_cause(in, false);
	}
	bench_run(b, 1000);
	bench_assert_idle(b);
	assert_int_equal(bench_count(b, USER, PRI_LINE_IDLE), 30);
	assert_null(strstr(b->end[USER].log, "audit"));
	assert_null(strstr(b->end[NET].log, "audit"));
}

/* Q.931 4.5.12: diagnostics that came with a cause on another line go on with it, and are told as they came. */
static void refuse_with_diagnostics(struct bench_leg *l)
{
	/* coding standard and location, recommendation, cause 22, the new number as a called party number element */
	static const struct leg_cause c = { .q850 = 22, .location = 4, .n_raw = 8,
					    .raw = { 0x04, 0x80, 0x96, 0x70, 0x03, 0xa1, '2', '0' } };

	assert_int_equal(leg_clear(l->leg, &c), 0);
}

static void refuse_without(struct bench_leg *l)
{
	static const struct leg_cause c = { .q850 = 22, .location = 4, .n_raw = 4, .raw = { 0xa4, 0x96, 0x70, 0x03 } };

	assert_int_equal(leg_clear(l->leg, &c), 0);
}

static bool drop_release(struct bench *b, int span, uint8_t *frame, size_t *len)
{
	(void)b;
	return !(span == 1 && *len > 8 && !(frame[2] & 1) && frame[4] == 8 && frame[6 + frame[5]] == 0x4d);
}

/* DISCONNECT, and RELEASE is not answered: the owner hears at once who cleared and why, the line stays busy for T308 twice; whoever
 * called. What is answered needs no two words, but may have them. */
static void test_release_unanswered(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++) {
		struct bench *b = bench_open(&(struct bench_conf){ .dialect = i & 1 ? PRI_EUROISDN_E1 : PRI_NATIONAL2, .type = i & 1 ?
								   HW_SPAN_E1 : HW_SPAN_T1 });
		int caller = i & 2 ? NET : USER;
		struct bench_leg *out, *mine;
		const struct leg_event *ev;

		b->end[!caller].offered = bench_answer;
		out = bench_call(b, caller, "1");
		bench_until(b, 500, bench_event(out, LEG_ANSWERED));
		mine = b->end[USER].legs;
		b->tap = drop_release;
		location_now = 2;
		bench_clear(b->end[NET].legs, 41);
		bench_until(b, 100, bench_event(mine, LEG_CLEARING));
		ev = bench_event(mine, LEG_CLEARING);
		assert_int_equal(ev->cause.q850, 41);
		assert_int_equal(ev->cause.location, 2);
		assert_true(ev->by_far_end);
		bench_run(b, 3000);
		assert_false(mine->cleared);
		assert_int_equal(bench_count(b, USER, PRI_LINE_CLEARING), 1);
		assert_int_equal(leg_clear(mine->leg, &(struct leg_cause){ .q850 = 16 }), -EALREADY);
		b->tap = NULL;
		bench_until(b, 40000, mine->cleared && !b->end[NET].legs->leg);
		assert_int_equal(bench_event(mine, LEG_CLEARED)->cause.q850, 41);
		assert_true(bench_event(mine, LEG_CLEARED)->by_far_end);
		for (unsigned n = 0, seen = 0; n < mine->n_events; n++)
			assert_true((seen += mine->events[n].kind == LEG_CLEARING) <= 1);
		bench_assert_idle(b);
		bench_close(b);
	}
}

static void test_diagnostics(void **state)
{
	static const struct { const char *why; void (*how)(struct bench_leg *l); uint8_t raw[8], n; } rows[] = {
		{ "diagnostics pass", refuse_with_diagnostics, { 0x84, 0x96, 0x70, 0x03, 0xa1, '2', '0' }, 7 },
		{ "not those of another coding standard", refuse_without, { 0x84, 0x96 }, 2 },
	};
	struct bench *b = bench_open(&(struct bench_conf){ .dialect = PRI_EUROISDN_E1 });

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct bench_leg *l;
		const struct leg_event *ev;

		b->end[NET].offered = rows[i].how;
		l = bench_call(b, USER, "1");
		bench_run(b, 100);
		ev = bench_event(l, LEG_CLEARED);
		assert_non_null(ev);
		assert_int_equal(ev->cause.q850, 22);
		assert_int_equal(ev->cause.location, 4);
		if (ev->cause.n_raw != rows[i].n || memcmp(ev->cause.raw, rows[i].raw, rows[i].n))
			fail_msg("%s: %u octets", rows[i].why, ev->cause.n_raw);
	}
	bench_assert_idle(b);
	bench_close(b);
}

static void test_refused(void **state)
{
	static void (*const hows[])(struct bench_leg *) = { refuse, proceed_and_refuse, ring_and_refuse };

	(void)state;
	for (int caller = 0; caller < 2; caller++)
		for (int i = 0; i < 3; i++) {
			struct bench *b = bench_open(&(struct bench_conf){ .dialect = PRI_EUROISDN_E1 });

			refused(b, caller, hows[i]);
			bench_close(b);
		}
}

static void test_refused_ni2(void **state)
{
	struct bench *b;

	(void)state;
	b = bench_open(&(struct bench_conf){ .type = HW_SPAN_T1, .dialect = PRI_NATIONAL2 });
	b->end[USER].offered = refuse;
	for (cause_now = 1; cause_now <= 127; cause_now++) {
		struct bench_leg *out = bench_call(b, NET, "1");

		location_now = 0;
		bench_run(b, 60);
		assert_true(out->cleared);
		assert_cause(out, true);
	}
	bench_assert_idle(b);
	bench_close(b);
}

/* --- A call that is up ------------------------------------------------------------------------- */

static void active(struct bench *b, int caller, int clearer)
{
	b->end[!caller].offered = bench_answer;
	for (cause_now = 1; cause_now <= 127; cause_now++) {
		struct bench_leg *out = bench_call(b, caller, "1"), *in;

		location_now = cause_now % 11;
		bench_until(b, 500, bench_event(out, LEG_ANSWERED));
		bench_run(b, 10);
		in = b->end[!caller].legs;
		clear_with(clearer == caller ? out : in, cause_now);
		bench_run(b, 60);
		assert_true(out->cleared && in->cleared);
		assert_cause(out, clearer != caller);
		assert_cause(in, clearer == caller);
	}
	bench_assert_idle(b);
	assert_null(strstr(b->end[USER].log, "audit"));
	assert_null(strstr(b->end[NET].log, "audit"));
}

static void test_active(void **state)
{
	(void)state;
	for (int caller = 0; caller < 2; caller++)
		for (int clearer = 0; clearer < 2; clearer++) {
			struct bench *b = bench_open(&(struct bench_conf){ .dialect = PRI_EUROISDN_E1 });

			active(b, caller, clearer);
			bench_close(b);
		}
}

/* --- Stages ------------------------------------------------------------------------------------ */

/* The caller gives up N ms after SETUP, whatever the other end is doing. */
static void test_caller_gives_up(void **state)
{
	static void (*const does[])(struct bench_leg *) = { NULL, bench_ring, bench_answer };
	static const int causes[] = { 16, 1, 81, 6, 26, 127 };
	struct bench *b = bench_open(&(struct bench_conf){ .dialect = PRI_EUROISDN_E1 });

	(void)state;
	location_now = 0;
	for (int caller = 0; caller < 2; caller++)
		for (size_t c = 0; c < sizeof(causes) / sizeof(causes[0]); c++)
			for (unsigned ms = 0; ms < 30; ms++) {
				struct bench_leg *out;

				b->end[!caller].offered = does[ms % 3];
				out = bench_call(b, caller, "1");
				bench_run(b, ms);
				cause_now = causes[c];
				clear_with(out, cause_now);
				bench_run(b, 100);
				assert_true(out->cleared);
				assert_cause(out, false);
				assert_true(b->end[!caller].legs->cleared);
				assert_int_equal(bench_event(b->end[!caller].legs, LEG_CLEARED)->cause.q850,
						 cause_now);
			}
	bench_assert_idle(b);
	assert_null(strstr(b->end[USER].log, "audit"));
	assert_null(strstr(b->end[NET].log, "audit"));
	bench_close(b);
}

/* Both ends clear a call at once: DISCONNECT crosses DISCONNECT (Q.931 5.3.5). */
static void test_collision(void **state)
{
	struct bench *b = bench_open(&(struct bench_conf){ .dialect = PRI_EUROISDN_E1 });
	struct bench_leg *out, *in;

	(void)state;
	b->end[NET].offered = bench_answer;
	out = bench_call(b, USER, "1");
	bench_until(b, 500, bench_event(out, LEG_ANSWERED));
	bench_run(b, 10);
	in = b->end[NET].legs;
	bench_clear(out, 16);
	bench_clear(in, 31);
	bench_run(b, 200);
	assert_int_equal(bench_event(out, LEG_CLEARED)->cause.q850, 16);
	assert_int_equal(bench_event(in, LEG_CLEARED)->cause.q850, 31);
	bench_assert_idle(b);
	bench_close(b);
}

/* A cause outside 1 to 127 becomes 31; the header's range is kept on the wire. */
static void test_no_cause(void **state)
{
	struct bench *b = bench_open(&(struct bench_conf){ .dialect = PRI_EUROISDN_E1 });
	struct bench_leg *out;

	(void)state;
	b->end[NET].offered = bench_ring;
	out = bench_call(b, USER, "1");
	bench_until(b, 500, bench_event(out, LEG_ALERTING));
	bench_clear(out, 0);
	bench_run(b, 100);
	assert_int_equal(bench_event(out, LEG_CLEARED)->cause.q850, 31);
	assert_int_equal(bench_event(b->end[NET].legs, LEG_CLEARED)->cause.q850, 31);
	bench_close(b);
}

/* --- Silence ----------------------------------------------------------------------------------- */

static uint8_t swallow;		/* message type that becomes a harmless one on its way */

/* Layer 2 must see every frame, so the message becomes one that changes nothing: STATUS ENQUIRY, for a
 * call reference that does not exist. */
static bool garble(struct bench *b, int span, uint8_t *frame, size_t *len)
{
	(void)b;
	(void)span;
	if (swallow && *len > 8 && !(frame[2] & 1) && frame[4] == 8 && frame[8] == swallow) {
		frame[8] = 0x75;
		frame[6] = 0x7f;
		frame[7] = 0xff;
	}
	return true;
}

static void test_no_answer_to_setup(void **state)
{
	struct bench *b = bench_open(&(struct bench_conf){ .dialect = PRI_EUROISDN_E1, .tap = garble });
	struct bench_leg *out;

	(void)state;
	swallow = 0x05;
	out = bench_call(b, USER, "1");
	bench_run(b, 7000);
	assert_false(out->cleared);
	bench_run(b, 2000);		/* T303 twice, Q.931 5.1.1 */
	assert_true(out->cleared);
	swallow = 0;
	assert_int_equal(bench_event(out, LEG_CLEARED)->cause.q850, 18);
	assert_true(bench_event(out, LEG_CLEARED)->by_far_end);
	assert_int_equal(b->end[NET].n_offered, 0);
	bench_run(b, 1000);
	bench_assert_idle(b);
	bench_close(b);
}

static void test_no_answer_to_clearing(void **state)
{
	static const struct { const char *why; uint8_t lost; unsigned ms; } rows[] = {
		{ "DISCONNECT lost: T305, then RELEASE works", 0x45, 31000 },
		{ "RELEASE lost: T305, our RELEASE works", 0x4d, 47000 },
		{ "RELEASE COMPLETE lost: T308 twice", 0x5a, 60000 },
	};
	struct bench *b = bench_open(&(struct bench_conf){ .dialect = PRI_EUROISDN_E1, .tap = garble });

	(void)state;
	b->end[NET].offered = bench_answer;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct bench_leg *out = bench_call(b, USER, "1"), *in;

		bench_until(b, 500, bench_event(out, LEG_ANSWERED));
		bench_run(b, 10);
		in = b->end[NET].legs;
		swallow = rows[i].lost;
		bench_clear(out, 16);
		bench_run(b, rows[i].ms);
		swallow = 0;
		bench_run(b, 10000);
		assert_true(out->cleared && in->cleared);
		bench_assert_idle(b);
	}
	bench_close(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_release_unanswered),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_diagnostics), cmocka_unit_test(test_refused_ni2),
		cmocka_unit_test(test_active), cmocka_unit_test(test_caller_gives_up),
		cmocka_unit_test(test_collision), cmocka_unit_test(test_no_cause),
		cmocka_unit_test(test_no_answer_to_setup), cmocka_unit_test(test_no_answer_to_clearing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
