/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * REFER from a peer, within a call of his that is up (RFC 3515, RFC 5589): blind, to a number, or attended, with the Replaces (RFC 3891)
 * of another call of his with us. What becomes of it goes back as NOTIFY with a status line (message/sipfrag). It is
 * taken from the peer's own addresses only, and declined with 603 where the trunk has refer: false.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "gateway/cause.h"
#include "gateway/sip/diversion.h"
#include "gateway/sip/identity.h"
#include "gateway/sip/internal.h"

static int on_notified(nta_outgoing_magic_t *arg, nta_outgoing_t *orq, const sip_t *sip)
{
	(void)arg;
	(void)orq;
	(void)sip;
	return 0;
}

static void notify(struct sip_leg *l, int status, bool last)
{
	char body[80], event[32] = "refer";
	nta_outgoing_t *orq;

	if (l->refer_id)	/* RFC 3515 2.4.6: so that the subscriptions of one dialog can be told apart */
		snprintf(event, sizeof(event), "refer;id=%lu", (unsigned long)l->refer_id);
	snprintf(body, sizeof(body), "SIP/2.0 %d %.48s\r\n", status, sip_phrase(status));
	orq = sip_send_request(l, SIP_METHOD_NOTIFY, NULL, on_notified, SIPTAG_EVENT_STR(event),
			       SIPTAG_SUBSCRIPTION_STATE_STR(last ? "terminated;reason=noresource" : "active;expires=180"),
			       SIPTAG_CONTENT_TYPE_STR("message/sipfrag;version=2.0"), SIPTAG_PAYLOAD_STR(body), TAG_END());
	body[strlen(body) - 2] = 0;
	sip_leg_trace(l, true, "NOTIFY", body);
	if (orq)
		nta_outgoing_destroy(orq);	/* it is repeated until it is answered; what the answer says is no use */
}

int sip_referred(struct leg *leg, const struct leg_cause *cause)
{
	struct sip_leg *l = (struct sip_leg *)leg;

	if (!l->refer_in)
		return 0;
	l->refer_in = false;
	notify(l, cause ? cause_to_sip(cause->q850) : 200, true);
	return 0;
}

static bool from_peer(struct sip_leg *l, nta_incoming_t *irq)
{
	msg_t *msg = nta_incoming_getrequest(irq);
	struct sip_hop source;
	bool ours;

	if (!msg)
		return false;
	sip_hop_source(l->ua, msg, &source);
	ours = sip_peer_match(l->ua, &source) == l->peer;
	msg_destroy(msg);
	return ours;
}

/* The peer's other call that REPLACES names; its tags as he sees them (RFC 3891 3). */
static struct sip_leg *replaced(struct sip_leg *l, const sip_replaces_t *replaces)
{
	for (struct sip_leg *w = l->ua->legs; w; w = w->next) {
		const char *theirs = nta_leg_get_rtag(w->dialog), *ours = nta_leg_get_tag(w->dialog);

		if (w == l || w->peer != l->peer || w->state == SIP_CLEARING || !theirs || !ours ||
		    strcmp(w->call_id, replaces->rp_call_id))
			continue;
		/* The URI is for who gets the INVITE: to-tag is that end's. We are that end here. */
		if (!strcmp(replaces->rp_to_tag, ours) && !strcmp(replaces->rp_from_tag, theirs))
			return w;
	}
	return NULL;
}

struct wanted {
	struct leg_divert to;
	struct sip_leg *with;	/* attended */
};

/* The value of Replaces among the HEADERS of a URI, which is written over; NULL when it is not there. */
static char *replaces_value(char *headers)
{
	for (char *p = headers, *next; p; p = next) {
		next = strchr(p, '&');
		if (next)
			*next++ = 0;
		if (!strncasecmp(p, "Replaces=", 9)) {
			url_unescape(p + 9, p + 9);
			return p + 9;
		}
	}
	return NULL;
}

/* RFC 3515 2.1: a REFER may ask for other things than a call. */
static bool is_invite(const url_t *url)
{
	char method[16] = "INVITE";

	if (url->url_params && url_has_param(url, "method"))
		url_param(url->url_params, "method", method, sizeof(method));
	return !strcasecmp(method, "INVITE");
}

/* What REFER asks for: 0, or the status to refuse it with. */
static int read_refer_to(struct sip_leg *l, const sip_t *sip, struct wanted *w)
{
	su_home_t home[1] = { SU_HOME_INIT(home) };
	const sip_refer_to_t *rt = sip->sip_refer_to;
	char *headers, *value;
	sip_replaces_t *replaces = NULL;
	int status = 0;

	memset(w, 0, sizeof(*w));
	if (!rt || sip->sip_error)	/* RFC 3515 2.4.1: exactly one; sofia-sip calls a second one an error */
		return 400;
	headers = rt->r_url->url_headers ? su_strdup(home, rt->r_url->url_headers) : NULL;
	value = headers ? replaces_value(headers) : NULL;
	if (!is_invite(rt->r_url)) {
		status = 501;
	} else if (value) {
		replaces = sip_replaces_make(home, value);
		if (!replaces || !replaces->rp_call_id || !replaces->rp_to_tag || !replaces->rp_from_tag)
			status = 400;
		else
			w->with = replaced(l, replaces);
		if (!status && !w->with)
			status = 603;
	} else if (identity_number(rt->r_url, &w->to.to) < 0 || !w->to.to.digits[0]) {
		status = 416;
	}
	su_home_deinit(home);
	return status;
}

int sip_refer_in(struct sip_leg *l, nta_incoming_t *irq, const sip_t *sip)
{
	struct wanted w;
	struct leg_event ev = { .kind = LEG_REFER, .divert = &w.to };
	bool may = l->peer->conf.refer && from_peer(l, irq);
	uint32_t cseq = sip->sip_cseq->cs_seq;
	int status = 0;

	if (l->state == SIP_CLEARING)
		status = 481;
	else if (!may || !l->leg.fn)
		status = 603;
	else if (l->state != SIP_UP || l->refer_in)
		status = 491;
	else
		status = read_refer_to(l, sip, &w);
	sip_leg_trace(l, false, "REFER", status ? "" : w.with ? "with Replaces" : w.to.to.digits);
	sip_send_reply(l, irq, status ? status : 202, 0, NULL);
	nta_incoming_destroy(irq);
	if (status)
		return 0;
	l->refer_in = true;
	l->refer_id = l->refer_more ? cseq : 0;
	l->refer_more = true;
	notify(l, 100, false);
	if (w.with) {
		ev.kind = LEG_JOIN;
		ev.other = &w.with->leg;
	}
	leg_report(&l->leg, &ev);
	return 0;
}

/* The number among a redirection's contacts that is preferred (RFC 3261 8.1.3.4): the one with the greatest q, of equals the first. */
static const sip_contact_t *best(const sip_contact_t *m, struct leg_number *to)
{
	const sip_contact_t *found = NULL;
	struct leg_number n;
	double q, most = -1;

	for (; m; m = m->m_next) {
		q = m->m_q ? strtod(m->m_q, NULL) : 1;
		if (q <= most || identity_number(m->m_url, &n) < 0 || !n.digits[0])
			continue;
		most = q;
		found = m;
		*to = n;
	}
	return found;
}

/* Offered to the owner; true when he takes it. */
bool sip_redirected(struct sip_leg *l, int status, const sip_t *sip)
{
	struct leg_divert d = { .reason = 0 };
	bool taken = false;
	struct leg_event ev = { .kind = LEG_DIVERT, .divert = &d, .taken = &taken };
	const sip_contact_t *m = sip && (status == 301 || status == 302) ? best(sip->sip_contact, &d.to) : NULL;

	if (!m)
		return false;
	d.reason = diversion_why(sip, m->m_url, l->redirects);
	if (!d.reason)
		d.reason = 15;	/* Q.953: unconditional */
	d.hidden = diversion_hides(sip, l->redirects);
	leg_report(&l->leg, &ev);
	return taken;
}
