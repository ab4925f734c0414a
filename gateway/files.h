/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gateway/files.h: files written by a thread of their own, which lives while there is something to write, so that no disk
 * stops the loop: traces and recordings. One job after the other, in the order given. All functions: loop thread.
 */
#ifndef GATEWAY_FILES_H
#define GATEWAY_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct files;

/* ERR: 0 or a negative errno. PATH lives until it returns. */
typedef void files_fn(void *arg, const char *path, int err);

/* Writes a file's contents to FD by files_write(), on the writing thread. Returns 0 or a negative errno. */
typedef int files_make_fn(void *arg, int fd);

struct files_job {
	const char *path;	/* copied; its folder is made when it is missing */
	uint8_t *data;		/* malloc()ed; taken, also on error. NULL with LEN 0 is fine */
	size_t len;
	files_make_fn *make;	/* in place of DATA: makes the contents as they are written; called once at most. ARG lives until FN */
	bool append;		/* to a file that an earlier job made; else it must not exist yet */
	bool more;		/* of a given file: other jobs for it follow; else it is forgotten with this one */
	const char *prune;	/* NULL, or: of the files in the folder whose names begin so, ... */
	unsigned keep;		/* ... so many stay, the last by name */
	files_fn *fn;		/* may be NULL; called in files_service(), files_flush() or, when there is no memory, at once */
	void *arg;
};

int files_open(struct files **out);
void files_close(struct files *f);		/* files_flush(). NULL is fine */
void files_put(struct files *f, const struct files_job *job);
/* Jobs for PATH are written to FD, a regular file that somebody with rights of their own has opened, in place of a file that is
 * opened here; until the last one is put. FD is taken, also on error. -EEXIST: PATH is one already, -ENOMEM. */
int files_give(struct files *f, const char *path, int fd);
void files_forget(struct files *f, const char *path);	/* no job follows. Fine when it is none */
void files_flush(struct files *f);		/* waits until all is written, and tells. NULL is fine */
size_t files_waiting(const struct files *f);	/* octets of DATA that are not written yet */
int files_fd(const struct files *f);		/* readable when files_service() has something to tell */
void files_service(struct files *f);
int files_write(int fd, const uint8_t *buf, size_t n);	/* any thread: all of it. 0 or a negative errno */

#endif
