/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gateway/sip/internal.h: what the files of this folder share. The transaction layer is sofia-sip's nta:
 * dialogs, offers and answers are ours, and every request that leaves is handed its next hop as an address
 * (hop.c). Loop thread only.
 *
 *   ua.c          opens and closes, requests outside dialogs
 *   listen.c      the addresses we listen on, and which of them a peer is reached from
 *   peers.c       the peers, who may call; health.c and resolve.c: whether and where they are
 *   leg.c         the life of a leg, what its owner can ask
 *   invite_in.c   invite_out.c   dialog.c   clear.c: INVITE in and out, requests within, the end
 *   overlap.c     several INVITEs for one number; hold.c: re-INVITE of ours; refer.c: REFER; refer_in.c: REFER and 3xx of
 *                 a peer; mwi.c: messages that wait
 *   connected.c   who is at the far end, told and heard; User-to-User of responses
 *   messages.c    what passed the sockets, for traces; dump.c reads it
 *   diverted.c    a call that its called side has sent on: 181, History-Info in responses
 *   aoc.c         advice of charge to a peer; aoc_in.c: from one
 *   session.c     offer and answer against the media path; sdp.c, identity.c, diversion.c, isdn.c, reason.c: texts
 */
#ifndef GATEWAY_SIP_INTERNAL_H
#define GATEWAY_SIP_INTERNAL_H

#define NTA_AGENT_MAGIC_T struct sip_ua
#define NTA_LEG_MAGIC_T struct sip_leg
#define NTA_INCOMING_MAGIC_T struct sip_leg
#define NTA_OUTGOING_MAGIC_T void

#include <sofia-sip/msg_addr.h>
#include <sofia-sip/nta.h>
#include <sofia-sip/nta_stateless.h>
#include <sofia-sip/nta_tport.h>
#include <sofia-sip/sip.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_status.h>
#include <sofia-sip/sip_tag.h>
#include <sofia-sip/su_log.h>
#include <sofia-sip/su_tagarg.h>
#include <sofia-sip/tport.h>
#include <sofia-sip/tport_tag.h>

#include "gateway/sip/identity.h"
#include "gateway/sip/resolve.h"
#include "gateway/sip/sdp.h"
#include "gateway/sip/ua.h"

#define SIP_LEGS_MAX 8192	/* at once; a new INVITE is then refused with 503 */
#define SIP_ADDRS_MAX 8		/* addresses of one peer */
#define SIP_MESSAGE_MAX 65536	/* octets of a message; a longer one is refused with 413 */
#define SIP_BODIES 128		/* remembered, of messages sent that are not told of yet */
#define SIP_ROUTES 8		/* remembered, of addresses that messages came from */
#define SIP_EARLY_MAX 4		/* messages kept for a trace that comes later */
#define SIP_ALLOW "INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE, NOTIFY, REFER"
#define SIP_RETRY_AFTER "10"	/* seconds, with 503 */

/* Timers, in milliseconds; RFC 3261's own are sofia-sip's. */
enum sip_timer {
	T_SETUP,	/* from INVITE to its final response */
	T_LINGER,	/* a leg that is over waits so long for the far end's last word before it is reported */
	T_FORGET,	/* then its transactions may take so long to die */
	T_OPTIONS,	/* an OPTIONS without an answer has failed */
	T_DOWN,		/* between OPTIONS to a peer that is down, at most */
	T_RETRY_NAME,	/* after a failed resolution */
	T_TTL_MIN, T_TTL_MAX,	/* bounds of a resolved name's life */
	T_CLOSE,	/* sip_ua_close() */
	N_SIP_TIMERS
};
struct sip_timer_def {
	const char *name;
	unsigned ms;
	const char *why;
};
extern const struct sip_timer_def sip_timers[N_SIP_TIMERS];

struct sip_listen {
	char host[64];			/* as configured, without brackets */
	char ident[8];			/* its name in sofia-sip */
	struct sockaddr_storage addr;
	bool any;			/* 0.0.0.0 or [::] */
};

/* One end of a signalling path: an address, its port and the transport. */
struct sip_hop {
	struct sockaddr_storage addr;
	enum conf_transport transport;
};

/* What we are called towards one far end. */
struct sip_local {
	const struct sip_listen *listen;
	struct sockaddr_storage ip;	/* port is the listener's */
	char host[64];			/* without brackets */
	char hostport[80];		/* as in URIs and Via */
};

struct sip_peer {
	struct sip_peer *next;
	struct sip_ua *ua;
	char trunk[64];
	struct conf_sip conf;		/* FROM is our copy */
	struct conf_net *from;
	bool dead;			/* no longer configured; freed with its last leg */
	unsigned legs;
	struct sockaddr_storage addrs[SIP_ADDRS_MAX];
	int n_addrs, at;		/* AT is the one in use */
	bool literal, up;
	char why[96];
	unsigned calls_in, calls_out, rtt_us;
	struct resolve *lookup;
	su_timer_t *name_timer, *health_timer;
	nta_leg_t *options_leg;		/* while an OPTIONS is out */
	nta_outgoing_t *options;
	int64_t options_us;
	int64_t heard_us;		/* the last sign of life: a request, a response to INVITE */
	bool options_out;
};

struct sip_ua {
	su_root_t *root;
	struct media *media;
	struct sip_handlers h;
	nta_agent_t *agent;
	struct resolver *resolver;
	struct sip_listen *listen;
	int n_listen;
	char user_agent[64], rtp_address[64];
	struct sip_peer *peers;
	struct sip_leg *legs;
	unsigned n_legs;
	bool draining, closing;
	struct sip_counters counters;
	int64_t refused_second;		/* of the last refusal that was logged */
	unsigned refused_held;
	struct sip_dump *dump;		/* NULL: nobody wants the messages */
	struct sip_route { struct sockaddr_storage remote, local; } routes[SIP_ROUTES];	/* messages.c */
	unsigned next_route;
	struct sip_body { char call_id[128], *text; } bodies[SIP_BODIES];
	unsigned next_body;
	uint64_t session;		/* of the last SDP origin given */
};

enum sip_state {
	SIP_OFFERED,	/* in: no final response sent */
	SIP_CALLING,	/* out: no final response received */
	SIP_ANSWERED,	/* in: 200 sent, ACK not yet there */
	SIP_UP,
	SIP_CLEARING,	/* over; the end may still have to be reported, transactions to finish */
};

struct sip_overlap {			/* overlap.c: while more digits may follow */
	struct leg_offer offer;		/* with the digits so far */
	bool unsent;			/* some are in no INVITE yet */
};

struct sip_early {
	bool out;
	char what[32], detail[96];
};

struct sip_leg {
	struct leg leg;			/* first: the public part */
	struct sip_ua *ua;
	struct sip_peer *peer;
	struct sip_leg *next, **prev;
	enum sip_state state;
	bool reported, alerted;
	struct leg_cause cause;		/* once CLEARING */
	bool by_far_end;
	su_timer_t *timer;
	int64_t deadline_ms;		/* of T_SETUP, T_LINGER or T_FORGET, by state */

	struct sip_overlap *overlap;	/* NULL: the number is complete, or the far end has enough */
	uint32_t cseq;			/* of our last INVITE to a number that grows; 0: the dialog's own */
	nta_leg_t *dialog;
	nta_incoming_t *invite;		/* the INVITE, or a re-INVITE, that we serve, until its ACK */
	bool reinvite;			/* it is a re-INVITE */
	nta_outgoing_t *call, *bye;	/* our INVITE until its final response; our BYE */
	nta_outgoing_t *reinvite_out, *refer;	/* ours, until their final responses */
	bool hold_wanted;		/* the far end is to be held; ours.hold says what was offered last */
	bool referred;			/* it took our REFER: NOTIFYs come */
	bool refer_in;			/* we took its REFER: NOTIFY is to follow */
	uint32_t refer_id;		/* CSeq of that, when it was not the first of the call; else 0 */
	bool refer_more;		/* there was one before */
	uint8_t redirects;		/* out: what our INVITE tells of */
	struct leg_number called;	/* whom the INVITE is for; out: or where the far end has last said that the call is */
	char *history;			/* in: History-Info of our responses, or NULL */
	char *bye_body;			/* advice of charge for our BYE, or NULL */
	char *rates_body;		/* the same for an INFO when the call is up */
	bool bye_wanted;		/* as soon as the ACK is there */
	struct sip_hop home;		/* where to send when the dialog names no address */
	struct sip_local local;
	char call_id[128];
	char connected[IDENTITY_MAX + 64];	/* header lines of our 200 or UPDATE, "" for none */
	struct leg_extra with;		/* what our next message takes along */
	struct leg_number who;		/* what the far end last said of itself */
	char who_name[LEG_NAME_MAX];
	struct leg_uui rx_uui;		/* of the far end's BYE or final response */
	bool takes_update;		/* it allows UPDATE */
	bool tell_wanted;		/* it does not: who is here goes with the next re-INVITE */
	bool hold_changes, tells;	/* what our re-INVITE under way is about */
	nta_outgoing_t *update;		/* ours, until its final response */

	/* The session (session.c). */
	struct sdp_local ours;
	struct sdp theirs;
	struct sdp_agreed agreed;
	bool have_theirs;		/* THEIRS and AGREED hold */
	bool offered;			/* our offer is out and unanswered */
	bool held;
	char sdp[SDP_OUT_MAX];		/* our description as last sent, "" for none */
	char early_tag[96];		/* To tag of the 18x whose description is in use */
	struct media_port *closing;	/* closed, MEDIA_CLOSED not yet there */
	struct media_stats stats;

	struct sip_early early[SIP_EARLY_MAX];
	unsigned n_early;
};

int64_t sip_now_us(void);
int64_t sip_now_ms(void);
void sip_log(struct sip_ua *ua, int level, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* no_names.c: sofia-sip's own name lookups, which are refused; how many were tried. */
unsigned long sip_names_refused(void);

/* listen.c */
int sip_listen_open(struct sip_ua *ua, const struct conf *conf);
const struct sip_listen *sip_listen_of(struct sip_ua *ua, msg_t *msg);
/* LISTEN may be NULL: any that can reach DST. -EADDRNOTAVAIL. */
int sip_local_for(struct sip_ua *ua, const struct sip_listen *listen, const struct sockaddr_storage *dst,
		  struct sip_local *out);

/* messages.c: a body that goes out in a message with CALL_ID */
void sip_messages_body(struct sip_ua *ua, const char *call_id, const char *body);
void sip_messages_close(struct sip_ua *ua);

/* hop.c */
int sip_addr_parse(const char *host, uint16_t port, struct sockaddr_storage *out);	/* brackets are fine */
uint16_t sip_addr_port(const struct sockaddr_storage *a);
void sip_addr_set_port(struct sockaddr_storage *a, uint16_t port);
bool sip_addr_same_ip(const struct sockaddr_storage *a, const struct sockaddr_storage *b);
void sip_addr_text(const struct sockaddr_storage *a, bool port, char *out, size_t size);
const char *sip_transport_name(enum conf_transport t);
/* Where a message came from. */
void sip_hop_source(struct sip_ua *ua, msg_t *msg, struct sip_hop *out);
/* Next hop of a request in L's dialog, by RFC 3261 12.2.1.1 where that is an address that we can reach, else home. */
void sip_hop_next(struct sip_leg *l, struct sip_hop *out);
void sip_hop_url(const struct sip_hop *hop, char *out, size_t size);	/* sip:192.0.2.7:5060;transport=udp */

/* peers.c */
int sip_peers_load(struct sip_ua *ua, const struct conf *conf);
void sip_peers_close(struct sip_ua *ua);
struct sip_peer *sip_peer_find(struct sip_ua *ua, const char *trunk);
struct sip_peer *sip_peer_match(struct sip_ua *ua, const struct sip_hop *source);
void sip_peer_set_up(struct sip_peer *p, bool up, const char *why);
void sip_peer_release(struct sip_peer *p);	/* one leg less */
bool sip_peer_hop(const struct sip_peer *p, struct sip_hop *out);

/* health.c */
void sip_health_start(struct sip_peer *p);	/* also after a change of address */
void sip_health_stop(struct sip_peer *p);
void sip_health_heard(struct sip_peer *p);	/* it has just spoken to us */

/* leg.c */
struct sip_leg *sip_leg_new(struct sip_ua *ua, struct sip_peer *peer, bool incoming);
void sip_leg_free(struct sip_leg *l);
/* Over: closes the port; LEG_CLEARED and the freeing follow from the timer. */
void sip_leg_end(struct sip_leg *l, const struct leg_cause *cause, bool by_far_end);
void sip_leg_arm_setup(struct sip_leg *l);
void sip_leg_kick(struct sip_leg *l);	/* something finished: look again soon */
void sip_leg_trace(struct sip_leg *l, bool out, const char *what, const char *detail);
void sip_leg_trace_status(struct sip_leg *l, bool out, int status, const char *phrase, const char *detail);
extern const struct leg_ops sip_leg_ops;

/* message.c */
/* A request in L's dialog. URI NULL: the dialog's target. */
nta_outgoing_t *sip_send_request(struct sip_leg *l, sip_method_t method, const char *name, const char *uri,
			    nta_response_f *fn, tag_type_t tag, tag_value_t value, ...);
const char *sip_our_contact(struct sip_leg *l);	/* ours; good until the next call */
#define SIP_REPLY_SDP 1		/* with l->sdp */
/* CAUSE may be NULL: no Reason. */
void sip_send_reply(struct sip_leg *l, nta_incoming_t *irq, int status, unsigned flags, const struct leg_cause *cause);
void sip_send_ack(struct sip_leg *l, const sip_t *response);
/* To a request that makes no leg: statefully, so that retransmissions get the same. Takes MSG. */
void sip_refuse(struct sip_ua *ua, msg_t *msg, int status, tag_type_t tag, tag_value_t value, ...);

/* session.c. Errors: -EINVAL, -E2BIG (malformed: 400), -ENOENT (nothing in common: 488), -EPROTOTYPE (not SDP: 415). */
int sip_session_open(struct sip_leg *l);	/* our address and RTP port; errors of media_rtp_port() */
void sip_session_data(struct sip_leg *l);	/* a data call: CLEARMODE and nothing else is ours */
bool sip_session_body(const sip_t *sip);	/* is there a body at all? */
void sip_session_offer(struct sip_leg *l);
int sip_session_take_offer(struct sip_leg *l, const sip_t *sip);	/* l->sdp is the answer then */
int sip_session_take_answer(struct sip_leg *l, const sip_t *sip);
void sip_session_start(struct sip_leg *l);	/* tell the media path what was agreed */
void sip_session_hold(struct sip_leg *l);	/* report a change between held and not */
void sip_session_close(struct sip_leg *l);
int sip_session_status(int err);		/* 400, 415, 488 for the errors above */
void sip_session_words(const sip_t *sip, char *out, size_t size);	/* of a message's description, for the ladder */

/* invite_in.c, invite_out.c, dialog.c, clear.c */
void sip_invite_in(struct sip_ua *ua, struct sip_peer *peer, const struct sip_hop *source, msg_t *msg, sip_t *sip);
int sip_invite_proceed(struct leg *leg);
int sip_invite_alert(struct leg *leg, bool inband);
int sip_invite_progress(struct leg *leg, bool inband, const struct leg_cause *cause);
int sip_invite_answer(struct leg *leg, const struct leg_number *connected);
int sip_dialog_request(struct sip_leg *l, nta_leg_t *dialog, nta_incoming_t *irq, const sip_t *sip);
int sip_dialog_ack(struct sip_leg *l, nta_incoming_t *irq, const sip_t *sip);
/* invite_out.c, overlap.c */
int sip_invite_send(struct sip_leg *l, const struct leg_offer *offer);
int sip_overlap_begin(struct sip_leg *l, const struct leg_offer *offer);
void sip_overlap_end(struct sip_leg *l);
bool sip_overlap_refused(struct sip_leg *l);	/* 484: true when the leg lives on, as digits may follow */
int sip_overlap_more(struct leg *leg, const char *digits, bool complete);
/* hold.c: sends the re-INVITE that is wanted, as soon as one can go. */
void sip_hold_run(struct sip_leg *l);
int sip_hold(struct leg *leg);
int sip_resume(struct leg *leg);
/* connected.c */
int sip_with(struct leg *leg, const struct leg_extra *extra);
int sip_connected(struct leg *leg, const struct leg_number *connected);
void sip_connected_headers(struct sip_leg *l, const struct leg_number *connected);
void sip_connected_invite(struct sip_leg *l, const sip_t *sip);
void sip_connected_answer(struct sip_leg *l, const sip_t *sip, struct leg_event *ev);	/* into EV */
void sip_connected_change(struct sip_leg *l, const sip_t *sip);	/* a request within the dialog */
/* refer.c */
int sip_join(struct leg *leg, struct leg *with);
int sip_refer_notify(struct sip_leg *l, nta_incoming_t *irq, const sip_t *sip);
/* aoc.c */
/* diverted.c */
int sip_diverted(struct leg *leg, const struct leg_divert *to);
void sip_diverted_came(struct sip_leg *l, int status, const sip_t *sip);	/* a response to our INVITE that is not final, or a 200 */
#define SIP_AOC_TYPE "application/vnd.etsi.aoc+xml"
/* aoc_in.c */
bool sip_aoc_body(const sip_t *sip);		/* is there one? */
void sip_aoc_came(struct sip_leg *l, const sip_t *sip);
/* The charge in LEN octets of XML; false: there is none. Of several the last is taken, of both kinds that of the whole call. */
bool sip_aoc_parse(const char *body, size_t len, struct leg_charge *out);
const char *sip_allowed(const struct sip_leg *l);	/* for the Allow header within a call */
int sip_charge(struct leg *leg, const struct leg_charge *charge);
void sip_aoc_currency(const char *s, char out[11]);	/* a network's word for its currency, as XML can have it */
void sip_charge_ready(struct sip_leg *l);	/* the call is up, and its ACK has passed */
enum { SIP_AOC_SCALES = 7 };
extern const char *const sip_aoc_scales[SIP_AOC_SCALES];	/* as leg_rate.scale has them */
/* refer_in.c */
int sip_refer_in(struct sip_leg *l, nta_incoming_t *irq, const sip_t *sip);
int sip_referred(struct leg *leg, const struct leg_cause *cause);
bool sip_redirected(struct sip_leg *l, int status, const sip_t *sip);
/* alert.c: the ring that a header's VALUE asks for into OUT, "" for none; into the offer of an INVITE. */
void sip_alert_ring(const char *value, char *out, size_t size);
void sip_alert_read(const sip_t *sip, struct leg_offer *offer);
/* mwi.c */
void sip_mwi_notify(struct sip_ua *ua, struct sip_peer *peer, msg_t *msg, sip_t *sip);
/* A message summary (RFC 3842 5): how many new voice messages, 255 at most; 1 when only "yes" is said. -1: it is none. */
int sip_mwi_read(const char *text, size_t len, unsigned *waiting);
/* Ends the signalling by what the state asks for (final response, CANCEL, BYE) and the leg with it. */
void sip_clear(struct sip_leg *l, const struct leg_cause *cause, bool by_far_end);
void sip_bye(struct sip_leg *l);

#endif
