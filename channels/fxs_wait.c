/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/fxs_wait.c: a second call comes to a telephone that talks: the call-waiting tone, and its caller ID where the
 * telephone answers the alerting signal (GR-30 section 2.5, EN 300 659-1 clause 6.2). What is played takes the far end's place,
 * so it is not heard in the data. Loop thread.
 */
#include "channels/fxs_private.h"

#define ALERT_MS 80		/* GR-30 2.5.1: 80 ms; EN 300 659-1 5.2.2: 75 to 85 */
#define BURST_MAX_MS 2000
#define GAP_MS 1000		/* a silence this long ends a burst of the country's waiting tone */
#define ACK_TO_DATA_MS 60	/* GR-30: 50 to 500 ms after the answer */

static unsigned burst_ms(const struct tone_def *d)
{
	unsigned ms = 0;

	for (int i = 0; i < d->n_parts; i++) {
		bool silent = !d->parts[i].hz[0];

		if (!d->parts[i].ms || (silent && d->parts[i].ms >= GAP_MS))
			break;
		ms += d->parts[i].ms;
	}
	return ms == 0 ? 300 : ms > BURST_MAX_MS ? BURST_MAX_MS : ms;
}

static void tone(struct fxs_line *l)
{
	struct play_item item = { .kind = PLAY_TONE,
				  .tone = tone_of(l->trunk->conf.country, TONE_CALL_WAITING) };

	item.ms = burst_ms(item.tone);
	l->wait = FW_TONE;
	fxs_play(l, &item, 1);
	fxs_trace(l->leg[1], true, "call-waiting tone", NULL);
}

void fxs_wait_start(struct fxs_line *l)
{
	struct fxs_leg *leg = l->leg[1];

	leg->alerted = true;
	l->wait_told = false;
	fxs_report_kind(leg, LEG_ALERTING);
	tone(l);
}

void fxs_wait_stop(struct fxs_line *l)
{
	if (l->wait == FW_NONE)
		return;
	if (l->wait != FW_PAUSE)
		fxs_play_tone(l, TONE_NONE);
	l->wait = FW_NONE;
	fxs_disarm(l, FT_WAIT);
	fxs_cid_forget(l);
}

static void pause(struct fxs_line *l)
{
	l->wait = FW_PAUSE;
	fxs_cid_forget(l);
	fxs_arm(l, FT_WAIT, fxs_times[TM_WAIT_TONE].ms);
}

static void after_tone(struct fxs_line *l)
{
	if (!l->wait_told)
		fxs_cid_make(l, l->leg[1], true);
	l->wait_told = true;
	if (!l->cid) {
		pause(l);
		return;
	}
	l->wait = FW_ALERT;
	fxs_cid_alert_play(l, ALERT_MS);
}

/* The far end stays silent while the telephone's answer is listened for. */
static void after_alert(struct fxs_line *l)
{
	struct play_item item = { .kind = PLAY_SILENCE, .ms = fxs_times[TM_CW_ACK].ms };

	l->wait = FW_ACK;
	fxs_play(l, &item, 1);
}

void fxs_wait_played(struct fxs_line *l)
{
	switch (l->wait) {
	case FW_TONE:
		after_tone(l);
		return;
	case FW_ALERT:
		after_alert(l);
		return;
	case FW_DATA:
		fxs_trace(l->leg[1], true, "caller ID", "%s", l->leg[1]->offer.calling.digits);
		pause(l);
		return;
	case FW_ACK:	/* no answer: a telephone without a display */
		pause(l);
		return;
	case FW_NONE:
	case FW_PAUSE:
		return;
	}
}

void fxs_wait_timer(struct fxs_line *l)
{
	if (l->wait == FW_PAUSE)
		tone(l);
}

bool fxs_wait_digit(struct fxs_line *l)
{
	if (l->wait != FW_ALERT && l->wait != FW_ACK && l->wait != FW_DATA)
		return false;
	if (l->wait == FW_ACK && (l->digit == 'A' || l->digit == 'D')) {
		fxs_trace(l->leg[1], false, "ready for caller ID", "DTMF %c", l->digit);
		l->wait = FW_DATA;
		fxs_cid_play(l, ACK_TO_DATA_MS);
	}
	return true;
}
