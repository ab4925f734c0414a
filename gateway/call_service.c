/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What supplementary services tell about a call: its charge, and that it is malicious. Into the record, and to the other end. */
#include <stdio.h>

#include "gateway/call.h"
#include "gateway/log.h"
#include "gateway/trunk.h"

void call_charge(struct call_leg *cl, const struct leg_charge *charge)
{
	struct call *c = cl->call;
	struct leg *other = cl == &c->in ? c->out.leg : c->in.leg;
	struct record_leg *r = &cl->rec;

	snprintf(r->charge, sizeof(r->charge), "AOC-%c", charge->when);
	if (charge->when == 'S') {
		snprintf(r->charge_rates, sizeof(r->charge_rates), "%s", charge->text);
	} else {
		r->charge_free = charge->free;
		r->charge_units = charge->units > 0 ? (uint32_t)charge->units : 0;
		snprintf(r->charge_currency, sizeof(r->charge_currency), "%s", charge->currency);
		r->charge_thousandths = (uint64_t)charge->thousandths;
	}
	call_note(c, r->charge, "%s%ld units, %s %lld.%03lld %s", charge->free ? "free, " : "", charge->units < 0 ? 0 :
		  charge->units, charge->currency, (long long)charge->thousandths / 1000,
		  (long long)charge->thousandths % 1000, charge->text);
	if (other)
		leg_charge(other, charge);
}

/* People have to act on it: into the log as an alarm is. */
void call_malicious(struct call_leg *cl, const char *what)
{
	struct call *c = cl->call;
	struct leg *other = cl == &c->in ? c->out.leg : c->in.leg;

	snprintf(cl->rec.malicious, sizeof(cl->rec.malicious), "%s", what);
	call_note(c, "malicious call", "%s", what);
	log_line(LOG_L_WARNING, "call %llu: malicious call from %s to %s: %s", (unsigned long long)c->id,
		 c->from[0] ? c->from : "no number", c->number, what);
	if (cl == &c->out && other)	/* a PBX of ours asks: who called has it from his exchange */
		leg_malicious(other);
}
