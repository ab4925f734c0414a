/* SPDX-License-Identifier: GPL-2.0-or-later */
/* RTP, RTCP and telephone events as octets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/media/rtp_wire.h"

static const struct {
	const char *why;
	size_t len;
	uint8_t buf[64];
	int err;
	size_t at, payload;
} headers[] = {
	{ "the least there is", 12, { 0x80, 8 }, 0, 12, 0 },
	{ "one octet short", 11, { 0x80, 8 }, -1, 0, 0 },
	{ "nothing", 0, { 0 }, -1, 0, 0 },
	{ "version 1", 20, { 0x40, 8 }, -1, 0, 0 },
	{ "version 3", 20, { 0xc0, 8 }, -1, 0, 0 },
	{ "marker and payload", 20, { 0x80, 0x88 }, 0, 12, 8 },
	{ "RTCP on the RTP port", 20, { 0x80, 200 }, -1, 0, 0 },
	{ "two CSRCs", 24, { 0x82, 0 }, 0, 20, 4 },
	{ "more CSRCs than octets", 20, { 0x8f, 0 }, -1, 0, 0 },
	{ "extension of one word", 24, { 0x90, 0, [12] = 0xbe, 0xde, 0, 1 }, 0, 20, 4 },
	{ "extension longer than the packet", 24, { 0x90, 0, [12] = 0xbe, 0xde, 0, 9 }, -1, 0, 0 },
	{ "extension header cut", 14, { 0x90, 0 }, -1, 0, 0 },
	{ "padding of four", 20, { 0xa0, 0, [19] = 4 }, 0, 12, 4 },
	{ "padding of all", 20, { 0xa0, 0, [19] = 8 }, 0, 12, 0 },
	{ "padding longer than the payload", 20, { 0xa0, 0, [19] = 9 }, -1, 0, 0 },
	{ "padding of none", 20, { 0xa0, 0, [19] = 0 }, -1, 0, 0 },
};

static void parse(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++) {
		struct rtp_packet p;
		int err = rtp_parse(headers[i].buf, headers[i].len, &p);

		if ((err != 0) != (headers[i].err != 0) ||
		    (!err && (p.at != headers[i].at || p.len != headers[i].payload)))
			fail_msg("%s: %d", headers[i].why, err);
	}
}

static void build(void **state)
{
	struct rtp_packet p = { .payload_type = 101, .marker = true, .seq = 65535, .ts = 0xfffffff0, .ssrc = 0xdeadbeef }, q;
	uint8_t b[16] = { 0 };

	(void)state;
	rtp_build(b, &p);
	assert_int_equal(rtp_parse(b, sizeof(b), &q), 0);
	assert_true(q.payload_type == 101 && q.marker && q.seq == 65535 && q.ts == 0xfffffff0 && q.ssrc == 0xdeadbeef);
}

static void events(void **state)
{
	struct rtp_event e = { .event = 11, .end = true, .volume = 10, .duration = 800 }, f;
	uint8_t b[4];

	(void)state;
	rtp_event_build(b, &e);
	assert_memory_equal(b, "\x0b\x8a\x03\x20", 4);	/* RFC 4733 2.3 */
	assert_int_equal(rtp_event_parse(b, 4, &f), 0);
	assert_true(f.event == 11 && f.end && f.volume == 10 && f.duration == 800);
	assert_int_not_equal(rtp_event_parse(b, 3, &f), 0);
	for (int i = 0; i < 16; i++)
		assert_int_equal(rtp_event_code(rtp_event_digit((uint8_t)i)), i);
	assert_int_equal(rtp_event_digit(16), '!');	/* hook flash */
	assert_int_equal(rtp_event_digit(17), 0);
	assert_int_equal(rtp_event_code('!'), -1);	/* taken, and never sent */
	assert_int_equal(rtp_event_code('x'), -1);
	assert_int_equal(rtp_event_code(0), -1);
}

static void reports(void **state)
{
	struct rtcp_sender us = { .sent = true, .ssrc = 1, .ts = 2, .packets = 3, .octets = 4,
				  .ntp = 0x0102030405060708, .cname = "a@b" };
	struct rtcp_source them = { .heard = true, .ssrc = 9, .highest_seq = 0x10005, .jitter = 77, .lsr = 5, .dlsr = 6,
				    .fraction = 10, .lost = 12 };
	struct rtcp_report got;
	uint8_t b[RTCP_MAX];
	size_t n = rtcp_build(b, &us, &them, false);

	(void)state;
	assert_int_equal(n % 4, 0);
	assert_int_equal(rtcp_parse(b, n, 9, &got), 0);
	assert_true(got.sr && got.report && !got.bye && got.ssrc == 1 && got.ntp == 0x0102030405060708);
	assert_true(got.lost == 12 && got.jitter == 77 && got.lsr == 5 && got.dlsr == 6);
	assert_int_equal(rtcp_parse(b, n, 8, &got), 0);
	assert_false(got.report);	/* about somebody else */
	them.lost = -3;			/* duplicates: more came than were sent */
	us.sent = false;
	n = rtcp_build(b, &us, &them, true);
	assert_int_equal(rtcp_parse(b, n, 9, &got), 0);
	assert_true(!got.sr && got.report && got.bye && got.lost == 0);
	for (size_t cut = 0; cut < n; cut++)	/* cut anywhere but between two packets it is not valid */
		if (!rtcp_parse(b, cut, 9, &got))
			assert_true(cut == 32 || cut == n - 8);
	them.heard = false;
	us.cname = "0123456789012345678901234567890123456789012345678901234567890123456789";
	n = rtcp_build(b, &us, &them, true);
	assert_int_equal(rtcp_parse(b, n, 9, &got), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parse),
		cmocka_unit_test(build),
		cmocka_unit_test(events),
		cmocka_unit_test(reports),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
