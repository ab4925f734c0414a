/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests/unit/test_hw_dahdi.c: the DAHDI driver on a host without DAHDI: no card is an ordinary answer, and
 * its clock runs all the same. The rest is tested by tests/tools/hw_dahdi_test.c in a virtual machine. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <unistd.h>

#include <cmocka.h>

#include "hw/hw.h"

static void never(void *arg, enum hw_event ev)
{
	(void)arg;
	(void)ev;
	fail();
}

static void test_no_card(void **state)
{
	struct hw_span span;
	struct hw_chan chan;
	struct hw_line *l;
	struct hw_dchan *d;
	struct pollfd p, own;
	struct hw *hw;

	(void)state;
	if (access("/dev/dahdi/ctl", F_OK) == 0)
		skip();
	assert_int_equal(hw_dahdi_open(&hw), 0);
	assert_int_equal(hw_spans(hw, &span, 1), 0);
	assert_int_equal(hw_chans(hw, 0, &chan, 1), 0);
	assert_int_equal(hw_line_open(hw, 1, never, NULL, &l), -ENOENT);
	assert_int_equal(hw_dchan_open(hw, 16, never, NULL, &d), -ENOENT);
	own = (struct pollfd){.fd = hw_fd(hw), .events = POLLIN};
	assert_int_equal(poll(&own, 1, 0), 0);
	hw_service(hw, 0);

	assert_int_equal(hw_clock_poll(hw, &p), 0);
	assert_int_equal(poll(&p, 1, 0), 0);
	assert_int_equal(hw_clock_tick(hw, 0), 0);
	assert_int_equal(hw_clock_start(hw, 8), 0);
	assert_int_equal(poll(&p, 1, 2000), 1);
	assert_true(hw_clock_tick(hw, 0) >= 1);
	assert_int_equal(hw_clock_start(hw, 0), 0);
	assert_int_equal(poll(&p, 1, 20), 0);
	hw_close(hw);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_no_card)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
