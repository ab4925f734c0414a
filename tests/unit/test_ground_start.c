/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests/unit/test_ground_start.c: what both analog drivers do on ports of ground start: tip ground before dialling, glare, and a
 * clear that is signalled. */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "tests/support/fxo_rig.h"
#include "tests/support/fxs_bench.h"

static struct rig *lines(void)
{
	struct fxo_conf c = fx_conf();
	struct rig *r = fx_open(&c);

	for (int i = 0; i < RIG_LINES; i++) {
		r->ports[i].line.start = HW_START_GROUND;
		r->ports[i].battery = r->ports[i].reversed = -1;
		r->ports[i].voltage_mv = INT_MIN;
	}
	return r;
}

static void all_idle(struct rig *r)
{
	fx_run(r, 10000);
	for (int i = 1; i <= RIG_LINES; i++)
		assert_int_equal(fx_state(r, i), FXO_IDLE);
	fx_close(r);
}

/* --- FXO: out ------------------------------------------------------------------------------------------ */

static void test_tip_ground_then_dial_tone(void **state)
{
	struct rig *r = lines();
	struct rig_leg *l = fx_call(r, "123");

	(void)state;
	fx_run(r, 4900); /* dial tone is waited for from tip ground on, not from the seizure */
	assert_int_equal(fx_state(r, 1), FXO_SEIZED);
	r->ports[0].grounded = 1;
	fx_card(r, 1, HW_EV_TIP_GROUND);
	fx_run(r, 4500);
	assert_int_equal(fx_state(r, 1), FXO_SEIZED);
	fx_tone(r, 1, TONE_DIAL, 0, 300);
	assert_int_equal(fx_state(r, 1), FXO_DIALLING);
	assert_non_null(strstr(l->trace, "> seized line 1\n< tip ground after 4900 ms\n< dial tone after 9400 ms\n> DTMF 123\n"));
	fx_run(r, 2000);
	r->ports[0].grounded = 0;
	fx_card(r, 1, HW_EV_DISCONNECT); /* before any answer */
	fx_assert_cleared(l, 31, true, "battery");
	all_idle(r);
}

static void test_no_tip_ground(void **state)
{
	struct rig *r = lines();
	struct rig_leg *l = fx_call(r, "123");

	(void)state;
	fx_run(r, 5000);
	assert_int_equal(fx_state(r, 1), FXO_GUARD);
	assert_false(r->ports[0].offhook);
	assert_int_equal(fx_state(r, 2), FXO_SEIZED);
	fx_run(r, 5000 * RIG_LINES);
	fx_assert_cleared(l, 27, true, NULL);
	assert_non_null(strstr(fx_event(l, LEG_CLEARED)->cause.text, "no tip ground"));
	all_idle(r);
}

static void test_taken_back_before_dial_tone(void **state)
{
	struct rig *r = lines();
	struct rig_leg *l = fx_call(r, "123");

	(void)state;
	fx_card(r, 1, HW_EV_TIP_GROUND);
	fx_run(r, 100);
	fx_card(r, 1, HW_EV_DISCONNECT);
	assert_int_equal(fx_state(r, 1), FXO_GUARD);
	assert_int_equal(fx_state(r, 2), FXO_SEIZED);
	fx_clear(l, 16);
	all_idle(r);
}

static void test_up_and_cleared(void **state)
{
	struct rig *r = lines();
	struct rig_leg *l;

	(void)state;
	fx_ring(r, 1, 1000);
	fx_run(r, 2000);
	fx_ring(r, 1, 1000);
	l = fx_last(r);
	assert_int_equal(leg_answer(l->leg, NULL), 0);
	fx_run(r, 10);
	assert_int_equal(fx_state(r, 1), FXO_UP);
	fx_card(r, 1, HW_EV_DISCONNECT); /* no time in which it would be a click of relays */
	fx_assert_cleared(l, 16, true, "battery");
	all_idle(r);
}

/* --- FXO: glare, and callers ----------------------------------------------------------------------------- */

static void test_glare_gives_way(void **state)
{
	struct rig *r = lines();
	struct rig_leg *l = fx_call(r, "123");

	(void)state;
	fx_run(r, 10);
	assert_true(r->ports[0].offhook);
	r->ports[0].ringing = r->ports[0].grounded = 1;
	fx_card(r, 1, HW_EV_RING_BEGIN);
	assert_false(r->ports[0].offhook);
	assert_int_equal(fx_line(r, 1).glare, 1);
	assert_int_equal(fx_state(r, 2), FXO_SEIZED); /* our call goes elsewhere */
	fx_run(r, 200);
	assert_int_equal(fx_state(r, 1), FXO_RINGING); /* and theirs is one that rings */
	fx_clear(l, 16);
	fx_card(r, 1, HW_EV_RING_END);
	fx_card(r, 1, HW_EV_DISCONNECT);
	r->ports[0].ringing = r->ports[0].grounded = 0;
	all_idle(r);
}

static void test_line_that_the_exchange_has_seized(void **state)
{
	struct rig *r = lines();
	struct rig_leg *l;

	(void)state;
	r->ports[0].grounded = 1; /* no ring yet */
	l = fx_call(r, "123");
	assert_false(r->ports[0].offhook);
	assert_int_equal(fx_state(r, 1), FXO_IDLE);
	assert_int_equal(fx_state(r, 2), FXO_SEIZED);
	fx_clear(l, 16);
	all_idle(r);
}

static void test_caller_gives_up(void **state)
{
	struct rig *r = lines();
	struct rig_leg *l;

	(void)state;
	fx_ring(r, 1, 1000);
	fx_run(r, 2000);
	fx_ring(r, 1, 1000);
	l = fx_last(r);
	assert_false(l->cleared);
	fx_run(r, 500);
	fx_card(r, 1, HW_EV_DISCONNECT);
	fx_assert_cleared(l, 16, true, "ring");
	assert_int_equal(fx_state(r, 1), FXO_GUARD);
	all_idle(r);
}

/* --- FXS ------------------------------------------------------------------------------------------------- */

static void test_port_opens_tip(void **state)
{
	static struct fxs_bench b;
	struct fxs_call *c;

	(void)state;
	fxs_bench_open(&b, &(struct fxs_conf){ .start = FXS_LOOP });
	for (int i = 0; i < FXS_PORTS; i++)
		b.ports[i].line.start = HW_START_GROUND;
	c = fxs_up(&b, 1, "1234");
	fxs_clear(c, 16);
	fxs_bench_run(&b, 1);
	assert_non_null(strstr(b.ports[0].log, "drop"));
	fxs_say(&b, 1, HW_EV_HOOK_DONE);
	fxs_bench_run(&b, 10);
	assert_null(strstr(b.ports[0].log, "drop offhook")); /* tip stays open, and no tone is heard */
	assert_false(fxs_audio(&b, 1)->playing);
	fxs_onhook(&b, 1);
	fxs_assert_idle(&b);
	fxs_bench_close(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tip_ground_then_dial_tone),
		cmocka_unit_test(test_no_tip_ground),
		cmocka_unit_test(test_taken_back_before_dial_tone),
		cmocka_unit_test(test_up_and_cleared),
		cmocka_unit_test(test_glare_gives_way),
		cmocka_unit_test(test_line_that_the_exchange_has_seized),
		cmocka_unit_test(test_caller_gives_up),
		cmocka_unit_test(test_port_opens_tip),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
