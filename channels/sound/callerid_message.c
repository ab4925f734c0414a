/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/sound/callerid_message.c: messages of GR-30 and GR-31 (single and multiple data message format) and of EN 300
 * 659-3, as octets. A message is believed when its checksum is right and its parameters fill it exactly.
 */
#include "channels/sound/callerid_message.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum {				/* message types */
	SDMF_CALL = 0x04,
	SDMF_WAITING = 0x06,
	MDMF_CALL = 0x80,
	MDMF_WAITING = 0x82,
	MDMF_CHARGE = 0x86,
	MDMF_SMS = 0x89,
};
enum {				/* parameters, EN 300 659-3 table 4; 0x01 to 0x08 and 0x0b are GR-30's too */
	P_DATE = 0x01,
	P_NUMBER = 0x02,
	P_DIALABLE = 0x03,	/* GR-1188: caller's number as to be dialled; EN 300 659-3: the called number */
	P_NO_NUMBER = 0x04,
	P_NAME = 0x07,
	P_NO_NAME = 0x08,
	P_LAMP = 0x0b,
	P_CALL_TYPE = 0x11,
	P_MESSAGES = 0x13,
	P_REDIRECTING = 0x1a,
};
#define CALL_TYPE_WAITING 0x81		/* SIN 227: a call setup message that says messages wait */
#define LAMP_SDMF_ON 0x42
#define LAMP_SDMF_OFF 0x6f

struct writer {
	uint8_t *out;
	size_t n, max;
};

static void put(struct writer *w, uint8_t type, const void *data, size_t len)
{
	if (w->n + 2 + len > w->max) {
		w->max = 0;		/* it does not fit: said at the end */
		return;
	}
	w->out[w->n++] = type;
	w->out[w->n++] = (uint8_t)len;
	memcpy(w->out + w->n, data, len);
	w->n += len;
}

static void date_text(const struct callerid *c, char out[16])
{
	snprintf(out, 16, "%02u%02u%02u%02u", c->month % 100u, c->day % 100u, c->hour % 100u, c->minute % 100u);
}

/* The number, or why there is none: EN 300 659-3 5.2.1 has one of the two as mandatory. */
static void put_number(struct writer *w, const struct callerid *c)
{
	uint8_t text[CALLERID_NUMBER_MAX];
	size_t n = c->no_number ? 0 : callerid_number_to_line(c->number, true, text, sizeof(text));

	if (n)
		put(w, P_NUMBER, text, n);
	else
		put(w, P_NO_NUMBER, c->no_number == 'P' ? "P" : "O", 1);
}

static void put_name(struct writer *w, const struct callerid *c, enum cid_method method)
{
	uint8_t text[CALLERID_NAME_V23_MAX];
	bool bell = method == CID_BELL202;
	size_t n = c->no_name ? 0 : callerid_name_to_latin1(c->name, bell, text, bell ? CALLERID_NAME_BELL_MAX : sizeof(text));

	if (n)
		put(w, P_NAME, text, n);
	else if (c->no_name)
		put(w, P_NO_NAME, c->no_name == 'P' ? "P" : "O", 1);
}

static void put_multiple(struct writer *w, const struct callerid *c, enum cid_method method)
{
	uint8_t text[CALLERID_NUMBER_MAX];
	char date[16];
	size_t n;

	date_text(c, date);
	if (c->month)
		put(w, P_DATE, date, 8);
	if (c->message == CALLERID_MESSAGE_WAITING) {
		put(w, P_LAMP, c->waiting ? "\xff" : "", 1);
		if (c->messages)
			put(w, P_MESSAGES, &c->messages, 1);
		return;
	}
	put_number(w, c);
	put_name(w, c, method);
	n = callerid_number_to_line(c->redirecting, true, text, sizeof(text));
	if (n && method == CID_V23)
		put(w, P_REDIRECTING, text, n);
}

static size_t single_body(const struct callerid *c, uint8_t body[8 + CALLERID_NUMBER_MAX])
{
	char date[16];
	size_t n;

	if (c->message == CALLERID_MESSAGE_WAITING) {
		memset(body, c->waiting ? LAMP_SDMF_ON : LAMP_SDMF_OFF, 3);
		return 3;
	}
	date_text(c, date);
	memcpy(body, date, 8);
	n = c->no_number ? 0 : callerid_number_to_line(c->number, true, body + 8, CALLERID_NUMBER_MAX);
	if (!n) {
		body[8] = c->no_number == 'P' ? 'P' : 'O';
		n = 1;
	}
	return 8 + n;
}

int callerid_fsk_octets(const struct callerid *c, enum cid_method method, uint8_t *out, size_t max)
{
	bool waiting = c->message == CALLERID_MESSAGE_WAITING;
	struct writer w = { out, 0, max };
	uint8_t sum = 0;

	if ((method != CID_BELL202 && method != CID_V23) || max < 3)
		return -EINVAL;
	w.max = max - 1;		/* the checksum's place */
	if (c->single && method == CID_BELL202) {
		uint8_t body[8 + CALLERID_NUMBER_MAX];

		put(&w, waiting ? SDMF_WAITING : SDMF_CALL, body, single_body(c, body));
	} else {
		out[0] = waiting ? MDMF_WAITING : MDMF_CALL;
		w.n = 2;
		put_multiple(&w, c, method);
		out[1] = (uint8_t)(w.n - 2);
	}
	if (!w.max)
		return -EINVAL;
	for (size_t i = 0; i < w.n; i++)
		sum = (uint8_t)(sum + out[i]);
	out[w.n++] = (uint8_t)-sum;
	return (int)w.n;
}

bool callerid_fsk_type(uint8_t type)
{
	return type == SDMF_CALL || type == SDMF_WAITING || type == MDMF_CALL || type == MDMF_WAITING ||
	       type == MDMF_CHARGE || type == MDMF_SMS;
}

/* "MMDDHHMM"; a date that no calendar has is as if there were none. */
void callerid_date_from_line(const uint8_t *p, size_t n, struct callerid *c)
{
	uint8_t v[4];

	if (n != 8)
		return;
	for (int i = 0; i < 4; i++) {
		unsigned hi = p[2 * i] - '0', lo = p[2 * i + 1] - '0';

		if (hi > 9 || lo > 9)
			return;
		v[i] = (uint8_t)(hi * 10 + lo);
	}
	if (v[0] < 1 || v[0] > 12 || v[1] < 1 || v[1] > 31 || v[2] > 23 || v[3] > 59)
		return;
	c->month = v[0];
	c->day = v[1];
	c->hour = v[2];
	c->minute = v[3];
}

static char reason(uint8_t code)
{
	return code == 'P' ? 'P' : 'O';
}

/* A number, or in its place one letter that says why there is none, as SDMF has it and some switches in MDMF too. */
static void take_number(struct callerid *c, const uint8_t *p, size_t n)
{
	callerid_number_from_line(p, n, c->number, sizeof(c->number));
	if (!*c->number)
		c->no_number = reason(n ? p[0] : 'O');
}

static void take_name(struct callerid *c, const uint8_t *p, size_t n)
{
	if (n == 1 && (p[0] == 'P' || p[0] == 'O'))
		c->no_name = reason(p[0]);
	else
		callerid_name_from_line(p, n, c->name, sizeof(c->name));
}

static void take(struct callerid *c, enum cid_method method, uint8_t type, const uint8_t *p, size_t n)
{
	switch (type) {
	case P_DATE:
		callerid_date_from_line(p, n, c);
		break;
	case P_NUMBER:
		take_number(c, p, n);
		break;
	case P_DIALABLE:
		if (method == CID_BELL202 && !*c->number)
			callerid_number_from_line(p, n, c->number, sizeof(c->number));
		break;
	case P_NO_NUMBER:
		c->no_number = n ? reason(p[0]) : 'O';
		break;
	case P_NAME:
		take_name(c, p, n);
		break;
	case P_NO_NAME:
		c->no_name = n ? reason(p[0]) : 'O';
		break;
	case P_LAMP:
		c->waiting = n && p[0];
		break;
	case P_CALL_TYPE:
		if (n && p[0] == CALL_TYPE_WAITING)
			c->message = CALLERID_MESSAGE_WAITING;
		break;
	case P_MESSAGES:
		c->messages = n ? p[0] : 0;
		break;
	case P_REDIRECTING:
		callerid_number_from_line(p, n, c->redirecting, sizeof(c->redirecting));
		break;
	}
}

static int parse_multiple(struct callerid *c, enum cid_method method, const uint8_t *p, size_t n)
{
	bool lamp = false;

	while (n) {
		size_t len;

		if (n < 2 || (len = p[1]) > n - 2)
			return -EBADMSG;
		lamp = lamp || p[0] == P_LAMP;
		take(c, method, p[0], p + 2, len);
		p += 2 + len;
		n -= 2 + len;
	}
	if (c->message == CALLERID_MESSAGE_WAITING && !lamp)
		c->waiting = c->messages > 0;	/* SIN 227 says it by the count alone */
	return 0;
}

static int parse_single(struct callerid *c, uint8_t type, const uint8_t *p, size_t n)
{
	c->single = true;
	if (type == SDMF_WAITING) {
		c->waiting = n && p[0] == LAMP_SDMF_ON;
		return n && (p[0] == LAMP_SDMF_ON || p[0] == LAMP_SDMF_OFF) ? 0 : -EBADMSG;
	}
	if (n < 9)
		return -EBADMSG;
	callerid_date_from_line(p, 8, c);
	take_number(c, p + 8, n - 8);
	return 0;
}

int callerid_fsk_parse(const uint8_t *msg, size_t n, enum cid_method method, struct callerid *out)
{
	struct callerid c = { .method = method };
	uint8_t sum = 0;
	int err;

	if (n < 3 || n != msg[1] + 3u || !callerid_fsk_type(msg[0]))
		return -EBADMSG;
	for (size_t i = 0; i < n; i++)
		sum = (uint8_t)(sum + msg[i]);
	if (sum)
		return -EBADMSG;
	if (msg[0] == MDMF_CHARGE || msg[0] == MDMF_SMS)
		return -ENOMSG;
	if (msg[0] == MDMF_WAITING || msg[0] == SDMF_WAITING)
		c.message = CALLERID_MESSAGE_WAITING;
	err = msg[0] & 0x80 ? parse_multiple(&c, method, msg + 2, msg[1]) : parse_single(&c, msg[0], msg + 2, msg[1]);
	if (err)
		return err;
	if (*c.number)
		c.no_number = 0;
	if (*c.name)
		c.no_name = 0;
	*out = c;
	return 0;
}
