/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/pri_link.c: one D channel: its libpri instance (Q.921 and Q.931), the reader and writer that
 * libpri calls, and the traces taken from the frames that really pass. Loop thread.
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

#define FCS 2 /* octets of room at the end of a frame that libpri expects and sends */
#define FRAME_MAX 1024
#define N201 260 /* octets of a frame at most (Q.921 5.9.3) */

struct retired {
	struct retired *next;
	struct pri *pri, *master;
	int node, type;
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

/* --- Traces ------------------------------------------------------------------------------------ */

static struct pri_leg *leg_by_reference(struct pri_link *link, unsigned cr, bool incoming)
{
	for (struct pri_leg *leg = link->trunk->legs; leg; leg = leg->next)
		if (leg->link->group == link->group && leg->cr == cr && leg->leg.incoming == incoming &&
		    leg->stage != PS_DONE)
			return leg;
	return NULL;
}

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
	leg = m.cr ? leg_by_reference(link, m.cr, out == m.flag) : NULL;
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

/* --- The location of a cause ------------------------------------------------------------------- */

/* libpri sends every cause with location 1. What it should be is kept by call reference, because a message
 * may wait in the window of layer 2 after the call is gone, and put in when the frame is written. */
static unsigned location_key(const struct pri_leg *leg)
{
	return leg->cr | (leg->leg.incoming ? 0x8000 : 0);
}

void pri_link_location(struct pri_link *link, const struct pri_leg *leg, uint8_t location)
{
	unsigned i = link->n_sent++ % PRI_SENT_CAUSES;

	link->sent[i] = (struct pri_sent){.cr = location_key(leg), .location = location & 0x0f};
}

/* libpri sends no diagnostics (Q.931 4.5.12): those that came with the cause on another line go on with it. */
void pri_link_diagnostics(struct pri_link *link, const struct leg_cause *cause)
{
	struct pri_sent *s = &link->sent[(link->n_sent - 1) % PRI_SENT_CAUSES];
	unsigned at = 0;

	while (at < cause->n_raw && !(cause->raw[at] & 0x80)) /* octet 3a, which a bit 8 of 0 announces */
		at++;
	at += 2;
	if (at >= cause->n_raw || cause->raw[0] & 0x60) /* none, or of another coding standard than ITU-T's */
		return;
	s->cause = cause->q850;
	s->n_diag = (uint8_t)(cause->n_raw - at);
	memcpy(s->diag, cause->raw + at, s->n_diag);
}

static size_t put_diagnostics(const struct pri_sent *s, const struct q931_msg *m, uint8_t *frame, size_t len)
{
	size_t at = m->raw_at + m->raw_len;

	if (!s->n_diag || m->cause != s->cause || m->raw_len != 2 || len + s->n_diag > N201)
		return len;
	memmove(frame + at + s->n_diag, frame + at, len - at);
	memcpy(frame + at, s->diag, s->n_diag);
	frame[m->raw_at - 1] = (uint8_t)(m->raw_len + s->n_diag);
	return len + s->n_diag;
}

/* Returns the length of the frame, which diagnostics make longer. */
static size_t put_location(struct pri_link *link, uint8_t *frame, size_t len)
{
	unsigned have = link->n_sent < PRI_SENT_CAUSES ? link->n_sent : PRI_SENT_CAUSES;
	struct q931_msg m;

	if (!have || !q931_read(frame, len, &m, NULL) || !m.location_at || !m.cr || m.type == 0x7d)
		return len;
	for (unsigned i = 1; i <= have; i++) {
		unsigned at = (link->n_sent - i) % PRI_SENT_CAUSES;

		if (link->sent[at].cr != (m.cr | (m.flag ? 0x8000 : 0)))
			continue;
		frame[m.location_at] = (uint8_t)((frame[m.location_at] & 0xf0) | link->sent[at].location);
		return put_diagnostics(&link->sent[at], &m, frame, len);
	}
	return len;
}

/* --- Reader and writer ------------------------------------------------------------------------- */

static void tell_frame(const struct pri_link *link, bool out, const uint8_t *frame, size_t len)
{
	const struct pri_handlers *h = &link->trunk->h;

	if (h->frame)
		h->frame(h->arg, link->span, out, frame, len);
}

static int io_read(struct pri *pri, void *buf, int size)
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
static int io_write(struct pri *pri, void *buf, int size)
{
	struct pri_link *link = pri_get_userdata(pri);
	size_t len = (size_t)size - FCS;
	uint8_t frame[FRAME_MAX];

	if (!link || !link->dchan || size <= FCS || len > sizeof(frame))
		return size;
	memcpy(frame, buf, len);
	len = put_location(link, frame, len);
	len = pri_element_write(link, frame, len, sizeof(frame));
	len = pri_extra_put(link, frame, len);
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

/* --- The instance ------------------------------------------------------------------------------ */

/* Two that are tied together stay so: they are retired together, and taken together. */
static bool fits(const struct retired *r, int node, int type, const struct pri_link *link)
{
	const struct pri_group *g = link->group;
	const struct pri_link *mate = g->d[0] == link ? g->d[1] : g->d[0];

	if (r->node != node || r->type != type || (r->master != NULL) != (g->n_d > 1))
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
		link->pri = pri_new_cb(-1, node, dialect->switch_type, io_read, io_write, link);
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
