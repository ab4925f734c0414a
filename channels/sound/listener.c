/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "channels/sound/listener.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "channels/sound/dtmf_in.h"
#include "channels/sound/g711.h"
#include "channels/sound/speech_rx.h"
#include "channels/sound/tone_rx.h"

#define KEEP_MAX_MS 10000
#define PER_MS 8
#define PIECE 80		/* octets looked at together */
#define CATCH_UP 10		/* times as fast as time: what was kept is heard */

struct listener {
	enum hw_law law;
	unsigned listen;
	struct dtmf_in *dtmf;
	struct tone_rx *tones;
	struct speech_rx speech;
	struct callerid_rx *callerid;
	struct cas_rx *cas;
	unsigned behind;		/* octets kept that the caller ID's receiver is still to hear */
	char digit;			/* sounding now */
	int16_t block[TONE_RX_BLOCK];
	unsigned have;			/* samples in block */
	double power;			/* for the level: sum over steps */
	uint64_t steps;
	unsigned keep, kept, at;	/* octets: room for, there, next place */
	uint8_t *ring;
};

int listener_open(struct listener **out, const struct country *c, enum hw_law law, unsigned keep_ms)
{
	struct listener *l;
	int rc;

	if (keep_ms > KEEP_MAX_MS)
		return -EINVAL;
	l = calloc(1, sizeof(*l));
	if (!l)
		return -ENOMEM;
	l->law = law;
	l->keep = keep_ms * PER_MS;
	l->ring = malloc(l->keep + 1);
	rc = l->ring ? 0 : -ENOMEM;
	if (!rc)
		rc = dtmf_in_open(&l->dtmf, law);
	if (!rc)
		rc = tone_rx_open(&l->tones, c, law);
	if (!rc)
		rc = callerid_rx_open(&l->callerid, law);
	if (!rc)
		rc = cas_rx_open(&l->cas, law);
	if (rc) {
		listener_close(l);
		return rc;
	}
	speech_rx_init(&l->speech, law);
	*out = l;
	return 0;
}

void listener_close(struct listener *l)
{
	if (!l)
		return;
	cas_rx_close(l->cas);
	callerid_rx_close(l->callerid);
	tone_rx_close(l->tones);
	dtmf_in_close(l->dtmf);
	free(l->ring);
	free(l);
}

/* Speech is what is neither tone nor digit, so it needs both receivers. */
static bool needs_dtmf(unsigned listen)
{
	return listen & (LISTEN_DTMF | LISTEN_SPEECH);
}

static bool needs_tones(unsigned listen)
{
	return listen & (LISTEN_TONES | LISTEN_SPEECH);
}

void listener_want(struct listener *l, unsigned listen)
{
	unsigned fresh = listen & ~l->listen;

	if (fresh & LISTEN_DTMF || (needs_dtmf(listen) && !needs_dtmf(l->listen))) {
		dtmf_in_reset(l->dtmf);
		l->digit = 0;
	}
	if (fresh & LISTEN_TONES || (needs_tones(listen) && !needs_tones(l->listen))) {
		tone_rx_reset(l->tones);
		l->have = 0;
	}
	if (fresh & LISTEN_SPEECH)
		speech_rx_init(&l->speech, l->law);
	if (fresh & LISTEN_CALLERID) {
		callerid_rx_reset(l->callerid);
		l->behind = l->kept;
	}
	tone_rx_await_dial(l->tones, listen & LISTEN_DIAL);
	l->listen = listen;
}

void listener_reset(struct listener *l)
{
	unsigned listen = l->listen;

	listener_want(l, 0);
	l->kept = l->at = 0;
	listener_want(l, listen);
}

static void keep(struct listener *l, const uint8_t *buf, unsigned n)
{
	if (n > l->keep) {
		buf += n - l->keep;
		n = l->keep;
	}
	while (n) {
		unsigned part = l->keep - l->at < n ? l->keep - l->at : n;

		memcpy(l->ring + l->at, buf, part);
		l->at = (l->at + part) % l->keep;
		l->kept += l->kept + part > l->keep ? l->keep - l->kept : part;
		buf += part;
		n -= part;
	}
}

static void hear_digits(struct listener *l, const uint8_t *buf, unsigned n, heard_fn *fn, void *arg)
{
	struct dtmf_heard d = dtmf_in_feed(l->dtmf, buf, n);
	struct heard h = { .digit = d.digit, .ms = d.samples / PER_MS };

	l->digit = d.digit;
	if (!(l->listen & LISTEN_DTMF) || !(d.first || d.end))
		return;
	h.kind = d.end ? HEARD_DIGIT : HEARD_DIGIT_BEGIN;
	fn(arg, &h);
}

static void tell_tone(const struct tone_rx_event *e, heard_fn *fn, void *arg)
{
	struct heard h = { .kind = e->end ? HEARD_TONE_END : HEARD_TONE, .tone = e->tone, .cycles = e->cycles, .ms = e->ms };

	fn(arg, &h);
}

static void tell_speech(const struct speech_heard *s, heard_fn *fn, void *arg)
{
	struct heard h = { .kind = s->speech ? HEARD_SPEECH : HEARD_SILENCE, .ms = s->ms };

	fn(arg, &h);
}

/* 5 ms for the receivers of tones and speech. */
static void step(struct listener *l, heard_fn *fn, void *arg)
{
	struct tone_rx_event event;
	struct tone_rx_now now;
	struct speech_heard s;

	tone_rx_step(l->tones, l->block, &event, &now);
	if (event.tone != TONE_NONE && l->listen & LISTEN_TONES)
		tell_tone(&event, fn, arg);
	if (!(l->listen & LISTEN_SPEECH))
		return;
	s = speech_rx_step(&l->speech, now.newest, now.tone, l->digit != 0);
	if (s.speech || s.silence)
		tell_speech(&s, fn, arg);
}

static void hear_sound(struct listener *l, const uint8_t *buf, unsigned n, heard_fn *fn, void *arg)
{
	const int16_t *linear = law_linear[l->law];

	while (n) {
		unsigned part = n < TONE_RX_BLOCK - l->have ? n : TONE_RX_BLOCK - l->have;

		for (unsigned i = 0; i < part; i++)
			l->block[l->have + i] = (int16_t)(linear[buf[i]] >> 2);
		l->have += part;
		buf += part;
		n -= part;
		if (l->have == TONE_RX_BLOCK) {
			l->have = 0;
			step(l, fn, arg);
		}
	}
}

static void hear_callerid(struct listener *l, const int16_t *x, unsigned n, heard_fn *fn, void *arg)
{
	struct heard h = { .kind = HEARD_CALLERID };
	bool bad = false;

	if (callerid_rx_feed(l->callerid, x, n, &h.callerid, &bad)) {
		fn(arg, &h);
	} else if (bad) {
		h.kind = HEARD_CALLERID_BAD;
		fn(arg, &h);
	}
}

/* The receivers that take linear samples at full scale. NOW: caller ID has no older ones to hear first. */
static void hear_data(struct listener *l, const uint8_t *buf, unsigned n, bool now, heard_fn *fn, void *arg)
{
	const int16_t *linear = law_linear[l->law];
	struct heard cas = { .kind = HEARD_CAS };
	int16_t x[PIECE];

	for (unsigned i = 0; i < n; i++)
		x[i] = linear[buf[i]];
	if (now && l->listen & LISTEN_CALLERID)
		hear_callerid(l, x, n, fn, arg);
	if (l->listen & LISTEN_CAS && cas_rx_feed(l->cas, x, n))
		fn(arg, &cas);
}

/* What was kept before the caller ID was asked for: it may have begun by then. Heard at several times the pace at which N more
 * come, not at once: seconds of it would hold up every other line's audio. */
static void look_back(struct listener *l, unsigned n, heard_fn *fn, void *arg)
{
	const int16_t *linear = law_linear[l->law];
	unsigned most = CATCH_UP * n, part;
	int16_t x[PIECE];

	l->behind = l->behind + n < l->kept ? l->behind + n : l->kept;
	for (; l->behind && most; l->behind -= part, most -= part) {
		part = l->behind < PIECE ? l->behind : PIECE;
		part = part < most ? part : most;
		for (unsigned k = 0; k < part; k++)
			x[k] = linear[l->ring[(l->at + l->keep - l->behind + k) % l->keep]];
		hear_callerid(l, x, part, fn, arg);
	}
}

static void measure(struct listener *l, const uint8_t *buf, unsigned n)
{
	const int16_t *linear = law_linear[l->law];
	int64_t sum = 0;

	for (unsigned i = 0; i < n; i++)
		sum += linear[buf[i]] * linear[buf[i]];
	l->power += (double)sum;
	l->steps += n;
}

void listener_feed(struct listener *l, const uint8_t *buf, unsigned n, heard_fn *fn, void *arg)
{
	bool now = !l->behind || !(l->listen & LISTEN_CALLERID);

	if (l->keep)
		keep(l, buf, n);
	if (!l->listen)
		return;
	if (!now)
		look_back(l, n, fn, arg);
	measure(l, buf, n);
	while (n) {
		unsigned part = n < PIECE ? n : PIECE;

		if (needs_dtmf(l->listen))
			hear_digits(l, buf, part, fn, arg);
		if (needs_tones(l->listen))
			hear_sound(l, buf, part, fn, arg);
		if (l->listen & (LISTEN_CALLERID | LISTEN_CAS))
			hear_data(l, buf, part, now, fn, arg);
		buf += part;
		n -= part;
	}
}

float listener_level(struct listener *l)
{
	double mean = l->steps ? l->power / (double)l->steps : 0;

	l->power = 0;
	l->steps = 0;
	return (float)law_dbm0(l->law, mean);
}

unsigned listener_kept(const struct listener *l, uint8_t *out, unsigned max)
{
	unsigned n = l->kept < max ? l->kept : max, from, first;

	if (!n)
		return 0;
	from = (l->at + l->keep - n) % l->keep;
	first = l->keep - from < n ? l->keep - from : n;
	memcpy(out, l->ring + from, first);
	memcpy(out + first, l->ring, n - first);
	return n;
}
