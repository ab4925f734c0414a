/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How well the tones of telephone lines are told apart, in figures.
 *   supervision grid [COUNTRY]     every country, tone, level, noise, frequency, cadence and law
 *   supervision sound FILE...      false alarms in sounds of 8 kHz mono WAV or raw 16-bit files, by every country's ears
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/tonegrid.h"
#include "channels/sound/tone_rx.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const enum tone_id tones[] = { TONE_DIAL, TONE_STUTTER, TONE_RINGBACK, TONE_BUSY, TONE_CONGESTION, TONE_SIT };
static const double levels[] = { -10, -20, -30 }, noises[] = { 20, 40 }, stretches[] = { 0.9, 1, 1.1 };
static const struct { double all, odd; } tunes[] = { { 0.985, 0 }, { 1, 0 }, { 1.015, 0 }, { 0.985, 1.015 } };

struct sums {
	unsigned runs, missed, confused, late, waited, speech;	/* waited: longer than its own two cycles */
};

static unsigned random_below(unsigned n)
{
	static uint32_t seed = 1;

	seed = seed * 1664525u + 1013904223u;
	return n ? (seed >> 8) % n : 0;
}

static void one(const struct country *c, enum tone_id id, const struct tonegrid_line *line, struct sums *s)
{
	struct tonegrid_result r = tonegrid_run(c, id, line);
	const char *what = NULL;

	s->runs++;
	if (r.confused != TONE_NONE)
		s->confused++, what = "confused";
	else if (r.first == TONE_NONE)
		s->missed++, what = "missed";
	else if (!line->skip_ms && r.ms > r.allowed_ms)
		s->late++, what = "late";
	s->waited += !line->skip_ms && r.ms > r.own_ms;
	s->speech += r.speech > 0;
	if (what || r.speech)
		printf("  %s %s %s%s: law %d, %g dBm0, S/N %g, tune %g/%g, stretch %g, from %u ms: %s after %u of %u ms\n",
		       c->name, tone_id_name(id), what ? what : "", r.speech ? " speech" : "", line->law, line->dbm0,
		       line->snr_db, line->tune, line->tune_odd, line->stretch, line->skip_ms,
		       tone_id_name(r.confused != TONE_NONE ? r.confused : r.first), r.ms, r.allowed_ms);
}

static void lines_of(const struct country *c, enum tone_id id, struct sums *s)
{
	for (unsigned i = 0; i < 2 * COUNT(levels) * COUNT(noises) * COUNT(stretches) * COUNT(tunes); i++) {
		unsigned rest = i / 2, tune;
		struct tonegrid_line line = { .law = i % 2 ? HW_MULAW : HW_ALAW };

		line.dbm0 = levels[rest % COUNT(levels)], rest /= COUNT(levels);
		line.snr_db = noises[rest % COUNT(noises)], rest /= COUNT(noises);
		line.stretch = stretches[rest % COUNT(stretches)], rest /= COUNT(stretches);
		tune = rest % COUNT(tunes);
		line.tune = tunes[tune].all;
		line.tune_odd = tunes[tune].odd;
		if (i % 5 == 4)		/* somewhere in the first sound */
			line.skip_ms = random_below(c->tones[id].parts[0].ms);
		one(c, id, &line, s);
	}
}

static void add(struct sums *to, const struct sums *s)
{
	to->runs += s->runs;
	to->missed += s->missed;
	to->confused += s->confused;
	to->late += s->late;
	to->waited += s->waited;
	to->speech += s->speech;
}

static void print_alike(const struct country *c)
{
	for (unsigned a = 0; a < COUNT(tones); a++)
		for (unsigned b = a + 1; b < COUNT(tones); b++)
			if (c->tones[tones[a]].n_parts && c->tones[tones[b]].n_parts && tones[b] != TONE_STUTTER &&
			    tones[a] != TONE_STUTTER && tone_rx_alike(c, tones[a], tones[b]))
				printf("  %s: %s and %s are alike\n", c->name, tone_id_name(tones[a]), tone_id_name(tones[b]));
}

static int grid(const char *only)
{
	struct sums all = { 0 };
	const struct country *c;

	printf("%-8s %-11s %7s %9s %7s %9s %5s %6s %7s\n", "country", "tone", "lines", "detected", "missed", "confused", "late",
	       "waited", "speech");
	for (unsigned i = 0; (c = country_at(i)); i++) {
		if (only && strcmp(c->name, only))
			continue;
		for (unsigned t = 0; t < COUNT(tones); t++) {
			struct sums s = { 0 };

			if (!c->tones[tones[t]].n_parts)
				continue;
			lines_of(c, tones[t], &s);
			printf("%-8s %-11s %7u %9u %7u %9u %5u %6u %7u\n", c->name, tone_id_name(tones[t]), s.runs,
			       s.runs - s.missed - s.confused, s.missed, s.confused, s.late, s.waited, s.speech);
			fflush(stdout);
			add(&all, &s);
		}
		print_alike(c);
	}
	printf("%-20s %7u %9u %7u %9u %5u %6u %7u\n", "all", all.runs, all.runs - all.missed - all.confused, all.missed,
	       all.confused, all.late, all.waited, all.speech);
	return all.missed || all.confused || all.late || all.speech;
}

int main(int argc, char **argv)
{
	tones_init();
	if (argc >= 2 && !strcmp(argv[1], "grid"))
		return grid(argc > 2 ? argv[2] : NULL);
	fprintf(stderr, "supervision grid [COUNTRY]\n");
	return 2;
}
