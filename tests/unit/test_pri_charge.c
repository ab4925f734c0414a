/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests/unit/test_pri_charge.c: advice of charge between two ends of libpri: rates, during the call, at its end, asked for call by
 * call, and not had by one of the two.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "tests/support/pri_services.h"

static void test_charge(void **state)
{
	struct bench *b = services_open(PRI_EUROISDN_E1, ALL_SERVICES, ALL_SERVICES);
	struct bench_leg *in, *out = services_call(b, USER, &in);
	struct leg_charge c = { .when = 'D', .units = 7 };

	(void)state;
	assert_int_equal(leg_charge(in->leg, &c), 0);
	bench_until(b, 200, heard.n_charges == 1);
	assert_int_equal(heard.charges[0].when, 'D');
	assert_int_equal(heard.charges[0].units, 7);
	assert_false(heard.charges[0].free);
	c = (struct leg_charge){ .when = 'E', .units = -1, .currency = "GBP", .thousandths = 1250 };
	assert_int_equal(leg_charge(in->leg, &c), 0);	/* libpri sends it with what clears the call */
	bench_clear(in, 16);
	bench_until(b, 500, out->cleared);
	assert_int_equal(heard.n_charges, 2);
	assert_int_equal(heard.charges[1].when, 'E');
	assert_string_equal(heard.charges[1].currency, "GBP");
	assert_int_equal(heard.charges[1].thousandths, 1250);
	assert_int_equal(heard.charges[1].units, -1);
	bench_over(b);
}

/* The user clears: what it has cost comes with the network's RELEASE, before the end. More than the 24 bits of an amount loses
 * its last digits. */
static void test_charge_in_release(void **state)
{
	struct bench *b = services_open(PRI_EUROISDN_E1, ALL_SERVICES, ALL_SERVICES);
	struct bench_leg *in, *out = services_call(b, USER, &in);
	struct leg_charge c = { .when = 'E', .units = -1, .currency = "JPY", .thousandths = 123456789000 };

	(void)state;
	assert_int_equal(leg_charge(in->leg, &c), 0);
	bench_clear(out, 16);
	bench_until(b, 500, out->cleared);
	assert_int_equal(heard.n_charges, 1);
	assert_string_equal(heard.charges[0].currency, "JPY");
	assert_int_equal(heard.charges[0].thousandths, 123456780000);
	assert_int_equal(out->events[out->n_events - 1].kind, LEG_CLEARED);
	bench_over(b);
}

/* Rates, each kind and item, before the answer and after it. The record's words are of the conversation. */
static void test_rates(void **state)
{
	static const struct leg_rate rates[] = {
		{ .item = 'B', .kind = 'T', .steps = true, .scale = 4, .length = 3, .currency = "EUR", .thousandths = 250 },
		{ .item = 'A', .kind = 'F' },
		{ .item = 'S', .kind = 'L', .currency = "EUR", .thousandths = 50 },
	};
	struct leg_charge c = { .when = 'S', .units = -1, .n_rates = 3 };
	struct bench *b = services_open(PRI_EUROISDN_E1, ALL_SERVICES, ALL_SERVICES);
	struct bench_leg *in, *out;

	(void)state;
	memcpy(c.rates, rates, sizeof(rates));
	b->end[NET].offered = NULL;
	out = bench_call(b, USER, "1");
	bench_until(b, 500, b->end[NET].legs);
	in = b->end[NET].legs;
	assert_int_equal(leg_charge(in->leg, &c), -EALREADY);	/* FACILITY may not be the first answer */
	bench_ring(in);
	assert_int_equal(leg_charge(in->leg, &c), 0);
	bench_until(b, 500, heard.n_charges == 1);
	assert_int_equal(leg_answer(in->leg, NULL), 0);
	bench_until(b, 500, bench_event(out, LEG_ANSWERED));
	c.n_rates = 0;
	assert_int_equal(leg_charge(in->leg, &c), -EOPNOTSUPP);
	c.n_rates = 2;
	assert_int_equal(leg_charge(in->leg, &c), 0);
	bench_until(b, 500, heard.n_charges == 2);
	assert_int_equal(heard.charges[0].n_rates, 3);
	assert_int_equal(heard.charges[1].n_rates, 2);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(heard.charges[0].rates[i].item, rates[i].item);
		assert_int_equal(heard.charges[0].rates[i].kind, rates[i].kind);
		assert_int_equal(heard.charges[0].rates[i].thousandths, rates[i].thousandths);
		assert_int_equal(heard.charges[0].rates[i].length, rates[i].length);
		assert_int_equal(heard.charges[0].rates[i].scale, rates[i].scale);
		assert_int_equal(heard.charges[0].rates[i].steps, rates[i].steps);
		assert_string_equal(heard.charges[0].rates[i].currency, rates[i].currency);
	}
	assert_string_equal(heard.charges[0].text, "0.250 EUR every 3 min");
	bench_over(b);
}

/* An exchange that tells who asks. Each row: what is asked, and which of it the far end has. */
static void test_charge_asked(void **state)
{
	static const struct {
		const char *why;
		unsigned asked, net;
		bool told;		/* the owner of the network's leg tells the charge */
		const char *log[2];
		unsigned charges;
	} rows[] = {
		{ "nothing is asked", 0, ALL_SERVICES, false, { NULL, NULL }, 0 },
		{ "the end, and nobody tells it", 4, ALL_SERVICES, false, { NULL, NULL }, 1 },
		{ "all; rates are not told, the end is", 7, ALL_SERVICES, true, { "gives no AOC-S: not available", NULL }, 1 },
		{ "the far end has it not", 6, 0, true, { "gives no AOC-D: refused", "gives no AOC-E: refused" }, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct bench *b = services_open_as(&(struct bench_conf){
			.dialect = PRI_EUROISDN_E1, .services = { ALL_SERVICES, rows[i].net }, .aoc_request = rows[i].asked });
		struct leg_charge c = { .when = 'E', .units = 5 };
		struct bench_leg *in, *out;

		out = services_call(b, USER, &in);
		for (int n = 0; n < 2 && rows[i].log[n]; n++)
			if (!strstr(b->end[USER].log, rows[i].log[n]))
				fail_msg("%s: no \"%s\" in\n%s", rows[i].why, rows[i].log[n], b->end[USER].log);
		if (!rows[i].log[0])
			assert_null(strstr(b->end[USER].log, "gives no AOC"));
		if (rows[i].told && rows[i].net)
			assert_int_equal(leg_charge(in->leg, &c), 0);
		bench_clear(i & 1 ? in : out, 16);
		bench_until(b, 500, in->cleared && out->cleared);
		if (heard.n_charges != rows[i].charges)
			fail_msg("%s: %u charges", rows[i].why, heard.n_charges);
		if (heard.n_charges) {
			assert_int_equal(heard.charges[0].when, 'E');
			assert_int_equal(heard.charges[0].units, rows[i].told ? 5 : -1);
		}
		bench_over(b);
	}
}

/* Who did not ask for it hears nothing of it, and only a network charges. */
static void test_no_charge(void **state)
{
	struct bench *b = services_open(PRI_EUROISDN_E1, 0, ALL_SERVICES);
	struct bench_leg *in, *out = services_call(b, USER, &in);
	struct leg_charge c = { .when = 'D', .free = true, .units = -1 };

	(void)state;
	assert_int_equal(leg_charge(in->leg, &c), 0);
	assert_int_equal(leg_charge(out->leg, &c), -EOPNOTSUPP);
	bench_run(b, 500);
	assert_int_equal(heard.n_charges, 0);
	bench_over(b);
	b = services_open(PRI_NATIONAL2, ALL_SERVICES, ALL_SERVICES);
	out = services_call(b, USER, &in);
	assert_int_equal(leg_charge(in->leg, &c), -EOPNOTSUPP);	/* not of that dialect */
	bench_over(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_charge),
		cmocka_unit_test(test_no_charge),
		cmocka_unit_test(test_charge_in_release),
		cmocka_unit_test(test_rates),
		cmocka_unit_test(test_charge_asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
