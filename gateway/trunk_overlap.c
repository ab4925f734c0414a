/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gateway/trunk_overlap.c: digits that come one after the other on an ISDN trunk: the dialplan's word on the number so far, and the
 * tones of a line whose call has not begun (dial tone) or is over (busy, congestion). Loop thread.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/trunk.h"

/* --- Is it a number? ------------------------------------------------------------------------------ */

#define LOOK_AHEAD 6 /* digits: by then a prefix has been recognised, or is none */

static bool longer_by(const char *longer, const char *number, const char *more)
{
	size_t n = strlen(number);

	return strncmp(longer, number, n) == 0 && strcmp(longer + n, more) == 0;
}

/* What is dialled after CALLED stands behind NUMBER as it is. */
static bool stays(const struct trunk *t, const struct leg_number *called, const char *number)
{
	struct leg_number more = *called;
	char inside[NUMBER_MAX];
	size_t n = strlen(called->digits);

	for (int k = 1; k <= LOOK_AHEAD; k++) {
		if (n + (size_t)k >= sizeof(more.digits))
			return false;
		memset(more.digits + n, '0', (size_t)k);
		more.digits[n + (size_t)k] = '\0';
		trunk_read_number(t, &more, inside);
		if (!longer_by(inside, number, more.digits + n))
			return false;
	}
	return true;
}

/* Every number that begins like this goes to the same destinations, which take digits as they come, and each with its digits at
 * the end. */
static bool passes(struct trunk *t, const struct leg_number *called, const char *number)
{
	char longer[NUMBER_MAX + 1];
	struct did_route now, then;

	snprintf(longer, sizeof(longer), "%s0", number);
	if (strlen(longer) >= NUMBER_MAX || !stays(t, called, number) || !did_settled(t->gw->site->dids, t->name, number) ||
	    did_lookup(t->gw->site->dids, t->name, number, &now) || did_lookup(t->gw->site->dids, t->name, longer, &then))
		return false;
	for (int i = 0; i < now.n_dests; i++) {
		const struct did_dest *d = &now.dests[i];
		const struct trunk *to = d->kind == DID_TRUNK ? trunk_find(t->gw, d->trunk) : NULL;

		if (!to || !to->overlap || !longer_by(then.dests[i].number, d->number, "0"))
			return false;
	}
	return now.n_dests > 0;
}

/* The beginning of a number, as did_digits() wants it: E.164 where a type says how to read it, however short it is; else as it
 * was dialled, for a prefix may still become one. */
static void beginning(const struct number_rules *r, const struct leg_number *called, char *out, size_t size)
{
	const char *d = called->digits;
	bool typed = *d && d[strspn(d, "0123456789")] == '\0';

	if (typed && called->ton == TON_INTERNATIONAL)
		snprintf(out, size, "+%s", d);
	else if (typed && called->ton == TON_NATIONAL && r->country[0])
		snprintf(out, size, "+%s%s", r->country, d);
	else if (typed && called->ton == TON_SUBSCRIBER && r->country[0] && r->area[0])
		snprintf(out, size, "+%s%s%s", r->country, r->area, d);
	else
		snprintf(out, size, "%s", d);
}

enum pri_digits trunk_overlap_digits(void *arg, const struct leg_number *called)
{
	static const enum pri_digits answers[] = {
		[DID_DIGITS_MORE] = PRI_DIGITS_MORE,
		[DID_DIGITS_COMPLETE] = PRI_DIGITS_COMPLETE,
		[DID_DIGITS_COMPLETE_OR_MORE] = PRI_DIGITS_COMPLETE_OR_MORE,
		[DID_DIGITS_NONE] = PRI_DIGITS_NONE,
	};
	struct trunk *t = arg;
	char number[NUMBER_MAX], so_far[LEG_DIGITS_MAX + 2 * sizeof(t->rules.country) + 1];
	enum pri_digits d;

	trunk_read_number(t, called, number);
	beginning(&t->rules, called, so_far, sizeof(so_far));
	d = answers[did_digits(t->gw->site->dids, t->name, &t->rules, so_far)];
	return d == PRI_DIGITS_COMPLETE_OR_MORE && passes(t, called, number) ? PRI_DIGITS_PASS : d;
}

bool trunk_overlap_incomplete(struct trunk *t, const struct leg_number *called)
{
	return t->overlap && trunk_overlap_digits(t, called) == PRI_DIGITS_MORE;
}

/* --- Tones ---------------------------------------------------------------------------------------- */

struct trunk_tone {
	struct trunk_tone *next, **prev;
	const struct leg *leg;		/* NULL once it is over, and the port closes */
	struct media_port *port;
};

static void on_media(void *arg, struct media_port *p, const struct media_event *ev)
{
	struct trunk_tone *tone = arg;

	(void)p;
	if (ev->kind != MEDIA_CLOSED)
		return;
	*tone->prev = tone->next;
	if (tone->next)
		tone->next->prev = tone->prev;
	free(tone);
}

static void begin(struct trunk *t, const struct leg *leg, const char *name)
{
	struct media_line_conf mc = { .clear = false };
	struct trunk_tone *tone = leg->line ? calloc(1, sizeof(*tone)) : NULL;

	if (!tone)
		return;
	if (media_line_port(t->gw->media, leg->line, &mc, on_media, tone, &tone->port)) {
		free(tone);	/* it is silent then */
		return;
	}
	tone->leg = leg;
	tone->next = t->tones;
	tone->prev = &t->tones;
	if (tone->next)
		tone->next->prev = &tone->next;
	t->tones = tone;
	media_tone(tone->port, name);
}

void trunk_overlap_tone(void *arg, struct leg *leg, const char *name)
{
	struct trunk *t = arg;

	for (struct trunk_tone *tone = t->tones; tone; tone = tone->next) {
		if (tone->leg != leg)
			continue;
		tone->leg = NULL;
		media_port_close(tone->port);
	}
	if (name)
		begin(t, leg, name);
}

bool trunk_overlap_quiet(struct trunk *t)
{
	for (struct trunk_tone *tone = t->tones; tone; tone = tone->next)
		if (tone->leg) {
			tone->leg = NULL;
			media_port_close(tone->port);
		}
	return !t->tones;
}
