/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/pri_takeout.c: what people do to lines: taken out of service and put back, and RESTART on demand
 * (Q.931 5.5). A line that is taken out gets no new call; the one that is up ends by itself. It is told apart
 * from a line that is out because its span is, and stays taken out when the span leaves and returns. The far end is
 * told where it has SERVICE messages (pri_maintenance.c). Loop thread.
 */
#include "channels/pri_private.h"

#include <syslog.h>

static void restart(struct pri_line *line)
{
	if (line->link->in_service && !line->leg)
		pri_restart_line(line);
}

static void set(struct pri_line *line, bool out)
{
	line->taken_out = out;
	line->link->trunk->changed = true;
	pri_log(line->link, LOG_NOTICE, "chan %d: %s", line->pos, out ? "taken out of service" : "put back");
}

static void take_out(struct pri_line *line)
{
	if (line->taken_out)
		return;
	set(line, true);
	if (line->state == PRI_LINE_IDLE || line->state == PRI_LINE_FAR_OUT)
		pri_line_set(line, PRI_LINE_TAKEN_OUT);
}

/* What the far end did with it meanwhile is not known: RESTART before the first call. */
static void put_back(struct pri_line *line)
{
	if (!line->taken_out) {
		pri_maintenance_again(line);
		return;
	}
	set(line, false);
	if (line->state == PRI_LINE_TAKEN_OUT)
		pri_restart_line(line);
}

static int each(struct pri_trunk *t, int span, int pos, void (*act)(struct pri_line *))
{
	int n = 0;

	pri_enter(t);
	for (int i = 0; i < t->n_links; i++) {
		struct pri_link *link = t->links[i];

		for (int j = 0; (!span || link->span == span) && j < link->n_lines; j++) {
			if (pos && link->lines[j].pos != pos)
				continue;
			act(&link->lines[j]);
			n++;
		}
		pri_maintenance_run(link);
		if (link->in_service)
			pri_restart_run(link);
	}
	pri_leave(t);
	return n;
}

int pri_trunk_restart_at(struct pri_trunk *t, int span, int pos)
{
	return each(t, span, pos, restart);
}

void pri_trunk_restart(struct pri_trunk *t)
{
	pri_trunk_restart_at(t, 0, 0);
}

int pri_trunk_take_out(struct pri_trunk *t, int span, int pos, bool out)
{
	return each(t, span, pos, out ? take_out : put_back);
}
