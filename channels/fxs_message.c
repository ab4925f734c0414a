/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/fxs_message.c: messages wait for the user of a telephone: stutter dial tone (fxs_dial.c), a lamp, and a message of
 * its own for the display, sent while the line is idle and without ringing (GR-30 visual message waiting; EN 300 659-3 message
 * type 82). Loop thread.
 */
#include "channels/fxs_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#define LEVEL_DBM0 (-13.5)	/* as fxs_cid.c's */
#define ALERT_DBM0 (-15.0)

static void lamp(struct fxs_line *l)
{
	bool on = l->messages > 0;
	int err;

	if (!l->trunk->conf.lamp || !l->hw || l->lamp == on)
		return;
	l->lamp = on;
	err = hw_message_lamp(l->hw, on);
	if (err && err != -EOPNOTSUPP)
		fxs_log(l, LOG_WARNING, "message lamp: %s", strerror(-err));
}

static bool by_fsk(const struct fxs_trunk *t)
{
	return t->conf.mwi_fsk && (t->conf.cid == CID_BELL202 || t->conf.cid == CID_V23);
}

/* A telephone that has just been put down needs a moment. */
void fxs_message_run(struct fxs_line *l)
{
	lamp(l);
	if (l->message_due && by_fsk(l->trunk))
		fxs_arm(l, FT_WAIT, fxs_times[TM_MESSAGE].ms);
}

static void send_sound(struct fxs_line *l, int16_t *x, size_t n)
{
	bool dtas = l->trunk->conf.cid_dtas;
	struct play_item items[3] = {
		{ .kind = PLAY_SAMPLES },
		{ .kind = PLAY_SILENCE, .ms = fxs_times[TM_AFTER_DTAS].ms },
		{ .kind = PLAY_SAMPLES, .samples = x, .n = n },
	};
	int16_t *alert = NULL;
	unsigned from = 2;

	if (dtas && !callerid_alert_sound(100, l->hw->law, ALERT_DBM0, &alert, &items[0].n))
		from = 0;
	items[0].samples = alert;
	hw_onhook_transfer(l->hw, (unsigned)(n / 8) + 500);
	l->message_playing = true;
	fxs_play(l, items + from, 3 - from);
	free(alert);
}

void fxs_message_send(struct fxs_line *l)
{
	struct callerid c = { .message = CALLERID_MESSAGE_WAITING,
			      .waiting = l->messages > 0,
			      .messages = (uint8_t)(l->messages > 255 ? 255 : l->messages) };
	int16_t *x = NULL;
	size_t n = 0;

	if (!l->message_due || l->off_hook || callerid_sound(&c, l->trunk->conf.cid, false, l->hw->law, LEVEL_DBM0, &x, &n))
		return;
	send_sound(l, x, n);
	free(x);
}

void fxs_message_played(struct fxs_line *l)
{
	if (l->message_playing)
		l->message_due = false;
	l->message_playing = false;
}

/* Cut short: it is sent again when the line is next idle. */
void fxs_message_stop(struct fxs_line *l)
{
	fxs_disarm(l, FT_WAIT);
	if (!l->message_playing)
		return;
	l->message_playing = false;
	fxs_play_tone(l, TONE_NONE);
}

int fxs_trunk_messages(struct fxs_trunk *t, int port, unsigned waiting)
{
	struct fxs_line *l;

	if (port < 1 || port > t->n_lines)
		return -ENOENT;
	l = &t->lines[port - 1];
	if (l->messages == waiting)
		return 0;
	l->messages = waiting;
	l->message_due = true;
	t->changed = true;
	lamp(l);
	if (l->state == FS_IDLE) {
		fxs_message_stop(l);
		fxs_message_run(l);
	}
	return 0;
}
