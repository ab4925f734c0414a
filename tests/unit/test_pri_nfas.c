/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests/unit/test_pri_nfas.c: three T1 spans under one D channel: channels are told by interface identifier, RESTART
 * goes to each, a span in alarm loses what is its own, and a held call comes back on the span that was named.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "tests/support/pri_nfas.h"
#include "tests/support/pri_tap.h"

static void line_of(const struct bench_leg *l, int *no, int *pos)
{
	struct pri_line_info lines[80];
	int n = pri_trunk_lines(l->end->trunk, lines, 80);

	*no = *pos = 0;
	for (int i = 0; i < n; i++)
		if (l->leg && lines[i].leg == l->leg) {
			*no = lines[i].span;
			*pos = lines[i].pos;
		}
}

/* All 71 channels are reached, and both ends mean the same one. */
static void test_every_channel(void **state)
{
	struct bench *b = nfas_open(1, PRI_NATIONAL2, PRI_ASCENDING);
	int at[2], pos[2];

	(void)state;
	assert_int_equal(nfas_span(b, USER, 1).dchan, PRI_DCHAN_PRIMARY);
	assert_int_equal(nfas_span(b, USER, 2).dchan, PRI_DCHAN_ELSEWHERE);
	assert_int_equal(nfas_span(b, NET, 3).interface, 2);
	assert_true(nfas_span(b, USER, 3).in_service && !nfas_span(b, USER, 3).layer2);
	for (int i = 0; i < 71; i++) {
		struct bench_leg *l = bench_call_up(b, i & 1 ? NET : USER, "2125553001");

		line_of(l, &at[0], &pos[0]);
		line_of(b->end[i & 1 ? USER : NET].legs, &at[1], &pos[1]);
		assert_int_equal(pos[0], pos[1]);
		assert_int_equal(at[i & 1], at[!(i & 1)] - SPANS);
		assert_int_equal(at[i & 1], i < 23 ? 1 : i < 47 ? 2 : 3);
	}
	assert_null(bench_call(b, USER, "1"));		/* -EAGAIN: every channel is taken */
	assert_int_equal(bench_count(b, USER, PRI_LINE_UP), 71);
	assert_int_equal(bench_count(b, NET, PRI_LINE_UP), 71);
	bench_over(b);
}

static char told[2048];	/* interface identifier and channel of every SETUP and RESTART */

static bool look(struct bench *b, int no, uint8_t *f, size_t *len)
{
	const uint8_t *e;

	(void)b, (void)no;
	if (*len < 10 || (f[2] & 1) || f[4] != 8 || (f[8] != 0x05 && f[8] != 0x46))
		return true;
	e = pri_tap_element(f, *len, 0x18);
	assert_true(e && e[1] > 3);
	assert_true(e[2] & 0x40);		/* the interface is told */
	sprintf(told + strlen(told), "%c%d/%d ", f[8] == 0x05 ? 'S' : 'R', e[3] & 0x7f, e[5] & 0x7f);
	return true;
}

/* The identifiers are those of the trunk file, on SETUP and on RESTART; the octets are read here. */
static void test_identifiers(void **state)
{
	static const int ids[] = {4, 0, 17};
	struct bench *b = bench_open(&(struct bench_conf){.type = HW_SPAN_T1, .dialect = PRI_NATIONAL2, .spans = SPANS,
							  .nfas = 1, .interfaces = ids, .hunt = PRI_DESCENDING});

	(void)state;
	told[0] = 0;
	b->tap = look;
	bench_call_up(b, USER, "2125553001");
	assert_string_equal(told, "S17/24 ");
	bench_end_all(b);
	told[0] = 0;
	assert_int_equal(pri_trunk_restart_at(b->end[USER].trunk, 2, 5), 1);
	assert_int_equal(pri_trunk_restart_at(b->end[USER].trunk, 1, 23), 1);
	bench_run(b, 500);
	assert_non_null(strstr(told, "R0/5 "));
	assert_non_null(strstr(told, "R4/23 "));
	assert_int_equal(strlen(told), strlen("R0/5 R4/23 "));
	bench_over(b);
}

/* A span in alarm loses its own calls and lines, and no other. */
static void test_span_without_dchan_in_alarm(void **state)
{
	struct bench *b = nfas_open(1, PRI_NATIONAL2, PRI_ROUND_ROBIN);
	struct bench_leg *l[60];
	int no, pos;

	(void)state;
	for (int i = 0; i < 60; i++)
		l[i] = bench_call_up(b, USER, "2125553001");
	bench_fault(b, 2, SIM_FAULT_DOWN, 1);
	bench_run(b, 3000);
	assert_false(nfas_span(b, USER, 2).in_service);
	assert_true(nfas_span(b, USER, 1).in_service && nfas_span(b, USER, 3).in_service);
	for (int i = 0; i < 60; i++) {
		line_of(l[i], &no, &pos);
		assert_int_equal(l[i]->cleared, i >= 23 && i < 47);
		assert_true(l[i]->cleared ? no == 0 : no != 2);
		if (l[i]->cleared)
			assert_int_equal(bench_event(l[i], LEG_CLEARED)->cause.q850, 41);
	}
	bench_fault(b, 2, SIM_FAULT_DOWN, 0);
	bench_until(b, 20000, nfas_span(b, USER, 2).in_service && nfas_span(b, NET, 2).in_service);
	bench_run(b, 3000);
	assert_int_equal(bench_count(b, USER, PRI_LINE_IDLE), 71 - 36);
	bench_over(b);
}

/* A call on the span that has no D channel is held and taken back: both ends mean the channel that the interface identifier names,
 * also one that the D channel's span has not, or has for another call. */
static void test_held_and_back(void **state)
{
	static const int ids[] = {1, 0};
	static const struct { enum pri_hunt hunt; int calls, pos; } rows[] = {
		{PRI_DESCENDING, 1, 24}, {PRI_DESCENDING, 24, 1}, {PRI_ASCENDING, 24, 1}, {PRI_ASCENDING, 46, 23}};
	struct bench_leg *l, *far;
	int no, pos;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]) * 2; i++) {
		int holder = i & 1 ? NET : USER;
		struct bench *b = bench_open(&(struct bench_conf){
			.type = HW_SPAN_T1, .dialect = PRI_NATIONAL2, .spans = 2, .nfas = 1, .interfaces = ids,
			.hunt = rows[i / 2].hunt, .services = {1U << PRI_SERVICE_HOLD, 1U << PRI_SERVICE_HOLD}});

		for (int n = 0; n < rows[i / 2].calls; n++)
			bench_call_up(b, USER, "2125553001");
		l = b->end[holder].legs;
		far = b->end[!holder].legs;
		assert_int_equal(leg_hold(l->leg), 0);
		bench_until(b, 500, bench_event(far, LEG_HELD) && !bench_pos(l));
		assert_int_equal(leg_resume(l->leg), 0);
		bench_until(b, 500, bench_event(far, LEG_RESUMED) && l->leg && l->leg->line);
		for (int end = 0; end < 2; end++) {
			line_of(b->end[end].legs, &no, &pos);
			assert_int_equal(no, end == USER ? 2 : 4);
			assert_int_equal(pos, rows[i / 2].pos);
		}
		bench_over(b);
	}
}

static void test_wrong_conf(void **state)
{
	static const int spans[] = {1, 2};
	struct pri_trunk_conf c = {.name = "t", .spans = spans, .n_spans = 2, .dialect = PRI_NATIONAL2, .nfas_primary = 3};
	struct bench *b = bench_open(&(struct bench_conf){.type = HW_SPAN_T1, .dialect = PRI_NATIONAL2});
	struct pri_handlers h = {0};
	struct pri_trunk *t = NULL;

	(void)state;
	assert_int_equal(pri_trunk_open(&t, b->hw, &c, &h), -EINVAL);
	c.nfas_primary = 1;
	c.nfas_backup = 7;
	assert_int_equal(pri_trunk_open(&t, b->hw, &c, &h), -EINVAL);
	assert_null(t);
	bench_close(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_channel),
		cmocka_unit_test(test_identifiers),
		cmocka_unit_test(test_span_without_dchan_in_alarm),
		cmocka_unit_test(test_held_and_back),
		cmocka_unit_test(test_wrong_conf),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
