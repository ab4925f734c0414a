/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two user agents in one loop; see sip_pair.h. */
#ifdef FAKE_MEDIA
#include "tests/support/sip_pair.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

const char *const pair_conf_a = "site: {country: 44}\ncard: sim\nsim: {spans: {1: e1, 2: e1}, wires: [1-2]}\n"
	"sip: {listen: [\"127.0.0.1:21100\"]}\n"
	"trunks:\n"
	"  b: {sip: {peer: \"127.0.0.1:21200\", trust-identity: true, health: 0s}}\n"
	"  btcp: {sip: {peer: \"127.0.0.1:21200\", transport: tcp, trust-identity: true, health: 0s}}\n"
	"  bu: {sip: {peer: \"127.0.0.1:21201\", codecs: [pcmu], ptime: 30, health: 0s}}\n"
	"  ba: {sip: {peer: \"127.0.0.1:21202\", codecs: [pcma], health: 0s}}\n"
	"  gone: {sip: {peer: \"127.0.0.1:21999\", health: 300ms}}\n";
const char *const pair_conf_b = "site: {country: 44}\ncard: sim\nsim: {spans: {1: e1, 2: e1}, wires: [1-2]}\n"
	"sip: {listen: [\"127.0.0.1:21200\", \"127.0.0.1:21201\", \"127.0.0.1:21202\"]}\n"
	"trunks:\n"
	"  a: {sip: {peer: \"127.0.0.1:21100\", trust-identity: true, health: 0s}}\n";
const char *const pair_conf_stranger = "site: {country: 44}\ncard: sim\nsim: {spans: {1: e1, 2: e1}, wires: [1-2]}\n"
	"sip: {listen: [\"127.0.0.1:21200\", \"127.0.0.1:21201\", \"127.0.0.1:21202\"]}\n"
	"trunks:\n"
	"  other: {sip: {peer: \"192.0.2.1:5060\", health: 0s}}\n";
const char *const pair_conf_b_pcma = "site: {country: 44}\ncard: sim\nsim: {spans: {1: e1, 2: e1}, wires: [1-2]}\n"
	"sip: {listen: [\"127.0.0.1:21200\", \"127.0.0.1:21201\", \"127.0.0.1:21202\"]}\n"
	"trunks:\n"
	"  a: {sip: {peer: \"127.0.0.1:21100\", codecs: [pcma], health: 0s}}\n";

static void conf_failed(void *arg, const struct conf_error *e)
{
	(void)arg;
	fail_msg("%s:%d:%d: %s", e->file, e->line, e->column, e->message);
}

struct conf *pair_load(const char *text)
{
	struct conf *c = NULL;

	assert_int_equal(conf_parse(&c, "test", text, strlen(text), conf_failed, NULL), 0);
	return c;
}

static const char *const kinds[] = {
	[LEG_PROCEEDING] = "proceeding", [LEG_ALERTING] = "alerting", [LEG_PROGRESS] = "progress",
	[LEG_ANSWERED] = "answered",	 [LEG_DIGIT] = "digit",	      [LEG_HELD] = "held",
	[LEG_RESUMED] = "resumed",	 [LEG_JOIN] = "join",	      [LEG_AUDIO] = "audio",
	[LEG_CLEARED] = "cleared",
};

void pair_on_event(void *arg, struct leg *leg, const struct leg_event *ev)
{
	struct pair_end *e = arg;
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
	struct pair_end *e = arg;
	size_t n = strlen(e->trace);

	(void)detail;
	snprintf(e->trace + n, sizeof(e->trace) - n, "%s%s%s", n ? " | " : "", out ? ">" : "<", what);
	assert_true(strcmp(proto, "SIP") == 0 || strcmp(proto, "media") == 0);
}

void pair_on_offered(void *arg, const char *trunk, struct leg *leg, const struct leg_offer *offer)
{
	struct pair *w = arg;

	assert_string_equal(trunk, "a");
	w->to.offered++;
	w->to.leg = leg;
	w->to.offer = *offer;
	assert_non_null(leg->port);
	leg_attach(leg, pair_on_event, &w->to);
	leg_set_trace(leg, on_trace, &w->to);
	if (w->on_offered)
		w->on_offered(w);
}

void pair_on_log(void *arg, int level, const char *text)
{
	struct pair *w = arg;

	(void)level;
	w->log_lines++;
	snprintf(w->last_log, sizeof(w->last_log), "%s", text);
}

static struct sip_ua *ua_open(struct pair *w, const char *text)
{
	struct sip_handlers h = { .offered = pair_on_offered, .log = pair_on_log, .arg = w };
	struct conf *c = pair_load(text);
	struct sip_ua *ua = NULL;

	assert_int_equal(sip_ua_open(&ua, w->root, &w->media, c, &h), 0);
	conf_free(c);
	return ua;
}

void pair_world_open(struct pair *w, const char *b)
{
	memset(w, 0, sizeof(*w));
	su_init();
	w->root = su_root_create(NULL);
	su_root_threading(w->root, 0);
	w->a = ua_open(w, pair_conf_a);
	w->b = ua_open(w, b);
}

void pair_world_close(struct pair *w)
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

void pair_turn(struct pair *w)
{
	su_root_step(w->root, 5);
	media_service(&w->media);
}

/* Turns the loop until *FLAG, or fails. */
void pair_until(struct pair *w, const bool *flag)
{
	int64_t end = now_ms() + 5000;

	while (!*flag && now_ms() < end)
		pair_turn(w);
	if (!*flag)
		fail_msg("nothing happened: from '%s' to '%s'", w->from.events, w->to.events);
}

static bool seen(const struct pair_end *e, const char *word)
{
	return strstr(e->events, word) != NULL;
}

void pair_until_seen(struct pair *w, const struct pair_end *e, const char *word)
{
	int64_t end = now_ms() + 5000;

	while (!seen(e, word) && now_ms() < end)
		pair_turn(w);
	if (!seen(e, word))
		fail_msg("no %s: from '%s' to '%s'", word, w->from.events, w->to.events);
}

void pair_for_ms(struct pair *w, int ms)
{
	int64_t end = now_ms() + ms;

	while (now_ms() < end)
		pair_turn(w);
}

struct leg_offer pair_an_offer(void)
{
	struct leg_offer o = { .called = { .digits = "442079460100", .ton = TON_INTERNATIONAL, .npi = NPI_E164 },
			       .calling = { .digits = "442071838750", .ton = TON_INTERNATIONAL, .npi = NPI_E164 },
			       .calling_name = "Front \"desk\"",
			       .complete = true };

	return o;
}

void pair_call(struct pair *w, const char *trunk)
{
	struct leg_offer o = pair_an_offer();

	assert_int_equal(sip_ua_call(w->a, trunk, &o, pair_on_event, &w->from, &w->from.leg), 0);
	leg_set_trace(w->from.leg, on_trace, &w->from);
}

void pair_clear(struct pair_end *e, int q850, const char *text)
{
	struct leg_cause c = { .q850 = (uint8_t)q850 };

	snprintf(c.text, sizeof(c.text), "%s", text);
	assert_int_equal(leg_clear(e->leg, &c), 0);
	assert_int_equal(leg_clear(e->leg, &c), -EALREADY);
	assert_false(e->cleared);	/* never from inside */
}

void pair_both_cleared(struct pair *w)
{
	pair_until(w, &w->from.cleared);
	pair_until(w, &w->to.cleared);
}

void pair_ring(struct pair *w)
{
	assert_int_equal(leg_alert(w->to.leg, false), 0);
}

void pair_answer_at_once(struct pair *w)
{
	assert_int_equal(leg_answer(w->to.leg, NULL), 0);
}

void pair_ring_inband(struct pair *w)
{
	assert_int_equal(leg_progress(w->to.leg, true, NULL), 0);
	assert_int_equal(leg_alert(w->to.leg, false), 0);
}
#else
typedef int sip_pair_is_included;
#endif
