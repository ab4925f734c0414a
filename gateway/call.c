/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The call's state machine; see call.h. One table says which state may follow which, one function changes
 * state, one function ends a call. What its legs report is call_events.c, where it goes call_route.c, its audio call_media.c.
 */
#include "gateway/call.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "gateway/cause.h"
#include "gateway/log.h"
#include "gateway/trace.h"
#include "gateway/trunk.h"

#define M(s) (1u << (s))
static const struct {
	const char *name;
	unsigned next;		/* states that may follow */
	int64_t limit_ms;	/* the state lasts no longer; 0: as long as the parties like */
	int cause;		/* Q.850 cause when it does */
	const char *why;
} states[CALL_STATES] = {
	[CALL_IDLE] = { "idle", M(CALL_OFFERED), 0, 0, "" },
	[CALL_OFFERED] = { "offered", M(CALL_DIALING) | M(CALL_CLEARING), 0, 0, "" },
	[CALL_DIALING] = { "dialing", M(CALL_ALERTING) | M(CALL_UP) | M(CALL_CLEARING), 120000, 102,
			   "the called side did not react to the call" },
	[CALL_ALERTING] = { "alerting", M(CALL_UP) | M(CALL_CLEARING), 180000, 19, "nobody answered" },
	[CALL_UP] = { "up", M(CALL_CLEARING), 0, 0, "" },
	[CALL_CLEARING] = { "clearing", M(CALL_IDLE), 0, 0, "" },
};
#define STUCK_MS 60000 /* longer than Q.931's T305 + T308 twice, and SIP's timer B */

const char *call_state_name(enum call_state s)
{
	return s < CALL_STATES ? states[s].name : "?";
}

bool call_may_move(enum call_state a, enum call_state b)
{
	return a < CALL_STATES && b < CALL_STATES && states[a].next & M(b);
}

static int64_t wall_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

int64_t call_wall_us(const struct call *c)
{
	return c->rec.start_ms * 1000 + loop_now_us() - c->start_us;
}

void call_note(struct call *c, const char *what, const char *fmt, ...)
{
	char text[200];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	ladder_step(c->gw->ladder, c->id, call_wall_us(c), LADDER_CALL, "call", false, what, text);
}

static void on_trace(void *arg, const char *proto, bool out, const char *what, const char *detail)
{
	struct call_leg *cl = arg;

	ladder_step(cl->call->gw->ladder, cl->call->id, call_wall_us(cl->call), cl->side, proto, out, what, detail);
}

static void on_limit(void *arg)
{
	call_late(arg);
}

/* Who hears something before the answer waits as long as one who hears it ring. */
static enum call_state patience(const struct call *c)
{
	return c->state == CALL_DIALING && c->heard ? CALL_ALERTING : c->state;
}

static void limit(struct call *c)
{
	int64_t ms = states[patience(c)].limit_ms;

	loop_timer_cancel(c->gw->loop, &c->timer);
	if (ms)
		loop_timer(c->gw->loop, ms * 1000, on_limit, c, &c->timer);
}

/* The call may go to another destination yet, which has no limit of its own. */
void call_late(struct call *c)
{
	if (c->state < CALL_UP && c->out.leg && c->out.leg->own_limit)
		limit(c);
	else
		call_clear(c, states[patience(c)].cause, states[patience(c)].why);
}

/* Each 183 says that it still lasts (RFC 3261 13.3.1.1). */
void call_heard(struct call *c)
{
	if (c->state != CALL_DIALING)
		return;
	c->heard = true;
	limit(c);
}

void call_set_state(struct call *c, enum call_state s)
{
	if (s == c->state)
		return;
	if (!call_may_move(c->state, s)) {
		log_line(LOG_L_ERROR, "call %llu: no way from %s to %s", (unsigned long long)c->id,
			 call_state_name(c->state), call_state_name(s));
		return;
	}
	log_line(LOG_L_DEBUG, "call %llu: %s -> %s", (unsigned long long)c->id, call_state_name(c->state),
		 call_state_name(s));
	c->state = s;
	limit(c);
}

static void on_stuck(void *arg)
{
	struct call *c = arg;

	log_line(LOG_L_ERROR, "call %llu: clearing for %d s: in %s, out %s, %u ports open",
		 (unsigned long long)c->id, STUCK_MS / 1000, c->in.leg ? c->in.leg->ops->name : "gone",
		 c->out.leg ? c->out.leg->ops->name : "gone", c->open_ports);
}

/* --- making and freeing ----------------------------------------------------------------------- */

static void make_uuid(char out[40])
{
	unsigned char b[16] = { 0 };

	if (getrandom(b, sizeof(b), 0) != sizeof(b))
		log_line(LOG_L_WARNING, "no random numbers from the kernel");
	b[6] = (b[6] & 0x0f) | 0x40; /* RFC 4122 4.4 */
	b[8] = (b[8] & 0x3f) | 0x80;
	snprintf(out, 40, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[0], b[1], b[2],
		 b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14], b[15]);
}

static struct call *make(struct gateway *gw)
{
	struct call *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->gw = gw;
	c->id = ++gw->next_call;
	c->in.call = c->out.call = c;
	c->in.side = LADDER_IN;
	c->out.side = LADDER_OUT;
	c->referrer.call = c;
	c->referrer.side = LADDER_OUT;
	c->dest = -1;
	c->start_us = loop_now_us();
	c->rec.id = c->id;
	c->rec.start_ms = wall_us() / 1000;
	make_uuid(c->rec.uuid);
	c->next = gw->calls;
	c->prev = &gw->calls;
	if (c->next)
		c->next->prev = &c->next;
	gw->calls = c;
	gw->n_calls++;
	return c;
}

static void retire(struct call *c)
{
	struct gateway *gw = c->gw;

	call_set_state(c, CALL_IDLE);
	trace_call_over(gw->trace, c);
	call_record_write(c);
	ladder_end(gw->ladder, c->id);
	loop_timer_cancel(gw->loop, &c->timer);
	loop_timer_cancel(gw->loop, &c->stuck);
	loop_timer_cancel(gw->loop, &c->dialling);
	*c->prev = c->next;
	if (c->next)
		c->next->prev = c->prev;
	gw->n_calls--;
	gw->total++;
	gw->answered += c->rec.answer_ms != 0;
	gw->failed += !c->rec.answer_ms && cause_reroutes(c->rec.cause);
	if (c->in.trunk)
		c->in.trunk->calls--;
	if (c->ended)
		c->ended(c->ended_arg, c);
	free(c->divert);
	free(c);
	gateway_call_gone(gw);
}

void call_maybe_free(struct call *c)
{
	if (c->state == CALL_CLEARING && !c->in.leg && !c->out.leg && !c->referrer.leg && !c->open_ports)
		retire(c);
}

void calls_forget(struct gateway *gw)
{
	while (gw->calls) {
		log_line(LOG_L_ERROR, "call %llu: its legs never reported", (unsigned long long)gw->calls->id);
		retire(gw->calls);
	}
}

struct call *call_find(struct gateway *gw, uint64_t id)
{
	struct call *c = gw->calls;

	while (c && c->id != id)
		c = c->next;
	return c;
}

/* --- the incoming leg ------------------------------------------------------------------------- */

void call_leg_attach(struct call_leg *cl, struct leg *leg)
{
	cl->leg = leg;
	leg_attach(leg, call_leg_event, cl);
	leg_set_trace(leg, on_trace, cl);
}

static void refuse(struct leg *leg, int q850, const char *text)
{
	struct leg_cause c = { .q850 = (uint8_t)q850 };

	snprintf(c.text, sizeof(c.text), "%s", text);
	leg_attach(leg, NULL, NULL);
	leg_clear(leg, &c);
}

void call_offered(struct gateway *gw, struct trunk *t, struct leg *leg, const struct leg_offer *offer)
{
	struct call *c;

	if (gw->draining) {
		gw->refused_drain++;
		refuse(leg, 41, "draining");
		return;
	}
	c = make(gw);
	if (!c) {
		refuse(leg, 42, "out of memory");
		return;
	}
	c->offer = *offer;
	c->rec.bearer = offer->bearer;
	c->rec.hlc = offer->hlc;
	c->in.trunk = t;
	t->calls++;
	trunk_read_number(t, &offer->called, c->number);
	trunk_read_number(t, &offer->calling, c->from);
	trunk_read_number(t, &offer->redirecting, c->redirecting);
	c->state = CALL_OFFERED;
	call_leg_attach(&c->in, leg);
	call_record_leg(&c->in, t->name);
	call_note(c, "offered", "%s calls %s on %s (%s)", c->from[0] ? c->from : "no number", c->number, t->name,
		  offer->source);
	if (offer->refused) {
		call_clear(c, offer->refused, offer->refused_why);
		return;
	}
	if (t->max_calls && t->calls > (unsigned)t->max_calls) {
		did_lookup(gw->site->dids, t->name, c->number, &c->route);
		if (!c->route.emergency) {
			call_clear(c, 42, "the trunk's max-calls is reached");
			return;
		}
	}
	call_route(c);
}

int call_originate(struct gateway *gw, struct leg *leg, struct trunk *to, const char *number, const char *from,
		   bool by_digit, struct call **out)
{
	struct call *c = make(gw);

	if (!c)
		return -ENOMEM;
	snprintf(c->number, sizeof(c->number), "%s", number);
	snprintf(c->from, sizeof(c->from), "%s", from);
	c->by_digit = by_digit && to->overlap && to->kind == CONF_TRUNK_ISDN;
	c->offer.complete = !c->by_digit;
	c->state = CALL_OFFERED;
	c->route.row = -1;
	c->route.n_dests = 1;
	c->route.dests[0].kind = DID_TRUNK;
	snprintf(c->route.dests[0].trunk, sizeof(c->route.dests[0].trunk), "%s", to->name);
	snprintf(c->route.dests[0].number, sizeof(c->route.dests[0].number), "%s", number);
	call_leg_attach(&c->in, leg);
	call_record_leg(&c->in, "test");
	*out = c;
	call_note(c, "test call", "to %s on %s", number, to->name);
	if (!call_try_next(c))
		return 0;
	leg_proceed(leg);
	return 0;
}

/* --- ending ----------------------------------------------------------------------------------- */

void call_end(struct call *c, const struct leg_cause *cause, const char *side, const char *why)
{
	if (c->state == CALL_CLEARING)
		return;
	c->rec.cause = cause->q850;
	c->rec.location = cause->location;
	snprintf(c->rec.side, sizeof(c->rec.side), "%s", side);
	snprintf(c->rec.why, sizeof(c->rec.why), "%s", why);
	call_note(c, "clearing", "%s: cause %d (%s), %s", side, cause->q850, cause_name(cause->q850), why);
	call_set_state(c, CALL_CLEARING);
	call_part(c);
	if (c->in.leg)
		leg_clear(c->in.leg, cause);
	if (c->out.leg)
		leg_clear(c->out.leg, cause);
	if (c->referrer.leg) {
		leg_referred(c->referrer.leg, cause);	/* the one that he would have transferred has left */
		leg_clear(c->referrer.leg, cause);
	}
	call_unjoin(&c->in);
	call_unjoin(&c->out);
	loop_timer(c->gw->loop, (int64_t)STUCK_MS * 1000, on_stuck, c, &c->stuck);
	call_maybe_free(c);
}

void call_clear(struct call *c, int q850, const char *why)
{
	struct leg_cause cause = { .q850 = (uint8_t)q850, .location = 1 };

	snprintf(cause.text, sizeof(cause.text), "%s", why);
	call_end(c, &cause, "gateway", why);
}
