/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/pri_dialect.c: the table of dialects; see pri_dialect.h. What it says of names and redirecting
 * numbers is what tests/unit/test_pri_dialect.c sees pass between two ends. Pure.
 *
 * J1 (INS-Net 1500) is none of them: euroisdn on a 24-channel span is the plain Q.931 that TTC's JT-Q931 is
 * made from, and the nearest that libpri has.
 *
 * Overlap is part of ETS 300 102-1 (5.1.3, 5.2.4) and of QSIG's basic call (ECMA-143, ISO/IEC 11572). The North American ones
 * are en bloc (NIS-A211-1, TR 41459, SR-4994): a SETUP has the whole number and nothing that says so. libpri, too, says "sending
 * complete" by itself in EuroISDN alone (q931.c, transmit_sending_complete()), so that a gateway that takes digits one by one
 * would wait for T302 at each of their calls.
 *
 * HOLD is Q.932's, and libpri speaks it in every dialect; a trunk asks for it by services:. NOTIFY of a remote hold (Q.931 4.5.22,
 * EN 300 196-1) it sends in EuroISDN alone (q931.c, q931_notify()): elsewhere a far end without HOLD is told nothing.
 *
 * SERVICE: libpri reads the change status element in 4ess, 5ess, dms100 and ni2 only. AT&T's switches have the
 * messages (TR 41459). A DMS-100 has them where both ends agree on it, and one that hears of them from one end only
 * may put its channels out (Nortel's and Avaya's manuals of the Meridian 1); NI2 has them by some makers (Dialogic)
 * and has not by others (NEC): these two get none by themselves.
 */
#include "channels/pri_dialect.h"

#include <string.h>

#include "channels/pri_private.h"

#define SERVICE(s) (1U << PRI_SERVICE_##s)
#define ECT (SERVICE(HOLD) | SERVICE(TRANSFER))

static const struct pri_dialect_def dialects[PRI_DIALECTS] = {
	[PRI_EUROISDN_E1] = {"euroisdn", PRI_SWITCH_EUROISDN_E1, .overlap = true, .hold_notify = true, .services = ECT | SERVICE(REROUTE) | SERVICE(AOC) | SERVICE(MCID),
			     .e1 = true, .facility = true, .name_net = BY_ELEMENT, .redirecting = BY_FACILITY, .redirect_count = true},
	[PRI_EUROISDN_T1] = {"euroisdn", PRI_SWITCH_EUROISDN_T1, .overlap = true, .hold_notify = true, .services = ECT | SERVICE(REROUTE) | SERVICE(AOC) | SERVICE(MCID),
			     .t1 = true, .facility = true, .name_net = BY_ELEMENT, .redirecting = BY_FACILITY, .redirect_count = true},
	[PRI_NATIONAL1] = {"ni1", PRI_SWITCH_NI1, .services = SERVICE(HOLD), .t1 = true, .name_user = BY_ELEMENT, .name_net = BY_ELEMENT,
			   .redirecting = BY_ELEMENT},
	[PRI_NATIONAL2] = {"ni2", PRI_SWITCH_NI2, .services = ECT, .t1 = true, .facility = true, .name_user = BY_ELEMENT,
			   .name_net = BY_ELEMENT, .redirecting = BY_ELEMENT, .service = true, .nfas = true}, /* and names by facility */
	[PRI_DMS100] = {"dms100", PRI_SWITCH_DMS100, .services = ECT, .t1 = true, .name_user = BY_ELEMENT, .name_net = BY_ELEMENT,
			.redirecting = BY_ELEMENT, .service = true, .nfas = true},
	[PRI_4ESS] = {"4ess", PRI_SWITCH_ATT4ESS, .services = ECT, .t1 = true, .name_user = BY_ELEMENT, .name_net = BY_ELEMENT,
		      .redirecting = BY_ELEMENT, .nsf = true, .service = true, .service_auto = true, .nfas = true},
	[PRI_5ESS] = {"5ess", PRI_SWITCH_LUCENT5E, .services = ECT, .t1 = true, .name_user = BY_ELEMENT, .name_net = BY_ELEMENT,
		      .redirecting = BY_ELEMENT, .nsf = true, .service = true, .service_auto = true, .nfas = true},
	[PRI_QSIG] = {"qsig", PRI_SWITCH_QSIG, .overlap = true, .services = ECT | SERVICE(REROUTE), .e1 = true, .t1 = true, .facility = true,
		      .name_user = BY_FACILITY, .name_net = BY_FACILITY, .redirecting = BY_FACILITY,
		      .redirect_count = true},
};

const struct pri_dialect_def *pri_dialect_def(enum pri_dialect d)
{
	return &dialects[d];
}

enum pri_dialect pri_dialect_find(const char *name, bool e1)
{
	for (size_t i = 0; i < PRI_DIALECTS; i++)
		if (!strcmp(dialects[i].name, name) && (e1 ? dialects[i].e1 : dialects[i].t1))
			return (enum pri_dialect)i;
	return PRI_DIALECTS;
}

/* In the order of enum conf_nsf (conf/trunks.h). */
int pri_nsf(unsigned which)
{
	static const int octets[] = {
		0, PRI_NSF_SID_PREFERRED, PRI_NSF_ANI_PREFERRED, PRI_NSF_SID_ONLY, PRI_NSF_ANI_ONLY,
		PRI_NSF_OPERATOR, PRI_NSF_PCCO, PRI_NSF_SDN, PRI_NSF_TOLL_FREE_MEGACOM, PRI_NSF_MEGACOM,
		PRI_NSF_ACCUNET, PRI_NSF_LONG_DISTANCE_SERVICE, PRI_NSF_INTERNATIONAL_TOLL_FREE,
		PRI_NSF_ATT_MULTIQUEST, PRI_NSF_CALL_REDIRECTION_SERVICE,
	};

	return which < sizeof(octets) / sizeof(octets[0]) ? octets[which] : 0;
}
