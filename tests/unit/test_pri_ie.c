/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests/unit/test_pri_ie.c: information elements by their octets: put in, read, cut short; names by their character set. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "channels/pri_private.h"

/* Elements go where Q.931 4.5.1 wants them: in the order of their identifiers, before a change of codeset. */
static void test_put(void **state)
{
	static const uint8_t head[] = { 0, 1, 0, 0, 8, 2, 0, 1, 5 };
	static const struct { const char *before; uint8_t id; const char *after; } rows[] = {
		{ "", 0x7e, "\x7e\x02xy" },
		{ "\xa1\x70\x02\x81" "5", 0x7e, "\xa1\x70\x02\x81" "5\x7e\x02xy" },
		{ "\x6c\x01\x81\x70\x01\x81", 0x6c, "\x6c\x01\x81\x6c\x02xy\x70\x01\x81" },
		{ "\x70\x01\x81", 0x6d, "\x6d\x02xy\x70\x01\x81" },
		{ "\x70\x01\x81\x96\x08\x01\x81", 0x7e, "\x70\x01\x81\x7e\x02xy\x96\x08\x01\x81" },
		{ "\x70\x05\x81", 0x7e, "\x70\x05\x81" },	/* cut short: left as it is */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t before = strlen(rows[i].before), after = strlen(rows[i].after), len;
		const uint8_t element[] = { rows[i].id, 2, 'x', 'y' };
		uint8_t frame[64];

		memcpy(frame, head, sizeof(head));
		memcpy(frame + sizeof(head), rows[i].before, before);
		len = q931_insert(frame, sizeof(head) + before, sizeof(frame), element, sizeof(element));
		assert_int_equal(len, sizeof(head) + after);
		assert_memory_equal(frame + sizeof(head), rows[i].after, after);
		assert_int_equal(q931_insert(frame, len, len + 3, element, sizeof(element)), len);
	}
}

/* Only what is meant: every one, or those that say nothing; none behind a change of codeset or in a message cut short. */
static void test_taken_out(void **state)
{
	static const uint8_t head[] = { 0, 1, 0, 0, 8, 2, 0, 1, 5 };
	static const struct { const char *before; uint8_t id; size_t longest; const char *after; } rows[] = {
		{ "\x1e\x02\x81\x83\x1e\x02\x81\x88\x70\x02\x81" "5", 0x1e, IE_MAX, "\x70\x02\x81" "5" },
		{ "\xa1\x70\x01\x81\x7e\x02xy", 0x70, 1, "\xa1\x7e\x02xy" },
		{ "\x70\x02\x81" "5", 0x70, 1, "\x70\x02\x81" "5" },
		{ "\x6c\x01\x81\x96\x1e\x02\x81\x83", 0x1e, IE_MAX, "\x6c\x01\x81\x96\x1e\x02\x81\x83" },
		{ "\x1e\x02\x81\x83\x70\x05\x81", 0x1e, IE_MAX, "\x70\x05\x81" },
		{ "", 0x1e, IE_MAX, "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t before = strlen(rows[i].before), after = strlen(rows[i].after);
		uint8_t frame[64];

		memcpy(frame, head, sizeof(head));
		memcpy(frame + sizeof(head), rows[i].before, before);
		assert_int_equal(q931_take_out(frame, sizeof(head) + before, rows[i].id, rows[i].longest), sizeof(head) + after);
		assert_memory_equal(frame + sizeof(head), rows[i].after, after);
	}
}

static void test_date_time_octets(void **state)
{
	static const struct { const char *octets; size_t len; const char *want; } rows[] = {
		{ "\x1a\x0b\x1b", 3, "2026-11-27" },
		{ "\x1a\x0b\x1b\x0e\x13", 5, "2026-11-27 14:19" },
		{ "\x1a\x0b\x1b\x00\x00\x3b", 6, "2026-11-27 00:00:59" },
		{ "\x1a\x0d\x1b\x0e\x13", 5, "" },
		{ "\x1a\x0b\x1b\x18\x13", 5, "2026-11-27" },
		{ "\x1a\x0b", 2, "" },
	};
	char out[24];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		q931_date_time((struct q931_element){ (const uint8_t *)rows[i].octets, rows[i].len }, out);
		assert_string_equal(out, rows[i].want);
	}
}

static void test_number(void **state)
{
	static const struct { const char *octets; size_t len; bool ok; struct leg_number want; } rows[] = {
		{ "\xa1" "123", 4, true, { "123", TON_NATIONAL, NPI_E164, 0, 0 } },
		{ "\x21\xa3" "123", 5, true, { "123", TON_NATIONAL, NPI_E164, PRES_RESTRICTED, SCREEN_NETWORK } },
		{ "\x49\x00\x8f" "123", 6, true, { "123", TON_SUBSCRIBER, NPI_PRIVATE, 0, 0 } },
		{ "\x00\xc3", 2, true, { "", TON_UNKNOWN, NPI_UNKNOWN, PRES_UNAVAILABLE, SCREEN_NETWORK } },
		{ "\x21", 1, true, { "", TON_NATIONAL, NPI_E164, 0, 0 } },
		{ "\x81" "a\x01", 3, true, { "", TON_UNKNOWN, NPI_E164, 0, 0 } },	/* no digits: no number */
		{ "", 0, false, { "", 0, 0, 0, 0 } },
	};
	struct leg_number n;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t out[LEG_DIGITS_MAX + 2];

		assert_int_equal(q931_number((struct q931_element){ (const uint8_t *)rows[i].octets, rows[i].len }, &n), rows[i].ok);
		assert_string_equal(n.digits, rows[i].want.digits);
		assert_int_equal(n.ton, rows[i].want.ton);
		assert_int_equal(n.npi, rows[i].want.npi);
		assert_int_equal(n.presentation, rows[i].want.presentation);
		assert_int_equal(n.screening, rows[i].want.screening);
		assert_int_equal(q931_put_number(&n, out), 2 + strlen(n.digits));
		assert_int_equal(out[1], 0x80 | n.presentation << 5 | n.screening);
	}
}

/* What is longer than its place in the record keeps its length octet and loses its end. */
static void test_hex(void **state)
{
	uint8_t octets[200];
	char out[LEG_ELEMENT_MAX];

	(void)state;
	memset(octets, 0xab, sizeof(octets));
	q931_hex((struct q931_element){ octets, sizeof(octets) }, 0x6c, out);
	assert_memory_equal(out, "6cc8abab", 8);
	assert_true(strlen(out) < sizeof(out) && strlen(out) % 2 == 0);
	q931_hex((struct q931_element){ NULL, 0 }, 0x6c, out);
	assert_string_equal(out, "");
}

/* A second element of one kind; one in another codeset is none. */
static void test_find(void **state)
{
	static const uint8_t frame[] = { 0, 1, 0, 0, 8, 2, 0, 1, 5, 0x6c, 1, 0x81, 0x9e, 0x6c, 1, 0x82, 0x6c, 1, 0x83, 0x95,
					 0x6c, 1, 0x84 };

	(void)state;
	assert_ptr_equal(q931_find(frame, sizeof(frame), 0x6c, 0).octets, frame + 11);
	assert_ptr_equal(q931_find(frame, sizeof(frame), 0x6c, 1).octets, frame + 18);
	assert_null(q931_find(frame, sizeof(frame), 0x6c, 2).octets);
	assert_null(q931_find(frame, 11, 0x6c, 0).octets);	/* cut short */
	assert_null(q931_find(frame, 5, 0x6c, 0).octets);
}

static void test_charsets(void **state)
{
	static const struct { int set; const char *text, *want; } rows[] = {
		{ PRI_CHAR_SET_UNKNOWN, "Zo\xeb", "Zo\xc3\xab" },
		{ PRI_CHAR_SET_ISO8859_1, "\xc5ngstr\xf6m", "\xc3\x85ngstr\xc3\xb6m" },
		{ PRI_CHAR_SET_ISO8859_2, "\xa3\xf3" "d\xbc", "\xc5\x81\xc3\xb3" "d\xc5\xba" },
		{ PRI_CHAR_SET_ISO8859_5, "\xbc\xd8\xe0", "\xd0\x9c\xd0\xb8\xd1\x80" },
		{ PRI_CHAR_SET_ISO8859_7, "\xc1\xe8", "\xce\x91\xce\xb8" },
		{ PRI_CHAR_SET_ISO10646_UTF_8STRING, "Zo\xc3\xab\xff!", "Zo\xc3\xab!" },
		{ PRI_CHAR_SET_ISO10646_BMPSTRING, "AB", "" },
		{ 77, "\xeb\r\n", "\xc3\xab" },
	};
	struct pri_party_name n = { .valid = 1 };
	struct leg_number who = { .digits = "1" };
	char out[LEG_NAME_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		n.char_set = rows[i].set;
		strcpy(n.str, rows[i].text);
		pri_name_in(out, &n, &who);
		assert_string_equal(out, rows[i].want);
	}
	n.char_set = PRI_CHAR_SET_ISO8859_1;	/* 63 octets become 126: cut between characters */
	memset(n.str, 0xeb, sizeof(n.str) - 1);
	pri_name_in(out, &n, &who);
	assert_int_equal(strlen(out), LEG_NAME_MAX - 2);
}

/* A number from the wire is text or nothing: a terminal obeys what stands behind ESC. */
static void test_digits_in(void **state)
{
	static const struct { const char *octets, *want; } rows[] = {
		{ "442079460100", "442079460100" }, { "+44 20", "+44 20" }, { "*21#", "*21#" }, { "12\033[2J", "" }, { "12\n34", "" },
		{ "12\x9b" "2J", "" }, { "12\x7f", "" },
	};
	struct leg_number n;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		pri_digits_in(&n, rows[i].octets, 0x21, 0x20);
		assert_string_equal(n.digits, rows[i].want);
		assert_int_equal(n.presentation, PRES_RESTRICTED);
		assert_int_equal(n.ton, TON_NATIONAL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_put),
		cmocka_unit_test(test_taken_out),  cmocka_unit_test(test_date_time_octets), cmocka_unit_test(test_number),
		cmocka_unit_test(test_hex), cmocka_unit_test(test_find),
		cmocka_unit_test(test_charsets), cmocka_unit_test(test_digits_in),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
