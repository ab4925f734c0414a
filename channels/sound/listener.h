/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/sound/listener.h: everything that is heard on an analog line, in one pass over its audio: DTMF, the tones of a
 * country by frequency and cadence, speech and silence, caller ID, the alerting signal; and the last seconds of audio,
 * kept. Pure.
 * Opened and closed on the loop thread, fed on the media thread; nothing else is shared.
 */
#ifndef CHANNELS_SOUND_LISTENER_H
#define CHANNELS_SOUND_LISTENER_H

#include "channels/sound/callerid.h"
#include "channels/sound/country.h"

enum {				/* what to listen for, as bits */
	LISTEN_DTMF = 1,
	LISTEN_TONES = 2,	/* dial, ringback, busy, congestion, SIT */
	LISTEN_SPEECH = 4,	/* speech begins; silence goes on */
	LISTEN_CALLERID = 8,	/* every method, also in what was kept from the last seconds when this bit is newly set */
	LISTEN_CAS = 16,
	LISTEN_DIAL = 32,	/* with LISTEN_TONES: just seized, so that a tone that goes on is dial tone after 400 ms of it */
};
enum heard_kind {
	HEARD_DIGIT_BEGIN,	/* digit: its tone has been there for long enough to be believed */
	HEARD_DIGIT,		/* digit, ms: it has ended */
	HEARD_TONE,		/* tone: recognised by frequency and cadence; ms: since its first sound; again each cycle, with cycles */
	HEARD_TONE_END,		/* tone: it is no longer there; ms: it lasted */
	HEARD_SPEECH,		/* speech, or any sound that is no call-progress tone (of any country) and no digit, for at least 200 ms;
				 * again each second */
	HEARD_SILENCE,		/* ms of silence so far: at 500 ms, then each second */
	HEARD_CALLERID,		/* callerid */
	HEARD_CALLERID_BAD,	/* one began and was broken or cut */
	HEARD_CAS,
};
struct heard {
	enum heard_kind kind;
	char digit;
	enum tone_id tone;
	unsigned cycles;		/* cadence cycles heard whole; a continuous tone: seconds */
	unsigned ms;
	struct callerid callerid;	/* HEARD_CALLERID */
};
typedef void heard_fn(void *arg, const struct heard *h);

struct listener;
/* KEEP_MS: how much of the latest audio is kept, 0 to 10,000. */
int listener_open(struct listener **out, const struct country *c, enum hw_law law, unsigned keep_ms);
void listener_close(struct listener *l);			/* NULL is fine */
void listener_reset(struct listener *l);			/* the line stood still: nothing was heard or kept before now */
void listener_want(struct listener *l, unsigned listen);	/* LISTEN_ bits; those newly set start afresh */
/* N octets of the line's law as they came. FN is called from inside. */
void listener_feed(struct listener *l, const uint8_t *buf, unsigned n, heard_fn *fn, void *arg);
float listener_level(struct listener *l);	/* dBm0 since last asked, of the time when there was something to listen for */
/* The kept audio, oldest first: at most MAX octets into OUT; returns how many. */
unsigned listener_kept(const struct listener *l, uint8_t *out, unsigned max);

#endif
