/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gateway/media/wheel.h: what is due when, in slots of one millisecond. Ports whose work falls into the same
 * slot share one wake-up. Media thread only; time comes in as an argument.
 */
#ifndef GATEWAY_MEDIA_WHEEL_H
#define GATEWAY_MEDIA_WHEEL_H

#include <stdbool.h>
#include <stdint.h>

#define WHEEL_SLOT_US 1000
#define WHEEL_SLOTS 64		/* farther deadlines are cut to this: their owner is called early and asks again */

struct due;
typedef void due_fn(void *owner, int64_t now_us);
struct due {
	struct due *next, **prev;	/* prev NULL: not waiting */
	unsigned slot;
	due_fn *fn;
	void *owner;
};
struct wheel {
	struct due *slots[WHEEL_SLOTS];
	uint64_t used;		/* bit per slot that is not empty */
	int64_t done;		/* number of the last slot that was run */
};

void wheel_init(struct wheel *w, int64_t now_us);
void due_init(struct due *d, due_fn *fn, void *owner);
/* At the first slot border not before AT_US, and after the slot that runs now. Moves D if it waits already. */
void wheel_add(struct wheel *w, struct due *d, int64_t at_us);
void wheel_remove(struct wheel *w, struct due *d);	/* not waiting is fine */
int64_t wheel_next_us(const struct wheel *w);		/* when something is due, -1 for never */
void wheel_run(struct wheel *w, int64_t now_us);

static inline int64_t wheel_slot_us(int64_t at_us)	/* the slot border that serves AT_US */
{
	return (at_us + WHEEL_SLOT_US - 1) / WHEEL_SLOT_US * WHEEL_SLOT_US;
}
static inline bool due_waits(const struct due *d)
{
	return d->prev != 0;
}

#endif
