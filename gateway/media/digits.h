/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gateway/media/digits.h: DTMF going out as tones: digits that are queued with their length, and telephone
 * events (RFC 4733) whose length is learnt while they sound. Media thread only.
 */
#ifndef GATEWAY_MEDIA_DIGITS_H
#define GATEWAY_MEDIA_DIGITS_H

#include "channels/sound/tone.h"

#define DIGITS_MAX 64		/* queued at most; more are refused */
#define DIGIT_GAP_MS 70		/* silence after each queued digit: ITU-T Q.24 */
#define DIGIT_MIN_MS 40
#define DIGIT_MAX_MS 8000
#define EVENT_LOST_SAMPLES 480	/* RFC 4733 2.5.2.2: no update for this long ends the tone */

struct digits {
	struct tone tone;
	bool sounding;		/* a tone or the silence after it */
	bool open;		/* an event whose end is not known yet */
	uint32_t left;		/* samples of tone left; while open: until it counts as lost */
	uint32_t sounded;	/* samples of the present tone played so far */
	uint32_t gap;		/* samples of silence left */
	unsigned first, count;	/* the queue */
	struct { char digit; uint16_t ms; } queue[DIGITS_MAX];
};

bool digits_add(struct digits *d, char digit, unsigned ms);	/* false: no such digit, or full */
/* An event as it was received: DURATION samples so far; END: that is all of it. */
void digits_event(struct digits *d, char digit, uint32_t duration, bool first, bool end, enum hw_law law);
bool digits_active(const struct digits *d);
void digits_stop(struct digits *d);
unsigned digits_samples(struct digits *d, enum hw_law law, uint8_t *buf, unsigned n);	/* N, or 0: idle */

#endif
