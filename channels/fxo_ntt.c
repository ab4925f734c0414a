/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/fxo_ntt.c: NTT's number display. The exchange first rings in bursts of 0.5 s for the terminal alone, which closes the loop,
 * takes the data and opens it again; then the exchange rings as always, 1 s at a time. A call is offered with that ring.
 * Loop thread.
 */
#include "channels/fxo_private.h"

#define BURST_MIN_US 350000	/* 0.5 s; ordinary rings of the country have 1 s */
#define BURST_MAX_US 750000

bool fxo_ntt_burst(struct fxo_line *l, int64_t lasted_us)
{
	const struct fxo_trunk *t = l->trunk;

	if (!t->conf.cid || t->country.cid != CID_NTT || l->rings != 1 || l->offered || l->cid_us || l->cid_bad ||
	    lasted_us < BURST_MIN_US || lasted_us > BURST_MAX_US || fxo_hook(l, HW_OFFHOOK))
		return false;
	l->taking_data = true;
	l->rings = 0;
	fxo_timer_off(l, FT_RING_GONE);
	fxo_timer_off(l, FT_CALLERID);
	fxo_timer(l, FT_NTT, 0);
	return true;
}

/* It has come, or was broken, or does not come. */
void fxo_ntt_over(struct fxo_line *l)
{
	if (!l->taking_data)
		return;
	l->taking_data = false;
	fxo_timer_off(l, FT_NTT);
	fxo_hook(l, HW_ONHOOK);
	l->ring_ended_us = 0;
	fxo_timer(l, FT_CALLERID, 0);
	fxo_timer(l, FT_RING_GONE, 0);
}
