/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/line_audio.h: what an analog driver asks of whoever moves the audio. The drivers run on the loop thread and never see
 * a sample; the media path above gives them this table. Loop thread only; no call blocks, and orders given for one line are
 * carried out in the order given.
 */
#ifndef CHANNELS_LINE_AUDIO_H
#define CHANNELS_LINE_AUDIO_H

#include "channels/sound/listener.h"
#include "channels/sound/player.h"

struct hw_line;
struct media_port;
struct line_audio;		/* one line's audio */

enum line_audio_kind {
	LINE_HEARD,		/* heard */
	LINE_PLAYED,		/* all items of play() have gone out (not when they were replaced) */
	LINE_RTP_LOST,		/* the far end of the call has sent nothing for 3 s although it should */
	LINE_RTP_BACK,
	LINE_CLOSED,		/* the last: the line may be closed, and A is freed when the callback returns */
};
struct line_audio_event {
	enum line_audio_kind kind;
	const struct heard *heard;
};
typedef void line_audio_fn(void *arg, struct line_audio *a, const struct line_audio_event *ev);

struct line_audio_conf {
	const struct country *country;
	unsigned echo_taps;		/* canceller while a call is up */
	unsigned keep_ms;		/* of audio kept for failures */
};

struct line_audio_ops {
	int (*open)(void *arg, struct hw_line *line, const struct line_audio_conf *conf, line_audio_fn *fn, void *fn_arg,
		    struct line_audio **out);
	void (*close)(struct line_audio *a);		/* LINE_CLOSED follows */
	/* LISTEN_ bits. 0 and nothing played and no call: the line's audio stands still and costs nothing. */
	int (*listen)(struct line_audio *a, unsigned listen);
	/* In place of what the call brings; takes the place of what plays now. N 0: stop. */
	int (*play)(struct line_audio *a, const struct play_item *items, unsigned n);
	/* The port to be joined with a far end: what a leg gives in leg.port. It lives until LINE_CLOSED. */
	struct media_port *(*port)(struct line_audio *a);
	/* Three-way: what two calls' legs give in leg.port while the line hears both and they hear it and each other. Ends with
	 * conference_end(). -EBUSY when there is one. */
	int (*conference)(struct line_audio *a, struct media_port *out[2]);
	void (*conference_end)(struct line_audio *a);
	/* What the line brought, in dBm0, over the last second but at most a second ago; -99 for silence, or nothing known. */
	double (*level)(struct line_audio *a);
	/* Writes the audio kept to a WAV file below the records' folder, named after WHAT; for failed caller ID and calls cleared
	 * for no known reason. Returns at once. */
	void (*keep)(struct line_audio *a, const char *what);
};

#endif
