/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/fxo_trunk.c: a trunk of FXO lines as the gateway sees it: opening, closing, and the turn of the loop in which every note
 * is acted on. Loop thread.
 */
#include "channels/fxo_private.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROUNDS_MAX 8	/* a note may bring notes; so many times over in one turn of the loop */

void fxo_log(const struct fxo_line *l, int level, const char *fmt, ...)
{
	const struct fxo_trunk *t = l->trunk;
	char what[256], line[360];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	snprintf(line, sizeof(line), "trunk %s line %d: %s", t->name, l->conf.chan, what);
	t->h.log(t->h.arg, level, line);
}

/* --- Opening and closing ---------------------------------------------------------------------------- */

static int copy_lines(struct fxo_trunk *t, const struct fxo_conf *conf)
{
	t->lines = calloc((size_t)conf->n_lines, sizeof(*t->lines));
	if (!t->lines)
		return -ENOMEM;
	t->n_lines = conf->n_lines;
	for (int i = 0; i < t->n_lines; i++) {
		t->lines[i].trunk = t;
		t->lines[i].conf = conf->lines[i];
		t->lines[i].port = i + 1;
	}
	return 0;
}

/* What is 0 in the file's stead. */
static void defaults(struct fxo_conf *c)
{
	if (!c->answer_rings)
		c->answer_rings = c->cid ? 2 : 1;
	if (!c->ring_min_ms)
		c->ring_min_ms = 150;
	if (!c->flash_ms)
		c->flash_ms = c->country->flash_out_ms;
	if (!c->idle_ms)
		c->idle_ms = 30000;
	if (!c->ceiling_ms)
		c->ceiling_ms = fxo_timers[FT_CEILING].ms;
	if (!c->dialtone_wait_ms)
		c->dialtone_wait_ms = 5000;
	c->clear |= 1U << CLEARED_CEILING;
}

int fxo_trunk_open(struct fxo_trunk **out, struct hw *hw, const struct fxo_conf *conf, const struct fxo_handlers *h)
{
	struct fxo_trunk *t;

	if (conf->n_lines < 1 || !conf->country || conf->n_answer < 0 || conf->n_answer > FXO_ANSWERS)
		return -EINVAL;
	if (conf->prefix && (strlen(conf->prefix) >= FXO_PREFIX_MAX || !fxo_dialable(conf, conf->prefix)))
		return -EINVAL;
	t = calloc(1, sizeof(*t));
	if (!t)
		return -ENOMEM;
	t->hw = hw;
	t->conf = *conf;
	t->h = *h;
	t->last = -1;
	t->country = *conf->country;
	t->conf.country = &t->country;
	snprintf(t->name, sizeof(t->name), "%s", conf->name);
	snprintf(t->prefix, sizeof(t->prefix), "%s", conf->prefix ? conf->prefix : "");
	t->conf.name = t->name;
	t->conf.prefix = t->prefix;
	defaults(&t->conf);
	if (copy_lines(t, conf)) {
		free(t);
		return -ENOMEM;
	}
	t->conf.lines = NULL;
	for (int i = 0; i < t->n_lines; i++)
		fxo_line_open(&t->lines[i]);
	*out = t;
	return 0;
}

bool fxo_trunk_quiet(struct fxo_trunk *t)
{
	bool quiet = true;

	t->closing = true;
	for (struct fxo_leg *leg = t->legs; leg; leg = leg->next)
		fxo_leg_over(leg, 41, true, NULL, "the trunk is being closed");
	for (int i = 0; i < t->n_lines; i++) {
		fxo_line_retire(&t->lines[i]);
		quiet &= !t->lines[i].audio;
	}
	if (!t->serving)
		fxo_legs_deliver(t);
	return quiet && !t->legs;
}

void fxo_trunk_close(struct fxo_trunk *t)
{
	if (!t)
		return;
	fxo_trunk_quiet(t);
	for (int i = 0; i < t->n_lines; i++)
		fxo_line_close(&t->lines[i]);
	free(t->lines);
	free(t);
}

void fxo_trunk_drain(struct fxo_trunk *t, bool on)
{
	t->draining = on;
	t->changed = true;
}

/* --- Notes ------------------------------------------------------------------------------------------ */

int fxo_note(struct fxo_line *l, const struct fxo_note *n)
{
	unsigned room = n->kind <= FN_AUDIO ? FXO_QUEUE_CARD : n->kind == FN_DIGIT ? FXO_QUEUE - 4 : FXO_QUEUE;

	if (l->queued >= room) {
		if (!l->lost_notes++)
			fxo_log(l, LOG_WARNING, "more events than can be acted on: some are lost");
		return -EAGAIN;
	}
	l->queue[(l->first + l->queued++) % FXO_QUEUE] = *n;
	return 0;
}

static void on_note(struct fxo_line *l, const struct fxo_note *n)
{
	struct fxo_leg *leg = l->leg;

	switch (n->kind) {
	case FN_CARD:
		fxo_line_card(l, (enum hw_event)n->what);
		break;
	case FN_HEARD:
		fxo_line_heard(l, n);
		break;
	case FN_AUDIO:
		fxo_line_audio(l, (enum line_audio_kind)n->what);
		break;
	case FN_SEIZE:
		if (leg && leg->stage == FS_CALLING && l->state == FXO_SEIZED && !l->offhook)
			fxo_seize(l);
		break;
	case FN_ANSWER:
		if (leg && leg->stage == FS_ANSWERED)
			fxo_answer_now(l);
		break;
	case FN_CLEAR:
		if (leg && leg->stage == FS_CLEARING)
			fxo_near_clears(l);
		break;
	case FN_DIGIT:
		if (leg)
			fxo_digit(l, n->digit);
		break;
	case FN_TEST:
		if (l->test)
			fxo_test_begin(l);
		break;
	default: /* FN_ALERT, FN_PROGRESS */
		if (leg && leg->stage == FS_OFFERED)
			fxo_alert_now(l, n->what, n->kind == FN_ALERT);
	}
}

/* --- The turn of the loop ---------------------------------------------------------------------------- */

static bool serve(struct fxo_line *l)
{
	bool any = false;

	while (l->queued) {
		struct fxo_note n = l->queue[l->first];

		l->first = (l->first + 1) % FXO_QUEUE;
		l->queued--;
		any = true;
		on_note(l, &n);
	}
	if (l->removed && l->hw && !l->audio_closing)
		fxo_line_removed(l);
	fxo_timers_run(l);
	fxo_answer_decide(l);
	return any;
}

int64_t fxo_trunk_service(struct fxo_trunk *t, int64_t now_us)
{
	int64_t next = -1;
	bool any = true;

	t->now_us = now_us;
	t->serving = true;
	for (int round = 0; any && round < ROUNDS_MAX; round++) {
		any = false;
		for (int i = 0; i < t->n_lines; i++)
			any |= serve(&t->lines[i]);
		fxo_legs_deliver(t);
	}
	t->serving = false;
	if (t->changed) {
		t->changed = false;
		if (t->h.changed)
			t->h.changed(t->h.arg);
	}
	for (int i = 0; i < t->n_lines; i++) {
		int64_t at = fxo_line_next(&t->lines[i]);

		if (at >= 0 && (next < 0 || at < next))
			next = at;
	}
	return next;
}
