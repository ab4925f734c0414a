/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hw/sim/ring.c: what a line of the simulated card has queued each way, as DAHDI's buffers. Media thread. */
#include <string.h>

#include "hw/sim/card.h"

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

void sim_ring_start(struct sim_line *l, const struct hw_audio *a)
{
	l->block = a->block;
	l->buffers = a->buffers;
	l->taps = a->clear ? 0 : a->echo_taps;
	l->idle = a->clear ? 0xff : sim_law_idle(l->base.law);
	l->primed = false;
	l->rx_first = l->rx_fill = 0;
	l->tx_first = l->tx_count = l->tx_off = 0;
}

/* Takes N octets off the transmitter of span TX: what is queued, then silence. L NULL: nobody sends there. DST
 * NULL: they go nowhere. */
void sim_ring_take(struct sim_line *l, struct sim_port *tx, uint8_t *dst, size_t n)
{
	uint8_t idle = l ? l->idle : sim_law_idle(tx->law);

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
		sim_count(&tx->count.underruns, n);
}

/* The longest run of free octets at the receiver's writing end. */
size_t sim_ring_room(struct sim_line *l, uint8_t **at)
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

int sim_ring_read(struct sim_line *l, uint8_t *buf)
{
	if (l->rx_fill < l->block)
		return 0;
	memcpy(buf, l->rx + l->rx_first, l->block);
	l->rx_fill -= l->block;
	l->rx_first += l->block;
	if (l->rx_first == l->block * l->buffers)
		l->rx_first = 0;
	return (int)l->block;
}

int sim_ring_write(struct sim_line *l, const uint8_t *buf, size_t len)
{
	unsigned w = l->tx_first + l->tx_count;

	if (l->tx_count == l->buffers)
		return 0;
	if (w >= l->buffers)
		w -= l->buffers;
	len = least(len, l->block);
	memcpy(l->tx + w * l->block, buf, len);
	l->tx_len[w] = (uint8_t)len;
	l->tx_count++;
	l->primed = true;
	return (int)len;
}
