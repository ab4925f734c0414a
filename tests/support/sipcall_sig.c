/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The signalling of the test peer over UDP (RFC 3261 12 to 17), written from the RFC and from nothing else: what the calling
 * end (sipcall_uac.c) and the answering end (sipcall_uas.c) have in common, a dialog's requests, what is sent again, and BYE.
 * See sipcall.h.
 */
#include <arpa/inet.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "tests/support/sipcall_private.h"

#define T1_MS 500
#define T2_MS 4000

void sc_send(struct sc *s, const char *text)
{
	sendto(s->fd, text, strlen(text), 0, (struct sockaddr *)&s->conf.remote, sizeof(s->conf.remote));
}

void sc_again(struct sc_end *e, const char *text, int64_t now)
{
	snprintf(e->again, sizeof(e->again), "%s", text);
	e->again_ms = T1_MS;
	e->again_at = now + T1_MS * 1000;
}

void sc_no_more(struct sc_end *e)
{
	e->again_at = 0;
}

void sc_token(char *out, size_t size, const char *lead)
{
	snprintf(out, size, "%s%08x%06x", lead, (unsigned)rand(), (unsigned)rand() & 0xffffff);
}

const char *sc_where(const struct sockaddr_in *a, char out[32])
{
	char ip[INET_ADDRSTRLEN];

	inet_ntop(AF_INET, &a->sin_addr, ip, sizeof(ip));
	snprintf(out, 32, "%s:%u", ip, ntohs(a->sin_port));
	return out;
}

struct sc_end *sc_end_new(struct sc *s, bool uac, unsigned index)
{
	struct sc_end *e = s->n_ends < SC_ENDS ? calloc(1, sizeof(*e)) : NULL;

	if (!e)
		return NULL;
	e->uac = uac;
	e->index = index;
	e->fd = -1;
	e->dtmf_payload = -1;
	e->payload = uac ? s->conf.payload : s->conf.uas_payload;
	sc_token(e->local_tag, sizeof(e->local_tag), "t");
	s->ends[s->n_ends++] = e;
	return e;
}

void sc_done(struct sc_end *e, int64_t now)
{
	e->state = SC_DONE;
	e->t_end = now;
	sc_no_more(e);
	e->answer_at = e->bye_at = e->cancel_at = 0;
	sc_rtp_stop(e);
	free(e->vias);
	e->vias = NULL;
}

int sc_sdp_text(struct sc *s, const struct sc_end *e, char *out, size_t size, int dtmf)
{
	char ip[INET_ADDRSTRLEN];

	inet_ntop(AF_INET, &s->conf.local.sin_addr, ip, sizeof(ip));
	return snprintf(out, size,
			"v=0\r\no=- %u %u IN IP4 %s\r\ns=-\r\nc=IN IP4 %s\r\nt=0 0\r\nm=audio %u RTP/AVP %d%s %d\r\n"
			"a=rtpmap:%d %s/8000\r\na=rtpmap:%d telephone-event/8000\r\na=fmtp:%d 0-15\r\na=ptime:%u\r\n",
			e->index + 1, e->index + 1, ip, ip, e->port, e->payload, e->uac && s->conf.pcma_too ? " 8" : "", dtmf, e->payload,
			e->payload == 97 ? "CLEARMODE" : e->payload ? "PCMA" : "PCMU", dtmf, dtmf, s->conf.ptime);
}

/* A request of the dialog; EXTRA holds further complete header lines. */
void sc_request(struct sc *s, struct sc_end *e, const char *method, unsigned cseq, const char *branch,
		    const char *extra, const char *sdp, char *out, size_t size)
{
	char local[32];

	sc_where(&s->conf.local, local);
	snprintf(out, size,
		 "%s %s SIP/2.0\r\nVia: SIP/2.0/UDP %s;branch=%s;rport\r\nMax-Forwards: 70\r\n"
		 "From: <%s>;tag=%s\r\nTo: <%s>%s%s\r\nCall-ID: %s\r\nCSeq: %u %s\r\nContact: <sip:peer@%s>\r\n"
		 "%s%sContent-Length: %zu\r\n\r\n%s",
		 method, e->target, local, branch, e->local_uri, e->local_tag, e->remote_uri,
		 e->remote_tag[0] ? ";tag=" : "", e->remote_tag, e->call_id, cseq, method, local, extra,
		 sdp[0] ? "Content-Type: application/sdp\r\n" : "", strlen(sdp), sdp);
}

struct sc_end *sc_find(struct sc *s, const struct sipmsg *m, const char *tag)
{
	char id[128];

	sipmsg_header(m, "Call-ID", "i", 0, id, sizeof(id));
	for (unsigned i = s->n_ends; i-- > 0;) {
		struct sc_end *e = s->ends[i];

		if (strcmp(e->call_id, id) != 0)
			continue;
		if (tag[0] ? !strcmp(e->local_tag, tag) : !e->uac)
			return e;
	}
	return NULL;
}

void sc_message(struct sc *s, const char *data, size_t len, int64_t now)
{
	struct sipmsg m;

	if (sipmsg_parse(&m, data, len)) {
		s->unexpected++;
		snprintf(s->unexpected_text, sizeof(s->unexpected_text), "%.60s", data);
		return;
	}
	if (m.status)
		sc_uac_response(s, &m, now);
	else
		sc_uas_request(s, &m, now);
}

/* --- Time ------------------------------------------------------------------------------------- */

void sc_hangup(struct sc *s, struct sc_end *e, int64_t now)
{
	char out[2048], branch[48], extra[128] = "";

	e->bye_at = 0;
	if (e->state != SC_UP)
		return;
	if (s->conf.bye_reason)
		snprintf(extra, sizeof(extra), "Reason: %s\r\n", s->conf.bye_reason);
	sc_token(branch, sizeof(branch), "z9hG4bK");
	sc_request(s, e, "BYE", ++e->cseq, branch, extra, "", out, sizeof(out));
	sc_again(e, out, now);
	sc_send(s, out);
	e->byed = true;
	e->state = SC_CLEARING;
	e->next_tx = 0;
}

void sc_end_timers(struct sc *s, struct sc_end *e, int64_t now)
{
	if (e->again_at && e->again_at <= now) {
		sc_send(s, e->again);
		e->again_ms = e->again_ms * 2 > T2_MS ? T2_MS : e->again_ms * 2;
		e->again_at = now + e->again_ms * 1000LL;
	}
	if (e->answer_at && e->answer_at <= now)
		sc_uas_final(s, e, now);
	if (e->bye_at && e->bye_at <= now)
		sc_hangup(s, e, now);
	if (e->cancel_at && e->cancel_at <= now && e->provisional)
		sc_uac_cancel(s, e);
	if (e->state == SC_DONE || now - e->t_invite < s->conf.give_up_ms * 1000LL)
		return;
	if (e->state != SC_UP || now - e->t_200 > s->conf.hold_ms * 1000LL + 32000000LL) {
		e->failed = true;	/* no answer in time, or no end in time */
		sc_done(e, now);
	}
}

int64_t sc_end_deadline(const struct sc_end *e)
{
	int64_t at = INT64_MAX;
	const int64_t all[] = { e->again_at, e->answer_at, e->bye_at, e->provisional ? e->cancel_at : 0, e->next_tx };

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (all[i] && all[i] < at)
			at = all[i];
	return at;
}
