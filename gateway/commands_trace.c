/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What passes as a command: written from memory, or traced from now on (trace.h). */
#include <errno.h>
#include <string.h>

#include "gateway/commands.h"
#include "gateway/trace.h"

static void refused(struct control_request *req, int err, const char *path)
{
	switch (err) {
	case -ENOENT:
		control_fail(req, "the last calls are in \"tipring records\"", "nothing is known of that call any more");
		break;
	case -ENODATA:
		control_fail(req, "trace: {memory: ...} in trunks.yaml says how much is kept", "nothing of it is in memory");
		break;
	case -EBUSY:
		control_fail(req, "\"tipring trace stop\" ends it", "a trace is running already");
		break;
	default:
		control_fail(req, "", "cannot trace to \"%.200s\": %s", path, strerror(-err));
	}
}

static void stop(struct gateway *gw, struct control_request *req)
{
	if (trace_stop(gw->trace, command_file_written, req))
		control_fail(req, "", "no trace is running");
}

void command_trace(void *arg, struct control_request *req, struct json_object *args)
{
	struct gateway *gw = arg;
	const char *act = command_str(args, "act", "status"), *path = command_str(args, "file", "");
	int64_t call = command_int(args, "call", 0), span = command_int(args, "span", 0);
	int err;

	if (!strcmp(act, "stop")) {
		stop(gw, req);
	} else if (!strcmp(act, "start")) {
		err = trace_start(gw->trace, path, (int)span);
		if (err)
			refused(req, err, path);
		else
			control_answer(req, trace_json(gw->trace));
	} else if (!strcmp(act, "write")) {
		err = trace_write(gw->trace, (uint64_t)call, (int)span, path, command_file_written, req);
		if (err)
			refused(req, err, path);
	} else if (!strcmp(act, "status")) {
		control_answer(req, trace_json(gw->trace));
	} else {
		control_fail(req, "start, stop, write, status", "a trace cannot \"%s\"", act);
	}
}
