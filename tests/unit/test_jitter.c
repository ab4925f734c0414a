/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The jitter buffer's order, gaps and slack, packet by packet; no clock. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "channels/sound/g711.h"
#include "gateway/media/jitter.h"

/* A script: packets by number (20 ms each), "!" time is up (force), "." the line ran dry for 16 samples. What
 * is played: packet numbers, "c" for concealment. */
static const struct {
	const char *why, *script, *played;
	unsigned late, inserted;
} rows[] = {
	{ "in order", "0 1 2 3", "0123", 0, 0 },
	{ "two change places", "0 2 1 3", "0123", 0, 0 },
	{ "three out of order", "0 3 2 1 4", "01234", 0, 0 },
	{ "a gap waits until time is up", "0 2", "0", 0, 0 },
	{ "a lost packet is hidden", "0 2 ! 3", "0c23", 0, 160 },
	{ "two lost packets are hidden", "0 3 ! 4", "0cc34", 0, 320 },
	{ "after its place was played a packet is late", "0 2 ! 1 3", "0c23", 1, 160 },
	{ "a line that ran dry counts for the lost packet", "0 . . . . . . . . . . 2 3", "0ssssssssss23", 0, 160 },
	{ "and a late packet is played if it is the next", "0 . . 1 2", "0ss12", 0, 32 },
	{ "an end of stream is nothing missing", "0 1 . . .", "01sss", 0, 0 },
};

#define N 160
static uint16_t seq0;
static uint32_t ts0;

static void note(char *out, const uint8_t *data, unsigned n)
{
	if (n == N && data[0] == 0x11)		/* ours carry this mark */
		sprintf(out + strlen(out), "%d", data[1]);
	else
		strcat(out, "c");
}

static void put(struct jitter *j, char *out, int k)
{
	uint8_t data[N], kept[JITTER_SEGMENT];
	unsigned n;

	memset(data, 0x55, sizeof(data));
	data[0] = 0x11;
	data[1] = (uint8_t)k;
	if (jitter_put(j, (uint16_t)(seq0 + k), ts0 + (uint32_t)k * N, data, N) == JITTER_PLAY)
		note(out, data, N);
	while ((n = jitter_pop(j, kept, false)))
		note(out, kept, n);
}

static void force(struct jitter *j, char *out)
{
	uint8_t kept[JITTER_SEGMENT];
	unsigned n, hidden = 0;

	while ((n = jitter_pop(j, kept, true))) {
		if (n == N && kept[0] == 0x11 && kept[2] == 0x55 && hidden % N == 0 && j->credit == 0) {
			for (; hidden; hidden -= N)
				strcat(out, "c");
			note(out, kept, n);
		} else {
			hidden += n;
		}
	}
}

static void run_rows(uint16_t seq, uint32_t ts)
{
	seq0 = seq;
	ts0 = ts;
	for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
		static struct jitter j;
		char out[64] = "";
		uint8_t dry[16];

		memset(&j, 0, sizeof(j));
		jitter_reset(&j, HW_ALAW);
		for (const char *s = rows[r].script; *s; s++) {
			if (*s >= '0' && *s <= '9')
				put(&j, out, *s - '0');
			else if (*s == '!')
				force(&j, out);
			else if (*s == '.' && jitter_starve(&j, dry, sizeof(dry)))
				strcat(out, "s");
		}
		if (strcmp(out, rows[r].played) || j.late != rows[r].late || j.inserted != rows[r].inserted)
			fail_msg("%s: played %s, late %u, inserted %u", rows[r].why, out, (unsigned)j.late,
				 (unsigned)j.inserted);
	}
}

static void order(void **state)
{
	(void)state;
	run_rows(100, 1000);
}

static void numbers_wrap(void **state)
{
	(void)state;
	for (uint16_t back = 0; back < 5; back++) {
		run_rows((uint16_t)(65535 - back), 5000);
		run_rows(7, 0u - (uint32_t)back * N);
		run_rows((uint16_t)(65535 - back), 0u - (uint32_t)back * N - 7);
	}
}

/* A new stream, or one that paused, is not a gap to be filled. */
static void new_starts(void **state)
{
	static struct jitter j;
	uint8_t data[N] = { 0 }, out[JITTER_SEGMENT];

	(void)state;
	jitter_reset(&j, HW_ALAW);
	assert_int_equal(jitter_put(&j, 1, 1000, data, N), JITTER_PLAY);
	assert_int_equal(jitter_put(&j, 2, 4000, data, N), JITTER_PLAY);	/* silence suppressed: no packet missing */
	assert_int_equal(jitter_put(&j, 3, 4000000, data, N), JITTER_PLAY);	/* a time stamp from nowhere */
	assert_int_equal(jitter_put(&j, 900, 4000000 + 20000, data, N), JITTER_PLAY);
	assert_int_equal(jitter_put(&j, 902, 4020000 + 2 * N, data, N), JITTER_HELD);
	jitter_pause(&j);
	assert_int_equal(jitter_put(&j, 950, 4020000 + 50 * N, data, N), JITTER_PLAY);
	assert_int_equal(jitter_pop(&j, out, true), 0);
	assert_int_equal(j.inserted, 0);
}

/* Packets of another length in the middle of a stream, and one too long for a slot, out of order. */
static void packet_times(void **state)
{
	static struct jitter j;
	uint8_t data[800], out[JITTER_SEGMENT];
	unsigned n, total = 0;

	(void)state;
	memset(data, 0x2a, sizeof(data));
	jitter_reset(&j, HW_ALAW);
	assert_int_equal(jitter_put(&j, 1, 0, data, 160), JITTER_PLAY);
	assert_int_equal(jitter_put(&j, 2, 160, data, 240), JITTER_PLAY);
	assert_int_equal(jitter_put(&j, 3, 400, data, 80), JITTER_PLAY);
	assert_int_equal(jitter_put(&j, 5, 560, data, 800), JITTER_HELD);
	assert_int_equal(jitter_put(&j, 4, 480, data, 80), JITTER_PLAY);
	while ((n = jitter_pop(&j, out, false)))
		total += n;
	assert_int_equal(total, 800);
	assert_int_equal(jitter_put(&j, 6, 1360, data, 80), JITTER_PLAY);
	assert_int_equal(j.inserted + j.late, 0);
}

/* More out of order than it keeps: a new start, nothing overflows. */
static void full(void **state)
{
	static struct jitter j;
	uint8_t data[N] = { 0 }, out[JITTER_SEGMENT];
	unsigned held = 0;

	(void)state;
	jitter_reset(&j, HW_ALAW);
	jitter_put(&j, 0, 0, data, N);
	for (uint16_t k = 2; k < 40; k += 2)
		held += jitter_put(&j, k, (uint32_t)k * N, data, N) == JITTER_HELD;
	assert_in_range(held, JITTER_SLOTS, 18);
	while (jitter_pop(&j, out, true))
		;
	assert_int_equal(j.held, 0);
	assert_int_equal(jitter_put(&j, 39, 39 * N, data, N), JITTER_PLAY);
}

/* Concealment repeats what was heard, fading, then is silence; then it ends. */
static void fading(void **state)
{
	static struct jitter j;
	uint8_t data[N], out[16];
	unsigned said = 0;
	int peak[4] = { 0 };

	(void)state;
	memset(data, 0x2a, sizeof(data));
	memset(&j, 0, sizeof(j));
	jitter_reset(&j, HW_ALAW);
	jitter_put(&j, 0, 0, data, N);
	while (jitter_starve(&j, out, sizeof(out))) {
		int v = law_linear[HW_ALAW][out[0]];

		peak[said / N] = v < 0 ? -v : v;
		said += sizeof(out);
	}
	assert_int_equal(said, JITTER_CONCEAL_MAX);
	assert_true(peak[0] > peak[1] && peak[1] > peak[2] && peak[2] > 0);
}

/* Slack that stays high for a window is worked off a sample at a time; slack that is needed stays. */
static void slack(void **state)
{
	static const struct { const char *why; int64_t usual, least; unsigned dropped; } slacks[] = {
		{ "as it should be", 1000, 800, 0 },
		{ "some packets come late: they need it", 9000, 500, 0 },
		{ "20 ms too much", 21300, 21300, 160 },
		{ "just under the limit", 2200, 2200, 0 },
	};

	(void)state;
	for (size_t r = 0; r < sizeof(slacks) / sizeof(slacks[0]); r++) {
		static struct jitter j;
		int64_t now = 1, off = 0;
		unsigned dropped = 0;

		memset(&j, 0, sizeof(j));
		jitter_reset(&j, HW_ALAW);
		for (int k = 0; k < 1000; k++, now += 20000) {
			unsigned cut = jitter_slack(&j, (k % 50 ? slacks[r].usual : slacks[r].least) - off, N, now);

			dropped += cut;
			off += cut * 125;
		}
		if (dropped != slacks[r].dropped)
			fail_msg("%s: %u dropped", slacks[r].why, dropped);
	}
}

/* A packet comes 4 ms late each so many seconds, for ten minutes: times that it is heard. It is the network, and what is missing has been
 * invented; or the host, and the line was dry. */
static int heard(struct jitter *j, int64_t *delay, int64_t *now, int every_s, bool host)
{
	uint8_t data[N] = { 0 };
	int times = 0;

	for (int k = 0; k < 30000; k++, *now += 20000) {
		int64_t slack = *delay - (k % (50 * every_s) ? 0 : 4000);
		unsigned missing = slack < 0 ? (unsigned)(-slack / 125) : 0;

		if (missing && !host)
			assert_int_equal(jitter_starve(j, data, missing), missing);
		jitter_put(j, (uint16_t)k, (uint32_t)k * N, data, N);
		if (missing && host)
			jitter_dry(j, missing);
		if (missing) {
			*delay -= slack;
			slack = 0;
			times++;
		}
		*delay -= jitter_slack(j, slack, N, *now) * 125;
	}
	return times;
}

/* What comes late again and again is heard a few times, not each time, and a delay that nothing needs goes away all the same. */
static void learns(void **state)
{
	static const struct { int every_s, times; } rows_late[] = { { 2, 1 }, { 6, 2 }, { 30, 3 }, { 100, 4 } };

	(void)state;
	for (size_t r = 0; r < 2 * sizeof(rows_late) / sizeof(rows_late[0]); r++) {
		static struct jitter j;
		uint8_t data[N] = { 0 };
		int64_t delay = 2000, now = 1;
		int times;

		jitter_reset(&j, HW_ALAW);
		jitter_put(&j, UINT16_MAX, (uint32_t)-N, data, N);
		times = heard(&j, &delay, &now, rows_late[r / 2].every_s, r & 1);
		if (times != rows_late[r / 2].times)
			fail_msg("%s, every %d s: missing %d times", r & 1 ? "host" : "network", rows_late[r / 2].every_s, times);
		for (int k = 30000; k < 30000 + 2 * 256 * 50; k++, now += 20000) {
			jitter_put(&j, (uint16_t)k, (uint32_t)k * N, data, N);
			delay -= jitter_slack(&j, delay, N, now) * 125;
		}
		assert_in_range(delay, JITTER_TARGET_US - 125, JITTER_TARGET_US + JITTER_HYSTERESIS_US);
	}
}

/* Data: 0xff for what is missing, never a repetition, and not a sample less for the delay's sake below the limit. */
static void data(void **state)
{
	static struct jitter j;
	uint8_t in[N], out[JITTER_SEGMENT];
	unsigned missing = 0, n;

	(void)state;
	jitter_reset(&j, HW_ALAW);
	j.data = true;
	memset(in, 0x2a, sizeof(in));
	assert_int_equal(jitter_put(&j, 1, 1000, in, N), JITTER_PLAY);
	assert_int_equal(jitter_put(&j, 3, 1000 + 2 * N, in, N), JITTER_HELD);
	while (missing < N) {
		n = jitter_pop(&j, out, true);
		assert_true(n > 0);
		for (unsigned i = 0; i < n; i++)
			assert_int_equal(out[i], 0xff);
		missing += n;
	}
	assert_int_equal(missing, N);
	assert_int_equal(jitter_pop(&j, out, true), N);
	assert_int_equal(out[N - 1], 0x2a);
	assert_int_equal(j.inserted, N);
	assert_int_equal(jitter_starve(&j, out, 16), 16);
	assert_int_equal(out[0], 0xff);
	for (int64_t us = 0; us < 20 * JITTER_WINDOW_US; us += 20000)
		assert_int_equal(jitter_slack(&j, JITTER_MAX_US - 1, N, us), 0);
	assert_int_equal(j.dropped, 0);
	assert_int_equal(jitter_slack(&j, JITTER_MAX_US + 1, N, 0), N);	/* a slip */
	assert_int_equal(j.dropped, N);
}

static int prepare(void **state)
{
	(void)state;
	law_init();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(order), cmocka_unit_test(numbers_wrap), cmocka_unit_test(new_starts),
		cmocka_unit_test(packet_times), cmocka_unit_test(full), cmocka_unit_test(fading),
		cmocka_unit_test(slack), cmocka_unit_test(learns), cmocka_unit_test(data),
	};

	return cmocka_run_group_tests(tests, prepare, NULL);
}
