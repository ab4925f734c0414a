/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Advice of charge as a carrier writes it: whatever comes, the charge that is read is one that can be recorded. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/sip/internal.h"
#include "tests/fuzz/fuzz.h"

static void check_name(const char *name, size_t size)
{
	if (strnlen(name, size) == size)
		abort();
	for (const char *p = name; *p; p++)
		if (!isalnum((unsigned char)*p) && *p != '?')
			abort();
}

static void check_rates(const struct leg_charge *c)
{
	if (c->n_rates > LEG_RATES_MAX || (c->when == 'S') != (c->n_rates > 0) || (c->when == 'S' && !c->text[0]))
		abort();
	for (unsigned i = 0; i < c->n_rates; i++) {
		const struct leg_rate *r = &c->rates[i];

		if (!strchr("BAS", r->item) || !strchr("FLT", r->kind) || r->thousandths < 0 || r->thousandths > 1000000000000000 ||
		    r->scale >= SIP_AOC_SCALES)
			abort();
		check_name(r->currency, sizeof(r->currency));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct leg_charge c;
	bool found = sip_aoc_parse((const char *)data, size, &c);

	if (found != (c.when != 0) || (c.when && !strchr("SDE", c.when)) || c.units < -1 || c.units > 200000000 || c.thousandths < 0 ||
	    c.thousandths > 1000000000000000)
		abort();
	if (!c.currency[0] && c.thousandths)
		abort();
	check_name(c.currency, sizeof(c.currency));
	check_rates(&c);
	return 0;
}
