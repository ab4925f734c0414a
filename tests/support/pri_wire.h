/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests/support/pri_wire.h: the bench of two trunks, and the octets of their messages: the last message of each type is kept. */
#ifndef TESTS_SUPPORT_PRI_WIRE_H
#define TESTS_SUPPORT_PRI_WIRE_H

#include "channels/pri_private.h"
#include "tests/support/pri_calls.h"

enum { MSG_SETUP = 0x05, MSG_CONNECT = 0x07, MSG_DISCONNECT = 0x45, MSG_RELEASE = 0x4d, MSG_RELEASE_COMPLETE = 0x5a,
       MSG_FACILITY = 0x62 };
enum { KEYPAD = 0x2c, DISPLAY = 0x28, FACILITY_IE = 0x1c };

extern struct isdn_lost {
	bool operation;		/* the facility element of SETUP is lost */
	bool facility;		/* FACILITY becomes an INFORMATION that says nothing */
	bool name_shown;	/* the name "J\xf6rg" in a facility becomes one whose presentation is restricted (ECMA-164) */
} isdn_lost;

extern const struct bench_conf isdn_euro, isdn_ni2, isdn_qsig;
struct bench *isdn_bench(const struct bench_conf *conf);	/* one of those, or like it; nothing is lost */

bool isdn_passed(uint8_t type);		/* a message of this type */
struct q931_element on_wire(uint8_t type, uint8_t id, unsigned n);
void assert_octets(uint8_t type, uint8_t id, unsigned n, const void *octets, size_t len);
#define assert_wire(type, id, n, text) assert_octets(type, id, n, text, sizeof(text) - 1)

struct leg_offer isdn_offer(void);	/* a call with both numbers */
/* The call has come in at the other end: its leg there. */
struct bench_leg *isdn_offered(struct bench *b, int caller, const struct leg_offer *o);
/* L is cleared, and the bench is over. */
void isdn_end(struct bench *b, struct bench_leg *l, int cause);

#endif
