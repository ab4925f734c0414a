/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hw/dahdi/card.c: the DAHDI driver's table, opening and closing. Loop thread. A host without DAHDI is an
 * ordinary host: it has no spans.
 */
#include "hw/dahdi/card.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

static void dahdi_close(struct hw *hw)
{
	struct dahdi_card *c = (struct dahdi_card *)hw;
	struct notify *n;

	while ((n = TAILQ_FIRST(&c->notify.all))) {
		struct dahdi_handle *h = (struct dahdi_handle *)n;

		if (h->is_dchan)
			dahdi_dchan_close((struct hw_dchan *)((char *)h - offsetof(struct dahdi_dchan, h)));
		else
			dahdi_line_close((struct hw_line *)((char *)h - offsetof(struct dahdi_line, h)));
	}
	int fds[] = {c->ctl, c->epoll, c->wake, c->beat, c->clock_fd};

	for (size_t i = 0; i < sizeof(fds) / sizeof(*fds); i++)
		if (fds[i] >= 0)
			close(fds[i]);
	free(c);
}

static int dahdi_fd(const struct hw *hw)
{
	return ((const struct dahdi_card *)hw)->epoll;
}

static const struct hw_ops dahdi_ops = {
	.name = "dahdi",
	.close = dahdi_close,
	.fd = dahdi_fd,
	.service = dahdi_service,
	.spans = dahdi_spans,
	.chans = dahdi_chans,
	.clock_poll = dahdi_clock_poll,
	.clock_start = dahdi_clock_start,
	.clock_tick = dahdi_clock_tick,
	.dchan_open = dahdi_dchan_open,
	.dchan_close = dahdi_dchan_close,
	.dchan_read = dahdi_dchan_read,
	.dchan_write = dahdi_dchan_write,
	.line_open = dahdi_line_open,
	.line_close = dahdi_line_close,
	.line_start = dahdi_line_start,
	.line_stop = dahdi_line_stop,
	.line_read = dahdi_line_read,
	.line_read_all = dahdi_line_read_all,
	.line_write = dahdi_line_write,
	.hook = dahdi_hook,
	.set_timing = dahdi_set_timing,
	.set_cadence = dahdi_set_cadence,
	.dial_pulse = dahdi_dial_pulse,
	.polarity = dahdi_polarity,
	.message_lamp = dahdi_message_lamp,
	.onhook_transfer = dahdi_onhook_transfer,
	.gain = dahdi_gain,
	.analog = dahdi_analog,
};

int hw_dahdi_open(struct hw **out)
{
	struct dahdi_card *c = calloc(1, sizeof(*c));
	struct epoll_event ev = {.events = EPOLLIN}, beat = {.events = EPOLLIN};
	int err = 0;

	if (!c)
		return -ENOMEM;
	c->base.ops = &dahdi_ops;
	notify_set_init(&c->notify);
	c->ctl = c->clock_fd = -1;
	c->epoll = epoll_create1(EPOLL_CLOEXEC);
	c->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	c->beat = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	beat.data.ptr = &c->beat;
	if (c->epoll < 0 || c->wake < 0 || c->beat < 0 ||
	    epoll_ctl(c->epoll, EPOLL_CTL_ADD, c->wake, &ev) < 0 ||
	    epoll_ctl(c->epoll, EPOLL_CTL_ADD, c->beat, &beat) < 0)
		err = -errno;
	if (!err)
		err = dahdi_clock_open(c);
	if (err) {
		dahdi_close(&c->base);
		return err;
	}
	*out = &c->base;
	return 0;
}
