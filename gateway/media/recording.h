/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gateway/media/recording.h: audio of a line on its way to a WAV file. The loop thread makes it, the media thread fills it, the
 * thread of gateway/files.h writes it, the loop thread tells its owner.
 */
#ifndef GATEWAY_MEDIA_RECORDING_H
#define GATEWAY_MEDIA_RECORDING_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/files.h"
#include "gateway/media/analog.h"

#define RECORDINGS_MAX 32	/* made or waiting at a time: at most so many times 10 MB when all are of the full length */

struct recording {
	struct recording *next;		/* media thread: of those whose report found the queue full */
	char *path;
	media_file_fn *fn;
	void *arg;
	unsigned *count;		/* loop thread: of those that exist; one less once its owner is told */
	int err;
	enum hw_law law;
	bool both;			/* near and far; else near alone */
	unsigned files_max;		/* of its folder's kept-* files the oldest go above so many; 0: no matter */
	uint32_t max, n;		/* samples of each that fit, that there are */
	int64_t began_us;		/* media thread: the moment of the first sample; 0 before it is known */
	uint8_t *near, *far;		/* octets of the law */
};

int recording_open(struct recording **out, const char *path, enum hw_law law, bool both, uint32_t samples);
void recording_close(struct recording *r);	/* NULL is fine */
/* Media thread: N octets that belong AT samples after the beginning; what lies outside is left out. */
void recording_put(struct recording *r, bool far, int64_t at, const uint8_t *buf, unsigned n);
/* Loop thread: it is complete. Its owner is told by files_service(), or at once of an error that it has already; then it is freed. */
void recording_save(struct recording *r, struct files *f);

#endif
