/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gateway/ops/control.h: the control socket: a UNIX stream socket, mode 0660. A request is one line of JSON, {"do":
 * "status", ...}; the answer is one line, {"ok":true, ...} or {"ok":false,"error":"...","hint":"..."}.
 * An open file may be given with a request (SCM_RIGHTS): one, by a client that sends nothing else before the answer.
 * Loop thread only. A client that sends garbage, too long a line (64 KiB) or reads nothing is dropped.
 */
#ifndef GATEWAY_OPS_CONTROL_H
#define GATEWAY_OPS_CONTROL_H

#include <json-c/json.h>

#include "gateway/loop.h"

struct control;
struct control_request;		/* one request that waits for its answer */

/* Answers now with control_answer() or control_fail(), or later: the request stays valid until answered,
 * also when its client has gone. Exactly one answer for each. */
typedef void control_fn(void *arg, struct control_request *req, struct json_object *args);
struct control_command {
	const char *name;
	control_fn *fn;
};

/* COMMANDS ends with a NULL name and outlives the control. A stale socket file is replaced; one that a
 * living daemon serves is -EADDRINUSE. */
int control_open(struct control **out, struct loop *loop, const char *path,
		 const struct control_command *commands, void *arg);
/* Clients that wait are told that the daemon ends, as if they had gone: their requests are still to be answered. */
void control_close(struct control *c);	/* NULL is fine */

void control_answer(struct control_request *req, struct json_object *body);	/* takes BODY; NULL for none */
void control_fail(struct control_request *req, const char *hint, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* The descriptor that came with the request, for the caller to close; -1: none, or taken already. */
int control_take_fd(struct control_request *req);
/* Called when the client goes away before the answer. */
void control_on_gone(struct control_request *req, void (*fn)(void *arg), void *arg);

#endif
