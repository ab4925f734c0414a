/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gateway/media/rtp_wire.h: RTP, RTCP and telephone events as octets: RFC 3550, RFC 4733. Pure. */
#ifndef GATEWAY_MEDIA_RTP_WIRE_H
#define GATEWAY_MEDIA_RTP_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RTP_PT_PCMU 0
#define RTP_PT_PCMA 8
#define RTP_PT_CN 13		/* RFC 3389 comfort noise */
#define RTP_EVENT_OCTETS 4
#define RTP_EVENT_MAX 15	/* events 0 to 15 are DTMF; others but the flash are not ours */
#define RTP_EVENT_FLASH 16	/* IANA's table of audio/telephone-event */

struct rtp_packet {
	uint8_t payload_type;
	bool marker;
	uint16_t seq;
	uint32_t ts, ssrc;
	size_t at, len;		/* payload, within the datagram */
};
/* Returns 0, or -EBADMSG for what is no RTP packet (RFC 3550 A.1), RTCP included. */
int rtp_parse(const uint8_t *buf, size_t len, struct rtp_packet *out);
void rtp_build(uint8_t *header, const struct rtp_packet *p);	/* 12 octets */

struct rtp_event {
	uint8_t event;		/* 0-9, 10 *, 11 #, 12-15 A-D */
	bool end;
	uint8_t volume;		/* -dBm0 */
	uint16_t duration;	/* timestamp units */
};
int rtp_event_parse(const uint8_t *buf, size_t len, struct rtp_event *out);
void rtp_event_build(uint8_t *buf, const struct rtp_event *e);
char rtp_event_digit(uint8_t event);	/* '!' for a flash, 0 for none */
int rtp_event_code(char digit);		/* -1 for none */

/* One sender's words in a compound RTCP packet, as far as we listen. */
struct rtcp_report {
	bool sr, report, bye;
	uint32_t ssrc;			/* of the sender */
	uint64_t ntp;			/* SR: its wall clock */
	uint32_t lost, jitter;		/* report block about OUR_SSRC: cumulative lost, timestamp units */
	uint32_t lsr, dlsr;
};
/* Returns 0, or -EBADMSG when the compound is not valid (RFC 3550 A.2). */
int rtcp_parse(const uint8_t *buf, size_t len, uint32_t our_ssrc, struct rtcp_report *out);

struct rtcp_source {			/* what we say about the stream that we hear */
	bool heard;
	uint32_t ssrc, highest_seq, jitter, lsr, dlsr;
	uint8_t fraction;
	int32_t lost;
};
struct rtcp_sender {			/* and about the one that we send */
	bool sent;
	uint32_t ssrc, ts, packets, octets;
	uint64_t ntp;
	const char *cname;
};
#define RTCP_MAX 256
/* SR or RR with SDES, and BYE at the end of a stream. BUF holds RTCP_MAX octets. Returns the length. */
size_t rtcp_build(uint8_t *buf, const struct rtcp_sender *us, const struct rtcp_source *them, bool bye);

#endif
