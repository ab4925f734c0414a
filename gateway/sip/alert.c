/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Alert-Info (RFC 3261 20.4) to the ring that a telephone is given: "Bellcore-dr2", as most switches write a distinctive ring, is "2";
 * any other info= parameter is passed as its word. A URI to fetch is not followed.
 */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "gateway/sip/internal.h"

void sip_alert_ring(const char *value, char *out, size_t size)
{
	const char *dr = strcasestr(value, "bellcore-dr"), *info = strcasestr(value, "info=");
	size_t n = 0;

	out[0] = 0;
	if (dr && isdigit((unsigned char)dr[11])) {
		out[n++] = dr[11];
	} else if (info) {
		info += 5;
		info += *info == '"';
		while (n + 1 < size && (isalnum((unsigned char)info[n]) || (info[n] && strchr("-_.", info[n])))) {
			out[n] = info[n];
			n++;
		}
	}
	out[n] = 0;
}

void sip_alert_read(const sip_t *sip, struct leg_offer *offer)
{
	for (const sip_unknown_t *u = sip->sip_unknown; u && !offer->ring[0]; u = u->un_next)
		if (u->un_name && u->un_value && !strcasecmp(u->un_name, "Alert-Info"))
			sip_alert_ring(u->un_value, offer->ring, sizeof(offer->ring));
}
