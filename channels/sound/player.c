/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "channels/sound/player.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "channels/sound/g711.h"

#define PER_MS 8
#define PAUSE_MS 1000		/* "," */
#define SHORT_PAUSE_MS 500	/* "w" */
#define DIGIT_MS 100		/* on, and off after it */

struct item {
	struct play_item conf;
	char *digits;		/* ours */
	int16_t *samples;	/* ours */
};

struct player {
	struct tone tone;
	bool begun;		/* the item AT is under way */
	bool forever;		/* and has no end */
	size_t left;		/* of the present step: octets of sound or silence */
	bool gap;		/* PLAY_DIGITS: the silence after a digit */
	size_t pos;		/* PLAY_DIGITS: the next digit; PLAY_SAMPLES: the next sample */
	unsigned at, n;
	struct item items[];
};

static bool is_pause(char c)
{
	return c == ',' || c == 'w' || c == 'W';
}

static int copy_item(struct item *to, const struct play_item *from)
{
	to->conf = *from;
	switch (from->kind) {
	case PLAY_TONE:
		return from->tone ? 0 : -EINVAL;
	case PLAY_DIGITS:
		if (!from->digits)
			return -EINVAL;
		for (const char *c = from->digits; *c; c++)
			if (!is_pause(*c) && !tone_dtmf(*c))
				return -EINVAL;
		to->digits = strdup(from->digits);
		return to->digits ? 0 : -ENOMEM;
	case PLAY_SAMPLES:
		if (from->n && !from->samples)
			return -EINVAL;
		to->samples = malloc(from->n * sizeof(*to->samples) + 1);
		if (!to->samples)
			return -ENOMEM;
		if (from->n)
			memcpy(to->samples, from->samples, from->n * sizeof(*to->samples));
		return 0;
	case PLAY_SILENCE:
		return 0;
	}
	return -EINVAL;
}

int player_open(struct player **out, const struct play_item *items, unsigned n)
{
	struct player *p = calloc(1, sizeof(*p) + n * sizeof(p->items[0]));
	int err = p ? 0 : -ENOMEM;

	tones_init();
	while (!err && p->n < n) {
		err = copy_item(&p->items[p->n], &items[p->n]);
		p->n++;
	}
	if (err) {
		player_close(p);
		return err;
	}
	*out = p;
	return 0;
}

void player_close(struct player *p)
{
	if (!p)
		return;
	for (unsigned i = 0; i < p->n; i++) {
		free(p->items[i].digits);
		free(p->items[i].samples);
	}
	free(p);
}

static void begin_tone(struct player *p, const struct tone_def *def, enum hw_law law, unsigned ms)
{
	tone_start_gain(&p->tone, def, law, p->items[p->at].conf.gain_db);
	p->left = (size_t)ms * PER_MS;
}

/* The next digit, its silence, or a pause. False: all are played. */
static bool next_digit(struct player *p, enum hw_law law)
{
	const struct item *it = &p->items[p->at];
	char c;

	if (p->gap) {
		p->gap = false;
		begin_tone(p, NULL, law, it->conf.off_ms ? it->conf.off_ms : DIGIT_MS);
		return true;
	}
	c = it->digits[p->pos];
	if (!c)
		return false;
	p->pos++;
	p->gap = !is_pause(c);
	if (p->gap)
		begin_tone(p, tone_dtmf(c), law, it->conf.on_ms ? it->conf.on_ms : DIGIT_MS);
	else
		begin_tone(p, NULL, law, c == ',' ? PAUSE_MS : SHORT_PAUSE_MS);
	return true;
}

/* The first or the next step of the present item; at its end, of the one after it. False: the end. */
static bool next_step(struct player *p, enum hw_law law)
{
	for (; p->at < p->n; p->at++) {
		const struct item *it = &p->items[p->at];
		bool first = !p->begun;

		p->begun = true;
		if (it->conf.kind == PLAY_DIGITS && next_digit(p, law))
			return true;
		if (first && it->conf.kind == PLAY_TONE) {
			begin_tone(p, it->conf.tone, law, it->conf.ms);
			p->forever = !it->conf.ms;
			return true;
		}
		if (first && it->conf.kind == PLAY_SILENCE && it->conf.ms) {
			begin_tone(p, NULL, law, it->conf.ms);
			return true;
		}
		if (first && it->conf.kind == PLAY_SAMPLES && it->conf.n) {
			p->left = it->conf.n;
			return true;
		}
		p->begun = false;
		p->pos = 0;
	}
	return false;
}

static void play(struct player *p, enum hw_law law, uint8_t *buf, unsigned n)
{
	const struct item *it = &p->items[p->at];

	if (it->conf.kind != PLAY_SAMPLES) {
		tone_samples(&p->tone, law, buf, n);
		return;
	}
	for (unsigned i = 0; i < n; i++)
		buf[i] = law_encode(law, it->samples[p->pos++]);
}

unsigned player_octets(struct player *p, enum hw_law law, uint8_t *buf, unsigned n)
{
	unsigned done = 0;

	while (done < n) {
		unsigned part = n - done;

		if (!p->forever && !p->left && !next_step(p, law))
			break;
		if (!p->forever && part > p->left)
			part = (unsigned)p->left;
		play(p, law, buf + done, part);
		p->left -= p->forever ? 0 : part;
		done += part;
	}
	return done;
}
