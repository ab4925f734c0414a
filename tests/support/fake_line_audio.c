/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/fake_line_audio.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hw/hw.h"

/* --- What is played ------------------------------------------------------------------------------ */

static void forget_items(struct line_audio *a)
{
	for (unsigned i = 0; i < a->n_items; i++) {
		free((char *)a->items[i].digits);
		free((int16_t *)a->items[i].samples);
	}
	a->n_items = 0;
}

static const char *tone_name(const struct line_audio *a, const struct tone_def *d)
{
	for (int i = 0; a->country && i < TONE_IDS; i++)
		if (d == tone_of(a->country, (enum tone_id)i) && d == &a->country->tones[i])
			return tone_id_name((enum tone_id)i);
	return d && d->name ? d->name : "?";
}

static size_t say(const struct line_audio *a, const struct play_item *i, char *to, size_t size)
{
	switch (i->kind) {
	case PLAY_TONE:
		if (i->ms)
			return (size_t)snprintf(to, size, "%s %u", tone_name(a, i->tone), i->ms);
		return (size_t)snprintf(to, size, "%s", tone_name(a, i->tone));
	case PLAY_DIGITS:
		return (size_t)snprintf(to, size, "digits %s", i->digits);
	case PLAY_SAMPLES:
		return (size_t)snprintf(to, size, "samples %zu", i->n);
	case PLAY_SILENCE:
		return (size_t)snprintf(to, size, "silence %u", i->ms);
	}
	return 0;
}

const char *fake_audio_text(const struct line_audio *a)
{
	static char text[1024];
	size_t n = 0;

	text[0] = 0;
	for (unsigned i = 0; a->playing && i < a->n_items && n + 128 < sizeof(text); i++) {
		if (i)
			n += (size_t)snprintf(text + n, sizeof(text) - n, ", ");
		n += say(a, &a->items[i], text + n, sizeof(text) - n);
	}
	return text;
}

bool fake_audio_is(const struct line_audio *a, enum tone_id tone)
{
	return a->playing && a->n_items == 1 && a->items[0].kind == PLAY_TONE &&
	       a->items[0].tone == tone_of(a->country, tone);
}

static int64_t digits_us(const struct play_item *i)
{
	unsigned on = i->on_ms ? i->on_ms : 100, off = i->off_ms ? i->off_ms : 100;
	int64_t us = 0;

	for (const char *d = i->digits; *d; d++)
		us += *d == ',' ? 1000000 : *d == 'w' ? 500000 : (int64_t)(on + off) * 1000;
	return us;
}

static int64_t item_us(const struct play_item *i)
{
	switch (i->kind) {
	case PLAY_TONE:
	case PLAY_SILENCE:
		return (int64_t)i->ms * 1000;
	case PLAY_DIGITS:
		return digits_us(i);
	case PLAY_SAMPLES:
		return (int64_t)i->n * 125;
	}
	return 0;
}

static void note(struct line_audio *a)
{
	size_t have = strlen(a->log);
	const char *text = a->playing ? fake_audio_text(a) : "-";

	if (have + strlen(text) + 2 > sizeof(a->log)) {
		have /= 2;
		memmove(a->log, a->log + have, strlen(a->log + have) + 1);
		have = strlen(a->log);
	}
	snprintf(a->log + have, sizeof(a->log) - have, "%s\n", text);
}

static void copy_item(struct line_audio *a, const struct play_item *from)
{
	struct play_item *to = &a->items[a->n_items++];

	*to = *from;
	to->digits = NULL;
	to->samples = NULL;
	if (from->kind == PLAY_DIGITS)
		to->digits = strdup(from->digits);
	if (from->kind == PLAY_SAMPLES) {
		int16_t *s = malloc((from->n + 1) * sizeof(*s));

		memcpy(s, from->samples, from->n * sizeof(*s));
		to->samples = s;
	}
}

static int op_play(struct line_audio *a, const struct play_item *items, unsigned n)
{
	if (a->closing)
		return -EINVAL;
	if (n > FAKE_AUDIO_ITEMS)
		return -ENOMEM;
	for (unsigned i = 0; i < n; i++)
		if (items[i].kind == PLAY_DIGITS &&
		    strspn(items[i].digits, "0123456789*#ABCD,w") != strlen(items[i].digits))
			return -EINVAL;
	if (!n && !a->playing)
		return 0;
	forget_items(a);
	a->playing = n > 0;
	a->for_ever = false;
	a->play_from_us = a->play_ends_us = a->world->now_us;
	for (unsigned i = 0; i < n; i++) {
		copy_item(a, &items[i]);
		a->for_ever |= items[i].kind == PLAY_TONE && !items[i].ms;
		a->play_ends_us += item_us(&items[i]);
	}
	a->plays += n > 0;
	note(a);
	return 0;
}

/* --- The rest of the table ------------------------------------------------------------------------ */

static int op_open(void *arg, struct hw_line *line, const struct line_audio_conf *conf, line_audio_fn *fn, void *fn_arg,
		   struct line_audio **out)
{
	struct fake_audio *f = arg;
	struct line_audio *a;
	int i = 0;

	if (f->open_err)
		return f->open_err;
	while (i < FAKE_AUDIO_LINES && f->lines[i])
		i++;
	a = i < FAKE_AUDIO_LINES ? calloc(1, sizeof(*a)) : NULL;
	if (!a)
		return -ENOMEM;
	f->lines[i] = a;
	f->opened++;
	a->world = f;
	a->line = line;
	a->chan = line->chan;
	a->level_dbm0 = -99;
	a->country = conf->country;
	a->echo_taps = conf->echo_taps;
	a->keep_ms = conf->keep_ms;
	a->fn = fn;
	a->fn_arg = fn_arg;
	*out = a;
	return 0;
}

static void op_close(struct line_audio *a)
{
	a->closing = true;
	a->playing = false;
	forget_items(a);
}

static int op_listen(struct line_audio *a, unsigned listen)
{
	a->listen = listen;
	return 0;
}

static struct media_port *op_port(struct line_audio *a)
{
	return fake_audio_port(a);
}

static int op_conference(struct line_audio *a, struct media_port *out[2])
{
	if (a->conference)
		return -EBUSY;
	a->conference = true;
	a->conferences++;
	for (int i = 0; i < 2; i++)
		out[i] = fake_audio_party(a, i);
	return 0;
}

static void op_conference_end(struct line_audio *a)
{
	a->conference = false;
}

static double op_level(struct line_audio *a)
{
	return a->level_dbm0;
}

static void op_keep(struct line_audio *a, const char *what)
{
	if (a->n_kept < sizeof(a->kept) / sizeof(a->kept[0]))
		snprintf(a->kept[a->n_kept++], sizeof(a->kept[0]), "%s", what);
}

const struct line_audio_ops fake_audio_ops = {
	.open = op_open,
	.close = op_close,
	.listen = op_listen,
	.play = op_play,
	.port = op_port,
	.conference = op_conference,
	.conference_end = op_conference_end,
	.level = op_level,
	.keep = op_keep,
};

/* --- The test's side ------------------------------------------------------------------------------- */

static void emit(struct line_audio *a, enum line_audio_kind kind, const struct heard *h)
{
	struct line_audio_event ev = { .kind = kind, .heard = h };

	a->fn(a->fn_arg, a, &ev);
}

static void free_line(struct fake_audio *f, int i)
{
	struct line_audio *a = f->lines[i];

	f->lines[i] = NULL;
	f->closed++;
	forget_items(a);
	free(a);
}

void fake_audio_run(struct fake_audio *f, int64_t now_us)
{
	f->now_us = now_us;
	for (int i = 0; i < FAKE_AUDIO_LINES; i++) {
		struct line_audio *a = f->lines[i];

		if (a && !a->closing && a->playing && !a->for_ever && now_us >= a->play_ends_us) {
			a->playing = false;
			emit(a, LINE_PLAYED, NULL);
		}
		a = f->lines[i];
		if (a && a->closing) {
			emit(a, LINE_CLOSED, NULL);
			free_line(f, i);
		}
	}
}

int64_t fake_audio_next(const struct fake_audio *f)
{
	int64_t next = -1;

	for (int i = 0; i < FAKE_AUDIO_LINES; i++) {
		const struct line_audio *a = f->lines[i];

		if (a && (a->closing || (a->playing && !a->for_ever)) && (next < 0 || a->play_ends_us < next))
			next = a->closing ? f->now_us : a->play_ends_us;
	}
	return next;
}

void fake_audio_clear(struct fake_audio *f)
{
	for (int i = 0; i < FAKE_AUDIO_LINES; i++)
		if (f->lines[i])
			free_line(f, i);
}

struct line_audio *fake_audio_line(const struct fake_audio *f, int chan)
{
	for (int i = 0; i < FAKE_AUDIO_LINES; i++)
		if (f->lines[i] && f->lines[i]->chan == chan && !f->lines[i]->closing)
			return f->lines[i];
	return NULL;
}

bool fake_audio_heard(struct line_audio *a, const struct heard *h)
{
	static const unsigned bits[] = {
		[HEARD_DIGIT_BEGIN] = LISTEN_DTMF,   [HEARD_DIGIT] = LISTEN_DTMF,
		[HEARD_TONE] = LISTEN_TONES,	     [HEARD_TONE_END] = LISTEN_TONES,
		[HEARD_SPEECH] = LISTEN_SPEECH,	     [HEARD_SILENCE] = LISTEN_SPEECH,
		[HEARD_CALLERID] = LISTEN_CALLERID,  [HEARD_CALLERID_BAD] = LISTEN_CALLERID,
		[HEARD_CAS] = LISTEN_CAS,
	};

	if (a->closing || !(a->listen & bits[h->kind]))
		return false;
	emit(a, LINE_HEARD, h);
	return true;
}

bool fake_audio_digit(struct line_audio *a, char digit)
{
	struct heard begin = { .kind = HEARD_DIGIT_BEGIN, .digit = digit, .ms = 40 };
	struct heard end = { .kind = HEARD_DIGIT, .digit = digit, .ms = 80 };

	return fake_audio_heard(a, &begin) && fake_audio_heard(a, &end);
}

bool fake_audio_digits(struct line_audio *a, const char *digits)
{
	for (; *digits; digits++)
		if (!fake_audio_digit(a, *digits))
			return false;
	return true;
}

bool fake_audio_tone(struct line_audio *a, enum tone_id tone, unsigned cycles, unsigned ms)
{
	struct heard h = { .kind = HEARD_TONE, .tone = tone, .cycles = cycles, .ms = ms };

	return fake_audio_heard(a, &h);
}

void fake_audio_rtp(struct line_audio *a, bool lost)
{
	emit(a, lost ? LINE_RTP_LOST : LINE_RTP_BACK, NULL);
}

struct media_port *fake_audio_port(struct line_audio *a)
{
	return (struct media_port *)(void *)&a->port;
}

struct media_port *fake_audio_party(struct line_audio *a, int i)
{
	return (struct media_port *)(void *)&a->party[i];
}
