/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hw/sim/path.c: audio between two lines of the simulated card. Media thread.
 *
 * Nothing is moved at a tick: a tick only turns the sample clocks of the spans. A path catches up with them
 * when one of its ends is read, written, started or stopped, in one copy of all that is due; what a receiver
 * sees is the same as if every sample had been moved in its time, at a cost that does not grow with the
 * ticks.
 */
#include <errno.h>
#include <string.h>

#include "hw/sim/analog.h"

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static void corrupt(struct sim_port *rx, uint8_t *buf, size_t n)
{
	uint32_t *dice = &rx->card->m_dice;

	for (size_t i = 0; i < n; i++) {
		if (sim_roll(dice) % 1000000 >= rx->m.errors)
			continue;
		buf[i] ^= (uint8_t)(1u << (sim_roll(dice) & 7));
		sim_count(&rx->count.bit_errors, 1);
	}
}

void sim_path_run(struct sim_path *p)
{
	size_t in = p->tx->m.now - p->in, out = p->rx->m.now - p->out;
	uint8_t *dst;

	p->in += in;
	p->out += out;
	if (in > out) { /* the far clock is ahead: a frame is left out */
		sim_ring_take(p->from, p->tx, NULL, in - out);
		in = out;
	}
	while (out) {
		size_t n = p->to ? least(sim_ring_room(p->to, &dst), out) : 0, k = least(n, in);

		if (!n) {
			sim_ring_take(p->from, p->tx, NULL, in);
			if (p->to)
				sim_count(&p->rx->count.overruns, out);
			return;
		}
		sim_ring_take(p->from, p->tx, dst, k);
		if (k)
			p->last = dst[k - 1];
		if (k < n) /* the far clock is behind: a frame is sent again */
			memset(dst + k, p->last, n - k);
		if (!p->rx->m.signal)
			memset(dst, sim_law_idle(p->rx->law), n);
		else if (p->rx->m.errors)
			corrupt(p->rx, dst, n);
		p->to->rx_fill += (unsigned)n;
		in -= k;
		out -= n;
	}
}

static void run_both(struct sim_slot *s)
{
	sim_path_run(&s->rx);
	if (s->peer != s)
		sim_path_run(&s->peer->rx);
}

/* The canceller that A may ask for has no work on a digital wire: it gives no echo. */
int sim_line_start(struct hw_line *base, const struct hw_audio *a)
{
	struct sim_line *l = (struct sim_line *)base;
	struct sim_slot *s = l->h.slot;

	if (notify_gone(&l->h.notify))
		return -ENODEV;
	if (l->loop) {
		sim_bus_start(l, a);
		return 0;
	}
	run_both(s);
	sim_ring_start(l, a);
	s->rx.to = l;
	s->peer->rx.from = l;
	return 0;
}

void sim_line_stop(struct hw_line *base)
{
	struct sim_line *l = (struct sim_line *)base;
	struct sim_slot *s = l->h.slot;

	if (l->loop) {
		sim_bus_stop(l);
		return;
	}
	run_both(s);
	if (s->rx.to == l)
		s->rx.to = NULL;
	if (s->peer->rx.from == l)
		s->peer->rx.from = NULL;
	l->block = 0;
}

int sim_line_read(struct hw_line *base, uint8_t *buf, size_t size)
{
	struct sim_line *l = (struct sim_line *)base;
	struct sim_path *p = &l->h.slot->rx;

	if (notify_gone(&l->h.notify))
		return -ENODEV;
	if (l->loop)
		return sim_bus_read(l, buf, size);
	if (p->to != l || size < l->block)
		return -EINVAL;
	if (l->rx_fill + (p->rx->m.now - p->out) < l->block)
		return 0;
	sim_path_run(p);
	return sim_ring_read(l, buf);
}

int sim_line_write(struct hw_line *base, const uint8_t *buf, size_t len)
{
	struct sim_line *l = (struct sim_line *)base;
	struct sim_path *p = &l->h.slot->peer->rx;

	if (notify_gone(&l->h.notify))
		return -ENODEV;
	if (l->loop)
		return sim_bus_write(l, buf, len);
	if (p->from != l)
		return -EINVAL;
	if (!len)
		return 0;
	sim_path_run(p);
	return sim_ring_write(l, buf, len);
}
