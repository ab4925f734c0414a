/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hw/sim/term.c: what draws current from a loop of the simulated card: an FXO port, or a telephone bridged
 * across an FXS port. Loop thread. States, times and events of a port are those of DAHDI's for FXS kewl
 * start signalling (an FXO port is driven so; ground.c has ground start); battery is watched as its drivers of
 * cards do.
 */
#include <errno.h>
#include <string.h>

#include "hw/sim/analog.h"

enum {
	RING_NOISE_MS = 5,     /* ring voltage for less is none */
	RING_TRAILER_MS = 56,  /* DAHDI_RINGTRAILER and what goes with it, as measured */
	BATTERY_GONE_MS = 1500,
};

void sim_term_tell(const struct sim_term *m, enum hw_event ev)
{
	if (m->handle)
		sim_post(m->handle, ev);
}

/* A telephone is no card: it does what it is told at once. */
void sim_term_reset(struct sim_loop *l, struct sim_term *m, bool phone)
{
	m->timing = (struct hw_timing){
		.flash_out_ms = phone ? 500 : 750,
		.pulse_make_ms = 50,
		.pulse_break_ms = 50,
		.pulse_gap_ms = 750,
		.debounce_ms = phone ? 0 : 600,
	};
	m->awaits = m->ring_on = m->called = false;
	m->holdoff_ms = phone ? 0 : 2000;
	m->preflash_ms = phone ? 0 : 50;
	m->state = TERM_IDLE;
	m->digits[0] = '\0';
	for (int i = 0; i < TERM_TIMERS; i++)
		sim_timer_stop(l, m->timers + i);
	sim_loop_changed(l);
}

void sim_term_opened(struct sim_loop *l, struct sim_term *m)
{
	m->rang = m->no_battery = false;
	m->ring = false;
	m->battery = sim_term_battery(l, m);
	m->reversed = l->feed.reversed;
	m->grounded = m->ground && sim_tip_grounded(l, m);
	if (!m->battery && !m->ground)
		sim_timer(l, m->timers + TERM_BATTERY, SIM_NO_TIME, BATTERY_GONE_MS);
	sim_loop_changed(l);
}

void sim_term_enter(struct sim_loop *l, struct sim_term *m, enum sim_term_state s, int64_t t, unsigned ms)
{
	m->state = s;
	sim_timer_stop(l, m->timers + TERM_STEP);
	if (s != TERM_IDLE && s != TERM_OFFHOOK)
		sim_timer(l, m->timers + TERM_STEP, t, ms);
}

int sim_term_hook(struct sim_loop *l, struct sim_term *m, enum hw_hook what)
{
	switch (what) {
	case HW_ONHOOK:
		if (m->ground)
			sim_ground_hook(l, m, false);
		sim_term_enter(l, m, TERM_IDLE, SIM_NO_TIME, 0);
		sim_timer_stop(l, m->timers + TERM_DEBOUNCE);
		if (m->holdoff_ms)
			sim_timer(l, m->timers + TERM_HOLDOFF, SIM_NO_TIME, m->holdoff_ms);
		break;
	case HW_OFFHOOK:
		if (m->ground) {
			sim_ground_hook(l, m, true);
			break;
		}
		sim_term_enter(l, m, TERM_OFFHOOK, SIM_NO_TIME, 0);
		if (m->timing.debounce_ms)
			sim_timer(l, m->timers + TERM_DEBOUNCE, SIM_NO_TIME, m->timing.debounce_ms);
		break;
	case HW_FLASH:
		if (m->state != TERM_OFFHOOK || sim_timer_runs(l, m->timers + TERM_DEBOUNCE))
			return -EBUSY;
		if (m->preflash_ms)
			sim_term_enter(l, m, TERM_PREFLASH, SIM_NO_TIME, m->preflash_ms);
		else
			sim_term_enter(l, m, TERM_FLASH, SIM_NO_TIME, m->timing.flash_out_ms);
		break;
	default:
		return -EINVAL;
	}
	sim_loop_changed(l);
	return 0;
}

static void dial_digit(struct sim_loop *l, struct sim_term *m, int64_t t)
{
	char c = m->digits[m->digit];

	if (!c) {
		sim_term_enter(l, m, TERM_OFFHOOK, t, 0);
		sim_term_tell(m, HW_EV_DIAL_DONE);
		return;
	}
	m->digit++;
	m->pulses = c == '0' ? 10 : c - '0';
	sim_term_enter(l, m, TERM_BREAK, t, m->timing.pulse_break_ms);
}

int sim_term_dial(struct sim_loop *l, struct sim_term *m, const char *digits)
{
	size_t n = strlen(digits);

	if (m->state != TERM_OFFHOOK)
		return m->state == TERM_IDLE ? -EINVAL : -EBUSY;
	if (n < 1 || n >= sizeof(m->digits) || strspn(digits, "0123456789") != n)
		return -EINVAL;
	memcpy(m->digits, digits, n + 1);
	m->digit = 0;
	dial_digit(l, m, SIM_NO_TIME);
	sim_loop_changed(l);
	return 0;
}

static void see_battery(struct sim_loop *l, struct sim_term *m, int64_t t)
{
	bool battery = sim_term_battery(l, m);

	if (battery != m->battery) {
		m->battery = battery;
		sim_timer_stop(l, m->timers + TERM_BATTERY);
		if (!battery) {
			sim_timer(l, m->timers + TERM_BATTERY, t, BATTERY_GONE_MS);
			if (m->state == TERM_OFFHOOK && !sim_timer_runs(l, m->timers + TERM_DEBOUNCE))
				sim_term_tell(m, HW_EV_DISCONNECT);
		} else if (m->no_battery) {
			m->no_battery = false;
			sim_term_tell(m, HW_EV_BATTERY);
		}
	}
	if (battery && m->reversed != l->feed.reversed) {
		m->reversed = l->feed.reversed;
		sim_term_tell(m, HW_EV_POLARITY);
	}
}

static void see_ring(struct sim_loop *l, struct sim_term *m, int64_t t)
{
	bool ring = sim_term_ring(l, m);

	if (ring == m->ring)
		return;
	m->ring = ring;
	if (!ring && m->ground && !m->grounded) { /* ended with tip opened: told already */
		sim_timer_stop(l, m->timers + TERM_RING);
		m->rang = false;
		return;
	}
	if (ring) {
		sim_timer_stop(l, m->timers + TERM_RING_END);
		if (!m->rang)
			sim_timer(l, m->timers + TERM_RING, t, RING_NOISE_MS);
	} else {
		sim_timer_stop(l, m->timers + TERM_RING);
		if (m->rang)
			sim_timer(l, m->timers + TERM_RING_END, t, RING_TRAILER_MS);
	}
}

void sim_term_seen(struct sim_loop *l, struct sim_term *m, int64_t t)
{
	if (m->ground)
		sim_ground_seen(l, m, t);
	else
		see_battery(l, m, t);
	see_ring(l, m, t);
}

static void step(struct sim_loop *l, struct sim_term *m, int64_t t)
{
	switch (m->state) {
	case TERM_START: /* DAHDI closes the loop, whatever the far end does */
		sim_term_enter(l, m, TERM_OFFHOOK, t, 0);
		return;
	case TERM_PREFLASH:
		sim_term_enter(l, m, TERM_FLASH, t, m->timing.flash_out_ms);
		return;
	case TERM_FLASH:
		sim_term_enter(l, m, TERM_OFFHOOK, t, 0);
		sim_term_tell(m, HW_EV_HOOK_DONE);
		return;
	case TERM_BREAK:
		sim_term_enter(l, m, TERM_MAKE, t, m->timing.pulse_make_ms);
		return;
	case TERM_MAKE:
		if (--m->pulses > 0)
			sim_term_enter(l, m, TERM_BREAK, t, m->timing.pulse_break_ms);
		else
			sim_term_enter(l, m, TERM_GAP, t, m->timing.pulse_gap_ms);
		return;
	case TERM_GAP:
		dial_digit(l, m, t);
		return;
	case TERM_IDLE:
	case TERM_OFFHOOK:
		return;
	}
}

void sim_term_timer(struct sim_loop *l, struct sim_term *m, int id, int64_t t)
{
	switch (id) {
	case TERM_STEP:
		step(l, m, t);
		return;
	case TERM_RING:
		m->rang = true;
		if (m->ground)
			sim_ground_ring(m, true, !sim_timer_runs(l, m->timers + TERM_HOLDOFF));
		else if (!sim_timer_runs(l, m->timers + TERM_HOLDOFF))
			sim_term_tell(m, HW_EV_RING_BEGIN);
		return;
	case TERM_RING_END:
		m->rang = false;
		if (m->ground)
			sim_ground_ring(m, false, true);
		else if (!sim_timer_runs(l, m->timers + TERM_HOLDOFF))
			sim_term_tell(m, HW_EV_RING_END);
		return;
	case TERM_BATTERY:
		m->no_battery = true;
		sim_term_tell(m, HW_EV_NO_BATTERY);
		return;
	default:
		return;
	}
}
