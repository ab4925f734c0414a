/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gateway/media/port_line.c: a B channel or an analog line as a port. The line is opened with blocks as long as its partner's
 * packets and read when the next block is due; the queue that the card plays from is the playout buffer of
 * the call. Both are kept in time by one estimate, the moment at which the card had moved sample 0:
 * everything else is counted in samples from there. An analog line runs also with no partner: it listens, and
 * plays tones and digits. Media thread, but for media_line_port(), media_analog_port() and release.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/media/line.h"

static unsigned block_for(const struct line_port *l)
{
	const struct media_port *q = l->port.peer;
	unsigned n;

	if (q && q->kind == PORT_LINE)
		return BLOCK_LINE;
	if (q && q->kind == PORT_MIX)
		return BLOCK_MIX;
	if (q && q->kind == PORT_TEST && !q->ops->produce)
		return BLOCK_ECHO;
	if (!q || q->kind != PORT_RTP)
		return BLOCK_MAX;
	n = rtp_packet_samples(q);
	return n <= BLOCK_MAX ? n : n % 120 == 0 ? 120 : BLOCK_MAX;
}
/* The canceller of an analog line is for calls. */
static unsigned taps_for(const struct line_port *l)
{
	return l->ear && !l->port.peer ? 0 : l->conf.echo_taps;
}

static bool wanted(const struct line_port *l)
{
	return l->port.peer || port_generating(&l->port) || l->rec || (l->ear && (l->ear->asked || l->ear->always));
}

/* --- Starting and stopping ------------------------------------------------------------------------- */

static void stop(struct line_port *l)
{
	if (!l->running && !l->starting)
		return;
	wheel_remove(&l->port.m->wheel, &l->read_due);
	wheel_remove(&l->port.m->wheel, &l->feed_due);
	if (l->running)
		hw_line_stop(l->hl);
	l->running = l->starting = l->flowing = l->resting = false;
	if (l->phase >= 0)
		l->port.m->phases[l->phase]--;
	l->phase = -1;
	media_line_count(l->port.m, -1);
}

static void begin(void *owner, int64_t now_us)
{
	struct line_port *l = owner;
	struct hw_audio a = { .block = l->block, .buffers = BUFFERS, .clear = l->conf.clear,
			      .echo_taps = l->taps };
	int64_t since = l->rec ? (now_us - l->rec->began_us) / SAMPLE_US : 0;

	l->gone = hw_line_start(l->hl, &a) < 0;
	l->running = true;
	l->starting = false;
	l->flowing = false;
	l->read_due.fn = line_read;
	l->origin_us = now_us / WHEEL_SLOT_US * WHEEL_SLOT_US;
	l->rd = l->wr = 0;
	l->rec_base = -since;
	if (l->dtmf)
		dtmf_in_reset(l->dtmf);
	if (l->ear && l->still)
		ear_still(l->ear);
	l->still = false;
	wheel_add(&l->port.m->wheel, &l->read_due, now_us + l->block * SAMPLE_US);
	if (!due_waits(&l->feed_due))
		line_feed(l, now_us);
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
	l->taps = taps_for(l);
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

/* Something is wanted of the line: it runs, as its partner needs it. */
static void run(struct line_port *l, int64_t now_us)
{
	struct media_port *p = &l->port;
	unsigned most = block_for(l) * BUFFERS / 2;	/* what the card holds of short blocks is not much */

	l->cushion = p->peer && p->peer->kind == PORT_RTP ? CUSHION_RTP : CUSHION_LINE;
	if (p->m->conf.jitter_ms)
		l->cushion = p->m->conf.jitter_ms * 8 < most ? p->m->conf.jitter_ms * 8 : most;
	if ((l->running || l->starting) && (l->block != block_for(l) || l->taps != taps_for(l)))
		stop(l);
	if (!l->running && !l->starting)
		start(l, now_us);
	if (l->running && !due_waits(&l->feed_due))
		line_feed(l, now_us);
}

static void rest(struct line_port *l)
{
	l->still = l->still || l->running || l->starting;
	stop(l);
}

/* --- The port -------------------------------------------------------------------------------------- */

static void line_joined(struct media_port *p, int64_t now_us)
{
	struct line_port *l = line_of(p);

	line_wake(l, now_us);
	run(l, now_us);
	if (l->ear && p->peer)
		ear_partner(l->ear);
}

static void line_parted(struct media_port *p, int64_t now_us)
{
	struct line_port *l = line_of(p);

	if (l->ear)
		ear_partner(l->ear);
	if (!wanted(l))
		rest(l);
	else if (l->ear)
		run(l, now_us);
}

void line_listen(struct media_port *p, unsigned bits, uint16_t seq, int64_t now_us)
{
	struct line_port *l = line_of(p);

	line_wake(l, now_us);
	ear_want(l->ear, bits, seq);
	if (wanted(l))
		run(l, now_us);
	else
		rest(l);
}

void line_play(struct media_port *p, struct player *player, uint16_t seq, int64_t now_us)
{
	line_wake(line_of(p), now_us);
	port_play(p, player, seq);
	if (player)
		line_generator(p, now_us);
	p->tail = line_cushion(p) + 2 * GENERATE;
}

void line_lost(struct media_port *p, bool lost)
{
	struct line_port *l = line_of(p);

	if (l->ear)
		ear_lost(l->ear, lost);
}

/* --- Audio for files ------------------------------------------------------------------------------- */

void line_keep(struct media_port *p, struct recording *r)
{
	line_wake(line_of(p), p->m->now_us);
	ear_keep(line_of(p)->ear, r);
	port_report_recorded(p->m, r);
}

unsigned line_keeps(const struct media_port *p)
{
	return ((const struct line_port *)p)->ear->keep_ms;
}

void line_record(struct media_port *p, struct recording *r, int64_t now_us)
{
	struct line_port *l = line_of(p);

	if (l->rec) {
		r->err = -EBUSY;
		port_report_recorded(p->m, r);
		return;
	}
	line_wake(l, now_us);
	r->began_us = now_us;
	l->rec = r;
	l->rec_base = l->rd;
	run(l, now_us);
}

void line_recorded(struct line_port *l)
{
	struct recording *r = l->rec;

	l->rec = NULL;
	if (r)
		port_report_recorded(l->port.m, r);
}

/* --- Life ------------------------------------------------------------------------------------------ */

static void line_sweep(struct media_port *p, int64_t now_us)
{
	struct line_port *l = line_of(p);

	if ((l->running || l->starting) && !wanted(l))
		rest(l);	/* a tone without a partner has ended */
	else if (l->ear && !l->running && !l->starting && wanted(l))
		run(l, now_us);
	else if (l->resting)
		line_read(l, now_us);
	if ((l->dtmf || l->ear) && now_us >= l->level_us) {
		p->st.level_in_dbm0 = l->ear ? listener_level(l->ear->listener) : dtmf_in_level(l->dtmf);
		l->level_us = now_us + 1000000;
	}
}

static void line_closing(struct media_port *p, int64_t now_us)
{
	(void)now_us;
	stop(line_of(p));
	line_recorded(line_of(p));
}

static void line_release(struct media_port *p)
{
	dtmf_in_close(line_of(p)->dtmf);
	ear_close(line_of(p)->ear);
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

static struct line_port *make(struct media *m, struct hw_line *line, const struct media_line_conf *conf,
			      media_event_fn *fn, void *arg)
{
	struct line_port *l = calloc(1, sizeof(*l));

	if (!l)
		return NULL;
	l->hl = line;
	l->conf = *conf;
	port_init(&l->port, m, PORT_LINE, &line_ops, fn, arg);
	l->port.law = line->law;
	l->port.transparent = conf->clear;
	l->phase = -1;
	due_init(&l->read_due, line_read, l);
	due_init(&l->feed_due, line_feed, l);
	return l;
}

/* Hands the port to the media thread, or frees it where making it has failed. */
static int give(struct line_port *l, int err, struct media_port **out)
{
	struct command c = { .kind = CMD_OPEN, .port = &l->port };

	if (!err)
		err = media_command(l->port.m, &c);
	if (err)
		line_release(&l->port);
	else
		*out = &l->port;
	return err;
}

int media_line_port(struct media *m, struct hw_line *line, const struct media_line_conf *conf, media_event_fn *fn,
		    void *arg, struct media_port **out)
{
	struct line_port *l = make(m, line, conf, fn, arg);

	if (!l)
		return -ENOMEM;
	return give(l, conf->dtmf && !conf->clear ? dtmf_in_open(&l->dtmf, line->law) : 0, out);
}

int media_analog_port(struct media *m, struct hw_line *line, const struct media_analog_conf *conf, media_event_fn *fn,
		      void *arg, struct media_port **out)
{
	struct media_line_conf lc = { .echo_taps = conf->echo_taps };
	struct line_port *l = make(m, line, &lc, fn, arg);

	if (!l)
		return -ENOMEM;
	l->port.asked.analog = true;
	return give(l, ear_open(&l->ear, &l->port, conf, line), out);
}
