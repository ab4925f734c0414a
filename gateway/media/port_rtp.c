/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gateway/media/port_rtp.c: an RTP stream as a port: its sockets, and what signalling says of it. The
 * sockets are made and closed on the loop thread, everything else runs in the media thread.
 */
#include <errno.h>
#include <netinet/ip.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gateway/media/rtp.h"

#define TOS_EF 0xb8	/* RFC 3246 expedited forwarding */

uint32_t rtp_random(struct rtp_port *r)		/* spreads RTCP; SSRC and the like come from the kernel */
{
	r->random = r->random * 1664525u + 1013904223u;
	return r->random >> 8;
}

socklen_t rtp_address_size(const union sock_addr *a)
{
	return a->sa.sa_family == AF_INET6 ? sizeof(a->in6) : sizeof(a->in);
}

bool rtp_same_address(const union sock_addr *a, const union sock_addr *b, bool port_too)
{
	if (a->sa.sa_family != b->sa.sa_family)
		return false;
	if (a->sa.sa_family == AF_INET)
		return a->in.sin_addr.s_addr == b->in.sin_addr.s_addr &&
		       (!port_too || a->in.sin_port == b->in.sin_port);
	return !memcmp(&a->in6.sin6_addr, &b->in6.sin6_addr, sizeof(a->in6.sin6_addr)) &&
	       (!port_too || a->in6.sin6_port == b->in6.sin6_port);
}

static void set_port(union sock_addr *a, uint16_t port)
{
	if (a->sa.sa_family == AF_INET6)
		a->in6.sin6_port = htons(port);
	else
		a->in.sin_port = htons(port);
}

/* --- Signalling ------------------------------------------------------------------------------------- */

void rtp_apply_remote(struct media_port *p, const struct remote *n, int64_t now_us)
{
	struct rtp_port *r = rtp_of(p);
	bool first = !r->signalled, ptime = first || n->ptime_ms != r->remote.ptime_ms;
	bool moved = first || !rtp_same_address(&n->rtp, &r->remote.rtp, true);
	struct remote old = r->remote;

	r->remote = *n;
	if (r->conf.symmetric && r->learnt && !moved) {
		r->remote.rtp = old.rtp;
		r->remote.rtcp = old.rtcp;
	}
	if (moved)
		r->learnt = false;
	r->signalled = true;
	if (moved)
		rtp_connect(r);
	if (first) {
		struct epoll_event ev = { .events = EPOLLIN, .data.ptr = &r->rtcp_watch };

		rtp_in_flush(r);
		epoll_ctl(p->m->epoll_fd, EPOLL_CTL_MOD, r->rtcp_fd, &ev);
	}
	if (first || n->law != p->law || n->clear != p->transparent) {
		p->transparent = n->clear;
		port_set_law(p, n->law);
	}
	r->jitter.law = n->law;
	r->jitter.data = n->clear;
	if (ptime)
		r->out.have = 0;
	if (n->dir != old.dir || first || moved)
		rtp_in_start(r, now_us);
	if (p->peer && (first || ptime || n->law != old.law)) {
		p->peer->ops->joined(p->peer, now_us);	/* a line may want blocks of another size */
		p->ops->joined(p, now_us);
	}
}

/* --- The port ------------------------------------------------------------------------------------------ */

static void rtp_joined(struct media_port *p, int64_t now_us)
{
	struct rtp_port *r = rtp_of(p);

	rtp_in_start(r, now_us);
	if (port_generating(p))
		rtp_out_generator(r, now_us);
}

static void rtp_parted(struct media_port *p, int64_t now_us)
{
	rtp_in_start(rtp_of(p), now_us);
}

static void rtp_push(struct media_port *p, uint8_t *buf, unsigned n, int64_t now_us)
{
	rtp_out_push(rtp_of(p), buf, n, now_us);
}

static void rtp_generator(struct media_port *p, int64_t now_us)
{
	rtp_out_generator(rtp_of(p), now_us);
}

static void rtp_sweep(struct media_port *p, int64_t now_us)
{
	rtp_in_sweep(rtp_of(p), now_us);
	rtcp_sweep(rtp_of(p), now_us);
}

static void rtp_closing(struct media_port *p, int64_t now_us)
{
	struct rtp_port *r = rtp_of(p);

	rtp_in_strays(r);
	rtp_in_sweep(r, now_us);
	rtcp_bye(r, now_us);
	wheel_remove(&p->m->wheel, &r->poll_due);
	wheel_remove(&p->m->wheel, &r->send_due);
	epoll_ctl(p->m->epoll_fd, EPOLL_CTL_DEL, r->rtp_fd, NULL);
	epoll_ctl(p->m->epoll_fd, EPOLL_CTL_DEL, r->rtcp_fd, NULL);
}

static void destroy(struct rtp_port *r)
{
	if (!r)
		return;
	if (r->rtp_fd >= 0)
		close(r->rtp_fd);
	if (r->rtcp_fd >= 0)
		close(r->rtcp_fd);
	if (r->stray_fd >= 0)
		close(r->stray_fd);
	free(r);
}

static void rtp_release(struct media_port *p)
{
	destroy(rtp_of(p));
}

static const struct port_ops rtp_ops = {
	.joined = rtp_joined,
	.parted = rtp_parted,
	.push = rtp_push,
	.generator = rtp_generator,
	.sweep = rtp_sweep,
	.closing = rtp_closing,
	.release = rtp_release,
};

/* --- Sockets (loop thread) ------------------------------------------------------------------------------ */

/* SHARED: another socket of ours has the port already. */
static int bind_socket(const union sock_addr *a, bool shared, int *out)
{
	int fd = socket(a->sa.sa_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), err, one = 1, tos = TOS_EF;

	if (fd < 0)
		return -errno;
	if (a->sa.sa_family == AF_INET6) {
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof(one));
		setsockopt(fd, IPPROTO_IPV6, IPV6_TCLASS, &tos, sizeof(tos));
	} else {
		setsockopt(fd, IPPROTO_IP, IP_TOS, &tos, sizeof(tos));
	}
	setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &one, sizeof(one));
	if (shared)
		setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof(one));
	if (bind(fd, &a->sa, rtp_address_size(a))) {
		err = -errno;
		close(fd);
		return err;
	}
	*out = fd;
	return 0;
}

/* A connected socket sends with no look-up of the route and hears its peer alone. What others send then goes
 * to a second socket on the same port, where it is counted. A stream whose peer is still to be learnt hears
 * everybody. Media thread. */
void rtp_connect(struct rtp_port *r)
{
	struct sockaddr none = { .sa_family = AF_UNSPEC };
	union sock_addr local;
	int one = 1, fd;

	r->connected = false;
	if (r->conf.symmetric && !r->learnt) {
		connect(r->rtp_fd, &none, sizeof(none));
		return;
	}
	memset(&local, 0, sizeof(local));
	memcpy(&local, &r->conf.local, r->conf.local.ss_family == AF_INET ? sizeof(local.in) : sizeof(local.in6));
	set_port(&local, r->local);
	if (r->stray_fd < 0 && !setsockopt(r->rtp_fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof(one)) &&
	    !bind_socket(&local, true, &fd))
		r->stray_fd = fd;
	r->connected = r->stray_fd >= 0 && !connect(r->rtp_fd, &r->remote.rtp.sa, rtp_address_size(&r->remote.rtp));
}

static int bind_pair(struct rtp_port *r, union sock_addr *a, uint16_t port)
{
	int err;

	set_port(a, port);
	err = bind_socket(a, false, &r->rtp_fd);
	if (err)
		return err;
	set_port(a, (uint16_t)(port + 1));
	err = bind_socket(a, false, &r->rtcp_fd);
	if (err) {
		close(r->rtp_fd);
		r->rtp_fd = -1;
		return err;
	}
	r->local = port;
	return 0;
}

/* Ports are taken in turn, so that a packet of a call that has ended does not reach the next one. */
static int bind_any(struct media *m, struct rtp_port *r, const struct sockaddr_storage *local)
{
	unsigned first = (m->conf.rtp_first + 1u) & ~1u, pairs = (m->conf.rtp_last + 1u - first) / 2;
	union sock_addr a;
	int err = -EADDRINUSE;

	memset(&a, 0, sizeof(a));
	if (local->ss_family != AF_INET && local->ss_family != AF_INET6)
		return -EADDRNOTAVAIL;
	memcpy(&a, local, local->ss_family == AF_INET ? sizeof(a.in) : sizeof(a.in6));
	if (m->conf.rtp_last < first + 1)
		return -EADDRINUSE;
	for (unsigned i = 0; i < pairs; i++) {
		err = bind_pair(r, &a, (uint16_t)(first + 2 * (m->next_pair++ % pairs)));
		if (err != -EADDRINUSE && err != -EACCES)
			break;
	}
	return err == -EACCES ? -EADDRINUSE : err;
}

static int watch(struct media *m, int fd, uint32_t events, struct watch *w)
{
	struct epoll_event ev = { .events = events, .data.ptr = w };

	return epoll_ctl(m->epoll_fd, EPOLL_CTL_ADD, fd, &ev) ? -errno : 0;
}

static int make_random(struct rtp_port *r)
{
	uint32_t v[4];

	if (getrandom(v, sizeof(v), GRND_NONBLOCK) != sizeof(v))
		return -errno;
	r->out.ssrc = v[0];
	r->out.ts = v[1];
	r->out.seq = (uint16_t)v[2];
	r->random = v[3];
	r->out.marker = true;
	return 0;
}

int media_rtp_port(struct media *m, const struct media_rtp_conf *conf, media_event_fn *fn, void *arg,
		   struct media_port **out)
{
	struct rtp_port *r = calloc(1, sizeof(*r));
	struct command c = { .kind = CMD_OPEN };
	int err;

	if (!r)
		return -ENOMEM;
	r->rtp_fd = r->rtcp_fd = r->stray_fd = -1;
	r->conf = *conf;
	port_init(&r->port, m, PORT_RTP, &rtp_ops, fn, arg);
	due_init(&r->poll_due, rtp_in_poll, r);
	due_init(&r->send_due, rtp_out_due, r);
	r->rtp_watch = (struct watch){ r, rtp_in_ready };
	r->rtcp_watch = (struct watch){ r, rtcp_ready };
	jitter_reset(&r->jitter, HW_ALAW);
	err = make_random(r);
	if (!err)
		err = bind_any(m, r, &conf->local);
	c.port = &r->port;
	/* Not armed yet: EPOLLONESHOT without events stays silent until the media thread asks. */
	if (!err)
		err = watch(m, r->rtp_fd, EPOLLONESHOT, &r->rtp_watch);
	if (!err)
		err = watch(m, r->rtcp_fd, EPOLLONESHOT, &r->rtcp_watch);
	if (!err)
		err = media_command(m, &c);
	if (err) {
		destroy(r);
		return err;
	}
	*out = &r->port;
	return 0;
}

uint16_t media_rtp_local(const struct media_port *p)
{
	return ((const struct rtp_port *)p)->local;
}
