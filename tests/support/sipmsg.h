/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests/support/sipmsg.h: just enough SIP (RFC 3261) and SDP (RFC 4566) text handling for a test peer that
 * shares no code with the gateway: what the gateway believes of SIP is checked against a second opinion.
 */
#ifndef TESTS_SIPMSG_H
#define TESTS_SIPMSG_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>

#define SIPMSG_MAX 8192

struct sipmsg {
	char text[SIPMSG_MAX];	/* the datagram, ended with a zero */
	char method[16];	/* of the request, or of CSeq in a response */
	char ruri[256];		/* request only */
	int status;		/* 0 for a request */
	unsigned cseq;
	const char *body;	/* in text */
};

/* Returns 0, or -1 when TEXT is not a SIP message. */
int sipmsg_parse(struct sipmsg *m, const char *data, size_t len);
/* The N-th value (from 0) of header NAME (or its COMPACT form, may be NULL) into OUT; "" when absent. */
bool sipmsg_header(const struct sipmsg *m, const char *name, const char *compact, int n, char *out, size_t size);
/* A header parameter (";tag=") of a value, "" when absent. */
void sipmsg_param(const char *value, const char *name, char *out, size_t size);
/* The URI inside a name-addr, and the user part of a URI. */
void sipmsg_uri(const char *value, char *out, size_t size);
void sipmsg_user(const char *uri, char *out, size_t size);

struct sipmsg_sdp {
	struct sockaddr_in rtp;
	int payload;		/* the first payload type of the audio line, -1 when there is none */
	int dtmf;		/* payload type of telephone-event, -1 for none */
	int ptime;		/* 0 when not said */
	char dir[16];		/* "sendrecv" by default */
};
int sipmsg_sdp(const struct sipmsg *m, struct sipmsg_sdp *out);

#endif
