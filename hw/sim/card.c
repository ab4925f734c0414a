/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hw/sim/card.c: the simulated card itself: what it is made of, its lists, opening and closing.
 * Loop thread. Channels are numbered through all spans as DAHDI does; the D channel is timeslot 16 of an
 * E1 (ITU-T G.704 5.2) and 24 of a T1 or J1.
 */
#include "hw/sim/analog.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>

static const struct span_kind {
	enum hw_span_type type;
	int chans, d;
	enum hw_law law;
	const char *name;
} kinds[] = {
	{HW_SPAN_E1, 31, 16, HW_ALAW, "E1"},
	{HW_SPAN_T1, 24, 24, HW_MULAW, "T1"},
	{HW_SPAN_J1, 24, 24, HW_MULAW, "J1"},
	{HW_SPAN_ANALOG, 0, 0, HW_ALAW, "analog card"}, /* ports and law as configured */
};

static const struct span_kind *kind_of(enum hw_span_type type)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (kinds[i].type == type)
			return &kinds[i];
	return NULL;
}

static void sim_close(struct hw *hw)
{
	struct sim_card *c = (struct sim_card *)hw;

	sim_close_all(c);
	if (c->fd >= 0)
		close(c->fd);
	if (c->clock_fd >= 0)
		close(c->clock_fd);
	free(c->loops);
	free(c->slots);
	free(c->ports);
	free(c);
}

static int sim_fd(const struct hw *hw)
{
	return ((const struct sim_card *)hw)->fd;
}

static int sim_spans(struct hw *hw, struct hw_span *out, int max)
{
	struct sim_card *c = (struct sim_card *)hw;
	int n = 0;

	for (int i = 0; i < c->n_ports; i++) {
		struct sim_port *p = &c->ports[i];

		if (sim_fault_get(p, SIM_FAULT_REMOVED))
			continue;
		if (n < max) {
			struct hw_span *s = &out[n];

			*s = (struct hw_span){.no = p->no, .type = p->type, .alarms = sim_alarms(p)};
			s->first_chan = c->slots[p->first].no;
			s->chans = p->chans;
			s->errors = (int)(atomic_load(&p->count.slips) + atomic_load(&p->count.bit_errors));
			snprintf(s->name, sizeof(s->name), "SIM/%d", p->no);
			if (p->type == HW_SPAN_ANALOG)
				snprintf(s->desc, sizeof(s->desc), "Simulated card of %d FXS and %d FXO ports", p->fxs,
					 p->chans - p->fxs);
			else if (p->peer)
				snprintf(s->desc, sizeof(s->desc), "Simulated %s wired to span %d",
					 kind_of(p->type)->name, p->peer->no);
			else
				snprintf(s->desc, sizeof(s->desc), "Simulated %s without a wire",
					 kind_of(p->type)->name);
		}
		n++;
	}
	return n;
}

static int sim_chans(struct hw *hw, int span, struct hw_chan *out, int max)
{
	struct sim_card *c = (struct sim_card *)hw;
	int n = 0;

	for (int i = 0; i < c->n_slots; i++) {
		const struct sim_slot *s = &c->slots[i];

		if ((span && s->port->no != span) || sim_fault_get(s->port, SIM_FAULT_REMOVED))
			continue;
		if (n < max)
			out[n] = (struct hw_chan){s->no,	 s->port->no,  s->pos,
						  s->kind, s->port->law, sim_slot_start(s), s->kind == HW_CHAN_D ? HW_CHAN_B : s->kind};
		n++;
	}
	return n;
}

static const struct hw_ops sim_ops = {
	.name = "sim",
	.close = sim_close,
	.fd = sim_fd,
	.service = sim_service,
	.spans = sim_spans,
	.chans = sim_chans,
	.clock_poll = sim_clock_poll,
	.clock_start = sim_clock_start,
	.clock_tick = sim_clock_tick,
	.dchan_open = sim_dchan_open,
	.dchan_close = sim_dchan_close,
	.dchan_read = sim_dchan_read,
	.dchan_write = sim_dchan_write,
	.line_open = sim_line_open,
	.line_close = sim_line_close,
	.line_start = sim_line_start,
	.line_stop = sim_line_stop,
	.line_read = sim_line_read,
	.line_write = sim_line_write,
	.hook = sim_hook,
	.set_timing = sim_set_timing,
	.set_cadence = sim_set_cadence,
	.dial_pulse = sim_dial_pulse,
	.polarity = sim_polarity,
	.message_lamp = sim_message_lamp,
	.onhook_transfer = sim_onhook_transfer,
	.gain = sim_gain,
	.analog = sim_analog,
};

static bool ports_sound(const struct sim_span *s)
{
	return s->fxs >= 0 && s->fxs <= SIM_MAX_PORTS && s->fxo >= 0 && s->fxo <= SIM_MAX_PORTS && s->fxs + s->fxo > 0;
}

/* Spans in the order of their numbers, whatever order they were given in. */
static int add_ports(struct sim_card *c, const struct sim_conf *conf)
{
	c->n_ports = conf->n_spans;
	c->ports = calloc((size_t)conf->n_spans, sizeof(*c->ports));
	if (!c->ports)
		return -ENOMEM;
	for (int i = 0; i < conf->n_spans; i++) {
		const struct sim_span *s = &conf->spans[i];
		const struct span_kind *k = kind_of(s->type);

		if (!k || s->no < 1 || s->no > conf->n_spans || c->ports[s->no - 1].no)
			return -EINVAL;
		if (s->type == HW_SPAN_ANALOG ? !ports_sound(s) : s->fxs || s->fxo)
			return -EINVAL;
		if (s->no_dchan && s->type != HW_SPAN_T1 && s->type != HW_SPAN_J1)
			return -EINVAL;
		c->ports[s->no - 1] = (struct sim_port){
			.card = c,
			.no = s->no,
			.chans = k->chans + s->fxs + s->fxo,
			.type = k->type,
			.law = s->type == HW_SPAN_ANALOG ? s->law : k->law,
			.fxs = s->fxs,
			.ground = s->ground_start,
			.no_dchan = s->no_dchan,
		};
	}
	for (int i = 0; i < c->n_ports; i++) {
		c->ports[i].first = c->n_slots;
		c->n_slots += c->ports[i].chans;
	}
	c->slots = calloc((size_t)c->n_slots, sizeof(*c->slots));
	return c->slots ? 0 : -ENOMEM;
}

static int add_wires(struct sim_card *c, const struct sim_conf *conf)
{
	for (int i = 0; i < conf->n_wires; i++) {
		const struct sim_wire *w = &conf->wires[i];
		struct sim_port *a, *b;

		if (w->a < 1 || w->a > c->n_ports || w->b < 1 || w->b > c->n_ports || w->a == w->b)
			return -EINVAL;
		a = &c->ports[w->a - 1];
		b = &c->ports[w->b - 1];
		if (a->type == HW_SPAN_ANALOG || a->peer || b->peer || a->law != b->law || a->chans != b->chans)
			return -EINVAL;
		if (!(w->ppm >= -1000 && w->ppm <= 1000))
			return -EINVAL;
		a->peer = b;
		b->peer = a;
		b->wire_ppb = (int64_t)(w->ppm * 1000);
	}
	return 0;
}

static void add_slots(struct sim_card *c)
{
	for (int i = 0; i < c->n_ports; i++) {
		struct sim_port *p = &c->ports[i];

		for (int k = 0; k < p->chans; k++) {
			struct sim_slot *s = &c->slots[p->first + k];

			s->no = p->first + k + 1;
			s->pos = k + 1;
			s->kind = s->pos == kind_of(p->type)->d && !p->no_dchan ? HW_CHAN_D : HW_CHAN_B;
			if (p->type == HW_SPAN_ANALOG)
				s->kind = k < p->fxs ? HW_CHAN_FXS : HW_CHAN_FXO;
			s->port = p;
			s->peer = p->peer ? &c->slots[p->peer->first + k] : s;
			if (s->kind == HW_CHAN_D)
				p->d = s;
		}
		p->alarms = sim_alarms(p);
	}
}

int hw_sim_open(struct hw **out, const struct sim_conf *conf)
{
	struct sim_card *c;
	int err = 0;

	if (conf->n_spans < 1 || conf->n_spans > SIM_MAX_SPANS)
		return -EINVAL;
	c = calloc(1, sizeof(*c));
	if (!c)
		return -ENOMEM;
	c->base.ops = &sim_ops;
	c->armed = INT64_MAX;
	c->d_dice = 0x2545f491;
	c->m_dice = 0x9e3779b9;
	notify_set_init(&c->notify);
	c->fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	c->clock_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	if (c->fd < 0 || c->clock_fd < 0)
		err = -errno;
	if (!err)
		err = add_ports(c, conf);
	if (!err)
		err = add_wires(c, conf);
	if (!err) {
		add_slots(c);
		err = sim_loops_add(c, conf);
	}
	if (err) {
		sim_close(&c->base);
		return err;
	}
	sim_tdm_init(c);
	*out = &c->base;
	return 0;
}
