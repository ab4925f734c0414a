/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gateway/media/rtp_out.c: what an RTP stream sends: audio in packets of the agreed time, telephone events
 * (RFC 4733), and tones where the far end takes no events. Media thread.
 */
#include <string.h>
#include <sys/socket.h>

#include "channels/sound/g711.h"
#include "gateway/media/rtp.h"

#define GAP_US 100000		/* nothing to send for longer: a new talkspurt, its time stamp by the clock */
#define EVENT_VOLUME 10		/* -dBm0 */
#define EVENT_ENDS 3		/* RFC 4733 2.5.1.4: the last packet is sent three times */
#define EVENT_PAUSE_MS 60	/* between events of media_digit() */

bool rtp_out_open(const struct rtp_port *r)
{
	return r->signalled && r->remote.dir & MEDIA_SEND && r->remote.rtp.sa.sa_family != AF_UNSPEC;
}

unsigned rtp_packet_samples(const struct media_port *p)
{
	const struct rtp_port *r = (const struct rtp_port *)p;

	return r->signalled ? r->remote.ptime_ms * 8u : 160;
}

bool rtp_sends_events(const struct media_port *p)
{
	const struct rtp_port *r = (const struct rtp_port *)p;

	return rtp_out_open(r) && r->remote.dtmf_payload;
}

/* PAYLOAD lies RTP_HEADER octets into a buffer that may be written from its start. */
static void send_packet(struct rtp_port *r, uint8_t type, uint32_t ts, uint8_t *payload, unsigned n)
{
	struct rtp_out_state *o = &r->out;
	struct rtp_packet p = { .payload_type = type, .marker = o->marker, .seq = o->seq, .ts = ts, .ssrc = o->ssrc };
	uint8_t *at = payload - RTP_HEADER;

	rtp_build(at, &p);
	o->seq++;
	o->marker = false;
	if (sendto(r->rtp_fd, at, RTP_HEADER + n, MSG_DONTWAIT | MSG_NOSIGNAL, r->connected ? NULL : &r->remote.rtp.sa,
		   r->connected ? 0 : rtp_address_size(&r->remote.rtp)) < 0)
		return;		/* an ICMP error of an earlier packet, or a full queue: as if lost on the way */
	heads_put(r, &(struct heads_packet){ r->port.m->now_us, true, at, RTP_HEADER + n, NULL });
	r->port.st.packets_out++;
	r->port.st.octets_out += n;
	o->packets++;
	o->octets += n;
	o->sent_since_report = true;
}

/* After a pause the time stamp goes on by the clock, and the packet says that talk begins. */
static void mind_gap(struct rtp_port *r, unsigned n, int64_t now_us)
{
	struct rtp_out_state *o = &r->out;
	int64_t gap = now_us - o->last_us;

	if (o->last_us && gap > GAP_US && gap > 3000 * (int64_t)r->remote.ptime_ms) {
		o->ts += o->have + (uint32_t)(gap / SAMPLE_US) - n;
		o->have = 0;
		o->marker = true;
	}
	o->last_us = now_us;
}

static void send_audio(struct rtp_port *r, uint8_t *buf, unsigned n, int64_t now_us)
{
	struct rtp_out_state *o = &r->out;
	unsigned want = rtp_packet_samples(&r->port), part;

	mind_gap(r, n, now_us);
	if (!o->have && n == want) {	/* the usual case: one block is one packet, sent where it lies */
		send_packet(r, r->remote.payload, o->ts, buf, n);
		o->ts += n;
		return;
	}
	for (; n; buf += part, n -= part) {
		part = o->have < want ? want - o->have : 0;
		if (part > n)
			part = n;
		memcpy(o->room + RTP_HEADER + o->have, buf, part);
		o->have += part;
		if (o->have >= want) {
			send_packet(r, r->remote.payload, o->ts, o->room + RTP_HEADER, o->have);
			o->ts += o->have;
			o->have = 0;
		}
	}
}

void rtp_out_push(struct rtp_port *r, uint8_t *buf, unsigned n, int64_t now_us)
{
	if (rtp_out_open(r) && !r->queue.active)
		send_audio(r, buf, n, now_us);
}

void rtp_out_skip(struct rtp_port *r, uint32_t samples)
{
	struct rtp_out_state *o = &r->out;

	o->ts += o->have + samples;
	o->have = 0;
	o->seq = (uint16_t)(o->seq + (samples + rtp_packet_samples(&r->port) / 2) / rtp_packet_samples(&r->port));
}

/* --- Events ----------------------------------------------------------------------------------------- */

static void event_packet(struct rtp_port *r, bool end)
{
	struct event_out *e = &r->out.event;
	struct rtp_event w = { .event = e->code, .end = end, .volume = EVENT_VOLUME };
	uint8_t room[RTP_HEADER + RTP_EVENT_OCTETS];

	w.duration = (uint16_t)(e->duration > UINT16_MAX ? UINT16_MAX : e->duration);
	rtp_event_build(room + RTP_HEADER, &w);
	send_packet(r, r->remote.dtmf_payload, e->ts, room + RTP_HEADER, RTP_EVENT_OCTETS);
}

static void event_begin(struct rtp_port *r, char digit)
{
	struct rtp_out_state *o = &r->out;

	o->event = (struct event_out){ .active = true, .code = (uint8_t)rtp_event_code(digit) };
	o->ts += o->have;
	o->have = 0;
	o->event.ts = o->ts;
	o->marker = true;	/* RFC 4733 2.5.1.1: the first packet of an event */
}

static void event_go_on(struct rtp_port *r, uint32_t duration, bool end)
{
	r->out.event.duration = duration;
	for (int i = 0; i < (end ? EVENT_ENDS : 1); i++)
		event_packet(r, end);
	if (end)
		r->out.event.active = false;
}

void rtp_send_event(struct media_port *p, char digit, uint32_t samples, bool first, bool end)
{
	struct rtp_port *r = rtp_of(p);
	struct rtp_out_state *o = &r->out;
	uint32_t packet = rtp_packet_samples(p);
	int64_t now_us = p->m->now_us;

	if (r->queue.active || rtp_event_code(digit) < 0)
		return;
	/* No audio is pushed meanwhile: the time stamp of what follows goes on by whole packets. */
	if (o->last_us) {
		uint32_t past = (uint32_t)((now_us - o->last_us) / SAMPLE_US);

		o->ts += (past + packet / 2) / packet * packet;
	}
	o->last_us = now_us;
	if (first || !o->event.active)
		event_begin(r, digit);
	event_go_on(r, samples, end);
}

bool rtp_digit(struct media_port *p, char digit, unsigned ms, int64_t now_us)
{
	struct rtp_port *r = rtp_of(p);
	struct rtp_queue *q = &r->queue;
	unsigned at = (q->first + q->count) % DIGITS_MAX;

	if (!rtp_sends_events(p))
		return false;
	if (rtp_event_code(digit) < 0 || q->count == DIGITS_MAX)
		return true;
	q->digit[at].digit = digit;
	q->digit[at].ms = (uint16_t)(ms < DIGIT_MIN_MS ? DIGIT_MIN_MS : ms > DIGIT_MAX_MS ? DIGIT_MAX_MS : ms);
	q->count++;
	rtp_out_generator(r, now_us);
	return true;
}

/* One packet time of media_digit()'s events. */
static void queue_step(struct rtp_port *r, int64_t now_us)
{
	struct rtp_queue *q = &r->queue;
	uint32_t n = rtp_packet_samples(&r->port);

	if (!q->active) {
		mind_gap(r, n, now_us);
		event_begin(r, q->digit[q->first].digit);
		q->left = q->digit[q->first].ms * 8u;
		q->gap = EVENT_PAUSE_MS * 8;
		q->first = (q->first + 1) % DIGITS_MAX;
		q->count--;
		q->active = true;
	}
	r->out.ts += n;
	r->out.last_us = now_us;
	if (q->left) {
		uint32_t part = q->left < n ? q->left : n;

		q->left -= part;
		event_go_on(r, r->out.event.duration + part, q->left == 0);
	} else {
		q->gap -= q->gap < n ? q->gap : n;
		q->active = q->gap > 0;
	}
}

/* --- What is sent at our own pace -------------------------------------------------------------------- */

void rtp_out_due(void *owner, int64_t now_us)
{
	struct rtp_port *r = owner;
	uint8_t room[RTP_HEADER + RTP_SAMPLES_MAX], *buf = room + RTP_HEADER;
	unsigned n = rtp_packet_samples(&r->port);

	if (rtp_sends_events(&r->port) && (r->queue.active || r->queue.count))
		queue_step(r, now_us);
	else if (port_generating(&r->port) && port_generate(&r->port, buf, n) && rtp_out_open(r))
		send_audio(r, buf, n, now_us);
	r->queue.active = r->queue.active && rtp_sends_events(&r->port);
	if (port_generating(&r->port) || r->queue.active || r->queue.count) {
		r->send_us += n * SAMPLE_US;
		if (r->send_us < now_us - GAP_US)
			r->send_us = now_us;
		wheel_add(&r->port.m->wheel, &r->send_due, r->send_us);
	}
}

void rtp_out_generator(struct rtp_port *r, int64_t now_us)
{
	if (due_waits(&r->send_due))
		return;
	r->send_us = now_us;
	wheel_add(&r->port.m->wheel, &r->send_due, now_us);
}
