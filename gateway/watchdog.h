/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gateway/watchdog.h: notices a loop or a media thread that has stopped. A small thread looks every 2 s: a
 * loop that has not turned for 5 s is made to say where it stands (a backtrace on standard error); after 15 s
 * the process is aborted, and the service manager starts it again.
 */
#ifndef GATEWAY_WATCHDOG_H
#define GATEWAY_WATCHDOG_H

#include <stdbool.h>

#include "gateway/loop.h"
#include "gateway/media/media.h"

struct watchdog;

struct watchdog_limits {	/* in ms; each at least one beat longer than the one before */
	int beat, look;		/* how often the loop beats, how often the watchdog looks */
	int tell, abort;	/* stillness after which it tells, and gives up */
};
extern const struct watchdog_limits watchdog_defaults;

/* Watches the thread that calls this, which is the one that runs LOOP, and the media thread for as long as
 * BUSY says (on the loop thread) that audio is flowing. */
struct watchdog_conf {
	struct watchdog_limits limits;
	struct media *media;
	bool (*busy)(void *arg);
	void *arg;
};
int watchdog_open(struct watchdog **out, struct loop *loop, const struct watchdog_conf *conf);
void watchdog_close(struct watchdog *w);	/* NULL is fine */

#endif
