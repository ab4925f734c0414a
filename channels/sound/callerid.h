/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/sound/callerid.h: caller ID on analog lines: messages, their modulation and demodulation. Bell 202 (Telcordia
 * GR-30, GR-31) and V.23 (ETSI EN 300 659-1, -3; BT SIN 227, 242) FSK, NTT's, and DTMF (EN 300 659-1 annex, as in
 * Denmark, Sweden, Brazil). Pure; one object on one thread.
 */
#ifndef CHANNELS_SOUND_CALLERID_H
#define CHANNELS_SOUND_CALLERID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "channels/sound/country.h"

enum callerid_message { CALLERID_CALL, CALLERID_MESSAGE_WAITING };
struct callerid {
	enum callerid_message message;
	char number[32];		/* digits, with "+" where the sender put one; "" for none */
	char name[64];			/* UTF-8; "" for none */
	char no_number, no_name;	/* reason for absence: 'O' not available, 'P' withheld; 0 when there is one or none was said */
	char redirecting[32];		/* number that sent the call on, or "" */
	uint8_t month, day, hour, minute;	/* local time; month 0: none */
	bool waiting;			/* CALLERID_MESSAGE_WAITING: the lamp is to be on */
	uint8_t messages;		/* how many, 0 when not said */
	bool single;			/* CID_BELL202: single data message format (GR-31), which has no name */
	char dtmf_start, dtmf_end;	/* CID_DTMF: 0, 0: 'A', 'C' (EN 300 659-1); Denmark: 'A', '#'; Taiwan: 'D', 'C' */
	enum cid_method method;		/* received: how it came */
	bool call_waiting;		/* received: with no channel seizure, as off hook (type II); not CID_DTMF, CID_NTT */
};

/*
 * The sound of one transmission, linear at 8 kHz: channel seizure (not for TYPE2, nor NTT) and mark, the message and its
 * checksum; or the DTMF string. LEVEL_DBM0 is its level in LAW's scale, of DTMF that of each tone. OUT is the caller's to
 * free(). -EINVAL: the method cannot carry it (DTMF and NTT: message waiting, type II). Where there is neither a number nor a
 * reason for its absence, 'O' is sent. What a method has no field for is left out: DTMF the name and the date, Bell 202 and
 * NTT the redirecting number. Fields are cut at what the method allows: a number at 20 characters, a name at 15 (Bell 202,
 * and in ASCII), 20 (NTT, ASCII) or 50 (V.23, ISO 8859-1). "+" is sent by Bell 202 and V.23 alone.
 */
int callerid_sound(const struct callerid *c, enum cid_method method, bool type2, enum hw_law law, double level_dbm0,
		   int16_t **out, size_t *n);
/* The alerting signals: DT-AS (2130 and 2750 Hz, EN 300 659-1) and CAS (the same off hook, 80 ms, GR-30). MS long, each tone
 * at LEVEL_DBM0. */
int callerid_alert_sound(unsigned ms, enum hw_law law, double level_dbm0, int16_t **out, size_t *n);

/* All receivers at once, on one pass. */
struct callerid_rx;
int callerid_rx_open(struct callerid_rx **out, enum hw_law law);
void callerid_rx_close(struct callerid_rx *r);		/* NULL is fine */
void callerid_rx_reset(struct callerid_rx *r);		/* before a new line state: nothing heard yet */
/* Linear samples as they come. True: a whole message with a good checksum was received, into OUT. A DTMF message ends by its
 * end digit. One that is cut short or broken gives nothing but *BAD (may be NULL) set to true. A message of a kind that is
 * not for calls or messages waiting gives neither. */
bool callerid_rx_feed(struct callerid_rx *r, const int16_t *x, size_t n, struct callerid *out, bool *bad);

/* The alerting signal heard off hook: true once when a CAS of at least 75 ms has just ended. Speech must not set it off. */
struct cas_rx;
int cas_rx_open(struct cas_rx **out, enum hw_law law);
void cas_rx_close(struct cas_rx *r);			/* NULL is fine */
bool cas_rx_feed(struct cas_rx *r, const int16_t *x, size_t n);

#endif
