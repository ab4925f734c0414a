/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dialplan/did_digits.c: is what was dialled so far a number, and may a longer one be meant? Asked after each digit by a
 * telephone port, so that a complete number goes out without waiting. Allocates nothing; any thread.
 *
 * What may still be dialled falls into few shapes: a string that begins with the international prefix, with the national one, or
 * with neither, of the lengths that number_in() turns into E.164 or leaves alone. Each shape is a mask of symbols for each of
 * its first positions; the trie of the section is walked with all of them at once, to the first row that can be reached.
 */
#include <string.h>

#include "dialplan/did_table.h"

enum {
	SYMBOLS_DIALLED = SYMBOLS_X | 1 << 10 | 1 << 11,	/* a telephone has no more: 0-9 * # */
	SYMBOLS_KEYS = SYMBOLS_DIALLED & ~SYMBOLS_X,
	LEN_MAX = NUMBER_MAX - 1,
};

/* Strings of one shape, as the rows have them: with the prefix gone and the "+" there. */
struct shape {
	uint32_t mask[NUMBER_MAX];	/* symbols at each of the first FIX positions */
	int fix, min, max;		/* length of the whole: MIN is FIX at least */
	uint32_t tail;			/* symbols of the positions after them */
	bool key;			/* at least one * or # among the tail */
};

struct asking {
	const struct did_table *t;
	uint32_t root;
	const struct number_rules *r;
	const char *digits;
	int n;				/* dialled so far */
	uint32_t mask[NUMBER_MAX];	/* of the string as dialled, as far as it is decided */
	bool found;
};

/* --- The trie --------------------------------------------------------------------------------- */

static bool reach(const struct did_table *t, const struct shape *s, uint32_t index, int pos, bool key);

static uint32_t allowed(const struct shape *s, int pos)
{
	return pos >= s->max ? 0 : pos < s->fix ? s->mask[pos] : s->tail;
}

static bool reach_children(const struct did_table *t, const struct shape *s, const struct did_node *node, int pos, bool key)
{
	uint32_t exact = node->exact & ~NODE_RANGES, may = allowed(s, pos), left = exact & may;
	uint32_t child = node->first + (uint32_t)__builtin_popcount(exact);

	for (; left; left &= left - 1) {
		uint32_t bit = left & -left;

		if (reach(t, s, node->first + (uint32_t)__builtin_popcount(exact & (bit - 1)), pos + 1,
			  key || (pos >= s->fix && bit & SYMBOLS_KEYS)))
			return true;
	}
	for (int i = 0; i < node->sets; i++, child++)	/* sets have digits alone */
		if (t->masks[t->nodes[child].label] & may && reach(t, s, child, pos + 1, key))
			return true;
	return false;
}

/* Can a row below node INDEX be reached, of which POS symbols are behind us? KEY: one of them was a key of the tail. */
static bool reach(const struct did_table *t, const struct shape *s, uint32_t index, int pos, bool key)
{
	const struct did_node *node = &t->nodes[index];
	const uint8_t *skip = node_skip(t, node);

	for (int i = 0; i < node->skip_len; i++, pos++) {
		if (!(t->masks[skip[i]] & allowed(s, pos)))
			return false;
		key = key || (pos >= s->fix && !(t->masks[skip[i]] & SYMBOLS_X));
	}
	if (node->end != NO_ROW && pos >= s->min && (key || !s->key))
		return true;
	if (node->star != NO_ROW && (key || !s->key || pos < s->max))
		return true;
	return reach_children(t, s, node, pos, key);
}

/* --- Shapes ----------------------------------------------------------------------------------- */

static void try_shape(struct asking *q, struct shape *s)
{
	if (s->min < s->fix)
		s->min = s->fix;
	if (s->max > LEN_MAX)
		s->max = LEN_MAX;
	if (!q->found && s->min <= s->max)
		q->found = reach(q->t, s, q->root, 0, false);
}

/* Strings that stay as they are dialled, of MIN to MAX symbols, the first FIX of them as decided. */
static void as_it_is(struct asking *q, int fix, int min, int max)
{
	struct shape s = { .fix = fix, .min = min > q->n ? min : q->n + 1, .max = max, .tail = SYMBOLS_X };

	memcpy(s.mask, q->mask, (size_t)fix * sizeof(s.mask[0]));
	try_shape(q, &s);
}

/* Strings that become "+", COUNTRY and what follows the first STRIP symbols, of MIN to MAX symbols as dialled. */
static void as_e164(struct asking *q, int fix, int strip, const char *country, int min, int max)
{
	struct shape s = { .mask = { symbol_bit('+') }, .fix = 1, .tail = SYMBOLS_X };

	if (fix - strip > NUMBER_E164_MAX)
		return;
	for (; *country; country++)
		s.mask[s.fix++] = symbol_bit(*country);
	s.min = (min > q->n ? min : q->n + 1) - strip + s.fix;
	s.max = max - strip + s.fix;
	if (s.max > NUMBER_E164_MAX + 1)
		s.max = NUMBER_E164_MAX + 1;
	for (int i = strip; i < fix; i++)
		s.mask[s.fix++] = q->mask[i];
	try_shape(q, &s);
}

/* After the international prefix, of I symbols: a country code does not begin with 0. FIX symbols are decided. */
static void international(struct asking *q, int fix, int i)
{
	uint32_t first = fix > i ? q->mask[i] : SYMBOLS_X;

	as_it_is(q, fix, 0, i);
	if (fix == i)
		fix++;
	q->mask[i] = first & 1;
	if (q->mask[i])
		as_it_is(q, fix, 0, LEN_MAX);
	q->mask[i] = first & ~1u;
	if (q->mask[i]) {
		as_it_is(q, fix, 0, i + NUMBER_INTERNATIONAL_MIN - 1);
		as_e164(q, fix, i, "", i + NUMBER_INTERNATIONAL_MIN, LEN_MAX);
	}
	q->mask[i] = first;
}

static void national(struct asking *q, int fix, int n)
{
	bool nanp = strcmp(q->r->country, "1") == 0;
	int least = n + (nanp ? NUMBER_NANP_NATIONAL : NUMBER_NATIONAL_MIN);

	as_it_is(q, fix, 0, least - 1);
	as_e164(q, fix, n, q->r->country, least, nanp ? least : LEN_MAX);
	if (nanp)
		as_it_is(q, fix, least + 1, LEN_MAX);
}

enum national { NATIONAL_MAYBE, NATIONAL_IS, NATIONAL_NOT };

/* What P symbols have been decided of, and which prefix they are the beginning of. Goes on until that is decided too. */
static void shapes(struct asking *q, int p, bool inter, enum national nat)
{
	int i = (int)strlen(q->r->international), n = (int)strlen(q->r->national);
	int fix = p > q->n ? p : q->n;
	uint32_t left;

	if (q->found)
		return;
	if (inter && p == i) {
		international(q, fix, i);
		return;
	}
	if (!inter && nat != NATIONAL_MAYBE) {
		if (nat == NATIONAL_IS)
			national(q, fix, n);
		else
			as_it_is(q, fix, 0, LEN_MAX);
		return;
	}
	if (p > q->n) {		/* it may end here; a prefix and so little behind it stays as it is */
		as_it_is(q, p, p, p);
	}
	left = p < q->n ? symbol_bit(q->digits[p]) : SYMBOLS_X;
	while (left) {
		uint32_t bit_i = inter ? symbol_bit(q->r->international[p]) : 0;
		uint32_t bit_n = nat == NATIONAL_MAYBE ? symbol_bit(q->r->national[p]) : 0;
		uint32_t one = left & bit_i ? bit_i : left & bit_n ? bit_n : left;
		enum national then = nat;

		if (nat == NATIONAL_MAYBE)
			then = one != bit_n ? NATIONAL_NOT : p + 1 == n ? NATIONAL_IS : NATIONAL_MAYBE;
		q->mask[p] = one;
		shapes(q, p + 1, inter && one == bit_i, then);
		if (p < q->n)
			break;
		left &= ~one;
	}
	if (p < q->n)
		q->mask[p] = symbol_bit(q->digits[p]);
}

/* Is there a row that a longer string than the dialled one has? */
static bool longer(struct asking *q)
{
	bool digits = q->digits[strspn(q->digits, "0123456789")] == '\0', plus = q->digits[0] == '+';
	struct shape keys = { .fix = q->n, .min = q->n + 1, .max = LEN_MAX, .tail = SYMBOLS_DIALLED, .key = digits };

	memcpy(keys.mask, q->mask, sizeof(keys.mask));
	if (plus) {
		keys.tail = SYMBOLS_X;
		keys.max = NUMBER_E164_MAX + 1;
	}
	try_shape(q, &keys);
	if (digits)
		shapes(q, 0, q->r->international[0] != '\0',
		       q->r->national[0] && q->r->country[0] ? NATIONAL_MAYBE : NATIONAL_NOT);
	return q->found;
}

enum did_digits did_digits(const struct did_table *t, const char *trunk, const struct number_rules *r, const char *digits)
{
	const struct did_section *s = section_find(t, trunk);
	struct asking q = { .t = t, .r = r, .digits = digits };
	char number[NUMBER_MAX];
	bool is;

	if (!s || s->root == NO_ROW)
		return DID_DIGITS_NONE;
	for (; digits[q.n]; q.n++) {
		if (q.n == LEN_MAX || !symbol_bit(digits[q.n]) || (digits[q.n] == '+' && q.n))
			return DID_DIGITS_NONE;
		q.mask[q.n] = symbol_bit(digits[q.n]);
	}
	q.root = s->root;
	is = q.n && number_in(r, digits, 0, number) == 0 && lookup_row(t, s, number) != NO_ROW;
	if (longer(&q))
		return is ? DID_DIGITS_COMPLETE_OR_MORE : DID_DIGITS_MORE;
	return is ? DID_DIGITS_COMPLETE : DID_DIGITS_NONE;
}

/* --- Settled? ----------------------------------------------------------------------------------- */

/* Is there a pattern below node INDEX that goes on where NUMBER ends? Pieces of ranges count as such. */
static bool beyond(const struct did_table *t, uint32_t index, const char *number)
{
	const struct did_node *node = &t->nodes[index];
	const uint8_t *skip = node_skip(t, node);
	uint32_t exact = node->exact & ~NODE_RANGES, bit, child;

	for (int i = 0; i < node->skip_len; i++, number++)
		if (!*number || !code_matches(t, skip[i], symbol_bit(*number)))
			return !*number;
	if (!*number)
		return node->exact || node->sets;
	bit = symbol_bit(*number);
	child = node->first + (uint32_t)__builtin_popcount(exact);
	if (exact & bit && beyond(t, node->first + (uint32_t)__builtin_popcount(exact & (bit - 1)), number + 1))
		return true;
	for (int i = 0; i < node->sets; i++, child++)
		if (code_matches(t, t->nodes[child].label, bit) && beyond(t, child, number + 1))
			return true;
	return false;
}

bool did_settled(const struct did_table *t, const char *trunk, const char *number)
{
	const struct did_section *s = section_find(t, trunk);
	char longer[NUMBER_MAX + 1];
	uint32_t row = lookup_row(t, s, number);
	size_t n = strlen(number);

	if (row == NO_ROW || n + 1 >= NUMBER_MAX)
		return false;
	memcpy(longer, number, n);
	longer[n] = '0';
	longer[n + 1] = '\0';
	return lookup_row(t, s, longer) == row && !beyond(t, s->root, number);
}
