/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gateway/media/rtp_in.c: what an RTP stream brings. The socket is read when the line that plays it is about
 * to need it, so that one read in a packet's time is the rule; the kernel's time stamp tells when it came.
 * A stream that pauses costs nothing: its socket is watched then (armed). Media thread.
 */
#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>

#include "channels/sound/g711.h"
#include "gateway/media/rtp.h"

#define MARGIN_US 200		/* a packet is looked for this long after it is expected */
#define READS_MAX 64		/* datagrams in one go */
#define FLUSH_MAX 4096
#define STRAYS_US 1000000
#define MISSES_MAX 4		/* then the socket is watched */
#define LOW_SAMPLES 8		/* a line with less than this queued cannot wait for a packet */
#define STARVE_SAMPLES 16	/* invented at a time while a packet may still come */
#define DROPOUT_MAX 3000	/* RFC 3550 A.1 */
#define MISORDER_MAX 100
#define LOST_US 3000000
#define EVENT_OVER_US 100000	/* no update for this long: the end was lost */

/* The line plays silence from here on; what comes next starts afresh. */
static void stop_flow(struct rtp_port *r)
{
	r->flowing = false;
	jitter_pause(&r->jitter);
}

static void arm(struct rtp_port *r)
{
	struct epoll_event ev = { .events = EPOLLIN | EPOLLONESHOT, .data.ptr = &r->rtp_watch };

	if (!r->armed && !epoll_ctl(r->port.m->epoll_fd, EPOLL_CTL_MOD, r->rtp_fd, &ev))
		r->armed = true;
}

/* --- The source: RFC 3550 appendix A ------------------------------------------------------------------- */

uint64_t rtp_in_expected(const struct rtp_source_state *s)
{
	return s->heard ? (uint64_t)(s->cycles + s->max_seq) - s->base_seq + 1 : 0;
}

static void source_begin(struct rtp_port *r, const struct rtp_packet *p)
{
	struct rtp_source_state *s = &r->src;
	uint64_t expected = rtp_in_expected(s);
	uint64_t lost = s->lost_before + (expected > s->received ? expected - s->received : 0);

	*s = (struct rtp_source_state){ .heard = true, .ssrc = p->ssrc, .base_seq = p->seq, .max_seq = p->seq,
					.lost_before = lost, .seen = 1, .received = 1 };
	jitter_reset(&r->jitter, r->remote.law);
	r->flowing = false;
}

/* Returns false for a packet that is not to be played. */
static bool source_packet(struct rtp_port *r, const struct rtp_packet *p)
{
	struct rtp_source_state *s = &r->src;
	uint16_t ahead = (uint16_t)(p->seq - s->max_seq), behind = (uint16_t)(s->max_seq - p->seq);

	if (!s->heard || p->ssrc != s->ssrc) {
		/* Another source at the same address: it takes over with its second packet in a row. */
		if (s->heard && !(s->stray && p->ssrc == s->stray_ssrc)) {
			s->stray = true;
			s->stray_ssrc = p->ssrc;
			return false;
		}
		source_begin(r, p);
		return true;
	}
	s->stray = false;
	if (ahead != 0 && ahead < DROPOUT_MAX) {
		if (p->seq < s->max_seq)
			s->cycles += 0x10000;
		s->max_seq = p->seq;
		s->seen = ahead < 64 ? s->seen << ahead | 1 : 1;
	} else if (behind < MISORDER_MAX) {
		if (behind < 64 && s->seen >> behind & 1) {
			r->port.st.duplicate++;
			return false;
		}
		if (behind < 64)
			s->seen |= 1ull << behind;
		r->port.st.reordered++;
	} else {	/* the far end has started again */
		source_begin(r, p);
		return true;
	}
	s->received++;
	return true;
}

static void source_jitter(struct rtp_port *r, const struct rtp_packet *p, int64_t arrival_us)
{
	struct rtp_source_state *s = &r->src;
	int64_t transit = arrival_us * 16 / SAMPLE_US - (int64_t)p->ts * 16, d = transit - s->transit;
	uint32_t us;

	s->transit = transit;
	if (s->received < 2)
		return;
	d = d < 0 ? -d : d;
	if (d > 16 * 8000)	/* a time stamp that jumped */
		return;
	s->jitter16 += (uint32_t)(d - ((int64_t)s->jitter16 + 8) / 16);
	us = s->jitter16 / 16 * SAMPLE_US;
	if (us > r->port.st.jitter_max_us)
		r->port.st.jitter_max_us = us;
}

/* --- Telephone events ----------------------------------------------------------------------------------- */

static void event_over(struct rtp_port *r, int64_t now_us)
{
	r->event_in.active = false;
	port_event(&r->port, r->event_in.digit, r->event_in.duration, false, true, now_us);
}

static void event_in(struct rtp_port *r, const struct rtp_packet *p, const uint8_t *payload, int64_t now_us)
{
	struct event_in *e = &r->event_in;
	struct rtp_event w;
	bool first;

	if (rtp_event_parse(payload, p->len, &w)) {
		r->port.st.malformed++;
		return;
	}
	if (!rtp_event_digit(w.event) || (e->any && !e->active && e->ts == p->ts))
		return;		/* not one of ours, or the end of the last one again */
	if (e->active && e->ts != p->ts)
		event_over(r, now_us);
	first = !e->active;
	*e = (struct event_in){ .active = true, .any = true, .ts = p->ts, .digit = rtp_event_digit(w.event),
				.duration = w.duration, .last_us = now_us };
	if (first || !w.end)
		port_event(&r->port, e->digit, e->duration, first, false, now_us);
	if (w.end)
		event_over(r, now_us);
}

/* --- Audio ----------------------------------------------------------------------------------------------- */

static bool plays_on_line(const struct rtp_port *r)
{
	const struct media_port *q = r->port.peer;

	return q && q->kind == PORT_LINE && line_ready(q) && !port_generating(q);
}

static void put_on_line(struct rtp_port *r, uint8_t *buf, unsigned n, int64_t now_us)
{
	if (r->port.conv)
		law_apply(r->port.conv, buf, n);
	line_put(r->port.peer, buf, n, now_us);
}

static void play(struct rtp_port *r, uint8_t *buf, unsigned n, int64_t now_us)
{
	struct media_port *line = r->port.peer;
	int cushion, fill;

	if (!plays_on_line(r)) {
		port_deliver(&r->port, buf, n, now_us);
		return;
	}
	cushion = (int)line_cushion(line);
	if (!r->flowing) {
		/* Silence first, so that the cushion is reached just after the next packet should be here. */
		line_resume(line, n, wheel_slot_us(r->arrival_us + n * SAMPLE_US + MARGIN_US), now_us);
		r->flowing = true;
	} else {
		fill = line_fill(line, now_us);
		if (fill < 0)
			jitter_dry(&r->jitter, (unsigned)-fill);
		n -= jitter_slack(&r->jitter, now_us - r->arrival_us + (int64_t)(fill - cushion) * SAMPLE_US, n, now_us);
	}
	put_on_line(r, buf, n, now_us);
}

static void play_kept(struct rtp_port *r, bool force, int64_t now_us)
{
	uint8_t room[RTP_HEADER + JITTER_SEGMENT], *buf = room + RTP_HEADER;
	struct media_port *q = r->port.peer;
	unsigned n;

	if (force && q && q->kind == PORT_RTP)
		rtp_out_skip(rtp_of(q), jitter_skip(&r->jitter));
	while ((n = jitter_pop(&r->jitter, buf, force))) {
		if (plays_on_line(r))
			put_on_line(r, buf, n, now_us);
		else
			port_deliver(&r->port, buf, n, now_us);
	}
}

static void audio_in(struct rtp_port *r, const struct rtp_packet *p, uint8_t *payload, int64_t now_us)
{
	unsigned n = (unsigned)p->len;

	r->packet_in = n;
	if (r->event_in.active)
		return;		/* the event is the digit: its tone in the audio would double it */
	if (jitter_put(&r->jitter, p->seq, p->ts, payload, n) == JITTER_PLAY)
		play(r, payload, n, now_us);
	if (r->jitter.held)
		play_kept(r, !plays_on_line(r) && r->jitter.held > 1, now_us);
}

/* --- Packets ----------------------------------------------------------------------------------------------- */

bool rtp_lost(const struct media_port *p)
{
	const struct rtp_port *r = (const struct rtp_port *)p;

	return r->lost_told && r->remote.dir & MEDIA_RECV;
}

static void tell_partner(struct rtp_port *r)
{
	if (r->port.peer && r->port.peer->kind == PORT_LINE)
		line_lost(r->port.peer, rtp_lost(&r->port));
}

static void alive(struct rtp_port *r, int64_t now_us)
{
	r->last_in_us = now_us;
	if (!r->first_told) {
		r->first_told = true;
		port_report(&r->port, MEDIA_FIRST_RTP, 0, 0);
	}
	if (r->lost_told) {
		r->lost_told = false;
		port_report(&r->port, MEDIA_RTP_BACK, 0, 0);
		tell_partner(r);
	}
}

static bool right_source(struct rtp_port *r, const union sock_addr *from)
{
	if (r->conf.symmetric && !r->learnt)
		return true;
	return rtp_same_address(from, &r->remote.rtp, true);
}

static void learn(struct rtp_port *r, const union sock_addr *from)
{
	if (!r->conf.symmetric || r->learnt)
		return;
	r->learnt = true;
	r->remote.rtp = r->remote.rtcp = *from;
	if (from->sa.sa_family == AF_INET)
		r->remote.rtcp.in.sin_port = htons((uint16_t)(ntohs(from->in.sin_port) + 1));
	else
		r->remote.rtcp.in6.sin6_port = htons((uint16_t)(ntohs(from->in6.sin6_port) + 1));
	rtp_connect(r);
}

void rtp_in_strays(struct rtp_port *r)
{
	uint8_t octet;

	for (int i = 0; i < FLUSH_MAX && r->stray_fd >= 0 && recv(r->stray_fd, &octet, 1, MSG_DONTWAIT) >= 0; i++)
		r->port.st.wrong_source++;
}

/* FROM is NULL where the socket is connected: the kernel has looked at it. */
static void packet_in(struct rtp_port *r, uint8_t *buf, size_t len, const union sock_addr *from, int64_t now_us)
{
	struct media_stats *st = &r->port.st;
	bool event, noise;
	struct rtp_packet p;

	if (!r->signalled)
		return;
	if (from && !right_source(r, from)) {
		st->wrong_source++;
		return;
	}
	if (rtp_parse(buf, len, &p)) {
		st->malformed++;
		return;
	}
	if (!(r->remote.dir & MEDIA_RECV))
		return;
	event = r->remote.dtmf_payload && p.payload_type == r->remote.dtmf_payload;
	noise = p.payload_type == RTP_PT_CN;
	if (!event && !noise && p.payload_type != r->remote.payload) {
		st->wrong_payload++;
		return;
	}
	if (from)
		learn(r, from);
	st->packets_in++;
	st->octets_in += p.len;
	alive(r, now_us);
	if (!source_packet(r, &p) || !p.len)
		return;
	if (event) {
		event_in(r, &p, buf + p.at, now_us);
	} else if (!noise) {
		source_jitter(r, &p, r->arrival_us);
		audio_in(r, &p, buf + p.at, now_us);
	}
}

static int64_t arrival_of(struct rtp_port *r, struct msghdr *h, int64_t now_us)
{
	struct cmsghdr *c = CMSG_FIRSTHDR(h);
	struct timespec t;
	int64_t us;

	if (!c || c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_TIMESTAMPNS)
		return now_us;
	memcpy(&t, CMSG_DATA(c), sizeof(t));
	us = t.tv_sec * 1000000ll + t.tv_nsec / 1000 - r->port.m->realtime_off_us;
	return us > now_us || us < now_us - 1000000 ? now_us : us;	/* the host's wall clock was set */
}

/* Reads what is there. One read where one packet is expected; more only when a packet had to wait so long
 * that the next may be there too. Returns the datagrams read. */
static int drain(struct rtp_port *r, int64_t now_us)
{
	uint8_t buf[RTP_DATAGRAM_MAX];
	int n;

	for (n = 0; n < READS_MAX; n++) {
		union sock_addr from;
		char control[CMSG_SPACE(sizeof(struct timespec))] __attribute__((aligned(8)));
		struct iovec v = { buf, sizeof(buf) };
		struct msghdr h = { .msg_iov = &v, .msg_iovlen = 1, .msg_control = control,
				    .msg_controllen = sizeof(control) };
		bool connected = r->connected;
		ssize_t len;

		if (!connected) {
			h.msg_name = &from;
			h.msg_namelen = sizeof(from);
		}
		len = recvmsg(r->rtp_fd, &h, MSG_DONTWAIT);

		if (len < 0 && errno == ECONNREFUSED)
			continue;	/* ICMP about a packet of ours: nobody listens there (yet) */
		if (len < 0)
			break;
		r->arrival_us = arrival_of(r, &h, now_us);
		heads_put(r, &(struct heads_packet){ r->arrival_us, false, buf, (size_t)len, connected ? NULL : &from });
		packet_in(r, buf, (size_t)len, connected ? NULL : &from, now_us);
		if (now_us - r->arrival_us < (int64_t)r->packet_in * SAMPLE_US / 2) {
			n++;
			break;
		}
	}
	return n;
}

/* --- When to read ------------------------------------------------------------------------------------------- */

int64_t rtp_feed_line(struct media_port *p, int64_t now_us)
{
	struct rtp_port *r = rtp_of(p);
	int cushion = (int)line_cushion(p->peer), fill;
	uint8_t buf[STARVE_SAMPLES];

	drain(r, now_us);
	fill = line_fill(p->peer, now_us);
	if (r->flowing && fill <= LOW_SAMPLES) {
		if (r->jitter.held)
			play_kept(r, true, now_us);
		else if (jitter_starve(&r->jitter, buf, sizeof(buf)))
			put_on_line(r, buf, sizeof(buf), now_us);
		else
			stop_flow(r);
		fill = line_fill(p->peer, now_us);
	}
	if (!r->flowing) {
		arm(r);
		return -1;
	}
	return fill > cushion ? now_us + (int64_t)(fill - cushion) * SAMPLE_US : now_us + WHEEL_SLOT_US;
}

void rtp_in_flush(struct rtp_port *r)
{
	uint8_t octet;

	for (int i = 0; i < FLUSH_MAX && (recv(r->rtp_fd, &octet, 1, MSG_DONTWAIT) >= 0 || errno == ECONNREFUSED); i++)
		;
}

void rtp_discard(struct media_port *p, int64_t now_us)
{
	drain(rtp_of(p), now_us);
	stop_flow(rtp_of(p));
}

void rtp_in_poll(void *owner, int64_t now_us)
{
	struct rtp_port *r = owner;
	int64_t next;

	if (plays_on_line(r))
		return;		/* the line asks when it needs something */
	if (drain(r, now_us)) {
		r->misses = 0;
		next = r->arrival_us + r->packet_in * SAMPLE_US + MARGIN_US;
	} else {
		if (r->jitter.held && r->misses > 1)
			play_kept(r, true, now_us);
		if (++r->misses > MISSES_MAX) {
			arm(r);
			return;
		}
		next = now_us + WHEEL_SLOT_US;
	}
	wheel_add(&r->port.m->wheel, &r->poll_due, next > now_us ? next : now_us + WHEEL_SLOT_US);
}

void rtp_in_ready(struct rtp_port *r, int64_t now_us)
{
	r->armed = false;	/* EPOLLONESHOT */
	r->misses = 0;
	if (plays_on_line(r))
		line_kick(r->port.peer, now_us);
	else
		rtp_in_poll(r, now_us);
}

void rtp_in_start(struct rtp_port *r, int64_t now_us)
{
	stop_flow(r);
	r->misses = 0;
	r->last_in_us = r->quiet_us = now_us;
	wheel_remove(&r->port.m->wheel, &r->poll_due);
	if (r->signalled)
		arm(r);
}

void rtp_in_sweep(struct rtp_port *r, int64_t now_us)
{
	struct media_stats *st = &r->port.st;
	uint64_t expected = rtp_in_expected(&r->src), received = r->src.received;

	if (now_us >= r->stray_us) {
		r->stray_us = now_us + STRAYS_US;
		rtp_in_strays(r);
	}
	if (r->event_in.active && now_us - r->event_in.last_us > EVENT_OVER_US)
		event_over(r, now_us);
	st->lost = r->src.lost_before + (expected > received ? expected - received : 0);
	st->jitter_us = r->src.jitter16 / 16 * SAMPLE_US;
	st->late = r->jitter.late;
	st->inserted = r->jitter.inserted;
	st->dropped = r->jitter.dropped;
	tell_partner(r);
	if (!r->signalled || !(r->remote.dir & MEDIA_RECV))
		return;
	if (r->last_in_us > r->quiet_us)
		r->quiet_us = r->last_in_us;
	if (!r->lost_told && now_us - r->last_in_us >= LOST_US) {
		r->lost_told = true;
		port_report(&r->port, MEDIA_RTP_LOST, 0, 0);
		tell_partner(r);
	}
	if (r->conf.rtp_timeout_ms && now_us - r->quiet_us >= r->conf.rtp_timeout_ms * 1000ll) {
		r->quiet_us = now_us;	/* said again each time as long passes */
		port_report(&r->port, MEDIA_RTP_TIMEOUT, 0, 0);
	}
}
