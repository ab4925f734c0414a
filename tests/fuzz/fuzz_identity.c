/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who calls whom, by an INVITE: the first line is its request URI, the rest are header lines. What is read is written again: every header
 * fits its place, has no end of line in it, and reads back to the same redirections, user-user information and
 * subaddresses.
 */
#include <sofia-sip/msg.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_protos.h>
#include <sofia-sip/su.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/sip/diversion.h"
#include "gateway/sip/identity.h"
#include "tests/fuzz/fuzz.h"

static msg_t *make(const char *uri, const char *headers)
{
	char text[16384];
	int n = snprintf(text, sizeof(text), "INVITE %s SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bKa\r\n%s"
			 "To: <sip:x@h>\r\nCall-ID: a\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n", uri, headers);
	msg_t *m = n > 0 && (size_t)n < sizeof(text) ? msg_make(sip_default_mclass(), 0, text, n) : NULL;
	sip_t *sip = m ? sip_object(m) : NULL;

	if (sip && sip->sip_request && sip->sip_from && !sip->sip_error)
		return m;
	if (m)
		msg_destroy(m);
	return NULL;
}

static void one_line(const char *value, size_t size)
{
	if (strnlen(value, size) + 1 >= size || strpbrk(value, "\r\n"))
		abort();
}

static void check_uui(const struct leg_uui *u)
{
	char line[ISDN_UUI_MAX];
	struct leg_uui back;

	if (!u->len)
		return;
	isdn_uui_write(u, line);
	one_line(line, sizeof(line));
	if (!isdn_uui_value(line + strlen("User-to-User: "), &back) || back.len != u->len ||
	    memcmp(back.octets, u->octets, u->len) != 0)
		abort();
}

/* 5 redirections at most are written in History-Info; a count above it does not come back. */
static void check_history(const struct leg_offer *o)
{
	char value[DIVERSION_MAX], header[DIVERSION_MAX + 64];
	struct leg_offer back = { .bearer = 0 };
	msg_t *m;

	for (int trust = 0; trust < 2; trust++) {
		diversion_write(o, "192.0.2.1:5060", trust, value);
		one_line(value, sizeof(value));
	}
	diversion_history(o, "192.0.2.1:5060", false, "sip:9@192.0.2.1", value);
	one_line(value, sizeof(value));
	diversion_history(o, "192.0.2.1:5060", true, "sip:9@192.0.2.1", value);
	one_line(value, sizeof(value));
	if (!value[0])
		return;
	snprintf(header, sizeof(header), "From: <sip:1@h>;tag=1\r\nHistory-Info: %s\r\n", value);
	m = make("sip:9@h", header);
	if (!m)
		abort();
	diversion_read(sip_object(m), &back);
	if (o->redirect_count && o->redirect_count <= 5 && back.redirect_count != o->redirect_count &&
	    !(o->redirect_count == 1 && o->original.digits[0]))
		abort();
	if (strcmp(back.redirecting.digits, o->redirecting.digits) != 0)
		abort();
	msg_destroy(m);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[8192], *headers;
	struct leg_extra extra = { .connected_name = "" };
	struct identity_headers h;
	struct leg_number connected;
	msg_t *m;

	if (size >= sizeof(text) || memchr(data, 0, size))
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	headers = strchr(text, '\n');
	if (!headers)
		return 0;
	*headers++ = '\0';
	m = make(text, headers);
	if (!m)
		return 0;
	for (int trust = 0; trust < 2; trust++) {
		struct leg_offer o = { .bearer = 0 };

		if (identity_read(sip_object(m), trust, &o) < 0)
			break;
		identity_write(&o, "192.0.2.1:5060", trust, &h);
		one_line(h.from, sizeof(h.from));
		one_line(h.pai, sizeof(h.pai));
		check_uui(&o.uui);
		check_history(&o);
	}
	identity_connected(sip_object(m), &connected, &extra);
	diversion_hides(sip_object(m), 0);
	msg_destroy(m);
	return 0;
}
