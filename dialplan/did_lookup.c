/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dialplan/did_lookup.c: finds the most specific row for a number. Allocates nothing; any thread.
 *
 * An exact symbol is more specific than a set and a smaller set more than a larger one, so the first way down
 * that ends in a row usually settles it. Two things do not allow that: different sets of one size, and
 * ranges, which are more specific than their pieces look (did_pattern.h). There all ways are gone and the
 * patterns compared.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "dialplan/did_table.h"

struct walk {
	const struct did_table *t;
	uint32_t bits[NUMBER_MAX];	/* the number's symbols */
	int n;
	uint32_t best;
};

static bool candidate(struct walk *w, uint32_t row)
{
	struct pattern a, b;

	if (row == NO_ROW)
		return false;
	if (w->best != NO_ROW && w->best != row) {
		row_pattern(w->t, w->best, &a);
		row_pattern(w->t, row, &b);
		if (pattern_compare(&a, &b) <= 0)
			return true;
	}
	w->best = row;
	return true;
}

static bool walk(struct walk *w, uint32_t index, int pos)
{
	const struct did_node *node = &w->t->nodes[index], *child;
	const uint8_t *skip = node_skip(w->t, node);
	bool found = false, ranges = node->exact & NODE_RANGES;
	uint32_t exact = node->exact & ~NODE_RANGES;
	int size = 1;

	if (!exact && !node->sets)
		__builtin_prefetch(w->t->blob + node->first);
	for (int i = 0; i < node->skip_len; i++, pos++)
		if (pos == w->n || !code_matches(w->t, skip[i], w->bits[pos]))
			return false;
	if (pos == w->n) {
		found = candidate(w, node->end);
		return (found && !ranges) || candidate(w, node->star) || found;
	}
	if (exact & w->bits[pos])
		found = walk(w, node->first + (uint32_t)__builtin_popcount(exact & (w->bits[pos] - 1)), pos + 1);
	child = w->t->nodes + (node->sets ? node->first + (uint32_t)__builtin_popcount(exact) : 0);
	for (int i = 0; i < node->sets; i++, child++) {
		int child_size;

		if (!code_matches(w->t, child->label, w->bits[pos]))
			continue;
		child_size = w->t->sizes[child->label];
		if (found && !ranges && child_size > size)
			continue;
		if (walk(w, (uint32_t)(child - w->t->nodes), pos + 1)) {
			found = true;
			size = child_size;
		}
	}
	if (!found || ranges)
		found |= candidate(w, node->star);
	return found;
}

const struct did_section *section_find(const struct did_table *t, const char *trunk)
{
	for (int i = 0; i < t->n_sections; i++)
		if (strcmp(t->sections[i].name, trunk) == 0)
			return &t->sections[i];
	return NULL;
}

uint32_t lookup_row(const struct did_table *t, const struct did_section *s, const char *number)
{
	struct walk w;

	w.t = t;
	w.n = 0;
	w.best = NO_ROW;
	if (!s || s->root == NO_ROW)
		return NO_ROW;
	while (number[w.n]) {
		if (w.n == NUMBER_MAX - 1)
			return NO_ROW;
		w.bits[w.n] = symbol_bit(number[w.n]);
		w.n++;
	}
	walk(&w, s->root, 0);
	return w.best;
}

int did_lookup(const struct did_table *t, const char *trunk, const char *number, struct did_route *out)
{
	uint32_t row = lookup_row(t, section_find(t, trunk), number);

	if (row == NO_ROW) {
		out->row = -1;
		out->line = out->n_dests = out->max = 0;
		out->name[0] = out->budget[0] = out->ring[0] = '\0';
		out->emergency = false;
		return -ENOENT;
	}
	row_route(t, row, number, out);
	return 0;
}

size_t did_rows(const struct did_table *t, const char *trunk)
{
	const struct did_section *s = trunk ? section_find(t, trunk) : NULL;

	return !trunk ? t->rows_len : s ? s->rows : 0;
}

size_t did_expects(const struct did_table *t)
{
	return t->expects;
}
