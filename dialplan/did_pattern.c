/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dialplan/did_pattern.c: reads the pattern of a row of the DID file. Used by did_row.c and did_compare.c. */
#include "dialplan/did_pattern.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char symbols[] = "0123456789*#ABCD+";

void fault_set(struct fault *f, size_t at, size_t len, const char *suggestion, const char *fmt, ...)
{
	va_list ap;

	f->at = at;
	f->len = len ? len : 1;
	snprintf(f->suggestion, sizeof(f->suggestion), "%s", suggestion);
	va_start(ap, fmt);
	vsnprintf(f->message, sizeof(f->message), fmt, ap);
	va_end(ap);
}

uint32_t symbol_bit(char c)
{
	static const uint32_t bits[128] = {
		['0'] = 1 << 0,	 ['1'] = 1 << 1,  ['2'] = 1 << 2,  ['3'] = 1 << 3,  ['4'] = 1 << 4,  ['5'] = 1 << 5,
		['6'] = 1 << 6,	 ['7'] = 1 << 7,  ['8'] = 1 << 8,  ['9'] = 1 << 9,  ['*'] = 1 << 10, ['#'] = 1 << 11,
		['A'] = 1 << 12, ['B'] = 1 << 13, ['C'] = 1 << 14, ['D'] = 1 << 15, ['+'] = 1 << 16,
	};

	return c & 0x80 ? 0 : bits[(unsigned char)c];
}

static const char what_fits[] = "digits, a leading +, x, [2-4], a range a..b at the end, * at the end";

static int add(struct pattern *p, uint32_t mask, size_t at, struct fault *f)
{
	if (p->n >= NUMBER_MAX - 1) {
		fault_set(f, at, 1, "63 positions at most", "the pattern is too long");
		return -EINVAL;
	}
	p->mask[p->n++] = mask;
	return 0;
}

/* A digit of a set, "2" or "2-4"; moves *I past it. */
static int set_part(const char *text, size_t len, size_t *i, uint32_t *mask, struct fault *f)
{
	char a = text[*i], b = a;

	if (!isdigit((unsigned char)a)) {
		fault_set(f, *i, 1, "a set holds digits, as [2-4] or [135]", "'%c' in a set", isprint((unsigned char)a) ? a : '?');
		return -EINVAL;
	}
	if (*i + 2 < len && text[*i + 1] == '-') {
		b = text[*i + 2];
		if (!isdigit((unsigned char)b) || b < a) {
			fault_set(f, *i, 3, "the lower digit first, as [2-4]", "not a range of digits");
			return -EINVAL;
		}
		*i += 2;
	}
	for (char c = a; c <= b; c++)
		*mask |= symbol_bit(c);
	++*i;
	return 0;
}

static int set(struct pattern *p, const char *text, size_t len, size_t *i, struct fault *f)
{
	size_t open = (*i)++;
	uint32_t mask = 0;

	while (*i < len && text[*i] != ']') {
		int err = set_part(text, len, i, &mask, f);

		if (err)
			return err;
	}
	if (*i == len) {
		fault_set(f, open, len - open, "close the set: [2-4]", "a set without ]");
		return -EINVAL;
	}
	++*i;
	if (!mask) {
		fault_set(f, open, 2, "write the digits that may stand here, or x for any", "an empty set");
		return -EINVAL;
	}
	return add(p, mask, open, f);
}

static int digit_of(uint32_t mask)
{
	for (int d = 0; d < 10; d++)
		if (mask == 1u << d)
			return d;
	return -1;
}

/* ".." at text[i]: the rest replaces the last digits. */
static int range(struct pattern *p, const char *text, size_t len, size_t i, struct fault *f)
{
	size_t n = len - i - 2;

	for (size_t k = i + 2; k < len; k++)
		if (!isdigit((unsigned char)text[k])) {
			fault_set(f, k, 1, "a range ends the pattern, in digits: +442071838760..79", "'%c' after ..",
				  isprint((unsigned char)text[k]) ? text[k] : '?');
			return -EINVAL;
		}
	for (int k = 0; k < p->n; k++)
		if (digit_of(p->mask[k]) < 0 && !(k == 0 && p->mask[k] == symbol_bit('+'))) {
			fault_set(f, 0, i, "write a row for each, or the whole as x and sets", "a range begins with digits alone");
			return -EINVAL;
		}
	if (n == 0 || n > PATTERN_RANGE_MAX || (int)n > p->n - (p->mask[0] == symbol_bit('+'))) {
		fault_set(f, i, len - i, "after .. come the last digits of the last number: +442071838760..79",
			  "a range with %s digits after ..", n ? "too many" : "no");
		return -EINVAL;
	}
	for (size_t k = 0; k < n; k++) {
		p->lo = p->lo * 10 + (uint64_t)digit_of(p->mask[p->n - (int)n + (int)k]);
		p->hi = p->hi * 10 + (uint64_t)(text[i + 2 + k] - '0');
	}
	if (p->lo > p->hi) {
		fault_set(f, i, len - i, "the lower number first", "the range runs backwards");
		return -EINVAL;
	}
	p->range = (int)n;
	return 0;
}

/* A range that x and sets can say is a pattern like any other. */
static void simplify(struct pattern *p)
{
	struct pattern pieces[PATTERN_PIECES_MAX];

	if (p->range && pattern_pieces(p, pieces) == 1)
		*p = pieces[0];
}

static int one(struct pattern *p, const char *text, size_t len, size_t *i, struct fault *f)
{
	char c = text[*i];
	uint32_t bit;

	if (c == 'x' || c == 'X')
		return add(p, SYMBOLS_X, (*i)++, f);
	if (c == '[')
		return set(p, text, len, i, f);
	if (c == '\\' && *i + 1 < len && (text[*i + 1] == '*' || text[*i + 1] == '#')) {
		*i += 2;
		return add(p, symbol_bit(text[*i - 1]), *i - 1, f);
	}
	if (c == '*' && *i + 1 == len) {
		++*i;
		p->wild = true;
		return 0;
	}
	bit = symbol_bit(c);
	if (!bit || (c == '+' && *i > 0)) {
		fault_set(f, *i, 1, what_fits, "'%c' has no place in a pattern", isprint((unsigned char)c) ? c : '?');
		return -EINVAL;
	}
	return add(p, bit, (*i)++, f);
}

int pattern_parse(struct pattern *p, const char *text, size_t len, struct fault *f)
{
	size_t i = 0;

	p->n = p->range = 0;
	p->lo = p->hi = 0;
	p->wild = false;
	if (len == 0 || len > PATTERN_TEXT_MAX) {
		fault_set(f, 0, 1, what_fits, len ? "the pattern is too long" : "no pattern");
		return -EINVAL;
	}
	while (i < len) {
		int err;

		if (text[i] == '.' && i + 1 < len && text[i + 1] == '.') {
			err = range(p, text, len, i, f);
			if (!err)
				simplify(p);
			return err;
		}
		err = one(p, text, len, &i, f);
		if (err)
			return err;
	}
	if (p->n == 1 && p->mask[0] == symbol_bit('+') && !p->wild) {
		fault_set(f, 0, 1, "write the number after it, or +* for any number", "a + alone");
		return -EINVAL;
	}
	return 0;
}

void mask_text(uint32_t mask, char *out, size_t size)
{
	size_t at = 0;

	if (mask == SYMBOLS_X) {
		snprintf(out, size, "x");
		return;
	}
	if ((mask & (mask - 1)) == 0) {
		snprintf(out, size, "%c", symbols[__builtin_ctz(mask | 1u << SYMBOLS)]);
		return;
	}
	at += (size_t)snprintf(out, size, "[");
	for (int d = 0; d < 10 && at < size; d++) {
		int end = d;

		if (!(mask >> d & 1))
			continue;
		while (end < 9 && mask >> (end + 1) & 1)
			end++;
		if (end > d + 1)
			at += (size_t)snprintf(out + at, size - at, "%d-%d", d, end);
		else if (end > d)
			at += (size_t)snprintf(out + at, size - at, "%d%d", d, end);
		else
			at += (size_t)snprintf(out + at, size - at, "%d", d);
		d = end;
	}
	if (at < size)
		snprintf(out + at, size - at, "]");
}
