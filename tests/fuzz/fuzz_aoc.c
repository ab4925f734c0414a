/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Advice of charge as a carrier writes it: whatever comes, the charge that is read is one that can be recorded. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/sip/internal.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct leg_charge c;
	bool found = sip_aoc_parse((const char *)data, size, &c);

	if (found != (c.when == 'D' || c.when == 'E') || c.units < -1 || c.units > 200000000 || c.thousandths < 0 ||
	    c.thousandths > 1000000000000000)
		abort();
	if (strnlen(c.currency, sizeof(c.currency)) == sizeof(c.currency) || (!c.currency[0] && c.thousandths))
		abort();
	for (const char *p = c.currency; *p; p++)
		if (!isalnum((unsigned char)*p) && *p != '?')
			abort();
	return 0;
}
