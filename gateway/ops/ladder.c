/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ladder of each call. Fed by gateway/call.c and the trace of each leg, read by the control command
 * "ladder". Loop thread only. Memory is bounded: calls by LADDER_CALLS (the one that ended first goes
 * first; while all of them are up a further call gets no ladder), steps of a call by LADDER_STEPS (the
 * first half and the latest half stay), the words of a step by WHAT_MAX and DETAIL_MAX.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/ops/ladder.h"
#include "gateway/ops/text.h"

#define HEAD (LADDER_STEPS / 2)			/* first steps, kept for good */
#define TAIL (LADDER_STEPS - HEAD)		/* latest steps, a ring */
#define BUCKETS 1024
#define TITLE_MAX 64
#define PROTO_MAX 16
#define WHAT_MAX 80
#define DETAIL_MAX 200

struct step {
	int64_t wall_us;
	uint8_t side;
	bool to_far;
	char text[];			/* protocol, what and detail, each ended by a zero */
};
struct call {
	uint64_t no;
	struct call *bucket_next;
	struct call *older, *newer;	/* in the order they began */
	struct call *ended_next;	/* in the order they ended */
	bool ended;
	char title[2][TITLE_MAX];
	struct step **steps;		/* HEAD first ones, then the ring of TAIL */
	int room;
	uint64_t count;			/* steps ever */
};
struct ladder {
	struct call *bucket[BUCKETS];
	struct call *oldest, *newest;
	struct call *ended_first, *ended_last;
	int n;
};

int ladder_open(struct ladder **out)
{
	struct ladder *l = calloc(1, sizeof(*l));

	if (!l)
		return -ENOMEM;
	*out = l;
	return 0;
}

static void call_free(struct call *c)
{
	for (int i = 0; i < c->room; i++)
		free(c->steps[i]);
	free(c->steps);
	free(c);
}

void ladder_close(struct ladder *l)
{
	struct call *next;

	if (!l)
		return;
	for (struct call *c = l->oldest; c; c = next) {
		next = c->newer;
		call_free(c);
	}
	free(l);
}

static struct call *find(const struct ladder *l, uint64_t no)
{
	struct call *c = l->bucket[no % BUCKETS];

	while (c && c->no != no)
		c = c->bucket_next;
	return c;
}

/* Lets the call go that ended first. */
static void push_out(struct ladder *l)
{
	struct call *c = l->ended_first;
	struct call **at = &l->bucket[c->no % BUCKETS];

	while (*at != c)
		at = &(*at)->bucket_next;
	*at = c->bucket_next;
	l->ended_first = c->ended_next;
	if (!l->ended_first)
		l->ended_last = NULL;
	*(c->older ? &c->older->newer : &l->oldest) = c->newer;
	*(c->newer ? &c->newer->older : &l->newest) = c->older;
	l->n--;
	call_free(c);
}

static struct call *find_or_add(struct ladder *l, uint64_t no)
{
	struct call *c = find(l, no);

	if (c || no == 0)
		return c;
	if (l->n >= LADDER_CALLS) {
		if (!l->ended_first)
			return NULL;
		push_out(l);
	}
	c = calloc(1, sizeof(*c));
	if (!c)
		return NULL;
	c->no = no;
	c->bucket_next = l->bucket[no % BUCKETS];
	l->bucket[no % BUCKETS] = c;
	c->older = l->newest;
	*(l->newest ? &l->newest->newer : &l->oldest) = c;
	l->newest = c;
	l->n++;
	return c;
}

void ladder_title(struct ladder *l, uint64_t call, enum ladder_side side, const char *title)
{
	struct call *c = side == LADDER_IN || side == LADDER_OUT ? find_or_add(l, call) : NULL;

	if (c)
		text_clean(c->title[side], TITLE_MAX, title, strlen(title));
}

static size_t bounded(const char *s, size_t max)
{
	return s ? strnlen(s, max) : 0;
}

static struct step *step_make(const char *proto, const char *what, const char *detail)
{
	size_t lp = bounded(proto, PROTO_MAX), lw = bounded(what, WHAT_MAX), ld = bounded(detail, DETAIL_MAX);
	struct step *s = malloc(sizeof(*s) + lp + lw + ld + 3);
	char *at;

	if (!s)
		return NULL;
	at = s->text;
	at += text_clean(at, lp + 1, proto, lp) + 1;
	at += text_clean(at, lw + 1, what, lw) + 1;
	text_clean(at, ld + 1, detail, ld);
	return s;
}

/* Where step number I of a call is kept. */
static int slot(uint64_t i)
{
	return i < HEAD ? (int)i : HEAD + (int)((i - HEAD) % TAIL);
}

static int grow(struct call *c)
{
	int room = c->room ? c->room * 2 : 8;
	struct step **steps;

	if (room > LADDER_STEPS)
		room = LADDER_STEPS;
	steps = realloc(c->steps, (size_t)room * sizeof(*steps));
	if (!steps)
		return -ENOMEM;
	memset(steps + c->room, 0, (size_t)(room - c->room) * sizeof(*steps));
	c->steps = steps;
	c->room = room;
	return 0;
}

void ladder_step(struct ladder *l, uint64_t call, int64_t wall_us, enum ladder_side side, const char *proto,
		 bool to_far, const char *what, const char *detail)
{
	struct call *c = find_or_add(l, call);
	struct step *s;
	int at;

	if (!c)
		return;
	at = slot(c->count);
	if (at >= c->room && grow(c))
		return;
	s = step_make(proto, what, detail);
	if (!s)
		return;
	s->wall_us = wall_us;
	s->side = (uint8_t)side;
	s->to_far = to_far;
	free(c->steps[at]);
	c->steps[at] = s;
	c->count++;
}

void ladder_end(struct ladder *l, uint64_t call)
{
	struct call *c = find(l, call);

	if (!c || c->ended)
		return;
	c->ended = true;
	*(l->ended_last ? &l->ended_last->ended_next : &l->ended_first) = c;
	l->ended_last = c;
}

static struct json_object *step_json(const struct step *s, int64_t start_us)
{
	static const char *const sides[] = { "in", "out", "call" };
	const char *proto = s->text, *what = proto + strlen(proto) + 1, *detail = what + strlen(what) + 1;
	struct json_object *o = json_object_new_object();
	double ms = (double)(s->wall_us - start_us) / 1000.0;
	char text[32];

	snprintf(text, sizeof(text), "%.1f", ms);
	json_object_object_add(o, "ms", json_object_new_double_s(ms, text));
	json_object_object_add(o, "side", json_object_new_string(sides[s->side]));
	json_object_object_add(o, "proto", json_object_new_string(proto));
	json_object_object_add(o, "out", json_object_new_boolean(s->to_far));
	json_object_object_add(o, "what", json_object_new_string(what));
	json_object_object_add(o, "detail", json_object_new_string(detail));
	return o;
}

struct json_object *ladder_json(const struct ladder *l, uint64_t call)
{
	const struct call *c = call ? find(l, call) : l->newest;
	struct json_object *o, *steps;
	char iso[TEXT_ISO_SIZE];
	uint64_t left_out;

	if (!c)
		return NULL;
	left_out = c->count > LADDER_STEPS ? c->count - LADDER_STEPS : 0;
	o = json_object_new_object();
	steps = json_object_new_array();
	text_iso(iso, c->count ? c->steps[0]->wall_us / 1000 : 0);
	json_object_object_add(o, "call", json_object_new_uint64(c->no));
	json_object_object_add(o, "in", json_object_new_string(c->title[LADDER_IN]));
	json_object_object_add(o, "out", json_object_new_string(c->title[LADDER_OUT]));
	json_object_object_add(o, "start", json_object_new_string(iso));
	json_object_object_add(o, "ended", json_object_new_boolean(c->ended));
	if (left_out) {		/* between steps HEAD and HEAD + 1 of the list */
		json_object_object_add(o, "left_out", json_object_new_uint64(left_out));
		json_object_object_add(o, "left_out_after", json_object_new_int(HEAD));
	}
	for (uint64_t i = 0; i < c->count; i++) {
		if (i == HEAD)
			i += left_out;
		json_object_array_add(steps, step_json(c->steps[slot(i)], c->steps[0]->wall_us));
	}
	json_object_object_add(o, "steps", steps);
	return o;
}
