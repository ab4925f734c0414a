/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Is a peer there? An OPTIONS (RFC 3261 11) every health: interval. Any final answer but a 503 says yes; none
 * within T_OPTIONS says no, unless it spoke otherwise meanwhile (not everything that takes calls answers
 * OPTIONS); then the next of its addresses is tried. A peer that is down is asked more often.
 */
#include <stdio.h>
#include <string.h>

#include "gateway/sip/internal.h"

static void ask(struct sip_peer *p);

static void on_timer(su_root_magic_t *magic, su_timer_t *t, su_timer_arg_t *arg)
{
	struct sip_peer *p = arg;

	(void)magic;
	(void)t;
	if (p->options_out && p->heard_us > p->options_us) {
		sip_health_stop(p);
		sip_peer_set_up(p, true, "no answer to OPTIONS, but it is there");
	} else if (p->options_out) {
		sip_health_stop(p);
		p->at = p->n_addrs ? (p->at + 1) % p->n_addrs : 0;
		sip_peer_set_up(p, false, "no answer to OPTIONS");
	}
	ask(p);
}

static void wait(struct sip_peer *p, unsigned ms)
{
	su_timer_set_interval(p->health_timer, on_timer, p, (su_duration_t)ms);
}

static unsigned interval(const struct sip_peer *p)
{
	return !p->up && p->conf.health_ms > sip_timers[T_DOWN].ms ? sip_timers[T_DOWN].ms : p->conf.health_ms;
}

static int on_answer(nta_outgoing_magic_t *arg, nta_outgoing_t *orq, const sip_t *sip)
{
	struct sip_peer *p = arg;
	int status = sip && sip->sip_status ? sip->sip_status->st_status : nta_outgoing_status(orq);
	bool inside = !sip || nta_sip_is_internal(sip);
	char why[64];

	if (status < 200 || orq != p->options)
		return 0;
	p->options = NULL;
	sip_health_stop(p);
	nta_outgoing_destroy(orq);
	if (inside || status == 503) {
		snprintf(why, sizeof(why), inside ? "cannot be reached (%d)" : "answered %d", status);
		p->at = p->n_addrs ? (p->at + 1) % p->n_addrs : 0;
		sip_peer_set_up(p, false, why);
	} else {
		p->rtt_us = (unsigned)(sip_now_us() - p->options_us);
		sip_peer_set_up(p, true, "answers OPTIONS");
	}
	wait(p, interval(p));
	return 0;
}

static void ask(struct sip_peer *p)
{
	char route[128], via[128], from[128], to[136];
	struct sip_local local;
	struct sip_hop hop;

	if (!sip_peer_hop(p, &hop) || sip_local_for(p->ua, NULL, &hop.addr, &local) < 0) {
		sip_peer_set_up(p, false, "no route to its address");
		wait(p, interval(p));
		return;
	}
	sip_hop_url(&hop, route, sizeof(route));
	snprintf(via, sizeof(via), "SIP/2.0/%s %s;rport", hop.transport == CONF_TCP ? "TCP" : "UDP", local.hostport);
	snprintf(from, sizeof(from), "<sip:%s>", local.hostport);
	snprintf(to, sizeof(to), "<%s>", route);
	p->options_leg = nta_leg_tcreate(p->ua->agent, NULL, NULL, SIPTAG_FROM_STR(from), SIPTAG_TO_STR(to), TAG_END());
	if (p->options_leg && nta_leg_tag(p->options_leg, NULL))
		p->options = nta_outgoing_tcreate(p->options_leg, on_answer, p, URL_STRING_MAKE(route), SIP_METHOD_OPTIONS,
						  URL_STRING_MAKE(route), NTATAG_USER_VIA(1), SIPTAG_VIA_STR(via),
						  TPTAG_IDENT(local.listen->ident), SIPTAG_CONTACT_STR(from),
						  SIPTAG_USER_AGENT_STR(p->ua->user_agent),
						  SIPTAG_ACCEPT_STR("application/sdp"), TAG_END());
	p->options_out = true;
	p->options_us = sip_now_us();
	wait(p, sip_timers[T_OPTIONS].ms < p->conf.health_ms ? sip_timers[T_OPTIONS].ms : p->conf.health_ms);
}

void sip_health_start(struct sip_peer *p)
{
	sip_health_stop(p);
	if (!p->conf.health_ms) {
		sip_peer_set_up(p, true, "not watched");
		return;
	}
	/* Believed until the first answer, or the lack of one, says otherwise. */
	sip_peer_set_up(p, true, "OPTIONS sent");
	ask(p);
}

void sip_health_heard(struct sip_peer *p)
{
	p->heard_us = sip_now_us();
	if (!p->up && p->n_addrs && p->conf.health_ms)
		sip_peer_set_up(p, true, "it spoke to us");
}

void sip_health_stop(struct sip_peer *p)
{
	if (p->health_timer)
		su_timer_reset(p->health_timer);
	if (p->options)
		nta_outgoing_destroy(p->options);
	nta_leg_destroy(p->options_leg);
	p->options = NULL;
	p->options_leg = NULL;
	p->options_out = false;
}
