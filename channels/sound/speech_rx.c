/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "channels/sound/speech_rx.h"

#include <math.h>

#include "channels/sound/g711.h"

#define LEAST_DBM0 -42.0	/* a voice at -30 dBm0 has parts 10 dB below its mean */
#define ALWAYS_DBM0 -20.0	/* no noise of a line is this loud */
#define ABOVE_NOISE 6.3f	/* 8 dB */
#define FLOOR_HALF_MS 1500	/* noise is the least of 1.5 to 3 s */
#define SPEECH_MS 200
#define COVER_MS 100	/* a tone as long as this hides the noise; a vowel that is one for a moment does not */
#define GAP_MS 120		/* a longer pause begins a new sound */
#define SILENCE_MS 500
#define AGAIN_MS 1000

static float power_of(enum hw_law law, double dbm0)
{
	double peak = law_sine_peak(law, dbm0);

	return (float)(peak * peak / 2);
}

void speech_rx_init(struct speech_rx *s, enum hw_law law)
{
	*s = (struct speech_rx){ .least = power_of(law, LEAST_DBM0), .always = power_of(law, ALWAYS_DBM0) };
	s->floor[0] = s->floor[1] = INFINITY;
}

static float smooth(struct speech_rx *s, float power)
{
	float sum = 0;

	s->recent[s->at] = power;
	s->at = (s->at + 1) % SPEECH_RX_SMOOTH;
	s->filled += s->filled < SPEECH_RX_SMOOTH;
	for (unsigned i = 0; i < s->filled; i++)
		sum += s->recent[i];
	return sum / (float)s->filled;
}

/* Noise is what is left when nothing sounds: the least of the last seconds. */
static void learn_floor(struct speech_rx *s, float power)
{
	if (s->filled < SPEECH_RX_SMOOTH)
		return;
	s->floor[0] = fminf(s->floor[0], power);
	s->floor_ms += SPEECH_RX_STEP_MS;
	if (s->floor_ms >= FLOOR_HALF_MS) {
		s->floor[1] = s->floor[0];
		s->floor[0] = INFINITY;
		s->floor_ms = 0;
	}
}

/* A tone covers the noise of its line: what is heard after it is measured afresh. */
static void forget(struct speech_rx *s)
{
	s->filled = s->at = 0;
	if ((s->tone_ms += SPEECH_RX_STEP_MS) == COVER_MS)
		s->floor[0] = s->floor[1] = INFINITY;
	s->quiet_ms = s->quiet_said = 0;
	s->sound_ms -= s->sound_ms > SPEECH_RX_STEP_MS ? SPEECH_RX_STEP_MS : s->sound_ms;
}

static bool is_sound(const struct speech_rx *s, float power)
{
	float noise = fminf(s->floor[0], s->floor[1]);

	if (power < s->least || s->filled < SPEECH_RX_SMOOTH)
		return false;
	return power > s->always || power > ABOVE_NOISE * noise;
}

static void sound(struct speech_rx *s, struct speech_heard *h)
{
	s->quiet_ms = s->quiet_said = s->pause_ms = 0;
	s->sound_ms += SPEECH_RX_STEP_MS;
	s->since_said += SPEECH_RX_STEP_MS;
	if (s->sound_ms < SPEECH_MS || (s->speaking && s->since_said < AGAIN_MS))
		return;
	s->speaking = h->speech = true;
	s->since_said = 0;
}

static void quiet(struct speech_rx *s, struct speech_heard *h)
{
	s->pause_ms += SPEECH_RX_STEP_MS;
	s->since_said += SPEECH_RX_STEP_MS;
	if (s->pause_ms >= GAP_MS)
		s->sound_ms = 0;
	s->quiet_ms += SPEECH_RX_STEP_MS;
	if (s->quiet_ms < (s->quiet_said ? s->quiet_said + AGAIN_MS : SILENCE_MS))
		return;
	s->speaking = false;
	s->quiet_said = s->quiet_ms;
	*h = (struct speech_heard){ .silence = true, .ms = s->quiet_ms };
}

struct speech_heard speech_rx_step(struct speech_rx *s, float power, bool tone, bool digit)
{
	struct speech_heard h = { 0 };

	if (digit)
		s->sound_ms = 0;
	if (tone || digit) {
		forget(s);
		return h;
	}
	s->tone_ms = 0;
	power = smooth(s, power);
	learn_floor(s, power);
	if (is_sound(s, power))
		sound(s, &h);
	else
		quiet(s, &h);
	return h;
}
