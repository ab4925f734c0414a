/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests/unit/test_pri_load.c: many calls at once over two ISDN trunks, ended at random at every stage by
 * either end: no leg is lost, every line is idle afterwards, libpri keeps no call.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "tests/support/pri_bench.h"

static uint32_t dice = 1;

static uint32_t roll(uint32_t n)
{
	dice = dice * 1664525 + 1013904223;
	return (dice >> 8) % n;
}

static void test_thirty_at_once(void **state)
{
	struct bench *b = bench_open(&(struct bench_conf){ .dialect = PRI_EUROISDN_E1 });

	(void)state;
	b->end[NET].offered = bench_answer;
	for (int i = 0; i < 30; i++)
		assert_non_null(bench_call(b, USER, "2079460100"));
	bench_run(b, 1000);
	assert_int_equal(bench_count(b, USER, PRI_LINE_UP), 30);
	assert_int_equal(bench_count(b, NET, PRI_LINE_UP), 30);
	for (struct bench_leg *l = b->end[NET].legs; l; l = l->next)
		bench_clear(l, 16);
	bench_run(b, 1000);
	assert_int_equal(b->end[USER].n_cleared, 30);
	for (struct bench_leg *l = b->end[USER].legs; l; l = l->next) {
		assert_int_equal(bench_event(l, LEG_CLEARED)->cause.q850, 16);
		assert_int_equal(bench_event(l, LEG_CLEARED)->cause.location, 2);
	}
	bench_assert_idle(b);
	bench_close(b);
}

/* Both ends fill the span at once: half the calls collide. */
static void test_sixty_for_thirty(void **state)
{
	struct bench *b = bench_open(&(struct bench_conf){ .dialect = PRI_EUROISDN_E1 });
	unsigned up = 0;

	(void)state;
	b->end[NET].offered = b->end[USER].offered = bench_answer;
	for (int i = 0; i < 30; i++) {
		assert_non_null(bench_call(b, USER, "1"));
		assert_non_null(bench_call(b, NET, "2"));
	}
	bench_run(b, 5000);
	for (struct bench_leg *l = b->end[NET].legs; l; l = l->next)
		if (!l->incoming) {
			up += !l->cleared;
			assert_non_null(bench_event(l, LEG_ANSWERED));
		}
	assert_int_equal(up, 30);	/* the network's */
	assert_int_equal(bench_count(b, USER, PRI_LINE_UP), 30);
	assert_int_equal(bench_span(b, USER).glare, 30);
	for (struct bench_leg *l = b->end[NET].legs; l; l = l->next)
		if (!l->cleared)
			bench_clear(l, 16);
	bench_run(b, 2000);
	bench_assert_idle(b);
	bench_close(b);
}

/* Both ends hunt upwards and call all the time: SETUPs cross each other, and cross the answers that name another channel. While
 * there are channels, every call gets one. */
static void test_crossing_all_the_time(void **state)
{
	struct bench *b = bench_open(&(struct bench_conf){ .dialect = PRI_EUROISDN_E1 });

	(void)state;
	b->end[NET].offered = b->end[USER].offered = bench_answer;
	for (int round = 0; round < 40; round++) {
		for (int i = 0; i < 12; i++) {
			assert_non_null(bench_call(b, USER, "1"));
			bench_run(b, roll(12));
			assert_non_null(bench_call(b, NET, "2"));
			bench_run(b, roll(12));
		}
		bench_run(b, 1500);
		for (int end = USER; end <= NET; end++)
			for (struct bench_leg *l = b->end[end].legs; l; l = l->next)
				if (!l->cleared && !l->incoming)
					bench_clear(l, 16);
		bench_run(b, 300 + roll(400));
	}
	bench_run(b, 1000);
	for (int end = USER; end <= NET; end++)
		for (struct bench_leg *l = b->end[end].legs; l; l = l->next)
			if (!l->incoming && !bench_event(l, LEG_ANSWERED))
				fail_msg("a call of the %s ended with cause %d", end == USER ? "user" : "network",
					 bench_event(l, LEG_CLEARED)->cause.q850);
	assert_true(bench_span(b, USER).glare > 50);
	assert_int_equal(bench_span(b, USER).calls_out, 40 * 12);	/* those that were tried twice are one call */
	assert_int_equal(bench_span(b, NET).calls_out, 40 * 12);
	bench_assert_idle(b);
	bench_close(b);
}

/* Two ends that both follow what they are told differ, and are told no more to change. */
static void test_advice(void **state)
{
	static const struct { enum pri_side side; enum pri_hunt hunt; unsigned glare; const char *want; } rows[] = {
		{ PRI_USER, PRI_ASCENDING, 3, "set \"hunt: descending\" here" },
		{ PRI_NETWORK, PRI_DESCENDING, 3, "set \"hunt: ascending\" here" },
		{ PRI_NETWORK, PRI_ASCENDING, 3, "this end is ascending already, ask for descending at the far end" },
		{ PRI_USER, PRI_DESCENDING, 3, "this end is descending already, ask for ascending at the far end" },
		{ PRI_USER, PRI_ROUND_ROBIN, 3, "set \"hunt: descending\" here" },
		{ PRI_NETWORK, PRI_ODD, 3, "set \"hunt: ascending\" here" },
		{ PRI_USER, PRI_ASCENDING, 2, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct pri_span_info s = { .side = rows[i].side, .hunt = rows[i].hunt, .glare = rows[i].glare, .calls_out = 100,
					   .calls_in = 200 };
		char text[240];

		assert_int_equal(pri_glare_advice(&s, text, sizeof(text)), rows[i].want != NULL);
		if (rows[i].want && !strstr(text, rows[i].want))
			fail_msg("row %zu: %s", i, text);
		s.calls_in = 201;	/* less than one in a hundred */
		assert_false(pri_glare_advice(&s, text, sizeof(text)));
	}
}

/* --- At random --------------------------------------------------------------------------------- */

static void random_answer(struct bench_leg *l)
{
	switch (roll(6)) {
	case 0:
		return;
	case 1:
		bench_clear(l, 1 + (int)roll(127));
		return;
	case 2:
		bench_ring(l);
		return;
	case 3:
		assert_int_equal(leg_answer(l->leg, NULL), 0);
		return;
	case 4:
		assert_int_equal(leg_progress(l->leg, true, NULL), 0);
		return;
	default:
		bench_answer(l);
	}
}

static void random_act(struct bench_leg *l)
{
	struct leg_cause c = { .q850 = (uint8_t)(1 + roll(127)), .location = (uint8_t)roll(11) };

	switch (roll(4)) {
	case 0:
		leg_answer(l->leg, NULL);	/* -EALREADY is fine */
		break;
	case 1:
		leg_alert(l->leg, roll(2));
		break;
	default:
		leg_clear(l->leg, &c);
	}
}

static void random_turn(struct bench *b)
{
	bench_run(b, roll(20));
	for (int i = 0; i < 2; i++)
		for (struct bench_leg *l = b->end[i].legs; l; l = l->next)
			if (!l->cleared && roll(40) == 0)
				random_act(l);
}

static void at_random(const struct bench_conf *conf, int calls, int loss)
{
	struct bench *b = bench_open(conf);
	int made = 0;

	b->end[NET].offered = b->end[USER].offered = random_answer;
	hw_sim_fault(b->card, 1, SIM_FAULT_D_LOSS, loss);
	hw_sim_fault(b->card, 2, SIM_FAULT_D_ERROR, loss);
	for (int turns = 0; made < calls && turns < 20 * calls; turns++) {
		if (roll(2) && bench_call(b, (int)roll(2), "2079460100"))
			made++;
		random_turn(b);
	}
	assert_int_equal(made, calls);
	hw_sim_fault(b->card, 1, SIM_FAULT_D_LOSS, 0);
	hw_sim_fault(b->card, 2, SIM_FAULT_D_ERROR, 0);
	for (int i = 0; i < 2; i++)
		for (struct bench_leg *l = b->end[i].legs; l; l = l->next)
			if (!l->cleared)
				leg_clear(l->leg, &(struct leg_cause){ .q850 = 16 });
	bench_run(b, 60000);
	bench_assert_idle(b);
	if (!loss) {
		assert_null(strstr(b->end[USER].log, "audit"));
		assert_null(strstr(b->end[NET].log, "audit"));
	}
	bench_close(b);
}

static void test_random(void **state)
{
	(void)state;
	at_random(&(struct bench_conf){ .dialect = PRI_EUROISDN_E1 }, 500, 0);
	at_random(&(struct bench_conf){ .dialect = PRI_EUROISDN_E1, .hunt = PRI_DESCENDING, .exclusive = true }, 500, 0);
	at_random(&(struct bench_conf){ .type = HW_SPAN_T1, .dialect = PRI_NATIONAL2, .hunt = PRI_ROUND_ROBIN }, 500, 0);
}

static void test_random_with_loss(void **state)
{
	(void)state;
	at_random(&(struct bench_conf){ .dialect = PRI_EUROISDN_E1, .hunt = PRI_LEAST_USED }, 200, 30);
}

/* Octets of messages changed at random, layer 2 untouched: calls may end badly, but they end, and so does
 * the trouble. */
static bool garbling;

static bool garble(struct bench *b, int span, uint8_t *frame, size_t *len)
{
	(void)b;
	(void)span;
	if (garbling && *len > 9 && !(frame[2] & 1) && roll(8) == 0)
		for (uint32_t n = 1 + roll(4); n; n--)
			frame[5 + roll((uint32_t)*len - 5)] = (uint8_t)roll(256);
	return true;
}

static void test_garbled(void **state)
{
	struct bench *b = bench_open(&(struct bench_conf){ .dialect = PRI_EUROISDN_E1, .tap = garble });

	(void)state;
	b->end[NET].offered = b->end[USER].offered = random_answer;
	garbling = true;
	for (int i = 0; i < 1500; i++) {
		if (roll(2))
			bench_call(b, (int)roll(2), "2079460100");
		random_turn(b);
	}
	garbling = false;
	for (int i = 0; i < 2; i++)
		for (struct bench_leg *l = b->end[i].legs; l; l = l->next)
			if (!l->cleared)
				leg_clear(l->leg, &(struct leg_cause){ .q850 = 16 });
	bench_run(b, 700000);
	for (int i = 0; i < 2; i++) {
		for (struct bench_leg *l = b->end[i].legs; l; l = l->next)
			assert_true(l->cleared);
		assert_int_equal(bench_count(b, i, PRI_LINE_IDLE) + bench_count(b, i, PRI_LINE_SET_ASIDE), 30);
	}
	bench_close(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_thirty_at_once), cmocka_unit_test(test_sixty_for_thirty),
		cmocka_unit_test(test_crossing_all_the_time), cmocka_unit_test(test_advice),
		cmocka_unit_test(test_random), cmocka_unit_test(test_random_with_loss),
		cmocka_unit_test(test_garbled),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
