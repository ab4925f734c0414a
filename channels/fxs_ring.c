/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/fxs_ring.c: a telephone rings: the cadence, and the order in which line signals, caller ID and ringing follow each
 * other in each standard, as a table of steps. Loop thread.
 */
#include "channels/fxs_private.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>
#include <syslog.h>

/* --- Cadences -------------------------------------------------------------------------------------- */

/* Distinctive ringing: Telcordia GR-506's five patterns, by their names in Alert-Info and by number. */
static const struct { const char *name, *number; uint16_t ms[FXS_CYCLE_MAX]; } distinctive[] = {
	{ "bellcore-dr1", "1", { 2000, 4000 } },
	{ "bellcore-dr2", "2", { 800, 400, 800, 4000 } },
	{ "bellcore-dr3", "3", { 400, 200, 400, 200, 800, 4000 } },
	{ "bellcore-dr4", "4", { 300, 200, 1000, 200, 300, 4000 } },
	{ "bellcore-dr5", "5", { 500, 4000 } },
};

static int entries(const uint16_t ms[FXS_CYCLE_MAX])
{
	int n = 0;

	while (n < FXS_CYCLE_MAX && ms[n])
		n++;
	return n & ~1;
}

int fxs_ring_cadence(const char *name, uint16_t out[FXS_CYCLE_MAX])
{
	for (size_t i = 0; i < sizeof(distinctive) / sizeof(distinctive[0]); i++) {
		if (strcasecmp(name, distinctive[i].name) && strcmp(name, distinctive[i].number))
			continue;
		memcpy(out, distinctive[i].ms, sizeof(distinctive[i].ms));
		return entries(out);
	}
	return 0;
}

static void choose_cycle(struct fxs_line *l)
{
	static const uint16_t plain[FXS_CYCLE_MAX] = { 1000, 4000 };

	l->n_cycle = fxs_ring_cadence(l->leg[0]->offer.ring, l->cycle);
	if (!l->n_cycle) {
		memcpy(l->cycle, l->trunk->conf.country->ring_ms, sizeof(l->cycle));
		l->n_cycle = entries(l->cycle);
	}
	if (!l->n_cycle) {
		memcpy(l->cycle, plain, sizeof(plain));
		l->n_cycle = entries(plain);
	}
}

static int longest_silence(const struct fxs_line *l)
{
	int at = 1;

	for (int i = 3; i < l->n_cycle; i += 2)
		if (l->cycle[i] > l->cycle[at])
			at = i;
	return at;
}

static unsigned cid_room_ms(const struct fxs_line *l)
{
	return fxs_times[TM_AFTER_RING].ms + fxs_cid_ms(l) + fxs_times[TM_GUARD].ms;
}

static void set_cadence(struct fxs_line *l, const uint16_t *ms, int n, int repeat_from)
{
	int err = l->hw ? hw_set_cadence(l->hw, ms, n, repeat_from) : 0;

	if (err)
		fxs_log(l, LOG_WARNING, "ring cadence: %s", strerror(-err));
}

static void ring(struct fxs_line *l)
{
	fxs_port_hook(l, HW_RING);
	fxs_trace(l->leg[0], true, "ring", "%s", l->leg[0]->offer.ring);
	if (l->leg[0]->alerted || l->leg[0]->answered)
		return;
	l->leg[0]->alerted = true;
	fxs_report_kind(l->leg[0], LEG_ALERTING);
}

/* --- Steps ------------------------------------------------------------------------------------------- */

enum step {
	RS_END, RS_REVERSE, RS_NORMAL, RS_AFTER_REVERSAL, RS_DTAS, RS_AFTER_DTAS, RS_SHORT_RING, RS_FIRST_RING, RS_AFTER_RING,
	RS_CID, RS_BEFORE_RING, RS_RING, RS_CAR, RS_LIFTED, RS_HOOK, RS_STEPS
};

static void start_reverse(struct fxs_line *l)
{
	fxs_port_reverse(l, true);
}

static void start_normal(struct fxs_line *l)
{
	fxs_port_reverse(l, false);
	if (!l->off_hook)
		fxs_port_hook(l, HW_ONHOOK);
}

static void start_dtas(struct fxs_line *l)
{
	hw_onhook_transfer(l->hw, 300);
	fxs_cid_alert_play(l, 100);
}

/* EN 300 659-1 6.1.2: the short ring, the data, and only then the cadence. */
static void start_short(struct fxs_line *l)
{
	uint16_t ms[2 + FXS_CYCLE_MAX] = { (uint16_t)fxs_times[TM_SHORT_RING].ms, (uint16_t)cid_room_ms(l) };

	memcpy(ms + 2, l->cycle, sizeof(l->cycle));
	set_cadence(l, ms, 2 + l->n_cycle, 2);
	l->rings_to_cid = 1;
	ring(l);
}

/* The silence that the data falls in is made long enough, once. */
static void start_first(struct fxs_line *l)
{
	uint16_t ms[2 * FXS_CYCLE_MAX];
	int silence = longest_silence(l);

	memcpy(ms, l->cycle, sizeof(l->cycle));
	memcpy(ms + l->n_cycle, l->cycle, sizeof(l->cycle));
	if (ms[silence] < cid_room_ms(l))
		ms[silence] = (uint16_t)cid_room_ms(l);
	set_cadence(l, ms, 2 * l->n_cycle, l->n_cycle);
	l->rings_to_cid = (unsigned)silence / 2 + 1;
	ring(l);
}

static void start_ring(struct fxs_line *l)
{
	set_cadence(l, l->cycle, l->n_cycle, 0);
	ring(l);
}

static void start_cid(struct fxs_line *l)
{
	if (!l->off_hook)
		hw_onhook_transfer(l->hw, fxs_cid_ms(l) + 200);
	fxs_cid_play(l, 0);
}

/* NTT: rings of 0.5 s tell the terminal to close the loop by itself. */
static void start_car(struct fxs_line *l)
{
	static const uint16_t car[2] = { 500, 500 };

	set_cadence(l, car, 2, 0);
	fxs_port_hook(l, HW_RING);
}

static void start_lifted(struct fxs_line *l)
{
	fxs_port_hook(l, HW_OFFHOOK);
}

/* What a step does, what ends it (FXS_EVENTS: nothing, it is over at once), and what is waited for at most. */
static const struct {
	void (*start)(struct fxs_line *l);
	enum fxs_event ends;
	enum fxs_time time;
} steps[RS_STEPS] = {
	[RS_REVERSE] = { start_reverse, FXS_EVENTS, 0 },
	[RS_NORMAL] = { start_normal, FXS_EVENTS, 0 },
	[RS_AFTER_REVERSAL] = { NULL, FE_STEP, TM_REVERSED },
	[RS_DTAS] = { start_dtas, FE_PLAYED, TM_SOUND },
	[RS_AFTER_DTAS] = { NULL, FE_STEP, TM_AFTER_DTAS },
	[RS_SHORT_RING] = { start_short, FE_RING_OFF, TM_SOUND },
	[RS_FIRST_RING] = { start_first, FE_RING_OFF, TM_SOUND },
	[RS_AFTER_RING] = { NULL, FE_STEP, TM_AFTER_RING },
	[RS_CID] = { start_cid, FE_PLAYED, TM_SOUND },
	[RS_BEFORE_RING] = { NULL, FE_STEP, TM_BEFORE_RING },
	[RS_RING] = { start_ring, FXS_EVENTS, 0 },
	[RS_CAR] = { start_car, FE_OFFHOOK, TM_CAR },
	[RS_LIFTED] = { start_lifted, FE_STEP, TM_NTT_DATA },
	[RS_HOOK] = { NULL, FE_ONHOOK, TM_NTT_HOOK },
};

static const uint8_t only_ring[] = { RS_RING, RS_END };
static const uint8_t ntt[] = { RS_REVERSE, RS_AFTER_REVERSAL, RS_CAR, RS_LIFTED, RS_CID, RS_HOOK, RS_NORMAL,
			       RS_BEFORE_RING, RS_RING, RS_END };
static const uint8_t scripts[][2][9] = {	/* by enum cid_when, and whether the alerting signal is sent */
	[CID_AFTER_RING] = { { RS_FIRST_RING, RS_AFTER_RING, RS_CID, RS_END },
			     { RS_FIRST_RING, RS_AFTER_RING, RS_CID, RS_END } },
	[CID_AFTER_SHORT_RING] = { { RS_SHORT_RING, RS_AFTER_RING, RS_CID, RS_END },
				   { RS_SHORT_RING, RS_AFTER_RING, RS_CID, RS_END } },
	/* Polarity stays so until the call is answered or gone: a second reversal now would announce another message. */
	[CID_AFTER_REVERSAL] = { { RS_REVERSE, RS_AFTER_REVERSAL, RS_CID, RS_BEFORE_RING, RS_RING, RS_END },
				 { RS_REVERSE, RS_AFTER_REVERSAL, RS_DTAS, RS_AFTER_DTAS, RS_CID, RS_BEFORE_RING, RS_RING,
				   RS_END } },
	[CID_BEFORE_RING] = { { RS_CID, RS_BEFORE_RING, RS_RING, RS_END },
			      { RS_DTAS, RS_AFTER_DTAS, RS_CID, RS_BEFORE_RING, RS_RING, RS_END } },
};

static const uint8_t *script(const struct fxs_line *l)
{
	const struct fxs_conf *c = &l->trunk->conf;

	if (!l->cid)
		return only_ring;
	if (c->cid == CID_NTT)
		return ntt;
	return scripts[c->cid_when][c->cid_dtas];
}

/* Begins steps until one has to wait. */
static void run(struct fxs_line *l)
{
	fxs_disarm(l, FT_STEP);
	while (*l->step != RS_END) {
		unsigned s = *l->step;

		if (steps[s].start)
			steps[s].start(l);
		if (steps[s].ends != FXS_EVENTS) {
			fxs_arm(l, FT_STEP, fxs_times[steps[s].time].ms);
			return;
		}
		l->step++;
	}
	l->step = NULL;
	fxs_cid_forget(l);
}

static void advance(struct fxs_line *l)
{
	if (*l->step == RS_CID)
		fxs_trace(l->leg[0], true, "caller ID", "%s", l->leg[0]->offer.calling.digits);
	l->step++;
	run(l);
}

static bool waits_for(const struct fxs_line *l, enum fxs_event ev)
{
	return l->step && steps[*l->step].ends == ev;
}

void fxs_ring_start(struct fxs_line *l)
{
	bool recall = l->leg[0]->answered;

	fxs_line_set(l, FS_RING);
	choose_cycle(l);
	fxs_cid_forget(l);
	if (!recall)
		fxs_cid_make(l, l->leg[0], false);
	else
		fxs_arm(l, FT_STATE, fxs_times[TM_RECALL].ms);
	l->step = script(l);
	run(l);
}

void fxs_ring_stop(struct fxs_line *l)
{
	if (l->state != FS_RING)
		return;
	l->step = NULL;
	fxs_disarm(l, FT_STEP);
	fxs_cid_forget(l);
	fxs_play_tone(l, TONE_NONE);
	fxs_port_hook(l, HW_RING_OFF);
	fxs_port_reverse(l, false);
}

static void answered(struct fxs_line *l)
{
	fxs_ring_stop(l);
	fxs_port_hook(l, HW_OFFHOOK);
	fxs_listen(l, LISTEN_DTMF);
	fxs_leg_talk(l->leg[0]);
	fxs_line_set(l, FS_UP);
}

void fxs_ring_event_on(struct fxs_line *l)
{
	if (l->step && *l->step == RS_CID) {	/* the card rings when it should be silent */
		fxs_log(l, LOG_WARNING, "ringing cut caller ID short");
		fxs_play_tone(l, TONE_NONE);
		advance(l);
	}
}

void fxs_ring_event_off(struct fxs_line *l)
{
	if (waits_for(l, FE_RING_OFF) && --l->rings_to_cid == 0)
		advance(l);
}

void fxs_ring_played(struct fxs_line *l)
{
	if (waits_for(l, FE_PLAYED))
		advance(l);
}

/* NTT: past the data, to the ordinary ring. */
static void skip_data(struct fxs_line *l)
{
	fxs_play_tone(l, TONE_NONE);
	while (*l->step != RS_NORMAL)
		l->step++;
	run(l);
}

void fxs_ring_step(struct fxs_line *l)
{
	if (!l->step)
		return;
	if (*l->step == RS_CAR)		/* no terminal that knows it */
		skip_data(l);
	else if (*l->step == RS_HOOK)	/* a person has lifted it */
		answered(l);
	else
		advance(l);
}

void fxs_ring_offhook(struct fxs_line *l)
{
	if (waits_for(l, FE_OFFHOOK))
		advance(l);
	else
		answered(l);
}

void fxs_ring_onhook(struct fxs_line *l)
{
	if (waits_for(l, FE_ONHOOK))
		advance(l);
	else if (l->step && (*l->step == RS_LIFTED || *l->step == RS_CID))
		skip_data(l);
}

/* A held call has rung back for long enough. */
void fxs_ring_timer(struct fxs_line *l)
{
	fxs_ring_stop(l);
	fxs_leg_over_here(l->leg[0], 19);
	fxs_idle(l);
}

void fxs_ring_cleared(struct fxs_line *l)
{
	fxs_ring_stop(l);
	fxs_leg_over(l->leg[0], l->cause);
	if (l->off_hook)
		fxs_tone_id(l, TONE_CONGESTION);
	else
		fxs_idle(l);
}
