/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Addresses and next hops. sofia-sip is always told where to send: the dialog's route or target when that is a
 * literal address (RFC 3261 12.2.1.1), else where the far end was seen. A Contact or Record-Route with a
 * host name is thus never looked up, and its dialog still works.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "gateway/sip/internal.h"

#define DEFAULT_PORT 5060

int sip_addr_parse(const char *host, uint16_t port, struct sockaddr_storage *out)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)out;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)out;
	char bare[INET6_ADDRSTRLEN];
	size_t n = strlen(host);

	memset(out, 0, sizeof(*out));
	if (n > 2 && host[0] == '[' && host[n - 1] == ']') {
		host++;
		n -= 2;
	}
	if (n >= sizeof(bare))
		return -EINVAL;
	memcpy(bare, host, n);
	bare[n] = 0;
	if (inet_pton(AF_INET, bare, &v4->sin_addr) == 1)
		out->ss_family = AF_INET;
	else if (inet_pton(AF_INET6, bare, &v6->sin6_addr) == 1)
		out->ss_family = AF_INET6;
	else
		return -EINVAL;
	sip_addr_set_port(out, port);
	return 0;
}

uint16_t sip_addr_port(const struct sockaddr_storage *a)
{
	return ntohs(a->ss_family == AF_INET ? ((const struct sockaddr_in *)a)->sin_port :
					       ((const struct sockaddr_in6 *)a)->sin6_port);
}

void sip_addr_set_port(struct sockaddr_storage *a, uint16_t port)
{
	if (a->ss_family == AF_INET)
		((struct sockaddr_in *)a)->sin_port = htons(port);
	else
		((struct sockaddr_in6 *)a)->sin6_port = htons(port);
}

bool sip_addr_same_ip(const struct sockaddr_storage *a, const struct sockaddr_storage *b)
{
	if (a->ss_family != b->ss_family)
		return false;
	if (a->ss_family == AF_INET)
		return ((const struct sockaddr_in *)a)->sin_addr.s_addr ==
		       ((const struct sockaddr_in *)b)->sin_addr.s_addr;
	return IN6_ARE_ADDR_EQUAL(&((const struct sockaddr_in6 *)a)->sin6_addr,
				  &((const struct sockaddr_in6 *)b)->sin6_addr);
}

void sip_addr_text(const struct sockaddr_storage *a, bool port, char *out, size_t size)
{
	char host[INET6_ADDRSTRLEN] = "";
	bool v6 = a->ss_family == AF_INET6;

	if (v6)
		inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)a)->sin6_addr, host, sizeof(host));
	else
		inet_ntop(AF_INET, &((const struct sockaddr_in *)a)->sin_addr, host, sizeof(host));
	if (port)
		snprintf(out, size, v6 ? "[%s]:%u" : "%s:%u", host, sip_addr_port(a));
	else
		snprintf(out, size, "%s", host);
}

const char *sip_transport_name(enum conf_transport t)
{
	return t == CONF_TCP ? "tcp" : "udp";
}

void sip_hop_source(struct sip_ua *ua, msg_t *msg, struct sip_hop *out)
{
	tport_t *tp = tport_delivered_by(nta_agent_tports(ua->agent), msg);
	const su_sockaddr_t *su = msg_addr(msg);

	memset(out, 0, sizeof(*out));
	memcpy(&out->addr, su, su->su_family == AF_INET6 ? sizeof(su->su_sin6) : sizeof(su->su_sin));
	/* A v4 peer on a v6 socket. */
	if (su->su_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&su->su_sin6.sin6_addr)) {
		struct sockaddr_in *v4 = (struct sockaddr_in *)&out->addr;

		memset(v4, 0, sizeof(*v4));
		v4->sin_family = AF_INET;
		v4->sin_port = su->su_port;
		memcpy(&v4->sin_addr, su->su_sin6.sin6_addr.s6_addr + 12, 4);
	}
	if (tp && tport_name(tp)->tpn_proto && strcasecmp(tport_name(tp)->tpn_proto, "tcp") == 0)
		out->transport = CONF_TCP;
}

/* 0 when URL names an address and a transport that we have. */
static int hop_of_url(const struct sip_leg *l, const url_t *url, struct sip_hop *out)
{
	char proto[8] = "";
	unsigned long port = url->url_port && *url->url_port ? strtoul(url->url_port, NULL, 10) : DEFAULT_PORT;

	if (url->url_type != url_sip || !url->url_host || port == 0 || port > 65535)
		return -EINVAL;
	if (sip_addr_parse(url->url_host, (uint16_t)port, &out->addr) < 0)
		return -EINVAL;
	if (out->addr.ss_family != l->local.ip.ss_family)
		return -EAFNOSUPPORT;
	out->transport = CONF_UDP;
	if (url->url_params && url_param(url->url_params, "maddr", NULL, 0))
		return -EINVAL;
	if (!url->url_params || url_param(url->url_params, "transport", proto, sizeof(proto)) == 0)
		return 0;
	if (strcasecmp(proto, "tcp") == 0)
		out->transport = CONF_TCP;
	else if (strcasecmp(proto, "udp") != 0)
		return -EPROTONOSUPPORT;
	return 0;
}

void sip_hop_next(struct sip_leg *l, struct sip_hop *out)
{
	const sip_route_t *route = NULL;
	const sip_contact_t *target = NULL;
	const url_t *url;

	nta_leg_get_route(l->dialog, &route, &target);
	url = route ? route->r_url : target ? target->m_url : NULL;
	if (!url || hop_of_url(l, url, out) < 0)
		*out = l->home;
}

void sip_hop_url(const struct sip_hop *hop, char *out, size_t size)
{
	char a[80];

	sip_addr_text(&hop->addr, true, a, sizeof(a));
	snprintf(out, size, "sip:%s;transport=%s", a, sip_transport_name(hop->transport));
}
