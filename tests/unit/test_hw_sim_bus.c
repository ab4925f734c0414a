/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests/unit/test_hw_sim_bus.c: audio on an analog pair of the simulated card: who hears whom and when, sample by
 * sample; loss, echo and noise as measured; gains. In invented time. */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
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

static uint8_t say(struct party *p)
{
	double amp = 32768 * pow(10, (-10 - 3.14) / 20);

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

static void test_exact(void **state)
{
	static struct talk t;

	(void)state;
	start(&t, &clean);
	hw_hook(t.o.l, HW_OFFHOOK);
	arig_run(&t.r, 1);
	hw_hook(t.s.l, HW_OFFHOOK);
	arig_run(&t.r, 1);
	settle(&t);
	run(&t, 500);
	assert_true(exact(&t.s, &t.o));
	assert_true(exact(&t.o, &t.s));
	stop(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_exact),
	};

	(void)silent;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
