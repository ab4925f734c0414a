/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The end of a leg by our side: a final response, CANCEL or BYE, as the state asks for, with a Reason (RFC
 * 3326). BYE waits for the ACK to our 200 (RFC 3261 15); a 200 that crosses our CANCEL gets ACK and BYE
 * (invite_out.c).
 */
#include "gateway/sip/internal.h"
#include "gateway/sip/reason.h"

static int on_bye(nta_outgoing_magic_t *arg, nta_outgoing_t *orq, const sip_t *sip)
{
	struct sip_leg *l = arg;
	int status = sip && sip->sip_status ? sip->sip_status->st_status : nta_outgoing_status(orq);

	if (status < 200)
		return 0;
	sip_leg_trace_status(l, false, status, sip && sip->sip_status ? sip->sip_status->st_phrase : NULL, "to BYE");
	sip_aoc_came(l, sip);
	nta_outgoing_destroy(l->bye);
	l->bye = NULL;
	sip_leg_kick(l);
	return 0;
}

void sip_bye(struct sip_leg *l)
{
	char reason[REASON_MAX], uui[ISDN_UUI_MAX];

	if (l->bye)
		return;
	reason_write(&l->cause, reason);
	isdn_uui_write(&l->with.uui, uui);
	l->bye_wanted = false;
	l->bye = sip_send_request(l, SIP_METHOD_BYE, NULL, on_bye, SIPTAG_REASON_STR(reason),
				  TAG_IF(uui[0], SIPTAG_HEADER_STR(uui)),
				  TAG_IF(l->bye_body, SIPTAG_CONTENT_TYPE_STR(SIP_AOC_TYPE)),
				  TAG_IF(l->bye_body, SIPTAG_PAYLOAD_STR(l->bye_body)), TAG_END());
	sip_leg_trace(l, true, "BYE", reason);
}

static void cancel(struct sip_leg *l, const struct leg_cause *cause)
{
	char reason[REASON_MAX];

	if (!l->call) {		/* more digits were waited for: nothing is out */
		sip_leg_kick(l);
		return;
	}
	reason_write(cause, reason);
	nta_outgoing_tcancel(l->call, NULL, NULL, SIPTAG_REASON_STR(reason), TAG_END());
	sip_leg_trace(l, true, "CANCEL", reason);
}

void sip_clear(struct sip_leg *l, const struct leg_cause *cause, bool by_far_end)
{
	enum sip_state state = l->state;

	if (state == SIP_CLEARING)
		return;
	sip_leg_end(l, cause, by_far_end);
	switch (state) {
	case SIP_OFFERED:
		l->cause.sip = (uint16_t)reason_status(&l->peer->conf, cause, &l->cause.by);
		sip_send_reply(l, l->invite, l->cause.sip, 0, cause);
		nta_incoming_destroy(l->invite);
		l->invite = NULL;
		break;
	case SIP_CALLING:
		cancel(l, cause);
		break;
	case SIP_ANSWERED:
		l->bye_wanted = true;
		break;
	case SIP_UP:
		if (l->invite)	/* a re-INVITE whose ACK is missing */
			nta_incoming_destroy(l->invite);
		l->invite = NULL;
		sip_bye(l);
		break;
	default:
		break;
	}
}
