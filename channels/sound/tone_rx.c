/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From the shares of a country's frequencies, every 5 ms, to a row of runs: sounds of one set of frequencies, pauses, and
 * other sounds. A run changes when the other has lasted for 20 ms, a
 * sound to a pause for 80, and is dated back. Each sound that ends is matched with the
 * cadences; a sound that does not end may be a tone without one.
 */
#include "channels/sound/tone_rx.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "channels/sound/tone_bank.h"
#include "channels/sound/tone_cadence.h"

#define CHANGE 4		/* blocks that make a change believed, */
#define CHANGE_PAUSE 16		/* of a sound to a pause: dial tones are chopped by pauses of 20 to 50 ms */
#define NARROW 10		/* blocks of a sound after which its frequencies are known well enough to choose */
#define SETTLE 5		/* blocks of a sound whose window still holds what came before it */
#define LATE_MS 60		/* a part that lasts this much too long is not the part */
#define EDGE_MS 5		/* a sound is seen this much shorter than it is at an edge to silence: the window is 30 ms */
#define SPLINTER 8		/* blocks: as a sound begins, other frequencies may explain the little of it in the window */
#define PURE 0.85f		/* of a sound's power in its frequencies, at least; noise 20 dB below leaves 0.99 */
#define PURE_LASTING 0.90f
#define DRIFT 0.021f		/* frequencies this far off are another tone */
#define DRIFT_SIT 0.055f	/* E.180 4.7 allows 50 Hz */
#define DRIFT_HZ 1.5f
#define PAUSE_SHARE 0.1f	/* a pause's power against the sound before it: noise may be 20 dB below a tone */
#define STEADY 2.0f		/* strongest to weakest 100 ms of a tone without cadence */
#define STEADY_BLOCKS 20

struct tone_rx {
	struct tone_bank bank;
	struct cadence_table table;
	unsigned n_own;				/* sets of the country; those after them are other countries' */
	uint32_t own;				/* their bits */
	uint32_t block;				/* blocks since reset */
	/* the run that goes on */
	uint32_t mask;				/* sets that explain it; 0: a pause, or another sound */
	uint32_t began;
	bool from_sound;			/* it followed another sound at once */
	uint32_t frames;			/* blocks that were summed up */
	float share[BANK_SETS], power;
	float complex drift[BANK_FREQS];
	float steady_sum, steady_least, steady_most;
	unsigned steady_n;
	/* what may replace it */
	unsigned change;
	uint32_t change_mask, change_at;
	/* the runs before it, the latest last */
	struct cadence_run runs[CADENCE_RUNS];
	unsigned n_runs;
	float last_power;			/* of the last sound */
	/* the tone that was recognised */
	const struct cadence *tone;
	uint32_t tone_at, tone_seen;		/* ms: its first sound, the end of its last one */
	unsigned next, first_next, cycles;
	float stretch;
	bool await_dial;
};

/*
 * A call abroad brings the other country's tones. They are not told one from another, but they are no voice.
 * Ringback, busy and congestion of every country lie near enough to one of these.
 */
static const uint16_t abroad[][TONE_FREQS_MAX] = {
	{ 425 }, { 400 }, { 440 }, { 450 }, { 400, 450 }, { 440, 480 }, { 480, 620 }, { 350, 440 }, { 413, 438 }, { 367, 433 },
	{ 950 }, { 1400 }, { 1800 },
};

static int set_of(void *arg, const uint16_t hz[TONE_FREQS_MAX])
{
	int set = bank_set(arg, hz);

	return set < 0 ? RUN_OTHER : set;
}

int tone_rx_open(struct tone_rx **out, const struct country *c, enum hw_law law)
{
	struct tone_rx *r = calloc(1, sizeof(*r));

	if (!r)
		return -ENOMEM;
	bank_init(&r->bank, law);
	cadence_table(&r->table, c, set_of, &r->bank);
	/* The other tones of the country are told from speech, and no more. */
	for (unsigned id = TONE_NONE + 1; id < TONE_IDS; id++)
		for (unsigned p = 0; p < c->tones[id].n_parts; p++)
			bank_set(&r->bank, c->tones[id].parts[p].hz);
	r->n_own = r->bank.n_sets;
	r->own = (1u << r->n_own) - 1;
	for (unsigned i = 0; i < sizeof(abroad) / sizeof(abroad[0]); i++)
		bank_set(&r->bank, abroad[i]);
	bank_ready(&r->bank);
	tone_rx_reset(r);
	*out = r;
	return 0;
}

void tone_rx_close(struct tone_rx *r)
{
	free(r);
}

static void begin_run(struct tone_rx *r, uint32_t mask, uint32_t at)
{
	r->mask = mask;
	r->began = at;
	r->frames = r->steady_n = 0;
	r->power = r->steady_sum = r->steady_most = 0;
	r->steady_least = INFINITY;
	memset(r->share, 0, sizeof(r->share));
	memset(r->drift, 0, sizeof(r->drift));
}

void tone_rx_reset(struct tone_rx *r)
{
	bank_reset(&r->bank);
	r->block = r->change = r->n_runs = 0;
	r->tone = NULL;
	begin_run(r, 0, 0);
}

void tone_rx_await_dial(struct tone_rx *r, bool yes)
{
	r->await_dial = yes;
}

/* How far a frequency of the run that goes on is from what it ought to be, in Hz. */
static float off_by(const struct tone_rx *r, unsigned freq)
{
	return cargf(r->drift[freq]) * 1000 / (2 * (float)M_PI * BANK_BLOCK_MS);
}

static bool in_tune(const struct tone_rx *r, const struct bank_set *s)
{
	for (unsigned i = 0; i < s->n; i++) {
		float may = (s->low ? DRIFT : DRIFT_SIT) * (float)r->bank.freq[s->freq[i]].hz + DRIFT_HZ;

		if (fabsf(off_by(r, s->freq[i])) > may)
			return false;
	}
	return true;
}

/* The share of power that the window shows of these frequencies alone, as far off as they are. */
static float share_if_pure(const struct tone_rx *r, const struct bank_set *s)
{
	float sum = 0;

	for (unsigned i = 0; i < s->n; i++) {
		float turn = (float)M_PI * off_by(r, s->freq[i]) * (float)r->bank.freq[s->freq[i]].span * BANK_BLOCK_MS / 1000;

		sum += fabsf(turn) > 0.01f ? sinf(turn) * sinf(turn) / (turn * turn) : 1;
	}
	return sum / (float)s->n;
}

/* Two frequencies beside one may explain its edges better than it does itself: they have no say in where the sound ends. */
static void narrow(struct tone_rx *r)
{
	uint32_t mask = 0;

	for (unsigned i = 0; i < r->n_own; i++)
		if (r->mask & 1u << i && in_tune(r, &r->bank.set[i]))
			mask |= 1u << i;
	if (mask)
		r->mask = mask;
}

/* Sums of the run that goes on, without its edges. */
static void sum_up(struct tone_rx *r, const struct bank_look *look)
{
	if (r->block - r->began < SETTLE + (r->mask ? 0 : 3))
		return;
	r->frames++;
	if (!r->mask) {
		r->power += look->oldest;
		return;
	}
	r->power += look->power;
	for (unsigned i = 0; i < r->n_own; i++)
		r->share[i] += look->sets & 1u << i ? look->share[i] : 0;
	for (unsigned i = 0; i < r->bank.n_freqs; i++)
		r->drift[i] += bank_drift(&r->bank.freq[i]);
	if (r->frames == NARROW)
		narrow(r);
	r->steady_sum += look->newest;
	if (++r->steady_n == STEADY_BLOCKS) {
		r->steady_least = fminf(r->steady_least, r->steady_sum);
		r->steady_most = fmaxf(r->steady_most, r->steady_sum);
		r->steady_sum = 0;
		r->steady_n = 0;
	}
}

/* The set of frequencies that the run that goes on is made of, or RUN_OTHER. */
static int run_set(const struct tone_rx *r, float pure)
{
	int best = RUN_OTHER;
	float most = 0;

	if (!r->mask)
		return RUN_PAUSE;
	for (unsigned i = 0; r->frames && i < r->n_own; i++) {
		const struct bank_set *s = &r->bank.set[i];
		float share = r->share[i] / (float)r->frames;

		if (share > most && in_tune(r, s) && share > pure * share_if_pure(r, s)) {
			most = share;
			best = (int)i;
		}
	}
	return best;
}

/* The run that goes on has ended at block AT. */
static void close_run(struct tone_rx *r, uint32_t at)
{
	struct cadence_run run = { .set = (int8_t)run_set(r, PURE), .at = r->began * BANK_BLOCK_MS };
	float mean = r->frames ? r->power / (float)r->frames : 0;

	run.ms = (at - r->began) * BANK_BLOCK_MS;
	if (run.set >= 0)
		run.off = off_by(r, r->bank.set[run.set].freq[0]) / (float)r->bank.freq[r->bank.set[run.set].freq[0]].hz;
	if (r->mask) {
		run.ms += (r->from_sound ? 0 : EDGE_MS) + (r->change_mask ? 0 : EDGE_MS);
		r->last_power = mean;
	} else {
		run.ms -= run.ms > 2 * EDGE_MS ? 2 * EDGE_MS : 0;
		if (run.ms < CADENCE_GAP_MS)
			return;
		if (mean > PAUSE_SHARE * r->last_power && mean > r->bank.quiet)
			run.set = RUN_OTHER;
	}
	if (r->n_runs == CADENCE_RUNS) {
		memmove(r->runs, r->runs + 1, sizeof(r->runs) - sizeof(r->runs[0]));
		r->n_runs--;
	}
	r->runs[r->n_runs++] = run;
}

static void end_tone(struct tone_rx *r, struct tone_rx_event *e)
{
	*e = (struct tone_rx_event){ r->tone->id, true, r->tone_seen - r->tone_at, r->cycles };
	r->tone = NULL;
}

static void say_tone(struct tone_rx *r, struct tone_rx_event *e)
{
	*e = (struct tone_rx_event){ r->tone->id, false, r->block * BANK_BLOCK_MS - r->tone_at, r->cycles };
}

/* A sound has ended: is it a cadence? */
static void sound_ended(struct tone_rx *r, struct tone_rx_event *e)
{
	const struct cadence_run *last = &r->runs[r->n_runs - 1];
	struct cadence_match m = cadence_match(&r->table, r->runs, r->n_runs);

	if (r->tone && (!m.tone || (m.tone->id != r->tone->id && !cadence_alike(m.tone, r->tone)))) {
		if (r->tone->lasting)
			r->tone_seen = last->at + last->ms;
		end_tone(r, e);
		/* what has begun in its place is matched again at its next sound, or now if nothing was said */
	}
	if (!m.tone || e->tone != TONE_NONE)
		return;
	r->stretch = m.stretch;
	r->next = m.next;
	r->tone_seen = last->at + last->ms;
	if (!r->tone) {
		r->tone = m.tone;
		r->tone_at = r->runs[r->n_runs - m.tone->need].at;
		r->first_next = m.next;
		r->cycles = 1;
		say_tone(r, e);
	} else if (m.next == r->first_next) {
		r->cycles++;
		say_tone(r, e);
	}
}

static void sound_goes_on(struct tone_rx *r, struct tone_rx_event *e)
{
	uint32_t ms = (r->block - r->began) * BANK_BLOCK_MS;
	const struct cadence *c;

	if (r->tone && r->tone->lasting) {
		r->tone_seen = r->block * BANK_BLOCK_MS;
		if (ms / 1000 > r->cycles) {
			r->cycles = ms / 1000;
			say_tone(r, e);
		}
		return;
	}
	if (r->tone || ms % 20)
		return;
	c = cadence_lasting(&r->table, run_set(r, PURE_LASTING), ms, r->await_dial);
	if (!c || r->steady_most > STEADY * r->steady_least)
		return;
	r->tone = c;
	r->tone_at = r->began * BANK_BLOCK_MS;
	r->tone_seen = r->block * BANK_BLOCK_MS;
	r->cycles = ms / 1000;
	say_tone(r, e);
}

/* A tone with a cadence ends when a part of it lasts too long; any ends with what cannot be its next part. */
static void check_overdue(struct tone_rx *r, struct tone_rx_event *e)
{
	float ms = (float)((r->block - r->began) * BANK_BLOCK_MS), part;

	if (r->tone->lasting)
		return;
	if (r->tone->once && r->next == 0) {
		part = CADENCE_RATIO * 2000;
	} else {
		unsigned p = r->next;

		/* the pause is running, or the sound after it */
		if (r->mask && r->tone->parts[p].set < 0)
			p = (p + 1) % r->tone->n;
		part = r->stretch * r->tone->parts[p].ms;
	}
	if (ms > part + LATE_MS + 0.05f * part)
		end_tone(r, e);
}

static void change_run(struct tone_rx *r, struct tone_rx_event *e)
{
	bool sound = r->mask != 0;

	r->change = 0;
	if (sound && r->change_mask && r->change_at - r->began < SPLINTER) {
		begin_run(r, r->change_mask, r->began);
		return;
	}
	close_run(r, r->change_at);
	begin_run(r, r->change_mask, r->change_at);
	r->from_sound = sound;
	if (sound)
		sound_ended(r, e);
}

void tone_rx_step(struct tone_rx *r, const int16_t *x, struct tone_rx_event *event, struct tone_rx_now *now)
{
	struct bank_look look;

	bank_step(&r->bank, x, &look);
	*event = (struct tone_rx_event){ 0 };
	*now = (struct tone_rx_now){ look.sets != 0, 16.0f * look.newest };
	look.sets &= r->own;
	if (r->mask ? look.sets & r->mask : !look.sets) {
		r->change = 0;
		sum_up(r, &look);
	} else if (!r->change || !(look.sets ? look.sets & r->change_mask : !r->change_mask)) {
		r->change = 1;
		r->change_at = r->block;
		r->change_mask = look.sets;
	} else {
		r->change++;
		r->change_mask &= look.sets;
	}
	if (r->change >= (r->mask && !r->change_mask ? CHANGE_PAUSE : CHANGE))
		change_run(r, event);
	else if (r->mask && !r->change)
		sound_goes_on(r, event);
	if (r->tone && event->tone == TONE_NONE)
		check_overdue(r, event);
	r->block++;
}

static bool first_of(const struct cadence_table *t, enum tone_id id, const struct cadence **out)
{
	for (unsigned i = 0; i < t->n; i++)
		if (t->tone[i].id == id) {
			*out = &t->tone[i];
			return true;
		}
	return false;
}

bool tone_rx_alike(const struct country *c, enum tone_id a, enum tone_id b)
{
	static const enum tone_id dial[] = { [TONE_STUTTER] = TONE_DIAL };
	struct tone_bank bank;
	struct cadence_table t;
	const struct cadence *x, *y;

	a = a == TONE_STUTTER ? dial[a] : a;
	b = b == TONE_STUTTER ? dial[b] : b;
	if (a == b)
		return true;
	bank_init(&bank, HW_ALAW);
	cadence_table(&t, c, set_of, &bank);
	return first_of(&t, a, &x) && first_of(&t, b, &y) && cadence_alike(x, y);
}
