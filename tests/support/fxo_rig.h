/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests/support/fxo_rig.h: an FXO trunk on ports without a card and audio without a sample. The test is the exchange: it says what
 * the ports see and the audio hears, and turns the clock.
 */
#ifndef TESTS_SUPPORT_FXO_RIG_H
#define TESTS_SUPPORT_FXO_RIG_H

#include "channels/fxo.h"
#include "tests/support/fake_line_audio.h"

#define RIG_LINES 4
#define RIG_LEGS 64
#define RIG_EVENTS 24

struct rig_port {		/* an FXO port; channel numbers are 1 to RIG_LINES */
	struct hw_line line;
	hw_event_fn *fn;
	void *arg;
	bool open, offhook, away;
	int battery, ringing, reversed, voltage_mv, grounded;	/* as hw_analog */
	int hook_err;		/* what hw_hook() is to return */
	unsigned seizures, flashes;
	char pulses[128];	/* all that was dialled, "/" after each order */
	struct hw_timing timing;
	double rx_db, tx_db;
};
struct rig_leg {
	struct leg *leg;	/* NULL once it is cleared */
	struct leg_offer offer;
	bool incoming, cleared;
	int n_events;
	struct leg_event events[RIG_EVENTS];
	char trace[1024];	/* "what detail" lines */
};
struct rig {
	struct hw hw;
	struct rig_port ports[RIG_LINES];
	struct fake_audio audio;
	struct fxo_trunk *trunk;
	int64_t now_us;
	struct rig_leg legs[RIG_LEGS];
	int n_legs, offered;
	void (*on_offered)(struct rig *r, struct rig_leg *l);	/* may be NULL: the leg waits */
	char log[8192];
};

/* A trunk of RIG_LINES lines in the United Kingdom: CONF's lines are filled in; members that are 0 are the driver's defaults. */
struct fxo_conf fx_conf(void);
struct rig *fx_open(const struct fxo_conf *conf);
void fx_close(struct rig *r);		/* asserts that nothing is left */

void fx_run(struct rig *r, unsigned ms);	/* turns the clock, from deadline to deadline */
void fx_card(struct rig *r, int chan, enum hw_event ev);
void fx_ring(struct rig *r, int chan, unsigned ms);	/* ring voltage for so long */
void fx_heard(struct rig *r, int chan, enum heard_kind kind, unsigned ms);
void fx_tone(struct rig *r, int chan, enum tone_id tone, unsigned cycles, unsigned ms);
void fx_callerid(struct rig *r, int chan, const char *number, const char *name);

struct rig_leg *fx_call(struct rig *r, const char *digits);	/* NULL: refused */
struct rig_leg *fx_call_sent(struct rig *r, const char *digits, int chan);	/* dial tone heard, all digits out */
struct rig_leg *fx_last(struct rig *r);	/* the latest leg */
void fx_clear(struct rig_leg *l, int q850);
const struct leg_event *fx_event(const struct rig_leg *l, enum leg_event_kind kind);	/* the first of them, or NULL */
void fx_assert_cleared(const struct rig_leg *l, int q850, bool by_far_end, const char *how);
enum fxo_line_state fx_state(struct rig *r, int chan);
struct fxo_line_info fx_line(struct rig *r, int chan);
struct line_audio *fx_audio(struct rig *r, int chan);

#endif
