/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/fxo_test.c: a line is measured: a row of steps, each with its time; what the exchange does in a step may end it sooner.
 * Levels are those of the audio path, which are of a whole second and up to a second old: a step that measures one lasts longer
 * than both. Loop thread.
 */
#include "channels/fxo_test.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "channels/fxo_private.h"

#define LEVEL_MS 2600
#define DIALTONE_MAX_MS 8000
#define BREAK_MS 1500
#define DIGIT "1"		/* no number of an exchange is as short, and it waits for more */
#define CLICK_US 1000000	/* after going off hook: the exchange's relays */
#define ABOVE_NOISE_DB 3	/* less, and an echo cannot be told from noise */

enum step { STEP_IDLE, STEP_DIALTONE, STEP_LEVEL, STEP_BREAK, STEP_NOISE, STEP_ECHO };

struct fxo_test {
	struct fxo_test_result r;
	enum step step;
	int64_t digit_us;
	fxo_test_fn *fn;
	void *arg;
};

static const struct tone_def sent = {.name = "1004 Hz", .dbm0 = {FXO_TEST_SENT_DBM0}, .n_parts = 1,
				     .parts = {{.hz = {1004}}}};

static double level(const struct fxo_line *l)
{
	return l->trunk->h.audio->level(l->audio);
}

static void look(struct fxo_line *l, struct hw_analog *a)
{
	*a = (struct hw_analog){-1, -1, -1, -1, INT_MIN, INT_MIN, 0};
	if (hw_analog(l->hw, a))
		*a = (struct hw_analog){-1, -1, -1, -1, INT_MIN, INT_MIN, 0};
}

static void next(struct fxo_line *l, enum step step, unsigned ms)
{
	l->test->step = step;
	fxo_timer(l, FT_TEST, ms);
}

/* --- The end ----------------------------------------------------------------------------------------- */

/* Tells; the line is the caller's business. */
void fxo_test_over(struct fxo_line *l, const char *aborted)
{
	struct fxo_test *test = l->test;

	if (!test)
		return;
	l->test = NULL;
	fxo_timer_off(l, FT_TEST);
	fxo_timer_off(l, FT_TEST_MAX);
	if (aborted) {
		strncat(test->r.aborted, aborted, sizeof(test->r.aborted) - 1);
		fxo_log(l, LOG_NOTICE, "its test was ended: %s", aborted);
	}
	test->fn(test->arg, &test->r);
	free(test);
}

static void end(struct fxo_line *l, const char *aborted)
{
	fxo_release(l);
	fxo_test_over(l, aborted);
}

void fxo_test_too_long(struct fxo_line *l)
{
	if (l->test)
		end(l, "it took too long");
}

/* --- The steps --------------------------------------------------------------------------------------- */

void fxo_test_begin(struct fxo_line *l)
{
	l->since_us = l->trunk->now_us;
	look(l, &l->test->r.on_hook);
	fxo_listen(l, LISTEN_TONES | LISTEN_SPEECH);
	fxo_timer(l, FT_TEST_MAX, 0);
	next(l, STEP_IDLE, LEVEL_MS);
}

static void seize(struct fxo_line *l)
{
	struct fxo_test_result *r = &l->test->r;
	struct hw_analog a;
	unsigned wait = l->trunk->conf.dialtone_wait_ms;

	look(l, &a);
	r->idle_dbm0 = level(l);
	if (l->no_battery || a.battery == 0) {
		r->on_hook.battery = 0;
		end(l, NULL);
		return;
	}
	if (l->ring_now || a.ringing == 1 || fxo_in_use(&a)) {
		end(l, fxo_in_use(&a) ? "a telephone beside us is using the line" : "the line rings");
		return;
	}
	if (fxo_hook(l, HW_OFFHOOK)) {
		end(l, "the card refuses to go off hook");
		return;
	}
	r->seized = true;
	fxo_off_hook(l);
	fxo_timer_off(l, FT_CEILING); /* FT_TEST_MAX is shorter */
	fxo_listen(l, LISTEN_TONES | LISTEN_SPEECH | LISTEN_DIAL);
	next(l, STEP_DIALTONE, wait < DIALTONE_MAX_MS ? wait : DIALTONE_MAX_MS);
}

static void quiet(struct fxo_line *l)
{
	l->test->r.tone = TONE_NONE;
	fxo_listen(l, LISTEN_TONES | LISTEN_SPEECH);
	next(l, STEP_NOISE, LEVEL_MS);
}

static void send_digit(struct fxo_line *l)
{
	const struct fxo_conf *c = &l->trunk->conf;
	struct play_item digit = {.kind = PLAY_DIGITS, .digits = DIGIT, .on_ms = c->dtmf_on_ms, .off_ms = c->dtmf_off_ms};

	look(l, &l->test->r.off_hook);
	l->test->r.dialtone_dbm0 = level(l);
	l->test->digit_us = l->trunk->now_us;
	l->tone_playing = !c->pulse; /* for fxo_play_stop() */
	if (c->pulse)
		hw_dial_pulse(l->hw, DIGIT);
	else
		l->trunk->h.audio->play(l->audio, &digit, 1);
	next(l, STEP_BREAK, BREAK_MS);
}

static void send_tone(struct fxo_line *l)
{
	struct play_item item = {.kind = PLAY_TONE, .tone = &sent};

	if (l->test->r.tone != TONE_NONE) {
		end(l, NULL);
		return;
	}
	l->test->r.noise_dbm0 = level(l);
	l->tone_playing = true;
	l->trunk->h.audio->play(l->audio, &item, 1);
	next(l, STEP_ECHO, LEVEL_MS);
}

static void echo(struct fxo_line *l)
{
	struct fxo_test_result *r = &l->test->r;
	double heard = level(l);

	if (r->tone != TONE_NONE) {
		end(l, NULL);
		return;
	}
	r->echo_dbm0 = heard;
	r->erl_least = heard < r->noise_dbm0 + ABOVE_NOISE_DB || heard <= -99;
	if (!r->erl_least)
		heard = 10 * log10(pow(10, heard / 10) - pow(10, r->noise_dbm0 / 10));
	r->erl_db = FXO_TEST_SENT_DBM0 - heard;
	end(l, NULL);
}

/* FT_TEST: the time of a step is over. */
void fxo_test_step(struct fxo_line *l)
{
	if (!l->test)
		return;
	switch (l->test->step) {
	case STEP_IDLE:
		seize(l);
		break;
	case STEP_DIALTONE:
		l->test->r.dialtone = FXO_TEST_NO;
		look(l, &l->test->r.off_hook);
		quiet(l);
		break;
	case STEP_LEVEL:
		send_digit(l);
		break;
	case STEP_BREAK: /* the tone goes on, and nothing can be heard below it */
		l->test->r.broke = FXO_TEST_NO;
		l->test->r.tone = TONE_DIAL;
		end(l, NULL);
		break;
	case STEP_NOISE:
		send_tone(l);
		break;
	case STEP_ECHO:
		echo(l);
	}
}

/* --- What comes -------------------------------------------------------------------------------------- */

static void dial_tone(struct fxo_line *l, const struct fxo_note *n)
{
	unsigned since = (unsigned)((l->trunk->now_us - l->seized_us) / 1000);

	l->test->r.dialtone = FXO_TEST_YES;
	l->test->r.dialtone_ms = since > n->ms ? since - n->ms : 0;
	next(l, STEP_LEVEL, LEVEL_MS);
}

static void dial_tone_ends(struct fxo_line *l)
{
	struct fxo_test *test = l->test;

	if (test->step == STEP_BREAK) {
		test->r.broke = FXO_TEST_YES;
		test->r.broke_ms = (unsigned)((l->trunk->now_us - test->digit_us) / 1000);
		quiet(l);
	} else if (test->step == STEP_LEVEL) { /* by itself: not by a digit */
		look(l, &test->r.off_hook);
		quiet(l);
	}
}

void fxo_test_heard(struct fxo_line *l, const struct fxo_note *n)
{
	struct fxo_test *test = l->test;
	bool dial = n->tone == TONE_DIAL || n->tone == TONE_STUTTER;

	if (!test)
		return;
	if (n->what == HEARD_TONE && test->step == STEP_DIALTONE && dial)
		dial_tone(l, n);
	else if (n->what == HEARD_TONE && test->step >= STEP_NOISE)
		test->r.tone = (enum tone_id)n->tone;
	else if (n->what == HEARD_TONE_END && dial)
		dial_tone_ends(l);
}

void fxo_test_card(struct fxo_line *l, enum hw_event ev)
{
	if (!l->test)
		return;
	if (ev == HW_EV_RING_BEGIN && !l->offhook) { /* the call goes on as if there had been no test */
		fxo_play_stop(l);
		fxo_test_over(l, "the line rings");
		fxo_idle(l);
		if (l->state == FXO_IDLE)
			fxo_ring_begin(l);
	} else if ((ev == HW_EV_DISCONNECT || ev == HW_EV_NO_BATTERY) && l->offhook &&
		   l->trunk->now_us - l->seized_us > CLICK_US) {
		end(l, "the exchange took the battery away");
	}
}

int fxo_line_test(struct fxo_trunk *t, int port, fxo_test_fn *fn, void *arg)
{
	struct fxo_line *l = port >= 1 && port <= t->n_lines ? &t->lines[port - 1] : NULL;

	if (!l)
		return -EINVAL;
	if (t->closing)
		return -ESHUTDOWN;
	if (l->state == FXO_OUT && (!l->no_battery || !l->audio || l->audio_closing || l->removed))
		return -ENODEV;
	if (l->state != FXO_OUT && !fxo_is_free(l))
		return -EBUSY;
	l->test = calloc(1, sizeof(*l->test));
	if (!l->test)
		return -ENOMEM;
	l->test->fn = fn;
	l->test->arg = arg;
	l->test->r.idle_dbm0 = l->test->r.dialtone_dbm0 = l->test->r.noise_dbm0 = NAN;
	l->test->r.echo_dbm0 = l->test->r.erl_db = NAN;
	fxo_timer_off(l, FT_REOPEN);
	fxo_set(l, FXO_TEST);
	if (fxo_note(l, &(struct fxo_note){.kind = FN_TEST})) {
		free(l->test);
		l->test = NULL;
		fxo_idle(l);
		return -EBUSY;
	}
	return 0;
}
