/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Requests and responses that leave, with what all of them carry. */
#include <stdio.h>
#include <string.h>

#include "gateway/cause.h"
#include "gateway/sip/internal.h"
#include "gateway/sip/reason.h"

const char *sip_our_contact(struct sip_leg *l)
{
	static char contact[128];

	snprintf(contact, sizeof(contact), "<sip:%s;transport=%s>", l->local.hostport,
		 sip_transport_name(l->home.transport));
	return contact;
}

nta_outgoing_t *sip_send_request(struct sip_leg *l, sip_method_t method, const char *name, const char *uri,
				 nta_response_f *fn, tag_type_t tag, tag_value_t value, ...)
{
	char route[128], via[128];
	nta_outgoing_t *orq;
	struct sip_hop hop;
	ta_list ta;

	sip_hop_next(l, &hop);
	sip_hop_url(&hop, route, sizeof(route));
	snprintf(via, sizeof(via), "SIP/2.0/%s %s;rport", hop.transport == CONF_TCP ? "TCP" : "UDP", l->local.hostport);
	ta_start(ta, tag, value);
	orq = nta_outgoing_tcreate(l->dialog, fn, l, URL_STRING_MAKE(route), method, name,
				   uri ? URL_STRING_MAKE(uri) : NULL, NTATAG_USER_VIA(1), SIPTAG_VIA_STR(via),
				   TPTAG_IDENT(l->local.listen->ident),
				   TAG_IF(method == sip_method_invite, SIPTAG_CONTACT_STR(sip_our_contact(l))),
				   SIPTAG_USER_AGENT_STR(l->ua->user_agent), ta_tags(ta));
	ta_end(ta);
	return orq;
}

void sip_send_reply(struct sip_leg *l, nta_incoming_t *irq, int status, unsigned flags, const struct leg_cause *cause)
{
	bool sdp = (flags & SIP_REPLY_SDP) && l->sdp[0];
	bool dialog = status > 100 && status < 300 && nta_incoming_method(irq) != sip_method_bye;
	char reason[REASON_MAX] = "", detail[96] = "", uui[ISDN_UUI_MAX] = "";

	if (irq == l->invite && !l->reinvite && status > 100) {
		isdn_uui_write(&l->with.uui, uui);
		l->with.uui.len = 0;
	}
	if (cause && cause->q850)
		reason_write(cause, reason);
	if (sdp)
		snprintf(detail, sizeof(detail), "SDP port %u%s%s", l->ours.port, l->have_theirs ? " " : "",
			 l->have_theirs ? sdp_codec_name(l->agreed.codec.codec) : "");
	else if (reason[0])
		snprintf(detail, sizeof(detail), "cause %u", cause->q850);
	if (sdp)
		sip_messages_body(l->ua, l->call_id, l->sdp);
	nta_incoming_treply(irq, status, sip_phrase(status), TAG_IF(dialog, SIPTAG_CONTACT_STR(sip_our_contact(l))),
			    TAG_IF(dialog, SIPTAG_ALLOW_STR(sip_allowed(l))), TAG_IF(reason[0], SIPTAG_REASON_STR(reason)),
			    TAG_IF(status > 100, SIPTAG_SERVER_STR(l->ua->user_agent)),
			    TAG_IF(status == 491 || status == 503, SIPTAG_RETRY_AFTER_STR(SIP_RETRY_AFTER)),
			    TAG_IF(dialog && status == 200 && l->connected[0], SIPTAG_HEADER_STR(l->connected)),
			    TAG_IF(uui[0], SIPTAG_HEADER_STR(uui)),
			    TAG_IF(irq == l->invite && dialog && !l->reinvite && l->history, SIPTAG_HEADER_STR(l->history)),
			    TAG_IF(sdp, SIPTAG_CONTENT_TYPE_STR("application/sdp")),
			    TAG_IF(sdp, SIPTAG_PAYLOAD_STR(l->sdp)), TAG_END());
	sip_leg_trace_status(l, true, status, sip_phrase(status), detail);
}

void sip_send_ack(struct sip_leg *l, const sip_t *response)
{
	nta_outgoing_t *ack;

	/* RFC 3261 13.2.2.4. sofia-sip sends it again for each 200 that comes again. */
	ack = sip_send_request(l, SIP_METHOD_ACK, NULL, NULL, SIPTAG_CSEQ(response->sip_cseq), TAG_END());
	sip_leg_trace(l, true, "ACK", "");
	if (ack)
		nta_outgoing_destroy(ack);
}

void sip_refuse(struct sip_ua *ua, msg_t *msg, int status, tag_type_t tag, tag_value_t value, ...)
{
	nta_incoming_t *irq = nta_incoming_create(ua->agent, NULL, msg, NULL, TAG_END());
	ta_list ta;

	if (!irq)
		return;
	ta_start(ta, tag, value);
	nta_incoming_treply(irq, status, sip_phrase(status), SIPTAG_SERVER_STR(ua->user_agent), ta_tags(ta));
	ta_end(ta);
	nta_incoming_destroy(irq);
}
