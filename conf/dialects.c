/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * conf/dialects.c: what each ISDN dialect has, for the checker: what is not sent must not be asked for. The driver's own
 * table is channels/pri_dialect.c, which this folder may not see; tests/unit/test_pri_dialect.c compares the two.
 */
#include "conf/reader.h"

#define SERVICE(s) (1U << CONF_SERVICE_##s)
#define ECT (SERVICE(HOLD) | SERVICE(TRANSFER))

const char *const conf_dialect_words[] = { "euroisdn", "ni1", "ni2", "dms100", "4ess", "5ess", "qsig", NULL };
const char *const conf_service_words[] = { "hold", "transfer", "deflect", "aoc", "mcid", NULL };

static const struct conf_dialect_def dialects[CONF_DIALECTS] = {
	[CONF_EUROISDN] = { .e1 = true, .overlap = true, .services = ECT | SERVICE(DEFLECT) | SERVICE(AOC) | SERVICE(MCID) },
	[CONF_NI1] = { .services = SERVICE(HOLD) },
	[CONF_NI2] = { .services = ECT, .service_messages = true, .nfas = true },
	[CONF_DMS100] = { .services = ECT, .service_messages = true, .nfas = true },
	[CONF_4ESS] = { .services = ECT, .service_messages = true, .nfas = true, .nsf = true },
	[CONF_5ESS] = { .services = ECT, .service_messages = true, .nfas = true, .nsf = true },
	[CONF_QSIG] = { .e1 = true, .overlap = true, .services = ECT | SERVICE(DEFLECT) },
};

const char *conf_dialect_name(enum conf_dialect d)
{
	return conf_dialect_words[d];
}

const struct conf_dialect_def *conf_dialect_def(enum conf_dialect d)
{
	return &dialects[d];
}
