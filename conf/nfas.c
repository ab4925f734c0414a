/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * conf/nfas.c: nfas: {primary: 1, backup: 2, interfaces: [0, 1, 2]} of an ISDN trunk: one D channel, or two, for
 * several T1 spans. Its keys, and what they must have in common with the trunk and the card.
 */
#include <string.h>

#include "conf/reader.h"

#define INTERFACE_MAX 127	/* 7 bits of Q.931 4.5.13, octet 3.1 */

static void interfaces_set(struct reader *r, const struct conf_key *k, const struct yaml *n, void *base)
{
	struct conf_nfas *c = base;
	long id;

	if (n->kind != YAML_LIST) {
		report(r, n, k->help, "%s wants a list", k->name);
		return;
	}
	for (const struct yaml *i = n->child; i; i = i->next) {
		const char *text = scalar(r, k, i);

		if (!text)
			continue;
		if (!whole_number(text, 0, INTERFACE_MAX, &id)) {
			report(r, i, "interface identifiers are 0 to 127", "%s: \"%.40s\" is none", k->name, text);
			continue;
		}
		for (int j = 0; j < c->n_interfaces; j++)
			if (c->interfaces[j] == id)
				report(r, i, "each span has its own, as the exchange numbers them", "%s: %ld is there twice",
				       k->name, id);
		if (c->n_interfaces < CONF_NFAS_MAX)
			c->interfaces[c->n_interfaces++] = (int)id;
	}
}

static void interfaces_print(FILE *f, const struct conf_key *k, const void *base)
{
	const struct conf_nfas *c = base;

	(void)k;
	print_numbers(f, c->interfaces, c->n_interfaces);
}

static const struct conf_type conf_type_interfaces = { interfaces_set, interfaces_print };

static const struct conf_key nfas[] = {
	{ .name = "primary", .type = &conf_type_uint, .offset = offsetof(struct conf_nfas, primary), .min = 1,
	  .max = CONF_SPANS_MAX, .required = true, .help = "the span with the D channel" },
	{ .name = "backup", .type = &conf_type_uint, .offset = offsetof(struct conf_nfas, backup), .min = 1,
	  .max = CONF_SPANS_MAX, .help = "the span with the D channel in reserve" },
	{ .name = "interfaces", .type = &conf_type_interfaces, .help = "interfaces: [0, 1, 2], in the order of spans" },
};
const struct conf_keys conf_nfas_keys = { "nfas", nfas, sizeof(nfas) / sizeof(nfas[0]) };

static void nfas_set(struct reader *r, const struct conf_key *k, const struct yaml *n, void *base)
{
	(void)k;
	keys_read(r, &conf_nfas_keys, n, &((struct conf_isdn *)base)->nfas);
}

const struct conf_type conf_type_nfas = { nfas_set, NULL };

/* --- Against the rest --------------------------------------------------------------------------- */

static const struct conf_sim_span *simulated(const struct conf *c, int no)
{
	return c->card == CONF_CARD_SIM ? sim_span(c, no) : NULL;
}

static bool has_span(const struct conf_isdn *c, int no)
{
	for (int i = 0; i < c->n_spans; i++)
		if (c->spans[i] == no)
			return true;
	return false;
}

static void check_bearer(struct reader *r, const struct conf_isdn *c, const struct yaml *map, const char *key, int no)
{
	const struct conf_sim_span *s = simulated(r->conf, no);

	if (!has_span(c, no))
		report(r, yaml_get(map, key), "add it to spans, or name one that is there",
		       "%s: span %d is not a span of this trunk", key, no);
	else if (s && s->no_dchan)
		report(r, yaml_get(map, key), "make it a t1 in sim", "%s: span %d has no D channel", key, no);
}

static void check_group(struct reader *r, const struct conf_trunk *t, const struct yaml *isdn)
{
	const struct conf_isdn *c = &t->isdn;
	const struct yaml *map = yaml_get(isdn, "nfas");

	if (!conf_dialect_def(c->dialect)->nfas)
		report(r, map, "dialect: ni2, dms100, 4ess or 5ess", "nfas: %s has no such groups",
		       conf_dialect_name(c->dialect));
	check_bearer(r, c, map, "primary", c->nfas.primary);
	if (c->nfas.backup)
		check_bearer(r, c, map, "backup", c->nfas.backup);
	if (c->nfas.backup == c->nfas.primary)
		report(r, yaml_get(map, "backup"), "the backup is on another span, or there is none",
		       "backup: span %d is the primary already", c->nfas.backup);
	if (c->n_spans > CONF_NFAS_MAX)
		report(r, map, "make two trunks of it", "nfas: %d spans, %d are the most", c->n_spans, CONF_NFAS_MAX);
	else if (c->nfas.n_interfaces && c->nfas.n_interfaces != c->n_spans)
		report(r, yaml_get(map, "interfaces"), "one for each span, in the order of spans",
		       "interfaces: %d for %d spans", c->nfas.n_interfaces, c->n_spans);
}

/* ISDN is the mapping under isdn:. */
void check_nfas(struct reader *r, const struct conf_trunk *t, const struct yaml *isdn)
{
	const struct conf_isdn *c = &t->isdn;

	if (c->nfas.primary)
		check_group(r, t, isdn);
	for (int i = 0; i < c->n_spans; i++) {
		const struct conf_sim_span *s = simulated(r->conf, c->spans[i]);
		bool bears = !c->nfas.primary || c->spans[i] == c->nfas.primary || c->spans[i] == c->nfas.backup;

		if (!s || s->type == CONF_ANALOG)
			continue;
		if (s->no_dchan && !c->nfas.primary)
			report(r, yaml_get(isdn, "spans"), "make it a t1 in sim, or name the span of its D channel: nfas: {primary: 1}",
			       "span %d has no D channel", s->no);
		else if (!s->no_dchan && !bears)
			report(r, yaml_get(isdn, "spans"), "make it a t1-nfas in sim",
			       "span %d has a D channel, which the group does not use", s->no);
	}
}
