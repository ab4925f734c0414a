/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hw/notify.h: events on their way to the owner of a line or D channel; shared by the drivers, private to
 * hw/. Loop thread, but for notify_gone().
 */
#ifndef HW_NOTIFY_H
#define HW_NOTIFY_H

#include <stdatomic.h>
#include <sys/queue.h>

#include "hw/hw.h"

enum { NOTIFY_EVENTS = 32 }; /* a handle keeps this many; what comes on top is dropped, as in DAHDI */

struct notify;
struct notify_guard;
TAILQ_HEAD(notify_list, notify);

struct notify_set { /* one card's handles */
	struct notify_list all, ready;
	struct notify_guard *guards;
};

struct notify { /* one handle */
	struct notify_set *set;
	hw_event_fn *fn;
	void *arg;
	TAILQ_ENTRY(notify) link, all;
	struct notify_list *on; /* the list LINK is on, or NULL */
	unsigned first, count;
	uint8_t ev[NOTIFY_EVENTS];
	atomic_bool gone; /* its span has left */
};

void notify_set_init(struct notify_set *s);
void notify_open(struct notify *n, struct notify_set *s, hw_event_fn *fn, void *arg);
void notify_close(struct notify *n); /* one that was never opened, all zero, is fine */

/* To be delivered by the next notify_deliver(). READABLE is kept once, nothing follows REMOVED. */
void notify_post(struct notify *n, enum hw_event ev);
/* Hands out what was posted before. Callbacks may open and close any handle. True: more has been posted. */
bool notify_deliver(struct notify_set *s);

static inline bool notify_waiting(const struct notify_set *s)
{
	return !TAILQ_EMPTY(&s->ready);
}

static inline bool notify_gone(const struct notify *n) /* any thread */
{
	return atomic_load_explicit(&((struct notify *)n)->gone, memory_order_relaxed);
}

#endif
