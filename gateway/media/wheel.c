/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gateway/media/wheel.h"

#include <string.h>

void wheel_init(struct wheel *w, int64_t now_us)
{
	memset(w, 0, sizeof(*w));
	w->done = now_us / WHEEL_SLOT_US;
}

void due_init(struct due *d, due_fn *fn, void *owner)
{
	*d = (struct due){ .fn = fn, .owner = owner };
}

void wheel_remove(struct wheel *w, struct due *d)
{
	if (!d->prev)
		return;
	*d->prev = d->next;
	if (d->next)
		d->next->prev = d->prev;
	d->prev = NULL;
	if (!w->slots[d->slot])
		w->used &= ~(1ull << d->slot);
}

void wheel_add(struct wheel *w, struct due *d, int64_t at_us)
{
	int64_t slot = wheel_slot_us(at_us) / WHEEL_SLOT_US;

	wheel_remove(w, d);
	if (slot <= w->done)
		slot = w->done + 1;
	if (slot > w->done + WHEEL_SLOTS - 1)
		slot = w->done + WHEEL_SLOTS - 1;
	d->slot = (unsigned)(slot % WHEEL_SLOTS);
	d->next = w->slots[d->slot];
	d->prev = &w->slots[d->slot];
	if (d->next)
		d->next->prev = &d->next;
	w->slots[d->slot] = d;
	w->used |= 1ull << d->slot;
}

int64_t wheel_next_us(const struct wheel *w)
{
	unsigned first = (unsigned)((w->done + 1) % WHEEL_SLOTS);
	uint64_t turned;

	if (!w->used)
		return -1;
	turned = first ? w->used >> first | w->used << (WHEEL_SLOTS - first) : w->used;
	return (w->done + 1 + __builtin_ctzll(turned)) * WHEEL_SLOT_US;
}

void wheel_run(struct wheel *w, int64_t now_us)
{
	int64_t last = now_us / WHEEL_SLOT_US;
	struct due *d;

	while (w->done < last) {
		unsigned slot = (unsigned)((w->done + 1) % WHEEL_SLOTS);

		if (!w->used) {
			w->done = last;
			return;
		}
		w->done++;
		while ((d = w->slots[slot])) {
			wheel_remove(w, d);
			d->fn(d->owner, now_us);
		}
	}
}
