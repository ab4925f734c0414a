/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzes the lines of the control socket: what a client sends, cut into pieces as the input's first octet says, through
 * collecting, parsing, looking up and answering. An answer must be one line of JSON that parses again.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/ops/control_line.h"
#include "tests/fuzz/fuzz.h"

static const struct control_command commands[] = {
	{ "status", NULL }, { "call", NULL }, { "ladder", NULL }, { NULL, NULL },
};

static void check_line(char *line, size_t len)
{
	struct json_tokener *tok = json_tokener_new();
	struct json_object *o;

	if (!line || len < 2 || line[len - 1] != '\n' || memchr(line, '\n', len - 1))
		abort();
	o = json_tokener_parse_ex(tok, line, (int)len - 1);
	if (!json_object_is_type(o, json_type_object) || !json_object_object_get_ex(o, "ok", NULL))
		abort();
	json_object_put(o);
	json_tokener_free(tok);
	free(line);
}

static void answer(const char *line, size_t len)
{
	const char *error = NULL, *name;
	struct json_object *args = control_parse(line, len, &error);
	char known[64];
	size_t n = 0;
	char *out;

	if (!args) {
		if (!error)
			abort();
		out = control_fail_line(error, "", &n);
	} else {
		name = json_object_get_string(json_object_object_get(args, "do"));
		control_known(commands, known, sizeof(known));
		if (control_find(commands, name))
			out = control_ok_line(args, &n);	/* what came goes back: any JSON in an answer */
		else
			out = control_fail_line(name, known, &n);
	}
	check_line(out, n);
	json_object_put(args);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct control_line in = { 0 };
	size_t piece = size ? data[0] + 1u : 1, at = size ? 1 : 0;

	while (at < size) {
		size_t room, n = size - at < piece ? size - at : piece;
		char *to = control_line_room(&in, &room);
		long len;

		if (!to)
			break;		/* too long: the client would be dropped */
		if (n > room)
			n = room;
		memcpy(to, data + at, n);
		control_line_put(&in, n);
		at += n;
		while ((len = control_line_next(&in)) >= 0) {
			answer(in.buf, (size_t)len);
			control_line_drop(&in, (size_t)len);
		}
		if (in.len > CONTROL_LINE_MAX)
			abort();
	}
	control_line_free(&in);
	return 0;
}
