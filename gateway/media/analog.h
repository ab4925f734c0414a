/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gateway/media/analog.h: the media path of analog lines: a port that listens and plays by itself, whether it is joined or not, the
 * bridge of a three-way call, and audio kept in files. As media.h: loop thread, by commands, no function blocks.
 */
#ifndef GATEWAY_MEDIA_ANALOG_H
#define GATEWAY_MEDIA_ANALOG_H

#include "channels/sound/listener.h"
#include "channels/sound/player.h"
#include "gateway/media/media.h"

/* A port for as long as its owner wants the line. The line runs while the port is joined, plays, listens or is recorded, and
 * on an FXO port with KEEP_MS always: what came before a ring is heard too. Else it stands still and costs nothing. While
 * joined its DTMF is sent as telephone events where the far end takes them, whether it is listened for or not. */
struct media_analog_conf {
	const struct country *country;
	unsigned echo_taps;		/* while joined; 0 for none */
	unsigned keep_ms;
};
int media_analog_port(struct media *m, struct hw_line *line, const struct media_analog_conf *conf, media_event_fn *fn, void *arg,
		      struct media_port **out);

/* The next four are for analog ports: else -EINVAL. */

/* LISTEN_ bits: MEDIA_HEARD for each thing heard, none of a bit that was taken away, or from before it was set anew. */
int media_listen(struct media_port *p, unsigned listen);
/* In place of what the partner brings, until all of it has gone out (MEDIA_PLAYED) or the next order; N 0: stop. */
int media_play(struct media_port *p, const struct play_item *items, unsigned n);
/* A bridge of three: what is joined with OUT[0], with OUT[1], and LINE hear each other; nobody hears himself. FN gets MEDIA_CLOSED
 * three times after media_conference_end(). */
#define MEDIA_CONFERENCE_PORTS 3
int media_conference(struct media_port *line, media_event_fn *fn, void *arg, struct media_port *out[2]);
void media_conference_end(struct media_port *either);	/* of OUT */

/* How the writing of a file ended, later, from files_service(), media_service() or media_close(): ERR 0, or a negative errno. */
typedef void media_file_fn(void *arg, const char *path, int err);
/* The latest audio that the line brought, up to KEEP_MS of it, to a WAV file. PATH must not exist yet (-EEXIST); its folder is made. */
int media_keep(struct media_port *p, const char *path, media_file_fn *fn, void *arg);

/* Any line port: SECONDS from now on to a WAV file: what the line brings on the left, what goes out on the right. Ended early by
 * the port's end. -EBUSY: one is being made, or too many wait for the disk. */
#define MEDIA_RECORD_SECONDS 600
int media_record(struct media_port *p, const char *path, unsigned seconds, media_file_fn *fn, void *arg);

#endif
