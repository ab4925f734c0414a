/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gateway/sip/isdn.c: User-to-User and isub; see isdn.h. */
#include "gateway/sip/isdn.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define AFI_IA5 0x50	/* X.213 annex A: local, ISO 646 characters */
#define AFI_BCD 0x48	/* local, binary coded decimal */

static int hex_digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* LEN characters of hex into OUT; how many octets, 0 when they are no hex, an odd number or more than MAX. */
static size_t unhex(const char *p, size_t len, uint8_t *out, size_t max)
{
	if (len % 2 || len / 2 > max)
		return 0;
	for (size_t i = 0; i < len; i += 2) {
		int hi = hex_digit(p[i]), lo = hex_digit(p[i + 1]);

		if (hi < 0 || lo < 0)
			return 0;
		out[i / 2] = (uint8_t)(hi << 4 | lo);
	}
	return len / 2;
}

/* --- User-to-User ----------------------------------------------------------------------------- */

/* Is the parameter at P (after its semicolon) NAME with another value than the words of VALUES? */
static bool other(const char *p, const char *name, const char *const *values)
{
	size_t n = strlen(name), len;

	p += strspn(p, " \t");
	if (strncasecmp(p, name, n) != 0 || p[n] != '=')
		return false;
	p += n + 1;
	len = strcspn(p, "; \t,");
	for (; *values; values++)
		if (strlen(*values) == len && strncasecmp(p, *values, len) == 0)
			return false;
	return true;
}

/* RFC 7434 4.4: hex, for isdn-uui, which is also what a value without these parameters is; the first octet is the
 * protocol discriminator. isdn-interwork is what its drafts called it, and many devices send. */
bool isdn_uui_value(const char *value, struct leg_uui *out)
{
	static const char *const encodings[] = { "hex", NULL }, *const uses[] = { "isdn-uui", "isdn-interwork", NULL };
	const char *p = value + strspn(value, " \t"), *end;
	bool quoted = *p == '"';

	out->len = 0;
	p += quoted;
	end = p + strcspn(p, quoted ? "\"" : "; \t,");
	for (const char *q = strchr(end, ';'); q; q = strchr(q + 1, ';'))
		if (other(q + 1, "encoding", encodings) || other(q + 1, "purpose", uses) || other(q + 1, "content", uses))
			return false;
	out->len = (uint8_t)unhex(p, (size_t)(end - p), out->octets, LEG_UUI_MAX);
	return out->len > 0;
}

bool isdn_uui_read(const sip_t *sip, struct leg_uui *out)
{
	for (const sip_unknown_t *u = sip->sip_unknown; u; u = u->un_next)
		if (u->un_name && strcasecmp(u->un_name, "User-to-User") == 0 && u->un_value &&
		    isdn_uui_value(u->un_value, out))
			return true;
	return false;
}

void isdn_uui_write(const struct leg_uui *uui, char out[ISDN_UUI_MAX])
{
	size_t n = 0;

	out[0] = 0;
	if (!uui->len || uui->len > LEG_UUI_MAX)
		return;
	n = (size_t)sprintf(out, "User-to-User: ");
	for (size_t i = 0; i < uui->len; i++)
		n += (size_t)sprintf(out + n, "%02x", uui->octets[i]);
	snprintf(out + n, ISDN_UUI_MAX - n, ";encoding=hex");
}

/* --- Subaddresses ----------------------------------------------------------------------------- */

/* The value of parameter NAME in a list ";a=b;c=d", percent signs undone, into OUT. */
static bool param(const char *list, const char *name, char *out, size_t size)
{
	size_t n = strlen(name), at = 0;
	unsigned v;

	for (; list && *list; list = strchr(list, ';')) {
		list += *list == ';';
		if (strncasecmp(list, name, n) != 0 || list[n] != '=')
			continue;
		for (const char *p = list + n + 1; *p && *p != ';'; p++) {
			if (at + 1 >= size)
				return false;
			v = (unsigned char)*p;
			if (*p == '%') {
				if (hex_digit(p[1]) < 0 || hex_digit(p[2]) < 0)
					return false;
				v = (unsigned)(hex_digit(p[1]) << 4 | hex_digit(p[2]));
				p += 2;
			}
			if (v < ' ' || v >= 0x7f)
				return false;
			out[at++] = (char)v;
		}
		out[at] = 0;
		return at > 0;
	}
	return false;
}

static bool from_ia5(const char *text, struct leg_subaddress *out)
{
	size_t n = strlen(text);

	if (n > LEG_SUB_MAX - 1)
		return false;
	out->octets[0] = AFI_IA5;
	memcpy(out->octets + 1, text, n);
	out->len = (uint8_t)(n + 1);
	return true;
}

static bool from_bcd(const char *text, struct leg_subaddress *out)
{
	size_t n = strlen(text);

	if (n > 2 * (LEG_SUB_MAX - 1) || strspn(text, "0123456789") != n)
		return false;
	out->octets[0] = AFI_BCD;
	for (size_t i = 0; i < n; i++) {
		uint8_t *o = &out->octets[1 + i / 2], d = (uint8_t)(text[i] - '0');

		*o = i % 2 ? (uint8_t)((*o & 0xf0) | d) : (uint8_t)(d << 4 | 0x0f);	/* filled up when it is the last */
	}
	out->len = (uint8_t)(1 + (n + 1) / 2);
	return true;
}

static bool from_hex(const char *text, struct leg_subaddress *out)
{
	out->len = (uint8_t)unhex(text, strlen(text), out->octets, LEG_SUB_MAX);
	return out->len > 0;
}

bool isdn_sub_read(const url_t *url, struct leg_subaddress *out)
{
	char text[64], encoding[24] = "nsap-ia5";	/* RFC 4715 4 */
	const char *user = url->url_user ? strchr(url->url_user, ';') : NULL;
	const char *list = url->url_type == url_tel && !user ? url->url_params : user;
	bool ok;

	memset(out, 0, sizeof(*out));
	if (!param(list, "isub", text, sizeof(text)))
		return false;
	param(list, "isub-encoding", encoding, sizeof(encoding));
	out->type = strcasecmp(encoding, "user-specified") == 0 ? SUB_USER : SUB_NSAP;
	if (strcasecmp(encoding, "nsap-ia5") == 0)
		ok = from_ia5(text, out);
	else if (strcasecmp(encoding, "nsap-bcd") == 0)
		ok = from_bcd(text, out);
	else
		ok = (out->type == SUB_USER || strcasecmp(encoding, "nsap") == 0) && from_hex(text, out);
	if (!ok)
		memset(out, 0, sizeof(*out));
	return ok;
}

static bool plain_ia5(const struct leg_subaddress *s)
{
	for (size_t i = 1; i < s->len; i++)
		if (!strchr("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_.!~*'()", s->octets[i]) ||
		    !s->octets[i])
			return false;
	return s->type == SUB_NSAP && s->len > 1 && s->octets[0] == AFI_IA5;
}

static bool plain_bcd(const struct leg_subaddress *s)
{
	for (size_t i = 1; i < s->len; i++)
		if (s->octets[i] >> 4 > 9 || ((s->octets[i] & 15) > 9 && !(i + 1U == s->len && (s->octets[i] & 15) == 15)))
			return false;
	return s->type == SUB_NSAP && s->len > 1 && s->octets[0] == AFI_BCD;
}

void isdn_sub_write(const struct leg_subaddress *sub, char out[ISDN_SUB_MAX])
{
	bool ia5 = plain_ia5(sub), bcd = plain_bcd(sub);
	size_t n;

	out[0] = 0;
	if (!sub->len || sub->len > LEG_SUB_MAX)
		return;
	n = (size_t)sprintf(out, ";isub=");
	for (size_t i = ia5 || bcd; i < sub->len; i++)
		n += (size_t)sprintf(out + n, ia5 ? "%c" : "%02x", sub->octets[i]);
	if (bcd && out[n - 1] == 'f')
		n--;
	snprintf(out + n, ISDN_SUB_MAX - n, ";isub-encoding=%s",
		 ia5 ? "nsap-ia5" : bcd ? "nsap-bcd" : sub->type == SUB_USER ? "user-specified" : "nsap");
}
