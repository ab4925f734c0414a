/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hw/sim/ground.c: ground start at an FXO port of the simulated card. Loop thread. It grounds ring, and closes the loop when tip is
 * grounded; tip opened is the clear, on hook as well while a call rings. Times are DAHDI's, and what hw/dahdi/ground.c makes of its
 * events.
 */
#include "hw/sim/analog.h"

enum {
	START_MS = 1500, /* DAHDI_DEFAULT_STARTTIME: ring is grounded so long, then the loop is closed */
};

static void close_loop(struct sim_loop *l, struct sim_term *m, int64_t t)
{
	sim_term_enter(l, m, TERM_OFFHOOK, t, 0);
	sim_timer(l, m->timers + TERM_DEBOUNCE, t, m->timing.debounce_ms);
}

void sim_ground_hook(struct sim_loop *l, struct sim_term *m, bool offhook)
{
	if (!offhook) {
		if (!m->awaits) /* a ring met by our seizure goes on */
			m->called = m->ring_on = false;
		m->awaits = false;
		return;
	}
	if (m->state != TERM_IDLE)
		return;
	if (m->called || m->grounded) {
		m->called = false;
		close_loop(l, m, SIM_NO_TIME);
		return;
	}
	m->awaits = true;
	sim_term_enter(l, m, TERM_START, SIM_NO_TIME, START_MS);
}

static void tip_opened(struct sim_loop *l, struct sim_term *m, int64_t t)
{
	sim_timer_stop(l, m->timers + TERM_RING_END);
	if (m->ring_on)
		sim_term_tell(m, HW_EV_RING_END);
	if (m->called || (m->state != TERM_IDLE && !m->awaits))
		sim_term_tell(m, HW_EV_DISCONNECT);
	m->rang = m->ring_on = m->called = false;
	sim_timer(l, m->timers + TERM_HOLDOFF, t, m->holdoff_ms);
}

void sim_ground_seen(struct sim_loop *l, struct sim_term *m, int64_t t)
{
	bool grounded = sim_tip_grounded(l, m);

	if (!grounded && m->grounded)
		tip_opened(l, m, t);
	m->grounded = grounded;
	if (grounded && m->awaits && l->feed.state != FEED_RING_ON && !m->called) {
		m->awaits = false;
		if (m->state == TERM_START)
			close_loop(l, m, t);
		sim_term_tell(m, HW_EV_TIP_GROUND);
	}
}

/* TOLD: not so soon after a change of the line that DAHDI does not believe it; whoever seizes looks for himself. */
void sim_ground_ring(struct sim_term *m, bool on, bool told)
{
	if (on && (told || m->awaits) && !m->ring_on) {
		m->ring_on = m->called = true;
		sim_term_tell(m, HW_EV_RING_BEGIN);
	} else if (!on && m->ring_on) {
		m->ring_on = false;
		sim_term_tell(m, HW_EV_RING_END);
	}
}
