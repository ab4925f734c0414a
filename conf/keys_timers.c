/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * conf/keys_timers.c: timers: of an ISDN trunk, by their names in Q.921 and Q.931. In the order of enum conf_timer,
 * with the defaults and ranges of the driver's own table (channels/pri_timers.c): test_pri_timers.c compares them.
 */
#include "conf/reader.h"

#define MS(t, lo, hi, d, h) NAMED(#t, t, lo, hi, d, h)
#define NAMED(n, t, lo, hi, d, h) \
	{ .name = n, .type = &conf_type_ms, .offset = CONF_##t * sizeof(unsigned), .min = lo, .max = hi, .def = d, \
	  .live = true, .help = h }
#define COUNT_OF(t, lo, hi, d, h) \
	{ .name = #t, .type = &conf_type_uint, .offset = CONF_##t * sizeof(unsigned), .min = lo, .max = hi, .def = d, \
	  .live = true, .help = h }

static const struct conf_key timers[] = {
	MS(T200, 100, 10000, "1s", "a frame without an answer is sent again"),
	COUNT_OF(N200, 1, 10, "3", "how often it is, before layer 2 is set up again"),
	MS(T203, 1000, 300000, "10s", "no frame for so long and the far end is asked"),
	COUNT_OF(K, 1, 32, "7", "frames under way without an answer"),
	MS(T301, 10000, 7200000, "10m", "how long a call may ring, or be told that it waits"),
	MS(T302, 1000, 120000, "10s", "how long the next digit is waited for"),
	MS(T303, 1000, 60000, "4s", "SETUP without an answer"),
	MS(T304, 1000, 120000, "30s", "digits sent and nothing said to them"),
	MS(T305, 1000, 120000, "30s", "DISCONNECT without an answer"),
	MS(T306, 1000, 300000, "30s", "how long an announcement after DISCONNECT is heard"),
	MS(T308, 1000, 60000, "4s", "RELEASE without an answer"),
	MS(T309, 1000, 600000, "90s", "how long calls that are up wait for the D channel"),
	MS(T310, 1000, 300000, "40s", "CALL PROCEEDING with nothing after it"),
	MS(T313, 1000, 60000, "4s", "CONNECT without an answer"),
	MS(T316, 1000, 600000, "20s", "RESTART without an answer"),
	COUNT_OF(N316, 1, 10, "2", "how often RESTART is sent once more"),
	NAMED("T-HOLD", T_HOLD, 1000, 60000, "4s", "HOLD without an answer"),
	NAMED("T-RETRIEVE", T_RETRIEVE, 1000, 60000, "4s", "RETRIEVE without an answer"),
};
const struct conf_keys conf_timers_keys = { "timers", timers, sizeof(timers) / sizeof(timers[0]) };

bool conf_timer(enum conf_timer t, struct conf_timer_range *out)
{
	if ((size_t)t >= conf_timers_keys.n)
		return false;
	*out = (struct conf_timer_range){ timers[t].name, (unsigned)timers[t].min, (unsigned)timers[t].max };
	return true;
}
