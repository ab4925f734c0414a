/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests/unit/test_hw_sim_analog.c: analog lines of the simulated card: events and their times, in invented time
 * of 1 ms a step. Settings, refusals and what else a port does: test_hw_sim_ports.c; audio: test_hw_sim_bus.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "hw/sim.h"
#include "tests/support/analog_rig.h"

/* --- Rows: one command each, and all that is heard within a time ------------------------------------------- */

enum who { FXS, FXO, PHONE, PAIR };
enum act { HOOK, DIAL, REVERSE, CUT, NOISE, BOUNCE, GLITCH };
struct row {
	const char *why;
	struct doing {
		int at_ms;
		enum who who;
		enum act act;
		int value;
	} doing[6];
	int run_ms;
	const char *want; /* who, what and when, in ms, with 2 ms of tolerance: "S:OFFHOOK@10 O:..." */
};

static const char *const pulses[] = {"1", "0", "253"};

static void act(struct arig *r, const struct doing *d)
{
	struct hw_line *l = d->who == FXS ? r->s.l : d->who == FXO ? r->o.l : r->p.l;
	struct sim_pair cut = r->pair;
	int err = 0;

	cut.dead = d->value;
	switch (d->act) {
	case HOOK:
		err = hw_hook(l, (enum hw_hook)d->value);
		break;
	case DIAL:
		err = hw_dial_pulse(l, pulses[d->value]);
		break;
	case REVERSE:
		err = hw_polarity(l, d->value);
		break;
	case CUT:
		err = hw_sim_pair(r->hw, &cut);
		break;
	case NOISE:
		err = hw_sim_line_fault(r->hw, ARIG_FXS, SIM_RING_NOISE, (unsigned)d->value);
		break;
	case BOUNCE:
		err = hw_sim_line_fault(r->hw, ARIG_FXS, SIM_HOOK_BOUNCE, (unsigned)d->value);
		break;
	case GLITCH:
		err = hw_sim_line_fault(r->hw, ARIG_FXS, SIM_BATTERY_GLITCH, (unsigned)d->value);
		break;
	}
	assert_int_equal(err, 0);
}

static const struct row rows[] = {
	{"nothing happens on an idle line", {{0}}, 10000, ""},
	{"seized: the exchange sees it at once", {{10, FXO, HOOK, HW_OFFHOOK}}, 3000, "S:OFFHOOK@10"},
	{"hang-up is told when a flash is over",
	 {{10, FXO, HOOK, HW_OFFHOOK}, {1000, FXO, HOOK, HW_ONHOOK}},
	 3000,
	 "S:OFFHOOK@10 S:ONHOOK@2250"},
	{"hang-up within the exchange's debounce time is told a flash after it",
	 {{10, FXO, HOOK, HW_OFFHOOK}, {11, FXS, HOOK, HW_OFFHOOK}, {100, FXO, HOOK, HW_ONHOOK}},
	 3000,
	 "S:OFFHOOK@10 S:ONHOOK@1861"},
	{"nor is a pulse one within it",
	 {{10, FXO, HOOK, HW_OFFHOOK}, {11, FXS, HOOK, HW_OFFHOOK}, {100, PAIR, BOUNCE, 100}},
	 3000,
	 "S:OFFHOOK@10"},
	{"after it one is",
	 {{10, FXO, HOOK, HW_OFFHOOK}, {11, FXS, HOOK, HW_OFFHOOK}, {700, PAIR, BOUNCE, 100}},
	 3000,
	 "S:OFFHOOK@10 S:PULSE_START@800 S:PULSE1@1050"},
	{"a flash of 750 ms, 50 ms after it was asked for",
	 {{10, FXO, HOOK, HW_OFFHOOK}, {1000, FXO, HOOK, HW_FLASH}},
	 4000,
	 "S:OFFHOOK@10 S:FLASH@1800 O:HOOK_DONE@1800"},
	{"a telephone's flash is 500 ms, at once",
	 {{10, PHONE, HOOK, HW_OFFHOOK}, {1000, PHONE, HOOK, HW_FLASH}},
	 4000,
	 "S:OFFHOOK@10 S:FLASH@1500 P:HOOK_DONE@1500"},
	{"no flash is seen while somebody else holds the loop",
	 {{10, PHONE, HOOK, HW_OFFHOOK}, {20, FXO, HOOK, HW_OFFHOOK}, {1000, PHONE, HOOK, HW_FLASH}},
	 4000,
	 "S:OFFHOOK@10 P:HOOK_DONE@1500"},
	{"pulses: two digits, 1 and 0", {{10, FXO, HOOK, HW_OFFHOOK}, {1000, FXO, DIAL, 1}}, 4000,
	 "S:OFFHOOK@10 S:PULSE_START@1050 S:PULSE0@2200 O:DIAL_DONE@2750"},
	{"one pulse", {{10, FXO, HOOK, HW_OFFHOOK}, {1000, FXO, DIAL, 0}}, 4000,
	 "S:OFFHOOK@10 S:PULSE_START@1050 S:PULSE1@1300 O:DIAL_DONE@1850"},
	{"a number by pulses", {{10, FXO, HOOK, HW_OFFHOOK}, {1000, FXO, DIAL, 2}}, 6000,
	 "S:OFFHOOK@10 S:PULSE_START@1050 S:PULSE2@1400 S:PULSE_START@2000 S:PULSE5@2650 S:PULSE_START@3250 "
	 "S:PULSE3@3700 O:DIAL_DONE@4250"},
	{"a contact that bounces is no pulse",
	 {{10, FXO, HOOK, HW_OFFHOOK}, {1000, PAIR, BOUNCE, 14}},
	 4000,
	 "S:OFFHOOK@10"},
	{"one that lets go for 16 ms looks like one",
	 {{10, FXO, HOOK, HW_OFFHOOK}, {1000, PAIR, BOUNCE, 16}},
	 4000,
	 "S:OFFHOOK@10 S:PULSE_START@1016 S:PULSE1@1266"},
	{"200 ms is a pulse still", {{10, FXO, HOOK, HW_OFFHOOK}, {1000, PAIR, BOUNCE, 199}}, 4000,
	 "S:OFFHOOK@10 S:PULSE_START@1199 S:PULSE1@1449"},
	{"longer is a flash", {{10, FXO, HOOK, HW_OFFHOOK}, {1000, PAIR, BOUNCE, 202}}, 4000,
	 "S:OFFHOOK@10 S:FLASH@1202"},
	{"up to 1250 ms", {{10, FXO, HOOK, HW_OFFHOOK}, {1000, PAIR, BOUNCE, 1249}}, 4000,
	 "S:OFFHOOK@10 S:FLASH@2249"},
	{"then it is on hook, and lifted again",
	 {{10, FXO, HOOK, HW_OFFHOOK}, {1000, PAIR, BOUNCE, 1252}},
	 4000,
	 "S:OFFHOOK@10 S:ONHOOK@2250 S:OFFHOOK@2252"},
	{"ringing, 2 s in 6", {{10, FXS, HOOK, HW_RING}}, 7000,
	 "S:RINGER_ON@10 O:RING_BEGIN@15 P:RING_BEGIN@15 S:RINGER_OFF@2010 O:RING_END@2066 P:RING_END@2066 S:RINGER_ON@6010 "
	 "O:RING_BEGIN@6015 P:RING_BEGIN@6015"},
	{"answered: ringing has stopped by itself",
	 {{10, FXS, HOOK, HW_RING}, {1000, FXO, HOOK, HW_OFFHOOK}},
	 9000,
	 "S:RINGER_ON@10 O:RING_BEGIN@15 P:RING_BEGIN@15 S:OFFHOOK@1000 O:RING_END@1056 P:RING_END@1056"},
	{"answered between two rings",
	 {{10, FXS, HOOK, HW_RING}, {3000, PHONE, HOOK, HW_OFFHOOK}},
	 9000,
	 "S:RINGER_ON@10 O:RING_BEGIN@15 P:RING_BEGIN@15 S:RINGER_OFF@2010 O:RING_END@2066 P:RING_END@2066 S:OFFHOOK@3000"},
	{"abandoned",
	 {{10, FXS, HOOK, HW_RING}, {1000, FXS, HOOK, HW_ONHOOK}},
	 9000,
	 "S:RINGER_ON@10 O:RING_BEGIN@15 P:RING_BEGIN@15 O:RING_END@1056 P:RING_END@1056"},
	{"stopped", {{10, FXS, HOOK, HW_RING}, {1000, FXS, HOOK, HW_RING_OFF}}, 9000,
	 "S:RINGER_ON@10 O:RING_BEGIN@15 P:RING_BEGIN@15 O:RING_END@1056 P:RING_END@1056"},
	{"a spike of ring voltage is nothing", {{10, PAIR, NOISE, 4}}, 1000, ""},
	{"30 ms of it are something, that a driver has to judge",
	 {{10, PAIR, NOISE, 30}},
	 1000,
	 "O:RING_BEGIN@15 P:RING_BEGIN@15 O:RING_END@96 P:RING_END@96"},
	{"a ring within 2 s of hanging up is not told to a port, its end is; a telephone rings",
	 {{10, FXO, HOOK, HW_OFFHOOK}, {1000, FXO, HOOK, HW_ONHOOK}, {2400, FXS, HOOK, HW_RING}},
	 5000,
	 "S:OFFHOOK@10 S:ONHOOK@2250 S:RINGER_ON@2400 P:RING_BEGIN@2405 S:RINGER_OFF@4400 O:RING_END@4456 P:RING_END@4456"},
	{"open-loop disconnect, told at once to who is off hook",
	 {{10, FXO, HOOK, HW_OFFHOOK}, {11, FXS, HOOK, HW_OFFHOOK}, {1000, FXS, HOOK, HW_DROP}},
	 5000,
	 "S:OFFHOOK@10 O:DISCONNECT@1000 S:HOOK_DONE@1500"},
	{"hung up while battery is away: told when the exchange has settled",
	 {{10, FXO, HOOK, HW_OFFHOOK},
	  {11, FXS, HOOK, HW_OFFHOOK},
	  {1000, FXS, HOOK, HW_DROP},
	  {1001, FXS, HOOK, HW_ONHOOK},
	  {1200, FXO, HOOK, HW_ONHOOK}},
	 5000,
	 "S:OFFHOOK@10 O:DISCONNECT@1000 S:HOOK_DONE@1500 S:ONHOOK@1800"},
	{"a drop on an idle line is no disconnect", {{10, FXS, HOOK, HW_DROP}}, 5000, "S:HOOK_DONE@510"},
	{"a drop within 600 ms of seizure is not told",
	 {{10, FXO, HOOK, HW_OFFHOOK}, {11, FXS, HOOK, HW_OFFHOOK}, {300, FXS, HOOK, HW_DROP}},
	 5000,
	 "S:OFFHOOK@10 S:HOOK_DONE@800"},
	{"a pair that is cut for 1.4 s", {{10, PAIR, CUT, 1}, {1410, PAIR, CUT, 0}}, 5000, ""},
	{"and for longer", {{10, PAIR, CUT, 1}, {4000, PAIR, CUT, 0}}, 5000, "O:NO_BATTERY@1510 O:BATTERY@4000"},
	{"cut in a call: disconnect at one end, on hook at the other",
	 {{10, FXO, HOOK, HW_OFFHOOK}, {1000, PAIR, CUT, 1}},
	 5000,
	 "S:OFFHOOK@10 O:DISCONNECT@1000 S:ONHOOK@2250 O:NO_BATTERY@2500"},
	{"battery away for 10 ms in a call", {{10, PHONE, HOOK, HW_OFFHOOK}, {1000, PAIR, GLITCH, 10}}, 5000,
	 "S:OFFHOOK@10 P:DISCONNECT@1000"},
	{"reversal and back", {{10, FXS, REVERSE, 1}, {500, FXS, REVERSE, 1}, {900, FXS, REVERSE, 0}}, 5000,
	 "O:POLARITY@10 P:POLARITY@10 O:POLARITY@900 P:POLARITY@900"},
	{"reversal that is seen when battery is back",
	 {{10, PAIR, CUT, 1}, {500, FXS, REVERSE, 1}, {900, PAIR, CUT, 0}},
	 5000,
	 "P:POLARITY@500 O:POLARITY@900"},
	{"when both have lifted the last one to go ends it",
	 {{10, PHONE, HOOK, HW_OFFHOOK},
	  {20, FXO, HOOK, HW_OFFHOOK},
	  {1000, PHONE, HOOK, HW_ONHOOK},
	  {4000, FXO, HOOK, HW_ONHOOK}},
	 6000,
	 "S:OFFHOOK@10 S:ONHOOK@5250"},
	{"a new call as soon as the drop is over",
	 {{10, PHONE, HOOK, HW_OFFHOOK},
	  {11, FXS, HOOK, HW_OFFHOOK},
	  {1000, FXS, HOOK, HW_DROP},
	  {1200, PHONE, HOOK, HW_ONHOOK},
	  {1600, FXS, HOOK, HW_RING}},
	 3000,
	 "S:OFFHOOK@10 P:DISCONNECT@1000 S:HOOK_DONE@1500 S:ONHOOK@1600 S:RINGER_ON@1600 O:RING_BEGIN@1605 P:RING_BEGIN@1605"},
};

static bool play(const struct row *row, int step_ms)
{
	struct arig r;
	bool good;

	arig_open(&r, &(struct sim_pair){.fxs = ARIG_FXS, .fxo = ARIG_FXO});
	for (int ms = 1; ms <= row->run_ms; ms++) {
		for (size_t k = 0; k < sizeof(row->doing) / sizeof(*row->doing); k++)
			if (row->doing[k].at_ms == ms)
				act(&r, &row->doing[k]);
		r.now_us += 1000;
		if (ms % step_ms == 0)
			hw_service(r.hw, r.now_us);
	}
	good = arig_heard(&r, row->why, row->want, step_ms == 1 ? 1 : 2 * step_ms);
	arig_close(&r);
	return good;
}

static void test_rows(void **state)
{
	int bad = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		bad += !play(&rows[i], 1);
	assert_int_equal(bad, 0);
}

/* A loop that is busy elsewhere hears late, but hears the same. */
static void test_late(void **state)
{
	int bad = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (strstr(rows[i].want, "PULSE") || strstr(rows[i].want, "RINGER") || strstr(rows[i].want, "HOOK_DONE"))
			bad += !play(&rows[i], 20);
	assert_int_equal(bad, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_late),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
