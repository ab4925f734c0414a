/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests/unit/test_pri_call.c: calls through two ISDN trunks on the simulated card: set-up and clearing each
 * way, every number field, progress, early answer, and what the ladder says of them.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "tests/support/pri_bench.h"

static void call_and_clear(int caller, int clearer)
{
	struct bench *b = bench_open(&(struct bench_conf){ .dialect = PRI_EUROISDN_E1 });
	struct bench_leg *out, *in;

	b->end[!caller].offered = bench_answer;
	out = bench_call(b, caller, "2079460100");
	assert_non_null(out);
	bench_until(b, 1000, bench_event(out, LEG_ANSWERED));
	in = b->end[!caller].legs;
	assert_non_null(in);
	assert_string_equal(in->offer.called.digits, "2079460100");
	assert_int_equal(out->events[0].kind, LEG_PROCEEDING);
	assert_int_equal(out->events[1].kind, LEG_ALERTING);
	assert_int_equal(out->n_events, 3);
	assert_int_equal(bench_pos(out), 1);
	assert_int_equal(bench_pos(in), 1);
	assert_int_equal(out->leg->line->chan, caller == USER ? 1 : 32);
	assert_int_equal(bench_line(b, caller, 1), PRI_LINE_UP);
	assert_int_equal(bench_line(b, !caller, 1), PRI_LINE_UP);
	bench_clear(clearer == caller ? out : in, 16);
	bench_until(b, 1000, out->cleared && in->cleared);
	assert_int_equal(bench_event(out, LEG_CLEARED)->cause.q850, 16);
	assert_int_equal(bench_event(in, LEG_CLEARED)->cause.q850, 16);
	assert_int_equal(bench_event(out, LEG_CLEARED)->cause.location, 2);
	assert_int_equal(bench_event(in, LEG_CLEARED)->cause.location, 2);
	assert_int_equal(bench_event(out, LEG_CLEARED)->by_far_end, clearer != caller);
	assert_int_equal(bench_event(in, LEG_CLEARED)->by_far_end, clearer == caller);
	bench_assert_idle(b);
	bench_close(b);
}

static void test_each_way(void **state)
{
	(void)state;
	for (int caller = 0; caller < 2; caller++)
		for (int clearer = 0; clearer < 2; clearer++)
			call_and_clear(caller, clearer);
}

/* --- Numbers ----------------------------------------------------------------------------------- */

static void assert_number(const struct leg_number *got, const struct leg_number *want, bool party)
{
	assert_string_equal(got->digits, want->digits);
	assert_int_equal(got->ton, want->ton);
	assert_int_equal(got->npi, want->npi);
	if (!party)
		return;
	assert_int_equal(got->presentation, want->presentation);
	assert_int_equal(got->screening, want->screening);
}

static struct bench_leg *offered(struct bench *b, int caller, const struct leg_offer *o)
{
	unsigned n = b->end[!caller].n_offered;

	assert_non_null(bench_offer(b, caller, o));
	bench_until(b, 1000, b->end[!caller].n_offered > n);
	return b->end[!caller].legs;
}

static const struct {
	const char *why;
	struct leg_number called, calling;
} numbers[] = {
	{ "national, allowed, network provided", { "2079460100", TON_NATIONAL, NPI_E164, 0, 0 },
	  { "2071838750", TON_NATIONAL, NPI_E164, PRES_ALLOWED, SCREEN_NETWORK } },
	{ "international, passed", { "442079460100", TON_INTERNATIONAL, NPI_E164, 0, 0 },
	  { "33142685300", TON_INTERNATIONAL, NPI_E164, PRES_ALLOWED, SCREEN_PASSED } },
	{ "withheld number", { "100", TON_SUBSCRIBER, NPI_E164, 0, 0 },
	  { "5551212", TON_SUBSCRIBER, NPI_E164, PRES_RESTRICTED, SCREEN_PASSED } },
	{ "number not available", { "112", TON_UNKNOWN, NPI_UNKNOWN, 0, 0 },
	  { "", TON_UNKNOWN, NPI_UNKNOWN, PRES_UNAVAILABLE, SCREEN_NETWORK } },
	{ "private plan, failed screening", { "4711", TON_UNKNOWN, NPI_PRIVATE, 0, 0 },
	  { "4712", TON_UNKNOWN, NPI_PRIVATE, PRES_ALLOWED, SCREEN_FAILED } },
	{ "network specific and abbreviated", { "*57#", TON_ABBREVIATED, NPI_UNKNOWN, 0, 0 },
	  { "9", TON_NETWORK, NPI_NATIONAL, PRES_ALLOWED, SCREEN_NONE } },
	{ "no calling number at all", { "2079460101", TON_NATIONAL, NPI_E164, 0, 0 },
	  { "", TON_UNKNOWN, NPI_UNKNOWN, 0, 0 } },
};

static void all_numbers(const struct bench_conf *conf, int caller)
{
	struct bench *b = bench_open(conf);

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		struct leg_offer o = { .called = numbers[i].called, .calling = numbers[i].calling,
				       .bearer = BEARER_3K1, .complete = true };
		struct bench_leg *in = offered(b, caller, &o);

		assert_number(&in->offer.called, &o.called, false);
		if (o.calling.digits[0] || o.calling.presentation)
			assert_number(&in->offer.calling, &o.calling, true);
		else
			assert_string_equal(in->offer.calling.digits, "");
		assert_int_equal(in->offer.bearer, BEARER_3K1);
		assert_true(in->offer.complete);
		assert_string_equal(in->offer.source, caller == USER ? "span 2" : "span 1");
		assert_non_null(strchr(in->offer.id, '/'));
		bench_clear(in, 17);
	}
	bench_run(b, 500);
	bench_assert_idle(b);
	bench_close(b);
}

static void test_numbers(void **state)
{
	(void)state;
	for (int caller = 0; caller < 2; caller++) {
		all_numbers(&(struct bench_conf){ .dialect = PRI_EUROISDN_E1 }, caller);
		all_numbers(&(struct bench_conf){ .type = HW_SPAN_T1, .dialect = PRI_NATIONAL2 }, caller);
		all_numbers(&(struct bench_conf){ .type = HW_SPAN_T1, .dialect = PRI_EUROISDN_T1 }, caller);
	}
}

static void redirected(const struct bench_conf *conf, int caller, unsigned count)
{
	struct bench *b = bench_open(conf);
	struct leg_offer o = {
		.called = { "2079460100", TON_NATIONAL, NPI_E164, 0, 0 },
		.redirecting = { "2071838750", TON_NATIONAL, NPI_E164, PRES_ALLOWED, 0 },
		.redirect_reason = 2, .redirect_count = (uint8_t)count, .complete = true,
	};
	struct bench_leg *in = offered(b, caller, &o);

	assert_string_equal(in->offer.redirecting.digits, "2071838750");
	assert_int_equal(in->offer.redirecting.ton, TON_NATIONAL);
	assert_int_equal(in->offer.redirecting.presentation, PRES_ALLOWED);
	assert_int_equal(in->offer.redirect_reason, 2);
	assert_int_equal(in->offer.redirect_count, count);
	bench_clear(in, 21);
	bench_run(b, 500);
	bench_assert_idle(b);
	bench_close(b);
}

/* A SIP user part in letters is no number; what was said of its presentation still is. */
static void test_letters(void **state)
{
	struct bench *b = bench_open(&(struct bench_conf){ .dialect = PRI_EUROISDN_E1 });
	struct leg_offer o = { .called = { "1", 0, 0, 0, 0 }, .calling = { "alice", 0, 0, PRES_RESTRICTED, 0 },
			       .redirecting = { "bob", 0, 0, 0, 0 } };
	struct bench_leg *in = offered(b, USER, &o);

	(void)state;
	assert_string_equal(in->offer.calling.digits, "");
	assert_int_equal(in->offer.calling.presentation, PRES_RESTRICTED);
	assert_string_equal(in->offer.redirecting.digits, "");
	bench_close(b);
}

static void test_redirecting(void **state)
{
	(void)state;
	for (int caller = 0; caller < 2; caller++) {
		/* EN 300 207-1: divertingLegInformation2 has the count; Q.931's element has not. */
		redirected(&(struct bench_conf){ .dialect = PRI_EUROISDN_E1 }, caller, 3);
		redirected(&(struct bench_conf){ .type = HW_SPAN_T1, .dialect = PRI_NATIONAL2 }, caller, 1);
	}
}

static void name_passes(const struct bench_conf *conf, int caller, const char *name, const char *want)
{
	struct bench *b = bench_open(conf);
	struct leg_offer o = { .called = { "5551212", TON_SUBSCRIBER, NPI_E164, 0, 0 },
			       .calling = { "2125551000", TON_NATIONAL, NPI_E164, PRES_ALLOWED, 0 },
			       .complete = true };
	struct bench_leg *in;

	strcpy(o.calling_name, name);
	in = offered(b, caller, &o);
	assert_string_equal(in->offer.calling_name, want);
	bench_clear(in, 1);
	bench_run(b, 500);
	bench_assert_idle(b);
	bench_close(b);
}

static void test_names(void **state)
{
	const struct bench_conf ni2 = { .type = HW_SPAN_T1, .dialect = PRI_NATIONAL2 };
	const struct bench_conf euro = { .dialect = PRI_EUROISDN_E1 };

	(void)state;
	name_passes(&ni2, USER, "Front desk", "Front desk");
	name_passes(&ni2, NET, "Front desk", "Front desk");
	name_passes(&ni2, NET, "Zo\xc3\xab", "Zo\xc3\xab");		/* Latin-1 has it */
	name_passes(&ni2, NET, "\xe2\x82\xac 5", "? 5");		/* the euro sign it has not */
	name_passes(&ni2, USER, "Front\r\n\x7f" "desk", "Frontdesk");
	name_passes(&euro, NET, "Front desk", "Front desk");
	name_passes(&euro, USER, "Front desk", "");	/* EN 300 403-1: display is network to user */
}

static void test_bearer(void **state)
{
	static const uint8_t bearers[] = { BEARER_SPEECH, BEARER_UNRESTRICTED, BEARER_3K1 };
	struct bench *b = bench_open(&(struct bench_conf){ .dialect = PRI_EUROISDN_E1 });

	(void)state;
	for (size_t i = 0; i < sizeof(bearers); i++) {
		struct leg_offer o = { .called = { "1", 0, 0, 0, 0 }, .bearer = bearers[i] };
		struct bench_leg *in = offered(b, i & 1, &o);

		assert_int_equal(in->offer.bearer, bearers[i]);
		assert_true(in->offer.complete);	/* no "sending complete" was sent, yet no digit follows */
		bench_clear(in, 88);
	}
	bench_run(b, 500);
	bench_assert_idle(b);
	bench_close(b);
}

/* --- Progress and answer ----------------------------------------------------------------------- */

static void test_inband(void **state)
{
	struct bench *b = bench_open(&(struct bench_conf){ .dialect = PRI_EUROISDN_E1 });

	(void)state;
	for (int caller = 0; caller < 2; caller++) {
		struct leg_offer o = { .called = { "1", 0, 0, 0, 0 } };
		struct bench_leg *in = offered(b, caller, &o), *out = b->end[caller].legs;
		struct leg_cause why = { .q850 = 34, .location = 10 };

		assert_int_equal(leg_progress(in->leg, true, NULL), 0);
		bench_until(b, 500, bench_event(out, LEG_PROGRESS));
		assert_true(bench_event(out, LEG_PROCEEDING));	/* PROGRESS is no first answer */
		assert_true(bench_event(out, LEG_PROGRESS)->inband);
		assert_int_equal(bench_event(out, LEG_PROGRESS)->progress, 1 << 8);
		assert_int_equal(bench_event(out, LEG_PROGRESS)->cause.q850, 0);
		assert_int_equal(leg_progress(in->leg, false, NULL), -EOPNOTSUPP);
		assert_int_equal(leg_progress(in->leg, true, &why), 0);
		bench_run(b, 100);
		assert_int_equal(bench_event(out, LEG_PROGRESS)->cause.q850, 34);
		assert_int_equal(bench_event(out, LEG_PROGRESS)->cause.location, 10);
		assert_int_equal(leg_proceed(in->leg), -EALREADY);
		assert_int_equal(leg_alert(in->leg, true), 0);
		bench_until(b, 500, bench_event(out, LEG_ALERTING));
		assert_true(bench_event(out, LEG_ALERTING)->inband);
		bench_clear(out, 16);
		bench_run(b, 200);
		assert_int_equal(bench_event(in, LEG_CLEARED)->cause.q850, 16);
	}
	bench_assert_idle(b);
	bench_close(b);
}

static void test_no_inband(void **state)
{
	struct bench *b = bench_open(&(struct bench_conf){ .dialect = PRI_EUROISDN_E1 });
	struct bench_leg *out;

	(void)state;
	b->end[NET].offered = bench_ring;
	out = bench_call(b, USER, "1");
	bench_until(b, 500, bench_event(out, LEG_ALERTING));
	assert_false(bench_event(out, LEG_ALERTING)->inband);
	assert_false(bench_event(out, LEG_PROCEEDING)->inband);
	bench_close(b);		/* with a call that is not up */
}

/* CONNECT as the only answer, with a connected number. */
static void test_early_connect(void **state)
{
	const struct leg_number connected = { "2079460199", TON_NATIONAL, NPI_E164, PRES_ALLOWED, SCREEN_PASSED };
	struct bench *b = bench_open(&(struct bench_conf){ .dialect = PRI_EUROISDN_E1 });

	(void)state;
	for (int caller = 0; caller < 2; caller++) {
		struct leg_offer o = { .called = { "1", 0, 0, 0, 0 } };
		struct bench_leg *in = offered(b, caller, &o), *out = b->end[caller].legs;

		assert_int_equal(leg_answer(in->leg, &connected), 0);
		assert_int_equal(leg_answer(in->leg, NULL), -EALREADY);
		assert_int_equal(leg_alert(in->leg, false), -EALREADY);
		bench_until(b, 500, bench_event(out, LEG_ANSWERED));
		assert_int_equal(out->n_events, 1);
		assert_number(&bench_event(out, LEG_ANSWERED)->connected, &connected, true);
		assert_int_equal(leg_transfer(in->leg, "1"), -EOPNOTSUPP);
		bench_run(b, 10000);	/* T313 has been stopped: the call stays */
		assert_false(out->cleared || in->cleared);
		bench_clear(in, 16);
		bench_until(b, 500, out->cleared && in->cleared);
		assert_int_equal(bench_span(b, caller).calls_out, 1);
		assert_int_equal(bench_span(b, !caller).calls_in, 1);
	}
	bench_assert_idle(b);
	bench_close(b);
}

static void test_ladder(void **state)
{
	struct bench *b = bench_open(&(struct bench_conf){ .dialect = PRI_EUROISDN_E1 });
	struct bench_leg *in, *out;

	(void)state;
	b->end[NET].offered = bench_answer;
	out = bench_call(b, USER, "2079460100");
	bench_until(b, 500, bench_event(out, LEG_ANSWERED));
	in = b->end[NET].legs;
	bench_clear(in, 17);
	bench_until(b, 500, out->cleared && in->cleared);
	assert_non_null(strstr(out->ladder, "> SETUP cr "));
	assert_non_null(strstr(out->ladder, "chan 1 preferred called 2079460100 (national) complete\n"));
	assert_non_null(strstr(out->ladder, "< CALL PROCEEDING cr "));
	assert_non_null(strstr(out->ladder, "> CONNECT ACKNOWLEDGE cr "));
	assert_non_null(strstr(out->ladder, "cause 17 (user busy) loc 2\n> RELEASE cr "));
	assert_non_null(strstr(in->ladder, "< SETUP cr "));
	assert_non_null(strstr(in->ladder, "> DISCONNECT cr "));
	assert_non_null(strstr(in->ladder, "< RELEASE cr "));
	assert_non_null(strstr(in->ladder, "> RELEASE COMPLETE cr "));
	bench_close(b);
}

/* Nobody takes the leg: it is cleared for them. */
static void ignore(void *arg, struct leg *leg, const struct leg_offer *offer)
{
	(void)arg;
	(void)leg;
	(void)offer;
}

static void quiet(void *arg, int level, const char *text)
{
	(void)arg;
	(void)level;
	(void)text;
}

static void test_errors(void **state)
{
	struct bench *b = bench_open(&(struct bench_conf){ .dialect = PRI_EUROISDN_E1 });
	struct pri_handlers h = { .offered = ignore, .log = quiet };
	int span = 1;
	struct pri_trunk_conf c = { .name = "x", .spans = &span, .n_spans = 1, .dialect = PRI_NATIONAL2 };
	struct leg_offer o = { .called = { "1", 0, 0, 0, 0 } };
	struct pri_trunk *t = NULL;
	struct leg *leg;

	(void)state;
	assert_int_equal(pri_trunk_open(&t, b->hw, &c, &h), -EINVAL);	/* NI2 on an E1 */
	c.n_spans = 0;
	assert_int_equal(pri_trunk_open(&t, b->hw, &c, &h), -EINVAL);
	c.n_spans = 1;
	c.dialect = PRI_EUROISDN_E1;
	span = 9;	/* not there: out of service, no error */
	assert_int_equal(pri_trunk_open(&t, b->hw, &c, &h), 0);
	assert_int_equal(pri_trunk_call(t, &o, NULL, NULL, &leg), -ENETDOWN);
	pri_trunk_close(t);
	pri_trunk_drain(b->end[USER].trunk, true);
	assert_int_equal(pri_trunk_call(b->end[USER].trunk, &o, NULL, NULL, &leg), -ESHUTDOWN);
	assert_non_null(bench_call(b, NET, "1"));
	bench_run(b, 500);
	assert_int_equal(bench_event(b->end[NET].legs, LEG_CLEARED)->cause.q850, 41);
	assert_int_equal(b->end[USER].n_offered, 0);
	pri_trunk_drain(b->end[USER].trunk, false);
	assert_non_null(bench_call(b, USER, "1"));
	assert_int_equal(pri_call_error_cause(-EAGAIN), 34);
	assert_int_equal(pri_call_error_cause(-ENETDOWN), 27);
	assert_int_equal(pri_call_error_cause(-ESHUTDOWN), 41);
	bench_close(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_way), cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_redirecting), cmocka_unit_test(test_letters), cmocka_unit_test(test_names),
		cmocka_unit_test(test_bearer), cmocka_unit_test(test_inband),
		cmocka_unit_test(test_no_inband), cmocka_unit_test(test_early_connect),
		cmocka_unit_test(test_ladder), cmocka_unit_test(test_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
