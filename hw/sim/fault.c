/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hw/sim/fault.c: faults, the alarms that follow from them, and the counters. Loop thread; the media thread
 * reads the faults through atomics and sees a change at its next tick.
 *
 * Alarms follow at once, where a card takes its time (DAHDI's dynamic spans 1 to 2 s to go down, most cards
 * some seconds both ways): a test says itself how long a fault lasts. A span that is red still runs
 * its clock and receives silence, as cards do.
 */
#include <errno.h>

#include "hw/sim/analog.h"

bool sim_has_signal(const struct sim_port *p)
{
	return p->peer && !sim_fault_get(p, SIM_FAULT_DOWN) && !sim_fault_get(p, SIM_FAULT_REMOVED) &&
	       !sim_fault_get(p->peer, SIM_FAULT_REMOVED);
}

unsigned sim_alarms(const struct sim_port *p)
{
	if (p->type == HW_SPAN_ANALOG)
		return 0;
	if (!sim_has_signal(p))
		return HW_ALARM_RED;
	return sim_has_signal(p->peer) ? 0 : HW_ALARM_YELLOW;
}

static void tell(struct sim_port *p, enum hw_event ev)
{
	for (int i = 0; i < p->chans; i++) {
		struct sim_slot *s = &p->card->slots[p->first + i];

		if (!s->opener)
			continue;
		sim_post(s->opener, ev);
		if (ev == HW_EV_REMOVED)
			s->opener = NULL; /* the channel can be opened again when it is back */
	}
}

static void alarms_changed(struct sim_port *p)
{
	unsigned was = p->alarms;

	p->alarms = sim_alarms(p);
	if (!was != !p->alarms)
		tell(p, p->alarms ? HW_EV_ALARM : HW_EV_NOALARM);
}

static struct sim_port *port_of(struct hw *hw, int span)
{
	struct sim_card *c = (struct sim_card *)hw;

	return span >= 1 && span <= c->n_ports ? &c->ports[span - 1] : NULL;
}

int hw_sim_fault(struct hw *hw, int span, enum sim_fault fault, int value)
{
	static const struct {
		int min, max;
	} range[] = {
		[SIM_FAULT_DOWN] = {0, 1},       [SIM_FAULT_D_LOSS] = {0, 1000},
		[SIM_FAULT_D_ERROR] = {0, 1000}, [SIM_FAULT_BIT_ERROR] = {0, 1000000},
		[SIM_FAULT_PPM] = {-1000, 1000}, [SIM_FAULT_REMOVED] = {0, 1},
	};
	struct sim_port *p = port_of(hw, span);

	if (!p)
		return -ENOENT;
	if ((unsigned)fault >= sizeof(range) / sizeof(*range) || value < range[fault].min ||
	    value > range[fault].max)
		return -EINVAL;
	if (p->type == HW_SPAN_ANALOG && fault != SIM_FAULT_REMOVED)
		return -EINVAL;
	if (fault == SIM_FAULT_REMOVED && value)
		tell(p, HW_EV_REMOVED);
	atomic_store_explicit(&p->fault[fault], value, memory_order_relaxed);
	atomic_fetch_add_explicit(&p->card->fault_gen, 1, memory_order_release);
	if (p->type == HW_SPAN_ANALOG)
		sim_analog_moved(p);
	alarms_changed(p);
	if (p->peer)
		alarms_changed(p->peer);
	return 0;
}

int hw_sim_counters(struct hw *hw, int span, struct sim_counters *out)
{
	const struct sim_port *p = port_of(hw, span);

	if (!p)
		return -ENOENT;
	*out = (struct sim_counters){
		.d_frames = p->count.d_frames,
		.d_lost = p->count.d_lost,
		.d_errored = p->count.d_errored,
		.slips = p->count.slips,
		.underruns = p->count.underruns,
		.overruns = p->count.overruns,
		.bit_errors = p->count.bit_errors,
		.stalls = p->count.stalls,
	};
	return 0;
}
