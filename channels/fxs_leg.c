/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/fxs_leg.c: the legs of a telephone's calls, and what the gateway asks of them. None of these functions reports
 * anything before it returns. Loop thread.
 */
#include "channels/fxs_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

/* --- Life ----------------------------------------------------------------------------------------- */

struct fxs_leg *fxs_leg_new(struct fxs_line *l, bool incoming)
{
	struct fxs_leg *leg = calloc(1, sizeof(*leg));

	if (!leg)
		return NULL;
	leg->leg.ops = &fxs_leg_ops;
	leg->leg.incoming = incoming;
	leg->leg.line = l->hw;
	leg->line = l;
	leg->next = l->trunk->legs;
	l->trunk->legs = leg;
	l->trunk->changed = true;
	return leg;
}

void fxs_leg_free(struct fxs_leg *leg)
{
	struct fxs_leg **p = &leg->line->trunk->legs;

	while (*p && *p != leg)
		p = &(*p)->next;
	if (*p)
		*p = leg->next;
	free(leg);
}

void fxs_leg_over(struct fxs_leg *leg, const struct leg_cause *cause)
{
	struct fxs_line *l = leg->line;

	for (int i = 0; i < 2; i++)
		if (l->leg[i] == leg)
			l->leg[i] = NULL;
	if (!l->leg[1])
		l->consult = false;
	if (leg->stage == FL_DONE)
		return;
	leg->stage = FL_DONE;
	leg->cause = *cause;
	l->trunk->changed = true;
	fxs_report_cleared(leg);
}

void fxs_leg_over_here(struct fxs_leg *leg, int q850)
{
	struct leg_cause cause = { .q850 = (uint8_t)q850 };

	if (leg)
		fxs_leg_over(leg, &cause);
}

void fxs_leg_port(struct fxs_leg *leg, struct media_port *port)
{
	if (leg->leg.port == port)
		return;
	leg->leg.port = port;
	fxs_report_kind(leg, LEG_AUDIO);
}

void fxs_leg_talk(struct fxs_leg *leg)
{
	struct fxs_line *l = leg->line;
	bool held = leg->stage == FL_HELD;

	fxs_leg_port(leg, l->trunk->h.audio->port(l->audio));
	leg->stage = FL_UP;
	if (held) {
		fxs_report_kind(leg, LEG_RESUMED);
		fxs_trace(leg, false, "resumed", NULL);
	} else if (!leg->answered) {
		fxs_report_kind(leg, LEG_ANSWERED);
	}
	leg->answered = true;
}

/* --- After a transfer ------------------------------------------------------------------------------ */

int64_t fxs_leg_next(const struct fxs_leg *leg)
{
	return leg->stage == FL_JOINED ? leg->joined_until_us : -1;
}

/* The gateway clears what it has joined; a leg that it forgot ends by itself. */
void fxs_leg_join_run(struct fxs_leg *leg)
{
	struct fxs_trunk *t = leg->line->trunk;

	if (leg->stage != FL_JOINED)
		return;
	if (leg->joined_until_us == FXS_UNSTAMPED)
		leg->joined_until_us = t->now_us + (int64_t)fxs_times[TM_JOIN].ms * 1000;
	if (t->now_us < leg->joined_until_us)
		return;
	fxs_log(leg->line, LOG_WARNING, "a transferred call was not taken over: cleared");
	fxs_leg_over_here(leg, 16);
}

/* --- Asked by the gateway ---------------------------------------------------------------------------- */

static struct fxs_leg *offered(struct leg *leg)
{
	struct fxs_leg *l = (struct fxs_leg *)leg;

	return l->stage == FL_OFFERED && !l->dropped && l->line->leg[0] == l ? l : NULL;
}

static int op_proceed(struct leg *leg)
{
	return offered(leg) ? 0 : -EALREADY;
}

/* What is heard before answer: the far end where its audio flows, else the country's ringback. */
static void hear(struct fxs_leg *leg, bool inband, enum tone_id tone)
{
	if (inband)
		leg->hears = true;
	if (leg->hears)
		tone = TONE_NONE;
	if (leg->tone == tone)
		return;
	leg->tone = tone;
	fxs_play_tone(leg->line, tone);
}

static int op_alert(struct leg *leg, bool inband)
{
	struct fxs_leg *l = offered(leg);

	if (!l)
		return -EALREADY;
	fxs_trace(l, true, inband ? "far end's audio" : "ringback tone", NULL);
	hear(l, inband, TONE_RINGBACK);
	return 0;
}

static int op_progress(struct leg *leg, bool inband, const struct leg_cause *cause)
{
	struct fxs_leg *l = offered(leg);

	(void)cause;	/* said by tones in the audio, and again when the call is cleared */
	if (!l)
		return -EALREADY;
	if (inband) {
		fxs_trace(l, true, "far end's audio", NULL);
		hear(l, true, TONE_NONE);
	}
	return 0;
}

static int op_answer(struct leg *leg, const struct leg_number *connected)
{
	struct fxs_leg *l = offered(leg);

	(void)connected;	/* no telephone shows it */
	if (!l)
		return -EALREADY;
	l->stage = FL_UP;
	l->answered = true;
	hear(l, true, TONE_NONE);
	if (l->line->trunk->conf.polarity_answer)
		fxs_port_reverse(l->line, true);
	fxs_trace(l, true, "answered", "%s", l->line->reversed ? "polarity reversed" : "");
	fxs_line_set(l->line, FS_UP);
	return 0;
}

static int op_digit(struct leg *leg, char digit, unsigned duration_ms)
{
	struct fxs_leg *l = (struct fxs_leg *)leg;
	char digits[2] = { digit };
	struct play_item item = { .kind = PLAY_DIGITS, .digits = digits, .on_ms = duration_ms };

	if (l->stage != FL_UP || l->dropped || l->line->wait == FW_ALERT || l->line->wait == FW_ACK ||
	    l->line->wait == FW_DATA)
		return -EALREADY;
	return l->line->trunk->h.audio->play(l->line->audio, &item, 1);
}

/* The other call of a line goes: the state it is in stays, but for three that talk. */
static void clear_other(struct fxs_leg *leg, const struct leg_cause *cause)
{
	struct fxs_line *l = leg->line;
	bool waited = leg->stage == FL_WAITING;

	if (l->state == FS_THREE)
		fxs_three_end(l, 0);
	fxs_leg_over(leg, cause);
	if (waited)
		fxs_wait_stop(l);
}

static int op_clear(struct leg *leg, const struct leg_cause *cause)
{
	struct fxs_leg *l = (struct fxs_leg *)leg;

	if (l->dropped || l->stage == FL_DONE)
		return -EALREADY;
	l->dropped = true;
	if (l->line->leg[0] == l) {
		l->cause = *cause;
		l->line->cause = &l->cause;
		fxs_line_event(l->line, FE_CLEARED);
		l->line->cause = NULL;
	}
	if (l->line->leg[1] == l)
		clear_other(l, cause);
	if (l->stage != FL_DONE)
		fxs_leg_over(l, cause);
	return 0;
}

const struct leg_ops fxs_leg_ops = {
	.name = "fxs",
	.proceed = op_proceed,
	.alert = op_alert,
	.progress = op_progress,
	.answer = op_answer,
	.digit = op_digit,
	.clear = op_clear,
	.traced = fxs_leg_traced,
};
