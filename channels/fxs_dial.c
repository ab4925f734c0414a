/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/fxs_dial.c: a telephone has been lifted: dial tone, digits by tones or pulses, the plan asked after each, the call
 * offered when the number is complete. No waiting where nothing longer can be meant; "#" ends a number. Loop thread.
 */
#include "channels/fxs_private.h"

#include <stdio.h>
#include <string.h>

static void offer(struct fxs_line *l, const char *digits)
{
	struct fxs_trunk *t = l->trunk;
	struct fxs_leg *leg = fxs_leg_new(l, true);
	struct leg_offer *o;

	if (!leg) {
		fxs_tone_id(l, TONE_CONGESTION);
		return;
	}
	o = &leg->offer;
	snprintf(o->called.digits, sizeof(o->called.digits), "%s", digits);
	snprintf(o->calling.digits, sizeof(o->calling.digits), "%s", l->conf.number);
	o->calling.screening = o->calling.digits[0] ? SCREEN_NETWORK : SCREEN_NONE;
	o->calling.presentation = o->calling.digits[0] ? PRES_ALLOWED : PRES_UNAVAILABLE;
	snprintf(o->calling_name, sizeof(o->calling_name), "%s", l->conf.name);
	o->bearer = BEARER_3K1;
	o->complete = true;
	o->progress = 1U << 3;	/* Q.931 4.5.23: calling equipment is not ISDN */
	snprintf(o->id, sizeof(o->id), "%s/%d/%u", t->name, l->port, ++t->serial);
	snprintf(o->source, sizeof(o->source), "chan %d", l->conf.chan);
	l->calls++;
	l->leg[0] = leg;
	leg->stage = FL_OFFERED;
	leg->leg.port = t->h.audio->port(l->audio);
	fxs_trace(leg, false, "off hook", NULL);
	fxs_trace(leg, false, "digits", "%s", digits);
	fxs_play_tone(l, TONE_NONE);
	fxs_listen(l, LISTEN_DTMF);
	fxs_line_set(l, FS_CALL);
	fxs_report_offer(leg);
}

void fxs_dial_start(struct fxs_line *l)
{
	const struct fxs_conf *c = &l->trunk->conf;
	bool warm = l->conf.hotline[0] && !l->leg[1];

	l->n_digits = 0;
	l->digits[0] = 0;
	l->digit_state = FXS_MORE;
	fxs_line_set(l, FS_DIAL);
	fxs_listen(l, LISTEN_DTMF);
	fxs_play_tone(l, l->messages ? TONE_STUTTER : TONE_DIAL);
	fxs_arm(l, FT_STATE, warm ? l->conf.hotline_ms : c->first_digit_ms);
}

void fxs_dial_offhook(struct fxs_line *l)
{
	fxs_port_hook(l, HW_OFFHOOK);
	if (l->trunk->draining)
		fxs_tone_id(l, TONE_CONGESTION);
	else if (l->conf.hotline[0] && !l->conf.hotline_ms)
		offer(l, l->conf.hotline);
	else
		fxs_dial_start(l);
}

/* The dial tone ends with the first sound of a digit, and no timer runs out while one sounds. */
void fxs_dial_touch(struct fxs_line *l)
{
	if (!l->n_digits)
		fxs_play_tone(l, TONE_NONE);
	fxs_arm(l, FT_STATE, l->trunk->conf.interdigit_ms);
}

static enum fxs_digits ask(struct fxs_line *l, const char *digits)
{
	struct fxs_trunk *t = l->trunk;

	return t->h.digits(t->h.arg, digits);
}

static void refuse(struct fxs_line *l)
{
	fxs_tone_id(l, TONE_CONGESTION);
}

static bool append(struct fxs_line *l, char digit)
{
	if (l->n_digits + 1 >= sizeof(l->digits))
		return false;
	l->digits[l->n_digits++] = digit;
	l->digits[l->n_digits] = 0;
	return true;
}

/* True: "#" was the end of the number and no part of it. */
static bool ended(struct fxs_line *l)
{
	if (l->digit_state == FXS_COMPLETE_OR_MORE) {
		offer(l, l->digits);
		return true;
	}
	return false;
}

/* A "#" belongs to service codes ("*57#", "#31#...") where the plan knows them, and to what it has to the letter; a row that
 * takes anything does not count. */
static bool in_number(const struct fxs_line *l)
{
	bool code = l->digits[0] == '*' || l->digits[0] == '#';

	return l->digit_state == FXS_COMPLETE || (code && l->digit_state != FXS_NONE);
}

void fxs_dial_digit(struct fxs_line *l)
{
	enum fxs_digits was = l->digit_state;

	fxs_dial_touch(l);	/* one that was too short to be announced */
	if (!append(l, l->digit)) {
		refuse(l);
		return;
	}
	l->digit_state = ask(l, l->digits);
	if (l->digit == '#' && l->n_digits > 1 && !in_number(l)) {
		l->digits[--l->n_digits] = 0;
		l->digit_state = was;
		if (!ended(l))
			refuse(l);
		return;
	}
	if (l->digit_state == FXS_NONE)
		refuse(l);
	else if (l->digit_state == FXS_COMPLETE)
		offer(l, l->digits);
}

void fxs_dial_timer(struct fxs_line *l)
{
	if (!l->n_digits && l->conf.hotline[0] && !l->leg[1])
		offer(l, l->conf.hotline);
	else if (!ended(l))
		refuse(l);
}
