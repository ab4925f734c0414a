/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a telephone on our side needs of a SIP peer made of text: hold refused, a transfer, a ring of its own, the lamp for messages. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define FAKE_MEDIA
#include "tests/support/fake_media.c"
#include "tests/support/wire_world.c"

static void test_hold_refused(void **state)
{
	struct wire_world w;
	char tag[64];

	(void)state;
	wire_world_open(&w);
	wire_call_up(&w, CONTACT, tag, sizeof(tag));
	assert_int_equal(leg_hold(w.leg), 0);
	assert_true(sip_wire_expect(&w.peer, "INVITE "));
	assert_non_null(strstr(w.peer.msg, "a=sendonly"));
	sip_wire_answer(&w.peer, "488 Not Acceptable Here", "", "", NULL);
	assert_true(sip_wire_expect(&w.peer, "ACK "));
	wire_for_turns(&w, 5);
	assert_false(w.cleared);			/* the call goes on as it was */
	assert_int_equal(leg_hold(w.leg), 0);		/* and may be asked again */
	assert_true(sip_wire_expect(&w.peer, "INVITE "));
	sip_wire_answer(&w.peer, "481 Call/Transaction Does Not Exist", "", "", NULL);
	assert_true(sip_wire_expect(&w.peer, "ACK "));
	assert_true(sip_wire_expect(&w.peer, "BYE "));
	sip_wire_answer(&w.peer, "200 OK", "", "", NULL);
	wire_until_cleared(&w);
	assert_int_equal(w.cause.q850, 41);
	wire_world_close(&w);
}

static void test_mwi_rows(void **state)
{
	static const struct { const char *body; int rc; unsigned waiting; } rows[] = {
		{ "Messages-Waiting: yes\r\nVoice-Message: 2/8 (0/2)\r\n", 0, 2 },
		{ "Messages-Waiting: no\r\nVoice-Message: 0/8\r\n", 0, 0 },
		{ "Message-Account: sip:a@b\r\nmessages-waiting:YES\r\n", 0, 1 },
		{ "Messages-Waiting: yes\nVoice-Message: 99999999999999999999/1\n", 0, 255 },
		{ "Messages-Waiting: yes\r\nVoice-Message: /8\r\n", 0, 1 },
		{ "Voice-Message: 2/8\r\n", -1, 0 },
		{ "", -1, 0 },
		{ "Messages-Waiting", -1, 0 },
		{ "Messages-Waiting:", 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		unsigned n = 0;

		assert_int_equal(sip_mwi_read(rows[i].body, strlen(rows[i].body), &n), rows[i].rc);
		if (!rows[i].rc)
			assert_int_equal(n, rows[i].waiting);
	}
}

static void test_ring_rows(void **state)
{
	static const struct { const char *value, *ring; } rows[] = {
		{ "<http://127.0.0.1/Bellcore-dr3>", "3" },
		{ "Bellcore-dr1", "1" },
		{ "<http://x.example>;info=bellcore-DR5;x=y", "5" },
		{ "<http://x.example>;info=external", "external" },
		{ "<http://x.example>;info=\"alert-group\";d=1", "alert-group" },
		{ "<http://x.example>;info=abcdefghijklmnopqrstuvwxyz", "abcdefghijklmnopqrstuvw" },
		{ "<http://x.example/ring.wav>", "" },
		{ "info=", "" },
		{ "", "" },
	};
	char out[24];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		sip_alert_ring(rows[i].value, out, sizeof(out));
		assert_string_equal(out, rows[i].ring);
	}
}

static char mwi[64];

static int on_messages(void *arg, const char *trunk, const char *user, unsigned waiting)
{
	(void)arg;
	snprintf(mwi, sizeof(mwi), "%s %s %u", trunk, user, waiting);
	return waiting ? 0 : -ENOENT;
}

static void test_notify(void **state)
{
	static const struct { const char *event, *body, *status, *mwi; } rows[] = {
		{ "message-summary", "Messages-Waiting: yes\r\nVoice-Message: 3/0\r\n", "SIP/2.0 200", "w +442079460100 3" },
		{ "message-summary", "Messages-Waiting: no\r\n", "SIP/2.0 404", "w +442079460100 0" },
		{ "message-summary", "nonsense", "SIP/2.0 400", "" },
		{ "presence", "x", "SIP/2.0 489", "" },
	};
	struct wire_world w;
	char extra[100];

	(void)state;
	wire_world_open(&w);
	w.ua->h.messages = on_messages;
	for (unsigned i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		mwi[0] = 0;
		snprintf(extra, sizeof(extra), "Event: %s\n", rows[i].event);
		wire_request(&w, "NOTIFY", i + 1, "", extra, rows[i].body);
		if (!sip_wire_expect(&w.peer, rows[i].status))
			fail_msg("%s: got %.60s", rows[i].status, w.peer.msg);
		assert_string_equal(mwi, rows[i].mwi);
	}
	wire_world_close(&w);
}

/* --- Transfer ----------------------------------------------------------------------------------------- */

static void test_refer(void **state)
{
	struct wire_world w;
	struct leg *first, *second;
	char tag[64], tag2[64], to[640];

	(void)state;
	wire_world_open(&w);
	wire_call_up(&w, CONTACT, tag, sizeof(tag));
	first = w.leg;
	w.call_id = "second";
	w.offered = 0;
	wire_call_up(&w, CONTACT, tag2, sizeof(tag2));
	assert_ptr_not_equal(first, w.leg);
	assert_int_equal(leg_join(first, w.leg), 0);
	assert_true(sip_wire_expect(&w.peer, "REFER "));
	assert_true(sip_wire_header(&w.peer, "Refer-To", to, sizeof(to)));
	assert_non_null(strstr(to, "<sip:w@127.0.0.1:21500?Replaces=second%3Bto-tag%3D"));
	assert_non_null(strstr(to, tag2));
	sip_wire_answer(&w.peer, "202 Accepted", "", "", NULL);
	wire_for_turns(&w, 5);
	second = w.leg;
	w.leg = NULL;	/* two of them end from here on */
	w.call_id = "call@wire";
	wire_request(&w, "NOTIFY", 5, tag, "Event: refer\nSubscription-State: active\n",
		     "SIP/2.0 100 Trying\r\n");
	assert_true(sip_wire_expect(&w.peer, "SIP/2.0 200"));
	wire_for_turns(&w, 5);
	assert_false(w.cleared);
	wire_request(&w, "NOTIFY", 6, tag, "Event: refer\nSubscription-State: terminated\n",
		     "SIP/2.0 200 OK\r\n");
	assert_true(sip_wire_expect(&w.peer, "BYE "));
	sip_wire_answer(&w.peer, "200 OK", "", "", NULL);
	wire_until_cleared(&w);
	assert_int_equal(w.cause.q850, 16);
	assert_int_equal(leg_clear(second, &w.cause), 0);
	wire_world_close(&w);
}

/* --- REFER from the peer ------------------------------------------------------------------------------- */

static void expect_notify(struct wire_world *w, const char *line, const char *state)
{
	char value[80];

	assert_true(sip_wire_expect(&w->peer, "NOTIFY "));
	assert_non_null(strstr(w->peer.msg, line));
	assert_true(sip_wire_header(&w->peer, "Subscription-State", value, sizeof(value)));
	assert_int_equal(strncmp(value, state, strlen(state)), 0);
	assert_true(sip_wire_header(&w->peer, "Content-Type", value, sizeof(value)));
	assert_int_equal(strncmp(value, "message/sipfrag", 15), 0);
	sip_wire_answer(&w->peer, "200 OK", "", "", NULL);
}

static void test_refer_in(void **state)
{
	static const struct { const char *extra, *answer; } rows[] = {
		{ "", "SIP/2.0 400" },						/* no Refer-To */
		{ "Refer-To: <sip:1@h>\nRefer-To: <sip:2@h>\n", "SIP/2.0 400" },
		{ "Refer-To: <sip:h>\n", "SIP/2.0 416" },
		{ "Refer-To: <mailto:a@h>\n", "SIP/2.0 416" },
		{ "Refer-To: <sip:1@h?Replaces=nobody%3Bto-tag%3Da%3Bfrom-tag%3Db>\n", "SIP/2.0 603" },
		{ "Refer-To: <sip:1@h?Replaces=nobody>\n", "SIP/2.0 400" },
		{ "Refer-To: <sip:+442079460199@h>\n", "SIP/2.0 202" },
		{ "Refer-To: <sip:2@h>\n", "SIP/2.0 491" },			/* one at a time */
	};
	struct wire_world w;
	char tag[64];
	unsigned cseq = 10;

	(void)state;
	wire_world_open(&w);
	wire_call_up(&w, CONTACT, tag, sizeof(tag));
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		wire_request(&w, "REFER", cseq++, tag, rows[i].extra, "");
		assert_true(sip_wire_expect(&w.peer, rows[i].answer));
		if (strstr(rows[i].answer, "202"))
			expect_notify(&w, "SIP/2.0 100 Trying", "active");
	}
	assert_string_equal(w.refer.digits, "442079460199");
	assert_int_equal(w.refer.ton, TON_INTERNATIONAL);
	assert_int_equal(leg_referred(w.leg, &(struct leg_cause){ .q850 = 17 }), 0);
	expect_notify(&w, "SIP/2.0 486 Busy Here", "terminated");
	wire_request(&w, "REFER", cseq++, tag, "Refer-To: <sip:3@h>\n", "");	/* once more */
	assert_true(sip_wire_expect(&w.peer, "SIP/2.0 202"));
	expect_notify(&w, "SIP/2.0 100 Trying", "active");
	assert_int_equal(leg_referred(w.leg, NULL), 0);
	expect_notify(&w, "SIP/2.0 200 OK", "terminated");
	wire_they_clear(&w, tag);
	wire_until_cleared(&w);
	wire_world_close(&w);
}

/* A stranger who has read the dialog's tags off the wire transfers nothing. */
static void test_refer_stranger(void **state)
{
	struct wire_world w;
	char tag[64], head[1024];

	(void)state;
	wire_world_open(&w);
	wire_call_up(&w, CONTACT, tag, sizeof(tag));
	snprintf(head, sizeof(head),
		 "REFER sip:2@127.0.0.1:21400 SIP/2.0\nVia: SIP/2.0/UDP 127.0.0.2:21600;branch=z9hG4bKx;rport\n"
		 "Max-Forwards: 70\nFrom: <sip:1@127.0.0.1>;tag=ft\nTo: <sip:2@127.0.0.1>;tag=%s\nCall-ID: %s\n"
		 "CSeq: 77 REFER\nRefer-To: <sip:+4490912345@h>\n", tag, w.call_id);
	sip_wire_send(&w.stranger, head, "");
	assert_true(sip_wire_expect(&w.stranger, "SIP/2.0 603"));
	assert_string_equal(w.refer.digits, "");
	wire_they_clear(&w, tag);
	wire_until_cleared(&w);
	wire_world_close(&w);
}

static void test_refer_replaces(void **state)
{
	struct wire_world w;
	struct leg *first;
	char tag[64], tag2[64], extra[256];

	(void)state;
	wire_world_open(&w);
	wire_call_up(&w, CONTACT, tag, sizeof(tag));
	first = w.leg;
	w.call_id = "second";
	w.offered = 0;
	wire_call_up(&w, CONTACT, tag2, sizeof(tag2));
	snprintf(extra, sizeof(extra), "Refer-To: <sip:x@h?Replaces=call%%40wire%%3Bto-tag%%3D%s%%3Bfrom-tag%%3Dft>\n", tag);
	wire_request(&w, "REFER", 20, tag2, extra, "");
	assert_true(sip_wire_expect(&w.peer, "SIP/2.0 202"));
	expect_notify(&w, "SIP/2.0 100 Trying", "active");
	assert_ptr_equal(w.other, first);
	assert_int_equal(leg_clear(w.leg, &(struct leg_cause){ .q850 = 16 }), 0);
	w.leg = NULL;
	assert_int_equal(leg_clear(first, &(struct leg_cause){ .q850 = 16 }), 0);
	for (int i = 0; i < 2; i++) {
		assert_true(sip_wire_expect(&w.peer, "BYE "));
		sip_wire_answer(&w.peer, "200 OK", "", "", NULL);
	}
	wire_until_cleared(&w);
	wire_world_close(&w);
}

/* --- Charges -------------------------------------------------------------------------------------------- */

static void test_charge(void **state)
{
	struct leg_charge c = { .when = 'D', .units = 3 };
	struct wire_world w;
	char tag[64], type[64];

	(void)state;
	wire_world_open(&w);
	wire_call_up(&w, CONTACT, tag, sizeof(tag));
	assert_int_equal(leg_charge(w.leg, &c), 0);
	assert_true(sip_wire_expect(&w.peer, "INFO "));
	assert_non_null(strstr(w.peer.msg, "<aoc-d><charging-info>total</charging-info>"));
	assert_non_null(strstr(w.peer.msg, "<recorded-number-of-units>3<"));
	sip_wire_answer(&w.peer, "200 OK", "", "", NULL);
	c = (struct leg_charge){ .when = 'S', .text = "free" };
	assert_int_equal(leg_charge(w.leg, &c), -EOPNOTSUPP);
	c = (struct leg_charge){ .when = 'E', .units = -1, .currency = "<G&B>P", .thousandths = 1250 };
	assert_int_equal(leg_charge(w.leg, &c), 0);
	assert_int_equal(leg_clear(w.leg, &(struct leg_cause){ .q850 = 16 }), 0);
	assert_true(sip_wire_expect(&w.peer, "BYE "));
	assert_true(sip_wire_header(&w.peer, "Content-Type", type, sizeof(type)));
	assert_string_equal(type, "application/vnd.etsi.aoc+xml");
	assert_non_null(strstr(w.peer.msg, "<aoc-e><recorded-charges>"));
	assert_non_null(strstr(w.peer.msg, "<currency-id>GBP</currency-id><currency-amount>1.250</currency-amount>"));
	sip_wire_answer(&w.peer, "200 OK", "", "", NULL);
	wire_until_cleared(&w);
	wire_world_close(&w);
}

/* What a carrier writes, and what it is read as. UNITS -1: not in units. */
static void test_charge_rows(void **state)
{
#define AOC(s) "<?xml version=\"1.0\"?>\r\n<aoc xmlns=\"http://uri.etsi.org/ngn/params/xml/simservs/aoc\">" s "</aoc>"
#define MONEY(id, amount) "<recorded-currency-units><currency-id>" id "</currency-id><currency-amount>" amount "</currency-amount></recorded-currency-units>"
#define UNITS(n) "<recorded-charging-units><recorded-number-of-units>" n "</recorded-number-of-units></recorded-charging-units>"
	static const struct {
		const char *why, *body;
		char when;
		bool free;
		long units;
		const char *currency;
		int64_t thousandths;
	} rows[] = {
		{ "so far, in money", AOC("<aoc-d><charging-info>subtotal</charging-info><recorded-charges>" MONEY("EUR", "0.12")
		  "</recorded-charges></aoc-d>"), 'D', false, -1, "EUR", 120 },
		{ "in all, in units", AOC("<aoc-e><recorded-charges>" UNITS("7") "</recorded-charges></aoc-e>"), 'E', false, 7, "", 0 },
		{ "two kinds of units are added", AOC("<aoc-e><recorded-charges>" UNITS("7") UNITS("2") "</recorded-charges></aoc-e>"), 'E',
		  false, 9, "", 0 },
		{ "free", AOC("<aoc-e><recorded-charges><free-charge/></recorded-charges></aoc-e>"), 'E', true, -1, "", 0 },
		{ "not told", AOC("<aoc-e><recorded-charges><not-available/></recorded-charges></aoc-e>"), 'E', false, -1, "", 0 },
		{ "with prefixes, space and attributes", "<a:aoc xmlns:a=\"x\"><a:aoc-d>\n<a:currency-id > GBP\n</a:currency-id>"
		  "<a:currency-amount a=\"1\"> 12 </a:currency-amount></a:aoc-d></a:aoc>", 'D', false, -1, "GBP", 12000 },
		{ "of both, the whole call's", AOC("<aoc-d>" UNITS("1") "</aoc-d><aoc-e>" MONEY("EUR", "1.0009") "</aoc-e>"), 'E', false, -1,
		  "EUR", 1000 },
		{ "of both, in the other order", AOC("<aoc-e>" UNITS("5") "</aoc-e><aoc-d>" UNITS("1") "</aoc-d>"), 'E', false, 5, "", 0 },
		{ "money of no name", AOC("<aoc-e><currency-amount>3</currency-amount></aoc-e>"), 'E', false, -1, "?", 3000 },
		{ "a name and no money", AOC("<aoc-e><currency-id>EUR</currency-id></aoc-e>"), 'E', false, -1, "", 0 },
		{ "no number", AOC("<aoc-e>" MONEY("EUR", "1,5") UNITS("-3") UNITS("x") UNITS("99999999999999999999") "</aoc-e>"), 'E', false,
		  -1, "", 0 },
		{ "more than there is", AOC("<aoc-e>" MONEY("EUR", "99999999999999999") "</aoc-e>"), 'E', false, -1, "", 0 },
		{ "outside of both", AOC(MONEY("EUR", "1") UNITS("3")), 0, false, -1, "", 0 },
		{ "rates alone", AOC("<aoc-s><charged-items/></aoc-s>"), 0, false, -1, "", 0 },
		{ "cut short", "<aoc><aoc-d><recorded-charges><recorded-charging-units><recorded-number-of-units>4</rec", 'D', false, 4, "", 0 },
		{ "nothing", "", 0, false, -1, "", 0 },
		{ "no XML", "aoc-e <", 0, false, -1, "", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct leg_charge c;
		bool found = sip_aoc_parse(rows[i].body, strlen(rows[i].body), &c);

		if (found != (rows[i].when != 0) || c.when != rows[i].when || c.free != rows[i].free || c.units != rows[i].units ||
		    strcmp(c.currency, rows[i].currency) != 0 || c.thousandths != rows[i].thousandths)
			fail_msg("%s: %d %c %d %ld \"%s\" %lld", rows[i].why, found, c.when ? c.when : '-', c.free, c.units, c.currency,
				 (long long)c.thousandths);
	}
}

/* Rates that come while it rings are told when the call is up, the latest ones alone. */
static void test_rates_told(void **state)
{
	struct leg_charge c = { .when = 'S', .units = -1, .n_rates = 1, .rates = { { .item = 'B', .kind = 'F' } } };
	struct wire_world w;
	char tag[64];

	(void)state;
	wire_world_open(&w);
	wire_invite(&w, CONTACT, SDP("1", "4000", "sendrecv"));
	assert_int_equal(leg_charge(w.leg, &c), 0);
	c.rates[0] = (struct leg_rate){ .item = 'A', .kind = 'T', .currency = "EUR" };	/* the schema has none by time */
	assert_int_equal(leg_charge(w.leg, &c), -EOPNOTSUPP);
	c.rates[0] = (struct leg_rate){ .item = 'S', .kind = 'L', .currency = "E<UR", .thousandths = 50 };
	assert_int_equal(leg_charge(w.leg, &c), 0);
	wire_answer(&w, tag, sizeof(tag));
	wire_request(&w, "ACK", 1, tag, "", NULL);
	assert_true(sip_wire_expect(&w.peer, "INFO "));
	assert_non_null(strstr(w.peer.msg, "<aoc-s><charged-items><communication-setup><flat-rate><currency-id>EUR</currency-id><currency-amount>0.050"
			       "</currency-amount></flat-rate></communication-setup></charged-items></aoc-s>"));
	sip_wire_answer(&w.peer, "200 OK", "", "", NULL);
	wire_they_clear(&w, tag);
	wire_world_close(&w);
}

#define PRICE(a, n, scale, how) "<price-time><currency-id>EUR</currency-id><currency-amount>" a "</currency-amount><length-time-unit>" \
	"<time-unit>" n "</time-unit><scale>" scale "</scale></length-time-unit><charging-type>" how "</charging-type></price-time>"

static void test_rates(void **state)
{
	static const char body[] = AOC("<aoc-s><charged-items><communication-setup><flat-rate><currency-id>EUR</currency-id><currency-amount>0.05"
				       "</currency-amount></flat-rate></communication-setup><communication-attempt><free-charge/>"
				       "</communication-attempt><basic>" PRICE("0.12", "60", "one-second", "step-function") "</basic>"
				       "<services><free-charge/></services></charged-items></aoc-s>");
	static const struct { char item, kind; int64_t price; uint32_t length; uint8_t scale; bool steps; } want[] = {
		{ 'S', 'L', 50, 1, 2, false }, { 'A', 'F', 0, 1, 2, false }, { 'B', 'T', 120, 60, 2, true },
	};
	struct leg_charge c;

	(void)state;
	assert_true(sip_aoc_parse(body, sizeof(body) - 1, &c));
	assert_int_equal(c.when, 'S');
	assert_int_equal(c.n_rates, 3);
	for (unsigned i = 0; i < 3; i++) {
		assert_int_equal(c.rates[i].item, want[i].item);
		assert_int_equal(c.rates[i].kind, want[i].kind);
		assert_int_equal(c.rates[i].thousandths, want[i].price);
		assert_int_equal(c.rates[i].length, want[i].length);
		assert_int_equal(c.rates[i].scale, want[i].scale);
		assert_int_equal(c.rates[i].steps, want[i].steps);
	}
	assert_string_equal(c.text, "0.120 EUR every 60 s");
	assert_true(sip_aoc_parse(AOC("<aoc-s><charged-items><basic><free-charge/></basic></charged-items></aoc-s>"), 140, &c));
	assert_true(c.free);
	assert_string_equal(c.text, "free");
}

/* From a carrier: during the call in INFO, at its end in BYE, or in the answer to ours. */
static void test_charge_came(void **state)
{
	static const char type[] = "Content-Type: application/vnd.etsi.aoc+xml\n";

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct wire_world w;
		char tag[64], allow[128];

		wire_world_open(&w);
		wire_call_up(&w, CONTACT, tag, sizeof(tag));
		wire_request(&w, "INFO", 2, tag, type, AOC("<aoc-d>" UNITS("3") "</aoc-d>"));
		assert_true(sip_wire_expect(&w.peer, "SIP/2.0 200"));
		assert_string_equal(w.events, "charge");
		assert_int_equal(w.charge.when, 'D');
		assert_int_equal(w.charge.units, 3);
		wire_request(&w, "INFO", 3, tag, "", NULL);
		assert_true(sip_wire_expect(&w.peer, "SIP/2.0 405"));
		assert_true(sip_wire_header(&w.peer, "Allow", allow, sizeof(allow)));
		assert_non_null(strstr(allow, "INFO"));
		if (i) {
			assert_int_equal(leg_clear(w.leg, &(struct leg_cause){ .q850 = 16 }), 0);
			assert_true(sip_wire_expect(&w.peer, "BYE "));
			sip_wire_answer(&w.peer, "200 OK", "", type, AOC("<aoc-e>" UNITS("4") "</aoc-e>"));
		} else {
			wire_request(&w, "BYE", 4, tag, type, AOC("<aoc-e>" UNITS("4") "</aoc-e>"));
			assert_true(sip_wire_expect(&w.peer, "SIP/2.0 200"));
		}
		wire_until_cleared(&w);
		assert_string_equal(w.events, "charge charge cleared");
		assert_int_equal(w.charge.when, 'E');
		assert_int_equal(w.charge.units, 4);
		wire_world_close(&w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_charge_rows),
		cmocka_unit_test(test_rates_told),
		cmocka_unit_test(test_rates), cmocka_unit_test(test_charge_came),
		cmocka_unit_test(test_hold_refused), cmocka_unit_test(test_mwi_rows), cmocka_unit_test(test_ring_rows),
		cmocka_unit_test(test_notify),	     cmocka_unit_test(test_refer),
		cmocka_unit_test(test_refer_in), cmocka_unit_test(test_refer_stranger), cmocka_unit_test(test_refer_replaces),
		cmocka_unit_test(test_charge),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
