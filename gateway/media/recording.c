/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gateway/media/recording.c: see recording.h. The file is RIFF WAVE in the line's own law, so nothing is lost in it.
 */
#include "gateway/media/recording.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "channels/sound/g711.h"

#define HEADER 58		/* RIFF 12, fmt 8 + 18, fact 8 + 4, data 8 */
#define PART 4096		/* samples written at a time */
enum { WAVE_ALAW = 6, WAVE_MULAW = 7 };

int recording_open(struct recording **out, const char *path, enum hw_law law, bool both, uint32_t samples)
{
	struct recording *r = calloc(1, sizeof(*r));

	if (!r)
		return -ENOMEM;
	r->law = law;
	r->both = both;
	r->max = samples;
	r->path = strdup(path);
	r->near = malloc(samples ? samples : 1);
	r->far = both ? malloc(samples ? samples : 1) : NULL;
	if (!r->path || !r->near || (both && !r->far)) {
		recording_close(r);
		return -ENOMEM;
	}
	*out = r;
	return 0;
}

void recording_close(struct recording *r)
{
	if (!r)
		return;
	free(r->path);
	free(r->near);
	free(r->far);
	free(r);
}

/* Where neither side has put anything the line was silent. */
static void reach(struct recording *r, uint32_t n)
{
	if (n <= r->n)
		return;
	memset(r->near + r->n, law_silence(r->law), n - r->n);
	if (r->far)
		memset(r->far + r->n, law_silence(r->law), n - r->n);
	r->n = n;
}

void recording_put(struct recording *r, bool far, int64_t at, const uint8_t *buf, unsigned n)
{
	unsigned skip = at >= 0 ? 0 : at < -(int64_t)n ? n : (unsigned)-at;

	at += skip;
	n -= skip;
	if (!n || at >= r->max)
		return;
	if (n > r->max - at)
		n = (unsigned)(r->max - at);
	reach(r, (uint32_t)at + n);
	memcpy((far ? r->far : r->near) + at, buf + skip, n);
}

/* --- The file (the files' thread) ------------------------------------------------------------------------ */

static uint8_t *put_le(uint8_t *p, uint32_t v, int octets)
{
	for (; octets--; v >>= 8)
		*p++ = (uint8_t)v;
	return p;
}

static uint8_t *put_tag(uint8_t *p, const char *tag)
{
	memcpy(p, tag, 4);
	return p + 4;
}

static void header(const struct recording *r, uint8_t out[HEADER])
{
	uint32_t channels = r->both ? 2 : 1, octets = r->n * channels;
	uint8_t *p = put_le(put_tag(out, "RIFF"), HEADER - 8 + octets + (octets & 1), 4);

	p = put_le(put_tag(put_tag(p, "WAVE"), "fmt "), 18, 4);
	p = put_le(p, r->law == HW_ALAW ? WAVE_ALAW : WAVE_MULAW, 2);
	p = put_le(p, channels, 2);
	p = put_le(p, 8000, 4);
	p = put_le(p, 8000 * channels, 4);
	p = put_le(p, channels, 2);
	p = put_le(p, 8, 2);
	p = put_le(p, 0, 2);
	p = put_le(put_le(put_tag(p, "fact"), 4, 4), r->n, 4);
	put_le(put_tag(p, "data"), octets, 4);
}

static int write_samples(const struct recording *r, int fd)
{
	uint8_t part[2 * PART], *p;
	int err = 0;

	for (uint32_t at = 0; !err && at < r->n; at += PART) {
		uint32_t n = r->n - at < PART ? r->n - at : PART;

		p = part;
		for (uint32_t i = at; i < at + n; i++) {
			*p++ = r->near[i];
			if (r->both)
				*p++ = r->far[i];
		}
		err = files_write(fd, part, (size_t)(p - part));
	}
	if (!err && !r->both && r->n & 1)	/* chunks are of even length */
		err = files_write(fd, (const uint8_t *)"", 1);
	return err;
}

static int make(void *arg, int fd)
{
	const struct recording *r = arg;
	uint8_t head[HEADER];
	int err;

	header(r, head);
	err = files_write(fd, head, HEADER);
	return err ? err : write_samples(r, fd);
}

/* --- Its end (loop thread) ----------------------------------------------------------------------------- */

static void saved(void *arg, const char *path, int err)
{
	struct recording *r = arg;

	--*r->count;
	if (r->fn)
		r->fn(r->arg, path, err);
	recording_close(r);
}

void recording_save(struct recording *r, struct files *f)
{
	struct files_job job = { .path = r->path, .make = make, .prune = r->files_max ? "kept-" : NULL, .keep = r->files_max,
				 .fn = saved, .arg = r };

	if (r->err) {
		files_forget(f, r->path);
		saved(r, r->path, r->err);
	} else {
		files_put(f, &job);
	}
}
