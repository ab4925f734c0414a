/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gateway/media/ear.h: what an analog line port has beside a B channel's: a listener that hears its audio once, for the driver and for
 * telephone events alike. Media thread, but for ear_open() and ear_close().
 */
#ifndef GATEWAY_MEDIA_EAR_H
#define GATEWAY_MEDIA_EAR_H

#include "gateway/media/analog.h"
#include "gateway/media/port.h"

struct ear {
	struct media_port *port;
	struct listener *listener;
	unsigned keep_ms;
	unsigned asked;			/* LISTEN_ bits that the owner wants */
	uint16_t seq;			/* of the order that asked */
	bool always;			/* listens for what is kept while nothing else is wanted */
	bool lost;			/* the partner's stream stopped, and the owner knows */
	char digit;			/* sounding now, 0 for none */
	uint32_t samples;		/* so far */
	bool first, end;
};

int ear_open(struct ear **out, struct media_port *p, const struct media_analog_conf *conf, const struct hw_line *line);
void ear_close(struct ear *e);		/* NULL is fine */
void ear_want(struct ear *e, unsigned listen, uint16_t seq);
/* Who the port is joined with has changed. */
void ear_partner(struct ear *e);
/* The line stood still: what is kept is of another time. */
void ear_still(struct ear *e);
/* True: an event went to the partner in place of this audio. */
bool ear_hear(struct ear *e, const uint8_t *buf, unsigned n, int64_t now_us);
/* The stream of the port's partner stopped, or goes on, or there is none. */
void ear_lost(struct ear *e, bool lost);
/* What was kept, and up to whose end. */
void ear_keep(struct ear *e, struct recording *r);

#endif
