/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gateway/media/heads.h: the headers of RTP packets that pass, for a trace. The media thread writes them to a queue while they
 * are wanted; a full queue loses them, and counts. media_heads() and media_next_head(): loop thread.
 */
#ifndef GATEWAY_MEDIA_HEADS_H
#define GATEWAY_MEDIA_HEADS_H

#include "gateway/media/media.h"

#define MEDIA_HEAD_OCTETS 16	/* RTP's 12, and the 4 of a telephone-event (RFC 4733) */

struct media_head {
	int64_t us;			/* CLOCK_MONOTONIC: sent, or by the kernel when it came */
	union {
		struct sockaddr sa;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
	} local, remote;
	bool out;
	uint8_t n;			/* octets here */
	uint16_t whole;			/* octets of the packet */
	uint8_t octets[MEDIA_HEAD_OCTETS];
};

int media_heads(struct media *m, bool wanted);		/* -ENOMEM */
bool media_next_head(struct media *m, struct media_head *out);	/* false: no more for now */
uint64_t media_heads_lost(const struct media *m);

#endif
