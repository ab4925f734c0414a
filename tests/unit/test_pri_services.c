/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests/unit/test_pri_services.c: transfer, deflection, advice of charge and malicious call identification between two ends of libpri:
 * done, refused by a far end that has not the service, and with the call ending in the middle.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "tests/support/pri_bench.h"

#define BIT(s) (1u << PRI_SERVICE_##s)
enum { ALL = BIT(HOLD) | BIT(TRANSFER) | BIT(REROUTE) | BIT(AOC) | BIT(MCID) };

static struct leg_divert diverted;	/* of the last LEG_DIVERT */
static struct leg_divert sent_on;	/* of the last LEG_DIVERTED */
static unsigned n_sent_on;
static struct leg_charge charges[8];
static unsigned n_charges;
static struct leg *joined_with;
static const char *malicious[2];
static bool takes;

static void on_event(struct bench_leg *l, const struct leg_event *ev)
{
	int which = l->end == &l->end->bench->end[NET];

	if (ev->kind == LEG_DIVERTED) {
		sent_on = *ev->divert;
		n_sent_on++;
	} else if (ev->kind == LEG_DIVERT) {
		diverted = *ev->divert;
		*ev->taken = takes;
	} else if (ev->kind == LEG_CHARGE && n_charges < 8) {
		charges[n_charges++] = *ev->charge;
	} else if (ev->kind == LEG_JOIN) {
		joined_with = ev->other;
	} else if (ev->kind == LEG_MALICIOUS) {
		malicious[which] = ev->how;
	}
}

static struct bench *open_with(enum pri_dialect dialect, unsigned user, unsigned net)
{
	struct bench *b = bench_open(&(struct bench_conf){ .type = dialect == PRI_EUROISDN_E1 ? HW_SPAN_E1 : HW_SPAN_T1,
							   .dialect = dialect, .services = { user, net } });

	b->end[USER].event = b->end[NET].event = on_event;
	memset(&diverted, 0, sizeof(diverted));
	n_charges = 0;
	joined_with = NULL;
	malicious[0] = malicious[1] = NULL;
	takes = true;
	return b;
}

static struct bench_leg *call_up(struct bench *b, int from, struct bench_leg **in)
{
	struct bench_leg *out;

	b->end[!from].offered = bench_answer;
	out = bench_call(b, from, "2079460100");
	bench_until(b, 500, bench_event(out, LEG_ANSWERED));
	bench_run(b, 50);
	*in = b->end[!from].legs;
	return out;
}

static void over(struct bench *b)
{
	for (struct bench_leg *l = b->end[USER].legs; l; l = l->next)
		if (!l->cleared)
			bench_clear(l, 16);
	bench_run(b, 1000);
	bench_assert_idle(b);
	assert_null(strstr(b->end[USER].log, "audit"));
	assert_null(strstr(b->end[NET].log, "audit"));
	bench_close(b);
}

/* --- Transfer ---------------------------------------------------------------------------------- */

/* FIRST and SECOND: who called in each of the two calls. */
static void transferred(int first, int second, unsigned net, bool goes)
{
	struct bench *b = open_with(PRI_EUROISDN_E1, ALL, net);
	struct bench_leg *o1, *i1, *o2, *i2, *a, *c;

	o1 = call_up(b, first, &i1);
	o2 = call_up(b, second, &i2);
	a = first == USER ? o1 : i1;
	c = second == USER ? o2 : i2;
	assert_int_equal(leg_join(a->leg, c->leg), 0);
	bench_run(b, 6000);
	assert_int_equal(joined_with != NULL, goes);
	assert_false(a->cleared || c->cleared);	/* a refusal leaves them joined here */
	if (goes) {	/* the network clears both legs of who asked */
		bench_clear(first == USER ? i1 : o1, 16);
		bench_clear(second == USER ? i2 : o2, 16);
		bench_run(b, 200);
		assert_true(a->cleared && c->cleared);
		assert_true(bench_event(a, LEG_CLEARED)->by_far_end);
	}
	over(b);
}

static void test_transfer(void **state)
{
	(void)state;
	transferred(USER, USER, ALL, true);
	transferred(USER, NET, ALL, true);
	transferred(NET, NET, ALL, true);
	transferred(USER, USER, 0, false);
}

/* Two B channel transfer (NI2, 4ESS, 5ESS) and release link trunk (DMS100), whoever called in each of the two calls: done and both
 * cleared, refused by a far end that has it not. NI1 has none; DMS100 only when the exchange has named one of the calls, which is
 * one of ours. */
static void test_transfer_others(void **state)
{
	static const struct { enum pri_dialect dialect; int first, second, rc, rc_not_had; } rows[] = {
		{ PRI_NATIONAL2, USER, USER, 0, 0 }, { PRI_NATIONAL2, USER, NET, 0, 0 }, { PRI_NATIONAL2, NET, USER, 0, 0 },
		{ PRI_NATIONAL2, NET, NET, 0, 0 }, { PRI_4ESS, USER, USER, 0, 0 }, { PRI_5ESS, NET, USER, 0, 0 },
		{ PRI_DMS100, USER, USER, 0, -EOPNOTSUPP }, { PRI_DMS100, NET, USER, 0, -EOPNOTSUPP },
		{ PRI_DMS100, USER, NET, 0, -EOPNOTSUPP }, { PRI_DMS100, NET, NET, -EOPNOTSUPP, -EOPNOTSUPP },
		{ PRI_NATIONAL1, USER, USER, -EOPNOTSUPP, -EOPNOTSUPP },
	};

	(void)state;
	for (size_t i = 0; i < 2 * sizeof(rows) / sizeof(*rows); i++) {
		int first = rows[i / 2].first, second = rows[i / 2].second, had = i & 1;
		struct bench *b = open_with(rows[i / 2].dialect, ALL, had ? ALL : BIT(HOLD));
		struct bench_leg *i1, *i2, *o1 = call_up(b, first, &i1), *o2 = call_up(b, second, &i2);
		struct bench_leg *a = first == USER ? o1 : i1, *c = second == USER ? o2 : i2;
		struct bench_leg *na = first == USER ? i1 : o1, *nc = second == USER ? i2 : o2;
		int rc = had ? rows[i / 2].rc : rows[i / 2].rc_not_had;

		if (leg_join(a->leg, c->leg) != rc)
			fail_msg("row %zu: %s", i, a->ladder);
		bench_run(b, 6000);
		assert_false(a->cleared || c->cleared);
		if (!rc != (strstr(b->end[USER].log, had ? "the exchange has joined them" : "does not join them, they stay") != NULL))
			fail_msg("row %zu\n%s\n%s", i, b->end[USER].log, a->ladder);
		assert_int_equal(joined_with != NULL, had && !rc);
		if (joined_with) {
			assert_true(joined_with == na->leg || joined_with == nc->leg);
			bench_clear(na, 16);
			bench_clear(nc, 16);
			bench_until(b, 200, a->cleared && c->cleared);
			assert_string_equal(bench_event(a, LEG_CLEARED)->how, "transfer");
			assert_string_equal(bench_event(c, LEG_CLEARED)->how, "transfer");
		} else {
			bench_clear(na, 16);
			bench_until(b, 200, a->cleared);
			assert_null(bench_event(a, LEG_CLEARED)->how);
			assert_false(c->cleared);
		}
		over(b);
	}
}

/* What a DMS-100 writes: its identity in one message of the call, three octets, and another answer to the third party each time.
 * (The tap makes it from what our network side would send.) */
static struct { uint8_t octets[24]; size_t n; bool used; uint8_t request[40]; size_t n_request; } dms;

static bool as_dms(struct bench *b, int span, uint8_t *frame, size_t *len)
{
	bool facility = *len > 12 && !(frame[2] & 1) && frame[8] == 0x62;

	(void)b;
	if (span == 1 && facility) {
		dms.n_request = *len - 9;
		memcpy(dms.request, frame + 9, dms.n_request < sizeof(dms.request) ? dms.n_request : sizeof(dms.request));
	}
	if (span == 2 && facility && frame[15] == 2) {	/* 1c len 11 be aX len 02 01: the answer to the third party */
		memcpy(frame + 9, dms.octets, dms.n);
		*len = 9 + dms.n;
		dms.used = true;
	}
	return true;
}

static void test_rlt_answers(void **state)
{
	static const struct { const char *why; uint8_t octets[24]; size_t n; const char *log; bool done; } rows[] = {
		{ "return result", { 0x1c, 7, 0x11, 0xbe, 0xa2, 3, 2, 1, 2 }, 9, "the exchange has joined them", true },
		{ "result with its operation", { 0x1c, 12, 0x11, 0xbe, 0xa2, 8, 2, 1, 2, 0x30, 3, 2, 1, 2 }, 14, "has joined them", true },
		{ "error 16, bridge fail", { 0x1c, 10, 0x11, 0xbe, 0xa3, 6, 2, 1, 2, 2, 1, 0x10 }, 12, "does not join them", false },
		{ "reject, of an operation unknown", { 0x1c, 10, 0x11, 0xbe, 0xa4, 6, 2, 1, 2, 0x81, 1, 1 }, 12, "does not join them", false },
		{ "cut short", { 0x1c, 5, 0x11, 0xbe, 0xa2, 9, 2 }, 7, NULL, false },
		{ "nothing in it", { 0x1c, 1, 0x11 }, 3, NULL, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct bench *b = open_with(PRI_DMS100, ALL, ALL);
		struct bench_leg *i1, *i2, *o1 = call_up(b, NET, &i1), *o2 = call_up(b, USER, &i2);
		static const uint8_t asked[] = { 0x1c, 19, 0x11, 0xbe, 0xa1, 15, 2, 1, 2, 2, 1, 2, 0x30, 7, 0x80, 1, 1, 0x81, 1 };

		memset(&dms, 0, sizeof(dms));
		memcpy(dms.octets, rows[i].octets, dms.n = rows[i].n);
		b->tap = as_dms;
		assert_int_equal(leg_join(i1->leg, o2->leg), 0);
		bench_run(b, 500);
		assert_true(dms.used);
		assert_memory_equal(dms.request + 2, asked + 2, 3);	/* Nortel's header, an invoke */
		assert_memory_equal(dms.request + 6, asked + 6, 7);	/* identity 2, operation 2, a sequence */
		for (const char *s[] = { "has joined them", "does not join them" }, **p = s; p < s + 2; p++)
			if ((strstr(b->end[USER].log, *p) != NULL) != (rows[i].log && strstr(rows[i].log, *p)))
				fail_msg("%s: %s", rows[i].why, b->end[USER].log);
		b->tap = NULL;
		bench_clear(o1, 16);
		bench_clear(i2, 16);
		bench_until(b, 200, i1->cleared && o2->cleared);
		assert_int_equal(bench_event(i1, LEG_CLEARED)->how != NULL, rows[i].done);
		over(b);
	}
}

static void test_transfer_not_asked(void **state)
{
	struct bench *b = open_with(PRI_EUROISDN_E1, 0, ALL);
	struct bench_leg *i1, *i2, *o1 = call_up(b, USER, &i1), *o2 = call_up(b, USER, &i2);

	(void)state;
	assert_int_equal(leg_join(o1->leg, o2->leg), -EOPNOTSUPP);	/* the trunk has no such service */
	assert_int_equal(leg_join(i1->leg, i2->leg), -EOPNOTSUPP);	/* the network does not ask */
	over(b);
}

static void test_transfer_cleared(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++) {
		struct bench *b = open_with(i & 1 ? PRI_NATIONAL2 : PRI_EUROISDN_E1, ALL, ALL);
		struct bench_leg *i1, *i2, *o1 = call_up(b, USER, &i1), *o2 = call_up(b, USER, &i2);

		assert_int_equal(leg_join(o1->leg, o2->leg), 0);
		bench_clear(i & 2 ? o1 : i1, 16);
		bench_run(b, 6000);
		assert_true(o1->cleared && i1->cleared);
		assert_false(o2->cleared);
		over(b);
	}
}

/* --- Deflection -------------------------------------------------------------------------------- */

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
	for (int i = 0; i < 4; i++) {
		struct bench *b = open_with(i & 2 ? PRI_QSIG : PRI_EUROISDN_E1, ALL, ALL);
		bool rings = i & 1;
		struct bench_leg *out, *in = call_in(b, rings, &out);

		assert_int_equal(leg_divert(in->leg, &elsewhere), 0);
		assert_int_equal(leg_divert(in->leg, &elsewhere), -EALREADY);
		bench_until(b, 1000, in->cleared && out->cleared);
		assert_string_equal(diverted.to.digits, "2079460999");
		assert_int_equal(diverted.to.ton, TON_NATIONAL);
		assert_true(bench_event(in, LEG_CLEARED)->by_far_end);
		over(b);
	}
}

/* The exchange does not do it: after 10 s the owner has it back, once, with the call as it was. */
static void not_deflected(unsigned net, bool net_takes)
{
	struct bench *b = open_with(PRI_EUROISDN_E1, ALL, net);
	struct bench_leg *out, *in = call_in(b, true, &out);

	takes = net_takes;
	assert_int_equal(leg_divert(in->leg, &elsewhere), 0);
	bench_run(b, 9000);
	assert_null(bench_event(in, LEG_DIVERT));
	bench_until(b, 2000, bench_event(in, LEG_DIVERT));
	assert_false(in->cleared || out->cleared);
	assert_int_equal(leg_answer(in->leg, NULL), 0);
	bench_until(b, 200, bench_event(out, LEG_ANSWERED));
	over(b);
}

static void test_not_deflected(void **state)
{
	(void)state;
	not_deflected(ALL, false);
	not_deflected(0, true);
}

static void test_deflection_not_asked(void **state)
{
	struct bench *b = open_with(PRI_EUROISDN_E1, 0, ALL);
	struct bench_leg *out, *in = call_in(b, true, &out);

	(void)state;
	assert_int_equal(leg_divert(in->leg, &elsewhere), -EOPNOTSUPP);
	over(b);
}

static void test_deflection_cleared(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		struct bench *b = open_with(PRI_EUROISDN_E1, ALL, i ? ALL : 0);
		struct bench_leg *out, *in = call_in(b, true, &out);

		assert_int_equal(leg_divert(in->leg, &elsewhere), 0);
		bench_clear(i ? in : out, 16);
		bench_run(b, 12000);
		assert_true(in->cleared && out->cleared);
		assert_null(bench_event(in, LEG_DIVERT));
		over(b);
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
		struct bench *b = open_with(rows[i].dialect, 0, 0);
		struct bench_leg *out, *in;

		n_sent_on = 0;
		b->end[!rows[i].caller].offered = rows[i].rings ? bench_ring : NULL;
		out = bench_call(b, rows[i].caller, "2079460103");
		bench_run(b, 100);
		in = b->end[!rows[i].caller].legs;
		to.reason = rows[i].reason;
		assert_int_equal(leg_diverted(in->leg, &nobody), -EOPNOTSUPP);
		assert_int_equal(leg_diverted(in->leg, &to), rows[i].rc);
		assert_int_equal(leg_diverted(out->leg, &to), rows[i].rc ? rows[i].rc : -EALREADY);
		bench_run(b, 100);
		assert_int_equal(n_sent_on, !rows[i].rc);
		if (n_sent_on) {
			assert_string_equal(sent_on.to.digits, "2079460999");
			assert_int_equal(sent_on.to.presentation, PRES_ALLOWED);
			assert_int_equal(sent_on.reason, rows[i].reason);
		}
		assert_int_equal(leg_answer(in->leg, NULL), 0);
		bench_until(b, 200, bench_event(out, LEG_ANSWERED));
		assert_int_not_equal(leg_diverted(in->leg, &to), 0);
		assert_int_equal(n_sent_on, !rows[i].rc);
		over(b);
	}
}

/* --- Advice of charge -------------------------------------------------------------------------- */

static void test_charge(void **state)
{
	struct bench *b = open_with(PRI_EUROISDN_E1, ALL, ALL);
	struct bench_leg *in, *out = call_up(b, USER, &in);
	struct leg_charge c = { .when = 'D', .units = 7 };

	(void)state;
	assert_int_equal(leg_charge(in->leg, &c), 0);
	bench_until(b, 200, n_charges == 1);
	assert_int_equal(charges[0].when, 'D');
	assert_int_equal(charges[0].units, 7);
	assert_false(charges[0].free);
	c = (struct leg_charge){ .when = 'E', .units = -1, .currency = "GBP", .thousandths = 1250 };
	assert_int_equal(leg_charge(in->leg, &c), 0);	/* libpri sends it with what clears the call */
	bench_clear(in, 16);
	bench_until(b, 500, out->cleared);
	assert_int_equal(n_charges, 2);
	assert_int_equal(charges[1].when, 'E');
	assert_string_equal(charges[1].currency, "GBP");
	assert_int_equal(charges[1].thousandths, 1250);
	assert_int_equal(charges[1].units, -1);
	over(b);
}

/* The user clears: what it has cost comes with the network's RELEASE, before the end. More than the 24 bits of an amount loses its last digits. */
static void test_charge_in_release(void **state)
{
	struct bench *b = open_with(PRI_EUROISDN_E1, ALL, ALL);
	struct bench_leg *in, *out = call_up(b, USER, &in);
	struct leg_charge c = { .when = 'E', .units = -1, .currency = "JPY", .thousandths = 123456789000 };

	(void)state;
	assert_int_equal(leg_charge(in->leg, &c), 0);
	bench_clear(out, 16);
	bench_until(b, 500, out->cleared);
	assert_int_equal(n_charges, 1);
	assert_string_equal(charges[0].currency, "JPY");
	assert_int_equal(charges[0].thousandths, 123456780000);
	assert_int_equal(out->events[out->n_events - 1].kind, LEG_CLEARED);
	over(b);
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
	struct bench *b = open_with(PRI_EUROISDN_E1, ALL, ALL);
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
	bench_until(b, 500, n_charges == 1);
	assert_int_equal(leg_answer(in->leg, NULL), 0);
	bench_until(b, 500, bench_event(out, LEG_ANSWERED));
	c.n_rates = 0;
	assert_int_equal(leg_charge(in->leg, &c), -EOPNOTSUPP);
	c.n_rates = 2;
	assert_int_equal(leg_charge(in->leg, &c), 0);
	bench_until(b, 500, n_charges == 2);
	assert_int_equal(charges[0].n_rates, 3);
	assert_int_equal(charges[1].n_rates, 2);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(charges[0].rates[i].item, rates[i].item);
		assert_int_equal(charges[0].rates[i].kind, rates[i].kind);
		assert_int_equal(charges[0].rates[i].thousandths, rates[i].thousandths);
		assert_int_equal(charges[0].rates[i].length, rates[i].length);
		assert_int_equal(charges[0].rates[i].scale, rates[i].scale);
		assert_int_equal(charges[0].rates[i].steps, rates[i].steps);
		assert_string_equal(charges[0].rates[i].currency, rates[i].currency);
	}
	assert_string_equal(charges[0].text, "0.250 EUR every 3 min");
	over(b);
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
		{ "nothing is asked", 0, ALL, false, { NULL, NULL }, 0 },
		{ "the end, and nobody tells it", 4, ALL, false, { NULL, NULL }, 1 },
		{ "all; rates are not told, the end is", 7, ALL, true, { "gives no AOC-S: not available", NULL }, 1 },
		{ "the far end has it not", 6, 0, true, { "gives no AOC-D: refused", "gives no AOC-E: refused" }, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct bench *b = bench_open(&(struct bench_conf){ .dialect = PRI_EUROISDN_E1, .services = { ALL, rows[i].net },
								   .aoc_request = rows[i].asked });
		struct leg_charge c = { .when = 'E', .units = 5 };
		struct bench_leg *in, *out;

		b->end[USER].event = on_event;
		n_charges = 0;
		out = call_up(b, USER, &in);
		for (int n = 0; n < 2 && rows[i].log[n]; n++)
			if (!strstr(b->end[USER].log, rows[i].log[n]))
				fail_msg("%s: no \"%s\" in\n%s", rows[i].why, rows[i].log[n], b->end[USER].log);
		if (!rows[i].log[0])
			assert_null(strstr(b->end[USER].log, "gives no AOC"));
		if (rows[i].told && rows[i].net)
			assert_int_equal(leg_charge(in->leg, &c), 0);
		bench_clear(i & 1 ? in : out, 16);
		bench_until(b, 500, in->cleared && out->cleared);
		if (n_charges != rows[i].charges)
			fail_msg("%s: %u charges", rows[i].why, n_charges);
		if (n_charges) {
			assert_int_equal(charges[0].when, 'E');
			assert_int_equal(charges[0].units, rows[i].told ? 5 : -1);
		}
		over(b);
	}
}

/* Who did not ask for it hears nothing of it, and only a network charges. */
static void test_no_charge(void **state)
{
	struct bench *b = open_with(PRI_EUROISDN_E1, 0, ALL);
	struct bench_leg *in, *out = call_up(b, USER, &in);
	struct leg_charge c = { .when = 'D', .free = true, .units = -1 };

	(void)state;
	assert_int_equal(leg_charge(in->leg, &c), 0);
	assert_int_equal(leg_charge(out->leg, &c), -EOPNOTSUPP);
	bench_run(b, 500);
	assert_int_equal(n_charges, 0);
	over(b);
	b = open_with(PRI_NATIONAL2, ALL, ALL);
	out = call_up(b, USER, &in);
	assert_int_equal(leg_charge(in->leg, &c), -EOPNOTSUPP);	/* not of that dialect */
	over(b);
}

/* --- Malicious calls --------------------------------------------------------------------------- */

static void test_malicious(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		struct bench *b = open_with(PRI_EUROISDN_E1, ALL, i ? 0 : ALL);
		struct bench_leg *in;

		call_up(b, NET, &in);
		assert_int_equal(leg_malicious(in->leg), 0);
		bench_until(b, 6000, malicious[USER]);
		if (!i)
			assert_string_equal(malicious[USER], "kept by the exchange");
		else
			assert_non_null(strstr(malicious[USER], "by the exchange"));
		assert_int_equal(malicious[NET] != NULL, !i);
		over(b);
	}
}

static void test_malicious_not(void **state)
{
	struct bench *b = open_with(PRI_EUROISDN_E1, ALL, ALL);
	struct bench_leg *in, *out = call_up(b, USER, &in);

	(void)state;
	assert_int_equal(leg_malicious(out->leg), -EALREADY);	/* a call of our own */
	assert_int_equal(leg_malicious(in->leg), -EOPNOTSUPP);	/* the network does not ask */
	over(b);
	b = open_with(PRI_NATIONAL2, ALL, ALL);
	call_up(b, NET, &in);
	assert_int_equal(leg_malicious(in->leg), -EOPNOTSUPP);
	over(b);
	b = open_with(PRI_EUROISDN_E1, ALL, ALL);
	call_up(b, NET, &in);
	assert_int_equal(leg_malicious(in->leg), 0);
	bench_clear(in, 16);
	bench_run(b, 500);
	over(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_transfer),
		cmocka_unit_test(test_transfer_others),
		cmocka_unit_test(test_rlt_answers),
		cmocka_unit_test(test_transfer_not_asked),
		cmocka_unit_test(test_transfer_cleared),
		cmocka_unit_test(test_deflected),
		cmocka_unit_test(test_not_deflected),
		cmocka_unit_test(test_deflection_not_asked),
		cmocka_unit_test(test_deflection_cleared),
		cmocka_unit_test(test_sent_on),
		cmocka_unit_test(test_charge),
		cmocka_unit_test(test_no_charge),
		cmocka_unit_test(test_charge_in_release),
		cmocka_unit_test(test_rates),
		cmocka_unit_test(test_charge_asked),
		cmocka_unit_test(test_malicious),
		cmocka_unit_test(test_malicious_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
