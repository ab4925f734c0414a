/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The call and blind transfer: one side asks for the other to be sent on, between legs whose driver is this test. */
#include "tests/support/call_steps.h"

/* Blind transfer: answered, not taken, not allowed; who asks stays until it is answered, or leaves before. */
static void refers(void **state)
{
	(void)state;
	for (int leaves = 0; leaves <= 1; leaves++) {
		begin("1");
		leg_report(&out[0], &ev_answered);
		refer(&out[0], "7");
		assert_string_equal(did, "i:resume o:call1");
		if (leaves)
			gone_with(&out[0], 16);
		did[0] = 0;
		leg_report(&out[1], &ev_answered);
		assert_string_equal(did, leaves ? "i:join" : "o:referred o:clear16 i:join");
		if (!leaves)
			gone_with(&out[0], 16);
		assert_int_equal(gw.n_calls, 1);
		gone_with(&out[1], 16);
		all_over();
		assert_string_equal(last.transferred_by, "telco 1");
	}
	begin("1");	/* busy: the call is as it was */
	leg_report(&out[0], &ev_answered);
	refer(&out[0], "7");
	did[0] = 0;
	gone_with(&out[1], 17);
	assert_string_equal(did, "o:referred17");
	refer(&out[0], "nowhere");
	assert_string_equal(did, "o:referred1");
	cause_of_trunk = 17;
	refer(&out[0], "7");
	assert_string_equal(did, "i:resume o:call1 o:referred17");
	did[0] = 0;
	gone_with(&in, 16);
	assert_string_equal(did, "o:clear16");
	gone_with(&out[0], 16);
	close_ports();
	assert_null(gw.calls);
	assert_int_equal(telco.calls + office.calls, 0);
	assert_string_equal(last.transferred_by, "");
}

/* Who is transferred is the caller now, with what is his and nothing of who asked; what was for who was called goes to nobody else. */
static void refer_numbers(void **state)
{
	const struct leg_offer offer = {
		.complete = true, .called.digits = "1", .calling.digits = "5", .calling_name = "Eve", .calling_user.digits = "6",
		.called_sub = { .len = 2 }, .calling_sub = { .len = 3 }, .uui = { .len = 4 }, .keypad = "*1",
		.redirecting.digits = "9", .redirect_count = 2, .original.digits = "8",
	};

	(void)state;
	for (int i = 0; i < 4; i++) {
		bool by_caller = i & 1, hides = i & 2;
		struct leg_event answers = { .kind = LEG_ANSWERED, .connected = { .digits = "1", .presentation = hides } };

		n_out = n_port = n_closing = joins = n_records = 0;
		in = (struct leg){ .ops = &ops, .incoming = true, .port = (struct media_port *)&in };
		call_offered(&gw, &office, &in, &offer);
		assert_int_equal(dialled.redirect_count, 2);
		leg_report(&out[0], &answers);
		refer(by_caller ? &in : &out[0], "7");
		assert_int_equal(n_out, 2);
		assert_string_equal(dialled.calling.digits, by_caller ? "1" : "5");
		assert_int_equal(dialled.calling.presentation, by_caller && hides ? PRES_RESTRICTED : PRES_ALLOWED);
		assert_string_equal(dialled.calling_name, by_caller ? "" : "Eve");
		assert_string_equal(dialled.calling_user.digits, by_caller ? "" : "6");
		assert_int_equal(dialled.calling_sub.len, by_caller ? 0 : 3);
		assert_int_equal(dialled.called_sub.len, 0);
		assert_int_equal(dialled.uui.len, 0);
		assert_string_equal(dialled.keypad, "");
		assert_int_equal(dialled.redirect_count, 0);
		assert_string_equal(dialled.redirecting.digits, "");
		assert_string_equal(dialled.original.digits, "");
		leg_report(&out[1], &ev_answered);
		gone_with(by_caller ? &in : &out[0], 16);
		gone_with(&out[1], 16);
		gone_with(by_caller ? &out[0] : &in, 16);
		close_ports();
		assert_null(gw.calls);
		assert_int_equal(telco.calls + office.calls, 0);
	}
}

/* It came to nothing, and then another is asked for by the other end: who is transferred is called by his own number, not by the one
 * that was busy, and is as hidden as he was. */
static void refer_again(void **state)
{
	const struct leg_offer offer = { .complete = true, .called.digits = "1",
					 .calling = { .digits = "5", .presentation = PRES_RESTRICTED } };

	(void)state;
	for (int by_caller = 0; by_caller <= 1; by_caller++) {
		struct leg *first = by_caller ? &in : &out[0], *second = by_caller ? &out[0] : &in;

		n_out = n_port = n_closing = joins = n_records = 0;
		in = (struct leg){ .ops = &ops, .incoming = true, .port = (struct media_port *)&in };
		call_offered(&gw, &office, &in, &offer);
		leg_report(&out[0], &ev_answered);
		refer(first, "7");
		gone_with(&out[1], 17);
		refer(second, "8");
		assert_int_equal(n_out, 3);
		assert_string_equal(dialled.calling.digits, by_caller ? "5" : "1");
		assert_int_equal(dialled.calling.presentation, by_caller ? PRES_RESTRICTED : PRES_ALLOWED);
		leg_report(&out[2], &ev_answered);
		gone_with(second, 16);
		gone_with(&out[2], 16);
		gone_with(first, 16);
		close_ports();
		assert_null(gw.calls);
		assert_int_equal(telco.calls + office.calls, 0);
	}
}

/* Busy, and who asked has left meanwhile; the far end leaves while the new one rings. */
static void refer_ends(void **state)
{
	(void)state;
	begin("1");
	leg_report(&out[0], &ev_answered);
	refer(&out[0], "7");
	gone_with(&out[0], 16);
	did[0] = 0;
	gone_with(&out[1], 17);
	assert_string_equal(did, "i:clear17");
	all_over();
	begin("1");
	leg_report(&out[0], &ev_answered);
	refer(&out[0], "7");
	did[0] = 0;
	gone_with(&in, 16);
	assert_string_equal(did, "o:clear16 o:referred16 o:clear16");	/* who asked hears what has become of it */
	gone_with(&out[0], 16);
	gone_with(&out[1], 16);
	close_ports();
	assert_null(gw.calls);
	assert_int_equal(telco.calls + office.calls, 0);
}

/* The new called side rings and does not answer: whoever waited hears no ringback over the call that he has again. */
static void refer_rings(void **state)
{
	struct leg_event alerting = { .kind = LEG_ALERTING };

	(void)state;
	for (int leaves = 0; leaves <= 1; leaves++) {
		begin("1");
		leg_report(&out[0], &ev_answered);
		refer(&out[0], "7");
		leg_report(&out[1], &alerting);
		assert_string_equal(tone, "ringback");
		if (leaves)
			gone_with(&out[0], 16);
		gone_with(&out[1], 19);
		assert_string_equal(tone, "");
		all_over();
	}
}

/* It clears with an announcement: there is somebody to have the call back, at once. Where there is not, it is heard. */
static void refer_farewell(void **state)
{
	struct leg_event alerting = { .kind = LEG_ALERTING }, farewell = { .kind = LEG_DISCONNECT, .inband = true, .cause = { .q850 = 17 } };

	(void)state;
	begin("1");
	leg_report(&out[0], &ev_answered);
	refer(&out[0], "7");
	leg_report(&out[1], &alerting);
	did[0] = 0;
	leg_report(&out[1], &farewell);
	assert_string_equal(did, "o:clear17");
	gone_with(&out[1], 17);
	assert_string_equal(did, "o:clear17 o:referred17");
	all_over();
}

/* What the first called side was told beside who calls is not told the new one. */
static void refer_offer(void **state)
{
	struct leg_offer offer = { .complete = true, .called = { .digits = "1" }, .calling = { .digits = "33" },
				   .calling_user = { .digits = "34" }, .calling_name = "Caller", .called_sub = { .len = 3 },
				   .calling_sub = { .len = 2 }, .uui = { .len = 4 }, .keypad = "55", .redirecting = { .digits = "66" },
				   .redirect_count = 1, .redirect_reason = 1, .bearer = BEARER_3K1, .hlc = LEG_HLC_FAX };

	(void)state;
	for (int by_caller = 0; by_caller <= 1; by_caller++) {
		n_out = n_port = n_closing = joins = n_records = 0;
		in = (struct leg){ .ops = &ops, .incoming = true, .port = (struct media_port *)&in };
		call_offered(&gw, &office, &in, &offer);
		assert_int_equal(dialled.uui.len + dialled.called_sub.len + dialled.redirect_count, 8);
		leg_report(&out[0], &ev_answered);
		refer(by_caller ? &in : &out[0], "7");
		assert_int_equal(n_out, 2);
		assert_int_equal(dialled.bearer, BEARER_3K1);
		assert_int_equal(dialled.hlc, LEG_HLC_FAX);
		assert_true(dialled.complete);
		assert_int_equal(dialled.uui.len + dialled.called_sub.len + dialled.redirect_count, 0);
		assert_string_equal(dialled.keypad, "");
		assert_string_equal(dialled.redirecting.digits, "");
		assert_string_equal(dialled.calling.digits, by_caller ? "1" : "33");
		assert_string_equal(dialled.calling_name, by_caller ? "" : "Caller");
		assert_string_equal(dialled.calling_user.digits, by_caller ? "" : "34");
		assert_int_equal(dialled.calling_sub.len, by_caller ? 0 : 2);
		gone_with(&out[by_caller ? 0 : 1], 17);
		gone_with(&out[by_caller ? 1 : 0], 17);
		all_over();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refers),
		cmocka_unit_test(refer_numbers),
		cmocka_unit_test(refer_again),
		cmocka_unit_test(refer_ends),
		cmocka_unit_test(refer_rings),
		cmocka_unit_test(refer_farewell),
		cmocka_unit_test(refer_offer),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
