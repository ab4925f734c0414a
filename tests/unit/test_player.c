/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is played into a line: tones, digits, samples and silence in sequence, at their level, to the sample. */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "channels/sound/country.h"
#include "channels/sound/dtmf_in.h"
#include "channels/sound/g711.h"
#include "channels/sound/player.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define MS 8
#define MOST (20 * 8000)

/* All that P gives, at most MOST, asked for in blocks of BLOCK. */
static unsigned all_of(struct player *p, enum hw_law law, uint8_t *buf, unsigned block)
{
	unsigned n = 0, got;

	do {
		unsigned want = MOST - n < block ? MOST - n : block;

		got = want ? player_octets(p, law, buf + n, want) : 0;
		n += got;
	} while (got);
	return n;
}

static unsigned played(const struct play_item *items, unsigned n, enum hw_law law, uint8_t *buf, unsigned block)
{
	struct player *p = NULL;

	assert_int_equal(player_open(&p, items, n), 0);
	n = all_of(p, law, buf, block);
	player_close(p);
	return n;
}

static double level(enum hw_law law, const uint8_t *buf, unsigned n)
{
	double sum = 0;

	for (unsigned i = 0; i < n; i++)
		sum += (double)law_linear[law][buf[i]] * law_linear[law][buf[i]];
	return law_dbm0(law, sum / n);
}

/* Sound (a sine may begin and end with an octet or two of silence) or nothing but silence. */
static bool silent(enum hw_law law, const uint8_t *buf, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		if (buf[i] != law_silence(law))
			return false;
	return true;
}

/* From where to where BUF sounds, judged by runs of more than 8 octets of silence: a list of lengths, sound first. */
static unsigned runs(enum hw_law law, const uint8_t *buf, unsigned n, unsigned *out, unsigned max)
{
	unsigned count = 0, begin = 0, i = 0;
	bool sound = true;

	while (i < n && count < max) {
		unsigned quiet = 0;

		while (i + quiet < n && buf[i + quiet] == law_silence(law))
			quiet++;
		if (sound ? quiet > 8 : quiet < 9) {
			out[count++] = i - begin;
			begin = i;
			sound = !sound;
		}
		i += sound || quiet < 2 ? 1 : quiet;
	}
	if (count < max)
		out[count++] = n - begin;
	return count;
}

static void levels_and_cadences_of_every_country(void **state)
{
	static const enum tone_id ids[] = { TONE_DIAL, TONE_STUTTER, TONE_RINGBACK, TONE_BUSY, TONE_CONGESTION, TONE_SIT,
					    TONE_CALL_WAITING, TONE_CONFIRM, TONE_HOWLER };
	uint8_t *buf = malloc(MOST);
	const struct country *c;
	double worst = 0;

	(void)state;
	assert_non_null(buf);
	for (unsigned i = 0; (c = country_at(i)); i++)
		for (unsigned t = 0; t < COUNT(ids); t++) {
			const struct tone_def *d = tone_of(c, ids[t]);
			const struct play_item item = { .kind = PLAY_TONE, .tone = d, .ms = 15000 };
			enum hw_law law = i & 1 ? HW_MULAW : HW_ALAW;
			unsigned n = played(&item, 1, law, buf, 160), at = 0, part = 0;

			assert_int_equal(n, 15000 * MS);
			while (at < n) {
				const struct tone_part *p = &d->parts[part];
				unsigned len = p->ms ? p->ms * MS : n - at;
				double want = 0, got;

				len = len > n - at ? n - at : len;
				for (unsigned f = 0; f < TONE_FREQS_MAX; f++)
					want += p->hz[f] ? pow(10, d->dbm0[f] / 10) : 0;
				if (want <= 0) {
					if (!silent(law, buf + at, len))
						fail_msg("%s %s: part %u is not silent", c->name, d->name, part);
				} else if (len >= 150 * MS) {
					got = level(law, buf + at, len) - 10 * log10(want);
					worst = fabs(got) > worst ? fabs(got) : worst;
					if (fabs(got) > 0.5)
						fail_msg("%s %s: part %u is %.2f dB off", c->name, d->name, part, got);
				}
				at += len;
				part = part + 1 == d->n_parts ? d->repeat_from : part + 1;
			}
		}
	print_message("levels: %.2f dB off at most\n", worst);
	free(buf);
}

static void blocks_make_no_difference(void **state)
{
	const struct tone_def *busy = tone_of(country_find("uk"), TONE_CONGESTION);
	const struct play_item items[] = { { .kind = PLAY_TONE, .tone = busy, .ms = 1234 },
					   { .kind = PLAY_SILENCE, .ms = 33 },
					   { .kind = PLAY_DIGITS, .digits = "1w2,3", .on_ms = 71, .off_ms = 53 } };
	uint8_t *a = malloc(MOST), *b = malloc(MOST);
	unsigned n;

	(void)state;
	assert_true(a && b);
	n = played(items, COUNT(items), HW_ALAW, a, MOST);
	assert_int_equal(n, (1234 + 33 + 3 * (71 + 53) + 500 + 1000) * MS);
	for (unsigned block = 1; block < 400; block = block * 3 + 2) {
		assert_int_equal(played(items, COUNT(items), HW_ALAW, b, block), n);
		assert_memory_equal(a, b, n);
	}
	free(a);
	free(b);
}

static void digits(void **state)
{
	static const struct { const char *why, *digits, *heard; unsigned on, off, ms; } rows[] = {
		{ "every digit", "0123456789*#ABCD", "0123456789*#ABCD", 0, 0, 16 * 200 },
		{ "small letters are digits too", "abcd", "ABCD", 0, 0, 4 * 200 },
		{ "a pause of 1 s and one of 0.5 s", "9,0w1", "901", 0, 0, 3 * 200 + 1500 },
		{ "as short as Q.24 lets it", "159", "159", 40, 40, 3 * 80 },
		{ "pauses alone", ",w", "", 0, 0, 1500 },
		{ "none", "", "", 0, 0, 0 },
	};
	uint8_t *buf = malloc(MOST);

	(void)state;
	assert_non_null(buf);
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct play_item item = { .kind = PLAY_DIGITS, .digits = rows[i].digits, .on_ms = rows[i].on, .off_ms = rows[i].off };
		struct dtmf_in *in = NULL;
		char heard[32] = "";
		unsigned n = played(&item, 1, HW_MULAW, buf, 80);

		if (n != rows[i].ms * MS)
			fail_msg("%s: %u samples", rows[i].why, n);
		memset(buf + n, law_silence(HW_MULAW), 100 * MS);
		assert_int_equal(dtmf_in_open(&in, HW_MULAW), 0);
		for (unsigned at = 0; at < n + 100 * MS; at += 80) {
			struct dtmf_heard h = dtmf_in_feed(in, buf + at, 80);

			if (h.end)
				strncat(heard, &h.digit, 1);
		}
		dtmf_in_close(in);
		if (strcmp(heard, rows[i].heard))
			fail_msg("%s: heard %s", rows[i].why, heard);
	}
	free(buf);
}

static void digits_are_exact(void **state)
{
	const struct play_item item = { .kind = PLAY_DIGITS, .digits = "5,5", .on_ms = 60, .off_ms = 45 };
	uint8_t *buf = malloc(MOST);
	unsigned n, got[8];

	(void)state;
	assert_non_null(buf);
	n = played(&item, 1, HW_ALAW, buf, 160);
	assert_int_equal(n, (2 * 105 + 1000) * MS);
	assert_int_equal(runs(HW_ALAW, buf, n, got, COUNT(got)), 4);
	assert_in_range(got[0], 60 * MS - 4, 60 * MS);
	assert_in_range(got[0] + got[1], 1105 * MS, 1105 * MS + 4);
	assert_true(silent(HW_ALAW, buf + 60 * MS, 1045 * MS));
	assert_in_range(level(HW_ALAW, buf, 60 * MS) * -100, 466, 500);	/* -9 and -7 dBm0 together: -4.88 */
	free(buf);
}

static void gain(void **state)
{
	const struct tone_def *dial = tone_of(country_find("de"), TONE_DIAL);
	uint8_t buf[8000];

	(void)state;
	for (int g = -20; g <= 5; g += 5) {
		const struct play_item item = { .kind = PLAY_TONE, .tone = dial, .ms = 1000, .gain_db = g };

		assert_int_equal(played(&item, 1, HW_ALAW, buf, 160), 8000);
		assert_true(fabs(level(HW_ALAW, buf, 8000) - (-10 + g)) < 0.3);
	}
}

static void sequence_and_end(void **state)
{
	const struct tone_def *sit = tone_of(country_find("de"), TONE_SIT), *dial = tone_of(country_find("de"), TONE_DIAL);
	int16_t samples[400];
	char word[] = "7";
	const struct play_item items[] = { { .kind = PLAY_SILENCE, .ms = 20 },
					   { .kind = PLAY_SAMPLES, .samples = samples, .n = COUNT(samples) },
					   { .kind = PLAY_SAMPLES },
					   { .kind = PLAY_DIGITS, .digits = word },
					   { .kind = PLAY_TONE, .tone = sit, .ms = 990 },
					   { .kind = PLAY_TONE, .tone = dial },
					   { .kind = PLAY_SILENCE, .ms = 5 } };
	struct player *p = NULL;
	uint8_t buf[16000];
	unsigned at = 160;

	(void)state;
	for (unsigned i = 0; i < COUNT(samples); i++)
		samples[i] = (int16_t)(i * 80 - 16000);
	assert_int_equal(player_open(&p, items, COUNT(items)), 0);
	memset(samples, 0, sizeof(samples));	/* they were copied */
	word[0] = 'x';
	assert_int_equal(player_octets(p, HW_ALAW, buf, sizeof(buf)), sizeof(buf));
	assert_true(silent(HW_ALAW, buf, at));
	for (unsigned i = 0; i < COUNT(samples); i++)
		assert_int_equal(buf[at + i], law_encode(HW_ALAW, (int16_t)(i * 80 - 16000)));
	at += COUNT(samples);
	assert_false(silent(HW_ALAW, buf + at, 100));
	assert_true(silent(HW_ALAW, buf + at + 800, 800));
	at += 1600 + 990 * MS;
	for (unsigned s = 0; s < 20; s++) {	/* for ever: the last item never comes */
		assert_false(silent(HW_ALAW, buf + at, sizeof(buf) - at));
		assert_int_equal(player_octets(p, HW_ALAW, buf, sizeof(buf)), sizeof(buf));
		at = 0;
	}
	player_close(p);
	assert_int_equal(played(items, 1, HW_ALAW, buf, 7), 160);	/* nothing after the end */
	assert_int_equal(played(items, 0, HW_ALAW, buf, 7), 0);
}

static void refused(void **state)
{
	static const struct { const char *why; struct play_item item; } rows[] = {
		{ "a letter that is no digit", { .kind = PLAY_DIGITS, .digits = "12x" } },
		{ "a plus is not dialled", { .kind = PLAY_DIGITS, .digits = "+44" } },
		{ "digits that are not there", { .kind = PLAY_DIGITS } },
		{ "a tone that is not there", { .kind = PLAY_TONE, .ms = 5 } },
		{ "samples that are not there", { .kind = PLAY_SAMPLES, .n = 4 } },
		{ "no such kind", { .kind = (enum play_kind)9 } },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct play_item items[] = { { .kind = PLAY_DIGITS, .digits = "1" }, rows[i].item };
		struct player *p = NULL;

		if (player_open(&p, items, 2) != -EINVAL || p)
			fail_msg("%s", rows[i].why);
	}
	player_close(NULL);
}

static int setup(void **state)
{
	(void)state;
	tones_init();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(levels_and_cadences_of_every_country),
		cmocka_unit_test(blocks_make_no_difference),
		cmocka_unit_test(digits),
		cmocka_unit_test(digits_are_exact),
		cmocka_unit_test(gain),
		cmocka_unit_test(sequence_and_end),
		cmocka_unit_test(refused),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
