/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Holding the far end, and taking it back: a re-INVITE that offers sendonly or sendrecv (RFC 3264 8.4, RFC 3261 14); also one
 * that only says who is at this end now, to a far end without UPDATE (connected.c). What is wanted
 * last counts: a change while one is under way, or before the call is up, is made up for when it is over.
 * 491 is tried again after a while, as RFC 3261 14.1 says.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/sip/internal.h"
#include "gateway/sip/reason.h"

static void retry(su_root_magic_t *magic, su_timer_t *t, su_timer_arg_t *arg)
{
	(void)magic;
	(void)t;
	sip_hold_run(arg);
}

/* 2.1 to 4 s for whoever made the Call-ID, up to 2 s for the other, in steps of 10 ms. */
static void arm_retry(struct sip_leg *l)
{
	long ms = l->leg.incoming ? random() % 200 * 10 : 2100 + random() % 190 * 10;

	su_timer_set_interval(l->timer, retry, l, (su_duration_t)ms);
}

static void agreed(struct sip_leg *l, const sip_t *sip)
{
	sip_send_ack(l, sip);
	if (l->state == SIP_CLEARING)
		return;
	l->offered = false;
	if (sip_session_body(sip) && sip_session_take_answer(l, sip) == 0)
		sip_session_start(l);
	if (!l->ours.hold)	/* who is held may answer "inactive": that is no hold of his */
		sip_session_hold(l);
	sip_hold_run(l);
}

static void refused(struct sip_leg *l, int status)
{
	struct leg_cause cause;

	if (l->state == SIP_CLEARING)
		return;
	l->offered = false;
	if (l->hold_changes)
		l->ours.hold = !l->ours.hold;
	if (status == 481 || status == 408) {	/* RFC 3261 14.1: the dialog is gone */
		reason_own(&cause, 41, "the far end no longer knows the call");
		sip_clear(l, &cause, true);
	} else if (status == 491) {
		l->tell_wanted |= l->tells;
		arm_retry(l);
	} else {
		l->hold_wanted = l->ours.hold;
	}
}

static int on_response(nta_outgoing_magic_t *arg, nta_outgoing_t *orq, const sip_t *sip)
{
	struct sip_leg *l = arg;
	int status = sip && sip->sip_status ? sip->sip_status->st_status : nta_outgoing_status(orq);
	char detail[96];

	if (orq != l->reinvite_out || status < 200)
		return 0;
	sip_session_words(sip, detail, sizeof(detail));
	sip_leg_trace_status(l, false, status, sip && sip->sip_status ? sip->sip_status->st_phrase : NULL, detail);
	nta_outgoing_destroy(l->reinvite_out);
	l->reinvite_out = NULL;
	if (status < 300)
		agreed(l, sip);
	else
		refused(l, status);
	sip_leg_kick(l);
	return 0;
}

void sip_hold_run(struct sip_leg *l)
{
	bool tell = l->tell_wanted && l->connected[0];

	if (l->state != SIP_UP || l->invite || l->reinvite_out || (l->hold_wanted == l->ours.hold && !tell))
		return;
	l->hold_changes = l->hold_wanted != l->ours.hold;
	l->ours.hold = l->hold_wanted;
	l->tells = tell;
	l->tell_wanted = false;
	sip_session_offer(l);
	sip_messages_body(l->ua, l->call_id, l->sdp);
	l->reinvite_out = sip_send_request(l, SIP_METHOD_INVITE, NULL, on_response, SIPTAG_ALLOW_STR(sip_allowed(l)),
					   TAG_IF(tell, SIPTAG_HEADER_STR(l->connected)),
					   SIPTAG_CONTENT_TYPE_STR("application/sdp"), SIPTAG_PAYLOAD_STR(l->sdp), TAG_END());
	sip_leg_trace(l, true, "INVITE", !l->hold_changes ? "connected number" : l->ours.hold ? "hold" : "resume");
}

static int want(struct leg *leg, bool hold)
{
	struct sip_leg *l = (struct sip_leg *)leg;

	if (l->state == SIP_CLEARING)
		return -EALREADY;
	l->hold_wanted = hold;
	sip_hold_run(l);
	return 0;
}

int sip_hold(struct leg *leg)
{
	return want(leg, true);
}

int sip_resume(struct leg *leg)
{
	return want(leg, false);
}
