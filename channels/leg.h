/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/leg.h: one half of a call. Every driver (PRI here, SIP in gateway/sip, the test lines in
 * gateway/) offers and reports the same things, so that gateway/call.c knows no driver. Loop thread only.
 *
 * Life of a leg. Incoming: the driver makes it and hands it to its trunk's leg_offered_fn; the receiver
 * sets fn and arg with leg_attach() before it returns, or clears it. Outgoing: made by the driver's call
 * function with fn and arg. Either way LEG_CLEARED comes exactly once, never from inside a leg_ function
 * (the driver defers it), and the leg is freed when that callback returns: nothing may touch it after.
 */
#ifndef CHANNELS_LEG_H
#define CHANNELS_LEG_H

#include <stdbool.h>
#include <stdint.h>

struct hw_line;
struct media_port;
struct leg;

/* Type of number, numbering plan, presentation and screening: the values of Q.931 4.5.8 and 4.5.10. */
enum leg_ton { TON_UNKNOWN = 0, TON_INTERNATIONAL = 1, TON_NATIONAL = 2, TON_NETWORK = 3,
	       TON_SUBSCRIBER = 4, TON_ABBREVIATED = 6 };
enum leg_npi { NPI_UNKNOWN = 0, NPI_E164 = 1, NPI_DATA = 3, NPI_TELEX = 4, NPI_NATIONAL = 8, NPI_PRIVATE = 9 };
enum leg_presentation { PRES_ALLOWED = 0, PRES_RESTRICTED = 1, PRES_UNAVAILABLE = 2 };
enum leg_screening { SCREEN_NONE = 0, SCREEN_PASSED = 1, SCREEN_FAILED = 2, SCREEN_NETWORK = 3 };

#define LEG_HLC_FAX 0x04		/* facsimile group 2/3 */
#define LEG_DIGITS_MAX 64	/* digits of a number with the ending zero */
#define LEG_CAUSE_MAX 30		/* octets of a cause element's contents (Q.931 4.5.12: 32 with its header) */
#define LEG_NAME_MAX 64		/* octets of a name in UTF-8 with the ending zero */

/* A number as it stands at the edge: digits with no prefix added or taken, and what they mean. A SIP user
 * part with a leading "+" is held as TON_INTERNATIONAL without the "+". */
struct leg_number {
	char digits[LEG_DIGITS_MAX];	/* "" for none: 0-9 * # A-D, or an alphanumeric SIP user part */
	uint8_t ton, npi;		/* enum leg_ton, enum leg_npi */
	uint8_t presentation, screening;	/* calling, connected and redirecting numbers only */
};

/* A subaddress (Q.931 4.5.8 and 4.5.9), beside the number. */
enum leg_sub_type { SUB_NSAP = 0, SUB_USER = 2 };
#define LEG_SUB_MAX 20		/* octets of information */
struct leg_subaddress {
	uint8_t type;			/* enum leg_sub_type */
	bool odd;			/* user specified: an odd number of BCD digits */
	uint8_t len;			/* 0 for none */
	uint8_t octets[LEG_SUB_MAX];	/* as on the wire; an NSAP begins with its AFI */
};

/* User-user information (Q.931 4.5.30): protocol discriminator, then up to 128 octets of any value. */
#define LEG_UUI_MAX 129
struct leg_uui {
	uint8_t len;			/* 0 for none */
	uint8_t octets[LEG_UUI_MAX];
};

/* Contents of a bearer capability, a low or a high layer compatibility (Q.931 4.5.5, 4.5.19, 4.5.17), as on the wire. */
#define LEG_CAPABILITY_MAX 18
struct leg_capability {
	uint8_t len;			/* 0 for none */
	uint8_t octets[LEG_CAPABILITY_MAX];
};

/* Information elements as they came, for the record: identifier, length and contents in hex; "" for none. */
enum leg_element { ELEMENT_CALLED, ELEMENT_CALLING, ELEMENT_CALLING_2, ELEMENT_REDIRECTING, ELEMENT_CONNECTED,
		   LEG_ELEMENTS };
#define LEG_ELEMENT_MAX 72
struct leg_raw {
	char hex[LEG_ELEMENTS][LEG_ELEMENT_MAX];
	char date_time[24];		/* the network's, "2026-11-27 14:19", "" for none */
};

/* Q.931 4.5.5: information transfer capability. */
enum leg_bearer { BEARER_SPEECH = 0x00, BEARER_UNRESTRICTED = 0x08, BEARER_RESTRICTED = 0x09, BEARER_3K1 = 0x10,
		  BEARER_TONES = 0x11, BEARER_VIDEO = 0x18 };
/* Sound, or data whose every octet counts? */
static inline bool bearer_is_sound(uint8_t b)
{
	return b == BEARER_SPEECH || b == BEARER_3K1;
}

/* What a call asks for; at the edge's own form in both directions. */
struct leg_offer {
	struct leg_number called, calling, redirecting;
	char calling_name[LEG_NAME_MAX];	/* "" for none */
	uint8_t redirect_reason;	/* Q.931 4.6.7 / Q.953; 0 unknown */
	uint8_t redirect_count;		/* 0: not redirected */
	struct leg_number original;	/* called first of all, when a call was redirected more than once; "" for none */
	uint8_t original_reason;	/* why it went on from there, as redirect_reason */
	struct leg_number calling_user;	/* the caller's own number where CALLING is the network's; "" for none */
	struct leg_subaddress called_sub, calling_sub;
	struct leg_uui uui;
	char keypad[32];		/* keypad facility (Q.931 4.5.18), "" for none */
	struct leg_raw raw;
	uint8_t bearer;			/* enum leg_bearer */
	struct leg_capability bearer_ie, llc;	/* bearer_ie: of data only, that of sound is each line's own */
	struct leg_capability hlc_ie;	/* what hlc is of: with its coding, and the extended characteristics of octet 4a */
	bool complete;			/* sending complete: no more digits will follow (else LEG_DIGIT, LEG_COMPLETE) */
	uint8_t hlc;			/* Q.931 4.5.17 high layer characteristics: LEG_HLC_FAX, or another; 0 for none */
	uint16_t progress;		/* progress indicators received, bit N for Q.931 4.5.23 value N (1 to 10) */
	char ring[24];			/* how to ring: "" as always, "1" to "5" a distinctive cadence (Alert-Info, ring= of a row) */
	uint8_t refused;		/* not 0: the driver has refused it already, with this cause, and says why: it is only recorded */
	char refused_why[96];
	bool sound_too;			/* of data: its end takes sound as well, by leg_sound() */
	char no_number;			/* calling number absent: 'O' not available, 'P' withheld (GR-30); else 0 */
	char id[128];			/* the edge's own name of the call: SIP Call-ID, or "span/call reference" */
	char source[64];		/* where it came from, for people: "192.0.2.7:5060 udp", "span 1" */
};

/* Why a leg ended, or is to be ended. Translated where it enters: q850 is always set; sip is the status
 * as it came when SIP was the origin, else 0. */
struct leg_cause {
	uint8_t q850;			/* Q.850 cause value, 1 to 127 */
	uint8_t location;		/* Q.850 2.2.3 location: 0 user, 1 LPN, 2 LN, ... 10 beyond interworking */
	uint16_t sip;			/* SIP status, or 0 */
	char text[96];			/* words as they came (Reason text, what a supervisor saw), or "" */
	const char *by;			/* what made the one of the other, SIP and q850: "RFC 3398 8.2.6.1", "Reason header"; or NULL */
	uint8_t raw[LEG_CAUSE_MAX];	/* the contents of Q.931's cause element as it came (4.5.12), from coding standard to diagnostics */
	uint8_t n_raw;			/* 0: there was none */
};

/* What may come or go with a message besides its own parameters. */
struct leg_extra {
	char connected_name[LEG_NAME_MAX];	/* with an answer; "" for none */
	struct leg_subaddress connected_sub;	/* with an answer */
	struct leg_uui uui;			/* with alerting, an answer, clearing */
};

enum leg_event_kind {
	LEG_PROCEEDING,		/* the other end has the whole number and works on it */
	LEG_ALERTING,		/* the called party is being alerted; inband: its audio flows */
	LEG_PROGRESS,		/* audio or an interworking note before answer; inband, progress */
	LEG_ANSWERED,
	LEG_DIGIT,		/* digit, out of band or found by a driver; overlap digits before answer */
	LEG_COMPLETE,		/* of a leg whose digits were to follow: there are no more */
	LEG_DISCONNECT,		/* the far end has cleared, with cause, but its audio is still to be heard: LEG_CLEARED follows when it
				 * ends. Who does not want to hear it clears the leg */
	LEG_CLEARING,		/* the far end has cleared, with cause, and the line is not free yet (RELEASE is to be answered): the call is
				 * over for people; LEG_CLEARED follows. A driver that has nothing to wait for leaves it out */
	LEG_HELD, LEG_RESUMED,	/* the other end put this leg on hold, took it back */
	LEG_JOIN,		/* transfer: what this leg, which is up, and other's call, which may still ring, lead to are to talk
				 * without these two */
	LEG_CONNECTED,		/* who is at that end has changed: connected, extra */
	LEG_AUDIO,		/* port or line has changed or become known; line is NULL while one is negotiated */
	LEG_REFER,		/* transfer: what this leg, which is up, leads to is to talk with the number in DIVERT instead */
	LEG_DIVERT,		/* this leg, which is not up, sends the call on to DIVERT: whoever takes it there sets *taken, and
				 * LEG_CLEARED of this leg follows */
	LEG_DIVERTED,		/* the far end of this leg, which is not up, has sent the call on by itself, to DIVERT (digits "" where
				 * it does not say): the caller may know */
	LEG_CHARGE,		/* advice of charge */
	LEG_MALICIOUS,		/* malicious call identification: HOW says what became of ours, or that the far end asks for it */
	LEG_CLEARED,		/* over, with cause; the last event of a leg */
};

/* Advice of charge as it came (EN 300 182): of the rates (S), so far (D), or of the whole call (E). */
#define LEG_RATES_MAX 3
struct leg_rate {			/* of AOC-S: EN 300 182-1, ChargedItem and Rate */
	char item;			/* 'B' basic communication, 'A' call attempt, 'S' call set-up */
	char kind;			/* 'F' free of charge, 'L' flat, 'T' by time */
	bool steps;			/* T: charged by whole steps, not continuously */
	uint8_t scale;			/* T: 0 1/100 s, 1 1/10 s, 2 s, 3 10 s, 4 minute, 5 hour, 6 day */
	uint32_t length;		/* T: the price is of so many of that */
	char currency[11];		/* as the network names it */
	int64_t thousandths;		/* of the currency's unit */
};

struct leg_charge {
	char when;			/* 'S', 'D', 'E' */
	bool free;			/* nothing is charged */
	long units;			/* -1 when it is not told in units */
	char currency[11];		/* as the network names it, "" when it is not told in money */
	int64_t thousandths;		/* of the currency's unit */
	struct leg_rate rates[LEG_RATES_MAX];	/* S */
	unsigned n_rates;
	char text[96];			/* S: the rates for people, by leg_charge_text(); else "" */
};

/* Where a call is sent on to, and why (Q.953 reason). */
struct leg_divert {
	struct leg_number to;
	uint8_t reason, count;		/* count: how often it has been diverted before, as its edge knows; else 0 */
	bool hidden;			/* LEG_DIVERT: who sends it on does not want the new called side to see his number */
};

struct leg_event {
	enum leg_event_kind kind;
	bool inband;			/* audio from that end really flows (PI 1 or 8; 18x with SDP) */
	uint16_t progress;		/* progress indicators as bits, as in leg_offer */
	char digit;			/* LEG_DIGIT: 0-9 * # A-D, ! for a hook flash */
	uint16_t duration_ms;		/* LEG_DIGIT: 0 when not known */
	struct leg_number connected;	/* LEG_ANSWERED, LEG_CONNECTED: connected number, digits "" for none */
	struct leg_extra extra;
	const struct leg_raw *raw;	/* LEG_ANSWERED: the elements of the answer; may be NULL */
	struct leg_cause cause;		/* LEG_CLEARED; LEG_PROGRESS when it carried one, else q850 0 */
	bool by_far_end;		/* LEG_CLEARED: the other end cleared, not our leg_clear() */
	const char *how;		/* LEG_ANSWERED, LEG_CLEARED on lines without signals: what told it ("polarity"); else NULL */
	struct leg *other;		/* LEG_JOIN */
	const struct leg_divert *divert;	/* LEG_DIVERT, LEG_DIVERTED, LEG_REFER */
	bool *taken;			/* LEG_DIVERT: false until somebody takes it */
	const struct leg_charge *charge;	/* LEG_CHARGE */
};
typedef void leg_event_fn(void *arg, struct leg *leg, const struct leg_event *ev);

/* One line of a call's ladder, as the driver sees it: a message that was sent (OUT) or received. PROTO is
 * "Q.931" or "SIP", WHAT the message ("SETUP", "180 Ringing"), DETAIL short words or "". */
typedef void leg_trace_fn(void *arg, const char *proto, bool out, const char *what, const char *detail);

/* What a driver can be asked. A NULL member means that it cannot; the leg_ functions then return
 * -EOPNOTSUPP. All return 0 or a negative errno: -EALREADY when the state for it has passed. */
struct leg_ops {
	const char *name;				/* "isdn", "sip", "fxs", "fxo", "test" */
	int (*proceed)(struct leg *leg);
	int (*alert)(struct leg *leg, bool inband);
	int (*progress)(struct leg *leg, bool inband, const struct leg_cause *cause);
	int (*answer)(struct leg *leg, const struct leg_number *connected);
	/* Outgoing, offered as not complete: further digits; COMPLETE: none will follow. -EALREADY: the far end has enough. */
	int (*more)(struct leg *leg, const char *digits, bool complete);
	int (*digit)(struct leg *leg, char digit, unsigned duration_ms);
	int (*hold)(struct leg *leg);
	int (*resume)(struct leg *leg);
	int (*transfer)(struct leg *leg, const char *to);
	int (*info)(struct leg *leg, const char *display);
	/* LEG and WITH are far ends of two calls that are to be joined: can they do it without us (SIP: REFER with
	 * Replaces)? Their audio is joined here; on 0 each reports LEG_CLEARED when it is done, if ever. */
	int (*join)(struct leg *leg, struct leg *with);
	/* What the next of alert, answer, connected and clear takes along. */
	int (*with)(struct leg *leg, const struct leg_extra *extra);
	int (*connected)(struct leg *leg, const struct leg_number *connected);
	/* An incoming leg that is not up: ask its far end to send the call on by itself. On 0 it clears the leg when it
	 * does; LEG_DIVERT comes back, with the same number, when it does not. */
	int (*divert)(struct leg *leg, const struct leg_divert *to);
	/* What became of its LEG_JOIN or LEG_REFER: CAUSE is NULL when they talk. */
	int (*referred)(struct leg *leg, const struct leg_cause *cause);
	/* An incoming leg that is not up: tell its far end that the call goes to another number. */
	int (*diverted)(struct leg *leg, const struct leg_divert *to);
	int (*charge)(struct leg *leg, const struct leg_charge *charge);	/* tell the far end */
	/* An incoming leg that has offered data, and takes sound as well: it is a call of sound from now on. The offer's bearer and
	 * progress become what it would have said then. -EALREADY: its audio has been described to it. */
	int (*sound)(struct leg *leg, struct leg_offer *offer);
	int (*malicious)(struct leg *leg);	/* have the caller's number kept by the exchange; LEG_MALICIOUS follows */
	int (*clear)(struct leg *leg, const struct leg_cause *cause);
	/* The leg has just been given a trace: replay what passed before it had one. May be NULL. */
	void (*traced)(struct leg *leg);
};

/* The part of a leg that everybody sees; drivers embed it as the first member of their own struct. */
struct leg {
	const struct leg_ops *ops;
	leg_event_fn *fn;		/* the owner's; set by leg_attach() */
	void *arg;
	leg_trace_fn *trace;		/* may be NULL */
	void *trace_arg;
	bool incoming;
	bool own_limit;			/* outgoing: while nobody answers, its driver ends it by timers that the trunk sets */
	uint16_t progress;		/* set by the owner: progress indicators (bits) that alert, progress and answer are to carry */
	struct hw_line *line;		/* line legs: the B channel, once it is known; else NULL */
	struct media_port *port;	/* SIP and test legs: their end of the media path; the driver owns it */
};

/* An incoming call on a trunk: ARG is the one given when the trunk was opened. OFFER lives until return. */
typedef void leg_offered_fn(void *arg, struct leg *leg, const struct leg_offer *offer);

void leg_attach(struct leg *leg, leg_event_fn *fn, void *arg);
void leg_set_trace(struct leg *leg, leg_trace_fn *fn, void *arg);

/* Towards the other end of an incoming leg, in this order; each may be left out. */
int leg_proceed(struct leg *leg);
int leg_alert(struct leg *leg, bool inband);
int leg_progress(struct leg *leg, bool inband, const struct leg_cause *cause);	/* CAUSE may be NULL */
int leg_answer(struct leg *leg, const struct leg_number *connected);		/* CONNECTED may be NULL */
int leg_more(struct leg *leg, const char *digits, bool complete);
/* On a leg that is up. */
int leg_digit(struct leg *leg, char digit, unsigned duration_ms);
int leg_hold(struct leg *leg);
int leg_resume(struct leg *leg);
int leg_transfer(struct leg *leg, const char *to);
int leg_info(struct leg *leg, const char *display);
int leg_join(struct leg *leg, struct leg *with);
/* Who LEG's far end talks to has changed (a transfer). */
int leg_connected(struct leg *leg, const struct leg_number *connected);
/* EXTRA goes with the next leg_alert(), leg_answer(), leg_connected() or leg_clear(), once; it is copied. */
int leg_with(struct leg *leg, const struct leg_extra *extra);
int leg_divert(struct leg *leg, const struct leg_divert *to);
int leg_referred(struct leg *leg, const struct leg_cause *cause);
int leg_diverted(struct leg *leg, const struct leg_divert *to);
int leg_charge(struct leg *leg, const struct leg_charge *charge);
void leg_charge_text(struct leg_charge *charge);	/* of its rate for the conversation; without one, of the last */
int leg_malicious(struct leg *leg);
int leg_sound(struct leg *leg, struct leg_offer *offer);
/* At any time, once; LEG_CLEARED follows. A second call is -EALREADY. */
int leg_clear(struct leg *leg, const struct leg_cause *cause);

/* For drivers: report an event, trace a message. */
void leg_report(struct leg *leg, const struct leg_event *ev);
void leg_trace(struct leg *leg, const char *proto, bool out, const char *what, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));

#endif
