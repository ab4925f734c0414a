/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests/support/fxs_bench.h: a trunk of telephones on a card that is a table of what was asked of it, with line audio that has no
 * sample, on a clock that the test turns. The test is the telephone and the gateway. A check that fails ends the test (cmocka).
 */
#ifndef TESTS_SUPPORT_FXS_BENCH_H
#define TESTS_SUPPORT_FXS_BENCH_H

#include "channels/fxs.h"
#include "tests/support/fake_line_audio.h"

#define FXS_PORTS 3
#define FXS_LEGS 32
#define FXS_LEG_EVENTS 24

struct fxs_bench;

struct fxs_port {			/* the card's side of a telephone */
	struct hw_line line;
	struct fxs_bench *bench;
	hw_event_fn *fn;
	void *arg;
	bool open, removed, ringing, reversed, lamp, dropping, off_hook;
	uint16_t cadence[HW_CADENCE_MAX];
	int n_cadence, repeat_from;
	unsigned at;			/* entry of the cadence */
	int64_t next_us;		/* when it ends; of a drop, too */
	unsigned rings, transfer_ms;	/* rings begun; the last hw_onhook_transfer() */
	struct hw_timing timing;
	double rx_db, tx_db;
	char log[4096];			/* "offhook ring reverse normal drop ..." */
};

struct fxs_call {			/* a leg, as the gateway sees it */
	struct fxs_bench *bench;
	struct leg *leg;		/* NULL once it is cleared */
	bool incoming, cleared, asked;	/* asked: the test has cleared it */
	struct leg_offer offer;
	struct leg_event events[FXS_LEG_EVENTS];
	unsigned n_events;		/* may be more than are kept */
	char story[512];		/* "alerting audio answered cleared:16" */
	char ladder[2048];		/* "> ring \n< off hook \n" */
};

struct fxs_bench {
	struct hw hw;
	struct fxs_port ports[FXS_PORTS];
	struct fake_audio audio;
	struct fxs_trunk *trunk;
	struct fxs_call calls[FXS_LEGS];	/* in the order they came; used again when cleared, if the test says reuse */
	unsigned n_calls;
	bool reuse;
	int64_t now_us, next_us;	/* next_us: what fxs_trunk_service() has returned */
	struct timeval wall;
	const char *plan;		/* "1234 911 0x." : numbers that are complete; "." at its end: digits without end */
	void (*event)(struct fxs_bench *b, struct fxs_call *c, const struct leg_event *ev);	/* may be NULL */
	char log[16384];		/* of the driver, warnings and worse */
	unsigned n_changed;
};

/* CONF: country, name and lines are filled in where they are NULL (the United Kingdom, "phones", FXS_PORTS of them). */
void fxs_bench_open(struct fxs_bench *b, const struct fxs_conf *conf);
void fxs_bench_close(struct fxs_bench *b);	/* and nothing is left */
void fxs_bench_run(struct fxs_bench *b, unsigned ms);	/* turns the clock a millisecond at a time */

void fxs_offhook(struct fxs_bench *b, int port);
void fxs_onhook(struct fxs_bench *b, int port);
void fxs_flash(struct fxs_bench *b, int port);
void fxs_say(struct fxs_bench *b, int port, enum hw_event ev);	/* any event of the card */
void fxs_pulses(struct fxs_bench *b, int port, const char *digits);
void fxs_dial(struct fxs_bench *b, int port, const char *digits);	/* DTMF, 100 ms each */
void fxs_remove(struct fxs_bench *b, int port, bool removed);

struct line_audio *fxs_audio(struct fxs_bench *b, int port);
struct fxs_line_info fxs_info(struct fxs_bench *b, int port);
#define fxs_assert_state(b, port, want) \
	assert_string_equal(fxs_line_state_name(fxs_info((b), (port)).state), fxs_line_state_name(want))

/* Calls PORT ("1"); NULL with the error in *ERR. */
struct fxs_call *fxs_call_to(struct fxs_bench *b, const struct leg_offer *offer, int *err);
struct fxs_call *fxs_ring_port(struct fxs_bench *b, int port);
struct fxs_call *fxs_last(struct fxs_bench *b);	/* the call that came last, or NULL */
void fxs_clear(struct fxs_call *c, int cause);
/* Off hook, DIGITS, and the call that is offered answered. */
struct fxs_call *fxs_up(struct fxs_bench *b, int port, const char *digits);
void fxs_assert_idle(struct fxs_bench *b);	/* every line idle, every leg over, nothing illegal in the log */

#endif
