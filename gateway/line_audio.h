/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gateway/line_audio.h: channels/line_audio.h on the media path: what the analog drivers are given. Loop thread only.
 */
#ifndef GATEWAY_LINE_AUDIO_H
#define GATEWAY_LINE_AUDIO_H

#include "channels/line_audio.h"
#include "gateway/media/analog.h"

struct line_audios;

/* FOLDER: where the audio kept of failures goes; made when the first is written. */
int line_audios_open(struct line_audios **out, struct media *m, const char *folder);
/* Every line's LINE_CLOSED must have come, and the media path is closed: it may still tell of files. NULL is fine. */
void line_audios_close(struct line_audios *all);

/* The drivers' table; its ARG is the struct line_audios. */
extern const struct line_audio_ops line_audio_media;

/* The audio of channel CHAN's line, or NULL where no driver has it open: for `tipring line N record` and `test`. */
struct line_audio *line_audio_find(struct line_audios *all, int chan);
/* FN is told of DTMF heard on the line while its port is joined, at each digit's end; NULL: nobody is. */
typedef void line_audio_digit_fn(void *arg, char digit);
void line_audio_digits(struct line_audio *a, line_audio_digit_fn *fn, void *arg);
struct hw_line *line_audio_hw(struct line_audio *a);
/* PATH, or what it is below the folder when it does not begin with "/". -EINVAL: empty, or too long. */
int line_audio_path(const struct line_audios *all, const char *path, char *out, size_t size);
/* Both directions of it to a WAV file. PATH without "/" at its beginning is below the folder. Errors: media_record()'s, -EINVAL. */
int line_audio_record(struct line_audio *a, const char *path, unsigned seconds, media_file_fn *fn, void *arg);

#endif
