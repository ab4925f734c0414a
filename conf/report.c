/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * conf/report.c: errors of the trunk file. They are held until the file has been read, and then told in the
 * order of their places, each with its line of the file.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "conf/reader.h"

enum { SOURCE_MAX = 300 };	/* octets shown of a line */

struct conf_held {
	int line, column, length;
	char suggestion[400], message[400];
};

void report_at(struct reader *r, int line, int column, int length, const char *suggestion, const char *message)
{
	struct conf_held *h;

	if (r->n_held >= CONF_ERRORS_MAX)
		return;
	h = grow(r, r->held, r->n_held, sizeof(*h));
	if (!h)
		return;
	r->held = h;
	h += r->n_held++;
	h->line = line;
	h->column = column;
	h->length = length;
	snprintf(h->suggestion, sizeof(h->suggestion), "%s", suggestion);
	snprintf(h->message, sizeof(h->message), "%s", message);
	for (char *p = h->message; *p; p++)
		if ((unsigned char)*p < 0x20)
			*p = '?';
}

void report(struct reader *r, const struct yaml *n, const char *suggestion, const char *fmt, ...)
{
	char message[400];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(message, sizeof(message), fmt, ap);
	va_end(ap);
	report_at(r, n ? n->line : 1, n ? n->column : 1, n ? n->length : 1, suggestion, message);
}

static int by_place(const void *a, const void *b)
{
	const struct conf_held *x = a, *y = b;

	return x->line != y->line ? x->line - y->line : x->column - y->column;
}

/* Line NO of TEXT, without its end, cut to what fits. */
static void source_line(const char *text, size_t len, int no, char *out, size_t size)
{
	const char *end = text + len, *stop;

	for (int i = 1; i < no && text < end; i++) {
		const char *nl = memchr(text, '\n', (size_t)(end - text));

		text = nl ? nl + 1 : end;
	}
	stop = text < end ? memchr(text, '\n', (size_t)(end - text)) : NULL;
	if (stop)
		end = stop;
	if (end > text && end[-1] == '\r')
		end--;
	if ((size_t)(end - text) >= size)
		end = text + size - 1;
	if (end > text)
		memcpy(out, text, (size_t)(end - text));
	out[end > text ? end - text : 0] = '\0';
}

void report_all(struct reader *r, conf_error_fn *fn, void *arg)
{
	char source[SOURCE_MAX];

	if (r->n_held)
		qsort(r->held, (size_t)r->n_held, sizeof(*r->held), by_place);
	for (int i = 0; i < r->n_held; i++) {
		const struct conf_held *h = &r->held[i];
		struct conf_error e = { .file = r->file, .line = h->line, .column = h->column, .length = h->length,
					.message = h->message, .suggestion = h->suggestion, .source = source };

		source_line(r->text, r->len, h->line, source, sizeof(source));
		fn(arg, &e);
	}
	free(r->held);
	r->held = NULL;
	r->n_held = 0;
}

const char *suggest_word(char *buf, size_t size, const char *text, const char *const *words)
{
	size_t n = 0, at = 0;
	const char *near;

	while (words[n])
		n++;
	near = conf_nearest(text, words, n);
	if (near) {
		snprintf(buf, size, "did you mean \"%s\"?", near);
		return buf;
	}
	for (size_t i = 0; i < n && at < size; i++) {
		const char *sep = i == 0 ? "one of: " : ", ";

		at += (size_t)snprintf(buf + at, size - at, "%s%s", sep, words[i]);
	}
	return buf;
}

bool is_later(const char *text)
{
	for (int i = 0; conf_later[i]; i++)
		if (strcmp(conf_later[i], text) == 0)
			return true;
	return false;
}
