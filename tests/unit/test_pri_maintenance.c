/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests/unit/test_pri_maintenance.c: SERVICE, both ways: in which dialects, with which octets; channels taken out by one
 * end and what the other makes of it; answers that do not come; interfaces, maps and lists of channels.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "channels/pri_dialect.h"
#include "channels/pri_trace.h"
#include "tests/support/pri_bench.h"

#define LINES 23
#define SERVICE_TWICE_MS 45000	/* two times without an answer, and some */

/* What passed on the D channels, by the span of who wrote it. Repetitions of layer 2 do not happen here. */
static struct {
	unsigned service[3], ack[3], out[3], restart[3];
	uint8_t pd;		/* of the last one */
	uint8_t at[32];		/* its elements */
	size_t n;
} seen;
static struct {			/* what becomes of messages of the network's end */
	int chan;		/* of the SERVICE that is changed, 0 for none */
	uint8_t elements[24];	/* in the place of its own */
	size_t n;
	bool lose_acks;		/* every answer of this end gets lost... */
	int lose_ack;		/* ...or that of this channel */
	bool cut;		/* nothing passes, either way */
} alter;

/* Layer 2 must see the frame, so it is of a protocol that nobody has. */
static bool tap(struct bench *b, int span, uint8_t *frame, size_t *len)
{
	struct q931_msg m;
	int chan;

	(void)b;
	if (alter.cut)
		return false;
	if (!q931_read(frame, *len, &m, NULL))
		return true;
	seen.restart[span] += m.pd == Q931_PD && m.type == 0x46;
	if (m.service == Q931_NO_SERVICE)
		return true;
	chan = frame[*len - 1] & 0x7f;
	if (span == 2 && m.service == Q931_SERVICE_ACK && (alter.lose_acks || alter.lose_ack == chan)) {
		frame[4] = 0x4f;
		return true;
	}
	if (span == 2 && m.service == Q931_SERVICE && alter.chan == chan) {
		memcpy(frame + m.elements_at, alter.elements, alter.n);
		*len = m.elements_at + alter.n;
		q931_read(frame, *len, &m, NULL);
	}
	seen.service[span] += m.service == Q931_SERVICE;
	seen.ack[span] += m.service == Q931_SERVICE_ACK;
	seen.out[span] += m.service == Q931_SERVICE && m.status == PRI_FAR_OUT;
	seen.pd = m.pd;
	seen.n = *len - m.elements_at < sizeof(seen.at) ? *len - m.elements_at : sizeof(seen.at);
	memcpy(seen.at, frame + m.elements_at, seen.n);
	return true;
}

static void forget(void)
{
	memset(&seen, 0, sizeof(seen));
	memset(&alter, 0, sizeof(alter));
}

static struct bench *start(enum pri_dialect dialect, enum pri_service_messages how)
{
	struct bench *b = bench_open(&(struct bench_conf){ .type = HW_SPAN_T1, .dialect = dialect, .service_messages = how,
							   .tap = tap });

	b->end[NET].offered = b->end[USER].offered = bench_answer;
	return b;
}

static struct bench *start_4ess(void)
{
	struct bench *b;

	forget();
	b = start(PRI_4ESS, PRI_SERVICE_AUTO);
	bench_run(b, 1000);
	return b;
}

/* --- Which dialects ---------------------------------------------------------------------------- */

static void one_dialect(enum pri_dialect d, enum hw_span_type type, enum pri_service_messages how, bool told)
{
	struct bench *b;
	unsigned n = told ? LINES : 0;

	forget();
	b = bench_open(&(struct bench_conf){ .type = type, .dialect = d, .service_messages = how, .tap = tap });
	bench_run(b, 1000);
	for (int end = 0; end < 2; end++) {
		assert_int_equal(seen.service[end + 1], n);
		assert_int_equal(seen.ack[end + 1], n);
		assert_int_equal(seen.out[end + 1], 0);
		assert_int_equal(bench_span(b, end).service_sent, n);
		assert_int_equal(bench_span(b, end).service_received, n);
	}
	pri_trunk_take_out(b->end[USER].trunk, 1, 7, true);
	bench_run(b, 1000);
	assert_int_equal(seen.out[1], told);
	assert_int_equal(bench_line(b, NET, 7), told ? PRI_LINE_FAR_OUT : PRI_LINE_IDLE);
	if (told) {
		assert_int_equal(seen.pd, d == PRI_NATIONAL2 ? 0x43 : 0x03);
		assert_int_equal(seen.n, 8);
		assert_memory_equal(seen.at, "\x01\x01\xc2\x18\x03\xa9\x83\x87", 8);
	}
	pri_trunk_take_out(b->end[USER].trunk, 1, 7, false);
	bench_run(b, SERVICE_TWICE_MS);
	assert_int_equal(bench_span(b, USER).service_timeouts, 0);
	bench_assert_idle(b);
	bench_close(b);
}

static void test_dialects(void **state)
{
	static const enum hw_span_type types[] = { HW_SPAN_E1, HW_SPAN_T1, HW_SPAN_J1 };

	(void)state;
	for (int d = 0; d < PRI_DIALECTS; d++)
		for (size_t i = 0; i < 3; i++) {
			bool has = d == PRI_4ESS || d == PRI_5ESS || d == PRI_DMS100 || d == PRI_NATIONAL2;
			const struct pri_dialect_def *def = pri_dialect_def((enum pri_dialect)d);

			if (!(types[i] == HW_SPAN_E1 ? def->e1 : def->t1))
				continue;
			one_dialect((enum pri_dialect)d, types[i], PRI_SERVICE_AUTO, d == PRI_4ESS || d == PRI_5ESS);
			one_dialect((enum pri_dialect)d, types[i], PRI_SERVICE_SEND, has);
			one_dialect((enum pri_dialect)d, types[i], PRI_SERVICE_NONE, false);
		}
}

/* --- Out and in -------------------------------------------------------------------------------- */

static void test_out_and_in(void **state)
{
	struct bench *b = start_4ess();
	struct bench_leg *l;

	(void)state;
	pri_trunk_take_out(b->end[NET].trunk, 2, 1, true);
	bench_run(b, 500);
	assert_int_equal(bench_line(b, NET, 1), PRI_LINE_TAKEN_OUT);
	assert_int_equal(bench_line(b, USER, 1), PRI_LINE_FAR_OUT);
	assert_non_null(strstr(b->end[USER].log, "chan 1: the far end takes it out of service"));
	l = bench_call(b, USER, "1");
	assert_int_equal(bench_pos(l), 2);
	bench_until(b, 500, bench_event(l, LEG_ANSWERED));
	bench_clear(l, 16);
	bench_run(b, 20000);	/* the audit has no quarrel with it */
	assert_int_equal(bench_line(b, USER, 1), PRI_LINE_FAR_OUT);
	assert_null(strstr(b->end[USER].log, "audit"));
	pri_trunk_take_out(b->end[NET].trunk, 2, 1, false);
	bench_run(b, 500);
	assert_int_equal(bench_line(b, USER, 1), PRI_LINE_IDLE);
	assert_non_null(strstr(b->end[USER].log, "chan 1: the far end puts it back"));
	bench_assert_idle(b);
	bench_close(b);
}

/* Each end has a word of its own: the line is idle when both have it in service, in whatever order. */
static void test_both_words(void **state)
{
	struct bench *b = start_4ess();

	(void)state;
	for (int first = 0; first < 2; first++) {
		for (int end = 0; end < 2; end++)
			pri_trunk_take_out(b->end[end].trunk, end + 1, 9, true);
		bench_run(b, 500);
		for (int end = 0; end < 2; end++)
			assert_int_equal(bench_line(b, end, 9), PRI_LINE_TAKEN_OUT);
		pri_trunk_take_out(b->end[first].trunk, first + 1, 9, false);
		bench_run(b, 1000);
		assert_int_equal(bench_line(b, first, 9), PRI_LINE_FAR_OUT);
		assert_int_equal(bench_line(b, !first, 9), PRI_LINE_TAKEN_OUT);
		pri_trunk_take_out(b->end[!first].trunk, !first + 1, 9, false);
		bench_run(b, 1000);
		assert_int_equal(bench_count(b, USER, PRI_LINE_IDLE) + bench_count(b, NET, PRI_LINE_IDLE), 2 * LINES);
	}
	bench_assert_idle(b);
	bench_close(b);
}

/* The call that is up stays, at both ends; the far end hears of it when it is over. */
static void test_in_mid_call(void **state)
{
	struct bench *b = start_4ess();
	struct bench_leg *l = bench_call(b, USER, "1"), *second;

	(void)state;
	bench_until(b, 500, bench_event(l, LEG_ANSWERED));
	pri_trunk_take_out(b->end[NET].trunk, 2, 1, true);
	bench_run(b, 10000);
	assert_int_equal(seen.out[2], 0);
	assert_false(l->cleared);
	bench_clear(l, 16);
	bench_run(b, 300);
	assert_int_equal(seen.out[2], 1);
	assert_int_equal(bench_line(b, USER, 1), PRI_LINE_FAR_OUT);
	assert_int_equal(bench_line(b, NET, 1), PRI_LINE_TAKEN_OUT);
	second = bench_call(b, USER, "1");
	assert_int_equal(bench_pos(second), 2);
	bench_until(b, 500, bench_event(second, LEG_ANSWERED));
	bench_clear(second, 16);
	pri_trunk_take_out(b->end[NET].trunk, 2, 1, false);
	bench_assert_idle(b);
	bench_close(b);
}

/* A far end that says so in the middle of a call, and then calls on that channel itself. */
static void test_far_out_and_calls(void **state)
{
	struct bench *b = start_4ess();
	struct bench_leg *l = bench_call(b, USER, "1");

	(void)state;
	bench_until(b, 500, bench_event(l, LEG_ANSWERED));
	alter.chan = 1;
	alter.n = 8;
	memcpy(alter.elements, "\x01\x01\xc2\x18\x03\xa9\x83\x81", 8);
	pri_trunk_take_out(b->end[NET].trunk, 2, 1, false);	/* tells it again */
	bench_run(b, 500);
	alter.chan = 0;
	assert_int_equal(bench_line(b, USER, 1), PRI_LINE_UP);
	assert_false(l->cleared);
	bench_clear(l, 16);
	bench_run(b, 300);
	assert_int_equal(bench_line(b, USER, 1), PRI_LINE_FAR_OUT);
	l = bench_call(b, NET, "2");
	assert_int_equal(bench_pos(l), 1);
	bench_until(b, 500, bench_event(l, LEG_ANSWERED));
	assert_int_equal(bench_line(b, USER, 1), PRI_LINE_UP);
	assert_non_null(strstr(b->end[USER].log, "chan 1: a call from the far end, which has taken it out"));
	bench_clear(l, 16);
	bench_run(b, 300);
	assert_int_equal(bench_line(b, USER, 1), PRI_LINE_FAR_OUT);
	pri_trunk_take_out(b->end[NET].trunk, 2, 1, false);
	bench_assert_idle(b);
	bench_close(b);
}

/* --- RESTART, and D channels that are set up anew ---------------------------------------------- */

static void test_restart(void **state)
{
	struct bench *b = start_4ess();

	(void)state;
	alter.chan = 4;
	alter.n = 8;
	memcpy(alter.elements, "\x01\x01\xc2\x18\x03\xa9\x83\x84", 8);
	pri_trunk_take_out(b->end[NET].trunk, 2, 4, false);
	pri_trunk_take_out(b->end[USER].trunk, 1, 5, true);
	bench_run(b, 500);
	alter.chan = 0;
	assert_int_equal(bench_line(b, USER, 4), PRI_LINE_FAR_OUT);
	assert_int_equal(seen.out[1], 1);
	pri_trunk_restart_at(b->end[USER].trunk, 1, 4);	/* ours says nothing of the far end's word */
	bench_run(b, 500);
	assert_int_equal(bench_line(b, USER, 4), PRI_LINE_FAR_OUT);
	pri_trunk_restart_at(b->end[NET].trunk, 2, 4);
	pri_trunk_restart_at(b->end[NET].trunk, 2, 5);
	bench_run(b, 1000);
	assert_int_equal(bench_line(b, USER, 4), PRI_LINE_IDLE);
	assert_int_equal(bench_line(b, USER, 5), PRI_LINE_TAKEN_OUT);
	assert_int_equal(seen.out[1], 2);	/* ours was told again */
	assert_int_equal(bench_line(b, NET, 5), PRI_LINE_FAR_OUT);
	pri_trunk_take_out(b->end[USER].trunk, 1, 5, false);
	bench_assert_idle(b);
	bench_close(b);
}

/* What the last run left out comes back; what the far end has out stays so over a reload, and is not restarted. */
static void test_next_run(void **state)
{
	struct bench *b = start_4ess();

	(void)state;
	pri_trunk_take_out(b->end[USER].trunk, 1, 3, true);
	pri_trunk_take_out(b->end[NET].trunk, 2, 6, true);
	bench_run(b, 500);
	assert_int_equal(bench_line(b, NET, 3), PRI_LINE_FAR_OUT);
	forget();
	bench_reopen(b, USER);
	bench_run(b, 3000);
	assert_int_equal(seen.service[1], LINES);
	assert_int_equal(seen.out[1], 0);
	assert_int_equal(seen.restart[1], LINES - 1);
	assert_int_equal(bench_line(b, NET, 3), PRI_LINE_IDLE);
	assert_int_equal(bench_line(b, USER, 6), PRI_LINE_FAR_OUT);
	pri_trunk_take_out(b->end[NET].trunk, 2, 6, false);
	bench_assert_idle(b);
	bench_close(b);
}

static void test_layer2_anew(void **state)
{
	struct bench *b = start_4ess();

	(void)state;
	pri_trunk_take_out(b->end[NET].trunk, 2, 6, true);
	bench_run(b, 500);
	forget();
	alter.cut = true;
	bench_run(b, 30000);
	assert_false(bench_span(b, USER).layer2);
	assert_int_equal(bench_line(b, USER, 6), PRI_LINE_OUT);
	alter.cut = false;
	bench_until(b, 30000, bench_span(b, USER).in_service && bench_span(b, NET).in_service);
	bench_run(b, 3000);
	assert_in_range(seen.out[2], 1, 2);	/* twice when both ends set it up at once: the first may be lost by that */
	assert_int_equal(seen.out[1], 0);
	assert_true(seen.service[1] >= LINES);
	assert_int_equal(bench_line(b, USER, 6), PRI_LINE_FAR_OUT);
	assert_int_equal(bench_count(b, USER, PRI_LINE_IDLE), LINES - 1);
	pri_trunk_take_out(b->end[NET].trunk, 2, 6, false);
	bench_assert_idle(b);
	bench_close(b);
}

/* --- No answer --------------------------------------------------------------------------------- */

static unsigned lines_of(const char *log, const char *words)
{
	unsigned n = 0;

	for (const char *at = log; (at = strstr(at, words)); at++)
		n++;
	return n;
}

static void test_no_answer(void **state)
{
	struct bench *b;

	(void)state;
	forget();
	alter.lose_acks = true;
	b = start(PRI_5ESS, PRI_SERVICE_AUTO);
	bench_run(b, SERVICE_TWICE_MS);
	assert_int_equal(bench_count(b, USER, PRI_LINE_IDLE), LINES);
	assert_int_equal(seen.service[1], 2 * LINES);
	assert_int_equal(bench_span(b, USER).service_timeouts, LINES);
	assert_int_equal(bench_span(b, NET).service_timeouts, 0);
	assert_int_equal(lines_of(b->end[USER].log, "no acknowledgement"), 1);
	bench_run(b, 300000);
	assert_int_equal(seen.service[1], 2 * LINES);	/* and no more */
	alter.lose_acks = false;
	alter.lose_ack = 5;
	pri_trunk_take_out(b->end[USER].trunk, 1, 0, true);
	bench_run(b, SERVICE_TWICE_MS);
	assert_int_equal(bench_span(b, USER).service_timeouts, LINES + 1);
	assert_int_equal(lines_of(b->end[USER].log, "chan 5: SERVICE sent 2 times, no acknowledgement"), 1);
	assert_int_equal(lines_of(b->end[USER].log, "no acknowledgement"), 2);
	alter.lose_ack = 0;
	pri_trunk_take_out(b->end[USER].trunk, 1, 0, false);
	bench_assert_idle(b);
	bench_close(b);
}

/* --- Which channels, which status -------------------------------------------------------------- */

static void test_elements(void **state)
{
	static const struct {
		const char *why, *elements;
		size_t n;
		uint32_t out;		/* a bit for each channel */
		const char *ack, *log;	/* elements of the answer, as many octets as came; NULL: not looked at */
	} rows[] = {
		{ "maintenance", "\x01\x01\xc1\x18\x03\xa9\x83\x85", 8, 1 << 5, "\x01\x01\xc1\x18\x03\xa9\x83\x85",
		  "chan 5: the far end takes it out for maintenance" },
		{ "a preference of its own", "\x01\x01\x82\x18\x03\xa9\x83\x85", 8, 1 << 5, NULL, NULL },
		{ "the interface", "\x01\x01\xc2\x18\x01\xa9", 6, 0xfffffe, "\x01\x01\xc2\x18\x01\xa9", NULL },
		{ "no channel element", "\x01\x01\xc2", 3, 0xfffffe, NULL, NULL },
		{ "a map", "\x01\x01\xc2\x18\x05\xa9\x93\x40\x00\x81", 10, 1 << 1 | 1 << 8 | 1 << 23, NULL, NULL },
		{ "a list", "\x01\x01\xc2\x18\x04\xa9\x83\x03\x84", 9, 1 << 3 | 1 << 4, NULL, NULL },
		{ "an interface identifier", "\x01\x01\xc2\x18\x04\xe9\x80\x83\x87", 9, 1 << 7, NULL, NULL },
		{ "the D channel", "\x01\x01\xc2\x18\x03\xa9\x83\x98", 8, 0, NULL, "no B channels of ours" },
		{ "no channel", "\x01\x01\xc2\x18\x01\xa0", 6, 0, NULL, NULL },
		{ "a status that is none", "\x01\x01\xc3\x18\x03\xa9\x83\x85", 8, 0, NULL, "change status 3 has no use" },
		{ "no status", "\x18\x03\xa9\x83\x85", 5, 0, NULL, "change status -1 has no use" },
		{ "status without contents", "\x01\x00\x18\x03\xa9\x83\x85", 7, 0, NULL, "change status -1" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct bench *b = start_4ess();
		struct bench_leg *l = bench_call(b, USER, "1");

		bench_until(b, 500, bench_event(l, LEG_ANSWERED));
		alter.chan = 5;
		alter.n = rows[i].n;
		memcpy(alter.elements, rows[i].elements, rows[i].n);
		pri_trunk_take_out(b->end[NET].trunk, 2, 5, false);
		bench_run(b, 500);
		alter.chan = 0;
		assert_true(bench_span(b, USER).layer2 && bench_span(b, NET).layer2);
		assert_false(l->cleared);
		for (int pos = 2; pos <= LINES; pos++)
			if ((bench_line(b, USER, pos) == PRI_LINE_FAR_OUT) != (rows[i].out >> pos & 1))
				fail_msg("%s: chan %d is %s", rows[i].why, pos, pri_line_state_name(bench_line(b, USER, pos)));
		if (rows[i].ack) {
			assert_int_equal(seen.n, rows[i].n);
			assert_memory_equal(seen.at, rows[i].ack, seen.n);
		}
		if (rows[i].log)
			assert_non_null(strstr(b->end[USER].log, rows[i].log));
		bench_clear(l, 16);
		bench_run(b, 500);
		assert_int_equal(bench_line(b, USER, 1) == PRI_LINE_FAR_OUT, rows[i].out >> 1 & 1);
		for (int pos = 1; pos <= LINES; pos++)
			pri_trunk_take_out(b->end[NET].trunk, 2, pos, false);
		bench_assert_idle(b);
		bench_close(b);
	}
}

/* --- NFAS: the interface is named -------------------------------------------------------------- */

static unsigned named[2][32];	/* SERVICE of the user's end, by interface and channel */

static bool tap_nfas(struct bench *b, int span, uint8_t *frame, size_t *len)
{
	struct q931_msg m;
	const uint8_t *e = frame + 9;

	(void)b;
	if (!q931_read(frame, *len, &m, NULL) || m.service != Q931_SERVICE)
		return true;
	assert_int_equal(*len, 18);
	assert_memory_equal(e + 3, "\x18\x04\xe9", 3);
	assert_in_range(e[6], 0x80, 0x81);
	assert_int_equal(e[7], 0x83);
	if (span <= 2) {
		named[e[6] & 1][e[8] & 0x7f]++;
	} else if (alter.chan == (e[8] & 0x7f)) {
		memcpy(frame + m.elements_at, alter.elements, alter.n);
		*len = m.elements_at + alter.n;
	}
	return true;
}

/* Lines of one span that the far end has out. */
static int far_out(struct bench *b, int end, int span)
{
	struct pri_line_info lines[64];
	int n = pri_trunk_lines(b->end[end].trunk, lines, 64), count = 0;

	for (int i = 0; i < n; i++)
		count += lines[i].span == span && lines[i].state == PRI_LINE_FAR_OUT;
	return count;
}

/* One D channel for two spans, 47 channels: and the same with a backup, 46. */
static void nfas(int dchans)
{
	struct bench *b;
	struct bench_leg *l;

	forget();
	memset(named, 0, sizeof(named));
	b = bench_open(&(struct bench_conf){ .type = HW_SPAN_T1, .dialect = PRI_4ESS, .spans = 2, .nfas = dchans, .tap = tap_nfas });
	b->end[NET].offered = b->end[USER].offered = bench_answer;
	bench_run(b, 10000);
	for (int pos = 1; pos <= 24; pos++) {
		assert_int_equal(named[0][pos] != 0, pos < 24);
		assert_int_equal(named[1][pos] != 0, pos < 24 || dchans == 1);
	}
	pri_trunk_take_out(b->end[USER].trunk, 1, 0, true);
	pri_trunk_take_out(b->end[USER].trunk, 2, 23, true);
	bench_run(b, 1000);
	assert_int_equal(far_out(b, NET, 3), 23);
	assert_int_equal(far_out(b, NET, 4), 1);
	l = bench_call(b, NET, "1");
	bench_until(b, 500, bench_event(l, LEG_ANSWERED));
	assert_int_equal(bench_pos(l), 1);
	bench_clear(l, 16);
	pri_trunk_take_out(b->end[USER].trunk, 0, 0, false);
	bench_run(b, 5000);
	assert_int_equal(far_out(b, NET, 3) + far_out(b, NET, 4), 0);
	alter.chan = 5;
	alter.n = 7;
	memcpy(alter.elements, "\x01\x01\xc2\x18\x02\xe9\x81", 7);
	pri_trunk_take_out(b->end[NET].trunk, 4, 5, false);
	bench_run(b, 500);
	assert_int_equal(far_out(b, USER, 1), 0);
	assert_int_equal(far_out(b, USER, 2), dchans == 1 ? 24 : 23);
	alter.elements[6] = 0x87;
	pri_trunk_take_out(b->end[NET].trunk, 4, 5, false);
	bench_run(b, 500);
	assert_int_equal(far_out(b, USER, 1), 0);
	assert_non_null(strstr(b->end[USER].log, "interface that is none of ours"));
	alter.chan = 0;
	pri_trunk_take_out(b->end[NET].trunk, 0, 0, false);
	bench_run(b, SERVICE_TWICE_MS);
	assert_null(strstr(b->end[USER].log, "no acknowledgement"));
	bench_assert_idle(b);
	bench_close(b);
}

static void test_nfas(void **state)
{
	(void)state;
	nfas(1);
	nfas(2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dialects), cmocka_unit_test(test_out_and_in), cmocka_unit_test(test_both_words),
		cmocka_unit_test(test_in_mid_call), cmocka_unit_test(test_far_out_and_calls),
		cmocka_unit_test(test_restart), cmocka_unit_test(test_next_run), cmocka_unit_test(test_layer2_anew),
		cmocka_unit_test(test_no_answer), cmocka_unit_test(test_elements),
		cmocka_unit_test(test_nfas),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
