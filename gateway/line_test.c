/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gateway/line_test.c: verdicts on what channels/fxo_test.h measures, and on the little that can be told of a telephone's port
 * without a person. Loop thread.
 */
#include "gateway/line_test.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "channels/fxo_test.h"
#include "gateway/line_audio.h"
#include "gateway/line_report.h"

#define DIALTONE_MIN_DBM0 (-35)	/* less is not known for one reliably */
#define DIALTONE_MAX_MS 3000	/* people dial by then */
#define ERL_MIN_DB 6		/* what an echo canceller is made for (G.168) */
#define BATTERY_MIN_MV 19000	/* across an open pair; less, and somebody holds the line */

/* --- What both kinds have ---------------------------------------------------------------------------- */

static void polarity(struct report *r, const struct hw_analog *a)
{
	if (a->reversed < 0)
		report_step(r, "polarity", REPORT_CANNOT, "this card cannot tell");
	else
		report_step(r, "polarity", REPORT_GOOD, a->reversed ? "reversed" : "normal");
}

static void current(struct report *r, const struct hw_analog *a)
{
	if (a->current_ua == INT_MIN) {
		report_step(r, "loop current", REPORT_CANNOT, "this card cannot tell");
		return;
	}
	report_step(r, "loop current", REPORT_GOOD, "%.1f mA", a->current_ua / 1000.0);
	report_value(r, a->current_ua / 1000.0, "mA");
}

/* --- FXO --------------------------------------------------------------------------------------------- */

static void battery(struct report *r, const struct hw_analog *a)
{
	if (a->battery == 0)
		report_step(r, "battery", REPORT_BAD, "none: cut, unplugged, or the exchange is off");
	else if (a->battery < 0)
		report_step(r, "battery", REPORT_CANNOT, "this card cannot tell");
	else
		report_step(r, "battery", REPORT_GOOD, "there");
	if (a->voltage_mv == INT_MIN) {
		report_step(r, "voltage", REPORT_CANNOT, "this card cannot tell");
	} else {
		report_step(r, "voltage", abs(a->voltage_mv) < BATTERY_MIN_MV ? REPORT_BAD : REPORT_GOOD, "%.1f V", a->voltage_mv / 1000.0);
		report_value(r, a->voltage_mv / 1000.0, "V");
	}
	polarity(r, a);
}

static void dial_tone(struct report *r, const struct fxo_test_result *t)
{
	if (t->dialtone == FXO_TEST_NO) {
		report_step(r, "dial tone", REPORT_BAD, "none");
		report_step(r, "a digit ends it", REPORT_CANNOT, "no dial tone");
	}
	if (t->dialtone != FXO_TEST_YES)
		return;
	report_step(r, "dial tone", t->dialtone_ms > DIALTONE_MAX_MS ? REPORT_BAD : REPORT_GOOD, "after %u ms", t->dialtone_ms);
	report_value(r, t->dialtone_ms, "ms");
	if (isnan(t->dialtone_dbm0)) {
		report_step(r, "dial tone level", REPORT_CANNOT, "it ended by itself, too soon");
		report_step(r, "a digit ends it", REPORT_CANNOT, "it ended by itself");
		return;
	}
	report_step(r, "dial tone level", t->dialtone_dbm0 < DIALTONE_MIN_DBM0 ? REPORT_BAD : REPORT_GOOD, "%.1f dBm0", t->dialtone_dbm0);
	report_value(r, t->dialtone_dbm0, "dBm0");
	if (t->broke == FXO_TEST_YES) {
		report_step(r, "a digit ends it", REPORT_GOOD, "yes, after %u ms", t->broke_ms);
		report_value(r, t->broke_ms, "ms");
	} else if (t->broke == FXO_TEST_NO) {
		report_step(r, "a digit ends it", REPORT_BAD, "no: the exchange does not hear it");
	}
}

static void echo(struct report *r, const struct fxo_test_result *t)
{
	if (t->tone != TONE_NONE) {
		if (isnan(t->noise_dbm0))
			report_step(r, "noise off hook", REPORT_CANNOT, "a tone is on the line: %s", tone_id_name(t->tone));
		report_step(r, "echo return loss", REPORT_CANNOT, "a tone is on the line: %s", tone_id_name(t->tone));
	} else if (!isnan(t->erl_db) && t->erl_least) {
		report_step(r, "echo return loss", t->erl_db < ERL_MIN_DB ? REPORT_CANNOT : REPORT_GOOD,
		     "%.1f dB or more: the echo cannot be told from noise", t->erl_db);
		report_value(r, t->erl_db, "dB or more");
	} else if (!isnan(t->erl_db)) {
		report_step(r, "echo return loss", t->erl_db < ERL_MIN_DB ? REPORT_BAD : REPORT_GOOD, "%.1f dB", t->erl_db);
		report_value(r, t->erl_db, "dB");
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
	report_noise(&r, "noise on hook", t->idle_dbm0);
	if (t->seized) {
		dial_tone(&r, t);
		if (t->dialtone != FXO_TEST_NOT_MADE)
			current(&r, &t->off_hook);
		report_noise(&r, "noise off hook", t->noise_dbm0);
		echo(&r, t);
	}
	report_answer(&r, w->line, "fxo", t->aborted, w->req);
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
		report_step(&r, "receiver", REPORT_CANNOT, "this card cannot tell");
	else
		report_step(&r, "receiver", seen.offhook ? REPORT_BAD : REPORT_GOOD, seen.offhook ? "off hook: left off, or the pair is short" : "on hook");
	polarity(&r, &seen);
	current(&r, &seen);
	report_step(&r, "noise", REPORT_CANNOT, "on hook a telephone's line brings no sound");
	report_step(&r, "bell, keys, speech", REPORT_CANNOT, "a telephone's ring and DTMF need a person");
	report_answer(&r, l->name, "fxs", "", req);
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
