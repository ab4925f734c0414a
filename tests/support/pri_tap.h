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
/* The first element ID, from its identifier on, of a Q.931 frame whose call reference has two octets; or NULL. All of it is there. */
uint8_t *pri_tap_element(uint8_t *frame, size_t len, uint8_t id);

#endif
