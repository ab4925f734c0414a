/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/pri_attach.c: elements that libpri does not send as they should be, put into its frames as they are written. What a
 * message is to carry is kept by call reference and message type, because it may wait in the window of layer 2 after the call is
 * gone, and is sent again with the same elements. Orders are followed in the order in which they came. Who has something to
 * attach: pri_element.c and pri_extra.c. Loop thread.
 */
#include "channels/pri_private.h"

#include <string.h>
#include <syslog.h>

enum { FRAME_N201 = 4 + 260 };	/* Q.921 5.9.3 */

static bool is_clearing(uint8_t type)
{
	return type == Q931_DISCONNECT_TYPE || type == Q931_RELEASE_TYPE || type == Q931_RELEASE_COMPLETE_TYPE;
}

void pri_attach(struct pri_leg *leg, uint8_t type, enum pri_attach_how how, uint8_t id, const uint8_t *elements, size_t n)
{
	struct pri_link *link = leg->link;
	struct pri_attach a = { .key = pri_leg_key(leg), .type = type, .how = how, .id = id, .len = (uint8_t)n };

	if (n > sizeof(a.octets))
		return;
	memcpy(a.octets, elements, n);
	link->attached[link->n_attached++ % PRI_ATTACHED] = a;
}

void pri_attach_element(struct pri_leg *leg, uint8_t type, enum pri_attach_how how, uint8_t id, const uint8_t *contents, size_t n)
{
	uint8_t element[PRI_ATTACH_MAX] = { id, (uint8_t)n };

	if (n > sizeof(element) - 2)
		return;
	memcpy(element + 2, contents, n);
	pri_attach(leg, type, how, id, element, n + 2);
}

void pri_attach_forget(struct pri_leg *leg)
{
	for (unsigned i = 0; i < PRI_ATTACHED; i++)
		if (leg->link->attached[i].key == pri_leg_key(leg))
			leg->link->attached[i].key = 0;
}

/* The new length. */
static size_t apply(struct pri_link *link, const struct pri_attach *a, uint8_t *frame, size_t len)
{
	size_t longer, size;

	if (a->how == ATTACH_UNLESS_THERE && q931_find(frame, len, a->id, 0).octets)
		return len;
	if (a->how == ATTACH_INSTEAD)
		len = q931_take_out(frame, len, a->id, IE_MAX);
	if (a->how == ATTACH_INSTEAD_OF_EMPTY)
		len = q931_take_out(frame, len, a->id, 1);
	for (size_t at = 0; at < a->len; at += size) {
		size = q931_size(a->octets + at, a->len - at);
		longer = q931_insert(frame, len, FRAME_N201, a->octets + at, size);
		if (longer == len)
			pri_log(link, LOG_NOTICE, "call %u: element 0x%02x does not fit into its message, left out", a->key & 0x7fff,
				a->octets[at]);
		len = longer;
	}
	return len;
}

size_t pri_attach_write(struct pri_link *link, uint8_t *frame, size_t len)
{
	unsigned have = link->n_attached < PRI_ATTACHED ? link->n_attached : PRI_ATTACHED;
	unsigned first = link->n_attached - have;
	struct q931_msg m;

	if (!have || !q931_read(frame, len, &m, NULL) || !m.cr)
		return len;
	for (unsigned i = 0; i < have; i++) {
		struct pri_attach *a = &link->attached[(first + i) % PRI_ATTACHED];

		if (a->key != pri_sent_key(&m))
			continue;
		if (a->type == ATTACH_CLEARING && is_clearing(m.type))
			a->type = m.type;
		if (a->type == m.type)
			len = apply(link, a, frame, len);
	}
	return len;
}
