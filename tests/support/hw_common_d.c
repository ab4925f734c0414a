/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests/support/hw_common_d.c: the common driver test's checks of D channels and of a span that leaves. */
#include <errno.h>
#include <string.h>

#include "tests/support/hw_common_priv.h"

enum { FIRST_LEN = 4, STEP_LEN = 4, FRAMES = 65 }; /* 4, 8, .. 260 octets */

static int make_frame(int count, uint8_t *buf)
{
	int len = FIRST_LEN + STEP_LEN * (count % FRAMES);
	uint32_t x = (uint32_t)count * 2654435761u + 1;

	for (int i = 0; i < len; i++) {
		x = x * 1664525 + 1013904223;
		buf[i] = i % 16 == 7 ? 0xff : (uint8_t)(x >> 24); /* ones need stuffing */
	}
	return len;
}

static void read_frames(struct hwc_end *e)
{
	uint8_t buf[1024], want[1024];
	int n;

	while ((n = hw_dchan_read(e->d, buf, sizeof(buf))) > 0) {
		int len = make_frame(e->got++, want);

		if (n != len)
			e->bad = "a frame has another length";
		else if (memcmp(buf, want, (size_t)n) != 0)
			e->bad = "a frame has another content";
	}
	if (n < 0)
		e->bad = "reading a frame fails";
}

/* Sends until the queue is full or UPTO frames are out; returns the last answer. */
static int send_frames(struct hwc_end *e, int upto)
{
	uint8_t buf[1024];
	int n = 0;

	while (e->sent < upto) {
		int len = make_frame(e->sent, buf);

		n = hw_dchan_write(e->d, buf, (size_t)len);
		if (n != len)
			return n;
		e->sent++;
	}
	return n;
}

static int open_pair(struct hw_common *t, struct hwc_end e[2])
{
	int err;

	for (int i = 0; i < 2; i++) {
		e[i] = (struct hwc_end){.on_readable = read_frames};
		err = hw_dchan_open(t->hw, hwc_chan(t, i ? t->far : t->near, 0), hwc_on_event, &e[i],
				    &e[i].d);
		if (err)
			return err;
	}
	hwc_run_ms(t, 20); /* what was on the line before must not be mistaken */
	return 0;
}

static void close_pair(struct hwc_end e[2])
{
	hw_dchan_close(e[0].d);
	hw_dchan_close(e[1].d);
}

const char *hwc_check_frames(struct hw_common *t)
{
	struct hwc_end e[2] = {0};
	const char *bad = NULL;
	int64_t start;

	if (open_pair(t, e))
		bad = "D channel does not open";
	start = t->now_us;
	while (!bad && (e[0].got < FRAMES || e[1].got < FRAMES)) {
		int a = send_frames(&e[0], FRAMES), b = send_frames(&e[1], FRAMES);

		if ((a < 0 && a != -EAGAIN) || (b < 0 && b != -EAGAIN))
			bad = "writing a frame fails";
		hw_common_step(t);
		if (e[0].bad || e[1].bad)
			bad = e[0].bad ? e[0].bad : e[1].bad;
		if (t->now_us - start > 5000000)
			bad = "not all frames came in 5 s";
	}
	if (!bad && t->now_us - start < 800000) /* 8580 octets and 65 flags and check sequences: 1.1 s */
		bad = "faster than 64 kbit/s";
	close_pair(e);
	return bad;
}

const char *hwc_check_queue(struct hw_common *t)
{
	struct hwc_end e[2] = {0};
	uint8_t big[1100] = {0};
	const char *bad = NULL;
	int n;

	if (open_pair(t, e)) {
		bad = "D channel does not open";
	} else {
		n = send_frames(&e[0], 40);
		if (n != -EAGAIN || e[0].sent < 31 || e[0].sent > 33)
			bad = "the queue does not hold 32 frames";
		else if (hw_dchan_write(e[0].d, big, 1023) != -EMSGSIZE)
			bad = "a frame too long for the driver is taken";
	}
	if (!bad) {
		hwc_run_ms(t, 800); /* 2112 octets: 0.27 s */
		bad = e[1].bad;
		if (!bad && e[1].got != e[0].sent)
			bad = "what was taken did not all come";
	}
	close_pair(e);
	return bad;
}

static void close_itself(void *arg, enum hw_event ev)
{
	struct hwc_end *e = arg;

	e->events[ev]++;
	if (ev != HW_EV_REMOVED)
		return;
	hw_line_close(e->l);
	e->l = NULL;
}

static const char *wait_for(struct hw_common *t, const int *a, const int *b, const char *bad)
{
	int64_t start = t->now_us;

	while (!*a || !*b) {
		hw_common_step(t);
		if (t->now_us - start > 5000000)
			return bad;
	}
	return NULL;
}

static const char *look_when_lost(struct hw_common *t, struct hwc_end *d, struct hwc_end *l)
{
	uint8_t buf[160] = {0};
	struct hw_line *again = NULL;
	struct hw_span s;

	if (l[1].events[HW_EV_REMOVED] != 1 || d[1].events[HW_EV_REMOVED] != 1)
		return "removal is not told once to each handle";
	if (l[2].l || l[2].events[HW_EV_REMOVED] != 1)
		return "a handle closed from its own callback";
	if (hw_line_read(l[1].l, buf, sizeof(buf)) != -ENODEV || hw_line_write(l[1].l, buf, 160) != -ENODEV)
		return "audio of a span that has left is not -ENODEV";
	if (hw_dchan_read(d[1].d, buf, sizeof(buf)) != -ENODEV || hw_dchan_write(d[1].d, buf, 4) != -ENODEV)
		return "frames of a span that has left are not -ENODEV";
	if (hwc_span(t, t->far, &s))
		return "the span that has left is still listed";
	if (!hwc_span(t, t->near, &s) || !(s.alarms & HW_ALARM_RED))
		return "the span left behind is not in red alarm";
	if (hw_line_open(t->hw, l[1].l->chan, hwc_on_event, &l[1], &again) != -ENOENT)
		return "a channel of the span that has left opens";
	return NULL;
}

const char *hwc_check_lost(struct hw_common *t)
{
	const struct hw_audio audio = {.block = 160, .buffers = 4};
	struct hwc_end d[2] = {0}, l[3] = {0};
	int chan[3] = {hwc_chan(t, t->near, 2), hwc_chan(t, t->far, 2), hwc_chan(t, t->far, 3)};
	uint8_t buf[160] = {0};
	const char *bad = NULL;
	struct hw_span s;

	if (open_pair(t, d))
		bad = "D channel does not open";
	for (int i = 0; !bad && i < 3; i++)
		if (hw_line_open(t->hw, chan[i], i == 2 ? close_itself : hwc_on_event, &l[i], &l[i].l))
			bad = "line does not open";
	if (!bad) {
		hw_line_start(l[0].l, &audio);
		hw_line_start(l[1].l, &audio);
		hwc_run_ms(t, 50);
		if (t->lose(t, true))
			bad = "the test cannot take the span away";
	}
	/* An event waits, on DAHDI in the way of reading, until the loop has fetched it. */
	if (!bad && (hw_line_read(l[0].l, buf, sizeof(buf)) < 0 || hw_line_write(l[0].l, buf, 160) < 0))
		bad = "audio fails while an event waits";
	if (!bad)
		bad = wait_for(t, &d[0].events[HW_EV_ALARM], &l[0].events[HW_EV_ALARM], "no alarm here");
	if (!bad) {
		hwc_run_ms(t, 100);
		bad = look_when_lost(t, d, l);
	}
	if (l[1].l)
		hw_line_stop(l[1].l);
	hw_line_close(l[1].l);
	hw_line_close(l[2].l);
	hw_dchan_close(d[1].d);
	if (t->lose(t, false) && !bad)
		bad = "the test cannot bring the span back";
	if (!bad)
		bad = wait_for(t, &d[0].events[HW_EV_NOALARM], &l[0].events[HW_EV_NOALARM],
			       "the alarm stays");
	if (!bad && (!hwc_span(t, t->near, &s) || s.alarms || !hwc_span(t, t->far, &s) || s.alarms))
		bad = "a span is missing or in alarm afterwards";
	if (l[0].l)
		hw_line_stop(l[0].l);
	hw_line_close(l[0].l);
	hw_dchan_close(d[0].d);
	return bad;
}
