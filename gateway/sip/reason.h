/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gateway/sip/reason.h: why a call ends, on the SIP side: Reason headers (RFC 3326, in responses RFC 6432)
 * and statuses to struct leg_cause and back. Pure.
 */
#ifndef GATEWAY_SIP_REASON_H
#define GATEWAY_SIP_REASON_H

#include <sofia-sip/sip.h>
#include <stddef.h>

#include "channels/leg.h"
#include "conf/trunks.h"

#define REASON_MAX 192	/* octets of a Reason value that we write, with the ending zero */

/* Cause locations (Q.850 2.2.3) that this folder gives. */
enum { LOCATION_LPN = 1, LOCATION_BEYOND = 10 };

/* What a request or final response from the far end says: a Reason with protocol Q.850 wins over the table of
 * statuses. STATUS 0 for BYE and CANCEL. */
void reason_read(const sip_reason_t *reasons, int status, struct leg_cause *out);
/* The same with a trunk's own row (statuses:) in the place of the table's. */
void reason_read_for(const struct conf_sip *conf, const sip_reason_t *reasons, int status, struct leg_cause *out);
/* The status of the final response that ends a call with CAUSE; BY says which row it is from. */
int reason_status(const struct conf_sip *conf, const struct leg_cause *cause, const char **by);
/* The value of our Reason header: Q.850;cause=17;text="user busy". OUT has REASON_MAX octets. */
void reason_write(const struct leg_cause *cause, char *out);
/* A cause of our own. */
void reason_own(struct leg_cause *out, int q850, const char *text);

#endif
