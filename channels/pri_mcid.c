/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/pri_mcid.c: malicious call identification (EN 300 130-1): the exchange is asked to keep who is calling, while the call
 * is up; and the same asked of us by a PBX, which people are to see. Also what all messages carry for the
 * supplementary services, handed to the file that knows it. Loop thread.
 *
 * libpri 1.6.0, found by trial: of EuroISDN only (NI2: an error); the network side accepts by itself where the feature is enabled.
 */
#include "channels/pri_private.h"

#include <errno.h>
#include <syslog.h>

int pri_leg_malicious(struct leg *l)
{
	struct pri_leg *leg = (struct pri_leg *)l;

	if (!pri_has(leg->link, PRI_SERVICE_MCID) || leg->link->trunk->conf.side == PRI_NETWORK)
		return -EOPNOTSUPP;
	if (!l->incoming || leg->stage != PS_UP || !leg->call)
		return -EALREADY;
	return pri_mcid_req_send(leg->link->pri, leg->call) ? -EOPNOTSUPP : 0;
}

void pri_mcid_came(struct pri_leg *leg, const struct pri_subcommand *s)
{
	static const char *const results[] = {"kept by the exchange", "no answer from the exchange", "refused by the exchange",
					      "rejected by the exchange"};
	int status = s->cmd == PRI_SUBCMD_MCID_RSP ? s->u.mcid_rsp.status : -1;
	struct leg_event ev = {.kind = LEG_MALICIOUS, .how = "asked for by the far end"};

	if (s->cmd == PRI_SUBCMD_MCID_RSP)
		ev.how = status >= 0 && status < 4 ? results[status] : "of unknown result";
	pri_log(leg->link, LOG_WARNING, "call %u: identification of a malicious call: %s", leg->cr, ev.how);
	leg_report(&leg->leg, &ev);
}

void pri_subcommands(struct pri_link *link, q931_call *call, const struct pri_subcommands *s)
{
	for (int i = 0; i < s->counter_subcmd && i < PRI_MAX_SUBCOMMANDS; i++) {
		struct pri_subcommand one = s->subcmd[i]; /* what answers it may overwrite the event */
		struct pri_leg *leg = pri_leg_of(link, call);

		switch (one.cmd) {
		case PRI_SUBCMD_REROUTING:
			pri_reroute_asked(link, call, &one.u.rerouting);
			return;
		case PRI_SUBCMD_TRANSFER_CALL:
			pri_transfer_asked(link, call, &one.u.transfer);
			return;
		case PRI_SUBCMD_AOC_S:
		case PRI_SUBCMD_AOC_D:
		case PRI_SUBCMD_AOC_E:
		case PRI_SUBCMD_AOC_CHARGING_REQ_RSP:
			if (leg)
				pri_aoc_came(leg, &one);
			break;
		case PRI_SUBCMD_REDIRECTING:
			if (leg)
				pri_diverted(leg, &one.u.redirecting);
			break;
		case PRI_SUBCMD_MCID_REQ:
		case PRI_SUBCMD_MCID_RSP:
			if (leg)
				pri_mcid_came(leg, &one);
			break;
		default:
			break;
		}
	}
}
