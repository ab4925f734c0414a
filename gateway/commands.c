/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of commands and the small helpers that they share; see commands.h. */
#include "gateway/commands.h"

#include <stddef.h>

const struct control_command gateway_commands[] = {
	{ "status", command_status }, { "trunks", command_trunks },   { "spans", command_spans },
	{ "lines", command_lines },   { "calls", command_calls },     { "call", command_call },
	{ "clear", command_clear }, { "mcid", command_mcid },   { "drain", command_drain },     { "ladder", command_ladder },
	{ "fault", command_fault },   { "explain", command_explain }, { "reload", command_reload },
	{ "phone", command_phone },     { "line", command_line },     { "timers", command_timers },
	{ "trace", command_trace },
	{ "out", command_out },	      { "in", command_in },	    { "restart", command_restart },
	{ "changeover", command_changeover },
	{ "records", command_records }, { "log", command_log },	      { NULL, NULL },
};

const char *command_str(struct json_object *args, const char *key, const char *def)
{
	struct json_object *v;

	if (!json_object_object_get_ex(args, key, &v) || !v)
		return def;
	return json_object_get_string(v);
}

int64_t command_int(struct json_object *args, const char *key, int64_t def)
{
	struct json_object *v;

	return json_object_object_get_ex(args, key, &v) ? json_object_get_int64(v) : def;
}
