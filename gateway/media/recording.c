/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gateway/media/recording.c: see recording.h. The file is RIFF WAVE in the line's own law, so nothing is lost in it. A file that
 * exists is never written over: its name comes from people and from call numbers.
 */
#include "gateway/media/recording.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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

/* --- The file (helper thread) ------------------------------------------------------------------------ */

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

static int write_all(int fd, const uint8_t *buf, size_t n)
{
	while (n) {
		ssize_t w = write(fd, buf, n);

		if (w < 0 && errno == EINTR)
			continue;
		if (w <= 0)
			return w < 0 ? -errno : -EIO;
		buf += w;
		n -= (size_t)w;
	}
	return 0;
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
		err = write_all(fd, part, (size_t)(p - part));
	}
	if (!err && !r->both && r->n & 1)	/* chunks are of even length */
		err = write_all(fd, (const uint8_t *)"", 1);
	return err;
}

/* The folder of PATH, the caller's to free; NULL for the root or none. */
static char *folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash != path ? strndup(path, (size_t)(slash - path)) : NULL;
}

static int is_kept(const struct dirent *d)
{
	return !strncmp(d->d_name, "kept-", 5);
}

/* Names begin with the time: the first in order are the oldest. */
static void prune(const char *folder, unsigned max)
{
	struct dirent **names;
	int n = scandir(folder, &names, is_kept, alphasort), dir = open(folder, O_DIRECTORY | O_CLOEXEC);

	for (int i = 0; i < n; i++) {
		if (dir >= 0 && i < n - (int)max)
			unlinkat(dir, names[i]->d_name, 0);
		free(names[i]);
	}
	if (n >= 0)
		free(names);
	if (dir >= 0)
		close(dir);
}

static int write_file(const struct recording *r)
{
	char *folder = folder_of(r->path);
	uint8_t head[HEADER];
	int fd, err;

	if (folder)
		mkdir(folder, 0750);	/* there already, or opening the file says what is wrong */
	fd = open(r->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0640);
	err = fd < 0 ? -errno : 0;
	if (!err) {
		header(r, head);
		err = write_all(fd, head, HEADER);
		if (!err)
			err = write_samples(r, fd);
		if (close(fd) && !err)
			err = -errno;
		if (err)
			unlink(r->path);
	}
	if (!err && r->files_max && folder)
		prune(folder, r->files_max);
	free(folder);
	return err;
}

static void *writer(void *arg)
{
	struct recorder *w = arg;
	struct recording *r;
	uint64_t one = 1;

	pthread_mutex_lock(&w->lock);
	while ((r = w->waiting)) {
		w->waiting = r->next;
		pthread_mutex_unlock(&w->lock);
		r->err = write_file(r);
		pthread_mutex_lock(&w->lock);
		r->next = w->done;
		w->done = r;
		if (write(w->wake_fd, &one, sizeof(one)) < 0)
			continue;	/* it is full of wake-ups already */
	}
	w->writing = false;
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

/* --- The recorder (loop thread) ---------------------------------------------------------------------- */

void recorder_init(struct recorder *w, int wake_fd)
{
	pthread_mutex_init(&w->lock, NULL);
	w->wake_fd = wake_fd;
}

static void finish(struct recorder *w, struct recording *r)
{
	w->count--;
	if (r->fn)
		r->fn(r->arg, r->path, r->err);
	recording_close(r);
}

static void join(struct recorder *w)
{
	if (w->started)
		pthread_join(w->thread, NULL);
	w->started = false;
}

void recorder_put(struct recorder *w, struct recording *r)
{
	struct recording **at = &w->waiting;
	bool running;
	int err;

	if (r->err) {
		finish(w, r);
		return;
	}
	pthread_mutex_lock(&w->lock);
	running = w->writing;
	while (*at)
		at = &(*at)->next;
	r->next = NULL;
	*at = r;
	w->writing = true;
	pthread_mutex_unlock(&w->lock);
	if (running)
		return;
	join(w);	/* it has nothing left to do but return */
	err = -pthread_create(&w->thread, NULL, writer, w);
	w->started = !err;
	if (err) {
		w->waiting = NULL;
		w->writing = false;
		r->err = err;
		finish(w, r);
	}
}

void recorder_service(struct recorder *w)
{
	struct recording *r, *next;

	pthread_mutex_lock(&w->lock);
	r = w->done;
	w->done = NULL;
	pthread_mutex_unlock(&w->lock);
	for (; r; r = next) {
		next = r->next;
		finish(w, r);
	}
}

void recorder_close(struct recorder *w)
{
	join(w);
	recorder_service(w);
	pthread_mutex_destroy(&w->lock);
}
