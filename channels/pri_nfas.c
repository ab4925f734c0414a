/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/pri_nfas.c: which D channel serves a span. Outside NFAS its own. In NFAS (non-facility associated
 * signalling, ANSI T1.607) a group of spans has one D channel, or a primary and a backup: both have layer 2
 * up, one carries the messages of all calls, and when it fails the calls that are up go on with the other.
 * Loop thread.
 *
 * libpri has one set of calls for two instances that pri_enslave() has tied together, and a call is sent on
 * the D channel where its last message was received. It has no function that says so before the far end has
 * spoken, so a STATUS ENQUIRY is given to it as if it came on the other D channel: the call is there from
 * then on, and the STATUS that answers goes to the far end, which thereby learns what is up here.
 */
#include "channels/pri_private.h"

#include <errno.h>
#include <stdlib.h>
#include <syslog.h>

/* --- Groups ------------------------------------------------------------------------------------ */

static int interface_of(const struct pri_trunk_conf *c, int i)
{
	return c->nfas_interfaces ? c->nfas_interfaces[i] : i;
}

static void own_groups(struct pri_trunk *t)
{
	for (int i = 0; i < t->n_links; i++) {
		struct pri_link *link = t->links[i];

		link->group = &t->groups[i];
		link->group->spans = link->group->d[0] = link->group->active = link;
		link->group->n_d = 1;
		link->bears_d = true;
		link->interface = -1;
	}
	t->n_groups = t->n_links;
}

/* Called when the links are there, and conf's lists still are. */
int pri_groups_make(struct pri_trunk *t)
{
	const struct pri_trunk_conf *c = &t->conf;
	struct pri_link **end;
	struct pri_group *g;

	t->groups = calloc((size_t)t->n_links, sizeof(*t->groups));
	if (!t->groups)
		return -ENOMEM;
	g = t->groups;
	if (!c->nfas_primary) {
		own_groups(t);
		return 0;
	}
	t->n_groups = 1;
	end = &g->spans;
	for (int i = 0; i < t->n_links; i++) {
		struct pri_link *link = t->links[i];

		*end = link;
		end = &link->next;
		link->group = g;
		link->interface = interface_of(c, i);
		link->bears_d = link->span == c->nfas_primary || link->span == c->nfas_backup;
		if (link->bears_d)
			g->d[link->span == c->nfas_backup] = link;
	}
	g->n_d = c->nfas_backup ? 2 : 1;
	g->active = g->d[0];
	if (g->n_d > 1)
		g->settle_at = pri_stamp(t);
	return g->d[0] && (g->n_d == 1 || g->d[1]) ? 0 : -EINVAL;
}

enum pri_dchan pri_dchan_role(const struct pri_link *link)
{
	if (link->interface < 0)
		return PRI_DCHAN_OWN;
	if (!link->bears_d)
		return PRI_DCHAN_ELSEWHERE;
	return link == link->group->d[0] ? PRI_DCHAN_PRIMARY : PRI_DCHAN_BACKUP;
}

struct pri_link *pri_interface(struct pri_link *link, int channel)
{
	struct pri_link *span = link->group->spans;

	if (link->interface < 0 || !(channel & PRI_EXPLICIT))
		return link; /* implicitly the D channel's own interface */
	while (span && span->interface != (channel >> 8 & 0x7f))
		span = span->next;
	return span;
}

int pri_interface_bits(const struct pri_link *link)
{
	return link->interface < 0 ? 0 : PRI_EXPLICIT | link->interface << 8;
}

/* --- Which D channel ---------------------------------------------------------------------------- */

bool pri_dchan_usable(const struct pri_link *link)
{
	return link->dchan && link->layer2 && !link->held;
}

bool pri_group_up(const struct pri_group *g)
{
	return pri_dchan_usable(g->active);
}

static void move_calls(struct pri_group *g)
{
	struct pri_link *to = g->active;

	for (struct pri_leg *leg = to->trunk->legs; leg; leg = leg->next) {
		if (leg->link->group != g || leg->link == to || leg->stage != PS_UP)
			continue;
		leg->link = to;
		leg->moves = to->moving = true;
	}
	if (to->moving)
		pri_link_read(to);
}

static void use(struct pri_group *g, struct pri_link *to, const char *why)
{
	pri_log(to, LOG_WARNING, "its D channel takes over from that of span %d: %s", g->active->span, why);
	g->active = to;
	g->switchovers++;
	g->restart_lost = g->restarting; /* it went the other way */
}

void pri_group_told(struct pri_link *link, bool in)
{
	struct pri_group *g = link->group;
	struct pri_link *to = in ? link : link == g->d[0] ? g->d[1] : g->d[0];

	pri_log(link, LOG_NOTICE, "the far end has its D channel %s service", in ? "in" : "out of");
	if (to && to != g->active && (in || link == g->active) && pri_dchan_usable(to)) {
		use(g, to, "the far end says so");
		move_calls(g);
	}
}

static bool any_up(const struct pri_group *g)
{
	for (const struct pri_leg *leg = g->active->trunk->legs; leg; leg = leg->next)
		if (leg->link->group == g && leg->stage == PS_UP)
			return true;
	return false;
}

static void choose(struct pri_group *g)
{
	struct pri_link *other = g->active == g->d[0] ? g->d[1] : g->d[0];
	bool tell = false;

	if (!pri_group_up(g) && pri_dchan_usable(other) && !(other == g->d[1] && g->settle_at)) {
		use(g, other, g->active->held ? "alarm" : "layer 2 is down");
		tell = true;
	}
	if (pri_group_up(g)) {
		g->settle_at = g->t309_at = 0;
		if (tell)
			pri_maintenance_dchan(g->active);
		move_calls(g);
	} else if (!g->t309_at && any_up(g)) {
		g->t309_at = pri_stamp(g->active->trunk);
	}
}

void pri_group_changed(struct pri_link *link)
{
	struct pri_group *g = link->group;

	if (g->n_d > 1)
		choose(g);
	for (struct pri_link *span = g->spans; span; span = span->next)
		pri_service_update(span);
}

int pri_trunk_changeover(struct pri_trunk *t)
{
	struct pri_group *g = &t->groups[0];
	struct pri_link *other = g->active == g->d[0] ? g->d[1] : g->d[0];

	if (g->n_d < 2)
		return -EINVAL;
	if (!pri_maintenance_sends(other))
		return -ENOTSUP;
	if (!pri_dchan_usable(other))
		return -ENETDOWN;
	pri_enter(t);
	use(g, other, "by command");
	pri_maintenance_dchan(other);
	move_calls(g);
	pri_group_changed(other);
	pri_leave(t);
	return other->span;
}

/* Wherever it speaks, it is followed, call by call as libpri does: a far end may have seen a failure that has
 * not shown here. A call that was being set up when signalling went elsewhere, and nothing had failed, is at its place there. */
void pri_group_heard(struct pri_link *link, struct pri_leg *leg)
{
	struct pri_group *g = link->group;
	bool stayed = leg && leg->link == link;

	if (leg && leg->link != link) {
		leg->link = link;
		leg->moves = false;
	}
	if (link == g->active || stayed || !pri_dchan_usable(link))
		return;
	use(g, link, "the far end signals there");
	move_calls(g);
}

/* --- What libpri is told ------------------------------------------------------------------------ */

size_t pri_group_feed(struct pri_link *link, uint8_t frame[PRI_FED_MAX])
{
	enum { UI = 0x03, Q931 = 0x08, STATUS_ENQUIRY = 0x75 };

	for (struct pri_leg *leg = link->trunk->legs; leg; leg = leg->next) {
		const uint8_t octets[] = {0, 1, UI, Q931, 2, (uint8_t)(leg->cr >> 8 | (leg->leg.incoming ? 0 : 0x80)),
					  (uint8_t)leg->cr, STATUS_ENQUIRY};

		if (!leg->moves || leg->link != link)
			continue;
		leg->moves = false;
		for (size_t i = 0; i < sizeof(octets); i++)
			frame[i] = octets[i];
		return sizeof(octets);
	}
	link->moving = false;
	return 0;
}

/* --- Time --------------------------------------------------------------------------------------- */

void pri_group_run(struct pri_group *g, struct pri_trunk *t)
{
	if (g->settle_at > 0 && t->now_us >= g->settle_at) {
		g->settle_at = 0;
		pri_group_changed(g->active);
	}
	if (g->t309_at <= 0 || t->now_us < g->t309_at)
		return;
	g->t309_at = 0;
	pri_log(g->active, LOG_ERR, "no D channel has come back in time: calls are cleared");
	for (struct pri_leg *leg = t->legs; leg; leg = leg->next)
		if (leg->link->group == g && leg->stage == PS_UP)
			pri_leg_destroy(leg, 27);
}

int64_t pri_group_next(const struct pri_group *g)
{
	int64_t a = g->settle_at > 0 ? g->settle_at : -1, b = g->t309_at > 0 ? g->t309_at : -1;

	return a < 0 ? b : b < 0 || a < b ? a : b;
}
