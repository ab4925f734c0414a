/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/pri_restart.c: RESTART (Q.931 5.5). Ours goes to one channel at a time, because the procedure has
 * one global call reference, and is supervised here: libpri's own T316 ends without an event. Loop thread.
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

static void send_restart(struct pri_link *link, struct pri_line *line)
{
	line->restarts++;
	link->count.restarts++;
	link->restarting = line;
	link->restart_lost = false;
	link->restart_from = (int)(line - link->lines) + 1;
	link->restart_at = pri_stamp(link->trunk);
	pri_reset(link->pri, line->pos);
}

static void proved_idle(struct pri_line *line)
{
	line->restart_due = false;
	line->restarts = 0;
	if (!line->leg)
		pri_line_set(line, line->link->in_service ? PRI_LINE_IDLE : PRI_LINE_OUT);
}

/* A switch that never answered any RESTART has not the procedure (many have not): its lines are taken as
 * idle. One that has answered others is not believed about this one. */
static void give_up(struct pri_link *link, struct pri_line *line)
{
	if (link->restart_known) {
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
	for (int i = 0; i < link->n_lines; i++)
		if (link->lines[i].restart_due)
			proved_idle(&link->lines[i]);
}

static void check_timeout(struct pri_link *link)
{
	struct pri_line *line = link->restarting;

	if (!line || link->restart_at == PRI_UNSTAMPED ||
	    link->trunk->now_us < link->restart_at + pri_timer_us(link->trunk, PT_T316))
		return;
	link->restarting = NULL;
	link->count.restart_timeouts++;
	if (!line->restart_due || line->leg)
		return;
	if (line->restarts > pri_timer(&link->trunk->conf, PT_N316))
		give_up(link, line);
	else if (!link->restart_known) /* soon to be known whether it is the procedure or the channel */
		send_restart(link, line);
}

static bool waits_aside(const struct pri_line *line)
{
	return line->state == PRI_LINE_SET_ASIDE && !line->restart_due && line->retry_at > 0;
}

int64_t pri_restart_next(const struct pri_link *link)
{
	int64_t next = -1;

	for (int i = 0; link->layer2 && i < link->n_lines; i++)
		if (waits_aside(&link->lines[i]) && (next < 0 || link->lines[i].retry_at < next))
			next = link->lines[i].retry_at;
	return next;
}

/* A line set aside stays so, and is sent one RESTART now and then: the far end may have mended itself. */
static void retry_aside(struct pri_link *link)
{
	for (int i = 0; link->layer2 && i < link->n_lines; i++) {
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
	check_timeout(link);
	retry_aside(link);
	if (link->restarting && link->restart_lost && link->layer2) {
		link->restart_lost = false;
		if (link->restarting->leg)
			link->restarting = NULL;
		else
			pri_reset(link->pri, link->restarting->pos);
	}
	for (int i = 0; !link->restarting && link->layer2 && i < link->n_lines; i++) {
		struct pri_line *line = &link->lines[(link->restart_from + i) % link->n_lines];

		if (line->restart_due && !line->leg)
			send_restart(link, line);
	}
}

/* Layer 2 is lost: what was sent is lost with it. */
void pri_restart_stop(struct pri_link *link)
{
	link->restarting = NULL;
	link->restart_from = 0;
	for (int i = 0; i < link->n_lines; i++)
		link->lines[i].restarts = 0;
}

/* After T316: a line that was set aside is proved idle by it as well. */
static void late_ack(struct pri_link *link, int pos)
{
	struct pri_line *line = pos && pos != 0xff ? pri_line_at(link, pos) : NULL;

	if (!line || line->state != PRI_LINE_SET_ASIDE || line->leg) {
		pri_log(link, LOG_DEBUG, "RESTART ACKNOWLEDGE for chan %d was not awaited", pos);
		return;
	}
	pri_log(link, LOG_NOTICE, "chan %d: a late RESTART ACKNOWLEDGE proves it idle", pos);
	proved_idle(line);
}

void pri_on_restart_ack(struct pri_link *link, pri_event *ev)
{
	int pos = ev->restartack.channel < 0 ? 0 : ev->restartack.channel & 0xff;
	struct pri_line *line = link->restarting;

	if (!line || (pos && pos != 0xff && pos != line->pos)) {
		late_ack(link, pos);
		return;
	}
	link->restart_known = true;
	link->restarting = NULL;
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
	if (line != line->link->restarting)
		proved_idle(line);
}

/* From the far end: one channel, or the whole interface. libpri has acknowledged it. */
void pri_on_restart(struct pri_link *link, pri_event *ev)
{
	int pos = ev->restart.channel < 0 ? 0xff : ev->restart.channel & 0xff;

	if (pos == 0xff || !pos)
		pri_log(link, LOG_NOTICE, "RESTART of the whole interface from the far end");
	for (int i = 0; i < link->n_lines; i++)
		if (pos == 0xff || !pos || link->lines[i].pos == pos)
			far_restarts(&link->lines[i]);
}
