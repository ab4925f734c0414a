/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gateway/sip/ua.h: the SIP user agent (RFC 3261) over sofia-sip, UDP and TCP. Loop thread only. It makes
 * legs (channels/leg.h) whose port is an RTP stream of the media path; offer and answer (RFC 3264) are its
 * business. sofia-sip is only ever handed addresses: names are resolved by gateway/sip/resolve.h off the
 * loop.
 */
#ifndef GATEWAY_SIP_UA_H
#define GATEWAY_SIP_UA_H

#include <sofia-sip/su_wait.h>

#include "channels/leg.h"
#include "conf/trunks.h"
#include "gateway/media/media.h"
#include "gateway/sip/dump.h"

struct sip_ua;

struct sip_handlers {
	/* A call from peer TRUNK. The leg's port is set when the INVITE had an offer that can be met. */
	void (*offered)(void *arg, const char *trunk, struct leg *leg, const struct leg_offer *offer);
	/* A peer went up or down (health check, name resolution). */
	void (*peer)(void *arg, const char *trunk, bool up, const char *why);
	/* WAITING messages wait for USER, says peer TRUNK (RFC 3842). -ENOENT: nobody of that name. May be NULL. */
	int (*messages)(void *arg, const char *trunk, const char *user, unsigned waiting);
	void (*log)(void *arg, int level, const char *text);	/* level as in syslog */
	/* A message as it passed a socket; told in sip_ua_messages(). LOCAL: our end. NULL: messages are not kept. */
	void (*message)(void *arg, const struct dump_message *m, const struct sockaddr_storage *local);
	void *arg;
};

/* Binds every listen address, UDP and TCP. CONF is the whole trunk file; what is needed of it is copied.
 * Errors: -EADDRINUSE, -EADDRNOTAVAIL, with the address logged. */
int sip_ua_open(struct sip_ua **out, su_root_t *root, struct media *m, const struct conf *conf,
		const struct sip_handlers *handlers);
/* Orderly: BYE, CANCEL and refusals go out; runs the root until they are done, 3 s at most. NULL is fine. */
void sip_ua_close(struct sip_ua *ua);
/* A new set of peers. Calls that are up stay as they are. */
int sip_ua_reload(struct sip_ua *ua, const struct conf *conf);
/* Refuse new INVITEs with 503 and Retry-After while ON. */
void sip_ua_drain(struct sip_ua *ua, bool on);

/* Tells handlers.message of what has passed since the last time. NOW_US: the wall clock. */
void sip_ua_messages(struct sip_ua *ua, int64_t now_us);

/* Places a call to the peer that is trunk TRUNK. Errors, with nothing sent and no event to follow: -ENOENT (no such
 * peer), -EHOSTDOWN (health check or resolution says it is down: cause 27), -EADDRINUSE (no RTP port: cause
 * 42). */
int sip_ua_call(struct sip_ua *ua, const char *trunk, const struct leg_offer *offer, leg_event_fn *fn,
		void *arg, struct leg **out);
int sip_call_error_cause(int err);

/* --- For status ------------------------------------------------------------------------------- */
struct sip_peer_info {
	char trunk[64];
	char address[80];		/* host:port and transport as in use, "" while not resolved */
	bool up;
	char why[96];			/* of the last change */
	unsigned calls, calls_in, calls_out;	/* now; since start */
	unsigned rtt_us;		/* of the last OPTIONS */
};
int sip_ua_peers(const struct sip_ua *ua, struct sip_peer_info *out, int max);
bool sip_ua_peer(const struct sip_ua *ua, const char *trunk, struct sip_peer_info *out);	/* false: no such peer */

struct sip_counters {
	uint64_t requests, refused_source, refused_method, malformed, retransmissions;
	uint64_t invites_in, invites_out;
};
void sip_ua_counters(const struct sip_ua *ua, struct sip_counters *out);

/* Media facts of a leg for the call's ladder and record; any may be "" or 0. */
struct sip_leg_info {
	char codec[16], remote_rtp[80], call_id[128];
	unsigned ptime_ms;
	bool telephone_event;
	struct media_stats stats;	/* final from LEG_CLEARED on, a snapshot before */
};
void sip_leg_info(const struct leg *leg, struct sip_leg_info *out);

#endif
