/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/fxs_trunk.c: a trunk of telephones as the gateway sees it: opening, closing, one turn of the loop, and a call to a
 * telephone. Loop thread.
 */
#include "channels/fxs_private.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

const struct fxs_time_def fxs_times[FXS_TIMES] = {
	[TM_REOPEN] = { "reopen", 1000, "between tries to open a port that is not there" },
	[TM_RECALL] = { "recall", 60000, "a held call rings back so long, then it is cleared" },
	[TM_WAIT_TONE] = { "wait-tone", 10000, "between call-waiting tones" },
	[TM_CW_ACK] = { "cw-ack", 300, "GR-30: the answer begins within 160 ms and lasts 65; the rest is the detector's" },
	[TM_JOIN] = { "join", 5000, "a transferred leg is cleared by the gateway well before" },
	[TM_DROP] = { "drop", 500, "kewl start's battery drop, as DAHDI's" },
	[TM_AFTER_RING] = { "after-ring", 600, "GR-30: 500 ms at least; EN 300 659-1 6.1.2: 500 to 800" },
	[TM_REVERSED] = { "reversed", 250, "SIN 227: 100 ms at least from reversal to the alerting signal; DTMF: 200 to the data" },
	[TM_AFTER_DTAS] = { "after-dtas", 60, "EN 300 659-1 6.1.1: 45 to 500 ms from DT-AS to the data" },
	[TM_BEFORE_RING] = { "before-ring", 300, "EN 300 659-1 6.1.1: 200 to 500 ms from the data to the ring" },
	[TM_CAR] = { "car", 6000, "NTT: the terminal closes the loop within 6 s or never" },
	[TM_NTT_DATA] = { "ntt-data", 200, "NTT: from the closed loop to the data" },
	[TM_NTT_HOOK] = { "ntt-hook", 3000, "NTT: the terminal opens the loop after the data; a person does not" },
	[TM_SHORT_RING] = { "short-ring", 250, "EN 300 659-1 6.1.2: 200 to 300 ms" },
	[TM_SOUND] = { "sound", 12000, "longer than any sound or first ring: a card that does not say that it is over" },
	[TM_GUARD] = { "guard", 300, "silence after the data, before the next ring: 200 ms at least" },
	[TM_MESSAGE] = { "message", 2000, "a telephone put down is not ready for data at once" },
};

void fxs_log(const struct fxs_line *l, int level, const char *fmt, ...)
{
	const struct fxs_trunk *t = l->trunk;
	char what[256], line[384];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	snprintf(line, sizeof(line), "trunk %s port %d: %s", t->name, l->port, what);
	t->h.log(t->h.arg, level, line);
}

/* --- Opening and closing --------------------------------------------------------------------------- */

static void set_default(unsigned *ms, unsigned to)
{
	if (!*ms)
		*ms = to;
}

static int make_lines(struct fxs_trunk *t, const struct fxs_conf *conf)
{
	t->lines = calloc((size_t)conf->n_lines, sizeof(*t->lines));
	if (!t->lines)
		return -ENOMEM;
	t->n_lines = conf->n_lines;
	for (int i = 0; i < t->n_lines; i++) {
		struct fxs_line *l = &t->lines[i];

		l->trunk = t;
		l->port = i + 1;
		l->conf = conf->lines[i];
		l->since_us = FXS_UNSTAMPED;
	}
	return 0;
}

int fxs_trunk_open(struct fxs_trunk **out, struct hw *hw, const struct fxs_conf *conf, const struct fxs_handlers *h)
{
	struct fxs_trunk *t;
	int err;

	if (conf->n_lines < 1 || !conf->lines || !conf->country)
		return -EINVAL;
	t = calloc(1, sizeof(*t));
	if (!t)
		return -ENOMEM;
	t->hw = hw;
	t->conf = *conf;
	t->h = *h;
	t->last = &t->first;
	snprintf(t->name, sizeof(t->name), "%s", conf->name);
	t->conf.name = t->name;
	t->conf.lines = NULL;
	set_default(&t->conf.first_digit_ms, 15000);
	set_default(&t->conf.interdigit_ms, 4000);
	set_default(&t->conf.busy_ms, 30000);
	err = make_lines(t, conf);
	if (err) {
		free(t);
		return err;
	}
	for (int i = 0; i < t->n_lines; i++)
		fxs_port_open(&t->lines[i]);
	*out = t;
	return 0;
}

/* Transferred legs are no line's any more. */
static void end_legs(struct fxs_trunk *t)
{
	struct leg_cause cause = { .q850 = 41, .location = 1 };

	for (struct fxs_leg *leg = t->legs; leg; leg = leg->next)
		if (leg->stage != FL_DONE)
			fxs_leg_over(leg, &cause);
}

bool fxs_trunk_quiet(struct fxs_trunk *t)
{
	bool quiet = true;

	t->quiet = true;
	fxs_enter(t);
	for (int i = 0; i < t->n_lines; i++)
		if (t->lines[i].audio && !t->lines[i].closing)
			fxs_port_close(&t->lines[i], false);
	end_legs(t);
	fxs_leave(t);
	for (int i = 0; i < t->n_lines; i++) {
		t->lines[i].reopen = false;
		quiet &= !t->lines[i].audio;
	}
	return quiet;
}

void fxs_trunk_close(struct fxs_trunk *t)
{
	if (!t)
		return;
	fxs_trunk_quiet(t);
	for (int i = 0; i < t->n_lines; i++)
		hw_line_close(t->lines[i].hw);
	free(t->lines);
	free(t);
}

/* --- The turn of the loop ---------------------------------------------------------------------------- */

static int64_t sooner(int64_t a, int64_t b)
{
	return a < 0 ? b : b < 0 ? a : a < b ? a : b;
}

/* Events of the card and of audio carry no time: what they began is counted from the turn that follows. */
static void fill_times(struct fxs_line *l)
{
	int64_t now = l->trunk->now_us;

	if (l->since_us == FXS_UNSTAMPED)
		l->since_us = now;
	for (int i = 0; i < FXS_TIMERS; i++)
		if (l->due[i].on && l->due[i].at_us == FXS_UNSTAMPED)
			l->due[i].at_us = now + (int64_t)l->due[i].ms * 1000;
}

static void run_due(struct fxs_line *l, enum fxs_timer which)
{
	struct fxs_due *d = &l->due[which];

	if (!d->on || l->trunk->now_us < d->at_us)
		return;
	d->on = false;
	if (which == FT_PORT)
		fxs_port_open(l);
	else
		fxs_line_event(l, which == FT_STATE ? FE_TIMER : which == FT_STEP ? FE_STEP : FE_WAIT);
}

static int64_t next_due(const struct fxs_trunk *t)
{
	int64_t next = -1;

	for (int i = 0; i < t->n_lines; i++)
		for (int j = 0; j < FXS_TIMERS; j++)
			if (t->lines[i].due[j].on)
				next = sooner(next, t->lines[i].due[j].at_us == FXS_UNSTAMPED ? t->now_us
											     : t->lines[i].due[j].at_us);
	for (const struct fxs_leg *leg = t->legs; leg; leg = leg->next)
		next = sooner(next, fxs_leg_next(leg));
	return next;
}

int64_t fxs_trunk_service(struct fxs_trunk *t, int64_t now_us, const struct timeval *wall)
{
	t->now_us = now_us;
	t->wall = *wall;
	fxs_enter(t);
	t->in_service = true;
	for (int i = 0; i < t->n_lines; i++) {
		fill_times(&t->lines[i]);
		for (int j = 0; j < FXS_TIMERS; j++)
			run_due(&t->lines[i], (enum fxs_timer)j);
	}
	for (struct fxs_leg *leg = t->legs; leg; leg = leg->next)
		fxs_leg_join_run(leg);
	fxs_leave(t);
	t->in_service = false;
	return fxs_reports_wait(t) ? now_us : next_due(t);
}

void fxs_trunk_drain(struct fxs_trunk *t, bool on)
{
	t->draining = on;
	t->changed = true;
}

/* --- A call to a telephone ----------------------------------------------------------------------------- */

static int can_ring(const struct fxs_line *l)
{
	if (l->state == FS_OUT)
		return -ENETDOWN;
	if (l->state == FS_IDLE && !l->off_hook)
		return 0;
	if (l->state == FS_UP && !l->leg[1] && l->trunk->conf.call_waiting)
		return 0;
	return -EBUSY;
}

static int choose(struct fxs_trunk *t, const char *port, struct fxs_line **out)
{
	int err = -ENETDOWN;
	char *end;
	long n;

	for (int i = 0; !port[0] && i < t->n_lines; i++) {
		*out = &t->lines[i];
		if ((*out)->state == FS_IDLE && !(*out)->off_hook)
			return 0;
		if ((*out)->state != FS_OUT)
			err = -EBUSY;
	}
	if (!port[0])
		return err;
	n = strtol(port, &end, 10);
	if (*end || n < 1 || n > t->n_lines)
		return -ENOENT;
	*out = &t->lines[n - 1];
	return can_ring(*out);
}

int fxs_trunk_call(struct fxs_trunk *t, const struct leg_offer *offer, leg_event_fn *fn, void *arg, struct leg **out)
{
	struct fxs_line *l = NULL;
	struct fxs_leg *leg;
	int err;

	if (t->draining || t->quiet)
		return -ESHUTDOWN;
	err = choose(t, offer->called.digits, &l);
	if (err)
		return err;
	leg = fxs_leg_new(l, false);
	if (!leg)
		return -ENOMEM;
	leg_attach(&leg->leg, fn, arg);
	leg->offer = *offer;
	l->calls++;
	if (l->state == FS_UP) {
		leg->stage = FL_WAITING;
		l->leg[1] = leg;
		fxs_wait_start(l);
	} else {
		leg->stage = FL_RINGING;
		l->leg[0] = leg;
		fxs_message_stop(l);
		fxs_ring_start(l);
	}
	*out = &leg->leg;
	return 0;
}

int fxs_call_error_cause(int err)
{
	switch (err) {
	case -EBUSY:
		return 17;
	case -ENOENT:
		return 1;
	case -ENETDOWN:
		return 27;
	case -ENOMEM:
		return 47;
	default:
		return 41;
	}
}
