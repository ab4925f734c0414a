/* SPDX-License-Identifier: GPL-2.0-or-later */
/* conf/types_cause.c: rows of the tables of causes that a SIP trunk has in another way: causes: {34: 480}, statuses: {480: 19}. */
#include <stdlib.h>

#include "conf/reader.h"

/* What may stand there. Of what we send, a 6xx would stop the far end's own failover. */
static const struct range { long min, max; const char *what, *hint; } q850 = {
	1, 127, "cause", "a Q.850 cause is a number from 1 to 127"
}, received = {
	300, 699, "SIP status", "a final SIP status is a number from 300 to 699"
}, sent = {
	300, 599, "SIP status", "a final SIP status is sent from 300 to 599"
};

static bool value(struct reader *r, const struct conf_key *k, const struct yaml *n, const struct range *is, long *out)
{
	if (n->kind == YAML_SCALAR && whole_number(n->text, is->min, is->max, out))
		return true;
	report(r, n, is->hint, "%s: \"%.40s\" is no %s", k->name, n->kind == YAML_SCALAR ? n->text : "this", is->what);
	return false;
}

static void read_rows(struct reader *r, const struct conf_key *k, const struct yaml *n, struct conf_causes *c, bool from_q850)
{
	long from, to;

	if (n->kind != YAML_MAP) {
		report(r, n, from_q850 ? "write {34: 480}" : "write {480: 19}", "%s wants a mapping", k->name);
		return;
	}
	for (const struct yaml *key = n->child; key && key->next; key = key->next->next) {
		if (!value(r, k, key, from_q850 ? &q850 : &received, &from) ||
		    !value(r, k, key->next, from_q850 ? &sent : &q850, &to))
			continue;
		for (int i = 0; i < c->n; i++)
			if (c->row[i].from == from) {
				report(r, key, "leave one of them out", "%s: %ld is there twice", k->name, from);
				return;
			}
		if (c->n == CONF_CAUSES_MAX) {
			report(r, key, "64 rows are the most", "%s: too many rows", k->name);
			return;
		}
		c->row[c->n].from = (uint16_t)from;
		c->row[c->n++].to = (uint16_t)to;
	}
}

static void causes_set(struct reader *r, const struct conf_key *k, const struct yaml *n, void *base)
{
	read_rows(r, k, n, (struct conf_causes *)((char *)base + k->offset), true);
}

static void statuses_set(struct reader *r, const struct conf_key *k, const struct yaml *n, void *base)
{
	read_rows(r, k, n, (struct conf_causes *)((char *)base + k->offset), false);
}

static void rows_print(FILE *f, const struct conf_key *k, const void *base)
{
	const struct conf_causes *c = (const struct conf_causes *)((const char *)base + k->offset);

	fputc('{', f);
	for (int i = 0; i < c->n; i++)
		fprintf(f, "%s%u: %u", i ? ", " : "", c->row[i].from, c->row[i].to);
	fputc('}', f);
}

const struct conf_type conf_type_causes = { causes_set, rows_print };
const struct conf_type conf_type_statuses = { statuses_set, rows_print };
