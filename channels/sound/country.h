/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/sound/country.h: what an analog line sounds and behaves like in a country: its tones, rings, caller ID,
 * flash, pulses and disconnect signals. Data, one row a country, each with its source. Pure; any thread.
 */
#ifndef CHANNELS_SOUND_COUNTRY_H
#define CHANNELS_SOUND_COUNTRY_H

#include "channels/sound/tone.h"

/* ITU-T E.180's names. */
enum tone_id {
	TONE_NONE,
	TONE_DIAL,
	TONE_STUTTER,		/* dial tone that says: a message waits, or a service is on */
	TONE_RINGBACK,
	TONE_BUSY,
	TONE_CONGESTION,	/* reorder */
	TONE_SIT,		/* special information tone, E.180 4.7 */
	TONE_CALL_WAITING,
	TONE_CONFIRM,		/* a service was accepted */
	TONE_HOWLER,		/* left off hook */
	TONE_IDS
};
const char *tone_id_name(enum tone_id t);		/* "dial", "busy", ... "none" */
enum tone_id tone_id_find(const char *name);		/* TONE_NONE: no such name */

/* How caller ID is sent in a country. */
enum cid_method { CID_NONE, CID_BELL202, CID_V23, CID_DTMF, CID_NTT };
enum cid_when {
	CID_AFTER_RING,		/* in the first long silence after the first ring */
	CID_AFTER_SHORT_RING,	/* after a short ring alert of 200 to 300 ms (EN 300 659-1 6.1.2) */
	CID_AFTER_REVERSAL,	/* before ringing, after line reversal (and DT-AS where dtas says so: SIN 227) */
	CID_BEFORE_RING,	/* before ringing, after DT-AS alone, or with nothing before it (DTMF) */
};

/* What tells that the far end has cleared, as bits. */
enum { CLEAR_BATTERY = 1, CLEAR_POLARITY = 2, CLEAR_TONE = 4 };

struct country {
	const char *name;		/* "uk": what `tones: uk` says; ISO 3166 in lower case, but uk */
	const char *title;		/* "United Kingdom" */
	unsigned short code;		/* E.164 country code */
	struct tone_def tones[TONE_IDS];	/* n_parts 0: the country has none, use tone_of() */
	uint16_t ring_ms[8];		/* on, off, on, off ... repeated; ends with 0 */
	enum cid_method cid;
	enum cid_when cid_when;
	bool cid_dtas;			/* the dual-tone alerting signal goes before it */
	char cid_dtmf_start, cid_dtmf_end;	/* CID_DTMF: as struct callerid's dtmf_start and dtmf_end */
	uint16_t flash_min_ms, flash_max_ms;	/* of a telephone, as this country's exchanges believe it */
	uint16_t flash_out_ms;		/* what we send */
	uint16_t pulse_make_ms, pulse_break_ms;
	unsigned clear;			/* CLEAR_ bits an exchange of the country may give */
	const char *source;		/* documents that the row was taken from */
};

/* By name ("uk", "gb", "de"), or NULL. */
const struct country *country_find(const char *name);
const struct country *country_by_code(unsigned e164);	/* the first with that country code, or NULL */
/* The I-th row, NULL past the last. */
const struct country *country_at(unsigned i);
/* A tone of the country; where it has none, the one that stands for it (stutter: dial; congestion: busy; ...). Never NULL. */
const struct tone_def *tone_of(const struct country *c, enum tone_id t);

#endif
