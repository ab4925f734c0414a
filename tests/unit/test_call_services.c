/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The call and supplementary services: diversion by the called side, blind transfer, advice of charge, malicious calls, between legs
 * whose driver is this test.
 */
#include "tests/support/call_fakes.h"

static const struct leg_event ev_answered = { .kind = LEG_ANSWERED };

static void gone_with(struct leg *l, int cause)
{
	struct leg_event gone = { .kind = LEG_CLEARED, .cause = { .q850 = (uint8_t)cause }, .by_far_end = true };

	leg_report(l, &gone);
}

static void begin(const char *called)
{
	struct leg_offer offer = { .complete = true };

	n_out = n_port = n_closing = joins = n_records = 0;
	in = (struct leg){ .ops = &ops, .incoming = true, .port = (struct media_port *)&in };
	snprintf(offer.called.digits, sizeof(offer.called.digits), "%s", called);
	call_offered(&gw, &office, &in, &offer);
	did[0] = 0;
}

static void all_over(void)
{
	gone_with(&in, 16);
	for (int i = 0; i < n_out; i++)
		if (out[i].fn && gw.calls)
			gone_with(&out[i], 16);
	close_ports();
	assert_null(gw.calls);
	assert_int_equal(n_records, 1);
	assert_int_equal(office.calls, 0);
	assert_int_equal(telco.calls, 0);
}

static struct leg_event divert_to(const char *digits, struct leg_divert *d, bool *taken)
{
	*d = (struct leg_divert){ .reason = 15 };
	snprintf(d->to.digits, sizeof(d->to.digits), "%s", digits);
	*taken = false;
	return (struct leg_event){ .kind = LEG_DIVERT, .divert = d, .taken = taken };
}

/* The called side sends the call on: by the exchange it came from, or from here; not where no row lets it. */
static void diverts(void **state)
{
	struct leg_divert d;
	struct leg_event ev;
	bool taken;

	(void)state;
	for (int by_exchange = 0; by_exchange <= 2; by_exchange++) {	/* 2: it is asked, and does not do it */
		divert_err = by_exchange ? 0 : -95;
		begin("1");
		ev = divert_to("5", &d, &taken);
		leg_report(&out[0], &ev);
		assert_true(taken);
		gone_with(&out[0], 31);
		assert_string_equal(did, by_exchange ? "i:divert5" : "i:divert5 o:call1");
		if (by_exchange == 2) {
			ev = divert_to("5", &d, &taken);
			leg_report(&in, &ev);
			assert_true(taken);
			assert_string_equal(did, "i:divert5 o:call1");
		}
		if (by_exchange != 1) {
			leg_report(&out[1], &ev_answered);
			assert_non_null(strstr(did, "i:answer"));
			assert_int_equal(gw.calls->offer.redirect_count, 1);
			assert_string_equal(gw.calls->redirecting, "1");
			gone_with(&out[1], 16);
		}
		all_over();
	}
	begin("1");
	ev = divert_to("nowhere", &d, &taken);
	leg_report(&out[0], &ev);
	assert_false(taken);
	gone_with(&out[0], 31);
	assert_string_equal(did, "i:clear31");
	all_over();
	begin("1");	/* who called gives up while the exchange is asked */
	divert_err = 0;
	ev = divert_to("5", &d, &taken);
	leg_report(&out[0], &ev);
	gone_with(&out[0], 31);
	all_over();
}

/* Who sends the call on may hide his number from whoever it comes to, and that one's number from the caller. */
static void divert_hidden(void **state)
{
	struct leg_divert d;
	struct leg_event ev;
	bool taken;

	(void)state;
	divert_err = -95;
	for (int hidden = 0; hidden < 2; hidden++) {
		begin("1");
		ev = divert_to("5", &d, &taken);
		d.hidden = hidden;
		d.to.presentation = hidden ? PRES_RESTRICTED : PRES_ALLOWED;
		leg_report(&out[0], &ev);
		gone_with(&out[0], 31);
		assert_string_equal(did, "i:divert5 o:call1");
		assert_int_equal(diverted.hidden, hidden);
		assert_int_equal(diverted.to.presentation, d.to.presentation);
		assert_string_equal(dialled.redirecting.digits, "1");
		assert_int_equal(dialled.redirecting.presentation, hidden ? PRES_RESTRICTED : PRES_ALLOWED);
		all_over();
	}
}

static void divert_loop(void **state)
{
	struct leg_divert d;
	struct leg_event ev;
	bool taken = true;
	int n = 0;

	(void)state;
	divert_err = -95;
	begin("1");
	for (; taken && n < 4; n++) {	/* out[] has four */
		ev = divert_to("1", &d, &taken);
		d.count = n == 3 ? 5 : 0;	/* who diverts knows of five before */
		leg_report(&out[n], &ev);
		gone_with(&out[n], 31);
	}
	assert_int_equal(n, 4);
	assert_false(taken);
	all_over();
}

static void refer(struct leg *l, const char *digits)
{
	struct leg_divert d = { .reason = 0 };
	struct leg_event ev = { .kind = LEG_REFER, .divert = &d };

	snprintf(d.to.digits, sizeof(d.to.digits), "%s", digits);
	did[0] = 0;
	leg_report(l, &ev);
}

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

/* --- Attended ------------------------------------------------------------------------------------- */

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

/* Into the record of the leg that told it, and to the other end. */
static void charges(void **state)
{
	struct leg_charge c = { .when = 'S', .units = -1, .text = "0.020 GBP every 1 min" };
	struct leg_event ev = { .kind = LEG_CHARGE, .charge = &c };
	struct leg_event bad = { .kind = LEG_MALICIOUS, .how = "asked for by the far end" };

	(void)state;
	begin("1");
	leg_report(&out[0], &ev);
	leg_report(&out[0], &ev_answered);
	did[0] = 0;
	c = (struct leg_charge){ .when = 'D', .units = 3 };
	leg_report(&out[0], &ev);
	assert_string_equal(did, "i:charge3");
	c = (struct leg_charge){ .when = 'E', .units = 4, .currency = "GBP", .thousandths = 1250 };
	leg_report(&out[0], &ev);
	did[0] = 0;
	leg_report(&out[0], &bad);	/* a PBX asks: so does the call, of the exchange that it came from */
	assert_string_equal(did, "i:malicious");
	gone_with(&out[0], 16);
	all_over();
	assert_string_equal(last.out.charge, "AOC-E");
	assert_string_equal(last.out.charge_rates, "0.020 GBP every 1 min");
	assert_int_equal(last.out.charge_units, 4);
	assert_int_equal(last.out.charge_thousandths, 1250);
	assert_string_equal(last.out.charge_currency, "GBP");
	assert_string_equal(last.out.malicious, "asked for by the far end");
	assert_string_equal(last.in.charge, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(diverts),
		cmocka_unit_test(divert_loop), cmocka_unit_test(divert_hidden),
		cmocka_unit_test(refers), cmocka_unit_test(refer_numbers), cmocka_unit_test(refer_again),
		cmocka_unit_test(refer_ends),
		cmocka_unit_test(refer_rings),
		cmocka_unit_test(refer_farewell),
		cmocka_unit_test(refer_offer),
		cmocka_unit_test(join_ringing_in),
		cmocka_unit_test(join_ringing_out),
		cmocka_unit_test(join_ringing_isdn), cmocka_unit_test(join_then_refer),
		cmocka_unit_test(join_while_referring),
		cmocka_unit_test(charges),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
