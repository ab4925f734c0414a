/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/pri_status.c: STATUS received (Q.931 5.8.11). libpri acts on state 0 alone, where the far end knows
 * nothing of the call. Any other state that cannot be that of the same call is acted upon here: the call is
 * cleared with cause 101, or the two ends would differ until somebody hangs up. Loop thread.
 */
#include "channels/pri_private.h"

#include <syslog.h>

/* Call states (4.5.7), the same numbers at the user's side and the network's. */
enum { INITIATED = 1, OVERLAP_SENDING = 2, PROCEEDING_OUT = 3, DELIVERED = 4, PRESENT = 6, RECEIVED = 7,
       CONNECT_REQUEST = 8, PROCEEDING_IN = 9, ACTIVE = 10, OVERLAP_RECEIVING = 25 };

/* From the reader, which is inside libpri. */
void pri_status_seen(struct pri_leg *leg, unsigned state)
{
	leg->rx_state = (uint8_t)state;
	leg->rx_status = leg->link->rx_status = true;
}

static bool being_set_up(unsigned state)
{
	switch (state) {
	case INITIATED:
	case OVERLAP_SENDING:
	case PROCEEDING_OUT:
	case DELIVERED:
	case PRESENT:
	case RECEIVED:
	case CONNECT_REQUEST:
	case PROCEEDING_IN:
	case OVERLAP_RECEIVING:
		return true;
	default:
		return false;
	}
}

/* What the far end sent before our last message reached it is no contradiction; CONNECT is acknowledged within T313. States of clearing end by
 * their own timers. */
static bool fits(const struct pri_leg *leg)
{
	const struct pri_trunk *t = leg->link->trunk;
	bool settled = leg->since_us != PRI_UNSTAMPED && t->now_us >= leg->since_us + pri_timer_us(t, PT_T313);

	if (leg->stage == PS_UP)
		return !being_set_up(leg->rx_state) || (leg->leg.incoming && !settled);
	if (leg->stage == PS_SENT || leg->stage == PS_PROGRESSING)
		return leg->rx_state != ACTIVE || leg->leg.incoming;
	return true;
}

/* Between two messages, when libpri has done with the first. */
void pri_status_check(struct pri_link *link)
{
	if (!link->rx_status)
		return;
	link->rx_status = false;
	for (struct pri_leg *leg = link->trunk->legs; leg; leg = leg->next) {
		if (leg->link != link || !leg->rx_status)
			continue;
		leg->rx_status = false;
		if (leg->stage >= PS_CLEARING || fits(leg))
			continue;
		pri_log(link, LOG_WARNING, "call %u: the far end says it is in state %u: cleared", leg->cr,
			leg->rx_state);
		leg->far_first = true;
		pri_leg_clear(&leg->leg, &(struct leg_cause){.q850 = 101, .location = 1});
	}
}
