/* SPDX-License-Identifier: GPL-2.0-or-later */
/* channels/sound/country_isles.c: rows of country.h: countries that ring as Britain does: 0.4, 0.2, 0.4, 2 s. */
#include "channels/sound/country_data.h"

/* clang-format off */
#define DOUBLE_RING RING(400, 200, 400, 2000)
#define DOUBLE_RINGBACK(db, ...) RINGBACK(db, P(400, __VA_ARGS__), S(200), P(400, __VA_ARGS__), S(2000))

const struct country country_isles[] = {
	{
		.name = "uk", .title = "United Kingdom", .code = 44,
		.tones = {
			DIAL(-13, P(0, 350, 440)),
			STUTTER(-13, 0, P(750, 350, 440), P(750, 440)),
			DOUBLE_RINGBACK(-15, 400, 450),
			BUSY(-10, P(375, 400), S(375)),
			CONGESTION(-10, P(400, 400), S(350), P(225, 400), S(525)),
			SIT(-10, P(330, 950), S(15), P(330, 1400), S(15), P(330, 1800), S(1000)),
			CALL_WAITING(-13, 0, P(100, 400), S(4000)),
		},
		DOUBLE_RING, CALLER_ID(CID_V23, CID_AFTER_REVERSAL, true), FLASH(50, 130, 90), PULSE(33, 67),
		.clear = CLEAR_BATTERY | CLEAR_TONE,
		.source = "BT SIN 350 (tones), SIN 351 (recall, disconnect, ringing), SIN 227 and 242 (caller ID)",
	}, {
		.name = "ie", .title = "Ireland", .code = 353,
		.tones = {
			DIAL(-10, P(0, 425)),
			STUTTER_BURSTS(-10, 425),
			DOUBLE_RINGBACK(-13, 400, 450),
			BUSY(-10, P(500, 425), S(500)),	/* congestion is the same */
			SIT_E180(-10),
			CALL_WAITING(-10, 0, P(180, 425), S(200), P(200, 425), S(4500)),
		},
		DOUBLE_RING, CALLER_ID(CID_V23, CID_AFTER_SHORT_RING, false), FLASH(70, 130, 100), PULSE(33, 67),
		.clear = CLEAR_TONE,
		.source = "ITU-T E.180 Supplement 2; EN 300 659-1 (caller ID), ES 201 970 (line)",
	}, {
		.name = "au", .title = "Australia", .code = 61,
		.tones = {
			DIAL(-16, P(0, 413, 438)),
			STUTTER(-16, 0, P(100, 413, 438), S(40)),
			DOUBLE_RINGBACK(-16, 413, 438),
			BUSY(-13, P(375, 425), S(375)),	/* congestion: each second burst 10 dB lower, else the same */
			SIT(-13, P(2500, 425), S(500)),	/* number unobtainable */
			CALL_WAITING(-13, 0, P(200, 425), S(200), P(200, 425), S(4400)),
		},
		DOUBLE_RING, CALLER_ID(CID_BELL202, CID_AFTER_RING, false), FLASH(80, 140, 100), PULSE(33, 67),
		.clear = CLEAR_BATTERY | CLEAR_TONE,
		.source = "AS/CA S002 (tones, recall, pulses, ringing); ITU-T E.180 Supplement 2; Telstra TR 1210 (caller ID)",
	}, {
		.name = "nz", .title = "New Zealand", .code = 64,
		.tones = {
			DIAL(-10, P(0, 400)),
			STUTTER_BURSTS(-10, 400),
			DOUBLE_RINGBACK(-13, 400, 450),
			BUSY(-10, P(500, 400), S(500)),
			CONGESTION(-10, P(250, 400), S(250)),
			SIT(-10, P(75, 400), S(100), P(75, 400), S(100), P(75, 400), S(100), P(75, 400), S(400)),
			CALL_WAITING(-10, 0, P(200, 400), S(3000), P(200, 400), S(5000)),
		},
		DOUBLE_RING, CALLER_ID(CID_BELL202, CID_AFTER_RING, false), FLASH(500, 800, 600), PULSE(33, 67),
		.clear = CLEAR_BATTERY | CLEAR_TONE,
		.source = "Telecom New Zealand PTC 200 and TNA 102 (tones, recall, caller ID); ITU-T E.180 Supplement 2",
	}, {
		.name = "za", .title = "South Africa", .code = 27,
		.tones = {
			DIAL(-13, P(0, 367, 433)),
			STUTTER_BURSTS(-13, 367, 433),
			DOUBLE_RINGBACK(-13, 367, 433),
			BUSY(-10, P(500, 400), S(500)),
			CONGESTION(-10, P(250, 400), S(250)),
			SIT_E180(-10),
			CALL_WAITING(-13, 0, P(500, 367, 433), S(5000)),
		},
		DOUBLE_RING, CALLER_ID(CID_V23, CID_AFTER_RING, false), FLASH(80, 250, 100), PULSE(33, 67),
		.clear = CLEAR_POLARITY | CLEAR_TONE,
		.source = "ITU-T E.180 Supplement 2; ICASA TE-001 (line); EN 300 659-1 (caller ID)",
	}, {
		.name = "in", .title = "India", .code = 91,
		.tones = {
			DIAL(-13, P(0, 375, 425)),
			STUTTER_BURSTS(-13, 375, 425),
			DOUBLE_RINGBACK(-13, 375, 425),
			BUSY(-10, P(750, 400), S(750)),
			CONGESTION(-10, P(250, 400), S(250)),
			SIT_E180(-10),
			CALL_WAITING(-10, 0, P(200, 400), S(100), P(200, 400), S(7500)),
		},
		DOUBLE_RING, CALLER_ID(CID_DTMF, CID_AFTER_REVERSAL, false), FLASH(200, 900, 600), PULSE(33, 67),
		.clear = CLEAR_POLARITY | CLEAR_TONE,
		.source = "ITU-T E.180 Supplement 2; TEC GR/CLI (caller ID), TEC IR/TEL (telephone)",
	}, {
		.name = "sg", .title = "Singapore", .code = 65,
		.tones = {
			DIAL(-10, P(0, 425)),
			STUTTER(-10, 8, P(200, 425), S(200), P(600, 425), S(200), P(200, 425), S(200), P(600, 425), S(200),
				P(0, 425)),
			DOUBLE_RINGBACK(-13, 401, 449),
			BUSY(-10, P(750, 425), S(750)),
			CONGESTION(-10, P(250, 425), S(250)),
			SIT_E180(-10),
			CALL_WAITING(-13, 0, P(300, 401, 449), S(200), P(300, 401, 449), S(3200)),
		},
		DOUBLE_RING, CALLER_ID(CID_BELL202, CID_AFTER_RING, false), FLASH(300, 1000, 600), PULSE(33, 67),
		.clear = CLEAR_BATTERY | CLEAR_POLARITY | CLEAR_TONE,
		.source = "ITU-T E.180 Supplement 2; IMDA TS PSTN (line, tones, caller ID)",
	}, {
		.name = "hk", .title = "Hong Kong", .code = 852,
		.tones = {
			DIAL(-13, P(0, 350, 440)),
			STUTTER_BURSTS(-13, 350, 440),
			RINGBACK(-13, P(400, 440, 480), S(200), P(400, 440, 480), S(3000)),
			BUSY(-13, P(500, 480, 620), S(500)),
			CONGESTION(-13, P(250, 480, 620), S(250)),
			SIT_E180(-13),
			CALL_WAITING(-13, 0, P(300, 440), S(9700)),
		},
		RING(400, 200, 400, 3000), CALLER_ID(CID_BELL202, CID_AFTER_RING, false), FLASH(300, 1000, 500), PULSE(33, 67),
		.clear = CLEAR_BATTERY | CLEAR_TONE,
		.source = "ITU-T E.180 Supplement 2; HKCA 2011 (line, tones), HKCA 2019 (caller ID)",
	},
	{ .name = NULL },
};
