/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tipring phone: a person at the telephone of a simulated FXS line, one act after the other. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/cli/cli.h"

#define ASK_S 10
#define WAIT_S 20

static const struct { const char *name; bool arg; } acts[] = {
	{ "off", false }, { "on", false },  { "flash", false }, { "dial", true },   { "pulse", true },
	{ "play", true }, { "wait", true }, { "record", true }, { "status", false },
};

static void put_callerid(struct json_object *id)
{
	if (!id)
		return;
	printf("caller ID %s%s%s%s%s%s\n", *js(id, "number") ? js(id, "number") : js(id, "no_number"),
	       *js(id, "name") ? ", " : "", js(id, "name"), *js(id, "time") ? ", " : "", js(id, "time"),
	       jb(id, "call_waiting") ? " (call waiting)" : "");
}

static void put_state(struct json_object *a)
{
	struct json_object *events = jo(a, "events");

	printf("%s hook, %s", jb(a, "off_hook") ? "off" : "on", jb(a, "ringing") ? "ringing, " : "");
	if (strcmp(js(a, "tone"), "none"))
		printf("hears %s tone at %.1f dBm0\n", js(a, "tone"), jd(a, "level_dbm0"));
	else if (jd(a, "level_dbm0") > -60)
		printf("hears sound at %.1f dBm0\n", jd(a, "level_dbm0"));
	else
		printf("hears nothing\n");
	for (size_t i = 0; i < jlen(events); i++)
		printf("%8.1f s ago  %s\n", jd(jat(events, i), "ago_s"), js(jat(events, i), "what"));
	put_callerid(jo(a, "caller_id"));
}

static void put_done(const char *act, struct json_object *a)
{
	if (!strcmp(act, "wait"))
		printf("%s (after %.1f s)\n", js(a, "what"), (double)ji(a, "after_ms") / 1000);
	else if (!strcmp(act, "record"))
		printf("written to %s\n", js(a, "file"));
	else if (!strcmp(act, "status"))
		put_state(a);
}

static int one(const struct cli *cli, const char *line, const char *act, const char *arg)
{
	struct json_object *q = cli_request("phone"), *a = NULL;
	int seconds = cli->seconds ? cli->seconds : WAIT_S, rc;

	json_object_object_add(q, "line", json_object_new_string(line));
	json_object_object_add(q, "act", json_object_new_string(act));
	json_object_object_add(q, "seconds", json_object_new_int(seconds));
	if (arg)
		json_object_object_add(q, "arg", json_object_new_string(arg));
	rc = cli_ask(cli, q, ASK_S + seconds, &a);
	if (rc == CLI_OK && !cli->json)
		put_done(act, a);
	json_object_put(a);
	return rc;
}

int cli_phone(const struct cli *cli, int argc, char **argv)
{
	const char *line = argv[0];
	int rc = argc == 1 ? one(cli, line, "status", NULL) : CLI_OK;

	for (int i = 1; i < argc && rc == CLI_OK; i++) {
		size_t k = 0;

		while (k < sizeof(acts) / sizeof(*acts) && strcmp(acts[k].name, argv[i]))
			k++;
		if (k == sizeof(acts) / sizeof(*acts) || (acts[k].arg && i + 1 == argc)) {
			fprintf(stderr, k == sizeof(acts) / sizeof(*acts) ? "tipring: a telephone cannot \"%s\"\n" :
								    "tipring: \"%s\" needs to be told what\n", argv[i]);
			return CLI_USAGE;
		}
		rc = one(cli, line, acts[k].name, acts[k].arg ? argv[i + 1] : NULL);
		i += acts[k].arg;
	}
	return rc;
}
