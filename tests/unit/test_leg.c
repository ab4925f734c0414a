/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests/unit/test_leg.c: the leg functions: what a driver has not, attaching, traces and their replay. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "channels/leg.h"

static char seen[256];
static int replayed;

static int ok(struct leg *leg)
{
	(void)leg;
	strcat(seen, "x");
	return 0;
}

static int clear(struct leg *leg, const struct leg_cause *cause)
{
	(void)leg;
	return cause->q850 == 16 ? 0 : -EALREADY;
}

static int digit(struct leg *leg, char d, unsigned ms)
{
	(void)leg;
	return d == '5' && ms == 100 ? 0 : -EINVAL;
}

static void traced(struct leg *leg)
{
	replayed++;
	leg_trace(leg, "Q.931", false, "SETUP", "cr %d", 12);
}

static void on_event(void *arg, struct leg *leg, const struct leg_event *ev)
{
	(void)leg;
	*(int *)arg = ev->kind;
}

static void on_trace(void *arg, const char *proto, bool out, const char *what, const char *detail)
{
	snprintf(arg, 256, "%s %s %s [%s]", proto, out ? ">" : "<", what, detail);
}

static void test_cannot(void **state)
{
	const struct leg_ops none = { .name = "none" };
	struct leg leg = { .ops = &none };
	const struct leg_cause c = { .q850 = 16 };

	(void)state;
	assert_int_equal(leg_proceed(&leg), -EOPNOTSUPP);
	assert_int_equal(leg_alert(&leg, true), -EOPNOTSUPP);
	assert_int_equal(leg_progress(&leg, true, NULL), -EOPNOTSUPP);
	assert_int_equal(leg_answer(&leg, NULL), -EOPNOTSUPP);
	assert_int_equal(leg_digit(&leg, '1', 0), -EOPNOTSUPP);
	assert_int_equal(leg_hold(&leg), -EOPNOTSUPP);
	assert_int_equal(leg_resume(&leg), -EOPNOTSUPP);
	assert_int_equal(leg_transfer(&leg, "1"), -EOPNOTSUPP);
	assert_int_equal(leg_info(&leg, "x"), -EOPNOTSUPP);
	assert_int_equal(leg_clear(&leg, &c), -EOPNOTSUPP);
}

static void test_can(void **state)
{
	const struct leg_ops some = { .name = "some", .proceed = ok, .hold = ok, .resume = ok, .digit = digit,
				      .clear = clear };
	struct leg leg = { .ops = &some };

	(void)state;
	seen[0] = '\0';
	assert_int_equal(leg_proceed(&leg), 0);
	assert_int_equal(leg_hold(&leg), 0);
	assert_int_equal(leg_resume(&leg), 0);
	assert_string_equal(seen, "xxx");
	assert_int_equal(leg_digit(&leg, '5', 100), 0);
	assert_int_equal(leg_clear(&leg, &(struct leg_cause){ .q850 = 16 }), 0);
	assert_int_equal(leg_clear(&leg, &(struct leg_cause){ .q850 = 17 }), -EALREADY);
}

static void test_events_and_traces(void **state)
{
	const struct leg_ops ops = { .name = "t", .traced = traced };
	struct leg leg = { .ops = &ops };
	char line[256] = "";
	int kind = -1;

	(void)state;
	leg_report(&leg, &(struct leg_event){ .kind = LEG_ALERTING });	/* nobody there */
	leg_trace(&leg, "Q.931", true, "SETUP", NULL);
	leg_attach(&leg, on_event, &kind);
	leg_report(&leg, &(struct leg_event){ .kind = LEG_ANSWERED });
	assert_int_equal(kind, LEG_ANSWERED);
	replayed = 0;
	leg_set_trace(&leg, on_trace, line);
	assert_int_equal(replayed, 1);
	assert_string_equal(line, "Q.931 < SETUP [cr 12]");
	leg_trace(&leg, "Q.931", true, "CONNECT", NULL);
	assert_string_equal(line, "Q.931 > CONNECT []");
	leg_set_trace(&leg, NULL, NULL);
	assert_int_equal(replayed, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cannot), cmocka_unit_test(test_can),
		cmocka_unit_test(test_events_and_traces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
