/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gateway/media/port.h: inside the media path. A port is one end of audio; two joined ports hear each other.
 * What a port brings is pushed to its partner (port_deliver); where the partner makes its sound on demand (a
 * test line), or a digit or a tone takes its place, the port that plays it asks for it at its own pace
 * (port_generate). Members are the media thread's from MEDIA_OPENED to MEDIA_CLOSED, but for those named.
 *
 * Audio buffers that are passed on may be changed by who gets them, and RTP_HEADER octets before them are
 * free to be written: so a packet is built around the audio where it lies.
 */
#ifndef GATEWAY_MEDIA_PORT_H
#define GATEWAY_MEDIA_PORT_H

#include <pthread.h>

#include "gateway/media/analog.h"
#include "gateway/media/digits.h"
#include "gateway/media/media.h"
#include "gateway/media/queue.h"
#include "gateway/media/recording.h"
#include "gateway/media/stats.h"
#include "channels/sound/tone.h"
#include "gateway/media/wheel.h"

#define RTP_HEADER 12
#define SAMPLE_US 125

enum port_kind { PORT_LINE, PORT_RTP, PORT_TEST, PORT_MIX };
#define LISTEN_BITS 8

struct port_ops {
	void (*joined)(struct media_port *p, int64_t now_us);	/* partner, law or generator may have changed */
	void (*parted)(struct media_port *p, int64_t now_us);
	void (*push)(struct media_port *p, uint8_t *buf, unsigned n, int64_t now_us);
	void (*generator)(struct media_port *p, int64_t now_us);	/* a generator has started: feed from it */
	unsigned (*produce)(struct media_port *p, uint8_t *buf, unsigned n);	/* in p->law; NULL: does not */
	void (*sweep)(struct media_port *p, int64_t now_us);	/* every MEDIA_SWEEP_US */
	void (*closing)(struct media_port *p, int64_t now_us);
	void (*release)(struct media_port *p);			/* loop thread: sockets and memory */
};

struct media_port {
	const struct port_ops *ops;
	struct media *m;
	enum port_kind kind;
	media_event_fn *fn;		/* loop thread */
	void *arg;
	bool close_asked;		/* loop thread, and so is the next */
	struct asked {			/* analog ports: the latest orders; what answers older ones is not delivered */
		bool analog;
		uint16_t play, listen, set[LISTEN_BITS];	/* numbers of orders; the one that set each LISTEN_ bit anew */
		unsigned bits;
	} asked;
	struct stats_box box;		/* both: the published snapshot */

	enum hw_law law;		/* of the audio pushed to it and brought by it */
	bool transparent;		/* data: no law conversion, no generator in the way; its idle octet is 0xff */
	const uint8_t *conv;		/* from our law to the partner's, NULL for none */
	struct media_port *peer;
	struct digits digits;		/* tones of digits to be played out of this port */
	struct tone tone;		/* ringback and the like towards this port */
	struct player *player;		/* media_play(); NULL: nothing plays */
	unsigned tail;			/* samples of silence after it before all of it has gone out */
	uint16_t play_seq;
	struct media_stats st;		/* live */
	struct media_port *next, **prev;	/* all open ports of the thread */
};

#define MEDIA_SWEEP_US 250000
#define MEDIA_PHASES 20
#define MEDIA_PHASE_LINES 32

/* A command to the media thread. */
enum command_kind { CMD_OPEN, CMD_CLOSE, CMD_JOIN, CMD_PART, CMD_REMOTE, CMD_DIGIT, CMD_TONE,
		    CMD_LISTEN, CMD_PLAY, CMD_KEEP, CMD_RECORD, CMD_QUIT };
struct remote {			/* media_rtp_remote in the size that a queue likes */
	union sock_addr {
		struct sockaddr sa;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
	} rtp, rtcp;
	uint8_t payload, dtmf_payload;
	enum hw_law law;
	bool clear;
	uint16_t ptime_ms;
	enum media_dir dir;
};
struct command {
	enum command_kind kind;
	struct media_port *port;
	union {
		struct media_port *other;
		struct remote remote;
		struct { char digit; unsigned ms; } digit;
		const struct tone_def *tone;
		struct { unsigned bits; uint16_t seq; } listen;
		struct { struct player *player; uint16_t seq; } play;
		struct recording *recording;
	};
};
struct report {
	struct media_port *port;
	uint8_t kind;			/* enum media_event_kind, or REPORT_RECORDED */
	char digit;
	uint16_t duration_ms;
	uint16_t seq;			/* MEDIA_HEARD, MEDIA_PLAYED: of the order that it answers */
	uint8_t heard, tone;		/* MEDIA_HEARD: enum heard_kind, enum tone_id */
	unsigned cycles, ms;
	union {				/* the report's own: who takes it frees it */
		struct callerid *callerid;
		struct recording *recording;
	};
};
#define REPORT_RECORDED 255

struct media {
	struct hw *hw;
	struct media_conf conf;
	pthread_t thread;
	bool running;			/* loop thread: the thread was started */
	struct queue commands, reports;
	struct queue heads;		/* heads.h; made when they are first wanted */
	_Atomic bool heads_wanted;
	_Atomic uint64_t heads_lost;
	int command_fd, report_fd, epoll_fd;
	_Atomic uint64_t beats;
	_Atomic bool spilled;		/* the loop thread holds commands back: wake it when there is room */
	struct command *spill;		/* loop thread: commands that found the queue full */
	unsigned spill_n, spill_max;
	unsigned next_pair;		/* loop thread: where to look for a free pair of RTP ports */
	unsigned recordings;		/* loop thread: made and not done with */
	const struct country *country;	/* loop thread: whose tones media_tone() makes */
	struct recording *recorded;	/* media thread: complete, but the queue of reports was full */

	struct wheel wheel;		/* media thread from here on */
	struct media_port *ports, *closing;
	int64_t now_us, realtime_off_us;	/* of this wake-up; CLOCK_REALTIME - CLOCK_MONOTONIC */
	int64_t next_sweep_us;
	unsigned lines_running;
	unsigned phases[MEDIA_PHASES];	/* lines that are read in each slot of 20 ms */
	bool reported;			/* reports were queued since the loop thread was last woken */
};

/* --- port.c (media thread) --------------------------------------------------------------------- */

void port_init(struct media_port *p, struct media *m, enum port_kind kind, const struct port_ops *ops,
	       media_event_fn *fn, void *arg);				/* loop thread */
void port_join(struct media_port *a, struct media_port *b, int64_t now_us);
void port_part(struct media_port *p, int64_t now_us);
void port_set_law(struct media_port *p, enum hw_law law);	/* and what follows from it for the pair */
/* Passes what FROM brings to its partner, in the partner's law. */
void port_deliver(struct media_port *from, uint8_t *buf, unsigned n, int64_t now_us);
bool port_generating(const struct media_port *p);
uint8_t port_idle(const struct media_port *p);		/* the octet for when there is none */
/* What goes out of P now in place of pushed audio. Returns N, or 0 when nothing generates. */
unsigned port_generate(struct media_port *p, uint8_t *buf, unsigned n);
void port_report(struct media_port *p, enum media_event_kind kind, char digit, unsigned duration_ms);
void port_report_heard(struct media_port *p, const struct heard *h, uint16_t seq);
void port_report_recorded(struct media *m, struct recording *r);	/* not lost when the queue is full */
void port_play(struct media_port *p, struct player *player, uint16_t seq);	/* takes PLAYER; NULL: stop */
unsigned media_heard_bit(enum heard_kind k);			/* the LISTEN_ bit that it belongs to */
/* RFC 4733: an event heard on FROM, as long as it goes on, with its duration so far in samples. */
void port_event(struct media_port *from, char digit, uint32_t samples, bool first, bool end, int64_t now_us);

/* --- thread.c ---------------------------------------------------------------------------------- */

void *media_thread(void *media);
int media_command(struct media *m, const struct command *c);	/* media.c, loop thread */
void media_line_count(struct media *m, int more);		/* the card's clock runs while lines do */

/* --- port_line.c: the line as the sink of an RTP stream (media thread) -------------------------- */

bool line_ready(const struct media_port *line);			/* it runs: its start may wait for a slot */
void line_listen(struct media_port *line, unsigned bits, uint16_t seq, int64_t now_us);
void line_play(struct media_port *line, struct player *player, uint16_t seq, int64_t now_us);
void line_keep(struct media_port *line, struct recording *r);
unsigned line_keeps(const struct media_port *line);		/* any thread: ms */
void line_record(struct media_port *line, struct recording *r, int64_t now_us);
void line_lost(struct media_port *line, bool lost);		/* the stream joined with it, if it is an analog line */
int line_fill(struct media_port *line, int64_t now_us);		/* samples queued; below 0: it has run dry since */
unsigned line_cushion(const struct media_port *line);
/* After a pause, before N samples are put: silence, so that the cushion is reached at NEXT_US. */
void line_resume(struct media_port *line, unsigned n, int64_t next_us, int64_t now_us);
void line_put(struct media_port *line, const uint8_t *buf, unsigned n, int64_t now_us);
void line_kick(struct media_port *line, int64_t now_us);	/* audio has come back: feed again */

/* --- rtp: the stream as the source of a line, and as the sink of events ------------------------- */

int64_t rtp_feed_line(struct media_port *rtp, int64_t now_us);	/* when to be called again, -1: line_kick() */
void rtp_discard(struct media_port *rtp, int64_t now_us);		/* something else is played in its place */
void rtp_send_event(struct media_port *rtp, char digit, uint32_t samples, bool first, bool end);
bool rtp_sends_events(const struct media_port *rtp);
bool rtp_lost(const struct media_port *rtp);			/* MEDIA_RTP_LOST was told, and audio should come */
unsigned rtp_packet_samples(const struct media_port *rtp);	/* of the packets that we send */
void rtp_apply_remote(struct media_port *rtp, const struct remote *r, int64_t now_us);
bool rtp_digit(struct media_port *rtp, char digit, unsigned ms, int64_t now_us);	/* false: tones in band */

#endif
