/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The user agent against a peer made of text: what a second one of its kind would never send. */
#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "gateway/sip/internal.h"
#define FAKE_MEDIA
#include "tests/support/fake_media.c"
#include "tests/support/sip_wire.h"

#define GATEWAY 21400
#define PEER 21500
#define STRANGER 21600

struct world {
	su_root_t *root;
	struct media media;
	struct sip_ua *ua;
	struct sip_wire peer, stranger;
	struct leg *leg;
	struct leg_offer offer;
	struct leg_cause cause;
	char events[256];
	bool cleared, by_far_end;
	int offered;
};

static const char *const conf_text = "site: {country: 44}\ncard: sim\nsim: {spans: {1: e1, 2: e1}, wires: [1-2]}\n"
	"sip: {listen: [\"127.0.0.1:21400\"]}\n"
	"trunks:\n"
	"  w: {sip: {peer: \"127.0.0.1:21500\", trust-identity: true, health: 0s}}\n";

static void conf_failed(void *arg, const struct conf_error *e)
{
	(void)arg;
	fail_msg("%d:%d: %s", e->line, e->column, e->message);
}

static const char *const kinds[] = { "proceeding", "alerting", "progress", "answered", "digit",
				     "held",	   "resumed",  "audio",	   "cleared" };

static void on_event(void *arg, struct leg *leg, const struct leg_event *ev)
{
	struct world *w = arg;
	size_t n = strlen(w->events);

	assert_ptr_equal(leg, w->leg ? w->leg : leg);
	snprintf(w->events + n, sizeof(w->events) - n, "%s%s%s", n ? " " : "", kinds[ev->kind], ev->inband ? "+" : "");
	if (ev->kind != LEG_CLEARED)
		return;
	w->cleared = true;
	w->cause = ev->cause;
	w->by_far_end = ev->by_far_end;
	w->leg = NULL;
}

static void on_offered(void *arg, const char *trunk, struct leg *leg, const struct leg_offer *offer)
{
	struct world *w = arg;

	assert_string_equal(trunk, "w");
	w->offered++;
	w->leg = leg;
	w->offer = *offer;
	leg_attach(leg, on_event, w);
}

static void turn(void *arg)
{
	struct world *w = arg;

	su_root_step(w->root, 2);
	media_service(&w->media);
}

static void world_open(struct world *w)
{
	struct sip_handlers h = { .offered = on_offered, .arg = w };
	struct conf *c = NULL;

	memset(w, 0, sizeof(*w));
	su_init();
	w->root = su_root_create(NULL);
	su_root_threading(w->root, 0);
	assert_int_equal(conf_parse(&c, "test", conf_text, strlen(conf_text), conf_failed, NULL), 0);
	assert_int_equal(sip_ua_open(&w->ua, w->root, &w->media, c, &h), 0);
	conf_free(c);
	assert_int_equal(sip_wire_open(&w->peer, "127.0.0.1", PEER, GATEWAY, turn, w), 0);
	assert_int_equal(sip_wire_open(&w->stranger, "127.0.0.2", STRANGER, GATEWAY, turn, w), 0);
}

/* The far end answers whatever is asked while the agent closes; names were never looked up. */
static void world_close(struct world *w)
{
	sip_ua_close(w->ua);
	assert_int_equal(w->media.open, 0);
	sip_wire_close(&w->peer);
	sip_wire_close(&w->stranger);
	su_root_destroy(w->root);
	su_deinit();
}

static void until_cleared(struct world *w)
{
	int64_t end = sip_now_ms() + 5000;

	while (!w->cleared && sip_now_ms() < end)
		turn(w);
	assert_true(w->cleared);
}

static void for_turns(struct world *w, int n)
{
	while (n--)
		turn(w);
}

#define SDP(version, port, dir)                                                                                       \
	"v=0\r\no=- 9 " version " IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio " port                \
	" RTP/AVP 8 101\r\na=rtpmap:101 telephone-event/8000\r\na=" dir "\r\n"

/* A request of the peer's. TAG is our To tag, "" before there is one; METHOD with its CSeq number. */
static void request(struct world *w, const char *method, unsigned cseq, const char *tag, const char *extra,
		    const char *body)
{
	char head[3072];
	static unsigned branch;

	snprintf(head, sizeof(head),
		 "%s sip:+442079460100@127.0.0.1:21400 SIP/2.0\nVia: SIP/2.0/UDP 127.0.0.1:21500;branch=z9hG4bKb%u;rport\n"
		 "Max-Forwards: 70\nFrom: <sip:1@127.0.0.1>;tag=ft\nTo: <sip:2@127.0.0.1>%s%s\nCall-ID: call@wire\n"
		 "CSeq: %u %s\n%s",
		 method, strcmp(method, "CANCEL") == 0 ? branch : ++branch, *tag ? ";tag=" : "", tag, cseq, method, extra);
	sip_wire_send(&w->peer, head, body);
}

#define CONTACT "Contact: <sip:w@127.0.0.1:21500>\n"

static void our_tag(const struct world *w, char *out, size_t size)
{
	char to[256], *p;

	assert_true(sip_wire_header(&w->peer, "To", to, sizeof(to)));
	p = strstr(to, ";tag=");
	assert_non_null(p);
	snprintf(out, size, "%s", p + 5);
}

/* A call from the peer, answered and acknowledged. */
static void call_up(struct world *w, const char *extra, char *tag, size_t size)
{
	request(w, "INVITE", 1, "", extra, SDP("1", "4000", "sendrecv"));
	assert_true(sip_wire_expect(&w->peer, "SIP/2.0 100"));
	assert_int_equal(w->offered, 1);
	assert_int_equal(leg_answer(w->leg, NULL), 0);
	assert_true(sip_wire_expect(&w->peer, "SIP/2.0 200"));
	our_tag(w, tag, size);
	request(w, "ACK", 1, tag, "", NULL);
	for_turns(w, 10);
}

static void they_clear(struct world *w, const char *tag)
{
	request(w, "BYE", 90, tag, "Reason: Q.850;cause=31\n", NULL);
	assert_true(sip_wire_expect(&w->peer, "SIP/2.0 200"));
	until_cleared(w);
	assert_int_equal(w->cause.q850, 31);
	assert_true(w->by_far_end);
}

static uint16_t media_port_told(const struct world *w)
{
	return ntohs(((const struct sockaddr_in *)&w->leg->port->remote.rtp)->sin_port);
}

/* --- Offers late, again and never ------------------------------------------------------------- */

static void test_delayed_offer(void **state)
{
	struct world w;
	char tag[64];

	(void)state;
	world_open(&w);
	request(&w, "INVITE", 1, "", CONTACT, NULL);
	assert_true(sip_wire_expect(&w.peer, "SIP/2.0 100"));
	assert_non_null(w.leg->port);
	assert_int_equal(leg_progress(w.leg, true, NULL), 0);
	assert_true(sip_wire_expect(&w.peer, "SIP/2.0 183"));
	assert_non_null(strstr(w.peer.msg, "m=audio"));
	assert_int_equal(w.leg->port->told, 0);
	assert_int_equal(leg_answer(w.leg, NULL), 0);
	assert_true(sip_wire_expect(&w.peer, "SIP/2.0 200"));
	assert_non_null(strstr(w.peer.msg, "m=audio 21800 RTP/AVP 8 0 101\r\n"));
	our_tag(&w, tag, sizeof(tag));
	request(&w, "ACK", 1, tag, "", SDP("1", "4000", "sendrecv"));
	for_turns(&w, 10);
	assert_int_equal(media_port_told(&w), 4000);
	they_clear(&w, tag);
	world_close(&w);
}

static void test_delayed_offer_unanswered(void **state)
{
	char tag[64], reason[128];
	struct world w;

	(void)state;
	world_open(&w);
	request(&w, "INVITE", 1, "", CONTACT, NULL);
	assert_true(sip_wire_expect(&w.peer, "SIP/2.0 100"));
	assert_int_equal(leg_answer(w.leg, NULL), 0);
	assert_true(sip_wire_expect(&w.peer, "SIP/2.0 200"));
	our_tag(&w, tag, sizeof(tag));
	request(&w, "ACK", 1, tag, "", NULL);
	assert_true(sip_wire_expect(&w.peer, "BYE "));
	assert_true(sip_wire_header(&w.peer, "Reason", reason, sizeof(reason)));
	assert_memory_equal(reason, "Q.850;cause=88", 14);
	sip_wire_answer(&w.peer, "200 OK", "", "", NULL);
	until_cleared(&w);
	assert_false(w.by_far_end);
	world_close(&w);
}

static void body_of(const struct world *w, char *out, size_t size)
{
	const char *p = strstr(w->peer.msg, "\r\n\r\n");

	snprintf(out, size, "%s", p ? p + 4 : "");
}

static void test_hold(void **state)
{
	char tag[64], first[1024], again[1024];
	struct world w;

	(void)state;
	world_open(&w);
	call_up(&w, CONTACT, tag, sizeof(tag));
	assert_int_equal(media_port_told(&w), 4000);
	request(&w, "INVITE", 2, tag, CONTACT, SDP("2", "4002", "sendonly"));
	assert_true(sip_wire_expect(&w.peer, "SIP/2.0 200"));
	assert_non_null(strstr(w.peer.msg, "a=recvonly"));
	body_of(&w, first, sizeof(first));
	request(&w, "ACK", 2, tag, "", NULL);
	for_turns(&w, 5);
	/* sendonly: they may still send us music, so it is no hold unless they stop receiving */
	assert_string_equal(w.events, "held");
	assert_int_equal(media_port_told(&w), 4002);
	assert_int_equal(w.leg->port->remote.dir, MEDIA_RECV);
	request(&w, "INVITE", 3, tag, CONTACT, SDP("2", "4002", "sendonly"));
	assert_true(sip_wire_expect(&w.peer, "SIP/2.0 200"));
	body_of(&w, again, sizeof(again));
	assert_string_equal(first, again);
	request(&w, "ACK", 3, tag, "", NULL);
	for_turns(&w, 5);
	request(&w, "UPDATE", 4, tag, CONTACT, SDP("3", "4002", "sendrecv"));
	assert_true(sip_wire_expect(&w.peer, "SIP/2.0 200"));
	assert_non_null(strstr(w.peer.msg, "a=sendrecv"));
	assert_string_equal(w.events, "held resumed");
	assert_int_equal(w.leg->port->remote.dir, MEDIA_SENDRECV);
	/* Without an offer: ours, answered in the ACK. */
	request(&w, "INVITE", 5, tag, CONTACT, NULL);
	assert_true(sip_wire_expect(&w.peer, "SIP/2.0 200"));
	assert_non_null(strstr(w.peer.msg, "m=audio 21800 RTP/AVP 8 0 101\r\n"));
	request(&w, "ACK", 5, tag, "", SDP("4", "4010", "inactive"));
	for_turns(&w, 10);
	assert_int_equal(media_port_told(&w), 4010);
	assert_string_equal(w.events, "held resumed held");
	they_clear(&w, tag);
	world_close(&w);
}

static void test_reinvite_refused(void **state)
{
	struct world w;
	char tag[64];

	(void)state;
	world_open(&w);
	call_up(&w, CONTACT, tag, sizeof(tag));
	request(&w, "INVITE", 2, tag, CONTACT,
		"v=0\r\no=- 9 2 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 18\r\n");
	assert_true(sip_wire_expect(&w.peer, "SIP/2.0 488"));
	request(&w, "ACK", 2, tag, "", NULL);
	assert_int_equal(media_port_told(&w), 4000);
	/* One while the last is not acknowledged. */
	request(&w, "INVITE", 3, tag, CONTACT, SDP("3", "4004", "sendrecv"));
	assert_true(sip_wire_expect(&w.peer, "SIP/2.0 200"));
	request(&w, "INVITE", 4, tag, CONTACT, SDP("4", "4006", "sendrecv"));
	assert_true(sip_wire_expect(&w.peer, "SIP/2.0 491"));
	assert_int_equal(media_port_told(&w), 4004);
	request(&w, "ACK", 3, tag, "", NULL);
	request(&w, "INFO", 5, tag, "", NULL);
	assert_true(sip_wire_expect(&w.peer, "SIP/2.0 405"));
	request(&w, "OPTIONS", 6, tag, "", NULL);
	assert_true(sip_wire_expect(&w.peer, "SIP/2.0 200"));
	assert_false(w.cleared);
	they_clear(&w, tag);
	world_close(&w);
}

static void test_bye_before_ack(void **state)
{
	struct world w;
	char tag[64];

	(void)state;
	world_open(&w);
	request(&w, "INVITE", 1, "", CONTACT, SDP("1", "4000", "sendrecv"));
	assert_true(sip_wire_expect(&w.peer, "SIP/2.0 100"));
	assert_int_equal(leg_answer(w.leg, NULL), 0);
	assert_true(sip_wire_expect(&w.peer, "SIP/2.0 200"));
	our_tag(&w, tag, sizeof(tag));
	they_clear(&w, tag);
	world_close(&w);
}

static void test_bye_before_answer(void **state)
{
	struct world w;
	char tag[64];

	(void)state;
	world_open(&w);
	request(&w, "INVITE", 1, "", CONTACT, SDP("1", "4000", "sendrecv"));
	assert_true(sip_wire_expect(&w.peer, "SIP/2.0 100"));
	assert_int_equal(leg_alert(w.leg, false), 0);
	assert_true(sip_wire_expect(&w.peer, "SIP/2.0 180"));
	our_tag(&w, tag, sizeof(tag));
	request(&w, "BYE", 2, tag, "", NULL);
	assert_true(sip_wire_expect(&w.peer, "SIP/2.0 200"));
	assert_true(sip_wire_expect(&w.peer, "SIP/2.0 487"));
	until_cleared(&w);
	assert_int_equal(w.cause.q850, 16);
	world_close(&w);
}

static void test_no_ack(void **state)
{
	struct world w;

	(void)state;
	world_open(&w);
	nta_agent_set_params(w.ua->agent, NTATAG_SIP_T1X64(700), TAG_END());
	request(&w, "INVITE", 1, "", CONTACT, SDP("1", "4000", "sendrecv"));
	assert_true(sip_wire_expect(&w.peer, "SIP/2.0 100"));
	assert_int_equal(leg_answer(w.leg, NULL), 0);
	assert_true(sip_wire_expect(&w.peer, "SIP/2.0 200"));
	assert_true(sip_wire_expect(&w.peer, "SIP/2.0 200"));	/* again */
	assert_true(sip_wire_expect(&w.peer, "BYE "));
	sip_wire_answer(&w.peer, "200 OK", "", "", NULL);
	until_cleared(&w);
	assert_int_equal(w.cause.q850, 102);
	assert_false(w.by_far_end);
	world_close(&w);
}

static void test_retransmitted_invite(void **state)
{
	static const char *const text =
		"INVITE sip:2@127.0.0.1:21400 SIP/2.0\r\nv: SIP/2.0/UDP 127.0.0.1:21500;branch=z9hG4bKsame;rport\r\n"
		"f: <sip:1@127.0.0.1>;tag=ft\r\nt: <sip:2@127.0.0.1>\r\ni: compact@wire\r\nCSeq: 1 INVITE\r\n"
		"m: <sip:w@127.0.0.1:21500>\r\nc: application/sdp\r\nl: 99\r\n\r\n"
		"v=0\r\no=- 9 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\na=sendrecv\r\n";
	struct sip_counters c;
	struct world w;

	(void)state;
	world_open(&w);
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
	until_cleared(&w);
	world_close(&w);
}

static void test_cancel_reasons(void **state)
{
	struct world w;

	(void)state;
	world_open(&w);
	request(&w, "INVITE", 1, "", CONTACT, SDP("1", "4000", "sendrecv"));
	assert_true(sip_wire_expect(&w.peer, "SIP/2.0 100"));
	request(&w, "CANCEL", 1, "", "Reason: SIP;cause=200;text=\"Call completed elsewhere\"\n", NULL);
	assert_true(sip_wire_expect(&w.peer, "SIP/2.0 200"));
	assert_true(sip_wire_expect(&w.peer, "SIP/2.0 487"));
	until_cleared(&w);
	assert_int_equal(w.cause.q850, 26);
	assert_true(w.by_far_end);
	world_close(&w);
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
	struct world w;
	unsigned i;

	(void)state;
	world_open(&w);
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		request(&w, rows[i].method, 100 + i, "", rows[i].extra, rows[i].body);
		do
			if (!sip_wire_read(&w.peer, 2000))
				fail_msg("%s: no answer", rows[i].why);
		while (strncmp(w.peer.msg, "SIP/2.0 100", 11) == 0);
		if (strncmp(w.peer.msg, rows[i].status, strlen(rows[i].status)) != 0 || !strstr(w.peer.msg, rows[i].header))
			fail_msg("%s: %s", rows[i].why, w.peer.msg);
		if (strcmp(rows[i].method, "INVITE") == 0)
			request(&w, "ACK", 100 + i, "x", "", NULL);
	}
	assert_int_equal(w.offered, 0);
	world_close(&w);
}

/* What is answered statefully comes again until an ACK: that is no answer to TEXT. */
static bool belongs_to(const struct world *w, const char *text)
{
	char id[64];

	return !sip_wire_header(&w->peer, "Call-ID", id, sizeof(id)) || strstr(text, id);
}

static void raw(struct world *w, const char *why, const char *text, const char *status)
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
	struct world w;

	(void)state;
	world_open(&w);
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
	request(&w, "OPTIONS", 1, "", "", NULL);
	assert_true(sip_wire_expect(&w.peer, "SIP/2.0 200"));
	assert_int_equal(w.offered, 0);
	world_close(&w);
}

/* The same answer whatever is asked for, and however. */
static void test_stranger(void **state)
{
	static const char *const methods[] = { "INVITE", "OPTIONS", "REGISTER", "BYE", "CANCEL", "MESSAGE", "FROBNICATE" };
	static const char *const users[] = { "+442079460100", "nobody", "112" };
	char head[1024];
	struct sip_counters c;
	struct world w;
	unsigned i;

	(void)state;
	world_open(&w);
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
	world_close(&w);
}

/* --- Names are never looked up ---------------------------------------------------------------- */

static void named_dialog(struct world *w, const char *extra)
{
	char tag[64];

	call_up(w, extra, tag, sizeof(tag));
	assert_int_equal(leg_clear(w->leg, &(struct leg_cause){ .q850 = 16 }), 0);
	/* BYE reaches the address that the peer was seen at. */
	assert_true(sip_wire_expect(&w->peer, "BYE "));
	sip_wire_answer(&w->peer, "200 OK", "", "", NULL);
	until_cleared(w);
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
	struct world w;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		world_open(&w);
		named_dialog(&w, rows[i]);
		world_close(&w);
	}
	assert_int_equal(sip_names_refused(), before);	/* not even tried */
}

/* A name in a Via's maddr would make the library look it up, in the loop: it fails at once instead. */
static void test_via_maddr(void **state)
{
	unsigned long before = sip_names_refused();
	struct timespec a, b;
	struct world w;

	(void)state;
	world_open(&w);
	clock_gettime(CLOCK_MONOTONIC, &a);
	sip_wire_raw(&w.stranger, "OPTIONS sip:2@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.2:21600;maddr=no-such-host.invalid"
		     ";branch=z9hG4bKm\r\nFrom: <sip:1@h>;tag=f\r\nTo: <sip:2@h>\r\nCall-ID: m\r\nCSeq: 1 OPTIONS\r\n"
		     "Content-Length: 0\r\n\r\n");
	assert_false(sip_wire_read(&w.stranger, 200));
	clock_gettime(CLOCK_MONOTONIC, &b);
	assert_true((b.tv_sec - a.tv_sec) * 1000 + (b.tv_nsec - a.tv_nsec) / 1000000 < 1000);
	assert_true(sip_names_refused() > before);
	request(&w, "OPTIONS", 1, "", "", NULL);
	assert_true(sip_wire_expect(&w.peer, "SIP/2.0 200"));
	world_close(&w);
}

/* --- Calls to the peer ------------------------------------------------------------------------ */

static void call_out(struct world *w)
{
	struct leg_offer o = { .called = { .digits = "442079460100", .ton = TON_INTERNATIONAL },
			       .calling = { .digits = "441", .ton = TON_INTERNATIONAL, .presentation = PRES_RESTRICTED },
			       .redirecting = { .digits = "442" }, .redirect_reason = 15, .redirect_count = 1 };

	assert_int_equal(sip_ua_call(w->ua, "w", &o, on_event, w, &w->leg), 0);
	assert_true(sip_wire_expect(&w->peer, "INVITE sip:+442079460100@127.0.0.1:21500 SIP/2.0"));
}

static void test_invite_headers(void **state)
{
	struct world w;
	char h[256];

	(void)state;
	world_open(&w);
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
	until_cleared(&w);
	assert_int_equal(w.cause.q850, 17);
	assert_string_equal(w.cause.text, "Busy Here");
	world_close(&w);
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
	struct world w;
	size_t i;

	(void)state;
	world_open(&w);
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		w.cleared = false;
		call_out(&w);
		sip_wire_answer(&w.peer, rows[i].status, "x", rows[i].extra, NULL);
		assert_true(sip_wire_expect(&w.peer, "ACK "));
		until_cleared(&w);
		if (w.cause.q850 != rows[i].q850 || w.cause.sip != atoi(rows[i].status) || !w.by_far_end)
			fail_msg("%s: cause %d", rows[i].status, w.cause.q850);
		assert_false(sip_wire_read(&w.stranger, 20));	/* a redirection is not followed */
	}
	world_close(&w);
}

#define ANSWER_CONTACT "Contact: <sip:x@no-such-host.invalid>\n"

static void test_forked(void **state)
{
	struct world w;
	char invite[SIP_WIRE_MAX], h[256];

	(void)state;
	world_open(&w);
	call_out(&w);
	memcpy(invite, w.peer.msg, sizeof(invite));
	sip_wire_answer(&w.peer, "183 Session Progress", "one", ANSWER_CONTACT, SDP("1", "4000", "sendrecv"));
	for_turns(&w, 10);
	assert_int_equal(media_port_told(&w), 4000);
	sip_wire_answer(&w.peer, "180 Ringing", "two", ANSWER_CONTACT, NULL);
	for_turns(&w, 10);
	sip_wire_answer(&w.peer, "183 Session Progress", "two", ANSWER_CONTACT, SDP("1", "4002", "sendrecv"));
	for_turns(&w, 10);
	assert_int_equal(media_port_told(&w), 4002);
	sip_wire_answer(&w.peer, "180 Ringing", "two", ANSWER_CONTACT, NULL);
	for_turns(&w, 10);
	sip_wire_answer(&w.peer, "200 OK", "three", ANSWER_CONTACT, SDP("1", "4004", "sendrecv"));
	assert_true(sip_wire_expect(&w.peer, "ACK sip:x@no-such-host.invalid SIP/2.0"));
	assert_true(sip_wire_header(&w.peer, "To", h, sizeof(h)));
	assert_non_null(strstr(h, ";tag=three"));
	assert_int_equal(media_port_told(&w), 4004);
	assert_string_equal(w.events, "progress+ alerting progress+ alerting+ answered");
	/* The 200 again: the ACK again. */
	memcpy(w.peer.msg, invite, sizeof(invite));
	sip_wire_answer(&w.peer, "200 OK", "three", ANSWER_CONTACT, SDP("1", "4004", "sendrecv"));
	assert_true(sip_wire_expect(&w.peer, "ACK "));
	assert_false(w.cleared);
	assert_int_equal(leg_clear(w.leg, &(struct leg_cause){ .q850 = 16 }), 0);
	assert_true(sip_wire_expect(&w.peer, "BYE sip:x@no-such-host.invalid SIP/2.0"));
	sip_wire_answer(&w.peer, "200 OK", "", "", NULL);
	until_cleared(&w);
	world_close(&w);
}

/* A second branch answers too: it must not stay up, nor take the first one down. */
static void test_second_answer(void **state)
{
	char invite[SIP_WIRE_MAX];
	struct world w;

	(void)state;
	world_open(&w);
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
	for_turns(&w, 20);
	assert_false(w.cleared);
	assert_int_equal(media_port_told(&w), 4000);
	assert_int_equal(leg_clear(w.leg, &(struct leg_cause){ .q850 = 16 }), 0);
	assert_true(sip_wire_expect(&w.peer, "BYE "));
	assert_non_null(strstr(w.peer.msg, ";tag=one"));
	sip_wire_answer(&w.peer, "200 OK", "", "", NULL);
	until_cleared(&w);
	world_close(&w);
}

static void test_answer_without_sdp(void **state)
{
	struct world w;
	char h[128];

	(void)state;
	world_open(&w);
	call_out(&w);
	sip_wire_answer(&w.peer, "200 OK", "one", CONTACT, NULL);
	assert_true(sip_wire_expect(&w.peer, "ACK "));
	assert_true(sip_wire_expect(&w.peer, "BYE "));
	assert_true(sip_wire_header(&w.peer, "Reason", h, sizeof(h)));
	assert_memory_equal(h, "Q.850;cause=88", 14);
	sip_wire_answer(&w.peer, "200 OK", "", "", NULL);
	until_cleared(&w);
	assert_int_equal(w.cause.q850, 88);
	world_close(&w);
}

/* Nobody is there: 408 of our own after 64 * T1, here shortened. */
static void test_silence(void **state)
{
	struct world w;

	(void)state;
	world_open(&w);
	nta_agent_set_params(w.ua->agent, NTATAG_SIP_T1X64(600), TAG_END());
	call_out(&w);
	until_cleared(&w);
	assert_int_equal(w.cause.q850, 102);
	assert_int_equal(w.cause.sip, 408);
	assert_string_equal(w.events, "cleared");
	world_close(&w);
}

/* The far end does not answer our BYE: the leg is over all the same, and soon. */
static void test_bye_unanswered(void **state)
{
	struct world w;
	char tag[64];

	(void)state;
	world_open(&w);
	call_up(&w, CONTACT, tag, sizeof(tag));
	assert_int_equal(leg_clear(w.leg, &(struct leg_cause){ .q850 = 16 }), 0);
	until_cleared(&w);
	assert_int_equal(w.ua->n_legs, 1);	/* it still sends BYE */
	assert_true(sip_wire_expect(&w.peer, "BYE "));
	sip_wire_answer(&w.peer, "200 OK", "", "", NULL);
	for_turns(&w, 20);
	assert_int_equal(w.ua->n_legs, 0);
	world_close(&w);
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
	struct world w;
	int64_t end;

	(void)state;
	world_open(&w);
	assert_int_equal(conf_parse(&c, "test", watched, strlen(watched), conf_failed, NULL), 0);
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
	request(&w, "OPTIONS", 1, "", "", NULL);
	assert_true(sip_wire_expect(&w.peer, "SIP/2.0 200"));
	sip_ua_peers(w.ua, &p, 1);
	assert_true(p.up);
	for (end = sip_now_ms() + 1000; sip_now_ms() < end;)	/* it has nothing to say */
		turn(&w);
	sip_ua_peers(w.ua, &p, 1);
	assert_false(p.up);
	assert_string_equal(p.why, "no answer to OPTIONS");
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_delayed_offer),
		cmocka_unit_test(test_delayed_offer_unanswered),
		cmocka_unit_test(test_hold),
		cmocka_unit_test(test_reinvite_refused),
		cmocka_unit_test(test_bye_before_ack),
		cmocka_unit_test(test_bye_before_answer),
		cmocka_unit_test(test_no_ack),
		cmocka_unit_test(test_retransmitted_invite),
		cmocka_unit_test(test_cancel_reasons),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_malformed),
		cmocka_unit_test(test_stranger),
		cmocka_unit_test(test_names_in),
		cmocka_unit_test(test_via_maddr),
		cmocka_unit_test(test_invite_headers),
		cmocka_unit_test(test_finals),
		cmocka_unit_test(test_forked),
		cmocka_unit_test(test_second_answer),
		cmocka_unit_test(test_answer_without_sdp),
		cmocka_unit_test(test_silence),
		cmocka_unit_test(test_bye_unanswered),
		cmocka_unit_test(test_health),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
