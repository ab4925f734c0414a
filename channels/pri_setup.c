/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/pri_setup.c: a call comes in (Q.931 5.2 at the user side, 5.1 at the network side): which line
 * it gets, what is offered to the gateway, and the messages that answer it. Loop thread.
 */
#include "channels/pri_private.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

struct pri_leg *pri_leg_new(struct pri_link *link, bool incoming)
{
	struct pri_leg *leg = calloc(1, sizeof(*leg));

	if (!leg)
		return NULL;
	leg->leg.ops = &pri_leg_ops;
	leg->leg.incoming = incoming;
	leg->leg.own_limit = !incoming;
	leg->link = link;
	leg->stage = incoming ? PS_OFFERED : PS_SENT;
	leg->next = link->trunk->legs;
	link->trunk->legs = leg;
	pri_touch(leg);
	return leg;
}

struct pri_leg *pri_leg_of(struct pri_link *link, const q931_call *call)
{
	for (struct pri_leg *leg = link->trunk->legs; call && leg; leg = leg->next)
		if (leg->link->group == link->group && leg->call == call && leg->stage != PS_DONE)
			return leg;
	return NULL;
}

void pri_touch(struct pri_leg *leg)
{
	leg->since_us = pri_stamp(leg->link->trunk);
}

/* --- Which line -------------------------------------------------------------------------------- */

/* Our call on LINE has none any more, and waits for the one that the far end's answer will name. */
static void give_up(struct pri_line *line)
{
	struct pri_leg *ours = line->leg;
	struct leg_event ev = {.kind = LEG_AUDIO};

	ours->glared = true;
	pri_line_drop(ours, PRI_LINE_IDLE);
	leg_report(&ours->leg, &ev);
}

/* Q.931 5.7: both ends have sent SETUP for the same channel. The network's call has it; the user's waits
 * for what the network makes of it (another channel in the answer, or a refusal that is tried again). */
static bool glare(struct pri_line *line)
{
	struct pri_leg *ours = line->leg;
	struct pri_link *link = line->link;

	if (!ours || ours->leg.incoming || ours->stage != PS_SENT)
		return false;
	link->count.glare++;
	if (link->trunk->conf.side == PRI_NETWORK)
		return false;
	pri_log(link, LOG_NOTICE, "chan %d: both ends called on it, the network's call has it", line->pos);
	give_up(line);
	return true;
}

bool pri_line_yields(struct pri_line *line)
{
	if (!line->leg || line->leg->leg.incoming || line->leg->stage != PS_SENT)
		return false;
	line->link->count.glare++;
	pri_log(line->link, LOG_NOTICE, "chan %d: the far end has chosen it for another call", line->pos);
	give_up(line);
	return true;
}

static bool free_for_far_end(struct pri_line *line)
{
	if (!line->hw || line->taken_out || (line->leg && !glare(line)))
		return false;
	if (line->state == PRI_LINE_SET_ASIDE)
		pri_log(line->link, LOG_NOTICE, "chan %d: a call from the far end proves it idle", line->pos);
	if (line->far != PRI_FAR_IN)
		pri_log(line->link, LOG_NOTICE, "chan %d: a call from the far end, which has taken it out", line->pos);
	return true;
}

struct refusal {
	int cause;
	char why[sizeof(((struct leg_offer *)0)->refused_why)];
};

/* The far end wants this channel and no other, and LINE (NULL: it is no line of ours) is not free. */
static void not_that_one(const struct pri_line *line, int pos, struct refusal *no)
{
	const char *why = !line ? "is no channel of this trunk" : !line->hw ? "cannot be opened here" :
		line->taken_out ? "is taken out of service here" : line->leg->stage == PS_SENT ? "was called on by both ends" :
		"has a call";

	no->cause = line ? 44 : 82;
	snprintf(no->why, sizeof(no->why), "channel %d, which alone the far end asks for, %s", pos, why);
}

/* The line for a SETUP, or NULL with what refuses it. */
static struct pri_line *choose(struct pri_link *link, const pri_event_ring *ev, struct refusal *no)
{
	int pos = ev->channel < 0 ? 0 : ev->channel & 0xff;
	struct pri_line *line = pri_line_named(link, ev->channel);

	if (line && free_for_far_end(line))
		return line;
	if (pos && pos != 0xff && !ev->flexible) {
		not_that_one(line, pos, no);
		return NULL;
	}
	line = pri_hunt(link->trunk, link->group, NULL);
	if (!line)
		*no = (struct refusal){ 34, "no channel is free" };
	return line;
}

/* --- What is offered --------------------------------------------------------------------------- */

static void redirecting(struct leg_offer *o, const pri_event_ring *ev)
{
	const struct pri_subcommands *s = ev->subcmds;

	for (int i = 0; s && i < s->counter_subcmd; i++) {
		const struct pri_party_redirecting *r = &s->subcmd[i].u.redirecting;

		if (s->subcmd[i].cmd != PRI_SUBCMD_REDIRECTING)
			continue;
		pri_number_in(&o->redirecting, &r->from.number);
		o->redirect_reason = pri_reason_in(r->reason);
		o->redirect_count = (uint8_t)(r->count < 255 ? r->count : 255);
		pri_number_in(&o->original, &r->orig_called.number);
		o->original_reason = pri_reason_in(r->orig_reason);
	}
}

static void fill_offer(struct leg_offer *o, struct pri_leg *leg, const pri_event_ring *ev)
{
	memset(o, 0, sizeof(*o));
	pri_digits_in(&o->called, ev->callednum, ev->calledplan, 0);
	pri_number_in(&o->calling, &ev->calling.number);
	redirecting(o, ev);
	o->bearer = ev->ctype < 0 ? BEARER_SPEECH : (uint8_t)ev->ctype;
	o->complete = !leg->link->trunk->conf.overlap || ev->complete;
	o->progress = pri_progress_bits(ev->progressmask);
	o->hlc = pri_element_hlc(leg);
	snprintf(o->id, sizeof(o->id), "%d/%u", leg->link->span, leg->cr);
	snprintf(o->source, sizeof(o->source), "span %d", leg->link->span);
	pri_extra_offer(leg, ev, o);
	pri_name_in(o->calling_name, &ev->calling.name, &o->calling);	/* by the number that is left of two */
}

void pri_offer_up(struct pri_leg *leg, const struct leg_offer *offer)
{
	struct pri_trunk *t = leg->link->trunk;

	t->h.offered(t->h.arg, &leg->leg, offer);
	if (!leg->leg.fn && leg->stage < PS_CLEARING)
		pri_leg_clear(&leg->leg, &(struct leg_cause){.q850 = 41, .location = 1});
}

/* The call is over before it is offered. One that came while the trunk drains, or when there is no memory, has no record. */
static void refuse(struct pri_link *link, pri_event_ring *ev, const struct refusal *no)
{
	struct pri_leg *leg = no->why[0] ? pri_leg_new(link, true) : NULL;
	struct leg_offer offer;

	if (!leg) {
		pri_log(link, LOG_NOTICE, "call %d refused, cause %d", ev->cref & 0x7fff, no->cause);
		pri_refuse(link, ev, no->cause);
		link->n_stray = 0;
		return;
	}
	leg->cr = pri_call_reference(link->pri, ev->call);
	pri_adopt_strays(leg);
	fill_offer(&offer, leg, ev);
	offer.complete = true;
	offer.refused = (uint8_t)no->cause;
	memcpy(offer.refused_why, no->why, sizeof(offer.refused_why));
	pri_refuse(link, ev, no->cause);
	pri_refused_tell(leg, &offer);
}

void pri_on_ring(struct pri_link *link, pri_event *event)
{
	struct pri_trunk *t = link->trunk;
	pri_event_ring *ev = &event->ring;
	struct pri_line *line = NULL;
	struct pri_leg *leg = NULL;
	struct leg_offer offer;
	struct refusal no = { .cause = 41 };

	link->setup_new = false;
	if (!t->draining)
		line = choose(link, ev, &no);
	(line ? line->link : link)->count.calls_in++;
	if (line && !(leg = pri_leg_new(link, true)))
		no.cause = 47;
	if (!leg) {
		refuse(link, ev, &no);
		return;
	}
	leg->call = ev->call;
	leg->cr = pri_call_reference(link->pri, ev->call);
	leg->ds1 = ev->channel < 0 ? 0 : ev->channel & 0x1ff00;
	pri_line_take(line, leg);
	pri_adopt_strays(leg);
	pri_attach_forget(leg);
	fill_offer(&offer, leg, ev);
	pri_aoc_asked(leg, ev->subcmds);
	pri_bridge_setup(leg);
	leg->sound = bearer_is_sound(offer.bearer);
	if (pri_overlap_begin(leg, &offer))
		return;
	offer.complete = true;
	if (!pri_name_awaited(leg, &offer))
		pri_offer_up(leg, &offer);
}

/* --- Answers to it ----------------------------------------------------------------------------- */

static int may_answer(const struct pri_leg *leg)
{
	return leg->leg.incoming && leg->stage < PS_UP && leg->call ? 0 : -EALREADY;
}

static int sent(struct pri_leg *leg, int res, enum pri_stage stage)
{
	if (res)
		return -EIO;
	pri_overlap_end(leg);
	leg->stage = stage;
	pri_touch(leg);
	pri_aoc_reply(leg);
	pri_bridge_answered(leg);
	return 0;
}

static int proceed(struct leg *l)
{
	struct pri_leg *leg = (struct pri_leg *)l;

	if (may_answer(leg))
		return -EALREADY;
	if (leg->stage > PS_OVERLAP)
		return leg->held_at ? 0 : -EALREADY;	/* it has gone while the name was awaited */
	return sent(leg, pri_proceeding(leg->link->pri, leg->call, pri_encode(leg), 0), PS_PROGRESSING);
}

/* PROGRESS must carry a progress indicator: without one there is nothing to send. libpri has 8 there, pri_element.c
 * what is meant. It may not be the first message of all (Q.931 3.1.8), hence CALL PROCEEDING before it. */
static int progress(struct leg *l, bool inband, const struct leg_cause *cause)
{
	struct pri_leg *leg = (struct pri_leg *)l;
	struct pri *pri = leg->link->pri;
	int res;

	if (may_answer(leg))
		return -EALREADY;
	if (!inband && !l->progress)
		return -EOPNOTSUPP;
	pri_element_progress(leg, Q931_PROGRESS_TYPE, (uint16_t)(l->progress | (inband ? 1U << 8 : 0)));
	if (leg->stage == PS_OFFERED)
		pri_proceeding(pri, leg->call, pri_encode(leg), 0);
	if (cause && cause->q850) {
		pri_location(leg->link, leg, cause->location);
		res = pri_progress_with_cause(pri, leg->call, pri_encode(leg), 1, cause->q850);
	} else {
		res = pri_progress(pri, leg->call, pri_encode(leg), 1);
	}
	leg->told_inband |= inband;
	if (leg->stage == PS_OVERLAP)
		return res ? -EIO : 0; /* more digits may come */
	return sent(leg, res, PS_PROGRESSING);
}

/* ALERTING goes once (Q.931 table 17: the far end answers a second one with STATUS, and takes nothing from it), though SIP may say
 * 180 as often as it likes: audio that begins after it is told by PROGRESS. */
static int alert(struct leg *l, bool inband)
{
	struct pri_leg *leg = (struct pri_leg *)l;
	int err;

	if (may_answer(leg))
		return -EALREADY;
	if (leg->alerted)
		return inband && !leg->told_inband ? progress(l, true, NULL) : 0;
	pri_extra_alert(leg);
	pri_element_progress(leg, Q931_ALERTING_TYPE, (uint16_t)(l->progress | (inband ? 1U << 8 : 0)));
	err = sent(leg, pri_acknowledge(leg->link->pri, leg->call, pri_encode(leg), inband), PS_PROGRESSING);
	leg->alerted = !err;
	leg->told_inband |= inband;
	return err;
}

static int answer(struct leg *l, const struct leg_number *connected)
{
	struct pri_leg *leg = (struct pri_leg *)l;
	int err;

	if (may_answer(leg))
		return -EALREADY;
	pri_extra_answer(leg, connected);
	pri_element_progress(leg, Q931_CONNECT_TYPE, l->progress);
	err = sent(leg, pri_answer(leg->link->pri, leg->call, pri_encode(leg), 0), PS_UP);
	if (!err && leg->line)
		pri_line_set(leg->line, PRI_LINE_UP);
	return err;
}

const struct leg_ops pri_leg_ops = {
	.name = "isdn",
	.proceed = proceed,
	.alert = alert,
	.progress = progress,
	.answer = answer,
	.with = pri_extra_with,
	.connected = pri_extra_connected,
	.more = pri_overlap_more,
	.hold = pri_leg_hold,
	.resume = pri_leg_resume,
	.join = pri_leg_join,
	.divert = pri_leg_divert,
	.diverted = pri_leg_diverted,
	.charge = pri_leg_charge,
	.malicious = pri_leg_malicious,
	.clear = pri_leg_clear,
	.traced = pri_leg_replay,
};
