/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hw/sim/port.c: what hw.h offers on an analog port, on the simulated card; and its telephones. Loop thread. */
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "hw/sim/analog.h"

static struct sim_term *term_of(struct sim_line *l)
{
	return l->party == SIM_FXS ? NULL : &l->loop->term[l->party];
}

static bool gone(const struct sim_line *l)
{
	return notify_gone(&l->h.notify);
}

void sim_analog_opened(struct sim_line *l)
{
	struct sim_term *m = term_of(l);

	atomic_init(&l->rx_gain, 0);
	atomic_init(&l->tx_gain, 0);
	if (m) {
		sim_term_reset(l->loop, m, l->party == SIM_PHONE);
		m->handle = &l->h;
		sim_term_opened(l->loop, m);
	} else {
		sim_feed_reset(l->loop);
	}
}

void sim_analog_closed(struct sim_line *l)
{
	struct sim_term *m = term_of(l);

	if (!m) {
		if (l->h.slot->opener == &l->h)
			sim_feed_close(l->loop);
		return;
	}
	if (m->handle != &l->h)
		return; /* its span had left */
	m->handle = NULL;
	sim_term_reset(l->loop, m, l->party == SIM_PHONE);
	if (l->party == SIM_PHONE)
		m->slot = NULL;
}

void sim_analog_moved(struct sim_port *p)
{
	for (int i = 0; i < p->chans; i++) {
		struct sim_slot *s = &p->card->slots[p->first + i];
		struct sim_loop *l = s->loop;

		if (s->party == SIM_FXS) {
			sim_feed_lost(l);
		} else {
			l->term[SIM_FXO].handle = NULL;
			sim_term_reset(l, &l->term[SIM_FXO], false);
		}
	}
}

int hw_sim_phone_open(struct hw *hw, int chan, hw_event_fn *fn, void *arg, struct hw_line **out)
{
	struct sim_card *c = (struct sim_card *)hw;
	struct sim_line *l;
	struct sim_slot *s;

	if (chan < 1 || chan > c->n_slots)
		return -ENOENT;
	s = &c->slots[chan - 1];
	if (s->kind != HW_CHAN_FXS)
		return -EINVAL;
	if (s->loop->term[SIM_PHONE].slot)
		return -EBUSY;
	l = malloc(sizeof(*l));
	if (!l)
		return -ENOMEM;
	l->base = (struct hw_line){hw->ops, hw, chan, s->port->no, s->port->law, HW_CHAN_FXO,
				   HW_START_LOOP};
	l->h.slot = s;
	l->block = 0;
	l->loop = s->loop;
	l->party = SIM_PHONE;
	s->loop->term[SIM_PHONE].slot = s;
	notify_open(&l->h.notify, &c->notify, fn, arg);
	sim_analog_opened(l);
	*out = &l->base;
	return 0;
}

/* --- hw.h ---------------------------------------------------------------------------------------------------- */

int sim_hook(struct hw_line *base, enum hw_hook what)
{
	struct sim_line *l = (struct sim_line *)base;

	if (gone(l))
		return -ENODEV;
	return l->party == SIM_FXS ? sim_feed_hook(l->loop, what) : sim_term_hook(l->loop, term_of(l), what);
}

int sim_set_timing(struct hw_line *base, const struct hw_timing *t)
{
	struct sim_line *l = (struct sim_line *)base;
	struct hw_timing *to = l->party == SIM_FXS ? &l->loop->feed.timing : &term_of(l)->timing;
	const uint16_t from[] = {t->flash_min_ms,   t->flash_max_ms, t->flash_out_ms, t->pulse_make_ms,
				 t->pulse_break_ms, t->pulse_gap_ms, t->debounce_ms,  t->drop_ms};
	uint16_t *at[] = {&to->flash_min_ms,   &to->flash_max_ms, &to->flash_out_ms, &to->pulse_make_ms,
			  &to->pulse_break_ms, &to->pulse_gap_ms, &to->debounce_ms,  &to->drop_ms};

	if (gone(l))
		return -ENODEV;
	for (size_t i = 0; i < sizeof(at) / sizeof(*at); i++)
		if (from[i] && at[i] != &to->flash_min_ms)
			*at[i] = from[i];
	/* As DAHDI: what is shorter is a pulse, whatever is asked for. */
	return l->party == SIM_FXS && t->flash_min_ms && t->flash_min_ms != to->flash_min_ms ? -EOPNOTSUPP : 0;
}

int sim_set_cadence(struct hw_line *base, const uint16_t *ms, int n, int repeat_from)
{
	struct sim_line *l = (struct sim_line *)base;
	struct sim_feed *f = &l->loop->feed;

	if (l->party != SIM_FXS)
		return -EINVAL;
	if (gone(l))
		return -ENODEV;
	for (int i = 0; i < n; i++)
		if (!ms[i])
			return -EINVAL;
	memcpy(f->cadence, ms, (size_t)n * sizeof(*ms));
	f->n_cadence = n;
	f->repeat_from = repeat_from;
	return 0;
}

int sim_dial_pulse(struct hw_line *base, const char *digits)
{
	struct sim_line *l = (struct sim_line *)base;

	if (l->party == SIM_FXS)
		return -EINVAL;
	return gone(l) ? -ENODEV : sim_term_dial(l->loop, term_of(l), digits);
}

int sim_polarity(struct hw_line *base, bool reversed)
{
	struct sim_line *l = (struct sim_line *)base;

	if (l->party != SIM_FXS)
		return -EINVAL;
	if (gone(l))
		return -ENODEV;
	if (l->loop->feed.ground) /* a pair whose tip is open has none */
		return -EOPNOTSUPP;
	l->loop->feed.reversed = reversed;
	sim_loop_changed(l->loop);
	return 0;
}

int sim_message_lamp(struct hw_line *base, bool on)
{
	struct sim_line *l = (struct sim_line *)base;

	if (l->party != SIM_FXS)
		return -EINVAL;
	if (gone(l))
		return -ENODEV;
	l->loop->feed.lamp = on;
	return 0;
}

int sim_onhook_transfer(struct hw_line *base, unsigned ms)
{
	struct sim_line *l = (struct sim_line *)base;

	if (l->party != SIM_FXS)
		return -EINVAL;
	if (gone(l))
		return -ENODEV;
	if (ms)
		sim_timer(l->loop, FEED_OHT, SIM_NO_TIME, ms);
	else
		sim_timer_stop(l->loop, FEED_OHT);
	sim_loop_changed(l->loop);
	return 0;
}

int sim_gain(struct hw_line *base, double rx_db, double tx_db)
{
	struct sim_line *l = (struct sim_line *)base;

	if (gone(l))
		return -ENODEV;
	atomic_store_explicit(&l->rx_gain, (int)lround(rx_db * 100), memory_order_relaxed);
	atomic_store_explicit(&l->tx_gain, (int)lround(tx_db * 100), memory_order_relaxed);
	return 0;
}

/* What a meter across the wires shows: a 48 V battery behind the resistance of feed, line and telephone; a neon
 * lamp needs more. Negative: ring against tip in normal polarity. */
static int voltage_mv(const struct sim_loop *l, bool battery, bool closed)
{
	int mv = closed ? 8000 : l->feed.lamp ? 95000 : 48000;

	if (!battery)
		return 0;
	return l->feed.reversed ? mv : -mv;
}

int sim_analog(struct hw_line *base, struct hw_analog *out)
{
	struct sim_line *l = (struct sim_line *)base;
	const struct sim_loop *lp = l->loop;
	const struct sim_term *m = term_of(l);
	bool closed = sim_loop_current(lp) || sim_ring_ground(lp), battery = m ? sim_term_battery(lp, m) : sim_feed_powered(lp);

	if (gone(l))
		return -ENODEV;
	*out = (struct hw_analog){
		.offhook = m ? sim_term_closed(lp, m) || m->state == TERM_START : closed,
		.ringing = m ? sim_term_ring(lp, m) : lp->feed.state == FEED_RING_ON || lp->feed.state == FEED_RING_OFF,
		.battery = m && m->ground ? -1 : battery,
		.grounded = m && m->ground ? sim_tip_grounded(lp, m) : 0,
		.reversed = m && m->ground ? -1 : battery && lp->feed.reversed,
		.voltage_mv = voltage_mv(lp, battery, closed),
		.current_ua = battery && (m ? sim_term_closed(lp, m) : closed) ? 25000 : 0,
	};
	return 0;
}
