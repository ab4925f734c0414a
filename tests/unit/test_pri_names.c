/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests/unit/test_pri_names.c: the calling name of an ISDN call, by display and by facility, in SETUP and after it; octets
 * on the wire between two trunks.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "tests/support/pri_wire.h"

static struct bench_leg *named(struct bench *b, int caller)
{
	struct leg_offer o = isdn_offer();

	strcpy(o.calling_name, "J\xc3\xb6rg");
	return isdn_offered(b, caller, &o);
}

static void test_display(void **state)
{
	static const struct { int caller; enum pri_display display; const char *name; } rows[] = {
		{ USER, PRI_DISPLAY_AUTO, "" }, { USER, PRI_DISPLAY_SEND, "J\xc3\xb6rg" },
		{ NET, PRI_DISPLAY_AUTO, "J\xc3\xb6rg" }, { NET, PRI_DISPLAY_NONE, "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct bench_conf conf = isdn_euro;
		struct bench_leg *in;
		struct bench *b;

		conf.display = rows[i].display;
		b = isdn_bench(&conf);
		in = named(b, rows[i].caller);
		assert_string_equal(in->offer.calling_name, rows[i].name);
		if (rows[i].name[0])
			assert_wire(MSG_SETUP, DISPLAY, 0, "J\xf6rg");
		else
			assert_null(on_wire(MSG_SETUP, DISPLAY, 0).octets);
		isdn_end(b, in, 17);
	}
}

/* In NI2, by facility alone. */
static struct bench_leg *named_by_facility(struct bench **b, int caller)
{
	struct bench_conf conf = isdn_ni2;

	conf.display = PRI_DISPLAY_NONE;
	*b = isdn_bench(&conf);
	return named(*b, caller);
}

/* NI2, user to network: the name is in a facility of SETUP. */
static void test_name_in_setup(void **state)
{
	struct bench *b;
	struct bench_leg *in = named_by_facility(&b, USER);

	(void)state;
	assert_null(on_wire(MSG_SETUP, DISPLAY, 0).octets);
	assert_non_null(memmem(on_wire(MSG_SETUP, FACILITY_IE, 0).octets, on_wire(MSG_SETUP, FACILITY_IE, 0).len, "J\xf6rg", 4));
	assert_string_equal(in->offer.calling_name, "J\xc3\xb6rg");
	isdn_end(b, in, 17);
}

/* NI2, network to user: SETUP says that the name follows, FACILITY brings it, and the call is offered with it. */
static void test_name_follows(void **state)
{
	struct bench *b;
	struct bench_leg *in = named_by_facility(&b, NET);

	(void)state;
	assert_non_null(on_wire(MSG_FACILITY, FACILITY_IE, 0).octets);
	assert_string_equal(in->offer.calling_name, "J\xc3\xb6rg");
	assert_string_equal(in->offer.called.digits, "2079460100");
	bench_answer(in);
	bench_until(b, 1000, bench_event(b->end[NET].legs, LEG_ANSWERED));
	bench_clear(in, 16);
	bench_until(b, 1000, in->cleared);
	bench_assert_idle(b);
	isdn_lost.facility = true;	/* and without a name when it does not come */
	in = named(b, NET);
	assert_string_equal(in->offer.calling_name, "");
	isdn_end(b, in, 17);
}

/* A name that is restricted while the number is not goes no further, in SETUP, after it and in CONNECT; with a number that is
 * restricted too it goes along. */
static void test_name_restricted(void **state)
{
	static const struct leg_number who = { "2079460111", TON_NATIONAL, NPI_E164, PRES_ALLOWED, SCREEN_PASSED };

	(void)state;
	for (int i = 0; i < 6; i++) {
		bool ni2 = i % 3, hidden = i >= 3;
		struct bench_conf conf = ni2 ? isdn_ni2 : isdn_qsig;
		int caller = i % 3 == 2 ? NET : USER;	/* NI2: FACILITY after SETUP */
		struct leg_extra extra = { .connected_name = "J\xc3\xb6rg" };
		struct leg_offer o = isdn_offer();
		struct bench_leg *in, *out;
		struct bench *b;

		conf.display = PRI_DISPLAY_NONE;
		b = isdn_bench(&conf);
		strcpy(o.calling_name, "J\xc3\xb6rg");
		o.calling.presentation = hidden ? PRES_RESTRICTED : PRES_ALLOWED;
		isdn_lost.name_shown = true;
		in = isdn_offered(b, caller, &o);
		assert_string_equal(in->offer.calling_name, hidden ? "J\xc3\xb6rg" : "");
		assert_int_equal(in->offer.calling.presentation, o.calling.presentation);
		out = b->end[caller].legs;
		leg_with(in->leg, &extra);
		leg_answer(in->leg, &who);
		bench_until(b, 1000, bench_event(out, LEG_ANSWERED));
		assert_string_equal(bench_event(out, LEG_ANSWERED)->extra.connected_name, "");
		isdn_end(b, in, 16);
	}
}

/* A caller who has a name and no number (a SIP user part in letters): libpri sends no name without a number element. */
static void test_name_without_number(void **state)
{
	static const struct { const struct bench_conf *conf; int caller; const char *name; } rows[] = {
		{ &isdn_qsig, USER, "J\xc3\xb6rg" }, { &isdn_ni2, USER, "J\xc3\xb6rg" }, { &isdn_euro, NET, "J\xc3\xb6rg" },
		{ &isdn_euro, USER, "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct bench *b = isdn_bench(rows[i].conf);
		struct leg_offer o = isdn_offer();
		struct bench_leg *in;

		strcpy(o.calling_name, "J\xc3\xb6rg");
		o.calling = (struct leg_number){ .digits = "reception" };
		in = isdn_offered(b, rows[i].caller, &o);
		assert_string_equal(in->offer.calling_name, rows[i].name);
		assert_string_equal(in->offer.calling.digits, "");
		if (rows[i].name[0])
			assert_wire(MSG_SETUP, IE_CALLING, 0, "\x00\xc3");	/* not available */
		else
			assert_null(on_wire(MSG_SETUP, IE_CALLING, 0).octets);
		isdn_end(b, in, 17);
	}
}

/* The caller gives up while the name is awaited. */
static void test_name_follows_given_up(void **state)
{
	struct bench_conf conf = isdn_ni2;
	struct leg_offer o = isdn_offer();
	struct bench *b;

	(void)state;
	conf.display = PRI_DISPLAY_NONE;
	b = isdn_bench(&conf);
	strcpy(o.calling_name, "J\xc3\xb6rg");
	isdn_lost.facility = true;
	assert_non_null(bench_offer(b, NET, &o));
	bench_until(b, 500, isdn_passed(MSG_SETUP));
	bench_run(b, 100);
	assert_int_equal(b->end[USER].n_offered, 0);
	bench_clear(b->end[NET].legs, 16);
	bench_run(b, 4000);
	assert_int_equal(b->end[USER].n_offered, 0);
	bench_over(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_display),
		cmocka_unit_test(test_name_in_setup),
		cmocka_unit_test(test_name_follows),
		cmocka_unit_test(test_name_restricted),
		cmocka_unit_test(test_name_without_number),
		cmocka_unit_test(test_name_follows_given_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
