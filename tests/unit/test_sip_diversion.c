/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Redirections in Diversion and History-Info, user-to-user information and subaddresses: headers in, struct out, and
 * back; a row a case. */
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

#include "gateway/sip/diversion.h"
#include "gateway/sip/isdn.h"

static msg_t *invite(const char *headers)
{
	char text[8192];
	int n = snprintf(text, sizeof(text),
			 "INVITE sip:2@h SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.7;branch=z9hG4bKa\r\nFrom: <sip:1@h>;tag=1\r\n"
			 "To: <sip:x@192.0.2.1>\r\nCall-ID: a\r\nCSeq: 1 INVITE\r\n%sContent-Length: 0\r\n\r\n", headers);

	return msg_make(sip_default_mclass(), 0, text, n);
}

/* --- Reading ---------------------------------------------------------------------------------- */

#define HI(...) "History-Info: " __VA_ARGS__ "\r\n"

static const struct {
	const char *why, *headers, *digits;
	int reason, count, presentation;
	const char *original;
	int original_reason;
} readings[] = {
	{ "none", "", "", 0, 0, 0, "", 0 },
	{ "one", "Diversion: <sip:+442071838750@h>;reason=user-busy\r\n", "442071838750", 1, 1, 0, "", 0 },
	{ "counter", "Diversion: <sip:1@h>;reason=no-answer;counter=3\r\n", "1", 2, 3, 0, "1", 2 },
	{ "unconditional, private", "Diversion: \"x\" <tel:+441>;reason=unconditional;privacy=full\r\n", "441", 15, 1,
	  PRES_RESTRICTED, "", 0 },
	{ "the topmost is the latest", "Diversion: <sip:2@h>;reason=deflection\r\nDiversion: <sip:1@h>;reason=user-busy\r\n",
	  "2", 4, 2, 0, "1", 1 },
	{ "in one header", "Diversion: <sip:2@h>;reason=\"follow-me\",<sip:1@h>\r\n", "2", 10, 2, 0, "1", 0 },
	{ "unknown reason", "Diversion: <sip:2@h>;reason=whatever\r\n", "2", 0, 1, 0, "", 0 },
	{ "a counter that is none", "Diversion: <sip:2@h>;counter=-7\r\n", "2", 0, 1, 0, "", 0 },
	{ "counters without end", "Diversion: <sip:2@h>;counter=255,<sip:1@h>;counter=255\r\n", "2", 0, 255, 0, "1", 0 },
	{ "history: nothing happened", HI("<sip:2@h>;index=1"), "", 0, 0, 0, "", 0 },
	{ "history: a proxy changed the host", HI("<sip:2@h>;index=1,<sip:2@i>;index=1.1;rc=1"), "", 0, 0, 0, "", 0 },
	{ "history: unconditional", HI("<sip:+441@h>;index=1,<sip:2@h;cause=302>;index=1.1;mp=1"), "441", 15, 1, 0, "", 0 },
	{ "history: busy, then no answer",
	  HI("<sip:+441@h>;index=1,<sip:+442@h;cause=486>;index=1.1;mp=1,<sip:3@h;cause=408>;index=1.1.1;mp=1.1"), "442", 2, 2, 0,
	  "441", 1 },
	{ "history: in two headers",
	  HI("<sip:+441@h>;index=1,<sip:+442@h;cause=486>;index=1.1;mp=1") HI("<sip:3@h;cause=408>;index=1.1.1;mp=1.1"), "442", 2, 2,
	  0, "441", 1 },
	{ "history: the entry that it names, not the one before",
	  HI("<sip:+441@h>;index=1,<sip:9@h>;index=1.1;rc=1,<sip:2@h;cause=480>;index=1.2;mp=1"), "441", 4, 1, 0, "", 0 },
	{ "history: a cause without mp", HI("<sip:+441@h>;index=1,<sip:2@h;user=phone;cause=503>;index=1.1"), "441", 9, 1, 0, "", 0 },
	{ "history: mapped, no cause", HI("<sip:+441@h>;index=1,<sip:2@h>;index=1.1;mp=1"), "441", 0, 1, 0, "", 0 },
	{ "history: mapped, with the Reason of why",
	  HI("<sip:+441@h?Reason=SIP%3Bcause%3D486>;index=1,<sip:2@h>;index=1.1;mp=1"), "441", 1, 1, 0, "", 0 },
	{ "history: RFC 4244, Reason alone", HI("<sip:+441@h?Reason=SIP%3Bcause%3D302>;index=1,<sip:2@h>;index=1.1"), "441", 15, 1, 0,
	  "", 0 },
	{ "history: a 404 that was tried elsewhere is counted", HI("<sip:+441@h?Reason=SIP%3Bcause%3D404>;index=1,<sip:2@h>;index=1.1"),
	  "441", 0, 1, 0, "", 0 },
	{ "history: private", HI("<sip:+441@h?Privacy=history>;index=1,<sip:2@h;cause=302>;index=1.1;mp=1"), "441", 15, 1,
	  PRES_RESTRICTED, "", 0 },
	{ "history: private among other values, escaped", HI("<sip:+441@h?Reason=SIP%3Bcause%3D302&Privacy=id%3BHistory>;index=1,"
	     "<sip:2@h;cause=302>;index=1.1;mp=1"), "441", 15, 1, PRES_RESTRICTED, "", 0 },
	{ "history: another value hides nothing", HI("<sip:+441@h?Privacy=none&x=history>;index=1,<sip:2@h;cause=302>;index=1.1;mp=1"), "441",
	  15, 1, 0, "", 0 },
	{ "history: all private, by the message", "Privacy: id;history\r\n" HI("<sip:+441@h>;index=1,<sip:2@h;cause=302>;index=1.1;mp=1"),
	  "441", 15, 1, PRES_RESTRICTED, "", 0 },
	{ "history: all private, by its session", "Privacy: session\r\n" HI("<sip:+441@h>;index=1,<sip:2@h;cause=302>;index=1.1;mp=1"),
	  "441", 15, 1, PRES_RESTRICTED, "", 0 },
	{ "history: the caller's own privacy is not the diverter's", "Privacy: id\r\n" HI("<sip:+441@h>;index=1,<sip:2@h;cause=302>;index=1.1;mp=1"),
	  "441", 15, 1, 0, "", 0 },
	{ "history: anonymous", HI("<sip:anonymous@anonymous.invalid>;index=1,<sip:2@h;cause=302>;index=1.1;mp=1"), "", 15, 1,
	  PRES_RESTRICTED, "", 0 },
	{ "anonymous", "Diversion: <sip:anonymous@anonymous.invalid>;reason=user-busy\r\n", "", 1, 1, PRES_RESTRICTED, "", 0 },
	{ "off, in quotes", "Diversion: <sip:1@h>;privacy=\"off\"\r\n", "1", 0, 1, 0, "", 0 },
	{ "both, hidden in one", "Diversion: <sip:+441@h>;reason=unconditional;privacy=full\r\n"
	     HI("<sip:+441@h>;index=1,<sip:2@h;cause=302>;index=1.1;mp=1"), "441", 15, 1, PRES_RESTRICTED, "", 0 },
	{ "both, hidden in the one that knows of less", "Diversion: <sip:+441@h>;reason=unconditional;counter=2\r\n"
	     HI("<sip:+441@h?Privacy=history>;index=1,<sip:2@h;cause=302>;index=1.1;mp=1"), "441", 15, 2, PRES_RESTRICTED, "441", 15 },
	{ "history: a diverter without a number",
	  HI("<sip:unknown@unknown.invalid>;index=1,<sip:+442@h;cause=404>;index=1.1;mp=1,<sip:3@h;cause=302>;index=1.1.1;mp=1.1"),
	  "442", 15, 2, 0, "", 0 },
	{ "both, alike: history",
	  "Diversion: <sip:8@h>;reason=user-busy\r\n" HI("<sip:+441@h>;index=1,<sip:2@h;cause=302>;index=1.1;mp=1"), "441", 15, 1, 0,
	  "", 0 },
	{ "both, the one that knows of more",
	  "Diversion: <sip:8@h>;reason=user-busy;counter=2\r\n" HI("<sip:+441@h>;index=1,<sip:2@h;cause=302>;index=1.1;mp=1"), "8", 1, 2,
	  0, "8", 1 },
	{ "history: no index", HI("<sip:+441@h>,<sip:2@h;cause=302>"), "", 0, 0, 0, "", 0 },
	{ "history: garbage", HI("<<<;;=\"\\"), "", 0, 0, 0, "", 0 },
};

static void test_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(readings) / sizeof(*readings); i++) {
		msg_t *m = invite(readings[i].headers);
		struct leg_offer o = { 0 };

		diversion_read(sip_object(m), &o);
		if (strcmp(o.redirecting.digits, readings[i].digits) != 0 || o.redirect_reason != readings[i].reason ||
		    o.redirect_count != readings[i].count || o.redirecting.presentation != readings[i].presentation ||
		    strcmp(o.original.digits, readings[i].original) != 0 || o.original_reason != readings[i].original_reason)
			fail_msg("%s: '%s' reason %d count %d presentation %d original '%s' reason %d", readings[i].why,
				 o.redirecting.digits, o.redirect_reason, o.redirect_count, o.redirecting.presentation,
				 o.original.digits, o.original_reason);
		msg_destroy(m);
	}
}

/* --- Writing ---------------------------------------------------------------------------------- */

struct writing {
	const char *why;
	struct leg_offer o;
	const char *diversion, *history;
};
static const struct writing writings[] = {
	{ "not redirected", { .redirect_count = 0 }, "", "" },
	{ "once", { .redirecting = { .digits = "442", .ton = TON_INTERNATIONAL }, .redirect_reason = 2, .redirect_count = 1 },
	  "<sip:+442@h>;reason=no-answer;counter=1;privacy=off",
	  "<sip:+442@h>;index=1, <sip:9@h;cause=408>;index=1.1;mp=1" },
	{ "hidden", { .redirecting = { .digits = "2", .presentation = PRES_RESTRICTED }, .redirect_reason = 15, .redirect_count = 1 },
	  "<sip:2@h>;reason=unconditional;counter=1;privacy=full",
	  "<sip:2@h?Privacy=history>;index=1, <sip:9@h;cause=302>;index=1.1;mp=1" },
	{ "three times, the first and the last known",
	  { .redirecting = { .digits = "3" }, .redirect_reason = 1, .redirect_count = 3, .original = { .digits = "1" },
	    .original_reason = 4 },
	  "<sip:3@h>;reason=user-busy;counter=2;privacy=off, <sip:1@h>;reason=deflection;counter=1;privacy=off",
	  "<sip:1@h>;index=1, <sip:unknown@unknown.invalid;cause=480>;index=1.1;mp=1, <sip:3@h;cause=404>;index=1.1.1;mp=1.1, "
	  "<sip:9@h;cause=486>;index=1.1.1.1;mp=1.1.1" },
	{ "an original number and no count", { .redirecting = { .digits = "3" }, .original = { .digits = "1" } },
	  "<sip:3@h>;reason=unknown;counter=1;privacy=off, <sip:1@h>;reason=unknown;counter=1;privacy=off",
	  "<sip:1@h>;index=1, <sip:3@h;cause=404>;index=1.1;mp=1, <sip:9@h;cause=404>;index=1.1.1;mp=1.1" },
	{ "a count alone", { .redirect_count = 1, .redirect_reason = 1 }, "<sip:unknown@unknown.invalid>;reason=user-busy;counter=1;privacy=off",
	  "<sip:unknown@unknown.invalid>;index=1, <sip:9@h;cause=486>;index=1.1;mp=1" },
	{ "not available", { .redirecting = { .presentation = PRES_UNAVAILABLE }, .redirect_reason = 1, .redirect_count = 1 },
	  "<sip:unknown@unknown.invalid>;reason=user-busy;counter=1;privacy=off",
	  "<sip:unknown@unknown.invalid>;index=1, <sip:9@h;cause=486>;index=1.1;mp=1" },
	{ "hidden, without a number", { .redirecting = { .presentation = PRES_RESTRICTED }, .redirect_reason = 1, .redirect_count = 1 },
	  "<sip:anonymous@anonymous.invalid>;reason=user-busy;counter=1;privacy=full",
	  "<sip:anonymous@anonymous.invalid>;index=1, <sip:9@h;cause=486>;index=1.1;mp=1" },
};

/* To a peer without trust-identity. */
static const struct writing to_strangers[] = {
	{ "who redirected it is told", { .redirecting = { .digits = "2" }, .redirect_reason = 15, .redirect_count = 1 },
	  "<sip:2@h>;reason=unconditional;counter=1;privacy=off", "<sip:2@h>;index=1, <sip:9@h;cause=302>;index=1.1;mp=1" },
	{ "but not who hides", { .redirecting = { .digits = "2", .presentation = PRES_RESTRICTED }, .redirect_reason = 15,
				 .redirect_count = 2, .original = { .digits = "1", .presentation = PRES_RESTRICTED } },
	  "<sip:anonymous@anonymous.invalid>;reason=unconditional;counter=1;privacy=full, "
	  "<sip:anonymous@anonymous.invalid>;reason=unknown;counter=1;privacy=full",
	  "<sip:anonymous@anonymous.invalid>;index=1, <sip:anonymous@anonymous.invalid;cause=404>;index=1.1;mp=1, "
	  "<sip:9@h;cause=302>;index=1.1.1;mp=1.1" },
	{ "one of two", { .redirecting = { .digits = "2" }, .redirect_reason = 1, .redirect_count = 2,
			  .original = { .digits = "1", .presentation = PRES_RESTRICTED } },
	  "<sip:2@h>;reason=user-busy;counter=1;privacy=off, <sip:anonymous@anonymous.invalid>;reason=unknown;counter=1;privacy=full",
	  "<sip:anonymous@anonymous.invalid>;index=1, <sip:2@h;cause=404>;index=1.1;mp=1, <sip:9@h;cause=486>;index=1.1.1;mp=1.1" },
};

static void write_all(const struct writing *w, size_t n, bool trust)
{
	char diversion[DIVERSION_MAX], history[DIVERSION_MAX];

	for (; n; n--, w++) {
		diversion_write(&w->o, "h", trust, diversion);
		diversion_history(&w->o, "h", trust, "sip:9@h", history);
		if (strcmp(diversion, w->diversion) != 0 || strcmp(history, w->history) != 0)
			fail_msg("%s:\n%s\n%s", w->why, diversion, history);
	}
}

static void test_write(void **state)
{
	(void)state;
	write_all(writings, sizeof(writings) / sizeof(*writings), true);
	write_all(to_strangers, sizeof(to_strangers) / sizeof(*to_strangers), false);
}

/* Every reason comes back the same through each header; 9 and 10 have no cause of their own in History-Info. */
static void test_round_trip(void **state)
{
	static const uint8_t reasons[] = { 0, 1, 2, 4, 9, 10, 15 };
	char value[DIVERSION_MAX], header[DIVERSION_MAX + 20];

	(void)state;
	for (size_t i = 0; i < 2 * sizeof(reasons); i++) {
		uint8_t reason = reasons[i / 2];
		struct leg_offer o = { .redirecting = { .digits = "442", .ton = TON_INTERNATIONAL }, .redirect_reason = reason,
				       .redirect_count = 4, .original = { .digits = "441" }, .original_reason = 1 };
		struct leg_offer back = { 0 };
		msg_t *m;

		if (i % 2)
			diversion_history(&o, "h", true, "sip:9@h", value);
		else
			diversion_write(&o, "h", true, value);
		snprintf(header, sizeof(header), "%s: %s\r\n", i % 2 ? "History-Info" : "Diversion", value);
		m = invite(header);
		diversion_read(sip_object(m), &back);
		assert_string_equal(back.redirecting.digits, "442");
		assert_int_equal(back.redirect_reason, i % 2 && reason == 10 ? 0 : reason);
		assert_int_equal(back.redirect_count, 4);
		assert_string_equal(back.original.digits, "441");
		assert_int_equal(back.original_reason, 1);
		msg_destroy(m);
	}
}

/* The longest numbers, all of whose characters have to be escaped, fit. */
static void test_long(void **state)
{
	char value[DIVERSION_MAX], target[432];
	struct leg_offer o = { .redirect_count = 255 };

	(void)state;
	memset(o.redirecting.digits, '#', LEG_DIGITS_MAX - 1);
	memset(o.original.digits, '#', LEG_DIGITS_MAX - 1);
	memset(target, 'x', sizeof(target) - 1);
	target[sizeof(target) - 1] = 0;
	diversion_history(&o, "h", true, target, value);
	assert_true(strlen(value) < DIVERSION_MAX - 1);
	assert_non_null(strstr(value, ";index=1.1.1.1.1.1;mp=1.1.1.1.1"));
	diversion_write(&o, "h", true, value);
	assert_non_null(strstr(value, "counter=1;privacy=off"));
}

/* --- User-to-User ----------------------------------------------------------------------------- */

static void test_uui(void **state)
{
	static const struct { const char *why, *value; int len; uint8_t first, last; } rows[] = {
		{ "as RFC 7433 has it", "0448656c6c6f;encoding=hex", 6, 0x04, 0x6f },
		{ "zero octets", "00000001;encoding=hex;purpose=isdn-uui;content=isdn-uui", 4, 0x00, 0x01 },
		{ "no parameters", "04ff", 2, 0x04, 0xff },
		{ "capital letters", "04AB;Encoding=HEX", 2, 0x04, 0xab },
		{ "in quotes", "\"0441\";encoding=hex", 2, 0x04, 0x41 },
		{ "the name of the drafts", "0441;purpose=isdn-interwork;encoding=hex", 2, 0x04, 0x41 },
		{ "another encoding", "0441;encoding=text", 0, 0, 0 },
		{ "for another purpose", "0441;encoding=hex;purpose=foo", 0, 0, 0 },
		{ "half an octet", "044;encoding=hex", 0, 0, 0 },
		{ "no hex", "hello;encoding=hex", 0, 0, 0 },
		{ "nothing", "", 0, 0, 0 },
	};
	struct leg_uui u, back;
	char line[ISDN_UUI_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (isdn_uui_value(rows[i].value, &u) != (rows[i].len > 0) || u.len != rows[i].len)
			fail_msg("%s: %d octets", rows[i].why, u.len);
		if (u.len && (u.octets[0] != rows[i].first || u.octets[u.len - 1] != rows[i].last))
			fail_msg("%s: %02x .. %02x", rows[i].why, u.octets[0], u.octets[u.len - 1]);
	}
	u.len = LEG_UUI_MAX;	/* all there is room for, of every value */
	for (int i = 0; i < LEG_UUI_MAX; i++)
		u.octets[i] = (uint8_t)(i * 2);
	isdn_uui_write(&u, line);
	assert_memory_equal(line, "User-to-User: 000204", 20);
	assert_true(isdn_uui_value(line + 14, &back));
	assert_int_equal(back.len, LEG_UUI_MAX);
	assert_memory_equal(back.octets, u.octets, LEG_UUI_MAX);
	u.len = 0;
	isdn_uui_write(&u, line);
	assert_string_equal(line, "");
}

static void test_uui_too_long(void **state)
{
	char value[2 * (LEG_UUI_MAX + 1) + 1];
	struct leg_uui u;

	(void)state;
	memset(value, '0', sizeof(value) - 1);
	value[sizeof(value) - 1] = 0;
	assert_false(isdn_uui_value(value, &u));
	value[sizeof(value) - 3] = 0;
	assert_true(isdn_uui_value(value, &u));
}

/* --- isub ------------------------------------------------------------------------------------- */

static const struct {
	const char *why, *uri, *params;	/* as read, as written */
	struct leg_subaddress sub;
} subs[] = {
	{ "IA5", "sip:+441;isub=12ab@h", ";isub=12ab;isub-encoding=nsap-ia5", { SUB_NSAP, false, 5, { 0x50, '1', '2', 'a', 'b' } } },
	{ "IA5, said", "tel:+441;isub=1;isub-encoding=nsap-ia5", ";isub=1;isub-encoding=nsap-ia5", { SUB_NSAP, false, 2, { 0x50, '1' } } },
	{ "IA5 that needs escapes", "sip:+441;isub=a%20b@h", ";isub=50612062;isub-encoding=nsap", { SUB_NSAP, false, 4, { 0x50, 'a', ' ', 'b' } } },
	{ "BCD, odd", "sip:1;isub=123;isub-encoding=nsap-bcd@h", ";isub=123;isub-encoding=nsap-bcd", { SUB_NSAP, false, 3, { 0x48, 0x12, 0x3f } } },
	{ "an NSAP", "sip:1;isub=39276f;isub-encoding=nsap@h", ";isub=39276f;isub-encoding=nsap", { SUB_NSAP, false, 3, { 0x39, 0x27, 0x6f } } },
	{ "user specified", "tel:1;isub=00ff;isub-encoding=user-specified", ";isub=00ff;isub-encoding=user-specified",
	  { SUB_USER, false, 2, { 0x00, 0xff } } },
	{ "none", "sip:1;phone-context=x@h", "", { 0, false, 0, { 0 } } },
	{ "of another name", "sip:1;xisub=3@h", "", { 0, false, 0, { 0 } } },
	{ "an encoding that nobody knows", "sip:1;isub=31;isub-encoding=utf8@h", "", { 0, false, 0, { 0 } } },
	{ "half an octet", "sip:1;isub=313;isub-encoding=nsap@h", "", { 0, false, 0, { 0 } } },
	{ "20 characters are one too many", "sip:1;isub=12345678901234567890@h", "", { 0, false, 0, { 0 } } },
	{ "a zero octet in disguise", "sip:1;isub=1%002@h", "", { 0, false, 0, { 0 } } },
};

static void test_isub(void **state)
{
	su_home_t *home = su_home_new(sizeof(*home));
	char params[ISDN_SUB_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(subs) / sizeof(*subs); i++) {
		url_t *u = url_hdup(home, URL_STRING_MAKE(subs[i].uri)->us_url);
		struct leg_subaddress s;

		assert_non_null(u);
		if (isdn_sub_read(u, &s) != (subs[i].sub.len > 0) || memcmp(&s, &subs[i].sub, sizeof(s)) != 0)
			fail_msg("%s: type %d, %d octets from %02x", subs[i].why, s.type, s.len, s.octets[0]);
		isdn_sub_write(&s, params);
		if (strcmp(params, subs[i].params) != 0)
			fail_msg("%s: %s", subs[i].why, params);
	}
	su_home_unref(home);
}

/* Where a response says that the call is: the last entry, when it was redirected there. */
static void test_target(void **state)
{
	static const struct { const char *why, *headers, *digits; int reason, presentation; } rows[] = {
		{ "no header", "", NULL, 0, 0 },
		{ "as it was sent", HI("<sip:2@h>;index=1"), NULL, 0, 0 },
		{ "another host is no other number", HI("<sip:2@h>;index=1,<sip:2@i>;index=1.1;rc=1"), NULL, 0, 0 },
		{ "busy", HI("<sip:2@h>;index=1,<sip:+442@h;cause=486>;index=1.1;mp=1"), "442", 1, 0 },
		{ "mapped, without a cause", HI("<sip:2@h>;index=1,<sip:+442@h>;index=1.1;mp=1"), "442", 0, 0 },
		{ "twice", HI("<sip:2@h>;index=1,<sip:+442@h;cause=486>;index=1.1;mp=1") HI("<sip:+443@h;cause=302>;index=1.1.1;mp=1.1"), "443",
		  15, 0 },
		{ "private", HI("<sip:2@h>;index=1,<sip:+442@h;cause=408?Privacy=history>;index=1.1;mp=1"), "442", 2, PRES_RESTRICTED },
		{ "not told", HI("<sip:2@h>;index=1,<sip:a@unknown.invalid;cause=408>;index=1.1;mp=1"), "", 2, 0 },
		{ "Diversion tells nothing of it", "Diversion: <sip:2@h>;reason=user-busy\r\n", NULL, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		msg_t *m = invite(rows[i].headers);
		struct leg_number n;
		uint8_t reason = 0;
		bool found = diversion_target(sip_object(m), &n, &reason);

		if (found != (rows[i].digits != NULL) ||
		    (found && (strcmp(n.digits, rows[i].digits) || reason != rows[i].reason || n.presentation != rows[i].presentation)))
			fail_msg("%s: %d %s %d", rows[i].why, found, found ? n.digits : "", reason);
		msg_destroy(m);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_target),
		cmocka_unit_test(test_read),	 cmocka_unit_test(test_write),	      cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_long),	 cmocka_unit_test(test_uui),	      cmocka_unit_test(test_uui_too_long),
		cmocka_unit_test(test_isub),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
