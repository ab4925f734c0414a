/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gateway/media/thread.c: the media thread. It sleeps until the next slot in which a port has work, until a
 * command comes, or until a stream that had paused goes on; the wheel says when. It takes the card's time at
 * each waking (hw_clock_tick), and sleeps for good while nothing is joined.
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include "channels/sound/g711.h"
#include "gateway/media/port.h"
#include "gateway/media/rtp.h"

#define EVENTS 32
#define PRIORITY 10
#define CLOCK_SAMPLES 8		/* the card's clock: 1 ms */
#define RETRY_US 10000		/* the loop thread is behind with reports */

static int64_t clock_us(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return t.tv_sec * 1000000ll + t.tv_nsec / 1000;
}

static void wake_loop(struct media *m)
{
	uint64_t one = 1;

	if (write(m->report_fd, &one, sizeof(one)) < 0)
		return;		/* it is full of wake-ups already */
}

void media_line_count(struct media *m, int more)
{
	unsigned before = m->lines_running;

	m->lines_running = (unsigned)((int)before + more);
	if (!before != !m->lines_running)
		hw_clock_start(m->hw, m->lines_running ? CLOCK_SAMPLES : 0);
	if (!before && m->lines_running)
		hw_clock_tick(m->hw, m->now_us);
}

/* --- Commands ------------------------------------------------------------------------------------------ */

static void list_add(struct media_port **list, struct media_port *p)
{
	p->next = *list;
	p->prev = list;
	if (p->next)
		p->next->prev = &p->next;
	*list = p;
}

static void list_remove(struct media_port *p)
{
	*p->prev = p->next;
	if (p->next)
		p->next->prev = p->prev;
}

static void close_port(struct media *m, struct media_port *p)
{
	port_part(p, m->now_us);
	port_play(p, NULL, 0);
	p->ops->closing(p, m->now_us);
	stats_publish(&p->box, &p->st);
	list_remove(p);
	list_add(&m->closing, p);
}

static void digit_out(struct media_port *p, char digit, unsigned ms, int64_t now_us)
{
	if (p->kind == PORT_RTP && rtp_digit(p, digit, ms, now_us))
		return;
	if (digits_add(&p->digits, digit, ms))
		p->ops->generator(p, now_us);
}

static void tone_out(struct media_port *p, const struct tone_def *def, int64_t now_us)
{
	tone_start(&p->tone, def, p->law);
	if (def)
		p->ops->generator(p, now_us);
}

/* Returns false for CMD_QUIT. */
static bool obey(struct media *m, const struct command *c)
{
	struct media_port *p = c->port;

	switch (c->kind) {
	case CMD_OPEN:
		list_add(&m->ports, p);
		break;
	case CMD_CLOSE:
		close_port(m, p);
		break;
	case CMD_JOIN:
		port_join(p, c->other, m->now_us);
		break;
	case CMD_PART:
		port_part(p, m->now_us);
		break;
	case CMD_REMOTE:
		rtp_apply_remote(p, &c->remote, m->now_us);
		break;
	case CMD_DIGIT:
		if (!p->transparent)
			digit_out(p, c->digit.digit, c->digit.ms, m->now_us);
		break;
	case CMD_TONE:
		if (!p->transparent)
			tone_out(p, c->tone, m->now_us);
		break;
	case CMD_LISTEN:
		line_listen(p, c->listen.bits, c->listen.seq, m->now_us);
		break;
	case CMD_PLAY:
		line_play(p, c->play.player, c->play.seq, m->now_us);
		break;
	case CMD_KEEP:
		line_keep(p, c->recording);
		break;
	case CMD_RECORD:
		line_record(p, c->recording, m->now_us);
		break;
	case CMD_QUIT:
		return false;
	}
	return true;
}

static bool obey_all(struct media *m)
{
	struct command c;
	uint64_t count;

	if (read(m->command_fd, &count, sizeof(count)) < 0 && errno != EAGAIN)
		return false;
	while (queue_pop(&m->commands, &c))
		if (!obey(m, &c))
			return false;
	if (atomic_load(&m->spilled))
		m->reported = true;
	return true;
}

/* --- Time ------------------------------------------------------------------------------------------------ */

static void sweep(struct media *m)
{
	if (!m->ports || m->now_us < m->next_sweep_us)
		return;
	m->next_sweep_us = m->now_us + MEDIA_SWEEP_US;
	for (struct media_port *p = m->ports; p; p = p->next) {
		p->ops->sweep(p, m->now_us);
		stats_publish(&p->box, &p->st);
	}
}

/* MEDIA_CLOSED is never lost: what finds the queue full is tried again. Nor is a recording. */
static void report_again(struct media *m)
{
	struct recording *rec = m->recorded, *next;

	m->recorded = NULL;
	for (; rec; rec = next) {
		next = rec->next;
		port_report_recorded(m, rec);
	}
	while (m->closing) {
		struct media_port *p = m->closing;
		struct report r = { .port = p, .kind = MEDIA_CLOSED };

		list_remove(p);
		if (!queue_push(&m->reports, &r)) {
			list_add(&m->closing, p);
			return;
		}
		m->reported = true;
	}
}

static int64_t next_waking(const struct media *m)
{
	int64_t at = wheel_next_us(&m->wheel);

	if (m->ports && (at < 0 || m->next_sweep_us < at))
		at = m->next_sweep_us;
	if ((m->closing || m->recorded) && (at < 0 || m->now_us + RETRY_US < at))
		at = m->now_us + RETRY_US;
	return at;
}

/* Returns false when the thread is to end. */
static bool turn(struct media *m)
{
	struct epoll_event ev[EVENTS];
	struct timespec t = { 0, 0 }, *timeout = &t;
	int64_t at = next_waking(m), wait = at - clock_us(CLOCK_MONOTONIC);
	bool commands = false;
	int n;

	if (at < 0)
		timeout = NULL;
	else if (wait > 0)
		t = (struct timespec){ wait / 1000000, wait % 1000000 * 1000 };
	n = epoll_pwait2(m->epoll_fd, ev, EVENTS, timeout, NULL);
	m->now_us = clock_us(CLOCK_MONOTONIC);
	m->realtime_off_us = clock_us(CLOCK_REALTIME) - m->now_us;
	if (m->lines_running)
		hw_clock_tick(m->hw, m->now_us);
	wheel_run(&m->wheel, m->now_us);
	for (int i = 0; i < n; i++) {
		struct watch *w = ev[i].data.ptr;

		if (w)
			w->ready(w->rtp, m->now_us);
		else
			commands = true;
	}
	sweep(m);
	/* Commands last: they may close a port that this waking still had an event for. */
	if (commands && !obey_all(m))
		return false;
	report_again(m);
	if (m->reported)
		wake_loop(m);
	m->reported = false;
	atomic_fetch_add_explicit(&m->beats, 1, memory_order_relaxed);
	return true;
}

void *media_thread(void *arg)
{
	struct media *m = arg;
	struct sched_param priority = { .sched_priority = PRIORITY };

	prctl(PR_SET_NAME, "media");
	prctl(PR_SET_TIMERSLACK, 1000);	/* ns */
	if (m->conf.realtime)
		pthread_setschedparam(pthread_self(), SCHED_FIFO, &priority);
	m->now_us = clock_us(CLOCK_MONOTONIC);
	wheel_init(&m->wheel, m->now_us);
	while (turn(m))
		;
	return NULL;
}
