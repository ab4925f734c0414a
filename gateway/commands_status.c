/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the gateway shows of itself: status, trunks, spans, lines, calls. */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/call.h"
#include "gateway/commands.h"
#include "gateway/trunk.h"

enum { SPANS_MAX = 128 };

static int64_t age_s(int64_t since_us)
{
	return since_us ? (loop_now_us() - since_us) / 1000000 : 0;
}

static const char *const type_names[] = { "E1", "T1", "J1", "analog", "other" };
static const struct { unsigned bit; const char *name; } alarm_names[] = {
	{ HW_ALARM_RED, "red" },	       { HW_ALARM_YELLOW, "yellow" },	  { HW_ALARM_BLUE, "blue" },
	{ HW_ALARM_RECOVERING, "recovering" }, { HW_ALARM_LOOPBACK, "loopback" }, { HW_ALARM_NOTOPEN, "not open" },
};

static struct json_object *alarm_list(unsigned alarms)
{
	struct json_object *a = json_object_new_array();

	for (size_t i = 0; i < sizeof(alarm_names) / sizeof(*alarm_names); i++)
		if (alarms & alarm_names[i].bit)
			json_object_array_add(a, json_object_new_string(alarm_names[i].name));
	return a;
}

/* --- trunks ----------------------------------------------------------------------------------- */

static struct json_object *trunk_list(struct gateway *gw)
{
	struct json_object *a = json_object_new_array();

	for (struct trunk *t = gw->trunks; t; t = t->next) {
		struct json_object *o = json_object_new_object();
		char why[128], detail[160];

		put_str(o, "name", t->name);
		put_str(o, "kind", t->is->name);
		put_bool(o, "in_service", trunk_in_service(t, why, sizeof(why)));
		put_int(o, "calls", t->calls);
		put_int(o, "max", t->max_calls);
		t->is->detail(t, detail, sizeof(detail));
		put_str(o, "detail", detail);
		put_str(o, "why", why);
		json_object_array_add(a, o);
	}
	return a;
}

void command_trunks(void *arg, struct control_request *req, struct json_object *args)
{
	struct json_object *o = json_object_new_object();

	(void)args;
	json_object_object_add(o, "trunks", trunk_list(arg));
	control_answer(req, o);
}

/* --- spans ------------------------------------------------------------------------------------ */

static void add_dchan(struct json_object *o, const struct pri_span_info *s)
{
	static const char *const names[] = {
		[PRI_DCHAN_OWN] = "own", [PRI_DCHAN_PRIMARY] = "primary", [PRI_DCHAN_BACKUP] = "backup", [PRI_DCHAN_ELSEWHERE] = "none",
	};

	put_str(o, "dchannel", names[s->dchan]);
	put_str(o, "layer2", s->dchan == PRI_DCHAN_ELSEWHERE ? "-" : s->layer2 ? "up" : "down");
	if (s->dchan == PRI_DCHAN_OWN)
		return;
	put_int(o, "interface", s->interface);
	put_bool(o, "active", s->active);
	put_int(o, "switchovers", s->switchovers);
}

static void add_signalling(struct gateway *gw, struct json_object *o, int span)
{
	for (struct trunk *t = gw->trunks; t; t = t->next) {
		struct pri_span_info s[SPANS_MAX];
		int n = t->pri ? pri_trunk_spans(t->pri, s, SPANS_MAX) : 0;
		char advice[240];

		for (int i = 0; i < n && i < SPANS_MAX; i++) {
			if (s[i].span != span)
				continue;
			put_str(o, "trunk", t->name);
			add_dchan(o, &s[i]);
			put_bool(o, "in_service", s[i].in_service);
			put_int(o, "since_s", age_s(s[i].since_us));
			put_int(o, "frames_in", (int64_t)s[i].frames_in);
			put_int(o, "frames_out", (int64_t)s[i].frames_out);
			put_int(o, "abort", (int64_t)s[i].abort);
			put_int(o, "overrun", (int64_t)s[i].overrun);
			put_int(o, "badfcs", (int64_t)s[i].badfcs);
			put_int(o, "glare", s[i].glare);
			put_int(o, "restarts", s[i].restarts);
			put_int(o, "restart_timeouts", s[i].restart_timeouts);
			put_int(o, "service_sent", s[i].service_sent);
			put_int(o, "service_received", s[i].service_received);
			put_int(o, "service_timeouts", s[i].service_timeouts);
			put_int(o, "l2_losses", s[i].l2_losses);
			put_int(o, "calls_in", s[i].calls_in);
			put_int(o, "calls_out", s[i].calls_out);
			put_int(o, "layer3_calls", s[i].layer3_calls);
			if (pri_glare_advice(&s[i], advice, sizeof(advice)))
				put_str(o, "advice", advice);
			return;
		}
	}
	put_str(o, "trunk", "");
	put_str(o, "layer2", "-");
	put_bool(o, "in_service", false);
}

static struct json_object *removed_span(struct gateway *gw, int no)
{
	struct json_object *o = json_object_new_object(), *alarms = json_object_new_array();

	json_object_array_add(alarms, json_object_new_string("removed"));
	put_int(o, "no", no);
	put_str(o, "name", "the card has no such span");
	put_str(o, "desc", "");
	put_str(o, "type", "-");
	put_bool(o, "removed", true);
	json_object_object_add(o, "alarms", alarms);
	add_signalling(gw, o, no);
	return o;
}

/* Spans of trunks that are not among the N that the card has, S. */
static void add_removed(struct gateway *gw, struct json_object *list, const struct hw_span *s, int n)
{
	for (struct trunk *t = gw->trunks; t; t = t->next) {
		struct pri_span_info ours[SPANS_MAX];
		int m = t->pri ? pri_trunk_spans(t->pri, ours, SPANS_MAX) : 0;

		for (int i = 0; i < m && i < SPANS_MAX; i++) {
			int at = 0;

			while (at < n && s[at].no != ours[i].span)
				at++;
			if (at == n)
				json_object_array_add(list, removed_span(gw, ours[i].span));
		}
	}
}

static struct json_object *span_list(struct gateway *gw)
{
	struct json_object *a = json_object_new_array();
	struct hw_span s[SPANS_MAX];
	int n = hw_spans(gw->hw, s, SPANS_MAX);

	for (int i = 0; i < n && i < SPANS_MAX; i++) {
		struct json_object *o = json_object_new_object();

		put_int(o, "no", s[i].no);
		put_str(o, "name", s[i].name);
		put_str(o, "desc", s[i].desc);
		put_str(o, "type", type_names[s[i].type]);
		json_object_object_add(o, "alarms", alarm_list(s[i].alarms));
		put_int(o, "errors", s[i].errors);
		add_signalling(gw, o, s[i].no);
		json_object_array_add(a, o);
	}
	add_removed(gw, a, s, n < SPANS_MAX ? n : SPANS_MAX);
	return a;
}

void command_spans(void *arg, struct control_request *req, struct json_object *args)
{
	struct gateway *gw = arg;
	struct json_object *o = json_object_new_object();

	(void)args;
	put_str(o, "card", gw->site->conf->card == CONF_CARD_SIM ? "sim" : "dahdi");
	json_object_object_add(o, "spans", span_list(gw));
	control_answer(req, o);
}

/* --- lines ------------------------------------------------------------------------------------ */

static int64_t call_on(struct gateway *gw, const struct leg *leg)
{
	for (struct call *c = gw->calls; c && leg; c = c->next)
		if (c->in.leg == leg || c->out.leg == leg)
			return (int64_t)c->id;
	return 0;
}

static void add_lines(struct gateway *gw, struct trunk *t, struct json_object *a)
{
	struct trunk_line *l = calloc(TRUNK_LINES_MAX, sizeof(*l));
	int n = l ? t->is->lines(t, l, TRUNK_LINES_MAX) : 0;

	for (int i = 0; i < n && i < TRUNK_LINES_MAX; i++) {
		struct json_object *o = json_object_new_object();

		put_str(o, "line", l[i].name);
		put_int(o, "chan", l[i].chan);
		put_str(o, "trunk", t->name);
		put_str(o, "state", l[i].state);
		put_int(o, "since_s", age_s(l[i].since_us));
		if (l[i].leg[0])
			put_int(o, "call", call_on(gw, l[i].leg[0]));
		if (l[i].leg[1])
			put_int(o, "second_call", call_on(gw, l[i].leg[1]));
		put_int(o, "calls", l[i].calls);
		if (l[i].note[0])
			put_str(o, "note", l[i].note);
		json_object_array_add(a, o);
	}
	free(l);
}

void command_lines(void *arg, struct control_request *req, struct json_object *args)
{
	struct gateway *gw = arg;
	struct json_object *o = json_object_new_object(), *a = json_object_new_array();

	(void)args;
	for (struct trunk *t = gw->trunks; t; t = t->next)
		if (t->is->lines)
			add_lines(gw, t, a);
	json_object_object_add(o, "lines", a);
	control_answer(req, o);
}

/* --- calls ------------------------------------------------------------------------------------ */

static struct json_object *leg_json(const struct call_leg *cl)
{
	struct json_object *o = json_object_new_object();
	struct media_stats st;
	char rtp[160];

	put_str(o, "trunk", cl->rec.trunk);
	put_str(o, "line", cl->rec.line);
	put_str(o, "number", cl->rec.called);
	put_str(o, "from", cl->rec.calling);
	if (cl->leg && cl->leg->port) {
		media_port_stats(cl->leg->port, &st);
		snprintf(rtp, sizeof(rtp), "in %llu, out %llu, lost %llu, jitter %.1f ms",
			 (unsigned long long)st.packets_in, (unsigned long long)st.packets_out,
			 (unsigned long long)st.lost, st.jitter_us / 1000.0);
		put_str(o, "rtp", rtp);
	}
	return o;
}

void command_calls(void *arg, struct control_request *req, struct json_object *args)
{
	struct gateway *gw = arg;
	struct json_object *o = json_object_new_object(), *a = json_object_new_array();

	(void)args;
	for (struct call *c = gw->calls; c; c = c->next) {
		struct json_object *j = json_object_new_object();

		put_int(j, "call", (int64_t)c->id);
		json_object_object_add(j, "in", leg_json(&c->in));
		json_object_object_add(j, "out", leg_json(&c->out));
		put_str(j, "state", call_state_name(c->state));
		put_int(j, "age_s", age_s(c->start_us));
		put_int(j, "answered_s", age_s(c->answer_us));
		json_object_array_add(a, j);
	}
	json_object_object_add(o, "calls", a);
	control_answer(req, o);
}

/* --- status ----------------------------------------------------------------------------------- */

static void add_alarm(struct json_object *a, int64_t since_s, const char *what)
{
	struct json_object *o = json_object_new_object();

	put_str(o, "what", what);
	put_int(o, "since_s", since_s);
	json_object_array_add(a, o);
}

struct alarm_list {
	struct json_object *list;
	const char *trunk;
};

static void on_trunk_alarm(void *arg, int64_t since_us, const char *text)
{
	struct alarm_list *l = arg;
	char whole[240];

	snprintf(whole, sizeof(whole), "%s: %s", l->trunk, text);
	add_alarm(l->list, age_s(since_us), whole);
}

static struct json_object *alarms_json(struct gateway *gw, const struct records_status *rs)
{
	struct json_object *a = json_object_new_array();
	char text[200];

	for (struct trunk *t = gw->trunks; t; t = t->next) {
		struct alarm_list l = { a, t->name };

		if (t->is->alarms)
			t->is->alarms(t, on_trunk_alarm, &l);
	}
	if (rs->error[0]) {
		snprintf(text, sizeof(text), "records cannot be written: %s", rs->error);
		add_alarm(a, 0, text);
	}
	return a;
}

static struct json_object *calls_json(const struct gateway *gw)
{
	struct json_object *o = json_object_new_object();

	put_int(o, "now", gw->n_calls);
	put_int(o, "total", (int64_t)gw->total);
	put_int(o, "answered", (int64_t)gw->answered);
	put_int(o, "failed", (int64_t)gw->failed);
	put_int(o, "refused_no_row", (int64_t)gw->refused_route);
	put_int(o, "refused_draining", (int64_t)gw->refused_drain);
	return o;
}

static struct json_object *sip_json(const struct gateway *gw)
{
	struct json_object *o = json_object_new_object();
	struct sip_counters c;

	sip_ua_counters(gw->ua, &c);
	put_int(o, "requests", (int64_t)c.requests);
	put_int(o, "refused_source", (int64_t)c.refused_source);
	put_int(o, "refused_method", (int64_t)c.refused_method);
	put_int(o, "malformed", (int64_t)c.malformed);
	put_int(o, "retransmissions", (int64_t)c.retransmissions);
	put_int(o, "invites_in", (int64_t)c.invites_in);
	put_int(o, "invites_out", (int64_t)c.invites_out);
	return o;
}

/* Resident pages of the process, and the octets that its heaps hold in use: the second does not grow when the
 * first does by fragmentation. */
static struct json_object *memory_json(void)
{
	struct json_object *o = json_object_new_object();
	struct mallinfo2 m = mallinfo2();
	long long pages = 0;
	FILE *f = fopen("/proc/self/statm", "re");

	if (f) {
		if (fscanf(f, "%*s %lld", &pages) != 1)
			pages = 0;
		fclose(f);
	}
	put_int(o, "resident", pages * sysconf(_SC_PAGESIZE));
	put_int(o, "in_use", (int64_t)(m.uordblks + m.hblkhd));
	return o;
}

void command_status(void *arg, struct control_request *req, struct json_object *args)
{
	struct gateway *gw = arg;
	struct json_object *o = json_object_new_object(), *r = json_object_new_object();
	struct records_status rs;

	(void)args;
	records_status(gw->records, &rs);
	put_int(r, "written", (int64_t)rs.written);
	put_int(r, "waiting", (int64_t)rs.waiting);
	put_int(r, "lost", (int64_t)rs.lost);
	put_str(r, "error", rs.error);
	put_str(o, "version", TIPRING_VERSION);
	put_int(o, "uptime_s", age_s(gw->started_us));
	put_bool(o, "draining", gw->draining);
	json_object_object_add(o, "calls", calls_json(gw));
	json_object_object_add(o, "trunks", trunk_list(gw));
	json_object_object_add(o, "records", r);
	json_object_object_add(o, "sip", sip_json(gw));
	json_object_object_add(o, "memory", memory_json());
	json_object_object_add(o, "alarms", alarms_json(gw, &rs));
	control_answer(req, o);
}
