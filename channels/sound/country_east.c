/* SPDX-License-Identifier: GPL-2.0-or-later */
/* channels/sound/country_east.c: rows of country.h: eastern and south-eastern Europe, Turkey, Israel. */
#include "channels/sound/country_data.h"

/* clang-format off */
const struct country country_east[] = {
	{
		.name = "pl", .title = "Poland", .code = 48,
		.tones = {
			DIAL(-10, P(0, 425)),
			STUTTER_BURSTS(-10, 425),
			RINGBACK(-10, P(1000, 425), S(4000)),
			BUSY(-10, P(500, 425), S(500)),	/* congestion is the same */
			SIT_E180(-10),
			CALL_WAITING(-10, 0, P(150, 425), S(150), P(150, 425), S(4000)),
		},
		RING(1000, 4000), CALLER_ID(CID_V23, CID_AFTER_RING, false), FLASH(80, 250, 100), PULSE(33, 67),
		.clear = CLEAR_TONE,
		.source = "ITU-T E.180 Supplement 2; EN 300 659-1 (caller ID), ES 201 970 (line)",
	}, {
		.name = "cz", .title = "Czech Republic", .code = 420,
		.tones = {
			DIAL(-10, P(330, 425), S(330), P(660, 425), S(660)),
			STUTTER(-10, 12, X6(100, 425), P(330, 425), S(330), P(660, 425), S(660)),
			RINGBACK(-10, P(1000, 425), S(4000)),
			BUSY(-10, P(330, 425), S(330)),
			CONGESTION(-10, P(165, 425), S(165)),
			SIT(-10, P(330, 950), S(30), P(330, 1400), S(30), P(330, 1800), S(1000)),
			CALL_WAITING(-10, 0, P(330, 425), S(9000)),
		},
		RING(1000, 4000), CALLER_ID(CID_V23, CID_AFTER_RING, false), FLASH(80, 130, 100), PULSE(40, 60),
		.clear = CLEAR_TONE,
		.source = "ITU-T E.180 Supplement 2; EN 300 659-1 (caller ID), ES 201 970 (line)",
	}, {
		.name = "hu", .title = "Hungary", .code = 36,
		.tones = {
			DIAL(-10, P(0, 425)),
			STUTTER(-13, 0, P(0, 350, 375, 400)),
			RINGBACK(-10, P(1250, 425), S(3750)),
			BUSY(-10, P(300, 425), S(300)),	/* congestion is the same */
			SIT_E180(-10),
			CALL_WAITING(-10, 0, P(40, 425), S(1960)),
		},
		RING(1250, 3750), CALLER_ID(CID_V23, CID_AFTER_RING, false), FLASH(80, 250, 100), PULSE(33, 67),
		.clear = CLEAR_TONE,
		.source = "ITU-T E.180 Supplement 2; EN 300 659-1 (caller ID), ES 201 970 (line)",
	}, {
		.name = "bg", .title = "Bulgaria", .code = 359,
		.tones = {
			DIAL(-10, P(0, 425)),
			STUTTER(-10, 0, P(1500, 425), S(100)),
			RINGBACK(-10, P(1000, 425), S(4000)),
			BUSY(-10, P(500, 425), S(500)),
			CONGESTION(-10, P(250, 425), S(250)),
			SIT_E180(-10),
			CALL_WAITING(-10, 0, P(150, 425), S(150), P(150, 425), S(4000)),
		},
		RING(1000, 4000), CALLER_ID(CID_V23, CID_AFTER_RING, false), FLASH(80, 250, 100), PULSE(40, 60),
		.clear = CLEAR_TONE,
		.source = "ITU-T E.180 Supplement 2; EN 300 659-1 (caller ID), ES 201 970 (line)",
	}, {
		.name = "gr", .title = "Greece", .code = 30,
		.tones = {
			DIAL(-10, P(200, 425), S(300), P(700, 425), S(800)),
			STUTTER(-10, 0, P(650, 425), S(25)),
			RINGBACK(-10, P(1000, 425), S(4000)),
			BUSY(-10, P(300, 425), S(300)),
			CONGESTION(-10, P(200, 425), S(200)),
			SIT_E180(-10),
			CALL_WAITING(-10, 0, P(150, 425), S(150), P(150, 425), S(8000)),
		},
		RING(1000, 4000), CALLER_ID(CID_V23, CID_AFTER_RING, false), FLASH(80, 130, 100), PULSE(40, 60),
		.clear = CLEAR_TONE,
		.source = "ITU-T E.180 Supplement 2; EN 300 659-1 (caller ID), ES 201 970 (line)",
	}, {
		.name = "ru", .title = "Russian Federation", .code = 7,
		.tones = {
			DIAL(-10, P(0, 425)),
			STUTTER_BURSTS(-10, 425),
			RINGBACK(-10, P(1000, 425), S(4000)),
			BUSY(-10, P(350, 425), S(350)),
			CONGESTION(-10, P(175, 425), S(175)),
			SIT_E180(-10),
			CALL_WAITING(-10, 0, P(200, 425), S(5000)),
		},
		RING(1000, 4000), CALLER_ID(CID_V23, CID_AFTER_RING, false), FLASH(80, 250, 100), PULSE(40, 60),
		.clear = CLEAR_POLARITY | CLEAR_TONE,
		.source = "ITU-T E.180 Supplement 2; GOST 28384 (line, pulses); EN 300 659-1 (caller ID)",
	}, {
		.name = "tr", .title = "Turkey", .code = 90,
		.tones = {
			DIAL(-10, P(0, 450)),
			STUTTER_BURSTS(-10, 450),
			RINGBACK(-10, P(2000, 450), S(4000)),
			BUSY(-10, P(500, 450), S(500)),
			CONGESTION(-10, X3(200, 450), P(600, 450), S(200)),
			SIT_E180(-10),
			CALL_WAITING(-10, 0, P(200, 450), S(600), P(200, 450), S(8000)),
		},
		RING(2000, 4000), CALLER_ID(CID_V23, CID_AFTER_RING, false), FLASH(80, 700, 100), PULSE(40, 60),
		.clear = CLEAR_POLARITY | CLEAR_TONE,
		.source = "ITU-T E.180 Supplement 2; EN 300 659-1 (caller ID), ES 201 970 (line)",
	}, {
		.name = "il", .title = "Israel", .code = 972,
		.tones = {
			DIAL(-10, P(0, 414)),
			STUTTER(-10, 20, X10(160, 414), P(0, 414)),
			RINGBACK(-10, P(1000, 414), S(3000)),
			BUSY(-10, P(500, 414), S(500)),
			CONGESTION(-10, P(250, 414), S(250)),
			SIT(-10, P(330, 1000), P(330, 1400), P(330, 1800), S(1000)),
			CALL_WAITING(-10, 0, P(100, 414), S(100), P(100, 414), S(100), P(600, 414), S(3000)),
		},
		RING(1000, 3000), CALLER_ID(CID_BELL202, CID_AFTER_RING, false), FLASH(80, 700, 100), PULSE(39, 61),
		.clear = CLEAR_TONE,
		.source = "ITU-T E.180 Supplement 2; GR-30 (caller ID), ES 201 970 (line)",
	},
	{ .name = NULL },
};
