/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The bridge of a three-way call: a telephone's line, another line, and a stream of the other law. Each party says a tone of its own;
 * what each hears is taken apart into tones: the two others at their level, and nothing else, not even itself. Windows of
 * 100 ms hold whole cycles of all three tones, so what is left after taking the two tones away tells of every sample that was
 * lost, invented or changed. Real time: on a busy host some windows are broken by what came late, so a share must be clean;
 * none may hold the party's own tone.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <math.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "channels/sound/g711.h"
#include "tests/support/conversation.h"
#include "tests/support/mediarig.h"

#define WINDOW 800
#define SECONDS 4
#define PARTIES 3
enum { PHONE, LINE, STREAM };

static const unsigned hz[PARTIES] = { 500, 700, 1100 };
static const double dbm0[PARTIES] = { -10, -16, -13 };

struct three {
	struct rig rig;
	struct media_port *line, *phone, *near, *far, *rtp, *bridge[2];	/* phone: the far end of line's wire; far: of near's */
	struct hw_line *h[4];
	struct rig_peer peer;
	char folder[40], path[2][64];
	int16_t heard[PARTIES][8000 * SECONDS];
	size_t n[PARTIES];
	struct tone_def tones[2];
};

/* --- Taking apart ------------------------------------------------------------------------------------ */

/* Mean square of frequency F in a window of whole cycles of it. */
static double power_at(const int16_t *x, unsigned f)
{
	double s = 0, c = 0;

	for (unsigned i = 0; i < WINDOW; i++) {
		s += x[i] * sin(2 * M_PI * f * i / 8000);
		c += x[i] * cos(2 * M_PI * f * i / 8000);
	}
	return 2 * (s * s + c * c) / ((double)WINDOW * WINDOW);
}

static double power_of(const int16_t *x)
{
	double p = 0;

	for (unsigned i = 0; i < WINDOW; i++)
		p += (double)x[i] * x[i];
	return p / WINDOW;
}

struct verdict {
	unsigned windows, clean, self;	/* with both others at their level and nothing else; with the party's own tone */
};

static struct verdict judge(const int16_t *x, size_t n, int me)
{
	struct verdict v = { 0 };

	for (size_t at = 0; at + WINDOW <= n; at += WINDOW, v.windows++) {
		double left = power_of(x + at), all = left;
		bool level = true;

		for (int i = 0; i < PARTIES; i++) {
			double p = power_at(x + at, hz[i]);

			if (i == me) {
				v.self += law_dbm0(HW_ALAW, p) > -45;
				continue;
			}
			level = level && fabs(law_dbm0(HW_ALAW, p) - dbm0[i]) < 0.3;
			left -= p;
		}
		v.clean += level && left < all / 1000;	/* the noise of two codings is some 35 dB down */
	}
	return v;
}

/* --- The three parties ------------------------------------------------------------------------------- */

static void say_tone(struct three *t, int party, struct media_port *p)
{
	struct tone_def *def = &t->tones[party];
	const struct play_item item = { .kind = PLAY_TONE, .tone = def };

	*def = (struct tone_def){ .name = "test", .n_parts = 1, .dbm0 = { (float)dbm0[party] },
				  .parts = { { .hz = { (uint16_t)hz[party] } } } };
	assert_int_equal(media_play(p, &item, 1), 0);
}

/* The stream's party speaks and listens in mu-law while the others are recorded. */
static void talk(struct three *t, int ms, bool store)
{
	static unsigned pos;
	double peak = law_sine_peak(HW_MULAW, dbm0[STREAM]);
	int64_t start = rig_now_us(), left;
	uint8_t out[N], in[1500];

	for (int i = 0; i < ms / 20; i++) {
		for (int k = 0; k < N; k++, pos++)
			out[k] = law_encode(HW_MULAW, (int16_t)lrint(peak * sin(2 * M_PI * hz[STREAM] * (pos % 8000) / 8000)));
		rig_send(&t->peer, 0, false, out, N);
		t->peer.ts += N;
		while ((left = start + (i + 1) * 20000ll - rig_now_us()) > 0) {
			int n = rig_recv(&t->peer, NULL, in, sizeof(in), (int)(left / 1000));

			for (int k = 0; store && k < n && t->n[STREAM] < sizeof(t->heard[0]) / 2; k++)
				t->heard[STREAM][t->n[STREAM]++] = law_linear[HW_MULAW][in[k]];
		}
		rig_service(&t->rig);
	}
}

static void three_open(struct three *t)
{
	memset(t, 0, sizeof(*t));
	rig_open(&t->rig, false, 22000);
	t->line = rig_analog(&t->rig, 2, &t->h[0], 0);
	t->phone = rig_analog(&t->rig, 2 + RIG_FAR, &t->h[1], 0);
	t->near = rig_analog(&t->rig, 3, &t->h[2], 0);
	t->far = rig_analog(&t->rig, 3 + RIG_FAR, &t->h[3], 0);
	t->rtp = rig_rtp(&t->rig, 0, false);
	rig_peer_open(&t->peer, t->rtp);
	rig_remote(t->rtp, &t->peer, HW_MULAW, 20, 0, MEDIA_SENDRECV);
	snprintf(t->folder, sizeof(t->folder), "/tmp/test_media_mix.XXXXXX");
	assert_non_null(mkdtemp(t->folder));
	for (int i = 0; i < 2; i++)
		snprintf(t->path[i], sizeof(t->path[i]), "%s/%d.wav", t->folder, i);
}

static void bridge(struct three *t)
{
	assert_int_equal(media_join(t->line, t->rtp), 0);	/* the first call, on hold by now; the bridge takes its place */
	assert_int_equal(media_conference(t->line, NULL, NULL, t->bridge), 0);
	assert_int_equal(media_join(t->bridge[0], t->near), 0);
	assert_int_equal(media_join(t->bridge[1], t->rtp), 0);
}

static void three_close(struct three *t)
{
	unsigned want = t->rig.closed + 5;

	media_port_close(t->line);
	media_port_close(t->phone);
	media_port_close(t->near);
	media_port_close(t->far);
	media_port_close(t->rtp);
	assert_true(rig_wait(&t->rig, &t->rig.closed, want, 3000));
	for (int i = 0; i < 4; i++)
		hw_line_close(t->h[i]);
	rig_close(&t->rig);
	rig_peer_close(&t->peer);
	for (int i = 0; i < 2; i++)
		unlink(t->path[i]);
	rmdir(t->folder);
}

/* What a line's far end heard: the left channel of its recording. */
static void load(struct three *t, int party)
{
	static uint8_t both[2 * 8000 * SECONDS + 58];
	FILE *f = fopen(t->path[party], "rb");
	size_t n;

	assert_non_null(f);
	n = fread(both, 1, sizeof(both), f);
	fclose(f);
	assert_true(n > 58);
	t->n[party] = (n - 58) / 2;
	for (size_t i = 0; i < t->n[party]; i++)
		t->heard[party][i] = law_linear[HW_ALAW][both[58 + 2 * i]];
}

static void others_and_not_oneself(void **state)
{
	static struct three t;

	(void)state;
	three_open(&t);
	bridge(&t);
	say_tone(&t, PHONE, t.phone);
	say_tone(&t, LINE, t.far);
	talk(&t, 500, false);
	assert_int_equal(media_record(t.phone, t.path[PHONE], SECONDS, rig_file, &t.rig), 0);
	assert_int_equal(media_record(t.far, t.path[LINE], SECONDS, rig_file, &t.rig), 0);
	talk(&t, SECONDS * 1000, true);
	for (int i = 0; i < 10 && t.rig.files < 2; i++)
		talk(&t, 100, false);
	assert_int_equal(t.rig.files, 2);
	load(&t, PHONE);
	load(&t, LINE);
	for (int i = 0; i < PARTIES; i++) {
		struct verdict v = judge(t.heard[i], t.n[i], i);

		print_message("party %d: %u windows of 100 ms, %u clean, %u with its own tone\n", i, v.windows, v.clean, v.self);
		assert_true(v.windows >= 8 * SECONDS);
		assert_int_equal(v.self, 0);
		assert_true(v.clean >= v.windows / 2);
	}
	media_conference_end(t.bridge[1]);
	three_close(&t);
}

/* What is louder than the code can say is cut at its limit, not wrapped. */
static void saturates(void **state)
{
	struct tone_def loud = { .name = "loud", .n_parts = 1, .dbm0 = { -1 }, .parts = { { .hz = { 500 } } } };
	struct tone_def too = loud;
	const struct play_item item[] = { { .kind = PLAY_TONE, .tone = &loud, .gain_db = 4 },
					  { .kind = PLAY_TONE, .tone = &too, .gain_db = 4 } };
	static struct three t;
	unsigned most = 0, wrapped = 0;

	(void)state;
	too.parts[0].hz[0] = 700;
	three_open(&t);
	bridge(&t);
	assert_int_equal(media_play(t.phone, &item[0], 1), 0);
	assert_int_equal(media_play(t.far, &item[1], 1), 0);
	talk(&t, 1500, true);
	for (size_t i = 1; i < t.n[STREAM]; i++) {
		int step = abs(t.heard[STREAM][i] - t.heard[STREAM][i - 1]);

		most += abs(t.heard[STREAM][i]) > 30000;
		wrapped += step > 40000;
	}
	assert_true(t.n[STREAM] > 8000);
	assert_true(most > 100);
	assert_int_equal(wrapped, 0);
	media_conference_end(t.bridge[0]);
	three_close(&t);
}

/* A digit that came as a telephone event is heard by the others as a tone; a far end that leaves is silence; the line goes on. */
static void comes_and_goes(void **state)
{
	struct media_port *milliwatt;
	struct media_stats st;
	static struct three t;
	uint8_t e[4] = { 5, 10, 0, 160 };

	(void)state;
	three_open(&t);
	bridge(&t);
	rig_remote(t.rtp, &t.peer, HW_MULAW, 20, 101, MEDIA_SENDRECV);
	assert_int_equal(media_listen(t.phone, LISTEN_DTMF), 0);
	assert_int_equal(media_listen(t.far, LISTEN_DTMF), 0);
	talk(&t, 200, false);
	for (int i = 1; i <= 6; i++) {
		e[2] = (uint8_t)(i * N >> 8);
		e[3] = (uint8_t)(i * N);
		e[1] = i == 6 ? 0x8a : 10;
		rig_send(&t.peer, 101, i == 1, e, 4);
		rig_run(&t.rig, 20);
	}
	rig_run(&t.rig, 500);
	assert_int_equal(t.rig.n_heard, 4);		/* begun and ended, at both */
	for (int i = 0; i < 4; i++)
		assert_int_equal(t.rig.heard[i].digit, '5');
	milliwatt = rig_test(&t.rig, "milliwatt");	/* it makes its sound when it is asked */
	assert_int_equal(media_join(t.bridge[1], milliwatt), 0);
	rig_run(&t.rig, 2500);
	media_port_stats(t.far, &st);
	assert_in_range((int)(st.level_in_dbm0 * 10 + 1000), 990, 1010);
	rig_port_close(&t.rig, milliwatt);
	rig_run(&t.rig, 2500);
	media_port_stats(t.far, &st);
	assert_true(st.level_in_dbm0 < -60);
	media_conference_end(t.bridge[0]);
	assert_int_equal(media_join(t.line, t.near), 0);	/* back to a call of two */
	say_tone(&t, PHONE, t.phone);
	rig_run(&t.rig, 2500);
	media_port_stats(t.far, &st);
	assert_in_range((int)(st.level_in_dbm0 * 10 + 1000), 890, 910);
	three_close(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(others_and_not_oneself),
		cmocka_unit_test(saturates),
		cmocka_unit_test(comes_and_goes),
	};
	struct sched_param priority = { .sched_priority = 5 };

	law_init();
	sched_setscheduler(0, SCHED_FIFO, &priority);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
