/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gateway/media/port_line.c: a B channel as a port. The line is opened with blocks as long as its partner's
 * packets and read when the next block is due; the queue that the card plays from is the playout buffer of
 * the call. Both are kept in time by one estimate, the moment at which the card had moved sample 0:
 * everything else is counted in samples from there. Media thread, but for media_line_port() and release.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "channels/sound/dtmf_in.h"
#include "channels/sound/g711.h"
#include "gateway/media/port.h"

#define BLOCK_MAX 160
#define BLOCK_LINE 40		/* line to line: 5 ms */
#define BLOCK_ECHO 8		/* an echo test adds as little delay as the card allows */
#define BUFFERS 32		/* each write takes one, however short */
#define CUSHION_RTP 16		/* samples still queued when the next packet is to be written */
#define CUSHION_LINE 8
#define CUSHION_MAX 40		/* it grows to this where the host is late */
#define CHUNK 8			/* samples that a card moves at once */
#define GENERATE 80		/* samples of a tone written at a time */
#define JUMP_SAMPLES 16		/* a block that is later than this was lost, not late */
#define READS_MAX 8		/* blocks in one go after the host was late */
#define BAND 16			/* samples: a partner on another clock may drift this far */

struct line_port {
	struct media_port port;
	struct hw_line *hl;
	struct media_line_conf conf;
	struct dtmf_in *dtmf;		/* NULL: not wanted */
	bool starting, running;		/* starting: waits for its slot */
	bool gone;			/* the span has left; silence is read */
	bool flowing;			/* audio is being written: running dry counts */
	unsigned block, cushion;
	int phase;			/* of wheel.h's slots, counted in the media thread's phases[]; -1 for none */
	int64_t origin_us;		/* the card had moved sample 0 */
	int64_t rd, wr;			/* samples read and written since */
	int64_t level_us;		/* when the level is taken next */
	struct due read_due, feed_due;
};

static struct line_port *line_of(struct media_port *p)
{
	return (struct line_port *)p;
}

static unsigned block_for(const struct line_port *l)
{
	const struct media_port *q = l->port.peer;
	unsigned n;

	if (q && q->kind == PORT_LINE)
		return BLOCK_LINE;
	if (q && q->kind == PORT_TEST && !q->ops->produce)
		return BLOCK_ECHO;
	if (!q || q->kind != PORT_RTP)
		return BLOCK_MAX;
	n = rtp_packet_samples(q);
	return n <= BLOCK_MAX ? n : n % 120 == 0 ? 120 : BLOCK_MAX;
}

/* --- Out: what the card plays -------------------------------------------------------------------- */

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

	memset(quiet, law_silence(l->port.law), sizeof(quiet));
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

static void feed(void *owner, int64_t now_us)
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
		feed(l, now_us);
	}
}

static void line_generator(struct media_port *p, int64_t now_us)
{
	struct line_port *l = line_of(p);

	if (!l->running && !l->starting)
		p->ops->joined(p, now_us);
	else if (!due_waits(&l->feed_due))
		wheel_add(&p->m->wheel, &l->feed_due, now_us);
}

/* Audio of a partner that pushes: another line, an echo. Its blocks come at a steady pace, so what is queued
 * when one comes is steady too; a partner on another clock is followed by a sample now and then. */
static void line_push(struct media_port *p, uint8_t *buf, unsigned n, int64_t now_us)
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

/* --- In: what the card recorded ------------------------------------------------------------------- */

static void heard(struct line_port *l, uint8_t *buf, unsigned n, int64_t now_us)
{
	struct media_port *p = &l->port;
	struct dtmf_heard h;

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

static int read_block(struct line_port *l, uint8_t *buf, int64_t now_us)
{
	int n;

	if (!l->gone) {
		n = hw_line_read(l->hl, buf, BLOCK_MAX);
		if (n >= 0)
			return n;
		l->gone = true;
	}
	if (now_us < l->origin_us + (l->rd + l->block) * SAMPLE_US)
		return 0;
	memset(buf, law_silence(l->port.law), l->block);
	return (int)l->block;
}

static void read_line(void *owner, int64_t now_us)
{
	struct line_port *l = owner;
	uint8_t room[RTP_HEADER + 4 + BLOCK_MAX], *buf = room + RTP_HEADER + 4;
	int64_t seen;
	int n;

	for (int i = 0; i < READS_MAX && l->running; i++) {
		n = read_block(l, buf, now_us);
		if (n <= 0) {
			not_yet(l, now_us);
			break;
		}
		l->rd += n;
		seen = now_us - l->rd * SAMPLE_US;
		/* The card's clock may be the faster one: try a little earlier, 50 ppm, each 20 ms. */
		l->origin_us = seen < l->origin_us ? seen : l->origin_us - (l->rd % BLOCK_MAX == 0);
		heard(l, buf, (unsigned)n, now_us);
		if (now_us < l->origin_us + (l->rd + l->block) * SAMPLE_US)
			break;
	}
	if (l->running)
		wheel_add(&l->port.m->wheel, &l->read_due, l->origin_us + (l->rd + l->block) * SAMPLE_US);
}

/* --- Life ------------------------------------------------------------------------------------------ */

static void stop(struct line_port *l)
{
	if (!l->running && !l->starting)
		return;
	wheel_remove(&l->port.m->wheel, &l->read_due);
	wheel_remove(&l->port.m->wheel, &l->feed_due);
	if (l->running)
		hw_line_stop(l->hl);
	l->running = l->starting = l->flowing = false;
	if (l->phase >= 0)
		l->port.m->phases[l->phase]--;
	l->phase = -1;
	media_line_count(l->port.m, -1);
}

static void begin(void *owner, int64_t now_us)
{
	struct line_port *l = owner;
	struct hw_audio a = { .block = l->block, .buffers = BUFFERS, .clear = l->conf.clear,
			      .echo_taps = l->conf.echo_taps };

	l->gone = hw_line_start(l->hl, &a) < 0;
	l->running = true;
	l->starting = false;
	l->flowing = false;
	l->read_due.fn = read_line;
	l->origin_us = now_us / WHEEL_SLOT_US * WHEEL_SLOT_US;
	l->rd = l->wr = 0;
	if (l->dtmf)
		dtmf_in_reset(l->dtmf);
	wheel_add(&l->port.m->wheel, &l->read_due, now_us + l->block * SAMPLE_US);
	if (!due_waits(&l->feed_due))
		feed(l, now_us);
}

/* Lines with long blocks begin in few slots, so that they are read together: a waking costs as much as
 * several calls. Not too many in one, as the last of them waits for all before it. */
static int64_t take_phase(struct line_port *l, int64_t now_us)
{
	struct media *m = l->port.m;
	int64_t slot = now_us / WHEEL_SLOT_US + 1;
	int phase = 0;

	if (l->block != BLOCK_MAX)
		return 0;
	for (int i = 1; i < MEDIA_PHASES; i++)
		if (m->phases[phase] >= MEDIA_PHASE_LINES && m->phases[i] < m->phases[phase])
			phase = i;
	m->phases[phase]++;
	l->phase = phase;
	slot += (phase - slot % MEDIA_PHASES + MEDIA_PHASES) % MEDIA_PHASES;
	return slot * WHEEL_SLOT_US;
}

static void start(struct line_port *l, int64_t now_us)
{
	int64_t at;

	l->block = block_for(l);
	l->starting = true;
	media_line_count(l->port.m, 1);
	at = take_phase(l, now_us);
	if (!at) {
		begin(l, now_us);
		return;
	}
	l->read_due.fn = begin;
	wheel_add(&l->port.m->wheel, &l->read_due, at);
}

static void line_joined(struct media_port *p, int64_t now_us)
{
	struct line_port *l = line_of(p);

	unsigned most = block_for(l) * BUFFERS / 2;	/* what the card holds of short blocks is not much */

	l->cushion = p->peer && p->peer->kind == PORT_RTP ? CUSHION_RTP : CUSHION_LINE;
	if (p->m->conf.jitter_ms)
		l->cushion = p->m->conf.jitter_ms * 8 < most ? p->m->conf.jitter_ms * 8 : most;
	if ((l->running || l->starting) && l->block != block_for(l))
		stop(l);
	if (!l->running && !l->starting)
		start(l, now_us);
	if (l->running && !due_waits(&l->feed_due))
		feed(l, now_us);
}

static void line_parted(struct media_port *p, int64_t now_us)
{
	(void)now_us;
	if (!p->tone.def && !digits_active(&p->digits))
		stop(line_of(p));
}

static void line_sweep(struct media_port *p, int64_t now_us)
{
	struct line_port *l = line_of(p);

	if ((l->running || l->starting) && !p->peer && !port_generating(p))
		stop(l);	/* a tone without a partner has ended */
	if (l->dtmf && now_us >= l->level_us) {
		p->st.level_in_dbm0 = dtmf_in_level(l->dtmf);
		l->level_us = now_us + 1000000;
	}
}

static void line_closing(struct media_port *p, int64_t now_us)
{
	(void)now_us;
	stop(line_of(p));
}

static void line_release(struct media_port *p)
{
	dtmf_in_close(line_of(p)->dtmf);
	free(p);
}

static const struct port_ops line_ops = {
	.joined = line_joined,
	.parted = line_parted,
	.push = line_push,
	.generator = line_generator,
	.sweep = line_sweep,
	.closing = line_closing,
	.release = line_release,
};

int media_line_port(struct media *m, struct hw_line *line, const struct media_line_conf *conf, media_event_fn *fn,
		    void *arg, struct media_port **out)
{
	struct line_port *l = calloc(1, sizeof(*l));
	struct command c = { .kind = CMD_OPEN };
	int err = l ? 0 : -ENOMEM;

	if (!err && conf->dtmf && !conf->clear)
		err = dtmf_in_open(&l->dtmf, line->law);
	if (!err) {
		l->hl = line;
		l->conf = *conf;
		port_init(&l->port, m, PORT_LINE, &line_ops, fn, arg);
		l->port.law = line->law;
		l->port.transparent = conf->clear;
		l->phase = -1;
		due_init(&l->read_due, read_line, l);
		due_init(&l->feed_due, feed, l);
		c.port = &l->port;
		err = media_command(m, &c);
	}
	if (err) {
		if (l)
			dtmf_in_close(l->dtmf);
		free(l);
		return err;
	}
	*out = &l->port;
	return 0;
}
