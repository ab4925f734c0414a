/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gateway/media/rtcp.c: sender and receiver reports (RFC 3550 6) of an RTP stream. Media thread. */
#include <errno.h>
#include <sys/socket.h>
#include <time.h>

#include "gateway/media/rtp.h"

#define INTERVAL_US 5000000	/* RFC 3550 6.2: at most; spread over 0.5 to 1.5 of it (6.3.1) */
#define NTP_EPOCH 2208988800u	/* 1900 to 1970 in seconds */
#define READS_MAX 8

static uint64_t ntp_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return ((uint64_t)t.tv_sec + NTP_EPOCH) << 32 | ((uint64_t)t.tv_nsec << 32) / 1000000000u;
}

static void source_report(struct rtp_port *r, struct rtcp_source *out, int64_t now_us)
{
	struct rtp_source_state *s = &r->src;
	uint64_t expected = rtp_in_expected(s), interval, received;

	*out = (struct rtcp_source){ .heard = s->heard };
	if (!s->heard)
		return;
	interval = expected - s->expected_prior;
	received = s->received - s->received_prior;
	s->expected_prior = expected;
	s->received_prior = s->received;
	out->ssrc = s->ssrc;
	out->highest_seq = s->cycles + s->max_seq;
	out->jitter = s->jitter16 / 16;
	out->lost = (int32_t)((int64_t)expected - (int64_t)s->received);
	if (interval > received && interval)
		out->fraction = (uint8_t)((interval - received) * 256 / interval > 255 ? 255 :
							      (interval - received) * 256 / interval);
	if (s->lsr_us) {
		out->lsr = s->lsr;
		out->dlsr = (uint32_t)((now_us - s->lsr_us) * 65536 / 1000000);
	}
}

static void send_report(struct rtp_port *r, bool bye, int64_t now_us)
{
	struct rtp_out_state *o = &r->out;
	struct rtcp_sender us = { .sent = o->sent_since_report, .ssrc = o->ssrc, .packets = (uint32_t)o->packets,
				  .octets = (uint32_t)o->octets, .ntp = ntp_now(), .cname = r->conf.cname };
	struct rtcp_source them;
	uint8_t buf[RTCP_MAX];
	size_t len;

	if (!r->signalled || r->remote.rtcp.sa.sa_family == AF_UNSPEC)
		return;
	us.ts = o->ts + (o->last_us ? (uint32_t)((now_us - o->last_us) / SAMPLE_US) : 0);
	source_report(r, &them, now_us);
	len = rtcp_build(buf, &us, &them, bye);
	if (sendto(r->rtcp_fd, buf, len, MSG_DONTWAIT | MSG_NOSIGNAL, &r->remote.rtcp.sa,
		   rtp_address_size(&r->remote.rtcp)) > 0)
		o->sent_since_report = false;
}

void rtcp_sweep(struct rtp_port *r, int64_t now_us)
{
	if (!r->signalled || now_us < r->rtcp_next_us)
		return;
	if (r->rtcp_next_us)	/* the first turn only starts the interval */
		send_report(r, false, now_us);
	r->rtcp_next_us = now_us + INTERVAL_US / 2 + rtp_random(r) % INTERVAL_US;
}

void rtcp_bye(struct rtp_port *r, int64_t now_us)
{
	if (r->out.packets)
		send_report(r, true, now_us);
}

static void heard(struct rtp_port *r, const struct rtcp_report *in, uint64_t ntp, int64_t now_us)
{
	struct media_stats *st = &r->port.st;
	uint32_t middle = (uint32_t)(ntp >> 16);

	if (in->sr && r->src.heard && in->ssrc == r->src.ssrc) {
		r->src.lsr = (uint32_t)(in->ntp >> 16);
		r->src.lsr_us = now_us;
	}
	if (!in->report)
		return;
	st->remote_lost = in->lost;
	st->remote_jitter_us = (uint32_t)((uint64_t)in->jitter * SAMPLE_US > UINT32_MAX ? UINT32_MAX :
									     (uint64_t)in->jitter * SAMPLE_US);
	if (in->lsr && (int32_t)(middle - in->lsr - in->dlsr) >= 0)
		st->rtt_us = (uint32_t)((uint64_t)(middle - in->lsr - in->dlsr) * 1000000 / 65536);
}

void rtcp_ready(struct rtp_port *r, int64_t now_us)
{
	uint8_t buf[1500];

	for (int i = 0; i < READS_MAX; i++) {
		union sock_addr from;
		socklen_t size = sizeof(from);
		struct rtcp_report in;
		ssize_t len = recvfrom(r->rtcp_fd, buf, sizeof(buf), MSG_DONTWAIT, &from.sa, &size);

		if (len < 0 && errno == ECONNREFUSED)
			continue;
		if (len < 0)
			return;
		if (!r->signalled)
			continue;
		/* The port of a report is not always the one that was signalled; the host must be. */
		if (!rtp_same_address(&from, &r->remote.rtcp, false))
			r->port.st.wrong_source++;
		else if (rtcp_parse(buf, (size_t)len, r->out.ssrc, &in))
			r->port.st.malformed++;
		else
			heard(r, &in, ntp_now(), now_us);
	}
}
