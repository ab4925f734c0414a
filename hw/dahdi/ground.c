/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hw/dahdi/ground.c: ground start on DAHDI (fxogs, fxsgs). Loop thread. Neither end can seize a line without the other's seeing it:
 * the FXO end grounds ring, the FXS end answers by grounding tip; ringing grounds tip as well; tip opened is the clear.
 *
 * What DAHDI leaves to this side. It has no event for a tip that is grounded: the received state is looked at, beat by beat. The
 * FXO's event for a tip that is opened is lost for 600 ms after the loop was closed. An FXS port that rings reports a ring that is
 * grounded (glare) as it reports an answer, and then does not report the answer: it is looked for until ring is let go. And an
 * FXO port that goes off hook on a line with tip open gets a ring's end for which there was no ring.
 */
#include "hw/dahdi/card.h"

enum {
	RX_ONHOOK,
	RX_OFFHOOK,
	RX_START,
	RX_RING
}; /* enum dahdi_rxsig: the kernel's own */
enum { TX_OFFHOOK = 1 };
enum { WATCH_BEATS = 35 }; /* DAHDI's 600 ms of debounce, in beats of 20 ms, and a few */

enum hw_start dahdi_start(int sigtype)
{
	static const struct {
		int sigtype;
		enum hw_start start;
	} map[] = {
		{DAHDI_SIG_FXOLS, HW_START_LOOP}, {DAHDI_SIG_FXSLS, HW_START_LOOP},   {DAHDI_SIG_FXOKS, HW_START_KEWL},
		{DAHDI_SIG_FXSKS, HW_START_KEWL}, {DAHDI_SIG_FXOGS, HW_START_GROUND}, {DAHDI_SIG_FXSGS, HW_START_GROUND},
	};

	for (size_t i = 0; i < sizeof(map) / sizeof(*map); i++)
		if (map[i].sigtype == sigtype)
			return map[i].start;
	return HW_START_NONE;
}

static int order(struct dahdi_line *l, int what)
{
	return dahdi_port_ioctl(l, DAHDI_HOOK, &what);
}

/* What the far end sends now; RX_ONHOOK when it cannot be known. */
static int received(struct dahdi_line *l, bool *closed)
{
	struct dahdi_params p = {0};

	if (dahdi_port_ioctl(l, DAHDI_GET_PARAMS, &p))
		return RX_ONHOOK;
	if (closed)
		*closed = p.txhooksig == TX_OFFHOOK;
	return p.rxhooksig;
}

/* --- FXO -------------------------------------------------------------------------------------------- */

static int close_loop(struct dahdi_line *l)
{
	int err = order(l, DAHDI_OFFHOOK);

	if (err)
		return err;
	l->port.state = PORT_TALK;
	l->port.rang = false;
	l->port.watch = WATCH_BEATS;
	dahdi_run_beat(l->h.card, true);
	return 0;
}

/* A line that the far end has seized, by ringing, is answered; another one is seized. */
int dahdi_ground_seize(struct dahdi_line *l)
{
	int err;

	if (l->port.state == PORT_TALK || l->port.state == PORT_STARTING)
		return 0;
	if (l->port.rang || received(l, NULL) != RX_ONHOOK)
		return close_loop(l);
	err = order(l, DAHDI_START);
	if (err)
		return err;
	l->port.state = PORT_STARTING;
	dahdi_run_beat(l->h.card, true);
	return 0;
}

int dahdi_ground_onhook(struct dahdi_line *l)
{
	int err = order(l, DAHDI_ONHOOK);

	if (err)
		return err;
	if (l->port.state == PORT_TALK)
		l->port.rang = l->port.ring_on = false;
	l->port.state = PORT_IDLE; /* a ring met by our seizure goes on */
	l->port.watch = 0;
	return 0;
}

static void ring_begins(struct dahdi_line *l)
{
	if (!l->port.ring_on)
		notify_post(&l->h.notify, HW_EV_RING_BEGIN);
	l->port.ring_on = l->port.rang = true;
}

static void ring_ends(struct dahdi_line *l)
{
	if (l->port.ring_on)
		notify_post(&l->h.notify, HW_EV_RING_END);
	l->port.ring_on = false;
}

static void tip_opened(struct dahdi_line *l)
{
	ring_ends(l);
	if (l->port.state == PORT_TALK || l->port.rang)
		notify_post(&l->h.notify, HW_EV_DISCONNECT);
	l->port.rang = false;
	l->port.watch = 0;
}

bool dahdi_ground_fxo_event(struct dahdi_line *l, int ev)
{
	switch (ev) {
	case DAHDI_EVENT_RINGBEGIN:
		ring_begins(l);
		return true;
	case DAHDI_EVENT_RINGOFFHOOK:
		ring_ends(l);
		return true;
	case DAHDI_EVENT_ONHOOK:
		tip_opened(l);
		return true;
	default:
		return false;
	}
}

static bool starting(struct dahdi_line *l)
{
	bool closed = false;
	int rx = received(l, &closed);

	if (rx == RX_RING) /* for 2 s after a change DAHDI does not tell */
		ring_begins(l);
	if (rx != RX_OFFHOOK || l->port.rang)
		return true;
	if (closed) /* ring was grounded for as long as DAHDI does */
		l->port.state = PORT_TALK;
	else if (close_loop(l))
		return false;
	notify_post(&l->h.notify, HW_EV_TIP_GROUND);
	return l->port.watch > 0;
}

static bool fxo_beat(struct dahdi_line *l, int beats)
{
	if (l->port.state == PORT_STARTING)
		return starting(l);
	if (l->port.state != PORT_TALK || l->port.watch <= 0)
		return false;
	l->port.watch -= beats;
	if (received(l, NULL) == RX_ONHOOK)
		tip_opened(l);
	return l->port.watch > 0;
}

/* --- FXS -------------------------------------------------------------------------------------------- */

static void answered(struct dahdi_line *l)
{
	l->port.glare = false;
	dahdi_hook(&l->base, HW_OFFHOOK);
	dahdi_port_lifted(l, true);
}

bool dahdi_ground_fxs_event(struct dahdi_line *l, int ev)
{
	bool stray = l->port.stray && (ev & DAHDI_EVENT_PULSEDIGIT);

	if (stray)
		l->port.stray = false;
	if (stray || l->port.state != PORT_RINGING)
		return stray;
	if (ev == DAHDI_EVENT_RINGOFFHOOK && received(l, NULL) == RX_START) {
		l->port.glare = true;
		dahdi_run_beat(l->h.card, true);
		return true;
	}
	if (!l->port.glare)
		return false;
	if (ev == DAHDI_EVENT_ONHOOK) {
		l->port.glare = false;
		return true;
	}
	if (ev == DAHDI_EVENT_WINKFLASH || ev == DAHDI_EVENT_PULSE_START) { /* the answer soon after it */
		l->port.stray = ev == DAHDI_EVENT_PULSE_START;
		answered(l);
		return true;
	}
	return false;
}

/* Who still grounds ring then seizes the line. */
void dahdi_ground_ring_over(struct dahdi_line *l)
{
	if (!l->port.glare)
		return;
	l->port.glare = false;
	if (!l->port.lifted && received(l, NULL) == RX_START) {
		dahdi_port_lifted(l, true);
		dahdi_wake(l->h.card);
	}
}

static bool fxs_beat(struct dahdi_line *l)
{
	if (l->port.glare && received(l, NULL) == RX_OFFHOOK)
		answered(l);
	return l->port.glare;
}

bool dahdi_ground_beat(struct dahdi_line *l, int beats)
{
	if (notify_gone(&l->h.notify))
		return false;
	return l->base.kind == HW_CHAN_FXS ? fxs_beat(l) : fxo_beat(l, beats);
}
