/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests/unit/test_pri_maintenance_octets.c: SERVICE with elements of all kinds: which channels it means, and with which
 * status; and answers to it that do not come.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "tests/support/pri_maintenance.h"

/* --- No answer --------------------------------------------------------------------------------- */

static unsigned lines_of(const char *log, const char *words)
{
	unsigned n = 0;

	for (const char *at = log; (at = strstr(at, words)); at++)
		n++;
	return n;
}

static void test_no_answer(void **state)
{
	struct bench *b;

	(void)state;
	maintenance_forget();
	alter.lose_acks = true;
	b = maintenance_open(PRI_5ESS, PRI_SERVICE_AUTO);
	bench_run(b, SERVICE_TWICE_MS);
	assert_int_equal(bench_count(b, USER, PRI_LINE_IDLE), LINES);
	assert_int_equal(seen.service[1], 2 * LINES);
	assert_int_equal(bench_span(b, USER).service_timeouts, LINES);
	assert_int_equal(bench_span(b, NET).service_timeouts, 0);
	assert_int_equal(lines_of(b->end[USER].log, "no acknowledgement"), 1);
	bench_run(b, 300000);
	assert_int_equal(seen.service[1], 2 * LINES);	/* and no more */
	alter.lose_acks = false;
	alter.lose_ack = 5;
	bench_take_out(b, USER, 0, true);
	bench_run(b, SERVICE_TWICE_MS);
	assert_int_equal(bench_span(b, USER).service_timeouts, LINES + 1);
	assert_int_equal(lines_of(b->end[USER].log, "chan 5: SERVICE sent 2 times, no acknowledgement"), 1);
	assert_int_equal(lines_of(b->end[USER].log, "no acknowledgement"), 2);
	alter.lose_ack = 0;
	bench_take_out(b, USER, 0, false);
	bench_over(b);
}

/* --- Which channels, which status -------------------------------------------------------------- */

static void test_elements(void **state)
{
	static const struct {
		const char *why, *elements;
		size_t n;
		uint32_t out;		/* a bit for each channel */
		const char *ack, *log;	/* elements of the answer, as many octets as came; NULL: not looked at */
	} rows[] = {
		{ "maintenance", "\x01\x01\xc1\x18\x03\xa9\x83\x85", 8, 1 << 5, "\x01\x01\xc1\x18\x03\xa9\x83\x85",
		  "chan 5: the far end takes it out for maintenance" },
		{ "a preference of its own", "\x01\x01\x82\x18\x03\xa9\x83\x85", 8, 1 << 5, NULL, NULL },
		{ "the interface", "\x01\x01\xc2\x18\x01\xa9", 6, 0xfffffe, "\x01\x01\xc2\x18\x01\xa9", NULL },
		{ "no channel element", "\x01\x01\xc2", 3, 0xfffffe, NULL, NULL },
		{ "a map", "\x01\x01\xc2\x18\x05\xa9\x93\x40\x00\x81", 10, 1 << 1 | 1 << 8 | 1 << 23, NULL, NULL },
		{ "a list", "\x01\x01\xc2\x18\x04\xa9\x83\x03\x84", 9, 1 << 3 | 1 << 4, NULL, NULL },
		{ "an interface identifier", "\x01\x01\xc2\x18\x04\xe9\x80\x83\x87", 9, 1 << 7, NULL, NULL },
		{ "the D channel", "\x01\x01\xc2\x18\x03\xa9\x83\x98", 8, 0, NULL, "no B channels of ours" },
		{ "no channel", "\x01\x01\xc2\x18\x01\xa0", 6, 0, NULL, NULL },
		{ "a status that is none", "\x01\x01\xc3\x18\x03\xa9\x83\x85", 8, 0, NULL, "change status 3 has no use" },
		{ "no status", "\x18\x03\xa9\x83\x85", 5, 0, NULL, "change status -1 has no use" },
		{ "status without contents", "\x01\x00\x18\x03\xa9\x83\x85", 7, 0, NULL, "change status -1" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct bench *b = maintenance_open_4ess();
		struct bench_leg *l = bench_call_up(b, USER, "1");

		service_becomes(5, rows[i].elements, rows[i].n);
		bench_take_out(b, NET, 5, false);
		bench_run(b, 500);
		alter.chan = 0;
		assert_true(bench_span(b, USER).layer2 && bench_span(b, NET).layer2);
		assert_false(l->cleared);
		for (int pos = 2; pos <= LINES; pos++)
			if ((bench_line(b, USER, pos) == PRI_LINE_FAR_OUT) != (rows[i].out >> pos & 1))
				fail_msg("%s: chan %d is %s", rows[i].why, pos, pri_line_state_name(bench_line(b, USER, pos)));
		if (rows[i].ack) {
			assert_int_equal(seen.n, rows[i].n);
			assert_memory_equal(seen.at, rows[i].ack, seen.n);
		}
		if (rows[i].log)
			assert_non_null(strstr(b->end[USER].log, rows[i].log));
		bench_clear(l, 16);
		bench_run(b, 500);
		assert_int_equal(bench_line(b, USER, 1) == PRI_LINE_FAR_OUT, rows[i].out >> 1 & 1);
		for (int pos = 1; pos <= LINES; pos++)
			bench_take_out(b, NET, pos, false);
		bench_over(b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_answer),
		cmocka_unit_test(test_elements),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
