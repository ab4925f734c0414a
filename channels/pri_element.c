/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/pri_element.c: elements that libpri cannot send, put into its frames as they are written, and those that it does not
 * tell, taken from the frames as they come. Progress indicators (Q.931 4.5.23): libpri sends 8, and 3 in an NI2 SETUP; high layer
 * compatibility (4.5.17): neither way; the progress indicator of a DISCONNECT: not told. What a message is to carry is kept by call
 * reference and message type, because it may wait in the window of layer 2 and may be sent again. Loop thread.
 */
#include "channels/pri_private.h"

#include <string.h>

enum { IE_PROGRESS = 0x1e, IE_HLC = 0x7d, IE_COMPLETE = 0xa1 };
enum { ITU = 0x80, LOCATION = 1, HLC_PROFILE = 0x91 };	/* first profile, high layer protocol profile */

static struct pri_element *element_for(struct pri_leg *leg, uint8_t type)
{
	struct pri_link *link = leg->link;
	struct pri_element *e = &link->elements[link->n_elements++ % PRI_ELEMENTS];

	*e = (struct pri_element){.cr = leg->cr | (leg->leg.incoming ? 0x8000 : 0), .type = type};
	return e;
}

/* A far end may use a call reference again at once: what was kept for the call before is not for the new one. */
void pri_element_forget(struct pri_leg *leg)
{
	unsigned cr = leg->cr | (leg->leg.incoming ? 0x8000 : 0);

	for (size_t i = 0; i < PRI_ELEMENTS; i++)
		if (leg->link->elements[i].cr == cr)
			leg->link->elements[i].cr = 0;
}

void pri_element_progress(struct pri_leg *leg, uint8_t type, uint16_t progress)
{
	struct pri_element *e = element_for(leg, type);

	e->progress = progress;
	e->set_progress = true;
}

void pri_element_setup(struct pri_leg *leg, const struct leg_offer *o)
{
	struct pri_element *e = element_for(leg, Q931_SETUP_TYPE);

	e->progress = o->progress;
	e->set_progress = true;
	e->hlc = o->hlc;
}

void pri_element_complete(struct pri_leg *leg)
{
	element_for(leg, Q931_INFORMATION_TYPE)->complete = true;
}

/* --- Into a frame ------------------------------------------------------------------------------- */

struct frame {
	uint8_t *octets;
	size_t len, max, start;	/* start: of the elements */
};

/* Length of the element at AT; 0 when it is cut short. */
static size_t element_len(const struct frame *f, size_t at)
{
	if (f->octets[at] & 0x80)
		return 1;
	if (f->len - at < 2 || f->len - at - 2 < f->octets[at + 1])
		return 0;
	return 2U + f->octets[at + 1];
}

/* Elements of codeset 0 stand in rising order, before any shift (Q.931 4.5.1, 4.5.3). */
static void insert(struct frame *f, const uint8_t *ie, size_t len)
{
	size_t at = f->start, n;

	while (at < f->len && (f->octets[at] & 0xf0) != 0x90 && !(!(f->octets[at] & 0x80) && f->octets[at] > ie[0])) {
		n = element_len(f, at);
		if (!n)
			return;
		at += n;
	}
	if (f->len + len > f->max)
		return;
	memmove(f->octets + at + len, f->octets + at, f->len - at);
	memcpy(f->octets + at, ie, len);
	f->len += len;
}

/* Takes out every element ID of codeset 0; with EMPTY only those that have no more than one octet. */
static void take_out(struct frame *f, uint8_t id, bool empty)
{
	size_t at = f->start, n;

	while (at < f->len && (f->octets[at] & 0xf0) != 0x90) {
		n = element_len(f, at);
		if (!n)
			return;
		if (f->octets[at] == id && (!empty || n <= 3)) {
			memmove(f->octets + at, f->octets + at + n, f->len - at - n);
			f->len -= n;
		} else {
			at += n;
		}
	}
}

static void apply(struct frame *f, const struct pri_element *e)
{
	const uint8_t hlc[] = {IE_HLC, 2, HLC_PROFILE, (uint8_t)(0x80 | e->hlc)}, complete = IE_COMPLETE;

	if (e->set_progress)
		take_out(f, IE_PROGRESS, false);
	for (unsigned i = 1; e->set_progress && i < 16; i++) {
		const uint8_t ie[] = {IE_PROGRESS, 2, ITU | LOCATION, (uint8_t)(0x80 | i)};

		if (e->progress & 1U << i)
			insert(f, ie, sizeof(ie));
	}
	if (e->hlc)
		insert(f, hlc, sizeof(hlc));
	if (e->complete) {
		take_out(f, IE_CALLED, true);
		insert(f, &complete, 1);
	}
}

size_t pri_element_write(struct pri_link *link, uint8_t *frame, size_t len, size_t max)
{
	unsigned have = link->n_elements < PRI_ELEMENTS ? link->n_elements : PRI_ELEMENTS;
	struct frame f = {.octets = frame, .len = len, .max = max};
	struct q931_msg m;

	if (!have || !q931_read(frame, len, &m, NULL) || !m.cr)
		return len;
	f.start = m.elements_at;
	for (unsigned i = 1; i <= have; i++) {
		const struct pri_element *e = &link->elements[(link->n_elements - i) % PRI_ELEMENTS];

		if (e->cr != (m.cr | (m.flag ? 0x8000 : 0)) || e->type != m.type)
			continue;
		apply(&f, e);
		break;
	}
	return f.len;
}

/* --- From a frame ------------------------------------------------------------------------------- */

void pri_element_seen(struct pri_link *link, struct pri_leg *leg, const struct q931_msg *m)
{
	if (m->type == Q931_SETUP_TYPE) {
		link->setup_cr = m->cr;
		link->setup_hlc = m->hlc;
	} else if (leg && m->type == Q931_DISCONNECT_TYPE) {
		leg->rx_progress = m->progress;
	}
}

uint8_t pri_element_hlc(const struct pri_leg *leg)
{
	return leg->link->setup_cr == leg->cr ? leg->link->setup_hlc : 0;
}
