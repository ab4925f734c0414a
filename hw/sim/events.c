/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hw/sim/events.c: how the simulated card reports: handles, their waiting events, and hw_service(). Loop thread.
 *
 * A callback may close any handle, its own included. So nothing here keeps a pointer over a callback but
 * through a guard, which sim_handle_close() empties, and lists are taken from the front, never walked.
 */
#include <errno.h>
#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "hw/sim/card.h"

int sim_handle_open(struct sim_handle *h, struct sim_card *c, int chan, enum hw_chan_kind kind,
		    hw_event_fn *fn, void *arg)
{
	struct sim_slot *s;

	if (chan < 1 || chan > c->n_slots)
		return -ENOENT;
	s = &c->slots[chan - 1];
	if (sim_fault_get(s->port, SIM_FAULT_REMOVED))
		return -ENOENT;
	if (s->kind != kind)
		return -EINVAL;
	if (s->opener)
		return -EBUSY;
	h->card = c;
	h->slot = s;
	h->fn = fn;
	h->arg = arg;
	s->opener = h;
	TAILQ_INSERT_TAIL(&c->handles, h, all);
	return 0;
}

static void ready_del(struct sim_handle *h)
{
	if (h->on)
		TAILQ_REMOVE(h->on, h, link);
	h->on = NULL;
}

static void ready_add(struct sim_handle *h)
{
	if (h->on)
		return;
	h->on = &h->card->ready;
	TAILQ_INSERT_TAIL(h->on, h, link);
	sim_arm(h->card, 0);
}

void sim_handle_close(struct sim_handle *h)
{
	if (!h->slot)
		return;
	ready_del(h);
	TAILQ_REMOVE(&h->card->handles, h, all);
	if (h->slot->opener == h)
		h->slot->opener = NULL;
	for (struct sim_guard *g = h->card->guards; g; g = g->outer)
		if (g->h == h)
			g->h = NULL;
}

void sim_close_all(struct sim_card *c)
{
	struct sim_handle *h;

	while ((h = TAILQ_FIRST(&c->handles))) {
		if (h->slot->kind == HW_CHAN_D)
			sim_dchan_close((struct hw_dchan *)((char *)h - offsetof(struct sim_dchan, h)));
		else
			sim_line_close((struct hw_line *)((char *)h - offsetof(struct sim_line, h)));
	}
}

void sim_post(struct sim_handle *h, enum hw_event ev)
{
	if (h->ev_count == SIM_EVENTS) {
		if (ev != HW_EV_REMOVED)
			return;
		h->ev_count--;	/* this one must not be lost */
	}
	h->ev[(h->ev_first + h->ev_count++) % SIM_EVENTS] = (uint8_t)ev;
	ready_add(h);
}

void sim_wake(struct sim_handle *h)
{
	ready_add(h);
}

bool sim_deliver(struct sim_handle *h, bool readable)
{
	struct sim_card *c = h->card;
	struct sim_guard g = { h, c->guards };
	unsigned n = h->ev_count;	/* events posted by a callback wait for the next service */

	c->guards = &g;
	while (g.h && n-- && h->ev_count) {
		enum hw_event ev = h->ev[h->ev_first];

		h->ev_first = (h->ev_first + 1) % SIM_EVENTS;
		h->ev_count--;
		h->fn(h->arg, ev);
	}
	if (g.h && readable && h->readable && !sim_handle_gone(h))
		h->fn(h->arg, HW_EV_READABLE);
	if (g.h && (h->ev_count || (h->readable && !sim_handle_gone(h))))
		ready_add(h);		/* as a level-triggered descriptor would */
	c->guards = g.outer;
	return g.h != NULL;
}

/* In times of the caller: a test's invented ones are as good, it then never looks at the descriptor. */
void sim_arm(struct sim_card *c, int64_t due)
{
	struct itimerspec t = { .it_value = { .tv_sec = due / 1000000, .tv_nsec = due % 1000000 * 1000 + 1 } };

	if (due >= c->armed)
		return;
	timerfd_settime(c->fd, TFD_TIMER_ABSTIME, &t, NULL);
	c->armed = due;
}

void sim_service(struct hw *hw, int64_t now_us)
{
	struct sim_card *c = (struct sim_card *)hw;
	struct sim_handles batch = TAILQ_HEAD_INITIALIZER(batch);
	struct sim_handle *h;

	if (c->armed > now_us)
		return;
	c->armed = INT64_MAX;
	timerfd_settime(c->fd, 0, &(struct itimerspec){ 0 }, NULL);

	sim_dchans_schedule(c, now_us);
	sim_dchans_run(c, now_us);
	while ((h = TAILQ_FIRST(&c->ready))) {
		ready_del(h);
		h->on = &batch;
		TAILQ_INSERT_TAIL(&batch, h, link);
	}
	while ((h = TAILQ_FIRST(&batch))) {
		ready_del(h);
		sim_deliver(h, true);
	}
	sim_dchans_schedule(c, now_us);
}
