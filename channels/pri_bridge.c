/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/pri_bridge.c: two calls joined in the exchange, beside what libpri does of it: what the exchange answers to us (any dialect), and
 * the exchange's own part when we are the network: two B channel transfer (GR-2865: InitiateTransfer with the reference of the second call) on
 * NI2, 4ESS and 5ESS; release link trunk (Nortel NIS-A211-1) on DMS100: a SETUP asks for an identity, ThirdParty on one call
 * names that of the other. When it is done both calls are cleared, by their owner. And the answer to a deflection (pri_reroute.c),
 * which comes the same way. Loop thread.
 */
#include "channels/pri_private.h"

#include <string.h>
#include <syslog.h>

enum { RLT_OPERATION_IND = 1, RLT_THIRD_PARTY = 2, RLT_NOT_FOUND = 0x11, RLT_NOT_ALLOWED = 0x12 };
enum { NI2_INITIATE_TRANSFER = 8, NI2_NOT_ALLOWED = 0 };
enum { LINK_IDENTITY = 4 };	/* EN 300 369-1 EctLinkIdRequest, which only prepares it */

static bool is_dms(const struct pri_link *link)
{
	return link->trunk->conf.dialect == PRI_DMS100;
}

/* Dialects whose network side libpri has not got. */
static bool ours_to_answer(const struct pri_link *link)
{
	enum pri_dialect d = link->trunk->conf.dialect;

	return link->trunk->conf.side == PRI_NETWORK && (d == PRI_DMS100 || d == PRI_NATIONAL2 || d == PRI_4ESS || d == PRI_5ESS);
}

/* --- Asked by us --------------------------------------------------------------------------------- */

void pri_bridge_asked(struct pri_leg *leg, struct pri_leg *with)
{
	leg->bridge = with->bridge = PB_ASKED;
	leg->bridged = pri_leg_key(with);
	with->bridged = pri_leg_key(leg);
}

/* The far end clears both when it has joined them, and a call that it has sent on. Its word on both may come with the end of the
 * second, which is being cleared from here by then. */
const char *pri_bridge_how(const struct pri_leg *leg)
{
	return leg->bridge == PB_DONE ? "transfer" : leg->deflected && leg->far_first ? "deflection" : NULL;
}

static void answered(struct pri_leg *leg, const struct pri_rose *r)
{
	struct pri_leg *with = pri_leg_by_key(leg->link, leg->bridged);
	bool done = r->type == ROSE_RESULT;

	if (done && (is_dms(leg->link) ? r->invoke != RLT_THIRD_PARTY : r->code == LINK_IDENTITY && r->n_args))
		return;
	leg->bridge = done ? PB_DONE : PB_REFUSED;
	if (with && with->bridged == pri_leg_key(leg))
		with->bridge = leg->bridge;
	pri_log(leg->link, done ? LOG_INFO : LOG_NOTICE, "calls %u and %u: %s", leg->cr, leg->bridged & 0x7fff,
		done ? "the exchange has joined them" : "the exchange does not join them, they stay joined here");
	leg_trace(&leg->leg, "Q.931", false, done ? "transferred" : "transfer refused", "%s %d", r->type == ROSE_REJECT ? "reject" :
		  r->type == ROSE_ERROR ? "error" : "result", (int)r->code);
}

/* An answer may come with the end of the call that it is about, whose owner is to know. Nothing is sent from here: libpri's event
 * is still to be handled. */
void pri_bridge_answers(struct pri_link *link)
{
	for (struct pri_leg *leg = link->rx_facility ? link->trunk->legs : NULL; leg; leg = leg->next) {
		const struct pri_rose r = leg->rose;

		if (leg->link != link || !r.type || r.type == ROSE_INVOKE)
			continue;
		if (leg->bridge == PB_ASKED)
			answered(leg, &r);
		else if (leg->diverting && r.type == ROSE_RESULT)
			pri_reroute_taken(leg);
		else
			continue;
		leg->rose.type = 0;
	}
}

/* --- Asked of us --------------------------------------------------------------------------------- */

static size_t head(const struct pri_link *link, uint8_t *out)
{
	out[0] = is_dms(link) ? 0x11 : 0x91;	/* remote operations; Nortel's have a service identity behind it */
	out[1] = 0xbe;
	return is_dms(link) ? 2 : 1;
}

static void send_result(struct pri_leg *leg, int32_t invoke)
{
	uint8_t o[16];
	size_t n = head(leg->link, o);
	const uint8_t result[] = {ROSE_RESULT, 3, 2, 1, (uint8_t)invoke};

	memcpy(o + n, result, sizeof(result));
	pri_facility_send(leg, o, n + sizeof(result));
}

static void send_error(struct pri_leg *leg, int32_t invoke, int code)
{
	uint8_t o[16];
	size_t n = head(leg->link, o);
	const uint8_t error[] = {ROSE_ERROR, 6, 2, 1, (uint8_t)invoke, 2, 1, (uint8_t)code};

	memcpy(o + n, error, sizeof(error));
	pri_facility_send(leg, o, n + sizeof(error));
}

void pri_bridge_setup(struct pri_leg *leg)
{
	struct pri_link *link = leg->link;
	struct pri_rose r;

	pri_facility_forget(leg);
	leg->rlt_asked = ours_to_answer(link) && is_dms(link) && pri_has(link, PRI_SERVICE_TRANSFER) &&
			 pri_facility_read(link->got, link->got_len, &r) && r.type == ROSE_INVOKE && r.code == RLT_OPERATION_IND;
}

/* The identity that a second call will name; with the first answer to its SETUP, as a DMS-100 gives it. */
void pri_bridge_answered(struct pri_leg *leg)
{
	uint8_t o[24];
	size_t n = head(leg->link, o);
	int32_t id;

	if (!leg->rlt_asked || leg->rlt_id)
		return;
	leg->rlt_id = id = leg->link->rlt_last = leg->link->rlt_last % 0x7fffff + 1;
	{
		const uint8_t result[] = {ROSE_RESULT, 13, 2, 1, RLT_OPERATION_IND, 0x30, 8, 2, 1, RLT_OPERATION_IND, 0x80, 3,
					  (uint8_t)(id >> 16), (uint8_t)(id >> 8), (uint8_t)id};

		memcpy(o + n, result, sizeof(result));
		pri_facility_send(leg, o, n + sizeof(result));
	}
}

static struct pri_leg *by_identity(struct pri_link *link, int32_t id)
{
	for (struct pri_leg *leg = link->trunk->legs; leg; leg = leg->next)
		if (leg->link->group == link->group && leg->rlt_id && leg->rlt_id == id)
			return leg;
	return NULL;
}

/* The reference as its sender has it in a message: bit 16 is set for a call that the other end, which is we, made. */
static struct pri_leg *by_reference(struct pri_link *link, int32_t reference)
{
	return pri_leg_by_key(link, (unsigned)reference ^ 0x8000);
}

static void asked(struct pri_leg *leg, const struct pri_rose *r)
{
	struct pri_link *link = leg->link;
	bool dms = is_dms(link);
	struct pri_leg *with;

	if (r->code != (dms ? RLT_THIRD_PARTY : NI2_INITIATE_TRANSFER) || !r->n_args)
		return;
	with = dms ? by_identity(link, r->args[0]) : by_reference(link, r->args[0] & 0xffff);
	if (!with || with == leg || !pri_has(link, PRI_SERVICE_TRANSFER) || leg->stage != PS_UP || with->stage != PS_UP) {
		pri_log(link, LOG_NOTICE, "call %u: the far end would have it transferred, refused: %s", leg->cr,
			!pri_has(link, PRI_SERVICE_TRANSFER) ? "the trunk has not the service" : with ? "not both calls are up" :
			"there is no such second call");
		send_error(leg, r->invoke, !dms ? NI2_NOT_ALLOWED : with ? RLT_NOT_ALLOWED : RLT_NOT_FOUND);
		return;
	}
	send_result(leg, r->invoke);
	pri_transfer_owner(leg, with);
}

/* What has come is looked at when the reader is at rest: to answer may write. */
void pri_bridge_run(struct pri_link *link)
{
	struct pri_leg *leg = link->rx_facility ? link->trunk->legs : NULL;

	link->rx_facility = false;
	while (leg) {
		struct pri_rose r = leg->rose;

		if (leg->link != link || !r.type) {
			leg = leg->next;
			continue;
		}
		leg->rose.type = 0;
		if (r.type == ROSE_INVOKE && ours_to_answer(link))
			asked(leg, &r);
		else if ((r.type == ROSE_ERROR || r.type == ROSE_REJECT) && leg->diverting)
			pri_reroute_late(leg);
		leg = link->trunk->legs;	/* what it did may have changed the list */
	}
}
