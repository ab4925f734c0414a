/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests/support/hw_common_g.c: the common driver test on two ports of ground start that are wired to each other. Times are what both
 * drivers keep to: a tip that is grounded is seen within a beat of the DAHDI driver. */
#include "tests/support/hw_common_a.h"

#include <errno.h>

enum {
	SOON_MS = 60,        /* a beat of 20 ms, ticks of 4 ms, the test's own steps */
	FLASH_MAX_MS = 1250, /* DAHDI: how long the loop is open before it is on hook */
	REST_MS = 2200,      /* a line that has just changed is not believed to ring */
};

static void to_rest(struct hwa *a)
{
	hwa_quiet(a, REST_MS);
}

/* The FXO port seizes, the FXS port answers AFTER ms later. */
static void seize(struct hwa *a, int after)
{
	hwa_hook(a, &a->fxo, HW_OFFHOOK);
	hwa_next(a, &a->fxs, HW_EV_OFFHOOK, 0, SOON_MS);
	hwa_quiet(a, after);
	hwa_want(a, hwa_look(a, &a->fxo).offhook == 1 && hwa_look(a, &a->fxo).grounded == 0, "tip is grounded by nobody");
	hwa_hook(a, &a->fxs, HW_OFFHOOK);
	hwa_next(a, &a->fxo, HW_EV_TIP_GROUND, 0, SOON_MS);
	hwa_want(a, hwa_look(a, &a->fxo).grounded == 1, "tip is not grounded");
}

static void both_on_hook(struct hwa *a)
{
	hwa_hook(a, &a->fxo, HW_ONHOOK);
	hwa_next(a, &a->fxs, HW_EV_ONHOOK, FLASH_MAX_MS - SOON_MS, FLASH_MAX_MS + SOON_MS);
	hwa_hook(a, &a->fxs, HW_ONHOOK);
	to_rest(a);
	hwa_want(a, hwa_look(a, &a->fxo).offhook == 0 && hwa_look(a, &a->fxo).grounded == 0 &&
			    hwa_look(a, &a->fxs).offhook == 0,
		 "the line is not idle");
}

static const char *check_kinds(struct hw_common *t)
{
	struct hw_chan c[64];
	int n = hw_chans(t->hw, 0, c, 64), seen = 0;
	struct hwa a;

	hwa_open(&a, t);
	for (int i = 0; i < n && i < 64; i++)
		seen += (c[i].no == t->fxs || c[i].no == t->fxo) && c[i].start == HW_START_GROUND;
	hwa_want(&a, seen == 2, "a port is not listed as ground start");
	if (!a.bad) {
		hwa_want(&a, a.fxs.e.l->start == HW_START_GROUND && a.fxo.e.l->start == HW_START_GROUND,
			 "a port is not opened as ground start");
		hwa_want(&a, hw_polarity(a.fxs.e.l, true) == -EOPNOTSUPP, "it has a polarity");
		hwa_want(&a, hwa_look(&a, &a.fxo).battery == -1 && hwa_look(&a, &a.fxo).reversed == -1,
			 "battery is seen on an idle line");
	}
	return hwa_close(&a);
}

static const char *check_seize(struct hw_common *t)
{
	struct hwa a;

	hwa_open_to_ring(&a, t);
	seize(&a, 300);
	hwa_quiet(&a, 1000);
	both_on_hook(&a);
	return hwa_close(&a);
}

/* DAHDI closes the loop after 1.5 s, tip or no tip. */
static const char *check_seize_late(struct hw_common *t)
{
	struct hwa a;

	hwa_open_to_ring(&a, t);
	seize(&a, 2500);
	hwa_quiet(&a, 1000);
	both_on_hook(&a);
	return hwa_close(&a);
}

static const char *check_seize_in_vain(struct hw_common *t)
{
	struct hwa a;

	hwa_open_to_ring(&a, t);
	hwa_hook(&a, &a.fxo, HW_OFFHOOK);
	hwa_next(&a, &a.fxs, HW_EV_OFFHOOK, 0, SOON_MS);
	hwa_quiet(&a, 800);
	both_on_hook(&a);
	return hwa_close(&a);
}

/* Tip is opened AFTER ms after it was grounded; what happens then is told once. */
static const char *exchange_clears(struct hw_common *t, int after)
{
	struct hwa a;

	hwa_open_to_ring(&a, t);
	seize(&a, 200);
	hwa_quiet(&a, after);
	hwa_hook(&a, &a.fxs, HW_DROP);
	hwa_next(&a, &a.fxs, HW_EV_HOOK_DONE, 0, SOON_MS);
	hwa_next(&a, &a.fxo, HW_EV_DISCONNECT, 0, SOON_MS);
	hwa_quiet(&a, 1500);
	both_on_hook(&a);
	return hwa_close(&a);
}

static const char *check_cleared(struct hw_common *t)
{
	return exchange_clears(t, 1500);
}

static const char *check_cleared_early(struct hw_common *t)
{
	return exchange_clears(t, 100);
}

/* Rung, and answered AT ms later: in the ring, or after it. */
static const char *answer(struct hw_common *t, int at)
{
	static const uint16_t cadence[] = {1000, 2000};
	struct hwa a;

	hwa_open_to_ring(&a, t);
	hwa_want(&a, a.bad || !hw_set_cadence(a.fxs.e.l, cadence, 2, 0), "hw_set_cadence fails");
	hwa_hook(&a, &a.fxs, HW_RING);
	hwa_next(&a, &a.fxs, HW_EV_RINGER_ON, 0, SOON_MS);
	hwa_next(&a, &a.fxo, HW_EV_RING_BEGIN, 0, SOON_MS);
	hwa_want(&a, hwa_look(&a, &a.fxo).grounded == 1, "tip is not grounded while it rings");
	if (at > 1000) {
		hwa_next(&a, &a.fxs, HW_EV_RINGER_OFF, 1000 - SOON_MS, 1000 + SOON_MS);
		hwa_next(&a, &a.fxo, HW_EV_RING_END, 1000 - SOON_MS, 1100 + SOON_MS);
		at -= 1000;
	}
	hwa_quiet(&a, at);
	hwa_hook(&a, &a.fxo, HW_OFFHOOK);
	hwa_next(&a, &a.fxs, HW_EV_OFFHOOK, 0, SOON_MS);
	hwa_hook(&a, &a.fxs, HW_OFFHOOK);
	if (at < 1000 && a.fxo.seen == 1)
		hwa_next(&a, &a.fxo, HW_EV_RING_END, 0, 2 * SOON_MS);
	hwa_quiet(&a, 1500);
	both_on_hook(&a);
	return hwa_close(&a);
}

static const char *check_answer(struct hw_common *t)
{
	return answer(t, 400);
}

static const char *check_answer_pause(struct hw_common *t)
{
	return answer(t, 1800);
}

/* The caller gives up AT ms later: told at once, the end of a ring first. */
static const char *gives_up(struct hw_common *t, int at)
{
	struct hwa a;

	hwa_open_to_ring(&a, t);
	hwa_hook(&a, &a.fxs, HW_RING);
	hwa_next(&a, &a.fxs, HW_EV_RINGER_ON, 0, SOON_MS);
	hwa_next(&a, &a.fxo, HW_EV_RING_BEGIN, 0, SOON_MS);
	if (at > 2000) {
		hwa_next(&a, &a.fxs, HW_EV_RINGER_OFF, 2000 - SOON_MS, 2000 + SOON_MS);
		hwa_next(&a, &a.fxo, HW_EV_RING_END, 2000 - SOON_MS, 2100 + SOON_MS);
		at -= 2000;
	}
	hwa_quiet(&a, at);
	hwa_hook(&a, &a.fxs, HW_ONHOOK);
	if (a.fxo.seen == 1)
		hwa_next(&a, &a.fxo, HW_EV_RING_END, 0, SOON_MS);
	hwa_next(&a, &a.fxo, HW_EV_DISCONNECT, 0, SOON_MS);
	to_rest(&a);
	return hwa_close(&a);
}

static const char *check_gives_up(struct hw_common *t)
{
	return gives_up(t, 3000);
}

static const char *check_gives_up_ring(struct hw_common *t)
{
	return gives_up(t, 800);
}

/* Both at once. The FXS port takes a grounded ring for no answer, the FXO port lets go, and answers AFTER ms later. */
static const char *glare(struct hw_common *t, int after)
{
	struct hwa a;

	hwa_open_to_ring(&a, t);
	hwa_hook(&a, &a.fxs, HW_RING);
	hwa_want(&a, a.bad || !hw_hook(a.fxo.e.l, HW_OFFHOOK), "hw_hook fails");
	hwa_next(&a, &a.fxs, HW_EV_RINGER_ON, 0, SOON_MS);
	hwa_next(&a, &a.fxo, HW_EV_RING_BEGIN, 0, SOON_MS);
	hwa_hook(&a, &a.fxo, HW_ONHOOK);
	hwa_quiet(&a, after);
	hwa_hook(&a, &a.fxo, HW_OFFHOOK);
	hwa_next(&a, &a.fxs, HW_EV_OFFHOOK, 0, SOON_MS);
	hwa_hook(&a, &a.fxs, HW_OFFHOOK);
	hwc_run_ms(t, 1500);
	a.fxo.seen = a.fxo.n; /* the ring's end, unless DAHDI does not believe it */
	both_on_hook(&a);
	return hwa_close(&a);
}

static const char *check_glare(struct hw_common *t)
{
	return glare(t, 1600);
}

static const char *check_glare_soon(struct hw_common *t)
{
	return glare(t, 500);
}

static const char *check_glare_now(struct hw_common *t)
{
	return glare(t, 100);
}

static const char *check_flash(struct hw_common *t)
{
	struct hwa a;

	hwa_open_to_ring(&a, t);
	seize(&a, 200);
	hwa_quiet(&a, 1000);
	hwa_hook(&a, &a.fxo, HW_FLASH);
	hwa_next(&a, &a.fxs, HW_EV_FLASH, 700, 900);
	hwa_next(&a, &a.fxo, HW_EV_HOOK_DONE, 700, 900);
	hwa_quiet(&a, 800);
	hwa_want(&a, a.bad || !hw_dial_pulse(a.fxo.e.l, "3"), "hw_dial_pulse fails");
	hwa_next(&a, &a.fxs, HW_EV_PULSE_START, 0, 4000);
	hwa_next(&a, &a.fxs, HW_EV_PULSE + 3, 0, 4000);
	hwa_next(&a, &a.fxo, HW_EV_DIAL_DONE, 0, 4000);
	both_on_hook(&a);
	return hwa_close(&a);
}

int hw_common_run_ground(struct hw_common *t)
{
	static const struct hwc_check checks[] = {
		{"ports are listed and opened as ground start", check_kinds},
		{"a seizure is answered by tip ground", check_seize},
		{"also when the loop has closed by itself meanwhile", check_seize_late},
		{"a seizure that nobody answers", check_seize_in_vain},
		{"the exchange clears: tip is opened", check_cleared},
		{"also right after it was grounded", check_cleared_early},
		{"an answer in a ring", check_answer},
		{"an answer in the pause", check_answer_pause},
		{"a caller who gives up in the pause", check_gives_up},
		{"a caller who gives up in a ring", check_gives_up_ring},
		{"glare: no answer; then one", check_glare},
		{"glare, and the answer within a flash", check_glare_soon},
		{"glare, and the answer within a pulse", check_glare_now},
		{"a flash and pulses", check_flash},
	};

	hwc_run_checks(t, checks, sizeof(checks) / sizeof(*checks), 40);
	return t->failed;
}
