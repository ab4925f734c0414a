/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/pri_element.c: elements that libpri has no place for. Progress indicators (Q.931 4.5.23): libpri sends 8, and 3 in an NI2
 * SETUP; high layer compatibility (4.5.17): neither way; sending complete alone; the progress indicator of a DISCONNECT: not told.
 * Loop thread.
 */
#include "channels/pri_private.h"

#include <string.h>

enum { ITU = 0x80, LOCATION = 1, HLC_PROFILE = 0x91 };	/* first profile, high layer protocol profile */

void pri_element_progress(struct pri_leg *leg, uint8_t type, uint16_t progress)
{
	uint8_t elements[15 * 4];
	size_t n = 0;

	for (unsigned i = 1; i < 16; i++) {
		const uint8_t ie[] = {IE_PROGRESS, 2, ITU | LOCATION, (uint8_t)(0x80 | i)};

		if (!(progress & 1U << i))
			continue;
		memcpy(elements + n, ie, sizeof(ie));
		n += sizeof(ie);
	}
	pri_attach(leg, type, ATTACH_INSTEAD, IE_PROGRESS, elements, n);
}

void pri_element_setup(struct pri_leg *leg, const struct leg_offer *o)
{
	const uint8_t hlc[] = {HLC_PROFILE, (uint8_t)(0x80 | o->hlc)};

	pri_element_progress(leg, Q931_SETUP_TYPE, o->progress);
	if (o->hlc_ie.len)
		pri_attach_element(leg, Q931_SETUP_TYPE, ATTACH_BESIDE, IE_HLC, o->hlc_ie.octets, o->hlc_ie.len);
	else if (o->hlc)
		pri_attach_element(leg, Q931_SETUP_TYPE, ATTACH_BESIDE, IE_HLC, hlc, sizeof(hlc));
}

/* libpri has a called number without digits there. */
void pri_element_complete(struct pri_leg *leg)
{
	static const uint8_t complete = IE_COMPLETE;

	pri_attach(leg, Q931_INFORMATION_TYPE, ATTACH_INSTEAD_OF_EMPTY, IE_CALLED, &complete, 1);
}

/* --- From a frame ------------------------------------------------------------------------------- */

void pri_element_seen(struct pri_link *link, struct pri_leg *leg, const struct q931_msg *m)
{
	if (m->type == Q931_SETUP_TYPE) {
		link->setup_cr = m->cr;
		link->setup_hlc = m->hlc;
		link->setup_new = link->setup_wide = false;
		if (!leg && m->cr && !m->flag)
			pri_refused_setup(link);
	} else if (leg && m->type == Q931_DISCONNECT_TYPE) {
		leg->rx_progress = m->progress;
	}
}

uint8_t pri_element_hlc(const struct pri_leg *leg)
{
	return leg->link->setup_cr == leg->cr ? leg->link->setup_hlc : 0;
}
