/* SPDX-License-Identifier: GPL-2.0-or-later */
/* conf/mappings.c: the mappings inside trunks.yaml that need more than their table of keys. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "conf/reader.h"
#include "conf/site_defaults.h"

void conf_prefixes(const char *country, char *international, char *national)
{
	static const struct {
		const char *country, *international, *national;
	} rows[] = {
		{ "1", "011", "1" },   { "7", "810", "8" },  { "30", "00", "" },  { "34", "00", "" },
		{ "39", "00", "" },    { "45", "00", "" },   { "47", "00", "" },  { "48", "00", "" },
		{ "61", "0011", "0" }, { "81", "010", "0" }, { "351", "00", "" }, { "352", "00", "" },
		{ "356", "00", "" },   { "357", "00", "" },  { "371", "00", "" }, { "372", "00", "" },
		{ "420", "00", "" },
	};

	strcpy(international, "00");
	strcpy(national, "0");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strcmp(rows[i].country, country) == 0) {
			strcpy(international, rows[i].international);
			strcpy(national, rows[i].national);
		}
}

/* --- site:, sim:, sip: ------------------------------------------------------------------------ */

static void site_set(struct reader *r, const struct conf_key *k, const struct yaml *n, void *base)
{
	struct conf_site *s = &((struct conf *)base)->site;
	const struct yaml *country = yaml_get(n, "country");

	(void)k;
	if (country && country->kind == YAML_SCALAR) {
		char code[8];

		snprintf(code, sizeof(code), "%.7s", country->text);
		conf_prefixes(code, s->international, s->national);
	}
	keys_read(r, &conf_site_keys, n, s);
}

static void sim_set(struct reader *r, const struct conf_key *k, const struct yaml *n, void *base)
{
	(void)k;
	keys_read(r, &conf_sim_keys, n, &((struct conf *)base)->sim);
}

static void sip_listen_set(struct reader *r, const struct conf_key *k, const struct yaml *n, void *base)
{
	struct conf_sip_listen *s = &((struct conf *)base)->sip;

	(void)k;
	keys_read(r, &conf_sip_listen_keys, n, s);
}

static void trace_set(struct reader *r, const struct conf_key *k, const struct yaml *n, void *base)
{
	(void)k;
	keys_read(r, &conf_trace_keys, n, &((struct conf *)base)->trace);
}

const struct conf_type conf_type_trace = { trace_set, NULL };
const struct conf_type conf_type_site = { site_set, NULL };
const struct conf_type conf_type_sim = { sim_set, NULL };
const struct conf_type conf_type_sip_listen = { sip_listen_set, NULL };

/* --- A trunk ---------------------------------------------------------------------------------- */

/* Keys that one side, or one dialect, has a use for. */
static void check_isdn(struct reader *r, const struct yaml *n, const struct conf_isdn *s)
{
	if (s->date_time != CONF_DATE_TIME_NONE && s->side != CONF_NETWORK)
		report(r, yaml_get(n, "date-time"), "leave it out, or side: network", "date-time: only the network side says the time");
	if (s->clear_tones && s->side != CONF_NETWORK)
		report(r, yaml_get(n, "clear-tones"), "leave it out, or side: network",
		       "clear-tones: only the network side ends calls with a tone");
	if (s->redirecting_element && s->dialect != CONF_EUROISDN)
		report(r, yaml_get(n, "redirecting-element"), "leave it out",
		       "redirecting-element is of euroisdn: %s tells of a redirection in its own way alone", conf_dialect_name(s->dialect));
}

static void isdn_set(struct reader *r, const struct conf_key *k, const struct yaml *n, void *base)
{
	struct conf_trunk *t = base;

	(void)k;
	t->kind = CONF_TRUNK_ISDN;
	t->called_style = t->calling_style = CONF_STYLE_TYPED;
	keys_defaults(r, &conf_isdn_keys, &t->isdn);
	keys_defaults(r, &conf_timers_keys, t->isdn.timers);
	keys_read(r, &conf_isdn_keys, n, &t->isdn);
	check_isdn(r, n, &t->isdn);
}

static void timers_set(struct reader *r, const struct conf_key *k, const struct yaml *n, void *base)
{
	struct conf_isdn *s = base;

	(void)k;
	keys_read(r, &conf_timers_keys, n, s->timers);
}

static void check_sip(struct reader *r, const struct yaml *n, const struct conf_sip *s)
{
	const struct yaml *ptime = yaml_get(n, "ptime");

	if (n->kind != YAML_MAP)
		return;
	if (!yaml_get(n, "peer") && !yaml_get(n, "from"))
		report(r, n, "give it peer: \"HOST\" to call it, or from: [ADDRESS] to be called by it",
		       "a SIP trunk with neither peer nor from");
	if (s->ptime % 10)
		report(r, ptime, "10, 20 or 30", "ptime cannot be %u", s->ptime);
}

static void sip_set(struct reader *r, const struct conf_key *k, const struct yaml *n, void *base)
{
	struct conf_trunk *t = base;
	struct conf_sip *s = &t->sip;
	const char *country = r->conf->site.country;

	(void)k;
	t->kind = CONF_TRUNK_SIP;
	t->called_style = t->calling_style = CONF_STYLE_PLUS;
	keys_defaults(r, &conf_sip_keys, s);
	keys_read(r, &conf_sip_keys, n, s);
	if (s->n_codecs == 0) {
		bool mulaw = strcmp(country, "1") == 0 || strcmp(country, "81") == 0;

		s->codecs[0] = mulaw ? CONF_PCMU : CONF_PCMA;
		s->codecs[1] = mulaw ? CONF_PCMA : CONF_PCMU;
		s->n_codecs = 2;
	}
	check_sip(r, n, s);
}

/* Type and plan are elements of ISDN; elsewhere a number is written by its style alone. */
static void check_types(struct reader *r, const struct yaml *n, const struct conf_trunk *t)
{
	static const char *const keys[] = { "called-type", "called-plan", "calling-type", "calling-plan" };

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]) && t->kind != CONF_TRUNK_ISDN; i++)
		if (yaml_get(n, keys[i]))
			report(r, yaml_get(n, keys[i]), "leave it out: called: and calling: say how numbers are written",
			       "%s: a number has a type and a plan on ISDN only", keys[i]);
}

static void numbers_set(struct reader *r, const struct conf_key *k, const struct yaml *n, void *base)
{
	struct conf_trunk *t = base;
	const struct yaml *country = yaml_get(n, "country");

	(void)k;
	if (country && country->kind == YAML_SCALAR && strcmp(country->text, t->country)) {
		char code[8];

		snprintf(code, sizeof(code), "%.7s", country->text);
		conf_prefixes(code, t->international, t->national);
		t->area[0] = '\0';	/* the site's area is in another country */
	}
	keys_read(r, &conf_numbers_keys, n, t);
	check_types(r, n, t);
}

const struct conf_type conf_type_isdn = { isdn_set, NULL };
const struct conf_type conf_type_timers = { timers_set, NULL };
const struct conf_type conf_type_sip = { sip_set, NULL };
const struct conf_type conf_type_numbers = { numbers_set, NULL };

/* --- trunks: ---------------------------------------------------------------------------------- */

/* The DID file names trunks and these side by side. */
static const char *const reserved[] = { "test", "busy", "congestion", "reject", "expect" };

static bool trunk_name(struct reader *r, const struct yaml *key)
{
	const char *s = key->text;
	size_t n = key->len;

	if (key->kind != YAML_SCALAR || n == 0 || n > 63 || !isalpha((unsigned char)*s) ||
	    strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") != n) {
		report(r, key, "a letter, then letters, digits, - and _, 63 at most", "this is no name for a trunk");
		return false;
	}
	for (size_t i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++)
		if (strcmp(reserved[i], s) == 0) {
			report(r, key, "choose another name", "\"%s\" means something else in the DID file", s);
			return false;
		}
	for (int i = 0; i < r->conf->n_trunks; i++)
		if (strcmp(r->conf->trunks[i].name, s) == 0) {
			char hint[80];

			snprintf(hint, sizeof(hint), "choose another name; the first one is at line %d", r->conf->trunks[i].line);
			report(r, key, hint, "two trunks of the name \"%s\"", s);
			return false;
		}
	return true;
}

/* A key that will be reported as unknown: likely a kind with a slip in it. */
static bool unknown_inside(const struct yaml *n)
{
	for (const struct yaml *k = n->child; k && k->next; k = k->next->next) {
		bool known = false;

		for (size_t i = 0; i < conf_trunk_keys.n && k->kind == YAML_SCALAR; i++)
			known |= strcmp(conf_trunk_keys.keys[i].name, k->text) == 0;
		if (!known)
			return true;
	}
	return false;
}

/* isdn:, sip:, fxs: or fxo:, exactly one, into KIND (ISDN when there is none). */
static bool one_kind(struct reader *r, const struct yaml *key, const struct yaml *n, enum conf_trunk_kind *kind)
{
	int found[CONF_TRUNK_KINDS], kinds = 0;

	for (int i = 0; i < CONF_TRUNK_KINDS; i++)
		if (yaml_get(n, conf_kind_name((enum conf_trunk_kind)i)))
			found[kinds++] = i;
	*kind = kinds ? (enum conf_trunk_kind)found[0] : CONF_TRUNK_ISDN;
	if (n->kind != YAML_MAP) {
		report(r, n, "as telco: {isdn: {spans: [1]}}, or office: {sip: {peer: \"HOST\"}}",
		       "trunk %s wants a mapping", key->text);
		return false;
	}
	if (kinds > 1) {
		report(r, key, "make two trunks of it", "trunk %s is of two kinds, %s and %s", key->text,
		       conf_kind_name((enum conf_trunk_kind)found[0]), conf_kind_name((enum conf_trunk_kind)found[1]));
		return false;
	}
	if (!kinds && !unknown_inside(n))
		report(r, key, "give it isdn: {spans: [1]}, sip: {peer: \"HOST\"}, fxs: {lines: 1-4} or fxo: {lines: 1-4}",
		       "trunk %s has no kind", key->text);
	return true;
}

static void trunk_one(struct reader *r, const struct yaml *key, const struct yaml *n)
{
	struct conf *c = r->conf;
	enum conf_trunk_kind kind;
	struct conf_trunk *t;

	if (!trunk_name(r, key) || !one_kind(r, key, n, &kind))
		return;
	if (c->n_trunks == CONF_TRUNKS_MAX) {
		report(r, key, "256 trunks at most", "too many trunks");
		return;
	}
	t = grow(r, c->trunks, c->n_trunks, sizeof(*t));
	if (!t)
		return;
	c->trunks = t;
	t += c->n_trunks++;
	memset(t, 0, sizeof(*t));
	memcpy(t->name, key->text, key->len + 1);
	t->line = key->line;
	t->kind = kind;
	memcpy(t->country, c->site.country, sizeof(t->country));
	memcpy(t->area, c->site.area, sizeof(t->area));
	memcpy(t->international, c->site.international, sizeof(t->international));
	memcpy(t->national, c->site.national, sizeof(t->national));
	keys_defaults(r, &conf_trunk_keys, t);
	keys_read(r, &conf_trunk_keys, n, t);
}

static void trunks_set(struct reader *r, const struct conf_key *k, const struct yaml *n, void *base)
{
	(void)base;
	if (n->kind != YAML_MAP || !n->child) {
		report(r, n, k->help, "%s wants a mapping of names to trunks", k->name);
		return;
	}
	for (const struct yaml *key = n->child; key && key->next; key = key->next->next)
		trunk_one(r, key, key->next);
}

const struct conf_type conf_type_trunks = { trunks_set, NULL };
