/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The calling end of the test peer: INVITE, what is answered to it, ACK, CANCEL (RFC 3261 9.1, 13.2, 17.1). See sipcall.h. */
#include <string.h>

#include "tests/support/sipcall_private.h"

void sc_place(struct sc *s, unsigned index, int64_t now)
{
	struct sc_end *e = sc_end_new(s, true, index);
	char text[4096], sdp[512], local[32], remote[32], called[64], calling[64];
	unsigned number = index % s->conf.modulo;

	if (!e)
		return;
	if (sc_rtp_open(s, e)) {
		e->failed = true;
		sc_done(e, now);
		return;
	}
	sc_where(&s->conf.local, local);
	sc_where(&s->conf.remote, remote);
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
	sc_token(e->call_id, sizeof(e->call_id), "call-");
	sc_token(e->branch, sizeof(e->branch), "z9hG4bK");
	e->cseq = e->invite_cseq = 1;
	e->state = SC_TRYING;
	e->t_invite = now;
	e->cancel_at = s->conf.cancel_ms ? now + s->conf.cancel_ms * 1000LL : 0;
	sc_sdp_text(s, e, sdp, sizeof(sdp), 101);
	sc_request(s, e, "INVITE", 1, e->branch, s->conf.extra_headers, sdp, text, sizeof(text));
	sc_again(e, text, now);
	sc_send(s, text);
}

static void ack(struct sc *s, struct sc_end *e, bool success)
{
	char out[2048], branch[48];

	sc_token(branch, sizeof(branch), "z9hG4bK");
	/* 17.1.1.3: the ACK of a refusal belongs to the INVITE's transaction, of a 200 to none. */
	sc_request(s, e, "ACK", e->invite_cseq, success ? branch : e->branch, "", "", out, sizeof(out));
	sc_send(s, out);
}

static void provisional(struct sc *s, struct sc_end *e, const struct sipmsg *m, int64_t now)
{
	int64_t *t = m->status == 100 ? &e->t_100 : m->status == 180 ? &e->t_180 : m->status == 183 ? &e->t_183 : NULL;
	struct sipmsg_sdp sdp;

	e->provisional = true;
	sc_no_more(e);
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
	sc_no_more(e);
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

void sc_uac_response(struct sc *s, const struct sipmsg *m, int64_t now)
{
	char v[256], tag[96];
	struct sc_end *e;

	sipmsg_header(m, "From", "f", 0, v, sizeof(v));
	sipmsg_param(v, "tag", tag, sizeof(tag));
	e = sc_find(s, m, tag);
	if (!e) {
		s->unexpected++;
		snprintf(s->unexpected_text, sizeof(s->unexpected_text), "%d with no dialog", m->status);
		return;
	}
	if (!strcmp(m->method, "BYE") && m->status >= 200) {
		if (e->state != SC_DONE)
			sc_done(e, now);
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
		sc_done(e, now);
	}
}

void sc_uac_cancel(struct sc *s, struct sc_end *e)
{
	char out[2048];

	e->cancel_at = 0;
	e->cancelled = true;
	sc_request(s, e, "CANCEL", e->invite_cseq, e->branch, "", "", out, sizeof(out));
	sc_send(s, out);
}
