/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gateway/sip/resolve.h: names to addresses by c-ares: /etc/hosts, then A and AAAA, never blocking. c-ares'
 * sockets sit in one epoll set whose descriptor is registered with sofia-sip's root. Loop thread only.
 */
#ifndef GATEWAY_SIP_RESOLVE_H
#define GATEWAY_SIP_RESOLVE_H

#include <netinet/in.h>
#include <sofia-sip/su_wait.h>

#define RESOLVE_ADDRS_MAX 8

struct resolver;
struct resolve;			/* one question */

/* SERVERS: "192.0.2.1:53,..." in place of those of /etc/resolv.conf, or NULL. */
int resolver_open(struct resolver **out, su_root_t *root, const char *servers);
void resolver_close(struct resolver *r);	/* open questions are dropped unanswered; NULL is fine */

/* ERR: 0, -ENOENT (no such name, or no address), -ETIMEDOUT, -ECONNREFUSED (no server), -EIO. TTL_S is the least
 * of the addresses', 0 when not known. Ports are 0. */
struct resolve_answer {
	int err;
	struct sockaddr_storage addrs[RESOLVE_ADDRS_MAX];
	int n;
	unsigned ttl_s;
};
typedef void resolve_fn(void *arg, const struct resolve_answer *a);

/* FN is called once, from the loop, perhaps before this returns; *OUT is NULL from then on. */
int resolve_start(struct resolver *r, const char *name, resolve_fn *fn, void *arg, struct resolve **out);
void resolve_cancel(struct resolve **q);	/* FN is not called; NULL content is fine */

#endif
