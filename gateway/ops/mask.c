/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gateway/ops/mask.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static void mask_runs(uint8_t *p, size_t len)
{
	size_t run = 0;

	for (size_t i = 0; i < len; i++) {
		run = is_digit(p[i]) ? run + 1 : 0;
		if (run > MASK_KEPT)
			p[i] = '*';
	}
}

void mask_lapd(uint8_t *frame, size_t len)
{
	mask_runs(frame, len);
}

/* Octets of TEXT up to the first of STOP. */
static size_t up_to(const char *text, size_t len, const char *stop)
{
	size_t n = 0;

	while (n < len && text[n] && !strchr(stop, text[n]))
		n++;
	return n;
}

static size_t scheme(const char *text, size_t len)
{
	static const char *const schemes[] = { "sips:", "sip:", "tel:" };

	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		size_t n = strlen(schemes[i]);

		if (len > n && !strncasecmp(text, schemes[i], n))
			return n;
	}
	return 0;
}

/* A user part, with its parameters (isub), ends at '@' only if there is one before the URI does: else it is a host, whose
 * digits are no number. */
static size_t mask_uri(char *text, size_t len, bool tel)
{
	size_t n = up_to(text, len, "@>\r\n\t ,");

	if (tel || (n < len && text[n] == '@'))
		mask_runs((uint8_t *)text, n);
	return n;
}

void mask_sip(char *message, size_t len)
{
	size_t at = 0, n;

	while (at < len) {
		if (len - at >= 4 && !memcmp(message + at, "\r\n\r\n", 4))
			return;
		if (message[at] == '"') {
			n = up_to(message + at + 1, len - at - 1, "\"\r\n");
			mask_runs((uint8_t *)message + at + 1, n);
			at += n + 2;
			continue;
		}
		n = scheme(message + at, len - at);
		at += n ? n + mask_uri(message + at + n, len - at - n, n == 4 && (message[at] | 32) == 't') : 1;
	}
}
