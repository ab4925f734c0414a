/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dialplan/did_index.c: builds the trie of each section from the code strings of its patterns: a radix sort by
 * position that leaves a node behind wherever strings part. Called once by did_load().
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "dialplan/did_table.h"

struct builder {
	struct did_loader *l;
	struct did_table *t;
	struct did_piece *spare;	/* as many as the pieces, for sorting */
};

static uint8_t code_at(const struct builder *b, const struct did_piece *p, int depth)
{
	return b->t->pool[p->str + (uint32_t)depth];
}

/* How many codes all strings share from DEPTH on; an ending is not shared. */
static int common(const struct builder *b, const struct did_piece *p, size_t n, int depth)
{
	const uint8_t *first = b->t->pool + p[0].str + depth;
	int len = 0;

	while (first[len] != CODE_END && first[len] != CODE_STAR)
		len++;
	for (size_t i = 1; i < n && len; i++) {
		const uint8_t *s = b->t->pool + p[i].str + depth;
		int k = 0;

		while (k < len && s[k] == first[k])
			k++;
		len = k;
	}
	return len;
}

/* Sorts by the code at DEPTH. */
static void sort(struct builder *b, struct did_piece *p, size_t n, int depth)
{
	size_t begin[257] = { 0 };

	if (n <= 24) {
		for (size_t i = 1; i < n; i++) {
			struct did_piece x = p[i];
			uint8_t c = code_at(b, &x, depth);
			size_t j = i;

			for (; j > 0 && code_at(b, &p[j - 1], depth) > c; j--)
				p[j] = p[j - 1];
			p[j] = x;
		}
		return;
	}
	for (size_t i = 0; i < n; i++)
		begin[code_at(b, &p[i], depth) + 1]++;
	for (int c = 0; c < 256; c++)
		begin[c + 1] += begin[c];
	for (size_t i = 0; i < n; i++)
		b->spare[begin[code_at(b, &p[i], depth)]++] = p[i];
	memcpy(p, b->spare, n * sizeof(*p));
}

/* The pieces P[0..N) are the same string: the most specific row has the place. Rows that are no ranges and
 * share a string are written alike. */
static uint32_t place(struct builder *b, const struct did_piece *p, size_t n)
{
	const struct did_row *rows = b->t->rows;
	uint32_t best = p[0].row;

	for (size_t i = 1; i < n; i++) {
		struct pattern x, y;

		if (!((rows[best].flags | rows[p[i].row].flags) & ROW_RANGE)) {
			if (!(rows[best].flags & ROW_SETS))	/* else conflict_check() finds them */
				conflict_report(b->l, best, p[i].row);
			continue;
		}
		row_pattern(b->t, best, &x);
		row_pattern(b->t, p[i].row, &y);
		if (pattern_compare(&y, &x) < 0)
			best = p[i].row;
	}
	return best;
}

static bool any_range(const struct builder *b, const struct did_piece *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (b->t->rows[p[i].row].flags & ROW_RANGE)
			return true;
	return false;
}

/* Index of N new nodes in a row, or NO_ROW without memory. */
static uint32_t new_nodes(struct did_table *t, size_t n)
{
	size_t first = t->nodes_len;

	if (first + n >= NO_ROW || did_grow(&t->nodes, &t->nodes_room, first + n, sizeof(*t->nodes)))
		return NO_ROW;
	memset(t->nodes + first, 0, n * sizeof(*t->nodes));
	t->nodes_len += n;
	return (uint32_t)first;
}

/* A run of pieces with the same code becomes a child. */
struct run {
	uint8_t code;
	uint32_t from, n;
};

/* Splits P[0..N), sorted at DEPTH, into runs; the sets by size. Endings go to NODE. Returns how many. */
static int runs(struct builder *b, struct did_node *node, const struct did_piece *p, size_t n, int depth,
		struct run *out)
{
	int k = 0;

	for (size_t i = 0; i < n;) {
		uint8_t c = code_at(b, &p[i], depth);
		size_t j = i + 1;
		int at = k;

		while (j < n && code_at(b, &p[j], depth) == c)
			j++;
		if (c == CODE_END || c == CODE_STAR) {
			*(c == CODE_END ? &node->end : &node->star) = place(b, p + i, j - i);
		} else {
			if (c < CODE_X)
				node->exact |= 1u << (c - CODE_SYMBOL);
			while (at > 0 && c >= CODE_X && out[at - 1].code >= CODE_X &&
			       b->t->sizes[out[at - 1].code] > b->t->sizes[c]) {
				out[at] = out[at - 1];
				at--;
			}
			out[at] = (struct run){ c, (uint32_t)i, (uint32_t)(j - i) };
			k++;
		}
		i = j;
	}
	return k;
}

static int build(struct builder *b, uint32_t index, struct did_piece *p, size_t n, int depth)
{
	struct did_node node = { .end = NO_ROW, .star = NO_ROW, .label = b->t->nodes[index].label };
	struct run list[256];
	int k, err = 0;

	node.skip_len = (uint8_t)common(b, p, n, depth);
	if (node.skip_len <= sizeof(node.skip.here))
		memcpy(node.skip.here, b->t->pool + p[0].str + depth, node.skip_len);
	else
		node.skip.at = p[0].str + (uint32_t)depth;
	depth += node.skip_len;
	if (n > 1)
		sort(b, p, n, depth);
	k = runs(b, &node, p, n, depth, list);
	node.sets = (uint8_t)(k - __builtin_popcount(node.exact));
	if (any_range(b, p, n))
		node.exact |= NODE_RANGES;
	if (k) {
		node.first = new_nodes(b->t, (size_t)k);
		if (node.first == NO_ROW)
			return -ENOMEM;
	}
	if (!k)
		node.first = b->t->rows[node.end != NO_ROW ? node.end : node.star].blob;
	b->t->nodes[index] = node;
	for (int i = 0; i < k && !err; i++) {
		b->t->nodes[node.first + (uint32_t)i].label = list[i].code;
		err = build(b, node.first + (uint32_t)i, p + list[i].from, list[i].n, depth + 1);
	}
	return err;
}

int index_build(struct did_loader *l)
{
	struct builder b = { .l = l, .t = l->t };
	struct did_table *t = l->t;
	size_t at = 0;
	int err = 0;

	b.spare = malloc((l->pieces_len ? l->pieces_len : 1) * sizeof(*b.spare));
	if (!b.spare)
		return -ENOMEM;
	for (int i = 0; i < t->n_sections && !err; i++) {
		struct did_section *s = &t->sections[i];
		size_t from = at;

		while (at < l->pieces_len && t->rows[l->pieces[at].row].section == i)
			at++;
		if (at == from)
			continue;
		s->root = new_nodes(t, 1);
		err = s->root == NO_ROW ? -ENOMEM : build(&b, s->root, l->pieces + from, at - from, 0);
	}
	free(b.spare);
	return err;
}
