/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gateway/files.c: see files.h. A file that exists is never written over: its name comes from people and from call numbers. */
#include "gateway/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

struct job {
	struct job *next;
	struct files_job j;
	char *path, *prune;
	int fd;			/* -1: PATH is opened when it is written */
	int err;
};

struct given {			/* a file that somebody else has opened */
	struct given *next;
	int fd;
	char path[];
};

struct files {
	pthread_mutex_t lock;
	pthread_t thread;
	bool started;			/* the thread was made and is not joined yet; loop thread */
	bool writing;			/* it still takes work; under the lock, as the next */
	struct job *waiting, *done;
	size_t octets;			/* of jobs that are not done; loop thread */
	struct given *given;		/* loop thread */
	int wake_fd;			/* written when one is done */
};

int files_open(struct files **out)
{
	struct files *f = calloc(1, sizeof(*f));

	if (!f)
		return -ENOMEM;
	f->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (f->wake_fd < 0) {
		free(f);
		return -errno;
	}
	pthread_mutex_init(&f->lock, NULL);
	*out = f;
	return 0;
}

static void job_free(struct job *j)
{
	if (!j)
		return;
	if (j->fd >= 0)
		close(j->fd);
	free(j->j.data);
	free(j->path);
	free(j->prune);
	free(j);
}

/* --- Writing (its own thread) -------------------------------------------------------------------- */

int files_write(int fd, const uint8_t *buf, size_t n)
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

/* Names hold the time: the first in order are the oldest. */
static void prune(const char *folder, const char *prefix, unsigned keep)
{
	struct dirent **names;
	int n = scandir(folder, &names, NULL, alphasort), dir = open(folder, O_DIRECTORY | O_CLOEXEC), more = 0;

	for (int i = n - 1; i >= 0; i--) {
		if (!strncmp(names[i]->d_name, prefix, strlen(prefix)) && ++more > (int)keep && dir >= 0)
			unlinkat(dir, names[i]->d_name, 0);
		free(names[i]);
	}
	if (n >= 0)
		free(names);
	if (dir >= 0)
		close(dir);
}

/* What its owner has opened may be a pipe that nobody reads: none of those. */
static int write_given(struct job *j)
{
	struct stat st;
	int err = fstat(j->fd, &st) < 0 ? -errno : S_ISREG(st.st_mode) ? 0 : -EINVAL;

	if (!err)
		err = j->j.make ? j->j.make(j->j.arg, j->fd) : files_write(j->fd, j->j.data, j->j.len);
	if (close(j->fd) && !err)
		err = -errno;
	j->fd = -1;
	return err;
}

static int write_job(struct job *j)
{
	char *slash = strrchr(j->path, '/'), *folder = slash && slash != j->path ?
		strndup(j->path, (size_t)(slash - j->path)) : NULL;
	int flags = O_WRONLY | O_CLOEXEC | O_NOFOLLOW | (j->j.append ? O_APPEND : O_CREAT | O_EXCL), fd, err;

	if (folder && !j->j.append)
		mkdir(folder, 0750);	/* there already, or opening the file says what is wrong */
	fd = open(j->path, flags, 0640);
	err = fd < 0 ? -errno : j->j.make ? j->j.make(j->j.arg, fd) : files_write(fd, j->j.data, j->j.len);
	if (fd >= 0 && close(fd) && !err)
		err = -errno;
	if (err && fd >= 0 && !j->j.append)
		unlink(j->path);
	if (!err && j->prune && folder)
		prune(folder, j->prune, j->j.keep);
	free(folder);
	return err;
}

static void *writer(void *arg)
{
	struct files *f = arg;
	struct job *j;
	uint64_t one = 1;

	pthread_mutex_lock(&f->lock);
	while ((j = f->waiting)) {
		f->waiting = j->next;
		pthread_mutex_unlock(&f->lock);
		j->err = j->fd >= 0 ? write_given(j) : write_job(j);
		pthread_mutex_lock(&f->lock);
		j->next = f->done;
		f->done = j;
		if (write(f->wake_fd, &one, sizeof(one)) < 0)
			continue;	/* it is full of wake-ups already */
	}
	f->writing = false;
	pthread_mutex_unlock(&f->lock);
	return NULL;
}

/* --- The loop's side ------------------------------------------------------------------------------- */

static void finish(struct files *f, struct job *j)
{
	f->octets -= j->j.len;
	if (j->j.fn)
		j->j.fn(j->j.arg, j->path, j->err);
	job_free(j);
}

static struct given **find_given(struct files *f, const char *path)
{
	struct given **at = &f->given;

	while (*at && strcmp((*at)->path, path))
		at = &(*at)->next;
	return at;
}

int files_give(struct files *f, const char *path, int fd)
{
	struct given **at = find_given(f, path), *g = *at ? NULL : malloc(sizeof(*g) + strlen(path) + 1);

	if (!g) {
		close(fd);
		return *at ? -EEXIST : -ENOMEM;
	}
	g->next = NULL;
	g->fd = fd;
	strcpy(g->path, path);
	*at = g;
	return 0;
}

void files_forget(struct files *f, const char *path)
{
	struct given **at = find_given(f, path), *g = *at;

	if (!g)
		return;
	*at = g->next;
	close(g->fd);
	free(g);
}

/* Each job has a descriptor of its own: the file may be forgotten before it is written. NULL: no memory, or no descriptor. */
static struct job *make(struct files *f, const struct files_job *job)
{
	struct job *j = calloc(1, sizeof(*j));
	const struct given *g = *find_given(f, job->path);

	if (!j)
		return NULL;
	j->j = *job;
	j->fd = g ? fcntl(g->fd, F_DUPFD_CLOEXEC, 0) : -1;
	if (g && j->fd < 0) {
		free(j);
		return NULL;
	}
	j->path = strdup(job->path);
	j->prune = job->prune ? strdup(job->prune) : NULL;
	if (j->path && (j->prune || !job->prune))
		return j;
	j->j.data = NULL;
	job_free(j);
	return NULL;
}

void files_put(struct files *f, const struct files_job *job)
{
	struct job *j = make(f, job), **at = &f->waiting;
	bool running;
	int err;

	if (!job->more)
		files_forget(f, job->path);
	if (!j) {
		free(job->data);
		if (job->fn)
			job->fn(job->arg, job->path, -ENOMEM);
		return;
	}
	f->octets += j->j.len;
	pthread_mutex_lock(&f->lock);
	running = f->writing;
	while (*at)
		at = &(*at)->next;
	*at = j;
	f->writing = true;
	pthread_mutex_unlock(&f->lock);
	if (running)
		return;
	if (f->started)
		pthread_join(f->thread, NULL);	/* it has nothing left to do but return */
	err = -pthread_create(&f->thread, NULL, writer, f);	/* from here on J is the thread's */
	f->started = !err;
	if (err) {
		j->err = err;
		f->waiting = NULL;
		f->writing = false;
		finish(f, j);
	}
}

size_t files_waiting(const struct files *f)
{
	return f->octets;
}

int files_fd(const struct files *f)
{
	return f->wake_fd;
}

void files_service(struct files *f)
{
	struct job *j, *next, *first = NULL;
	uint64_t count;

	if (read(f->wake_fd, &count, sizeof(count)) < 0)
		count = 0;
	pthread_mutex_lock(&f->lock);
	j = f->done;
	f->done = NULL;
	pthread_mutex_unlock(&f->lock);
	for (; j; j = next) {		/* in the order in which they were done */
		next = j->next;
		j->next = first;
		first = j;
	}
	for (j = first; j; j = next) {
		next = j->next;
		finish(f, j);
	}
}

void files_flush(struct files *f)
{
	if (!f)
		return;
	if (f->started)
		pthread_join(f->thread, NULL);	/* it ends when there is nothing more to write */
	f->started = false;
	files_service(f);
}

void files_close(struct files *f)
{
	if (!f)
		return;
	files_flush(f);
	while (f->given)
		files_forget(f, f->given->path);
	pthread_mutex_destroy(&f->lock);
	close(f->wake_fd);
	free(f);
}
