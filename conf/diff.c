/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * conf/diff.c: two trunk files compared, key by key of the same tables that read them: each difference as
 * the file would have it, and whether it can be applied while calls go on, or when the trunk has none.
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

static void tell(struct differ *d, enum conf_change how, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
static void tell(struct differ *d, enum conf_change how, const char *fmt, ...)
{
	va_list ap;
	char *text = NULL;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		text = NULL;
	va_end(ap);
	d->fn(d->arg, text ? text : "(no memory)", how);
	free(text);
	d->restarts += how == CONF_CHANGE_RESTART;
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

/* OTHER: what a key takes that does not apply live. */
static void diff_keys_or(struct differ *d, enum conf_change other, const char *where, const struct conf_keys *t, const void *a,
			 const void *b)
{
	for (size_t i = 0; i < t->n; i++) {
		const struct conf_key *k = &t->keys[i];
		char *x, *y;

		if (!k->type->print)
			continue;
		x = printed(k, a);
		y = printed(k, b);
		if (!x || !y)
			tell(d, CONF_CHANGE_RESTART, "%s%s: cannot compare, no memory", where, k->name);
		else if (strcmp(x, y))
			tell(d, k->live ? CONF_CHANGE_LIVE : other, "%s%s: %s -> %s", where, k->name, x, y);
		free(x);
		free(y);
	}
}

static void diff_keys(struct differ *d, const char *where, const struct conf_keys *t, const void *a, const void *b)
{
	diff_keys_or(d, CONF_CHANGE_RESTART, where, t, a, b);
}

static void diff_trunk(struct differ *d, const struct conf_trunk *a, const struct conf_trunk *b)
{
	char where[100];

	if (a->kind != b->kind) {
		tell(d, CONF_CHANGE_RESTART, "trunks.%s: %s -> %s", a->name, conf_kind_name(a->kind), conf_kind_name(b->kind));
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
		diff_keys_or(d, CONF_CHANGE_ANEW, where, &conf_isdn_keys, &a->isdn, &b->isdn);
		snprintf(where, sizeof(where), "trunks.%s.isdn.nfas.", a->name);
		diff_keys_or(d, CONF_CHANGE_ANEW, where, &conf_nfas_keys, &a->isdn.nfas, &b->isdn.nfas);
		snprintf(where, sizeof(where), "trunks.%s.isdn.timers.", a->name);
		diff_keys(d, where, &conf_timers_keys, a->isdn.timers, b->isdn.timers);
	}
}

static void note_anew(void *arg, const char *text, enum conf_change how)
{
	bool *anew = arg;

	(void)text;
	*anew |= how == CONF_CHANGE_ANEW;
}

bool conf_trunk_anew(const struct conf_trunk *a, const struct conf_trunk *b)
{
	bool anew = false;
	struct differ d = { .fn = note_anew, .arg = &anew };

	diff_trunk(&d, a, b);
	return anew;
}

/* A whole trunk. Lines of analog ports are opened at the start alone. */
static enum conf_change to_go(const struct conf_trunk *t)
{
	return t->kind == CONF_TRUNK_SIP ? CONF_CHANGE_LIVE : t->kind == CONF_TRUNK_ISDN ? CONF_CHANGE_ANEW : CONF_CHANGE_RESTART;
}

static enum conf_change to_come(const struct conf_trunk *t)
{
	return t->kind == CONF_TRUNK_SIP || t->kind == CONF_TRUNK_ISDN ? CONF_CHANGE_LIVE : CONF_CHANGE_RESTART;
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
			tell(&d, to_go(a), "trunks.%s: removed", a->name);
	}
	for (int i = 0; i < new_->n_trunks; i++)
		if (!conf_trunk(old, new_->trunks[i].name))
			tell(&d, to_come(&new_->trunks[i]), "trunks.%s: added", new_->trunks[i].name);
	return d.restarts;
}
