/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gateway/media/stats.h: a snapshot of counters written by the media thread and read by any, without locks. */
#ifndef GATEWAY_MEDIA_STATS_H
#define GATEWAY_MEDIA_STATS_H

#include <stdatomic.h>

#include "gateway/media/media.h"

#define STATS_WORDS ((sizeof(struct media_stats) + 7) / 8)

struct stats_box {
	_Atomic uint32_t turn;			/* odd while it is written */
	_Atomic uint64_t words[STATS_WORDS];
};

void stats_publish(struct stats_box *b, const struct media_stats *s);
void stats_read(const struct stats_box *b, struct media_stats *out);

#endif
