/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The addresses that we listen on, UDP and TCP each, and which of them a far end is reached from. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gateway/log.h"
#include "gateway/sip/internal.h"

#define DEFAULT_LISTEN "0.0.0.0"
#define DEFAULT_PORT 5060
#define TCP_IDLE_MS 1800000

/* Whether the port is free on both transports: sofia-sip would share it with whoever has it. */
static int probe(const struct sip_listen *l)
{
	static const int types[] = { SOCK_DGRAM, SOCK_STREAM };
	socklen_t len = l->addr.ss_family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
	const int one = 1;
	int i, fd, err = 0;

	for (i = 0; i < 2 && !err; i++) {
		fd = socket(l->addr.ss_family, types[i] | SOCK_CLOEXEC, 0);
		if (fd < 0)
			return -errno;
		if (l->addr.ss_family == AF_INET6)
			setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof(one));
		/* Connections of a daemon that has just ended must not keep the next one from starting. */
		if (types[i] == SOCK_STREAM)
			setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
		if (bind(fd, (const struct sockaddr *)&l->addr, len) < 0 ||
		    (types[i] == SOCK_STREAM && listen(fd, 1) < 0))
			err = -errno;
		close(fd);
	}
	return err;
}

static int add(struct sip_ua *ua, const char *host, uint16_t port)
{
	struct sip_listen *l = &ua->listen[ua->n_listen];
	char url[128];
	int err;

	snprintf(l->host, sizeof(l->host), "%s", host);
	snprintf(l->ident, sizeof(l->ident), "l%d", ua->n_listen);
	err = sip_addr_parse(host, port, &l->addr);
	if (!err)
		err = probe(l);
	if (!err) {
		l->any = strcmp(host, "0.0.0.0") == 0 || strcmp(host, "::") == 0;
		snprintf(url, sizeof(url), strchr(host, ':') ? "sip:[%s]:%u" : "sip:%s:%u", host, port);
		ua->n_listen++;
		if (nta_agent_add_tport(ua->agent, URL_STRING_MAKE(url), TPTAG_IDENT(l->ident), TPTAG_SERVER(1),
					TPTAG_STUN_SERVER(0), TPTAG_SDWN_ERROR(0), TPTAG_IDLE(TCP_IDLE_MS),
					TAG_IF(ua->dump, TPTAG_DUMP(ua->dump ? dump_path(ua->dump) : NULL)), TAG_END()) < 0)
			err = su_errno() ? -su_errno() : -EADDRNOTAVAIL;
	}
	if (err)
		sip_log(ua, LOG_L_ERROR, "sip: cannot listen on %s port %u: %s", host, port, strerror(-err));
	return err;
}

int sip_listen_open(struct sip_ua *ua, const struct conf *conf)
{
	const struct conf_sip_listen *s = &conf->sip;
	int i, err = 0;

	ua->listen = calloc((size_t)s->n_listen + 1, sizeof(*ua->listen));
	if (!ua->listen)
		return -ENOMEM;
	for (i = 0; i < s->n_listen && !err; i++)
		err = add(ua, s->listen[i].host, s->listen[i].port);
	if (s->n_listen == 0)
		err = add(ua, DEFAULT_LISTEN, DEFAULT_PORT);
	return err;
}

const struct sip_listen *sip_listen_of(struct sip_ua *ua, msg_t *msg)
{
	tport_t *tp = tport_delivered_by(nta_agent_tports(ua->agent), msg);
	const char *ident;
	int i;

	if (tp && tport_is_secondary(tp))
		tp = tport_parent(tp);
	ident = tp ? tport_name(tp)->tpn_ident : NULL;
	for (i = 0; ident && i < ua->n_listen; i++)
		if (strcmp(ua->listen[i].ident, ident) == 0)
			return &ua->listen[i];
	return NULL;
}

/* The address that the kernel would send from: a connected datagram socket sends nothing. */
static int route_from(const struct sockaddr_storage *dst, struct sockaddr_storage *out)
{
	socklen_t len = dst->ss_family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
	socklen_t out_len = sizeof(*out);
	int fd = socket(dst->ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int err = 0;

	if (fd < 0)
		return -errno;
	if (connect(fd, (const struct sockaddr *)dst, len) < 0 || getsockname(fd, (struct sockaddr *)out, &out_len) < 0)
		err = -errno;
	close(fd);
	return err;
}

static const struct sip_listen *choose(struct sip_ua *ua, const struct sockaddr_storage *from)
{
	const struct sip_listen *any = NULL, *other = NULL;
	int i;

	for (i = 0; i < ua->n_listen; i++) {
		const struct sip_listen *l = &ua->listen[i];

		if (l->addr.ss_family != from->ss_family)
			continue;
		if (sip_addr_same_ip(&l->addr, from))
			return l;
		if (l->any && !any)
			any = l;
		if (!other)
			other = l;
	}
	return any ? any : other;
}

int sip_local_for(struct sip_ua *ua, const struct sip_listen *listen, const struct sockaddr_storage *dst,
		  struct sip_local *out)
{
	struct sockaddr_storage from;
	int err = 0;

	memset(out, 0, sizeof(*out));
	memset(&from, 0, sizeof(from));
	if (!listen || listen->any) {
		err = route_from(dst, &from);
		if (!err && !listen)
			listen = choose(ua, &from);
		if (!listen)
			return err ? err : -EADDRNOTAVAIL;
	}
	out->listen = listen;
	out->ip = listen->any ? from : listen->addr;
	if (err)
		return err;
	sip_addr_set_port(&out->ip, sip_addr_port(&listen->addr));
	sip_addr_text(&out->ip, false, out->host, sizeof(out->host));
	sip_addr_text(&out->ip, true, out->hostport, sizeof(out->hostport));
	return 0;
}
