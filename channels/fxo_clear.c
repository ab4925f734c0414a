/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/fxo_clear.c: is the call over? All that an exchange may do when its side hangs up is watched, each by itself, and which
 * of them it was is told. Speech and music are nothing of it: only a tone of the country, known by frequency and cadence over two
 * whole cycles in which nothing else was heard. And the line's way back: on hook, guard time. Loop thread.
 */
#include "channels/fxo_private.h"

#include <string.h>

#define CLEAN_CYCLES 2
#define CLICK_US 400000	/* after going off hook: the exchange's relays, not its clearing */

static const struct {
	int cause;
	const char *text;
} clears[FXO_CLEARS] = {
	[CLEARED_BATTERY] = {16, "the exchange took the battery away"},
	[CLEARED_POLARITY] = {16, "the exchange turned the polarity back"},
	[CLEARED_TONE] = {16, "a tone of the exchange"},
	[CLEARED_DIALTONE] = {16, "dial tone came back"},
	[CLEARED_IDLE] = {16, "the line was silent and no RTP came"},
	[CLEARED_CEILING] = {102, "the line was held for as long as it may be"},
};

static bool watched(const struct fxo_line *l, enum fxo_clear c)
{
	return l->trunk->conf.clear & 1U << c;
}

/* --- What is heard ------------------------------------------------------------------------------------ */

static void tone_heard(struct fxo_line *l, const struct fxo_note *n)
{
	int64_t began_us = l->trunk->now_us - (int64_t)n->ms * 1000;

	if (l->tone != (enum tone_id)n->tone) {
		l->tone = (enum tone_id)n->tone;
		l->cycles_spoken = l->sound_us && l->sound_us > began_us ? n->cycles : 0;
	}
	l->cycles = n->cycles;
	l->dialtone_on = n->tone == TONE_DIAL || n->tone == TONE_STUTTER;
	l->silent_us = 0;
}

static void idle_watch(struct fxo_line *l)
{
	int64_t since = l->silent_us > l->rtp_lost_us ? l->silent_us : l->rtp_lost_us;

	if (l->silent_us && l->rtp_lost_us && l->state == FXO_UP && watched(l, CLEARED_IDLE))
		l->at[FT_IDLE] = since + (int64_t)l->trunk->conf.idle_ms * 1000;
	else
		fxo_timer_off(l, FT_IDLE);
}

void fxo_sounds(struct fxo_line *l, const struct fxo_note *n)
{
	switch (n->what) {
	case HEARD_TONE:
		tone_heard(l, n);
		break;
	case HEARD_TONE_END:
		if (n->tone == TONE_DIAL || n->tone == TONE_STUTTER)
			l->broke = true;
		if (l->tone == (enum tone_id)n->tone) {
			l->tone = TONE_NONE;
			l->dialtone_on = false;
		}
		break;
	case HEARD_SPEECH:
		l->sound_us = l->trunk->now_us;
		l->cycles_spoken = l->cycles;
		l->silent_us = 0;
		break;
	case HEARD_SILENCE:
		if (!l->silent_us)
			l->silent_us = l->trunk->now_us - (int64_t)n->ms * 1000;
		break;
	case HEARD_DIGIT_BEGIN:
	case HEARD_DIGIT:
		l->silent_us = 0;
		break;
	default:
		break;
	}
	idle_watch(l);
}

/* Cycles of the tone since anything else was heard. */
unsigned fxo_clean_cycles(const struct fxo_line *l)
{
	return l->cycles > l->cycles_spoken ? l->cycles - l->cycles_spoken : 0;
}

static void tone_clears(struct fxo_line *l, const struct fxo_note *n)
{
	enum tone_id id = (enum tone_id)n->tone;

	if (fxo_clean_cycles(l) < CLEAN_CYCLES)
		return;
	if (id == TONE_BUSY || id == TONE_CONGESTION || id == TONE_SIT || id == TONE_HOWLER) {
		if (watched(l, CLEARED_TONE))
			fxo_far_cleared(l, CLEARED_TONE, tone_id_name(id));
	} else if ((id == TONE_DIAL || id == TONE_STUTTER) && watched(l, CLEARED_DIALTONE) && !l->at[FT_RECALL]) {
		fxo_far_cleared(l, CLEARED_DIALTONE, NULL);
	}
}

void fxo_up_heard(struct fxo_line *l, const struct fxo_note *n)
{
	fxo_sounds(l, n);
	switch (n->what) {
	case HEARD_TONE:
		tone_clears(l, n);
		break;
	case HEARD_DIGIT_BEGIN:
	case HEARD_DIGIT:
		if (l->state == FXO_ACCEPTED)
			fxo_collect_digit(l, n->what == HEARD_DIGIT_BEGIN, n->digit);
		break;
	case HEARD_CAS:
		if (l->state == FXO_UP)
			fxo_cas(l);
		break;
	case HEARD_CALLERID:
		if (l->leg)
			fxo_step(l->leg, false, "call waiting", "%s", l->heard_cid.number[0] ? l->heard_cid.number : "no number");
		break;
	default:
		break;
	}
}

void fxo_rtp(struct fxo_line *l, bool lost)
{
	l->rtp_lost_us = lost ? l->trunk->now_us : 0;
	idle_watch(l);
}

void fxo_idle_long(struct fxo_line *l)
{
	if (l->state != FXO_UP)
		return;
	l->trunk->h.audio->keep(l->audio, "idle");
	fxo_far_cleared(l, CLEARED_IDLE, NULL);
}

void fxo_ceiling(struct fxo_line *l)
{
	if (l->offhook)
		fxo_far_cleared(l, CLEARED_CEILING, NULL);
}

/* --- What the card says ------------------------------------------------------------------------------- */

/* Ground start: tip was opened, which means one thing alone. */
static void tip_opened(struct fxo_line *l)
{
	if (l->state == FXO_SEIZED)
		fxo_seize_failed(l, 27, "the exchange took the ground from tip");
	else if (watched(l, CLEARED_BATTERY))
		fxo_far_cleared(l, CLEARED_BATTERY, "the exchange took the ground from tip");
}

static void disconnected(struct fxo_line *l, const char *text)
{
	if (l->state == FXO_SEIZED || l->flashing || l->trunk->now_us - l->seized_us < CLICK_US)
		return;
	if ((l->state == FXO_SENT || l->state == FXO_DIALLING) && !text && fxo_wants(l, ANSWER_BATTERY))
		fxo_answer_hint(l, ANSWER_BATTERY);
	else if (watched(l, CLEARED_BATTERY))
		fxo_far_cleared(l, CLEARED_BATTERY, text);
}

/* An exchange that reverses when a call is answered turns back when it ends. One that calls us may do so only at the end, or
 * turn back at our answer what it reversed before the ring (SIN 227). */
static void turned(struct fxo_line *l)
{
	bool called = l->state == FXO_ACCEPTED || (l->leg && l->leg->leg.incoming);

	l->reversed = !l->reversed;
	if (l->state == FXO_SEIZED || (l->state != FXO_DIALLING && l->at[FT_SETTLE]))
		l->reversed = false;
	else if ((l->state == FXO_SENT || l->state == FXO_DIALLING) && l->reversed)
		fxo_answer_hint(l, ANSWER_POLARITY);
	else if (l->state != FXO_DIALLING && (called || !l->reversed) && watched(l, CLEARED_POLARITY))
		fxo_far_cleared(l, CLEARED_POLARITY, NULL);
}

void fxo_off_hook_card(struct fxo_line *l, enum hw_event ev)
{
	if (ev == HW_EV_DISCONNECT && fxo_ground(l))
		tip_opened(l);
	else if (ev == HW_EV_DISCONNECT)
		disconnected(l, NULL);
	else if (ev == HW_EV_NO_BATTERY)
		disconnected(l, "no battery");
	else if (ev == HW_EV_POLARITY)
		turned(l);
}

/* --- Off hook, up, and back ---------------------------------------------------------------------------- */

void fxo_off_hook(struct fxo_line *l)
{
	fxo_timer(l, FT_CEILING, l->trunk->conf.ceiling_ms);
	fxo_timer(l, FT_SETTLE, 0);
	fxo_timer_off(l, FT_RING_MIN);
	fxo_timer_off(l, FT_RING_GONE);
	fxo_timer_off(l, FT_CALLERID);
	fxo_timer_off(l, FT_PRERING);
	l->seized_us = l->trunk->now_us;
	l->ring_now = false;
	l->answer_bits = l->early_bits = 0;
	l->cycles = l->cycles_spoken = l->sounds_over_ringback = 0;
	l->tone = TONE_NONE;
	l->sound_us = l->silent_us = l->rtp_lost_us = 0;
	l->dialtone_on = l->broke = l->redialled = l->spoke = l->ringback = l->reversed = l->flashing = false;
	l->playing = l->tone_playing = false;
	l->more[0] = 0;
}

void fxo_up(struct fxo_line *l)
{
	fxo_timer_off(l, FT_ANSWER);
	fxo_timer_off(l, FT_NO_ANSWER);
	fxo_timer_off(l, FT_RINGBACK);
	fxo_timer_off(l, FT_BREAK);
	fxo_set(l, FXO_UP);
	fxo_listen(l, LISTEN_TONES | LISTEN_SPEECH | (l->trunk->conf.cid ? (unsigned)LISTEN_CAS : 0));
	idle_watch(l);
}

void fxo_far_cleared(struct fxo_line *l, enum fxo_clear how, const char *text)
{
	bool answered = l->state == FXO_UP || l->state == FXO_ACCEPTED;
	int cause = clears[how].cause == 16 && !answered ? 31 : clears[how].cause;

	l->cleared[how]++;
	if (l->leg)
		fxo_leg_over(l->leg, cause, true, fxo_clear_name(how), text ? text : clears[how].text);
	fxo_release(l);
}

void fxo_release(struct fxo_line *l)
{
	fxo_play_stop(l);
	fxo_listen(l, 0);
	fxo_hook(l, HW_ONHOOK);
	memset(l->at, 0, sizeof(l->at));
	l->flashing = l->ring_known = l->cid_bad = l->taking_data = false;
	l->ring_began_us = l->ring_ended_us = l->cid_us = 0;
	l->rings = 0;
	fxo_set(l, FXO_GUARD);
	fxo_timer(l, FT_GUARD, l->trunk->conf.guard_ms);
}

void fxo_guard_over(struct fxo_line *l)
{
	if (l->state == FXO_GUARD)
		fxo_idle(l);
}

void fxo_near_clears(struct fxo_line *l)
{
	enum tone_id told = l->leg->cause.q850 == 17 ? TONE_BUSY : TONE_CONGESTION;

	fxo_step(l->leg, true, "cleared", "%s", l->state == FXO_RINGING ? "not answered: it rings on" : "");
	fxo_leg_over(l->leg, 16, false, NULL, "");
	if (l->state == FXO_ACCEPTED)
		fxo_reorder(l, told);
	else if (l->state != FXO_RINGING && l->state != FXO_SEIZED)
		fxo_release(l);
	else if (l->state == FXO_SEIZED && l->offhook)
		fxo_release(l);
	else if (l->state == FXO_SEIZED)
		fxo_set(l, FXO_IDLE);
}
