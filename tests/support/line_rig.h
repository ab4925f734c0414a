/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests/support/line_rig.h: line audio with samples on the test's own clock: what the drivers play goes through the simulated card to
 * the other end of the pair and into a listener there. No thread, no real time: a second of line passes in a few milliseconds.
 */
#ifndef TESTS_SUPPORT_LINE_RIG_H
#define TESTS_SUPPORT_LINE_RIG_H

#include "channels/line_audio.h"
#include "hw/sim.h"

#define LINE_RIG_LINES 4

struct line_rig {
	struct hw *hw;
	int64_t now_us;
	struct line_audio *lines[LINE_RIG_LINES];
	/* Each block of 10 ms that a line has read, before its listener: for the test to watch. May be NULL. */
	void (*watch)(void *arg, int chan, const uint8_t *buf, unsigned n);
	void *watch_arg;
};
extern const struct line_audio_ops line_rig_ops;	/* its audio_arg is the struct line_rig */

/* A span of one FXS port (channel 1) and one FXO port (channel 2) joined by PAIR, whose channels are filled in. */
void line_rig_open(struct line_rig *r, enum hw_law law, struct sim_pair pair);
void line_rig_close(struct line_rig *r);
void line_rig_tick(struct line_rig *r);		/* 1 ms */
struct hw_line *line_rig_line(const struct line_rig *r, int chan);	/* NULL: not open */
/* Octets for a far end's audio to be heard on a line while nothing is played; N of them, A-law or mu-law as the line. */
void line_rig_say(struct line_rig *r, int chan, const uint8_t *buf, unsigned n);

#endif
