/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dialplan/did_expect.c: expect rows: what a number must be routed to, run whenever the file is loaded. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "dialplan/did_table.h"

struct expectation {
	char trunk[DID_NAME_MAX], number[NUMBER_MAX];
	size_t number_at, number_len, dests_at, dests_len;	/* places in the line */
	bool refused;
	struct dest dests[DID_DESTS_MAX];
	int n_dests;
};

static const char what_fits[] = "expect TRUNK NUMBER -> DEST, DEST... or -> refused";

static size_t word(const char *text, size_t len, size_t *at)
{
	size_t begin;

	while (*at < len && (text[*at] == ' ' || text[*at] == '\t'))
		++*at;
	begin = *at;
	while (*at < len && text[*at] != ' ' && text[*at] != '\t')
		++*at;
	return begin;
}

static int number(struct expectation *e, const char *text, struct fault *f)
{
	if (e->number_len == 0 || e->number_len >= sizeof(e->number)) {
		fault_set(f, e->number_at, 1, what_fits, "an expect row without a number");
		return -EINVAL;
	}
	memcpy(e->number, text + e->number_at, e->number_len);
	e->number[e->number_len] = '\0';
	for (size_t i = 0; i < e->number_len; i++)
		if (!symbol_bit(e->number[i]) || (e->number[i] == '+' && i)) {
			fault_set(f, e->number_at, e->number_len, "a whole number, as +442071838754 or 112", "this is no number");
			return -EINVAL;
		}
	return 0;
}

static int parse(struct did_loader *l, const char *text, size_t len, struct expectation *e, struct fault *f)
{
	size_t at = 6, begin = word(text, len, &at), arrow;

	snprintf(e->trunk, sizeof(e->trunk), "%.*s", (int)(at - begin < 70 ? at - begin : 70), text + begin);
	if (!did_trunk_known(l, e->trunk)) {
		did_unknown_trunk(l, e->trunk, begin, at - begin, f);
		return -EINVAL;
	}
	e->number_at = word(text, len, &at);
	e->number_len = at - e->number_at;
	if (number(e, text, f))
		return -EINVAL;
	arrow = word(text, len, &at);
	if (at - arrow != 2 || memcmp(text + arrow, "->", 2)) {
		fault_set(f, arrow < len ? arrow : len - 1, at - arrow, what_fits, "-> is missing");
		return -EINVAL;
	}
	begin = at;
	e->dests_at = word(text, len, &begin);
	e->dests_len = len - e->dests_at;
	e->refused = e->dests_len == 7 && memcmp(text + e->dests_at, "refused", 7) == 0;
	e->n_dests = 0;
	if (e->refused)
		return 0;
	if (dests_parse(l, text, len, &at, e->dests, &e->n_dests, f))
		return -EINVAL;
	word(text, len, &at);
	if (at < len || begin > len) {
		fault_set(f, e->dests_at, e->dests_len, what_fits, "destinations are separated by commas");
		return -EINVAL;
	}
	return 0;
}

int expect_parse(struct did_loader *l, int line, const char *text, size_t len, struct fault *f)
{
	struct expectation e;
	struct did_expect *x;
	int err = parse(l, text, len, &e, f);

	if (err)
		return err;
	if (l->expects_len == DID_EXPECT_MAX) {
		fault_set(f, 0, 6, "10000 at most", "too many expect rows");
		return -EINVAL;
	}
	if (did_grow(&l->expects, &l->expects_room, l->expects_len + 1, sizeof(*x)))
		return -ENOMEM;
	x = &l->expects[l->expects_len++];
	x->line = (uint32_t)line;
	x->at = (uint32_t)(text - l->text);
	x->len = (uint32_t)len;
	return 0;
}

static bool same(const struct did_dest *a, const struct did_dest *b)
{
	return a->kind == b->kind && a->cause == b->cause && strcmp(a->trunk, b->trunk) == 0 &&
	       strcmp(a->number, b->number) == 0;
}

/* The route in the words of an expect row. */
static void route_text(const struct did_route *r, const char *number_in, char *out, size_t size)
{
	size_t at = 0;

	for (int i = 0; i < r->n_dests && at < size; i++) {
		const struct did_dest *d = &r->dests[i];
		const char *sep = i ? ", " : "";

		if (d->kind == DID_BUSY)
			at += (size_t)snprintf(out + at, size - at, "%sbusy", sep);
		else if (d->kind == DID_CONGESTION)
			at += (size_t)snprintf(out + at, size - at, "%scongestion", sep);
		else if (d->kind == DID_REJECT)
			at += (size_t)snprintf(out + at, size - at, "%sreject:%d", sep, d->cause);
		else if (d->kind == DID_TEST)
			at += (size_t)snprintf(out + at, size - at, "%stest/%s", sep, d->number);
		else if (strcmp(d->number, number_in) == 0)
			at += (size_t)snprintf(out + at, size - at, "%s%s", sep, d->trunk);
		else
			at += (size_t)snprintf(out + at, size - at, "%s%s/%s", sep, d->trunk, d->number);
	}
}

static void run_one(struct did_loader *l, const struct did_expect *x)
{
	const char *text = l->text + x->at, *start = text;
	struct expectation e;
	struct did_route route;
	struct fault f;
	char got[150] = "", hint[200];
	bool ok;

	if (parse(l, text, x->len, &e, &f))
		return;		/* cannot happen: it was parsed once */
	did_lookup(l->t, e.trunk, e.number, &route);
	ok = route.n_dests == e.n_dests;
	for (int i = 0; i < e.n_dests && ok; i++) {
		struct did_dest want;

		dest_expand(&e.dests[i], e.number, &want);
		ok = same(&want, &route.dests[i]);
	}
	if (ok)
		return;
	while (start > l->text && start[-1] != '\n')
		start--;
	route_text(&route, e.number, got, sizeof(got));
	if (route.n_dests)
		snprintf(hint, sizeof(hint), "see the row at line %d, or write -> %s", route.line, got);
	else
		snprintf(hint, sizeof(hint), "add a row for it to [%s], or write -> refused", e.trunk);
	fault_set(&f, (size_t)(text - start) + e.dests_at, e.dests_len, hint, "%s from %s goes elsewhere: %s", e.number,
		  e.trunk, route.n_dests ? got : "refused");
	did_report(l, (int)x->line, start, (size_t)(text - start) + x->len, &f);
}

int expect_run(struct did_loader *l)
{
	for (size_t i = 0; i < l->expects_len; i++)
		run_one(l, &l->expects[i]);
	l->t->expects = l->expects_len;
	return 0;
}
