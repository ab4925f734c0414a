/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/sound/dtmf_in.h: DTMF (ITU-T Q.23, Q.24) in what a line brings. The detector is spandsp's; a
 * cheap test before it lets only audio through that can hold a digit, as most never does. Media thread.
 */
#ifndef CHANNELS_SOUND_DTMF_IN_H
#define CHANNELS_SOUND_DTMF_IN_H

#include <stdbool.h>
#include <stdint.h>

#include "hw/hw.h"

struct dtmf_in;

struct dtmf_heard {
	char digit;		/* 0: none */
	uint32_t samples;	/* how long so far */
	bool first, end;
};

int dtmf_in_open(struct dtmf_in **out, enum hw_law law);	/* loop thread */
void dtmf_in_close(struct dtmf_in *d);				/* NULL is fine */
void dtmf_in_reset(struct dtmf_in *d);
/* Octets as they come, any number up to 160 a call. Returns what is going on after them. */
struct dtmf_heard dtmf_in_feed(struct dtmf_in *d, const uint8_t *buf, unsigned n);
float dtmf_in_level(struct dtmf_in *d);		/* dBm0 of what came since it was last asked */

#endif
