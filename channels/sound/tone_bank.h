/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/sound/tone_bank.h: how much of what is heard is one of a country's tones: for each set of frequencies that the
 * country sounds together, the share of the last 30 ms that these frequencies explain. The front half of
 * tone_rx.c; no cadence here. Pure.
 */
#ifndef CHANNELS_SOUND_TONE_BANK_H
#define CHANNELS_SOUND_TONE_BANK_H

#include <complex.h>

#include "channels/sound/country.h"

#define BANK_BLOCK 40		/* samples: 5 ms, one step */
#define BANK_BLOCK_MS 5
#define BANK_WINDOW 6		/* blocks looked at together */
#define BANK_FREQS 24
#define BANK_SETS 24

struct bank_set {
	uint8_t n;
	uint8_t freq[TONE_FREQS_MAX];			/* of bank.freq */
	bool low;					/* all below 800 Hz: fitted together */
	float complex inverse[TONE_FREQS_MAX][TONE_FREQS_MAX];
};
struct bank_freq {
	unsigned hz;
	int16_t wave[2][BANK_BLOCK] __attribute__((aligned(16)));
	float complex turn[BANK_WINDOW];		/* phase at the start of each block of the window */
	float complex z[BANK_WINDOW];			/* of the last blocks */
	float complex all, before;			/* of the window now, and one block ago */
	unsigned span;					/* blocks that are added by phase: fewer the higher it is */
};
struct tone_bank {
	enum hw_law law;
	unsigned n_freqs, n_sets, at;			/* at: block to be written next */
	float quiet;					/* power below which nothing is a tone */
	uint32_t energy[BANK_WINDOW];
	struct bank_freq freq[BANK_FREQS];
	struct bank_set set[BANK_SETS];
};
/* The last 30 ms. Power is the mean square of samples at 1/4 of g711.h's scale. */
struct bank_look {
	float power, oldest, newest;			/* of the window, of its first and of its last block */
	uint32_t sets;					/* bit: this set explains what is heard */
	float share[BANK_SETS];
};

void bank_init(struct tone_bank *b, enum hw_law law);
/* The set of these frequencies (0 ends them), added if it is new; -1: there is no room, or there are no frequencies. */
int bank_set(struct tone_bank *b, const uint16_t hz[TONE_FREQS_MAX]);
void bank_ready(struct tone_bank *b);			/* after the last set */
void bank_reset(struct tone_bank *b);
/* BANK_BLOCK samples more, at 1/4 of g711.h's scale. */
void bank_step(struct tone_bank *b, const int16_t *x, struct bank_look *out);
/* How far this frequency turned in one block beyond its own, as a phasor to be summed. */
float complex bank_drift(const struct bank_freq *f);
float bank_power(const struct tone_bank *b, double dbm0);	/* what a level is in bank_look's power */

#endif
