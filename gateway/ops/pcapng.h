/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gateway/ops/pcapng.h: packets of several networks in one file (IETF opsawg-pcapng), as Wireshark reads it: D channels
 * with the link type LAPD, and IP packets. Made in memory; who writes them to disk is another's business. Pure.
 */
#ifndef GATEWAY_OPS_PCAPNG_H
#define GATEWAY_OPS_PCAPNG_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PCAPNG_RAW_IP = 101, PCAPNG_LAPD = 203 };	/* LINKTYPE_RAW, LINKTYPE_LAPD */
#define PCAPNG_INTERFACES 256

/* What is to be known of the D channel of SPAN by those who decode it: its dialect. A text that lives on; NULL: nothing. */
typedef const char *pcapng_about_fn(void *arg, int span);

struct pcapng {
	uint8_t *data;		/* what has been made so far; the caller may take it and set data, n and max to 0 */
	size_t n, max;
	bool failed;		/* out of memory: what came after is missing */
	unsigned n_interfaces;
	int interface[PCAPNG_INTERFACES];	/* span number of a D channel; -1: IP */
	const char *said[PCAPNG_INTERFACES];	/* of it in its description */
	pcapng_about_fn *about;	/* NULL: D channels are described by nothing; the caller sets it, pcapng_begin() clears it */
	void *about_arg;
};

union pcapng_addr {
	struct sockaddr sa;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
};

void pcapng_begin(struct pcapng *p, const char *application);
void pcapng_end(struct pcapng *p);		/* frees what is left in it */
/* One frame of the D channel of SPAN, from the address field on, without FCS. OUT: we sent it. */
void pcapng_lapd(struct pcapng *p, int span, int64_t wall_us, bool out, const uint8_t *frame, size_t len);
/* One UDP datagram from A to B, of which LEN octets are known and WHOLE were sent. The headers are made here. */
void pcapng_udp(struct pcapng *p, const union pcapng_addr *a, const union pcapng_addr *b, int64_t wall_us, bool out,
		const uint8_t *octets, size_t len, size_t whole);

#endif
