/* SPDX-License-Identifier: GPL-2.0-or-later */
/* conf/types_line.c: the types of analog trunks: their lines and numbers, the ladders of supervision, whose tones. */
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

static void text_print(FILE *f, const struct conf_key *k, const void *base)
{
	fprintf(f, "\"%s\"", (const char *)cfield(k, base));
}

/* --- tones: uk -------------------------------------------------------------------------------- */

static void tones_set(struct reader *r, const struct conf_key *k, const struct yaml *n, void *base)
{
	const char *text = scalar(r, k, n), *near;
	char hint[100] = "the name of a country, as uk: trunks.yaml(5) lists them";

	if (!text)
		return;
	if (n->len >= (size_t)k->max || (r->countries && !r->countries->known(text))) {
		near = r->countries ? r->countries->nearest(text) : NULL;
		if (near)
			snprintf(hint, sizeof(hint), "did you mean \"%s\"?", near);
		report(r, n, hint, "tones of \"%.40s\" are not known", text);
		return;
	}
	memcpy(field(k, base), text, n->len + 1);
}

const struct conf_type conf_type_tones = { tones_set, text_print };

/* --- lines: 63-70, [63, 65-68] ---------------------------------------------------------------- */

static struct conf_line *line_of(const struct conf_lines *l, long chan)
{
	for (int i = 0; i < l->n; i++)
		if (l->line[i].chan == chan)
			return &l->line[i];
	return NULL;
}

static void line_add(struct reader *r, const struct conf_key *k, const struct yaml *n, struct conf_lines *l, int chan)
{
	struct conf_line *more;

	if (line_of(l, chan)) {
		report(r, n, "leave one of them out", "%s: channel %d is there twice", k->name, chan);
		return;
	}
	more = grow(r, l->line, l->n, sizeof(*more));
	if (!more)
		return;
	l->line = more;
	more[l->n++] = (struct conf_line){ .chan = chan };
}

static void line_one(struct reader *r, const struct conf_key *k, const struct yaml *n, struct conf_lines *l)
{
	const char *text = scalar(r, k, n);
	long a, b;

	if (!text)
		return;
	if (whole_number(text, 1, CONF_CHANS_MAX, &a)) {
		line_add(r, k, n, l, (int)a);
		return;
	}
	if (!pair_of_numbers(text, CONF_CHANS_MAX, &a, &b)) {
		report(r, n, "channel numbers from 1 to 4096, as 63-70 or [63, 65]", "%s: \"%.40s\" is no channel", k->name, text);
		return;
	}
	for (long i = a; a <= b ? i <= b : i >= b; i += a <= b ? 1 : -1)
		line_add(r, k, n, l, (int)i);
}

static void lines_set(struct reader *r, const struct conf_key *k, const struct yaml *n, void *base)
{
	if (n->kind != YAML_LIST) {
		line_one(r, k, n, field(k, base));
		return;
	}
	if (!n->child)
		report(r, n, "name at least one channel, as [63]", "%s is an empty list", k->name);
	for (const struct yaml *i = n->child; i; i = i->next)
		line_one(r, k, i, field(k, base));
}

static void lines_print(FILE *f, const struct conf_key *k, const void *base)
{
	const struct conf_lines *l = cfield(k, base);

	fputc('[', f);
	for (int i = 0; i < l->n; i++)
		fprintf(f, "%s%d", i ? ", " : "", l->line[i].chan);
	fputc(']', f);
}

const struct conf_type conf_type_lines = { lines_set, lines_print };

/* --- numbers: {63: "+442079460501", 64: {number: ..., name: ...}} ----------------------------- */

static void dialled(struct reader *r, const struct conf_key *k, const struct yaml *n, char *out, const char *set)
{
	const char *text = scalar(r, k, n);
	char hint[200];

	if (!text)
		return;
	if (n->len == 0 || n->len >= (size_t)k->max || strspn(text + (*text == '+'), set) != n->len - (*text == '+') ||
	    strcmp(text, "+") == 0) {
		snprintf(hint, sizeof(hint), "1 to %ld of the characters %s: %s", k->max - 1, set, k->help);
		report(r, n, hint, "%s cannot be \"%.40s\"", k->name, text);
		return;
	}
	memcpy(out, text, n->len + 1);
}

static void number_set(struct reader *r, const struct conf_key *k, const struct yaml *n, void *base)
{
	dialled(r, k, n, field(k, base), "0123456789*#");
}

static void prefix_set(struct reader *r, const struct conf_key *k, const struct yaml *n, void *base)
{
	if (n->kind == YAML_SCALAR && *n->text == '+')
		report(r, n, k->help, "prefix cannot be \"%.40s\"", n->text);
	else
		dialled(r, k, n, field(k, base), "0123456789*#ABCD,w");
}

const struct conf_type conf_type_number = { number_set, text_print };
const struct conf_type conf_type_prefix = { prefix_set, text_print };

static void numbers_set(struct reader *r, const struct conf_key *k, const struct yaml *n, void *base, bool fxs)
{
	static const struct conf_key number = { .name = "the line's number", .type = &conf_type_number,
						.offset = offsetof(struct conf_line, number), .max = 64,
						.help = "as \"+442079460501\"" };
	struct conf_lines *l = field(k, base);

	if (n->kind != YAML_MAP || !n->child) {
		report(r, n, k->help, "%s wants a mapping of channels to numbers", k->name);
		return;
	}
	for (const struct yaml *key = n->child; key && key->next; key = key->next->next) {
		struct conf_line *line;
		long chan = 0;

		if (key->kind == YAML_SCALAR)
			whole_number(key->text, 1, CONF_CHANS_MAX, &chan);
		line = line_of(l, chan);
		if (!line)
			report(r, key, "one of the channels of lines:", "%s: \"%.20s\" is no line of this trunk", k->name,
			       key->text);
		else if (fxs && key->next->kind == YAML_MAP)
			keys_read(r, &conf_fxs_line_keys, key->next, line);
		else
			number.type->set(r, &number, key->next, line);
	}
}

static void fxs_numbers_set(struct reader *r, const struct conf_key *k, const struct yaml *n, void *base)
{
	numbers_set(r, k, n, base, true);
}

static void fxo_numbers_set(struct reader *r, const struct conf_key *k, const struct yaml *n, void *base)
{
	numbers_set(r, k, n, base, false);
}

static void numbers_print(FILE *f, const struct conf_key *k, const void *base)
{
	const struct conf_lines *l = cfield(k, base);
	bool any = false;

	fputc('{', f);
	for (int i = 0; i < l->n; i++) {
		const struct conf_line *line = &l->line[i];

		if (!line->number[0] && !line->name[0] && !line->hotline[0])
			continue;
		fprintf(f, "%s%d: ", any ? ", " : "", line->chan);
		any = true;
		if (!line->name[0] && !line->hotline[0])
			fprintf(f, "\"%s\"", line->number);
		else
			fprintf(f, "{number: \"%s\", name: \"%s\", hotline: \"%s\", hotline-after: %ums}", line->number, line->name,
				line->hotline, line->hotline_ms);
	}
	fputc('}', f);
}

const struct conf_type conf_type_fxs_numbers = { fxs_numbers_set, numbers_print };
const struct conf_type conf_type_fxo_numbers = { fxo_numbers_set, numbers_print };

/* --- answer: [polarity, speech], clear: [battery, tone], services: [hold] --------------------- */

static const char *const answers[] = { "polarity", "battery", "ringback", "speech", "timer", NULL };
static const char *const clears[] = { "battery", "polarity", "tone", "dialtone", "idle", NULL };
static const char *const aoc_requests[] = { "setup", "during", "end", NULL };
enum { BITS_MAX = 5 };	/* words of the longest of these lists */

/* The words of a list, or the one word, into OUT, each once. Returns how many. */
static int words_of(struct reader *r, const struct conf_key *k, const struct yaml *n, const char *const *words, int *out)
{
	const struct conf_key word = { .name = k->name, .words = words, .help = k->help };
	int count = 0;

	for (const struct yaml *i = n->kind == YAML_LIST ? n->child : n; i; i = n->kind == YAML_LIST ? i->next : NULL) {
		int w = -1;
		bool twice = false;

		conf_type_word.set(r, &word, i, &w);
		for (int j = 0; j < count; j++)
			twice |= out[j] == w;
		if (twice)
			report(r, i, "leave one of them out", "%s: %s is there twice", k->name, words[w]);
		else if (w >= 0)
			out[count++] = w;
	}
	if (n->kind == YAML_LIST && !n->child)
		report(r, n, k->help, "%s is an empty list", k->name);
	return count;
}

static void answer_set(struct reader *r, const struct conf_key *k, const struct yaml *n, void *base)
{
	struct conf_fxo *f = base;
	int found[CONF_ANSWERS];

	f->n_answer = words_of(r, k, n, answers, found);
	for (int i = 0; i < f->n_answer; i++)
		f->answer[i] = (enum conf_answer)found[i];
}

static void answer_print(FILE *f, const struct conf_key *k, const void *base)
{
	const struct conf_fxo *c = base;

	(void)k;
	fputc('[', f);
	for (int i = 0; i < c->n_answer; i++)
		fprintf(f, "%s%s", i ? ", " : "", answers[c->answer[i]]);
	fputc(']', f);
}

/* Bit N for word N, into an unsigned. */
static void bits_set(struct reader *r, const struct conf_key *k, const struct yaml *n, const char *const *words, unsigned *bits)
{
	int found[BITS_MAX], count = words_of(r, k, n, words, found);

	*bits = 0;
	for (int i = 0; i < count; i++)
		*bits |= 1u << found[i];
}

static void bits_print(FILE *f, const char *const *words, unsigned bits)
{
	bool any = false;

	fputc('[', f);
	for (int i = 0; words[i]; i++)
		if (bits & 1u << i) {
			fprintf(f, "%s%s", any ? ", " : "", words[i]);
			any = true;
		}
	fputc(']', f);
}

static void clear_set(struct reader *r, const struct conf_key *k, const struct yaml *n, void *base)
{
	bits_set(r, k, n, clears, field(k, base));
}

static void clear_print(FILE *f, const struct conf_key *k, const void *base)
{
	bits_print(f, clears, *(const unsigned *)cfield(k, base));
}

static void services_set(struct reader *r, const struct conf_key *k, const struct yaml *n, void *base)
{
	bits_set(r, k, n, conf_service_words, field(k, base));
}

static void services_print(FILE *f, const struct conf_key *k, const void *base)
{
	bits_print(f, conf_service_words, *(const unsigned *)cfield(k, base));
}

static void aoc_request_set(struct reader *r, const struct conf_key *k, const struct yaml *n, void *base)
{
	bits_set(r, k, n, aoc_requests, field(k, base));
}

static void aoc_request_print(FILE *f, const struct conf_key *k, const void *base)
{
	bits_print(f, aoc_requests, *(const unsigned *)cfield(k, base));
}

const struct conf_type conf_type_aoc_request = { aoc_request_set, aoc_request_print };
const struct conf_type conf_type_services = { services_set, services_print };
const struct conf_type conf_type_answer = { answer_set, answer_print };
const struct conf_type conf_type_clear = { clear_set, clear_print };

/* --- A trunk ---------------------------------------------------------------------------------- */

static void fxs_set(struct reader *r, const struct conf_key *k, const struct yaml *n, void *base)
{
	struct conf_trunk *t = base;

	(void)k;
	t->called_style = t->calling_style = CONF_STYLE_DIALLED;
	keys_defaults(r, &conf_fxs_keys, &t->fxs);
	keys_read(r, &conf_fxs_keys, n, &t->fxs);
}

static void fxo_set(struct reader *r, const struct conf_key *k, const struct yaml *n, void *base)
{
	static const enum conf_answer ladder[] = { CONF_ANSWER_POLARITY, CONF_ANSWER_BATTERY, CONF_ANSWER_RINGBACK,
						   CONF_ANSWER_SPEECH };
	struct conf_trunk *t = base;

	(void)k;
	t->called_style = t->calling_style = CONF_STYLE_DIALLED;
	memcpy(t->fxo.answer, ladder, sizeof(ladder));
	t->fxo.n_answer = (int)(sizeof(ladder) / sizeof(ladder[0]));
	t->fxo.clear = (1u << (CONF_CLEAR_IDLE + 1)) - 1;
	keys_defaults(r, &conf_fxo_keys, &t->fxo);
	keys_read(r, &conf_fxo_keys, n, &t->fxo);
}

const struct conf_type conf_type_fxs = { fxs_set, NULL };
const struct conf_type conf_type_fxo = { fxo_set, NULL };
