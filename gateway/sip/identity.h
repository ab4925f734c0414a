/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gateway/sip/identity.h: who calls whom: From, P-Asserted-Identity (RFC 3325) and Privacy (RFC 3323)
 * to struct leg_offer and back; sip: and tel: user parts to struct leg_number. Pure.
 */
#ifndef GATEWAY_SIP_IDENTITY_H
#define GATEWAY_SIP_IDENTITY_H

#include <sofia-sip/sip.h>
#include <stddef.h>

#include "channels/leg.h"
#include "gateway/sip/isdn.h"

#define IDENTITY_MAX 576	/* octets of a header value that we write, with the ending zero */
#define IDENTITY_URI_MAX 432

/* The number in a sip:, sips: or tel: URI. -EINVAL when the scheme is another one; digits "" when the user
 * part is missing or too long. */
int identity_number(const url_t *url, struct leg_number *out);

/* Called, calling, redirecting, subaddresses, the calling name and user-user information of an INVITE. TRUST: P-Asserted-Identity is
 * believed, or Remote-Party-ID where that is all there is. */
int identity_read(const sip_t *sip, bool trust, struct leg_offer *out);
/* The same of a response or a request in the call, for the connected number, name and subaddress; false when there is none. */
bool identity_connected(const sip_t *sip, struct leg_number *out, struct leg_extra *extra);

/* Header values of an outgoing INVITE; "" where the header is to be left out. HOST names us in URIs. */
struct identity_headers {
	char from[IDENTITY_MAX], pai[IDENTITY_MAX], privacy[8];
	char uui[ISDN_UUI_MAX];	/* with its name */
};
void identity_write(const struct leg_offer *offer, const char *host, bool trust, struct identity_headers *out);
/* sip:USER@HOST for a number. OUT has IDENTITY_URI_MAX octets. */
void identity_uri(const struct leg_number *number, const char *host, char *out);
/* The same with an isub parameter; SUB may be NULL. */
void identity_uri_sub(const struct leg_number *number, const struct leg_subaddress *sub, const char *host, char *out);

/* Calls FN with each entry of each header NAME that sofia-sip does not know, in their order, until it returns false. */
typedef bool identity_each_fn(void *arg, const sip_from_t *f);
void identity_each(const sip_t *sip, const char *name, identity_each_fn *fn, void *arg);

#endif
