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
