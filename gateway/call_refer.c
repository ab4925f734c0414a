/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Blind transfer (LEG_REFER: REFER of a SIP peer, RFC 3515, RFC 5589 6): one end of a call that is up asks that the other talks with
 * another number. That number is called by the rules of who asks: what no row of his lets him call, he cannot transfer to.
 * He stays in the call, on the side (call.referrer), until it is answered, and has it back when it is not. Two ends
 * that are then on one ISDN trunk are offered to its exchange.
 */
#include <stdio.h>
#include <string.h>

#include "gateway/call.h"
#include "gateway/cause.h"
#include "gateway/trunk.h"

#define RING_S 180	/* nobody answers: who asked has the call back */

static void say(struct call_leg *cl, int q850)
{
	call_note(cl->call, "transfer refused", "cause %d (%s)", q850, cause_name(q850));
	leg_referred(cl->leg, &(struct leg_cause){ .q850 = (uint8_t)q850, .location = 1 });
}

static void move(struct call_leg *from, struct call_leg *to)
{
	to->leg = from->leg;
	to->trunk = from->trunk;
	to->rec = from->rec;
	from->leg = NULL;
	from->trunk = NULL;
	from->closing = to->closing = NULL;
	if (to->leg)
		call_leg_attach(to, to->leg);
}

/* What the first called side was told beside who calls is not for the new one: subaddress, digits, user's words, who had sent the
 * call to it. */
static void offer_anew(struct call *c, const struct leg_offer *old)
{
	c->offer = (struct leg_offer){ .calling = old->calling, .calling_user = old->calling_user, .calling_sub = old->calling_sub,
				       .bearer = old->bearer, .bearer_ie = old->bearer_ie, .hlc = old->hlc, .llc = old->llc, .hlc_ie = old->hlc_ie,
				       .complete = true, .progress = old->progress, .no_number = old->no_number };
	memcpy(c->offer.calling_name, old->calling_name, sizeof(c->offer.calling_name));
	c->redirecting[0] = 0;
}

static bool is_hidden(const struct call_leg *cl)
{
	return (cl->leg && cl->leg->incoming ? cl->rec.presentation : cl->rec.connected_presentation) == PRES_RESTRICTED;
}

void call_caller_is(struct call *c, const char *number, const struct leg_offer *offer)
{
	const struct leg_offer now = c->offer, nobody = { .bearer = now.bearer, .bearer_ie = now.bearer_ie, .hlc = now.hlc,
							  .llc = now.llc, .hlc_ie = now.hlc_ie, .progress = now.progress };

	offer_anew(c, offer ? offer : &nobody);
	snprintf(c->from, sizeof(c->from), "%s", number);
	if (!offer && is_hidden(&c->in))
		c->offer.calling.presentation = PRES_RESTRICTED;
}

/* Who stays becomes the calling side. */
static void stand_aside(struct call *c, struct call_leg *cl, const char *number)
{
	const struct leg_offer old = c->offer;
	bool by_caller = cl == &c->in;
	char stays[NUMBER_MAX];

	snprintf(stays, sizeof(stays), "%s", by_caller ? c->number : c->from);
	snprintf(c->asked_by, sizeof(c->asked_by), "%s", by_caller ? c->from : c->number);
	call_unjoin(&c->in);
	call_unjoin(&c->out);
	if (by_caller)
		call_trade(&c->in, &c->out);
	call_caller_is(c, stays, by_caller ? NULL : &old);
	move(&c->out, &c->referrer);
	snprintf(c->number, sizeof(c->number), "%s", number);
}

/* As long as a call may ring that is not up. */
static void on_no_answer(void *arg)
{
	struct call *c = arg;

	if (c->out.leg)
		leg_clear(c->out.leg, &(struct leg_cause){ .q850 = 19, .location = 1 });
}

void call_refer_limit(struct call *c)
{
	loop_timer_cancel(c->gw->loop, &c->timer);
	loop_timer(c->gw->loop, (int64_t)RING_S * 1000000, on_no_answer, c, &c->timer);
}

void call_refer(struct call_leg *cl, const struct leg_divert *to)
{
	struct call *c = cl->call;
	struct leg *far = cl == &c->in ? c->out.leg : c->in.leg;
	struct did_route route;
	char number[NUMBER_MAX];

	if (c->state != CALL_UP || c->transferring || !far || !cl->trunk) {
		say(cl, 29);
		return;
	}
	trunk_read_number(cl->trunk, &to->to, number);
	if (did_lookup(c->gw->site->dids, cl->trunk->name, number, &route)) {
		say(cl, 1);
		return;
	}
	if (call_row_full(c, &route)) {
		say(cl, 17);
		return;
	}
	call_note(c, "transfer", "to %s, asked for by %s", number, cl->trunk->name);
	stand_aside(c, cl, number);
	c->route = route;
	c->table = c->gw->site->dids;
	c->dest = -1;
	c->transferring = c->referring = true;
	leg_resume(c->in.leg);
	call_join(c);
	call_refer_limit(c);
	call_try_next(c);
}

void call_refer_done(struct call *c)
{
	struct leg_cause cause = { .q850 = 16, .location = 1, .text = "transferred" };

	c->referring = false;
	loop_timer_cancel(c->gw->loop, &c->timer);
	call_note(c, "transferred", "to %s %s", c->out.rec.trunk, c->out.rec.called);
	if (c->referrer.leg) {
		call_record_transfer(c, &c->referrer);
		leg_referred(c->referrer.leg, NULL);
		leg_clear(c->referrer.leg, &cause);
	}
	if (c->in.leg && c->out.leg && leg_join(c->in.leg, c->out.leg))
		call_connected_tell(c);
}

void call_refer_next(struct call *c, int cause)
{
	if (cause_reroutes(cause) && c->dest + 1 < c->route.n_dests && c->route.dests[c->dest + 1].kind <= DID_TEST) {
		call_try_next(c);
		return;
	}
	c->referring = c->transferring = false;
	loop_timer_cancel(c->gw->loop, &c->timer);
	call_ring_tone(c, false);
	if (!c->referrer.leg) {
		call_clear(c, cause, "the transfer came to nothing, and who asked for it has left");
		return;
	}
	call_unjoin(&c->in);
	call_unjoin(&c->out);
	move(&c->referrer, &c->out);
	snprintf(c->number, sizeof(c->number), "%s", c->asked_by);
	call_record_leg(&c->out, NULL);
	say(&c->out, cause);
	call_join(c);
}

void call_referrer_gone(struct call *c)
{
	if (c->referring)
		call_record_transfer(c, &c->referrer);
	c->referrer.leg = NULL;
	if (c->referrer.trunk)
		c->referrer.trunk->calls--;
	c->referrer.trunk = NULL;
	call_maybe_free(c);
}
