/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/pri_maintenance.c: SERVICE and SERVICE ACKNOWLEDGE (AT&T TR 41459), with which North American switches tell
 * each other that a B channel is in service, in maintenance or out of service. Each end has a word of its own on each
 * channel, and the more severe one counts. Ours: every channel is told when its D channel comes up, so that one which
 * the last run left out comes back, and after that what people take out and put back. Theirs: no call goes out on a
 * channel that they have out. A call that comes on one is taken all the same: who calls is not to lose for it.
 *
 * libpri acknowledges what comes, and reports it: as an event of its own for one channel, as the coming or going of
 * the D channel for anything else (an interface, a map of channels). Which channels were meant is read here.
 * One who restarts a channel (Q.931 5.5) wants to use it: RESTART ends the far end's word (a DMS-100 does it so, by
 * Dialogic's manual), and as it may have ended its memory of ours too, that is told again. Loop thread.
 */
#include "channels/pri_dialect.h"
#include "channels/pri_private.h"

#include <string.h>
#include <syslog.h>

#define TELLINGS 2		/* SERVICE goes out so often without an answer */
#define IE_CHANNEL 0x18
#define IS_DCHAN 0x04		/* octet 3: the channel identified is the D channel */
#define T1_DCHAN 24
#define IN_SERVICE 0		/* change status */
#define OUT_OF_SERVICE 2
#define ALL UINT32_MAX

bool pri_maintenance_sends(const struct pri_link *link)
{
	const struct pri_trunk_conf *conf = &link->trunk->conf;
	const struct pri_dialect_def *d = pri_dialect_def(conf->dialect);

	return conf->service_messages == PRI_SERVICE_AUTO   ? d->service_auto
	       : conf->service_messages == PRI_SERVICE_SEND ? d->service
							     : false;
}

void pri_maintenance_apply(struct pri_link *link)
{
	pri_set_service_message_support(link->pri, pri_dialect_def(link->trunk->conf.dialect)->service);
}

/* --- Our word ---------------------------------------------------------------------------------- */

/* A channel with a call on it is not out yet. */
static enum pri_told wanted(const struct pri_line *line)
{
	if (!line->taken_out || (line->leg && line->told == PRI_TOLD_NOTHING))
		return PRI_TOLD_IN;
	return line->leg ? line->told : PRI_TOLD_OUT;
}

static void tell(struct pri_line *line, enum pri_told what)
{
	struct pri_link *link = line->link;

	line->tellings = line->told == what ? line->tellings + 1 : 1;
	line->told = what;
	line->told_at = pri_stamp(link->trunk);
	link->count.service_sent++;
	pri_maintenance_service(link->group->active->pri, link->interface > 0 ? link->interface : 0, line->pos,
				what == PRI_TOLD_OUT ? OUT_OF_SERVICE : IN_SERVICE);
}

/* A switch that has not the messages answers none: one line in the log for all of them. */
static void give_up(struct pri_line *line)
{
	struct pri_link *link = line->link;

	line->told_at = 0;
	link->count.service_timeouts++;
	if (!link->service_deaf)
		pri_log(link, LOG_WARNING, "chan %d: SERVICE sent %u times, no acknowledgement: the far end may not have it",
			line->pos, line->tellings);
	link->service_deaf = true;
}

static bool overdue(const struct pri_line *line)
{
	return line->told_at > 0 && line->link->trunk->now_us >= line->told_at + PRI_SERVICE_US;
}

void pri_maintenance_run(struct pri_link *link)
{
	if (!link->in_service || !pri_maintenance_sends(link))
		return;
	for (int i = 0; i < link->n_lines; i++) {
		struct pri_line *line = &link->lines[i];
		enum pri_told want = wanted(line);

		if (want != line->told)
			tell(line, want);
		else if (overdue(line) && line->tellings < TELLINGS)
			tell(line, want);
		else if (overdue(line))
			give_up(line);
	}
}

int64_t pri_maintenance_next(const struct pri_link *link)
{
	int64_t next = -1;

	for (int i = 0; i < link->n_lines; i++) {
		int64_t at = link->lines[i].told_at;

		if (at > 0 && (next < 0 || at + PRI_SERVICE_US < next))
			next = at + PRI_SERVICE_US;
	}
	return next;
}

void pri_trunk_service_messages(struct pri_trunk *t, enum pri_service_messages how)
{
	bool stops = pri_maintenance_sends(t->links[0]);

	if (how == t->conf.service_messages)
		return;
	pri_enter(t);
	t->conf.service_messages = how;
	stops = stops && !pri_maintenance_sends(t->links[0]);
	for (int i = 0; i < t->n_links; i++)
		for (int j = 0; stops && j < t->links[i]->n_lines; j++)
			if (t->links[i]->lines[j].told == PRI_TOLD_OUT && t->links[i]->in_service)
				tell(&t->links[i]->lines[j], PRI_TOLD_IN);
	for (int i = 0; i < t->n_links; i++) {
		if (!pri_maintenance_sends(t->links[i]))
			pri_maintenance_stop(t->links[i]);	/* no answer is awaited */
		pri_maintenance_run(t->links[i]);
	}
	pri_leave(t);
}

void pri_maintenance_again(struct pri_line *line)
{
	line->told = PRI_TOLD_NOTHING;
	line->told_at = 0;
}

void pri_maintenance_stop(struct pri_link *link)
{
	for (int i = 0; i < link->n_lines; i++)
		pri_maintenance_again(&link->lines[i]);
}

void pri_on_service_ack(struct pri_link *link, pri_event *ev)
{
	struct pri_line *line = pri_line_named(link, ev->service_ack.channel);
	int status = ev->service_ack.changestatus;

	if (!line || !line->told_at) {
		pri_log(link, LOG_DEBUG, "SERVICE ACKNOWLEDGE for chan %d was not awaited", ev->service_ack.channel & 0xff);
		return;
	}
	if (status != (line->told == PRI_TOLD_OUT ? OUT_OF_SERVICE : IN_SERVICE))
		pri_log(line->link, LOG_INFO, "chan %d: SERVICE is acknowledged with status %d", line->pos, status);
	line->told_at = 0;
	line->link->service_deaf = false;
}

/* --- Theirs ------------------------------------------------------------------------------------ */

static void far_word(struct pri_line *line, enum pri_far_status status)
{
	static const char *const words[] = { "puts it back", "takes it out for maintenance", "takes it out of service" };

	if (line->far == status)
		return;
	line->far = status;
	line->link->trunk->changed = true;
	pri_log(line->link, LOG_NOTICE, "chan %d: the far end %s", line->pos, words[status]);
	if (line->state == PRI_LINE_IDLE || line->state == PRI_LINE_FAR_OUT)
		pri_line_set(line, PRI_LINE_IDLE);
}

/* Layer 2 is set up anew, by either end: both words are told anew, and what was under way is lost. Not so while the
 * other D channel of the group carries the messages. From the reader. */
void pri_maintenance_anew(struct pri_link *link)
{
	struct pri_group *g = link->group;

	for (struct pri_link *span = link == g->active ? g->spans : NULL; span; span = span->next)
		for (int i = 0; i < span->n_lines; i++) {
			pri_maintenance_again(&span->lines[i]);
			far_word(&span->lines[i], PRI_FAR_IN);
		}
}

void pri_maintenance_restarted(struct pri_line *line)
{
	far_word(line, PRI_FAR_IN);
	if (line->taken_out)
		pri_maintenance_again(line);
}

/* The bits of a map (Q.931 4.5.13): the last octet has channels 8 to 1 of a T1, 7 to 0 of an E1. */
static uint32_t in_map(const uint8_t *p, size_t n)
{
	uint32_t map = 0;

	for (size_t i = 0; i < n && i < 4; i++)
		map = map << 8 | p[i];
	return n == 3 ? map << 1 : map;
}

/* The channels of the message, a bit each, and their span (NULL: none of ours); ALL: the interface. */
static uint32_t channels(struct pri_link *link, struct pri_link **span)
{
	struct q931_element e = q931_find(link->got, link->got_len, IE_CHANNEL, 0);
	uint32_t set = 0;
	size_t at = 1;

	*span = link;
	if (e.len && !(e.octets[0] & 3))
		return 0;
	if (e.len > 1 && (e.octets[0] & 0x40)) {
		*span = pri_interface(link, PRI_EXPLICIT | (e.octets[1] & 0x7f) << 8);
		while (at < e.len && !(e.octets[at++] & 0x80))
			;
	}
	if (at + 1 >= e.len) /* no channel named */
		return ALL;
	if (e.octets[at++] & 0x10)
		return in_map(e.octets + at, e.len - at);
	do
		if ((e.octets[at] & 0x7f) < 32)
			set |= 1U << (e.octets[at] & 0x7f);
	while (!(e.octets[at++] & 0x80) && at < e.len);
	return set;
}

/* NFAS: a SERVICE of a D channel says which of the two is in use (T1.607). */
static bool is_dchan(const struct pri_link *link, const struct pri_link *span, uint32_t set)
{
	struct q931_element e = q931_find(link->got, link->got_len, IE_CHANNEL, 0);

	if (!span || span->interface < 0 || !span->bears_d || !e.len)
		return false;
	return e.octets[0] & IS_DCHAN || set == 1U << T1_DCHAN;
}

void pri_maintenance_dchan(struct pri_link *link)
{
	if (!pri_maintenance_sends(link))
		return;
	link->count.service_sent++;
	pri_maintenance_service(link->pri, link->interface, T1_DCHAN, IN_SERVICE);
}

static void heard(struct pri_link *link)
{
	struct pri_link *span;
	uint32_t set = channels(link, &span), known = 0;
	struct q931_msg m;

	if (!q931_read(link->got, link->got_len, &m, NULL) || m.service != Q931_SERVICE)
		return;
	link->count.service_received++;
	if (m.status < PRI_FAR_IN || m.status > PRI_FAR_OUT) {
		pri_log(link, LOG_NOTICE, "SERVICE with change status %d has no use here", m.status);
		return;
	}
	if (is_dchan(link, span, set)) {
		pri_group_told(span, m.status == PRI_FAR_IN);
		return;
	}
	for (int i = 0; span && i < span->n_lines; i++) {
		if (!(set & 1U << span->lines[i].pos))
			continue;
		known |= 1U << span->lines[i].pos;
		far_word(&span->lines[i], (enum pri_far_status)m.status);
	}
	if (!span)
		pri_log(link, LOG_INFO, "SERVICE for an interface that is none of ours");
	else if (set != ALL && set != known)
		pri_log(link, LOG_INFO, "SERVICE for channels 0x%x, which are no B channels of ours", set & ~known);
}

/* As libpri sees it: in an I frame or a UI frame, whatever comes behind the discriminator. */
static bool is_maintenance(const uint8_t *frame, size_t len)
{
	size_t at = len > 2 && (frame[2] & 1) ? 3 : 4;

	if (len <= at || (at == 3 && (frame[2] & 0xef) != 0x03))
		return false;
	return frame[at] == Q931_PD_MAINTENANCE || frame[at] == Q931_PD_MAINTENANCE_NI2;
}

/* Every frame that libpri is to read. Whether it is a repetition libpri knows better than the trace: what libpri reports
 * of a SERVICE must be known to be of one. */
void pri_maintenance_got(struct pri_link *link, const uint8_t *frame, size_t len)
{
	struct q931_msg m;

	link->got_service = is_maintenance(frame, len);
	if (!link->got_service)
		return;
	if (q931_read(frame, len, &m, NULL))
		pri_extra_got(link, frame, len);
	else
		link->got_len = 0; /* what libpri makes of it is not heeded */
}

void pri_on_service(struct pri_link *link, pri_event *ev)
{
	(void)ev;
	if (link->got_service)
		heard(link);
}

bool pri_maintenance_whole(struct pri_link *link)
{
	if (link->got_service)
		heard(link);
	return link->got_service;
}

/* Is channel 24 of the element's interface a D channel? */
static bool names_dchan(struct pri_link *link, struct q931_element e)
{
	const struct pri_link *span = pri_interface(link, e.octets[0] & 0x40 ? PRI_EXPLICIT | (e.octets[1] & 0x7f) << 8 : PRI_EXPLICIT);

	return span && span->bears_d;
}

/* libpri acknowledges a SERVICE for the interface as one for "any channel", which is none. And it does not say
 * interface 0, which NFAS must where the D channel is on another. */
size_t pri_maintenance_put(struct pri_link *link, uint8_t *frame, size_t len)
{
	struct q931_element e;
	struct q931_msg m;
	size_t at;

	if (!q931_read(frame, len, &m, NULL) || !m.service)
		return len;
	e = q931_find(frame, len, IE_CHANNEL, 0);
	if (!e.len)
		return len;
	at = (size_t)(e.octets - frame);
	if (m.service == Q931_SERVICE_ACK) {
		if (e.len == 1 && (frame[at] & 3) == 3)
			frame[at] &= (uint8_t)~2;
		return len;
	}
	if (link->interface < 0)
		return len;
	if ((frame[at + e.len - 1] & 0x7f) == T1_DCHAN && names_dchan(link, e))
		frame[at] |= IS_DCHAN;
	if (frame[at] & 0x40)
		return len;
	memmove(frame + at + 2, frame + at + 1, len - at - 1);
	frame[at - 1]++;
	frame[at] |= 0x40;
	frame[at + 1] = 0x80;
	return len + 1;
}
