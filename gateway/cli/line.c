/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tipring line: one line, measured or recorded. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/cli/cli.h"

#define ASK_S 20
#define TEST_S 40	/* longer than the test of one line lasts */
#define PAIR_S 80	/* and of two */

static int record(const struct cli *cli, int argc, char **argv)
{
	struct json_object *q, *a = NULL;
	char *end;
	long seconds = argc == 4 ? strtol(argv[2], &end, 10) : 0;
	int rc;

	if (argc != 4 || *end || seconds < 1) {
		fprintf(stderr, "usage: tipring line LINE record SECONDS FILE\n");
		return CLI_USAGE;
	}
	q = cli_request("line");
	json_object_object_add(q, "line", json_object_new_string(argv[0]));
	json_object_object_add(q, "act", json_object_new_string("record"));
	json_object_object_add(q, "seconds", json_object_new_int64(seconds));
	rc = cli_ask_file(cli, q, argv[3], ASK_S + (int)(seconds < 3600 ? seconds : 3600), &a);
	if (rc == CLI_OK && !cli->json)
		printf("written to %s: what the line brought on the left, what went out on the right\n", js(a, "file"));
	json_object_put(a);
	return rc;
}

static void print_steps(struct json_object *a)
{
	struct table *t = table_new("step|result|verdict");

	for (size_t i = 0; i < jlen(jo(a, "steps")); i++) {
		struct json_object *s = jat(jo(a, "steps"), i);
		const char *verdict = js(s, "verdict");

		table_cell(t, PLAIN, "%s", js(s, "step"));
		table_cell(t, PLAIN, "%s", js(s, "result"));
		table_cell(t, !strcmp(verdict, "good") ? GOOD : !strcmp(verdict, "bad") ? BAD : DIM, "%s", verdict);
	}
	table_print(t);
	if (*js(a, "aborted"))
		printf("cut short: %s\n", js(a, "aborted"));
}

static int test(const struct cli *cli, int argc, char **argv)
{
	struct json_object *q, *a = NULL;
	int rc;

	if (argc > 3) {
		fprintf(stderr, "usage: tipring line LINE test [OTHER]\n");
		return CLI_USAGE;
	}
	q = cli_request("line");
	json_object_object_add(q, "line", json_object_new_string(argv[0]));
	json_object_object_add(q, "act", json_object_new_string("test"));
	if (argc == 3)
		json_object_object_add(q, "with", json_object_new_string(argv[2]));
	rc = cli_ask(cli, q, argc == 3 ? PAIR_S : TEST_S, &a);
	if (rc == CLI_OK && !cli->json)
		print_steps(a);
	if (rc == CLI_OK && (ji(a, "bad") || *js(a, "aborted")))
		rc = CLI_NO;
	json_object_put(a);
	return rc;
}

int cli_line(const struct cli *cli, int argc, char **argv)
{
	if (!strcmp(argv[1], "record"))
		return record(cli, argc, argv);
	if (!strcmp(argv[1], "test"))
		return test(cli, argc, argv);
	fprintf(stderr, "tipring: a line cannot \"%s\"; \"tipring help line\" tells what it can\n", argv[1]);
	return CLI_USAGE;
}
