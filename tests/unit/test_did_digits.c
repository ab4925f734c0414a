/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Digits as they are dialled: is it a number yet, and may a longer one be meant? */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "dialplan/did.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct number_rules uk = { .country = "44", .area = "20", .international = "00", .national = "0" };
static const struct number_rules us = { .country = "1", .area = "212", .international = "011", .national = "1" };
static const struct number_rules it = { .country = "39", .international = "00" };
static const struct number_rules ru = { .country = "7", .international = "810", .national = "8" };
static const struct number_rules odd = { .country = "44", .international = "0", .national = "0" };
static const struct number_rules none = { .country = "" };

static bool known(void *arg, const char *name)
{
	(void)arg;
	(void)name;
	return true;
}

static void on_error(void *arg, const struct did_error *e)
{
	(void)arg;
	fail_msg("%d:%d: %s", e->line, e->column, e->message);
}

static struct did_table *load(const char *rows)
{
	const struct did_trunks trunks = { .known = known };
	struct did_table *t = NULL;
	char text[2000];

	snprintf(text, sizeof(text), "[phones]\n%s", rows);
	assert_int_equal(did_load(&t, "dids", text, strlen(text), &trunks, on_error, NULL), 0);
	return t;
}

static const char *const names[] = { "more", "complete", "complete or more", "none" };
#define MORE DID_DIGITS_MORE
#define DONE DID_DIGITS_COMPLETE
#define BOTH DID_DIGITS_COMPLETE_OR_MORE
#define NONE DID_DIGITS_NONE

static const struct { const char *why, *rows; const struct number_rules *r; const char *digits; enum did_digits want; } rows[] = {
	/* Numbers that stay as they are dialled. */
	{ "nothing dialled, a row to reach", "112 telco\n", &uk, "", MORE },
	{ "nothing dialled, and it would match: still no number", "* telco\n", &uk, "", MORE },
	{ "the beginning of a short code", "112 telco\n", &uk, "11", MORE },
	{ "a short code", "112 telco\n", &uk, "112", DONE },
	{ "beyond it", "112 telco\n", &uk, "1121", NONE },
	{ "another digit", "112 telco\n", &uk, "12", NONE },
	{ "a short code that a longer row begins with", "112 telco\n112x telco\n", &uk, "112", BOTH },
	{ "the longer row", "112 telco\n112x telco\n", &uk, "1129", DONE },
	{ "a short code where all others are national", "112 telco\n+44* telco\n", &uk, "112", DONE },
	{ "an extension with x", "2xx office\n", &uk, "20", MORE },
	{ "all of it", "2xx office\n", &uk, "201", DONE },
	{ "a set, first digit", "[2-4]x office\n", &uk, "3", MORE },
	{ "a set, not in it", "[2-4]x office\n", &uk, "5", NONE },
	{ "a range, inside", "2098..2107 office\n", &uk, "209", MORE },
	{ "a range, the last digit", "2098..2107 office\n", &uk, "2098", DONE },
	{ "a range, below it", "2098..2107 office\n", &uk, "2097", NONE },
	{ "a range, a beginning that none has", "2098..2107 office\n", &uk, "211", NONE },
	{ "a star at the end takes any length", "9* telco\n", &uk, "9", BOTH },
	{ "and more of it", "9* telco\n", &uk, "91234567890123456789", BOTH },
	{ "a star at the end, not yet", "98* telco\n", &uk, "9", MORE },
	{ "a service code with keys", "*57 telco\n", &uk, "*5", MORE },
	{ "all of it", "*57 telco\n", &uk, "*57", DONE },
	{ "a key that comes later", "21\\* telco\n", &uk, "21", MORE },
	{ "a digit where a key must come", "21\\* telco\n", &uk, "211", NONE },
	{ "number signs", "\\#31\\#x telco\n", &uk, "#31#", MORE },
	{ "no row at all", "", &uk, "1", NONE },
	{ "a letter is no digit", "* telco\n", &uk, "12a", NONE },
	/* National numbers. */
	{ "the national prefix", "+442079460100 telco\n", &uk, "0", MORE },
	{ "the beginning of a national number", "+442079460100 telco\n", &uk, "0207946", MORE },
	{ "a national number", "+442079460100 telco\n", &uk, "02079460100", DONE },
	{ "one digit more", "+442079460100 telco\n", &uk, "020794601001", NONE },
	{ "another national number", "+442079460100 telco\n", &uk, "0208", NONE },
	{ "without its prefix it is none", "+442079460100 telco\n", &uk, "2", NONE },
	{ "any national number: a length of its own is not known", "+44* telco\n", &uk, "02079460100", BOTH },
	{ "too short to be one yet", "+44* telco\n", &uk, "0207", MORE },
	{ "five digits are one", "+44* telco\n", &uk, "020794", BOTH },
	{ "E.164 has 15 digits: no longer one can be meant", "+44* telco\n", &uk, "01234567890123", DONE },
	{ "national, by x", "+4420xxxxxxxx telco\n", &uk, "0207946010", MORE },
	{ "national, by x, all", "+4420xxxxxxxx telco\n", &uk, "02079460100", DONE },
	{ "a row too short to be dialled so", "+4420 telco\n", &uk, "02", NONE },
	{ "a number in the row that begins with the prefix", "0800 telco\n", &uk, "080", MORE },
	{ "it stays as it is while it is short", "0800 telco\n", &uk, "0800", DONE },
	{ "five digits after the prefix are never as dialled", "080012 telco\n", &uk, "08001", NONE },
	{ "both ways at once", "0800 telco\n+44800* telco\n", &uk, "0800", BOTH },
	/* International numbers. */
	{ "half the international prefix", "+33* telco\n", &uk, "0", MORE },
	{ "the international prefix", "+33* telco\n", &uk, "00", MORE },
	{ "a country that no row has", "+33* telco\n", &uk, "004", NONE },
	{ "the beginning of one that it has", "+33* telco\n", &uk, "003", MORE },
	{ "too short yet", "+33* telco\n", &uk, "0033123", MORE },
	{ "seven digits are one", "+33* telco\n", &uk, "003312345", BOTH },
	{ "15 digits are the most", "+33* telco\n", &uk, "00331234567890123", DONE },
	{ "an exact one abroad", "+33123456789 telco\n", &uk, "0033123456789", DONE },
	{ "our own country's code after the prefix", "+442079460100 telco\n", &uk, "00442079460100", DONE },
	{ "no country begins with 0", "+* telco\n", &uk, "000", NONE },
	{ "000 as a service", "000 telco\n+* telco\n", &uk, "000", DONE },
	{ "000 as a service, before its end", "000 telco\n", &uk, "00", MORE },
	{ "a short number behind the prefix is not national", "+44* telco\n", &uk, "0012345", NONE },
	{ "E.164 itself", "+33* telco\n", &uk, "+33", BOTH },
	{ "E.164 itself, begun", "+33* telco\n", &uk, "+", MORE },
	{ "E.164 itself, another", "+33* telco\n", &uk, "+34", NONE },
	{ "plus in the middle", "* telco\n", &uk, "1+1", NONE },
	/* Country code 1: numbers have ten digits, no more and no fewer. */
	{ "911", "911 telco\n+1xxxxxxxxxx telco\n", &us, "911", DONE },
	{ "1 and nine digits", "+1* telco\n", &us, "1212555010", MORE },
	{ "1 and ten digits: complete though the row has a star", "+1* telco\n", &us, "12125550100", DONE },
	{ "1 and eleven digits", "+1* telco\n", &us, "121255501001", NONE },
	{ "without the 1 it is not guessed at", "+1* telco\n", &us, "2", NONE },
	{ "seven digits as dialled", "[2-9]xxxxxx telco\n", &us, "5550100", DONE },
	{ "1 and eleven digits may be a row of its own", "121255501001 telco\n", &us, "12125550100", MORE },
	{ "abroad", "+44* telco\n", &us, "0114420", MORE },
	{ "abroad, the prefix", "+44* telco\n", &us, "01", MORE },
	{ "0 for the operator, 00 too", "0 telco\n00 telco\n", &us, "0", BOTH },
	/* Other prefixes. */
	{ "Italy has no national prefix", "+39* telco\n", &it, "06", NONE },
	{ "Italy, abroad", "+33* telco\n", &it, "00", MORE },
	{ "Russia: 8 may become national or international", "+33* telco\n", &ru, "8", MORE },
	{ "Russia: 81 too", "+33* telco\n", &ru, "81", MORE },
	{ "Russia: 810 is international", "+33* telco\n", &ru, "810", MORE },
	{ "Russia: 810 is not national any more", "+7103* telco\n", &ru, "8103", NONE },
	{ "Russia: 8 and 812, St Petersburg", "+7812* telco\n", &ru, "8812", MORE },
	{ "Russia: 881 is not abroad", "+33* telco\n", &ru, "881", NONE },
	{ "Russia: all of a number", "+7812xxxxxxx telco\n", &ru, "88121234567", DONE },
	{ "one prefix for both: it is international", "+33* telco\n", &odd, "03", MORE },
	{ "one prefix for both: never national", "+4420* telco\n", &odd, "020", NONE },
	{ "no rules: as dialled alone", "0207 telco\n+44* telco\n", &none, "020", MORE },
	{ "no rules: all of it", "0207 telco\n+44* telco\n", &none, "0207", DONE },
	{ "no rules: nothing becomes national", "+44* telco\n", &none, "0", NONE },
	{ "63 digits", "* telco\n", &none, "123456789012345678901234567890123456789012345678901234567890123", DONE },
	{ "64 digits", "* telco\n", &none, "1234567890123456789012345678901234567890123456789012345678901234", NONE },
	{ "63 digits behind a prefix", "+* telco\n", &uk, "023456789012345678901234567890123456789012345678901234567890123", NONE },
};

static void rows_of_every_kind(void **state)
{
	unsigned wrong = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct did_table *t = load(rows[i].rows);
		enum did_digits got = did_digits(t, "phones", rows[i].r, rows[i].digits);

		if (got != rows[i].want) {
			print_message("%s: %s is %s, not %s\n", rows[i].why, rows[i].digits, names[got], names[rows[i].want]);
			wrong++;
		}
		assert_int_equal(did_digits(t, "nobody", rows[i].r, rows[i].digits), NONE);
		did_free(t);
	}
	assert_int_equal(wrong, 0);
}

/* The same asked the long way: every string of up to DEPTH symbols behind DIGITS is looked up. */
static bool longer(const struct did_table *t, const struct number_rules *r, const char *digits, int depth)
{
	static const char keys[] = "0123456789*#";
	struct did_route route;
	char number[NUMBER_MAX], s[NUMBER_MAX];

	for (const char *k = keys; *k && depth; k++) {
		snprintf(s, sizeof(s), "%s%c", digits, *k);
		if (number_in(r, s, 0, number) == 0 && did_lookup(t, "phones", number, &route) == 0)
			return true;
		if (longer(t, r, s, depth - 1))
			return true;
	}
	return false;
}

static void agrees_with_looking_up_all(void **state)
{
	static const char plan[] = "112 telco\n0 telco\n00 telco\n0[2-4]x office\n+4412345 telco\n+441236xx telco\n+441239* telco\n"
				   "+3312345 telco\n+330998..1003 telco\n2\\*3 telco\n\\#1* telco\n5x* office\n+7* telco\n"
				   "01234 busy\n012345 busy\n10[1-3] office\n";
	static const struct number_rules *const rules[] = { &uk, &ru, &odd, &none, &it };
	static const char *const digits[] = {
		"", "0", "00", "01", "011", "1", "11", "112", "10", "101", "0123", "01234", "012345", "012346", "01236", "012361",
		"0123612", "003", "00331234", "0033123", "00331235", "00339", "033", "02", "021", "05", "2", "2*", "2*3", "#", "#1",
		"5", "53", "8", "81", "810", "8103", "81033", "80", "0039", "0000", "*", "**", "07", "0712345", "00712345", "0010",
		"000", "33", "331234", "033123", "0331234",
	};
	struct did_table *t = load(plan);
	struct did_route route;
	unsigned asked = 0;

	(void)state;
	for (size_t r = 0; r < COUNT(rules); r++)
		for (size_t i = 0; i < COUNT(digits); i++) {
			char number[NUMBER_MAX];
			bool is = *digits[i] && number_in(rules[r], digits[i], 0, number) == 0 &&
				  did_lookup(t, "phones", number, &route) == 0;
			bool more = longer(t, rules[r], digits[i], 4);
			enum did_digits got = did_digits(t, "phones", rules[r], digits[i]);
			bool got_is = got == DONE || got == BOTH, got_more = got == MORE || got == BOTH;

			asked++;
			/* What is more than four symbols away is not found the long way. */
			if (is != got_is || (more && !got_more))
				fail_msg("%s of rules %zu: %s; looked up: %d, longer: %d", digits[i], r, names[got], is, more);
			if (got_more && !more && !longer(t, rules[r], digits[i], 5) && strlen(digits[i]) > 4)
				fail_msg("%s of rules %zu: %s, but nothing longer has a row", digits[i], r, names[got]);
		}
	print_message("%u strings compared with looking all longer ones up\n", asked);
	did_free(t);
}

/* Is the row the same for every longer number? */
static void settled(void **state)
{
	static const struct { const char *why, *rows, *number; bool want; } cases[] = {
		{ "a row of any length", "+49* telco\n", "+49", true },
		{ "and further on in it", "+49* telco\n", "+4930", true },
		{ "not yet there", "+49* telco\n", "+4", false },
		{ "a longer row behind it", "+49* telco\n+4930123 office\n", "+49", false },
		{ "no more, when it goes another way", "+49* telco\n+4930123 office\n", "+4931", true },
		{ "or leads into it", "+49* telco\n+4930* office\n", "+493", false },
		{ "and then it is that one", "+49* telco\n+4930* office\n", "+4930", true },
		{ "sets and x behind it count", "+49* telco\n+49[23]x office\n", "+49", false },
		{ "but not where they do not match", "+49* telco\n+49[23]x office\n", "+494", true },
		{ "a range behind it", "+49* telco\n+4930..31 office\n", "+493", false },
		{ "a number with its own row is not its longer ones'", "+49* telco\n+493 office\n", "+493", false },
		{ "exact rows end", "112 telco\n", "112", false },
		{ "no row", "112 telco\n", "113", false },
		{ "everything", "* telco\n", "1", true },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct did_table *t = load(cases[i].rows);

		if (did_settled(t, "phones", cases[i].number) != cases[i].want)
			fail_msg("%s: %s", cases[i].why, cases[i].number);
		assert_false(did_settled(t, "nobody", cases[i].number));
		did_free(t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_of_every_kind),
		cmocka_unit_test(agrees_with_looking_up_all),
		cmocka_unit_test(settled),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
