/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The call between two legs whose driver is this test: scripts of events on one leg, and what the call asks of the other; its
 * states, its media, its limits. Data: test_call_data.c; services: test_call_services.c.
 */
#include "tests/support/call_script.h"

static const struct {
	const char *why, *number;
	int fails;
	const char *script, *want;
	int cause;
	const char *side;
} rows[] = {
	{ "answered, the called side hangs up", "1", 0,
	  "o:alerting o:answered o:cleared16 i:cleared16",
	  "o:call1 i:proceed i:alert i:answer i:clear16", 16, "out" },
	{ "answered, the calling side hangs up", "1", 0, "o:answered i:cleared16 o:cleared16",
	  "o:call1 i:proceed i:answer o:clear16", 16, "in" },
	{ "early audio is told and joined", "1", 0,
	  "o:progress+audio o:alerting+audio o:answered i:cleared16 o:cleared16",
	  "o:call1 i:proceed i:progress+audio i:alert+audio i:answer o:clear16", 16, "in" },
	{ "the caller gives up while it rings", "1", 0, "o:alerting i:cleared16 o:cleared16",
	  "o:call1 i:proceed i:alert o:clear16", 16, "in" },
	{ "busy goes back with its cause", "two", 0, "o:cleared17 i:cleared17", "o:call1 i:proceed i:clear17", 17, "out" },
	{ "congestion tries the next destination", "two", 0, "o:cleared42 o:answered i:cleared16 o:cleared16",
	  "o:call1 i:proceed o:call2 i:answer o:clear16", 16, "in" },
	{ "the last destination's cause goes back", "two", 0, "o:cleared42 o:cleared34 i:cleared34",
	  "o:call1 i:proceed o:call2 i:clear34", 34, "out" },
	{ "a trunk with no line is passed over at once", "two", 34, "o:answered o:cleared16 i:cleared16",
	  "o:call1 o:call2 i:proceed i:answer i:clear16", 16, "out" },
	{ "an ending after a failed destination", "then-busy", 0, "o:cleared41 i:cleared17",
	  "o:call1 i:proceed i:clear17", 17, "gateway" },
	{ "no row: refused as unallocated", "nowhere", 0, "i:cleared1", "i:clear1", 1, "gateway" },
	{ "a congestion cause after the answer ends the call", "two", 0, "o:answered o:cleared41 i:cleared41",
	  "o:call1 i:proceed i:answer i:clear41", 41, "out" },
	{ "both sides at once", "1", 0, "o:answered o:cleared16 i:cleared16", "o:call1 i:proceed i:answer i:clear16", 16,
	  "out" },
	{ "hold goes to the other end, and back", "1", 0, "o:answered i:held i:resumed o:held i:cleared16 o:cleared16",
	  "o:call1 i:proceed i:answer o:hold o:resume i:hold o:clear16", 16, "in" },
	{ "nobody holds what is not answered", "1", 0, "o:held i:held i:cleared16 o:cleared16",
	  "o:call1 i:proceed o:clear16", 16, "in" },
	{ "an announcement after clearing is heard by the caller", "1", 0, "o:disconnect1 o:cleared1 i:cleared1",
	  "o:call1 i:proceed i:progress+audio1 i:clear1", 1, "out" },
	{ "who has heard enough of it hangs up", "1", 0, "o:alerting o:disconnect1 i:cleared16 o:cleared1",
	  "o:call1 i:proceed i:alert i:progress+audio1 o:clear16", 16, "in" },
	{ "after the answer it is heard on, either way", "1", 0, "o:answered o:disconnect16 o:cleared16 i:cleared16",
	  "o:call1 i:proceed i:answer i:clear16", 16, "out" },
	{ "and the calling side's", "1", 0, "o:answered i:disconnect16 i:cleared16 o:cleared16",
	  "o:call1 i:proceed i:answer o:clear16", 16, "in" },
	{ "nobody hears the calling side's before that", "1", 0, "i:disconnect16 i:cleared16 o:cleared16",
	  "o:call1 i:proceed i:clear16 o:clear16", 16, "in" },
	{ "nobody listens where another destination is tried", "two", 0,
	  "o:disconnect42 o:cleared42 o:answered i:cleared16 o:cleared16",
	  "o:call1 i:proceed o:clear42 o:call2 i:answer o:clear16", 16, "in" },
	{ "the called side has cleared, its line is slow: the caller hears of it, and his own BYE changes nothing", "1", 0,
	  "o:answered o:clearing16 i:cleared31 o:cleared16", "o:call1 i:proceed i:answer i:clear16 o:clear16", 16, "out" },
	{ "the calling side has, before the answer", "1", 0, "o:alerting i:clearing16 o:cleared31 i:cleared16",
	  "o:call1 i:proceed i:alert i:clear16 o:clear16", 16, "in" },
	{ "busy, and a slow line", "two", 0, "o:alerting o:clearing17 i:cleared17 o:cleared17",
	  "o:call1 i:proceed i:alert i:clear17 o:clear17", 17, "out" },
	{ "another destination waits for the line", "two", 0, "o:clearing42 o:cleared42 o:answered i:cleared16 o:cleared16",
	  "o:call1 i:proceed o:call2 i:answer o:clear16", 16, "in" },
	{ "after the announcement", "1", 0, "o:answered o:disconnect16 o:clearing16 i:cleared16 o:cleared16",
	  "o:call1 i:proceed i:answer i:clear16 o:clear16", 16, "out" },
	{ "digits that follow are passed on, and their end", "overlap", 0,
	  "i:digit2 i:digit3 i:complete i:digit4 o:proceeding o:answered i:cleared16 o:cleared16",
	  "o:call1 o:more 2 o:more 3 o:more ! i:proceed i:answer o:clear16", 16, "in" },
	{ "until the called end has enough", "overlap", 0, "i:digit2 o:proceeding i:digit3 o:answered i:cleared16 o:cleared16",
	  "o:call1 o:more 2 i:proceed i:answer o:clear16", 16, "in" },
	{ "a tone is not that", "overlap", 0, "o:progress+audio i:digit2 o:alerting o:cleared28 i:cleared28",
	  "o:call1 i:progress+audio o:more 2 i:proceed i:alert i:clear28", 28, "out" },
	{ "late events of a clearing leg are ignored", "1", 0, "i:cleared16 o:alerting o:answered o:cleared16",
	  "o:call1 i:proceed o:clear16", 16, "in" },
};

static void scripts(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		run_script(rows[i].number, rows[i].fails, rows[i].script, rows[i].want);
		if (last.cause != rows[i].cause || strcmp(last.side, rows[i].side))
			fail_msg("%s: record has cause %d by %s", rows[i].why, last.cause, last.side);
	}
}

static void table(void **state)
{
	(void)state;
	assert_true(call_may_move(CALL_OFFERED, CALL_DIALING));
	assert_false(call_may_move(CALL_UP, CALL_ALERTING));
	assert_false(call_may_move(CALL_CLEARING, CALL_UP));
	for (int s = CALL_OFFERED; s < CALL_CLEARING; s++)
		assert_true(call_may_move((enum call_state)s, CALL_CLEARING)); /* every call can end */
	assert_true(call_may_move(CALL_CLEARING, CALL_IDLE));
}

static void media_numbers(void **state)
{
	(void)state;
	run_script("1", 0, "o:answered o:cleared16 i:cleared16", "o:call1 i:proceed i:answer i:clear16");
	assert_int_equal(joins, 1);
	assert_int_equal(last.in.media.packets_in, 7);
	assert_int_equal(last.out.media.packets_in, 7);
	assert_true(last.answer_ms >= last.start_ms);
}

/* A telephone that talks on another call takes its port along; it is never given a port as a B channel is. */
static void port_that_leaves(void **state)
{
	struct media_port *phone = (struct media_port *)&port[10], *far = (struct media_port *)&port[11];
	struct leg_event answered = { .kind = LEG_ANSWERED }, audio = { .kind = LEG_AUDIO };
	struct leg_event gone = { .kind = LEG_CLEARED, .cause = { .q850 = 16 } };
	struct hw_line analog = { .kind = HW_CHAN_FXS };
	struct leg_offer offer = { .complete = true };

	(void)state;
	did[0] = 0;
	n_out = n_port = n_closing = joins = parts = open_lines = n_records = 0;
	in = (struct leg){ .ops = &ops, .incoming = true, .line = &analog, .port = phone };
	snprintf(offer.called.digits, sizeof(offer.called.digits), "1");
	call_offered(&gw, &office, &in, &offer);
	out[0].line = NULL;
	out[0].port = far;
	leg_report(&out[0], &answered);
	assert_int_equal(joins, 1);
	assert_int_equal(parts, 0);
	in.port = NULL;
	leg_report(&in, &audio);
	assert_int_equal(parts, 1);
	assert_ptr_equal(parted, far);
	assert_int_equal(open_lines, 0);
	in.port = phone;
	leg_report(&in, &audio);
	assert_int_equal(joins, 2);
	leg_report(&out[0], &gone);
	assert_int_equal(parts, 2);
	assert_ptr_equal(parted, phone);	/* the call is over: it is heard no more */
	leg_report(&in, &gone);
	assert_null(gw.calls);
}

static void limits(void **state)
{
	struct leg second = { .ops = &ops, .incoming = true }, *first = &in;
	struct leg_offer offer = { .complete = true };
	struct leg_event gone = { .kind = LEG_CLEARED, .cause = { .q850 = 16 } };

	(void)state;
	did[0] = 0;
	n_out = n_port = n_closing = n_records = 0;
	in = (struct leg){ .ops = &ops, .incoming = true };
	snprintf(offer.called.digits, sizeof(offer.called.digits), "limited");
	call_offered(&gw, &office, first, &offer);
	call_offered(&gw, &office, &second, &offer);
	assert_string_equal(did, "o:call1 i:proceed o:clear17"); /* "o" is whatever is not the first leg */
	leg_report(&second, &gone);
	assert_int_equal(n_records, 1);
	did[0] = 0;
	second = (struct leg){ .ops = &ops, .incoming = true };
	snprintf(offer.called.digits, sizeof(offer.called.digits), "emergency");
	office.max_calls = 1;
	call_offered(&gw, &office, &second, &offer);
	assert_string_equal(did, "o:call1 o:proceed"); /* past max-calls and max= */
	leg_report(&second, &gone);
	leg_report(&out[1], &gone);
	office.max_calls = 0;
	leg_report(first, &gone);
	leg_report(&out[0], &gone);
	close_ports();
	assert_null(gw.calls);
}

/* A call that nobody answers is ended by the call itself, but where the driver of the called leg has timers for it. */
static void unanswered(void **state)
{
	struct leg_event alerting = { .kind = LEG_ALERTING }, gone = { .kind = LEG_CLEARED, .cause = { .q850 = 19 } };
	struct leg_event heard = { .kind = LEG_PROGRESS, .inband = true };
	struct leg_offer offer = { .complete = true };

	(void)state;
	snprintf(offer.called.digits, sizeof(offer.called.digits), "1");
	for (int i = 0; i < 6; i++) {
		did[0] = 0;
		n_out = n_port = n_closing = n_records = 0;
		out_limits = i & 1;
		in = (struct leg){ .ops = &ops, .incoming = true };
		call_offered(&gw, &office, &in, &offer);
		if (i & 2)
			leg_report(&out[0], &alerting);
		if (i & 4)	/* a queue that plays music: nobody has answered there */
			leg_report(&out[0], &heard);
		did[0] = 0;
		call_late(gw.calls);
		assert_string_equal(did, i & 1 ? "" : i & 6 ? "i:clear19 o:clear19" : "i:clear102 o:clear102");
		leg_report(&out[0], &gone);
		leg_report(&in, &gone);
		close_ports();
		assert_null(gw.calls);
	}
	out_limits = false;
}

/* What comes along with a message goes along with the one that it becomes; a change of who is there is told. */
static void extras(void **state)
{
	struct leg_event alerting = { .kind = LEG_ALERTING, .extra.uui.len = 11 };
	struct leg_event answered = { .kind = LEG_ANSWERED, .extra.connected_name = "Anna" };
	struct leg_event changed = { .kind = LEG_CONNECTED, .connected.digits = "5" };
	struct leg_event gone = { .kind = LEG_CLEARED, .cause = { .q850 = 16 }, .by_far_end = true, .extra.uui.len = 13 };
	struct leg_offer offer = { .complete = true };

	(void)state;
	snprintf(offer.called.digits, sizeof(offer.called.digits), "1");
	did[0] = 0;
	n_out = n_port = n_closing = joins = n_records = 0;
	in = (struct leg){ .ops = &ops, .incoming = true };
	call_offered(&gw, &office, &in, &offer);
	leg_report(&out[0], &changed);	/* not up: nobody is told */
	assert_null(strstr(did, "connected"));
	leg_report(&out[0], &alerting);
	leg_report(&out[0], &answered);
	leg_report(&out[0], &changed);
	leg_report(&in, &changed);
	leg_report(&out[0], &gone);
	assert_non_null(strstr(did, "i:with11 i:alert"));
	assert_non_null(strstr(did, "i:with i:answer"));
	assert_non_null(strstr(did, "i:connected5"));
	assert_non_null(strstr(did, "o:connected5"));
	assert_non_null(strstr(did, "i:with13 i:clear16"));
	leg_report(&in, &gone);
	close_ports();
	assert_null(gw.calls);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scripts),
		cmocka_unit_test(table),
		cmocka_unit_test(media_numbers),
		cmocka_unit_test(port_that_leaves),
		cmocka_unit_test(limits),
		cmocka_unit_test(unanswered),
		cmocka_unit_test(extras),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
