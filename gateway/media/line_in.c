/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gateway/media/line_in.c: what the card recorded on a line: read block by block, heard, passed to the partner. Media thread. */
#include <string.h>

#include "channels/sound/g711.h"
#include "gateway/media/line.h"

#define REST_BLOCKS 16		/* read at once of a line that rests: what a sweep finds, and some */

static void heard(struct line_port *l, uint8_t *buf, unsigned n, int64_t now_us)
{
	struct media_port *p = &l->port;
	struct dtmf_heard h;

	if (l->rec) {
		recording_put(l->rec, false, l->rd - n - l->rec_base, buf, n);
		if (l->rd - l->rec_base >= l->rec->max)
			line_recorded(l);
	}
	if (l->ear && ear_hear(l->ear, buf, n, now_us))
		return;
	if (l->dtmf) {
		h = dtmf_in_feed(l->dtmf, buf, n);
		if (h.digit) {
			if (p->peer && p->peer->kind == PORT_RTP && rtp_sends_events(p->peer)) {
				port_event(p, h.digit, h.samples, h.first, h.end, now_us);
				return;	/* the event goes in place of the tone */
			}
			if (h.end)
				port_report(p, MEDIA_DIGIT, h.digit, h.samples / 8);
		}
	}
	if (!l->resting)	/* else it came before the partner did */
		port_deliver(p, buf, n, now_us);
}

/* No block although it was due: its moment is later than thought, or the card lost some. */
static void not_yet(struct line_port *l, int64_t now_us)
{
	int64_t late = now_us + SAMPLE_US - (l->origin_us + (l->rd + l->block) * SAMPLE_US);

	if (late > JUMP_SAMPLES * SAMPLE_US) {
		l->rd += late / SAMPLE_US;
		l->port.st.line_overrun += (uint64_t)(late / SAMPLE_US);
	} else if (late > 0) {
		l->origin_us += late;
	}
}

/* One block; of a line that rests all that SIZE holds. */
static int read_blocks(struct line_port *l, uint8_t *buf, size_t size, int64_t now_us)
{
	int n;

	if (!l->gone) {
		n = l->resting ? hw_line_read_all(l->hl, buf, size) : hw_line_read(l->hl, buf, size);
		if (n >= 0)
			return n;
		l->gone = true;
	}
	if (now_us < l->origin_us + (l->rd + l->block) * SAMPLE_US)
		return 0;
	memset(buf, port_idle(&l->port), l->block);
	return (int)l->block;
}

static void one_block(struct line_port *l, uint8_t *buf, int64_t now_us)
{
	int64_t seen;

	l->rd += l->block;
	seen = now_us - l->rd * SAMPLE_US;
	/* The card's clock may be the faster one: try a little earlier, 50 ppm, each 20 ms. */
	l->origin_us = seen < l->origin_us ? seen : l->origin_us - (l->rd % BLOCK_MAX == 0);
	heard(l, buf, l->block, now_us);
}

/* What is only kept can stay on the card, which has room for more than two sweeps, until somebody wants it. */
static bool may_rest(const struct line_port *l)
{
	return l->ear && l->block == BLOCK_MAX && !l->ear->asked && !l->port.peer && !l->rec && !port_generating(&l->port);
}

void line_read(void *owner, int64_t now_us)
{
	struct line_port *l = owner;
	uint8_t room[RTP_HEADER + 4 + REST_BLOCKS * BLOCK_MAX], *buf = room + RTP_HEADER + 4;
	int n, most = l->resting ? BUFFERS : READS_MAX;

	for (int i = 0; i < most && l->running; i++) {
		n = read_blocks(l, buf, REST_BLOCKS * BLOCK_MAX, now_us);
		if (n <= 0) {
			not_yet(l, now_us);
			break;
		}
		for (int at = 0; at < n && l->running; at += (int)l->block)
			one_block(l, buf + at, now_us);
		if (now_us < l->origin_us + (l->rd + l->block) * SAMPLE_US)
			break;
	}
	if (!l->running)
		return;
	l->resting = may_rest(l);
	if (!l->resting)
		wheel_add(&l->port.m->wheel, &l->read_due, l->origin_us + (l->rd + l->block) * SAMPLE_US);
}

void line_wake(struct line_port *l, int64_t now_us)
{
	if (!l->resting)
		return;
	line_read(l, now_us);
	l->resting = false;
	if (!due_waits(&l->read_due))
		wheel_add(&l->port.m->wheel, &l->read_due, l->origin_us + (l->rd + l->block) * SAMPLE_US);
}
