/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gateway/media/line_out.c: what the card plays on a line: the audio of a stream, of another line or a bridge, or what is made
 * here. The queue that the card plays from is the playout buffer of the call. Media thread.
 */
#include <errno.h>
#include <string.h>

#include "channels/sound/g711.h"
#include "gateway/media/line.h"

static int fill_of(const struct line_port *l, int64_t now_us)
{
	int64_t fill = l->wr - (now_us - l->origin_us) / SAMPLE_US;

	return fill > INT32_MAX ? INT32_MAX : fill < INT32_MIN ? INT32_MIN : (int)fill;
}

bool line_ready(const struct media_port *p)
{
	return ((const struct line_port *)p)->running;
}

int line_fill(struct media_port *p, int64_t now_us)
{
	return fill_of(line_of(p), now_us);
}

unsigned line_cushion(const struct media_port *p)
{
	return ((const struct line_port *)p)->cushion;
}

static void write_out(struct line_port *l, const uint8_t *buf, unsigned n)
{
	if (l->rec)
		recording_put(l->rec, true, l->wr - l->rec_base, buf, n);
	while (n && !l->gone) {
		int r = hw_line_write(l->hl, buf, n < l->block ? n : l->block);

		if (r <= 0) {
			if (r == -ENODEV)
				l->gone = true;
			break;
		}
		l->wr += r;
		buf += r;
		n -= (unsigned)r;
	}
	if (l->gone)
		l->wr += n;	/* the clock of a line that has left goes on by the host's */
	else
		l->port.st.line_overrun += n;
}

static void silence_out(struct line_port *l, unsigned n)
{
	uint8_t quiet[BLOCK_MAX];
	unsigned part;

	memset(quiet, port_idle(&l->port), sizeof(quiet));
	for (; n; n -= part) {
		part = n < BLOCK_MAX ? n : BLOCK_MAX;
		write_out(l, quiet, part);
	}
}

/* The line has played all there was and silence since: what is written now starts now. */
static void caught_dry(struct line_port *l, int64_t now_us)
{
	int fill = fill_of(l, now_us);

	if (fill >= 0)
		return;
	if (l->flowing)
		l->port.st.line_underrun += (unsigned)-fill;
	l->wr = (l->wr - fill) / CHUNK * CHUNK;	/* of a chunk that began to go out before now, all is gone */
}

void line_resume(struct media_port *p, unsigned n, int64_t next_us, int64_t now_us)
{
	struct line_port *l = line_of(p);
	int64_t silence;

	l->flowing = false;
	caught_dry(l, now_us);
	l->flowing = true;
	silence = (next_us - now_us) / SAMPLE_US + (int)l->cushion - (int)n - fill_of(l, now_us);
	if (silence > 0)
		silence_out(l, (unsigned)silence);
}

void line_put(struct media_port *p, const uint8_t *buf, unsigned n, int64_t now_us)
{
	struct line_port *l = line_of(p);

	caught_dry(l, now_us);
	write_out(l, buf, n);
}

static void feed_at_cushion(struct line_port *l)
{
	wheel_add(&l->port.m->wheel, &l->feed_due, l->origin_us + (l->wr - l->cushion) * SAMPLE_US);
}

static void generate(struct line_port *l, int64_t now_us)
{
	uint8_t buf[GENERATE];
	unsigned n;

	caught_dry(l, now_us);
	if (!l->flowing && fill_of(l, now_us) < (int)l->cushion)
		silence_out(l, l->cushion);
	l->flowing = true;
	while (fill_of(l, now_us) <= (int)l->cushion) {
		n = port_generate(&l->port, buf, GENERATE);
		if (!n)
			return;
		write_out(l, buf, n);
		if (l->port.st.line_overrun && fill_of(l, now_us) <= (int)l->cushion)
			break;	/* the card takes nothing: do not turn here for ever */
	}
}

void line_feed(void *owner, int64_t now_us)
{
	struct line_port *l = owner;
	struct media_port *q = l->port.peer;
	int64_t again = -1;

	if (!l->running)
		return;
	if (q && q->kind == PORT_RTP && !port_generating(&l->port)) {
		again = rtp_feed_line(q, now_us);
		if (again >= 0)
			wheel_add(&l->port.m->wheel, &l->feed_due, again);
	} else if (q && q->kind == PORT_RTP) {
		rtp_discard(q, now_us);
	}
	if (port_generating(&l->port)) {	/* an event that was just read may have begun a tone */
		generate(l, now_us);
		feed_at_cushion(l);
	} else if (again < 0) {
		l->flowing = l->flowing && q && q->kind != PORT_RTP;
	}
}

void line_kick(struct media_port *p, int64_t now_us)
{
	struct line_port *l = line_of(p);

	if (!port_generating(p)) {
		wheel_remove(&p->m->wheel, &l->feed_due);
		line_feed(l, now_us);
	}
}

void line_generator(struct media_port *p, int64_t now_us)
{
	struct line_port *l = line_of(p);

	if (!l->running && !l->starting)
		p->ops->joined(p, now_us);
	else if (!due_waits(&l->feed_due))
		wheel_add(&p->m->wheel, &l->feed_due, now_us);
}

/* Audio of a partner that pushes: another line, an echo. Its blocks come at a steady pace, so what is queued
 * when one comes is steady too; a partner on another clock is followed by a sample now and then. */
void line_push(struct media_port *p, uint8_t *buf, unsigned n, int64_t now_us)
{
	struct line_port *l = line_of(p);
	int fill;

	if (!l->running || (p->peer && p->peer->kind == PORT_RTP))
		return;
	fill = fill_of(l, now_us);
	if (fill < 0 || !l->flowing) {
		if (l->flowing && l->cushion < CUSHION_MAX)
			l->cushion += 4;
		caught_dry(l, now_us);
		if (l->flowing)
			p->st.inserted += l->cushion;
		l->flowing = true;
		silence_out(l, l->cushion);
	} else if (fill > (int)(l->cushion + n + BAND) && n > 1 && !p->transparent) {
		p->st.dropped++;
		n--;
	}
	write_out(l, buf, n);
}
