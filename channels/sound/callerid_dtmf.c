/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/sound/callerid_dtmf.c: caller ID as a string of DTMF digits. EN 300 659-1 annex: A number, D redirecting number,
 * B reason, each if there is one, then C; reasons are 00 not available and 10 withheld. Denmark: A number #, or D and a
 * reason (1 withheld, 2 international, 3 technical) and #. Taiwan, Kuwait and parts of Brazil and India: D number C or #. Some
 * send the number with no start digit.
 */
#include "channels/sound/callerid_message.h"

#include <errno.h>
#include <string.h>

#define BARE_MIN 3	/* digits of a number with no start digit; fewer are a service code that somebody dials */

int callerid_dtmf_string(const struct callerid *c, char *out, size_t max)
{
	uint8_t number[CALLERID_NUMBER_MAX], from[CALLERID_NUMBER_MAX];
	size_t n = c->no_number ? 0 : callerid_number_to_line(c->number, false, number, sizeof(number));
	size_t nf = callerid_number_to_line(c->redirecting, false, from, sizeof(from)), at = 0;
	char start = c->dtmf_start ? c->dtmf_start : 'A', end = c->dtmf_end ? c->dtmf_end : 'C';
	bool etsi = start == 'A' && end == 'C';

	if (c->message != CALLERID_CALL || (start != 'A' && start != 'D') || (end != 'C' && end != '#') ||
	    max < sizeof(number) + sizeof(from) + 8)
		return -EINVAL;
	for (size_t i = 0; i < n; i++)
		if (number[i] < '0' || number[i] > '9')
			return -EINVAL;		/* * and # would end or break it */
	for (size_t i = 0; i < nf; i++)
		if (from[i] < '0' || from[i] > '9')
			nf = 0;
	if (n) {
		out[at++] = start;
		memcpy(out + at, number, n);
		at += n;
	}
	if (nf && etsi) {
		out[at++] = 'D';
		memcpy(out + at, from, nf);
		at += nf;
	}
	if (!n && end == '#') {
		out[at++] = 'D';
		out[at++] = c->no_number == 'P' ? '1' : '3';
	} else if (!n) {
		out[at++] = 'B';
		out[at++] = c->no_number == 'P' ? '1' : '0';
		out[at++] = '0';
	}
	out[at++] = end;
	out[at] = 0;
	return (int)at;
}

static bool digit(char c)
{
	return c >= '0' && c <= '9';
}

static void copy(char out[32], const char *digits, size_t n)
{
	if (n > 31)
		n = 31;
	memcpy(out, digits, n);
	out[n] = 0;
}

/* One field: a letter (or none) and its N digits. */
static int take(struct callerid *c, char letter, const char *digits, size_t n, bool first, char end)
{
	if (letter == 'B') {
		if (n != 2 || digits[1] != '0' || digits[0] > '1')
			return -EBADMSG;
		c->no_number = digits[0] == '1' ? 'P' : 'O';
		if (*c->number && c->dtmf_start == 'D') {	/* D number B reason: the number was a redirecting one */
			memcpy(c->redirecting, c->number, sizeof(c->redirecting));
			c->number[0] = c->dtmf_start = 0;
		}
	} else if (letter == 'D' && first && n == 1 && end == '#') {
		if (digits[0] < '1' || digits[0] > '3')
			return -EBADMSG;
		c->no_number = digits[0] == '1' ? 'P' : 'O';
	} else if (letter == 'D' && !first) {
		copy(c->redirecting, digits, n);
	} else {
		if (n < (letter ? 1 : BARE_MIN) || !first)
			return -EBADMSG;
		copy(c->number, digits, n);
	}
	return 0;
}

int callerid_dtmf_parse(const char *digits, size_t n, struct callerid *out)
{
	struct callerid c = { .method = CID_DTMF };
	size_t at = 0;
	char end;

	if (n < 2 || n > CALLERID_DTMF_MAX || (digits[n - 1] != 'C' && digits[n - 1] != '#'))
		return -EBADMSG;
	end = digits[--n];
	c.dtmf_start = digit(digits[0]) || digits[0] == 'B' ? 0 : digits[0];
	c.dtmf_end = end;
	while (at < n) {
		bool first = at == 0;
		char letter = digit(digits[at]) ? 0 : digits[at++];
		size_t from = at;

		if (letter && letter != 'A' && letter != 'B' && letter != 'D')
			return -EBADMSG;
		while (at < n && digit(digits[at]))
			at++;
		if (take(&c, letter, digits + from, at - from, first, end))
			return -EBADMSG;
	}
	if (*c.number)
		c.no_number = 0;
	else if (!c.no_number)
		c.no_number = 'O';
	*out = c;
	return 0;
}
