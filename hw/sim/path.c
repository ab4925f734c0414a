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

#include "hw/sim/card.h"

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Takes N octets off the transmitter: what is queued, then silence. DST NULL: they go nowhere. */
static void tx_take(const struct sim_path *p, uint8_t *dst, size_t n)
{
	struct sim_line *l = p->from;
	uint8_t idle = l ? l->idle : sim_law_idle(p->tx->law);

	while (n && l && l->tx_count) {
		size_t k = least(n, l->tx_len[l->tx_first] - l->tx_off);

		if (dst) {
			memcpy(dst, l->tx + l->tx_first * l->block + l->tx_off, k);
			dst += k;
		}
		n -= k;
		l->tx_off += (unsigned)k;
		if (l->tx_off == l->tx_len[l->tx_first]) {
			l->tx_off = 0;
			l->tx_first = l->tx_first + 1 == l->buffers ? 0 : l->tx_first + 1;
			l->tx_count--;
		}
	}
	if (!n)
		return;
	if (dst)
		memset(dst, idle, n);
	if (l && l->primed)
		sim_count(&p->tx->count.underruns, n);
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

/* The longest run of free octets at the receiver's writing end. */
static size_t rx_room(struct sim_line *l, uint8_t **at)
{
	unsigned cap = l->block * l->buffers, w = l->rx_first + l->rx_fill;

	if (w >= cap) {
		w -= cap;
		*at = l->rx + w;
		return l->rx_first - w;
	}
	*at = l->rx + w;
	return cap - w;
}

void sim_path_run(struct sim_path *p)
{
	size_t in = p->tx->m.now - p->in, out = p->rx->m.now - p->out;
	uint8_t *dst;

	p->in += in;
	p->out += out;
	if (in > out) { /* the far clock is ahead: a frame is left out */
		tx_take(p, NULL, in - out);
		in = out;
	}
	while (out) {
		size_t n = p->to ? least(rx_room(p->to, &dst), out) : 0, k = least(n, in);

		if (!n) {
			tx_take(p, NULL, in);
			if (p->to)
				sim_count(&p->rx->count.overruns, out);
			return;
		}
		tx_take(p, dst, k);
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

/* The canceller that A may ask for has no work here: a digital wire gives no echo. */
int sim_line_start(struct hw_line *base, const struct hw_audio *a)
{
	struct sim_line *l = (struct sim_line *)base;
	struct sim_slot *s = l->h.slot;

	if (notify_gone(&l->h.notify))
		return -ENODEV;
	run_both(s);
	l->block = a->block;
	l->buffers = a->buffers;
	l->idle = a->clear ? 0xff : sim_law_idle(base->law);
	l->primed = false;
	l->rx_first = l->rx_fill = 0;
	l->tx_first = l->tx_count = l->tx_off = 0;
	s->rx.to = l;
	s->peer->rx.from = l;
	return 0;
}

void sim_line_stop(struct hw_line *base)
{
	struct sim_line *l = (struct sim_line *)base;
	struct sim_slot *s = l->h.slot;

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
	if (p->to != l || size < l->block)
		return -EINVAL;
	if (l->rx_fill + (p->rx->m.now - p->out) < l->block)
		return 0;
	sim_path_run(p);
	if (l->rx_fill < l->block)
		return 0;
	memcpy(buf, l->rx + l->rx_first, l->block);
	l->rx_fill -= l->block;
	l->rx_first += l->block;
	if (l->rx_first == l->block * l->buffers)
		l->rx_first = 0;
	return (int)l->block;
}

int sim_line_write(struct hw_line *base, const uint8_t *buf, size_t len)
{
	struct sim_line *l = (struct sim_line *)base;
	struct sim_path *p = &l->h.slot->peer->rx;
	unsigned w;

	if (notify_gone(&l->h.notify))
		return -ENODEV;
	if (p->from != l)
		return -EINVAL;
	if (!len)
		return 0;
	sim_path_run(p);
	if (l->tx_count == l->buffers)
		return 0;
	w = l->tx_first + l->tx_count;
	if (w >= l->buffers)
		w -= l->buffers;
	len = least(len, l->block);
	memcpy(l->tx + w * l->block, buf, len);
	l->tx_len[w] = (uint8_t)len;
	l->tx_count++;
	l->primed = true;
	return (int)len;
}
