/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests/unit/test_call_clock.c: the clock of the host is set while a call is up: it has lasted as long as it has. */
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "tests/support/call_fakes.h"

static time_t set_by, passed;	/* seconds: the host's clock was set by; both clocks went on by */

/* In the place of libc's. */
int clock_gettime(clockid_t clock, struct timespec *ts)
{
	int rc = (int)syscall(SYS_clock_gettime, clock, ts);

	ts->tv_sec += passed + (clock == CLOCK_REALTIME ? set_by : 0);
	return rc;
}

static void report(struct leg *l, enum leg_event_kind kind)
{
	struct leg_event ev = { .kind = kind, .by_far_end = true };

	ev.cause.q850 = 16;
	leg_report(l, &ev);
}

static void one_call(time_t before_answer, time_t after)
{
	struct leg_offer offer = { .complete = true };

	n_out = n_port = n_closing = n_records = 0;
	in = (struct leg){ .ops = &ops, .incoming = true, .line = &timeslot };
	snprintf(offer.called.digits, sizeof(offer.called.digits), "1");
	call_offered(&gw, &office, &in, &offer);
	report(&out[0], LEG_ALERTING);
	passed += 5;
	set_by += before_answer;
	report(&out[0], LEG_ANSWERED);
	passed += 60;
	set_by += after;
	report(&out[0], LEG_CLEARED);
	report(&in, LEG_CLEARED);
	close_ports();
	assert_int_equal(n_records, 1);
	assert_in_range(last.answer_ms - last.alert_ms, 5000, 6000);
	assert_in_range(last.end_ms - last.answer_ms, 60000, 61000);
}

static void test_set(void **state)
{
	(void)state;
	one_call(0, 0);
	one_call(3600, -7200);
	one_call(-86400, 86400 * 365);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_set),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
