/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The user agent: opens and closes, and takes the requests that belong to no dialog. Whoever is no configured
 * peer gets one and the same answer to everything, with no transaction and no leg made for it.
 */
#include "gateway/sip/ua.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gateway/cause.h"
#include "gateway/log.h"
#include "gateway/sip/internal.h"
#include "gateway/sip/reason.h"

int64_t sip_now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t sip_now_ms(void)
{
	return sip_now_us() / 1000;
}

void sip_log(struct sip_ua *ua, int level, const char *fmt, ...)
{
	char text[320];
	va_list ap;

	if (!ua->h.log)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	ua->h.log(ua->h.arg, level, text);
}

/* --- Requests outside dialogs ------------------------------------------------------------------ */

/* One line a second at most: a flood must not fill the log. */
static void log_stranger(struct sip_ua *ua, const struct sip_hop *source, const char *method)
{
	int64_t second = sip_now_ms() / 1000;
	char a[64];

	ua->counters.refused_source++;
	if (second == ua->refused_second) {
		ua->refused_held++;
		return;
	}
	sip_addr_text(&source->addr, true, a, sizeof(a));
	sip_log(ua, LOG_L_NOTICE, "sip: %.16s from %s %s refused: no configured peer (%u more not logged)", method, a,
		sip_transport_name(source->transport), ua->refused_held);
	ua->refused_second = second;
	ua->refused_held = 0;
}

static void take_request(struct sip_ua *ua, struct sip_peer *peer, const struct sip_hop *source, msg_t *msg, sip_t *sip)
{
	sip_method_t method = sip->sip_request->rq_method;

	if (sip->sip_to->a_tag || method == sip_method_cancel || method == sip_method_bye || method == sip_method_prack) {
		sip_refuse(ua, msg, 481, TAG_END());
	} else if (method == sip_method_invite) {
		sip_invite_in(ua, peer, source, msg, sip);
	} else if (method == sip_method_options) {
		sip_refuse(ua, msg, 200, SIPTAG_ALLOW_STR(SIP_ALLOW), SIPTAG_ACCEPT_STR("application/sdp"), TAG_END());
	} else if (method == sip_method_notify) {
		msg_ref(msg);	/* SIP is read after the transaction is made */
		sip_mwi_notify(ua, peer, msg, sip);
		msg_destroy(msg);
	} else {
		ua->counters.refused_method++;
		sip_refuse(ua, msg, method == sip_method_unknown ? 501 : 405, SIPTAG_ALLOW_STR(SIP_ALLOW), TAG_END());
	}
}

static int on_message(struct sip_ua *ua, nta_agent_t *agent, msg_t *msg, sip_t *sip)
{
	struct sip_peer *peer;
	struct sip_hop source;

	/* A response that nobody waits for, an ACK to something stateless. */
	if (!sip || !sip->sip_request || sip->sip_request->rq_method == sip_method_ack) {
		msg_destroy(msg);
		return 0;
	}
	sip_hop_source(ua, msg, &source);
	peer = sip_peer_match(ua, &source);
	if (peer) {
		sip_health_heard(peer);
		take_request(ua, peer, &source, msg, sip);
		return 0;
	}
	log_stranger(ua, &source, sip->sip_request->rq_method_name);
	nta_msg_treply(agent, msg, 403, "Forbidden", TAG_END());
	return 0;
}

/* --- Open and close --------------------------------------------------------------------------- */

static void swallow(void *stream, char const *fmt, va_list ap)
{
	(void)stream;
	(void)fmt;
	(void)ap;
}

/* sofia-sip writes to standard error what any datagram can provoke. */
static void quiet(void)
{
	if (!getenv("SOFIA_DEBUG"))
		su_log_redirect(NULL, swallow, NULL);
}

int sip_ua_open(struct sip_ua **out, su_root_t *root, struct media *m, const struct conf *conf,
		const struct sip_handlers *handlers)
{
	struct sip_ua *ua = calloc(1, sizeof(*ua));
	int err;

	if (!ua)
		return -ENOMEM;
	quiet();
	ua->root = root;
	ua->media = m;
	ua->h = *handlers;
	ua->session = (uint64_t)time(NULL) << 16;
	snprintf(ua->user_agent, sizeof(ua->user_agent), "%s", conf->sip.user_agent[0] ? conf->sip.user_agent : "Tipring");
	snprintf(ua->rtp_address, sizeof(ua->rtp_address), "%s", conf->sip.rtp_address);
	ua->agent = nta_agent_create(root, (url_string_t *)-1, on_message, ua, NTATAG_UA(1), NTATAG_MERGE_482(1),
				     NTATAG_PASS_100(1), NTATAG_MAXSIZE(SIP_MESSAGE_MAX), NTATAG_UDP_MTU(65535),
				     NTATAG_SERVER_RPORT(1), NTATAG_USE_NAPTR(0), NTATAG_USE_SRV(0), TAG_END());
	err = ua->agent ? 0 : -ENOMEM;
	if (!err && ua->h.message)
		err = dump_open(&ua->dump);
	if (!err)
		err = sip_listen_open(ua, conf);
	if (!err)
		err = resolver_open(&ua->resolver, root, NULL);
	if (!err)
		err = sip_peers_load(ua, conf);
	if (err) {
		sip_ua_close(ua);
		return err;
	}
	*out = ua;
	return 0;
}

static void finish_legs(struct sip_ua *ua)
{
	int64_t until = sip_now_ms() + sip_timers[T_CLOSE].ms;
	struct leg_cause cause;
	struct sip_leg *l, *next;
	bool open = true;

	reason_own(&cause, 41, "the gateway is stopping");
	for (l = ua->legs; l; l = l->next)
		sip_clear(l, &cause, false);
	while (open && sip_now_ms() < until) {
		su_root_step(ua->root, 10);
		media_service(ua->media);
		for (open = false, l = ua->legs; l; l = l->next)
			open |= !l->reported || l->bye || l->call;
	}
	for (l = ua->legs; l; l = next) {
		next = l->next;
		sip_leg_free(l);
	}
}

void sip_ua_close(struct sip_ua *ua)
{
	if (!ua)
		return;
	ua->closing = true;
	if (ua->legs)
		finish_legs(ua);
	sip_peers_close(ua);
	resolver_close(ua->resolver);
	nta_agent_destroy(ua->agent);
	sip_messages_close(ua);
	free(ua->listen);
	free(ua);
}

int sip_ua_reload(struct sip_ua *ua, const struct conf *conf)
{
	snprintf(ua->user_agent, sizeof(ua->user_agent), "%s", conf->sip.user_agent[0] ? conf->sip.user_agent : "Tipring");
	snprintf(ua->rtp_address, sizeof(ua->rtp_address), "%s", conf->sip.rtp_address);
	return sip_peers_load(ua, conf);
}

void sip_ua_drain(struct sip_ua *ua, bool on)
{
	ua->draining = on;
}

void sip_ua_counters(const struct sip_ua *ua, struct sip_counters *out)
{
	usize_t requests = 0, bad = 0, again_in = 0, again_out = 0;

	nta_agent_get_stats(ua->agent, NTATAG_S_RECV_REQUEST_REF(requests), NTATAG_S_BAD_MESSAGE_REF(bad),
			    NTATAG_S_RECV_RETRY_REF(again_in), NTATAG_S_RETRY_REQUEST_REF(again_out), TAG_END());
	*out = ua->counters;
	out->requests = requests;
	out->malformed = bad;
	out->retransmissions = again_in + again_out;
}
