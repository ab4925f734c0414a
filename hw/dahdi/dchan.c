/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hw/dahdi/dchan.c: D channels. Loop thread. The kernel does HDLC and check sequence; one read or write is
 * one frame, and the two octets of the check sequence stand at its end: they are taken off and put on here.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "hw/dahdi/card.h"

enum { FRAMES = 32, FRAME = 1024, FCS = 2, TRIES = 4 };

static int setup(struct dahdi_dchan *d, const struct dahdi_params *p)
{
	struct dahdi_bufferinfo bi = {
		.txbufpolicy = DAHDI_POLICY_IMMEDIATE,
		.rxbufpolicy = DAHDI_POLICY_IMMEDIATE,
		.numbufs = FRAMES,
		.bufsize = FRAME,
	};

	if (dahdi_kind(p->sigtype) != HW_CHAN_D)
		return -EINVAL;
	return ioctl(d->h.fd, DAHDI_SET_BUFINFO, &bi) < 0 ? -errno : 0;
}

int dahdi_dchan_open(struct hw *hw, int chan, hw_event_fn *fn, void *arg, struct hw_dchan **out)
{
	struct dahdi_dchan *d = calloc(1, sizeof(*d));
	struct dahdi_params p;
	int err;

	if (!d)
		return -ENOMEM;
	d->h.is_dchan = true;
	err = dahdi_handle_open(&d->h, (struct dahdi_card *)hw, chan, &p);
	if (!err)
		err = setup(d, &p);
	if (!err)
		err = dahdi_handle_watch(&d->h, fn, arg);
	if (err) {
		dahdi_dchan_close(&d->base);
		return err;
	}
	d->base = (struct hw_dchan){hw->ops, hw, chan, p.spanno};
	*out = &d->base;
	return 0;
}

void dahdi_dchan_close(struct hw_dchan *base)
{
	struct dahdi_dchan *d = (struct dahdi_dchan *)base;

	dahdi_handle_close(&d->h);
	free(d);
}

/* After a failed read or write: true when it is to be tried again, the events in its way having been fetched.
 */
static bool again(struct dahdi_dchan *d, int *err)
{
	*err = -errno;
	if (errno == EINTR)
		return true;
	if (errno != ELAST && errno != ENODEV)
		return false;
	dahdi_drain(&d->h);
	dahdi_wake(d->h.card);
	if (d->h.lost)
		*err = -ENODEV;
	return *err == -ELAST;
}

int dahdi_dchan_read(struct hw_dchan *base, uint8_t *buf, size_t size)
{
	struct dahdi_dchan *d = (struct dahdi_dchan *)base;
	uint8_t frame[FRAME];
	int err = 0;

	if (d->h.lost)
		return -ENODEV;
	for (int i = 0; i < TRIES; i++) {
		ssize_t n = read(d->h.fd, frame, sizeof(frame));

		if (n > FCS && (size_t)n - FCS > size)
			return -EMSGSIZE;
		if (n > FCS) {
			memcpy(buf, frame, (size_t)n - FCS);
			return (int)n - FCS;
		}
		if (n >= 0) /* no octet but the check sequence: nothing that Q.921 knows */
			continue;
		if (!again(d, &err))
			break;
	}
	return err == -ENODEV ? err : 0; /* what is in the way is told by events; the frame stays */
}

int dahdi_dchan_write(struct hw_dchan *base, const uint8_t *buf, size_t len)
{
	struct dahdi_dchan *d = (struct dahdi_dchan *)base;
	uint8_t frame[FRAME] = {0};
	int err = -EAGAIN;

	if (d->h.lost)
		return -ENODEV;
	if (len < 1 || len > FRAME - FCS)
		return -EMSGSIZE;
	memcpy(frame, buf, len);
	for (int i = 0; i < TRIES; i++) {
		if (write(d->h.fd, frame, len + FCS) >= 0)
			return (int)len;
		if (!again(d, &err))
			break;
	}
	return err == -ENODEV ? err : -EAGAIN;
}
