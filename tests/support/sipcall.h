/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests/support/sipcall.h: the inside of tests/tools/sipcall: many calls from one UDP socket, each with a
 * calling end (UAC), and answering ends (UAS) for those that come back from the gateway. One thread; the
 * time is handed in, in microseconds.
 */
#ifndef TESTS_SIPCALL_H
#define TESTS_SIPCALL_H

#include <stdio.h>

#include "tests/support/audiocheck.h"
#include "tests/support/sipmsg.h"

#define SC_ENDS 6000		/* ends kept for the report */
#define SC_TX_TIMES 512	/* packets whose sending time is remembered, for the delay */

enum sc_audio { SC_AUDIO_SEQ, SC_AUDIO_FILE, SC_AUDIO_QUIET, SC_AUDIO_NONE };

struct sc_conf {
	struct sockaddr_in local, remote;
	const char *number;		/* called number, "%u" replaced by the call's index modulo MODULO */
	const char *from;		/* calling number, the same */
	const char *extra_headers;	/* complete lines for the INVITE */
	unsigned modulo, match;		/* how many last digits tie the two ends of a call together */
	unsigned count, max_now;
	double rate;			/* calls a second */
	unsigned hold_ms, ring_ms;	/* after answer; before answer (UAS) */
	unsigned cancel_ms;		/* UAC gives up so long after the INVITE; 0: never */
	unsigned give_up_ms;		/* a call not answered in this time has failed */
	bool uas;			/* answer calls */
	int uas_status;			/* final answer: 200, another status, 0: the called number's last three digits */
	const char *uas_reason;		/* Reason header of a refusal */
	bool uas_early;			/* 183 with SDP and audio in place of 180 */
	bool uas_bye;			/* the called end hangs up */
	const char *bye_reason;		/* Reason header of BYE */
	bool echo;			/* what comes back at the UAC is its own audio */
	int payload, uas_payload;	/* 0 PCMU, 8 PCMA */
	bool pcma_too;			/* the UAC offers PCMA behind its own, and takes what is answered */
	unsigned ptime;
	enum sc_audio audio;
	const char *file;
	const char *dtmf, *uas_dtmf;	/* digits sent by RFC 4733 after answer, by UAC and UAS */
	const char *record;		/* folder for what was received, one file an end */
	const uint8_t *map_up, *map_down;	/* what becomes of octets UAC->UAS and back; NULL: nothing */
	uint16_t rtp_first;
};

enum sc_state { SC_FREE, SC_TRYING, SC_RINGING, SC_UP, SC_CLEARING, SC_DONE };

struct sc_end {
	enum sc_state state;
	bool uac;
	unsigned index;			/* number of the call */
	struct sc_end *other;		/* the other end of the same call, when known */
	/* Dialog (RFC 3261 12). */
	char call_id[128], local_tag[32], remote_tag[96], branch[48];
	char local_uri[160], remote_uri[160], target[256];
	unsigned cseq, invite_cseq;
	/* What goes again until it is answered (17.1.1.2, 17.1.2.2, 13.3.1.4). */
	char again[4096];
	int64_t again_at;
	unsigned again_ms;
	/* What was seen. */
	int status;			/* final status of the INVITE, 0 while there is none */
	char reason[96], bye_reason[96];	/* Reason header of the refusal, of the BYE */
	char called[96], calling[96], from[256], pai[256], privacy[64], diversion[256], seen_dtmf[80];
	int64_t t_invite, t_100, t_180, t_183, t_200, t_end;
	bool provisional, cancelled, failed, remote_bye, byed;
	int64_t answer_at, bye_at, cancel_at;
	char *vias;			/* UAS: Via and Record-Route lines of the INVITE, to be answered with */
	unsigned reinvites;
	/* Audio. */
	int fd;				/* RTP, -1 for none */
	uint16_t port;
	struct sockaddr_in peer;
	int payload, dtmf_payload;
	uint16_t seq;
	uint32_t ts, ssrc;
	int64_t next_tx;		/* 0: not sending */
	uint64_t sent;			/* octets */
	unsigned packets_in, packets_out, foreign;
	struct audio_track track;
	int64_t tx_time[SC_TX_TIMES];
	int64_t delay_min, delay_max, delay_sum;
	unsigned delays;
	/* DTMF being sent: place in the digits, packets of the digit so far, pause left. */
	unsigned digit, digit_packet, digit_pause;
	uint32_t digit_ts, last_event_ts;
	FILE *rec;
};

struct sc {
	struct sc_conf conf;
	int fd;				/* SIP */
	struct sc_end *ends[SC_ENDS];
	unsigned n_ends, first_live, started;	/* ends before FIRST_LIVE are done */
	struct audio_source src;
	uint32_t next_port;
	unsigned unexpected;		/* messages that fit no dialog */
	char unexpected_text[120];
};

/* Signalling (sipcall_sig.c, sipcall_uac.c, sipcall_uas.c). */
struct sc_end *sc_end_new(struct sc *s, bool uac, unsigned index);
void sc_place(struct sc *s, unsigned index, int64_t now);
void sc_message(struct sc *s, const char *data, size_t len, int64_t now);
void sc_end_timers(struct sc *s, struct sc_end *e, int64_t now);
void sc_hangup(struct sc *s, struct sc_end *e, int64_t now);
/* Earliest time at which sc_end_timers() has work, INT64_MAX for none. */
int64_t sc_end_deadline(const struct sc_end *e);

/* Audio (sipcall_rtp.c). */
int sc_rtp_open(struct sc *s, struct sc_end *e);
void sc_rtp_start(struct sc *s, struct sc_end *e, const struct sipmsg_sdp *sdp, int64_t now);
void sc_rtp_stop(struct sc_end *e);
void sc_rtp_send(struct sc *s, struct sc_end *e, int64_t now);	/* whatever is due */
void sc_rtp_receive(struct sc *s, struct sc_end *e, int64_t now);	/* until there is no more */

#endif
