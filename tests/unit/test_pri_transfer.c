/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests/unit/test_pri_transfer.c: two calls joined by the exchange, between two ends of libpri: done on each dialect that has it,
 * refused by a far end that has not the service, and with a call ending in the middle.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "tests/support/pri_services.h"

/* FIRST and SECOND: who called in each of the two calls. */
static void transferred(int first, int second, unsigned net, bool goes)
{
	struct bench *b = services_open(PRI_EUROISDN_E1, ALL_SERVICES, net);
	struct bench_leg *o1, *i1, *o2, *i2, *a, *c;

	o1 = services_call(b, first, &i1);
	o2 = services_call(b, second, &i2);
	a = first == USER ? o1 : i1;
	c = second == USER ? o2 : i2;
	assert_int_equal(leg_join(a->leg, c->leg), 0);
	bench_run(b, 6000);
	assert_int_equal(heard.joined_with != NULL, goes);
	assert_false(a->cleared || c->cleared);	/* a refusal leaves them joined here */
	if (goes) {	/* the network clears both legs of who asked */
		bench_clear(first == USER ? i1 : o1, 16);
		bench_clear(second == USER ? i2 : o2, 16);
		bench_run(b, 200);
		assert_true(a->cleared && c->cleared);
		assert_true(bench_event(a, LEG_CLEARED)->by_far_end);
		assert_string_equal(bench_event(a, LEG_CLEARED)->how, "transfer");
		assert_string_equal(bench_event(c, LEG_CLEARED)->how, "transfer");
		assert_string_equal(bench_event(c, LEG_CLEARING)->how, "transfer");	/* in its DISCONNECT */
	}
	bench_over(b);
}

static void test_transfer(void **state)
{
	(void)state;
	transferred(USER, USER, ALL_SERVICES, true);
	transferred(USER, NET, ALL_SERVICES, true);
	transferred(NET, NET, ALL_SERVICES, true);
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
		struct bench *b = services_open(rows[i / 2].dialect, ALL_SERVICES, had ? ALL_SERVICES : SERVICE(HOLD));
		struct bench_leg *i1, *i2, *o1 = services_call(b, first, &i1), *o2 = services_call(b, second, &i2);
		struct bench_leg *a = first == USER ? o1 : i1, *c = second == USER ? o2 : i2;
		struct bench_leg *na = first == USER ? i1 : o1, *nc = second == USER ? i2 : o2;
		int rc = had ? rows[i / 2].rc : rows[i / 2].rc_not_had;

		if (leg_join(a->leg, c->leg) != rc)
			fail_msg("row %zu: %s", i, a->ladder);
		bench_run(b, 6000);
		assert_false(a->cleared || c->cleared);
		if (!rc != (strstr(b->end[USER].log, had ? "the exchange has joined them" : "does not join them, they stay") != NULL))
			fail_msg("row %zu\n%s\n%s", i, b->end[USER].log, a->ladder);
		assert_int_equal(heard.joined_with != NULL, had && !rc);
		if (heard.joined_with) {
			assert_true(heard.joined_with == na->leg || heard.joined_with == nc->leg);
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
		bench_over(b);
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
		struct bench *b = services_open(PRI_DMS100, ALL_SERVICES, ALL_SERVICES);
		struct bench_leg *i1, *i2, *o1 = services_call(b, NET, &i1), *o2 = services_call(b, USER, &i2);
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
		bench_over(b);
	}
}

static void test_transfer_not_asked(void **state)
{
	struct bench *b = services_open(PRI_EUROISDN_E1, 0, ALL_SERVICES);
	struct bench_leg *i1, *i2, *o1 = services_call(b, USER, &i1), *o2 = services_call(b, USER, &i2);

	(void)state;
	assert_int_equal(leg_join(o1->leg, o2->leg), -EOPNOTSUPP);	/* the trunk has no such service */
	assert_int_equal(leg_join(i1->leg, i2->leg), -EOPNOTSUPP);	/* the network does not ask */
	bench_over(b);
}

static void test_transfer_cleared(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++) {
		struct bench *b = services_open(i & 1 ? PRI_NATIONAL2 : PRI_EUROISDN_E1, ALL_SERVICES, ALL_SERVICES);
		struct bench_leg *i1, *i2, *o1 = services_call(b, USER, &i1), *o2 = services_call(b, USER, &i2);

		assert_int_equal(leg_join(o1->leg, o2->leg), 0);
		bench_clear(i & 2 ? o1 : i1, 16);
		bench_run(b, 6000);
		assert_true(o1->cleared && i1->cleared);
		assert_false(o2->cleared);
		bench_over(b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_transfer),
		cmocka_unit_test(test_transfer_others),
		cmocka_unit_test(test_rlt_answers),
		cmocka_unit_test(test_transfer_not_asked),
		cmocka_unit_test(test_transfer_cleared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
