/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/pri_transfer.c: two calls of one D channel become one in the exchange, and leave us: explicit call transfer
 * (EN 300 369-1), two B channel transfer (NI2, GR-2865). And the same asked of us by a PBX, when we are the network side.
 * Called by leg_join() and by the events. Loop thread.
 *
 * libpri 1.6.0, found by trial: on EuroISDN pri_channel_bridge() asks for a link identity and then sends ExplicitEctExecute, which needs no
 * call to be held; its network side hands that on as PRI_SUBCMD_TRANSFER_CALL. On NI2 it sends one FACILITY on the first call; its
 * network side knows nothing of it and sends no answer. What the exchange answers is not reported in either.
 * 4ESS and 5ESS are as NI2; QSIG sends path replacement and says nothing of it; NI1 has none (-1). DMS100 (RLT): the SETUP of our calls
 * asks for an identity, which it does only with pri_facility_enable(); -1 when the exchange has given none for either call.
 * The network side of NI2, 4ESS, 5ESS and DMS100, and what an exchange answers: pri_bridge.c.
 */
#include "channels/pri_private.h"

#include <errno.h>
#include <syslog.h>

/* The exchange clears both calls when it has joined them (EN 300 369-1 9.2.1). Until then, and where it refuses, their
 * audio is joined here, so there is nothing to wait for. */
int pri_leg_join(struct leg *l, struct leg *w)
{
	struct pri_leg *leg = (struct pri_leg *)l, *with = (struct pri_leg *)w;

	if (w->ops != &pri_leg_ops || leg->link != with->link || !pri_has(leg->link, PRI_SERVICE_TRANSFER) ||
	    leg->link->trunk->conf.side == PRI_NETWORK)
		return -EOPNOTSUPP;
	if (leg->stage != PS_UP || with->stage != PS_UP || !leg->call || !with->call)
		return -EALREADY;
	if (pri_channel_bridge(leg->call, with->call))
		return -EOPNOTSUPP;
	pri_bridge_asked(leg, with);
	pri_log(leg->link, LOG_INFO, "calls %u and %u: the exchange is asked to join them", leg->cr, with->cr);
	return 0;
}

bool pri_transfer_owner(struct pri_leg *a, struct pri_leg *b)
{
	struct leg_event ev = {.kind = LEG_JOIN};

	if (!a || !b || a == b || a->stage >= PS_CLEARING || b->stage >= PS_CLEARING || (a->stage != PS_UP && b->stage != PS_UP))
		return false;
	pri_log(a->link, LOG_INFO, "calls %u and %u: transferred by the far end", a->cr, b->cr);
	ev.other = a->stage == PS_UP ? &b->leg : &a->leg;
	leg_report(a->stage == PS_UP ? &a->leg : &b->leg, &ev);
	return true;
}

/* A PBX asks: its two calls are joined by their owner. */
void pri_transfer_asked(struct pri_link *link, q931_call *call, const struct pri_subcmd_transfer *t)
{
	struct pri_leg *a = pri_leg_of(link, t->call_1), *b = pri_leg_of(link, t->call_2);
	bool ok = a && b && a->stage < PS_CLEARING && b->stage < PS_CLEARING && (a->stage == PS_UP || b->stage == PS_UP);

	pri_transfer_rsp(link->pri, call, t->invoke_id, ok);
	if (ok)
		pri_transfer_owner(a, b);
}
