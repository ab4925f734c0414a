/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gateway/media/ear.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/media/recording.h"

#define BELIEVED_MS 40		/* how long a digit has sounded when it is first told of, where that is not said */

int ear_open(struct ear **out, struct media_port *p, const struct media_analog_conf *conf, const struct hw_line *line)
{
	struct ear *e = calloc(1, sizeof(*e));
	int err = e ? listener_open(&e->listener, conf->country, line->law, conf->keep_ms) : -ENOMEM;

	if (err) {
		free(e);
		return err;
	}
	e->port = p;
	e->keep_ms = conf->keep_ms;
	e->always = conf->keep_ms && line->kind == HW_CHAN_FXO;
	*out = e;
	return 0;
}

void ear_close(struct ear *e)
{
	if (!e)
		return;
	listener_close(e->listener);
	free(e);
}

/* A call needs DTMF for telephone events, whatever the owner listens for. */
static void want(struct ear *e)
{
	listener_want(e->listener, e->asked | (e->port->peer ? LISTEN_DTMF : 0));
}

void ear_want(struct ear *e, unsigned listen, uint16_t seq)
{
	e->asked = listen;
	e->seq = seq;
	want(e);
}

void ear_partner(struct ear *e)
{
	struct media_port *q = e->port->peer;

	want(e);
	if (!q)
		e->digit = 0;
	ear_lost(e, q && q->kind == PORT_RTP && rtp_lost(q));
}

void ear_still(struct ear *e)
{
	e->digit = 0;
	listener_reset(e->listener);
	want(e);
}

void ear_lost(struct ear *e, bool lost)
{
	if (e->lost == lost)
		return;
	e->lost = lost;
	port_report(e->port, lost ? MEDIA_PARTNER_LOST : MEDIA_PARTNER_BACK, 0, 0);
}

static void on_heard(void *arg, const struct heard *h)
{
	struct ear *e = arg;

	if (h->kind == HEARD_DIGIT_BEGIN) {
		e->digit = h->digit;
		e->samples = (h->ms ? h->ms : BELIEVED_MS) * 8;
		e->first = true;
	} else if (h->kind == HEARD_DIGIT && e->digit) {
		e->samples = h->ms * 8;
		e->end = true;
	}
	if (e->asked & media_heard_bit(h->kind))
		port_report_heard(e->port, h, e->seq);
}

bool ear_hear(struct ear *e, const uint8_t *buf, unsigned n, int64_t now_us)
{
	struct media_port *q = e->port->peer;
	char digit;

	e->samples += n;	/* of a digit that goes on */
	e->first = e->end = false;
	listener_feed(e->listener, buf, n, on_heard, e);
	digit = e->digit;
	if (e->end)
		e->digit = 0;
	if (!digit || !q)
		return false;
	if (q->kind != PORT_RTP || !rtp_sends_events(q)) {	/* it goes on in band */
		if (e->end)
			port_report(e->port, MEDIA_DIGIT, digit, e->samples / 8);
		return false;
	}
	port_event(e->port, digit, e->samples, e->first, e->end, now_us);
	return true;
}

void ear_keep(struct ear *e, struct recording *r)
{
	r->n = listener_kept(e->listener, r->near, r->max);
}
