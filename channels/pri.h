/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/pri.h: the ISDN primary-rate driver: a trunk is one or more spans, each with its own D channel
 * under libpri (Q.921, Q.931). Loop thread only. Lines are opened when the trunk is and stay open.
 */
#ifndef CHANNELS_PRI_H
#define CHANNELS_PRI_H

#include <stddef.h>
#include <sys/time.h>

#include "channels/leg.h"
#include "hw/hw.h"

struct pri_trunk;

enum pri_dialect { PRI_EUROISDN_E1, PRI_EUROISDN_T1, PRI_NATIONAL2, PRI_NATIONAL1, PRI_DMS100, PRI_4ESS, PRI_5ESS,
		   PRI_QSIG, PRI_DIALECTS };	/* what each has: channels/pri_dialect.h */
enum pri_side { PRI_USER, PRI_NETWORK };
/* Least used: the fewest calls since the start. Least recent: idle for the longest. Odd, even: those timeslots first,
 * ascending, then the others: one side of a span takes odd and the other even, and they seldom meet. */
enum pri_hunt { PRI_ASCENDING, PRI_DESCENDING, PRI_ROUND_ROBIN, PRI_LEAST_USED, PRI_LEAST_RECENT, PRI_ODD, PRI_EVEN };

/* Timers and counters that a trunk may set, in milliseconds or as a number: channels/pri_timers.h. */
enum pri_timer { PT_T200, PT_N200, PT_T203, PT_K, PT_T301, PT_T302, PT_T303, PT_T304, PT_T305, PT_T306, PT_T308, PT_T309,
		 PT_T310, PT_T313, PT_T316, PT_N316, PT_HOLD, PT_RETRIEVE, PRI_TIMERS };
/* What the network side says of the time with CONNECT; where names go that have no place of their own. */
enum pri_date_time { PRI_DATE_TIME_NONE, PRI_DATE_TIME_DATE, PRI_DATE_TIME_MINUTES, PRI_DATE_TIME_SECONDS };
enum pri_display { PRI_DISPLAY_AUTO, PRI_DISPLAY_SEND, PRI_DISPLAY_NONE };
/* SERVICE messages (pri_maintenance.c): as the dialect has it, in any that has them, never unasked. */
enum pri_service_messages { PRI_SERVICE_AUTO, PRI_SERVICE_SEND, PRI_SERVICE_NONE };

/* Supplementary services that a trunk may have, as bits 1 << it: what the exchange or the PBX is subscribed to. */
enum pri_service { PRI_SERVICE_HOLD, PRI_SERVICE_TRANSFER, PRI_SERVICE_REROUTE, PRI_SERVICE_AOC, PRI_SERVICE_MCID };

struct pri_trunk_conf {
	const char *name;		/* the trunk's name, for log lines */
	const int *spans;		/* span numbers, in hunting order */
	int n_spans;
	/* NFAS (ANSI T1.607): the spans whose D channel serves all spans, the primary and the backup, 0 for none. Without a
	 * primary each span has its own. Interface identifiers in the order of spans, NULL for 0, 1, 2 and so on. */
	int nfas_primary, nfas_backup;
	const int *nfas_interfaces;	/* 0 to 127 */
	enum pri_dialect dialect;
	enum pri_side side;
	enum pri_hunt hunt;
	int nsf;			/* octet of Q.931 4.5.21's facility that every SETUP asks for, 0 for none */
	bool exclusive;			/* ask for exactly the channel named (Q.931 4.5.13), not a preferred one */
	bool keypad;			/* service codes (* and #) go as keypad facility, not as a called number */
	bool two_calling;		/* both calling numbers go out where there are two */
	bool redirecting_element;	/* the redirecting number also as an element where the dialect has an operation */
	enum pri_date_time date_time;	/* network side only */
	enum pri_display display;
	enum pri_service_messages service_messages;
	bool overlap;			/* digits may follow SETUP, both ways (Q.931 5.1.3, 5.2.4), where the dialect has it */
	bool clear_tones;		/* network: a call that fails before its answer ends with a tone and DISCONNECT with 8 */
	bool announcements;		/* what the far end plays after DISCONNECT is heard (5.4.1) */
	unsigned alarm_hold_ms;		/* an alarm this long clears the span's calls with cause 41 */
	unsigned alarm_clear_ms;	/* no alarm this long and the span is used again */
	unsigned timers[PRI_TIMERS];	/* 0: the default */

	unsigned services;		/* bits 1 << enum pri_service */
	unsigned aoc_request;		/* user side with PRI_SERVICE_AOC: bits 1 AOC-S, 2 AOC-D, 4 AOC-E, asked for in each SETUP */
};

/* Is what came so far a number? */
enum pri_digits { PRI_DIGITS_MORE, PRI_DIGITS_COMPLETE, PRI_DIGITS_COMPLETE_OR_MORE, PRI_DIGITS_NONE,
		  PRI_DIGITS_PASS };	/* offer it now: what follows can be passed on (LEG_DIGIT, LEG_COMPLETE) */

struct pri_handlers {
	leg_offered_fn *offered;
	/* With overlap: the dialplan's word, after each digit. NULL: every SETUP is complete. */
	enum pri_digits (*digits)(void *arg, const struct leg_number *called);
	/* A tone (a name of tone_id_name()) on the line of a leg that is not offered yet, or has cleared; NULL ends it. May be NULL:
	 * there are none. */
	void (*tone)(void *arg, struct leg *leg, const char *name);
	/* One line for people; LEVEL as in syslog (3 error .. 7 debug). Never NULL. */
	void (*log)(void *arg, int level, const char *text);
	/* Something that status shows has changed (layer 2, alarms, a channel). May be NULL. */
	void (*changed)(void *arg);
	/* A frame of the D channel of SPAN as it passed, from the address field on, without FCS. May be NULL. */
	void (*frame)(void *arg, int span, bool out, const uint8_t *frame, size_t len);
	void *arg;
};

/* Opens all spans' channels; a span that is not there or in alarm is out of service until it is back, and
 * is no error. CONF is copied. Errors: -EINVAL (no spans, a dialect that its span type cannot carry, or one without NFAS for a group). */
int pri_trunk_open(struct pri_trunk **out, struct hw *hw, const struct pri_trunk_conf *conf,
		   const struct pri_handlers *handlers);
/* Only when media has let go of every line. Calls that are up get LEG_CLEARED, cause 41. NULL is fine. */
void pri_trunk_close(struct pri_trunk *t);

/* Timers. libpri's deadlines are absolute times of gettimeofday(), hence two clocks. Run whatever is due
 * and every deferred event, and return the time of the next deadline in now_us's clock, -1 for none. Call
 * it once a turn of the loop: any other call on a trunk or leg may have moved the deadline. */
int64_t pri_trunk_service(struct pri_trunk *t, int64_t now_us, const struct timeval *wall);
/* An address within libpri: who calls gettimeofday() from there is to have a clock that nobody sets (gateway/steady.c). */
const void *pri_library(void);

/* Places a call. OUT is set before any event. Errors, with nothing sent and no event to follow: -EAGAIN
 * (no channel free: cause 34), -ENETDOWN (no span of the trunk is in service: cause 27), -ESHUTDOWN (the
 * trunk is drained: cause 41), -ENOMEM (cause 47). */
int pri_trunk_call(struct pri_trunk *t, const struct leg_offer *offer, leg_event_fn *fn, void *arg,
		   struct leg **out);

/* The cause that stands for an error of pri_trunk_call(). */
int pri_call_error_cause(int err);

/* No new calls on the trunk, either way (SETUP gets cause 41), while ON; calls that are up stay. */
void pri_trunk_drain(struct pri_trunk *t, bool on);
/* Changes the hunting order; calls that are up stay where they are. */
void pri_trunk_hunt(struct pri_trunk *t, enum pri_hunt hunt);
/* Changes how long an alarm lasts; a time that runs already ends by the new length. */
void pri_trunk_alarm_times(struct pri_trunk *t, unsigned hold_ms, unsigned clear_ms);
/* Whether SERVICE is sent from now on. Where it was and is not any more, the far end is told first that what it was told is
 * out is back, for it would not hear of that later. */
void pri_trunk_service_messages(struct pri_trunk *t, enum pri_service_messages how);
/* Timers from now on; those that run go on. */
void pri_trunk_timers(struct pri_trunk *t, const unsigned values[PRI_TIMERS]);
void pri_trunk_timers_now(const struct pri_trunk *t, unsigned values[PRI_TIMERS]);	/* those in force */
/* RESTART of every idle B channel of the trunk (Q.931 5.5). */
void pri_trunk_restart(struct pri_trunk *t);
/* The same of one span (0: of all) and of its timeslot POS (0: all). Returns how many lines that was. */
int pri_trunk_restart_at(struct pri_trunk *t, int span, int pos);
/* Takes these lines out of service, or back: no new call either way (a SETUP that insists on one gets cause 44), a call
 * that is up stays. A line that comes back is restarted first. With SERVICE messages the far end is told; OUT false
 * tells it again where the line was not out. Returns how many lines of the trunk that names. */
int pri_trunk_take_out(struct pri_trunk *t, int span, int pos, bool out);

/* NFAS with a backup: signalling goes to the D channel that is not in use, and the far end is told by SERVICE. The span of the one
 * in use then. Errors: -EINVAL (there is no second D channel), -ENOTSUP (the trunk sends no SERVICE: the far end would stay where
 * it is), -ENETDOWN (the other one is down). */
int pri_trunk_changeover(struct pri_trunk *t);

/* --- For status ------------------------------------------------------------------------------- */

enum pri_line_state { PRI_LINE_OUT, PRI_LINE_RESTARTING, PRI_LINE_IDLE, PRI_LINE_SETUP, PRI_LINE_UP,
		      PRI_LINE_CLEARING, PRI_LINE_SET_ASIDE, PRI_LINE_TAKEN_OUT, PRI_LINE_FAR_OUT };
const char *pri_line_state_name(enum pri_line_state s);
/* What the far end's SERVICE said of a channel; the numbers are those of the change status element. In maintenance and out
 * it gets no call from here; one from there is taken. Ends: its SERVICE or RESTART, or layer 2 that is set up anew. */
enum pri_far_status { PRI_FAR_IN, PRI_FAR_MAINTENANCE, PRI_FAR_OUT };

struct pri_line_info {
	int chan, span, pos;		/* channel number, span, timeslot */
	enum pri_line_state state;
	bool refused;			/* set aside because the far end refused calls on it (cause 44); else it answers no RESTART */
	bool taken_out;			/* by people: now, or when its call ends */
	enum pri_far_status far;	/* by the far end: the same */
	struct leg *leg;		/* the leg on it, or NULL */
	int64_t since_us;		/* when the state began */
	unsigned calls;			/* since the trunk was opened */
};
enum pri_dchan { PRI_DCHAN_OWN, PRI_DCHAN_PRIMARY, PRI_DCHAN_BACKUP, PRI_DCHAN_ELSEWHERE };
struct pri_span_info {
	int span;
	enum pri_dchan dchan;		/* which D channel it bears; ELSEWHERE: none, another span's serves it */
	int interface;			/* NFAS: its interface identifier; else -1 */
	bool active;			/* its D channel is the one in use */
	unsigned switchovers;		/* NFAS: how often signalling went from one D channel to the other, of the whole group */
	unsigned alarms;		/* HW_ALARM_ bits */
	bool layer2;			/* Q.921 multiple frame established, on its own D channel */
	int64_t layer2_since_us;	/* when that last changed */
	bool in_service;		/* a D channel serves it and no alarm is held */
	int64_t since_us;		/* when in_service last changed */
	unsigned long frames_in, frames_out, abort, overrun, badfcs;	/* on the D channel */
	enum pri_hunt hunt;		/* in force now */
	enum pri_side side;
	unsigned glare, restarts, restart_timeouts, l2_losses;
	unsigned service_sent, service_received, service_timeouts;	/* SERVICE; and those never acknowledged */
	unsigned calls_in, calls_out;
	unsigned layer3_calls;		/* calls that libpri holds, at the last audit (every 5 s) */
};
/* Fill OUT with at most MAX, return how many there are. */
int pri_trunk_lines(const struct pri_trunk *t, struct pri_line_info *out, int max);
int pri_trunk_spans(const struct pri_trunk *t, struct pri_span_info *out, int max);
/* What to do against glare on a span that has had more than its share; false when there is nothing to say. */
bool pri_glare_advice(const struct pri_span_info *s, char *text, size_t size);

#endif
