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

/* Watches the thread that calls this, which is the one that runs LOOP, and the media thread for as long as
 * BUSY says (on the loop thread) that audio is flowing. */
int watchdog_open(struct watchdog **out, struct loop *loop, struct media *m, bool (*busy)(void *arg), void *arg);
void watchdog_close(struct watchdog *w);	/* NULL is fine */

#endif
