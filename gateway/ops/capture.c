/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gateway/ops/capture.c: a ring of packets of different length; see capture.h. A packet lies in one piece; where it does not fit
 * before the end of the memory, the rest stays empty and it begins at the start. */
#include "gateway/ops/capture.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define OCTETS_MIN 65536

struct entry {			/* followed by the octets, up to the next multiple of 8 */
	uint32_t size;		/* with this header; 0: the rest is empty, go on at the start */
	struct capture_packet p;
};

struct capture {
	uint8_t *ring;
	size_t octets, first, end;	/* the oldest entry; where the next one goes */
	unsigned packets;
};

int capture_open(struct capture **out, size_t octets)
{
	struct capture *c;

	if (octets < OCTETS_MIN)
		return -EINVAL;
	c = calloc(1, sizeof(*c));
	if (!c)
		return -ENOMEM;
	c->octets = octets & ~(size_t)7;
	c->ring = mmap(NULL, c->octets, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (c->ring == MAP_FAILED) {
		free(c);
		return -ENOMEM;
	}
	*out = c;
	return 0;
}

void capture_close(struct capture *c)
{
	if (!c)
		return;
	munmap(c->ring, c->octets);
	free(c);
}

static struct entry *entry_at(const struct capture *c, size_t at)
{
	return (struct entry *)(void *)(c->ring + at);
}

/* Is there an entry header at AT, or does the ring go on at its start? */
static bool wraps(const struct capture *c, size_t at)
{
	return c->octets - at < sizeof(struct entry) || !entry_at(c, at)->size;
}

static size_t after(const struct capture *c, size_t at)
{
	at += entry_at(c, at)->size;
	return at < c->octets && !wraps(c, at) ? at : 0;
}

static void drop_oldest(struct capture *c)
{
	c->packets--;
	if (c->packets)
		c->first = after(c, c->first);
	else
		c->first = c->end;
}

/* Octets that are free in one piece at END; entries before FIRST are in the way of it when END has gone round. */
static size_t free_at_end(const struct capture *c)
{
	if (!c->packets || c->end > c->first)
		return c->octets - c->end;
	return c->first - c->end;
}

void capture_put(struct capture *c, const struct capture_packet *p, const uint8_t *octets)
{
	size_t size = (sizeof(struct entry) + p->len + 7) & ~(size_t)7;
	struct entry *e;

	if (size > c->octets / 2)
		return;
	if (c->octets - c->end < size) {	/* at the start, then */
		while (c->packets && c->first >= c->end)
			drop_oldest(c);
		if (c->octets - c->end >= sizeof(struct entry))
			entry_at(c, c->end)->size = 0;
		c->end = 0;
		if (!c->packets)
			c->first = 0;
	}
	while (c->packets && c->end <= c->first && free_at_end(c) < size)
		drop_oldest(c);
	if (!c->packets)
		c->first = c->end;
	e = entry_at(c, c->end);
	e->size = (uint32_t)size;
	e->p = *p;
	memcpy(e + 1, octets, p->len);
	c->end += size;
	/* What follows is an older entry's middle or memory of long ago: say that it is no entry. */
	if (c->octets - c->end >= sizeof(struct entry) && c->end != c->first)
		entry_at(c, c->end)->size = 0;
	c->packets++;
}

void capture_each(const struct capture *c, capture_fn *fn, void *arg)
{
	size_t at = c->first;

	for (unsigned i = 0; i < c->packets; i++, at = after(c, at)) {
		const struct entry *e = entry_at(c, at);

		if (!fn(arg, &e->p, (const uint8_t *)(e + 1)))
			return;
	}
}

void capture_status(const struct capture *c, struct capture_status *out)
{
	*out = (struct capture_status){ .octets = c->octets, .packets = c->packets };
	if (!c->packets)
		return;
	out->used = c->end > c->first ? c->end - c->first : c->octets - (c->first - c->end);
	out->oldest_us = entry_at(c, c->first)->p.wall_us;
}

void capture_write(struct pcapng *file, const struct capture_packet *p, const uint8_t *octets)
{
	const union pcapng_addr *from = p->out ? &p->local : &p->remote, *to = p->out ? &p->remote : &p->local;

	if (p->kind == CAPTURE_LAPD)
		pcapng_lapd(file, p->span, p->wall_us, p->out, octets, p->len);
	else
		pcapng_udp(file, from, to, p->wall_us, p->out, octets, p->len, p->whole);
}
