/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests/support/sip_wire.h: a SIP peer made of text: one UDP socket, messages written by hand and read as
 * text. It keeps no dialog: a test says what goes out, word for word, and looks at what comes back.
 */
#ifndef TESTS_SIP_WIRE_H
#define TESTS_SIP_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SIP_WIRE_MAX 8192

struct sip_wire {
	int fd;
	uint16_t peer;			/* their port */
	char msg[SIP_WIRE_MAX];		/* received last */
	void (*turn)(void *arg);	/* runs the other side a little */
	void *arg;
};

/* Bound to IP, one of 127/8; PEER is the other side's port on 127.0.0.1. */
int sip_wire_open(struct sip_wire *w, const char *ip, uint16_t port, uint16_t peer, void (*turn)(void *), void *arg);
void sip_wire_close(struct sip_wire *w);
void sip_wire_raw(struct sip_wire *w, const char *text);
/* HEAD is everything up to the body, lines ending in "\n"; Content-Length and the line ends are put right. A body is SDP unless
 * HEAD says otherwise. */
void sip_wire_send(struct sip_wire *w, const char *head, const char *body);
/* The next message, into w->msg; false when none comes in MS. */
bool sip_wire_read(struct sip_wire *w, int ms);
/* Reads until one whose first line begins with START; others are dropped. */
bool sip_wire_expect(struct sip_wire *w, const char *start);
/* A header of w->msg, its value in OUT (SIZE octets); false when it is not there. */
bool sip_wire_header(const struct sip_wire *w, const char *name, char *out, size_t size);
/* An answer to the request in w->msg: STATUS, extra header lines, a body or NULL; TAG is the To tag. */
void sip_wire_answer(struct sip_wire *w, const char *status, const char *tag, const char *extra, const char *body);

#endif
