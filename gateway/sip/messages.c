/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The messages that passed the sockets, see dump.h, with what sofia-sip does not tell: the address of our end, and the bodies of
 * what we sent, which are kept by Call-ID for the moment until the message is told of.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "gateway/sip/internal.h"

/* Where REMOTE is reached from, asked of the kernel once for each of the last few. */
static const struct sockaddr_storage *local_of(struct sip_ua *ua, const struct sockaddr_storage *remote)
{
	struct sip_route *r;
	struct sip_local local;

	for (unsigned i = 0; i < SIP_ROUTES; i++)
		if (ua->routes[i].local.ss_family && sip_addr_same_ip(&ua->routes[i].remote, remote))
			return &ua->routes[i].local;
	r = &ua->routes[ua->next_route++ % SIP_ROUTES];
	r->remote = *remote;
	r->local = *remote;
	if (sip_local_for(ua, NULL, remote, &local) || local.ip.ss_family != remote->ss_family)
		memset((char *)&r->local + sizeof(r->local.ss_family), 0, sizeof(r->local) - sizeof(r->local.ss_family));
	else
		r->local = local.ip;
	return &r->local;
}

void sip_messages_body(struct sip_ua *ua, const char *call_id, const char *body)
{
	struct sip_body *b;

	if (!ua->dump)
		return;
	b = &ua->bodies[ua->next_body++ % SIP_BODIES];
	free(b->text);
	b->text = strdup(body);
	snprintf(b->call_id, sizeof(b->call_id), "%s", call_id);
}

void sip_messages_close(struct sip_ua *ua)
{
	for (unsigned i = 0; i < SIP_BODIES; i++)
		free(ua->bodies[i].text);
	dump_close(ua->dump);
}

static bool has_call_id(const struct dump_message *m, const char *call_id)
{
	static const char name[] = "\r\nCall-ID: ";
	size_t n = sizeof(name) - 1, id = strlen(call_id);

	for (size_t i = 0; i + n + id + 2 <= m->len; i++)
		if (!strncasecmp(m->text + i, name, n))
			return !memcmp(m->text + i + n, call_id, id) && m->text[i + n + id] == '\r';
	return false;
}

/* The latest of its call that is as long as what is missing; NULL. */
static const char *body_of(const struct sip_ua *ua, const struct dump_message *m)
{
	for (unsigned i = 1; i <= SIP_BODIES; i++) {
		const struct sip_body *b = &ua->bodies[(ua->next_body - i) % SIP_BODIES];

		if (b->text && strlen(b->text) == m->missing && has_call_id(m, b->call_id))
			return b->text;
	}
	return NULL;
}

static void tell(void *arg, const struct dump_message *m)
{
	struct sip_ua *ua = arg;
	const struct sockaddr_storage *local = local_of(ua, &m->remote);
	const char *body = m->missing ? body_of(ua, m) : NULL;
	struct dump_message whole = *m;
	char *text = body ? malloc(m->len + m->missing) : NULL;

	if (text) {
		memcpy(text, m->text, m->len);
		memcpy(text + m->len, body, m->missing);
		whole.text = text;
		whole.len += m->missing;
		whole.missing = 0;
	}
	ua->h.message(ua->h.arg, &whole, local);
	free(text);
}

void sip_ua_messages(struct sip_ua *ua, int64_t now_us)
{
	if (ua->dump)
		dump_read(ua->dump, now_us, tell, ua);
}
