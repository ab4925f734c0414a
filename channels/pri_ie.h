/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/pri_ie.h: information elements of a D-channel frame: found, read, put in and taken out (Q.931 4.5). For what
 * libpri does not give or take whole: a second calling party number, user-user information with octets of any
 * value, date and time, and every number as it came. Pure: pointer and length in. Loop thread.
 */
#ifndef CHANNELS_PRI_IE_H
#define CHANNELS_PRI_IE_H

#include <stddef.h>
#include <stdint.h>

#include "channels/leg.h"

/* Q.931 table 4-3. */
enum q931_ie { IE_BEARER = 0x04, IE_PROGRESS = 0x1e, IE_DATE_TIME = 0x29, IE_KEYPAD = 0x2c, IE_CONNECTED = 0x4c,
	       IE_CONNECTED_SUB = 0x4d, IE_CALLING = 0x6c, IE_CALLING_SUB = 0x6d, IE_CALLED = 0x70, IE_CALLED_SUB = 0x71,
	       IE_REDIRECTING = 0x74, IE_LLC = 0x7c, IE_HLC = 0x7d, IE_USER_USER = 0x7e, IE_COMPLETE = 0xa1 };
#define IE_MAX 255	/* octets of an element's contents */

struct q931_element {
	const uint8_t *octets;	/* its contents, NULL when the message has none such */
	size_t len;
};

/* The Nth element (0 is the first) ID of codeset 0 in FRAME, which q931_read() takes for a message. */
struct q931_element q931_find(const uint8_t *frame, size_t len, uint8_t id, unsigned n);
/* Puts an ELEMENT of N octets, identifier and length with it, into FRAME, which has room for MAX octets, at its place by Q.931
 * 4.5.1, behind those that have its identifier already. Returns the new length; LEN when there is no room. */
size_t q931_insert(uint8_t *frame, size_t len, size_t max, const uint8_t *element, size_t n);
/* Takes out every element ID of codeset 0 whose contents are LONGEST octets at most. Returns the new length. */
size_t q931_take_out(uint8_t *frame, size_t len, uint8_t id, size_t longest);
/* Octets of the element at P, LEFT of them at most; 0 when it is cut short. */
size_t q931_size(const uint8_t *p, size_t left);

/* Presentation indicator of octet 3a (Q.931 4.5.10): the reserved value is taken as restricted. */
uint8_t q931_presentation(unsigned bits);
/* Each false when there is none, or it is too short to be one. */
bool q931_number(struct q931_element e, struct leg_number *out);
bool q931_uui(struct q931_element e, struct leg_uui *out);
bool q931_date_time(struct q931_element e, char out[24]);	/* "2026-11-27 14:19", seconds when it has them */
bool q931_digits(const char *digits);	/* are there any, and nothing but (IA5, Q.931 4.5.8)? */
/* A calling party number's contents into OUT (LEG_DIGITS_MAX + 2 octets); returns how many. */
size_t q931_put_number(const struct leg_number *n, uint8_t *out);
/* Identifier, length and contents in hex; what does not fit is left out. "" when there is none. */
void q931_hex(struct q931_element e, uint8_t id, char out[LEG_ELEMENT_MAX]);

#endif
