/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/pri_trunk.c: a trunk as the gateway sees it: opening and closing, one turn of the loop, and
 * the delivery of what was deferred. Loop thread.
 */
#include "channels/pri_dialect.h"
#include "channels/pri_private.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int64_t pri_stamp(struct pri_trunk *t)
{
	t->stamp = true;
	return PRI_UNSTAMPED;
}

void pri_log(const struct pri_link *link, int level, const char *fmt, ...)
{
	const struct pri_trunk *t = link->trunk;
	char what[320], line[440];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	snprintf(line, sizeof(line), "trunk %s span %d: %s", t->name, link->span, what);
	t->h.log(t->h.arg, level, line);
}

/* --- Delivery ---------------------------------------------------------------------------------- */

static struct pri_leg *take_done(struct pri_trunk *t)
{
	struct pri_leg **p = &t->legs, *leg;

	while (*p && (*p)->stage != PS_DONE)
		p = &(*p)->next;
	leg = *p;
	if (leg)
		*p = leg->next;
	return leg;
}

/* LEG_CLEARED for every leg that is over. The line becomes idle when its owner has heard of it, so that the
 * next call on the line never meets the audio of the last one. */
void pri_deliver(struct pri_trunk *t)
{
	struct pri_leg *leg;

	while (t->pending) {
		t->pending = false;
		while ((leg = take_done(t))) {
			struct leg_event ev = {
				.kind = LEG_CLEARED, .cause = leg->cause, .by_far_end = leg->far_first,
				.extra.uui = leg->rx_uui, .how = pri_bridge_how(leg)};

			leg_report(&leg->leg, &ev);
			pri_line_drop(leg, PRI_LINE_IDLE);
			free(leg->offer);
			free(leg->held);
			free(leg->early);
			free(leg->diverting);
			free(leg);
		}
	}
	if (t->changed) {
		t->changed = false;
		if (t->h.changed)
			t->h.changed(t->h.arg);
	}
}

void pri_enter(struct pri_trunk *t)
{
	if (t->depth++ == 0)
		pri_deliver(t);
}

void pri_leave(struct pri_trunk *t)
{
	if (t->depth == 1)
		pri_deliver(t);
	t->depth--;
}

/* --- Opening and closing ----------------------------------------------------------------------- */

static int open_links(struct pri_trunk *t)
{
	int err = 0;

	t->links = calloc((size_t)t->conf.n_spans, sizeof(*t->links));
	if (!t->links)
		return -ENOMEM;
	for (int i = 0; !err && i < t->conf.n_spans; i++) {
		struct pri_link *link = calloc(1, sizeof(*link));

		if (!link)
			return -ENOMEM;
		t->links[t->n_links++] = link;
		link->trunk = t;
		link->span = t->conf.spans[i];
		link->since_us = link->layer2_since_us = pri_stamp(t);
		err = pri_hw_check(t, link->span);
	}
	return err ? err : pri_groups_make(t);
}

int pri_trunk_open(struct pri_trunk **out, struct hw *hw, const struct pri_trunk_conf *conf,
		   const struct pri_handlers *handlers)
{
	struct pri_trunk *t;
	int err;

	if (conf->n_spans < 1 || conf->dialect >= PRI_DIALECTS || (conf->nfas_primary && !pri_dialect_def(conf->dialect)->nfas))
		return -EINVAL;
	t = calloc(1, sizeof(*t));
	if (!t)
		return -ENOMEM;
	t->hw = hw;
	t->conf = *conf;
	t->conf.overlap = conf->overlap && pri_dialect_def(conf->dialect)->overlap;
	t->h = *handlers;
	snprintf(t->name, sizeof(t->name), "%s", conf->name);
	t->conf.name = t->name;
	err = open_links(t);
	t->conf.spans = NULL;
	if (err) {
		pri_trunk_close(t);
		return err;
	}
	for (int i = 0; i < t->n_links; i++)
		pri_hw_open(t->links[i]);
	*out = t;
	return 0;
}

void pri_trunk_close(struct pri_trunk *t)
{
	if (!t)
		return;
	t->depth++;
	for (struct pri_leg *leg = t->legs; leg; leg = leg->next) {
		if (leg->stage == PS_DONE)
			continue;
		if (leg->call && leg->stage != PS_CLEARING) /* a fresh SETUP may stay unanswered: T303 */
			pri_hangup(leg->link->pri, leg->call, 41);
		pri_leg_destroy(leg, 41);
	}
	pri_deliver(t);
	for (int i = 0; i < t->n_links; i++) {
		pri_hw_close(t->links[i]);
		pri_link_retire(t->links[i]);
		free(t->links[i]);
	}
	free(t->links);
	free(t->groups);
	free(t);
}

/* --- The turn of the loop ---------------------------------------------------------------------- */

static void fill(int64_t *at, int64_t now_us)
{
	if (*at == PRI_UNSTAMPED)
		*at = now_us;
}

/* Callbacks of the card carry no time: what they noted is given the time of the turn that follows. */
static void fill_stamps(struct pri_trunk *t)
{
	if (!t->stamp)
		return;
	t->stamp = false;
	for (int i = 0; i < t->n_links; i++) {
		struct pri_link *link = t->links[i];

		fill(&link->since_us, t->now_us);
		fill(&link->layer2_since_us, t->now_us);
		fill(&link->alarm_at, t->now_us);
		fill(&link->clear_at, t->now_us);
		fill(&link->reopen_at, t->now_us + PRI_REOPEN_US);
		for (int j = 0; j < link->n_lines; j++) {
			fill(&link->lines[j].since_us, t->now_us);
			fill(&link->lines[j].told_at, t->now_us);
			fill(&link->lines[j].retry_at, t->now_us + PRI_SET_ASIDE_US);
		}
	}
	for (int i = 0; i < t->n_groups; i++) {
		fill(&t->groups[i].restart_at, t->now_us);
		fill(&t->groups[i].settle_at, t->now_us + PRI_SETTLE_US);
		fill(&t->groups[i].t309_at, t->now_us + pri_timer_us(t, PT_T309));
	}
	for (struct pri_leg *leg = t->legs; leg; leg = leg->next) {
		fill(&leg->since_us, t->now_us);
		fill(&leg->held_at, t->now_us);
		fill(&leg->wait_until, t->now_us + pri_wait_us(leg));
	}
}

static int64_t sooner(int64_t a, int64_t b)
{
	return a < 0 ? b : b < 0 ? a : a < b ? a : b;
}

static int64_t libpri_next(const struct pri_link *link, int64_t now_us, const struct timeval *wall)
{
	const struct timeval *at = link->pri ? pri_schedule_next(link->pri) : NULL;
	int64_t us;

	if (!link->bears_d)
		return -1;
	if (!at)
		return link->pri ? -1 : now_us + PRI_REOPEN_US;
	us = (int64_t)(at->tv_sec - wall->tv_sec) * 1000000 + (at->tv_usec - wall->tv_usec);
	return now_us + (us > 0 ? us : 0);
}

int64_t pri_trunk_service(struct pri_trunk *t, int64_t now_us, const struct timeval *wall)
{
	int64_t next;

	t->now_us = now_us;
	pri_enter(t);
	fill_stamps(t);
	for (int i = 0; i < t->n_links; i++) {
		struct pri_link *link = t->links[i];
		pri_event *ev;

		if (!link->pri && link->bears_d && pri_link_start(link))
			continue;
		while (link->pri && (ev = pri_schedule_run(link->pri))) {
			pri_event_handle(link, ev);
			pri_deliver(t);
		}
		pri_hw_service(link);
		pri_service_run(link);
		pri_maintenance_run(link);
		pri_restart_run(link);
	}
	for (int i = 0; i < t->n_groups; i++)
		pri_group_run(&t->groups[i], t);
	pri_name_service(t);
	pri_wait_run(t);
	if (now_us >= t->audit_at) {
		t->audit_at = now_us + PRI_AUDIT_US;
		pri_audit(t);
	}
	pri_leave(t);
	fill_stamps(t);
	next = sooner(t->legs ? t->audit_at : -1, sooner(pri_name_next(t), pri_wait_next(t)));
	for (int i = 0; i < t->n_groups; i++)
		next = sooner(next, pri_group_next(&t->groups[i]));
	for (int i = 0; i < t->n_links; i++) {
		next = sooner(next, libpri_next(t->links[i], now_us, wall));
		next = sooner(next, pri_service_next(t->links[i]));
	}
	return t->pending ? now_us : next;
}

void pri_trunk_drain(struct pri_trunk *t, bool on)
{
	t->draining = on;
	t->changed = true;
}

void pri_trunk_hunt(struct pri_trunk *t, enum pri_hunt hunt)
{
	t->conf.hunt = hunt;
}

void pri_trunk_alarm_times(struct pri_trunk *t, unsigned hold_ms, unsigned clear_ms)
{
	t->conf.alarm_hold_ms = hold_ms;
	t->conf.alarm_clear_ms = clear_ms;
}
