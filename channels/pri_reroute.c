/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/pri_reroute.c: a call that came in is sent on by the exchange, call deflection and partial rerouting
 * (EN 300 207-1 10.2, QSIG ECMA-174); the same asked of us by a PBX, for a call that we offered it; and the word that a call
 * has been sent on, each way: divertingLegInformation1 and 3 (10.2.4), NOTIFY with a redirection number. Loop thread.
 *
 * libpri 1.6.0, found by trial: of EuroISDN (callRerouting, before and after ALERTING) and QSIG; the
 * others have nothing of it.
 * libpri does not tell what the exchange answers to pri_reroute_call() (pri_bridge.c looks): the exchange that does it clears the
 * call; when it refuses, or has not within PT_DIVERT, the owner hears LEG_DIVERT and sends the call on by himself.
 */
#include "channels/pri_dialect.h"
#include "channels/pri_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

int pri_leg_divert(struct leg *l, const struct leg_divert *to)
{
	struct pri_leg *leg = (struct pri_leg *)l;
	struct pri_party_redirecting d;

	if (!pri_has(leg->link, PRI_SERVICE_REROUTE) || leg->link->trunk->conf.side == PRI_NETWORK)
		return -EOPNOTSUPP;
	if (!l->incoming || leg->stage >= PS_UP || !leg->call || leg->diverting)
		return -EALREADY;
	memset(&d, 0, sizeof(d));
	pri_number_out(&d.to.number, &to->to);
	d.reason = to->reason;
	d.count = to->count + 1;
	if (to->hidden)
		d.from.number = (struct pri_party_number){.valid = 1, .presentation = PRI_PRES_RESTRICTED};
	if (leg->stage == PS_OFFERED) /* libpri clears nothing that it has not answered */
		l->ops->proceed(l);
	leg->diverting = malloc(sizeof(*leg->diverting));
	if (!leg->diverting)
		return -ENOMEM;
	*leg->diverting = *to;
	/* EN 300 207-1, subscription option: the caller is told, 2 with and 1 without the new number */
	if (pri_reroute_call(leg->link->pri, leg->call, NULL, &d, to->to.presentation == PRES_RESTRICTED ? 1 : 2)) {
		free(leg->diverting);
		leg->diverting = NULL;
		return -EOPNOTSUPP;
	}
	pri_wait(leg, PT_DIVERT);
	pri_log(leg->link, LOG_INFO, "call %u: the exchange is asked to send it on to %s", leg->cr, to->to.digits);
	return 0;
}

/* The exchange has taken it over. It clears the call with that, or when the new number rings. */
void pri_reroute_taken(struct pri_leg *leg)
{
	leg->deflected = true;
	if (leg->waits_for == PT_DIVERT)
		pri_wait_stop(leg);
}

/* PT_DIVERT is over, or the exchange has refused. */
void pri_reroute_late(struct pri_leg *leg)
{
	bool taken = false;
	struct leg_divert *d = leg->diverting;
	struct leg_event ev = {.kind = LEG_DIVERT, .divert = d, .taken = &taken};

	if (!d || leg->stage >= PS_UP)
		return;
	if (leg->waits_for == PT_DIVERT)
		pri_wait_stop(leg);
	pri_log(leg->link, LOG_NOTICE, "call %u: the exchange did not send it on", leg->cr);
	leg->diverting = NULL;
	leg_report(&leg->leg, &ev);
	free(d);
}

/* A PBX wants a call of ours elsewhere. The owner says whether that may be; then its part in the call is over. */
void pri_reroute_asked(struct pri_link *link, q931_call *call, const struct pri_rerouting_data *r)
{
	struct pri_leg *leg = pri_leg_of(link, call);
	struct leg_divert d = {.reason = (uint8_t)r->deflection.reason};
	bool taken = false;
	struct leg_event ev = {.kind = LEG_DIVERT, .divert = &d, .taken = &taken};

	pri_number_in(&d.to, &r->deflection.to.number);
	d.count = (uint8_t)(r->deflection.count < 255 ? r->deflection.count : 255);
	d.hidden = (r->deflection.from.number.presentation & PRI_PRES_RESTRICTION) == PRI_PRES_RESTRICTED;
	if (!leg || leg->leg.incoming || leg->stage >= PS_UP || !d.to.digits[0]) {
		pri_rerouting_rsp(link->pri, call, r->invoke_id,
				  leg && leg->stage < PS_UP ? PRI_REROUTING_RSP_INVALID_NUMBER : PRI_REROUTING_RSP_NOT_ALLOWED);
		return;
	}
	leg_report(&leg->leg, &ev);
	pri_rerouting_rsp(link->pri, call, r->invoke_id,
			  taken ? PRI_REROUTING_RSP_OK_CLEAR : PRI_REROUTING_RSP_NOT_ALLOWED);
	if (taken && leg->stage < PS_CLEARING)
		pri_leg_clear(&leg->leg, &(struct leg_cause){.q850 = 16, .location = 1, .text = "sent on"});
}

/* --- The word of it ------------------------------------------------------------------------------ */

/* libpri sends it of EuroISDN and QSIG, and not as the first answer to a SETUP. */
int pri_leg_diverted(struct leg *l, const struct leg_divert *to)
{
	struct pri_leg *leg = (struct pri_leg *)l;
	struct pri_party_redirecting r;

	if (!pri_dialect_def(leg->link->trunk->conf.dialect)->redirect_count)
		return -EOPNOTSUPP;
	if (!l->incoming || leg->stage >= PS_UP || !leg->call)
		return -EALREADY;
	memset(&r, 0, sizeof(r));
	pri_number_out(&r.to.number, &to->to);
	if (!r.to.number.valid)
		return -EOPNOTSUPP;
	r.reason = pri_reason_out(leg->link->trunk->conf.dialect, to->reason);
	r.count = to->count + 1;
	if (leg->stage == PS_OFFERED)
		l->ops->proceed(l);
	return pri_redirecting_update(leg->link->pri, leg->call, &r) ? -EIO : 0;
}

void pri_diverted(struct pri_leg *leg, const struct pri_party_redirecting *r)
{
	struct leg_divert d = {.reason = pri_reason_in(r->reason), .count = (uint8_t)(r->count < 255 ? r->count : 255)};
	struct leg_event ev = {.kind = LEG_DIVERTED, .divert = &d};

	if (leg->leg.incoming || leg->stage >= PS_UP)
		return;
	pri_number_in(&d.to, &r->to.number);
	leg_report(&leg->leg, &ev);
}
