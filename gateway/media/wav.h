/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gateway/media/wav.h: WAV files for the play test line: mono at 8 kHz, 16-bit linear or G.711. Loop thread. */
#ifndef GATEWAY_MEDIA_WAV_H
#define GATEWAY_MEDIA_WAV_H

#include <stddef.h>
#include <stdint.h>

#define WAV_FILE_MAX (16u << 20)

struct wav {
	int16_t *samples;	/* 16-bit linear, as law_encode() takes it */
	size_t n;
};
/* Errors: -EBADMSG (not such a file), -ENOMEM. */
int wav_parse(const uint8_t *file, size_t len, struct wav *out);
/* Errors: also -EFBIG, and what opening and reading say. */
int wav_load(const char *path, struct wav *out);
void wav_free(struct wav *w);

#endif
