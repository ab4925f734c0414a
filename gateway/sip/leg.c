/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The life of a leg. Whatever ends one calls sip_leg_end(); from there on the leg's timer does the rest, so
 * that LEG_CLEARED never comes from inside a leg_ function: it is reported when the RTP port is gone and the
 * far end has had its last word (or T_LINGER is over), and the memory goes when its transactions are done.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/cause.h"
#include "gateway/sip/internal.h"
#include "gateway/sip/reason.h"

const struct sip_timer_def sip_timers[N_SIP_TIMERS] = {
	[T_SETUP] = { "setup", 300000, "no leg rings for ever, whatever its owner does" },
	[T_OFFERED] = { "offered", 7500000, "the same, and T301 of the line that rings may be two hours" },
	[T_LINGER] = { "linger", 500, "the answer to BYE or CANCEL is worth waiting for, a dead peer is not" },
	[T_FORGET] = { "forget", 40000, "RFC 3261: 64 * T1 for a transaction, and some" },
	[T_OPTIONS] = { "options", 8000, "four retransmissions" },
	[T_DOWN] = { "down", 10000, "notice soon that a peer is back" },
	[T_RETRY_NAME] = { "retry-name", 10000, "after a resolution that failed" },
	[T_TTL_MIN] = { "ttl-min", 5000, "a TTL of 0 must not flood the name server" },
	[T_TTL_MAX] = { "ttl-max", 3600000, "a TTL of a week must not hide a move" },
	[T_CLOSE] = { "close", 3000, "orderly end of the user agent" },
};

struct sip_leg *sip_leg_new(struct sip_ua *ua, struct sip_peer *peer, bool incoming)
{
	struct sip_leg *l = calloc(1, sizeof(*l));

	if (!l)
		return NULL;
	l->timer = su_timer_create(su_root_task(ua->root), 1000);
	if (!l->timer) {
		free(l);
		return NULL;
	}
	l->leg.ops = &sip_leg_ops;
	l->leg.incoming = incoming;
	l->ua = ua;
	l->peer = peer;
	l->state = incoming ? SIP_OFFERED : SIP_CALLING;
	l->next = ua->legs;
	l->prev = &ua->legs;
	if (l->next)
		l->next->prev = &l->next;
	ua->legs = l;
	ua->n_legs++;
	peer->legs++;
	return l;
}

void sip_leg_free(struct sip_leg *l)
{
	if (l->invite)
		nta_incoming_destroy(l->invite);
	if (l->call)
		nta_outgoing_destroy(l->call);
	if (l->bye)
		nta_outgoing_destroy(l->bye);
	if (l->reinvite_out)
		nta_outgoing_destroy(l->reinvite_out);
	if (l->refer)
		nta_outgoing_destroy(l->refer);
	if (l->update)
		nta_outgoing_destroy(l->update);
	nta_leg_destroy(l->dialog);
	sip_overlap_end(l);
	su_timer_destroy(l->timer);
	free(l->bye_body);
	free(l->rates_body);
	free(l->history);
	*l->prev = l->next;
	if (l->next)
		l->next->prev = l->prev;
	l->ua->n_legs--;
	sip_peer_release(l->peer);
	free(l);
}

/* --- The end ---------------------------------------------------------------------------------- */

static bool signalling_done(const struct sip_leg *l)
{
	return !l->invite && !l->call && !l->bye && !l->reinvite_out;
}

static void report_cleared(struct sip_leg *l)
{
	struct leg_event ev = { .kind = LEG_CLEARED, .cause = l->cause, .by_far_end = l->by_far_end,
				.extra.uui = l->rx_uui };

	l->reported = true;
	leg_report(&l->leg, &ev);
	l->leg.fn = NULL;
	l->leg.trace = NULL;
}

static void on_timer(su_root_magic_t *magic, su_timer_t *t, su_timer_arg_t *arg);

static void wait_until(struct sip_leg *l, int64_t deadline_ms)
{
	int64_t left = deadline_ms - sip_now_ms();

	su_timer_set_interval(l->timer, on_timer, l, left > 0 ? (su_duration_t)left : 0);
}

static void deadline(struct sip_leg *l, enum sip_timer which)
{
	l->deadline_ms = sip_now_ms() + sip_timers[which].ms;
}

/* Nobody has answered yet. */
static void unanswered(struct sip_leg *l, bool late)
{
	struct leg_cause cause;

	if (l->state != SIP_OFFERED && l->state != SIP_CALLING)
		return;
	if (!late) {
		wait_until(l, l->deadline_ms);
		return;
	}
	reason_own(&cause, l->alerted ? 19 : 102, "setup timer");
	sip_clear(l, &cause, false);
}

static void on_timer(su_root_magic_t *magic, su_timer_t *t, su_timer_arg_t *arg)
{
	struct sip_leg *l = arg;
	bool late = sip_now_ms() >= l->deadline_ms;

	(void)magic;
	(void)t;
	if (l->state != SIP_CLEARING) {
		unanswered(l, late);
		return;
	}
	if (!l->reported && !l->closing && (late || signalling_done(l))) {
		report_cleared(l);
		deadline(l, T_FORGET);
		late = false;
	}
	if (l->reported && (late || signalling_done(l)))
		sip_leg_free(l);
	else if (!late)
		wait_until(l, l->deadline_ms);
}

void sip_leg_kick(struct sip_leg *l)
{
	if (l->state == SIP_CLEARING)
		su_timer_set_interval(l->timer, on_timer, l, 0);
}

void sip_leg_end(struct sip_leg *l, const struct leg_cause *cause, bool by_far_end)
{
	if (l->state == SIP_CLEARING)
		return;
	l->cause = *cause;
	l->by_far_end = by_far_end;
	l->state = SIP_CLEARING;
	sip_session_close(l);
	deadline(l, T_LINGER);
	sip_leg_kick(l);
}

/* --- The ladder ------------------------------------------------------------------------------- */

void sip_leg_trace(struct sip_leg *l, bool out, const char *what, const char *detail)
{
	struct sip_early *e;

	if (l->leg.trace) {
		leg_trace(&l->leg, "SIP", out, what, "%s", detail);
		return;
	}
	if (l->reported || l->n_early >= SIP_EARLY_MAX)
		return;
	e = &l->early[l->n_early++];
	e->out = out;
	snprintf(e->what, sizeof(e->what), "%s", what);
	snprintf(e->detail, sizeof(e->detail), "%s", detail);
}

void sip_leg_trace_status(struct sip_leg *l, bool out, int status, const char *phrase, const char *detail)
{
	char what[64];

	snprintf(what, sizeof(what), "%d %.48s", status, phrase && *phrase ? phrase : sip_phrase(status));
	sip_leg_trace(l, out, what, detail);
}

static void op_traced(struct leg *leg)
{
	struct sip_leg *l = (struct sip_leg *)leg;
	unsigned i;

	for (i = 0; i < l->n_early; i++)
		leg_trace(leg, "SIP", l->early[i].out, l->early[i].what, "%s", l->early[i].detail);
	l->n_early = 0;
}

/* --- What the owner can ask ------------------------------------------------------------------- */

static int op_digit(struct leg *leg, char digit, unsigned duration_ms)
{
	return leg->port ? media_digit(leg->port, digit, duration_ms) : -EALREADY;
}

static int op_clear(struct leg *leg, const struct leg_cause *cause)
{
	struct sip_leg *l = (struct sip_leg *)leg;

	if (l->state == SIP_CLEARING)
		return -EALREADY;
	sip_clear(l, cause, false);
	return 0;
}

const struct leg_ops sip_leg_ops = {
	.name = "sip",
	.proceed = sip_invite_proceed,
	.alert = sip_invite_alert,
	.progress = sip_invite_progress,
	.answer = sip_invite_answer,
	.sound = sip_invite_sound,
	.more = sip_overlap_more,
	.digit = op_digit,
	.hold = sip_hold,
	.resume = sip_resume,
	.join = sip_join,
	.with = sip_with,
	.connected = sip_connected,
	.referred = sip_referred,
	.charge = sip_charge,
	.diverted = sip_diverted,
	.clear = op_clear,
	.traced = op_traced,
};

void sip_leg_info(const struct leg *leg, struct sip_leg_info *out)
{
	const struct sip_leg *l = (const struct sip_leg *)leg;

	memset(out, 0, sizeof(*out));
	snprintf(out->call_id, sizeof(out->call_id), "%s", l->call_id);
	out->stats = l->stats;
	if (leg->port)
		media_port_stats(leg->port, &out->stats);
	if (!l->have_theirs)
		return;
	snprintf(out->codec, sizeof(out->codec), "%s", sdp_codec_name(l->agreed.codec.codec));
	sip_addr_text(&l->theirs.rtp, true, out->remote_rtp, sizeof(out->remote_rtp));
	out->ptime_ms = l->agreed.ptime;
	out->telephone_event = l->agreed.dtmf_payload != 0;
}

void sip_leg_arm_setup(struct sip_leg *l)
{
	deadline(l, l->leg.incoming ? T_OFFERED : T_SETUP);
	wait_until(l, l->deadline_ms);
}
