/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gateway/trunk.h: a trunk as the router sees it: a name, its way to write numbers, its limits, and a driver
 * that can place a call. Loop thread only.
 */
#ifndef GATEWAY_TRUNK_H
#define GATEWAY_TRUNK_H

#include "channels/fxo.h"
#include "channels/fxs.h"
#include "channels/pri.h"
#include "gateway/gateway.h"

#define TRUNK_LINES_MAX 4096

struct trunk;

/* One line of a trunk, for status. */
struct trunk_line {
	char name[32];			/* "1/7": span and timeslot; "phones/1" */
	int chan;
	const char *state;		/* the driver's word for it */
	bool idle, out_of_service;
	int64_t since_us;
	const struct leg *leg[2];	/* on it now, or NULL */
	unsigned calls;
	char note[96];			/* what people should know of it, or "" */
};
typedef void trunk_alarm_fn(void *arg, int64_t since_us, const char *text);

/* What each kind of trunk does in its own way. NULL: nothing to do. */
struct trunk_kind {
	const char *name;		/* "isdn", "sip", "fxs", "fxo" */
	int (*open)(struct trunk *t, const struct conf_trunk *c);
	void (*close)(struct trunk *t);
	bool (*quiet)(struct trunk *t);	/* ends all that still uses the media path; true when nothing does */
	int64_t (*service)(struct trunk *t, int64_t now_us, const struct timeval *wall);	/* next deadline, -1 for none */
	void (*reload)(struct trunk *t, const struct conf_trunk *c);	/* what applies live */
	void (*drain)(struct trunk *t, bool on);
	int (*call)(struct trunk *t, const struct leg_offer *offer, leg_event_fn *fn, void *arg, struct leg **out);
	bool (*in_service)(const struct trunk *t, char *why, size_t size);
	void (*detail)(const struct trunk *t, char *buf, size_t size);	/* one line for `tipring trunks` */
	int (*lines)(const struct trunk *t, struct trunk_line *out, int max);	/* how many there are */
	void (*alarms)(const struct trunk *t, trunk_alarm_fn *fn, void *arg);
};
extern const struct trunk_kind trunk_isdn, trunk_sip, trunk_fxs, trunk_fxo;

struct trunk {
	struct trunk *next;
	struct gateway *gw;
	const struct trunk_kind *is;
	char name[64];
	enum conf_trunk_kind kind;
	struct number_rules rules;
	int max_calls;			/* 0: no limit */
	bool clearmode;			/* SIP: data calls are allowed */
	bool overlap;			/* takes digits one after the other */
	struct trunk_tone *tones;	/* trunk_overlap.c */
	unsigned echo_taps;		/* ISDN */
	struct pri_trunk *pri;		/* ISDN; else NULL */
	struct fxs_trunk *fxs;		/* FXS; else NULL */
	struct fxo_trunk *fxo;		/* FXO; else NULL */
	const struct country *country;	/* FXS and FXO: whose tones */
	unsigned calls;			/* legs on it now */
};

/* Opens all trunks of the configuration in force. */
int trunks_open(struct gateway *gw);
/* Nothing of any trunk uses the media path any more: then the trunks can be closed. Call it between turns of the loop. */
bool trunks_quiet(struct gateway *gw);
void trunks_close(struct gateway *gw);
/* Can TO take the place of the configuration in force? -EBUSY: a trunk that is made anew has calls; -EAGAIN: or had some a moment
 * ago. WHY: a sentence. */
int trunks_may_reload(struct gateway *gw, const struct conf *to, char *why, size_t size);
/* Takes over the configuration in force, where it was OLD: rules and limits, trunks that come, go, or are made anew. A SIP trunk
 * with calls on it stays in the list until a reload finds it without. On an error OLD is in force again, with its trunks. */
int trunks_reload(struct gateway *gw, struct site *old);
void trunks_drain(struct gateway *gw, bool on);

struct trunk *trunk_find(struct gateway *gw, const char *name);		/* NULL when there is none */
bool trunk_in_service(const struct trunk *t, char *why, size_t size);	/* WHY: one sentence when not */

/* Turns an inside number to how the trunk writes it. */
void trunk_write_number(const struct trunk *t, bool calling, const char *number, struct leg_number *out);
/* Turns a number as it came to the inside form, NUMBER_MAX octets. */
void trunk_read_number(const struct trunk *t, const struct leg_number *in, char *number);

/* The handlers of a driver: ARG is the trunk. */
void trunk_offered(void *arg, struct leg *leg, const struct leg_offer *offer);
void trunk_log(void *arg, int level, const char *text);

/* --- between the files of the trunks -------------------------------------------------------------- */

/* What analog trunks answer in common, from their lines: in service while one line is. */
bool trunk_lines_in_service(const struct trunk *t, char *why, size_t size);
void trunk_lines_detail(const struct trunk *t, char *buf, size_t size);
void trunk_lines_alarms(const struct trunk *t, trunk_alarm_fn *fn, void *arg);
/* "+44..." of a line's own number: the plus becomes the type. */
void trunk_own_number(struct leg_number *n);
/* trunk.c: one trunk into the list; an error has been logged. What applies live, of the trunk that is open. */
int trunk_add(struct gateway *gw, const struct conf_trunk *c);
void trunk_take_conf(struct trunk *t, const struct conf_trunk *c);
/* trunk_start.c: -EINVAL, logged, where a port of LINES starts otherwise on the card. */
int trunk_start(struct trunk *t, enum conf_start start, const struct conf_lines *lines);

/* trunk_overlap.c: handlers of an ISDN trunk that takes digits one after the other, ARG is the trunk; and whether no
 * tone plays any more (those that do are ended). */
enum pri_digits trunk_overlap_digits(void *arg, const struct leg_number *called);
void trunk_overlap_tone(void *arg, struct leg *leg, const char *name);
bool trunk_overlap_quiet(struct trunk *t);

/* --- For everybody ---------------------------------------------------------------------------------- */

/* The line called NAME ("copper/1", "1/7" or a channel number) into OUT, and its trunk; NULL when there is none. */
struct trunk *trunk_find_line(struct gateway *gw, const char *name, struct trunk_line *out);
/* The channel of the FXS line LINE, "phones/1" or a channel number, and whose tones it has; -ENOENT. */
int trunk_line_chan(struct gateway *gw, const char *line, const struct country **country);
/* WAITING messages for the telephone whose number is USER ("+442079460501", or as a person dials). -ENOENT. */
int trunk_messages(struct gateway *gw, const char *user, unsigned waiting);

/* Was CALLED, which no row has, the beginning of a number whose digits come one after the other? */
bool trunk_overlap_incomplete(struct trunk *t, const struct leg_number *called);
/* Can a call with this information transfer capability (enum leg_bearer) go out on T? ISDN takes all, SIP unrestricted data as
 * CLEARMODE, a telephone line sound alone. */
bool trunk_carries(const struct trunk *t, uint8_t bearer);
/* Places a call; returns 0, or the Q.850 cause for which it cannot. */
int trunk_call(struct trunk *t, const struct leg_offer *offer, leg_event_fn *fn, void *arg, struct leg **out);

#endif
