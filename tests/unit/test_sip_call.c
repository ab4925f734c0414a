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

#include "gateway/sip/ua.h"
#define FAKE_MEDIA
#include "tests/support/fake_media.c"

#define PORT_A 21100
#define PORT_B 21200

/* --- The fixture: A calls, B is called -------------------------------------------------------- */

struct end {
	struct leg *leg;
	struct leg_offer offer;
	struct sip_leg_info info;	/* at the end */
	struct leg_cause cause;
	struct leg_number connected;
	char events[256], trace[2048];
	bool cleared, by_far_end, inband;
	char digit;
	int offered;
};

struct world {
	su_root_t *root;
	struct media media;
	struct sip_ua *a, *b;
	struct end from, to;	/* our legs at A and B */
	/* What B does when it is offered a call. */
	void (*on_offered)(struct world *w);
	int log_lines;
	char last_log[320];
};

static const char *const conf_a = "site: {country: 44}\ncard: sim\nsim: {spans: {1: e1, 2: e1}, wires: [1-2]}\n"
	"sip: {listen: [\"127.0.0.1:21100\"]}\n"
	"trunks:\n"
	"  b: {sip: {peer: \"127.0.0.1:21200\", trust-identity: true, health: 0s}}\n"
	"  btcp: {sip: {peer: \"127.0.0.1:21200\", transport: tcp, trust-identity: true, health: 0s}}\n"
	"  bu: {sip: {peer: \"127.0.0.1:21201\", codecs: [pcmu], ptime: 30, health: 0s}}\n"
	"  ba: {sip: {peer: \"127.0.0.1:21202\", codecs: [pcma], health: 0s}}\n"
	"  gone: {sip: {peer: \"127.0.0.1:21999\", health: 300ms}}\n";
static const char *const conf_b = "site: {country: 44}\ncard: sim\nsim: {spans: {1: e1, 2: e1}, wires: [1-2]}\n"
	"sip: {listen: [\"127.0.0.1:21200\", \"127.0.0.1:21201\", \"127.0.0.1:21202\"]}\n"
	"trunks:\n"
	"  a: {sip: {peer: \"127.0.0.1:21100\", trust-identity: true, health: 0s}}\n";
static const char *const conf_stranger = "site: {country: 44}\ncard: sim\nsim: {spans: {1: e1, 2: e1}, wires: [1-2]}\n"
	"sip: {listen: [\"127.0.0.1:21200\", \"127.0.0.1:21201\", \"127.0.0.1:21202\"]}\n"
	"trunks:\n"
	"  other: {sip: {peer: \"192.0.2.1:5060\", health: 0s}}\n";
static const char *const conf_b_pcma = "site: {country: 44}\ncard: sim\nsim: {spans: {1: e1, 2: e1}, wires: [1-2]}\n"
	"sip: {listen: [\"127.0.0.1:21200\", \"127.0.0.1:21201\", \"127.0.0.1:21202\"]}\n"
	"trunks:\n"
	"  a: {sip: {peer: \"127.0.0.1:21100\", codecs: [pcma], health: 0s}}\n";

static void conf_failed(void *arg, const struct conf_error *e)
{
	(void)arg;
	fail_msg("%s:%d:%d: %s", e->file, e->line, e->column, e->message);
}

static struct conf *load(const char *text)
{
	struct conf *c = NULL;

	assert_int_equal(conf_parse(&c, "test", text, strlen(text), conf_failed, NULL), 0);
	return c;
}

static const char *const kinds[] = { "proceeding", "alerting", "progress", "answered", "digit",
				     "held",	   "resumed",  "audio",	   "cleared" };

static void on_event(void *arg, struct leg *leg, const struct leg_event *ev)
{
	struct end *e = arg;
	size_t n = strlen(e->events);

	snprintf(e->events + n, sizeof(e->events) - n, "%s%s%s", n ? " " : "", kinds[ev->kind], ev->inband ? "+" : "");
	if (ev->kind == LEG_DIGIT)
		e->digit = ev->digit;
	if (ev->kind == LEG_ANSWERED)
		e->connected = ev->connected;
	if (ev->kind != LEG_CLEARED)
		return;
	e->cleared = true;
	e->cause = ev->cause;
	e->by_far_end = ev->by_far_end;
	sip_leg_info(leg, &e->info);
	assert_null(leg->port);
	e->leg = NULL;
}

static void on_trace(void *arg, const char *proto, bool out, const char *what, const char *detail)
{
	struct end *e = arg;
	size_t n = strlen(e->trace);

	(void)detail;
	snprintf(e->trace + n, sizeof(e->trace) - n, "%s%s%s", n ? " | " : "", out ? ">" : "<", what);
	assert_true(strcmp(proto, "SIP") == 0 || strcmp(proto, "media") == 0);
}

static void on_offered(void *arg, const char *trunk, struct leg *leg, const struct leg_offer *offer)
{
	struct world *w = arg;

	assert_string_equal(trunk, "a");
	w->to.offered++;
	w->to.leg = leg;
	w->to.offer = *offer;
	assert_non_null(leg->port);
	leg_attach(leg, on_event, &w->to);
	leg_set_trace(leg, on_trace, &w->to);
	if (w->on_offered)
		w->on_offered(w);
}

static void on_log(void *arg, int level, const char *text)
{
	struct world *w = arg;

	(void)level;
	w->log_lines++;
	snprintf(w->last_log, sizeof(w->last_log), "%s", text);
}

static struct sip_ua *ua_open(struct world *w, const char *text)
{
	struct sip_handlers h = { .offered = on_offered, .log = on_log, .arg = w };
	struct conf *c = load(text);
	struct sip_ua *ua = NULL;

	assert_int_equal(sip_ua_open(&ua, w->root, &w->media, c, &h), 0);
	conf_free(c);
	return ua;
}

static void world_open(struct world *w, const char *b)
{
	memset(w, 0, sizeof(*w));
	su_init();
	w->root = su_root_create(NULL);
	su_root_threading(w->root, 0);
	w->a = ua_open(w, conf_a);
	w->b = ua_open(w, b);
}

static void world_close(struct world *w)
{
	sip_ua_close(w->a);
	sip_ua_close(w->b);
	assert_int_equal(w->media.open, 0);
	su_root_destroy(w->root);
	su_deinit();
}

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void turn(struct world *w)
{
	su_root_step(w->root, 5);
	media_service(&w->media);
}

/* Turns the loop until *FLAG, or fails. */
static void until(struct world *w, const bool *flag)
{
	int64_t end = now_ms() + 5000;

	while (!*flag && now_ms() < end)
		turn(w);
	if (!*flag)
		fail_msg("nothing happened: from '%s' to '%s'", w->from.events, w->to.events);
}

static bool seen(const struct end *e, const char *word)
{
	return strstr(e->events, word) != NULL;
}

static void until_seen(struct world *w, const struct end *e, const char *word)
{
	int64_t end = now_ms() + 5000;

	while (!seen(e, word) && now_ms() < end)
		turn(w);
	if (!seen(e, word))
		fail_msg("no %s: from '%s' to '%s'", word, w->from.events, w->to.events);
}

static void for_ms(struct world *w, int ms)
{
	int64_t end = now_ms() + ms;

	while (now_ms() < end)
		turn(w);
}

static struct leg_offer an_offer(void)
{
	struct leg_offer o = { .called = { .digits = "442079460100", .ton = TON_INTERNATIONAL, .npi = NPI_E164 },
			       .calling = { .digits = "442071838750", .ton = TON_INTERNATIONAL, .npi = NPI_E164 },
			       .calling_name = "Front \"desk\"",
			       .complete = true };

	return o;
}

static void call(struct world *w, const char *trunk)
{
	struct leg_offer o = an_offer();

	assert_int_equal(sip_ua_call(w->a, trunk, &o, on_event, &w->from, &w->from.leg), 0);
	leg_set_trace(w->from.leg, on_trace, &w->from);
}

static void clear(struct end *e, int q850, const char *text)
{
	struct leg_cause c = { .q850 = (uint8_t)q850 };

	snprintf(c.text, sizeof(c.text), "%s", text);
	assert_int_equal(leg_clear(e->leg, &c), 0);
	assert_int_equal(leg_clear(e->leg, &c), -EALREADY);
	assert_false(e->cleared);	/* never from inside */
}

static void both_cleared(struct world *w)
{
	until(w, &w->from.cleared);
	until(w, &w->to.cleared);
}

static void ring(struct world *w)
{
	assert_int_equal(leg_alert(w->to.leg, false), 0);
}

static void answer_at_once(struct world *w)
{
	assert_int_equal(leg_answer(w->to.leg, NULL), 0);
}

static void ring_inband(struct world *w)
{
	assert_int_equal(leg_progress(w->to.leg, true, NULL), 0);
	assert_int_equal(leg_alert(w->to.leg, false), 0);
}

/* --- Calls ------------------------------------------------------------------------------------ */

static void answered(struct world *w, const char *trunk)
{
	w->on_offered = ring;
	call(w, trunk);
	until_seen(w, &w->from, "alerting");
	assert_int_equal(leg_answer(w->to.leg, &(struct leg_number){ .digits = "442079460199", .ton = TON_INTERNATIONAL }), 0);
	until_seen(w, &w->from, "answered");
	for_ms(w, 20);	/* ACK */
}

static void test_answer_caller_clears(void **state)
{
	struct world w;

	(void)state;
	world_open(&w, conf_b);
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
	clear(&w.from, 16, "");
	both_cleared(&w);
	assert_int_equal(w.to.cause.q850, 16);
	assert_true(w.to.by_far_end);
	assert_false(w.from.by_far_end);
	assert_int_equal(w.from.info.stats.packets_in, 4711);
	assert_string_equal(w.from.info.codec, "PCMA");
	assert_string_equal(w.from.trace, ">INVITE | <100 Trying | <180 Ringing | <200 OK | >ACK | >BYE | <200 OK");
	assert_string_equal(w.to.trace, "<INVITE | >100 Trying | >180 Ringing | >200 OK | <ACK | <BYE | >200 OK");
	world_close(&w);
}

static void test_answer_callee_clears(void **state)
{
	struct world w;

	(void)state;
	world_open(&w, conf_b);
	answered(&w, "b");
	clear(&w.to, 41, "line \"lost\"");
	both_cleared(&w);
	assert_int_equal(w.from.cause.q850, 41);
	assert_string_equal(w.from.cause.text, "line \"lost\"");
	assert_true(w.from.by_far_end);
	world_close(&w);
}

static void test_tcp(void **state)
{
	struct world w;

	(void)state;
	world_open(&w, conf_b);
	answered(&w, "btcp");
	assert_non_null(strstr(w.to.offer.source, " tcp"));
	clear(&w.to, 16, "");
	both_cleared(&w);
	assert_string_equal(w.from.trace, ">INVITE | <100 Trying | <180 Ringing | <200 OK | >ACK | <BYE | >200 OK");
	world_close(&w);
}

static void test_codec_and_ptime(void **state)
{
	struct world w;

	(void)state;
	world_open(&w, conf_b);
	answered(&w, "bu");
	assert_int_equal(w.from.leg->port->remote.payload, 0);
	assert_int_equal(w.from.leg->port->remote.law, HW_MULAW);
	assert_int_equal(w.to.leg->port->remote.ptime_ms, 30);
	assert_int_equal(w.from.leg->port->remote.ptime_ms, 30);
	clear(&w.from, 16, "");
	both_cleared(&w);
	world_close(&w);
}

static void test_no_common_codec(void **state)
{
	struct world w;

	(void)state;
	world_open(&w, conf_b_pcma);
	call(&w, "bu");
	until(&w, &w.from.cleared);
	assert_int_equal(w.to.offered, 0);
	assert_int_equal(w.from.cause.sip, 488);
	assert_int_equal(w.from.cause.q850, 65);
	world_close(&w);
}

static void test_cancel(void **state)
{
	struct world w;

	(void)state;
	world_open(&w, conf_b);
	w.on_offered = ring;
	call(&w, "b");
	until_seen(&w, &w.from, "alerting");
	clear(&w.from, 19, "");
	both_cleared(&w);
	assert_int_equal(w.to.cause.q850, 19);	/* Reason in CANCEL */
	assert_true(w.to.by_far_end);
	assert_string_equal(w.from.trace, ">INVITE | <100 Trying | <180 Ringing | >CANCEL | <487 Request Terminated");
	assert_string_equal(w.to.trace, "<INVITE | >100 Trying | >180 Ringing | <CANCEL | >487 Request Terminated");
	world_close(&w);
}

static void test_cancel_at_once(void **state)
{
	struct world w;

	(void)state;
	world_open(&w, conf_b);
	call(&w, "b");
	clear(&w.from, 16, "");
	until(&w, &w.from.cleared);
	for_ms(&w, 50);
	if (w.to.offered)
		until(&w, &w.to.cleared);
	world_close(&w);
}

static void clear_from_answer(struct world *w)
{
	answer_at_once(w);
	clear(&w->from, 16, "");
}

/* CANCEL and 200 cross: ACK, then BYE. */
static void test_cancel_crosses_answer(void **state)
{
	struct world w;

	(void)state;
	world_open(&w, conf_b);
	w.on_offered = ring;
	call(&w, "b");
	until_seen(&w, &w.from, "alerting");
	clear_from_answer(&w);
	both_cleared(&w);
	assert_non_null(strstr(w.to.trace, "<ACK"));
	assert_non_null(strstr(w.to.trace, "<BYE"));
	assert_int_equal(w.to.cause.q850, 16);
	world_close(&w);
}

/* The called end is cleared between its 200 and the ACK: BYE only after the ACK (RFC 3261 15). */
static void test_clear_before_ack(void **state)
{
	struct world w;
	char *ack, *bye;

	(void)state;
	world_open(&w, conf_b);
	w.on_offered = answer_at_once;
	call(&w, "b");
	while (!w.to.offered)
		turn(&w);
	clear(&w.to, 41, "");
	both_cleared(&w);
	ack = strstr(w.to.trace, "<ACK");
	bye = strstr(w.to.trace, ">BYE");
	assert_true(ack && bye && ack < bye);
	assert_int_equal(w.from.cause.q850, 41);
	world_close(&w);
}

static void test_reject_every_cause(void **state)
{
	struct world w;
	int c;

	(void)state;
	world_open(&w, conf_b);
	for (c = 1; c <= 127; c++) {
		memset(&w.from, 0, sizeof(w.from));
		memset(&w.to, 0, sizeof(w.to));
		call(&w, "b");
		while (!w.to.offered)
			turn(&w);
		clear(&w.to, c, "");
		both_cleared(&w);
		assert_int_equal(w.from.cause.q850, c);
		assert_in_range(w.from.cause.sip, 400, 599);
		assert_true(w.from.by_far_end);
	}
	world_close(&w);
}

static void test_early_media(void **state)
{
	struct world w;

	(void)state;
	world_open(&w, conf_b);
	w.on_offered = ring_inband;
	call(&w, "b");
	until_seen(&w, &w.from, "alerting");
	assert_string_equal(w.from.events, "proceeding progress+ alerting+");
	assert_int_equal(w.from.leg->port->told, 1);
	assert_int_equal(w.to.leg->port->told, 1);
	assert_int_equal(ntohs(((struct sockaddr_in *)&w.from.leg->port->remote.rtp)->sin_port), w.to.leg->port->port);
	clear(&w.to, 17, "");
	both_cleared(&w);
	assert_int_equal(w.from.cause.q850, 17);
	assert_int_equal(w.from.cause.sip, 486);
	world_close(&w);
}

static void test_rtp_timeout(void **state)
{
	struct world w;

	(void)state;
	world_open(&w, conf_b);
	answered(&w, "b");
	fake_media_event(w.from.leg->port, MEDIA_RTP_TIMEOUT, 0);
	both_cleared(&w);
	assert_int_equal(w.from.cause.q850, 41);
	assert_false(w.from.by_far_end);
	assert_memory_equal(w.from.cause.text, "no RTP for", 10);
	assert_int_equal(w.to.cause.q850, 41);
	world_close(&w);
}

static void test_drain(void **state)
{
	struct sip_counters c;
	struct world w;

	(void)state;
	world_open(&w, conf_b);
	sip_ua_drain(w.b, true);
	call(&w, "b");
	until(&w, &w.from.cleared);
	assert_int_equal(w.from.cause.sip, 503);
	assert_int_equal(w.to.offered, 0);
	sip_ua_drain(w.b, false);
	memset(&w.from, 0, sizeof(w.from));
	answered(&w, "b");
	clear(&w.from, 16, "");
	both_cleared(&w);
	sip_ua_counters(w.b, &c);
	assert_int_equal(c.invites_in, 2);
	assert_int_equal(c.refused_source, 0);
	world_close(&w);
}

static void test_stranger(void **state)
{
	struct sip_counters c;
	struct world w;
	int i;

	(void)state;
	world_open(&w, conf_stranger);
	for (i = 0; i < 20; i++) {
		memset(&w.from, 0, sizeof(w.from));
		call(&w, "b");
		until(&w, &w.from.cleared);
		assert_int_equal(w.from.cause.sip, 403);
		assert_int_equal(w.from.cause.q850, 21);
	}
	assert_int_equal(w.to.offered, 0);
	sip_ua_counters(w.b, &c);
	assert_int_equal(c.refused_source, 20);
	assert_int_equal(c.invites_in, 0);
	assert_true(w.log_lines < 15);	/* a line a second, not one each */
	world_close(&w);
}

static void test_no_port(void **state)
{
	struct leg_offer o = an_offer();
	struct world w;

	(void)state;
	world_open(&w, conf_b);
	w.media.refuse_next = -EADDRINUSE;
	assert_int_equal(sip_ua_call(w.a, "b", &o, on_event, &w.from, &w.from.leg), -EADDRINUSE);
	assert_int_equal(sip_call_error_cause(-EADDRINUSE), 42);
	assert_int_equal(sip_ua_call(w.a, "nobody", &o, on_event, &w.from, &w.from.leg), -ENOENT);
	call(&w, "b");
	w.media.refuse_next = -EADDRINUSE;	/* for B */
	until(&w, &w.from.cleared);
	assert_int_equal(w.from.cause.sip, 503);
	assert_int_equal(w.to.offered, 0);
	world_close(&w);
}

static void test_peer_down(void **state)
{
	struct sip_peer_info p[8];
	struct leg_offer o = an_offer();
	struct world w;
	int i, n, at = -1;

	(void)state;
	world_open(&w, conf_b);
	for_ms(&w, 700);
	n = sip_ua_peers(w.a, p, 8);
	assert_int_equal(n, 5);
	for (i = 0; i < n; i++)
		if (strcmp(p[i].trunk, "gone") == 0)
			at = i;
	assert_true(at >= 0);
	assert_false(p[at].up);
	assert_string_equal(p[at].address, "127.0.0.1:21999 udp");
	assert_int_equal(sip_ua_call(w.a, "gone", &o, on_event, &w.from, &w.from.leg), -EHOSTDOWN);
	assert_int_equal(sip_call_error_cause(-EHOSTDOWN), 27);
	world_close(&w);
}

/* The agent is closed with a call up and one ringing: both ends hear of it, nothing is left. */
static void test_close_with_calls(void **state)
{
	struct world w;

	(void)state;
	world_open(&w, conf_b);
	answered(&w, "b");
	sip_ua_close(w.a);
	w.a = NULL;
	assert_true(w.from.cleared);
	until(&w, &w.to.cleared);
	assert_int_equal(w.to.cause.q850, 41);
	world_close(&w);
}

static void test_reload_keeps_calls(void **state)
{
	struct conf *c;
	struct world w;

	(void)state;
	world_open(&w, conf_b);
	answered(&w, "b");
	c = load(conf_stranger);	/* peer "a" is gone */
	assert_int_equal(sip_ua_reload(w.b, c), 0);
	conf_free(c);
	for_ms(&w, 50);
	assert_false(w.to.cleared);
	clear(&w.to, 16, "");
	both_cleared(&w);
	assert_int_equal(w.from.cause.q850, 16);
	memset(&w.from, 0, sizeof(w.from));
	call(&w, "b");
	until(&w, &w.from.cleared);
	assert_int_equal(w.from.cause.sip, 403);
	world_close(&w);
}

static void test_port_in_use(void **state)
{
	struct sip_handlers h = { .log = on_log };
	struct conf *c = load(conf_b);
	struct sip_ua *ua = NULL;
	struct world w;

	(void)state;
	world_open(&w, conf_b);
	h.arg = &w;
	assert_int_equal(sip_ua_open(&ua, w.root, &w.media, c, &h), -EADDRINUSE);
	assert_non_null(strstr(w.last_log, "127.0.0.1"));
	conf_free(c);
	world_close(&w);
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
