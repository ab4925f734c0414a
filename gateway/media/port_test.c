/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gateway/media/port_test.c: the test lines of the telephone trade as ports: milliwatt, quiet, echo, play, and the probe
 * that listens. They make sound when their partner asks for it, so they keep the partner's time; between
 * two of them a wheel entry asks. Media thread, but for media_test_port() and release.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "channels/sound/g711.h"
#include "gateway/media/port.h"
#include "gateway/media/probe.h"
#include "gateway/media/wav.h"

#define BLOCK 160		/* between two test lines */
#define MEASURE_US 1000000

enum test_kind { TEST_MILLIWATT, TEST_QUIET, TEST_ECHO, TEST_PLAY, TEST_PROBE };

struct test_port {
	struct media_port port;
	enum test_kind kind;
	struct wav wav;
	size_t wav_at;
	bool played;		/* MEDIA_PLAYED was told */
	unsigned tone_at;
	struct probe probe;
	struct due due;
	int64_t due_us, measure_us;
};

static struct test_port *test_of(struct media_port *p)
{
	return (struct test_port *)p;
}

static void play(struct test_port *t, uint8_t *buf, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		buf[i] = t->wav_at < t->wav.n ? law_encode(t->port.law, t->wav.samples[t->wav_at++]) :
						law_silence(t->port.law);
	if (t->wav_at == t->wav.n && !t->played) {
		t->played = true;
		port_report(&t->port, MEDIA_PLAYED, 0, 0);
	}
}

static unsigned test_produce(struct media_port *p, uint8_t *buf, unsigned n)
{
	struct test_port *t = test_of(p);

	if (t->kind == TEST_MILLIWATT)
		tone_milliwatt(p->law, &t->tone_at, buf, n);
	else if (t->kind == TEST_PLAY)
		play(t, buf, n);
	else
		memset(buf, law_silence(p->law), n);
	return n;
}

static void test_push(struct media_port *p, uint8_t *buf, unsigned n, int64_t now_us)
{
	struct test_port *t = test_of(p);

	if (t->kind == TEST_ECHO)
		port_deliver(p, buf, n, now_us);
	else if (t->kind == TEST_PROBE)
		probe_hear(&t->probe, p->law, buf, n);
}

static void test_due(void *owner, int64_t now_us)
{
	struct test_port *t = owner;
	struct media_port *q = t->port.peer;
	uint8_t room[RTP_HEADER + BLOCK], *buf = room + RTP_HEADER;

	if (!q || q->kind != PORT_TEST)
		return;
	if (q->ops->produce && q->ops->produce(q, buf, BLOCK))
		test_push(&t->port, buf, BLOCK, now_us);
	t->due_us += BLOCK * SAMPLE_US;
	wheel_add(&t->port.m->wheel, &t->due, t->due_us);
}

static void test_joined(struct media_port *p, int64_t now_us)
{
	struct test_port *t = test_of(p);

	t->due_us = now_us;
	if (p->peer->kind == PORT_TEST)
		wheel_add(&p->m->wheel, &t->due, now_us);
	t->measure_us = now_us + MEASURE_US;
	probe_level(&t->probe, p->law);
}

static void test_parted(struct media_port *p, int64_t now_us)
{
	(void)now_us;
	wheel_remove(&p->m->wheel, &test_of(p)->due);
}

static void test_generator(struct media_port *p, int64_t now_us)
{
	(void)now_us;	/* nobody listens at a test line */
	tone_start(&p->tone, NULL, p->law);
	digits_stop(&p->digits);
}

static void test_sweep(struct media_port *p, int64_t now_us)
{
	struct test_port *t = test_of(p);

	if (t->kind != TEST_PROBE || now_us < t->measure_us)
		return;
	t->measure_us = now_us + MEASURE_US;
	p->st.level_known |= t->probe.power_n > 0;
	p->st.level_in_dbm0 = probe_level(&t->probe, p->law);
	p->st.freq_in_hz = p->st.level_in_dbm0 > -90 ? probe_tone(&t->probe) : 0;
}

static void test_closing(struct media_port *p, int64_t now_us)
{
	struct test_port *t = test_of(p);

	test_parted(p, now_us);
	if (t->kind != TEST_PROBE || p->st.level_known || t->probe.n < PROBE_LEAST)
		return;
	p->st.level_in_dbm0 = probe_level_now(&t->probe, p->law);	/* it did not last for a measurement */
	p->st.level_known = true;
	p->st.freq_in_hz = p->st.level_in_dbm0 > -90 ? probe_tone(&t->probe) : 0;
}

static void test_release(struct media_port *p)
{
	wav_free(&test_of(p)->wav);
	free(p);
}

/* An echo produces nothing of its own. */
static const struct port_ops echo_ops = {
	.joined = test_joined,
	.parted = test_parted,
	.push = test_push,
	.generator = test_generator,
	.sweep = test_sweep,
	.closing = test_closing,
	.release = test_release,
};
static const struct port_ops test_ops = {
	.joined = test_joined,
	.parted = test_parted,
	.push = test_push,
	.generator = test_generator,
	.produce = test_produce,
	.sweep = test_sweep,
	.closing = test_closing,
	.release = test_release,
};

static int load(struct test_port *t, const char *dir, const char *path)
{
	char *full = NULL;
	int err;

	if (!*path)
		return -EINVAL;
	if (*path == '/' || !dir || !*dir)
		return wav_load(path, &t->wav);
	if (asprintf(&full, "%s/%s", dir, path) < 0)
		return -ENOMEM;
	err = wav_load(full, &t->wav);
	free(full);
	return err;
}

static int parse_spec(struct test_port *t, const char *spec, const char *dir)
{
	static const struct { const char *name; enum test_kind kind; } kinds[] = {
		{ "milliwatt", TEST_MILLIWATT }, { "quiet", TEST_QUIET }, { "echo", TEST_ECHO }, { "probe", TEST_PROBE },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (!strcmp(spec, kinds[i].name)) {
			t->kind = kinds[i].kind;
			return 0;
		}
	if (strncmp(spec, "play:", 5))
		return -EINVAL;
	t->kind = TEST_PLAY;
	return load(t, dir, spec + 5);
}

int media_test_port(struct media *m, const char *spec, const char *dir, media_event_fn *fn, void *arg,
		    struct media_port **out)
{
	struct test_port *t = calloc(1, sizeof(*t));
	struct command c = { .kind = CMD_OPEN };
	int err = t ? parse_spec(t, spec, dir) : -ENOMEM;

	if (!err) {
		port_init(&t->port, m, PORT_TEST, t->kind == TEST_ECHO ? &echo_ops : &test_ops, fn, arg);
		due_init(&t->due, test_due, t);
		c.port = &t->port;
		err = media_command(m, &c);
	}
	if (err) {
		if (t)
			wav_free(&t->wav);
		free(t);
		return err;
	}
	*out = &t->port;
	return 0;
}
