/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gateway/media/analog.c: orders to analog ports as the loop thread gives them; see media.c. Loop thread.
 */
#include "gateway/media/analog.h"

#include <errno.h>
#include <stdlib.h>

#include "gateway/media/port.h"

#define KEPT_FILES 100	/* in a folder: older ones go */

int media_listen(struct media_port *p, unsigned listen)
{
	struct command c = { .kind = CMD_LISTEN, .port = p };
	struct asked *a = &p->asked;
	unsigned anew = listen & ~a->bits;

	if (p->close_asked || !a->analog)
		return -EINVAL;
	if (listen == a->bits)
		return 0;
	a->bits = listen;
	a->listen++;
	for (unsigned i = 0; i < LISTEN_BITS; i++)
		if (anew & 1u << i)
			a->set[i] = a->listen;
	c.listen.bits = listen;
	c.listen.seq = a->listen;
	return media_command(p->m, &c);
}

int media_play(struct media_port *p, const struct play_item *items, unsigned n)
{
	struct command c = { .kind = CMD_PLAY, .port = p };
	int err;

	if (p->close_asked || !p->asked.analog)
		return -EINVAL;
	err = n ? player_open(&c.play.player, items, n) : 0;
	if (err)
		return err;
	c.play.seq = ++p->asked.play;
	err = media_command(p->m, &c);
	if (err)
		player_close(c.play.player);
	return err;
}

static int record(struct media_port *p, struct command *c, const char *path, bool both, uint32_t samples)
{
	if (!p->m->conf.files)
		return -ENOTSUP;
	if (p->m->recordings >= RECORDINGS_MAX)
		return -EBUSY;
	return recording_open(&c->recording, path, p->law, both, samples);
}

static int order(struct media_port *p, struct command *c, media_file_fn *fn, void *arg)
{
	int err;

	c->recording->fn = fn;
	c->recording->arg = arg;
	c->recording->count = &p->m->recordings;
	err = media_command(p->m, c);
	if (err)
		recording_close(c->recording);
	else
		p->m->recordings++;
	return err;
}

int media_keep(struct media_port *p, const char *path, media_file_fn *fn, void *arg)
{
	struct command c = { .kind = CMD_KEEP, .port = p };
	int err;

	if (p->close_asked || !p->asked.analog)
		return -EINVAL;
	err = record(p, &c, path, false, line_keeps(p) * 8);
	if (err)
		return err;
	c.recording->files_max = KEPT_FILES;
	return order(p, &c, fn, arg);
}

int media_record(struct media_port *p, const char *path, unsigned seconds, media_file_fn *fn, void *arg)
{
	struct command c = { .kind = CMD_RECORD, .port = p };
	int err;

	if (p->close_asked || p->kind != PORT_LINE || !seconds || seconds > MEDIA_RECORD_SECONDS)
		return -EINVAL;
	err = record(p, &c, path, true, seconds * 8000);
	return err ? err : order(p, &c, fn, arg);
}
