/* SPDX-License-Identifier: GPL-2.0-or-later */
/* RTP (RFC 3550, 3551) and telephone-events (RFC 4733) of the test peer; see sipcall.h. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/support/sipcall.h"

#define RTP_HEADER 12
#define DTMF_MS 100		/* length of a digit and of the pause after it */

int sc_rtp_open(struct sc *s, struct sc_end *e)
{
	for (int tries = 0; tries < 2000; tries++) {
		struct sockaddr_in a = s->conf.local;
		int size = 1 << 20;

		e->port = (uint16_t)(s->conf.rtp_first + 2 * (s->next_port++ % 300));
		a.sin_port = htons(e->port);
		e->fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
		if (e->fd < 0)
			return -errno;
		setsockopt(e->fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
		if (!bind(e->fd, (struct sockaddr *)&a, sizeof(a)))
			return 0;
		close(e->fd);
		e->fd = -1;
	}
	return -EADDRINUSE;
}

static void open_record(struct sc *s, struct sc_end *e)
{
	char path[512];

	if (!s->conf.record || e->rec)
		return;
	snprintf(path, sizeof(path), "%s/%s-%u.raw", s->conf.record, e->uac ? "uac" : "uas", e->index);
	e->rec = fopen(path, "wb");
}

/* Where an end begins in the source: far from all others in the random one. */
static size_t start_of(const struct sc *s, const struct sc_end *e)
{
	return s->src.wraps ? (size_t)(e->index * 2 + !e->uac) * 7919 % s->src.len : 0;
}

void sc_rtp_start(struct sc *s, struct sc_end *e, const struct sipmsg_sdp *sdp, int64_t now)
{
	e->peer = sdp->rtp;
	e->dtmf_payload = sdp->dtmf;
	if (e->uac && s->conf.pcma_too)
		e->payload = sdp->payload;
	if (e->next_tx || s->conf.audio == SC_AUDIO_NONE)
		return;
	e->ssrc = (uint32_t)rand();
	e->seq = (uint16_t)rand();
	e->ts = (uint32_t)rand();
	/* Spread the senders over the packet time, as independent ends would be. */
	e->next_tx = now + (e->index * 2 + !e->uac) * 997 % (s->conf.ptime * 1000);
	open_record(s, e);
}

void sc_rtp_stop(struct sc_end *e)
{
	e->next_tx = 0;
	if (e->fd >= 0)
		close(e->fd);
	e->fd = -1;
	if (e->rec)
		fclose(e->rec);
	e->rec = NULL;
}

/* Sets the tracker up when the first packet arrives and both ends are known. */
static void track_ready(struct sc *s, struct sc_end *e)
{
	const struct sc_end *far = s->conf.echo ? e : e->other;

	if (!e->track.src && far)
		audio_track_init(&e->track, &s->src, start_of(s, far), e->uac ? s->conf.map_down : s->conf.map_up);
}

static void send_packet(struct sc_end *e, const uint8_t *body, size_t len, int payload, bool marker, uint32_t ts)
{
	uint8_t p[RTP_HEADER + 480];

	p[0] = 0x80;
	p[1] = (uint8_t)(payload | (marker ? 0x80 : 0));
	p[2] = (uint8_t)(e->seq >> 8);
	p[3] = (uint8_t)e->seq;
	for (int i = 0; i < 4; i++) {
		p[4 + i] = (uint8_t)(ts >> (24 - 8 * i));
		p[8 + i] = (uint8_t)(e->ssrc >> (24 - 8 * i));
	}
	memcpy(p + RTP_HEADER, body, len);
	if (sendto(e->fd, p, RTP_HEADER + len, 0, (struct sockaddr *)&e->peer, sizeof(e->peer)) < 0 && errno != ECONNREFUSED)
		return;
	e->seq++;
	e->packets_out++;
}

/* One packet time of a digit; false when there is none to send. RFC 4733 2.5.1.3: the end goes three times. */
static bool send_digit(struct sc *s, struct sc_end *e)
{
	static const char keys[] = "0123456789*#ABCD";
	const char *digits = e->uac ? s->conf.dtmf : s->conf.uas_dtmf;
	unsigned step = s->conf.ptime * 8, n = DTMF_MS / s->conf.ptime;
	const char *key;
	unsigned length;
	uint8_t body[4];

	if (!digits || e->dtmf_payload < 0 || e->sent < 8000 || !digits[e->digit])
		return false;
	if (e->digit_pause) {
		e->digit_pause--;
		return false;
	}
	key = strchr(keys, digits[e->digit]);
	if (!key)
		return false;
	if (!e->digit_packet)
		e->digit_ts = e->ts;
	length = ++e->digit_packet * step;
	body[0] = (uint8_t)(key - keys);
	body[1] = 10;
	body[2] = (uint8_t)(length >> 8);
	body[3] = (uint8_t)length;
	if (e->digit_packet >= n) {
		body[1] |= 0x80;
		for (int i = 0; i < 2; i++)
			send_packet(e, body, 4, e->dtmf_payload, false, e->digit_ts);
		e->digit++;
		e->digit_packet = 0;
		e->digit_pause = n;
	}
	send_packet(e, body, 4, e->dtmf_payload, e->digit_packet == 1, e->digit_ts);
	return true;
}

void sc_rtp_send(struct sc *s, struct sc_end *e, int64_t now)
{
	unsigned len = s->conf.ptime * 8;

	while (e->next_tx && e->next_tx <= now && e->fd >= 0) {
		uint8_t body[480];

		if (!send_digit(s, e)) {
			for (unsigned i = 0; i < len; i++)
				body[i] = s->conf.audio == SC_AUDIO_QUIET ?
						  (e->payload ? 0xd5 : 0xff) :
						  audio_source_at(&s->src, start_of(s, e), e->sent + i);
			send_packet(e, body, len, e->payload, !e->packets_out, e->ts);
		}
		e->tx_time[e->sent / len % SC_TX_TIMES] = now;
		e->sent += len;
		e->ts += len;
		e->next_tx += s->conf.ptime * 1000;
	}
}

static void received_event(struct sc_end *e, const uint8_t *body, uint32_t ts)
{
	size_t n = strlen(e->seen_dtmf);

	if (!(body[1] & 0x80) || ts == e->last_event_ts || body[0] > 15 || n + 1 >= sizeof(e->seen_dtmf))
		return;
	e->last_event_ts = ts;
	e->seen_dtmf[n] = "0123456789*#ABCD"[body[0]];
	e->seen_dtmf[n + 1] = 0;
}

/*
 * What was added to the octet just received, beyond the time that packets hold: it was sent at the start of its
 * packet's time, would have been played some octets later, and came back at the end of a packet.
 */
static void note_delay(struct sc *s, struct sc_end *e, int64_t now)
{
	const struct sc_end *far = s->conf.echo ? e : e->other;
	unsigned len = s->conf.ptime * 8;
	int64_t d;

	if (!e->track.locked || !e->track.next || far->sent - e->track.next >= (uint64_t)len * (SC_TX_TIMES - 1))
		return;
	d = now - far->tx_time[(e->track.next - 1) / len % SC_TX_TIMES] - (int64_t)((e->track.next - 1) % len + 1) * 125;
	if (!e->delays || d < e->delay_min)
		e->delay_min = d;
	if (d > e->delay_max)
		e->delay_max = d;
	e->delay_sum += d;
	e->delays++;
}

void sc_rtp_receive(struct sc *s, struct sc_end *e, int64_t now)
{
	uint8_t p[2048];
	struct sockaddr_in from;
	socklen_t from_len = sizeof(from);
	ssize_t n;

	while (e->fd >= 0 && (n = recvfrom(e->fd, p, sizeof(p), 0, (struct sockaddr *)&from, &from_len)) > 0) {
		const struct sc_end *far = s->conf.echo ? e : e->other;
		int payload = p[1] & 0x7f;

		if (n < RTP_HEADER || p[0] != 0x80 || from.sin_addr.s_addr != s->conf.remote.sin_addr.s_addr) {
			e->foreign++;
			continue;
		}
		if (payload == e->dtmf_payload && n >= RTP_HEADER + 4) {
			received_event(e, p + RTP_HEADER, (uint32_t)p[4] << 24 | (uint32_t)p[5] << 16 | p[6] << 8 | p[7]);
			continue;
		}
		if (payload != e->payload) {
			e->foreign++;
			continue;
		}
		e->packets_in++;
		if (e->rec)
			fwrite(p + RTP_HEADER, 1, (size_t)n - RTP_HEADER, e->rec);
		track_ready(s, e);
		if (!e->track.src || s->conf.audio == SC_AUDIO_QUIET)
			continue;
		audio_track_feed(&e->track, p + RTP_HEADER, (size_t)n - RTP_HEADER, far->sent);
		note_delay(s, e, now);
	}
}
