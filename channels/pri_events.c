/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/pri_events.c: libpri's events, by a table, and the small ones: the answers to our SETUP, digits,
 * notifications. Loop thread. An event lives in libpri's instance and the next call to libpri may overwrite
 * it: a handler takes what it needs first.
 */
#include "channels/pri_private.h"

#include <stdlib.h>
#include <syslog.h>

static bool inband(uint16_t progress)
{
	return progress & (1U << 1 | 1U << 8);
}

/* An answer to SETUP. Returns the leg it is for when it is still wanted. */
static struct pri_leg *answered_by(struct pri_link *link, q931_call *call, int channel)
{
	struct pri_leg *leg = pri_leg_of(link, call);

	if (!leg || leg->leg.incoming || leg->stage >= PS_UP)
		return NULL;
	pri_touch(leg);
	if (leg->waits_for == PT_T310)
		pri_wait_stop(leg);
	if (leg->stage == PS_SENT) {
		if (!pri_answer_channel(leg, channel))
			return NULL;
		pri_setup_taken(leg);
		leg->stage = PS_PROGRESSING;
		free(leg->offer);
		leg->offer = NULL;
	}
	return leg;
}

static void report(struct pri_leg *leg, enum leg_event_kind kind, uint16_t progress, int cause)
{
	struct leg_event ev = {.kind = kind, .progress = progress, .inband = inband(progress)};

	if (cause > 0 && cause <= 127) {
		ev.cause.q850 = (uint8_t)cause;
		pri_received_cause(leg, &ev.cause);
	}
	leg_report(&leg->leg, &ev);
}

/* No timer of Q.931's runs under an announcement, which may be a queue; that of a call that rings is ours. It begins once. */
static void wait_for_answer(struct pri_leg *leg)
{
	if (!leg->overlap && !leg->farewell && !(leg->wait_until && leg->waits_for == PT_T301))
		pri_wait(leg, PT_T301);
}

static void on_proceeding(struct pri_link *link, pri_event *ev)
{
	uint16_t progress = pri_progress_bits(ev->proceeding.progressmask);
	struct pri_leg *leg = answered_by(link, ev->proceeding.call, ev->proceeding.channel);

	if (!leg)
		return;
	pri_overlap_enough(leg);
	if (progress)
		wait_for_answer(leg);
	else if (!leg->wait_until || leg->waits_for != PT_T301)	/* late: it rings, or has announcements, already */
		pri_wait(leg, PT_T310);
	report(leg, LEG_PROCEEDING, progress, 0);
}

/* SETUP ACKNOWLEDGE: the far end wants more digits. */
static void on_setup_ack(struct pri_link *link, pri_event *ev)
{
	uint16_t progress = pri_progress_bits(ev->setup_ack.progressmask);
	struct pri_leg *leg = answered_by(link, ev->setup_ack.call, ev->setup_ack.channel);

	if (leg)
		pri_overlap_acked(leg);
	if (leg && progress)
		report(leg, LEG_PROGRESS, progress, 0);
}

static void on_progress(struct pri_link *link, pri_event *ev)
{
	uint16_t progress = pri_progress_bits(ev->proceeding.progressmask);
	int cause = ev->proceeding.cause;
	struct pri_leg *leg = answered_by(link, ev->proceeding.call, ev->proceeding.channel);

	if (!leg)
		return;
	wait_for_answer(leg);
	report(leg, LEG_PROGRESS, progress, cause);
}

static void on_ringing(struct pri_link *link, pri_event *ev)
{
	uint16_t progress = pri_progress_bits(ev->ringing.progressmask);
	struct pri_leg *leg = answered_by(link, ev->ringing.call, ev->ringing.channel);

	struct leg_event e = {.kind = LEG_ALERTING, .progress = progress, .inband = inband(progress)};

	if (!leg)
		return;
	pri_overlap_enough(leg);
	wait_for_answer(leg);
	pri_extra_alerted(leg, &e);
	leg_report(&leg->leg, &e);
}

static void on_answer(struct pri_link *link, pri_event *ev)
{
	struct leg_event e = {
		.kind = LEG_ANSWERED, .progress = pri_progress_bits(ev->answer.progressmask), .inband = true};
	struct pri_leg *leg = pri_leg_of(link, ev->answer.call);
	struct leg_raw raw;

	if (leg)
		pri_extra_answered(leg, ev->answer.subcmds, &e, &raw);
	leg = answered_by(link, ev->answer.call, ev->answer.channel);
	if (!leg)
		return;
	pri_overlap_enough(leg);
	pri_wait_stop(leg);
	leg->stage = PS_UP;
	if (leg->line)
		pri_line_set(leg->line, PRI_LINE_UP);
	leg_report(&leg->leg, &e);
}

static void digits(struct pri_link *link, q931_call *call, const char *s)
{
	struct pri_leg *leg = pri_leg_of(link, call);

	for (; leg && leg->stage < PS_CLEARING && *s; s++) {
		struct leg_event e = {.kind = LEG_DIGIT, .digit = *s};

		pri_touch(leg);
		leg_report(&leg->leg, &e);
	}
}

/* Digits of a number that is not complete come in either element (Q.931 5.1.3). */
static void on_keypad(struct pri_link *link, pri_event *ev)
{
	pri_event_keypad_digit copy = ev->digit;
	struct pri_leg *leg = pri_leg_of(link, copy.call);

	if (leg && leg->leg.incoming && leg->stage <= PS_OVERLAP)
		pri_overlap_info(leg, copy.digits, false);
	else
		digits(link, copy.call, copy.digits);
}

static void on_info(struct pri_link *link, pri_event *ev)
{
	pri_event_ring copy = ev->ring;
	struct pri_leg *leg = pri_leg_of(link, copy.call);

	if (leg && leg->stage < PS_CLEARING)
		pri_overlap_info(leg, copy.callednum, copy.complete);
}

static void on_notify(struct pri_link *link, pri_event *ev)
{
	struct pri_leg *leg = pri_leg_of(link, ev->notify.call);
	int info = ev->notify.info;

	pri_extra_changed(link, ev->notify.call, ev->notify.subcmds);
	if (!leg || leg->stage != PS_UP)
		return;
	if (info == PRI_NOTIFY_USER_SUSPENDED || info == PRI_NOTIFY_REMOTE_HOLD)
		pri_hold_change(leg, true);
	else if (info == PRI_NOTIFY_USER_RESUMED || info == PRI_NOTIFY_REMOTE_RETRIEVAL)
		pri_hold_change(leg, false);
}

static void on_dchan_up(struct pri_link *link, pri_event *ev)
{
	(void)ev;
	if (!pri_maintenance_whole(link))
		pri_service_layer2(link, true);
}

static void on_dchan_down(struct pri_link *link, pri_event *ev)
{
	(void)ev;
	if (!pri_maintenance_whole(link))
		pri_service_layer2(link, false);
}

static void on_config_error(struct pri_link *link, pri_event *ev)
{
	pri_log(link, LOG_WARNING, "libpri: %s", ev->err.err);
}

static void (*const handlers[])(struct pri_link *link, pri_event *ev) = {
	[PRI_EVENT_DCHAN_UP] = on_dchan_up,
	[PRI_EVENT_DCHAN_DOWN] = on_dchan_down,
	[PRI_EVENT_RESTART] = pri_on_restart,
	[PRI_EVENT_CONFIG_ERR] = on_config_error,
	[PRI_EVENT_RING] = pri_on_ring,
	[PRI_EVENT_HANGUP] = pri_on_hangup,
	[PRI_EVENT_RINGING] = on_ringing,
	[PRI_EVENT_ANSWER] = on_answer,
	[PRI_EVENT_HANGUP_ACK] = pri_on_hangup_ack,
	[PRI_EVENT_RESTART_ACK] = pri_on_restart_ack,
	[PRI_EVENT_FACILITY] = pri_on_facility,
	[PRI_EVENT_INFO_RECEIVED] = on_info,
	[PRI_EVENT_PROCEEDING] = on_proceeding,
	[PRI_EVENT_SETUP_ACK] = on_setup_ack,
	[PRI_EVENT_HANGUP_REQ] = pri_on_hangup_req,
	[PRI_EVENT_NOTIFY] = on_notify,
	[PRI_EVENT_PROGRESS] = on_progress,
	[PRI_EVENT_KEYPAD_DIGIT] = on_keypad,
	[PRI_EVENT_SERVICE] = pri_on_service,
	[PRI_EVENT_SERVICE_ACK] = pri_on_service_ack,
	[PRI_EVENT_HOLD] = pri_on_hold,
	[PRI_EVENT_HOLD_ACK] = pri_on_hold_ack,
	[PRI_EVENT_HOLD_REJ] = pri_on_hold_rej,
	[PRI_EVENT_RETRIEVE] = pri_on_retrieve,
	[PRI_EVENT_RETRIEVE_ACK] = pri_on_retrieve_ack,
	[PRI_EVENT_RETRIEVE_REJ] = pri_on_retrieve_rej,
};

/* What a message carries for the supplementary services, and whose call it is. */
static const struct pri_subcommands *subcommands(const pri_event *ev, q931_call **call)
{
	switch (ev->e) {
	case PRI_EVENT_FACILITY:
		*call = ev->facility.call;
		return ev->facility.subcmds;
	case PRI_EVENT_NOTIFY:
		*call = ev->notify.call;
		return ev->notify.subcmds;
	case PRI_EVENT_PROCEEDING:
	case PRI_EVENT_PROGRESS:
		*call = ev->proceeding.call;
		return ev->proceeding.subcmds;
	case PRI_EVENT_RINGING:
		*call = ev->ringing.call;
		return ev->ringing.subcmds;
	case PRI_EVENT_ANSWER:
		*call = ev->answer.call;
		return ev->answer.subcmds;
	case PRI_EVENT_HANGUP:
	case PRI_EVENT_HANGUP_REQ:
	case PRI_EVENT_HANGUP_ACK:
		*call = ev->hangup.call;
		return ev->hangup.subcmds;
	default:
		return NULL;
	}
}

void pri_event_handle(struct pri_link *link, pri_event *ev)
{
	size_t n = sizeof(handlers) / sizeof(handlers[0]);
	q931_call *call = NULL;
	const struct pri_subcommands *s = subcommands(ev, &call);

	if (s && call && s->counter_subcmd > 0)
		pri_subcommands(link, call, s);
	if (ev->e > 0 && (size_t)ev->e < n && handlers[ev->e])
		handlers[ev->e](link, ev);
	else
		pri_log(link, LOG_DEBUG, "libpri event %d has no use here", ev->e);
}
