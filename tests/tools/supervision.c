/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How well the tones of telephone lines are told apart, in figures.
 *   supervision grid [COUNTRY]     every country, tone, level, noise, frequency, cadence and law
 *   supervision expect COUNTRY TONE FILE   is this sound that tone, at every level
 *   supervision sounds FILE...     false alarms in sounds that are no tones (raw, 8 kHz, 16 bits), with every country's ears
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "channels/sound/g711.h"
#include "channels/sound/listener.h"
#include "channels/sound/tone_rx.h"
#include "tests/support/tonegrid.h"

#define SOUND_MAX (8000 * 600)	/* samples of a file */
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

/* What is heard in a sound that is no tone: ringback that stops would be a false answer, any other tone a false clear. */
struct alarms {
	const char *file, *country;
	double minutes, dbm0;
	unsigned answers, clears, speech;
};

static void hear(void *arg, const struct heard *h)
{
	struct alarms *a = arg;

	a->speech += h->kind == HEARD_SPEECH;
	if (h->kind != HEARD_TONE || h->cycles > 1)
		return;
	if (h->tone == TONE_RINGBACK)
		a->answers++;
	else
		a->clears++;
	printf("  %s, %g dBm0: %s of %s after %u ms of it\n", a->file, a->dbm0, tone_id_name(h->tone), a->country, h->ms);
}

/* Mean square of what is not a pause: of the blocks of 20 ms that are less than 20 dB below the whole. */
static double active_power(const int16_t *x, size_t n)
{
	double least = 0, sum = 0;
	size_t blocks = 0;

	for (size_t i = 0; i < n; i++)
		least += x[i] * (double)x[i] / (double)n / 100;
	for (size_t i = 0; i + 160 <= n; i += 160) {
		double power = 0;

		for (size_t k = 0; k < 160; k++)
			power += x[i + k] * (double)x[i + k] / 160;
		sum += power > least ? power : 0;
		blocks += power > least;
	}
	return blocks ? sum / (double)blocks : 1;
}

struct play {
	enum hw_law law;
	double dbm0;
	heard_fn *fn;
	void *arg;
};

static double play(const struct country *c, const int16_t *x, size_t n, const struct play *p)
{
	double gain = law_sine_peak(p->law, p->dbm0) / sqrt(2 * active_power(x, n));
	struct listener *l;
	uint8_t buf[160];

	if (listener_open(&l, c, p->law, 0))
		abort();
	listener_want(l, LISTEN_DTMF | LISTEN_TONES | LISTEN_SPEECH);
	for (size_t i = 0; i + sizeof(buf) <= n; i += sizeof(buf)) {
		for (size_t k = 0; k < sizeof(buf); k++)
			buf[k] = law_encode(p->law, (int16_t)fmax(-32768, fmin(32767, gain * x[i + k])));
		listener_feed(l, buf, sizeof(buf), p->fn, p->arg);
	}
	listener_close(l);
	return (double)n / 8000 / 60;
}

static int16_t *read_sound(const char *name, size_t *n)
{
	FILE *f = fopen(name, "rb");
	int16_t *x = malloc(SOUND_MAX * sizeof(*x));

	if (!f || !x) {
		perror(name);
		exit(2);
	}
	*n = fread(x, sizeof(*x), SOUND_MAX, f);
	fclose(f);
	return x;
}

static int sounds(char **files, int n_files)
{
	struct alarms a = { 0 };
	const struct country *c;
	double minutes = 0;

	for (int i = 0; i < n_files; i++) {
		size_t n;
		int16_t *x = read_sound(files[i], &n);

		minutes += (double)n / 8000 / 60;
		a.file = files[i];
		for (unsigned k = 0; (c = country_at(k)); k++) {
			a.country = c->name;
			a.dbm0 = levels[(k + (unsigned)i) % COUNT(levels)];
			a.minutes += play(c, x, n, &(struct play){ k % 2 ? HW_MULAW : HW_ALAW, a.dbm0, hear, &a });
		}
		free(x);
		fflush(stdout);
	}
	printf("%.0f minutes of sound, %.0f minutes listened to, at -10, -20 and -30 dBm0: %u false clears, %u false answers; "
	       "speech was reported %u times\n", minutes, a.minutes, a.clears, a.answers, a.speech);
	return a.clears || a.answers || !a.speech;
}

struct expected {
	enum tone_id id;
	unsigned right, wrong;
};

static void hear_expected(void *arg, const struct heard *h)
{
	struct expected *e = arg;

	if (h->kind == HEARD_TONE)
		*(h->tone == e->id ? &e->right : &e->wrong) += 1;
	e->wrong += h->kind == HEARD_SPEECH;
}

static int expect(const char *country, const char *tone, const char *file)
{
	struct expected e = { .id = tone_id_find(tone) };
	const struct country *c = country_find(country);
	size_t n;
	int16_t *x;
	bool good = c && e.id != TONE_NONE;

	if (!good) {
		fprintf(stderr, "no such country or tone: %s %s\n", country, tone);
		return 2;
	}
	x = read_sound(file, &n);
	for (unsigned i = 0; i < COUNT(levels); i++) {
		e.right = e.wrong = 0;
		play(c, x, n, &(struct play){ i % 2 ? HW_MULAW : HW_ALAW, levels[i], hear_expected, &e });
		good &= e.right && !e.wrong;
	}
	printf("sox: %s %s: %s\n", country, tone, good ? "recognised at every level, nothing else" : "NOT told right");
	free(x);
	return !good;
}

int main(int argc, char **argv)
{
	tones_init();
	law_init();
	if (argc >= 2 && !strcmp(argv[1], "grid"))
		return grid(argc > 2 ? argv[2] : NULL);
	if (argc > 2 && !strcmp(argv[1], "sounds"))
		return sounds(argv + 2, argc - 2);
	if (argc == 5 && !strcmp(argv[1], "expect"))
		return expect(argv[2], argv[3], argv[4]);
	fprintf(stderr, "supervision grid [COUNTRY] | expect COUNTRY TONE FILE | sounds FILE...\n");
	return 2;
}
