/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tables for people. Columns are as wide as their widest cell; nothing is cut off: where the terminal is
 * too narrow the last column goes on in the next line, below itself. Colours on a terminal only, and
 * not where NO_COLOR is set.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "gateway/cli/cli.h"
#include "gateway/ops/text.h"

#define COLUMNS_MAX 16
#define CELL_MAX 512
#define GAP 2
#define LAST_MIN 24		/* the last column is not wrapped narrower */

struct cell {
	char *text;
	enum colour colour;
};
struct table {
	int columns;
	bool right[COLUMNS_MAX];
	int width[COLUMNS_MAX];
	struct cell *cells;	/* row by row; the first row is the headings */
	size_t n, room;
};

void put_colour(enum colour c)
{
	static const char *const codes[] = { "0", "32", "31;1", "33", "2", "1" };
	static int on = -1;

	if (on < 0)
		on = isatty(STDOUT_FILENO) && !(getenv("NO_COLOR") && *getenv("NO_COLOR"));
	if (on)
		printf("\033[%sm", codes[c]);
}

int put_width(void)
{
	struct winsize ws;

	if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &ws) < 0)
		return 0;
	return ws.ws_col;
}

/* Characters of a text in UTF-8. */
static int width_of(const char *s)
{
	int n = 0;

	for (; *s; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return n;
}

static void add(struct table *t, enum colour c, const char *text)
{
	int column = (int)(t->n % (size_t)t->columns);

	if (t->n == t->room) {
		size_t room = t->room ? t->room * 2 : 64;
		struct cell *cells = realloc(t->cells, room * sizeof(*cells));

		if (!cells)
			abort();
		t->cells = cells;
		t->room = room;
	}
	t->cells[t->n].text = strdup(text);
	if (!t->cells[t->n].text)
		abort();
	t->cells[t->n].colour = c;
	t->n++;
	if (width_of(text) > t->width[column])
		t->width[column] = width_of(text);
}

struct table *table_new(const char *headings)
{
	struct table *t = calloc(1, sizeof(*t));
	char copy[256], *at = copy, *h;
	const char *names[COLUMNS_MAX];

	if (!t)
		abort();
	snprintf(copy, sizeof(copy), "%s", headings);
	while ((h = strsep(&at, "|")) && t->columns < COLUMNS_MAX) {
		t->right[t->columns] = *h == '>';
		names[t->columns++] = h + (*h == '>');
	}
	for (int i = 0; i < t->columns; i++)
		add(t, BOLD, names[i]);
	return t;
}

void table_cell(struct table *t, enum colour c, const char *fmt, ...)
{
	char text[CELL_MAX], clean[CELL_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	text_clean(clean, sizeof(clean), text, strlen(text));
	add(t, c, clean);
}

/* Prints TEXT from column AT on, in lines of ROOM characters broken at spaces. */
static void put_wrapped(const char *text, int at, int room)
{
	while (room >= LAST_MIN && width_of(text) > room) {
		const char *s = text, *space = NULL;

		for (int n = 0; n <= room; s++) {
			if (*s == ' ')
				space = s;
			n += ((unsigned char)s[1] & 0xc0) != 0x80;
		}
		if (!space)
			break;
		printf("%.*s\n%*s", (int)(space - text), text, at, "");
		text = space + 1;
	}
	printf("%s", text);
}

static void put_row(const struct table *t, const struct cell *row, int terminal)
{
	int at = 0;

	for (int i = 0; i < t->columns; i++) {
		int pad = t->width[i] - width_of(row[i].text);
		bool last = i == t->columns - 1;

		if (t->right[i])
			printf("%*s", pad, "");
		if (row[i].colour != PLAIN)
			put_colour(row[i].colour);
		if (last)
			put_wrapped(row[i].text, at, terminal - at);
		else
			printf("%s", row[i].text);
		if (row[i].colour != PLAIN)
			put_colour(PLAIN);
		if (!t->right[i] && !last)
			printf("%*s", pad, "");
		if (!last)
			printf("%*s", GAP, "");
		at += t->width[i] + GAP;
	}
	putchar('\n');
}

void table_print(struct table *t)
{
	int terminal = put_width();

	for (size_t i = 0; i + (size_t)t->columns <= t->n; i += (size_t)t->columns)
		put_row(t, t->cells + i, terminal);
	for (size_t i = 0; i < t->n; i++)
		free(t->cells[i].text);
	free(t->cells);
	free(t);
}

const char *put_age(int64_t s)
{
	static char buf[4][32];
	static int at;
	char *out = buf[at = (at + 1) % 4];

	if (s >= 86400)
		snprintf(out, 32, "%lld d %lld h", (long long)(s / 86400), (long long)(s % 86400 / 3600));
	else if (s >= 3600)
		snprintf(out, 32, "%lld h %lld m", (long long)(s / 3600), (long long)(s % 3600 / 60));
	else if (s >= 60)
		snprintf(out, 32, "%lld m %lld s", (long long)(s / 60), (long long)(s % 60));
	else
		snprintf(out, 32, "%lld s", (long long)s);
	return out;
}
