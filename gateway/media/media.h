/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gateway/media/media.h: the media path. One media thread owns all audio and RTP and no call state. The
 * functions here are called on the loop thread; each puts a command in a queue that the media thread
 * empties in order, so what is said of one port happens in the order said. Reports come back by another
 * queue and are delivered by media_service() on the loop thread. No function blocks.
 */
#ifndef GATEWAY_MEDIA_MEDIA_H
#define GATEWAY_MEDIA_MEDIA_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include "hw/hw.h"

struct heard;
struct media;
struct media_port;	/* one end of audio: a line, an RTP stream, or a test line */

struct media_stats {		/* of one port, since it was opened */
	uint64_t packets_in, packets_out, octets_in, octets_out;	/* RTP */
	uint64_t lost, late, duplicate, reordered, malformed, wrong_source, wrong_payload;
	uint32_t jitter_us, jitter_max_us;	/* RFC 3550 6.4.1 interarrival jitter */
	uint32_t remote_lost, remote_jitter_us, rtt_us;	/* from the far end's RTCP; 0 when unknown */
	uint64_t inserted, dropped;		/* samples that the jitter buffer had to invent or leave out */
	uint64_t line_underrun, line_overrun;	/* line ports: samples */
	float level_in_dbm0;	/* level heard over the last second, -99 for silence or before it is known */
	float freq_in_hz;	/* the strongest tone in it, 0 when there is none; probe ports only */
	bool level_known;	/* probe ports only: it was measured, if only over what there was before the end */
};

enum media_event_kind {
	MEDIA_DIGIT,		/* digit, duration_ms: heard on a line, or RFC 4733 events from RTP, at their end; '!' a flash */
	MEDIA_FIRST_RTP,	/* the first packet of the stream came */
	MEDIA_RTP_LOST,		/* nothing for 3 s on a stream that should flow */
	MEDIA_RTP_BACK,
	MEDIA_RTP_TIMEOUT,	/* nothing for rtp_timeout_ms; again each time as long passes */
	MEDIA_PLAYED,		/* a test line's file came to its end; all of media_play() has gone out */
	MEDIA_HEARD,		/* analog ports: heard */
	MEDIA_PARTNER_LOST,	/* analog ports: the RTP stream joined with it stopped (MEDIA_RTP_LOST) */
	MEDIA_PARTNER_BACK,	/* it goes on, or is no longer joined */
	MEDIA_CLOSED,		/* the last event of a port, with stats final; the port is freed when the callback returns */
};
struct media_event {
	enum media_event_kind kind;
	char digit;
	uint16_t duration_ms;
	const struct media_stats *stats;	/* MEDIA_CLOSED only */
	const struct heard *heard;		/* MEDIA_HEARD only; lives until the callback returns */
};
typedef void media_event_fn(void *arg, struct media_port *p, const struct media_event *ev);

struct files;

struct media_conf {
	struct files *files;		/* what writes recordings; outlives the media path. NULL: nothing is recorded (-ENOTSUP) */
	uint16_t rtp_first, rtp_last;	/* ports for RTP (even) and RTCP (next odd) */
	bool realtime;			/* ask for SCHED_FIFO; refusal is not an error */
	unsigned jitter_ms;		/* still to be played when the next packet is due, at most 60; 0: the default, 2 */
};

/* Starts the thread. HW may be NULL (SIP and test lines only; a timer of its own is the clock then). */
int media_open(struct media **out, struct hw *hw, const struct media_conf *conf);
/* Stops the thread; every port must have been closed and its MEDIA_CLOSED delivered. NULL is fine. */
void media_close(struct media *m);

struct country;
void media_tones(struct media *m, const struct country *c);	/* whose tones media_tone() makes; NULL: as before; at first the uk's */
int media_fd(const struct media *m);	/* readable when media_service() has reports to deliver */
void media_service(struct media *m);
/* Beats counted by the thread: a watchdog on the loop sees it stand still while ports are joined. */
uint64_t media_beats(const struct media *m);

/* --- Ports ------------------------------------------------------------------------------------ */

/* A B channel. The line is started when the port is joined and stopped when it is parted. */
struct media_line_conf {
	bool clear;		/* data: octets as they are, 0xff where there are none; no DTMF, no canceller, no tones */
	bool dtmf;		/* detect DTMF in what the line brings */
	unsigned echo_taps;	/* 0 for none */
};
int media_line_port(struct media *m, struct hw_line *line, const struct media_line_conf *conf,
		    media_event_fn *fn, void *arg, struct media_port **out);

/* An RTP stream. The sockets are bound before this returns: media_rtp_local() tells the port for SDP.
 * Errors: -EADDRINUSE (no free pair in the range), -EADDRNOTAVAIL, -EMFILE. */
struct media_rtp_conf {
	struct sockaddr_storage local;		/* address to bind; the port in it is ignored */
	unsigned rtp_timeout_ms;		/* 0 for none */
	bool symmetric;				/* take the peer's address from the first good packet */
	char cname[64];				/* RTCP SDES CNAME (RFC 3550 6.5.1), user@host */
};
int media_rtp_port(struct media *m, const struct media_rtp_conf *conf, media_event_fn *fn, void *arg,
		   struct media_port **out);
uint16_t media_rtp_local(const struct media_port *p);

/* What offer and answer agreed on, or a later one. Until it is first called nothing is sent, and what
 * arrives is dropped. */
enum media_dir { MEDIA_INACTIVE = 0, MEDIA_SEND = 1, MEDIA_RECV = 2, MEDIA_SENDRECV = 3 };
struct media_rtp_remote {
	struct sockaddr_storage rtp, rtcp;	/* where to send; rtcp.ss_family 0: the next port up */
	uint8_t payload;			/* payload type sent and expected: 0 PCMU, 8 PCMA */
	enum hw_law law;			/* what that payload type carries */
	bool clear;				/* no sound but data (RFC 4040): octets pass as they are */
	uint8_t dtmf_payload;			/* telephone-event (RFC 4733), 0 for none: tones pass in band */
	unsigned ptime_ms;			/* packets sent: 10, 20 or 30; any is accepted */
	enum media_dir dir;
};
int media_rtp_remote(struct media_port *p, const struct media_rtp_remote *r);

/* A test line's audio. SPEC: "milliwatt" (1004 Hz, 0 dBm0), "quiet", "echo", "play:PATH" (a WAV file, 16-bit mono at
 * 8 kHz or G.711), or "probe": it sends silence and measures what it hears (level_in_dbm0, freq_in_hz).
 * Errors: -EINVAL for a spec that is none of these, or the errno of opening the file. A relative PATH
 * is below DIR. The file is read here, whole; files over 16 MiB are -EFBIG. */
int media_test_port(struct media *m, const char *spec, const char *dir, media_event_fn *fn, void *arg,
		    struct media_port **out);

/* Two ports hear each other; each is in one pair at most, joining parts what was. Line to line runs with
 * no RTP; same law is passed bit-exact. */
int media_join(struct media_port *a, struct media_port *b);
void media_part(struct media_port *p);
/* A digit sent out of the port: telephone-event on RTP where agreed, else tones. */
int media_digit(struct media_port *p, char digit, unsigned duration_ms);
/* Local ringback or other tone towards this port in place of its partner: "" or NULL ends it. NAME is tone_id_name()'s. */
int media_tone(struct media_port *p, const char *name);
/* Parts and closes; MEDIA_CLOSED follows and is the last event. */
void media_port_close(struct media_port *p);
/* A snapshot that the media thread refreshes each second. */
void media_port_stats(const struct media_port *p, struct media_stats *out);

#endif
