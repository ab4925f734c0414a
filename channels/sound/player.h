/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/sound/player.h: what is sent into a line in place of a far end's audio: tones of a country, digits, caller ID,
 * silence, one after the other. Pure: it makes octets when it is asked. Made on one thread, used on another.
 */
#ifndef CHANNELS_SOUND_PLAYER_H
#define CHANNELS_SOUND_PLAYER_H

#include <stddef.h>

#include "channels/sound/tone.h"

enum play_kind { PLAY_TONE, PLAY_DIGITS, PLAY_SAMPLES, PLAY_SILENCE };
struct play_item {
	enum play_kind kind;
	const struct tone_def *tone;	/* PLAY_TONE; must live as long as the player */
	unsigned ms;			/* PLAY_TONE: 0 for ever; PLAY_SILENCE: how long */
	double gain_db;			/* PLAY_TONE, PLAY_DIGITS: against the tone's own level */
	const char *digits;		/* PLAY_DIGITS: 0-9 * # A-D, "," 1 s of pause, "w" half a second; copied */
	unsigned on_ms, off_ms;		/* PLAY_DIGITS: 0: 100 and 100 */
	const int16_t *samples;		/* PLAY_SAMPLES: 8 kHz, linear as g711.h's; copied */
	size_t n;
};

struct player;
/* N items, in their order. -EINVAL for a character that no digit has, -ENOMEM. */
int player_open(struct player **out, const struct play_item *items, unsigned n);
void player_close(struct player *p);		/* NULL is fine */
/* The next N octets. Returns how many were made: fewer than N at the end, 0 when all has been played. */
unsigned player_octets(struct player *p, enum hw_law law, uint8_t *buf, unsigned n);

#endif
