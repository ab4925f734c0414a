/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What passes as a command: written from memory, or traced from now on (trace.h). */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/commands.h"
#include "gateway/trace.h"

struct trace_start_request {
	struct gateway *gw;
	struct control_request *req;
};

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

static void started(void *arg, const char *path, int err)
{
	struct trace_start_request *s = arg;

	if (err)
		control_fail(s->req, "", "cannot trace to \"%.200s\": %s", path, strerror(-err));
	else
		control_answer(s->req, trace_json(s->gw->trace));
	free(s);
}

static void start(struct gateway *gw, struct control_request *req, const char *path, int span)
{
	struct trace_start_request *s = malloc(sizeof(*s));
	int err = s ? command_given_file(gw, req, path) : -ENOMEM;

	if (!err) {
		*s = (struct trace_start_request){ gw, req };
		err = trace_start(gw->trace, path, span, started, s);
		if (err)
			files_forget(gw->files, path);
	}
	if (err) {
		refused(req, err, path);
		free(s);
	}
}

static void write_memory(struct gateway *gw, struct control_request *req, const char *path, uint64_t call, int span)
{
	int err = command_given_file(gw, req, path);

	if (!err) {
		err = trace_write(gw->trace, call, span, path, command_file_written, req);
		if (err)
			files_forget(gw->files, path);
	}
	if (err)
		refused(req, err, path);
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

	if (!strcmp(act, "stop")) {
		stop(gw, req);
	} else if (!strcmp(act, "start")) {
		start(gw, req, path, (int)span);
	} else if (!strcmp(act, "write")) {
		write_memory(gw, req, path, (uint64_t)call, (int)span);
	} else if (!strcmp(act, "status")) {
		control_answer(req, trace_json(gw->trace));
	} else {
		control_fail(req, "start, stop, write, status", "a trace cannot \"%s\"", act);
	}
}
