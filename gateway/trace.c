/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gateway/trace.c: see trace.h. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gateway/call.h"
#include "gateway/cause.h"
#include "gateway/log.h"
#include "gateway/media/heads.h"
#include "gateway/put.h"
#include "gateway/trace_private.h"

#define SETTLE_US 1000000	/* after a call's end: its last messages are still to come */
#define LATER_MAX 16		/* files that wait for that */
#define FILES_A_MINUTE 10	/* written by themselves */
#define SPAN_AGAIN_US 600000000	/* one that goes and comes all the time: so seldom, or its files are soon all there are */
#define COLLECT_US 100000	/* between looks at SIP messages and RTP headers that have passed */
#define FLUSH_OCTETS 65536
#define WAITING_MAX (8 << 20)	/* octets that the disk has not taken: what comes more is lost, and counted */
#define SPAN_MAX 256

struct later {
	int64_t at_us;		/* monotonic */
	uint64_t call;
	int span;
};

struct running {
	char *path;		/* NULL: none runs */
	struct pcapng file;
	int span, err;
	uint64_t octets;
	bool begun;		/* the file is there: what comes is added to it */
	int64_t flushed_us;
	files_fn *fn, *begin_fn;	/* who waits for its end, for its beginning */
	void *arg, *begin_arg;
};

struct trace {
	struct gateway *gw;
	char folder[300];
	struct capture *memory;	/* NULL: none is kept */
	struct trace_call calls[TRACE_CALLS];
	unsigned next_call;
	struct later later[LATER_MAX];
	unsigned n_later;
	int64_t minute;		/* of the files counted next */
	unsigned in_minute;
	uint64_t written, left_out, lost;
	bool in_service[SPAN_MAX];
	int64_t kept_at[SPAN_MAX];	/* when its last failure was; 0: never */
	int64_t collected_us;
	struct running run;
};

static int64_t wall_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

static const struct conf_trace *conf_of(const struct trace *t)
{
	return &t->gw->site->conf->trace;
}

/* An operation's number means one thing in EuroISDN and another in QSIG: who decodes a file must know the dialect. */
static const char *dialect_of(void *arg, int span)
{
	const struct trace *t = arg;
	const struct conf *c = t->gw->site->conf;

	for (int i = 0; i < c->n_trunks; i++)
		for (int s = 0; c->trunks[i].kind == CONF_TRUNK_ISDN && s < c->trunks[i].isdn.n_spans; s++)
			if (c->trunks[i].isdn.spans[s] == span)
				return conf_dialect_name(c->trunks[i].isdn.dialect);
	return NULL;
}

/* --- What passes ------------------------------------------------------------------------------- */

static void passed(struct trace *t, const struct capture_packet *p, const uint8_t *octets)
{
	if (t->memory && (p->kind != CAPTURE_RTP || conf_of(t)->rtp))
		capture_put(t->memory, p, octets);
	if (!t->run.path || (p->kind == CAPTURE_LAPD && t->run.span && t->run.span != p->span))
		return;
	if (t->run.file.n + files_waiting(t->gw->files) > WAITING_MAX) {
		t->lost++;
		return;
	}
	trace_put(&t->run.file, p, octets, conf_of(t)->mask);
}

static void copy_address(union pcapng_addr *to, const struct sockaddr_storage *from)
{
	memcpy(to, from, from->ss_family == AF_INET6 ? sizeof(to->in6) : sizeof(to->in));
}

void trace_message(struct trace *t, const struct dump_message *m, const struct sockaddr_storage *local)
{
	struct capture_packet p = { .wall_us = m->wall_us, .kind = CAPTURE_SIP, .out = m->out };

	p.len = (uint16_t)(m->len < 65000 ? m->len : 65000);	/* with headers, a datagram's most */
	p.whole = (uint16_t)(m->len + m->missing < 65000 ? m->len + m->missing : 65000);
	copy_address(&p.remote, &m->remote);
	copy_address(&p.local, local);
	passed(t, &p, (const uint8_t *)m->text);
}

static void collect_heads(struct trace *t, int64_t wall_minus_mono)
{
	struct media_head h;

	while (media_next_head(t->gw->media, &h)) {
		struct capture_packet p = { .wall_us = h.us + wall_minus_mono, .kind = CAPTURE_RTP, .out = h.out,
					    .len = h.n, .whole = h.whole };

		memcpy(&p.local, &h.local, sizeof(p.local));
		memcpy(&p.remote, &h.remote, sizeof(p.remote));
		if (p.local.sa.sa_family == p.remote.sa.sa_family)
			passed(t, &p, h.octets);
	}
}

static void collect(struct trace *t)
{
	int64_t wall = wall_us(), mono = loop_now_us();

	t->collected_us = mono;
	if (t->gw->ua)
		sip_ua_messages(t->gw->ua, wall);
	collect_heads(t, wall - mono);
}

void trace_frame(struct trace *t, int span, bool out, const uint8_t *frame, size_t len)
{
	struct capture_packet p = { .wall_us = wall_us(), .kind = CAPTURE_LAPD, .out = out, .span = (uint16_t)span };

	if (!t)
		return;
	p.len = p.whole = (uint16_t)(len < UINT16_MAX ? len : UINT16_MAX);
	if (t->run.path)	/* what passed before it stands before it in the file */
		collect(t);
	passed(t, &p, frame);
}

static void want_heads(struct trace *t)
{
	bool on = t->run.path || (t->memory && conf_of(t)->rtp);

	if (media_heads(t->gw->media, on))
		log_line(LOG_L_WARNING, "trace: no memory for headers of RTP packets");
}

/* --- The calls ----------------------------------------------------------------------------------- */

static struct trace_call *find_call(struct trace *t, uint64_t call)
{
	for (unsigned i = 0; call && i < TRACE_CALLS; i++)
		if (t->calls[i].call == call)
			return &t->calls[i];
	return NULL;
}

void trace_call_leg(struct trace *t, const struct call *c, int span, const char *call_id)
{
	struct trace_call *tc = t ? find_call(t, c->id) : NULL;

	if (!t)
		return;
	if (!tc) {
		tc = &t->calls[t->next_call++ % TRACE_CALLS];
		*tc = (struct trace_call){ .call = c->id, .from_us = c->rec.start_ms * 1000 };
	}
	for (unsigned i = 0; span && i < TRACE_SPANS && tc->span[i] != span; i++)
		if (!tc->span[i])
			tc->span[i] = span;
	for (unsigned i = 0; *call_id && i < TRACE_IDS && strcmp(tc->id[i], call_id); i++)
		if (!tc->id[i][0])
			snprintf(tc->id[i], sizeof(tc->id[i]), "%s", call_id);
}

/* --- Files that are written by themselves --------------------------------------------------------- */

static void later(struct trace *t, uint64_t call, int span)
{
	int64_t minute = loop_now_us() / 60000000;

	if (minute != t->minute) {
		t->minute = minute;
		t->in_minute = 0;
	}
	if (!t->memory || t->n_later == LATER_MAX || t->in_minute >= FILES_A_MINUTE) {
		t->left_out++;
		return;
	}
	t->in_minute++;
	t->later[t->n_later++] = (struct later){ loop_now_us() + SETTLE_US, call, span };
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
	struct trace_call *tc = t ? find_call(t, c->id) : NULL;

	if (!tc)
		return;
	tc->to_us = wall_us();
	if (conf_of(t)->failed_calls && failed(c) && !t->gw->stopping)
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
	if (!t || span < 0 || span >= SPAN_MAX)
		return;
	if (t->in_service[span] && !in_service && conf_of(t)->alarms && !t->gw->stopping)
		span_failed(t, span);
	t->in_service[span] = in_service;
}

void trace_span_left(struct trace *t, int span)
{
	if (t && span >= 0 && span < SPAN_MAX)
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

static void keep(struct trace *t, const struct later *l)
{
	char stamp[32], name[400];
	time_t now = time(NULL);
	struct tm tm;
	struct trace_pick want = { .call = find_call(t, l->call), .span = l->span, .mask = conf_of(t)->mask,
				   .about = dialect_of, .about_arg = t };
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
							 .keep = conf_of(t)->keep, .fn = on_kept, .arg = t });
}

/* --- The running trace ------------------------------------------------------------------------------ */

static void run_end(struct trace *t, int err)
{
	struct running *r = &t->run;
	char *path = r->path;
	files_fn *fn = r->fn;

	pcapng_end(&r->file);
	r->path = NULL;
	r->fn = NULL;
	want_heads(t);
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
	struct running *r = &t->run;
	files_fn *fn = r->begin_fn;

	r->begin_fn = NULL;
	on_part(arg, path, err);
	fn(r->begin_arg, path, err);
	if (!err || r->fn)
		return;
	r->fn = no_one;		/* whoever began it has been told */
	run_end(t, err);
}

static void on_last(void *arg, const char *path, int err)
{
	struct trace *t = arg;

	(void)path;
	if (!t->run.path)	/* it never began */
		return;
	run_end(t, t->run.err ? t->run.err : err);
}

static void flush(struct trace *t, files_fn *fn)
{
	struct running *r = &t->run;
	struct files_job job = { .path = r->path, .data = r->file.data, .len = r->file.n, .append = r->begun, .more = fn != on_last,
				 .fn = fn, .arg = t };

	r->octets += r->file.n;
	r->file.data = NULL;
	r->file.n = r->file.max = 0;
	r->begun = true;
	r->flushed_us = loop_now_us();
	files_put(t->gw->files, &job);
}

/* PATH, or what it is below the folder; false: none, or too long. */
static bool full_path(const struct trace *t, const char *path, char *out, size_t size)
{
	bool whole = *path == '/';

	return *path && snprintf(out, size, "%s%s%s", whole ? "" : t->folder, whole ? "" : "/", path) < (int)size;
}

int trace_start(struct trace *t, const char *path, int span, files_fn *fn, void *arg)
{
	char full[600];

	if (t->run.path)
		return -EBUSY;
	if (!full_path(t, path, full, sizeof(full)))
		return -EINVAL;
	t->run = (struct running){ .path = strdup(full), .span = span, .begin_fn = fn, .begin_arg = arg };
	if (!t->run.path)
		return -ENOMEM;
	pcapng_begin(&t->run.file, "Tipring " TIPRING_VERSION);
	t->run.file.about = dialect_of;
	t->run.file.about_arg = t;
	want_heads(t);
	flush(t, on_first);
	return 0;
}

int trace_stop(struct trace *t, files_fn *fn, void *arg)
{
	if (!t->run.path || t->run.fn)
		return -ENOENT;
	collect(t);
	t->run.fn = fn;
	t->run.arg = arg;
	flush(t, on_last);
	return 0;
}

/* --- Once a turn ------------------------------------------------------------------------------------- */

static int64_t turn(void *arg, int64_t now_us)
{
	struct trace *t = arg;
	struct running *r = &t->run;
	bool heads = r->path || (t->memory && conf_of(t)->rtp && t->gw->n_calls);
	int64_t next = heads ? t->collected_us + COLLECT_US : -1;

	if (now_us >= t->collected_us + COLLECT_US) {
		collect(t);
		next = heads ? now_us + COLLECT_US : -1;
	}
	if (r->path && !r->fn && (r->file.n > FLUSH_OCTETS || (r->file.n && now_us >= r->flushed_us + 1000000)))
		flush(t, on_part);
	if (r->path && !r->fn && !r->begin_fn && (r->err || r->file.failed || r->octets > TRACE_FILE_MAX))
		run_end(t, r->err ? r->err : r->file.failed ? -ENOMEM : -EFBIG);
	while (t->n_later && now_us >= t->later[0].at_us) {
		struct later l = t->later[0];

		memmove(t->later, t->later + 1, --t->n_later * sizeof(t->later[0]));
		collect(t);
		keep(t, &l);
	}
	if (t->n_later && (next < 0 || t->later[0].at_us < next))
		next = t->later[0].at_us;
	return next;
}

/* --- Open and close ------------------------------------------------------------------------------------ */

int trace_open(struct trace **out, struct gateway *gw, const char *folder)
{
	struct trace *t = calloc(1, sizeof(*t));
	unsigned kb = gw->site->conf->trace.memory_kb;
	int err = t ? 0 : -ENOMEM;

	if (err)
		return err;
	t->gw = gw;
	snprintf(t->folder, sizeof(t->folder), "%s", folder);
	err = kb ? capture_open(&t->memory, (size_t)(kb < 64 ? 64 : kb) * 1024) : 0;
	if (!err)
		err = loop_add_turn(gw->loop, turn, t);
	if (err) {
		trace_close(t);
		return err;
	}
	want_heads(t);
	*out = t;
	return 0;
}

void trace_close(struct trace *t)
{
	if (!t)
		return;
	loop_del_turn(t->gw->loop, turn, t);
	if (t->run.path && !t->run.fn)
		trace_stop(t, NULL, NULL);
	files_flush(t->gw->files);
	if (t->run.path)
		run_end(t, 0);
	capture_close(t->memory);
	free(t);
}

void trace_reload(struct trace *t)
{
	want_heads(t);
}

/* --- What people ask for ---------------------------------------------------------------------------- */

int trace_write(struct trace *t, uint64_t call, int span, const char *path, files_fn *fn, void *arg)
{
	struct trace_pick want = { .call = find_call(t, call), .span = span, .mask = conf_of(t)->mask,
				   .about = dialect_of, .about_arg = t };
	struct pcapng file;
	char full[600];

	if (!full_path(t, path, full, sizeof(full)))
		return -EINVAL;
	if (call && !want.call)
		return -ENOENT;
	if (!t->memory)
		return -ENODATA;
	collect(t);
	trace_pick(t->memory, &want, &file);
	if (!file.data)
		return -ENODATA;
	files_put(t->gw->files, &(struct files_job){ .path = full, .data = file.data, .len = file.n, .fn = fn, .arg = arg });
	return 0;
}

struct json_object *trace_json(struct trace *t)
{
	struct json_object *o = json_object_new_object();
	struct capture_status s = { 0 };

	if (t->memory) {
		collect(t);
		capture_status(t->memory, &s);
	}
	put_int(o, "memory", (int64_t)s.octets);
	put_int(o, "used", (int64_t)s.used);
	put_int(o, "packets", s.packets);
	put_int(o, "oldest_ms", s.oldest_us / 1000);
	put_int(o, "kept", (int64_t)t->written);
	put_int(o, "left_out", (int64_t)t->left_out);
	put_int(o, "lost", (int64_t)(t->lost + media_heads_lost(t->gw->media)));
	put_str(o, "folder", t->folder);
	if (t->run.path) {
		put_str(o, "running", t->run.path);
		put_int(o, "octets", (int64_t)(t->run.octets + t->run.file.n));
	}
	return o;
}
