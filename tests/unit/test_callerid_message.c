/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages of caller ID as octets and digits: written out by hand here, whole, odd and broken. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "channels/sound/callerid_message.h"

static const struct {
	const char *why;
	enum cid_method method;
	const char *octets;	/* without the checksum; 0 as length: it is put in */
	size_t n;
	int err;
	struct callerid want;
} fsk[] = {
#define M(s) s, sizeof(s) - 1
	{ "GR-31: date and number", CID_BELL202, M("\x04\0" "09301224" "6095551212"), 0,
	  { .number = "6095551212", .month = 9, .day = 30, .hour = 12, .minute = 24, .single = true } },
	{ "GR-31: private", CID_BELL202, M("\x04\0" "01010000" "P"), 0, { .no_number = 'P', .month = 1, .day = 1, .single = true } },
	{ "GR-31: out of area", CID_BELL202, M("\x04\0" "12312359" "O"), 0,
	  { .no_number = 'O', .month = 12, .day = 31, .hour = 23, .minute = 59, .single = true } },
	{ "GR-31: a date alone", CID_BELL202, M("\x04\0" "12312359"), -EBADMSG, { 0 } },
	{ "GR-31: lamp on", CID_BELL202, M("\x06\0" "\x42\x42\x42"), 0,
	  { .message = CALLERID_MESSAGE_WAITING, .waiting = true, .single = true } },
	{ "GR-31: lamp neither on nor off", CID_BELL202, M("\x06\0" "\x41\x41\x41"), -EBADMSG, { 0 } },
	{ "GR-30: date, number, name", CID_BELL202, M("\x80\0\x01\x08" "02281530" "\x02\x0a" "2125551234" "\x07\x05" "SMITH"), 0,
	  { .number = "2125551234", .name = "SMITH", .month = 2, .day = 28, .hour = 15, .minute = 30 } },
	{ "GR-1188: dialable number in its place", CID_BELL202, M("\x80\0\x03\x0a" "2125551234"), 0, { .number = "2125551234" } },
	{ "EN 300 659-3: 3 is the called number", CID_V23, M("\x80\0\x03\x03" "123" "\x04\x01P"), 0, { .no_number = 'P' } },
	{ "a letter where the number is", CID_BELL202, M("\x80\0\x02\x01P\x07\x01O"), 0, { .no_number = 'P', .no_name = 'O' } },
	{ "international, payphone: not available", CID_V23, M("\x80\0\x04\x01" "I"), 0, { .no_number = 'O' } },
	{ "SIN 227: call type first", CID_V23, M("\x80\0\x11\x01\x01\x02\x0b" "02071838750"), 0, { .number = "02071838750" } },
	{ "SIN 227: messages wait", CID_V23, M("\x80\0\x11\x01\x81\x13\x01\x02"), 0,
	  { .message = CALLERID_MESSAGE_WAITING, .waiting = true, .messages = 2 } },
	{ "SIN 227: none waits any more", CID_V23, M("\x80\0\x11\x01\x81\x13\x01\0"), 0, { .message = CALLERID_MESSAGE_WAITING } },
	{ "lamp on", CID_V23, M("\x82\0\x0b\x01\xff"), 0, { .message = CALLERID_MESSAGE_WAITING, .waiting = true } },
	{ "redirecting number", CID_V23, M("\x80\0\x02\x03" "123\x15\x01\x03\x1a\x04" "4567"), 0,
	  { .number = "123", .redirecting = "4567" } },
	{ "unknown parameters are passed over", CID_V23, M("\x80\0\xe0\x02xx\x02\x01" "7\x50\x03" "abc"), 0, { .number = "7" } },
	{ "ISO 8859-1", CID_V23, M("\x80\0\x07\x04" "J\xfcrg"), 0, { .name = "J\303\274rg" } },
	{ "UTF-8 that a gateway sent", CID_V23, M("\x80\0\x07\x05" "J\xc3\xbcrg"), 0, { .name = "J\303\274rg" } },
	{ "controls in a name", CID_V23, M("\x80\0\x07\x09" "\x1b[2Ja\r\nb "), 0, { .name = "[2Ja  b" } },
	{ "a name's blanks at its ends", CID_BELL202, M("\x80\0\x07\x06" "  AB  "), 0, { .name = "AB" } },
	{ "a number with dashes", CID_BELL202, M("\x80\0\x02\x0c" "(212)555-123"), 0, { .number = "212555123" } },
	{ "plus", CID_V23, M("\x80\0\x02\x04+4+9"), 0, { .number = "+49" } },
	{ "a number that is none", CID_V23, M("\x80\0\x02\x04" "\xff\x01;'"), 0, { .no_number = 'O' } },
	{ "32 digits are cut at 31", CID_V23, M("\x80\0\x02\x20" "12345678901234567890123456789012"), 0,
	  { .number = "1234567890123456789012345678901" } },
	{ "the 32nd letter of two octets is not halved", CID_V23,
	  M("\x80\0\x07\x22" "a\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9"
	    "\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9"), 0,
	  { .name = "a\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251"
		    "\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251"
		    "\303\251\303\251\303\251\303\251\303\251" } },
	{ "month 13", CID_V23, M("\x80\0\x01\x08" "13010000\x02\x01" "1"), 0, { .number = "1" } },
	{ "a date of letters", CID_V23, M("\x80\0\x01\x08" "0a010000\x02\x01" "1"), 0, { .number = "1" } },
	{ "a date too short", CID_V23, M("\x80\0\x01\x04" "0101\x02\x01" "1"), 0, { .number = "1" } },
	{ "a parameter longer than the message", CID_V23, M("\x80\0\x02\x05" "1234"), -EBADMSG, { 0 } },
	{ "a type with no length", CID_V23, M("\x80\0\x02\x01" "1\x07"), -EBADMSG, { 0 } },
	{ "empty", CID_V23, M("\x80\0"), 0, { 0 } },
	{ "SMS", CID_V23, M("\x89\0\x01\x02"), -ENOMSG, { 0 } },
	{ "a type nobody has", CID_V23, M("\x81\0\x02\x01" "1"), -EBADMSG, { 0 } },
#undef M
};

static bool same(const struct callerid *a, const struct callerid *b)
{
	return a->message == b->message && a->method == b->method && a->single == b->single && a->waiting == b->waiting &&
	       a->messages == b->messages && !strcmp(a->number, b->number) && !strcmp(a->name, b->name) &&
	       !strcmp(a->redirecting, b->redirecting) && a->no_number == b->no_number && a->no_name == b->no_name &&
	       a->month == b->month && a->day == b->day && a->hour == b->hour && a->minute == b->minute &&
	       a->dtmf_start == b->dtmf_start && a->dtmf_end == b->dtmf_end && a->call_waiting == b->call_waiting;
}

static void messages(void **state)
{
	(void)state;
	for (unsigned i = 0; i < sizeof(fsk) / sizeof(fsk[0]); i++) {
		struct callerid got = { .number = "untouched" }, want = fsk[i].want;
		uint8_t octets[300], sum = 0;
		size_t n = fsk[i].n;

		memcpy(octets, fsk[i].octets, n);
		octets[1] = (uint8_t)(n - 2);
		for (size_t k = 0; k < n; k++)
			sum = (uint8_t)(sum + octets[k]);
		octets[n] = (uint8_t)-sum;
		want.method = fsk[i].method;
		if (callerid_fsk_parse(octets, n + 1, fsk[i].method, &got) != fsk[i].err)
			fail_msg("%s: not as it should end", fsk[i].why);
		if (fsk[i].err)
			assert_string_equal(got.number, "untouched");
		else if (!same(&got, &want))
			fail_msg("%s: number \"%s\" %c name \"%s\" %c redirecting \"%s\"", fsk[i].why, got.number,
				 got.no_number ? got.no_number : '-', got.name, got.no_name ? got.no_name : '-',
				 got.redirecting);
		octets[n]++;
		assert_int_equal(callerid_fsk_parse(octets, n + 1, fsk[i].method, &got), -EBADMSG);
		for (size_t cut = 0; cut <= n; cut++)
			assert_int_equal(callerid_fsk_parse(octets, cut, fsk[i].method, &got), -EBADMSG);
	}
}

/* The example of GR-31 as it goes out, checksum and all. */
static void example(void **state)
{
	static const struct callerid c = { .number = "6095551212", .month = 9, .day = 30, .hour = 12, .minute = 24, .single = true };
	uint8_t octets[CALLERID_OCTETS_MAX];

	(void)state;
	assert_int_equal(callerid_fsk_octets(&c, CID_BELL202, octets, sizeof(octets)), 21);
	assert_memory_equal(octets, "\x04\x12" "09301224" "6095551212" "\x51", 21);
	assert_int_equal(callerid_fsk_octets(&c, CID_BELL202, octets, 20), -EINVAL);
}

static const struct {
	const char *why, *digits;
	int err;
	struct callerid want;
} dtmf[] = {
	{ "EN 300 659-1", "A4512345678C", 0, { .number = "4512345678", .dtmf_start = 'A', .dtmf_end = 'C' } },
	{ "sent on", "A123D456C", 0, { .number = "123", .redirecting = "456", .dtmf_start = 'A', .dtmf_end = 'C' } },
	{ "a number and a reason: the number counts", "A123B00C", 0, { .number = "123", .dtmf_start = 'A', .dtmf_end = 'C' } },
	{ "not available", "B00C", 0, { .no_number = 'O', .dtmf_end = 'C' } },
	{ "withheld", "B10C", 0, { .no_number = 'P', .dtmf_end = 'C' } },
	{ "withheld, sent on", "D456B10C", 0, { .no_number = 'P', .redirecting = "456", .dtmf_end = 'C' } },
	{ "Denmark", "A4512345678#", 0, { .number = "4512345678", .dtmf_start = 'A', .dtmf_end = '#' } },
	{ "Denmark, withheld", "D1#", 0, { .no_number = 'P', .dtmf_start = 'D', .dtmf_end = '#' } },
	{ "Denmark, international", "D2#", 0, { .no_number = 'O', .dtmf_start = 'D', .dtmf_end = '#' } },
	{ "Denmark, technical", "D3#", 0, { .no_number = 'O', .dtmf_start = 'D', .dtmf_end = '#' } },
	{ "no such reason", "D4#", -EBADMSG, { 0 } },
	{ "Taiwan", "D0223456789C", 0, { .number = "0223456789", .dtmf_start = 'D', .dtmf_end = 'C' } },
	{ "no start digit", "0612345678#", 0, { .number = "0612345678", .dtmf_end = '#' } },
	{ "a service code that somebody dials", "*21#", -EBADMSG, { 0 } },
	{ "too short for a number", "12#", -EBADMSG, { 0 } },
	{ "no end digit", "A123", -EBADMSG, { 0 } },
	{ "no digits", "AC", -EBADMSG, { 0 } },
	{ "a wrong reason", "B23C", -EBADMSG, { 0 } },
	{ "two numbers", "A12A34C", -EBADMSG, { 0 } },
	{ "a star within", "A12*4C", -EBADMSG, { 0 } },
	{ "an end within", "A12#4C", -EBADMSG, { 0 } },
	{ "nothing", "", -EBADMSG, { 0 } },
	{ "an end alone", "C", -EBADMSG, { 0 } },
	{ "40 digits are cut at 31", "A1234567890123456789012345678901234567890C", 0,
	  { .number = "1234567890123456789012345678901", .dtmf_start = 'A', .dtmf_end = 'C' } },
};

static void digits(void **state)
{
	(void)state;
	for (unsigned i = 0; i < sizeof(dtmf) / sizeof(dtmf[0]); i++) {
		struct callerid got = { .number = "untouched" }, want = dtmf[i].want;

		want.method = CID_DTMF;
		if (callerid_dtmf_parse(dtmf[i].digits, strlen(dtmf[i].digits), &got) != dtmf[i].err)
			fail_msg("%s: not as it should end", dtmf[i].why);
		if (dtmf[i].err)
			assert_string_equal(got.number, "untouched");
		else if (!same(&got, &want))
			fail_msg("%s: number \"%s\" redirecting \"%s\"", dtmf[i].why, got.number, got.redirecting);
	}
}

/* What goes to the line of names that it has no letters for. */
static void names(void **state)
{
	static const struct { const char *utf8, *ascii, *latin1; } rows[] = {
		{ "Ren\303\251 \303\226st", "Rene Ost", "Ren\xe9 \xd6st" },
		{ "\305\201\303\263d\305\272", "?od?", "?\xf3" "d?" },		/* letters that ISO 8859-1 does not have */
		{ "\346\235\261\344\272\254", "??", "??" },
		{ "a\tb\303", "a?b?", "a?b?" },				/* a control, and half a letter */
		{ "\300\200\355\240\200", "?????", "?????" },			/* overlong, and a surrogate: octet by octet */
	};
	uint8_t out[50];

	(void)state;
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(callerid_name_to_latin1(rows[i].utf8, true, out, sizeof(out)), strlen(rows[i].ascii));
		assert_memory_equal(out, rows[i].ascii, strlen(rows[i].ascii));
		assert_int_equal(callerid_name_to_latin1(rows[i].utf8, false, out, sizeof(out)), strlen(rows[i].latin1));
		assert_memory_equal(out, rows[i].latin1, strlen(rows[i].latin1));
	}
	assert_int_equal(callerid_name_to_latin1("abcdef", true, out, 4), 4);
}

/* What is too long is cut at what the standards allow, and the message stays whole. */
static void cut_to_fit(void **state)
{
	static const struct callerid c = { .number = "1234567890123456789012345",
					   .name = "A name with very many letters, so that it fits nowhere at all",
					   .redirecting = "9876543210987654321098" };
	static const struct { enum cid_method method; size_t name; } rows[] = { { CID_BELL202, 15 }, { CID_V23, 50 }, { CID_NTT, 20 } };
	uint8_t octets[CALLERID_OCTETS_MAX + 64];
	struct callerid got;
	char text[CALLERID_DTMF_MAX + 1];
	int n;

	(void)state;
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].method == CID_NTT) {
			n = callerid_ntt_octets(&c, octets, sizeof(octets));
			assert_int_equal(callerid_ntt_parse(octets, (size_t)n, &got), 0);
		} else {
			n = callerid_fsk_octets(&c, rows[i].method, octets, sizeof(octets));
			assert_int_equal(callerid_fsk_parse(octets, (size_t)n, rows[i].method, &got), 0);
		}
		assert_string_equal(got.number, "12345678901234567890");
		assert_int_equal(strlen(got.name), rows[i].name);
		assert_memory_equal(got.name, c.name, rows[i].name);
	}
	n = callerid_dtmf_string(&c, text, sizeof(text));
	assert_string_equal(text, "A12345678901234567890D98765432109876543210C");
	assert_int_equal(n, strlen(text));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages), cmocka_unit_test(example), cmocka_unit_test(digits),
		cmocka_unit_test(names),    cmocka_unit_test(cut_to_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
