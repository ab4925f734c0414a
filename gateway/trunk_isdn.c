/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A trunk of ISDN primary-rate spans; see trunk.h. Loop thread. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "channels/pri_dialect.h"
#include "gateway/trace.h"
#include "gateway/trunk.h"

enum { SPANS_MAX = 128 };
_Static_assert((int)CONF_TIMERS == (int)PRI_TIMERS && (int)CONF_T_RETRIEVE == (int)PT_RETRIEVE, "timers in one order");

_Static_assert((int)PRI_SERVICE_NONE == (int)CONF_SERVICE_MESSAGES_NONE, "conf's word is the driver's");
_Static_assert((int)PRI_EVEN == (int)CONF_EVEN, "conf's hunting orders are the driver's");

/* Span NO as the card has it now; false when it has none. OUT may be NULL. */
static bool card_span(struct gateway *gw, int no, struct hw_span *out)
{
	struct hw_span s[SPANS_MAX];
	int n = hw_spans(gw->hw, s, SPANS_MAX);

	for (int i = 0; i < n && i < SPANS_MAX; i++)
		if (s[i].no == no) {
			if (out)
				*out = s[i];
			return true;
		}
	return false;
}

/* Is the trunk's first span an E1? One that the card has not is taken as what its dialect wants. */
static bool on_e1(struct gateway *gw, const struct conf_isdn *c)
{
	struct hw_span first;

	return card_span(gw, c->spans[0], &first) ? first.chans > 24 : conf_dialect_def(c->dialect)->e1;
}

static void on_frame(void *arg, int span, bool out, const uint8_t *frame, size_t len)
{
	struct trunk *t = arg;

	trace_frame(t->gw->trace, span, out, frame, len);
}

static void on_changed(void *arg)
{
	struct trunk *t = arg;
	struct pri_span_info s[SPANS_MAX];
	int n = t->pri ? pri_trunk_spans(t->pri, s, SPANS_MAX) : 0;

	for (int i = 0; i < n && i < SPANS_MAX; i++)
		trace_span(t->gw->trace, s[i].span, s[i].in_service);
}

static int isdn_open(struct trunk *t, const struct conf_trunk *c)
{
	struct pri_trunk_conf pc = {
		.name = c->name,
		.spans = c->isdn.spans,
		.n_spans = c->isdn.n_spans,
		.nfas_primary = c->isdn.nfas.primary,
		.nfas_backup = c->isdn.nfas.backup,
		.nfas_interfaces = c->isdn.nfas.n_interfaces ? c->isdn.nfas.interfaces : NULL,
		.dialect = pri_dialect_find(conf_dialect_name(c->isdn.dialect), on_e1(t->gw, &c->isdn)),
		.nsf = pri_nsf((unsigned)c->isdn.nsf),
		.side = c->isdn.side == CONF_USER ? PRI_USER : PRI_NETWORK,
		.hunt = (enum pri_hunt)c->hunt,
		.exclusive = c->isdn.exclusive,
		.keypad = c->isdn.keypad,
		.two_calling = c->isdn.two_calling,
		.redirecting_element = c->isdn.redirecting_element,
		.date_time = (enum pri_date_time)c->isdn.date_time,
		.display = (enum pri_display)c->isdn.display,
		.service_messages = (enum pri_service_messages)c->isdn.service_messages,
		.overlap = c->isdn.overlap,
		.clear_tones = c->isdn.clear_tones,
		.announcements = c->isdn.announcements,
		.alarm_hold_ms = c->isdn.alarm_hold_ms,
		.alarm_clear_ms = c->isdn.alarm_clear_ms,
		.services = c->isdn.services,
		.aoc_request = c->isdn.aoc_request,
	};
	struct pri_handlers h = { .offered = trunk_offered, .digits = trunk_overlap_digits, .tone = trunk_overlap_tone,
				  .log = trunk_log, .changed = on_changed, .frame = on_frame, .arg = t };

	memcpy(pc.timers, c->isdn.timers, sizeof(pc.timers));
	return pri_trunk_open(&t->pri, t->gw->hw, &pc, &h);
}

static void isdn_close(struct trunk *t)
{
	struct pri_span_info s[SPANS_MAX];
	int n = pri_trunk_spans(t->pri, s, SPANS_MAX);

	pri_trunk_close(t->pri);
	for (int i = 0; i < n && i < SPANS_MAX; i++)
		trace_span_left(t->gw->trace, s[i].span);
}

static int64_t isdn_service(struct trunk *t, int64_t now_us, const struct timeval *wall)
{
	return pri_trunk_service(t->pri, now_us, wall);
}

static void isdn_reload(struct trunk *t, const struct conf_trunk *c)
{
	t->echo_taps = c->isdn.echo_taps;
	pri_trunk_hunt(t->pri, (enum pri_hunt)c->hunt);
	pri_trunk_alarm_times(t->pri, c->isdn.alarm_hold_ms, c->isdn.alarm_clear_ms);
	pri_trunk_timers(t->pri, c->isdn.timers);
	pri_trunk_service_messages(t->pri, (enum pri_service_messages)c->isdn.service_messages);
}

static void isdn_drain(struct trunk *t, bool on)
{
	pri_trunk_drain(t->pri, on);
}

static int isdn_call(struct trunk *t, const struct leg_offer *offer, leg_event_fn *fn, void *arg, struct leg **out)
{
	int err = pri_trunk_call(t->pri, offer, fn, arg, out);

	return err ? pri_call_error_cause(err) : 0;
}

static bool is_out(const struct pri_line_info *l)
{
	return l->state == PRI_LINE_OUT || l->state == PRI_LINE_SET_ASIDE || l->state == PRI_LINE_TAKEN_OUT ||
	       l->state == PRI_LINE_FAR_OUT;
}

/* What the state does not tell. */
static void line_note(const struct pri_line_info *l, char *note, size_t size)
{
	if (l->taken_out && l->leg)
		snprintf(note, size, "taken out of service when its call ends");
	else if (l->far != PRI_FAR_IN && l->leg)
		snprintf(note, size, "out by far end when its call ends");
	else if (l->far != PRI_FAR_IN && l->taken_out)
		snprintf(note, size, "out by far end too");
	else if (l->far == PRI_FAR_MAINTENANCE)
		snprintf(note, size, "maintenance");
}

static int isdn_lines(const struct trunk *t, struct trunk_line *out, int max)
{
	struct pri_line_info *l = calloc((size_t)max + 1, sizeof(*l));
	int n = l ? pri_trunk_lines(t->pri, l, max) : 0;

	for (int i = 0; i < n && i < max; i++) {
		out[i] = (struct trunk_line){
			.chan = l[i].chan,
			.state = pri_line_state_name(l[i].state),
			.idle = l[i].state == PRI_LINE_IDLE,
			.out_of_service = is_out(&l[i]),
			.since_us = l[i].since_us,
			.leg = { l[i].leg },
			.calls = l[i].calls,
		};
		snprintf(out[i].name, sizeof(out[i].name), "%d/%d", l[i].span, l[i].pos);
		line_note(&l[i], out[i].note, sizeof(out[i].note));
	}
	free(l);
	return n;
}

static void isdn_detail(const struct trunk *t, char *buf, size_t size)
{
	struct pri_line_info *l = calloc(TRUNK_LINES_MAX, sizeof(*l));
	int spans = pri_trunk_spans(t->pri, NULL, 0), n = l ? pri_trunk_lines(t->pri, l, TRUNK_LINES_MAX) : 0;
	int busy = 0, out = 0;

	for (int i = 0; i < n && i < TRUNK_LINES_MAX; i++) {
		busy += l[i].leg != NULL;
		out += is_out(&l[i]);
	}
	free(l);
	snprintf(buf, size, "%d span%s, %d lines, %d busy, %d out of service", spans, spans == 1 ? "" : "s", n, busy,
		 out);
}

enum why_out { SET_ASIDE, REFUSED, TAKEN_OUT, FAR_OUT, WHYS };
static const char *const why_words[WHYS + 1] = {
	"set aside, RESTART is not answered", "set aside, the far end refuses calls on it", "taken out of service by command",
	"taken out of service by the far end", "on a span that is out of service",
};

static bool is_out_by(const struct pri_line_info *l, enum why_out why)
{
	switch (why) {
	case SET_ASIDE:
	case REFUSED:
		return l->state == PRI_LINE_SET_ASIDE && l->refused == (why == REFUSED);
	case TAKEN_OUT:
		return l->taken_out;
	default:
		return l->far != PRI_FAR_IN;
	}
}

/* No call can be placed: every line is out, or will be when the call on it ends. WHY: the reason, or several with how many. */
static bool every_line_out(const struct trunk *t, char *why, size_t size)
{
	struct pri_line_info *l = calloc(TRUNK_LINES_MAX, sizeof(*l));
	int n = l ? pri_trunk_lines(t->pri, l, TRUNK_LINES_MAX) : 0, count[WHYS + 1] = { 0 }, out = 0, kinds = 0;
	size_t at = 0;

	n = n < TRUNK_LINES_MAX ? n : TRUNK_LINES_MAX;
	for (int i = 0; i < n; i++) {
		int reason = 0;

		while (reason < WHYS && !is_out_by(&l[i], (enum why_out)reason))
			reason++;
		if (reason == WHYS && l[i].state != PRI_LINE_OUT)
			break;
		kinds += !count[reason]++;
		out++;
	}
	free(l);
	if (!n || out < n)
		return false;
	for (int reason = 0; reason <= WHYS && at < size; reason++)
		if (kinds == 1 && count[reason])
			at += (size_t)snprintf(why, size, "every line is %s", why_words[reason]);
		else if (count[reason])
			at += (size_t)snprintf(why + at, size - at, "%s %d %s", at ? "," : "every line is out of service:",
					       count[reason], why_words[reason]);
	return true;
}

static bool isdn_in_service(const struct trunk *t, char *why, size_t size)
{
	struct pri_span_info s[SPANS_MAX];
	int n = pri_trunk_spans(t->pri, s, SPANS_MAX), alarms = 0, closed = 0, removed = 0;

	n = n < SPANS_MAX ? n : SPANS_MAX;
	for (int i = 0; i < n; i++) {
		if (s[i].in_service)
			return !every_line_out(t, why, size);
		alarms += s[i].alarms != 0;
		closed += (s[i].alarms & HW_ALARM_NOTOPEN) != 0;
		removed += !card_span(t->gw, s[i].span, NULL);
	}
	if (n && removed == n)
		snprintf(why, size, "the card has none of its spans");
	else if (n && closed == n)
		snprintf(why, size, "the channels of its span%s cannot be opened, the log says why", n == 1 ? "" : "s");
	else if (n == 1 && alarms)
		snprintf(why, size, "span %d is in alarm", s[0].span);
	else
		snprintf(why, size, "%s", n && alarms == n ? "alarm on every span" : "no D channel is up");
	return false;
}

/* Lines of one span that are out, for one reason: how many, since when, and which the first is. */
static void line_alarm(const struct pri_line_info *l, int n, int span, enum why_out why, trunk_alarm_fn *fn, void *arg)
{
	const struct pri_line_info *first = NULL;
	int64_t since = 0;
	int count = 0;
	char text[160];

	for (int i = 0; i < n; i++) {
		if (l[i].span != span || !is_out_by(&l[i], why))
			continue;
		first = first ? first : &l[i];
		since = !count++ || l[i].since_us < since ? l[i].since_us : since;
	}
	if (!count)
		return;
	snprintf(text, sizeof(text), "span %d: %d line%s %s, the first is %d/%d", span, count, count == 1 ? "" : "s",
		 why_words[why], span, first->pos);
	fn(arg, since, text);
}

static void lines_alarms(const struct trunk *t, const struct pri_span_info *s, int spans, trunk_alarm_fn *fn, void *arg)
{
	struct pri_line_info *l = calloc(TRUNK_LINES_MAX, sizeof(*l));
	int n = l ? pri_trunk_lines(t->pri, l, TRUNK_LINES_MAX) : 0;

	n = n < TRUNK_LINES_MAX ? n : TRUNK_LINES_MAX;
	for (int i = 0; i < spans; i++) {
		for (int why = 0; why < WHYS; why++)
			line_alarm(l, n, s[i].span, (enum why_out)why, fn, arg);
	}
	free(l);
}

/* NFAS: the group is served, and would not be if the D channel in use failed too. */
static void dchan_alarm(const struct pri_span_info *s, trunk_alarm_fn *fn, void *arg)
{
	char text[120];

	snprintf(text, sizeof(text), "span %d: its D channel, the %s, is down: there is none in reserve", s->span,
		 s->dchan == PRI_DCHAN_PRIMARY ? "primary" : "backup");
	fn(arg, s->layer2_since_us, text);
}

static const char *why_out(struct gateway *gw, const struct pri_span_info *s)
{
	if (!card_span(gw, s->span, NULL))
		return "the card has no such span";
	if (s->alarms & HW_ALARM_NOTOPEN)
		return "its channels cannot be opened, the log says why";
	if (s->alarms)
		return "alarm";
	return s->dchan == PRI_DCHAN_OWN ? "its D channel is down" : "no D channel of its group is up";
}

static void isdn_alarms(const struct trunk *t, trunk_alarm_fn *fn, void *arg)
{
	struct pri_span_info s[SPANS_MAX];
	int n = pri_trunk_spans(t->pri, s, SPANS_MAX);
	char text[120];

	lines_alarms(t, s, n < SPANS_MAX ? n : SPANS_MAX, fn, arg);
	for (int i = 0; i < n && i < SPANS_MAX; i++) {
		if (s[i].in_service && s[i].dchan != PRI_DCHAN_ELSEWHERE && !s[i].layer2)
			dchan_alarm(&s[i], fn, arg);
		if (s[i].in_service)
			continue;
		snprintf(text, sizeof(text), "span %d is out of service: %s", s[i].span, why_out(t->gw, &s[i]));
		fn(arg, s[i].since_us, text);
	}
}

const struct trunk_kind trunk_isdn = {
	.name = "isdn",
	.open = isdn_open,
	.close = isdn_close,
	.quiet = trunk_overlap_quiet,
	.service = isdn_service,
	.reload = isdn_reload,
	.drain = isdn_drain,
	.call = isdn_call,
	.in_service = isdn_in_service,
	.detail = isdn_detail,
	.lines = isdn_lines,
	.alarms = isdn_alarms,
};
