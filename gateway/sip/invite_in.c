/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * INVITE from a peer: what can be refused at once is, else a leg is made and offered; then what its owner says
 * goes out as 180, 183 and 200 (RFC 3261 13.3). An INVITE with no offer gets ours, answered in the ACK.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "gateway/log.h"
#include "gateway/sip/identity.h"
#include "gateway/sip/internal.h"
#include "gateway/sip/reason.h"

/* What is asked for by Require and that we do not have: none of it. */
static const sip_require_t *unsupported(const sip_t *sip)
{
	const sip_require_t *r;

	for (r = sip->sip_require; r; r = (const sip_require_t *)r->k_next)
		if (r->k_items && r->k_items[0])
			return r;
	return NULL;
}

/* Refuses what needs no leg; true when it did, and MSG is gone. */
static bool refuse_early(struct sip_ua *ua, msg_t *msg, const sip_t *sip)
{
	const sip_require_t *req = unsupported(sip);
	struct leg_number n;
	int status = 0;

	if (sip->sip_max_forwards && sip->sip_max_forwards->mf_count == 0)
		status = 483;
	else if (identity_number(sip->sip_request->rq_url, &n) < 0)
		status = 416;
	else if (!sip->sip_contact || sip->sip_contact->m_url->url_type == url_any)
		status = 400;
	if (ua->draining || ua->closing || ua->n_legs >= SIP_LEGS_MAX)
		sip_refuse(ua, msg, 503, SIPTAG_RETRY_AFTER_STR(SIP_RETRY_AFTER), TAG_END());
	else if (status)
		sip_refuse(ua, msg, status, TAG_END());
	else if (req)
		sip_refuse(ua, msg, 420, SIPTAG_UNSUPPORTED((const sip_unsupported_t *)req), TAG_END());
	else
		return false;
	return true;
}

/* The dialog and the server transaction; the ownership of MSG goes to it. */
static int open_dialog(struct sip_leg *l, msg_t *msg, const sip_t *sip)
{
	struct sip_ua *ua = l->ua;
	sip_record_route_t *rr;
	int err = sip_local_for(ua, sip_listen_of(ua, msg), &l->home.addr, &l->local);

	for (rr = sip->sip_record_route; rr; rr = rr->r_next)
		rr->r_url->url_headers = NULL;
	snprintf(l->call_id, sizeof(l->call_id), "%s", sip->sip_call_id->i_id);
	if (!err)
		l->dialog = nta_leg_tcreate(ua->agent, sip_dialog_request, l, SIPTAG_CALL_ID(sip->sip_call_id),
					    SIPTAG_FROM((const sip_from_t *)sip->sip_to),
					    SIPTAG_TO((const sip_to_t *)sip->sip_from),
					    NTATAG_REMOTE_CSEQ(sip->sip_cseq->cs_seq), TAG_END());
	if (!l->dialog || !nta_leg_tag(l->dialog, NULL) ||
	    nta_leg_server_route(l->dialog, sip->sip_record_route, sip->sip_contact) < 0) {
		msg_destroy(msg);
		return err ? err : -ENOMEM;
	}
	l->invite = nta_incoming_create(ua->agent, l->dialog, msg, NULL, TAG_END());
	if (!l->invite)
		return -ENOMEM;
	nta_incoming_bind(l->invite, sip_dialog_ack, l);
	return 0;
}

/* The leg never had an owner: refuse with STATUS and forget it. */
static void refuse_leg(struct sip_leg *l, int status)
{
	struct leg_cause cause;

	if (l->invite && status == 488)	/* RFC 3261 20.43: 305 incompatible media format */
		nta_incoming_treply(l->invite, 488, NULL,
				    SIPTAG_WARNING_STR("305 tipring \"PCMA, PCMU or CLEARMODE over RTP/AVP only\""), TAG_END());
	else if (l->invite && status == 415)
		nta_incoming_treply(l->invite, 415, NULL, SIPTAG_ACCEPT_STR("application/sdp"), TAG_END());
	else if (l->invite)
		sip_send_reply(l, l->invite, status, 0, NULL);
	if (l->invite)
		nta_incoming_destroy(l->invite);
	l->invite = NULL;
	reason_own(&cause, 127, NULL);
	sip_leg_end(l, &cause, true);
}

/* A call of sound: as the trunk has it, and not end-to-end ISDN (Q.931 annex G). */
static void sound(const struct sip_leg *l, struct leg_offer *offer)
{
	offer->bearer = l->peer->conf.bearer == CONF_BEARER_3K1 ? BEARER_3K1 : BEARER_SPEECH;
	offer->progress = 1U << 1;
}

static void offer_up(struct sip_leg *l, const sip_t *sip)
{
	struct sip_ua *ua = l->ua;
	struct leg_offer offer;
	char a[48];

	memset(&offer, 0, sizeof(offer));
	if (l->ours.codecs[0] == CONF_CLEARMODE)
		offer.bearer = BEARER_UNRESTRICTED;
	else
		sound(l, &offer);
	offer.sound_too = sip_session_takes_sound(l);
	offer.complete = true;
	identity_read(sip, l->peer->conf.trust_identity, &offer);
	l->called = offer.called;
	sip_connected_invite(l, sip);
	sip_alert_read(sip, &offer);
	sip_addr_text(&l->home.addr, true, a, sizeof(a));
	snprintf(offer.source, sizeof(offer.source), "%s %s", a, sip_transport_name(l->home.transport));
	memcpy(offer.id, l->call_id, sizeof(offer.id));
	ua->h.offered(ua->h.arg, l->peer->trunk, &l->leg, &offer);
	if (!l->leg.fn && l->state != SIP_CLEARING)
		refuse_leg(l, 480);
}

void sip_invite_in(struct sip_ua *ua, struct sip_peer *peer, const struct sip_hop *source, msg_t *msg, sip_t *sip)
{
	char detail[96];
	struct sip_leg *l;
	int err;

	ua->counters.invites_in++;
	if (refuse_early(ua, msg, sip))
		return;
	l = sip_leg_new(ua, peer, true);
	if (!l) {
		sip_refuse(ua, msg, 500, TAG_END());
		return;
	}
	peer->calls_in++;
	l->home = *source;
	msg_ref(msg);	/* SIP is read after the transaction is made */
	sip_session_words(sip, detail, sizeof(detail));
	sip_leg_trace(l, false, "INVITE", detail);
	err = open_dialog(l, msg, sip);
	if (err) {
		refuse_leg(l, 500);
		msg_destroy(msg);
		return;
	}
	sip_leg_arm_setup(l);
	sip_send_reply(l, l->invite, 100, 0, NULL);
	err = sip_session_open(l);
	if (err) {
		sip_log(ua, LOG_L_WARNING, "peer %s: no RTP port: %s", peer->trunk, strerror(-err));
		refuse_leg(l, 503);
	} else if (sip_session_body(sip) && (err = sip_session_take_offer(l, sip)) < 0) {
		refuse_leg(l, sip_session_status(err));
	} else {
		if (!sip_session_body(sip))
			sip_session_offer(l);
		offer_up(l, sip);
	}
	msg_destroy(msg);
}

/* --- What the owner says ---------------------------------------------------------------------- */

static int provisional(struct sip_leg *l, int status, bool inband, const struct leg_cause *cause)
{
	if (l->state != SIP_OFFERED)
		return -EALREADY;
	sip_send_reply(l, l->invite, status, inband ? SIP_REPLY_SDP : 0, cause);
	l->described |= inband;
	if (inband)
		sip_session_start(l);
	return 0;
}

int sip_invite_proceed(struct leg *leg)
{
	/* 100 has been sent already; there is nothing more to say. */
	return ((struct sip_leg *)leg)->state == SIP_OFFERED ? 0 : -EALREADY;
}

/* With audio on the line it is 183: whoever gets a 180 may ring by himself over what the line plays (RFC 3960 3.2). */
int sip_invite_alert(struct leg *leg, bool inband)
{
	struct sip_leg *l = (struct sip_leg *)leg;

	l->alerted = true;
	return provisional(l, inband ? 183 : 180, inband, NULL);
}

int sip_invite_progress(struct leg *leg, bool inband, const struct leg_cause *cause)
{
	return provisional((struct sip_leg *)leg, 183, inband, cause);
}

int sip_invite_answer(struct leg *leg, const struct leg_number *connected)
{
	struct sip_leg *l = (struct sip_leg *)leg;

	if (l->state != SIP_OFFERED)
		return -EALREADY;
	l->state = SIP_ANSWERED;
	su_timer_reset(l->timer); /* T_OFFERED is over; sofia-sip's timer H watches for the ACK */
	sip_connected_headers(l, connected);
	sip_send_reply(l, l->invite, 200, SIP_REPLY_SDP, NULL);
	memset(&l->with, 0, sizeof(l->with));
	sip_session_start(l);
	return 0;
}

/* Another format of the same offer, as long as none was chosen (RFC 3264 6.1). */
int sip_invite_sound(struct leg *leg, struct leg_offer *offer)
{
	struct sip_leg *l = (struct sip_leg *)leg;
	int err = l->state != SIP_OFFERED || l->described ? -EALREADY : sip_session_sound(l);

	if (!err)
		sound(l, offer);
	return err;
}
