/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files that are written by themselves: of a call that a fault ended, of a span that goes out of service. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "gateway/call.h"
#include "gateway/cause.h"
#include "gateway/log.h"
#include "gateway/trace_private.h"

#define SETTLE_US 1000000	/* after a call's end: its last messages are still to come */
#define FILES_A_MINUTE 10
#define SPAN_AGAIN_US 600000000	/* one that goes and comes all the time: so seldom, or its files are soon all there are */

static void later(struct trace *t, uint64_t call, int span)
{
	int64_t minute = loop_now_us() / 60000000;

	if (minute != t->minute) {
		t->minute = minute;
		t->in_minute = 0;
	}
	if (!t->memory || t->n_later == TRACE_LATER_MAX || t->in_minute >= FILES_A_MINUTE) {
		t->left_out++;
		return;
	}
	t->in_minute++;
	t->later[t->n_later++] = (struct trace_later){ loop_now_us() + SETTLE_US, call, span };
}

/* A fault ended it: no route onwards, out of order, a timer, a protocol error; not what people decide, nor that all lines of
 * ours were busy. */
static bool failed(const struct call *c)
{
	bool full = !strcmp(c->rec.side, "gateway") && (c->rec.cause == 34 || c->rec.cause == 42);

	return (cause_reroutes(c->rec.cause) || c->rec.cause >= 95) && !full;
}

void trace_call_over(struct trace *t, const struct call *c)
{
	struct trace_call *tc = t ? trace_find_call(t, c->id) : NULL;

	if (!tc)
		return;
	tc->to_us = trace_wall_us();
	if (trace_conf(t)->failed_calls && failed(c) && !t->gw->stopping)
		later(t, c->id, 0);
}

static void span_failed(struct trace *t, int span)
{
	int64_t now = loop_now_us();

	if (t->kept_at[span] && now < t->kept_at[span] + SPAN_AGAIN_US) {
		t->left_out++;
		return;
	}
	t->kept_at[span] = now;
	later(t, 0, span);
}

void trace_span(struct trace *t, int span, bool in_service)
{
	if (!t || span < 0 || span >= TRACE_SPAN_MAX)
		return;
	if (t->in_service[span] && !in_service && trace_conf(t)->alarms && !t->gw->stopping)
		span_failed(t, span);
	t->in_service[span] = in_service;
}

void trace_span_left(struct trace *t, int span)
{
	if (t && span >= 0 && span < TRACE_SPAN_MAX)
		t->in_service[span] = false;
}

static void on_kept(void *arg, const char *path, int err)
{
	struct trace *t = arg;

	if (err) {
		log_line(LOG_L_WARNING, "trace: %s: %s", path, strerror(-err));
		return;
	}
	t->written++;
	log_line(LOG_L_NOTICE, "trace kept in %s", path);
}

static void keep(struct trace *t, const struct trace_later *l)
{
	char stamp[32], name[400];
	time_t now = time(NULL);
	struct tm tm;
	struct trace_pick want = { .call = trace_find_call(t, l->call), .span = l->span, .mask = trace_conf(t)->mask,
				   .about = trace_dialect, .about_arg = t };
	struct pcapng file;
	int n;

	if (l->call && !want.call)
		return;
	strftime(stamp, sizeof(stamp), "%Y%m%dT%H%M%S", gmtime_r(&now, &tm));
	n = snprintf(name, sizeof(name), "%s/kept-%sZ-", t->folder, stamp);
	if (l->call)
		snprintf(name + n, sizeof(name) - (size_t)n, "call%llu.pcapng", (unsigned long long)l->call);
	else
		snprintf(name + n, sizeof(name) - (size_t)n, "span%d.pcapng", l->span);
	trace_pick(t->memory, &want, &file);
	if (file.data)
		files_put(t->gw->files, &(struct files_job){ .path = name, .data = file.data, .len = file.n, .prune = "kept-",
							 .keep = trace_conf(t)->keep, .fn = on_kept, .arg = t });
}

int64_t trace_kept_turn(struct trace *t, int64_t now_us, int64_t next)
{
	while (t->n_later && now_us >= t->later[0].at_us) {
		struct trace_later l = t->later[0];

		memmove(t->later, t->later + 1, --t->n_later * sizeof(t->later[0]));
		trace_collect(t);
		keep(t, &l);
	}
	if (t->n_later && (next < 0 || t->later[0].at_us < next))
		next = t->later[0].at_us;
	return next;
}
