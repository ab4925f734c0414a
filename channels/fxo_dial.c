/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/fxo_dial.c: digits go to the exchange: the number by DTMF (all at once, the player makes its pauses) or by pulses (from
 * pause to pause), digits within a call, the hook flash. Dial tone has to break with the first digit. Loop thread.
 */
#include "channels/fxo_private.h"

#include <stdio.h>
#include <string.h>

#define DIGIT_MS 100
#define ACK_MS 60
#define COMMA_MS 1000
#define W_MS 500
#define MARGIN_MS 10000
#define PULSE_GAP_MS 1000	/* no driver's gap between pulse digits is longer */

static bool is_pause(char c)
{
	return c == ',' || c == 'w';
}

static unsigned pause_ms(const char *s)
{
	unsigned ms = 0;

	for (; is_pause(*s); s++)
		ms += *s == ',' ? COMMA_MS : W_MS;
	return ms;
}

static unsigned digit_ms(const struct fxo_trunk *t, char c)
{
	const struct country *k = &t->country;

	if (t->conf.pulse)
		return (c == '0' ? 10U : (unsigned)(c - '0')) * (k->pulse_make_ms + k->pulse_break_ms) + PULSE_GAP_MS;
	return (t->conf.dtmf_on_ms ? t->conf.dtmf_on_ms : DIGIT_MS) +
	       (t->conf.dtmf_off_ms ? t->conf.dtmf_off_ms : DIGIT_MS);
}

static unsigned dial_ms(const struct fxo_trunk *t, const char *s)
{
	unsigned ms = 0;

	for (; *s; s++)
		ms += *s == ',' ? COMMA_MS : *s == 'w' ? W_MS : digit_ms(t, *s);
	return ms;
}

static void play_timed(struct fxo_line *l, const char *digits, unsigned on_ms, unsigned off_ms, unsigned then_quiet_ms)
{
	struct play_item items[2] = {
		{.kind = PLAY_DIGITS, .digits = digits, .on_ms = on_ms, .off_ms = off_ms},
		{.kind = PLAY_SILENCE, .ms = then_quiet_ms},
	};

	l->tone_playing = false;
	l->playing = true;
	if (l->trunk->h.audio->play(l->audio, items, then_quiet_ms ? 2 : 1))
		fxo_log(l, LOG_ERR, "digits cannot be played");
}

static void play_digits(struct fxo_line *l, const char *digits, unsigned then_quiet_ms)
{
	const struct fxo_conf *c = &l->trunk->conf;

	play_timed(l, digits, c->dtmf_on_ms, c->dtmf_off_ms, then_quiet_ms);
}

/* --- The number -------------------------------------------------------------------------------------- */

/* Again when dial tone did not break. */
void fxo_dial(struct fxo_line *l)
{
	struct fxo_leg *leg = l->leg;

	fxo_timer_off(l, FT_GROUND);
	fxo_timer_off(l, FT_DIALTONE);
	fxo_timer_off(l, FT_GLARE);
	l->broke = !l->dialtone_on;
	l->dial_pos = 0;
	fxo_set(l, FXO_DIALLING);
	fxo_timer(l, FT_DIAL_MAX, dial_ms(l->trunk, leg->dial) + MARGIN_MS);
	if (l->dialtone_on)
		fxo_timer(l, FT_BREAK, pause_ms(leg->dial) + fxo_timers[FT_BREAK].ms +
					       (leg->dial[0] ? digit_ms(l->trunk, leg->dial[0]) : 0));
	fxo_step(leg, true, l->trunk->conf.pulse ? "pulses" : "DTMF", "%s", leg->dial);
	if (!leg->dial[0])
		fxo_sent(l);
	else if (l->trunk->conf.pulse)
		fxo_timer(l, FT_PAUSE, 0);
	else
		play_digits(l, leg->dial, 0);
}

/* The next run of digits between pauses. Called when the last one is out, and when a pause is over. */
void fxo_dial_pulses(struct fxo_line *l)
{
	char run[FXO_DIAL_MAX];
	const char *s;
	size_t n;

	if (l->state != FXO_DIALLING || !l->leg || !l->trunk->conf.pulse)
		return;
	s = l->leg->dial + l->dial_pos;
	if (is_pause(*s)) {
		fxo_timer(l, FT_PAUSE, pause_ms(s));
		while (is_pause(l->leg->dial[l->dial_pos]))
			l->dial_pos++;
		return;
	}
	n = strcspn(s, ",w");
	if (!n) {
		fxo_sent(l);
		return;
	}
	snprintf(run, sizeof(run), "%.*s", (int)n, s);
	l->dial_pos += (unsigned)n;
	if (hw_dial_pulse(l->hw, run))
		fxo_seize_failed(l, 41, "the card refuses to dial pulses");
}

void fxo_dial_played(struct fxo_line *l)
{
	l->playing = false;
	if (!l->trunk->conf.pulse)
		fxo_sent(l);
}

void fxo_dial_stuck(struct fxo_line *l)
{
	if (l->state == FXO_DIALLING)
		fxo_seize_failed(l, 41, "dialling did not come to its end");
}

void fxo_dial_break(struct fxo_line *l)
{
	if (l->broke || !l->dialtone_on || (l->state != FXO_DIALLING && l->state != FXO_SENT) || !l->leg)
		return;
	fxo_step(l->leg, false, "dial tone", "goes on after the first digit");
	if (l->redialled) {
		fxo_seize_failed(l, 27, "dial tone does not break");
		return;
	}
	if (l->trunk->conf.pulse && l->state == FXO_DIALLING) { /* the card has its digits: no taking them back */
		fxo_timer(l, FT_BREAK, 0);
		return;
	}
	l->redialled = true;
	fxo_dial(l);
}

/* --- Within a call ----------------------------------------------------------------------------------- */

static void flash(struct fxo_line *l)
{
	if (l->flashing || fxo_hook(l, HW_FLASH))
		return;
	l->flashing = true;
	fxo_timer(l, FT_SETTLE, l->trunk->conf.flash_ms + fxo_timers[FT_SETTLE].ms);
	fxo_timer(l, FT_RECALL, 0);
	fxo_step(l->leg, true, "flash", "%u ms", l->trunk->conf.flash_ms);
}

/* Digits that come faster than they go out wait for each other. */
void fxo_digit(struct fxo_line *l, char digit)
{
	char one[2] = {digit, 0};
	size_t n = strlen(l->more);

	if (l->state != FXO_UP && l->state != FXO_SENT)
		return;
	if (digit == '!') {
		flash(l);
	} else if (!l->playing) {
		play_digits(l, one, 0);
	} else if (n + 1 < sizeof(l->more)) {
		l->more[n] = digit;
		l->more[n + 1] = 0;
	}
}

void fxo_digits_played(struct fxo_line *l)
{
	char digits[FXO_SENT_MAX];

	if (!l->playing)
		return;
	l->playing = false;
	snprintf(digits, sizeof(digits), "%s", l->more);
	l->more[0] = 0;
	if (digits[0])
		play_digits(l, digits, 0);
	else if (l->state == FXO_SENT)
		fxo_mute(l);
}

/* Where speech means that somebody answered, it must not be our caller's own, come back from the hybrid. */
void fxo_mute(struct fxo_line *l)
{
	struct play_item quiet = {.kind = PLAY_SILENCE, .ms = l->trunk->conf.ceiling_ms};

	if (!fxo_wants(l, ANSWER_SPEECH))
		return;
	l->tone_playing = true;
	l->trunk->h.audio->play(l->audio, &quiet, 1);
}

/* Call waiting's alerting signal was heard: DTMF D of 55 to 65 ms says that this end can show a number, which then follows, and
 * nothing of ours must sound meanwhile (GR-30 2.5). */
void fxo_cas(struct fxo_line *l)
{
	if (!l->trunk->conf.cid || l->playing)
		return;
	fxo_timer(l, FT_CAS, 0);
	play_timed(l, "D", ACK_MS, ACK_MS, fxo_timers[FT_CAS].ms / 2);
	fxo_listen(l, l->listening | LISTEN_CALLERID);
}
