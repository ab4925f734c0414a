/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/pri_clear.c: clearing (Q.931 5.3): DISCONNECT, RELEASE, RELEASE COMPLETE, each way, and the
 * refusal of a call that was just offered. Loop thread.
 *
 * libpri's pri_hangup() on a fresh SETUP sends nothing for most causes and keeps the call for ever: it
 * believes the call is not alive until this end has sent something. So CALL PROCEEDING goes first, except
 * for the causes to which it answers RELEASE COMPLETE at once.
 */
#include "channels/pri_private.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>

#define NORMAL 31 /* normal, unspecified: stands for a cause that is missing */

static bool refuses_at_once(int cause)
{
	switch (cause) {
	case 1: /* Q.931 5.3.2 a), with pri_hangup_fix_enable() */
	case 34:
	case 44:
	case 82:
	case 88:
	case 81:
		return true;
	default:
		return false;
	}
}

/* A call for which there is no leg, nor will be. What follows on it is answered in pri_on_hangup(). */
void pri_refuse(struct pri_link *link, pri_event_ring *ev, int cause)
{
	int channel = ev->channel < 0 || (ev->channel & 0xff) == 0xff ? 0 : ev->channel;

	if (!refuses_at_once(cause))
		pri_proceeding(link->pri, ev->call, channel, 0);
	pri_hangup(link->pri, ev->call, cause);
}

void pri_leg_over(struct pri_leg *leg, int cause, int location)
{
	if (leg->stage == PS_DONE)
		return;
	if (!leg->cause.q850) {
		leg->cause.q850 = (uint8_t)(cause > 0 && cause <= 127 ? cause : NORMAL);
		leg->cause.location = (uint8_t)location;
		if (leg->rx_cause == leg->cause.q850) {
			leg->cause.n_raw = leg->rx_n_raw;
			memcpy(leg->cause.raw, leg->rx_raw, leg->rx_n_raw);
		}
	}
	pri_tone(leg, NULL);
	pri_wait_stop(leg);
	leg->call = NULL;
	leg->stage = PS_DONE;
	if (leg->line)
		pri_line_set(leg->line, PRI_LINE_CLEARING);
	leg->link->trunk->pending = true;
}

/* The far end's part in it is unknown: RESTART settles the channel when the span is back. */
void pri_leg_destroy(struct pri_leg *leg, int cause)
{
	if (pri_call_exists(leg))
		pri_destroycall(leg->link->pri, leg->call);
	if (leg->line)
		leg->line->restart_due = true;
	if (!leg->cause.q850)
		leg->far_first = true;
	pri_leg_over(leg, cause, 1);
}

int pri_leg_clear(struct leg *l, const struct leg_cause *cause)
{
	struct pri_leg *leg = (struct pri_leg *)l;
	struct pri *pri = leg->link->pri;

	if (leg->stage >= PS_CLEARING)
		return -EALREADY;
	pri_overlap_end(leg);
	pri_wait_stop(leg);
	if (!leg->farewell) /* else the far end has said why */
		leg->cause = *cause;
	if (leg->cause.q850 < 1 || leg->cause.q850 > 127)
		leg->cause.q850 = NORMAL;
	pri_location(leg->link, leg, cause->location);
	pri_extra_clear(leg);
	pri_aoc_settle(leg);
	pri_location_diagnostics(leg->link, &leg->cause);
	if (leg->stage == PS_OFFERED && !refuses_at_once(leg->cause.q850)) {
		pri_proceeding(pri, leg->call, pri_encode(leg), 0);
		leg->stage = PS_PROGRESSING;
	}
	pri_clear_tone(leg);
	leg->stage = PS_CLEARING;
	pri_touch(leg);
	if (leg->line)
		pri_line_set(leg->line, PRI_LINE_CLEARING);
	pri_hangup(pri, leg->call, leg->cause.q850);
	if (!pri_call_exists(leg))
		pri_leg_over(leg, leg->cause.q850, leg->cause.location);
	return 0;
}

/* Where CAUSE's value was received in an element: its location and contents. */
void pri_received_cause(const struct pri_leg *leg, struct leg_cause *cause)
{
	cause->location = 1;
	if (leg->rx_cause != cause->q850)
		return;
	cause->location = leg->rx_location;
	cause->n_raw = leg->rx_n_raw;
	memcpy(cause->raw, leg->rx_raw, leg->rx_n_raw);
}

/* The cause as it came, with its location; libpri's own (a timer) has location 1, the private network. */
void pri_far_cause(struct pri_leg *leg, int cause)
{
	if (leg->cause.q850)
		return;
	leg->far_first = true;
	leg->cause.q850 = (uint8_t)(cause > 0 && cause <= 127 ? cause : NORMAL);
	pri_received_cause(leg, &leg->cause);
}

/* The channel is not free before RELEASE COMPLETE, which a far end may owe us for T308 twice; the other party need not wait for it. */
void pri_far_cleared(struct pri_leg *leg)
{
	struct leg_event ev = {.kind = LEG_CLEARING, .by_far_end = true, .cause = leg->cause, .extra.uui = leg->rx_uui,
			       .how = pri_bridge_how(leg)};

	if (leg->stage == PS_CLEARING && leg->far_first)
		leg_report(&leg->leg, &ev);
}

/* Answers DISCONNECT with RELEASE and RELEASE with RELEASE COMPLETE. */
static void far_clears(struct pri_link *link, pri_event_hangup *ev)
{
	struct pri_leg *leg = pri_leg_of(link, ev->call);
	int cause = ev->cause > 0 ? ev->cause : NORMAL;

	if (!leg) {
		pri_hangup(link->pri, ev->call, cause);
		return;
	}
	if (pri_setup_again(leg, cause))
		return;
	pri_far_cause(leg, cause);
	pri_overlap_end(leg);
	pri_wait_stop(leg);
	leg->stage = PS_CLEARING;
	pri_touch(leg);
	if (leg->line)
		pri_line_set(leg->line, PRI_LINE_CLEARING);
	pri_location(link, leg, 1);
	pri_aoc_settle(leg);
	pri_hangup(link->pri, ev->call, cause);
	if (!pri_call_exists(leg))
		pri_leg_over(leg, cause, 1);
	else
		pri_far_cleared(leg);
}

void pri_on_hangup_req(struct pri_link *link, pri_event *ev)
{
	struct pri_leg *leg = pri_leg_of(link, ev->hangup.call);

	if (leg && pri_farewell(leg, ev->hangup.cause))
		return;
	far_clears(link, &ev->hangup);
}

void pri_on_hangup(struct pri_link *link, pri_event *ev)
{
	far_clears(link, &ev->hangup);
}

/* T308 twice (Q.931 5.3.3): the call is forgotten, but what the far end takes the channel for is not known. RESTART settles it. */
static void unanswered(struct pri_leg *leg)
{
	if (!leg->line || leg->stage != PS_CLEARING)
		return;
	pri_log(leg->link, LOG_NOTICE, "call %u: RELEASE sent twice, no answer: chan %d is restarted", leg->cr, leg->line->pos);
	leg->line->restart_due = true;
}

/* libpri has freed the call already. */
void pri_on_hangup_ack(struct pri_link *link, pri_event *ev)
{
	struct pri_leg *leg = pri_leg_of(link, ev->hangup.call);

	if (!leg)
		return;
	if (!leg->rx_clearing && !leg->rx_status)
		unanswered(leg);
	pri_far_cause(leg, ev->hangup.cause);
	pri_leg_over(leg, ev->hangup.cause, 1);
}
