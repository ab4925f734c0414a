/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commands that act on calls: a test call, clear, drain, ladder; and faults on the simulated card. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/call.h"
#include "gateway/cause.h"
#include "gateway/commands.h"
#include "gateway/testleg.h"
#include "gateway/trunk.h"
#include "hw/sim.h"

#define TEST_RING_S 60 /* a test call gives up when nobody answers for so long */

/* --- a test call ------------------------------------------------------------------------------ */

struct test_call {
	struct gateway *gw;
	struct control_request *req;
	struct leg *probe;		/* NULL once it has cleared */
	bool over;			/* the request is answered; freed when the probe has cleared too, in either order */
	uint64_t id;
	int64_t start_us, proceeding_us, alerting_us, progress_us, answered_us;
	int64_t seconds;
	bool gave_up;
	struct media_stats heard;
	struct call_record rec;		/* filled when the call has ended */
	struct loop_timer *timer;
};

static void add_time(struct json_object *o, const char *key, const struct test_call *t, int64_t at_us)
{
	if (at_us)
		put_dbl(o, key, (double)(at_us - t->start_us) / 1000);
}

static const char *result_of(const struct test_call *t)
{
	if (t->answered_us)
		return "answered";
	if (t->gave_up || t->rec.cause == 19 || t->rec.cause == 18)
		return "no answer";
	if (t->rec.cause == 17)
		return "busy";
	return cause_reroutes(t->rec.cause) ? "failed" : "refused";
}

static void heard_text(const struct media_stats *h, char *buf, size_t size)
{
	if (!h->level_known)
		snprintf(buf, size, "not measured");
	else if (h->level_in_dbm0 <= -60)
		snprintf(buf, size, "silence");
	else if (h->freq_in_hz > 0)
		snprintf(buf, size, "%.0f Hz at %.1f dBm0", (double)h->freq_in_hz, (double)h->level_in_dbm0);
	else
		snprintf(buf, size, "sound at %.1f dBm0", (double)h->level_in_dbm0);
}

/* The call is finished and its record complete: answer. */
static void on_ended(void *arg, const struct call *c)
{
	struct test_call *t = arg;
	struct json_object *o = json_object_new_object(), *times = json_object_new_object();
	char heard[64];

	t->rec = c->rec;
	put_str(o, "result", result_of(t));
	put_int(o, "call", (int64_t)t->id);
	put_int(o, "cause", t->rec.cause);
	put_str(o, "cause_name", cause_name(t->rec.cause));
	put_int(o, "sip", t->rec.out.sip);
	put_str(o, "why", t->rec.why);
	put_str(o, "line", t->rec.out.line);
	add_time(times, "proceeding", t, t->proceeding_us);
	add_time(times, "progress", t, t->progress_us);
	add_time(times, "alerting", t, t->alerting_us);
	add_time(times, "answered", t, t->answered_us);
	json_object_object_add(o, "times_ms", times);
	if (t->answered_us) {
		heard_text(&t->heard, heard, sizeof(heard));
		put_dbl(o, "level_dbm0", round((double)t->heard.level_in_dbm0 * 100) / 100);
		put_dbl(o, "freq_hz", round((double)t->heard.freq_in_hz * 10) / 10);
		put_str(o, "heard", heard);
		put_int(o, "seconds", t->seconds);
	}
	loop_timer_cancel(t->gw->loop, &t->timer);
	control_on_gone(t->req, NULL, NULL);
	control_answer(t->req, o);
	t->over = true;
	if (!t->probe)
		free(t);
}

static void on_time(void *arg)
{
	struct test_call *t = arg;

	if (t->answered_us)
		testleg_probe_heard(t->probe, &t->heard);
	else
		t->gave_up = true;
	testleg_probe_hangup(t->probe);
}

static void on_client_gone(void *arg)
{
	struct test_call *t = arg;

	if (t->probe)
		testleg_probe_hangup(t->probe);
}

static void on_proceeding(void *arg)
{
	struct test_call *t = arg;

	t->proceeding_us = loop_now_us();
}

static void on_alerting(void *arg, bool inband)
{
	struct test_call *t = arg;

	(void)inband;
	if (!t->alerting_us)
		t->alerting_us = loop_now_us();
}

static void on_progress(void *arg, bool inband)
{
	struct test_call *t = arg;

	(void)inband;
	if (!t->progress_us)
		t->progress_us = loop_now_us();
}

static void on_answered(void *arg)
{
	struct test_call *t = arg;

	t->answered_us = loop_now_us();
	loop_timer_cancel(t->gw->loop, &t->timer);
	loop_timer(t->gw->loop, t->seconds * 1000000, on_time, t, &t->timer);
}

static void on_cleared(void *arg, const struct leg_cause *cause)
{
	struct test_call *t = arg;

	(void)cause;
	if (t->answered_us && !t->heard.level_known) {
		testleg_stats(t->probe, &t->heard);	/* it was too short for a measurement, or the far end cleared it */
		if (!t->heard.level_known)
			t->heard.level_in_dbm0 = -99;
	}
	t->probe = NULL; /* what was measured is kept; the rest comes with on_ended() */
	loop_timer_cancel(t->gw->loop, &t->timer);
	if (t->over)
		free(t);
}

static int start_test_call(struct test_call *t, struct trunk *trunk, const char *number, const char *from,
			   bool by_digit)
{
	struct testleg_env env = { t->gw->loop, t->gw->media, t->gw->args.dir };
	struct probe_handlers h = { on_proceeding, on_alerting, on_progress, on_answered, on_cleared, t };
	struct call *c;
	int err = testleg_probe(&env, &h, &t->probe);

	if (err)
		return err;
	t->start_us = loop_now_us();
	t->id = t->gw->next_call + 1;
	loop_timer(t->gw->loop, (int64_t)TEST_RING_S * 1000000, on_time, t, &t->timer);
	control_on_gone(t->req, on_client_gone, t);
	err = call_originate(t->gw, t->probe, trunk, number, from, by_digit, &c);
	if (!err) {
		c->ended = on_ended;
		c->ended_arg = t;
	}
	return err;
}

void command_call(void *arg, struct control_request *req, struct json_object *args)
{
	struct gateway *gw = arg;
	const char *name = command_str(args, "trunk", ""), *number = command_str(args, "number", "");
	struct trunk *trunk = trunk_find(gw, name);
	struct leg_number typed = { .ton = TON_UNKNOWN }, from = { .ton = TON_UNKNOWN };
	char inside[NUMBER_MAX], inside_from[NUMBER_MAX] = "";
	bool by_digit = json_object_get_boolean(json_object_object_get(args, "overlap"));
	struct test_call *t;

	if (!trunk || !number[0]) {
		control_fail(req, trunk ? "tipring call TRUNK NUMBER" : "tipring trunks lists them",
			     trunk ? "a number is missing" : "there is no trunk \"%s\"", name);
		return;
	}
	if (by_digit && !(trunk->overlap && trunk->kind == CONF_TRUNK_ISDN)) {
		control_fail(req, trunk->kind == CONF_TRUNK_ISDN ? "isdn: {overlap: true} in trunks.yaml gives it overlap" :
			     "only ISDN trunks can have it", "the trunk \"%s\" has no overlap: it takes a number whole", name);
		return;
	}
	t = calloc(1, sizeof(*t));
	if (!t) {
		control_fail(req, "", "out of memory");
		return;
	}
	t->gw = gw;
	t->req = req;
	t->seconds = command_int(args, "seconds", 3);
	if (t->seconds < 1 || t->seconds > 3600)
		t->seconds = 3;
	snprintf(typed.digits, sizeof(typed.digits), "%s", number[0] == '+' ? number + 1 : number);
	typed.ton = number[0] == '+' ? TON_INTERNATIONAL : TON_UNKNOWN;
	trunk_read_number(trunk, &typed, inside);
	number = command_str(args, "from", "");
	snprintf(from.digits, sizeof(from.digits), "%s", number[0] == '+' ? number + 1 : number);
	from.ton = number[0] == '+' ? TON_INTERNATIONAL : TON_UNKNOWN;
	trunk_read_number(trunk, &from, inside_from);
	if (start_test_call(t, trunk, inside, inside_from, by_digit)) {
		control_on_gone(req, NULL, NULL);
		control_fail(req, "", "the test call could not be started");
		loop_timer_cancel(gw->loop, &t->timer);
		t->over = true;
		if (t->probe)
			testleg_probe_hangup(t->probe);
		else
			free(t);
	}
}

/* --- clear, drain, ladder --------------------------------------------------------------------- */

void command_mcid(void *arg, struct control_request *req, struct json_object *args)
{
	struct gateway *gw = arg;
	uint64_t id = (uint64_t)command_int(args, "call", 0);
	struct call *c = call_find(gw, id);
	struct json_object *o;

	if (!c || c->state != CALL_UP || !c->in.leg) {
		control_fail(req, "tipring calls lists those that are up", "call %llu is not up", (unsigned long long)id);
		return;
	}
	if (leg_malicious(c->in.leg)) {
		control_fail(req, "the call must come from an exchange, and its trunk have mcid in services",
			     "the exchange of call %llu cannot be asked", (unsigned long long)id);
		return;
	}
	o = json_object_new_object();
	put_int(o, "asked", (int64_t)id);
	control_answer(req, o);
}

void command_clear(void *arg, struct control_request *req, struct json_object *args)
{
	struct gateway *gw = arg;
	uint64_t id = (uint64_t)command_int(args, "call", 0);
	struct call *c = call_find(gw, id);
	struct json_object *o;

	if (!c) {
		control_fail(req, "tipring calls lists those that are up", "there is no call %llu",
			     (unsigned long long)id);
		return;
	}
	call_clear(c, 16, "cleared by the operator");
	o = json_object_new_object();
	put_int(o, "cleared", (int64_t)id);
	control_answer(req, o);
}

void command_drain(void *arg, struct control_request *req, struct json_object *args)
{
	struct gateway *gw = arg;
	struct json_object *o = json_object_new_object(), *v;
	bool on = !json_object_object_get_ex(args, "on", &v) || json_object_get_boolean(v);

	gateway_drain(gw, on);
	put_bool(o, "draining", on);
	put_int(o, "calls", gw->n_calls);
	control_answer(req, o);
}

void command_ladder(void *arg, struct control_request *req, struct json_object *args)
{
	struct gateway *gw = arg;
	uint64_t id = (uint64_t)command_int(args, "call", 0);
	struct json_object *o = ladder_json(gw->ladder, id);

	if (o)
		control_answer(req, o);
	else if (id)
		control_fail(req, "the last 500 calls are kept", "there is no ladder of call %llu",
			     (unsigned long long)id);
	else
		control_fail(req, "", "no call yet");
}

/* --- faults ----------------------------------------------------------------------------------- */

void command_fault(void *arg, struct control_request *req, struct json_object *args)
{
	static const char *const names[] = { "down", "d-loss", "d-error", "bit-error", "ppm", "removed" };
	struct gateway *gw = arg;
	const char *name = command_str(args, "fault", "");
	size_t i = 0;

	while (i < sizeof(names) / sizeof(*names) && strcmp(names[i], name))
		i++;
	if (gw->site->conf->card != CONF_CARD_SIM)
		control_fail(req, "", "faults are for the simulated card");
	else if (i == sizeof(names) / sizeof(*names))
		control_fail(req, "down, d-loss, d-error, bit-error, ppm, removed", "there is no fault \"%s\"", name);
	else if (hw_sim_fault(gw->hw, (int)command_int(args, "span", 0), (enum sim_fault)i,
			      (int)command_int(args, "value", 0)))
		control_fail(req, "tipring spans lists them", "there is no such span");
	else
		control_answer(req, NULL);
}
