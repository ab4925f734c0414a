/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hw/sim/dchan.c: D channels of the simulated card: frames cross at 64 kbit/s, one after another. Loop
 * thread.
 *
 * A frame written outside hw_service() has no time of its own: the descriptor becomes readable at once and
 * the next hw_service() puts it on the line.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "hw/sim/card.h"

/* ITU-T Q.921 2.1 to 2.7: a flag, the octets, two of check sequence; of random bits every 62nd or so is
 * followed by a stuffed zero. A bit takes 15.625 us. */
static int64_t line_time_us(size_t octets)
{
	int64_t bits = (int64_t)(octets + 2) * 8;

	return (8 + bits + bits / 62) * 15625 / 1000;
}

static void drop_all(struct sim_frames *q)
{
	struct sim_frame *f;

	while ((f = STAILQ_FIRST(q))) {
		STAILQ_REMOVE_HEAD(q, link);
		free(f);
	}
}

int sim_dchan_open(struct hw *hw, int chan, hw_event_fn *fn, void *arg, struct hw_dchan **out)
{
	struct sim_dchan *d = calloc(1, sizeof(*d));
	int err;

	if (!d)
		return -ENOMEM;
	STAILQ_INIT(&d->tx);
	STAILQ_INIT(&d->rx);
	err = sim_handle_open(&d->h, (struct sim_card *)hw, chan, true, fn, arg);
	if (err) {
		sim_dchan_close(&d->base);
		return err;
	}
	d->base = (struct hw_dchan){hw->ops, hw, chan, d->h.slot->port->no};
	*out = &d->base;
	return 0;
}

void sim_dchan_close(struct hw_dchan *base)
{
	struct sim_dchan *d = (struct sim_dchan *)base;

	sim_handle_close(&d->h);
	drop_all(&d->tx);
	drop_all(&d->rx);
	free(d);
}

int sim_dchan_read(struct hw_dchan *base, uint8_t *buf, size_t size)
{
	struct sim_dchan *d = (struct sim_dchan *)base;
	struct sim_frame *f;
	int n;

	if (notify_gone(&d->h.notify))
		return -ENODEV;
	f = STAILQ_FIRST(&d->rx);
	if (!f)
		return 0;
	STAILQ_REMOVE_HEAD(&d->rx, link);
	d->rx_count--;
	n = f->len <= size ? f->len : -EMSGSIZE;
	if (n > 0)
		memcpy(buf, f->data, f->len);
	free(f);
	return n;
}

int sim_dchan_write(struct hw_dchan *base, const uint8_t *buf, size_t len)
{
	struct sim_dchan *d = (struct sim_dchan *)base;
	struct sim_frame *f;

	if (notify_gone(&d->h.notify))
		return -ENODEV;
	if (len < 1 || len > SIM_D_OCTETS)
		return -EMSGSIZE;
	if (d->tx_count == SIM_D_FRAMES)
		return -EAGAIN;
	f = malloc(sizeof(*f) + len);
	if (!f)
		return -EAGAIN;
	f->len = (uint16_t)len;
	f->due = -1;
	memcpy(f->data, buf, len);
	STAILQ_INSERT_TAIL(&d->tx, f, link);
	d->tx_count++;
	sim_arm(d->h.slot->port->card, 0);
	return (int)len;
}

static struct sim_dchan *opened(const struct sim_port *p)
{
	struct sim_handle *h = p->d ? p->d->opener : NULL;

	return h ? (struct sim_dchan *)((char *)h - offsetof(struct sim_dchan, h)) : NULL;
}

int64_t sim_dchans_schedule(struct sim_card *c, int64_t now_us)
{
	int64_t next = INT64_MAX;

	for (int i = 0; i < c->n_ports; i++) {
		struct sim_dchan *d = opened(&c->ports[i]);
		struct sim_frame *f;

		if (!d || !d->tx_count)
			continue;
		STAILQ_FOREACH(f, &d->tx, link)
		{
			if (f->due >= 0)
				continue;
			if (d->busy_until < now_us)
				d->busy_until = now_us;
			d->busy_until += line_time_us(f->len);
			f->due = d->busy_until;
		}
		if (STAILQ_FIRST(&d->tx)->due < next)
			next = STAILQ_FIRST(&d->tx)->due;
	}
	return next;
}

static bool chance(struct sim_card *c, int per_mille)
{
	return per_mille && (int)(sim_roll(&c->d_dice) % 1000) < per_mille;
}

/* Takes F over: kept in the receiver's queue, or freed. */
static void arrive(struct sim_port *p, struct sim_frame *f)
{
	struct sim_dchan *d = p ? opened(p) : NULL;

	if (!d || !sim_has_signal(p)) {
		free(f);
		return;
	}
	if (chance(p->card, sim_fault_get(p, SIM_FAULT_D_LOSS))) {
		sim_count(&p->count.d_lost, 1);
	} else if (chance(p->card, sim_fault_get(p, SIM_FAULT_D_ERROR))) {
		sim_count(&p->count.d_errored, 1);
		sim_post(&d->h, HW_EV_BADFCS);
	} else if (d->rx_count == SIM_D_FRAMES) {
		sim_post(&d->h, HW_EV_OVERRUN);
	} else {
		sim_count(&p->count.d_frames, 1);
		STAILQ_INSERT_TAIL(&d->rx, f, link);
		d->rx_count++;
		return;
	}
	free(f);
}

void sim_dchans_run(struct sim_card *c, int64_t now_us)
{
	for (int i = 0; i < c->n_ports; i++) {
		struct sim_dchan *d = opened(&c->ports[i]);
		struct sim_frame *f;

		while (d && (f = STAILQ_FIRST(&d->tx)) && f->due >= 0 && f->due <= now_us) {
			STAILQ_REMOVE_HEAD(&d->tx, link);
			d->tx_count--;
			arrive(c->ports[i].peer, f);
		}
	}
	for (int i = 0; i < c->n_ports; i++) {
		struct sim_dchan *d = opened(&c->ports[i]);

		if (d && d->rx_count)
			sim_post(&d->h, HW_EV_READABLE);
	}
}

/* As a level-triggered descriptor would: an owner that leaves frames is told again. */
bool sim_dchans_unread(const struct sim_card *c)
{
	for (int i = 0; i < c->n_ports; i++) {
		const struct sim_dchan *d = opened(&c->ports[i]);

		if (d && d->rx_count)
			return true;
	}
	return false;
}
