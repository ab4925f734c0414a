/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests/support/pri_calls.h: calls on the bench of two trunks (pri_bench.h): brought up, refused, ended, and faults on its spans. */
#ifndef TESTS_SUPPORT_PRI_CALLS_H
#define TESTS_SUPPORT_PRI_CALLS_H

#include "tests/support/pri_bench.h"

/* Policy for bench_end.offered: refused, the channel is not available. */
void bench_refuse_44(struct bench_leg *l);

/* A call from END that the other end answers, up at both: the caller's leg. The other one is the newest there. */
struct bench_leg *bench_call_up(struct bench *b, int end, const char *called);
/* Every call that is left is cleared by the end that placed it, and is gone from both. */
void bench_end_all(struct bench *b);
/* Ends every call that is left: all lines idle, nothing that the audit had to put right, and closed. */
void bench_over(struct bench *b);

/* A line of END's first span is taken out, or put back; pri_trunk_take_out(). */
int bench_take_out(struct bench *b, int end, int pos, bool out);
/* The same fault (hw/sim.h) at both ends of the wire on the user's span NO. */
void bench_fault(struct bench *b, int no, enum sim_fault fault, int value);

#endif
