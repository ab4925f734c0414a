/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/sound/fsk_in.c: bits come from spandsp's FSK receiver, set half way between Bell 202 and V.23, which both are near
 * enough to. It takes speech for bits as well, so octets are looked for only after a mark signal: 30 ms at least of one tone of
 * the right frequency and nothing else, which also tells the two modems apart. While a message lasts its level is watched, as a
 * burst that is cut leaves noise, which has bits too.
 */
#include "channels/sound/fsk_in.h"

#include <errno.h>
#include <math.h>
#include <spandsp.h>
#include <stdlib.h>

#include "channels/sound/g711.h"

#define RATE 8000.0
#define PART 16			/* samples between two looks at the level: 2.4 bits */
#define QUIET_DBM0 -45.0	/* no signal below this; EN 300 659-1 has -36 dBV and up at the terminal */
#define DROP 10.0f		/* a part this much lower in power than the mark signal: the carrier has gone */
#define MARK_HZ_MIN 1150.0	/* Bell 202 less 2 %, and what noise does to the measurement */
#define MARK_HZ_MAX 1390.0	/* V.23 and 2 %, the same; noise makes it look higher */
#define MARK_RESIDUE 0.20f	/* left over, of the tone's power; white noise at 20 dB S/N leaves 0.05, at 15 dB 0.15 */
#define LAG 4
#define MARK_BLOCKS 3
#define ARMED_BLOCKS 3		/* the first start bit comes this soon after the mark signal */
#define SEIZURE_BITS 48		/* SIN 227: 96 at least */
#define PAUSE_BITS 24		/* mark between two octets at most; GR-30: 10 */

struct fsk_in {
	fsk_rx_state_t *rx;
	const struct fsk_in_calls *calls;
	void *arg;
	float quiet;			/* power below which there is nothing */
	float mark_power;		/* of the mark signal, a sample */
	double mark_hz;
	unsigned marks;			/* blocks of mark in a row */
	unsigned armed;			/* blocks in which the first octet may begin */
	bool in_message;

	unsigned last_bit, alternate;	/* bits of 0 and 1 in turn */
	bool seized;
	unsigned bit;			/* of an octet: 0 none, 1 to 8 data, 9 stop */
	unsigned octet;
	unsigned pause;			/* bits of mark since the last octet */
};

static const fsk_spec_t spec = { "caller ID", 2150, 1250, -14, (int)QUIET_DBM0, 120000 };

static void forget(struct fsk_in *f)
{
	f->in_message = f->seized = false;
	f->bit = f->pause = f->marks = f->armed = f->alternate = 0;
}

static void broken(struct fsk_in *f)
{
	bool tell = f->in_message;

	forget(f);
	if (tell)
		f->calls->broken(f->arg);
}

static void octet_done(struct fsk_in *f, bool stop)
{
	f->bit = f->pause = 0;
	if (!stop) {
		broken(f);
		return;
	}
	if (f->calls->octet(f->arg, (uint8_t)f->octet, !f->in_message, f->seized, f->mark_hz) == FSK_MORE)
		f->in_message = true;
	else
		forget(f);
}

static void on_bit(void *arg, int bit)
{
	struct fsk_in *f = arg;
	unsigned b = bit & 1;

	if (bit < 0) {
		if (bit == SIG_STATUS_CARRIER_DOWN)
			broken(f);
		return;
	}
	f->alternate = b != f->last_bit ? f->alternate + 1 : 0;
	f->last_bit = b;
	if (f->alternate >= SEIZURE_BITS)
		f->seized = true;
	if (!f->in_message && !f->armed)
		return;
	if (f->bit == 0) {
		if (!b)
			f->bit = 1;
		else if (f->in_message && ++f->pause > PAUSE_BITS)
			broken(f);
	} else if (f->bit <= 8) {
		f->octet = f->octet >> 1 | b << 7;
		f->bit++;
	} else {
		octet_done(f, b);
	}
}

/* x(n+LAG) + x(n-LAG) against x(n) over the block: of a sine with frequency w the first is 2 cos(LAG w) times the second. */
struct fit {
	float xx, xy, yy;
};

static struct fit fit_of(const int16_t *x, int lag)
{
	struct fit f = { 0, 0, 0 };

	for (int i = LAG; i < FSK_IN_BLOCK - LAG; i++) {
		float y = (float)x[i - lag] + x[i + lag];

		f.xx += (float)x[i] * x[i];
		f.xy += x[i] * y;
		f.yy += y * y;
	}
	return f;
}

/* Is the block one tone of a mark's frequency? What the factor found at lag 1 leaves over at a longer lag, where tones
 * that are near each other differ more, is what else there is. */
static bool is_mark(const struct fsk_in *f, const int16_t *x, float power, double *hz)
{
	struct fit near, far;
	float factor;

	if (power < f->quiet)
		return false;
	near = fit_of(x, 1);
	if (near.xx < 1 || fabsf(near.xy) >= 2 * near.xx)
		return false;
	*hz = acos((double)(near.xy / near.xx) / 2) * RATE / (2 * M_PI);
	if (*hz < MARK_HZ_MIN || *hz > MARK_HZ_MAX)
		return false;
	factor = 2 * cosf((float)(LAG * *hz * 2 * M_PI / RATE));
	far = fit_of(x, LAG);
	return far.yy - 2 * factor * far.xy + factor * factor * far.xx < MARK_RESIDUE * far.xx;
}

static void look_for_mark(struct fsk_in *f, const int16_t *x, float power)
{
	double hz;

	if (!is_mark(f, x, power, &hz)) {
		f->marks = 0;
		if (f->armed && --f->armed == 0 && !f->bit)
			f->seized = false;
		return;
	}
	f->marks++;
	f->mark_hz = f->marks == 1 ? hz : f->mark_hz + (hz - f->mark_hz) / f->marks;
	f->mark_power = power;
	if (f->marks >= MARK_BLOCKS)
		f->armed = ARMED_BLOCKS;
}

static float power_of(const int16_t *x, int n)
{
	float sum = 0;

	for (int i = 0; i < n; i++)
		sum += (float)x[i] * x[i];
	return sum / (float)n;
}

void fsk_in_feed(struct fsk_in *f, const int16_t x[FSK_IN_BLOCK])
{
	if (!f->in_message)
		look_for_mark(f, x, power_of(x, FSK_IN_BLOCK));
	for (int i = 0; i < FSK_IN_BLOCK; i += PART) {
		if (f->in_message && power_of(x + i, PART) * DROP < f->mark_power)
			broken(f);
		fsk_rx(f->rx, x + i, PART);
	}
}

void fsk_in_reset(struct fsk_in *f)
{
	forget(f);
	fsk_rx_restart(f->rx, &spec, FSK_FRAME_MODE_ASYNC);
	fsk_rx_signal_cutoff(f->rx, (float)QUIET_DBM0);
}

int fsk_in_open(struct fsk_in **out, enum hw_law law, const struct fsk_in_calls *calls, void *arg)
{
	struct fsk_in *f = calloc(1, sizeof(*f));
	double peak = law_sine_peak(law, QUIET_DBM0);

	if (!f)
		return -ENOMEM;
	f->rx = fsk_rx_init(NULL, &spec, FSK_FRAME_MODE_ASYNC, on_bit, f);
	if (!f->rx) {
		free(f);
		return -ENOMEM;
	}
	f->calls = calls;
	f->arg = arg;
	f->quiet = (float)(peak * peak / 2);
	fsk_in_reset(f);
	*out = f;
	return 0;
}

void fsk_in_close(struct fsk_in *f)
{
	if (!f)
		return;
	fsk_rx_free(f->rx);
	free(f);
}
