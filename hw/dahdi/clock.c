/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hw/dahdi/clock.c: the card's clock as one descriptor. Media thread. DAHDI's timer counts in samples and
 * runs from whatever clocks the spans; where its node is missing a timerfd stands in.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "hw/dahdi/card.h"

enum { SAMPLE_US = 125, CHUNK = 8, STALL_US = 200000 }; /* DAHDI works in chunks of 8 samples */

int dahdi_clock_open(struct dahdi_card *c)
{
	c->clock_fd = open("/dev/dahdi/timer", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	c->clock_is_card = c->clock_fd >= 0;
	if (!c->clock_is_card)
		c->clock_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	return c->clock_fd < 0 ? -errno : 0;
}

int dahdi_clock_poll(struct hw *hw, struct pollfd *out)
{
	struct dahdi_card *c = (struct dahdi_card *)hw;

	*out = (struct pollfd){.fd = c->clock_fd, .events = c->clock_is_card ? POLLPRI : POLLIN};
	return 0;
}

int dahdi_clock_start(struct hw *hw, unsigned period_samples)
{
	struct dahdi_card *c = (struct dahdi_card *)hw;
	long ns = (long)period_samples * SAMPLE_US * 1000;
	struct itimerspec t = {{ns / 1000000000, ns % 1000000000}, {ns / 1000000000, ns % 1000000000}};
	int samples = (int)(period_samples + CHUNK - 1) / CHUNK * CHUNK;

	if (period_samples > 8000)
		return -EINVAL;
	c->period_us = (int64_t)(c->clock_is_card ? samples : (int)period_samples) * SAMPLE_US;
	c->ticked = -1;
	if (c->clock_is_card)
		return ioctl(c->clock_fd, DAHDI_TIMERCONFIG, &samples) < 0 ? -errno : 0;
	return timerfd_settime(c->clock_fd, 0, &t, NULL) < 0 ? -errno : 0;
}

/* DAHDI does not say how many periods it acknowledges, so the time tells: to the nearest period, as the
 * phase of its timer is not known, and following it slowly, as its rate is not quite this clock's. */
static int periods_due(struct dahdi_card *c, int64_t now_us)
{
	int64_t n, off;

	if (c->ticked < 0 || now_us - c->ticked > STALL_US) {
		n = c->ticked < 0 ? 1 : STALL_US / c->period_us;
		c->ticked = now_us;
		return (int)(n ? n : 1);
	}
	n = (now_us - c->ticked + c->period_us / 2) / c->period_us;
	if (n <= 0)
		return 0;
	c->ticked += n * c->period_us;
	off = now_us - c->ticked;
	c->ticked += off / 8;
	return (int)n;
}

int dahdi_clock_tick(struct hw *hw, int64_t now_us)
{
	struct dahdi_card *c = (struct dahdi_card *)hw;
	uint64_t expired;
	int all = -1;

	if (!c->period_us)
		return 0;
	if (!c->clock_is_card) {
		if (read(c->clock_fd, &expired, sizeof(expired)) < 0)
			return errno == EAGAIN ? 0 : -errno;
		return (int)(expired < 1600 ? expired : 1600);
	}
	if (ioctl(c->clock_fd, DAHDI_TIMERACK, &all) < 0)
		return -errno;
	return periods_due(c, now_us);
}
