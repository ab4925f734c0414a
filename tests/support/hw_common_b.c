/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests/support/hw_common_b.c: the common driver test's checks of audio. */
#include "tests/support/hw_common_priv.h"

enum { SEED_A = 0x1234567, SEED_B = 0x7654321, OCTETS = 20000 }; /* 2.5 s each way */

static uint8_t next_octet(uint32_t *x)
{
	*x = *x * 1664525 + 1013904223;
	return (uint8_t)(*x >> 24);
}

/* mu-law has two zeros, and DAHDI sends either. */
static bool is_silence(const struct hwc_end *e, uint8_t octet)
{
	return e->l->law == HW_ALAW ? octet == 0xd5 || octet == 0xff : (octet | 0x80) == 0xff;
}

/* The first octet that is not silence must be the first of the sequence: no seed here begins with silence. */
static void expect(struct hwc_end *e, const uint8_t *buf, int n)
{
	for (int i = 0; i < n; i++) {
		if (!e->begun && is_silence(e, buf[i]))
			continue;
		e->begun = true;
		e->octets++;
		if (buf[i] != next_octet(&e->rx_state) && !e->bad)
			e->bad = "an octet differs";
	}
}

static void write_owed(struct hwc_end *e)
{
	uint8_t buf[160];

	while (e->owed) {
		uint32_t x = e->tx_state;
		int n;

		for (unsigned i = 0; i < e->block; i++)
			buf[i] = next_octet(&x);
		n = hw_line_write(e->l, buf, e->block);
		if (n == 0)
			return;
		if (n != (int)e->block) {
			e->bad = "a block is taken in part";
			return;
		}
		e->tx_state = x;
		e->owed--;
	}
}

/* Block by block, and all at once, in turn. */
static void read_all(struct hwc_end *e)
{
	bool one = e->reads++ & 1;
	uint8_t buf[4 * 160];
	int n;

	while ((n = one ? hw_line_read(e->l, buf, sizeof(buf)) : hw_line_read_all(e->l, buf, sizeof(buf))) > 0) {
		if (one ? n != (int)e->block : n % (int)e->block != 0)
			e->bad = "a read is not one block, or not whole blocks";
		expect(e, buf, n);
		e->owed += (unsigned)n / e->block;
	}
	if (n < 0)
		e->bad = "reading fails";
}

static const char *open_lines(struct hw_common *t, struct hwc_end e[2], int pos, const struct hw_audio *a)
{
	for (int i = 0; i < 2; i++) {
		e[i] = (struct hwc_end){
			.block = a->block, .tx_state = i ? SEED_B : SEED_A, .rx_state = i ? SEED_A : SEED_B};
		if (hw_line_open(t->hw, hwc_chan(t, i ? t->far : t->near, pos), hwc_on_event, &e[i], &e[i].l))
			return "line does not open";
	}
	hwc_run_ms(t, 20);
	for (int i = 0; i < 2; i++)
		if (hw_line_start(e[i].l, a))
			return "line does not start";
	return NULL;
}

static void close_lines(struct hwc_end e[2])
{
	for (int i = 0; i < 2; i++) {
		if (e[i].l)
			hw_line_stop(e[i].l);
		hw_line_close(e[i].l);
	}
}

const char *hwc_audio_exact(struct hw_common *t, struct hwc_end e[2], const struct hw_audio *a,
			    unsigned ahead, long octets)
{
	int64_t start = t->now_us;
	const char *bad = NULL;

	for (int i = 0; i < 2; i++) {
		e[i].block = a->block;
		e[i].tx_state = i ? SEED_B : SEED_A;
		e[i].rx_state = i ? SEED_A : SEED_B;
		e[i].octets = 0;
		e[i].begun = false;
		e[i].owed = ahead;
	}
	while (!bad && (e[0].octets < octets || e[1].octets < octets)) {
		for (int i = 0; i < 2; i++)
			write_owed(&e[i]);
		hw_common_step(t);
		for (int i = 0; i < 2; i++) {
			read_all(&e[i]);
			if (e[i].bad)
				bad = e[i].bad;
		}
		if (t->now_us - start > octets * 250)
			bad = "octets are missing";
	}
	if (!bad && t->now_us - start < octets * 120)
		bad = "faster than 8000 octets a second";
	return bad;
}

static const char *check_audio(struct hw_common *t, const struct hw_audio *a, int pos, unsigned ahead)
{
	struct hwc_end e[2] = {0};
	const char *bad = open_lines(t, e, pos, a);

	if (!bad)
		bad = hwc_audio_exact(t, e, a, ahead, OCTETS);
	close_lines(e);
	return bad;
}

const char *hwc_check_audio_8(struct hw_common *t)
{
	return check_audio(t, &(struct hw_audio){.block = 8, .buffers = 32}, 1, 20);
}

const char *hwc_check_audio_40(struct hw_common *t)
{
	return check_audio(t, &(struct hw_audio){.block = 40, .buffers = 8}, 15, 4);
}

const char *hwc_check_audio_160(struct hw_common *t)
{
	return check_audio(t, &(struct hw_audio){.block = 160, .buffers = 4}, 23, 2);
}

/* Silence, then 120 octets of the sequence in one piece, then silence again. */
static const char *check_dry(struct hw_common *t, bool clear)
{
	const struct hw_audio a = {.block = 40, .buffers = 32, .clear = clear};
	struct hwc_end e[2] = {0};
	const char *bad = open_lines(t, e, 5, &a);
	uint8_t buf[160];
	int quiet = 0;

	if (!bad) {
		hwc_run_ms(t, 50);
		e[0].owed = 3;
		write_owed(&e[0]);
		hwc_run_ms(t, 80);
	}
	while (!bad && hw_line_read(e[1].l, buf, sizeof(buf)) > 0)
		for (int i = 0; i < 40; i++) {
			bool dry = clear ? buf[i] == 0xff : buf[i] != 0xff || e[1].l->law == HW_MULAW;

			dry = dry && is_silence(&e[1], buf[i]);
			if (e[1].octets == 120 || !e[1].begun)
				quiet += dry;
			if (e[1].octets < 120)
				expect(&e[1], &buf[i], 1);
			else if (!dry)
				e[1].bad = "no silence after the last octet";
		}
	if (!bad)
		bad = e[1].bad;
	if (!bad && (e[1].octets != 120 || quiet < 640))
		bad = "not the octets that were sent, or too little silence";
	close_lines(e);
	return bad;
}

const char *hwc_check_silence(struct hw_common *t)
{
	return check_dry(t, false);
}

const char *hwc_check_clear(struct hw_common *t)
{
	return check_dry(t, true);
}

const char *hwc_check_overrun(struct hw_common *t)
{
	const struct hw_audio a = {.block = 40, .buffers = 20}, small = {.block = 40, .buffers = 4};
	struct hwc_end e[2] = {0};
	const char *bad = open_lines(t, e, 6, &a);
	uint8_t buf[8 * 40];

	if (!bad && hw_line_start(e[1].l, &small)) /* again, with less room */
		bad = "line does not start again";
	if (!bad) {
		e[0].owed = 20;
		write_owed(&e[0]);
		hwc_run_ms(t, 60);
	}
	for (int i = 0; !bad && i < 4; i++) {
		if (hw_line_read(e[1].l, buf, sizeof(buf)) != 40)
			bad = "the oldest blocks are not there";
		else
			expect(&e[1], buf, 40);
	}
	if (!bad && hw_line_read(e[1].l, buf, sizeof(buf)) > 0)
		bad = "more is kept than was asked for";
	if (!bad && (e[1].bad || !e[1].octets))
		bad = "what was kept is not the oldest";
	if (!bad) {
		hwc_run_ms(t, 15);
		if (hw_line_read(e[1].l, buf, sizeof(buf)) != 40)
			bad = "recording does not go on";
		else if (buf[0] == next_octet(&e[1].rx_state) && buf[1] == next_octet(&e[1].rx_state) &&
			 buf[2] == next_octet(&e[1].rx_state))
			bad = "nothing was dropped";
	}
	if (!bad) {
		hwc_run_ms(t, 60);
		if (hw_line_read_all(e[1].l, buf, 2 * 40 + 39) != 2 * 40 || hw_line_read_all(e[1].l, buf, sizeof(buf)) != 2 * 40)
			bad = "what was kept does not come at once";
	}
	close_lines(e);
	return bad;
}
