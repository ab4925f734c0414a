/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests/unit/test_fxs_callerid.c: caller ID in its place for each standard, read back from what was played; a telephone lifted in the
 * middle of it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "tests/support/fxs_callerid.h"

static struct fxs_bench bench;

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
			c = fxs_read_back(fxs_audio(b, 1));
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
	struct fxs_bench *b = fxs_open_cid(&bench, CID_NTT, CID_AFTER_REVERSAL, false);
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
	assert_string_equal(fxs_read_back(fxs_audio(b, 1)).number, "02079460100");
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
	struct fxs_bench *b = fxs_open_cid(&bench, CID_NTT, CID_AFTER_REVERSAL, false);
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
	struct fxs_bench *b = fxs_open_cid(&bench, CID_BELL202, CID_BEFORE_RING, false);

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
		c = fxs_read_back(fxs_audio(b, 1));
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
		struct fxs_bench *b = fxs_open_cid(&bench, rows[i].method, rows[i].when, rows[i].dtas);

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
	struct fxs_bench *b = fxs_open_cid(&bench, CID_DTMF, CID_AFTER_RING, false);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_ntt),
		cmocka_unit_test(test_ntt_without_a_terminal),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_answer_cuts),
		cmocka_unit_test(test_silence_is_made_longer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
