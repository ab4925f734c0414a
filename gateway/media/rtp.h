/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gateway/media/rtp.h: an RTP stream as a port, between port_rtp.c, rtp_in.c, rtp_out.c and rtcp.c. Media thread. */
#ifndef GATEWAY_MEDIA_RTP_H
#define GATEWAY_MEDIA_RTP_H

#include "gateway/media/jitter.h"
#include "gateway/media/port.h"
#include "gateway/media/rtp_wire.h"

#define RTP_SAMPLES_MAX 960	/* of a packet that we build: 120 ms */
#define RTP_DATAGRAM_MAX 2048

/* What epoll hands back: which socket of which port. */
struct watch {
	struct rtp_port *rtp;
	void (*ready)(struct rtp_port *r, int64_t now_us);
};

struct rtp_source_state {	/* RFC 3550 A.1, A.3, A.8 */
	bool heard;
	uint32_t ssrc, stray_ssrc;
	bool stray;		/* the last packet was of another source, stray_ssrc */
	uint32_t cycles, base_seq;
	uint16_t max_seq;
	uint64_t seen;		/* bit n: max_seq - n was received */
	uint64_t received;
	uint64_t lost_before;	/* of sources that came before this one */
	uint64_t expected_prior, received_prior;
	int64_t transit;	/* of the last packet, in timestamp units times 16 */
	uint32_t jitter16;	/* RFC 3550 A.8: timestamp units times 16 */
	uint32_t lsr;		/* middle of the last SR's NTP time */
	int64_t lsr_us;
};

struct event_in {		/* RFC 4733: the event being heard */
	bool active;
	uint32_t ts;
	bool any;		/* ts holds the last event's, which may come again */
	char digit;
	uint32_t duration;
	int64_t last_us;
};

struct event_out {		/* an event being sent */
	bool active;
	uint8_t code;
	uint32_t ts, duration;
};

struct rtp_out_state {
	uint32_t ssrc, ts;
	uint16_t seq;
	bool marker;		/* the next packet begins a talkspurt */
	unsigned have;		/* samples collected for the next packet */
	int64_t last_us;	/* when audio was last given to us */
	struct event_out event;
	uint64_t packets, octets;
	bool sent_since_report;
	uint8_t room[RTP_HEADER + RTP_SAMPLES_MAX];
};

struct rtp_queue {		/* media_digit(): events that wait */
	unsigned first, count;
	uint32_t left, gap;	/* samples of the present one, of the pause after it */
	bool active;
	struct { char digit; uint16_t ms; } digit[DIGITS_MAX];
};

struct rtp_port {
	struct media_port port;
	int rtp_fd, rtcp_fd;
	int stray_fd;				/* the same port, for who is not our peer; -1 until there is one */
	bool connected;				/* rtp_fd takes our peer's packets alone */
	int64_t stray_us;			/* when stray_fd is looked at next */
	uint16_t local;				/* RTP port, host order */
	struct media_rtp_conf conf;
	struct watch rtp_watch, rtcp_watch;

	bool signalled;				/* remote is known */
	struct remote remote;
	bool learnt;				/* symmetric: the source was taken from a packet */
	struct rtp_source_state src;
	struct jitter jitter;
	struct event_in event_in;
	bool armed;				/* epoll tells of the next packet */
	bool flowing;				/* the partner line plays our audio without a break */
	bool first_told, lost_told;
	unsigned packet_in;			/* samples of the packets that come */
	unsigned misses;			/* polls in a row without a packet */
	int64_t arrival_us, last_in_us;		/* of the last packet, by the kernel; of the last good one */
	int64_t quiet_us;			/* since then RTP_TIMEOUT counts */
	struct due poll_due, send_due;
	int64_t send_us;			/* when the next packet of our own making is due */
	struct rtp_out_state out;
	struct rtp_queue queue;
	int64_t rtcp_next_us;
	uint32_t random;
};

static inline struct rtp_port *rtp_of(struct media_port *p)
{
	return (struct rtp_port *)p;
}

/* rtp_in.c */
void rtp_in_start(struct rtp_port *r, int64_t now_us);	/* partner or direction changed */
void rtp_in_ready(struct rtp_port *r, int64_t now_us);	/* epoll: the socket is readable */
void rtp_in_flush(struct rtp_port *r);			/* what came before signalling did is not for us */
void rtp_in_poll(void *rtp, int64_t now_us);
void rtp_in_strays(struct rtp_port *r);			/* counts what strangers sent */
void rtp_in_sweep(struct rtp_port *r, int64_t now_us);
uint64_t rtp_in_expected(const struct rtp_source_state *s);

/* rtp_out.c */
void rtp_out_push(struct rtp_port *r, uint8_t *buf, unsigned n, int64_t now_us);
void rtp_out_skip(struct rtp_port *r, uint32_t samples);	/* a gap in what is relayed */
void rtp_out_generator(struct rtp_port *r, int64_t now_us);
void rtp_out_due(void *rtp, int64_t now_us);
bool rtp_out_open(const struct rtp_port *r);		/* may we send now? */

/* heads.c: a packet that passed, for a trace; costs nothing while none wants it */
struct heads_packet {
	int64_t us;
	bool out;
	const uint8_t *octets;
	size_t len;
	const union sock_addr *remote;	/* NULL: the one that was signalled */
};
void heads_put(const struct rtp_port *r, const struct heads_packet *p);

/* rtcp.c */
void rtcp_ready(struct rtp_port *r, int64_t now_us);
void rtcp_sweep(struct rtp_port *r, int64_t now_us);
void rtcp_bye(struct rtp_port *r, int64_t now_us);

void rtp_connect(struct rtp_port *r);		/* to the peer as it is known now */
uint32_t rtp_random(struct rtp_port *r);
bool rtp_same_address(const union sock_addr *a, const union sock_addr *b, bool port_too);
socklen_t rtp_address_size(const union sock_addr *a);

#endif
