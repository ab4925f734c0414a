/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gateway/trace.h: D channels, SIP and RTP headers on one time line, for Wireshark. The last packets are always in memory
 * (gateway/ops/capture.h) and can be written to a file: those of a call, of a span, or all. A call that a fault ended and a span
 * that goes out of service are written by themselves. A running trace writes everything until it is stopped. Loop thread only.
 */
#ifndef GATEWAY_TRACE_H
#define GATEWAY_TRACE_H

#include <json-c/json.h>

#include "gateway/files.h"
#include "gateway/sip/dump.h"

struct call;
struct gateway;
struct trace;

#define TRACE_FILE_MAX ((uint64_t)256 << 20)	/* octets of a running trace; then it stops by itself */

/* FOLDER: where files go that have a relative name or are written by themselves. */
int trace_open(struct trace **out, struct gateway *gw, const char *folder);
void trace_close(struct trace *t);		/* waits for files being written. NULL is fine */
void trace_reload(struct trace *t);		/* the configuration has changed */

/* --- What passes ------------------------------------------------------------------------------- */

void trace_frame(struct trace *t, int span, bool out, const uint8_t *frame, size_t len);
void trace_message(struct trace *t, const struct dump_message *m, const struct sockaddr_storage *local);
void trace_span(struct trace *t, int span, bool in_service);
void trace_span_left(struct trace *t, int span);	/* its trunk is closed: no failure */
/* The call has a leg on SPAN (0: none) or with this SIP Call-ID ("": none). */
void trace_call_leg(struct trace *t, const struct call *c, int span, const char *call_id);
void trace_call_over(struct trace *t, const struct call *c);

/* --- What people ask for ------------------------------------------------------------------------- */

/* Of the memory: the call CALL, else the span SPAN, else (both 0) everything. FN is told as files_put() does. Errors, with
 * FN not called: -ENOENT (no such call in memory), -ENODATA (nothing of it is left), -EINVAL (no name). */
int trace_write(struct trace *t, uint64_t call, int span, const char *path, files_fn *fn, void *arg);
/* SPAN 0: all D channels. FN is told once the beginning of the file is written, or why it could not be: then none runs.
 * Errors, with FN not called: -EBUSY (one runs already), -EINVAL (no name), -ENOMEM. */
int trace_start(struct trace *t, const char *path, int span, files_fn *fn, void *arg);
int trace_stop(struct trace *t, files_fn *fn, void *arg);	/* -ENOENT: none runs */
struct json_object *trace_json(struct trace *t);

#endif
