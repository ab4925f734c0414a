/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The media path's other ends: digits, test lines, files that are played; with real sockets and in real time. */
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
#include <unistd.h>

#include <cmocka.h>

#include "channels/sound/g711.h"
#include "gateway/media/rtp_wire.h"
#include "tests/support/conversation.h"
#include "tests/support/mediarig.h"

/* --- Digits -------------------------------------------------------------------------------------------- */

struct two_lines {	/* an RTP stream on line 1; line 2, at the far end of the wire, hears and speaks */
	struct rig rig;
	struct media_port *line, *rtp, *far, *probe;
	struct hw_line *hline, *hfar;
	struct rig_peer peer;
};

static void two_open(struct two_lines *t, const char *far_test, uint8_t dtmf_payload)
{
	rig_open(&t->rig, false, 22000);
	t->line = rig_line(&t->rig, 3, &t->hline, true);
	t->far = rig_line(&t->rig, 3 + RIG_FAR, &t->hfar, true);
	t->rtp = rig_rtp(&t->rig, 0, false);
	t->probe = rig_test(&t->rig, far_test);
	rig_peer_open(&t->peer, t->rtp);
	rig_remote(t->rtp, &t->peer, HW_ALAW, 20, dtmf_payload, MEDIA_SENDRECV);
	assert_int_equal(media_join(t->line, t->rtp), 0);
	assert_int_equal(media_join(t->far, t->probe), 0);
}

static void two_close(struct two_lines *t)
{
	unsigned want = t->rig.closed + 4;

	media_port_close(t->rtp);	/* while joined */
	media_port_close(t->line);
	media_port_close(t->probe);
	media_port_close(t->far);
	assert_true(rig_wait(&t->rig, &t->rig.closed, want, 3000));
	hw_line_close(t->hline);
	hw_line_close(t->hfar);
	rig_close(&t->rig);
	rig_peer_close(&t->peer);
}

/* Telephone events become tones of their length on the line, and a detector at the far end hears them. */
static void events_to_line(void **state)
{
	static const char digits[] = "1590*#AD";
	struct two_lines t;
	uint8_t e[4], audio[N];

	(void)state;
	two_open(&t, "probe", 101);
	memset(audio, LAW_ALAW_SILENCE, sizeof(audio));
	for (const char *d = digits; *d; d++) {
		uint8_t code = (uint8_t)(strchr("0123456789*#ABCD", *d) - "0123456789*#ABCD");

		for (int i = 1; i <= 4 + 2; i++) {	/* 80 ms, the end three times */
			unsigned duration = i > 4 ? 640 : (unsigned)i * N;

			e[0] = code;
			e[1] = (uint8_t)(i >= 4 ? 0x80 | 10 : 10);
			e[2] = (uint8_t)(duration >> 8);
			e[3] = (uint8_t)duration;
			rig_send(&t.peer, 101, i == 1, e, 4);
			if (i < 4)
				rig_run(&t.rig, 20);
		}
		t.peer.ts += 640;
		for (int i = 0; i < 3; i++) {
			rig_send(&t.peer, 8, i == 0, audio, N);
			t.peer.ts += N;
			rig_run(&t.rig, 20);
		}
	}
	rig_run(&t.rig, 100);
	/* Each digit twice: as the event that came, and as heard by the detector at the far end. */
	for (const char *d = digits; *d; d++) {
		unsigned times = 0;

		for (unsigned i = 0; i < t.rig.n_digits; i++)
			times += t.rig.digits[i] == *d;
		assert_int_equal(times, 2);
	}
	assert_int_equal(t.rig.n_digits, 2 * (sizeof(digits) - 1));
	for (unsigned i = 0; i < t.rig.n_digits; i++)
		assert_in_range(t.rig.digit_ms[i], 60, 100);
	two_close(&t);
}

/* Tones on the line become telephone events, and the audio under them is not sent as well. */
static void line_to_events(void **state)
{
	static const char digits[] = "27A#";
	char heard[8] = "";
	unsigned ends = 0, n_heard = 0, marks = 0;
	struct two_lines t;
	uint32_t last_ts = 0;
	uint8_t h[12], payload[1500];
	int64_t end;

	(void)state;
	two_open(&t, "quiet", 101);
	for (const char *d = digits; *d; d++)
		assert_int_equal(media_digit(t.far, *d, 80), 0);
	end = rig_now_us() + 1000000;
	while (rig_now_us() < end) {
		int n = rig_recv(&t.peer, h, payload, sizeof(payload), 10);
		uint32_t ts = (uint32_t)h[4] << 24 | (uint32_t)h[5] << 16 | (uint32_t)h[6] << 8 | h[7];

		rig_service(&t.rig);
		if (n != 4 || (h[1] & 0x7f) != 101)
			continue;
		marks += h[1] >> 7;
		if (n_heard == 0 || ts != last_ts)
			heard[n_heard++ & 7] = "0123456789*#ABCD"[payload[0] & 15];
		last_ts = ts;
		ends += payload[1] >> 7;
	}
	assert_int_equal(n_heard, 4);
	assert_memory_equal(heard, digits, 4);
	assert_int_equal(ends, 12);
	assert_int_equal(marks, 4);
	t.rig.digits[t.rig.n_digits] = 0;
	assert_string_equal(t.rig.digits, digits);
	two_close(&t);
}

/* A digit that we are asked to send on RTP is an event of that length. */
static void digit_to_events(void **state)
{
	unsigned events = 0, ends = 0, last = 0;
	uint8_t h[12], payload[1500];
	struct two_lines t;
	int64_t end;

	(void)state;
	two_open(&t, "quiet", 96);
	assert_int_equal(media_digit(t.rtp, '5', 100), 0);
	assert_int_equal(media_digit(t.rtp, 'x', 100), -EINVAL);
	end = rig_now_us() + 300000;
	while (rig_now_us() < end) {
		int n = rig_recv(&t.peer, h, payload, sizeof(payload), 10);

		if (n != 4 || (h[1] & 0x7f) != 96)
			continue;
		assert_int_equal(payload[0], 5);
		events++;
		ends += payload[1] >> 7;
		last = (unsigned)(payload[2] << 8 | payload[3]);
	}
	assert_int_equal(events, 7);
	assert_int_equal(ends, 3);
	assert_int_equal(last, 800);
	two_close(&t);
}

/* --- Test lines ------------------------------------------------------------------------------------------ */

/* The milliwatt through two lines and a wire, as the probe hears it: 0 dBm0 at 1004 Hz. */
static void milliwatt(void **state)
{
	struct media_port *la, *lb, *probe, *mw;
	struct hw_line *ha, *hb;
	struct media_stats st;
	struct rig r;

	(void)state;
	rig_open(&r, false, 22000);
	la = rig_line(&r, 5, &ha, false);
	lb = rig_line(&r, 5 + RIG_FAR, &hb, false);
	probe = rig_test(&r, "probe");
	mw = rig_test(&r, "milliwatt");
	assert_int_equal(media_join(la, probe), 0);
	assert_int_equal(media_join(lb, mw), 0);
	rig_run(&r, 2600);
	media_port_stats(probe, &st);
	assert_true(st.level_in_dbm0 > -0.1f && st.level_in_dbm0 < 0.1f);
	assert_true(st.freq_in_hz > 1003.5f && st.freq_in_hz < 1004.5f);
	/* The same between two test lines. */
	media_part(la);
	media_part(lb);
	assert_int_equal(media_join(probe, mw), 0);
	rig_run(&r, 1300);
	media_port_stats(probe, &st);
	assert_true(st.level_in_dbm0 > -0.1f && st.level_in_dbm0 < 0.1f);
	media_port_close(la);
	media_port_close(lb);
	media_port_close(probe);
	media_port_close(mw);
	assert_true(rig_wait(&r, &r.closed, 4, 3000));
	hw_line_close(ha);
	hw_line_close(hb);
	rig_close(&r);
}

/* A call that did not last for a measurement is measured at its end, over what there was; one that brought nothing is not. */
static void short_milliwatt(void **state)
{
	static const struct { unsigned ms; bool known; } rows[] = { { 0, false }, { 60, true }, { 900, true }, { 1300, true } };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct media_port *probe, *mw;
		struct media_stats st;
		struct rig r;

		rig_open(&r, false, 22000);
		probe = rig_test(&r, "probe");
		mw = rig_test(&r, "milliwatt");
		if (rows[i].ms)
			assert_int_equal(media_join(probe, mw), 0);
		rig_run(&r, rows[i].ms);
		rig_port_close(&r, probe);
		st = r.last;
		rig_port_close(&r, mw);
		assert_int_equal(st.level_known, rows[i].known);
		assert_true(!rows[i].known || (st.level_in_dbm0 > -0.1f && st.level_in_dbm0 < 0.1f));
		assert_true(rows[i].ms < 200 || (st.freq_in_hz > 1003.5f && st.freq_in_hz < 1004.5f));
		rig_close(&r);
	}
}

/* RTP, line, wire, echo and back: what was said is heard, whole. */
static void echo(void **state)
{
	struct conversation *c = conversation(77);
	struct two_lines t;

	(void)state;
	two_open(&t, "echo", 0);
	rig_run(&t.rig, 60);
	converse(&t.rig, &t.peer, c, 8, NULL, NULL, 0);
	assert_heard(c, c, NULL);
	two_close(&t);
	free(c);
}

/* A file is played from its start, exactly, and its end is told. */
static void play_file(void **state)
{
	char path[] = "/tmp/test_media_XXXXXX", spec[64];
	uint8_t want[10 * N], header[44] = "RIFF";
	struct conversation *c = calloc(1, sizeof(*c));
	int fd = mkstemp(path);
	struct media_port *rtp, *play;
	struct rig_peer peer;
	int64_t end;
	struct rig r;

	(void)state;
	memcpy(header + 8, "WAVEfmt \x10\0\0\0\x07\0\x01\0\x40\x1f\0\0\x40\x1f\0\0\x01\0\x08\0data\x40\x06\0\0", 36);
	for (size_t i = 0; i < sizeof(want); i++)
		want[i] = (uint8_t)(octet_at((uint32_t)i) == 0x7f ? 0xff : octet_at((uint32_t)i));
	assert_int_equal(write(fd, header, 44), 44);
	assert_int_equal(write(fd, want, sizeof(want)), sizeof(want));
	close(fd);
	rig_open(&r, false, 22000);
	rtp = rig_rtp(&r, 0, false);
	rig_peer_open(&peer, rtp);
	snprintf(spec, sizeof(spec), "play:%s", path);
	play = rig_test(&r, spec);
	unlink(path);
	rig_remote(rtp, &peer, HW_MULAW, 20, 0, MEDIA_SENDRECV);
	assert_int_equal(media_join(rtp, play), 0);
	for (end = rig_now_us() + 400000; rig_now_us() < end; rig_service(&r))
		listen_once(&peer, c, 10);
	assert_memory_equal(c->heard, want, sizeof(want));
	assert_int_equal(r.played, 1);
	assert_int_equal(c->seq_breaks + c->ts_breaks, 0);
	rig_port_close(&r, rtp);
	rig_port_close(&r, play);
	rig_close(&r);
	rig_peer_close(&peer);
	free(c);
}

static void specs(void **state)
{
	struct media_port *p;
	struct rig r;

	(void)state;
	rig_open(&r, false, 22000);
	assert_int_equal(media_test_port(r.media, "millwatt", NULL, NULL, NULL, &p), -EINVAL);
	assert_int_equal(media_test_port(r.media, "play:", NULL, NULL, NULL, &p), -EINVAL);
	assert_int_equal(media_test_port(r.media, "play:none.wav", "/nowhere", NULL, NULL, &p), -ENOENT);
	assert_int_equal(media_test_port(r.media, "play:/dev/null", NULL, NULL, NULL, &p), -EINVAL);
	rig_close(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(events_to_line),
		cmocka_unit_test(line_to_events),
		cmocka_unit_test(digit_to_events),
		cmocka_unit_test(milliwatt),
		cmocka_unit_test(short_milliwatt),
		cmocka_unit_test(echo),
		cmocka_unit_test(play_file),
		cmocka_unit_test(specs),
	};
	struct sched_param priority = { .sched_priority = 5 };

	/* The peers that the tests play send on time, also on a busy host; refusal does no harm. */
	sched_setscheduler(0, SCHED_FIFO, &priority);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
