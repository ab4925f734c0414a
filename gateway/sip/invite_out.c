/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * INVITE to a peer, and what comes back (RFC 3261 13.2). Of several 18x with descriptions (a proxy that forks)
 * the latest is followed until one end answers. A redirection is offered to the call, which follows it as far as the
 * peer's own rules let him call. A 200 that crosses our CANCEL is acknowledged and ended.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "gateway/log.h"
#include "gateway/sip/diversion.h"
#include "gateway/sip/identity.h"
#include "gateway/sip/internal.h"
#include "gateway/sip/reason.h"

static const char *tag_of(const sip_t *sip)
{
	return sip->sip_to && sip->sip_to->a_tag ? sip->sip_to->a_tag : "";
}

static void learn_route(struct sip_leg *l, const sip_t *sip)
{
	sip_record_route_t *rr;

	for (rr = sip->sip_record_route; rr; rr = rr->r_next)
		rr->r_url->url_headers = NULL;
	nta_leg_client_reroute(l->dialog, sip->sip_record_route, sip->sip_contact, 1);
}

/* A description in an 18x. It does not end the leg when it is no use: the 200 will say. */
static bool early_media(struct sip_leg *l, const sip_t *sip)
{
	if (!sip_session_body(sip))
		return l->have_theirs && strcmp(l->early_tag, tag_of(sip)) == 0;
	if (sip_session_take_answer(l, sip) < 0)
		return false;
	snprintf(l->early_tag, sizeof(l->early_tag), "%s", tag_of(sip));
	sip_session_start(l);
	return true;
}

static void provisional(struct sip_leg *l, int status, const sip_t *sip)
{
	struct leg_event ev = { .kind = LEG_PROGRESS };

	if (l->state != SIP_CALLING || (l->overlap && status == 100))
		return;
	sip_overlap_end(l);	/* it has enough */
	if (status != 100) {
		sip_leg_arm_setup(l);	/* it is still at it: how long it may is the owner's business */
		sip_diverted_came(l, status, sip);
	}
	if (status == 100) {
		ev.kind = LEG_PROCEEDING;
	} else {
		ev.inband = early_media(l, sip);
		if (status == 181 && !ev.inband)	/* no word of the way, nor anything to hear */
			ev.kind = LEG_PROCEEDING;
		if (status == 180) {
			ev.kind = LEG_ALERTING;
			l->alerted = true;
			isdn_uui_read(sip, &ev.extra.uui);
		}
		if (sip->sip_reason)
			reason_read(sip->sip_reason, 0, &ev.cause);
	}
	leg_report(&l->leg, &ev);
}

/* 200: ACK in any case; then the leg is up, or goes down with BYE. */
static void answered(struct sip_leg *l, const sip_t *sip)
{
	struct leg_event ev = { .kind = LEG_ANSWERED };
	struct leg_cause cause;
	int err = 0;

	sip_overlap_end(l);
	nta_leg_rtag(l->dialog, tag_of(sip));
	learn_route(l, sip);
	sip_send_ack(l, sip);
	nta_outgoing_destroy(l->call);
	l->call = NULL;
	if (l->state == SIP_CLEARING) {
		sip_bye(l);
		return;
	}
	l->state = SIP_UP;
	su_timer_reset(l->timer);
	if (sip_session_body(sip))
		err = sip_session_take_answer(l, sip);
	else if (!l->have_theirs)
		err = -ENOENT;
	l->offered = false;
	if (err) {
		reason_own(&cause, 88, "no usable answer to our offer");
		sip_clear(l, &cause, false);
		return;
	}
	sip_session_start(l);
	sip_diverted_came(l, 200, sip);
	sip_connected_answer(l, sip, &ev);
	leg_report(&l->leg, &ev);
	sip_charge_ready(l);
	sip_session_hold(l);
	sip_hold_run(l);
}

static void failed(struct sip_leg *l, int status, const sip_t *sip)
{
	struct leg_cause cause;

	if (status == 484 && sip_overlap_refused(l))
		return;
	reason_read_for(&l->peer->conf, sip ? sip->sip_reason : NULL, status, &cause);
	if (sip && nta_sip_is_internal(sip)) {
		/* Said by our own stack: nobody answered, or the address cannot be reached. */
		reason_own(&cause, status == 408 ? 102 : 27, status == 408 ? "no answer to INVITE" : "peer cannot be reached");
		cause.sip = (uint16_t)status;
	} else if (status < 400) {
		bool taken = l->state != SIP_CLEARING && sip_redirected(l, status, sip);

		snprintf(cause.text, sizeof(cause.text), "redirection %d %sfollowed", status, taken ? "" : "not ");
	} else if (!cause.text[0] && sip && sip->sip_status->st_phrase) {
		snprintf(cause.text, sizeof(cause.text), "%.80s", sip->sip_status->st_phrase);
	}
	if (sip)
		isdn_uui_read(sip, &l->rx_uui);
	nta_outgoing_destroy(l->call);
	l->call = NULL;
	if (l->state == SIP_CLEARING)
		sip_leg_kick(l);
	else
		sip_leg_end(l, &cause, true);
}

static int on_response(nta_outgoing_magic_t *arg, nta_outgoing_t *orq, const sip_t *sip)
{
	struct sip_leg *l = arg;
	int status = sip && sip->sip_status ? sip->sip_status->st_status : nta_outgoing_status(orq);
	bool inside = !sip || nta_sip_is_internal(sip);
	char detail[96];

	if (orq != l->call)
		return 0;
	if (!inside)
		sip_health_heard(l->peer);
	sip_session_words(sip, detail, sizeof(detail));
	if (sip && sip->sip_reason && sip->sip_reason->re_cause && !detail[0])
		snprintf(detail, sizeof(detail), "%.16s cause %.8s", sip->sip_reason->re_protocol,
			 sip->sip_reason->re_cause);
	sip_leg_trace_status(l, false, status, sip ? sip->sip_status->st_phrase : NULL,
			     inside ? "(our own timer)" : detail);
	if (status < 200)
		provisional(l, status, sip);
	else if (status < 300)
		answered(l, sip);
	else
		failed(l, status, sip);
	return 0;
}

/* --- Placing a call --------------------------------------------------------------------------- */

/* Header lines that tell of redirections, as the trunk has it; "" for none. */
static void redirections(const struct sip_leg *l, const struct leg_offer *offer, const char *target,
			 char out[DIVERSION_LINES])
{
	enum conf_diversion which = l->peer->conf.diversion;
	bool trust = l->peer->conf.trust_identity;
	char diversion[DIVERSION_MAX] = "", history[DIVERSION_MAX] = "";

	if (which == CONF_DIVERSION_BOTH || which == CONF_DIVERSION_DIVERSION)
		diversion_write(offer, l->local.hostport, trust, diversion);
	if (which == CONF_DIVERSION_BOTH || which == CONF_DIVERSION_HISTORY_INFO)
		diversion_history(offer, l->local.hostport, trust, target, history);
	snprintf(out, DIVERSION_LINES, "%s%s%s%s%s", diversion[0] ? "Diversion: " : "", diversion,
		 diversion[0] && history[0] ? "\r\n" : "", history[0] ? "History-Info: " : "", history);
}

/* The dialog of an INVITE, or of the next one for the same number: with the same tag of ours. */
static int make_dialog(struct sip_leg *l, const char *from, const char *to)
{
	char tag[96] = "";

	if (l->dialog) {
		snprintf(tag, sizeof(tag), "%s", nta_leg_get_tag(l->dialog));
		l->cseq = (l->cseq ? l->cseq : nta_leg_get_seq(l->dialog)) + 1;
	}
	nta_leg_destroy(l->dialog);
	l->dialog = nta_leg_tcreate(l->ua->agent, sip_dialog_request, l, SIPTAG_FROM_STR(from), SIPTAG_TO_STR(to),
				    SIPTAG_CALL_ID_STR(l->call_id), TAG_END());
	return l->dialog && nta_leg_tag(l->dialog, tag[0] ? tag : NULL) ? 0 : -ENOMEM;
}

int sip_invite_send(struct sip_leg *l, const struct leg_offer *offer)
{
	struct identity_headers h;
	char host[80], uri[IDENTITY_URI_MAX], request[IDENTITY_URI_MAX + 20], to[IDENTITY_URI_MAX + 8];
	char pai[IDENTITY_MAX + 24], redirected[DIVERSION_LINES], detail[64], cseq[24];

	l->called = offer->called;
	l->redirects = offer->redirect_count;
	identity_write(offer, l->local.hostport, l->peer->conf.trust_identity, &h);
	sip_addr_text(&l->home.addr, true, host, sizeof(host));
	identity_uri_sub(&offer->called, &offer->called_sub, host, uri);
	redirections(l, offer, uri, redirected);
	snprintf(to, sizeof(to), "<%s>", uri);
	snprintf(pai, sizeof(pai), "P-Asserted-Identity: %s", h.pai);
	snprintf(request, sizeof(request), "%s%s", uri, l->home.transport == CONF_TCP ? ";transport=tcp" : "");
	if (make_dialog(l, h.from, to))
		return -ENOMEM;
	snprintf(cseq, sizeof(cseq), "%u INVITE", l->cseq);
	sip_messages_body(l->ua, l->call_id, l->sdp);
	l->call = sip_send_request(l, SIP_METHOD_INVITE, request, on_response, TAG_IF(l->cseq, SIPTAG_CSEQ_STR(cseq)),
				   TAG_IF(h.pai[0], SIPTAG_HEADER_STR(pai)),
				   TAG_IF(h.privacy[0], SIPTAG_PRIVACY_STR(h.privacy)),
				   TAG_IF(redirected[0], SIPTAG_HEADER_STR(redirected)),
				   TAG_IF(h.uui[0], SIPTAG_HEADER_STR(h.uui)),
				   SIPTAG_ALLOW_STR(sip_allowed(l)), SIPTAG_CONTENT_TYPE_STR("application/sdp"),
				   TAG_IF(l->peer->conf.aoc, SIPTAG_ACCEPT_STR("application/sdp, " SIP_AOC_TYPE)),
				   SIPTAG_PAYLOAD_STR(l->sdp), TAG_END());
	if (!l->call)
		return -ENOMEM;
	snprintf(detail, sizeof(detail), "%s%s ptime %u port %u", sdp_codec_name(l->ours.codecs[0]),
		 l->ours.n_codecs > 1 ? " and one more" : "", l->ours.ptime, l->ours.port);
	sip_leg_trace(l, true, "INVITE", detail);
	return 0;
}

static void make_call_id(struct sip_leg *l)
{
	unsigned char r[12];
	size_t i;

	if (getrandom(r, sizeof(r), GRND_NONBLOCK) != (ssize_t)sizeof(r))
		memcpy(r, &(int64_t[2]){ sip_now_us(), (int64_t)++l->ua->session }, sizeof(r));
	for (i = 0; i < sizeof(r); i++)
		snprintf(l->call_id + 2 * i, 3, "%02x", r[i]);
	snprintf(l->call_id + 24, sizeof(l->call_id) - 24, "@%s", l->local.host);
}

int sip_ua_call(struct sip_ua *ua, const char *trunk, const struct leg_offer *offer, leg_event_fn *fn, void *arg,
		struct leg **out)
{
	struct sip_peer *p = sip_peer_find(ua, trunk);
	struct leg_cause none;
	struct sip_leg *l;
	int err;

	if (!p)
		return -ENOENT;
	if (!p->up || p->n_addrs == 0 || ua->closing)
		return -EHOSTDOWN;
	l = sip_leg_new(ua, p, false);
	if (!l)
		return -ENOMEM;
	sip_peer_hop(p, &l->home);
	err = sip_local_for(ua, NULL, &l->home.addr, &l->local);
	if (!err)
		err = sip_session_open(l);
	if (!err) {
		if (offer->bearer == BEARER_UNRESTRICTED)
			sip_session_data(l);
		make_call_id(l);
		sip_session_offer(l);
		if (!offer->complete && p->conf.overlap == CONF_OVERLAP_RFC3578)
			err = sip_overlap_begin(l, offer);
		if (!err)
			err = sip_invite_send(l, offer);
	}
	if (err) {
		/* Not the caller's any more: the port goes, then the leg, in silence. */
		reason_own(&none, 41, NULL);
		sip_leg_end(l, &none, false);
		return err == -EADDRNOTAVAIL || err == -EMFILE ? -EADDRINUSE : err;
	}
	ua->counters.invites_out++;
	p->calls_out++;
	sip_leg_arm_setup(l);
	leg_attach(&l->leg, fn, arg);
	*out = &l->leg;
	return 0;
}

int sip_call_error_cause(int err)
{
	switch (err) {
	case -ENOENT:
		return 3;	/* no route to destination */
	case -EHOSTDOWN:
		return 27;
	case -EADDRINUSE:
		return 42;
	default:
		return 41;
	}
}
