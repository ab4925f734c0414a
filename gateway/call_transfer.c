/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Attended and blind transfer by a telephone (LEG_JOIN). Its two calls trade legs: one call has both far ends and goes on, the other
 * has both of the telephone's legs and ends. Their audio is joined here; far ends that can do it among themselves (SIP: REFER
 * with Replaces) are asked to, and it stays so until they have.
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
static void trade(struct call_leg *a, struct call_leg *b)
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
	if (c->in.leg && c->in.leg->port)
		media_tone(c->in.leg->port, on ? "ringback" : "");
}

void call_transfer(struct call_leg *cl, struct leg *other)
{
	struct call_leg *with = half(other), *far, *new_far;
	struct call *keep = cl->call, *end;
	struct leg_cause cause = { .q850 = 16, .location = 1, .text = "transferred" };

	if (!with || with->call == keep || keep->state != CALL_UP || with->call->state == CALL_CLEARING) {
		log_line(LOG_L_WARNING, "call %llu: a transfer to nowhere", (unsigned long long)keep->id);
		return;
	}
	end = with->call;
	far = far_of(cl);
	new_far = far_of(with);
	call_unjoin(&keep->in);
	call_unjoin(&keep->out);
	call_unjoin(&end->in);
	call_unjoin(&end->out);
	keep->transferring = end->state != CALL_UP;
	if (keep->transferring && cl == &keep->in) {	/* who has not answered yet must be the called side */
		trade(&keep->in, &keep->out);
		cl = &keep->out;
		far = &keep->in;
	}
	trade(cl, new_far);
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
	call_end(end, &cause, "gateway", "transferred by the telephone");
}

void call_transfer_event(struct call *c, const struct leg_event *ev)
{
	if (ev->kind == LEG_ANSWERED) {
		c->transferring = false;
		ring_tone(c, false);
		call_join(c);
		call_connected_tell(c);
	} else if (ev->kind == LEG_ALERTING || ev->kind == LEG_PROGRESS) {
		ring_tone(c, !ev->inband);
		if (ev->inband)
			call_join(c);
	}
}
