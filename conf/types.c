/* SPDX-License-Identifier: GPL-2.0-or-later */
/* conf/types.c: the types of single values: a word of a list, a number, yes or no, a duration, digits, text. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "conf/reader.h"

static void *field(const struct conf_key *k, void *base)
{
	return (char *)base + k->offset;
}

static const void *cfield(const struct conf_key *k, const void *base)
{
	return (const char *)base + k->offset;
}

const char *scalar(struct reader *r, const struct conf_key *k, const struct yaml *n)
{
	char hint[200];

	snprintf(hint, sizeof(hint), "%s: %s", k->name, k->help);
	if (n->kind != YAML_SCALAR) {
		report(r, n, hint, "%s wants one value, not a %s", k->name, n->kind == YAML_MAP ? "mapping" : "list");
		return NULL;
	}
	if (n->len == 0 && !n->quoted) {
		report(r, n, hint, "%s has no value", k->name);
		return NULL;
	}
	if (strlen(n->text) != n->len || strpbrk(n->text, "\n\r\t")) {
		report(r, n, "use printable characters on one line", "%s holds a control character", k->name);
		return NULL;
	}
	return n->text;
}

void *grow(struct reader *r, void *list, int n, size_t size)
{
	void *more;

	if (n & (n - 1) || (n && n < 4))
		return list;	/* room was made at the last power of two, and for the first four at once */
	more = realloc(list, (n ? (size_t)n * 2 : 4) * size);
	if (!more)
		r->no_memory = true;
	return more;
}

bool whole_number(const char *text, long min, long max, long *out)
{
	char *end;

	if (!(*text >= '0' && *text <= '9') && !(*text == '-' && text[1] >= '0' && text[1] <= '9'))
		return false;
	errno = 0;
	*out = strtol(text, &end, 10);
	return !errno && !*end && *out >= min && *out <= max;
}

/* --- A word ----------------------------------------------------------------------------------- */

static void word_set(struct reader *r, const struct conf_key *k, const struct yaml *n, void *base)
{
	const char *text = scalar(r, k, n);
	char hint[200], all[160];

	if (!text)
		return;
	for (int i = 0; k->words[i]; i++)
		if (strcmp(k->words[i], text) == 0) {
			memcpy(field(k, base), &i, sizeof(i));
			return;
		}
	if (is_later(text)) {
		suggest_word(all, sizeof(all), "", k->words);
		report(r, n, all, "%s: %s is not supported by this version", k->name, text);
		return;
	}
	suggest_word(hint, sizeof(hint), text, k->words);
	report(r, n, hint, "%s cannot be \"%.40s\"", k->name, text);
}

static void word_print(FILE *f, const struct conf_key *k, const void *base)
{
	int i;

	memcpy(&i, cfield(k, base), sizeof(i));
	fputs(k->words[i], f);
}

const struct conf_type conf_type_word = { word_set, word_print };

/* --- Numbers ---------------------------------------------------------------------------------- */

static void uint_set(struct reader *r, const struct conf_key *k, const struct yaml *n, void *base)
{
	const char *text = scalar(r, k, n);
	char hint[120];
	long v;
	int i;

	if (!text)
		return;
	if (!whole_number(text, k->min, k->max, &v)) {
		snprintf(hint, sizeof(hint), "a whole number from %ld to %ld: %s", k->min, k->max, k->help);
		report(r, n, hint, "%s cannot be \"%.40s\"", k->name, text);
		return;
	}
	i = (int)v;
	memcpy(field(k, base), &i, sizeof(i));
}

static void uint_print(FILE *f, const struct conf_key *k, const void *base)
{
	int i;

	memcpy(&i, cfield(k, base), sizeof(i));
	fprintf(f, "%d", i);
}

const struct conf_type conf_type_uint = { uint_set, uint_print };

static void double_set(struct reader *r, const struct conf_key *k, const struct yaml *n, void *base)
{
	const char *text = scalar(r, k, n);
	char hint[120], *end;
	double v;

	if (!text)
		return;
	v = strtod(text, &end);
	if (end == text || *end || !isfinite(v) || v < (double)k->min || v > (double)k->max) {
		snprintf(hint, sizeof(hint), "a number from %ld to %ld: %s", k->min, k->max, k->help);
		report(r, n, hint, "%s cannot be \"%.40s\"", k->name, text);
		return;
	}
	memcpy(field(k, base), &v, sizeof(v));
}

static void double_print(FILE *f, const struct conf_key *k, const void *base)
{
	double v;

	memcpy(&v, cfield(k, base), sizeof(v));
	fprintf(f, "%g", v);
}

const struct conf_type conf_type_double = { double_set, double_print };

/* --- Yes or no -------------------------------------------------------------------------------- */

static void bool_set(struct reader *r, const struct conf_key *k, const struct yaml *n, void *base)
{
	const char *text = scalar(r, k, n);

	if (!text)
		return;
	if (strcmp(text, "true") && strcmp(text, "false")) {
		report(r, n, "write true or false", "%s cannot be \"%.40s\"", k->name, text);
		return;
	}
	*(bool *)field(k, base) = *text == 't';
}

static void bool_print(FILE *f, const struct conf_key *k, const void *base)
{
	fputs(*(const bool *)cfield(k, base) ? "true" : "false", f);
}

const struct conf_type conf_type_bool = { bool_set, bool_print };

/* --- Durations -------------------------------------------------------------------------------- */

static bool parse_ms(const char *text, long *out)
{
	static const struct {
		const char *unit;
		long ms;
	} units[] = { { "ms", 1 }, { "s", 1000 }, { "m", 60000 }, { "h", 3600000 } };
	char *end;
	long v;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	v = strtol(text, &end, 10);
	if (errno || v > 1000000000)
		return false;
	if (v == 0 && !*end) {
		*out = 0;
		return true;
	}
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (strcmp(end, units[i].unit) == 0) {
			*out = v * units[i].ms;
			return true;
		}
	return false;
}

static void print_ms(FILE *f, long ms)
{
	if (ms == 0)
		fputs("0", f);
	else if (ms % 60000 == 0)
		fprintf(f, "%ldm", ms / 60000);
	else if (ms % 1000 == 0)
		fprintf(f, "%lds", ms / 1000);
	else
		fprintf(f, "%ldms", ms);
}

static void ms_set(struct reader *r, const struct conf_key *k, const struct yaml *n, void *base)
{
	const char *text = scalar(r, k, n);
	char hint[160] = "";
	unsigned u;
	long v;
	FILE *f;

	if (!text)
		return;
	if (!parse_ms(text, &v)) {
		bool bare = whole_number(text, 0, 1000000, &v);

		snprintf(hint, sizeof(hint), "write %.20s%s: a number with its unit, ms, s, m or h",
			 bare ? text : k->def, bare ? "s" : "");
		report(r, n, hint, "%s: \"%.40s\" is no duration", k->name, text);
		return;
	}
	if (v < k->min || v > k->max) {
		f = fmemopen(hint, sizeof(hint), "w");
		if (f) {
			fputs("from ", f);
			print_ms(f, k->min);
			fputs(" to ", f);
			print_ms(f, k->max);
			fprintf(f, ": %s", k->help);
			fclose(f);
		}
		report(r, n, hint, "%s: %.40s is out of range", k->name, text);
		return;
	}
	u = (unsigned)v;
	memcpy(field(k, base), &u, sizeof(u));
}

static void ms_print(FILE *f, const struct conf_key *k, const void *base)
{
	unsigned u;

	memcpy(&u, cfield(k, base), sizeof(u));
	print_ms(f, u);
}

const struct conf_type conf_type_ms = { ms_set, ms_print };

/* --- Digits and text -------------------------------------------------------------------------- */

static void digits_set(struct reader *r, const struct conf_key *k, const struct yaml *n, void *base)
{
	const char *text = scalar(r, k, n);
	char hint[160];
	size_t len;

	if (!text)
		return;
	len = strlen(text);
	if (strspn(text, "0123456789") != len || (long)len < k->min || (long)len >= k->max) {
		snprintf(hint, sizeof(hint), "digits alone, %ld to %ld of them: %s", k->min, k->max - 1, k->help);
		report(r, n, hint, "%s cannot be \"%.40s\"", k->name, text);
		return;
	}
	memcpy(field(k, base), text, len + 1);
}

static void string_set(struct reader *r, const struct conf_key *k, const struct yaml *n, void *base)
{
	const char *text = scalar(r, k, n);
	char hint[160];

	if (!text)
		return;
	if ((long)n->len < k->min || (long)n->len >= k->max) {
		snprintf(hint, sizeof(hint), "%ld to %ld characters: %s", k->min, k->max - 1, k->help);
		report(r, n, hint, "%s is too %s", k->name, n->len ? "long" : "short");
		return;
	}
	memcpy(field(k, base), text, n->len + 1);
}

static void string_print(FILE *f, const struct conf_key *k, const void *base)
{
	fprintf(f, "\"%s\"", (const char *)cfield(k, base));
}

const struct conf_type conf_type_digits = { digits_set, string_print };
const struct conf_type conf_type_string = { string_set, string_print };

/* --- What a later version will do ------------------------------------------------------------- */

static void later_set(struct reader *r, const struct conf_key *k, const struct yaml *n, void *base)
{
	(void)base;
	report(r, n, k->help, "%s is not supported by this version", k->name);
}

const struct conf_type conf_type_later = { later_set, NULL };
