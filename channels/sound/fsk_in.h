/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/sound/fsk_in.h: the 1200 bit/s FSK of caller ID, from samples to octets: Bell 202 (1200 and 2200 Hz) and V.23
 * (1300 and 2100 Hz) by one demodulator. For callerid_rx.c. Pure.
 */
#ifndef CHANNELS_SOUND_FSK_IN_H
#define CHANNELS_SOUND_FSK_IN_H

#include <stdbool.h>
#include <stdint.h>

#include "hw/hw.h"

#define FSK_IN_BLOCK 80		/* samples of one call */

/* What an octet is answered with. */
enum fsk_more {
	FSK_MORE,		/* the message goes on */
	FSK_DONE,		/* it has ended, or it was none: wait for another mark signal */
};
struct fsk_in_calls {
	/* An octet; FIRST: the one after a mark signal, whose frequency is MARK_HZ; SEIZED: and channel seizure before it. */
	enum fsk_more (*octet)(void *arg, uint8_t octet, bool first, bool seized, double mark_hz);
	void (*broken)(void *arg);	/* after at least one octet that was answered with FSK_MORE: no carrier, or no stop bit */
};

struct fsk_in;
int fsk_in_open(struct fsk_in **out, enum hw_law law, const struct fsk_in_calls *calls, void *arg);
void fsk_in_close(struct fsk_in *f);	/* NULL is fine */
void fsk_in_reset(struct fsk_in *f);
void fsk_in_feed(struct fsk_in *f, const int16_t x[FSK_IN_BLOCK]);

#endif
