/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/pri_call.c: a call goes out: the SETUP with all its elements, the second try on another line,
 * and the line that the far end's answer names. Loop thread.
 */
#include "channels/pri_dialect.h"
#include "channels/pri_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

/* libpri leaves out a name, or all of a redirection, when its number is not there. */
static void number_or_none(struct pri_party_number *out, const struct leg_number *n)
{
	pri_number_out(out, n);
	if (!out->valid)
		*out = (struct pri_party_number){ .valid = 1, .presentation = PRES_NUMBER_NOT_AVAILABLE };
}

static bool sends_names(const struct pri_trunk_conf *conf)
{
	const struct pri_dialect_def *d = pri_dialect_def(conf->dialect);

	return conf->display == PRI_DISPLAY_SEND || (conf->side == PRI_USER ? d->name_user : d->name_net) != BY_NONE;
}

static void set_parties(struct pri_sr *sr, const struct leg_offer *o, const struct pri_trunk_conf *conf)
{
	struct pri_party_id caller;
	struct pri_party_redirecting r;

	memset(&caller, 0, sizeof(caller));
	pri_number_out(&caller.number, &o->calling);
	pri_name_out(&caller.name, o->calling_name, o->calling.presentation);
	if (caller.name.valid && sends_names(conf))
		number_or_none(&caller.number, &o->calling);
	if (caller.number.valid)
		pri_sr_set_caller_party(sr, &caller);
	if (!o->redirecting.digits[0] && !o->redirect_count)
		return;
	memset(&r, 0, sizeof(r));
	number_or_none(&r.from.number, &o->redirecting);
	r.count = o->redirect_count ? o->redirect_count : 1;
	r.reason = pri_reason_out(conf->dialect, o->redirect_reason);
	pri_number_out(&r.orig_called.number, &o->original);
	r.orig_reason = pri_reason_out(conf->dialect, o->original_reason);
	pri_sr_set_redirecting_parties(sr, &r);
}

/* Sends SETUP for LEG's offer on LINE. */
int pri_setup_send(struct pri_leg *leg, struct pri_line *line)
{
	struct leg_offer *o = leg->offer;
	struct pri_link *link = line->link->group->active;
	struct pri_sr *sr = pri_sr_new();
	int res = -1;

	leg->link = link;
	leg->call = sr ? pri_new_call(link->pri) : NULL;
	if (leg->call) {
		leg->cr = pri_call_reference(link->pri, leg->call);
		pri_sr_set_channel(sr, line->pos | pri_interface_bits(line->link), link->trunk->conf.exclusive, 0);
		pri_sr_set_bearer(sr, o->bearer, line->link->law == HW_ALAW ? PRI_LAYER_1_ALAW : PRI_LAYER_1_ULAW);
		pri_extra_called(leg, sr);
		set_parties(sr, o, &link->trunk->conf);
		pri_attach_forget(leg);
		pri_element_setup(leg, o);
		pri_extra_setup(leg, sr);
		pri_facility_forget(leg);
		pri_aoc_ask(leg, sr);
		res = pri_setup(link->pri, leg->call, sr);
	}
	pri_sr_free(sr);
	if (res) {
		if (leg->call)
			pri_destroycall(link->pri, leg->call);
		leg->call = NULL;
		return -EIO;
	}
	leg->stage = PS_SENT;
	leg->overlap = link->trunk->conf.overlap && !o->complete;
	pri_touch(leg);
	pri_line_take(line, leg);
	if (leg->counted != line->link)		/* a second try on the same span is no second call */
		line->link->count.calls_out++;
	leg->counted = line->link;
	return 0;
}

static int no_line(const struct pri_trunk *t)
{
	for (int i = 0; i < t->n_links; i++)
		if (pri_link_usable(t->links[i]))
			return -EAGAIN;
	return -ENETDOWN;
}

static void forget(struct pri_trunk *t, struct pri_leg *leg)
{
	struct pri_leg **p = &t->legs;

	while (*p && *p != leg)
		p = &(*p)->next;
	if (*p)
		*p = leg->next;
	free(leg->offer);
	free(leg->early);
	free(leg);
}

int pri_trunk_call(struct pri_trunk *t, const struct leg_offer *offer, leg_event_fn *fn, void *arg,
		   struct leg **out)
{
	struct pri_line *line;
	struct pri_leg *leg;
	int err;

	if (t->draining)
		return -ESHUTDOWN;
	line = pri_hunt(t, NULL, NULL);
	if (!line)
		return no_line(t);
	leg = pri_leg_new(line->link->group->active, false);
	if (!leg)
		return -ENOMEM;
	leg->offer = malloc(sizeof(*leg->offer));
	if (leg->offer)
		*leg->offer = *offer;
	err = leg->offer ? pri_setup_send(leg, line) : -ENOMEM;
	if (err) {
		forget(t, leg);
		return err;
	}
	leg_attach(&leg->leg, fn, arg);
	*out = &leg->leg;
	return 0;
}

/* A first SETUP that was refused with cause 44 was refused for its channel: the same call goes on another. */
void pri_setup_taken(struct pri_leg *leg)
{
	if (leg->line)
		leg->line->refusals = 0;
	if (leg->refused)
		pri_line_refused(leg->refused);
	leg->refused = NULL;
}

/* The far end refused the channel, not the call: once more on another one (Q.931 5.7, 5.1.2). True when
 * the call lives on. */
bool pri_setup_again(struct pri_leg *leg, int cause)
{
	struct pri_trunk *t = leg->link->trunk;
	struct pri_line *old = leg->line, *line;
	bool channel = cause == 44 || cause == 6 || (cause == 34 && leg->glared);
	struct leg_event ev = {.kind = LEG_AUDIO};

	if (leg->refused && leg->stage == PS_SENT && cause != 44)	/* the call itself is refused now */
		pri_setup_taken(leg);
	if (leg->leg.incoming || leg->stage != PS_SENT || leg->retried || !leg->offer || !channel)
		return false;
	line = pri_hunt(t, NULL, old);
	if (!line)
		return false;
	pri_log(leg->link, LOG_NOTICE, "call %u refused with cause %d, again on span %d chan %d", leg->cr,
		cause, line->link->span, line->pos);
	leg->retried = true;
	leg->refused = cause == 44 && !leg->glared ? old : NULL;
	pri_hangup(leg->link->pri, leg->call, cause); /* what is left of it ends without a leg */
	leg->call = NULL;
	pri_line_drop(leg, PRI_LINE_IDLE);
	leg->rx_cause = 0;
	if (pri_setup_send(leg, line)) {
		pri_leg_over(leg, 41, 1);
		return true;
	}
	leg_report(&leg->leg, &ev);
	return true;
}

static void not_that(struct pri_leg *leg)
{
	if (!pri_setup_again(leg, 6))
		pri_leg_clear(&leg->leg, &(struct leg_cause){.q850 = 6, .location = 1});
}

/* The far end had to take the channel or refuse it with cause 44 (Q.931 5.1.2, 5.2.3.1). */
static bool breaks_exclusive(struct pri_leg *leg, int pos)
{
	if (!leg->link->trunk->conf.exclusive || !pos || pos == 0xff)
		return false;
	pri_log(leg->link, LOG_WARNING, "call %u: the far end chose chan %d in the place of the one asked for exclusively", leg->cr, pos);
	leg_trace(&leg->leg, "Q.931", false, "channel not taken", "chan %d, in the place of the exclusive one", pos);
	return true;
}

/* The channel named in the first answer to SETUP counts (Q.931 5.1.2, 5.2.3). False: it cannot be had, the
 * call has been cleared. */
bool pri_answer_channel(struct pri_leg *leg, int channel)
{
	int pos = channel < 0 ? 0 : channel & 0xff;
	struct pri_line *line = pos && pos != 0xff ? pri_line_named(leg->link, channel) : leg->line;
	struct leg_event ev = {.kind = LEG_AUDIO};

	if (line && line == leg->line)
		return true;
	if (breaks_exclusive(leg, pos)) {
		not_that(leg);
		return false;
	}
	if (!line || !line->hw || line->taken_out || (line->leg && !pri_line_yields(line))) {
		pri_log(leg->link, LOG_WARNING, "call %u: the far end chose chan %d, which is %s", leg->cr, pos,
			!line				    ? "none of ours"
			: line->leg || line->taken_out ? pri_line_state_name(line->state)
						       : "away");
		not_that(leg);
		return false;
	}
	pri_line_drop(leg, PRI_LINE_IDLE);
	pri_line_take(line, leg);
	leg_report(&leg->leg, &ev);
	return leg->stage < PS_CLEARING;
}

int pri_call_error_cause(int err)
{
	switch (err) {
	case -EAGAIN:
		return 34;
	case -ENETDOWN:
		return 27;
	case -ENOMEM:
		return 47;
	default:
		return 41;
	}
}
