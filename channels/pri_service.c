/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/pri_service.c: is a span in service? Layer 2 and alarms, how long they last, and what becomes of
 * calls and lines when that changes. And the audit: no line and no leg outlives its call. Loop thread.
 *
 * libpri notices a dead span by its timers only, after 10 s and more, so alarms are acted upon here.
 */
#include "channels/pri_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

static void enter_service(struct pri_link *link)
{
	pri_log(link, LOG_NOTICE, "in service");
	pri_maintenance_run(link);
	for (int i = 0; i < link->n_lines; i++) {
		if (link->lines[i].leg)
			continue;
		if (link->lines[i].far == PRI_FAR_IN)
			pri_restart_line(&link->lines[i]);
		else
			pri_line_set(&link->lines[i], PRI_LINE_IDLE);	/* which it is not: to no use for either end */
	}
	pri_restart_run(link);
}

static void leave_service(struct pri_link *link)
{
	pri_log(link, LOG_WARNING, "out of service: %s", link->held ? "alarm" : "layer 2 is down");
	pri_restart_stop(link);
	pri_maintenance_stop(link);
	for (int i = 0; i < link->n_lines; i++)
		if (!link->lines[i].leg)
			pri_line_set(&link->lines[i], PRI_LINE_OUT);
}

void pri_service_update(struct pri_link *link)
{
	bool now = pri_group_up(link->group) && !link->held;

	if (now == link->in_service)
		return;
	link->in_service = now;
	link->since_us = pri_stamp(link->trunk);
	link->trunk->changed = true;
	if (now)
		enter_service(link);
	else
		leave_service(link);
}

/* The span is dead: its calls, and those that have no line now and are signalled on it. */
static void clear_span(struct pri_link *link)
{
	for (struct pri_leg *leg = link->trunk->legs; leg; leg = leg->next)
		if ((leg->line ? leg->line->link : leg->link) == link && leg->stage != PS_DONE)
			pri_leg_destroy(leg, 41);
}

/* The D channel is dead. Calls that are up stay: T309 runs in libpri, or in pri_nfas.c. The others cannot be
 * completed any more (Q.931 5.8.9). */
static void clear_signalled(struct pri_link *link)
{
	for (struct pri_leg *leg = link->trunk->legs; leg; leg = leg->next)
		if (leg->link == link && leg->stage != PS_DONE && leg->stage != PS_UP)
			pri_leg_destroy(leg, 27);
}

void pri_service_layer2(struct pri_link *link, bool up)
{
	if (up == link->layer2)
		return;
	link->layer2 = up;
	link->layer2_since_us = pri_stamp(link->trunk);
	link->trunk->changed = true;
	pri_log(link, up ? LOG_NOTICE : LOG_WARNING, "layer 2 is %s", up ? "up" : "down");
	if (!up) {
		link->count.l2_losses++;
		clear_signalled(link);
	}
	pri_group_changed(link);
}

/* "red, yellow" */
static const char *alarm_words(unsigned alarms, char *buf, size_t size)
{
	static const struct { unsigned bit; const char *word; } words[] = {
		{ HW_ALARM_RED, "red" }, { HW_ALARM_YELLOW, "yellow" }, { HW_ALARM_BLUE, "blue" },
		{ HW_ALARM_RECOVERING, "recovering" }, { HW_ALARM_LOOPBACK, "loopback" }, { HW_ALARM_NOTOPEN, "not open" },
	};
	size_t at = 0;

	snprintf(buf, size, "over already");
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]) && at < size; i++)
		if (alarms & words[i].bit)
			at += (size_t)snprintf(buf + at, size - at, "%s%s", at ? ", " : "", words[i].word);
	return buf;
}

void pri_service_alarm(struct pri_link *link, bool alarm)
{
	char words[80];

	if (alarm) {
		if (!link->alarm_at)
			link->alarm_at = pri_stamp(link->trunk);
		link->clear_at = 0;
		pri_log(link, LOG_WARNING, "alarm: %s", alarm_words(link->alarms, words, sizeof(words)));
	} else {
		link->alarm_at = 0;
		if (link->held)
			link->clear_at = pri_stamp(link->trunk);
		pri_log(link, LOG_NOTICE, "alarms are clear");
	}
	pri_service_update(link);
}

static int64_t held_from(const struct pri_link *link)
{
	return link->held || link->alarm_at <= 0
		       ? -1
		       : link->alarm_at + (int64_t)link->trunk->conf.alarm_hold_ms * 1000;
}

static int64_t clear_from(const struct pri_link *link)
{
	return !link->held || link->clear_at <= 0
		       ? -1
		       : link->clear_at + (int64_t)link->trunk->conf.alarm_clear_ms * 1000;
}

void pri_service_run(struct pri_link *link)
{
	int64_t now = link->trunk->now_us, hold = held_from(link), clear = clear_from(link);

	if (hold >= 0 && now >= hold) {
		link->held = true;
		pri_log(link, LOG_ERR, "the alarm lasts: calls are cleared");
		clear_span(link);
		if (link->group->n_d > 1)
			clear_signalled(link);
		pri_group_changed(link);
	} else if (clear >= 0 && now >= clear) {
		link->held = false;
		link->clear_at = 0;
		pri_group_changed(link);
	}
}

int64_t pri_service_next(const struct pri_link *link)
{
	int64_t at[6], next = -1;

	at[0] = held_from(link);
	at[1] = clear_from(link);
	at[2] = link->gone ? link->reopen_at : -1;
	at[3] = link->group->restarting ? link->group->restart_at + pri_timer_us(link->trunk, PT_T316) : -1;
	at[4] = pri_restart_next(link);
	at[5] = pri_maintenance_next(link);
	for (int i = 0; i < 6; i++)
		if (at[i] >= 0 && (next < 0 || at[i] < next))
			next = at[i];
	return next;
}

/* --- The audit --------------------------------------------------------------------------------- */

/* A call that is not up is never too old: T301 to T310 and libpri's T303 end it as Q.931 does, or the side that calls. */
static bool stuck(const struct pri_leg *leg, int64_t now)
{
	return leg->stage == PS_CLEARING && leg->since_us != PRI_UNSTAMPED &&
	       now >= leg->since_us + pri_stuck_clearing_us(leg->link->trunk);
}

/* The calls that libpri holds; it tells only in its report for people. */
static unsigned layer3_calls(struct pri_link *link)
{
	static const char label[] = "active-calls:";
	char *report = pri_dump_info_str(link->pri);
	const char *at = report ? strstr(report, label) : NULL;
	unsigned n = at ? (unsigned)strtoul(at + strlen(label), NULL, 10) : 0;

	free(report);
	return n;
}

/* Calls without a leg are refusals on their way. When they stay they are lost memory. */
static void audit_layer3(struct pri_link *link)
{
	unsigned legs = 0, was = link->strays;

	for (struct pri_leg *leg = link->trunk->legs; leg; leg = leg->next)
		legs += leg->link->group == link->group && leg->call;
	link->count.layer3_calls = layer3_calls(link);
	link->strays = link->count.layer3_calls > legs ? link->count.layer3_calls - legs : 0;
	if (link->strays > was && was)
		pri_log(link, LOG_WARNING, "audit: layer 3 holds %u calls that have no leg", link->strays);
}

void pri_audit(struct pri_trunk *t)
{
	for (struct pri_leg *leg = t->legs; leg; leg = leg->next) {
		bool lost = !pri_call_exists(leg);

		if (!lost)
			pri_hold_run(leg); /* a channel for its retrieval may have become free */
		if (leg->stage == PS_DONE || (!lost && !stuck(leg, t->now_us)))
			continue;
		pri_log(leg->link, LOG_WARNING, "audit: call %u %s: freed", leg->cr,
			lost ? "is unknown to layer 3" : "has been silent for too long");
		pri_leg_destroy(leg, 102);
	}
	for (int i = 0; i < t->n_links; i++) {
		struct pri_link *link = t->links[i];

		link->count.layer3_calls = 0;
		if (link == link->group->active && link->pri)
			audit_layer3(link);
		for (int j = 0; j < link->n_lines; j++) {
			struct pri_line *line = &link->lines[j];

			if (line->leg || line->state == PRI_LINE_OUT || line->state == PRI_LINE_RESTARTING ||
			    line->state == PRI_LINE_IDLE || line->state == PRI_LINE_SET_ASIDE ||
			    line->state == PRI_LINE_TAKEN_OUT || line->state == PRI_LINE_FAR_OUT)
				continue;
			pri_log(link, LOG_WARNING, "audit: chan %d was %s without a call", line->pos,
				pri_line_state_name(line->state));
			pri_restart_line(line);
		}
	}
}
