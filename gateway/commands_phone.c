/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The telephone of the simulated card as commands: lift, dial, flash, hang up, and wait for what it hears. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/commands.h"
#include "gateway/phone.h"
#include "gateway/trunk.h"

#define WAIT_S 20		/* when the request does not say */
#define WAIT_MAX_S 600

/* --- Answers ---------------------------------------------------------------------------------------- */

static void put_callerid(struct json_object *o, const struct callerid *c)
{
	struct json_object *id = json_object_new_object();
	char when[24];

	if (c->method == CID_NONE) {
		json_object_put(id);
		return;
	}
	put_str(id, "number", c->number);
	put_str(id, "name", c->name);
	if (c->no_number)
		put_str(id, "no_number", c->no_number == 'P' ? "withheld" : "not available");
	if (c->month) {
		snprintf(when, sizeof(when), "%02u-%02u %02u:%02u", c->month, c->day, c->hour, c->minute);
		put_str(id, "time", when);
	}
	put_bool(id, "call_waiting", c->call_waiting);
	json_object_object_add(o, "caller_id", id);
}

static struct json_object *state_json(struct phone *p)
{
	struct json_object *o = json_object_new_object(), *list = json_object_new_array();
	struct phone_event ev[PHONE_EVENTS];
	struct phone_state s;
	int n;

	phone_state(p, &s);
	put_bool(o, "off_hook", s.off_hook);
	put_bool(o, "ringing", s.ringing);
	put_int(o, "rings", s.rings);
	put_bool(o, "battery", s.connected);
	put_bool(o, "reversed", s.reversed);
	put_str(o, "tone", tone_id_name(s.tone));
	put_dbl(o, "level_dbm0", round(s.level_dbm0 * 10) / 10);
	put_callerid(o, &s.callerid);
	n = phone_events(p, ev, PHONE_EVENTS);
	for (int i = 0; i < n; i++) {
		struct json_object *e = json_object_new_object();

		put_dbl(e, "ago_s", (double)((loop_now_us() - ev[i].at_us) / 1000) / 1000);
		put_str(e, "what", ev[i].what);
		json_object_array_add(list, e);
	}
	json_object_object_add(o, "events", list);
	return o;
}

/* --- Waiting ---------------------------------------------------------------------------------------- */

struct waiting {
	struct gateway *gw;
	struct phone *phone;
	struct control_request *req;
	struct loop_timer *timer;
	char what[64];
	int64_t since_us;
};

static void end_wait(struct waiting *w)
{
	phone_watch(w->phone, NULL, NULL);
	control_on_gone(w->req, NULL, NULL);
	loop_timer_cancel(w->gw->loop, &w->timer);
}

static void answer_event(struct control_request *req, const struct phone_event *ev, int64_t since_us)
{
	struct json_object *o = json_object_new_object();

	put_str(o, "what", ev->what);
	put_int(o, "after_ms", (ev->at_us - since_us) / 1000);
	control_answer(req, o);
}

static void on_event(void *arg, const struct phone_event *ev)
{
	struct waiting *w = arg;
	struct phone_event found;

	(void)ev;
	if (!phone_find(w->phone, w->what, &found))
		return;
	end_wait(w);
	answer_event(w->req, &found, w->since_us);
	free(w);
}

static void on_late(void *arg)
{
	struct waiting *w = arg;
	struct phone_state s;

	phone_state(w->phone, &s);
	end_wait(w);
	control_fail(w->req, "tipring phone N status tells what came instead", "the telephone saw no \"%s\" (tone %s, %.0f dBm0)",
		     w->what, tone_id_name(s.tone), s.level_dbm0);
	free(w);
}

static void on_gone(void *arg)
{
	struct waiting *w = arg;

	end_wait(w);
	control_fail(w->req, "", "nobody waits any more");
	free(w);
}

static void wait_for(struct gateway *gw, struct phone *p, struct control_request *req, struct json_object *args)
{
	int64_t s = command_int(args, "seconds", WAIT_S);
	struct phone_event found;
	struct waiting *w;

	if (phone_find(p, command_str(args, "arg", ""), &found)) {
		answer_event(req, &found, loop_now_us());
		return;
	}
	w = calloc(1, sizeof(*w));
	if (!w || phone_watch(p, on_event, w)) {
		free(w);
		control_fail(req, "", w ? "somebody else waits for this telephone" : "out of memory");
		return;
	}
	w->gw = gw;
	w->phone = p;
	w->req = req;
	w->since_us = loop_now_us();
	snprintf(w->what, sizeof(w->what), "%s", command_str(args, "arg", ""));
	loop_timer(gw->loop, (s < 1 || s > WAIT_MAX_S ? WAIT_S : s) * 1000000, on_late, w, &w->timer);
	control_on_gone(req, on_gone, w);
}

/* --- The command ------------------------------------------------------------------------------------ */

static int act(struct gateway *gw, struct phone *p, const char *what, const char *arg)
{
	if (!strcmp(what, "status"))
		return 0;
	phone_forget(p);
	if (!strcmp(what, "off"))
		return phone_hook(p, true);
	if (!strcmp(what, "on"))
		return phone_hook(p, false);
	if (!strcmp(what, "flash"))
		return phone_flash(p);
	if (!strcmp(what, "dial"))
		return phone_dial(p, arg);
	if (!strcmp(what, "pulse"))
		return phone_pulse(p, arg);
	if (!strcmp(what, "play"))
		return phone_play(p, arg, gw->args.dir);
	return -ENOSYS;
}

static const char *words(int err)
{
	switch (err) {
	case -ENOTCONN:
		return "it is on hook: lift it first (off)";
	case -EALREADY:
		return "it is so already";
	case -EINVAL:
		return "a digit is 0-9, * or #; a pulse digit 0-9";
	default:
		return strerror(-err);
	}
}

static void record(struct phone *p, struct control_request *req, struct json_object *args)
{
	int64_t s = command_int(args, "seconds", WAIT_S);
	int err = phone_record(p, command_str(args, "arg", ""), (unsigned)(s < 1 || s > WAIT_MAX_S ? WAIT_S : s), command_file_written, req);

	if (err)
		control_fail(req, "", "cannot record: %s", strerror(-err));
}

void command_phone(void *arg, struct control_request *req, struct json_object *args)
{
	struct gateway *gw = arg;
	const char *line = command_str(args, "line", ""), *what = command_str(args, "act", "status");
	const struct country *country = NULL;
	struct phone *p = NULL;
	int chan = trunk_line_chan(gw, line, &country), err = chan < 0 ? chan : phone_get(gw, chan, country, &p);

	if (err == -EINVAL || err == -ENOENT) {
		control_fail(req, err == -EINVAL ? "on a real card, use a real telephone" : "tipring lines lists them",
			     err == -EINVAL ? "%s is not on the simulated card" : "there is no FXS line \"%s\"", line);
	} else if (err) {
		control_fail(req, "", "no telephone on %s: %s", line, strerror(-err));
	} else if (!strcmp(what, "wait")) {
		wait_for(gw, p, req, args);
	} else if (!strcmp(what, "record")) {
		record(p, req, args);
	} else {
		err = act(gw, p, what, command_str(args, "arg", ""));
		if (err == -ENOSYS)
			control_fail(req, "off, on, flash, dial, pulse, play, wait, record, status",
				     "a telephone cannot \"%s\"", what);
		else if (err)
			control_fail(req, words(err), "cannot %s", what);
		else
			control_answer(req, state_json(p));
	}
}
