/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests/support/media_pair.h: two analog ports at the ends of a wire of mediarig.h, alone or with an RTP stream on one of them. */
#ifndef TESTS_SUPPORT_MEDIA_PAIR_H
#define TESTS_SUPPORT_MEDIA_PAIR_H

#include "tests/support/mediarig.h"

struct media_pair {
	struct rig rig;
	struct media_port *a, *b;
	struct hw_line *ha, *hb;
};
struct media_call {		/* an RTP stream on line A, whose far end is B */
	struct media_pair pair;
	struct media_port *rtp;
	struct rig_peer peer;
};

void media_pair_open(struct media_pair *p, unsigned keep_ms);	/* KEEP_MS: of B */
void media_pair_close(struct media_pair *p);
void media_call_open(struct media_call *c, uint8_t dtmf, unsigned keep_ms);
void media_call_close(struct media_call *c);

/* The NTH thing of that kind that any port has heard, from 0; NULL. */
const struct heard *rig_heard(const struct rig *r, enum heard_kind k, unsigned nth);
void rig_wait_heard(struct rig *r, enum heard_kind k, unsigned times);	/* fails the test after 5 s */

#endif
