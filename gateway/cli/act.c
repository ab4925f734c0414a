/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commands that change something: clear, drain, reload, log, fault. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/cli/cli.h"
#include "gateway/site.h"

#define ASK_S 10
#define RELOAD_S 60		/* a million rows take a while */

/* A whole number, or usage. */
static bool number(const char *text, int64_t *out)
{
	char *end;

	*out = strtoll(text, &end, 10);
	if (*text && !*end)
		return true;
	fprintf(stderr, "tipring: \"%s\" is no number\n", text);
	return false;
}

int cli_clear(const struct cli *cli, int argc, char **argv)
{
	struct json_object *q, *a;
	int64_t call;
	int rc;

	(void)argc;
	if (!number(argv[0], &call))
		return CLI_USAGE;
	q = cli_request("clear");
	json_object_object_add(q, "call", json_object_new_int64(call));
	rc = cli_ask(cli, q, ASK_S, &a);
	if (rc == CLI_OK && !cli->json)
		printf("call %lld is being cleared\n", (long long)ji(a, "cleared"));
	json_object_put(a);
	return rc;
}

int cli_mcid(const struct cli *cli, int argc, char **argv)
{
	struct json_object *q, *a;
	int64_t call;
	int rc;

	(void)argc;
	if (!number(argv[0], &call))
		return CLI_USAGE;
	q = cli_request("mcid");
	json_object_object_add(q, "call", json_object_new_int64(call));
	rc = cli_ask(cli, q, ASK_S, &a);
	if (rc == CLI_OK && !cli->json)
		printf("the exchange is asked to keep who called in call %lld; tipring ladder shows its answer\n",
		       (long long)ji(a, "asked"));
	json_object_put(a);
	return rc;
}

int cli_drain(const struct cli *cli, int argc, char **argv)
{
	struct json_object *q, *a;
	int rc;

	if (argc && strcmp(argv[0], "off") != 0 && strcmp(argv[0], "on") != 0) {
		fprintf(stderr, "usage: tipring drain [off]\n");
		return CLI_USAGE;
	}
	q = cli_request("drain");
	json_object_object_add(q, "on", json_object_new_boolean(!argc || strcmp(argv[0], "on") == 0));
	rc = cli_ask(cli, q, ASK_S, &a);
	if (rc == CLI_OK && !cli->json)
		printf(jb(a, "draining") ? "no new calls are taken; %lld are still up\n" :
		       "calls are taken again; %lld are up\n", (long long)ji(a, "calls"));
	json_object_put(a);
	return rc;
}

static void put_changes(struct json_object *changed)
{
	for (size_t i = 0; i < jlen(changed); i++) {
		struct json_object *o = jat(changed, i);
		bool live = jb(o, "live");

		put_colour(live ? PLAIN : WARN);
		printf("  %s%s\n", js(o, "text"), !live ? "   (needs a restart)" : jb(o, "anew") ? "   (with no calls on the trunk)" : "");
		put_colour(PLAIN);
	}
}

/* As tipring check does. */
static void put_error(struct json_object *o)
{
	struct site_error e = { js(o, "file"), (int)ji(o, "line"), (int)ji(o, "column"), (int)ji(o, "length"),
				js(o, "message"), js(o, "suggestion"), js(o, "source") };

	site_print_error(stdout, &e);
}

int cli_reload(const struct cli *cli, int argc, char **argv)
{
	struct json_object *a, *errors;
	bool applied;
	int rc = cli_ask(cli, cli_request("reload"), RELOAD_S, &a);

	(void)argc;
	(void)argv;
	applied = jb(a, "applied");
	errors = jo(a, "errors");
	for (size_t i = 0; rc == CLI_OK && !cli->json && i < jlen(errors); i++)
		put_error(jat(errors, i));
	if (rc == CLI_OK && !cli->json) {
		put_changes(jo(a, "changed"));
		if (applied)
			printf("the new configuration is in force%s\n", jlen(jo(a, "changed")) ? "" :
			       "; trunks.yaml has not changed");
		else
			printf("nothing was applied: %s\n", *js(a, "why") ? js(a, "why") : "the old configuration goes on");
	}
	json_object_put(a);
	return rc == CLI_OK && !applied ? CLI_NO : rc;
}

int cli_log(const struct cli *cli, int argc, char **argv)
{
	struct json_object *q = cli_request("log"), *a;
	int rc;

	(void)argc;
	json_object_object_add(q, "level", json_object_new_string(argv[0]));
	rc = cli_ask(cli, q, ASK_S, &a);
	if (rc == CLI_OK && !cli->json)
		printf("the daemon logs %s and worse\n", argv[0]);
	json_object_put(a);
	return rc;
}

int cli_fault(const struct cli *cli, int argc, char **argv)
{
	struct json_object *q, *a;
	int64_t span, value = 1;
	int rc;

	if (!number(argv[0], &span) || (argc == 3 && !number(argv[2], &value)))
		return CLI_USAGE;
	q = cli_request("fault");
	json_object_object_add(q, "span", json_object_new_int64(span));
	json_object_object_add(q, "fault", json_object_new_string(argv[1]));
	json_object_object_add(q, "value", json_object_new_int64(value));
	rc = cli_ask(cli, q, ASK_S, &a);
	if (rc == CLI_OK && !cli->json)
		printf("span %lld: %s %lld\n", (long long)span, argv[1], (long long)value);
	json_object_put(a);
	return rc;
}
