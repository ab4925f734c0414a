/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests/support/pri_bench.c: see pri_bench.h. */
#include "tests/support/pri_bench.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "tests/support/pri_tap.h"

#define WALL_AT_0 1700000000	/* the wall clock when the test's clock is 0, seconds */
#define LINES 128

static int64_t clock_us;

static struct timeval wall_of(int64_t now_us)
{
	return (struct timeval){ WALL_AT_0 + now_us / 1000000, now_us % 1000000 };
}

/* In the place of libc's: libpri reads the clock by itself. */
int gettimeofday(struct timeval *restrict tv, void *restrict tz)
{
	(void)tz;
	*tv = wall_of(clock_us);
	return 0;
}

/* --- What the trunks report -------------------------------------------------------------------- */

static void on_event(void *arg, struct leg *leg, const struct leg_event *ev)
{
	struct bench_leg *l = arg;

	assert_ptr_equal(l->leg, leg);
	assert_false(l->cleared);
	if (l->n_events < BENCH_EVENTS) {
		if (ev->raw)
			l->raw = *ev->raw;
		l->events[l->n_events] = *ev;
		l->events[l->n_events++].raw = ev->raw ? &l->raw : NULL;
	}
	if (ev->kind == LEG_CLEARED) {
		assert_in_range(ev->cause.q850, 1, 127);
		l->cleared = true;
		l->leg = NULL;
		l->end->n_cleared++;
	}
	if (l->end->event)
		l->end->event(l, ev);
}

static void on_trace(void *arg, const char *proto, bool out, const char *what, const char *detail)
{
	struct bench_leg *l = arg;
	size_t n = strlen(l->ladder);

	assert_string_equal(proto, "Q.931");
	snprintf(l->ladder + n, sizeof(l->ladder) - n, "%c %s %s\n", out ? '>' : '<', what, detail);
}

static struct bench_leg *new_leg(struct bench_end *end, bool incoming)
{
	struct bench_leg *l = calloc(1, sizeof(*l));

	assert_non_null(l);
	l->end = end;
	l->incoming = incoming;
	l->next = end->legs;
	end->legs = l;
	return l;
}

static enum pri_digits on_digits(void *arg, const struct leg_number *called)
{
	struct bench_end *end = arg;

	return end->bench->conf.digits ? end->bench->conf.digits(called->digits) : PRI_DIGITS_COMPLETE;
}

static void on_tone(void *arg, struct leg *leg, const char *name)
{
	struct bench_end *end = arg;

	assert_non_null(leg->line);
	end->tones += name ? 1 : -1;
	end->tones_ever += name != NULL;
	snprintf(end->tone, sizeof(end->tone), "%s", name ? name : "");
}

static void on_offered(void *arg, struct leg *leg, const struct leg_offer *offer)
{
	struct bench_end *end = arg;
	struct bench_leg *l = new_leg(end, true);

	end->n_offered += !offer->refused;
	end->n_refused += offer->refused != 0;
	l->leg = leg;
	l->offer = *offer;
	leg_attach(leg, on_event, l);
	leg_set_trace(leg, on_trace, l);
	if (offer->refused ? end->refused != NULL : end->offered != NULL)
		(offer->refused ? end->refused : end->offered)(l);
}

static void on_log(void *arg, int level, const char *text)
{
	struct bench_end *end = arg;
	size_t n = strlen(end->log);

	if (getenv("PRI_BENCH_LOG"))
		fprintf(stderr, "%9.3f %d %d %s\n", (double)clock_us / 1e6, end == end->bench->end ? USER : NET, level,
			text);
	if (level <= 6 && n + strlen(text) + 2 < sizeof(end->log))
		sprintf(end->log + n, "%s\n", text);
}

static void on_changed(void *arg)
{
	((struct bench_end *)arg)->n_changed++;
}

static bool on_tap(void *arg, int span, bool out, uint8_t *frame, size_t *len)
{
	struct bench *b = arg;

	b->frames++;
	return !out || !b->tap || b->tap(b, span, frame, len);
}

/* --- Opening, turning the clock ---------------------------------------------------------------- */

static int spans_each(const struct bench_conf *conf)
{
	return conf->spans ? conf->spans : 1;
}

static void open_end(struct bench *b, int which)
{
	const struct bench_conf *conf = &b->conf;
	struct bench_end *end = &b->end[which];
	struct pri_handlers h = { .offered = on_offered, .log = on_log, .changed = on_changed, .digits = on_digits,
				  .tone = on_tone, .arg = end };
	struct pri_trunk_conf c = {
		.name = which == USER ? "user" : "net", .spans = end->spans, .n_spans = spans_each(conf),
		.dialect = conf->dialect, .side = which == USER ? PRI_USER : PRI_NETWORK, .hunt = conf->hunt,
		.services = conf->services[which], .aoc_request = which == USER ? conf->aoc_request : 0,
		.nsf = conf->nsf, .exclusive = conf->exclusive, .keypad = conf->keypad, .two_calling = conf->two_calling,
		.redirecting_element = conf->redirecting_element, .date_time = conf->date_time, .display = conf->display, .service_messages = conf->service_messages,
		.overlap = conf->overlap, .announcements = true, .clear_tones = conf->clear_tones,
		.alarm_hold_ms = 2500, .alarm_clear_ms = 5000,
	};

	memcpy(c.timers, conf->timers, sizeof(c.timers));
	end->bench = b;
	for (int i = 0; i < c.n_spans; i++)
		end->spans[i] = which * c.n_spans + i + 1;
	c.nfas_primary = conf->nfas ? end->spans[0] : 0;
	c.nfas_backup = conf->nfas > 1 ? end->spans[1] : 0;
	c.nfas_interfaces = conf->interfaces;
	assert_int_equal(pri_trunk_open(&end->trunk, b->hw, &c, &h), 0);
}

static void open_card(struct bench *b)
{
	struct sim_span spans[2 * BENCH_SPANS];
	struct sim_wire wires[BENCH_SPANS];
	int n = spans_each(&b->conf);
	struct sim_conf sim = {.spans = spans, .n_spans = 2 * n, .wires = wires, .n_wires = n};

	for (int i = 0; i < 2 * n; i++)
		spans[i] = (struct sim_span){
			.no = i + 1, .type = b->conf.type, .no_dchan = b->conf.nfas && i % n >= b->conf.nfas};
	for (int i = 0; i < n; i++)
		wires[i] = (struct sim_wire){ i + 1, n + i + 1, 0 };
	assert_int_equal(hw_sim_open(&b->card, &sim), 0);
	assert_int_equal(pri_tap_open(&b->hw, b->card, on_tap, b), 0);
}

struct bench *bench_open(const struct bench_conf *conf)
{
	struct bench *b = calloc(1, sizeof(*b));
	int lines = spans_each(conf) * (conf->type == HW_SPAN_E1 ? 30 : 23);

	assert_non_null(b);
	b->now_us = clock_us += 1000000;
	b->tap = conf->tap;
	b->conf = *conf;
	open_card(b);
	open_end(b, USER);
	open_end(b, NET);
	if (conf->nfas)
		lines = 24 * spans_each(conf) - conf->nfas;
	if (!conf->no_wait)
		bench_until(b, 30000, bench_count(b, USER, PRI_LINE_IDLE) == lines &&
			    bench_count(b, NET, PRI_LINE_IDLE) == lines);
	return b;
}

void bench_reopen(struct bench *b, int which)
{
	pri_trunk_close(b->end[which].trunk);
	open_end(b, which);
}

void bench_close(struct bench *b)
{
	if (!b)
		return;
	for (int i = 0; i < 2; i++) {
		struct bench_leg *l;

		pri_trunk_close(b->end[i].trunk);
		while ((l = b->end[i].legs)) {
			b->end[i].legs = l->next;
			assert_true(l->cleared);
			free(l);
		}
	}
	hw_close(b->hw);
	free(b);
}

static int64_t turn(struct bench *b)
{
	struct timeval wall = wall_of(b->now_us);
	int64_t next = b->now_us + 20000, at;

	clock_us = b->now_us;
	hw_service(b->hw, b->now_us);
	for (int i = 0; i < 2; i++) {
		at = pri_trunk_service(b->end[i].trunk, b->now_us, &wall);
		if (at >= 0 && at < next)
			next = at > b->now_us ? at : b->now_us + 1;
	}
	return next;
}

/* A millisecond at a time while frames pass, else up to the next deadline or 20 ms. */
void bench_run(struct bench *b, unsigned ms)
{
	int64_t until = b->now_us + (int64_t)ms * 1000, busy = 0;

	while (b->now_us < until) {
		unsigned frames = b->frames;
		int64_t next = turn(b);

		if (b->frames != frames)
			busy = b->now_us + 50000;
		if (b->now_us < busy && next > b->now_us + 1000)
			next = b->now_us + 1000;
		b->now_us = next < until ? next : until;
		clock_us = b->now_us;
	}
}

/* --- Calls ------------------------------------------------------------------------------------- */

struct bench_leg *bench_offer(struct bench *b, int which, const struct leg_offer *offer)
{
	struct bench_end *end = &b->end[which];
	struct bench_leg *l = new_leg(end, false);
	int err = pri_trunk_call(end->trunk, offer, on_event, l, &l->leg);

	if (err) {
		end->legs = l->next;
		free(l);
		return NULL;
	}
	leg_set_trace(l->leg, on_trace, l);
	return l;
}

struct bench_leg *bench_call(struct bench *b, int which, const char *called)
{
	struct leg_offer o = { .called = { .ton = TON_NATIONAL, .npi = NPI_E164 }, .complete = true };

	snprintf(o.called.digits, sizeof(o.called.digits), "%s", called);
	return bench_offer(b, which, &o);
}

void bench_clear(struct bench_leg *l, int cause)
{
	struct leg_cause c = { .q850 = (uint8_t)cause, .location = 2 };
	unsigned n = l->end->n_cleared;

	assert_int_equal(leg_clear(l->leg, &c), 0);
	assert_int_equal(l->end->n_cleared, n);		/* never from inside leg_clear() */
	assert_false(l->cleared);
}

const struct leg_event *bench_event(const struct bench_leg *l, enum leg_event_kind kind)
{
	for (unsigned i = l->n_events; i--;)
		if (l->events[i].kind == kind)
			return &l->events[i];
	return NULL;
}

struct bench_leg *bench_refused(struct bench *b, int end)
{
	struct bench_leg *l = b->end[end].legs;

	while (l && !l->offer.refused)
		l = l->next;
	assert_non_null(l);
	return l;
}

int bench_pos(const struct bench_leg *l)
{
	struct pri_line_info lines[LINES];
	int n = pri_trunk_lines(l->end->trunk, lines, LINES);

	for (int i = 0; i < n; i++)
		if (l->leg && lines[i].leg == l->leg)
			return lines[i].pos;
	return 0;
}

int bench_count(struct bench *b, int which, enum pri_line_state state)
{
	struct pri_line_info lines[LINES];
	int n = pri_trunk_lines(b->end[which].trunk, lines, LINES), count = 0;

	for (int i = 0; i < n; i++)
		count += lines[i].state == state;
	return count;
}

enum pri_line_state bench_line(struct bench *b, int which, int pos)
{
	struct pri_line_info lines[LINES];
	int n = pri_trunk_lines(b->end[which].trunk, lines, LINES);

	for (int i = 0; i < n; i++)
		if (lines[i].pos == pos)
			return lines[i].state;
	fail_msg("no line at %d", pos);
	return PRI_LINE_OUT;
}

struct pri_span_info bench_span(struct bench *b, int which)
{
	struct pri_span_info s;

	assert_int_equal(pri_trunk_spans(b->end[which].trunk, &s, 1), spans_each(&b->conf));
	return s;
}

void bench_assert_idle(struct bench *b)
{
	struct pri_span_info s[BENCH_SPANS];

	bench_run(b, 5100);	/* an audit */
	for (int i = 0; i < 2; i++) {
		for (struct bench_leg *l = b->end[i].legs; l; l = l->next)
			assert_true(l->cleared);
		assert_int_equal(bench_count(b, i, PRI_LINE_IDLE), pri_trunk_lines(b->end[i].trunk, NULL, 0));
		assert_int_equal(pri_trunk_spans(b->end[i].trunk, s, BENCH_SPANS), spans_each(&b->conf));
		for (int j = 0; j < spans_each(&b->conf); j++)
			assert_int_equal(s[j].layer3_calls, 0);
	}
}

void bench_ring(struct bench_leg *l)
{
	assert_int_equal(leg_proceed(l->leg), 0);
	assert_int_equal(leg_alert(l->leg, false), 0);
}

void bench_answer(struct bench_leg *l)
{
	bench_ring(l);
	assert_int_equal(leg_answer(l->leg, NULL), 0);
}
