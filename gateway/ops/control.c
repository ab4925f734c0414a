/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The control socket. Loop thread only; every descriptor is non-blocking, so no client can hold the loop.
 *
 * A client's requests are taken one at a time: the next line is looked at when the answer to the last one has
 * been read by the client. So what is kept for a client is one line in and one answer out, and answers
 * come in the order asked. A client that sends what is no request gets told so and is dropped; one
 * that reads nothing for SLOW_US is dropped; when CLIENTS_MAX are connected a newcomer takes the
 * place of the one that has been idle longest.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "gateway/ops/control_line.h"

#define CLIENTS_MAX 64
#define BACKLOG 32
#define SLOW_US 10000000	/* an answer not read at all for so long */
#define RETRY_US 500000		/* before accepting again when descriptors ran out */
#define SOCKET_MODE 0660

struct client {
	struct control *control;
	int fd;
	int given;			/* a descriptor that came with what is in IN; -1: none */
	struct control_line in;
	char *out;			/* the answer being sent */
	size_t out_len, out_at;
	struct control_request *request;	/* waits for its answer */
	struct loop_timer *slow;
	int64_t active_us;
	bool eof;			/* nothing more will come; answers may still go out */
	bool last;			/* close once the answer is sent */
	bool dead;
	int busy;			/* functions up the stack that still use it */
	struct client *next;
};
struct control_request {
	struct client *client;		/* NULL when it has gone */
	void (*gone)(void *arg);
	void *gone_arg;
	int given;
};
struct control {
	struct loop *loop;
	int fd;
	char path[sizeof(((struct sockaddr_un *)0)->sun_path)];
	dev_t dev;			/* of the socket file that we made */
	ino_t ino;
	const struct control_command *commands;
	void *arg;
	struct client *clients;
	struct loop_timer *retry;
	int n_clients;
};

static void on_client(void *arg, uint32_t events);

/* The client is taken from the list; it is freed when no function up the stack uses it. */
static void client_drop(struct client *c)
{
	struct client **at = &c->control->clients;
	struct control_request *r = c->request;

	if (c->dead)
		return;
	c->dead = true;
	while (*at != c)
		at = &(*at)->next;
	*at = c->next;
	c->control->n_clients--;
	loop_timer_cancel(c->control->loop, &c->slow);
	loop_del_fd(c->control->loop, c->fd);
	close(c->fd);
	c->request = NULL;
	if (r) {
		r->client = NULL;
		if (r->gone)
			r->gone(r->gone_arg);
	}
}

static void client_done(struct client *c)
{
	if (--c->busy || !c->dead)
		return;
	if (c->given >= 0)
		close(c->given);
	control_line_free(&c->in);
	free(c->out);
	free(c);
}

static void on_slow(void *arg)
{
	struct client *c = arg;

	c->busy++;
	client_drop(c);
	client_done(c);
}

/* Asks the loop for what this client waits for. Its going away is always reported. */
static void client_want(struct client *c)
{
	uint32_t events = 0;

	if (c->dead)
		return;
	if (c->out)
		events = EPOLLOUT;
	else if (!c->request && !c->eof)
		events = EPOLLIN;
	loop_mod_fd(c->control->loop, c->fd, events);
}

static void client_flush(struct client *c)
{
	ssize_t n = 0;

	while (!c->dead && c->out && c->out_at < c->out_len) {
		n = send(c->fd, c->out + c->out_at, c->out_len - c->out_at, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n < 0)
			break;
		c->out_at += (size_t)n;
		loop_timer_cancel(c->control->loop, &c->slow);
	}
	if (c->dead || !c->out)
		return;
	if (n < 0 && errno != EAGAIN && errno != EINTR) {
		client_drop(c);
		return;
	}
	if (c->out_at < c->out_len) {
		if (!c->slow)
			loop_timer(c->control->loop, SLOW_US, on_slow, c, &c->slow);
		return;
	}
	free(c->out);
	c->out = NULL;
	c->active_us = loop_now_us();
	if (c->last)
		client_drop(c);
}

/* LINE is given away; NULL for one that could not be made. */
static void client_send(struct client *c, char *line, size_t len)
{
	if (!line || c->dead) {
		free(line);
		client_drop(c);
		return;
	}
	c->out = line;
	c->out_len = len;
	c->out_at = 0;
	client_flush(c);
}

static void client_refuse(struct client *c, const char *error)
{
	size_t len = 0;
	char *line = control_fail_line(error, "one request is one line of JSON: {\"do\":\"status\"}", &len);

	c->last = true;
	client_send(c, line, len);
}

static struct control_request *request_make(struct client *c)
{
	struct control_request *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->client = c;
	r->given = c->given;
	c->given = -1;
	c->request = r;
	return r;
}

static void dispatch(struct client *c, const char *line, size_t len)
{
	const char *error = NULL, *name;
	struct json_object *args = control_parse(line, len, &error);
	const struct control_command *command;
	struct control_request *r;
	char known[512];

	if (!args) {
		client_refuse(c, error);
		return;
	}
	name = json_object_get_string(json_object_object_get(args, "do"));
	command = control_find(c->control->commands, name);
	r = request_make(c);
	if (!r) {
		client_drop(c);
	} else if (!command) {
		control_known(c->control->commands, known, sizeof(known));
		control_fail(r, known, "there is no command \"%.*s\"", CONTROL_NAME_MAX, name);
	} else {
		command->fn(c->control->arg, r, args);
	}
	json_object_put(args);
}

/* Takes lines while the client waits for nothing; only one level deep, however the answers come. */
static void client_process(struct client *c)
{
	long n;

	if (c->busy > 1)
		return;
	while (!c->dead && !c->request && !c->out && (n = control_line_next(&c->in)) >= 0) {
		c->active_us = loop_now_us();
		dispatch(c, c->in.buf, (size_t)n);
		if (!c->dead)
			control_line_drop(&c->in, (size_t)n);
	}
	if (!c->dead && c->eof && !c->request && !c->out)
		client_drop(c);
}

/* Of the descriptors that came the first is kept. */
static void take_given(struct client *c, struct msghdr *m)
{
	for (struct cmsghdr *h = CMSG_FIRSTHDR(m); h; h = CMSG_NXTHDR(m, h)) {
		size_t n = h->cmsg_len > CMSG_LEN(0) ? (h->cmsg_len - CMSG_LEN(0)) / sizeof(int) : 0;

		for (size_t i = 0; i < n && h->cmsg_level == SOL_SOCKET && h->cmsg_type == SCM_RIGHTS; i++) {
			int fd;

			memcpy(&fd, CMSG_DATA(h) + i * sizeof(fd), sizeof(fd));
			if (c->given < 0)
				c->given = fd;
			else
				close(fd);
		}
	}
}

static ssize_t receive(struct client *c, char *at, size_t room)
{
	union { struct cmsghdr head; char room[CMSG_SPACE(sizeof(int))]; } control;
	struct iovec v = { at, room };
	struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control) };
	ssize_t n = recvmsg(c->fd, &m, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);

	if (n >= 0)
		take_given(c, &m);
	return n;
}

static void client_read(struct client *c)
{
	size_t room;
	char *at = control_line_room(&c->in, &room);
	ssize_t n;

	if (!at) {
		client_refuse(c, "the line is too long");
		return;
	}
	n = receive(c, at, room);
	if (n > 0)
		control_line_put(&c->in, (size_t)n);
	else if (n == 0)
		c->eof = true;
	else if (errno != EAGAIN && errno != EINTR)
		client_drop(c);
}

static void on_client(void *arg, uint32_t events)
{
	struct client *c = arg;

	c->busy++;
	if (events & EPOLLOUT)
		client_flush(c);
	if (!c->dead && !c->out && !c->request && !c->eof && (events & (EPOLLIN | EPOLLHUP)))
		client_read(c);
	else if (events & (EPOLLHUP | EPOLLERR))
		client_drop(c);		/* both ways: it has gone before its answer */
	client_process(c);
	client_want(c);
	client_done(c);
}

/* Room for one more: the client that has been idle longest goes. False when each waits for an answer. */
static bool make_room(struct control *k)
{
	struct client *idle = NULL;

	if (k->n_clients < CLIENTS_MAX)
		return true;
	for (struct client *c = k->clients; c; c = c->next)
		if (!c->request && (!idle || c->active_us < idle->active_us))
			idle = c;
	if (idle)
		on_slow(idle);
	return idle;
}

static void client_add(struct control *k, int fd)
{
	struct client *c = make_room(k) ? calloc(1, sizeof(*c)) : NULL;

	if (!c || loop_add_fd(k->loop, fd, EPOLLIN, on_client, c)) {
		free(c);
		close(fd);
		return;
	}
	c->control = k;
	c->fd = fd;
	c->given = -1;
	c->active_us = loop_now_us();
	c->next = k->clients;
	k->clients = c;
	k->n_clients++;
}

static void on_retry(void *arg)
{
	struct control *k = arg;

	loop_mod_fd(k->loop, k->fd, EPOLLIN);
}

static void on_listen(void *arg, uint32_t events)
{
	struct control *k = arg;
	int fd = accept4(k->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	(void)events;
	if (fd >= 0) {
		client_add(k, fd);
	} else if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS) {
		loop_mod_fd(k->loop, k->fd, 0);		/* or the loop would spin on it */
		if (!k->retry)
			loop_timer(k->loop, RETRY_US, on_retry, k, &k->retry);
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
	return loop_add_fd(k->loop, k->fd, EPOLLIN, on_listen, k);
}

int control_open(struct control **out, struct loop *loop, const char *path,
		 const struct control_command *commands, void *arg)
{
	struct control *k = calloc(1, sizeof(*k));
	int err = k ? 0 : -ENOMEM;

	if (err)
		return err;
	k->loop = loop;
	k->fd = -1;
	k->commands = commands;
	k->arg = arg;
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

/* The last words to a client that waits; its request lives on until its owner answers it. */
static void client_end(struct client *c)
{
	size_t len = 0;
	char *line;

	c->busy++;
	if (c->request) {
		line = control_fail_line("the daemon is shutting down", NULL, &len);
		c->last = true;
		client_send(c, line, len);
	}
	client_drop(c);
	client_done(c);
}

void control_close(struct control *k)
{
	struct stat st;

	if (!k)
		return;
	while (k->clients)
		client_end(k->clients);
	loop_timer_cancel(k->loop, &k->retry);
	if (k->fd >= 0) {
		loop_del_fd(k->loop, k->fd);
		close(k->fd);
	}
	if (k->ino && lstat(k->path, &st) == 0 && st.st_dev == k->dev && st.st_ino == k->ino)
		unlink(k->path);
	free(k);
}

/* --- Answers ---------------------------------------------------------------------------------- */

static void finish(struct control_request *r, char *line, size_t len)
{
	struct client *c = r->client;

	if (r->given >= 0)
		close(r->given);
	free(r);
	if (!c) {
		free(line);
		return;
	}
	c->busy++;
	c->request = NULL;
	client_send(c, line, len);
	client_process(c);
	client_want(c);
	client_done(c);
}

void control_answer(struct control_request *r, struct json_object *body)
{
	size_t len = 0;
	char *line = r->client ? control_ok_line(body, &len) : NULL;

	json_object_put(body);
	finish(r, line, len);
}

void control_fail(struct control_request *r, const char *hint, const char *fmt, ...)
{
	char error[512], *line;
	size_t len = 0;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(error, sizeof(error), fmt, ap);
	va_end(ap);
	line = r->client ? control_fail_line(error, hint, &len) : NULL;
	finish(r, line, len);
}

int control_take_fd(struct control_request *r)
{
	int fd = r->given;

	r->given = -1;
	return fd;
}

void control_on_gone(struct control_request *r, void (*fn)(void *arg), void *arg)
{
	r->gone = fn;
	r->gone_arg = arg;
}
