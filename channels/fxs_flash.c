/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/fxs_flash.c: the hook switch with two calls. A flash holds, swaps, takes a waiting call, or makes three of two;
 * hanging up transfers, or has the held call ring back: nobody is forgotten on hold. Loop thread.
 */
#include "channels/fxs_private.h"

#include <stddef.h>

static void hold(struct fxs_leg *leg)
{
	leg->stage = FL_HELD;
	fxs_leg_port(leg, NULL);
	fxs_report_kind(leg, LEG_HELD);
	fxs_trace(leg, false, "held", NULL);
}

static void exchange(struct fxs_line *l)
{
	struct fxs_leg *first = l->leg[0];

	l->leg[0] = l->leg[1];
	l->leg[1] = first;
}

/* leg[0] talks, alone on the line's own port. */
static void talk(struct fxs_line *l)
{
	fxs_play_tone(l, TONE_NONE);
	fxs_listen(l, LISTEN_DTMF);
	fxs_leg_talk(l->leg[0]);
	fxs_line_set(l, FS_UP);
}

static void swap(struct fxs_line *l)
{
	fxs_wait_stop(l);
	if (l->leg[0])
		hold(l->leg[0]);
	exchange(l);
	talk(l);
}

/* With none of the services a flash has no meaning: a bad contact holds no call. */
bool fxs_can_flash(const struct fxs_line *l)
{
	const struct fxs_conf *c = &l->trunk->conf;

	return c->three_way || c->transfer || c->call_waiting;
}

static void consult(struct fxs_line *l)
{
	if (!fxs_can_flash(l))
		return;
	hold(l->leg[0]);
	exchange(l);
	l->consult = true;
	fxs_dial_start(l);
}

static void three(struct fxs_line *l)
{
	const struct line_audio_ops *audio = l->trunk->h.audio;
	struct media_port *port[2];

	if (audio->conference(l->audio, port)) {
		swap(l);
		return;
	}
	for (int i = 0; i < 2; i++) {
		bool held = l->leg[i]->stage == FL_HELD;

		fxs_leg_port(l->leg[i], port[i]);
		l->leg[i]->stage = FL_UP;
		if (held)
			fxs_report_kind(l->leg[i], LEG_RESUMED);
		fxs_trace(l->leg[i], false, "three-way", NULL);
	}
	fxs_line_set(l, FS_THREE);
}

void fxs_three_end(struct fxs_line *l, int keep)
{
	struct fxs_leg *stays = l->leg[keep], *goes = l->leg[!keep];

	fxs_leg_port(stays, l->trunk->h.audio->port(l->audio));
	fxs_leg_port(goes, NULL);
	fxs_report_conference_end(l);
	l->leg[0] = stays;
	l->leg[1] = goes;
	l->consult = false;
	fxs_line_set(l, FS_UP);
}

void fxs_flash_up(struct fxs_line *l)
{
	if (!l->leg[1])
		consult(l);
	else if (l->leg[1]->stage == FL_HELD && l->consult && l->trunk->conf.three_way)
		three(l);
	else
		swap(l);
}

/* A second number that was not dialled after all: back to the held call. */
void fxs_flash_dial(struct fxs_line *l)
{
	if (l->leg[1])
		swap(l);
	else
		fxs_dial_start(l);
	l->consult = false;
}

void fxs_flash_call(struct fxs_line *l)
{
	if (!l->leg[1])
		return;
	fxs_leg_over_here(l->leg[0], 16);
	swap(l);
	l->consult = false;
}

/* The last that came goes. */
void fxs_flash_three(struct fxs_line *l)
{
	struct fxs_leg *last = l->leg[0];

	fxs_three_end(l, 1);
	fxs_leg_over_here(last, 16);
}

void fxs_flash_tone(struct fxs_line *l)
{
	if (l->leg[1])
		swap(l);
	else if (l->state == FS_TONE)
		fxs_dial_start(l);
	l->consult = false;
}

/* --- On hook ------------------------------------------------------------------------------------- */

/* What both legs lead to talks on without this line. Said of the held one, which is up; the other may still ring. */
static void transfer(struct fxs_line *l)
{
	struct leg_event ev = { .kind = LEG_JOIN, .other = &l->leg[0]->leg };
	bool conference = l->state == FS_THREE;
	struct fxs_leg *leg[2] = { l->leg[0], l->leg[1] };

	for (int i = 0; i < 2; i++) {
		fxs_leg_port(leg[i], NULL);
		leg[i]->stage = FL_JOINED;
		leg[i]->joined_until_us = FXS_UNSTAMPED;
		fxs_trace(leg[i], false, "transfer", NULL);
		l->leg[i] = NULL;
	}
	if (conference)
		fxs_report_conference_end(l);
	fxs_report(leg[1], &ev);
}

/* The call that is left rings: one that waited as any call, one that was held until it is taken or has rung for too long. */
static void ring_back(struct fxs_line *l)
{
	exchange(l);
	if (l->leg[0]->stage == FL_WAITING)
		l->leg[0]->stage = FL_RINGING;
	fxs_wait_stop(l);
	l->consult = false;
	fxs_play_tone(l, TONE_NONE);
	fxs_listen(l, 0);
	fxs_port_reverse(l, false);
	fxs_port_hook(l, HW_ONHOOK);
	fxs_trace(l->leg[0], true, "rings back", NULL);
	fxs_ring_start(l);
}

void fxs_hangup_two(struct fxs_line *l)
{
	bool transfers = l->trunk->conf.transfer && l->leg[0] && l->leg[1] &&
			 (l->state == FS_THREE || (l->consult && l->leg[1]->stage == FL_HELD));
	bool three_way = l->state == FS_THREE;

	if (transfers) {
		transfer(l);
	} else if (three_way) {
		fxs_report_conference_end(l);
		fxs_leg_over_here(l->leg[1], 16);
	}
	fxs_leg_over_here(l->leg[0], 16);
	if (l->leg[1])
		ring_back(l);
	else
		fxs_idle(l);
}
