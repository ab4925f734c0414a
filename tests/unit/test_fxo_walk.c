/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests/unit/test_fxo_walk.c: four FXO lines under whatever comes: events of the card, sounds, calls, answers, clearing, cards that
 * leave, in an order that no exchange has. No leg is lost, none is told twice, no line is held longer than its ceiling, and at the
 * end every line is idle.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "tests/support/fxo_rig.h"

#define CEILING_MS 600000

static unsigned seed;

static unsigned any(unsigned n)
{
	seed = seed * 1664525U + 1013904223U;
	return (seed >> 8) % n;
}

static void card_event(struct rig *r, int chan)
{
	static const enum hw_event events[] = {HW_EV_RING_BEGIN, HW_EV_RING_END, HW_EV_DISCONNECT, HW_EV_POLARITY,
					       HW_EV_NO_BATTERY, HW_EV_BATTERY, HW_EV_HOOK_DONE, HW_EV_DIAL_DONE,
					       HW_EV_ALARM, HW_EV_BATTERY, HW_EV_TIP_GROUND};
	struct rig_port *p = &r->ports[chan - 1];
	enum hw_event ev = events[any(sizeof(events) / sizeof(events[0]))];

	if (ev == HW_EV_RING_BEGIN || ev == HW_EV_RING_END)
		p->ringing = ev == HW_EV_RING_BEGIN;
	if (ev == HW_EV_NO_BATTERY || ev == HW_EV_BATTERY)
		p->battery = ev == HW_EV_BATTERY;
	fx_card(r, chan, ev);
}

static void sound(struct rig *r, int chan)
{
	static const enum heard_kind kinds[] = {HEARD_TONE, HEARD_TONE, HEARD_TONE, HEARD_TONE_END, HEARD_SPEECH, HEARD_SILENCE,
						HEARD_CALLERID, HEARD_CALLERID_BAD, HEARD_CAS, HEARD_DIGIT};
	static const enum tone_id tones[] = {TONE_DIAL, TONE_DIAL, TONE_DIAL, TONE_RINGBACK, TONE_BUSY, TONE_SIT};
	struct line_audio *a = fx_audio(r, chan);
	struct heard h = {.kind = kinds[any(10)], .tone = tones[any(6)], .cycles = any(4), .ms = any(3000),
			  .digit = "0123456789*#"[any(12)]};

	if (h.kind == HEARD_CALLERID)
		snprintf(h.callerid.number, sizeof(h.callerid.number), "%u", any(10000000));
	if (a)
		fake_audio_heard(a, &h);
	if (any(2))
		fx_run(r, 0);
}

static void gateway(struct rig *r)
{
	struct rig_leg *l = r->n_legs ? &r->legs[any((unsigned)r->n_legs)] : NULL;

	switch (any(6)) {
	case 0:
		fx_call(r, "100");
		return;
	case 1:
		if (l && l->leg)
			leg_clear(l->leg, &(struct leg_cause){.q850 = (uint8_t)any(128)});
		return;
	case 2:
	case 3:
		if (l && l->leg)
			leg_answer(l->leg, NULL);
		return;
	case 4:
		if (l && l->leg)
			leg_alert(l->leg, any(2));
		return;
	default:
		if (l && l->leg)
			leg_digit(l->leg, "0123456789!"[any(11)], 100);
	}
}

static void port_event(struct rig *r, int chan)
{
	struct rig_port *p = &r->ports[chan - 1];

	if (any(8)) {
		if (fx_audio(r, chan))
			fake_audio_rtp(fx_audio(r, chan), any(2));
	} else if (any(3) == 0) {
		p->hook_err = any(4) ? 0 : -EIO;
	} else if (p->away) {
		p->away = p->offhook = false;
	} else {
		p->away = true;
		fx_card(r, chan, HW_EV_REMOVED);
	}
}

/* Off hook since when: the ceiling holds for all. */
static void check_ceiling(struct rig *r, int64_t since[RIG_LINES])
{
	for (int i = 0; i < RIG_LINES; i++) {
		const struct rig_port *p = &r->ports[i];

		if (!p->offhook || p->away)
			since[i] = 0;
		else if (!since[i])
			since[i] = r->now_us;
		if (since[i])
			assert_true(r->now_us - since[i] <= (CEILING_MS + 5000) * 1000LL);
	}
}

static void settle(struct rig *r)
{
	for (int i = 0; i < RIG_LINES; i++) {
		struct rig_port *p = &r->ports[i];

		if (p->away)
			p->offhook = false;
		p->away = false;
		p->hook_err = 0;
		p->battery = 1;
		if (p->ringing)
			fx_card(r, i + 1, HW_EV_RING_END);
		p->ringing = 0;
	}
	fx_run(r, CEILING_MS + 60000);
	for (int i = 0; i < RIG_LINES; i++) {
		if (fx_state(r, i + 1) != FXO_IDLE)
			fail_msg("line %d is %s", i + 1, fxo_line_state_name(fx_state(r, i + 1)));
		assert_false(r->ports[i].offhook);
		assert_null(fx_line(r, i + 1).leg);
	}
	for (int i = 0; i < r->n_legs; i++)
		assert_true(r->legs[i].cleared);
}

static void walk(const struct fxo_conf *conf, unsigned steps, enum hw_start start)
{
	static const unsigned pauses[] = {0, 0, 1, 20, 150, 200, 500, 2000, 5000, 12000};
	struct rig *r = fx_open(conf);
	int64_t since[RIG_LINES] = {0};
	unsigned legs = 0;

	for (int i = 0; i < RIG_LINES; i++)
		r->ports[i].line.start = start;
	for (unsigned i = 0; i < steps; i++) {
		int chan = 1 + (int)any(RIG_LINES);
		bool room = r->n_legs < RIG_LEGS - 1;

		switch (room ? any(12) : 0) {
		case 0: /* too many legs at hand: the older ones must end */
			if (!room) {
				settle(r);
				legs += (unsigned)r->n_legs;
				r->n_legs = 0;
				break;
			}
			port_event(r, chan);
			break;
		case 1:
		case 2:
		case 3:
		case 4:
			card_event(r, chan);
			break;
		case 5:
		case 6:
		case 7:
		case 8:
			sound(r, chan);
			break;
		default:
			gateway(r);
		}
		check_ceiling(r, since);
		fx_run(r, pauses[any(10)]);
		check_ceiling(r, since);
	}
	settle(r);
	legs += (unsigned)r->n_legs;
	assert_true(legs > steps / 100);
	fx_close(r);
}

static void test_walk(void **state)
{
	(void)state;
	for (seed = 1; seed < 7; seed++) {
		struct fxo_conf c = fx_conf();
		unsigned kept = seed;

		c.ceiling_ms = CEILING_MS;
		c.two_stage = seed == 2;
		c.pulse = seed == 3;
		c.no_dialtone = seed == 4 ? NO_DIALTONE_DIAL : NO_DIALTONE_FAIL;
		c.hunt = FXO_ROUND_ROBIN;
		walk(&c, 2500, seed < 5 ? HW_START_KEWL : HW_START_GROUND);
		seed = kept;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_walk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
