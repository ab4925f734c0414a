/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gateway/ops/mask.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "channels/pri_ie.h"
#include "channels/pri_trace.h"

#define INFORMATION 0x7b	/* Q.931 table 4-2 */

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

/* One number: all its digits count, whatever stands between them. ESCAPES: those of %2A and the like do not. */
static void mask_number(uint8_t *p, size_t len, size_t kept, bool escapes)
{
	size_t digits = 0;

	for (size_t i = 0; i < len; i++) {
		if (escapes && p[i] == '%')
			i += 2;
		else if (is_digit(p[i]) && ++digits > kept)
			p[i] = '*';
	}
}

/* --- D channel ------------------------------------------------------------------------------------ */

/* Octets of a number's type, plan, presentation and screening, the last of which has bit 8 (Q.931 4.5.8). */
static size_t head(const uint8_t *p, size_t len)
{
	size_t n = 0;

	while (n < len && !(p[n] & 0x80))
		n++;
	return n < len ? n + 1 : 0;
}

/* FOLLOWS: of an INFORMATION message, whose digits come after those that the SETUP had. What one user says to another is
 * nobody's business, digits or not; its protocol discriminator stays. */
static void mask_element(uint8_t id, uint8_t *p, size_t len, bool follows)
{
	size_t at = 0;

	switch (id) {
	case IE_USER_USER:
		if (len > 1)
			memset(p + 1, '*', len - 1);
		break;
	case IE_CALLED:
	case IE_CALLING:
	case IE_CONNECTED:
	case IE_REDIRECTING:
		at = head(p, len);
		/* fall through */
	case IE_KEYPAD:
		mask_number(p + at, len - at, follows ? 0 : MASK_KEPT, false);
		break;
	default:
		mask_runs(p, len);
	}
}

/* Element by element: an identifier or a length that looks like a digit is none. */
void mask_lapd(uint8_t *frame, size_t len)
{
	unsigned codeset = 0, locked = 0;
	struct q931_msg m;
	size_t size;
	bool follows;

	if (!q931_read(frame, len, &m, NULL)) {
		mask_runs(frame, len);
		return;
	}
	follows = m.pd == Q931_PD && m.type == INFORMATION;
	for (size_t at = m.elements_at; at < len; at += size) {
		size = q931_size(frame + at, len - at);
		if (!size) {		/* cut short */
			mask_number(frame + at, len - at, follows ? 0 : MASK_KEPT, false);
			return;
		}
		if ((frame[at] & 0xf0) == 0x90) {	/* shift, Q.931 4.5.3 */
			codeset = frame[at] & 7;
			if (!(frame[at] & 8))
				locked = codeset;
			continue;
		}
		if (size > 2)
			mask_element(codeset ? 0 : frame[at], frame + at + 2, size - 2, follows);
		codeset = locked;
	}
}

/* --- SIP ------------------------------------------------------------------------------------------ */

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
 * digits are no number. A number may be written with separators between its digits (RFC 3966 5.1.1). */
static size_t mask_uri(char *text, size_t len, bool tel)
{
	size_t n = up_to(text, len, "@>\r\n\t ,");

	if (!tel && (n >= len || text[n] != '@'))
		return n;
	for (size_t at = 0, part; at < n; at += part + 1) {
		part = up_to(text + at, n - at, ";");
		mask_number((uint8_t *)text + at, part, MASK_KEPT, true);
	}
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
	size_t at = 0, name = 0, n;	/* name: where that of an address in <> may begin, when it has no quotes */

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
			mask_number((uint8_t *)message + at + 1, n, MASK_KEPT, false);
			at += n + 2;
			name = at;
			continue;
		}
		if (message[at] == '<')
			mask_number((uint8_t *)message + name, at - name, MASK_KEPT, false);
		if (strchr("\n:,<", message[at]))
			name = at + 1;
		n = scheme(message + at, len - at);
		at += n ? n + mask_uri(message + at + n, len - at - n, n == 4 && (message[at] | 32) == 't') : 1;
	}
}
