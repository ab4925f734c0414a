/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hw/sim/card.h: the simulated card, private to hw/sim/.
 *
 * Who owns what. The loop thread owns handles, D channels, events and the faults as they were set. The
 * media thread owns what is named "m" or sits in a path, the positions of every span's sample clock
 * and the rings of started lines. Between the two there are only atomics: the faults (with a generation
 * that says that one changed), the counters, and a handle's mark that its span has left.
 */
#ifndef HW_SIM_CARD_H
#define HW_SIM_CARD_H

#include <stdatomic.h>
#include <sys/queue.h>

#include "hw/notify.h"
#include "hw/sim.h"

enum {
	SIM_MAX_SPANS = 128,
	SIM_MAX_PORTS = 240,   /* of a kind on an analog span */
	SIM_D_FRAMES = 32,     /* frames a D channel queues each way */
	SIM_D_OCTETS = 1022,   /* longest frame: DAHDI's 1024 with the check sequence in it */
	SIM_RING = 32 * 160,   /* the most octets of audio queued each way */
	SIM_STALL_US = 600000, /* a tick that comes later than this skips what is beyond: less than a ring holds */
};

struct sim_card;
struct sim_port;
struct sim_slot;
struct sim_loop;

/* What an open line and an open D channel share. */
struct sim_handle {
	struct notify notify; /* first: events.c finds the handle by it */
	struct sim_slot *slot;
};

struct sim_line {
	struct hw_line base;
	struct sim_handle h;
	struct sim_loop *loop; /* analog: its pair, and which party on it this line is */
	int party;
	atomic_int rx_gain, tx_gain; /* analog, 1/100 dB; set by the loop thread */
	int rx_tabled, tx_tabled;    /* what the tables are for; media thread */
	uint8_t rx_table[256], tx_table[256];
	/* Media thread, from start to stop: */
	unsigned block, buffers;
	unsigned taps;               /* of its echo canceller */
	uint8_t idle;                /* sent when nothing is queued */
	bool primed;                 /* something was written since the start */
	unsigned rx_first, rx_fill;  /* octets; a ring of buffers * block */
	unsigned tx_first, tx_count; /* buffers; each write fills one, as on DAHDI */
	unsigned tx_off;             /* octets of the first one that have gone out */
	uint8_t tx_len[32];
	uint8_t rx[SIM_RING], tx[SIM_RING];
};

struct sim_frame {
	STAILQ_ENTRY(sim_frame) link;
	int64_t due; /* when its closing flag has left; -1 not on its way yet */
	uint16_t len;
	uint8_t data[];
};
STAILQ_HEAD(sim_frames, sim_frame);

struct sim_dchan {
	struct hw_dchan base;
	struct sim_handle h;
	struct sim_frames tx, rx;
	unsigned tx_count, rx_count;
	int64_t busy_until; /* the line is sending up to then */
};

/* One direction of a channel: from the transmitter of one line to the receiver of another. Media thread. */
struct sim_path {
	struct sim_port *tx, *rx;   /* the spans whose clocks drive the two ends */
	uint64_t in, out;           /* samples taken and given, in the counts of those clocks */
	struct sim_line *from, *to; /* started lines, or NULL */
	uint8_t last;               /* repeated when the receiving end is short of a frame */
};

struct sim_slot { /* one channel */
	int no, pos;
	enum hw_chan_kind kind;
	struct sim_port *port;
	struct sim_slot *peer;     /* the channel it is wired to; itself when the span has no wire */
	struct sim_handle *opener; /* loop thread */
	struct sim_path rx;        /* media thread: what this channel receives */
	struct sim_loop *loop;     /* analog ports: what is wired to it */
	int party;                 /* analog ports: SIM_FXS or SIM_FXO */
};

struct sim_port { /* one span */
	struct sim_card *card;
	int no, chans, first; /* first: index of its first channel in card->slots */
	enum hw_span_type type;
	enum hw_law law;
	struct sim_port *peer; /* NULL without a wire */
	int fxs;             /* analog: its FXS ports, which come first */
	bool ground;         /* analog: its ports are ground start, else kewl start */
	bool no_dchan;       /* T1, J1: all its channels are B channels */
	struct sim_slot *d;  /* NULL: it has none */
	int64_t wire_ppb; /* its clock by configuration, parts in 10^9 */
	unsigned alarms;  /* as last told to the open handles; loop thread */
	atomic_int fault[SIM_FAULT_REMOVED + 1];
	struct {
		uint64_t now;      /* samples of this span's clock so far */
		int64_t ppb, frac; /* offset against the card's clock, and its part of a sample, 10^-9 */
		int64_t skew;      /* far end's clock ahead of this one, samples */
		bool signal;       /* it receives its far end */
		unsigned errors;   /* errored octets per million */
	} m;
	struct {
		_Atomic uint64_t d_frames, d_lost, d_errored, slips, underruns, overruns, bit_errors, stalls;
	} count;
};

struct sim_card {
	struct hw base;
	struct sim_port *ports;
	struct sim_slot *slots;
	struct sim_loop *loops;
	int n_ports, n_slots, n_loops;
	/* Loop thread */
	int fd;
	int64_t armed; /* when fd becomes readable: 0 at once, INT64_MAX never */
	struct notify_set notify;
	uint32_t d_dice;
	atomic_uint fault_gen, bus_gen; /* what was set for the spans; for the analog lines */
	/* Media thread */
	int clock_fd;
	bool polled;	 /* somebody has asked for clock_fd */
	unsigned period; /* samples; 0 when the clock stands */
	int64_t periods; /* periods of CLOCK_MONOTONIC up to the last tick; -1 before the first */
	unsigned seen_gen, seen_bus_gen;
	uint32_t m_dice;
};

static inline void sim_count(_Atomic uint64_t *c, uint64_t n) /* each counter has one writing thread */
{
	atomic_store_explicit(c, atomic_load_explicit(c, memory_order_relaxed) + n, memory_order_relaxed);
}

static inline uint32_t sim_roll(uint32_t *dice) /* xorshift32: the same faults at every run */
{
	*dice ^= *dice << 13;
	*dice ^= *dice >> 17;
	*dice ^= *dice << 5;
	return *dice;
}

static inline int sim_fault_get(const struct sim_port *p, enum sim_fault f)
{
	return atomic_load_explicit(&((struct sim_port *)p)->fault[f], memory_order_relaxed);
}

static inline enum hw_start sim_slot_start(const struct sim_slot *s)
{
	bool analog = s->kind == HW_CHAN_FXS || s->kind == HW_CHAN_FXO;

	return !analog ? HW_START_NONE : s->port->ground ? HW_START_GROUND : HW_START_KEWL;
}

static inline uint8_t sim_law_idle(enum hw_law law)
{
	return law == HW_ALAW ? 0xd5 : 0xff; /* G.711: the code of zero */
}

/* events.c: loop thread */
int sim_handle_open(struct sim_handle *h, struct sim_card *c, int chan, bool dchan, hw_event_fn *fn, void *arg);
void sim_handle_close(struct sim_handle *h);
void sim_close_all(struct sim_card *c);
void sim_post(struct sim_handle *h, enum hw_event ev); /* for the next service to deliver */
void sim_arm(struct sim_card *c, int64_t due);         /* 0 for at once */
void sim_service(struct hw *hw, int64_t now_us);

/* fault.c */
unsigned sim_alarms(const struct sim_port *p);
bool sim_has_signal(const struct sim_port *p);

/* dchan.c: loop thread */
int sim_dchan_open(struct hw *hw, int chan, hw_event_fn *fn, void *arg, struct hw_dchan **out);
void sim_dchan_close(struct hw_dchan *d);
int sim_dchan_read(struct hw_dchan *d, uint8_t *buf, size_t size);
int sim_dchan_write(struct hw_dchan *d, const uint8_t *buf, size_t len);
int64_t sim_dchans_schedule(struct sim_card *c,
			    int64_t now_us);             /* puts waiting frames on the line; next arrival */
void sim_dchans_run(struct sim_card *c, int64_t now_us); /* hands over those that have arrived */
bool sim_dchans_unread(const struct sim_card *c);

/* line.c: loop thread */
int sim_line_open(struct hw *hw, int chan, hw_event_fn *fn, void *arg, struct hw_line **out);
void sim_line_close(struct hw_line *l);

/* tdm.c: media thread */
void sim_tdm_init(struct sim_card *c);
int sim_clock_poll(struct hw *hw, struct pollfd *out);
int sim_clock_start(struct hw *hw, unsigned period_samples);
int sim_clock_tick(struct hw *hw, int64_t now_us);
/* path.c: media thread */
void sim_path_run(struct sim_path *p);
/* ring.c: media thread: what a line has queued each way */
void sim_ring_start(struct sim_line *l, const struct hw_audio *a);
void sim_ring_take(struct sim_line *l, struct sim_port *tx, uint8_t *dst, size_t n);
size_t sim_ring_room(struct sim_line *l, uint8_t **at);
int sim_ring_read(struct sim_line *l, uint8_t *buf);
int sim_ring_write(struct sim_line *l, const uint8_t *buf, size_t len);
int sim_line_start(struct hw_line *l, const struct hw_audio *a);
void sim_line_stop(struct hw_line *l);
int sim_line_read(struct hw_line *l, uint8_t *buf, size_t size);
int sim_line_write(struct hw_line *l, const uint8_t *buf, size_t len);

#endif
