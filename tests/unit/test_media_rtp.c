/* SPDX-License-Identifier: GPL-2.0-or-later */
/* RTP streams: relay, strangers, timeouts, ports, RTCP; with real sockets and in real time. */
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

/* RTP to RTP: 20 ms of mu-law in, 30 ms of A-law out. */
static void relay(void **state)
{
	struct conversation *ca = conversation(5), *cb = conversation(6);
	uint8_t want[PACKETS * N - 2 * N];
	struct media_port *a, *b;
	struct rig_peer pa, pb;
	struct rig r;

	(void)state;
	rig_open(&r, false, 22000);
	a = rig_rtp(&r, 0, false);
	b = rig_rtp(&r, 0, false);
	rig_peer_open(&pa, a);
	rig_peer_open(&pb, b);
	rig_remote(a, &pa, HW_MULAW, 20, 0, MEDIA_SENDRECV);
	rig_remote(b, &pb, HW_ALAW, 30, 0, MEDIA_SENDRECV);
	assert_int_equal(media_join(a, b), 0);
	rig_run(&r, 20);
	converse(&r, &pa, ca, 0, &pb, cb, 8);
	for (size_t i = 0; i < sizeof(want); i++)
		want[i] = law_table(HW_MULAW, HW_ALAW)[ca->said[i]];
	assert_true(find(cb->heard, cb->n_heard, want, sizeof(want)) >= 0);
	assert_int_equal(cb->packets, PACKETS * 2 / 3);
	assert_int_equal(cb->seq_breaks + cb->ts_breaks, 0);
	assert_heard(cb, ca, law_table(HW_ALAW, HW_MULAW));
	media_port_close(a);
	media_port_close(b);
	assert_true(rig_wait(&r, &r.closed, 2, 3000));
	rig_close(&r);
	rig_peer_close(&pa);
	rig_peer_close(&pb);
	free(ca);
	free(cb);
}

/* What does not come from the signalled address, or is no RTP, is dropped and counted. */
static void strangers(void **state)
{
	struct media_port *rtp, *quiet;
	struct rig_peer good, bad;
	struct media_stats st;
	uint8_t audio[N] = { 0 };
	struct rig r;

	(void)state;
	rig_open(&r, false, 22000);
	rtp = rig_rtp(&r, 0, false);
	quiet = rig_test(&r, "quiet");
	rig_peer_open(&good, rtp);
	rig_peer_open(&bad, rtp);
	rig_send(&good, 8, true, audio, N);	/* before signalling: dropped */
	rig_run(&r, 20);
	rig_remote(rtp, &good, HW_ALAW, 20, 0, MEDIA_SENDRECV);
	assert_int_equal(media_join(rtp, quiet), 0);
	rig_run(&r, 20);
	for (int i = 0; i < 5; i++)
		rig_send(&bad, 8, false, audio, N);
	rig_send(&good, 8, true, audio, N);
	rig_send(&good, 3, false, audio, N);	/* GSM: not agreed */
	assert_int_equal(sendto(good.fd, "not RTP", 7, 0, (struct sockaddr *)&good.to, sizeof(good.to)), 7);
	good.seq -= 2;
	rig_send(&good, 8, false, audio, N);	/* again */
	rig_run(&r, 100);
	rig_port_close(&r, rtp);
	st = r.last;
	assert_int_equal(st.wrong_source, 5);
	assert_int_equal(st.wrong_payload, 1);
	assert_int_equal(st.malformed, 1);
	assert_int_equal(st.duplicate, 1);
	assert_int_equal(st.packets_in, 2);
	rig_port_close(&r, quiet);
	rig_close(&r);
	rig_peer_close(&good);
	rig_peer_close(&bad);
}

/* Silence of a stream that should flow is told after 3 s and at the limit; not of one on hold. */
static void timeouts(void **state)
{
	struct media_port *rtp, *held, *any;
	struct rig_peer p, ph, pa;
	uint8_t audio[N] = { 0 };
	struct rig r;

	(void)state;
	rig_open(&r, false, 22000);
	rtp = rig_rtp(&r, 1500, false);
	held = rig_rtp(&r, 1000, false);
	any = rig_rtp(&r, 0, true);
	rig_peer_open(&p, rtp);
	rig_peer_open(&ph, held);
	rig_peer_open(&pa, any);
	rig_remote(rtp, &p, HW_ALAW, 20, 0, MEDIA_SENDRECV);
	rig_remote(held, &ph, HW_ALAW, 20, 0, MEDIA_SEND);
	rig_remote(any, &p, HW_ALAW, 20, 0, MEDIA_SEND | MEDIA_RECV);
	rig_run(&r, 20);
	rig_send(&p, 8, true, audio, N);
	rig_send(&pa, 8, true, audio, N);	/* symmetric: this address is taken, whatever was signalled */
	assert_true(rig_wait(&r, &r.first_rtp, 2, 1000));
	assert_true(rig_wait(&r, &r.timeout, 1, 2500));
	assert_true(rig_wait(&r, &r.lost, 1, 2500));
	rig_send(&p, 8, true, audio, N);
	assert_true(rig_wait(&r, &r.back, 1, 1000));
	assert_in_range(r.timeout, 1, 3);
	assert_int_equal(r.back, 1);
	rig_port_close(&r, rtp);
	rig_port_close(&r, held);
	assert_int_equal(r.last.packets_in, 0);
	rig_port_close(&r, any);
	assert_int_equal(r.last.packets_in, 1);
	assert_int_equal(r.last.wrong_source, 0);
	rig_close(&r);
	rig_peer_close(&p);
	rig_peer_close(&ph);
	rig_peer_close(&pa);
}

/* Ports are pairs of the range given, and come back when a stream is closed. */
static void port_range(void **state)
{
	struct media_port *p[100];
	struct media_rtp_conf conf = { .cname = "x" };
	struct sockaddr_in *a = (struct sockaddr_in *)&conf.local;
	struct media_port *more;
	struct rig r;

	(void)state;
	rig_open(&r, false, 22000);
	for (int i = 0; i < 100; i++) {
		p[i] = rig_rtp(&r, 0, false);
		assert_int_equal(media_rtp_local(p[i]) % 2, 0);
		assert_in_range(media_rtp_local(p[i]), 22000, 22198);
	}
	a->sin_family = AF_INET;
	a->sin_addr.s_addr = rig_address();
	assert_int_equal(media_rtp_port(r.media, &conf, NULL, NULL, &more), -EADDRINUSE);
	rig_port_close(&r, p[40]);
	p[40] = rig_rtp(&r, 0, false);
	for (int i = 0; i < 100; i++)
		media_port_close(p[i]);
	assert_true(rig_wait(&r, &r.closed, 101, 3000));
	rig_close(&r);
}

/* RTCP: what the far end reports is in the statistics; a stream that ends says BYE with a report on what came. */
static void reports(void **state)
{
	struct rtcp_sender us = { .sent = true, .ssrc = 0x12345678, .ntp = 0x1122334455667788, .cname = "far@end" };
	struct rtcp_source them = { .heard = true, .lost = 3, .jitter = 40 };
	struct media_port *rtp, *quiet;
	struct rtcp_report got;
	struct rig_peer p;
	uint8_t audio[N] = { 0 }, h[12], buf[1500];
	struct sockaddr_in to;
	struct rig r;
	ssize_t n;

	(void)state;
	rig_open(&r, false, 22000);
	rtp = rig_rtp(&r, 0, false);
	quiet = rig_test(&r, "quiet");
	rig_peer_open(&p, rtp);
	rig_remote(rtp, &p, HW_ALAW, 20, 0, MEDIA_SENDRECV);
	assert_int_equal(media_join(rtp, quiet), 0);
	assert_int_equal(rig_recv(&p, h, buf, sizeof(buf), 1000), N);
	them.ssrc = (uint32_t)h[8] << 24 | (uint32_t)h[9] << 16 | (uint32_t)h[10] << 8 | h[11];
	for (int i = 0; i < 4; i++, p.ts += N, p.seq = (uint16_t)(p.seq + (i == 2)))	/* one is never sent */
		rig_send(&p, 8, i == 0, audio, N);
	rig_run(&r, 60);
	to = p.to;
	to.sin_port = htons((uint16_t)(ntohs(to.sin_port) + 1));
	n = (ssize_t)rtcp_build(buf, &us, &them, false);
	assert_int_equal(sendto(p.rtcp_fd, buf, (size_t)n, 0, (struct sockaddr *)&to, sizeof(to)), n);
	rig_run(&r, 100);
	rig_port_close(&r, rtp);
	assert_int_equal(r.last.remote_lost, 3);
	assert_int_equal(r.last.remote_jitter_us, 5000);
	assert_int_equal(r.last.lost, 1);
	n = recv(p.rtcp_fd, buf, sizeof(buf), MSG_DONTWAIT);
	assert_true(n > 0);
	assert_int_equal(rtcp_parse(buf, (size_t)n, 0x12345678, &got), 0);
	assert_true(got.sr && got.bye && got.report && got.ssrc == them.ssrc);
	assert_int_equal(got.lost, 1);
	assert_int_equal(got.lsr, 0x33445566);
	rig_port_close(&r, quiet);
	rig_close(&r);
	rig_peer_close(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(relay),
		cmocka_unit_test(strangers),
		cmocka_unit_test(timeouts),
		cmocka_unit_test(port_range),
		cmocka_unit_test(reports),
	};
	struct sched_param priority = { .sched_priority = 5 };

	/* The peers that the tests play send on time, also on a busy host; refusal does no harm. */
	sched_setscheduler(0, SCHED_FIFO, &priority);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
