/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gateway/pair_test.h: `tipring line A test B`: two of our own analog ports that are wired together, an FXS and an FXO port: rung,
 * answered, heard and cleared, with the drivers that calls have. One such test at a time. Loop thread only.
 */
#ifndef GATEWAY_PAIR_TEST_H
#define GATEWAY_PAIR_TEST_H

#include "channels/leg.h"
#include "gateway/ops/control.h"
#include "gateway/trunk.h"

struct pair_test;

#define PAIR_TEST_MAX_S 60	/* no test lasts longer */

/* Answers REQ when the test is over, as line_test() does; at once with what is wrong where it cannot be made. A and B in any order. */
void pair_test(struct gateway *gw, const char *a, const char *b, struct control_request *req);
/* A call that has come in on an FXO line: true when it is the test's, which has taken the leg then. */
bool pair_test_takes(struct gateway *gw, struct leg *leg, const struct leg_offer *offer);
/* Is the FXS port PORT ("1") of T being tested? A call to it would wait then, with a tone that disturbs. */
bool pair_test_has(const struct trunk *t, const char *port);
/* The gateway stops: the legs are cleared, and REQ is answered with what has been measured. */
void pair_test_stop(struct gateway *gw);

#endif
