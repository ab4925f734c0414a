/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/sound/callerid_rx.c: all receivers of caller ID on one pass: FSK, whose messages are Bell 202's, V.23's or NTT's,
 * and DTMF. What is delivered has passed its checksum, or is a whole DTMF string; what began as a message
 * and came to nothing is told as bad.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "channels/sound/callerid_digits.h"
#include "channels/sound/callerid_message.h"
#include "channels/sound/fsk_in.h"
#include "channels/sound/g711.h"

#define BOUND_HZ 1255.0			/* mark: 1200 Hz of Bell 202, 1300 Hz of V.23, and noise adds a little */
#define NTT_FIRST 0x90			/* DLE with its parity */
#define DTMF_PAUSE (400 * 8)		/* samples without a digit: the string has ended; EN 300 659-1 has 70 ms */
#define DTMF_TELL 3			/* digits of a string with a start digit that was something, if it is cut */
#define OCTETS_MAX (CALLERID_OCTETS_MAX + 64)

_Static_assert(FSK_IN_BLOCK == CALLERID_DIGITS_BLOCK, "both are fed the same blocks");

struct callerid_rx {
	struct fsk_in *fsk;
	struct callerid_digits dtmf;
	enum hw_law law;
	int16_t block[FSK_IN_BLOCK];
	unsigned have;

	uint8_t octets[OCTETS_MAX];	/* FSK message so far */
	size_t n;
	bool ntt, seized;
	enum cid_method method;

	char digits[CALLERID_DTMF_MAX + 1];	/* DTMF string so far */
	size_t n_digits;
	unsigned pause;			/* samples since the last digit */

	struct callerid got;
	bool have_got, bad;
};

static void deliver(struct callerid_rx *r, int err, const struct callerid *c)
{
	if (!err) {
		r->got = *c;
		r->have_got = true;
	} else if (err != -ENOMSG) {
		r->bad = true;
	}
}

/* One octet more of an NTT frame. */
static enum fsk_more ntt_octet(struct callerid_rx *r)
{
	struct callerid c;
	int whole = callerid_ntt_end(r->octets, r->n);

	if (!whole)
		return r->n < sizeof(r->octets) ? FSK_MORE : FSK_DONE;
	if (whole < 0)
		r->bad = r->bad || r->n > 2;
	else
		deliver(r, callerid_ntt_parse(r->octets, r->n, &c), &c);
	return FSK_DONE;
}

static enum fsk_more on_octet(void *arg, uint8_t octet, bool first, bool seized, double mark_hz)
{
	struct callerid_rx *r = arg;
	struct callerid c;
	int err;

	if (first) {
		r->ntt = octet == NTT_FIRST && mark_hz >= BOUND_HZ;
		if (!r->ntt && !callerid_fsk_type(octet))
			return FSK_DONE;
		r->n = 0;
		r->seized = seized;
		r->method = mark_hz < BOUND_HZ ? CID_BELL202 : CID_V23;
	}
	r->octets[r->n++] = octet;
	if (r->ntt)
		return ntt_octet(r);
	if (r->n < 2 || r->n < r->octets[1] + 3u)
		return FSK_MORE;
	err = callerid_fsk_parse(r->octets, r->n, r->method, &c);
	if (!err)
		c.call_waiting = !r->seized;
	deliver(r, err, &c);
	return FSK_DONE;
}

/* A type alone may have been anything. */
static void on_broken(void *arg)
{
	struct callerid_rx *r = arg;

	r->bad = r->bad || r->n >= 2;
	r->n = 0;
}

static void dtmf_end(struct callerid_rx *r, bool whole)
{
	struct callerid c;
	int err = whole ? callerid_dtmf_parse(r->digits, r->n_digits, &c) : -EBADMSG;
	bool started = r->digits[0] == 'A' || r->digits[0] == 'B' || r->digits[0] == 'D';

	if (!err || (started && r->n_digits >= DTMF_TELL))
		deliver(r, err, &c);
	r->n_digits = 0;
}

static void dtmf_feed(struct callerid_rx *r)
{
	char digit = callerid_digits_feed(&r->dtmf, r->block);

	r->pause = r->dtmf.sounding ? 0 : r->pause + FSK_IN_BLOCK;
	if (digit) {
		if (r->n_digits == CALLERID_DTMF_MAX)
			dtmf_end(r, false);
		r->digits[r->n_digits++] = digit;
		if (digit == 'C' || digit == '#')
			dtmf_end(r, true);
	} else if (r->n_digits && r->pause >= DTMF_PAUSE) {
		dtmf_end(r, false);
	}
}

bool callerid_rx_feed(struct callerid_rx *r, const int16_t *x, size_t n, struct callerid *out, bool *bad)
{
	bool got;

	while (n) {
		size_t part = n < FSK_IN_BLOCK - r->have ? n : FSK_IN_BLOCK - r->have;

		memcpy(r->block + r->have, x, part * sizeof(*x));
		r->have += (unsigned)part;
		x += part;
		n -= part;
		if (r->have < FSK_IN_BLOCK)
			break;
		r->have = 0;
		fsk_in_feed(r->fsk, r->block);
		dtmf_feed(r);
	}
	got = r->have_got;
	if (got)
		*out = r->got;
	if (bad)
		*bad = r->bad && !got;
	r->have_got = r->bad = false;
	return got;
}

void callerid_rx_reset(struct callerid_rx *r)
{
	fsk_in_reset(r->fsk);
	callerid_digits_init(&r->dtmf, r->law);
	r->have = 0;
	r->n = r->n_digits = 0;
	r->have_got = r->bad = false;
}

int callerid_rx_open(struct callerid_rx **out, enum hw_law law)
{
	static const struct fsk_in_calls calls = { on_octet, on_broken };
	struct callerid_rx *r = calloc(1, sizeof(*r));
	int err;

	if (!r)
		return -ENOMEM;
	err = fsk_in_open(&r->fsk, law, &calls, r);
	if (err) {
		free(r);
		return err;
	}
	r->law = law;
	callerid_rx_reset(r);
	*out = r;
	return 0;
}

void callerid_rx_close(struct callerid_rx *r)
{
	if (!r)
		return;
	fsk_in_close(r->fsk);
	free(r);
}
