/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests/support/hw_common_a_more.c: the common driver test on two analog ports: pulses, battery, audio. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "tests/support/hw_common_a.h"

static const struct hw_audio AUDIO = {.block = 40, .buffers = 16};

static void start_audio(struct hwa *a)
{
	hwa_want(a, a->bad || (!hw_line_start(a->fxs.e.l, &AUDIO) && !hw_line_start(a->fxo.e.l, &AUDIO)),
		 "a line does not start");
}

static void stop_audio(struct hwa *a)
{
	if (a->fxs.e.l)
		hw_line_stop(a->fxs.e.l);
	if (a->fxo.e.l)
		hw_line_stop(a->fxo.e.l);
}

/* What a media thread does: as much out as came in. */
static void move_audio(struct hw_line *l)
{
	uint8_t buf[160];
	int n;

	while ((n = hw_line_read(l, buf, sizeof(buf))) > 0)
		hw_line_write(l, buf, (size_t)n);
}

const char *hwa_check_pulses(struct hw_common *t)
{
	static const char digits[] = "1234567890";
	struct hwa a;
	int64_t end;

	hwa_open(&a, t);
	hwa_talk(&a);
	start_audio(&a);
	hwa_want(&a, a.bad || hw_dial_pulse(a.fxo.e.l, "12a") == -EINVAL, "a letter is dialled");
	hwa_want(&a, a.bad || hw_dial_pulse(a.fxo.e.l, digits) == 0, "hw_dial_pulse fails");
	hwa_want(&a, a.bad || hw_dial_pulse(a.fxo.e.l, "5") == -EBUSY, "two numbers at once");
	a.from = t->now_us;
	end = t->now_us + 13000000; /* 55 pulses of 100 ms, ten gaps of 600 */
	while (!a.bad && t->now_us < end && a.fxo.seen == a.fxo.n) {
		hw_common_step(t);
		move_audio(a.fxs.e.l);
		move_audio(a.fxo.e.l);
	}
	hwa_next(&a, &a.fxo, HW_EV_DIAL_DONE, 11000, 13000);
	hwc_run_ms(t, 500);
	for (const char *d = digits; *d; d++) {
		hwa_next(&a, &a.fxs, HW_EV_PULSE_START, 0, 13000);
		hwa_next(&a, &a.fxs, HW_EV_PULSE + (unsigned)(*d - '0'), 0, 13000);
	}
	hwa_quiet(&a, 1000);
	stop_audio(&a);
	return hwa_close(&a);
}

/* The FXO port is told AT ms after the drop began that it shall hang up; the FXS port is told to ring at
 * once. */
static const char *check_drop(struct hw_common *t, int hang_up_at)
{
	static const uint16_t cadence[] = {400, 1600};
	struct hw_analog s;
	struct hwa a;
	int64_t from;

	hwa_open(&a, t);
	hwa_talk(&a);
	s = hwa_look(&a, &a.fxo);
	hwa_want(&a, s.battery == 1 && s.offhook == 1, "no battery while talking");
	hwa_hook(&a, &a.fxs, HW_DROP);
	from = a.from;
	hwa_next(&a, &a.fxo, HW_EV_DISCONNECT, 0, 100);
	hwa_want(&a, hwa_look(&a, &a.fxo).battery == 0, "battery is seen that is away");
	hwa_want(&a, a.bad || hw_hook(a.fxs.e.l, HW_RING) == -EBUSY, "rings without battery");
	hwa_want(&a, a.bad || hw_hook(a.fxs.e.l, HW_OFFHOOK) == -EBUSY, "talks without battery");
	if (hang_up_at < 500) {
		hwc_run_ms(t, hang_up_at);
		hwa_want(&a, a.bad || hw_hook(a.fxo.e.l, HW_ONHOOK) == 0, "hw_hook fails");
	}
	hwa_next(&a, &a.fxs, HW_EV_HOOK_DONE, 500 - 40, 500 + 60);
	hwc_run_ms(t, 60);
	hwa_want(&a, hwa_look(&a, &a.fxo).battery == 1, "battery does not come back");
	if (hang_up_at >= 500) {
		hwc_run_ms(t, hang_up_at - 560);
		hwa_want(&a, a.bad || hw_hook(a.fxo.e.l, HW_ONHOOK) == 0, "hw_hook fails");
	}
	a.from = from;
	hwa_next(&a, &a.fxs, HW_EV_ONHOOK, hang_up_at, hang_up_at + 1000);
	hwa_quiet(&a, 2500);
	if (!a.bad)
		hw_set_cadence(a.fxs.e.l, cadence, 2, 0);
	hwa_hook(&a, &a.fxs, HW_RING);
	hwa_next(&a, &a.fxs, HW_EV_RINGER_ON, 0, 40);
	hwa_next(&a, &a.fxo, HW_EV_RING_BEGIN, 0, 60);
	return hwa_close(&a);
}

const char *hwa_check_drop(struct hw_common *t)
{
	return check_drop(t, 1200);
}

const char *hwa_check_drop_early(struct hw_common *t)
{
	return check_drop(t, 200);
}

const char *hwa_check_drop_late(struct hw_common *t)
{
	return check_drop(t, 650);
}

const char *hwa_check_drop_ring(struct hw_common *t)
{
	struct hwa a;

	hwa_open(&a, t);
	hwa_talk(&a);
	hwa_hook(&a, &a.fxs, HW_DROP);
	hwa_next(&a, &a.fxo, HW_EV_DISCONNECT, 0, 100);
	hwa_want(&a, a.bad || hw_hook(a.fxo.e.l, HW_ONHOOK) == 0, "hw_hook fails");
	hwa_next(&a, &a.fxs, HW_EV_HOOK_DONE, 460, 560);
	hwa_hook(&a, &a.fxs, HW_RING); /* DAHDI: when it takes orders again */
	hwa_next(&a, &a.fxs, HW_EV_ONHOOK, 0, 400);
	hwa_next(&a, &a.fxs, HW_EV_RINGER_ON, 0, 450);
	hwa_hook(&a, &a.fxs, HW_ONHOOK);
	return hwa_close(&a);
}

const char *hwa_check_drop_idle(struct hw_common *t)
{
	struct hwa a;

	hwa_open(&a, t);
	hwa_hook(&a, &a.fxs, HW_DROP);
	hwa_next(&a, &a.fxs, HW_EV_HOOK_DONE, 0, 560); /* DAHDI: at once */
	hwa_hook(&a, &a.fxs, HW_RING);
	hwa_next(&a, &a.fxs, HW_EV_RINGER_ON, 0, 600);
	hwa_hook(&a, &a.fxs, HW_ONHOOK);
	return hwa_close(&a);
}

const char *hwa_check_audio(struct hw_common *t)
{
	struct hwc_end e[2] = {{0}};
	struct hwa a;

	hwa_open(&a, t);
	hwa_talk(&a);
	start_audio(&a);
	if (!a.bad) {
		e[0].l = a.fxs.e.l;
		e[1].l = a.fxo.e.l;
		a.bad = hwc_audio_exact(t, e, &AUDIO, 4, 20000);
	}
	stop_audio(&a);
	return hwa_close(&a);
}

/* Sends 2400 octets of a sequence without silence from the FXS port and counts those that reach the FXO port
 * in place. */
static void one_way(struct hwa *a, const uint8_t *want)
{
	enum { OCTETS = 2400 };
	int sent = 0, got = 0, wrong = 0;
	int64_t end = a->t->now_us + 800000;
	uint8_t out[40], in[160];

	while (!a->bad && a->t->now_us < end && got < OCTETS) {
		int n = (int)AUDIO.block;

		for (int i = 0; i < n; i++)
			out[i] = (uint8_t)((sent + i) % 100 + 1);
		if (sent < OCTETS && sent < got + 320 && hw_line_write(a->fxs.e.l, out, (size_t)n) == n)
			sent += n;
		hw_common_step(a->t);
		while ((n = hw_line_read(a->fxo.e.l, in, sizeof(in))) > 0)
			for (int i = 0; i < n && got < OCTETS; i++) {
				if (!got && in[i] != want[1])
					continue;
				wrong += in[i] != want[got % 100 + 1];
				got++;
			}
	}
	hwa_want(a, got == OCTETS, "what is sent does not arrive");
	hwa_want(a, !wrong, "what arrives is not what was sent");
}

static void identity(uint8_t *table)
{
	for (int i = 0; i < 256; i++)
		table[i] = (uint8_t)i;
}

const char *hwa_check_onhook_audio(struct hw_common *t)
{
	static const uint16_t cadence[] = {400, 3000};
	uint8_t same[256];
	struct hwa a;

	identity(same);
	hwa_open(&a, t);
	hwa_want(&a, a.bad || hw_set_cadence(a.fxs.e.l, cadence, 2, 0) == 0, "hw_set_cadence fails");
	start_audio(&a);
	hwa_hook(&a, &a.fxs, HW_RING);
	hwa_next(&a, &a.fxs, HW_EV_RINGER_ON, 0, 40);
	hwa_next(&a, &a.fxs, HW_EV_RINGER_OFF, 360, 440);
	hwc_run_ms(t, 500); /* where caller ID goes */
	stop_audio(&a);
	start_audio(&a);
	one_way(&a, same);
	hwa_hook(&a, &a.fxs, HW_ONHOOK);
	stop_audio(&a);
	return hwa_close(&a);
}

static double level(enum hw_law law, uint8_t octet) /* ITU-T G.711, as parts of full scale */
{
	int v = law == HW_ALAW ? (octet ^ 0x55) & 0x7f : ~octet & 0x7f, exp = v >> 4, low = v & 15;
	double mag;

	if (law == HW_ALAW)
		mag = (exp ? (low + 16.5) * (1 << (exp - 1)) : low + 0.5) / 2048;
	else
		mag = ((low + 16.5) * (1 << exp) - 16.5) / 4079.5;
	return octet & 0x80 ? mag : -mag;
}

/* Each octet that came must be the nearest to its level, or beside it. */
static void gain_way(struct hwa *a, double db)
{
	enum { N = 200 };
	enum hw_law law = a->fxs.e.l->law;
	double factor = pow(10, db / 20), worst = 0;
	uint8_t out[40], in[160], value = 0;
	int n;

	for (int step = 0; step < 6 && !a->bad; step++) {
		double want, off;
		int same = 0;

		value = (uint8_t)(law == HW_ALAW ? (0x25 + 16 * step) ^ 0x55 : 0x8f + 16 * step);
		for (int i = 0; i < 40; i++)
			out[i] = value;
		want = level(law, value) * factor;
		for (int i = 0; i < N && !a->bad; i++) {
			hw_line_write(a->fxs.e.l, out, 40);
			hw_common_step(a->t);
			while ((n = hw_line_read(a->fxo.e.l, in, sizeof(in))) > 0)
				same = n;
		}
		hwa_want(a, same > 0, "nothing arrives");
		if (fabs(want) > 0.9 || a->bad)
			continue;
		off = fabs(level(law, in[0]) - want) / (fabs(want) + 0.002);
		worst = off > worst ? off : worst;
	}
	hwa_want(a, worst < 0.07, "the level is not what the gain makes it");
}

const char *hwa_check_gains(struct hw_common *t)
{
	static const struct {
		double fxs_tx, fxo_rx;
	} rows[] = {{-6, 0}, {0, -9.5}, {3, 0}, {-12, 6}, {0, 12}};
	uint8_t same[256];
	struct hwa a;

	identity(same);
	hwa_open(&a, t);
	hwa_talk(&a);
	start_audio(&a);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows) && !a.bad; i++) {
		hwa_want(&a, !hw_gain(a.fxs.e.l, 0, rows[i].fxs_tx) && !hw_gain(a.fxo.e.l, rows[i].fxo_rx, 0),
			 "hw_gain fails");
		gain_way(&a, rows[i].fxs_tx + rows[i].fxo_rx);
	}
	hwa_want(&a, a.bad || (!hw_gain(a.fxs.e.l, 0, 0) && !hw_gain(a.fxo.e.l, 0, 0)), "hw_gain fails");
	stop_audio(&a);
	start_audio(&a);
	one_way(&a, same);
	stop_audio(&a);
	return hwa_close(&a);
}

const char *hwa_check_copper(struct hw_common *t)
{
	const int want = t->robbed_bit ? -EOPNOTSUPP : 0;
	uint8_t same[256];
	struct hwa a;

	identity(same);
	hwa_open(&a, t);
	if (!a.bad) {
		struct hw_line *s = a.fxs.e.l;

		hwa_want(&a, hw_polarity(a.fxo.e.l, true) == -EINVAL, "an FXO port reverses battery");
		hwa_want(&a, hw_message_lamp(a.fxo.e.l, true) == -EINVAL, "an FXO port lights a lamp");
		hwa_want(&a, hw_onhook_transfer(a.fxo.e.l, 100) == -EINVAL, "an FXO port transfers");
		a.from = t->now_us;
		hwa_want(&a, hw_polarity(s, true) == want, "hw_polarity");
		if (!want) {
			hwa_next(&a, &a.fxo, HW_EV_POLARITY, 0, 150);
			hwa_want(&a, hwa_look(&a, &a.fxs).reversed == 1,
				 "the FXS port does not know its polarity");
		}
		a.from = t->now_us;
		hwa_want(&a, hw_polarity(s, false) == want, "hw_polarity back");
		if (!want)
			hwa_next(&a, &a.fxo, HW_EV_POLARITY, 0, 150);
		hwa_want(&a, hw_message_lamp(s, true) == want && hw_message_lamp(s, false) == want,
			 "hw_message_lamp");
		start_audio(&a);
		hwa_want(&a, hw_onhook_transfer(s, 1000) == want, "hw_onhook_transfer");
		one_way(&a, same);
		stop_audio(&a);
	}
	hwa_quiet(&a, 100);
	return hwa_close(&a);
}
