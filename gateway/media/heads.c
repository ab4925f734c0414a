/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gateway/media/heads.c: see heads.h. */
#include "gateway/media/heads.h"

#include <string.h>

#include "gateway/media/rtp.h"

#define HEADS 8192	/* in the queue: 85 ms of 480 calls both ways */

int media_heads(struct media *m, bool wanted)
{
	int err = m->heads.data || !wanted ? 0 : queue_open(&m->heads, HEADS, sizeof(struct media_head));

	if (!err)
		atomic_store_explicit(&m->heads_wanted, wanted, memory_order_release);
	return err;
}

bool media_next_head(struct media *m, struct media_head *out)
{
	return m->heads.data && queue_pop(&m->heads, out);
}

uint64_t media_heads_lost(const struct media *m)
{
	return atomic_load(&m->heads_lost);
}

void heads_put(const struct rtp_port *r, const struct heads_packet *p)
{
	struct media *m = r->port.m;
	struct media_head h;

	if (!atomic_load_explicit(&m->heads_wanted, memory_order_acquire))
		return;
	memset(&h, 0, sizeof(h));
	h.us = p->us;
	h.out = p->out;
	h.whole = (uint16_t)p->len;
	h.n = p->len < MEDIA_HEAD_OCTETS ? (uint8_t)p->len : MEDIA_HEAD_OCTETS;
	memcpy(h.octets, p->octets, h.n);
	memcpy(&h.local, &r->conf.local, sizeof(h.local));
	h.local.in.sin_port = htons(r->local);	/* in the same place as IPv6's */
	memcpy(&h.remote, p->remote ? p->remote : &r->remote.rtp, sizeof(h.remote));
	if (!queue_push(&m->heads, &h))
		atomic_fetch_add_explicit(&m->heads_lost, 1, memory_order_relaxed);
}
