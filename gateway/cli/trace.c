/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tipring trace: D channels, SIP and RTP headers in a file for Wireshark. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gateway/cli/cli.h"

#define ASK_S 20

static void print_status(struct json_object *a)
{
	time_t oldest = (time_t)(ji(a, "oldest_ms") / 1000);

	if (!ji(a, "memory"))
		printf("nothing is kept in memory: trace: {memory: 0}\n");
	else if (!ji(a, "packets"))
		printf("nothing has passed yet; %lld KiB of memory for it\n", (long long)ji(a, "memory") / 1024);
	else
		printf("%lld packets of the last %s are in memory (%lld of %lld KiB)\n", (long long)ji(a, "packets"),
		       put_age((int64_t)(time(NULL) - oldest)), (long long)ji(a, "used") / 1024, (long long)ji(a, "memory") / 1024);
	printf("%lld files were kept of failed calls and alarms, in %s; %lld left out\n", (long long)ji(a, "kept"), js(a, "folder"),
	       (long long)ji(a, "left_out"));
	if (*js(a, "running"))
		printf("a trace runs to %s: %lld octets, %lld packets lost\n", js(a, "running"), (long long)ji(a, "octets"),
		       (long long)ji(a, "lost"));
}

static int usage(void)
{
	fprintf(stderr, "usage: tipring trace [start FILE [SPAN] | stop | call CALL FILE | span SPAN FILE | all FILE]\n");
	return CLI_USAGE;
}

/* A number that is all of TEXT, at least 1; 0 for none. */
static int64_t number(const char *text)
{
	char *end;
	long long v = strtoll(text, &end, 10);

	return *end || v < 1 ? 0 : v;
}

/* DONE: what is printed before its name; "": the state. FILE: to be written, or NULL. */
static int send(const struct cli *cli, struct json_object *q, const char *file, const char *done)
{
	struct json_object *a = NULL;
	int rc = file ? cli_ask_file(cli, q, file, ASK_S, &a) : cli_ask(cli, q, ASK_S, &a);

	if (rc == CLI_OK && !cli->json) {
		if (*done)
			printf("%s%s\n", done, *js(a, "file") ? js(a, "file") : js(a, "running"));
		else
			print_status(a);
	}
	json_object_put(a);
	return rc;
}

int cli_trace(const struct cli *cli, int argc, char **argv)
{
	struct json_object *q;
	const char *act = argc ? argv[0] : "status", *file = NULL, *done = "written to ";
	int64_t call = 0, span = 0;

	if (!strcmp(act, "start") && (argc == 2 || argc == 3)) {
		file = argv[1];
		span = argc == 3 ? number(argv[2]) : 0;
		done = "tracing to ";
		if (argc == 3 && !span)
			return usage();
	} else if ((!strcmp(act, "call") || !strcmp(act, "span")) && argc == 3 && number(argv[1])) {
		*(*act == 'c' ? &call : &span) = number(argv[1]);
		file = argv[2];
		act = "write";
	} else if (!strcmp(act, "all") && argc == 2) {
		file = argv[1];
		act = "write";
	} else if (!strcmp(act, "status") && argc <= 1) {
		done = "";
	} else if (strcmp(act, "stop") || argc != 1) {
		return usage();
	}
	q = cli_request("trace");
	json_object_object_add(q, "act", json_object_new_string(act));
	json_object_object_add(q, "call", json_object_new_int64(call));
	json_object_object_add(q, "span", json_object_new_int64(span));
	return send(cli, q, file, done);
}
