/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/pri_link.c: one D channel: the reader and writer that libpri calls, and the traces taken from the
 * frames that really pass. Loop thread.
 */
#include "channels/pri_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#define FCS 2 /* octets of room at the end of a frame that libpri expects and sends */
#define FRAME_MAX 1024

/* --- Traces ------------------------------------------------------------------------------------ */

static void set_early(struct pri_early *e, unsigned cr, bool out, const char *what, const char *detail)
{
	e->cr = cr;
	e->out = out;
	snprintf(e->what, sizeof(e->what), "%s", what);
	snprintf(e->detail, sizeof(e->detail), "%s", detail);
}

static void trace_for(struct pri_leg *leg, bool out, const char *what, const char *detail)
{
	if (leg->leg.trace) {
		leg_trace(&leg->leg, "Q.931", out, what, "%s", detail);
		return;
	}
	if (!leg->early)
		leg->early = calloc(PRI_EARLY_MAX, sizeof(*leg->early));
	if (leg->early && leg->n_early < PRI_EARLY_MAX)
		set_early(&leg->early[leg->n_early++], leg->cr, out, what, detail);
}

void pri_leg_replay(struct leg *l)
{
	struct pri_leg *leg = (struct pri_leg *)l;

	for (unsigned i = 0; i < leg->n_early; i++)
		leg_trace(l, "Q.931", leg->early[i].out, leg->early[i].what, "%s", leg->early[i].detail);
	leg->n_early = 0;
	free(leg->early);
	leg->early = NULL;
}

/* The SETUP of an incoming call passes before libpri reports the call. */
void pri_adopt_strays(struct pri_leg *leg)
{
	struct pri_link *link = leg->link;

	for (unsigned i = 0; i < link->n_stray; i++)
		if (link->stray[i].cr == leg->cr)
			trace_for(leg, link->stray[i].out, link->stray[i].what, link->stray[i].detail);
	link->n_stray = 0;
}

static void trace_frame(struct pri_link *link, bool out, const uint8_t *frame, size_t len)
{
	struct q921_seq *seq = out ? &link->seq_out : &link->seq_in;
	enum q921_kind kind = q921_kind(frame, len);
	struct pri_leg *leg;
	struct q931_msg m;
	char detail[Q931_DETAIL_MAX], other[32];
	const char *what;

	if (kind == Q921_RESET) {
		link->seq_in.next = link->seq_out.next = 0;
		link->group->restart_lost = link->group->restarting; /* what was not acknowledged is dropped */
		pri_maintenance_anew(link);
	}
	if (kind != Q921_I || !q921_first(seq, frame, len) || !q931_read(frame, len, &m, detail))
		return;
	if (!out)
		pri_extra_got(link, frame, len);
	what = q931_msg_name(&m);
	if (!what) {
		snprintf(other, sizeof(other), "message 0x%02x", m.type);
		what = other;
	}
	/* The flag is set in what goes towards the end that chose the reference (Q.931 4.3). */
	leg = m.cr ? pri_leg_by_key(link, m.cr | (out == m.flag ? 0x8000 : 0)) : NULL;
	if (!out && m.cr)
		pri_group_heard(link, leg);
	if (!out && m.pd == Q931_PD)
		pri_element_seen(link, leg, &m);
	if (leg) {
		if (!out && m.cause) {
			leg->rx_cause = m.cause;
			leg->rx_location = m.location;
			leg->rx_n_raw = m.raw_len < LEG_CAUSE_MAX ? m.raw_len : LEG_CAUSE_MAX;
			memcpy(leg->rx_raw, frame + m.raw_at, leg->rx_n_raw);
		}
		if (!out && (m.type == 0x45 || m.type == 0x4d || m.type == 0x5a))
			link->rx_clearing = leg->rx_clearing = true;
		if (leg->rx_clearing)
			pri_extra_clearing(leg, frame, len);
		if (!out)
			pri_facility_seen(leg, frame, len);
		if (!out && m.type == 0x7d && m.has_state)
			pri_status_seen(leg, m.state);
		trace_for(leg, out, what, detail);
	} else if (m.cr && !out && !m.flag) {
		if (link->n_stray == PRI_STRAY_MAX)
			link->n_stray = 0;
		set_early(&link->stray[link->n_stray++], m.cr, out, what, detail);
	} else {
		pri_log(link, LOG_DEBUG, "%s %s %s", out ? "sent" : "received", what, detail);
	}
}

/* --- Reader and writer ------------------------------------------------------------------------- */

static void tell_frame(const struct pri_link *link, bool out, const uint8_t *frame, size_t len)
{
	const struct pri_handlers *h = &link->trunk->h;

	if (h->frame)
		h->frame(h->arg, link->span, out, frame, len);
}

int pri_link_in(struct pri *pri, void *buf, int size)
{
	struct pri_link *link = pri_get_userdata(pri);
	int n = 0;

	if (link && link->moving && size >= PRI_FED_MAX && (n = (int)pri_group_feed(link, buf)))
		return n + FCS;
	if (link && link->dchan && size > FCS)
		n = hw_dchan_read(link->dchan, buf, (size_t)size - FCS);
	if (n <= 0) {
		if (link)
			link->dry = true;
		return 0;
	}
	link->count.frames_in++;
	tell_frame(link, false, buf, (size_t)n);
	trace_frame(link, false, buf, (size_t)n);
	pri_maintenance_got(link, buf, (size_t)n);
	memset((uint8_t *)buf + n, 0, FCS);
	return n + FCS;
}

/* A frame that cannot go out now is as good as one lost on the wire: layer 2 sends it again. */
int pri_link_out(struct pri *pri, void *buf, int size)
{
	struct pri_link *link = pri_get_userdata(pri);
	size_t len = (size_t)size - FCS;
	uint8_t frame[FRAME_MAX];

	if (!link || !link->dchan || size <= FCS || len > sizeof(frame))
		return size;
	memcpy(frame, buf, len);
	len = pri_location_put(link, frame, len);
	len = pri_attach_write(link, frame, len);
	len = pri_facility_put(link, frame, len, sizeof(frame));
	len = pri_maintenance_put(link, frame, len);
	if (hw_dchan_write(link->dchan, frame, len) >= 0) {
		link->count.frames_out++;
		tell_frame(link, true, frame, len);
		trace_frame(link, true, frame, len);
	}
	return size;
}

/* Some ends of a call libpri does not report: a caller who gives up before this end has sent anything
 * (RELEASE COMPLETE frees the call; DISCONNECT is answered, and the call kept for ever), and the answer to a
 * RELEASE with which this end cleared a call that came in. */
static void find_silent_end(struct pri_link *link)
{
	link->rx_clearing = false;
	for (struct pri_leg *leg = link->trunk->legs; leg; leg = leg->next) {
		if (leg->link != link || !leg->rx_clearing)
			continue;
		leg->rx_clearing = false;
		if (leg->stage == PS_OFFERED) {
			leg->far_first = true;
			if (pri_call_exists(leg))
				pri_destroycall(link->pri, leg->call);
			pri_leg_over(leg, leg->rx_cause, leg->rx_location);
		} else if (leg->stage == PS_CLEARING && !pri_call_exists(leg)) {
			pri_leg_over(leg, leg->rx_cause, leg->rx_location);
		}
	}
}

void pri_link_read(struct pri_link *link)
{
	struct pri_trunk *t = link->trunk;

	if (link->reading || !link->pri) /* an event that the reader itself met; not started yet */
		return;
	link->reading = true;
	link->dry = false;
	while (link->dchan && !link->dry) {
		pri_event *ev = pri_check_event(link->pri);

		pri_bridge_answers(link);
		if (ev)
			pri_event_handle(link, ev);
		else if (link->rx_clearing)
			find_silent_end(link);
		link->got_service = false;
		pri_status_check(link);
		pri_bridge_run(link);
		if (t->depth == 1)
			pri_deliver(t);
	}
	link->reading = false;
}
