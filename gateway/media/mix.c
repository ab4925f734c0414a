/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gateway/media/mix.c: the bridge of a three-way call: three ports, one for the line whose telephone made it, two for the far ends of
 * its calls. Each party hears the sum of the other two. The line's blocks set the pace; what the far ends send on clocks and in
 * packets of their own waits in a short buffer. Media thread, but for media_conference() and release.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "channels/sound/g711.h"
#include "gateway/media/port.h"

#define SIDES MEDIA_CONFERENCE_PORTS
#define STEP 160		/* samples mixed at a time, at most */
#define WAITING 2048		/* samples of a far end that wait, at most; a power of two */
#define LEAST 16		/* samples left when a block has been taken: less is too little */
#define EXTRA_MAX 480		/* more is not kept in hand, however unsteadily a far end sends */
#define WINDOW 32000		/* samples after which the least that was left is judged */

struct side {
	struct media_port port;		/* joined with the party */
	struct mixer *mixer;
	int16_t wait[WAITING];
	unsigned head, have;		/* of wait: where the next goes, how many there are */
	unsigned push;			/* samples that came together last */
	unsigned extra;			/* kept in hand, as the far end has been late */
	bool flowing;
	unsigned least, window;		/* left after a block in this window; samples of it to go */
	int adjust;			/* samples to leave out, or to invent where negative, one a block */
};
struct mixer {
	struct side side[SIDES];	/* the first is the line's */
	unsigned released;		/* loop thread */
};

static struct side *side_of(struct media_port *p)
{
	return (struct side *)p;
}

static void hush(struct side *s)
{
	s->have = 0;
	s->flowing = false;
	s->adjust = 0;
	s->window = WINDOW;
	s->least = WAITING;
}

static void put(struct side *s, const uint8_t *buf, unsigned n)
{
	const int16_t *linear = law_linear[s->port.law];

	for (unsigned i = 0; i < n; i++)
		s->wait[(s->head + i) % WAITING] = linear[buf[i]];
	s->head = (s->head + n) % WAITING;
	s->have += n;
	if (s->have > WAITING) {
		s->port.st.dropped += s->have - WAITING;
		s->have = WAITING;
	}
	s->push = n;
}

/* Too much or too little has been in hand for a while: the far end's clock is another one, or the network has become steady. */
static void judge(struct side *s, unsigned n)
{
	if (s->have < s->least)
		s->least = s->have;
	if (s->window > n) {
		s->window -= n;
		return;
	}
	if (s->least > LEAST + s->extra + n)
		s->adjust = (int)(s->least - LEAST - s->extra);
	else if (s->least < LEAST)
		s->adjust = (int)s->least - LEAST;
	s->window = WINDOW;
	s->least = WAITING;
}

/* The next N samples of a far end into X. */
static void take(struct side *s, int16_t *x, unsigned n)
{
	unsigned got, from;

	if (!s->flowing && s->have >= s->push + n / 2 + LEAST + s->extra && s->have >= n)
		s->flowing = true;
	if (s->flowing && s->adjust > 0 && s->have) {
		s->have--;
		s->adjust--;
		s->port.st.dropped++;
	}
	got = !s->flowing ? 0 : s->have < n ? s->have : n;
	if (s->flowing && s->adjust < 0 && got == n) {
		got--;
		s->adjust++;
	}
	from = s->head + WAITING - s->have;
	for (unsigned i = 0; i < got; i++)
		x[i] = s->wait[(from + i) % WAITING];
	s->have -= got;
	if (got == n - 1 && got) {	/* one invented: the last again */
		x[got++] = s->wait[(from + n - 2) % WAITING];
		s->port.st.inserted++;
	}
	memset(x + got, 0, (n - got) * sizeof(*x));
	if (s->flowing && got < n) {
		s->port.st.inserted += n - got;
		s->extra = s->extra + n / 2 < EXTRA_MAX ? s->extra + n / 2 : EXTRA_MAX;
		hush(s);
	} else if (s->flowing) {
		judge(s, n);
	}
}

/* What a party says: digits and the like in place of what it sends, and a test line makes sound when it is asked. */
static void say(struct side *s, int16_t *x, unsigned n)
{
	uint8_t buf[STEP];

	if (!port_generating(&s->port) || !port_generate(&s->port, buf, n)) {
		take(s, x, n);
		return;
	}
	for (unsigned i = 0; i < n; i++)
		x[i] = law_linear[s->port.law][buf[i]];
	hush(s);
}

static void hear(struct side *s, const int16_t *x, const int16_t *y, unsigned n, int64_t now_us)
{
	uint8_t room[RTP_HEADER + STEP], *buf = room + RTP_HEADER;

	if (!s->port.peer)
		return;
	for (unsigned i = 0; i < n; i++) {
		int sum = x[i] + y[i];

		buf[i] = law_encode(s->port.law, (int16_t)(sum > INT16_MAX ? INT16_MAX : sum < INT16_MIN ? INT16_MIN : sum));
	}
	port_deliver(&s->port, buf, n, now_us);
}

/* A block of the line: the bridge's pace. */
static void turn(struct mixer *m, const uint8_t *buf, unsigned n, int64_t now_us)
{
	int16_t x[SIDES][STEP];

	for (unsigned i = 0; i < n; i++)
		x[0][i] = law_linear[m->side[0].port.law][buf[i]];
	for (int s = 1; s < SIDES; s++)
		say(&m->side[s], x[s], n);
	for (int s = 0; s < SIDES; s++)
		hear(&m->side[s], x[(s + 1) % SIDES], x[(s + 2) % SIDES], n, now_us);
}

static void mix_push(struct media_port *p, uint8_t *buf, unsigned n, int64_t now_us)
{
	struct side *s = side_of(p);
	unsigned part;

	if (s != s->mixer->side) {
		put(s, buf, n > WAITING ? WAITING : n);
		return;
	}
	for (; n; buf += part, n -= part) {
		part = n < STEP ? n : STEP;
		turn(s->mixer, buf, part, now_us);
	}
}

static void mix_changed(struct media_port *p, int64_t now_us)
{
	(void)now_us;
	hush(side_of(p));
}

static void mix_nothing(struct media_port *p, int64_t now_us)
{
	(void)p, (void)now_us;	/* a generator is asked at the next block; nothing else is due */
}

static void mix_release(struct media_port *p)
{
	struct mixer *m = side_of(p)->mixer;

	if (++m->released == SIDES)
		free(m);
}

static const struct port_ops mix_ops = {
	.joined = mix_changed,
	.parted = mix_changed,
	.push = mix_push,
	.generator = mix_nothing,
	.sweep = mix_nothing,
	.closing = mix_changed,
	.release = mix_release,
};

/* OPENED of its ports are the media thread's already. */
static void abandon(struct mixer *m, int opened)
{
	m->released = (unsigned)(SIDES - opened);
	if (!opened)
		free(m);
	for (int s = 0; s < opened; s++) {
		m->side[s].port.fn = NULL;
		media_port_close(&m->side[s].port);
	}
}

int media_conference(struct media_port *line, media_event_fn *fn, void *arg, struct media_port *out[2])
{
	struct mixer *m;
	int err = 0, opened = 0;

	if (line->close_asked || !line->asked.analog)
		return -EINVAL;
	m = calloc(1, sizeof(*m));
	if (!m)
		return -ENOMEM;
	for (int s = 0; s < SIDES; s++) {
		m->side[s].mixer = m;
		port_init(&m->side[s].port, line->m, PORT_MIX, &mix_ops, fn, arg);
		m->side[s].port.law = line->law;
		hush(&m->side[s]);
	}
	while (opened < SIDES && !err) {
		err = media_command(line->m, &(struct command){ .kind = CMD_OPEN, .port = &m->side[opened].port });
		opened += !err;
	}
	if (!err)
		err = media_join(line, &m->side[0].port);
	if (err) {
		abandon(m, opened);
		return err;
	}
	out[0] = &m->side[1].port;
	out[1] = &m->side[2].port;
	return 0;
}

void media_conference_end(struct media_port *either)
{
	struct mixer *m = side_of(either)->mixer;

	for (int s = 0; s < SIDES; s++)
		media_port_close(&m->side[s].port);
}
