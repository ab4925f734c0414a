/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests/support/pri_nfas.c: see pri_nfas.h. */
#include "tests/support/pri_nfas.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

struct bench *nfas_open(int dchans, enum pri_dialect dialect, enum pri_hunt hunt)
{
	return bench_open(&(struct bench_conf){
		.type = HW_SPAN_T1, .dialect = dialect, .spans = SPANS, .nfas = dchans, .hunt = hunt });
}

struct pri_span_info nfas_span(struct bench *b, int end, int no)
{
	struct pri_span_info s[BENCH_SPANS];

	assert_int_equal(pri_trunk_spans(b->end[end].trunk, s, BENCH_SPANS), SPANS);
	return s[no - 1];
}

void nfas_assert_active(struct bench *b, int no)
{
	assert_true(nfas_span(b, USER, no).active);
	assert_true(nfas_span(b, NET, no).active);
}

void nfas_layer2_lost(struct bench *b, int no)
{
	bench_fault(b, no, SIM_FAULT_D_LOSS, 1000);
	bench_until(b, 40000, !nfas_span(b, USER, no).layer2 && !nfas_span(b, NET, no).layer2);
}

void nfas_layer2_passes(struct bench *b, int no)
{
	bench_fault(b, no, SIM_FAULT_D_LOSS, 0);
}
