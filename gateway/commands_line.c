/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One line as a command: what is on it, recorded in both directions; or it is measured (line_test.c). */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/call.h"
#include "gateway/commands.h"
#include "gateway/files.h"
#include "gateway/line_audio.h"
#include "gateway/line_test.h"
#include "gateway/pair_test.h"
#include "gateway/trunk.h"

/* The port on the line: an analog line's own, or that of the call on a B channel. */
static struct media_port *port_on(struct gateway *gw, const struct trunk_line *l)
{
	struct line_audio *a = line_audio_find(gw->audios, l->chan);

	if (a)
		return line_audio_media.port(a);
	for (struct call *c = gw->calls; c && l->leg[0]; c = c->next) {
		if (c->in.leg == l->leg[0])
			return c->in.port;
		if (c->out.leg == l->leg[0])
			return c->out.port;
	}
	return NULL;
}

void command_file_written(void *arg, const char *path, int err)
{
	struct control_request *req = arg;
	struct json_object *o;

	if (err) {
		control_fail(req, "", "%s: %s", path, strerror(-err));
		return;
	}
	o = json_object_new_object();
	put_str(o, "file", path);
	control_answer(req, o);
}

int command_given_file(struct gateway *gw, struct control_request *req, const char *path)
{
	int fd = control_take_fd(req);

	if (fd < 0)
		return 0;
	if (*path == '/')
		return files_give(gw->files, path, fd);
	close(fd);
	return -EINVAL;
}

static void record(struct gateway *gw, const struct trunk_line *l, struct control_request *req, struct json_object *args)
{
	const char *path = command_str(args, "file", "");
	int64_t seconds = command_int(args, "seconds", 0);
	struct media_port *p = port_on(gw, l);
	char full[512];
	int err;

	if (!p) {
		control_fail(req, "a B channel can be recorded while a call is on it", "nothing is on %s", l->name);
		return;
	}
	if (seconds < 1 || seconds > MEDIA_RECORD_SECONDS) {
		control_fail(req, "", "a recording lasts 1 to %d seconds", MEDIA_RECORD_SECONDS);
		return;
	}
	err = line_audio_path(gw->audios, path, full, sizeof(full));
	if (!err)
		err = command_given_file(gw, req, path);
	if (!err) {
		err = media_record(p, full, (unsigned)seconds, command_file_written, req);
		if (err)
			files_forget(gw->files, full);
	}
	if (err)
		control_fail(req, err == -EBUSY ? "one recording of a line at a time" : "", "cannot record to \"%.200s\": %s", path,
			     strerror(-err));
}

void command_line(void *arg, struct control_request *req, struct json_object *args)
{
	struct gateway *gw = arg;
	const char *name = command_str(args, "line", ""), *act = command_str(args, "act", "");
	struct trunk_line l;
	struct trunk *t = trunk_find_line(gw, name, &l);

	if (!t)
		control_fail(req, "tipring lines lists them", "there is no line \"%s\"", name);
	else if (!strcmp(act, "record"))
		record(gw, &l, req, args);
	else if (!strcmp(act, "test") && *command_str(args, "with", ""))
		pair_test(gw, name, command_str(args, "with", ""), req);
	else if (!strcmp(act, "test"))
		line_test(gw, t, &l, req);
	else
		control_fail(req, "record, test", "a line cannot \"%s\"", act);
}
