/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/fxs_services.h"

struct fxs_bench fxs_services;

int fxs_services_setup(void **state)
{
	struct fxs_conf conf = { .call_waiting = true, .three_way = true, .transfer = true };

	(void)state;
	fxs_bench_open(&fxs_services, &conf);
	return 0;
}

int fxs_services_teardown(void **state)
{
	(void)state;
	fxs_assert_idle(&fxs_services);
	fxs_bench_close(&fxs_services);
	return 0;
}

void fxs_services_conf(const struct fxs_conf *conf)
{
	fxs_bench_close(&fxs_services);
	fxs_bench_open(&fxs_services, conf);
}
