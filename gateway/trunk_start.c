/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gateway/trunk_start.c: does the card have the kind of start that an analog trunk asks for? Asked when the trunk is opened, on the
 * loop thread: of a real card the trunk file cannot know. Channels that are not there are the driver's to report.
 */
#include <errno.h>
#include <stdlib.h>

#include "gateway/log.h"
#include "gateway/trunk.h"

static const struct {
	const char *name, *fxs, *fxo; /* in system.conf; a port is signalled as the other kind */
} starts[] = {
	[HW_START_NONE] = { "no", "?", "?" },
	[HW_START_LOOP] = { "loop", "fxols", "fxsls" },
	[HW_START_KEWL] = { "kewl", "fxoks", "fxsks" },
	[HW_START_GROUND] = { "ground", "fxogs", "fxsgs" },
};

/* A port of kewl start does for loop start: battery is not dropped. */
static bool serves(enum hw_start has, enum hw_start wanted)
{
	return has == wanted || (has == HW_START_KEWL && wanted == HW_START_LOOP);
}

static const struct hw_chan *chan_of(const struct hw_chan *chans, int n, int no)
{
	for (int i = 0; i < n; i++)
		if (chans[i].no == no)
			return &chans[i];
	return NULL;
}

int trunk_start(struct trunk *t, enum conf_start start, const struct conf_lines *lines)
{
	enum hw_start wanted = (enum hw_start)start;
	int n = hw_chans(t->gw->hw, 0, NULL, 0), err = 0;
	struct hw_chan *chans;

	if (start == CONF_START_CARD)
		return 0;
	chans = calloc((size_t)n + 1, sizeof(*chans));
	if (!chans)
		return -ENOMEM;
	hw_chans(t->gw->hw, 0, chans, n);
	for (int i = 0; i < lines->n; i++) {
		const struct hw_chan *c = chan_of(chans, n, lines->line[i].chan);
		bool fxs = c && c->kind == HW_CHAN_FXS;

		if (!c || c->start == HW_START_NONE || serves(c->start, wanted))
			continue;
		log_line(LOG_L_ERROR, "%s: start: %s, but the card has channel %d as %s start (%s=; %s start is %s=)", t->name,
			 starts[wanted].name, c->no, starts[c->start].name, fxs ? starts[c->start].fxs : starts[c->start].fxo,
			 starts[wanted].name, fxs ? starts[wanted].fxs : starts[wanted].fxo);
		err = -EINVAL;
	}
	free(chans);
	return err;
}

_Static_assert((int)CONF_LOOP == (int)HW_START_LOOP && (int)CONF_KEWL == (int)HW_START_KEWL &&
	       (int)CONF_GROUND == (int)HW_START_GROUND, "conf's enum is the card's");
