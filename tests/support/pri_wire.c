/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests/support/pri_wire.c: see pri_wire.h. */
#include "tests/support/pri_wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

/* The last message of each type on the wire. */
static struct { uint8_t frame[512]; size_t len; } seen[128];
struct isdn_lost isdn_lost;

static bool tap(struct bench *b, int span, uint8_t *frame, size_t *len)
{
	struct q931_msg m;

	(void)b;
	(void)span;
	if (!q931_read(frame, *len, &m, NULL))
		return true;
	memcpy(seen[m.type].frame, frame, *len);
	seen[m.type].len = *len;
	if (isdn_lost.operation && m.type == MSG_SETUP) {
		struct q931_element e = q931_find(frame, *len, FACILITY_IE, 0);
		size_t at = (size_t)(e.octets - frame);

		assert_non_null(e.octets);
		memmove(frame + at - 2, frame + at + e.len, *len - at - e.len);
		*len -= e.len + 2;
	}
	if (isdn_lost.name_shown) {
		uint8_t *name = memmem(frame, *len, "\x80\x04J\xf6rg", 6);	/* namePresentationAllowedSimple */

		if (name)
			*name = 0x82;	/* namePresentationRestrictedSimple */
	}
	if (isdn_lost.facility && m.type == MSG_FACILITY) {
		frame[8] = 0x7b;
		*len = 9;
	}
	return true;
}

const struct bench_conf isdn_euro = { .dialect = PRI_EUROISDN_E1, .tap = tap };
const struct bench_conf isdn_qsig = { .dialect = PRI_QSIG, .tap = tap };
const struct bench_conf isdn_ni2 = { .type = HW_SPAN_T1, .dialect = PRI_NATIONAL2, .tap = tap };

struct bench *isdn_bench(const struct bench_conf *conf)
{
	memset(seen, 0, sizeof(seen));
	memset(&isdn_lost, 0, sizeof(isdn_lost));
	return bench_open(conf);
}

bool isdn_passed(uint8_t type)
{
	return seen[type].len;
}

struct q931_element on_wire(uint8_t type, uint8_t id, unsigned n)
{
	return q931_find(seen[type].frame, seen[type].len, id, n);
}

void assert_octets(uint8_t type, uint8_t id, unsigned n, const void *octets, size_t len)
{
	struct q931_element e = on_wire(type, id, n);

	assert_non_null(e.octets);
	assert_int_equal(e.len, len);
	assert_memory_equal(e.octets, octets, len);
}

struct leg_offer isdn_offer(void)
{
	return (struct leg_offer){
		.called = { "2079460100", TON_NATIONAL, NPI_E164, 0, 0 },
		.calling = { "2071838750", TON_NATIONAL, NPI_E164, PRES_ALLOWED, SCREEN_PASSED },
		.bearer = BEARER_3K1, .complete = true,
	};
}

struct bench_leg *isdn_offered(struct bench *b, int caller, const struct leg_offer *o)
{
	unsigned n = b->end[!caller].n_offered;

	assert_non_null(bench_offer(b, caller, o));
	bench_until(b, 1500, b->end[!caller].n_offered > n);
	return b->end[!caller].legs;
}

void isdn_end(struct bench *b, struct bench_leg *l, int cause)
{
	bench_clear(l, cause);
	bench_run(b, 500);
	bench_over(b);
}
