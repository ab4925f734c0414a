/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests/support/hw_common_a_tones.c: the common driver test on two analog ports: what is carried as sound.
 * Caller ID is made and read by spandsp: no part of this project but the driver stands between. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <spandsp.h>

#include "tests/support/hw_common_a.h"

enum { BLOCK = 40 };
static const struct hw_audio AUDIO = {.block = BLOCK, .buffers = 16};
static const char NUMBER[] = "5550100", NAME[] = "PRESS OFFICE";

static int16_t decode(enum hw_law law, uint8_t octet)
{
	return law == HW_ALAW ? alaw_to_linear(octet) : ulaw_to_linear(octet);
}

static uint8_t encode(enum hw_law law, int v)
{
	return law == HW_ALAW ? linear_to_alaw(v) : linear_to_ulaw(v);
}

static void on_message(void *arg, const uint8_t *msg, int len)
{
	char *out = arg;

	snprintf(out, 256, "%.*s", len, (const char *)msg);
	for (int i = 0; i < len && i < 255; i++)
		out[i] = msg[i] ? (char)msg[i] : ' ';
	out[len < 255 ? len : 255] = 0;
}

static adsi_tx_state_t *burst(int standard)
{
	adsi_tx_state_t *tx = adsi_tx_init(NULL, standard);
	uint8_t m[256];
	int len = adsi_add_field(tx, m, -1, CLIP_MDMF_CALLERID, NULL, 0);

	len = adsi_add_field(tx, m, len, MCLASS_DATETIME, (const uint8_t *)"11221300", 8);
	len = adsi_add_field(tx, m, len, MCLASS_CALLER_NUMBER, (const uint8_t *)NUMBER, (int)strlen(NUMBER));
	len = adsi_add_field(tx, m, len, MCLASS_CALLER_NAME, (const uint8_t *)NAME, (int)strlen(NAME));
	adsi_tx_put_message(tx, m, len);
	return tx;
}

/* FXS sends what TX makes, as much as it hears; FXO listens, on hook. */
static void send_burst(struct hwa *a, adsi_tx_state_t *tx, adsi_rx_state_t *rx, int ms)
{
	int64_t end = a->t->now_us + ms * INT64_C(1000);
	enum hw_law law = a->fxs.e.l->law;
	int16_t pcm[BLOCK];
	uint8_t buf[BLOCK];
	int owed = 3;

	while (a->t->now_us < end) {
		for (; owed; owed--) {
			memset(pcm, 0, sizeof(pcm));
			adsi_tx(tx, pcm, BLOCK);
			for (int i = 0; i < BLOCK; i++)
				buf[i] = encode(law, pcm[i]);
			hwa_want(a, hw_line_write(a->fxs.e.l, buf, BLOCK) == BLOCK, "a block is not taken");
		}
		hw_common_step(a->t);
		while (hw_line_read(a->fxs.e.l, buf, BLOCK) > 0)
			owed++;
		while (hw_line_read(a->fxo.e.l, buf, BLOCK) > 0) {
			for (int i = 0; i < BLOCK; i++)
				pcm[i] = decode(law, buf[i]);
			adsi_rx(rx, pcm, BLOCK);
		}
	}
}

static const char *check_burst(struct hw_common *t, int standard)
{
	static const uint16_t cadence[] = {500, 3500};
	char got[256] = "";
	adsi_rx_state_t *rx = adsi_rx_init(NULL, standard, on_message, got);
	adsi_tx_state_t *tx = burst(standard);
	struct hwa a;

	hwa_open(&a, t);
	hwa_want(&a, a.bad || hw_set_cadence(a.fxs.e.l, cadence, 2, 0) == 0, "hw_set_cadence fails");
	hwa_hook(&a, &a.fxs, HW_RING);
	hwa_next(&a, &a.fxs, HW_EV_RINGER_ON, 0, 40);
	hwa_next(&a, &a.fxs, HW_EV_RINGER_OFF, 460, 560);
	hwc_run_ms(t, 500);
	hwa_want(&a, a.bad || (!hw_line_start(a.fxs.e.l, &AUDIO) && !hw_line_start(a.fxo.e.l, &AUDIO)),
		 "a line does not start");
	if (!a.bad)
		send_burst(&a, tx, rx, 1500);
	hwa_want(&a, strstr(got, NUMBER) && strstr(got, NAME), "caller ID is not read");
	if (a.fxs.e.l && a.fxo.e.l) {
		hw_line_stop(a.fxs.e.l);
		hw_line_stop(a.fxo.e.l);
	}
	hwa_hook(&a, &a.fxs, HW_ONHOOK);
	adsi_rx_free(rx);
	adsi_tx_free(tx);
	return hwa_close(&a);
}

const char *hwa_check_caller_id(struct hw_common *t)
{
	const char *bad = check_burst(t, ADSI_STANDARD_CLASS); /* Bell 202 */

	return bad ? bad : check_burst(t, ADSI_STANDARD_CLIP); /* V.23 */
}

/* FXS sends noise, FXO returns a quarter of it. The level that comes back over the last second, in dB under
 * what was sent. */
static double echo_loss(struct hwa *a, unsigned taps)
{
	const struct hw_audio with = {.block = BLOCK, .buffers = 16, .echo_taps = taps};
	enum hw_law law = a->fxs.e.l->law;
	int64_t begun = a->t->now_us, end = begun + 4000000;
	double sent = 0, back = 0;
	uint32_t x = 1;
	uint8_t buf[BLOCK];

	hwa_want(a, !hw_line_start(a->fxs.e.l, &with) && !hw_line_start(a->fxo.e.l, &AUDIO),
		 "a line does not start");
	while (a->t->now_us < end) {
		hw_common_step(a->t);
		while (hw_line_read(a->fxo.e.l, buf, BLOCK) > 0) {
			for (int i = 0; i < BLOCK; i++)
				buf[i] = encode(law, decode(law, buf[i]) / 4);
			hw_line_write(a->fxo.e.l, buf, BLOCK);
		}
		while (hw_line_read(a->fxs.e.l, buf, BLOCK) > 0) {
			for (int i = 0; i < BLOCK && end - a->t->now_us < 1000000; i++)
				back += pow(decode(law, buf[i]), 2);
			for (int i = 0; i < BLOCK; i++) {
				x = x * 1664525 + 1013904223;
				buf[i] = encode(law, (int)(x >> 19) % 8000 - 4000);
				if (end - a->t->now_us < 1000000)
					sent += pow(decode(law, buf[i]), 2);
			}
			hw_line_write(a->fxs.e.l, buf, BLOCK);
		}
	}
	hw_line_stop(a->fxs.e.l);
	hw_line_stop(a->fxo.e.l);
	return sent > 0 ? 10 * log10(sent / (back + 1)) : 0;
}

const char *hwa_check_echo(struct hw_common *t)
{
	struct hwa a;
	double without, with;

	hwa_open(&a, t);
	hwa_talk(&a);
	if (!a.bad) {
		without = echo_loss(&a, 0);
		with = echo_loss(&a, 256);
		printf("       echo comes back %.1f dB lower, %.1f dB with a canceller of 32 ms\n", without,
		       with);
		hwa_want(&a, without > 11.5 && without < 12.5, "the echo is not what the test makes it");
		hwa_want(&a, t->canceller ? with > 30 : fabs(with - without) < 0.5, "the canceller");
		without = echo_loss(&a, 0);
		hwa_want(&a, without > 11.5 && without < 12.5, "the canceller stays on");
	}
	return hwa_close(&a);
}
