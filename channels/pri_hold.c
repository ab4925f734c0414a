/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/pri_hold.c: hold and retrieve (Q.932 6.2, EN 300 196-1 7.2, EN 300 141): HOLD and RETRIEVE where the trunk has
 * the service, else NOTIFY of a remote hold (Q.931 4.5.22) where the dialect has it, else nothing: the hold is SIP's alone. A call that is held by HOLD has no B channel: its line
 * takes other calls, and its retrieval hunts for one. Called by leg_hold(), leg_resume(), the events, the audit. Loop thread.
 *
 * libpri 1.6.0, found by trial between two of its own ends: either end, user or network, may send HOLD, on every dialect;
 * without pri_hold_enable() it answers HOLD with HOLD REJECT by itself. HOLD or RETRIEVE without an answer is given up after
 * T-HOLD, T-RETRIEVE (pri_timers.c), and reported as a reject.
 */
#include "channels/pri_dialect.h"
#include "channels/pri_private.h"

#include <errno.h>
#include <syslog.h>

bool pri_has(const struct pri_link *link, enum pri_service s)
{
	const struct pri_trunk_conf *conf = &link->trunk->conf;

	return conf->services & pri_dialect_def(conf->dialect)->services & 1U << s;
}

void pri_services_enable(struct pri_link *link)
{
	pri_hold_enable(link->pri, pri_has(link, PRI_SERVICE_HOLD));
	pri_transfer_enable(link->pri, pri_has(link, PRI_SERVICE_TRANSFER));
	pri_reroute_enable(link->pri, pri_has(link, PRI_SERVICE_REROUTE));
	pri_aoc_events_enable(link->pri, pri_has(link, PRI_SERVICE_AOC));
	pri_mcid_enable(link->pri, pri_has(link, PRI_SERVICE_MCID));
}

static void audio(struct pri_leg *leg)
{
	struct leg_event ev = {.kind = LEG_AUDIO};

	leg_report(&leg->leg, &ev);
}

/* The owner lets go of the line before the next call can have it. */
static void give_line(struct pri_leg *leg)
{
	leg->leg.line = NULL;
	audio(leg);
	pri_line_drop(leg, PRI_LINE_IDLE);
}

static void have_line(struct pri_leg *leg)
{
	leg->hold = PH_NONE;
	if (leg->line)
		pri_line_set(leg->line, PRI_LINE_UP);
	audio(leg);
}

/* The far end has held us or taken us back. */
void pri_hold_change(struct pri_leg *leg, bool held)
{
	struct leg_event ev = {.kind = held ? LEG_HELD : LEG_RESUMED};

	pri_touch(leg);
	if (leg->held_by_far == held)
		return;
	leg->held_by_far = held;
	leg_report(&leg->leg, &ev);
}

/* --- We hold ----------------------------------------------------------------------------------- */

static void notify(struct pri_leg *leg, bool hold)
{
	leg->hold_notified = hold;
	if (!pri_dialect_def(leg->link->trunk->conf.dialect)->hold_notify)
		return;
	pri_notify(leg->link->pri, leg->call, pri_encode(leg),
		   hold ? PRI_NOTIFY_REMOTE_HOLD : PRI_NOTIFY_REMOTE_RETRIEVAL);
}

static void hold_out(struct pri_leg *leg)
{
	if (pri_has(leg->link, PRI_SERVICE_HOLD) && !pri_hold(leg->link->pri, leg->call))
		leg->hold = PH_ASKED;
	else
		notify(leg, true);
}

static void retrieve_out(struct pri_leg *leg)
{
	struct pri_line *line = pri_hunt(leg->link->trunk, leg->link->group, NULL);

	if (!line) {
		pri_log(leg->link, LOG_NOTICE, "call %u stays held: no channel is free for its retrieval", leg->cr);
		return;
	}
	pri_line_take(line, leg);
	leg->leg.line = NULL; /* until the far end agrees */
	if (pri_retrieve(leg->link->pri, leg->call, pri_encode(leg)))
		pri_line_drop(leg, PRI_LINE_IDLE);
	else
		leg->hold = PH_RETRIEVING;
}

/* Brings what was told the far end to what is wanted; one question at a time. Also from the audit: a channel may have
 * become free. A hold that the far end asked for is its to end. */
void pri_hold_run(struct pri_leg *leg)
{
	if (leg->stage != PS_UP || !leg->call)
		return;
	if (leg->hold == PH_HELD && !leg->held_by_far && !leg->hold_wanted)
		retrieve_out(leg);
	else if (leg->hold == PH_NONE && leg->hold_notified && !leg->hold_wanted)
		notify(leg, false);
	else if (leg->hold == PH_NONE && !leg->hold_notified && leg->hold_wanted)
		hold_out(leg);
}

static int want(struct leg *l, bool hold)
{
	struct pri_leg *leg = (struct pri_leg *)l;

	if (leg->stage != PS_UP || !leg->call)
		return -EALREADY;
	leg->hold_wanted = hold;
	pri_hold_run(leg);
	return 0;
}

int pri_leg_hold(struct leg *l)
{
	return want(l, true);
}

int pri_leg_resume(struct leg *l)
{
	return want(l, false);
}

void pri_on_hold_ack(struct pri_link *link, pri_event *ev)
{
	struct pri_leg *leg = pri_leg_of(link, ev->hold_ack.call);

	if (!leg || leg->stage != PS_UP || leg->hold != PH_ASKED)
		return;
	pri_touch(leg);
	leg->hold = PH_HELD;
	give_line(leg);
	pri_hold_run(leg);
}

/* No HOLD for us: the far end may still tell its user. */
void pri_on_hold_rej(struct pri_link *link, pri_event *ev)
{
	struct pri_leg *leg = pri_leg_of(link, ev->hold_rej.call);
	int cause = ev->hold_rej.cause;

	if (!leg || leg->stage != PS_UP || leg->hold != PH_ASKED)
		return;
	pri_log(link, LOG_NOTICE, "call %u: HOLD refused with cause %d", leg->cr, cause);
	pri_touch(leg);
	leg->hold = PH_NONE;
	if (leg->hold_wanted)
		notify(leg, true);
}

void pri_on_retrieve_ack(struct pri_link *link, pri_event *ev)
{
	struct pri_leg *leg = pri_leg_of(link, ev->retrieve_ack.call);
	int pos = ev->retrieve_ack.channel < 0 ? 0 : ev->retrieve_ack.channel & 0xff;
	struct pri_line *line;

	if (!leg || leg->stage != PS_UP || leg->hold != PH_RETRIEVING)
		return;
	pri_touch(leg);
	line = pos && pos != 0xff ? pri_line_named(link, ev->retrieve_ack.channel) : leg->line;
	if (line && line != leg->line && !line->leg && line->hw) { /* the far end chose another */
		pri_line_drop(leg, PRI_LINE_IDLE);
		pri_line_take(line, leg);
	}
	if (!line || line != leg->line) {
		pri_log(link, LOG_WARNING, "call %u: retrieved on chan %d, which is not free", leg->cr, pos);
		pri_leg_clear(&leg->leg, &(struct leg_cause){.q850 = 6, .location = 1});
		return;
	}
	leg->leg.line = line->hw;
	have_line(leg);
	pri_hold_run(leg);
}

/* It stays held; the audit asks again. */
void pri_on_retrieve_rej(struct pri_link *link, pri_event *ev)
{
	struct pri_leg *leg = pri_leg_of(link, ev->retrieve_rej.call);
	int cause = ev->retrieve_rej.cause;

	if (!leg || leg->stage != PS_UP || leg->hold != PH_RETRIEVING)
		return;
	pri_log(link, LOG_NOTICE, "call %u stays held: RETRIEVE refused with cause %d", leg->cr, cause);
	pri_touch(leg);
	leg->hold = PH_HELD;
	pri_line_drop(leg, PRI_LINE_IDLE);
}

/* --- The far end holds ------------------------------------------------------------------------- */

void pri_on_hold(struct pri_link *link, pri_event *ev)
{
	q931_call *call = ev->hold.call;
	struct pri_leg *leg = pri_leg_of(link, call);

	if (!leg || leg->stage != PS_UP || leg->hold != PH_NONE) {
		pri_hold_rej(link->pri, call, 101);
		return;
	}
	if (pri_hold_ack(link->pri, call))
		return;
	leg->hold = PH_HELD;
	give_line(leg);
	if (leg->stage == PS_UP)
		pri_hold_change(leg, true);
}

/* The channel that the far end named, or any when it would have another too. */
static struct pri_line *retrieve_on(struct pri_link *link, int channel, bool flexible)
{
	int pos = channel < 0 ? 0 : channel & 0xff;
	struct pri_line *line = pri_line_named(link, channel);

	if (line && line->state == PRI_LINE_IDLE && !line->leg && line->hw)
		return line;
	return pos && pos != 0xff && !flexible ? NULL : pri_hunt(link->trunk, link->group, NULL);
}

void pri_on_retrieve(struct pri_link *link, pri_event *ev)
{
	q931_call *call = ev->retrieve.call;
	int channel = ev->retrieve.channel;
	bool flexible = ev->retrieve.flexible;
	struct pri_leg *leg = pri_leg_of(link, call);
	struct pri_line *line;

	if (!leg || leg->stage != PS_UP || leg->hold != PH_HELD) {
		pri_retrieve_rej(link->pri, call, 101);
		return;
	}
	line = retrieve_on(link, channel, flexible);
	if (!line) {
		pri_log(link, LOG_NOTICE, "call %u stays held: no channel is free for its retrieval", leg->cr);
		pri_retrieve_rej(link->pri, call, 34);
		return;
	}
	leg->ds1 = channel < 0 ? leg->ds1 : channel & 0x1ff00;
	pri_line_take(line, leg);
	if (pri_retrieve_ack(link->pri, call, pri_encode(leg))) {
		pri_line_drop(leg, PRI_LINE_IDLE);
		return;
	}
	have_line(leg);
	if (leg->stage == PS_UP)
		pri_hold_change(leg, false);
	pri_hold_run(leg);
}
