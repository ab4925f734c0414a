/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gateway/sip/identity.h: who calls whom: From, P-Asserted-Identity (RFC 3325), Privacy (RFC 3323) and
 * Diversion (RFC 5806) to struct leg_offer and back; sip: and tel: user parts to struct leg_number. Pure.
 */
#ifndef GATEWAY_SIP_IDENTITY_H
#define GATEWAY_SIP_IDENTITY_H

#include <sofia-sip/sip.h>
#include <stddef.h>

#include "channels/leg.h"

#define IDENTITY_MAX 416	/* octets of a header value that we write, with the ending zero */
#define IDENTITY_URI_MAX 272

/* The number in a sip:, sips: or tel: URI. -EINVAL when the scheme is another one; digits "" when the user
 * part is missing or too long. */
int identity_number(const url_t *url, struct leg_number *out);

/* Called, calling, redirecting and the calling name of an INVITE. TRUST: P-Asserted-Identity is believed. */
int identity_read(const sip_t *sip, bool trust, struct leg_offer *out);
/* P-Asserted-Identity of a response, for the connected number; false when there is none. */
bool identity_connected(const sip_t *sip, struct leg_number *out);

/* Header values of an outgoing INVITE; "" where the header is to be left out. HOST names us in URIs. */
struct identity_headers {
	char from[IDENTITY_MAX], pai[IDENTITY_MAX], privacy[8], diversion[IDENTITY_MAX + 64];
};
void identity_write(const struct leg_offer *offer, const char *host, bool trust, struct identity_headers *out);
/* sip:USER@HOST for a number. OUT has IDENTITY_URI_MAX octets. */
void identity_uri(const struct leg_number *number, const char *host, char *out);

#endif
