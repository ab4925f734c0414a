/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gateway/trunk.h: a trunk as the router sees it: a name, its way to write numbers, its limits, and a driver
 * that can place a call. Loop thread only.
 */
#ifndef GATEWAY_TRUNK_H
#define GATEWAY_TRUNK_H

#include "channels/pri.h"
#include "gateway/gateway.h"

struct trunk {
	struct trunk *next;
	struct gateway *gw;
	char name[64];
	enum conf_trunk_kind kind;
	struct number_rules rules;
	int max_calls;			/* 0: no limit */
	unsigned echo_taps;		/* ISDN */
	struct pri_trunk *pri;		/* ISDN; NULL on SIP */
	unsigned calls;			/* legs on it now */
};

/* Opens all ISDN trunks of the configuration in force and lists all trunks. */
int trunks_open(struct gateway *gw);
void trunks_close(struct gateway *gw);
/* Takes over what applies live from the configuration in force: rules, limits, SIP trunks come and go. A SIP trunk with calls on it
 * stays in the list until the last is over. */
int trunks_reload(struct gateway *gw);
void trunks_drain(struct gateway *gw, bool on);

struct trunk *trunk_find(struct gateway *gw, const char *name);		/* NULL when there is none */
bool trunk_in_service(const struct trunk *t, char *why, size_t size);	/* WHY: one sentence when not */

/* Turns an inside number to how the trunk writes it. */
void trunk_write_number(const struct trunk *t, bool calling, const char *number, struct leg_number *out);
/* Turns a number as it came to the inside form, NUMBER_MAX octets. */
void trunk_read_number(const struct trunk *t, const struct leg_number *in, char *number);

/* Places a call; returns 0, or the Q.850 cause for which it cannot. */
int trunk_call(struct trunk *t, const struct leg_offer *offer, leg_event_fn *fn, void *arg, struct leg **out);

#endif
