/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tipring cause: what a Q.850 cause or a SIP status is called, and what becomes of it at the border. Needs no daemon. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/cause.h"
#include "gateway/cli/cli.h"

static void cause_row(struct table *t, int q850)
{
	int sip = cause_to_sip(q850);

	table_cell(t, PLAIN, "%d", q850);
	table_cell(t, PLAIN, "%s", cause_name(q850));
	table_cell(t, PLAIN, "%d %s", sip, sip_phrase(sip));
	table_cell(t, PLAIN, "%s", cause_reroutes(q850) ? "next destination" : "ends the call");
	table_cell(t, DIM, "%s", cause_to_sip_source(q850));
}

static void status_row(struct table *t, int sip)
{
	int q850 = cause_from_sip(sip);

	table_cell(t, PLAIN, "%d", sip);
	table_cell(t, PLAIN, "%s", sip_phrase(sip));
	table_cell(t, PLAIN, "%d %s", q850, cause_name(q850));
	table_cell(t, PLAIN, "%s", cause_reroutes(q850) ? "next destination" : "ends the call");
	table_cell(t, DIM, "%s", cause_from_sip_source(sip));
}

static bool has_name(int q850)
{
	return strcmp(cause_name(q850), "unknown cause") != 0;
}

int cli_cause(const struct cli *cli, int argc, char **argv)
{
	char *end = NULL;
	long v = argc ? strtol(argv[0], &end, 10) : 0;
	struct table *t;

	(void)cli;
	if (argc && (*end || v < 1 || (v > 127 && v < 300) || v > 699)) {
		fprintf(stderr, "tipring: \"%s\" is neither a Q.850 cause (1 to 127) nor a final SIP status (300 to 699)\n", argv[0]);
		return CLI_USAGE;
	}
	if (v >= 300) {
		t = table_new(">SIP|phrase|Q.850|before answer|by");
		status_row(t, (int)v);
	} else {
		t = table_new(">Q.850|cause|SIP|before answer|by");
		for (int q = argc ? (int)v : 1; q <= (argc ? (int)v : 127); q++)
			if (argc || has_name(q))
				cause_row(t, q);
	}
	table_print(t);
	return CLI_OK;
}
