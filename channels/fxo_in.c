/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/fxo_in.c: a call comes in. Ring voltage that lasts is a ring; bursts close together are one (E.180 and the cadences of
 * countries: no pause within a ring is longer than 600 ms, none between rings shorter than 1.5 s). The call is offered when its
 * caller ID is complete, or has had its time. Loop thread.
 */
#include "channels/fxo_private.h"

#include <stdio.h>
#include <string.h>

#define RING_JOIN_US 1000000	/* a burst that comes sooner belongs to the ring before it */
#define CALLERID_OLD_US 10000000	/* caller ID this long before a ring is another call's */
#define GONE_MIN_MS 6000
#define GONE_MARGIN_MS 2000	/* beyond the longest pause of the country's rings */

static unsigned gone_ms(const struct country *c)
{
	unsigned longest = 0;

	for (int i = 1; i < 8 && c->ring_ms[i - 1]; i += 2)
		if (c->ring_ms[i] > longest)
			longest = c->ring_ms[i];
	return longest + GONE_MARGIN_MS > GONE_MIN_MS ? longest + GONE_MARGIN_MS : GONE_MIN_MS;
}

/* --- The offer --------------------------------------------------------------------------------------- */

static void fill_caller(struct fxo_line *l, struct leg_offer *o)
{
	const struct callerid *c = &l->cid;

	o->calling.presentation = PRES_UNAVAILABLE;
	o->no_number = 'O';
	if (!l->cid_us)
		return;
	o->no_number = c->number[0] ? 0 : c->no_number ? c->no_number : 'O';
	if (o->no_number == 'P')
		o->calling.presentation = PRES_RESTRICTED;
	if (c->number[0]) {
		bool plus = c->number[0] == '+';

		o->calling.presentation = PRES_ALLOWED;
		o->calling.screening = SCREEN_NETWORK;
		o->calling.npi = NPI_E164;
		o->calling.ton = plus ? TON_INTERNATIONAL : TON_UNKNOWN;
		snprintf(o->calling.digits, sizeof(o->calling.digits), "%s", c->number + plus);
	}
	if (!c->no_name)
		snprintf(o->calling_name, sizeof(o->calling_name), "%s", c->name);
	if (c->redirecting[0]) {
		bool plus = c->redirecting[0] == '+';

		o->redirect_count = 1;
		o->redirecting.npi = NPI_E164;
		o->redirecting.ton = plus ? TON_INTERNATIONAL : TON_UNKNOWN;
		snprintf(o->redirecting.digits, sizeof(o->redirecting.digits), "%s", c->redirecting + plus);
	}
}

static void trace_in(struct fxo_line *l, struct fxo_leg *leg)
{
	static const char *const methods[] = {[CID_NONE] = "none", [CID_BELL202] = "Bell 202", [CID_V23] = "V.23",
					      [CID_DTMF] = "DTMF", [CID_NTT] = "NTT"};

	if (l->rings)
		fxo_step(leg, false, "ring", "%u", l->rings);
	if (l->cid_us)
		fxo_step(leg, false, "caller ID", "%s: %s", (unsigned)l->cid.method <= CID_NTT ? methods[l->cid.method] : "?",
			 l->cid.number[0] ? l->cid.number : l->cid.no_number == 'P' ? "withheld" : "not available");
	else if (l->trunk->conf.cid && l->rings)
		fxo_step(leg, false, l->cid_bad ? "caller ID broken" : "no caller ID", "%s", "");
}

void fxo_offer(struct fxo_line *l, const char *called)
{
	struct fxo_trunk *t = l->trunk;
	struct leg_offer o = {.bearer = BEARER_3K1, .complete = true, .progress = 1U << 3};
	struct fxo_leg *leg = fxo_leg_new(t, true);

	l->offered = true;
	if (!leg) {
		fxo_log(l, LOG_ERR, "no memory for the call that rings");
		return;
	}
	snprintf(o.called.digits, sizeof(o.called.digits), "%s", called);
	o.called.ton = called[0] == '+' ? TON_INTERNATIONAL : TON_UNKNOWN;
	o.called.npi = NPI_E164;
	if (called[0] == '+')
		memmove(o.called.digits, o.called.digits + 1, strlen(o.called.digits));
	fill_caller(l, &o);
	l->calls++;
	snprintf(o.id, sizeof(o.id), "%d/%u", l->conf.chan, l->calls);
	snprintf(o.source, sizeof(o.source), "line %d", l->conf.chan);
	fxo_leg_line(leg, l);
	trace_in(l, leg);
	t->h.offered(t->h.arg, &leg->leg, &o);
}

static void offer_when_known(struct fxo_line *l, bool late)
{
	const struct fxo_conf *c = &l->trunk->conf;

	if (l->state != FXO_RINGING || l->offered || !l->rings)
		return;
	if (!l->cid_us && !late && l->rings < c->answer_rings)
		return;
	fxo_timer_off(l, FT_CALLERID);
	if (c->two_stage)
		fxo_collect(l);
	else
		fxo_offer(l, l->conf.number);
}

/* --- Rings ------------------------------------------------------------------------------------------- */

void fxo_ring_begin(struct fxo_line *l)
{
	l->ring_began_us = l->trunk->now_us;
	l->ring_known = false;
	fxo_timer(l, FT_RING_MIN, l->trunk->conf.ring_min_ms);
	if (l->state == FXO_IDLE)
		fxo_prering(l);
}

static void first_ring(struct fxo_line *l)
{
	fxo_timer_off(l, FT_PRERING);
	fxo_timer_off(l, FT_GUARD);
	fxo_set(l, FXO_RINGING);
	l->rings = 0;
	l->ring_ended_us = 0;
	l->offered = l->trunk->draining || l->trunk->closing;
	if (l->cid_us && l->trunk->now_us - l->cid_us > CALLERID_OLD_US)
		l->cid_us = 0;
	fxo_timer(l, FT_CALLERID, 0);
	if (l->trunk->conf.cid)
		fxo_listen(l, LISTEN_CALLERID);
}

void fxo_ring_believed(struct fxo_line *l)
{
	const struct fxo_trunk *t = l->trunk;

	if (l->ring_known || l->state == FXO_OUT)
		return;
	l->ring_known = true;
	fxo_timer_off(l, FT_RING_MIN);
	if (l->state != FXO_RINGING)
		first_ring(l);
	if (!l->ring_ended_us || l->ring_began_us - l->ring_ended_us >= RING_JOIN_US)
		l->rings++;
	fxo_timer(l, FT_RING_GONE, 2 * gone_ms(&t->country)); /* until it ends: ring voltage for ever is no ring */
	offer_when_known(l, false);
}

void fxo_ring_end(struct fxo_line *l)
{
	const struct fxo_trunk *t = l->trunk;
	int64_t lasted_us;

	fxo_timer_off(l, FT_RING_MIN);
	if (!l->ring_known && l->ring_began_us &&
	    t->now_us - l->ring_began_us >= (int64_t)t->conf.ring_min_ms * 1000)
		fxo_ring_believed(l);
	if (!l->ring_known || l->state != FXO_RINGING)
		return;
	lasted_us = t->now_us - l->ring_began_us;
	l->ring_known = false;
	l->ring_began_us = 0;
	l->ring_ended_us = t->now_us;
	if (!fxo_ntt_burst(l, lasted_us))
		fxo_timer(l, FT_RING_GONE, gone_ms(&t->country));
}

void fxo_ring_gone(struct fxo_line *l)
{
	if (l->state != FXO_RINGING)
		return;
	if (l->leg)
		fxo_leg_over(l->leg, 16, true, "ring", "the caller gave up");
	else if (!l->offered)
		fxo_log(l, LOG_INFO, "rang %u times and stopped before it was offered", l->rings);
	fxo_release(l);
}

/* Ground start says at once that the caller has given up; others are known by the silence. */
void fxo_ring_dropped(struct fxo_line *l)
{
	fxo_timer_off(l, FT_RING_MIN);
	fxo_ring_gone(l);
}

/* --- Caller ID --------------------------------------------------------------------------------------- */

/* Something precedes a call, maybe: a reversal, the first ring voltage. The listener reads what was kept, too. */
void fxo_prering(struct fxo_line *l)
{
	if (!l->trunk->conf.cid)
		return;
	fxo_timer(l, FT_PRERING, 0);
	fxo_listen(l, LISTEN_CALLERID);
}

void fxo_prering_over(struct fxo_line *l)
{
	if (l->state == FXO_IDLE)
		fxo_idle(l);
}

void fxo_callerid(struct fxo_line *l)
{
	fxo_ntt_over(l);
	if (l->heard_cid.message == CALLERID_MESSAGE_WAITING) {
		fxo_log(l, LOG_INFO, "the exchange says: %s", l->heard_cid.waiting ? "messages wait" : "no message waits");
		return;
	}
	if (l->offered && l->state == FXO_RINGING) {
		if (l->leg)
			fxo_step(l->leg, false, "caller ID", "too late");
		return;
	}
	l->cid = l->heard_cid;
	l->cid_us = l->trunk->now_us;
	offer_when_known(l, false);
}

void fxo_callerid_bad(struct fxo_line *l)
{
	fxo_ntt_over(l);
	if (l->cid_bad || l->cid_us || (l->state != FXO_RINGING && !l->at[FT_PRERING]))
		return;
	l->cid_bad = true;
	fxo_log(l, LOG_WARNING, "caller ID came broken; its audio is kept");
	l->trunk->h.audio->keep(l->audio, "callerid");
}

void fxo_callerid_late(struct fxo_line *l)
{
	offer_when_known(l, true);
}

/* --- Answers ----------------------------------------------------------------------------------------- */

void fxo_answer_now(struct fxo_line *l)
{
	if (l->state == FXO_RINGING) {
		fxo_listen(l, 0);
		if (fxo_hook(l, HW_OFFHOOK)) {
			fxo_leg_over(l->leg, 41, true, NULL, "the card refuses to go off hook");
			fxo_release(l);
			return;
		}
		fxo_off_hook(l);
	} else if (l->state != FXO_ACCEPTED) {
		return;
	}
	fxo_step(l->leg, true, "answered", "%s", "");
	fxo_play_stop(l);
	fxo_up(l);
}

/* On a line that is off hook already the caller hears what we say; a ringing exchange makes its own ringback. */
void fxo_alert_now(struct fxo_line *l, bool inband, bool alert)
{
	if (l->state != FXO_ACCEPTED)
		return;
	if (inband)
		fxo_play_stop(l);
	else if (alert)
		fxo_play_tone(l, TONE_RINGBACK);
}
