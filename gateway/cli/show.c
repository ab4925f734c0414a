/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables of what the gateway has: status, trunks, spans, lines. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/cli/cli.h"

#define ASK_S 10

static int ask(const struct cli *cli, const char *what, struct json_object **answer)
{
	return cli_ask(cli, cli_request(what), ASK_S, answer);
}

/* --- trunks ----------------------------------------------------------------------------------- */

static void put_trunks(struct json_object *trunks)
{
	struct table *t = table_new("TRUNK|KIND|SERVICE|>CALLS|>MAX|DETAIL");

	for (size_t i = 0; i < jlen(trunks); i++) {
		struct json_object *o = jat(trunks, i);
		bool in = jb(o, "in_service");
		const char *why = js(o, "why");

		table_cell(t, BOLD, "%s", js(o, "name"));
		table_cell(t, PLAIN, "%s", js(o, "kind"));
		table_cell(t, in ? GOOD : BAD, "%s", in ? "in service" : "out of service");
		table_cell(t, PLAIN, "%lld", (long long)ji(o, "calls"));
		if (ji(o, "max"))
			table_cell(t, PLAIN, "%lld", (long long)ji(o, "max"));
		else
			table_cell(t, DIM, "-");
		table_cell(t, in ? PLAIN : WARN, "%s%s%s", in ? "" : why, !in && *why ? "; " : "", js(o, "detail"));
	}
	table_print(t);
}

int cli_trunks(const struct cli *cli, int argc, char **argv)
{
	struct json_object *a;
	int rc = ask(cli, "trunks", &a);

	(void)argc;
	(void)argv;
	if (rc == CLI_OK && !cli->json)
		put_trunks(jo(a, "trunks"));
	json_object_put(a);
	return rc;
}

/* --- status ----------------------------------------------------------------------------------- */

static void put_alarms(struct json_object *alarms)
{
	for (size_t i = 0; i < jlen(alarms); i++) {
		struct json_object *o = jat(alarms, i);

		put_colour(BAD);
		printf("ALARM    %s", js(o, "what"));
		if (ji(o, "since_s"))
			printf(" (for %s)", put_age(ji(o, "since_s")));
		put_colour(PLAIN);
		putchar('\n');
	}
	if (!jlen(alarms)) {
		printf("alarms   ");
		put_colour(GOOD);
		printf("none");
		put_colour(PLAIN);
		putchar('\n');
	}
}

static void put_records(struct json_object *r)
{
	printf("records  %lld written", (long long)ji(r, "written"));
	if (ji(r, "waiting") || *js(r, "error"))
		printf(", %lld wait in memory", (long long)ji(r, "waiting"));
	if (ji(r, "lost")) {
		put_colour(BAD);
		printf(", %lld lost", (long long)ji(r, "lost"));
		put_colour(PLAIN);
	}
	putchar('\n');
}

static void put_status(struct json_object *a)
{
	struct json_object *calls = jo(a, "calls"), *sip = jo(a, "sip");

	put_colour(BOLD);
	printf("Tipring %s", js(a, "version"));
	put_colour(PLAIN);
	printf(", up %s", put_age(ji(a, "uptime_s")));
	if (jb(a, "draining")) {
		put_colour(WARN);
		printf(", draining: no new calls are taken (\"tipring drain off\" ends that)");
		put_colour(PLAIN);
	}
	printf("\n\ncalls    %lld now, %lld ended: %lld answered, %lld failed", (long long)ji(calls, "now"),
	       (long long)ji(calls, "total"), (long long)ji(calls, "answered"), (long long)ji(calls, "failed"));
	if (ji(calls, "refused_no_row"))
		printf(", %lld with no row", (long long)ji(calls, "refused_no_row"));
	if (ji(calls, "refused_draining"))
		printf(", %lld refused while draining", (long long)ji(calls, "refused_draining"));
	printf("\nSIP      %lld requests, %lld INVITEs in, %lld out, %lld from strangers, %lld malformed\n",
	       (long long)ji(sip, "requests"), (long long)ji(sip, "invites_in"), (long long)ji(sip, "invites_out"),
	       (long long)ji(sip, "refused_source"), (long long)ji(sip, "malformed"));
	put_records(jo(a, "records"));
	if (jo(a, "memory"))
		printf("memory   %.1f MB resident, %.1f MB in use\n", (double)ji(jo(a, "memory"), "resident") / 1e6,
		       (double)ji(jo(a, "memory"), "in_use") / 1e6);
	put_alarms(jo(a, "alarms"));
	putchar('\n');
	put_trunks(jo(a, "trunks"));
}

int cli_status(const struct cli *cli, int argc, char **argv)
{
	struct json_object *a;
	int rc = ask(cli, "status", &a);

	(void)argc;
	(void)argv;
	if (rc == CLI_OK && !cli->json)
		put_status(a);
	json_object_put(a);
	return rc;
}

/* --- spans ------------------------------------------------------------------------------------ */

static void join_names(struct json_object *names, char *out, size_t size)
{
	size_t at = 0;

	out[0] = 0;
	for (size_t i = 0; i < jlen(names) && at < size; i++)
		at += (size_t)snprintf(out + at, size - at, "%s%s", i ? ", " : "",
				       json_object_get_string(jat(names, i)));
}

/* What went wrong on a span, in words; "-" when nothing did. */
static void span_troubles(struct json_object *o, char *out, size_t size)
{
	static const struct { const char *key, *words; } counts[] = {
		{ "l2_losses", "layer 2 lost" }, { "restart_timeouts", "RESTART unanswered" },
		{ "service_timeouts", "SERVICE unanswered" }, { "glare", "glare" },
		{ "badfcs", "bad FCS" }, { "abort", "aborted frames" }, { "overrun", "overruns" },
		{ "errors", "line errors" }, { "switchovers", "D channel changed over" },
	};
	size_t at = 0;

	snprintf(out, size, "-");
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]) && at < size; i++)
		if (ji(o, counts[i].key))
			at += (size_t)snprintf(out + at, size - at, "%s%s %lld", at ? ", " : "", counts[i].words,
					       (long long)ji(o, counts[i].key));
}

/* "up"; of a group of spans also which of its D channels that is, and whether it is in use. */
static void put_layer2(struct table *t, struct json_object *o)
{
	const char *l2 = js(o, "layer2"), *dchan = js(o, "dchannel");
	bool bad = *js(o, "trunk") && strcmp(l2, "down") == 0;

	if (!*dchan || strcmp(dchan, "own") == 0)
		table_cell(t, bad ? BAD : PLAIN, "%s", l2);
	else if (strcmp(dchan, "none") == 0)
		table_cell(t, DIM, "(NFAS)");
	else
		table_cell(t, bad ? BAD : PLAIN, "%s (%s%s)", l2, dchan, jb(o, "active") ? ", in use" : "");
}

static void put_span(struct table *t, struct json_object *o)
{
	const char *trunk = js(o, "trunk");
	bool in = jb(o, "in_service");
	char text[256];

	table_cell(t, BOLD, "%lld", (long long)ji(o, "no"));
	table_cell(t, PLAIN, "%s", js(o, "type"));
	table_cell(t, *trunk ? PLAIN : DIM, "%s", *trunk ? trunk : "(no trunk)");
	join_names(jo(o, "alarms"), text, sizeof(text));
	table_cell(t, *text ? BAD : GOOD, "%s", *text ? text : "ok");
	put_layer2(t, o);
	if (!*trunk)
		table_cell(t, DIM, "-");
	else
		table_cell(t, in ? GOOD : BAD, "%s %s", in ? "in for" : "out for", put_age(ji(o, "since_s")));
	table_cell(t, PLAIN, "%lld", (long long)ji(o, "calls_in"));
	table_cell(t, PLAIN, "%lld", (long long)ji(o, "calls_out"));
	span_troubles(o, text, sizeof(text));
	table_cell(t, PLAIN, "%s", text);
	table_cell(t, DIM, "%s%s%s", js(o, "name"), *js(o, "desc") ? ", " : "", js(o, "desc"));
}

static void put_advice(struct json_object *spans)
{
	for (size_t i = 0; i < jlen(spans); i++) {
		struct json_object *o = jat(spans, i);

		if (*js(o, "advice"))
			printf("span %lld (%s): %s\n", (long long)ji(o, "no"), js(o, "trunk"), js(o, "advice"));
	}
}

int cli_spans(const struct cli *cli, int argc, char **argv)
{
	struct json_object *a, *spans;
	struct table *t;
	int rc = ask(cli, "spans", &a);

	(void)argc;
	(void)argv;
	spans = jo(a, "spans");
	if (rc == CLI_OK && !cli->json && jlen(spans) == 0) {
		printf("the %s card has no spans%s\n", js(a, "card"),
		       strcmp(js(a, "card"), "dahdi") == 0 ? ": is the driver loaded? (lsdahdi shows what it sees)" : "");
	} else if (rc == CLI_OK && !cli->json) {
		t = table_new(">SPAN|TYPE|TRUNK|ALARMS|LAYER 2|SERVICE|>IN|>OUT|TROUBLES|NAME");
		for (size_t i = 0; i < jlen(spans); i++)
			put_span(t, jat(spans, i));
		table_print(t);
		put_advice(spans);
	}
	json_object_put(a);
	return rc;
}

/* --- lines ------------------------------------------------------------------------------------ */

static enum colour state_colour(const char *state)
{
	if (strcmp(state, "up") == 0)
		return GOOD;
	if (strcmp(state, "out of service") == 0 || strcmp(state, "set aside") == 0 ||
	    strcmp(state, "taken out") == 0 || strcmp(state, "out by far end") == 0)
		return BAD;
	return strcmp(state, "idle") == 0 ? PLAIN : WARN;
}

static void put_line(struct table *t, struct json_object *o)
{
	table_cell(t, BOLD, "%s", js(o, "line"));
	table_cell(t, DIM, "%lld", (long long)ji(o, "chan"));
	table_cell(t, PLAIN, "%s", js(o, "trunk"));
	table_cell(t, state_colour(js(o, "state")), "%s", js(o, "state"));
	table_cell(t, PLAIN, "%s", put_age(ji(o, "since_s")));
	table_cell(t, PLAIN, "%lld", (long long)ji(o, "calls"));
	if (jo(o, "call"))
		table_cell(t, PLAIN, "%lld", (long long)ji(o, "call"));
	else
		table_cell(t, DIM, "-");
}

int cli_lines(const struct cli *cli, int argc, char **argv)
{
	struct json_object *a, *lines;
	struct table *t;
	size_t shown = 0;
	int rc = ask(cli, "lines", &a);

	if (rc != CLI_OK || cli->json) {
		json_object_put(a);
		return rc;
	}
	lines = jo(a, "lines");
	t = table_new("LINE|>CHANNEL|TRUNK|STATE|FOR|>CALLS|>CALL NOW");
	for (size_t i = 0; i < jlen(lines); i++) {
		if (argc && strcmp(argv[0], js(jat(lines, i), "trunk")) != 0)
			continue;
		put_line(t, jat(lines, i));
		shown++;
	}
	table_print(t);
	if (argc && !shown) {
		fprintf(stderr, "tipring: no trunk \"%s\" with lines; \"tipring trunks\" lists the trunks\n", argv[0]);
		rc = CLI_NO;
	}
	json_object_put(a);
	return rc;
}
