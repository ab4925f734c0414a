/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gateway/call_progress.c: what an answer says of the way of the call (progress indicators, Q.931 4.5.23 and annex G), and what is
 * heard after the far end has cleared (5.4.1). Used by call.c. Loop thread.
 *
 * Between two ISDN legs indicators pass as they came. Where the called end is none, the first answer says so: 2 (called equipment not
 * ISDN), or 1 (not end-to-end ISDN) when there is audio from SIP or an exchange's analog line. 1 without audio would
 * silence the caller's own ringback. The calling end's own stand in its offer, by its driver. A data call has none: it does not
 * leave ISDN's kind of path.
 */
#include <string.h>

#include "gateway/call.h"
#include "gateway/cause.h"

static const struct {
	const char *leg;
	uint16_t audio, progress;	/* with audio before the answer, and without */
} not_isdn[] = {
	{ "sip", 1U << 1, 1U << 2 },
	{ "fxo", 1U << 1, 1U << 2 },
	{ "fxs", 1U << 2, 1U << 2 },
};
#define INBAND (1U << 8)

static bool is_isdn(const struct leg *leg)
{
	return leg && strcmp(leg->ops->name, "isdn") == 0;
}

static uint16_t own_indicators(const struct call *c, const struct leg_event *ev)
{
	if (c->told_progress || !c->out.leg || !bearer_is_sound(c->offer.bearer))
		return 0;
	for (size_t i = 0; i < sizeof(not_isdn) / sizeof(not_isdn[0]); i++)
		if (strcmp(c->out.leg->ops->name, not_isdn[i].leg) == 0)
			return ev->inband && ev->kind != LEG_ANSWERED ? not_isdn[i].audio : not_isdn[i].progress;
	return 0;
}

bool call_progress(struct call *c, const struct leg_event *ev)
{
	bool both = is_isdn(c->in.leg) && is_isdn(c->out.leg);

	if (!c->in.leg)
		return ev->inband;
	c->in.leg->progress = (uint16_t)((ev->progress ? ev->progress : own_indicators(c, ev)) & ~INBAND);
	c->told_progress = true;
	return both ? ev->progress & INBAND : ev->inband;
}

/* Another destination will be tried, or who asked for a transfer is to have the call back: nobody wants to hear why this one
 * could not. */
static bool goes_on(const struct call_leg *cl, int cause)
{
	const struct call *c = cl->call;

	if (cl == &c->out && c->referring)
		return true;
	return c->state != CALL_UP && cause_reroutes(cause) && c->dest + 1 < c->route.n_dests;
}

void call_farewell(struct call_leg *cl, const struct leg_event *ev)
{
	struct call *c = cl->call;
	struct call_leg *other = cl == &c->in ? &c->out : &c->in;
	bool hears = other->leg && bearer_is_sound(c->offer.bearer) && (c->state == CALL_UP || cl == &c->out) &&
		     c->state != CALL_CLEARING && !goes_on(cl, ev->cause.q850);

	if (hears && c->state != CALL_UP) {
		call_join(c);
		other->leg->progress = 0;
		hears = leg_progress(other->leg, true, &ev->cause) == 0;
	}
	if (!hears) {
		leg_clear(cl->leg, &ev->cause);
		return;
	}
	if (c->transferring) {	/* up, and rung on until now */
		call_ring_tone(c, false);
		call_join(c);
	}
	call_note(c, "announcement", "the %s side has cleared, cause %d (%s), and is heard until it ends",
		  cl == &c->in ? "calling" : "called", ev->cause.q850, cause_name(ev->cause.q850));
}
