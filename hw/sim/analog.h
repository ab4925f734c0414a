/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hw/sim/analog.h: analog lines of the simulated card, private to hw/sim/.
 *
 * A loop is a copper pair: the FXS port that feeds it and up to two terminals that draw from it, the FXO port
 * at its other end and a telephone bridged across the FXS port. All its state belongs to the loop thread; its
 * audio (struct sim_bus) belongs to the media thread, and what that must know comes by the atomics of it.
 *
 * Times. A command has no time of its own: what it starts is kept as a length (a negative due) until the next
 * hw_service() gives it a beginning. Timers that fall due run in the order of their times, each at its own,
 * however late the service comes: pulses keep their lengths.
 */
#ifndef HW_SIM_ANALOG_H
#define HW_SIM_ANALOG_H

#include "hw/sim/card.h"

enum { SIM_FXO, SIM_PHONE, SIM_TERMS, SIM_FXS = SIM_TERMS, SIM_PARTIES };

enum { /* timers of a loop; those of a terminal are there twice */
	FEED_STEP,     /* ring cadence, battery drop and the time after it */
	FEED_OHT,      /* on-hook transfer */
	FEED_DEBOUNCE, /* hook changes are not believed */
	FEED_OPEN,     /* open for longer than a flash */
	FEED_PULSE,    /* no further pulse: the digit is complete */
	FAULT_RING,    /* a noise pulse at ring voltage */
	FAULT_OPEN,    /* a contact that bounces */
	FAULT_BATTERY, /* battery is away */
	TERM_FIRST,
	TERM_STEP = 0, /* flash, pulses */
	TERM_DEBOUNCE, /* after off hook: neither flash nor disconnect */
	TERM_HOLDOFF,  /* after on hook: no ring */
	TERM_RING,     /* ring voltage is there: no noise? */
	TERM_RING_END, /* it is gone: for good? */
	TERM_BATTERY,  /* battery is gone: for good? */
	TERM_TIMERS,
	SIM_TIMERS = TERM_FIRST + SIM_TERMS * TERM_TIMERS,
};

enum sim_feed_state { FEED_IDLE, FEED_TALK, FEED_RING_ON, FEED_RING_OFF, FEED_DROP, FEED_AFTER_DROP };

struct sim_feed { /* an FXS port */
	struct sim_slot *slot;
	enum sim_feed_state state;
	struct hw_timing timing;
	uint16_t cadence[HW_CADENCE_MAX];
	int n_cadence, repeat_from, step;
	bool reversed, lamp;
	bool closed;       /* the loop, as last seen */
	bool lifted;       /* OFFHOOK has been told, ONHOOK has not */
	bool ground;       /* ground start */
	unsigned open_ms;  /* what FEED_OPEN was started with */
	unsigned pulses;
};

enum sim_term_state { TERM_IDLE, TERM_OFFHOOK, TERM_START, TERM_PREFLASH, TERM_FLASH, TERM_BREAK, TERM_MAKE, TERM_GAP };

struct sim_term { /* an FXO port or a telephone */
	struct sim_handle *handle;
	struct sim_slot *slot; /* NULL: there is none */
	int timers;	       /* index of its first */
	enum sim_term_state state;
	struct hw_timing timing;
	unsigned holdoff_ms, preflash_ms;
	char digits[64];
	int digit, pulses; /* the one that goes out, what is left of it */
	bool battery, reversed, ring; /* as last seen */
	bool rang;		      /* ring voltage was there for long enough */
	bool no_battery;	      /* has been told */
	bool ground, grounded;	      /* ground start; tip, as last seen */
	bool awaits;		      /* it seizes, and tip is not grounded yet */
	bool ring_on, called;	      /* a ring has been told; and neither the end of that call nor our hook */
};

struct sim_bus_end {
	struct sim_line *line; /* started, or NULL; media thread */
	bool plays, hears;     /* as of the last tick; media thread */
	atomic_uint gate;      /* SIM_PLAYS, SIM_HEARS; set by the loop thread */
	unsigned at;           /* of the newest sample in SENT */
	int16_t sent[512];     /* what it has sent, for its echo; untouched without one */
};
enum { SIM_PLAYS = 1, SIM_HEARS = 2 };
enum { SIM_LOSS, SIM_ECHO, SIM_DELAY, SIM_NOISE, SIM_SETTINGS };

struct sim_bus {
	struct sim_port *clock;
	uint64_t done;  /* samples moved, in the counts of that clock */
	int loss, echo; /* factors, 1 << 15 for 0 dB; echo 0 for none */
	int noise;	/* factor, 0 for none */
	unsigned delay; /* of the echo, samples */
	uint32_t dice;
	atomic_int set[SIM_SETTINGS]; /* by the loop thread: 1/100 dB, samples, 1/100 dBm0 */
	int seen[SIM_SETTINGS];
	struct sim_bus_end end[SIM_PARTIES];
};

struct sim_loop {
	struct sim_card *card;
	struct sim_feed feed;
	struct sim_term term[SIM_TERMS];
	bool dead;     /* the pair is cut */
	bool dirty;    /* something was changed by a command */
	int64_t next;  /* earliest of DUE */
	int64_t due[SIM_TIMERS];
	struct sim_bus bus;
};

enum { SIM_NO_TIME = -1 }; /* the time of a command: not known yet */

static inline bool sim_feed_there(const struct sim_loop *l)
{
	return l->feed.slot && !sim_fault_get(l->feed.slot->port, SIM_FAULT_REMOVED);
}

/* loop.c */
int sim_loops_add(struct sim_card *c, const struct sim_conf *conf);
void sim_loops_run(struct sim_card *c, int64_t now_us);
int64_t sim_loops_next(const struct sim_card *c);
void sim_loop_changed(struct sim_loop *l); /* a command: the next service works it out */
void sim_timer(struct sim_loop *l, int id, int64_t t, unsigned ms);
void sim_timer_stop(struct sim_loop *l, int id);
bool sim_timer_runs(const struct sim_loop *l, int id);
bool sim_feed_powered(const struct sim_loop *l);
bool sim_loop_current(const struct sim_loop *l); /* somebody who is connected is off hook */
bool sim_ring_ground(const struct sim_loop *l);
bool sim_tip_grounded(const struct sim_loop *l, const struct sim_term *m);
bool sim_term_closed(const struct sim_loop *l, const struct sim_term *m);
bool sim_term_battery(const struct sim_loop *l, const struct sim_term *m);
bool sim_term_ring(const struct sim_loop *l, const struct sim_term *m);

/* feed.c */
void sim_feed_reset(struct sim_loop *l);
void sim_feed_close(struct sim_loop *l);
void sim_feed_lost(struct sim_loop *l);
int sim_feed_hook(struct sim_loop *l, enum hw_hook what);
void sim_feed_seen(struct sim_loop *l, int64_t t, bool closed, bool ring_ground);
void sim_feed_timer(struct sim_loop *l, int id, int64_t t);

/* term.c */
void sim_term_reset(struct sim_loop *l, struct sim_term *m, bool phone);
void sim_term_opened(struct sim_loop *l, struct sim_term *m);
int sim_term_hook(struct sim_loop *l, struct sim_term *m, enum hw_hook what);
int sim_term_dial(struct sim_loop *l, struct sim_term *m, const char *digits);
void sim_term_seen(struct sim_loop *l, struct sim_term *m, int64_t t);
void sim_term_timer(struct sim_loop *l, struct sim_term *m, int id, int64_t t);

void sim_term_tell(const struct sim_term *m, enum hw_event ev);
void sim_term_enter(struct sim_loop *l, struct sim_term *m, enum sim_term_state s, int64_t t, unsigned ms);

/* ground.c: ground start at the FXO port */
void sim_ground_hook(struct sim_loop *l, struct sim_term *m, bool offhook);
void sim_ground_seen(struct sim_loop *l, struct sim_term *m, int64_t t);
void sim_ground_ring(struct sim_term *m, bool on, bool told);

/* port.c: the operations of hw.h */
void sim_analog_opened(struct sim_line *l);
void sim_analog_closed(struct sim_line *l);
void sim_analog_moved(struct sim_port *p); /* its span has left, or has come */
int sim_hook(struct hw_line *l, enum hw_hook what);
int sim_set_timing(struct hw_line *l, const struct hw_timing *t);
int sim_set_cadence(struct hw_line *l, const uint16_t *ms, int n, int repeat_from);
int sim_dial_pulse(struct hw_line *l, const char *digits);
int sim_polarity(struct hw_line *l, bool reversed);
int sim_message_lamp(struct hw_line *l, bool on);
int sim_onhook_transfer(struct hw_line *l, unsigned ms);
int sim_gain(struct hw_line *l, double rx_db, double tx_db);
int sim_analog(struct hw_line *l, struct hw_analog *out);

/* bus.c: media thread, but for sim_bus_set() */
void sim_bus_init(struct sim_bus *b, struct sim_port *clock, uint32_t dice);
void sim_bus_set(struct sim_bus *b, const struct sim_pair *p);
void sim_bus_run(struct sim_bus *b);
void sim_bus_load(struct sim_bus *b); /* what the loop thread has set holds from here on */
void sim_bus_start(struct sim_line *l, const struct hw_audio *a);
void sim_bus_stop(struct sim_line *l);
int sim_bus_read(struct sim_line *l, uint8_t *buf, size_t size);
int sim_bus_write(struct sim_line *l, const uint8_t *buf, size_t len);

/* law.c: G.711 */
int16_t sim_law_decode(enum hw_law law, uint8_t octet);
uint8_t sim_law_encode(enum hw_law law, int sample);

#endif
