/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The trunk file: what is read and by default, nearest words, and what two files differ in. Bad files: tests/conf-bad. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <errno.h>

#include "conf/trunks.h"

static void on_error(void *arg, const struct conf_error *e)
{
	++*(int *)arg;
	print_message("%d:%d: %s\n", e->line, e->column, e->message);
}

static struct conf *parse(const char *text)
{
	struct conf *c = NULL;
	int errors = 0;

	assert_int_equal(conf_parse(&c, "trunks.yaml", text, strlen(text), on_error, &errors), 0);
	assert_int_equal(errors, 0);
	return c;
}

static const char small[] = "site: {country: 44, area: 20}\n"
			    "sip: {listen: [\"0.0.0.0:5060\"]}\n"
			    "trunks:\n"
			    "  telco: {isdn: {spans: 1}}\n"
			    "  office: {sip: {peer: pbx.example.com}}\n";

static void defaults(void **state)
{
	struct conf *c = parse(small);
	const struct conf_trunk *t = conf_trunk(c, "telco"), *o = conf_trunk(c, "office");

	(void)state;
	assert_int_equal(c->card, CONF_CARD_DAHDI);
	assert_string_equal(c->site.international, "00");
	assert_string_equal(c->site.national, "0");
	assert_int_equal(c->sip.rtp_first, 16384);
	assert_int_equal(c->sip.jitter_ms, 2);
	assert_int_equal(c->sip.rtp_last, 32767);
	assert_string_equal(c->records, "");
	assert_int_equal(t->kind, CONF_TRUNK_ISDN);
	assert_int_equal(t->line, 4);
	assert_int_equal(t->isdn.n_spans, 1);
	assert_int_equal(t->isdn.alarm_hold_ms, 2500);
	assert_int_equal(t->isdn.alarm_clear_ms, 5000);
	assert_int_equal(t->called_style, CONF_STYLE_TYPED);
	assert_string_equal(t->area, "20");
	assert_int_equal(o->sip.peer_port, 5060);
	assert_int_equal(o->sip.n_codecs, 2);
	assert_int_equal(o->sip.codecs[0], CONF_PCMA);
	assert_int_equal(o->sip.ptime, 20);
	assert_int_equal(o->sip.health_ms, 30000);
	assert_int_equal(o->sip.rtp_timeout_ms, 60000);
	assert_true(o->sip.clearmode);
	assert_int_equal(o->sip.bearer, CONF_BEARER_SPEECH);
	assert_int_equal(o->called_style, CONF_STYLE_PLUS);
	assert_null(conf_trunk(c, "nobody"));
	conf_free(c);
}

static void numbers_of_a_trunk(void **state)
{
	struct conf *c = parse("site: {country: 44, area: 20}\ncard: sim\nsim: {spans: {1: e1}}\ntrunks:\n  t:\n"
			       "    isdn: {spans: 1, side: network, keypad: true, two-calling: true, date-time: minutes, display: none,\n"
			       "           redirecting-element: true}\n"
			       "    numbers: {called: local, called-type: unknown, called-plan: private, calling-type: abbreviated,\n"
			       "              calling-plan: telex, calling-allowed: [\"+4420*\", 87??], calling-default: \"+442079460000\"}\n");
	const struct conf_trunk *t = conf_trunk(c, "t");

	(void)state;
	assert_true(t->isdn.keypad && t->isdn.two_calling && t->isdn.redirecting_element);
	assert_int_equal(t->isdn.date_time, CONF_DATE_TIME_MINUTES);
	assert_int_equal(t->isdn.display, CONF_DISPLAY_NONE);
	assert_int_equal(t->called_style, CONF_STYLE_LOCAL);
	assert_int_equal(t->called_type, 1);
	assert_int_equal(t->called_plan, 6);
	assert_int_equal(t->calling_type, 6);
	assert_int_equal(t->calling_plan, 4);
	assert_int_equal(t->calling_allowed.n, 2);
	assert_string_equal(t->calling_allowed.pattern[1], "87??");
	assert_string_equal(t->calling_default, "+442079460000");
	conf_free(c);
}

static void everything(void **state)
{
	struct conf *c = parse("trunks:\n"	/* before site, and that is fine */
			       "  pri:\n"
			       "    numbers: {country: 33, called: dialled, calling: international}\n"
			       "    isdn: {spans: [3-1, 4], dialect: ni2, side: network, exclusive: true,\n"
			       "           alarm-hold: 0, alarm-clear: 1m, echo-canceller: 256}\n"
			       "    hunt: least-used\n"
			       "    max-calls: 60\n"
			       "  pbx:\n"
			       "    sip: {peer: \"[2001:db8::1]:5070\", transport: tcp, from: [192.0.2.0/24, \"2001:db8::/32\", 10.0.0.1],\n"
			       "          codecs: pcmu, ptime: 10, symmetric: true, health: 0, rtp-timeout: 2500ms,\n"
			       "          trust-identity: true, clearmode: false, bearer: 3.1k}\n"
			       "site: {country: 1, area: 212}\n"
			       "card: sim\n"
			       "sim: {spans: {1: t1, 2: t1, 3: t1, 4: t1, 5: j1}, wires: [{a: 1, b: 5, ppm: -12.5}]}\n"
			       "sip: {listen: [\"127.0.0.1:5070\", \"[::1]:5070\"], user-agent: 'it''s a ''gw''', rtp-ports: 20000-20999,\n"
			       "      rtp-address: 192.0.2.1, jitter: 25ms}\n"
			       "records: /var/lib/calls.db\n");
	const struct conf_trunk *p = conf_trunk(c, "pri"), *b = conf_trunk(c, "pbx");
	static const uint8_t net[16] = { [10] = 0xff, [11] = 0xff, 192, 0, 2, 0 };

	(void)state;
	assert_string_equal(c->site.international, "011");
	assert_string_equal(c->site.national, "1");
	assert_int_equal(c->sip.jitter_ms, 25);
	assert_string_equal(p->country, "33");
	assert_string_equal(p->area, "");
	assert_string_equal(p->international, "00");
	assert_int_equal(p->called_style, CONF_STYLE_DIALLED);
	assert_int_equal(p->calling_style, CONF_STYLE_INTERNATIONAL);
	assert_int_equal(p->isdn.n_spans, 4);
	assert_int_equal(p->isdn.spans[0], 3);
	assert_int_equal(p->isdn.spans[2], 1);
	assert_int_equal(p->isdn.alarm_hold_ms, 0);
	assert_int_equal(p->isdn.alarm_clear_ms, 60000);
	assert_int_equal(p->isdn.echo_taps, 256);
	assert_true(p->isdn.exclusive);
	assert_int_equal(p->hunt, CONF_LEAST_USED);
	assert_int_equal(p->max_calls, 60);
	assert_string_equal(b->sip.peer_host, "2001:db8::1");
	assert_int_equal(b->sip.peer_port, 5070);
	assert_int_equal(b->sip.transport, CONF_TCP);
	assert_int_equal(b->sip.n_from, 3);
	assert_int_equal(b->sip.from[0].bits, 120);
	assert_memory_equal(b->sip.from[0].addr, net, 16);
	assert_int_equal(b->sip.from[1].bits, 32);
	assert_int_equal(b->sip.from[2].bits, 128);
	assert_int_equal(b->sip.n_codecs, 1);
	assert_int_equal(b->sip.rtp_timeout_ms, 2500);
	assert_false(b->sip.clearmode);
	assert_int_equal(b->sip.bearer, CONF_BEARER_3K1);
	assert_int_equal(b->sip.health_ms, 0);
	assert_int_equal(c->sim.n_spans, 5);
	assert_int_equal(c->sim.wires[0].b, 5);
	assert_true(c->sim.wires[0].ppm < -12.4 && c->sim.wires[0].ppm > -12.6);
	assert_string_equal(c->sip.user_agent, "it's a 'gw'");
	assert_string_equal(c->sip.listen[1].host, "::1");
	assert_int_equal(c->sip.listen[1].port, 5070);
	assert_string_equal(c->records, "/var/lib/calls.db");
	conf_free(c);
}

static void nearest(void **state)
{
	static const char *const words[] = { "isdn", "sip", "hunt", "max-calls", "trust-identity" };
	static const struct { const char *why, *text, *want; } rows[] = {
		{ "two letters swapped", "isnd", "isdn" },
		{ "one wrong", "hurt", "hunt" },
		{ "one missing", "si", "sip" },
		{ "one added", "siip", "sip" },
		{ "case", "ISDN", "isdn" },
		{ "a long word takes more slips", "trustidentty", "trust-identity" },
		{ "far", "xyzzy", NULL },
		{ "two slips in a short word", "hrnt", "hunt" },
		{ "nothing", "", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const char *got = conf_nearest(rows[i].text, words, 5);

		if (!got != !rows[i].want || (got && strcmp(got, rows[i].want)))
			fail_msg("%s: %s gives %s", rows[i].why, rows[i].text, got ? got : "none");
	}
}

static void one_difference(void *arg, const char *text, enum conf_change how)
{
	static const char *const words[] = { "live", "anew", "restart" };
	char *out = arg;

	sprintf(out + strlen(out), "%s %s\n", words[how], text);
}

static void differences(void **state)
{
	static const struct { const char *why, *from, *to, *want; } rows[] = {
		{ "nothing", "", "", "" },
		{ "area", "area: 20", "area: 161",
		  "live site.area: \"20\" -> \"161\"\nlive trunks.telco.numbers.area: \"20\" -> \"161\"\n"
		  "live trunks.office.numbers.area: \"20\" -> \"161\"\n" },
		{ "ptime", "pbx.example.com", "pbx.example.com, ptime: 10", "live trunks.office.sip.ptime: 20 -> 10\n" },
		{ "bearer", "pbx.example.com", "pbx.example.com, bearer: 3.1k", "live trunks.office.sip.bearer: speech -> 3.1k\n" },
		{ "peer", "pbx.example.com", "pbx2.example.com",
		  "live trunks.office.sip.peer: \"pbx.example.com:5060\" -> \"pbx2.example.com:5060\"\n" },
		{ "listen", "0.0.0.0:5060", "0.0.0.0:5061",
		  "restart sip.listen: [\"0.0.0.0:5060\"] -> [\"0.0.0.0:5061\"]\n" },
		{ "spans", "spans: 1", "spans: 1-2", "anew trunks.telco.isdn.spans: [1] -> [1, 2]\n" },
		{ "another side", "spans: 1", "spans: 1, side: network", "anew trunks.telco.isdn.side: user -> network\n" },
		{ "SERVICE", "spans: 1", "spans: 1, service-messages: none",
		  "live trunks.telco.isdn.service-messages: auto -> none\n" },
		{ "an echo canceller", "spans: 1", "spans: 1, echo-canceller: 256",
		  "live trunks.telco.isdn.echo-canceller: 0 -> 256\n" },
		{ "hunt", "{isdn: {", "{hunt: descending, isdn: {", "live trunks.telco.hunt: ascending -> descending\n" },
		{ "alarm times", "spans: 1", "alarm-hold: 9s, alarm-clear: 0, spans: 1",
		  "live trunks.telco.isdn.alarm-hold: 2500ms -> 9s\nlive trunks.telco.isdn.alarm-clear: 5s -> 0\n" },
		{ "a SIP trunk renamed", "office", "pbx", "live trunks.office: removed\nlive trunks.pbx: added\n" },
		{ "an ISDN trunk renamed", "telco", "bt", "anew trunks.telco: removed\nlive trunks.bt: added\n" },
		{ "another kind", "sip: {peer: pbx.example.com}", "isdn: {spans: 2}", "restart trunks.office: sip -> isdn\n" },
		{ "card", "trunks:", "card: sim\nsim: {spans: {1: e1}}\ntrunks:",
		  "restart card: dahdi -> sim\nrestart sim.spans: {} -> {1: e1}\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const char *at = strstr(small, rows[i].from);
		char text[1000], out[1000] = "";
		struct conf *a = parse(small), *b;
		int restarts = 0;

		snprintf(text, sizeof(text), "%.*s%s%s", (int)(at - small), small, rows[i].to, at + strlen(rows[i].from));
		b = parse(text);
		restarts = conf_diff(a, b, one_difference, out);
		if (strcmp(out, rows[i].want))
			fail_msg("%s:\n%s", rows[i].why, out);
		for (const char *p = out; (p = strstr(p, "restart ")); p++)
			restarts--;
		assert_int_equal(restarts, 0);
		conf_free(a);
		conf_free(b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults),
		cmocka_unit_test(numbers_of_a_trunk), cmocka_unit_test(everything),
		cmocka_unit_test(nearest),
		cmocka_unit_test(differences),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
