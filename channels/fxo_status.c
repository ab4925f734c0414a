/* SPDX-License-Identifier: GPL-2.0-or-later */
/* channels/fxo_status.c: the names of things, and the lines of a trunk for status. Loop thread. */
#include "channels/fxo_private.h"

#include <errno.h>
#include <stdio.h>

const char *fxo_answer_name(enum fxo_answer a)
{
	static const char *const names[FXO_ANSWERS] = {
		[ANSWER_POLARITY] = "polarity", [ANSWER_BATTERY] = "battery", [ANSWER_RINGBACK_STOPPED] = "ringback",
		[ANSWER_SPEECH] = "speech",	[ANSWER_TIMER] = "timer",
	};

	return (unsigned)a < FXO_ANSWERS ? names[a] : "?";
}

const char *fxo_clear_name(enum fxo_clear c)
{
	static const char *const names[FXO_CLEARS] = {
		[CLEARED_BATTERY] = "battery",	 [CLEARED_POLARITY] = "polarity", [CLEARED_TONE] = "tone",
		[CLEARED_DIALTONE] = "dialtone", [CLEARED_IDLE] = "idle",	  [CLEARED_CEILING] = "ceiling",
	};

	return (unsigned)c < FXO_CLEARS ? names[c] : "?";
}

int fxo_trunk_lines(const struct fxo_trunk *t, struct fxo_line_info *out, int max)
{
	for (int i = 0; i < t->n_lines && i < max; i++) {
		const struct fxo_line *l = &t->lines[i];

		out[i] = (struct fxo_line_info){
			.chan = l->conf.chan,
			.port = l->port,
			.state = l->state,
			.leg = l->leg ? &l->leg->leg : NULL,
			.since_us = l->since_us,
			.calls = l->calls,
			.glare = l->glare,
		};
		for (int c = 0; c < FXO_CLEARS; c++)
			out[i].cleared[c] = l->cleared[c];
		snprintf(out[i].why, sizeof(out[i].why), "%s", l->state == FXO_OUT ? l->why : "");
	}
	return t->n_lines;
}

int fxo_call_error_cause(int err)
{
	switch (err) {
	case -EAGAIN:
		return 34;
	case -ENETDOWN:
		return 27;
	case -EINVAL:
		return 28;
	case -ENOMEM:
		return 47;
	default:
		return 41;
	}
}
