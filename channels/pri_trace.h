/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/pri_trace.h: reads enough of a D-channel frame to say what it is in a ladder: Q.921's I frames
 * and, in them, Q.931's message type, call reference and the elements that people ask about, and the maintenance
 * messages of North American switches, which have protocol discriminators of their own. It decides nothing about
 * calls; libpri does. Pure: pointer and length in.
 */
#ifndef CHANNELS_PRI_TRACE_H
#define CHANNELS_PRI_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define Q931_DETAIL_MAX 400	/* octets of the words with the ending zero */

enum q921_kind { Q921_I, Q921_RESET, Q921_OTHER };	/* RESET: SABME, UA or DM: numbering starts again. OTHER
					 * too: whatever has not the address of a primary rate's only link, SAPI 0 and TEI 0 */
struct q921_seq {
	uint8_t next;		/* N(S) expected, modulo 128 */
};

/* Protocol discriminators: Q.931 4.2; maintenance by AT&T TR 41459, and the one that libpri has for NI2. */
enum { Q931_PD = 0x08, Q931_PD_MAINTENANCE = 0x03, Q931_PD_MAINTENANCE_NI2 = 0x43 };

/* What a SERVICE message is, by either discriminator: the types change places between the two. */
enum q931_service { Q931_NO_SERVICE, Q931_SERVICE, Q931_SERVICE_ACK };

struct q931_msg {
	uint8_t pd;		/* protocol discriminator */
	enum q931_service service;
	int status;		/* of SERVICE and its answer: change status (0 in service, 1 maintenance, 2 out), -1 for none */
	unsigned cr;		/* call reference value, 0 for the global one; always of maintenance: it is about no call */
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
const char *q931_msg_name(const struct q931_msg *m);	/* the same, with the messages of maintenance */

#endif
