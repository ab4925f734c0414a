/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commands that act on ISDN lines: out, in, restart. */
#include <stdio.h>
#include <string.h>

#include "gateway/cli/cli.h"

#define ASK_S 10

static void put_done(const char *act, struct json_object *a)
{
	long long lines = ji(a, "lines"), calls = ji(a, "calls");
	const char *s = lines == 1 ? "" : "s";

	if (strcmp(act, "restart") == 0)
		printf("%lld line%s restarted; %lld with a call left alone\n", lines - calls, lines - calls == 1 ? "" : "s",
		       calls);
	else if (strcmp(act, "out") == 0)
		printf("%lld line%s taken out of service; %lld when the call on it ends\n", lines, s, calls);
	else
		printf("%lld line%s put back into service\n", lines, s);
}

static int act(const struct cli *cli, const char *name, int argc, char **argv)
{
	struct json_object *q = cli_request(name), *a;
	char what[96];
	int rc;

	snprintf(what, sizeof(what), "%s%s%s", argv[0], argc > 1 ? " " : "", argc > 1 ? argv[1] : "");
	json_object_object_add(q, "what", json_object_new_string(what));
	rc = cli_ask(cli, q, ASK_S, &a);
	if (rc == CLI_OK && !cli->json)
		put_done(name, a);
	json_object_put(a);
	return rc;
}

int cli_out(const struct cli *cli, int argc, char **argv)
{
	return act(cli, "out", argc, argv);
}

int cli_in(const struct cli *cli, int argc, char **argv)
{
	return act(cli, "in", argc, argv);
}

int cli_restart(const struct cli *cli, int argc, char **argv)
{
	return act(cli, "restart", argc, argv);
}
