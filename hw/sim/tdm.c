/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hw/sim/tdm.c: the simulated card's clock. Media thread.
 *
 * The timer runs on whole periods of CLOCK_MONOTONIC, so a tick knows what is due from the time it is given
 * alone: no phase to remember, no drift. Each span counts samples by its own clock; where two wired ones
 * differ, a frame is left out or sent again whenever the difference has grown by one (ITU-T G.703, G.822:
 * controlled slip).
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "hw/sim/analog.h"

enum { SAMPLE_US = 125 };

static void load_faults(struct sim_card *c)
{
	for (int i = 0; i < c->n_ports; i++) {
		struct sim_port *p = &c->ports[i];

		p->m.signal = sim_has_signal(p);
		p->m.errors = (unsigned)sim_fault_get(p, SIM_FAULT_BIT_ERROR);
		p->m.ppb = p->wire_ppb;
		if (p->peer)
			p->m.ppb += sim_fault_get(p->peer, SIM_FAULT_PPM) * INT64_C(1000);
	}
}

void sim_tdm_init(struct sim_card *c)
{
	c->periods = -1;
	for (int i = 0; i < c->n_slots; i++) {
		struct sim_slot *s = &c->slots[i];

		s->rx.tx = s->peer->port;
		s->rx.rx = s->port;
		s->rx.last = sim_law_idle(s->port->law);
	}
	load_faults(c);
}

static int arm(struct sim_card *c)
{
	long ns = (long)c->period * SAMPLE_US * 1000;
	struct itimerspec t = {0};

	if (c->period) {
		t.it_interval = (struct timespec){ns / 1000000000, ns % 1000000000};
		t.it_value.tv_nsec = 1; /* long past: the first comes at once, the rest on the grid */
	}
	return timerfd_settime(c->clock_fd, TFD_TIMER_ABSTIME, &t, NULL) < 0 ? -errno : 0;
}

/* The timer runs only for those who poll it: who sleeps by a clock of their own and ticks when they
 * wake up is not charged a thousand interrupts a second. */
int sim_clock_poll(struct hw *hw, struct pollfd *out)
{
	struct sim_card *c = (struct sim_card *)hw;

	*out = (struct pollfd){.fd = c->clock_fd, .events = POLLIN};
	c->polled = true;
	return arm(c);
}

int sim_clock_start(struct hw *hw, unsigned period_samples)
{
	struct sim_card *c = (struct sim_card *)hw;

	if (period_samples > 8000)
		return -EINVAL;
	c->period = period_samples;
	c->periods = -1;
	return c->polled ? arm(c) : 0;
}

/* A fault holds from this tick on: what was due before it is moved under the old ones. */
static void new_faults(struct sim_card *c)
{
	unsigned gen = atomic_load_explicit(&c->fault_gen, memory_order_acquire);

	if (gen == c->seen_gen)
		return;
	for (int i = 0; i < c->n_slots; i++)
		if (c->slots[i].rx.from || c->slots[i].rx.to)
			sim_path_run(&c->slots[i].rx);
	c->seen_gen = gen;
	load_faults(c);
}

/* So with what has changed on the analog lines. */
static void new_gates(struct sim_card *c)
{
	unsigned gen = atomic_load_explicit(&c->bus_gen, memory_order_acquire);

	if (gen == c->seen_bus_gen)
		return;
	c->seen_bus_gen = gen;
	for (int i = 0; i < c->n_loops; i++) {
		sim_bus_run(&c->loops[i].bus);
		sim_bus_load(&c->loops[i].bus);
	}
}

static void turn(struct sim_port *p, unsigned samples)
{
	p->m.now += samples;
	p->m.frac += samples * p->m.ppb;
	if (p->m.frac >= 1000000000 || p->m.frac <= -1000000000) {
		p->m.now += (uint64_t)(p->m.frac / 1000000000);
		p->m.frac %= 1000000000;
	}
}

static void count_slips(struct sim_port *p)
{
	int64_t skew = p->peer ? (int64_t)(p->peer->m.now - p->m.now) : 0;

	if (skew == p->m.skew)
		return;
	sim_count(&p->count.slips, (uint64_t)llabs(skew - p->m.skew));
	p->m.skew = skew;
}

int sim_clock_tick(struct hw *hw, int64_t now_us)
{
	struct sim_card *c = (struct sim_card *)hw;
	int64_t us = (int64_t)c->period * SAMPLE_US, due, most;
	uint64_t expired;

	if (c->polled && read(c->clock_fd, &expired, sizeof(expired)) < 0 && errno != EAGAIN)
		return -errno;
	if (!us)
		return 0;
	if (c->periods < 0)
		c->periods = now_us / us - 1;
	due = now_us / us - c->periods;
	if (due <= 0)
		return 0;
	c->periods += due;
	most = us < SIM_STALL_US ? SIM_STALL_US / us : 1;
	if (due > most) {
		for (int i = 0; i < c->n_ports; i++)
			sim_count(&c->ports[i].count.stalls, 1);
		due = most;
	}
	new_faults(c);
	new_gates(c);
	for (int i = 0; i < c->n_ports; i++)
		turn(&c->ports[i], (unsigned)due * c->period);
	for (int i = 0; i < c->n_ports; i++)
		count_slips(&c->ports[i]);
	return (int)due;
}
