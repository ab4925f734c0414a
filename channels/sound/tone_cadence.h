/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/sound/tone_cadence.h: which of a country's tones a row of sounds and pauses is. The back half of tone_rx.c:
 * knows sets of frequencies by number and time by milliseconds, no audio. Pure.
 */
#ifndef CHANNELS_SOUND_TONE_CADENCE_H
#define CHANNELS_SOUND_TONE_CADENCE_H

#include "channels/sound/country.h"

#define CADENCE_RUNS 32		/* sounds and pauses remembered */
#define CADENCE_GAP_MS 60	/* a shorter pause is none: a tone chopped by such goes on */
#define CADENCE_RATIO 1.12f	/* a cadence may be longer or shorter by this: 10 %, and what measuring it takes */

enum { RUN_PAUSE = -1, RUN_OTHER = -2 };	/* a run's set, where it is no tone */

struct cadence_run {
	int8_t set;		/* of frequencies, RUN_PAUSE or RUN_OTHER */
	uint32_t at, ms;	/* when it began, how long it lasted */
	float off;		/* its first frequency's distance from its own, in parts of it */
};
/* One tone of the country, as it is looked for. */
struct cadence {
	enum tone_id id;	/* what is reported */
	uint8_t n, need;	/* parts that come round; runs that prove it */
	bool once;		/* the parts come once, in their order: special information tone */
	bool lasting;		/* no cadence: parts[0] goes on */
	struct { int8_t set; uint16_t ms; } parts[TONE_PARTS_MAX];
	uint32_t period;	/* ms */
};
#define CADENCE_TONES 6
struct cadence_table {
	unsigned n;
	struct cadence tone[CADENCE_TONES];
};
struct cadence_match {
	const struct cadence *tone;	/* NULL: none is proven */
	unsigned next;			/* the part that follows the last run */
	float stretch;			/* measured to nominal */
};

/* The tones of C that supervision tells apart. SET_OF numbers a part's frequencies. */
typedef int cadence_set_of(void *arg, const uint16_t hz[TONE_FREQS_MAX]);
void cadence_table(struct cadence_table *t, const struct country *c, cadence_set_of *set_of, void *arg);
/* What N runs are, the last of which is a tone that has just ended. */
struct cadence_match cadence_match(const struct cadence_table *t, const struct cadence_run *runs, unsigned n);
/* A tone of SET that goes on after MS, or NULL. AWAITED: a dial tone is, and nothing else can be. */
const struct cadence *cadence_lasting(const struct cadence_table *t, int set, uint32_t ms, bool awaited);
/* Two tones of a country that nobody can tell apart within the tolerances: the same frequencies, and cadences less than 22 %
 * apart. The nearer is reported; of two that are the same, the first in enum tone_id's order. */
bool cadence_alike(const struct cadence *a, const struct cadence *b);

#endif
