/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests/support/wire_world.c: a user agent with one peer made of text (sip_wire.h) and a stranger, on a media
 * path of numbers. Included, as fake_media.c is, by the tests that use it.
 */
#ifndef TESTS_WIRE_WORLD_H
#define TESTS_WIRE_WORLD_H

#include "gateway/sip/internal.h"
#include "tests/support/fake_media.h"
#include "tests/support/sip_wire.h"

struct wire_world {
	su_root_t *root;
	struct media media;
	struct sip_ua *ua;
	struct sip_wire peer, stranger;
	struct leg *leg;
	struct leg_offer offer;
	struct leg_cause cause;
	char events[256];
	bool cleared, by_far_end;
	int offered;
	struct leg_number refer;	/* of LEG_REFER */
	struct leg *other;		/* of LEG_JOIN */
	struct leg_divert diverted;	/* of the last LEG_DIVERTED or LEG_DIVERT */
	struct leg_charge charge;	/* of the last LEG_CHARGE */
	const char *call_id;		/* of the requests that wire_request() makes */
};

#define SDP(version, port, dir)                                                                                       \
	"v=0\r\no=- 9 " version " IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio " port                \
	" RTP/AVP 8 101\r\na=rtpmap:101 telephone-event/8000\r\na=" dir "\r\n"

#define CONTACT "Contact: <sip:w@127.0.0.1:21500>\n"

void wire_conf_failed(void *arg, const struct conf_error *e);
void wire_turn(void *arg);
void wire_world_open(struct wire_world *w);
void wire_world_close(struct wire_world *w);
void wire_until_cleared(struct wire_world *w);
void wire_for_turns(struct wire_world *w, int n);
void wire_request(struct wire_world *w, const char *method, unsigned cseq, const char *tag, const char *extra, const char *body);
void wire_our_tag(const struct wire_world *w, char *out, size_t size);
/* The first INVITE of a call comes from the peer, and is offered. */
void wire_invite(struct wire_world *w, const char *extra, const char *body);
/* It is answered here: the 200 has come, its To tag in TAG. */
void wire_answer(struct wire_world *w, char *tag, size_t size);
/* Both, and acknowledged. */
void wire_call_up(struct wire_world *w, const char *extra, char *tag, size_t size);
void wire_they_clear(struct wire_world *w, const char *tag);
uint16_t wire_rtp_port(const struct wire_world *w);

#endif
