/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests/support/pri_calls.c: see pri_calls.h. */
#include "tests/support/pri_calls.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

void bench_refuse_44(struct bench_leg *l)
{
	bench_clear(l, 44);
}

struct bench_leg *bench_call_up(struct bench *b, int which, const char *called)
{
	struct bench_leg *l;

	b->end[!which].offered = bench_answer;
	l = bench_call(b, which, called);
	assert_non_null(l);
	bench_until(b, 500, bench_event(l, LEG_ANSWERED));
	bench_run(b, 50);	/* CONNECT ACKNOWLEDGE */
	return l;
}

static bool none_left(const struct bench *b)
{
	for (int i = 0; i < 2; i++)
		for (const struct bench_leg *l = b->end[i].legs; l; l = l->next)
			if (!l->cleared)
				return false;
	return true;
}

void bench_end_all(struct bench *b)
{
	struct leg_cause c = { .q850 = 16, .location = 2 };

	for (int i = 0; i < 2; i++)
		for (struct bench_leg *l = b->end[i].legs; l; l = l->next)
			if (!l->incoming && !l->cleared)
				leg_clear(l->leg, &c);	/* some may be clearing already */
	bench_until(b, 2000, none_left(b));
}

void bench_over(struct bench *b)
{
	bench_end_all(b);
	bench_assert_idle(b);
	for (int i = 0; i < 2; i++)
		assert_null(strstr(b->end[i].log, "audit"));
	bench_close(b);
}

int bench_take_out(struct bench *b, int which, int pos, bool out)
{
	return pri_trunk_take_out(b->end[which].trunk, b->end[which].spans[0], pos, out);
}

void bench_fault(struct bench *b, int no, enum sim_fault fault, int value)
{
	for (int i = 0; i < 2; i++)
		assert_int_equal(hw_sim_fault(b->card, b->end[i].spans[no - 1], fault, value), 0);
}
