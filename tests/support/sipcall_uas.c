/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The answering end of the test peer: requests that come in, and what is answered (RFC 3261 8.2, 13.3, 17.2). See sipcall.h. */
#include <stdlib.h>
#include <string.h>

#include "tests/support/sipcall_private.h"

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
	sc_send(s, out);
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
		sc_sdp_text(s, e, body, sizeof(body), e->dtmf_payload >= 0 ? e->dtmf_payload : 101);
	snprintf(more, sizeof(more), "Contact: <sip:peer@%s>\r\n%s%sContent-Length: %zu\r\n\r\n%s",
		 sc_where(&s->conf.local, local), extra, sdp ? "Content-Type: application/sdp\r\n" : "", strlen(body),
		 body);
	respond(s, e->vias, from, to, e->call_id, e->invite_cseq, "INVITE", status, more, out, size);
}

void sc_uas_final(struct sc *s, struct sc_end *e, int64_t now)
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
	sc_again(e, out, now);
	e->status = status;
	e->state = status == 200 ? SC_UP : SC_CLEARING;
	e->t_200 = now;
	if (status == 200 && s->conf.uas_bye)
		e->bye_at = now + s->conf.hold_ms * 1000LL;
}

/* --- Incoming requests ------------------------------------------------------------------------ */

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
		sc_done(e, now);
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
		sc_uas_final(s, e, now);
}

static void again_invite(struct sc *s, struct sc_end *e, const struct sipmsg *m)
{
	struct sipmsg_sdp sdp;
	char out[4096];

	if (m->cseq == e->invite_cseq) {	/* a retransmission: the latest response goes again */
		if (e->again_at)
			sc_send(s, e->again);
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
	sc_again(e, out, now);
	e->cancelled = true;
	e->answer_at = 0;
	e->status = 487;
	e->state = SC_CLEARING;
	sc_rtp_stop(e);
}

void sc_uas_request(struct sc *s, const struct sipmsg *m, int64_t now)
{
	char v[256], tag[96];
	struct sc_end *e;

	sipmsg_header(m, "To", "t", 0, v, sizeof(v));
	sipmsg_param(v, "tag", tag, sizeof(tag));
	if (!strcmp(m->method, "OPTIONS")) {
		answer_message(s, m, "200 OK");
		return;
	}
	e = sc_find(s, m, tag);
	if (!e && !strcmp(m->method, "INVITE") && !tag[0]) {
		new_invite(s, m, now);
	} else if (!strcmp(m->method, "ACK")) {
		if (!e)
			return;
		sc_no_more(e);
		if (e->state == SC_CLEARING && !e->byed)
			sc_done(e, now);
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
			sc_done(e, now);
	} else {
		answer_message(s, m, "501 Not Implemented");
	}
}
