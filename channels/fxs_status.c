/* SPDX-License-Identifier: GPL-2.0-or-later */
/* channels/fxs_status.c: what a person is shown of a trunk of telephones. Loop thread. */
#include "channels/fxs_private.h"

const char *fxs_line_state_name(enum fxs_line_state s)
{
	static const char *const names[] = {
		[FXS_OUT] = "out of service", [FXS_IDLE] = "idle",	     [FXS_DIALLING] = "dialling",
		[FXS_CALLING] = "calling",    [FXS_RINGING] = "ringing",     [FXS_UP] = "up",
		[FXS_HELD] = "held",	      [FXS_THREE_WAY] = "three-way", [FXS_TONE] = "tone",
		[FXS_LEFT_OFF_HOOK] = "left off hook",
	};

	return (size_t)s < sizeof(names) / sizeof(names[0]) ? names[s] : "?";
}

enum fxs_line_state fxs_line_public(const struct fxs_line *l)
{
	static const enum fxs_line_state map[FXS_STATES] = {
		[FS_OUT] = FXS_OUT,	    [FS_IDLE] = FXS_IDLE, [FS_RING] = FXS_RINGING,
		[FS_DIAL] = FXS_DIALLING,   [FS_CALL] = FXS_CALLING, [FS_UP] = FXS_UP,
		[FS_THREE] = FXS_THREE_WAY, [FS_DROP] = FXS_TONE, [FS_TONE] = FXS_TONE,
		[FS_HOWL] = FXS_LEFT_OFF_HOOK, [FS_QUIET] = FXS_LEFT_OFF_HOOK,
	};

	if (l->state == FS_DIAL && l->leg[1] && !l->n_digits)
		return FXS_HELD;
	return map[l->state];
}

int fxs_trunk_lines(const struct fxs_trunk *t, struct fxs_line_info *out, int max)
{
	for (int i = 0; i < t->n_lines && i < max; i++) {
		const struct fxs_line *l = &t->lines[i];

		out[i] = (struct fxs_line_info){
			.chan = l->conf.chan,
			.port = l->port,
			.state = fxs_line_public(l),
			.leg = { l->leg[0] ? &l->leg[0]->leg : NULL, l->leg[1] ? &l->leg[1]->leg : NULL },
			.since_us = l->since_us == FXS_UNSTAMPED ? t->now_us : l->since_us,
			.calls = l->calls,
			.messages = l->messages,
			.off_hook = l->off_hook,
		};
	}
	return t->n_lines;
}
