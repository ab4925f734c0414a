/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gateway/sip/diversion.h: a call that was redirected: Diversion (RFC 5806) and History-Info (RFC 7044) to the
 * redirecting and the original called number of struct leg_offer and back, by the tables of RFC 7544. Pure.
 */
#ifndef GATEWAY_SIP_DIVERSION_H
#define GATEWAY_SIP_DIVERSION_H

#include <sofia-sip/sip.h>

#include "channels/leg.h"

#define DIVERSION_MAX 2400	/* octets of a header value that is written, with the ending zero */
#define DIVERSION_LINES (2 * DIVERSION_MAX + 32)	/* of both header lines */

/* Redirecting, original, their reasons and the count. Where both headers tell of redirections, the one that knows
 * of more counts; History-Info when they agree. */
void diversion_read(const sip_t *sip, struct leg_offer *out);
/* Where a response says that the call is now, and why: the last entry of its History-Info, when that is a redirection. */
bool diversion_target(const sip_t *sip, struct leg_number *out, uint8_t *reason);
/* Why a 3xx sends a call on: the cause in its TARGET (RFC 4458), else what its own headers tell of one redirection more than the COUNT
 * that the INVITE had. Q.953 reason, 0 when it does not say. */
uint8_t diversion_why(const sip_t *sip, const url_t *target, unsigned count);
/* Does the diversion that it adds to those COUNT hide who sends the call on? */
bool diversion_hides(const sip_t *sip, unsigned count);
/* Values, "" when the call was not redirected. HOST names us in URIs. TRUST: the peer may see numbers that are hidden. */
void diversion_write(const struct leg_offer *o, const char *host, bool trust, char out[DIVERSION_MAX]);
void diversion_history(const struct leg_offer *o, const char *host, bool trust, const char *target, char out[DIVERSION_MAX]);

#endif
