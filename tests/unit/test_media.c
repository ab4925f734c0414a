/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The media path end to end: pairs of ports on a simulated card, with real sockets and in real time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "gateway/media/g711.h"
#include "tests/support/mediarig.h"

#define PACKETS 50
#define N 160

/* What one end says: octets that repeat nowhere within a second, and never silence for long. */
static uint8_t octet_at(uint32_t i)
{
	i *= 2654435761u;
	return (uint8_t)(i >> 13 ^ i >> 24);
}

static long find(const uint8_t *hay, size_t n, const uint8_t *needle, size_t m)
{
	const uint8_t *at = memmem(hay, n, needle, m);

	return at ? at - hay : -1;
}

struct conversation {
	uint8_t said[PACKETS * N], heard[4 * PACKETS * N];
	size_t n_heard;
	uint16_t last_seq;
	uint32_t last_ts;
	unsigned packets, seq_breaks, ts_breaks;
};

static void listen_once(struct rig_peer *p, struct conversation *c, int timeout_ms)
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
static void converse(struct rig *r, struct rig_peer *a, struct conversation *ca, int pa, struct rig_peer *b,
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

static struct conversation *conversation(uint32_t from)
{
	struct conversation *c = calloc(1, sizeof(*c));

	for (unsigned i = 0; i < PACKETS * N; i++)
		c->said[i] = octet_at(from + i);
	return c;
}

/* Everything that one said arrived at the other, in one piece. */
static void assert_heard(const struct conversation *from, const struct conversation *at, const uint8_t *conv)
{
	uint8_t want[PACKETS * N];

	for (size_t i = 0; i < sizeof(want); i++)
		want[i] = conv ? conv[from->said[i]] : from->said[i];
	assert_true(find(at->heard, at->n_heard, want, sizeof(want)) >= 0);
	assert_int_equal(at->seq_breaks, 0);
	assert_int_equal(at->ts_breaks, 0);
}

/* RTP - line - wire - line - RTP: both directions at once. */
static void over_the_wire(bool mulaw, int law_a, int law_b, uint16_t port)
{
	struct conversation *ca = conversation(1), *cb = conversation(1000000);
	struct media_port *la, *lb, *ra, *rb;
	struct hw_line *ha, *hb;
	struct rig_peer a, b;
	struct media_stats sa, sb;
	struct rig r;

	rig_open(&r, mulaw, port);
	la = rig_line(&r, 1, &ha, false);
	lb = rig_line(&r, 1 + (mulaw ? 24 : RIG_FAR), &hb, false);
	ra = rig_rtp(&r, 0, false);
	rb = rig_rtp(&r, 0, false);
	rig_peer_open(&a, ra);
	rig_peer_open(&b, rb);
	rig_remote(ra, &a, law_a, 20, 0, MEDIA_SENDRECV);
	rig_remote(rb, &b, law_b, 20, 0, MEDIA_SENDRECV);
	assert_int_equal(media_join(la, ra), 0);
	assert_int_equal(media_join(lb, rb), 0);
	rig_run(&r, 60);
	converse(&r, &a, ca, law_a == HW_ALAW ? 8 : 0, &b, cb, law_b == HW_ALAW ? 8 : 0);
	rig_run(&r, 300);	/* the snapshot is refreshed */
	media_port_stats(ra, &sa);
	media_port_stats(rb, &sb);
	assert_heard(ca, cb, law_table((enum hw_law)law_a, (enum hw_law)law_b));
	assert_heard(cb, ca, law_table((enum hw_law)law_b, (enum hw_law)law_a));
	assert_int_equal(sa.packets_in, PACKETS);
	assert_int_equal(sb.packets_in, PACKETS);
	assert_int_equal(sa.octets_in, PACKETS * N);
	assert_int_equal(sa.lost + sa.late + sa.duplicate + sa.reordered + sa.dropped, 0);
	assert_int_equal(r.first_rtp, 2);
	media_port_close(la);
	media_port_close(lb);
	media_port_close(ra);
	media_port_close(rb);
	assert_true(rig_wait(&r, &r.closed, 4, 3000));
	hw_line_close(ha);
	hw_line_close(hb);
	rig_close(&r);
	rig_peer_close(&a);
	rig_peer_close(&b);
	free(ca);
	free(cb);
}

static void same_law_alaw(void **state)
{
	(void)state;
	over_the_wire(false, HW_ALAW, HW_ALAW, 22000);
}

static void same_law_mulaw(void **state)
{
	(void)state;
	over_the_wire(true, HW_MULAW, HW_MULAW, 22000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(same_law_alaw),
		cmocka_unit_test(same_law_mulaw),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
