/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/pri_instance.c: libpri's instance of a D channel (Q.921 and Q.931): started, put away, and what it says
 * for people. Loop thread.
 *
 * libpri has no destructor for an instance. One that is not needed any more is kept, without calls, and
 * taken again by the next D channel of the same dialect and side, so that a reload costs nothing for ever.
 */
#include "channels/pri_dialect.h"
#include "channels/pri_private.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

struct retired {
	struct retired *next;
	struct pri *pri, *master;
	int node, type;
	bool facility; /* libpri cannot be told to leave that again */
	bool up; /* layer 2, as it last said */
	struct q921_seq in, out;
	int span; /* whose lines the far end had out of service */
	enum pri_far_status far[PRI_LINES + 1]; /* by timeslot */
};
static struct retired *retired;
static struct pri_link *speaking; /* whom messages without an instance are from */
static bool asking;               /* libpri complains about a call that we only ask it about */

/* --- libpri's words ---------------------------------------------------------------------------- */

/* A line may come in pieces, and without an instance. */
static void libpri_says(struct pri *pri, const char *s, int level)
{
	struct pri_link *link = pri ? pri_get_userdata(pri) : speaking;
	size_t used;
	char *end;

	if (!link || asking)
		return;
	used = strlen(link->text);
	snprintf(link->text + used, sizeof(link->text) - used, "%s", s);
	while ((end = strchr(link->text, '\n'))) {
		*end = '\0';
		if (link->text[0])
			pri_log(link, level, "libpri: %s", link->text);
		memmove(link->text, end + 1, strlen(end + 1) + 1);
	}
	if (strlen(link->text) == sizeof(link->text) - 1)
		link->text[0] = '\0';
}

static void on_message(struct pri *pri, char *s)
{
	libpri_says(pri, s, LOG_DEBUG);
}

static void on_error(struct pri *pri, char *s)
{
	libpri_says(pri, s, LOG_WARNING);
}

/* --- The instance ------------------------------------------------------------------------------ */

/* Two that are tied together stay so: they are retired together, and taken together. */
static bool fits(const struct retired *r, int node, int type, const struct pri_link *link)
{
	const struct pri_group *g = link->group;
	const struct pri_link *mate = g->d[0] == link ? g->d[1] : g->d[0];

	if (r->node != node || r->type != type || r->facility != pri_extra_facility(link) || (r->master != NULL) != (g->n_d > 1))
		return false;
	return !r->master || !mate->pri || mate->master == r->master;
}

static struct pri *take_retired(int node, int type, struct pri_link *link)
{
	for (struct retired **p = &retired; *p; p = &(*p)->next) {
		struct retired *r = *p;
		struct pri *pri = r->pri;

		if (!fits(r, node, type, link))
			continue;
		*p = r->next;
		link->master = r->master;
		link->layer2 = r->up;
		link->seq_in = r->in;
		link->seq_out = r->out;
		for (int i = 0; r->span == link->span && i < link->n_lines; i++)
			link->lines[i].far = r->far[link->lines[i].pos];
		free(r);
		pri_set_userdata(pri, link);
		return pri;
	}
	return NULL;
}

/* libpri then has one set of calls for both, and leaves T309 to us. */
static void tie(struct pri_link *link)
{
	struct pri_group *g = link->group;

	if (g->n_d < 2 || !g->d[0]->pri || !g->d[1]->pri || link->master)
		return;
	pri_enslave(g->d[0]->pri, g->d[1]->pri);
	g->d[0]->master = g->d[1]->master = g->d[0]->pri;
}

/* At the first turn of the loop, when every trunk has its D channels open: layer 2 then comes up at once, and
 * not when T200 has run because the first SABME met nobody. */
int pri_link_start(struct pri_link *link)
{
	const struct pri_trunk_conf *conf = &link->trunk->conf;
	int node = conf->side == PRI_NETWORK ? PRI_NETWORK : PRI_CPE;
	const struct pri_dialect_def *dialect = pri_dialect_def(conf->dialect);

	pri_set_message(on_message);
	pri_set_error(on_error);
	speaking = link;
	link->pri = take_retired(node, dialect->switch_type, link);
	if (!link->pri)
		link->pri = pri_new_cb(-1, node, dialect->switch_type, pri_link_in, pri_link_out, link);
	if (!link->pri)
		return -ENOMEM;
	tie(link);
	pri_hangup_fix_enable(link->pri, 1);
	/* libpri would send it in any dialect. Set also when there is none: the instance may be an old one. */
	pri_set_nsf(link->pri, dialect->nsf && conf->nsf ? conf->nsf : PRI_NSF_NONE);
	pri_extra_options(link);
	pri_set_overlapdial(link->pri, conf->overlap);
	pri_services_enable(link);
	pri_maintenance_apply(link);
	pri_timers_apply(link);
	pri_group_changed(link); /* an instance taken over may have layer 2 up */
	pri_link_read(link);
	return 0;
}

void pri_link_retire(struct pri_link *link)
{
	const struct pri_trunk_conf *conf = &link->trunk->conf;
	struct retired *r;

	if (speaking == link)
		speaking = NULL;
	if (!link->pri)
		return;
	pri_set_userdata(link->pri, NULL);
	r = calloc(1, sizeof(*r));
	if (!r)
		return;
	r->pri = link->pri;
	r->master = link->master;
	r->node = conf->side == PRI_NETWORK ? PRI_NETWORK : PRI_CPE;
	r->type = pri_dialect_def(conf->dialect)->switch_type;
	r->facility = pri_extra_facility(link);
	r->up = link->layer2;
	r->in = link->seq_in;
	r->out = link->seq_out;
	r->span = link->span;
	for (int i = 0; i < link->n_lines; i++)
		r->far[link->lines[i].pos] = link->lines[i].far;
	r->next = retired;
	retired = r;
	link->pri = NULL;
}

const void *pri_library(void)
{
	struct pri *(*in)(int, int, int, pri_io_cb, pri_io_cb, void *) = pri_new_cb;
	const void *address;

	memcpy(&address, &in, sizeof(address));
	return address;
}

/* The call reference value; libpri gives it in two parts, as GR-303 names them. 0 when it has no such call.
 */
unsigned pri_call_reference(struct pri *pri, q931_call *call)
{
	int low = 0, high;

	asking = true;
	high = call ? pri_get_crv(pri, call, &low) : -1;
	asking = false;
	return high < 0 ? 0 : (unsigned)high << 3 | (unsigned)low;
}

bool pri_call_exists(const struct pri_leg *leg)
{
	return leg->call && pri_call_reference(leg->link->pri, leg->call) == leg->cr;
}

struct pri_leg *pri_leg_by_key(struct pri_link *link, unsigned key)
{
	for (struct pri_leg *leg = link->trunk->legs; leg; leg = leg->next)
		if (leg->link->group == link->group && leg->stage != PS_DONE && pri_leg_key(leg) == key)
			return leg;
	return NULL;
}

unsigned pri_sent_key(const struct q931_msg *m)
{
	return m->cr | (m->flag ? 0x8000 : 0);
}

unsigned pri_leg_key(const struct pri_leg *leg)
{
	return leg->cr | (leg->leg.incoming ? 0x8000 : 0);
}
