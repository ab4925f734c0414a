/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Timers of Q.921 and Q.931 as a trunk sets them: the trunk file knows the same names, defaults and ranges; one is set while the
 * trunk runs. Each of them acts at its time: test_pri_timers_layer2.c, _layer3.c, _driver.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "conf/trunks.h"
#include "tests/support/pri_watch.h"

/* --- While it runs ----------------------------------------------------------------------------- */

static void test_live(void **state)
{
	unsigned values[PRI_TIMERS] = { [PT_T203] = 2000 }, now[PRI_TIMERS];
	struct bench *b = watch_open(PT_T203, 0);

	(void)state;
	pri_trunk_timers_now(b->end[USER].trunk, now);
	assert_int_equal(now[PT_T203], 10000);
	pri_trunk_timers(b->end[USER].trunk, values);
	pri_trunk_timers_now(b->end[USER].trunk, now);
	assert_int_equal(now[PT_T203], 2000);
	assert_int_equal(now[PT_T305], 30000);
	bench_run(b, 12000);	/* the one that ran was of the old time */
	watch_see(1, WATCH_POLL);
	bench_run(b, 7000);
	watch_assert_ms(watch_ms(0), 2000);
	bench_close(b);
	b = watch_open(PT_T203, 0);	/* the same instances of libpri: the default is back */
	bench_run(b, 1000);
	watch_see(1, WATCH_POLL);
	bench_run(b, 9000);
	assert_in_range(watch.count, 0, 1);
	bench_close(b);
}

/* --- The trunk file ---------------------------------------------------------------------------- */

static void on_error(void *arg, const struct conf_error *e)
{
	(void)arg;
	print_message("%s\n", e->message);
}

static void test_one_table(void **state)
{
	static const char text[] = "site: {country: 44}\nsip: {listen: [\"0.0.0.0:5060\"]}\n"
				   "trunks: {telco: {isdn: {spans: 1}}}\n";
	struct conf *c = NULL;
	struct conf_timer_range r;

	(void)state;
	assert_int_equal(conf_parse(&c, "trunks.yaml", text, strlen(text), on_error, NULL), 0);
	for (int i = 0; i < PRI_TIMERS; i++) {
		const struct pri_timer_def *d = pri_timer_def((enum pri_timer)i);

		assert_true(conf_timer((enum conf_timer)i, &r));
		assert_string_equal(r.name, d->name);
		assert_int_equal(r.min, d->min);
		assert_int_equal(r.max, d->max);
		assert_int_equal(conf_trunk(c, "telco")->isdn.timers[i], d->def);
	}
	assert_false(conf_timer((enum conf_timer)PRI_TIMERS, &r));
	conf_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_live), cmocka_unit_test(test_one_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
