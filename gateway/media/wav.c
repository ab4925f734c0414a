/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gateway/media/wav.c: RIFF WAVE, three formats of one rate: a library for it would bring a dozen codecs along. */
#include "gateway/media/wav.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "channels/sound/g711.h"

enum { WAVE_PCM = 1, WAVE_ALAW = 6, WAVE_MULAW = 7, FMT_OCTETS = 16, CHUNK = 8, RIFF = 12 };

static uint32_t le(const uint8_t *b, int octets)
{
	uint32_t v = 0;

	while (octets--)
		v = v << 8 | b[octets];
	return v;
}

static int take_samples(int format, const uint8_t *data, size_t len, struct wav *out)
{
	size_t n = format == WAVE_PCM ? len / 2 : len;
	int16_t *s = malloc((n ? n : 1) * sizeof(*s));

	if (!s)
		return -ENOMEM;
	law_init();
	for (size_t i = 0; i < n; i++)
		s[i] = format == WAVE_PCM ? (int16_t)le(data + 2 * i, 2) :
					    law_linear[format == WAVE_ALAW ? HW_ALAW : HW_MULAW][data[i]];
	out->samples = s;
	out->n = n;
	return 0;
}

/* Returns the format, or -EBADMSG for one that is not mono, 8 kHz and known. */
static int check_format(const uint8_t *f, size_t len)
{
	int format;

	if (len < FMT_OCTETS)
		return -EBADMSG;
	format = (int)le(f, 2);
	if (le(f + 2, 2) != 1 || le(f + 4, 4) != 8000)
		return -EBADMSG;
	if (format == WAVE_PCM)
		return le(f + 14, 2) == 16 ? format : -EBADMSG;
	return (format == WAVE_ALAW || format == WAVE_MULAW) && le(f + 14, 2) == 8 ? format : -EBADMSG;
}

int wav_parse(const uint8_t *file, size_t len, struct wav *out)
{
	size_t at = RIFF;
	int format = -EBADMSG;

	if (len < RIFF || memcmp(file, "RIFF", 4) || memcmp(file + 8, "WAVE", 4))
		return -EBADMSG;
	while (len - at >= CHUNK) {
		const uint8_t *chunk = file + at;
		size_t size = le(chunk + 4, 4), left = len - at - CHUNK;

		if (!memcmp(chunk, "data", 4))	/* written to a pipe, its size may be wrong: what is there counts */
			return format < 0 ? format : take_samples(format, chunk + CHUNK, size < left ? size : left, out);
		if (size > left)
			return -EBADMSG;
		if (!memcmp(chunk, "fmt ", 4)) {
			format = check_format(chunk + CHUNK, size);
			if (format < 0)
				return format;
		}
		at += CHUNK + size + (size & 1 && size < left ? 1 : 0);
	}
	return -EBADMSG;
}

static int read_all(int fd, uint8_t *buf, size_t len)
{
	size_t have = 0;

	while (have < len) {
		ssize_t n = read(fd, buf + have, len - have);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -EBADMSG;
		have += (size_t)n;
	}
	return 0;
}

int wav_load(const char *path, struct wav *out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), err = 0;
	uint8_t *file = NULL;
	struct stat st;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st))
		err = -errno;
	else if (!S_ISREG(st.st_mode))
		err = -EINVAL;
	else if (st.st_size > WAV_FILE_MAX)
		err = -EFBIG;
	if (!err) {
		file = malloc((size_t)st.st_size + 1);
		err = file ? read_all(fd, file, (size_t)st.st_size) : -ENOMEM;
	}
	if (!err)
		err = wav_parse(file, (size_t)st.st_size, out);
	free(file);
	close(fd);
	return err;
}

void wav_free(struct wav *w)
{
	free(w->samples);
	w->samples = NULL;
	w->n = 0;
}
