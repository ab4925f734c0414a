/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gateway/phone.h: a telephone on an FXS port of the simulated card, for people who try the gateway and for tests. It is bridged
 * across the port's wires; what it hears and sees is kept as short words with their times. Loop thread only.
 */
#ifndef GATEWAY_PHONE_H
#define GATEWAY_PHONE_H

#include "channels/sound/callerid.h"
#include "gateway/gateway.h"
#include "gateway/media/analog.h"

struct phone;

#define PHONE_EVENTS 64		/* the latest that are kept */

struct phone_event {
	int64_t at_us;
	char what[112];		/* "ring", "tone dial", "tone ends", "speech", "digit 5", "caller ID +442079460100 Front desk" */
};
struct phone_state {
	bool off_hook, ringing, connected;	/* connected: the port has battery for it */
	unsigned rings;				/* since it last was on hook and silent */
	enum tone_id tone;			/* heard now */
	double level_dbm0;			/* of what is heard, over the last second */
	bool reversed;				/* polarity */
	struct callerid callerid;		/* the last one; method CID_NONE: none yet */
};
typedef void phone_heard_fn(void *arg, const struct phone_event *ev);

/* The telephone on channel CHAN, made when it is first asked for. -ENOENT (no such FXS port), -EINVAL (not the simulated card). */
int phone_get(struct gateway *gw, int chan, const struct country *country, struct phone **out);
/* On its way to be closed; true when none is left. Call it between turns of the loop. */
bool phones_quiet(struct gateway *gw);

int phone_hook(struct phone *p, bool off);
int phone_flash(struct phone *p);
int phone_dial(struct phone *p, const char *digits);	/* DTMF */
int phone_pulse(struct phone *p, const char *digits);
/* A WAV file, or a tone of the country by name; "" stops. */
int phone_play(struct phone *p, const char *what, const char *dir);
int phone_record(struct phone *p, const char *path, unsigned seconds, media_file_fn *fn, void *arg);
void phone_state(const struct phone *p, struct phone_state *out);

/* Events that have not been looked at, oldest first: at most MAX; returns how many. They count as looked at then. */
int phone_events(struct phone *p, struct phone_event *out, int max);
/* The next event that begins with WHAT, if it has come already and was not looked at; all before it count as looked at. */
bool phone_find(struct phone *p, const char *what, struct phone_event *out);
/* FN hears of each event as it comes; one listener at a time. NULL: nobody. -EBUSY. */
int phone_watch(struct phone *p, phone_heard_fn *fn, void *arg);
/* All that has come counts as looked at: before an action whose effect is waited for. */
void phone_forget(struct phone *p);

#endif
