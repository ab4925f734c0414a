/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/sound/callerid_ntt.c: the frame of NTT's number display: DLE SOH header, DLE STX, type, length and parameters, DLE
 * ETX, and a CRC. Octets have 7 bits and even parity, but for the CRC's two; a DLE among the data is sent twice. The
 * CRC is that of ITU-T V.41, the least bit first, over all between DLE SOH and itself with parity, as sent.
 */
#include "channels/sound/callerid_message.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { SOH = 0x01, STX = 0x02, ETX = 0x03, DLE = 0x10 };
enum {
	HEADER = 0x07,
	TYPE_CALL = 0x40,
	P_DATE = 0x01,
	P_NUMBER = 0x02,
	P_NO_NUMBER = 0x04,	/* 'P' withheld, 'O' not available, 'C' coin box, 'S' conflict of services */
	P_NAME = 0x07,
	P_NO_NAME = 0x08,
};
#define BEFORE_DATA 5		/* DLE SOH header DLE STX */
#define DATA_MAX 127

static uint8_t with_parity(uint8_t v)
{
	return (uint8_t)(v | (__builtin_parity(v) ? 0x80 : 0));
}

static uint16_t crc_of(const uint8_t *p, size_t n)
{
	uint16_t crc = 0;

	while (n--) {
		crc ^= *p++;
		for (int i = 0; i < 8; i++)
			crc = (uint16_t)(crc & 1 ? crc >> 1 ^ 0x8408 : crc >> 1);
	}
	return crc;
}

struct data {
	uint8_t octets[DATA_MAX];
	size_t n;
};

static void put(struct data *d, uint8_t type, const void *value, size_t len)
{
	if (d->n + 2 + len > sizeof(d->octets))
		return;		/* the fields' own limits add up to less */
	d->octets[d->n++] = type;
	d->octets[d->n++] = (uint8_t)len;
	memcpy(d->octets + d->n, value, len);
	d->n += len;
}

static void put_fields(struct data *d, const struct callerid *c)
{
	uint8_t text[CALLERID_NUMBER_MAX > CALLERID_NAME_NTT_MAX ? CALLERID_NUMBER_MAX : CALLERID_NAME_NTT_MAX];
	char date[16];
	size_t n = c->no_number ? 0 : callerid_number_to_line(c->number, false, text, CALLERID_NUMBER_MAX);

	if (n)
		put(d, P_NUMBER, text, n);
	else
		put(d, P_NO_NUMBER, c->no_number == 'P' ? "P" : "O", 1);
	if (c->month) {
		snprintf(date, sizeof(date), "%02u%02u%02u%02u", c->month % 100u, c->day % 100u, c->hour % 100u,
			 c->minute % 100u);
		put(d, P_DATE, date, 8);
	}
	n = c->no_name ? 0 : callerid_name_to_latin1(c->name, true, text, CALLERID_NAME_NTT_MAX);
	if (n)
		put(d, P_NAME, text, n);
	else if (c->no_name)
		put(d, P_NO_NAME, c->no_name == 'P' ? "P" : "O", 1);
}

static size_t put_doubled(uint8_t *out, uint8_t v)
{
	out[0] = out[1] = v;
	return v == DLE ? 2 : 1;
}

int callerid_ntt_octets(const struct callerid *c, uint8_t *out, size_t max)
{
	static const uint8_t before[BEFORE_DATA] = { DLE, SOH, HEADER, DLE, STX };
	struct data d = { .n = 0 };
	size_t n = BEFORE_DATA;
	uint16_t crc;

	if (c->message != CALLERID_CALL)
		return -EINVAL;
	put_fields(&d, c);
	if (BEFORE_DATA + 2 * (d.n + 2) + 4 > max)
		return -EINVAL;
	memcpy(out, before, BEFORE_DATA);
	n += put_doubled(out + n, TYPE_CALL);
	n += put_doubled(out + n, (uint8_t)d.n);
	for (size_t i = 0; i < d.n; i++)
		n += put_doubled(out + n, d.octets[i]);
	out[n++] = DLE;
	out[n++] = ETX;
	for (size_t i = 0; i < n; i++)
		out[i] = with_parity(out[i]);
	crc = crc_of(out + 2, n - 2);
	out[n++] = (uint8_t)crc;
	out[n++] = (uint8_t)(crc >> 8);
	return (int)n;
}

/* Where DLE ETX ends, 0 for not yet. */
static size_t data_end(const uint8_t *msg, size_t n)
{
	for (size_t i = BEFORE_DATA; i + 1 < n; i++)
		if ((msg[i] & 0x7f) == DLE) {
			if ((msg[i + 1] & 0x7f) == ETX)
				return i + 2;
			i++;
		}
	return 0;
}

int callerid_ntt_end(const uint8_t *msg, size_t n)
{
	static const uint8_t before[BEFORE_DATA] = { DLE, SOH, HEADER, DLE, STX };
	size_t end;

	for (size_t i = 0; i < n && i < BEFORE_DATA; i++)
		if (i != 2 && (msg[i] & 0x7f) != before[i])
			return -EBADMSG;
	end = n > BEFORE_DATA ? data_end(msg, n) : 0;
	if (!end && n > BEFORE_DATA + 2 * (DATA_MAX + 2) + 2)
		return -EBADMSG;
	return end && n >= end + 2 ? (int)end + 2 : 0;
}

static char reason(const uint8_t *p, size_t len)
{
	return len && p[0] == 'P' ? 'P' : 'O';
}

static int take_fields(struct callerid *c, const uint8_t *p, size_t n)
{
	while (n) {
		size_t len;

		if (n < 2 || (len = p[1]) > n - 2)
			return -EBADMSG;
		if (p[0] == P_NUMBER)
			callerid_number_from_line(p + 2, len, c->number, sizeof(c->number));
		else if (p[0] == P_NO_NUMBER)
			c->no_number = reason(p + 2, len);
		else if (p[0] == P_NAME)
			callerid_name_from_line(p + 2, len, c->name, sizeof(c->name));
		else if (p[0] == P_NO_NAME)
			c->no_name = reason(p + 2, len);
		else if (p[0] == P_DATE)
			callerid_date_from_line(p + 2, len, c);
		p += 2 + len;
		n -= 2 + len;
	}
	if (*c->number)
		c->no_number = 0;
	else if (!c->no_number)
		c->no_number = 'O';
	if (*c->name)
		c->no_name = 0;
	return 0;
}

int callerid_ntt_parse(const uint8_t *msg, size_t n, struct callerid *out)
{
	struct callerid c = { .method = CID_NTT };
	uint8_t data[2 + DATA_MAX];
	size_t count = 0, raw;
	int err;

	if (callerid_ntt_end(msg, n) != (int)n || n < BEFORE_DATA + 6 || crc_of(msg + 2, n - 2))
		return -EBADMSG;
	for (size_t i = 0; i < n - 2; i++)
		if (__builtin_parity(msg[i]))
			return -EBADMSG;
	raw = n - 4 - BEFORE_DATA;	/* type, length and data with DLEs doubled */
	for (size_t i = BEFORE_DATA; i < n - 4; i++) {
		if (count == sizeof(data))
			return -EBADMSG;
		data[count] = msg[i] & 0x7f;
		if (data[count++] == DLE)
			i++;
	}
	/* Its length counts a doubled DLE once; some count it twice. */
	if (count < 2 || (data[1] != count - 2 && data[1] != raw - 2))
		return -EBADMSG;
	if (data[0] != TYPE_CALL)
		return -ENOMSG;
	err = take_fields(&c, data + 2, count - 2);
	if (!err)
		*out = c;
	return err;
}
