/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Advice of charge from a peer that has aoc: true (a carrier): its XML body of 3GPP TS 24.647 annex D in INFO and BYE, and in the 200 to
 * our BYE. Read are the charges of AOC-D and AOC-E and the rates of AOC-S. Nobody's XML library: elements are
 * found by their local names, in any order, and what is not known is not looked at. A body that ends in the middle gives what stood whole.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "gateway/sip/internal.h"

enum { NAME_MAX_ = 40, TEXT_MAX_ = 40, UNITS_MAX = 100000000 };
#define THOUSANDTHS_MAX 1000000000000000	/* beyond it no amount is believed */

struct element {
	char name[NAME_MAX_];		/* without its prefix; "" for a comment, a declaration, an end */
	bool end;			/* </name> */
	char text[TEXT_MAX_];		/* up to the next "<", without space around it */
};

/* The next element at *P, before END; false: there is none. */
static bool next(const char **p, const char *end, struct element *e)
{
	const char *open = memchr(*p, '<', (size_t)(end - *p)), *close, *colon, *after;
	size_t n;

	close = open ? memchr(open, '>', (size_t)(end - open)) : NULL;
	if (!close)
		return false;
	open++;
	e->end = *open == '/';
	open += e->end;
	for (n = 0; open + n < close && !isspace((unsigned char)open[n]) && open[n] != '/'; n++)
		;
	colon = memchr(open, ':', n);
	if (colon) {
		n -= (size_t)(colon + 1 - open);
		open = colon + 1;
	}
	n = n < sizeof(e->name) && *open != '!' && *open != '?' ? n : 0;
	memcpy(e->name, open, n);
	e->name[n] = 0;
	*p = close + 1;
	after = memchr(*p, '<', (size_t)(end - *p));
	after = after ? after : end;
	for (open = *p; open < after && isspace((unsigned char)*open); open++)
		;
	for (; after > open && isspace((unsigned char)after[-1]); after--)
		;
	n = (size_t)(after - open) < sizeof(e->text) ? (size_t)(after - open) : 0;
	memcpy(e->text, open, n);
	e->text[n] = 0;
	return true;
}

/* "1.25" as thousandths; -1 when it is no such number. */
static int64_t decimal(const char *s)
{
	int64_t v = 0;
	int places = -1;

	if (!isdigit((unsigned char)*s))
		return -1;
	for (; isdigit((unsigned char)*s) || (*s == '.' && places < 0); s++) {
		if (*s == '.') {
			places = 0;
		} else if (places < 3) {
			v = v * 10 + (*s - '0');
			places += places >= 0;
		}
		if (v > THOUSANDTHS_MAX / 1000)
			return -1;
	}
	for (places = places < 0 ? 0 : places; places < 3; places++)
		v *= 10;
	return *s ? -1 : v;
}

static void units(const char *s, struct leg_charge *c)
{
	char *end;
	long n = strtol(s, &end, 10);

	if (end != s && !*end && n >= 0 && n <= UNITS_MAX && c->units < UNITS_MAX)
		c->units = (c->units < 0 ? 0 : c->units) + n;
}

void sip_aoc_currency(const char *s, char out[11])
{
	size_t n = 0;

	for (; *s && n < 10; s++)
		if (isalnum((unsigned char)*s))
			out[n++] = *s;
	out[n] = 0;
}

/* What stands in <aoc-d> or <aoc-e>. */
static void charge_element(const struct element *e, struct leg_charge *c, bool *money)
{
	if (!strcmp(e->name, "free-charge"))
		c->free = true;
	else if (!strcmp(e->name, "currency-id"))
		sip_aoc_currency(e->text, c->currency);
	else if (!strcmp(e->name, "currency-amount") && decimal(e->text) >= 0) {
		c->thousandths = decimal(e->text);
		*money = true;
	} else if (!strcmp(e->name, "recorded-number-of-units"))
		units(e->text, c);
}

const char *const sip_aoc_scales[SIP_AOC_SCALES] = {
	"one-hundredth-second", "one-tenth-second", "one-second", "ten-seconds", "one-minute", "one-hour", "twenty-four-hours",
};

/* What stands in <aoc-s>: an item, in it how it is charged, in that the price. ITEM is the one we are in. */
static void rate_element(const struct element *e, struct leg_charge *c, char *item)
{
	struct leg_rate *r = c->n_rates ? &c->rates[c->n_rates - 1] : NULL;
	char kind = !strcmp(e->name, "free-charge") ? 'F' : !strcmp(e->name, "flat-rate") ? 'L' : !strcmp(e->name, "price-time") ? 'T' : 0;

	if (!strcmp(e->name, "basic"))
		*item = 'B';
	else if (!strcmp(e->name, "communication-attempt"))
		*item = 'A';
	else if (!strcmp(e->name, "communication-setup"))
		*item = 'S';
	else if (kind && *item && c->n_rates < LEG_RATES_MAX)
		c->rates[c->n_rates++] = (struct leg_rate){ .item = *item, .kind = kind, .currency = "?", .length = 1, .scale = 2 };
	if (!r)
		return;
	if (!strcmp(e->name, "currency-id") && e->text[0])
		sip_aoc_currency(e->text, r->currency);
	else if (!strcmp(e->name, "currency-amount") && decimal(e->text) >= 0)
		r->thousandths = decimal(e->text);
	else if (!strcmp(e->name, "time-unit") && decimal(e->text) > 0 && decimal(e->text) / 1000 < 1 << 24)
		r->length = (uint32_t)(decimal(e->text) / 1000);
	else if (!strcmp(e->name, "charging-type"))
		r->steps = !strcmp(e->text, "step-function");
	for (uint8_t i = 0; !strcmp(e->name, "scale") && i < SIP_AOC_SCALES; i++)
		if (!strcmp(e->text, sip_aoc_scales[i]))
			r->scale = i;
}

/* Of several in one body that of the whole call is taken. */
static int rank(char when)
{
	return when == 'E' ? 3 : when == 'D' ? 2 : when == 'S';
}

bool sip_aoc_parse(const char *body, size_t len, struct leg_charge *out)
{
	const char *p = body, *end = body + len;
	struct element e;
	bool money = false;

	memset(out, 0, sizeof(*out));
	out->units = -1;
	for (char in = 0, item = 0; next(&p, end, &e);) {
		char which = !strcmp(e.name, "aoc-d") ? 'D' : !strcmp(e.name, "aoc-e") ? 'E' : !strcmp(e.name, "aoc-s") ? 'S' : 0;

		if (which && e.end) {
			in = 0;
		} else if (which && rank(which) >= rank(out->when)) {
			memset(out, 0, sizeof(*out));
			out->units = -1;
			out->when = in = which;
			money = false;
			item = 0;
		} else if (in == 'S' && !e.end) {
			rate_element(&e, out, &item);
		} else if (in && !e.end) {
			charge_element(&e, out, &money);
		}
	}
	if (!money)
		out->currency[0] = 0;
	else if (!out->currency[0])
		strcpy(out->currency, "?");
	if (out->when == 'S') {
		out->free = out->n_rates == 1 && out->rates[0].kind == 'F';
		leg_charge_text(out);
		out->when = out->n_rates ? 'S' : 0;
	}
	return out->when;
}

bool sip_aoc_body(const sip_t *sip)
{
	const sip_content_type_t *type = sip ? sip->sip_content_type : NULL;

	return type && type->c_type && !strcasecmp(type->c_type, SIP_AOC_TYPE) && sip->sip_payload && sip->sip_payload->pl_len;
}

/* Of a message within L's dialog, or of a response to ours. */
void sip_aoc_came(struct sip_leg *l, const sip_t *sip)
{
	struct leg_charge c;
	struct leg_event ev = { .kind = LEG_CHARGE, .charge = &c };

	if (!l->peer->conf.aoc || !l->leg.fn || l->reported || !sip_aoc_body(sip) ||
	    !sip_aoc_parse(sip->sip_payload->pl_data, sip->sip_payload->pl_len, &c))
		return;
	leg_report(&l->leg, &ev);
}

const char *sip_allowed(const struct sip_leg *l)
{
	return l->peer->conf.aoc ? SIP_ALLOW ", INFO" : SIP_ALLOW;
}
