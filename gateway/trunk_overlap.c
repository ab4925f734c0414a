/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gateway/trunk_overlap.c: digits that come one after the other on an ISDN trunk: the dialplan's word on the number so far, and the
 * dial tone for who has sent none. Loop thread.
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

enum pri_digits trunk_overlap_digits(void *arg, const struct leg_number *called)
{
	static const enum pri_digits answers[] = {
		[DID_DIGITS_MORE] = PRI_DIGITS_MORE,
		[DID_DIGITS_COMPLETE] = PRI_DIGITS_COMPLETE,
		[DID_DIGITS_COMPLETE_OR_MORE] = PRI_DIGITS_COMPLETE_OR_MORE,
		[DID_DIGITS_NONE] = PRI_DIGITS_NONE,
	};
	struct trunk *t = arg;
	char number[NUMBER_MAX];
	enum pri_digits d;

	trunk_read_number(t, called, number);
	/* As it was dialled, where no type says how to read it: a prefix may still become one. */
	d = answers[did_digits(t->gw->site->dids, t->name, &t->rules,
			       called->ton == TON_UNKNOWN || !called->digits[0] ? called->digits : number)];
	return d == PRI_DIGITS_COMPLETE_OR_MORE && passes(t, called, number) ? PRI_DIGITS_PASS : d;
}

bool trunk_overlap_incomplete(struct trunk *t, const struct leg_number *called)
{
	return t->overlap && t->kind == CONF_TRUNK_ISDN && trunk_overlap_digits(t, called) == PRI_DIGITS_MORE;
}

/* --- Dial tone ------------------------------------------------------------------------------------ */

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

static void begin(struct trunk *t, const struct leg *leg)
{
	struct media_line_conf mc = { .clear = false };
	struct trunk_tone *tone = leg->line ? calloc(1, sizeof(*tone)) : NULL;

	if (!tone)
		return;
	if (media_line_port(t->gw->media, leg->line, &mc, on_media, tone, &tone->port)) {
		free(tone);	/* digits are awaited in silence */
		return;
	}
	tone->leg = leg;
	tone->next = t->tones;
	tone->prev = &t->tones;
	if (tone->next)
		tone->next->prev = &tone->next;
	t->tones = tone;
	media_tone(tone->port, "dial");
}

void trunk_overlap_tone(void *arg, struct leg *leg, bool on)
{
	struct trunk *t = arg;

	if (on)
		begin(t, leg);
	for (struct trunk_tone *tone = t->tones; tone && !on; tone = tone->next) {
		if (tone->leg != leg)
			continue;
		tone->leg = NULL;
		media_port_close(tone->port);
	}
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
