/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gateway/ops/mask.h: numbers of people, made unreadable in a trace that leaves the house. Lengths stay, so that messages remain
 * well formed: what is masked becomes '*', which is a digit to Q.931 (IA5) and allowed in a SIP user part. Pure.
 */
#ifndef GATEWAY_OPS_MASK_H
#define GATEWAY_OPS_MASK_H

#include <stddef.h>
#include <stdint.h>

#define MASK_KEPT 4	/* digits at the beginning of a number that stay; shorter numbers stay whole */

/* A frame of a D channel: numbers and keypad facility behind MASK_KEPT digits, in INFORMATION all of theirs (overlap: the SETUP
 * has shown what may be read, or less); user-user information behind its first octet; every run of more than MASK_KEPT digits in the
 * other elements. */
void mask_lapd(uint8_t *frame, size_t len);
/* The same in the URIs, the quoted names and User-to-User of a SIP message's header; its body stays. In hex a masked octet is 2a. */
void mask_sip(char *message, size_t len);

#endif
