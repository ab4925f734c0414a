/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests/unit/test_sip_charge.c: advice of charge with a SIP peer made of text: told, read, and when it goes along. */
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
		cmocka_unit_test(test_charge),
		cmocka_unit_test(test_charge_rows),
		cmocka_unit_test(test_rates_told),
		cmocka_unit_test(test_rates),
		cmocka_unit_test(test_charge_came),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
