/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests/unit/test_pri_progress.c: progress indicators, bearer and high layer compatibility as they pass between two ISDN trunks that are
 * wired to each other; and what a far end plays after DISCONNECT.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "tests/support/pri_bench.h"

#define P(n) (1U << (n))

static struct bench_leg *call(struct bench *b, int caller, const struct leg_offer *with)
{
	struct leg_offer o = *with;
	struct bench_leg *out;

	strcpy(o.called.digits, "2079460100");
	o.complete = true;
	out = bench_offer(b, caller, &o);
	assert_non_null(out);
	bench_until(b, 1000, b->end[!caller].n_offered == 1);
	return out;
}

/* --- In SETUP ------------------------------------------------------------------------------------ */

static const struct {
	uint8_t bearer, hlc;
	uint16_t progress;
	const char *ladder, *more;
} setups[] = {
	{ BEARER_SPEECH, 0, 0, "speech chan 1 preferred called", "" },
	{ BEARER_SPEECH, 0, P(1), "speech chan 1 preferred progress 1 called", "" },
	{ BEARER_3K1, 0, P(3), "3.1 kHz chan 1 preferred progress 3 called", "" },
	{ BEARER_3K1, LEG_HLC_FAX, P(1) | P(3), "3.1 kHz chan 1 preferred progress 1 progress 3 called", " fax G2/G3" },
	{ BEARER_UNRESTRICTED, 0, 0, "unrestricted chan 1 preferred called", "" },
	{ BEARER_RESTRICTED, 0, 0, "restricted chan 1 preferred called", "" },
	{ BEARER_VIDEO, 0x60, 0, "video chan 1 preferred called", " videotelephony" },
};

static void setup(const struct bench_conf *conf, int caller, size_t i)
{
	struct bench *b = bench_open(conf);
	struct leg_offer o = { .bearer = setups[i].bearer, .hlc = setups[i].hlc, .progress = setups[i].progress };
	struct bench_leg *out = call(b, caller, &o), *in = b->end[!caller].legs;

	assert_int_equal(in->offer.bearer, o.bearer);
	assert_int_equal(in->offer.hlc, o.hlc);
	assert_int_equal(in->offer.progress, o.progress);
	if (!strstr(in->ladder, setups[i].ladder) || !strstr(in->ladder, setups[i].more))
		fail_msg("%s not in %s", setups[i].ladder, in->ladder);
	bench_clear(in, 17);
	bench_until(b, 1000, out->cleared && in->cleared);
	bench_assert_idle(b);
	bench_close(b);
}

static void test_setup(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(setups) / sizeof(setups[0]); i++) {
		setup(&(struct bench_conf){ .dialect = PRI_EUROISDN_E1 }, USER, i);
		setup(&(struct bench_conf){ .dialect = PRI_EUROISDN_E1 }, NET, i);
		setup(&(struct bench_conf){ .type = HW_SPAN_T1, .dialect = PRI_NATIONAL2 }, USER, i);
	}
}

static uint8_t bearer_octets[4];
static size_t bearer_len;

static bool keep_bearer(struct bench *b, int span, uint8_t *frame, size_t *len)
{
	(void)b;
	if (span == 1 && *len > 12 && !(frame[2] & 1) && frame[8] == 0x05 && frame[9] == 0x04) {
		bearer_len = frame[10];
		memcpy(bearer_octets, frame + 11, bearer_len < 4 ? bearer_len : 4);
	}
	return true;
}

/* Q.931 4.5.5: data has no layer 1 of a law. */
static void test_no_law_on_data(void **state)
{
	struct bench *b = bench_open(&(struct bench_conf){ .dialect = PRI_EUROISDN_E1, .tap = keep_bearer });
	struct leg_offer o = { .bearer = BEARER_UNRESTRICTED };
	struct bench_leg *out = call(b, USER, &o);

	(void)state;
	assert_int_equal(bearer_len, 2);
	assert_memory_equal(bearer_octets, ((const uint8_t[]){ 0x88, 0x90 }), 2);
	bench_clear(out, 16);
	bench_until(b, 1000, out->cleared);
	bench_assert_idle(b);
	bench_close(b);
}

/* --- In the answers ------------------------------------------------------------------------------ */

static void answers(const struct bench_conf *conf, int caller)
{
	struct bench *b = bench_open(conf);
	struct bench_leg *out = call(b, caller, &(struct leg_offer){ 0 }), *in = b->end[!caller].legs;

	in->leg->progress = P(1);
	assert_int_equal(leg_progress(in->leg, false, NULL), 0);
	bench_until(b, 1000, bench_event(out, LEG_PROGRESS));
	assert_int_equal(bench_event(out, LEG_PROGRESS)->progress, P(1));
	in->leg->progress = P(2);
	assert_int_equal(leg_alert(in->leg, false), 0);
	bench_until(b, 1000, bench_event(out, LEG_ALERTING));
	assert_int_equal(bench_event(out, LEG_ALERTING)->progress, P(2));
	assert_false(bench_event(out, LEG_ALERTING)->inband);
	in->leg->progress = P(2);
	assert_int_equal(leg_progress(in->leg, true, NULL), 0);
	bench_until(b, 1000, bench_event(out, LEG_PROGRESS)->inband && bench_event(out, LEG_PROGRESS)->progress != P(1));
	assert_int_equal(bench_event(out, LEG_PROGRESS)->progress, P(2) | P(8));
	in->leg->progress = P(2);
	assert_int_equal(leg_answer(in->leg, NULL), 0);
	bench_until(b, 1000, bench_event(out, LEG_ANSWERED));
	assert_int_equal(bench_event(out, LEG_ANSWERED)->progress, P(2));
	bench_clear(out, 16);
	bench_until(b, 1000, out->cleared && in->cleared);
	bench_assert_idle(b);
	bench_close(b);
}

static void test_answers(void **state)
{
	(void)state;
	for (int caller = 0; caller < 2; caller++) {
		answers(&(struct bench_conf){ .dialect = PRI_EUROISDN_E1 }, caller);
		answers(&(struct bench_conf){ .type = HW_SPAN_T1, .dialect = PRI_NATIONAL2 }, caller);
	}
}

static void test_nothing_to_say(void **state)
{
	struct bench *b = bench_open(&(struct bench_conf){ .dialect = PRI_EUROISDN_E1 });
	struct bench_leg *out = call(b, USER, &(struct leg_offer){ 0 }), *in = b->end[NET].legs;

	(void)state;
	assert_int_equal(leg_progress(in->leg, false, NULL), -EOPNOTSUPP);
	assert_int_equal(leg_alert(in->leg, true), 0);
	bench_until(b, 1000, bench_event(out, LEG_ALERTING));
	assert_int_equal(bench_event(out, LEG_ALERTING)->progress, P(8));
	assert_true(bench_event(out, LEG_ALERTING)->inband);
	assert_int_equal(leg_answer(in->leg, NULL), 0);
	bench_until(b, 1000, bench_event(out, LEG_ANSWERED));
	assert_int_equal(bench_event(out, LEG_ANSWERED)->progress, 0);
	bench_clear(out, 16);
	bench_until(b, 1000, out->cleared);
	bench_assert_idle(b);
	bench_close(b);
}

/* SIP may say 180 twice: ALERTING goes once, and audio that comes later is told by PROGRESS, once. */
static void test_alerting_twice(void **state)
{
	static const struct { const char *why; bool first, second, third; unsigned progress; } rows[] = {
		{ "twice the same", false, false, false, 0 },
		{ "audio from the second on", false, true, true, 1 },
		{ "audio from the first on", true, true, true, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct bench *b = bench_open(&(struct bench_conf){ .dialect = PRI_EUROISDN_E1 });
		struct bench_leg *out = call(b, USER, &(struct leg_offer){ 0 }), *in = b->end[NET].legs;
		unsigned seen = 0, rang = 0;

		assert_int_equal(leg_alert(in->leg, rows[i].first), 0);
		assert_int_equal(leg_alert(in->leg, rows[i].second), 0);
		assert_int_equal(leg_alert(in->leg, rows[i].third), 0);
		bench_run(b, 200);
		for (unsigned n = 0; n < out->n_events; n++) {
			rang += out->events[n].kind == LEG_ALERTING;
			seen += out->events[n].kind == LEG_PROGRESS && out->events[n].inband;
		}
		if (rang != 1 || seen != rows[i].progress || strstr(in->ladder, "STATUS"))
			fail_msg("%s: ALERTING %u times, PROGRESS with 8 %u times\n%s", rows[i].why, rang, seen, in->ladder);
		bench_clear(out, 16);
		bench_until(b, 500, out->cleared && in->cleared);
		bench_assert_idle(b);
		bench_close(b);
	}
}

/* --- After DISCONNECT ----------------------------------------------------------------------------- */

/* The network's DISCONNECT gets progress indicator 8 on the wire. */
static bool announce(struct bench *b, int span, uint8_t *frame, size_t *len)
{
	static const uint8_t ie[] = { 0x1e, 2, 0x82, 0x88 };

	(void)b;
	if (span == 2 && *len > 9 && !(frame[2] & 1) && frame[8] == 0x45) {
		memcpy(frame + *len, ie, sizeof(ie));
		*len += sizeof(ie);
	}
	return true;
}

/* How the user's end comes to its end: it hangs up, the network's T305 sends RELEASE, or T306 is over. */
enum ending { BY_US, BY_RELEASE };

static void farewell(bool up, enum ending how)
{
	struct bench *b = bench_open(&(struct bench_conf){ .dialect = PRI_EUROISDN_E1, .tap = announce });
	struct bench_leg *out = call(b, USER, &(struct leg_offer){ 0 }), *in = b->end[NET].legs;
	const struct leg_event *ev;

	assert_int_equal(leg_proceed(in->leg), 0);
	bench_until(b, 1000, bench_event(out, LEG_PROCEEDING));
	if (up) {
		assert_int_equal(leg_answer(in->leg, NULL), 0);
		bench_until(b, 1000, bench_event(out, LEG_ANSWERED));
	}
	bench_clear(in, 1);
	bench_until(b, 1000, bench_event(out, LEG_DISCONNECT));
	ev = bench_event(out, LEG_DISCONNECT);
	assert_int_equal(ev->cause.q850, 1);
	assert_int_equal(ev->cause.location, 2);
	assert_int_equal(ev->progress, P(8));
	assert_true(ev->inband);
	bench_run(b, 2000);
	assert_false(out->cleared);		/* heard; the line is the call's */
	assert_int_equal(bench_pos(out), 1);
	assert_non_null(out->leg->line);
	if (how == BY_US)
		bench_clear(out, 16);
	else
		bench_run(b, 28500);		/* T305 of the network: RELEASE */
	bench_until(b, 1000, out->cleared && in->cleared);
	ev = bench_event(out, LEG_CLEARED);
	assert_int_equal(ev->cause.q850, 1);	/* what the far end said first, whoever ended it */
	assert_true(ev->by_far_end);
	assert_non_null(strstr(out->ladder, how == BY_US ? "> RELEASE " : "< RELEASE "));
	bench_assert_idle(b);
	bench_close(b);
}

static void test_farewell(void **state)
{
	(void)state;
	farewell(false, BY_US);
	farewell(false, BY_RELEASE);
	farewell(true, BY_US);
	farewell(true, BY_RELEASE);
}

static bool announce_and_stay(struct bench *b, int span, uint8_t *frame, size_t *len)
{
	if (span == 2 && *len > 9 && !(frame[2] & 1) && frame[8] == 0x4d)
		return false;		/* the RELEASE of a network that does not tire is lost for ever */
	return announce(b, span, frame, len);
}

/* A network that goes on for ever: T306 ends it here. */
static void test_t306(void **state)
{
	struct bench *b = bench_open(&(struct bench_conf){ .dialect = PRI_EUROISDN_E1, .tap = announce });
	struct bench_leg *out = call(b, USER, &(struct leg_offer){ 0 }), *in = b->end[NET].legs;

	(void)state;
	assert_int_equal(leg_proceed(in->leg), 0);
	bench_until(b, 1000, bench_event(out, LEG_PROCEEDING));
	bench_clear(in, 31);
	bench_until(b, 1000, bench_event(out, LEG_DISCONNECT));
	b->tap = announce_and_stay;
	bench_run(b, 29000);
	assert_false(out->cleared);
	bench_run(b, 1500);
	b->tap = NULL;
	bench_until(b, 60000, out->cleared && in->cleared);
	assert_int_equal(bench_event(out, LEG_CLEARED)->cause.q850, 31);
	assert_non_null(strstr(out->ladder, "> RELEASE "));
	bench_assert_idle(b);
	bench_close(b);
}

/* DISCONNECT without an indicator is answered at once. */
static void test_plain_disconnect(void **state)
{
	struct bench *b = bench_open(&(struct bench_conf){ .dialect = PRI_EUROISDN_E1 });
	struct bench_leg *out = call(b, USER, &(struct leg_offer){ 0 }), *in = b->end[NET].legs;

	(void)state;
	assert_int_equal(leg_alert(in->leg, true), 0);	/* with 8: it is not the DISCONNECT's */
	bench_until(b, 1000, bench_event(out, LEG_ALERTING));
	bench_clear(in, 17);
	bench_until(b, 500, out->cleared && in->cleared);
	assert_null(bench_event(out, LEG_DISCONNECT));
	bench_assert_idle(b);
	bench_close(b);
}

/* Ours, as the network: the caller hears why, until it releases. */
static void test_clear_tones(void **state)
{
	static const struct { int cause; bool proceed, up; const char *tone; } rows[] = {
		{ 17, true, false, "busy" }, { 34, true, false, "congestion" }, { 16, true, true, "" }, { 1, false, false, "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct bench *b = bench_open(&(struct bench_conf){ .dialect = PRI_EUROISDN_E1, .clear_tones = true });
		struct bench_leg *out = call(b, USER, &(struct leg_offer){ 0 }), *in = b->end[NET].legs;

		if (rows[i].proceed)
			assert_int_equal(leg_proceed(in->leg), 0);
		if (rows[i].up)
			assert_int_equal(leg_answer(in->leg, NULL), 0);
		bench_run(b, 100);
		bench_clear(in, rows[i].cause);
		assert_string_equal(b->end[NET].tone, rows[i].tone);
		bench_run(b, 2000);
		assert_int_equal(bench_event(out, LEG_DISCONNECT) != NULL, rows[i].tone[0] != '\0');
		assert_int_equal(b->end[NET].tones, rows[i].tone[0] != '\0');
		if (rows[i].tone[0])
			bench_clear(out, 16);
		bench_until(b, 1000, out->cleared && in->cleared);
		assert_int_equal(bench_event(out, LEG_CLEARED)->cause.q850, rows[i].cause);
		assert_int_equal(b->end[NET].tones, 0);
		bench_assert_idle(b);
		bench_close(b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_setup),	  cmocka_unit_test(test_no_law_on_data),   cmocka_unit_test(test_answers),
		cmocka_unit_test(test_nothing_to_say), cmocka_unit_test(test_alerting_twice), cmocka_unit_test(test_farewell), cmocka_unit_test(test_t306),
		cmocka_unit_test(test_plain_disconnect), cmocka_unit_test(test_clear_tones),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
