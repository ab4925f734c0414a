/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests/support/hw_common_a.c: the common driver test on two analog ports: its table, and signalling. Each
 * check opens both ports and closes them. Times are what both drivers keep to; hw.h says what the events
 * mean. */
#include "tests/support/hw_common_a.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum {
	SLACK_MS = 40,
	REST_MS = 100,
	CLOSED_MS = 1500,    /* so that an FXO port which closes off hook is not taken for a flash */
	RING_REST_MS = 2200, /* DAHDI does not believe that a line rings for 2 s after it has changed */
};

static void on_event(void *arg, enum hw_event ev)
{
	struct hwa_port *p = arg;

	if (p->n < HWA_LOG) {
		p->log[p->n].ev = ev;
		p->log[p->n++].us = p->t->now_us;
	}
}

static const char *event_name(enum hw_event ev)
{
	static char other[16];
	static const char *const names[] = {
		[HW_EV_ALARM] = "ALARM",           [HW_EV_NOALARM] = "NOALARM",
		[HW_EV_OFFHOOK] = "OFFHOOK",       [HW_EV_ONHOOK] = "ONHOOK",
		[HW_EV_FLASH] = "FLASH",           [HW_EV_RINGER_ON] = "RINGER_ON",
		[HW_EV_RINGER_OFF] = "RINGER_OFF", [HW_EV_PULSE_START] = "PULSE_START",
		[HW_EV_RING_BEGIN] = "RING_BEGIN", [HW_EV_RING_END] = "RING_END",
		[HW_EV_DISCONNECT] = "DISCONNECT", [HW_EV_POLARITY] = "POLARITY",
		[HW_EV_NO_BATTERY] = "NO_BATTERY", [HW_EV_BATTERY] = "BATTERY",
		[HW_EV_TIP_GROUND] = "TIP_GROUND", [HW_EV_HOOK_DONE] = "HOOK_DONE",   [HW_EV_DIAL_DONE] = "DIAL_DONE",
	};

	if ((size_t)ev < sizeof(names) / sizeof(*names) && names[ev])
		return names[ev];
	snprintf(other, sizeof(other), "event %d", ev);
	return other;
}

static const char *say(const char *port, const char *what, int from_ms)
{
	static char text[200];

	snprintf(text, sizeof(text), "%s: %s (%d ms)", port, what, from_ms);
	return text;
}

void hwa_open(struct hwa *a, struct hw_common *t)
{
	struct hwa_port *ports[] = {&a->fxs, &a->fxo};

	*a = (struct hwa){.t = t, .fxs = {.t = t, .name = "fxs"}, .fxo = {.t = t, .name = "fxo"}};
	for (int i = 0; i < 2; i++)
		if (hw_line_open(t->hw, i ? t->fxo : t->fxs, on_event, ports[i], &ports[i]->e.l))
			a->bad = i ? "the FXO port does not open" : "the FXS port does not open";
	hwc_run_ms(t, REST_MS);
	a->fxs.seen = a->fxs.n; /* of before: battery that comes back, a hang-up of the last check */
	a->fxo.seen = a->fxo.n;
	a->from = t->now_us;
}

void hwa_open_to_ring(struct hwa *a, struct hw_common *t)
{
	hwa_open(a, t);
	hwa_quiet(a, RING_REST_MS);
}

const char *hwa_close(struct hwa *a)
{
	hw_line_close(a->fxo.e.l);
	hw_line_close(a->fxs.e.l);
	hwc_run_ms(a->t, CLOSED_MS);
	return a->bad;
}

void hwa_want(struct hwa *a, bool good, const char *what)
{
	if (!a->bad && !good)
		a->bad = what;
}

void hwa_hook(struct hwa *a, struct hwa_port *p, enum hw_hook what)
{
	static char text[80];
	int err;

	if (a->bad)
		return;
	a->from = a->t->now_us;
	err = hw_hook(p->e.l, what);
	if (err) {
		snprintf(text, sizeof(text), "%s: hw_hook %d: %s", p->name, what, strerror(-err));
		a->bad = text;
	}
}

void hwa_next(struct hwa *a, struct hwa_port *p, enum hw_event ev, int min, int max)
{
	char text[120];
	int ms;

	if (a->bad)
		return;
	while (p->seen == p->n && a->t->now_us - a->from <= max * INT64_C(1000))
		hw_common_step(a->t);
	ms = (int)((a->t->now_us - a->from) / 1000);
	if (p->seen == p->n) {
		snprintf(text, sizeof(text), "no %s until %d ms", event_name(ev), max);
		a->bad = say(p->name, text, ms);
		return;
	}
	p->when = p->log[p->seen].us;
	ms = (int)((p->when - a->from) / 1000);
	if (p->log[p->seen].ev != ev || ms < min || ms > max) {
		snprintf(text, sizeof(text), "%s", event_name(p->log[p->seen].ev));
		snprintf(text + strlen(text), sizeof(text) - strlen(text), " instead of %s at %d to %d ms",
			 event_name(ev), min, max);
		a->bad = say(p->name, text, ms);
	}
	p->seen++;
}

void hwa_quiet(struct hwa *a, int ms)
{
	struct hwa_port *ports[] = {&a->fxs, &a->fxo};

	if (a->bad)
		return;
	hwc_run_ms(a->t, ms);
	for (int i = 0; i < 2 && !a->bad; i++)
		if (ports[i]->seen != ports[i]->n)
			a->bad = say(ports[i]->name, event_name(ports[i]->log[ports[i]->seen].ev),
				     (int)((ports[i]->log[ports[i]->seen].us - a->from) / 1000));
}

struct hw_analog hwa_look(struct hwa *a, struct hwa_port *p)
{
	struct hw_analog s = {.offhook = -9};

	if (!a->bad && hw_analog(p->e.l, &s))
		a->bad = "hw_analog fails";
	return s;
}

void hwa_talk(struct hwa *a)
{
	/* Flashes to 700 ms, longer than any here; pulses and flashes are believed soon after an off hook. */
	const struct hw_timing fxs = {.flash_max_ms = 700, .debounce_ms = 60};
	const struct hw_timing fxo = {
		.flash_out_ms = 300, .pulse_make_ms = 40, .pulse_break_ms = 60, .pulse_gap_ms = 600};

	if (a->bad)
		return;
	hwa_want(a, !hw_set_timing(a->fxs.e.l, &fxs) && !hw_set_timing(a->fxo.e.l, &fxo),
		 "hw_set_timing fails");
	hwa_hook(a, &a->fxo, HW_OFFHOOK);
	hwa_next(a, &a->fxs, HW_EV_OFFHOOK, 0, 2 * SLACK_MS);
	hwa_hook(a, &a->fxs, HW_OFFHOOK);
	hwa_quiet(a, 1000);
}

const char *hwa_check_kinds(struct hw_common *t)
{
	static const uint16_t cadence[] = {400, 200, 400};
	struct hw_chan c[64];
	struct hwa a;
	int n = hw_chans(t->hw, 0, c, 64);

	hwa_open(&a, t);
	for (int i = 0; i < n && i < 64 && !a.bad; i++) {
		hwa_want(&a, c[i].no != t->fxs || (c[i].kind == HW_CHAN_FXS && c[i].law == a.fxs.e.l->law),
			 "FXS listed wrongly");
		hwa_want(&a, c[i].no != t->fxo || (c[i].kind == HW_CHAN_FXO && c[i].law == a.fxo.e.l->law),
			 "FXO listed wrongly");
	}
	if (!a.bad) {
		struct hw_line *s = a.fxs.e.l, *o = a.fxo.e.l;

		hwa_want(&a, s->kind == HW_CHAN_FXS && o->kind == HW_CHAN_FXO, "a line says another kind");
		hwa_want(&a, s->chan == t->fxs && o->chan == t->fxo, "a line says another channel");
		hwa_want(&a, hw_hook(s, HW_FLASH) == -EINVAL, "an FXS port flashes");
		hwa_want(&a, hw_hook(o, HW_RING) == -EINVAL && hw_hook(o, HW_DROP) == -EINVAL,
			 "an FXO port rings");
		hwa_want(&a, hw_hook(o, HW_FLASH) == -EBUSY, "a flash on hook");
		hwa_want(&a, hw_dial_pulse(o, "1") == -EINVAL, "pulses on hook");
		hwa_want(&a, hw_dial_pulse(s, "1") == -EINVAL, "an FXS port dials");
		hwa_want(&a, hw_set_cadence(o, cadence, 2, 0) == -EINVAL, "an FXO port takes a cadence");
		hwa_want(&a, hw_set_cadence(s, cadence, 3, 0) == -EINVAL, "a cadence that ends in a ring");
		hwa_want(&a, hw_set_cadence(s, cadence, 2, 1) == -EINVAL,
			 "a cadence that repeats from a pause");
		hwa_want(&a, hw_gain(s, 25, 0) == -EINVAL && hw_gain(o, 0, -25) == -EINVAL,
			 "a gain of 25 dB");
	}
	hwa_quiet(&a, 50);
	return hwa_close(&a);
}

static void set_cadence(struct hwa *a, const uint16_t *ms, int n, int repeat_from)
{
	hwa_want(a, a->bad || hw_set_cadence(a->fxs.e.l, ms, n, repeat_from) == 0, "hw_set_cadence fails");
}

/* One ring, begun at ON and ended at OFF ms, as both ends see it. */
static void expect_ring(struct hwa *a, int on, int off)
{
	hwa_next(a, &a->fxs, HW_EV_RINGER_ON, on - SLACK_MS, on + SLACK_MS);
	hwa_next(a, &a->fxo, HW_EV_RING_BEGIN, on - SLACK_MS, on + SLACK_MS);
	hwa_next(a, &a->fxs, HW_EV_RINGER_OFF, off - SLACK_MS, off + SLACK_MS);
	hwa_next(a, &a->fxo, HW_EV_RING_END, off - SLACK_MS, off + 60 + SLACK_MS);
}

const char *hwa_check_ring(struct hw_common *t)
{
	static const uint16_t cadence[] = {400, 200, 400, 2000};
	struct hwa a;

	hwa_open_to_ring(&a, t);
	set_cadence(&a, cadence, 4, 0);
	hwa_hook(&a, &a.fxs, HW_RING);
	expect_ring(&a, 0, 400);
	hwa_want(&a, hw_hook(a.fxs.e.l, HW_RING) == -EBUSY, "a port that rings is rung");
	expect_ring(&a, 600, 1000);
	hwa_next(&a, &a.fxs, HW_EV_RINGER_ON, 3000 - SLACK_MS, 3000 + SLACK_MS);
	hwa_next(&a, &a.fxo, HW_EV_RING_BEGIN, 3000 - SLACK_MS, 3000 + SLACK_MS);
	hwc_run_ms(t, 100);
	hwa_want(&a, hwa_look(&a, &a.fxs).ringing == 1 && hwa_look(&a, &a.fxo).ringing == 1,
		 "ringing is not seen");
	hwa_hook(&a, &a.fxs, HW_RING_OFF);
	hwa_next(&a, &a.fxo, HW_EV_RING_END, 0, 60 + SLACK_MS);
	hwa_quiet(&a, 3500);
	hwa_want(&a, hwa_look(&a, &a.fxs).ringing == 0 && hwa_look(&a, &a.fxo).ringing == 0,
		 "ringing for ever");
	return hwa_close(&a);
}

const char *hwa_check_first_ring(struct hw_common *t)
{
	static const uint16_t cadence[] = {200, 300, 400, 600};
	struct hwa a;

	hwa_open_to_ring(&a, t);
	set_cadence(&a, cadence, 4, 2);
	hwa_hook(&a, &a.fxs, HW_RING);
	expect_ring(&a, 0, 200);
	expect_ring(&a, 500, 900);
	expect_ring(&a, 1500, 1900);
	expect_ring(&a, 2500, 2900);
	hwa_hook(&a, &a.fxs, HW_ONHOOK);
	hwa_quiet(&a, 2000);
	return hwa_close(&a);
}

static const char *check_answer(struct hw_common *t, int after)
{
	static const uint16_t cadence[] = {1000, 1000};
	struct hwa a;
	struct hw_analog s;

	hwa_open_to_ring(&a, t);
	set_cadence(&a, cadence, 2, 0);
	hwa_hook(&a, &a.fxs, HW_RING);
	hwa_next(&a, &a.fxs, HW_EV_RINGER_ON, 0, SLACK_MS);
	hwa_next(&a, &a.fxo, HW_EV_RING_BEGIN, 0, SLACK_MS);
	if (after > 1000) {
		hwa_next(&a, &a.fxs, HW_EV_RINGER_OFF, 1000 - SLACK_MS, 1000 + SLACK_MS);
		hwa_next(&a, &a.fxo, HW_EV_RING_END, 1000 - SLACK_MS, 1060 + SLACK_MS);
	}
	hwc_run_ms(t, after % 1000);
	hwa_hook(&a, &a.fxo, HW_OFFHOOK);
	hwa_next(&a, &a.fxs, HW_EV_OFFHOOK, 0, SLACK_MS);
	if (after < 1000)
		hwa_next(&a, &a.fxo, HW_EV_RING_END, 0, 60 + 2 * SLACK_MS);
	hwa_hook(&a, &a.fxs, HW_OFFHOOK);
	hwa_quiet(&a, 4000);
	s = hwa_look(&a, &a.fxs);
	hwa_want(&a, s.offhook == 1 && s.ringing == 0, "the FXS port does not know that it was answered");
	s = hwa_look(&a, &a.fxo);
	hwa_want(&a, s.offhook == 1 && s.ringing == 0 && s.battery == 1,
		 "the FXO port does not know its state");
	hwa_want(&a, hw_hook(a.fxs.e.l, HW_RING) == -EBUSY, "a telephone off hook is rung");
	return hwa_close(&a);
}

const char *hwa_check_answer(struct hw_common *t)
{
	return check_answer(t, 300);
}

const char *hwa_check_answer_silence(struct hw_common *t)
{
	return check_answer(t, 1300);
}

const char *hwa_check_hang_up(struct hw_common *t)
{
	struct hwa a;

	hwa_open(&a, t);
	hwa_talk(&a);
	hwa_hook(&a, &a.fxo, HW_ONHOOK);
	hwa_next(&a, &a.fxs, HW_EV_ONHOOK, 700 - SLACK_MS, 700 + SLACK_MS);
	hwa_hook(&a, &a.fxs, HW_ONHOOK);
	hwa_quiet(&a, 1000);
	hwa_want(&a, !hwa_look(&a, &a.fxs).offhook && !hwa_look(&a, &a.fxo).offhook,
		 "not on hook afterwards");
	hwa_talk(&a); /* and once more; an FXS port that ends talking takes no battery away */
	hwa_hook(&a, &a.fxs, HW_ONHOOK);
	hwa_quiet(&a, 1000);
	hwa_want(&a, hwa_look(&a, &a.fxo).battery == 1 && hwa_look(&a, &a.fxs).offhook == 1,
		 "on hook took battery away");
	return hwa_close(&a);
}

const char *hwa_check_flash(struct hw_common *t)
{
	struct hwa a;

	hwa_open(&a, t);
	hwa_talk(&a);
	for (int i = 0; i < 2; i++) {
		hwa_hook(&a, &a.fxo, HW_FLASH); /* DAHDI waits 50 ms first */
		hwa_next(&a, &a.fxs, HW_EV_FLASH, 300 - SLACK_MS, 350 + SLACK_MS);
		hwa_next(&a, &a.fxo, HW_EV_HOOK_DONE, 300 - SLACK_MS, 350 + SLACK_MS);
		hwa_quiet(&a, 1500);
	}
	hwa_want(&a, hwa_look(&a, &a.fxs).offhook == 1 && hwa_look(&a, &a.fxo).offhook == 1,
		 "a flash hung up");
	return hwa_close(&a);
}

int hw_common_run_analog(struct hw_common *t)
{
	static const struct hwc_check checks[] = {
		{"ports are listed and opened as what they are", hwa_check_kinds},
		{"ringing keeps its cadence and ends when told", hwa_check_ring},
		{"a first ring apart from the others", hwa_check_first_ring},
		{"an answer during a ring ends ringing", hwa_check_answer},
		{"an answer between rings ends ringing", hwa_check_answer_silence},
		{"seizure, and hang-up after the time of a flash", hwa_check_hang_up},
		{"a flash is one, at both ends", hwa_check_flash},
		{"pulses: all ten digits, while audio runs", hwa_check_pulses},
		{"battery drop: a disconnect, then a new call", hwa_check_drop},
		{"a hang-up while battery is away is not lost", hwa_check_drop_early},
		{"nor right after it is back", hwa_check_drop_late},
		{"a call right after a drop rings", hwa_check_drop_ring},
		{"battery drop on an idle line", hwa_check_drop_idle},
		{"audio is bit-exact both ways after an answer", hwa_check_audio},
		{"audio between rings reaches a port on hook", hwa_check_onhook_audio},
		{"caller ID between rings, by another's modem, is read", hwa_check_caller_id},
		{"an echo is cancelled, where there is a canceller", hwa_check_echo},
		{"gains, and none", hwa_check_gains},
		{"polarity, message lamp, on-hook transfer", hwa_check_copper},
	};

	hwc_run_checks(t, checks, sizeof(checks) / sizeof(*checks), 40);
	return t->failed;
}
