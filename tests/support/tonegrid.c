/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/tonegrid.h"

#include <stdlib.h>
#include <string.h>

#include "channels/sound/listener.h"
#include "channels/sound/tone_rx.h"
#include "tests/support/tonemaker.h"

#define N 80
#define BEFORE_MS 300		/* noise before the tone */
#define LASTING_MS 1000
#define FOREVER_MS 8000		/* a part as long as this is no burst */
#define DELAY_MS 70		/* an end is seen 50 ms late, in blocks of 10 ms */

struct ear {
	const struct country *country;
	enum tone_id id;
	struct tonegrid_result r;
	unsigned now;
};

static void hear(void *arg, const struct heard *h)
{
	struct ear *e = arg;

	e->r.speech += h->kind == HEARD_SPEECH;
	if (h->kind != HEARD_TONE)
		return;
	if (e->r.first == TONE_NONE) {
		e->r.first = h->tone;
		e->r.ms = e->now > BEFORE_MS ? e->now - BEFORE_MS : 0;
	}
	if (!tone_rx_alike(e->country, h->tone, e->id))
		e->r.confused = h->tone;
}

/* Has this tone a burst of the same frequencies, of LEAST to MOST ms? The longest. */
static unsigned burst_like(const struct tone_def *d, const struct tone_part *like, double least, double most)
{
	unsigned longest = 0;

	for (unsigned p = d->repeat_from; p < d->n_parts; p++)
		if (d->parts[p].ms >= least && d->parts[p].ms <= most && d->parts[p].ms > longest &&
		    !memcmp(d->parts[p].hz, like->hz, sizeof(like->hz)))
			longest = d->parts[p].ms;
	return longest;
}

static void set_allowed(struct tonegrid_result *r, const struct country *c, enum tone_id id, double stretch)
{
	const struct tone_def *d = &c->tones[id];
	const struct tone_part *first = &d->parts[d->repeat_from];
	double cycle = tonemaker_cycle_ms(d), before = 0;

	for (unsigned p = 0; p < d->repeat_from; p++)
		before += d->parts[p].ms * stretch;
	r->own_ms = (unsigned)(before + (cycle > 0 ? 2 * cycle * stretch + DELAY_MS : LASTING_MS));
	r->allowed_ms = r->own_ms;
	for (unsigned other = TONE_DIAL; other <= TONE_SIT; other++) {
		const struct tone_def *o = &c->tones[other];
		double may = 0;

		if (other == id || !o->n_parts)
			continue;
		if (cycle <= 0)
			may = before + 1.12 * burst_like(o, first, 0, FOREVER_MS) + 2 * DELAY_MS;
		else if (burst_like(o, first, first->ms / 1.22, first->ms * 1.22))
			may = before + 2 * tonemaker_cycle_ms(o) * stretch + DELAY_MS;
		r->allowed_ms = may > r->allowed_ms ? (unsigned)may : r->allowed_ms;
	}
}

static struct tonemaker maker_of(const struct tone_def *def, const struct tonegrid_line *line)
{
	return (struct tonemaker){
		.def = def, .law = line->law, .dbm0 = line->dbm0, .snr_db = line->snr_db, .tune = line->tune,
		.tune_odd = line->tune_odd, .stretch = line->stretch, .skip_ms = line->skip_ms, .seed = 7,
	};
}

/* BEFORE_MS of noise, then the tone, MS in all. */
static void listen(struct ear *e, struct tonemaker *t, unsigned ms)
{
	struct tonemaker noise = *t;
	struct listener *l;
	uint8_t buf[N];

	noise.def = NULL;
	if (listener_open(&l, e->country, t->law, 0))
		abort();
	listener_want(l, LISTEN_DTMF | LISTEN_TONES | LISTEN_SPEECH);
	while (e->now < ms) {
		tonemaker_octets(e->now < BEFORE_MS ? &noise : t, buf, N);
		e->now += N / 8;
		listener_feed(l, buf, N, hear, e);
	}
	listener_close(l);
}

struct tonegrid_result tonegrid_run(const struct country *c, enum tone_id id, const struct tonegrid_line *line)
{
	struct tonemaker t = maker_of(&c->tones[id], line);
	struct ear e = { .country = c, .id = id };

	set_allowed(&e.r, c, id, line->stretch);
	listen(&e, &t, BEFORE_MS + e.r.allowed_ms + (unsigned)(1.5 * tonemaker_cycle_ms(t.def)) + 500);
	return e.r;
}

enum tone_id tonegrid_heard(const struct country *c, const struct tone_def *def, const struct tonegrid_line *line)
{
	struct tonemaker t = maker_of(def, line);
	struct ear e = { .country = c };

	listen(&e, &t, 20000);
	return e.r.first;
}
