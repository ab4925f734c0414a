/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/pri_location.c: the location of a cause that goes out, and its diagnostics: octets that libpri has no
 * argument for, put in when the frame is written. Loop thread.
 */
#include "channels/pri_private.h"

#include <string.h>

#define N201 260 /* octets of a frame at most (Q.921 5.9.3) */

/* libpri sends every cause with location 1. What it should be is kept by call reference, because a message
 * may wait in the window of layer 2 after the call is gone, and put in when the frame is written. */
void pri_location(struct pri_link *link, const struct pri_leg *leg, uint8_t location)
{
	unsigned i = link->n_sent++ % PRI_SENT_CAUSES;

	link->sent[i] = (struct pri_sent){.cr = pri_leg_key(leg), .location = location & 0x0f};
}

/* libpri sends no diagnostics (Q.931 4.5.12): those that came with the cause on another line go on with it. */
void pri_location_diagnostics(struct pri_link *link, const struct leg_cause *cause)
{
	struct pri_sent *s = &link->sent[(link->n_sent - 1) % PRI_SENT_CAUSES];
	unsigned at = 0;

	s->own = cause->q850;
	while (at < cause->n_raw && !(cause->raw[at] & 0x80)) /* octet 3a, which a bit 8 of 0 announces */
		at++;
	at += 2;
	if (at >= cause->n_raw || cause->raw[0] & 0x60) /* none, or of another coding standard than ITU-T's */
		return;
	s->cause = cause->q850;
	s->n_diag = (uint8_t)(cause->n_raw - at);
	memcpy(s->diag, cause->raw + at, s->n_diag);
}

static size_t put_diagnostics(const struct pri_sent *s, const struct q931_msg *m, uint8_t *frame, size_t len)
{
	size_t at = m->raw_at + m->raw_len;

	if (!s->n_diag || m->cause != s->cause || m->raw_len != 2 || len + s->n_diag > N201)
		return len;
	memmove(frame + at + s->n_diag, frame + at, len - at);
	memcpy(frame + at, s->diag, s->n_diag);
	frame[m->raw_at - 1] = (uint8_t)(m->raw_len + s->n_diag);
	return len + s->n_diag;
}

/* RELEASE when T305 is over has the cause of the DISCONNECT (Q.931 5.3.3); libpri's is always 16. */
static void put_cause(const struct pri_sent *s, const struct q931_msg *m, uint8_t *frame)
{
	if (m->type == Q931_RELEASE_TYPE && s->own && m->cause == 16 && m->raw_len == 2)
		frame[m->raw_at + 1] = 0x80 | s->own;
}

/* Returns the length of the frame, which diagnostics make longer. */
size_t pri_location_put(struct pri_link *link, uint8_t *frame, size_t len)
{
	unsigned have = link->n_sent < PRI_SENT_CAUSES ? link->n_sent : PRI_SENT_CAUSES;
	struct q931_msg m;

	if (!have || !q931_read(frame, len, &m, NULL) || !m.location_at || !m.cr || m.type == 0x7d)
		return len;
	for (unsigned i = 1; i <= have; i++) {
		unsigned at = (link->n_sent - i) % PRI_SENT_CAUSES;

		if (link->sent[at].cr != pri_sent_key(&m))
			continue;
		frame[m.location_at] = (uint8_t)((frame[m.location_at] & 0xf0) | link->sent[at].location);
		put_cause(&link->sent[at], &m, frame);
		return put_diagnostics(&link->sent[at], &m, frame, len);
	}
	return len;
}
