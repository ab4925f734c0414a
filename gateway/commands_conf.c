/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commands about the configuration and the books: explain, reload, records, log. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/call.h"
#include "gateway/cause.h"
#include "gateway/commands.h"
#include "gateway/log.h"
#include "gateway/testleg.h"
#include "gateway/trace.h"
#include "gateway/trunk.h"

/* --- explain: the router, with its reasons, and no call ---------------------------------------- */

static void on_row(void *arg, int line, const char *row, bool won, const char *why)
{
	struct json_object *a = arg, *o = json_object_new_object();

	put_int(o, "line", line);
	put_str(o, "row", row);
	put_bool(o, "won", won);
	put_str(o, "why", why);
	json_object_array_add(a, o);
}

static const char *const ton_names[] = { "unknown", "international", "national", "network specific", "subscriber",
					 "?", "abbreviated", "?" };

static void explain_trunk(struct gateway *gw, const struct did_dest *d, struct json_object *o)
{
	struct trunk *t = trunk_find(gw, d->trunk);
	struct leg_number out = { .ton = 0 };
	char sent[160], why[160];

	put_str(o, "dest", "trunk");
	put_str(o, "trunk", d->trunk);
	if (!t)
		return;
	trunk_write_number(t, false, d->number, &out);
	if (t->pri)
		snprintf(sent, sizeof(sent), "%s, type %s", out.digits, ton_names[out.ton & 7]);
	else
		snprintf(sent, sizeof(sent), "sip:%s%s", out.ton == TON_INTERNATIONAL ? "+" : "", out.digits);
	put_str(o, "sent", sent);
	if (!trunk_in_service(t, why, sizeof(why)))
		put_str(o, "why", why);
	else if (t->max_calls && t->calls >= (unsigned)t->max_calls)
		put_str(o, "why", "its max-calls is reached");
}

static struct json_object *explain_dest(struct gateway *gw, const struct did_dest *d)
{
	struct json_object *o = json_object_new_object();
	char text[64];

	switch (d->kind) {
	case DID_TRUNK:
		explain_trunk(gw, d, o);
		break;
	case DID_TEST:
		snprintf(text, sizeof(text), "test/%s", d->number);
		put_str(o, "dest", text);
		break;
	default:
		put_str(o, "dest", d->kind == DID_BUSY ? "busy" : d->kind == DID_CONGESTION ? "congestion" : "reject");
		snprintf(text, sizeof(text), "cause %d (%s), SIP %d", d->cause, cause_name(d->cause),
			 cause_to_sip(d->cause));
		put_str(o, "sent", text);
	}
	return o;
}

void command_explain(void *arg, struct control_request *req, struct json_object *args)
{
	struct gateway *gw = arg;
	const char *name = command_str(args, "trunk", ""), *number = command_str(args, "number", "");
	struct trunk *t = trunk_find(gw, name);
	struct json_object *o, *rows, *dests;
	struct leg_number typed = { .ton = number[0] == '+' ? TON_INTERNATIONAL : TON_UNKNOWN };
	struct did_route route;
	char inside[NUMBER_MAX], verdict[200];
	int err;

	if (!t || !number[0]) {
		control_fail(req, t ? "tipring explain TRUNK NUMBER" : "tipring trunks lists them",
			     t ? "a number is missing" : "there is no trunk \"%s\"", name);
		return;
	}
	snprintf(typed.digits, sizeof(typed.digits), "%s", number + (number[0] == '+'));
	trunk_read_number(t, &typed, inside);
	o = json_object_new_object();
	rows = json_object_new_array();
	dests = json_object_new_array();
	err = did_explain(gw->site->dids, name, inside, on_row, rows, &route);
	for (int i = 0; !err && i < route.n_dests; i++)
		json_object_array_add(dests, explain_dest(gw, &route.dests[i]));
	if (err)
		snprintf(verdict, sizeof(verdict), "refused: no row of [%s] allows %s (cause 1, SIP 404)", name, inside);
	else
		snprintf(verdict, sizeof(verdict), "line %d decides", route.line);
	put_str(o, "trunk", name);
	put_str(o, "number_in", number);
	put_str(o, "number", inside);
	json_object_object_add(o, "rows", rows);
	json_object_object_add(o, "destinations", dests);
	put_str(o, "verdict", verdict);
	control_answer(req, o);
}

/* --- reload: built aside, applied whole or not at all ------------------------------------------ */

#define AGAIN_US 50000	/* media lets go of a line within a few ticks */
#define AGAIN_MAX 20

struct reload {
	struct gateway *gw;
	struct control_request *req;		/* NULL: the log alone is told */
	struct site *fresh;			/* read once, however often it is tried; NULL before, and when it is in force */
	struct json_object *changed, *errors;
	char why[200];
	int tries;
	struct reload *next;			/* while it waits to be tried again: in gateway.reloads */
	struct loop_timer *timer;
};

static void on_diff(void *arg, const char *text, enum conf_change how)
{
	static const char *const words[] = { "", " (with no calls on the trunk)", " (needs a restart)" };
	struct reload *r = arg;
	struct json_object *o = json_object_new_object();

	put_str(o, "text", text);
	put_bool(o, "live", how != CONF_CHANGE_RESTART);
	put_bool(o, "anew", how == CONF_CHANGE_ANEW);
	json_object_array_add(r->changed, o);
	if (!r->tries)
		log_line(LOG_L_NOTICE, "reload: %s%s", text, words[how]);
}

static void on_error(void *arg, const struct site_error *e)
{
	struct reload *r = arg;
	struct json_object *o = json_object_new_object();

	put_str(o, "file", e->file);
	put_int(o, "line", e->line);
	put_int(o, "column", e->column);
	put_int(o, "length", e->length);
	put_str(o, "message", e->message);
	put_str(o, "suggestion", e->suggestion);
	put_str(o, "source", e->source);
	json_object_array_add(r->errors, o);
	log_line(LOG_L_ERROR, "reload: %s:%d:%d: %s", e->file, e->line, e->column, e->message);
}

/* FRESH is in force; on an error nothing of it is. */
static int switch_to(struct gateway *gw, struct site *fresh)
{
	struct site *old = gw->site;
	int err;

	gw->site = fresh;
	err = sip_ua_reload(gw->ua, fresh->conf);
	if (!err)
		err = trunks_reload(gw, old);
	if (err) { /* out of memory, or the card has not such spans: the old one goes on */
		gw->site = old;
		sip_ua_reload(gw->ua, old->conf);
		return err;
	}
	media_tones(gw->media, site_country(fresh->conf, ""));
	trace_reload(gw->trace);
	for (struct call *c = gw->calls; c; c = c->next)
		c->table = NULL; /* rows of the old table are not counted against max= of the new one */
	site_free(old);
	log_line(LOG_L_NOTICE, "reload: the new configuration is in force");
	return 0;
}

/* Returns 0 when the new configuration is in force, else r->why says why not; -EAGAIN: it may be soon. */
static int reload(struct reload *r)
{
	struct gateway *gw = r->gw;
	int err = r->fresh ? 0 : site_load(&r->fresh, gw->args.dir, on_error, r);

	if (err) {
		r->fresh = NULL;
		snprintf(r->why, sizeof(r->why), "%s", err == -EINVAL ? "the files have errors" : strerror(-err));
		return err;
	}
	if (conf_diff(gw->site->conf, r->fresh->conf, on_diff, r) > 0) {
		snprintf(r->why, sizeof(r->why), "a change needs a restart");
		return -EBUSY;
	}
	err = trunks_may_reload(gw, r->fresh->conf, r->why, sizeof(r->why));
	if (err)
		return err;
	err = switch_to(gw, r->fresh);
	if (err)
		snprintf(r->why, sizeof(r->why), "%s", err == -EINVAL ? "a span of the card cannot carry its trunk's dialect" : strerror(-err));
	else
		r->fresh = NULL;
	return err;
}

static void reload_over(struct reload *r, bool applied)
{
	struct json_object *o;

	if (!applied)
		log_line(LOG_L_ERROR, "reload: nothing was applied: %s", r->why);
	if (r->req) {
		o = json_object_new_object();
		put_bool(o, "applied", applied);
		json_object_object_add(o, "changed", json_object_get(r->changed));
		json_object_object_add(o, "errors", json_object_get(r->errors));
		if (!applied)
			put_str(o, "why", r->why);
		control_answer(r->req, o);
	}
	site_free(r->fresh);
	json_object_put(r->changed);
	json_object_put(r->errors);
	free(r);
}

static void no_more_wait(struct reload *r)
{
	struct reload **p = &r->gw->reloads;

	while (*p && *p != r)
		p = &(*p)->next;
	if (*p)
		*p = r->next;
}

static void try_reload(void *arg)
{
	struct reload *r = arg;
	int err;

	no_more_wait(r);
	json_object_put(r->changed);
	r->changed = json_object_new_array();
	snprintf(r->why, sizeof(r->why), "the daemon is stopping");
	err = r->gw->stopping ? -ESHUTDOWN : reload(r);
	if (err == -EAGAIN && r->tries++ < AGAIN_MAX &&
	    !loop_timer(r->gw->loop, AGAIN_US, try_reload, r, &r->timer)) {
		r->next = r->gw->reloads;
		r->gw->reloads = r;
		return;
	}
	reload_over(r, !err);
}

void commands_reload_stop(struct gateway *gw)
{
	struct reload *r;

	while ((r = gw->reloads)) {
		loop_timer_cancel(gw->loop, &r->timer);
		no_more_wait(r);
		snprintf(r->why, sizeof(r->why), "the daemon is stopping");
		reload_over(r, false);
	}
}

static void begin_reload(struct gateway *gw, struct control_request *req)
{
	struct reload *r = calloc(1, sizeof(*r));

	if (r) {
		*r = (struct reload){ .gw = gw, .req = req, .errors = json_object_new_array() };
		try_reload(r);
	} else if (req) {
		control_fail(req, "", "out of memory");
	}
}

void command_reload(void *arg, struct control_request *req, struct json_object *args)
{
	(void)args;
	begin_reload(arg, req);
}

void commands_reload(struct gateway *gw)
{
	begin_reload(gw, NULL);
}

/* --- records and log -------------------------------------------------------------------------- */

/* From the records thread, or when the daemon ends. */
static void on_records_read(void *arg, struct json_object *body, const char *why)
{
	if (body)
		control_answer(arg, body);
	else
		control_fail(arg, "tipring status tells more", "the records cannot be read: %s", why);
}

void command_records(void *arg, struct control_request *req, struct json_object *args)
{
	struct gateway *gw = arg;

	if (records_read(gw->records, (int)command_int(args, "count", 20), on_records_read, req))
		control_fail(req, "", "out of memory");
}

void command_log(void *arg, struct control_request *req, struct json_object *args)
{
	int level = log_level_from_name(command_str(args, "level", ""));

	(void)arg;
	if (level < 0) {
		control_fail(req, "error, warning, notice, info, debug", "there is no such log level");
		return;
	}
	log_set_level(level);
	control_answer(req, NULL);
}
