/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests/switch/place.c: calls that the switch places.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/switch/switch.h"

struct wish {
	bool overlap;
	int bearer;
	char name[32];		/* "_" stands for a space */
	const char *from;	/* who has sent the call on, not having answered; NULL for nobody */
	struct edit edit;
};

static bool parse(struct wish *w, int argc, char **argv)
{
	for (int i = 0; i < argc; i++) {
		if (!strcmp(argv[i], "overlap"))
			w->overlap = true;
		else if (!strncmp(argv[i], "bearer:", 7))
			w->bearer = atoi(argv[i] + 7);
		else if (!strncmp(argv[i], "name:", 5))
			snprintf(w->name, sizeof(w->name), "%s", argv[i] + 5);
		else if (!strncmp(argv[i], "from:", 5))
			w->from = argv[i] + 5;
		else if (edit_parse(&w->edit, argv[i]))
			return false;
	}
	for (char *p = w->name; (p = strchr(p, '_'));)
		*p = ' ';
	return true;
}

static void redirected(struct pri_sr *sr, const char *from)
{
	struct pri_party_redirecting r = {.count = 1, .reason = PRI_REDIR_FORWARD_ON_NO_REPLY};
	struct pri_party_number *n = &r.from.number;

	n->valid = 1;
	n->presentation = PRES_ALLOWED_USER_NUMBER_PASSED_SCREEN;
	n->plan = PRI_NATIONAL_ISDN;
	snprintf(n->str, sizeof(n->str), "%s", from);
	pri_sr_set_redirecting_parties(sr, &r);
}

/* [INTERFACE/]CHANNEL[!] CALLED CALLING [overlap] [bearer:N] [name:TEXT] [from:NUMBER] [EDIT]; ! is exclusive, 0 none. */
int call_place(struct sw *sw, int argc, char **argv)
{
	struct wish w = {.bearer = PRI_TRANS_CAP_SPEECH};
	struct pri_sr *sr = pri_sr_new();
	q931_call *libpris = pri_new_call(sw->pri);
	struct call *c = libpris ? call_new(sw, libpris, false) : NULL;
	int res;

	if (!sr || !c || argc < 3 || !parse(&w, argc - 3, argv + 3))
		return -1;
	c->pos = channel_parse(argv[0]);
	alter_edit(c->cr, 5, &w.edit);
	pri_sr_set_channel(sr, c->pos ? c->pos : 1, strchr(argv[0], '!') != NULL, 0);
	pri_sr_set_bearer(sr, w.bearer, sw->alaw ? PRI_LAYER_1_ALAW : PRI_LAYER_1_ULAW);
	pri_sr_set_called(sr, argv[1], PRI_NATIONAL_ISDN, !w.overlap);
	pri_sr_set_caller(sr, argv[2], w.name[0] ? w.name : NULL, PRI_NATIONAL_ISDN, PRES_ALLOWED_USER_NUMBER_PASSED_SCREEN);
	if (w.from)
		redirected(sr, w.from);
	res = pri_setup(sw->pri, c->call, sr);
	pri_sr_free(sr);
	sw->setups++;
	event(sw, "placed", ",\"call\":%d,\"cr\":%u", c->id, c->cr);
	return res;
}

/* For the rate that a D channel takes: the next call as soon as one has ended, on any channel. */
void call_auto(struct sw *sw)
{
	char *argv[] = {"0", sw->auto_called, "2079460999", "+1801a3"};

	if (sw->auto_calls > 0) {
		sw->auto_calls--;
		call_place(sw, 4, argv);
	}
}
