/* SPDX-License-Identifier: GPL-2.0-or-later */
/* channels/sound/country_north.c: rows of country.h: northern Europe. */
#include "channels/sound/country_data.h"

/* clang-format off */
const struct country country_north[] = {
	{
		.name = "dk", .title = "Denmark", .code = 45,
		.tones = {
			DIAL(-10, P(0, 425)),
			STUTTER(-10, 0, P(450, 425), S(50)),
			RINGBACK(-10, P(1000, 425), S(4000)),
			BUSY(-10, P(500, 425), S(500)),
			CONGESTION(-10, P(200, 425), S(200)),
			SIT_E180(-10),
			CALL_WAITING(-10, 0, P(200, 425), S(600), P(200, 425), S(3000)),
		},
		RING(1000, 4000), CALLER_ID(CID_DTMF, CID_AFTER_REVERSAL, false), .cid_dtmf_start = 'A', .cid_dtmf_end = '#',
		FLASH(80, 130, 100), PULSE(33, 67),
		.clear = CLEAR_TONE,
		.source = "ITU-T E.180 Supplement 2; EN 300 659-1 annex B (DTMF caller ID); ES 201 970 (line)",
	}, {
		.name = "se", .title = "Sweden", .code = 46,
		.tones = {
			DIAL(-10, P(0, 425)),
			STUTTER(-10, 0, P(320, 425), S(20)),
			RINGBACK(-10, P(1000, 425), S(5000)),
			BUSY(-10, P(250, 425), S(250)),
			CONGESTION(-10, P(250, 425), S(750)),
			SIT(-10, P(332, 950), S(24), P(332, 1400), S(24), P(332, 1800), S(2024)),
			CALL_WAITING(-10, 0, P(200, 425), S(500), P(200, 425), S(9100)),
		},
		RING(1000, 5000), CALLER_ID(CID_DTMF, CID_AFTER_REVERSAL, false), FLASH(80, 150, 100), PULSE(40, 60),
		.clear = CLEAR_TONE,
		.source = "ITU-T E.180 Supplement 2; Telia 8211-A125 (line, tones), 8211-A112 (caller ID). Telephones made for "
			  "the old exchanges count pulses from 0: not so here",
	}, {
		.name = "no", .title = "Norway", .code = 47,
		.tones = {
			DIAL(-10, P(0, 425)),
			STUTTER(-10, 0, P(400, 470), P(400, 425)),
			RINGBACK(-10, P(1000, 425), S(4000)),
			BUSY(-10, P(500, 425), S(500)),
			CONGESTION(-10, P(200, 425), S(200)),
			SIT_E180(-10),
			CALL_WAITING(-10, 0, P(200, 425), S(600), P(200, 425), S(10000)),
		},
		RING(1000, 4000), CALLER_ID(CID_V23, CID_AFTER_RING, false), FLASH(80, 130, 100), PULSE(33, 67),
		.clear = CLEAR_TONE,
		.source = "ITU-T E.180 Supplement 2; EN 300 659-1 (caller ID), ES 201 970 (line)",
	}, {
		.name = "fi", .title = "Finland", .code = 358,
		.tones = {
			DIAL(-10, P(0, 425)),
			STUTTER(-10, 0, P(650, 425), S(25)),
			RINGBACK(-10, P(1000, 425), S(4000)),
			BUSY(-10, P(300, 425), S(300)),
			CONGESTION(-10, P(200, 425), S(200)),
			SIT_E180(-10),
			CALL_WAITING(-10, 0, P(150, 425), S(150), P(150, 425), S(8000)),
		},
		RING(1000, 4000), CALLER_ID(CID_DTMF, CID_BEFORE_RING, false), FLASH(80, 130, 100), PULSE(40, 60),
		.clear = CLEAR_TONE,
		.source = "ITU-T E.180 Supplement 2; EN 300 659-1 annex B (DTMF caller ID); ES 201 970 (line)",
	}, {
		.name = "ee", .title = "Estonia", .code = 372,
		.tones = {
			DIAL(-10, P(0, 425)),
			STUTTER_BURSTS(-10, 425),
			RINGBACK(-10, P(1000, 425), S(4000)),
			BUSY(-10, P(300, 425), S(300)),
			CONGESTION(-10, P(200, 425), S(200)),
			SIT_E180(-10),
		},
		RING(1000, 4000), CALLER_ID(CID_V23, CID_AFTER_RING, false), FLASH(80, 250, 100), PULSE(40, 60),
		.clear = CLEAR_TONE,
		.source = "ITU-T E.180 Supplement 2; EN 300 659-1 (caller ID), ES 201 970 (line)",
	}, {
		.name = "lt", .title = "Lithuania", .code = 370,
		.tones = {
			DIAL(-10, P(0, 425)),
			STUTTER_BURSTS(-10, 425),
			RINGBACK(-10, P(1000, 425), S(4000)),
			BUSY(-10, P(350, 425), S(350)),
			CONGESTION(-10, P(200, 425), S(200)),
			SIT_E180(-10),
			CALL_WAITING(-10, 0, P(150, 425), S(150), P(150, 425), S(4000)),
		},
		RING(1000, 4000), CALLER_ID(CID_V23, CID_AFTER_RING, false), FLASH(80, 250, 100), PULSE(40, 60),
		.clear = CLEAR_TONE,
		.source = "ITU-T E.180 Supplement 2; EN 300 659-1 (caller ID), ES 201 970 (line)",
	},
	{ .name = NULL },
};
