/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests/unit/test_fxs_ring.c: a telephone rings: cadences, caller ID in its place for each standard, read back from what was
 * played; answer at any moment; message waiting.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "channels/sound/callerid.h"
#include "tests/support/fxs_bench.h"

static struct fxs_bench bench;

static struct fxs_bench *open_cid(enum cid_method method, enum cid_when when, bool dtas)
{
	struct fxs_conf conf = { .cid = method, .cid_when = when, .cid_dtas = dtas };

	fxs_bench_open(&bench, &conf);
	return &bench;
}

static void test_ring_and_answer(void **state)
{
	struct fxs_bench *b = open_cid(CID_NONE, CID_AFTER_RING, false);
	struct fxs_call *c = fxs_ring_port(b, 1);

	(void)state;
	assert_string_equal(c->story, "");	/* nothing from inside fxs_trunk_call() */
	fxs_bench_run(b, 1);
	assert_string_equal(c->story, "alerting");
	fxs_assert_state(b, 1, FXS_RINGING);
	assert_memory_equal(b->ports[0].cadence, country_find("uk")->ring_ms, 4 * sizeof(uint16_t));
	assert_null(c->leg->port);
	fxs_bench_run(b, 2990);	/* the United Kingdom: 0.4 on, 0.2 off, 0.4 on, 2 off */
	assert_int_equal(b->ports[0].rings, 2);
	fxs_bench_run(b, 20);
	assert_int_equal(b->ports[0].rings, 3);
	fxs_offhook(b, 1);
	assert_string_equal(c->story, "alerting audio answered");
	assert_ptr_equal(c->leg->port, fake_audio_port(fxs_audio(b, 1)));
	fxs_assert_state(b, 1, FXS_UP);
	assert_string_equal(c->ladder, "> ring \n< off hook \n");
	fxs_clear(c, 16);
	fxs_bench_run(b, 1);
	assert_true(fake_audio_is(fxs_audio(b, 1), TONE_BUSY));
	fxs_onhook(b, 1);
	fxs_assert_idle(b);
	fxs_bench_close(b);
}

static void test_caller_gives_up(void **state)
{
	struct fxs_bench *b = open_cid(CID_BELL202, CID_AFTER_RING, false);

	(void)state;
	for (unsigned ms = 0; ms < 6000; ms += 170) {
		struct fxs_call *c = fxs_ring_port(b, 1);

		fxs_bench_run(b, ms);
		fxs_clear(c, 16);
		assert_false(b->ports[0].ringing);
		fxs_bench_run(b, 1);
		assert_string_equal(c->story, "alerting cleared:16");
		fxs_assert_idle(b);
		b->n_calls = 0;
	}
	fxs_bench_close(b);
}

static const struct { const char *ring; uint16_t ms[8]; int n; } rings[] = {
	{ "", { 400, 200, 400, 2000 }, 4 },
	{ "1", { 2000, 4000 }, 2 },
	{ "3", { 400, 200, 400, 200, 800, 4000 }, 6 },
	{ "Bellcore-dr2", { 800, 400, 800, 4000 }, 4 },
	{ "bellcore-DR4", { 300, 200, 1000, 200, 300, 4000 }, 6 },
	{ "5", { 500, 4000 }, 2 },
	{ "6", { 400, 200, 400, 2000 }, 4 },	/* unknown: as always */
};

static void test_distinctive(void **state)
{
	struct fxs_bench *b = open_cid(CID_NONE, CID_AFTER_RING, false);

	(void)state;
	for (size_t i = 0; i < sizeof(rings) / sizeof(rings[0]); i++) {
		struct leg_offer o = { .called.digits = "2" };
		struct fxs_call *c;
		int err;

		snprintf(o.ring, sizeof(o.ring), "%s", rings[i].ring);
		c = fxs_call_to(b, &o, &err);
		assert_non_null(c);
		assert_int_equal(b->ports[1].n_cadence, rings[i].n);
		assert_memory_equal(b->ports[1].cadence, rings[i].ms, (size_t)rings[i].n * 2);
		fxs_clear(c, 16);
		fxs_bench_run(b, 1);
	}
	fxs_assert_idle(b);
	fxs_bench_close(b);
}

static void test_which_port(void **state)
{
	static const struct { const char *why, *called; int err, port; } rows[] = {
		{ "by number", "3", 0, 3 },	   { "the first free one", "", 0, 1 },
		{ "the next", "", 0, 2 },	   { "none is left", "", -EBUSY, 0 },
		{ "it rings already", "3", -EBUSY, 0 }, { "past the last", "4", -ENOENT, 0 },
		{ "there is no port 0", "0", -ENOENT, 0 }, { "no port at all", "reception", -ENOENT, 0 },
		{ "a number and more", "1x", -ENOENT, 0 },
	};
	struct fxs_bench *b = open_cid(CID_NONE, CID_AFTER_RING, false);

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct leg_offer o = { 0 };
		struct fxs_call *c;
		int err;

		snprintf(o.called.digits, sizeof(o.called.digits), "%s", rows[i].called);
		c = fxs_call_to(b, &o, &err);
		if (err != rows[i].err)
			fail_msg("%s: %d", rows[i].why, err);
		if (c)
			assert_int_equal(c->leg->line->chan, 62 + rows[i].port);
	}
	assert_int_equal(fxs_call_error_cause(-EBUSY), 17);
	assert_int_equal(fxs_call_error_cause(-ENOENT), 1);
	assert_int_equal(fxs_call_error_cause(-ENETDOWN), 27);
	assert_int_equal(fxs_call_error_cause(-ENOMEM), 47);
	for (unsigned i = 0; i < b->n_calls; i++)
		fxs_clear(&b->calls[i], 16);
	fxs_bench_run(b, 1);
	fxs_assert_idle(b);
	fxs_offhook(b, 1);	/* lifted to dial */
	{
		struct leg_offer o = { .called.digits = "1" };
		int err;

		assert_null(fxs_call_to(b, &o, &err));
		assert_int_equal(err, -EBUSY);
	}
	fxs_onhook(b, 1);
	fxs_bench_close(b);
}

/* --- Caller ID ----------------------------------------------------------------------------------- */

/* Reads back what plays now, which must be one caller ID message. */
static struct callerid read_back(struct line_audio *a)
{
	const struct play_item *i = &a->items[a->n_items - 1];
	struct callerid_rx *rx;
	struct callerid c = { 0 };
	int16_t silence[1600] = { 0 };
	bool got, bad = false;

	assert_true(a->playing);
	assert_int_equal(i->kind, PLAY_SAMPLES);
	assert_int_equal(callerid_rx_open(&rx, a->line->law), 0);
	got = callerid_rx_feed(rx, i->samples, i->n, &c, &bad);
	if (!got)
		got = callerid_rx_feed(rx, silence, 1600, &c, &bad);
	callerid_rx_close(rx);
	assert_true(got);
	return c;
}

/* A moment in the set-up of a call. */
enum moment { M_REVERSE, M_NORMAL, M_ALERT, M_DATA, M_RING, M_SILENCE, M_ALERT_DONE, M_DATA_DONE };
static const char *const moment_names[] = { "reverse", "normal", "alert", "data", "ring", "silence", "done", "done" };

struct watch {
	char text[512];
	int64_t at_us;
	bool reversed, ringing, data, alert;
};

static void note(struct watch *w, const struct fxs_bench *b, enum moment m)
{
	size_t n = strlen(w->text);

	if (m == M_DATA_DONE)	/* how long the data takes is callerid.h's affair */
		snprintf(w->text + n, sizeof(w->text) - n, " done");
	else
		snprintf(w->text + n, sizeof(w->text) - n, "%s%d %s", n ? " " : "",
			 (int)((b->now_us - w->at_us) / 1000), moment_names[m]);
	w->at_us = b->now_us;
}

static bool is_alert(const struct line_audio *a)
{
	return a->playing && a->n_items == 1 && a->items[0].kind == PLAY_SAMPLES && a->items[0].n <= 880;
}

/* Turns the clock for so long and writes what changes: "150 alert" is the alerting signal, 150 ms after what was before. */
static void watch_for(struct watch *w, struct fxs_bench *b, unsigned ms)
{
	struct fxs_port *p = &b->ports[0];
	struct line_audio *a = fxs_audio(b, 1);

	while (ms--) {
		bool ringing = p->ringing && p->at % 2;
		bool alert = is_alert(a), data = a->playing && !alert && a->items[0].kind == PLAY_SAMPLES;

		if (p->reversed != w->reversed)
			note(w, b, p->reversed ? M_REVERSE : M_NORMAL);
		if (alert != w->alert)
			note(w, b, alert ? M_ALERT : M_ALERT_DONE);
		if (data != w->data)
			note(w, b, data ? M_DATA : M_DATA_DONE);
		if (ringing != w->ringing)
			note(w, b, ringing ? M_RING : M_SILENCE);
		w->reversed = p->reversed;
		w->alert = alert;
		w->data = data;
		w->ringing = ringing;
		fxs_bench_run(b, 1);
	}
}

static unsigned data_ms(struct fxs_bench *b)
{
	struct line_audio *a = fxs_audio(b, 1);

	return (unsigned)((a->play_ends_us - a->play_from_us) / 1000);
}

static void check_order(const struct fxs_conf *conf, const char *want)
{
	struct fxs_bench *b = &bench;
	struct watch w = { 0 };
	struct callerid c;
	struct fxs_call *call;
	unsigned ms = 0;

	fxs_bench_open(b, conf);
	call = fxs_ring_port(b, 1);
	w.at_us = b->now_us;
	for (int i = 0; i < 12000 && !(w.data && ms); i++) {
		watch_for(&w, b, 1);
		if (w.data) {
			c = read_back(fxs_audio(b, 1));
			ms = data_ms(b);
		}
	}
	assert_true(ms > 300);
	assert_string_equal(c.number, "02079460100");
	watch_for(&w, b, ms + 3000);
	if (strncmp(w.text, want, strlen(want)))
		fail_msg("%s\nis not\n%s", w.text, want);
	assert_string_equal(call->story, "alerting");
	assert_non_null(strstr(call->ladder, "> caller ID 02079460100\n"));
	fxs_clear(call, 16);
	fxs_bench_run(b, 1);
	fxs_assert_idle(b);
	fxs_bench_close(b);
}

static void test_order(void **state)
{
	static const struct {
		const char *why;
		enum cid_method method;
		enum cid_when when;
		bool dtas;
		const char *country, *want;
	} rows[] = {
		{ "GR-30: in the first silence", CID_BELL202, CID_AFTER_RING, false, "us", "1 ring 1999 silence 600 data" },
		{ "V.23 in the first long silence", CID_V23, CID_AFTER_RING, false, "uk",
		  "1 ring 399 silence 200 ring 400 silence 600 data" },
		{ "EN 300 659-1: after a short ring", CID_V23, CID_AFTER_SHORT_RING, false, "fr",
		  "1 ring 249 silence 600 data done 300 ring 1500 silence" },
		{ "SIN 227: reversal, DT-AS, data, ring", CID_V23, CID_AFTER_REVERSAL, true, "uk",
		  "0 reverse 250 alert 100 done 60 data done 301 ring 399 silence 200 ring" },
		{ "reversal alone", CID_V23, CID_AFTER_REVERSAL, false, "uk", "0 reverse 250 data done 301 ring" },
		{ "DT-AS alone", CID_V23, CID_BEFORE_RING, true, "de", "0 alert 100 done 60 data done 301 ring" },
		{ "DTMF before the ring", CID_DTMF, CID_BEFORE_RING, false, "dk", "0 data done 301 ring" },
		{ "DTMF after a reversal", CID_DTMF, CID_AFTER_REVERSAL, false, "dk", "0 reverse 250 data done 301 ring" },
		{ "DTMF after the first ring", CID_DTMF, CID_AFTER_RING, false, "us", "1 ring 1999 silence 600 data" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fxs_conf conf = { .country = country_find(rows[i].country),
					 .cid = rows[i].method,
					 .cid_when = rows[i].when,
					 .cid_dtas = rows[i].dtas };

		print_message("%s\n", rows[i].why);
		check_order(&conf, rows[i].want);
	}
}

/* The terminal closes the loop by itself, takes the data, opens it, and is rung. */
static void test_ntt(void **state)
{
	struct fxs_bench *b = open_cid(CID_NTT, CID_AFTER_REVERSAL, false);
	struct fxs_call *c = fxs_ring_port(b, 1);

	(void)state;
	assert_true(b->ports[0].reversed);
	fxs_bench_run(b, 260);
	assert_true(b->ports[0].ringing);
	assert_int_equal(b->ports[0].cadence[0], 500);
	assert_int_equal(b->ports[0].n_cadence, 2);
	fxs_bench_run(b, 700);
	fxs_offhook(b, 1);
	fxs_bench_run(b, 150);
	assert_false(fxs_audio(b, 1)->playing);
	fxs_bench_run(b, 60);
	assert_string_equal(read_back(fxs_audio(b, 1)).number, "02079460100");
	assert_string_equal(c->story, "");	/* the caller hears of no ringing yet, and of no answer */
	fxs_bench_run(b, data_ms(b) + 100);
	assert_false(fxs_audio(b, 1)->playing);
	fxs_onhook(b, 1);
	assert_false(b->ports[0].reversed);
	fxs_bench_run(b, 310);
	assert_true(b->ports[0].ringing);
	assert_string_equal(c->story, "alerting");
	fxs_offhook(b, 1);
	assert_string_equal(c->story, "alerting audio answered");
	fxs_onhook(b, 1);
	fxs_assert_idle(b);
	fxs_bench_close(b);
}

static void test_ntt_without_a_terminal(void **state)
{
	struct fxs_bench *b = open_cid(CID_NTT, CID_AFTER_REVERSAL, false);
	struct fxs_call *c = fxs_ring_port(b, 1);

	(void)state;
	fxs_bench_run(b, 6000);
	assert_string_equal(c->story, "");
	fxs_bench_run(b, 600);	/* an ordinary telephone: rung as always */
	assert_string_equal(c->story, "alerting");
	assert_int_equal(b->ports[0].cadence[0], 400);
	fxs_clear(c, 16);
	fxs_bench_run(b, 1);
	fxs_assert_idle(b);

	c = fxs_ring_port(b, 1);	/* a person lifts it in the first rings, and stays */
	fxs_bench_run(b, 1000);
	fxs_offhook(b, 1);
	fxs_bench_run(b, 6000);
	assert_string_equal(c->story, "audio answered");
	fxs_onhook(b, 1);
	fxs_assert_idle(b);

	c = fxs_ring_port(b, 1);	/* the caller gives up in the data */
	fxs_bench_run(b, 1000);
	fxs_offhook(b, 1);
	fxs_bench_run(b, 300);
	fxs_clear(c, 16);
	fxs_bench_run(b, 1);
	fxs_assert_state(b, 1, FXS_TONE);
	fxs_onhook(b, 1);
	fxs_assert_idle(b);

	c = fxs_ring_port(b, 1);	/* the terminal opens the loop in the data */
	fxs_bench_run(b, 1000);
	fxs_offhook(b, 1);
	fxs_bench_run(b, 300);
	fxs_onhook(b, 1);
	assert_false(fxs_audio(b, 1)->playing);
	fxs_bench_run(b, 310);
	assert_string_equal(c->story, "alerting");
	fxs_clear(c, 16);
	fxs_bench_run(b, 1);
	fxs_assert_idle(b);
	fxs_bench_close(b);
}

/* What the display is told, by what the call said. */
static void test_fields(void **state)
{
	static const struct {
		const char *why, *digits, *name;
		uint8_t presentation;
		char no_number;
		const char *want_number, *want_name;
		char want_no_number, want_no_name;
	} rows[] = {
		{ "number and name", "02079460100", "Jane Roe", PRES_ALLOWED, 0, "02079460100", "Jane Roe", 0, 0 },
		{ "no name", "911", "", PRES_ALLOWED, 0, "911", "", 0, 0 },
		{ "withheld: the name too", "02079460100", "Jane Roe", PRES_RESTRICTED, 0, "", "", 'P', 'P' },
		{ "not available", "", "", PRES_UNAVAILABLE, 0, "", "", 'O', 0 },
		{ "no number and nothing said", "", "", PRES_ALLOWED, 0, "", "", 'O', 0 },
		{ "an FXO line heard 'P'", "", "", PRES_UNAVAILABLE, 'P', "", "", 'P', 'P' },
	};
	struct fxs_bench *b = open_cid(CID_BELL202, CID_BEFORE_RING, false);

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct leg_offer o = { .called.digits = "1", .calling.presentation = rows[i].presentation,
				       .no_number = rows[i].no_number };
		struct fxs_call *call;
		struct callerid c;
		struct tm tm;
		int err;

		snprintf(o.calling.digits, sizeof(o.calling.digits), "%s", rows[i].digits);
		snprintf(o.calling_name, sizeof(o.calling_name), "%s", rows[i].name);
		call = fxs_call_to(b, &o, &err);
		c = read_back(fxs_audio(b, 1));
		assert_string_equal(c.number, rows[i].want_number);
		assert_string_equal(c.name, rows[i].want_name);
		assert_int_equal(c.no_number, rows[i].want_no_number);
		assert_int_equal(c.no_name, rows[i].want_no_name);
		localtime_r(&b->wall.tv_sec, &tm);
		assert_int_equal(c.month, tm.tm_mon + 1);
		assert_int_equal(c.day, tm.tm_mday);
		assert_int_equal(c.hour, tm.tm_hour);
		assert_int_equal(c.minute, tm.tm_min);
		assert_int_equal(c.method, CID_BELL202);
		fxs_clear(call, 16);
		fxs_bench_run(b, 1);
	}
	fxs_assert_idle(b);
	fxs_bench_close(b);
}

/* Lifted at every moment of the set-up, the phone talks and nothing of caller ID is left. */
static void test_answer_cuts(void **state)
{
	static const struct { enum cid_method method; enum cid_when when; bool dtas; } rows[] = {
		{ CID_BELL202, CID_AFTER_RING, false }, { CID_V23, CID_AFTER_REVERSAL, true },
		{ CID_DTMF, CID_BEFORE_RING, false },	{ CID_V23, CID_AFTER_SHORT_RING, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fxs_bench *b = open_cid(rows[i].method, rows[i].when, rows[i].dtas);

		for (unsigned ms = 0; ms < 3000; ms += 90) {
			struct fxs_call *c = fxs_ring_port(b, 1);

			fxs_bench_run(b, ms);
			fxs_offhook(b, 1);
			assert_non_null(strstr(c->story, "audio answered"));
			assert_false(fxs_audio(b, 1)->playing);
			assert_false(b->ports[0].reversed);
			fxs_bench_run(b, 3000);
			assert_false(fxs_audio(b, 1)->playing);
			assert_false(b->ports[0].ringing);
			fxs_onhook(b, 1);
			assert_true(c->cleared);
			fxs_assert_idle(b);
			b->n_calls = 0;
		}
		fxs_bench_close(b);
	}
}

/* A cadence whose silence is too short for the data gets it once longer. */
static void test_silence_is_made_longer(void **state)
{
	static const uint16_t uk[] = { 400, 200, 400 };
	struct fxs_bench *b = open_cid(CID_DTMF, CID_AFTER_RING, false);
	struct fxs_call *c = fxs_ring_port(b, 1);

	(void)state;
	assert_int_equal(b->ports[0].n_cadence, 8);
	assert_int_equal(b->ports[0].repeat_from, 4);
	assert_memory_equal(b->ports[0].cadence, uk, sizeof(uk));
	assert_true(b->ports[0].cadence[3] > 2400);
	assert_int_equal(b->ports[0].cadence[7], 2000);
	fxs_bench_run(b, 1700);
	assert_true(fxs_audio(b, 1)->playing);
	fxs_bench_run(b, data_ms(b));
	assert_false(fxs_audio(b, 1)->playing);
	assert_int_equal(b->ports[0].rings, 2);	/* not rung into */
	fxs_bench_run(b, 500);
	assert_int_equal(b->ports[0].rings, 3);
	fxs_clear(c, 16);
	fxs_bench_run(b, 1);
	fxs_assert_idle(b);
	fxs_bench_close(b);
}

/* --- Message waiting ------------------------------------------------------------------------------- */

static void test_messages(void **state)
{
	struct fxs_conf conf = { .cid = CID_V23, .cid_dtas = true, .lamp = true, .mwi_fsk = true };
	struct fxs_bench *b = &bench;
	struct callerid c;

	(void)state;
	fxs_bench_open(b, &conf);
	fxs_trunk_messages(b->trunk, 1, 2);
	assert_true(b->ports[0].lamp);
	fxs_bench_run(b, 2001);
	assert_int_equal(fxs_audio(b, 1)->n_items, 3);	/* the alerting signal before it */
	assert_true(b->ports[0].transfer_ms > 500);
	c = read_back(fxs_audio(b, 1));
	assert_int_equal(c.message, CALLERID_MESSAGE_WAITING);
	assert_true(c.waiting);
	fxs_offhook(b, 1);	/* cut */
	assert_true(fake_audio_is(fxs_audio(b, 1), TONE_STUTTER));
	fxs_onhook(b, 1);
	assert_false(fxs_audio(b, 1)->playing);
	fxs_bench_run(b, 2010);	/* and sent again */
	assert_true(read_back(fxs_audio(b, 1)).waiting);
	fxs_bench_run(b, 3000);
	fxs_assert_idle(b);
	fxs_offhook(b, 1);
	fxs_onhook(b, 1);
	fxs_bench_run(b, 3000);	/* but not a third time */
	assert_int_equal(fxs_audio(b, 1)->plays, 4);	/* two of them dial tones */
	fxs_trunk_messages(b->trunk, 1, 0);
	assert_false(b->ports[0].lamp);
	fxs_bench_run(b, 2010);
	assert_false(read_back(fxs_audio(b, 1)).waiting);
	fxs_ring_port(b, 1);	/* a call has precedence */
	assert_int_equal(fxs_audio(b, 1)->n_items, 0);
	fxs_clear(fxs_last(b), 16);
	fxs_bench_run(b, 6000);
	fxs_assert_idle(b);
	fxs_bench_close(b);
}

static void test_lamp_only_where_asked(void **state)
{
	struct fxs_bench *b = open_cid(CID_V23, CID_BEFORE_RING, true);

	(void)state;
	fxs_trunk_messages(b->trunk, 1, 2);
	fxs_bench_run(b, 5000);
	assert_false(b->ports[0].lamp);
	assert_int_equal(fxs_audio(b, 1)->plays, 0);
	fxs_bench_close(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ring_and_answer),
		cmocka_unit_test(test_caller_gives_up),
		cmocka_unit_test(test_distinctive),
		cmocka_unit_test(test_which_port),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_ntt),
		cmocka_unit_test(test_ntt_without_a_terminal),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_answer_cuts),
		cmocka_unit_test(test_silence_is_made_longer),
		cmocka_unit_test(test_messages),
		cmocka_unit_test(test_lamp_only_where_asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
