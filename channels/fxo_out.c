/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/fxo_out.c: a call goes out: a free line is found and seized, dial tone is waited for. When the exchange rang that line
 * at the same moment (glare) its call is the one that stays: whoever called is on the line already. With ground start both ends
 * see it before anything is answered, and this one gives way. Loop thread.
 */
#include "channels/fxo_private.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GLARE_US 500000 /* a ring so soon after seizing had begun before */
enum { IN_USE_MIN_MV = 3000, IN_USE_MAX_MV = 18000 };	/* across a pair whose loop is closed; open, it has 24 V or more */

/* --- Hunting ----------------------------------------------------------------------------------------- */

bool fxo_is_free(const struct fxo_line *l)
{
	return l->state == FXO_IDLE && l->hw && !l->leg && !l->ring_now && !l->no_battery && !l->at[FT_PRERING];
}

/* Of two free lines the one with less is taken, of equals the first. */
static int64_t weight(const struct fxo_line *l, enum fxo_hunt hunt)
{
	switch (hunt) {
	case FXO_LEAST_USED:
		return l->calls;
	case FXO_LEAST_RECENT:
		return l->since_us;
	case FXO_ODD:
		return !(l->port & 1);
	case FXO_EVEN:
		return l->port & 1;
	default:
		return 0;
	}
}

/* LEG: for which; no line that it has had. */
static struct fxo_line *hunt(struct fxo_trunk *t, const struct fxo_leg *leg)
{
	struct fxo_line *best = NULL;
	int n = t->n_lines;

	for (int i = 0; i < n; i++) {
		int at = t->conf.hunt == FXO_DESCENDING	   ? n - 1 - i
			 : t->conf.hunt == FXO_ROUND_ROBIN ? (t->last + 1 + i) % n
							   : i;
		struct fxo_line *l = &t->lines[at];

		if (!fxo_is_free(l) || (leg && l->tried_for == leg->no) ||
		    (best && weight(l, t->conf.hunt) >= weight(best, t->conf.hunt)))
			continue;
		best = l;
		if (t->conf.hunt <= FXO_ROUND_ROBIN)
			break;
	}
	if (best)
		t->last = (int)(best - t->lines);
	return best;
}

static int no_line(const struct fxo_trunk *t)
{
	for (int i = 0; i < t->n_lines; i++)
		if (t->lines[i].state != FXO_OUT)
			return -EAGAIN;
	return -ENETDOWN;
}

/* The line is taken at once; going off hook follows in the turn of the loop, which knows the time. */
static void take(struct fxo_line *l, struct fxo_leg *leg)
{
	l->tried_for = leg->no;
	l->calls++;
	fxo_leg_line(leg, l);
	fxo_set(l, FXO_SEIZED);
	fxo_note(l, &(struct fxo_note){.kind = FN_SEIZE});
}

bool fxo_dialable(const struct fxo_conf *conf, const char *digits)
{
	for (; *digits; digits++)
		if (!strchr(conf->pulse ? "0123456789,w" : "0123456789*#ABCDabcd,w", *digits))
			return false;
	return true;
}

int fxo_trunk_call(struct fxo_trunk *t, const struct leg_offer *offer, leg_event_fn *fn, void *arg, struct leg **out)
{
	struct fxo_line *l;
	struct fxo_leg *leg;

	if (t->draining || t->closing)
		return -ESHUTDOWN;
	if (!fxo_dialable(&t->conf, offer->called.digits))
		return -EINVAL;
	l = hunt(t, NULL);
	if (!l)
		return no_line(t);
	leg = fxo_leg_new(t, false);
	if (!leg)
		return -ENOMEM;
	snprintf(leg->dial, sizeof(leg->dial), "%s%s", t->prefix, offer->called.digits);
	for (char *c = leg->dial; *c; c++)
		if (*c != 'w')
			*c = (char)toupper((unsigned char)*c);
	leg_attach(&leg->leg, fn, arg);
	take(l, leg);
	*out = &leg->leg;
	return 0;
}

/* LEG has lost its line before anything was dialled: the next one, or its end. */
static void next_line(struct fxo_leg *leg, int cause, const char *text)
{
	struct fxo_trunk *t = leg->trunk;
	struct fxo_line *l;

	fxo_leg_line(leg, NULL);
	if (leg->stage != FS_CALLING) { /* the gateway is clearing it, and its note went with the line */
		fxo_leg_over(leg, cause, true, NULL, text);
		return;
	}
	l = ++leg->moves < (unsigned)t->n_lines ? hunt(t, leg) : NULL;
	if (!l) {
		fxo_leg_over(leg, cause, true, NULL, text);
		return;
	}
	fxo_step(leg, false, "next line", "%s", text);
	take(l, leg);
}

void fxo_seize_failed(struct fxo_line *l, int cause, const char *text)
{
	struct fxo_leg *leg = l->leg;

	fxo_log(l, LOG_WARNING, "%s", text);
	if (leg)
		fxo_leg_line(leg, NULL);
	fxo_release(l);
	if (leg)
		next_line(leg, cause, text);
}

/* --- Seizing ----------------------------------------------------------------------------------------- */

/* The line is the exchange's: our call goes elsewhere. */
static void called_before(struct fxo_line *l, const char *text)
{
	struct fxo_leg *leg = l->leg;

	l->glare++;
	fxo_log(l, LOG_NOTICE, "%s", text);
	fxo_leg_line(leg, NULL);
	next_line(leg, 44, text);
}

static void rung_before(struct fxo_line *l)
{
	struct fxo_leg *leg = l->leg;

	l->glare++;
	fxo_log(l, LOG_NOTICE, "glare: it rings, and is not seized");
	fxo_leg_line(leg, NULL);
	fxo_set(l, FXO_IDLE);
	fxo_ring_begin(l);
	next_line(leg, 44, "glare: the line rings");
}

/* A telephone beside us has the line: what it talks is no dial tone, nor glare. */
bool fxo_in_use(const struct hw_analog *a)
{
	return a->voltage_mv != INT_MIN && abs(a->voltage_mv) >= IN_USE_MIN_MV && abs(a->voltage_mv) <= IN_USE_MAX_MV;
}

void fxo_seize(struct fxo_line *l)
{
	struct hw_analog a = {.ringing = -1, .voltage_mv = INT_MIN};

	if (l->ring_now || (!hw_analog(l->hw, &a) && a.ringing == 1)) {
		rung_before(l);
		return;
	}
	if (fxo_in_use(&a)) {
		fxo_seize_failed(l, 34, "a telephone beside us is using the line");
		return;
	}
	if (a.grounded == 1) {
		fxo_set(l, FXO_IDLE);
		called_before(l, "glare: the exchange has seized the line");
		return;
	}
	if (fxo_hook(l, HW_OFFHOOK)) {
		fxo_seize_failed(l, 27, "the card refuses to go off hook");
		return;
	}
	fxo_off_hook(l);
	l->since_us = l->trunk->now_us;
	if (fxo_ground(l))
		fxo_timer(l, FT_GROUND, 0);
	else
		fxo_timer(l, FT_DIALTONE, l->trunk->conf.dialtone_wait_ms);
	fxo_listen(l, LISTEN_TONES | LISTEN_SPEECH | LISTEN_DIAL);
	fxo_step(l->leg, true, "seized", "line %d", l->conf.chan);
	fxo_report(l->leg, LEG_AUDIO, false, NULL);
}

/* Ground start: it rings instead of grounding tip alone, so the exchange has a call for us. Ours has answered nothing yet. */
static void back_off(struct fxo_line *l)
{
	struct hw_analog a;

	l->ring_now = !hw_analog(l->hw, &a) && a.ringing == 1;
	fxo_listen(l, 0);
	fxo_hook(l, HW_ONHOOK);
	memset(l->at, 0, sizeof(l->at));
	rung_before(l);
}

void fxo_tip_ground(struct fxo_line *l)
{
	if (!l->at[FT_GROUND])
		return;
	fxo_timer_off(l, FT_GROUND);
	fxo_timer(l, FT_DIALTONE, l->trunk->conf.dialtone_wait_ms);
	if (l->leg)
		fxo_step(l->leg, false, "tip ground", "after %u ms", (unsigned)((l->trunk->now_us - l->seized_us) / 1000));
}

void fxo_no_ground(struct fxo_line *l)
{
	if (l->state == FXO_SEIZED && l->leg)
		fxo_seize_failed(l, 27, "no tip ground: the exchange does not answer our seizure");
}

/* Ring voltage on a line that is being seized: before we are off hook it is a call; just after, maybe the click. */
void fxo_seized_ring(struct fxo_line *l)
{
	if (!l->offhook) {
		if (l->leg)
			rung_before(l);
		return;
	}
	if (fxo_ground(l)) {
		if (l->leg && l->at[FT_GROUND])
			back_off(l);
		return;
	}
	if (l->trunk->now_us - l->seized_us <= GLARE_US && !l->at[FT_GLARE])
		fxo_timer(l, FT_GLARE, 0);
}

/* A voice that speaks and waits is a caller's. A sound without end may be a dial tone that we do not know. */
void fxo_seized_heard(struct fxo_line *l, const struct fxo_note *n)
{
	unsigned ms = (unsigned)((l->trunk->now_us - l->seized_us) / 1000);

	fxo_sounds(l, n);
	if (!l->offhook || !l->leg)
		return;
	if (n->what == HEARD_TONE && (n->tone == TONE_DIAL || n->tone == TONE_STUTTER)) {
		fxo_step(l->leg, false, "dial tone", "after %u ms", ms);
		fxo_dial(l);
	} else if (n->what == HEARD_SPEECH && !fxo_ground(l)) {
		l->spoke = true;
	} else if (n->what == HEARD_SILENCE && l->spoke) {
		fxo_glare(l);
	}
}

void fxo_no_dialtone(struct fxo_line *l)
{
	if (l->state != FXO_SEIZED || !l->leg)
		return;
	fxo_step(l->leg, false, "no dial tone", "within %u ms", l->trunk->conf.dialtone_wait_ms);
	if (l->trunk->conf.no_dialtone == NO_DIALTONE_DIAL) {
		fxo_dial(l);
		return;
	}
	l->trunk->h.audio->keep(l->audio, "dialtone");
	fxo_seize_failed(l, 27, "no dial tone");
}

/* --- Glare ------------------------------------------------------------------------------------------- */

/* By seizing we have answered a call. It is offered as one that waits off hook; ours goes elsewhere. */
void fxo_glare(struct fxo_line *l)
{
	struct fxo_leg *leg = l->leg;

	if (l->state != FXO_SEIZED || !leg)
		return;
	l->glare++;
	fxo_log(l, LOG_NOTICE, "glare: seizing it has answered a call that came in");
	fxo_timer_off(l, FT_DIALTONE);
	fxo_timer_off(l, FT_GLARE);
	fxo_leg_line(leg, NULL);
	if (l->trunk->draining || l->trunk->closing) {
		fxo_release(l);
	} else if (l->trunk->conf.two_stage) {
		fxo_collect(l);
	} else {
		fxo_set(l, FXO_ACCEPTED);
		fxo_offer(l, l->conf.number);
		if (!l->leg)
			fxo_release(l);
	}
	next_line(leg, 44, "glare: a call came in on the line");
}
