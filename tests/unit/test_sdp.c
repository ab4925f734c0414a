/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Offer and answer, RFC 3264, a row a case. */
#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/sip/sdp.h"

#define HEAD "v=0\r\no=- 7 3 IN IP4 192.0.2.7\r\ns=-\r\nc=IN IP4 192.0.2.7\r\nt=0 0\r\n"
#define AUDIO(formats) HEAD "m=audio 4000 RTP/AVP " formats "\r\n"

static const struct sdp_local both = {
	.address = "192.0.2.1", .port = 5000, .session = 1, .version = 1, .codecs = { CONF_PCMA, CONF_PCMU },
	.n_codecs = 2, .ptime = 20,
};
static const struct sdp_local mulaw = {
	.address = "192.0.2.1", .port = 5000, .session = 1, .version = 1, .codecs = { CONF_PCMU }, .n_codecs = 1,
	.ptime = 30,
};

static const struct sdp_local data = {
	.address = "192.0.2.1", .port = 5000, .session = 1, .version = 1, .codecs = { CONF_CLEARMODE }, .n_codecs = 1,
	.ptime = 20,
};

struct row {
	const char *why, *text;
	const struct sdp_local *ours;
	int read, agree;
	int payload, dtmf;
	unsigned ptime;
	enum media_dir dir;
};

static const struct row offers[] = {
	{ "both laws, ours first", AUDIO("0 8"), &both, 0, 0, 8, 0, 20, MEDIA_SENDRECV },
	{ "only the other law", AUDIO("0"), &both, 0, 0, 0, 0, 20, MEDIA_SENDRECV },
	{ "only the law that we do not want", AUDIO("8"), &mulaw, 0, -ENOENT, 0, 0, 0, 0 },
	{ "unknown codecs among ours", AUDIO("18 9 8 3"), &both, 0, 0, 8, 0, 20, MEDIA_SENDRECV },
	{ "nothing in common", AUDIO("18 9"), &both, 0, -ENOENT, 0, 0, 0, 0 },
	{ "telephone-event", AUDIO("8 96") "a=rtpmap:96 telephone-event/8000\r\n", &both, 0, 0, 8, 96, 20,
	  MEDIA_SENDRECV },
	{ "telephone-event at another rate is not ours", AUDIO("8 96") "a=rtpmap:96 telephone-event/16000\r\n", &both, 0, 0,
	  8, 0, 20, MEDIA_SENDRECV },
	{ "case of an encoding name does not matter", AUDIO("98 96") "a=rtpmap:98 pcma/8000/1\r\n"
	  "a=rtpmap:96 Telephone-Event/8000\r\n", &both, 0, 0, 98, 96, 20, MEDIA_SENDRECV },
	{ "two channels are not ours", AUDIO("98") "a=rtpmap:98 PCMA/8000/2\r\n", &both, 0, -ENOENT, 0, 0, 0, 0 },
	{ "wideband G.711 by name only", AUDIO("98") "a=rtpmap:98 PCMA/16000\r\n", &both, 0, -ENOENT, 0, 0, 0, 0 },
	{ "data (RFC 4040)", AUDIO("97") "a=rtpmap:97 CLEARMODE/8000\r\n", &data, 0, 0, 97, 0, 20, MEDIA_SENDRECV },
	{ "data has no telephone-event", AUDIO("120 96") "a=rtpmap:120 clearmode/8000/1\r\n"
	  "a=rtpmap:96 telephone-event/8000\r\n", &data, 0, 0, 120, 0, 20, MEDIA_SENDRECV },
	{ "data among sound, for a call of sound", AUDIO("97 8") "a=rtpmap:97 CLEARMODE/8000\r\n", &both, 0, 0, 8, 0, 20,
	  MEDIA_SENDRECV },
	{ "sound for a call of data", AUDIO("8 0"), &data, 0, -ENOENT, 0, 0, 0, 0 },
	{ "data by a number alone is not known", AUDIO("97"), &data, 0, -ENOENT, 0, 0, 0, 0 },
	{ "ptime 10", AUDIO("8") "a=ptime:10\r\n", &both, 0, 0, 8, 0, 10, MEDIA_SENDRECV },
	{ "ptime 30", AUDIO("8") "a=ptime:30\r\n", &both, 0, 0, 8, 0, 30, MEDIA_SENDRECV },
	{ "ptime that we do not have: our own", AUDIO("8") "a=ptime:40\r\n", &both, 0, 0, 8, 0, 20, MEDIA_SENDRECV },
	{ "maxptime below ours", AUDIO("8") "a=maxptime:10\r\n", &both, 0, 0, 8, 0, 10, MEDIA_SENDRECV },
	{ "maxptime above ours", AUDIO("8") "a=maxptime:150\r\n", &both, 0, 0, 8, 0, 20, MEDIA_SENDRECV },
	{ "ptime without end", AUDIO("8") "a=ptime:99999999999999999999\r\n", &both, 0, 0, 8, 0, 20, MEDIA_SENDRECV },
	{ "held: sendonly", AUDIO("8") "a=sendonly\r\n", &both, 0, 0, 8, 0, 20, MEDIA_RECV },
	{ "recvonly", AUDIO("8") "a=recvonly\r\n", &both, 0, 0, 8, 0, 20, MEDIA_SEND },
	{ "inactive", AUDIO("8") "a=inactive\r\n", &both, 0, 0, 8, 0, 20, MEDIA_INACTIVE },
	{ "direction at session level", HEAD "a=sendonly\r\nm=audio 4000 RTP/AVP 8\r\n", &both, 0, 0, 8, 0, 20, MEDIA_RECV },
	{ "held the old way, c=0.0.0.0 (RFC 3264 8.4)", "v=0\r\no=- 7 3 IN IP4 192.0.2.7\r\ns=-\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\n"
	  "m=audio 4000 RTP/AVP 8\r\n", &both, 0, 0, 8, 0, 20, MEDIA_RECV },
	{ "video first, refused", HEAD "m=video 4002 RTP/AVP 31\r\nm=audio 4000 RTP/AVP 8\r\n", &both, 0, 0, 8, 0, 20,
	  MEDIA_SENDRECV },
	{ "audio refused by its port", HEAD "m=audio 0 RTP/AVP 8\r\n", &both, 0, -ENOENT, 0, 0, 0, 0 },
	{ "the second audio line is the living one", HEAD "m=audio 0 RTP/AVP 8\r\nm=audio 4000 RTP/AVP 0\r\n", &both, 0, 0, 0,
	  0, 20, MEDIA_SENDRECV },
	{ "SRTP is not ours", HEAD "m=audio 4000 RTP/SAVP 8\r\n", &both, 0, -ENOENT, 0, 0, 0, 0 },
	{ "fax is not ours", HEAD "m=image 4000 udptl t38\r\n", &both, 0, -ENOENT, 0, 0, 0, 0 },
	{ "IPv6", "v=0\r\no=- 7 3 IN IP6 2001:db8::7\r\ns=-\r\nc=IN IP6 2001:db8::7\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\n",
	  &both, 0, 0, 8, 0, 20, MEDIA_SENDRECV },
	{ "lines that end in LF alone", "v=0\no=- 7 3 IN IP4 192.0.2.7\ns=-\nc=IN IP4 192.0.2.7\nt=0 0\nm=audio 4000 RTP/AVP 8\n",
	  &both, 0, 0, 8, 0, 20, MEDIA_SENDRECV },
	{ "a name in c= is never looked up", "v=0\r\no=- 7 3 IN IP4 a.example\r\ns=-\r\nc=IN IP4 a.example\r\nt=0 0\r\n"
	  "m=audio 4000 RTP/AVP 8\r\n", &both, -EINVAL, 0, 0, 0, 0, 0 },
	{ "multicast", "v=0\r\no=- 7 3 IN IP4 192.0.2.7\r\ns=-\r\nc=IN IP4 224.2.1.1/127\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\n",
	  &both, -EINVAL, 0, 0, 0, 0, 0 },
	{ "no c= at all", "v=0\r\no=- 7 3 IN IP4 192.0.2.7\r\ns=-\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\n", &both, -EINVAL, 0, 0,
	  0, 0, 0 },
	{ "a port that is none", HEAD "m=audio 70000 RTP/AVP 8\r\n", &both, -EINVAL, 0, 0, 0, 0, 0 },
	{ "not SDP", "hello", &both, -EINVAL, 0, 0, 0, 0, 0 },
	{ "empty", "", &both, -EINVAL, 0, 0, 0, 0, 0 },
	{ "one m= line too many", HEAD "m=audio 2 RTP/AVP 8\r\nm=audio 4 RTP/AVP 8\r\nm=audio 6 RTP/AVP 8\r\n"
	  "m=audio 8 RTP/AVP 8\r\nm=audio 10 RTP/AVP 8\r\nm=audio 12 RTP/AVP 8\r\nm=audio 14 RTP/AVP 8\r\n"
	  "m=audio 16 RTP/AVP 8\r\nm=audio 18 RTP/AVP 8\r\n", &both, -E2BIG, 0, 0, 0, 0, 0 },
};

static void test_offers(void **state)
{
	struct media_rtp_remote r;
	struct sdp_agreed a;
	struct sdp s;
	size_t i;
	int err;

	(void)state;
	for (i = 0; i < sizeof(offers) / sizeof(*offers); i++) {
		const struct row *o = &offers[i];

		err = sdp_read(o->text, strlen(o->text), &s);
		if (err != o->read)
			fail_msg("%s: read %d, not %d", o->why, err, o->read);
		if (err)
			continue;
		err = sdp_agree(o->ours, &s, false, &a);
		if (err != o->agree)
			fail_msg("%s: agree %d, not %d", o->why, err, o->agree);
		if (err)
			continue;
		if (a.codec.payload != o->payload || a.dtmf_payload != o->dtmf || a.ptime != o->ptime || a.dir != o->dir)
			fail_msg("%s: payload %d dtmf %d ptime %u dir %d", o->why, a.codec.payload, a.dtmf_payload, a.ptime, a.dir);
		sdp_remote(&s, &a, &r);
		assert_int_equal(r.clear, a.codec.codec == CONF_CLEARMODE);
		if (!r.clear)
			assert_int_equal(r.law, a.codec.codec == CONF_PCMA ? HW_ALAW : HW_MULAW);
		assert_int_equal(r.payload, o->payload);
	}
}

/* What both ends write must be read back as it was meant, and agree. */
static void test_round_trip(void **state)
{
	struct sdp_local theirs = mulaw;
	struct sdp_agreed a, b;
	char text[SDP_OUT_MAX];
	struct sdp s;
	size_t i;

	(void)state;
	sdp_offer(&both, text);
	assert_int_equal(sdp_read(text, strlen(text), &s), 0);
	assert_int_equal(s.n_codecs, 2);
	assert_int_equal(s.codecs[0].payload, 8);
	assert_int_equal(s.dtmf_payload, 101);
	assert_int_equal(s.ptime, 20);
	assert_int_equal(sdp_agree(&theirs, &s, false, &a), 0);
	sdp_answer(&theirs, &s, &a, text);
	assert_int_equal(sdp_read(text, strlen(text), &s), 0);
	assert_int_equal(sdp_agree(&both, &s, true, &b), 0);
	assert_int_equal(b.codec.codec, CONF_PCMU);
	assert_int_equal(b.dtmf_payload, 101);
	assert_int_equal(b.dir, MEDIA_SENDRECV);
	assert_int_equal(b.ptime, a.ptime);
	/* Every offer that can be met: the answer has its m= lines, all but one refused, and is itself SDP. */
	for (i = 0; i < sizeof(offers) / sizeof(*offers); i++) {
		struct sdp back;

		if (offers[i].read || offers[i].agree)
			continue;
		assert_int_equal(sdp_read(offers[i].text, strlen(offers[i].text), &s), 0);
		assert_int_equal(sdp_agree(offers[i].ours, &s, false, &a), 0);
		sdp_answer(offers[i].ours, &s, &a, text);
		assert_int_equal(sdp_read(text, strlen(text), &back), 0);
		assert_int_equal(back.n_media, s.n_media);
		assert_int_equal(back.audio, s.audio);
		assert_int_equal(back.n_codecs, 1);
		assert_int_equal(back.codecs[0].payload, a.codec.payload);
		assert_int_equal(back.dir, a.dir);
	}
}

/* In an answer their order counts: it is what they will send. */
static void test_answer_order(void **state)
{
	struct sdp_agreed a;
	struct sdp s;

	(void)state;
	assert_int_equal(sdp_read(AUDIO("0 8"), strlen(AUDIO("0 8")), &s), 0);
	assert_int_equal(sdp_agree(&both, &s, true, &a), 0);
	assert_int_equal(a.codec.payload, 0);
}

static void test_rtcp(void **state)
{
	static const char text[] = AUDIO("8") "a=rtcp:4100 IN IP4 192.0.2.9\r\n", port[] = AUDIO("8") "a=rtcp:4100\r\n";
	struct sdp s;

	(void)state;
	assert_int_equal(sdp_read(text, strlen(text), &s), 0);
	assert_int_equal(ntohs(((struct sockaddr_in *)&s.rtcp)->sin_port), 4100);
	assert_int_equal(ntohl(((struct sockaddr_in *)&s.rtcp)->sin_addr.s_addr) & 0xff, 9);
	assert_int_equal(sdp_read(port, strlen(port), &s), 0);
	assert_int_equal(ntohl(((struct sockaddr_in *)&s.rtcp)->sin_addr.s_addr) & 0xff, 7);
	assert_int_equal(sdp_read(AUDIO("8"), strlen(AUDIO("8")), &s), 0);
	assert_int_equal(s.rtcp.ss_family, 0);
}

static void test_refused_lines(void **state)
{
	static const char text[] = HEAD "m=video 4002 RTP/AVP 31\r\nm=audio 4000 RTP/AVP 8 101\r\n"
				   "a=rtpmap:101 telephone-event/8000\r\nm=application 5000 TCP/MSRP *\r\n";
	struct sdp_agreed a;
	char out[SDP_OUT_MAX], words[96];
	struct sdp s;

	(void)state;
	assert_int_equal(sdp_read(text, strlen(text), &s), 0);
	assert_int_equal(sdp_agree(&both, &s, false, &a), 0);
	sdp_answer(&both, &s, &a, out);
	assert_string_equal(out, "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n"
				 "m=video 0 RTP/AVP 31\r\nm=audio 5000 RTP/AVP 8 101\r\na=rtpmap:8 PCMA/8000\r\n"
				 "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\na=ptime:20\r\na=sendrecv\r\n"
				 "m=application 0 TCP/MSRP *\r\n");
	sdp_words(&s, words, sizeof(words));
	assert_string_equal(words, "PCMA from 192.0.2.7:4000");
}

/* The first format that is known says what kind of call an offer is. */
static void test_data_wanted(void **state)
{
	static const struct { const char *text; bool data; } rows[] = {
		{ AUDIO("97") "a=rtpmap:97 CLEARMODE/8000\r\n", true },
		{ AUDIO("97 8 0") "a=rtpmap:97 CLEARMODE/8000\r\n", true },
		{ AUDIO("18 97 8") "a=rtpmap:97 CLEARMODE/8000\r\n", true },
		{ AUDIO("8 97") "a=rtpmap:97 CLEARMODE/8000\r\n", false },
		{ AUDIO("97 8") "a=rtpmap:97 CLEARMODE/16000\r\n", false },
		{ AUDIO("8"), false }, { AUDIO("18"), false }, { HEAD "m=audio 0 RTP/AVP 97\r\n", false },
	};
	char text[SDP_OUT_MAX];
	struct sdp s;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		assert_int_equal(sdp_read(rows[i].text, strlen(rows[i].text), &s), 0);
		if (sdp_wants_data(&s) != rows[i].data)
			fail_msg("%s", rows[i].text);
	}
	sdp_offer(&data, text);		/* ours has nothing else */
	assert_non_null(strstr(text, "m=audio 5000 RTP/AVP 97\r\na=rtpmap:97 CLEARMODE/8000\r\na=ptime:20\r\n"));
	assert_null(strstr(text, "telephone-event"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_offers),	      cmocka_unit_test(test_round_trip), cmocka_unit_test(test_answer_order),
		cmocka_unit_test(test_rtcp),	      cmocka_unit_test(test_refused_lines),
		cmocka_unit_test(test_data_wanted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
