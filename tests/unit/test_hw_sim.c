/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests/unit/test_hw_sim.c: the common driver test on the simulated card, in invented time, and the card's
 * own faults. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "hw/sim.h"
#include "tests/support/hw_common.h"

static struct hw *open_pair(enum hw_span_type type, double ppm)
{
	const struct sim_span spans[] = {{.no = 1, .type = type}, {.no = 2, .type = type}};
	const struct sim_wire wire = {1, 2, ppm};
	const struct sim_conf conf = {.spans = spans, .n_spans = 2, .wires = &wire, .n_wires = 1};
	struct hw *hw = NULL;

	assert_int_equal(hw_sim_open(&hw, &conf), 0);
	return hw;
}

static int lose(struct hw_common *t, bool lost)
{
	return hw_sim_fault(t->hw, t->far, SIM_FAULT_REMOVED, lost);
}

static void common(enum hw_span_type type)
{
	struct hw_common t = {.hw = open_pair(type, 0),
			      .near = 1,
			      .far = 2,
			      .invented = true,
			      .lose = lose,
			      .now_us = 1000000};

	assert_int_equal(hw_common_run(&t), 0);
	assert_true(t.passed >= 16);
	hw_close(t.hw);
}

static void test_common_e1(void **state)
{
	(void)state;
	common(HW_SPAN_E1);
}

static void test_common_t1(void **state)
{
	(void)state;
	common(HW_SPAN_T1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_common_e1),
		cmocka_unit_test(test_common_t1),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
