/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/line_rig.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "channels/sound/g711.h"

#define BLOCK 80	/* 10 ms */

struct line_audio {
	struct line_rig *rig;
	struct hw_line *line;
	struct listener *listener;
	struct player *player;
	line_audio_fn *fn;
	void *fn_arg;
	bool closing, played;
	char port;		/* its address stands for the port */
	struct heard notes[16];	/* to be delivered by the tick, not from inside a listener */
	unsigned n_notes;
	uint8_t *says;		/* the far end's audio */
	unsigned n_says, said;
};

static int op_open(void *arg, struct hw_line *line, const struct line_audio_conf *conf, line_audio_fn *fn, void *fn_arg,
		   struct line_audio **out)
{
	struct hw_audio how = { .block = BLOCK, .buffers = 4 };
	struct line_rig *r = arg;
	struct line_audio *a = calloc(1, sizeof(*a));

	assert_non_null(a);
	*a = (struct line_audio){ .rig = r, .line = line, .fn = fn, .fn_arg = fn_arg };
	assert_int_equal(listener_open(&a->listener, conf->country, line->law, conf->keep_ms), 0);
	assert_int_equal(hw_line_start(line, &how), 0);
	for (int i = 0; i < LINE_RIG_LINES; i++)
		if (!r->lines[i]) {
			r->lines[i] = a;
			*out = a;
			return 0;
		}
	fail_msg("too many lines");
	return -ENOMEM;
}

static void op_close(struct line_audio *a)
{
	a->closing = true;
}

static int op_listen(struct line_audio *a, unsigned listen)
{
	listener_want(a->listener, listen);
	return 0;
}

static int op_play(struct line_audio *a, const struct play_item *items, unsigned n)
{
	player_close(a->player);
	a->player = NULL;
	a->played = false;
	return n ? player_open(&a->player, items, n) : 0;
}

static struct media_port *op_port(struct line_audio *a)
{
	return (struct media_port *)&a->port;
}

static int op_conference(struct line_audio *a, struct media_port *out[2])
{
	(void)a, (void)out;
	return -EBUSY;
}

static void op_conference_end(struct line_audio *a)
{
	(void)a;
}

static void op_keep(struct line_audio *a, const char *what)
{
	(void)a, (void)what;
}

const struct line_audio_ops line_rig_ops = {
	.open = op_open,
	.close = op_close,
	.listen = op_listen,
	.play = op_play,
	.port = op_port,
	.conference = op_conference,
	.conference_end = op_conference_end,
	.keep = op_keep,
};

void line_rig_open(struct line_rig *r, enum hw_law law, struct sim_pair pair)
{
	const struct sim_span span = { .no = 1, .type = HW_SPAN_ANALOG, .fxs = 1, .fxo = 1, .law = law };
	const struct sim_conf conf = { .spans = &span, .n_spans = 1, .pairs = &pair, .n_pairs = 1 };

	law_init();
	*r = (struct line_rig){ .now_us = 5000000 };
	pair.fxs = 1;
	pair.fxo = 2;
	assert_int_equal(hw_sim_open(&r->hw, &conf), 0);
	hw_service(r->hw, r->now_us);
	assert_int_equal(hw_clock_start(r->hw, 8), 0);
}

void line_rig_close(struct line_rig *r)
{
	for (int i = 0; i < LINE_RIG_LINES; i++)
		assert_null(r->lines[i]);
	hw_close(r->hw);
}

struct hw_line *line_rig_line(const struct line_rig *r, int chan)
{
	for (int i = 0; i < LINE_RIG_LINES; i++)
		if (r->lines[i] && r->lines[i]->line->chan == chan)
			return r->lines[i]->line;
	return NULL;
}

void line_rig_say(struct line_rig *r, int chan, const uint8_t *buf, unsigned n)
{
	for (int i = 0; i < LINE_RIG_LINES; i++) {
		struct line_audio *a = r->lines[i];

		if (!a || a->line->chan != chan)
			continue;
		free(a->says);
		a->says = malloc(n + 1);
		memcpy(a->says, buf, n);
		a->n_says = n;
		a->said = 0;
	}
}

static void note(void *arg, const struct heard *h)
{
	struct line_audio *a = arg;

	assert_in_range(a->n_notes, 0, 15);
	a->notes[a->n_notes++] = *h;
}

/* 10 ms in, 10 ms out. */
static bool move(struct line_audio *a)
{
	uint8_t buf[BLOCK];
	int n = hw_line_read(a->line, buf, sizeof(buf));
	unsigned made = 0;

	if (n <= 0)
		return false;
	if (a->rig->watch)
		a->rig->watch(a->rig->watch_arg, a->line->chan, buf, (unsigned)n);
	listener_feed(a->listener, buf, (unsigned)n, note, a);
	memset(buf, law_silence(a->line->law), sizeof(buf));
	if (a->player) {
		made = player_octets(a->player, a->line->law, buf, BLOCK);
		a->played = made < BLOCK;
	} else if (a->said < a->n_says) {
		made = a->n_says - a->said < BLOCK ? a->n_says - a->said : BLOCK;
		memcpy(buf, a->says + a->said, made);
		a->said += made;
	}
	hw_line_write(a->line, buf, BLOCK);
	return true;
}

static void deliver(struct line_audio *a)
{
	struct heard notes[16];
	unsigned n = a->n_notes;

	memcpy(notes, a->notes, sizeof(notes));
	a->n_notes = 0;
	for (unsigned i = 0; i < n; i++)
		a->fn(a->fn_arg, a, &(struct line_audio_event){ .kind = LINE_HEARD, .heard = &notes[i] });
	if (a->played) {
		a->played = false;
		player_close(a->player);
		a->player = NULL;
		a->fn(a->fn_arg, a, &(struct line_audio_event){ .kind = LINE_PLAYED });
	}
}

void line_rig_tick(struct line_rig *r)
{
	r->now_us += 1000;
	hw_clock_tick(r->hw, r->now_us);
	hw_service(r->hw, r->now_us);
	for (int i = 0; i < LINE_RIG_LINES; i++) {
		struct line_audio *a = r->lines[i];

		if (!a)
			continue;
		if (a->closing) {
			r->lines[i] = NULL;
			hw_line_stop(a->line);
			a->fn(a->fn_arg, a, &(struct line_audio_event){ .kind = LINE_CLOSED });
			listener_close(a->listener);
			player_close(a->player);
			free(a->says);
			free(a);
			continue;
		}
		while (move(a))
			;
		deliver(a);
	}
}
