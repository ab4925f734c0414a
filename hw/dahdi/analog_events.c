/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hw/dahdi/analog_events.c: what DAHDI reports of an analog port, and the time after a drop of battery. Loop
 * thread.
 *
 * Ground start has its own part before this one: ground.c.
 *
 * Two things are left to this side. A telephone that is lifted while DAHDI rings it is reported, but the
 * cadence goes on: the port is put off hook here. And for 300 ms after a drop DAHDI takes no order and does
 * not see a telephone that is hung up: the port is looked at when they are over.
 */
#include <sys/ioctl.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "hw/dahdi/card.h"

enum { BEAT_MS = 20, SETTLE_BEATS = 18 }; /* DAHDI's 300 ms, and a few ticks of its clock */

void dahdi_port_lifted(struct dahdi_line *l, bool on)
{
	l->port.lifted = on;
	notify_post(&l->h.notify, on ? HW_EV_OFFHOOK : HW_EV_ONHOOK);
}

static void fxs_event(struct dahdi_line *l, int ev)
{
	struct notify *n = &l->h.notify;

	if (dahdi_ground(l) && dahdi_ground_fxs_event(l, ev))
		return;
	if (ev >= (DAHDI_EVENT_PULSEDIGIT | '0') && ev <= (DAHDI_EVENT_PULSEDIGIT | '9'))
		notify_post(n, HW_EV_PULSE + (enum hw_event)(ev - (DAHDI_EVENT_PULSEDIGIT | '0')));
	switch (ev) {
	case DAHDI_EVENT_RINGOFFHOOK:
		if (l->port.state == PORT_RINGING)
			dahdi_hook(&l->base, HW_OFFHOOK);
		dahdi_port_lifted(l, true);
		break;
	case DAHDI_EVENT_ONHOOK:
		dahdi_port_lifted(l, false);
		break;
	case DAHDI_EVENT_WINKFLASH:
		notify_post(n, HW_EV_FLASH);
		break;
	case DAHDI_EVENT_PULSE_START:
		notify_post(n, HW_EV_PULSE_START);
		break;
	case DAHDI_EVENT_RINGERON:
	case DAHDI_EVENT_RINGEROFF:
		if (l->port.state == PORT_RINGING)
			notify_post(n, ev == DAHDI_EVENT_RINGERON ? HW_EV_RINGER_ON : HW_EV_RINGER_OFF);
		break;
	case DAHDI_EVENT_HOOKCOMPLETE:
		if (l->port.state == PORT_DROPPING) {
			dahdi_port_settle(l);
			notify_post(n, HW_EV_HOOK_DONE);
		}
		break;
	default:
		break;
	}
}

static void fxo_event(struct dahdi_line *l, int ev)
{
	struct notify *n = &l->h.notify;

	if (dahdi_ground(l) && dahdi_ground_fxo_event(l, ev))
		return;
	switch (ev) {
	case DAHDI_EVENT_RINGBEGIN:
		notify_post(n, HW_EV_RING_BEGIN);
		break;
	case DAHDI_EVENT_RINGOFFHOOK:
		notify_post(n, HW_EV_RING_END);
		break;
	case DAHDI_EVENT_ONHOOK:
		if (l->port.state == PORT_TALK)
			notify_post(n, HW_EV_DISCONNECT);
		break;
	case DAHDI_EVENT_POLARITY:
		notify_post(n, HW_EV_POLARITY);
		break;
	case DAHDI_EVENT_HOOKCOMPLETE:
		if (l->port.flashing)
			notify_post(n, HW_EV_HOOK_DONE);
		l->port.flashing = false;
		break;
	case DAHDI_EVENT_DIALCOMPLETE:
		if (l->dialling) /* written by this thread alone */
			notify_post(n, HW_EV_DIAL_DONE);
		dahdi_port_dialling(l, false);
		break;
	default:
		break;
	}
}

void dahdi_port_event(struct dahdi_line *l, int ev)
{
	bool fxs = l->base.kind == HW_CHAN_FXS;

	if (ev == DAHDI_EVENT_ALARM || ev == DAHDI_EVENT_NOALARM) {
		bool alarm = ev == DAHDI_EVENT_ALARM;

		if (!fxs && l->port.own_line)
			notify_post(&l->h.notify, alarm ? HW_EV_NO_BATTERY : HW_EV_BATTERY);
		else
			notify_post(&l->h.notify, alarm ? HW_EV_ALARM : HW_EV_NOALARM);
	} else if (fxs) {
		fxs_event(l, ev);
	} else {
		fxo_event(l, ev);
	}
}

void dahdi_run_beat(struct dahdi_card *c, bool on)
{
	const struct timespec every = {0, on ? BEAT_MS * 1000000 : 0};

	timerfd_settime(c->beat, 0, &(struct itimerspec){every, every}, NULL);
}

void dahdi_port_settle(struct dahdi_line *l)
{
	l->port.state = PORT_SETTLING;
	l->port.beats = SETTLE_BEATS;
	dahdi_run_beat(l->h.card, true);
}

static void settled(struct dahdi_line *l)
{
	struct dahdi_params p = {0};
	int wanted = l->port.wanted;

	l->port.state = PORT_IDLE;
	l->port.wanted = -1;
	if (dahdi_port_ioctl(l, DAHDI_GET_PARAMS, &p))
		return;
	if (!p.rxisoffhook == l->port.lifted)
		dahdi_port_lifted(l, p.rxisoffhook);
	if (wanted >= 0)
		dahdi_hook(&l->base, (enum hw_hook)wanted);
}

void dahdi_beat(struct dahdi_card *c)
{
	uint64_t n = 0;
	bool more = false;
	struct notify *it;

	if (read(c->beat, &n, sizeof(n)) < 0)
		return;
	TAILQ_FOREACH(it, &c->notify.all, all)
	{
		struct dahdi_handle *h = (struct dahdi_handle *)it;
		struct dahdi_line *l = dahdi_analog_of(h);

		if (l && dahdi_ground(l))
			more |= dahdi_ground_beat(l, n < SETTLE_BEATS ? (int)n : SETTLE_BEATS);
		if (!l || l->port.state != PORT_SETTLING)
			continue;
		l->port.beats -= n < SETTLE_BEATS ? (int)n : SETTLE_BEATS;
		if (l->port.beats <= 0)
			settled(l);
		else
			more = true;
	}
	if (!more)
		dahdi_run_beat(c, false);
}
