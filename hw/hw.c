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

int hw_line_read_all(struct hw_line *l, uint8_t *buf, size_t size)
{
	int n = l->ops->line_read_all ? l->ops->line_read_all(l, buf, size) : -EOPNOTSUPP;
	size_t all = 0;

	if (n != -EOPNOTSUPP)
		return n;
	do {
		n = hw_line_read(l, buf + all, size - all);
		all += n > 0 ? (size_t)n : 0;
	} while (n > 0 && size - all >= (size_t)n);
	return all ? (int)all : n;
}

int hw_line_write(struct hw_line *l, const uint8_t *buf, size_t len)
{
	return l->ops->line_write(l, buf, len);
}

/* --- Analog ports: a driver that cannot leaves the member NULL -------------------------------------- */

#define ANALOG(call, ...)                                          \
	do {                                                       \
		if (l->kind != HW_CHAN_FXS && l->kind != HW_CHAN_FXO) \
			return -EINVAL;                            \
		return l->ops->call ? l->ops->call(__VA_ARGS__) : -EOPNOTSUPP; \
	} while (0)

int hw_hook(struct hw_line *l, enum hw_hook what)
{
	ANALOG(hook, l, what);
}

int hw_set_timing(struct hw_line *l, const struct hw_timing *t)
{
	ANALOG(set_timing, l, t);
}

int hw_set_cadence(struct hw_line *l, const uint16_t *ms, int n, int repeat_from)
{
	if (n < 2 || n > HW_CADENCE_MAX || n % 2 || repeat_from < 0 || repeat_from >= n || repeat_from % 2)
		return -EINVAL;
	ANALOG(set_cadence, l, ms, n, repeat_from);
}

int hw_dial_pulse(struct hw_line *l, const char *digits)
{
	ANALOG(dial_pulse, l, digits);
}

int hw_polarity(struct hw_line *l, bool reversed)
{
	ANALOG(polarity, l, reversed);
}

int hw_message_lamp(struct hw_line *l, bool on)
{
	ANALOG(message_lamp, l, on);
}

int hw_onhook_transfer(struct hw_line *l, unsigned ms)
{
	ANALOG(onhook_transfer, l, ms);
}

int hw_gain(struct hw_line *l, double rx_db, double tx_db)
{
	if (rx_db < -24 || rx_db > 24 || tx_db < -24 || tx_db > 24)
		return -EINVAL;
	ANALOG(gain, l, rx_db, tx_db);
}

int hw_analog(struct hw_line *l, struct hw_analog *out)
{
	ANALOG(analog, l, out);
}
