/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/pri_timers.h: the timers and counters of Q.921 and Q.931 that a trunk may set, by their names. In the
 * table is what really runs: libpri knows T301 (which the driver runs), T307, T314, T317 to T322 by name and
 * starts none of them (seen in its code), T312 is for broadcast SETUP, T201, T202 and N202 for TEIs, none of which a primary
 * rate has. Pure.
 */
#ifndef CHANNELS_PRI_TIMERS_H
#define CHANNELS_PRI_TIMERS_H

#include "channels/pri.h"

struct pri_timer_def {
	const char *name;
	bool count;			/* a number, and not milliseconds */
	unsigned def, min, max;
	const char *clause;		/* where it is defined */
	const char *why;		/* one line for people */
};
const struct pri_timer_def *pri_timer_def(enum pri_timer t);
/* The value of a trunk: CONF's, or the default where it says 0. */
unsigned pri_timer(const struct pri_trunk_conf *conf, enum pri_timer t);

#endif
