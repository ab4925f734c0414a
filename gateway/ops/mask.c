/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gateway/ops/mask.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "channels/pri_ie.h"

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

/* What one user says to another is nobody's business, digits or not; its protocol discriminator stays. */
void mask_lapd(uint8_t *frame, size_t len)
{
	struct q931_element e;

	for (unsigned n = 0; (e = q931_find(frame, len, IE_USER_USER, n)).octets; n++)
		if (e.len > 1)
			memset(frame + (e.octets - frame) + 1, '*', e.len - 1);
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

/* --- User-to-User (RFC 7433): in a header, or in the ? part of a URI ------------------------------- */

/* Where its value begins, behind a name at TEXT; 0 when that is no such name. */
static size_t uui_at(const char *text, size_t len)
{
	static const char name[] = "User-to-User";
	size_t n = sizeof(name) - 1;

	if (len <= n || strncasecmp(text, name, n))
		return 0;
	while (n < len && (text[n] == ' ' || text[n] == '\t'))
		n++;
	return n < len && (text[n] == ':' || text[n] == '=') ? n + 1 : 0;
}

/* Space, and the end of a line that goes on. */
static size_t space(const char *text, size_t len)
{
	size_t n = 0;

	while (n < len && (text[n] == ' ' || text[n] == '\t' ||
			   (text[n] == '\r' && len - n > 2 && text[n + 1] == '\n' && (text[n + 2] == ' ' || text[n + 2] == '\t')) ||
			   (text[n] == '\n' && n && text[n - 1] == '\r')))
		n++;
	return n;
}

/* The octets as mask_lapd() leaves them: '*' for each but the discriminator, which is 2a in hex. */
static void mask_octets(char *text, size_t n)
{
	bool hex = n % 2 == 0;

	for (size_t i = 0; i < n; i++)
		hex = hex && isxdigit((unsigned char)text[i]);
	for (size_t i = 2; i < n; i++)
		text[i] = !hex ? '*' : i % 2 ? 'a' : '2';
}

/* One value, or several with commas between them. Returns how much of TEXT that was. */
static size_t mask_uui(char *text, size_t len)
{
	size_t at = 0, n;

	for (;;) {
		at += space(text + at, len - at);
		if (at < len && text[at] == '"') {
			n = up_to(text + at + 1, len - at - 1, "\"\r\n");
			mask_octets(text + at + 1, n);
			at += n + 1;
		} else {
			n = up_to(text + at, len - at, ";, \t\r\n&>\"");
			mask_octets(text + at, n);
			at += n;
		}
		at += up_to(text + at, at < len ? len - at : 0, ",\r\n&>");
		if (at >= len || text[at] != ',')
			return at < len ? at : len;
		at++;
	}
}

void mask_sip(char *message, size_t len)
{
	size_t at = 0, n;

	while (at < len) {
		if (len - at >= 4 && !memcmp(message + at, "\r\n\r\n", 4))
			return;
		n = uui_at(message + at, len - at);
		if (n) {
			at += n;
			at += mask_uui(message + at, len - at);
			continue;
		}
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
