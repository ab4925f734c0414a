/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The called side sends a call on before it answers: a SIP peer with 301 or 302 (RFC 3261 21.3), a PBX with call deflection
 * (EN 300 207). It may send it where its own rules let it call, no further. The exchange that the call came from is
 * asked to do it where the trunk has that service; else the new number is called from here, with the diverting
 * number, its reason and the count. CALL_DIVERTED_MAX bounds a loop.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/call.h"
#include "gateway/trunk.h"

#define CALL_DIVERTED_MAX 5	/* EN 300 207-1 A.2: diversions of one call */

struct call_divert {
	char number[NUMBER_MAX];	/* inside form */
	uint8_t reason;
	uint8_t presentation;		/* of NUMBER: restricted when the caller is not to know it (EN 300 207-1: subscription option) */
	bool hidden;			/* nor the new called side who sent the call on */
	struct did_route route;
	bool asked;			/* the exchange has been asked */
};

/* The new number is called from here. */
static bool follow(struct call *c, const struct call_divert *d)
{
	snprintf(c->redirecting, sizeof(c->redirecting), "%s", c->number);
	if (c->offer.redirect_count && !c->offer.original.digits[0]) {
		c->offer.original = c->offer.redirecting;
		c->offer.original_reason = c->offer.redirect_reason;
	}
	memset(&c->offer.redirecting, 0, sizeof(c->offer.redirecting));
	if (c->in.trunk)	/* as the calling trunk would have it: what goes out is made from that */
		trunk_write_number(c->in.trunk, false, c->number, &c->offer.redirecting);
	c->offer.redirecting.presentation = d->hidden ? PRES_RESTRICTED : PRES_ALLOWED;
	snprintf(c->number, sizeof(c->number), "%s", d->number);
	c->offer.redirect_reason = d->reason;
	c->offer.redirect_count++;
	c->route = d->route;
	c->table = c->gw->site->dids;
	c->rec.did_line = c->route.line;
	snprintf(c->rec.did_name, sizeof(c->rec.did_name), "%s", c->route.name);
	c->dest = -1;
	return call_try_next(c);
}

/* True: the call lives on, or has been ended. */
bool call_divert_go(struct call *c)
{
	struct call_divert *d = c->divert;
	struct leg_divert to = { .reason = d->reason, .count = c->offer.redirect_count, .hidden = d->hidden };
	bool lives = true;

	if (c->in.trunk)
		trunk_write_number(c->in.trunk, false, d->number, &to.to);
	to.to.presentation = d->presentation;
	if (c->in.trunk && !d->asked && c->in.leg && !leg_divert(c->in.leg, &to)) {
		d->asked = true;	/* what it does not do comes back as LEG_DIVERT of the calling side */
		call_note(c, "deflected", "the exchange is asked to call %s", d->number);
		return true;
	}
	c->divert = NULL;
	if (c->in.leg && c->in.trunk)
		leg_diverted(c->in.leg, &to);
	lives = follow(c, d) || c->state == CALL_CLEARING;
	free(d);
	return lives;
}

static void refused(struct call *c, const char *number, const char *why)
{
	call_note(c, "not diverted", "to %s: %s", number, why);
}

void call_divert(struct call_leg *cl, const struct leg_event *ev)
{
	struct call *c = cl->call;
	const struct trunk *by = cl == &c->out ? cl->trunk : NULL;
	struct call_divert *d;
	unsigned before = ev->divert->count > c->offer.redirect_count ? ev->divert->count : c->offer.redirect_count;

	if (cl == &c->in) {	/* the exchange did not do it */
		if (c->divert && !c->out.leg && !call_divert_go(c))
			call_clear(c, 25, "the exchange did not send the call on, and it cannot be called from here");
		*ev->taken = true;
		return;
	}
	if (!by || c->divert || (c->state != CALL_DIALING && c->state != CALL_ALERTING))
		return;
	d = calloc(1, sizeof(*d));
	if (!d)
		return;
	trunk_read_number(by, &ev->divert->to, d->number);
	d->reason = ev->divert->reason;
	d->presentation = ev->divert->to.presentation;
	d->hidden = ev->divert->hidden;
	if (c->diverted >= CALL_DIVERTED_MAX || before >= CALL_DIVERTED_MAX) {
		refused(c, d->number, "diverted too often");
	} else if (did_lookup(c->gw->site->dids, by->name, d->number, &d->route)) {
		refused(c, d->number, "no row lets the diverting side call it");
	} else if (call_row_full(c, &d->route)) {
		refused(c, d->number, "the row's max= is reached");
	} else {
		call_note(c, "diverted", "by %s to %s, reason %d", by->name, d->number, d->reason);
		c->divert = d;
		c->diverted++;
		*ev->taken = true;
		return;
	}
	free(d);
}
