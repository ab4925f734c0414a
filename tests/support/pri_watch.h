/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests/support/pri_watch.h: what goes out on a D channel, and when: a tap for tests of timers, on pri_bench.h. One test at a
 * time; a check that fails ends the test (cmocka).
 */
#ifndef TESTS_SUPPORT_PRI_WATCH_H
#define TESTS_SUPPORT_PRI_WATCH_H

#include "channels/pri_timers.h"
#include "tests/support/pri_bench.h"

enum watch_kind {
	WATCH_NOTHING, WATCH_SABME = 1, WATCH_POLL = 2, WATCH_SETUP = 4, WATCH_CONNECT = 8, WATCH_DISCONNECT = 16, WATCH_RELEASE = 32,
	WATCH_RESTART = 64, WATCH_REL_COMP = 128, WATCH_ANSWERS = 256
};

struct watch {
	int span;			/* whose frames */
	bool deaf;			/* the far span's frames vanish */
	unsigned mute, drop;		/* the far span's messages of these kinds, and ours, become some other protocol's */
	unsigned count;
	uint8_t cause;			/* of the last RELEASE of SPAN's owner */
	int64_t at[16];			/* times of those that are WANTED */
	enum watch_kind wanted;
};
extern struct watch watch;

enum watch_kind watch_kind(const uint8_t *f, size_t len);
bool watch_tap(struct bench *b, int span, uint8_t *frame, size_t *len);	/* for bench_conf.tap */
void watch_see(int span, enum watch_kind kind);	/* from now on: frames of KIND that SPAN's owner sends */
unsigned watch_ms(unsigned i);			/* between the frame I and the next one */
void watch_assert_ms(unsigned got, unsigned want);	/* within the turn of the clock after it */

/* A bench whose timer T is set to VALUE, 0 for its default; the value in force then. */
struct bench *watch_open(enum pri_timer t, unsigned value);
unsigned watch_in_force(enum pri_timer t, unsigned value);

#endif
