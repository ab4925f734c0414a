/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests/tools/line_legs.c: one script of whole calls over two analog ports that are wired to each other, and what both legs of each
 * report, as a list without times on the standard output. Run once on the simulated card and once on the real driver: the lists must
 * be the same (tests/dahdi/test_analog.py).
 *
 *   line_legs sim|dahdi [kewl|ground]		FXS port 1, FXO port 5
 *
 * Exit status 0 when every step of the script came; 1 when one did not, which the list says.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hw/sim.h"
#include "tests/support/leg_list.h"

enum { FXS = 1, FXO = 5, LIMIT_S = 60 };

enum act { NOTHING, ALERT, ANSWER, CLEAR, FLASH };
/* Once ON's leg has reported KIND, and AFTER ms more, WHO's leg is asked for ACT. */
struct step {
	enum ll_side on;
	int kind;
	unsigned after_ms;
	enum ll_side who;
	enum act act;
	int cause;
};
#define NO_STEP {0, -1, 0, 0, NOTHING, 0}
#define DIALLED {LL_FXS, LL_OFFERED, 0, LL_FXS, ALERT, 0}
#define PICKED_UP DIALLED, {LL_FXO, LEG_PROGRESS, 9000, LL_FXS, ANSWER, 0}	/* after two rings and more */
#define RUNG_AND_PICKED_UP {LL_FXO, LL_OFFERED, 1000, LL_FXO, ANSWER, 0}
#define BOTH_CLEARED(first, second) {first, LEG_CLEARED, 0, 0, NOTHING, 0}, {second, LEG_CLEARED, 0, 0, NOTHING, 0}, NO_STEP
#define STEPS 12

struct scene {
	const char *name;
	enum ll_side to; /* LL_FXO: dials 2079; LL_FXS: rings port 1 */
	const char *calling, *calling_name;
	char no_number;
	struct step steps[STEPS];
};

/* --- Calls that the FXO line makes: the telephone's port is the exchange --------------------------------- */

static const struct scene out[] = {
	{"out, answered, the caller hangs up", LL_FXO, "", "", 0, {
		PICKED_UP,
		{LL_FXO, LEG_ANSWERED, 1000, LL_FXO, CLEAR, 16},
		BOTH_CLEARED(LL_FXO, LL_FXS)}},
	{"out, answered, the exchange clears", LL_FXO, "", "", 0, {
		PICKED_UP,
		{LL_FXO, LEG_ANSWERED, 1000, LL_FXS, CLEAR, 16},
		BOTH_CLEARED(LL_FXS, LL_FXO)}},
	{"out, two flashes: held, and back", LL_FXO, "", "", 0, {
		PICKED_UP,
		{LL_FXO, LEG_ANSWERED, 2000, LL_FXO, FLASH, 0},
		{LL_FXS, LEG_HELD, 3000, LL_FXO, FLASH, 0},
		{LL_FXS, LEG_RESUMED, 2000, LL_FXO, CLEAR, 16},
		BOTH_CLEARED(LL_FXO, LL_FXS)}},
	{"out, busy", LL_FXO, "", "", 0, {
		{LL_FXS, LL_OFFERED, 500, LL_FXS, CLEAR, 17},
		BOTH_CLEARED(LL_FXS, LL_FXO)}},
	{"out, nobody answers", LL_FXO, "", "", 0, {
		DIALLED,
		BOTH_CLEARED(LL_FXO, LL_FXS)}},
	{"out, the caller gives up", LL_FXO, "", "", 0, {
		DIALLED,
		{LL_FXO, LEG_PROGRESS, 3000, LL_FXO, CLEAR, 16},
		BOTH_CLEARED(LL_FXO, LL_FXS)}},
};

/* --- Calls to the telephone: its line at the other end is rung --------------------------------------------- */

static const struct scene in[] = {
	{"in, answered, the called party hangs up", LL_FXS, "2071838750", "Front Desk", 0, {
		RUNG_AND_PICKED_UP,
		{LL_FXS, LEG_ANSWERED, 2000, LL_FXO, CLEAR, 16},
		BOTH_CLEARED(LL_FXO, LL_FXS)}},
	{"in, answered, the caller hangs up", LL_FXS, "2071838751", "", 0, {
		RUNG_AND_PICKED_UP,
		{LL_FXS, LEG_ANSWERED, 2000, LL_FXS, CLEAR, 16},
		BOTH_CLEARED(LL_FXS, LL_FXO)}},
	{"in, the number withheld, refused: it rings on until the caller gives up", LL_FXS, "", "", 'P', {
		{LL_FXO, LL_OFFERED, 500, LL_FXO, CLEAR, 17},
		{LL_FXO, LEG_CLEARED, 5000, LL_FXS, CLEAR, 16},
		{LL_FXS, LEG_CLEARED, 0, 0, NOTHING, 0},
		NO_STEP}},
	{"in, nobody answers", LL_FXS, "2071838752", "", 0, {
		{LL_FXO, LL_OFFERED, 6000, LL_FXS, CLEAR, 19},
		BOTH_CLEARED(LL_FXS, LL_FXO)}},
};

static int do_act(struct leg_list *b, const struct step *s)
{
	struct leg *leg = ll_leg(b, s->who);

	if (s->act == NOTHING)
		return 0;
	if (!leg)
		return -ENOENT;
	switch (s->act) {
	case ALERT:
		return leg_alert(leg, false);
	case ANSWER:
		return leg_answer(leg, NULL);
	case CLEAR:
		return leg_clear(leg, &(struct leg_cause){.q850 = (uint8_t)s->cause});
	case FLASH:
		return leg_digit(leg, '!', 0);
	default:
		return 0;
	}
}

static int play(struct leg_list *b, const struct scene *s)
{
	struct leg_offer offer = {.bearer = BEARER_3K1, .complete = true, .no_number = s->no_number};
	int err;

	snprintf(offer.called.digits, sizeof(offer.called.digits), "%s", s->to == LL_FXO ? "2079" : "1");
	snprintf(offer.calling.digits, sizeof(offer.calling.digits), "%s", s->calling);
	snprintf(offer.calling_name, sizeof(offer.calling_name), "%s", s->calling_name);
	if (s->no_number)
		offer.calling.presentation = PRES_RESTRICTED;
	err = ll_call(b, s->to, &offer);
	for (const struct step *t = s->steps; !err && t->kind >= 0; t++) {
		err = ll_wait(b, t->on, t->kind, LIMIT_S * INT64_C(1000000));
		if (!err && t->after_ms)
			ll_run(b, t->after_ms);
		if (!err)
			err = do_act(b, t);
		if (err)
			printf("  step %d: %s\n", (int)(t - s->steps) + 1, strerror(-err));
	}
	if (err)
		for (int i = 0; i < LL_SIDES; i++)
			if (ll_leg(b, (enum ll_side)i))
				leg_clear(ll_leg(b, (enum ll_side)i), &(struct leg_cause){.q850 = 41});
	if (ll_idle(b, LIMIT_S * INT64_C(1000000))) {
		printf("  not idle afterwards\n");
		err = -EBUSY;
	}
	ll_run(b, 2500); /* a line that has just changed is not believed to ring */
	return err;
}

static void print_leg(const char *name, const char *list)
{
	for (const char *line = list; *line;) {
		int n = (int)strcspn(line, "\n");

		printf("  %s: %.*s\n", name, n, line);
		line += n + (line[n] == '\n');
	}
}

static int play_all(struct leg_list *b, const char *setup, const struct scene *scenes, size_t n)
{
	int bad = 0;

	for (size_t i = 0; i < n; i++) {
		printf("%s: %s\n", setup, scenes[i].name);
		bad += play(b, &scenes[i]) != 0;
		print_leg("fxs", ll_take(b, LL_FXS));
		print_leg("fxo", ll_take(b, LL_FXO));
		fflush(stdout);
	}
	return bad;
}

static int script(struct leg_list *b, bool ground)
{
	static const struct fxs_conf fxs = {.start = FXS_KEWL, .call_waiting = true, .three_way = true, .transfer = true,
					    .busy_ms = 20000};
	static const struct fxo_conf fxo = {
		.answer = {ANSWER_RINGBACK_STOPPED}, .n_answer = 1, .clear = (1U << FXO_CLEARS) - 1, .idle_ms = 30000,
		.ceiling_ms = 600000, .no_answer_ms = 15000, .dialtone_wait_ms = 5000, .answer_rings = 2, .cid = true,
		.ring_min_ms = 150, .guard_ms = 2000};
	struct ll_setup us = {"us", fxs, fxo}, uk = {"uk", fxs, fxo};
	int bad;

	uk.fxo.pulse = true;
	if (ll_setup(b, &us))
		return 1;
	if (ground) /* what has nothing to do with how a call starts has been played on kewl start */
		return play_all(b, "us, ground start", out, 3) + play_all(b, "us, ground start", in, sizeof(in) / sizeof(*in));
	bad = play_all(b, "us, DTMF, Bell 202", out, sizeof(out) / sizeof(*out));
	bad += play_all(b, "us, DTMF, Bell 202", in, sizeof(in) / sizeof(*in));
	if (ll_setup(b, &uk))
		return 1;
	bad += play_all(b, "uk, pulses, V.23", out, 3);
	return bad + play_all(b, "uk, pulses, V.23", in, sizeof(in) / sizeof(*in));
}

static int open_card(struct hw **hw, bool sim, bool ground)
{
	const struct sim_span span = {
		.no = 1, .type = HW_SPAN_ANALOG, .fxs = 4, .fxo = 4, .law = HW_MULAW, .ground_start = ground};
	const struct sim_pair pair = {.fxs = FXS, .fxo = FXO};
	const struct sim_conf conf = {.spans = &span, .n_spans = 1, .pairs = &pair, .n_pairs = 1};

	return sim ? hw_sim_open(hw, &conf) : hw_dahdi_open(hw);
}

int main(int argc, char **argv)
{
	bool sim = argc > 1 && !strcmp(argv[1], "sim");
	struct leg_list *b = NULL;
	bool ground = argc > 2 && !strcmp(argv[2], "ground");
	struct hw *hw = NULL;
	int err, bad = 1;

	if (argc < 2 || (!sim && strcmp(argv[1], "dahdi"))) {
		fprintf(stderr, "usage: line_legs sim|dahdi [kewl|ground]\n");
		return 2;
	}
	err = open_card(&hw, sim, ground);
	if (!err)
		err = ll_open(&b, hw, FXS, FXO);
	if (!err)
		bad = script(b, ground);
	else
		fprintf(stderr, "line_legs: %s\n", strerror(-err));
	if (b)
		ll_close(b);
	hw_close(hw);
	return bad != 0;
}
