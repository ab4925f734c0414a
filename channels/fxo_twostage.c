/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/fxo_twostage.c: two-stage dialling, where the trunk's file says so: the line is answered, the caller hears dial tone and
 * dials where he wants to be put through to; "#" or a pause ends the number. Loop thread.
 */
#include "channels/fxo_private.h"

#include <string.h>

void fxo_collect(struct fxo_line *l)
{
	l->offered = true;
	l->digits[0] = 0;
	if (!l->offhook) {
		if (fxo_hook(l, HW_OFFHOOK)) {
			fxo_release(l);
			return;
		}
		fxo_off_hook(l);
	}
	fxo_set(l, FXO_ACCEPTED);
	fxo_listen(l, LISTEN_DTMF | LISTEN_TONES | LISTEN_SPEECH);
	fxo_play_tone(l, TONE_DIAL);
	fxo_timer(l, FT_FIRST_DIGIT, 0);
}

void fxo_collect_digit(struct fxo_line *l, bool begin, char digit)
{
	size_t n = strlen(l->digits);

	if (l->leg || (!l->at[FT_FIRST_DIGIT] && !l->at[FT_INTERDIGIT]))
		return;
	if (begin) {
		fxo_play_stop(l);
		return;
	}
	fxo_timer_off(l, FT_FIRST_DIGIT);
	fxo_timer(l, FT_INTERDIGIT, 0);
	if (digit == '#' && n) {
		fxo_collect_done(l);
		return;
	}
	if (n + 1 < sizeof(l->digits)) {
		l->digits[n] = digit;
		l->digits[n + 1] = 0;
	}
}

void fxo_collect_none(struct fxo_line *l)
{
	fxo_log(l, LOG_INFO, "a caller dialled nothing");
	fxo_reorder(l, TONE_CONGESTION);
}

void fxo_collect_done(struct fxo_line *l)
{
	fxo_timer_off(l, FT_INTERDIGIT);
	fxo_play_stop(l);
	fxo_listen(l, LISTEN_TONES | LISTEN_SPEECH);
	fxo_offer(l, l->digits);
	if (!l->leg)
		fxo_reorder(l, TONE_CONGESTION);
}

void fxo_reorder(struct fxo_line *l, enum tone_id tone)
{
	fxo_timer_off(l, FT_FIRST_DIGIT);
	fxo_timer_off(l, FT_INTERDIGIT);
	fxo_set(l, FXO_CLEARING);
	fxo_play_tone(l, tone);
	fxo_timer(l, FT_REORDER, 0);
}
