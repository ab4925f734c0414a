/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gateway/media/probe.h: what a test line hears: its level, and the strongest tone in it. Media thread. */
#ifndef GATEWAY_MEDIA_PROBE_H
#define GATEWAY_MEDIA_PROBE_H

#include <stdint.h>

#include "hw/hw.h"

#define PROBE_SAMPLES 1024	/* the last of these are searched for a tone */

#define PROBE_LEAST 160

struct probe {
	int16_t ring[PROBE_SAMPLES];
	uint64_t n;		/* samples heard */
	double power;		/* sum of squares since it was last taken */
	uint64_t power_n;
};

void probe_hear(struct probe *p, enum hw_law law, const uint8_t *buf, unsigned n);
/* Level since the last call; -99 for silence, or nothing heard. */
float probe_level(struct probe *p, enum hw_law law);
/* Level of the last samples, at most PROBE_SAMPLES of them; needs PROBE_LEAST. */
float probe_level_now(const struct probe *p, enum hw_law law);
/* The strongest tone in Hz, when at least half of the power is in it; else 0. */
float probe_tone(const struct probe *p);

#endif
