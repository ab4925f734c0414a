/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gateway/trace_private.h: between trace.c (what passes, what is asked for), trace_run.c (the running trace), trace_kept.c (files
 * that are written by themselves) and trace_pick.c (which packets of the memory belong to a call or a span).
 */
#ifndef GATEWAY_TRACE_PRIVATE_H
#define GATEWAY_TRACE_PRIVATE_H

#include "gateway/gateway.h"
#include "gateway/ops/capture.h"
#include "gateway/trace.h"

#define TRACE_IDS 6		/* SIP Call-IDs of one call: each destination tried has its own */
#define TRACE_SPANS 4
#define TRACE_CALLS 256		/* whose legs are remembered */
#define TRACE_LATER_MAX 16	/* files that wait */
#define TRACE_SPAN_MAX 256

struct trace_call {
	uint64_t call;		/* 0: free */
	int64_t from_us, to_us;	/* wall clock; to_us 0 while it lasts */
	int span[TRACE_SPANS];
	char id[TRACE_IDS][128];
};

struct trace_later {		/* a file that waits for a call's last messages */
	int64_t at_us;		/* monotonic */
	uint64_t call;
	int span;
};

struct trace_running {
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
	struct trace_later later[TRACE_LATER_MAX];
	unsigned n_later;
	int64_t minute;		/* of the files counted next */
	unsigned in_minute;
	uint64_t written, left_out, lost;
	bool in_service[TRACE_SPAN_MAX];
	int64_t kept_at[TRACE_SPAN_MAX];	/* when its last failure was; 0: never */
	int64_t collected_us;
	struct trace_running run;
};

struct trace_pick {		/* what is wanted; zeroed: everything */
	const struct trace_call *call;
	int span;
	bool mask;
	pcapng_about_fn *about;	/* of a D channel, and its argument */
	void *about_arg;
};

/* A file of what is wanted; its data is NULL when there was nothing. */
void trace_pick(const struct capture *c, const struct trace_pick *want, struct pcapng *out);
/* Adds one packet, masked where it is asked for. */
void trace_put(struct pcapng *out, const struct capture_packet *p, const uint8_t *octets, bool mask);

/* trace.c */
int64_t trace_wall_us(void);
const struct conf_trace *trace_conf(const struct trace *t);
const char *trace_dialect(void *trace, int span);	/* a pcapng_about_fn */
void trace_collect(struct trace *t);	/* the SIP messages and RTP headers that have passed */
void trace_want_heads(struct trace *t);	/* RTP headers are collected, or no longer */
struct trace_call *trace_find_call(struct trace *t, uint64_t call);
/* PATH, or what it is below the folder; false: none, or too long. */
bool trace_full_path(const struct trace *t, const char *path, char *out, size_t size);

/* trace_run.c */
void trace_run_end(struct trace *t, int err);
void trace_run_turn(struct trace *t, int64_t now_us);

/* trace_kept.c. NEXT, and what is returned: when the next turn is due, -1 for never. */
int64_t trace_kept_turn(struct trace *t, int64_t now_us, int64_t next);

#endif
