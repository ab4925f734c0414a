/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hw/dahdi/line.c: B channels, and the audio of analog ports. Opened and closed on the loop thread; from
 * start to stop the media thread reads and writes. The driver's buffers are blocks of the size that is asked
 * for, at least 16 octets: a smaller block is cut from a buffer that holds several.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/uio.h>
#include <unistd.h>

#include "hw/dahdi/card.h"

enum { MIN_BUFFER = 16 }; /* DAHDI_SET_BUFINFO refuses less */
enum { AT_ONCE = 16 };	  /* buffers of one readv() */

/* Audio mode sends silence of the law when idle and lets the canceller run; clear mode does neither. An
 * analog port is never in another mode. */
static int set_mode(struct dahdi_line *l, bool clear)
{
	int on = !clear, law = l->base.law == HW_ALAW ? DAHDI_LAW_ALAW : DAHDI_LAW_MULAW;

	if (l->base.kind == HW_CHAN_B ? ioctl(l->h.fd, DAHDI_AUDIOMODE, &on) < 0 : clear)
		return l->base.kind == HW_CHAN_B ? -errno : -EINVAL;
	return !clear && ioctl(l->h.fd, DAHDI_SETLAW, &law) < 0 ? -errno : 0;
}

int dahdi_line_open(struct hw *hw, int chan, hw_event_fn *fn, void *arg, struct hw_line **out)
{
	struct dahdi_line *l = calloc(1, sizeof(*l));
	enum hw_chan_kind kind = HW_CHAN_UNUSED;
	struct dahdi_params p;
	int err;

	if (!l)
		return -ENOMEM;
	pthread_mutex_init(&l->writing, NULL);
	err = dahdi_handle_open(&l->h, (struct dahdi_card *)hw, chan, &p);
	if (!err) {
		kind = dahdi_kind(p.sigtype);
		if (kind != HW_CHAN_B && kind != HW_CHAN_FXS && kind != HW_CHAN_FXO)
			err = -EINVAL;
	}
	if (!err) {
		l->base = (struct hw_line){hw->ops, hw, chan, p.spanno, dahdi_law(p.curlaw), kind,
					   dahdi_start(p.sigtype)};
		err = set_mode(l, false);
	}
	if (!err && kind != HW_CHAN_B)
		dahdi_port_open(l, &p);
	if (!err)
		err = dahdi_handle_watch(&l->h, fn, arg);
	if (err) {
		dahdi_line_close(&l->base);
		return err;
	}
	*out = &l->base;
	return 0;
}

void dahdi_line_close(struct hw_line *base)
{
	struct dahdi_line *l = (struct dahdi_line *)base;

	dahdi_handle_close(&l->h);
	pthread_mutex_destroy(&l->writing);
	free(l);
}

int dahdi_line_start(struct hw_line *base, const struct hw_audio *a)
{
	struct dahdi_line *l = (struct dahdi_line *)base;
	unsigned unit = a->block * ((MIN_BUFFER + a->block - 1) / a->block);
	struct dahdi_bufferinfo bi = {
		.txbufpolicy = DAHDI_POLICY_IMMEDIATE,
		.rxbufpolicy = DAHDI_POLICY_IMMEDIATE,
		.numbufs = (int)a->buffers,
		.bufsize = (int)unit,
	};
	int both = DAHDI_FLUSH_BOTH, taps = a->clear ? 0 : (int)a->echo_taps, err;

	if (notify_gone(&l->h.notify))
		return -ENODEV;
	err = set_mode(l, a->clear);
	if (err)
		return err;
	if (ioctl(l->h.fd, DAHDI_SET_BUFINFO, &bi) < 0)
		return -errno;
	if (taps) /* no canceller configured for the channel: the call goes on without */
		ioctl(l->h.fd, DAHDI_ECHOCANCEL, &taps);
	if (ioctl(l->h.fd, DAHDI_FLUSH, &both) < 0)
		return -errno;
	l->block = a->block;
	l->unit = unit;
	l->kept = 0;
	return 0;
}

void dahdi_line_stop(struct hw_line *base)
{
	struct dahdi_line *l = (struct dahdi_line *)base;
	int both = DAHDI_FLUSH_BOTH, none = 0;

	l->block = 0;
	if (notify_gone(&l->h.notify))
		return;
	ioctl(l->h.fd, DAHDI_ECHOCANCEL, &none);
	ioctl(l->h.fd, DAHDI_FLUSH, &both);
	set_mode(l, false);
}

/* Nothing now: no data, no room, or an event in the way, which the loop is about to fetch. */
static int nothing(void)
{
	return errno == EAGAIN || errno == ELAST || errno == EINTR ? 0 : -errno;
}

static int read_unit(struct dahdi_line *l, uint8_t *buf)
{
	ssize_t n = read(l->h.fd, l->keep, l->unit);

	if (n < 0)
		return nothing();
	if (n < (ssize_t)l->block)
		return 0;
	memcpy(buf, l->keep, l->block);
	l->kept = (unsigned)n - l->block;
	l->kept_at = l->block;
	return (int)l->block;
}

int dahdi_line_read(struct hw_line *base, uint8_t *buf, size_t size)
{
	struct dahdi_line *l = (struct dahdi_line *)base;
	ssize_t n;

	if (notify_gone(&l->h.notify))
		return -ENODEV;
	if (!l->block || size < l->block)
		return -EINVAL;
	if (l->kept >= l->block) {
		memcpy(buf, l->keep + l->kept_at, l->block);
		l->kept -= l->block;
		l->kept_at += l->block;
		return (int)l->block;
	}
	if (l->unit != l->block)
		return read_unit(l, buf);
	n = read(l->h.fd, buf, l->block);
	return n < 0 ? nothing() : (int)n;
}

/* The driver gives one buffer a read(), whatever is asked for; the kernel makes a read() of each part of a readv(), and ends it with
 * the first that gives less. */
int dahdi_line_read_all(struct hw_line *base, uint8_t *buf, size_t size)
{
	struct dahdi_line *l = (struct dahdi_line *)base;
	struct iovec v[AT_ONCE];
	ssize_t n;
	int parts = 0;

	if (notify_gone(&l->h.notify))
		return -ENODEV;
	if (!l->block || size < l->block)
		return -EINVAL;
	if (l->unit != l->block)
		return -EOPNOTSUPP;
	for (; parts < AT_ONCE && size >= l->block; parts++, size -= l->block)
		v[parts] = (struct iovec){buf + (size_t)parts * l->block, l->block};
	n = readv(l->h.fd, v, parts);
	return n < 0 ? nothing() : (int)(n - n % (ssize_t)l->block);
}

/* True when LEN octets go nowhere, as the port dials pulses: the loop is about to, or has begun. */
static bool swallowed(struct dahdi_line *l)
{
	if (pthread_mutex_trylock(&l->writing) != 0)
		return true;
	if (!l->dialling)
		return false;
	pthread_mutex_unlock(&l->writing);
	return true;
}

int dahdi_line_write(struct hw_line *base, const uint8_t *buf, size_t len)
{
	struct dahdi_line *l = (struct dahdi_line *)base;
	int taken;
	ssize_t n;

	if (notify_gone(&l->h.notify))
		return -ENODEV;
	if (!l->block)
		return -EINVAL;
	if (!len)
		return 0;
	len = len < l->block ? len : l->block;
	if (base->kind == HW_CHAN_B) {
		n = write(l->h.fd, buf, len);
		return n < 0 ? nothing() : (int)n;
	}
	if (swallowed(l))
		return (int)len;
	n = write(l->h.fd, buf, len);
	taken = n < 0 ? nothing() : (int)n;
	pthread_mutex_unlock(&l->writing);
	return taken;
}
