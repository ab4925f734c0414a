/* SPDX-License-Identifier: GPL-2.0-or-later */
/* channels/pri_info.c: what a person is shown of a trunk: its lines and its spans. Loop thread. */
#include "channels/pri_private.h"

#include <stdio.h>

const char *pri_line_state_name(enum pri_line_state s)
{
	static const char *const names[] = {
		[PRI_LINE_OUT] = "out of service",
		[PRI_LINE_RESTARTING] = "restarting",
		[PRI_LINE_IDLE] = "idle",
		[PRI_LINE_SETUP] = "setup",
		[PRI_LINE_UP] = "up",
		[PRI_LINE_CLEARING] = "clearing",
		[PRI_LINE_SET_ASIDE] = "set aside",
		[PRI_LINE_TAKEN_OUT] = "taken out",
		[PRI_LINE_FAR_OUT] = "out by far end",
	};

	return (size_t)s < sizeof(names) / sizeof(names[0]) ? names[s] : "?";
}

int pri_trunk_lines(const struct pri_trunk *t, struct pri_line_info *out, int max)
{
	int n = 0;

	for (int i = 0; i < t->n_links; i++) {
		const struct pri_link *link = t->links[i];

		for (int j = 0; j < link->n_lines; j++, n++) {
			const struct pri_line *l = &link->lines[j];

			if (n < max)
				out[n] = (struct pri_line_info){
					.chan = l->chan,
					.span = link->span,
					.pos = l->pos,
					.state = l->state,
					.refused = l->refusals >= PRI_REFUSALS,
					.taken_out = l->taken_out,
					.far = l->far,
					.leg = l->leg ? &l->leg->leg : NULL,
					.calls = l->calls,
					.since_us = l->since_us == PRI_UNSTAMPED ? t->now_us : l->since_us,
				};
		}
	}
	return n;
}

int pri_trunk_spans(const struct pri_trunk *t, struct pri_span_info *out, int max)
{
	for (int i = 0; i < t->n_links && i < max; i++) {
		const struct pri_link *link = t->links[i];

		out[i] = link->count;
		out[i].span = link->span;
		out[i].hunt = t->conf.hunt;
		out[i].side = t->conf.side;
		out[i].dchan = pri_dchan_role(link);
		out[i].interface = link->interface;
		out[i].active = link == link->group->active && pri_group_up(link->group);
		out[i].switchovers = link->group->switchovers;
		out[i].alarms = link->alarms;
		out[i].layer2 = link->layer2;
		out[i].in_service = link->in_service;
		out[i].since_us = link->since_us == PRI_UNSTAMPED ? t->now_us : link->since_us;
		out[i].layer2_since_us = link->layer2_since_us == PRI_UNSTAMPED ? t->now_us : link->layer2_since_us;
	}
	return t->n_links;
}

#define GLARE_SOME 3	 /* fewer say nothing */
#define GLARE_PERCENT 1	 /* of the calls on the span */

/* By side, so that two ends that both do as they are told do not meet again. An exchange takes the lowest channel by custom. */
bool pri_glare_advice(const struct pri_span_info *s, char *text, size_t size)
{
	static const char *const words[] = { [PRI_USER] = "descending", [PRI_NETWORK] = "ascending" };
	enum pri_hunt to = s->side == PRI_NETWORK ? PRI_ASCENDING : PRI_DESCENDING;
	unsigned long long calls = (unsigned long long)s->calls_in + s->calls_out;
	double share = calls ? 100.0 * s->glare / (double)calls : 100.0;

	if (s->glare < GLARE_SOME || s->glare * 100ULL < calls * GLARE_PERCENT)
		return false;
	if (s->hunt != to)
		snprintf(text, size, "%.1f %% of the calls met glare: both ends choose the same channels; set \"hunt: %s\" here (the %s side)",
			 share, words[s->side], s->side == PRI_NETWORK ? "network" : "user");
	else
		snprintf(text, size, "%.1f %% of the calls met glare: both ends choose the same channels; this end is %s already, ask for %s "
			 "at the far end (where it is so, the span is too full)",
			 share, words[s->side], words[s->side == PRI_NETWORK ? PRI_USER : PRI_NETWORK]);
	return true;
}
