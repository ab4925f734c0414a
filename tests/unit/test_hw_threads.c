/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests/unit/test_hw_threads.c: the simulated card between two threads, for the thread sanitizer: the loop
 * thread opens, closes, signals and makes faults while the media thread moves audio. Lines change hands by a
 * mailbox, as in the gateway. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "hw/sim.h"

enum { LINES = 30, ROUNDS = 300, D_A = 16, D_B = 47 };

struct media {
	struct hw *hw;
	pthread_mutex_t lock;
	pthread_cond_t answered;
	struct hw_line *start[LINES], *stop[LINES]; /* asked for by the loop, under the lock */
	int asked;
	bool quit;
	struct hw_line *running[LINES]; /* media thread */
	long blocks, gone;
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

			m->gone += n < 0;
			if (n > 0) {
				m->blocks++;
				hw_line_write(m->running[i], buf, (size_t)n);
			}
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

static void event(void *arg, enum hw_event ev)
{
	struct hw_dchan **d = arg;
	uint8_t buf[1024];
	int n;

	while (ev == HW_EV_READABLE && (n = hw_dchan_read(*d, buf, sizeof(buf))) > 0)
		hw_dchan_write(*d, buf, (size_t)n);
}

static void quiet(void *arg, enum hw_event ev)
{
	(void)arg;
	(void)ev;
}

/* Toggles line I: opens and starts it, or stops and closes it. */
static void toggle(struct media *m, struct hw_line **l, int i)
{
	int chan = i < LINES / 2 ? 1 + i : 32 + i - LINES / 2;

	if (*l) {
		m->stop[i] = *l;
		ask(m);
		hw_line_close(*l);
		*l = NULL;
	} else if (hw_line_open(m->hw, chan, quiet, NULL, l) == 0) {
		m->start[i] = *l;
		ask(m);
	}
}

static void test_threads(void **state)
{
	const struct sim_span spans[] = {{.no = 1, .type = HW_SPAN_E1}, {.no = 2, .type = HW_SPAN_E1}};
	const struct sim_wire wire = {1, 2, 20};
	const struct sim_conf conf = {.spans = spans, .n_spans = 2, .wires = &wire, .n_wires = 1};
	struct media m = {.lock = PTHREAD_MUTEX_INITIALIZER, .answered = PTHREAD_COND_INITIALIZER};
	struct hw_line *line[LINES] = {NULL};
	struct hw_dchan *d[2] = {NULL};
	struct sim_counters c;
	unsigned x = 7;
	pthread_t t;

	(void)state;
	assert_int_equal(hw_sim_open(&m.hw, &conf), 0);
	assert_int_equal(pthread_create(&t, NULL, media_thread, &m), 0);
	for (int r = 0; r < ROUNDS; r++) {
		x = x * 1103515245 + 12345;
		if (!d[0])
			hw_dchan_open(m.hw, D_A, event, &d[0], &d[0]);
		if (!d[1])
			hw_dchan_open(m.hw, D_B, event, &d[1], &d[1]);
		hw_dchan_write(d[0], (const uint8_t *)"\2\1\0\0", 4);
		toggle(&m, &line[(x >> 16) % LINES], (int)((x >> 16) % LINES));
		hw_sim_fault(m.hw, 1 + r % 2, SIM_FAULT_BIT_ERROR, r % 7 * 1000);
		hw_sim_fault(m.hw, 1 + r % 2, SIM_FAULT_DOWN, r % 5 == 0);
		hw_sim_fault(m.hw, 1, SIM_FAULT_PPM, r % 50);
		hw_sim_fault(m.hw, 2, SIM_FAULT_REMOVED, r % 90 > 85);
		hw_service(m.hw, 1000000 + r * 3000);
		if (r % 90 == 89) {
			hw_dchan_close(d[1]);
			d[1] = NULL;
		}
		hw_sim_counters(m.hw, 2, &c);
	}
	for (int i = 0; i < LINES; i++)
		if (line[i])
			toggle(&m, &line[i], i);
	pthread_mutex_lock(&m.lock);
	m.quit = true;
	pthread_mutex_unlock(&m.lock);
	pthread_join(t, NULL);
	assert_true(m.blocks > 0);
	hw_close(m.hw);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_threads)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
