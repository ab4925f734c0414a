/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whole SIP calls between two user agents in one loop over 127.0.0.1, on a media path of numbers only. */
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
#include "tests/support/sip_pair.c"

/* --- Calls ------------------------------------------------------------------------------------ */

static void answered(struct pair *w, const char *trunk)
{
	w->on_offered = pair_ring;
	pair_call(w, trunk);
	pair_until_seen(w, &w->from, "alerting");
	assert_int_equal(leg_answer(w->to.leg, &(struct leg_number){ .digits = "442079460199", .ton = TON_INTERNATIONAL }), 0);
	pair_until_seen(w, &w->from, "answered");
	pair_for_ms(w, 20);	/* ACK */
}

static void test_answer_caller_clears(void **state)
{
	struct pair w;

	(void)state;
	pair_world_open(&w, pair_conf_b);
	answered(&w, "b");
	assert_string_equal(w.from.events, "proceeding alerting answered");
	assert_string_equal(w.from.connected.digits, "442079460199");
	assert_string_equal(w.to.offer.called.digits, "442079460100");
	assert_int_equal(w.to.offer.called.ton, TON_INTERNATIONAL);
	assert_string_equal(w.to.offer.calling.digits, "442071838750");
	assert_int_equal(w.to.offer.calling.screening, SCREEN_PASSED);
	assert_string_equal(w.to.offer.calling_name, "Front \"desk\"");
	assert_string_equal(w.to.offer.source, "127.0.0.1:21100 udp");
	assert_int_equal(w.from.leg->port->remote.payload, 8);
	assert_int_equal(w.from.leg->port->remote.dtmf_payload, 101);
	assert_int_equal(w.from.leg->port->remote.ptime_ms, 20);
	assert_int_equal(w.from.leg->port->remote.dir, MEDIA_SENDRECV);
	assert_int_equal(ntohs(((struct sockaddr_in *)&w.from.leg->port->remote.rtp)->sin_port), w.to.leg->port->port);
	assert_int_equal(ntohs(((struct sockaddr_in *)&w.to.leg->port->remote.rtp)->sin_port), w.from.leg->port->port);
	assert_int_equal(leg_digit(w.from.leg, '5', 100), 0);
	assert_string_equal(w.from.leg->port->digits, "5");
	fake_media_event(w.to.leg->port, MEDIA_DIGIT, '7');
	assert_int_equal(w.to.digit, '7');
	pair_clear(&w.from, 16, "");
	pair_both_cleared(&w);
	assert_int_equal(w.to.cause.q850, 16);
	assert_true(w.to.by_far_end);
	assert_false(w.from.by_far_end);
	assert_int_equal(w.from.info.stats.packets_in, 4711);
	assert_string_equal(w.from.info.codec, "PCMA");
	assert_string_equal(w.from.trace, ">INVITE | <100 Trying | <180 Ringing | <200 OK | >ACK | >BYE | <200 OK");
	assert_string_equal(w.to.trace, "<INVITE | >100 Trying | >180 Ringing | >200 OK | <ACK | <BYE | >200 OK");
	pair_world_close(&w);
}

static void test_answer_callee_clears(void **state)
{
	struct pair w;

	(void)state;
	pair_world_open(&w, pair_conf_b);
	answered(&w, "b");
	pair_clear(&w.to, 41, "line \"lost\"");
	pair_both_cleared(&w);
	assert_int_equal(w.from.cause.q850, 41);
	assert_string_equal(w.from.cause.text, "line \"lost\"");
	assert_true(w.from.by_far_end);
	pair_world_close(&w);
}

static void test_tcp(void **state)
{
	struct pair w;

	(void)state;
	pair_world_open(&w, pair_conf_b);
	answered(&w, "btcp");
	assert_non_null(strstr(w.to.offer.source, " tcp"));
	pair_clear(&w.to, 16, "");
	pair_both_cleared(&w);
	assert_string_equal(w.from.trace, ">INVITE | <100 Trying | <180 Ringing | <200 OK | >ACK | <BYE | >200 OK");
	pair_world_close(&w);
}

static void test_codec_and_ptime(void **state)
{
	struct pair w;

	(void)state;
	pair_world_open(&w, pair_conf_b);
	answered(&w, "bu");
	assert_int_equal(w.from.leg->port->remote.payload, 0);
	assert_int_equal(w.from.leg->port->remote.law, HW_MULAW);
	assert_int_equal(w.to.leg->port->remote.ptime_ms, 30);
	assert_int_equal(w.from.leg->port->remote.ptime_ms, 30);
	pair_clear(&w.from, 16, "");
	pair_both_cleared(&w);
	pair_world_close(&w);
}

static void test_no_common_codec(void **state)
{
	struct pair w;

	(void)state;
	pair_world_open(&w, pair_conf_b_pcma);
	pair_call(&w, "bu");
	pair_until(&w, &w.from.cleared);
	assert_int_equal(w.to.offered, 0);
	assert_int_equal(w.from.cause.sip, 488);
	assert_int_equal(w.from.cause.q850, 65);
	pair_world_close(&w);
}

static void test_cancel(void **state)
{
	struct pair w;

	(void)state;
	pair_world_open(&w, pair_conf_b);
	w.on_offered = pair_ring;
	pair_call(&w, "b");
	pair_until_seen(&w, &w.from, "alerting");
	pair_clear(&w.from, 19, "");
	pair_both_cleared(&w);
	assert_int_equal(w.to.cause.q850, 19);	/* Reason in CANCEL */
	assert_true(w.to.by_far_end);
	assert_string_equal(w.from.trace, ">INVITE | <100 Trying | <180 Ringing | >CANCEL | <487 Request Terminated");
	assert_string_equal(w.to.trace, "<INVITE | >100 Trying | >180 Ringing | <CANCEL | >487 Request Terminated");
	pair_world_close(&w);
}

static void test_cancel_at_once(void **state)
{
	struct pair w;

	(void)state;
	pair_world_open(&w, pair_conf_b);
	pair_call(&w, "b");
	pair_clear(&w.from, 16, "");
	pair_until(&w, &w.from.cleared);
	pair_for_ms(&w, 50);
	if (w.to.offered)
		pair_until(&w, &w.to.cleared);
	pair_world_close(&w);
}

static void clear_from_answer(struct pair *w)
{
	pair_answer_at_once(w);
	pair_clear(&w->from, 16, "");
}

/* CANCEL and 200 cross: ACK, then BYE. */
static void test_cancel_crosses_answer(void **state)
{
	struct pair w;

	(void)state;
	pair_world_open(&w, pair_conf_b);
	w.on_offered = pair_ring;
	pair_call(&w, "b");
	pair_until_seen(&w, &w.from, "alerting");
	clear_from_answer(&w);
	pair_both_cleared(&w);
	assert_non_null(strstr(w.to.trace, "<ACK"));
	assert_non_null(strstr(w.to.trace, "<BYE"));
	assert_int_equal(w.to.cause.q850, 16);
	pair_world_close(&w);
}

/* The called end is cleared between its 200 and the ACK: BYE only after the ACK (RFC 3261 15). */
static void test_clear_before_ack(void **state)
{
	struct pair w;
	char *ack, *bye;

	(void)state;
	pair_world_open(&w, pair_conf_b);
	w.on_offered = pair_answer_at_once;
	pair_call(&w, "b");
	while (!w.to.offered)
		pair_turn(&w);
	pair_clear(&w.to, 41, "");
	pair_both_cleared(&w);
	ack = strstr(w.to.trace, "<ACK");
	bye = strstr(w.to.trace, ">BYE");
	assert_true(ack && bye && ack < bye);
	assert_int_equal(w.from.cause.q850, 41);
	pair_world_close(&w);
}

static void test_reject_every_cause(void **state)
{
	struct pair w;
	int c;

	(void)state;
	pair_world_open(&w, pair_conf_b);
	for (c = 1; c <= 127; c++) {
		memset(&w.from, 0, sizeof(w.from));
		memset(&w.to, 0, sizeof(w.to));
		pair_call(&w, "b");
		while (!w.to.offered)
			pair_turn(&w);
		pair_clear(&w.to, c, "");
		pair_both_cleared(&w);
		assert_int_equal(w.from.cause.q850, c);
		assert_in_range(w.from.cause.sip, 400, 599);
		assert_true(w.from.by_far_end);
	}
	pair_world_close(&w);
}

static void test_early_media(void **state)
{
	struct pair w;

	(void)state;
	pair_world_open(&w, pair_conf_b);
	w.on_offered = pair_ring_inband;
	pair_call(&w, "b");
	pair_until_seen(&w, &w.from, "alerting");
	assert_string_equal(w.from.events, "proceeding progress+ alerting+");
	assert_int_equal(w.from.leg->port->told, 1);
	assert_int_equal(w.to.leg->port->told, 1);
	assert_int_equal(ntohs(((struct sockaddr_in *)&w.from.leg->port->remote.rtp)->sin_port), w.to.leg->port->port);
	pair_clear(&w.to, 17, "");
	pair_both_cleared(&w);
	assert_int_equal(w.from.cause.q850, 17);
	assert_int_equal(w.from.cause.sip, 486);
	pair_world_close(&w);
}

static void test_rtp_timeout(void **state)
{
	struct pair w;

	(void)state;
	pair_world_open(&w, pair_conf_b);
	answered(&w, "b");
	fake_media_event(w.from.leg->port, MEDIA_RTP_TIMEOUT, 0);
	pair_both_cleared(&w);
	assert_int_equal(w.from.cause.q850, 41);
	assert_false(w.from.by_far_end);
	assert_memory_equal(w.from.cause.text, "no RTP for", 10);
	assert_int_equal(w.to.cause.q850, 41);
	pair_world_close(&w);
}

static void test_drain(void **state)
{
	struct sip_counters c;
	struct pair w;

	(void)state;
	pair_world_open(&w, pair_conf_b);
	sip_ua_drain(w.b, true);
	pair_call(&w, "b");
	pair_until(&w, &w.from.cleared);
	assert_int_equal(w.from.cause.sip, 503);
	assert_int_equal(w.to.offered, 0);
	sip_ua_drain(w.b, false);
	memset(&w.from, 0, sizeof(w.from));
	answered(&w, "b");
	pair_clear(&w.from, 16, "");
	pair_both_cleared(&w);
	sip_ua_counters(w.b, &c);
	assert_int_equal(c.invites_in, 2);
	assert_int_equal(c.refused_source, 0);
	pair_world_close(&w);
}

static void test_stranger(void **state)
{
	struct sip_counters c;
	struct pair w;
	int i;

	(void)state;
	pair_world_open(&w, pair_conf_stranger);
	for (i = 0; i < 20; i++) {
		memset(&w.from, 0, sizeof(w.from));
		pair_call(&w, "b");
		pair_until(&w, &w.from.cleared);
		assert_int_equal(w.from.cause.sip, 403);
		assert_int_equal(w.from.cause.q850, 21);
	}
	assert_int_equal(w.to.offered, 0);
	sip_ua_counters(w.b, &c);
	assert_int_equal(c.refused_source, 20);
	assert_int_equal(c.invites_in, 0);
	assert_true(w.log_lines < 15);	/* a line a second, not one each */
	pair_world_close(&w);
}

static void test_no_port(void **state)
{
	struct leg_offer o = pair_an_offer();
	struct pair w;

	(void)state;
	pair_world_open(&w, pair_conf_b);
	w.media.refuse_next = -EADDRINUSE;
	assert_int_equal(sip_ua_call(w.a, "b", &o, pair_on_event, &w.from, &w.from.leg), -EADDRINUSE);
	assert_int_equal(sip_call_error_cause(-EADDRINUSE), 42);
	assert_int_equal(sip_ua_call(w.a, "nobody", &o, pair_on_event, &w.from, &w.from.leg), -ENOENT);
	pair_call(&w, "b");
	w.media.refuse_next = -EADDRINUSE;	/* for B */
	pair_until(&w, &w.from.cleared);
	assert_int_equal(w.from.cause.sip, 503);
	assert_int_equal(w.to.offered, 0);
	pair_world_close(&w);
}

static void test_peer_down(void **state)
{
	struct sip_peer_info p[8];
	struct leg_offer o = pair_an_offer();
	struct pair w;
	int i, n, at = -1;

	(void)state;
	pair_world_open(&w, pair_conf_b);
	pair_for_ms(&w, 700);
	n = sip_ua_peers(w.a, p, 8);
	assert_int_equal(n, 5);
	for (i = 0; i < n; i++)
		if (strcmp(p[i].trunk, "gone") == 0)
			at = i;
	assert_true(at >= 0);
	assert_false(p[at].up);
	assert_string_equal(p[at].address, "127.0.0.1:21999 udp");
	assert_int_equal(sip_ua_call(w.a, "gone", &o, pair_on_event, &w.from, &w.from.leg), -EHOSTDOWN);
	assert_int_equal(sip_call_error_cause(-EHOSTDOWN), 27);
	pair_world_close(&w);
}

/* The agent is closed with a call up and one ringing: both ends hear of it, nothing is left. */
static void test_close_with_calls(void **state)
{
	struct pair w;

	(void)state;
	pair_world_open(&w, pair_conf_b);
	answered(&w, "b");
	sip_ua_close(w.a);
	w.a = NULL;
	assert_true(w.from.cleared);
	pair_until(&w, &w.to.cleared);
	assert_int_equal(w.to.cause.q850, 41);
	pair_world_close(&w);
}

static void test_reload_keeps_calls(void **state)
{
	struct conf *c;
	struct pair w;

	(void)state;
	pair_world_open(&w, pair_conf_b);
	answered(&w, "b");
	c = pair_load(pair_conf_stranger);	/* peer "a" is gone */
	assert_int_equal(sip_ua_reload(w.b, c), 0);
	conf_free(c);
	pair_for_ms(&w, 50);
	assert_false(w.to.cleared);
	pair_clear(&w.to, 16, "");
	pair_both_cleared(&w);
	assert_int_equal(w.from.cause.q850, 16);
	memset(&w.from, 0, sizeof(w.from));
	pair_call(&w, "b");
	pair_until(&w, &w.from.cleared);
	assert_int_equal(w.from.cause.sip, 403);
	pair_world_close(&w);
}

static void test_port_in_use(void **state)
{
	struct sip_handlers h = { .log = pair_on_log };
	struct conf *c = pair_load(pair_conf_b);
	struct sip_ua *ua = NULL;
	struct pair w;

	(void)state;
	pair_world_open(&w, pair_conf_b);
	h.arg = &w;
	assert_int_equal(sip_ua_open(&ua, w.root, &w.media, c, &h), -EADDRINUSE);
	assert_non_null(strstr(w.last_log, "127.0.0.1"));
	conf_free(c);
	pair_world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answer_caller_clears),
		cmocka_unit_test(test_answer_callee_clears),
		cmocka_unit_test(test_tcp),
		cmocka_unit_test(test_codec_and_ptime),
		cmocka_unit_test(test_no_common_codec),
		cmocka_unit_test(test_cancel),
		cmocka_unit_test(test_cancel_at_once),
		cmocka_unit_test(test_cancel_crosses_answer),
		cmocka_unit_test(test_clear_before_ack),
		cmocka_unit_test(test_reject_every_cause),
		cmocka_unit_test(test_early_media),
		cmocka_unit_test(test_rtp_timeout),
		cmocka_unit_test(test_drain),
		cmocka_unit_test(test_stranger),
		cmocka_unit_test(test_no_port),
		cmocka_unit_test(test_peer_down),
		cmocka_unit_test(test_close_with_calls),
		cmocka_unit_test(test_reload_keeps_calls),
		cmocka_unit_test(test_port_in_use),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
