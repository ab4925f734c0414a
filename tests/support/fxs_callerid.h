/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests/support/fxs_callerid.h: a trunk of telephones that sends caller ID, and what it sends read back. A check that fails ends the test. */
#ifndef TESTS_SUPPORT_FXS_CALLERID_H
#define TESTS_SUPPORT_FXS_CALLERID_H

#include "channels/sound/callerid.h"
#include "tests/support/fxs_bench.h"

/* fxs_bench_open() with this way of caller ID; returns B. */
struct fxs_bench *fxs_open_cid(struct fxs_bench *b, enum cid_method method, enum cid_when when, bool dtas);
/* Reads back what plays now, whose last part must be one message. */
struct callerid fxs_read_back(const struct line_audio *a);

#endif
