/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The peers: who may call, where to call. A source is matched against the addresses in use, address and port
 * first, then address alone, then the nets of from:, longest prefix first. A peer on TCP is believed on TCP
 * only, for the source of a datagram can be forged; a peer on UDP may switch to TCP (RFC 3261 18.1.1).
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/log.h"
#include "gateway/sip/internal.h"

#define DEFAULT_PORT 5060

struct sip_peer *sip_peer_find(struct sip_ua *ua, const char *trunk)
{
	struct sip_peer *p;

	for (p = ua->peers; p; p = p->next)
		if (!p->dead && strcmp(p->trunk, trunk) == 0)
			return p;
	return NULL;
}

/* --- Who may call ----------------------------------------------------------------------------- */

static void mapped(const struct sockaddr_storage *a, uint8_t out[16])
{
	static const uint8_t v4[12] = { [10] = 0xff, [11] = 0xff };

	if (a->ss_family == AF_INET6) {
		memcpy(out, &((const struct sockaddr_in6 *)a)->sin6_addr, 16);
		return;
	}
	memcpy(out, v4, sizeof(v4));
	memcpy(out + 12, &((const struct sockaddr_in *)a)->sin_addr, 4);
}

static bool in_net(const struct conf_net *n, const uint8_t addr[16])
{
	unsigned whole = n->bits / 8, rest = n->bits % 8;

	if (n->bits > 128 || memcmp(n->addr, addr, whole) != 0)
		return false;
	return !rest || ((n->addr[whole] ^ addr[whole]) & (0xff << (8 - rest)) & 0xff) == 0;
}

/* How well P fits: 0 not at all; 300 address and port, 200 address, 1 + bits a net. */
static int fit(const struct sip_peer *p, const struct sip_hop *source, const uint8_t addr[16])
{
	int i, best = 0;

	if (p->dead || (p->conf.transport == CONF_TCP && source->transport != CONF_TCP))
		return 0;
	for (i = 0; i < p->n_addrs; i++)
		if (sip_addr_same_ip(&p->addrs[i], &source->addr))
			best = sip_addr_port(&p->addrs[i]) == sip_addr_port(&source->addr) ? 300 : best > 200 ? best : 200;
	for (i = 0; i < p->conf.n_from; i++)
		if (1 + p->from[i].bits > best && in_net(&p->from[i], addr))
			best = 1 + p->from[i].bits;
	return best;
}

struct sip_peer *sip_peer_match(struct sip_ua *ua, const struct sip_hop *source)
{
	struct sip_peer *p, *found = NULL;
	uint8_t addr[16];
	int best = 0, f;

	mapped(&source->addr, addr);
	for (p = ua->peers; p; p = p->next) {
		f = fit(p, source, addr);
		if (f > best) {
			best = f;
			found = p;
		}
	}
	return found;
}

/* --- Up and down, and where ------------------------------------------------------------------- */

void sip_peer_set_up(struct sip_peer *p, bool up, const char *why)
{
	bool changed = p->up != up;

	p->up = up;
	snprintf(p->why, sizeof(p->why), "%s", why);
	if (!changed || p->dead)
		return;
	sip_log(p->ua, up ? LOG_L_NOTICE : LOG_L_WARNING, "peer %s: %s: %s", p->trunk, up ? "up" : "down", why);
	if (p->ua->h.peer)
		p->ua->h.peer(p->ua->h.arg, p->trunk, up, why);
}

bool sip_peer_hop(const struct sip_peer *p, struct sip_hop *out)
{
	if (p->at >= p->n_addrs)
		return false;
	out->addr = p->addrs[p->at];
	out->transport = p->conf.transport;
	return true;
}

static void on_name_timer(su_root_magic_t *magic, su_timer_t *t, su_timer_arg_t *arg);

static bool usable(struct sip_ua *ua, int family)
{
	int i;

	for (i = 0; i < ua->n_listen; i++)
		if (ua->listen[i].addr.ss_family == family)
			return true;
	return false;
}

/* Takes the new addresses; the one in use stays in use when it is still among them. */
static void take_addrs(struct sip_peer *p, const struct resolve_answer *a)
{
	struct sockaddr_storage now = { 0 };
	int i, n = 0, at = -1;

	if (p->at < p->n_addrs)
		now = p->addrs[p->at];
	for (i = 0; i < a->n && n < SIP_ADDRS_MAX; i++) {
		if (!usable(p->ua, a->addrs[i].ss_family))
			continue;
		p->addrs[n] = a->addrs[i];
		sip_addr_set_port(&p->addrs[n], p->conf.peer_port ? p->conf.peer_port : DEFAULT_PORT);
		if (now.ss_family && sip_addr_same_ip(&now, &p->addrs[n]))
			at = n;
		n++;
	}
	p->n_addrs = n;
	p->at = at >= 0 ? at : 0;
	if (n == 0)
		sip_peer_set_up(p, false, "no address of a kind that we listen on");
	else if (at < 0)
		sip_health_start(p);
}

static void on_name(void *arg, const struct resolve_answer *a)
{
	struct sip_peer *p = arg;
	unsigned ms = a->ttl_s > sip_timers[T_TTL_MAX].ms / 1000 ? sip_timers[T_TTL_MAX].ms : a->ttl_s * 1000;
	char why[sizeof(p->why)];

	if (a->err) {
		/* What is known stays in use: a name server that is away takes no peer down. */
		snprintf(why, sizeof(why), "%.60s: %s", p->conf.peer_host,
			 a->err == -ENOENT ? "no such name" : strerror(-a->err));
		if (p->n_addrs == 0)
			sip_peer_set_up(p, false, why);
		else
			sip_log(p->ua, LOG_L_INFO, "peer %s: %s; the last address is kept", p->trunk, why);
		ms = sip_timers[T_RETRY_NAME].ms;
	} else {
		take_addrs(p, a);
	}
	if (ms < sip_timers[T_TTL_MIN].ms)
		ms = sip_timers[T_TTL_MIN].ms;
	su_timer_set_interval(p->name_timer, on_name_timer, p, (su_duration_t)ms);
}

static void look_up(struct sip_peer *p)
{
	struct resolve_answer literal = { .n = 1 };

	if (!p->conf.peer_host[0]) {
		sip_peer_set_up(p, true, "calls from it only");
		return;
	}
	p->literal = sip_addr_parse(p->conf.peer_host, 0, &literal.addrs[0]) == 0;
	if (p->literal) {
		take_addrs(p, &literal);
		return;
	}
	resolve_cancel(&p->lookup);
	if (resolve_start(p->ua->resolver, p->conf.peer_host, on_name, p, &p->lookup) < 0)
		su_timer_set_interval(p->name_timer, on_name_timer, p, (su_duration_t)sip_timers[T_RETRY_NAME].ms);
}

static void on_name_timer(su_root_magic_t *magic, su_timer_t *t, su_timer_arg_t *arg)
{
	(void)magic;
	(void)t;
	look_up(arg);
}

/* --- The table -------------------------------------------------------------------------------- */

static void peer_free(struct sip_peer *p)
{
	struct sip_peer **at;

	for (at = &p->ua->peers; *at && *at != p; at = &(*at)->next)
		;
	if (*at)
		*at = p->next;
	sip_health_stop(p);
	resolve_cancel(&p->lookup);
	su_timer_destroy(p->name_timer);
	su_timer_destroy(p->health_timer);
	free(p->from);
	free(p);
}

void sip_peer_release(struct sip_peer *p)
{
	if (--p->legs == 0 && p->dead)
		peer_free(p);
}

static int set_conf(struct sip_peer *p, const struct conf_sip *c)
{
	struct conf_net *from = calloc((size_t)c->n_from + 1, sizeof(*from));

	if (!from)
		return -ENOMEM;
	if (c->n_from)
		memcpy(from, c->from, (size_t)c->n_from * sizeof(*from));
	free(p->from);
	p->from = from;
	p->conf = *c;
	p->conf.from = from;
	if (p->conf.n_codecs == 0) {
		p->conf.codecs[0] = CONF_PCMA;
		p->conf.codecs[1] = CONF_PCMU;
		p->conf.n_codecs = 2;
	}
	if (p->conf.ptime != 10 && p->conf.ptime != 30)
		p->conf.ptime = 20;
	return 0;
}

static int peer_new(struct sip_ua *ua, const struct conf_trunk *t)
{
	struct sip_peer *p = calloc(1, sizeof(*p)), **end;
	int err;

	if (!p)
		return -ENOMEM;
	p->ua = ua;
	snprintf(p->trunk, sizeof(p->trunk), "%s", t->name);
	snprintf(p->why, sizeof(p->why), "name not resolved yet");
	p->name_timer = su_timer_create(su_root_task(ua->root), 1000);
	p->health_timer = su_timer_create(su_root_task(ua->root), 1000);
	err = p->name_timer && p->health_timer ? set_conf(p, &t->sip) : -ENOMEM;
	if (err) {
		peer_free(p);
		return err;
	}
	for (end = &ua->peers; *end; end = &(*end)->next)
		;
	*end = p;
	look_up(p);
	return 0;
}

static bool same_place(const struct conf_sip *a, const struct conf_sip *b)
{
	return strcmp(a->peer_host, b->peer_host) == 0 && a->peer_port == b->peer_port && a->transport == b->transport &&
	       a->health_ms == b->health_ms;
}

static int peer_change(struct sip_peer *p, const struct conf_trunk *t)
{
	bool moved = !same_place(&p->conf, &t->sip);
	int err = set_conf(p, &t->sip);

	if (err || !moved)
		return err;
	sip_health_stop(p);
	resolve_cancel(&p->lookup);
	su_timer_reset(p->name_timer);
	p->n_addrs = p->at = 0;
	look_up(p);
	return 0;
}

int sip_peers_load(struct sip_ua *ua, const struct conf *conf)
{
	struct sip_peer *p, *next;
	const struct conf_trunk *t;
	int i, err = 0;

	for (p = ua->peers; p; p = next) {
		next = p->next;
		t = p->dead ? NULL : conf_trunk(conf, p->trunk);
		if (p->dead || (t && t->kind == CONF_TRUNK_SIP))
			continue;
		p->dead = true;
		sip_health_stop(p);
		resolve_cancel(&p->lookup);
		su_timer_reset(p->name_timer);
		if (p->legs == 0)
			peer_free(p);
	}
	for (i = 0; i < conf->n_trunks && !err; i++) {
		t = &conf->trunks[i];
		if (t->kind != CONF_TRUNK_SIP)
			continue;
		p = sip_peer_find(ua, t->name);
		err = p ? peer_change(p, t) : peer_new(ua, t);
	}
	return err;
}

void sip_peers_close(struct sip_ua *ua)
{
	while (ua->peers)
		peer_free(ua->peers);
}

static void fill_info(const struct sip_peer *p, struct sip_peer_info *i)
{
	char a[64];

	memset(i, 0, sizeof(*i));
	memcpy(i->trunk, p->trunk, sizeof(i->trunk));
	memcpy(i->why, p->why, sizeof(i->why));
	i->up = p->up;
	i->calls = p->legs;
	i->calls_in = p->calls_in;
	i->calls_out = p->calls_out;
	i->rtt_us = p->rtt_us;
	if (p->at < p->n_addrs) {
		sip_addr_text(&p->addrs[p->at], true, a, sizeof(a));
		snprintf(i->address, sizeof(i->address), "%s %s", a, sip_transport_name(p->conf.transport));
	}
}

int sip_ua_peers(const struct sip_ua *ua, struct sip_peer_info *out, int max)
{
	int n = 0;

	for (const struct sip_peer *p = ua->peers; p; p = p->next) {
		if (p->dead)
			continue;
		if (n < max)
			fill_info(p, &out[n]);
		n++;
	}
	return n;
}

bool sip_ua_peer(const struct sip_ua *ua, const char *trunk, struct sip_peer_info *out)
{
	for (const struct sip_peer *p = ua->peers; p; p = p->next)
		if (!p->dead && !strcmp(p->trunk, trunk)) {
			fill_info(p, out);
			return true;
		}
	return false;
}
