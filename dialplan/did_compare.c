/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dialplan/did_compare.c: which pattern is more specific, what a range consists of, and what matches. */
#include <stdio.h>
#include <string.h>

#include "dialplan/did_pattern.h"

static uint64_t power10(int n)
{
	uint64_t v = 1;

	while (n-- > 0)
		v *= 10;
	return v;
}

uint64_t range_beginnings(const struct pattern *p, int j)
{
	uint64_t unit = power10(p->range - j);

	return p->hi / unit - p->lo / unit + 1;
}

uint64_t pattern_choices(const struct pattern *p, int k)
{
	int j = k - (p->n - p->range);	/* position within the range */
	uint64_t before, now;

	if (!p->range || j < 0)
		return (uint64_t)__builtin_popcount(p->mask[k]);
	before = range_beginnings(p, j);
	now = range_beginnings(p, j + 1);
	return now % before ? 0 : now / before;
}

/* The beginnings of K + 1 symbols, given those of K. Exact where it is used: a range has digits alone before it, so
 * that two patterns that agree so far count 1 where the first range of the two begins. */
static uint64_t beginnings(const struct pattern *p, int k, uint64_t before)
{
	int j = k - (p->n - p->range);

	if (p->range && j >= 0)
		return range_beginnings(p, j + 1);
	return before * (uint64_t)__builtin_popcount(p->mask[k]);
}

int pattern_compare(const struct pattern *a, const struct pattern *b)
{
	bool ranges = a->range || b->range;
	uint64_t na = 1, nb = 1;

	for (int k = 0; k < a->n && k < b->n; k++) {
		na = ranges ? beginnings(a, k, na) : (uint64_t)__builtin_popcount(a->mask[k]);
		nb = ranges ? beginnings(b, k, nb) : (uint64_t)__builtin_popcount(b->mask[k]);
		if (na != nb)
			return na < nb ? -1 : 1;
	}
	if (a->n != b->n)
		return a->n > b->n ? -1 : 1;	/* the shorter one goes on with "*", or they share no number */
	return (int)a->wild - (int)b->wild;
}

/* --- A range in pieces ------------------------------------------------------------------------ */

struct split {
	const struct pattern *range;
	struct pattern piece;
	struct pattern *out;
	int n;
};

static uint32_t digits_mask(int from, int to)
{
	return from > to ? 0 : (1u << (to + 1)) - (1u << from);
}

static void emit(struct split *s)
{
	if (s->n < PATTERN_PIECES_MAX)
		s->out[s->n++] = s->piece;
}

/* Positions from K on, of which LEFT are digits between LO and HI. */
static void split(struct split *s, int k, int left, uint64_t lo, uint64_t hi)
{
	uint64_t unit = power10(left - 1);
	int a = (int)(lo / unit), b = (int)(hi / unit);
	bool low_whole = lo % unit == 0, high_whole = hi % unit == unit - 1;

	if (a == b && !(low_whole && high_whole)) {
		s->piece.mask[k] = digits_mask(a, a);
		split(s, k + 1, left - 1, lo % unit, hi % unit);
		return;
	}
	if (!low_whole) {
		s->piece.mask[k] = digits_mask(a, a);
		split(s, k + 1, left - 1, lo % unit, unit - 1);
		a++;
	}
	if (!high_whole) {
		s->piece.mask[k] = digits_mask(b, b);
		split(s, k + 1, left - 1, 0, hi % unit);
		b--;
	}
	if (a > b)
		return;
	s->piece.mask[k] = digits_mask(a, b);
	for (int i = k + 1; i < s->piece.n; i++)
		s->piece.mask[i] = SYMBOLS_X;
	emit(s);
}

int pattern_pieces(const struct pattern *p, struct pattern *out)
{
	struct split s = { .range = p, .piece = *p, .out = out };

	if (!p->range) {
		out[0] = *p;
		return 1;
	}
	s.piece.range = 0;
	s.piece.lo = s.piece.hi = 0;
	split(&s, p->n - p->range, p->range, p->lo, p->hi);
	return s.n;
}

/* --- Matching one number, with the reason ----------------------------------------------------- */

static bool in_range(const struct pattern *p, const char *number, char *why, size_t size)
{
	uint64_t v = 0;

	for (int k = p->n - p->range; k < p->n; k++) {
		if (number[k] < '0' || number[k] > '9') {
			if (why)
				snprintf(why, size, "does not match at digit %d: %c is no digit", k + 1, number[k]);
			return false;
		}
		v = v * 10 + (uint64_t)(number[k] - '0');
	}
	if (v >= p->lo && v <= p->hi)
		return true;
	if (why)
		snprintf(why, size, "its last %d digits, %0*llu, are not in %0*llu..%0*llu", p->range, p->range,
			 (unsigned long long)v, p->range, (unsigned long long)p->lo, p->range,
			 (unsigned long long)p->hi);
	return false;
}

bool pattern_match(const struct pattern *p, const char *number, char *why, size_t size, int *depth)
{
	int len = (int)strnlen(number, NUMBER_MAX), fixed = p->n - p->range;
	int plus = number[0] == '+';	/* people count digits */
	char set[32];

	for (int k = 0; k < fixed && k < len; k++) {
		*depth = k;
		if (p->mask[k] & symbol_bit(number[k]))
			continue;
		mask_text(p->mask[k], set, sizeof(set));
		if (why && k == 0)
			snprintf(why, size, "does not match at the beginning: %c is not %s", number[0], set);
		else if (why)
			snprintf(why, size, "does not match at digit %d: %c is not %s%s", k + 1 - plus, number[k],
				 set[0] == '[' ? "in " : "", set);
		return false;
	}
	*depth = len < fixed ? len : fixed;
	if (len < p->n || (len > p->n && !p->wild)) {
		if (why)
			snprintf(why, size, "has %d digits, the number %d", p->n - (p->mask[0] == symbol_bit('+')),
				 len - plus);
		return false;
	}
	if (p->range && !in_range(p, number, why, size))
		return false;
	*depth = len;
	return true;
}
