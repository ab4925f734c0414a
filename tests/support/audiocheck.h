/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests/support/audiocheck.h: octets that say where they come from, and a tracker that says what became of
 * them. A source is a long run of octets (pseudo-random, or a file of G.711); each sender starts at its own
 * place in it, so a receiver can tell one call's audio from another's, a lost octet from an inserted one and
 * either from a changed one.
 */
#ifndef TESTS_AUDIOCHECK_H
#define TESTS_AUDIOCHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct audio_source {
	uint8_t *octets;
	size_t len;
	bool wraps;	/* pseudo-random: goes round; a file: silence after its end */
	uint8_t idle;	/* what follows the end of a file */
};
int audio_source_random(struct audio_source *s, uint32_t seed, size_t len);
int audio_source_file(struct audio_source *s, const char *path, uint8_t idle);
void audio_source_free(struct audio_source *s);
uint8_t audio_source_at(const struct audio_source *s, size_t start, uint64_t n);

#define AUDIO_WINDOW 64		/* octets that must agree before a place is believed */
#define AUDIO_LOST 8		/* wrong octets in a row that say the stream has jumped */

struct audio_track {
	const struct audio_source *src;
	size_t start;		/* where the sender began in the source */
	const uint8_t *map;	/* 256 entries: what each octet should have become on the way; NULL for itself */
	bool locked;
	uint64_t next;		/* position expected next */
	uint8_t recent[AUDIO_WINDOW];	/* octets since the lock was lost, the latest last */
	size_t n_recent;
	/* What was found. */
	uint64_t octets, verified;	/* received in all; agreed in place */
	uint64_t before;	/* octets before the first lock: silence, ringback */
	uint64_t after;		/* octets after the last one sent */
	uint64_t errors;	/* octets changed in place */
	uint64_t lost, inserted;	/* octets left out of the stream, put into it */
	unsigned breaks;	/* times the lock was lost */
	uint64_t first_bad;	/* number of the first octet received that was wrong, from 1; 0 for none */
	uint64_t run;		/* wrong octets since the last right one */
};
void audio_track_init(struct audio_track *t, const struct audio_source *src, size_t start, const uint8_t *map);
/* Feed what was received; SENT is how many octets the sender has sent so far: a place beyond is not believed. */
void audio_track_feed(struct audio_track *t, const uint8_t *data, size_t len, uint64_t sent);
/* The stream is over. A hang-up cuts what is on its way: what was wrong in the last TAIL octets alone is no fault. */
void audio_track_finish(struct audio_track *t, uint64_t tail);

/* ITU-T G.711 tables 3 and 4: conversion of one character signal between the laws. */
uint8_t g711_mu_to_a(uint8_t mu);
uint8_t g711_a_to_mu(uint8_t a);

#endif
