/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gateway/gateway.h: the daemon's one object: the card, the media path, the SIP user agent, the trunks, the
 * calls, and what watches them. Loop thread only. Seen by the files of gateway/ itself; nothing below
 * includes it.
 */
#ifndef GATEWAY_GATEWAY_H
#define GATEWAY_GATEWAY_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/loop.h"
#include "gateway/media/media.h"
#include "gateway/ops/control.h"
#include "gateway/ops/ladder.h"
#include "gateway/ops/records.h"
#include "gateway/sip/ua.h"
#include "gateway/site.h"
#include "hw/hw.h"

struct call;
struct pair_test;
struct reload;
struct trace;
struct trunk;
struct watchdog;

struct gateway_args {
	const char *dir;	/* configuration folder */
	const char *socket;	/* control socket */
	const char *records;	/* records file from the command line, or NULL: the trunk file's, or the default */
};

struct gateway {
	struct gateway_args args;
	struct loop *loop;
	struct site *site;		/* configuration in force */
	struct hw *hw;
	struct files *files;	/* writes traces and recordings */
	struct media *media;
	struct sip_ua *ua;
	struct records *records;
	struct ladder *ladder;
	struct control *control;
	struct watchdog *watchdog;
	struct trace *trace;

	struct line_audios *audios;	/* of analog lines */
	struct pair_test *pair_test;	/* the one under way */
	struct phone *phones;		/* of the simulated card, as they were asked for */

	struct reload *reloads;		/* that are tried again in a moment */
	struct trunk *trunks;		/* list, in the order of the trunk file */
	struct call *calls;		/* list of calls that are not finished, newest first */
	unsigned n_calls;
	uint64_t next_call;		/* number of the next call */
	uint64_t total, answered, failed;	/* calls finished, of those answered, of those cleared by a fault */
	uint64_t refused_drain, refused_route;

	int64_t started_us;
	bool draining;			/* new calls are refused */
	bool stopping;			/* on the way out */
	struct loop_timer *stop_timer, *quiet_timer;
	unsigned short *chan_pos;	/* timeslot of each channel number, filled by gateway_line_name() */
	int n_chan_pos;
};

/* The simulated card as the configuration has it. */
int gateway_open_sim(struct hw **out, const struct conf_sim *c);

/* Starts everything. Errors have been logged when it returns non-zero. */
int gateway_open(struct gateway **out, struct loop *loop, const struct gateway_args *args);
/* Frees everything; calls must be over (gateway_stop) or are dropped. NULL is fine. */
void gateway_close(struct gateway *gw);

/* Clears all calls and stops the loop when the last is gone, after 5 s at the latest. */
void gateway_stop(struct gateway *gw);
/* Refuses new calls while ON; calls that are up stay. */
void gateway_drain(struct gateway *gw, bool on);
/* Called when a call is finished: the last one ends an orderly stop. */
void gateway_call_gone(struct gateway *gw);

/* "1/7": span and timeslot of a line, into BUF; "" for NULL. */
const char *gateway_line_name(struct gateway *gw, const struct hw_line *line, char *buf, size_t size);

#endif
