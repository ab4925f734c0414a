/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/fxo_private.h: what the files of the FXO driver share. One file per procedure:
 *
 *   fxo_trunk.c     opening, closing, the turn of the loop, what was deferred
 *   fxo_line.c      states and timers of a line, its port: open, gone, no battery, back again
 *   fxo_leg.c       legs: what the gateway can ask of one, its trace, its end
 *   fxo_in.c        a call comes in: rings, caller ID, the offer, the caller who gives up
 *   fxo_ntt.c       caller ID that the terminal closes the loop for
 *   fxo_twostage.c  dial tone for a caller and the digits he dials
 *   fxo_out.c       a call goes out: hunting, seizing, dial tone, glare
 *   fxo_dial.c      dialling by DTMF and pulses, digits within a call, flash
 *   fxo_answer.c    was it answered? and how did it fail?
 *   fxo_clear.c     is it over? clearing both ways, guard time
 *   fxo_test.c      a line is measured: fxo_test.h
 *   fxo_status.c    names, and lines for status
 *
 * Everything runs on the loop thread. Callbacks of the card and of the audio, and what the gateway asks of a leg, only put a note
 * in the line's queue: all is done in fxo_trunk_service(), which knows the time, and callbacks to the gateway are made there only.
 */
#ifndef CHANNELS_FXO_PRIVATE_H
#define CHANNELS_FXO_PRIVATE_H

#include <syslog.h>

#include "channels/fxo.h"

#define FXO_QUEUE 64		/* notes that wait for the turn of the loop */
#define FXO_QUEUE_CARD 48	/* those of card and audio leave room for the gateway's */
#define FXO_EARLY_MAX 8		/* steps kept for a leg that has no trace yet */
#define FXO_DIAL_MAX 128	/* prefix, number and pauses, with the ending zero */
#define FXO_SENT_MAX 32		/* digits that wait while others go out */
#define FXO_PREFIX_MAX 32

/* Deadlines of a line; a time that a trunk's file does not set is in the table, with its reason. */
enum fxo_timer {
	FT_REOPEN, FT_RING_MIN, FT_RING_GONE, FT_CALLERID, FT_PRERING, FT_GROUND, FT_DIALTONE, FT_GLARE, FT_BREAK, FT_DIAL_MAX, FT_PAUSE,
	FT_RINGBACK, FT_ANSWER, FT_NO_ANSWER, FT_IDLE, FT_CEILING, FT_SETTLE, FT_RECALL, FT_CAS, FT_FIRST_DIGIT, FT_INTERDIGIT,
	FT_REORDER, FT_GUARD, FT_NTT, FT_TEST, FT_TEST_MAX, FXO_TIMERS
};
struct fxo_line;
struct fxo_test;
struct fxo_timer_def {
	const char *name;
	unsigned ms;		/* 0: set by the trunk or computed */
	const char *why;
	void (*fn)(struct fxo_line *l);
};
extern const struct fxo_timer_def fxo_timers[FXO_TIMERS];

enum fxo_note_kind { FN_CARD, FN_HEARD, FN_AUDIO, FN_SEIZE, FN_ANSWER, FN_CLEAR, FN_DIGIT, FN_ALERT, FN_PROGRESS,
		     FN_TEST };
struct fxo_note {
	uint8_t kind, what;	/* what: enum hw_event, heard_kind, line_audio_kind; inband; */
	char digit;
	uint8_t tone;
	unsigned cycles, ms;
};

enum fxo_stage { FS_OFFERED, FS_ANSWERED, FS_CALLING, FS_UP, FS_CLEARING, FS_DONE };
struct fxo_leg {
	struct leg leg;			/* first: a leg is this */
	struct fxo_trunk *trunk;
	struct fxo_line *line;		/* NULL when it has none (any more) */
	struct fxo_leg *next;
	enum fxo_stage stage;
	char dial[FXO_DIAL_MAX];	/* outgoing: all that is dialled */
	unsigned no, moves;		/* its number on the trunk; how often it had to take another line */
	bool by_far_end;
	struct leg_cause cause;
	const char *how;
	struct fxo_early {
		bool out;
		char what[24], detail[80];
	} early[FXO_EARLY_MAX];
	int n_early;
};

struct fxo_line {
	struct fxo_trunk *trunk;
	struct hw_line *hw;		/* NULL while it is away */
	struct line_audio *audio;	/* open as long as hw is */
	struct fxo_leg *leg;
	struct fxo_test *test;		/* FXO_TEST: the one under way */
	struct fxo_line_conf conf;
	int port;			/* from 1 */
	enum fxo_line_state state;
	int64_t since_us, at[FXO_TIMERS];	/* deadlines, 0 for none */
	unsigned listening;		/* LISTEN_ bits as last ordered */
	unsigned tried_for;		/* number of the last leg it was seized for */
	unsigned calls, glare, cleared[FXO_CLEARS], lost_notes;
	char why[80];
	bool audio_closing, removed;	/* LINE_CLOSED is awaited; the card has left */
	bool no_battery, offhook;
	bool tone_playing;		/* something that ends only by an order */

	struct fxo_note queue[FXO_QUEUE];
	unsigned first, queued;

	/* Ringing. */
	bool ring_now;			/* ring voltage, as the card says at this moment */
	bool ring_known;		/* this burst has lasted for ring_min_ms */
	bool offered;			/* this call has been: not a second time, whatever became of it */
	unsigned rings;			/* believed, bursts close together as one */
	int64_t ring_began_us, ring_ended_us;
	struct callerid cid;		/* as last heard; cid_us 0: none */
	struct callerid heard_cid;	/* of the note in the queue */
	int64_t cid_us;
	bool cid_bad;
	bool taking_data;		/* off hook for NTT's caller ID, while the call still rings */

	/* Seizing and dialling. */
	bool spoke;			/* there was a voice before any dial tone */
	int64_t seized_us, dialled_us;
	bool dialtone_on, broke, redialled;
	unsigned dial_pos;		/* pulses: next of leg->dial */
	bool playing;			/* digits go out: LINE_PLAYED is awaited */
	char more[FXO_SENT_MAX];	/* digits that wait for it */

	/* Supervision. */
	unsigned answer_bits;		/* 1 << enum fxo_answer: seen in this turn */
	unsigned early_bits;		/* the same, while the last digits went out */
	int64_t early_us;
	bool ringback;			/* has been heard */
	unsigned sounds_over_ringback;
	bool reversed;			/* polarity, against what it was when the line was seized */
	enum tone_id tone;		/* the one that sounds now */
	unsigned cycles, cycles_spoken;	/* of that tone; how many of them when something else was last heard over it */
	int64_t sound_us, silent_us, rtp_lost_us;	/* something else than a tone; silence and no RTP since, 0: no */
	bool flashing;

	char digits[LEG_DIGITS_MAX];	/* of two-stage dialling */
};

struct fxo_trunk {
	struct hw *hw;
	struct fxo_conf conf;		/* name and prefix: the copies below; lines: NULL */
	struct country country;
	struct fxo_handlers h;
	char name[64], prefix[FXO_PREFIX_MAX];
	struct fxo_line *lines;
	int n_lines, last;		/* last: index of the line used last, for round robin */
	struct fxo_leg *legs;
	unsigned legs_made;
	int64_t now_us;
	bool serving, closing, draining, changed;
};

static inline bool fxo_ground(const struct fxo_line *l)	/* ground start; the card's own */
{
	return l->hw && l->hw->start == HW_START_GROUND;
}

/* fxo_trunk.c */
void fxo_log(const struct fxo_line *l, int level, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
int fxo_note(struct fxo_line *l, const struct fxo_note *n);

/* fxo_line.c */
void fxo_set(struct fxo_line *l, enum fxo_line_state s);
void fxo_line_card(struct fxo_line *l, enum hw_event ev);
void fxo_line_heard(struct fxo_line *l, const struct fxo_note *n);
void fxo_line_audio(struct fxo_line *l, enum line_audio_kind kind);
void fxo_timer(struct fxo_line *l, enum fxo_timer t, unsigned ms);	/* MS 0: as in the table */
void fxo_timer_off(struct fxo_line *l, enum fxo_timer t);
void fxo_timers_run(struct fxo_line *l);
int64_t fxo_line_next(const struct fxo_line *l);
void fxo_line_open(struct fxo_line *l);
void fxo_line_retire(struct fxo_line *l);	/* its port is to be closed */
void fxo_line_close(struct fxo_line *l);	/* at once */
void fxo_line_removed(struct fxo_line *l);
int fxo_hook(struct fxo_line *l, enum hw_hook what);
void fxo_listen(struct fxo_line *l, unsigned listen);
void fxo_play_tone(struct fxo_line *l, enum tone_id tone);
void fxo_play_stop(struct fxo_line *l);
void fxo_idle(struct fxo_line *l);		/* to IDLE, or OUT where there is no battery */
void fxo_on_battery(struct fxo_line *l, bool there);

/* fxo_leg.c */
struct fxo_leg *fxo_leg_new(struct fxo_trunk *t, bool incoming);
void fxo_leg_line(struct fxo_leg *leg, struct fxo_line *l);
void fxo_step(struct fxo_leg *leg, bool out, const char *what, const char *fmt, ...) __attribute__((format(printf, 4, 5)));
void fxo_report(struct fxo_leg *leg, enum leg_event_kind kind, bool inband, const char *how);
void fxo_leg_over(struct fxo_leg *leg, int cause, bool by_far_end, const char *how, const char *text);
void fxo_legs_deliver(struct fxo_trunk *t);
void fxo_leg_forget(struct fxo_leg *leg);

/* fxo_in.c */
void fxo_ring_begin(struct fxo_line *l);
void fxo_ring_end(struct fxo_line *l);
void fxo_ring_believed(struct fxo_line *l);	/* FT_RING_MIN */
void fxo_ring_gone(struct fxo_line *l);		/* FT_RING_GONE */
void fxo_ring_dropped(struct fxo_line *l);	/* ground start: tip was opened */
void fxo_prering(struct fxo_line *l);		/* polarity reversed on hook */
void fxo_prering_over(struct fxo_line *l);	/* FT_PRERING */
void fxo_callerid(struct fxo_line *l);
void fxo_callerid_bad(struct fxo_line *l);
void fxo_callerid_late(struct fxo_line *l);	/* FT_CALLERID */
void fxo_offer(struct fxo_line *l, const char *called);
void fxo_answer_now(struct fxo_line *l);
void fxo_alert_now(struct fxo_line *l, bool inband, bool alert);

/* fxo_ntt.c */
bool fxo_ntt_burst(struct fxo_line *l, int64_t lasted_us);	/* the first ring has ended; true: it was for the data */
void fxo_ntt_over(struct fxo_line *l);		/* FT_NTT too */

/* fxo_twostage.c */
void fxo_collect(struct fxo_line *l);
void fxo_collect_digit(struct fxo_line *l, bool begin, char digit);
void fxo_collect_none(struct fxo_line *l);	/* FT_FIRST_DIGIT */
void fxo_collect_done(struct fxo_line *l);	/* FT_INTERDIGIT */
void fxo_reorder(struct fxo_line *l, enum tone_id tone);

/* fxo_out.c */
void fxo_seize(struct fxo_line *l);
void fxo_seized_heard(struct fxo_line *l, const struct fxo_note *n);
void fxo_seized_ring(struct fxo_line *l);
void fxo_no_dialtone(struct fxo_line *l);	/* FT_DIALTONE */
void fxo_tip_ground(struct fxo_line *l);
void fxo_no_ground(struct fxo_line *l);		/* FT_GROUND */
void fxo_glare(struct fxo_line *l);		/* FT_GLARE */
void fxo_seize_failed(struct fxo_line *l, int cause, const char *text);
bool fxo_is_free(const struct fxo_line *l);
bool fxo_in_use(const struct hw_analog *a);	/* by a telephone beside us */
bool fxo_dialable(const struct fxo_conf *conf, const char *digits);

/* fxo_dial.c */
void fxo_dial(struct fxo_line *l);
void fxo_dial_pulses(struct fxo_line *l);	/* FT_PAUSE too */
void fxo_dial_played(struct fxo_line *l);
void fxo_dial_stuck(struct fxo_line *l);	/* FT_DIAL_MAX */
void fxo_dial_break(struct fxo_line *l);	/* FT_BREAK */
void fxo_digit(struct fxo_line *l, char digit);
void fxo_digits_played(struct fxo_line *l);
void fxo_mute(struct fxo_line *l);
void fxo_cas(struct fxo_line *l);

/* fxo_answer.c */
void fxo_sent(struct fxo_line *l);
void fxo_sent_heard(struct fxo_line *l, const struct fxo_note *n);
void fxo_answer_hint(struct fxo_line *l, enum fxo_answer a);
void fxo_answer_decide(struct fxo_line *l);	/* at the end of the turn */
void fxo_ringback_gone(struct fxo_line *l);	/* FT_RINGBACK */
void fxo_answer_timer(struct fxo_line *l);	/* FT_ANSWER */
void fxo_no_answer(struct fxo_line *l);		/* FT_NO_ANSWER */
bool fxo_wants(const struct fxo_line *l, enum fxo_answer a);

/* fxo_clear.c */
void fxo_sounds(struct fxo_line *l, const struct fxo_note *n);	/* keeps track; every state off hook */
unsigned fxo_clean_cycles(const struct fxo_line *l);
void fxo_off_hook(struct fxo_line *l);		/* the line has just been seized */
void fxo_up(struct fxo_line *l);
void fxo_up_heard(struct fxo_line *l, const struct fxo_note *n);
void fxo_rtp(struct fxo_line *l, bool lost);
void fxo_idle_long(struct fxo_line *l);		/* FT_IDLE */
void fxo_ceiling(struct fxo_line *l);		/* FT_CEILING */
void fxo_off_hook_card(struct fxo_line *l, enum hw_event ev);
void fxo_far_cleared(struct fxo_line *l, enum fxo_clear how, const char *text);
void fxo_release(struct fxo_line *l);		/* on hook, then guard time */
void fxo_guard_over(struct fxo_line *l);	/* FT_GUARD */
void fxo_near_clears(struct fxo_line *l);

/* fxo_test.c */
void fxo_test_begin(struct fxo_line *l);
void fxo_test_step(struct fxo_line *l);		/* FT_TEST */
void fxo_test_too_long(struct fxo_line *l);	/* FT_TEST_MAX */
void fxo_test_over(struct fxo_line *l, const char *aborted);	/* tells, if there is one; NULL: it was whole */
void fxo_test_heard(struct fxo_line *l, const struct fxo_note *n);
void fxo_test_card(struct fxo_line *l, enum hw_event ev);

#endif
