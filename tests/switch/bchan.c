/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests/switch/bchan.c: a tone on a B channel and the level of what is heard there. The driver translates to
 * and from linear samples (DAHDI_SETLINEAR), so that no table of G.711 is needed here.
 */
#include <dahdi/user.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "tests/switch/switch.h"

#define BLOCK 160
#define TONE_PEAK 8031.0       /* of a sine of -9 dBm0; 0 dBm0 is 3.14 dB below full load (G.711) */
#define FULL_LOAD_DBM0 3.14
#define FULL_SCALE 32124.0

int bchan_open(struct sw *sw, struct call *c)
{
	struct dahdi_bufferinfo bi = {.txbufpolicy = DAHDI_POLICY_IMMEDIATE, .rxbufpolicy = DAHDI_POLICY_IMMEDIATE,
				      .numbufs = 4, .bufsize = BLOCK};
	int one = 1, span = c->pos >> 8 & 0x7f, slot = c->pos & 0xff;

	if (slot < 1 || span >= sw->n_spans)
		return -1;
	c->b.fd = open_channel(sw->first[span] + slot - 1);
	if (c->b.fd < 0)
		return -1;
	if (ioctl(c->b.fd, DAHDI_AUDIOMODE, &one) || ioctl(c->b.fd, DAHDI_SETLINEAR, &one) ||
	    ioctl(c->b.fd, DAHDI_SET_BUFINFO, &bi)) {
		perror("isdn_switch: B channel");
		bchan_close(c);
		return -1;
	}
	c->b.phase = 0;
	c->b.power = 0;
	c->b.samples = 0;
	return 0;
}

void bchan_close(struct call *c)
{
	if (c->b.fd >= 0)
		close(c->b.fd);
	c->b.fd = -1;
}

/* What is read paces what is written. */
void bchan_serve(struct call *c)
{
	int16_t in[BLOCK], out[BLOCK];
	ssize_t n;
	int event;

	while ((n = read(c->b.fd, in, sizeof(in))) > 0) {
		n /= (ssize_t)sizeof(in[0]);
		for (ssize_t i = 0; i < n; i++) {
			c->b.power += (double)in[i] * in[i];
			out[i] = c->b.hz > 0 ? (int16_t)(TONE_PEAK * sin(c->b.phase)) : 0;
			c->b.phase = fmod(c->b.phase + 2 * M_PI * c->b.hz / 8000, 2 * M_PI);
		}
		c->b.samples += (unsigned)n;
		if (write(c->b.fd, out, (size_t)n * sizeof(out[0])) < 0 && errno != EAGAIN && errno != ELAST)
			break;
	}
	if (n < 0 && errno == ELAST)
		ioctl(c->b.fd, DAHDI_GETEVENT, &event);
}

double bchan_level(struct call *c)
{
	double mean = c->b.samples ? c->b.power / c->b.samples : 0;

	c->b.power = 0;
	c->b.samples = 0;
	return mean < 1 ? -90 : 10 * log10(mean / (FULL_SCALE * FULL_SCALE / 2)) + FULL_LOAD_DBM0;
}
