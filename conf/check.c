/* SPDX-License-Identifier: GPL-2.0-or-later */
/* conf/check.c: what is wrong between values of trunks.yaml that are each right: spans, wires, peers. */
#include <stdlib.h>
#include <string.h>

#include "conf/reader.h"

static const struct yaml *trunk_node(const struct reader *r, const struct conf_trunk *t)
{
	return yaml_get(yaml_get(yaml_get(r->root, "trunks"), t->name), conf_kind_name(t->kind));
}

/* The item of the list under KEY that says TEXT, or the whole value. */
static const struct yaml *item(const struct yaml *map, const char *key, const char *text)
{
	const struct yaml *n = yaml_get(map, key);

	if (n && n->kind == YAML_LIST)
		for (const struct yaml *i = n->child; i; i = i->next)
			if (i->kind == YAML_SCALAR && strcmp(i->text, text) == 0)
				return i;
	return n ? n : map;
}

static const struct yaml *nth(const struct yaml *list, int i)
{
	const struct yaml *n = list ? list->child : NULL;

	while (n && i--)
		n = n->next;
	return n ? n : list;
}

const struct conf_sim_span *sim_span(const struct conf *c, int no)
{
	return no >= 1 && no <= c->sim.n_spans ? &c->sim.spans[no - 1] : NULL;
}

/* The trunk that has SPAN among the first N trunks, or NULL. */
static const struct conf_trunk *owner(const struct conf *c, int n, int span)
{
	for (int i = 0; i < n; i++)
		for (int j = 0; c->trunks[i].kind == CONF_TRUNK_ISDN && j < c->trunks[i].isdn.n_spans; j++)
			if (c->trunks[i].isdn.spans[j] == span)
				return &c->trunks[i];
	return NULL;
}

/* --- Spans ------------------------------------------------------------------------------------ */

static void check_dialect(struct reader *r, const struct conf_trunk *t, const struct conf_sim_span *s)
{
	char hint[160];

	if (s->type != CONF_E1 || conf_dialect_def(t->isdn.dialect)->e1)
		return;
	snprintf(hint, sizeof(hint), "dialect: euroisdn or qsig, or make span %d a t1 in sim", s->no);
	report(r, item(trunk_node(r, t), "dialect", ""), hint, "%s is spoken on T1; span %d is an E1",
	       conf_dialect_name(t->isdn.dialect), s->no);
}

static void check_nsf(struct reader *r, const struct conf_trunk *t)
{
	if (t->isdn.nsf != CONF_NSF_NONE && !conf_dialect_def(t->isdn.dialect)->nsf)
		report(r, item(trunk_node(r, t), "nsf", ""), "leave nsf out, or write dialect: 4ess or 5ess",
		       "%s has no network-specific facilities", conf_dialect_name(t->isdn.dialect));
}

/* Calls would wait for digits that never come: nothing in such a SETUP says that its number is complete. */
static void check_overlap(struct reader *r, const struct conf_trunk *t)
{
	if (t->isdn.overlap && !conf_dialect_def(t->isdn.dialect)->overlap)
		report(r, item(trunk_node(r, t), "overlap", ""), "leave overlap out: every SETUP has the whole number",
		       "%s has no overlap", conf_dialect_name(t->isdn.dialect));
}

static void check_services(struct reader *r, const struct conf_trunk *t)
{
	unsigned has = conf_dialect_def(t->isdn.dialect)->services;
	const char *hint = has & 1u << CONF_SERVICE_DEFLECT ? "leave out aoc and mcid" :
			   has & 1u << CONF_SERVICE_TRANSFER ? "leave out all but hold and transfer" : "leave out all but hold";

	for (int i = 0; i < CONF_SERVICES; i++)
		if (t->isdn.services & ~has & 1u << i)
			report(r, item(trunk_node(r, t), "services", conf_service_words[i]), hint, "%s has no %s",
			       conf_dialect_name(t->isdn.dialect), conf_service_words[i]);
}

/* Advice of charge is asked for by who is subscribed to it, of an exchange. */
static void check_aoc_request(struct reader *r, const struct conf_trunk *t)
{
	if (t->isdn.aoc_request && t->isdn.side != CONF_USER)
		report(r, item(trunk_node(r, t), "aoc-request", ""), "leave it out", "the network side asks for no advice of charge");
	else if (t->isdn.aoc_request && !(t->isdn.services & 1u << CONF_SERVICE_AOC))
		report(r, item(trunk_node(r, t), "aoc-request", ""), "add aoc to services", "aoc-request without the service aoc");
}

static void check_service_messages(struct reader *r, const struct conf_trunk *t)
{
	enum conf_dialect d = t->isdn.dialect;

	if (t->isdn.service_messages == CONF_SERVICE_MESSAGES_SEND && !conf_dialect_def(d)->service_messages)
		report(r, item(trunk_node(r, t), "service-messages", ""), "leave it out: 4ess, 5ess, dms100 and ni2 have them",
		       "%s has no SERVICE messages", conf_dialect_name(d));
}

static void check_spans(struct reader *r, int index)
{
	const struct conf *c = r->conf;
	const struct conf_trunk *t = &c->trunks[index];
	char text[16], hint[240];

	for (int j = 0; j < t->isdn.n_spans; j++) {
		int no = t->isdn.spans[j];
		const struct conf_trunk *other = owner(c, index, no);
		const struct yaml *n;

		snprintf(text, sizeof(text), "%d", no);
		n = item(trunk_node(r, t), "spans", text);
		if (other) {
			snprintf(hint, sizeof(hint), "take it out of one of them; trunk %s is at line %d", other->name,
				 other->line);
			report(r, n, hint, "span %d belongs to trunk %s already", no, other->name);
		}
		if (c->card != CONF_CARD_SIM || c->sim.n_spans == 0)
			continue;
		if (!sim_span(c, no)) {
			snprintf(hint, sizeof(hint), "the simulated card has spans 1 to %d; add {%d: e1} to sim: spans",
				 c->sim.n_spans, no);
			report(r, n, hint, "there is no span %d", no);
		} else if (sim_span(c, no)->type == CONF_ANALOG) {
			report(r, n, "isdn runs on e1, t1 and j1; analog ports are fxs: {lines: ...} or fxo: {lines: ...}",
			       "span %d is analog", no);
		} else {
			check_dialect(r, t, sim_span(c, no));
		}
	}
}

/* --- Wires ------------------------------------------------------------------------------------ */

static bool wire_end(struct reader *r, const struct yaml *n, int no, bool *used)
{
	char hint[160];

	if (!sim_span(r->conf, no)) {
		snprintf(hint, sizeof(hint), "the simulated card has spans 1 to %d", r->conf->sim.n_spans);
		report(r, n, hint, "a wire to span %d, which is not there", no);
		return false;
	}
	if (used[no]) {
		report(r, n, "one wire for each span", "span %d has a wire already", no);
		return false;
	}
	return used[no] = true;
}

/* Two PRI trunks face to face must be the two sides of one dialect, or layer 2 never comes up. */
static void check_faces(struct reader *r, const struct yaml *n, const struct conf_sim_wire *w)
{
	const struct conf_trunk *a = owner(r->conf, r->conf->n_trunks, w->a);
	const struct conf_trunk *b = owner(r->conf, r->conf->n_trunks, w->b);

	if (!a || !b)
		return;
	if (a->isdn.side == b->isdn.side)
		report(r, n, "make one of the trunks side: user and the other side: network",
		       "spans %d and %d are wired together and both are the %s side", w->a, w->b,
		       a->isdn.side == CONF_USER ? "user" : "network");
	if (a->isdn.dialect != b->isdn.dialect)
		report(r, n, "give both trunks the same dialect", "trunks %s and %s are wired together and speak two dialects",
		       a->name, b->name);
}

static void check_wires(struct reader *r)
{
	const struct conf *c = r->conf;
	const struct yaml *list = yaml_get(yaml_get(r->root, "sim"), "wires");
	bool used[CONF_SPANS_MAX + 1] = { false };

	for (int i = 0; i < c->sim.n_wires; i++) {
		const struct conf_sim_wire *w = &c->sim.wires[i];
		const struct yaml *n = nth(list, i);

		if (w->a == 0)
			continue;	/* reported when it was read */
		if (w->a == w->b) {
			report(r, n, "a wire joins two spans", "a wire from span %d to itself", w->a);
			continue;
		}
		if (!wire_end(r, n, w->a, used) || !wire_end(r, n, w->b, used))
			continue;
		if (sim_span(c, w->a)->type == CONF_ANALOG || sim_span(c, w->b)->type == CONF_ANALOG) {
			report(r, n, "join analog ports by pairs: [FXS-FXO]", "a wire to span %d, which is analog",
			       sim_span(c, w->a)->type == CONF_ANALOG ? w->a : w->b);
			continue;
		}
		if ((sim_span(c, w->a)->type == CONF_E1) != (sim_span(c, w->b)->type == CONF_E1))
			report(r, n, "join E1 to E1, T1 to T1 or J1",
			       "a wire between span %d and span %d: A-law against mu-law", w->a, w->b);
		check_faces(r, n, w);
	}
}

/* --- SIP peers -------------------------------------------------------------------------------- */

static void check_peer_pair(struct reader *r, const struct conf_trunk *a, const struct conf_trunk *b)
{
	const struct yaml *n = trunk_node(r, b);
	char hint[240];

	snprintf(hint, sizeof(hint), "a call must belong to one trunk: take it out of %s or of %s (line %d)", b->name,
		 a->name, a->line);
	if (a->sip.peer_host[0] && strcmp(a->sip.peer_host, b->sip.peer_host) == 0 &&
	    a->sip.peer_port == b->sip.peer_port && a->sip.transport == b->sip.transport)
		report(r, item(n, "peer", ""), hint, "trunk %s has the same peer", a->name);
	for (int i = 0; i < a->sip.n_from; i++)
		for (int j = 0; j < b->sip.n_from; j++)
			if (memcmp(&a->sip.from[i], &b->sip.from[j], sizeof(a->sip.from[i])) == 0)
				report(r, nth(yaml_get(n, "from"), j), hint, "trunk %s has the same address in from", a->name);
}

static void check_card(struct reader *r)
{
	const struct conf *c = r->conf;
	const struct yaml *sim = yaml_get(r->root, "sim");

	if (c->card == CONF_CARD_SIM && !sim)
		report(r, yaml_get(r->root, "card"), "add sim: {spans: {1: e1, 2: e1}, wires: [1-2]}",
		       "card: sim without its spans");
	if (c->card == CONF_CARD_DAHDI && sim)
		report(r, sim, "write card: sim, or take sim: out", "sim: is for the simulated card, and card is dahdi");
}

void check_whole(struct reader *r)
{
	const struct conf *c = r->conf;
	bool sip = false;

	check_card(r);
	check_wires(r);
	check_analog(r);
	for (int i = 0; i < c->n_trunks; i++) {
		if (c->trunks[i].kind == CONF_TRUNK_ISDN) {
			check_spans(r, i);
			check_nfas(r, &c->trunks[i], trunk_node(r, &c->trunks[i]));
			check_nsf(r, &c->trunks[i]);
			check_overlap(r, &c->trunks[i]);
			check_services(r, &c->trunks[i]);
			check_aoc_request(r, &c->trunks[i]);
			check_service_messages(r, &c->trunks[i]);
			continue;
		}
		if (c->trunks[i].kind != CONF_TRUNK_SIP)
			continue;
		sip = true;
		for (int j = 0; j < i; j++)
			if (c->trunks[j].kind == CONF_TRUNK_SIP)
				check_peer_pair(r, &c->trunks[j], &c->trunks[i]);
	}
	if (sip && !yaml_get(r->root, "sip"))
		report_at(r, 1, 1, 1, "add sip: {listen: [\"0.0.0.0:5060\"]}", "there are SIP trunks, but no sip: to listen on");
}
