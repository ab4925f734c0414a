/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commands that act on ISDN lines and D channels: out, in, restart, changeover. */
#include <stdio.h>
#include <string.h>

#include "gateway/cli/cli.h"

#define ASK_S 10

/* "1/7", "1 line", "30 lines". */
static const char *lines_text(struct json_object *a, long long n)
{
	static char text[48];

	if (*js(a, "line"))
		snprintf(text, sizeof(text), "%.32s", js(a, "line"));
	else
		snprintf(text, sizeof(text), "%lld line%s", n, n == 1 ? "" : "s");
	return text;
}

static void put_done(const char *act, struct json_object *a)
{
	long long lines = ji(a, "lines"), calls = ji(a, "calls");
	bool one = *js(a, "line");

	if (strcmp(act, "restart") == 0 && one && calls) {
		printf("%s has a call and was left alone\n", js(a, "line"));
	} else if (strcmp(act, "restart") == 0) {
		printf("%s restarted", lines_text(a, lines - calls));
		if (calls)
			printf("; %lld with a call left alone", calls);
		putchar('\n');
	} else if (strcmp(act, "out") == 0) {
		printf("%s taken out of service", lines_text(a, lines));
		if (one && calls)
			printf(" when its call ends");
		else if (calls)
			printf(", %lld of them when %s call%s end%s", calls, calls == 1 ? "its" : "their", calls == 1 ? "" : "s",
			       calls == 1 ? "s" : "");
		putchar('\n');
	} else {
		printf("%s put back into service\n", lines_text(a, lines));
	}
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

int cli_changeover(const struct cli *cli, int argc, char **argv)
{
	struct json_object *q = cli_request("changeover"), *a;
	int rc;

	(void)argc;
	json_object_object_add(q, "trunk", json_object_new_string(argv[0]));
	rc = cli_ask(cli, q, ASK_S, &a);
	if (rc == CLI_OK && !cli->json)
		printf("%s signals on span %lld now, its %s D channel\n", js(a, "trunk"), (long long)ji(a, "span"), js(a, "dchannel"));
	json_object_put(a);
	return rc;
}
