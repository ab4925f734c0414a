/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Advice of charge from a peer that has aoc: true (a carrier): its XML body of 3GPP TS 24.647 annex D in INFO and BYE, and in the 200 to
 * our BYE. Read are the charges of AOC-D and AOC-E; rates (AOC-S) are passed over. Nobody's XML library: elements are
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

static void currency(const char *s, char out[11])
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
		currency(e->text, c->currency);
	else if (!strcmp(e->name, "currency-amount") && decimal(e->text) >= 0) {
		c->thousandths = decimal(e->text);
		*money = true;
	} else if (!strcmp(e->name, "recorded-number-of-units"))
		units(e->text, c);
}

bool sip_aoc_parse(const char *body, size_t len, struct leg_charge *out)
{
	const char *p = body, *end = body + len;
	struct element e;
	bool money = false;

	memset(out, 0, sizeof(*out));
	out->units = -1;
	for (char in = 0; next(&p, end, &e);) {
		char which = !strcmp(e.name, "aoc-d") ? 'D' : !strcmp(e.name, "aoc-e") ? 'E' : 0;

		if (which && e.end) {
			in = 0;
		} else if (which && which >= out->when) {	/* of both, that of the whole call */
			memset(out, 0, sizeof(*out));
			out->units = -1;
			out->when = in = which;
			money = false;
		} else if (in && !e.end) {
			charge_element(&e, out, &money);
		}
	}
	if (!money)
		out->currency[0] = 0;
	else if (!out->currency[0])
		strcpy(out->currency, "?");
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
