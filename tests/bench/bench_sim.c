/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CPU of the simulated card itself, so that what other benchmarks measure on it can be told from what they are: 20 ms read and
 * written on both ends of 24 wires, as fast as it goes, in invented time; and a tick of it.   bench_sim [SECONDS]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "hw/sim.h"

#define PAIRS 24
#define LINES (2 * PAIRS)

static int seconds = 4;

static struct hw *digital_card(void)
{
	const struct sim_span spans[] = { { .no = 1, .type = HW_SPAN_E1 }, { .no = 2, .type = HW_SPAN_E1 } };
	const struct sim_wire wire = { 1, 2, 0 };
	const struct sim_conf conf = { .spans = spans, .n_spans = 2, .wires = &wire, .n_wires = 1 };
	struct hw *hw;

	return hw_sim_open(&hw, &conf) ? NULL : hw;
}

/* Line I and line I + PAIRS are the ends of a pair. */
static struct hw *analog_card(const struct sim_pair *like)
{
	const struct sim_span span = { .no = 1, .type = HW_SPAN_ANALOG, .fxs = PAIRS, .fxo = PAIRS, .law = HW_ALAW };
	struct sim_pair pairs[PAIRS];
	const struct sim_conf conf = { .spans = &span, .n_spans = 1, .pairs = pairs, .n_pairs = PAIRS };
	struct hw *hw;

	for (int i = 0; i < PAIRS; i++) {
		pairs[i] = *like;
		pairs[i].fxs = i + 1;
		pairs[i].fxo = i + 1 + PAIRS;
	}
	return hw_sim_open(&hw, &conf) ? NULL : hw;
}

static void open_lines(struct hw *hw, bool analog, struct hw_line **lines)
{
	for (int i = 0; i < LINES; i++) {
		int slot = i % PAIRS, span = i / PAIRS, chan = analog ? i + 1 : span * 31 + 1 + slot + (slot >= 15);

		if (hw_line_open(hw, chan, NULL, NULL, &lines[i]))
			abort();
	}
}

static void lift(struct hw *hw, struct hw_line **lines)
{
	for (int i = LINES; i-- > 0;) {
		hw_service(hw, 1000000);
		hw_hook(lines[i], HW_OFFHOOK);
	}
	hw_service(hw, 1000000);
}

static const struct wires {
	const char *what;
	bool digital;
	bool phones;
	struct sim_pair like;
} wires[] = {
	{ "E1 wire", true, false, { 0 } },
	{ "clean pair", false, false, { 0 } },
	{ "clean pair, telephone beside", false, true, { 0 } },
	{ "7 dB of loss", false, false, { .loss_db = 7 } },
	{ "loss, echo and noise", false, false, { .loss_db = 7, .echo_db = 20, .echo_ms = 8, .noise_dbm0 = -55 } },
};

static double cpu_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

struct result {
	double block_us, tick_us;	/* of 20 ms on a line; of a tick of 1 ms of the whole card, with nothing read */
	long blocks;
};

static struct result measure(const struct wires *w)
{
	const struct hw_audio a = { .block = 160, .buffers = 4 };
	struct hw_line *lines[LINES], *phones[PAIRS] = { NULL };
	struct hw *hw = w->digital ? digital_card() : analog_card(&w->like);
	struct result r = { 0 };
	int64_t now = 1000000;
	uint8_t buf[160];
	int turns = 1000 * seconds;
	double start;

	if (!hw)
		abort();
	open_lines(hw, !w->digital, lines);
	if (!w->digital)
		lift(hw, lines);
	hw_clock_start(hw, 8);
	for (int i = 0; i < LINES; i++)
		hw_line_start(lines[i], &a);
	for (int i = 0; i < PAIRS && w->phones; i++)
		if (hw_sim_phone_open(hw, i + 1, NULL, NULL, &phones[i]) || hw_line_start(phones[i], &a))
			abort();
	start = cpu_us();
	for (int t = 0; t < turns; t++) {
		now += 20000;
		hw_clock_tick(hw, now);
		for (int i = 0; i < LINES; i++)
			if (hw_line_read(lines[i], buf, sizeof(buf)) == (int)sizeof(buf)) {
				r.blocks++;
				memset(buf, 0x55 + t % 64, sizeof(buf));
				hw_line_write(lines[i], buf, sizeof(buf));
			}
		for (int i = 0; i < PAIRS && w->phones; i++)
			hw_line_read(phones[i], buf, sizeof(buf));
	}
	r.block_us = (cpu_us() - start) / LINES / turns;
	start = cpu_us();
	for (int t = 0; t < turns; t++)
		hw_clock_tick(hw, now += 1000);
	r.tick_us = (cpu_us() - start) / turns;
	for (int i = 0; i < LINES; i++)
		hw_line_stop(lines[i]);
	for (int i = 0; i < PAIRS && w->phones; i++)
		hw_line_stop(phones[i]);
	hw_close(hw);
	return r;
}

int main(int argc, char **argv)
{
	if (argc > 1)
		seconds = atoi(argv[1]) > 0 ? atoi(argv[1]) : seconds;
	printf("CPU of the simulated card, %d lines: us per line and 20 ms read and written; ns per tick that moves nothing\n", LINES);
	for (size_t i = 0; i < sizeof(wires) / sizeof(wires[0]); i++) {
		struct result r = measure(&wires[i]);

		printf("%-32s %8.3f us %8.0f ns %8ld blocks\n", wires[i].what, r.block_us, r.tick_us * 1000, r.blocks);
	}
	return 0;
}
