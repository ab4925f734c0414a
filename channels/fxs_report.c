/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/fxs_report.c: what is said to the owners of legs waits in one queue until the event that caused it has run to its
 * end, and is delivered in its order: a callback may ask anything of any leg. Called by every file of the driver; loop thread.
 */
#include "channels/fxs_private.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

static void append(struct fxs_trunk *t, struct fxs_report *r)
{
	r->next = NULL;
	*t->last = r;
	t->last = &r->next;
}

static struct fxs_report *take(struct fxs_trunk *t)
{
	struct fxs_report *r = t->first;

	if (!r)
		return NULL;
	t->first = r->next;
	if (!t->first)
		t->last = &t->first;
	return r;
}

bool fxs_reports_wait(const struct fxs_trunk *t)
{
	return t->first || t->changed;
}

static bool wanted(const struct fxs_report *r)
{
	const struct fxs_leg *other = (const struct fxs_leg *)r->ev.other;

	return !r->leg->dropped && (r->ev.kind != LEG_JOIN || !other->dropped);
}

static void deliver(struct fxs_trunk *t, struct fxs_report *r)
{
	struct fxs_leg *leg = r->leg;

	switch (r->kind) {
	case FR_OFFER:
		if (!leg->dropped)
			t->h.offered(t->h.arg, &leg->leg, &leg->offer);
		return;
	case FR_EVENT:
		if (wanted(r))
			leg_report(&leg->leg, &r->ev);
		free(r);
		return;
	case FR_CLEARED:
		leg_report(&leg->leg, &r->ev);
		fxs_leg_free(leg);
		return;
	case FR_CONFERENCE_END:
		t->h.audio->conference_end(r->audio);
		free(r);
		return;
	}
}

void fxs_enter(struct fxs_trunk *t)
{
	t->depth++;
}

void fxs_leave(struct fxs_trunk *t)
{
	struct fxs_report *r;

	if (t->depth == 1) {
		while ((r = take(t)))
			deliver(t, r);
		if (t->changed) {
			t->changed = false;
			if (t->h.changed)
				t->h.changed(t->h.arg);
		}
	}
	t->depth--;
}

void fxs_report(struct fxs_leg *leg, const struct leg_event *ev)
{
	struct fxs_report *r = calloc(1, sizeof(*r));

	if (!r) {
		fxs_log(leg->line, LOG_ERR, "out of memory: an event of a call is lost");
		return;
	}
	r->kind = FR_EVENT;
	r->leg = leg;
	r->ev = *ev;
	append(leg->line->trunk, r);
}

void fxs_report_kind(struct fxs_leg *leg, enum leg_event_kind kind)
{
	struct leg_event ev = { .kind = kind };

	fxs_report(leg, &ev);
}

void fxs_report_offer(struct fxs_leg *leg)
{
	leg->offered = (struct fxs_report){ .kind = FR_OFFER, .leg = leg };
	append(leg->line->trunk, &leg->offered);
}

void fxs_report_cleared(struct fxs_leg *leg)
{
	leg->cleared = (struct fxs_report){ .kind = FR_CLEARED,
					    .leg = leg,
					    .ev = { .kind = LEG_CLEARED,
						    .cause = leg->cause,
						    .by_far_end = !leg->dropped } };
	append(leg->line->trunk, &leg->cleared);
}

/* The two ports of a conference go when the owners of the legs have heard of their new ones. */
void fxs_report_conference_end(struct fxs_line *l)
{
	struct fxs_report *r = calloc(1, sizeof(*r));

	if (!r) {
		l->trunk->h.audio->conference_end(l->audio);
		return;
	}
	r->kind = FR_CONFERENCE_END;
	r->audio = l->audio;
	append(l->trunk, r);
}

/* --- The ladder ---------------------------------------------------------------------------------- */

/* What happens before the leg has a trace is kept until it has one. */
void fxs_trace(struct fxs_leg *leg, bool out, const char *what, const char *fmt, ...)
{
	char detail[sizeof(leg->early[0].detail)] = "";
	struct fxs_early *e;
	va_list ap;

	if (!leg)
		return;
	if (fmt) {
		va_start(ap, fmt);
		vsnprintf(detail, sizeof(detail), fmt, ap);
		va_end(ap);
	}
	if (leg->leg.trace) {
		leg_trace(&leg->leg, "FXS", out, what, "%s", detail);
		return;
	}
	if (leg->n_early == FXS_EARLY_MAX)
		return;
	e = &leg->early[leg->n_early++];
	e->out = out;
	snprintf(e->what, sizeof(e->what), "%s", what);
	memcpy(e->detail, detail, sizeof(detail));
}

void fxs_leg_traced(struct leg *leg)
{
	struct fxs_leg *l = (struct fxs_leg *)leg;
	unsigned n = l->n_early;

	l->n_early = 0;
	for (unsigned i = 0; i < n; i++)
		leg_trace(leg, "FXS", l->early[i].out, l->early[i].what, "%s", l->early[i].detail);
}
