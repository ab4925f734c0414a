/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests/unit/test_pri_status.c: STATUS from a far end that is in another state than the call (Q.931 5.8.11):
 * which states end a call, at which stage, and which do not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "tests/support/pri_bench.h"

static struct {
	unsigned cr;
	bool incoming;		/* at the user's side */
	uint8_t state;
} status;

/* The network's second SETUP becomes a STATUS of its first call: layer 2 sees every frame. */
static bool put_status(struct bench *b, int span, uint8_t *frame, size_t *len)
{
	const uint8_t q931[] = { 8, 2, (uint8_t)((status.incoming ? 0 : 0x80) | status.cr >> 8), (uint8_t)status.cr,
				 0x7d, 0x08, 2, 0x82, 0x80 | 30, 0x14, 1, status.state };

	if (!status.cr || span != b->end[NET].spans[0] || *len < 4 + sizeof(q931) || (frame[2] & 1) || frame[4] != 8 ||
	    frame[8] != 0x05)
		return true;
	memcpy(frame + 4, q931, sizeof(q931));
	*len = 4 + sizeof(q931);
	return true;
}

/* A call that is up, or that rings, hears of STATE after WAIT_MS. */
static void row(bool incoming, bool up, unsigned wait_ms, uint8_t state, int cause)
{
	struct bench *b = bench_open(&(struct bench_conf){ .dialect = PRI_EUROISDN_E1, .tap = put_status });
	struct bench_leg *first, *user, *net, *second;

	status.cr = 0;
	b->end[USER].offered = b->end[NET].offered = up ? bench_answer : bench_ring;
	first = bench_call(b, incoming ? NET : USER, "1");
	bench_until(b, 500, bench_event(first, up ? LEG_ANSWERED : LEG_ALERTING));
	bench_run(b, 20 + wait_ms);
	user = incoming ? b->end[USER].legs : first;
	net = incoming ? first : b->end[NET].legs;
	assert_non_null(strstr(user->ladder, "SETUP cr "));
	status.incoming = incoming;
	status.state = state;
	assert_int_equal(sscanf(strstr(user->ladder, "SETUP cr "), "SETUP cr %u", &status.cr), 1);
	second = bench_call(b, NET, "2");
	bench_run(b, 300);
	if (user->cleared != (cause != 0))
		fail_msg("incoming %d, up %d, %u ms, state %u: cleared %d", incoming, up, wait_ms, state, user->cleared);
	status.cr = 0;
	if (cause) {
		assert_int_equal(bench_event(user, LEG_CLEARED)->cause.q850, cause);
		assert_true(bench_event(user, LEG_CLEARED)->by_far_end);
		if (state)
			assert_int_equal(bench_event(net, LEG_CLEARED)->cause.q850, cause);
		else
			bench_clear(net, 16);
	} else {
		bench_clear(user, 16);
	}
	bench_clear(second, 16);
	bench_run(b, 60000);
	bench_assert_idle(b);
	bench_close(b);
}

static void test_states(void **state)
{
	(void)state;
	for (uint8_t s = 1; s < 26; s++) {
		bool setting_up = s <= 9 && s != 5;

		if (s == 5 || (s > 12 && s != 15 && s != 17 && s != 19 && s != 25)) /* no such state */
			continue;
		row(false, true, 0, s, setting_up || s == 25 ? 101 : 0);
		row(false, false, 0, s, s == 10 ? 101 : 0);
	}
}

/* Our CONNECT may have crossed it: 4 s are T313. */
static void test_just_answered(void **state)
{
	(void)state;
	row(true, true, 0, 7, 0);
	row(true, true, 3000, 8, 0);
	row(true, true, 5000, 7, 101);
	row(true, true, 5000, 10, 0);
	row(true, false, 5000, 7, 0);
}

static void test_null(void **state)
{
	(void)state;
	row(false, true, 0, 0, 30);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_states),
		cmocka_unit_test(test_just_answered),
		cmocka_unit_test(test_null),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
