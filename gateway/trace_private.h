/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gateway/trace_private.h: between trace.c (what passes, the running trace, files by themselves) and trace_pick.c (which packets
 * of the memory belong to a call or a span). */
#ifndef GATEWAY_TRACE_PRIVATE_H
#define GATEWAY_TRACE_PRIVATE_H

#include "gateway/ops/capture.h"
#include "gateway/trace.h"

#define TRACE_IDS 6		/* SIP Call-IDs of one call: each destination tried has its own */
#define TRACE_SPANS 4
#define TRACE_CALLS 256		/* whose legs are remembered */

struct trace_call {
	uint64_t call;		/* 0: free */
	int64_t from_us, to_us;	/* wall clock; to_us 0 while it lasts */
	int span[TRACE_SPANS];
	char id[TRACE_IDS][128];
};

struct trace_pick {		/* what is wanted; zeroed: everything */
	const struct trace_call *call;
	int span;
	bool mask;
	pcapng_about_fn *about;	/* of a D channel, and its argument */
	void *about_arg;
};

/* A file of what is wanted; its data is NULL when there was nothing. */
void trace_pick(const struct capture *c, const struct trace_pick *want, struct pcapng *out);
/* Adds one packet, masked where it is asked for. */
void trace_put(struct pcapng *out, const struct capture_packet *p, const uint8_t *octets, bool mask);

#endif
