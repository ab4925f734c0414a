/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The signalling of the test peer: INVITE client and server transactions, dialogs, CANCEL and BYE over UDP
 * (RFC 3261 12 to 17), written from the RFC and from nothing else. See sipcall.h.
 */
#include <arpa/inet.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "tests/support/sipcall.h"

#define T1_MS 500
#define T2_MS 4000

static void send_text(struct sc *s, const char *text)
{
	sendto(s->fd, text, strlen(text), 0, (struct sockaddr *)&s->conf.remote, sizeof(s->conf.remote));
}

static void again(struct sc_end *e, const char *text, int64_t now)
{
	snprintf(e->again, sizeof(e->again), "%s", text);
	e->again_ms = T1_MS;
	e->again_at = now + T1_MS * 1000;
}

static void no_more(struct sc_end *e)
{
	e->again_at = 0;
}

static void token(char *out, size_t size, const char *lead)
{
	snprintf(out, size, "%s%08x%06x", lead, (unsigned)rand(), (unsigned)rand() & 0xffffff);
}

static const char *where(const struct sockaddr_in *a, char out[32])
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
	token(e->local_tag, sizeof(e->local_tag), "t");
	s->ends[s->n_ends++] = e;
	return e;
}

static void done(struct sc_end *e, int64_t now)
{
	e->state = SC_DONE;
	e->t_end = now;
	no_more(e);
	e->answer_at = e->bye_at = e->cancel_at = 0;
	sc_rtp_stop(e);
	free(e->vias);
	e->vias = NULL;
}

static int sdp_text(struct sc *s, const struct sc_end *e, char *out, size_t size, int dtmf)
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
static void request(struct sc *s, struct sc_end *e, const char *method, unsigned cseq, const char *branch,
		    const char *extra, const char *sdp, char *out, size_t size)
{
	char local[32];

	where(&s->conf.local, local);
	snprintf(out, size,
		 "%s %s SIP/2.0\r\nVia: SIP/2.0/UDP %s;branch=%s;rport\r\nMax-Forwards: 70\r\n"
		 "From: <%s>;tag=%s\r\nTo: <%s>%s%s\r\nCall-ID: %s\r\nCSeq: %u %s\r\nContact: <sip:peer@%s>\r\n"
		 "%s%sContent-Length: %zu\r\n\r\n%s",
		 method, e->target, local, branch, e->local_uri, e->local_tag, e->remote_uri,
		 e->remote_tag[0] ? ";tag=" : "", e->remote_tag, e->call_id, cseq, method, local, extra,
		 sdp[0] ? "Content-Type: application/sdp\r\n" : "", strlen(sdp), sdp);
}

void sc_place(struct sc *s, unsigned index, int64_t now)
{
	struct sc_end *e = sc_end_new(s, true, index);
	char text[4096], sdp[512], local[32], remote[32], called[64], calling[64];
	unsigned number = index % s->conf.modulo;

	if (!e)
		return;
	if (sc_rtp_open(s, e)) {
		e->failed = true;
		done(e, now);
		return;
	}
	where(&s->conf.local, local);
	where(&s->conf.remote, remote);
	/* The patterns are the operator's own, checked at start to hold one %u at most. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	snprintf(called, sizeof(called), s->conf.number, number);
	snprintf(calling, sizeof(calling), s->conf.from, number);
#pragma GCC diagnostic pop
	snprintf(e->called, sizeof(e->called), "%s", called);
	snprintf(e->calling, sizeof(e->calling), "%s", calling);
	snprintf(e->local_uri, sizeof(e->local_uri), "sip:%s@%s", calling, local);
	snprintf(e->remote_uri, sizeof(e->remote_uri), "sip:%s@%s", called, remote);
	snprintf(e->target, sizeof(e->target), "%s", e->remote_uri);
	token(e->call_id, sizeof(e->call_id), "call-");
	token(e->branch, sizeof(e->branch), "z9hG4bK");
	e->cseq = e->invite_cseq = 1;
	e->state = SC_TRYING;
	e->t_invite = now;
	e->cancel_at = s->conf.cancel_ms ? now + s->conf.cancel_ms * 1000LL : 0;
	sdp_text(s, e, sdp, sizeof(sdp), 101);
	request(s, e, "INVITE", 1, e->branch, s->conf.extra_headers, sdp, text, sizeof(text));
	again(e, text, now);
	send_text(s, text);
}

/* --- Answering a request ---------------------------------------------------------------------- */

/* Via lines and Record-Route of M, as they came. */
static char *copy_vias(const struct sipmsg *m)
{
	char *out = calloc(1, 2048), v[512];
	size_t n = 0;

	for (int i = 0; out && sipmsg_header(m, "Via", "v", i, v, sizeof(v)) && n < 1400; i++)
		n += (size_t)snprintf(out + n, 2048 - n, "Via: %s\r\n", v);
	return out;
}

static void respond(struct sc *s, const char *vias, const char *from, const char *to, const char *call_id,
		    unsigned cseq, const char *method, const char *status, const char *extra, char *out, size_t size)
{
	snprintf(out, size, "SIP/2.0 %s\r\n%sFrom: %s\r\nTo: %s\r\nCall-ID: %s\r\nCSeq: %u %s\r\n%s", status, vias,
		 from, to, call_id, cseq, method, extra);
	if (!strstr(extra, "\r\n\r\n"))
		strncat(out, "Content-Length: 0\r\n\r\n", size - strlen(out) - 1);
	send_text(s, out);
}

/* Answers M itself, with no dialog needed. */
static void answer_message(struct sc *s, const struct sipmsg *m, const char *status)
{
	char from[256], to[256], id[128], out[4096], *vias = copy_vias(m);

	sipmsg_header(m, "From", "f", 0, from, sizeof(from));
	sipmsg_header(m, "To", "t", 0, to, sizeof(to));
	sipmsg_header(m, "Call-ID", "i", 0, id, sizeof(id));
	if (vias)
		respond(s, vias, from, to, id, m->cseq, m->method, status, "", out, sizeof(out));
	free(vias);
}

/* A response of the called end to its INVITE, with SDP when SDP is true. */
static void answer_invite(struct sc *s, struct sc_end *e, const char *status, bool sdp, const char *extra, char *out,
			  size_t size)
{
	char from[400], to[400], more[1400], body[512] = "", local[32];

	snprintf(from, sizeof(from), "%s;tag=%s", e->from, e->remote_tag);
	snprintf(to, sizeof(to), "<%s>;tag=%s", e->local_uri, e->local_tag);
	if (sdp)
		sdp_text(s, e, body, sizeof(body), e->dtmf_payload >= 0 ? e->dtmf_payload : 101);
	snprintf(more, sizeof(more), "Contact: <sip:peer@%s>\r\n%s%sContent-Length: %zu\r\n\r\n%s",
		 where(&s->conf.local, local), extra, sdp ? "Content-Type: application/sdp\r\n" : "", strlen(body),
		 body);
	respond(s, e->vias, from, to, e->call_id, e->invite_cseq, "INVITE", status, more, out, size);
}

static void answer_final(struct sc *s, struct sc_end *e, int64_t now)
{
	char out[4096], line[64], extra[128] = "";
	int status = s->conf.uas_status;

	e->answer_at = 0;
	if (!status)
		status = strlen(e->called) >= 3 ? atoi(e->called + strlen(e->called) - 3) : 404;
	snprintf(line, sizeof(line), "%d %s", status, status == 200 ? "OK" : "No");
	if (status != 200 && s->conf.uas_reason)
		snprintf(extra, sizeof(extra), "Reason: %s\r\n", s->conf.uas_reason);
	answer_invite(s, e, line, status == 200, extra, out, sizeof(out));
	again(e, out, now);
	e->status = status;
	e->state = status == 200 ? SC_UP : SC_CLEARING;
	e->t_200 = now;
	if (status == 200 && s->conf.uas_bye)
		e->bye_at = now + s->conf.hold_ms * 1000LL;
}

/* --- Incoming requests ------------------------------------------------------------------------ */

static struct sc_end *find(struct sc *s, const struct sipmsg *m, const char *tag)
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

/* The calling end whose number ends as the called one does: the other half of the same call. */
static struct sc_end *find_caller(struct sc *s, const char *called)
{
	size_t n = strlen(called), k = s->conf.match;

	for (unsigned i = s->n_ends; i-- > 0;) {
		struct sc_end *e = s->ends[i];
		size_t ne = strlen(e->called);

		if (e->uac && e->state != SC_DONE && !e->other && n >= k && ne >= k &&
		    !strcmp(e->called + ne - k, called + n - k))
			return e;
	}
	return NULL;
}

static void fill_from_invite(struct sc_end *e, const struct sipmsg *m)
{
	char v[256];

	sipmsg_header(m, "Call-ID", "i", 0, e->call_id, sizeof(e->call_id));
	sipmsg_header(m, "From", "f", 0, v, sizeof(v));
	sipmsg_param(v, "tag", e->remote_tag, sizeof(e->remote_tag));
	sipmsg_uri(v, e->remote_uri, sizeof(e->remote_uri));
	sipmsg_user(e->remote_uri, e->calling, sizeof(e->calling));
	snprintf(e->from, sizeof(e->from), "%.*s", (int)strcspn(v, ">") + 1, v);
	sipmsg_header(m, "To", "t", 0, v, sizeof(v));
	sipmsg_uri(v, e->local_uri, sizeof(e->local_uri));
	sipmsg_header(m, "Contact", "m", 0, v, sizeof(v));
	sipmsg_uri(v, e->target, sizeof(e->target));
	sipmsg_user(m->ruri, e->called, sizeof(e->called));
	sipmsg_header(m, "P-Asserted-Identity", NULL, 0, e->pai, sizeof(e->pai));
	sipmsg_header(m, "Privacy", NULL, 0, e->privacy, sizeof(e->privacy));
	sipmsg_header(m, "Diversion", NULL, 0, e->diversion, sizeof(e->diversion));
	e->invite_cseq = m->cseq;
	e->cseq = 1;
	e->vias = copy_vias(m);
}

static void new_invite(struct sc *s, const struct sipmsg *m, int64_t now)
{
	struct sc_end *e, *caller;
	struct sipmsg_sdp sdp;
	char user[96], out[4096];

	sipmsg_user(m->ruri, user, sizeof(user));
	caller = find_caller(s, user);
	e = s->conf.uas ? sc_end_new(s, false, caller ? caller->index : s->n_ends) : NULL;
	if (!e) {
		answer_message(s, m, "480 Temporarily Unavailable");
		return;
	}
	fill_from_invite(e, m);
	e->other = caller;
	if (caller)
		caller->other = e;
	e->state = SC_RINGING;
	e->t_invite = now;
	if (sipmsg_sdp(m, &sdp) || sc_rtp_open(s, e)) {
		answer_invite(s, e, "488 Not Acceptable Here", false, "", out, sizeof(out));
		e->failed = true;
		done(e, now);
		return;
	}
	e->dtmf_payload = sdp.dtmf;
	answer_invite(s, e, "100 Trying", false, "", out, sizeof(out));
	if (s->conf.ring_ms || s->conf.uas_early)
		answer_invite(s, e, s->conf.uas_early ? "183 Session Progress" : "180 Ringing", s->conf.uas_early, "",
			      out, sizeof(out));
	if (s->conf.uas_early || s->conf.uas_status == 200)
		sc_rtp_start(s, e, &sdp, s->conf.uas_early ? now : now + s->conf.ring_ms * 1000LL);
	e->answer_at = now + s->conf.ring_ms * 1000LL;
	if (!s->conf.ring_ms)
		answer_final(s, e, now);
}

static void again_invite(struct sc *s, struct sc_end *e, const struct sipmsg *m)
{
	struct sipmsg_sdp sdp;
	char out[4096];

	if (m->cseq == e->invite_cseq) {	/* a retransmission: the latest response goes again */
		if (e->again_at)
			send_text(s, e->again);
		return;
	}
	e->reinvites++;
	e->invite_cseq = m->cseq;
	free(e->vias);
	e->vias = copy_vias(m);
	if (!sipmsg_sdp(m, &sdp))
		e->peer = sdp.rtp;
	answer_invite(s, e, "200 OK", true, "", out, sizeof(out));
}

static void cancelled(struct sc *s, struct sc_end *e, const struct sipmsg *m, int64_t now)
{
	char out[4096];

	answer_message(s, m, "200 OK");
	if (e->state != SC_RINGING)
		return;
	sipmsg_header(m, "Reason", NULL, 0, e->bye_reason, sizeof(e->bye_reason));
	answer_invite(s, e, "487 Request Terminated", false, "", out, sizeof(out));
	again(e, out, now);
	e->cancelled = true;
	e->answer_at = 0;
	e->status = 487;
	e->state = SC_CLEARING;
	sc_rtp_stop(e);
}

static void incoming_request(struct sc *s, const struct sipmsg *m, int64_t now)
{
	char v[256], tag[96];
	struct sc_end *e;

	sipmsg_header(m, "To", "t", 0, v, sizeof(v));
	sipmsg_param(v, "tag", tag, sizeof(tag));
	if (!strcmp(m->method, "OPTIONS")) {
		answer_message(s, m, "200 OK");
		return;
	}
	e = find(s, m, tag);
	if (!e && !strcmp(m->method, "INVITE") && !tag[0]) {
		new_invite(s, m, now);
	} else if (!strcmp(m->method, "ACK")) {
		if (!e)
			return;
		no_more(e);
		if (e->state == SC_CLEARING && !e->byed)
			done(e, now);
	} else if (!e) {
		s->unexpected++;
		snprintf(s->unexpected_text, sizeof(s->unexpected_text), "%s with no dialog", m->method);
		answer_message(s, m, "481 Call/Transaction Does Not Exist");
	} else if (!strcmp(m->method, "INVITE")) {
		again_invite(s, e, m);
	} else if (!strcmp(m->method, "CANCEL")) {
		cancelled(s, e, m, now);
	} else if (!strcmp(m->method, "BYE")) {
		answer_message(s, m, "200 OK");
		sipmsg_header(m, "Reason", NULL, 0, e->bye_reason, sizeof(e->bye_reason));
		e->remote_bye = true;
		if (e->state != SC_DONE)
			done(e, now);
	} else {
		answer_message(s, m, "501 Not Implemented");
	}
}

/* --- Incoming responses ----------------------------------------------------------------------- */

static void ack(struct sc *s, struct sc_end *e, bool success)
{
	char out[2048], branch[48];

	token(branch, sizeof(branch), "z9hG4bK");
	/* 17.1.1.3: the ACK of a refusal belongs to the INVITE's transaction, of a 200 to none. */
	request(s, e, "ACK", e->invite_cseq, success ? branch : e->branch, "", "", out, sizeof(out));
	send_text(s, out);
}

static void provisional(struct sc *s, struct sc_end *e, const struct sipmsg *m, int64_t now)
{
	int64_t *t = m->status == 100 ? &e->t_100 : m->status == 180 ? &e->t_180 : m->status == 183 ? &e->t_183 : NULL;
	struct sipmsg_sdp sdp;

	e->provisional = true;
	no_more(e);
	if (t && !*t)
		*t = now;
	if (m->status > 100)
		e->state = SC_RINGING;
	if (!sipmsg_sdp(m, &sdp))
		sc_rtp_start(s, e, &sdp, now);
}

static void answered(struct sc *s, struct sc_end *e, const struct sipmsg *m, int64_t now)
{
	char v[256];
	struct sipmsg_sdp sdp;

	sipmsg_header(m, "To", "t", 0, v, sizeof(v));
	sipmsg_param(v, "tag", e->remote_tag, sizeof(e->remote_tag));
	sipmsg_header(m, "Contact", "m", 0, v, sizeof(v));
	if (v[0])
		sipmsg_uri(v, e->target, sizeof(e->target));
	ack(s, e, true);
	if (e->status)
		return;
	no_more(e);
	e->status = m->status;
	e->state = SC_UP;
	e->t_200 = now;
	e->cancel_at = 0;
	if (sipmsg_sdp(m, &sdp))
		e->failed = true;
	else
		sc_rtp_start(s, e, &sdp, now);
	if (!s->conf.uas_bye || e->cancelled)
		e->bye_at = now + (e->cancelled ? 0 : s->conf.hold_ms * 1000LL);
}

static void incoming_response(struct sc *s, const struct sipmsg *m, int64_t now)
{
	char v[256], tag[96];
	struct sc_end *e;

	sipmsg_header(m, "From", "f", 0, v, sizeof(v));
	sipmsg_param(v, "tag", tag, sizeof(tag));
	e = find(s, m, tag);
	if (!e) {
		s->unexpected++;
		snprintf(s->unexpected_text, sizeof(s->unexpected_text), "%d with no dialog", m->status);
		return;
	}
	if (!strcmp(m->method, "BYE") && m->status >= 200) {
		if (e->state != SC_DONE)
			done(e, now);
	} else if (strcmp(m->method, "INVITE") != 0) {
		return;
	} else if (m->status < 200) {
		if (!e->status)
			provisional(s, e, m, now);
	} else if (m->status < 300) {
		answered(s, e, m, now);
	} else {
		sipmsg_header(m, "To", "t", 0, v, sizeof(v));
		sipmsg_param(v, "tag", e->remote_tag, sizeof(e->remote_tag));
		ack(s, e, false);
		if (e->status)
			return;
		e->status = m->status;
		sipmsg_header(m, "Reason", NULL, 0, e->reason, sizeof(e->reason));
		done(e, now);
	}
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
		incoming_response(s, &m, now);
	else
		incoming_request(s, &m, now);
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
	token(branch, sizeof(branch), "z9hG4bK");
	request(s, e, "BYE", ++e->cseq, branch, extra, "", out, sizeof(out));
	again(e, out, now);
	send_text(s, out);
	e->byed = true;
	e->state = SC_CLEARING;
	e->next_tx = 0;
}

static void send_cancel(struct sc *s, struct sc_end *e)
{
	char out[2048];

	e->cancel_at = 0;
	e->cancelled = true;
	request(s, e, "CANCEL", e->invite_cseq, e->branch, "", "", out, sizeof(out));
	send_text(s, out);
}

void sc_end_timers(struct sc *s, struct sc_end *e, int64_t now)
{
	if (e->again_at && e->again_at <= now) {
		send_text(s, e->again);
		e->again_ms = e->again_ms * 2 > T2_MS ? T2_MS : e->again_ms * 2;
		e->again_at = now + e->again_ms * 1000LL;
	}
	if (e->answer_at && e->answer_at <= now)
		answer_final(s, e, now);
	if (e->bye_at && e->bye_at <= now)
		sc_hangup(s, e, now);
	if (e->cancel_at && e->cancel_at <= now && e->provisional)
		send_cancel(s, e);
	if (e->state == SC_DONE || now - e->t_invite < s->conf.give_up_ms * 1000LL)
		return;
	if (e->state != SC_UP || now - e->t_200 > s->conf.hold_ms * 1000LL + 32000000LL) {
		e->failed = true;	/* no answer in time, or no end in time */
		done(e, now);
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
