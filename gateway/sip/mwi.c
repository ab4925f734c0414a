/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Messages that wait for somebody: NOTIFY with a message summary outside any dialog (RFC 3842; RFC 3265 would have us subscribe,
 * voice-mail systems send it unasked). The user of the request URI says for whom.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "gateway/sip/internal.h"

#define SUMMARY_MAX 4096

/* The value of NAME in a body of "Name: value" lines, or NULL. */
static const char *field(const char *body, const char *name)
{
	size_t n = strlen(name);

	for (const char *p = body; p && *p; p = strchr(p, '\n')) {
		p += *p == '\n';
		if (!strncasecmp(p, name, n) && p[n] == ':') {
			p += n + 1;
			while (*p == ' ' || *p == '\t')
				p++;
			return p;
		}
	}
	return NULL;
}

int sip_mwi_read(const char *text, size_t len, unsigned *waiting)
{
	char body[SUMMARY_MAX];
	const char *yes, *voice;

	if (len >= sizeof(body))
		return -1;
	memcpy(body, text, len);
	body[len] = 0;
	yes = field(body, "Messages-Waiting");
	if (!yes)
		return -1;
	*waiting = 0;
	if (strncasecmp(yes, "yes", 3))
		return 0;
	voice = field(body, "Voice-Message");	/* new/old */
	if (voice && isdigit((unsigned char)*voice)) {
		unsigned long n = strtoul(voice, NULL, 10);

		*waiting = n > 255 ? 255 : (unsigned)n;
	}
	if (!*waiting)
		*waiting = 1;
	return 0;
}

void sip_mwi_notify(struct sip_ua *ua, struct sip_peer *peer, msg_t *msg, sip_t *sip)
{
	bool summary = sip->sip_event && sip->sip_event->o_type && !strcasecmp(sip->sip_event->o_type, "message-summary");
	const char *user = sip->sip_request->rq_url->url_user;
	unsigned waiting = 0;
	int status = 489;

	if (summary && (!sip_session_body(sip) ||
			sip_mwi_read(sip->sip_payload->pl_data, sip->sip_payload->pl_len, &waiting)))
		status = 400;
	else if (summary && ua->h.messages)
		status = ua->h.messages(ua->h.arg, peer->trunk, user ? user : "", waiting) ? 404 : 200;
	sip_refuse(ua, msg, status, TAG_IF(status == 489, SIPTAG_HEADER_STR("Allow-Events: message-summary, refer")),
		   TAG_END());
}
