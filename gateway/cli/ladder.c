/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ladder of a call, drawn: three uprights (incoming leg, the gateway, outgoing leg), an arrow for
 * each message, time running down. Within 100 columns:
 *
 *          office                    Tipring                  telco 1/7
 *        ms   |                         |                         |
 *       0.0   |-------- INVITE -------->|                         |  +442079460100
 *       1.9   |                         |-------- SETUP --------->|  channel 7
 *
 * Signalling is drawn with -, media with =, what the gateway itself does with * on its own upright.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/cli/cli.h"
#include "gateway/ops/text.h"

enum { LEFT = 13, INNER = 25, CENTRE = LEFT + INNER + 1, RIGHT = CENTRE + INNER + 1, DETAIL = RIGHT + 3,
       PAGE = 100, LABEL_MAX = INNER - 5, MARK_MAX = INNER - 2 };

/* A line of the picture: ASCII in columns, so a title in UTF-8 is written apart. */
struct row {
	char at[DETAIL + 1];
};

static void blank(struct row *r)
{
	memset(r->at, ' ', DETAIL);
	r->at[DETAIL] = 0;
	r->at[LEFT] = r->at[CENTRE] = r->at[RIGHT] = '|';
}

/* An arrow between two uprights with the label in its middle. */
static void arrow(struct row *r, int from, bool to_right, char dash, const char *label)
{
	int len = (int)strlen(label), start;

	if (len > LABEL_MAX)
		len = LABEL_MAX;
	memset(r->at + from + 1, dash, INNER);
	r->at[to_right ? from + INNER : from + 1] = to_right ? '>' : '<';
	start = from + (to_right ? 1 : 2) + (INNER - 1 - len) / 2;
	memcpy(r->at + start, label, (size_t)len);
	r->at[start - 1] = r->at[start + len] = ' ';
}

/* What the gateway did: on its own upright, and to the right of it. */
static void mark(struct row *r, const char *label)
{
	size_t len = strlen(label);

	r->at[CENTRE] = '*';
	memcpy(r->at + CENTRE + 2, label, len > MARK_MAX ? MARK_MAX : len);
}

/* TEXT in lines that fit right of the picture, broken at spaces; below the first line goes on the empty ladder. */
static void put_detail(const char *text)
{
	int room = PAGE - DETAIL;
	struct row r;

	blank(&r);
	while ((int)strlen(text) > room) {
		int n = room;

		while (n > room / 2 && text[n] != ' ')
			n--;
		if (text[n] != ' ')
			n = room;
		while (n > 1 && ((unsigned char)text[n] & 0xc0) == 0x80)
			n--;
		printf("%.*s", n, text);
		put_colour(PLAIN);
		printf("\n%s", r.at);
		put_colour(DIM);
		text += n + (text[n] == ' ');
	}
	printf("%s", text);
}

/* The picture counts octets, so a label is ASCII; false when WHAT was not, and is told in the detail too. */
static bool ascii_label(char *label, size_t size, const char *what)
{
	size_t n = 0;
	bool same = true;

	for (; *what && n + 1 < size; what++) {
		bool plain = *what >= ' ' && *what < 0x7f;

		same = same && plain;
		label[n++] = plain ? *what : '?';
	}
	label[n] = 0;
	return same;
}

static void put_step(struct json_object *step)
{
	const char *side = js(step, "side"), *proto = js(step, "proto"), *what = js(step, "what");
	char dash = strcmp(proto, "media") == 0 ? '=' : '-';
	char ms[16], label[128], detail[640], clean[640];
	bool whole, out = jb(step, "out"), call = strcmp(side, "call") == 0, in = strcmp(side, "in") == 0;
	struct row r;

	whole = ascii_label(label, sizeof(label), what) && (int)strlen(label) <= (call ? MARK_MAX : LABEL_MAX);
	snprintf(detail, sizeof(detail), "%s%s%s", whole ? "" : what, whole || !*js(step, "detail") ? "" : ": ",
		 js(step, "detail"));
	text_clean(clean, sizeof(clean), detail, strlen(detail));
	blank(&r);
	if (call)
		mark(&r, label);
	else if (in)
		arrow(&r, LEFT, !out, dash, label);
	else
		arrow(&r, CENTRE, out, dash, label);
	snprintf(ms, sizeof(ms), "%10.1f", jd(step, "ms"));
	memcpy(r.at, ms, strlen(ms) < LEFT ? strlen(ms) : LEFT);
	printf("%.*s", *clean ? DETAIL : RIGHT + 1, r.at);
	put_colour(DIM);
	put_detail(clean);
	put_colour(PLAIN);
	putchar('\n');
}

/* A title of W characters around upright AT; *COLUMN is where the line stands. */
static void put_title(const char *title, int at, int *column)
{
	int width = 0, start;

	for (const char *s = title; *s; s++)
		width += ((unsigned char)*s & 0xc0) != 0x80;
	start = at - width / 2;
	if (start < *column + 2)
		start = *column + 2;
	printf("%*s%s", start - *column, "", title);
	*column = start + width;
}

static void put_head(struct json_object *ladder)
{
	char title[80];
	int column = 0;
	struct row r;

	printf("call %lld   began %s   %s\n\n", (long long)ji(ladder, "call"), js(ladder, "start"),
	       jb(ladder, "ended") ? "ended" : "goes on");
	put_colour(BOLD);
	text_clean(title, sizeof(title), js(ladder, "in"), strlen(js(ladder, "in")));
	put_title(*title ? title : "incoming", LEFT, &column);
	put_title("Tipring", CENTRE, &column);
	text_clean(title, sizeof(title), js(ladder, "out"), strlen(js(ladder, "out")));
	put_title(*title ? title : "-", RIGHT, &column);
	put_colour(PLAIN);
	blank(&r);
	memcpy(r.at + 8, "ms", 2);
	printf("\n%.*s\n", RIGHT + 1, r.at);
}

void cli_ladder_print(struct json_object *ladder)
{
	struct json_object *steps = jo(ladder, "steps");
	size_t gap = (size_t)ji(ladder, "left_out_after");

	put_head(ladder);
	for (size_t i = 0; i < jlen(steps); i++) {
		if (gap && i == gap)
			printf("       ...   %lld steps are left out here\n", (long long)ji(ladder, "left_out"));
		put_step(jat(steps, i));
	}
}

int cli_ladder(const struct cli *cli, int argc, char **argv)
{
	struct json_object *q = cli_request("ladder"), *a;
	int rc;

	if (argc == 1)
		json_object_object_add(q, "call", json_object_new_int64(strtoll(argv[0], NULL, 10)));
	rc = cli_ask(cli, q, 10, &a);
	if (rc == CLI_OK && !cli->json)
		cli_ladder_print(a);
	json_object_put(a);
	return rc;
}
