/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dialplan/did_row.c: a row of the DID file, from its line into the blob of the table and back. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dialplan/did_table.h"

enum { DID_RING_NAME_MAX = 20 };	/* characters of a ring's name */

struct parsed {
	const char *pattern;
	size_t pattern_len;
	struct pattern p;
	struct dest dests[DID_DESTS_MAX];
	int n_dests;
	char name[DID_NAME_MAX], ring[DID_RING_MAX];
	long max;
	bool emergency;
};

static bool is_space(char c)
{
	return c == ' ' || c == '\t';
}

static void skip_space(const char *text, size_t len, size_t *at)
{
	while (*at < len && is_space(text[*at]))
		++*at;
}

/* --- Destinations ----------------------------------------------------------------------------- */

int dests_parse(struct did_loader *l, const char *text, size_t len, size_t *at, struct dest *out, int *n,
		struct fault *f)
{
	*n = 0;
	for (;;) {
		size_t begin, next;
		int err;

		skip_space(text, len, at);
		begin = *at;
		while (*at < len && !is_space(text[*at]) && text[*at] != ',')
			++*at;
		if (*at == begin) {
			fault_set(f, begin < len ? begin : begin - 1, 1,
				  "a trunk of trunks.yaml, TRUNK/NUMBER, test/NAME, busy, congestion or reject:CAUSE",
				  *n ? "no destination after the comma" : "no destination");
			return -EINVAL;
		}
		if (*n == DID_DESTS_MAX) {
			fault_set(f, begin, *at - begin, "8 destinations at most", "too many destinations");
			return -EINVAL;
		}
		if (*n && out[*n - 1].kind != DID_TRUNK) {
			fault_set(f, begin, *at - begin, "put it before the ending, or leave it out",
				  "never reached: a test line or an ending comes before it");
			return -EINVAL;
		}
		err = dest_parse(l, text + begin, *at - begin, begin, &out[*n], f);
		if (err)
			return err;
		++*n;
		next = *at;
		skip_space(text, len, &next);
		if (next >= len || text[next] != ',')
			return 0;
		*at = next + 1;
	}
}

/* --- Options ---------------------------------------------------------------------------------- */

struct text_option {
	const char *key, *example;	/* "name=", and how to write one */
	char *out;
	size_t size;
};

/* The value of an option at *AT: a word, or a text in quotes. */
static int option_text(const struct text_option *o, const char *text, size_t len, size_t *at, struct fault *f)
{
	size_t begin = *at + strlen(o->key), end = begin;
	bool quoted = begin < len && text[begin] == '"';

	if (quoted)
		begin = ++end;
	while (end < len && (quoted ? text[end] != '"' : !is_space(text[end])))
		end++;
	if (quoted && end == len) {
		char hint[40];

		snprintf(hint, sizeof(hint), "close it: %s\"...\"", o->key);
		fault_set(f, begin - 1, len - begin + 1, hint, "a quote that does not end");
		return -EINVAL;
	}
	if (end == begin || end - begin >= o->size) {
		fault_set(f, *at, end - *at, o->example, "%s is too %s", o->key, end == begin ? "short" : "long");
		return -EINVAL;
	}
	if (*o->out) {
		fault_set(f, *at, end - *at, "leave one of them out", "%s twice", o->key);
		return -EINVAL;
	}
	memcpy(o->out, text + begin, end - begin);
	o->out[end - begin] = '\0';
	*at = end + quoted;
	return 0;
}

static int option_ring(struct parsed *p, const char *text, size_t len, size_t *at, struct fault *f)
{
	static const char example[] = "ring=N, a cadence from 1 to 5, or the name of a ring, as ring=\"external\", of 20 characters";
	size_t begin = *at, value = *at + strlen("ring=");
	bool quoted = value < len && text[value] == '"';
	const struct text_option o = { "ring=", example, p->ring, DID_RING_NAME_MAX + 1 };
	int err = option_text(&o, text, len, at, f);

	if (!err && !quoted && (p->ring[1] || p->ring[0] < '1' || p->ring[0] > '5')) {
		fault_set(f, begin, *at - begin, example, "there is no ring %s", p->ring);
		err = -EINVAL;
	}
	return err;
}

static int option_max(struct parsed *p, const char *text, size_t len, struct fault *f, size_t at)
{
	char word[12] = "", *end = word;
	long v = 0;

	if (len < sizeof(word)) {
		memcpy(word, text, len);
		if (isdigit((unsigned char)*word))
			v = strtol(word, &end, 10);
	}
	if (*end || v < 1 || v > DID_MAX_CALLS) {
		fault_set(f, at, len + 4, "max=N, calls at once on this row, 1 to 100000", "max= wants a number");
		return -EINVAL;
	}
	if (p->max) {
		fault_set(f, at, len + 4, "leave one of them out", "max= twice");
		return -EINVAL;
	}
	p->max = v;
	return 0;
}

static bool word_is(const char *text, size_t len, const char *word)
{
	return len == strlen(word) && memcmp(text, word, len) == 0;
}

static bool word_begins(const char *text, size_t len, const char *word)
{
	return len >= strlen(word) && memcmp(text, word, strlen(word)) == 0;
}

static int option(struct did_loader *l, struct parsed *p, const char *text, size_t len, size_t *at, struct fault *f)
{
	size_t end = *at, n;
	const char *word = text + *at, *slash;
	char name[DID_NAME_MAX];

	if (word_begins(word, len - *at, "name=")) {
		const struct text_option o = { "name=", "1 to 63 octets, as name=\"Front desk\"", p->name, sizeof(p->name) };

		return option_text(&o, text, len, at, f);
	}
	if (word_begins(word, len - *at, "ring="))
		return option_ring(p, text, len, at, f);
	while (end < len && !is_space(text[end]))
		end++;
	n = end - *at;
	if (word_begins(word, n, "max=")) {
		int err = option_max(p, word + 4, n - 4, f, *at);

		*at = end;
		return err;
	}
	if (word_is(word, n, "emergency")) {
		p->emergency = true;
		*at = end;
		return 0;
	}
	if (word_begins(word, n, "budget=")) {
		fault_set(f, *at, n, "take it out; max=N limits the calls of a row", "budget= is not supported by this version");
		return -EINVAL;
	}
	slash = memchr(word, '/', n);
	snprintf(name, sizeof(name), "%.*s", (int)(slash ? slash - word : n < sizeof(name) ? (long)n : 0), word);
	fault_set(f, *at, n,
		  did_trunk_known(l, name) ? "put a comma between destinations"
					   : "name=\"...\", max=N, ring=N or emergency; destinations are separated by commas",
		  "unknown option \"%.*s\"", (int)(n < 40 ? n : 40), word);
	return -EINVAL;
}

/* --- Into the blob ---------------------------------------------------------------------------- */

/* Layout: pattern length and text, max (4 octets), name length and name, with ROW_RING ring length and ring, number of
 * destinations; each is kind, cause, length of the trunk's name, length of the text, then both. */
static int store(struct did_loader *l, int line, const struct parsed *p)
{
	struct did_table *t = l->t;
	size_t need = t->blob_len + p->pattern_len + DID_NAME_MAX + DID_RING_MAX + 8;
	uint32_t max = (uint32_t)p->max;
	size_t name = strlen(p->name), ring = strlen(p->ring);
	struct did_row *row;
	uint8_t *b;

	for (int i = 0; i < p->n_dests; i++)
		need += strlen(p->dests[i].trunk) + p->dests[i].len + 4;
	if (need > UINT32_MAX || did_grow(&t->blob, &t->blob_room, need, 1) ||
	    did_grow(&t->rows, &t->rows_room, t->rows_len + 1, sizeof(*t->rows)))
		return -ENOMEM;
	row = &t->rows[t->rows_len++];
	row->line = (uint32_t)line;
	row->blob = (uint32_t)t->blob_len;
	row->section = (uint16_t)(t->n_sections - 1);
	row->flags = (uint16_t)((p->emergency ? ROW_EMERGENCY : 0) | (p->p.range ? ROW_RANGE : 0) | (ring ? ROW_RING : 0));
	b = t->blob + t->blob_len;
	*b++ = (uint8_t)p->pattern_len;
	b = (uint8_t *)mempcpy(b, p->pattern, p->pattern_len);
	b = (uint8_t *)mempcpy(b, &max, sizeof(max));
	*b++ = (uint8_t)name;
	b = (uint8_t *)mempcpy(b, p->name, name);
	if (ring) {
		*b++ = (uint8_t)ring;
		b = (uint8_t *)mempcpy(b, p->ring, ring);
	}
	*b++ = (uint8_t)p->n_dests;
	for (int i = 0; i < p->n_dests; i++) {
		const struct dest *d = &p->dests[i];
		size_t n = strlen(d->trunk);

		*b++ = (uint8_t)d->kind;
		*b++ = (uint8_t)d->cause;
		*b++ = (uint8_t)n;
		*b++ = (uint8_t)d->len;
		b = (uint8_t *)mempcpy(b, d->trunk, n);
		b = (uint8_t *)mempcpy(b, d->text, d->len);
	}
	t->blob_len = (size_t)(b - t->blob);
	return 0;
}

/* The code of MASK; sets get one when they are first seen. 0 when there are too many. */
static uint8_t code_of(struct did_table *t, uint32_t mask)
{
	if ((mask & (mask - 1)) == 0)
		return (uint8_t)(CODE_SYMBOL + __builtin_ctz(mask));
	for (int c = CODE_X; c < t->n_codes; c++)
		if (t->masks[c] == mask)
			return (uint8_t)c;
	if (t->n_codes == CODE_STAR)
		return 0;
	t->masks[t->n_codes] = mask;
	t->sizes[t->n_codes] = (uint8_t)__builtin_popcount(mask);
	return (uint8_t)t->n_codes++;
}

static int store_piece(struct did_loader *l, const struct pattern *p, struct fault *f)
{
	struct did_table *t = l->t;
	struct did_piece *piece;
	uint8_t *s;

	if (did_grow(&t->pool, &t->pool_room, t->pool_len + NUMBER_MAX + 1, 1) ||
	    did_grow(&l->pieces, &l->pieces_room, l->pieces_len + 1, sizeof(*l->pieces)))
		return -ENOMEM;
	piece = &l->pieces[l->pieces_len++];
	piece->str = (uint32_t)t->pool_len;
	piece->row = (uint32_t)t->rows_len - 1;
	s = t->pool + t->pool_len;
	for (int k = 0; k < p->n; k++) {
		s[k] = code_of(t, p->mask[k]);
		if (!s[k]) {
			fault_set(f, 0, 1, "write these rows with x, or number by number", "more than 230 different sets in the file");
			s[k] = CODE_X;
			return -EINVAL;
		}
		if (s[k] >= CODE_SET)
			t->rows[piece->row].flags |= ROW_SETS;
	}
	s[p->n] = p->wild ? CODE_STAR : CODE_END;
	t->pool_len += (size_t)p->n + 1;
	return 0;
}

static int store_all(struct did_loader *l, int line, const struct parsed *p, struct fault *f)
{
	struct pattern pieces[PATTERN_PIECES_MAX];
	int err = store(l, line, p), n;

	if (err)
		return err;
	if (!p->p.range)
		return store_piece(l, &p->p, f);
	n = pattern_pieces(&p->p, pieces);
	for (int i = 0; i < n && !err; i++)
		err = store_piece(l, &pieces[i], f);
	return err;
}

int row_parse(struct did_loader *l, int line, const char *text, size_t len, struct fault *f)
{
	struct parsed p;
	size_t at = 0;
	int err;

	p.pattern = text;
	p.name[0] = p.ring[0] = '\0';
	p.max = 0;
	p.emergency = false;
	while (at < len && !is_space(text[at]))
		at++;
	p.pattern_len = at;
	err = pattern_parse(&p.p, text, at, f);
	if (err)
		return err;
	err = dests_parse(l, text, len, &at, p.dests, &p.n_dests, f);
	while (!err) {
		size_t before = at;

		skip_space(text, len, &at);
		if (at >= len)
			break;
		if (at == before) {
			fault_set(f, at, 1, "put a space between options", "something follows without a space");
			return -EINVAL;
		}
		err = option(l, &p, text, len, &at, f);
	}
	if (err)
		return err;
	if (l->t->n_sections == 0) {
		fault_set(f, 0, p.pattern_len, "begin with [TRUNK]: the trunk that these calls come from", "a row before any section");
		return -EINVAL;
	}
	if (l->t->rows_len >= DID_ROWS_LIMIT) {
		fault_set(f, 0, p.pattern_len, "8 million rows at most; use ranges, x and *", "too many rows");
		return -EINVAL;
	}
	return store_all(l, line, &p, f);
}

/* --- And back --------------------------------------------------------------------------------- */

void row_pattern(const struct did_table *t, uint32_t row, struct pattern *p)
{
	const uint8_t *b = t->blob + t->rows[row].blob;
	struct fault f;

	pattern_parse(p, (const char *)b + 1, b[0], &f);
}

static const uint8_t *read_dest(const uint8_t *b, struct dest *d)
{
	size_t n = b[2];

	d->kind = (enum did_dest_kind)b[0];
	d->cause = b[1];
	d->len = b[3];
	b += 4;
	memcpy(d->trunk, b, n);
	d->trunk[n] = '\0';
	memcpy(d->text, b + n, d->len);
	d->text[d->len] = '\0';
	return b + n + d->len;
}

void row_route(const struct did_table *t, uint32_t row, const char *number, struct did_route *out)
{
	const uint8_t *b = t->blob + t->rows[row].blob;
	uint32_t max;
	struct dest d;

	b += 1 + b[0];
	memcpy(&max, b, sizeof(max));
	b += sizeof(max);
	memcpy(out->name, b + 1, b[0]);
	out->name[b[0]] = '\0';
	b += 1 + b[0];
	out->ring[0] = '\0';
	if (t->rows[row].flags & ROW_RING) {
		memcpy(out->ring, b + 1, b[0]);
		out->ring[b[0]] = '\0';
		b += 1 + b[0];
	}
	out->budget[0] = '\0';
	out->max = (int)max;
	out->row = (int)row;
	out->line = (int)t->rows[row].line;
	out->emergency = t->rows[row].flags & ROW_EMERGENCY;
	out->n_dests = *b++;
	for (int i = 0; i < out->n_dests; i++) {
		b = read_dest(b, &d);
		dest_expand(&d, number, &out->dests[i]);
	}
}

size_t row_text(const struct did_table *t, uint32_t row, char *out, size_t size)
{
	const uint8_t *b = t->blob + t->rows[row].blob;
	size_t at = (size_t)snprintf(out, size, "%.*s ", b[0], (const char *)b + 1);
	struct dest d;
	int n;

	b += 1 + b[0] + sizeof(uint32_t);
	b += 1 + b[0];
	if (t->rows[row].flags & ROW_RING)
		b += 1 + b[0];
	n = *b++;
	for (int i = 0; i < n && at < size; i++) {
		char text[400];

		b = read_dest(b, &d);
		dest_print(&d, text, sizeof(text));
		at += (size_t)snprintf(out + at, size - at, "%s%s", i ? ", " : " ", text);
	}
	return at;
}
