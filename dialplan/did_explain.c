/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dialplan/did_explain.c: for `tipring explain`: the rows that match a number and those that nearly do, each with
 * why it won or lost. Walks the trie with a bounded list, so that it may run on the loop among a million rows.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "dialplan/did_table.h"

enum {
	ROWS_MAX = 20,		/* rows told */
	VISITS_MAX = 4000,	/* nodes looked at */
};

struct near_row {
	uint32_t row;
	int depth;		/* symbols that agree; the number's length + 1 for a match */
	bool match;
	char why[160];
};

struct explain {
	const struct did_table *t;
	const char *number;
	int len, visits;
	struct near_row rows[ROWS_MAX];
	int n;
};

/* Keeps the nearest ROWS_MAX rows, nearest first. */
static void consider(struct explain *x, uint32_t row)
{
	struct near_row r = { .row = row };
	struct pattern p;
	int at;

	for (int i = 0; i < x->n; i++)
		if (x->rows[i].row == row)
			return;
	row_pattern(x->t, row, &p);
	r.match = pattern_match(&p, x->number, r.why, sizeof(r.why), &r.depth);
	if (r.match)
		r.depth = x->len + 1;
	else if (r.depth == 0 || (r.depth == 1 && x->number[0] == '+'))
		return;		/* nothing in common */
	for (at = x->n; at > 0 && (x->rows[at - 1].depth < r.depth); at--)
		;
	if (at == ROWS_MAX)
		return;
	if (x->n < ROWS_MAX)
		x->n++;
	memmove(&x->rows[at + 1], &x->rows[at], (size_t)(x->n - 1 - at) * sizeof(r));
	x->rows[at] = r;
}

/* All rows below a node, as far as VISITS_MAX goes; where the number goes on, that way first. */
static void walk(struct explain *x, uint32_t index, int pos, bool on_way)
{
	const struct did_node *node = &x->t->nodes[index];
	int children = __builtin_popcount(node->exact & ~NODE_RANGES) + node->sets;
	bool first = true;

	if (x->visits++ >= VISITS_MAX && !on_way)
		return;
	for (int i = 0; i < node->skip_len; i++, pos++)
		if (pos >= x->len || !code_matches(x->t, node_skip(x->t, node)[i], symbol_bit(x->number[pos])))
			on_way = false;
	for (int pass = 0; pass < 2; pass++, first = false)
		for (int i = 0; i < children; i++) {
			const struct did_node *c = &x->t->nodes[node->first + (uint32_t)i];
			bool way = on_way && pos < x->len && code_matches(x->t, c->label, symbol_bit(x->number[pos]));

			if (way == first)
				walk(x, node->first + (uint32_t)i, pos + 1, way);
		}
	if (node->end != NO_ROW)
		consider(x, node->end);
	if (node->star != NO_ROW)
		consider(x, node->star);
}

/* Ranges that share a piece with a more specific row are not in the trie at that place. */
static void ranges(struct explain *x, const struct did_section *s)
{
	for (uint32_t i = s->first_row; i < s->first_row + s->rows; i++)
		if (x->t->rows[i].flags & ROW_RANGE) {
			struct pattern p;
			int depth;

			row_pattern(x->t, i, &p);
			if (pattern_match(&p, x->number, NULL, 0, &depth))
				consider(x, i);
		}
}

static void lost(const struct explain *x, struct near_row *r, uint32_t winner)
{
	if (r->match)
		snprintf(r->why, sizeof(r->why), "matches, but the row at line %u is more specific",
			 x->t->rows[winner].line);
}

int did_explain(const struct did_table *t, const char *trunk, const char *number, did_explain_fn *fn,
		void *arg, struct did_route *out)
{
	const struct did_section *s = section_find(t, trunk);
	struct explain x = { .t = t, .number = number, .len = (int)strlen(number) };
	uint32_t winner = lookup_row(t, s, number);
	char text[400];

	if (s && s->root != NO_ROW && x.len < NUMBER_MAX) {
		walk(&x, s->root, 0, true);
		ranges(&x, s);
		if (winner != NO_ROW)
			consider(&x, winner);
	}
	for (int i = 0; i < x.n; i++) {
		struct near_row *r = &x.rows[i];
		bool won = r->row == winner;

		if (won)
			snprintf(r->why, sizeof(r->why), "the most specific row that matches");
		else
			lost(&x, r, winner);
		row_text(t, r->row, text, sizeof(text));
		fn(arg, (int)t->rows[r->row].line, text, won, r->why);
	}
	return did_lookup(t, trunk, number, out);
}
