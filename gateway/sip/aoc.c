/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Advice of charge to a peer that has aoc: true, as 3GPP TS 24.647 has it: an XML body, application/vnd.etsi.aoc+xml, in INFO while the
 * call is up (AOC-S as soon as it is, AOC-D), in our BYE at its end (AOC-E). No header of an RFC carries a charge: P-Charge-Info
 * (RFC 8496) names only who pays. What a peer tells us: aoc_in.c.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/sip/internal.h"

enum { RATE_MAX = 400, BODY_MAX = 300 + LEG_RATES_MAX * RATE_MAX };

static void charges(const struct leg_charge *c, char *out, size_t size)
{
	char id[11];

	sip_aoc_currency(c->currency, id);
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

static void rate(const struct leg_rate *r, const char *item, char *out, size_t size)
{
	char id[11], money[128], time[192] = "";

	sip_aoc_currency(r->currency, id);
	snprintf(money, sizeof(money), "<currency-id>%s</currency-id><currency-amount>%lld.%03lld</currency-amount>", id,
		 (long long)r->thousandths / 1000, (long long)r->thousandths % 1000);
	if (r->kind == 'T')
		snprintf(time, sizeof(time), "<length-time-unit><time-unit>%lu</time-unit><scale>%s</scale></length-time-unit>"
			 "<charging-type>%s</charging-type>", (unsigned long)r->length, sip_aoc_scales[r->scale % SIP_AOC_SCALES],
			 r->steps ? "step-function" : "continuous");
	if (r->kind == 'F')
		snprintf(out, size, "<%s><free-charge/></%s>", item, item);
	else if (r->kind == 'L')
		snprintf(out, size, "<%s><flat-rate>%s</flat-rate></%s>", item, money, item);
	else
		snprintf(out, size, "<%s><price-time>%s%s</price-time></%s>", item, money, time, item);
}

/* Each item once, in the order of the schema; an attempt and a set-up have no price by time there. False: nothing to tell. */
static bool rates_body(const struct leg_charge *c, char *out, size_t size)
{
	static const struct { char item; const char *name; } items[] = {
		{ 'B', "basic" }, { 'A', "communication-attempt" }, { 'S', "communication-setup" },
	};
	char list[LEG_RATES_MAX * RATE_MAX] = "";
	size_t at = 0;

	for (size_t i = 0; i < sizeof(items) / sizeof(items[0]); i++)
		for (unsigned j = 0; j < c->n_rates; j++) {
			const struct leg_rate *r = &c->rates[j];

			if (r->item != items[i].item || (r->kind == 'T' && (r->item != 'B' || r->scale >= SIP_AOC_SCALES)))
				continue;
			rate(r, items[i].name, list + at, sizeof(list) - at);
			at += strlen(list + at);
			break;
		}
	snprintf(out, size, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<aoc xmlns=\"http://uri.etsi.org/ngn/params/xml/simservs/aoc\">"
		 "<aoc-s><charged-items>%s</charged-items></aoc-s></aoc>\r\n", list);
	return at > 0;
}

static int on_told(nta_outgoing_magic_t *arg, nta_outgoing_t *orq, const sip_t *sip)
{
	(void)arg;
	(void)orq;
	(void)sip;
	return 0;
}

static int tell(struct sip_leg *l, const char *text, const char *what)
{
	/* Repeated until it is answered; a peer that refuses it has the call all the same. */
	nta_outgoing_t *orq = sip_send_request(l, SIP_METHOD_INFO, NULL, on_told, SIPTAG_CONTENT_TYPE_STR(SIP_AOC_TYPE),
					       SIPTAG_PAYLOAD_STR(text), TAG_END());

	sip_leg_trace(l, true, "INFO", what);
	if (!orq)
		return -ENOMEM;
	nta_outgoing_destroy(orq);
	return 0;
}

/* Rates come before the answer, and INFO cannot go before it. */
void sip_charge_ready(struct sip_leg *l)
{
	if (l->rates_body)
		tell(l, l->rates_body, "AOC-S");
	free(l->rates_body);
	l->rates_body = NULL;
}

static int keep(char **at, const char *text)
{
	free(*at);
	*at = strdup(text);
	return *at ? 0 : -ENOMEM;
}

int sip_charge(struct leg *leg, const struct leg_charge *charge)
{
	struct sip_leg *l = (struct sip_leg *)leg;
	char text[BODY_MAX];

	if (!l->peer->conf.aoc)
		return -EOPNOTSUPP;
	if (l->state > SIP_UP || (charge->when != 'S' && l->state != SIP_UP))
		return -EALREADY;
	if (charge->when == 'S') {
		if (!rates_body(charge, text, sizeof(text)))
			return -EOPNOTSUPP;
		return l->state == SIP_UP ? tell(l, text, "AOC-S") : keep(&l->rates_body, text);
	}
	body(charge, text, sizeof(text));
	return charge->when == 'E' ? keep(&l->bye_body, text) : tell(l, text, "AOC-D");
}
