/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gateway/sip/diversion.c: who redirected a call, and why; see diversion.h.
 *
 * Q.931 carries two of the redirections: the first (original called number) and the last (redirecting number),
 * and how many there were. Those between are unknown: in History-Info they get an entry without a number, as
 * RFC 7544 8 does, so that the count is right.
 */
#include "gateway/sip/diversion.h"

#include <sofia-sip/sip_header.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "gateway/sip/identity.h"

#define ENTRIES_MAX 16		/* that are read of either header */
#define WRITTEN_MAX 5		/* redirections that are written: EN 300 207-1 allows no more */

/* Q.931 4.6.7 (Q.952 table 7-1), the words of RFC 5806, and the cause of RFC 4458 that RFC 7544 5 and 7 give each. The
 * first row of a reason or a cause is the one that is written. */
static const struct {
	uint8_t reason;
	const char *word;
	unsigned cause;
} reasons[] = {
	{ 0, "unknown", 404 },	    { 1, "user-busy", 486 },	  { 2, "no-answer", 408 },
	{ 4, "deflection", 480 },   { 4, "deflection", 487 },	  { 9, "unavailable", 503 },
	{ 10, "follow-me", 404 },   { 15, "unconditional", 302 }, { 9, "out-of-service", 404 },
	{ 2, "time-of-day", 404 },  { 0, "do-not-disturb", 404 }, { 0, "away", 404 },
};
#define REASONS (sizeof(reasons) / sizeof(*reasons))

static uint8_t reason_of_word(const char *word)
{
	if (word && *word == '"')
		word++;
	for (size_t i = 0; word && i < REASONS; i++)
		if (strncasecmp(word, reasons[i].word, strlen(reasons[i].word)) == 0)
			return reasons[i].reason;
	return 0;
}

static uint8_t reason_of_cause(unsigned long cause)
{
	for (size_t i = 0; i < REASONS; i++)
		if (reasons[i].cause == cause)
			return reasons[i].reason;
	return 0;
}

static size_t row_of(uint8_t reason)
{
	for (size_t i = 0; i < REASONS; i++)
		if (reasons[i].reason == reason)
			return i;
	return 0;
}

static const char *param(const sip_from_t *f, const char *name)
{
	return msg_params_find(f->a_params, name);
}

/* --- Reading ---------------------------------------------------------------------------------- */

/* One who redirected the call. */
struct diverter {
	struct leg_number number;
	uint8_t reason;
};
struct history {
	struct diverter first, last;
	unsigned count;
};

/* Is the privacy VALUE (";" between its words, perhaps escaped) one that hides an entry (RFC 7044 10.1.2, RFC 3323)? */
static bool hides(const char *value, size_t len)
{
	static const char *const words[] = { "history", "session", "header" };
	char text[128];

	snprintf(text, sizeof(text), "%.*s", (int)(len < sizeof(text) ? len : sizeof(text) - 1), value);
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strcasestr(text, words[i]))
			return true;
	return false;
}

/* An entry whose URI says that its number is hidden, or that there is none, has none. */
static void nameless(const url_t *url, struct leg_number *n)
{
	const char *host = url->url_host ? url->url_host : "";

	if (strcasecmp(host, "anonymous.invalid") == 0)
		n->presentation = PRES_RESTRICTED;
	else if (strcasecmp(host, "unknown.invalid") != 0)
		return;
	n->digits[0] = 0;
	n->ton = n->npi = 0;
}

static void diverted(struct history *h, const struct leg_number *n, uint8_t reason)
{
	h->last.number = *n;
	h->last.reason = reason;
	if (h->count++ == 0)
		h->first = h->last;
}

struct diversions {
	struct history h;
	unsigned entries;
};

/* RFC 5806: whatever is not "off" hides the number, or may. */
static bool hidden_by(const char *privacy)
{
	return privacy && strcasecmp(privacy, "off") != 0 && strcasecmp(privacy, "\"off\"") != 0;
}

/* The topmost is the latest; each counts for itself and for those it stands for. */
static bool take_diversion(void *arg, const sip_from_t *f)
{
	struct diversions *d = arg;
	const char *counter = param(f, "counter="), *privacy = param(f, "privacy=");
	long n = counter ? strtol(counter, NULL, 10) : 1;
	struct diverter one = { .reason = reason_of_word(param(f, "reason=")) };

	identity_number(f->a_url, &one.number);
	one.number.presentation = hidden_by(privacy) ? PRES_RESTRICTED : PRES_ALLOWED;
	nameless(f->a_url, &one.number);
	d->h.count += n >= 1 && n <= 255 ? (unsigned)n : 1;
	d->h.first = one;
	if (d->entries++ == 0)
		d->h.last = one;
	return d->entries < ENTRIES_MAX;
}

struct entry {
	struct leg_number number;
	char index[32];
	unsigned long cause, reason;	/* of its own URI; of the Reason header in it */
	char from[32];			/* index that mp= or rc= names, "" for none */
	bool mapped;			/* mp=: to another user */
};
struct entries {
	struct entry e[ENTRIES_MAX];
	unsigned n;
	bool hidden;			/* all of them, by the Privacy header of the message */
};

/* The number behind WHAT in TEXT; 0 for none. */
static unsigned long behind(const char *text, const char *what)
{
	const char *p = text ? strcasestr(text, what) : NULL;

	return p ? strtoul(p + strlen(what), NULL, 10) : 0;
}

static bool take_entry(void *arg, const sip_from_t *f)
{
	struct entries *h = arg;
	struct entry *e = &h->e[h->n];
	const char *index = param(f, "index="), *mp = param(f, "mp="), *rc = param(f, "rc=");
	const char *headers = f->a_url->url_headers, *privacy;
	char cause[16] = "";

	memset(e, 0, sizeof(*e));
	if (!index || identity_number(f->a_url, &e->number) < 0)
		return true;
	snprintf(e->index, sizeof(e->index), "%s", index);
	if (f->a_url->url_params && url_param(f->a_url->url_params, "cause", cause, sizeof(cause)) > 0)
		e->cause = strtoul(cause, NULL, 10);
	e->reason = behind(headers, "cause%3D");
	if (behind(headers, "cause="))
		e->reason = behind(headers, "cause=");
	privacy = headers ? strcasestr(headers, "Privacy=") : NULL;
	if (h->hidden || (privacy && hides(privacy + 8, strcspn(privacy + 8, "&"))))
		e->number.presentation = PRES_RESTRICTED;
	nameless(f->a_url, &e->number);
	e->mapped = mp != NULL;
	snprintf(e->from, sizeof(e->from), "%s", mp ? mp : rc ? rc : "");
	h->n++;
	return h->n < ENTRIES_MAX;
}

static void read_entries(const sip_t *sip, struct entries *h)
{
	const msg_param_t *v = sip->sip_privacy ? sip->sip_privacy->priv_values : NULL;

	memset(h, 0, sizeof(*h));
	for (; v && *v; v++)
		h->hidden |= hides(*v, strlen(*v));
	identity_each(sip, "History-Info", take_entry, h);
}

/* The entry that entry AT was redirected from: the one it names, else the one before it. */
static const struct entry *origin(const struct entries *h, unsigned at)
{
	for (unsigned i = 0; h->e[at].from[0] && i < at; i++)
		if (strcmp(h->e[i].index, h->e[at].from) == 0)
			return &h->e[i];
	return at ? &h->e[at - 1] : NULL;
}

/* An entry is a redirection when its URI has a cause of RFC 4458, or when it is mapped from another user; with
 * neither in the whole header (RFC 4244), one that holds a Reason with such a cause was redirected away from. */
static void read_history(const sip_t *sip, struct history *out)
{
	struct entries h;

	read_entries(sip, &h);
	for (unsigned i = 0; i < h.n; i++) {
		const struct entry *from = origin(&h, i);

		if (from && (h.e[i].cause || h.e[i].mapped))
			diverted(out, &from->number, reason_of_cause(h.e[i].cause ? h.e[i].cause : from->reason));
	}
	for (unsigned i = 0; !out->count && i + 1 < h.n; i++)
		if (h.e[i].reason && (h.e[i].reason == 404 || reason_of_cause(h.e[i].reason)))
			diverted(out, &h.e[i].number, reason_of_cause(h.e[i].reason));
}

/* Hidden in one of two headers is hidden. */
static void hide_as(struct history *h, const struct history *other)
{
	if (other->last.number.presentation)
		h->last.number.presentation = other->last.number.presentation;
	if (other->first.number.presentation)
		h->first.number.presentation = other->first.number.presentation;
}

void diversion_read(const sip_t *sip, struct leg_offer *out)
{
	struct diversions d = { .entries = 0 };
	struct history h = { .count = 0 };

	identity_each(sip, "Diversion", take_diversion, &d);
	read_history(sip, &h);
	hide_as(&h, &d.h);
	hide_as(&d.h, &h);
	if (d.h.count > h.count)
		h = d.h;
	out->redirecting = h.last.number;
	out->redirect_reason = h.last.reason;
	out->redirect_count = (uint8_t)(h.count > 255 ? 255 : h.count);
	if (h.count > 1 && (h.first.number.digits[0] || h.first.number.presentation)) {
		out->original = h.first.number;
		out->original_reason = h.first.reason;
	}
}

bool diversion_target(const sip_t *sip, struct leg_number *out, uint8_t *reason)
{
	struct entries h;
	const struct entry *last;

	read_entries(sip, &h);
	last = h.n > 1 ? &h.e[h.n - 1] : NULL;
	if (!last || (!last->cause && !last->mapped))
		return false;
	*out = last->number;
	*reason = reason_of_cause(last->cause);
	return true;
}

uint8_t diversion_why(const sip_t *sip, const url_t *target, unsigned count)
{
	struct leg_offer told = { .redirect_count = 0 };
	char cause[16] = "";

	if (target->url_params && url_param(target->url_params, "cause", cause, sizeof(cause)) > 0)
		return reason_of_cause(strtoul(cause, NULL, 10));
	diversion_read(sip, &told);
	return told.redirect_count > count ? told.redirect_reason : 0;
}

bool diversion_hides(const sip_t *sip, unsigned count)
{
	struct leg_offer told = { .redirect_count = 0 };

	diversion_read(sip, &told);
	return told.redirect_count > count && told.redirecting.presentation != PRES_ALLOWED;
}

/* --- Writing ---------------------------------------------------------------------------------- */

static bool redirected(const struct leg_offer *o)
{
	return o->redirecting.digits[0] || o->redirect_count;
}

static unsigned count_of(const struct leg_offer *o)
{
	unsigned n = o->redirect_count ? o->redirect_count : 1;

	return n == 1 && o->original.digits[0] ? 2 : n;
}

/* A number that is not available is no secret. */
static bool is_hidden(const struct leg_number *n)
{
	return n->presentation != PRES_ALLOWED && (n->presentation == PRES_RESTRICTED || n->digits[0]);
}

/* Who redirected it. A number that is hidden goes to a peer that is trusted with it alone: RFC 7044 10.1.2 has this in its place. */
static void who_uri(const struct leg_number *n, const char *host, bool trust, char uri[IDENTITY_URI_MAX])
{
	if (is_hidden(n) && (!trust || !n->digits[0]))
		snprintf(uri, IDENTITY_URI_MAX, "sip:anonymous@anonymous.invalid");
	else if (n->digits[0])
		identity_uri(n, host, uri);
	else
		snprintf(uri, IDENTITY_URI_MAX, "sip:unknown@unknown.invalid");
}

static size_t put_diversion(char *out, size_t size, const struct leg_number *n, const char *uri, uint8_t reason, unsigned count)
{
	return (size_t)snprintf(out, size, "<%s>;reason=%s;counter=%u;privacy=%s", uri, reasons[row_of(reason)].word, count,
				is_hidden(n) ? "full" : "off");
}

void diversion_write(const struct leg_offer *o, const char *host, bool trust, char out[DIVERSION_MAX])
{
	unsigned count = count_of(o);
	char uri[IDENTITY_URI_MAX];
	size_t n;

	out[0] = 0;
	if (!redirected(o))
		return;
	who_uri(&o->redirecting, host, trust, uri);
	n = put_diversion(out, DIVERSION_MAX, &o->redirecting, uri, o->redirect_reason,
			  o->original.digits[0] ? count - 1 : count);
	if (o->original.digits[0]) {
		n += (size_t)snprintf(out + n, DIVERSION_MAX - n, ", ");
		who_uri(&o->original, host, trust, uri);
		put_diversion(out + n, DIVERSION_MAX - n, &o->original, uri, o->original_reason, 1);
	}
}

/* The entry at place I of LAST, 0 for the first of all. CAUSE is why the call came there, 0 for the first. */
static size_t put_entry(char *out, size_t size, const char *uri, unsigned i, unsigned cause, bool hidden)
{
	char index[2 * WRITTEN_MAX + 4] = "1", reason[16] = "", from[2 * WRITTEN_MAX + 8] = "";

	for (unsigned k = 0; k < i; k++) {
		if (k + 1 == i)
			snprintf(from, sizeof(from), ";mp=%s", index);
		memcpy(index + 1 + 2 * k, ".1", 3);
	}
	if (i)
		snprintf(reason, sizeof(reason), ";cause=%u", cause);
	return (size_t)snprintf(out, size, "%s<%s%s%s>;index=%s%s", i ? ", " : "", uri, reason,
				hidden ? "?Privacy=history" : "", index, from);
}

void diversion_history(const struct leg_offer *o, const char *host, bool trust, const char *target, char out[DIVERSION_MAX])
{
	static const struct leg_number unknown;
	unsigned count = count_of(o) < WRITTEN_MAX ? count_of(o) : WRITTEN_MAX, cause = 0;
	char uri[IDENTITY_URI_MAX];
	size_t n = 0;

	out[0] = 0;
	if (!redirected(o))
		return;
	for (unsigned i = 0; i < count && n < DIVERSION_MAX; i++) {
		const struct leg_number *who = i + 1 == count ? &o->redirecting : i == 0 ? &o->original : &unknown;
		uint8_t reason = i + 1 == count ? o->redirect_reason : i == 0 ? o->original_reason : 0;

		who_uri(who, host, trust, uri);
		n += put_entry(out + n, DIVERSION_MAX - n, uri, i, cause, who->presentation != PRES_ALLOWED && trust && who->digits[0]);
		cause = reasons[row_of(reason)].cause;
	}
	if (n < DIVERSION_MAX)
		put_entry(out + n, DIVERSION_MAX - n, target, count, cause, false);
}
