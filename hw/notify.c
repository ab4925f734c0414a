/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hw/notify.c: queues of events and their delivery. Loop thread.
 *
 * A callback may close any handle, its own included. So no pointer to a handle is kept over a callback but
 * through a guard, which notify_close() empties, and lists are taken from the front, never walked.
 */
#include "hw/notify.h"

struct notify_guard {
	struct notify *n;
	struct notify_guard *outer;
};

void notify_set_init(struct notify_set *s)
{
	TAILQ_INIT(&s->all);
	TAILQ_INIT(&s->ready);
	s->guards = NULL;
}

void notify_open(struct notify *n, struct notify_set *s, hw_event_fn *fn, void *arg)
{
	n->set = s;
	n->fn = fn;
	n->arg = arg;
	n->on = NULL;
	n->first = n->count = 0;
	atomic_init(&n->gone, false);
	TAILQ_INSERT_TAIL(&s->all, n, all);
}

static void move(struct notify *n, struct notify_list *to)
{
	if (n->on)
		TAILQ_REMOVE(n->on, n, link);
	n->on = to;
	if (to)
		TAILQ_INSERT_TAIL(to, n, link);
}

void notify_close(struct notify *n)
{
	if (!n->set)
		return;
	move(n, NULL);
	TAILQ_REMOVE(&n->set->all, n, all);
	for (struct notify_guard *g = n->set->guards; g; g = g->outer)
		if (g->n == n)
			g->n = NULL;
	n->set = NULL;
}

void notify_post(struct notify *n, enum hw_event ev)
{
	if (notify_gone(n))
		return;
	if (ev == HW_EV_READABLE)
		for (unsigned i = 0; i < n->count; i++)
			if (n->ev[(n->first + i) % NOTIFY_EVENTS] == HW_EV_READABLE)
				return;
	if (ev == HW_EV_REMOVED)
		atomic_store_explicit(&n->gone, true, memory_order_relaxed);
	if (n->count == NOTIFY_EVENTS) {
		if (ev != HW_EV_REMOVED)
			return;
		n->count--; /* this one must not be lost */
	}
	n->ev[(n->first + n->count++) % NOTIFY_EVENTS] = (uint8_t)ev;
	if (!n->on)
		move(n, &n->set->ready);
}

/* What its own callback posts meanwhile waits for the next round. */
static void deliver_one(struct notify_set *s, struct notify *n)
{
	struct notify_guard g = {n, s->guards};

	s->guards = &g;
	for (unsigned todo = n->count; g.n && todo && n->count; todo--) {
		enum hw_event ev = n->ev[n->first];

		n->first = (n->first + 1) % NOTIFY_EVENTS;
		n->count--;
		if (n->fn)
			n->fn(n->arg, ev);
	}
	if (g.n && n->count && !n->on)
		move(n, &s->ready);
	s->guards = g.outer;
}

bool notify_deliver(struct notify_set *s)
{
	struct notify_list batch = TAILQ_HEAD_INITIALIZER(batch);
	struct notify *n;

	while ((n = TAILQ_FIRST(&s->ready)))
		move(n, &batch);
	while ((n = TAILQ_FIRST(&batch))) {
		move(n, NULL);
		deliver_one(s, n);
	}
	return !TAILQ_EMPTY(&s->ready);
}
