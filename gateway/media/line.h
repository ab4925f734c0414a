/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gateway/media/line.h: a line as a port, between port_line.c, line_in.c and line_out.c. Media thread. */
#ifndef GATEWAY_MEDIA_LINE_H
#define GATEWAY_MEDIA_LINE_H

#include "channels/sound/dtmf_in.h"
#include "gateway/media/ear.h"
#include "gateway/media/port.h"

#define BLOCK_MAX 160
#define BLOCK_LINE 40		/* line to line: 5 ms */
#define BLOCK_MIX 80		/* in a bridge, whose pace it is: 10 ms */
#define BLOCK_ECHO 8		/* an echo test adds as little delay as the card allows */
#define BUFFERS 32		/* each write takes one, however short */
#define CUSHION_RTP 16		/* samples still queued when the next packet is to be written */
#define CUSHION_LINE 8
#define CUSHION_MAX 40		/* it grows to this where the host is late */
#define CHUNK 8			/* samples that a card moves at once */
#define GENERATE 80		/* samples of a tone written at a time */
#define JUMP_SAMPLES 16		/* a block that is later than this was lost, not late */
#define READS_MAX 8		/* blocks in one go after the host was late; of a line that rests, all that the card has */
#define BAND 16			/* samples: a partner on another clock may drift this far */

struct line_port {
	struct media_port port;
	struct hw_line *hl;
	struct media_line_conf conf;
	struct dtmf_in *dtmf;		/* B channels; NULL: not wanted */
	struct ear *ear;		/* analog lines; else NULL */
	struct recording *rec;		/* media_record(); NULL: none */
	int64_t rec_base;		/* the line's sample that is the recording's first */
	bool starting, running;		/* starting: waits for its slot */
	bool still;			/* stopped because nothing was wanted of it */
	bool resting;			/* its audio is only kept: the sweep reads it, and the wheel does not know it */
	bool gone;			/* the span has left; silence is read */
	bool flowing;			/* audio is being written: running dry counts */
	unsigned block, cushion, taps;
	int phase;			/* of wheel.h's slots, counted in the media thread's phases[]; -1 for none */
	int64_t origin_us;		/* the card had moved sample 0 */
	int64_t rd, wr;			/* samples read and written since */
	int64_t level_us;		/* when the level is taken next */
	struct due read_due, feed_due;
};

static inline struct line_port *line_of(struct media_port *p)
{
	return (struct line_port *)p;
}

/* port_line.c */
void line_recorded(struct line_port *l);	/* the recording is as long as it should be, or the port ends */

/* line_in.c */
void line_read(void *line, int64_t now_us);	/* a block is due */
void line_wake(struct line_port *l, int64_t now_us);	/* before an order: what came until now is no part of it */

/* line_out.c */
void line_feed(void *line, int64_t now_us);	/* the card is about to need something to play */
void line_generator(struct media_port *p, int64_t now_us);
void line_push(struct media_port *p, uint8_t *buf, unsigned n, int64_t now_us);

#endif
