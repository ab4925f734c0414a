/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names, calls to a peer made of text, and whether it is there. */
#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define FAKE_MEDIA
#include "tests/support/fake_media.c"
#include "tests/support/wire_world.c"

/* --- Names are never looked up ---------------------------------------------------------------- */

static void named_dialog(struct wire_world *w, const char *extra)
{
	char tag[64];

	wire_call_up(w, extra, tag, sizeof(tag));
	assert_int_equal(leg_clear(w->leg, &(struct leg_cause){ .q850 = 16 }), 0);
	/* BYE reaches the address that the peer was seen at. */
	assert_true(sip_wire_expect(&w->peer, "BYE "));
	sip_wire_answer(&w->peer, "200 OK", "", "", NULL);
	wire_until_cleared(w);
}

static void test_names_in(void **state)
{
	static const char *const rows[] = {
		"Contact: <sip:x@no-such-host.invalid>\n",
		"Contact: <sip:x@no-such-host.invalid:5070;transport=tcp>\n",
		"Contact: <sip:x@127.0.0.1:21500;maddr=no-such-host.invalid>\n",
		"Contact: <sip:x@127.0.0.1:21500?Route=%3Csip:no-such-host.invalid;lr%3E&Subject=x>\n",
		"Contact: <sip:x@127.0.0.1:21500>\nRecord-Route: <sip:no-such-host.invalid;lr>\n",
		"Contact: <sip:x@127.0.0.1:21500>\nRecord-Route: <sip:no-such-host.invalid>\n",
		"Contact: <sip:x@127.0.0.1:21500>\nRecord-Route: <sip:127.0.0.1:21500;lr?a=b>, <sip:no-such-host.invalid;lr>\n",
		"Contact: <sips:x@no-such-host.invalid>\n",
		"Contact: <tel:+441>\n",
		"Contact: <sip:x@127.0.0.1:21500>\nRoute: <sip:no-such-host.invalid;lr>\n",
	};
	unsigned long before = sip_names_refused();
	struct wire_world w;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		wire_world_open(&w);
		named_dialog(&w, rows[i]);
		wire_world_close(&w);
	}
	assert_int_equal(sip_names_refused(), before);	/* not even tried */
}

/* A name in a Via's maddr would make the library look it up, in the loop: it fails at once instead. */
static void test_via_maddr(void **state)
{
	unsigned long before = sip_names_refused();
	struct timespec a, b;
	struct wire_world w;

	(void)state;
	wire_world_open(&w);
	clock_gettime(CLOCK_MONOTONIC, &a);
	sip_wire_raw(&w.stranger, "OPTIONS sip:2@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.2:21600;maddr=no-such-host.invalid"
		     ";branch=z9hG4bKm\r\nFrom: <sip:1@h>;tag=f\r\nTo: <sip:2@h>\r\nCall-ID: m\r\nCSeq: 1 OPTIONS\r\n"
		     "Content-Length: 0\r\n\r\n");
	assert_false(sip_wire_read(&w.stranger, 200));
	clock_gettime(CLOCK_MONOTONIC, &b);
	assert_true((b.tv_sec - a.tv_sec) * 1000 + (b.tv_nsec - a.tv_nsec) / 1000000 < 1000);
	assert_true(sip_names_refused() > before);
	wire_request(&w, "OPTIONS", 1, "", "", NULL);
	assert_true(sip_wire_expect(&w.peer, "SIP/2.0 200"));
	wire_world_close(&w);
}

/* --- Calls to the peer ------------------------------------------------------------------------ */

static void call_out(struct wire_world *w)
{
	struct leg_offer o = { .called = { .digits = "442079460100", .ton = TON_INTERNATIONAL },
			       .calling = { .digits = "441", .ton = TON_INTERNATIONAL, .presentation = PRES_RESTRICTED },
			       .redirecting = { .digits = "442" }, .redirect_reason = 15, .redirect_count = 1, .complete = true };

	assert_int_equal(sip_ua_call(w->ua, "w", &o, on_event, w, &w->leg), 0);
	assert_true(sip_wire_expect(&w->peer, "INVITE sip:+442079460100@127.0.0.1:21500 SIP/2.0"));
}

static void test_invite_headers(void **state)
{
	struct wire_world w;
	char h[256];

	(void)state;
	wire_world_open(&w);
	call_out(&w);
	assert_true(sip_wire_header(&w.peer, "P-Asserted-Identity", h, sizeof(h)));
	assert_string_equal(h, "<sip:+441@127.0.0.1:21400>");
	assert_true(sip_wire_header(&w.peer, "Privacy", h, sizeof(h)));
	assert_string_equal(h, "id");
	assert_true(sip_wire_header(&w.peer, "From", h, sizeof(h)));
	assert_memory_equal(h, "\"Anonymous\" <sip:anonymous@anonymous.invalid>;tag=", 50);
	assert_true(sip_wire_header(&w.peer, "Diversion", h, sizeof(h)));
	assert_string_equal(h, "<sip:442@127.0.0.1:21400>;reason=unconditional;counter=1;privacy=off");
	assert_true(sip_wire_header(&w.peer, "Contact", h, sizeof(h)));
	assert_string_equal(h, "<sip:127.0.0.1:21400;transport=udp>");
	assert_true(sip_wire_header(&w.peer, "Via", h, sizeof(h)));
	assert_memory_equal(h, "SIP/2.0/UDP 127.0.0.1:21400;", 28);
	assert_non_null(strstr(h, "rport"));
	assert_true(sip_wire_header(&w.peer, "Max-Forwards", h, sizeof(h)));
	assert_string_equal(h, "70");
	sip_wire_answer(&w.peer, "486 Busy Here", "x", "", NULL);
	assert_true(sip_wire_expect(&w.peer, "ACK "));
	wire_until_cleared(&w);
	assert_int_equal(w.cause.q850, 17);
	assert_string_equal(w.cause.text, "Busy Here");
	wire_world_close(&w);
}

static void test_finals(void **state)
{
	static const struct {
		const char *status, *extra;
		int q850;
	} rows[] = {
		{ "302 Moved Temporarily", "Contact: <sip:x@127.0.0.2:21600>\n", 23 },
		{ "401 Unauthorized", "WWW-Authenticate: Digest realm=\"x\", nonce=\"y\"\n", 21 },
		{ "407 Proxy Authentication Required", "Proxy-Authenticate: Digest realm=\"x\", nonce=\"y\"\n", 21 },
		{ "404 Not Found", "", 1 },
		{ "480 Temporarily Unavailable", "Reason: Q.850;cause=19;text=\"no answer\"\n", 19 },
		{ "503 Service Unavailable", "", 41 },
		{ "603 Decline", "", 21 },
		{ "699 Whatever", "", 17 },
	};
	struct wire_world w;
	size_t i;

	(void)state;
	wire_world_open(&w);
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		w.cleared = false;
		call_out(&w);
		sip_wire_answer(&w.peer, rows[i].status, "x", rows[i].extra, NULL);
		assert_true(sip_wire_expect(&w.peer, "ACK "));
		wire_until_cleared(&w);
		if (w.cause.q850 != rows[i].q850 || w.cause.sip != atoi(rows[i].status) || !w.by_far_end)
			fail_msg("%s: cause %d", rows[i].status, w.cause.q850);
		assert_false(sip_wire_read(&w.stranger, 20));	/* a redirection is not followed */
	}
	wire_world_close(&w);
}

#define ANSWER_CONTACT "Contact: <sip:x@no-such-host.invalid>\n"

static void test_forked(void **state)
{
	struct wire_world w;
	char invite[SIP_WIRE_MAX], h[256];

	(void)state;
	wire_world_open(&w);
	call_out(&w);
	memcpy(invite, w.peer.msg, sizeof(invite));
	sip_wire_answer(&w.peer, "183 Session Progress", "one", ANSWER_CONTACT, SDP("1", "4000", "sendrecv"));
	wire_for_turns(&w, 10);
	assert_int_equal(wire_rtp_port(&w), 4000);
	sip_wire_answer(&w.peer, "180 Ringing", "two", ANSWER_CONTACT, NULL);
	wire_for_turns(&w, 10);
	sip_wire_answer(&w.peer, "183 Session Progress", "two", ANSWER_CONTACT, SDP("1", "4002", "sendrecv"));
	wire_for_turns(&w, 10);
	assert_int_equal(wire_rtp_port(&w), 4002);
	sip_wire_answer(&w.peer, "180 Ringing", "two", ANSWER_CONTACT, NULL);
	wire_for_turns(&w, 10);
	sip_wire_answer(&w.peer, "200 OK", "three", ANSWER_CONTACT, SDP("1", "4004", "sendrecv"));
	assert_true(sip_wire_expect(&w.peer, "ACK sip:x@no-such-host.invalid SIP/2.0"));
	assert_true(sip_wire_header(&w.peer, "To", h, sizeof(h)));
	assert_non_null(strstr(h, ";tag=three"));
	assert_int_equal(wire_rtp_port(&w), 4004);
	assert_string_equal(w.events, "progress+ alerting progress+ alerting+ answered");
	/* The 200 again: the ACK again. */
	memcpy(w.peer.msg, invite, sizeof(invite));
	sip_wire_answer(&w.peer, "200 OK", "three", ANSWER_CONTACT, SDP("1", "4004", "sendrecv"));
	assert_true(sip_wire_expect(&w.peer, "ACK "));
	assert_false(w.cleared);
	assert_int_equal(leg_clear(w.leg, &(struct leg_cause){ .q850 = 16 }), 0);
	assert_true(sip_wire_expect(&w.peer, "BYE sip:x@no-such-host.invalid SIP/2.0"));
	sip_wire_answer(&w.peer, "200 OK", "", "", NULL);
	wire_until_cleared(&w);
	wire_world_close(&w);
}

/* The far end sends the call on: told when it is said, where to when that is said, and once for each. */
static void test_sent_on(void **state)
{
#define SENT_ON(number, cause) ANSWER_CONTACT "History-Info: <sip:2@h>;index=1, <sip:" number "@h;cause=" cause ">;index=1.1;mp=1\n"
	struct wire_world w;

	(void)state;
	wire_world_open(&w);
	call_out(&w);
	sip_wire_answer(&w.peer, "181 Call Is Being Forwarded", "one", ANSWER_CONTACT, NULL);
	wire_for_turns(&w, 10);
	assert_string_equal(w.diverted.to.digits, "");
	sip_wire_answer(&w.peer, "181 Call Is Being Forwarded", "one", SENT_ON("+442079460299", "486"), NULL);
	wire_for_turns(&w, 10);
	assert_string_equal(w.diverted.to.digits, "442079460299");
	assert_int_equal(w.diverted.to.ton, TON_INTERNATIONAL);
	assert_int_equal(w.diverted.reason, 1);
	sip_wire_answer(&w.peer, "180 Ringing", "one", SENT_ON("+442079460299", "486"), NULL);
	wire_for_turns(&w, 10);
	sip_wire_answer(&w.peer, "200 OK", "one", SENT_ON("+442079460298", "408"), SDP("1", "4004", "sendrecv"));
	assert_true(sip_wire_expect(&w.peer, "ACK "));
	assert_string_equal(w.diverted.to.digits, "442079460298");
	assert_string_equal(w.events, "diverted proceeding diverted proceeding alerting diverted answered");
	assert_int_equal(leg_clear(w.leg, &(struct leg_cause){ .q850 = 16 }), 0);
	assert_true(sip_wire_expect(&w.peer, "BYE "));
	sip_wire_answer(&w.peer, "200 OK", "", "", NULL);
	wire_until_cleared(&w);
	wire_world_close(&w);
}

/* A second branch answers too: it must not stay up, nor take the first one down. */
static void test_second_answer(void **state)
{
	char invite[SIP_WIRE_MAX];
	struct wire_world w;

	(void)state;
	wire_world_open(&w);
	call_out(&w);
	memcpy(invite, w.peer.msg, sizeof(invite));
	sip_wire_answer(&w.peer, "200 OK", "one", CONTACT, SDP("1", "4000", "sendrecv"));
	assert_true(sip_wire_expect(&w.peer, "ACK "));
	memcpy(w.peer.msg, invite, sizeof(invite));
	sip_wire_answer(&w.peer, "200 OK", "two", CONTACT, SDP("1", "4002", "sendrecv"));
	assert_true(sip_wire_expect(&w.peer, "ACK "));
	assert_non_null(strstr(w.peer.msg, ";tag=two"));
	assert_true(sip_wire_expect(&w.peer, "BYE "));
	assert_non_null(strstr(w.peer.msg, ";tag=two"));
	sip_wire_answer(&w.peer, "200 OK", "", "", NULL);
	wire_for_turns(&w, 20);
	assert_false(w.cleared);
	assert_int_equal(wire_rtp_port(&w), 4000);
	assert_int_equal(leg_clear(w.leg, &(struct leg_cause){ .q850 = 16 }), 0);
	assert_true(sip_wire_expect(&w.peer, "BYE "));
	assert_non_null(strstr(w.peer.msg, ";tag=one"));
	sip_wire_answer(&w.peer, "200 OK", "", "", NULL);
	wire_until_cleared(&w);
	wire_world_close(&w);
}

static void test_answer_without_sdp(void **state)
{
	struct wire_world w;
	char h[128];

	(void)state;
	wire_world_open(&w);
	call_out(&w);
	sip_wire_answer(&w.peer, "200 OK", "one", CONTACT, NULL);
	assert_true(sip_wire_expect(&w.peer, "ACK "));
	assert_true(sip_wire_expect(&w.peer, "BYE "));
	assert_true(sip_wire_header(&w.peer, "Reason", h, sizeof(h)));
	assert_memory_equal(h, "Q.850;cause=88", 14);
	sip_wire_answer(&w.peer, "200 OK", "", "", NULL);
	wire_until_cleared(&w);
	assert_int_equal(w.cause.q850, 88);
	wire_world_close(&w);
}

/* Nobody is there: 408 of our own after 64 * T1, here shortened. */
static void test_silence(void **state)
{
	struct wire_world w;

	(void)state;
	wire_world_open(&w);
	nta_agent_set_params(w.ua->agent, NTATAG_SIP_T1X64(600), TAG_END());
	call_out(&w);
	wire_until_cleared(&w);
	assert_int_equal(w.cause.q850, 102);
	assert_int_equal(w.cause.sip, 408);
	assert_string_equal(w.events, "cleared");
	wire_world_close(&w);
}

/* The far end does not answer our BYE: the leg is over all the same, and soon. */
static void test_bye_unanswered(void **state)
{
	struct wire_world w;
	char tag[64];

	(void)state;
	wire_world_open(&w);
	wire_call_up(&w, CONTACT, tag, sizeof(tag));
	assert_int_equal(leg_clear(w.leg, &(struct leg_cause){ .q850 = 16 }), 0);
	wire_until_cleared(&w);
	assert_int_equal(w.ua->n_legs, 1);	/* it still sends BYE */
	assert_true(sip_wire_expect(&w.peer, "BYE "));
	sip_wire_answer(&w.peer, "200 OK", "", "", NULL);
	wire_for_turns(&w, 20);
	assert_int_equal(w.ua->n_legs, 0);
	wire_world_close(&w);
}

/* A peer that answers no OPTIONS goes down; one that speaks to us is up whatever it answers. */
static void test_health(void **state)
{
	static const char *const watched =
		"site: {country: 44}\ncard: sim\nsim: {spans: {1: e1, 2: e1}, wires: [1-2]}\n"
		"sip: {listen: [\"127.0.0.1:21400\"]}\n"
		"trunks:\n"
		"  w: {sip: {peer: \"127.0.0.1:21500\", health: 200ms}}\n";
	struct sip_peer_info p;
	struct conf *c = NULL;
	struct wire_world w;
	int64_t end;

	(void)state;
	wire_world_open(&w);
	assert_int_equal(conf_parse(&c, "test", watched, strlen(watched), wire_conf_failed, NULL), 0);
	assert_int_equal(sip_ua_reload(w.ua, c), 0);
	conf_free(c);
	assert_true(sip_wire_expect(&w.peer, "OPTIONS sip:127.0.0.1:21500"));
	sip_wire_answer(&w.peer, "404 Not Found", "x", "", NULL);
	assert_true(sip_wire_expect(&w.peer, "OPTIONS "));
	assert_int_equal(sip_ua_peers(w.ua, &p, 1), 1);
	assert_true(p.up);
	assert_true(p.rtt_us > 0);
	sip_wire_answer(&w.peer, "503 Service Unavailable", "x", "", NULL);
	assert_true(sip_wire_expect(&w.peer, "OPTIONS "));
	sip_ua_peers(w.ua, &p, 1);
	assert_false(p.up);
	assert_string_equal(p.why, "answered 503");
	wire_request(&w, "OPTIONS", 1, "", "", NULL);
	assert_true(sip_wire_expect(&w.peer, "SIP/2.0 200"));
	sip_ua_peers(w.ua, &p, 1);
	assert_true(p.up);
	for (end = sip_now_ms() + 1000; sip_now_ms() < end;)	/* it has nothing to say */
		wire_turn(&w);
	sip_ua_peers(w.ua, &p, 1);
	assert_false(p.up);
	assert_string_equal(p.why, "no answer to OPTIONS");
	wire_world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names_in),
		cmocka_unit_test(test_via_maddr),
		cmocka_unit_test(test_invite_headers),
		cmocka_unit_test(test_finals),
		cmocka_unit_test(test_forked), cmocka_unit_test(test_sent_on),
		cmocka_unit_test(test_second_answer),
		cmocka_unit_test(test_answer_without_sdp),
		cmocka_unit_test(test_silence),
		cmocka_unit_test(test_bye_unanswered),
		cmocka_unit_test(test_health),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
