/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/fxs_tone.c: the far end is gone or was never reached: the tone that says why, the battery drop, and what a telephone
 * hears that is left off hook. Loop thread.
 */
#include "channels/fxs_private.h"

#include <stddef.h>

/* Q.850 cause to tone. ITU-T Q.35 and E.180: busy for the subscriber, congestion for the network, special information for a
 * number that cannot be reached. What is not listed is congestion. */
static const struct { uint8_t q850; enum tone_id tone; } tones[] = {
	{ 1, TONE_SIT },	/* unallocated number */
	{ 2, TONE_SIT },	/* no route to transit network */
	{ 3, TONE_SIT },	/* no route to destination */
	{ 22, TONE_SIT },	/* number changed */
	{ 28, TONE_SIT },	/* invalid number format */
	{ 17, TONE_BUSY },	/* user busy */
	{ 16, TONE_BUSY },	/* cleared by the far end */
	{ 18, TONE_BUSY },	/* no user responding */
	{ 19, TONE_BUSY },	/* no answer */
	{ 21, TONE_BUSY },	/* rejected */
	{ 31, TONE_BUSY },	/* normal, unspecified */
};

static enum tone_id tone_for(const struct leg_cause *cause)
{
	for (size_t i = 0; i < sizeof(tones) / sizeof(tones[0]); i++)
		if (tones[i].q850 == cause->q850)
			return tones[i].tone;
	return TONE_CONGESTION;
}

void fxs_tone_id(struct fxs_line *l, enum tone_id tone)
{
	fxs_wait_stop(l);
	fxs_port_reverse(l, false);
	fxs_line_set(l, FS_TONE);
	fxs_listen(l, 0);
	fxs_play_tone(l, tone);
	fxs_arm(l, FT_STATE, l->trunk->conf.busy_ms);
}

void fxs_tone_cause(struct fxs_line *l, const struct leg_cause *cause)
{
	fxs_tone_id(l, tone_for(cause));
}

/* A call that was up: battery first, where the line has that signal and nobody else is on it, then the tone. */
void fxs_tone_disconnect(struct fxs_line *l, const struct leg_cause *cause)
{
	const struct fxs_conf *c = &l->trunk->conf;

	if (l->leg[1] || (c->start != FXS_KEWL && !c->drop_ms && !fxs_ground(l))) {
		fxs_tone_cause(l, cause);
		return;
	}
	fxs_wait_stop(l);
	fxs_play_tone(l, TONE_NONE);
	fxs_listen(l, 0);
	fxs_port_reverse(l, false);
	fxs_line_set(l, FS_DROP);
	fxs_port_hook(l, HW_DROP);
	fxs_arm(l, FT_STATE, 2 * (c->drop_ms ? c->drop_ms : fxs_times[TM_DROP].ms));
}

/* While battery is away the hook cannot be seen for certain: what it is counts now. Ground start: tip is open, and grounding it
 * again for a tone would be another call. */
void fxs_drop_done(struct fxs_line *l)
{
	if (!l->off_hook) {
		fxs_idle(l);
		return;
	}
	if (fxs_ground(l)) {
		fxs_line_set(l, FS_QUIET);
		return;
	}
	fxs_port_hook(l, HW_OFFHOOK);
	fxs_tone_id(l, TONE_CONGESTION);
}

void fxs_tone_timer(struct fxs_line *l)
{
	if (!l->trunk->conf.howler_ms) {
		fxs_howl_timer(l);
		return;
	}
	fxs_line_set(l, FS_HOWL);
	fxs_play_tone(l, TONE_HOWLER);
	fxs_arm(l, FT_STATE, l->trunk->conf.howler_ms);
}

void fxs_howl_timer(struct fxs_line *l)
{
	fxs_play_tone(l, TONE_NONE);
	fxs_line_set(l, FS_QUIET);
}
