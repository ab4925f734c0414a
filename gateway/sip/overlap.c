/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A called number whose digits come one after the other (RFC 3578 3.2, 3.3), for peers that say overlap: rfc3578: an INVITE with the
 * digits so far; each 484 is followed by another with what has come meanwhile, in the same Call-ID, From tag and a rising CSeq. One is
 * out at a time: digits that come while it is, wait for its answer. The RFC's T10 is the calling leg's own timer for digits:
 * when it says that there are no more, the last 484 is final.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/sip/internal.h"
#include "gateway/sip/reason.h"

int sip_overlap_begin(struct sip_leg *l, const struct leg_offer *offer)
{
	l->overlap = malloc(sizeof(*l->overlap));
	if (!l->overlap)
		return -ENOMEM;
	l->overlap->offer = *offer;
	l->overlap->unsent = false;
	return 0;
}

void sip_overlap_end(struct sip_leg *l)
{
	free(l->overlap);
	l->overlap = NULL;
}

static void give_up(struct sip_leg *l, uint8_t q850)
{
	struct leg_cause cause;

	reason_own(&cause, q850, q850 == 28 ? "Address Incomplete" : "no INVITE with more digits");
	cause.sip = q850 == 28 ? 484 : 0;
	sip_overlap_end(l);
	sip_leg_end(l, &cause, q850 == 28);
}

static void again(struct sip_leg *l)
{
	l->overlap->unsent = false;
	if (sip_invite_send(l, &l->overlap->offer))
		give_up(l, 41);
}

bool sip_overlap_refused(struct sip_leg *l)
{
	struct sip_overlap *o = l->overlap;

	if (!o || l->state != SIP_CALLING || (o->offer.complete && !o->unsent))
		return false;
	nta_outgoing_destroy(l->call);
	l->call = NULL;
	if (o->unsent)
		again(l);
	return true;
}

int sip_overlap_more(struct leg *leg, const char *digits, bool complete)
{
	struct sip_leg *l = (struct sip_leg *)leg;
	struct sip_overlap *o = l->overlap;
	char *have;
	size_t n;

	if (!o || l->state != SIP_CALLING)
		return -EALREADY;
	have = o->offer.called.digits;
	n = strlen(have);
	if (n + strlen(digits) >= sizeof(o->offer.called.digits))
		return -ENOSPC;
	strcpy(have + n, digits);
	o->unsent = o->unsent || *digits;
	o->offer.complete = complete;
	if (l->call)
		return 0;	/* its answer is waited for */
	if (o->unsent)
		again(l);
	else if (complete)
		give_up(l, 28);
	return 0;
}
