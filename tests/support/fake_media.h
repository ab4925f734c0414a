/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests/support/fake_media.c: gateway/media/media.h without a thread or a socket, for tests of signalling:
 * ports are numbers, what they were told is remembered, events are made by hand. It stands in for the whole
 * of the media path: a test includes it (#include "tests/support/fake_media.c") so that its own definitions win.
 */
#ifndef TESTS_FAKE_MEDIA_H
#define TESTS_FAKE_MEDIA_H

#include "gateway/media/media.h"

struct media {
	int open;			/* ports not yet closed and delivered */
	int opened, refused;
	int refuse_next;		/* error of the next media_rtp_port(), 0 for none */
	struct media_port *closing;	/* MEDIA_CLOSED to be delivered by media_service() */
	uint16_t next;
};

struct media_port {
	struct media *m;
	struct media_port *next;
	struct media_rtp_conf conf;
	struct media_rtp_remote remote;	/* as last told */
	int told;			/* how often */
	char digits[32];		/* by media_digit() */
	uint16_t port;
	bool closed;
	media_event_fn *fn;
	void *arg;
};

void fake_media_event(struct media_port *p, enum media_event_kind kind, char digit);

#endif
