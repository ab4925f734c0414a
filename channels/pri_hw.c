/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/pri_hw.c: the channels of a span: its D channel and its lines, opened with the trunk, closed when
 * the span leaves the machine, opened again when it returns. libpri's instance outlives all that. Loop
 * thread.
 */
#include "channels/pri_dialect.h"
#include "channels/pri_private.h"

#include <errno.h>
#include <string.h>
#include <syslog.h>

#define CHANS_MAX 32 /* channels of one span */
#define SPANS_MAX 256

static bool find_span(struct hw *hw, int no, struct hw_span *out)
{
	struct hw_span spans[SPANS_MAX];
	int n = hw_spans(hw, spans, SPANS_MAX);

	for (int i = 0; i < n && i < SPANS_MAX; i++) {
		if (spans[i].no != no)
			continue;
		*out = spans[i];
		return true;
	}
	return false;
}

/* Can the span carry the dialect? DAHDI's dynamic spans have no type: their size tells. */
int pri_hw_check(struct pri_trunk *t, int span)
{
	const struct pri_dialect_def *d = pri_dialect_def(t->conf.dialect);
	bool is_e1;
	struct hw_span s;

	if (!find_span(t->hw, span, &s))
		return 0;
	switch (s.type) {
	case HW_SPAN_E1:
		is_e1 = true;
		break;
	case HW_SPAN_T1:
	case HW_SPAN_J1:
		is_e1 = false;
		break;
	case HW_SPAN_OTHER:
		is_e1 = s.chans > 24;
		break;
	default:
		return -EINVAL;
	}
	return (is_e1 ? d->e1 : d->t1) ? 0 : -EINVAL;
}

static void alarms_now(struct pri_link *link)
{
	struct hw_span s;

	link->alarms = find_span(link->trunk->hw, link->span, &s) ? s.alarms : HW_ALARM_NOTOPEN;
	link->trunk->changed = true;
}

/* The span has left. Media may still be reading a line: its handle is closed at the first try to open it
 * again, when the leg on it has long been cleared. */
static void span_gone(struct pri_link *link)
{
	if (link->gone)
		return;
	pri_log(link, LOG_ERR, "the span has left the machine");
	hw_dchan_close(link->dchan);
	link->dchan = NULL;
	link->gone = true;
	link->reopen_at = pri_stamp(link->trunk);
	link->alarms = HW_ALARM_NOTOPEN;
	for (int i = 0; i < link->n_lines; i++)
		if (link->lines[i].leg)
			pri_leg_destroy(link->lines[i].leg, 41);
	link->held = true;
	link->alarm_at = link->clear_at = 0;
	pri_group_changed(link);
}

static void on_event(struct pri_link *link, enum hw_event ev)
{
	pri_enter(link->trunk);
	switch (ev) {
	case HW_EV_READABLE:
		pri_link_read(link);
		break;
	case HW_EV_ALARM:
	case HW_EV_NOALARM:
		alarms_now(link);
		pri_service_alarm(link, ev == HW_EV_ALARM);
		break;
	case HW_EV_REMOVED:
		span_gone(link);
		break;
	case HW_EV_ABORT:
		link->count.abort++;
		break;
	case HW_EV_OVERRUN:
		link->count.overrun++;
		break;
	case HW_EV_BADFCS:
		link->count.badfcs++;
		break;
	default: /* analog ports' */
		break;
	}
	pri_leave(link->trunk);
}

static void on_dchan(void *arg, enum hw_event ev)
{
	on_event(arg, ev);
}

/* Alarms come on every open channel of the span: those of one are enough, of the D channel if it has one. */
static void on_line(void *arg, enum hw_event ev)
{
	struct pri_line *line = arg;
	bool first = !line->link->bears_d && line == line->link->lines;

	if (ev == HW_EV_REMOVED || first)
		on_event(line->link, ev);
}

/* It is tried again each second, and said once. */
static void cannot_open(struct pri_link *link, int chan, int err)
{
	if (link->failed_chan == chan && link->failed_err == err)
		return;
	link->failed_chan = chan;
	link->failed_err = err;
	pri_log(link, LOG_ERR, "channel %d: %s", chan, strerror(-err));
}

static int open_line(struct pri_link *link, const struct hw_chan *c)
{
	struct pri_line *line = pri_line_at(link, c->pos);
	int err;

	if (!line) {
		if (link->n_lines == PRI_LINES)
			return -EINVAL;
		line = &link->lines[link->n_lines++];
		line->link = link;
		line->pos = c->pos;
		line->since_us = pri_stamp(link->trunk);
	}
	line->chan = c->no;
	if (line->hw)
		return 0;
	err = hw_line_open(link->trunk->hw, c->no, on_line, line, &line->hw);
	if (err) {
		line->hw = NULL;
		cannot_open(link, c->no, err);
	}
	return err;
}

static int open_channels(struct pri_link *link)
{
	struct hw_chan chans[CHANS_MAX];
	int n = hw_chans(link->trunk->hw, link->span, chans, CHANS_MAX), err = 0;

	if (n < 1)
		return n < 0 ? n : -ENODEV;
	for (int i = 0; i < n && i < CHANS_MAX; i++) {
		if (chans[i].kind == HW_CHAN_B && !err)
			err = open_line(link, &chans[i]);
		if (chans[i].kind == HW_CHAN_D && !link->bears_d && !link->gone)
			pri_log(link, LOG_ERR, "channel %d is not used: it is a D channel for the driver, and none of nfas", chans[i].no);
		else if (chans[i].kind == HW_CHAN_D && link->bears_d && !link->dchan_no)
			link->dchan_no = chans[i].no;
		link->law = chans[i].law;
	}
	if (err)
		return err;
	if (!link->bears_d)
		return 0;
	if (!link->dchan_no)
		return -ENOENT;
	return hw_dchan_open(link->trunk->hw, link->dchan_no, on_dchan, link, &link->dchan);
}

/* Opens what can be opened. Whatever is missing keeps the span out of service and is tried again. */
void pri_hw_open(struct pri_link *link)
{
	int err;

	link->dchan_no = 0;
	err = open_channels(link);
	if (err) {
		if (!link->gone)
			pri_log(link, LOG_ERR, "cannot be opened: %s", strerror(-err));
		link->dchan = NULL;
		link->gone = link->held = true;
		link->alarms = HW_ALARM_NOTOPEN;
		link->reopen_at = pri_stamp(link->trunk);
		return;
	}
	if (link->gone)
		pri_log(link, LOG_NOTICE, "the span is back");
	link->failed_chan = 0;
	alarms_now(link);
	link->held = link->gone || link->alarms;
	link->gone = false;
	link->clear_at = link->held && !link->alarms ? pri_stamp(link->trunk) : 0;
	pri_group_changed(link);
	pri_link_read(link);
}

void pri_hw_close(struct pri_link *link)
{
	hw_dchan_close(link->dchan);
	link->dchan = NULL;
	for (int i = 0; i < link->n_lines; i++) {
		hw_line_close(link->lines[i].hw);
		link->lines[i].hw = NULL;
	}
}

void pri_hw_service(struct pri_link *link)
{
	if (!link->gone || link->reopen_at == PRI_UNSTAMPED || link->trunk->now_us < link->reopen_at)
		return;
	for (int i = 0; i < link->n_lines; i++) {
		hw_line_close(link->lines[i].hw);
		link->lines[i].hw = NULL;
	}
	pri_hw_open(link);
}
