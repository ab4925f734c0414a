/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/fxo_leg.c: the legs of FXO lines: what the gateway can ask of one, what is told of it, its end. Loop thread. A request
 * becomes a note in the line's queue and is acted on in the same turn of the loop, in fxo_trunk_service().
 */
#include "channels/fxo_private.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- Requests ---------------------------------------------------------------------------------------- */

static int request(struct fxo_leg *leg, enum fxo_note_kind kind, uint8_t what, char digit)
{
	if (!leg->line || leg->stage >= FS_CLEARING)
		return -EALREADY;
	return fxo_note(leg->line, &(struct fxo_note){.kind = (uint8_t)kind, .what = what, .digit = digit});
}

/* An exchange that rings us has to be told nothing. */
static int op_proceed(struct leg *leg)
{
	return ((struct fxo_leg *)leg)->stage == FS_OFFERED ? 0 : -EALREADY;
}

static int op_alert(struct leg *l, bool inband)
{
	struct fxo_leg *leg = (struct fxo_leg *)l;

	return leg->stage == FS_OFFERED ? request(leg, FN_ALERT, inband, 0) : -EALREADY;
}

static int op_progress(struct leg *l, bool inband, const struct leg_cause *cause)
{
	struct fxo_leg *leg = (struct fxo_leg *)l;

	(void)cause;
	return leg->stage == FS_OFFERED ? request(leg, FN_PROGRESS, inband, 0) : -EALREADY;
}

static int op_answer(struct leg *l, const struct leg_number *connected)
{
	struct fxo_leg *leg = (struct fxo_leg *)l;
	int err = leg->stage == FS_OFFERED ? request(leg, FN_ANSWER, 0, 0) : -EALREADY;

	(void)connected;
	if (!err)
		leg->stage = FS_ANSWERED;
	return err;
}

static int op_digit(struct leg *l, char digit, unsigned duration_ms)
{
	struct fxo_leg *leg = (struct fxo_leg *)l;

	(void)duration_ms; /* as long as the trunk's file says: exchanges are particular */
	if (!strchr("0123456789*#ABCDabcd!", digit) || !digit)
		return -EINVAL;
	return request(leg, FN_DIGIT, 0, (char)toupper((unsigned char)digit));
}

static int op_clear(struct leg *l, const struct leg_cause *cause)
{
	struct fxo_leg *leg = (struct fxo_leg *)l;

	if (leg->stage >= FS_CLEARING)
		return -EALREADY;
	request(leg, FN_CLEAR, 0, 0);
	leg->stage = FS_CLEARING;
	leg->cause = *cause;
	if (cause->q850 < 1 || cause->q850 > 127)
		leg->cause.q850 = 31;
	return 0;
}

static void op_traced(struct leg *l)
{
	struct fxo_leg *leg = (struct fxo_leg *)l;
	int n = leg->n_early;

	leg->n_early = 0;
	for (int i = 0; i < n; i++)
		leg_trace(l, "FXO", leg->early[i].out, leg->early[i].what, "%s", leg->early[i].detail);
}

static const struct leg_ops ops = {
	.name = "fxo",
	.proceed = op_proceed,
	.alert = op_alert,
	.progress = op_progress,
	.answer = op_answer,
	.digit = op_digit,
	.clear = op_clear,
	.traced = op_traced,
};

/* --- Life -------------------------------------------------------------------------------------------- */

struct fxo_leg *fxo_leg_new(struct fxo_trunk *t, bool incoming)
{
	struct fxo_leg *leg = calloc(1, sizeof(*leg)), **p = &t->legs;

	if (!leg)
		return NULL;
	leg->leg.ops = &ops;
	leg->leg.incoming = incoming;
	leg->trunk = t;
	leg->no = ++t->legs_made;
	leg->stage = incoming ? FS_OFFERED : FS_CALLING;
	while (*p)
		p = &(*p)->next;
	*p = leg;
	return leg;
}

/* LINE NULL: the leg has none any more. */
void fxo_leg_line(struct fxo_leg *leg, struct fxo_line *l)
{
	if (leg->line)
		leg->line->leg = NULL;
	leg->line = l;
	if (!l)
		return;
	l->leg = leg;
	leg->leg.line = l->hw;
	leg->leg.port = l->trunk->h.audio->port(l->audio);
}

void fxo_leg_forget(struct fxo_leg *leg)
{
	struct fxo_leg **p = &leg->trunk->legs;

	fxo_leg_line(leg, NULL);
	while (*p && *p != leg)
		p = &(*p)->next;
	if (*p)
		*p = leg->next;
	free(leg);
}

/* A step of the call, for its ladder; kept while there is nobody to hear it. */
void fxo_step(struct fxo_leg *leg, bool out, const char *what, const char *fmt, ...)
{
	struct fxo_early e = {.out = out};
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(e.detail, sizeof(e.detail), fmt, ap);
	va_end(ap);
	snprintf(e.what, sizeof(e.what), "%s", what);
	if (leg->leg.trace)
		leg_trace(&leg->leg, "FXO", out, what, "%s", e.detail);
	else if (leg->n_early < FXO_EARLY_MAX)
		leg->early[leg->n_early++] = e;
}

void fxo_report(struct fxo_leg *leg, enum leg_event_kind kind, bool inband, const char *how)
{
	struct leg_event ev = {.kind = kind, .inband = inband, .how = how};

	if (inband) /* not end-to-end ISDN, and there is something to hear: Q.931 4.5.23 */
		ev.progress = 1U << 1 | 1U << 8;
	if (leg->stage < FS_CLEARING)
		leg_report(&leg->leg, &ev);
}

/* The line is the caller's to put in order. A leg that the gateway is clearing ends with its cause. */
void fxo_leg_over(struct fxo_leg *leg, int cause, bool by_far_end, const char *how, const char *text)
{
	if (leg->stage == FS_DONE)
		return;
	if (leg->stage != FS_CLEARING) {
		leg->cause = (struct leg_cause){.q850 = (uint8_t)cause, .location = 10};
		snprintf(leg->cause.text, sizeof(leg->cause.text), "%s", text);
		leg->by_far_end = by_far_end;
		leg->how = how;
		fxo_step(leg, !by_far_end, "cleared", "%s%s%s", how ? how : "", how ? ": " : "", text);
	}
	leg->stage = FS_DONE;
	fxo_leg_line(leg, NULL);
}

static struct fxo_leg *take_done(struct fxo_trunk *t)
{
	struct fxo_leg **p = &t->legs, *leg;

	while (*p && (*p)->stage != FS_DONE)
		p = &(*p)->next;
	leg = *p;
	if (leg)
		*p = leg->next;
	return leg;
}

void fxo_legs_deliver(struct fxo_trunk *t)
{
	struct fxo_leg *leg;

	while ((leg = take_done(t))) {
		struct leg_event ev = {.kind = LEG_CLEARED, .cause = leg->cause, .by_far_end = leg->by_far_end,
				       .how = leg->how};

		leg_report(&leg->leg, &ev);
		free(leg);
	}
}
