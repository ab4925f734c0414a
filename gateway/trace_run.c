/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The running trace: a file that everything which passes is added to, until it is stopped, too long, or the disk is full. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/log.h"
#include "gateway/trace_private.h"

#define FLUSH_OCTETS 65536

void trace_run_end(struct trace *t, int err)
{
	struct trace_running *r = &t->run;
	char *path = r->path;
	files_fn *fn = r->fn;

	pcapng_end(&r->file);
	r->path = NULL;
	r->fn = NULL;
	trace_want_heads(t);
	files_forget(t->gw->files, path);
	if (fn)
		fn(r->arg, path, err);
	else if (err)
		log_line(LOG_L_ERROR, "trace to %s has ended: %s", path, strerror(-err));
	free(path);
}

static void no_one(void *arg, const char *path, int err)
{
	(void)arg;
	(void)path;
	(void)err;
}

static void on_part(void *arg, const char *path, int err)
{
	struct trace *t = arg;

	(void)path;
	if (err && t->run.path && !t->run.err)
		t->run.err = err;
}

static void on_first(void *arg, const char *path, int err)
{
	struct trace *t = arg;
	struct trace_running *r = &t->run;
	files_fn *fn = r->begin_fn;

	r->begin_fn = NULL;
	on_part(arg, path, err);
	fn(r->begin_arg, path, err);
	if (!err || r->fn)
		return;
	r->fn = no_one;		/* whoever began it has been told */
	trace_run_end(t, err);
}

static void on_last(void *arg, const char *path, int err)
{
	struct trace *t = arg;

	(void)path;
	if (!t->run.path)	/* it never began */
		return;
	trace_run_end(t, t->run.err ? t->run.err : err);
}

static void flush(struct trace *t, files_fn *fn)
{
	struct trace_running *r = &t->run;
	struct files_job job = { .path = r->path, .data = r->file.data, .len = r->file.n, .append = r->begun, .more = fn != on_last,
				 .fn = fn, .arg = t };

	r->octets += r->file.n;
	r->file.data = NULL;
	r->file.n = r->file.max = 0;
	r->begun = true;
	r->flushed_us = loop_now_us();
	files_put(t->gw->files, &job);
}

int trace_start(struct trace *t, const char *path, int span, files_fn *fn, void *arg)
{
	char full[600];

	if (t->run.path)
		return -EBUSY;
	if (!trace_full_path(t, path, full, sizeof(full)))
		return -EINVAL;
	t->run = (struct trace_running){ .path = strdup(full), .span = span, .begin_fn = fn, .begin_arg = arg };
	if (!t->run.path)
		return -ENOMEM;
	pcapng_begin(&t->run.file, "Tipring " TIPRING_VERSION);
	t->run.file.about = trace_dialect;
	t->run.file.about_arg = t;
	trace_want_heads(t);
	flush(t, on_first);
	return 0;
}

int trace_stop(struct trace *t, files_fn *fn, void *arg)
{
	if (!t->run.path || t->run.fn)
		return -ENOENT;
	trace_collect(t);
	t->run.fn = fn;
	t->run.arg = arg;
	flush(t, on_last);
	return 0;
}

void trace_run_turn(struct trace *t, int64_t now_us)
{
	struct trace_running *r = &t->run;

	if (r->path && !r->fn && (r->file.n > FLUSH_OCTETS || (r->file.n && now_us >= r->flushed_us + 1000000)))
		flush(t, on_part);
	if (r->path && !r->fn && !r->begin_fn && (r->err || r->file.failed || r->octets > TRACE_FILE_MAX))
		trace_run_end(t, r->err ? r->err : r->file.failed ? -ENOMEM : -EFBIG);
}
