/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/pri_timers.c: the table of timers; see pri_timers.h. libpri runs those with an index of its own, this
 * driver the others: T301, T302, T304, T306 and T310 in pri_wait.c, T316 and N316 in pri_restart.c. Loop thread.
 */
#include "channels/pri_timers.h"

#include "channels/pri_private.h"

static const struct {
	struct pri_timer_def def;
	int libpri; /* PRI_TIMER_x, -1 for a timer of this driver */
} timers[PRI_TIMERS] = {
	[PT_T200] = {{"T200", false, 1000, 100, 10000, "Q.921 5.9.1", "a frame without an answer is sent again"},
		     PRI_TIMER_T200},
	[PT_N200] = {{"N200", true, 3, 1, 10, "Q.921 5.9.2", "so often, then layer 2 is set up again"}, PRI_TIMER_N200},
	[PT_T203] = {{"T203", false, 10000, 1000, 300000, "Q.921 5.9.8", "no frame for so long: the far end is asked"},
		     PRI_TIMER_T203},
	[PT_K] = {{"K", true, 7, 1, 32, "Q.921 5.9.5", "frames under way without an answer"}, PRI_TIMER_K},
	[PT_T301] = {{"T301", false, 600000, 10000, 7200000, "Q.931 5.1.7, 9.1",
		      "ALERTING or an announcement, and no answer: cleared; Q.931 has 3 min or more"},
		     -1},
	[PT_T302] = {{"T302", false, 10000, 1000, 120000, "Q.931 5.1.3, 5.2.4", "overlap: no digit for so long: the number is taken as it is"},
		     -1},
	[PT_T303] = {{"T303", false, 4000, 1000, 60000, "Q.931 5.1.1", "SETUP without an answer: sent once more, then given up"},
		     PRI_TIMER_T303},
	[PT_T304] = {{"T304", false, 30000, 1000, 120000, "Q.931 5.1.3", "overlap: digits sent, and nothing said to them: cleared"},
		     -1},
	[PT_T305] = {{"T305", false, 30000, 1000, 120000, "Q.931 5.3.3", "DISCONNECT without an answer: RELEASE"},
		     PRI_TIMER_T305},
	[PT_T306] = {{"T306", false, 30000, 1000, 300000, "Q.931 5.4.1", "an announcement after DISCONNECT is heard so long"},
		     -1},
	[PT_T308] = {{"T308", false, 4000, 1000, 60000, "Q.931 5.3.3", "RELEASE without an answer: once more, then RESTART of the channel"},
		     PRI_TIMER_T308},
	[PT_T309] = {{"T309", false, 90000, 1000, 600000, "Q.931 5.8.9", "layer 2 does not come up: calls that are up wait so long"},
		     PRI_TIMER_T309},
	[PT_T310] = {{"T310", false, 40000, 1000, 300000, "Q.931 5.1.5.2, 5.2.5.3",
		      "CALL PROCEEDING, and nothing more: cleared with cause 102"},
		     -1},
	[PT_T313] = {{"T313", false, 4000, 1000, 60000, "Q.931 5.2.8", "user side: CONNECT without an answer: cleared"},
		     PRI_TIMER_T313},
	[PT_T316] = {{"T316", false, 20000, 1000, 600000, "Q.931 5.5.1",
		      "RESTART without an answer: once more; Q.931's 2 min keep a line out long"},
		     -1},
	[PT_N316] = {{"N316", true, 2, 1, 10, "Q.931 5.5.1", "so often once more, then the channel is set aside"}, -1},
	[PT_HOLD] = {{"T-HOLD", false, 4000, 1000, 60000, "Q.932 6.2.6.1", "HOLD without an answer: the far end is told by NOTIFY"},
		     PRI_TIMER_T_HOLD},
	[PT_RETRIEVE] = {{"T-RETRIEVE", false, 4000, 1000, 60000, "Q.932 6.2.6.2",
			  "RETRIEVE without an answer: the call stays held, and it is asked again"},
			 PRI_TIMER_T_RETRIEVE},
};

const struct pri_timer_def *pri_timer_def(enum pri_timer t)
{
	return &timers[t].def;
}

unsigned pri_timer(const struct pri_trunk_conf *conf, enum pri_timer t)
{
	return conf->timers[t] ? conf->timers[t] : timers[t].def.def;
}

int64_t pri_timer_us(const struct pri_trunk *trunk, enum pri_timer t)
{
	return (int64_t)pri_timer(&trunk->conf, t) * 1000;
}

/* Every one, also where it is the default: the instance may be an old one that had others. libpri reads a timer
 * when it starts it, so those that run go on. */
void pri_timers_apply(struct pri_link *link)
{
	for (int i = 0; link->pri && i < PRI_TIMERS; i++)
		if (timers[i].libpri >= 0)
			pri_set_timer(link->pri, timers[i].libpri,
				      (int)pri_timer(&link->trunk->conf, (enum pri_timer)i));
}

void pri_trunk_timers(struct pri_trunk *t, const unsigned values[PRI_TIMERS])
{
	for (int i = 0; i < PRI_TIMERS; i++)
		t->conf.timers[i] = values[i];
	for (int i = 0; i < t->n_links; i++)
		pri_timers_apply(t->links[i]);
}

void pri_trunk_timers_now(const struct pri_trunk *t, unsigned values[PRI_TIMERS])
{
	for (int i = 0; i < PRI_TIMERS; i++)
		values[i] = pri_timer(&t->conf, (enum pri_timer)i);
}

/* A call that is being cleared is lost when RELEASE has been sent twice after DISCONNECT and a while has passed. */
int64_t pri_stuck_clearing_us(const struct pri_trunk *t)
{
	return pri_timer_us(t, PT_T305) + 2 * pri_timer_us(t, PT_T308) + 22000000;
}
