/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/fxs_port.c: a port of the card and its audio: opened, gone with its card, tried again each second until it is back;
 * and what both report, turned into events of the state table. Loop thread.
 */
#include "channels/fxs_private.h"

#include <errno.h>
#include <string.h>
#include <syslog.h>

#define BREAK_MAX_MS 75		/* of a dialled pulse, with what a bad dial adds: a shorter flash cannot be told from it */
#define PULSE_MAX_MS 200	/* DAHDI: an opening up to this long is a pulse */

/* Some cards cannot do some things (polarity, the lamp): the call goes on without. */
static void check(struct fxs_line *l, const char *what, int err)
{
	if (err && err != -EOPNOTSUPP && err != -ENODEV)
		fxs_log(l, LOG_WARNING, "%s: %s", what, strerror(-err));
}

void fxs_port_hook(struct fxs_line *l, enum hw_hook what)
{
	if (l->hw)
		check(l, "hook", hw_hook(l->hw, what));
}

void fxs_port_reverse(struct fxs_line *l, bool reversed)
{
	if (!l->hw || l->reversed == reversed)
		return;
	l->reversed = reversed;
	check(l, "polarity", hw_polarity(l->hw, reversed));
}

/* --- Events -------------------------------------------------------------------------------------- */

static void removed(struct fxs_line *l)
{
	if (l->state != FS_OUT)
		fxs_log(l, LOG_ERR, "the port has left: out of service");
	fxs_port_close(l, true);
}

static unsigned flash_min(const struct fxs_trunk *t)
{
	return t->conf.flash_min_ms ? t->conf.flash_min_ms : t->conf.country->flash_min_ms;
}

/* Where a flash is as short as the break of a pulse, as in most of Europe, a card may take it for the digit 1 (DAHDI's does, up to
 * 200 ms): where no number is awaited it was a flash, and so it was before the first digit while a call is held, which is what one
 * flashes back to. */
static bool short_flash(const struct fxs_line *l, int n)
{
	bool number = l->state == FS_DIAL && (!l->leg[1] || l->n_digits);

	return n == 1 && !number && flash_min(l->trunk) < PULSE_MAX_MS && fxs_can_flash(l);
}

static void pulse(struct fxs_line *l, int n)
{
	if (short_flash(l, n)) {
		fxs_line_event(l, FE_FLASH);
		return;
	}
	l->digit = (char)('0' + n);
	l->digit_pulse = true;
	fxs_line_event(l, FE_DIGIT);
}

static void on_port(void *arg, enum hw_event ev)
{
	static const struct { enum hw_event hw; enum fxs_event fxs; } map[] = {
		{ HW_EV_OFFHOOK, FE_OFFHOOK },	     { HW_EV_ONHOOK, FE_ONHOOK },
		{ HW_EV_FLASH, FE_FLASH },	     { HW_EV_RINGER_ON, FE_RING_ON },
		{ HW_EV_RINGER_OFF, FE_RING_OFF },   { HW_EV_HOOK_DONE, FE_HOOK_DONE },
		{ HW_EV_PULSE_START, FE_TOUCH },
	};
	struct fxs_line *l = arg;

	fxs_enter(l->trunk);
	if (ev == HW_EV_REMOVED)
		removed(l);
	else if (ev >= HW_EV_PULSE && ev <= HW_EV_PULSE_LAST)
		pulse(l, (int)ev - HW_EV_PULSE);
	for (size_t i = 0; i < sizeof(map) / sizeof(map[0]); i++)
		if (map[i].hw == ev)
			fxs_line_event(l, map[i].fxs);
	fxs_leave(l->trunk);
}

static void on_heard(struct fxs_line *l, const struct heard *h)
{
	if (h->kind == HEARD_DIGIT_BEGIN) {
		fxs_line_event(l, FE_TOUCH);
	} else if (h->kind == HEARD_DIGIT) {
		l->digit = h->digit;
		l->digit_pulse = false;
		fxs_line_event(l, FE_DIGIT);
	}
}

static void audio_closed(struct fxs_line *l)
{
	for (struct fxs_leg *leg = l->trunk->legs; leg; leg = leg->next)
		if (leg->line == l) {	/* over; not yet said */
			leg->leg.line = NULL;
			leg->leg.port = NULL;
		}
	l->audio = NULL;
	l->closing = false;
	hw_line_close(l->hw);
	l->hw = NULL;
	l->trunk->changed = true;
	if (l->reopen)
		fxs_arm(l, FT_PORT, fxs_times[TM_REOPEN].ms);
}

static void on_audio(void *arg, struct line_audio *a, const struct line_audio_event *ev)
{
	struct fxs_line *l = arg;

	fxs_enter(l->trunk);
	if (ev->kind == LINE_CLOSED) {
		audio_closed(l);
	} else if (!l->closing && a == l->audio) {
		if (ev->kind == LINE_HEARD)
			on_heard(l, ev->heard);
		else if (ev->kind == LINE_PLAYED)
			fxs_line_event(l, FE_PLAYED);
	}
	fxs_leave(l->trunk);
}

/* --- Opening and closing ------------------------------------------------------------------------- */

static void set_up(struct fxs_line *l)
{
	const struct fxs_conf *c = &l->trunk->conf;
	struct hw_timing t = {
		.flash_min_ms = (uint16_t)(flash_min(l->trunk) < BREAK_MAX_MS ? BREAK_MAX_MS : flash_min(l->trunk)),
		.flash_max_ms = (uint16_t)(c->flash_max_ms ? c->flash_max_ms : c->country->flash_max_ms),
		.drop_ms = (uint16_t)(c->drop_ms ? c->drop_ms : fxs_times[TM_DROP].ms),
	};

	check(l, "timing", hw_set_timing(l->hw, &t));
	if (c->rx_gain_db != 0 || c->tx_gain_db != 0)
		check(l, "gain", hw_gain(l->hw, c->rx_gain_db, c->tx_gain_db));
	l->reversed = true;
	fxs_port_reverse(l, false);
	l->reversed = false;
	fxs_port_hook(l, HW_ONHOOK);
}

static int try_open(struct fxs_line *l)
{
	struct fxs_trunk *t = l->trunk;
	struct line_audio_conf ac = { .country = t->conf.country, .echo_taps = t->conf.echo_taps };
	int err = hw_line_open(t->hw, l->conf.chan, on_port, l, &l->hw);

	if (!err && l->hw->kind != HW_CHAN_FXS)
		err = -EINVAL;
	if (!err)
		err = t->h.audio->open(t->h.audio_arg, l->hw, &ac, on_audio, l, &l->audio);
	if (err) {
		hw_line_close(l->hw);
		l->hw = NULL;
		l->audio = NULL;
	}
	return err;
}

/* A telephone that was lifted while nobody looked gets its dial tone now. */
void fxs_port_open(struct fxs_line *l)
{
	struct hw_analog now;
	int err;

	if (l->hw || l->trunk->quiet)
		return;
	err = try_open(l);
	if (err) {
		fxs_arm(l, FT_PORT, fxs_times[TM_REOPEN].ms);
		return;
	}
	set_up(l);
	l->off_hook = false;
	fxs_line_set(l, FS_IDLE);
	l->message_due = l->messages > 0;
	if (!hw_analog(l->hw, &now) && now.offhook == 1)
		fxs_line_event(l, FE_OFFHOOK);
	else
		fxs_idle(l);
}

/* Ends the calls of a line and lets go of its port; REOPEN: and tries to have it back. */
void fxs_port_close(struct fxs_line *l, bool reopen)
{
	struct leg_cause cause = { .q850 = 41, .location = 1 };

	for (int i = 0; i < 2; i++)
		if (l->leg[i])
			fxs_leg_over(l->leg[i], &cause);
	fxs_ring_stop(l);
	fxs_wait_stop(l);
	fxs_message_stop(l);
	fxs_cid_forget(l);
	for (int i = 0; i < FXS_TIMERS; i++)
		fxs_disarm(l, (enum fxs_timer)i);
	fxs_port_reverse(l, false);
	fxs_port_hook(l, HW_ONHOOK);
	l->reopen = reopen;
	l->off_hook = false;
	if (l->state != FS_OUT)
		fxs_line_set(l, FS_OUT);
	if (l->audio && !l->closing) {
		l->closing = true;
		l->trunk->h.audio->close(l->audio);
	} else if (!l->audio && reopen) {
		fxs_arm(l, FT_PORT, fxs_times[TM_REOPEN].ms);
	}
}
