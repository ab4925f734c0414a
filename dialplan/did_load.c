/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dialplan/did_load.c: reads a DID file line by line: sections, rows, expect rows; then indexes and checks it. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dialplan/did_table.h"

enum { SOURCE_MAX = 300 };	/* octets shown of a line */

int did_grow(void *list, size_t *room, size_t need, size_t item)
{
	void **p = list, *more;
	size_t n = *room ? *room : 64;

	if (need <= *room)
		return 0;
	while (n < need)
		n += n / 2 + 16;
	more = realloc(*p, n * item);
	if (!more)
		return -ENOMEM;
	*p = more;
	*room = n;
	return 0;
}

/* --- Errors ----------------------------------------------------------------------------------- */

static int characters(const char *text, size_t octets)
{
	int n = 0;

	for (size_t i = 0; i < octets; i++)
		n += ((unsigned char)text[i] & 0xc0) != 0x80;
	return n;
}

void did_report(struct did_loader *l, int line, const char *text, size_t line_len, const struct fault *f)
{
	char source[SOURCE_MAX];
	size_t at = f->at < line_len ? f->at : line_len, len = f->len;
	struct did_error e = { .file = l->file, .line = line, .message = f->message, .suggestion = f->suggestion,
			       .source = source };

	if (l->errors++ >= DID_ERRORS_MAX)
		return;
	if (len > line_len - at)
		len = line_len - at;
	e.column = characters(text, at) + 1;
	e.length = characters(text + at, len);
	if (e.length < 1)
		e.length = 1;
	snprintf(source, sizeof(source), "%.*s", (int)(line_len < sizeof(source) ? line_len : sizeof(source) - 1), text);
	for (char *p = source; *p; p++)
		if ((unsigned char)*p < 0x20 && *p != '\t')
			*p = '?';
	l->fn(l->arg, &e);
}

/* Line NO of the file. */
static const char *find_line(const struct did_loader *l, uint32_t no, size_t *len)
{
	const char *p = l->text, *end = l->text + l->len, *nl;

	for (uint32_t i = 1; i < no; i++) {
		nl = memchr(p, '\n', (size_t)(end - p));
		if (!nl)
			break;
		p = nl + 1;
	}
	nl = memchr(p, '\n', (size_t)(end - p));
	*len = (size_t)((nl ? nl : end) - p);
	return p;
}

void did_report_row(struct did_loader *l, uint32_t row, const char *suggestion, const char *message)
{
	const struct did_row *r = &l->t->rows[row];
	size_t len, at = 0;
	const char *text = find_line(l, r->line, &len);
	struct fault f;

	while (at < len && (text[at] == ' ' || text[at] == '\t'))
		at++;
	fault_set(&f, at, l->t->blob[r->blob], suggestion, "%s", message);
	did_report(l, (int)r->line, text, len, &f);
}

bool did_trunk_known(struct did_loader *l, const char *name)
{
	if (!*name)
		return false;
	if (strcmp(l->known, name) == 0)
		return true;
	if (!l->trunks->known(l->trunks->arg, name))
		return false;
	snprintf(l->known, sizeof(l->known), "%s", name);
	return true;
}

void did_unknown_trunk(struct did_loader *l, const char *name, size_t at, size_t len, struct fault *f)
{
	static const char *const words[] = { "busy", "congestion", "reject", "test" };
	const char *near = l->trunks->nearest ? l->trunks->nearest(l->trunks->arg, name) : NULL;
	char hint[120];

	snprintf(hint, sizeof(hint), "a trunk of trunks.yaml, or test/NAME, busy, congestion, reject:CAUSE");
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]) && !near; i++)
		if (strncmp(words[i], name, 2) == 0 && *name)
			near = words[i];
	if (near)
		snprintf(hint, sizeof(hint), "did you mean \"%s\"?", near);
	fault_set(f, at, len, hint, "there is no trunk \"%s\"", name);
}

/* --- Lines ------------------------------------------------------------------------------------ */

static int section_parse(struct did_loader *l, int line, const char *text, size_t len, struct fault *f)
{
	struct did_table *t = l->t;
	const char *close = memchr(text, ']', len);
	size_t n = close ? (size_t)(close - text) - 1 : 0, room = (size_t)t->n_sections;
	struct did_section *s;
	char hint[80];

	if (!close || (size_t)(close - text) + 1 != len || n == 0 || n >= DID_NAME_MAX) {
		fault_set(f, 0, len, "[TRUNK], the trunk that these calls come from", "not a section");
		return -EINVAL;
	}
	if (t->n_sections == DID_SECTIONS_MAX) {
		fault_set(f, 0, len, "256 sections at most", "too many sections");
		return -EINVAL;
	}
	if (did_grow(&t->sections, &room, room + 1, sizeof(*s)))
		return -ENOMEM;
	s = &t->sections[t->n_sections++];
	memset(s, 0, sizeof(*s));
	memcpy(s->name, text + 1, n);
	s->line = line;
	s->root = NO_ROW;
	s->first_row = (uint32_t)t->rows_len;
	for (int i = 0; i < t->n_sections - 1; i++)
		if (strcmp(t->sections[i].name, s->name) == 0) {
			snprintf(hint, sizeof(hint), "put these rows into the section at line %d", t->sections[i].line);
			fault_set(f, 0, len, hint, "a second section [%s]", s->name);
			return -EINVAL;
		}
	if (did_trunk_known(l, s->name))
		return 0;
	did_unknown_trunk(l, s->name, 1, n, f);
	if (strncmp(f->suggestion, "did you", 7))
		snprintf(f->suggestion, sizeof(f->suggestion), "[TRUNK] is a trunk of trunks.yaml");
	return -EINVAL;
}

/* Where a comment begins, or LEN: "#" at the beginning or after white space, outside quotes. */
static size_t comment(const char *text, size_t len)
{
	bool quoted = false;

	for (size_t i = 0; i < len; i++) {
		if (text[i] == '"')
			quoted = !quoted;
		else if (text[i] == '#' && !quoted && (i == 0 || text[i - 1] == ' ' || text[i - 1] == '\t'))
			return i;
	}
	return len;
}

/* Octets of the UTF-8 character at P (RFC 3629), 0 when it is none. Over-long forms of three and four octets pass:
 * names are shown, not compared. */
static size_t utf8_length(const unsigned char *p, size_t left)
{
	size_t n = *p < 0x80 ? 1 : *p < 0xc2 ? 0 : *p < 0xe0 ? 2 : *p < 0xf0 ? 3 : *p < 0xf5 ? 4 : 0;

	for (size_t i = 1; i < n; i++)
		if (i >= left || (p[i] & 0xc0) != 0x80)
			return 0;
	return n;
}

static int check_octets(const char *text, size_t len, struct fault *f)
{
	size_t n;

	if (len > DID_LINE_MAX) {
		fault_set(f, 0, 1, "4000 octets at most; is this really a DID file?", "the line is too long");
		return -EINVAL;
	}
	for (size_t i = 0; i < len; i += n) {
		n = 1;
		if ((unsigned char)text[i] >= 0x20 && (unsigned char)text[i] < 0x7f)
			continue;
		n = utf8_length((const unsigned char *)text + i, len - i);
		if (!n) {
			fault_set(f, i, 1, "save the file as UTF-8; is it really a DID file?", "this is not UTF-8 text");
			return -EINVAL;
		}
		if (((unsigned char)text[i] < 0x20 && text[i] != '\t') || text[i] == 0x7f) {
			fault_set(f, i, 1, "remove it; is this really a DID file?", "a control character");
			return -EINVAL;
		}
	}
	return 0;
}

static int line_parse(struct did_loader *l, int line, const char *text, size_t len)
{
	struct fault f;
	size_t at = 0, end;
	int err;

	while (at < len && (text[at] == ' ' || text[at] == '\t'))
		at++;
	if (at == len || text[at] == '#')
		return 0;
	err = check_octets(text, len, &f);
	if (err) {
		did_report(l, line, text, len, &f);
		return err;
	}
	end = at + comment(text + at, len - at);
	while (end > at && (text[end - 1] == ' ' || text[end - 1] == '\t'))
		end--;
	/* A pattern may begin with a set, but a set holds digits. */
	if (text[at] == '[' && (isalpha((unsigned char)text[end - 1 > at ? at + 1 : at]) ||
				memchr(text + at, ']', end - at) == text + end - 1))
		err = section_parse(l, line, text + at, end - at, &f);
	else if (end - at > 7 && strncmp(text + at, "expect", 6) == 0 && (text[at + 6] == ' ' || text[at + 6] == '\t'))
		err = expect_parse(l, line, text + at, end - at, &f);
	else
		err = row_parse(l, line, text + at, end - at, &f);
	if (err == -EINVAL) {
		f.at += at;
		did_report(l, line, text, len, &f);
	}
	return err;
}

static int read_lines(struct did_loader *l)
{
	const char *p = l->text, *end = l->text + l->len;

	if (l->len >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0)
		p += 3;		/* byte order mark */
	for (int line = 1; p < end; line++) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));
		size_t len = (size_t)((nl ? nl : end) - p);

		if (line_parse(l, line, p, len && p[len - 1] == '\r' ? len - 1 : len) == -ENOMEM)
			return -ENOMEM;
		if (!nl)
			break;
		p = nl + 1;
	}
	for (int i = 0; i < l->t->n_sections; i++) {
		struct did_section *s = &l->t->sections[i];

		s->rows = (i + 1 < l->t->n_sections ? s[1].first_row : (uint32_t)l->t->rows_len) - s->first_row;
	}
	return 0;
}

static int load(struct did_loader *l)
{
	int err;

	if (l->len > DID_TEXT_MAX) {
		struct fault f;

		fault_set(&f, 0, 1, "512 MiB at most; use ranges, x and *", "the file is too large");
		did_report(l, 1, "", 0, &f);
		return 0;
	}
	err = read_lines(l);
	if (!err)
		err = index_build(l);
	if (!err)
		err = conflict_check(l);
	if (!err && !l->errors)
		err = expect_run(l);
	return err;
}

static void trim_one(void *list, size_t len, size_t item)
{
	void **p = list, *less = len ? realloc(*p, len * item) : NULL;

	if (less)
		*p = less;
}

/* The lists have grown by halves: what is left over goes back. */
static void trim(struct did_table *t)
{
	trim_one(&t->pool, t->pool_len, 1);
	trim_one(&t->blob, t->blob_len, 1);
	trim_one(&t->nodes, t->nodes_len, sizeof(*t->nodes));
	trim_one(&t->rows, t->rows_len, sizeof(*t->rows));
}

int did_load(struct did_table **out, const char *file, const char *text, size_t len,
	     const struct did_trunks *trunks, did_error_fn *fn, void *arg)
{
	struct did_loader l = { .file = file, .text = text, .len = len, .trunks = trunks, .fn = fn, .arg = arg };
	int err = -ENOMEM;

	l.t = calloc(1, sizeof(*l.t));
	if (l.t) {
		for (int i = 0; i < SYMBOLS; i++) {
			l.t->masks[CODE_SYMBOL + i] = 1u << i;
			l.t->sizes[CODE_SYMBOL + i] = 1;
		}
		l.t->masks[CODE_X] = SYMBOLS_X;
		l.t->sizes[CODE_X] = 10;
		l.t->n_codes = CODE_SET;
		err = load(&l);
	}
	free(l.pieces);
	free(l.expects);
	if (!err && l.errors)
		err = -EINVAL;
	if (!err)
		trim(l.t);
	if (err)
		did_free(l.t);
	else
		*out = l.t;
	return err;
}

void did_free(struct did_table *t)
{
	if (!t)
		return;
	free(t->pool);
	free(t->blob);
	free(t->nodes);
	free(t->rows);
	free(t->sections);
	free(t);
}
