/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests/support/analog_rig.c: see the header. */
#include "tests/support/analog_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static const char *name_of(enum hw_event ev, char *buf, size_t size)
{
	static const char *const names[] = {
		[HW_EV_REMOVED] = "REMOVED",
		[HW_EV_OFFHOOK] = "OFFHOOK",
		[HW_EV_ONHOOK] = "ONHOOK",
		[HW_EV_FLASH] = "FLASH",
		[HW_EV_RINGER_ON] = "RINGER_ON",
		[HW_EV_RINGER_OFF] = "RINGER_OFF",
		[HW_EV_PULSE_START] = "PULSE_START",
		[HW_EV_RING_BEGIN] = "RING_BEGIN",
		[HW_EV_RING_END] = "RING_END",
		[HW_EV_DISCONNECT] = "DISCONNECT",
		[HW_EV_POLARITY] = "POLARITY",
		[HW_EV_NO_BATTERY] = "NO_BATTERY",
		[HW_EV_BATTERY] = "BATTERY",
		[HW_EV_TIP_GROUND] = "TIP_GROUND",
		[HW_EV_HOOK_DONE] = "HOOK_DONE",
		[HW_EV_DIAL_DONE] = "DIAL_DONE",
	};

	if (ev >= HW_EV_PULSE && ev <= HW_EV_PULSE_LAST)
		snprintf(buf, size, "PULSE%d", ev - HW_EV_PULSE);
	else
		snprintf(buf, size, "%s", ev < HW_EV_PULSE && names[ev] ? names[ev] : "?");
	return buf;
}

static void hear(void *arg, enum hw_event ev)
{
	struct arig_ear *e = arg;
	struct arig *r = e->rig;
	size_t n = strlen(r->heard);
	char name[16];

	snprintf(r->heard + n, sizeof(r->heard) - n, "%s%c:%s@%d", n ? " " : "", e->name,
		 name_of(ev, name, sizeof(name)), (int)((r->now_us - r->start_us) / 1000));
}

void arig_open(struct arig *r, const struct sim_pair *pair)
{
	const struct sim_span span = {.no = 1, .type = HW_SPAN_ANALOG, .fxs = 2, .fxo = 2, .law = HW_ALAW};
	const struct sim_conf conf = {.spans = &span, .n_spans = 1, .pairs = pair, .n_pairs = 1};

	*r = (struct arig){.pair = *pair, .now_us = 5000000, .start_us = 5000000};
	r->s = (struct arig_ear){r, 'S', NULL};
	r->o = (struct arig_ear){r, 'O', NULL};
	r->p = (struct arig_ear){r, 'P', NULL};
	assert_int_equal(hw_sim_open(&r->hw, &conf), 0);
	assert_int_equal(hw_line_open(r->hw, ARIG_FXS, hear, &r->s, &r->s.l), 0);
	assert_int_equal(hw_line_open(r->hw, ARIG_FXO, hear, &r->o, &r->o.l), 0);
	assert_int_equal(hw_sim_phone_open(r->hw, ARIG_FXS, hear, &r->p, &r->p.l), 0);
	hw_service(r->hw, r->now_us);
}

void arig_close(struct arig *r)
{
	hw_line_close(r->s.l);
	hw_line_close(r->o.l);
	hw_line_close(r->p.l);
	hw_close(r->hw);
}

void arig_run(struct arig *r, int ms)
{
	for (int i = 0; i < ms; i++) {
		r->now_us += 1000;
		hw_service(r->hw, r->now_us);
		hw_clock_tick(r->hw, r->now_us);
	}
}

void arig_now(struct arig *r)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	r->now_us = (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* True when WORD, "S:OFFHOOK@10", is GOT, up to TOLERANCE ms later. */
static bool fits(const char *got, const char *word, int tolerance)
{
	const char *at = strchr(got, '@'), *want = strchr(word, '@');
	int late;

	if (!at || !want || at - got != want - word || strncmp(got, word, (size_t)(at - got)))
		return false;
	late = atoi(at + 1) - atoi(want + 1);
	return late >= 0 && late <= tolerance;
}

/* Each word of WANT has one of its own in what was heard. */
bool arig_heard(struct arig *r, const char *why, const char *want, int tolerance)
{
	bool used[128] = {false};
	size_t wanted = 0, heard = 0;

	for (const char *g = r->heard; *g; g += *g == ' ') {
		g += strcspn(g, " ");
		heard++;
	}
	for (const char *w = want; *w; w += *w == ' ') {
		const char *g = r->heard;
		size_t i = 0;

		while (*g && (used[i] || !fits(g, w, tolerance))) {
			g += strcspn(g, " ");
			g += *g == ' ';
			i++;
		}
		if (!*g)
			break;
		used[i] = true;
		wanted++;
		w += strcspn(w, " ");
		if (!*w && wanted == heard)
			return true;
	}
	if (!*want && !heard)
		return true;
	print_error("%s:\n want %s\n got  %s\n", why, want, r->heard);
	return false;
}
