/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests/unit/test_pri_deflection.c: a call that comes in is sent elsewhere, by the exchange and by the called side itself, between
 * two ends of libpri: done, refused, and with the call ending in the middle.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "tests/support/pri_services.h"

static const struct leg_divert elsewhere = {
	.to = { .digits = "2079460999", .ton = TON_NATIONAL, .npi = NPI_E164 }, .reason = 15 };

static struct bench_leg *call_in(struct bench *b, bool rings, struct bench_leg **out)
{
	b->end[USER].offered = rings ? bench_ring : NULL;
	*out = bench_call(b, NET, "2079460103");
	bench_run(b, 100);
	return b->end[USER].legs;
}

static void test_deflected(void **state)
{
	(void)state;
	for (int i = 0; i < 8; i++) {
		struct bench *b = services_open(i & 2 ? PRI_QSIG : PRI_EUROISDN_E1, ALL_SERVICES, ALL_SERVICES);
		bool rings = i & 1;
		struct leg_divert to = elsewhere;
		struct bench_leg *out, *in = call_in(b, rings, &out);

		to.hidden = i & 4;	/* who sends it on, and where to */
		to.to.presentation = i & 4 ? PRES_RESTRICTED : PRES_ALLOWED;
		assert_int_equal(leg_divert(in->leg, &to), 0);
		assert_int_equal(leg_divert(in->leg, &elsewhere), -EALREADY);
		bench_until(b, 1000, in->cleared && out->cleared);
		assert_string_equal(heard.diverted.to.digits, "2079460999");
		assert_int_equal(heard.diverted.to.ton, TON_NATIONAL);
		assert_int_equal(heard.diverted.hidden, to.hidden);
		assert_int_equal(heard.diverted.to.presentation, to.to.presentation);
		assert_true(bench_event(in, LEG_CLEARED)->by_far_end);
		assert_string_equal(bench_event(in, LEG_CLEARED)->how, "deflection");
		if (bench_event(in, LEG_CLEARING))
			assert_string_equal(bench_event(in, LEG_CLEARING)->how, "deflection");
		bench_over(b);
	}
}

/* What the network says by FACILITY becomes a message without a word: the exchange is silent. */
static bool no_facility(struct bench *b, int span, uint8_t *frame, size_t *len)
{
	(void)b;
	if (span == 2 && *len > 9 && !(frame[2] & 1) && frame[8] == 0x62) {
		frame[8] = 0x7b;	/* INFORMATION */
		*len = 9;
	}
	return true;
}

/* The exchange does not do it: the owner has it back, once, with the call as it was. At once when it says so, else after 10 s. */
static void not_deflected(enum pri_dialect dialect, unsigned net, bool net_takes, bool silent)
{
	struct bench *b = services_open(dialect, ALL_SERVICES, net);
	struct bench_leg *out, *in = call_in(b, true, &out);

	heard.take = net_takes;
	b->tap = silent ? no_facility : NULL;
	assert_int_equal(leg_divert(in->leg, &elsewhere), 0);
	if (silent) {
		bench_run(b, 9000);
		assert_null(bench_event(in, LEG_DIVERT));
	}
	bench_until(b, silent ? 2000 : 300, bench_event(in, LEG_DIVERT));
	assert_false(in->cleared || out->cleared);
	in->n_events = 0;
	bench_run(b, 12000);
	assert_null(bench_event(in, LEG_DIVERT));
	assert_int_equal(leg_answer(in->leg, NULL), 0);
	bench_until(b, 200, bench_event(out, LEG_ANSWERED));
	bench_clear(out, 16);
	bench_until(b, 200, in->cleared);
	assert_null(bench_event(in, LEG_CLEARED)->how);
	bench_over(b);
}

static void test_not_deflected(void **state)
{
	(void)state;
	not_deflected(PRI_EUROISDN_E1, ALL_SERVICES, false, false);
	not_deflected(PRI_EUROISDN_E1, 0, true, false);
	not_deflected(PRI_QSIG, ALL_SERVICES, false, false);
	not_deflected(PRI_EUROISDN_E1, ALL_SERVICES, false, true);
}

/* DISCONNECT of the network comes as FACILITY first: it says that it does it, and keeps the call for a while yet. */
static bool retained(struct bench *b, int span, uint8_t *frame, size_t *len)
{
	(void)b;
	if (span == 2 && *len > 9 && !(frame[2] & 1) && frame[8] == 0x45)
		frame[8] = 0x62;
	return true;
}

/* Nobody calls the new number a second time, however long it takes. */
static void test_deflected_later(void **state)
{
	struct bench *b = services_open(PRI_EUROISDN_E1, ALL_SERVICES, ALL_SERVICES);
	struct bench_leg *out, *in = call_in(b, true, &out);

	(void)state;
	b->tap = retained;
	assert_int_equal(leg_divert(in->leg, &elsewhere), 0);
	bench_run(b, 15000);
	assert_false(in->cleared);
	bench_until(b, 20000, in->cleared);	/* T305 of the network */
	assert_null(bench_event(in, LEG_DIVERT));
	assert_string_equal(bench_event(in, LEG_CLEARED)->how, "deflection");
	bench_over(b);
}

static void test_deflection_not_asked(void **state)
{
	struct bench *b = services_open(PRI_EUROISDN_E1, 0, ALL_SERVICES);
	struct bench_leg *out, *in = call_in(b, true, &out);

	(void)state;
	assert_int_equal(leg_divert(in->leg, &elsewhere), -EOPNOTSUPP);
	bench_over(b);
}

static void test_deflection_cleared(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		struct bench *b = services_open(PRI_EUROISDN_E1, ALL_SERVICES, i ? ALL_SERVICES : 0);
		struct bench_leg *out, *in = call_in(b, true, &out);

		assert_int_equal(leg_divert(in->leg, &elsewhere), 0);
		bench_clear(i ? in : out, 16);
		bench_run(b, 12000);
		assert_true(in->cleared && out->cleared);
		assert_null(bench_event(in, LEG_DIVERT));
		bench_over(b);
	}
}

/* The called side sends the call on by itself: the caller hears of it, before and after ALERTING, from either end. */
static void test_sent_on(void **state)
{
	static const struct { enum pri_dialect dialect; int caller, rc; bool rings; uint8_t reason; } rows[] = {
		{ PRI_EUROISDN_E1, USER, 0, false, 1 }, { PRI_EUROISDN_E1, USER, 0, true, 2 }, { PRI_EUROISDN_E1, NET, 0, false, 15 },
		{ PRI_QSIG, USER, 0, true, 15 }, { PRI_NATIONAL2, USER, -EOPNOTSUPP, true, 1 }, { PRI_4ESS, NET, -EOPNOTSUPP, false, 1 },
	};
	struct leg_divert to = elsewhere, nobody = { .reason = 1 };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct bench *b = services_open(rows[i].dialect, 0, 0);
		struct bench_leg *out, *in;

		b->end[!rows[i].caller].offered = rows[i].rings ? bench_ring : NULL;
		out = bench_call(b, rows[i].caller, "2079460103");
		bench_run(b, 100);
		in = b->end[!rows[i].caller].legs;
		to.reason = rows[i].reason;
		assert_int_equal(leg_diverted(in->leg, &nobody), -EOPNOTSUPP);
		assert_int_equal(leg_diverted(in->leg, &to), rows[i].rc);
		assert_int_equal(leg_diverted(out->leg, &to), rows[i].rc ? rows[i].rc : -EALREADY);
		bench_run(b, 100);
		assert_int_equal(heard.n_sent_on, !rows[i].rc);
		if (heard.n_sent_on) {
			assert_string_equal(heard.sent_on.to.digits, "2079460999");
			assert_int_equal(heard.sent_on.to.presentation, PRES_ALLOWED);
			assert_int_equal(heard.sent_on.reason, rows[i].reason);
		}
		assert_int_equal(leg_answer(in->leg, NULL), 0);
		bench_until(b, 200, bench_event(out, LEG_ANSWERED));
		assert_int_not_equal(leg_diverted(in->leg, &to), 0);
		assert_int_equal(heard.n_sent_on, !rows[i].rc);
		bench_over(b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_deflected),
		cmocka_unit_test(test_not_deflected),
		cmocka_unit_test(test_deflected_later),
		cmocka_unit_test(test_deflection_not_asked),
		cmocka_unit_test(test_deflection_cleared),
		cmocka_unit_test(test_sent_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
