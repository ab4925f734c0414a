/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The media path end to end: pairs of ports on a simulated card, with real sockets and in real time. */
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
#include "gateway/media/rtp_wire.h"
#include "tests/support/conversation.h"
#include "tests/support/mediarig.h"

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

static void other_laws(void **state)
{
	(void)state;
	over_the_wire(false, HW_MULAW, HW_ALAW, 22000);
}

/* RTP, line, wire, line to line, wire, line, RTP: a call that passes through two lines stays bit-exact. */
static void tandem(void **state)
{
	struct conversation *ca = conversation(11), *cb = conversation(3000000);
	static const int chan[4] = { 1, 1 + RIG_FAR, 2 + RIG_FAR, 2 };
	struct media_port *l[4], *ra, *rb;
	struct hw_line *h[4];
	struct rig_peer a, b;
	struct rig r;

	(void)state;
	rig_open(&r, false, 22000);
	for (int i = 0; i < 4; i++)
		l[i] = rig_line(&r, chan[i], &h[i], false);
	ra = rig_rtp(&r, 0, false);
	rb = rig_rtp(&r, 0, false);
	rig_peer_open(&a, ra);
	rig_peer_open(&b, rb);
	rig_remote(ra, &a, HW_ALAW, 20, 0, MEDIA_SENDRECV);
	rig_remote(rb, &b, HW_ALAW, 20, 0, MEDIA_SENDRECV);
	assert_int_equal(media_join(l[0], ra), 0);
	assert_int_equal(media_join(l[1], l[2]), 0);
	assert_int_equal(media_join(l[3], rb), 0);
	rig_run(&r, 60);
	converse(&r, &a, ca, 8, &b, cb, 8);
	assert_heard(ca, cb, NULL);
	assert_heard(cb, ca, NULL);
	for (int i = 0; i < 4; i++)
		media_port_close(l[i]);
	media_port_close(ra);
	media_port_close(rb);
	assert_true(rig_wait(&r, &r.closed, 6, 3000));
	for (int i = 0; i < 4; i++)
		hw_line_close(h[i]);
	rig_close(&r);
	rig_peer_close(&a);
	rig_peer_close(&b);
	free(ca);
	free(cb);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(same_law_alaw),
		cmocka_unit_test(same_law_mulaw),
		cmocka_unit_test(other_laws),
		cmocka_unit_test(tandem),
	};
	struct sched_param priority = { .sched_priority = 5 };

	/* The peers that the tests play send on time, also on a busy host; refusal does no harm. */
	sched_setscheduler(0, SCHED_FIFO, &priority);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
