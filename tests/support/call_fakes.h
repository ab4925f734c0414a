/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests/support/call_fakes.h: legs, trunks, DID table and media path for tests of the call (gateway/call*.c), in the place of the real
 * ones: what the call asks of them is written into DID as words, "o:" of an outgoing leg, "i:" of the first incoming one.
 * Included by each of those test programs, once.
 */
#ifndef TESTS_SUPPORT_CALL_FAKES_H
#define TESTS_SUPPORT_CALL_FAKES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/call.h"
#include "gateway/trace.h"
#include "gateway/trunk.h"

static char did[1024];		/* what the call did, in words */
static struct leg in, out[4];
static int n_out, cause_of_trunk;	/* the next trunk_call() fails with this cause */
static struct leg_offer dialled;	/* the last one */
static bool telco_data;		/* the trunk carries data; "office", an SIP trunk, has only sound */
static int sound_err;		/* what the calling leg says to sound in the place of data */
static bool out_limits;		/* outgoing legs end themselves when nobody answers */
static struct call_record last;
static char tone[16];		/* the tone that a far end hears */
static int n_records, joins, parts, open_lines;
static struct media_port *parted;	/* last */
static struct hw_line timeslot;
static struct gateway gw;
static struct trunk office = { .name = "office", .kind = CONF_TRUNK_SIP }, telco = { .name = "telco" };

static void say(const char *who, const char *what, int n)
{
	size_t len = strlen(did);

	snprintf(did + len, sizeof(did) - len, n ? "%s%s:%s%d" : "%s%s:%s", len ? " " : "", who, what, n);
}

/* --- the legs --------------------------------------------------------------------------------- */

static const char *who(const struct leg *l)
{
	return l == &in ? "i" : "o";
}

static int f_proceed(struct leg *l)
{
	say(who(l), "proceed", 0);
	return 0;
}
static int f_alert(struct leg *l, bool inband)
{
	say(who(l), inband ? "alert+audio" : "alert", 0);
	return 0;
}
static int f_progress(struct leg *l, bool inband, const struct leg_cause *c)
{
	say(who(l), inband ? "progress+audio" : "progress", c ? c->q850 : 0);
	return 0;
}
static int f_more(struct leg *l, const char *digits, bool complete)
{
	char words[32];

	snprintf(words, sizeof(words), "more %s%s", digits, complete ? "!" : "");
	say(who(l), words, 0);
	return 0;
}
static int f_answer(struct leg *l, const struct leg_number *n)
{
	(void)n;
	say(who(l), "answer", 0);
	return 0;
}
static int f_clear(struct leg *l, const struct leg_cause *c)
{
	say(who(l), "clear", c->q850);
	return 0;
}
static int f_hold(struct leg *l)
{
	say(who(l), "hold", 0);
	return 0;
}
static int f_resume(struct leg *l)
{
	say(who(l), "resume", 0);
	return 0;
}
static int join_err;	/* what a far end says to a join */
static int f_join(struct leg *l, struct leg *with)
{
	(void)with;
	say(who(l), "join", 0);
	return join_err;
}
static int f_with(struct leg *l, const struct leg_extra *x)
{
	say(who(l), "with", x->uui.len);
	return 0;
}
static int f_connected(struct leg *l, const struct leg_number *n)
{
	say(who(l), n->presentation == PRES_RESTRICTED ? "hidden" : "connected", (int)strtol(n->digits, NULL, 10));
	return 0;
}
static int f_sound(struct leg *l, struct leg_offer *o)
{
	if (!sound_err)
		o->bearer = BEARER_SPEECH;
	say(who(l), "sound", sound_err);
	return sound_err;
}
static int divert_err;	/* what the calling leg's exchange says to a diversion */
static struct leg_divert diverted;	/* the last one that it was asked for */
static int f_divert(struct leg *l, const struct leg_divert *to)
{
	diverted = *to;
	say(who(l), "divert", atoi(to->to.digits));
	return divert_err;
}
static int f_referred(struct leg *l, const struct leg_cause *c)
{
	say(who(l), "referred", c ? c->q850 : 0);
	return 0;
}
static int f_charge(struct leg *l, const struct leg_charge *c)
{
	say(who(l), "charge", (int)c->units);
	return 0;
}
static int f_malicious(struct leg *l)
{
	say(who(l), "malicious", 0);
	return 0;
}
static const struct leg_ops ops = { .name = "fake", .proceed = f_proceed, .alert = f_alert, .progress = f_progress, .more = f_more,
				    .answer = f_answer, .clear = f_clear, .hold = f_hold, .resume = f_resume, .join = f_join,
				    .with = f_with, .connected = f_connected, .divert = f_divert, .referred = f_referred, .charge = f_charge, .malicious = f_malicious,
				    .sound = f_sound };

/* --- what the call leans on ------------------------------------------------------------------- */

int did_lookup(const struct did_table *t, const char *trunk, const char *number, struct did_route *r)
{
	(void)t;
	(void)trunk;
	memset(r, 0, sizeof(*r));
	if (!strcmp(number, "nowhere"))
		return -2;
	r->line = r->row = 1;
	r->n_dests = 1;
	r->dests[0] = (struct did_dest){ .kind = DID_TRUNK, .trunk = "telco", .number = "1" };
	if (!strcmp(number, "two")) {
		r->n_dests = 2;
		r->dests[1] = (struct did_dest){ .kind = DID_TRUNK, .trunk = "telco", .number = "2" };
	} else if (!strcmp(number, "then-busy")) {
		r->n_dests = 2;
		r->dests[1] = (struct did_dest){ .kind = DID_BUSY, .cause = 17 };
	} else if (!strcmp(number, "sound-first")) {
		r->n_dests = 2;
		r->dests[1] = (struct did_dest){ .kind = DID_TRUNK, .trunk = "telco", .number = "2" };
		snprintf(r->dests[0].trunk, sizeof(r->dests[0].trunk), "office");
	} else if (!strcmp(number, "limited")) {
		r->max = 1;
	} else if (!strcmp(number, "emergency")) {
		r->max = 1;
		r->emergency = true;
	}
	return 0;
}
struct trunk *trunk_find(struct gateway *g, const char *name)
{
	(void)g;
	return !strcmp(name, "telco") ? &telco : !strcmp(name, "office") ? &office : NULL;
}
void trunk_read_number(const struct trunk *t, const struct leg_number *n, char *number)
{
	(void)t;
	snprintf(number, NUMBER_MAX, "%.63s", n->digits);
}
void trunk_write_number(const struct trunk *t, bool calling, const char *number, struct leg_number *n)
{
	(void)t;
	(void)calling;
	snprintf(n->digits, sizeof(n->digits), "%.63s", number);
}
int trunk_call(struct trunk *t, const struct leg_offer *o, leg_event_fn *fn, void *arg, struct leg **l)
{
	int cause = cause_of_trunk;

	(void)t;
	say("o", "call", atoi(o->called.digits));
	cause_of_trunk = 0;
	dialled = *o;
	if (cause)
		return cause;
	out[n_out] = (struct leg){ .ops = &ops, .line = &timeslot, .own_limit = out_limits };
	leg_attach(&out[n_out], fn, arg);
	*l = &out[n_out++];
	return 0;
}
bool trunk_in_service(const struct trunk *t, char *why, size_t size)
{
	(void)t;
	(void)why;
	(void)size;
	return true;
}

bool trunk_carries(const struct trunk *t, uint8_t bearer)
{
	return bearer_is_sound(bearer) || (telco_data && t == &telco);
}
bool trunk_overlap_incomplete(struct trunk *t, const struct leg_number *called)
{
	(void)t;
	(void)called;
	return false;
}
const char *gateway_line_name(struct gateway *g, const struct hw_line *line, char *buf, size_t size)
{
	(void)g;
	(void)line;
	snprintf(buf, size, "1/7");
	return buf;
}
void gateway_call_gone(struct gateway *g)
{
	(void)g;
}
int records_put(struct records *r, const struct call_record *rec)
{
	(void)r;
	last = *rec;
	n_records++;
	return 0;
}
void trace_call_leg(struct trace *t, const struct call *c, int span, const char *call_id)
{
	(void)t; (void)c; (void)span; (void)call_id;
}
void trace_call_over(struct trace *t, const struct call *c)
{
	(void)t; (void)c;
}
/* A media path that keeps what it must tell until the test asks for it. */
static struct media_port *closing[16];
static int n_closing;
static struct { media_event_fn *fn; void *arg; } port[16];
static int n_port;

int media_line_port(struct media *m, struct hw_line *line, const struct media_line_conf *c, media_event_fn *fn,
		    void *arg, struct media_port **p)
{
	(void)m;
	(void)line;
	(void)c;
	port[n_port].fn = fn;
	port[n_port].arg = arg;
	*p = (struct media_port *)&port[n_port++];
	open_lines++;
	return 0;
}
int media_join(struct media_port *a, struct media_port *b)
{
	assert_ptr_not_equal(a, b);
	joins++;
	return 0;
}
void media_part(struct media_port *p)
{
	parts++;
	parted = p;
}
void media_port_close(struct media_port *p)
{
	closing[n_closing++] = p;
}
int media_test_port(struct media *m, const char *spec, const char *dir, media_event_fn *fn, void *arg,
		    struct media_port **p)
{
	(void)m; (void)spec; (void)dir; (void)fn; (void)arg; (void)p;
	return -1;
}
int media_digit(struct media_port *p, char d, unsigned ms)
{
	(void)p; (void)d; (void)ms;
	return 0;
}
int media_tone(struct media_port *p, const char *name)
{
	(void)p;
	snprintf(tone, sizeof(tone), "%s", name);
	return 0;
}
void media_port_stats(const struct media_port *p, struct media_stats *s)
{
	(void)p;
	memset(s, 0, sizeof(*s));
}
void sip_leg_info(const struct leg *l, struct sip_leg_info *i)
{
	(void)l;
	memset(i, 0, sizeof(*i));
}

static void close_ports(void)
{
	struct media_stats st = { .packets_in = 7 };
	struct media_event ev = { .kind = MEDIA_CLOSED, .stats = &st };

	for (int i = 0; i < n_closing; i++) {
		size_t k = (size_t)((char *)closing[i] - (char *)port) / sizeof(port[0]);

		port[k].fn(port[k].arg, closing[i], &ev);
		open_lines--;
	}
	n_closing = 0;
}

static int setup(void **state)
{
	static struct site site;

	(void)state;
	gw.site = &site;
	office.gw = telco.gw = &gw;
	assert_int_equal(loop_open(&gw.loop), 0);
	return ladder_open(&gw.ladder);
}

static int teardown(void **state)
{
	(void)state;
	ladder_close(gw.ladder);
	loop_close(gw.loop);
	return 0;
}

#endif
