/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables of calls: those that are up, the last records, a test call, and the router's reasons. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/cli/cli.h"

#define ASK_S 10
#define RING_S 120		/* a test call may ring longer than the daemon lets it */

/* A number for people: "-" where there is none. */
static const char *number(const char *s)
{
	return *s ? s : "-";
}

/* --- calls ------------------------------------------------------------------------------------ */

static void put_leg_cell(struct table *t, struct json_object *leg)
{
	table_cell(t, PLAIN, "%s%s%s", number(js(leg, "trunk")), *js(leg, "line") ? " " : "", js(leg, "line"));
}

static void put_call(struct table *t, struct json_object *o)
{
	struct json_object *in = jo(o, "in"), *out = jo(o, "out");
	const char *in_rtp = js(in, "rtp"), *out_rtp = js(out, "rtp");
	bool up = ji(o, "answered_s") > 0 || strcmp(js(o, "state"), "up") == 0;

	table_cell(t, BOLD, "%lld", (long long)ji(o, "call"));
	put_leg_cell(t, in);
	table_cell(t, PLAIN, "%s", number(js(in, "from")));
	table_cell(t, PLAIN, "%s", number(js(in, "number")));
	put_leg_cell(t, out);
	table_cell(t, up ? GOOD : WARN, "%s", js(o, "state"));
	table_cell(t, PLAIN, "%s", put_age(ji(o, "age_s")));
	table_cell(t, PLAIN, "%s", up ? put_age(ji(o, "answered_s")) : "-");
	table_cell(t, DIM, "%s%s%s", in_rtp, *in_rtp && *out_rtp ? "; " : "", out_rtp);
}

int cli_calls(const struct cli *cli, int argc, char **argv)
{
	struct json_object *a, *calls;
	int rc = cli_ask(cli, cli_request("calls"), ASK_S, &a);

	(void)argc;
	(void)argv;
	calls = jo(a, "calls");
	if (rc == CLI_OK && !cli->json && !jlen(calls)) {
		puts("no calls");
	} else if (rc == CLI_OK && !cli->json) {
		struct table *t = table_new(">CALL|COMES FROM|CALLER|CALLED|GOES TO|STATE|SINCE|ANSWERED|RTP");

		for (size_t i = 0; i < jlen(calls); i++)
			put_call(t, jat(calls, i));
		table_print(t);
	}
	json_object_put(a);
	return rc;
}

/* --- records ---------------------------------------------------------------------------------- */

static void put_record(struct table *t, struct json_object *o)
{
	int64_t start = ji(o, "start_ms"), answer = ji(o, "answer_ms"), end = ji(o, "end_ms");

	table_cell(t, BOLD, "%lld", (long long)ji(o, "call"));
	table_cell(t, PLAIN, "%s", js(o, "started"));
	table_cell(t, PLAIN, "%s%s%s", js(o, "in_trunk"), *js(o, "in_line") ? " " : "", js(o, "in_line"));
	table_cell(t, PLAIN, "%s", number(js(o, "in_calling")));
	table_cell(t, PLAIN, "%s", number(js(o, "in_called")));
	table_cell(t, PLAIN, "%s%s%s", number(js(o, "out_trunk")), *js(o, "out_line") ? " " : "", js(o, "out_line"));
	table_cell(t, PLAIN, "%.1f", (double)((answer ? answer : end) - start) / 1000);
	if (answer)
		table_cell(t, GOOD, "%.1f", (double)(end - answer) / 1000);
	else
		table_cell(t, DIM, "-");
	table_cell(t, PLAIN, "%lld", (long long)ji(o, "cause"));
	table_cell(t, PLAIN, "%s", js(o, "why"));
}

int cli_records(const struct cli *cli, int argc, char **argv)
{
	struct json_object *q = cli_request("records"), *a, *list;
	int64_t n = argc ? strtoll(argv[0], NULL, 10) : 10;
	struct table *t;
	int rc;

	if (n < 1) {
		fprintf(stderr, "tipring: how many records? \"%s\" is no number\n", argv[0]);
		json_object_put(q);
		return CLI_USAGE;
	}
	json_object_object_add(q, "count", json_object_new_int64(n));
	rc = cli_ask(cli, q, ASK_S, &a);
	list = jo(a, "records");
	if (rc == CLI_OK && !cli->json && !jlen(list)) {
		puts("no records yet");
	} else if (rc == CLI_OK && !cli->json) {
		t = table_new(">CALL|STARTED (UTC)|CAME FROM|CALLER|CALLED|WENT TO|>WAITED s|>TALKED s|>CAUSE|WHY");
		for (size_t i = 0; i < jlen(list); i++)
			put_record(t, jat(list, i));
		table_print(t);
	}
	json_object_put(a);
	return rc;
}

/* --- a test call ------------------------------------------------------------------------------ */

static void put_times(struct json_object *times)
{
	static const struct { const char *key, *words; } rows[] = {
		{ "proceeding", "the network took the number" },
		{ "progress", "progress" },
		{ "alerting", "ringing" },
		{ "answered", "answered" },
	};
	size_t order[sizeof(rows) / sizeof(rows[0])], n = 0;

	/* As they came: with overlap progress is before the rest. */
	for (size_t i = 0, at; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (!jo(times, rows[i].key))
			continue;
		for (at = n++; at && jd(times, rows[order[at - 1]].key) > jd(times, rows[i].key); at--)
			order[at] = order[at - 1];
		order[at] = i;
	}
	for (size_t i = 0; i < n; i++)
		printf("  %8.1f ms  %s\n", jd(times, rows[order[i]].key), rows[order[i]].words);
}

static void put_test_call(struct json_object *a)
{
	bool answered = strcmp(js(a, "result"), "answered") == 0;

	printf("call %lld: ", (long long)ji(a, "call"));
	put_colour(answered ? GOOD : BAD);
	printf("%s", js(a, "result"));
	put_colour(PLAIN);
	if (*js(a, "line"))
		printf(" on line %s", js(a, "line"));
	if (!answered && ji(a, "cause"))
		printf(", cause %lld (%s)", (long long)ji(a, "cause"), js(a, "cause_name"));
	if (!answered && ji(a, "sip"))
		printf(", SIP %lld", (long long)ji(a, "sip"));
	if (!answered && *js(a, "why"))
		printf(": %s", js(a, "why"));
	putchar('\n');
	put_times(jo(a, "times_ms"));
	if (*js(a, "heard"))
		printf("  heard for %lld s: %s\n", (long long)ji(a, "seconds"), js(a, "heard"));
	printf("  \"tipring ladder %lld\" shows every message of it\n", (long long)ji(a, "call"));
}

int cli_call(const struct cli *cli, int argc, char **argv)
{
	struct json_object *q = cli_request("call"), *a;
	int rc;

	(void)argc;
	json_object_object_add(q, "trunk", json_object_new_string(argv[0]));
	json_object_object_add(q, "number", json_object_new_string(argv[1]));
	if (cli->seconds)
		json_object_object_add(q, "seconds", json_object_new_int(cli->seconds));
	if (cli->from)
		json_object_object_add(q, "from", json_object_new_string(cli->from));
	if (cli->overlap)
		json_object_object_add(q, "overlap", json_object_new_boolean(true));
	rc = cli_ask(cli, q, RING_S + (cli->seconds ? cli->seconds : 3), &a);
	if (rc == CLI_OK && !cli->json)
		put_test_call(a);
	if (rc == CLI_OK && strcmp(js(a, "result"), "answered") != 0)
		rc = CLI_NO;
	json_object_put(a);
	return rc;
}

/* --- explain ---------------------------------------------------------------------------------- */

static void put_rows(struct json_object *rows)
{
	struct table *t;

	if (!jlen(rows))
		return;
	t = table_new(">LINE|ROW|VERDICT|WHY");
	for (size_t i = 0; i < jlen(rows); i++) {
		struct json_object *o = jat(rows, i);
		bool won = jb(o, "won");

		table_cell(t, won ? GOOD : PLAIN, "%lld", (long long)ji(o, "line"));
		table_cell(t, won ? GOOD : PLAIN, "%s", js(o, "row"));
		table_cell(t, won ? GOOD : DIM, "%s", won ? "wins" : "loses");
		table_cell(t, PLAIN, "%s", js(o, "why"));
	}
	table_print(t);
	putchar('\n');
}

static void put_destinations(struct json_object *dests)
{
	for (size_t i = 0; i < jlen(dests); i++) {
		struct json_object *o = jat(dests, i);
		const char *trunk = js(o, "trunk");

		printf("%s %s", i ? "then" : "try ", *trunk ? trunk : js(o, "dest"));
		if (*js(o, "sent"))
			printf(": %s", js(o, "sent"));
		if (*js(o, "why")) {
			put_colour(WARN);
			printf("  (passed over now: %s)", js(o, "why"));
			put_colour(PLAIN);
		}
		putchar('\n');
	}
}

int cli_explain(const struct cli *cli, int argc, char **argv)
{
	struct json_object *q = cli_request("explain"), *a;
	size_t n;
	int rc;

	(void)argc;
	json_object_object_add(q, "trunk", json_object_new_string(argv[0]));
	json_object_object_add(q, "number", json_object_new_string(argv[1]));
	rc = cli_ask(cli, q, ASK_S, &a);
	n = jlen(jo(a, "destinations"));
	if (rc == CLI_OK && !cli->json) {
		printf("from %s to %s", js(a, "trunk"), js(a, "number_in"));
		if (strcmp(js(a, "number_in"), js(a, "number")) != 0)
			printf(", which is %s", js(a, "number"));
		printf("\n\n");
		put_rows(jo(a, "rows"));
		put_colour(n ? GOOD : BAD);
		printf("%s\n", js(a, "verdict"));
		put_colour(PLAIN);
		put_destinations(jo(a, "destinations"));
	}
	json_object_put(a);
	return rc == CLI_OK && n == 0 ? CLI_NO : rc;
}
