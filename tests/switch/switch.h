/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests/switch/switch.h: the inside of tests/tools/isdn_switch, an ISDN exchange (or PBX) for tests, written on
 * libpri and DAHDI alone: nothing of the gateway is in it, so the two agree only where both are right. One
 * thread. A test writes commands to its standard input, a line each, and reads events, a JSON line each:
 *
 *   main.c      options, the loop, events out
 *   dchan.c     the D channel: libpri's reader and writer, what a mute or deaf switch does with frames
 *   alter.c     messages that libpri would not send: elements added, left out, whole messages
 *   capture.c   every frame that passed, for tshark
 *   call.c      calls and the steps they take
 *   place.c     calls that it places
 *   events.c    what libpri reports
 *   command.c   the words of standard input
 *   bchan.c     tones on B channels, and what is heard there
 */
#ifndef TESTS_SWITCH_H
#define TESTS_SWITCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <libpri.h>

#define FCS 2		/* octets of room at the end of a frame that libpri expects and sends */
#define FRAME_MAX 512
#define STEPS_MAX 16
#define STEP_MAX 160
#define CALLS_MAX 64
#define LINE_MAX 2048
#define DCHANS_MAX 2
#define SPANS_MAX 8	/* of an NFAS group; span N has interface identifier N, from 0 */

struct steps {
	int n;
	char word[STEPS_MAX][STEP_MAX];
};

struct bchan {
	int fd;			/* -1 for closed */
	double hz, phase;	/* tone sent, 0 for silence */
	double power;		/* of what was heard since the last report */
	unsigned samples;
};

struct call {
	int id;			/* 1, 2, ...; 0: the place is free */
	q931_call *call;	/* NULL once libpri has forgotten it */
	unsigned cr;		/* with the flag as it stands in what this end sends */
	bool incoming, keep;	/* keep: what clears it is not answered */
	int pos;		/* channel as libpri has it, 0 for none: timeslot, of an NFAS group also the interface */
	int ending;		/* the last three digits of the number that it called */
	struct steps steps;
	int at;			/* the next step */
	int64_t due;		/* when, INT64_MAX for never */
	struct bchan b;
};

struct dchan {
	struct sw *sw;
	int fd, chan;
	struct pri *pri;
	bool up, mute;		/* mute: it is dead, nothing is read or sent */
	int next_in;		/* N(S) of the I frame that is new */
};

struct sw {
	struct dchan d[DCHANS_MAX];	/* NFAS: the primary, the backup */
	int n_d, in_use;
	int first[SPANS_MAX], n_spans;	/* first channel of each span */
	struct pri *pri;	/* of the D channel in use */
	bool alaw;
	bool hold;		/* frames are left unread for a while */
	uint8_t deaf[8];	/* message types that are not heard */
	int n_deaf;
	struct steps answer, next_answer;	/* what becomes of the call that comes in, and of those after it */
	struct call calls[CALLS_MAX];
	int last_id;
	unsigned setups, ended;
	int auto_calls;		/* calls still to be placed one after another, for the rate */
	char auto_called[32];
	int64_t now;		/* milliseconds */
	bool over;
};

/* main.c */
void event(const struct sw *sw, const char *name, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
const char *quoted(const char *s);	/* as a JSON string; static, eight at a time */

/* dchan.c */
int dchan_open(struct sw *sw, int node, int type);	/* all of them */
void dchan_read(struct dchan *d);
void dchan_use(struct sw *sw, int no);	/* messages go there from now on */
int open_channel(int no);

/* alter.c */
struct edit {			/* "+1e028288-18": elements to put in, elements to leave out */
	uint8_t add[128], drop[8];
	size_t n_add, n_drop;
};
int edit_parse(struct edit *e, const char *text);	/* 0, or -1 */
void alter_edit(unsigned cr, uint8_t type, const struct edit *e);
int alter_send(struct sw *sw, unsigned cr, uint8_t type, const char *hex);	/* a whole message */
size_t alter_frame(uint8_t *frame, size_t len);	/* FRAME_MAX of room; the new length */
int unhex(uint8_t *out, size_t size, const char *hex);	/* octets, or -1 */

/* capture.c */
int capture_open(const char *path);
void capture_frame(bool out, bool network, const uint8_t *frame, size_t len);
unsigned capture_count(void);	/* frames so far */

/* call.c */
/* "5", and "1/5" for channel 5 of the span with interface identifier 1, as libpri has it. */
int channel_parse(const char *text);
int channel_pos(const struct sw *sw, int channel);	/* of a message: what is kept of it */
unsigned call_reference(struct sw *sw, q931_call *libpris);	/* without its flag */
struct call *call_new(struct sw *sw, q931_call *c, bool incoming);
struct call *call_by_id(struct sw *sw, int id);
struct call *call_of(struct sw *sw, const q931_call *c);
void call_over(struct sw *sw, struct call *c);
void call_run(struct sw *sw);			/* the steps that are due */
int64_t call_next(const struct sw *sw);
unsigned call_layer3(struct sw *sw);		/* calls that libpri holds */

/* place.c */
int call_place(struct sw *sw, int argc, char **argv);
void call_auto(struct sw *sw);

/* events.c */
void on_event(struct dchan *d, pri_event *ev);

/* command.c */
void command(struct sw *sw, char *line);
bool steps_parse(struct steps *s, int argc, char **argv);

/* bchan.c */
int bchan_open(struct sw *sw, struct call *c);
void bchan_close(struct call *c);
void bchan_serve(struct call *c);
double bchan_level(struct call *c);	/* dBm0 since the last time */

#endif
