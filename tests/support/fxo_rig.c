/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/fxo_rig.h"

#include <errno.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

/* --- Ports ------------------------------------------------------------------------------------------- */

static int port_open(struct hw *hw, int chan, hw_event_fn *fn, void *arg, struct hw_line **out)
{
	struct rig *r = (struct rig *)hw;
	struct rig_port *p = chan >= 1 && chan <= RIG_LINES ? &r->ports[chan - 1] : NULL;

	if (!p || p->away)
		return -ENOENT;
	if (p->open)
		return -EBUSY;
	p->open = true;
	p->fn = fn;
	p->arg = arg;
	*out = &p->line;
	return 0;
}

static void port_close(struct hw_line *l)
{
	((struct rig_port *)l)->open = false;
}

static int port_hook(struct hw_line *l, enum hw_hook what)
{
	struct rig_port *p = (struct rig_port *)l;

	assert_true(p->open);
	if (p->away)
		return -ENODEV;
	if (p->hook_err && what == HW_OFFHOOK)
		return p->hook_err;
	if (what == HW_FLASH) {
		p->flashes++;
		return 0;
	}
	p->seizures += what == HW_OFFHOOK && !p->offhook;
	p->offhook = what == HW_OFFHOOK;
	return 0;
}

static int port_timing(struct hw_line *l, const struct hw_timing *t)
{
	((struct rig_port *)l)->timing = *t;
	return 0;
}

static int port_pulse(struct hw_line *l, const char *digits)
{
	struct rig_port *p = (struct rig_port *)l;
	size_t n = strlen(p->pulses);

	snprintf(p->pulses + n, sizeof(p->pulses) - n, "%s/", digits);
	return 0;
}

static int port_gain(struct hw_line *l, double rx_db, double tx_db)
{
	((struct rig_port *)l)->rx_db = rx_db;
	((struct rig_port *)l)->tx_db = tx_db;
	return 0;
}

static int port_analog(struct hw_line *l, struct hw_analog *out)
{
	const struct rig_port *p = (struct rig_port *)l;

	*out = (struct hw_analog){.offhook = p->offhook, .ringing = p->ringing, .battery = p->battery, .reversed = p->reversed,
				  .voltage_mv = p->voltage_mv, .current_ua = INT_MIN, .grounded = p->grounded};
	return p->away ? -ENODEV : 0;
}

static const struct hw_ops ops = {.name = "rig", .line_open = port_open, .line_close = port_close, .hook = port_hook,
				  .set_timing = port_timing, .dial_pulse = port_pulse, .gain = port_gain,
				  .analog = port_analog};

/* --- Legs -------------------------------------------------------------------------------------------- */

static struct rig_leg *leg_of(struct rig *r, const struct leg *leg)
{
	for (int i = 0; i < r->n_legs; i++)
		if (r->legs[i].leg == leg)
			return &r->legs[i];
	fail_msg("an event of a leg that is over");
	return NULL;
}

static void on_event(void *arg, struct leg *leg, const struct leg_event *ev)
{
	struct rig_leg *l = leg_of(arg, leg);

	assert_false(l->cleared);
	assert_true(l->n_events < RIG_EVENTS);
	l->events[l->n_events++] = *ev;
	if (ev->kind == LEG_CLEARED) {
		l->cleared = true;
		l->leg = NULL;
	}
}

static void on_trace(void *arg, const char *proto, bool out, const char *what, const char *detail)
{
	struct rig_leg *l = arg;
	size_t n = strlen(l->trace);

	assert_string_equal(proto, "FXO");
	snprintf(l->trace + n, sizeof(l->trace) - n, "%s%s %s\n", out ? "> " : "< ", what, detail);
}

static struct rig_leg *new_leg(struct rig *r)
{
	if (r->n_legs == RIG_LEGS) { /* forget the older half: they must be over */
		for (int i = 0; i < RIG_LEGS / 2; i++)
			assert_true(r->legs[i].cleared);
		memmove(r->legs, r->legs + RIG_LEGS / 2, sizeof(r->legs) / 2);
		r->n_legs = RIG_LEGS / 2;
		for (int i = 0; i < r->n_legs; i++)
			if (r->legs[i].leg)
				leg_set_trace(r->legs[i].leg, on_trace, &r->legs[i]);
	}
	memset(&r->legs[r->n_legs], 0, sizeof(r->legs[0]));
	return &r->legs[r->n_legs++];
}

static void on_offered(void *arg, struct leg *leg, const struct leg_offer *offer)
{
	struct rig *r = arg;
	struct rig_leg *l = new_leg(r);

	l->leg = leg;
	l->incoming = true;
	l->offer = *offer;
	r->offered++;
	leg_attach(leg, on_event, r);
	leg_set_trace(leg, on_trace, l);
	if (r->on_offered)
		r->on_offered(r, l);
}

static void on_log(void *arg, int level, const char *text)
{
	struct rig *r = arg;
	size_t n = strlen(r->log);

	(void)level;
	if (n > sizeof(r->log) / 2)
		n = 0;
	snprintf(r->log + n, sizeof(r->log) - n, "%s\n", text);
	if (strstr(text, "not foreseen"))
		fail_msg("%s", text);
}

/* --- The rig ----------------------------------------------------------------------------------------- */

struct fxo_conf fx_conf(void)
{
	static struct fxo_line_conf lines[RIG_LINES];

	for (int i = 0; i < RIG_LINES; i++) {
		lines[i].chan = i + 1;
		snprintf(lines[i].number, sizeof(lines[i].number), "20794600%02d", i + 1);
	}
	return (struct fxo_conf){
		.name = "copper", .lines = lines, .n_lines = RIG_LINES, .country = country_find("uk"),
		.answer = {ANSWER_POLARITY, ANSWER_RINGBACK_STOPPED, ANSWER_SPEECH, ANSWER_TIMER}, .n_answer = 4,
		.answer_timer_ms = 60000, .clear = (1U << FXO_CLEARS) - 1, .idle_ms = 30000, .ceiling_ms = 3600000,
		.no_answer_ms = 180000, .dialtone_wait_ms = 5000, .answer_rings = 2, .cid = true, .ring_min_ms = 150,
		.guard_ms = 2000,
	};
}

struct rig *fx_open(const struct fxo_conf *conf)
{
	struct rig *r = calloc(1, sizeof(*r));
	struct fxo_handlers h = {.offered = on_offered, .log = on_log, .arg = r, .audio = &fake_audio_ops,
				 .audio_arg = &r->audio};

	assert_non_null(r);
	r->hw.ops = &ops;
	r->now_us = r->audio.now_us = 1000000;
	for (int i = 0; i < RIG_LINES; i++) {
		r->ports[i].line = (struct hw_line){.ops = &ops, .hw = &r->hw, .chan = i + 1, .span = 1, .law = HW_ALAW,
						    .kind = HW_CHAN_FXO};
		r->ports[i].battery = 1;
		r->ports[i].voltage_mv = i ? -48000 : INT_MIN;	/* one card cannot tell */
	}
	assert_int_equal(fxo_trunk_open(&r->trunk, &r->hw, conf, &h), 0);
	fx_run(r, 0);
	return r;
}

void fx_close(struct rig *r)
{
	for (int i = 0; i < 10 && !fxo_trunk_quiet(r->trunk); i++)
		fx_run(r, 1);
	assert_true(fxo_trunk_quiet(r->trunk));
	fxo_trunk_close(r->trunk);
	for (int i = 0; i < r->n_legs; i++)
		assert_true(r->legs[i].cleared);
	for (int i = 0; i < RIG_LINES; i++) {
		assert_false(r->ports[i].open);
		assert_true(r->ports[i].away || !r->ports[i].offhook);
	}
	assert_int_equal(r->audio.opened, r->audio.closed);
	free(r);
}

void fx_run(struct rig *r, unsigned ms)
{
	int64_t until = r->now_us + (int64_t)ms * 1000;

	for (int turns = 0;; turns++) {
		int64_t next, played;

		fake_audio_run(&r->audio, r->now_us);
		next = fxo_trunk_service(r->trunk, r->now_us);
		played = fake_audio_next(&r->audio);
		if (played >= 0 && (next < 0 || played < next))
			next = played;
		assert_true(turns < 10000);
		if (next < 0 || next > until) {
			r->now_us = r->audio.now_us = until;
			break;
		}
		if (next > r->now_us)
			r->now_us = r->audio.now_us = next;
	}
	fxo_trunk_service(r->trunk, r->now_us);
}

void fx_card(struct rig *r, int chan, enum hw_event ev)
{
	struct rig_port *p = &r->ports[chan - 1];

	if (p->open)
		p->fn(p->arg, ev);
	fx_run(r, 0);
}

void fx_ring(struct rig *r, int chan, unsigned ms)
{
	r->ports[chan - 1].ringing = 1;
	fx_card(r, chan, HW_EV_RING_BEGIN);
	fx_run(r, ms);
	r->ports[chan - 1].ringing = 0;
	fx_card(r, chan, HW_EV_RING_END);
}

void fx_heard(struct rig *r, int chan, enum heard_kind kind, unsigned ms)
{
	struct line_audio *a = fx_audio(r, chan);

	if (a)
		fake_audio_heard(a, &(struct heard){.kind = kind, .ms = ms});
	fx_run(r, 0);
}

void fx_tone(struct rig *r, int chan, enum tone_id tone, unsigned cycles, unsigned ms)
{
	struct line_audio *a = fx_audio(r, chan);

	if (a)
		fake_audio_tone(a, tone, cycles, ms);
	fx_run(r, 0);
}

void fx_callerid(struct rig *r, int chan, const char *number, const char *name)
{
	struct heard h = {.kind = HEARD_CALLERID, .callerid = {.method = CID_V23}};

	if (!strcmp(number, "P") || !strcmp(number, "O"))
		h.callerid.no_number = number[0];
	else
		snprintf(h.callerid.number, sizeof(h.callerid.number), "%s", number);
	snprintf(h.callerid.name, sizeof(h.callerid.name), "%s", name);
	fake_audio_heard(fx_audio(r, chan), &h);
	fx_run(r, 0);
}

struct rig_leg *fx_call(struct rig *r, const char *digits)
{
	struct leg_offer o = {.bearer = BEARER_SPEECH, .complete = true};
	struct rig_leg *l = new_leg(r);
	struct leg *leg = NULL;

	snprintf(o.called.digits, sizeof(o.called.digits), "%s", digits);
	if (fxo_trunk_call(r->trunk, &o, on_event, r, &leg)) {
		r->n_legs--;
		return NULL;
	}
	l->leg = leg;
	leg_set_trace(leg, on_trace, l);
	fx_run(r, 0);
	return l;
}

struct rig_leg *fx_call_sent(struct rig *r, const char *digits, int chan)
{
	struct rig_leg *l = fx_call(r, digits);

	assert_non_null(l);
	assert_int_equal(fx_state(r, chan), FXO_SEIZED);
	fx_run(r, 400);
	fx_tone(r, chan, TONE_DIAL, 0, 300);
	fx_run(r, 50);
	fake_audio_heard(fx_audio(r, chan), &(struct heard){.kind = HEARD_TONE_END, .tone = TONE_DIAL, .ms = 400});
	fx_run(r, 200 * (unsigned)strlen(digits));
	assert_int_equal(fx_state(r, chan), FXO_SENT);
	return l;
}

struct rig_leg *fx_last(struct rig *r)
{
	assert_true(r->n_legs > 0);
	return &r->legs[r->n_legs - 1];
}

void fx_clear(struct rig_leg *l, int q850)
{
	assert_int_equal(leg_clear(l->leg, &(struct leg_cause){.q850 = (uint8_t)q850}), 0);
}

const struct leg_event *fx_event(const struct rig_leg *l, enum leg_event_kind kind)
{
	for (int i = 0; i < l->n_events; i++)
		if (l->events[i].kind == kind)
			return &l->events[i];
	return NULL;
}

void fx_assert_cleared(const struct rig_leg *l, int q850, bool by_far_end, const char *how)
{
	const struct leg_event *ev = fx_event(l, LEG_CLEARED);

	assert_non_null(ev);
	assert_int_equal(ev->cause.q850, q850);
	assert_int_equal(ev->by_far_end, by_far_end);
	if (how)
		assert_string_equal(ev->how ? ev->how : "", how);
	else
		assert_null(ev->how);
}

struct fxo_line_info fx_line(struct rig *r, int chan)
{
	struct fxo_line_info info[RIG_LINES];
	int n = fxo_trunk_lines(r->trunk, info, RIG_LINES);

	for (int i = 0; i < n; i++)
		if (info[i].chan == chan)
			return info[i];
	fail_msg("no line %d", chan);
	return info[0];
}

enum fxo_line_state fx_state(struct rig *r, int chan)
{
	return fx_line(r, chan).state;
}

struct line_audio *fx_audio(struct rig *r, int chan)
{
	return fake_audio_line(&r->audio, chan);
}
