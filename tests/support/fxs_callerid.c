/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/fxs_callerid.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

struct fxs_bench *fxs_open_cid(struct fxs_bench *b, enum cid_method method, enum cid_when when, bool dtas)
{
	struct fxs_conf conf = { .cid = method, .cid_when = when, .cid_dtas = dtas };

	fxs_bench_open(b, &conf);
	return b;
}

struct callerid fxs_read_back(const struct line_audio *a)
{
	const struct play_item *i = &a->items[a->n_items - 1];
	struct callerid_rx *rx;
	struct callerid c = { 0 };
	int16_t silence[1600] = { 0 };
	bool got, bad = false;

	assert_true(a->playing);
	assert_int_equal(i->kind, PLAY_SAMPLES);
	assert_int_equal(callerid_rx_open(&rx, a->line->law), 0);
	got = callerid_rx_feed(rx, i->samples, i->n, &c, &bad);
	if (!got)
		got = callerid_rx_feed(rx, silence, 1600, &c, &bad);
	callerid_rx_close(rx);
	assert_true(got);
	return c;
}
