/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dialplan/did_conflict.c: two rows that match a number and are equally specific are an error. Rows written alike
 * meet while the trie is built; here the others are found: sets that overlap, ranges that overlap, and a range
 * and a row with sets. Equally specific means the same number of choices at every position, so a walk down the
 * trie follows only branches with just that many: near linear in the number of rows.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dialplan/did_table.h"

void conflict_report(struct did_loader *l, uint32_t a, uint32_t b)
{
	uint32_t first = a < b ? a : b, second = a < b ? b : a;
	char message[100];

	snprintf(message, sizeof(message), "two rows match equally: this one and line %u", l->t->rows[first].line);
	did_report_row(l, second, "take one out, or make one of them more specific", message);
}

/* --- A row against all rows without ranges ---------------------------------------------------- */

struct search {
	struct did_loader *l;
	const struct pattern *piece;	/* what must overlap */
	uint64_t choices[NUMBER_MAX];	/* what must be equal */
	uint32_t row, last;		/* whose; the row reported last */
	bool range;
};

static bool fits(const struct search *s, uint8_t code, int pos)
{
	const struct did_table *t = s->l->t;

	return pos < s->piece->n && (t->masks[code] & s->piece->mask[pos]) &&
	       t->sizes[code] == s->choices[pos];
}

static void search(struct search *s, uint32_t index, int pos)
{
	const struct did_table *t = s->l->t;
	const struct did_node *node = &t->nodes[index];
	int children = __builtin_popcount(node->exact & ~NODE_RANGES) + node->sets;
	uint32_t other;

	for (int i = 0; i < node->skip_len; i++, pos++)
		if (!fits(s, node_skip(t, node)[i], pos))
			return;
	if (pos < s->piece->n) {
		for (int i = 0; i < children; i++)
			if (fits(s, t->nodes[node->first + (uint32_t)i].label, pos))
				search(s, node->first + (uint32_t)i, pos + 1);
		return;
	}
	other = s->piece->wild ? node->star : node->end;
	if (other == NO_ROW || t->rows[other].flags & ROW_RANGE || other == s->last)
		return;
	/* Two rows with sets find each other twice: the later one speaks. */
	if (s->range || other < s->row) {
		s->last = other;
		conflict_report(s->l, other, s->row);
	}
}

static void check_row(struct did_loader *l, uint32_t row)
{
	struct search s = { .l = l, .row = row, .last = NO_ROW };
	struct pattern p, pieces[PATTERN_PIECES_MAX];
	int n;

	row_pattern(l->t, row, &p);
	for (int k = 0; k < p.n; k++)
		s.choices[k] = pattern_choices(&p, k);
	s.range = p.range;
	n = p.range ? pattern_pieces(&p, pieces) : 0;
	for (int i = 0; i < (p.range ? n : 1); i++) {
		s.piece = p.range ? &pieces[i] : &p;
		search(&s, l->t->sections[l->t->rows[row].section].root, 0);
	}
}

/* --- Ranges against ranges -------------------------------------------------------------------- */

/* Ranges of one length and one row of choices, by their first number: an overlap shows between neighbours. */
struct interval {
	uint64_t lo, hi;		/* the whole number as an integer */
	uint64_t choices;		/* stands for the choices at each position, all 1 before the range */
	uint32_t row;
	uint16_t section;
	uint8_t n, plus;
};

static int by_place(const void *x, const void *y)
{
	const struct interval *a = x, *b = y;

#define BY(f)                                                                                                \
	if (a->f != b->f)                                                                                    \
	return a->f < b->f ? -1 : 1
	BY(section);
	BY(plus);
	BY(n);
	BY(choices);
	BY(lo);
	BY(row);
#undef BY
	return 0;
}

/* False for a number longer than an integer holds; nothing real is. */
static bool interval_of(const struct did_table *t, uint32_t row, struct interval *out)
{
	struct pattern p;
	uint64_t unit = 1, prefix = 0, hash = 14695981039346656037u;	/* FNV-1a */

	row_pattern(t, row, &p);
	out->row = row;
	out->section = t->rows[row].section;
	out->n = (uint8_t)p.n;
	out->plus = p.mask[0] == symbol_bit('+');
	for (int k = out->plus; k < p.n - p.range; k++)
		prefix = prefix * 10 + (uint64_t)__builtin_ctz(p.mask[k]);
	for (int i = 0; i < p.range; i++)
		unit *= 10;
	for (int j = 1; j <= p.range; j++)
		hash = (hash ^ range_beginnings(&p, j)) * 1099511628211u;
	out->choices = hash;
	out->lo = prefix * unit + p.lo;
	out->hi = prefix * unit + p.hi;
	return p.n - out->plus <= 19;
}

static void check_ranges(struct did_loader *l, struct interval *list, size_t n)
{
	qsort(list, n, sizeof(*list), by_place);
	for (size_t i = 1; i < n; i++) {
		const struct interval *a = &list[i - 1], *b = &list[i];
		struct pattern x, y;

		if (a->section != b->section || a->plus != b->plus || a->n != b->n || a->choices != b->choices ||
		    b->lo > a->hi)
			continue;
		row_pattern(l->t, a->row, &x);
		row_pattern(l->t, b->row, &y);
		if (pattern_compare(&x, &y) == 0)
			conflict_report(l, a->row, b->row);
	}
}

int conflict_check(struct did_loader *l)
{
	const struct did_table *t = l->t;
	struct interval *list = NULL;
	size_t n = 0, room = 0;

	for (uint32_t row = 0; row < t->rows_len && l->errors < DID_ERRORS_MAX; row++) {
		if (!(t->rows[row].flags & (ROW_SETS | ROW_RANGE)))
			continue;
		check_row(l, row);
		if (!(t->rows[row].flags & ROW_RANGE))
			continue;
		if (did_grow(&list, &room, n + 1, sizeof(*list))) {
			free(list);
			return -ENOMEM;
		}
		if (interval_of(t, row, &list[n]))
			n++;
	}
	if (n)
		check_ranges(l, list, n);
	free(list);
	return 0;
}
