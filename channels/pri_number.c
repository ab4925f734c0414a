/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/pri_number.c: numbers, names and progress indicators between the leg interface and libpri
 * (Q.931 4.5.8, 4.5.10, 4.5.23). Pure.
 */
#include "channels/pri_private.h"

#include <errno.h>
#include <iconv.h>
#include <stdio.h>
#include <string.h>

static uint8_t ton_of(int plan)
{
	return plan < 0 ? TON_UNKNOWN : plan >> 4 & 7;
}

static uint8_t npi_of(int plan)
{
	return plan < 0 ? NPI_UNKNOWN : plan & 0x0f;
}

/* A party that has a name instead of a number (a SIP user part in letters) has none on ISDN. */
void pri_number_out(struct pri_party_number *out, const struct leg_number *n)
{
	bool digits = q931_digits(n->digits);

	memset(out, 0, sizeof(*out));
	out->valid = digits || n->presentation;
	out->plan = digits ? n->ton << 4 | n->npi : 0;
	out->presentation = n->presentation << 5 | n->screening;
	snprintf(out->str, sizeof(out->str), "%s", digits ? n->digits : "");
}

void pri_digits_in(struct leg_number *out, const char *digits, int plan, int presentation)
{
	memset(out, 0, sizeof(*out));
	snprintf(out->digits, sizeof(out->digits), "%.*s", LEG_DIGITS_MAX - 1, digits);
	out->ton = ton_of(plan);
	out->npi = npi_of(plan);
	out->presentation = q931_presentation(presentation >> 5 & 3);
	out->screening = presentation & 3;
	for (const char *p = out->digits; *p; p++)
		if ((unsigned char)*p < ' ' || (unsigned char)*p >= 0x7f) {	/* no IA5 text: it would go to terminals and logs */
			out->digits[0] = '\0';
			break;
		}
}

void pri_number_in(struct leg_number *out, const struct pri_party_number *n)
{
	memset(out, 0, sizeof(*out));
	if (n->valid)
		pri_digits_in(out, n->str, n->plan, n->presentation);
}

/* The Latin-1 character at *S of a UTF-8 text, '?' for what Latin-1 has not; *S moves on. */
static uint8_t latin1(const char **s)
{
	const unsigned char *p = (const unsigned char *)*s;
	unsigned n = 1;
	uint8_t c = '?';

	if (p[0] < 0x80)
		c = p[0];
	else if ((p[0] == 0xc2 || p[0] == 0xc3) && (p[1] & 0xc0) == 0x80)
		c = (uint8_t)((p[0] & 3) << 6 | (p[1] & 0x3f));
	while ((p[n] & 0xc0) == 0x80 && p[0] >= 0xc0)
		n++;
	*s += n;
	return c;
}

void pri_name_out(struct pri_party_name *out, const char *utf8, int presentation)
{
	size_t n = 0;

	memset(out, 0, sizeof(*out));
	while (*utf8 && n < sizeof(out->str) - 1) {
		uint8_t c = latin1(&utf8);

		if (c >= 0x20 && c != 0x7f)
			out->str[n++] = (char)c;
	}
	out->valid = n > 0;
	out->char_set = PRI_CHAR_SET_ISO8859_1;
	out->presentation = presentation << 5;
}

/* As iconv(3) calls libpri's character sets; names of the others are taken for Latin-1. A BMPString comes through
 * libpri as text that ends at its first zero octet: nothing is left of it that could be shown. */
static const char *const charsets[] = {
	[PRI_CHAR_SET_ISO8859_2] = "ISO-8859-2", [PRI_CHAR_SET_ISO8859_3] = "ISO-8859-3",
	[PRI_CHAR_SET_ISO8859_4] = "ISO-8859-4", [PRI_CHAR_SET_ISO8859_5] = "ISO-8859-5",
	[PRI_CHAR_SET_ISO8859_7] = "ISO-8859-7", [PRI_CHAR_SET_ISO10646_UTF_8STRING] = "UTF-8",
};

/* TEXT to UTF-8, cut between characters where it is too long; what is no character of the set is left out. */
static void to_utf8(char *out, size_t size, const char *text, const char *charset)
{
	char *from = (char *)text, *to = out;
	size_t left = strlen(text), room = size - 1;
	iconv_t cd = iconv_open("UTF-8", charset);

	if (cd == (iconv_t)-1) {
		out[0] = '\0';
		return;
	}
	while (left && iconv(cd, &from, &left, &to, &room) == (size_t)-1 && errno == EILSEQ) {
		from++;
		left--;
	}
	iconv_close(cd);
	*to = '\0';
}

/* A name may be restricted where the number is not (ECMA-164, and NI2's, which is the same operation). An offer
 * has the presentation of its number alone: such a name goes no further. */
void pri_name_in(char out[LEG_NAME_MAX], const struct pri_party_name *n, const struct leg_number *who)
{
	size_t set = (size_t)n->char_set, at = 0;

	out[0] = '\0';
	if (!n->valid || n->char_set == PRI_CHAR_SET_ISO10646_BMPSTRING)
		return;
	if ((n->presentation & PRI_PRES_RESTRICTION) == PRI_PRES_RESTRICTED && who->presentation != PRES_RESTRICTED)
		return;
	to_utf8(out, LEG_NAME_MAX, n->str,
		set < sizeof(charsets) / sizeof(charsets[0]) && charsets[set] ? charsets[set] : "ISO-8859-1");
	for (const char *p = out; *p; p++)
		if ((unsigned char)*p >= 0x20 && *p != 0x7f)
			out[at++] = *p;
	out[at] = '\0';
}

/* Reasons of a redirection are Q.931 4.6.7's, but libpri's call deflection is 3 where it makes ETSI's operation of it.
 * Where it sends the element, the value goes as it is. */
int pri_reason_out(enum pri_dialect dialect, uint8_t reason)
{
	bool etsi = dialect == PRI_EUROISDN_E1 || dialect == PRI_EUROISDN_T1;

	return reason == 4 && etsi ? PRI_REDIR_DEFLECTION : reason;
}

uint8_t pri_reason_in(int reason)
{
	return reason == PRI_REDIR_DEFLECTION ? 4 : (uint8_t)reason;
}

uint16_t pri_progress_bits(int progressmask)
{
	static const struct {
		int mask;
		unsigned indicator;
	} rows[] = {
		/* Q.931 table 4-20 */
		{PRI_PROG_CALL_NOT_E2E_ISDN, 1}, {PRI_PROG_CALLED_NOT_ISDN, 2},
		{PRI_PROG_CALLER_NOT_ISDN, 3},   {PRI_PROG_CALLER_RETURNED_TO_ISDN, 4},
		{PRI_PROG_INBAND_AVAILABLE, 8},  {PRI_PROG_DELAY_AT_INTERF, 10},
	};
	uint16_t bits = 0;

	for (size_t i = 0; progressmask > 0 && i < sizeof(rows) / sizeof(rows[0]); i++)
		if (progressmask & rows[i].mask)
			bits |= (uint16_t)(1U << rows[i].indicator);
	return bits;
}
