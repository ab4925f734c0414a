/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests/support/lapd_end.c: see lapd_end.h. Frames by Q.921 3, TEI 0, SAPI 0. */
#include "tests/support/lapd_end.h"

#include <string.h>

enum { SABME = 0x6f, UA = 0x63, DM = 0x0f, DISC = 0x43, PF = 0x10, RR = 0x01 };
enum { SETUP = 0x05, DISCONNECT = 0x45, RESTART = 0x46, RELEASE = 0x4d, RESTART_ACK = 0x4e, RELEASE_COMPLETE = 0x5a };
enum { FRAME_MAX = 1022 };

/* C/R: a command of the network and a response of the user have 1 (Q.921 table 1). */
static void address(const struct lapd_end *e, bool command, uint8_t out[2])
{
	out[0] = command == e->network ? 0x02 : 0x00;
	out[1] = 0x01;
}

void lapd_end_raw(struct lapd_end *e, const uint8_t *frame, size_t len)
{
	if (len && len <= FRAME_MAX)
		hw_dchan_write(e->d, frame, len);
}

static void unnumbered(struct lapd_end *e, bool command, uint8_t control)
{
	uint8_t f[3];

	address(e, command, f);
	f[2] = control;
	lapd_end_raw(e, f, sizeof(f));
}

static void ready(struct lapd_end *e, bool final)
{
	uint8_t f[4] = { 0, 0, RR };

	address(e, false, f);
	f[3] = (uint8_t)(e->vr << 1 | final);
	lapd_end_raw(e, f, sizeof(f));
}

void lapd_end_establish(struct lapd_end *e)
{
	e->vs = e->vr = 0;
	unnumbered(e, true, SABME | PF);
}

void lapd_end_send(struct lapd_end *e, const uint8_t *q931, size_t len)
{
	uint8_t f[FRAME_MAX];

	if (len > sizeof(f) - 4)
		return;
	address(e, true, f);
	f[2] = (uint8_t)(e->vs << 1);
	f[3] = (uint8_t)(e->vr << 1);
	memcpy(f + 4, q931, len);
	e->vs = (e->vs + 1) & 0x7f;
	lapd_end_raw(e, f, len + 4);
}

/* The answer that ends it: RELEASE to DISCONNECT, RELEASE COMPLETE to RELEASE and to a SETUP, the acknowledgement of RESTART. */
static void be_good(struct lapd_end *e, const uint8_t *m, size_t len)
{
	static const uint8_t cause[] = { 0x08, 0x02, 0x81, 0x90 };	/* 16 */
	uint8_t out[64];
	size_t n = 5;

	if (len < 5 || m[0] != 0x08 || m[1] != 2)
		return;
	memcpy(out, m, 4);
	out[2] ^= 0x80;			/* the flag of who made the reference */
	switch (m[4]) {
	case DISCONNECT:
		out[4] = RELEASE;
		break;
	case RELEASE:
	case SETUP:
		out[4] = RELEASE_COMPLETE;
		break;
	case RESTART:
		out[4] = RESTART_ACK;
		if (len - 5 <= sizeof(out) - 5) {
			memcpy(out + 5, m + 5, len - 5);
			n = len;
		}
		lapd_end_send(e, out, n);
		return;
	default:
		return;
	}
	memcpy(out + n, cause, sizeof(cause));
	lapd_end_send(e, out, n + sizeof(cause));
}

static void information(struct lapd_end *e, const uint8_t *f, size_t len)
{
	if (f[2] >> 1 == e->vr)
		e->vr = (e->vr + 1) & 0x7f;
	if (len >= 9 && f[4] == 0x08 && f[5] == 2 && f[8] == SETUP)
		e->cr = (unsigned)(f[6] & 0x7f) << 8 | f[7];
	ready(e, f[3] & 1);
	if (e->good)
		be_good(e, f + 4, len - 4);
}

static void take(struct lapd_end *e, const uint8_t *f, size_t len)
{
	uint8_t u = f[2] & (uint8_t)~PF;

	e->frames++;
	if (e->deaf || len < 3)
		return;
	if (len >= 4 && !(f[2] & 1)) {
		information(e, f, len);
	} else if (len >= 4 && (f[2] & 3) == 1) {
		if (f[3] & 1)
			ready(e, true);
	} else if (u == SABME) {
		e->vs = e->vr = 0;
		e->up = true;
		unnumbered(e, false, UA | (f[2] & PF));
	} else if (u == UA) {
		e->up = true;
	} else if (u == DISC) {
		e->up = false;
		unnumbered(e, false, UA | (f[2] & PF));
	} else if (u == DM) {
		e->up = false;
	}
}

void lapd_end_read(struct lapd_end *e)
{
	uint8_t f[FRAME_MAX];
	int n;

	while ((n = hw_dchan_read(e->d, f, sizeof(f))) > 0)
		take(e, f, (size_t)n);
}

static void on_event(void *arg, enum hw_event ev)
{
	if (ev == HW_EV_READABLE)
		lapd_end_read(arg);
}

int lapd_end_open(struct lapd_end *e, struct hw *hw, int chan, bool network)
{
	memset(e, 0, sizeof(*e));
	e->network = network;
	return hw_dchan_open(hw, chan, on_event, e, &e->d);
}

void lapd_end_close(struct lapd_end *e)
{
	hw_dchan_close(e->d);
	e->d = NULL;
}
