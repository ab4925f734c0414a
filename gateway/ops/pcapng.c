/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gateway/ops/pcapng.c: blocks of a capture file; see pcapng.h. Section numbers are those of draft-ietf-opsawg-pcapng. */
#include "gateway/ops/pcapng.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SECTION = 0x0a0d0d0a, INTERFACE = 1, PACKET = 6 };	/* block types: 4.1, 4.2, 4.3 */
enum { OPT_END = 0, SHB_USERAPPL = 4, IF_NAME = 2, IF_DESCRIPTION = 3, EPB_FLAGS = 2 };
enum { INBOUND = 1, OUTBOUND = 2 };				/* epb_flags, bits 0 and 1 */

#define BYTE_ORDER_MAGIC 0x1a2b3c4du
#define IP_UDP_MAX 48		/* octets of an IPv6 and a UDP header */

static uint8_t *room(struct pcapng *p, size_t n)
{
	size_t max = p->max ? p->max : 4096;
	uint8_t *more;

	while (max - p->n < n)
		max *= 2;
	if (max != p->max) {
		more = realloc(p->data, max);
		if (!more) {
			p->failed = true;
			return NULL;
		}
		p->data = more;
		p->max = max;
	}
	p->n += n;
	return p->data + p->n - n;
}

static void put(struct pcapng *p, const void *octets, size_t n)
{
	static const uint8_t zeros[4];
	size_t pad = -n & 3;
	uint8_t *at = room(p, n + pad);

	if (!at)
		return;
	memcpy(at, octets, n);
	memcpy(at + n, zeros, pad);
}

/* Little endian, as the magic says. */
static void put32(struct pcapng *p, uint32_t v)
{
	const uint8_t b[4] = { (uint8_t)v, (uint8_t)(v >> 8), (uint8_t)(v >> 16), (uint8_t)(v >> 24) };

	put(p, b, sizeof(b));
}

static void put16s(struct pcapng *p, uint16_t a, uint16_t b)
{
	put32(p, (uint32_t)b << 16 | a);
}

static void option(struct pcapng *p, uint16_t code, const void *octets, size_t n)
{
	put16s(p, code, (uint16_t)n);
	put(p, octets, n);
}

static size_t block_begin(struct pcapng *p, uint32_t type)
{
	size_t at = p->n;

	put32(p, type);
	put32(p, 0);
	return at;
}

/* The length stands at both ends (3.1). */
static void block_end(struct pcapng *p, size_t at)
{
	uint32_t len = (uint32_t)(p->n - at + 4);
	const uint8_t b[4] = { (uint8_t)len, (uint8_t)(len >> 8), (uint8_t)(len >> 16), (uint8_t)(len >> 24) };

	put32(p, len);
	if (p->failed)
		p->n = at;	/* no half block */
	else
		memcpy(p->data + at + 4, b, sizeof(b));
}

void pcapng_begin(struct pcapng *p, const char *application)
{
	size_t at;

	memset(p, 0, sizeof(*p));
	at = block_begin(p, SECTION);
	put32(p, BYTE_ORDER_MAGIC);
	put16s(p, 1, 0);		/* version 1.0 */
	put32(p, UINT32_MAX);
	put32(p, UINT32_MAX);		/* length of the section: not told */
	option(p, SHB_USERAPPL, application, strlen(application));
	put16s(p, OPT_END, 0);
	block_end(p, at);
}

void pcapng_end(struct pcapng *p)
{
	free(p->data);
	p->data = NULL;
	p->n = p->max = 0;
}

/* That of SPAN which was said to be so, the last one for want of room; n_interfaces: none. */
static unsigned find(const struct pcapng *p, int span, const char *about)
{
	bool full = p->n_interfaces == PCAPNG_INTERFACES;
	unsigned last = p->n_interfaces;

	for (unsigned i = 0; i < p->n_interfaces; i++) {
		if (p->interface[i] != span)
			continue;
		if (p->said[i] == about)
			return i;
		last = full ? i : last;
	}
	return last;
}

/* The number of the interface, described at its first packet, and anew when its dialect has become another one. */
static uint32_t interface(struct pcapng *p, int span)
{
	const char *about = span >= 0 && p->about ? p->about(p->about_arg, span) : NULL;
	unsigned i = find(p, span, about);
	char name[32];
	size_t at;

	if (i < p->n_interfaces || i == PCAPNG_INTERFACES)
		return i < PCAPNG_INTERFACES ? i : 0;
	p->said[i] = about;
	p->interface[p->n_interfaces++] = span;
	at = block_begin(p, INTERFACE);
	put16s(p, span < 0 ? PCAPNG_RAW_IP : PCAPNG_LAPD, 0);
	put32(p, 0);			/* no limit of length */
	snprintf(name, sizeof(name), span < 0 ? "IP" : "D channel of span %d", span);
	option(p, IF_NAME, name, strlen(name));
	if (about)
		option(p, IF_DESCRIPTION, about, strlen(about));
	put16s(p, OPT_END, 0);
	block_end(p, at);
	return i;
}

static size_t packet_begin(struct pcapng *p, int span, int64_t wall_us, size_t len, size_t whole)
{
	uint32_t no = interface(p, span);
	size_t at = block_begin(p, PACKET);

	put32(p, no);
	put32(p, (uint32_t)((uint64_t)wall_us >> 32));
	put32(p, (uint32_t)wall_us);	/* microseconds are the default (if_tsresol) */
	put32(p, (uint32_t)len);
	put32(p, (uint32_t)whole);
	return at;
}

static void packet_end(struct pcapng *p, size_t at, bool out)
{
	const uint8_t flags[4] = { out ? OUTBOUND : INBOUND };

	option(p, EPB_FLAGS, flags, sizeof(flags));
	put16s(p, OPT_END, 0);
	block_end(p, at);
}

void pcapng_lapd(struct pcapng *p, int span, int64_t wall_us, bool out, const uint8_t *frame, size_t len)
{
	size_t at = packet_begin(p, span, wall_us, len, len);

	put(p, frame, len);
	packet_end(p, at, out);
}

/* --- IP and UDP headers ------------------------------------------------------------------------- */

static void be16(uint8_t *p, size_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static uint16_t ip_checksum(const uint8_t *p, size_t n)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < n; i += 2)
		sum += (uint32_t)(p[i] << 8 | p[i + 1]);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

/* RFC 791, RFC 8200 and RFC 768; no checksum of the data, which may be cut short. Returns the length. */
static size_t headers(uint8_t out[IP_UDP_MAX], const union pcapng_addr *a, const union pcapng_addr *b, size_t whole)
{
	size_t ip = a->sa.sa_family == AF_INET6 ? 40 : 20, n = whole + 8;

	memset(out, 0, IP_UDP_MAX);
	if (ip == 40) {
		out[0] = 0x60;
		be16(out + 4, n);
		out[6] = IPPROTO_UDP;
		out[7] = 64;
		memcpy(out + 8, &a->in6.sin6_addr, 16);
		memcpy(out + 24, &b->in6.sin6_addr, 16);
		memcpy(out + ip, &a->in6.sin6_port, 2);
		memcpy(out + ip + 2, &b->in6.sin6_port, 2);
	} else {
		out[0] = 0x45;
		be16(out + 2, n + ip);
		out[8] = 64;
		out[9] = IPPROTO_UDP;
		memcpy(out + 12, &a->in.sin_addr, 4);
		memcpy(out + 16, &b->in.sin_addr, 4);
		be16(out + 10, ip_checksum(out, ip));
		memcpy(out + ip, &a->in.sin_port, 2);
		memcpy(out + ip + 2, &b->in.sin_port, 2);
	}
	be16(out + ip + 4, n);
	return ip + 8;
}

void pcapng_udp(struct pcapng *p, const union pcapng_addr *a, const union pcapng_addr *b, int64_t wall_us, bool out,
		const uint8_t *octets, size_t len, size_t whole)
{
	uint8_t head[IP_UDP_MAX], *to;
	size_t n, at, pad;

	n = headers(head, a, b, whole);
	at = packet_begin(p, -1, wall_us, n + len, n + whole);
	pad = -(n + len) & 3;
	to = room(p, n + len + pad);
	if (to) {
		memcpy(to, head, n);
		memcpy(to + n, octets, len);
		memset(to + n + len, 0, pad);
	}
	packet_end(p, at, out);
}
