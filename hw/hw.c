/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hw/hw.c: the calls of hw.h, handed to the driver behind the handle. No state, no thread of its own.
 */
#include "hw/hw.h"

#include <errno.h>

void hw_close(struct hw *hw)
{
	if (hw)
		hw->ops->close(hw);
}

int hw_fd(const struct hw *hw)
{
	return hw->ops->fd(hw);
}

void hw_service(struct hw *hw, int64_t now_us)
{
	hw->ops->service(hw, now_us);
}

int hw_spans(struct hw *hw, struct hw_span *out, int max)
{
	return hw->ops->spans(hw, out, max);
}

int hw_chans(struct hw *hw, int span, struct hw_chan *out, int max)
{
	return hw->ops->chans(hw, span, out, max);
}

int hw_clock_poll(struct hw *hw, struct pollfd *out)
{
	return hw->ops->clock_poll(hw, out);
}

int hw_clock_start(struct hw *hw, unsigned period_samples)
{
	return hw->ops->clock_start(hw, period_samples);
}

int hw_clock_tick(struct hw *hw, int64_t now_us)
{
	return hw->ops->clock_tick(hw, now_us);
}

int hw_dchan_open(struct hw *hw, int chan, hw_event_fn *fn, void *arg, struct hw_dchan **out)
{
	return hw->ops->dchan_open(hw, chan, fn, arg, out);
}

void hw_dchan_close(struct hw_dchan *d)
{
	if (d)
		d->ops->dchan_close(d);
}

int hw_dchan_read(struct hw_dchan *d, uint8_t *buf, size_t size)
{
	return d->ops->dchan_read(d, buf, size);
}

int hw_dchan_write(struct hw_dchan *d, const uint8_t *buf, size_t len)
{
	return d->ops->dchan_write(d, buf, len);
}

int hw_line_open(struct hw *hw, int chan, hw_event_fn *fn, void *arg, struct hw_line **out)
{
	return hw->ops->line_open(hw, chan, fn, arg, out);
}

void hw_line_close(struct hw_line *l)
{
	if (l)
		l->ops->line_close(l);
}

int hw_line_start(struct hw_line *l, const struct hw_audio *a)
{
	if (a->block < 8 || a->block > 160 || a->buffers < 2 || a->buffers > 32)
		return -EINVAL;
	return l->ops->line_start(l, a);
}

void hw_line_stop(struct hw_line *l)
{
	l->ops->line_stop(l);
}

int hw_line_read(struct hw_line *l, uint8_t *buf, size_t size)
{
	return l->ops->line_read(l, buf, size);
}

int hw_line_write(struct hw_line *l, const uint8_t *buf, size_t len)
{
	return l->ops->line_write(l, buf, len);
}
