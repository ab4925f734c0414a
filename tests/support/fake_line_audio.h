/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests/support/fake_line_audio.h: line audio without a sample: it keeps what a driver plays and listens for, and a test says
 * what is heard. Its clock is the test's. Events are delivered by fake_audio_run() and fake_audio_heard*() only, never from
 * inside a driver's call, as the media path does it.
 */
#ifndef TESTS_SUPPORT_FAKE_LINE_AUDIO_H
#define TESTS_SUPPORT_FAKE_LINE_AUDIO_H

#include "channels/line_audio.h"

#define FAKE_AUDIO_LINES 16
#define FAKE_AUDIO_ITEMS 16

struct fake_audio;

struct line_audio {			/* a test may read all of it */
	struct fake_audio *world;
	struct hw_line *line;
	int chan;
	const struct country *country;
	unsigned echo_taps, keep_ms;
	line_audio_fn *fn;
	void *fn_arg;
	unsigned listen;		/* LISTEN_ bits now */
	double level_dbm0;		/* what level() is to give */
	struct play_item items[FAKE_AUDIO_ITEMS];	/* what was last given to play(); digits and samples are copies */
	unsigned n_items;
	bool playing, for_ever, closing;
	int64_t play_from_us, play_ends_us;
	unsigned plays;			/* calls of play() with something in them */
	char log[8192];			/* a line for each play(), as fake_audio_text() says it; "-" for a stop */
	bool conference;
	unsigned conferences;		/* begun so far */
	char kept[8][64];		/* WHAT of each keep() */
	unsigned n_kept;
	char port, party[2];		/* their addresses stand for the ports */
};

struct fake_audio {
	struct line_audio *lines[FAKE_AUDIO_LINES];
	int64_t now_us;
	unsigned opened, closed;
	int open_err;			/* what open() is to return, 0 to succeed */
};

extern const struct line_audio_ops fake_audio_ops;	/* its audio_arg is the struct fake_audio */

/* Delivers LINE_PLAYED for what has come to its end by NOW_US, and LINE_CLOSED. */
void fake_audio_run(struct fake_audio *f, int64_t now_us);
/* When the next LINE_PLAYED falls due, -1 for none. */
int64_t fake_audio_next(const struct fake_audio *f);
/* Frees what a test that failed left behind. */
void fake_audio_clear(struct fake_audio *f);

struct line_audio *fake_audio_line(const struct fake_audio *f, int chan);	/* NULL: not open */
/* What plays now: "" for nothing, else its items with ", " between: the tone's name by tone_id_name() ("dial", or "dial 500"
 * when it ends), "digits 123", "samples 6400" (their number), "silence 500". */
const char *fake_audio_text(const struct line_audio *a);
bool fake_audio_is(const struct line_audio *a, enum tone_id tone);	/* this tone of the line's country sounds, and alone */

/* Says what is heard. Returns whether the driver listens for that kind: if not, it is not told. */
bool fake_audio_heard(struct line_audio *a, const struct heard *h);
bool fake_audio_digit(struct line_audio *a, char digit);	/* HEARD_DIGIT_BEGIN, HEARD_DIGIT of 80 ms */
bool fake_audio_digits(struct line_audio *a, const char *digits);
bool fake_audio_tone(struct line_audio *a, enum tone_id tone, unsigned cycles, unsigned ms);
void fake_audio_rtp(struct line_audio *a, bool lost);	/* LINE_RTP_LOST or LINE_RTP_BACK */
struct media_port *fake_audio_port(struct line_audio *a);	/* what port() gives */
struct media_port *fake_audio_party(struct line_audio *a, int i);	/* what conference() gives, 0 and 1 */

#endif
