/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The call and supplementary services, between legs whose driver is this test: diversion by the called side, advice of charge,
 * malicious calls. Transfer: test_call_refer.c, test_call_transfer.c.
 */
#include "tests/support/call_steps.h"

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
		cmocka_unit_test(divert_loop),
		cmocka_unit_test(divert_hidden),
		cmocka_unit_test(charges),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
