/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/fxs_private.h: what the files of the FXS driver share. One file per procedure:
 *
 *   fxs_trunk.c    opening, closing, the turn of the loop
 *   fxs_report.c   what waits to be said to the owners of legs: one queue, delivered at the outermost level only
 *   fxs_port.c     a port of the card: opened, gone, back again; its events
 *   fxs_line.c     the state table: which event does what in which state; timers
 *   fxs_dial.c     lifted: dial tone, digits, the digit map, hotline; a call is offered
 *   fxs_leg.c      legs, and what the gateway asks of them
 *   fxs_ring.c     ringing: cadences, the order of ring and caller ID
 *   fxs_cid.c      caller ID and its sounds
 *   fxs_wait.c     call waiting
 *   fxs_flash.c    the hook switch with two calls: hold, swap, three-way, transfer
 *   fxs_tone.c     the end of a call: tone by cause, battery drop, howler
 *   fxs_message.c  message waiting
 *   fxs_status.c   for status
 *
 * Everything runs on the loop thread. An event runs to its end before anybody is told of it.
 */
#ifndef CHANNELS_FXS_PRIVATE_H
#define CHANNELS_FXS_PRIVATE_H

#include "channels/fxs.h"

#define FXS_EARLY_MAX 6		/* lines of the ladder kept for a leg that has no trace yet */
#define FXS_CYCLE_MAX 8		/* entries of a cadence that repeats */

struct fxs_line;

/* Timers of a line. */
enum fxs_timer {
	FT_STATE,		/* how long a state lasts: digits, tones, the wait for a ring back */
	FT_STEP,		/* the next step of ringing */
	FT_WAIT,		/* call waiting: the phone's answer to the alerting signal, the next tone */
	FT_PORT,		/* between tries to open a port that is not there */
	FXS_TIMERS
};
/* Times that no trunk file sets, in milliseconds. */
enum fxs_time { TM_REOPEN, TM_RECALL, TM_WAIT_TONE, TM_CW_ACK, TM_JOIN, TM_DROP, TM_AFTER_RING, TM_REVERSED, TM_AFTER_DTAS,
		TM_BEFORE_RING, TM_CAR, TM_NTT_DATA, TM_NTT_HOOK, TM_SHORT_RING, TM_SOUND, TM_GUARD, TM_MESSAGE, FXS_TIMES };
struct fxs_time_def {
	const char *name;
	unsigned ms;
	const char *why;
};
extern const struct fxs_time_def fxs_times[FXS_TIMES];

enum fxs_state {
	FS_OUT,			/* no port, or no audio */
	FS_IDLE,
	FS_RING,		/* on hook: leg[0] alerts, or held and rung back; caller ID before it */
	FS_DIAL,		/* dial tone, digits; a held call may be in leg[1] in all states from here on */
	FS_CALL,		/* leg[0] has been offered */
	FS_UP,			/* leg[0] talks */
	FS_THREE,		/* leg[0] and leg[1] talk */
	FS_DROP,		/* battery is away for a moment */
	FS_TONE,		/* a call has ended: busy or reorder tone */
	FS_HOWL,
	FS_QUIET,		/* left off hook */
	FXS_STATES
};
enum fxs_event {
	FE_OFFHOOK, FE_ONHOOK, FE_FLASH,
	FE_RING_ON, FE_RING_OFF,	/* of our own ringing */
	FE_HOOK_DONE,
	FE_TOUCH,		/* a digit begins: HEARD_DIGIT_BEGIN, HW_EV_PULSE_START */
	FE_DIGIT,		/* it is known */
	FE_PLAYED,
	FE_TIMER,		/* FT_STATE */
	FE_STEP,		/* FT_STEP */
	FE_WAIT,		/* FT_WAIT */
	FE_CLEARED,		/* leg[0] has been cleared by the gateway, and is still there */
	FXS_EVENTS
};

enum fxs_stage {
	FL_RINGING,		/* to the phone */
	FL_WAITING,		/* to the phone, which has a call */
	FL_OFFERED,		/* from the phone */
	FL_UP,
	FL_HELD,
	FL_JOINED,		/* transferred: the gateway clears it */
	FL_DONE,		/* LEG_CLEARED waits to be delivered, or has been */
};

struct fxs_report {
	struct fxs_report *next;
	enum fxs_report_kind { FR_EVENT, FR_OFFER, FR_CLEARED, FR_CONFERENCE_END } kind;
	struct fxs_leg *leg;
	struct leg_event ev;
	struct line_audio *audio;	/* FR_CONFERENCE_END */
};

struct fxs_early {
	bool out;
	char what[24], detail[80];
};

struct fxs_leg {
	struct leg leg;
	struct fxs_leg *next;		/* of the trunk */
	struct fxs_line *line;
	enum fxs_stage stage;
	bool answered;			/* it was up once */
	bool dropped;			/* the gateway has cleared it: it hears LEG_CLEARED and nothing else */
	bool alerted;			/* LEG_ALERTING has been said */
	bool hears;			/* FL_OFFERED: the far end is heard, not a tone of ours */
	enum tone_id tone;		/* FL_OFFERED: what the phone hears */
	int64_t joined_until_us;	/* FL_JOINED: the gateway has so long; FXS_UNSTAMPED */
	struct leg_offer offer;
	struct leg_cause cause;		/* why it ended */
	struct fxs_report offered, cleared;	/* always there when they are needed */
	struct fxs_early early[FXS_EARLY_MAX];
	unsigned n_early;
};

#define FXS_UNSTAMPED (-1)		/* a time that the next fxs_trunk_service() fills in */

struct fxs_due {
	bool on;
	unsigned ms;			/* while at_us is FXS_UNSTAMPED */
	int64_t at_us;
};

struct fxs_line {
	struct fxs_trunk *trunk;
	struct fxs_line_conf conf;
	int port;			/* from 1 */
	struct hw_line *hw;		/* NULL: not there */
	struct line_audio *audio;
	bool closing;			/* the audio is */
	bool reopen;			/* after that */
	enum fxs_state state;
	int64_t since_us;
	struct fxs_due due[FXS_TIMERS];
	bool off_hook, reversed, lamp;
	struct fxs_leg *leg[2];		/* the one that talks or rings, the one that is held or waits */
	bool consult;			/* leg[0] was dialled while leg[1] was held */
	unsigned calls, messages;

	char digits[LEG_DIGITS_MAX];	/* dialled so far */
	unsigned n_digits;
	enum fxs_digits digit_state;	/* what the plan said of them */
	char digit;			/* FE_DIGIT */
	bool digit_pulse;
	const struct leg_cause *cause;	/* FE_CLEARED */

	const uint8_t *step;		/* of ringing, enum step of fxs_ring.c; NULL: the last has been made */
	uint16_t cycle[FXS_CYCLE_MAX];	/* the cadence of this call */
	int n_cycle;
	unsigned rings_to_cid;		/* RINGER_OFFs until the long silence */
	int16_t *cid;			/* the sound of this call's caller ID; NULL for none */
	size_t n_cid;

	enum fxs_wait_state { FW_NONE, FW_TONE, FW_ALERT, FW_ACK, FW_DATA, FW_PAUSE } wait;
	bool wait_told;			/* caller ID of the waiting call was tried */
	bool message_due, message_playing;	/* by FSK: to be sent, being sent */
};

struct fxs_trunk {
	char name[64];
	struct fxs_conf conf;
	struct fxs_handlers h;
	struct hw *hw;
	struct fxs_line *lines;
	int n_lines;
	struct fxs_leg *legs;
	struct fxs_report *first, **last;
	int64_t now_us;
	struct timeval wall;
	unsigned depth;			/* events entered */
	unsigned serial;		/* of calls, for their names */
	bool in_service, draining, quiet, changed;
};

/* The card's own: tip is grounded while the line is in use and open while it is not. */
static inline bool fxs_ground(const struct fxs_line *l)
{
	return l->hw && l->hw->start == HW_START_GROUND;
}

/* fxs_trunk.c */
void fxs_log(const struct fxs_line *l, int level, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* fxs_report.c */
void fxs_enter(struct fxs_trunk *t);
void fxs_leave(struct fxs_trunk *t);	/* delivers at the outermost level */
bool fxs_reports_wait(const struct fxs_trunk *t);
void fxs_report(struct fxs_leg *leg, const struct leg_event *ev);
void fxs_report_kind(struct fxs_leg *leg, enum leg_event_kind kind);
void fxs_report_offer(struct fxs_leg *leg);
void fxs_report_cleared(struct fxs_leg *leg);
void fxs_report_conference_end(struct fxs_line *l);
void fxs_trace(struct fxs_leg *leg, bool out, const char *what, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
void fxs_leg_traced(struct leg *leg);

/* fxs_port.c */
void fxs_port_open(struct fxs_line *l);
void fxs_port_close(struct fxs_line *l, bool reopen);
void fxs_port_hook(struct fxs_line *l, enum hw_hook what);
void fxs_port_reverse(struct fxs_line *l, bool reversed);

/* fxs_line.c */
extern const char *const fxs_state_names[FXS_STATES];
void fxs_line_event(struct fxs_line *l, enum fxs_event ev);
void fxs_line_set(struct fxs_line *l, enum fxs_state s);
void fxs_arm(struct fxs_line *l, enum fxs_timer t, unsigned ms);
void fxs_disarm(struct fxs_line *l, enum fxs_timer t);
void fxs_idle(struct fxs_line *l);	/* on hook and no leg left */
void fxs_play(struct fxs_line *l, const struct play_item *items, unsigned n);
void fxs_play_tone(struct fxs_line *l, enum tone_id tone);	/* TONE_NONE: stop */
void fxs_listen(struct fxs_line *l, unsigned listen);

/* fxs_dial.c */
void fxs_dial_start(struct fxs_line *l);	/* dial tone; off hook */
void fxs_dial_offhook(struct fxs_line *l);
void fxs_dial_touch(struct fxs_line *l);
void fxs_dial_digit(struct fxs_line *l);
void fxs_dial_timer(struct fxs_line *l);

/* fxs_leg.c */
extern const struct leg_ops fxs_leg_ops;
struct fxs_leg *fxs_leg_new(struct fxs_line *l, bool incoming);
void fxs_leg_free(struct fxs_leg *leg);
void fxs_leg_over(struct fxs_leg *leg, const struct leg_cause *cause);	/* no longer the line's; LEG_CLEARED follows */
void fxs_leg_over_here(struct fxs_leg *leg, int q850);	/* because of the telephone */
void fxs_leg_port(struct fxs_leg *leg, struct media_port *port);	/* with LEG_AUDIO if it is another one */
void fxs_leg_talk(struct fxs_leg *leg);	/* FL_UP on the line's port */
void fxs_leg_join_run(struct fxs_leg *leg);
int64_t fxs_leg_next(const struct fxs_leg *leg);

/* fxs_ring.c */
void fxs_ring_start(struct fxs_line *l);	/* leg[0], on hook */
void fxs_ring_stop(struct fxs_line *l);
void fxs_ring_event_on(struct fxs_line *l);
void fxs_ring_event_off(struct fxs_line *l);
void fxs_ring_played(struct fxs_line *l);
void fxs_ring_step(struct fxs_line *l);
void fxs_ring_offhook(struct fxs_line *l);
void fxs_ring_onhook(struct fxs_line *l);
void fxs_ring_timer(struct fxs_line *l);
void fxs_ring_cleared(struct fxs_line *l);
int fxs_ring_cadence(const char *name, uint16_t out[FXS_CYCLE_MAX]);	/* entries; 0: no such name */

/* fxs_cid.c */
struct callerid;
void fxs_cid_of(const struct fxs_leg *leg, struct callerid *out);
void fxs_cid_make(struct fxs_line *l, const struct fxs_leg *leg, bool type2);	/* l->cid; none where the country has none */
void fxs_cid_forget(struct fxs_line *l);
unsigned fxs_cid_ms(const struct fxs_line *l);
void fxs_cid_play(struct fxs_line *l, unsigned silence_ms);	/* after so much silence */
void fxs_cid_alert_play(struct fxs_line *l, unsigned ms);	/* DT-AS or CAS */

/* fxs_wait.c */
void fxs_wait_start(struct fxs_line *l);	/* leg[1] waits */
void fxs_wait_stop(struct fxs_line *l);
void fxs_wait_played(struct fxs_line *l);
void fxs_wait_timer(struct fxs_line *l);
bool fxs_wait_digit(struct fxs_line *l);	/* it was the phone's answer */

/* fxs_flash.c */
bool fxs_can_flash(const struct fxs_line *l);
void fxs_flash_up(struct fxs_line *l);
void fxs_flash_dial(struct fxs_line *l);
void fxs_flash_call(struct fxs_line *l);
void fxs_flash_three(struct fxs_line *l);
void fxs_flash_tone(struct fxs_line *l);
void fxs_hangup_two(struct fxs_line *l);	/* on hook, whatever calls there are */
void fxs_three_end(struct fxs_line *l, int keep);	/* leg[KEEP] goes on alone */

/* fxs_tone.c */
void fxs_tone_cause(struct fxs_line *l, const struct leg_cause *cause);	/* the tone that says why */
void fxs_tone_id(struct fxs_line *l, enum tone_id tone);
void fxs_tone_disconnect(struct fxs_line *l, const struct leg_cause *cause);	/* after answer */
void fxs_tone_timer(struct fxs_line *l);
void fxs_howl_timer(struct fxs_line *l);
void fxs_drop_done(struct fxs_line *l);

/* fxs_message.c */
void fxs_message_run(struct fxs_line *l);	/* the line is idle: is there something to send? */
void fxs_message_send(struct fxs_line *l);
void fxs_message_played(struct fxs_line *l);
void fxs_message_stop(struct fxs_line *l);

/* fxs_status.c */
enum fxs_line_state fxs_line_public(const struct fxs_line *l);

#endif
