/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ports of analog lines: listening and playing with no partner, telephone events, streams that stop. On a wire of the simulated card,
 * in real time; whatever the host's pace, what is compared are octets, not moments.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <errno.h>
#include <sched.h>
#include <unistd.h>

#include <cmocka.h>

#include "channels/sound/g711.h"
#include "gateway/media/rtp_wire.h"
#include "tests/support/conversation.h"
#include "tests/support/media_pair.h"

/* --- Listening and playing ------------------------------------------------------------------------- */

static void stands_still(void **state)
{
	struct media_pair p;
	uint64_t beats;

	(void)state;
	media_pair_open(&p, 0);
	rig_run(&p.rig, 100);
	beats = media_beats(p.rig.media);
	rig_run(&p.rig, 1000);
	beats = media_beats(p.rig.media) - beats;
	assert_in_range(beats, 1, 12);	/* a sweep four times a second, and no line */
	assert_int_equal(media_listen(p.b, LISTEN_DTMF), 0);
	rig_run(&p.rig, 1000);
	assert_true(media_beats(p.rig.media) > beats + 20);
	assert_int_equal(media_listen(p.b, 0), 0);
	rig_run(&p.rig, 500);
	beats = media_beats(p.rig.media);
	rig_run(&p.rig, 1000);
	assert_in_range(media_beats(p.rig.media) - beats, 1, 12);
	media_pair_close(&p);
}

static void digits_played_and_heard(void **state)
{
	static const char digits[] = "0123456789*#";
	const struct play_item item = { .kind = PLAY_DIGITS, .digits = digits, .on_ms = 70, .off_ms = 70 };
	struct media_pair p;

	(void)state;
	media_pair_open(&p, 0);
	assert_int_equal(media_listen(p.b, LISTEN_DTMF), 0);
	assert_int_equal(media_play(p.a, &item, 1), 0);
	assert_true(rig_wait(&p.rig, &p.rig.played, 1, 10000));
	rig_wait_heard(&p.rig, HEARD_DIGIT, 12);
	for (unsigned i = 0; i < 12; i++) {
		assert_int_equal(rig_heard(&p.rig, HEARD_DIGIT, i)->digit, digits[i]);
		assert_in_range(rig_heard(&p.rig, HEARD_DIGIT, i)->ms, 40, 100);
	}
	assert_int_equal(p.rig.n_heard, 24);	/* each began and ended; nothing else was asked for */
	assert_int_equal(media_listen(p.b, 0), 0);
	assert_int_equal(media_play(p.a, &item, 1), 0);
	assert_true(rig_wait(&p.rig, &p.rig.played, 2, 10000));
	assert_int_equal(p.rig.n_heard, 24);
	media_pair_close(&p);
}

static void replaced_at_once(void **state)
{
	const struct play_item dial = { .kind = PLAY_TONE, .tone = tone_of(country_find("uk"), TONE_DIAL) };
	const struct play_item digit = { .kind = PLAY_DIGITS, .digits = "5" }, gap = { .kind = PLAY_SILENCE, .ms = 30 };
	struct media_pair p;

	(void)state;
	media_pair_open(&p, 0);
	assert_int_equal(media_listen(p.b, LISTEN_DTMF | LISTEN_TONES), 0);
	assert_int_equal(media_play(p.a, &dial, 1), 0);
	rig_wait_heard(&p.rig, HEARD_TONE, 1);
	assert_int_equal(rig_heard(&p.rig, HEARD_TONE, 0)->tone, TONE_DIAL);
	assert_int_equal(media_play(p.a, &gap, 1), 0);	/* over before the next order is given, told after */
	usleep(150000);
	assert_int_equal(media_play(p.a, &digit, 1), 0);
	assert_int_equal(p.rig.played, 0);
	rig_wait_heard(&p.rig, HEARD_DIGIT, 1);
	assert_non_null(rig_heard(&p.rig, HEARD_TONE_END, 0));
	assert_true(rig_wait(&p.rig, &p.rig.played, 1, 5000));
	assert_int_equal(media_play(p.a, &dial, 1), 0);
	rig_run(&p.rig, 100);
	assert_int_equal(media_play(p.a, NULL, 0), 0);
	rig_run(&p.rig, 300);
	assert_int_equal(p.rig.played, 1);	/* the gap's and the stopped tone's ends are nobody's business */
	media_pair_close(&p);
}

static void orders_refused(void **state)
{
	const struct play_item bad = { .kind = PLAY_DIGITS, .digits = "12x" };
	struct media_port *b, *out[2];
	struct hw_line *hb;
	struct media_pair p;

	(void)state;
	media_pair_open(&p, 0);
	b = rig_line(&p.rig, 6, &hb, true);
	assert_int_equal(media_play(p.a, &bad, 1), -EINVAL);
	assert_int_equal(media_listen(b, LISTEN_DTMF), -EINVAL);	/* a B channel */
	assert_int_equal(media_play(b, NULL, 0), -EINVAL);
	assert_int_equal(media_keep(b, "/nowhere", NULL, NULL), -EINVAL);
	assert_int_equal(media_conference(b, NULL, NULL, out), -EINVAL);
	assert_int_equal(media_record(b, "/nowhere", 0, NULL, NULL), -EINVAL);
	assert_int_equal(media_record(b, "/nowhere", MEDIA_RECORD_SECONDS + 1, NULL, NULL), -EINVAL);
	rig_port_close(&p.rig, b);
	hw_line_close(hb);
	media_pair_close(&p);
}

/* --- In a call ---------------------------------------------------------------------------------------- */

/* One detector for both: the stream gets events whatever is listened for, and the owner is told when it listens. */
static void digits_become_events(void **state)
{
	const struct play_item digits = { .kind = PLAY_DIGITS, .digits = "27A#" };
	char got[8] = "";
	unsigned n = 0, ends = 0;
	uint8_t h[12], payload[1500];
	uint32_t last_ts = 0;
	struct media_call c;

	(void)state;
	media_call_open(&c, 101, 0);
	for (int round = 0; round < 2; round++) {
		assert_int_equal(media_listen(c.pair.a, round ? LISTEN_DTMF : 0), 0);
		rig_run(&c.pair.rig, 100);
		assert_int_equal(media_play(c.pair.b, &digits, 1), 0);
		for (int i = 0; i < 600 && ends < 3 * 4 * (unsigned)(round + 1); i++) {
			int len = rig_recv(&c.peer, h, payload, sizeof(payload), 20);
			uint32_t ts;

			rig_service(&c.pair.rig);
			if (len != 4 || (h[1] & 0x7f) != 101)
				continue;
			memcpy(&ts, h + 4, 4);
			if (ts != last_ts)
				got[n++] = rtp_event_digit(payload[0]);
			last_ts = ts;
			ends += payload[1] >> 7;
		}
		assert_int_equal(c.pair.rig.n_heard, round ? 8 : 0);
	}
	assert_memory_equal(got, "27A#27A#", 8);
	assert_int_equal(ends, 3 * 8);
	media_call_close(&c);
}

/* A tone takes the place of the far end, which is heard again after it; what the line says goes on. */
static void tone_in_a_call(void **state)
{
	const struct play_item beep = { .kind = PLAY_TONE, .tone = tone_of(country_find("uk"), TONE_DIAL), .ms = 900 };
	struct conversation *ca = conversation(7);
	uint8_t audio[N];
	struct media_call c;

	(void)state;
	media_call_open(&c, 0, 2000);
	assert_int_equal(media_listen(c.pair.b, LISTEN_TONES), 0);
	rig_run(&c.pair.rig, 50);
	assert_int_equal(media_play(c.pair.a, &beep, 1), 0);
	memset(audio, 0x2a, sizeof(audio));
	for (int i = 0; i < 40; i++, c.peer.ts += N) {
		rig_send(&c.peer, 8, false, audio, N);
		rig_run(&c.pair.rig, 20);
	}
	assert_true(rig_wait(&c.pair.rig, &c.pair.rig.played, 1, 3000));
	rig_wait_heard(&c.pair.rig, HEARD_TONE_END, 1);
	assert_int_equal(rig_heard(&c.pair.rig, HEARD_TONE, 0)->tone, TONE_DIAL);
	assert_int_equal(media_join(c.pair.b, c.rtp), 0);	/* parts it from A */
	rig_run(&c.pair.rig, 50);
	assert_int_equal(media_join(c.pair.a, c.rtp), 0);
	rig_run(&c.pair.rig, 50);
	free(ca);
	media_call_close(&c);
}

static void stream_lost(void **state)
{
	uint8_t audio[N];
	struct media_call c;
	struct rig *r = &c.pair.rig;

	(void)state;
	media_call_open(&c, 0, 0);
	memset(audio, LAW_ALAW_SILENCE, sizeof(audio));
	rig_send(&c.peer, 8, true, audio, N);
	assert_true(rig_wait(r, &r->partner_lost, 1, 6000));
	assert_int_equal(r->lost, 1);
	rig_send(&c.peer, 8, true, audio, N);
	assert_true(rig_wait(r, &r->partner_back, 1, 2000));
	assert_true(rig_wait(r, &r->partner_lost, 2, 6000));
	media_part(c.pair.a);		/* no stream, no loss */
	assert_true(rig_wait(r, &r->partner_back, 2, 2000));
	assert_int_equal(media_join(c.pair.a, c.rtp), 0);	/* one that has stopped already */
	assert_true(rig_wait(r, &r->partner_lost, 3, 2000));
	rig_remote(c.rtp, &c.peer, HW_ALAW, 20, 0, MEDIA_SEND);	/* on hold nothing is to come */
	assert_true(rig_wait(r, &r->partner_back, 3, 2000));
	media_call_close(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stands_still),
		cmocka_unit_test(digits_played_and_heard),
		cmocka_unit_test(replaced_at_once),
		cmocka_unit_test(orders_refused),
		cmocka_unit_test(digits_become_events),
		cmocka_unit_test(tone_in_a_call),
		cmocka_unit_test(stream_lost),
	};
	struct sched_param priority = { .sched_priority = 5 };

	sched_setscheduler(0, SCHED_FIFO, &priority);	/* the peers that the tests play send on time; refusal does no harm */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
