/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A user agent with one peer made of text; see wire_world.h. */
#ifdef FAKE_MEDIA
#include "tests/support/wire_world.h"

#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define GATEWAY 21400
#define PEER 21500
#define STRANGER 21600


static const char *const conf_text = "site: {country: 44}\ncard: sim\nsim: {spans: {1: e1, 2: e1}, wires: [1-2]}\n"
	"sip: {listen: [\"127.0.0.1:21400\"]}\n"
	"trunks:\n"
	"  w: {sip: {peer: \"127.0.0.1:21500\", trust-identity: true, aoc: true, overlap: rfc3578, health: 0s}}\n";

void wire_conf_failed(void *arg, const struct conf_error *e)
{
	(void)arg;
	fail_msg("%d:%d: %s", e->line, e->column, e->message);
}

static const char *const kinds[] = {
	[LEG_PROCEEDING] = "proceeding", [LEG_ALERTING] = "alerting", [LEG_PROGRESS] = "progress",
	[LEG_ANSWERED] = "answered",	 [LEG_DIGIT] = "digit",	      [LEG_HELD] = "held",
	[LEG_RESUMED] = "resumed",	 [LEG_JOIN] = "join",	      [LEG_AUDIO] = "audio",
	[LEG_REFER] = "refer",		 [LEG_CLEARED] = "cleared",     [LEG_CHARGE] = "charge",
	[LEG_DIVERTED] = "diverted",	 [LEG_DIVERT] = "divert",
};

static void on_event(void *arg, struct leg *leg, const struct leg_event *ev)
{
	struct wire_world *w = arg;
	size_t n = strlen(w->events);

	assert_ptr_equal(leg, w->leg ? w->leg : leg);
	snprintf(w->events + n, sizeof(w->events) - n, "%s%s%s", n ? " " : "", kinds[ev->kind], ev->inband ? "+" : "");
	if (ev->kind == LEG_DIVERTED || ev->kind == LEG_DIVERT)
		w->diverted = *ev->divert;
	if (ev->kind == LEG_REFER)
		w->refer = ev->divert->to;
	if (ev->kind == LEG_CHARGE)
		w->charge = *ev->charge;
	if (ev->kind == LEG_JOIN)
		w->other = ev->other;
	if (ev->kind != LEG_CLEARED)
		return;
	w->cleared = true;
	w->cause = ev->cause;
	w->by_far_end = ev->by_far_end;
	w->leg = NULL;
}

static void on_offered(void *arg, const char *trunk, struct leg *leg, const struct leg_offer *offer)
{
	struct wire_world *w = arg;

	assert_string_equal(trunk, "w");
	w->offered++;
	w->leg = leg;
	w->offer = *offer;
	leg_attach(leg, on_event, w);
}

void wire_turn(void *arg)
{
	struct wire_world *w = arg;

	su_root_step(w->root, 2);
	media_service(&w->media);
}

void wire_world_open(struct wire_world *w)
{
	struct sip_handlers h = { .offered = on_offered, .arg = w };
	struct conf *c = NULL;

	memset(w, 0, sizeof(*w));
	w->call_id = "call@wire";
	su_init();
	w->root = su_root_create(NULL);
	su_root_threading(w->root, 0);
	assert_int_equal(conf_parse(&c, "test", conf_text, strlen(conf_text), wire_conf_failed, NULL), 0);
	assert_int_equal(sip_ua_open(&w->ua, w->root, &w->media, c, &h), 0);
	conf_free(c);
	assert_int_equal(sip_wire_open(&w->peer, "127.0.0.1", PEER, GATEWAY, wire_turn, w), 0);
	assert_int_equal(sip_wire_open(&w->stranger, "127.0.0.2", STRANGER, GATEWAY, wire_turn, w), 0);
}

/* The far end answers whatever is asked while the agent closes; names were never looked up. */
void wire_world_close(struct wire_world *w)
{
	sip_ua_close(w->ua);
	assert_int_equal(w->media.open, 0);
	sip_wire_close(&w->peer);
	sip_wire_close(&w->stranger);
	su_root_destroy(w->root);
	su_deinit();
}

void wire_until_cleared(struct wire_world *w)
{
	int64_t end = sip_now_ms() + 5000;

	while (!w->cleared && sip_now_ms() < end)
		wire_turn(w);
	assert_true(w->cleared);
}

void wire_for_turns(struct wire_world *w, int n)
{
	while (n--)
		wire_turn(w);
}

/* A request of the peer's. TAG is our To tag, "" before there is one; METHOD with its CSeq number. */
void wire_request(struct wire_world *w, const char *method, unsigned cseq, const char *tag, const char *extra,
		    const char *body)
{
	char head[3072];
	static unsigned branch;

	snprintf(head, sizeof(head),
		 "%s sip:+442079460100@127.0.0.1:21400 SIP/2.0\nVia: SIP/2.0/UDP 127.0.0.1:21500;branch=z9hG4bKb%u;rport\n"
		 "Max-Forwards: 70\nFrom: <sip:1@127.0.0.1>;tag=ft\nTo: <sip:2@127.0.0.1>%s%s\nCall-ID: %s\n"
		 "CSeq: %u %s\n%s",
		 method, strcmp(method, "CANCEL") == 0 ? branch : ++branch, *tag ? ";tag=" : "", tag, w->call_id, cseq, method, extra);
	sip_wire_send(&w->peer, head, body);
}

void wire_our_tag(const struct wire_world *w, char *out, size_t size)
{
	char to[256], *p;

	assert_true(sip_wire_header(&w->peer, "To", to, sizeof(to)));
	p = strstr(to, ";tag=");
	assert_non_null(p);
	snprintf(out, size, "%s", p + 5);
}

void wire_invite(struct wire_world *w, const char *extra, const char *body)
{
	wire_request(w, "INVITE", 1, "", extra, body);
	assert_true(sip_wire_expect(&w->peer, "SIP/2.0 100"));
	assert_int_equal(w->offered, 1);
}

void wire_answer(struct wire_world *w, char *tag, size_t size)
{
	assert_int_equal(leg_answer(w->leg, NULL), 0);
	assert_true(sip_wire_expect(&w->peer, "SIP/2.0 200"));
	wire_our_tag(w, tag, size);
}

void wire_call_up(struct wire_world *w, const char *extra, char *tag, size_t size)
{
	wire_invite(w, extra, SDP("1", "4000", "sendrecv"));
	wire_answer(w, tag, size);
	wire_request(w, "ACK", 1, tag, "", NULL);
	wire_for_turns(w, 10);
}

void wire_they_clear(struct wire_world *w, const char *tag)
{
	wire_request(w, "BYE", 90, tag, "Reason: Q.850;cause=31\n", NULL);
	assert_true(sip_wire_expect(&w->peer, "SIP/2.0 200"));
	wire_until_cleared(w);
	assert_int_equal(w->cause.q850, 31);
	assert_true(w->by_far_end);
}

uint16_t wire_rtp_port(const struct wire_world *w)
{
	return ntohs(((const struct sockaddr_in *)&w->leg->port->remote.rtp)->sin_port);
}
#else
typedef int wire_world_is_included;
#endif
