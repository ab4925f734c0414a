/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines of the control socket: newline-delimited JSON (RFC 8259 texts), one request and one answer a line.
 * json-c is told to be strict: UTF-8 is checked, nothing may follow the object, nesting is bounded.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/ops/control_line.h"
#include "gateway/ops/text.h"

#define READ_STEP 1024

char *control_line_room(struct control_line *l, size_t *room)
{
	if (l->room - l->len < READ_STEP) {
		size_t want = l->room ? l->room * 2 : READ_STEP;
		char *buf;

		if (want > CONTROL_LINE_MAX)
			want = CONTROL_LINE_MAX;
		if (want > l->room) {
			buf = realloc(l->buf, want);
			if (!buf)
				return NULL;
			l->buf = buf;
			l->room = want;
		}
	}
	*room = l->room - l->len;
	return *room ? l->buf + l->len : NULL;
}

void control_line_put(struct control_line *l, size_t n)
{
	l->len += n;
}

long control_line_next(struct control_line *l)
{
	char *end = l->len > l->seen ? memchr(l->buf + l->seen, '\n', l->len - l->seen) : NULL;

	if (!end) {
		l->seen = l->len;
		return -1;
	}
	l->seen = (size_t)(end - l->buf);
	return (long)l->seen;
}

void control_line_drop(struct control_line *l, size_t n)
{
	l->len -= n + 1;
	memmove(l->buf, l->buf + n + 1, l->len);
	l->seen = 0;
	if (l->len == 0)	/* an idle client keeps no buffer */
		control_line_free(l);
}

void control_line_free(struct control_line *l)
{
	free(l->buf);
	*l = (struct control_line){ 0 };
}

struct json_object *control_parse(const char *line, size_t len, const char **error)
{
	struct json_tokener *tok = json_tokener_new_ex(CONTROL_DEPTH_MAX);
	struct json_object *o, *name;
	enum json_tokener_error err;

	*error = "out of memory";
	if (!tok)
		return NULL;
	json_tokener_set_flags(tok, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	o = json_tokener_parse_ex(tok, line, (int)len);
	err = json_tokener_get_error(tok);
	if (err == json_tokener_success && json_tokener_get_parse_end(tok) < len &&
	    line[json_tokener_get_parse_end(tok)] == 0)
		err = json_tokener_error_parse_unexpected;	/* it stops at a zero octet */
	json_tokener_free(tok);
	*error = NULL;
	if (err != json_tokener_success)
		*error = err == json_tokener_continue ? "the line ends inside its JSON" : json_tokener_error_desc(err);
	else if (!json_object_is_type(o, json_type_object))
		*error = "a request is a JSON object";
	else if (!json_object_object_get_ex(o, "do", &name) || !json_object_is_type(name, json_type_string))
		*error = "a request names its command: {\"do\":\"status\"}";
	if (!*error)
		return o;
	json_object_put(o);
	return NULL;
}

const struct control_command *control_find(const struct control_command *commands, const char *name)
{
	while (commands->name && strcmp(commands->name, name) != 0)
		commands++;
	return commands->name ? commands : NULL;
}

#define AS_LINE (JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE)

char *control_ok_line(struct json_object *body, size_t *len)
{
	static const char ok[] = "{\"ok\":true";
	size_t n = 2;
	const char *text = body ? json_object_to_json_string_length(body, AS_LINE, &n) : "{}";
	size_t at = sizeof(ok) - 1;
	char *line = text ? malloc(at + n + 2) : NULL;

	if (!line)
		return NULL;
	memcpy(line, ok, at);
	if (n > 2)
		line[at++] = ',';
	memcpy(line + at, text + 1, n - 1);
	at += n - 1;
	line[at++] = '\n';
	*len = at;
	return line;
}

char *control_fail_line(const char *error, const char *hint, size_t *len)
{
	struct json_object *o = json_object_new_object();
	const char *text;
	char *line = NULL;
	char clean[512];

	json_object_object_add(o, "ok", json_object_new_boolean(false));
	text_clean(clean, sizeof(clean), error, strlen(error));
	json_object_object_add(o, "error", json_object_new_string(clean));
	if (hint && *hint) {
		text_clean(clean, sizeof(clean), hint, strlen(hint));
		json_object_object_add(o, "hint", json_object_new_string(clean));
	}
	text = json_object_to_json_string_length(o, AS_LINE, len);
	line = text ? malloc(*len + 2) : NULL;
	if (line) {
		memcpy(line, text, *len);
		line[(*len)++] = '\n';
	}
	json_object_put(o);
	return line;
}

void control_known(const struct control_command *commands, char *out, size_t size)
{
	size_t at = (size_t)snprintf(out, size, "known commands: ");

	for (; commands->name && at < size; commands++)
		at += (size_t)snprintf(out + at, size - at, "%s%s", commands->name,
				       commands[1].name ? ", " : "");
}
