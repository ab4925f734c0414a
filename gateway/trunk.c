/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The list of trunks, and what the router asks of one; see trunk.h. */
#include "gateway/trunk.h"

#include <errno.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>

#include "gateway/call.h"
#include "gateway/log.h"

static void on_offered(void *arg, struct leg *leg, const struct leg_offer *offer)
{
	struct trunk *t = arg;

	call_offered(t->gw, t, leg, offer);
}

static void on_log(void *arg, int level, const char *text)
{
	struct trunk *t = arg;

	log_line(level, "%s: %s", t->name, text);
}

static const enum pri_dialect dialects[] = { [CONF_EUROISDN] = PRI_EUROISDN_E1, [CONF_NI2] = PRI_NATIONAL2 };

/* EuroISDN runs on both kinds of span; libpri wants to know which. */
static enum pri_dialect dialect_for(struct gateway *gw, const struct conf_isdn *c)
{
	struct hw_span spans[64];
	int n = hw_spans(gw->hw, spans, 64), i;

	if (c->dialect != CONF_EUROISDN)
		return dialects[c->dialect];
	for (i = 0; i < n && i < 64; i++)
		if (spans[i].no == c->spans[0] && spans[i].chans == 24)
			return PRI_EUROISDN_T1;
	return PRI_EUROISDN_E1;
}

static void take_conf(struct trunk *t, const struct conf_trunk *c)
{
	site_number_rules(c, &t->rules);
	t->max_calls = c->max_calls;
	if (c->kind == CONF_TRUNK_ISDN)
		t->echo_taps = c->isdn.echo_taps;
	if (t->pri)
		pri_trunk_hunt(t->pri, (enum pri_hunt)c->hunt);
}

static int open_pri(struct trunk *t, const struct conf_trunk *c)
{
	struct pri_trunk_conf pc = {
		.name = c->name,
		.spans = c->isdn.spans,
		.n_spans = c->isdn.n_spans,
		.dialect = dialect_for(t->gw, &c->isdn),
		.side = c->isdn.side == CONF_USER ? PRI_USER : PRI_NETWORK,
		.hunt = (enum pri_hunt)c->hunt,
		.exclusive = c->isdn.exclusive,
		.alarm_hold_ms = c->isdn.alarm_hold_ms,
		.alarm_clear_ms = c->isdn.alarm_clear_ms,
	};
	struct pri_handlers h = { .offered = on_offered, .log = on_log, .arg = t };

	return pri_trunk_open(&t->pri, t->gw->hw, &pc, &h);
}

static int add(struct gateway *gw, const struct conf_trunk *c)
{
	struct trunk *t = calloc(1, sizeof(*t)), **p = &gw->trunks;
	int err = 0;

	if (!t)
		return -ENOMEM;
	t->gw = gw;
	snprintf(t->name, sizeof(t->name), "%s", c->name);
	t->kind = c->kind;
	if (c->kind == CONF_TRUNK_ISDN)
		err = open_pri(t, c);
	if (err) {
		log_line(LOG_L_ERROR, "%s: cannot open its spans: %s", c->name, strerror(-err));
		free(t);
		return err;
	}
	take_conf(t, c);
	while (*p)
		p = &(*p)->next;
	*p = t;
	return 0;
}

static int64_t service(void *arg, int64_t now_us)
{
	struct gateway *gw = arg;
	struct timeval wall;
	int64_t next = -1;

	gettimeofday(&wall, NULL);
	for (struct trunk *t = gw->trunks; t; t = t->next) {
		int64_t d = t->pri ? pri_trunk_service(t->pri, now_us, &wall) : -1;

		if (d >= 0 && (next < 0 || d < next))
			next = d;
	}
	return next;
}

int trunks_open(struct gateway *gw)
{
	int err = 0;

	for (int i = 0; i < gw->site->conf->n_trunks && !err; i++)
		err = add(gw, &gw->site->conf->trunks[i]);
	return err ? err : loop_add_turn(gw->loop, service, gw);
}

void trunks_close(struct gateway *gw)
{
	struct trunk *t;

	loop_del_turn(gw->loop, service, gw);
	while ((t = gw->trunks)) {
		gw->trunks = t->next;
		pri_trunk_close(t->pri);
		free(t);
	}
}

int trunks_reload(struct gateway *gw)
{
	const struct conf *c = gw->site->conf;
	struct trunk **p = &gw->trunks, *t;
	int err = 0;

	while ((t = *p)) {
		const struct conf_trunk *ct = conf_trunk(c, t->name);

		if (ct && ct->kind == t->kind) {
			take_conf(t, ct);
		} else if (!t->calls && !t->pri) {
			*p = t->next;
			free(t);
			continue;
		}
		p = &t->next;
	}
	for (int i = 0; i < c->n_trunks && !err; i++)
		if (!trunk_find(gw, c->trunks[i].name))
			err = add(gw, &c->trunks[i]);
	return err;
}

void trunks_drain(struct gateway *gw, bool on)
{
	for (struct trunk *t = gw->trunks; t; t = t->next)
		if (t->pri)
			pri_trunk_drain(t->pri, on);
}

struct trunk *trunk_find(struct gateway *gw, const char *name)
{
	struct trunk *t = gw->trunks;

	while (t && strcmp(t->name, name))
		t = t->next;
	return t;
}

static bool pri_in_service(const struct trunk *t, char *why, size_t size)
{
	struct pri_span_info s[64];
	int n = pri_trunk_spans(t->pri, s, 64);

	for (int i = 0; i < n && i < 64; i++)
		if (s[i].in_service)
			return true;
	snprintf(why, size, "%s", n && s[0].alarms ? "alarm on every span" : "no D channel is up");
	return false;
}

bool trunk_in_service(const struct trunk *t, char *why, size_t size)
{
	struct sip_peer_info p[256];
	int n;

	why[0] = 0;
	if (t->pri)
		return pri_in_service(t, why, size);
	n = sip_ua_peers(t->gw->ua, p, 256);
	for (int i = 0; i < n && i < 256; i++)
		if (!strcmp(p[i].trunk, t->name)) {
			if (!p[i].up)
				snprintf(why, size, "%s", p[i].why);
			return p[i].up;
		}
	snprintf(why, size, "no such peer any more");
	return false;
}

void trunk_write_number(const struct trunk *t, bool calling, const char *number, struct leg_number *out)
{
	char digits[NUMBER_MAX] = "";
	unsigned ton = TON_UNKNOWN;

	number_out(&t->rules, calling ? t->rules.calling_style : t->rules.called_style, number, digits, &ton);
	if (digits[0] == '+')
		ton = TON_INTERNATIONAL;
	snprintf(out->digits, sizeof(out->digits), "%s", digits + (digits[0] == '+'));
	out->ton = (uint8_t)ton;
	out->npi = ton == TON_UNKNOWN && t->kind == CONF_TRUNK_SIP ? NPI_UNKNOWN : NPI_E164;
}

void trunk_read_number(const struct trunk *t, const struct leg_number *in, char *number)
{
	if (!in->digits[0] || number_in(&t->rules, in->digits, in->ton, number))
		snprintf(number, NUMBER_MAX, "%.*s", NUMBER_MAX - 1, in->digits);
}

int trunk_call(struct trunk *t, const struct leg_offer *offer, leg_event_fn *fn, void *arg, struct leg **out)
{
	int err;

	if (t->pri) {
		err = pri_trunk_call(t->pri, offer, fn, arg, out);
		return err ? pri_call_error_cause(err) : 0;
	}
	err = sip_ua_call(t->gw->ua, t->name, offer, fn, arg, out);
	return err ? sip_call_error_cause(err) : 0;
}
