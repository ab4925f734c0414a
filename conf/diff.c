/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * conf/diff.c: two trunk files compared, key by key of the same tables that read them: each difference as
 * the file would have it, and whether it can be applied while calls go on.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "conf/reader.h"

struct differ {
	conf_diff_fn *fn;
	void *arg;
	int restarts;
};

static void tell(struct differ *d, bool live, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
static void tell(struct differ *d, bool live, const char *fmt, ...)
{
	va_list ap;
	char *text = NULL;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		text = NULL;
	va_end(ap);
	d->fn(d->arg, text ? text : "(no memory)", live);
	free(text);
	d->restarts += !live;
}

static char *printed(const struct conf_key *k, const void *base)
{
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		return NULL;
	k->type->print(f, k, base);
	fclose(f);
	return text;
}

static void diff_keys(struct differ *d, const char *where, const struct conf_keys *t, const void *a, const void *b)
{
	for (size_t i = 0; i < t->n; i++) {
		const struct conf_key *k = &t->keys[i];
		char *x, *y;

		if (!k->type->print)
			continue;
		x = printed(k, a);
		y = printed(k, b);
		if (!x || !y)
			tell(d, false, "%s%s: cannot compare, no memory", where, k->name);
		else if (strcmp(x, y))
			tell(d, k->live, "%s%s: %s -> %s", where, k->name, x, y);
		free(x);
		free(y);
	}
}

static void diff_trunk(struct differ *d, const struct conf_trunk *a, const struct conf_trunk *b)
{
	char where[100];

	if (a->kind != b->kind) {
		tell(d, false, "trunks.%s: %s -> %s", a->name, conf_kind_name(a->kind), conf_kind_name(b->kind));
		return;
	}
	snprintf(where, sizeof(where), "trunks.%s.", a->name);
	diff_keys(d, where, &conf_trunk_keys, a, b);
	snprintf(where, sizeof(where), "trunks.%s.numbers.", a->name);
	diff_keys(d, where, &conf_numbers_keys, a, b);
	snprintf(where, sizeof(where), "trunks.%s.%s.", a->name, conf_kind_name(a->kind));
	switch (a->kind) {
	case CONF_TRUNK_SIP:
		diff_keys(d, where, &conf_sip_keys, &a->sip, &b->sip);
		break;
	case CONF_TRUNK_FXS:
		diff_keys(d, where, &conf_fxs_keys, &a->fxs, &b->fxs);
		break;
	case CONF_TRUNK_FXO:
		diff_keys(d, where, &conf_fxo_keys, &a->fxo, &b->fxo);
		break;
	default:
		diff_keys(d, where, &conf_isdn_keys, &a->isdn, &b->isdn);
		snprintf(where, sizeof(where), "trunks.%s.isdn.nfas.", a->name);
		diff_keys(d, where, &conf_nfas_keys, &a->isdn.nfas, &b->isdn.nfas);
		snprintf(where, sizeof(where), "trunks.%s.isdn.timers.", a->name);
		diff_keys(d, where, &conf_timers_keys, a->isdn.timers, b->isdn.timers);
	}
}

int conf_diff(const struct conf *old, const struct conf *new_, conf_diff_fn *fn, void *arg)
{
	struct differ d = { .fn = fn, .arg = arg };

	diff_keys(&d, "", &conf_top_keys, old, new_);
	diff_keys(&d, "site.", &conf_site_keys, &old->site, &new_->site);
	diff_keys(&d, "sim.", &conf_sim_keys, &old->sim, &new_->sim);
	diff_keys(&d, "sip.", &conf_sip_listen_keys, &old->sip, &new_->sip);
	diff_keys(&d, "trace.", &conf_trace_keys, &old->trace, &new_->trace);
	for (int i = 0; i < old->n_trunks; i++) {
		const struct conf_trunk *a = &old->trunks[i], *b = conf_trunk(new_, a->name);

		if (b)
			diff_trunk(&d, a, b);
		else
			tell(&d, a->kind == CONF_TRUNK_SIP, "trunks.%s: removed", a->name);
	}
	for (int i = 0; i < new_->n_trunks; i++)
		if (!conf_trunk(old, new_->trunks[i].name))
			tell(&d, new_->trunks[i].kind == CONF_TRUNK_SIP, "trunks.%s: added", new_->trunks[i].name);
	return d.restarts;
}
