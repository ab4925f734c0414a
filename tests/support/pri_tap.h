/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests/support/pri_tap.h: a card with a tap on its D channels: a test sees every frame that is read or
 * written and may change or drop it. Owns the card below it.
 */
#ifndef TESTS_SUPPORT_PRI_TAP_H
#define TESTS_SUPPORT_PRI_TAP_H

#include "hw/hw.h"

/* May change FRAME, in place. False drops it. OUT: it is being written by SPAN's owner. */
typedef bool pri_tap_fn(void *arg, int span, bool out, uint8_t *frame, size_t *len);

int pri_tap_open(struct hw **out, struct hw *card, pri_tap_fn *fn, void *arg);

#endif
