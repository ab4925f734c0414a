/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests/support/conversation.h: RTP peers that say known octets to each other and compare what they heard. */
#ifndef TESTS_SUPPORT_CONVERSATION_H
#define TESTS_SUPPORT_CONVERSATION_H

#include <stddef.h>
#include <stdint.h>

#include "tests/support/mediarig.h"

#define PACKETS 30	/* said by one end */
#define N 160		/* octets of a packet */

struct conversation {
	uint8_t said[PACKETS * N], heard[4 * PACKETS * N];
	size_t n_heard;
	uint16_t last_seq;
	uint32_t last_ts;
	unsigned packets, seq_breaks, ts_breaks;
};

/* What one end says at place I: octets that repeat nowhere within a second, and never silence for long. */
uint8_t octet_at(uint32_t i);
/* Where NEEDLE stands in HAY, or -1. */
long find(const uint8_t *hay, size_t n, const uint8_t *needle, size_t m);
/* One packet, or nothing within TIMEOUT_MS. */
void listen_once(struct rig_peer *p, struct conversation *c, int timeout_ms);
/* Both ends send all their packets in real time, with payload types PA and PB, and listen; B may be NULL. */
void converse(struct rig *r, struct rig_peer *a, struct conversation *ca, int pa, struct rig_peer *b,
	      struct conversation *cb, int pb);
/* What an end is to say, from place FROM on; the caller frees it. */
struct conversation *conversation(uint32_t from);
/* All that FROM said was heard at AT, each octet through the table CONV (NULL: as it was). */
void assert_heard(const struct conversation *from, const struct conversation *at, const uint8_t *conv);

#endif
