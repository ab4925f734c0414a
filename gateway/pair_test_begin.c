/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gateway/pair_test_begin.c: whether the two lines can be tested against each other, and the first call; see pair_test_private.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/cause.h"
#include "gateway/pair_test_private.h"

static void on_media(void *arg, struct media_port *port, const struct media_event *ev)
{
	struct pair_test *p = arg;

	(void)port;
	if (ev->kind != MEDIA_CLOSED)
		return;
	p->ports--;
	pair_free_if_over(p);
}

static int open_port(struct pair_test *p, const char *spec, struct media_port **out)
{
	int err = media_test_port(p->gw->media, spec, p->gw->args.dir, on_media, p, out);

	p->ports += !err;
	return err;
}

static void on_gone(void *arg)
{
	pair_abort(arg, "whoever asked for it has gone");
}

static bool find_end(struct gateway *gw, const char *name, struct pair_end *out, struct control_request *req)
{
	out->trunk = trunk_find_line(gw, name, &out->line);
	if (!out->trunk)
		control_fail(req, "tipring lines lists them", "there is no line \"%s\"", name);
	else if (!out->trunk->fxs && !out->trunk->fxo)
		control_fail(req, "an FXS and an FXO port can be tested against each other", "%s is no analog line", out->line.name);
	else if (out->line.out_of_service)
		control_fail(req, "tipring lines tells more", "%s is out of service%s%s", out->line.name, out->line.note[0] ? ": " : "",
			     out->line.note);
	else if (!out->line.idle)
		control_fail(req, "only idle lines are measured: no call is disturbed", "%s is busy: %s", out->line.name, out->line.state);
	else
		return true;
	return false;
}

static bool begin(struct pair_test *p, struct control_request *req)
{
	struct leg_offer o = { .complete = true };
	const char *port = strrchr(pair_name(p, FXS), '/');
	int err = open_port(p, "milliwatt", &p->tone), cause;

	for (int i = FXS; i <= FXO && !err; i++)
		err = open_port(p, "probe", &p->end[i].probe);
	snprintf(o.called.digits, sizeof(o.called.digits), "%s", port ? port + 1 : "");
	snprintf(o.calling.digits, sizeof(o.calling.digits), "%s", PAIR_NUMBER);
	snprintf(o.calling_name, sizeof(o.calling_name), "%s", PAIR_NAME);
	cause = err ? 47 : trunk_call(p->end[FXS].trunk, &o, pair_fxs_event, p, &p->end[FXS].leg);
	if (!cause)
		return true;
	control_fail(req, "", "%s cannot be rung: %s", pair_name(p, FXS), cause_name(cause));
	return false;
}

static void give_up(struct pair_test *p)
{
	for (int i = FXS; i <= FXO; i++)
		if (p->end[i].probe)
			media_port_close(p->end[i].probe);
	if (p->tone)
		media_port_close(p->tone);
	json_object_put(p->report.steps);
	p->over = true;
	pair_free_if_over(p);
}

void pair_test(struct gateway *gw, const char *a, const char *b, struct control_request *req)
{
	struct pair_end one = { 0 }, two = { 0 };
	struct pair_test *p;

	if (gw->pair_test) {
		control_fail(req, "one at a time", "a test of two lines is under way");
		return;
	}
	if (!find_end(gw, a, &one, req) || !find_end(gw, b, &two, req))
		return;
	if (!one.trunk->fxs == !two.trunk->fxs) {
		control_fail(req, "an FXS port rings, an FXO port is rung", "%s and %s are both %s ports", one.line.name, two.line.name,
			     one.trunk->fxs ? "FXS" : "FXO");
		return;
	}
	p = calloc(1, sizeof(*p));
	if (!p) {
		control_fail(req, "", "out of memory");
		return;
	}
	p->gw = gw;
	p->req = req;
	p->report.steps = json_object_new_array();
	p->end[FXS] = one.trunk->fxs ? one : two;
	p->end[FXO] = one.trunk->fxs ? two : one;
	if (conf_trunk(gw->site->conf, p->end[FXO].trunk->name)->fxo.two_stage) {
		control_fail(req, "two-stage: false on its trunk", "%s dials in two stages: it answers before there is a call", pair_name(p, FXO));
		give_up(p);
		return;
	}
	gw->pair_test = p;
	if (!begin(p, req)) {
		give_up(p);
		return;
	}
	control_on_gone(req, on_gone, p);
	pair_go(p, RING, PAIR_POLL_MS);
}
