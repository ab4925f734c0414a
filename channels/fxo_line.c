/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/fxo_line.c: a line: its states and what each does with what the card says and the audio hears, as a table; its timers,
 * as another; its port: opened, gone, without battery, back. Loop thread.
 */
#include "channels/fxo_private.h"
#include "channels/fxo_test.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* --- States ------------------------------------------------------------------------------------------ */

static void card_on_hook(struct fxo_line *l, enum hw_event ev)
{
	if (ev == HW_EV_RING_BEGIN)
		fxo_ring_begin(l);
	else if (ev == HW_EV_RING_END)
		fxo_ring_end(l);
	else if (ev == HW_EV_DISCONNECT && fxo_ground(l))
		fxo_ring_dropped(l);
	else if (ev == HW_EV_POLARITY && l->state == FXO_IDLE)
		fxo_prering(l);
}

static void card_seized(struct fxo_line *l, enum hw_event ev)
{
	if (ev == HW_EV_RING_BEGIN)
		fxo_seized_ring(l);
	else if (ev == HW_EV_TIP_GROUND)
		fxo_tip_ground(l);
	else
		fxo_off_hook_card(l, ev);
}

static void card_dialling(struct fxo_line *l, enum hw_event ev)
{
	if (ev == HW_EV_DIAL_DONE)
		fxo_dial_pulses(l);
	else
		fxo_off_hook_card(l, ev);
}

/* Caller ID before the ring is for whoever rings next. */
static void heard_on_hook(struct fxo_line *l, const struct fxo_note *n)
{
	if (n->what == HEARD_CALLERID)
		fxo_callerid(l);
	else if (n->what == HEARD_CALLERID_BAD)
		fxo_callerid_bad(l);
}

#define S(s) (1U << (s))
static const struct {
	const char *name;
	unsigned next;
	void (*card)(struct fxo_line *l, enum hw_event ev);
	void (*heard)(struct fxo_line *l, const struct fxo_note *n);
} states[FXO_LINE_STATES] = {
	[FXO_OUT] = {"out of service", S(FXO_IDLE) | S(FXO_TEST), NULL, NULL},
	[FXO_IDLE] = {"idle", S(FXO_RINGING) | S(FXO_SEIZED) | S(FXO_TEST), card_on_hook, heard_on_hook},
	[FXO_RINGING] = {"ringing", S(FXO_UP) | S(FXO_ACCEPTED) | S(FXO_GUARD), card_on_hook, heard_on_hook},
	[FXO_SEIZED] = {"seized", S(FXO_IDLE) | S(FXO_DIALLING) | S(FXO_ACCEPTED) | S(FXO_GUARD), card_seized,
			fxo_seized_heard},
	[FXO_DIALLING] = {"dialling", S(FXO_SENT) | S(FXO_GUARD), card_dialling, fxo_sounds},
	[FXO_SENT] = {"sent", S(FXO_DIALLING) | S(FXO_UP) | S(FXO_GUARD), fxo_off_hook_card, fxo_sent_heard},
	[FXO_ACCEPTED] = {"accepted", S(FXO_UP) | S(FXO_CLEARING) | S(FXO_GUARD), fxo_off_hook_card, fxo_up_heard},
	[FXO_UP] = {"up", S(FXO_GUARD), fxo_off_hook_card, fxo_up_heard},
	[FXO_CLEARING] = {"clearing", S(FXO_GUARD), fxo_off_hook_card, fxo_up_heard},
	[FXO_GUARD] = {"guard", S(FXO_IDLE) | S(FXO_RINGING), card_on_hook, heard_on_hook},
	[FXO_TEST] = {"test", S(FXO_IDLE) | S(FXO_GUARD), fxo_test_card, fxo_test_heard},
};

const char *fxo_line_state_name(enum fxo_line_state s)
{
	return (unsigned)s < FXO_LINE_STATES ? states[s].name : "?";
}

/* The one place where a state changes. OUT can come at any time: the port has gone. */
void fxo_set(struct fxo_line *l, enum fxo_line_state s)
{
	if (s == l->state)
		return;
	if (s != FXO_OUT && !(states[l->state].next & S(s)))
		fxo_log(l, LOG_ERR, "from %s to %s is not foreseen", states[l->state].name, states[s].name);
	l->state = s;
	l->since_us = l->trunk->now_us;
	l->trunk->changed = true;
}

void fxo_line_card(struct fxo_line *l, enum hw_event ev)
{
	if (ev == HW_EV_BATTERY || (l->state == FXO_OUT && ev == HW_EV_RING_BEGIN))
		fxo_on_battery(l, true);
	else if (ev == HW_EV_NO_BATTERY)
		fxo_on_battery(l, false);
	if (states[l->state].card)
		states[l->state].card(l, ev);
}

void fxo_line_heard(struct fxo_line *l, const struct fxo_note *n)
{
	if (states[l->state].heard)
		states[l->state].heard(l, n);
}

void fxo_line_audio(struct fxo_line *l, enum line_audio_kind kind)
{
	if (kind == LINE_PLAYED && l->state == FXO_DIALLING)
		fxo_dial_played(l);
	else if (kind == LINE_PLAYED)
		fxo_digits_played(l);
	else
		fxo_rtp(l, kind == LINE_RTP_LOST);
}

/* --- Timers ------------------------------------------------------------------------------------------ */

static void on_settled(struct fxo_line *l)
{
	l->flashing = false;
}

static void on_recall(struct fxo_line *l)
{
	(void)l; /* that it no longer runs is what counts */
}

static void on_cas_over(struct fxo_line *l)
{
	fxo_listen(l, l->listening & ~(unsigned)LISTEN_CALLERID);
}

static void on_reopen(struct fxo_line *l)
{
	struct hw_analog a;

	if (!l->hw)
		fxo_line_open(l);
	else if (l->audio_closing)
		fxo_timer(l, FT_REOPEN, 0);
	else if (!hw_analog(l->hw, &a) && a.battery == 1)
		fxo_on_battery(l, true);
	else
		fxo_timer(l, FT_REOPEN, 0);
}

const struct fxo_timer_def fxo_timers[FXO_TIMERS] = {
	[FT_REOPEN] = {"reopen", 2000, "between looks at a port that has gone or has no battery", on_reopen},
	[FT_RING_MIN] = {"ring-min", 0, "ring voltage for so long is no noise", fxo_ring_believed},
	[FT_RING_GONE] = {"ring-gone", 0, "no ring for the country's longest pause and 2 s: the caller gave up", fxo_ring_gone},
	[FT_CALLERID] = {"callerid", 8000, "from the first ring on, for exchanges with long pauses", fxo_callerid_late},
	[FT_PRERING] = {"prering", 6000, "from line reversal to the first ring: SIN 227 has 1.5 s and the message", fxo_prering_over},
	[FT_GROUND] = {"ground", 5000, "an exchange that has not grounded tip by then does not want to", fxo_no_ground},
	[FT_DIALTONE] = {"dialtone", 0, "after seizing", fxo_no_dialtone},
	[FT_GLARE] = {"glare", 1500, "rung at the moment of seizing and no dial tone since", fxo_glare},
	[FT_BREAK] = {"break", 2000, "dial tone is to break with the first digit", fxo_dial_break},
	[FT_DIAL_MAX] = {"dial-max", 0, "as long as dialling can take, and 10 s", fxo_dial_stuck},
	[FT_PAUSE] = {"pause", 500, "before pulses, as long as a dial takes to wind up: exchanges debounce the loop; or as dialled",
		      fxo_dial_pulses},
	[FT_RINGBACK] = {"ringback", 2500, "ringback is over: time for a busy tone to be known as one", fxo_ringback_gone},
	[FT_ANSWER] = {"answer", 0, "taken for answered so long after dialling", fxo_answer_timer},
	[FT_NO_ANSWER] = {"no-answer", 180000, "nobody answers", fxo_no_answer},
	[FT_IDLE] = {"idle", 0, "neither the line nor RTP brings anything", fxo_idle_long},
	[FT_CEILING] = {"ceiling", 14400000, "no seizure lasts longer", fxo_ceiling},
	[FT_SETTLE] = {"settle", 1500, "after going off hook or a flash, what the battery does means nothing", on_settled},
	[FT_RECALL] = {"recall", 30000, "dial tone after our own flash is no clearing", on_recall},
	[FT_CAS] = {"cas", 3000, "the message of call waiting follows its alerting signal (GR-30)", on_cas_over},
	[FT_FIRST_DIGIT] = {"first-digit", 10000, "two-stage dialling", fxo_collect_none},
	[FT_INTERDIGIT] = {"interdigit", 4000, "two-stage dialling", fxo_collect_done},
	[FT_REORDER] = {"reorder", 6000, "a tone tells the caller that it was in vain", fxo_release},
	[FT_GUARD] = {"guard", 1500, "on hook, before the line is used again: the exchange must have let go", fxo_guard_over},
	[FT_NTT] = {"ntt", 6000, "the loop is closed for the data of caller ID", fxo_ntt_over},
	[FT_TEST] = {"test", 0, "a step of a test", fxo_test_step},
	[FT_TEST_MAX] = {"test-max", FXO_TEST_MAX_MS, "no line is kept longer from calls", fxo_test_too_long},
};

void fxo_timer(struct fxo_line *l, enum fxo_timer t, unsigned ms)
{
	int64_t at = l->trunk->now_us + (int64_t)(ms ? ms : fxo_timers[t].ms) * 1000;

	l->at[t] = at ? at : 1;
}

void fxo_timer_off(struct fxo_line *l, enum fxo_timer t)
{
	l->at[t] = 0;
}

void fxo_timers_run(struct fxo_line *l)
{
	for (int t = 0; t < FXO_TIMERS; t++)
		if (l->at[t] && l->at[t] <= l->trunk->now_us) {
			l->at[t] = 0;
			fxo_timers[t].fn(l);
		}
}

int64_t fxo_line_next(const struct fxo_line *l)
{
	int64_t next = l->queued ? l->trunk->now_us : -1;

	for (int t = 0; t < FXO_TIMERS; t++)
		if (l->at[t] && (next < 0 || l->at[t] < next))
			next = l->at[t];
	return next;
}

/* --- The port ---------------------------------------------------------------------------------------- */

static void on_card(void *arg, enum hw_event ev)
{
	struct fxo_line *l = arg;

	if (ev == HW_EV_RING_BEGIN || ev == HW_EV_RING_END)
		l->ring_now = ev == HW_EV_RING_BEGIN; /* hunting is to know it at once */
	if (ev == HW_EV_REMOVED)
		l->removed = true; /* acted on in the turn of the loop: a note may get lost */
	else
		fxo_note(l, &(struct fxo_note){.kind = FN_CARD, .what = (uint8_t)ev});
}

static void on_audio(void *arg, struct line_audio *a, const struct line_audio_event *ev)
{
	struct fxo_line *l = arg;
	struct fxo_note n = {.kind = FN_AUDIO, .what = (uint8_t)ev->kind};

	(void)a;
	if (ev->kind == LINE_CLOSED) {
		l->audio = NULL;
		l->audio_closing = false;
		hw_line_close(l->hw);
		l->hw = NULL;
		return;
	}
	if (l->audio_closing)
		return;
	if (ev->kind == LINE_HEARD) {
		const struct heard *h = ev->heard;

		n = (struct fxo_note){.kind = FN_HEARD, .what = (uint8_t)h->kind, .digit = h->digit,
				      .tone = (uint8_t)h->tone, .cycles = h->cycles, .ms = h->ms};
		if (h->kind == HEARD_CALLERID)
			l->heard_cid = h->callerid;
	}
	fxo_note(l, &n);
}

static void out_of_service(struct fxo_line *l, const char *why)
{
	if (strcmp(l->why, why)) {
		snprintf(l->why, sizeof(l->why), "%s", why);
		fxo_log(l, LOG_ERR, "out of service: %s", why);
	}
	fxo_set(l, FXO_OUT);
	if (!l->trunk->closing)
		fxo_timer(l, FT_REOPEN, 0);
}

static int open_port(struct fxo_line *l)
{
	const struct fxo_trunk *t = l->trunk;
	const struct country *c = &t->country;
	struct line_audio_conf ac = {.country = c, .echo_taps = t->conf.echo_taps, .keep_ms = 6000};
	struct hw_timing timing = {.flash_out_ms = (uint16_t)t->conf.flash_ms, .pulse_make_ms = c->pulse_make_ms,
				   .pulse_break_ms = c->pulse_break_ms};
	int err = hw_line_open(t->hw, l->conf.chan, on_card, l, &l->hw);

	if (err)
		return err;
	if (l->hw->kind != HW_CHAN_FXO)
		err = -EINVAL;
	if (!err)
		err = t->h.audio->open(t->h.audio_arg, l->hw, &ac, on_audio, l, &l->audio);
	if (err) {
		hw_line_close(l->hw);
		l->hw = NULL;
		return err;
	}
	hw_set_timing(l->hw, &timing);
	if ((t->conf.rx_gain_db != 0 || t->conf.tx_gain_db != 0) &&
	    hw_gain(l->hw, t->conf.rx_gain_db, t->conf.tx_gain_db))
		fxo_log(l, LOG_WARNING, "its gains cannot be set");
	return 0;
}

void fxo_line_open(struct fxo_line *l)
{
	struct hw_analog a = {.battery = -1};
	int err;

	l->removed = l->ring_now = l->offhook = l->no_battery = l->taking_data = false;
	l->listening = 0;
	err = open_port(l);
	if (err) {
		out_of_service(l, err == -ENOENT || err == -ENODEV ? "no such port" :
				  err == -EBUSY ? "in use by another program" :
				  err == -EINVAL ? "not an FXO port" : strerror(-err));
		return;
	}
	fxo_hook(l, HW_ONHOOK);
	if (!hw_analog(l->hw, &a))
		l->no_battery = a.battery == 0;
	fxo_idle(l);
}

void fxo_line_retire(struct fxo_line *l)
{
	fxo_test_over(l, "the trunk is being closed");
	memset(l->at, 0, sizeof(l->at));
	l->queued = 0;
	if (l->audio && !l->audio_closing) {
		if (l->offhook)
			fxo_hook(l, HW_ONHOOK);
		l->audio_closing = true;
		l->trunk->h.audio->close(l->audio);
	}
	fxo_set(l, FXO_OUT);
}

void fxo_line_close(struct fxo_line *l)
{
	hw_line_close(l->hw);
	l->hw = NULL;
}

void fxo_line_removed(struct fxo_line *l)
{
	if (l->leg)
		fxo_leg_over(l->leg, 41, true, NULL, "the card has left");
	fxo_test_over(l, "the card has left");
	fxo_line_retire(l);
	out_of_service(l, "the card has left");
}

int fxo_hook(struct fxo_line *l, enum hw_hook what)
{
	int err = hw_hook(l->hw, what);

	if (what != HW_FLASH)
		l->offhook = what == HW_OFFHOOK && !err;
	if (err && !l->removed)
		fxo_log(l, LOG_ERR, "the card refuses to go %s hook: %s", what == HW_ONHOOK ? "on" : "off",
			strerror(-err));
	return err;
}

/* --- Battery ----------------------------------------------------------------------------------------- */

/* Does caller ID come with nothing before it that the card tells of? Then somebody must always listen. */
static bool callerid_unannounced(const struct fxo_line *l)
{
	const struct fxo_trunk *t = l->trunk;
	struct hw_analog a;

	if (!t->conf.cid || t->country.cid == CID_NONE)
		return false;
	if (t->country.cid_when == CID_AFTER_REVERSAL && t->country.cid != CID_NTT)
		return !hw_analog(l->hw, &a) && a.reversed < 0;
	return t->country.cid_when == CID_BEFORE_RING;
}

/* On hook and free, or of no use. */
void fxo_idle(struct fxo_line *l)
{
	if (l->no_battery) {
		out_of_service(l, "no battery");
		fxo_listen(l, 0);
		return;
	}
	if (l->state == FXO_OUT && l->why[0])
		fxo_log(l, LOG_NOTICE, "in service again");
	l->why[0] = 0;
	l->cid_us = 0;
	l->cid_bad = false;
	fxo_timer_off(l, FT_REOPEN);
	fxo_set(l, FXO_IDLE);
	fxo_listen(l, callerid_unannounced(l) ? LISTEN_CALLERID : 0);
}

void fxo_on_battery(struct fxo_line *l, bool there)
{
	l->no_battery = !there;
	if (there && l->state == FXO_OUT && l->hw && !l->audio_closing)
		fxo_idle(l);
	else if (!there && l->state == FXO_IDLE && !l->ring_now)
		fxo_idle(l);
}

/* --- Audio ------------------------------------------------------------------------------------------- */

void fxo_listen(struct fxo_line *l, unsigned listen)
{
	if (!l->audio || l->audio_closing || listen == l->listening)
		return;
	l->listening = listen;
	l->trunk->h.audio->listen(l->audio, listen);
}

void fxo_play_tone(struct fxo_line *l, enum tone_id tone)
{
	struct play_item item = {.kind = PLAY_TONE, .tone = tone_of(&l->trunk->country, tone)};

	l->playing = false;
	l->more[0] = 0;
	l->tone_playing = true;
	l->trunk->h.audio->play(l->audio, &item, 1);
}

void fxo_play_stop(struct fxo_line *l)
{
	bool any = l->playing || l->tone_playing;

	l->playing = l->tone_playing = false;
	l->more[0] = 0;
	if (!any || !l->audio || l->audio_closing)
		return;
	l->trunk->h.audio->play(l->audio, NULL, 0);
}
