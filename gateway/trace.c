/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What passes, the calls that it belongs to, and what people ask for of it; see trace.h. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gateway/call.h"
#include "gateway/log.h"
#include "gateway/media/heads.h"
#include "gateway/put.h"
#include "gateway/trace_private.h"

#define COLLECT_US 100000	/* between looks at SIP messages and RTP headers that have passed */
#define WAITING_MAX (8 << 20)	/* octets that the disk has not taken: what comes more is lost, and counted */

int64_t trace_wall_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

const struct conf_trace *trace_conf(const struct trace *t)
{
	return &t->gw->site->conf->trace;
}

/* An operation's number means one thing in EuroISDN and another in QSIG: who decodes a file must know the dialect. */
const char *trace_dialect(void *arg, int span)
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
	if (t->memory && (p->kind != CAPTURE_RTP || trace_conf(t)->rtp))
		capture_put(t->memory, p, octets);
	if (!t->run.path || (p->kind == CAPTURE_LAPD && t->run.span && t->run.span != p->span))
		return;
	if (t->run.file.n + files_waiting(t->gw->files) > WAITING_MAX) {
		t->lost++;
		return;
	}
	trace_put(&t->run.file, p, octets, trace_conf(t)->mask);
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

void trace_collect(struct trace *t)
{
	int64_t wall = trace_wall_us(), mono = loop_now_us();

	t->collected_us = mono;
	if (t->gw->ua)
		sip_ua_messages(t->gw->ua, wall);
	collect_heads(t, wall - mono);
}

void trace_frame(struct trace *t, int span, bool out, const uint8_t *frame, size_t len)
{
	struct capture_packet p = { .wall_us = trace_wall_us(), .kind = CAPTURE_LAPD, .out = out, .span = (uint16_t)span };

	if (!t)
		return;
	p.len = p.whole = (uint16_t)(len < UINT16_MAX ? len : UINT16_MAX);
	if (t->run.path)	/* what passed before it stands before it in the file */
		trace_collect(t);
	passed(t, &p, frame);
}

void trace_want_heads(struct trace *t)
{
	bool on = t->run.path || (t->memory && trace_conf(t)->rtp);

	if (media_heads(t->gw->media, on))
		log_line(LOG_L_WARNING, "trace: no memory for headers of RTP packets");
}

/* --- The calls ----------------------------------------------------------------------------------- */

struct trace_call *trace_find_call(struct trace *t, uint64_t call)
{
	for (unsigned i = 0; call && i < TRACE_CALLS; i++)
		if (t->calls[i].call == call)
			return &t->calls[i];
	return NULL;
}

void trace_call_leg(struct trace *t, const struct call *c, int span, const char *call_id)
{
	struct trace_call *tc = t ? trace_find_call(t, c->id) : NULL;

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

/* --- Once a turn ------------------------------------------------------------------------------------- */

static int64_t turn(void *arg, int64_t now_us)
{
	struct trace *t = arg;
	bool heads = t->run.path || (t->memory && trace_conf(t)->rtp && t->gw->n_calls);
	int64_t next = heads ? t->collected_us + COLLECT_US : -1;

	if (now_us >= t->collected_us + COLLECT_US) {
		trace_collect(t);
		next = heads ? now_us + COLLECT_US : -1;
	}
	trace_run_turn(t, now_us);
	return trace_kept_turn(t, now_us, next);
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
	trace_want_heads(t);
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
		trace_run_end(t, 0);
	capture_close(t->memory);
	free(t);
}

void trace_reload(struct trace *t)
{
	trace_want_heads(t);
}

/* --- What people ask for ---------------------------------------------------------------------------- */

/* PATH, or what it is below the folder; false: none, or too long. */
bool trace_full_path(const struct trace *t, const char *path, char *out, size_t size)
{
	bool whole = *path == '/';

	return *path && snprintf(out, size, "%s%s%s", whole ? "" : t->folder, whole ? "" : "/", path) < (int)size;
}

int trace_write(struct trace *t, uint64_t call, int span, const char *path, files_fn *fn, void *arg)
{
	struct trace_pick want = { .call = trace_find_call(t, call), .span = span, .mask = trace_conf(t)->mask,
				   .about = trace_dialect, .about_arg = t };
	struct pcapng file;
	char full[600];

	if (!trace_full_path(t, path, full, sizeof(full)))
		return -EINVAL;
	if (call && !want.call)
		return -ENOENT;
	if (!t->memory)
		return -ENODATA;
	trace_collect(t);
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
		trace_collect(t);
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
