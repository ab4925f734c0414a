/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who is at the other end, during a call, and what goes along with responses: P-Asserted-Identity in a 200, in an
 * UPDATE of ours after a transfer (RFC 3311; without an offer, so that it needs no turn of the session) or, where the
 * far end has no UPDATE, a re-INVITE (hold.c); in a re-INVITE or UPDATE of the far end; User-to-User. Only towards a peer whose word is taken, and that takes ours (trust-identity).
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "gateway/sip/identity.h"
#include "gateway/sip/internal.h"

int sip_with(struct leg *leg, const struct leg_extra *extra)
{
	struct sip_leg *l = (struct sip_leg *)leg;

	if (l->state == SIP_CLEARING)
		return -EALREADY;
	l->with = *extra;
	return 0;
}

/* Header lines of a response or UPDATE for CONNECTED, who may be NULL, into l->connected. */
void sip_connected_headers(struct sip_leg *l, const struct leg_number *connected)
{
	struct leg_offer who = { .bearer = 0 };
	struct identity_headers h;

	l->connected[0] = 0;
	if (!connected || !connected->digits[0] || !l->peer->conf.trust_identity)
		return;
	who.calling = *connected;
	who.calling_sub = l->with.connected_sub;
	memcpy(who.calling_name, l->with.connected_name, sizeof(who.calling_name));
	identity_write(&who, l->local.hostport, true, &h);
	if (h.pai[0])
		snprintf(l->connected, sizeof(l->connected), "P-Asserted-Identity: %s%s%s", h.pai,
			 h.privacy[0] ? "\r\nPrivacy: " : "", h.privacy);
}

/* --- Towards the far end ------------------------------------------------------------------------ */

static int on_response(nta_outgoing_magic_t *arg, nta_outgoing_t *orq, const sip_t *sip)
{
	struct sip_leg *l = arg;
	int status = sip && sip->sip_status ? sip->sip_status->st_status : nta_outgoing_status(orq);

	if (orq != l->update || status < 200)
		return 0;
	sip_leg_trace_status(l, false, status, sip && sip->sip_status ? sip->sip_status->st_phrase : NULL, "to UPDATE");
	nta_outgoing_destroy(l->update);
	l->update = NULL;
	return 0;
}

int sip_connected(struct leg *leg, const struct leg_number *connected)
{
	struct sip_leg *l = (struct sip_leg *)leg;

	if (l->state != SIP_UP)
		return -EALREADY;
	sip_connected_headers(l, connected);
	memset(&l->with, 0, sizeof(l->with));
	if (!l->connected[0])
		return -EOPNOTSUPP;
	if (!l->takes_update) {
		l->tell_wanted = true;
		sip_hold_run(l);
		return 0;
	}
	if (l->update)	/* RFC 3311 5.1 is about offers: a second one may go, the answer to the first is not waited for */
		nta_outgoing_destroy(l->update);
	l->update = sip_send_request(l, SIP_METHOD_UPDATE, NULL, on_response, SIPTAG_CONTACT_STR(sip_our_contact(l)),
				     SIPTAG_HEADER_STR(l->connected), TAG_END());
	sip_leg_trace(l, true, "UPDATE", "connected number");
	return 0;
}

/* --- From the far end --------------------------------------------------------------------------- */

/* What SIP says of its sender: remembered, so that a refresh that says it again is no change. */
static bool take(struct sip_leg *l, const sip_t *sip, struct leg_event *ev)
{
	if (sip->sip_allow)
		l->takes_update = sip_is_allowed(sip->sip_allow, sip_method_update, NULL);
	if (!l->peer->conf.trust_identity || !identity_connected(sip, &ev->connected, &ev->extra))
		return false;
	if (memcmp(&l->who, &ev->connected, sizeof(l->who)) == 0 && strcmp(l->who_name, ev->extra.connected_name) == 0)
		return false;
	l->who = ev->connected;
	memcpy(l->who_name, ev->extra.connected_name, sizeof(l->who_name));
	return true;
}

void sip_connected_answer(struct sip_leg *l, const sip_t *sip, struct leg_event *ev)
{
	take(l, sip, ev);
	isdn_uui_read(sip, &ev->extra.uui);
}

void sip_connected_invite(struct sip_leg *l, const sip_t *sip)
{
	struct leg_event ev = { .kind = LEG_CONNECTED };

	take(l, sip, &ev);
}

void sip_connected_change(struct sip_leg *l, const sip_t *sip)
{
	struct leg_event ev = { .kind = LEG_CONNECTED };

	if (take(l, sip, &ev) && l->state == SIP_UP)
		leg_report(&l->leg, &ev);
}
