/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests/unit/test_hw_sim_bus.c: audio on an analog pair of the simulated card: who hears whom and when, sample by
 * sample; loss, echo and noise as measured; gains. In invented time. */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "channels/sound/g711.h"
#include "hw/sim.h"
#include "tests/support/analog_rig.h"

enum { BLOCK = 40, KEEP = 16000 };

struct party {
	struct hw_line *l;
	uint32_t dice;		/* what it says: random octets */
	bool says, tone;	/* TONE: 1004 Hz at -10 dBm0 instead */
	uint8_t said[KEEP], heard[KEEP];
	int n_said, n_heard;
};
struct talk {
	struct arig r;
	struct party s, o, p;
};

static int lin(uint8_t octet)
{
	return law_linear[HW_ALAW][octet];
}

static int wire(uint8_t octet) /* silence is no voltage */
{
	return octet == LAW_ALAW_SILENCE ? 0 : lin(octet);
}

static int16_t clip(int v)
{
	return (int16_t)(v > 32767 ? 32767 : v < -32768 ? -32768 : v);
}

static uint8_t say(struct party *p)
{
	double amp = law_sine_peak(HW_ALAW, -10);

	if (p->tone)
		return law_encode(HW_ALAW, (int16_t)lround(amp * sin(2 * M_PI * 1004 / 8000 * p->n_said)));
	p->dice = p->dice * 1664525u + 1013904223u;
	return (uint8_t)(p->dice >> 24);
}

static void turn(struct party *p)
{
	uint8_t buf[160];

	if (hw_line_read(p->l, buf, sizeof(buf)) != BLOCK)
		return;
	assert_true(p->n_heard + BLOCK <= KEEP);
	memcpy(p->heard + p->n_heard, buf, BLOCK);
	p->n_heard += BLOCK;
	if (!p->says)
		return;
	for (int i = 0; i < BLOCK; i++)
		p->said[p->n_said++] = buf[i] = say(p);
	assert_int_equal(hw_line_write(p->l, buf, BLOCK), BLOCK);
}

static void run(struct talk *t, int ms)
{
	for (int i = 0; i < ms; i++) {
		arig_run(&t->r, 1);
		turn(&t->s);
		turn(&t->o);
		turn(&t->p);
	}
}

/* Everything before is forgotten, and what is under way has arrived. */
static void settle(struct talk *t)
{
	struct party *all[] = {&t->s, &t->o, &t->p};
	bool says[3];

	for (int i = 0; i < 3; i++) {
		says[i] = all[i]->says;
		all[i]->says = false;
	}
	run(t, 50);
	for (int i = 0; i < 3; i++) {
		all[i]->n_said = all[i]->n_heard = 0;
		all[i]->says = says[i];
	}
}

static void start(struct talk *t, const struct sim_pair *pair)
{
	const struct hw_audio a = {.block = BLOCK, .buffers = 4};

	memset(t, 0, sizeof(*t));
	arig_open(&t->r, pair);
	t->s = (struct party){.l = t->r.s.l, .dice = 1, .says = true};
	t->o = (struct party){.l = t->r.o.l, .dice = 2, .says = true};
	t->p = (struct party){.l = t->r.p.l, .dice = 3, .says = true};
	hw_clock_start(t->r.hw, 8);
	hw_line_start(t->s.l, &a);
	hw_line_start(t->o.l, &a);
	hw_line_start(t->p.l, &a);
	arig_run(&t->r, 10);
}

static void stop(struct talk *t)
{
	hw_line_stop(t->s.l);
	hw_line_stop(t->o.l);
	hw_line_stop(t->p.l);
	arig_close(&t->r);
}

/* All that HEARER heard is silence. */
static bool silent(const struct party *hearer)
{
	for (int i = 0; i < hearer->n_heard; i++)
		if (hearer->heard[i] != 0xd5)
			return false;
	return hearer->n_heard > 0;
}

/* HEARER heard what SPEAKER said, octet by octet, from its beginning. */
static bool exact(const struct party *hearer, const struct party *speaker)
{
	int late = 0, n;

	while (late < hearer->n_heard && hearer->heard[late] == 0xd5)
		late++;
	while (late > 0 && speaker->said[0] == 0xd5)
		late--;
	n = hearer->n_heard - late;
	return late <= 4 * BLOCK && n > hearer->n_heard / 2 && n <= speaker->n_said &&
	       memcmp(hearer->heard + late, speaker->said, (size_t)n) == 0;
}

static const struct sim_pair clean = {.fxs = ARIG_FXS, .fxo = ARIG_FXO};

/* --- Who hears whom ------------------------------------------------------------------------------------------ */

/* HEARER heard the sum of A and B. */
static bool sum(const struct party *hearer, const struct party *a, const struct party *b)
{
	for (int late = 0; late <= 4 * BLOCK; late++) {
		int n = hearer->n_heard - late, i = 0;

		while (i < n && hearer->heard[late + i] == law_encode(HW_ALAW, clip(wire(a->said[i]) + wire(b->said[i]))))
			i++;
		if (i == n)
			return true;
	}
	return false;
}

struct deed {
	char who; /* S, O, P; X: the pair is cut; T: on-hook transfer; R: reversed; +: time goes on */
	int value;
};
static void deed(struct talk *t, const struct deed *d)
{
	struct sim_pair cut = clean;

	cut.dead = true;
	if (d->who == 'S')
		assert_int_equal(hw_hook(t->s.l, (enum hw_hook)d->value), 0);
	else if (d->who == 'O')
		assert_int_equal(hw_hook(t->o.l, (enum hw_hook)d->value), 0);
	else if (d->who == 'P')
		assert_int_equal(hw_hook(t->p.l, (enum hw_hook)d->value), 0);
	else if (d->who == 'X')
		assert_int_equal(hw_sim_pair(t->r.hw, &cut), 0);
	else if (d->who == 'T')
		assert_int_equal(hw_onhook_transfer(t->s.l, (unsigned)d->value), 0);
	else if (d->who == 'R')
		assert_int_equal(hw_polarity(t->s.l, d->value), 0);
	arig_run(&t->r, d->who == '+' ? d->value : 1);
}

static bool hears(const struct talk *t, const struct party *p, const char *whom)
{
	const struct party *of[2] = {NULL, NULL};

	for (int i = 0; whom[i]; i++)
		of[i] = whom[i] == 'S' ? &t->s : whom[i] == 'O' ? &t->o : &t->p;
	if (of[1])
		return sum(p, of[0], of[1]);
	return of[0] ? exact(p, of[0]) : silent(p);
}

static void test_who(void **state)
{
	static const struct {
		const char *why;
		struct deed deeds[4];
		const char *s, *o, *p; /* whom each hears */
	} rows[] = {
		{"on hook nobody says anything", {{0}}, "", "", ""},
		{"a call with the exchange; a telephone beside overhears it",
		 {{'O', HW_OFFHOOK}, {'S', HW_OFFHOOK}},
		 "O", "S", "SO"},
		{"battery reversed makes no difference", {{'O', HW_OFFHOOK}, {'S', HW_OFFHOOK}, {'R', 1}}, "O", "S", "SO"},
		{"the port takes no part before it is told to", {{'O', HW_OFFHOOK}}, "", "", "O"},
		{"a call with a telephone", {{'P', HW_OFFHOOK}, {'S', HW_OFFHOOK}}, "P", "SP", "S"},
		{"all three", {{'P', HW_OFFHOOK}, {'O', HW_OFFHOOK}, {'S', HW_OFFHOOK}}, "OP", "SP", "SO"},
		{"on-hook transfer: caller ID without a ring", {{'T', 5000}}, "", "S", "S"},
		{"that is over", {{'T', 20}, {'+', 20}}, "", "", ""},
		{"to a port that is on hook", {{'S', HW_OFFHOOK}}, "", "S", "S"},
		{"while it rings nothing is heard", {{'S', HW_RING}}, "", "", ""},
		{"nor what a port says that may", {{'T', 5000}, {'S', HW_RING}}, "", "", ""},
		{"between two rings caller ID is", {{'S', HW_RING}, {'+', 2100}}, "", "S", "S"},
		{"nothing without battery", {{'O', HW_OFFHOOK}, {'S', HW_OFFHOOK}, {'S', HW_DROP}}, "", "", ""},
		{"nothing over a cut, but with the telephone before it",
		 {{'O', HW_OFFHOOK}, {'S', HW_OFFHOOK}, {'X', 0}},
		 "", "", "S"},
		{"hung up", {{'O', HW_OFFHOOK}, {'S', HW_OFFHOOK}, {'O', HW_ONHOOK}, {'S', HW_ONHOOK}}, "", "", ""},
	};
	static struct talk t;
	int bad = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		start(&t, &clean);
		for (size_t k = 0; k < 4 && rows[i].deeds[k].who; k++)
			deed(&t, &rows[i].deeds[k]);
		settle(&t);
		run(&t, 300);
		if (!hears(&t, &t.s, rows[i].s) || !hears(&t, &t.o, rows[i].o) || !hears(&t, &t.p, rows[i].p)) {
			print_error("%s: port %d, far end %d, telephone %d\n", rows[i].why, hears(&t, &t.s, rows[i].s),
				    hears(&t, &t.o, rows[i].o), hears(&t, &t.p, rows[i].p));
			bad++;
		}
		stop(&t);
	}
	assert_int_equal(bad, 0);
}

/* --- What the pair does to audio ------------------------------------------------------------------------------- */

static double level(const uint8_t *octets, int n)
{
	double power = 0;

	for (int i = 0; i < n; i++) {
		double v = lin(octets[i]);

		power += v * v / n;
	}
	return law_dbm0(HW_ALAW, power);
}

static void call(struct talk *t, const struct sim_pair *pair, bool s_says, bool o_says)
{
	start(t, pair);
	t->s.says = s_says;
	t->o.says = o_says;
	t->p.says = false;
	t->s.tone = t->o.tone = true;
	hw_hook(t->o.l, HW_OFFHOOK);
	arig_run(&t->r, 1);
	hw_hook(t->s.l, HW_OFFHOOK);
	arig_run(&t->r, 1);
	settle(t);
}

static void near_to(const char *what, double got, double want, double within)
{
	if (fabs(got - want) > within)
		fail_msg("%s: %.2f, not %.2f", what, got, want);
}

static void test_loss(void **state)
{
	static const double db[] = {0, 0.5, 3, 7, 20};
	static struct talk t;

	(void)state;
	for (size_t i = 0; i < sizeof(db) / sizeof(*db); i++) {
		struct sim_pair p = clean;

		p.loss_db = db[i];
		call(&t, &p, true, true);
		run(&t, 1000);
		near_to("said", level(t.s.said, 4000), -10, 0.1);
		near_to("loss there", level(t.o.heard + 800, 4000), -10 - db[i], 0.1);
		near_to("loss back", level(t.s.heard + 800, 4000), -10 - db[i], 0.1);
		stop(&t);
	}
}

static void test_echo(void **state)
{
	static const struct {
		double db, ms;
	} rows[] = {{6, 0}, {12, 1}, {20, 8}, {30, 32}, {14.5, 12.5}};
	static struct talk t;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct sim_pair p = clean;
		int late = -1;

		p.echo_db = rows[i].db;
		p.echo_ms = rows[i].ms;
		call(&t, &p, true, false);
		run(&t, 1000);
		near_to("echo return loss", -10 - level(t.s.heard + 800, 4000), rows[i].db, 0.5);
		near_to("what goes through is not touched", level(t.o.heard + 800, 4000), -10, 0.1);
		stop(&t);

		call(&t, &p, true, false);
		t.s.tone = false;
		run(&t, 500);
		for (int at = 0; at < 4 * BLOCK + 300 && late < 0; at++) {
			int n = 0;

			while (n < 2000 && abs(lin(t.s.heard[at + n]) -
					       (int)lround(lin(t.s.said[n]) * pow(10, -rows[i].db / 20))) <=
						   16 + abs(lin(t.s.heard[at + n])) / 32)
				n++;
			late = n == 2000 ? at : -1;
		}
		for (int at = 0; at < 4 * BLOCK; at++)
			if (memcmp(t.o.heard + at, t.s.said, 2000) == 0)
				late -= at;
		near_to("its delay, samples", late, rows[i].ms * 8, 0);
		stop(&t);
	}
}

/* The card's canceller: one that is as long as the echo takes leaves nothing, a shorter one all of it. */
static void test_canceller(void **state)
{
	static const struct {
		unsigned taps;
		bool echo;
	} rows[] = {{0, true}, {64, true}, {65, false}, {256, false}};
	static struct talk t;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct hw_audio a = {.block = BLOCK, .buffers = 4, .echo_taps = rows[i].taps};
		struct sim_pair p = clean;

		p.echo_db = 12;
		p.echo_ms = 8;
		call(&t, &p, true, false);
		hw_line_stop(t.s.l);
		hw_line_start(t.s.l, &a);
		settle(&t);
		run(&t, 500);
		if (rows[i].echo)
			near_to("echo", level(t.s.heard + 800, 2400), -22, 0.5);
		else
			assert_true(silent(&t.s));
		near_to("what goes through", level(t.o.heard + 800, 2400), -10, 0.1);
		stop(&t);
	}
}

static void test_noise(void **state)
{
	static const double dbm0[] = {-20, -35, -50, -60};
	static struct talk t;

	(void)state;
	for (size_t i = 0; i < sizeof(dbm0) / sizeof(*dbm0); i++) {
		struct sim_pair p = clean;

		p.noise_dbm0 = dbm0[i];
		call(&t, &p, false, false);
		run(&t, 1900);
		near_to("noise at the port", level(t.s.heard, t.s.n_heard), dbm0[i], 0.5);
		near_to("noise at the far end", level(t.o.heard, t.o.n_heard), dbm0[i], 0.5);
		assert_memory_not_equal(t.s.heard, t.o.heard, 1000);
		stop(&t);
	}
}

static void test_gain(void **state)
{
	static struct talk t;

	(void)state;
	call(&t, &clean, true, true);
	assert_int_equal(hw_gain(t.s.l, 6, -4), 0);
	settle(&t);
	run(&t, 500);
	near_to("read", level(t.s.heard + 800, 2400), -4, 0.1);
	near_to("written", level(t.o.heard + 800, 2400), -14, 0.1);
	assert_int_equal(hw_gain(t.s.l, -24, 24), 0); /* and clipped, not turned over */
	settle(&t);
	run(&t, 500);
	near_to("read", level(t.s.heard + 800, 2400), -34, 0.2);
	assert_true(level(t.o.heard + 800, 2400) > 4);
	assert_int_equal(hw_gain(t.s.l, 0, 0), 0);
	t.s.tone = t.o.tone = false;
	settle(&t);
	run(&t, 500);
	assert_true(exact(&t.s, &t.o) && exact(&t.o, &t.s));
	assert_int_equal(hw_gain(t.s.l, 24.1, 0), -EINVAL);
	assert_int_equal(hw_gain(t.s.l, 0, -25), -EINVAL);
	stop(&t);
}

/* --- Buffers ---------------------------------------------------------------------------------------------------- */

/* A party that reads after a pause gets the oldest that fitted; the rest is counted. */
static void test_unread(void **state)
{
	static struct talk t;
	struct sim_counters c;
	uint8_t buf[160];
	int blocks = 0;

	(void)state;
	call(&t, &clean, false, true);
	t.o.tone = false;
	for (int i = 0; i < 500; i++) {
		arig_run(&t.r, 1);
		turn(&t.o);
	}
	while (hw_line_read(t.s.l, buf, sizeof(buf)) == BLOCK) {
		memcpy(t.s.heard + t.s.n_heard, buf, BLOCK);
		t.s.n_heard += BLOCK;
		blocks++;
	}
	assert_int_equal(blocks, 4);
	assert_int_equal(hw_sim_counters(t.r.hw, 1, &c), 0);
	assert_true(c.overruns >= (500 - 20 - 5) * 8);
	stop(&t);
}

/* Half an hour with nobody who reads costs nothing when it is caught up with. */
static void test_long_pause(void **state)
{
	static struct talk t;
	struct sim_pair p = clean;

	(void)state;
	p.noise_dbm0 = -40;
	call(&t, &p, false, false);
	for (int i = 0; i < 9000; i++) {
		t.r.now_us += 200000;
		hw_clock_tick(t.r.hw, t.r.now_us);
	}
	settle(&t);
	run(&t, 100);
	near_to("noise", level(t.s.heard, t.s.n_heard), -40, 0.5);
	stop(&t);
}

/* A line that starts in a call, and one that stops and starts anew. */
static void test_restart(void **state)
{
	const struct hw_audio a = {.block = BLOCK, .buffers = 4};
	static struct talk t;

	(void)state;
	call(&t, &clean, true, true);
	t.s.tone = t.o.tone = false;
	run(&t, 100);
	hw_line_stop(t.s.l);
	assert_int_equal(hw_line_write(t.s.l, t.s.said, BLOCK), -EINVAL);
	assert_int_equal(hw_line_read(t.s.l, t.s.heard, BLOCK), -EINVAL);
	t.o.n_heard = t.o.n_said = 0;
	for (int i = 0; i < 100; i++) {
		arig_run(&t.r, 1);
		turn(&t.o);
	}
	assert_true(t.o.heard[t.o.n_heard - 1] == 0xd5 && t.o.heard[t.o.n_heard / 2] == 0xd5);
	hw_line_start(t.s.l, &a);
	settle(&t);
	run(&t, 300);
	assert_true(exact(&t.s, &t.o) && exact(&t.o, &t.s));
	stop(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_who),	cmocka_unit_test(test_loss), cmocka_unit_test(test_echo),
		cmocka_unit_test(test_canceller), cmocka_unit_test(test_noise),	cmocka_unit_test(test_gain), cmocka_unit_test(test_unread),
		cmocka_unit_test(test_long_pause), cmocka_unit_test(test_restart),
	};

	law_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
