/* SPDX-License-Identifier: GPL-2.0-or-later */
/* conf/check_line.c: what is wrong between values of trunks.yaml that are each right: analog lines, ports, pairs, tones. */
#include <stdlib.h>
#include <string.h>

#include "conf/reader.h"

static const struct conf_lines *lines(const struct conf_trunk *t)
{
	return t->kind == CONF_TRUNK_FXS ? &t->fxs.lines : t->kind == CONF_TRUNK_FXO ? &t->fxo.lines : NULL;
}

static const struct yaml *trunk_node(const struct reader *r, const struct conf_trunk *t)
{
	return yaml_get(yaml_get(yaml_get(r->root, "trunks"), t->name), conf_kind_name(t->kind));
}

static const struct conf_sim_span *span_of(const struct conf *c, int chan)
{
	for (int i = 0; i < c->sim.n_spans; i++) {
		const struct conf_sim_span *s = &c->sim.spans[i];

		if (chan >= s->first_chan && chan < s->first_chan + s->n_chans)
			return s;
	}
	return NULL;
}

/* Is CHAN of the simulated card an FXS (FXO) port? */
static bool is_port(const struct conf *c, int chan, bool fxs)
{
	const struct conf_sim_span *s = span_of(c, chan);

	return s && s->type == CONF_ANALOG && (chan - s->first_chan < s->fxs) == fxs;
}

/* The card's ports of a kind, for a suggestion: "the FXS ports are 63-66". */
static void name_ports(const struct conf *c, bool fxs, char *out, size_t size)
{
	size_t at = 0;

	for (int i = 0; i < c->sim.n_spans && at < size; i++) {
		const struct conf_sim_span *s = &c->sim.spans[i];
		int first = s->first_chan + (fxs ? 0 : s->fxs), n = fxs ? s->fxs : s->fxo;

		if (n > 0)
			at += (size_t)snprintf(out + at, size - at, "%s%d-%d", at ? ", " : fxs ? "the FXS ports are " : "the FXO ports are ",
					       first, first + n - 1);
	}
	if (!at)
		snprintf(out, size, "the simulated card has none; add {%d: {fxs: 4, fxo: 4}} to sim: spans", c->sim.n_spans + 1);
}

static void check_lines(struct reader *r, int no)
{
	const struct conf *c = r->conf;
	const struct conf_trunk *t = &c->trunks[no];
	const struct conf_lines *mine = lines(t);
	const struct yaml *n = yaml_get(trunk_node(r, t), "lines");
	bool fxs = t->kind == CONF_TRUNK_FXS;
	char hint[200];

	for (int i = 0; i < mine->n; i++) {
		int chan = mine->line[i].chan;

		for (int j = 0; j < no; j++)
			for (int k = 0; lines(&c->trunks[j]) && k < lines(&c->trunks[j])->n; k++)
				if (lines(&c->trunks[j])->line[k].chan == chan) {
					snprintf(hint, sizeof(hint), "take it out of one of them; trunk %s is at line %d",
						 c->trunks[j].name, c->trunks[j].line);
					report(r, n, hint, "channel %d belongs to trunk %s already", chan, c->trunks[j].name);
				}
		if (c->card == CONF_CARD_SIM && c->sim.n_spans && !is_port(c, chan, fxs)) {
			name_ports(c, fxs, hint, sizeof(hint));
			report(r, n, hint, "channel %d is no %s port", chan, fxs ? "FXS" : "FXO");
			return;
		}
	}
}

/* A kind of start that the file asks for must be the card's. That of a real card is looked at when the trunk is opened. */
static void check_start(struct reader *r, const struct conf_trunk *t)
{
	static const char *const names[] = { "card", "loop", "kewl", "ground" };
	const struct conf *c = r->conf;
	enum conf_start start = t->kind == CONF_TRUNK_FXS ? t->fxs.start : t->fxo.start;
	const struct yaml *n = yaml_get(trunk_node(r, t), "start");
	char hint[200];

	if (c->card != CONF_CARD_SIM || start == CONF_START_CARD)
		return;
	for (int i = 0; i < lines(t)->n; i++) {
		int chan = lines(t)->line[i].chan;
		const struct conf_sim_span *s = span_of(c, chan);
		bool ground = s && s->start == CONF_SIM_GROUND;

		if (!s || s->type != CONF_ANALOG || ground == (start == CONF_GROUND))
			continue;
		snprintf(hint, sizeof(hint), "leave start out, or give span %d start: %s", s->no, ground ? "kewl" : "ground");
		report(r, n, hint, "start: %s, but channel %d of the card is %s start", names[start], chan,
		       ground ? "ground" : "kewl");
		return;
	}
}

/* Both ends of a pair start alike. */
static void check_pair_starts(struct reader *r, const struct yaml *n, const struct conf_sim_pair *p)
{
	const struct conf_sim_span *a = span_of(r->conf, p->fxs), *b = span_of(r->conf, p->fxo);

	if (a && b && a->type == CONF_ANALOG && b->type == CONF_ANALOG && a->start != b->start)
		report(r, n, "give both spans the same start", "channel %d is %s start and channel %d %s start", p->fxs,
		       a->start == CONF_SIM_GROUND ? "ground" : "kewl", p->fxo,
		       b->start == CONF_SIM_GROUND ? "ground" : "kewl");
}

static void check_pairs(struct reader *r)
{
	const struct conf *c = r->conf;
	const struct yaml *n = yaml_get(yaml_get(r->root, "sim"), "pairs");
	char hint[200];

	n = n ? n->child : NULL;
	for (int i = 0; i < c->sim.n_pairs && n; i++, n = n->next) {
		const struct conf_sim_pair *p = &c->sim.pairs[i];

		if (!p->fxs)
			continue;	/* reported when it was read */
		for (int fxs = 1; fxs >= 0; fxs--) {
			int chan = fxs ? p->fxs : p->fxo;

			if (is_port(c, chan, fxs))
				continue;
			name_ports(c, fxs, hint, sizeof(hint));
			report(r, n, hint, "channel %d is no %s port", chan, fxs ? "FXS" : "FXO");
		}
		check_pair_starts(r, n, p);
		for (int j = 0; j < i; j++)
			if (c->sim.pairs[j].fxs == p->fxs || c->sim.pairs[j].fxo == p->fxo)
				report(r, n, "one pair for each port", "channel %d has a pair already",
				       c->sim.pairs[j].fxs == p->fxs ? p->fxs : p->fxo);
	}
}

/* A flash window must be one; a delay needs what it delays. */
static void check_values(struct reader *r, const struct conf_trunk *t)
{
	const struct yaml *n = trunk_node(r, t);

	if (t->kind == CONF_TRUNK_FXS && t->fxs.flash_min_ms && t->fxs.flash_max_ms &&
	    t->fxs.flash_min_ms >= t->fxs.flash_max_ms)
		report(r, yaml_get(n, "flash-min"), "make flash-max the longer one", "no opening is a flash: %u ms at least and %u ms at most",
		       t->fxs.flash_min_ms, t->fxs.flash_max_ms);
	for (int i = 0; t->kind == CONF_TRUNK_FXS && i < t->fxs.lines.n; i++) {
		const struct conf_line *l = &t->fxs.lines.line[i];

		if (l->hotline_ms && !l->hotline[0])
			report(r, yaml_get(n, "numbers"), "add hotline: NUMBER", "channel %d has hotline-after and no hotline", l->chan);
	}
}

/* Without tones: in the file the country's own are taken: there must be some. */
static void check_tones(struct reader *r, const struct conf_trunk *t)
{
	const struct conf *c = r->conf;
	const char *own = t->kind == CONF_TRUNK_FXS ? t->fxs.tones : t->fxo.tones;

	if (*own || c->site.tones[0] || !c->site.country[0] || !r->countries)
		return;
	if (!r->countries->by_code((unsigned)strtoul(c->site.country, NULL, 10)))
		report(r, trunk_node(r, t), "add tones: NAME to it or to site, with the name of a country that sounds alike",
		       "whose tones trunk %s has is not known: there are none for country %s", t->name, c->site.country);
}

void check_analog(struct reader *r)
{
	struct conf *c = r->conf;
	const struct yaml *spans = yaml_get(yaml_get(r->root, "sim"), "spans");

	for (int i = 0; i < c->sim.n_spans; i++) {
		struct conf_sim_span *s = &c->sim.spans[i];
		char no[16];

		snprintf(no, sizeof(no), "%d", s->no);
		if (s->type == CONF_ANALOG && !yaml_get(yaml_get(spans, no), "law"))
			s->law = strcmp(c->site.country, "1") == 0 || strcmp(c->site.country, "81") == 0 ? CONF_MULAW : CONF_ALAW;
	}
	check_pairs(r);
	for (int i = 0; i < c->n_trunks; i++)
		if (lines(&c->trunks[i])) {
			check_lines(r, i);
			check_start(r, &c->trunks[i]);
			check_values(r, &c->trunks[i]);
			check_tones(r, &c->trunks[i]);
		}
}
