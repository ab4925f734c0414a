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

static void ring_tone(struct call *c, bool on)
{
	struct media_port *p = c->in.leg && c->in.leg->port ? c->in.leg->port : c->in.port;

	if (p)
		media_tone(p, on ? "ringback" : "");
}

void call_transfer(struct call_leg *cl, struct leg *other)
{
	struct call_leg *with = half(other), *far, *new_far;
	struct call *keep = cl->call, *end;
	struct leg *asks;
	struct leg_cause cause = { .q850 = 16, .location = 1, .text = "transferred" };

	if (!with || with->call == keep || keep->state != CALL_UP || with->call->state == CALL_CLEARING) {
		log_line(LOG_L_WARNING, "call %llu: a transfer to nowhere", (unsigned long long)keep->id);
		if (cl->leg)
			leg_referred(cl->leg, &(struct leg_cause){ .q850 = 29, .location = 1 });
		return;
	}
	end = with->call;
	asks = cl->leg;
	far = far_of(cl);
	new_far = far_of(with);
	call_unjoin(&keep->in);
	call_unjoin(&keep->out);
	call_unjoin(&end->in);
	call_unjoin(&end->out);
	keep->transferring = end->state != CALL_UP;
	if (keep->transferring && cl == &keep->in) {	/* who has not answered yet must be the called side */
		call_trade(&keep->in, &keep->out);
		cl = &keep->out;
		far = &keep->in;
	}
	call_trade(cl, new_far);
	call_note(keep, "transferred", "to %s %s, from call %llu", cl->rec.trunk, cl->rec.called,
		  (unsigned long long)end->id);
	call_note(end, "transferred", "to call %llu", (unsigned long long)keep->id);
	call_record_leg(cl, NULL);
	if (far->leg)
		leg_resume(far->leg);
	if (!keep->transferring && cl->leg)
		leg_resume(cl->leg);
	if (keep->transferring && end->state == CALL_ALERTING)
		ring_tone(keep, true);
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
		ring_tone(c, false);
		call_join(c);
		if (c->referring)
			call_refer_done(c);
		else
			call_connected_tell(c);
	} else if (ev->kind == LEG_ALERTING || ev->kind == LEG_PROGRESS) {
		ring_tone(c, !ev->inband);
		if (ev->inband)
			call_join(c);
	}
}
