/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gateway/line_test.h: `tipring line LINE test`: what was measured, step by step, each with its verdict. Loop thread only. */
#ifndef GATEWAY_LINE_TEST_H
#define GATEWAY_LINE_TEST_H

#include "gateway/ops/control.h"
#include "gateway/trunk.h"

/* Answers REQ when the test of L, a line of T, is over: "steps" (step, result, verdict: "good", "bad" or "cannot be measured"; value
 * and unit where it is a number), "bad" (how many), and "aborted" where it was cut short. */
void line_test(struct gateway *gw, struct trunk *t, const struct trunk_line *l, struct control_request *req);

#endif
