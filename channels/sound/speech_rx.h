/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/sound/speech_rx.h: a voice, or any other sound that is neither a tone of the country nor a digit; and silence.
 * Loud enough, and above the noise that was there before: a noise that stays as it is, as in the pauses of a tone, is
 * silence. Pure.
 */
#ifndef CHANNELS_SOUND_SPEECH_RX_H
#define CHANNELS_SOUND_SPEECH_RX_H

#include <stdbool.h>
#include <stdint.h>

#include "hw/hw.h"

#define SPEECH_RX_STEP_MS 5
#define SPEECH_RX_SMOOTH 8	/* steps that power is averaged over: 40 ms */

struct speech_rx {
	float least, always;		/* power: less is silence, more is a sound even if it stays as it is */
	float recent[SPEECH_RX_SMOOTH];	/* power of the last steps */
	unsigned at, filled;
	float floor[2];			/* least power of the last seconds: in this half, and in the one before */
	unsigned floor_ms;		/* of this half */
	unsigned tone_ms;		/* of a tone without a break */
	unsigned sound_ms;		/* sound, less what was a tone */
	unsigned pause_ms;		/* since the last sound */
	unsigned quiet_ms, quiet_said;	/* silence so far */
	unsigned since_said;		/* ms since speech was reported */
	bool speaking;
};
struct speech_heard {
	bool speech;			/* reported now: at 200 ms of it, then each second */
	bool silence;			/* reported now: at 500 ms of it, then each second */
	unsigned ms;			/* silence so far */
};

void speech_rx_init(struct speech_rx *s, enum hw_law law);
/* 5 ms of POWER (mean square at g711.h's scale); what the other receivers say of them. */
struct speech_heard speech_rx_step(struct speech_rx *s, float power, bool tone, bool digit);

#endif
