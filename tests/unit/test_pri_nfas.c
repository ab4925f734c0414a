/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests/unit/test_pri_nfas.c: three T1 spans under one D channel, and under a primary and a backup: channels are
 * told by interface identifier, RESTART goes to each, and calls outlive the D channel that they were set up on.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "tests/support/pri_bench.h"

enum { PRIMARY = 1, BACKUP = 2, SPANS = 3 };	/* spans of the user's end; the network's follow */

static struct bench *open_nfas(int dchans, enum pri_dialect dialect, enum pri_hunt hunt)
{
	return bench_open(&(struct bench_conf){
		.type = HW_SPAN_T1, .dialect = dialect, .spans = SPANS, .nfas = dchans, .hunt = hunt });
}

static struct pri_span_info span(struct bench *b, int end, int no)
{
	struct pri_span_info s[BENCH_SPANS];

	assert_int_equal(pri_trunk_spans(b->end[end].trunk, s, BENCH_SPANS), SPANS);
	return s[no - 1];
}

static struct bench_leg *answered(struct bench *b, int end, const char *called)
{
	struct bench_leg *l;

	b->end[!end].offered = bench_answer;
	l = bench_call(b, end, called);
	assert_non_null(l);
	bench_until(b, 500, bench_event(l, LEG_ANSWERED));
	bench_run(b, 50);
	return l;
}

/* Frames of span N vanish both ways, or not. */
static void mute(struct bench *b, int no, bool on)
{
	assert_int_equal(hw_sim_fault(b->card, no, SIM_FAULT_D_LOSS, on ? 1000 : 0), 0);
	assert_int_equal(hw_sim_fault(b->card, SPANS + no, SIM_FAULT_D_LOSS, on ? 1000 : 0), 0);
}

static void cut(struct bench *b, int no, bool on)
{
	assert_int_equal(hw_sim_fault(b->card, no, SIM_FAULT_DOWN, on), 0);
	assert_int_equal(hw_sim_fault(b->card, SPANS + no, SIM_FAULT_DOWN, on), 0);
}

static void layer2_lost(struct bench *b, int no)
{
	mute(b, no, true);
	bench_until(b, 40000, !span(b, USER, no).layer2 && !span(b, NET, no).layer2);
}

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

static int up_lines(struct bench *b, int end)
{
	return bench_count(b, end, PRI_LINE_UP);
}

/* --- One D channel ----------------------------------------------------------------------------- */

/* All 71 channels are reached, and both ends mean the same one. */
static void test_every_channel(void **state)
{
	struct bench *b = open_nfas(1, PRI_NATIONAL2, PRI_ASCENDING);
	int at[2], pos[2];

	(void)state;
	assert_int_equal(span(b, USER, 1).dchan, PRI_DCHAN_PRIMARY);
	assert_int_equal(span(b, USER, 2).dchan, PRI_DCHAN_ELSEWHERE);
	assert_int_equal(span(b, NET, 3).interface, 2);
	assert_true(span(b, USER, 3).in_service && !span(b, USER, 3).layer2);
	for (int i = 0; i < 71; i++) {
		struct bench_leg *l = answered(b, i & 1 ? NET : USER, "2125553001");

		line_of(l, &at[0], &pos[0]);
		line_of(b->end[i & 1 ? USER : NET].legs, &at[1], &pos[1]);
		assert_int_equal(pos[0], pos[1]);
		assert_int_equal(at[i & 1], at[!(i & 1)] - SPANS);
		assert_int_equal(at[i & 1], i < 23 ? 1 : i < 47 ? 2 : 3);
	}
	assert_null(bench_call(b, USER, "1"));		/* -EAGAIN: every channel is taken */
	for (int i = 0; i < 2; i++)
		for (struct bench_leg *l = b->end[i].legs; l; l = l->next)
			if (!l->incoming)
				bench_clear(l, 16);
	bench_run(b, 2000);
	bench_assert_idle(b);
	bench_close(b);
}

static char told[2048];	/* interface identifier and channel of every SETUP and RESTART */

static bool look(struct bench *b, int no, uint8_t *f, size_t *len)
{
	size_t at = 9;

	(void)b, (void)no;
	if (*len < 10 || (f[2] & 1) || f[4] != 8 || (f[8] != 0x05 && f[8] != 0x46))
		return true;
	while (at + 5 < *len && f[at] != 0x18)
		at += f[at] & 0x80 ? 1 : 2 + f[at + 1];
	assert_true(at + 5 < *len);
	assert_true(f[at + 2] & 0x40);		/* the interface is told */
	sprintf(told + strlen(told), "%c%d/%d ", f[8] == 0x05 ? 'S' : 'R', f[at + 3] & 0x7f, f[at + 5] & 0x7f);
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
	answered(b, USER, "2125553001");
	assert_string_equal(told, "S17/24 ");
	bench_clear(b->end[USER].legs, 16);
	bench_run(b, 200);
	told[0] = 0;
	assert_int_equal(pri_trunk_restart_at(b->end[USER].trunk, 2, 5), 1);
	assert_int_equal(pri_trunk_restart_at(b->end[USER].trunk, 1, 23), 1);
	bench_run(b, 500);
	assert_non_null(strstr(told, "R0/5 "));
	assert_non_null(strstr(told, "R4/23 "));
	assert_int_equal(strlen(told), strlen("R0/5 R4/23 "));
	bench_assert_idle(b);
	bench_close(b);
}

/* A span in alarm loses its own calls and lines, and no other. */
static void test_span_without_dchan_in_alarm(void **state)
{
	struct bench *b = open_nfas(1, PRI_NATIONAL2, PRI_ROUND_ROBIN);
	struct bench_leg *l[60];
	int no, pos;

	(void)state;
	for (int i = 0; i < 60; i++)
		l[i] = answered(b, USER, "2125553001");
	cut(b, 2, true);
	bench_run(b, 3000);
	assert_false(span(b, USER, 2).in_service);
	assert_true(span(b, USER, 1).in_service && span(b, USER, 3).in_service);
	for (int i = 0; i < 60; i++) {
		line_of(l[i], &no, &pos);
		assert_int_equal(l[i]->cleared, i >= 23 && i < 47);
		assert_true(l[i]->cleared ? no == 0 : no != 2);
		if (l[i]->cleared)
			assert_int_equal(bench_event(l[i], LEG_CLEARED)->cause.q850, 41);
	}
	cut(b, 2, false);
	bench_until(b, 20000, span(b, USER, 2).in_service && span(b, NET, 2).in_service);
	bench_run(b, 3000);
	assert_int_equal(bench_count(b, USER, PRI_LINE_IDLE), 71 - 36);
	for (int i = 0; i < 60; i++)
		if (!l[i]->cleared)
			bench_clear(l[i], 16);
	bench_run(b, 2000);
	bench_assert_idle(b);
	bench_close(b);
}

/* --- Primary and backup ------------------------------------------------------------------------ */

static struct bench *with_two(struct bench_leg *l[6])
{
	struct bench *b = open_nfas(2, PRI_NATIONAL2, PRI_ASCENDING);

	assert_true(span(b, USER, PRIMARY).active && span(b, NET, PRIMARY).active);
	assert_true(span(b, USER, BACKUP).layer2 && !span(b, USER, BACKUP).active);
	assert_int_equal(span(b, USER, PRIMARY).switchovers, 0);
	for (int i = 0; i < 6; i++)
		l[i] = answered(b, i & 1 ? NET : USER, "2125553001");
	return b;
}

static void end_all(struct bench *b, struct bench_leg *l[6])
{
	for (int i = 0; i < 6; i++)
		if (!l[i]->cleared)
			bench_clear(l[i], 16);
	bench_run(b, 500);
	bench_assert_idle(b);
	bench_close(b);
}

/* Layer 2 of the primary is lost: calls stay, are cleared and placed on the backup, and on the primary again when
 * it is back and the backup is lost in its turn. */
static void test_switchover(void **state)
{
	struct bench_leg *l[6];
	struct bench *b = with_two(l);

	(void)state;
	layer2_lost(b, PRIMARY);
	bench_run(b, 500);
	assert_true(span(b, USER, BACKUP).active && span(b, NET, BACKUP).active);
	assert_int_equal(span(b, USER, PRIMARY).switchovers, 1);
	assert_true(span(b, USER, PRIMARY).in_service && span(b, USER, 3).in_service);
	assert_int_equal(up_lines(b, USER), 6);
	assert_int_equal(up_lines(b, NET), 6);
	bench_clear(l[0], 16);		/* each end ends one that it placed */
	bench_clear(l[1], 17);
	bench_run(b, 500);
	assert_true(l[0]->cleared && l[1]->cleared);
	assert_int_equal(up_lines(b, USER), 4);
	assert_int_equal(up_lines(b, NET), 4);
	l[0] = answered(b, USER, "2125553002");
	l[1] = answered(b, NET, "2125553002");
	bench_run(b, 150000);		/* longer than T309: nothing is lost, and the audit finds nothing */
	assert_int_equal(up_lines(b, USER), 6);
	assert_null(strstr(b->end[USER].log, "audit"));
	mute(b, PRIMARY, false);
	bench_until(b, 20000, span(b, USER, PRIMARY).layer2 && span(b, NET, PRIMARY).layer2);
	bench_run(b, 1000);
	assert_true(span(b, USER, BACKUP).active);		/* it stays where it is */
	layer2_lost(b, BACKUP);
	bench_run(b, 500);
	assert_true(span(b, USER, PRIMARY).active && span(b, NET, PRIMARY).active);
	assert_int_equal(span(b, NET, PRIMARY).switchovers, 2);
	assert_int_equal(up_lines(b, NET), 6);
	mute(b, BACKUP, false);
	bench_run(b, 20000);
	end_all(b, l);
}

/* Calls that are not up when their D channel goes cannot be completed: the end that sees the failure first drops
 * them, and its RESTART of their channels on the backup ends them at the other. */
static void test_switchover_in_setup(void **state)
{
	struct bench_leg *l[6], *ringing;
	struct bench *b = with_two(l);

	(void)state;
	b->end[NET].offered = bench_ring;
	ringing = bench_call(b, USER, "2125553003");
	bench_until(b, 500, bench_event(ringing, LEG_ALERTING));
	layer2_lost(b, PRIMARY);
	bench_run(b, 500);
	assert_true(ringing->cleared && b->end[NET].legs->cleared);
	assert_int_equal(bench_event(b->end[NET].legs, LEG_CLEARED)->cause.q850, 27);
	assert_int_equal(bench_event(ringing, LEG_CLEARED)->cause.q850, 41);
	assert_int_equal(up_lines(b, USER), 6);
	assert_int_equal(bench_count(b, USER, PRI_LINE_IDLE), 70 - 6);
	assert_int_equal(bench_count(b, NET, PRI_LINE_IDLE), 70 - 6);
	mute(b, PRIMARY, false);
	bench_run(b, 20000);
	end_all(b, l);
}

/* The primary's span is in alarm: its own calls end with 41, those on other spans stay, on the backup. */
static void test_primary_span_in_alarm(void **state)
{
	struct bench *b = open_nfas(2, PRI_4ESS, PRI_ROUND_ROBIN);
	struct bench_leg *l[40];
	unsigned left = 0;

	(void)state;
	for (int i = 0; i < 40; i++)
		l[i] = answered(b, USER, "2125553001");
	cut(b, PRIMARY, true);
	bench_run(b, 3000);
	assert_true(span(b, USER, BACKUP).active && span(b, NET, BACKUP).active);
	assert_false(span(b, USER, PRIMARY).in_service);
	assert_true(span(b, USER, BACKUP).in_service && span(b, USER, 3).in_service);
	for (int i = 0; i < 40; i++) {
		assert_int_equal(l[i]->cleared, i < 23);
		left += !l[i]->cleared;
	}
	assert_int_equal(up_lines(b, NET), left);
	for (int i = 23; i < 40; i++)
		bench_clear(l[i], 16);
	bench_run(b, 1000);
	assert_int_equal(up_lines(b, NET), 0);
	cut(b, PRIMARY, false);
	bench_until(b, 20000, span(b, USER, PRIMARY).in_service && span(b, NET, PRIMARY).in_service);
	bench_run(b, 3000);
	bench_assert_idle(b);
	bench_close(b);
}

/* Both D channels are away: T309 runs, and calls stay when one is back in time. */
static void both_lost(bool in_time)
{
	struct bench_leg *l[6];
	struct bench *b = with_two(l);

	layer2_lost(b, PRIMARY);
	layer2_lost(b, BACKUP);
	assert_false(span(b, USER, 3).in_service);
	assert_int_equal(up_lines(b, USER), 6);
	bench_run(b, in_time ? 60000 : 95000);
	assert_int_equal(up_lines(b, USER), in_time ? 6 : 0);
	mute(b, PRIMARY, false);
	bench_until(b, 20000, span(b, USER, 3).in_service && span(b, NET, 3).in_service);
	bench_run(b, 3000);
	assert_true(span(b, USER, PRIMARY).active);
	assert_int_equal(up_lines(b, USER), in_time ? 6 : 0);
	assert_int_equal(up_lines(b, NET), in_time ? 6 : 0);
	for (int i = 0; i < 6 && !in_time; i++)
		assert_int_equal(bench_event(l[i], LEG_CLEARED)->cause.q850, 27);
	mute(b, BACKUP, false);
	bench_run(b, 100000);
	end_all(b, l);
}

static void test_both_lost_in_time(void **state)
{
	(void)state;
	both_lost(true);
}

static void test_both_lost_too_late(void **state)
{
	(void)state;
	both_lost(false);
}

/* The primary never comes up: the backup serves after a while. */
static void test_starts_on_backup(void **state)
{
	struct bench *b = bench_open(&(struct bench_conf){
		.type = HW_SPAN_T1, .dialect = PRI_5ESS, .spans = SPANS, .nfas = 2, .no_wait = true });
	struct bench_leg *l;

	(void)state;
	mute(b, PRIMARY, true);
	bench_run(b, 3000);
	assert_true(span(b, USER, BACKUP).layer2 && !span(b, USER, BACKUP).in_service);
	bench_run(b, 10000);
	assert_true(span(b, USER, BACKUP).active && span(b, USER, BACKUP).in_service);
	l = answered(b, NET, "2125553001");
	bench_clear(l, 16);
	mute(b, PRIMARY, false);
	bench_run(b, 20000);
	bench_assert_idle(b);
	bench_close(b);
}

/* The far end has changed over and this end has seen no failure: its messages are followed. */
static void test_far_end_changes(void **state)
{
	struct bench_leg *l[6];
	struct bench *b = with_two(l);

	(void)state;
	/* Only what the network sends on the primary is lost, for as long as it alone notices: then it is back. */
	assert_int_equal(hw_sim_fault(b->card, SPANS + PRIMARY, SIM_FAULT_D_LOSS, 1000), 0);
	bench_until(b, 60000, span(b, NET, BACKUP).active);
	assert_int_equal(hw_sim_fault(b->card, SPANS + PRIMARY, SIM_FAULT_D_LOSS, 0), 0);
	bench_run(b, 200);
	bench_clear(l[0], 16);
	bench_clear(l[1], 16);
	bench_run(b, 1000);
	assert_true(l[0]->cleared && l[1]->cleared);
	assert_int_equal(up_lines(b, USER), 4);
	assert_int_equal(up_lines(b, NET), 4);
	assert_true(span(b, USER, BACKUP).active);
	bench_run(b, 20000);
	end_all(b, l);
}

/* SERVICE of D channels: octets of the message on the span that sent it, and channel 23 made 24 when asked. */
static struct { int span; uint8_t ie[8]; size_t n; bool as_dchan; } service;

static bool look_service(struct bench *b, int no, uint8_t *f, size_t *len)
{
	size_t at = 9;

	(void)b;
	if (*len < 16 || (f[2] & 1) || f[4] != 3 || f[8] != 0x0f)
		return true;
	while (at + 5 < *len && f[at] != 0x18)
		at += f[at] & 0x80 ? 1 : 2 + f[at + 1];
	assert_true(at + 5 < *len);
	if (service.as_dchan && (f[*len - 1] & 0x7f) == 23)
		f[*len - 1]++;
	if ((f[*len - 1] & 0x7f) != 24 || (f[at + 3] & 0x7f) == 2) /* of the third span it is a B channel */
		return true;
	service.span = no;
	service.n = *len - at - 2;
	memcpy(service.ie, f + at + 2, service.n < sizeof(service.ie) ? service.n : sizeof(service.ie));
	return true;
}

/* The end that changes over tells the other by SERVICE: D channel, explicit interface. */
static void test_service_of_dchan(void **state)
{
	static const uint8_t backup[] = {0xed, 0x81, 0x83, 0x98};
	struct bench *b = open_nfas(2, PRI_4ESS, PRI_ASCENDING);

	(void)state;
	memset(&service, 0, sizeof(service));
	b->tap = look_service;
	layer2_lost(b, PRIMARY);
	bench_run(b, 500);
	assert_true(service.span % SPANS == BACKUP);
	assert_int_equal(service.n, sizeof(backup));
	assert_memory_equal(service.ie, backup, sizeof(backup));
	assert_non_null(strstr(b->end[service.span > SPANS ? USER : NET].log, "the far end has its D channel in service"));
	assert_true(span(b, USER, BACKUP).active && span(b, NET, BACKUP).active);
	mute(b, PRIMARY, false);
	bench_run(b, 20000);
	bench_assert_idle(b);
	bench_close(b);
}

/* The exchange takes the primary D channel out of service, and nothing has failed. */
static void test_far_end_orders(void **state)
{
	struct bench *b = open_nfas(2, PRI_5ESS, PRI_ASCENDING);
	struct bench_leg *l;

	(void)state;
	memset(&service, 0, sizeof(service));
	b->tap = look_service;
	service.as_dchan = true;
	l = answered(b, USER, "2125553001");
	assert_int_equal(pri_trunk_take_out(b->end[NET].trunk, SPANS + PRIMARY, 23, true), 1);
	bench_run(b, 500);
	assert_true(span(b, USER, BACKUP).active);
	assert_true(span(b, NET, BACKUP).active);	/* it hears us there */
	assert_int_equal(span(b, USER, PRIMARY).switchovers, 1);
	bench_clear(l, 16);
	bench_run(b, 500);
	service.as_dchan = false;
	pri_trunk_take_out(b->end[NET].trunk, SPANS + PRIMARY, 23, false);
	bench_run(b, 5000);
	bench_assert_idle(b);
	bench_close(b);
}

/* The other program starts again in mid-call: its instances are taken over as a pair, calls end, lines come back. */
static void test_reopened(void **state)
{
	struct bench_leg *l[6];
	struct bench *b = with_two(l);

	(void)state;
	for (int i = 0; i < 3; i++) {
		bench_reopen(b, USER);
		bench_run(b, 20000);
		assert_true(span(b, USER, PRIMARY).in_service && span(b, NET, PRIMARY).in_service);
		assert_int_equal(bench_count(b, USER, PRI_LINE_IDLE), 70);
		assert_int_equal(bench_count(b, NET, PRI_LINE_IDLE), 70);
		l[0] = answered(b, USER, "2125553001");
		layer2_lost(b, i & 1 ? BACKUP : PRIMARY);
		bench_run(b, 500);
		assert_int_equal(up_lines(b, NET), 1);
		mute(b, i & 1 ? BACKUP : PRIMARY, false);
		bench_run(b, 20000);
	}
	end_all(b, l);
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
		cmocka_unit_test(test_switchover),
		cmocka_unit_test(test_switchover_in_setup),
		cmocka_unit_test(test_primary_span_in_alarm),
		cmocka_unit_test(test_both_lost_in_time),
		cmocka_unit_test(test_both_lost_too_late),
		cmocka_unit_test(test_starts_on_backup),
		cmocka_unit_test(test_far_end_changes),
		cmocka_unit_test(test_service_of_dchan),
		cmocka_unit_test(test_far_end_orders),
		cmocka_unit_test(test_reopened),
		cmocka_unit_test(test_wrong_conf),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
