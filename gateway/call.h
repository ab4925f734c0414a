/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gateway/call.h: the call: two legs, joined. It knows no driver: legs report events, the router names
 * destinations, the media path joins ports, and every end is written to a record. Loop thread only.
 */
#ifndef GATEWAY_CALL_H
#define GATEWAY_CALL_H

#include "channels/leg.h"
#include "dialplan/did.h"
#include "gateway/gateway.h"

struct trunk;

enum call_state { CALL_IDLE, CALL_OFFERED, CALL_DIALING, CALL_ALERTING, CALL_UP, CALL_CLEARING, CALL_STATES };
const char *call_state_name(enum call_state s);
/* May a call go from A to B? The table that the machine itself uses. */
bool call_may_move(enum call_state a, enum call_state b);

/* One half of a call, as the call sees it. */
struct call_leg {
	struct call *call;
	enum ladder_side side;
	struct leg *leg;		/* NULL before it is made and after LEG_CLEARED */
	struct trunk *trunk;		/* NULL on a test line */
	struct hw_line *line;		/* the line that port was made for */
	struct media_port *port;	/* line legs: our port on it; else NULL (the driver owns its own) */
	struct media_port *closing;	/* the last one closed, whose statistics are still to come */
	struct record_leg rec;
};

struct call {
	struct call *next, **prev;	/* in gateway.calls */
	struct gateway *gw;
	uint64_t id;
	enum call_state state;
	struct call_leg in, out;
	struct call_leg referrer;	/* who asked for the transfer that is under way, else without a leg (call_refer.c) */
	bool referring;
	char asked_by[NUMBER_MAX];	/* and his number, inside form */
	struct call_divert *divert;	/* where the called side sends the call, until its leg is gone (call_divert.c) */
	int diverted;			/* how often that has been so */
	struct did_route route;
	int dest;			/* destination being tried */
	const void *table;		/* DID table the route came from: max= counts rows of one table */
	char number[NUMBER_MAX], from[NUMBER_MAX], redirecting[NUMBER_MAX];	/* inside form */
	struct leg_offer offer;		/* as it came */
	char out_rule[12];		/* what became of the calling number on the way out: "replaced", "withheld", "added" or "" */
	bool joined, told_progress, by_digit;	/* by_digit: a test call that dials one digit after the other */
	bool heard;			/* the called side has been heard before an answer */
	char later[LEG_DIGITS_MAX];	/* digits that it has still to dial */
	struct loop_timer *dialling;
	bool transferring;		/* up, and its new called side has yet to answer */
	bool ringback;			/* and the calling side hears it ring, from us */
	unsigned open_ports;		/* ports of ours whose MEDIA_CLOSED is still to come */
	struct loop_timer *timer;	/* the state's */
	struct loop_timer *stuck;	/* after clearing: a leg that does not report */
	int64_t start_us, answer_us;	/* monotonic, for ages */
	struct call_record rec;
	void (*ended)(void *arg, const struct call *c);	/* test calls: told when it is finished */
	void *ended_arg;
};

/* An incoming leg on a trunk: routed, refused or connected from here on. */
void call_offered(struct gateway *gw, struct trunk *t, struct leg *leg, const struct leg_offer *offer);
/* A call of the gateway's own, from an incoming leg (the probe) to NUMBER (inside form) on trunk TO. Returns 0 and the call,
 * or -ENOMEM; the leg is then still the caller's. BY_DIGIT: the number is dialled digit by digit, where TO has overlap. */
int call_originate(struct gateway *gw, struct leg *leg, struct trunk *to, const char *number, const char *from,
		   bool by_digit, struct call **out);
/* Ends a call from the gateway's side. WHY: one plain sentence for the record. */
void call_clear(struct call *c, int q850, const char *why);

/* Frees calls whose legs never reported, when the daemon ends. */
void calls_forget(struct gateway *gw);

struct call *call_find(struct gateway *gw, uint64_t id);	/* NULL when there is none */

/* --- between the files of the call ------------------------------------------------------------ */

/* The time of day by the clock of the call's start, microseconds: its times differ by what has passed, though the host's clock is set
 * meanwhile. */
int64_t call_wall_us(const struct call *c);
void call_note(struct call *c, const char *what, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
void call_leg_attach(struct call_leg *cl, struct leg *leg);
void call_late(struct call *c);	/* its state has lasted as long as it may */
void call_heard(struct call *c);	/* the called side is heard before an answer: the call waits as long as for one that rings */
void call_set_state(struct call *c, enum call_state s);
void call_end(struct call *c, const struct leg_cause *cause, const char *side, const char *why);
void call_maybe_free(struct call *c);
/* call_events.c: a leg's events; ARG is its struct call_leg. */
void call_leg_event(void *arg, struct leg *leg, const struct leg_event *ev);
/* call_route.c: the first or next destination; ends the call when there is none. */
void call_route(struct call *c);
bool call_try_next(struct call *c);
/* Data that CAUSE has refused and that its caller takes as sound as well: all destinations once more. True: one has taken the call. */
bool call_may_be_sound(const struct call *c, int cause);
bool call_as_sound(struct call *c, int cause);
/* call_numbers.c: who calls and who answered, between the legs */
void call_numbers_offer(struct call *c, const struct trunk *t, struct leg_offer *o);
void call_extra(struct call_leg *cl, const struct leg_event *ev);
void call_connected_answer(struct call *c, const struct leg_event *ev);
void call_connected_change(struct call_leg *cl, const struct leg_event *ev);
void call_diverted(struct call_leg *cl, const struct leg_divert *to);
void call_connected_tell(struct call *c);	/* each end about the other, after a transfer */
void call_connected_record(struct record_leg *r, const struct leg_event *ev);	/* who it says is there */
bool call_row_full(const struct call *c, const struct did_route *route);	/* its max= is reached without C */
void call_record_transfer(struct call *c, const struct call_leg *by);	/* BY's end has left the call to others */
/* call_transfer.c: the far ends of C's leg and of OTHER's call go on in one call; the other ends. */
void call_transfer(struct call_leg *cl, struct leg *other);
void call_transfer_event(struct call *c, const struct leg_event *ev);	/* of its new called side */
void call_ring_tone(struct call *c, bool on);	/* to the calling side of a call that is up, while its new called side is rung */
/* call_progress.c: progress indicators for the calling leg's next answer, from EV of the called one; returns whether it is to say
 * that there is something to hear. And LEG_DISCONNECT. */
bool call_progress(struct call *c, const struct leg_event *ev);
void call_farewell(struct call_leg *cl, const struct leg_event *ev);
/* call_overlap.c: a digit of a number that is not complete yet (false: of none such), no more of them, and the called end has
 * enough. */
bool call_overlap_digit(struct call *c, const struct call_leg *cl, char digit);
void call_overlap_complete(struct call *c);
void call_overlap_enough(struct call *c);
void call_overlap_dial(struct call *c, struct leg_offer *o);	/* by_digit: takes the digits out of O and sends them one by one */
void call_trade(struct call_leg *a, struct call_leg *b);
/* call_refer.c: CL's end asks that the other end talks with TO. */
void call_refer(struct call_leg *cl, const struct leg_divert *to);
void call_refer_done(struct call *c);
/* Who is at C's calling leg now has NUMBER (inside form), and called with OFFER; NULL: he was called. */
void call_caller_is(struct call *c, const char *number, const struct leg_offer *offer);
void call_refer_limit(struct call *c);	/* the new called side rings no longer than this */
void call_refer_next(struct call *c, int cause);	/* the new called side is gone, or cannot be called */
void call_referrer_gone(struct call *c);
/* call_divert.c: the called side sends the call on to another number. */
void call_divert(struct call_leg *cl, const struct leg_event *ev);
bool call_divert_go(struct call *c);
/* call_service.c: advice of charge, malicious calls */
void call_charge(struct call_leg *cl, const struct leg_charge *charge);
void call_malicious(struct call_leg *cl, const char *what);
/* call_media.c */
struct media_port *call_port(struct call_leg *cl);	/* made where it is not there yet; NULL: CL has no sound now */
void call_join(struct call *c);
void call_part(struct call *c);
void call_unjoin(struct call_leg *cl);
void call_leg_stats(struct call_leg *cl, struct leg *leg);
/* call_record.c */
void call_record_leg(struct call_leg *cl, const char *trunk);
void call_record_offer(struct record_leg *r, const struct leg_offer *o);	/* what is recorded of its numbers */
void call_record_cause(struct call_leg *cl, const struct leg *leg, const struct leg_event *cleared);
void call_record_write(struct call *c);

#endif
