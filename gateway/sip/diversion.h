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
/* What a 301 or 302 says of its reason, and whether who sends the call on hides his number; false when it has no Diversion. */
bool diversion_redirects(const sip_t *sip, uint8_t *reason, bool *hidden);
/* Values, "" when the call was not redirected. HOST names us in URIs. TRUST: the peer may see numbers that are hidden. */
void diversion_write(const struct leg_offer *o, const char *host, bool trust, char out[DIVERSION_MAX]);
void diversion_history(const struct leg_offer *o, const char *host, bool trust, const char *target, char out[DIVERSION_MAX]);

#endif
