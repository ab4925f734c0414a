/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests/support/cidline.h: caller ID over a bad line: FSK and DTMF made sample by sample, apart from the encoder under test,
 * with frequencies, bit rate and levels off by what is asked, noise, and the law's coding.
 */
#ifndef TESTS_SUPPORT_CIDLINE_H
#define TESTS_SUPPORT_CIDLINE_H

#include <stddef.h>
#include <stdint.h>

#include "channels/sound/callerid.h"

struct cid_line {
	enum hw_law law;
	double level_dbm0;	/* of the FSK; of each tone of DTMF */
	double snr_db;		/* white noise; 0 for none */
	double hz_off;		/* 0.02: every frequency 2 % high */
	double baud_off;
	double space_db;	/* FSK: space against mark; DTMF: the high group against the low one */
	unsigned seed;
};
#define CID_LINE_LEAD 2000	/* samples of noise before the burst; the tail is twice that, longer than a DTMF pause */

/* The burst alone, the caller's to free(). Octets are framed as the method has it; type2 or not. */
int16_t *cid_line_fsk(const struct cid_line *l, enum cid_method method, bool type2, const uint8_t *octets, size_t count,
		      size_t *n);
int16_t *cid_line_dtmf(const struct cid_line *l, const char *digits, size_t *n);
/* Lead, burst and tail with the line's noise, coded and decoded; the caller's to free(). */
int16_t *cid_line_carry(const struct cid_line *l, const int16_t *burst, size_t count, size_t *n);
/* All of it for a message: encoded to octets or digits, made into sound off by what the line says, carried. NULL: the method
 * cannot carry it. */
int16_t *cid_line_send(const struct cid_line *l, const struct callerid *c, enum cid_method method, bool type2, size_t *n);

double cid_line_noise(unsigned *seed);		/* normal, variance 1 */
/* Feeds in pieces of 160 and less: messages into OUT (at most MAX), how many times bad into *BAD. Returns how many came. */
int cid_line_receive(struct callerid_rx *r, const int16_t *x, size_t n, struct callerid *out, int max, int *bad);
/* NULL when GOT is what SENT must become, else the field that is wrong. */
const char *cid_line_differs(const struct callerid *sent, const struct callerid *got, enum cid_method method, bool type2);

#endif
