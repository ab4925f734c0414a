/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gateway/media/media.c: the media path as the loop thread sees it: each function puts a command in the
 * queue to the media thread (thread.c), and media_service() delivers what came back. Loop thread.
 */
#include "gateway/media/media.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "channels/sound/country.h"
#include "channels/sound/g711.h"
#include "gateway/media/port.h"

#define COMMANDS 1024
#define REPORTS 4096
#define JITTER_MS_MAX 60

static void wake(int fd)
{
	uint64_t one = 1;

	if (write(fd, &one, sizeof(one)) < 0)
		return;		/* the counter is full: the other side has been woken already */
}

/* What the queue cannot hold now waits in order; the media thread says when there is room. */
static int spill(struct media *m, const struct command *c)
{
	if (m->spill_n == m->spill_max) {
		unsigned max = m->spill_max ? 2 * m->spill_max : 256;
		struct command *more = realloc(m->spill, max * sizeof(*more));

		if (!more)
			return -ENOMEM;
		m->spill = more;
		m->spill_max = max;
	}
	m->spill[m->spill_n++] = *c;
	atomic_store(&m->spilled, true);
	return 0;
}

int media_command(struct media *m, const struct command *c)
{
	int err = 0;

	if (m->spill_n || !queue_push(&m->commands, c))
		err = spill(m, c);
	wake(m->command_fd);
	return err;
}

static void unspill(struct media *m)
{
	unsigned done = 0;

	atomic_store(&m->spilled, false);
	while (done < m->spill_n && queue_push(&m->commands, &m->spill[done]))
		done++;
	if (!done)
		return;
	memmove(m->spill, m->spill + done, (m->spill_n - done) * sizeof(*m->spill));
	m->spill_n -= done;
	if (m->spill_n)
		atomic_store(&m->spilled, true);
	wake(m->command_fd);
}

static int open_descriptors(struct media *m)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.ptr = NULL };

	m->command_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	m->report_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	m->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (m->command_fd < 0 || m->report_fd < 0 || m->epoll_fd < 0)
		return -errno;
	return epoll_ctl(m->epoll_fd, EPOLL_CTL_ADD, m->command_fd, &ev) ? -errno : 0;
}

int media_open(struct media **out, struct hw *hw, const struct media_conf *conf)
{
	struct media *m = calloc(1, sizeof(*m));
	int err;

	if (!m)
		return -ENOMEM;
	law_init();
	tones_init();
	m->hw = hw;
	m->conf = *conf;
	m->country = country_find("uk");
	if (m->conf.jitter_ms > JITTER_MS_MAX)
		m->conf.jitter_ms = JITTER_MS_MAX;
	m->command_fd = m->report_fd = m->epoll_fd = -1;
	err = queue_open(&m->commands, COMMANDS, sizeof(struct command));
	if (!err)
		err = queue_open(&m->reports, REPORTS, sizeof(struct report));
	if (!err)
		err = open_descriptors(m);
	if (!err)
		err = -pthread_create(&m->thread, NULL, media_thread, m);
	if (err) {
		media_close(m);
		return err;
	}
	m->running = true;
	*out = m;
	return 0;
}

void media_close(struct media *m)
{
	struct command c = { .kind = CMD_QUIT };

	if (!m)
		return;
	if (m->running) {
		while (m->spill_n)	/* nothing is waiting but in a burst of closes just before */
			unspill(m), usleep(1000);
		while (!queue_push(&m->commands, &c))
			usleep(1000);
		wake(m->command_fd);
		pthread_join(m->thread, NULL);
		media_service(m);	/* recordings that were under way */
	}
	files_flush(m->conf.files);
	if (m->command_fd >= 0)
		close(m->command_fd);
	if (m->report_fd >= 0)
		close(m->report_fd);
	if (m->epoll_fd >= 0)
		close(m->epoll_fd);
	queue_close(&m->commands);
	queue_close(&m->reports);
	queue_close(&m->heads);
	free(m->spill);
	free(m);
}

int media_fd(const struct media *m)
{
	return m->report_fd;
}

/* An answer to an order that is no longer the latest. */
static bool overtaken(const struct report *r)
{
	const struct asked *a = &r->port->asked;
	unsigned bit;

	if (r->kind == MEDIA_PLAYED)
		return r->seq != a->play;
	if (r->kind != MEDIA_HEARD)
		return false;
	bit = media_heard_bit((enum heard_kind)r->heard);
	return !(a->bits & bit) || (int16_t)(r->seq - a->set[__builtin_ctz(bit)]) < 0;
}

static void deliver_heard(const struct report *r)
{
	struct heard h = { .kind = (enum heard_kind)r->heard, .digit = r->digit, .tone = (enum tone_id)r->tone,
			   .cycles = r->cycles, .ms = r->ms };
	struct media_event ev = { .kind = MEDIA_HEARD, .digit = r->digit, .heard = &h };
	struct media_port *p = r->port;

	if (r->callerid)
		h.callerid = *r->callerid;
	free(r->callerid);
	if (!p->close_asked && !overtaken(r) && p->fn)
		p->fn(p->arg, p, &ev);
}

static void deliver(struct media *m, const struct report *r)
{
	struct media_port *p = r->port;
	struct media_event ev = { .kind = (enum media_event_kind)r->kind, .digit = r->digit,
				  .duration_ms = r->duration_ms };
	struct media_stats final;

	if (r->kind == REPORT_RECORDED) {
		recording_save(r->recording, m->conf.files);
		return;
	}
	if (r->kind == MEDIA_HEARD) {
		deliver_heard(r);
		return;
	}
	if (r->kind == MEDIA_CLOSED) {
		stats_read(&p->box, &final);
		ev.stats = &final;
	} else if (p->close_asked || overtaken(r)) {
		return;		/* its owner has let go of it, or has asked for something else since */
	}
	if (p->fn)
		p->fn(p->arg, p, &ev);
	if (r->kind == MEDIA_CLOSED)
		p->ops->release(p);
}

void media_service(struct media *m)
{
	struct report r;
	uint64_t count;

	if (read(m->report_fd, &count, sizeof(count)) < 0 && errno != EAGAIN)
		return;
	if (m->spill_n)
		unspill(m);
	while (queue_pop(&m->reports, &r))
		deliver(m, &r);
}

uint64_t media_beats(const struct media *m)
{
	return atomic_load_explicit(&m->beats, memory_order_relaxed);
}

int media_join(struct media_port *a, struct media_port *b)
{
	struct command c = { .kind = CMD_JOIN, .port = a, .other = b };

	if (a == b || a->m != b->m || a->close_asked || b->close_asked)
		return -EINVAL;
	return media_command(a->m, &c);
}

void media_part(struct media_port *p)
{
	struct command c = { .kind = CMD_PART, .port = p };

	if (!p->close_asked)
		media_command(p->m, &c);
}

static bool copy_address(union sock_addr *to, const struct sockaddr_storage *from)
{
	if (from->ss_family == AF_INET)
		memcpy(&to->in, from, sizeof(to->in));
	else if (from->ss_family == AF_INET6)
		memcpy(&to->in6, from, sizeof(to->in6));
	else
		return false;
	return true;
}

int media_rtp_remote(struct media_port *p, const struct media_rtp_remote *r)
{
	struct command c = { .kind = CMD_REMOTE, .port = p };
	struct remote *n = &c.remote;

	if (p->kind != PORT_RTP || p->close_asked || (r->ptime_ms != 10 && r->ptime_ms != 20 && r->ptime_ms != 30))
		return -EINVAL;
	memset(n, 0, sizeof(*n));
	if (!copy_address(&n->rtp, &r->rtp))
		return -EINVAL;
	if (!copy_address(&n->rtcp, &r->rtcp)) {	/* RFC 3550 11: the next port up */
		n->rtcp = n->rtp;
		if (n->rtp.sa.sa_family == AF_INET)
			n->rtcp.in.sin_port = htons((uint16_t)(ntohs(n->rtp.in.sin_port) + 1));
		else
			n->rtcp.in6.sin6_port = htons((uint16_t)(ntohs(n->rtp.in6.sin6_port) + 1));
	}
	n->payload = r->payload;
	n->dtmf_payload = r->dtmf_payload;
	n->law = r->law;
	n->clear = r->clear;
	n->ptime_ms = (uint16_t)r->ptime_ms;
	n->dir = r->dir;
	return media_command(p->m, &c);
}

int media_digit(struct media_port *p, char digit, unsigned duration_ms)
{
	struct command c = { .kind = CMD_DIGIT, .port = p };

	if (!tone_dtmf(digit) || p->close_asked)
		return -EINVAL;
	c.digit.digit = digit;
	c.digit.ms = duration_ms;
	return media_command(p->m, &c);
}

void media_tones(struct media *m, const struct country *c)
{
	if (c)
		m->country = c;
}

int media_tone(struct media_port *p, const char *name)
{
	struct command c = { .kind = CMD_TONE, .port = p };
	enum tone_id id;

	if (p->close_asked)
		return -EINVAL;
	if (name && *name) {
		id = tone_id_find(name);
		if (id == TONE_NONE)
			return -EINVAL;
		c.tone = tone_of(p->m->country, id);
	}
	return media_command(p->m, &c);
}

void media_port_close(struct media_port *p)
{
	struct command c = { .kind = CMD_CLOSE, .port = p };

	if (p->close_asked)
		return;
	p->close_asked = true;
	media_command(p->m, &c);
}

void media_port_stats(const struct media_port *p, struct media_stats *out)
{
	stats_read(&p->box, out);
}
