/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests/support/pri_bench.h: two ISDN trunks, user and network side, on two spans of the simulated card that
 * are wired to each other, in one process on a clock that the test turns (gettimeofday() of libpri too).
 * Every leg keeps what happened to it. A check that fails ends the test (cmocka).
 */
#ifndef TESTS_SUPPORT_PRI_BENCH_H
#define TESTS_SUPPORT_PRI_BENCH_H

#include "channels/pri.h"
#include "hw/sim.h"

enum { USER, NET };	/* index of the end; with one span each, the span is one more */

#define BENCH_EVENTS 24
#define BENCH_SPANS 4		/* of each end at most */

struct bench;
struct bench_end;

struct bench_leg {
	struct bench_leg *next;
	struct bench_end *end;
	struct leg *leg;		/* NULL once it is cleared */
	bool incoming, cleared;
	struct leg_offer offer;		/* in: as offered */
	struct leg_event events[BENCH_EVENTS];
	struct leg_raw raw;		/* of the last event that had some */
	unsigned n_events;
	char ladder[8192];		/* "> SETUP cr 1 ...\n" for sent, "< " for received */
	int n;				/* for the test */
};

struct bench_end {
	struct bench *bench;
	struct pri_trunk *trunk;
	struct bench_leg *legs;		/* newest first; kept after they are cleared */
	void (*offered)(struct bench_leg *l);	/* what to do with a call that comes in */
	void (*refused)(struct bench_leg *l);	/* with one that the driver has refused; may be NULL */
	void (*event)(struct bench_leg *l, const struct leg_event *ev);	/* may be NULL */
	unsigned n_offered, n_refused, n_cleared, n_changed;
	int tones, tones_ever;		/* that play now; that were asked for */
	char tone[16];			/* the latest */
	int spans[BENCH_SPANS];
	char log[65536];
};

struct bench_conf {
	enum hw_span_type type;		/* HW_SPAN_E1 by default */
	enum pri_dialect dialect;
	enum pri_hunt hunt;
	int nsf;
	unsigned timers[PRI_TIMERS];	/* 0: the default */
	bool overlap, clear_tones;
	enum pri_digits (*digits)(const char *called);	/* the plan; NULL: every number is complete */
	unsigned aoc_request;		/* of the user side */
	unsigned services[2];		/* bits 1 << enum pri_service, of each end */
	bool exclusive, no_wait;	/* no_wait: do not run until all lines are idle */
	bool keypad, two_calling, redirecting_element;	/* of both ends, as the three below */
	enum pri_date_time date_time;
	enum pri_display display;
	enum pri_service_messages service_messages;
	int spans;			/* of each end: 1 by default; the network's follow the user's */
	int nfas;			/* D channels for all of them, 1 or 2, on the first spans; 0: each has its own */
	const int *interfaces;		/* NFAS: identifiers, NULL for 0 and up */
	bool (*tap)(struct bench *b, int span, uint8_t *frame, size_t *len);
};

struct bench {
	struct hw *card, *hw;		/* the simulated card, and the tap on it */
	struct bench_end end[2];
	struct bench_conf conf;
	int64_t now_us;
	unsigned frames;		/* seen on the D channels so far */
	/* May change or drop a frame that SPAN's owner writes; NULL for none. */
	bool (*tap)(struct bench *b, int span, uint8_t *frame, size_t *len);
	int n;				/* for the test */
};

struct bench *bench_open(const struct bench_conf *conf);
void bench_close(struct bench *b);	/* NULL is fine */
/* Closes one end's trunk and opens it again, as a restart of its program does. */
void bench_reopen(struct bench *b, int end);

void bench_run(struct bench *b, unsigned ms);
/* Until the condition holds, LIMIT_MS at most. */
#define bench_until(b, limit_ms, condition) do { \
	for (unsigned turned_ = 0; !(condition) && turned_ < (limit_ms); turned_++) \
		bench_run((b), 1); \
	assert_true(condition); \
} while (0)

struct bench_leg *bench_call(struct bench *b, int end, const char *called);
struct bench_leg *bench_offer(struct bench *b, int end, const struct leg_offer *offer);
void bench_clear(struct bench_leg *l, int cause);
const struct leg_event *bench_event(const struct bench_leg *l, enum leg_event_kind kind);	/* the last, or NULL */
struct bench_leg *bench_refused(struct bench *b, int end);	/* the latest call that the driver of END has refused; the test fails without one */
int bench_pos(const struct bench_leg *l);	/* timeslot of its line, 0 for none */
int bench_count(struct bench *b, int end, enum pri_line_state state);
enum pri_line_state bench_line(struct bench *b, int end, int pos);
struct pri_span_info bench_span(struct bench *b, int end);	/* its first one */
/* Runs 5 s, then: every line idle at both ends, every leg cleared, no call left in libpri. */
void bench_assert_idle(struct bench *b);

/* Policies for bench_end.offered */
void bench_ring(struct bench_leg *l);		/* proceed, alert, and leave it */
void bench_answer(struct bench_leg *l);		/* proceed, alert, answer */

#endif
