/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/fxo.h: the driver of FXO ports: lines of an exchange, on which this end is the telephone. Loop thread only. What the
 * exchange does not say is inferred here: whether a call was answered, and whether it is over. Time comes in as an argument.
 *
 * Its legs have a port (leg.port, with LEG_AUDIO when it is known) and tell in LEG_ANSWERED and LEG_CLEARED how it was noticed. The
 * digit '!' of leg_digit() is a hook flash towards the exchange; the others go out as DTMF.
 */
#ifndef CHANNELS_FXO_H
#define CHANNELS_FXO_H

#include "channels/leg.h"
#include "channels/line_audio.h"
#include "hw/hw.h"

struct fxo_trunk;

/* The steps of answer supervision; the first that comes wins among those listed, in the order of the trunk file where two come at
 * once. Also the reason in the record. */
enum fxo_answer { ANSWER_POLARITY, ANSWER_BATTERY, ANSWER_RINGBACK_STOPPED, ANSWER_SPEECH, ANSWER_TIMER, FXO_ANSWERS };
/* How a cleared call is noticed. */
enum fxo_clear { CLEARED_BATTERY, CLEARED_POLARITY, CLEARED_TONE, CLEARED_DIALTONE, CLEARED_IDLE, CLEARED_CEILING,
		 FXO_CLEARS };
const char *fxo_answer_name(enum fxo_answer a);	/* "polarity", "battery", "ringback", "speech", "timer" */
const char *fxo_clear_name(enum fxo_clear c);	/* "battery", "polarity", "tone", "dialtone", "idle", "ceiling" */

struct fxo_line_conf {
	int chan;
	char number[LEG_DIGITS_MAX];	/* the line's own: called number of calls that come in on it */
};
struct fxo_conf {
	const char *name;
	const struct fxo_line_conf *lines;
	int n_lines;
	enum fxo_hunt { FXO_ASCENDING, FXO_DESCENDING, FXO_ROUND_ROBIN, FXO_LEAST_USED,
			FXO_LEAST_RECENT, FXO_ODD, FXO_EVEN } hunt;	/* as enum pri_hunt; odd and even ports */
	const struct country *country;
	enum fxo_answer answer[FXO_ANSWERS];	/* n_answer of them, in order */
	int n_answer;
	unsigned answer_timer_ms;	/* ANSWER_TIMER: so long after dialling */
	unsigned clear;			/* CLEARED_ values as bits 1 << n; CEILING always is */
	unsigned idle_ms;		/* CLEARED_IDLE: line silent and RTP idle for so long (30 s) */
	unsigned ceiling_ms;		/* no seizure lasts longer (4 h) */
	unsigned no_answer_ms;		/* outgoing, no answer: cleared with cause 19 (180 s) */
	unsigned dialtone_wait_ms;	/* how long to wait for it (5 s) */
	enum fxo_no_dialtone { NO_DIALTONE_FAIL, NO_DIALTONE_DIAL } no_dialtone;	/* cause 27 and the next line, or dial blindly */
	bool pulse;			/* dial by pulses */
	unsigned dtmf_on_ms, dtmf_off_ms;	/* 0: 100 and 100 */
	const char *prefix;		/* dialled before the number: "9,"; NULL for none */
	bool two_stage;			/* answered at once, dial tone to the caller, digits collected: only when the file says so */
	unsigned answer_rings;		/* incoming: offered at so many rings when no caller ID has come (2); 1 where there is none */
	bool cid;			/* wait for caller ID and read it */
	unsigned ring_min_ms;		/* shorter ring voltage is noise (150) */
	unsigned guard_ms;		/* after clearing, before the line is used again (2 s) */
	unsigned flash_ms;		/* 0: the country's */
	double rx_gain_db, tx_gain_db;
	unsigned echo_taps;
};

struct fxo_handlers {
	leg_offered_fn *offered;	/* offer.called: the line's number (or the digits of two-stage dialling) */
	void (*log)(void *arg, int level, const char *text);
	void (*changed)(void *arg);	/* may be NULL */
	void *arg;
	const struct line_audio_ops *audio;
	void *audio_arg;
};

/* As fxs.h's: CONF is copied; a port that is not there is out of service and no error; the lines' audio must have been closed by
 * fxo_trunk_quiet() before fxo_trunk_close(). -EINVAL: no lines, or no country. */
int fxo_trunk_open(struct fxo_trunk **out, struct hw *hw, const struct fxo_conf *conf, const struct fxo_handlers *h);
void fxo_trunk_close(struct fxo_trunk *t);
bool fxo_trunk_quiet(struct fxo_trunk *t);
int64_t fxo_trunk_service(struct fxo_trunk *t, int64_t now_us);
/* Errors: -EAGAIN (no line free: cause 34), -ENETDOWN (none in service: 27), -ESHUTDOWN (41), -EINVAL (a digit that cannot be
 * dialled: 28), -ENOMEM (47). */
int fxo_trunk_call(struct fxo_trunk *t, const struct leg_offer *offer, leg_event_fn *fn, void *arg, struct leg **out);
int fxo_call_error_cause(int err);
void fxo_trunk_drain(struct fxo_trunk *t, bool on);

/* --- For status ------------------------------------------------------------------------------- */

/* ACCEPTED: off hook for a caller who is not through yet (two-stage dialling, glare). CLEARING: a tone tells him that he will not
 * be. TEST: fxo_test.h. */
enum fxo_line_state { FXO_OUT, FXO_IDLE, FXO_RINGING, FXO_SEIZED, FXO_DIALLING, FXO_SENT, FXO_ACCEPTED, FXO_UP, FXO_CLEARING,
		      FXO_GUARD, FXO_TEST, FXO_LINE_STATES };
const char *fxo_line_state_name(enum fxo_line_state s);
struct fxo_line_info {
	int chan, port;
	enum fxo_line_state state;
	struct leg *leg;
	int64_t since_us;
	unsigned calls, glare;
	unsigned cleared[FXO_CLEARS];	/* how often each fired */
	char why[80];			/* FXO_OUT: "no battery" */
};
int fxo_trunk_lines(const struct fxo_trunk *t, struct fxo_line_info *out, int max);

#endif
