/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The test lines; see testleg.h. Each is a leg that answers, rings or refuses by itself; its audio is a
 * test port of the media path. Events are given from a timer of no length, never from inside a call.
 */
#include "gateway/testleg.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum act { ACT_ANSWER, ACT_RING, ACT_BUSY };

static const struct {
	const char *name;
	bool argument;		/* takes ":ARG" */
	enum act act;
} lines[] = {
	{ "milliwatt", false, ACT_ANSWER }, { "quiet", false, ACT_ANSWER },  { "echo", false, ACT_ANSWER },
	{ "play", true, ACT_ANSWER },	    { "noanswer", false, ACT_RING }, { "busy", false, ACT_BUSY },
};

struct testleg {
	struct leg leg;
	struct testleg_env env;
	enum act act;
	bool clearing, by_far_end;
	struct leg_cause cause;
	struct loop_timer *start, *end;
	struct media_stats stats;
	struct probe_handlers probe;	/* incoming legs only */
};

static void finish(void *arg)
{
	struct testleg *t = arg;
	struct leg_event ev = { .kind = LEG_CLEARED, .cause = t->cause, .by_far_end = t->by_far_end };
	struct probe_handlers probe = t->probe;

	/* The handlers first: the report may end the call, and with it whoever they belong to. */
	if (t->leg.incoming)
		probe.cleared(probe.arg, &ev.cause);
	leg_report(&t->leg, &ev);
	loop_timer_cancel(t->env.loop, &t->start);
	loop_timer_cancel(t->env.loop, &t->end);
	free(t);
}

/* Ends the leg: by the media path's last event where there is a port, else by a timer. */
static int begin_clear(struct testleg *t, const struct leg_cause *cause, bool by_far_end)
{
	if (t->clearing)
		return -EALREADY;
	t->clearing = true;
	t->by_far_end = by_far_end;
	t->cause = *cause;
	loop_timer_cancel(t->env.loop, &t->start);
	if (t->leg.port) {
		media_port_close(t->leg.port);
		return 0;
	}
	return loop_timer(t->env.loop, 0, finish, t, &t->end);
}

static void on_media(void *arg, struct media_port *p, const struct media_event *ev)
{
	struct testleg *t = arg;
	struct leg_event digit = { .kind = LEG_DIGIT, .digit = ev->digit, .duration_ms = ev->duration_ms };
	struct leg_cause normal = { .q850 = 16, .text = "the announcement is over" };

	(void)p;
	if (ev->kind == MEDIA_DIGIT && !t->clearing)
		leg_report(&t->leg, &digit);
	else if (ev->kind == MEDIA_PLAYED)
		begin_clear(t, &normal, true);
	else if (ev->kind == MEDIA_CLOSED) {
		t->stats = *ev->stats;
		t->leg.port = NULL;
		loop_timer(t->env.loop, 0, finish, t, &t->end);
	}
}

static int tl_clear(struct leg *leg, const struct leg_cause *cause)
{
	return begin_clear((struct testleg *)leg, cause, false);
}

static int tl_digit(struct leg *leg, char digit, unsigned duration_ms)
{
	return leg->port ? media_digit(leg->port, digit, duration_ms) : -EALREADY;
}

static const struct leg_ops line_ops = { .name = "test", .digit = tl_digit, .clear = tl_clear };

static void start(void *arg)
{
	struct testleg *t = arg;
	struct leg_event ev = { .kind = LEG_PROCEEDING };
	struct leg_cause busy = { .q850 = 17, .text = "the busy test line" };

	if (t->act == ACT_BUSY) {
		begin_clear(t, &busy, true);
		return;
	}
	leg_report(&t->leg, &ev);
	ev.kind = t->act == ACT_RING ? LEG_ALERTING : LEG_ANSWERED;
	leg_report(&t->leg, &ev);
}

static int find(const char *spec)
{
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		size_t n = strlen(lines[i].name);

		if (!strncmp(spec, lines[i].name, n) && (lines[i].argument ? spec[n] == ':' && spec[n + 1] : !spec[n]))
			return (int)i;
	}
	return -1;
}

bool testleg_known(const char *spec)
{
	return find(spec) >= 0;
}

int testleg_call(const struct testleg_env *env, const char *spec, leg_event_fn *fn, void *arg, struct leg **out)
{
	int i = find(spec);
	struct testleg *t;

	if (i < 0)
		return 3;
	t = calloc(1, sizeof(*t));
	if (!t)
		return 42;
	t->env = *env;
	t->act = lines[i].act;
	t->leg.ops = &line_ops;
	if (t->act == ACT_ANSWER &&
	    media_test_port(env->media, spec, env->dir, on_media, t, &t->leg.port)) {
		free(t);
		return 41;
	}
	leg_attach(&t->leg, fn, arg);
	*out = &t->leg;
	if (loop_timer(env->loop, 0, start, t, &t->start)) {
		struct leg_cause c = { .q850 = 42 };

		begin_clear(t, &c, true);
	}
	return 0;
}

/* --- the probe -------------------------------------------------------------------------------- */

static int probe_proceed(struct leg *leg)
{
	struct testleg *t = (struct testleg *)leg;

	t->probe.proceeding(t->probe.arg);
	return 0;
}

static int probe_alert(struct leg *leg, bool inband)
{
	struct testleg *t = (struct testleg *)leg;

	t->probe.alerting(t->probe.arg, inband);
	return 0;
}

static int probe_progress(struct leg *leg, bool inband, const struct leg_cause *cause)
{
	struct testleg *t = (struct testleg *)leg;

	(void)cause;
	t->probe.progress(t->probe.arg, inband);
	return 0;
}

static int probe_answer(struct leg *leg, const struct leg_number *connected)
{
	struct testleg *t = (struct testleg *)leg;

	(void)connected;
	t->probe.answered(t->probe.arg);
	return 0;
}

static const struct leg_ops probe_ops = {
	.name = "test",
	.proceed = probe_proceed,
	.alert = probe_alert,
	.progress = probe_progress,
	.answer = probe_answer,
	.digit = tl_digit,
	.clear = tl_clear,
};

int testleg_probe(const struct testleg_env *env, const struct probe_handlers *h, struct leg **out)
{
	struct testleg *t = calloc(1, sizeof(*t));
	int err;

	if (!t)
		return -ENOMEM;
	t->env = *env;
	t->probe = *h;
	t->leg.ops = &probe_ops;
	t->leg.incoming = true;
	err = media_test_port(env->media, "probe", env->dir, on_media, t, &t->leg.port);
	if (err) {
		free(t);
		return err;
	}
	*out = &t->leg;
	return 0;
}

void testleg_probe_hangup(struct leg *probe)
{
	struct leg_cause normal = { .q850 = 16, .text = "the test call is over" };

	begin_clear((struct testleg *)probe, &normal, true);
}

void testleg_probe_heard(const struct leg *probe, struct media_stats *out)
{
	memset(out, 0, sizeof(*out));
	out->level_in_dbm0 = -99;
	if (probe->port)
		media_port_stats(probe->port, out);
}

void testleg_stats(const struct leg *leg, struct media_stats *out)
{
	*out = ((const struct testleg *)leg)->stats;
}
