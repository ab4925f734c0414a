/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two calls of one peer that are to be one: REFER with Replaces (RFC 3515, RFC 3891, RFC 5589 7) asks one far end to call the other in
 * place of us. Until its NOTIFY says 200 the audio goes through us, and where it refuses it stays so.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/sip/identity.h"
#include "gateway/sip/internal.h"
#include "gateway/sip/reason.h"

#define REFER_TO_MAX 640

static int on_response(nta_outgoing_magic_t *arg, nta_outgoing_t *orq, const sip_t *sip)
{
	struct sip_leg *l = arg;
	int status = sip && sip->sip_status ? sip->sip_status->st_status : nta_outgoing_status(orq);

	if (orq != l->refer || status < 200)
		return 0;
	sip_leg_trace_status(l, false, status, sip && sip->sip_status ? sip->sip_status->st_phrase : NULL, "to REFER");
	nta_outgoing_destroy(l->refer);
	l->refer = NULL;
	l->referred = status < 300;
	sip_leg_kick(l);
	return 0;
}

/* A URI header's value: what RFC 3261 25.1 hvalue does not have is escaped. */
static void escape(const char *in, char *out, size_t size)
{
	size_t n = 0;

	for (; *in && n + 4 < size; in++) {
		if (strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.!~*'()", *in))
			out[n++] = *in;
		else
			n += (size_t)snprintf(out + n, size - n, "%%%02X", (unsigned char)*in);
	}
	out[n] = 0;
}

/* <sip:target?Replaces=call-id;to-tag;from-tag>, the tags as the far end that is called sees them (RFC 3891 3). */
static int write_refer_to(const struct sip_leg *with, char *out, size_t size)
{
	const sip_contact_t *target = NULL;
	const sip_route_t *route = NULL;
	char replaces[300], escaped[400], *url;
	const char *theirs = nta_leg_get_rtag(with->dialog), *ours = nta_leg_get_tag(with->dialog);
	su_home_t home[1] = { SU_HOME_INIT(home) };
	int n = -1;

	if (!theirs || !ours || nta_leg_get_route(with->dialog, &route, &target) < 0 || !target)
		return -ENOTCONN;
	snprintf(replaces, sizeof(replaces), "%s;to-tag=%s;from-tag=%s", with->call_id, theirs, ours);
	escape(replaces, escaped, sizeof(escaped));
	url = url_as_string(home, target->m_url);
	if (url)
		n = snprintf(out, size, "<%s?Replaces=%s>", url, escaped);
	su_home_deinit(home);
	return n < 0 || (size_t)n >= size ? -EMSGSIZE : 0;
}

int sip_join(struct leg *leg, struct leg *with)
{
	struct sip_leg *l = (struct sip_leg *)leg, *w = (struct sip_leg *)with;
	char to[REFER_TO_MAX];
	int err;

	if (with->ops != &sip_leg_ops || l->peer != w->peer || l->state != SIP_UP || w->state != SIP_UP || l->refer)
		return -EOPNOTSUPP;
	err = write_refer_to(w, to, sizeof(to));
	if (err)
		return err;
	l->refer = sip_send_request(l, SIP_METHOD_REFER, NULL, on_response, SIPTAG_REFER_TO_STR(to),
				    SIPTAG_ALLOW_STR(sip_allowed(l)), TAG_END());
	sip_leg_trace(l, true, "REFER", to);
	return l->refer ? 0 : -ENOMEM;
}

/* NOTIFY of the refer event: a status line (RFC 3515 2.4.4). 200: they have each other. */
int sip_refer_notify(struct sip_leg *l, nta_incoming_t *irq, const sip_t *sip)
{
	const char *body = sip_session_body(sip) ? sip->sip_payload->pl_data : "";
	bool ours = sip->sip_event && sip->sip_event->o_type && !strcasecmp(sip->sip_event->o_type, "refer");
	int status = ours && !strncmp(body, "SIP/2.0 ", 8) ? atoi(body + 8) : 0;
	struct leg_cause cause;
	char words[48];

	ours = ours && (l->referred || l->refer);	/* RFC 3515 2.4.4: NOTIFY may be faster than the answer to REFER */
	snprintf(words, sizeof(words), "refer: %d", status);
	sip_leg_trace(l, false, "NOTIFY", words);
	sip_send_reply(l, irq, ours ? 200 : 489, 0, NULL);
	nta_incoming_destroy(irq);
	if (ours && status >= 200) {
		l->referred = false;
		if (status < 300 && l->state == SIP_UP) {
			reason_own(&cause, 16, "the far ends have joined");
			sip_clear(l, &cause, true);
		}
	}
	return 0;
}
