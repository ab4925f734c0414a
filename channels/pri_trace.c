/* SPDX-License-Identifier: GPL-2.0-or-later */
/* channels/pri_trace.c: the bounded Q.931 reader behind traces; see pri_trace.h. ITU-T Q.921 3, Q.931 4. */
#include "channels/pri_trace.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "channels/q850.h"

#define HEADER 4		/* octets of address and control of an I frame */

struct words {
	char *at;
	size_t left;
};

static const struct { uint8_t type; const char *name; } types[] = {	/* Q.931 table 4-2 */
	{ 0x01, "ALERTING" }, { 0x02, "CALL PROCEEDING" }, { 0x03, "PROGRESS" }, { 0x05, "SETUP" },
	{ 0x07, "CONNECT" }, { 0x0d, "SETUP ACKNOWLEDGE" }, { 0x0f, "CONNECT ACKNOWLEDGE" },
	{ 0x20, "USER INFORMATION" }, { 0x21, "SUSPEND REJECT" }, { 0x22, "RESUME REJECT" },
	{ 0x24, "HOLD" }, { 0x25, "SUSPEND" }, { 0x26, "RESUME" }, { 0x28, "HOLD ACKNOWLEDGE" },
	{ 0x2d, "SUSPEND ACKNOWLEDGE" }, { 0x2e, "RESUME ACKNOWLEDGE" }, { 0x30, "HOLD REJECT" },
	{ 0x31, "RETRIEVE" }, { 0x33, "RETRIEVE ACKNOWLEDGE" }, { 0x37, "RETRIEVE REJECT" },
	{ 0x45, "DISCONNECT" }, { 0x46, "RESTART" }, { 0x4d, "RELEASE" }, { 0x4e, "RESTART ACKNOWLEDGE" },
	{ 0x5a, "RELEASE COMPLETE" }, { 0x60, "SEGMENT" }, { 0x62, "FACILITY" }, { 0x64, "REGISTER" },
	{ 0x6e, "NOTIFY" }, { 0x75, "STATUS ENQUIRY" }, { 0x79, "CONGESTION CONTROL" },
	{ 0x7b, "INFORMATION" }, { 0x7d, "STATUS" },
};

static const char *const ton_names[8] = { "unknown", "international", "national", "network", "subscriber",
					  "5", "abbreviated", "7" };

const char *q931_type_name(uint8_t type)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (types[i].type == type)
			return types[i].name;
	return NULL;
}

const char *q931_msg_name(const struct q931_msg *m)
{
	if (m->pd == Q931_PD)
		return q931_type_name(m->type);
	return m->service == Q931_SERVICE ? "SERVICE" : m->service == Q931_SERVICE_ACK ? "SERVICE ACKNOWLEDGE" : NULL;
}

static enum q931_service service_of(uint8_t pd, uint8_t type)
{
	if (type != 0x07 && type != 0x0f)
		return Q931_NO_SERVICE;
	return (pd == Q931_PD_MAINTENANCE) == (type == 0x0f) ? Q931_SERVICE : Q931_SERVICE_ACK;
}

static __attribute__((format(printf, 2, 3))) void say(struct words *w, const char *fmt, ...)
{
	va_list ap;
	int n;

	if (!w->at || w->left < 2)
		return;
	va_start(ap, fmt);
	n = vsnprintf(w->at, w->left, fmt, ap);
	va_end(ap);
	if (n < 0)
		return;
	if ((size_t)n >= w->left)
		n = (int)w->left - 1;
	w->at += n;
	w->left -= (size_t)n;
}

static void say_ia5(struct words *w, const uint8_t *p, size_t len)
{
	for (size_t i = 0; i < len; i++)
		say(w, "%c", p[i] >= 0x20 && p[i] < 0x7f ? p[i] : '?');
}

/* Octets of a group of octets that goes on while bit 8 is 0 (Q.931 4.5.1). */
static size_t group(const uint8_t *p, size_t len)
{
	size_t n = 0;

	while (n < len && !(p[n] & 0x80))
		n++;
	return n < len ? n + 1 : len;
}

/* Identifier of an interface, LEN octets 3.1 (Q.931 4.5.13); none where it is the D channel's own. */
static void say_interface(struct words *w, const char *before, const uint8_t *p, size_t len)
{
	for (size_t i = 0; i < len; i++)
		say(w, "%s%u", i ? "." : before, p[i] & 0x7fU);
}

static void say_channel(struct words *w, const uint8_t *p, size_t len)
{
	const char *before = " of interface ";
	size_t at = 1;

	if (len < 1)
		return;
	if (p[0] & 0x40)		/* interface identified explicitly: octets 3.1 */
		at += group(p + 1, len - 1);
	say(w, " chan");
	if (!(p[0] & 0x20) || (p[0] & 3) != 1)
		say(w, " %s", (p[0] & 3) == 3 ? "any" : (p[0] & 3) ? "basic access" : "none");
	else if (at + 1 < len && (p[at] & 0x10))
		say(w, " map");
	else if (at + 1 < len)
		say(w, " %u", p[at + 1] & 0x7fU);
	else {
		say(w, " whole interface");
		before = " ";
	}
	say_interface(w, before, p + 1, at - 1);
	say(w, p[0] & 0x08 ? " exclusive" : " preferred");
}

static void say_number(struct words *w, const char *what, const uint8_t *p, size_t len)
{
	size_t head = group(p, len);

	if (len < 1)
		return;
	say(w, " %s ", what);
	say_ia5(w, p + head, len - head);
	say(w, " (%s", ton_names[p[0] >> 4 & 7]);
	if ((p[0] & 0x0f) != 1)
		say(w, " plan %u", p[0] & 0x0fU);
	if (head > 1 && (p[1] & 0x60))
		say(w, (p[1] & 0x60) == 0x20 ? " restricted" : " unavailable");
	say(w, ")");
}

static void read_cause(struct words *w, struct q931_msg *m, const uint8_t *frame, const uint8_t *p, size_t len)
{
	size_t head = group(p, len);

	if (len < 2 || head >= len)
		return;
	m->raw_at = (size_t)(p - frame);
	m->raw_len = (uint8_t)len;
	m->location = p[0] & 0x0f;
	m->location_at = (size_t)(p - frame);
	m->cause = p[head] & 0x7f;
	say(w, " cause %u", m->cause);
	if (q850_name(m->cause))
		say(w, " (%s)", q850_name(m->cause));
	say(w, " loc %u", m->location);
}

static void say_bearer(struct words *w, const uint8_t *p, size_t len)
{
	static const struct { uint8_t cap; const char *name; } caps[] = {
		{ 0x00, "speech" }, { 0x08, "unrestricted" }, { 0x09, "restricted" }, { 0x10, "3.1 kHz" },
		{ 0x11, "unrestricted with tones" }, { 0x18, "video" },
	};

	for (size_t i = 0; len && i < sizeof(caps) / sizeof(caps[0]); i++)
		if (caps[i].cap == (p[0] & 0x1f))
			say(w, " %s", caps[i].name);
}

static void read_progress(struct words *w, struct q931_msg *m, const uint8_t *p, size_t len)
{
	if (len < 2)
		return;
	if ((p[1] & 0x7f) < 16)
		m->progress |= (uint16_t)(1U << (p[1] & 0x7f));
	say(w, " progress %u", p[1] & 0x7fU);
}

/* Q.931 4.5.17, high layer characteristics identification. */
static void read_hlc(struct words *w, struct q931_msg *m, const uint8_t *p, size_t len)
{
	static const struct { uint8_t hlc; const char *name; } names[] = {
		{ 0x01, "telephony" }, { 0x04, "fax G2/G3" }, { 0x21, "fax G4" }, { 0x31, "teletex" }, { 0x60, "videotelephony" },
	};

	if (len < 2 || (p[0] & 0x60) || !(p[0] & 0x80))
		return;
	m->hlc = p[1] & 0x7f;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].hlc == m->hlc)
			say(w, " %s", names[i].name);
}

/* Change status, TR 41459: of a channel or an interface. */
static void read_status(struct words *w, struct q931_msg *m, const uint8_t *p, size_t len)
{
	static const char *const names[] = { "in service", "maintenance", "out of service" };

	if (!len || m->pd == Q931_PD)
		return;
	m->status = p[0] & 7;
	if (m->status < 3)
		say(w, " %s", names[m->status]);
	else
		say(w, " status %d", m->status);
}

static void read_element(struct words *w, struct q931_msg *m, const uint8_t *frame, const uint8_t *ie)
{
	const uint8_t *p = ie + 2;
	size_t len = ie[1];

	if (ie[0] == 0x01)
		read_status(w, m, p, len);
	switch (ie[0]) {
	case 0x04:
		say_bearer(w, p, len);
		break;
	case 0x08:
		read_cause(w, m, frame, p, len);
		break;
	case 0x14:
		if (!len)
			break;
		m->has_state = true;
		m->state = p[0] & 0x3f;
		say(w, " state %u", m->state);
		break;
	case 0x18:
		say_channel(w, p, len);
		break;
	case 0x1e:
		read_progress(w, m, p, len);
		break;
	case 0x28:
		say(w, " display \"");
		say_ia5(w, p + (len && (p[0] & 0x80)), len - (len && (p[0] & 0x80)));
		say(w, "\"");
		break;
	case 0x2c:		/* of a call's set-up alone: what is keyed in a conversation may be a PIN */
		if (m->type != 0x05)
			break;
		say(w, " keypad ");
		say_ia5(w, p, len);
		break;
	case 0x4c:
		say_number(w, "connected", p, len);
		break;
	case 0x6c:
		say_number(w, "calling", p, len);
		break;
	case 0x70:
		say_number(w, "called", p, len);
		break;
	case 0x7d:
		read_hlc(w, m, p, len);
		break;
	case 0x74:
		say_number(w, "redirecting", p, len);
		break;
	default:
		break;
	}
}

/* Of a primary rate's only link: SAPI 0, TEI 0. libpri drops the others. */
enum q921_kind q921_kind(const uint8_t *frame, size_t len)
{
	if (len < 3 || (frame[0] & 0xfd) || frame[1] != 1)
		return Q921_OTHER;
	if (len >= HEADER && !(frame[2] & 1))
		return Q921_I;
	if ((frame[2] & 3) == 3) {
		uint8_t u = frame[2] & 0xef;	/* without the P/F bit, Q.921 table 5 */

		if (u == 0x6f || u == 0x63 || u == 0x0f)	/* SABME, UA, DM */
			return Q921_RESET;
	}
	return Q921_OTHER;
}

bool q921_first(struct q921_seq *seq, const uint8_t *frame, size_t len)
{
	if (len < HEADER || frame[2] >> 1 != seq->next)
		return false;
	seq->next = (seq->next + 1) & 0x7f;
	return true;
}

bool q931_read(const uint8_t *frame, size_t len, struct q931_msg *out, char text[Q931_DETAIL_MAX])
{
	struct words w = { text, text ? Q931_DETAIL_MAX : 0 };
	size_t at = HEADER, crlen;
	unsigned codeset = 0, locked = 0;

	memset(out, 0, sizeof(*out));
	out->status = -1;
	if (text)
		text[0] = '\0';
	if (q921_kind(frame, len) != Q921_I || len < HEADER + 3)
		return false;
	out->pd = frame[HEADER];
	if (out->pd != Q931_PD && out->pd != Q931_PD_MAINTENANCE && out->pd != Q931_PD_MAINTENANCE_NI2)
		return false;
	crlen = frame[HEADER + 1] & 0x0f;
	if (crlen > 2 || len < HEADER + 3 + crlen)
		return false;
	at += 2;
	if (crlen) {
		out->flag = frame[at] & 0x80;
		out->cr = frame[at] & 0x7f;
		if (crlen == 2)
			out->cr = out->cr << 8 | frame[at + 1];
	}
	at += crlen;
	out->type = frame[at++] & 0x7f;
	out->elements_at = at;
	say(&w, "cr %u", out->cr);
	if (out->pd != Q931_PD) {
		out->service = service_of(out->pd, out->type);
		out->cr = 0;
	}
	while (at < len) {
		uint8_t id = frame[at];

		if ((id & 0xf0) == 0x90) {		/* shift, Q.931 4.5.3 */
			codeset = id & 7;
			if (!(id & 8))
				locked = codeset;
			at++;
			continue;
		}
		if (id & 0x80) {			/* one octet */
			if (id == 0xa1 && !codeset)
				say(&w, " complete");
			codeset = locked;
			at++;
			continue;
		}
		if (len - at < 2 || len - at - 2 < frame[at + 1])
			break;
		if (!codeset)
			read_element(&w, out, frame, frame + at);
		codeset = locked;
		at += 2U + frame[at + 1];
	}
	return true;
}
