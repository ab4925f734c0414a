/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gateway/commands_service.c: out, in and restart: B channels taken out of service by people, put back, and RESTART on
 * demand. What is named by WHAT: a line ("1/7", or its DAHDI channel), a span ("span 1") or an ISDN trunk. And changeover from one
 * D channel of an NFAS group to the other. Loop thread.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "gateway/commands.h"
#include "gateway/trunk.h"

struct named {
	struct trunk *trunk;
	int span, pos;		/* 0: all */
};

static bool has_span(const struct trunk *t, int span)
{
	struct pri_span_info s[128];
	int n = t->pri ? pri_trunk_spans(t->pri, s, 128) : 0;

	for (int i = 0; i < n && i < 128; i++)
		if (s[i].span == span)
			return true;
	return false;
}

static bool find(struct gateway *gw, const char *what, struct named *out)
{
	struct trunk_line line;
	char rest;

	*out = (struct named){ 0 };
	if (sscanf(what, "span %d%c", &out->span, &rest) == 1) {
		for (struct trunk *t = gw->trunks; t && !out->trunk; t = t->next)
			if (has_span(t, out->span))
				out->trunk = t;
		return out->trunk;
	}
	out->span = 0;
	out->trunk = trunk_find(gw, what);
	if (!out->trunk) {
		out->trunk = trunk_find_line(gw, what, &line);
		if (out->trunk && out->trunk->pri && sscanf(line.name, "%d/%d", &out->span, &out->pos) != 2)
			out->trunk = NULL;
	}
	return out->trunk && out->trunk->pri;
}

static int busy(const struct named *w)
{
	struct pri_line_info *l = calloc(TRUNK_LINES_MAX, sizeof(*l));
	int n = l ? pri_trunk_lines(w->trunk->pri, l, TRUNK_LINES_MAX) : 0, calls = 0;

	for (int i = 0; i < n && i < TRUNK_LINES_MAX; i++)
		calls += l[i].leg && (!w->span || l[i].span == w->span) && (!w->pos || l[i].pos == w->pos);
	free(l);
	return calls;
}

static bool named(struct gateway *gw, struct control_request *req, struct json_object *args, struct named *w)
{
	const char *what = command_str(args, "what", "");

	if (find(gw, what, w))
		return true;
	control_fail(req, "a line as \"tipring lines\" has it (1/7, or its DAHDI channel 7), a span (span 1), or an ISDN trunk",
		     "there is no ISDN line, span or trunk \"%s\"", what);
	return false;
}

static void answer(struct control_request *req, const struct named *w, int lines)
{
	struct json_object *o = json_object_new_object();
	char line[24];

	put_str(o, "trunk", w->trunk->name);
	if (w->pos) {
		snprintf(line, sizeof(line), "%d/%d", w->span, w->pos);
		put_str(o, "line", line);
	}
	put_int(o, "lines", lines);
	put_int(o, "calls", busy(w));
	control_answer(req, o);
}

static void serve(struct gateway *gw, struct control_request *req, struct json_object *args, bool out)
{
	struct named w;

	if (named(gw, req, args, &w))
		answer(req, &w, pri_trunk_take_out(w.trunk->pri, w.span, w.pos, out));
}

void command_out(void *arg, struct control_request *req, struct json_object *args)
{
	serve(arg, req, args, true);
}

void command_in(void *arg, struct control_request *req, struct json_object *args)
{
	serve(arg, req, args, false);
}

void command_restart(void *arg, struct control_request *req, struct json_object *args)
{
	struct named w;

	if (named(arg, req, args, &w))
		answer(req, &w, pri_trunk_restart_at(w.trunk->pri, w.span, w.pos));
}

static bool is_primary(const struct trunk *t, int span)
{
	struct pri_span_info s[128];
	int n = pri_trunk_spans(t->pri, s, 128);

	for (int i = 0; i < n && i < 128; i++)
		if (s[i].span == span)
			return s[i].dchan == PRI_DCHAN_PRIMARY;
	return false;
}

void command_changeover(void *arg, struct control_request *req, struct json_object *args)
{
	const char *name = command_str(args, "trunk", "");
	struct trunk *t = trunk_find(arg, name);
	int span = t && t->pri ? pri_trunk_changeover(t->pri) : -EINVAL;
	struct json_object *o;

	if (span == -EINVAL) {
		control_fail(req, "an ISDN trunk with nfas: {primary: N, backup: M}", "there is no trunk \"%s\" with two D channels", name);
	} else if (span == -ENOTSUP) {
		control_fail(req, "the exchange has to know them: service-messages: send in trunks.yaml",
			     "%s sends no SERVICE messages: its far end would stay where it is", name);
	} else if (span < 0) {
		control_fail(req, "tipring spans tells more", "the other D channel of %s is down", name);
	} else {
		o = json_object_new_object();
		put_str(o, "trunk", t->name);
		put_int(o, "span", span);
		put_str(o, "dchannel", is_primary(t, span) ? "primary" : "backup");
		control_answer(req, o);
	}
}
