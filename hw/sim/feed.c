/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hw/sim/feed.c: an FXS port of the simulated card: ringing, battery, and what hook changes mean. Loop thread.
 * States, times and events are those of DAHDI's for FXO kewl start signalling (an FXS port is driven so), or ground start.
 */
#include <errno.h>
#include <string.h>

#include "hw/sim/analog.h"

enum {
	PULSE_MIN_US = 15000,  /* DAHDI_MINPULSETIME */
	PULSE_MAX_US = 200000, /* DAHDI_MAXPULSETIME */
	PULSE_END_MS = 250,    /* DAHDI_PULSETIMEOUT */
	AFTER_DROP_MS = 300,   /* DAHDI_AFTERKEWLTIME */
};

static void tell(struct sim_loop *l, enum hw_event ev)
{
	if (l->feed.slot->opener)
		sim_post(l->feed.slot->opener, ev);
}

/* As after opening a channel: DAHDI forgets what was set before. */
void sim_feed_reset(struct sim_loop *l)
{
	struct sim_feed *f = &l->feed;

	f->timing = (struct hw_timing){
		.flash_min_ms = 200,
		.flash_max_ms = 1250,
		.debounce_ms = 600,
		.drop_ms = 500,
	};
	f->cadence[0] = 2000;
	f->cadence[1] = 4000;
	f->n_cadence = 2;
	f->repeat_from = 0;
	f->reversed = f->lamp = false;
	f->lifted = false;
	f->pulses = 0;
	sim_timer_stop(l, FEED_OHT);
	sim_timer_stop(l, FEED_DEBOUNCE);
	sim_timer_stop(l, FEED_PULSE);
	sim_loop_changed(l);
}

static void enter(struct sim_loop *l, enum sim_feed_state s)
{
	l->feed.state = s;
	sim_timer_stop(l, FEED_STEP);
	if (s != FEED_TALK)
		sim_timer_stop(l, FEED_DEBOUNCE);
	sim_loop_changed(l);
}

/* From T on it is open: a pulse, a flash, or on hook. */
static void watch_opening(struct sim_loop *l, int64_t t)
{
	l->feed.open_ms = l->feed.timing.flash_max_ms;
	sim_timer(l, FEED_OPEN, t, l->feed.open_ms);
}

static void drop(struct sim_loop *l)
{
	if (l->feed.ground) { /* tip is opened, and stays so */
		enter(l, FEED_IDLE);
		tell(l, HW_EV_HOOK_DONE);
		return;
	}
	enter(l, FEED_DROP);
	sim_timer_stop(l, FEED_OPEN);
	sim_timer(l, FEED_STEP, SIM_NO_TIME, l->feed.timing.drop_ms);
}

/* As DAHDI does: a call that is still up is cut by a battery drop. */
void sim_feed_close(struct sim_loop *l)
{
	bool up = l->feed.state == FEED_TALK && l->feed.closed && !l->feed.ground;

	if (up)
		drop(l);
	else if (l->feed.state != FEED_DROP && l->feed.state != FEED_AFTER_DROP)
		enter(l, FEED_IDLE);
	sim_feed_reset(l);
}

/* Its span has left, or is back: it begins anew. */
void sim_feed_lost(struct sim_loop *l)
{
	enter(l, FEED_IDLE);
	sim_timer_stop(l, FEED_OPEN);
	l->feed.closed = false;
	sim_feed_reset(l);
}

static int ring(struct sim_loop *l)
{
	struct sim_feed *f = &l->feed;

	if ((f->state != FEED_IDLE && f->state != FEED_AFTER_DROP) || f->closed)
		return -EBUSY;
	if (f->lifted) { /* hung up this moment: no flash any more */
		sim_timer_stop(l, FEED_OPEN);
		f->lifted = false;
		tell(l, HW_EV_ONHOOK);
	}
	enter(l, FEED_RING_ON);
	f->step = 0;
	sim_timer(l, FEED_STEP, SIM_NO_TIME, f->cadence[0]);
	tell(l, HW_EV_RINGER_ON);
	return 0;
}

int sim_feed_hook(struct sim_loop *l, enum hw_hook what)
{
	struct sim_feed *f = &l->feed;

	switch (what) {
	case HW_ONHOOK:
		if (f->state == FEED_DROP || f->state == FEED_AFTER_DROP)
			return 0; /* it gets there by itself */
		enter(l, FEED_IDLE);
		if (f->lifted && !f->closed && !sim_timer_runs(l, FEED_OPEN))
			watch_opening(l, SIM_NO_TIME);
		return 0;
	case HW_OFFHOOK:
		if (f->state == FEED_DROP)
			return -EBUSY;
		enter(l, FEED_TALK);
		sim_timer(l, FEED_DEBOUNCE, SIM_NO_TIME, f->timing.debounce_ms);
		return 0;
	case HW_RING:
		return ring(l);
	case HW_RING_OFF:
		if (f->state == FEED_RING_ON || f->state == FEED_RING_OFF)
			enter(l, FEED_IDLE);
		return 0;
	case HW_DROP:
		drop(l);
		return 0;
	case HW_FLASH:
		break;
	}
	return -EINVAL;
}

/* How long the loop was open says what it was. */
static void opening(struct sim_loop *l, int64_t t)
{
	struct sim_feed *f = &l->feed;
	int64_t us = t - (l->due[FEED_OPEN] - f->open_ms * INT64_C(1000));
	int64_t flash = f->timing.flash_min_ms * INT64_C(1000);

	sim_timer_stop(l, FEED_OPEN);
	if (us > PULSE_MAX_US || us >= flash) {
		if (us >= flash)
			tell(l, HW_EV_FLASH);
		return;
	}
	if (us < PULSE_MIN_US)
		return;
	if (f->pulses++ == 0)
		tell(l, HW_EV_PULSE_START);
	sim_timer(l, FEED_PULSE, t, PULSE_END_MS);
}

void sim_feed_seen(struct sim_loop *l, int64_t t, bool current, bool ring_ground)
{
	struct sim_feed *f = &l->feed;
	bool rings = f->state == FEED_RING_ON || f->state == FEED_RING_OFF;
	bool closed = current || (ring_ground && !rings); /* while it rings that is glare, and no answer */

	if (closed == f->closed)
		return;
	f->closed = closed;
	if (!closed) {
		if (sim_timer_runs(l, FEED_DEBOUNCE) || f->state == FEED_DROP || f->state == FEED_AFTER_DROP)
			return;
		watch_opening(l, t);
		return;
	}
	if (rings)
		enter(l, f->ground ? FEED_TALK : FEED_IDLE); /* ring trip */
	if (sim_timer_runs(l, FEED_OPEN)) {
		opening(l, t);
	} else if (!f->lifted) {
		f->lifted = true;
		tell(l, HW_EV_OFFHOOK);
	}
}

static void next_ring(struct sim_loop *l, int64_t t)
{
	struct sim_feed *f = &l->feed;
	bool on = f->state == FEED_RING_ON;

	f->state = on ? FEED_RING_OFF : FEED_RING_ON;
	if (++f->step == f->n_cadence)
		f->step = f->repeat_from;
	sim_timer(l, FEED_STEP, t, f->cadence[f->step]);
	tell(l, on ? HW_EV_RINGER_OFF : HW_EV_RINGER_ON);
}

static void step(struct sim_loop *l, int64_t t)
{
	struct sim_feed *f = &l->feed;

	switch (f->state) {
	case FEED_RING_ON:
	case FEED_RING_OFF:
		next_ring(l, t);
		return;
	case FEED_DROP:
		f->state = FEED_AFTER_DROP;
		sim_timer(l, FEED_STEP, t, AFTER_DROP_MS);
		tell(l, HW_EV_HOOK_DONE);
		return;
	case FEED_AFTER_DROP:
		f->state = FEED_IDLE;
		if (!f->closed && f->lifted)
			tell(l, HW_EV_ONHOOK);
		f->lifted = false;
		return;
	case FEED_IDLE:
	case FEED_TALK:
		return;
	}
}

void sim_feed_timer(struct sim_loop *l, int id, int64_t t)
{
	struct sim_feed *f = &l->feed;

	switch (id) {
	case FEED_STEP:
		step(l, t);
		return;
	case FEED_DEBOUNCE: /* has it gone back on hook? */
		if (f->closed)
			return;
		watch_opening(l, t);
		return;
	case FEED_OPEN:
		f->lifted = false;
		tell(l, HW_EV_ONHOOK);
		return;
	case FEED_PULSE:
		if (f->pulses <= 10)
			tell(l, (enum hw_event)(HW_EV_PULSE + f->pulses % 10));
		f->pulses = 0;
		return;
	default:
		return;
	}
}
