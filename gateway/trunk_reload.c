/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gateway/trunk_reload.c: the trunks after a change of the configuration. What applies live is taken over; an ISDN trunk with
 * another change (its spans, its dialect, its side) is closed and made anew, and one that is not there any more is closed. Both
 * when no call is on it, and when media has let go of its lines. What people have taken out of service stays so, by span and
 * timeslot, whichever trunk has the line then. Loop thread.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/call.h"
#include "gateway/trunk.h"

struct taken_out {	/* lines of trunks that were closed */
	struct { int span, pos; } *line;
	size_t n;
};

static bool leaves(const struct trunk *t, const struct conf *from, const struct conf *to)
{
	const struct conf_trunk *a = conf_trunk(from, t->name), *b = conf_trunk(to, t->name);

	return !b || b->kind != t->kind || (t->pri && a && a->kind == b->kind && conf_trunk_anew(a, b));
}

/* --- May it be closed? --------------------------------------------------------------------------- */

static unsigned calls_on(const struct trunk *t)
{
	struct pri_line_info *l = calloc(TRUNK_LINES_MAX, sizeof(*l));
	int n = l ? pri_trunk_lines(t->pri, l, TRUNK_LINES_MAX) : 0;
	unsigned busy = !l;

	for (int i = 0; i < n && i < TRUNK_LINES_MAX; i++)
		busy += l[i].leg != NULL;	/* one that is not offered yet is none of t->calls */
	free(l);
	return busy > t->calls ? busy : t->calls;
}

/* Some port on a line is closing; which trunk's the line was is not known any more. */
static bool media_holds_on(struct gateway *gw)
{
	for (const struct call *c = gw->calls; c; c = c->next)
		if (c->open_ports > (c->in.port != NULL) + (unsigned)(c->out.port != NULL))
			return true;
	return false;
}

int trunks_may_reload(struct gateway *gw, const struct conf *to, char *why, size_t size)
{
	for (struct trunk *t = gw->trunks; t; t = t->next) {
		unsigned calls;

		if (!leaves(t, gw->site->conf, to) || (!t->pri && !conf_trunk(to, t->name)))
			continue;	/* a SIP trunk that goes stays until its calls are over, unless another has its name */
		calls = t->pri ? calls_on(t) : t->calls;
		if (calls) {
			snprintf(why, size, t->pri ? "%s is made anew or removed, and has %u call%s: \"tipring out %s\", and again when "
				 "%s ended" : "%s was removed, and still has %u call%s: another %s when %s ended", t->name, calls,
				 calls == 1 ? "" : "s", t->name, calls == 1 ? "it has" : "they have");
			return -EBUSY;
		}
		if (t->pri && (!t->is->quiet(t) || media_holds_on(gw))) {
			snprintf(why, size, "a call is just ending: again in a moment");
			return -EAGAIN;
		}
	}
	return 0;
}

/* --- Closed, and opened ---------------------------------------------------------------------------- */

static void keep_taken_out(struct taken_out *kept, const struct trunk *t)
{
	int n = pri_trunk_lines(t->pri, NULL, 0);
	struct pri_line_info *l = calloc((size_t)n + 1, sizeof(*l));
	void *more = realloc(kept->line, (kept->n + (size_t)n + 1) * sizeof(*kept->line));

	if (more)
		kept->line = more;
	n = l && more ? pri_trunk_lines(t->pri, l, n) : 0;
	for (int i = 0; i < n; i++)
		if (l[i].taken_out) {
			kept->line[kept->n].span = l[i].span;
			kept->line[kept->n++].pos = l[i].pos;
		}
	free(l);
}

static void take_out_again(struct gateway *gw, const struct taken_out *kept)
{
	for (struct trunk *t = gw->trunks; t; t = t->next)
		for (size_t i = 0; t->pri && i < kept->n; i++)
			pri_trunk_take_out(t->pri, kept->line[i].span, kept->line[i].pos, true);
}

/* All that leave go first: another trunk may want their spans. */
static void close_leaving(struct gateway *gw, const struct conf *from, struct taken_out *kept)
{
	const struct conf *to = gw->site->conf;
	struct trunk **p = &gw->trunks, *t;

	while ((t = *p)) {
		if (!leaves(t, from, to)) {
			trunk_take_conf(t, conf_trunk(to, t->name));
		} else if (!t->calls && (t->pri || !t->is->close)) {
			*p = t->next;
			if (t->pri) {
				keep_taken_out(kept, t);
				t->is->close(t);
			}
			free(t);
			continue;
		}
		p = &t->next;
	}
}

/* Those of the configuration in force that are not there. ANYHOW: the others too when one cannot be opened, which has been logged. */
static int open_missing(struct gateway *gw, bool anyhow)
{
	const struct conf *c = gw->site->conf;
	int err = 0;

	for (int i = 0; i < c->n_trunks && (anyhow || !err); i++)
		if (!trunk_find(gw, c->trunks[i].name))
			err = trunk_add(gw, &c->trunks[i]);
	return err;
}

int trunks_reload(struct gateway *gw, struct site *old)
{
	const struct conf *fresh = gw->site->conf;
	struct taken_out kept = { 0 };
	int err;

	close_leaving(gw, old->conf, &kept);
	err = open_missing(gw, false);
	if (err) {
		gw->site = old;
		close_leaving(gw, fresh, &kept);
		open_missing(gw, true);
	}
	take_out_again(gw, &kept);
	free(kept.line);
	return err;
}
