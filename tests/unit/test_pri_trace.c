/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests/unit/test_pri_trace.c: D-channel frames in words: kinds, repetitions, elements, and frames cut short. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "channels/pri_trace.h"

#include "channels/q850.h"

#define I "00010000"	/* SAPI 0, TEI 0, N(S) 0, N(R) 0 */

static size_t hex(const char *s, uint8_t *out)
{
	size_t n = 0;
	unsigned v;

	for (; s[0] && s[1]; s += 2) {
		assert_int_equal(sscanf(s, "%2x", &v), 1);
		out[n++] = (uint8_t)v;
	}
	return n;
}

static const struct {
	const char *why, *frame, *what, *text;
	uint8_t cause, location;
	bool flag;
} rows[] = {
	{ "SETUP with the usual elements",
	  I "0802000c05" "04038090a3" "1803a98387" "1e028183" "6c0c2183" "32303731383338373530"
	  "700da1" "343432303739343630313030" "a1",
	  "SETUP", "cr 12 speech chan 7 exclusive progress 3 calling 2071838750 (national) called 442079460100 "
	  "(national) complete", 0, 0, false },
	{ "withheld and unknown plan", I "0802000105" "6c0500a3313233" "70028039",
	  "SETUP", "cr 1 calling 123 (unknown plan 0 restricted) called 9 (unknown plan 0)", 0, 0, false },
	{ "RELEASE COMPLETE with cause and location", I "0802800c5a" "08028291", "RELEASE COMPLETE",
	  "cr 12 cause 17 (user busy) loc 2", 17, 2, true },
	{ "cause with octet 3a", I "0802000c45" "0803028090", "DISCONNECT",
	  "cr 12 cause 16 (normal call clearing) loc 2", 16, 2, false },
	{ "cause that Q.850 has not", I "0802000c45" "08028080", "DISCONNECT", "cr 12 cause 0 loc 0", 0, 0, false },
	{ "cause with diagnostics", I "0802800c7d" "0805818a010203" "14010a", "STATUS",
	  "cr 12 cause 10 loc 1 state 10", 10, 1, true },
	{ "fax, and two progress indicators", I "0802000105" "040390" "90a3" "1e028181" "1e028183" "7d029184",
	  "SETUP", "cr 1 3.1 kHz progress 1 progress 3 fax G2/G3", 0, 0, false },
	{ "high layer of another coding standard, and cut short", I "0802000105" "7d02b184" "7d0191", "SETUP", "cr 1", 0, 0, false },
	{ "progress of one octet", I "0802000145" "1e0181", "DISCONNECT", "cr 1", 0, 0, false },
	{ "any channel", I "0802000105" "1801a3", "SETUP", "cr 1 chan any preferred", 0, 0, false },
	{ "no channel", I "0802000105" "1801a0", "SETUP", "cr 1 chan none preferred", 0, 0, false },
	{ "interface identified", I "0802000105" "1804e9818397", "SETUP", "cr 1 chan 23 of interface 1 exclusive", 0, 0, false },
	{ "interface of two octets", I "0802000105" "1805e10581838a", "SETUP", "cr 1 chan 10 of interface 5.1 preferred", 0, 0, false },
	{ "all of an interface", I "030200000f" "1802e982", "SERVICE", "cr 0 chan whole interface 2 exclusive", 0, 0, false },
	{ "any channel of an interface", I "0802000105" "1802e382", "SETUP", "cr 1 chan any of interface 2 preferred", 0, 0, false },
	{ "an interface whose octets never end", I "0802000105" "1803e10505", "SETUP", "cr 1 chan whole interface 5.5 preferred", 0, 0, false },
	{ "a service code by keypad", I "0802000105" "2c042a323123" "a1", "SETUP", "cr 1 keypad *21# complete", 0, 0, false },
	{ "what is keyed in a conversation is not shown", I "080200017b" "2c0131", "INFORMATION", "cr 1", 0, 0, false },
	{ "slot map", I "0802000046" "1807a99380000002" "a1" "790180", "RESTART", NULL, 0, 0, false },
	{ "display with character set", I "0802000105" "2803b14142", "SETUP", "cr 1 display \"AB\"", 0, 0, false },
	{ "display with odd octets", I "0802000105" "280341071b", "SETUP", "cr 1 display \"A??\"", 0, 0, false },
	{ "one octet of call reference", I "08018101", "ALERTING", "cr 1", 0, 0, true },
	{ "dummy call reference", I "080062", "FACILITY", "cr 0", 0, 0, false },
	{ "elements of other code sets are not ours", I "0802000145" "9d08028291" "08028190", "DISCONNECT",
	  "cr 1 cause 16 (normal call clearing) loc 1", 16, 1, false },
	{ "a locking shift hides the rest", I "0802000145" "96" "08028291", "DISCONNECT", "cr 1", 0, 0, false },
	{ "element longer than the frame", I "0802000145" "08ff8291", "DISCONNECT", "cr 1", 0, 0, false },
	{ "cause of one octet", I "0802000145" "080182", "DISCONNECT", "cr 1", 0, 0, false },
	{ "cause whose octets never end", I "0802000145" "0803020101", "DISCONNECT", "cr 1", 0, 0, false },
	{ "number without digits", I "0802000105" "6c0100", "SETUP", "cr 1 calling  (unknown plan 0)", 0, 0, false },
	{ "empty elements", I "0802000105" "0400080018001e0028006c0070001400", "SETUP", NULL, 0, 0, false },
	{ "unknown message", I "080200015b", NULL, "cr 1", 0, 0, false },
	{ "SERVICE as 4ess has it", I "030200000f" "0101c2" "1803a98387", "SERVICE", "cr 0 out of service chan 7 exclusive", 0, 0, false },
	{ "its answer", I "0302800007" "0101c0" "1803a98387", "SERVICE ACKNOWLEDGE", "cr 0 in service chan 7 exclusive", 0, 0, true },
	{ "SERVICE as ni2 has it", I "4302000007" "0101c1" "1801a9", "SERVICE", "cr 0 maintenance chan whole interface exclusive",
	  0, 0, false },
	{ "its answer", I "430280000f" "0101c4", "SERVICE ACKNOWLEDGE", "cr 0 status 4", 0, 0, true },
	{ "SERVICE without a status", I "030200000f" "0100", "SERVICE", "cr 0", 0, 0, false },
	{ "another message of maintenance, of no call", I "0302000c45" "08028291", NULL,
	  "cr 12 cause 17 (user busy) loc 2", 17, 2, false },
	{ "change status is nothing in a call", I "0802000c05" "0101c2", "SETUP", "cr 12", 0, 0, false },
};

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char text[Q931_DETAIL_MAX];
		uint8_t f[128];
		size_t n = hex(rows[i].frame, f);
		struct q931_msg m;

		if (!q931_read(f, n, &m, text))
			fail_msg("%s: not read", rows[i].why);
		if (rows[i].what)
			assert_string_equal(q931_msg_name(&m), rows[i].what);
		else
			assert_null(q931_msg_name(&m));
		if (m.pd != Q931_PD)
			assert_int_equal(m.cr, 0);
		if (rows[i].text)
			assert_string_equal(text, rows[i].text);
		assert_int_equal(m.cause, rows[i].cause);
		assert_int_equal(m.location, rows[i].location);
		assert_int_equal(m.flag, rows[i].flag);
		if (m.location_at)
			assert_int_equal(f[m.location_at] & 0x0f, rows[i].location);
	}
}

static void test_not_q931(void **state)
{
	static const struct { const char *why, *frame; } none[] = {
		{ "nothing", "" }, { "SABME", "00017f" }, { "RR", "00010101" },
		{ "I frame without information", I }, { "another protocol", I "0402000145" },
		{ "call reference of three octets", I "080300000145" },
		{ "cut in the call reference", I "080200" }, { "cut before the type", I "08020001" },
	};
	struct q931_msg m;
	uint8_t f[32];

	(void)state;
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		assert_false(q931_read(f, hex(none[i].frame, f), &m, NULL));
}

/* Whatever is cut off, nothing beyond the end is read: the frame is on the heap, to its exact length. */
static void test_cut(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t f[128];
		size_t n = hex(rows[i].frame, f);

		for (size_t cut = 0; cut <= n; cut++) {
			uint8_t *copy = test_malloc(cut ? cut : 1);
			char text[Q931_DETAIL_MAX];
			struct q931_msg m;

			memcpy(copy, f, cut);
			q931_read(copy, cut, &m, text);
			assert_true(strlen(text) < sizeof(text));
			test_free(copy);
		}
	}
}

static void test_repetitions(void **state)
{
	uint8_t f[8] = { 0, 1, 0, 0, 8, 0, 0x62, 0 };
	struct q921_seq seq = { 126 };

	(void)state;
	f[2] = 126 << 1;
	assert_true(q921_first(&seq, f, 7));
	assert_false(q921_first(&seq, f, 7));
	f[2] = (uint8_t)(127 << 1);
	assert_true(q921_first(&seq, f, 7));
	f[2] = 2;	/* N(S) 1 while 0 is expected: out of order, layer 2 drops it */
	assert_false(q921_first(&seq, f, 7));
	f[2] = 0;
	assert_true(q921_first(&seq, f, 7));
	assert_int_equal(q921_kind(f, 7), Q921_I);
	assert_int_equal(q921_kind((const uint8_t *)"\0\1\x7f", 3), Q921_RESET);	/* SABME with P */
	assert_int_equal(q921_kind((const uint8_t *)"\0\1\x73", 3), Q921_RESET);	/* UA with F */
	assert_int_equal(q921_kind((const uint8_t *)"\0\1\x1f", 3), Q921_RESET);	/* DM with F */
	assert_int_equal(q921_kind((const uint8_t *)"\2\1\x7f", 3), Q921_RESET);	/* from the other side */
	assert_int_equal(q921_kind((const uint8_t *)"\xe9\x7f\x7f\x7f", 4), Q921_OTHER);	/* for somebody else */
	assert_int_equal(q921_kind((const uint8_t *)"\0\3\0\0\x8", 5), Q921_OTHER);
	assert_int_equal(q921_kind((const uint8_t *)"\0\1\1\1", 4), Q921_OTHER);	/* RR */
	assert_int_equal(q921_kind((const uint8_t *)"\0\1\3", 3), Q921_OTHER);	/* UI */
}

static void test_words(void **state)
{
	(void)state;
	assert_string_equal(q850_name(17), "user busy");
	assert_null(q850_name(0));
	assert_null(q850_name(128));
	assert_null(q931_type_name(0xff));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows), cmocka_unit_test(test_not_q931), cmocka_unit_test(test_cut),
		cmocka_unit_test(test_repetitions), cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
