/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Attended transfer (LEG_JOIN), by a telephone (its blind one too), by a SIP peer's REFER with Replaces, by a PBX. Its two calls trade legs: one call has both far ends and goes on, the other
 * has both legs of who asked and ends. Their audio is joined here; far ends that can do it among themselves (SIP: REFER
 * with Replaces; two calls of an ISDN trunk: its exchange) are asked to, and it stays so until they have.
 */
#include <stdio.h>

#include "gateway/call.h"
#include "gateway/log.h"
#include "gateway/trunk.h"

static struct call_leg *half(const struct leg *leg)
{
	return leg && leg->fn == call_leg_event ? leg->arg : NULL;
}

static struct call_leg *far_of(struct call_leg *cl)
{
	return cl == &cl->call->in ? &cl->call->out : &cl->call->in;
}

/* Everything that belongs to the leg goes with it; what belongs to the place stays. */
void call_trade(struct call_leg *a, struct call_leg *b)
{
	struct leg *leg = a->leg;
	struct trunk *trunk = a->trunk;
	struct record_leg rec = a->rec;

	a->leg = b->leg;
	a->trunk = b->trunk;
	a->rec = b->rec;
	b->leg = leg;
	b->trunk = trunk;
	b->rec = rec;
	a->closing = b->closing = NULL;	/* what a port counted before goes to no record */
	if (a->leg)
		call_leg_attach(a, a->leg);
	if (b->leg)
		call_leg_attach(b, b->leg);
}

void call_ring_tone(struct call *c, bool on)
{
	/* NULL while it has no channel: it is rung when it has. */
	struct media_port *p = on ? call_port(&c->in) : c->in.leg && c->in.leg->port ? c->in.leg->port : c->in.port;

	c->ringback = on;
	if (p)
		media_tone(p, on ? "ringback" : "");
}

/* KEEP is up, WITH belongs to another call that leads somewhere, and neither is in the middle of a transfer already. */
static bool can_join(const struct call *keep, struct call_leg *with)
{
	const struct call *end = with ? with->call : NULL;

	return end && end != keep && keep->state == CALL_UP && end->state != CALL_CLEARING && !keep->transferring &&
	       !end->transferring && !end->divert && far_of(with)->leg;
}

/* As others would call who is at its end. */
static void number_of(const struct call_leg *cl, char *out)
{
	snprintf(out, NUMBER_MAX, "%s", cl == &cl->call->in ? cl->call->from : cl->call->number);
}

void call_transfer(struct call_leg *cl, struct leg *other)
{
	struct call_leg *with = half(other), *far, *new_far;
	struct call *keep = cl->call, *end;
	struct leg *asks;
	struct leg_cause cause = { .q850 = 16, .location = 1, .text = "transferred" };
	char stays[NUMBER_MAX], comes[NUMBER_MAX];

	if (!can_join(keep, with)) {
		log_line(LOG_L_WARNING, "call %llu: a transfer to nowhere", (unsigned long long)keep->id);
		call_note(keep, "transfer refused", "the other call is not to be joined with this one now");
		if (cl->leg)
			leg_referred(cl->leg, &(struct leg_cause){ .q850 = 29, .location = 1 });
		return;
	}
	end = with->call;
	asks = cl->leg;
	call_record_transfer(keep, cl);
	far = far_of(cl);
	new_far = far_of(with);
	number_of(far, stays);
	number_of(new_far, comes);
	call_unjoin(&keep->in);
	call_unjoin(&keep->out);
	call_unjoin(&end->in);
	call_unjoin(&end->out);
	keep->transferring = end->state != CALL_UP && new_far != &end->in;
	if (end->state != CALL_UP && !keep->transferring)	/* who called waits for an answer, and this is it */
		leg_answer(new_far->leg, NULL);
	if (keep->transferring && cl == &keep->in) {	/* who has not answered yet must be the called side */
		call_trade(&keep->in, &keep->out);
		cl = &keep->out;
		far = &keep->in;
		call_caller_is(keep, stays, NULL);
	}
	call_trade(cl, new_far);
	if (cl == &keep->in)
		call_caller_is(keep, comes, new_far == &end->in ? &end->offer : NULL);
	else
		snprintf(keep->number, sizeof(keep->number), "%s", comes);
	call_note(keep, "transferred", "to %s %s, from call %llu", cl->rec.trunk, cl->rec.called,
		  (unsigned long long)end->id);
	call_note(end, "transferred", "to call %llu", (unsigned long long)keep->id);
	call_record_leg(cl, NULL);
	if (far->leg)
		leg_resume(far->leg);
	if (!keep->transferring && cl->leg)
		leg_resume(cl->leg);
	if (keep->transferring)
		call_refer_limit(keep);
	if (keep->transferring && end->state == CALL_ALERTING)
		call_ring_tone(keep, true);
	else
		call_join(keep);
	/* Ends that do it among themselves hear of each other on the way. */
	if (!keep->transferring && far->leg && cl->leg && leg_join(far->leg, cl->leg))
		call_connected_tell(keep);
	if (asks)
		leg_referred(asks, NULL);
	call_end(end, &cause, "gateway", "transferred");
}

void call_transfer_event(struct call *c, const struct leg_event *ev)
{
	if (ev->kind == LEG_ANSWERED) {
		c->transferring = false;
		call_connected_record(&c->out.rec, ev);
		loop_timer_cancel(c->gw->loop, &c->timer);
		call_ring_tone(c, false);
		call_join(c);
		if (c->referring)
			call_refer_done(c);
		else if (c->in.leg && c->out.leg && leg_join(c->in.leg, c->out.leg))
			call_connected_tell(c);
	} else if (ev->kind == LEG_ALERTING || ev->kind == LEG_PROGRESS) {
		call_ring_tone(c, !ev->inband);
		if (ev->inband)
			call_join(c);
	}
}
