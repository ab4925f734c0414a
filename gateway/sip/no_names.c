/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sofia-sip never looks a name up. It would in two places: su_getaddrinfo(), which blocks the loop and which
 * a stranger reaches with a name in a Via's maddr, and its own resolver, which can spin for ever when a name
 * server is unreachable. Both are replaced here: the library calls them through its procedure linkage table,
 * so that the definitions of the program come first. Addresses pass, names fail.
 */
#include <netdb.h>
#include <sofia-sip/su_addrinfo.h>
#include <sofia-sip/su_wait.h>
#include <sofia-sip/sresolv.h>

#include "gateway/sip/internal.h"

static unsigned long refused;

unsigned long sip_names_refused(void)
{
	return refused;
}

int su_getaddrinfo(char const *node, char const *service, su_addrinfo_t const *hints, su_addrinfo_t **res)
{
	struct addrinfo h = { 0 }, *ai;
	int err;

	if (hints) {
		h.ai_flags = hints->ai_flags;
		h.ai_family = hints->ai_family;
		h.ai_socktype = hints->ai_socktype;
		h.ai_protocol = hints->ai_protocol;
	}
	h.ai_flags |= AI_NUMERICHOST | AI_NUMERICSERV;
	err = getaddrinfo(node, service && *service ? service : "0", &h, res);
	if (err == EAI_NONAME)
		refused++;
	for (ai = err ? NULL : *res; ai; ai = ai->ai_next)
		if (!ai->ai_protocol)
			ai->ai_protocol = ai->ai_socktype == SOCK_STREAM ? IPPROTO_TCP : IPPROTO_UDP;
	return err;
}

/* With no resolver nta answers a request to a name with 500 of its own. */
sres_resolver_t *sres_resolver_create(su_root_t *root, char const *resolv_conf, tag_type_t tag, tag_value_t value, ...)
{
	(void)root;
	(void)resolv_conf;
	(void)tag;
	(void)value;
	return NULL;
}
