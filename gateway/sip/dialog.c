/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Requests within a dialog: ACK, CANCEL, BYE, re-INVITE and UPDATE (RFC 3261 14, RFC 3311). A new offer is
 * answered at once; the media path follows it. One at a time: 491 while another is under way.
 */
#include <string.h>

#include "gateway/cause.h"
#include "gateway/sip/internal.h"
#include "gateway/sip/reason.h"

static const char *reason_words(const struct leg_cause *c, char *out)
{
	out[0] = 0;
	if (c->q850)
		reason_write(c, out);
	return out;
}

static int on_bye(struct sip_leg *l, nta_incoming_t *irq, const sip_t *sip)
{
	char words[REASON_MAX];
	struct leg_cause cause;

	reason_read(sip->sip_reason, 0, &cause);
	isdn_uui_read(sip, &l->rx_uui);
	sip_leg_trace(l, false, "BYE", sip->sip_reason ? reason_words(&cause, words) : "");
	sip_aoc_came(l, sip);
	sip_send_reply(l, irq, 200, 0, NULL);
	nta_incoming_destroy(irq);
	if (l->invite) {
		/* RFC 3261 15.1.2: what is still open ends with it. */
		if (l->state == SIP_OFFERED)
			sip_send_reply(l, l->invite, 487, 0, NULL);
		nta_incoming_destroy(l->invite);
		l->invite = NULL;
	}
	l->bye_wanted = false;
	if (l->state == SIP_CLEARING)
		sip_leg_kick(l);
	else if (l->state == SIP_CALLING)
		sip_clear(l, &cause, true);	/* our INVITE is open: CANCEL it */
	else
		sip_leg_end(l, &cause, true);
	return 0;
}

static int refuse(struct sip_leg *l, nta_incoming_t *irq, int status)
{
	sip_send_reply(l, irq, status, 0, NULL);
	nta_incoming_destroy(irq);
	return 0;
}

/* The offer of a re-INVITE or UPDATE, if it has one: 0, or the status to refuse with. */
static int new_offer(struct sip_leg *l, const sip_t *sip)
{
	int err;

	if (!sip_session_body(sip))
		return 0;
	err = sip_session_take_offer(l, sip);
	if (err)
		return sip_session_status(err);
	sip_session_start(l);
	return 0;
}

static int on_reinvite(struct sip_leg *l, nta_incoming_t *irq, const sip_t *sip)
{
	char detail[96];
	int status;

	sip_session_words(sip, detail, sizeof(detail));
	sip_leg_trace(l, false, "INVITE", detail);
	if (l->state == SIP_CLEARING)
		return refuse(l, irq, 481);
	if (l->state != SIP_UP || l->invite || l->reinvite_out)
		return refuse(l, irq, 491);
	status = new_offer(l, sip);
	if (status)
		return refuse(l, irq, status);
	if (!sip_session_body(sip))
		sip_session_offer(l);
	if (sip->sip_contact)
		nta_leg_server_route(l->dialog, NULL, sip->sip_contact);
	l->invite = irq;
	l->reinvite = true;
	nta_incoming_bind(irq, sip_dialog_ack, l);
	sip_send_reply(l, irq, 200, SIP_REPLY_SDP, NULL);
	sip_session_hold(l);
	sip_connected_change(l, sip);
	return 0;
}

static int on_update(struct sip_leg *l, nta_incoming_t *irq, const sip_t *sip)
{
	bool offer = sip_session_body(sip);
	char detail[96];
	int status;

	sip_session_words(sip, detail, sizeof(detail));
	sip_leg_trace(l, false, "UPDATE", detail);
	if (l->state == SIP_CLEARING)
		return refuse(l, irq, 481);
	if (offer && (l->state != SIP_UP || l->invite || l->reinvite_out))
		return refuse(l, irq, 491);
	status = new_offer(l, sip);
	if (status)
		return refuse(l, irq, status);
	if (sip->sip_contact)
		nta_leg_server_route(l->dialog, NULL, sip->sip_contact);
	sip_send_reply(l, irq, 200, offer ? SIP_REPLY_SDP : 0, NULL);
	nta_incoming_destroy(irq);
	if (offer)
		sip_session_hold(l);
	sip_connected_change(l, sip);
	return 0;
}

static int not_allowed(struct sip_leg *l, nta_incoming_t *irq)
{
	l->ua->counters.refused_method++;
	nta_incoming_treply(irq, 405, NULL, SIPTAG_ALLOW_STR(sip_allowed(l)), TAG_END());
	nta_incoming_destroy(irq);
	return 0;
}

/* What a call has cost so far; nothing else is taken that comes so. */
static int on_info(struct sip_leg *l, nta_incoming_t *irq, const sip_t *sip)
{
	if (!l->peer->conf.aoc || !sip_aoc_body(sip))
		return not_allowed(l, irq);
	sip_leg_trace(l, false, "INFO", "advice of charge");
	sip_aoc_came(l, sip);
	return refuse(l, irq, 200);
}

int sip_dialog_request(struct sip_leg *l, nta_leg_t *dialog, nta_incoming_t *irq, const sip_t *sip)
{
	(void)dialog;
	switch (sip->sip_request->rq_method) {
	case sip_method_ack:	/* to an INVITE that is over */
		nta_incoming_destroy(irq);
		return 0;
	case sip_method_bye:
		return on_bye(l, irq, sip);
	case sip_method_invite:
		return on_reinvite(l, irq, sip);
	case sip_method_update:
		return on_update(l, irq, sip);
	case sip_method_notify:
		return sip_refer_notify(l, irq, sip);
	case sip_method_refer:
		return sip_refer_in(l, irq, sip);
	case sip_method_info:
		return on_info(l, irq, sip);
	case sip_method_options:
		return refuse(l, irq, 200);
	case sip_method_cancel:
		return refuse(l, irq, 481);
	default:
		return not_allowed(l, irq);
	}
}

/* --- ACK and CANCEL of an INVITE that we serve ------------------------------------------------- */

static void on_cancel(struct sip_leg *l, const sip_t *sip)
{
	char words[REASON_MAX];
	struct leg_cause cause;

	reason_read(sip->sip_reason, 0, &cause);
	sip_leg_trace(l, false, "CANCEL", sip->sip_reason ? reason_words(&cause, words) : "");
	if (l->state != SIP_OFFERED)
		return;
	sip_send_reply(l, l->invite, 487, 0, NULL);
	nta_incoming_destroy(l->invite);
	l->invite = NULL;
	sip_leg_end(l, &cause, true);
}

/* The ACK's body, when it is the answer to our offer. */
static bool good_answer(struct sip_leg *l, const sip_t *sip)
{
	if (!l->offered)
		return true;
	l->offered = false;
	if (!sip_session_body(sip) || sip_session_take_answer(l, sip) < 0)
		return false;
	sip_session_start(l);
	return true;
}

static void on_ack(struct sip_leg *l, const sip_t *sip)
{
	struct leg_cause cause;
	char detail[96];

	sip_session_words(sip, detail, sizeof(detail));
	sip_leg_trace(l, false, "ACK", detail);
	nta_incoming_destroy(l->invite);
	l->invite = NULL;
	if (l->state == SIP_ANSWERED)
		l->state = SIP_UP;
	if (l->bye_wanted) {
		sip_bye(l);
	} else if (l->state == SIP_UP && !good_answer(l, sip)) {
		reason_own(&cause, 88, "no usable answer to our offer");
		sip_clear(l, &cause, false);
	} else {
		sip_charge_ready(l);
		sip_session_hold(l);
		sip_hold_run(l);
	}
}

int sip_dialog_ack(struct sip_leg *l, nta_incoming_t *irq, const sip_t *sip)
{
	struct leg_cause cause;

	if (irq != l->invite)
		return 0;
	if (sip && sip->sip_request->rq_method == sip_method_cancel) {
		on_cancel(l, sip);
	} else if (sip) {
		on_ack(l, sip);
	} else {
		/* Timer H (RFC 3261 13.3.1.4): 200 was sent for 32 s and nobody acknowledged it. */
		sip_leg_trace(l, false, "no ACK", "(timer H)");
		nta_incoming_destroy(l->invite);
		l->invite = NULL;
		if (l->state == SIP_CLEARING) {
			sip_bye(l);
		} else {
			l->state = SIP_UP;
			reason_own(&cause, 102, "no ACK to our 200");
			sip_clear(l, &cause, false);
		}
	}
	return 0;
}
