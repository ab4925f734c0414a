/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests/switch/dchan.c: the D channel on DAHDI: libpri's reader and writer. One read or write is one frame
 * with two octets for the FCS at its end. The driver refuses both with ELAST while an event waits.
 */
#include <dahdi/user.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "tests/switch/switch.h"

#define WINDOW 7 /* Q.921 5.9.5 */

static bool network;

/* Without udev there are no nodes by number: this one and DAHDI_SPECIFY reach every channel. */
int open_channel(int no)
{
	int fd = open("/dev/dahdi/channel", O_RDWR | O_CLOEXEC | O_NONBLOCK);

	if (fd >= 0 && ioctl(fd, DAHDI_SPECIFY, &no)) {
		close(fd);
		fd = -1;
	}
	if (fd < 0)
		fprintf(stderr, "isdn_switch: channel %d: %s\n", no, strerror(errno));
	return fd;
}

static bool take_events(struct dchan *d)
{
	bool any = false;
	int x;

	while (!ioctl(d->fd, DAHDI_GETEVENT, &x) && x) {
		any = true;
		if (x == DAHDI_EVENT_ALARM || x == DAHDI_EVENT_NOALARM)
			event(d->sw, x == DAHDI_EVENT_ALARM ? "alarm" : "noalarm", "%s", "");
	}
	return any;
}

static bool sabme(const uint8_t *frame, size_t len)
{
	return len >= 3 && (frame[2] & 0xef) == 0x6f;
}

/* Tells each new layer 3 message, and takes out those that the switch is not to hear: an unknown protocol
 * discriminator is ignored by libpri (Q.931 5.8.1), and layer 2 has acknowledged the frame all the same. */
static void heard(struct dchan *d, uint8_t *frame, size_t len)
{
	const struct sw *sw = d->sw;
	unsigned behind;

	if (sabme(frame, len))
		d->next_in = 0;
	if (len < 9 || (frame[2] & 1) || frame[4] != 8 || frame[5] != 2)
		return;
	/* A repetition is at most a window behind; anything else is the beginning of a new numbering. */
	behind = (unsigned)(d->next_in - (frame[2] >> 1)) & 127;
	if (behind == 0 || behind > WINDOW) {
		d->next_in = ((frame[2] >> 1) + 1) & 127;
		event(sw, "rx", ",\"type\":%d,\"cr\":%d,\"flag\":%d", frame[8], (frame[6] & 0x7f) << 8 | frame[7],
		      frame[6] >> 7);
	}
	for (int i = 0; i < sw->n_deaf; i++)
		if (sw->deaf[i] == frame[8])
			frame[4] = 0x4f;
}

static int io_read(struct pri *pri, void *buf, int size)
{
	struct dchan *d = pri_get_userdata(pri);
	ssize_t n;

	do
		n = read(d->fd, buf, (size_t)size);
	while (n < 0 && (errno == EINTR || (errno == ELAST && take_events(d))));
	if (n <= FCS)
		return 0;
	if (d->mute)
		return 0;
	capture_frame(false, network, buf, (size_t)n - FCS);
	heard(d, buf, (size_t)n - FCS);
	return (int)n;
}

static int io_write(struct pri *pri, void *buf, int size)
{
	struct dchan *d = pri_get_userdata(pri);
	uint8_t frame[FRAME_MAX + FCS];
	size_t len = (size_t)size - FCS;
	ssize_t n;

	if (d->mute || size <= FCS || len > FRAME_MAX)
		return size;
	memcpy(frame, buf, len);
	if (sabme(frame, len))
		d->next_in = 0;
	len = alter_frame(frame, len);
	memset(frame + len, 0, FCS);
	do
		n = write(d->fd, frame, len + FCS);
	while (n < 0 && (errno == EINTR || (errno == ELAST && take_events(d))));
	if (n > 0)
		capture_frame(true, network, frame, len);
	return size;
}

void dchan_read(struct dchan *d)
{
	struct pollfd p;

	do {
		pri_event *ev;

		take_events(d);
		ev = pri_check_event(d->pri);
		if (ev)
			on_event(d, ev);
		p = (struct pollfd){.fd = d->fd, .events = POLLIN};
	} while (!d->sw->hold && poll(&p, 1, 0) == 1 && (p.revents & POLLIN));
}

static void on_message(struct pri *pri, char *s)
{
	(void)pri;
	fputs(s, stderr);
}

void dchan_use(struct sw *sw, int no)
{
	sw->in_use = no;
	sw->pri = sw->d[no].pri;
}

static int open_one(struct dchan *d, int node, int type)
{
	struct dahdi_bufferinfo bi = {.txbufpolicy = DAHDI_POLICY_IMMEDIATE, .rxbufpolicy = DAHDI_POLICY_IMMEDIATE,
				      .numbufs = 32, .bufsize = 1024};

	d->fd = open_channel(d->chan);
	if (d->fd < 0)
		return -1;
	if (ioctl(d->fd, DAHDI_SET_BUFINFO, &bi)) {
		perror("isdn_switch: DAHDI_SET_BUFINFO");
		return -1;
	}
	d->pri = pri_new_cb(d->fd, node, type, io_read, io_write, d);
	if (!d->pri)
		return -1;
	pri_hangup_fix_enable(d->pri, 1);
	pri_set_service_message_support(d->pri, 1);
	pri_set_timer(d->pri, PRI_TIMER_T309, 90000);
	return 0;
}

int dchan_open(struct sw *sw, int node, int type)
{
	network = node == PRI_NETWORK;
	pri_set_message(on_message);
	pri_set_error(on_message);
	for (int i = 0; i < sw->n_d; i++) {
		sw->d[i].sw = sw;
		if (open_one(&sw->d[i], node, type))
			return -1;
	}
	if (sw->n_d > 1)
		pri_enslave(sw->d[0].pri, sw->d[1].pri);
	dchan_use(sw, 0);
	return 0;
}
