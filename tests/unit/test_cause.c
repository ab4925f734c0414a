/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Causes at the border: rows of RFC 3398 as published, and the rules that hold for every value. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gateway/cause.h"

static void to_sip(void **state)
{
	static const struct { int q850, sip; const char *why; } rows[] = {
		{ 1, 404, "3398: unallocated" },
		{ 17, 486, "3398: user busy" },
		{ 18, 408, "3398: no user responding" },
		{ 19, 480, "3398: no answer" },
		{ 21, 403, "3398: call rejected, never 603" },
		{ 22, 410, "3398: number changed" },
		{ 27, 502, "3398: destination out of order" },
		{ 28, 484, "3398: address incomplete" },
		{ 34, 503, "3398: no circuit" },
		{ 88, 503, "3398: incompatible destination" },
		{ 102, 504, "3398: recovery on timer expiry" },
		{ 35, 503, "unmapped, class 010" },
		{ 67, 501, "unmapped, class 100" },
		{ 120, 500, "unmapped, class 111" },
		{ 24, 403, "rejected, as 21" },
		{ 15, 480, "unmapped, class 000" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (cause_to_sip(rows[i].q850) != rows[i].sip)
			fail_msg("%s: %d gives %d", rows[i].why, rows[i].q850, cause_to_sip(rows[i].q850));
}

static void from_sip(void **state)
{
	static const struct { int sip, q850; const char *why; } rows[] = {
		{ 404, 1, "3398" }, { 480, 18, "3398" }, { 486, 17, "3398" }, { 503, 41, "3398" },
		{ 600, 17, "3398" }, { 603, 21, "3398" }, { 408, 102, "3398" }, { 484, 28, "3398" },
		{ 488, 65, "4497" }, { 433, 24, "29.163" }, { 607, 21, "unwanted: as 603" }, { 608, 21, "as 603" }, { 302, 23, "a redirection that is not followed" },
		{ 499, 41, "an unknown 4xx is a 400" }, { 599, 41, "an unknown 5xx is a 500" },
		{ 699, 17, "an unknown 6xx is a 600" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (cause_from_sip(rows[i].sip) != rows[i].q850)
			fail_msg("%s: %d gives %d", rows[i].why, rows[i].sip, cause_from_sip(rows[i].sip));
}

static void every_value(void **state)
{
	(void)state;
	for (int q = 0; q < 128; q++) {
		int s = cause_to_sip(q);

		assert_true(s >= 400 && s < 600); /* a 6xx would stop failover */
		assert_non_null(cause_name(q));
	}
	for (int s = 300; s < 700; s++) {
		int q = cause_from_sip(s);

		assert_true(q >= 1 && q <= 127);
		assert_non_null(sip_phrase(s));
	}
}

static void rerouting(void **state)
{
	static const int yes[] = { 3, 27, 34, 38, 41, 42, 44, 47, 58, 102 };
	static const int no[] = { 1, 16, 17, 19, 21, 22, 28, 57, 65, 88, 127 };

	(void)state;
	for (size_t i = 0; i < sizeof(yes) / sizeof(*yes); i++)
		assert_true(cause_reroutes(yes[i]));
	for (size_t i = 0; i < sizeof(no) / sizeof(*no); i++)
		assert_false(cause_reroutes(no[i]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(to_sip),
		cmocka_unit_test(from_sip),
		cmocka_unit_test(every_value),
		cmocka_unit_test(rerouting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
