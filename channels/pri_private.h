/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/pri_private.h: what the files of the PRI driver share. One file per procedure:
 *
 *   pri_trunk.c    opening, closing, the turn of the loop, delivery of what was deferred
 *   pri_info.c     what people are shown of lines and spans
 *   pri_link.c     one D channel: its reader and writer, and what is taken from the frames
 *   pri_instance.c the libpri instance of a D channel
 *   pri_location.c the location of a cause that goes out
 *   pri_nfas.c     spans that share a D channel or a pair of them
 *   pri_hw.c       the channels of a span: open, gone, back again
 *   pri_events.c   libpri's events: a table of handlers
 *   pri_setup.c    a call comes in (SETUP received), answers to it
 *   pri_call.c     a call goes out (SETUP sent), answers to it
 *   pri_clear.c    clearing, both ways
 *   pri_refused.c  a SETUP that libpri refuses by itself
 *   pri_channel.c  states of a line, hunting, finding
 *   pri_restart.c  RESTART, both ways
 *   pri_takeout.c  lines taken out of service by people
 *   pri_maintenance.c  SERVICE: the far end told of that, and its own word
 *   pri_status.c   STATUS that does not fit
 *   pri_service.c  layer 2, alarms, in and out of service, the audit
 *   pri_dialect.c  what each dialect has
 *   pri_timers.c   the timers and counters that a trunk may set
 *   pri_overlap.c  digits that come, or go, one after the other
 *   pri_wait.c     what a leg waits for no longer than a timer says; an announcement after clearing
 *   pri_attach.c   elements put into frames as they are written; pri_element.c: those that libpri does not send or tell
 *   pri_hold.c     HOLD and RETRIEVE, and NOTIFY in their place
 *   pri_facility.c remote operations that libpri neither tells nor sends; pri_bridge.c: those that join two calls
 *   pri_transfer.c pri_reroute.c pri_aoc.c pri_mcid.c: transfer, deflection, advice of charge, malicious calls
 *   pri_number.c   numbers and names between legs and libpri
 *   pri_extra.c    elements beside the numbers: subaddress, user-user, keypad, date; pri_ie.c: their octets
 *   pri_name.c     calls that wait for the caller's name
 *   pri_trace.c    the Q.931 decoder for traces
 *
 * Everything runs on the loop thread. Callbacks to the gateway are made from events and from
 * pri_trunk_service() only, LEG_CLEARED at their outermost level only (pri_deliver).
 */
#ifndef CHANNELS_PRI_PRIVATE_H
#define CHANNELS_PRI_PRIVATE_H

#include "channels/pri.h"
#include "channels/pri_ie.h"
#include "channels/pri_trace.h"

/* libpri has a macro of the same name and, luckily, the same value: ours must be seen first. */
_Static_assert(PRI_NETWORK == 1, "PRI_NETWORK of libpri.h takes the place of ours");
#include <libpri.h>

#define PRI_LINES 31		/* lines of one span at most */
#define PRI_EARLY_MAX 32		/* messages kept for a leg that has no trace yet */
#define PRI_STRAY_MAX 4		/* messages kept for a call that has no leg yet */
#define PRI_SENT_CAUSES 64	/* clearing messages whose location is remembered until they are sent */
#define PRI_ATTACHED 192	/* orders to put elements into messages, remembered until those are sent, and sent again */
#define PRI_ATTACH_MAX (2 + LEG_UUI_MAX)	/* octets of one order's elements */
#define PRI_FACILITIES 32	/* FACILITYs of our own that are remembered until they are sent */
#define PRI_EXPLICIT 0x10000	/* in a channel of libpri's: bits 8 to 15 are an interface identifier */
#define PRI_FED_MAX 16		/* octets of what pri_group_feed() makes */
#define PRI_UNSTAMPED (-1)	/* a time that the next pri_trunk_service() fills in */

struct pri_link;
struct pri_group;
struct pri_leg;

/* Times of the driver that no trunk sets, in microseconds. Those of Q.921 and Q.931: pri_timers.c. */
#define PRI_REOPEN_US 1000000		/* between tries to open the channels of a span that has left */
#define PRI_SET_ASIDE_US 300000000	/* between RESTARTs of a channel that answered none */
#define PRI_REFUSALS 3			/* so often cause 44 for the same channel, and it is set aside */
#define PRI_AUDIT_US 5000000		/* between comparisons of lines and legs with libpri's calls */
#define PRI_SERVICE_US 20000000		/* SERVICE without an answer: once more, then given up */
#define PRI_SETTLE_US 5000000		/* the primary D channel has so long to come up before the backup is taken */
#define PRI_NAME_US 1000000		/* a calling name that is announced comes within it, or not at all */
#define PRI_DIVERT_US 10000000		/* a deflection without an answer: the call is sent on from here */
#define PT_DIVERT PRI_TIMERS		/* for pri_wait(): that time */

struct pri_line {
	struct pri_link *link;
	struct hw_line *hw;		/* NULL while the span is away */
	int chan, pos;			/* channel number; timeslot, which is the channel number of Q.931 */
	enum pri_line_state state;
	int64_t since_us;
	unsigned calls;
	struct pri_leg *leg;
	bool restart_due;		/* a RESTART of this line waits for its turn */
	unsigned restarts;		/* RESTARTs sent without an answer */
	unsigned refusals;		/* SETUPs in a row that the far end would not have on it, and took on another */
	int64_t retry_at;		/* set aside: when RESTART is tried again; 0, PRI_UNSTAMPED */
	bool taken_out;			/* by people: no new call on it */
	enum pri_told { PRI_TOLD_NOTHING, PRI_TOLD_IN, PRI_TOLD_OUT } told;	/* by our last SERVICE */
	unsigned tellings;		/* SERVICE sent so often without an answer */
	int64_t told_at;		/* when; 0: nothing is awaited */
	enum pri_far_status far;	/* the far end's word */
	uint64_t used;			/* the trunk's count of uses when its last call began or ended */
};

enum pri_hold {		/* by HOLD messages; the line is gone from PH_HELD to PH_RETRIEVING */
	PH_NONE,
	PH_ASKED,	/* HOLD sent */
	PH_HELD,	/* acknowledged, by either end */
	PH_RETRIEVING,	/* RETRIEVE sent, with a line taken for it */
};

/* Message types of Q.931 that we look for ourselves. */
enum { Q931_SETUP_TYPE = 0x05, Q931_CONNECT_TYPE = 0x07, Q931_ALERTING_TYPE = 0x01, Q931_PROGRESS_TYPE = 0x03,
       Q931_SETUP_ACK_TYPE = 0x0d, Q931_DISCONNECT_TYPE = 0x45, Q931_RELEASE_TYPE = 0x4d, Q931_RELEASE_COMPLETE_TYPE = 0x5a,
       Q931_INFORMATION_TYPE = 0x7b };
enum { ATTACH_CLEARING = 0 };	/* for a message type: whichever of DISCONNECT, RELEASE and RELEASE COMPLETE goes first */

enum pri_stage {
	PS_OFFERED,	/* in: SETUP received, nothing sent */
	PS_OVERLAP,	/* in: SETUP ACKNOWLEDGE sent, digits come */
	PS_SENT,	/* out: SETUP sent, nothing received */
	PS_PROGRESSING,	/* both ways: anything between that and CONNECT */
	PS_UP,
	PS_CLEARING,	/* we cleared, or answered the far end's clearing; RELEASE COMPLETE is to come */
	PS_DONE,	/* libpri has forgotten the call; LEG_CLEARED waits to be delivered */
};

struct pri_early {			/* a message of the ladder that has nowhere to go yet */
	bool out;
	unsigned cr;
	char what[32];
	char detail[Q931_DETAIL_MAX];
};

enum pri_attach_how {
	ATTACH_BESIDE,			/* to what the message has already */
	ATTACH_UNLESS_THERE,		/* when the message has none of that identifier */
	ATTACH_INSTEAD,			/* of all that have that identifier, those of earlier orders too */
	ATTACH_INSTEAD_OF_EMPTY,	/* of those that have that identifier and no more than one octet */
};

struct pri_attach {			/* elements that a message of a call is to carry */
	unsigned key;			/* call reference, 0x8000 with it for a call that came in; 0: none */
	uint8_t type;			/* message type; ATTACH_CLEARING until one of those goes */
	uint8_t how, id;		/* enum pri_attach_how, and the identifier that it speaks of */
	uint8_t len, octets[PRI_ATTACH_MAX];	/* the elements, whole, one behind the other */
};

enum { ROSE_INVOKE = 0xa1, ROSE_RESULT, ROSE_ERROR, ROSE_REJECT };
struct pri_rose {			/* a remote operation (Q.932 8.2.3.1), what is asked of it here */
	uint8_t type;			/* ROSE_x; 0 for none */
	int32_t invoke;
	int32_t code;			/* operation, error or problem; the last octet of an object identifier */
	int32_t args[2];		/* the first numbers of its argument */
	unsigned n_args;
};
/* The exchange and two of our calls: it was asked to join them, has, or will not. */
enum pri_bridge { PB_NONE, PB_ASKED, PB_DONE, PB_REFUSED };

struct pri_aoc_asked { int what, invoke; };	/* PRI_AOC_REQUEST_x, and what its answer is to name */

struct pri_leg {
	struct leg leg;
	struct pri_leg *next;
	struct pri_link *link;
	struct pri_line *line;		/* NULL while a lost one has not been replaced */
	q931_call *call;		/* libpri's; NULL once it has freed it */
	unsigned cr;			/* call reference, 15 bits; its flag is !incoming at this end */
	enum pri_stage stage;
	int64_t since_us;		/* the last message either way */
	int ds1;			/* interface identifier as the far end gave it, in libpri's encoding */
	const struct pri_link *counted;	/* out: the last span that has counted it */
	struct pri_line *refused;	/* out: where the first SETUP met cause 44, until the second has an answer */
	bool glared, retried;		/* out: lost its line to the network's SETUP; tried a second line */
	bool far_first;			/* the far end began to clear */
	bool moves;			/* NFAS: its D channel is another now, and libpri is to be told */
	struct leg_cause cause;		/* for LEG_CLEARED */
	uint8_t rx_cause, rx_location;	/* of the last cause element received, 0 for none */
	uint8_t rx_raw[LEG_CAUSE_MAX], rx_n_raw;	/* its contents */
	bool rx_status;			/* STATUS has come, with this state of the far end's */
	uint8_t rx_state;
	bool rx_clearing;		/* DISCONNECT, RELEASE or RELEASE COMPLETE has come */
	struct leg_uui rx_uui;		/* of the far end's first clearing message */
	struct leg_extra with;		/* for the next message to the far end */
	struct leg_offer *held;		/* in: not offered yet, its name is to come; since held_at */
	int64_t held_at;
	enum pri_hold hold;
	bool hold_wanted;		/* the gateway wants the far end held */
	bool hold_notified;		/* it was told so by NOTIFY, in the place of HOLD */
	bool held_by_far;		/* the far end's HOLD or NOTIFY */
	struct leg_divert *diverting;	/* in: the far end was asked to send the call on, until it has */
	bool deflected;			/* and says that it does */
	uint16_t rx_progress;		/* progress indicators of the last DISCONNECT */
	bool sound;			/* its bearer is speech or 3.1 kHz audio */
	bool farewell;			/* it has come, and what the far end plays is still heard */
	enum pri_timer waits_for;	/* or PT_DIVERT */
	int64_t wait_until;		/* 0: waits for nothing */
	bool alerted, told_inband;	/* in: ALERTING has been sent; that there is audio on the line */
	struct pri_aoc_asked aoc[3];	/* in: advice of charge that the SETUP asked for, not answered yet */
	unsigned n_aoc;
	bool aoc_due;			/* in: AOC-E is promised for the end */
	struct pri_rose rose;		/* has come, and waits for pri_bridge_run() */
	uint8_t n_facilities;		/* of our own, sent on this call */
	enum pri_bridge bridge;		/* with the call BRIDGED (reference, 0x8000 of one that came in) */
	unsigned bridged;
	bool rlt_asked;			/* in, DMS100: its SETUP asks whether it may be transferred; */
	int32_t rlt_id;			/* what we have named it for that, 0: not yet */
	bool collecting, tone;		/* in: not offered yet, as digits come; a tone is played */
	bool overlap, sending, more_complete;	/* out: SETUP was not complete; SETUP ACKNOWLEDGE has come; */
	char more[LEG_DIGITS_MAX];	/* what is to be sent then */
	struct leg_offer *offer;	/* out: kept for the second try, until the far end has answered; in: while collecting */
	struct pri_early *early;	/* PRI_EARLY_MAX of them until there is a trace */
	unsigned n_early;
};

/* Spans under one Q.931 entity: one span with its D channel; or, NFAS, several with one D channel or two. */
struct pri_group {
	struct pri_link *d[2];		/* the primary D channel's span and the backup's */
	int n_d;
	struct pri_link *spans;		/* the first of all of them; the others by their next, in the trunk's order */
	struct pri_link *active;	/* of d: where messages go; the last one while none is up */
	int64_t settle_at;		/* the backup is not taken before, so that the primary may come up; 0: any time */
	int64_t t309_at;		/* no D channel is up: calls that are stay until then; 0 for not running */
	struct pri_line *restarting;	/* RESTART sent, RESTART ACKNOWLEDGE to come */
	int64_t restart_at;		/* when it was sent */
	bool restart_lost;		/* layer 2 was set up again meanwhile, as when both ends begin at once */
	unsigned restart_from;		/* place of the line whose turn is next, over all spans */
	bool restart_known;		/* the far end has acknowledged one */
	unsigned switchovers;
};

/* A span. What is said of its D channel and libpri's instance is empty when it has none (bears_d). */
struct pri_link {
	struct pri_trunk *trunk;
	struct pri_group *group;
	struct pri_link *next;		/* of the group's spans */
	int span, dchan_no;		/* dchan_no 0: the span has not been seen yet */
	bool bears_d;			/* it has a D channel of its own */
	int interface;			/* interface identifier of Q.931 4.5.13, -1 outside NFAS: never sent */
	struct hw_dchan *dchan;
	struct pri *pri;
	struct pri *master;		/* of the two instances that libpri has tied together, NULL outside NFAS */
	bool moving;			/* calls come here from the other D channel: leg->moves */
	enum hw_law law;
	struct pri_line lines[PRI_LINES];
	int n_lines;
	bool reading, dry;		/* inside pri_link_read(); the reader had no frame left */
	bool rx_clearing, rx_status;	/* that of a leg has been set */
	bool gone;			/* the span has left; reopened from reopen_at */
	int64_t reopen_at;
	int failed_chan, failed_err;	/* a line that could not be opened, as the log has it; 0: none */

	bool layer2, in_service;
	int64_t since_us, layer2_since_us;	/* of in_service, of layer2 */
	unsigned alarms;
	bool held;			/* an alarm lasted, or has not been clear for long enough */
	int64_t alarm_at, clear_at;	/* when it came and went, 0 for not running, PRI_UNSTAMPED */

	bool got_service;		/* the frame that libpri reads now is a message of maintenance, in got */
	bool service_deaf;		/* a SERVICE was not acknowledged, and none since */

	struct q921_seq seq_in, seq_out;	/* which I frames are repetitions */
	struct pri_early stray[PRI_STRAY_MAX];
	unsigned n_stray;
	struct pri_sent { unsigned cr; uint8_t location, own, cause, n_diag, diag[LEG_CAUSE_MAX]; } sent[PRI_SENT_CAUSES];
	unsigned n_sent;
	struct pri_attach attached[PRI_ATTACHED];
	unsigned n_attached;
	uint8_t got[320];		/* the last message that came, from its address on */
	size_t got_len;
	struct pri_facility { unsigned key; uint8_t indicator, len, octets[32]; } facilities[PRI_FACILITIES];
	unsigned n_facilities;
	int32_t rlt_last;		/* the identity given last */
	bool rx_facility;		/* a leg has a remote operation to look at */
	unsigned setup_cr;		/* of the last SETUP received, and its high layer compatibility */
	uint8_t setup_hlc;
	bool setup_new, setup_wide;	/* of the same: nobody has been told of it; it asks for more than 64 kbit/s */
	uint8_t setup_refused;		/* the cause with which libpri has refused it, 0: it has not */

	char text[256];			/* a line of libpri's that is not finished */
	struct pri_span_info count;	/* the counters in it */
	unsigned strays;		/* calls of libpri's without a leg, at the last audit */
};

struct pri_trunk {
	char name[64];
	struct pri_trunk_conf conf;
	struct pri_handlers h;
	struct hw *hw;
	struct pri_link **links;
	int n_links;
	struct pri_group *groups;	/* one for each link, or one for all */
	int n_groups;
	struct pri_leg *legs;
	int64_t now_us, audit_at;
	unsigned depth;			/* callbacks entered */
	bool draining, changed, stamp, pending;
	unsigned rr_line;		/* where round robin goes on */
	uint64_t uses;			/* calls begun and ended, for the least recently used line */
};

/* pri_trunk.c */
void pri_enter(struct pri_trunk *t);
void pri_leave(struct pri_trunk *t);	/* delivers at the outermost level */
void pri_deliver(struct pri_trunk *t);
void pri_log(const struct pri_link *link, int level, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
int64_t pri_stamp(struct pri_trunk *t);	/* PRI_UNSTAMPED, and have it filled in */

/* pri_timers.c */
int64_t pri_timer_us(const struct pri_trunk *trunk, enum pri_timer t);
void pri_timers_apply(struct pri_link *link);
int64_t pri_stuck_clearing_us(const struct pri_trunk *t);

/* pri_link.c */
int pri_link_in(struct pri *pri, void *buf, int size);	/* libpri's reader, and its writer */
int pri_link_out(struct pri *pri, void *buf, int size);
void pri_link_read(struct pri_link *link);
void pri_leg_replay(struct leg *leg);
void pri_adopt_strays(struct pri_leg *leg);

/* pri_location.c */
void pri_location(struct pri_link *link, const struct pri_leg *leg, uint8_t location);
void pri_location_diagnostics(struct pri_link *link, const struct leg_cause *cause);	/* of the location told last */
size_t pri_location_put(struct pri_link *link, uint8_t *frame, size_t len);	/* the new length */

/* pri_instance.c */
int pri_link_start(struct pri_link *link);
void pri_link_retire(struct pri_link *link);
bool pri_call_exists(const struct pri_leg *leg);
unsigned pri_call_reference(struct pri *pri, q931_call *call);
unsigned pri_leg_key(const struct pri_leg *leg);	/* its reference, and 0x8000 for a call that came in */
unsigned pri_sent_key(const struct q931_msg *m);	/* the same of the call that M, which goes out, is of */
struct pri_leg *pri_leg_by_key(struct pri_link *link, unsigned key);	/* that is not over; NULL for none */

/* pri_nfas.c */
int pri_groups_make(struct pri_trunk *t);
bool pri_dchan_usable(const struct pri_link *link);
enum pri_dchan pri_dchan_role(const struct pri_link *link);
bool pri_group_up(const struct pri_group *g);		/* a D channel of it is in use */
struct pri_link *pri_interface(struct pri_link *link, int channel);	/* the span that CHANNEL of a message on LINK is on */
int pri_interface_bits(const struct pri_link *link);	/* for libpri, 0 outside NFAS */
void pri_group_changed(struct pri_link *link);		/* a D channel has come, gone, or fallen into an alarm that lasts */
void pri_group_heard(struct pri_link *link, struct pri_leg *leg);	/* the far end has sent a message of a call there */
size_t pri_group_feed(struct pri_link *link, uint8_t frame[PRI_FED_MAX]);	/* a message for libpri, 0 for none */
void pri_group_told(struct pri_link *link, bool in);	/* by the far end: the D channel of LINK is in service, or not */
void pri_group_run(struct pri_group *g, struct pri_trunk *t);
int64_t pri_group_next(const struct pri_group *g);	/* -1 for never */

/* pri_hw.c */
int pri_hw_check(struct pri_trunk *t, int span);
void pri_hw_open(struct pri_link *link);
void pri_hw_close(struct pri_link *link);
void pri_hw_service(struct pri_link *link);

/* pri_events.c */
void pri_event_handle(struct pri_link *link, pri_event *ev);

/* pri_channel.c */
void pri_line_set(struct pri_line *line, enum pri_line_state state);
void pri_line_take(struct pri_line *line, struct pri_leg *leg);
void pri_line_drop(struct pri_leg *leg, enum pri_line_state state);	/* the leg has no line any more */
struct pri_line *pri_line_at(struct pri_link *link, int pos);
struct pri_line *pri_line_named(struct pri_link *link, int channel);	/* CHANNEL as libpri has it, of a message on LINK */
struct pri_line *pri_hunt(struct pri_trunk *t, const struct pri_group *only, const struct pri_line *avoid);
bool pri_link_usable(const struct pri_link *link);
int pri_encode(const struct pri_leg *leg);	/* the leg's channel as libpri wants it, 0 for none */

/* pri_setup.c, pri_call.c */
extern const struct leg_ops pri_leg_ops;
struct pri_leg *pri_leg_new(struct pri_link *link, bool incoming);
struct pri_leg *pri_leg_of(struct pri_link *link, const q931_call *call);
void pri_on_ring(struct pri_link *link, pri_event *ev);
void pri_offer_up(struct pri_leg *leg, const struct leg_offer *offer);	/* to the gateway; cleared when nobody takes it */
int pri_setup_send(struct pri_leg *leg, struct pri_line *line);
bool pri_setup_again(struct pri_leg *leg, int cause);
void pri_setup_taken(struct pri_leg *leg);	/* by the far end, on the channel that the leg has */
bool pri_answer_channel(struct pri_leg *leg, int channel);
/* The far end has named LINE for another call while our SETUP for it was on its way: false when it is really in use. */
bool pri_line_yields(struct pri_line *line);
void pri_touch(struct pri_leg *leg);

/* pri_clear.c */
int pri_leg_clear(struct leg *leg, const struct leg_cause *cause);
void pri_refuse(struct pri_link *link, pri_event_ring *ev, int cause);
void pri_leg_over(struct pri_leg *leg, int cause, int location);	/* libpri's call is gone */
void pri_leg_destroy(struct pri_leg *leg, int cause);	/* forget libpri's call, send nothing */
void pri_far_cleared(struct pri_leg *leg);	/* RELEASE has gone, its answer may be long in coming: tell the owner */
void pri_far_cause(struct pri_leg *leg, int cause);	/* as it came, with its location */
void pri_received_cause(const struct pri_leg *leg, struct leg_cause *cause);
void pri_on_hangup_req(struct pri_link *link, pri_event *ev);
void pri_on_hangup(struct pri_link *link, pri_event *ev);
void pri_on_hangup_ack(struct pri_link *link, pri_event *ev);

/* pri_refused.c */
void pri_refused_setup(struct pri_link *link);
void pri_refused_put(struct pri_link *link, uint8_t *frame, size_t len);
void pri_refused_check(struct pri_link *link);
void pri_refused_tell(struct pri_leg *leg, const struct leg_offer *offer);	/* the owner, of a call that is over; LEG has no line */

/* pri_restart.c */
void pri_restart_line(struct pri_line *line);
void pri_line_refused(struct pri_line *line);	/* a SETUP on it met cause 44, and was taken on another */
void pri_restart_run(struct pri_link *link);
void pri_restart_stop(struct pri_link *link);
int64_t pri_restart_next(const struct pri_link *link);	/* when a line set aside is tried again, -1 for none */
void pri_on_restart(struct pri_link *link, pri_event *ev);
void pri_on_restart_ack(struct pri_link *link, pri_event *ev);

/* pri_maintenance.c */
bool pri_maintenance_sends(const struct pri_link *link);	/* SERVICE, by its dialect and its trunk */
void pri_maintenance_apply(struct pri_link *link);	/* to libpri's instance, a new one or an old one */
void pri_maintenance_stop(struct pri_link *link);	/* the span leaves service */
void pri_maintenance_anew(struct pri_link *link);	/* layer 2 is set up by SABME */
void pri_maintenance_run(struct pri_link *link);	/* tells the far end what it was not told */
void pri_maintenance_dchan(struct pri_link *link);	/* tells that its D channel is the one in use */
int64_t pri_maintenance_next(const struct pri_link *link);	/* -1 for never */
void pri_maintenance_again(struct pri_line *line);	/* what it was told of this one counts no more */
void pri_maintenance_restarted(struct pri_line *line);	/* by the far end */
void pri_on_service(struct pri_link *link, pri_event *ev);
void pri_on_service_ack(struct pri_link *link, pri_event *ev);
void pri_maintenance_got(struct pri_link *link, const uint8_t *frame, size_t len);
bool pri_maintenance_whole(struct pri_link *link);	/* of an event of the D channel: it was a SERVICE, and is done */
size_t pri_maintenance_put(struct pri_link *link, uint8_t *frame, size_t len);	/* the new length */

/* pri_status.c */
void pri_status_seen(struct pri_leg *leg, unsigned state);
void pri_status_check(struct pri_link *link);

/* pri_service.c */
void pri_service_layer2(struct pri_link *link, bool up);
void pri_service_alarm(struct pri_link *link, bool alarm);
void pri_service_update(struct pri_link *link);
void pri_service_run(struct pri_link *link);
int64_t pri_service_next(const struct pri_link *link);
void pri_audit(struct pri_trunk *t);

/* pri_extra.c */
void pri_extra_options(struct pri_link *link);
bool pri_extra_facility(const struct pri_link *link);	/* libpri sends FACILITY for it */
void pri_extra_got(struct pri_link *link, const uint8_t *frame, size_t len);
void pri_extra_offer(struct pri_leg *leg, const pri_event_ring *ev, struct leg_offer *o);
void pri_extra_called(struct pri_leg *leg, struct pri_sr *sr);
void pri_extra_setup(struct pri_leg *leg, struct pri_sr *sr);
void pri_extra_alerted(struct pri_leg *leg, struct leg_event *ev);
void pri_extra_answered(struct pri_leg *leg, const struct pri_subcommands *s, struct leg_event *ev, struct leg_raw *raw);
void pri_extra_clearing(struct pri_leg *leg, const uint8_t *frame, size_t len);
void pri_extra_changed(struct pri_link *link, q931_call *call, const struct pri_subcommands *s);
void pri_on_facility(struct pri_link *link, pri_event *ev);
int pri_extra_with(struct leg *leg, const struct leg_extra *extra);
int pri_extra_connected(struct leg *leg, const struct leg_number *connected);
void pri_extra_alert(struct pri_leg *leg);
void pri_extra_answer(struct pri_leg *leg, const struct leg_number *connected);
void pri_extra_clear(struct pri_leg *leg);

/* pri_name.c */
bool pri_name_awaited(struct pri_leg *leg, const struct leg_offer *offer);
bool pri_name_came(struct pri_leg *leg, const char *name);
void pri_name_service(struct pri_trunk *t);
int64_t pri_name_next(const struct pri_trunk *t);	/* deadline, -1 for none */

/* pri_wait.c */
void pri_wait(struct pri_leg *leg, enum pri_timer what);
void pri_wait_stop(struct pri_leg *leg);
int64_t pri_wait_us(const struct pri_leg *leg);	/* how long, microseconds */
void pri_wait_run(struct pri_trunk *t);
int64_t pri_wait_next(const struct pri_trunk *t);
bool pri_farewell(struct pri_leg *leg, int cause);
void pri_tone(struct pri_leg *leg, const char *name);		/* NULL: none */
void pri_clear_tone(struct pri_leg *leg);

/* pri_overlap.c */
bool pri_overlap_begin(struct pri_leg *leg, const struct leg_offer *o);
void pri_overlap_info(struct pri_leg *leg, const char *digits, bool complete);
void pri_overlap_late(struct pri_leg *leg);
void pri_overlap_end(struct pri_leg *leg);
void pri_overlap_acked(struct pri_leg *leg);
void pri_overlap_enough(struct pri_leg *leg);
int pri_overlap_more(struct leg *leg, const char *digits, bool complete);

/* pri_attach.c. The next message of this TYPE on the leg's call carries ELEMENTS, whole, as HOW says with regard to ID; or one
 * element ID with these CONTENTS. The order is for FRAME_N201 octets of a frame at most: what does not fit is left out, logged. */
void pri_attach(struct pri_leg *leg, uint8_t type, enum pri_attach_how how, uint8_t id, const uint8_t *elements, size_t n);
void pri_attach_element(struct pri_leg *leg, uint8_t type, enum pri_attach_how how, uint8_t id, const uint8_t *contents, size_t n);
void pri_attach_forget(struct pri_leg *leg);		/* a far end may use a call reference again at once: nothing of the call before */
size_t pri_attach_write(struct pri_link *link, uint8_t *frame, size_t len);	/* FRAME has room for a whole one; the new length */

/* pri_element.c. Of the next message of this TYPE on the leg's call: */
void pri_element_progress(struct pri_leg *leg, uint8_t type, uint16_t progress);	/* these progress indicators, no other */
void pri_element_setup(struct pri_leg *leg, const struct leg_offer *o);
void pri_element_complete(struct pri_leg *leg);			/* INFORMATION with sending complete */
void pri_element_seen(struct pri_link *link, struct pri_leg *leg, const struct q931_msg *m);
uint8_t pri_element_hlc(const struct pri_leg *leg);		/* of the SETUP that has just come */
/* pri_hold.c */
bool pri_has(const struct pri_link *link, enum pri_service s);
void pri_services_enable(struct pri_link *link);
int pri_leg_hold(struct leg *leg);
int pri_leg_resume(struct leg *leg);
void pri_hold_run(struct pri_leg *leg);
void pri_hold_change(struct pri_leg *leg, bool held);
void pri_on_hold(struct pri_link *link, pri_event *ev);
void pri_on_hold_ack(struct pri_link *link, pri_event *ev);
void pri_on_hold_rej(struct pri_link *link, pri_event *ev);
void pri_on_retrieve(struct pri_link *link, pri_event *ev);
void pri_on_retrieve_ack(struct pri_link *link, pri_event *ev);
void pri_on_retrieve_rej(struct pri_link *link, pri_event *ev);

/* pri_facility.c, pri_bridge.c */
bool pri_facility_read(const uint8_t *frame, size_t len, struct pri_rose *out);
void pri_facility_seen(struct pri_leg *leg, const uint8_t *frame, size_t len);
int pri_facility_send(struct pri_leg *leg, const uint8_t *octets, size_t n);	/* contents of the element; 0, or -1 */
void pri_facility_forget(struct pri_leg *leg);
size_t pri_facility_put(struct pri_link *link, uint8_t *frame, size_t len, size_t max);
void pri_bridge_asked(struct pri_leg *leg, struct pri_leg *with);	/* by us */
void pri_bridge_setup(struct pri_leg *leg);	/* a call has come in: does it ask to be transferable? */
void pri_bridge_answered(struct pri_leg *leg);	/* an answer to its SETUP has gone */
void pri_bridge_answers(struct pri_link *link);	/* what the far end says of that, before the event of the same message */
void pri_bridge_run(struct pri_link *link);
const char *pri_bridge_how(const struct pri_leg *leg);	/* for LEG_CLEARED: the exchange has joined it, or sent it on; or NULL */
/* The owner joins what A's and B's far ends asked for; false: they are not in a state for it. */
bool pri_transfer_owner(struct pri_leg *a, struct pri_leg *b);

/* pri_transfer.c, pri_reroute.c, pri_aoc.c, pri_mcid.c */
int pri_leg_join(struct leg *leg, struct leg *with);
void pri_transfer_asked(struct pri_link *link, q931_call *call, const struct pri_subcmd_transfer *t);
int pri_leg_divert(struct leg *leg, const struct leg_divert *to);
void pri_reroute_asked(struct pri_link *link, q931_call *call, const struct pri_rerouting_data *r);
void pri_reroute_late(struct pri_leg *leg);
void pri_reroute_taken(struct pri_leg *leg);
int pri_leg_diverted(struct leg *leg, const struct leg_divert *to);
void pri_diverted(struct pri_leg *leg, const struct pri_party_redirecting *r);
void pri_aoc_came(struct pri_leg *leg, const struct pri_subcommand *s);
int pri_leg_charge(struct leg *leg, const struct leg_charge *charge);
void pri_aoc_ask(struct pri_leg *leg, struct pri_sr *sr);
void pri_aoc_asked(struct pri_leg *leg, const struct pri_subcommands *s);
void pri_aoc_reply(struct pri_leg *leg);
void pri_aoc_settle(struct pri_leg *leg);
int pri_leg_malicious(struct leg *leg);
void pri_mcid_came(struct pri_leg *leg, const struct pri_subcommand *s);
/* Everything of a message that belongs to a supplementary service. */
void pri_subcommands(struct pri_link *link, q931_call *call, const struct pri_subcommands *s);

/* pri_number.c */
void pri_number_out(struct pri_party_number *out, const struct leg_number *n);
void pri_number_in(struct leg_number *out, const struct pri_party_number *n);
void pri_digits_in(struct leg_number *out, const char *digits, int plan, int presentation);
int pri_reason_out(enum pri_dialect dialect, uint8_t reason);	/* of a redirection, as libpri has it */
uint8_t pri_reason_in(int reason);
void pri_name_out(struct pri_party_name *out, const char *utf8, int presentation);
void pri_name_in(char out[LEG_NAME_MAX], const struct pri_party_name *n, const struct leg_number *who);	/* WHO: its bearer's number */
uint16_t pri_progress_bits(int progressmask);

#endif
