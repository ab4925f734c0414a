/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests/unit/test_hw_analog.c: the common driver test's analog part on the simulated card, in invented time.
 * What passes here and in the virtual machine (tests/dahdi/test_analog.py) gives the same events on both. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "hw/sim.h"
#include "tests/support/hw_common.h"

static void common(enum hw_law law)
{
	const struct sim_span span = {.no = 1, .type = HW_SPAN_ANALOG, .fxs = 2, .fxo = 2, .law = law};
	const struct sim_pair pairs[] = {{.fxs = 1, .fxo = 3}, {.fxs = 2, .fxo = 4}};
	const struct sim_conf conf = {.spans = &span, .n_spans = 1, .pairs = pairs, .n_pairs = 2};
	struct hw_common t = {.fxs = 2, .fxo = 4, .invented = true, .now_us = 1000000};

	assert_int_equal(hw_sim_open(&t.hw, &conf), 0);
	assert_int_equal(hw_common_run_analog(&t), 0);
	assert_true(t.passed >= 19);
	hw_close(t.hw);
}

static void test_ground(void **state)
{
	const struct sim_span span = {
		.no = 1, .type = HW_SPAN_ANALOG, .fxs = 2, .fxo = 2, .law = HW_MULAW, .ground_start = true};
	const struct sim_pair pairs[] = {{.fxs = 1, .fxo = 3}, {.fxs = 2, .fxo = 4}};
	const struct sim_conf conf = {.spans = &span, .n_spans = 1, .pairs = pairs, .n_pairs = 2};
	struct hw_common t = {.fxs = 2, .fxo = 4, .invented = true, .now_us = 1000000};

	(void)state;
	assert_int_equal(hw_sim_open(&t.hw, &conf), 0);
	assert_int_equal(hw_common_run_ground(&t), 0);
	assert_int_equal(t.passed, 14);
	hw_close(t.hw);
}

static void test_alaw(void **state)
{
	(void)state;
	common(HW_ALAW);
}

static void test_mulaw(void **state)
{
	(void)state;
	common(HW_MULAW);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_alaw),
		cmocka_unit_test(test_mulaw),
		cmocka_unit_test(test_ground),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
