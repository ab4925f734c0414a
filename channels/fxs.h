/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/fxs.h: the driver of FXS ports: a trunk of lines, each with a telephone. Loop thread only. A telephone may have two
 * calls (waiting, held, consulted); each is a leg of its own. Time comes in as an argument.
 */
#ifndef CHANNELS_FXS_H
#define CHANNELS_FXS_H

#include <sys/time.h>

#include "channels/leg.h"
#include "channels/line_audio.h"
#include "hw/hw.h"

struct fxs_trunk;

/* KEWL: battery drop tells the far end that the call is over. A port that the card has as ground start opens tip instead. */
enum fxs_start { FXS_LOOP, FXS_KEWL };

struct fxs_line_conf {
	int chan;
	char number[LEG_DIGITS_MAX];	/* calling number of calls from it, as leg_number.digits; "" for none */
	char name[LEG_NAME_MAX];
	char hotline[LEG_DIGITS_MAX];	/* called when it is lifted; "" for none */
	unsigned hotline_ms;		/* after so long with no digit (warmline); 0: at once */
};
struct fxs_conf {
	const char *name;		/* the trunk's, for log lines */
	const struct fxs_line_conf *lines;	/* port 1 is the first: what a DID row names as phones/1 */
	int n_lines;
	const struct country *country;
	enum fxs_start start;
	enum cid_method cid;		/* as the country, or set by itself */
	enum cid_when cid_when;
	bool cid_dtas;
	unsigned first_digit_ms, interdigit_ms;	/* 0: 15 s, 4 s */
	unsigned busy_ms, howler_ms;	/* left off hook: reorder so long (0: 30 s), then howler so long (0: none), then quiet
					 * until on hook */
	bool polarity_answer;		/* battery reversed from answer to clear */
	unsigned drop_ms;		/* battery drop when the far end clears; 0 for none; KEWL has one always */
	bool call_waiting, three_way, transfer;
	unsigned flash_min_ms, flash_max_ms;	/* 0: the country's */
	double rx_gain_db, tx_gain_db;
	unsigned echo_taps;
	bool lamp;			/* message waiting lights a neon lamp too */
	bool mwi_fsk;			/* and is sent by FSK (a phone with a display) */
};

/* Is what was dialled a number? Asked after each digit. */
enum fxs_digits {
	FXS_MORE,		/* may become one: wait interdigit_ms */
	FXS_COMPLETE,		/* is one, and no longer one begins with it: no waiting */
	FXS_COMPLETE_OR_MORE,	/* is one, a longer one may be meant: wait interdigit_ms; "#" ends it at once */
	FXS_NONE,		/* no row begins like this: reorder tone */
};

struct fxs_handlers {
	leg_offered_fn *offered;	/* a call from a telephone; offer.called has all digits, complete is true */
	enum fxs_digits (*digits)(void *arg, const char *digits);
	void (*log)(void *arg, int level, const char *text);	/* as in pri.h */
	void (*changed)(void *arg);	/* may be NULL */
	void *arg;
	const struct line_audio_ops *audio;
	void *audio_arg;
};

/* CONF is copied. A port that is not there or in use is out of service until it is back, and no error. -EINVAL: no lines. */
int fxs_trunk_open(struct fxs_trunk **out, struct hw *hw, const struct fxs_conf *conf, const struct fxs_handlers *h);
/* Calls that are up get LEG_CLEARED, cause 41. Its line_audio must have been closed before: fxs_trunk_quiet(). */
void fxs_trunk_close(struct fxs_trunk *t);
/* Clears every call, puts every line on hook and closes its audio; true when nothing is left: then close. Call it again after turns
 * of the loop until it is. */
bool fxs_trunk_quiet(struct fxs_trunk *t);

/* Runs what is due and delivers every deferred event; returns the next deadline in now_us's clock, -1 for none. Once a turn of the
 * loop. WALL, the time of day, is the date in caller ID. */
int64_t fxs_trunk_service(struct fxs_trunk *t, int64_t now_us, const struct timeval *wall);

/* Rings a telephone. offer->called.digits is the port: "1", or "" for the first free one. offer->ring: which cadence ("1" to "5",
 * "Bellcore-dr1" to "-dr5"); the calling number is shown as its digits stand. leg.line is the port, for people; leg.port comes with
 * LEG_AUDIO just before LEG_ANSWERED (a call from a telephone has it from the start) and is NULL while a leg is held. Errors, with
 * no event to follow: -EBUSY (busy and no call waiting: cause 17), -ENOENT (no such port: 1), -ENETDOWN (out of service: 27),
 * -ESHUTDOWN (drained: 41), -ENOMEM (47). */
int fxs_trunk_call(struct fxs_trunk *t, const struct leg_offer *offer, leg_event_fn *fn, void *arg, struct leg **out);
int fxs_call_error_cause(int err);
void fxs_trunk_drain(struct fxs_trunk *t, bool on);
/* Messages that wait for the user of a port (1 and up): stutter dial tone, lamp, FSK. -ENOENT. */
int fxs_trunk_messages(struct fxs_trunk *t, int port, unsigned waiting);

/* --- For status ------------------------------------------------------------------------------- */

enum fxs_line_state { FXS_OUT, FXS_IDLE, FXS_DIALLING, FXS_CALLING, FXS_RINGING, FXS_UP, FXS_HELD, FXS_THREE_WAY, FXS_TONE,
		      FXS_LEFT_OFF_HOOK };
const char *fxs_line_state_name(enum fxs_line_state s);
struct fxs_line_info {
	int chan, port;			/* port: from 1 */
	enum fxs_line_state state;
	struct leg *leg[2];		/* the talking or ringing one, the held or waiting one; NULL */
	int64_t since_us;
	unsigned calls, messages;
	bool off_hook;
};
int fxs_trunk_lines(const struct fxs_trunk *t, struct fxs_line_info *out, int max);

#endif
