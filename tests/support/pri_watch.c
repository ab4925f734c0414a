/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See pri_watch.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "tests/support/pri_watch.h"

struct watch watch;

enum watch_kind watch_kind(const uint8_t *f, size_t len)
{
	if (len < 3)
		return WATCH_NOTHING;
	if ((f[2] & 0xef) == 0x6f)
		return WATCH_SABME;
	if (f[2] == 0x01)	/* RR: a command of the user side, with its P bit */
		return len >= 4 && f[3] & 1 && !(f[0] & 2) ? WATCH_POLL : WATCH_NOTHING;
	if (f[2] & 1 || len < 7 || f[4] != 8)
		return WATCH_NOTHING;
	switch (f[5 + (f[5] & 0x0f) + 1]) {
	case 0x05: return WATCH_SETUP;
	case 0x07: return WATCH_CONNECT;
	case 0x45: return WATCH_DISCONNECT;
	case 0x4d: return WATCH_RELEASE;
	case 0x5a: return WATCH_REL_COMP;
	case 0x46: return WATCH_RESTART;
	case 0x02: case 0x01: case 0x03: case 0x0f: case 0x4e: return WATCH_ANSWERS;
	default: return WATCH_NOTHING;
	}
}

/* Layer 2 must not miss a frame, or it would send it again: a message that is to be lost gets another protocol
 * discriminator (Q.931 4.2), and layer 3 ignores it. */
bool watch_tap(struct bench *b, int span, uint8_t *frame, size_t *len)
{
	enum watch_kind kind = watch_kind(frame, *len);

	if (span == watch.span && kind & watch.wanted && watch.count < 16)
		watch.at[watch.count++] = b->now_us;
	if (span == watch.span && kind == WATCH_RELEASE)
		watch.cause = frame[12] & 0x7f;	/* the element is the first */
	if (kind >= WATCH_SETUP && kind & (span == watch.span ? watch.drop : watch.mute))
		frame[4] = 0x7f;
	return span == watch.span || !watch.deaf;
}

void watch_see(int span, enum watch_kind kind)
{
	watch = (struct watch){ .span = span, .wanted = kind };
}

unsigned watch_ms(unsigned i)
{
	assert_true(watch.count > i + 1);
	return (unsigned)((watch.at[i + 1] - watch.at[i]) / 1000);
}

void watch_assert_ms(unsigned got, unsigned want)
{
	if (got + 2 < want || got > want + 25)
		fail_msg("%u ms, not %u", got, want);
}

struct bench *watch_open(enum pri_timer t, unsigned value)
{
	struct bench_conf c = { .dialect = PRI_EUROISDN_E1, .tap = watch_tap };

	watch_see(0, WATCH_NOTHING);
	c.timers[t] = value;
	return bench_open(&c);
}

unsigned watch_in_force(enum pri_timer t, unsigned value)
{
	return value ? value : pri_timer_def(t)->def;
}
