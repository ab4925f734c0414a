/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gateway/media/stats.h"

#include <string.h>

/* The words are atomic and the turn is stored around them, so a reader that saw the same even turn before
 * and after has a whole snapshot; all in order of one another, as it happens four times a second. */
void stats_publish(struct stats_box *b, const struct media_stats *s)
{
	uint64_t words[STATS_WORDS] = { 0 };
	uint32_t turn = atomic_load_explicit(&b->turn, memory_order_relaxed);

	memcpy(words, s, sizeof(*s));
	atomic_store(&b->turn, turn + 1);
	for (unsigned i = 0; i < STATS_WORDS; i++)
		atomic_store(&b->words[i], words[i]);
	atomic_store(&b->turn, turn + 2);
}

void stats_read(const struct stats_box *b, struct media_stats *out)
{
	uint64_t words[STATS_WORDS];
	uint32_t before, after;

	do {
		before = atomic_load(&b->turn);
		for (unsigned i = 0; i < STATS_WORDS; i++)
			words[i] = atomic_load(&b->words[i]);
		after = atomic_load(&b->turn);
	} while (before != after || before & 1);
	memcpy(out, words, sizeof(*out));
}
