/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The control socket: made, listened at, removed. Loop thread only; every descriptor is non-blocking, so no client
 * can hold the loop. What becomes of who connects: control_client.c.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "gateway/ops/control_client.h"

#define BACKLOG 32
#define RETRY_US 500000		/* before accepting again when descriptors ran out */
#define SOCKET_MODE 0660

struct control {
	struct control_clients clients;
	int fd;
	char path[sizeof(((struct sockaddr_un *)0)->sun_path)];
	dev_t dev;			/* of the socket file that we made */
	ino_t ino;
	struct loop_timer *retry;
};

static void on_retry(void *arg)
{
	struct control *k = arg;

	loop_mod_fd(k->clients.loop, k->fd, EPOLLIN);
}

static void on_listen(void *arg, uint32_t events)
{
	struct control *k = arg;
	int fd = accept4(k->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	(void)events;
	if (fd >= 0) {
		control_client_add(&k->clients, fd);
	} else if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS) {
		loop_mod_fd(k->clients.loop, k->fd, 0);		/* or the loop would spin on it */
		if (!k->retry)
			loop_timer(k->clients.loop, RETRY_US, on_retry, k, &k->retry);
	}
}

/* --- Opening and closing ---------------------------------------------------------------------- */

/* A socket file that nobody serves is removed. */
static int clear_stale(const struct sockaddr_un *sa)
{
	struct stat st;
	int fd, err;

	if (lstat(sa->sun_path, &st) < 0)
		return errno == ENOENT ? 0 : -errno;
	if (!S_ISSOCK(st.st_mode))
		return -EEXIST;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	err = connect(fd, (const struct sockaddr *)sa, sizeof(*sa)) < 0 ? errno : 0;
	close(fd);
	if (err != ECONNREFUSED)
		return err == 0 || err == EAGAIN ? -EADDRINUSE : -err;
	return unlink(sa->sun_path) < 0 && errno != ENOENT ? -errno : 0;
}

static int listen_at(struct control *k)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	struct stat st;
	int err;

	memcpy(sa.sun_path, k->path, sizeof(sa.sun_path));
	err = clear_stale(&sa);
	if (err)
		return err;
	k->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (k->fd < 0)
		return -errno;
	/* The mode of the socket before bind() is the most that its file gets: never open wider for a moment. */
	if (fchmod(k->fd, SOCKET_MODE) < 0 || bind(k->fd, (struct sockaddr *)&sa, sizeof(sa)) < 0)
		return -errno;
	if (lstat(k->path, &st) < 0)
		return -errno;
	k->dev = st.st_dev;
	k->ino = st.st_ino;
	if (chmod(k->path, SOCKET_MODE) < 0 || listen(k->fd, BACKLOG) < 0)
		return -errno;
	return loop_add_fd(k->clients.loop, k->fd, EPOLLIN, on_listen, k);
}

int control_open(struct control **out, struct loop *loop, const char *path,
		 const struct control_command *commands, void *arg)
{
	struct control *k = calloc(1, sizeof(*k));
	int err = k ? 0 : -ENOMEM;

	if (err)
		return err;
	k->clients = (struct control_clients){ .loop = loop, .commands = commands, .arg = arg };
	k->fd = -1;
	if (strlen(path) >= sizeof(k->path))
		err = -ENAMETOOLONG;
	else
		strcpy(k->path, path);
	if (!err)
		err = listen_at(k);
	if (err) {
		control_close(k);
		return err;
	}
	*out = k;
	return 0;
}

void control_close(struct control *k)
{
	struct stat st;

	if (!k)
		return;
	control_clients_end(&k->clients);
	loop_timer_cancel(k->clients.loop, &k->retry);
	if (k->fd >= 0) {
		loop_del_fd(k->clients.loop, k->fd);
		close(k->fd);
	}
	if (k->ino && lstat(k->path, &st) == 0 && st.st_dev == k->dev && st.st_ino == k->ino)
		unlink(k->path);
	free(k);
}
