/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gateway/cause.h: causes at the border, as data. SIP status to Q.850 by RFC 3398 8.2.6.1, Q.850 to SIP by
 * 7.2.4.1, RFC 4497 where it is silent. Pure; any thread. */
#ifndef GATEWAY_CAUSE_H
#define GATEWAY_CAUSE_H

#include <stdbool.h>

const char *cause_name(int q850);	/* "user busy"; "unknown cause" outside the table */
/* Final SIP status for a cause; never 603, never a 2xx. An unmapped cause gets its class's: 4xx or 5xx. */
int cause_to_sip(int q850);
/* Where the row that cause_to_sip() took comes from: "RFC 3398 7.2.4.1", "own choice: as 31". */
const char *cause_to_sip_source(int q850);
const char *cause_from_sip_source(int status);
const char *cause_location_name(int location);	/* Q.850 2.2.3: "user"; "location not known" */
const char *sip_phrase(int status);	/* "Busy Here" */
/* Cause for a final SIP status of 300 and up. */
int cause_from_sip(int status);
/* Does this cause send a call to the next destination (congestion, out of order, not reachable)? Never
 * busy, rejected, no answer or unallocated. */
bool cause_reroutes(int q850);

#endif
