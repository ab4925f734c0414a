/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hw/sim/loop.c: the copper pairs of the simulated card: who is wired to whom, what current flows, and the
 * clockwork that runs both ends in the order of their times. Loop thread.
 */
#include <errno.h>
#include <stdlib.h>

#include "hw/sim/analog.h"

#define NEVER INT64_MAX

void sim_timer(struct sim_loop *l, int id, int64_t t, unsigned ms)
{
	l->due[id] = t == SIM_NO_TIME ? ~(int64_t)ms : t + (ms ? ms : 1) * INT64_C(1000);
}

void sim_timer_stop(struct sim_loop *l, int id)
{
	l->due[id] = NEVER;
}

bool sim_timer_runs(const struct sim_loop *l, int id)
{
	return l->due[id] != NEVER;
}

void sim_loop_changed(struct sim_loop *l)
{
	l->dirty = true;
	sim_arm(l->card, 0);
}

/* --- What flows ---------------------------------------------------------------------------------------- */

/* An FXO port whose span has left is on hook: relays fall. */
bool sim_term_closed(const struct sim_loop *l, const struct sim_term *m)
{
	bool bounces = sim_timer_runs(l, FAULT_OPEN);

	return m->slot && m->state != TERM_IDLE && m->state != TERM_START && m->state != TERM_FLASH && m->state != TERM_BREAK && !bounces;
}

/* A telephone hangs at the FXS port itself: a cut is behind it. */
static bool connected(const struct sim_loop *l, const struct sim_term *m)
{
	return sim_feed_there(l) && m->slot && !(l->dead && m == &l->term[SIM_FXO]);
}

bool sim_feed_powered(const struct sim_loop *l)
{
	return sim_feed_there(l) && l->feed.state != FEED_DROP && !sim_timer_runs(l, FAULT_BATTERY);
}

bool sim_term_battery(const struct sim_loop *l, const struct sim_term *m)
{
	return connected(l, m) && sim_feed_powered(l);
}

bool sim_term_ring(const struct sim_loop *l, const struct sim_term *m)
{
	return connected(l, m) && (l->feed.state == FEED_RING_ON || sim_timer_runs(l, FAULT_RING));
}

/* Ground start: an FXO port grounds ring to seize the line. */
bool sim_ring_ground(const struct sim_loop *l)
{
	const struct sim_term *m = &l->term[SIM_FXO];

	return connected(l, m) && m->state == TERM_START;
}

/* Ground start: tip is grounded while the FXS port rings or has seized the line, or answered its seizure. */
bool sim_tip_grounded(const struct sim_loop *l, const struct sim_term *m)
{
	enum sim_feed_state s = l->feed.state;

	return sim_term_battery(l, m) && (s == FEED_TALK || s == FEED_RING_ON || s == FEED_RING_OFF);
}

bool sim_loop_current(const struct sim_loop *l)
{
	for (int i = 0; i < SIM_TERMS; i++)
		if (connected(l, &l->term[i]) && sim_term_closed(l, &l->term[i]))
			return true;
	return false;
}

static void set_gate(struct sim_loop *l, int party, bool plays, bool hears)
{
	unsigned gate = (plays ? SIM_PLAYS : 0) | (hears ? SIM_HEARS : 0);
	atomic_uint *at = &l->bus.end[party].gate;

	if (atomic_load_explicit(at, memory_order_relaxed) == gate)
		return;
	atomic_store_explicit(at, gate, memory_order_relaxed);
	atomic_fetch_add_explicit(&l->card->bus_gen, 1, memory_order_release);
}

/* Who is heard by whom. The port at the far end of ring voltage hears none of it. */
static void set_gates(struct sim_loop *l)
{
	const struct sim_feed *f = &l->feed;
	bool up = sim_feed_powered(l);
	bool talk = f->state == FEED_TALK, sends = talk || f->state == FEED_RING_OFF || sim_timer_runs(l, FEED_OHT);

	set_gate(l, SIM_FXS, up && sends, up && talk);
	for (int i = 0; i < SIM_TERMS; i++) {
		const struct sim_term *m = &l->term[i];
		bool on = up && connected(l, m) && !sim_term_ring(l, m);

		set_gate(l, i, on && sim_term_closed(l, m), on);
	}
}

/* Works out what everybody sees at T, and tells them. */
static void settle(struct sim_loop *l, int64_t t)
{
	if (sim_feed_there(l))
		sim_feed_seen(l, t, sim_loop_current(l), sim_ring_ground(l));
	for (int i = 0; i < SIM_TERMS; i++)
		if (l->term[i].slot)
			sim_term_seen(l, &l->term[i], t);
	set_gates(l);
}

/* --- Clockwork ------------------------------------------------------------------------------------------- */

static void expire(struct sim_loop *l, int id, int64_t t)
{
	l->due[id] = NEVER;
	if (id < TERM_FIRST) {
		sim_feed_timer(l, id, t);
	} else {
		struct sim_term *m = &l->term[(id - TERM_FIRST) / TERM_TIMERS];

		sim_term_timer(l, m, id - m->timers, t);
	}
	settle(l, t);
}

static int64_t earliest(const struct sim_loop *l, int *id)
{
	int64_t t = NEVER;

	for (int i = 0; i < SIM_TIMERS; i++)
		if (l->due[i] < t) {
			t = l->due[i];
			*id = i;
		}
	return t;
}

static void run(struct sim_loop *l, int64_t now)
{
	int id = 0;

	for (int i = 0; i < SIM_TIMERS; i++)
		if (l->due[i] < 0)
			l->due[i] = now + (~l->due[i] ? ~l->due[i] : 1) * 1000;
	for (int64_t t; (t = earliest(l, &id)) <= now;)
		expire(l, id, t);
	while (l->dirty) { /* twice when what one end sees makes it change, as ring trip does */
		l->dirty = false;
		settle(l, now);
	}
	l->next = earliest(l, &id);
}

void sim_loops_run(struct sim_card *c, int64_t now_us)
{
	for (int i = 0; i < c->n_loops; i++)
		if (c->loops[i].dirty || c->loops[i].next <= now_us)
			run(&c->loops[i], now_us);
}

int64_t sim_loops_next(const struct sim_card *c)
{
	int64_t next = NEVER;

	for (int i = 0; i < c->n_loops; i++) {
		if (c->loops[i].dirty)
			return 0;
		if (c->loops[i].next < next)
			next = c->loops[i].next;
	}
	return next;
}

/* --- Wiring ---------------------------------------------------------------------------------------------- */

static struct sim_slot *slot_of(struct sim_card *c, int chan, enum hw_chan_kind kind)
{
	return chan >= 1 && chan <= c->n_slots && c->slots[chan - 1].kind == kind ? &c->slots[chan - 1] : NULL;
}

static bool sound(const struct sim_pair *p)
{
	return p->loss_db >= 0 && p->loss_db <= 20 && p->echo_db >= 0 && p->echo_db <= 60 && p->echo_ms >= 0 &&
	       p->echo_ms <= 32 && p->noise_dbm0 <= 0 && p->noise_dbm0 >= -90;
}

static void add_loop(struct sim_card *c, struct sim_slot *fxs, struct sim_slot *fxo)
{
	struct sim_loop *l = &c->loops[c->n_loops++];

	l->card = c;
	l->next = NEVER;
	for (int i = 0; i < SIM_TIMERS; i++)
		l->due[i] = NEVER;
	for (int i = 0; i < SIM_TERMS; i++)
		l->term[i].timers = TERM_FIRST + i * TERM_TIMERS;
	l->feed.slot = fxs;
	l->feed.ground = fxs && fxs->port->ground;
	l->term[SIM_FXO].slot = fxo;
	l->term[SIM_FXO].ground = fxo && fxo->port->ground;
	if (fxs) {
		fxs->loop = l;
		fxs->party = SIM_FXS;
		sim_feed_reset(l);
	}
	if (fxo) {
		fxo->loop = l;
		fxo->party = SIM_FXO;
		sim_term_reset(l, &l->term[SIM_FXO], false);
		l->term[SIM_FXO].battery = fxs;
	}
	sim_bus_init(&l->bus, (fxs ? fxs : fxo)->port, 0x9e3779b9u * (uint32_t)c->n_loops | 1);
	run(l, 0);
}

static int wire(struct sim_card *c, const struct sim_pair *p)
{
	struct sim_slot *fxs = slot_of(c, p->fxs, HW_CHAN_FXS), *fxo = slot_of(c, p->fxo, HW_CHAN_FXO);

	if (!fxs || (!fxo && p->fxo) || fxs->loop || (fxo && fxo->loop) || !sound(p))
		return -EINVAL;
	if (fxo && (fxo->port->law != fxs->port->law || fxo->port->ground != fxs->port->ground))
		return -EINVAL;
	add_loop(c, fxs, fxo);
	fxs->loop->dead = p->dead;
	sim_bus_set(&fxs->loop->bus, p);
	sim_bus_load(&fxs->loop->bus);
	return 0;
}

int sim_loops_add(struct sim_card *c, const struct sim_conf *conf)
{
	int n = 0, err = 0;

	for (int i = 0; i < c->n_slots; i++)
		n += c->slots[i].kind == HW_CHAN_FXS || c->slots[i].kind == HW_CHAN_FXO;
	if (!n)
		return conf->n_pairs ? -EINVAL : 0;
	c->loops = calloc((size_t)n, sizeof(*c->loops));
	if (!c->loops)
		return -ENOMEM;
	for (int i = 0; i < conf->n_pairs && !err; i++)
		err = wire(c, &conf->pairs[i]);
	for (int i = 0; i < c->n_slots && !err; i++) {
		struct sim_slot *s = &c->slots[i];

		if (!s->loop && s->kind == HW_CHAN_FXS)
			add_loop(c, s, NULL);
		else if (!s->loop && s->kind == HW_CHAN_FXO)
			add_loop(c, NULL, s);
	}
	return err;
}

int hw_sim_pair(struct hw *hw, const struct sim_pair *p)
{
	struct sim_card *c = (struct sim_card *)hw;
	struct sim_slot *fxs = slot_of(c, p->fxs, HW_CHAN_FXS), *fxo;
	struct sim_loop *l;

	if (!fxs)
		return -ENOENT;
	l = fxs->loop;
	fxo = l->term[SIM_FXO].slot;
	if ((fxo ? fxo->no : 0) != p->fxo)
		return -ENOENT;
	if (!sound(p))
		return -EINVAL;
	sim_bus_set(&l->bus, p);
	atomic_fetch_add_explicit(&c->bus_gen, 1, memory_order_release);
	l->dead = p->dead;
	sim_loop_changed(l);
	return 0;
}

int hw_sim_line_fault(struct hw *hw, int fxs, enum sim_line_fault fault, unsigned ms)
{
	static const int timers[] = {
		[SIM_RING_NOISE] = FAULT_RING, [SIM_HOOK_BOUNCE] = FAULT_OPEN, [SIM_BATTERY_GLITCH] = FAULT_BATTERY};
	struct sim_slot *s = slot_of((struct sim_card *)hw, fxs, HW_CHAN_FXS);

	if (!s)
		return -ENOENT;
	if ((unsigned)fault >= sizeof(timers) / sizeof(*timers) || ms < 1 || ms > 60000)
		return -EINVAL;
	sim_timer(s->loop, timers[fault], SIM_NO_TIME, ms);
	sim_loop_changed(s->loop);
	return 0;
}
