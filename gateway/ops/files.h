/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gateway/ops/files.h: files written by a thread of their own, which lives while there is something to write, so that no disk
 * stops the loop. One job after the other, in the order given. All functions: loop thread.
 */
#ifndef GATEWAY_OPS_FILES_H
#define GATEWAY_OPS_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct files;

/* ERR: 0 or a negative errno. PATH lives until it returns. */
typedef void files_fn(void *arg, const char *path, int err);

struct files_job {
	const char *path;	/* copied; its folder is made when it is missing */
	uint8_t *data;		/* malloc()ed; taken, also on error. NULL with LEN 0 is fine */
	size_t len;
	bool append;		/* to a file that an earlier job made; else it must not exist yet */
	const char *prune;	/* NULL, or: of the files in the folder whose names begin so, ... */
	unsigned keep;		/* ... so many stay, the last by name */
	files_fn *fn;		/* may be NULL; called in files_service() or files_close() */
	void *arg;
};

int files_open(struct files **out);
void files_close(struct files *f);		/* waits for what is being written. NULL is fine */
void files_put(struct files *f, const struct files_job *job);
size_t files_waiting(const struct files *f);	/* octets that are not written yet */
int files_fd(const struct files *f);		/* readable when files_service() has something to tell */
void files_service(struct files *f);

#endif
