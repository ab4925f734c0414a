/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hw/sim/line.c: opening and closing a line of the simulated card. Loop thread; its audio is in path.c and bus.c. */
#include <errno.h>
#include <stdlib.h>

#include "hw/sim/analog.h"

int sim_line_open(struct hw *hw, int chan, hw_event_fn *fn, void *arg, struct hw_line **out)
{
	struct sim_line *l = malloc(sizeof(*l)); /* the rings stay untouched until audio runs */
	struct sim_slot *s;
	int err;

	if (!l)
		return -ENOMEM;
	l->h.slot = NULL;
	err = sim_handle_open(&l->h, (struct sim_card *)hw, chan, false, fn, arg);
	if (err) {
		free(l);
		return err;
	}
	s = l->h.slot;
	l->base = (struct hw_line){hw->ops, hw, chan, s->port->no, s->port->law, s->kind,
				   sim_slot_start(s)};
	l->block = 0;
	l->loop = s->loop;
	l->party = s->party;
	if (l->loop)
		sim_analog_opened(l);
	*out = &l->base;
	return 0;
}

void sim_line_close(struct hw_line *base)
{
	struct sim_line *l = (struct sim_line *)base;

	if (l->loop)
		sim_analog_closed(l);
	sim_handle_close(&l->h);
	free(l);
}
