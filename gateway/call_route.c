/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a call goes: the DID row, its limits, and its destinations tried one after the other. */
#include <stdio.h>
#include <string.h>

#include "gateway/call.h"
#include "gateway/cause.h"
#include "gateway/log.h"
#include "gateway/testleg.h"
#include "gateway/trunk.h"

/* Calls that are up on the same row of the same table: for max=. */
static int on_row(const struct call *c, int row)
{
	int n = 0;

	for (const struct call *o = c->gw->calls; o; o = o->next)
		n += o != c && o->state != CALL_CLEARING && o->table == c->gw->site->dids && o->route.row == row;
	return n;
}

bool call_row_full(const struct call *c, const struct did_route *route)
{
	return route->max && !route->emergency && on_row(c, route->row) >= route->max;
}

void call_route(struct call *c)
{
	struct gateway *gw = c->gw;

	if (did_lookup(gw->site->dids, c->in.trunk->name, c->number, &c->route)) {
		gw->refused_route++;
		if (trunk_overlap_incomplete(c->in.trunk, &c->offer.called))
			call_clear(c, 28, "the number is not complete");
		else
			call_clear(c, 1, "no row of the DID file allows the call");
		return;
	}
	c->table = gw->site->dids;
	c->rec.did_line = c->route.line;
	snprintf(c->rec.did_name, sizeof(c->rec.did_name), "%s", c->route.name);
	call_note(c, "routed", "line %d of dids", c->route.line);
	if (call_row_full(c, &c->route)) {
		call_clear(c, 17, "the row's max= is reached");
		return;
	}
	if (call_try_next(c) && c->in.leg && c->offer.complete)
		leg_proceed(c->in.leg);
}

static void make_offer(struct call *c, const struct trunk *t, const char *number, struct leg_offer *o)
{
	*o = (struct leg_offer){ .bearer = c->offer.bearer, .progress = c->offer.progress };
	o->complete = c->offer.complete || !t->overlap;
	o->hlc = c->offer.hlc;
	o->bearer_ie = c->offer.bearer_ie;
	o->llc = c->offer.llc;
	o->hlc_ie = c->offer.hlc_ie;
	trunk_write_number(t, false, number, &o->called);
	call_numbers_offer(c, t, o);
	o->no_number = c->offer.no_number;
	snprintf(o->ring, sizeof(o->ring), "%s", c->route.ring[0] ? c->route.ring : c->offer.ring);
}

/* Bearer capability not implemented, said by us: this destination has it not, the next one may. */
#define NOT_CARRIED 65

/* Each returns 0 or the cause for which this destination cannot take the call. */
static int to_trunk(struct call *c, const struct did_dest *d)
{
	struct trunk *t = trunk_find(c->gw, d->trunk);
	struct leg_offer offer;
	struct leg *leg = NULL;
	int cause;

	if (!t)
		return 3;
	if (t->max_calls && t->calls >= (unsigned)t->max_calls && !c->route.emergency)
		return 34;
	if (!trunk_carries(t, c->offer.bearer))
		return NOT_CARRIED;
	make_offer(c, t, d->number, &offer);
	if (c->by_digit)
		call_overlap_dial(c, &offer);
	cause = trunk_call(t, &offer, call_leg_event, &c->out, &leg);
	if (cause)
		return cause;
	c->out.trunk = t;
	t->calls++;
	call_leg_attach(&c->out, leg);
	call_record_leg(&c->out, t->name);
	snprintf(c->out.rec.called, sizeof(c->out.rec.called), "%s", d->number);
	snprintf(c->out.rec.called_raw, sizeof(c->out.rec.called_raw), "%s", offer.called.digits);
	c->out.rec.called_ton = offer.called.ton;
	snprintf(c->out.rec.calling_raw, sizeof(c->out.rec.calling_raw), "%s", offer.calling.digits);
	c->out.rec.calling_ton = offer.calling.ton;
	c->out.rec.presentation = offer.calling.presentation;
	c->out.rec.screening = offer.calling.screening;
	call_record_offer(&c->out.rec, &offer);
	snprintf(c->out.rec.calling_rule, sizeof(c->out.rec.calling_rule), "%s", c->out_rule);
	return 0;
}

static int to_test(struct call *c, const struct did_dest *d)
{
	struct testleg_env env = { c->gw->loop, c->gw->media, c->gw->args.dir };
	char title[NUMBER_MAX * 2 + 8];
	struct leg *leg = NULL;
	int cause;

	if (!bearer_is_sound(c->offer.bearer) && strcmp(d->number, "echo") != 0)
		return NOT_CARRIED;	/* the other lines have only sound to give */
	cause = testleg_call(&env, d->number, call_leg_event, &c->out, &leg);

	if (cause)
		return cause;
	snprintf(title, sizeof(title), "test/%s", d->number);
	call_leg_attach(&c->out, leg);
	call_record_leg(&c->out, title);
	return 0;
}

static int try_one(struct call *c, const struct did_dest *d)
{
	switch (d->kind) {
	case DID_TRUNK:
		return to_trunk(c, d);
	case DID_TEST:
		return to_test(c, d);
	case DID_BUSY:
		return 17;
	case DID_CONGESTION:
		return 42;
	case DID_REJECT:
		return d->cause;
	}
	return 42;
}

static void dest_name(const struct did_dest *d, char *buf, size_t size)
{
	if (d->kind == DID_TRUNK)
		snprintf(buf, size, "%s", d->trunk);
	else if (d->kind == DID_TEST)
		snprintf(buf, size, "test/%s", d->number);
	else
		snprintf(buf, size, "%s", d->kind == DID_BUSY ? "busy" : d->kind == DID_CONGESTION ? "congestion" :
				  "reject");
}

/* Why a destination has not taken the call, as far as people are told more than by the cause. */
static void not_taken(const struct call *c, const struct did_dest *d, int cause, char *out, size_t size)
{
	const struct trunk *t = d->kind == DID_TRUNK && cause_reroutes(cause) ? trunk_find(c->gw, d->trunk) : NULL;
	char why[128];

	if (t && c->gw->draining)
		snprintf(out, size, "draining");
	else if (t && !trunk_in_service(t, why, sizeof(why)))
		snprintf(out, size, "%s", why);
	else
		snprintf(out, size, "%s", cause_name(cause));
}

/* Takes destinations from the list until one takes the call. An ending (busy, reject) ends it; a destination
 * that cannot is passed over when its cause is of the rerouting classes. False: the call has been ended, or
 * there was no further destination and the caller of this function is to end it. */
bool call_try_next(struct call *c)
{
	char name[NUMBER_MAX * 2 + 8], reason[128] = "", why[sizeof(name) + sizeof(reason) + 2];
	int cause = 0;

	while (c->in.leg && c->dest + 1 < c->route.n_dests) {
		const struct did_dest *d = &c->route.dests[++c->dest];

		dest_name(d, name, sizeof(name));
		c->rec.attempts++;
		if (c->state == CALL_OFFERED)
			call_set_state(c, CALL_DIALING);
		cause = try_one(c, d);
		if (!cause) {
			call_note(c, "dialing", "%s %s", name, d->kind == DID_TRUNK ? d->number : "");
			return true;
		}
		not_taken(c, d, cause, reason, sizeof(reason));
		call_note(c, "not taken", "%s: cause %d (%s)", name, cause, reason);
		if (d->kind != DID_TRUNK && d->kind != DID_TEST)
			break;
		if (!cause_reroutes(cause) && cause != NOT_CARRIED)
			break;
	}
	if (!cause)
		return false;
	if (c->referring) {
		call_refer_next(c, cause);
		return false;
	}
	if (call_as_sound(c, cause))
		return true;
	if (c->state == CALL_CLEARING)
		return false;
	snprintf(why, sizeof(why), "%s: %s", name, reason);
	call_clear(c, cause, why);
	return false;
}

/* --- Data that may be sound ------------------------------------------------------------------------- */

/* What says that it is the bearer capability that is in the way (Q.850 2.2.7.1, classes 011 and 100). */
static bool about_bearer(int cause)
{
	return cause == 57 || cause == 58 || cause == NOT_CARRIED || cause == 70 || cause == 79 || cause == 88;
}

bool call_may_be_sound(const struct call *c, int cause)
{
	return c->offer.sound_too && !bearer_is_sound(c->offer.bearer) && about_bearer(cause) && c->in.leg && !c->referring;
}

bool call_as_sound(struct call *c, int cause)
{
	if (!call_may_be_sound(c, cause))
		return false;
	c->offer.sound_too = false;
	if (leg_sound(c->in.leg, &c->offer))
		return false;
	c->rec.bearer = c->offer.bearer;
	c->dest = -1;
	call_note(c, "as sound", "data was refused with cause %d (%s), the caller takes sound as well", cause, cause_name(cause));
	return call_try_next(c);
}
