/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * conf/nearest.c: "did you mean": the word at the smallest Damerau-Levenshtein distance (optimal string
 * alignment: a letter missing, added, wrong, or two swapped), without regard to case.
 */
#include <ctype.h>
#include <string.h>

#include "conf/trunks.h"

enum { WORD_MAX = 64 };		/* longer words are near to nothing */

static int min3(int a, int b, int c)
{
	int m = a < b ? a : b;

	return m < c ? m : c;
}

static int distance(const char *a, size_t na, const char *b, size_t nb)
{
	int rows[3][WORD_MAX + 1];
	int *before = rows[0], *above = rows[1], *row = rows[2];

	for (size_t j = 0; j <= nb; j++)
		above[j] = (int)j;
	memset(before, 0, sizeof(rows[0]));
	for (size_t i = 1; i <= na; i++) {
		int *spare = before;

		row[0] = (int)i;
		for (size_t j = 1; j <= nb; j++) {
			int ca = tolower((unsigned char)a[i - 1]), cb = tolower((unsigned char)b[j - 1]);
			int d = min3(above[j] + 1, row[j - 1] + 1, above[j - 1] + (ca != cb));

			if (i > 1 && j > 1 && ca == tolower((unsigned char)b[j - 2]) &&
			    cb == tolower((unsigned char)a[i - 2]) && before[j - 2] + 1 < d)
				d = before[j - 2] + 1;
			row[j] = d;
		}
		before = above;
		above = row;
		row = spare;
	}
	return above[nb];
}

const char *conf_nearest(const char *text, const char *const *words, size_t n)
{
	size_t len = strlen(text);
	const char *best = NULL;
	int best_d = 0;

	if (len == 0 || len > WORD_MAX)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		size_t wl = strlen(words[i]);
		size_t longer = wl > len ? wl : len;
		int d;

		if (wl == 0 || wl > WORD_MAX)
			continue;
		d = distance(text, len, words[i], wl);
		/* Near: one slip in a short word, one in every three letters of a long one. */
		if (d > (int)(longer <= 4 ? 1 : (longer + 1) / 3))
			continue;
		if (!best || d < best_d) {
			best = words[i];
			best_d = d;
		}
	}
	return best;
}
