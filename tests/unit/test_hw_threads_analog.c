/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests/unit/test_hw_threads_analog.c: analog lines of the simulated card between two threads, for the thread
 * sanitizer: the loop thread opens, closes, rings, lifts, flashes, drops battery and changes pairs and gains while the
 * media thread moves audio. Lines change hands by a mailbox, as in the gateway. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "hw/sim.h"

enum { PAIRS = 8, LINES = 3 * PAIRS, ROUNDS = 600 };

struct media {
	struct hw *hw;
	pthread_mutex_t lock;
	pthread_cond_t answered;
	struct hw_line *start[LINES], *stop[LINES]; /* asked for by the loop, under the lock */
	int asked;
	bool quit;
	struct hw_line *running[LINES]; /* media thread */
	long blocks, loud;
};

static void obey(struct media *m)
{
	const struct hw_audio a = {.block = 40, .buffers = 4};

	pthread_mutex_lock(&m->lock);
	for (int i = 0; m->asked && i < LINES; i++) {
		if (m->stop[i]) {
			hw_line_stop(m->stop[i]);
			m->running[i] = NULL;
		}
		if (m->start[i] && hw_line_start(m->start[i], &a) == 0)
			m->running[i] = m->start[i];
		m->start[i] = m->stop[i] = NULL;
	}
	m->asked = 0;
	pthread_cond_signal(&m->answered);
	pthread_mutex_unlock(&m->lock);
}

static void *media_thread(void *arg)
{
	struct media *m = arg;
	uint8_t buf[160];
	bool quit = false;

	hw_clock_start(m->hw, 8);
	for (int64_t now = 1000000; !quit; now += 1000) {
		obey(m);
		hw_clock_tick(m->hw, now);
		for (int i = 0; i < LINES; i++) {
			int n = m->running[i] ? hw_line_read(m->running[i], buf, sizeof(buf)) : 0;

			if (n <= 0)
				continue;
			m->blocks++;
			m->loud += buf[0] != 0xd5;
			for (int k = 0; k < n; k++)
				buf[k] = (uint8_t)(now / 1000 + i + k);
			hw_line_write(m->running[i], buf, (size_t)n);
		}
		pthread_mutex_lock(&m->lock);
		quit = m->quit;
		pthread_mutex_unlock(&m->lock);
	}
	hw_clock_start(m->hw, 0);
	return NULL;
}

static void ask(struct media *m) /* and wait, as a port's close does before the line is given back */
{
	pthread_mutex_lock(&m->lock);
	m->asked = 1;
	while (m->asked)
		pthread_cond_wait(&m->answered, &m->lock);
	pthread_mutex_unlock(&m->lock);
}

static void count(void *arg, enum hw_event ev)
{
	int *events = arg;

	(void)ev;
	++*events;
}

/* Line I: the FXS ports, the FXO ports, the telephones. Opens and starts it, or stops and closes it. */
static void toggle(struct media *m, struct hw_line **l, int i, int *events)
{
	int err;

	if (*l) {
		m->stop[i] = *l;
		ask(m);
		hw_line_close(*l);
		*l = NULL;
		return;
	}
	if (i < 2 * PAIRS)
		err = hw_line_open(m->hw, 1 + i, count, events, l);
	else
		err = hw_sim_phone_open(m->hw, 1 + i - 2 * PAIRS, count, events, l);
	if (!err) {
		m->start[i] = *l;
		ask(m);
	}
}

static void act(struct hw_line *l, unsigned x)
{
	static const enum hw_hook hooks[] = {HW_OFFHOOK, HW_ONHOOK, HW_OFFHOOK, HW_FLASH, HW_RING, HW_DROP, HW_RING_OFF};

	hw_hook(l, hooks[x % 7]);
	if (x % 11 == 0)
		hw_dial_pulse(l, "31");
	if (x % 13 == 0)
		hw_polarity(l, x & 64);
	if (x % 5 == 0)
		hw_gain(l, (int)(x / 16 % 12) - 6, (int)(x / 64 % 12) - 6);
	if (x % 17 == 0)
		hw_onhook_transfer(l, x % 100);
}

static void test_threads(void **state)
{
	const struct sim_span span = {.no = 1, .type = HW_SPAN_ANALOG, .fxs = PAIRS, .fxo = PAIRS, .law = HW_ALAW};
	struct sim_pair pairs[PAIRS];
	const struct sim_conf conf = {.spans = &span, .n_spans = 1, .pairs = pairs, .n_pairs = PAIRS};
	struct media m = {.lock = PTHREAD_MUTEX_INITIALIZER, .answered = PTHREAD_COND_INITIALIZER};
	struct hw_line *line[LINES] = {NULL};
	struct sim_counters c;
	int events = 0;
	unsigned x = 7;
	pthread_t t;

	(void)state;
	for (int i = 0; i < PAIRS; i++)
		pairs[i] = (struct sim_pair){.fxs = 1 + i, .fxo = 1 + PAIRS + i};
	assert_int_equal(hw_sim_open(&m.hw, &conf), 0);
	assert_int_equal(pthread_create(&t, NULL, media_thread, &m), 0);
	for (int i = 0; i < LINES; i++)
		toggle(&m, &line[i], i, &events);
	for (int r = 0; r < ROUNDS; r++) {
		struct sim_pair *p = &pairs[r % PAIRS];
		int i;

		x = x * 1103515245 + 12345;
		i = (int)((x >> 16) % LINES);
		if (r % 8 == 0 || !line[i])
			toggle(&m, &line[i], i, &events);
		else
			act(line[i], x >> 20);
		p->loss_db = r % 3;
		p->echo_db = r % 4 ? 0 : 12;
		p->noise_dbm0 = r % 5 ? 0 : -50;
		p->dead = r % 50 == 0;
		hw_sim_pair(m.hw, p);
		hw_sim_line_fault(m.hw, 1 + r % PAIRS, (enum sim_line_fault)(r % 3), 1 + x % 300);
		hw_sim_fault(m.hw, 1, SIM_FAULT_REMOVED, r % 300 > 295);
		hw_service(m.hw, 1000000 + r * 20000);
		hw_sim_counters(m.hw, 1, &c);
	}
	for (int i = 0; i < LINES; i++)
		if (line[i])
			toggle(&m, &line[i], i, &events);
	pthread_mutex_lock(&m.lock);
	m.quit = true;
	pthread_mutex_unlock(&m.lock);
	pthread_join(t, NULL);
	assert_true(m.blocks > 0);
	assert_true(m.loud > 0);
	assert_true(events > ROUNDS / 4);
	hw_close(m.hw);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_threads)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
