/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dialplan/did_pattern.h: one pattern of the DID file, private to dialplan/. Syntax and specificity are
 * described in did.h.
 */
#ifndef DIALPLAN_DID_PATTERN_H
#define DIALPLAN_DID_PATTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dialplan/number.h"

enum {
	PATTERN_TEXT_MAX = 200,	/* octets of a pattern as written */
	PATTERN_RANGE_MAX = 15,	/* digits that a range may replace */
	PATTERN_PIECES_MAX = 40,	/* a range of that many digits falls into fewer */
	SYMBOLS = 17,		/* 0-9 * # A-D + */
	SYMBOLS_X = 0x3ff,	/* x: the ten digits */
};

/* What is wrong with a piece of text: octets AT .. AT + LEN. */
struct fault {
	size_t at, len;
	char message[200], suggestion[200];
};
void fault_set(struct fault *f, size_t at, size_t len, const char *suggestion, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));

struct pattern {
	int n;				/* positions */
	uint32_t mask[NUMBER_MAX];	/* symbols that each position allows, by bit */
	bool wild;			/* ends in "*": anything may follow, also nothing */
	int range;			/* the last RANGE positions are the digits LO .. HI; 0 for none */
	uint64_t lo, hi;
};

/* The bit of a character of a number, 0 for one that no pattern names. */
uint32_t symbol_bit(char c);

int pattern_parse(struct pattern *p, const char *text, size_t len, struct fault *f);	/* 0 or -EINVAL */

/* A range as patterns without one, at most PATTERN_PIECES_MAX; any other pattern as itself. Returns how many. */
int pattern_pieces(const struct pattern *p, struct pattern *out);

/* In how many ways can the pattern go on at position K, given what is before it: N(K) / N(K - 1), where N(K)
 * counts the different beginnings of K + 1 symbols; 0 where that is no whole number (ranges only). */
uint64_t pattern_choices(const struct pattern *p, int k);

/* How many different beginnings of J digits a range has. */
uint64_t range_beginnings(const struct pattern *p, int j);

/* Below 0: A is more specific than B; above 0: less; 0: equally. */
int pattern_compare(const struct pattern *a, const struct pattern *b);

/* Does NUMBER match? If not, WHY (when not NULL) says where, and *DEPTH how many symbols agreed. */
bool pattern_match(const struct pattern *p, const char *number, char *why, size_t size, int *depth);

/* The symbols of MASK as in a pattern: "5", "x", "[2-4]". */
void mask_text(uint32_t mask, char *out, size_t size);

#endif
