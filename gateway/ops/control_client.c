/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A client of the control socket: its lines in, the answers out.
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
#include <unistd.h>

#include "gateway/ops/control_client.h"
#include "gateway/ops/control_line.h"

#define CLIENTS_MAX 64
#define SLOW_US 10000000	/* an answer not read at all for so long */

struct control_client {
	struct control_clients *all;
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
	struct control_client *next;
};
struct control_request {
	struct control_client *client;	/* NULL when it has gone */
	void (*gone)(void *arg);
	void *gone_arg;
	int given;
};

/* The client is taken from the list; it is freed when no function up the stack uses it. */
static void client_drop(struct control_client *c)
{
	struct control_client **at = &c->all->first;
	struct control_request *r = c->request;

	if (c->dead)
		return;
	c->dead = true;
	while (*at != c)
		at = &(*at)->next;
	*at = c->next;
	c->all->n--;
	loop_timer_cancel(c->all->loop, &c->slow);
	loop_del_fd(c->all->loop, c->fd);
	close(c->fd);
	c->request = NULL;
	if (r) {
		r->client = NULL;
		if (r->gone)
			r->gone(r->gone_arg);
	}
}

static void client_done(struct control_client *c)
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
	struct control_client *c = arg;

	c->busy++;
	client_drop(c);
	client_done(c);
}

/* Asks the loop for what this client waits for. Its going away is always reported. */
static void client_want(struct control_client *c)
{
	uint32_t events = 0;

	if (c->dead)
		return;
	if (c->out)
		events = EPOLLOUT;
	else if (!c->request && !c->eof)
		events = EPOLLIN;
	loop_mod_fd(c->all->loop, c->fd, events);
}

static void client_flush(struct control_client *c)
{
	ssize_t n = 0;

	while (!c->dead && c->out && c->out_at < c->out_len) {
		n = send(c->fd, c->out + c->out_at, c->out_len - c->out_at, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n < 0)
			break;
		c->out_at += (size_t)n;
		loop_timer_cancel(c->all->loop, &c->slow);
	}
	if (c->dead || !c->out)
		return;
	if (n < 0 && errno != EAGAIN && errno != EINTR) {
		client_drop(c);
		return;
	}
	if (c->out_at < c->out_len) {
		if (!c->slow)
			loop_timer(c->all->loop, SLOW_US, on_slow, c, &c->slow);
		return;
	}
	free(c->out);
	c->out = NULL;
	c->active_us = loop_now_us();
	if (c->last)
		client_drop(c);
}

/* LINE is given away; NULL for one that could not be made. */
static void client_send(struct control_client *c, char *line, size_t len)
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

static void client_refuse(struct control_client *c, const char *error)
{
	size_t len = 0;
	char *line = control_fail_line(error, "one request is one line of JSON: {\"do\":\"status\"}", &len);

	c->last = true;
	client_send(c, line, len);
}

static struct control_request *request_make(struct control_client *c)
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

static void dispatch(struct control_client *c, const char *line, size_t len)
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
	command = control_find(c->all->commands, name);
	r = request_make(c);
	if (!r) {
		client_drop(c);
	} else if (!command) {
		control_known(c->all->commands, known, sizeof(known));
		control_fail(r, known, "there is no command \"%.*s\"", CONTROL_NAME_MAX, name);
	} else {
		command->fn(c->all->arg, r, args);
	}
	json_object_put(args);
}

/* Takes lines while the client waits for nothing; only one level deep, however the answers come. */
static void client_process(struct control_client *c)
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
static void take_given(struct control_client *c, struct msghdr *m)
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

static ssize_t receive(struct control_client *c, char *at, size_t room)
{
	union { struct cmsghdr head; char room[CMSG_SPACE(sizeof(int))]; } control;
	struct iovec v = { at, room };
	struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control) };
	ssize_t n = recvmsg(c->fd, &m, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);

	if (n >= 0)
		take_given(c, &m);
	return n;
}

static void client_read(struct control_client *c)
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
	struct control_client *c = arg;

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

/* --- Coming and going ----------------------------------------------------------------------------- */

/* Room for one more: the client that has been idle longest goes. False when each waits for an answer. */
static bool make_room(struct control_clients *all)
{
	struct control_client *idle = NULL;

	if (all->n < CLIENTS_MAX)
		return true;
	for (struct control_client *c = all->first; c; c = c->next)
		if (!c->request && (!idle || c->active_us < idle->active_us))
			idle = c;
	if (idle)
		on_slow(idle);
	return idle;
}

void control_client_add(struct control_clients *all, int fd)
{
	struct control_client *c = make_room(all) ? calloc(1, sizeof(*c)) : NULL;

	if (!c || loop_add_fd(all->loop, fd, EPOLLIN, on_client, c)) {
		free(c);
		close(fd);
		return;
	}
	c->all = all;
	c->fd = fd;
	c->given = -1;
	c->active_us = loop_now_us();
	c->next = all->first;
	all->first = c;
	all->n++;
}

/* The last words to a client that waits; its request lives on until its owner answers it. */
static void client_end(struct control_client *c)
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

void control_clients_end(struct control_clients *all)
{
	while (all->first)
		client_end(all->first);
}

/* --- Answers ---------------------------------------------------------------------------------- */

static void finish(struct control_request *r, char *line, size_t len)
{
	struct control_client *c = r->client;

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
