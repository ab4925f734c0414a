/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See conversation.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <arpa/inet.h>
#include <errno.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "channels/sound/g711.h"
#include "tests/support/conversation.h"

/* What one end says: octets that repeat nowhere within a second, and never silence for long. */
uint8_t octet_at(uint32_t i)
{
	i *= 2654435761u;
	return (uint8_t)(i >> 13 ^ i >> 24);
}

long find(const uint8_t *hay, size_t n, const uint8_t *needle, size_t m)
{
	const uint8_t *at = memmem(hay, n, needle, m);

	return at ? at - hay : -1;
}


void listen_once(struct rig_peer *p, struct conversation *c, int timeout_ms)
{
	uint8_t header[12], payload[1500];
	int n = rig_recv(p, header, payload, sizeof(payload), timeout_ms);
	uint16_t seq = (uint16_t)(header[2] << 8 | header[3]);
	uint32_t ts = (uint32_t)header[4] << 24 | (uint32_t)header[5] << 16 | (uint32_t)header[6] << 8 | header[7];

	if (n < 0)
		return;
	if (c->packets) {
		c->seq_breaks += seq != (uint16_t)(c->last_seq + 1);
		c->ts_breaks += ts != c->last_ts;
	}
	c->packets++;
	c->last_seq = seq;
	c->last_ts = ts + (uint32_t)n;
	if (c->n_heard + (size_t)n <= sizeof(c->heard)) {
		memcpy(c->heard + c->n_heard, payload, (size_t)n);
		c->n_heard += (size_t)n;
	}
}

/* A packet each 20 ms from both peers (B may be NULL), and what they hear. */
void converse(struct rig *r, struct rig_peer *a, struct conversation *ca, int pa, struct rig_peer *b,
		     struct conversation *cb, int pb)
{
	int64_t start = rig_now_us(), left;

	for (int i = 0; i < PACKETS + 12; i++) {
		if (i < PACKETS) {
			rig_send(a, pa, i == 0, ca->said + i * N, N);
			a->ts += N;
			if (b) {
				rig_send(b, pb, i == 0, cb->said + i * N, N);
				b->ts += N;
			}
		}
		while ((left = start + (i + 1) * 20000ll - rig_now_us()) > 0) {
			listen_once(a, ca, b ? 1 : (int)(left / 1000));
			if (b)
				listen_once(b, cb, 1);
		}
		rig_service(r);
	}
}

struct conversation *conversation(uint32_t from)
{
	struct conversation *c = calloc(1, sizeof(*c));

	for (unsigned i = 0; i < PACKETS * N; i++)
		c->said[i] = octet_at(from + i);
	return c;
}

/* Everything that one said arrived at the other, in one piece. */
void assert_heard(const struct conversation *from, const struct conversation *at, const uint8_t *conv)
{
	uint8_t want[PACKETS * N];

	for (size_t i = 0; i < sizeof(want); i++)
		want[i] = conv ? conv[from->said[i]] : from->said[i];
	assert_true(find(at->heard, at->n_heard, want, sizeof(want)) >= 0);
	assert_int_equal(at->seq_breaks, 0);
	assert_int_equal(at->ts_breaks, 0);
}
