/* SPDX-License-Identifier: GPL-2.0-or-later */
/* conf/types_number.c: the types of a trunk's rules for numbers: an E.164 number, and patterns of them. */
#include <stdio.h>
#include <string.h>

#include "conf/reader.h"

enum { E164_MAX = 15 };

static void e164_set(struct reader *r, const struct conf_key *k, const struct yaml *n, void *base)
{
	const char *text = scalar(r, k, n);
	size_t digits = text ? strspn(text + (*text == '+'), "0123456789") : 0;

	if (!text)
		return;
	if (text[0] != '+' || text[1] == '0' || text[1 + digits] || digits < 3 || digits > E164_MAX) {
		report(r, n, k->help, "%s: \"%.40s\" is no number with country code", k->name, text);
		return;
	}
	snprintf((char *)base + k->offset, (size_t)k->max, "%s", text);
}

static void e164_print(FILE *f, const struct conf_key *k, const void *base)
{
	fputs((const char *)base + k->offset, f);
}

const struct conf_type conf_type_e164 = { e164_set, e164_print };

/* "+442079460*", "+44207946010?", or an extension: digits, ? for any one, and * at the end for whatever follows. */
static bool is_pattern(const char *text)
{
	size_t n;

	text += *text == '+';
	n = strspn(text, "0123456789?");
	text += n;
	text += *text == '*';
	return !*text && n > 0;
}

static void patterns_set(struct reader *r, const struct conf_key *k, const struct yaml *n, void *base)
{
	struct conf_patterns *p = (struct conf_patterns *)((char *)base + k->offset);
	const struct yaml *i = n->kind == YAML_LIST ? n->child : n;

	for (p->n = 0; i; i = n->kind == YAML_LIST ? i->next : NULL) {
		const char *text = scalar(r, k, i);

		if (!text)
			continue;
		if (!is_pattern(text) || strlen(text) >= sizeof(p->pattern[0]))
			report(r, i, "digits after a +, ? for any digit, * at the end: \"+442079460*\"",
			       "%s: \"%.40s\" is no pattern of numbers", k->name, text);
		else if (p->n == CONF_PATTERNS_MAX)
			report(r, i, "join some of them", "%s: more than %d patterns", k->name, CONF_PATTERNS_MAX);
		else
			memcpy(p->pattern[p->n++], text, strlen(text) + 1);
	}
}

static void patterns_print(FILE *f, const struct conf_key *k, const void *base)
{
	const struct conf_patterns *p = (const struct conf_patterns *)((const char *)base + k->offset);

	for (int i = 0; i < p->n; i++)
		fprintf(f, "%s%s", i ? ", " : "", p->pattern[i]);
}

const struct conf_type conf_type_patterns = { patterns_set, patterns_print };
