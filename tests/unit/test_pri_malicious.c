/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests/unit/test_pri_malicious.c: a call is marked as malicious (MCID) between two ends of libpri: kept, and refused. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "tests/support/pri_services.h"

static void test_malicious(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		struct bench *b = services_open(PRI_EUROISDN_E1, ALL_SERVICES, i ? 0 : ALL_SERVICES);
		struct bench_leg *in;

		services_call(b, NET, &in);
		assert_int_equal(leg_malicious(in->leg), 0);
		bench_until(b, 6000, heard.malicious[USER]);
		if (!i)
			assert_string_equal(heard.malicious[USER], "kept by the exchange");
		else
			assert_non_null(strstr(heard.malicious[USER], "by the exchange"));
		assert_int_equal(heard.malicious[NET] != NULL, !i);
		bench_over(b);
	}
}

static void test_malicious_not(void **state)
{
	struct bench *b = services_open(PRI_EUROISDN_E1, ALL_SERVICES, ALL_SERVICES);
	struct bench_leg *in, *out = services_call(b, USER, &in);

	(void)state;
	assert_int_equal(leg_malicious(out->leg), -EALREADY);	/* a call of our own */
	assert_int_equal(leg_malicious(in->leg), -EOPNOTSUPP);	/* the network does not ask */
	bench_over(b);
	b = services_open(PRI_NATIONAL2, ALL_SERVICES, ALL_SERVICES);
	services_call(b, NET, &in);
	assert_int_equal(leg_malicious(in->leg), -EOPNOTSUPP);
	bench_over(b);
	b = services_open(PRI_EUROISDN_E1, ALL_SERVICES, ALL_SERVICES);
	services_call(b, NET, &in);
	assert_int_equal(leg_malicious(in->leg), 0);
	bench_clear(in, 16);
	bench_run(b, 500);
	bench_over(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_malicious),
		cmocka_unit_test(test_malicious_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
