/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calls from a peer made of text: what a second agent of our kind would never send. */
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

/* --- Offers late, again and never ------------------------------------------------------------- */

static void test_delayed_offer(void **state)
{
	struct wire_world w;
	char tag[64];

	(void)state;
	wire_world_open(&w);
	wire_invite(&w, CONTACT, NULL);
	assert_non_null(w.leg->port);
	assert_int_equal(leg_progress(w.leg, true, NULL), 0);
	assert_true(sip_wire_expect(&w.peer, "SIP/2.0 183"));
	assert_non_null(strstr(w.peer.msg, "m=audio"));
	assert_int_equal(w.leg->port->told, 0);
	assert_int_equal(leg_answer(w.leg, NULL), 0);
	assert_true(sip_wire_expect(&w.peer, "SIP/2.0 200"));
	assert_non_null(strstr(w.peer.msg, "m=audio 21800 RTP/AVP 8 0 101\r\n"));
	wire_our_tag(&w, tag, sizeof(tag));
	wire_request(&w, "ACK", 1, tag, "", SDP("1", "4000", "sendrecv"));
	wire_for_turns(&w, 10);
	assert_int_equal(wire_rtp_port(&w), 4000);
	wire_they_clear(&w, tag);
	wire_world_close(&w);
}

static void test_delayed_offer_unanswered(void **state)
{
	char tag[64], reason[128];
	struct wire_world w;

	(void)state;
	wire_world_open(&w);
	wire_invite(&w, CONTACT, NULL);
	wire_answer(&w, tag, sizeof(tag));
	wire_request(&w, "ACK", 1, tag, "", NULL);
	assert_true(sip_wire_expect(&w.peer, "BYE "));
	assert_true(sip_wire_header(&w.peer, "Reason", reason, sizeof(reason)));
	assert_memory_equal(reason, "Q.850;cause=88", 14);
	sip_wire_answer(&w.peer, "200 OK", "", "", NULL);
	wire_until_cleared(&w);
	assert_false(w.by_far_end);
	wire_world_close(&w);
}

static void body_of(const struct wire_world *w, char *out, size_t size)
{
	const char *p = strstr(w->peer.msg, "\r\n\r\n");

	snprintf(out, size, "%s", p ? p + 4 : "");
}

static void test_hold(void **state)
{
	char tag[64], first[1024], again[1024];
	struct wire_world w;

	(void)state;
	wire_world_open(&w);
	wire_call_up(&w, CONTACT, tag, sizeof(tag));
	assert_int_equal(wire_rtp_port(&w), 4000);
	wire_request(&w, "INVITE", 2, tag, CONTACT, SDP("2", "4002", "sendonly"));
	assert_true(sip_wire_expect(&w.peer, "SIP/2.0 200"));
	assert_non_null(strstr(w.peer.msg, "a=recvonly"));
	body_of(&w, first, sizeof(first));
	wire_request(&w, "ACK", 2, tag, "", NULL);
	wire_for_turns(&w, 5);
	/* sendonly: they may still send us music, so it is no hold unless they stop receiving */
	assert_string_equal(w.events, "held");
	assert_int_equal(wire_rtp_port(&w), 4002);
	assert_int_equal(w.leg->port->remote.dir, MEDIA_RECV);
	wire_request(&w, "INVITE", 3, tag, CONTACT, SDP("2", "4002", "sendonly"));
	assert_true(sip_wire_expect(&w.peer, "SIP/2.0 200"));
	body_of(&w, again, sizeof(again));
	assert_string_equal(first, again);
	wire_request(&w, "ACK", 3, tag, "", NULL);
	wire_for_turns(&w, 5);
	wire_request(&w, "UPDATE", 4, tag, CONTACT, SDP("3", "4002", "sendrecv"));
	assert_true(sip_wire_expect(&w.peer, "SIP/2.0 200"));
	assert_non_null(strstr(w.peer.msg, "a=sendrecv"));
	assert_string_equal(w.events, "held resumed");
	assert_int_equal(w.leg->port->remote.dir, MEDIA_SENDRECV);
	/* Without an offer: ours, answered in the ACK. */
	wire_request(&w, "INVITE", 5, tag, CONTACT, NULL);
	assert_true(sip_wire_expect(&w.peer, "SIP/2.0 200"));
	assert_non_null(strstr(w.peer.msg, "m=audio 21800 RTP/AVP 8 0 101\r\n"));
	wire_request(&w, "ACK", 5, tag, "", SDP("4", "4010", "inactive"));
	wire_for_turns(&w, 10);
	assert_int_equal(wire_rtp_port(&w), 4010);
	assert_string_equal(w.events, "held resumed held");
	wire_they_clear(&w, tag);
	wire_world_close(&w);
}

static void test_reinvite_refused(void **state)
{
	struct wire_world w;
	char tag[64];

	(void)state;
	wire_world_open(&w);
	wire_call_up(&w, CONTACT, tag, sizeof(tag));
	wire_request(&w, "INVITE", 2, tag, CONTACT,
		"v=0\r\no=- 9 2 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 18\r\n");
	assert_true(sip_wire_expect(&w.peer, "SIP/2.0 488"));
	wire_request(&w, "ACK", 2, tag, "", NULL);
	assert_int_equal(wire_rtp_port(&w), 4000);
	/* One while the last is not acknowledged. */
	wire_request(&w, "INVITE", 3, tag, CONTACT, SDP("3", "4004", "sendrecv"));
	assert_true(sip_wire_expect(&w.peer, "SIP/2.0 200"));
	wire_request(&w, "INVITE", 4, tag, CONTACT, SDP("4", "4006", "sendrecv"));
	assert_true(sip_wire_expect(&w.peer, "SIP/2.0 491"));
	assert_int_equal(wire_rtp_port(&w), 4004);
	wire_request(&w, "ACK", 3, tag, "", NULL);
	wire_request(&w, "INFO", 5, tag, "", NULL);
	assert_true(sip_wire_expect(&w.peer, "SIP/2.0 405"));
	wire_request(&w, "OPTIONS", 6, tag, "", NULL);
	assert_true(sip_wire_expect(&w.peer, "SIP/2.0 200"));
	assert_false(w.cleared);
	wire_they_clear(&w, tag);
	wire_world_close(&w);
}

static void test_bye_before_ack(void **state)
{
	struct wire_world w;
	char tag[64];

	(void)state;
	wire_world_open(&w);
	wire_invite(&w, CONTACT, SDP("1", "4000", "sendrecv"));
	wire_answer(&w, tag, sizeof(tag));
	wire_they_clear(&w, tag);
	wire_world_close(&w);
}

/* Each row: what the line said before the answer, and the status it becomes; "v=0": with a description, so that its audio is heard. */
static void test_alerting(void **state)
{
	static const struct {
		const char *why;
		bool progress, inband;
		const char *status, *sdp;
	} rows[][3] = {
		{ { "ALERTING alone: the caller rings by himself", false, false, "SIP/2.0 180", NULL } },
		{ { "ALERTING with indicator 1 or 8: the line is heard", false, true, "SIP/2.0 183", "v=0" } },
		{ { "first without,", false, false, "SIP/2.0 180", NULL }, { "then with", false, true, "SIP/2.0 183", "v=0" } },
		{ { "first without,", false, false, "SIP/2.0 180", NULL }, { "then PROGRESS", true, true, "SIP/2.0 183", "v=0" } },
		{ { "PROGRESS,", true, true, "SIP/2.0 183", "v=0" }, { "ALERTING,", false, false, "SIP/2.0 180", NULL },
		  { "and again with audio", false, true, "SIP/2.0 183", "v=0" } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct wire_world w;
		char tag[64];

		wire_world_open(&w);
		wire_invite(&w, CONTACT, SDP("1", "4000", "sendrecv"));
		for (int n = 0; n < 3 && rows[i][n].why; n++) {
			int err = rows[i][n].progress ? leg_progress(w.leg, rows[i][n].inband, NULL)
						      : leg_alert(w.leg, rows[i][n].inband);

			assert_int_equal(err, 0);
			assert_true(sip_wire_expect(&w.peer, rows[i][n].status));
			if (!strstr(w.peer.msg, "\r\n\r\nv=0") != !rows[i][n].sdp)
				fail_msg("row %zu, %s", i, rows[i][n].why);
		}
		wire_answer(&w, tag, sizeof(tag));
		wire_request(&w, "ACK", 1, tag, "", NULL);
		wire_they_clear(&w, tag);
		wire_world_close(&w);
	}
}

/* The called side has sent the call on: 181, and where it is in this and every later response. Nobody hears of a number that is private. */
static void test_sent_on(void **state)
{
	static const struct { const char *why; struct leg_number to; bool told; } rows[] = {
		{ "told", { .digits = "442079460299", .ton = TON_INTERNATIONAL }, true },
		{ "private", { .digits = "442079460299", .ton = TON_INTERNATIONAL, .presentation = PRES_RESTRICTED }, false },
		{ "not known", { .digits = "" }, false },
	};
	static const char *const statuses[] = { "SIP/2.0 181", "SIP/2.0 180", "SIP/2.0 200" };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct leg_divert to = { .to = rows[i].to, .reason = 1 };
		struct wire_world w;
		char tag[64], value[512];

		wire_world_open(&w);
		wire_invite(&w, CONTACT, SDP("1", "4000", "sendrecv"));
		assert_int_equal(leg_diverted(w.leg, &to), 0);
		assert_int_equal(leg_alert(w.leg, false), 0);
		assert_int_equal(leg_answer(w.leg, NULL), 0);
		for (int n = 0; n < 3; n++) {
			assert_true(sip_wire_expect(&w.peer, statuses[n]));
			if (sip_wire_header(&w.peer, "History-Info", value, sizeof(value)) != rows[i].told)
				fail_msg("%s: %s", rows[i].why, statuses[n]);
			if (rows[i].told)
				assert_non_null(strstr(value, "<sip:+442079460100@127.0.0.1:21400>;index=1, "
						       "<sip:+442079460299@127.0.0.1:21400;cause=486>;index=1.1;mp=1"));
		}
		assert_int_equal(leg_diverted(w.leg, &to), -EALREADY);
		wire_our_tag(&w, tag, sizeof(tag));
		wire_request(&w, "ACK", 1, tag, "", NULL);
		wire_they_clear(&w, tag);
		wire_world_close(&w);
	}
}

static void test_bye_before_answer(void **state)
{
	struct wire_world w;
	char tag[64];

	(void)state;
	wire_world_open(&w);
	wire_invite(&w, CONTACT, SDP("1", "4000", "sendrecv"));
	assert_int_equal(leg_alert(w.leg, false), 0);
	assert_true(sip_wire_expect(&w.peer, "SIP/2.0 180"));
	wire_our_tag(&w, tag, sizeof(tag));
	wire_request(&w, "BYE", 2, tag, "", NULL);
	assert_true(sip_wire_expect(&w.peer, "SIP/2.0 200"));
	assert_true(sip_wire_expect(&w.peer, "SIP/2.0 487"));
	wire_until_cleared(&w);
	assert_int_equal(w.cause.q850, 16);
	wire_world_close(&w);
}

static void test_no_ack(void **state)
{
	struct wire_world w;

	(void)state;
	wire_world_open(&w);
	nta_agent_set_params(w.ua->agent, NTATAG_SIP_T1X64(700), TAG_END());
	wire_invite(&w, CONTACT, SDP("1", "4000", "sendrecv"));
	assert_int_equal(leg_answer(w.leg, NULL), 0);
	assert_true(sip_wire_expect(&w.peer, "SIP/2.0 200"));
	assert_true(sip_wire_expect(&w.peer, "SIP/2.0 200"));	/* again */
	assert_true(sip_wire_expect(&w.peer, "BYE "));
	sip_wire_answer(&w.peer, "200 OK", "", "", NULL);
	wire_until_cleared(&w);
	assert_int_equal(w.cause.q850, 102);
	assert_false(w.by_far_end);
	wire_world_close(&w);
}

static void test_retransmitted_invite(void **state)
{
	static const char *const text =
		"INVITE sip:2@127.0.0.1:21400 SIP/2.0\r\nv: SIP/2.0/UDP 127.0.0.1:21500;branch=z9hG4bKsame;rport\r\n"
		"f: <sip:1@127.0.0.1>;tag=ft\r\nt: <sip:2@127.0.0.1>\r\ni: compact@wire\r\nCSeq: 1 INVITE\r\n"
		"m: <sip:w@127.0.0.1:21500>\r\nc: application/sdp\r\nl: 99\r\n\r\n"
		"v=0\r\no=- 9 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\na=sendrecv\r\n";
	struct sip_counters c;
	struct wire_world w;

	(void)state;
	wire_world_open(&w);
	sip_wire_raw(&w.peer, text);
	assert_true(sip_wire_expect(&w.peer, "SIP/2.0 100"));
	sip_wire_raw(&w.peer, text);
	assert_true(sip_wire_expect(&w.peer, "SIP/2.0 100"));
	assert_int_equal(leg_alert(w.leg, false), 0);
	assert_true(sip_wire_expect(&w.peer, "SIP/2.0 180"));
	sip_wire_raw(&w.peer, text);
	assert_true(sip_wire_expect(&w.peer, "SIP/2.0 180"));
	assert_int_equal(w.offered, 1);
	sip_ua_counters(w.ua, &c);
	assert_int_equal(c.retransmissions, 2);
	assert_int_equal(c.invites_in, 1);
	assert_int_equal(leg_clear(w.leg, &(struct leg_cause){ .q850 = 17 }), 0);
	assert_true(sip_wire_expect(&w.peer, "SIP/2.0 486"));
	wire_until_cleared(&w);
	wire_world_close(&w);
}

static void test_cancel_reasons(void **state)
{
	struct wire_world w;

	(void)state;
	wire_world_open(&w);
	wire_invite(&w, CONTACT, SDP("1", "4000", "sendrecv"));
	wire_request(&w, "CANCEL", 1, "", "Reason: SIP;cause=200;text=\"Call completed elsewhere\"\n", NULL);
	assert_true(sip_wire_expect(&w.peer, "SIP/2.0 200"));
	assert_true(sip_wire_expect(&w.peer, "SIP/2.0 487"));
	wire_until_cleared(&w);
	assert_int_equal(w.cause.q850, 26);
	assert_true(w.by_far_end);
	wire_world_close(&w);
}

/* --- Refusals --------------------------------------------------------------------------------- */

static void test_refusals(void **state)
{
	static const struct {
		const char *why, *method, *extra, *body, *status, *header;
	} rows[] = {
		{ "100rel required", "INVITE", CONTACT "Require: 100rel\n", SDP("1", "4000", "sendrecv"), "SIP/2.0 420 ",
		  "Unsupported: 100rel" },
		{ "no Contact", "INVITE", "", SDP("1", "4000", "sendrecv"), "SIP/2.0 400 ", "" },
		{ "no SDP in the SDP", "INVITE", CONTACT, "hello", "SIP/2.0 400 ", "" },
		{ "no common codec", "INVITE", CONTACT,
		  "v=0\r\no=- 9 2 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 18\r\n",
		  "SIP/2.0 488 ", "Warning: 305 tipring" },
		{ "BYE to nothing", "BYE", "", NULL, "SIP/2.0 481 ", "" },
		{ "CANCEL of nothing", "CANCEL", "", NULL, "SIP/2.0 481 ", "" },
		{ "OPTIONS", "OPTIONS", "", NULL, "SIP/2.0 200 ", "Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE" },
		{ "REGISTER", "REGISTER", "", NULL, "SIP/2.0 405 ", "Allow: " },
		{ "MESSAGE", "MESSAGE", "", NULL, "SIP/2.0 405 ", "Allow: " },
		{ "a method of their own", "FROBNICATE", "", NULL, "SIP/2.0 501 ", "" },
	};
	struct wire_world w;
	unsigned i;

	(void)state;
	wire_world_open(&w);
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		wire_request(&w, rows[i].method, 100 + i, "", rows[i].extra, rows[i].body);
		do
			if (!sip_wire_read(&w.peer, 2000))
				fail_msg("%s: no answer", rows[i].why);
		while (strncmp(w.peer.msg, "SIP/2.0 100", 11) == 0);
		if (strncmp(w.peer.msg, rows[i].status, strlen(rows[i].status)) != 0 || !strstr(w.peer.msg, rows[i].header))
			fail_msg("%s: %s", rows[i].why, w.peer.msg);
		if (strcmp(rows[i].method, "INVITE") == 0)
			wire_request(&w, "ACK", 100 + i, "x", "", NULL);
	}
	assert_int_equal(w.offered, 0);
	wire_world_close(&w);
}

/* What is answered statefully comes again until an ACK: that is no answer to TEXT. */
static bool belongs_to(const struct wire_world *w, const char *text)
{
	char id[64];

	return !sip_wire_header(&w->peer, "Call-ID", id, sizeof(id)) || strstr(text, id);
}

static void raw(struct wire_world *w, const char *why, const char *text, const char *status)
{
	sip_wire_raw(&w->peer, text);
	do
		if (!sip_wire_read(&w->peer, *status ? 1000 : 100)) {
			if (*status)
				fail_msg("%s: no answer", why);
			return;
		}
	while (!belongs_to(w, text) || strncmp(w->peer.msg, "SIP/2.0 100", 11) == 0);
	if (!*status || strncmp(w->peer.msg, status, strlen(status)) != 0)
		fail_msg("%s: %s", why, w->peer.msg);
}

#define LINES(via, more)                                                                                              \
	"Via: SIP/2.0/UDP 127.0.0.1:21500;branch=z9hG4bK" via ";rport\r\nFrom: <sip:1@h>;tag=f\r\nTo: <sip:2@h>\r\n"      \
	"Call-ID: " via "\r\nCSeq: 1 INVITE\r\n" more "Content-Length: 0\r\n\r\n"

static void test_malformed(void **state)
{
	struct sip_counters c;
	struct wire_world w;

	(void)state;
	wire_world_open(&w);
	raw(&w, "Max-Forwards 0", "INVITE sip:2@127.0.0.1 SIP/2.0\r\n" LINES("a1", "Max-Forwards: 0\r\n"), "SIP/2.0 483");
	raw(&w, "a scheme that is none", "INVITE http://127.0.0.1/ SIP/2.0\r\n" LINES("a2", ""), "SIP/2.0 416");
	sip_ua_counters(w.ua, &c);
	assert_int_equal(c.malformed, 0);
	raw(&w, "no Call-ID", "INVITE sip:2@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:21500;branch=z9hG4bKa3;rport\r\n"
	    "From: <sip:1@h>;tag=f\r\nTo: <sip:2@h>\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n", "SIP/2.0 400");
	raw(&w, "CSeq of another method", "OPTIONS sip:2@127.0.0.1 SIP/2.0\r\n" LINES("a4", ""), "SIP/2.0 400");
	raw(&w, "Content-Length beyond the end", "INVITE sip:2@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:21500;branch=z9hG4bKa5\r\n"
	    "From: <sip:1@h>;tag=f\r\nTo: <sip:2@h>\r\nCall-ID: a5\r\nCSeq: 1 INVITE\r\nContent-Length: 500\r\n\r\nv=0", "SIP/2.0 400");
	raw(&w, "another version", "INVITE sip:2@127.0.0.1 SIP/3.0\r\n" LINES("a6", ""), "SIP/2.0 505");
	raw(&w, "no SIP at all", "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "");
	raw(&w, "four octets", "\r\n\r\n", "");
	raw(&w, "octets", "\001\002\377\376", "");
	raw(&w, "a Via of names only", "INVITE sip:2@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP no-such-host.invalid;branch=z9hG4bKa7\r\n"
	    "From: <sip:1@h>;tag=f\r\nTo: <sip:2@h>\r\nCall-ID: a7\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n", "");
	sip_ua_counters(w.ua, &c);
	assert_true(c.malformed >= 3);
	wire_request(&w, "OPTIONS", 1, "", "", NULL);
	assert_true(sip_wire_expect(&w.peer, "SIP/2.0 200"));
	assert_int_equal(w.offered, 0);
	wire_world_close(&w);
}

/* The same answer whatever is asked for, and however. */
static void test_stranger(void **state)
{
	static const char *const methods[] = { "INVITE", "OPTIONS", "REGISTER", "BYE", "CANCEL", "MESSAGE", "FROBNICATE" };
	static const char *const users[] = { "+442079460100", "nobody", "112" };
	char head[1024];
	struct sip_counters c;
	struct wire_world w;
	unsigned i;

	(void)state;
	wire_world_open(&w);
	for (i = 0; i < 21; i++) {
		const char *m = methods[i % 7];

		snprintf(head, sizeof(head),
			 "%s sip:%s@127.0.0.1 SIP/2.0\nVia: SIP/2.0/UDP 127.0.0.2:21600;branch=z9hG4bKs%u\nFrom: <sip:1@h>;tag=f\n"
			 "To: <sip:2@h>\nCall-ID: s%u\nCSeq: 1 %s\nContact: <sip:x@127.0.0.2:21600>\n",
			 m, users[i / 7], i, i, m);
		sip_wire_send(&w.stranger, head, i % 2 ? SDP("1", "4000", "sendrecv") : NULL);
		assert_true(sip_wire_read(&w.stranger, 2000));
		assert_memory_equal(w.stranger.msg, "SIP/2.0 403 Forbidden\r\n", 23);
		assert_null(strstr(w.stranger.msg, "Server:"));
		assert_null(strstr(w.stranger.msg, "Allow:"));
		assert_non_null(strstr(w.stranger.msg, "Content-Length: 0\r\n\r\n"));
	}
	assert_false(sip_wire_read(&w.stranger, 50));	/* and no second one */
	sip_ua_counters(w.ua, &c);
	assert_int_equal(c.refused_source, 21);
	assert_int_equal(w.offered, 0);
	assert_int_equal(w.media.opened, 0);
	wire_world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_delayed_offer),
		cmocka_unit_test(test_delayed_offer_unanswered),
		cmocka_unit_test(test_hold),
		cmocka_unit_test(test_reinvite_refused),
		cmocka_unit_test(test_bye_before_ack),
		cmocka_unit_test(test_alerting),
		cmocka_unit_test(test_sent_on),
		cmocka_unit_test(test_bye_before_answer),
		cmocka_unit_test(test_no_ack),
		cmocka_unit_test(test_retransmitted_invite),
		cmocka_unit_test(test_cancel_reasons),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_malformed),
		cmocka_unit_test(test_stranger),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
