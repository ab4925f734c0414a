/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/fxs_cid.c: what the telephone's display is told of a call, and the sounds that tell it. The number is shown as it
 * stands at this edge, without "+", which no message of GR-30 and no DTMF string holds. Loop thread.
 */
#include "channels/fxs_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>

#define CID_DBM0 (-13.5)	/* GR-30 2.2.2, EN 300 659-1 5.4: at the exchange */
#define ALERT_DBM0 (-15.0)	/* each tone of CAS and DT-AS: GR-30 2.5.1; within EN 300 659-1 5.2 */

static char absent(const struct leg_offer *o)
{
	if (o->calling.presentation == PRES_RESTRICTED)
		return 'P';
	if (o->no_number)
		return o->no_number;
	return o->calling.presentation == PRES_UNAVAILABLE || !o->calling.digits[0] ? 'O' : 0;
}

void fxs_cid_of(const struct fxs_leg *leg, struct callerid *out)
{
	const struct leg_offer *o = &leg->offer;
	time_t now = leg->line->trunk->wall.tv_sec;
	char why = absent(o);
	struct tm tm;

	memset(out, 0, sizeof(*out));
	out->message = CALLERID_CALL;
	out->dtmf_start = leg->line->trunk->conf.country->cid_dtmf_start;
	out->dtmf_end = leg->line->trunk->conf.country->cid_dtmf_end;
	out->no_number = why;
	if (!why)
		snprintf(out->number, sizeof(out->number), "%.31s", o->calling.digits);
	if (why == 'P')
		out->no_name = why;
	else
		snprintf(out->name, sizeof(out->name), "%s", o->calling_name);
	if (o->redirecting.presentation == PRES_ALLOWED)
		snprintf(out->redirecting, sizeof(out->redirecting), "%.31s", o->redirecting.digits);
	localtime_r(&now, &tm);
	out->month = (uint8_t)(tm.tm_mon + 1);
	out->day = (uint8_t)tm.tm_mday;
	out->hour = (uint8_t)tm.tm_hour;
	out->minute = (uint8_t)tm.tm_min;
}

void fxs_cid_forget(struct fxs_line *l)
{
	free(l->cid);
	l->cid = NULL;
	l->n_cid = 0;
}

static bool can_wait(enum cid_method m)
{
	return m == CID_BELL202 || m == CID_V23;
}

void fxs_cid_make(struct fxs_line *l, const struct fxs_leg *leg, bool type2)
{
	const struct fxs_conf *c = &l->trunk->conf;
	struct callerid cid;
	int err;

	fxs_cid_forget(l);
	if (c->cid == CID_NONE || (type2 && !can_wait(c->cid)))
		return;
	fxs_cid_of(leg, &cid);
	err = callerid_sound(&cid, c->cid, type2, l->hw->law, CID_DBM0, &l->cid, &l->n_cid);
	if (err) {
		fxs_log(l, LOG_WARNING, "caller ID cannot be sent: %s", strerror(-err));
		l->cid = NULL;
		l->n_cid = 0;
	}
}

unsigned fxs_cid_ms(const struct fxs_line *l)
{
	return (unsigned)(l->n_cid / 8 + 1);
}

void fxs_cid_play(struct fxs_line *l, unsigned silence_ms)
{
	struct play_item items[2] = {
		{ .kind = PLAY_SILENCE, .ms = silence_ms },
		{ .kind = PLAY_SAMPLES, .samples = l->cid, .n = l->n_cid },
	};
	unsigned skip = silence_ms ? 0 : 1;

	fxs_play(l, items + skip, 2 - skip);
}

void fxs_cid_alert_play(struct fxs_line *l, unsigned ms)
{
	struct play_item item = { .kind = PLAY_SAMPLES };
	int16_t *x = NULL;

	if (callerid_alert_sound(ms, l->hw->law, ALERT_DBM0, &x, &item.n)) {
		fxs_log(l, LOG_ERR, "out of memory: no alerting signal");
		item = (struct play_item){ .kind = PLAY_SILENCE, .ms = ms };
	}
	item.samples = x;
	fxs_play(l, &item, 1);
	free(x);
}
