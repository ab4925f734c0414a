/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gateway/media/port.c: what ports of every kind share: joining, the law between two ports, what takes the
 * place of a partner's audio, and reports. Media thread, but for port_init().
 */
#include "gateway/media/port.h"

#include <stdlib.h>
#include <string.h>

#include "channels/sound/g711.h"

void port_init(struct media_port *p, struct media *m, enum port_kind kind, const struct port_ops *ops,
	       media_event_fn *fn, void *arg)
{
	p->m = m;
	p->kind = kind;
	p->ops = ops;
	p->fn = fn;
	p->arg = arg;
	p->st.level_in_dbm0 = -99;
	stats_publish(&p->box, &p->st);
}

/* A test line and a bridge have no law of their own: they take their partner's. */
static bool follows(const struct media_port *p)
{
	return p->kind == PORT_TEST || p->kind == PORT_MIX;
}

static void settle_law(struct media_port *p)
{
	struct media_port *q = p->peer;

	if (q && follows(p))
		p->law = q->law;
	else if (q && follows(q))
		q->law = p->law;
	p->conv = q && !p->transparent && !q->transparent ? law_table(p->law, q->law) : NULL;
	if (q)
		q->conv = !p->transparent && !q->transparent ? law_table(q->law, p->law) : NULL;
}

void port_set_law(struct media_port *p, enum hw_law law)
{
	p->law = law;
	settle_law(p);
	if (p->tone.def)
		tone_start(&p->tone, p->tone.def, law);
}

void port_part(struct media_port *p, int64_t now_us)
{
	struct media_port *q = p->peer;

	if (!q)
		return;
	p->peer = q->peer = NULL;
	p->conv = q->conv = NULL;
	p->ops->parted(p, now_us);
	q->ops->parted(q, now_us);
}

void port_join(struct media_port *a, struct media_port *b, int64_t now_us)
{
	if (a->peer == b)
		return;
	port_part(a, now_us);
	port_part(b, now_us);
	a->peer = b;
	b->peer = a;
	settle_law(a);
	a->ops->joined(a, now_us);
	b->ops->joined(b, now_us);
}

void port_deliver(struct media_port *from, uint8_t *buf, unsigned n, int64_t now_us)
{
	struct media_port *to = from->peer;

	if (!to || (port_generating(to) && !to->transparent))
		return;
	if (from->conv)
		law_apply(from->conv, buf, n);
	to->ops->push(to, buf, n, now_us);
}

uint8_t port_idle(const struct media_port *p)
{
	return p->transparent ? 0xff : law_silence(p->law);
}

bool port_generating(const struct media_port *p)
{
	return digits_active(&p->digits) || p->tone.def || p->player || (p->peer && p->peer->ops->produce);
}

void port_play(struct media_port *p, struct player *player, uint16_t seq)
{
	player_close(p->player);
	p->player = player;
	p->play_seq = seq;
}

/* What plays, and the silence in which the last of it goes out. */
static void play(struct media_port *p, uint8_t *buf, unsigned n)
{
	unsigned done = player_octets(p->player, p->law, buf, n), quiet = n - done;

	if (!quiet)
		return;
	memset(buf + done, law_silence(p->law), quiet);
	if (p->tail > quiet) {
		p->tail -= quiet;
		return;
	}
	port_play(p, NULL, p->play_seq);
	port_report(p, MEDIA_PLAYED, 0, 0);
}

unsigned port_generate(struct media_port *p, uint8_t *buf, unsigned n)
{
	if (digits_active(&p->digits))
		return digits_samples(&p->digits, p->law, buf, n);
	if (p->player) {
		play(p, buf, n);
		return n;
	}
	if (p->tone.def) {
		tone_samples(&p->tone, p->law, buf, n);
		return n;
	}
	if (p->peer && p->peer->ops->produce)
		return p->peer->ops->produce(p->peer, buf, n);
	return 0;
}

void port_report(struct media_port *p, enum media_event_kind kind, char digit, unsigned duration_ms)
{
	struct report r = { .port = p, .kind = kind, .digit = digit, .seq = p->play_seq };

	r.duration_ms = (uint16_t)(duration_ms > UINT16_MAX ? UINT16_MAX : duration_ms);
	queue_push(&p->m->reports, &r);	/* full: the loop thread is far behind; MEDIA_CLOSED has a retry of its own */
	p->m->reported = true;
}

unsigned media_heard_bit(enum heard_kind k)
{
	static const unsigned bits[] = {
		[HEARD_DIGIT_BEGIN] = LISTEN_DTMF, [HEARD_DIGIT] = LISTEN_DTMF,
		[HEARD_TONE] = LISTEN_TONES, [HEARD_TONE_END] = LISTEN_TONES,
		[HEARD_SPEECH] = LISTEN_SPEECH, [HEARD_SILENCE] = LISTEN_SPEECH,
		[HEARD_CALLERID] = LISTEN_CALLERID, [HEARD_CALLERID_BAD] = LISTEN_CALLERID,
		[HEARD_CAS] = LISTEN_CAS,
	};

	return bits[k];
}

void port_report_heard(struct media_port *p, const struct heard *h, uint16_t seq)
{
	struct report r = { .port = p, .kind = MEDIA_HEARD, .seq = seq, .heard = (uint8_t)h->kind, .digit = h->digit,
			    .tone = (uint8_t)h->tone, .cycles = h->cycles, .ms = h->ms };

	if (h->kind == HEARD_CALLERID) {
		r.callerid = malloc(sizeof(*r.callerid));
		if (!r.callerid)
			return;
		*r.callerid = h->callerid;
	}
	if (!queue_push(&p->m->reports, &r))
		free(r.callerid);
	p->m->reported = true;
}

void port_report_recorded(struct media *m, struct recording *rec)
{
	struct report r = { .kind = REPORT_RECORDED, .recording = rec };

	m->reported = true;
	if (queue_push(&m->reports, &r))
		return;
	rec->next = m->recorded;
	m->recorded = rec;
}

void port_event(struct media_port *from, char digit, uint32_t samples, bool first, bool end, int64_t now_us)
{
	struct media_port *to = from->peer;

	if (end)
		port_report(from, MEDIA_DIGIT, digit, samples / 8);
	if (!to || to->kind == PORT_TEST || digit == '!')	/* a flash has no sound: the call passes it on */
		return;
	if (to->kind == PORT_RTP && rtp_sends_events(to)) {
		rtp_send_event(to, digit, samples, first, end);
		return;
	}
	/* Heard as a tone on a line, its beginning has passed in band already. */
	if (from->kind == PORT_RTP && !to->transparent) {
		digits_event(&to->digits, digit, samples, first, end, to->law);
		if (first)
			to->ops->generator(to, now_us);
	}
}
