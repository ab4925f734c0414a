/* SPDX-License-Identifier: GPL-2.0-or-later */
/* conf/types_span.c: the types of the card side: span lists, the simulated card's spans and wires; and codecs. */
#include <stdlib.h>
#include <string.h>

#include "conf/reader.h"

bool pair_of_numbers(const char *text, long max, long *a, long *b)
{
	const char *dash = strchr(text, '-');
	char first[8] = "";

	if (!dash || dash == text || (size_t)(dash - text) >= sizeof(first))
		return false;
	memcpy(first, text, (size_t)(dash - text));
	return whole_number(first, 1, max, a) && whole_number(dash + 1, 1, max, b);
}

/* --- spans: [1, 2] or 1-4 --------------------------------------------------------------------- */

static void span_add(struct reader *r, const struct conf_key *k, const struct yaml *n, struct conf_isdn *s, int no)
{
	int *more;

	for (int i = 0; i < s->n_spans; i++)
		if (s->spans[i] == no) {
			report(r, n, "leave one of them out", "%s: span %d is there twice", k->name, no);
			return;
		}
	more = grow(r, s->spans, s->n_spans, sizeof(*more));
	if (!more)
		return;
	s->spans = more;
	s->spans[s->n_spans++] = no;
}

static void span_one(struct reader *r, const struct conf_key *k, const struct yaml *n, struct conf_isdn *s)
{
	const char *text = scalar(r, k, n);
	long a, b;

	if (!text)
		return;
	if (whole_number(text, 1, CONF_SPANS_MAX, &a)) {
		span_add(r, k, n, s, (int)a);
		return;
	}
	if (!pair_of_numbers(text, CONF_SPANS_MAX, &a, &b)) {
		report(r, n, "span numbers from 1 to 128, as [1, 2] or 1-4", "%s: \"%.40s\" is no span", k->name, text);
		return;
	}
	for (long i = a; a <= b ? i <= b : i >= b; i += a <= b ? 1 : -1)
		span_add(r, k, n, s, (int)i);
}

static void spans_set(struct reader *r, const struct conf_key *k, const struct yaml *n, void *base)
{
	if (n->kind != YAML_LIST) {
		span_one(r, k, n, base);
		return;
	}
	if (!n->child)
		report(r, n, "name at least one span, as [1]", "%s is an empty list", k->name);
	for (const struct yaml *i = n->child; i; i = i->next)
		span_one(r, k, i, base);
}

void print_numbers(FILE *f, const int *numbers, int n)
{
	fputc('[', f);
	for (int i = 0; i < n; i++)
		fprintf(f, "%s%d", i ? ", " : "", numbers[i]);
	fputc(']', f);
}

static void spans_print(FILE *f, const struct conf_key *k, const void *base)
{
	const struct conf_isdn *s = base;

	(void)k;
	print_numbers(f, s->spans, s->n_spans);
}

const struct conf_type conf_type_spans = { spans_set, spans_print };

/* --- sim: {spans: {1: e1, 2: t1, 3: {fxs: 4, fxo: 4}}} ---------------------------------------- */

static const char *const span_types[] = { "e1", "t1", "j1", "t1-nfas", NULL };
enum { T1_NFAS = 3 };

/* The law of analog ports that say none is not known before the country is: check_line.c. */
static void span_what(struct reader *r, const struct yaml *n, struct conf_sim_span *s)
{
	const struct conf_key type = { .name = "the span's type", .type = &conf_type_word, .words = span_types,
				       .help = "e1, t1, j1 or t1-nfas, or {fxs: 4, fxo: 4}" };
	int word = 0;

	if (n->kind != YAML_MAP) {
		int before = r->n_held;

		type.type->set(r, &type, n, &word);
		s->unknown = r->n_held > before;
		s->no_dchan = word == T1_NFAS;
		s->type = s->no_dchan ? CONF_T1 : (enum conf_span_type)word;
		s->n_chans = s->type == CONF_E1 ? 31 : 24;
		return;
	}
	s->type = CONF_ANALOG;
	keys_read(r, &conf_ports_keys, n, s);
	if (s->fxs + s->fxo == 0)
		report(r, n, "give it ports, as {fxs: 4, fxo: 4}", "span %d has no ports", s->no);
	s->n_chans = s->fxs + s->fxo;
}

static void sim_spans_set(struct reader *r, const struct conf_key *k, const struct yaml *n, void *base)
{
	struct conf_sim *s = base;
	struct conf_sim_span *more;
	long no;

	if (n->kind != YAML_MAP || !n->child) {
		report(r, n, "write {1: e1, 2: e1}", "%s wants a mapping of span numbers to types", k->name);
		return;
	}
	for (const struct yaml *key = n->child; key && key->next; key = key->next->next) {
		if (key->kind != YAML_SCALAR || !whole_number(key->text, 1, CONF_SPANS_MAX, &no)) {
			report(r, key, "spans are numbered from 1, as {1: e1, 2: e1}", "%s: this is no span number", k->name);
			continue;
		}
		if (no != s->n_spans + 1) {
			char hint[80];

			snprintf(hint, sizeof(hint), "the next span is %d", s->n_spans + 1);
			report(r, key, hint, "%s: spans are numbered from 1 in order, without holes", k->name);
			continue;
		}
		more = grow(r, s->spans, s->n_spans, sizeof(*more));
		if (!more)
			return;
		s->spans = more;
		more += s->n_spans++;
		*more = (struct conf_sim_span){ .no = (int)no };
		more->first_chan = no == 1 ? 1 : more[-1].first_chan + more[-1].n_chans;
		span_what(r, key->next, more);
	}
}

static void sim_spans_print(FILE *f, const struct conf_key *k, const void *base)
{
	const struct conf_sim *s = base;

	(void)k;
	fputc('{', f);
	for (int i = 0; i < s->n_spans; i++) {
		const struct conf_sim_span *p = &s->spans[i];

		fprintf(f, "%s%d: ", i ? ", " : "", p->no);
		if (p->type == CONF_ANALOG)
			fprintf(f, "{fxs: %d, fxo: %d, law: %s, start: %s}", p->fxs, p->fxo,
				p->law == CONF_ALAW ? "alaw" : "mulaw", p->start == CONF_SIM_GROUND ? "ground" : "kewl");
		else
			fputs(span_types[p->no_dchan ? T1_NFAS : (int)p->type], f);
	}
	fputc('}', f);
}

const struct conf_type conf_type_sim_spans = { sim_spans_set, sim_spans_print };

/* --- wires: [1-2, {a: 3, b: 4, ppm: 20}] ------------------------------------------------------ */

static bool wire_one(struct reader *r, const struct conf_key *k, const struct yaml *n, struct conf_sim_wire *w)
{
	const char *text;
	int before = r->n_held;
	long a, b;

	memset(w, 0, sizeof(*w));
	if (n->kind == YAML_MAP) {
		keys_read(r, &conf_wire_keys, n, w);
		return r->n_held == before;
	}
	text = scalar(r, k, n);
	if (!text)
		return false;
	if (!pair_of_numbers(text, CONF_SPANS_MAX, &a, &b)) {
		report(r, n, "write 1-2, or {a: 1, b: 2, ppm: 20}", "%s: \"%.40s\" is no wire", k->name, text);
		return false;
	}
	w->a = (int)a;
	w->b = (int)b;
	return true;
}

static void wires_set(struct reader *r, const struct conf_key *k, const struct yaml *n, void *base)
{
	struct conf_sim *s = base;
	struct conf_sim_wire w, *more;

	if (n->kind != YAML_LIST) {
		report(r, n, "write [1-2]", "%s wants a list", k->name);
		return;
	}
	for (const struct yaml *i = n->child; i; i = i->next) {
		bool ok = wire_one(r, k, i, &w);

		/* A bad wire keeps its place, so that check.c finds each one's node. */
		if (!ok)
			memset(&w, 0, sizeof(w));
		more = grow(r, s->wires, s->n_wires, sizeof(w));
		if (!more)
			return;
		s->wires = more;
		s->wires[s->n_wires++] = w;
	}
}

static void wires_print(FILE *f, const struct conf_key *k, const void *base)
{
	const struct conf_sim *s = base;

	(void)k;
	fputc('[', f);
	for (int i = 0; i < s->n_wires; i++) {
		const struct conf_sim_wire *w = &s->wires[i];

		if (w->ppm < 0 || w->ppm > 0)
			fprintf(f, "%s{a: %d, b: %d, ppm: %g}", i ? ", " : "", w->a, w->b, w->ppm);
		else
			fprintf(f, "%s%d-%d", i ? ", " : "", w->a, w->b);
	}
	fputc(']', f);
}

const struct conf_type conf_type_wires = { wires_set, wires_print };

/* --- pairs: [63-67, {fxs: 64, fxo: 68, loss: 3}] ---------------------------------------------- */

static bool pair_one(struct reader *r, const struct conf_key *k, const struct yaml *n, struct conf_sim_pair *p)
{
	const char *text;
	int before = r->n_held;
	long a, b;

	memset(p, 0, sizeof(*p));
	if (n->kind == YAML_MAP) {
		keys_read(r, &conf_pair_keys, n, p);
		return r->n_held == before;
	}
	text = scalar(r, k, n);
	if (!text)
		return false;
	if (!pair_of_numbers(text, CONF_CHANS_MAX, &a, &b)) {
		report(r, n, "write 63-67, or {fxs: 63, fxo: 67, loss: 3}", "%s: \"%.40s\" is no pair", k->name, text);
		return false;
	}
	p->fxs = (int)a;
	p->fxo = (int)b;
	return true;
}

static void pairs_set(struct reader *r, const struct conf_key *k, const struct yaml *n, void *base)
{
	struct conf_sim *s = base;
	struct conf_sim_pair p, *more;

	if (n->kind != YAML_LIST) {
		report(r, n, "write [63-67]", "%s wants a list", k->name);
		return;
	}
	for (const struct yaml *i = n->child; i; i = i->next) {
		/* A bad pair keeps its place, as a bad wire does. */
		if (!pair_one(r, k, i, &p))
			memset(&p, 0, sizeof(p));
		more = grow(r, s->pairs, s->n_pairs, sizeof(p));
		if (!more)
			return;
		s->pairs = more;
		s->pairs[s->n_pairs++] = p;
	}
}

static void pairs_print(FILE *f, const struct conf_key *k, const void *base)
{
	const struct conf_sim *s = base;

	(void)k;
	fputc('[', f);
	for (int i = 0; i < s->n_pairs; i++) {
		const struct conf_sim_pair *p = &s->pairs[i];

		fprintf(f, "%s{fxs: %d, fxo: %d", i ? ", " : "", p->fxs, p->fxo);
		if (p->loss_db > 0)
			fprintf(f, ", loss: %g", p->loss_db);
		if (p->echo_db > 0)
			fprintf(f, ", echo: %g, echo-delay: %g", p->echo_db, p->echo_ms);
		if (p->noise_dbm0 < 0)
			fprintf(f, ", noise: %g", p->noise_dbm0);
		fputs(p->dead ? ", dead: true}" : "}", f);
	}
	fputc(']', f);
}

const struct conf_type conf_type_pairs = { pairs_set, pairs_print };

/* --- codecs: [pcma, pcmu] --------------------------------------------------------------------- */

static const char *const codec_names[] = { "pcma", "pcmu", NULL };

static void codec_one(struct reader *r, const struct conf_key *k, const struct yaml *n, struct conf_sip *s)
{
	const struct conf_key word = { .name = k->name, .words = codec_names, .help = k->help };
	int c = -1;

	conf_type_word.set(r, &word, n, &c);
	if (c < 0)
		return;
	for (int i = 0; i < s->n_codecs; i++)
		if ((int)s->codecs[i] == c) {
			report(r, n, "leave one of them out", "%s: %s is there twice", k->name, codec_names[c]);
			return;
		}
	s->codecs[s->n_codecs++] = (enum conf_codec)c;
}

static void codecs_set(struct reader *r, const struct conf_key *k, const struct yaml *n, void *base)
{
	struct conf_sip *s = base;

	s->n_codecs = 0;
	if (n->kind != YAML_LIST) {
		codec_one(r, k, n, s);
		return;
	}
	if (!n->child)
		report(r, n, "write [pcma, pcmu]", "%s is an empty list", k->name);
	for (const struct yaml *i = n->child; i; i = i->next)
		codec_one(r, k, i, s);
}

static void codecs_print(FILE *f, const struct conf_key *k, const void *base)
{
	const struct conf_sip *s = base;

	(void)k;
	fputc('[', f);
	for (int i = 0; i < s->n_codecs; i++)
		fprintf(f, "%s%s", i ? ", " : "", codec_names[s->codecs[i]]);
	fputc(']', f);
}

const struct conf_type conf_type_codecs = { codecs_set, codecs_print };
