/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Words from the wire (SIP reason phrases, Q.931 display) end on an operator's terminal and in JSON, so
 * an escape sequence or a broken UTF-8 octet must not get through. UTF-8 as in RFC 3629: no overlong
 * forms, no surrogates, nothing above U+10FFFF.
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "gateway/ops/text.h"

/* Octets of the UTF-8 character at S, 0 when it is none. *CODE is set. */
static size_t utf8_at(const unsigned char *s, size_t len, uint32_t *code)
{
	size_t n = s[0] < 0x80 ? 1 : (s[0] & 0xe0) == 0xc0 ? 2 : (s[0] & 0xf0) == 0xe0 ? 3 : (s[0] & 0xf8) == 0xf0 ? 4 : 0;
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };

	if (n == 0 || n > len)
		return 0;
	*code = n == 1 ? s[0] : s[0] & (0xffu >> (n + 1));
	for (size_t i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		*code = *code << 6 | (s[i] & 0x3f);
	}
	if (*code < least[n] || *code > 0x10ffff || (*code >= 0xd800 && *code < 0xe000))
		return 0;
	return n;
}

size_t text_clean(char *dst, size_t size, const char *src, size_t len)
{
	size_t out = 0;

	if (size == 0)
		return 0;
	for (size_t i = 0; i < len;) {
		const unsigned char *s = (const unsigned char *)src + i;
		uint32_t code = 0;
		size_t n = utf8_at(s, len - i, &code);
		bool control = n && (code < 0x20 || (code >= 0x7f && code < 0xa0));
		size_t put = n && !control ? n : 1;

		if (out + put >= size)
			break;
		if (n && !control)
			memcpy(dst + out, s, n);
		else
			dst[out] = n ? '.' : '?';
		out += put;
		i += n ? n : 1;
	}
	dst[out] = 0;
	return out;
}

void text_iso(char *dst, int64_t ms)
{
	time_t seconds = (time_t)(ms / 1000);
	struct tm tm;
	size_t n;

	dst[0] = 0;
	if (ms <= 0 || !gmtime_r(&seconds, &tm))
		return;
	n = strftime(dst, TEXT_ISO_SIZE - 6, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(dst + n, TEXT_ISO_SIZE - n, ".%03dZ", (int)(ms % 1000));
}
