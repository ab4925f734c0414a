/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/pri_name.c: a calling name that follows SETUP in a FACILITY (GR-1367, NI2: the exchange asks a database
 * first and says in SETUP that the name is to come). The call is offered when the name is there, or PRI_NAME_US is
 * over. CALL PROCEEDING goes at once, so that T303 of the far end does not run out meanwhile. Loop thread.
 */
#include "channels/pri_private.h"

#include <stdlib.h>
#include <string.h>

#define IE_FACILITY 0x1c

/* informationFollowing, as an ASN.1 object identifier: iso member-body us ansi-t1 ni2 ... (1.2.840.10005.0.4). */
static const uint8_t following[] = { 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x15, 0x00, 0x04 };

static bool name_follows(const struct pri_link *link)
{
	struct q931_element e;

	for (unsigned n = 0; (e = q931_find(link->got, link->got_len, IE_FACILITY, n)).octets; n++)
		if (memmem(e.octets, e.len, following, sizeof(following)))
			return true;
	return false;
}

/* True when OFFER is kept until its name is there. */
bool pri_name_awaited(struct pri_leg *leg, const struct leg_offer *offer)
{
	if (offer->calling_name[0] || !name_follows(leg->link))
		return false;
	leg->held = malloc(sizeof(*leg->held));
	if (!leg->held)
		return false;
	*leg->held = *offer;
	leg->held_at = pri_stamp(leg->link->trunk);
	pri_proceeding(leg->link->pri, leg->call, pri_encode(leg), 0);
	leg->stage = PS_PROGRESSING;
	return true;
}

static void offer_held(struct pri_leg *leg)
{
	struct leg_offer *offer = leg->held;

	leg->held = NULL;
	if (leg->stage == PS_PROGRESSING)
		pri_offer_up(leg, offer);
	free(offer);
}

/* A FACILITY has come for LEG with NAME; true when that was what the call waited for. */
bool pri_name_came(struct pri_leg *leg, const char *name)
{
	if (!leg->held || !name[0])
		return false;
	memcpy(leg->held->calling_name, name, strnlen(name, LEG_NAME_MAX - 1) + 1);
	offer_held(leg);
	return true;
}

/* Offers what has waited long enough. */
void pri_name_service(struct pri_trunk *t)
{
	struct pri_leg *after;

	for (struct pri_leg *leg = t->legs; leg; leg = after) {
		after = leg->next;
		if (leg->held && leg->held_at != PRI_UNSTAMPED && t->now_us >= leg->held_at + PRI_NAME_US)
			offer_held(leg);
	}
}

int64_t pri_name_next(const struct pri_trunk *t)
{
	int64_t next = -1;

	for (const struct pri_leg *leg = t->legs; leg; leg = leg->next) {
		int64_t due = leg->held_at + PRI_NAME_US;

		if (leg->held && (next < 0 || due < next))
			next = due;
	}
	return next;
}
