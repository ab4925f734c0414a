/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/pri_trace.h: reads enough of a D-channel frame to say what it is in a ladder: Q.921's I frames
 * and, in them, Q.931's message type, call reference and the elements that people ask about. It decides
 * nothing about calls; libpri does. Pure: pointer and length in.
 */
#ifndef CHANNELS_PRI_TRACE_H
#define CHANNELS_PRI_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define Q931_DETAIL_MAX 400	/* octets of the words with the ending zero */

enum q921_kind { Q921_I, Q921_RESET, Q921_OTHER };	/* RESET: SABME, UA or DM: numbering starts again */
struct q921_seq {
	uint8_t next;		/* N(S) expected, modulo 128 */
};

struct q931_msg {
	unsigned cr;		/* call reference value, 0 for the global one */
	bool flag;		/* call reference flag: sent towards the end that made the reference */
	uint8_t type;
	uint8_t cause, location;	/* 0 when there is no cause element */
	uint16_t progress;	/* progress indicators, bit N for value N (1 to 15) */
	uint8_t hlc;		/* high layer characteristics (4.5.17), 0 for none */
	size_t elements_at;	/* offset of the first element */
	uint8_t raw_len;	/* of the contents of the cause element, which begin at raw_at; 0 for none */
	size_t raw_at;
	bool has_state;		/* there is a call state element, and its value */
	uint8_t state;
	size_t location_at;	/* offset in the frame of the octet that holds the location, 0 for none */
};

enum q921_kind q921_kind(const uint8_t *frame, size_t len);
/* True when the I frame has not passed before; counts it. */
bool q921_first(struct q921_seq *seq, const uint8_t *frame, size_t len);

/* FRAME from the address field on, without its check sequence. False: not a Q.931 message. TEXT (may be
 * NULL) becomes the elements in words; whatever follows an element that is cut short is left out. */
bool q931_read(const uint8_t *frame, size_t len, struct q931_msg *out, char text[Q931_DETAIL_MAX]);
const char *q931_type_name(uint8_t type);	/* "SETUP"; "message 0x5a" is for the caller to make from NULL */

#endif
