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

/* Who is held may answer that he does not send either (RFC 3264 6.1): nobody is held by him for that, then or when he is taken back. */
static void test_hold_answered_inactive(void **state)
{
	static const char *const answers[] = { "inactive", "recvonly" };
	struct wire_world w;
	char tag[64];

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		wire_world_open(&w);
		wire_call_up(&w, CONTACT, tag, sizeof(tag));
		w.events[0] = 0;
		assert_int_equal(leg_hold(w.leg), 0);
		assert_true(sip_wire_expect(&w.peer, "INVITE "));
		sip_wire_answer(&w.peer, "200 OK", "", CONTACT, i ? SDP("2", "4000", "recvonly") : SDP("2", "4000", "inactive"));
		assert_true(sip_wire_expect(&w.peer, "ACK "));
		wire_for_turns(&w, 5);
		if (w.events[0])
			fail_msg("%s: %s", answers[i], w.events);
		assert_int_equal(leg_resume(w.leg), 0);
		assert_true(sip_wire_expect(&w.peer, "INVITE "));
		assert_non_null(strstr(w.peer.msg, "a=sendrecv"));
		sip_wire_answer(&w.peer, "200 OK", "", CONTACT, SDP("3", "4000", "sendrecv"));
		assert_true(sip_wire_expect(&w.peer, "ACK "));
		wire_for_turns(&w, 5);
		assert_string_equal(w.events, "");
		wire_request(&w, "INVITE", 30, tag, CONTACT, SDP("4", "4000", "inactive"));	/* his own offer is one */
		assert_true(sip_wire_expect(&w.peer, "SIP/2.0 200"));
		wire_request(&w, "ACK", 30, tag, "", NULL);
		wire_for_turns(&w, 5);
		assert_string_equal(w.events, "held");
		wire_they_clear(&w, tag);
		wire_world_close(&w);
	}
}

/* --- Sent on by the peer ------------------------------------------------------------------------------ */

/* Of several contacts the preferred number; the reason by its own cause, by a Diversion or History-Info that says more than our INVITE
 * did, else unconditional. */
static void test_moved(void **state)
{
	static const struct { const char *extra, *digits; int reason; } rows[] = {
		{ "Contact: <sip:+441@h>\n", "441", 15 },
		{ "Contact: <sip:+441@h>;q=0.3, <sip:+442@h>;q=0.9, <sip:+443@h>;q=0.9\n", "442", 15 },
		{ "Contact: <sip:+441@h>;q=0.3\nContact: <sip:+442@h>\nContact: <sip:h>\n", "442", 15 },
		{ "Contact: <mailto:a@h>, <sip:+441@h>;q=0.0\n", "441", 15 },
		{ "Contact: <sip:+441@h;cause=408>\n", "441", 2 },
		{ "Contact: <sip:+441@h>\nDiversion: <sip:2@h>;reason=user-busy, <sip:442@h>;reason=unconditional\n", "441", 1 },
		{ "Contact: <sip:+441@h>\nDiversion: <sip:442@h>;reason=user-busy\n", "441", 15 },	/* as our INVITE had it */
		{ "Contact: <sip:+441@h>\nDiversion: <sip:2@h>, <sip:442@h>\n", "441", 15 },
		{ "Contact: <sip:h>\n", "", 0 },
		{ "", "", 0 },
	};
	struct leg_offer o = { .called = { .digits = "442079460100", .ton = TON_INTERNATIONAL }, .redirecting = { .digits = "442" },
			       .redirect_reason = 15, .redirect_count = 1, .complete = true };
	struct wire_world w;

	(void)state;
	wire_world_open(&w);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		w.cleared = false;
		memset(&w.diverted, 0, sizeof(w.diverted));
		assert_int_equal(sip_ua_call(w.ua, "w", &o, on_event, &w, &w.leg), 0);
		assert_true(sip_wire_expect(&w.peer, "INVITE "));
		sip_wire_answer(&w.peer, i & 1 ? "301 Moved Permanently" : "302 Moved Temporarily", "x", rows[i].extra, NULL);
		assert_true(sip_wire_expect(&w.peer, "ACK "));
		wire_until_cleared(&w);
		if (strcmp(w.diverted.to.digits, rows[i].digits) || w.diverted.reason != rows[i].reason)
			fail_msg("%s: %s, reason %d", rows[i].extra, w.diverted.to.digits, w.diverted.reason);
	}
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

/* The peer's NOTIFY may be here before its answer to REFER. */
static void test_refer_notify_first(void **state)
{
	struct wire_world w;
	struct leg *first, *second;
	char tag[64], tag2[64];

	(void)state;
	wire_world_open(&w);
	wire_call_up(&w, CONTACT, tag, sizeof(tag));
	first = w.leg;
	w.call_id = "second";
	w.offered = 0;
	wire_call_up(&w, CONTACT, tag2, sizeof(tag2));
	assert_int_equal(leg_join(first, w.leg), 0);
	assert_true(sip_wire_expect(&w.peer, "REFER "));
	second = w.leg;
	w.leg = NULL;
	w.call_id = "call@wire";
	wire_request(&w, "NOTIFY", 5, tag, "Event: refer\nSubscription-State: terminated\n", "SIP/2.0 200 OK\r\n");
	assert_true(sip_wire_expect(&w.peer, "SIP/2.0 200"));
	assert_true(sip_wire_expect(&w.peer, "BYE "));
	sip_wire_answer(&w.peer, "200 OK", "", "", NULL);
	wire_until_cleared(&w);
	assert_int_equal(leg_clear(second, &w.cause), 0);
	wire_world_close(&w);
}

/* --- REFER from the peer ------------------------------------------------------------------------------- */

/* ID: CSeq of its REFER, 0 for the first of a dialog (RFC 3515 2.4.6). */
static void expect_notify(struct wire_world *w, unsigned id, const char *line, const char *state)
{
	char value[80], event[32];

	snprintf(event, sizeof(event), id ? "refer;id=%u" : "refer", id);
	assert_true(sip_wire_expect(&w->peer, "NOTIFY "));
	assert_true(sip_wire_header(&w->peer, "Event", value, sizeof(value)));
	assert_string_equal(value, event);
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
		{ "Refer-To: <sip:1@h?Require=replaces&Replaces=nobody%3Bto-tag%3Da%3Bfrom-tag%3Db>\n", "SIP/2.0 603" },
		{ "Refer-To: <sip:1@h;method=BYE>\n", "SIP/2.0 501" },
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
			expect_notify(&w, 0, "SIP/2.0 100 Trying", "active");
	}
	assert_string_equal(w.refer.digits, "442079460199");
	assert_int_equal(w.refer.ton, TON_INTERNATIONAL);
	assert_int_equal(leg_referred(w.leg, &(struct leg_cause){ .q850 = 17 }), 0);
	expect_notify(&w, 0, "SIP/2.0 486 Busy Here", "terminated");
	wire_request(&w, "REFER", cseq, tag, "Refer-To: <sip:3@h>\n", "");	/* once more */
	assert_true(sip_wire_expect(&w.peer, "SIP/2.0 202"));
	expect_notify(&w, cseq, "SIP/2.0 100 Trying", "active");
	assert_int_equal(leg_referred(w.leg, NULL), 0);
	expect_notify(&w, cseq, "SIP/2.0 200 OK", "terminated");
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
	expect_notify(&w, 0, "SIP/2.0 100 Trying", "active");
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hold_refused),
		cmocka_unit_test(test_hold_answered_inactive),
		cmocka_unit_test(test_moved),
		cmocka_unit_test(test_mwi_rows),
		cmocka_unit_test(test_ring_rows),
		cmocka_unit_test(test_notify),
		cmocka_unit_test(test_refer),
		cmocka_unit_test(test_refer_notify_first),
		cmocka_unit_test(test_refer_in),
		cmocka_unit_test(test_refer_stranger),
		cmocka_unit_test(test_refer_replaces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
