/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests/unit/test_pri_numbers.c: numbers in the messages of an ISDN call and what stands beside them: a second calling
 * number, subaddresses, keypad, date and time, the connected line and its changes, redirections. The octets are checked
 * on the wire between two trunks of the simulated card.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "tests/support/pri_wire.h"

/* --- Elements of SETUP ----------------------------------------------------------------------------- */

static void test_numbers_on_wire(void **state)
{
	struct bench *b = isdn_bench(&isdn_euro);
	struct leg_offer o = isdn_offer();
	struct bench_leg *in;

	(void)state;
	o.called = (struct leg_number){ "8750", TON_UNKNOWN, NPI_PRIVATE, 0, 0 };
	o.calling.presentation = PRES_RESTRICTED;
	in = isdn_offered(b, USER, &o);
	assert_wire(MSG_SETUP, IE_CALLED, 0, "\x89" "8750");
	assert_wire(MSG_SETUP, IE_CALLING, 0, "\x21\xa1" "2071838750");
	assert_null(on_wire(MSG_SETUP, IE_CALLING, 1).octets);
	assert_string_equal(in->offer.raw.hex[ELEMENT_CALLED], "70058938373530");
	assert_string_equal(in->offer.raw.hex[ELEMENT_CALLING], "6c0c21a132303731383338373530");
	assert_string_equal(in->offer.raw.hex[ELEMENT_CALLING_2], "");
	assert_string_equal(in->offer.raw.hex[ELEMENT_REDIRECTING], "");
	isdn_end(b, in, 17);
}

/* Both numbers pass where the trunk sends both, else the first alone. */
static void test_two_calling(void **state)
{
	(void)state;
	for (int two = 0; two < 2; two++) {
		struct bench_conf conf = isdn_euro;
		struct leg_offer o = isdn_offer();
		struct bench_leg *in;
		struct bench *b;

		conf.two_calling = two;
		b = isdn_bench(&conf);
		o.calling.screening = SCREEN_NETWORK;
		o.calling_user = (struct leg_number){ "8005550100", TON_NATIONAL, NPI_E164, PRES_ALLOWED, SCREEN_NONE };
		in = isdn_offered(b, NET, &o);
		assert_wire(MSG_SETUP, IE_CALLING, 0, "\x21\x83" "2071838750");
		assert_string_equal(in->offer.calling.digits, "2071838750");
		assert_int_equal(in->offer.calling.screening, SCREEN_NETWORK);
		assert_string_equal(in->offer.calling_user.digits, two ? "8005550100" : "");
		if (two) {
			assert_wire(MSG_SETUP, IE_CALLING, 1, "\x21\x80" "8005550100");
			assert_string_equal(in->offer.raw.hex[ELEMENT_CALLING_2], "6c0c218038303035353530313030");
			assert_int_equal(in->offer.calling_user.ton, TON_NATIONAL);
		}
		isdn_end(b, in, 17);
	}
}

/* A SIP user part in letters is no number, neither the one that is asserted nor what the caller says: no letters go into an element. */
static void test_letters(void **state)
{
	struct bench_conf conf = isdn_euro;
	struct leg_offer o = isdn_offer();
	struct bench_leg *in;
	struct bench *b;

	(void)state;
	conf.two_calling = conf.redirecting_element = true;
	b = isdn_bench(&conf);
	o.calling_user = (struct leg_number){ .digits = "alice" };
	o.redirecting = (struct leg_number){ .digits = "reception", .presentation = PRES_RESTRICTED };
	o.redirect_reason = 1;
	o.redirect_count = 1;
	in = isdn_offered(b, USER, &o);
	assert_wire(MSG_SETUP, IE_CALLING, 0, "\x21\x81" "2071838750");
	assert_null(on_wire(MSG_SETUP, IE_CALLING, 1).octets);
	assert_wire(MSG_SETUP, IE_REDIRECTING, 0, "\x00\x20\x81");
	isdn_end(b, in, 17);
	b = isdn_bench(&conf);
	o.calling_user = o.calling;
	strcpy(o.calling.digits, "alice");
	in = isdn_offered(b, USER, &o);
	assert_null(on_wire(MSG_SETUP, IE_CALLING, 0).octets);
	isdn_end(b, in, 17);
}

static void test_subaddresses(void **state)
{
	(void)state;
	for (int caller = 0; caller < 2; caller++) {
		struct bench *b = isdn_bench(caller ? &isdn_ni2 : &isdn_euro);
		struct leg_offer o = isdn_offer();
		struct bench_leg *in;

		o.called_sub = (struct leg_subaddress){ SUB_NSAP, false, 4, { 0x50, '1', '2', '3' } };
		o.calling_sub = (struct leg_subaddress){ SUB_USER, true, 3, { 0x00, 0xff, 0x1f } };
		in = isdn_offered(b, caller, &o);
		assert_wire(MSG_SETUP, IE_CALLED_SUB, 0, "\x80\x50" "123");
		assert_wire(MSG_SETUP, IE_CALLING_SUB, 0, "\xa8\x00\xff\x1f");
		assert_memory_equal(&in->offer.called_sub, &o.called_sub, sizeof(o.called_sub));
		assert_memory_equal(&in->offer.calling_sub, &o.calling_sub, sizeof(o.calling_sub));
		isdn_end(b, in, 17);
	}
}

static void test_keypad(void **state)
{
	struct bench_conf conf = isdn_euro;
	struct leg_offer o = isdn_offer();
	struct bench_leg *in;
	struct bench *b = isdn_bench(&conf);

	(void)state;
	strcpy(o.called.digits, "*21*2079460000#");
	in = isdn_offered(b, USER, &o);
	assert_null(on_wire(MSG_SETUP, KEYPAD, 0).octets);	/* not where the trunk does not say so */
	isdn_end(b, in, 17);
	conf.keypad = true;
	b = isdn_bench(&conf);
	in = isdn_offered(b, USER, &o);
	assert_wire(MSG_SETUP, KEYPAD, 0, "*21*2079460000#");
	assert_null(on_wire(MSG_SETUP, IE_CALLED, 0).octets);
	assert_string_equal(in->offer.called.digits, "*21*2079460000#");
	assert_int_equal(in->offer.called.ton, TON_UNKNOWN);
	assert_string_equal(in->offer.keypad, "*21*2079460000#");
	bench_clear(in, 17);
	bench_run(b, 500);
	strcpy(o.called.digits, "2079460100");	/* beside a number */
	strcpy(o.keypad, "99#");
	in = isdn_offered(b, USER, &o);
	assert_wire(MSG_SETUP, KEYPAD, 0, "99#");
	assert_string_equal(in->offer.called.digits, "2079460100");
	assert_string_equal(in->offer.keypad, "99#");
	isdn_end(b, in, 17);
}

static void test_date_time(void **state)
{
	static const struct { enum pri_date_time what; size_t octets, text; } rows[] = {
		{ PRI_DATE_TIME_NONE, 0, 0 }, { PRI_DATE_TIME_DATE, 3, 10 }, { PRI_DATE_TIME_MINUTES, 5, 16 },
		{ PRI_DATE_TIME_SECONDS, 6, 19 },
	};

	(void)state;
	for (size_t i = 0; i < 2 * sizeof(rows) / sizeof(rows[0]); i++) {
		bool network = i % 2;
		struct bench_conf conf = isdn_euro;
		struct leg_offer o = isdn_offer();
		struct bench_leg *in;
		struct bench *b;

		conf.date_time = rows[i / 2].what;
		b = isdn_bench(&conf);
		in = isdn_offered(b, network ? USER : NET, &o);
		leg_answer(in->leg, NULL);
		bench_until(b, 1000, bench_event(b->end[network ? USER : NET].legs, LEG_ANSWERED));
		assert_int_equal(on_wire(MSG_CONNECT, IE_DATE_TIME, 0).len, network ? rows[i / 2].octets : 0);
		assert_int_equal(strlen(b->end[network ? USER : NET].legs->raw.date_time), network ? rows[i / 2].text : 0);
		isdn_end(b, in, 16);
	}
}

/* --- The connected line ------------------------------------------------------------------------------ */

static void answer_as(const struct bench_conf *conf, int caller, const struct leg_number *who, const char *name)
{
	struct bench *b = isdn_bench(conf);
	struct leg_offer o = isdn_offer();
	struct leg_extra extra = { .connected_sub = { SUB_NSAP, false, 3, { 0x50, '4', '2' } } };
	struct bench_leg *in = isdn_offered(b, caller, &o), *out = b->end[caller].legs;
	const struct leg_event *ev;

	strcpy(extra.connected_name, "Anna");
	leg_with(in->leg, &extra);
	leg_answer(in->leg, who);
	bench_until(b, 1000, (ev = bench_event(out, LEG_ANSWERED)));
	assert_string_equal(ev->connected.digits, who->digits);
	assert_int_equal(ev->connected.presentation, who->presentation);
	assert_int_equal(ev->connected.screening, who->screening);
	assert_string_equal(ev->extra.connected_name, name);
	assert_memory_equal(&ev->extra.connected_sub, &extra.connected_sub, sizeof(extra.connected_sub));
	assert_wire(MSG_CONNECT, IE_CONNECTED_SUB, 0, "\x80\x50" "42");
	assert_non_null(ev->raw);
	assert_memory_equal(ev->raw->hex[ELEMENT_CONNECTED], "4c", 2);
	isdn_end(b, out, 16);
}

static void test_connected(void **state)
{
	const struct leg_number who = { "2079460111", TON_NATIONAL, NPI_E164, PRES_ALLOWED, SCREEN_PASSED };
	const struct leg_number hidden = { "2079460111", TON_NATIONAL, NPI_E164, PRES_RESTRICTED, SCREEN_NETWORK };

	(void)state;
	answer_as(&isdn_euro, USER, &who, "Anna");
	answer_as(&isdn_euro, NET, &who, "");	/* display is network to user */
	answer_as(&isdn_ni2, USER, &who, "Anna");
	answer_as(&isdn_ni2, NET, &who, "Anna");
	answer_as(&isdn_euro, USER, &hidden, "");	/* nor is the name of one who hides his number */
}

/* A transfer at the far end: EN 300 369-1's EctInform names another party, and the name of the one before is not his. */
static void test_connected_changes(void **state)
{
	struct leg_number who = { "2079460111", TON_NATIONAL, NPI_E164, PRES_ALLOWED, SCREEN_PASSED };
	struct bench *b = isdn_bench(&isdn_euro);
	struct leg_offer o = isdn_offer();
	struct leg_extra extra = { .connected_name = "Anna" };
	struct bench_leg *in = isdn_offered(b, USER, &o), *out = b->end[USER].legs;

	(void)state;
	assert_int_equal(leg_connected(in->leg, &who), -EALREADY);	/* not up yet */
	leg_with(in->leg, &extra);
	leg_answer(in->leg, &who);
	bench_until(b, 1000, bench_event(out, LEG_ANSWERED));
	bench_run(b, 200);
	strcpy(who.digits, "2079460222");
	assert_int_equal(leg_connected(in->leg, &who), 0);
	bench_until(b, 1000, bench_event(out, LEG_CONNECTED));
	assert_string_equal(bench_event(out, LEG_CONNECTED)->connected.digits, "2079460222");
	assert_string_equal(bench_event(out, LEG_CONNECTED)->extra.connected_name, "");
	strcpy(who.digits, "2079460333");
	assert_int_equal(leg_connected(out->leg, &who), 0);
	bench_until(b, 1000, bench_event(in, LEG_CONNECTED));
	assert_string_equal(bench_event(in, LEG_CONNECTED)->connected.digits, "2079460333");
	isdn_end(b, out, 16);
}

/* --- Redirections ------------------------------------------------------------------------------------ */

static void test_redirection(void **state)
{
	static const uint8_t reasons[] = { 0, 1, 2, 4, 15 };

	(void)state;
	for (size_t i = 0; i < 2 * sizeof(reasons); i++) {
		bool etsi = i % 2;
		struct bench *b = isdn_bench(etsi ? &isdn_euro : &isdn_ni2);
		struct leg_offer o = isdn_offer();
		struct bench_leg *in;

		o.redirecting = (struct leg_number){ "2079460222", TON_NATIONAL, NPI_E164, PRES_ALLOWED, SCREEN_NONE };
		o.original = (struct leg_number){ "2079460333", TON_NATIONAL, NPI_E164, PRES_ALLOWED, SCREEN_NONE };
		o.redirect_reason = reasons[i / 2];
		o.redirect_count = 3;
		in = isdn_offered(b, USER, &o);
		assert_string_equal(in->offer.redirecting.digits, "2079460222");
		assert_int_equal(in->offer.redirect_reason, reasons[i / 2]);
		if (etsi) {
			assert_string_equal(in->offer.original.digits, "2079460333");
			assert_int_equal(in->offer.redirect_count, 3);
			assert_null(on_wire(MSG_SETUP, IE_REDIRECTING, 0).octets);
		} else {
			struct q931_element e = on_wire(MSG_SETUP, IE_REDIRECTING, 0);

			assert_int_equal(e.len, 13);
			assert_int_equal(e.octets[2], 0x80 | reasons[i / 2]);
			assert_memory_equal(in->offer.raw.hex[ELEMENT_REDIRECTING], "740d21", 6);
		}
		isdn_end(b, in, 17);
	}
}

/* Who redirected the call is not told, or has no number: that it was, why and how often goes on. */
static void test_redirected_by_nobody(void **state)
{
	static const struct {
		const char *why;
		const struct bench_conf *conf;
		bool element;
		struct leg_number who;
		uint8_t presentation;
		const char *octets;
	} rows[] = {
		{ "hidden", &isdn_euro, false, { .presentation = PRES_RESTRICTED }, PRES_RESTRICTED, NULL },
		{ "hidden, with the element", &isdn_euro, true, { .presentation = PRES_RESTRICTED }, PRES_RESTRICTED, "\x00\x20\x8f" },
		{ "unknown", &isdn_euro, true, { .digits = "" }, PRES_UNAVAILABLE, "\x00\x40\x8f" },
		{ "letters", &isdn_qsig, false, { .digits = "reception" }, PRES_UNAVAILABLE, NULL },
		{ "hidden", &isdn_qsig, false, { .presentation = PRES_RESTRICTED }, PRES_RESTRICTED, NULL },
		{ "hidden", &isdn_ni2, false, { .presentation = PRES_RESTRICTED }, PRES_RESTRICTED, "\x00\x20\x8f" },
		{ "letters", &isdn_ni2, false, { .digits = "reception" }, PRES_UNAVAILABLE, "\x00\x40\x8f" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct bench_conf conf = *rows[i].conf;
		struct leg_offer o = isdn_offer();
		struct bench_leg *in;
		struct bench *b;

		conf.redirecting_element = rows[i].element;
		b = isdn_bench(&conf);
		o.redirecting = rows[i].who;
		o.redirect_reason = 15;
		o.redirect_count = 2;
		in = isdn_offered(b, USER, &o);
		if (in->offer.redirect_count != (rows[i].conf == &isdn_ni2 ? 1 : 2) || in->offer.redirect_reason != 15 ||
		    in->offer.redirecting.presentation != rows[i].presentation || in->offer.redirecting.digits[0])
			fail_msg("%s, %zu: count %d reason %d presentation %d '%s'", rows[i].why, i, in->offer.redirect_count,
				 in->offer.redirect_reason, in->offer.redirecting.presentation, in->offer.redirecting.digits);
		if (rows[i].octets)
			assert_octets(MSG_SETUP, IE_REDIRECTING, 0, rows[i].octets, 3);
		else
			assert_null(on_wire(MSG_SETUP, IE_REDIRECTING, 0).octets);
		isdn_end(b, in, 17);
	}
}

/* A switch that reads the element alone; and we read it of one that sends nothing else. */
static void test_redirecting_element(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++) {
		struct bench_conf conf = i == 2 ? isdn_ni2 : isdn_euro;
		struct leg_offer o = isdn_offer();
		struct bench_leg *in;
		struct bench *b;

		conf.redirecting_element = true;
		b = isdn_bench(&conf);
		isdn_lost.operation = i == 1;
		o.redirecting = (struct leg_number){ "2079460222", TON_NATIONAL, NPI_E164, PRES_RESTRICTED, SCREEN_NONE };
		o.redirect_reason = 4;
		o.redirect_count = 2;
		in = isdn_offered(b, USER, &o);
		assert_wire(MSG_SETUP, IE_REDIRECTING, 0, "\x21\x20\x84" "2079460222");
		assert_null(on_wire(MSG_SETUP, IE_REDIRECTING, 1).octets);
		assert_string_equal(in->offer.redirecting.digits, "2079460222");
		assert_int_equal(in->offer.redirecting.presentation, PRES_RESTRICTED);
		assert_int_equal(in->offer.redirect_reason, 4);
		assert_int_equal(in->offer.redirect_count, i ? 1 : 2);
		isdn_end(b, in, 17);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers_on_wire),
		cmocka_unit_test(test_two_calling),
		cmocka_unit_test(test_letters),
		cmocka_unit_test(test_subaddresses),
		cmocka_unit_test(test_keypad),
		cmocka_unit_test(test_date_time),
		cmocka_unit_test(test_connected),
		cmocka_unit_test(test_connected_changes),
		cmocka_unit_test(test_redirection),
		cmocka_unit_test(test_redirected_by_nobody),
		cmocka_unit_test(test_redirecting_element),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
