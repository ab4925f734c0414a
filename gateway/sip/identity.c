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

#include "gateway/sip/diversion.h"
#include "gateway/sip/isdn.h"

#define VALUE_MAX 4096		/* octets of a header value that is read */

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
		} else if ((unsigned char)*p < ' ' || *p == 0x7f) {
			return false;
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
	identity_uri_sub(number, NULL, host, out);
}

void identity_uri_sub(const struct leg_number *number, const struct leg_subaddress *sub, const char *host, char *out)
{
	char user[LEG_DIGITS_MAX * 3 + 2], isub[ISDN_SUB_MAX] = "";
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
	if (sub && n)
		isdn_sub_write(sub, isub);
	snprintf(out, IDENTITY_URI_MAX, "sip:%s%s%s%s", user, isub, n ? "@" : "", host);
}

/* --- Reading ---------------------------------------------------------------------------------- */

static bool is_utf8(const char *text)
{
	const unsigned char *p = (const unsigned char *)text;

	while (*p) {
		unsigned more = *p < 0x80 ? 0 : *p >= 0xc2 && *p < 0xe0 ? 1 : (*p & 0xf0) == 0xe0 ? 2 : *p >= 0xf0 && *p < 0xf5 ? 3 : 4;

		for (p++; more; more--, p++)
			if (more > 3 || (*p & 0xc0) != 0x80)
				return false;
	}
	return true;
}

/* Older systems write ISO 8859-1, which is hardly ever UTF-8 by chance. */
static const char *as_utf8(const char *display, char *out, size_t size)
{
	size_t n = 0;

	if (is_utf8(display))
		return display;
	for (const unsigned char *p = (const unsigned char *)display; *p && n + 3 < size; p++) {
		if (*p >= 0xa0)
			out[n++] = (char)(0xc0 | *p >> 6);
		if (*p < 0x80 || *p >= 0xa0)
			out[n++] = *p < 0x80 ? (char)*p : (char)(0x80 | (*p & 0x3f));
	}
	out[n] = 0;
	return out;
}

static void copy_name(char *out, const char *display)
{
	char utf8[2 * LEG_NAME_MAX];
	size_t n = 0;
	bool quoted;

	out[0] = 0;
	if (!display)
		return;
	display = as_utf8(display, utf8, sizeof(utf8));
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

/* There is no number, and nobody hides one (Q.1912.5: unavailable@hostportion; 3GPP TS 29.163: the host unknown.invalid). */
static bool unavailable(const sip_from_t *f)
{
	const url_t *u = f->a_url;

	return (u->url_user && strcasecmp(u->url_user, "unavailable") == 0) ||
	       (u->url_host && strcasecmp(u->url_host, "unknown.invalid") == 0);
}

void identity_each(const sip_t *sip, const char *name, identity_each_fn *fn, void *arg)
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
	struct leg_subaddress sub;
	char name[LEG_NAME_MAX];
	bool found;
};

/* RFC 3325 9.1: one sip: and one tel: value at most; the first number, before a name in its place, and the first name are taken. */
static bool take_asserted(void *arg, const sip_from_t *f)
{
	struct asserted *a = arg;
	struct leg_number n;

	if (identity_number(f->a_url, &n) == 0 && n.digits[0] && (!a->found || (n.npi == NPI_E164 && a->number.npi != NPI_E164))) {
		a->number = n;
		a->found = true;
		isdn_sub_read(f->a_url, &a->sub);
	}
	if (!a->name[0])
		copy_name(a->name, f->a_display);
	return true;
}

/* Remote-Party-ID (draft-ietf-sip-privacy-04), which older systems have in the place of P-Asserted-Identity. */
struct remote {
	const char *party;		/* of the entry that is meant; NULL: the first of all */
	struct asserted who;
	bool screened, hidden;
};

static bool take_remote(void *arg, const sip_from_t *f)
{
	struct remote *r = arg;
	const char *party = msg_params_find(f->a_params, "party="), *screen = msg_params_find(f->a_params, "screen=");
	const char *privacy = msg_params_find(f->a_params, "privacy=");

	if (r->party && party && strcasecmp(party, r->party) != 0)
		return true;
	take_asserted(&r->who, f);
	r->screened = screen && strcasecmp(screen, "yes") == 0;
	r->hidden = privacy && strcasecmp(privacy, "off") != 0;
	return false;
}

static bool private(const sip_t *sip)
{
	const msg_param_t *v = sip->sip_privacy ? sip->sip_privacy->priv_values : NULL;

	for (; v && *v; v++)
		if (strcasecmp(*v, "id") == 0 || strcasecmp(*v, "user") == 0 || strcasecmp(*v, "header") == 0)
			return true;
	return false;
}

/* What is asserted of the sender, by one header or the other. */
static bool asserted_by(const sip_t *sip, const char *party, struct asserted *a, struct remote *r)
{
	*a = (struct asserted){ .found = false };
	*r = (struct remote){ .party = party };
	identity_each(sip, "P-Asserted-Identity", take_asserted, a);
	identity_each(sip, "Remote-Party-ID", take_remote, r);
	if (a->found)
		r->screened = true;	/* RFC 3325 */
	else if (r->who.found)
		*a = r->who;
	return a->found;
}

static void read_calling(const sip_t *sip, bool trust, struct leg_offer *out)
{
	struct asserted a;
	struct remote r;
	bool hidden = anonymous(sip->sip_from);

	asserted_by(sip, "calling", &a, &r);
	if (!hidden && !unavailable(sip->sip_from)) {
		identity_number(sip->sip_from->a_url, &out->calling);
		copy_name(out->calling_name, sip->sip_from->a_display);
		isdn_sub_read(sip->sip_from->a_url, &out->calling_sub);
	}
	if (trust && a.found) {
		/* RFC 3325, Q.1912.5: what is asserted is the network's number, From what the caller says. */
		if (strcmp(out->calling.digits, a.number.digits) != 0 || out->calling.ton != a.number.ton)
			out->calling_user = out->calling;
		out->calling = a.number;
		if (a.sub.len)
			out->calling_sub = a.sub;
		out->calling.screening = r.screened ? SCREEN_PASSED : SCREEN_NONE;
		memcpy(out->calling_name, a.name, sizeof(a.name));
	}
	if (hidden || r.hidden || private(sip))	/* who is not trusted may hide */
		out->calling.presentation = PRES_RESTRICTED;
	else if (!out->calling.digits[0])
		out->calling.presentation = PRES_UNAVAILABLE;
	if (out->calling_user.digits[0])	/* Q.1912.5: as the first */
		out->calling_user.presentation = out->calling.presentation;
}

int identity_read(const sip_t *sip, bool trust, struct leg_offer *out)
{
	if (identity_number(sip->sip_request->rq_url, &out->called) < 0)
		return -EINVAL;
	out->complete = true;
	isdn_sub_read(sip->sip_request->rq_url, &out->called_sub);
	read_calling(sip, trust, out);
	diversion_read(sip, out);
	isdn_uui_read(sip, &out->uui);
	return 0;
}

bool identity_connected(const sip_t *sip, struct leg_number *out, struct leg_extra *extra)
{
	struct asserted a;
	struct remote r;

	if (!asserted_by(sip, NULL, &a, &r))
		return false;
	*out = a.number;
	extra->connected_sub = a.sub;
	memcpy(extra->connected_name, a.name, sizeof(a.name));
	out->screening = r.screened ? SCREEN_PASSED : SCREEN_NONE;
	if (r.hidden || private(sip))
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

void identity_write(const struct leg_offer *offer, const char *host, bool trust, struct identity_headers *out)
{
	bool hidden = offer->calling.presentation == PRES_RESTRICTED, two = offer->calling_user.digits[0];
	const struct leg_number *from = two ? &offer->calling_user : &offer->calling;
	char uri[IDENTITY_URI_MAX], name[LEG_NAME_MAX * 2 + 4];

	memset(out, 0, sizeof(*out));
	quote(name, sizeof(name), offer->calling_name);
	identity_uri_sub(from, two && trust ? NULL : &offer->calling_sub, host, uri);
	if (hidden || from->presentation == PRES_RESTRICTED)
		snprintf(out->from, sizeof(out->from), "\"Anonymous\" <sip:anonymous@anonymous.invalid>");
	else if (!from->digits[0])
		snprintf(out->from, sizeof(out->from), "%s<sip:unavailable@unknown.invalid>", name);
	else
		snprintf(out->from, sizeof(out->from), "%s<%s>", name, uri);
	identity_uri_sub(&offer->calling, &offer->calling_sub, host, uri);
	/* A number that the network found to be false is not asserted (RFC 3325 5): From has it, if it may be shown. */
	if (trust && offer->calling.digits[0] && offer->calling.screening != SCREEN_FAILED)
		snprintf(out->pai, sizeof(out->pai), "%s<%s>", name, uri);
	if (hidden)
		strcpy(out->privacy, "id");
	isdn_uui_write(&offer->uui, out->uui);
}
