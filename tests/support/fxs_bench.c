/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/fxs_bench.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <cmocka.h>

static void add(char *to, size_t size, const char *fmt, ...)
{
	size_t n = strlen(to);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(to + n, size - n, fmt, ap);
	va_end(ap);
}

/* --- The gateway's side -------------------------------------------------------------------------- */

static void tell(struct fxs_call *c, const struct leg_event *ev)
{
	static const char *const names[] = {
		[LEG_PROCEEDING] = "proceeding", [LEG_ALERTING] = "alerting", [LEG_PROGRESS] = "progress",
		[LEG_ANSWERED] = "answered",	 [LEG_DIGIT] = "digit",	      [LEG_HELD] = "held",
		[LEG_RESUMED] = "resumed",	 [LEG_JOIN] = "join",	      [LEG_AUDIO] = "audio",
		[LEG_CLEARED] = "cleared",
	};

	if (c->n_events < FXS_LEG_EVENTS)
		c->events[c->n_events] = *ev;
	c->n_events++;
	add(c->story, sizeof(c->story), "%s%s", c->story[0] ? " " : "", names[ev->kind]);
	if (ev->kind == LEG_CLEARED)
		add(c->story, sizeof(c->story), ":%d", ev->cause.q850);
}

static void on_event(void *arg, struct leg *leg, const struct leg_event *ev)
{
	struct fxs_call *c = arg;

	assert_ptr_equal(leg, c->leg);
	assert_false(c->cleared);
	tell(c, ev);
	if (ev->kind == LEG_CLEARED) {
		assert_int_equal(ev->by_far_end, !c->asked);
		c->cleared = true;
		c->leg = NULL;
	}
	if (c->bench->event)
		c->bench->event(c->bench, c, ev);
}

static void on_trace(void *arg, const char *proto, bool out, const char *what, const char *detail)
{
	struct fxs_call *c = arg;

	assert_string_equal(proto, "FXS");
	add(c->ladder, sizeof(c->ladder), "%s %s %s\n", out ? ">" : "<", what, detail);
}

static struct fxs_call *new_call(struct fxs_bench *b)
{
	struct fxs_call *c = NULL;

	for (unsigned i = 0; b->reuse && !c && i < b->n_calls; i++)
		if (b->calls[i].cleared)
			c = &b->calls[i];
	if (!c) {
		assert_true(b->n_calls < FXS_LEGS);
		c = &b->calls[b->n_calls++];
	}
	memset(c, 0, sizeof(*c));
	c->bench = b;
	return c;
}

static void on_offered(void *arg, struct leg *leg, const struct leg_offer *offer)
{
	struct fxs_call *c = new_call(arg);

	c->incoming = true;
	c->leg = leg;
	c->offer = *offer;
	assert_true(leg->incoming);
	assert_true(offer->complete);
	leg_attach(leg, on_event, c);
	leg_set_trace(leg, on_trace, c);
}

static enum fxs_digits on_digits(void *arg, const char *digits)
{
	struct fxs_bench *b = arg;
	size_t n = strlen(digits);
	bool more = false, whole = false;
	char plan[256], *p, *save;

	snprintf(plan, sizeof(plan), "%s", b->plan);
	for (p = strtok_r(plan, " ", &save); p; p = strtok_r(NULL, " ", &save)) {
		size_t len = strlen(p);
		bool open = p[len - 1] == '.';

		len -= open;
		if (n < len ? !strncmp(p, digits, n) : false)
			more = true;
		if ((n == len || (open && n > len)) && !strncmp(p, digits, len)) {
			whole = true;
			more |= open;
		}
	}
	return whole ? (more ? FXS_COMPLETE_OR_MORE : FXS_COMPLETE) : more ? FXS_MORE : FXS_NONE;
}

static void on_log(void *arg, int level, const char *text)
{
	struct fxs_bench *b = arg;

	if (getenv("FXS_BENCH_LOG"))
		fprintf(stderr, "%9.3f %d %s\n", (double)b->now_us / 1e6, level, text);
	if (level <= LOG_WARNING && strlen(b->log) < sizeof(b->log) / 2)
		add(b->log, sizeof(b->log), "%s\n", text);
}

static void on_changed(void *arg)
{
	((struct fxs_bench *)arg)->n_changed++;
}

/* --- The card -------------------------------------------------------------------------------------- */

static struct fxs_port *port_at(struct fxs_bench *b, int port)
{
	return &b->ports[port - 1];
}

static struct fxs_port *port_of(struct hw_line *l)
{
	return (struct fxs_port *)l;
}

static int card_open(struct hw *hw, int chan, hw_event_fn *fn, void *arg, struct hw_line **out)
{
	struct fxs_bench *b = (struct fxs_bench *)hw;
	struct fxs_port *p = port_at(b, chan - 62);

	assert_in_range(chan, 63, 62 + FXS_PORTS);
	if (p->removed)
		return -ENOENT;
	assert_false(p->open);
	p->open = true;
	p->fn = fn;
	p->arg = arg;
	*out = &p->line;
	return 0;
}

static void card_close(struct hw_line *l)
{
	struct fxs_port *p = port_of(l);

	assert_true(p->open);
	p->open = false;
	p->fn = NULL;
}

static int card_hook(struct hw_line *l, enum hw_hook what)
{
	static const char *const names[] = { "onhook", "offhook", "flash", "ring", "ringoff", "drop" };
	struct fxs_port *p = port_of(l);

	if (strlen(p->log) > sizeof(p->log) / 2)
		p->log[0] = 0;
	add(p->log, sizeof(p->log), "%s ", names[what]);
	p->ringing = what == HW_RING;
	p->dropping = what == HW_DROP;
	if (p->ringing && p->off_hook)
		fail_msg("port %d rings off hook", l->chan - 62);
	if (what == HW_OFFHOOK && !p->off_hook)
		fail_msg("talking battery on hook, port %d", l->chan - 62);
	p->at = 0;
	p->next_us = p->bench->now_us + (p->dropping ? (int64_t)p->timing.drop_ms * 1000 : 0);
	return 0;
}

static int card_timing(struct hw_line *l, const struct hw_timing *t)
{
	port_of(l)->timing = *t;
	return 0;
}

static int card_cadence(struct hw_line *l, const uint16_t *ms, int n, int repeat_from)
{
	struct fxs_port *p = port_of(l);

	assert_in_range(n, 2, HW_CADENCE_MAX);
	assert_int_equal(n % 2, 0);
	assert_in_range(repeat_from, 0, n - 1);
	for (int i = 0; i < n; i++)
		assert_true(ms[i] > 0);
	memcpy(p->cadence, ms, (size_t)n * sizeof(*ms));
	p->n_cadence = n;
	p->repeat_from = repeat_from;
	return 0;
}

static int card_dial(struct hw_line *l, const char *digits)
{
	(void)l, (void)digits;
	return -EINVAL;
}

static int card_polarity(struct hw_line *l, bool reversed)
{
	struct fxs_port *p = port_of(l);

	p->reversed = reversed;
	add(p->log, sizeof(p->log), "%s ", reversed ? "reverse" : "normal");
	return 0;
}

static int card_lamp(struct hw_line *l, bool on)
{
	port_of(l)->lamp = on;
	return 0;
}

static int card_transfer(struct hw_line *l, unsigned ms)
{
	struct fxs_port *p = port_of(l);

	assert_false(p->off_hook);
	p->transfer_ms = ms;
	return 0;
}

static int card_gain(struct hw_line *l, double rx_db, double tx_db)
{
	port_of(l)->rx_db = rx_db;
	port_of(l)->tx_db = tx_db;
	return 0;
}

static int card_analog(struct hw_line *l, struct hw_analog *out)
{
	*out = (struct hw_analog){ .offhook = port_of(l)->off_hook };
	return 0;
}

static const struct hw_ops card_ops = {
	.name = "table",
	.line_open = card_open,
	.line_close = card_close,
	.hook = card_hook,
	.set_timing = card_timing,
	.set_cadence = card_cadence,
	.dial_pulse = card_dial,
	.polarity = card_polarity,
	.message_lamp = card_lamp,
	.onhook_transfer = card_transfer,
	.gain = card_gain,
	.analog = card_analog,
};

static void run_port(struct fxs_bench *b, struct fxs_port *p)
{
	if (!p->open || (!p->ringing && !p->dropping) || b->now_us < p->next_us)
		return;
	if (p->dropping) {
		p->dropping = false;
		p->fn(p->arg, HW_EV_HOOK_DONE);
		return;
	}
	assert_true(p->n_cadence > 0);
	if ((int)p->at == p->n_cadence)
		p->at = (unsigned)p->repeat_from;
	p->next_us = b->now_us + (int64_t)p->cadence[p->at] * 1000;
	p->rings += p->at % 2 == 0;
	p->fn(p->arg, p->at++ % 2 ? HW_EV_RINGER_OFF : HW_EV_RINGER_ON);
}

/* --- The bench ------------------------------------------------------------------------------------- */

void fxs_bench_open(struct fxs_bench *b, const struct fxs_conf *conf)
{
	struct fxs_line_conf lines[FXS_PORTS];
	struct fxs_handlers h = { .offered = on_offered,
				  .digits = on_digits,
				  .log = on_log,
				  .changed = on_changed,
				  .arg = b,
				  .audio = &fake_audio_ops,
				  .audio_arg = &b->audio };
	struct fxs_conf c = *conf;

	memset(b, 0, sizeof(*b));
	b->hw.ops = &card_ops;
	b->now_us = 1000000;
	b->wall.tv_sec = 1790000000;
	b->plan = "1234 911 5. *57 *6# 20 201";
	memset(lines, 0, sizeof(lines));
	for (int i = 0; i < FXS_PORTS; i++) {
		struct fxs_port *p = &b->ports[i];

		p->bench = b;
		p->line = (struct hw_line){ .ops = &card_ops,
					    .hw = &b->hw,
					    .chan = 63 + i,
					    .span = 1,
					    .law = HW_ALAW,
					    .kind = HW_CHAN_FXS };
		lines[i].chan = 63 + i;
		snprintf(lines[i].number, sizeof(lines[i].number), "207183876%d", i + 1);
		snprintf(lines[i].name, sizeof(lines[i].name), "Desk %d", i + 1);
	}
	if (!c.country)
		c.country = country_find("uk");
	if (!c.name)
		c.name = "phones";
	if (!c.lines) {
		c.lines = lines;
		c.n_lines = FXS_PORTS;
	}
	assert_int_equal(fxs_trunk_open(&b->trunk, &b->hw, &c, &h), 0);
	fxs_bench_run(b, 2);
}

static void turn(struct fxs_bench *b)
{
	for (int i = 0; i < FXS_PORTS; i++)
		run_port(b, &b->ports[i]);
	fake_audio_run(&b->audio, b->now_us);
	b->next_us = fxs_trunk_service(b->trunk, b->now_us, &b->wall);
}

void fxs_bench_run(struct fxs_bench *b, unsigned ms)
{
	turn(b);
	while (ms--) {
		b->now_us += 1000;
		turn(b);
	}
}

void fxs_bench_close(struct fxs_bench *b)
{
	for (int i = 0; !fxs_trunk_quiet(b->trunk) && i < 10; i++)
		fxs_bench_run(b, 1);
	assert_true(fxs_trunk_quiet(b->trunk));
	fxs_trunk_close(b->trunk);
	assert_int_equal(b->audio.opened, b->audio.closed);
	for (int i = 0; i < FXS_PORTS; i++)
		assert_false(b->ports[i].open);
	for (unsigned i = 0; i < b->n_calls; i++)
		assert_true(b->calls[i].cleared);
	fake_audio_clear(&b->audio);
}

void fxs_say(struct fxs_bench *b, int port, enum hw_event ev)
{
	struct fxs_port *p = port_at(b, port);

	if (p->open)
		p->fn(p->arg, ev);
	turn(b);
}

void fxs_offhook(struct fxs_bench *b, int port)
{
	port_at(b, port)->off_hook = true;
	port_at(b, port)->ringing = false;
	fxs_say(b, port, HW_EV_OFFHOOK);
}

void fxs_onhook(struct fxs_bench *b, int port)
{
	port_at(b, port)->off_hook = false;
	fxs_say(b, port, HW_EV_ONHOOK);
}

void fxs_flash(struct fxs_bench *b, int port)
{
	fxs_say(b, port, HW_EV_FLASH);
}

void fxs_pulses(struct fxs_bench *b, int port, const char *digits)
{
	for (; *digits; digits++) {
		fxs_say(b, port, HW_EV_PULSE_START);
		fxs_bench_run(b, 600);
		fxs_say(b, port, (enum hw_event)(HW_EV_PULSE + (*digits - '0')));
	}
}

void fxs_dial(struct fxs_bench *b, int port, const char *digits)
{
	for (; *digits; digits++) {
		struct heard h = { .kind = HEARD_DIGIT_BEGIN, .digit = *digits };

		fake_audio_heard(fxs_audio(b, port), &h);
		fxs_bench_run(b, 80);
		h.kind = HEARD_DIGIT;
		h.ms = 80;
		fake_audio_heard(fxs_audio(b, port), &h);
		fxs_bench_run(b, 20);
	}
}

void fxs_remove(struct fxs_bench *b, int port, bool removed)
{
	port_at(b, port)->removed = removed;
	if (removed)
		fxs_say(b, port, HW_EV_REMOVED);
}

struct line_audio *fxs_audio(struct fxs_bench *b, int port)
{
	return fake_audio_line(&b->audio, 62 + port);
}

struct fxs_line_info fxs_info(struct fxs_bench *b, int port)
{
	struct fxs_line_info info[FXS_PORTS];

	assert_true(fxs_trunk_lines(b->trunk, info, FXS_PORTS) >= port);
	return info[port - 1];
}

struct fxs_call *fxs_call_to(struct fxs_bench *b, const struct leg_offer *offer, int *err)
{
	struct fxs_call *c = new_call(b);

	*err = fxs_trunk_call(b->trunk, offer, on_event, c, &c->leg);
	if (*err) {
		assert_null(c->leg);
		c->cleared = true;
		if (c == &b->calls[b->n_calls - 1])
			b->n_calls--;
		return NULL;
	}
	c->offer = *offer;
	leg_set_trace(c->leg, on_trace, c);
	return c;
}

struct fxs_call *fxs_ring_port(struct fxs_bench *b, int port)
{
	struct leg_offer o = { .bearer = BEARER_3K1, .complete = true, .calling_name = "Jane Roe" };
	struct fxs_call *c;
	int err;

	snprintf(o.called.digits, sizeof(o.called.digits), "%d", port);
	snprintf(o.calling.digits, sizeof(o.calling.digits), "02079460100");
	c = fxs_call_to(b, &o, &err);
	assert_int_equal(err, 0);
	return c;
}

struct fxs_call *fxs_last(struct fxs_bench *b)
{
	return b->n_calls ? &b->calls[b->n_calls - 1] : NULL;
}

void fxs_clear(struct fxs_call *c, int cause)
{
	struct leg_cause k = { .q850 = (uint8_t)cause };

	c->asked = true;
	assert_int_equal(leg_clear(c->leg, &k), 0);
	assert_int_equal(leg_clear(c->leg, &k), -EALREADY);
	assert_false(c->cleared);	/* never from inside leg_clear() */
}

struct fxs_call *fxs_up(struct fxs_bench *b, int port, const char *digits)
{
	struct fxs_call *c;
	unsigned n = b->n_calls;

	if (!fxs_info(b, port).off_hook)
		fxs_offhook(b, port);
	fxs_dial(b, port, digits);
	fxs_bench_run(b, 10);
	assert_int_equal(b->n_calls, n + 1);
	c = fxs_last(b);
	assert_true(c->incoming);
	assert_int_equal(leg_answer(c->leg, NULL), 0);
	fxs_bench_run(b, 10);
	return c;
}

void fxs_assert_idle(struct fxs_bench *b)
{
	if (strstr(b->log, "illegal"))
		fail_msg("%s", b->log);
	for (int i = 1; i <= FXS_PORTS; i++) {
		struct fxs_line_info info = fxs_info(b, i);
		struct line_audio *a = fxs_audio(b, i);

		fxs_assert_state(b, i, FXS_IDLE);
		assert_null(info.leg[0]);
		assert_null(info.leg[1]);
		assert_false(port_at(b, i)->ringing);
		assert_false(port_at(b, i)->reversed);
		assert_int_equal(a->listen, 0);
		assert_false(a->playing);
		assert_false(a->conference);
	}
	for (unsigned i = 0; i < b->n_calls; i++)
		assert_true(b->calls[i].cleared);
}
