/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gateway/media/rtp_wire.h"

#include <errno.h>
#include <string.h>

enum { RTCP_SR = 200, RTCP_RR = 201, RTCP_SDES = 202, RTCP_BYE = 203 };
enum { HEADER = 12, REPORT_BLOCK = 24, SDES_CNAME = 1 };

static uint16_t get16(const uint8_t *b)
{
	return (uint16_t)(b[0] << 8 | b[1]);
}
static uint32_t get32(const uint8_t *b)
{
	return (uint32_t)get16(b) << 16 | get16(b + 2);
}
static void put16(uint8_t *b, unsigned v)
{
	b[0] = (uint8_t)(v >> 8);
	b[1] = (uint8_t)v;
}
static void put32(uint8_t *b, uint32_t v)
{
	put16(b, v >> 16);
	put16(b + 2, v & 0xffff);
}

int rtp_parse(const uint8_t *buf, size_t len, struct rtp_packet *out)
{
	size_t at = HEADER, end = len;

	if (len < HEADER || buf[0] >> 6 != 2 || (buf[1] >= RTCP_SR && buf[1] <= RTCP_SR + 7))
		return -EBADMSG;
	at += 4u * (buf[0] & 15);
	if (buf[0] & 0x10) {	/* header extension, 5.3.1 */
		if (at + 4 > len)
			return -EBADMSG;
		at += 4 + 4u * get16(buf + at + 2);
	}
	if (at > len)
		return -EBADMSG;
	if (buf[0] & 0x20) {	/* padding: the last octet counts it, itself included */
		if (!buf[len - 1] || buf[len - 1] > len - at)
			return -EBADMSG;
		end -= buf[len - 1];
	}
	*out = (struct rtp_packet){ .payload_type = buf[1] & 0x7f, .marker = buf[1] >> 7, .seq = get16(buf + 2),
				    .ts = get32(buf + 4), .ssrc = get32(buf + 8), .at = at, .len = end - at };
	return 0;
}

void rtp_build(uint8_t *h, const struct rtp_packet *p)
{
	h[0] = 0x80;
	h[1] = (uint8_t)(p->payload_type | (p->marker ? 0x80 : 0));
	put16(h + 2, p->seq);
	put32(h + 4, p->ts);
	put32(h + 8, p->ssrc);
}

int rtp_event_parse(const uint8_t *buf, size_t len, struct rtp_event *out)
{
	if (len < RTP_EVENT_OCTETS)
		return -EBADMSG;
	*out = (struct rtp_event){ .event = buf[0], .end = buf[1] >> 7, .volume = buf[1] & 0x3f,
				   .duration = get16(buf + 2) };
	return 0;
}

void rtp_event_build(uint8_t *buf, const struct rtp_event *e)
{
	buf[0] = e->event;
	buf[1] = (uint8_t)((e->end ? 0x80 : 0) | (e->volume & 0x3f));
	put16(buf + 2, e->duration);
}

static const char digits[] = "0123456789*#ABCD";	/* RFC 4733 table 3 */

char rtp_event_digit(uint8_t event)
{
	if (event == RTP_EVENT_FLASH)
		return '!';
	return event <= RTP_EVENT_MAX ? digits[event] : 0;
}

int rtp_event_code(char digit)
{
	const char *at;

	if (digit >= 'a' && digit <= 'd')
		digit = (char)(digit - 'a' + 'A');
	at = digit ? strchr(digits, digit) : NULL;
	return at ? (int)(at - digits) : -1;
}

static void read_blocks(const uint8_t *b, unsigned count, uint32_t ours, struct rtcp_report *out)
{
	for (; count; count--, b += REPORT_BLOCK) {
		if (get32(b) != ours)
			continue;
		out->report = true;
		out->lost = get32(b + 4) & 0xffffff;
		if (out->lost & 0x800000)	/* signed: more came than were sent */
			out->lost = 0;
		out->jitter = get32(b + 12);
		out->lsr = get32(b + 16);
		out->dlsr = get32(b + 20);
	}
}

int rtcp_parse(const uint8_t *buf, size_t len, uint32_t our_ssrc, struct rtcp_report *out)
{
	size_t at = 0;

	memset(out, 0, sizeof(*out));
	if (len < 8 || (buf[1] != RTCP_SR && buf[1] != RTCP_RR))
		return -EBADMSG;
	out->ssrc = get32(buf + 4);
	while (at < len) {
		const uint8_t *p = buf + at;
		unsigned count;
		size_t size, fixed;

		if (len - at < 4 || p[0] >> 6 != 2)
			return -EBADMSG;
		count = p[0] & 31;
		size = 4u * get16(p + 2) + 4;
		if (size > len - at)
			return -EBADMSG;
		fixed = p[1] == RTCP_SR ? 28 : 8;
		if (p[1] == RTCP_SR || p[1] == RTCP_RR) {
			if (size < fixed + count * REPORT_BLOCK)
				return -EBADMSG;
			if (p[1] == RTCP_SR) {
				out->sr = true;
				out->ntp = (uint64_t)get32(p + 8) << 32 | get32(p + 12);
			}
			read_blocks(p + fixed, count, our_ssrc, out);
		} else if (p[1] == RTCP_BYE) {
			out->bye = true;
		}
		at += size;
	}
	return 0;
}

static size_t build_report(uint8_t *b, const struct rtcp_sender *us, const struct rtcp_source *them)
{
	size_t n = us->sent ? 28 : 8;

	put32(b + 4, us->ssrc);
	if (us->sent) {
		put32(b + 8, (uint32_t)(us->ntp >> 32));
		put32(b + 12, (uint32_t)us->ntp);
		put32(b + 16, us->ts);
		put32(b + 20, us->packets);
		put32(b + 24, us->octets);
	}
	if (them->heard) {
		int32_t lost = them->lost > 0x7fffff ? 0x7fffff : them->lost < -0x800000 ? -0x800000 : them->lost;

		put32(b + n, them->ssrc);
		put32(b + n + 4, (uint32_t)them->fraction << 24 | ((uint32_t)lost & 0xffffff));
		put32(b + n + 8, them->highest_seq);
		put32(b + n + 12, them->jitter);
		put32(b + n + 16, them->lsr);
		put32(b + n + 20, them->dlsr);
		n += REPORT_BLOCK;
	}
	b[0] = (uint8_t)(0x80 | (them->heard ? 1 : 0));
	b[1] = us->sent ? RTCP_SR : RTCP_RR;
	put16(b + 2, (unsigned)(n / 4 - 1));
	return n;
}

size_t rtcp_build(uint8_t *buf, const struct rtcp_sender *us, const struct rtcp_source *them, bool bye)
{
	size_t n = build_report(buf, us, them), cname = strnlen(us->cname, 100), sdes;
	uint8_t *b = buf + n;

	sdes = (8 + 2 + cname + 1 + 3) / 4 * 4;	/* the chunk ends with at least one zero octet */
	memset(b, 0, sdes);
	b[0] = 0x81;
	b[1] = RTCP_SDES;
	put16(b + 2, (unsigned)(sdes / 4 - 1));
	put32(b + 4, us->ssrc);
	b[8] = SDES_CNAME;
	b[9] = (uint8_t)cname;
	memcpy(b + 10, us->cname, cname);
	n += sdes;
	if (bye) {
		b = buf + n;
		b[0] = 0x81;
		b[1] = RTCP_BYE;
		put16(b + 2, 1);
		put32(b + 4, us->ssrc);
		n += 8;
	}
	return n;
}
