/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/pri_channel.c: the state of a line, finding one, hunting for an idle one (Q.931 5.1.2, 5.2.3).
 * The one place that changes a line's state. Loop thread.
 */
#include "channels/pri_private.h"

#include <syslog.h>

void pri_line_set(struct pri_line *line, enum pri_line_state state)
{
	struct pri_trunk *t = line->link->trunk;

	if (state == PRI_LINE_IDLE && line->taken_out)
		state = PRI_LINE_TAKEN_OUT;
	else if (state == PRI_LINE_IDLE && line->far != PRI_FAR_IN)
		state = PRI_LINE_FAR_OUT;
	if (line->state == state)
		return;
	pri_log(line->link, LOG_DEBUG, "chan %d: %s -> %s", line->pos, pri_line_state_name(line->state),
		pri_line_state_name(state));
	line->state = state;
	line->since_us = pri_stamp(t);
	t->changed = true;
}

void pri_line_take(struct pri_line *line, struct pri_leg *leg)
{
	line->leg = leg;
	line->calls++;
	line->used = ++line->link->trunk->uses;
	line->restart_due = false;
	line->restarts = 0;
	if (leg->leg.incoming)
		line->refusals = 0;
	leg->line = line;
	leg->leg.line = line->hw;
	if (line->link->interface >= 0)
		leg->ds1 = pri_interface_bits(line->link);
	pri_line_set(line, PRI_LINE_SETUP);
}

/* STATE is what becomes of the line when its span is in service. */
void pri_line_drop(struct pri_leg *leg, enum pri_line_state state)
{
	struct pri_line *line = leg->line;

	leg->line = NULL;
	leg->leg.line = NULL;
	if (!line || line->leg != leg)
		return;
	line->leg = NULL;
	line->used = ++line->link->trunk->uses;
	if (!line->link->in_service)
		state = PRI_LINE_OUT;
	else if (line->restart_due)
		state = PRI_LINE_RESTARTING;
	pri_line_set(line, state);
	if (state == PRI_LINE_RESTARTING)
		pri_restart_run(line->link);
}

struct pri_line *pri_line_at(struct pri_link *link, int pos)
{
	for (int i = 0; i < link->n_lines; i++)
		if (link->lines[i].pos == pos)
			return &link->lines[i];
	return NULL;
}

struct pri_line *pri_line_named(struct pri_link *link, int channel)
{
	struct pri_link *span = channel < 0 ? NULL : pri_interface(link, channel);
	int pos = channel & 0xff;

	return span && pos && pos != 0xff ? pri_line_at(span, pos) : NULL;
}

/* A span in alarm takes no new call, though the alarm may be too short to end those that are up. */
bool pri_link_usable(const struct pri_link *link)
{
	return link->in_service && !link->alarms;
}

static bool free_line(const struct pri_line *line, const struct pri_line *avoid)
{
	return line->state == PRI_LINE_IDLE && !line->leg && line->hw && line != avoid;
}

/* The line at place N of the hunting order, which runs over all lines of all spans. */
static struct pri_line *nth(struct pri_trunk *t, int n)
{
	for (int i = 0; i < t->n_links; i++) {
		if (n < t->links[i]->n_lines)
			return &t->links[i]->lines[n];
		n -= t->links[i]->n_lines;
	}
	return NULL;
}

static int total(const struct pri_trunk *t)
{
	int n = 0;

	for (int i = 0; i < t->n_links; i++)
		n += t->links[i]->n_lines;
	return n;
}

/* Of two idle lines the one with less is taken, of equals the first. */
static uint64_t weight(const struct pri_line *line, enum pri_hunt hunt)
{
	switch (hunt) {
	case PRI_LEAST_USED:
		return line->calls;
	case PRI_LEAST_RECENT:
		return line->used;
	case PRI_ODD:
		return !(line->pos & 1);
	case PRI_EVEN:
		return line->pos & 1;
	default:
		return 0;
	}
}

/* An idle line by the trunk's order; ONLY (may be NULL) limits it to the spans of one, AVOID is left out. */
struct pri_line *pri_hunt(struct pri_trunk *t, const struct pri_group *only, const struct pri_line *avoid)
{
	int n = total(t), start = 0, step = 1;
	struct pri_line *best = NULL;

	if (t->conf.hunt == PRI_ROUND_ROBIN && n)
		start = (int)(t->rr_line % (unsigned)n);
	if (t->conf.hunt == PRI_DESCENDING) {
		start = n - 1;
		step = n - 1; /* one back, modulo n */
	}
	for (int i = 0, at = start; i < n; i++, at = (at + step) % n) {
		struct pri_line *line = nth(t, at);

		if (!pri_link_usable(line->link) || (only && line->link->group != only) || !free_line(line, avoid))
			continue;
		if (best && weight(line, t->conf.hunt) >= weight(best, t->conf.hunt))
			continue;
		best = line;
		t->rr_line = (unsigned)at + 1;
		if (t->conf.hunt <= PRI_ROUND_ROBIN)
			break;
	}
	return best;
}

int pri_encode(const struct pri_leg *leg)
{
	return leg->line ? leg->line->pos | leg->ds1 : 0;
}
