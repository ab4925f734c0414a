/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests/support/pri_tap.c: see pri_tap.h. Lines are those of the card below, untouched. */
#include "tests/support/pri_tap.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct tap {
	struct hw base;
	struct hw *card;
	pri_tap_fn *fn;
	void *arg;
};
struct tap_dchan {
	struct hw_dchan base;
	struct hw_dchan *d;
	struct tap *tap;
};

static struct tap *of(const struct hw *hw)
{
	return (struct tap *)hw;
}

static void tap_close(struct hw *hw)
{
	hw_close(of(hw)->card);
	free(hw);
}

static int tap_fd(const struct hw *hw)
{
	return hw_fd(of(hw)->card);
}

static void tap_service(struct hw *hw, int64_t now_us)
{
	hw_service(of(hw)->card, now_us);
}

static int tap_spans(struct hw *hw, struct hw_span *out, int max)
{
	return hw_spans(of(hw)->card, out, max);
}

static int tap_chans(struct hw *hw, int span, struct hw_chan *out, int max)
{
	return hw_chans(of(hw)->card, span, out, max);
}

static int tap_clock_poll(struct hw *hw, struct pollfd *out)
{
	return hw_clock_poll(of(hw)->card, out);
}

static int tap_clock_start(struct hw *hw, unsigned period)
{
	return hw_clock_start(of(hw)->card, period);
}

static int tap_clock_tick(struct hw *hw, int64_t now_us)
{
	return hw_clock_tick(of(hw)->card, now_us);
}

static void tap_dchan_close(struct hw_dchan *d)
{
	hw_dchan_close(((struct tap_dchan *)d)->d);
	free(d);
}

static int tap_dchan_open(struct hw *hw, int chan, hw_event_fn *fn, void *arg, struct hw_dchan **out)
{
	struct tap_dchan *d = calloc(1, sizeof(*d));
	int err = d ? hw_dchan_open(of(hw)->card, chan, fn, arg, &d->d) : -ENOMEM;

	if (err) {
		free(d);
		return err;
	}
	d->tap = of(hw);
	d->base = (struct hw_dchan){ hw->ops, hw, chan, d->d->span };
	*out = &d->base;
	return 0;
}

static int tap_dchan_read(struct hw_dchan *base, uint8_t *buf, size_t size)
{
	struct tap *tap = ((struct tap_dchan *)base)->tap;
	int span = base->span, n;
	size_t len;

	do {
		n = hw_dchan_read(((struct tap_dchan *)base)->d, buf, size);
		if (n <= 0)	/* the handle may be closed by now */
			return n;
		len = (size_t)n;
	} while (!tap->fn(tap->arg, span, false, buf, &len));
	return (int)len;
}

static int tap_dchan_write(struct hw_dchan *base, const uint8_t *buf, size_t len)
{
	struct tap_dchan *d = (struct tap_dchan *)base;
	uint8_t frame[1024];
	size_t n = len;

	if (len > sizeof(frame))
		return -EMSGSIZE;
	memcpy(frame, buf, len);
	if (!d->tap->fn(d->tap->arg, base->span, true, frame, &n))
		return (int)len;
	return hw_dchan_write(d->d, frame, n) < 0 ? -EAGAIN : (int)len;
}

static int tap_line_open(struct hw *hw, int chan, hw_event_fn *fn, void *arg, struct hw_line **out)
{
	return hw_line_open(of(hw)->card, chan, fn, arg, out);
}

static void tap_line_close(struct hw_line *l)
{
	(void)l;	/* lines carry the ops of the card below */
}

static int tap_line_start(struct hw_line *l, const struct hw_audio *a)
{
	return hw_line_start(l, a);
}

static void tap_line_stop(struct hw_line *l)
{
	hw_line_stop(l);
}

static int tap_line_read(struct hw_line *l, uint8_t *buf, size_t size)
{
	return hw_line_read(l, buf, size);
}

static int tap_line_write(struct hw_line *l, const uint8_t *buf, size_t len)
{
	return hw_line_write(l, buf, len);
}

static const struct hw_ops tap_ops = {
	.name = "tap",
	.close = tap_close,
	.fd = tap_fd,
	.service = tap_service,
	.spans = tap_spans,
	.chans = tap_chans,
	.clock_poll = tap_clock_poll,
	.clock_start = tap_clock_start,
	.clock_tick = tap_clock_tick,
	.dchan_open = tap_dchan_open,
	.dchan_close = tap_dchan_close,
	.dchan_read = tap_dchan_read,
	.dchan_write = tap_dchan_write,
	.line_open = tap_line_open,
	.line_close = tap_line_close,
	.line_start = tap_line_start,
	.line_stop = tap_line_stop,
	.line_read = tap_line_read,
	.line_write = tap_line_write,
};

int pri_tap_open(struct hw **out, struct hw *card, pri_tap_fn *fn, void *arg)
{
	struct tap *tap = calloc(1, sizeof(*tap));

	if (!tap)
		return -ENOMEM;
	*tap = (struct tap){ { &tap_ops }, card, fn, arg };
	*out = &tap->base;
	return 0;
}

uint8_t *pri_tap_element(uint8_t *frame, size_t len, uint8_t id)
{
	for (size_t at = 9; at + 1 < len; at += frame[at] & 0x80 ? 1 : 2U + frame[at + 1])
		if (frame[at] == id)
			return at + 2 + frame[at + 1] <= len ? frame + at : NULL;
	return NULL;
}
