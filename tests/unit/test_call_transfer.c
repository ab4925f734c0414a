/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The call and attended transfer: who has two calls joins their far ends, between legs whose driver is this test. */
#include "tests/support/call_steps.h"

static struct leg waiting;	/* of the second call, which came in */

static void second_call(void)
{
	struct leg_offer offer = { .complete = true, .called = { .digits = "1" } };

	waiting = (struct leg){ .ops = &ops, .incoming = true, .port = (struct media_port *)&waiting };
	call_offered(&gw, &office, &waiting, &offer);
}

static void join(struct leg *l, struct leg *other)
{
	struct leg_event ev = { .kind = LEG_JOIN, .other = other };

	did[0] = 0;
	leg_report(l, &ev);
}

static void end_all(void)
{
	for (int i = 0; i < n_out; i++)
		gone_with(&out[i], 16);
	gone_with(&in, 16);
	gone_with(&waiting, 16);
	close_ports();
	assert_null(gw.calls);
	assert_int_equal(office.calls + telco.calls, 0);
}

/* Who is called has one call and takes another that still rings at his end for the far end of the first: who called is answered. */
static void join_ringing_in(void **state)
{
	struct leg_event alerting = { .kind = LEG_ALERTING };

	(void)state;
	begin("1");
	leg_report(&out[0], &ev_answered);
	second_call();
	leg_report(&out[1], &alerting);
	tone[0] = 0;
	join(&out[0], &out[1]);
	assert_string_equal(did, "o:answer i:resume o:resume i:join o:referred o:clear16 o:clear16");
	assert_string_equal(tone, "");
	assert_int_equal(joins, 2);
	end_all();
	assert_int_equal(n_records, 2);
}

/* The same with the ISDN party of the first call, whose port is made for each call: he hears it ring too, also where he has no channel
 * yet as he was held. */
static void join_ringing_isdn(void **state)
{
	struct leg_event alerting = { .kind = LEG_ALERTING }, audio = { .kind = LEG_AUDIO };

	(void)state;
	for (int held = 0; held <= 1; held++) {
		begin("1");
		leg_report(&out[0], &ev_answered);
		second_call();
		leg_report(&out[1], &alerting);
		tone[0] = 0;
		if (held) {
			out[0].line = NULL;
			leg_report(&out[0], &audio);
		}
		join(&in, &waiting);
		assert_string_equal(tone, held ? "" : "ringback");
		out[0].line = &timeslot;
		leg_report(&out[0], &audio);
		assert_string_equal(tone, "ringback");
		leg_report(&out[1], &ev_answered);
		assert_string_equal(tone, "");
		leg_report(&out[0], &audio);
		assert_string_equal(tone, "");
		end_all();
		assert_int_equal(open_lines, 0);
	}
}

/* After a transfer whoever is sent on has his own number and is as hidden as he was, whichever end of whichever call he was. */
static void join_then_refer(void **state)
{
	static const struct { struct leg *asks, *other, *then; const char *number; bool hidden; } cases[] = {
		{ &in, &waiting, &out[0], "8", false },
		{ &in, &out[1], &out[0], "6", true },
		{ &out[0], &waiting, &in, "8", false },
		{ &out[0], &out[1], &in, "6", true },
	};
	const struct leg_offer first = { .complete = true, .called.digits = "1", .calling.digits = "5", .calling_name = "Eve" };
	const struct leg_offer second = { .complete = true, .called.digits = "8",
					  .calling = { .digits = "6", .presentation = PRES_RESTRICTED } };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		n_out = n_port = n_closing = joins = n_records = 0;
		in = (struct leg){ .ops = &ops, .incoming = true, .port = (struct media_port *)&in };
		call_offered(&gw, &office, &in, &first);
		leg_report(&out[0], &ev_answered);
		waiting = (struct leg){ .ops = &ops, .incoming = true, .port = (struct media_port *)&waiting };
		call_offered(&gw, &office, &waiting, &second);
		leg_report(&out[1], &ev_answered);
		join(cases[i].asks, cases[i].other);
		refer(cases[i].then, "7");
		assert_int_equal(n_out, 3);
		assert_string_equal(dialled.calling.digits, cases[i].number);
		assert_int_equal(dialled.calling.presentation, cases[i].hidden ? PRES_RESTRICTED : PRES_ALLOWED);
		assert_string_equal(dialled.calling_name, "");
		leg_report(&out[2], &ev_answered);
		end_all();
	}
}

/* A call in the middle of one transfer is in no other, and goes on as it does. */
static void join_while_referring(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		begin("1");
		leg_report(&out[0], &ev_answered);
		refer(&out[0], "7");
		second_call();
		leg_report(&out[2], &ev_answered);
		if (i)
			join(&in, &waiting);
		else
			join(&waiting, &in);
		assert_string_equal(did, i ? "i:referred29" : "o:referred29");
		did[0] = 0;
		leg_report(&out[1], &ev_answered);
		assert_string_equal(did, "o:referred o:clear16 i:join");
		end_all();
	}
}

/* The second call rings when it is handed over, and then is answered or not. */
static void join_ringing_out(void **state)
{
	struct leg_event alerting = { .kind = LEG_ALERTING }, farewell = { .kind = LEG_DISCONNECT, .inband = true, .cause = { .q850 = 17 } };

	(void)state;
	for (int answers = 0; answers <= 1; answers++) {
		begin("1");
		leg_report(&out[0], &ev_answered);
		second_call();
		leg_report(&out[1], &alerting);
		join(&out[0], &waiting);
		assert_string_equal(did, "i:resume o:referred o:clear16 o:clear16");
		assert_string_equal(tone, "ringback");
		did[0] = 0;
		joins = 0;
		leg_report(&out[1], answers ? &ev_answered : &farewell);
		assert_string_equal(did, answers ? "i:join" : "");	/* an exchange that has both may join them */
		assert_string_equal(tone, "");	/* what ends it is heard */
		assert_int_equal(joins, 1);
		gone_with(&out[1], 17);
		assert_non_null(strstr(did, "i:clear17"));
		end_all();
	}
}

/* A telephone has two calls and joins their far ends: it called both, or was called first; the second has
 * answered or still rings. */
static void transfers(void **state)
{
	static const struct { bool called, answered; } cases[] = { { false, true }, { true, true }, { false, false },
								   { true, false } };
	struct leg_event answered = { .kind = LEG_ANSWERED }, join = { .kind = LEG_JOIN };
	struct leg_event gone = { .kind = LEG_CLEARED, .cause = { .q850 = 16 }, .by_far_end = true };
	struct leg_event alerting = { .kind = LEG_ALERTING };
	struct leg_offer offer = { .complete = true };

	(void)state;
	snprintf(offer.called.digits, sizeof(offer.called.digits), "1");
	snprintf(offer.calling.digits, sizeof(offer.calling.digits), "7");
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct leg second = { .ops = &ops, .incoming = true }, *phone, *far;
		struct media_port *rtp = (struct media_port *)&second;

		did[0] = tone[0] = 0;
		n_out = n_port = n_closing = joins = n_records = 0;
		join_err = cases[i].answered ? 0 : -95;
		in = (struct leg){ .ops = &ops, .incoming = true, .port = rtp };
		call_offered(&gw, &office, &in, &offer);
		out[0].port = (struct media_port *)&out[0];
		leg_report(&out[0], &answered);
		phone = cases[i].called ? &out[0] : &in;
		far = cases[i].called ? &in : &out[0];
		call_offered(&gw, &office, &second, &offer);
		leg_report(&out[1], cases[i].answered ? &answered : &alerting);
		joins = 0;
		did[0] = 0;
		join.other = &second;
		leg_report(phone, &join);
		if (cases[i].answered) {
			assert_int_equal(joins, 1);	/* and stays so where the far ends refuse to do it among themselves */
			assert_non_null(strstr(did, "resume"));
			assert_non_null(strstr(did, "join"));
		} else {
			assert_int_equal(joins, 0);
			assert_string_equal(tone, "ringback");
			leg_report(&out[1], &answered);
			assert_int_equal(joins, 1);
			assert_string_equal(tone, "");
			assert_non_null(strstr(did, "connected1"));	/* who is at the other end now */
			assert_int_equal(strstr(did, "connected7") != NULL, cases[i].called);
		}
		leg_report(phone, &gone);
		leg_report(&second, &gone);
		close_ports();
		assert_int_equal(n_records, 1);
		assert_string_equal(last.why, "transferred");
		assert_int_equal(gw.n_calls, 1);
		did[0] = 0;
		leg_report(far, &gone);
		assert_non_null(strstr(did, "clear16"));
		leg_report(&out[1], &gone);
		close_ports();
		assert_int_equal(n_records, 2);
		assert_null(gw.calls);
		assert_int_equal(office.calls, 0);
		assert_int_equal(telco.calls, 0);
	}
}

/* Who answers a call that is transferred is told to the other end as he says himself: another number than was called, or hidden. */
static void transfer_tells(void **state)
{
	static const struct { const char *why; struct leg_number connected; const char *told; } cases[] = {
		{ "nothing said: the number that was called", { .digits = "" }, "i:connected1" },
		{ "not available", { .presentation = PRES_UNAVAILABLE }, "i:connected1" },
		{ "another answered", { .digits = "42" }, "i:connected42" },
		{ "who hides", { .digits = "42", .presentation = PRES_RESTRICTED }, "i:hidden42" },
		{ "who hides, with no number at all", { .presentation = PRES_RESTRICTED }, "i:hidden" },
	};
	struct leg_event answered = { .kind = LEG_ANSWERED }, join = { .kind = LEG_JOIN }, alerting = { .kind = LEG_ALERTING };
	struct leg_event gone = { .kind = LEG_CLEARED, .cause = { .q850 = 16 }, .by_far_end = true };
	struct leg_offer offer = { .complete = true, .called.digits = "1", .calling.digits = "7" };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct leg second = { .ops = &ops, .incoming = true };
		struct leg_event answers = { .kind = LEG_ANSWERED, .connected = cases[i].connected };

		n_out = n_port = n_closing = joins = n_records = 0;
		in = (struct leg){ .ops = &ops, .incoming = true, .port = (struct media_port *)&second };
		call_offered(&gw, &office, &in, &offer);
		leg_report(&out[0], &answered);		/* a telephone, which calls another one */
		call_offered(&gw, &office, &second, &offer);
		leg_report(&out[1], &alerting);
		join.other = &second;
		leg_report(&out[0], &join);
		did[0] = 0;
		leg_report(&out[1], &answers);
		if (!strstr(did, cases[i].told) || (cases[i].connected.presentation == PRES_RESTRICTED && strstr(did, "i:connected")))
			fail_msg("%s: %s", cases[i].why, did);
		leg_report(&out[0], &gone);
		leg_report(&second, &gone);
		leg_report(&in, &gone);
		leg_report(&out[1], &gone);
		close_ports();
		assert_null(gw.calls);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(join_ringing_in),
		cmocka_unit_test(join_ringing_out),
		cmocka_unit_test(join_ringing_isdn),
		cmocka_unit_test(join_then_refer),
		cmocka_unit_test(join_while_referring),
		cmocka_unit_test(transfers),
		cmocka_unit_test(transfer_tells),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
