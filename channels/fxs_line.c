/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/fxs_line.c: the state table of a line: which states may follow a state, what each event does in it; timers. An event
 * with no entry is no concern of the state. Loop thread.
 */
#include "channels/fxs_private.h"

#include <string.h>
#include <syslog.h>

const char *const fxs_state_names[FXS_STATES] = {
	[FS_OUT] = "out",   [FS_IDLE] = "idle", [FS_RING] = "ring",   [FS_DIAL] = "dial",
	[FS_CALL] = "call", [FS_UP] = "up",	[FS_THREE] = "three", [FS_DROP] = "drop",
	[FS_TONE] = "tone", [FS_HOWL] = "howl", [FS_QUIET] = "quiet",
};

#define M(s) (1u << (s))
static const unsigned next_states[FXS_STATES] = {
	[FS_OUT] = M(FS_IDLE),
	[FS_IDLE] = M(FS_OUT) | M(FS_RING) | M(FS_DIAL) | M(FS_CALL) | M(FS_TONE),
	[FS_RING] = M(FS_OUT) | M(FS_IDLE) | M(FS_UP) | M(FS_TONE),
	[FS_DIAL] = M(FS_OUT) | M(FS_IDLE) | M(FS_RING) | M(FS_DIAL) | M(FS_CALL) | M(FS_UP) | M(FS_TONE),
	[FS_CALL] = M(FS_OUT) | M(FS_IDLE) | M(FS_RING) | M(FS_UP) | M(FS_DROP) | M(FS_TONE),
	[FS_UP] = M(FS_OUT) | M(FS_IDLE) | M(FS_RING) | M(FS_DIAL) | M(FS_UP) | M(FS_THREE) | M(FS_DROP) | M(FS_TONE),
	[FS_THREE] = M(FS_OUT) | M(FS_IDLE) | M(FS_UP),
	[FS_DROP] = M(FS_OUT) | M(FS_IDLE) | M(FS_TONE) | M(FS_QUIET),
	[FS_TONE] = M(FS_OUT) | M(FS_IDLE) | M(FS_RING) | M(FS_DIAL) | M(FS_UP) | M(FS_TONE) | M(FS_HOWL) | M(FS_QUIET),
	[FS_HOWL] = M(FS_OUT) | M(FS_IDLE) | M(FS_RING) | M(FS_UP) | M(FS_QUIET),
	[FS_QUIET] = M(FS_OUT) | M(FS_IDLE) | M(FS_RING) | M(FS_UP),
};

static void offhook_idle(struct fxs_line *l)
{
	fxs_message_stop(l);
	fxs_dial_offhook(l);
}

/* The gateway has cleared the call that talks or is being set up. */
static void cleared_call(struct fxs_line *l)
{
	fxs_leg_over(l->leg[0], l->cause);
	fxs_tone_cause(l, l->cause);
}

static void cleared_up(struct fxs_line *l)
{
	fxs_leg_over(l->leg[0], l->cause);
	fxs_tone_disconnect(l, l->cause);
}

static void cleared_three(struct fxs_line *l)
{
	fxs_three_end(l, 1);
}

static void digit_up(struct fxs_line *l)
{
	struct leg_event ev = { .kind = LEG_DIGIT, .digit = l->digit };

	if (fxs_wait_digit(l))
		return;
	if (l->digit_pulse && l->leg[0])	/* tones pass in the audio */
		fxs_report(l->leg[0], &ev);
}

typedef void handler(struct fxs_line *l);
static handler *const handlers[FXS_STATES][FXS_EVENTS] = {
	[FS_IDLE] = { [FE_OFFHOOK] = offhook_idle, [FE_PLAYED] = fxs_message_played, [FE_WAIT] = fxs_message_send },
	[FS_RING] = { [FE_OFFHOOK] = fxs_ring_offhook, [FE_ONHOOK] = fxs_ring_onhook,
		      [FE_RING_ON] = fxs_ring_event_on, [FE_RING_OFF] = fxs_ring_event_off,
		      [FE_PLAYED] = fxs_ring_played, [FE_STEP] = fxs_ring_step, [FE_TIMER] = fxs_ring_timer,
		      [FE_CLEARED] = fxs_ring_cleared },
	[FS_DIAL] = { [FE_ONHOOK] = fxs_hangup_two, [FE_FLASH] = fxs_flash_dial, [FE_TOUCH] = fxs_dial_touch,
		      [FE_DIGIT] = fxs_dial_digit, [FE_TIMER] = fxs_dial_timer },
	[FS_CALL] = { [FE_ONHOOK] = fxs_hangup_two, [FE_FLASH] = fxs_flash_call, [FE_CLEARED] = cleared_call },
	[FS_UP] = { [FE_ONHOOK] = fxs_hangup_two, [FE_FLASH] = fxs_flash_up, [FE_DIGIT] = digit_up,
		    [FE_PLAYED] = fxs_wait_played, [FE_WAIT] = fxs_wait_timer, [FE_CLEARED] = cleared_up },
	[FS_THREE] = { [FE_ONHOOK] = fxs_hangup_two, [FE_FLASH] = fxs_flash_three, [FE_DIGIT] = digit_up,
		       [FE_CLEARED] = cleared_three },
	[FS_DROP] = { [FE_HOOK_DONE] = fxs_drop_done, [FE_TIMER] = fxs_drop_done },
	[FS_TONE] = { [FE_ONHOOK] = fxs_hangup_two, [FE_FLASH] = fxs_flash_tone, [FE_TIMER] = fxs_tone_timer },
	[FS_HOWL] = { [FE_ONHOOK] = fxs_hangup_two, [FE_FLASH] = fxs_flash_tone, [FE_TIMER] = fxs_howl_timer },
	[FS_QUIET] = { [FE_ONHOOK] = fxs_hangup_two, [FE_FLASH] = fxs_flash_tone },
};

/* A card may say twice what it said: only changes of the hook count. */
static bool hook_repeats(struct fxs_line *l, enum fxs_event ev)
{
	bool was = l->off_hook;

	if (l->state == FS_OUT)
		return true;
	if (ev == FE_OFFHOOK || ev == FE_ONHOOK)
		l->off_hook = ev == FE_OFFHOOK;
	if (ev == FE_OFFHOOK)
		return was;
	return (ev == FE_ONHOOK || ev == FE_FLASH) && !was;
}

void fxs_line_event(struct fxs_line *l, enum fxs_event ev)
{
	handler *fn = handlers[l->state][ev];

	if (hook_repeats(l, ev) || !fn)
		return;
	if (ev == FE_OFFHOOK || ev == FE_ONHOOK || ev == FE_FLASH)
		fxs_trace(l->leg[0], false, ev == FE_OFFHOOK ? "off hook" : ev == FE_ONHOOK ? "on hook" : "flash", NULL);
	fn(l);
}

void fxs_line_set(struct fxs_line *l, enum fxs_state s)
{
	if (!(next_states[l->state] & M(s)))
		fxs_log(l, LOG_ERR, "illegal: %s -> %s", fxs_state_names[l->state], fxs_state_names[s]);
	else if (l->state != s)
		fxs_log(l, LOG_DEBUG, "%s -> %s", fxs_state_names[l->state], fxs_state_names[s]);
	l->state = s;
	l->since_us = l->trunk->in_service ? l->trunk->now_us : FXS_UNSTAMPED;
	l->trunk->changed = true;
	fxs_disarm(l, FT_STATE);
}

void fxs_arm(struct fxs_line *l, enum fxs_timer t, unsigned ms)
{
	struct fxs_due *d = &l->due[t];

	d->on = true;
	d->ms = ms;
	d->at_us = l->trunk->in_service ? l->trunk->now_us + (int64_t)ms * 1000 : FXS_UNSTAMPED;
}

void fxs_disarm(struct fxs_line *l, enum fxs_timer t)
{
	l->due[t].on = false;
}

/* --- Audio ---------------------------------------------------------------------------------------- */

void fxs_play(struct fxs_line *l, const struct play_item *items, unsigned n)
{
	int err = l->audio && !l->closing ? l->trunk->h.audio->play(l->audio, items, n) : 0;

	if (err)
		fxs_log(l, LOG_WARNING, "cannot play: %s", strerror(-err));
}

void fxs_play_tone(struct fxs_line *l, enum tone_id tone)
{
	struct play_item item = { .kind = PLAY_TONE, .tone = tone_of(l->trunk->conf.country, tone) };

	fxs_play(l, &item, tone != TONE_NONE);
}

void fxs_listen(struct fxs_line *l, unsigned listen)
{
	if (l->audio && !l->closing)
		l->trunk->h.audio->listen(l->audio, listen);
}

void fxs_idle(struct fxs_line *l)
{
	fxs_wait_stop(l);
	fxs_play_tone(l, TONE_NONE);
	fxs_listen(l, 0);
	fxs_port_reverse(l, false);
	fxs_port_hook(l, HW_ONHOOK);
	l->consult = false;
	if (l->state != FS_IDLE)
		fxs_line_set(l, FS_IDLE);
	fxs_message_run(l);
}
