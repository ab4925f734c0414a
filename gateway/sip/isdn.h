/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gateway/sip/isdn.h: what SIP carries for ISDN alone: user-to-user information (User-to-User, RFC 7433 and
 * RFC 7434) and subaddresses (the isub parameter of a number, RFC 3966 and RFC 4715). Pure.
 */
#ifndef GATEWAY_SIP_ISDN_H
#define GATEWAY_SIP_ISDN_H

#include <sofia-sip/sip.h>
#include <stdbool.h>
#include <stddef.h>

#include "channels/leg.h"

#define ISDN_UUI_MAX (2 * LEG_UUI_MAX + 64)	/* octets of a header line that isdn_uui_write() makes */
#define ISDN_SUB_MAX 96				/* of the parameters that isdn_sub_write() makes */

/* The first value for ISDN in the User-to-User headers of SIP; false when there is none that can be used. */
bool isdn_uui_read(const sip_t *sip, struct leg_uui *out);
bool isdn_uui_value(const char *value, struct leg_uui *out);	/* one header's value */
/* A whole header line, "User-to-User: 0448...;encoding=hex;...", or "" for none. */
void isdn_uui_write(const struct leg_uui *uui, char out[ISDN_UUI_MAX]);

/* The subaddress in a sip:, sips: or tel: URI; false when it has none that can be carried. */
bool isdn_sub_read(const url_t *url, struct leg_subaddress *out);
/* ";isub=...;isub-encoding=...", or "" for none. */
void isdn_sub_write(const struct leg_subaddress *sub, char out[ISDN_SUB_MAX]);

#endif
