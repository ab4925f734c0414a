/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/pri_restart.c: RESTART (Q.931 5.5). Ours goes to one channel at a time, because the procedure has
 * one global call reference for all spans of a group, and is supervised here: libpri's own T316 ends without
 * an event. Loop thread.
 */
#include "channels/pri_private.h"
#include "channels/pri_timers.h"

#include <syslog.h>

void pri_restart_line(struct pri_line *line)
{
	line->restart_due = true;
	line->restarts = 0;
	pri_line_set(line, PRI_LINE_RESTARTING);
}

/* The line at place N of all lines of the group, which start again after the last one. NULL: there are none. */
static struct pri_line *group_line(const struct pri_group *g, unsigned n)
{
	unsigned total = 0;

	for (const struct pri_link *span = g->spans; span; span = span->next)
		total += (unsigned)span->n_lines;
	n %= total ? total : 1;
	for (struct pri_link *span = g->spans; span; span = span->next) {
		if (n < (unsigned)span->n_lines)
			return &span->lines[n];
		n -= (unsigned)span->n_lines;
	}
	return NULL;
}

static void reset(struct pri_group *g)
{
	const struct pri_line *line = g->restarting;

	pri_reset(g->active->pri, line->pos | pri_interface_bits(line->link));
}

static void send_restart(struct pri_line *line)
{
	struct pri_group *g = line->link->group;

	line->restarts++;
	line->link->count.restarts++;
	g->restarting = line;
	g->restart_lost = false;
	g->restart_at = pri_stamp(line->link->trunk);
	reset(g);
}

static void proved_idle(struct pri_line *line)
{
	line->restart_due = false;
	line->restarts = line->refusals = 0;
	if (!line->leg)
		pri_line_set(line, line->link->in_service ? PRI_LINE_IDLE : PRI_LINE_OUT);
}

/* A switch that never answered any RESTART has not the procedure (many have not): its lines are taken as
 * idle. One that has answered others is not believed about this one. */
static void give_up(struct pri_group *g, struct pri_line *line)
{
	struct pri_link *link = line->link;

	if (g->restart_known) {
		line->restart_due = false;
		line->retry_at = pri_stamp(link->trunk);
		if (line->state == PRI_LINE_SET_ASIDE)
			pri_log(link, LOG_INFO, "chan %d: again no answer to RESTART: it stays aside",
				line->pos);
		else
			pri_log(link, LOG_ERR, "chan %d: RESTART sent %u times, no answer: set aside",
				line->pos, line->restarts);
		pri_line_set(line, PRI_LINE_SET_ASIDE);
		return;
	}
	pri_log(link, LOG_WARNING, "the far end answers no RESTART: lines are taken as idle");
	for (struct pri_link *span = g->spans; span; span = span->next)
		for (int i = 0; i < span->n_lines; i++)
			if (span->lines[i].restart_due)
				proved_idle(&span->lines[i]);
}

/* Again and again: the far end takes the channel for one in use, or out of service. It is not hunted any more, and RESTART is tried
 * in a while; a call from the far end on it proves it idle too. */
void pri_line_refused(struct pri_line *line)
{
	if (++line->refusals < PRI_REFUSALS || line->state != PRI_LINE_IDLE || line->leg)
		return;
	pri_log(line->link, LOG_ERR, "chan %d: refused %u times in a row with cause 44, others are taken: set aside", line->pos,
		line->refusals);
	line->retry_at = pri_stamp(line->link->trunk);
	pri_line_set(line, PRI_LINE_SET_ASIDE);
}

static void check_timeout(struct pri_group *g, const struct pri_trunk *t)
{
	struct pri_line *line = g->restarting;

	if (!line || g->restart_at == PRI_UNSTAMPED || t->now_us < g->restart_at + pri_timer_us(t, PT_T316))
		return;
	g->restarting = NULL;
	line->link->count.restart_timeouts++;
	if (!line->restart_due || line->leg)
		return;
	if (line->restarts > pri_timer(&t->conf, PT_N316))
		give_up(g, line);
	else if (!g->restart_known) /* soon to be known whether it is the procedure or the channel */
		send_restart(line);
}

static bool waits_aside(const struct pri_line *line)
{
	return line->state == PRI_LINE_SET_ASIDE && !line->restart_due && line->retry_at > 0;
}

int64_t pri_restart_next(const struct pri_link *link)
{
	int64_t next = -1;

	for (int i = 0; link->in_service && i < link->n_lines; i++)
		if (waits_aside(&link->lines[i]) && (next < 0 || link->lines[i].retry_at < next))
			next = link->lines[i].retry_at;
	return next;
}

/* A line set aside stays so, and is sent one RESTART now and then: the far end may have mended itself. */
static void retry_aside(struct pri_link *link)
{
	for (int i = 0; link->in_service && i < link->n_lines; i++) {
		struct pri_line *line = &link->lines[i];

		if (!waits_aside(line) || link->trunk->now_us < line->retry_at)
			continue;
		line->retry_at = 0;
		line->restarts = pri_timer(&link->trunk->conf, PT_N316);
		line->restart_due = true;
	}
}

/* The next line in turn, so that one channel without an answer does not keep the others waiting. */
void pri_restart_run(struct pri_link *link)
{
	struct pri_group *g = link->group;
	struct pri_line *line, *first;
	unsigned at = g->restart_from;

	check_timeout(g, link->trunk);
	retry_aside(link);
	if (!pri_group_up(g))
		return;
	if (g->restarting && g->restart_lost) {
		g->restart_lost = false;
		if (g->restarting->leg)
			g->restarting = NULL;
		else
			reset(g);
	}
	first = g->restarting ? NULL : group_line(g, at);
	for (line = first; line; line = group_line(g, ++at)) {
		if (line->restart_due && !line->leg && line->link->in_service) {
			g->restart_from = at + 1;
			send_restart(line);
			return;
		}
		if (group_line(g, at + 1) == first)
			return;
	}
}

/* Layer 2 is lost: what was sent is lost with it. */
void pri_restart_stop(struct pri_link *link)
{
	struct pri_group *g = link->group;

	if (g->restarting && g->restarting->link == link)
		g->restarting = NULL;
	g->restart_from = 0;
	for (int i = 0; i < link->n_lines; i++)
		link->lines[i].restarts = 0;
}

/* After T316: a line that was set aside is proved idle by it as well. */
static void late_ack(struct pri_link *link, int channel)
{
	struct pri_line *line = pri_line_named(link, channel);

	if (!line || line->state != PRI_LINE_SET_ASIDE || line->leg) {
		pri_log(link, LOG_DEBUG, "RESTART ACKNOWLEDGE for chan %d was not awaited", channel < 0 ? 0 : channel & 0xff);
		return;
	}
	pri_log(link, LOG_NOTICE, "chan %d: a late RESTART ACKNOWLEDGE proves it idle", line->pos);
	proved_idle(line);
}

void pri_on_restart_ack(struct pri_link *link, pri_event *ev)
{
	struct pri_group *g = link->group;
	int pos = ev->restartack.channel < 0 ? 0 : ev->restartack.channel & 0xff;
	struct pri_line *line = g->restarting;

	if (!line || (pos && pos != 0xff && pri_line_named(link, ev->restartack.channel) != line)) {
		late_ack(link, ev->restartack.channel);
		return;
	}
	g->restart_known = true;
	g->restarting = NULL;
	if (line->leg) /* its SETUP crossed our RESTART, and the far end has dropped the call */
		pri_leg_destroy(line->leg, 41);
	proved_idle(line);
	pri_restart_run(link);
}

static void far_restarts(struct pri_line *line)
{
	if (line->leg) {
		pri_log(line->link, LOG_NOTICE, "chan %d: RESTART from the far end ends its call", line->pos);
		pri_leg_destroy(line->leg, 41);
	}
	if (line->state == PRI_LINE_SET_ASIDE)
		pri_log(line->link, LOG_NOTICE, "chan %d: a RESTART from the far end proves it idle",
			line->pos);
	pri_maintenance_restarted(line);
	if (line != line->link->group->restarting)
		proved_idle(line);
}

static void far_restarts_span(struct pri_link *span)
{
	pri_log(span, LOG_NOTICE, "RESTART of the whole interface from the far end");
	for (int i = 0; i < span->n_lines; i++)
		far_restarts(&span->lines[i]);
}

/* The restart class of the message that has just come: all interfaces of the D channel (Q.931 4.5.25)? */
static bool all_interfaces(const struct pri_link *link)
{
	struct q931_element class = q931_find(link->got, link->got_len, 0x79, 0);

	return class.len && (class.octets[0] & 7) == 7;
}

/* From the far end: one channel, an interface or all of them. libpri has acknowledged it. */
void pri_on_restart(struct pri_link *link, pri_event *ev)
{
	int channel = ev->restart.channel, pos = channel < 0 ? 0xff : channel & 0xff;
	struct pri_line *line = pri_line_named(link, channel);
	struct pri_link *span = pri_interface(link, channel < 0 ? 0 : channel);

	if (pos && pos != 0xff) {
		if (line)
			far_restarts(line);
	} else if (!all_interfaces(link)) {
		far_restarts_span(span ? span : link);
	} else {
		for (span = link->group->spans; span; span = span->next)
			far_restarts_span(span);
	}
}
