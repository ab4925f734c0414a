/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests/tools/dialects.c: the table of channels/pri_dialect.c as JSON, for tests that hold the gateway to it.
 */
#include <stdio.h>

#include "channels/pri_dialect.h"

static const char *by(enum pri_by b)
{
	return b == BY_NONE ? "none" : b == BY_ELEMENT ? "element" : "facility";
}

int main(void)
{
	printf("[");
	for (int i = 0; i < PRI_DIALECTS; i++) {
		const struct pri_dialect_def *d = pri_dialect_def((enum pri_dialect)i);

		printf("%s{\"name\": \"%s\", \"e1\": %d, \"t1\": %d, \"name_user\": \"%s\", \"name_net\": \"%s\", \"redirecting\": \"%s\", "
		       "\"overlap\": %d, \"hold\": %d, \"hold_notify\": %d, \"nsf\": %d}", i ? ",\n " : "", d->name, d->e1, d->t1, by(d->name_user),
		       by(d->name_net), by(d->redirecting), d->overlap, (d->services >> PRI_SERVICE_HOLD) & 1, d->hold_notify, d->nsf);
	}
	puts("]");
	return 0;
}
