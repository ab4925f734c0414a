/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/fxo_answer.c: the number is dialled; was it answered? A ladder of hints, in the order of the trunk's file where two come
 * in one turn of the loop, and the tones that say that it was not. Loop thread.
 */
#include "channels/fxo_private.h"

#include <stdio.h>

#define DEAF_US 500000		/* after dialling: the exchange's clicks are no speech */
#define EARLY_US 1000000	/* before all digits are out: the last one is */
#define BUSY_CYCLES 2
#define CADENCE_TOLERANCE 115	/* per cent */

bool fxo_wants(const struct fxo_line *l, enum fxo_answer a)
{
	const struct fxo_conf *c = &l->trunk->conf;

	for (int i = 0; i < c->n_answer; i++)
		if (c->answer[i] == a)
			return true;
	return false;
}

void fxo_sent(struct fxo_line *l)
{
	const struct fxo_conf *c = &l->trunk->conf;

	fxo_timer_off(l, FT_DIAL_MAX);
	fxo_set(l, FXO_SENT);
	fxo_listen(l, LISTEN_TONES | LISTEN_SPEECH);
	l->dialled_us = l->trunk->now_us;
	if (l->early_bits && l->trunk->now_us - l->early_us <= EARLY_US) {
		l->answer_bits = l->early_bits;
	} else {
		l->answer_bits = 0;
		l->reversed = false; /* what it did at the first digits says nothing */
	}
	l->early_bits = 0;
	if (fxo_wants(l, ANSWER_TIMER))
		fxo_timer(l, FT_ANSWER, c->answer_timer_ms);
	fxo_timer(l, FT_NO_ANSWER, c->no_answer_ms);
	fxo_mute(l);
	if (l->redialled)
		return;
	fxo_report(l->leg, LEG_PROCEEDING, false, NULL);
	if (l->leg)
		fxo_report(l->leg, LEG_PROGRESS, true, NULL);
}

/* --- Tones ------------------------------------------------------------------------------------------- */

static unsigned ringback_period_ms(const struct fxo_line *l)
{
	const struct tone_def *d = tone_of(&l->trunk->country, TONE_RINGBACK);
	unsigned ms = 0;

	for (int i = d->repeat_from; i < d->n_parts; i++)
		ms += d->parts[i].ms;
	return ms;
}

static void ringback(struct fxo_line *l)
{
	fxo_timer(l, FT_RINGBACK, ringback_period_ms(l) * CADENCE_TOLERANCE / 100 + fxo_timers[FT_RINGBACK].ms);
	l->sounds_over_ringback = 0;
	if (l->ringback)
		return;
	l->ringback = true;
	fxo_step(l->leg, false, "ringback", "%s", "");
	fxo_report(l->leg, LEG_ALERTING, true, NULL);
}

/* The tones of failure: which cause, how many cycles make sure. */
static const struct {
	enum tone_id tone;
	unsigned cycles;
	int cause;
	const char *text;
} failures[] = {
	{TONE_BUSY, BUSY_CYCLES, 17, "busy tone"},
	{TONE_CONGESTION, BUSY_CYCLES, 34, "congestion tone"},
	{TONE_SIT, 1, 1, "special information tone"},
};

static void failed(struct fxo_line *l, int cause, enum fxo_clear how, const char *text)
{
	l->cleared[how]++;
	if (l->leg)
		fxo_leg_over(l->leg, cause, true, fxo_clear_name(how), text);
	fxo_release(l);
}

/* Dial tone after the number: it never broke, or the exchange has thrown the call away. */
static void dialtone_again(struct fxo_line *l, const struct fxo_note *n)
{
	if (n->cycles < 2)
		return;
	if (!l->ringback && !l->redialled && !l->broke) {
		fxo_dial_break(l);
		return;
	}
	failed(l, 41, CLEARED_DIALTONE, "dial tone again after the number was dialled");
}

static void tone(struct fxo_line *l, const struct fxo_note *n)
{
	if (n->tone == TONE_RINGBACK) {
		ringback(l);
		return;
	}
	if (n->tone == TONE_DIAL || n->tone == TONE_STUTTER) {
		dialtone_again(l, n);
		return;
	}
	for (size_t i = 0; i < sizeof(failures) / sizeof(failures[0]); i++)
		if (failures[i].tone == (enum tone_id)n->tone && fxo_clean_cycles(l) >= failures[i].cycles) {
			failed(l, failures[i].cause, CLEARED_TONE, failures[i].text);
			return;
		}
}

static void speech(struct fxo_line *l)
{
	if (l->trunk->now_us - l->dialled_us < DEAF_US)
		return;
	/* Over a ringback that has not been missed yet, twice: its own first moment may not be known as such. */
	if (l->tone == TONE_NONE || (l->tone == TONE_RINGBACK && ++l->sounds_over_ringback >= 2))
		fxo_answer_hint(l, ANSWER_SPEECH);
}

/* A voice in its pause may be what has ended it; else it is left to see whether a busy tone follows. */
static void ringback_ended(struct fxo_line *l)
{
	if (l->sounds_over_ringback)
		fxo_answer_hint(l, ANSWER_SPEECH);
	if (l->ringback)
		fxo_timer(l, FT_RINGBACK, 0);
}

void fxo_sent_heard(struct fxo_line *l, const struct fxo_note *n)
{
	fxo_sounds(l, n);
	if (!l->leg)
		return;
	if (n->what == HEARD_TONE)
		tone(l, n);
	else if (n->what == HEARD_TONE_END && n->tone == TONE_RINGBACK)
		ringback_ended(l);
	else if (n->what == HEARD_SPEECH)
		speech(l);
}

/* Busy that has begun but is not known yet holds it back. */
void fxo_ringback_gone(struct fxo_line *l)
{
	if (l->state != FXO_SENT || !l->leg)
		return;
	if (l->tone != TONE_NONE && l->tone != TONE_RINGBACK)
		fxo_timer(l, FT_RINGBACK, 0);
	else
		fxo_answer_hint(l, ANSWER_RINGBACK_STOPPED);
}

/* --- The ladder -------------------------------------------------------------------------------------- */

/* An exchange may answer at the last digit, before we know that it is out: such a hint waits for that. */
void fxo_answer_hint(struct fxo_line *l, enum fxo_answer a)
{
	if (!fxo_wants(l, a))
		return;
	if (l->state == FXO_SENT) {
		l->answer_bits |= 1U << a;
	} else if (l->state == FXO_DIALLING) {
		l->early_bits |= 1U << a;
		l->early_us = l->trunk->now_us;
	}
}

void fxo_answer_timer(struct fxo_line *l)
{
	fxo_answer_hint(l, ANSWER_TIMER);
}

void fxo_answer_decide(struct fxo_line *l)
{
	const struct fxo_conf *c = &l->trunk->conf;
	unsigned bits = l->answer_bits;

	l->answer_bits = 0;
	if (!bits || l->state != FXO_SENT || !l->leg || l->leg->stage != FS_CALLING)
		return;
	for (int i = 0; i < c->n_answer; i++) {
		const char *how = fxo_answer_name(c->answer[i]);

		if (!(bits & 1U << c->answer[i]))
			continue;
		l->leg->stage = FS_UP;
		fxo_step(l->leg, false, "answered", "%s", how);
		fxo_play_stop(l);
		fxo_up(l);
		fxo_report(l->leg, LEG_ANSWERED, true, how);
		return;
	}
}

void fxo_no_answer(struct fxo_line *l)
{
	if (l->state != FXO_SENT)
		return;
	if (l->leg)
		fxo_leg_over(l->leg, 19, true, NULL, "no answer");
	fxo_release(l);
}
