/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gateway/call_overlap.c: a call whose number was not complete when it was offered: its digits go on to the called leg one by one
 * (Q.931 5.1.3, 5.2.4). It is routed like any other, for its row takes every number that begins like this
 * (trunk_overlap.c sees to it). Used by call.c. Loop thread.
 */
#include <stdio.h>
#include <string.h>

#include "gateway/call.h"
#include "gateway/trunk.h"

/* The row is still the same; what its destinations would be called with has become longer. */
static void grow(struct call *c, char digit)
{
	struct did_route r;
	size_t n = strlen(c->number);

	if (n + 1 < sizeof(c->number)) {
		c->number[n] = digit;
		c->number[n + 1] = '\0';
	}
	snprintf(c->in.rec.called, sizeof(c->in.rec.called), "%s", c->number);
	n = strlen(c->in.rec.called_raw);
	if (n + 1 < sizeof(c->in.rec.called_raw)) {
		c->in.rec.called_raw[n] = digit;
		c->in.rec.called_raw[n + 1] = '\0';
	}
	if (did_lookup(c->gw->site->dids, c->in.trunk->name, c->number, &r) || r.n_dests != c->route.n_dests)
		return;
	memcpy(c->route.dests, r.dests, sizeof(r.dests));
	if (c->dest >= 0 && c->dest < c->route.n_dests)
		snprintf(c->out.rec.called, sizeof(c->out.rec.called), "%s", c->route.dests[c->dest].number);
}

bool call_overlap_digit(struct call *c, const struct call_leg *cl, char digit)
{
	if (cl != &c->in || c->offer.complete || c->state >= CALL_UP || !c->in.trunk)
		return false;
	grow(c, digit);
	call_note(c, "digit", "%c", digit);
	if (c->out.leg)
		leg_more(c->out.leg, (const char[]){ digit, '\0' }, false);
	return true;
}

void call_overlap_complete(struct call *c)
{
	if (c->offer.complete)
		return;
	c->offer.complete = true;
	if (c->out.leg)
		leg_more(c->out.leg, "", true);
	if (c->in.leg)
		leg_proceed(c->in.leg);
}

void call_overlap_enough(struct call *c)
{
	if (c->offer.complete)
		return;
	c->offer.complete = true;
	if (c->in.leg)
		leg_proceed(c->in.leg);
}

/* --- A test call that dials as a person does ------------------------------------------------------- */

#define DIGIT_US 200000

static void on_dial(void *arg)
{
	struct call *c = arg;

	if (!c->later[0] || !c->out.leg || c->offer.complete || c->state == CALL_CLEARING)
		return;
	leg_more(c->out.leg, (const char[]){ c->later[0], '\0' }, false);
	memmove(c->later, c->later + 1, strlen(c->later));
	loop_timer(c->gw->loop, DIGIT_US, on_dial, c, &c->dialling);
}

void call_overlap_dial(struct call *c, struct leg_offer *o)
{
	memcpy(c->later, o->called.digits, sizeof(c->later));
	o->called.digits[0] = '\0';
	loop_timer_cancel(c->gw->loop, &c->dialling);
	loop_timer(c->gw->loop, DIGIT_US, on_dial, c, &c->dialling);
}
