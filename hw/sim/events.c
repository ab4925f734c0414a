/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hw/sim/events.c: the simulated card's handles, its wake-ups, and hw_service(). Loop thread. */
#include <errno.h>
#include <sys/timerfd.h>

#include "hw/sim/analog.h"

int sim_handle_open(struct sim_handle *h, struct sim_card *c, int chan, bool dchan, hw_event_fn *fn, void *arg)
{
	struct sim_slot *s;

	if (chan < 1 || chan > c->n_slots)
		return -ENOENT;
	s = &c->slots[chan - 1];
	if (sim_fault_get(s->port, SIM_FAULT_REMOVED))
		return -ENOENT;
	if ((s->kind == HW_CHAN_D) != dchan)
		return -EINVAL;
	if (s->opener)
		return -EBUSY;
	h->slot = s;
	s->opener = h;
	notify_open(&h->notify, &c->notify, fn, arg);
	return 0;
}

void sim_handle_close(struct sim_handle *h)
{
	if (h->slot && h->slot->opener == h)
		h->slot->opener = NULL;
	notify_close(&h->notify);
}

void sim_close_all(struct sim_card *c)
{
	struct notify *n;

	while ((n = TAILQ_FIRST(&c->notify.all))) {
		struct sim_handle *h = (struct sim_handle *)n;

		if (h->slot->kind == HW_CHAN_D) /* a telephone's slot is that of its FXS port */
			sim_dchan_close((struct hw_dchan *)((char *)h - offsetof(struct sim_dchan, h)));
		else
			sim_line_close((struct hw_line *)((char *)h - offsetof(struct sim_line, h)));
	}
}

void sim_post(struct sim_handle *h, enum hw_event ev)
{
	notify_post(&h->notify, ev);
	sim_arm(h->slot->port->card, 0);
}

/* In times of the caller: a test's invented ones are as good, it then never looks at the descriptor. */
static void set_timer(struct sim_card *c, int64_t due)
{
	struct itimerspec t = {0};

	if (due < INT64_MAX) /* a nanosecond past it: all zero would stop the timer */
		t.it_value = (struct timespec){due / 1000000, due % 1000000 * 1000 + 1};
	timerfd_settime(c->fd, TFD_TIMER_ABSTIME, &t, NULL);
	c->armed = due;
}

void sim_arm(struct sim_card *c, int64_t due)
{
	if (due < c->armed)
		set_timer(c, due);
}

void sim_service(struct hw *hw, int64_t now_us)
{
	struct sim_card *c = (struct sim_card *)hw;
	int64_t due, lines;

	if (c->armed > now_us)
		return;
	c->armed = 0; /* what comes up in here is seen at the end: no timer for it */
	sim_dchans_schedule(c, now_us);
	sim_dchans_run(c, now_us);
	sim_loops_run(c, now_us);
	notify_deliver(&c->notify);
	sim_loops_run(c, now_us); /* what the callbacks have done begins now */
	due = sim_dchans_schedule(c, now_us);
	lines = sim_loops_next(c);
	if (lines < due)
		due = lines;
	set_timer(c, notify_waiting(&c->notify) || sim_dchans_unread(c) ? 0 : due);
}
