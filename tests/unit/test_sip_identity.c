/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who calls whom, and why a call ended: headers in, struct out, and back; a row a case. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <sofia-sip/msg.h>
#include <sofia-sip/sip.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_protos.h>
#include <sofia-sip/su.h>
#include <sofia-sip/url.h>

#include "gateway/sip/identity.h"
#include "gateway/sip/reason.h"

static msg_t *invite(const char *uri, const char *from, const char *headers)
{
	char text[4096];
	int n = snprintf(text, sizeof(text),
			 "INVITE %s SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.7;branch=z9hG4bKa\r\nFrom: %s;tag=1\r\n"
			 "To: <sip:x@192.0.2.1>\r\nCall-ID: a\r\nCSeq: 1 INVITE\r\n%sContent-Length: 0\r\n\r\n",
			 uri, from, headers);

	return msg_make(sip_default_mclass(), 0, text, n);
}

/* --- URIs ------------------------------------------------------------------------------------- */

static const struct {
	const char *why, *uri, *digits;
	int ton;
} uris[] = {
	{ "E.164", "sip:+442071838750@192.0.2.1", "442071838750", TON_INTERNATIONAL },
	{ "national", "sip:02071838750@192.0.2.1", "02071838750", TON_UNKNOWN },
	{ "an extension", "sip:8750@192.0.2.1;user=phone", "8750", TON_UNKNOWN },
	{ "user parameters", "sip:+442071838750;phone-context=example.com;cpc=x@192.0.2.1", "442071838750", TON_INTERNATIONAL },
	{ "separators", "sip:+44-(20).7183.8750@192.0.2.1", "442071838750", TON_INTERNATIONAL },
	{ "tel", "tel:+44-20-7183-8750", "442071838750", TON_INTERNATIONAL },
	{ "tel, local", "tel:8750;phone-context=example.com", "8750", TON_UNKNOWN },
	{ "star", "sip:*57@192.0.2.1", "*57", TON_UNKNOWN },
	{ "hash, escaped", "sip:%2357@192.0.2.1", "#57", TON_UNKNOWN },
	{ "plus, escaped", "sip:%2b442071838750@192.0.2.1", "442071838750", TON_INTERNATIONAL },
	{ "a name keeps its dots", "sip:front.desk@192.0.2.1", "front.desk", TON_UNKNOWN },
	{ "a password is no digit", "sip:8750:secret@192.0.2.1", "8750", TON_UNKNOWN },
	{ "no user", "sip:192.0.2.1", "", TON_UNKNOWN },
	{ "a control character in disguise", "sip:87%0d%0a50@192.0.2.1", "", TON_UNKNOWN },
	{ "64 digits are one too many",
	  "sip:1234567890123456789012345678901234567890123456789012345678901234@192.0.2.1", "", TON_UNKNOWN },
	{ "63 digits fit", "sip:123456789012345678901234567890123456789012345678901234567890123@192.0.2.1",
	  "123456789012345678901234567890123456789012345678901234567890123", TON_UNKNOWN },
};

static void test_uris(void **state)
{
	su_home_t *home = su_home_new(sizeof(*home));
	struct leg_number n;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(uris) / sizeof(*uris); i++) {
		url_t *u = url_hdup(home, URL_STRING_MAKE(uris[i].uri)->us_url);

		assert_non_null(u);
		assert_int_equal(identity_number(u, &n), 0);
		if (strcmp(n.digits, uris[i].digits) != 0 || n.ton != uris[i].ton)
			fail_msg("%s: '%s' type %d", uris[i].why, n.digits, n.ton);
	}
	assert_int_equal(identity_number(url_hdup(home, URL_STRING_MAKE("http://192.0.2.1/")->us_url), &n), -22);
	su_home_unref(home);
}

static void test_uri_out(void **state)
{
	static const struct {
		struct leg_number n;
		const char *uri;
	} rows[] = {
		{ { .digits = "442071838750", .ton = TON_INTERNATIONAL }, "sip:+442071838750@h" },
		{ { .digits = "02071838750" }, "sip:02071838750@h" },
		{ { .digits = "*57#" }, "sip:*57%23@h" },
		{ { .digits = "a b@c" }, "sip:a%20b%40c@h" },
		{ { .digits = "" }, "sip:h" },
	};
	char out[IDENTITY_URI_MAX];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		identity_uri(&rows[i].n, "h", out);
		assert_string_equal(out, rows[i].uri);
	}
}

/* --- Calling and redirecting ------------------------------------------------------------------ */

struct calling {
	const char *why, *from, *headers;
	bool trust;
	const char *digits, *name;
	int presentation, screening;
};

static const struct calling callings[] = {
	{ "From", "\"Front Desk\" <sip:+442071838750@h>", "", true, "442071838750", "Front Desk", PRES_ALLOWED, SCREEN_NONE },
	{ "From, a token for a name", "Desk <sip:8750@h>", "", false, "8750", "Desk", PRES_ALLOWED, SCREEN_NONE },
	{ "quotes in a name", "\"The \\\"Desk\\\"\" <sip:8750@h>", "", false, "8750", "The \"Desk\"", PRES_ALLOWED,
	  SCREEN_NONE },
	{ "P-Asserted-Identity of a peer that is trusted", "<sip:1@h>", "P-Asserted-Identity: \"D\" <sip:+442071838750@h>\r\n",
	  true, "442071838750", "D", PRES_ALLOWED, SCREEN_PASSED },
	{ "P-Asserted-Identity of one that is not", "<sip:1@h>", "P-Asserted-Identity: \"D\" <sip:+442071838750@h>\r\n", false,
	  "1", "", PRES_ALLOWED, SCREEN_NONE },
	{ "two values, the first has no number", "<sip:1@h>", "P-Asserted-Identity: \"D, E\" <sip:h>, <tel:+442071838750>\r\n",
	  true, "442071838750", "D, E", PRES_ALLOWED, SCREEN_PASSED },
	{ "a name asserted before the number", "<sip:1@h>", "P-Asserted-Identity: \"A\" <sip:alice@h>, <tel:+442071838750>\r\n",
	  true, "442071838750", "A", PRES_ALLOWED, SCREEN_PASSED },
	{ "and behind it", "<sip:1@h>", "P-Asserted-Identity: <tel:+442071838750>\r\nP-Asserted-Identity: \"A\" <sip:alice@h>\r\n",
	  true, "442071838750", "A", PRES_ALLOWED, SCREEN_PASSED },
	{ "Privacy: id", "\"D\" <sip:+442071838750@h>", "Privacy: id\r\n", false, "442071838750", "D", PRES_RESTRICTED,
	  SCREEN_NONE },
	{ "Privacy: none", "<sip:8750@h>", "Privacy: none\r\n", false, "8750", "", PRES_ALLOWED, SCREEN_NONE },
	{ "anonymous", "\"Anonymous\" <sip:anonymous@anonymous.invalid>", "", true, "", "", PRES_RESTRICTED, SCREEN_NONE },
	{ "anonymous, but the network knows", "\"Anonymous\" <sip:anonymous@anonymous.invalid>",
	  "P-Asserted-Identity: <tel:+442071838750>\r\nPrivacy: id;critical\r\n", true, "442071838750", "", PRES_RESTRICTED,
	  SCREEN_PASSED },
	{ "no number", "<sip:h>", "", true, "", "", PRES_UNAVAILABLE, SCREEN_NONE },
	{ "a name in UTF-8", "\"J\xc3\xb6rg \xe2\x82\xac\" <sip:1@h>", "", true, "1", "J\xc3\xb6rg \xe2\x82\xac", PRES_ALLOWED, SCREEN_NONE },
	{ "a name in ISO 8859-1", "\"J\xf6rg \xc5\" <sip:1@h>", "", true, "1", "J\xc3\xb6rg \xc3\x85", PRES_ALLOWED, SCREEN_NONE },
	{ "no number, as others write it", "\"Unavailable\" <sip:unavailable@unknown.invalid>", "", true, "", "", PRES_UNAVAILABLE, SCREEN_NONE },
	{ "nor so", "<sip:Unavailable@192.0.2.7>", "", false, "", "", PRES_UNAVAILABLE, SCREEN_NONE },
	{ "no number in From, one asserted", "<sip:unavailable@unknown.invalid>", "P-Asserted-Identity: <tel:+442071838750>\r\n", true,
	  "442071838750", "", PRES_ALLOWED, SCREEN_PASSED },
	{ "Remote-Party-ID", "<sip:1@h>", "Remote-Party-ID: \"D\" <sip:+442071838750@h>;party=calling;screen=yes;privacy=off\r\n", true,
	  "442071838750", "D", PRES_ALLOWED, SCREEN_PASSED },
	{ "Remote-Party-ID, hidden, not screened", "\"Anonymous\" <sip:anonymous@anonymous.invalid>",
	  "Remote-Party-ID: \"D\" <sip:+442071838750@h>;privacy=full;screen=no\r\n", true, "442071838750", "D", PRES_RESTRICTED,
	  SCREEN_NONE },
	{ "Remote-Party-ID of another party", "<sip:1@h>", "Remote-Party-ID: <sip:2@h>;party=called;privacy=full\r\n", true, "1", "",
	  PRES_ALLOWED, SCREEN_NONE },
	{ "Remote-Party-ID of a stranger: he may hide", "<sip:1@h>", "Remote-Party-ID: <sip:2@h>;privacy=full\r\n", false, "1", "",
	  PRES_RESTRICTED, SCREEN_NONE },
	{ "both: P-Asserted-Identity", "<sip:1@h>", "Remote-Party-ID: <sip:3@h>;screen=no\r\nP-Asserted-Identity: <sip:2@h>\r\n", true,
	  "2", "", PRES_ALLOWED, SCREEN_PASSED },
	{ "garbage asserted", "<sip:1@h>", "P-Asserted-Identity: <<<,\"\r\n", true, "1", "", PRES_ALLOWED, SCREEN_NONE },
};

static void test_calling(void **state)
{
	struct leg_offer o;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(callings) / sizeof(*callings); i++) {
		const struct calling *c = &callings[i];
		msg_t *m = invite("sip:+442079460100@192.0.2.1", c->from, c->headers);

		memset(&o, 0, sizeof(o));
		assert_non_null(m);
		assert_non_null(sip_object(m)->sip_from);
		assert_int_equal(identity_read(sip_object(m), c->trust, &o), 0);
		if (strcmp(o.calling.digits, c->digits) != 0 || strcmp(o.calling_name, c->name) != 0 ||
		    o.calling.presentation != c->presentation || o.calling.screening != c->screening)
			fail_msg("%s: '%s' name '%s' presentation %d screening %d", c->why, o.calling.digits, o.calling_name,
				 o.calling.presentation, o.calling.screening);
		assert_string_equal(o.called.digits, "442079460100");
		msg_destroy(m);
	}
}

static void test_long_name(void **state)
{
	char from[600] = "\"", *p = from + 1;
	struct leg_offer o = { 0 };
	msg_t *m;
	int i;

	(void)state;
	*p++ = 'x';
	for (i = 0; i < 100; i++) {	/* two octets each: the cut would fall in the middle of one */
		*p++ = (char)0xc3;
		*p++ = (char)0xa9;
	}
	strcpy(p, "\" <sip:1@h>");
	m = invite("sip:2@h", from, "");
	assert_int_equal(identity_read(sip_object(m), false, &o), 0);
	assert_int_equal(strlen(o.calling_name), LEG_NAME_MAX - 1);
	assert_int_equal((unsigned char)o.calling_name[LEG_NAME_MAX - 2], 0xa9);
	msg_destroy(m);
}

/* What is asserted is the network's number, From what the caller says; subaddress and user-user information beside. */
static void test_two_numbers(void **state)
{
	msg_t *m = invite("sip:+442079460100;isub=7@192.0.2.1", "<sip:+442071838799@h>",
			  "P-Asserted-Identity: <sip:+442071838750;isub=42@h>\r\nUser-to-User: 0400;encoding=hex\r\n");
	struct leg_offer o = { 0 };

	(void)state;
	assert_int_equal(identity_read(sip_object(m), true, &o), 0);
	assert_string_equal(o.calling.digits, "442071838750");
	assert_string_equal(o.calling_user.digits, "442071838799");
	assert_int_equal(o.calling_user.screening, SCREEN_NONE);
	assert_int_equal(o.calling_sub.len, 3);
	assert_memory_equal(o.calling_sub.octets, "P42", 3);
	assert_memory_equal(o.called_sub.octets, "P7", 2);
	assert_int_equal(o.uui.len, 2);
	memset(&o, 0, sizeof(o));
	assert_int_equal(identity_read(sip_object(m), false, &o), 0);	/* not trusted: From alone */
	assert_string_equal(o.calling.digits, "442071838799");
	assert_string_equal(o.calling_user.digits, "");
	msg_destroy(m);
	m = invite("sip:+442079460100@192.0.2.1", "<sip:+442071838799@h>",	/* who hides one hides both */
		   "P-Asserted-Identity: <sip:+442071838750@h>\r\nPrivacy: user;id\r\n");
	memset(&o, 0, sizeof(o));
	assert_int_equal(identity_read(sip_object(m), true, &o), 0);
	assert_int_equal(o.calling.presentation, PRES_RESTRICTED);
	assert_string_equal(o.calling_user.digits, "442071838799");
	assert_int_equal(o.calling_user.presentation, PRES_RESTRICTED);
	msg_destroy(m);
	m = invite("sip:+442079460100@192.0.2.1", "<sip:+442071838750@h>", "P-Asserted-Identity: <sip:+442071838750@h>\r\n");
	memset(&o, 0, sizeof(o));
	assert_int_equal(identity_read(sip_object(m), true, &o), 0);
	assert_string_equal(o.calling_user.digits, "");
	msg_destroy(m);
}

static void test_write(void **state)
{
	static const struct {
		const char *why;
		struct leg_offer o;
		bool trust;
		const char *from, *pai, *privacy;
	} rows[] = {
		{ "plain", { .calling = { .digits = "441", .ton = TON_INTERNATIONAL }, .calling_name = "A \"B\"" }, false,
		  "\"A \\\"B\\\"\" <sip:+441@h>", "", "" },
		{ "trusted", { .calling = { .digits = "441", .ton = TON_INTERNATIONAL } }, true, "<sip:+441@h>", "<sip:+441@h>",
		  "" },
		{ "restricted", { .calling = { .digits = "1", .presentation = PRES_RESTRICTED }, .calling_name = "A" }, false,
		  "\"Anonymous\" <sip:anonymous@anonymous.invalid>", "", "id" },
		{ "restricted, trusted", { .calling = { .digits = "1", .presentation = PRES_RESTRICTED }, .calling_name = "A" },
		  true, "\"Anonymous\" <sip:anonymous@anonymous.invalid>", "\"A\" <sip:1@h>", "id" },
		{ "not available", { .calling = { .presentation = PRES_UNAVAILABLE }, .calling_name = "A" }, true,
		  "\"A\" <sip:unavailable@unknown.invalid>", "", "" },
		{ "screened and failed: not asserted",
		  { .calling = { .digits = "441", .ton = TON_INTERNATIONAL, .screening = SCREEN_FAILED } }, true, "<sip:+441@h>", "", "" },
		{ "network provided", { .calling = { .digits = "441", .ton = TON_INTERNATIONAL, .screening = SCREEN_NETWORK } }, true,
		  "<sip:+441@h>", "<sip:+441@h>", "" },
		{ "a second number: From is what the caller says",
		  { .calling = { .digits = "441", .ton = TON_INTERNATIONAL }, .calling_user = { .digits = "442", .ton = TON_INTERNATIONAL } },
		  true, "<sip:+442@h>", "<sip:+441@h>", "" },
		{ "a second number that is restricted",
		  { .calling = { .digits = "441", .ton = TON_INTERNATIONAL },
		    .calling_user = { .digits = "442", .presentation = PRES_RESTRICTED } },
		  true, "\"Anonymous\" <sip:anonymous@anonymous.invalid>", "<sip:+441@h>", "" },
		{ "a second number, both hidden",
		  { .calling = { .digits = "441", .presentation = PRES_RESTRICTED }, .calling_user = { .digits = "442" } },
		  true, "\"Anonymous\" <sip:anonymous@anonymous.invalid>", "<sip:441@h>", "id" },
		{ "a subaddress",
		  { .calling = { .digits = "441", .ton = TON_INTERNATIONAL }, .calling_sub = { SUB_NSAP, false, 3, { 0x50, '1', '2' } } },
		  true, "<sip:+441;isub=12;isub-encoding=nsap-ia5@h>", "<sip:+441;isub=12;isub-encoding=nsap-ia5@h>", "" },
	};
	struct identity_headers h;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		identity_write(&rows[i].o, "h", rows[i].trust, &h);
		if (strcmp(h.from, rows[i].from) || strcmp(h.pai, rows[i].pai) || strcmp(h.privacy, rows[i].privacy))
			fail_msg("%s: From %s PAI %s Privacy %s", rows[i].why, h.from, h.pai, h.privacy);
	}
}

/* --- Reason ----------------------------------------------------------------------------------- */

static void test_reason(void **state)
{
	static const struct {
		const char *why, *value;
		int status, q850;
		const char *text;
	} rows[] = {
		{ "BYE with no Reason", NULL, 0, 16, "" },
		{ "BYE with a cause", "Q.850;cause=41;text=\"line lost\"", 0, 41, "line lost" },
		{ "a cause wins over the status", "Q.850;cause=34", 486, 34, "" },
		{ "no Reason: the table", NULL, 486, 17, "" },
		{ "SIP first, then the cause", "SIP;cause=600;text=\"x\", Q.850;cause=17;text=\"busy\"", 503, 17, "busy" },
		{ "CANCEL: completed elsewhere", "SIP;cause=200;text=\"Call completed elsewhere\"", 0, 26,
		  "Call completed elsewhere" },
		{ "a SIP reason does not beat a status", "SIP;cause=600", 404, 1, "" },
		{ "cause out of range", "Q.850;cause=128", 0, 16, "" },
		{ "cause 0", "Q.850;cause=0", 0, 16, "" },
		{ "cause no number", "Q.850;cause=17x", 0, 16, "" },
		{ "another protocol", "X;cause=17", 0, 16, "" },
		{ "quotes", "Q.850;cause=17;text=\"a \\\"b\\\"\"", 0, 17, "a \"b\"" },
	};
	su_home_t *home = su_home_new(sizeof(*home));
	struct leg_cause c;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		sip_reason_t *r = rows[i].value ? sip_reason_make(home, rows[i].value) : NULL;

		reason_read(r, rows[i].status, &c);
		if (c.q850 != rows[i].q850 || c.sip != rows[i].status || strcmp(c.text, rows[i].text) != 0)
			fail_msg("%s: cause %d text '%s'", rows[i].why, c.q850, c.text);
	}
	su_home_unref(home);
}

/* What is written is read back the same, whatever the text. */
static void test_reason_round_trip(void **state)
{
	su_home_t *home = su_home_new(sizeof(*home));
	struct leg_cause in, out;
	char text[REASON_MAX];
	int c;

	(void)state;
	for (c = 1; c <= 127; c++) {
		reason_own(&in, c, c % 2 ? "a \"quoted\" back\\slash" : "line\r\nInjected: yes");
		reason_write(&in, text);
		assert_null(strpbrk(text, "\r\n"));
		reason_read(sip_reason_make(home, text), 0, &out);
		assert_int_equal(out.q850, c);
		assert_string_equal(out.text, c % 2 ? "a \"quoted\" back\\slash" : "line  Injected: yes");
	}
	memset(in.text, '"', sizeof(in.text) - 1);	/* each becomes two */
	reason_write(&in, text);
	assert_true(strlen(text) < REASON_MAX);
	reason_read(sip_reason_make(home, text), 0, &out);
	assert_int_equal(out.q850, 127);
	su_home_unref(home);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_uris),	  cmocka_unit_test(test_uri_out), cmocka_unit_test(test_calling),
		cmocka_unit_test(test_long_name), cmocka_unit_test(test_two_numbers), cmocka_unit_test(test_write),
		cmocka_unit_test(test_reason),	  cmocka_unit_test(test_reason_round_trip),
	};

	su_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
