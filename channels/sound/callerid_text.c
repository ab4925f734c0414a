/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/sound/callerid_text.c: names and numbers between UTF-8 and what a line carries. EN 300 659-3 has names in ISO
 * 8859-1, GR-1188 in ASCII; some gateways send UTF-8, which is taken as such when it is valid. What comes from a line is cleaned:
 * no control character leaves here.
 */
#include "channels/sound/callerid_message.h"

#include <string.h>

/* Letters without their accents, U+00C0 to U+00FF, and what stands for the two-letter ones. */
static const char folded[] = "AAAAAAACEEEEIIIIDNOOOOOxOUUUUYTsaaaaaaaceeeeiiiidnooooo/ouuuuyty";

/* One character at *P, before END; 0xfffd for what is no UTF-8 (RFC 3629: no overlong form, no surrogate). */
static uint32_t utf8_next(const uint8_t **p, const uint8_t *end)
{
	const uint8_t *s = *p;
	uint32_t c = *s++;
	unsigned more = c < 0x80 ? 0 : c >= 0xc2 && c <= 0xdf ? 1 : (c & 0xf0) == 0xe0 ? 2 : (c & 0xf8) == 0xf0 ? 3 : 9;
	static const uint32_t least[] = { 0, 0x80, 0x800, 0x10000 };

	*p = s;
	if (more == 0)
		return c;
	if (more == 9 || (size_t)(end - s) < more)
		return 0xfffd;
	c &= 0x3fu >> more;
	for (unsigned i = 0; i < more; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0xfffd;
		c = c << 6 | (s[i] & 0x3f);
	}
	if (c < least[more] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0xfffd;
	*p = s + more;
	return c;
}

static bool printable(uint32_t c)
{
	return (c >= 0x20 && c < 0x7f) || (c >= 0xa0 && c != 0xfffd && c != 0x2028 && c != 0x2029);
}

size_t callerid_name_to_latin1(const char *utf8, bool ascii, uint8_t *out, size_t max)
{
	const uint8_t *p = (const uint8_t *)utf8, *end = p + strlen(utf8);
	size_t n = 0;

	while (p < end && n < max) {
		uint32_t c = utf8_next(&p, end);

		if (!printable(c) || c > 0xff)
			c = '?';
		else if (ascii && c >= 0xc0)
			c = (uint8_t)folded[c - 0xc0];
		else if (ascii && c >= 0x80)
			c = c == 0xa0 ? ' ' : '?';
		out[n++] = (uint8_t)c;
	}
	return n;
}

/* Has it a character beyond ASCII, and are all of those UTF-8? */
static bool is_utf8(const uint8_t *in, size_t n)
{
	const uint8_t *p = in, *end = in + n;
	bool any = false;

	while (p < end) {
		uint32_t c = utf8_next(&p, end);

		if (c == 0xfffd)
			return false;
		any = any || c >= 0x80;
	}
	return any;
}

/* Appends C, or returns false when it has no room. */
static bool put_utf8(uint32_t c, char *out, size_t *at, size_t max)
{
	unsigned len = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	static const uint8_t lead[] = { 0, 0, 0xc0, 0xe0, 0xf0 };

	if (*at + len >= max)
		return false;
	for (unsigned i = len; i-- > 0; c >>= 6)
		out[*at + i] = (char)(i ? 0x80 | (c & 0x3f) : lead[len] | c);
	*at += len;
	return true;
}

void callerid_name_from_line(const uint8_t *in, size_t n, char *out, size_t max)
{
	const uint8_t *p = in, *end = in + n;
	bool utf8 = is_utf8(in, n);
	size_t at = 0;

	while (p < end) {
		uint32_t c = utf8 ? utf8_next(&p, end) : *p++;

		if (!printable(c))
			c = ' ';
		if (!(c == ' ' && at == 0) && !put_utf8(c, out, &at, max))
			break;
	}
	while (at && out[at - 1] == ' ')
		at--;
	out[at] = 0;
}

size_t callerid_number_to_line(const char *number, bool plus, uint8_t *out, size_t max)
{
	size_t n = 0;

	for (const char *p = number; *p && n < max; p++)
		if ((*p >= '0' && *p <= '9') || *p == '*' || *p == '#' || (*p == '+' && plus && n == 0))
			out[n++] = (uint8_t)*p;
	return n;
}

void callerid_number_from_line(const uint8_t *in, size_t n, char *out, size_t max)
{
	size_t at = 0;

	for (size_t i = 0; i < n && at + 1 < max; i++)
		if ((in[i] >= '0' && in[i] <= '9') || in[i] == '*' || in[i] == '#' || (in[i] == '+' && at == 0))
			out[at++] = (char)in[i];
	if (at == 1 && out[0] == '+')
		at = 0;
	out[at] = 0;
}
