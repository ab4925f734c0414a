/* SPDX-License-Identifier: GPL-2.0-or-later */
/* channels/pri_ie.c: information elements by their octets; see pri_ie.h. ITU-T Q.931 4.5. */
#include "channels/pri_ie.h"

#include <stdio.h>
#include <string.h>

#define HEADER 4		/* octets of address and control of an I frame */

/* Where the elements begin: after protocol discriminator, call reference and message type; LEN for none. */
static size_t first_element(const uint8_t *frame, size_t len)
{
	size_t at = HEADER + 3;

	if (len < at)
		return len;
	at += frame[HEADER + 1] & 0x0f;
	return at < len ? at : len;
}

size_t q931_size(const uint8_t *p, size_t left)
{
	if (p[0] & 0x80)
		return 1;
	return left >= 2 && left - 2 >= p[1] ? 2U + p[1] : 0;
}

static bool is_shift(uint8_t id)
{
	return (id & 0xf0) == 0x90;
}

struct q931_element q931_find(const uint8_t *frame, size_t len, uint8_t id, unsigned n)
{
	unsigned codeset = 0, locked = 0;
	size_t size;

	for (size_t at = first_element(frame, len); at < len; at += size) {
		size = q931_size(frame + at, len - at);
		if (!size)
			break;
		if (is_shift(frame[at])) {
			codeset = frame[at] & 7;
			if (!(frame[at] & 8))
				locked = codeset;
			continue;
		}
		if (!codeset && frame[at] == id && n-- == 0)
			return (struct q931_element){ frame + at + 2, frame[at + 1] };
		codeset = locked;
	}
	return (struct q931_element){ NULL, 0 };
}

size_t q931_insert(uint8_t *frame, size_t len, size_t max, const uint8_t *element, size_t n)
{
	size_t at = first_element(frame, len), size;

	if (len + n > max)
		return len;
	while (at < len && !is_shift(frame[at]) && ((frame[at] & 0x80) || frame[at] <= element[0])) {
		size = q931_size(frame + at, len - at);
		if (!size)
			return len;
		at += size;
	}
	memmove(frame + at + n, frame + at, len - at);
	memcpy(frame + at, element, n);
	return len + n;
}

size_t q931_take_out(uint8_t *frame, size_t len, uint8_t id, size_t longest)
{
	size_t at = first_element(frame, len), size;

	while (at < len && !is_shift(frame[at])) {
		size = q931_size(frame + at, len - at);
		if (!size)
			return len;
		if (frame[at] == id && size <= longest + 2) {
			memmove(frame + at, frame + at + size, len - at - size);
			len -= size;
		} else {
			at += size;
		}
	}
	return len;
}

uint8_t q931_presentation(unsigned bits)
{
	return bits == 3 ? PRES_RESTRICTED : (uint8_t)bits;
}

bool q931_number(struct q931_element e, struct leg_number *out)
{
	size_t head = 1, n;

	memset(out, 0, sizeof(*out));
	if (!e.octets || e.len < 1)
		return false;
	out->ton = e.octets[0] >> 4 & 7;
	out->npi = e.octets[0] & 0x0f;
	if (!(e.octets[0] & 0x80) && e.len > 1) {
		out->presentation = q931_presentation(e.octets[1] >> 5 & 3);
		out->screening = e.octets[1] & 3;
		while (head < e.len && !(e.octets[head] & 0x80))	/* octet 3b of a redirecting number */
			head++;
		head++;
	}
	n = e.len > head ? e.len - head : 0;
	if (n >= LEG_DIGITS_MAX)
		n = LEG_DIGITS_MAX - 1;
	for (size_t i = 0; i < n; i++)
		out->digits[i] = (char)(e.octets[head + i] & 0x7f);
	if (strspn(out->digits, "0123456789*#ABCD") != n)
		out->digits[0] = '\0';
	return true;
}

bool q931_uui(struct q931_element e, struct leg_uui *out)
{
	out->len = 0;
	if (!e.octets || e.len < 1 || e.len > LEG_UUI_MAX)
		return false;
	memcpy(out->octets, e.octets, e.len);
	out->len = (uint8_t)e.len;
	return true;
}

bool q931_date_time(struct q931_element e, char out[24])
{
	const uint8_t *p = e.octets;
	int n;

	out[0] = '\0';
	if (!p || e.len < 3 || p[0] > 99 || p[1] < 1 || p[1] > 12 || p[2] < 1 || p[2] > 31)
		return false;
	n = snprintf(out, 24, "20%02u-%02u-%02u", p[0], p[1], p[2]);
	if (e.len >= 5 && p[3] < 24 && p[4] < 60)
		n += snprintf(out + n, 24 - (size_t)n, " %02u:%02u", p[3], p[4]);
	if (e.len >= 6 && n > 10 && p[5] < 61)
		snprintf(out + n, 24 - (size_t)n, ":%02u", p[5]);
	return true;
}

bool q931_digits(const char *digits)
{
	return digits[0] && strspn(digits, "0123456789*#ABCD") == strlen(digits);
}

size_t q931_put_number(const struct leg_number *n, uint8_t *out)
{
	size_t len = q931_digits(n->digits) ? strlen(n->digits) : 0;

	out[0] = (uint8_t)((n->ton & 7) << 4 | (n->npi & 0x0f));
	out[1] = (uint8_t)(0x80 | (n->presentation & 3) << 5 | (n->screening & 3));
	memcpy(out + 2, n->digits, len);
	return len + 2;
}

void q931_hex(struct q931_element e, uint8_t id, char out[LEG_ELEMENT_MAX])
{
	size_t n = e.len < LEG_ELEMENT_MAX / 2 - 3 ? e.len : LEG_ELEMENT_MAX / 2 - 3;

	out[0] = '\0';
	if (!e.octets)
		return;
	snprintf(out, LEG_ELEMENT_MAX, "%02x%02x", id, (unsigned)e.len);
	for (size_t i = 0; i < n; i++)
		snprintf(out + 4 + 2 * i, 3, "%02x", e.octets[i]);
}
