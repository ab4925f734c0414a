/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/pri_refused.c: a SETUP that is refused before its call is offered, for want of a channel (pri_setup.c) or because libpri
 * does so by itself and tells nobody: one that asks for more than a channel of 64 kbit/s
 * (Q.931 4.5.5: 2 x 64, H0, H11, H12, multirate) or for packets, and one with a mandatory element that is missing or cannot be read
 * (5.8.6.1, 5.8.6.2). RELEASE COMPLETE has gone and no channel is taken; the owner is offered the call as one that is over, for its
 * record. And the cause: of a channel that is none of 64 kbit/s libpri says that it cannot be read. Loop thread.
 */
#include "channels/pri_private.h"
#include "channels/q850.h"

#include <stdio.h>
#include <string.h>
#include <syslog.h>

enum { NOT_IMPLEMENTED = 65, CODING = 0x60, MODE = 0x60, PACKET = 0x40, RATE_64 = 0x10, RATE_MULTIPLE = 0x18 };

static const struct { uint8_t rate; const char *name; } rates[] = {
	{ 0x11, "2 x 64 kbit/s" }, { 0x13, "384 kbit/s" }, { 0x15, "1536 kbit/s" }, { 0x17, "1920 kbit/s" },
};

static bool itu(struct q931_element bearer)
{
	return bearer.octets && bearer.len >= 2 && !(bearer.octets[0] & CODING);
}

static bool too_wide(struct q931_element bearer)
{
	return itu(bearer) && (bearer.octets[1] & 0x7f) != RATE_64;
}

/* QSIG's call that is none (ECMA-165 11.3.1): signalling for other services, refused with 69. */
static bool is_signalling(struct q931_element bearer)
{
	return bearer.octets && bearer.len >= 2 && bearer.octets[0] == 0xa8 && bearer.octets[1] == 0x80;
}

static void wish(struct q931_element bearer, char *out, size_t size)
{
	uint8_t rate = bearer.octets[1] & 0x7f;

	snprintf(out, size, "another transfer rate");
	if ((rate & MODE) == PACKET)
		snprintf(out, size, "packet mode");
	else if (rate == RATE_MULTIPLE && bearer.len >= 3)
		snprintf(out, size, "%u x 64 kbit/s", bearer.octets[2] & 0x7f);
	for (size_t i = 0; i < sizeof(rates) / sizeof(rates[0]); i++)
		if (rates[i].rate == rate)
			snprintf(out, size, "%s", rates[i].name);
}

static void why(struct q931_element bearer, int cause, char *out, size_t size)
{
	const char *name = q850_name(cause);
	char what[32];

	if (too_wide(bearer)) {
		wish(bearer, what, sizeof(what));
		snprintf(out, size, "the caller asks for %s, a call here has one channel of 64 kbit/s", what);
	} else {
		snprintf(out, size, "the SETUP cannot be taken: %s", name ? name : "unknown cause");
	}
}

/* A SETUP of no call that is known has come, and is the message in link->got. */
void pri_refused_setup(struct pri_link *link)
{
	struct q931_element bearer = q931_find(link->got, link->got_len, IE_BEARER, 0);

	link->setup_new = !is_signalling(bearer);
	link->setup_wide = too_wide(bearer);
	link->setup_refused = 0;
}

/* FRAME goes out. */
void pri_refused_put(struct pri_link *link, uint8_t *frame, size_t len)
{
	struct q931_msg m;

	if ((!link->setup_new && !link->setup_wide) || !q931_read(frame, len, &m, NULL) || m.type != Q931_RELEASE_COMPLETE_TYPE ||
	    !m.flag || m.cr != link->setup_cr || !m.raw_len)
		return;
	if (link->setup_wide)
		frame[m.raw_at + m.raw_len - 1] = 0x80 | NOT_IMPLEMENTED;
	link->setup_refused = link->setup_wide ? NOT_IMPLEMENTED : m.cause;
}

static void fill(struct leg_offer *o, struct pri_leg *leg)
{
	static const pri_event_ring nothing;
	struct pri_link *link = leg->link;
	struct q931_element bearer = q931_find(link->got, link->got_len, IE_BEARER, 0);

	memset(o, 0, sizeof(*o));
	q931_number(q931_find(link->got, link->got_len, IE_CALLED, 0), &o->called);
	q931_number(q931_find(link->got, link->got_len, IE_CALLING, 0), &o->calling);
	o->bearer = itu(bearer) ? bearer.octets[0] & 0x1f : BEARER_SPEECH;
	o->complete = true;
	snprintf(o->id, sizeof(o->id), "%d/%u", link->span, leg->cr);
	snprintf(o->source, sizeof(o->source), "span %d", link->span);
	pri_extra_offer(leg, &nothing, o);
	o->refused = link->setup_refused;
	why(bearer, o->refused, o->refused_why, sizeof(o->refused_why));
}

void pri_refused_tell(struct pri_leg *leg, const struct leg_offer *offer)
{
	struct pri_trunk *t = leg->link->trunk;

	leg->stage = PS_CLEARING;
	pri_log(leg->link, LOG_NOTICE, "call %u refused, cause %d: %s", leg->cr, offer->refused, offer->refused_why);
	if (!t->draining)
		t->h.offered(t->h.arg, &leg->leg, offer);
	pri_leg_over(leg, offer->refused, 1);
}

/* Between two messages. */
void pri_refused_check(struct pri_link *link)
{
	struct leg_offer offer;
	struct pri_leg *leg;

	if (!link->setup_new || !link->setup_refused)
		return;
	link->setup_new = false;
	link->count.calls_in++;
	leg = pri_leg_new(link, true);
	if (!leg)
		return;
	leg->cr = link->setup_cr;
	pri_adopt_strays(leg);
	fill(&offer, leg);
	pri_refused_tell(leg, &offer);
}
