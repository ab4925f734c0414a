/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/pri_wait.c: a leg that waits for something for so long and no longer: T301 for an answer (Q.931 5.1.7, 5.2.5.3),
 * T302 for digits to come (5.1.3, 5.2.4), T304 for the far end to want more of them, T306 for the announcement after a DISCONNECT
 * (5.4.1), T310 for more than CALL PROCEEDING, PT_DIVERT for an exchange to send a call on. One timer a leg, for they never run
 * together. And that announcement: what a far end plays when it has cleared, and the tone of our own. Loop thread.
 */
#include "channels/pri_private.h"

void pri_wait(struct pri_leg *leg, enum pri_timer what)
{
	leg->waits_for = what;
	leg->wait_until = pri_stamp(leg->link->trunk);
}

int64_t pri_wait_us(const struct pri_leg *leg)
{
	return leg->waits_for == PT_DIVERT ? PRI_DIVERT_US : pri_timer_us(leg->link->trunk, leg->waits_for);
}

void pri_wait_stop(struct pri_leg *leg)
{
	leg->wait_until = 0;
}

/* Q.931 5.2.5.3: 102 is for the called side; to the caller, nobody has answered. */
static void no_answer(struct pri_leg *leg, const struct leg_cause *late)
{
	if (!pri_leg_clear(&leg->leg, late))
		leg->cause.q850 = 19;
}

static void over(struct pri_leg *leg)
{
	struct leg_cause late = {.q850 = 102, .location = 1};

	leg->wait_until = 0;
	if (leg->stage >= PS_CLEARING)
		return;
	if (leg->waits_for == PT_T302)
		pri_overlap_late(leg);
	else if (leg->waits_for == PT_DIVERT)
		pri_reroute_late(leg);
	else if (leg->waits_for == PT_T301)
		no_answer(leg, &late);
	else if (leg->waits_for != PT_T306)
		pri_leg_clear(&leg->leg, &late);
	else if (!pri_leg_clear(&leg->leg, &leg->cause))
		pri_far_cleared(leg);
}

void pri_wait_run(struct pri_trunk *t)
{
	struct pri_leg *leg = t->legs;

	while (leg) {
		if (leg->wait_until > 0 && t->now_us >= leg->wait_until) {
			over(leg);
			leg = t->legs;	/* what it did may have changed the list */
		} else {
			leg = leg->next;
		}
	}
}

int64_t pri_wait_next(const struct pri_trunk *t)
{
	int64_t next = -1;

	for (const struct pri_leg *leg = t->legs; leg; leg = leg->next)
		if (leg->wait_until > 0 && (next < 0 || leg->wait_until < next))
			next = leg->wait_until;
	return next;
}

/* --- The announcement ---------------------------------------------------------------------------- */

/* DISCONNECT with progress indicator 8: the B channel stays until its owner has heard enough, the far end sends RELEASE, or T306 is
 * over. False: it is to be answered at once. */
bool pri_farewell(struct pri_leg *leg, int cause)
{
	struct leg_event ev = {.kind = LEG_DISCONNECT, .inband = true, .by_far_end = true};

	if (!leg->link->trunk->conf.announcements || !(leg->rx_progress & 1U << 8) || !leg->leg.fn || !leg->line ||
	    (leg->stage != PS_PROGRESSING && leg->stage != PS_UP))
		return false;
	pri_far_cause(leg, cause);
	leg->farewell = true;
	pri_touch(leg);
	pri_wait(leg, PT_T306);
	ev.progress = leg->rx_progress;
	ev.cause = leg->cause;
	leg_report(&leg->leg, &ev);
	return true;
}

void pri_tone(struct pri_leg *leg, const char *name)
{
	struct pri_trunk *t = leg->link->trunk;

	if ((!leg->tone && !name) || !t->h.tone || !leg->line)
		return;
	leg->tone = name;
	t->h.tone(t->h.arg, &leg->leg, name);
}

/* As a network does it: the caller hears why, until it releases or T305 is over (which is T306 then). */
void pri_clear_tone(struct pri_leg *leg)
{
	const struct pri_trunk_conf *conf = &leg->link->trunk->conf;

	if (!conf->clear_tones || conf->side != PRI_NETWORK || !leg->leg.incoming || !leg->line || !leg->line->hw || !leg->sound ||
	    leg->stage < PS_OVERLAP || leg->stage >= PS_UP || leg->farewell)
		return;
	pri_element_progress(leg, Q931_DISCONNECT_TYPE, 1U << 8);
	pri_tone(leg, leg->cause.q850 == 17 ? "busy" : "congestion");
}
