/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests/switch/alter.c: messages that libpri would not send. A rule is tied to a call reference and a message
 * type and is applied whenever such a frame is written, so a repetition by layer 2 is the same as the first.
 * A whole message rides on an INFORMATION of a call reference of its own, which gives it its N(S).
 */
#include <stdlib.h>
#include <string.h>

#include "tests/switch/switch.h"

#define L2 4	/* address and control field of an I frame */
#define HEAD 9	/* and with protocol discriminator, call reference and message type */
#define RULES 64
#define INFORMATION 0x7b

static struct rule {
	unsigned cr;
	uint8_t type;
	bool whole;
	struct edit edit;
	uint8_t message[FRAME_MAX];
	size_t len;
} rules[RULES];
static unsigned n_rules;

int unhex(uint8_t *out, size_t size, const char *hex)
{
	size_t n = 0;

	for (; hex[0] && hex[0] != '+' && hex[0] != '-'; hex += 2, n++) {
		char two[3] = {hex[0], hex[1], 0}, *end;

		if (n == size)
			return -1;
		out[n] = (uint8_t)strtoul(two, &end, 16);
		if (end != two + 2)
			return -1;
	}
	return (int)n;
}

int edit_parse(struct edit *e, const char *text)
{
	memset(e, 0, sizeof(*e));
	while (*text) {
		uint8_t *to = *text == '+' ? e->add + e->n_add : e->drop + e->n_drop;
		size_t room = *text == '+' ? sizeof(e->add) - e->n_add : sizeof(e->drop) - e->n_drop;
		int n = unhex(to, room, text + 1);

		if ((*text != '+' && *text != '-') || n < 1)
			return -1;
		*(*text == '+' ? &e->n_add : &e->n_drop) += (size_t)n;
		text += 1 + 2 * n;
	}
	return 0;
}

static struct rule *new_rule(unsigned cr, uint8_t type)
{
	struct rule *r = &rules[n_rules++ % RULES];

	memset(r, 0, sizeof(*r));
	r->cr = cr;
	r->type = type;
	return r;
}

void alter_edit(unsigned cr, uint8_t type, const struct edit *e)
{
	if (e->n_add || e->n_drop)
		new_rule(cr, type)->edit = *e;
}

int alter_send(struct sw *sw, unsigned cr, uint8_t type, const char *hex)
{
	q931_call *carrier = pri_new_call(sw->pri);
	struct rule *r;
	int n;

	if (!carrier)
		return -1;
	r = new_rule(call_reference(sw, carrier), INFORMATION);
	memcpy(r->message, (uint8_t[]){8, 2, (uint8_t)(cr >> 8), (uint8_t)cr, type}, HEAD - L2);
	n = unhex(r->message + HEAD - L2, sizeof(r->message) - HEAD, hex);
	r->whole = true;
	r->len = (size_t)(n + HEAD - L2);
	if (n >= 0)
		n = pri_information(sw->pri, carrier, '0');
	pri_destroycall(sw->pri, carrier);
	return n;
}

static size_t element_len(const uint8_t *at, size_t left)
{
	size_t n = *at & 0x80 ? 1 : left < 2 ? left : 2U + at[1];

	return n < left ? n : left;
}

static bool holds(const uint8_t *ids, size_t n, uint8_t id)
{
	return n && memchr(ids, id, n);
}

static bool replaced(const struct edit *e, uint8_t id)
{
	for (size_t i = 0; i < e->n_add; i += element_len(e->add + i, e->n_add - i))
		if (e->add[i] == id)
			return true;
	return false;
}

/* Elements stand in the order of their identifiers (Q.931 4.5.1). */
static size_t insert(uint8_t *ies, size_t len, const uint8_t *ie, size_t n)
{
	size_t at = 0;

	while (at < len && (ies[at] & 0x80 || ies[at] <= ie[0]))
		at += element_len(ies + at, len - at);
	memmove(ies + at + n, ies + at, len - at);
	memcpy(ies + at, ie, n);
	return len + n;
}

static size_t apply(const struct edit *e, uint8_t *ies, size_t len, size_t room)
{
	for (size_t at = 0; at < len;) {
		size_t n = element_len(ies + at, len - at);

		if (holds(e->drop, e->n_drop, ies[at]) || replaced(e, ies[at])) {
			memmove(ies + at, ies + at + n, len - at - n);
			len -= n;
		} else {
			at += n;
		}
	}
	for (size_t i = 0, n; i < e->n_add && len + e->n_add <= room; i += n) {
		n = element_len(e->add + i, e->n_add - i);
		len = insert(ies, len, e->add + i, n);
	}
	return len;
}

size_t alter_frame(uint8_t *frame, size_t len)
{
	unsigned have = n_rules < RULES ? n_rules : RULES, cr;

	if (len < HEAD || (frame[2] & 1) || frame[4] != 8 || frame[5] != 2)
		return len;
	cr = (unsigned)frame[6] << 8 | frame[7];
	for (unsigned i = 1; i <= have; i++) {
		const struct rule *r = &rules[(n_rules - i) % RULES];

		if (r->cr != cr || r->type != frame[8])
			continue;
		if (!r->whole)
			return HEAD + apply(&r->edit, frame + HEAD, len - HEAD, FRAME_MAX - HEAD);
		memcpy(frame + L2, r->message, r->len);
		return L2 + r->len;
	}
	return len;
}
