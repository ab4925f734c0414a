/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gateway/ops/capture.h: the last packets of D channels, SIP and RTP, in a ring of memory; the oldest leave as new ones
 * come. Loop thread only.
 */
#ifndef GATEWAY_OPS_CAPTURE_H
#define GATEWAY_OPS_CAPTURE_H

#include "gateway/ops/pcapng.h"

enum capture_kind { CAPTURE_LAPD, CAPTURE_SIP, CAPTURE_RTP };

struct capture_packet {
	int64_t wall_us;		/* since 1970 */
	uint8_t kind;			/* enum capture_kind */
	bool out;			/* we sent it */
	uint16_t span;			/* LAPD */
	uint16_t len;			/* octets kept */
	uint16_t whole;			/* octets that it had */
	union pcapng_addr local, remote;	/* SIP, RTP */
};

struct capture;

/* OCTETS of memory, which are taken from the system as they are first used. Errors: -ENOMEM, -EINVAL (less than 64 KiB). */
int capture_open(struct capture **out, size_t octets);
void capture_close(struct capture *c);		/* NULL is fine */
void capture_put(struct capture *c, const struct capture_packet *p, const uint8_t *octets);

/* The packets in order of their coming. FN returns false to end it. OCTETS live until it returns. */
typedef bool capture_fn(void *arg, const struct capture_packet *p, const uint8_t *octets);
void capture_each(const struct capture *c, capture_fn *fn, void *arg);

struct capture_status { size_t octets, used; unsigned packets; int64_t oldest_us; /* 0 for none */ };
void capture_status(const struct capture *c, struct capture_status *out);

/* Adds one packet to a file. */
void capture_write(struct pcapng *file, const struct capture_packet *p, const uint8_t *octets);

#endif
