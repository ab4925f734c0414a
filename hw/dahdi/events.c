/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hw/dahdi/events.c: what DAHDI reports, and hw_service(). Loop thread.
 *
 * When a span leaves, its descriptors say REMOVED once and fail for good from then on, each call sleeping 5
 * ms in the kernel. So such a descriptor leaves the epoll set at once and is not touched again.
 */
#include <errno.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "hw/dahdi/card.h"

enum { BATCH = 64 }; /* DAHDI itself keeps 64 events a channel */

static void lose(struct dahdi_handle *h)
{
	if (h->lost)
		return;
	h->lost = true;
	epoll_ctl(h->card->epoll, EPOLL_CTL_DEL, h->fd, NULL);
	notify_post(&h->notify, HW_EV_REMOVED);
}

void dahdi_wake(struct dahdi_card *c)
{
	uint64_t one = 1;

	if (write(c->wake, &one, sizeof(one)) < 0)
		return; /* EAGAIN alone: it is readable already */
}

struct dahdi_line *dahdi_analog_of(struct dahdi_handle *h)
{
	struct dahdi_line *l = (struct dahdi_line *)((char *)h - offsetof(struct dahdi_line, h));

	return h->is_dchan || l->base.kind == HW_CHAN_B ? NULL : l;
}

static void map_event(struct dahdi_handle *h, int ev)
{
	static const struct {
		int dahdi;
		enum hw_event hw;
		bool dchan_only;
	} map[] = {
		{DAHDI_EVENT_ALARM, HW_EV_ALARM, false},  {DAHDI_EVENT_NOALARM, HW_EV_NOALARM, false},
		{DAHDI_EVENT_ABORT, HW_EV_ABORT, true},   {DAHDI_EVENT_OVERRUN, HW_EV_OVERRUN, true},
		{DAHDI_EVENT_BADFCS, HW_EV_BADFCS, true},
	};

	if (dahdi_analog_of(h)) {
		dahdi_port_event(dahdi_analog_of(h), ev);
		return;
	}
	for (size_t i = 0; i < sizeof(map) / sizeof(*map); i++)
		if (map[i].dahdi == ev && (h->is_dchan || !map[i].dchan_only))
			notify_post(&h->notify, map[i].hw);
}

void dahdi_drain(struct dahdi_handle *h)
{
	for (int i = 0; i < BATCH && !h->lost; i++) {
		int ev = DAHDI_EVENT_NONE;

		if (ioctl(h->fd, DAHDI_GETEVENT, &ev) < 0 || ev == DAHDI_EVENT_REMOVED)
			lose(h);
		else if (ev == DAHDI_EVENT_NONE)
			return;
		else
			map_event(h, ev);
	}
}

void dahdi_service(struct hw *hw, int64_t now_us)
{
	struct dahdi_card *c = (struct dahdi_card *)hw;
	struct epoll_event ev[BATCH];
	uint64_t woken;
	int n = epoll_wait(c->epoll, ev, BATCH, 0);

	(void)now_us;                 /* the kernel keeps this card's time */
	for (int i = 0; i < n; i++) { /* no callback before all are seen: every pointer is good */
		struct dahdi_handle *h = ev[i].data.ptr;

		if (!h) {
			if (read(c->wake, &woken, sizeof(woken)) < 0)
				continue;
		} else if (ev[i].data.ptr == &c->beat) {
			dahdi_beat(c);
		} else {
			if (ev[i].events & (EPOLLPRI | EPOLLERR | EPOLLHUP))
				dahdi_drain(h);
			if ((ev[i].events & EPOLLIN) && h->is_dchan && !h->lost)
				notify_post(&h->notify, HW_EV_READABLE);
		}
	}
	if (notify_deliver(&c->notify))
		dahdi_wake(c);
}
