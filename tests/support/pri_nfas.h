/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests/support/pri_nfas.h: the bench of two trunks with three T1 spans under one D channel, or under a primary and a backup. */
#ifndef TESTS_SUPPORT_PRI_NFAS_H
#define TESTS_SUPPORT_PRI_NFAS_H

#include "tests/support/pri_calls.h"

enum { PRIMARY = 1, BACKUP = 2, SPANS = 3 };	/* spans of the user's end; the network's follow */

struct bench *nfas_open(int dchans, enum pri_dialect dialect, enum pri_hunt hunt);
struct pri_span_info nfas_span(struct bench *b, int end, int no);
void nfas_assert_active(struct bench *b, int no);	/* at both ends */
/* Frames of span NO vanish both ways, until both ends have noticed; or pass again. */
void nfas_layer2_lost(struct bench *b, int no);
void nfas_layer2_passes(struct bench *b, int no);

#endif
