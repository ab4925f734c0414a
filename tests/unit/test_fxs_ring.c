/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests/unit/test_fxs_ring.c: a telephone rings: cadences, which port, answer; message waiting. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "tests/support/fxs_callerid.h"

static struct fxs_bench bench;

static void test_ring_and_answer(void **state)
{
	struct fxs_bench *b = fxs_open_cid(&bench, CID_NONE, CID_AFTER_RING, false);
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
	struct fxs_bench *b = fxs_open_cid(&bench, CID_BELL202, CID_AFTER_RING, false);

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
	struct fxs_bench *b = fxs_open_cid(&bench, CID_NONE, CID_AFTER_RING, false);

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
	struct fxs_bench *b = fxs_open_cid(&bench, CID_NONE, CID_AFTER_RING, false);

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
	c = fxs_read_back(fxs_audio(b, 1));
	assert_int_equal(c.message, CALLERID_MESSAGE_WAITING);
	assert_true(c.waiting);
	fxs_offhook(b, 1);	/* cut */
	assert_true(fake_audio_is(fxs_audio(b, 1), TONE_STUTTER));
	fxs_onhook(b, 1);
	assert_false(fxs_audio(b, 1)->playing);
	fxs_bench_run(b, 2010);	/* and sent again */
	assert_true(fxs_read_back(fxs_audio(b, 1)).waiting);
	fxs_bench_run(b, 3000);
	fxs_assert_idle(b);
	fxs_offhook(b, 1);
	fxs_onhook(b, 1);
	fxs_bench_run(b, 3000);	/* but not a third time */
	assert_int_equal(fxs_audio(b, 1)->plays, 4);	/* two of them dial tones */
	fxs_trunk_messages(b->trunk, 1, 0);
	assert_false(b->ports[0].lamp);
	fxs_bench_run(b, 2010);
	assert_false(fxs_read_back(fxs_audio(b, 1)).waiting);
	fxs_ring_port(b, 1);	/* a call has precedence */
	assert_int_equal(fxs_audio(b, 1)->n_items, 0);
	fxs_clear(fxs_last(b), 16);
	fxs_bench_run(b, 6000);
	fxs_assert_idle(b);
	fxs_bench_close(b);
}

static void test_lamp_only_where_asked(void **state)
{
	struct fxs_bench *b = fxs_open_cid(&bench, CID_V23, CID_BEFORE_RING, true);

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
		cmocka_unit_test(test_messages),
		cmocka_unit_test(test_lamp_only_where_asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
