/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Offer and answer (RFC 3264) of a leg against its RTP port. The port is opened at the INVITE and closed with
 * the leg; media events of it arrive here and go to the leg's owner as leg events. A leg is over only when
 * MEDIA_CLOSED has come: then the port is gone and its statistics are final.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "gateway/sip/internal.h"
#include "gateway/sip/reason.h"

/* --- Media events ----------------------------------------------------------------------------- */

static void on_timeout(struct sip_leg *l)
{
	struct leg_cause cause;
	char text[64];

	snprintf(text, sizeof(text), "no RTP for %u s", (l->peer->conf.rtp_timeout_ms + 500) / 1000);
	reason_own(&cause, 41, text);
	sip_clear(l, &cause, false);
}

static void on_media(void *arg, struct media_port *p, const struct media_event *m)
{
	struct sip_leg *l = arg;
	struct leg_event ev = { .kind = LEG_DIGIT, .digit = m->digit, .duration_ms = m->duration_ms };

	(void)p;
	switch (m->kind) {
	case MEDIA_CLOSED:
		if (m->stats)
			l->stats = *m->stats;
		l->closing = NULL;
		sip_leg_kick(l);
		return;
	case MEDIA_DIGIT:
		if (l->state != SIP_CLEARING)
			leg_report(&l->leg, &ev);
		return;
	case MEDIA_FIRST_RTP:
		leg_trace(&l->leg, "media", false, "first RTP", NULL);
		return;
	case MEDIA_RTP_LOST:
		leg_trace(&l->leg, "media", false, "no RTP", "for 3 s");
		return;
	case MEDIA_RTP_BACK:
		leg_trace(&l->leg, "media", false, "RTP is back", NULL);
		return;
	case MEDIA_RTP_TIMEOUT:
		if (l->state == SIP_UP) /* it is told again: a call may ring for longer than that */
			on_timeout(l);
		return;
	default:
		return;
	}
}

/* --- The port --------------------------------------------------------------------------------- */

int sip_session_open(struct sip_leg *l)
{
	struct sip_ua *ua = l->ua;
	const struct conf_sip *c = &l->peer->conf;
	struct media_rtp_conf rtp = { .local = l->local.ip, .rtp_timeout_ms = c->rtp_timeout_ms, .symmetric = c->symmetric };
	int err;

	sip_addr_set_port(&rtp.local, 0);
	snprintf(rtp.cname, sizeof(rtp.cname), "tipring@%.48s", l->local.host);
	err = media_rtp_port(ua->media, &rtp, on_media, l, &l->leg.port);
	if (err) {
		l->leg.port = NULL;
		return err;
	}
	snprintf(l->ours.address, sizeof(l->ours.address), "%s", ua->rtp_address[0] ? ua->rtp_address : l->local.host);
	l->ours.port = media_rtp_local(l->leg.port);
	l->ours.session = ++ua->session;
	l->ours.n_codecs = c->n_codecs;
	memcpy(l->ours.codecs, c->codecs, sizeof(l->ours.codecs));
	l->ours.ptime = c->ptime;
	return 0;
}

void sip_session_data(struct sip_leg *l)
{
	l->ours.codecs[0] = CONF_CLEARMODE;
	l->ours.n_codecs = 1;
}

/* What their offer of data would be as one of sound; false: it has none of the trunk's codecs. */
static bool as_sound(const struct sip_leg *l, struct sdp_local *ours, struct sdp_agreed *agreed)
{
	const struct conf_sip *c = &l->peer->conf;

	*ours = l->ours;
	ours->n_codecs = c->n_codecs;
	memcpy(ours->codecs, c->codecs, sizeof(ours->codecs));
	return l->have_theirs && l->agreed.codec.codec == CONF_CLEARMODE && sdp_agree(ours, &l->theirs, false, agreed) == 0;
}

bool sip_session_takes_sound(const struct sip_leg *l)
{
	struct sdp_agreed agreed;
	struct sdp_local ours;

	return as_sound(l, &ours, &agreed);
}

int sip_session_sound(struct sip_leg *l)
{
	struct sdp_agreed agreed;
	struct sdp_local ours;

	if (!as_sound(l, &ours, &agreed))
		return -ENOENT;
	l->ours = ours;
	l->agreed = agreed;
	sdp_answer(&l->ours, &l->theirs, &l->agreed, l->sdp);
	return 0;
}

void sip_session_close(struct sip_leg *l)
{
	if (!l->leg.port)
		return;
	media_port_stats(l->leg.port, &l->stats);
	l->closing = l->leg.port;
	l->leg.port = NULL;
	media_port_close(l->closing);
}

/* --- Offer and answer ------------------------------------------------------------------------- */

bool sip_session_body(const sip_t *sip)
{
	return sip->sip_payload && sip->sip_payload->pl_len > 0;
}

static int body(const sip_t *sip, struct sdp *out)
{
	const sip_content_type_t *c = sip->sip_content_type;

	if (c && c->c_type && strcasecmp(c->c_type, "application/sdp") != 0)
		return -EPROTOTYPE;
	return sdp_read(sip->sip_payload->pl_data, sip->sip_payload->pl_len, out);
}

int sip_session_status(int err)
{
	return err == -ENOENT ? 488 : err == -EPROTOTYPE ? 415 : err == -ENOMEM ? 500 : 400;
}

void sip_session_words(const sip_t *sip, char *out, size_t size)
{
	struct sdp s;

	out[0] = 0;
	if (sip && sip_session_body(sip) && body(sip, &s) == 0)
		sdp_words(&s, out, size);
}

void sip_session_offer(struct sip_leg *l)
{
	l->ours.version++;
	sdp_offer(&l->ours, l->sdp);
	l->offered = true;
}

int sip_session_take_offer(struct sip_leg *l, const sip_t *sip)
{
	struct sdp_agreed agreed;
	struct sdp theirs;
	int err = body(sip, &theirs);

	if (err)
		return err;
	/* RFC 3264 8: the version unchanged says that all of it is. */
	if (l->have_theirs && !l->offered && l->sdp[0] && theirs.session == l->theirs.session &&
	    theirs.version == l->theirs.version && memcmp(&theirs, &l->theirs, sizeof(theirs)) == 0)
		return 0;
	/* The first offer says what kind of call it is: a bearer does not change under a call. */
	if (l->state == SIP_OFFERED && !l->sdp[0] && l->peer->conf.clearmode && sdp_wants_data(&theirs))
		sip_session_data(l);
	err = sdp_agree(&l->ours, &theirs, false, &agreed);
	if (err)
		return err;
	l->theirs = theirs;
	l->agreed = agreed;
	l->have_theirs = true;
	l->offered = false;
	l->ours.version++;
	sdp_answer(&l->ours, &l->theirs, &l->agreed, l->sdp);
	return 0;
}

int sip_session_take_answer(struct sip_leg *l, const sip_t *sip)
{
	struct sdp_agreed agreed;
	struct sdp theirs;
	int err = body(sip, &theirs);

	if (!err)
		err = sdp_agree(&l->ours, &theirs, true, &agreed);
	if (err)
		return err;
	l->theirs = theirs;
	l->agreed = agreed;
	l->have_theirs = true;
	return 0;
}

void sip_session_start(struct sip_leg *l)
{
	struct media_rtp_remote r;

	if (!l->leg.port || !l->have_theirs)
		return;
	sdp_remote(&l->theirs, &l->agreed, &r);
	media_rtp_remote(l->leg.port, &r);
}

void sip_session_hold(struct sip_leg *l)
{
	bool held = l->have_theirs && !(l->theirs.dir & MEDIA_RECV);
	struct leg_event ev = { .kind = held ? LEG_HELD : LEG_RESUMED };

	if (held == l->held || l->state == SIP_CLEARING)
		return;
	l->held = held;
	leg_report(&l->leg, &ev);
}
