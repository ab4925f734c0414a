/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hw/dahdi/open.c: opening a channel of any kind. Loop thread. Through /dev/dahdi/channel, which reaches
 * every channel number and needs no names from udev.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "hw/dahdi/card.h"

enum hw_chan_kind dahdi_kind(int sigtype)
{
	if (sigtype == DAHDI_SIG_CLEAR)
		return HW_CHAN_B;
	if (sigtype == DAHDI_SIG_HDLCFCS || sigtype == DAHDI_SIG_HARDHDLC)
		return HW_CHAN_D;
	if (sigtype & __DAHDI_SIG_FXO) /* named after the far end's signalling: a port for a telephone */
		return HW_CHAN_FXS;
	if (sigtype & __DAHDI_SIG_FXS)
		return HW_CHAN_FXO;
	return HW_CHAN_UNUSED;
}

enum hw_law dahdi_law(int curlaw)
{
	return curlaw == DAHDI_LAW_ALAW ? HW_ALAW : HW_MULAW;
}

static int specify(int fd, int chan)
{
	if (ioctl(fd, DAHDI_SPECIFY, &chan) == 0)
		return 0;
	if (errno == EINVAL)
		return -ENOENT;                   /* no channel of that number */
	return errno == ENXIO ? -EINVAL : -errno; /* ENXIO: there, but configured for nothing */
}

int dahdi_handle_open(struct dahdi_handle *h, struct dahdi_card *c, int chan, struct dahdi_params *out)
{
	int err;

	h->card = c;
	h->fd = open("/dev/dahdi/channel", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (h->fd < 0)
		return -errno;
	err = specify(h->fd, chan);
	if (err)
		return err;
	memset(out, 0, sizeof(*out));
	return ioctl(h->fd, DAHDI_GET_PARAMS, out) < 0 ? -errno : 0;
}

int dahdi_handle_watch(struct dahdi_handle *h, hw_event_fn *fn, void *arg)
{
	struct epoll_event ev = {.events = EPOLLPRI, .data.ptr = h};

	if (h->is_dchan)
		ev.events |= EPOLLIN;
	if (epoll_ctl(h->card->epoll, EPOLL_CTL_ADD, h->fd, &ev) < 0)
		return -errno;
	notify_open(&h->notify, &h->card->notify, fn, arg);
	return 0;
}

void dahdi_handle_close(struct dahdi_handle *h)
{
	notify_close(&h->notify);
	if (h->fd >= 0)
		close(h->fd); /* leaves the epoll set with it */
}
