/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sources and tracking of test audio; see audiocheck.h. */
#include "tests/support/audiocheck.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int audio_source_random(struct audio_source *s, uint32_t seed, size_t len)
{
	uint32_t x = seed * 2654435761u + 1;

	*s = (struct audio_source){ .octets = malloc(len), .len = len, .wraps = true };
	if (!s->octets)
		return -ENOMEM;
	for (size_t i = 0; i < len; i++) {	/* xorshift32 */
		x ^= x << 13;
		x ^= x >> 17;
		x ^= x << 5;
		s->octets[i] = (uint8_t)(x >> 11);
	}
	return 0;
}

int audio_source_file(struct audio_source *s, const char *path, uint8_t idle)
{
	FILE *f = fopen(path, "rb");
	long len;

	*s = (struct audio_source){ .idle = idle };
	if (!f)
		return -errno;
	fseek(f, 0, SEEK_END);
	len = ftell(f);
	rewind(f);
	s->octets = len > 0 ? malloc((size_t)len) : NULL;
	s->len = s->octets ? fread(s->octets, 1, (size_t)len, f) : 0;
	fclose(f);
	return s->len ? 0 : -EINVAL;
}

void audio_source_free(struct audio_source *s)
{
	free(s->octets);
	s->octets = NULL;
}

uint8_t audio_source_at(const struct audio_source *s, size_t start, uint64_t n)
{
	if (s->wraps)
		return s->octets[(start + n) % s->len];
	return start + n < s->len ? s->octets[start + n] : s->idle;
}

void audio_track_init(struct audio_track *t, const struct audio_source *src, size_t start, const uint8_t *map)
{
	*t = (struct audio_track){ .src = src, .start = start, .map = map };
}

static uint8_t expected(const struct audio_track *t, uint64_t n)
{
	uint8_t o = audio_source_at(t->src, t->start, n);

	return t->map ? t->map[o] : o;
}

/* Do the recent octets end just before position N? */
static bool ends_at(const struct audio_track *t, uint64_t n)
{
	for (size_t i = AUDIO_WINDOW; i-- > 0;)
		if (expected(t, n - AUDIO_WINDOW + i) != t->recent[i])
			return false;
	return true;
}

/* Silence and tones are found in too many places to prove one. */
static bool telling(const struct audio_track *t)
{
	bool seen[256] = { false };
	int distinct = 0;

	for (size_t i = 0; i < AUDIO_WINDOW; i++) {
		distinct += !seen[t->recent[i]];
		seen[t->recent[i]] = true;
	}
	return distinct >= 12;
}

static void lock_at(struct audio_track *t, uint64_t n)
{
	if (t->breaks) {
		/* Since the lock was lost RUN octets came, and the position should have moved as far. */
		uint64_t want = t->next + t->run;

		if (n > want)
			t->lost += n - want;
		else
			t->inserted += want - n;
		t->verified += AUDIO_WINDOW;
	} else {
		t->before = t->octets - AUDIO_WINDOW;
		t->verified = AUDIO_WINDOW;
	}
	t->next = n;
	t->run = 0;
	t->locked = true;
}

/* Looks for the place that the recent octets come from, the nearest to the expected one first. */
static void search(struct audio_track *t, uint64_t sent)
{
	uint64_t want = t->next + t->run;

	if (!telling(t))
		return;
	for (uint64_t d = 0; d <= sent; d++) {
		if (want + d <= sent && want + d >= AUDIO_WINDOW && ends_at(t, want + d)) {
			lock_at(t, want + d);
			return;
		}
		if (d && want >= d + AUDIO_WINDOW && want - d <= sent && ends_at(t, want - d)) {
			lock_at(t, want - d);
			return;
		}
	}
}

static void unlocked_octet(struct audio_track *t, uint8_t o, uint64_t sent)
{
	memmove(t->recent, t->recent + 1, AUDIO_WINDOW - 1);
	t->recent[AUDIO_WINDOW - 1] = o;
	t->n_recent++;
	if (t->breaks)
		t->run++;
	/* Every eighth octet is often enough: the window is longer than that. */
	if (t->n_recent >= AUDIO_WINDOW && t->n_recent % 8 == 0)
		search(t, sent);
}

static void locked_octet(struct audio_track *t, uint8_t o, uint64_t sent)
{
	if (t->next >= sent) {	/* the sender has stopped: what fills the line after that is nobody's audio */
		t->after++;
		return;
	}
	if (o == expected(t, t->next)) {
		t->errors += t->run;	/* short runs inside a held lock are octets changed in place */
		t->run = 0;
		t->verified++;
		t->next++;
		return;
	}
	if (!t->first_bad)
		t->first_bad = t->octets;
	t->run++;
	t->next++;
	if (t->run < AUDIO_LOST)
		return;
	/* Eight wrong in a row: the stream has jumped. */
	t->next -= t->run;
	t->locked = false;
	t->breaks++;
	t->n_recent = 0;
}

void audio_track_feed(struct audio_track *t, const uint8_t *data, size_t len, uint64_t sent)
{
	for (size_t i = 0; i < len; i++) {
		t->octets++;
		if (t->locked)
			locked_octet(t, data[i], sent);
		else
			unlocked_octet(t, data[i], sent);
	}
}

void audio_track_finish(struct audio_track *t, uint64_t tail)
{
	if (!t->first_bad || t->octets - t->first_bad >= tail)
		return;
	t->after += t->octets - t->first_bad + 1;
	t->first_bad = t->run = t->errors = t->lost = t->inserted = 0;
	t->breaks = 0;
}

/* Table 3 of G.711: mu-law decoder output values 1..128 to A-law ones; the numbering is the table's. */
static const uint8_t mu2a[128] = {
	1,   1,   2,   2,   3,   3,   4,   4,   5,   5,   6,   6,   7,   7,   8,   8,   9,   10,  11,  12,  13,  14,
	15,  16,  17,  18,  19,  20,  21,  22,  23,  24,  25,  27,  29,  31,  33,  34,  35,  36,  37,  38,  39,  40,
	41,  42,  43,  44,  46,  48,  49,  50,  51,  52,  53,  54,  55,  56,  57,  58,  59,  60,  61,  62,  64,  65,
	66,  67,  68,  69,  70,  71,  72,  73,  74,  75,  76,  77,  78,  79,  80,  82,  83,  84,  85,  86,  87,  88,
	89,  90,  91,  92,  93,  94,  95,  96,  97,  98,  99,  100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110,
	111, 112, 113, 114, 115, 116, 117, 118, 119, 120, 121, 122, 123, 124, 125, 126, 127, 128,
};
/* Table 4: A-law to mu-law. */
static const uint8_t a2mu[128] = {
	1,   3,   5,   7,   9,   11,  13,  15,  16,  17,  18,  19,  20,  21,  22,  23,  24,  25,  26,  27,  28,  29,
	30,  31,  32,  32,  33,  33,  34,  34,  35,  35,  36,  37,  38,  39,  40,  41,  42,  43,  44,  45,  46,  47,
	48,  48,  49,  49,  50,  51,  52,  53,  54,  55,  56,  57,  58,  59,  60,  61,  62,  63,  64,  64,  65,  66,
	67,  68,  69,  70,  71,  72,  73,  74,  75,  76,  77,  78,  79,  80,  80,  81,  82,  83,  84,  85,  86,  87,
	88,  89,  90,  91,  92,  93,  94,  95,  96,  97,  98,  99,  100, 101, 102, 103, 104, 105, 106, 107, 108, 109,
	110, 111, 112, 113, 114, 115, 116, 117, 118, 119, 120, 121, 122, 123, 124, 125, 126, 127,
};

uint8_t g711_mu_to_a(uint8_t mu)
{
	/* The tables count from the smallest value; octets are sent inverted (mu: all bits, A: even bits). */
	uint8_t a = (uint8_t)(mu2a[(~mu) & 0x7f] - 1);

	return (uint8_t)((mu & 0x80) | (a ^ 0x55));
}

uint8_t g711_a_to_mu(uint8_t a)
{
	uint8_t mu = (uint8_t)(a2mu[(a ^ 0x55) & 0x7f]);

	return (uint8_t)((a & 0x80) | (~mu & 0x7f));
}
