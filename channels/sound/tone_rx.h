/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/sound/tone_rx.h: the call-progress tones of one country (ITU-T E.180) heard on a line, by frequency and
 * cadence. A tone is recognised at -30 dBm0 and more, 20 dB above the noise, each frequency off by up to 1.5 %, its
 * cadence by 10 %: a cadence within two cycles, a tone that goes on after 600 ms. What cannot be known by then:
 *
 *   a tone that goes on, where another has bursts     when it has outlasted the longest of them: 1.2 s where
 *   of its frequencies (dial against ringback)        ringback has 1 s (de, nl, ru, ...), 1.7 s for 1.5 s (fr, es)
 *   two cadences that begin alike (br, es: busy       where they part: after 2.5 to 3.5 cycles of the shorter
 *   against congestion)
 *   busy and congestion that are the same             the first in enum tone_id's order is told; no row of the
 *                                                     table has such a pair: it leaves congestion out
 *   stutter dial, howler, call waiting, confirmation  stutter is told as dial; the others are not told, and are no voice
 *
 * Media thread.
 */
#ifndef CHANNELS_SOUND_TONE_RX_H
#define CHANNELS_SOUND_TONE_RX_H

#include "channels/sound/country.h"

#define TONE_RX_BLOCK 40	/* samples a step: 5 ms */
#define TONE_RX_BLOCK_MS 5

struct tone_rx;
struct tone_rx_event {
	enum tone_id tone;	/* TONE_NONE: nothing to say */
	bool end;		/* it is no longer there */
	unsigned ms;		/* since its first sound; at its end: how long it lasted */
	unsigned cycles;	/* heard whole; of a tone that goes on: seconds */
};
/* What is there now, for those who look for anything else. */
struct tone_rx_now {
	bool tone;		/* frequencies of a tone of this country or of another, and little else */
	float newest;		/* mean square of this block alone, at g711.h's scale */
};

int tone_rx_open(struct tone_rx **out, const struct country *c, enum hw_law law);
void tone_rx_close(struct tone_rx *r);		/* NULL is fine */
void tone_rx_reset(struct tone_rx *r);
/* The line was just seized: a tone that goes on is dial tone, and 400 ms of it are enough. */
void tone_rx_await_dial(struct tone_rx *r, bool yes);
/* TONE_RX_BLOCK samples, at 1/4 of g711.h's scale. */
void tone_rx_step(struct tone_rx *r, const int16_t *x, struct tone_rx_event *event, struct tone_rx_now *now);
/* No receiver can tell A and B of this country apart: the same frequencies, and cadences less than 22 % apart or none. */
bool tone_rx_alike(const struct country *c, enum tone_id a, enum tone_id b);

#endif
