/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gateway/media/jitter.h: puts the audio of an RTP stream in order, hides what is missing and says when to
 * play a sample more or less. It keeps only what came too early for its place; audio in order passes
 * through at once, because the queue of the line that plays it is the buffer. Media thread only; it reads
 * no clock: how early a packet was comes in as slack. The policy is behind these functions: a small delay,
 * which grows by what was missing when a packet came late, or the host did, and is given back a sample at a
 * time when nothing needed it for a while; each time that this was too soon, the while is longer. Of data not
 * a sample is left out to shorten the delay: what a clock that is not ours makes of it is a slip now and then,
 * counted as inserted or dropped.
 */
#ifndef GATEWAY_MEDIA_JITTER_H
#define GATEWAY_MEDIA_JITTER_H

#include <stdbool.h>
#include <stdint.h>

#include "hw/hw.h"

#define JITTER_SLOTS 12		/* segments kept out of order */
#define JITTER_SEGMENT 240	/* octets of one; a longer packet takes several */
#define JITTER_CONCEAL_MAX 480	/* samples invented in a row; silence from there on */
#define JITTER_TARGET_US 1300	/* least slack of a stream that was just synchronised, at most */
#define JITTER_HYSTERESIS_US 1000
#define JITTER_MAX_US 60000	/* a delay above this is cut at once */
#define JITTER_WINDOW_US 4000000	/* the least slack seen in this time decides */
#define JITTER_WINDOW_MAX_US 256000000	/* each time that it was too short, four times as long, up to this */

struct jitter_segment {
	uint32_t ts;
	uint16_t seq, len;
	uint8_t data[JITTER_SEGMENT];
};
struct jitter {
	enum hw_law law;
	bool data;		/* no sound: nothing is made up, 0xff stands for what is missing; kept by jitter_reset() */
	bool synced;
	uint16_t next_seq;	/* after the newest packet played */
	uint32_t next_ts;	/* of the first sample not yet played */
	uint32_t credit;	/* samples invented since the last real one: they count for what is missing */
	unsigned held;
	struct jitter_segment seg[JITTER_SLOTS];	/* by rising timestamp */
	uint8_t hist[160];	/* what was played last, for concealment */
	unsigned hist_len, hist_pos, run;
	int64_t window_end_us, window_us;
	int32_t window_min_us;	/* least slack in the window so far */
	int32_t excess_us;	/* how much of the delay is to go, a sample at a time */
	bool gave_back;		/* some of it went since the delay last grew */
	uint64_t inserted, dropped, late;	/* samples, samples, packets */
};

enum jitter_verdict {
	JITTER_PLAY,	/* in order: play it now, then ask jitter_pop() */
	JITTER_HELD,	/* kept for its place */
	JITTER_LATE,	/* its place has been played; dropped */
};

void jitter_reset(struct jitter *j, enum hw_law law);	/* forgets the stream, keeps the counters */
void jitter_pause(struct jitter *j);	/* the line plays silence now; what comes next starts afresh */
enum jitter_verdict jitter_put(struct jitter *j, uint16_t seq, uint32_t ts, const uint8_t *data, unsigned len);
/* Audio that has become playable: a kept segment, or with FORCE (time is up) what hides the gap before it.
 * OUT holds JITTER_SEGMENT octets. Returns its length, 0 for none. */
unsigned jitter_pop(struct jitter *j, uint8_t *out, bool force);
/* Leaves out the gap before the first kept segment; returns its samples. For sinks that carry time stamps. */
uint32_t jitter_skip(struct jitter *j);
/* The line is about to run dry and nothing came: invents N samples. Returns 0 when enough were invented. */
unsigned jitter_starve(struct jitter *j, uint8_t *out, unsigned n);
/* The line ran dry for N samples of silence before what comes now: the host was late. */
void jitter_dry(struct jitter *j, unsigned n);
/* SLACK: how long before its time a packet of LEN samples was there. Returns how many of them to leave out. */
unsigned jitter_slack(struct jitter *j, int64_t slack_us, unsigned len, int64_t now_us);

#endif
