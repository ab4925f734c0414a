/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who calls whom; see identity.h. Headers that sofia-sip's core does not know come as text in its list of
 * unknown headers; their values are parsed as From is. */
#include "gateway/sip/identity.h"

#include <errno.h>
#include <sofia-sip/msg_header.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_protos.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define DIVERSIONS_MAX 8	/* entries of Diversion that are counted */
#define VALUE_MAX 2048		/* octets of a header value that is read */

/* Q.931 4.6.7 (Q.952 table 7-1) and the words of RFC 5806. */
static const struct {
	uint8_t reason;
	const char *word;
} reasons[] = {
	{ 1, "user-busy" }, { 2, "no-answer" },	  { 4, "deflection" },
	{ 9, "unavailable" }, { 10, "follow-me" }, { 15, "unconditional" },
	{ 9, "out-of-service" }, { 2, "time-of-day" },
};

/* --- URIs ------------------------------------------------------------------------------------- */

/* The user part without its parameters, percent signs undone. */
static bool user_part(const url_t *url, char *out, size_t size)
{
	const char *p = url->url_user;
	size_t n = 0;
	unsigned v;

	for (; p && *p && *p != ';'; p++) {
		if (n + 1 >= size)
			return false;
		if (*p == '%' && sscanf(p + 1, "%2x", &v) == 1 && p[1] && p[2]) {
			p += 2;
			if (v < ' ' || v == 0x7f)
				return false;
			out[n++] = (char)v;
		} else {
			out[n++] = *p;
		}
	}
	out[n] = 0;
	return true;
}

static void drop_separators(char *s)
{
	char *to = s;

	for (; *s; s++)
		if (!strchr("-.() ", *s))
			*to++ = *s;
	*to = 0;
}

int identity_number(const url_t *url, struct leg_number *out)
{
	char user[256];
	char *p = user;

	memset(out, 0, sizeof(*out));
	if (url->url_type != url_sip && url->url_type != url_sips && url->url_type != url_tel)
		return -EINVAL;
	if (!user_part(url, user, sizeof(user)))
		return 0;
	if (strspn(user, "+0123456789*#ABCDabcd-.() ") == strlen(user) && strpbrk(user, "0123456789*#"))
		drop_separators(user);
	if (strspn(user, "+0123456789*#") == strlen(user)) {
		out->npi = NPI_E164;
		if (*p == '+') {
			out->ton = TON_INTERNATIONAL;
			p++;
		}
	}
	if (strlen(p) < sizeof(out->digits))
		memcpy(out->digits, p, strlen(p) + 1);
	return 0;
}

void identity_uri(const struct leg_number *number, const char *host, char *out)
{
	char user[LEG_DIGITS_MAX * 3 + 2];
	size_t n = 0;
	const char *p;

	if (number->ton == TON_INTERNATIONAL)
		user[n++] = '+';
	for (p = number->digits; *p; p++) {
		if ((*p >= '0' && *p <= '9') || (*p >= 'A' && *p <= 'Z') || (*p >= 'a' && *p <= 'z') ||
		    strchr("-_.!~*'()+", *p))
			user[n++] = *p;
		else	/* RFC 3261 25.1: not allowed as it is */
			n += (size_t)sprintf(user + n, "%%%02X", (unsigned char)*p);
	}
	user[n] = 0;
	snprintf(out, IDENTITY_URI_MAX, "sip:%s%s%s", user, n ? "@" : "", host);
}

/* --- Reading ---------------------------------------------------------------------------------- */

static void copy_name(char *out, const char *display)
{
	size_t n = 0;
	bool quoted;

	out[0] = 0;
	if (!display)
		return;
	while (*display == ' ' || *display == '\t')
		display++;
	quoted = *display == '"';
	for (display += quoted; *display && !(quoted && *display == '"'); display++) {
		if (quoted && *display == '\\' && display[1])
			display++;
		if (n + 1 >= LEG_NAME_MAX) {	/* do not cut a character in two */
			while (n > 0 && ((unsigned char)*display & 0xc0) == 0x80) {
				display--;
				n--;
			}
			break;
		}
		if ((unsigned char)*display >= ' ' && *display != 0x7f)
			out[n++] = *display;
	}
	while (n > 0 && out[n - 1] == ' ')
		n--;
	out[n] = 0;
}

static bool anonymous(const sip_from_t *f)
{
	const url_t *u = f->a_url;

	return (u->url_user && strcasecmp(u->url_user, "anonymous") == 0) ||
	       (u->url_host && strcasecmp(u->url_host, "anonymous.invalid") == 0);
}

/* Calls FN with each entry of each header NAME, in their order, until it returns false. */
static void each_entry(const sip_t *sip, const char *name, bool (*fn)(void *arg, const sip_from_t *f), void *arg)
{
	const sip_unknown_t *u;
	su_home_t home[1] = { SU_HOME_INIT(home) };
	bool more = true;
	const char *p;

	su_home_init(home);
	for (u = sip->sip_unknown; u && more; u = u->un_next) {
		if (!u->un_name || strcasecmp(u->un_name, name) != 0 || !u->un_value || strlen(u->un_value) > VALUE_MAX)
			continue;
		for (p = u->un_value; more && *p;) {
			bool quoted = false, angle = false;
			const char *end = p;
			sip_from_t *f;

			for (; *end && (quoted || angle || *end != ','); end++) {
				if (*end == '\\' && quoted && end[1])
					end++;
				else if (*end == '"')
					quoted = !quoted;
				else if (!quoted && (*end == '<' || *end == '>'))
					angle = *end == '<';
			}
			f = sip_from_make(home, su_strndup(home, p, (isize_t)(end - p)));
			if (f)
				more = fn(arg, f);
			p = end + (*end == ',');
		}
	}
	su_home_deinit(home);
}

struct asserted {
	struct leg_number number;
	char name[LEG_NAME_MAX];
	bool found;
};

/* RFC 3325 9.1: one sip: and one tel: value at most; the first number and the first name are taken. */
static bool take_asserted(void *arg, const sip_from_t *f)
{
	struct asserted *a = arg;
	struct leg_number n;

	if (identity_number(f->a_url, &n) == 0 && n.digits[0] && !a->found) {
		a->number = n;
		a->found = true;
	}
	if (!a->name[0])
		copy_name(a->name, f->a_display);
	return true;
}

static bool private(const sip_t *sip)
{
	const msg_param_t *v = sip->sip_privacy ? sip->sip_privacy->priv_values : NULL;

	for (; v && *v; v++)
		if (strcasecmp(*v, "id") == 0 || strcasecmp(*v, "user") == 0 || strcasecmp(*v, "header") == 0)
			return true;
	return false;
}

struct diversions {
	struct leg_offer *offer;
	unsigned entries, count;
};

static const char *from_param(const sip_from_t *f, const char *name)
{
	return msg_params_find(f->a_params, name);
}

static uint8_t diversion_reason(const char *word)
{
	size_t i;

	if (word && *word == '"')
		word++;
	for (i = 0; word && i < sizeof(reasons) / sizeof(*reasons); i++)
		if (strncasecmp(word, reasons[i].word, strlen(reasons[i].word)) == 0)
			return reasons[i].reason;
	return 0;
}

/* RFC 5806: the topmost is the latest; each counts for itself and for those it stands for. */
static bool take_diversion(void *arg, const sip_from_t *f)
{
	struct diversions *d = arg;
	const char *counter = from_param(f, "counter="), *privacy = from_param(f, "privacy=");
	long n = counter ? strtol(counter, NULL, 10) : 1;
	struct leg_number *r = &d->offer->redirecting;

	d->count += n >= 1 && n <= 255 ? (unsigned)n : 1;
	if (d->entries++ == 0) {
		identity_number(f->a_url, r);
		r->presentation = privacy && strcasecmp(privacy, "off") != 0 ? PRES_RESTRICTED : PRES_ALLOWED;
		d->offer->redirect_reason = diversion_reason(from_param(f, "reason="));
	}
	return d->entries < DIVERSIONS_MAX;
}

static void read_calling(const sip_t *sip, bool trust, struct leg_offer *out)
{
	struct asserted a = { 0 };
	bool hidden = anonymous(sip->sip_from);

	if (trust)
		each_entry(sip, "P-Asserted-Identity", take_asserted, &a);
	if (!hidden) {
		identity_number(sip->sip_from->a_url, &out->calling);
		copy_name(out->calling_name, sip->sip_from->a_display);
	}
	if (a.found) {
		out->calling = a.number;
		out->calling.screening = SCREEN_PASSED;
		memcpy(out->calling_name, a.name, sizeof(a.name));
	}
	if (hidden || private(sip))
		out->calling.presentation = PRES_RESTRICTED;
	else if (!out->calling.digits[0])
		out->calling.presentation = PRES_UNAVAILABLE;
}

int identity_read(const sip_t *sip, bool trust, struct leg_offer *out)
{
	struct diversions d = { .offer = out };

	if (identity_number(sip->sip_request->rq_url, &out->called) < 0)
		return -EINVAL;
	out->complete = true;
	read_calling(sip, trust, out);
	each_entry(sip, "Diversion", take_diversion, &d);
	out->redirect_count = (uint8_t)(d.count > 255 ? 255 : d.count);
	return 0;
}

bool identity_connected(const sip_t *sip, struct leg_number *out)
{
	struct asserted a = { 0 };

	each_entry(sip, "P-Asserted-Identity", take_asserted, &a);
	if (!a.found)
		return false;
	*out = a.number;
	out->screening = SCREEN_PASSED;
	if (private(sip))
		out->presentation = PRES_RESTRICTED;
	return true;
}

/* --- Writing ---------------------------------------------------------------------------------- */

static void quote(char *out, size_t size, const char *name)
{
	size_t n = 0;

	out[0] = 0;
	if (!*name)
		return;
	out[n++] = '"';
	for (; *name && n + 5 < size; name++) {
		if (*name == '"' || *name == '\\')
			out[n++] = '\\';
		if ((unsigned char)*name >= ' ' && *name != 0x7f)
			out[n++] = *name;
	}
	memcpy(out + n, "\" ", 3);
}

static void write_diversion(const struct leg_offer *o, const char *host, char *out, size_t size)
{
	const char *word = "unknown";
	char uri[IDENTITY_URI_MAX];
	size_t i;

	for (i = 0; i < sizeof(reasons) / sizeof(*reasons); i++)
		if (reasons[i].reason == o->redirect_reason) {
			word = reasons[i].word;
			break;
		}
	identity_uri(&o->redirecting, host, uri);
	snprintf(out, size, "<%s>;reason=%s;counter=%u;privacy=%s", uri, word,
		 o->redirect_count ? o->redirect_count : 1,
		 o->redirecting.presentation == PRES_ALLOWED ? "off" : "full");
}

void identity_write(const struct leg_offer *offer, const char *host, bool trust, struct identity_headers *out)
{
	bool hidden = offer->calling.presentation == PRES_RESTRICTED;
	char uri[IDENTITY_URI_MAX], name[LEG_NAME_MAX * 2 + 4];

	memset(out, 0, sizeof(*out));
	identity_uri(&offer->calling, host, uri);
	quote(name, sizeof(name), offer->calling_name);
	if (hidden || !offer->calling.digits[0])
		snprintf(out->from, sizeof(out->from), "%s<sip:anonymous@anonymous.invalid>",
			 hidden ? "\"Anonymous\" " : name);
	else
		snprintf(out->from, sizeof(out->from), "%s<%s>", name, uri);
	if (trust && offer->calling.digits[0])
		snprintf(out->pai, sizeof(out->pai), "%s<%s>", name, uri);
	if (hidden)
		strcpy(out->privacy, "id");
	if (offer->redirecting.digits[0] || offer->redirect_count)
		write_diversion(offer, host, out->diversion, sizeof(out->diversion));
}
