/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests/support/pri_maintenance.h: the bench of two trunks on T1, with a tap that reads SERVICE, loses its answers and changes it. */
#ifndef TESTS_SUPPORT_PRI_MAINTENANCE_H
#define TESTS_SUPPORT_PRI_MAINTENANCE_H

#include "channels/pri_trace.h"
#include "tests/support/pri_calls.h"

#define LINES 23
#define SERVICE_TWICE_MS 45000	/* two times without an answer, and some */

/* What passed on the D channels, by the span of who wrote it. Repetitions of layer 2 do not happen here. */
struct service_seen {
	unsigned service[3], ack[3], out[3], restart[3];
	uint8_t pd;		/* of the last one */
	uint8_t at[32];		/* its elements */
	size_t n;
};
/* What becomes of messages of the network's end. */
struct service_altered {
	int chan;		/* of the SERVICE that is changed, 0 for none */
	uint8_t elements[24];	/* in the place of its own */
	size_t n;
	bool lose_acks;		/* every answer of this end gets lost... */
	int lose_ack;		/* ...or that of this channel */
	bool cut;		/* nothing passes, either way */
};
extern struct service_seen seen;
extern struct service_altered alter;

bool maintenance_tap(struct bench *b, int span, uint8_t *frame, size_t *len);
void maintenance_forget(void);	/* nothing seen, nothing altered */
/* SERVICE of the network's end for CHAN has these elements from now on, instead of its own. */
void service_becomes(int chan, const void *elements, size_t n);
/* Its elements replaced by those; the new length. */
size_t service_alter(uint8_t *frame, size_t elements_at);
struct bench *maintenance_open(enum pri_dialect dialect, enum pri_service_messages how);
struct bench *maintenance_open_4ess(void);	/* all told, nothing altered */

#endif
