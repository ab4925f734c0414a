/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests/support/lapd_end.h: the far end of a D channel, written by hand: just enough of Q.921 to keep multiple frame operation up
 * (its numbers, acknowledgements, UA), so that any octets can be sent as Q.931 in good frames; and, when it is told to be good, the
 * answers of Q.931 that end calls and restarts. It shares nothing with the driver or libpri.
 */
#ifndef TESTS_SUPPORT_LAPD_END_H
#define TESTS_SUPPORT_LAPD_END_H

#include "hw/hw.h"

struct lapd_end {
	struct hw_dchan *d;
	bool network;		/* which side this end is */
	bool deaf;		/* acknowledges nothing */
	bool good;		/* answers DISCONNECT, RELEASE and RESTART */
	bool up;
	uint8_t vs, vr;		/* V(S), V(R) modulo 128 */
	unsigned cr;		/* call reference of the last SETUP received */
	unsigned frames;	/* received */
};

int lapd_end_open(struct lapd_end *e, struct hw *hw, int chan, bool network);
void lapd_end_close(struct lapd_end *e);
void lapd_end_read(struct lapd_end *e);			/* what has come is answered */
void lapd_end_establish(struct lapd_end *e);		/* SABME */
void lapd_end_send(struct lapd_end *e, const uint8_t *q931, size_t len);	/* in an I frame */
void lapd_end_raw(struct lapd_end *e, const uint8_t *frame, size_t len);

#endif
