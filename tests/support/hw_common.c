/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests/support/hw_common.c: the table of checks, and those of lists and opening. See the header. */
#include "tests/support/hw_common.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "tests/support/hw_common_priv.h"

void hw_common_step(struct hw_common *t)
{
	struct pollfd p[2] = {{.fd = hw_fd(t->hw), .events = POLLIN}};
	struct timespec ts;

	if (t->invented) {
		t->now_us += 1000;
		hw_service(t->hw, t->now_us);
		t->ticks += hw_clock_tick(t->hw, t->now_us);
		return;
	}
	hw_clock_poll(t->hw, &p[1]);
	poll(p, 2, 20);
	clock_gettime(CLOCK_MONOTONIC, &ts);
	t->now_us = (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
	if (p[0].revents)
		hw_service(t->hw, t->now_us);
	if (p[1].revents)
		t->ticks += hw_clock_tick(t->hw, t->now_us);
}

void hwc_run_ms(struct hw_common *t, int ms)
{
	int64_t end;

	hw_common_step(t);
	end = t->now_us + ms * INT64_C(1000);
	while (t->now_us < end)
		hw_common_step(t);
}

void hwc_on_event(void *arg, enum hw_event ev)
{
	struct hwc_end *e = arg;

	e->events[ev]++;
	if (ev == HW_EV_READABLE && e->on_readable)
		e->on_readable(e);
}

bool hwc_span(struct hw_common *t, int no, struct hw_span *out)
{
	struct hw_span s[16];
	int n = hw_spans(t->hw, s, 16);

	for (int i = 0; i < n && i < 16; i++)
		if (s[i].no == no) {
			*out = s[i];
			return true;
		}
	return false;
}

/* The channel of SPAN at timeslot POS, or its D channel for POS 0. */
int hwc_chan(struct hw_common *t, int span, int pos)
{
	struct hw_chan c[32];
	int n = hw_chans(t->hw, span, c, 32);

	for (int i = 0; i < n && i < 32; i++)
		if (pos ? c[i].pos == pos : c[i].kind == HW_CHAN_D)
			return c[i].no;
	return -1;
}

static const char *check_lists(struct hw_common *t)
{
	struct hw_chan c[32];
	struct hw_span s;

	for (int no = t->near;; no = t->far) {
		int n, d = 0;

		if (!hwc_span(t, no, &s))
			return "span is not listed";
		if (s.alarms)
			return "span in alarm at the beginning";
		n = hw_chans(t->hw, no, c, 32);
		if (n != s.chans || (n != 31 && n != 24))
			return "wrong number of channels";
		for (int i = 0; i < n; i++) {
			if (c[i].no != s.first_chan + i || c[i].pos != i + 1 || c[i].span != no)
				return "channels are not numbered in order";
			if (c[i].law != (n == 31 ? HW_ALAW : HW_MULAW))
				return "wrong law";
			d += c[i].kind == HW_CHAN_D && c[i].pos == (n == 31 ? 16 : 24);
			if (c[i].kind != HW_CHAN_D && c[i].kind != HW_CHAN_B)
				return "wrong kind of channel";
		}
		if (d != 1)
			return "no D channel where it belongs";
		if (s.type != (n == 31 ? HW_SPAN_E1 : HW_SPAN_T1))
			return "wrong type of span";
		if (no == t->far)
			return NULL;
	}
}

static const char *check_list_bounds(struct hw_common *t)
{
	struct hw_chan c[2] = {{0}, {.no = -7}};
	struct hw_span s[2] = {{0}, {.no = -7}};

	if (hw_spans(t->hw, s, 1) < 2 || s[1].no != -7 || s[0].no < 1)
		return "hw_spans does not count, or writes past its end";
	if (hw_chans(t->hw, 0, c, 1) < 48 || c[1].no != -7 || c[0].no < 1)
		return "hw_chans does not count, or writes past its end";
	return hw_chans(t->hw, 99, NULL, 0) ? "channels on a span that is not there" : NULL;
}

static const char *check_opening(struct hw_common *t)
{
	int b = hwc_chan(t, t->near, 1), d = hwc_chan(t, t->near, 0);
	struct hwc_end e = {0};
	struct hw_line *l = NULL, *l2 = NULL;
	struct hw_dchan *dc = NULL, *dc2 = NULL;
	const char *bad = NULL;

	if (hw_line_open(t->hw, b, hwc_on_event, &e, &l) || hw_dchan_open(t->hw, d, hwc_on_event, &e, &dc))
		bad = "does not open";
	else if (l->chan != b || l->span != t->near || dc->chan != d || dc->span != t->near)
		bad = "the handle says another channel";
	else if (hw_line_open(t->hw, b, hwc_on_event, &e, &l2) != -EBUSY ||
		 hw_dchan_open(t->hw, d, hwc_on_event, &e, &dc2) != -EBUSY)
		bad = "a second opening is not refused";
	else if (hw_line_open(t->hw, 1000, hwc_on_event, &e, &l2) != -ENOENT)
		bad = "a channel that is not there opens";
	else if (hw_hook(l, HW_OFFHOOK) != -EINVAL || hw_dial_pulse(l, "1") != -EINVAL)
		bad = "a B channel can be taken off hook";
	hw_line_close(l);
	hw_dchan_close(dc);
	if (!bad && (hw_line_open(t->hw, d, hwc_on_event, &e, &l2) != -EINVAL ||
		     hw_dchan_open(t->hw, b, hwc_on_event, &e, &dc2) != -EINVAL))
		bad = "opens as what it is not";
	return bad;
}

static const char *check_clock(struct hw_common *t)
{
	long first;
	int64_t start;

	hwc_run_ms(t, 50);
	first = t->ticks;
	start = t->now_us;
	hwc_run_ms(t, 2000);
	first = t->ticks - first;
	start = (t->now_us - start) / 1000;
	if (first < start - 20 || first > start + 20)
		return "not 1000 periods of 8 samples a second";
	hw_clock_start(t->hw, 0);
	hwc_run_ms(t, 50);
	first = t->ticks;
	hwc_run_ms(t, 100);
	hw_clock_start(t->hw, 8);
	return first == t->ticks ? NULL : "a clock that was stopped runs on";
}

/* For hw_close() to deal with; a sanitizer or the kernel's own count sees whether it does. */
static const char *check_left_open(struct hw_common *t)
{
	static struct hwc_end e[2];

	if (hw_line_open(t->hw, hwc_chan(t, t->near, 3), hwc_on_event, &e[0], &e[0].l) ||
	    hw_dchan_open(t->hw, hwc_chan(t, t->near, 0), hwc_on_event, &e[1], &e[1].d))
		return "does not open";
	return NULL;
}

void hwc_run_checks(struct hw_common *t, const struct hwc_check *checks, size_t n, unsigned period)
{
	hw_clock_start(t->hw, period);
	hwc_run_ms(t, 20);
	for (size_t i = 0; i < n; i++) {
		const char *bad = checks[i].check(t);

		printf("%s %s: %s%s%s\n", bad ? "FAILED" : "ok    ", t->hw->ops->name, checks[i].what,
		       bad ? ": " : "", bad ? bad : "");
		fflush(stdout);
		if (bad)
			t->failed++;
		else
			t->passed++;
	}
	hw_clock_start(t->hw, 0);
}

int hw_common_run(struct hw_common *t)
{
	static const struct hwc_check checks[] = {
		{"spans and channels are listed as they are", check_lists},
		{"lists stop at the room they are given", check_list_bounds},
		{"a channel opens once, and only as what it is", check_opening},
		{"the clock ticks at the rate asked for", check_clock},
		{"D frames of 4 to 260 octets pass both ways unchanged", hwc_check_frames},
		{"a full D queue says so and keeps what it took", hwc_check_queue},
		{"audio in blocks of 8 is bit-exact both ways", hwc_check_audio_8},
		{"audio in blocks of 40 is bit-exact both ways", hwc_check_audio_40},
		{"audio in blocks of 160 is bit-exact both ways", hwc_check_audio_160},
		{"a line that runs dry sends the silence of its law", hwc_check_silence},
		{"a clear channel that runs dry sends ones", hwc_check_clear},
		{"unread audio: the oldest is kept", hwc_check_overrun},
		{"a span that leaves and returns: alarms, removal, opening again", hwc_check_lost},
		{"and all works as before", hwc_check_frames},
		{"with audio", hwc_check_audio_160},
		{"handles may be left open for the card to close", check_left_open},
	};

	hwc_run_checks(t, checks, sizeof(checks) / sizeof(*checks), 8);
	return t->failed;
}
