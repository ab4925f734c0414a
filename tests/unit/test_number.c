/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers at the edge: what comes in by type of number and prefix, and how it goes out again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <errno.h>

#include "dialplan/number.h"

enum { UNKNOWN, INTERNATIONAL, NATIONAL, NETWORK, SUBSCRIBER };

static const struct number_rules uk = { .country = "44", .area = "20", .international = "00", .national = "0" };
static const struct number_rules us = { .country = "1", .area = "212", .international = "011", .national = "1" };
static const struct number_rules it = { .country = "39", .area = "06", .international = "00", .national = "" };
static const struct number_rules ru = { .country = "7", .area = "", .international = "810", .national = "8" };

static void in(void **state)
{
	static const struct {
		const char *why;
		const struct number_rules *r;
		const char *digits;
		unsigned ton;
		const char *want;
		int err;
	} rows[] = {
		{ "plus", &uk, "+442079460100", UNKNOWN, "+442079460100", 0 },
		{ "plus, whatever the type", &uk, "+442079460100", NATIONAL, "+442079460100", 0 },
		{ "separators", &uk, "+44 (20) 7946-01.00", UNKNOWN, "+442079460100", 0 },
		{ "international", &uk, "33123456789", INTERNATIONAL, "+33123456789", 0 },
		{ "international cannot begin with 0", &uk, "0033123456789", INTERNATIONAL, "0033123456789", 0 },
		{ "national", &uk, "2079460100", NATIONAL, "+442079460100", 0 },
		{ "national in Russia may begin with the prefix", &ru, "8001234567", NATIONAL, "+78001234567", 0 },
		{ "national keeps Italy's zero", &it, "0612345678", NATIONAL, "+390612345678", 0 },
		{ "subscriber", &uk, "79460100", SUBSCRIBER, "+442079460100", 0 },
		{ "subscriber without an area", &ru, "1234567", SUBSCRIBER, "1234567", 0 },
		{ "dialled national", &uk, "02079460100", UNKNOWN, "+442079460100", 0 },
		{ "dialled international", &uk, "0033123456789", UNKNOWN, "+33123456789", 0 },
		{ "dialled 810 is international in Russia, though 8 is national", &ru, "810442079460100", UNKNOWN,
		  "+442079460100", 0 },
		{ "dialled in the US", &us, "12125550100", UNKNOWN, "+12125550100", 0 },
		{ "dialled abroad from the US", &us, "011442079460100", UNKNOWN, "+442079460100", 0 },
		{ "a ten-digit number is not guessed at", &us, "2125550100", UNKNOWN, "2125550100", 0 },
		{ "112 with type unknown", &uk, "112", UNKNOWN, "112", 0 },
		{ "112 in the US begins with the national prefix", &us, "112", UNKNOWN, "112", 0 },
		{ "112 typed national", &uk, "112", NATIONAL, "112", 0 },
		{ "911 typed subscriber", &us, "911", SUBSCRIBER, "911", 0 },
		{ "000 is a service", &uk, "000", UNKNOWN, "000", 0 },
		{ "an extension", &uk, "8750", UNKNOWN, "8750", 0 },
		{ "a star code", &uk, "*57", UNKNOWN, "*57", 0 },
		{ "a star code typed national", &uk, "*5712345", NATIONAL, "*5712345", 0 },
		{ "network specific", &uk, "02079460100", NETWORK, "02079460100", 0 },
		{ "none", &uk, "", UNKNOWN, "", 0 },
		{ "letters", &uk, "alice", UNKNOWN, NULL, -EINVAL },
		{ "plus alone", &uk, "+", UNKNOWN, NULL, -EINVAL },
		{ "plus and zero", &uk, "+0207", UNKNOWN, NULL, -EINVAL },
		{ "plus in the middle", &uk, "44+20", UNKNOWN, NULL, -EINVAL },
		{ "63 digits fit", &uk, "555555555555555555555555555555555555555555555555555555555555555", UNKNOWN,
		  "555555555555555555555555555555555555555555555555555555555555555", 0 },
		{ "64 do not", &uk, "5555555555555555555555555555555555555555555555555555555555555555", UNKNOWN, NULL,
		  -ENAMETOOLONG },
		{ "63 do not with a plus", &uk, "555555555555555555555555555555555555555555555555555555555555555",
		  INTERNATIONAL, NULL, -ENAMETOOLONG },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char out[NUMBER_MAX] = "";
		int err = number_in(rows[i].r, rows[i].digits, rows[i].ton, out);

		if (err != rows[i].err || (!err && strcmp(out, rows[i].want)))
			fail_msg("%s: %s gives %d %s", rows[i].why, rows[i].digits, err, out);
	}
}

static void out(void **state)
{
	static const struct {
		const char *why;
		const struct number_rules *r;
		enum number_style style;
		const char *number, *want;
		unsigned ton;
	} rows[] = {
		{ "typed, at home", &uk, NUMBER_STYLE_TYPED, "+442079460100", "2079460100", NATIONAL },
		{ "typed, abroad", &uk, NUMBER_STYLE_TYPED, "+33123456789", "33123456789", INTERNATIONAL },
		{ "typed, too short for national", &uk, NUMBER_STYLE_TYPED, "+44123", "44123", INTERNATIONAL },
		{ "international at home", &uk, NUMBER_STYLE_INTERNATIONAL, "+442079460100", "442079460100", INTERNATIONAL },
		{ "dialled at home", &uk, NUMBER_STYLE_DIALLED, "+442079460100", "02079460100", UNKNOWN },
		{ "dialled abroad", &uk, NUMBER_STYLE_DIALLED, "+33123456789", "0033123456789", UNKNOWN },
		{ "dialled in Italy", &it, NUMBER_STYLE_DIALLED, "+390612345678", "0612345678", UNKNOWN },
		{ "dialled in the US", &us, NUMBER_STYLE_DIALLED, "+12125550100", "12125550100", UNKNOWN },
		{ "local, in the area", &uk, NUMBER_STYLE_LOCAL, "+442079460100", "79460100", SUBSCRIBER },
		{ "local, in the country", &uk, NUMBER_STYLE_LOCAL, "+441314960100", "1314960100", NATIONAL },
		{ "local, abroad", &uk, NUMBER_STYLE_LOCAL, "+33123456789", "33123456789", INTERNATIONAL },
		{ "local, without an area", &ru, NUMBER_STYLE_LOCAL, "+74951234567", "4951234567", NATIONAL },
		{ "plus", &uk, NUMBER_STYLE_PLUS, "+442079460100", "+442079460100", UNKNOWN },
		{ "112 as it is", &uk, NUMBER_STYLE_TYPED, "112", "112", UNKNOWN },
		{ "*57 as it is, with plus style", &uk, NUMBER_STYLE_PLUS, "*57", "*57", UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char digits[NUMBER_MAX];
		unsigned ton = 99;

		number_out(rows[i].r, rows[i].style, rows[i].number, digits, &ton);
		if (strcmp(digits, rows[i].want) || ton != rows[i].ton)
			fail_msg("%s: %s gives %s type %u", rows[i].why, rows[i].number, digits, ton);
	}
}

/* The values of Q.931 4.5.10 behind the words of called-type, called-plan and their like. */
static void fixed(void **state)
{
	static const unsigned tons[] = { 9, 0, 1, 2, 3, 4, 6 }, npis[] = { 9, 0, 1, 3, 4, 8, 9 };

	(void)state;
	for (int i = 0; i <= NUMBER_TYPE_ABBREVIATED; i++) {
		struct number_rules r = { .called_type = i, .calling_plan = i };
		unsigned ton = 9, npi = 9;

		number_fix(&r, false, &ton, &npi);
		assert_int_equal(ton, tons[i]);
		assert_int_equal(npi, 9);
		ton = 9;
		number_fix(&r, true, &ton, &npi);
		assert_int_equal(ton, 9);
		assert_int_equal(npi, npis[i]);
	}
}

static void allowed(void **state)
{
	static const struct { const char *patterns[3], *standard, *number; bool want; } rows[] = {
		{ { NULL }, "", "+15550100", true },
		{ { NULL }, "+442079460000", "+15550100", true },
		{ { "+442079460*" }, "", "+442079460123", true },
		{ { "+442079460*" }, "", "+442079460", true },
		{ { "+442079460*" }, "", "+44207946", false },
		{ { "+442079460*" }, "", "442079460123", false },
		{ { "+44207946010?" }, "", "+442079460105", true },
		{ { "+44207946010?" }, "", "+44207946010", false },
		{ { "+44207946010?" }, "", "+4420794601055", false },
		{ { "+442079460100", "+4413*" }, "", "+441314960000", true },
		{ { "+442079460100", "+4413*" }, "", "+442079460101", false },
		{ { "87??" }, "", "8750", true },
		{ { "87??" }, "", "87*0", false },
		{ { "+4413*" }, "+442079460000", "+442079460000", true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct number_rules r = { .country = "44" };

		for (; r.n_allowed < 3 && rows[i].patterns[r.n_allowed]; r.n_allowed++)
			strcpy(r.allowed[r.n_allowed], rows[i].patterns[r.n_allowed]);
		strcpy(r.calling_default, rows[i].standard);
		if (number_allowed(&r, rows[i].number) != rows[i].want)
			fail_msg("row %zu: %s", i, rows[i].number);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(in), cmocka_unit_test(out), cmocka_unit_test(fixed),
					    cmocka_unit_test(allowed) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
