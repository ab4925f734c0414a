/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests/support/fxs_services.h: a bench of telephones with call waiting, three-way calling and transfer, for cmocka's setup and teardown. */
#ifndef TESTS_SUPPORT_FXS_SERVICES_H
#define TESTS_SUPPORT_FXS_SERVICES_H

#include "tests/support/fxs_bench.h"

extern struct fxs_bench fxs_services;	/* one for each program */

int fxs_services_setup(void **state);
int fxs_services_teardown(void **state);	/* every line must be idle */
void fxs_services_conf(const struct fxs_conf *conf);	/* opened again, with these services */

#endif
