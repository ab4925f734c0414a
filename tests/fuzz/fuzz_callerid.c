/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzes what is read of caller ID messages: the first octet says which kind the rest is. What is read must be terminated,
 * printable UTF-8 with fields in their ranges, and what is sent of it must be read again as the same.
 */
#include <stdlib.h>
#include <string.h>

#include "channels/sound/callerid_message.h"
#include "tests/fuzz/fuzz.h"

static void check(bool right)
{
	if (!right)
		abort();
}

static void check_number(const char *number, size_t size)
{
	check(memchr(number, 0, size) != NULL);
	check(strspn(number + (*number == '+'), "0123456789*#") == strlen(number + (*number == '+')));
}

static void check_name(const char *name, size_t size)
{
	uint8_t line[64];
	size_t n;

	check(memchr(name, 0, size) != NULL);
	for (const char *p = name; *p; p++)
		check((uint8_t)*p >= 0x20 && *p != 0x7f);
	n = callerid_name_to_latin1(name, false, line, sizeof(line));
	check(n <= strlen(name));
	for (size_t i = 0; i < n; i++)
		check((line[i] >= 0x20 && line[i] < 0x7f) || line[i] >= 0xa0);
}

static void check_fields(const struct callerid *c)
{
	check_number(c->number, sizeof(c->number));
	check_number(c->redirecting, sizeof(c->redirecting));
	check_name(c->name, sizeof(c->name));
	check(c->no_number == 0 || c->no_number == 'O' || c->no_number == 'P');
	check(c->no_name == 0 || c->no_name == 'O' || c->no_name == 'P');
	check(!(*c->number && c->no_number) && !(*c->name && c->no_name));
	check(c->month <= 12 && c->day <= 31 && c->hour <= 23 && c->minute <= 59);
}

/* To octets or digits and back. */
static int again(const struct callerid *c, struct callerid *out)
{
	uint8_t octets[CALLERID_OCTETS_MAX + 64];
	char digits[CALLERID_DTMF_MAX + 1];
	int n;

	switch (c->method) {
	case CID_DTMF:
		n = callerid_dtmf_string(c, digits, sizeof(digits));
		return n < 0 ? n : callerid_dtmf_parse(digits, (size_t)n, out);
	case CID_NTT:
		n = callerid_ntt_octets(c, octets, sizeof(octets));
		return n < 0 ? n : callerid_ntt_parse(octets, (size_t)n, out);
	default:
		n = callerid_fsk_octets(c, c->method, octets, sizeof(octets));
		return n < 0 ? n : callerid_fsk_parse(octets, (size_t)n, c->method, out);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct callerid c, d;
	uint8_t octets[512];
	int err;

	if (size < 2 || size > sizeof(octets))
		return 0;
	memcpy(octets, data + 1, --size);
	switch (data[0] & 7) {
	case 0:
	case 1:
		err = callerid_fsk_parse(octets, size, data[0] & 1 ? CID_V23 : CID_BELL202, &c);
		break;
	case 2:
	case 3:		/* as it would be with the right checksum and length */
		octets[size - 1] = 0;
		octets[1 % size] = (uint8_t)(size - 3);
		for (size_t i = 0; i + 1 < size; i++)
			octets[size - 1] = (uint8_t)(octets[size - 1] - octets[i]);
		err = callerid_fsk_parse(octets, size, data[0] & 1 ? CID_V23 : CID_BELL202, &c);
		break;
	case 4:
		for (size_t n = 0; n <= size; n++)
			callerid_ntt_end(octets, n);
		err = callerid_ntt_parse(octets, size, &c);
		break;
	default:
		err = callerid_dtmf_parse((const char *)octets, size, &c);
	}
	if (err)
		return 0;
	check_fields(&c);
	if (again(&c, &d))
		return 0;	/* a number that digits cannot carry */
	check_fields(&d);
	check(d.message == c.message);
	if (c.message != CALLERID_CALL)
		return 0;
	check(d.no_number == (*d.number ? 0 : c.no_number ? c.no_number : 'O'));
	if (strlen(c.number) <= CALLERID_NUMBER_MAX && c.number[0] != '+')
		check(!strcmp(c.number, d.number));
	return 0;
}
