/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "channels/sound/tone_cadence.h"

#include <math.h>
#include <string.h>

#define EDGE_MS 26.0f		/* a run is measured to this, and */
#define EDGE_SHARE 0.05f	/* this share of it */
#define ONCE_RATIO 1.22f	/* E.180 4.7: 330 ms, 70 more or less */
#define PITCH 0.008f		/* difference of frequency between the sounds of a tone */
#define LASTING_MS 600		/* a tone that goes on for this long has no cadence, where no cadence of its frequencies is longer */
#define LASTING_EDGE_MS 40
#define AWAITED_MS 400
#define FOREVER_MS 8000		/* a part as long as this is taken for one without an end */

static const enum tone_id told[CADENCE_TONES] = { TONE_DIAL, TONE_STUTTER, TONE_RINGBACK, TONE_BUSY, TONE_CONGESTION,
						  TONE_SIT };

static void add_part(struct cadence *c, int set, unsigned ms)
{
	if (set == RUN_PAUSE && ms && ms < CADENCE_GAP_MS)
		return;
	if (c->n && c->parts[c->n - 1].set == set) {
		c->parts[c->n - 1].ms = (uint16_t)(c->parts[c->n - 1].ms + ms);
		return;
	}
	c->parts[c->n].set = (int8_t)set;
	c->parts[c->n].ms = (uint16_t)ms;
	c->n++;
}

/* Parts FROM to TO of a definition; stops at one that has no end. */
static void add_parts(struct cadence *c, const struct tone_def *d, unsigned from, unsigned to, const int *sets)
{
	for (unsigned i = from; i < to; i++) {
		bool forever = !d->parts[i].ms || d->parts[i].ms >= FOREVER_MS;

		if (forever && sets[i] >= 0) {
			c->n = 0;
			c->lasting = true;
		}
		if (forever && sets[i] < 0 && c->n)
			return;
		add_part(c, sets[i], d->parts[i].ms);
		if (forever)
			return;
	}
}

/* The end of what comes round may be its beginning too: a pause split in two, one frequency set all through. */
static void close_ring(struct cadence *c)
{
	if (c->n > 2 && c->parts[0].set == c->parts[c->n - 1].set) {
		c->parts[0].ms = (uint16_t)(c->parts[0].ms + c->parts[c->n - 1].ms);
		c->n--;
	}
	if (c->n == 1)
		c->lasting = true;
}

static unsigned sounds_in(const struct cadence *c)
{
	unsigned seen = 0;

	for (unsigned i = 0; i < c->n; i++)
		seen |= c->parts[i].set >= 0 ? 1u << c->parts[i].set : 0;
	return (unsigned)__builtin_popcount(seen);
}

static bool build(struct cadence *c, enum tone_id id, const struct tone_def *d, const int *sets)
{
	*c = (struct cadence){ .id = id == TONE_STUTTER ? TONE_DIAL : id };
	add_parts(c, d, d->repeat_from, d->n_parts, sets);
	if (c->n && !c->lasting)
		close_ring(c);
	if (!sounds_in(c)) {		/* only silence comes round: the whole comes once */
		c->n = 0;
		add_parts(c, d, 0, d->repeat_from, sets);
		c->once = true;
	}
	if (c->lasting)
		return sounds_in(c) > 0;
	if (sounds_in(c) >= 3)		/* three frequencies in their order are enough */
		c->once = true;
	while (c->once && c->n && c->parts[c->n - 1].set < 0)
		c->n--;
	for (unsigned i = 0; i < c->n; i++)
		c->period += c->parts[i].ms;
	c->need = (uint8_t)(c->once ? c->n : c->n + 1);
	return sounds_in(c) > 0;
}

void cadence_table(struct cadence_table *t, const struct country *c, cadence_set_of *set_of, void *arg)
{
	t->n = 0;
	for (unsigned i = 0; i < CADENCE_TONES; i++) {
		const struct tone_def *d = &c->tones[told[i]];
		int sets[TONE_PARTS_MAX];

		for (unsigned p = 0; p < d->n_parts; p++)
			sets[p] = d->parts[p].hz[0] ? set_of(arg, d->parts[p].hz) : RUN_PAUSE;
		if (d->n_parts && build(&t->tone[t->n], told[i], d, sets))
			t->n++;
	}
}

/* Two sounds of one tone have one pitch; those of a voice do not. */
static bool same_pitch(const struct cadence_run *r, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		for (unsigned k = 0; r[i].set >= 0 && k < i; k++)
			if (r[k].set == r[i].set && fabsf(r[k].off - r[i].off) > PITCH)
				return false;
	return true;
}

/* How well runs R[0..N) follow C from part PHASE on, the first of them perhaps heard in part: the distance, or infinity. */
static float follow(const struct cadence *c, const struct cadence_run *r, unsigned n, unsigned phase, float *stretch)
{
	float want = 0, heard = 0, away = 0, s = 1, ratio = c->once ? ONCE_RATIO : CADENCE_RATIO;

	for (unsigned i = 0; i < n; i++)
		if (r[i].set != c->parts[(phase + i) % c->n].set)
			return INFINITY;
	if (!same_pitch(r, n))
		return INFINITY;
	for (unsigned i = c->once ? 0 : 1; i < n; i++) {
		want += c->parts[(phase + i) % c->n].ms;
		heard += (float)r[i].ms;
	}
	if (n > 1 || c->once)
		s = heard / want;
	if (s > ratio + EDGE_MS / want || s < 1 / ratio - EDGE_MS / want)
		return INFINITY;
	for (unsigned i = 0; i < n; i++) {
		float nominal = s * c->parts[(phase + i) % c->n].ms, off = (float)r[i].ms - nominal;
		float may = EDGE_MS + EDGE_SHARE * nominal;

		if (off > may || (off < -may && (i || c->once)))
			return INFINITY;
		away += i || c->once ? fabsf(off) / may / (float)n : 0;
	}
	*stretch = s;
	return away + 10 * fabsf(logf(s));
}

/* How many of the last runs follow C at this stretch, the next part after them being NEXT. */
static unsigned followed(const struct cadence_match *m, const struct cadence_run *runs, unsigned n)
{
	const struct cadence *c = m->tone;
	unsigned count = 0, part = m->next;

	while (count < n) {
		const struct cadence_run *r = &runs[n - 1 - count];
		float nominal, off;

		part = (part + c->n - 1) % c->n;
		nominal = m->stretch * c->parts[part].ms;
		off = (float)r->ms - nominal;
		if (r->set != c->parts[part].set || off > EDGE_MS + EDGE_SHARE * nominal)
			break;
		count++;
		if (off < -EDGE_MS - EDGE_SHARE * nominal)
			break;
	}
	return count;
}

/* Could what was heard still become a tone that takes longer to prove than the one that M says? */
static bool may_be_another(const struct cadence_table *t, const struct cadence_match *m, const struct cadence_run *runs,
			   unsigned n)
{
	unsigned use = followed(m, runs, n);
	float s;

	for (unsigned i = 0; i < t->n; i++) {
		const struct cadence *c = &t->tone[i];

		if (c->lasting || c->once || c->id == m->tone->id || c->need <= use)
			continue;
		for (unsigned phase = 0; phase < c->n; phase++)
			if (isfinite(follow(c, runs + n - use, use, phase, &s)))
				return true;
	}
	return false;
}

/* Of two that fit, the one that needed more proof: a long cadence may hold a short one in a part of it. */
struct cadence_match cadence_match(const struct cadence_table *t, const struct cadence_run *runs, unsigned n)
{
	struct cadence_match best = { 0 };
	float least = INFINITY;

	for (unsigned i = 0; i < t->n; i++) {
		const struct cadence *c = &t->tone[i];

		if (c->lasting || n < c->need || (best.tone && c->need < best.tone->need))
			continue;
		for (unsigned phase = 0; phase < (c->once ? 1 : c->n); phase++) {
			float s, away = follow(c, runs + n - c->need, c->need, phase, &s);

			if (isfinite(away) && (away < least || c->need > best.tone->need)) {
				least = away;
				best = (struct cadence_match){ c, (phase + c->need) % c->n, s };
			}
		}
	}
	if (best.tone && may_be_another(t, &best, runs, n))
		best.tone = NULL;
	return best;
}

const struct cadence *cadence_lasting(const struct cadence_table *t, int set, uint32_t ms, bool awaited)
{
	const struct cadence *found = NULL;
	float longest = LASTING_MS;

	for (unsigned i = 0; i < t->n && !found; i++)
		if (t->tone[i].lasting && t->tone[i].parts[0].set == set)
			found = &t->tone[i];
	if (!found)
		return NULL;
	if (awaited && found->id == TONE_DIAL)
		return ms >= AWAITED_MS ? found : NULL;
	for (unsigned i = 0; i < t->n; i++)
		for (unsigned p = 0; p < t->tone[i].n; p++) {
			float part = CADENCE_RATIO * t->tone[i].parts[p].ms + LASTING_EDGE_MS;

			if (t->tone[i].id != found->id && t->tone[i].parts[p].set == set && part > longest)
				longest = part;
		}
	return (float)ms >= longest ? found : NULL;
}

bool cadence_alike(const struct cadence *a, const struct cadence *b)
{
	const float apart = 1.22f;

	if (a->lasting != b->lasting || a->n != b->n || a->once != b->once)
		return false;
	for (unsigned phase = 0; phase < a->n; phase++) {
		bool same = true;

		for (unsigned i = 0; i < a->n && same; i++) {
			float x = a->parts[i].ms, y = b->parts[(phase + i) % a->n].ms;

			same = a->parts[i].set == b->parts[(phase + i) % a->n].set &&
			       (a->lasting || (x < apart * y && y < apart * x));
		}
		if (same)
			return true;
	}
	return false;
}
