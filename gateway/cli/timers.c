/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gateway/cli/timers.c: `tipring timers`: a table of the timers of ISDN trunks. */
#include <stdio.h>

#include "gateway/cli/cli.h"

static const char *amount(char buf[24], struct json_object *o, const char *key)
{
	long long v = ji(o, key);

	if (jb(o, "count"))
		snprintf(buf, 24, "%lld", v);
	else if (v % 1000)
		snprintf(buf, 24, "%lldms", v);
	else if (v % 60000)
		snprintf(buf, 24, "%llds", v / 1000);
	else
		snprintf(buf, 24, "%lldm", v / 60000);
	return buf;
}

static void put_timer(struct table *t, struct json_object *o)
{
	char text[24], more[24];

	table_cell(t, PLAIN, "%s", js(o, "trunk"));
	table_cell(t, BOLD, "%s", js(o, "name"));
	table_cell(t, ji(o, "value") == ji(o, "default") ? PLAIN : WARN, "%s", amount(text, o, "value"));
	table_cell(t, PLAIN, "%s", amount(text, o, "default"));
	table_cell(t, PLAIN, "%s to %s", amount(text, o, "min"), amount(more, o, "max"));
	table_cell(t, DIM, "%s", js(o, "clause"));
	table_cell(t, PLAIN, "%s", js(o, "why"));
}

int cli_timers(const struct cli *cli, int argc, char **argv)
{
	struct json_object *a, *timers, *request = cli_request("timers");
	struct table *t;
	int rc;

	if (argc)
		json_object_object_add(request, "trunk", json_object_new_string(argv[0]));
	rc = cli_ask(cli, request, 10, &a);
	if (rc == CLI_OK && !cli->json) {
		timers = jo(a, "timers");
		t = table_new("TRUNK|TIMER|>VALUE|>DEFAULT|RANGE|CLAUSE|WHAT FOR");
		for (size_t i = 0; i < jlen(timers); i++)
			put_timer(t, jat(timers, i));
		table_print(t);
	}
	json_object_put(a);
	return rc;
}
