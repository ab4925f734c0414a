/* SPDX-License-Identifier: GPL-2.0-or-later */
/* channels/sound/country_america.c: rows of country.h: the Americas. */
#include "channels/sound/country_data.h"

/* clang-format off */
/* The precise tone plan. Levels: dial -13, audible ringing -19, busy and reorder -24 dBm0 a frequency. */
#define PRECISE_TONES \
	DIAL(-13, P(0, 350, 440)), \
	STUTTER(-13, 20, X10(100, 350, 440), P(0, 350, 440)), \
	RINGBACK(-19, P(2000, 440, 480), S(4000)), \
	BUSY(-24, P(500, 480, 620), S(500)), \
	CONGESTION(-24, P(250, 480, 620), S(250)), \
	SIT(-13, P(330, 950), P(330, 1400), P(330, 1800), S(1000)), \
	CALL_WAITING(-13, 0, P(300, 440), S(9700)), \
	CONFIRM_BURSTS(-13, 350, 440), \
	HOWLER(-9.5f, P(100, 1400, 2060, 2450, 2600), S(100))

const struct country country_america[] = {
	{
		.name = "us", .title = "United States", .code = 1,
		.tones = { PRECISE_TONES },
		RING(2000, 4000), CALLER_ID(CID_BELL202, CID_AFTER_RING, false), FLASH(300, 1000, 500), PULSE(39, 61),
		.clear = CLEAR_BATTERY | CLEAR_TONE,
		.source = "Telcordia GR-506 (tones, open switching interval), GR-30 (caller ID), TIA-464 (flash, pulses)",
	}, {
		.name = "ca", .title = "Canada", .code = 1,
		.tones = { PRECISE_TONES },
		RING(2000, 4000), CALLER_ID(CID_BELL202, CID_AFTER_RING, false), FLASH(300, 1000, 500), PULSE(39, 61),
		.clear = CLEAR_BATTERY | CLEAR_TONE,
		.source = "ITU-T E.180 Supplement 2; Industry Canada CS-03; Telcordia GR-506, GR-30",
	}, {
		.name = "mx", .title = "Mexico", .code = 52,
		.tones = {
			DIAL(-10, P(0, 425)),
			STUTTER_BURSTS(-10, 425),
			RINGBACK(-10, P(1000, 425), S(4000)),
			BUSY(-10, P(250, 425), S(250)),	/* congestion is the same */
			SIT_E180(-10),
			CALL_WAITING(-10, 0, P(200, 425), S(600), P(200, 425), S(10000)),
		},
		RING(2000, 4000), CALLER_ID(CID_BELL202, CID_AFTER_RING, false), FLASH(80, 700, 100), PULSE(33, 67),
		.clear = CLEAR_TONE,
		.source = "ITU-T E.180 Supplement 2; NOM-151-SCT1 (line interface); GR-30 (caller ID)",
	}, {
		.name = "br", .title = "Brazil", .code = 55,
		.tones = {
			DIAL(-10, P(0, 425)),
			STUTTER(-10, 0, P(1000, 425), S(50)),
			RINGBACK(-10, P(1000, 425), S(4000)),
			BUSY(-10, P(250, 425), S(250)),
			CONGESTION(-10, P(250, 425), S(250), P(750, 425), S(250)),
			SIT_E180(-10),
			CALL_WAITING(-10, 0, P(50, 425), S(1000)),
		},
		RING(1000, 4000), CALLER_ID(CID_DTMF, CID_BEFORE_RING, false), FLASH(80, 500, 300), PULSE(33, 67),
		.clear = CLEAR_POLARITY | CLEAR_TONE,
		.source = "ITU-T E.180 Supplement 2; Telebras SDT 220-250-713 (caller ID), 220-550-707 (tones)",
	}, {
		.name = "ar", .title = "Argentina", .code = 54,
		.tones = {
			DIAL(-10, P(0, 425)),
			STUTTER(-10, 0, P(450, 425), S(50)),
			RINGBACK(-10, P(1000, 425), S(4500)),
			BUSY(-10, P(300, 425), S(300)),
			CONGESTION(-10, P(200, 425), S(300)),
			SIT_E180(-10),
			CALL_WAITING(-10, 0, P(200, 425), S(9000)),
		},
		RING(1000, 4500), CALLER_ID(CID_BELL202, CID_AFTER_RING, false), FLASH(80, 700, 100), PULSE(33, 67),
		.clear = CLEAR_POLARITY | CLEAR_TONE,
		.source = "ITU-T E.180 Supplement 2; GR-30 (caller ID)",
	},
	{ .name = NULL },
};
