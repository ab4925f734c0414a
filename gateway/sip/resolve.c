/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names to addresses, off the loop; see resolve.h. */
#include "gateway/sip/resolve.h"

#include <ares.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#define TRY_MS 2000	/* of one try at one server */
#define TRIES 2

struct resolve {
	resolve_fn *fn;		/* NULL once cancelled; c-ares cannot drop one question */
	void *arg;
	struct resolve **owner;
};

struct resolver {
	su_root_t *root;
	ares_channel channel;
	bool ready;
	int epfd, wait_index;
	su_timer_t *timer;
};

static void arm(struct resolver *r);

static void on_timer(su_root_magic_t *magic, su_timer_t *t, su_timer_arg_t *arg)
{
	struct resolver *r = arg;

	(void)magic;
	(void)t;
	ares_process_fd(r->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
	arm(r);
}

static void arm(struct resolver *r)
{
	struct timeval tv, *t = ares_timeout(r->channel, NULL, &tv);

	if (t)
		su_timer_set_interval(r->timer, on_timer, r, t->tv_sec * 1000 + t->tv_usec / 1000 + 1);
	else
		su_timer_reset(r->timer);
}

static int on_ready(su_root_magic_t *magic, su_wait_t *w, su_wakeup_arg_t *arg)
{
	struct resolver *r = (struct resolver *)arg;
	struct epoll_event ev[16];
	int i, n = epoll_wait(r->epfd, ev, 16, 0);

	(void)magic;
	(void)w;
	for (i = 0; i < n; i++)
		ares_process_fd(r->channel, ev[i].events & (EPOLLIN | EPOLLERR | EPOLLHUP) ? ev[i].data.fd : ARES_SOCKET_BAD,
				ev[i].events & EPOLLOUT ? ev[i].data.fd : ARES_SOCKET_BAD);
	arm(r);
	return 0;
}

static void on_socket(void *arg, ares_socket_t fd, int readable, int writable)
{
	struct resolver *r = arg;
	struct epoll_event ev = { .events = (readable ? EPOLLIN : 0u) | (writable ? EPOLLOUT : 0u), .data.fd = fd };

	if (!ev.events)
		epoll_ctl(r->epfd, EPOLL_CTL_DEL, fd, NULL);
	else if (epoll_ctl(r->epfd, EPOLL_CTL_MOD, fd, &ev) < 0)
		epoll_ctl(r->epfd, EPOLL_CTL_ADD, fd, &ev);
}

static int open_channel(struct resolver *r, const char *servers)
{
	struct ares_options o = { .timeout = TRY_MS, .tries = TRIES, .sock_state_cb = on_socket, .sock_state_cb_data = r };
	int err = ares_library_init(ARES_LIB_INIT_ALL);

	if (!err)
		err = ares_init_options(&r->channel, &o, ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB);
	if (err)
		return -ENOMEM;
	r->ready = true;
	return servers && ares_set_servers_ports_csv(r->channel, servers) ? -EINVAL : 0;
}

int resolver_open(struct resolver **out, su_root_t *root, const char *servers)
{
	struct resolver *r = calloc(1, sizeof(*r));
	su_wait_t w[1];
	int err;

	if (!r)
		return -ENOMEM;
	r->root = root;
	r->wait_index = -1;
	r->epfd = epoll_create1(EPOLL_CLOEXEC);
	err = r->epfd < 0 ? -errno : 0;
	if (!err && !(r->timer = su_timer_create(su_root_task(root), TRY_MS)))
		err = -ENOMEM;
	if (!err)
		err = open_channel(r, servers);
	if (!err && (su_wait_create(w, r->epfd, SU_WAIT_IN) < 0 ||
		     (r->wait_index = su_root_register(root, w, on_ready, (su_wakeup_arg_t *)r, 0)) < 0))
		err = -ENOMEM;
	if (err) {
		resolver_close(r);
		return err;
	}
	*out = r;
	return 0;
}

void resolver_close(struct resolver *r)
{
	if (!r)
		return;
	if (r->ready) {
		ares_destroy(r->channel);
		ares_library_cleanup();
	}
	if (r->wait_index >= 0)
		su_root_deregister(r->root, r->wait_index);
	su_timer_destroy(r->timer);
	if (r->epfd >= 0)
		close(r->epfd);
	free(r);
}

/* --- Questions -------------------------------------------------------------------------------- */

static int error_of(int status)
{
	switch (status) {
	case ARES_SUCCESS:
		return 0;
	case ARES_ENOTFOUND:
	case ARES_ENODATA:
	case ARES_EBADNAME:
		return -ENOENT;
	case ARES_ETIMEOUT:
		return -ETIMEDOUT;
	case ARES_ECONNREFUSED:
	case ARES_ESERVFAIL:
	case ARES_EREFUSED:
		return -ECONNREFUSED;
	case ARES_ENOMEM:
		return -ENOMEM;
	default:
		return -EIO;
	}
}

static void fill(struct resolve_answer *a, const struct ares_addrinfo *ai)
{
	const struct ares_addrinfo_node *n;

	for (n = ai->nodes; n && a->n < RESOLVE_ADDRS_MAX; n = n->ai_next) {
		if ((size_t)n->ai_addrlen > sizeof(a->addrs[0]))
			continue;
		memcpy(&a->addrs[a->n++], n->ai_addr, (size_t)n->ai_addrlen);
		if (n->ai_ttl > 0 && (!a->ttl_s || (unsigned)n->ai_ttl < a->ttl_s))
			a->ttl_s = (unsigned)n->ai_ttl;
	}
}

static void on_answer(void *arg, int status, int timeouts, struct ares_addrinfo *ai)
{
	struct resolve *q = arg;
	struct resolve_answer a = { .err = error_of(status) };

	(void)timeouts;
	if (ai)
		fill(&a, ai);
	if (!a.err && a.n == 0)
		a.err = -ENOENT;
	if (q->owner)
		*q->owner = NULL;
	if (q->fn && status != ARES_EDESTRUCTION)
		q->fn(q->arg, &a);
	ares_freeaddrinfo(ai);
	free(q);
}

int resolve_start(struct resolver *r, const char *name, resolve_fn *fn, void *arg, struct resolve **out)
{
	struct ares_addrinfo_hints hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_DGRAM };
	struct resolve *q = calloc(1, sizeof(*q));

	if (!q)
		return -ENOMEM;
	q->fn = fn;
	q->arg = arg;
	q->owner = out;
	*out = q;
	ares_getaddrinfo(r->channel, name, NULL, &hints, on_answer, q);
	arm(r);
	return 0;
}

void resolve_cancel(struct resolve **q)
{
	if (!*q)
		return;
	(*q)->fn = NULL;
	(*q)->owner = NULL;
	*q = NULL;
}
