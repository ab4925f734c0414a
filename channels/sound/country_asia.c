/* SPDX-License-Identifier: GPL-2.0-or-later */
/* channels/sound/country_asia.c: rows of country.h: eastern Asia. */
#include "channels/sound/country_data.h"

/* clang-format off */
const struct country country_asia[] = {
	{
		.name = "jp", .title = "Japan", .code = 81,
		.tones = {
			DIAL(-13, P(0, 400)),
			STUTTER(-13, 0, P(125, 400), S(125)),
			RINGBACK(-16, P(1000, 384, 416), S(2000)),
			BUSY(-13, P(500, 400), S(500)),	/* congestion is the same */
			SIT_E180(-13),
			CALL_WAITING(-16, 0, P(500, 384, 416), S(4000)),
		},
		RING(1000, 2000), CALLER_ID(CID_NTT, CID_AFTER_REVERSAL, false), FLASH(300, 1000, 600), PULSE(33, 67),
		.clear = CLEAR_POLARITY | CLEAR_TONE,
		.source = "NTT Technical Reference, telephone service interfaces (line, tones, caller ID); ITU-T E.180 Supplement 2",
	}, {
		.name = "cn", .title = "China", .code = 86,
		.tones = {
			DIAL(-10, P(0, 450)),
			STUTTER(-10, 0, P(400, 450), S(40)),
			RINGBACK(-10, P(1000, 450), S(4000)),
			BUSY(-10, P(350, 450), S(350)),
			CONGESTION(-10, P(700, 450), S(700)),
			SIT(-10, P(100, 450), S(100), P(100, 450), S(100), P(100, 450), S(100), P(400, 450), S(400)),
			CALL_WAITING(-10, 0, P(400, 450), S(4000)),
		},
		RING(1000, 4000), CALLER_ID(CID_BELL202, CID_AFTER_RING, false), FLASH(80, 600, 100), PULSE(39, 61),
		.clear = CLEAR_POLARITY | CLEAR_TONE,
		.source = "GB 3380 (tones), YDN 069 (caller ID), GB/T 15279 (telephone); ITU-T E.180 Supplement 2",
	}, {
		.name = "my", .title = "Malaysia", .code = 60,
		.tones = {
			DIAL(-10, P(0, 425)),
			STUTTER_BURSTS(-10, 425),
			RINGBACK(-10, P(400, 425), S(200), P(400, 425), S(2000)),
			BUSY(-10, P(500, 425), S(500)),	/* congestion is the same */
			SIT_E180(-10),
			CALL_WAITING(-10, 0, P(100, 425), S(4000)),
		},
		RING(400, 200, 400, 2000), CALLER_ID(CID_BELL202, CID_AFTER_RING, false), FLASH(80, 1000, 100), PULSE(33, 67),
		.clear = CLEAR_TONE,
		.source = "ITU-T E.180 Supplement 2; MCMC MTSFB PSTN (line, caller ID)",
	}, {
		.name = "ph", .title = "Philippines", .code = 63,
		.tones = {
			DIAL(-10, P(0, 425)),
			STUTTER_BURSTS(-10, 425),
			RINGBACK(-13, P(1000, 425, 480), S(4000)),
			BUSY(-13, P(500, 480, 620), S(500)),
			CONGESTION(-13, P(250, 480, 620), S(250)),
			SIT_E180(-13),
			CALL_WAITING(-13, 0, P(300, 440), S(9700)),
		},
		RING(1000, 4000), CALLER_ID(CID_BELL202, CID_AFTER_RING, false), FLASH(300, 1000, 500), PULSE(39, 61),
		.clear = CLEAR_TONE,
		.source = "ITU-T E.180 Supplement 2; GR-30 (caller ID), TIA-464 (flash, pulses)",
	},
	{ .name = NULL },
};
