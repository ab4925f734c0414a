/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `tipring timers`: the timers of each ISDN trunk, as they are in force. Loop thread. */
#include <string.h>

#include "channels/pri_timers.h"
#include "gateway/commands.h"
#include "gateway/put.h"
#include "gateway/trunk.h"

static void put_timer(struct json_object *list, const struct trunk *t, const unsigned *values, enum pri_timer which)
{
	const struct pri_timer_def *d = pri_timer_def(which);
	struct json_object *o = json_object_new_object();

	put_str(o, "trunk", t->name);
	put_str(o, "name", d->name);
	put_bool(o, "count", d->count);
	put_int(o, "value", values[which]);
	put_int(o, "default", d->def);
	put_int(o, "min", d->min);
	put_int(o, "max", d->max);
	put_str(o, "clause", d->clause);
	put_str(o, "why", d->why);
	json_object_array_add(list, o);
}

void command_timers(void *arg, struct control_request *req, struct json_object *args)
{
	struct gateway *gw = arg;
	const char *name = command_str(args, "trunk", "");
	struct json_object *o, *list;
	struct trunk *t = trunk_find(gw, name);

	if (*name && (!t || !t->pri)) {
		control_fail(req, "\"tipring trunks\" lists them", t ? "%s is no ISDN trunk" : "there is no trunk %s", name);
		return;
	}
	o = json_object_new_object();
	list = json_object_new_array();
	for (t = gw->trunks; t; t = t->next) {
		unsigned values[PRI_TIMERS];

		if (!t->pri || (*name && strcmp(name, t->name) != 0))
			continue;
		pri_trunk_timers_now(t->pri, values);
		for (int i = 0; i < PRI_TIMERS; i++)
			put_timer(list, t, values, (enum pri_timer)i);
	}
	json_object_object_add(o, "timers", list);
	control_answer(req, o);
}
