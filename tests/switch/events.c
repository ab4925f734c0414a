/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests/switch/events.c: what libpri reports, as events; clearing is answered as Q.931 5.3 has it, unless the
 * call is one that keeps still.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/switch/switch.h"

static void on_setup(struct sw *sw, pri_event_ring *ev)
{
	struct call *c = call_new(sw, ev->call, true);

	if (!c) {
		pri_hangup(sw->pri, ev->call, 34);
		return;
	}
	c->pos = channel_pos(sw, ev->channel);
	c->steps = sw->answer;
	sw->answer = sw->next_answer;
	c->due = 0;
	sw->setups++;
	c->ending = strlen(ev->callednum) < 3 ? 0 : atoi(ev->callednum + strlen(ev->callednum) - 3);
	event(sw, "setup", ",\"call\":%d,\"cr\":%u,\"channel\":%d,\"interface\":%d,\"flexible\":%d,\"called\":%s,\"complete\":%d,"
	      "\"calling\":%s,\"name\":%s,\"from\":%s,\"from_reason\":%d", c->id, c->cr & 0x7fff, c->pos & 0xff,
	      c->pos >> 8 & 0x7f, ev->flexible, quoted(ev->callednum), ev->complete, quoted(ev->callingnum),
	      quoted(ev->callingname), quoted(ev->redirectingnum), ev->redirectingreason);
}

static void told(struct sw *sw, const char *name, q931_call *call, int channel, int cause)
{
	struct call *c = call_of(sw, call);

	if (c && !c->incoming && channel > 0 && (channel & 0xff))
		c->pos = channel_pos(sw, channel);
	event(sw, name, ",\"call\":%d,\"channel\":%d,\"cause\":%d", c ? c->id : 0, c ? c->pos & 0xff : 0, cause);
}

/* Held: no channel. Retrieved: the one that it asks for, or that the far end grants. */
static void on_hold(struct sw *sw, pri_event *ev)
{
	struct call *c = call_of(sw, ev->retrieve.call);
	int channel = ev->retrieve.channel > 0 ? channel_pos(sw, ev->retrieve.channel) : 0;
	q931_call *call = ev->hold.call;

	switch (ev->e) {
	case PRI_EVENT_HOLD:
		pri_hold_ack(sw->pri, call);
		told(sw, "held", call, 0, 0);
		break;
	case PRI_EVENT_HOLD_ACK:
		told(sw, "hold_ack", call, 0, 0);
		break;
	case PRI_EVENT_HOLD_REJ:
		told(sw, "hold_rej", call, 0, ev->hold_rej.cause);
		break;
	case PRI_EVENT_RETRIEVE:
		pri_retrieve_ack(sw->pri, call, channel);
		if (c)
			c->pos = channel;
		told(sw, "retrieved", call, 0, 0);
		break;
	case PRI_EVENT_RETRIEVE_ACK:
		if (c && channel)
			c->pos = channel;
		told(sw, "retrieve_ack", call, 0, 0);
		break;
	default:
		told(sw, "retrieve_rej", call, 0, ev->retrieve_rej.cause);
	}
}

/* DISCONNECT is answered with RELEASE and that with RELEASE COMPLETE; libpri frees the call with it. */
static void on_clearing(struct sw *sw, const char *name, pri_event_hangup *ev, bool last)
{
	struct call *c = call_of(sw, ev->call);
	q931_call *call = ev->call;
	int cause = ev->cause;

	told(sw, name, call, 0, cause);
	if (c && c->keep)
		return;
	pri_hangup(sw->pri, call, cause > 0 ? cause : 16);
	if (c && last)
		call_over(sw, c);
}

static void on_answer(struct sw *sw, pri_event_answer *ev)
{
	q931_call *call = ev->call;

	told(sw, "connect", call, ev->channel, 0);
	if (sw->auto_called[0])
		pri_hangup(sw->pri, call, 16);
}

static void on_forgotten(struct sw *sw, pri_event_hangup *ev)
{
	struct call *c = call_of(sw, ev->call);

	told(sw, "release_complete", ev->call, 0, ev->cause);
	if (c)
		call_over(sw, c);
}

static void on_calls(struct sw *sw, pri_event *ev)
{
	switch (ev->e) {
	case PRI_EVENT_RING:
		on_setup(sw, &ev->ring);
		break;
	case PRI_EVENT_SETUP_ACK:
		told(sw, "setup_ack", ev->setup_ack.call, ev->setup_ack.channel, 0);
		break;
	case PRI_EVENT_PROCEEDING:
		told(sw, "proceeding", ev->proceeding.call, ev->proceeding.channel, 0);
		break;
	case PRI_EVENT_PROGRESS:
		told(sw, "progress", ev->proceeding.call, ev->proceeding.channel, ev->proceeding.cause);
		break;
	case PRI_EVENT_RINGING:
		told(sw, "alerting", ev->ringing.call, ev->ringing.channel, 0);
		break;
	case PRI_EVENT_ANSWER:
		on_answer(sw, &ev->answer);
		break;
	case PRI_EVENT_HANGUP_REQ:
		on_clearing(sw, "disconnect", &ev->hangup, false);
		break;
	case PRI_EVENT_HANGUP:
		on_clearing(sw, "release", &ev->hangup, true);
		break;
	case PRI_EVENT_HANGUP_ACK:
		on_forgotten(sw, &ev->hangup);
		break;
	case PRI_EVENT_HOLD:
	case PRI_EVENT_HOLD_ACK:
	case PRI_EVENT_HOLD_REJ:
	case PRI_EVENT_RETRIEVE:
	case PRI_EVENT_RETRIEVE_ACK:
	case PRI_EVENT_RETRIEVE_REJ:
		on_hold(sw, ev);
		break;
	case PRI_EVENT_NOTIFY:
		event(sw, "notify", ",\"info\":%d", ev->notify.info);
		break;
	default:
		event(sw, "other", ",\"number\":%d", ev->e);
	}
}

/* The other D channel takes over when the one in use is lost. */
static void on_dchan(struct dchan *d, bool up)
{
	struct sw *sw = d->sw;
	int no = (int)(d - sw->d);

	d->up = up;
	event(sw, up ? "up" : "down", ",\"d\":%d", no);
	if (sw->n_d < 2 || sw->d[sw->in_use].up || !sw->d[!sw->in_use].up)
		return;
	dchan_use(sw, !sw->in_use);
	event(sw, "in_use", ",\"d\":%d", sw->in_use);
}

void on_event(struct dchan *d, pri_event *ev)
{
	struct sw *sw = d->sw;

	switch (ev->e) {
	case PRI_EVENT_DCHAN_UP:
		on_dchan(d, true);
		break;
	case PRI_EVENT_DCHAN_DOWN:
		on_dchan(d, false);
		break;
	case PRI_EVENT_RESTART:
		event(sw, "restart", ",\"channel\":%d", ev->restart.channel);
		break;
	case PRI_EVENT_RESTART_ACK:
		event(sw, "restart_ack", ",\"channel\":%d", ev->restartack.channel);
		break;
	case PRI_EVENT_SERVICE:
		event(sw, "service", ",\"channel\":%d,\"status\":%d", ev->service.channel & 0xff, ev->service.changestatus);
		break;
	case PRI_EVENT_SERVICE_ACK:
		event(sw, "service_ack", ",\"channel\":%d,\"status\":%d", ev->service_ack.channel & 0xff,
		      ev->service_ack.changestatus);
		break;
	case PRI_EVENT_INFO_RECEIVED:
		event(sw, "digits", ",\"digits\":%s", quoted(ev->ring.callednum));
		break;
	default:
		on_calls(sw, ev);
	}
	call_run(sw);
}
