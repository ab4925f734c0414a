/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/pri_facility.c: Facility elements (Q.932 8.2.3) that libpri neither tells nor sends: one remote operation read from the
 * frame that has come, and a FACILITY with octets of our own. Loop thread.
 *
 * libpri has no call for the latter. It sends NOTIFY, and the frame is made a FACILITY when it is written, which is also when it is sent
 * again; which of a call's it is stands in its notification indicator. So it is of dialects that have no NOTIFY of their own here:
 * NI2, 4ESS, 5ESS and DMS100 (pri_hold.c's goes out on euroisdn and qsig only).
 */
#include "channels/pri_private.h"

#include <string.h>

enum { NOTIFY = 0x6e, FACILITY = 0x62, IE_FACILITY = 0x1c, IE_NOTIFICATION = 0x27 };
enum { LAST_INDICATOR = 2 };	/* libpri sends 0 to 2 on these dialects */

/* --- In ------------------------------------------------------------------------------------------ */

struct tlv { uint8_t tag; const uint8_t *octets; size_t len; };

/* The next element of BER at *P; false at the end, or when it is cut short. Definite lengths of up to 127 octets: an element
 * of Q.931 holds little more. */
static bool next(const uint8_t **p, const uint8_t *end, struct tlv *out)
{
	if (end - *p < 2 || (*p)[1] > 0x7f || end - *p - 2 < (*p)[1])
		return false;
	*out = (struct tlv){(*p)[0], *p + 2, (*p)[1]};
	*p += 2 + out->len;
	return true;
}

static int32_t number(const struct tlv *t)
{
	uint32_t v = 0;

	for (size_t i = 0; i < t->len && i < 4; i++)
		v = v << 8 | t->octets[i];
	return (int32_t)v;
}

static bool component(const uint8_t *p, const uint8_t *end, struct pri_rose *out)
{
	struct tlv c, t;

	while (next(&p, end, &c)) {
		const uint8_t *in = c.octets, *stop = c.octets + c.len;

		if (c.tag < ROSE_INVOKE || c.tag > ROSE_REJECT)
			continue;	/* network facility extension, interpretation */
		memset(out, 0, sizeof(*out));
		out->type = c.tag;
		if (!next(&in, stop, &t) || (t.tag != 0x02 && t.tag != 0x05))
			return false;
		out->invoke = number(&t);
		if (out->type == ROSE_RESULT && next(&in, stop, &t) && t.tag == 0x30) {	/* an operation and what it gives */
			in = t.octets;
			stop = t.octets + t.len;
		}
		if (!next(&in, stop, &t))
			return true;
		if (t.tag == 0x06)	/* an object identifier: its last number is the operation */
			out->code = t.len ? t.octets[t.len - 1] : 0;
		else if (t.tag == 0x02 || out->type == ROSE_REJECT)
			out->code = number(&t);
		while (next(&in, stop, &t)) {	/* the argument: the numbers in it, one level deep */
			const uint8_t *arg = t.tag == 0x30 ? t.octets : in - t.len - 2, *last = t.octets + t.len;

			for (; out->n_args < 2 && next(&arg, last, &t);)
				out->args[out->n_args++] = number(&t);
		}
		return true;
	}
	return false;
}

bool pri_facility_read(const uint8_t *frame, size_t len, struct pri_rose *out)
{
	struct q931_element e = q931_find(frame, len, IE_FACILITY, 0);
	size_t at = 0;

	while (e.octets && at < e.len && !(e.octets[at] & 0x80))	/* the protocol profile, and what extends it */
		at++;
	return e.octets && at < e.len && component(e.octets + at + 1, e.octets + e.len, out);
}

/* A message for LEG has come: its remote operation is kept until the reader is at rest. */
void pri_facility_seen(struct pri_leg *leg, const uint8_t *frame, size_t len)
{
	if (pri_facility_read(frame, len, &leg->rose))
		leg->link->rx_facility = true;
}

/* --- Out ----------------------------------------------------------------------------------------- */

int pri_facility_send(struct pri_leg *leg, const uint8_t *octets, size_t n)
{
	struct pri_link *link = leg->link;
	struct pri_facility *f = &link->facilities[link->n_facilities++ % PRI_FACILITIES];

	if (leg->n_facilities > LAST_INDICATOR || n > sizeof(f->octets) || !leg->call)
		return -1;
	*f = (struct pri_facility){.key = pri_leg_key(leg), .indicator = leg->n_facilities, .len = (uint8_t)n};
	memcpy(f->octets, octets, n);
	return pri_notify(link->pri, leg->call, pri_encode(leg), leg->n_facilities++);
}

void pri_facility_forget(struct pri_leg *leg)
{
	for (size_t i = 0; i < PRI_FACILITIES; i++)
		if (leg->link->facilities[i].key == pri_leg_key(leg))
			leg->link->facilities[i].key = 0;
}

/* FRAME is about to be written; the new length. */
size_t pri_facility_put(struct pri_link *link, uint8_t *frame, size_t len, size_t max)
{
	uint8_t element[2 + sizeof(link->facilities->octets)] = { IE_FACILITY };
	struct q931_element e;
	struct q931_msg m;

	if (!link->n_facilities || !q931_read(frame, len, &m, NULL) || m.type != NOTIFY || !m.cr)
		return len;
	e = q931_find(frame, len, IE_NOTIFICATION, 0);
	for (size_t i = 0; e.octets && e.len == 1 && i < PRI_FACILITIES; i++) {
		const struct pri_facility *f = &link->facilities[i];

		if (f->key != pri_sent_key(&m) || e.octets[0] != (0x80 | f->indicator))
			continue;
		frame[m.elements_at - 1] = FACILITY;
		element[1] = f->len;
		memcpy(element + 2, f->octets, f->len);
		return q931_insert(frame, m.elements_at, max, element, 2U + f->len);
	}
	return len;
}
