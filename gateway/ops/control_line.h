/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gateway/ops/control_line.h: one line of the control socket: collected, parsed, looked up, answered. No
 * descriptor and no loop here, so that a fuzzer can drive it. Used by control_client.c only.
 */
#ifndef GATEWAY_OPS_CONTROL_LINE_H
#define GATEWAY_OPS_CONTROL_LINE_H

#include <stddef.h>

#include "gateway/ops/control.h"

#define CONTROL_LINE_MAX 65536	/* octets of a request with its newline */
#define CONTROL_DEPTH_MAX 16	/* nesting of a request's JSON */
#define CONTROL_NAME_MAX 64	/* octets of a command's name that an answer repeats */

struct control_line {
	char *buf;
	size_t len, room;	/* octets held and allocated */
	size_t seen;		/* octets of BUF known to hold no newline */
};
/* Room for at least one more octet: returns where to read to and how much fits; NULL when the line is too long
 * or memory is short. */
char *control_line_room(struct control_line *l, size_t *room);
void control_line_put(struct control_line *l, size_t n);	/* N octets were read there */
/* Length of the first whole line without its newline, or -1. It begins at l->buf. */
long control_line_next(struct control_line *l);
void control_line_drop(struct control_line *l, size_t n);	/* the line of N octets and its newline are done with */
void control_line_free(struct control_line *l);

/* A request: an object with the command's name at "do". Returns NULL and *ERROR when it is none; the
 * caller puts it. */
struct json_object *control_parse(const char *line, size_t len, const char **error);
const struct control_command *control_find(const struct control_command *commands, const char *name);

/* The line to send, newline included, for the caller to free; NULL when memory is short. */
char *control_ok_line(struct json_object *body, size_t *len);	/* BODY an object, or NULL for nothing to say */
char *control_fail_line(const char *error, const char *hint, size_t *len);	/* HINT "" or NULL for none */
/* Hint for an unknown command: "known commands: status, spans". */
void control_known(const struct control_command *commands, char *out, size_t size);

#endif
