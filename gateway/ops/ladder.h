/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gateway/ops/ladder.h: the ladder of each call: one time line of Q.931, SIP, media and call events, kept
 * in memory for calls that are up and for the last ones that ended. Loop thread only. Bounded: LADDER_CALLS
 * calls, LADDER_STEPS steps of a call (then the middle is left out, and said so).
 */
#ifndef GATEWAY_OPS_LADDER_H
#define GATEWAY_OPS_LADDER_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

#define LADDER_CALLS 500
#define LADDER_STEPS 120

struct ladder;
enum ladder_side { LADDER_IN, LADDER_OUT, LADDER_CALL };	/* incoming leg, outgoing leg, the gateway itself */

int ladder_open(struct ladder **out);
void ladder_close(struct ladder *l);
/* TITLE of a side: its trunk and line ("office", "telco 1/7"). */
void ladder_title(struct ladder *l, uint64_t call, enum ladder_side side, const char *title);
/* One step. PROTO "Q.931", "SIP", "media", "call". TO_FAR: the arrow goes from the gateway outwards. */
void ladder_step(struct ladder *l, uint64_t call, int64_t wall_us, enum ladder_side side, const char *proto,
		 bool to_far, const char *what, const char *detail);
void ladder_end(struct ladder *l, uint64_t call);	/* the call is over; it may be pushed out later */

/* {"call":N,"in":TITLE,"out":TITLE,"steps":[{"ms":..,"side":..,"proto":..,"out":bool,"what":..,"detail":..}]}
 * or NULL when there is no such call (any more). The caller puts it. CALL 0: the latest. */
struct json_object *ladder_json(const struct ladder *l, uint64_t call);

#endif
