/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/pri_dialect.h: what each ISDN dialect has, in one table, so that nobody compares names of dialects.
 * Pure. "As libpri speaks it" is meant everywhere: a service that a specification has and libpri has not is
 * not in the table.
 */
#ifndef CHANNELS_PRI_DIALECT_H
#define CHANNELS_PRI_DIALECT_H

#include "channels/pri.h"

/* How something of a call travels. */
enum pri_by { BY_NONE, BY_ELEMENT, BY_FACILITY };

struct pri_dialect_def {
	const char *name;		/* as trunks.yaml has it */
	int switch_type;		/* libpri's */
	bool e1, t1;			/* span types that it runs on; t1 means J1 too */
	bool facility;			/* FACILITY elements are sent (pri_facility_enable) */
	enum pri_by name_user, name_net;	/* the calling name that the user side, the network side sends */
	enum pri_by redirecting;	/* the redirecting number in SETUP */
	bool redirect_count;		/* and how often: Q.931's element has no counter */
	bool nsf;			/* network-specific facilities in SETUP */
	bool service, service_auto;	/* SERVICE for B channels is understood; is sent by itself (pri_maintenance.c) */
	bool overlap;			/* digits may follow SETUP; without it every SETUP has the whole number (en bloc) */
	bool hold_notify;		/* NOTIFY tells of a hold where HOLD is not there, or is refused */
	unsigned services;		/* supplementary services, bits 1 << enum pri_service (pri_hold.c tells of each) */
	bool nfas;			/* one D channel for several spans */
};

const struct pri_dialect_def *pri_dialect_def(enum pri_dialect d);
/* The dialect NAME of trunks.yaml on a span with (E1) or without 31 channels; PRI_DIALECTS when it has none. */
enum pri_dialect pri_dialect_find(const char *name, bool e1);
/* The octet of the WHICHth facility that nsf: may name, for struct pri_trunk_conf; 0 for none. */
int pri_nsf(unsigned which);

#endif
