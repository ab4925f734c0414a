/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hw/sim/bus.c: audio on a copper pair of the simulated card. Media thread, but for sim_bus_set().
 *
 * A pair is a bus: everybody who is on it hears the sum of the others. It is caught up with when one of its
 * lines is read, written, started or stopped, and before what is on it changes; a tick costs nothing. Who hears
 * one other party alone, on a pair that does nothing to audio, gets its octets as they are; all else is mixed
 * in linear.
 */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "hw/sim/analog.h"

enum { CHUNK = 160, UNITY = 1 << 15, SENT = 512 };

static int factor(double db)
{
	return (int)lround(UNITY * pow(10, db / 20));
}

/* Four random octets make a sample: 510 on average, with this deviation. */
#define DICE_MEAN 510
#define DICE_SIGMA 147.80

static int noise_factor(double dbm0) /* of a sample, 1 << 16; full scale is a sine of 3.14 dBm0 (G.711) */
{
	return dbm0 < 0 ? (int)lround(65536.0 * 32768 / DICE_SIGMA * M_SQRT1_2 * pow(10, (dbm0 - 3.14) / 20)) : 0;
}

void sim_bus_init(struct sim_bus *b, struct sim_port *clock, uint32_t dice)
{
	b->clock = clock;
	b->dice = dice;
	b->loss = UNITY;
}

void sim_bus_set(struct sim_bus *b, const struct sim_pair *p)
{
	const double to[SIM_SETTINGS] = {
		[SIM_LOSS] = p->loss_db * 100,
		[SIM_ECHO] = p->echo_db * 100,
		[SIM_DELAY] = p->echo_ms * 8,
		[SIM_NOISE] = p->noise_dbm0 * 100,
	};

	for (int i = 0; i < SIM_SETTINGS; i++)
		atomic_store_explicit(&b->set[i], (int)lround(to[i]), memory_order_relaxed);
}

void sim_bus_load(struct sim_bus *b)
{
	bool same = true;

	for (int i = 0; i < SIM_PARTIES; i++) {
		unsigned gate = atomic_load_explicit(&b->end[i].gate, memory_order_relaxed);

		b->end[i].plays = gate & SIM_PLAYS;
		b->end[i].hears = gate & SIM_HEARS;
	}
	for (int i = 0; i < SIM_SETTINGS; i++) {
		int v = atomic_load_explicit(&b->set[i], memory_order_relaxed);

		same = same && v == b->seen[i];
		b->seen[i] = v;
	}
	if (same)
		return;
	b->loss = factor(-b->seen[SIM_LOSS] / 100.0);
	b->echo = b->seen[SIM_ECHO] ? factor(-b->seen[SIM_ECHO] / 100.0) : 0;
	b->delay = (unsigned)b->seen[SIM_DELAY];
	b->noise = noise_factor(b->seen[SIM_NOISE] / 100.0);
}

/* --- Moving ------------------------------------------------------------------------------------------------ */

struct sent { /* what the parties have sent in a chunk */
	bool any[SIM_PARTIES];
	uint8_t octets[SIM_PARTIES][CHUNK];
};

static int roll_noise(struct sim_bus *b)
{
	uint32_t x = sim_roll(&b->dice);
	int sum = (int)(x & 255) + (int)(x >> 8 & 255) + (int)(x >> 16 & 255) + (int)(x >> 24);

	return (int)(((int64_t)(sum - DICE_MEAN) * b->noise + 32768) >> 16);
}

/* A-law has no zero: what is sent when there is nothing to send would be a voltage on the line. */
static int16_t linear(enum hw_law law, uint8_t octet)
{
	return octet == sim_law_idle(law) ? 0 : sim_law_decode(law, octet);
}

static void add(int *mix, const uint8_t *octets, size_t n, enum hw_law law, int by)
{
	for (size_t i = 0; i < n; i++)
		mix[i] += (linear(law, octets[i]) * by + UNITY / 2) >> 15;
}

static void add_echo(const struct sim_bus *b, int party, int *mix, size_t n)
{
	const struct sim_bus_end *e = &b->end[party];
	unsigned at = e->at - (unsigned)n - b->delay;

	for (size_t i = 0; i < n; i++)
		mix[i] += (e->sent[(at + i) % SENT] * b->echo + UNITY / 2) >> 15;
}

/* What PARTY hears of S, into OUT. */
static void hear(struct sim_bus *b, int party, const struct sent *s, uint8_t *out, size_t n)
{
	enum hw_law law = b->clock->law;
	bool echo = b->echo && b->end[party].line->taps <= b->delay; /* a canceller that is long enough leaves none */
	int mix[CHUNK] = {0}, others = 0, last = 0;

	for (int i = 0; i < SIM_PARTIES; i++)
		if (i != party && s->any[i]) {
			others++;
			last = i;
		}
	if (!b->end[party].hears || (!others && !b->noise && !echo)) {
		memset(out, sim_law_idle(law), n);
		return;
	}
	if (others == 1 && b->loss == UNITY && !b->noise && !echo) {
		memcpy(out, s->octets[last], n);
		return;
	}
	for (int i = 0; i < SIM_PARTIES; i++)
		if (i != party && s->any[i])
			add(mix, s->octets[i], n, law, b->loss);
	if (echo)
		add_echo(b, party, mix, n);
	for (size_t i = 0; i < n; i++)
		out[i] = sim_law_encode(law, mix[i] + (b->noise ? roll_noise(b) : 0));
}

static void deliver(struct sim_line *l, const uint8_t *octets, size_t n)
{
	uint8_t *at;

	while (n) {
		size_t k = sim_ring_room(l, &at);

		if (!k) {
			sim_count(&l->h.slot->port->count.overruns, n);
			return;
		}
		k = k < n ? k : n;
		memcpy(at, octets, k);
		l->rx_fill += (unsigned)k;
		octets += k;
		n -= k;
	}
}

static void keep(struct sim_bus_end *e, const struct sent *s, int party, size_t n, enum hw_law law)
{
	for (size_t i = 0; i < n; i++)
		e->sent[e->at++ % SENT] = s->any[party] ? linear(law, s->octets[party][i]) : 0;
}

static void move(struct sim_bus *b, size_t n)
{
	uint8_t heard[CHUNK];
	struct sent s;

	for (int i = 0; i < SIM_PARTIES; i++) {
		struct sim_bus_end *e = &b->end[i];

		s.any[i] = e->line && e->plays;
		if (e->line)
			sim_ring_take(e->line, e->line->h.slot->port, s.any[i] ? s.octets[i] : NULL, n);
		if (b->echo)
			keep(e, &s, i, n, b->clock->law);
	}
	for (int i = 0; i < SIM_PARTIES; i++)
		if (b->end[i].line) {
			hear(b, i, &s, heard, n);
			deliver(b->end[i].line, heard, n);
		}
}

static bool somebody_has_room(struct sim_bus *b)
{
	uint8_t *at;

	for (int i = 0; i < SIM_PARTIES; i++)
		if (b->end[i].line && sim_ring_room(b->end[i].line, &at))
			return true;
	return false;
}

void sim_bus_run(struct sim_bus *b)
{
	size_t n = b->clock->m.now - b->done;

	b->done += n;
	while (n && somebody_has_room(b)) {
		size_t k = n < CHUNK ? n : CHUNK;

		move(b, k);
		n -= k;
	}
	for (int i = 0; n && i < SIM_PARTIES; i++) { /* nobody listens: it is gone */
		struct sim_line *l = b->end[i].line;

		if (!l)
			continue;
		sim_ring_take(l, l->h.slot->port, NULL, n);
		sim_count(&l->h.slot->port->count.overruns, n);
	}
}

/* --- Lines --------------------------------------------------------------------------------------------------- */

static struct sim_bus_end *end_of(struct sim_line *l)
{
	return &l->loop->bus.end[l->party];
}

void sim_bus_start(struct sim_line *l, const struct hw_audio *a)
{
	sim_bus_run(&l->loop->bus);
	sim_ring_start(l, a);
	l->rx_tabled = l->tx_tabled = 0;
	end_of(l)->line = l;
}

void sim_bus_stop(struct sim_line *l)
{
	sim_bus_run(&l->loop->bus);
	if (end_of(l)->line == l)
		end_of(l)->line = NULL;
	l->block = 0;
}

/* A gain other than 0 dB is a table from octet to octet. */
static void amplify(struct sim_line *l, atomic_int *gain, int *tabled, uint8_t *table, uint8_t *buf, size_t n)
{
	int to = atomic_load_explicit(gain, memory_order_relaxed);

	if (!to)
		return;
	if (to != *tabled) {
		int by = factor(to / 100.0);

		for (int i = 0; i < 256; i++) {
			int64_t v = (int64_t)sim_law_decode(l->base.law, (uint8_t)i) * by;

			table[i] = sim_law_encode(l->base.law, (int)((v + UNITY / 2) >> 15));
		}
		*tabled = to;
	}
	for (size_t i = 0; i < n; i++)
		buf[i] = table[buf[i]];
}

int sim_bus_read(struct sim_line *l, uint8_t *buf, size_t size)
{
	struct sim_bus *b = &l->loop->bus;
	int n;

	if (end_of(l)->line != l || size < l->block)
		return -EINVAL;
	if (l->rx_fill + (b->clock->m.now - b->done) < l->block)
		return 0;
	sim_bus_run(b);
	n = sim_ring_read(l, buf);
	if (n > 0)
		amplify(l, &l->rx_gain, &l->rx_tabled, l->rx_table, buf, (size_t)n);
	return n;
}

int sim_bus_write(struct sim_line *l, const uint8_t *buf, size_t len)
{
	uint8_t louder[CHUNK];

	if (end_of(l)->line != l)
		return -EINVAL;
	if (!len)
		return 0;
	sim_bus_run(&l->loop->bus);
	if (!atomic_load_explicit(&l->tx_gain, memory_order_relaxed))
		return sim_ring_write(l, buf, len);
	len = len < l->block ? len : l->block;
	memcpy(louder, buf, len);
	amplify(l, &l->tx_gain, &l->tx_tabled, l->tx_table, louder, len);
	return sim_ring_write(l, louder, len);
}
