/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Advice of charge to a peer that has aoc: true, as 3GPP TS 24.647 has it: an XML body, application/vnd.etsi.aoc+xml, in INFO while the
 * call is up (AOC-D), in our BYE at its end (AOC-E). No header of an RFC carries a charge: P-Charge-Info (RFC 8496) names only who
 * pays. Rates (AOC-S) stay in the record. What a peer tells us: aoc_in.c.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/sip/internal.h"

enum { BODY_MAX = 600 };

/* The network's word for its currency, as XML can have it. */
static void currency_id(const char *in, char *out, size_t size)
{
	size_t n = 0;

	for (; *in && n + 1 < size; in++)
		if (isalnum((unsigned char)*in))
			out[n++] = *in;
	out[n] = 0;
}

static void charges(const struct leg_charge *c, char *out, size_t size)
{
	char id[16];

	currency_id(c->currency, id, sizeof(id));
	if (c->free)
		snprintf(out, size, "<free-charge/>");
	else if (c->currency[0])
		snprintf(out, size, "<recorded-currency-units><currency-id>%s</currency-id><currency-amount>%lld.%03lld"
			 "</currency-amount></recorded-currency-units>", id, (long long)c->thousandths / 1000,
			 (long long)c->thousandths % 1000);
	else if (c->units >= 0)
		snprintf(out, size, "<recorded-charging-units><recorded-number-of-units>%ld</recorded-number-of-units>"
			 "</recorded-charging-units>", c->units);
	else
		snprintf(out, size, "<not-available/>");
}

static void body(const struct leg_charge *c, char *out, size_t size)
{
	char recorded[300];

	charges(c, recorded, sizeof(recorded));
	snprintf(out, size, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n"
		 "<aoc xmlns=\"http://uri.etsi.org/ngn/params/xml/simservs/aoc\"><aoc-%c>%s<recorded-charges>%s"
		 "</recorded-charges><billing-id>normal-charging</billing-id></aoc-%c></aoc>\r\n",
		 tolower(c->when), c->when == 'D' ? "<charging-info>total</charging-info>" : "", recorded, tolower(c->when));
}

static int on_told(nta_outgoing_magic_t *arg, nta_outgoing_t *orq, const sip_t *sip)
{
	(void)arg;
	(void)orq;
	(void)sip;
	return 0;
}

int sip_charge(struct leg *leg, const struct leg_charge *charge)
{
	struct sip_leg *l = (struct sip_leg *)leg;
	char text[BODY_MAX];
	nta_outgoing_t *orq;

	if (!l->peer->conf.aoc || charge->when == 'S')
		return -EOPNOTSUPP;
	if (l->state != SIP_UP)
		return -EALREADY;
	body(charge, text, sizeof(text));
	if (charge->when == 'E') {
		free(l->bye_body);
		l->bye_body = strdup(text);
		return l->bye_body ? 0 : -ENOMEM;
	}
	orq = sip_send_request(l, SIP_METHOD_INFO, NULL, on_told, SIPTAG_CONTENT_TYPE_STR(SIP_AOC_TYPE),
			       SIPTAG_PAYLOAD_STR(text), TAG_END());
	sip_leg_trace(l, true, "INFO", "AOC-D");
	if (!orq)
		return -ENOMEM;
	nta_outgoing_destroy(orq);	/* repeated until it is answered; a peer that refuses it has the call all the same */
	return 0;
}
