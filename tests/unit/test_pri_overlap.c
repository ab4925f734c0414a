/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests/unit/test_pri_overlap.c: digits one after the other on two ISDN trunks that are wired to each other: receiving with a plan,
 * sending, T302 and T304, "#", the sending complete element, dial tone, and who gives up in the middle.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "tests/support/pri_bench.h"
#include "tests/support/pri_tap.h"

/* Four digits are a number, of 5 any; 6 and what follows is passed on; 7 is nothing; *57# to the letter. */
static enum pri_digits plan(const char *s)
{
	size_t n = strlen(s);

	if (s[0] == '*')
		return strncmp("*57#", s, n) != 0 ? PRI_DIGITS_NONE : n == 4 ? PRI_DIGITS_COMPLETE : PRI_DIGITS_MORE;
	if (strchr(s, '#') || s[0] == '7')
		return PRI_DIGITS_NONE;
	if (s[0] == '5')
		return PRI_DIGITS_COMPLETE_OR_MORE;
	if (s[0] == '6')
		return n > 1 ? PRI_DIGITS_PASS : PRI_DIGITS_MORE;
	return n < 4 ? PRI_DIGITS_MORE : PRI_DIGITS_COMPLETE;
}

static bool (*tap)(struct bench *b, int span, uint8_t *frame, size_t *len);

static struct bench *open_bench(void)
{
	return bench_open(&(struct bench_conf){ .dialect = PRI_EUROISDN_E1, .overlap = true, .digits = plan, .tap = tap });
}

static struct bench_leg *begin(struct bench *b, int end, const char *digits)
{
	struct leg_offer o = { .called = { .ton = TON_UNKNOWN, .npi = NPI_E164 }, .calling = { .digits = "20" } };

	strcpy(o.called.digits, digits);
	return bench_offer(b, end, &o);
}

static unsigned count(const struct bench_leg *l, enum leg_event_kind kind)
{
	unsigned n = 0;

	for (unsigned i = 0; i < l->n_events; i++)
		n += l->events[i].kind == kind;
	return n;
}

/* --- Receiving ----------------------------------------------------------------------------------- */

static const struct {
	const char *why, *setup, *more;	/* "!" in MORE: sending complete; "." T302 is waited for */
	const char *number;
	bool acked;			/* SETUP ACKNOWLEDGE was needed */
} rows[] = {
	{ "all in the SETUP", "1234", "", "1234", false },
	{ "digit by digit", "1", "234", "1234", true },
	{ "none in the SETUP", "", "1234", "1234", true },
	{ "# ends", "5", "67#", "567", true },
	{ "# alone after the SETUP", "512", "#", "512", true },
	{ "# in the SETUP ends it", "512#", "", "512", false },
	{ "sending complete ends", "5", "12!", "512", true },
	{ "T302 ends", "5", "12.", "512", true },
	{ "T302 ends what is too short too: it is refused with its record", "1", "2.", "12", true },
	{ "no row begins like this: known at once", "7", "", "7", false },
	{ "no row begins like this: as soon as it is known", "", "7", "7", true },
	{ "a service code has its #", "", "*57#", "*57#", true },
};

static void receive(int caller, size_t i)
{
	struct bench *b = open_bench();
	struct bench_leg *out = begin(b, caller, rows[i].setup), *in;

	assert_non_null(out);
	for (const char *s = rows[i].more; *s; s++) {
		bench_run(b, 300);
		if (*s == '.')
			bench_run(b, 10000);
		else
			assert_int_equal(leg_more(out->leg, *s == '!' ? "" : (const char[]){ *s, 0 }, *s == '!'), 0);
	}
	bench_until(b, 1000, b->end[!caller].n_offered == 1);
	in = b->end[!caller].legs;
	if (strcmp(in->offer.called.digits, rows[i].number) != 0)
		fail_msg("%s: %s", rows[i].why, in->offer.called.digits);
	assert_true(in->offer.complete);
	if (!strstr(out->ladder, "< SETUP ACKNOWLEDGE") == rows[i].acked)
		fail_msg("%s: %s", rows[i].why, out->ladder);
	if (strchr(rows[i].more, '!'))
		assert_non_null(strstr(in->ladder, "complete"));
	/* Dial tone is the network's, for who has dialled nothing; it is over. */
	assert_int_equal(b->end[!caller].tones, 0);
	assert_int_equal(b->end[!caller].tones_ever, caller == USER && !rows[i].setup[0]);
	assert_int_equal(leg_proceed(in->leg), 0);
	assert_int_equal(leg_alert(in->leg, false), 0);
	bench_until(b, 1000, bench_event(out, LEG_ALERTING));
	assert_int_equal(leg_more(out->leg, "9", false), -EALREADY);
	assert_int_equal(leg_answer(in->leg, NULL), 0);
	bench_until(b, 1000, bench_event(out, LEG_ANSWERED));
	bench_clear(out, 16);
	bench_until(b, 1000, out->cleared && in->cleared);
	bench_assert_idle(b);
	bench_close(b);
}

static void test_receiving(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		receive(USER, i);
		receive(NET, i);
	}
}

static bool by_keypad(struct bench *b, int span, uint8_t *frame, size_t *len)
{
	uint8_t *e = pri_tap_element(frame, *len, 0x70);

	(void)b, (void)span;
	if (!e || *len < 10 || (frame[2] & 1) || frame[4] != 8 || frame[8] != 0x7b || e[1] != 2)
		return true;
	e[0] = 0x2c;
	e[1] = 1;
	e[2] = e[3];		/* no type and plan there */
	memmove(e + 3, e + 4, (size_t)(frame + *len - (e + 4)));
	--*len;
	return true;
}

/* A far end that sends its digits as keypad facility (Q.931 5.1.3). */
static void test_keypad(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (strchr(rows[i].more, '!'))
			continue;
		tap = by_keypad;
		receive(USER, i);
		receive(NET, i);
		tap = NULL;
	}
}

static void test_dial_tone_is_said(void **state)
{
	struct bench *b = open_bench();
	struct bench_leg *out = begin(b, USER, "");

	(void)state;
	bench_until(b, 1000, strstr(out->ladder, "< SETUP ACKNOWLEDGE"));
	assert_non_null(strstr(out->ladder, "progress 8"));
	assert_true(bench_event(out, LEG_PROGRESS)->inband);
	assert_int_equal(b->end[NET].tones, 1);
	bench_clear(out, 16);		/* put down again: nobody ever hears of a call */
	bench_until(b, 2000, out->cleared);
	assert_int_equal(b->end[NET].tones, 0);
	assert_int_equal(b->end[NET].n_offered, 0);
	bench_assert_idle(b);
	bench_close(b);
}

/* A caller who gives up with half a number leaves nothing behind, either side. */
static void test_gives_up(void **state)
{
	(void)state;
	for (int caller = 0; caller < 2; caller++) {
		struct bench *b = open_bench();
		struct bench_leg *out = begin(b, caller, "1");

		bench_run(b, 300);
		assert_int_equal(leg_more(out->leg, "2", false), 0);
		bench_run(b, 300);
		bench_clear(out, 16);
		bench_until(b, 2000, out->cleared);
		assert_int_equal(b->end[!caller].n_offered, 0);
		bench_assert_idle(b);
		bench_close(b);
	}
}

/* A trunk without overlap takes a SETUP as it is, and sends it complete. */
static void test_off(void **state)
{
	struct bench *b = bench_open(&(struct bench_conf){ .dialect = PRI_EUROISDN_E1, .digits = plan });
	struct bench_leg *out = begin(b, USER, "1");

	(void)state;
	bench_until(b, 1000, b->end[NET].n_offered == 1);
	assert_string_equal(b->end[NET].legs->offer.called.digits, "1");
	assert_true(b->end[NET].legs->offer.complete);
	assert_int_equal(leg_more(out->leg, "2", false), -EALREADY);
	assert_non_null(strstr(out->ladder, "complete"));
	bench_clear(out, 16);
	bench_until(b, 2000, out->cleared);
	bench_assert_idle(b);
	bench_close(b);
}

/* --- Passing on ---------------------------------------------------------------------------------- */

static void test_passed_on(void **state)
{
	struct bench *b = open_bench();
	struct bench_leg *out = begin(b, USER, "6"), *in;

	(void)state;
	bench_run(b, 300);
	assert_int_equal(b->end[NET].n_offered, 0);
	leg_more(out->leg, "1", false);
	bench_until(b, 1000, b->end[NET].n_offered == 1);
	in = b->end[NET].legs;
	assert_string_equal(in->offer.called.digits, "61");
	assert_false(in->offer.complete);
	leg_more(out->leg, "23", false);
	bench_until(b, 1000, count(in, LEG_DIGIT) == 2);
	assert_int_equal(bench_event(in, LEG_DIGIT)->digit, '3');
	bench_run(b, 10100);
	assert_int_equal(count(in, LEG_COMPLETE), 1);
	assert_int_equal(leg_proceed(in->leg), 0);
	bench_until(b, 1000, bench_event(out, LEG_PROCEEDING));
	bench_clear(in, 28);
	bench_until(b, 1000, out->cleared && in->cleared);
	assert_int_equal(bench_event(out, LEG_CLEARED)->cause.q850, 28);
	bench_assert_idle(b);
	bench_close(b);
}

/* Digits that come before the far end has asked for them go out when it does. */
static void test_before_the_acknowledge(void **state)
{
	struct bench *b = open_bench();
	struct bench_leg *out = begin(b, NET, "1");

	(void)state;
	assert_int_equal(leg_more(out->leg, "2", false), 0);
	assert_int_equal(leg_more(out->leg, "34", true), 0);
	assert_null(strstr(out->ladder, "INFORMATION"));
	bench_until(b, 1000, b->end[USER].n_offered == 1);
	assert_string_equal(b->end[USER].legs->offer.called.digits, "1234");
	bench_clear(out, 16);
	bench_until(b, 2000, out->cleared);
	bench_assert_idle(b);
	bench_close(b);
}

/* T304: a far end that was sent digits and says nothing. */
static void test_t304(void **state)
{
	struct bench *b = open_bench();
	struct bench_leg *out = begin(b, USER, "5");

	(void)state;
	bench_until(b, 1000, strstr(out->ladder, "< SETUP ACKNOWLEDGE"));
	for (int i = 0; i < 8; i++) {	/* a caller who dials without end, and never enough */
		assert_int_equal(leg_more(out->leg, "1", false), 0);
		bench_run(b, 5000);
		assert_false(out->cleared);
	}
	bench_until(b, 10000, b->end[NET].n_offered == 1);	/* T302 of the far end */
	bench_run(b, 26000);	/* which says nothing: T304 of this end */
	assert_true(out->cleared);
	assert_int_equal(bench_event(out, LEG_CLEARED)->cause.q850, 102);
	bench_until(b, 1000, b->end[NET].legs->cleared);
	bench_assert_idle(b);
	bench_close(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_receiving),
		cmocka_unit_test(test_keypad),
		cmocka_unit_test(test_dial_tone_is_said),
		cmocka_unit_test(test_gives_up),
		cmocka_unit_test(test_off),
		cmocka_unit_test(test_passed_on),
		cmocka_unit_test(test_before_the_acknowledge),
		cmocka_unit_test(test_t304),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
