/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gateway/line_test.c: verdicts on what channels/fxo_test.h measures, and on the little that can be told of a telephone's port
 * without a person. Loop thread.
 */
#include "gateway/line_test.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "channels/fxo_test.h"
#include "gateway/line_audio.h"
#include "gateway/put.h"

#define NOISE_MAX_DBM0 (-45)	/* more is heard as a hiss between words */
#define DIALTONE_MIN_DBM0 (-35)	/* less is not known for one reliably */
#define DIALTONE_MAX_MS 3000	/* people dial by then */
#define ERL_MIN_DB 6		/* what an echo canceller is made for (G.168) */
#define BATTERY_MIN_MV 19000	/* across an open pair; less, and somebody holds the line */

enum verdict { GOOD, BAD, CANNOT };

struct report {
	struct json_object *steps;
	int bad;
};

static void step(struct report *r, const char *name, enum verdict v, const char *fmt, ...) __attribute__((format(printf, 4, 5)));
static void step(struct report *r, const char *name, enum verdict v, const char *fmt, ...)
{
	static const char *const verdicts[] = { "good", "bad", "cannot be measured" };
	struct json_object *o = json_object_new_object();
	char text[160];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	put_str(o, "step", name);
	put_str(o, "result", text);
	put_str(o, "verdict", verdicts[v]);
	json_object_array_add(r->steps, o);
	r->bad += v == BAD;
}

/* Of the step told last. */
static void value(struct report *r, double v, const char *unit)
{
	struct json_object *o = json_object_array_get_idx(r->steps, json_object_array_length(r->steps) - 1);

	put_dbl(o, "value", round(v * 10) / 10);
	put_str(o, "unit", unit);
}

static void answer(struct report *r, const char *line, const char *kind, const char *aborted, struct control_request *req)
{
	struct json_object *o = json_object_new_object();

	put_str(o, "line", line);
	put_str(o, "kind", kind);
	json_object_object_add(o, "steps", r->steps);
	put_int(o, "bad", r->bad);
	if (*aborted)
		put_str(o, "aborted", aborted);
	control_answer(req, o);
}

/* --- What both kinds have ---------------------------------------------------------------------------- */

static void polarity(struct report *r, const struct hw_analog *a)
{
	if (a->reversed < 0)
		step(r, "polarity", CANNOT, "this card cannot tell");
	else
		step(r, "polarity", GOOD, a->reversed ? "reversed" : "normal");
}

static void current(struct report *r, const struct hw_analog *a)
{
	if (a->current_ua == INT_MIN) {
		step(r, "loop current", CANNOT, "this card cannot tell");
		return;
	}
	step(r, "loop current", GOOD, "%.1f mA", a->current_ua / 1000.0);
	value(r, a->current_ua / 1000.0, "mA");
}

/* --- FXO --------------------------------------------------------------------------------------------- */

static void battery(struct report *r, const struct hw_analog *a)
{
	if (a->battery == 0)
		step(r, "battery", BAD, "none: cut, unplugged, or the exchange is off");
	else if (a->battery < 0)
		step(r, "battery", CANNOT, "this card cannot tell");
	else
		step(r, "battery", GOOD, "there");
	if (a->voltage_mv == INT_MIN) {
		step(r, "voltage", CANNOT, "this card cannot tell");
	} else {
		step(r, "voltage", abs(a->voltage_mv) < BATTERY_MIN_MV ? BAD : GOOD, "%.1f V", a->voltage_mv / 1000.0);
		value(r, a->voltage_mv / 1000.0, "V");
	}
	polarity(r, a);
}

static void noise(struct report *r, const char *name, double dbm0)
{
	if (isnan(dbm0))
		return;
	if (dbm0 <= -99)
		step(r, name, GOOD, "silent");
	else
		step(r, name, dbm0 > NOISE_MAX_DBM0 ? BAD : GOOD, "%.1f dBm0", dbm0);
	value(r, dbm0, "dBm0");
}

static void dial_tone(struct report *r, const struct fxo_test_result *t)
{
	if (t->dialtone == FXO_TEST_NO) {
		step(r, "dial tone", BAD, "none");
		step(r, "a digit ends it", CANNOT, "no dial tone");
	}
	if (t->dialtone != FXO_TEST_YES)
		return;
	step(r, "dial tone", t->dialtone_ms > DIALTONE_MAX_MS ? BAD : GOOD, "after %u ms", t->dialtone_ms);
	value(r, t->dialtone_ms, "ms");
	if (isnan(t->dialtone_dbm0)) {
		step(r, "dial tone level", CANNOT, "it ended by itself, too soon");
		step(r, "a digit ends it", CANNOT, "it ended by itself");
		return;
	}
	step(r, "dial tone level", t->dialtone_dbm0 < DIALTONE_MIN_DBM0 ? BAD : GOOD, "%.1f dBm0", t->dialtone_dbm0);
	value(r, t->dialtone_dbm0, "dBm0");
	if (t->broke == FXO_TEST_YES) {
		step(r, "a digit ends it", GOOD, "yes, after %u ms", t->broke_ms);
		value(r, t->broke_ms, "ms");
	} else if (t->broke == FXO_TEST_NO) {
		step(r, "a digit ends it", BAD, "no: the exchange does not hear it");
	}
}

static void echo(struct report *r, const struct fxo_test_result *t)
{
	if (t->tone != TONE_NONE) {
		if (isnan(t->noise_dbm0))
			step(r, "noise off hook", CANNOT, "a tone is on the line: %s", tone_id_name(t->tone));
		step(r, "echo return loss", CANNOT, "a tone is on the line: %s", tone_id_name(t->tone));
	} else if (!isnan(t->erl_db) && t->erl_least) {
		step(r, "echo return loss", t->erl_db < ERL_MIN_DB ? CANNOT : GOOD,
		     "%.1f dB or more: the echo cannot be told from noise", t->erl_db);
		value(r, t->erl_db, "dB or more");
	} else if (!isnan(t->erl_db)) {
		step(r, "echo return loss", t->erl_db < ERL_MIN_DB ? BAD : GOOD, "%.1f dB", t->erl_db);
		value(r, t->erl_db, "dB");
	}
}

struct waiting {
	struct control_request *req;
	char line[32];
};

static void on_tested(void *arg, const struct fxo_test_result *t)
{
	struct report r = { .steps = json_object_new_array() };
	struct waiting *w = arg;

	battery(&r, &t->on_hook);
	noise(&r, "noise on hook", t->idle_dbm0);
	if (t->seized) {
		dial_tone(&r, t);
		if (t->dialtone != FXO_TEST_NOT_MADE)
			current(&r, &t->off_hook);
		noise(&r, "noise off hook", t->noise_dbm0);
		echo(&r, t);
	}
	answer(&r, w->line, "fxo", t->aborted, w->req);
	free(w);
}

static void test_fxo(struct trunk *t, const struct trunk_line *l, struct control_request *req)
{
	struct waiting *w = calloc(1, sizeof(*w));
	const char *slash = strrchr(l->name, '/');
	int err = w ? 0 : -ENOMEM;

	if (!err) {
		w->req = req;
		memcpy(w->line, l->name, sizeof(w->line));
		err = fxo_line_test(t->fxo, slash ? atoi(slash + 1) : 0, on_tested, w);
	}
	if (!err)
		return;
	free(w);
	if (err == -EBUSY)
		control_fail(req, "only an idle line is measured: no call is disturbed", "%s is busy: %s", l->name, l->state);
	else if (err == -ENODEV)
		control_fail(req, "tipring lines tells more", "%s is out of service: %s", l->name, l->note);
	else
		control_fail(req, "", "%s cannot be measured: %s", l->name, strerror(-err));
}

/* --- FXS --------------------------------------------------------------------------------------------- */

static void test_fxs(struct gateway *gw, const struct trunk_line *l, struct control_request *req)
{
	struct report r = { .steps = json_object_new_array() };
	struct line_audio *a = line_audio_find(gw->audios, l->chan);
	struct hw_analog seen = { -1, -1, -1, -1, INT_MIN, INT_MIN, 0 };

	if (!a || hw_analog(line_audio_hw(a), &seen))
		seen = (struct hw_analog){ -1, -1, -1, -1, INT_MIN, INT_MIN, 0 };
	if (seen.offhook < 0)
		step(&r, "receiver", CANNOT, "this card cannot tell");
	else
		step(&r, "receiver", seen.offhook ? BAD : GOOD, seen.offhook ? "off hook: left off, or the pair is short" : "on hook");
	polarity(&r, &seen);
	current(&r, &seen);
	step(&r, "noise", CANNOT, "on hook a telephone's line brings no sound");
	step(&r, "bell, keys, speech", CANNOT, "a telephone's ring and DTMF need a person");
	answer(&r, l->name, "fxs", "", req);
}

void line_test(struct gateway *gw, struct trunk *t, const struct trunk_line *l, struct control_request *req)
{
	bool left_off = !strcmp(l->state, fxs_line_state_name(FXS_LEFT_OFF_HOOK));

	if (t->fxo)
		test_fxo(t, l, req);
	else if (!t->fxs)
		control_fail(req, "ISDN has its own: tipring spans", "%s is no analog line", l->name);
	else if (l->out_of_service)
		control_fail(req, "tipring lines tells more", "%s is out of service", l->name);
	else if (!l->idle && !left_off)
		control_fail(req, "only an idle line is measured: no call is disturbed", "%s is busy: %s", l->name, l->state);
	else
		test_fxs(gw, l, req);
}
