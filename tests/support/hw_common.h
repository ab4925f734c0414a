/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests/support/hw_common.h: what every hw driver must do, tried on two spans that are wired to each other,
 * and on two analog ports that are. The same checks run on the simulated card (tests/unit/test_hw_sim.c) and
 * on the real DAHDI driver in a virtual machine (tests/tools/hw_dahdi_test.c). One thread plays both the loop
 * and the media thread.
 */
#ifndef TESTS_SUPPORT_HW_COMMON_H
#define TESTS_SUPPORT_HW_COMMON_H

#include "hw/hw.h"

struct hw_common {
	struct hw *hw;
	int near, far;   /* two span numbers: hw_common_run() */
	int fxs, fxo;    /* channels of two analog ports: hw_common_run_analog() */
	bool canceller;  /* and they have an echo canceller */
	bool robbed_bit; /* they are no copper pair: without polarity, lamp and on-hook transfer */
	bool invented;   /* each step is 1 ms of invented time; else it waits for the card */
	int (*lose)(struct hw_common *t,
		    bool lost); /* takes the far span out of the machine, and puts it back */
	int64_t now_us;
	long ticks; /* periods that the card's clock has counted */
	int passed, failed;
};

/* Prints a line for each check, counts them in T, returns how many failed. */
int hw_common_run(struct hw_common *t);
int hw_common_run_analog(struct hw_common *t);
int hw_common_run_ground(struct hw_common *t); /* the same of ground start */
/* One turn of both threads: waits or advances the time, serves events, ticks. */
void hw_common_step(struct hw_common *t);

#endif
