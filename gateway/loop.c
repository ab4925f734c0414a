/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The loop thread. sofia-sip's root does the sleeping; everything that is not sofia's hangs in one epoll
 * set whose descriptor is registered with that root. Timers are a binary heap.
 */
#include "gateway/loop.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "gateway/log.h"

struct fd_entry {
	int fd;
	bool dead;
	loop_fd_fn *fn;
	void *arg;
	struct fd_entry *next;
};

struct turn {
	loop_turn_fn *fn;
	void *arg;
	struct turn *next;
};

struct loop_timer {
	int64_t due_us;
	size_t at; /* place in the heap */
	loop_timer_fn *fn;
	void *arg;
	struct loop_timer **owner;
};

struct loop {
	su_root_t *root;
	int epfd, wake;
	int wait_index;
	struct fd_entry *fds, *grave; /* the grave: deleted while a batch of events may still name them */
	struct turn *turns;
	struct loop_timer **heap;
	size_t n, cap;
	atomic_bool stop;
};

int64_t loop_now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

su_root_t *loop_root(struct loop *l)
{
	return l->root;
}

/* --- descriptors ------------------------------------------------------------------------------ */

static int on_ready(su_root_magic_t *magic, su_wait_t *w, su_wakeup_arg_t *arg)
{
	struct loop *l = (struct loop *)arg;
	struct epoll_event ev[32];
	int n = epoll_wait(l->epfd, ev, 32, 0), i;
	struct fd_entry *e;

	(void)magic;
	(void)w;
	for (i = 0; i < n; i++) {
		e = ev[i].data.ptr;
		if (!e->dead)
			e->fn(e->arg, ev[i].events);
	}
	while ((e = l->grave)) {
		l->grave = e->next;
		free(e);
	}
	return 0;
}

int loop_add_fd(struct loop *l, int fd, uint32_t events, loop_fd_fn *fn, void *arg)
{
	struct fd_entry *e = calloc(1, sizeof(*e));
	struct epoll_event ev = { .events = events, .data.ptr = e };

	if (!e)
		return -ENOMEM;
	e->fd = fd;
	e->fn = fn;
	e->arg = arg;
	if (epoll_ctl(l->epfd, EPOLL_CTL_ADD, fd, &ev) < 0) {
		free(e);
		return -errno;
	}
	e->next = l->fds;
	l->fds = e;
	return 0;
}

static struct fd_entry **find_fd(struct loop *l, int fd)
{
	struct fd_entry **p = &l->fds;

	while (*p && (*p)->fd != fd)
		p = &(*p)->next;
	return p;
}

void loop_mod_fd(struct loop *l, int fd, uint32_t events)
{
	struct fd_entry *e = *find_fd(l, fd);
	struct epoll_event ev = { .events = events, .data.ptr = e };

	if (e)
		epoll_ctl(l->epfd, EPOLL_CTL_MOD, fd, &ev);
}

void loop_del_fd(struct loop *l, int fd)
{
	struct fd_entry **p = find_fd(l, fd), *e = *p;

	if (!e)
		return;
	epoll_ctl(l->epfd, EPOLL_CTL_DEL, fd, NULL);
	*p = e->next;
	e->dead = true;
	e->next = l->grave;
	l->grave = e;
}

/* --- timers: a binary heap by due time -------------------------------------------------------- */

static void put(struct loop *l, size_t i, struct loop_timer *t)
{
	l->heap[i] = t;
	t->at = i;
}

static void sift(struct loop *l, size_t i)
{
	struct loop_timer *t = l->heap[i];

	while (i && l->heap[(i - 1) / 2]->due_us > t->due_us) {
		put(l, i, l->heap[(i - 1) / 2]);
		i = (i - 1) / 2;
	}
	for (;;) {
		size_t c = 2 * i + 1;

		if (c >= l->n)
			break;
		if (c + 1 < l->n && l->heap[c + 1]->due_us < l->heap[c]->due_us)
			c++;
		if (l->heap[c]->due_us >= t->due_us)
			break;
		put(l, i, l->heap[c]);
		i = c;
	}
	put(l, i, t);
}

static void take_out(struct loop *l, struct loop_timer *t)
{
	size_t i = t->at;

	l->n--;
	if (i < l->n) {
		put(l, i, l->heap[l->n]);
		sift(l, i);
	}
	if (t->owner)
		*t->owner = NULL;
}

int loop_timer(struct loop *l, int64_t delay_us, loop_timer_fn *fn, void *arg, struct loop_timer **out)
{
	struct loop_timer *t;

	if (l->n == l->cap) {
		size_t cap = l->cap ? l->cap * 2 : 64;
		struct loop_timer **h = realloc(l->heap, cap * sizeof(*h));

		if (!h)
			return -ENOMEM;
		l->heap = h;
		l->cap = cap;
	}
	t = calloc(1, sizeof(*t));
	if (!t)
		return -ENOMEM;
	t->due_us = loop_now_us() + delay_us;
	t->fn = fn;
	t->arg = arg;
	t->owner = out;
	put(l, l->n++, t);
	sift(l, l->n - 1);
	if (out)
		*out = t;
	return 0;
}

void loop_timer_cancel(struct loop *l, struct loop_timer **t)
{
	struct loop_timer *x = *t;

	if (!x)
		return;
	take_out(l, x);
	free(x);
	*t = NULL;
}

static void run_timers(struct loop *l, int64_t now)
{
	while (l->n && l->heap[0]->due_us <= now) {
		struct loop_timer *t = l->heap[0];

		take_out(l, t);
		t->fn(t->arg);
		free(t);
	}
}

/* --- turns and the run ------------------------------------------------------------------------ */

int loop_add_turn(struct loop *l, loop_turn_fn *fn, void *arg)
{
	struct turn *t = calloc(1, sizeof(*t)), **p = &l->turns;

	if (!t)
		return -ENOMEM;
	t->fn = fn;
	t->arg = arg;
	while (*p)
		p = &(*p)->next;
	*p = t;
	return 0;
}

void loop_del_turn(struct loop *l, loop_turn_fn *fn, void *arg)
{
	struct turn **p = &l->turns, *t;

	while ((t = *p)) {
		if (t->fn == fn && t->arg == arg) {
			*p = t->next;
			free(t);
			return;
		}
		p = &t->next;
	}
}

static int64_t earlier(int64_t a, int64_t b)
{
	return a < 0 ? b : b < 0 ? a : a < b ? a : b;
}

void loop_step(struct loop *l, int64_t max_us)
{
	int64_t next = -1, now = loop_now_us(), wait_us;
	struct turn *t, *following;

	run_timers(l, now);
	for (t = l->turns; t; t = following) {
		following = t->next;
		next = earlier(next, t->fn(t->arg, now));
	}
	if (l->n)
		next = earlier(next, l->heap[0]->due_us);
	wait_us = next < 0 ? max_us : next - loop_now_us();
	if (wait_us < 0 || atomic_load(&l->stop))
		wait_us = 0;
	if (wait_us > max_us)
		wait_us = max_us;
	su_root_step(l->root, (su_duration_t)((wait_us + 999) / 1000));
}

void loop_run(struct loop *l)
{
	while (!atomic_load(&l->stop))
		loop_step(l, 60000000);
	atomic_store(&l->stop, false);
}

void loop_stop(struct loop *l)
{
	uint64_t one = 1;

	atomic_store(&l->stop, true);
	if (write(l->wake, &one, sizeof(one)) < 0)
		return; /* the counter is full: the loop is awake already */
}

static void on_wake(void *arg, uint32_t events)
{
	struct loop *l = arg;
	uint64_t n;

	(void)events;
	if (read(l->wake, &n, sizeof(n)) < 0)
		return;
}

int loop_open(struct loop **out)
{
	struct loop *l = calloc(1, sizeof(*l));
	su_wait_t w = SU_WAIT_INIT;
	int err = 0;

	if (!l)
		return -ENOMEM;
	l->wait_index = -1;
	l->epfd = epoll_create1(EPOLL_CLOEXEC);
	l->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (l->epfd < 0 || l->wake < 0)
		err = -errno;
	if (!err && su_init() < 0)
		err = -ENOMEM;
	if (!err && !(l->root = su_root_create(NULL)))
		err = -ENOMEM;
	if (!err) {
		su_root_threading(l->root, 0);
		if (su_wait_create(&w, l->epfd, SU_WAIT_IN) < 0)
			err = -ENOMEM;
	}
	if (!err) {
		l->wait_index = su_root_register(l->root, &w, on_ready, (su_wakeup_arg_t *)l, 0);
		if (l->wait_index < 0)
			err = -ENOMEM;
	}
	if (!err)
		err = loop_add_fd(l, l->wake, EPOLLIN, on_wake, l);
	if (err) {
		loop_close(l);
		return err;
	}
	*out = l;
	return 0;
}

void loop_close(struct loop *l)
{
	struct fd_entry *e;
	struct turn *t;

	if (!l)
		return;
	if (l->root) {
		if (l->wait_index >= 0)
			su_root_deregister(l->root, l->wait_index);
		su_root_destroy(l->root);
		su_deinit();
	}
	while ((e = l->fds)) {
		l->fds = e->next;
		free(e);
	}
	while ((e = l->grave)) {
		l->grave = e->next;
		free(e);
	}
	while ((t = l->turns)) {
		l->turns = t->next;
		free(t);
	}
	while (l->n) {
		struct loop_timer *x = l->heap[0];

		take_out(l, x);
		free(x);
	}
	free(l->heap);
	if (l->epfd >= 0)
		close(l->epfd);
	if (l->wake >= 0)
		close(l->wake);
	free(l);
}
