/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests/unit/test_steady.c: the clock of the host is set, forwards and back: libpri's timers take no notice, and whoever shows a time
 * shows the new one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include <sqlite3.h>

#include "gateway/trunk.h"

#include <libpri.h>	/* after channels/pri.h: both have a PRI_NETWORK */

static time_t set_by, passed;	/* seconds: the host's clock was set by; both clocks went on by */
static struct pri *pri;	/* libpri has no way to free it */

/* In the place of libc's. */
int clock_gettime(clockid_t clock, struct timespec *ts)
{
	int rc = (int)syscall(SYS_clock_gettime, clock, ts);

	ts->tv_sec += passed + (clock == CLOCK_REALTIME ? set_by : 0);
	return rc;
}

static int nothing(struct pri *p, void *buf, int size)
{
	(void)p;
	(void)buf;
	(void)size;
	return 0;
}

static int count(struct pri *p, void *buf, int size)
{
	unsigned *n = pri_get_userdata(p);

	(void)buf;
	++*n;
	return size;
}

/* SABME is sent again each T200, which is 1 s: no sooner and no later, whatever the clock of the host is set to meanwhile. */
static void test_layer2(void **state)
{
	static const time_t steps[] = { 3600, -7200, -86400 * 9000 };	/* N200 is 3 */
	static unsigned sent;
	unsigned before;

	(void)state;
	pri = pri_new_cb(-1, PRI_CPE, PRI_SWITCH_EUROISDN_E1, nothing, count, &sent);
	assert_non_null(pri);
	assert_null(trunk_find(&(struct gateway){ 0 }, "telco"));	/* linked as the daemon is, whose trunks ask for the time */
	assert_int_equal(sent, 1);
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		before = sent;
		set_by = steps[i];
		pri_schedule_run(pri);
		assert_int_equal(sent, before);
		passed += 1;
		pri_schedule_run(pri);
		assert_int_equal(sent, before + 1);
	}
}

/* Another library asks, through the same function. */
static void test_others_see_it(void **state)
{
	sqlite3 *db;
	sqlite3_stmt *s;
	struct timespec now;
	time_t said;

	(void)state;
	set_by = 500000;
	assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, "SELECT strftime('%s', 'now')", -1, &s, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(s), SQLITE_ROW);
	said = (time_t)sqlite3_column_int64(s, 0);
	clock_gettime(CLOCK_REALTIME, &now);
	assert_in_range(said, now.tv_sec - 1, now.tv_sec);
	sqlite3_finalize(s);
	sqlite3_close(db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_layer2),
		cmocka_unit_test(test_others_see_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
