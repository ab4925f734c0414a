/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is heard on an analog line: each kind of thing alone, what they must not be taken for, and the audio kept. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "channels/sound/g711.h"
#include "channels/sound/listener.h"
#include "tests/support/tonemaker.h"

#define ALL (LISTEN_DTMF | LISTEN_TONES | LISTEN_SPEECH)
#define N 80

static const struct country home = {
	.name = "home",
	.tones = {
		[TONE_DIAL] = { "dial", { -10 }, 1, 0, { { { 425 }, 0 } } },
		[TONE_RINGBACK] = { "ringback", { -10 }, 2, 0, { { { 425 }, 1000 }, { { 0 }, 4000 } } },
		[TONE_BUSY] = { "busy", { -10 }, 2, 0, { { { 425 }, 480 }, { { 0 }, 480 } } },
		[TONE_CONGESTION] = { "congestion", { -10 }, 2, 0, { { { 425 }, 240 }, { { 0 }, 240 } } },
		[TONE_SIT] = { "sit", { -10 }, 4, 0,
			       { { { 950 }, 330 }, { { 1400 }, 330 }, { { 1800 }, 330 }, { { 0 }, 1000 } } },
	},
};

struct ear {
	struct listener *l;
	enum hw_law law;
	unsigned n[HEARD_CAS + 1];	/* of each kind */
	unsigned now, at[HEARD_CAS + 1];	/* ms so far, and when the first of a kind came */
	struct heard last[HEARD_CAS + 1];
	char digits[32];
};

static void hear(void *arg, const struct heard *h)
{
	struct ear *e = arg;

	if (!e->n[h->kind]++)
		e->at[h->kind] = e->now;
	e->last[h->kind] = *h;
	if (h->kind == HEARD_DIGIT && strlen(e->digits) < sizeof(e->digits) - 1)
		e->digits[strlen(e->digits)] = h->digit;
}

static void open_ear(struct ear *e, enum hw_law law, unsigned listen, unsigned keep_ms)
{
	*e = (struct ear){ .law = law };
	assert_int_equal(listener_open(&e->l, &home, law, keep_ms), 0);
	listener_want(e->l, listen);
}

static void play(struct ear *e, struct tonemaker *t, unsigned ms)
{
	uint8_t buf[N];

	t->law = e->law;
	for (unsigned i = 0; i < ms; i += N / 8, e->now += N / 8) {
		tonemaker_octets(t, buf, N);
		listener_feed(e->l, buf, N, hear, e);
	}
}

static void play_tone(struct ear *e, enum tone_id id, double dbm0, double snr_db, unsigned ms)
{
	struct tonemaker t = { .def = &home.tones[id], .dbm0 = dbm0, .snr_db = snr_db, .tune = 1, .stretch = 1, .seed = 1 };

	play(e, &t, ms);
}

static void play_noise(struct ear *e, double dbm0, unsigned ms)
{
	struct tonemaker t = { .dbm0 = dbm0, .snr_db = 1e-9, .seed = 5 };

	play(e, &t, ms);
}

/* Bursts of noise, a syllable long: what a voice is to this receiver. */
static void babble(struct ear *e, double dbm0, unsigned ms)
{
	for (unsigned i = 0; i < ms; i += 200) {
		play_noise(e, dbm0, 150);
		play_noise(e, dbm0 - 25, 50);
	}
}

static void tones_of_a_country(void **state)
{
	static const struct { const char *why; enum tone_id id; unsigned ms, by, end_ms; } rows[] = {
		{ "it goes on: longer than a ring of ringback", TONE_DIAL, 4000, 1200, 4000 },
		{ "two rings", TONE_RINGBACK, 21000, 10000, 21000 },
		{ "frequency and cadence", TONE_BUSY, 4320, 1920, 4320 },
		{ "twice as fast", TONE_CONGESTION, 2160, 960, 2160 },
		{ "three tones once", TONE_SIT, 990, 1100, 990 },
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (int law = HW_ALAW; law <= HW_MULAW; law++) {
			struct ear e;

			open_ear(&e, (enum hw_law)law, ALL, 0);
			play_tone(&e, rows[i].id, -20, 20, rows[i].ms);
			play_noise(&e, -60, 6000);
			if (!e.n[HEARD_TONE] || e.at[HEARD_TONE] > rows[i].by)
				fail_msg("%s: heard %u, first after %u ms", rows[i].why, e.n[HEARD_TONE], e.at[HEARD_TONE]);
			assert_int_equal(e.last[HEARD_TONE].tone, rows[i].id);
			assert_int_equal(e.n[HEARD_TONE_END], 1);
			assert_int_equal(e.last[HEARD_TONE_END].tone, rows[i].id);
			assert_in_range(e.last[HEARD_TONE_END].ms + 4100, rows[i].end_ms, rows[i].end_ms + 4200);
			if (e.n[HEARD_SPEECH])
				fail_msg("%s: taken for speech", rows[i].why);
			listener_close(e.l);
		}
}

/* A tone that is repeated is told again each cycle, and again each second when it has none. */
static void cycles(void **state)
{
	struct ear e;

	(void)state;
	open_ear(&e, HW_ALAW, LISTEN_TONES, 0);
	play_tone(&e, TONE_BUSY, -10, 0, 960 * 10);
	assert_int_equal(e.n[HEARD_TONE], 9);
	assert_int_equal(e.last[HEARD_TONE].cycles, 9);
	listener_close(e.l);
	open_ear(&e, HW_ALAW, LISTEN_TONES, 0);
	play_tone(&e, TONE_DIAL, -10, 0, 5500);
	assert_int_equal(e.last[HEARD_TONE].cycles, 5);
	listener_close(e.l);
	open_ear(&e, HW_ALAW, LISTEN_TONES | LISTEN_DIAL, 0);
	play_tone(&e, TONE_DIAL, -10, 0, 500);
	assert_int_equal(e.n[HEARD_TONE], 1);	/* just seized: it can be nothing else */
	assert_in_range(e.at[HEARD_TONE], 400, 450);
	listener_close(e.l);
}

/* A ringback that stops when somebody speaks: speech, and soon; never before. */
static void answered(void **state)
{
	static const unsigned rings_ms[] = { 6500, 5300, 9100, 15050 };

	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		struct ear e;

		open_ear(&e, HW_MULAW, ALL, 0);
		play_tone(&e, TONE_RINGBACK, -15, 20, rings_ms[i]);
		assert_int_equal(e.n[HEARD_SPEECH], 0);
		babble(&e, -22, 1000);
		assert_in_range(e.n[HEARD_SPEECH], 1, 2);
		assert_in_range(e.at[HEARD_SPEECH], rings_ms[i] + 190, rings_ms[i] + 800);
		assert_int_equal(e.n[HEARD_DIGIT], 0);
		listener_close(e.l);
	}
}

/* A call abroad rings as the country there rings: that is no answer. */
static void rings_abroad(void **state)
{
	const struct country *c;
	unsigned seen = 0;

	(void)state;
	for (unsigned i = 0; (c = country_at(i)); i++)
		for (enum tone_id id = TONE_RINGBACK; id <= TONE_CONGESTION; id++) {
			struct tonemaker t = { .def = &c->tones[id], .dbm0 = i % 2 ? -25 : -12, .snr_db = 20, .tune = 1, .stretch = 1 };
			struct ear e;

			if (!t.def->n_parts)
				continue;
			open_ear(&e, i % 2 ? HW_MULAW : HW_ALAW, LISTEN_SPEECH, 0);
			play(&e, &t, 3000);
			if (e.n[HEARD_SPEECH])
				fail_msg("%s %s: taken for speech", c->name, tone_id_name(id));
			listener_close(e.l);
			seen++;
		}
	assert_true(seen > 75);
}

static void speech_and_silence(void **state)
{
	struct ear e;

	(void)state;
	open_ear(&e, HW_ALAW, ALL, 0);
	play_noise(&e, -55, 2600);
	assert_int_equal(e.n[HEARD_SILENCE], 3);	/* at 0.5, 1.5 and 2.5 s */
	assert_int_equal(e.last[HEARD_SILENCE].ms, 2500);
	babble(&e, -30, 5000);
	assert_in_range(e.n[HEARD_SPEECH], 4, 5);
	assert_int_equal(e.n[HEARD_SILENCE], 3);
	play_noise(&e, -35, 6000);			/* a noise that stays as it is */
	assert_in_range(e.n[HEARD_SPEECH], 4, 8);	/* is taken for the line's own after 3 s at most */
	assert_true(e.n[HEARD_SILENCE] > 4);
	assert_int_equal(e.n[HEARD_TONE], 0);
	listener_close(e.l);
	open_ear(&e, HW_ALAW, ALL, 0);
	play_noise(&e, -70, 500);
	play_noise(&e, -20, 150);			/* a click, a cough */
	play_noise(&e, -70, 500);
	assert_int_equal(e.n[HEARD_SPEECH], 0);
	listener_close(e.l);
}

static void digits(void **state)
{
	static const char said[] = "1234567890*#";
	struct ear e;

	(void)state;
	for (int speech = 0; speech < 2; speech++) {
		open_ear(&e, HW_ALAW, LISTEN_DTMF | (speech ? LISTEN_SPEECH | LISTEN_TONES : 0), 0);
		for (const char *c = said; *c; c++) {
			struct tonemaker t = { .def = tone_dtmf(*c), .dbm0 = -12, .snr_db = 20, .tune = 1, .stretch = 1 };

			play(&e, &t, 100);
			play_noise(&e, -50, 100);
		}
		assert_string_equal(e.digits, said);
		assert_int_equal(e.n[HEARD_DIGIT_BEGIN], 12);
		assert_in_range(e.last[HEARD_DIGIT].ms, 70, 130);
		assert_int_equal(e.n[HEARD_SPEECH] + e.n[HEARD_TONE], 0);
		listener_close(e.l);
	}
}

static void audio_is_kept(void **state)
{
	struct ear e;
	uint8_t in[5000], out[5000];

	(void)state;
	for (unsigned i = 0; i < sizeof(in); i++)
		in[i] = (uint8_t)(i * 7 + i / 256);
	open_ear(&e, HW_ALAW, 0, 100);		/* 800 octets */
	assert_int_equal(listener_kept(e.l, out, sizeof(out)), 0);
	listener_feed(e.l, in, 300, hear, &e);
	assert_int_equal(listener_kept(e.l, out, sizeof(out)), 300);
	assert_memory_equal(out, in, 300);
	for (unsigned at = 300; at < 4900; at += 100)
		listener_feed(e.l, in + at, 100, hear, &e);
	assert_int_equal(listener_kept(e.l, out, sizeof(out)), 800);
	assert_memory_equal(out, in + 4100, 800);
	assert_int_equal(listener_kept(e.l, out, 50), 50);
	assert_memory_equal(out, in + 4850, 50);
	listener_feed(e.l, in, 5000, hear, &e);	/* more than there is room for */
	assert_int_equal(listener_kept(e.l, out, sizeof(out)), 800);
	assert_memory_equal(out, in + 4200, 800);
	listener_close(e.l);
	listener_close(NULL);
	assert_int_not_equal(listener_open(&e.l, &home, HW_ALAW, 10001), 0);
}

static void feed_linear(struct ear *e, const int16_t *x, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint8_t octet = law_encode(e->law, x[i]);

		listener_feed(e->l, &octet, 1, hear, e);
	}
}

/* A message that was on its way when it was asked for is read from what was kept; one that is cut is no message. */
static void caller_id(void **state)
{
	static const struct { const char *why; unsigned listen_after_ms, cut_ms; bool good; } rows[] = {
		{ "asked for in time", 0, 0, true },
		{ "asked for in the middle of the message", 400, 0, true },
		{ "the call is answered too early", 0, 520, false },
	};
	struct callerid said = { .number = "02079460123", .name = "Ada" };
	int16_t *x;
	size_t n;

	(void)state;
	assert_int_equal(callerid_sound(&said, CID_BELL202, false, HW_MULAW, -20, &x, &n), 0);
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t before = rows[i].listen_after_ms * 8, end = rows[i].cut_ms ? rows[i].cut_ms * 8 : n;
		struct ear e;

		open_ear(&e, HW_MULAW, 0, 3000);
		play_noise(&e, -60, 500);
		feed_linear(&e, x, before);
		listener_want(e.l, LISTEN_CALLERID | ALL);
		feed_linear(&e, x + before, end - before);
		play_noise(&e, -60, 1000);
		if (e.n[HEARD_CALLERID] != rows[i].good || e.n[HEARD_CALLERID_BAD] == rows[i].good)
			fail_msg("%s: %u messages, %u broken", rows[i].why, e.n[HEARD_CALLERID], e.n[HEARD_CALLERID_BAD]);
		if (rows[i].good) {
			assert_string_equal(e.last[HEARD_CALLERID].callerid.number, said.number);
			assert_string_equal(e.last[HEARD_CALLERID].callerid.name, said.name);
		}
		assert_int_equal(e.n[HEARD_TONE], 0);
		listener_close(e.l);
	}
	free(x);
}

/* The alerting signal of call waiting, in a conversation. */
static void alerting_signal(void **state)
{
	int16_t *x;
	struct ear e;
	size_t n;

	(void)state;
	assert_int_equal(callerid_alert_sound(85, HW_ALAW, -16, &x, &n), 0);
	open_ear(&e, HW_ALAW, LISTEN_CAS, 0);
	babble(&e, -20, 1000);
	assert_int_equal(e.n[HEARD_CAS], 0);
	feed_linear(&e, x, n);
	play_noise(&e, -60, 100);
	assert_int_equal(e.n[HEARD_CAS], 1);
	listener_want(e.l, 0);
	feed_linear(&e, x, n);
	play_noise(&e, -60, 100);
	assert_int_equal(e.n[HEARD_CAS], 1);
	listener_close(e.l);
	free(x);
}

static void level(void **state)
{
	struct ear e;

	(void)state;
	open_ear(&e, HW_MULAW, LISTEN_TONES, 0);
	play_tone(&e, TONE_DIAL, -23, 0, 1000);
	assert_true(fabs(listener_level(e.l) + 23) < 0.3);
	assert_true(listener_level(e.l) < -90);
	listener_close(e.l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tones_of_a_country), cmocka_unit_test(cycles), cmocka_unit_test(answered), cmocka_unit_test(rings_abroad),
		cmocka_unit_test(speech_and_silence), cmocka_unit_test(digits), cmocka_unit_test(audio_is_kept),
		cmocka_unit_test(caller_id),
		cmocka_unit_test(alerting_signal), cmocka_unit_test(level),
	};

	tones_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
